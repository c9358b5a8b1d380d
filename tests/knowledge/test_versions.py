"""Versions: asked as of, rolled back to, pruned; and what is damaged says so."""

import json
import shutil
import time
from pathlib import Path

import pytest

from openbook.errors import (
    DamagedError,
    KnowledgeError,
    NewerFormatError,
    UnknownVersionError,
)
from openbook.knowledge import base as base_module
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.manifest import Shelf
from openbook.knowledge.settings import Settings


def say(docs: Path, text: str) -> None:
    (docs / "refund.md").write_text(f"# Refunds\n\n{text}\n", "utf-8")


def test_an_older_version_can_be_asked(base: KnowledgeBase, docs: Path, found) -> None:
    base.sync([docs])
    open_before = base.snapshot()
    say(docs, "Nothing is returned, ever.")
    base.sync()
    for old in (open_before, base.snapshot(1)):
        assert found(old, "money") == {"docs/refund.md"} and found(old, "returned") == set()
    assert found(base.snapshot(), "returned") == {"docs/refund.md"}
    assert [m.version for m in base.history()] == [1, 2]
    assert base.history()[1].changes.ids["changed"] == ("docs/refund.md",)
    assert base.snapshot(1).identity != base.snapshot(2).identity


def test_unknown_versions(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs])
    for version in (0, 2, 99):
        with pytest.raises(UnknownVersionError, match=r"no version .*kept versions are 1"):
            base.snapshot(version)
    with pytest.raises(UnknownVersionError):
        base.rollback(7)


def test_rollback_pins_until_an_explicit_sync(base: KnowledgeBase, docs: Path, found) -> None:
    base.sync([docs])
    say(docs, "Nothing is returned, ever.")
    (docs / "more.md").write_text("# More\n\nPenguins.\n", "utf-8")
    base.sync()
    made = base.rollback(1)
    assert (made.version, made.pinned, made.what) == (3, True, "rollback to 1")
    assert str(made.changes) == "1 changed, 1 removed"
    assert base.status().pinned
    back = base.snapshot()
    assert found(back, "money") == {"docs/refund.md"} and found(back, "penguins") == set()
    assert found(base.snapshot(2), "penguins") == {"docs/more.md"}
    report = base.sync()
    assert report.version == 4 and report.changed == ("docs/refund.md",)
    assert report.added == ("docs/more.md",)
    now = base.snapshot()
    assert not now.manifest.pinned and found(now, "penguins") == {"docs/more.md"}
    assert found(now, "money") == set() and found(base.snapshot(3), "money")
    base.rollback(4)
    assert base.sync().version == 6  # nothing changed, but the pin goes


def test_retention(tmp_path: Path, docs: Path, found) -> None:
    keep = Settings(workers=1, keep_versions=2, keep_hours=0.0, optimise_every=1)
    base = KnowledgeBase(tmp_path / "kb", keep)
    for number in range(6):
        say(docs, f"Case number{number}.")
        base.sync([docs])
    kept = [m.version for m in base.history()]
    assert kept[-2:] == [5, 6] and len(kept) <= 3
    assert found(base.snapshot(5), "number4") == {"docs/refund.md"}
    with pytest.raises(UnknownVersionError):
        base.snapshot(1)


def test_versions_that_something_trained_refers_to_are_kept(
    tmp_path: Path, docs: Path, found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openbook.knowledge.retention.MARGIN_MS", 300)
    keep = Settings(workers=1, keep_versions=1, keep_hours=0.0, optimise_every=1)
    referred = {2}
    base = KnowledgeBase(tmp_path / "kb", keep, lambda: referred)
    for number in range(6):
        say(docs, f"Case number{number}. " + "word " * 300)
        base.sync([docs])
        time.sleep(0.5 if number < 3 else 0.0)
    assert found(base.snapshot(2), "number1") == {"docs/refund.md"}
    with pytest.raises(UnknownVersionError):
        base.snapshot(1)
    referred.clear()
    for number in (7, 8):
        say(docs, f"Case number{number}.")
        base.sync([docs])
    with pytest.raises(UnknownVersionError):
        base.snapshot(2)


def test_expired_versions_leave_the_disk(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openbook.knowledge.retention.MARGIN_MS", 0)
    keep = Settings(workers=1, keep_versions=1, keep_hours=0.0, optimise_every=1)
    base = KnowledgeBase(tmp_path / "kb", keep)
    sizes = []
    for number in range(12):
        say(docs, f"Case number{number}. " + "word " * 3000)
        base.sync([docs])
        sizes.append(base.status().size)
    assert sizes[-1] < 3 * sizes[1]
    assert base.snapshot().size == len(list(base.snapshot().all_passages()))


def test_young_versions_are_kept(tmp_path: Path, docs: Path) -> None:
    keep = Settings(workers=1, keep_versions=1, keep_hours=1.0, optimise_every=1)
    base = KnowledgeBase(tmp_path / "kb", keep)
    for number in range(5):
        say(docs, f"Case number{number}.")
        base.sync([docs])
    for version in range(1, 6):
        assert len(base.snapshot(version).document_ids()) == 3


def test_a_newer_format_is_refused(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs])
    head = base.folder / "HEAD"
    head.write_text(json.dumps({**json.loads(head.read_text()), "format": 99}))
    for call in (base.snapshot, base.history, base.sync, base.status):
        with pytest.raises(NewerFormatError, match="Update openbook"):
            call()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', '{"format": "x"}', "\x00\xff"])
def test_a_damaged_head_is_named(base: KnowledgeBase, docs: Path, content: str) -> None:
    base.sync([docs])
    (base.folder / "HEAD").write_text(content, "utf-8")
    with pytest.raises(DamagedError, match=r"HEAD.*backup"):
        base.snapshot()


def test_damage_is_named(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs])
    generation, manifest = Shelf(base.folder).read()
    folder = Shelf(base.folder).generation(generation)
    whole = base.folder.parent / "whole"
    shutil.copytree(base.folder, whole)

    def again() -> KnowledgeBase:
        shutil.rmtree(base.folder)
        shutil.copytree(whole, base.folder)
        return KnowledgeBase(base.folder, base.settings)

    again()
    (folder / "manifests" / "000001.json").write_text('{"format": 1, "tables": 7}')
    with pytest.raises(DamagedError, match=r"000001\.json"):
        KnowledgeBase(base.folder).snapshot()
    again()
    (folder / "manifests" / "000001.json").unlink()
    with pytest.raises(DamagedError, match=r"000001\.json"):
        KnowledgeBase(base.folder).snapshot()
    again()
    shutil.rmtree(folder / "tables" / "passages.lance")
    with pytest.raises(DamagedError, match="table is missing"):
        KnowledgeBase(base.folder).snapshot().lexical("words", "leav", 3)
    again()
    for path in (folder / "tables" / "passages.lance" / "data").iterdir():
        path.unlink()
    with pytest.raises(DamagedError, match="backup"):
        list(KnowledgeBase(base.folder).snapshot().all_passages())
    again()
    for path in (folder / "tables" / "passages.lance" / "_versions").iterdir():
        path.write_bytes(b"nonsense")
    with pytest.raises(DamagedError, match="backup"):
        KnowledgeBase(base.folder).snapshot().lexical("words", "leav", 3)
    again()
    (base.folder / "HEAD").unlink()
    with pytest.raises(DamagedError, match="HEAD is missing"):
        KnowledgeBase(base.folder).snapshot()
    assert manifest.version == 1


def test_leftovers_of_a_kill_before_publishing(
    base: KnowledgeBase, docs: Path, monkeypatch: pytest.MonkeyPatch, found
) -> None:
    base.sync([docs])
    say(docs, "Nothing is returned, ever.")
    for step in ("write", "set_head"):
        with monkeypatch.context() as patch:
            patch.setattr(Shelf, step, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                base.sync()
        after = KnowledgeBase(base.folder, base.settings)
        assert after.version == 1
        assert found(after.snapshot(), "money") == {"docs/refund.md"}
        assert found(after.snapshot(), "returned") == set()
    report = KnowledgeBase(base.folder, base.settings).sync()
    assert report.version == 2 and report.changed == ("docs/refund.md",)
    assert len([p for p in base.snapshot().all_passages() if "returned" in p.text]) == 1
    assert found(base.snapshot(1), "money") == {"docs/refund.md"}


def test_purge_erases_from_every_version(
    base: KnowledgeBase, docs: Path, found, tmp_path: Path
) -> None:
    secret = "xylophonquartz"
    (docs / "secret.md").write_text(f"# Secret {secret}\n\nThe {secret} is here.\n", "utf-8")
    base.sync([docs])
    say(docs, "Nothing is returned, ever.")
    base.sync()
    (docs / "secret.md").write_text(f"# Secret {secret}\n\nOnce more {secret}.\n", "utf-8")
    base.sync()
    base.rollback(1)
    before = {v: set(base.snapshot(v).document_ids()) for v in (1, 2, 3, 4)}
    open_before = base.snapshot()
    made = base.purge("docs/secret.md")
    assert made.version == 5 and made.what == "purge"
    for version in (1, 2, 3, 4, 5):
        snapshot = base.snapshot(version)
        assert found(snapshot, secret) == set()
        if version < 5:
            assert set(snapshot.document_ids()) == before[version] - {"docs/secret.md"}
        assert snapshot.size == len(list(snapshot.all_passages()))
    assert found(base.snapshot(2), "returned") == {"docs/refund.md"}
    assert found(base.snapshot(4), "money") == {"docs/refund.md"}
    with pytest.raises(DamagedError):
        list(open_before.all_passages())
    written = [path for path in base.folder.rglob("*") if path.is_file()]
    assert not [path for path in written if secret.encode() in path.read_bytes()]
    assert "secret.md" not in "".join(
        line for m in base.history() for ids in m.changes.ids.values() for line in ids
    )
    assert len(list((base.folder / "generations").iterdir())) == 1


def test_what_was_purged_does_not_come_back_by_itself(
    base: KnowledgeBase, docs: Path, found
) -> None:
    base.sync([docs])
    base.purge("docs/refund.md")
    assert base.sync().nothing
    say(docs, "Changed words.")
    report = base.sync()
    assert "docs/refund.md" not in base.snapshot().document_ids()
    assert not report.problems and base.status().purged == 1
    (docs / "refund.md").rename(docs / "refund-new.md")
    base.sync()
    assert "docs/refund-new.md" in base.snapshot().document_ids()
    with pytest.raises(KnowledgeError, match="no kept version"):
        base.purge("docs/nothing.md")


def test_a_purge_that_is_killed(
    base: KnowledgeBase, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base.sync([docs])
    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "set_head", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            base.purge("docs/refund.md")
    again = KnowledgeBase(base.folder, base.settings)
    assert again.version == 1 and len(again.snapshot().document_ids()) == 3
    again.purge("docs/refund.md")
    assert len(KnowledgeBase(base.folder, base.settings).snapshot().document_ids()) == 2
    assert base_module is not None


@pytest.mark.parametrize(
    ("key", "value"),
    [("tables", {}), ("version", "x"), ("documents", None), ("created", "now"), ("roots", 3)],
)
def test_a_manifest_with_wrong_values_is_named(
    base: KnowledgeBase, docs: Path, key: str, value: object
) -> None:
    base.sync([docs])
    generation, _ = Shelf(base.folder).read()
    file = base.folder / "generations" / generation / "manifests" / "000001.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), key: value}), "utf-8")
    for use in (base.snapshot, base.history, lambda: base.sync([docs])):
        with pytest.raises(DamagedError, match="this manifest is damaged"):
            use()
