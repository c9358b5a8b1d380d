"""The user's glossary: how it is read, and what it finds in questions."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import InputError
from openbook.retrieve.glossary import Glossary

KEPT = Glossary.parse(
    """# house words
annual leave, PTO, 연차, 연차휴가
sick leave\t병가
leave, 휴가
VPN 접속, remote access   # mixed scripts
IT, 전산팀
refund, 환불, money back
"""
)


@pytest.mark.parametrize(
    "question, wanted",
    [
        ("How many days of annual leave do I get?", {"PTO", "연차", "연차휴가"}),
        ("연차는 며칠인가요?", {"annual leave", "PTO", "연차휴가"}),
        ("연차 휴가를 언제 쓰나요?", {"annual leave", "PTO"}),
        ("What is our PTO policy?", {"annual leave", "연차", "연차휴가"}),
        ("병가에는 진단서가 필요한가요?", {"sick leave"}),
        ("Are refunds possible?", {"환불", "money back"}),
        ("VPN에 접속이 안 됩니다", {"remote access"}),
        ("Whom do I ask in IT?", {"전산팀"}),
        ("Is it allowed?", set()),
        ("What time does lunch start?", set()),
        ("", set()),
    ],
)
def test_synonyms_of_what_a_question_names(question: str, wanted: set[str]) -> None:
    assert set(KEPT.synonyms(question)) == wanted


def test_a_name_inside_a_longer_one_does_not_count() -> None:
    assert "휴가" not in KEPT.synonyms("How long is sick leave?")
    assert "휴가" in KEPT.synonyms("How long is leave?")
    both = KEPT.synonyms("Is sick leave taken from annual leave or other leave?")
    assert {"병가", "연차", "휴가"} <= set(both)


def test_names_of_a_question() -> None:
    assert KEPT.names("연차와 병가") == ["연차", "병가"]


@pytest.mark.parametrize(
    "text, line, told",
    [
        ("a, b\nalone\n", 2, "needs two names, this line has 1"),
        ("leave, Leave", 1, "stands there twice"),
        ("# ok\n\nx, !!", 3, "no letter or digit"),
        (f"a, {'b' * 90}", 1, "more than 80 characters"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, text: str, line: int, told: str) -> None:
    file = tmp_path / "glossary.txt"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match=f"line {line}: .*{told}"):
        Glossary.load(file)


def test_files_as_people_save_them(tmp_path: Path) -> None:
    file = tmp_path / "glossary.txt"
    assert Glossary.load(file) == Glossary()
    assert Glossary().synonyms("leave") == []
    file.write_bytes("\ufeffleave, 휴가,\r\n\r\n# end\r\n".encode())
    assert Glossary.load(file) == Glossary((("leave", "휴가"),))
    file.write_bytes("휴가, leave".encode("cp949"))
    with pytest.raises(InputError, match="UTF-8"):
        Glossary.load(file)


@given(st.text(max_size=80))
def test_any_question_can_be_looked_up(question: str) -> None:
    found = KEPT.synonyms(question)
    assert len(found) == len(set(found))


def test_a_project_keeps_one(tmp_path: Path) -> None:
    from openbook.project.folder import Project
    from openbook.retrieve.expand import Expand
    from openbook.types import Query

    project = Project.create(tmp_path / "p")
    (tmp_path / "doc.md").write_text("# Leave\n\nStaff have 15 days of leave.\n", "utf-8")
    project.knowledge.sync([tmp_path / "doc.md"])
    (project.folder / "glossary.txt").write_text("휴가, leave\n", "utf-8")
    (query,) = project.runtime().run(Expand(), [Query("휴가는 며칠?")])
    assert query.expansions == (("leave", 0.15),)
