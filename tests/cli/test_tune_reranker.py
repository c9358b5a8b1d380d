"""`openbook tune reranker` from the command line, over a small knowledge base."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from openbook.project import Project
from openbook.retrieve.hybrid import retrieve
from openbook.retrieve.ltr import LearntRank, RankingModel
from openbook.synthesize.rows import ListRow, Origin, PairRow, write_rows
from openbook.types import Passage, Query

Run = Callable[..., Any]
TOWNS = 72
FAST = ("--set", "trees=3", "--set", "smallest=5", "--set", "depth=6")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose documents each say one thing, and its rows of both layouts."""
    folder = tmp_path_factory.mktemp("ranker")
    project = Project.create(folder / "p")
    (folder / "docs").mkdir()
    for n in range(TOWNS):
        text = f"# Office {n}\n\nThe office in town {n} opened in {1900 + n} and has {n + 2} rooms."
        (folder / f"docs/office{n}.md").write_text(text, "utf-8")
    project.knowledge.sync([folder / "docs"])
    passages = sorted(project.knowledge.snapshot().all_passages(), key=lambda p: p.document_id)
    write_rows(project.folder / "L.jsonl", lists(passages))
    write_rows(project.folder / "P.jsonl", pairs(passages))
    return project.folder


def lists(passages: list[Passage]) -> Iterator[ListRow]:
    for at, own in enumerate(passages):
        others = (passages[at - 1], passages[at - 2])
        question = f"When did the office open: {own.title or own.text.split()[1]}?"
        origin = Origin(1, "rules", "dev" if at % 8 == 0 else "train")
        yield ListRow(f"l{at}", question, (others[0], own, others[1]), (0, 2, 1), "en", origin)


def pairs(passages: list[Passage]) -> Iterator[PairRow]:
    for row in lists(passages):
        positive, other = row.passages[1], row.passages[0]
        yield PairRow(row.id, row.question, positive, (other,), "en", row.origin)


@pytest.fixture
def project(built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(built)
    return built


def tune(openbook: Run, *options: str) -> Any:
    return openbook(f"tune reranker {shlex.join((*FAST, *options))}")


def test_a_ranking_model_is_made_once_and_ranks_by_name(project: Path, openbook: Run) -> None:
    done = tune(openbook, "--data", "L.jsonl", "--name", "ranks")
    assert done.status == 0, done.err
    assert 'The adapter "ranks" is made' in done.out and "9 held-out questions" in done.out
    folder = project / ".openbook/made/adapters/ranks"
    made = json.loads((folder / "manifest.json").read_text())
    assert (made["role"], made["kind"], made["rows"]) == ("ranker", "lambdarank", 63)
    assert made["base"]["name"] == "openbook-ranker" and made["knowledge"] == {"version": 1}
    assert next(iter(made["scores"])) == "MRR@10" and "MRR@10_low" in made["scores"]
    assert (folder / "rows.jsonl").read_text() == (project / "L.jsonl").read_text()
    assert len((folder / "learnt.jsonl").read_text().splitlines()) == 63
    again = tune(openbook, "--data", "L.jsonl", "--name", "ranks")
    assert "is there already" in again.out
    refused = tune(openbook, "--data", "P.jsonl", "--name", "ranks")
    assert refused.status == 2 and "Give another name" in refused.err
    opened = Project.open(project)
    assert len(RankingModel.open(folder).trees.first) == 150 + 3
    stage = retrieve(6, 12) >> LearntRank(3, 6, "adapter:ranks")
    (ranking,) = opened.runtime().run(stage, [Query("When did the office open: Office 7?")])
    assert len(ranking.hits) == 3 and "learnt_rank" in dict(ranking.hits[0].why)
    assert "fresh" in openbook("status").out + openbook("adapters").out


def test_pairs_do_as_well(project: Path, openbook: Run) -> None:
    done = tune(openbook, "--data", "P.jsonl", "--name", "pairwise", "--json")
    assert done.status == 0, done.err
    assert done.json["manifest"]["rows"] == 63
    other = tune(openbook, "--data", "P.jsonl", "--name", "more", "--base", "adapter:pairwise")
    assert other.status == 0, other.err


BAD = [
    (("--data", "none.jsonl"), "cannot be read"),
    (("--data", "openbook.toml"), "neither of the layout pairs nor"),
    (("--data", "raft.jsonl"), "neither of the layout pairs nor"),
    (("--data", "bare.jsonl"), "no row has a passage that does not answer"),
    (("--data", "nothing.jsonl"), "has no passage that answers"),
    (("--data", "test.jsonl"), "no row is left to learn from"),
    (("--data", "few.jsonl"), "Give at least 50 labelled questions"),
    (("--data", "foreign.jsonl"), "of no document of the knowledge base"),
    (("--data", "L.jsonl", "--set", "trees=0"), "out of range"),
    (("--data", "L.jsonl", "--set", "tree=9"), 'there is no setting "tree"'),
    (("--data", "L.jsonl", "--base", "adapter:none"), 'no adapter "none"'),
    (("--data", "L.jsonl", "--base", "none"), "holds no ranking model"),
]


@pytest.mark.parametrize(("options", "said"), BAD)
def test_bad_input_leaves_nothing(
    project: Path, openbook: Run, options: tuple[str, ...], said: str
) -> None:
    rows = [json.loads(line) for line in (project / "P.jsonl").read_text().splitlines()]
    write(project / "bare.jsonl", [{**row, "negatives": []} for row in rows])
    write(project / "test.jsonl", [{**r, "origin": {**r["origin"], "split": "test"}} for r in rows])
    write(project / "few.jsonl", rows[:20])
    moved = [{**r, "positive": {**r["positive"], "document_id": "elsewhere"}} for r in rows]
    write(project / "foreign.jsonl", moved)
    write(project / "raft.jsonl", [{"question": "?", "passages": [], "completion": ""}])
    listed = json.loads((project / "L.jsonl").read_text().splitlines()[0])
    write(project / "nothing.jsonl", [{**listed, "grades": [0, 0, 0]}])
    before = sorted((project / ".openbook/made").glob("adapters/*"))
    done = tune(openbook, *options, "--name", "broken")
    assert done.status in (1, 2) and said in done.err and "Traceback" not in done.err
    assert sorted((project / ".openbook/made").glob("adapters/*")) == before


def write(path: Path, rows: list[Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
