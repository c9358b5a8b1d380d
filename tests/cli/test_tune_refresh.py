"""`openbook tune --refresh` brings an adapter up to date with documents that have changed."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openbook.project import Project

Run = Callable[..., Any]
TUNE = "--epochs 1 --batch-size 8 --rank 2 --max-tokens 4000"


def makers() -> Any:
    file = Path(__file__).parents[1] / "models" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_models", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NAMES = (
    "Laptop", "Bicycle", "Parking", "Visitor", "Library", "Canteen", "Travel", "Printer",
)  # fmt: skip


def document(name: str, days: int) -> str:
    return (
        f"# {name} rules\n\n| {name} permit | Period of validity |\n|---|---|\n"
        f"| {name} permit for staff | {days} days |\n| {name} permit for guests | {days + 60} days "
        "|\n"
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import torch

    torch.set_num_threads(1)
    makers().save_decoder(tmp_path / "tiny", "qwen3")
    (tmp_path / "openbook.toml").write_text('[models]\ngenerator = "tiny"\n')
    (tmp_path / "docs").mkdir()
    for at, name in enumerate(NAMES):
        (tmp_path / f"docs/{name.lower()}.md").write_text(document(name, 20 + at), "utf-8")
    monkeypatch.chdir(tmp_path)
    Project.open(tmp_path).knowledge.sync([tmp_path / "docs"])
    return tmp_path


def change(project: Path) -> None:
    time.sleep(0.01)
    (project / "docs/canteen.md").write_text(document("Canteen", 33), "utf-8")
    (project / "docs/bicycle.md").unlink()
    Project.open(project).knowledge.sync([project / "docs"])


def made(project: Path, name: str) -> Any:
    return json.loads((project / f".openbook/made/adapters/{name}/manifest.json").read_text())


def rows(project: Path, name: str) -> list[Any]:
    file = project / f".openbook/made/adapters/{name}/rows.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_what_changed_is_remade_what_is_gone_is_dropped(project: Path, openbook: Run) -> None:
    asked = openbook("synthesize questions --n 40 --unanswerable 0 --out Q.jsonl --seed 1")
    assert asked.status == 0, asked.err
    done = openbook("synthesize raft --questions Q.jsonl --p 1 --distractors 2 --out R.jsonl")
    assert done.status == 0, done.err
    done = openbook(f"tune generator --data R.jsonl --name days {TUNE}")
    assert done.status == 0, done.err
    before, learnt = made(project, "days"), rows(project, "days")
    gone = [r for r in learnt if "icycle" in r["passages"][r["oracle"]]["document_id"]]
    old = [r for r in learnt if "anteen" in r["passages"][r["oracle"]]["document_id"]]
    assert gone and old
    assert "stays as it is" in openbook("tune --refresh days").out
    change(project)
    assert "stale" in openbook("status").out
    done = openbook("tune --refresh days --json")
    assert done.status == 0, done.err
    counts = done.json["rows"]
    assert counts["dropped"] >= 1 and counts["remade"] >= 1
    assert sum(counts.values()) == len(learnt)
    after, kept = made(project, "days"), rows(project, "days")
    assert after["data"] != before["data"] and after["knowledge"]["version"] == 2
    assert after["settings"] == before["settings"] and after["kind"] == before["kind"]
    assert {r["id"] for r in kept} <= {r["id"] for r in learnt}
    new = [r for r in kept if r["origin"]["version"] == 2]
    assert len(new) == counts["remade"]
    assert all(any(d in r["completion"] for d in ("33", "93")) for r in new)
    assert "stays as it is" in openbook("tune --refresh days").out
    assert sorted(f.name for f in (project / ".openbook/made/adapters").iterdir()) == ["days"]
    assert not list((project / ".openbook/made/tuning").iterdir())


def test_prose_is_learnt_again(project: Path, openbook: Run) -> None:
    done = openbook(f"tune generator --objective text --name prose {TUNE}")
    assert done.status == 0, done.err
    change(project)
    done = openbook("tune --refresh prose")
    assert done.status == 0 and "learns all passages again" in done.out, done.err
    assert made(project, "prose")["knowledge"]["version"] == 2
    assert "stays as it is" in openbook("tune --refresh prose").out


def test_where_nothing_is_left_the_old_one_stays(project: Path, openbook: Run) -> None:
    openbook("synthesize questions --n 30 --unanswerable 0 --out Q.jsonl")
    lines = [json.loads(line) for line in (project / "Q.jsonl").read_text().splitlines()]
    own = [{**line, "split": ""} for line in lines if "icycle" in line["passage"]]
    assert own
    (project / "Q.jsonl").write_text("".join(json.dumps(line) + "\n" for line in own))
    done = openbook(f"tune generator --objective qa --data Q.jsonl --name days {TUNE}")
    assert done.status == 0, done.err
    before = made(project, "days")
    assert "stays as it is" in openbook("tune --refresh days").out
    change(project)
    done = openbook("tune --refresh days")
    assert done.status == 2 and "no row is left" in done.err
    assert made(project, "days") == before


def test_bad_names_are_refused(project: Path, openbook: Run) -> None:
    assert 'no adapter "none"' in openbook("tune --refresh none").err
    assert openbook("tune --refresh ../x").status == 2
    assert "reranker" in openbook("tune").out
