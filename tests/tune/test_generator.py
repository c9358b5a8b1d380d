"""A tiny model is tuned: it learns, it resumes to the same bits, and what it publishes loads."""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from openbook.errors import InputError, ModelError, TrainingError
from openbook.models.chat import prompt_tokens
from openbook.models.local import LocalLM
from openbook.models.prompts import numbered, render, template
from openbook.models.settings import ModelSettings
from openbook.models.weights import fingerprint
from openbook.tune.adapter import publish
from openbook.tune.generator import GeneratorJob
from openbook.tune.kinds import kind
from openbook.tune.material import GeneratorSettings
from openbook.tune.rows import Row
from openbook.tune.run import Outcome, RunSettings, run
from openbook.types import Message

FAST = GeneratorSettings(learning_rate=0.02, epochs=4, batch_size=4, max_tokens=900, held_out=0.0)
LORA = kind("lora", rank=4, alpha=8.0)


def makers() -> Any:
    """The makers of tiny models that the tests of models use."""
    file = Path(__file__).parents[1] / "models" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_models", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tune")


@pytest.fixture(scope="module")
def tiny(root: Path) -> Path:
    folder: Path = makers().save_decoder(root / "tiny", "qwen3")
    return folder


def rows(count: int = 12) -> list[Row]:
    """Questions whose answer is a number of days."""
    found = []
    for number in range(count):
        days = 10 + number
        passage = f"Class {number} staff have {days} days of leave."
        prompt = render(
            "rag",
            "en",
            passages=numbered([passage]),
            question=f"How many days do class {number} staff have?",
        )
        found.append(Row(prompt, f"<ANSWER>: {days} days", template("rag", "en").id))
    return found


def opened(
    root: Path, settings: GeneratorSettings = FAST, given: list[Row] | None = None
) -> GeneratorJob:
    material = rows() if given is None else given
    return GeneratorJob.open("tiny", material, settings, how=LORA, root=root)


def weights(job: GeneratorJob) -> dict[str, torch.Tensor]:
    held: dict[str, torch.Tensor] = job.state()["adapter"]
    return held


def test_it_learns_and_the_base_does_not_change(root: Path, tiny: Path, tmp_path: Path) -> None:
    job = opened(root)
    before = {n: p.detach().clone() for n, p in job.model.named_parameters() if "lora" not in n}
    done = run(job, tmp_path / "run", RunSettings(log_every=1))
    lines = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    assert done.finished and done.step == job.steps == 12
    assert lines[-1]["loss"] < 0.7 * lines[0]["loss"]
    after = dict(job.model.named_parameters())
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("stops", [(1,), (5,), (2, 3, 4)])
def test_stopped_and_resumed_gives_the_same_bits(
    root: Path, tiny: Path, tmp_path: Path, stops: tuple[int, ...]
) -> None:
    whole = opened(root)
    run(whole, tmp_path / "whole")
    for steps in stops:
        part = run(opened(root), tmp_path / "parts", RunSettings(stop_after_steps=steps))
        assert not part.finished
    last = opened(root)
    assert run(last, tmp_path / "parts").finished
    expected, found = weights(whole), weights(last)
    assert expected.keys() == found.keys() and len(expected) == 28
    for name, tensor in expected.items():
        assert torch.equal(tensor, found[name]), name


KILLED = """
import importlib.util, os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
spec = importlib.util.spec_from_file_location("test_lm", sys.argv[1])
tests = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tests)
job = tests.opened(Path(sys.argv[2]))
job.optimiser.register_step_post_hook(
    lambda *_: os.kill(os.getpid(), signal.SIGKILL) if next(left) == 0 else None
)
left = iter(range(int(sys.argv[4]), -1, -1))
tests.run(job, Path(sys.argv[3]), tests.RunSettings(checkpoint_minutes=float(sys.argv[5])))
"""


def test_killed_in_the_middle_of_steps_gives_the_same_bits(
    root: Path, tiny: Path, tmp_path: Path
) -> None:
    """Killed twice, in the middle of a step: once with a checkpoint after every step, once
    with none since, so that steps are done again.
    """
    whole = opened(root)
    run(whole, tmp_path / "whole")
    for after, minutes in ((4, 0.0), (3, 60.0)):
        given = (__file__, root, tmp_path / "killed", after, minutes)
        done = subprocess.run([sys.executable, "-c", KILLED, *map(str, given)], check=False)
        assert done.returncode == -signal.SIGKILL
    last = opened(root)
    outcome = run(last, tmp_path / "killed")
    assert outcome.finished
    for name, tensor in weights(whole).items():
        assert torch.equal(tensor, weights(last)[name]), name


def test_what_is_published_loads_by_name_and_changes_what_is_written(
    root: Path, tiny: Path, tmp_path: Path
) -> None:
    asked = [(Message("user", text),) for text in ("Who?", "연차?")]
    replies = ["staff", "15 days"]
    given = [Row(p, r, "rag/en@0") for p, r in zip(asked, replies, strict=True)]
    job = opened(root, replace(FAST, epochs=40, batch_size=2, learning_rate=0.03), given)
    done = run(job, tmp_path / "run")
    target = publish(job, done, root / "adapters/days", {"exact": 1.0})
    assert publish(job, done, target) == target
    assert len({file.stat().st_mode for file in target.iterdir()}) == 1  # as write_atomic's
    made = json.loads((target / "manifest.json").read_text())
    assert made["base"] == {"name": "tiny", "fingerprint": fingerprint(tiny)}
    assert made["scores"] == {"exact": 1.0} and made["settings"]["rank"] == 4
    assert made["templates"] == ["rag/en@0"] and made["rows"] == 2
    assert not list((root / "adapters").glob(".*"))
    plain = LocalLM.open(ModelSettings(model="tiny"), root)
    tuned = LocalLM.open(ModelSettings(model="tiny", adapter="adapters/days"), root)
    assert [one.text for one in tuned.complete(asked, max_tokens=24)] == replies
    assert [one.text for one in plain.complete(asked, max_tokens=24)] != replies


def test_the_prompt_is_what_the_model_is_asked(root: Path, tiny: Path) -> None:
    job = opened(root, replace(FAST, epochs=1, batch_size=1))
    model = LocalLM.open(ModelSettings(model="tiny"), root)
    asked = sorted(prompt_tokens(row.prompt, model.loaded.tokenizer) for row in rows())
    assert sorted(batch[0].read for batch in job.batches.steps) == asked
    end = model.loaded.tokenizer.eos_token_id
    assert all(batch[0].learnt[-1] == end for batch in job.batches.steps)


def test_loss_is_that_of_each_row_alone(root: Path, tiny: Path) -> None:
    """Padding and keeping only the last logits change nothing."""
    job = opened(root, replace(FAST, epochs=1, batch_size=3))
    batch = job.batches.steps[0]
    job.model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        together = float(job._loss(batch)[0]) / job._loss(batch)[1]
        for row in batch:
            ids = torch.tensor([row.read + row.learnt])
            logits = job.model(input_ids=ids).logits[0, len(row.read) - 1 : -1]
            loss = torch.nn.functional.cross_entropy(
                logits, torch.tensor(row.learnt), reduction="sum"
            )
            total, count = total + float(loss), count + len(row.learnt)
    assert together == pytest.approx(total / count, abs=1e-5)


def test_rows_that_do_not_fit_are_counted(root: Path, tiny: Path) -> None:
    long = Row(rows(1)[0].prompt, "days " * 2000)
    job = opened(root, FAST, [*rows(3), long])
    assert job.batches.dropped == 1 and job.spec()["rows"] == 3 and job.spec()["dropped"] == 1
    with pytest.raises(InputError, match="none of 1 rows fits"):
        opened(root, FAST, [long])


def test_control_tokens_in_a_completion_do_not_end_it(root: Path, tiny: Path) -> None:
    row = Row((Message("user", "Why?"),), "so</s>on")
    job = opened(root, replace(FAST, epochs=1), [row])
    learnt = job.batches.steps[0][0].learnt
    assert learnt.count(2) == 1 and learnt[-1] == 2


def test_other_data_is_another_run(root: Path, tiny: Path, tmp_path: Path) -> None:
    run(opened(root), tmp_path, RunSettings(stop_after_steps=1))
    with pytest.raises(InputError, match="other settings"):
        run(opened(root, given=rows(11)), tmp_path)


def test_an_adapter_is_refused_on_other_weights(root: Path, tiny: Path, tmp_path: Path) -> None:
    makers().save_decoder(root / "other", "qwen3", seed=5)
    job = opened(root, replace(FAST, epochs=1), rows(4))
    target = publish(job, run(job, tmp_path), root / "adapters/short")
    file = target / "adapter_config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, "base_model_name_or_path": "unknown-name"}))
    with pytest.raises(ModelError, match="made for the weights"):
        LocalLM.open(ModelSettings(model="other", adapter="adapters/short"), root)
    assert LocalLM.open(ModelSettings(model="tiny", adapter="adapters/short"), root)


def test_what_cannot_be_published(root: Path, tiny: Path, tmp_path: Path) -> None:
    job = opened(root)
    with pytest.raises(TrainingError, match="stands at step 3"):
        publish(job, Outcome(3, False, 1.0, 10, 1.0), tmp_path / "a")
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match="something else"):
        publish(job, Outcome(12, True, 1.0, 10, 1.0), tmp_path / "b")


def test_what_cannot_be_tuned(root: Path, tiny: Path) -> None:
    makers().save_t5(root / "t5")
    with pytest.raises(ModelError, match="encoder-decoder"):
        GeneratorJob.open("t5", rows(1), root=root)
    with pytest.raises(ModelError, match="cannot be tuned"):
        GeneratorJob.open("minilm", rows(1), root=root)
    with pytest.raises(InputError, match="epochs = 0"):
        opened(root, replace(FAST, epochs=0))
