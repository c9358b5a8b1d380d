"""Documents say what is so: the reference is the code's own, and README commands exist."""

import re
import runpy
import shlex
from pathlib import Path

import pytest
import typer

from openbook.cli import application

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.ko.md")


def test_the_reference_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_reference.py"))
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == made["reference"](), (
        "run .venv/bin/python docs/make_reference.py"
    )


def commands(name: str) -> list[str]:
    """Indented lines of a README that begin with ``openbook``."""
    text = (ROOT / name).read_text("utf-8")
    found = re.findall(r"^    (?:\$ )?(openbook .*)$", text, re.MULTILINE)
    return [part.strip() for line in found for part in line.split("  #")[0].split(" && ")]


@pytest.mark.parametrize("name", READMES)
def test_commands_of_the_readme_parse(name: str) -> None:
    group = typer.main.get_command(application())
    lines = [line for line in commands(name) if line.startswith("openbook ")]
    assert len(lines) >= 10
    for line in lines:
        words = shlex.split(line)[1:]
        verb = group.commands[words[0]]  # type: ignore[attr-defined]
        verb = getattr(verb, "commands", {}).get((words[1:] or [""])[0], verb)
        known = {option for parameter in verb.params for option in parameter.opts} | {"--help"}
        used = {word.split("=")[0] for word in words[1:] if re.match(r"-{1,2}[a-z]", word)}
        assert used <= known, line


def test_both_readmes_show_the_same_verbs() -> None:
    shown = [{shlex.split(line)[1] for line in commands(name) if " " in line} for name in READMES]
    assert shown[0] == shown[1]


def test_links_of_the_readmes_lead_somewhere() -> None:
    for name in READMES:
        for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text("utf-8")):
            assert (ROOT / target).exists(), f"{name}: {target}"
