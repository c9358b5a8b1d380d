"""`openbook report` and `openbook advise`, as a shell or a build would run them."""

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[[str], Any]
MADE = Path(__file__).parents[1] / "evaluate" / "made_results.py"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders `old`, `new` and `bad`, the last much worse; no project around them."""
    made = runpy.run_path(str(MADE))["results"]
    monkeypatch.chdir(tmp_path)
    for name, seed in (("old", 0), ("new", 3), ("bad", 0)):
        results = made(seed, 60, 0.0)
        if name == "bad":
            results["values"]["raft"]["correct"] = [0.0] * 60
            results["totals"]["raft"]["correct"] = {"value": 0.0, "low": 0, "high": 0, "n": 60}
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.json").write_text(json.dumps(results), "utf-8")
    return tmp_path


def test_one_run_is_rendered_again(runs: Path, openbook: Run) -> None:
    result = openbook("report old")
    assert result.status == 0
    assert result.out.startswith("Take ")
    assert result.out.splitlines()[-1] == "old/report.html"
    assert "<h1>Which method" in (runs / "old" / "report.html").read_text("utf-8")
    korean = openbook("report old/results.json --language ko --html k.html --json")
    assert korean.json["html"] == "k.html"
    assert korean.json["recommendation"]["method"]
    assert '<html lang="ko">' in (runs / "k.html").read_text("utf-8")


def test_two_runs_are_compared(runs: Path, openbook: Run) -> None:
    result = openbook("report old new --html moved.html")
    assert result.status == 0
    assert "60 questions stand in both runs" in result.out
    assert "raft" in result.out
    assert "Did quality move" in (runs / "moved.html").read_text("utf-8")
    found = openbook("report old new --measure F1 --json").json
    assert found["ok"] is True
    assert {move["measure"] for move in found["moves"]} == {"F1"}
    assert all(move["how"] == "paired" for move in found["moves"])


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("report old new --fail-below raft:F1=0.5", 0, ""),
        ("report old new --fail-below F1=0.5", 1, "failed: standard F1 is "),
        ("report old --fail-below correct=0.99", 1, "failed: extractive correct is "),
        ("report old bad --fail-on-worse", 1, ""),
        ("report bad old --fail-on-worse", 0, ""),
        ("report old bad", 0, ""),
        ("report old new --fail-below F1", 2, "is not MEASURE=NUMBER"),
        ("report old new --fail-below F2=1", 2, 'no measure "F2"'),
        ("report old new --fail-below F1=50", 2, "Did you mean F1=0.5?"),
        ("report old --fail-below nDCG@10=0", 2, "was not measured of"),
        ("report old new --fail-below nobody:F1=1", 2, 'no method "nobody"'),
        ("report old new --measure F2", 2, "was not measured in both runs"),
        ("report old new bad", 2, "Give one run or two"),
        ("report old --language fr", 2, "--language en or ko"),
        ("report nothing-here", 2, "there is no such file"),
        ("report .", 2, "there is no results.json"),
    ],
)
def test_the_exit_status_tells(
    runs: Path, openbook: Run, line: str, status: int, said: str
) -> None:
    result = openbook(line)
    assert result.status == status, result.err
    assert said in result.err
    assert "Traceback" not in result.err


def test_results_that_are_none_are_refused(runs: Path, openbook: Run) -> None:
    for text in ("", "[]", "{}", '{"format": 1}', '{"format": 7}', "[" * 100_000):
        (runs / "old" / "results.json").write_text(text)
        result = openbook("report old")
        assert result.status == 2
        assert "results.json" in result.err
        assert len(result.err.splitlines()) == 1


def test_needs_of_the_project_decide(project: Path, runs: Path, openbook: Run) -> None:
    import os

    os.chdir(project)
    free = openbook(f"report {runs}/old --json").json["recommendation"]
    (project / "openbook.toml").write_text('[needs]\ntraining = "none"\ndata_may_leave = false\n')
    bound = openbook(f"report {runs}/old --json").json["recommendation"]
    assert free["method"] == "raft"
    assert bound["method"] == "extractive"
    assert {name for name, _ in bound["excluded"]} == {"raft", "naive_rag", "advanced_rag"}
    assert "latency_p95_s" not in (runs / "old" / "report.html").read_text("utf-8")


def test_advice_from_documents_and_needs(project: Path, openbook: Run) -> None:
    plain = openbook("advise --language en")
    assert plain.status == 0
    assert "Try first" in plain.out
    assert "`extractive`" in plain.out
    assert "$ openbook compare --questions Q.jsonl --methods extractive" in plain.out
    assert "먼저 해 볼 것" in openbook("advise --language ko").out
    (project / "openbook.toml").write_text(
        '[needs]\nsources_required = true\ndocuments_change = "daily"\n'
    )
    found = openbook("advise --json").json
    assert found["survey"]["documents"] == 2
    assert found["needs"]["sources_required"] is True
    assert {"sources", "changing"} <= {item["name"] for item in found["advice"]}
    assert openbook("advise --language fr").status == 2


def test_advice_before_the_first_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openbook: Run
) -> None:
    openbook(f"init {tmp_path / 'p'}")
    monkeypatch.chdir(tmp_path / "p")
    assert "openbook sync FOLDER" in openbook("advise").out
    (tmp_path / "p" / "openbook.toml").write_text('[needs]\ntraining = "tpu"\n')
    wrong = openbook("advise")
    assert wrong.status == 2
    assert "training" in wrong.err
