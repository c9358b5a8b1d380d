"""A training that is killed at any step and started again ends at the same weights."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from openbook.errors import InputError, LockedError, TrainingError
from openbook.tune.checkpoint import STATE
from openbook.tune.run import Progress, RunSettings, Step, run


class Line:
    """Learns y = 2x + 1 with dropout, so that a resume must also restore the chance."""

    def __init__(self, steps: int = 30, rate: float = 0.05, broken_at: int = -1) -> None:
        torch.manual_seed(0)
        self.net = torch.nn.Sequential(torch.nn.Dropout(0.2), torch.nn.Linear(1, 1))
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=rate)
        self.steps, self.rate, self.broken_at = steps, rate, broken_at
        self.done: list[int] = []

    def spec(self) -> dict[str, Any]:
        return {"rate": self.rate, "steps": self.steps, "seed": 3}

    def step(self, number: int) -> Step:
        self.done.append(number)
        x = torch.rand(16, 1)
        loss = ((self.net(x) - (2 * x + 1)) ** 2).mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return Step(math.nan if number == self.broken_at else loss.item(), 16)

    def state(self) -> dict[str, Any]:
        return {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])

    def weights(self) -> list[bytes]:
        return [p.detach().numpy().tobytes() for p in self.net.parameters()]


def trained(folder: Path, *stops: int) -> Line:
    """Run with a new job after each stop, as a new process would."""
    for stop in stops:
        assert not run(Line(), folder, RunSettings(stop_after_steps=stop)).finished
    job = Line()
    assert run(job, folder, RunSettings(log_every=5)).finished
    return job


@pytest.mark.parametrize("stops", [(1,), (7,), (29,), (3, 11, 2)])
def test_a_stopped_run_reaches_the_same_weights(tmp_path: Path, stops: tuple[int, ...]) -> None:
    assert trained(tmp_path / "a", *stops).weights() == trained(tmp_path / "b").weights()


def test_steps_after_the_checkpoint_are_done_again_and_logged_once(tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    class Dies(Line):
        def step(self, number: int) -> Step:
            if number == 20:
                raise Killed
            return super().step(number)

    run(Line(), tmp_path, RunSettings(stop_after_steps=12, log_every=1))
    with pytest.raises(Killed):
        run(Dies(), tmp_path, RunSettings(log_every=1))
    job = Line()
    run(job, tmp_path, RunSettings(log_every=1))
    assert job.done == list(range(12, 30))
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log] == list(range(1, 31))
    assert job.weights() == trained(tmp_path / "whole").weights()


def test_a_finished_run_does_nothing_more(tmp_path: Path) -> None:
    trained(tmp_path)
    job = Line()
    outcome = run(job, tmp_path)
    assert (outcome.step, outcome.finished, job.done, outcome.tokens) == (30, True, [], 480)


def test_progress_says_speed_and_time_left(tmp_path: Path) -> None:
    told: list[Progress] = []
    run(Line(), tmp_path, RunSettings(log_every=10), told.append)
    assert [p.step for p in told] == [10, 20, 30]
    assert told[0].tokens_per_second > 0 and told[0].seconds_left > 0 == told[-1].seconds_left


def test_other_settings_are_refused_and_named(tmp_path: Path) -> None:
    run(Line(), tmp_path, RunSettings(stop_after_steps=2))
    with pytest.raises(InputError, match=r"rate: 0.05, now 0.1"):
        run(Line(rate=0.1), tmp_path)


def test_a_loss_that_is_no_number_stops_and_keeps_the_checkpoint(tmp_path: Path) -> None:
    run(Line(), tmp_path, RunSettings(stop_after_steps=2))
    with pytest.raises(TrainingError, match="step 5 is not a number"):
        run(Line(broken_at=5), tmp_path)
    job = Line()
    run(job, tmp_path)
    assert job.done[0] == 2


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    run(Line(), tmp_path, RunSettings(stop_after_steps=2))
    whole = (tmp_path / STATE).read_bytes()
    (tmp_path / STATE).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TrainingError, match=r"checkpoint.pt cannot be read"):
        run(Line(), tmp_path)


CHILD = """
import sys, time
sys.path.insert(0, {here!r})
from pathlib import Path
from test_run import Line, RunSettings, run
class Slow(Line):
    def step(self, number):
        if number == 5:
            Path({marker!r}).touch()
        time.sleep(0.02)
        return super().step(number)
print(run(Slow(), Path({folder!r}), RunSettings(checkpoint_minutes=0.0005)).finished)
"""


def child(tmp_path: Path) -> tuple["subprocess.Popen[str]", Path]:
    marker, folder = tmp_path / "marker", tmp_path / "run"
    code = CHILD.format(here=str(Path(__file__).parent), marker=str(marker), folder=str(folder))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    while not marker.exists():
        assert process.poll() is None
        time.sleep(0.02)
    return process, folder


def test_a_killed_process_is_taken_up_and_two_do_not_share_a_folder(tmp_path: Path) -> None:
    process, folder = child(tmp_path)
    with pytest.raises(LockedError, match="another process is training"):
        run(Line(), folder)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    job = Line()
    assert run(job, folder).finished
    assert job.weights() == trained(tmp_path / "whole").weights()


def test_terminating_saves_first(tmp_path: Path) -> None:
    process, folder = child(tmp_path)
    process.terminate()
    assert process.communicate()[0].strip() == "False"
    assert process.returncode == 0
    assert run(Line(), folder).finished
