"""How a training ended, in words and as JSON: what all verbs of ``openbook tune`` print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openbook.project.tune import Tuned


def tuned_json(done: Tuned) -> dict[str, Any]:
    """Folder, whether it is finished, the step it stands at, the manifest."""
    return {
        "folder": str(done.folder),
        "finished": not done.outcome or done.outcome.finished,
        "step": done.outcome.step if done.outcome else None,
        "manifest": done.made,
    }


def tell(done: Tuned, name: str) -> None:
    """Print how a training ended."""
    from openbook.cli._show import say

    if done.outcome is None:
        say(f'The adapter "{name}" is there already, made of the same data and settings.')
    elif not done.outcome.finished:
        say(
            f"Stopped at step {done.outcome.step} and saved ({done.folder}). The same command goes "
            "on from there."
        )
    else:
        made: dict[str, Any] = done.made
        parts = _generator(made) if "losses" in made else _ranking(made)
        say(f'The adapter "{name}" is made: {"; ".join(parts)} ({done.folder}).')


def _generator(made: dict[str, Any]) -> Iterator[str]:
    """What a tuned generator reached."""
    losses, outcome = made["losses"], made["outcome"]
    yield f"{outcome['steps']} steps, {outcome['seconds']:.0f} s"
    if "unseen_before" in losses:
        yield (
            f"loss on held-out documents {losses['unseen_before']:.2f} -> "
            f"{losses['unseen_after']:.2f}, on those learnt {losses['seen']:.2f}"
        )
    if "general_before" in losses:
        yield f"general loss {losses['general_before']:.2f} -> {losses['general_after']:.2f}"
    if scores := made["scores"]:
        yield (
            f"F1 {scores['F1']:.2f} and exact match {scores['EM']:.2f} on "
            f"{scores['answered_rows']:,} held-out questions"
        )


def _ranking(made: dict[str, Any]) -> Iterator[str]:
    """What a tuned retriever or reranker reached."""
    yield f"{made['rows']:,} rows, {made['outcome']['seconds']:.0f} s"
    if made["dropped"]:
        yield f"{made['dropped']:,} rows left out (nothing that answers was found)"
    scores = made["scores"]
    if main := next(iter(scores), ""):
        low, high = scores[f"{main}_low"], scores[f"{main}_high"]
        yield (
            f"{main} on {scores['held_out_questions']:,} held-out questions "
            f"{scores[f'{main}_before']:.3f} -> {scores[main]:.3f} "
            f"(difference {scores[f'{main}_gain']:+.3f}, 95 % interval {low:+.3f} to {high:+.3f})"
        )
