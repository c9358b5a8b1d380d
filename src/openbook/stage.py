"""Stages, the one operator that chains them, and methods found by looking in a folder.

A :class:`Stage` maps a batch of values to an equally long list of values. It is a frozen
dataclass of names and numbers: it holds no model, no index and no state, so it equals its
twin, hashes, prints, and may run twice. What it needs it asks of the :class:`Runtime`.

    rewriter   Query   -> Query          reranker   Ranking -> Ranking
    retriever  Query   -> Ranking        generator  Ranking -> Answer
    method     Query   -> Answer

``a >> b`` feeds what ``a`` gives to ``b``. A mis-wired chain is an error for the type
checker, and a :class:`~openbook.errors.WiringError` with a plain message at run time.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import (
    Any,
    ClassVar,
    Generic,
    Protocol,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from openbook.errors import InputError, WiringError, nearest
from openbook.types import Answer, Query

I = TypeVar("I")  # noqa: E741  (input; the names of the algebra in docs)
O = TypeVar("O")  # noqa: E741
P = TypeVar("P")
T = TypeVar("T")

Recall = Callable[["Stage[Any, Any]", Any], Any]
"""What a stage gave for a value, as the Runtime remembers it; ``None`` where it does not."""


class Runtime(Protocol):
    """What a stage may ask for while it runs. Opened for one snapshot and one principal."""

    @property
    def snapshot(self) -> str:
        """Identity of what can be seen: knowledge-base version and the principal's filters."""
        ...

    @property
    def seed(self) -> int:
        """Seed of whatever a stage draws at random."""
        ...

    def resolve(self, kind: type[T], name: str = "") -> T:
        """The resource of a kind (a snapshot, a language model, an encoder) by its name.

        An empty name means the configured default. Raises a subclass of
        :class:`~openbook.errors.OpenbookError` that says what to configure.
        """
        ...

    def run(self, stage: Stage[I, O], batch: Sequence[I]) -> list[O]:
        """Run a stage on a batch, once for each distinct value; checks that as many values
        come out as went in, and remembers outputs with their seconds.
        """
        ...


class Stage(Generic[I, O]):
    """A step from a batch of ``I`` to an equally long list of ``O``.

    Subclasses are ``@dataclass(frozen=True)`` and name their types:
    ``class Lexical(Stage[Query, Ranking])``.
    """

    takes: ClassVar[Any] = Any
    gives: ClassVar[Any] = Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in getattr(cls, "__orig_bases__", ()):
            if isinstance(get_origin(base), type) and issubclass(get_origin(base), Stage):
                takes, gives = get_args(base)
                cls.takes = Any if isinstance(takes, TypeVar) else takes
                cls.gives = Any if isinstance(gives, TypeVar) else gives

    def run(self, batch: Sequence[I], runtime: Runtime) -> list[O]:
        """One output a value, in order."""
        raise TypeError(f"{type(self).__name__} does not define run()")

    def stream(self, value: I, runtime: Runtime) -> Iterator[str | O]:
        """Provisional text as it appears, then the one final value, which is what counts."""
        yield runtime.run(self, [value])[0]

    def __rshift__(self, other: Stage[O, P]) -> Chain[I, P]:
        return Chain(_steps(self) + _steps(other))

    @property
    def inner(self) -> tuple[Stage[Any, Any], ...]:
        """Stages that this one runs on its own input (they show in traces)."""
        found: list[Stage[Any, Any]] = []
        for part in fields(cast(Any, self)):
            value = getattr(self, part.name)
            values = value if isinstance(value, tuple) else (value,)
            found += [v for v in values if isinstance(v, Stage)]
        return tuple(found)

    def within(self, value: I, recall: Recall) -> Iterator[tuple[Stage[Any, Any], Any]]:
        """What this stage ran for a value: stages with what each was given, in order.

        Stages whose parts take something else than ``value`` itself say so here, so that
        traces find their times. :attr:`inner` serves the others.
        """
        for part in self.inner:
            yield part, value

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """Kind and name of the models and files that its outputs depend on, as it resolves them."""
        return ()

    @property
    def label(self) -> str:
        """Name in traces and tables: the class in snake case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()


def _steps(stage: Stage[Any, Any]) -> tuple[Stage[Any, Any], ...]:
    return stage.steps if isinstance(stage, Chain) else (stage,)


@dataclass(frozen=True)
class Chain(Stage[I, O]):
    """Stages one after another. ``a >> b >> c`` makes one; chains flatten."""

    steps: tuple[Stage[Any, Any], ...]

    def __post_init__(self) -> None:
        for left, right in zip(self.steps, self.steps[1:], strict=False):
            if Any not in (left.gives, right.takes) and left.gives is not right.takes:
                raise WiringError(
                    f"{left.label} gives a {left.gives.__name__}, "
                    f"but {right.label} takes a {right.takes.__name__}",
                    where=f"{left.label} >> {right.label}",
                    fix="Put a stage between them that turns the one into the other.",
                )

    @property
    def ends(self) -> tuple[Any, Any]:
        """What goes into the first stage and what comes out of the last."""
        return self.steps[0].takes, self.steps[-1].gives

    def run(self, batch: Sequence[I], runtime: Runtime) -> list[O]:
        """Each stage on what the one before it gave."""
        values: list[Any] = list(batch)
        for step in self.steps:
            values = runtime.run(step, values)
        return cast(list[O], values)

    def stream(self, value: I, runtime: Runtime) -> Iterator[str | O]:
        """Runs all but the last stage, then streams the last."""
        values: list[Any] = [value]
        for step in self.steps[:-1]:
            values = runtime.run(step, values)
        yield from self.steps[-1].stream(values[0], runtime)

    def __repr__(self) -> str:
        return " >> ".join(map(repr, self.steps))


# --- methods ---------------------------------------------------------------------------

SECTIONS = ("Adds to", "Idea", "Source", "Cost", "Fails when")


@dataclass(frozen=True)
class Method:
    """A named way from a question to an answer: one file in a ``methods/`` folder.

    ``about`` holds the sections of the file's docstring (:data:`SECTIONS`), ``objectives`` what
    the adapter that it needs may have learnt (none: it needs no adapter). A file that cannot be
    used is a method too, one that says why (``broken``) when it is asked for.
    """

    name: str
    parent: str
    summary: str
    about: tuple[tuple[str, str], ...]
    build: Callable[..., Stage[Query, Answer]]
    broken: InputError | None = None
    objectives: tuple[str, ...] = ()

    def __call__(self, **settings: Any) -> Stage[Query, Answer]:
        """The stages of this method, with some of its parameters set.

        Raises:
            InputError: a parameter that the method does not have, or a value of another type; a
                file that cannot be imported or defines no method.
        """
        if self.broken is not None:
            raise self.broken
        known = inspect.signature(self.build).parameters
        hints = get_type_hints(self.build)
        for key, value in settings.items():
            if key not in known:
                raise InputError(
                    f'method {self.name} has no parameter "{key}"', fix=nearest(key, known)
                )
            wanted = hints.get(key, Any)
            if isinstance(wanted, type) and not fits(value, wanted):
                raise InputError(
                    f"{key} = {value!r} is not accepted",
                    where=f"method {self.name}",
                    fix=f"It takes a value of the type {wanted.__name__}.",
                )
        return self.build(**settings)


def fits(value: Any, wanted: type) -> bool:
    """Whether a setting has its type; a whole number does for a float, a boolean for neither."""
    if isinstance(value, bool) or wanted is bool:
        return isinstance(value, bool) and wanted is bool
    return isinstance(value, (int, float) if wanted is float else wanted)


def positive(where: str, **values: int) -> None:
    """Refuse counts below 1, as stages do when they are made.

    Raises:
        InputError: naming the count.
    """
    for name, value in values.items():
        if value < 1:
            raise InputError(f"{name} = {value} is too small", where=where, fix="Give 1 or more.")


Builder = TypeVar("Builder", bound=Callable[..., Stage[Query, Answer]])


def method(*, parent: str = "", needs: tuple[str, ...] = ()) -> Callable[[Builder], Builder]:
    """Mark the function of a method file that builds its stages.

    Args:
        parent: the method that this one adds to, with which comparisons pair it.
        needs: objectives of the adapters that it takes (``raft``), as its parameter ``adapter``.
    """

    def mark(build: Builder) -> Builder:
        build.__openbook_method__ = (parent, needs)  # type: ignore[attr-defined]
        return build

    return mark


def sections(docstring: str) -> dict[str, str]:
    """The labelled paragraphs of a method file's docstring.

    >>> sections("RAFT.\\n\\nIdea:   study for\\n        the exam.\\nFails when it rains.")
    {'Idea': 'study for the exam.', 'Fails when': 'it rains.'}
    """
    found: dict[str, str] = {}
    current = ""
    for line in inspect.cleandoc(docstring).splitlines():
        starts = [s for s in SECTIONS if re.match(rf"{s}\b", line)]
        if starts:
            current = starts[0]
            found[current] = line[len(current) :].lstrip(": ").strip()
        elif current and line.strip():
            found[current] = f"{found[current]} {line.strip()}".strip()
        elif not line.strip():
            current = ""
    return found


def methods(folder: Path | None = None) -> Mapping[str, Method]:
    """All methods by name: those of the package, and those in a project's ``methods/``.

    Args:
        folder: a folder of the user's own method files; they may not take a name twice.

    Raises:
        InputError: a file of the user's that takes the name of another method.
    """
    found: dict[str, Method] = {}
    package = importlib.import_module("openbook.methods")
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found[info.name] = _method_of(module)
    for file in sorted(folder.glob("*.py")) if folder and folder.is_dir() else ():
        if file.stem.startswith("_"):
            continue
        if file.stem in found:
            raise InputError(
                f'there is already a method "{file.stem}"', where=str(file), fix="Rename the file."
            )
        try:
            found[file.stem] = _method_of(_load(file))
        except InputError as error:
            why = (("Fails when", f"always: {error}"),)
            found[file.stem] = Method(file.stem, "", f"cannot be used: {error}", why, Chain, error)
    return found


def _load(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"openbook_project_methods.{file.stem}", file)
    if spec is None or spec.loader is None:
        raise InputError("cannot be imported", where=str(file), fix="Name it like a module.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise InputError(
            f"cannot be imported ({type(error).__name__}: {error})",
            where=str(file),
            fix="Mend the file or move it out of methods/.",
        ) from error
    return module


def _method_of(module: Any) -> Method:
    builders = [
        value
        for value in vars(module).values()
        if hasattr(value, "__openbook_method__") and value.__module__ == module.__name__
    ]
    if len(builders) != 1:
        raise InputError(
            f"defines {len(builders)} methods instead of one",
            where=str(module.__file__),
            fix="Mark exactly one function with @method(parent=...).",
        )
    (build,) = builders
    doc = inspect.cleandoc(module.__doc__ or "")
    parent, needs = build.__openbook_method__
    return Method(
        name=module.__name__.rpartition(".")[2],
        parent=parent,
        summary=doc.split("\n", 1)[0].rstrip("."),
        about=tuple(sections(doc).items()),
        build=build,
        objectives=needs,
    )
