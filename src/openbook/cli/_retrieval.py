"""``openbook tune reranker`` and ``openbook tune retriever``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from openbook.cli._options import AsJson, parameters
from openbook.cli._tuned import tell, tuned_json

STOPPED = 130
"""Exit status when a training was stopped before its end."""

T = TypeVar("T")

Name = Annotated[str, typer.Option("--name", "-n", help="Name of the adapter to make.")]
Data = Annotated[
    Path, typer.Option(help="Rows: openbook synthesize pairs, or openbook synthesize lists.")
]


def reranker(
    name: Name,
    data: Data,
    kind: Annotated[
        str,
        typer.Option(
            help="lambdarank (trees over what is known of a candidate; seconds, no GPU) or "
            "cross-encoder (a transformer that reads question and passage)."
        ),
    ] = "lambdarank",
    base: Annotated[
        str,
        typer.Option(
            help="Model to begin with. lambdarank: a ranking model (adapter:NAME), without it the "
            "one that comes with openbook; cross-encoder: a model, without it models.reranker."
        ),
    ] = "",
    params: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="A setting; may be repeated. lambdarank: trees=40, leaves=8, learning_rate=0.05, "
            "smallest=50, depth=50; cross-encoder: epochs=3, batch_size=8, learning_rate=2e-5, "
            "negatives=4, warmup=0.1, patience=3; both: held_out=0.2, seed=0.",
        ),
    ] = None,
    stop_after: Annotated[
        float,
        typer.Option(min=0.0, help="Minutes after which a cross-encoder stops and saves; 0: none."),
    ] = 0.0,
    json: AsJson = False,
) -> None:
    """Train a reranker on questions with graded passages.

    MRR@10 and recall@5 on held-out documents are measured before and after.
    """
    from openbook.cli._show import Progress, emit
    from openbook.errors import InputError, nearest
    from openbook.project import Project

    if kind not in ("lambdarank", "cross-encoder"):
        fix = nearest(kind, ["lambdarank", "cross-encoder"])
        raise InputError(f'there is no kind of reranker "{kind}"', where="--kind", fix=fix)
    given = parameters(params)
    with Progress() as progress:
        if kind == "lambdarank":
            from openbook.project.tune_ranker import RankerOrder, tune_ranker
            from openbook.tune.ranker import RankerSettings

            settings = settings_of(RankerSettings, given)
            done = tune_ranker(Project.find(), RankerOrder(name, data, base, settings), progress)
        else:
            from openbook.project.tune_cross import CrossOrder, tune_cross
            from openbook.tune.cross import CrossSettings
            from openbook.tune.run import RunSettings

            done = tune_cross(
                Project.find(),
                CrossOrder(name, data, base, settings_of(CrossSettings, given)),
                RunSettings(log_every=1, stop_after_minutes=stop_after),
                begin=lambda job: progress.start("training", job.steps),
                progress=lambda at: progress.reach(at.step, f"loss {at.loss:.2f}"),
            )
    if json:
        emit(tuned_json(done))
    else:
        tell(done, name)
    if not done.made:
        raise typer.Exit(STOPPED)


def retriever(
    name: Name,
    data: Data,
    base: Annotated[
        str,
        typer.Option(
            help="Encoder to tune; without it models.encoder, and where there is none "
            "openbook-encoder."
        ),
    ] = "",
    use: Annotated[
        bool,
        typer.Option(
            "--use", help="Then make the knowledge base's vectors with it and set models.encoder."
        ),
    ] = False,
    epochs: Annotated[int | None, typer.Option(help="How often each row is learnt.")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Highest learning rate; the encoder's own without it.")
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Questions a step.")] = None,
    params: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Another setting (negatives=4, scale=20.0, warmup=0.1, held_out=0.2, patience=3, "
            "seed=0); may be repeated.",
        ),
    ] = None,
    stop_after: Annotated[
        float, typer.Option(min=0.0, help="Minutes after which to stop and save; 0: go on.")
    ] = 0.0,
    json: AsJson = False,
) -> None:
    """Train an encoder on questions, passages that answer them and passages that do not.

    Recall@5 and MRR@10 on held-out documents are measured before and after. Ctrl-C saves; the
    same command goes on.
    """
    from openbook.cli._show import Progress, emit, note
    from openbook.project import Project
    from openbook.project.tune_retriever import RetrieverOrder, tune_retriever
    from openbook.project.tune_retriever import use as use_it
    from openbook.tune.retriever import RetrieverSettings
    from openbook.tune.run import RunSettings

    own = {"epochs": epochs, "learning_rate": learning_rate, "batch_size": batch_size}
    given = {key: value for key, value in own.items() if value is not None}
    settings = settings_of(RetrieverSettings, {**given, **parameters(params)})
    project = Project.find()
    with Progress() as progress:
        done = tune_retriever(
            project,
            RetrieverOrder(name, data, base, settings),
            RunSettings(log_every=1, stop_after_minutes=stop_after),
            begin=lambda job: progress.start("training", job.steps),
            progress=lambda at: progress.reach(at.step, f"loss {at.loss:.2f}"),
        )
        if use and done.made:
            version = use_it(project, name, progress)
            note(f"version {version} of the knowledge base has its vectors; models.encoder is set")
    if json:
        emit(tuned_json(done))
    else:
        tell(done, name)
    if not done.made:
        raise typer.Exit(STOPPED)
    if not use and not json:
        say_how(name)


def say_how(name: str) -> None:
    """Tell what makes a tuned encoder the project's."""
    from openbook.cli._show import note

    note(
        f'To use it, set encoder = "adapter:{name}" in [models] of openbook.toml and run: openbook '
        "sync. (--use does both.)"
    )


def settings_of(kind: type[T], given: dict[str, Any]) -> T:
    """Settings of a training, checked.

    Raises:
        InputError: one that it does not have, or a value of another type.
    """
    from dataclasses import fields

    from openbook.errors import InputError, nearest
    from openbook.stage import fits

    known = {one.name: type(one.default) for one in fields(kind)}  # type: ignore[arg-type]
    for key, value in given.items():
        if key not in known:
            raise InputError(f'there is no setting "{key}"', where="--set", fix=nearest(key, known))
        if not fits(value, known[key]):
            raise InputError(
                f"{key} = {value!r} is not accepted",
                where="--set",
                fix=f"It takes a value of the type {known[key].__name__}.",
            )
    return kind(**given)
