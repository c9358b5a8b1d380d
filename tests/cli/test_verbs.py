"""The verbs, as written in the README, on documents of our own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openbook.testing import toy_adapter

Run = Callable[[str], Any]


def test_ask_quotes_the_exact_words(project: Path, documents: Path, openbook: Run) -> None:
    result = openbook('ask "정규직 연차는 며칠인가요?" --json')
    assert result.status == 0
    answer = result.json
    assert {"text", "quotes", "abstained", "method", "seconds"} <= set(answer)
    assert answer["method"] == "extractive"
    assert not answer["abstained"]
    assert "15일" in answer["text"]
    (quote, *_) = answer["quotes"]
    assert quote["source"] == "docs/휴가.md"
    assert "15일" in quote["text"]
    from openbook.project import Project

    document = Project.open(project).knowledge.snapshot().document(quote["document"])
    assert document.text[quote["start"] : quote["end"]] == quote["text"]


def test_ask_in_english_for_people(project: Path, openbook: Run) -> None:
    result = openbook('ask "How many days after delivery can hardware be returned?"')
    assert result.status == 0
    assert "30 days" in result.out
    assert "docs/refund.md" in result.out
    assert "extractive: answered" in result.err


def test_ask_abstains_when_the_documents_do_not_say(project: Path, openbook: Run) -> None:
    answer = openbook('ask "What is the boiling point of tungsten?" --json').json
    assert answer["abstained"]
    assert answer["quotes"] == []


def test_search_with_filters(project: Path, openbook: Run) -> None:
    found = openbook('search "휴가" --k 5 --json -f department=인사팀').json
    assert {hit["source"] for hit in found["hits"]} == {"docs/휴가.md"}
    assert openbook('search "휴가" --json -f department=없음').json["hits"] == []
    bad = openbook('search "휴가" -f department')
    assert bad.status == 2
    assert "is not FIELD OPERATOR VALUE" in bad.err


def test_search_can_prefer_unlike_passages(project: Path, openbook: Run) -> None:
    plain = openbook('search "휴가 연차 병가" --k 3 --json').json["hits"]
    varied = openbook('search "휴가 연차 병가" --k 3 --json --set diversity=0.9').json["hits"]
    assert plain[0]["id"] == varied[0]["id"]
    assert len(varied) == len(plain)


def test_sync_follows_the_folder(project: Path, documents: Path, openbook: Run) -> None:
    (documents / "refund.md").unlink()
    (documents / "new.txt").write_text("The canteen opens at 11:45.\n")
    report = openbook("sync --json").json
    assert (report["added"], report["removed"]) == (1, 1)
    sources = [h["source"] for h in openbook('search "returned delivery" --json').json["hits"]]
    assert "docs/refund.md" not in sources
    assert "11:45" in openbook('ask "When does the canteen open?" --json').json["text"]
    old = openbook('ask --as-of 1 "How many days after delivery can hardware be returned?" --json')
    assert "30 days" in old.json["text"]
    assert [v["version"] for v in openbook("history --json").json] == [2, 1]
    before = openbook("sync --json").json
    assert before["version"] == 2


def test_rollback_pins_until_the_next_sync(project: Path, documents: Path, openbook: Run) -> None:
    (documents / "refund.md").unlink()
    openbook("sync")
    assert openbook("rollback 1").status == 0
    assert openbook("status --json").json["pinned"]
    assert openbook('search "hardware returned delivery" --json').json["hits"]
    openbook("sync")
    sources = [h["source"] for h in openbook('search "hardware returned" --json').json["hits"]]
    assert "docs/refund.md" not in sources
    unknown = openbook("rollback 99")
    assert unknown.status == 1
    assert "99" in unknown.err


def test_purge_erases_from_every_version(project: Path, documents: Path, openbook: Run) -> None:
    (documents / "refund.md").unlink()
    openbook("sync")
    assert openbook("purge docs/refund.md --yes").status == 0
    question = '"How many days after delivery can hardware be returned?"'
    assert openbook(f"ask --as-of 1 {question} --json").json["abstained"]


def test_purge_names_the_adapters_that_keep_words_of_it(
    project: Path, documents: Path, openbook: Run
) -> None:
    held = toy_adapter(project / ".openbook" / "made" / "adapters" / "desk", "raft")
    toy_adapter(project / ".openbook" / "made" / "adapters" / "other", "raft")
    row = {"passages": [{"id": "docs/refund.md#1", "document_id": "docs/refund.md", "text": "A."}]}
    (held / "rows.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    done = openbook("purge docs/refund.md --yes")
    assert done.status == 0
    assert "openbook adapters remove desk" in done.err
    assert "other" not in done.err


def test_unreadable_files_are_named_and_the_rest_goes_in(
    project: Path, documents: Path, openbook: Run
) -> None:
    (documents / "broken.pdf").write_bytes(b"%PDF-1.7 nothing here")
    (documents / "fine.txt").write_text("The gym is on floor 7.\n")
    result = openbook("sync")
    assert result.status == 3
    assert "not read: docs/broken.pdf: " in result.err
    assert "floor 7" in openbook('ask "On which floor is the gym?" --json').json["text"]
    assert openbook("status --json").json["problems"]


def test_batch_files(project: Path, tmp_path: Path, openbook: Run) -> None:
    questions = tmp_path / "Q.jsonl"
    lines = [
        {"_id": "a", "text": "연차는 며칠인가요?", "gold": ["docs/휴가.md"]},
        {"_id": "b", "text": "How many characters must passwords have?"},
    ]
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines))
    out = tmp_path / "A.jsonl"
    assert openbook(f"ask --questions {questions} --out {out}").status == 0
    answers = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [answer["_id"] for answer in answers] == ["a", "b"]
    assert "15일" in answers[0]["text"]
    assert "14 characters" in answers[1]["text"]
    again = openbook(f"ask --questions {questions} --out {out}")
    assert "0 answers" in again.err
    run = tmp_path / "OUT.trec"
    assert openbook(f"search --queries {questions} --run {run} --k 100").status == 0
    rows = [line.split() for line in run.read_text("utf-8").splitlines()]
    assert rows[0][:4] == ["a", "Q0", "docs/휴가.md", "1"]
    documents = [(r[0], r[2]) for r in rows]
    assert len(documents) == len(set(documents))


def test_a_question_file_is_never_written_over(
    project: Path, tmp_path: Path, openbook: Run
) -> None:
    questions = tmp_path / "Q.jsonl"
    questions.write_text('{"_id": "a", "text": "연차는 며칠인가요?"}\n')
    before = questions.read_text()
    for line in (
        f"ask --questions {questions} --out {questions} --fresh",
        f"search --queries {questions} --run {questions}",
    ):
        result = openbook(line)
        assert result.status == 2
        assert "written over" in result.err
        assert questions.read_text() == before


def test_a_run_finds_enough_documents_behind_long_ones(
    project: Path, tmp_path: Path, openbook: Run
) -> None:
    folder = tmp_path / "long"
    folder.mkdir()
    rows = "\n\n".join(f"## Part {n}\n\nThe zebra regulation, part {n}." for n in range(300))
    (folder / "long.md").write_text("# Zebra\n\n" + rows)
    for n in range(6):
        (folder / f"short{n}.md").write_text(f"# Note {n}\n\nA zebra was seen in year {n}.\n")
    assert openbook(f"sync {folder}").status == 0
    questions = tmp_path / "Q.jsonl"
    questions.write_text('{"_id": "z", "text": "zebra regulation part"}\n')
    run = tmp_path / "OUT.trec"
    assert openbook(f"search --queries {questions} --run {run} --k 5").status == 0
    assert len({line.split()[2] for line in run.read_text().splitlines()}) == 5


def test_a_beir_corpus_keeps_its_ids(project: Path, tmp_path: Path, openbook: Run) -> None:
    folder = tmp_path / "beir"
    folder.mkdir()
    rows = [
        {"_id": "d1", "title": "Moon", "text": "The moon is 384,400 km away."},
        {"_id": "d2", "title": "Sun", "text": "The sun is 149.6 million km away."},
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert openbook(f"sync {folder / 'corpus.jsonl'}").status == 0
    hits = openbook('search "How far is the moon?" --json').json["hits"]
    assert hits[0]["document"] == "d1"


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("ask", 2, "give one question"),
        ("ask 'a b' --method nothing", 2, "there is no method"),
        ("ask 'a b' --set k", 2, "KEY=VALUE"),
        ("ask 'a b' --set kk=3", 2, 'no parameter "kk"'),
        ("ask 'a b' --set k=oops", 2, "k = 'oops' is not accepted"),
        ("ask 'a b' --set k=true", 2, "k = True is not accepted"),
        ("ask 'a b' --set sentences=-1", 2, "sentences = -1 is too small"),
        ("ask 'hardware refund' --method naive_rag --set model='\"nosuch\"'", 1, "nosuch"),
        ("ask 'a b' --as-of 77", 1, "77"),
        ("search 'a b' --set rerak=5", 2, 'Did you mean "rerank"'),
        ("search 'a b' --set dense=2.0", 2, "dense = 2.0 is not accepted"),
        ("search 'a b' --set fusion=sum", 2, 'no fusion "sum"'),
        ("search 'hardware refund' --set rerank=5", 1, "no reranker is configured"),
        ("ask 'hardware refund' --set rewrite=no", 2, 'rewrite = "no" is not known'),
        ("search 'a b' --retriever dens", 2, 'Did you mean "dense"'),
        ("search --queries none.jsonl --run x", 2, "none.jsonl"),
        ("sync not-there", 2, "not-there"),
        ("nosuchverb", 2, "No such command"),
    ],
)
def test_mistakes_get_one_sentence(
    project: Path, openbook: Run, line: str, status: int, message: str
) -> None:
    result = openbook(line)
    assert result.status == status, result.err
    assert message in result.err
    assert "Traceback" not in result.err


def test_outside_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openbook: Run) -> None:
    monkeypatch.chdir(tmp_path)
    result = openbook("status")
    assert result.status == 1
    assert "openbook init" in result.err


def test_an_empty_project_and_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openbook: Run
) -> None:
    openbook(f"init {tmp_path / 'p'}")
    monkeypatch.chdir(tmp_path / "p")
    asked = openbook('ask "anything here?"')
    assert asked.status == 1
    assert "openbook sync" in asked.err
    (tmp_path / "empty").mkdir()
    synced = openbook(f"sync {tmp_path / 'empty'}")
    assert synced.status == 2
    assert "empty" in synced.err


def test_settings_and_methods_explain_themselves(project: Path, openbook: Run) -> None:
    lines = openbook("settings --json").json
    assert all(line["doc"] for line in lines)
    assert "[corpus]" in openbook("settings corpus").out
    names = [method["name"] for method in openbook("methods --json").json]
    assert {"extractive", "naive_rag"} <= set(names)
    (project / "openbook.toml").write_text('[ask]\nmetod = "x"\n')
    wrong = openbook("status")
    assert wrong.status == 2
    assert 'Did you mean "method"' in wrong.err
