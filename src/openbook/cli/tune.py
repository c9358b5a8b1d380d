"""``openbook tune``: models learn from the documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openbook.cli._options import AsJson, parameters
from openbook.cli._retrieval import STOPPED, reranker, retriever
from openbook.cli._tuned import tell, tuned_json

if TYPE_CHECKING:
    from openbook.tune.generator import GeneratorJob
    from openbook.tune.run import Progress as At

PANEL = "Studying"


def _files(folder: str) -> str:
    """Names of the kinds or objectives that there are, without loading them."""
    files = (Path(__file__).parents[1] / "tune" / folder).glob("[!_]*.py")
    return ", ".join(sorted(file.stem for file in files))


group = typer.Typer(
    help="Train a generator, a retriever or a reranker; what was stopped goes on.",
    no_args_is_help=True,
)


@group.callback(invoke_without_command=True)
def again(
    context: typer.Context,
    refresh: Annotated[
        str,
        typer.Option(help="Train this adapter again, where its passages changed or are gone."),
    ] = "",
    json: AsJson = False,
) -> None:
    """Train a generator, a retriever or a reranker; what was stopped goes on."""
    if context.invoked_subcommand and (refresh or json):
        raise typer.BadParameter("--refresh goes without a verb after it")
    if refresh:
        _refresh(refresh, json)
    elif not context.invoked_subcommand:
        typer.echo(context.get_help())


@group.command()
def generator(
    name: Annotated[str, typer.Option("--name", "-n", help="Name of the adapter to make.")],
    objective: Annotated[
        str,
        typer.Option(
            help=f"What is learnt, one of {_files('objectives')}: raft is to answer from passages, "
            "qa to know the answers, text the documents as language, style how the house writes."
        ),
    ] = "raft",
    kind: Annotated[
        str,
        typer.Option(help=f"Which weights learn: {_files('kinds')}."),
    ] = "lora",
    data: Annotated[
        Path | None,
        typer.Option(help="Rows to learn from; for text, without it, the knowledge base."),
    ] = None,
    base: Annotated[
        str, typer.Option(help="Model to tune; without it models.generator of openbook.toml.")
    ] = "",
    rank: Annotated[int | None, typer.Option(help="Rank of lora, dora, qlora.")] = None,
    alpha: Annotated[float | None, typer.Option(help="Scale of lora, dora, qlora.")] = None,
    targets: Annotated[
        str | None, typer.Option(help="Layers of lora, dora, qlora, ia3, with commas.")
    ] = None,
    rslora: Annotated[
        bool | None, typer.Option("--rslora", help="Scale lora by the root of its rank.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="How often each row is learnt.")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Highest learning rate; the kind's own without it.")
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Rows a step.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Longest row, in tokens.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all that is drawn.")] = None,
    mix: Annotated[
        Path | None, typer.Option(help="General rows to mix in, against forgetting.")
    ] = None,
    mix_share: Annotated[float | None, typer.Option(help="Their share of all rows.")] = None,
    general: Annotated[
        Path | None, typer.Option(help="General rows to measure forgetting on.")
    ] = None,
    params: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Another setting of the kind (layers=2, tokens=20, width=32, places=pfeiffer) or "
            "of the training (patience=3, evaluate=50, held_out=0.1, warmup=0.05, most=64); may "
            "be repeated.",
        ),
    ] = None,
    stop_after: Annotated[
        float, typer.Option(min=0.0, help="Minutes after which to stop and save; 0: go on.")
    ] = 0.0,
    json: AsJson = False,
) -> None:
    """Train a language model and keep what it learnt as an adapter.

    The best state on held-out documents is kept. Ctrl-C saves; the same command goes on.
    """
    from openbook.cli._show import Progress, emit
    from openbook.project import Project
    from openbook.project.tune import Order, tune_generator
    from openbook.tune.kinds import kind as kind_of
    from openbook.tune.objectives import objective as objective_of
    from openbook.tune.run import RunSettings

    objective_of(objective)
    own: dict[str, Any] = {
        "rank": rank, "alpha": alpha, "targets": targets, "rslora": rslora,
        "epochs": epochs, "learning_rate": learning_rate, "batch_size": batch_size,
        "max_tokens": max_tokens, "seed": seed, "mix_share": mix_share,
    }  # fmt: skip
    given = {key: value for key, value in own.items() if value is not None}
    settings, left = _settings({**given, **parameters(params)})
    order = Order(name, objective, kind_of(kind, **left), base, data, mix, general, settings)
    with Progress() as progress:
        done = tune_generator(
            Project.find(),
            order,
            RunSettings(log_every=1, stop_after_minutes=stop_after),
            begin=lambda job, folder: _begin(job, folder, progress),
            progress=lambda at: _advance(at, progress),
        )
    if json:
        emit(tuned_json(done))
    else:
        tell(done, name)
    if done.outcome and not done.outcome.finished:
        raise typer.Exit(STOPPED)


def _refresh(name: str, json: bool) -> None:
    from openbook.cli._show import Progress, emit, say
    from openbook.project import Project
    from openbook.project.refresh import Hooks, refresh
    from openbook.tune.run import RunSettings

    with Progress() as progress:
        hooks = Hooks(
            lambda job, folder: _begin(job, folder, progress),
            lambda at: _advance(at, progress),
            progress,
        )
        done = refresh(Project.find(), name, RunSettings(log_every=1), hooks)
    if done.tuned is None:
        if json:
            emit({"refreshed": False, "said": str(done.stale)})
        else:
            say(f'The adapter "{name}" stays as it is ({done.stale}).')
        return
    if json:
        rows = done.rows
        counts = {"kept": rows.kept, "remade": rows.remade, "dropped": rows.dropped} if rows else {}
        emit({"refreshed": bool(done.tuned.made), "rows": counts, **tuned_json(done.tuned)})
    else:
        say(f"{done.rows}." if done.rows else "It learns all passages again.")
        tell(done.tuned, name)
    if done.tuned.outcome and not done.tuned.outcome.finished:
        raise typer.Exit(STOPPED)


def _settings(given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The training's settings, and what is left for the kind."""
    from dataclasses import fields

    from openbook.errors import InputError
    from openbook.stage import fits
    from openbook.tune.material import GeneratorSettings

    known = {one.name: type(one.default) for one in fields(GeneratorSettings)}
    own = {key: value for key, value in given.items() if key in known}
    for key, value in own.items():
        if not fits(value, known[key]):
            raise InputError(
                f"{key} = {value!r} is not accepted",
                fix=f"It takes a value of the type {known[key].__name__}.",
            )
    return GeneratorSettings(**own), {k: v for k, v in given.items() if k not in known}


def _begin(job: GeneratorJob, folder: Path, progress: Any) -> None:
    from openbook.cli._show import note

    learns, whole = job.learning
    dropped = f", {job.batches.dropped:,} too long" if job.batches.dropped else ""
    note(
        f"{job.batches.rows:,} rows{dropped}; held out {len(job.divided.held):,}; {learns:,} of "
        f"{whole:,} weights learn ({learns / whole:.2%}); {job.steps:,} steps"
    )
    progress.start("training", job.steps)


def _advance(at: At, progress: Any) -> None:
    progress.reach(at.step, f"loss {at.loss:.2f}, {at.tokens_per_second:,.0f} tokens/s")


group.command()(retriever)
group.command()(reranker)
