"""From a model's name to a folder of weights on this machine, and that folder's fingerprint.

A folder never touches the network. A hub name is first looked for in the hub's cache;
only what is not there is downloaded, and a machine without a network is told so in one
sentence.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from openbook.errors import ModelError, UnknownModelError, need

WEIGHTS = ("*.safetensors", "*.bin")
_DESCRIBED = ("*.json", "*.txt", "*.model", "*.jinja", "*/*.json", "*/*.safetensors")
_UNUSED = ("original/*", "onnx/*", "openvino/*", "coreml/*")
_SAMPLES, _SAMPLE_BYTES = 16, 64 * 1024


def folder_of(name: str, root: Path) -> Path:
    """The folder that holds a model: a local one, or the hub's snapshot of it.

    Args:
        name: folder, absolute or relative to ``root``; or a hub name ``org/name``.
        root: the project folder.

    Raises:
        UnknownModelError: neither a folder nor a model of the hub.
        ModelError: the hub cannot be reached and has left no copy here.
    """
    local = root / Path(name).expanduser()
    if local.is_dir():
        return local.resolve()
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name) or name.startswith("."):
        raise UnknownModelError(
            f'there is no folder "{name}"', fix="Name a folder that holds a model, or a hub model."
        )
    cached = _snapshot(name, cached=True)
    return cached if cached and holds_weights(cached) else _download(name)


def holds_weights(folder: Path) -> bool:
    """Whether a folder holds weights of a model or of an adapter."""
    return any(next(folder.rglob(pattern), None) for pattern in WEIGHTS)


def _snapshot(name: str, *, cached: bool, patterns: tuple[str, ...] = ()) -> Path | None:
    hub = need("huggingface_hub", "local")
    errors = need("huggingface_hub.errors", "local")
    try:
        found = hub.snapshot_download(
            name,
            local_files_only=cached,
            allow_patterns=list(patterns) or None,
            ignore_patterns=list(_UNUSED),
        )
    except errors.LocalEntryNotFoundError:
        return None
    return Path(found)


def _download(name: str) -> Path:
    errors = need("huggingface_hub.errors", "local")
    httpx = need("httpx", "local")
    patterns = (*_DESCRIBED, "*.safetensors")
    try:
        found = _snapshot(name, cached=False, patterns=patterns)
        if found and not holds_weights(found):
            found = _snapshot(name, cached=False, patterns=(*patterns, "*.bin"))
    except errors.GatedRepoError as error:
        raise ModelError(
            "the hub gives this model only to those who accepted its terms",
            where=name,
            fix="Accept them on its page and set HF_TOKEN.",
        ) from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise UnknownModelError(
            f'the hub has no model "{name}", and there is no such folder',
            fix="Check the name; for a private model set HF_TOKEN.",
        ) from error
    except (errors.HfHubHTTPError, errors.OfflineModeIsEnabled, httpx.HTTPError, OSError) as error:
        raise _unreachable(name) from error
    if not found:
        raise _unreachable(name)
    if not holds_weights(found):
        raise ModelError(
            "its copy on this machine holds no weights (*.safetensors, *.bin)",
            where=name,
            fix="Connect to fetch the rest, or choose another model.",
        )
    return found


def _unreachable(name: str) -> ModelError:
    return ModelError(
        "the model is not on this machine and the model hub cannot be reached",
        where=name,
        fix="Connect once to fetch it, or name a folder that holds it.",
    )


def read_config(folder: Path, file: str = "config.json") -> dict[str, object]:
    """A JSON file of a model's folder; empty where there is none.

    Raises:
        ModelError: the file is not a JSON object.
    """
    path = folder / file
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise ModelError(
            f"cannot be read ({error})", where=str(path), fix="Fetch the model again."
        ) from error
    if not isinstance(value, dict):
        raise ModelError("is not a JSON object", where=str(path), fix="Fetch the model again.")
    return value


def fingerprint(folder: Path, *extra: str, without: str = "") -> str:
    """Identifies the weights in a folder: 16 hexadecimal digits, the same on any machine.

    Hashed are, in order of their relative names: every JSON, text, template and vocabulary
    file whole; of every weight file its size, its first 64 KiB (which begin with the
    safetensors header: names, shapes, types) and 16 samples of 64 KiB spread evenly to its
    end. Names of folders, times and read-me files do not count. A weight file of 1 GB takes
    about a millisecond; a change of weights that misses every sample goes unnoticed, which
    no training step does.

    Args:
        folder: holds the model.
        extra: whatever else changes what the model computes (prompts, number format).
        without: name of a file that does not count.
    """
    return _fingerprint(folder, _stamp(folder), extra, without)


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What says that a folder is unchanged within a process (never part of the hash)."""
    stats = ((file, file.stat()) for file in _files(folder))
    return tuple((str(file), stat.st_size, stat.st_mtime_ns) for file, stat in stats)


def _files(folder: Path) -> list[Path]:
    kinds = {".json", ".txt", ".model", ".jinja", ".safetensors", ".bin"}
    files = (file for file in folder.rglob("*") if file.suffix in kinds and file.is_file())
    return sorted(files, key=lambda file: file.relative_to(folder).as_posix())


@lru_cache(maxsize=32)
def _fingerprint(folder: Path, stamp: object, extra: tuple[str, ...], without: str) -> str:
    state = blake2b(digest_size=8)
    for file in _files(folder):
        if file.name == without:
            continue
        size = file.stat().st_size
        state.update(f"{file.relative_to(folder).as_posix()}\0{size}\0".encode())
        with file.open("rb") as handle:
            if file.suffix not in (".safetensors", ".bin"):
                state.update(handle.read())
                continue
            last = max(0, size - _SAMPLE_BYTES)
            for at in sorted({last * i // _SAMPLES for i in range(_SAMPLES + 1)}):
                handle.seek(at)
                state.update(handle.read(_SAMPLE_BYTES))
    for part in extra:
        state.update(part.encode() + b"\0")
    return state.hexdigest()
