"""A folder of documents and a knowledge base beside it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.settings import Settings
from openbook.knowledge.snapshot import Snapshot
from openbook.text.terms import analyse

Found = Callable[[Snapshot, str], set[str]]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text(
        "---\ndepartment: HR\nversion: 3\n---\n# Leave\n\nStaff have 15 days of paid leave.\n\n"
        "## Carrying over\n\nFive days move to March.\n",
        "utf-8",
    )
    (folder / "refund.md").write_text("# Refunds\n\nMoney back within 14 days.\n", "utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "security.txt").write_text("Report a phishing mail at once.\n", "utf-8")
    return folder


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    return KnowledgeBase(tmp_path / "kb", Settings(workers=1))


@pytest.fixture
def found() -> Found:
    """Ids of the documents that the words of a question are found in."""

    def ask(snapshot: Snapshot, question: str) -> set[str]:
        terms = analyse([question], query=True)[0]
        rows = [row for row, _ in snapshot.lexical("words", terms.words, 50)]
        return {passage.document_id for passage in snapshot.passages(rows)}

    return ask
