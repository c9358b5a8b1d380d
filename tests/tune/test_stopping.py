"""What a training of a generator does beside learning: it evaluates, stops where nothing gets
better, measures forgetting, packs text, and says what is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from openbook.errors import InputError, ModelError, TrainingError
from openbook.models.settings import ModelSettings, Settings
from openbook.tune.adapter import publish
from openbook.tune.generator import GeneratorJob
from openbook.tune.kinds import Kind, kind
from openbook.tune.material import GeneratorSettings, Material
from openbook.tune.rows import Row, Source
from openbook.tune.run import RunSettings, run
from openbook.types import Message

LORA = kind("lora", rank=4)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, makers: Any) -> Path:
    folder = tmp_path_factory.mktemp("stopping")
    makers.save_decoder(folder / "tiny", "qwen3")
    return folder


Open = Callable[..., GeneratorJob]


@pytest.fixture
def opened(root: Path, rows: list[Row], fast: GeneratorSettings) -> Open:
    """Opens a job on the tiny model."""

    def open_job(material: Any = None, how: Kind = LORA, **changed: Any) -> GeneratorJob:
        settings = replace(fast, **changed)
        return GeneratorJob.open("tiny", material or rows, settings, how=how, root=root)

    return open_job


def contrary() -> list[Row]:
    """What is held out contradicts what is learnt: it soon gets worse."""
    asked = (Message("user", "Who?"),)
    return [Row(asked, "staff") for _ in range(6)] + [Row(asked, "연차", split="dev")]


def test_it_stops_early_and_keeps_the_best(tmp_path: Path, opened: Open) -> None:
    changed = {"epochs": 30, "patience": 2, "learning_rate": 0.05, "evaluate": 1}
    job = opened(contrary(), **changed)
    done = run(job, tmp_path / "run")
    assert done.finished and done.step == job.steps < 60
    held = [point["held_out"] for point in job.curve.points]
    assert job.curve.best == held.index(min(held)) and done.step >= job.curve.best + 2
    target = publish(job, done, tmp_path / "made")
    made = json.loads((target / "manifest.json").read_text())
    assert made["curve"] == job.curve.points and made["best_step"] == job.curve.best
    assert made["losses"]["unseen_after"] == pytest.approx(min(held), abs=1e-4)
    parts = opened(contrary(), **changed)
    assert not run(parts, tmp_path / "parts", RunSettings(stop_after_steps=1)).finished
    again = opened(contrary(), **changed)
    assert run(again, tmp_path / "parts").step == done.step
    assert again.curve.points == job.curve.points


def test_forgetting_is_measured_on_rows_that_are_not_learnt(
    tmp_path: Path, opened: Open, rows: list[Row]
) -> None:
    general = [Row((Message("user", f"Say {n}"),), f"general {n}") for n in range(6)]
    job = opened(Material(rows, "raft", mix=general, general=general[:2]), mix_share=0.4)
    mixed = [row.completion for row in job.divided.learnt if row.completion.startswith("general")]
    assert sorted(mixed) == [f"general {n}" for n in range(2, 6)]
    target = publish(job, run(job, tmp_path / "run"), tmp_path / "made")
    losses = json.loads((target / "manifest.json").read_text())["losses"]
    assert losses.keys() == {
        "seen",
        "unseen_before",
        "unseen_after",
        "general_before",
        "general_after",
    }
    assert losses["general_before"] != losses["general_after"]


def test_text_is_packed_and_all_of_it_learnt(opened: Open) -> None:
    texts = [Row((), f"Sentence {n} of the handbook. " * 9, document=f"{n}") for n in range(6)]
    job = opened(Material(texts, "text"), max_tokens=64, batch_size=2, epochs=1, held_out=0.0)
    blocks = [block for batch in job.batches.steps for block in batch]
    lengths = sorted(block.length for block in blocks)
    assert set(lengths[1:]) == {64} and all(len(block.read) == 1 for block in blocks)
    ends = sum((block.read + block.learnt).count(2) for block in blocks)
    assert ends == 6 and job.batches.dropped == 0


def test_what_was_learnt_from_is_listed(tmp_path: Path, opened: Open, rows: list[Row]) -> None:
    given = [
        replace(r, id=f"r{n}", sources=(Source(f"p{n % 3}", "d", "h"),)) for n, r in enumerate(rows)
    ]
    job = opened(given, held_out=0.0, epochs=1)
    target = publish(job, run(job, tmp_path / "run"), tmp_path / "made")
    lines = [json.loads(line) for line in (target / "learnt.jsonl").read_text().splitlines()]
    assert [line["passage"] for line in lines] == ["p0", "p1", "p2"]
    assert lines[0]["rows"] == ["r0", "r3", "r6"]


def test_an_exploding_loss_stops_with_what_was_saved(tmp_path: Path, opened: Open) -> None:
    job = opened(how=kind("full"), learning_rate=1e6, epochs=40, patience=0)
    with pytest.raises(TrainingError, match=r"(exploded|not a number).*Lower the learning rate"):
        run(job, tmp_path / "run", RunSettings(checkpoint_minutes=0.0))
    held = torch.load(tmp_path / "run/checkpoint.pt", weights_only=True)
    assert held["state"]["best"] and held["step"] >= 1


def test_too_little_memory_names_the_setting(
    tmp_path: Path, monkeypatch: Any, opened: Open
) -> None:
    job = opened()

    def full(*_: Any) -> Any:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(job, "_loss", full)
    with pytest.raises(TrainingError, match=r"batch_size = 3 .*smaller --batch-size \(1\)"):
        run(job, tmp_path / "run")


def test_what_cannot_be_a_base(root: Path, rows: list[Row], fast: GeneratorSettings) -> None:
    models = Settings(
        available={
            "far": ModelSettings(kind="openai", base_url="http://localhost:1/v1"),
            "tuned": ModelSettings(model="tiny", adapter="x"),
        }
    )
    for name, said in (("far", "asked on a server"), ("tuned", "has an adapter already")):
        with pytest.raises(ModelError, match=said):
            GeneratorJob.open(name, rows, fast, root=root, models=models)


@pytest.mark.parametrize(
    "changed", [{"epochs": 0}, {"held_out": 1.0}, {"mix_share": -0.1}, {"learning_rate": -1.0}]
)
def test_settings_out_of_range_are_named(changed: dict[str, Any], opened: Open) -> None:
    with pytest.raises(InputError, match=rf"{next(iter(changed))} = .* is out of range"):
        opened(**changed)
