"""Only what changed is touched, and what is gone is gone from every index."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from openbook.corpus.settings import Settings as CorpusSettings
from openbook.errors import InputError, KnowledgeError
from openbook.knowledge import prepare, sync
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.settings import Settings
from openbook.knowledge.snapshot import Snapshot


def state(snapshot: Snapshot) -> dict[str, object]:
    """All that a version says, without row handles."""
    passages = sorted((p.id, p.text, p.heading) for p in snapshot.all_passages())
    terms = {
        field: sorted(text for _, text in snapshot.terms(field)) for field in ("words", "grams")
    }
    documents = sorted(snapshot.documents(), key=lambda d: d.id)
    return {"documents": documents, "passages": passages, **terms}


def test_a_folder_goes_in(base: KnowledgeBase, docs: Path, found) -> None:
    report = base.sync([docs])
    assert report.added == ("docs/leave.md", "docs/refund.md", "docs/sub/security.txt")
    assert report.version == base.version == 1
    snapshot = base.snapshot()
    assert snapshot.size == report.passages == len(list(snapshot.all_passages()))
    assert found(snapshot, "paid leave") >= {"docs/leave.md"}
    assert snapshot.document("docs/refund.md").title == "Refunds"
    for passage in snapshot.all_passages():
        text = snapshot.document(passage.document_id).text
        assert text[passage.start : passage.end] == passage.text


def test_nothing_changed_makes_no_version(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs])
    report = base.sync()
    assert report.nothing and report.version == 1 and report.unchanged == 3
    assert base.sync([docs / "sub"]).version == 1  # a part of a synced folder is that folder
    assert len(base.history()) == 1


def test_change_removal_and_move(base: KnowledgeBase, docs: Path, found) -> None:
    base.sync([docs])
    (docs / "refund.md").write_text("# Refunds\n\nNothing is returned, ever.\n", "utf-8")
    (docs / "sub" / "security.txt").rename(docs / "alarm.txt")
    report = base.sync()
    assert report.changed == ("docs/refund.md",)
    assert report.added == ("docs/alarm.txt",)
    assert report.removed == ("docs/sub/security.txt",)
    new = base.snapshot()
    assert found(new, "phishing") == {"docs/alarm.txt"}
    assert found(new, "money") == set()
    assert found(new, "returned") == {"docs/refund.md"}
    assert str(base.history()[-1].changes) == "1 added, 1 changed, 1 removed"


def test_incremental_equals_from_scratch(base: KnowledgeBase, docs: Path, tmp_path: Path) -> None:
    base.sync([docs])
    (docs / "refund.md").write_text("# Refunds\n\nNothing is returned, ever.\n", "utf-8")
    (docs / "leave.md").unlink()
    (docs / "new.md").write_text("# New\n\nSomething else.\n", "utf-8")
    base.sync()
    fresh = KnowledgeBase(tmp_path / "fresh", Settings(workers=1))
    fresh.sync([docs])
    assert state(base.snapshot()) == state(fresh.snapshot())


def test_all_documents_can_go_and_come_back(base: KnowledgeBase, docs: Path, found) -> None:
    base.sync([docs])
    kept = {path: path.read_bytes() for path in docs.rglob("*") if path.is_file()}
    for path in kept:
        path.unlink()
    report = base.sync()
    assert len(report.removed) == 3
    empty = base.snapshot()
    assert empty.size == 0 and empty.document_ids() == [] and list(empty.documents()) == []
    assert empty.lexical("words", "leave", 5) == []
    for path, data in kept.items():
        path.write_bytes(data)
    assert len(base.sync().added) == 3
    assert found(base.snapshot(), "phishing") == {"docs/sub/security.txt"}


def test_an_empty_folder(base: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="is empty"):
        base.sync([tmp_path / "none"])
    assert base.version == 0


def test_a_folder_that_became_empty(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs])
    for file in [path for path in docs.rglob("*") if path.is_file()]:
        file.unlink()
    report = base.sync([docs])
    assert report.passages == 0
    snapshot = base.snapshot()
    assert snapshot.lexical("words", "anything", 5) == []
    assert snapshot.passages([]) == []


def test_other_folders_stay(base: KnowledgeBase, docs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("# A\n\nElsewhere.\n", "utf-8")
    base.sync([docs])
    base.sync([other])
    assert len(base.snapshot().document_ids()) == 4
    assert base.roots == (str(docs), str(other))
    report = base.forget(docs)
    assert len(report.removed) == 3 and base.roots == (str(other),)
    assert base.snapshot().document_ids() == ["other/a.md"]
    with pytest.raises(InputError, match="not synced"):
        base.forget(docs)


def test_a_folder_that_is_not_there_any_more_keeps_its_documents(
    base: KnowledgeBase, docs: Path
) -> None:
    base.sync([docs])
    docs.rename(docs.parent / "away")
    report = base.sync()
    assert len(base.snapshot().document_ids()) == 3
    assert report.problems[0][0] == "docs/" and "until it is forgotten" in report.problems[0][1]
    assert base.status().missing_roots == (str(docs),)
    (docs.parent / "away").rename(docs)
    assert base.sync().problems == ()


def test_a_single_file_that_was_deleted_goes(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs / "refund.md"])
    assert base.snapshot().document_ids() == ["refund.md"]
    (docs / "refund.md").unlink()
    assert base.sync().removed == ("refund.md",)


def test_overlapping_folders_are_refused(base: KnowledgeBase, docs: Path, tmp_path: Path) -> None:
    base.sync([docs / "sub"])
    with pytest.raises(InputError, match="on its own"):
        base.sync([docs])
    twin = tmp_path / "elsewhere" / "sub"
    twin.mkdir(parents=True)
    with pytest.raises(InputError, match="another folder named"):
        base.sync([twin])
    with pytest.raises(InputError, match="no such file"):
        base.sync([tmp_path / "missing"])
    assert base.version == 1


def test_nothing_to_sync(base: KnowledgeBase) -> None:
    with pytest.raises(KnowledgeError, match="nothing to sync"):
        base.sync()
    with pytest.raises(KnowledgeError, match="empty"):
        base.snapshot()
    assert base.status().version == 0


def test_a_file_that_cannot_be_read_is_named_and_the_rest_goes_in(
    base: KnowledgeBase, docs: Path
) -> None:
    (docs / "broken.pdf").write_bytes(b"%PDF-1.7 but not really")
    report = base.sync([docs])
    assert len(report.added) == 3
    assert [name for name, _ in report.problems] == ["docs/broken.pdf"]
    again = base.sync()
    assert again.version == report.version and again.problems == report.problems
    assert base.status().problems == report.problems
    (docs / "broken.pdf").unlink()
    assert base.sync().problems == ()


def test_a_changed_file_that_cannot_be_parsed_loses_its_old_text(
    base: KnowledgeBase, docs: Path, found
) -> None:
    (docs / "list.jsonl").write_text('{"_id": "x1", "text": "platypus"}\n', "utf-8")
    base.sync([docs])
    assert found(base.snapshot(), "platypus") == {"x1"}
    (docs / "list.jsonl").write_bytes(b"\x00\x01\x02\x03")
    report = base.sync()
    assert report.removed == ("x1",) and report.problems[0][0] == "docs/list.jsonl"
    assert found(base.snapshot(), "platypus") == set()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_locked_file_keeps_what_was_known(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs])
    (docs / "refund.md").chmod(0)
    report = base.sync()
    assert "cannot be read" in report.problems[0][1] and not report.removed


def test_a_file_that_cannot_be_opened_keeps_what_was_known(
    base: KnowledgeBase, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base.sync([docs])
    whole = Path.open

    def refuse(path: Path, *args: object, **named: object) -> object:
        if path.name == "refund.md":
            raise PermissionError(13, "Permission denied")
        return whole(path, *args, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        report = base.sync()
    assert report.problems == (("docs/refund.md", "it cannot be read (Permission denied)"),)
    assert not report.removed and "docs/refund.md" in base.snapshot().document_ids()
    cured = base.sync()
    assert cured.problems == () and cured.nothing


def test_a_file_that_vanishes_while_it_is_read(
    base: KnowledgeBase, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.read_bytes

    def vanish(path: Path) -> bytes:
        if path.name == "refund.md":
            path.unlink(missing_ok=True)
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", vanish)
    report = base.sync([docs])
    assert len(report.added) == 2
    assert report.problems == (("docs/refund.md", "it vanished while it was being read"),)
    assert base.sync().problems == ()


def jsonl(path: Path, lines: dict[str, str]) -> None:
    rows = (json.dumps({"_id": name, "title": "", "text": text}) for name, text in lines.items())
    path.write_text("\n".join(rows) + "\n", "utf-8")


def test_lines_of_a_collection_are_documents_of_their_own(
    base: KnowledgeBase, tmp_path: Path, found, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "beir"
    folder.mkdir()
    lines = {f"d{i}": f"number{i} of the collection" for i in range(50)}
    jsonl(folder / "corpus.jsonl", lines)
    assert len(base.sync([folder]).added) == 50
    seen: list[str] = []
    document = prepare._document

    def note(parsed, *args) -> None:  # type: ignore[no-untyped-def]
        seen.append(parsed.document.id)
        document(parsed, *args)

    monkeypatch.setattr(prepare, "_document", note)
    lines["d7"] = "changed words"
    del lines["d9"]
    jsonl(folder / "corpus.jsonl", lines)
    report = base.sync()
    assert (report.changed, report.removed, report.added) == (("d7",), ("d9",), ())
    assert found(base.snapshot(), "changed") == {"d7"}
    assert len(seen) == 49  # parsed again, but only one was analysed again
    assert base.history()[-1].documents == 49


def test_an_id_that_is_there_twice(base: KnowledgeBase, tmp_path: Path, found) -> None:
    folder = tmp_path / "beir"
    folder.mkdir()
    (folder / "a.jsonl").write_text(
        '{"_id": "x", "text": "first"}\n{"_id": "x", "text": "second"}\n', "utf-8"
    )
    report = base.sync([folder])
    assert report.added == ("x",) and '"x"' in report.problems[0][1]
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.jsonl").write_text(
        '{"_id": "x", "text": "third"}\n{"_id": "y", "text": "fourth"}\n', "utf-8"
    )
    report = base.sync([other])
    assert report.added == ("y",)
    assert "already in beir/a.jsonl" in report.problems[0][1]
    snapshot = base.snapshot()
    assert snapshot.size == 2 and found(snapshot, "third") == set()
    base.forget(folder)
    (other / "b.jsonl").write_text('{"_id": "x", "text": "third"}\n', "utf-8")
    assert base.sync([other]).added == ("x",)
    assert found(base.snapshot(), "third") == {"x"}


def test_other_passages_when_the_settings_change(base: KnowledgeBase, docs: Path) -> None:
    (docs / "long.txt").write_text("A sentence of some words. " * 200, "utf-8")
    base.sync([docs])
    before = base.snapshot().size
    report = base.sync(corpus=replace(CorpusSettings(), max_tokens=40))
    assert base.snapshot().size > before and len(report.changed) == 4
    assert base.sync(corpus=replace(CorpusSettings(), max_tokens=40)).nothing


def test_what_an_interrupted_sync_prepared_is_taken_up(
    base: KnowledgeBase, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sync.Sync, "commit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            base.sync([docs])
    assert base.version == 0 and base.status().interrupted > 0
    monkeypatch.setattr(prepare, "_file", lambda *_: pytest.fail("read again"))
    assert len(base.sync([docs]).added) == 3
    assert base.status().interrupted == 0


def test_damaged_leftovers_are_prepared_again(
    base: KnowledgeBase, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sync.Sync, "commit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            base.sync([docs])
    for path in base.staging.glob("*.arrow"):
        path.write_bytes(path.read_bytes()[:100])
    assert len(base.sync([docs]).added) == 3
    assert base.snapshot().size == len(list(base.snapshot().all_passages()))


def test_another_analyser_means_analysing_again(
    base: KnowledgeBase, docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (away / "w.md").write_text("# W\n\nWombats dig.\n", "utf-8")
    base.sync([docs])
    base.sync([away])
    (away / "w.md").unlink()
    away.rmdir()
    monkeypatch.setattr("openbook.text.terms.ANALYSER", "another")
    with pytest.raises(KnowledgeError, match="Run openbook sync"):
        base.snapshot().lexical("words", "leave", 5)
    monkeypatch.setattr("openbook.knowledge.sync.ANALYSER", "another")
    base.sync([docs])
    snapshot = base.snapshot()
    assert snapshot.analyser == "another"
    assert found(snapshot, "wombats") == {"away/w.md"}
    assert found(snapshot, "paid leave") >= {"docs/leave.md"}


def test_workers_give_the_same_as_one_process(tmp_path: Path, docs: Path) -> None:
    for number in range(40):
        (docs / f"n{number}.md").write_text(f"# N{number}\n\nNumber {number}.\n" * 40, "utf-8")
    one = KnowledgeBase(tmp_path / "one", Settings(workers=1))
    two = KnowledgeBase(tmp_path / "two", Settings(workers=2, inline_bytes=0))
    one.sync([docs])
    two.sync([docs])
    assert state(one.snapshot()) == state(two.snapshot())


def test_a_worker_that_dies_costs_one_file(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A sitecustomize on the workers' path kills them when they meet one of the files.
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "sitecustomize.py").write_text(
        "import pathlib, os\n"
        "whole = pathlib.Path.read_bytes\n"
        "def read(path):\n"
        "    if path.name == 'refund.md': os.abort()\n"
        "    return whole(path)\n"
        "pathlib.Path.read_bytes = read\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(trap))
    base = KnowledgeBase(tmp_path / "kb", Settings(workers=2, inline_bytes=0))
    report = base.sync([docs])
    assert len(report.added) == 2
    assert report.problems[0][0] == "docs/refund.md" and "signal 6" in report.problems[0][1]


def test_dying_workers_remove_nothing_and_are_tried_again(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = KnowledgeBase(tmp_path / "kb", Settings(workers=2, inline_bytes=0))
    before = base.sync([docs])
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "sitecustomize.py").write_text(
        "import os, pathlib\npathlib.Path.read_bytes = lambda path: os.abort()\n", "utf-8"
    )
    smaller = CorpusSettings(max_tokens=64)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(trap))
        report = base.sync([docs], corpus=smaller)
    assert not report.removed and len(report.problems) == len(before.added)
    assert base.snapshot().document_ids() == sorted(before.added)
    after = base.sync([docs], corpus=smaller)
    assert not after.problems and not after.removed
    assert base.snapshot().document_ids() == sorted(before.added)


def test_modules_in_the_folder_we_stand_in_are_not_imported(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyarrow.py").write_text("raise SystemExit('imported')\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    base = KnowledgeBase(tmp_path / "kb", Settings(workers=2, inline_bytes=0))
    assert not base.sync([docs]).problems


def test_text_that_is_not_valid_unicode_goes_in(base: KnowledgeBase, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    line = '{"_id": "s", "title": "t\\ud800", "text": "lone \\udfff surrogate", "k": "v\\ud800"}\n'
    (folder / "a.jsonl").write_text(line, "utf-8")
    base.sync([folder])
    document = base.snapshot().document("s")
    assert "lone" in document.text and base.sync().nothing


def test_a_large_collection_is_prepared_in_parts(
    base: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = {f"d{i}": f"number{i} of the collection " + "x" * (i % 70) for i in range(300)}
    for name in ("whole", "parts"):
        (tmp_path / name / "beir").mkdir(parents=True)
        jsonl(tmp_path / name / "beir" / "corpus.jsonl", lines)
        # Without ids of their own, lines are named by their numbers.
        (tmp_path / name / "beir" / "plain.jsonl").write_text(
            "".join(f'{{"text": "plain line {i}"}}\n' for i in range(200)), "utf-8"
        )
    base.sync([tmp_path / "whole" / "beir"])
    monkeypatch.setattr("openbook.knowledge.plan.PART_BYTES", 1000)
    cut = KnowledgeBase(tmp_path / "cut", Settings(workers=1))
    folder = tmp_path / "parts" / "beir"
    assert len(cut.sync([folder]).added) == 500
    assert state(cut.snapshot()) == state(base.snapshot())
    assert "beir/plain.jsonl#line-200" in cut.snapshot().document_ids()
    lines["d7"] = "changed words"
    del lines["d299"]
    lines["late"] = "one more"
    jsonl(folder / "corpus.jsonl", lines)
    with (folder / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"_id": "d3", "text": "a line of a known id at the other end"}\n')
    report = cut.sync()
    assert (report.added, report.changed, report.removed) == (("late",), ("d7",), ("d299",))
    assert "d3" in report.problems[0][1]
    assert [d.text for d in cut.snapshot().documents() if d.id == "d3"] == [
        "number3 of the collection xxx"
    ]
