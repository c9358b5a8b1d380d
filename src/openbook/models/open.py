"""From a name to a model. A name is one of ``models.available``, one that comes with openbook
(``openbook-reader``, ``openbook-encoder``), ``minilm``, a folder, or a hub name ``org/name``;
anything else is refused with the nearest name that there is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

from openbook.errors import ModelError, UnknownModelError, nearest
from openbook.models.settings import ModelSettings, Settings
from openbook.types import LM, CrossEncoder, Encoder

BUNDLED = "minilm"

READER, ENCODER = "openbook-reader", "openbook-encoder"
"""The models that come with openbook, in folders of these names."""

STATIC = "openbook-static"
"""What the ``config.json`` of a static encoder calls itself."""

_HERE = Path(__file__).resolve().parent / "bundled"

Use = Literal["generator", "encoder", "reranker"]


def open_lm(name: str, settings: Settings, root: Path) -> LM:
    """The language model of a name; an empty name means ``models.generator``.

    Args:
        name: see the module; relative folders count from ``root``.
        settings: the table ``[models]``.
        root: the project folder.

    Raises:
        UnknownModelError: no such name.
        MissingExtraError: a package it needs is not installed.
        ModelError: it is there and cannot be used.
    """
    model = describe(name, settings, root, "generator")
    if model.kind == "openai":
        from openbook.models.server import ServerLM

        return ServerLM.open(model)
    if model.kind == "hosted":
        from openbook.models.hosted import HostedLM

        return HostedLM.open(model)
    if model.kind == "minilm":
        raise _cannot(name or settings.generator, "write answers: it is an encoder", "generator")
    if static_folder(model, root):
        raise _cannot(name or settings.generator, "write answers: it is an encoder", "generator")
    from openbook.models.local import LocalLM

    return LocalLM.open(model, root, share=True)


def open_encoder(name: str, settings: Settings, root: Path) -> Encoder:
    """The encoder of a name; an empty name means ``models.encoder``. As :func:`open_lm`."""
    model = describe(name, settings, root, "encoder")
    if model.kind == "openai":
        from openbook.models.server_encoder import ServerEncoder

        return ServerEncoder.open(model)
    if model.kind == "hosted":
        from openbook.models.hosted import hosted_encoder

        return hosted_encoder(model)
    folder = static_folder(model, root)
    if folder:
        from openbook.models.static import StaticEncoder

        return StaticEncoder.open(folder)
    from openbook.models.encoders import LocalEncoder

    return LocalEncoder.open(model, root)


def open_cross_encoder(name: str, settings: Settings, root: Path) -> CrossEncoder:
    """The cross-encoder of a name; an empty name means ``models.reranker``. As
    :func:`open_lm`; only local ones exist.
    """
    model = describe(name, settings, root, "reranker")
    if model.kind != "local" or static_folder(model, root):
        raise _cannot(name or settings.reranker, "rerank: only local models do", "reranker")
    from openbook.models.encoders import LocalCrossEncoder

    return LocalCrossEncoder.open(model, root)


def describe(name: str, settings: Settings, root: Path, use: Use) -> ModelSettings:
    """The settings of the model that a name stands for, with ``model`` filled in.

    Raises:
        UnknownModelError: no such name, or a folder that is not there.
        ModelError: no name was given and none is configured.
    """
    given, name = name, name or str(getattr(settings, use))
    where = "" if given else f"models.{use}"
    if not name:
        raise ModelError(
            f"no {use} is configured",
            where="openbook.toml",
            fix=f"Set models.{use} to a folder, a hub name or a name under models.available.",
        )
    if name in settings.available:
        model = settings.available[name]
        if model.kind == "local" and model.model in (READER, ENCODER):
            return replace(model, model=str(bundled(model.model)))  # ours, with an adapter, say
        return model if model.model else replace(model, model=name)
    if name == BUNDLED:
        return ModelSettings(kind="minilm", model=BUNDLED)
    if name in (READER, ENCODER):
        return ModelSettings(kind="local", model=str(bundled(name)))
    if (root / Path(name).expanduser()).is_dir():
        return ModelSettings(kind="local", model=name)
    if re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", name):
        return ModelSettings(kind="local", model=name)
    if "/" in name or "\\" in name:
        raise UnknownModelError(
            f'there is no folder "{name}"', where=where, fix="Name a folder that holds a model."
        )
    raise UnknownModelError(
        f'there is no model "{name}"',
        where=where,
        fix=nearest(name, [*settings.available, READER, ENCODER, BUNDLED]),
    )


def bundled(name: str) -> Path:
    """The folder of a model that comes with openbook.

    Raises:
        ModelError: this installation lacks it.
    """
    folder = _HERE / name
    if not (folder / "config.json").is_file():
        raise ModelError(
            f'the model "{name}" is not part of this installation', fix="Install openbook again."
        )
    return folder


def static_folder(model: ModelSettings, root: Path) -> Path | None:
    """The folder of a static encoder, where the settings name one; otherwise None."""
    from openbook.models.weights import read_config

    folder = root / Path(model.model).expanduser()
    if model.kind != "local" or not folder.is_dir():
        return None
    return folder.resolve() if read_config(folder).get("kind") == STATIC else None


def _cannot(name: str, what: str, use: Use) -> ModelError:
    return ModelError(
        f'the model "{name}" cannot {what}', fix=f"Choose another model as models.{use}."
    )
