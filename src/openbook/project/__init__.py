"""The project folder and what runs in it.

settings.py   openbook.toml, gathered from each room's own Settings
folder.py     Project: found by walking up; opens the knowledge base, models, methods
runtime.py    Runtime: resolves names to resources, runs stages once, remembers times
wire.py       answers and rankings as JSON: one shape for files, the CLI and the server
"""

from openbook.project.folder import Project
from openbook.project.runtime import Runtime

__all__ = ["Project", "Runtime"]
