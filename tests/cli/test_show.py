"""How far work is, as it is told on standard error."""

import sys
from typing import Any

import pytest

from openbook.cli import _show
from openbook.cli._show import Progress


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(_show, "time", made)
    return made


def test_without_a_terminal_a_line_says_how_far_and_how_long(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress() as progress:
        progress.start("answering", 300)
        for _ in range(6):
            clock.now += 4
            progress.advance(8)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "answering 24/300, about 3 min left",
        "answering 48/300, about 3 min left",
    ]


def test_short_work_and_unknown_totals_say_little(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress() as progress:
        progress.start("answering", 3)
        clock.now += 2
        progress.advance(3)
        assert capsys.readouterr().err == ""
        progress.start("judging", 0)
        clock.now += 11
        progress.advance(0)
        clock.now += 11
        progress.advance(5)
        assert capsys.readouterr().err.splitlines() == ["judging 0", "judging 5"]


def tasks(progress: Progress) -> list[Any]:
    """What the bar shows; nothing where there is none."""
    return list(progress._bar.tasks) if progress._bar else []


def test_a_terminal_gets_a_bar_with_an_estimate(
    clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress() as progress:
        progress.start("answering", 40)
        clock.now += 0.5
        progress.advance(8)
        assert not tasks(progress)
        clock.now += 29.5
        progress.advance(2)
        (task,) = tasks(progress)
        assert (task.completed, task.total) == (10, 40)
        assert task.fields["left"] == "about 2 min left"
        clock.now += 10
        progress.advance(30)
        assert task.fields["left"] == ""
    assert not tasks(progress)


def test_what_was_done_before_is_not_counted_in_the_speed(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress() as progress:
        progress.start("training", 100)
        for done in range(51, 62):
            clock.now += 1
            progress.reach(done, "loss 0.50")
    assert capsys.readouterr().err.splitlines() == ["training 60/100, loss 0.50, about 40 s left"]
