"""``openbook.toml``: each room's own typed settings, gathered and checked.

A table of the file bears a room's name; its keys are the fields of that room's
``settings.Settings``. What is not written keeps its default. An unknown key is refused
with the nearest name.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import math
import pkgutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import openbook
from openbook.errors import SettingsError, nearest
from openbook.settings import setting

FILE = "openbook.toml"
T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """How questions are asked when the command line does not say: the table ``[ask]``."""

    method: str = setting("extractive", "Method that answers; `openbook methods` lists them.")
    parameters: dict[str, dict[str, Any]] = setting(
        dict, "Parameters of methods, a table each: [ask.parameters.NAME]."
    )


def rooms() -> dict[str, type]:
    """The settings of every room that has them, by table name.

    A room's table is its ``Settings`` under the room's name; a room that names its tables
    otherwise, or has several, lists them in ``TABLES``.
    """
    found: dict[str, type] = {}
    for info in pkgutil.iter_modules(openbook.__path__):
        folder = Path(openbook.__path__[0]) / info.name
        if (
            info.ispkg
            and info.name not in ("project", "cli")
            and (folder / "settings.py").is_file()
        ):
            module = importlib.import_module(f"openbook.{info.name}.settings")
            found |= getattr(module, "TABLES", None) or {info.name: module.Settings}
    return {**found, "ask": Settings}


@dataclass(frozen=True)
class AllSettings:
    """Settings of all rooms, checked. ``origin`` is the file that they were read from."""

    tables: Mapping[str, Any]
    origin: Path | None = None

    def of(self, kind: type[T]) -> T:
        """The settings of one room: ``settings.of(corpus.settings.Settings)``."""
        for value in self.tables.values():
            if isinstance(value, kind):
                return value
        raise SettingsError(f"no room has settings of the type {kind.__module__}.{kind.__name__}")


def load(file: Path | None) -> AllSettings:
    """Read and check a settings file; without one, all defaults.

    Raises:
        SettingsError: not TOML, an unknown table or key (with the nearest name), a value of
            the wrong type (with what was expected).
    """
    raw: dict[str, Any] = {}
    if file is not None:
        try:
            raw = tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"is not TOML: {error}", where=str(file)) from error
        except OSError as error:
            raise SettingsError(f"cannot be read: {error.strerror}", where=str(file)) from error
    known = rooms()
    where = str(file or FILE)
    for name in raw:
        if name not in known:
            raise SettingsError(
                f"there is no table [{name}]", where=where, fix=nearest(name, known)
            )
    tables = {name: _table(name, kind, raw.get(name, {}), where) for name, kind in known.items()}
    return AllSettings(tables, file)


def _table(name: str, kind: type, raw: Any, where: str) -> Any:
    if not isinstance(raw, dict):
        raise SettingsError(f'"{name}" is a value', where=where, fix=f"Write a table: [{name}].")
    _check_keys(f"[{name}]", kind, raw, where)
    from pydantic import TypeAdapter, ValidationError  # 50 ms: only where a file is read

    if not raw:
        return kind()
    try:
        made: Any = TypeAdapter(kind).validate_python(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"{key} = {json.dumps(first['input'], default=str, ensure_ascii=False)} "
            f"is not accepted ({first['msg'][:1].lower()}{first['msg'][1:]})",
            where=f"{where}, table [{name}]",
            fix=f"`openbook settings {name}` says what it takes.",
        ) from error
    _check_bounds(f"{where}, table [{name}]", made)
    return made


def _check_bounds(where: str, settings: Any) -> None:
    """Refuse numbers below or above what a setting can be, also in tables of tables."""
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            least, most = field.metadata.get("least", 0), field.metadata.get("most", math.inf)
            _refuse_bounds(where, field.name, value, least, most)
        for inner in value.values() if isinstance(value, dict) else ():
            if dataclasses.is_dataclass(inner):
                _check_bounds(where, inner)


def _refuse_bounds(where: str, name: str, value: float, least: float, most: float) -> None:
    if value < least:
        raise SettingsError(
            f"{name} = {value} is too small", where=where, fix=f"Give {least} or more."
        )
    if not value <= most:
        meant = f"Did you mean {name} = {value / 100:g}?" if most == 1 and value <= 100 else ""
        raise SettingsError(
            f"{name} = {value} is too large", where=where, fix=meant or f"Give {most:g} or less."
        )


def _check_keys(label: str, kind: type, raw: Mapping[str, Any], where: str) -> None:
    """Refuse unknown keys, also in tables of tables whose values are dataclasses."""
    fields = {f.name: f for f in dataclasses.fields(kind)}
    for key, value in raw.items():
        if key not in fields:
            raise SettingsError(
                f'there is no setting "{key}"', where=f"{where}, {label}", fix=nearest(key, fields)
            )
        inner = _value_class(kind, key)
        if inner is not None and isinstance(value, dict):
            for name, entry in value.items():
                if isinstance(entry, dict):
                    _check_keys(f"{label[:-1]}.{key}.{name}]", inner, entry, where)


def _value_class(kind: type, key: str) -> type | None:
    """The dataclass ``V`` of a field ``dict[str, V]``, where it is one."""
    import typing

    hint = typing.get_type_hints(kind)[key]
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is dict and dataclasses.is_dataclass(arguments[1]):
        return cast(type, arguments[1])
    return None


@dataclass(frozen=True)
class Line:
    """One documented setting: ``[table] key``, its type, default, value, and sentence."""

    table: str
    key: str
    type: str
    default: Any
    value: Any
    doc: str


def describe(settings: AllSettings) -> Iterator[Line]:
    """Every setting with its sentence, in the order of the rooms.

    Fields that hold tables of their own (``[models.available.NAME]``) are followed by the
    fields of one such table.
    """
    for name, kind in rooms().items():
        yield from _lines(name, kind(), settings.tables[name])
        for field in dataclasses.fields(kind):
            inner = _value_class(kind, field.name)
            if inner is not None:
                yield from _lines(f"{name}.{field.name}.NAME", inner(), inner())


def _lines(table: str, default: Any, value: Any) -> Iterator[Line]:
    for field in dataclasses.fields(default):
        hint = field.type if isinstance(field.type, str) else field.type.__name__
        doc = field.metadata.get("doc", "")
        key = field.name
        yield Line(table, key, hint, getattr(default, key), getattr(value, key), doc)


def template() -> str:
    """A new ``openbook.toml``: every setting, commented out, with its sentence."""
    lines = ["# Settings of this openbook project. Remove a # to change a value."]
    table = ""
    for line in describe(load(None)):
        if line.table != table:
            table = line.table
            lines += ["", f"# [{table}]" if table.endswith(".NAME") else f"[{table}]"]
        lines += [f"# {line.doc}", f"# {line.key} = {_toml(line.default)}"]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
