"""What a project does with adapters: a model's name becomes a model with one, a method's name a
method with one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from openbook.errors import AdapterError, InputError, OpenbookError
from openbook.evaluate.chart import walk
from openbook.models.open import Use, describe
from openbook.models.settings import ModelSettings
from openbook.models.settings import Settings as ModelsSettings
from openbook.models.templates import check_learnt
from openbook.models.weights import fingerprint, folder_of
from openbook.project.settings import AllSettings, Settings
from openbook.stage import Method, Stage
from openbook.tune.registry import PREFIX, Adapter, Registry, needed, parted

AS: dict[Use, str] = {"generator": "generator", "encoder": "retriever", "reranker": "reranker"}
"""The role of an adapter that can be what a model is used as."""


def with_adapter(
    models: ModelsSettings, registry: Registry, name: str, use: Use, root: Path
) -> ModelsSettings:
    """The models, and among them the one that ``adapter:NAME`` stands for. Other names add none.

    Args:
        models: the table ``[models]``.
        registry: the project's adapters.
        name: of a model.
        use: what it is asked for as.
        root: the project folder.

    Raises:
        InputError: no such adapter.
        AdapterError: it is damaged, of another role, or was trained on other weights than its
            base has.
    """
    if not name.startswith(PREFIX):
        return models
    adapter = registry.get(name.removeprefix(PREFIX))
    if adapter.role != AS[use]:
        raise AdapterError(
            f'the adapter "{adapter.name}" is a {adapter.role}, not a {AS[use]}',
            where=str(adapter.folder),
            fix="openbook adapters lists them with what they are.",
        )
    entry = ModelSettings(kind="local", model=str(adapter.folder))
    if use == "generator":
        base = based(adapter, models, root)
        entry = replace(base, adapter=str(adapter.folder))
    return replace(models, available={**models.available, name: entry})


def based(adapter: Adapter, models: ModelsSettings, root: Path) -> ModelSettings:
    """The settings of the model that an adapter was trained on, checked.

    Raises:
        AdapterError: that model is not there, or has other weights.
    """
    try:
        base = describe(adapter.base, models, root, "generator")
        there = fingerprint(folder_of(base.model, root)) if base.kind == "local" else ""
    except OpenbookError as error:
        raise AdapterError(
            f'the adapter "{adapter.name}" was trained on "{adapter.base}", which cannot be used '
            f"({error.what})",
            where=str(adapter.folder),
            fix="Bring that model back, or train the adapter again on another.",
        ) from error
    if adapter.base_fingerprint and there != adapter.base_fingerprint:
        raise AdapterError(
            f'the adapter "{adapter.name}" was trained on "{adapter.base}" with the weights '
            f"{adapter.base_fingerprint}, and it now has the weights {there or 'of a server'}",
            where=str(adapter.folder),
            fix="Bring those weights back, or train the adapter again on these.",
        )
    return base


def base_place(adapter: Adapter, models: ModelsSettings, root: Path) -> str:
    """What another program loads an adapter's base by: the folder, where it lies in one (as
    bundled models do), else the name that it was trained under, of the hub say.
    """
    try:
        name = describe(adapter.base, models, root, "generator").model
    except OpenbookError:
        return adapter.base  # not here: whoever serves it may have it
    folder = root / Path(name).expanduser()
    return str(folder.resolve()) if folder.is_dir() else name


def method_with(
    methods: Mapping[str, Method], registry: Registry, name: str, parameters: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The adapter that a method's name says, as its parameter, checked.

    Args:
        methods: all methods.
        registry: the project's adapters.
        name: ``raft:handbook``, or ``raft``, whose method is known.
        parameters: of the method.

    Returns:
        The name with the adapter that is used, and the parameters.

    Raises:
        InputError: a method that takes no adapter, none where one is needed, two, or one that
            learnt another objective.
        AdapterError: it is damaged.
    """
    base, named = parted(name)
    objectives = methods[base].objectives
    given = str(parameters.get("adapter") or "")
    if not objectives:
        if named:
            raise InputError(f"the method {base} takes no adapter", fix=f'Write "{base}".')
        return base, dict(parameters)
    if named and given and named != given:
        raise InputError(
            f"two adapters are named: {named} and {given}", where=name, fix="Name one of them."
        )
    wanted = named or given
    if not wanted:
        raise needed(base, objectives, registry.fitting("generator", objectives))
    adapter = registry.get(wanted)
    if adapter.role != "generator" or adapter.objective not in objectives:
        learnt = f"learnt {adapter.objective}" if adapter.objective else f"is a {adapter.role}"
        fit = registry.fitting("generator", objectives)
        raise AdapterError(
            f'the adapter "{wanted}" {learnt}; {base} takes one that learnt '
            f"{' or '.join(objectives)}",
            where=name,
            fix=f"These fit: {', '.join(fit)}." if fit else needed(base, objectives, ()).fix,
        )
    return f"{base}:{wanted}", {**parameters, "adapter": wanted}


def check_prompts(stage: Stage[Any, Any], registry: Registry) -> None:
    """Refuse, before anything is loaded, stages that ask an adapter with a prompt that it did not
    learn.

    Raises:
        TemplateMismatchError: naming the adapter and the prompt.
    """
    for part in walk(stage):
        held = {f.name: getattr(part, f.name) for f in fields(part)}  # type: ignore[arg-type]
        model, prompt = str(held.get("model") or ""), str(held.get("prompt") or "")
        if model.startswith(PREFIX) and prompt and held.get("learnt", True):
            adapter = registry.get(model.removeprefix(PREFIX))
            check_learnt(adapter.templates, prompt, f'adapter "{adapter.name}"')


def naming(settings: AllSettings, asking: Settings, name: str) -> list[str]:
    """Settings that name an adapter, as ``[ask] method``."""
    models = settings.of(ModelsSettings)
    found = []
    if parted(asking.method)[1] == name:
        found.append("[ask] method")
    for method, values in asking.parameters.items():
        for key, value in values.items():
            if value == PREFIX + name or (key == "adapter" and value == name):
                found.append(f"[ask.parameters.{method}] {key}")
    for use in AS:
        if getattr(models, use) == PREFIX + name:
            found.append(f"[models] {use}")
    return found


def studied(method: dict[str, Any], adapters: Sequence[Adapter]) -> None:
    """Put into a method's results what was trained for it, and what that took: seconds together,
    megabytes of memory at the peak of one, megabytes on the disk together.
    """
    if not adapters:
        return
    method["trained"] = [about(adapter) for adapter in adapters]
    seconds = [adapter.outcome.get("seconds") for adapter in adapters]
    peaks = [p for a in adapters if (p := a.outcome.get("peak_memory_mb")) is not None]
    spent = method["spent"]
    known = [each for each in seconds if each is not None]
    spent["training_seconds"] = sum(known) if len(known) == len(seconds) else None
    spent["peak_memory_mb"] = max(peaks, default=None)
    size = sum(adapter.size for adapter in adapters) / 1e6
    spent["disk_mb"] = round((spent["disk_mb"] or 0.0) + size, 2)


def about(adapter: Adapter) -> dict[str, Any]:
    """An adapter as results record it."""
    return {
        "name": adapter.name,
        "fingerprint": adapter.fingerprint,
        "role": adapter.role,
        "kind": adapter.kind,
        "objective": adapter.objective,
        "base": {"name": adapter.base, "fingerprint": adapter.base_fingerprint},
        "data": adapter.manifest.get("data"),
        "rows": adapter.manifest.get("rows"),
        "version": adapter.version,
        "scores": dict(adapter.scores),
        "outcome": dict(adapter.outcome),
    }
