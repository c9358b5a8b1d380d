"""`openbook tune generator` from the command line, with a tiny model as its base."""

from __future__ import annotations

import importlib.util
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openbook.synthesize.rows import Origin, RaftRow, write_rows
from openbook.types import Passage

Run = Callable[..., Any]
SLOW = ("--epochs", "12", "--batch-size", "1", "--set", "patience=0", "--set", "evaluate=50")


def makers() -> Any:
    file = Path(__file__).parents[1] / "models" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_models", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def raft(number: int) -> RaftRow:
    text = f"Class {number} staff have {10 + number} days."
    passage = Passage(f"d{number}#1", f"d{number}", 0, len(text), text)
    done = f"##begin_quote## {text} ##end_quote##\n<ANSWER>: {10 + number} days"
    question = f"How many days have class {number} staff?"
    return RaftRow(f"r{number}", question, (passage,), 0, ("x",), done, origin=Origin(2, "rules"))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    torch.set_num_threads(1)
    folder: Path = makers().save_decoder(tmp_path_factory.mktemp("base") / "tiny", "qwen3")
    return folder


@pytest.fixture
def project(tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "openbook.toml").write_text('[models]\ngenerator = "tiny"\n')
    (tmp_path / "tiny").symlink_to(base)
    write_rows(tmp_path / "R.jsonl", [raft(number) for number in range(8)])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tune(openbook: Run, project: Path) -> Run:
    def run(*options: str) -> Any:
        given = ("--data", "R.jsonl", "--name", "days", "--rank", "2", *options)
        return openbook(f"tune generator {shlex.join(given)}")

    return run


def adapters(project: Path) -> list[str]:
    folder = project / ".openbook/made/adapters"
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def test_an_adapter_is_made_once(project: Path, tune: Run) -> None:
    done = tune("--epochs", "2", "--batch-size", "4")
    assert done.status == 0, done.err
    assert 'The adapter "days" is made: 4 steps' in done.out
    assert "loss on held-out documents" in done.out and "7 rows; held out 1" in done.err
    made = json.loads((project / ".openbook/made/adapters/days/manifest.json").read_text())
    assert made["objective"] == "raft" and made["role"] == "generator" and made["format"] == 1
    assert made["knowledge"] == {"version": 2} and made["base"]["name"] == "tiny"
    assert made["settings"]["rank"] == 2 and made["outcome"]["seconds"] > 0
    assert made["scores"].keys() == {"F1", "EM", "answered_rows"}
    assert made["scores"]["answered_rows"] == 1 and "1 held-out questions" in done.out
    assert (project / ".openbook/made/adapters/days/rows.jsonl").read_text() == (
        project / "R.jsonl"
    ).read_text()
    assert not list((project / ".openbook/made/tuning").iterdir())
    assert "is there already" in tune("--epochs", "2", "--batch-size", "4").out
    for others in (("--epochs", "3"), ("--kind", "dora")):
        refused = tune("--batch-size", "4", *others)
        assert refused.status == 2 and "Give another name" in refused.err
    assert adapters(project) == ["days"]


def test_stopped_it_says_how_to_go_on_and_ends_as_if_it_was_not(project: Path, tune: Run) -> None:
    stopped = tune(*SLOW, "--stop-after", "0.0005")
    assert stopped.status == 130 and "The same command goes on" in stopped.out, stopped.err
    assert not adapters(project)
    done = tune(*SLOW, "--json")
    assert done.status == 0, done.err
    assert done.json["manifest"]["outcome"]["steps"] == 84 and adapters(project) == ["days"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--kind", "lorra"), 'Did you mean "lora"'),
        (("--objective", "raftt"), 'Did you mean "raft"'),
        (("--objective", "style"), "is of the layout raft"),
        (("--data", "none.jsonl"), "cannot be read"),
        (("--name", "../x"), "is not a name of an adapter"),
        (("--targets", "qproj"), 'no module "qproj"'),
        (("--base", "nothing"), 'no model "nothing"'),
        (("--kind", "prompt"), 'has no setting "rank"'),
        (("--set", "patience=many"), "takes a value of the type int"),
        (("--max-tokens", "9"), "none of 7 rows fits into 9 tokens"),
    ],
)
def test_bad_input_leaves_nothing(
    project: Path, tune: Run, options: tuple[str, ...], said: str
) -> None:
    done = tune(*options)
    assert done.status in (1, 2) and said in done.err and "Traceback" not in done.err
    assert not adapters(project) and not list(project.glob(".openbook/made/tuning/*"))
