"""What decides a method's answers beside its stages: models, files and settings, as hashes.

Each stage names the resources that it asks for. What no stage of a method asks for may change
without its answers becoming those of another method; weights count by their content, not by
the name of their folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Any

from openbook.generate.confidence import Calibration
from openbook.generate.settings import Settings as GenerateSettings
from openbook.generate.shots import Shots
from openbook.knowledge.settings import Settings as KnowledgeSettings
from openbook.knowledge.snapshot import Snapshot
from openbook.models.open import ENCODER, Use, describe
from openbook.models.settings import Settings as ModelSettings
from openbook.models.weights import fingerprint
from openbook.project.folder import Project
from openbook.retrieve.glossary import FILE as GLOSSARY
from openbook.retrieve.glossary import Glossary
from openbook.retrieve.intent import Classifier
from openbook.retrieve.ltr import BUNDLED, RankingModel
from openbook.stage import Stage
from openbook.types import LM, CrossEncoder, Encoder, digest

MODELS: dict[type, tuple[str, Use]] = {
    LM: ("language model", "generator"),
    Encoder: ("encoder", "encoder"),
    CrossEncoder: ("reranker", "reranker"),
}
"""What models are called, and the setting that names the default one."""

REACHED = frozenset({"api_key_env", "timeout_s", "retries", "concurrency"})
"""Settings of a model that say how it is reached, not what it answers."""

NO_ANSWERS = frozenset({"needs"})
"""Tables of openbook.toml that decide no answer: needs choose among answers already made."""

NONE = "none"
"""Instead of a hash where there is no such model or file."""


def deciding(project: Project, stage: Stage[Any, Any]) -> dict[str, str]:
    """A hash for each resource that a method asks for, by what it is.

    A stage of the user's own that does not name its resources counts as asking for every default
    model, file and setting of the project.

    Raises:
        ModelError: a model that a stage names, or that is configured, is not there.
    """
    found: dict[str, str] = {}
    for part in parts(stage):
        asked = part.resources
        if type(part).resources is Stage.resources and not _ours(part):
            asked = tuple((kind, "") for kind in (*MODELS, *_FILES, Snapshot))
            found["settings"] = _settings(project)
        for kind, name in asked:
            what = _label(kind) + (f' "{name}"' if name else "")
            found[what] = made_of(project, kind, name)
    return found


def parts(stage: Stage[Any, Any]) -> Iterator[Stage[Any, Any]]:
    """A stage and all that it runs, at any depth."""
    yield stage
    for inner in stage.inner:
        yield from parts(inner)


def made_of(project: Project, kind: type, name: str) -> str:
    """The hash of a resource as a project resolves it; :data:`NONE` where there is none."""
    if kind is Snapshot:
        return digest(str(project.settings.of(KnowledgeSettings).probes))
    if kind in MODELS:
        return _model(project, name, MODELS[kind][1])
    if kind not in _FILES:
        return NONE
    path = _FILES[kind][1](project, name)
    return _content(path)


def _label(kind: type) -> str:
    if kind is Snapshot:
        return "search of vectors"
    return (MODELS.get(kind) or _FILES.get(kind) or (kind.__name__,))[0]


def _ours(stage: Stage[Any, Any]) -> bool:
    return type(stage).__module__.startswith("openbook.")


def _settings(project: Project) -> str:
    tables = ((n, t) for n, t in project.settings.tables.items() if n not in NO_ANSWERS)
    return digest(*(f"{name}={table!r}" for name, table in tables))


def _model(project: Project, name: str, use: Use) -> str:
    models = project.settings.of(ModelSettings)
    name = name or getattr(models, use) or (ENCODER if use == "encoder" else "")
    if not name:
        return NONE
    settings = asdict(describe(name, project.models(name, use), project.folder, use))
    for key in ("model", "adapter"):
        folder = project.folder / Path(settings[key]).expanduser()
        if settings[key] and settings["kind"] == "local" and folder.is_dir():
            settings[key] = fingerprint(folder)
    return digest(*(f"{key}={value!r}" for key, value in settings.items() if key not in REACHED))


def _content(path: Path) -> str:
    """The hash of a file or of a folder's files."""
    if path.is_dir():
        return fingerprint(path)
    return blake2b(path.read_bytes(), digest_size=8).hexdigest() if path.is_file() else NONE


def _ranker(project: Project, name: str) -> Path:
    return project.ranker_folder(name) if name else BUNDLED


def _classifier(project: Project, name: str) -> Path:
    own = project.made / "intent" / f"{name}.npz"
    return own if name else BUNDLED.parent / "intent.npz"


def _calibration(project: Project, name: str) -> Path:
    return project.calibration_file(name or project.asking.method)


def _shots(project: Project, name: str) -> Path:
    chosen = name or project.settings.of(GenerateSettings).examples
    shipped = Path(str(resources.files("openbook.generate"))) / "shots.jsonl"
    return project.folder / chosen if chosen else shipped


def _glossary(project: Project, name: str) -> Path:
    return project.folder / GLOSSARY


_FILES = {
    RankingModel: ("ranking model", _ranker),
    Classifier: ("classifier", _classifier),
    Calibration: ("calibration", _calibration),
    Shots: ("examples", _shots),
    Glossary: ("glossary", _glossary),
}
"""What files are called, and where a project has them."""
