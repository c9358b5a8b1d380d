"""A branch: a copy in which documents change while the original stays as it is."""

import hashlib
from pathlib import Path

import pytest

from openbook.corpus.settings import Settings
from openbook.errors import InputError, KnowledgeError
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.branch import branch, changed_files, replace_files

LEAVE_NONE = frozenset({"questions.jsonl"})


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    docs = tmp_path / "handbook"
    docs.mkdir()
    (docs / "leave.md").write_text("# Leave\n\nStaff have 15 days.\n", "utf-8")
    (docs / "휴가.md").write_text("# 휴가\n\n연차는 15일입니다.\n", "utf-8")
    made = KnowledgeBase(tmp_path / "kb")
    made.sync([docs])
    return made


def state(folder: Path) -> dict[str, str]:
    """Hashes of all files but the lock, which every writer touches."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.startswith("lock")
    }


def change(folder: Path, name: str, text: str) -> Path:
    file = folder / "changes" / "handbook" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return folder / "changes"


def test_a_changed_document_is_found_in_the_branch_alone(
    base: KnowledgeBase, tmp_path: Path
) -> None:
    before = state(base.folder)
    changes = change(tmp_path, "휴가.md", "# 휴가\n\n연차는 18일입니다.\n")
    (changes / "questions.jsonl").write_text("{}", "utf-8")
    copy = branch(base, tmp_path / "copy")
    report = replace_files(copy, changed_files(changes, Settings(), LEAVE_NONE), corpus=Settings())
    assert report.changed == ("handbook/휴가.md",)
    assert (report.unchanged, report.version, copy.version, base.version) == (1, 2, 2, 1)
    assert "18일" in copy.snapshot().document("handbook/휴가.md").text
    assert "15일" in base.snapshot().document("handbook/휴가.md").text
    assert "15 days" in copy.snapshot().document("handbook/leave.md").text
    assert copy.snapshot().lexical("words", "18", 5)
    assert not base.snapshot().lexical("words", "18", 5)
    assert state(base.folder) == before


def test_a_branch_is_as_good_as_a_sync(base: KnowledgeBase, tmp_path: Path) -> None:
    """The passages of a branch are those of a sync that finds the same change."""
    changes = change(tmp_path, "leave.md", "# Leave\n\nStaff have 20 days.\n\n## More\n\nYes.\n")
    copy = branch(base, tmp_path / "copy")
    replace_files(copy, changed_files(changes, Settings(), LEAVE_NONE), corpus=Settings())
    (tmp_path / "handbook" / "leave.md").write_bytes(
        (changes / "handbook" / "leave.md").read_bytes()
    )
    base.sync()
    both = [sorted(p.id for p in one.snapshot().all_passages()) for one in (base, copy)]
    assert both[0] == both[1]


def test_the_original_may_change_and_go_away(base: KnowledgeBase, tmp_path: Path) -> None:
    import shutil

    copy = branch(base, tmp_path / "copy")
    (tmp_path / "handbook" / "leave.md").unlink()
    base.sync()
    shutil.rmtree(base.folder)
    assert len(copy.snapshot().document_ids()) == 2
    assert "15 days" in copy.snapshot().document("handbook/leave.md").text


def test_what_cannot_be_used_is_refused(base: KnowledgeBase, tmp_path: Path) -> None:
    copy = branch(base, tmp_path / "copy")
    changes = change(tmp_path, "leaf.md", "# x\n\ny\n")
    sources = changed_files(changes, Settings(), LEAVE_NONE)
    with pytest.raises(InputError, match=r'Did you mean "handbook/leave\.md"'):
        replace_files(copy, sources, corpus=Settings())
    assert copy.version == 1
    with pytest.raises(InputError, match="no such folder"):
        changed_files(tmp_path / "none", Settings(), LEAVE_NONE)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no changed document"):
        changed_files(tmp_path / "empty", Settings(), LEAVE_NONE)
    with pytest.raises(KnowledgeError, match="is empty"):
        branch(KnowledgeBase(tmp_path / "nothing"), tmp_path / "other")
