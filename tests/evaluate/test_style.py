"""House style: levels of speech, aspects by hand, bounds, and files that are refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import InputError
from openbook.evaluate.measures.house_style import agreement
from openbook.evaluate.style import Style, level, levels

FORMAL = (
    "연차는 연 15일입니다.",
    "병가는 60일까지 사용할 수 있습니다. 진단서를 제출하십시오.",
    "환불은 수령 후 14일 이내에 가능합니다.",
)
ENGLISH = (
    "You can return a device within 30 days.",
    "You'll get a refund in 5 days. Please keep the box.",
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("진단서를 제출하십시오.", "합쇼체"),
        ("가능합니까?", "합쇼체"),
        ("15일이에요 (연차)", "해요체"),
        ("그렇죠?", "해요체"),
        ("휴가를 쓴다.", "해라체"),
        ("뭐냐?", "해라체"),
        ("쓸 수 있어", "해체"),
        ("이월할 수 없음.", "명사형"),
        ("5일까지", "명사"),
        ("이월 불가", "명사"),
        ("Within 30 days.", ""),
        ("15", ""),
    ],
)
def test_levels_of_speech(sentence: str, expected: str) -> None:
    assert level(sentence) == expected


def test_levels_are_counted_by_sentence() -> None:
    assert levels(["연차입니다. 15일이에요.", "그렇습니다."]) == {"합쇼체": 2, "해요체": 1}


def test_an_answer_like_the_examples_agrees() -> None:
    style = Style(FORMAL)
    assert style.score("출장비는 30일 이내에 정산합니다.") == 1.0
    assert all(style.score(example) > 0.95 for example in FORMAL)
    assert Style(ENGLISH).score("You can cancel it within 14 days.") > 0.8


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("출장비는 30일 이내에 정산해요.", "endings"),
        ("출장비는 30일 이내에 정산함.", "endings"),
        ("출장비는 30일 이내에 정산합니다", "stops"),
        ("- 출장비는 **30일** 이내에 정산합니다.", "marks"),
        ("네.", "length"),
        ("출장비는 이렇게 정산합니다. " * 20, "length"),
    ],
)
def test_what_differs_shows_in_its_aspect(text: str, aspect: str) -> None:
    found = Style(FORMAL).agreement(text)
    assert found[aspect] < 0.6
    assert Style(FORMAL).score(text) < 1.0


def test_polite_examples_prefer_polite_answers() -> None:
    polite = Style(("15일이에요.", "14일 안에 하시면 돼요."))
    plain, kind = "30일 이내다.", "30일 안이에요."
    assert polite.score(kind) > polite.score(plain)
    assert Style(("15일이다.", "30일 이내로 한다.")).score(plain) > 0.9


def test_length_by_hand() -> None:
    style = Style(("a" * 20, "b" * 40))
    sizes = {10: 0.5, 20: 1.0, 30: 1.0, 40: 1.0, 80: 0.5}
    for size, expected in sizes.items():
        assert style.agreement("c" * size)["length"] == expected


def test_overlap_by_hand() -> None:
    """Two of three examples stop with a full stop: an answer without one shares 1/3 of 2/3."""
    style = Style(("It is.", "It was.", "It will be"))
    assert style.agreement("He is.")["stops"] == 1.0
    assert style.agreement("He is")["stops"] == pytest.approx(0.5)
    assert style.agreement("He is. She was")["stops"] == pytest.approx((1 / 2 + 1 / 3) / (5 / 6))


def test_phrases() -> None:
    style = Style(forbidden=("아마도",), required=("담당 부서", "문의"))
    assert style.score("담당  부서에 문의하세요.") == 1.0
    assert style.score("담당 부서에 물으세요.") == 0.5
    assert style.score("아마도 담당 부서에 문의하세요.") == 0.0
    assert Style(forbidden=("TBD",)).score("This is tbd.") == 0.0
    assert Style(forbidden=("TBD",)).score("This is known.") == 1.0


LETTERS = "입니다요. !\n-*ab다음 제출하십시오"


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.text(LETTERS, min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=4),
    st.text(LETTERS, max_size=40),
)
def test_agreement_is_bounded(examples: list[str], text: str) -> None:
    style = Style(tuple(examples), required=("다음",))
    assert all(0.0 <= value <= 1.0 for value in style.agreement(text).values())
    assert 0.0 <= style.score(text) <= 1.0


@settings(max_examples=60, deadline=None)
@given(st.text("입니다요. !\n-*ab다음", min_size=1, max_size=40).filter(str.strip))
def test_the_only_example_agrees_with_itself(example: str) -> None:
    assert Style((example,)).score(example) == pytest.approx(1.0)


def test_files(tmp_path: Path) -> None:
    text = tmp_path / "style.txt"
    text.write_text("연차는 15일입니다.\n\n병가는 60일입니다.\n", "utf-8")
    assert Style.read(text).examples == ("연차는 15일입니다.", "병가는 60일입니다.")
    text.write_text("One.\n\nStill one.\n---\nTwo.\n", "utf-8")
    assert Style.read(text).examples == ("One.\n\nStill one.", "Two.")
    toml = tmp_path / "style.toml"
    toml.write_text('examples = ["One."]\nforbidden = ["maybe"]\n', "utf-8")
    assert Style.read(toml) == Style(("One.",), ("maybe",))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("s.toml", 'exmaples = ["x"]', 'Did you mean "examples"'),
        ("s.toml", 'examples = "x"', "not a list of texts"),
        ("s.toml", "examples = [", "is not TOML"),
        ("s.txt", " \n\n ", "says nothing"),
        ("missing", None, "cannot be read"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, name: str, content: str | None, said: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(InputError, match=said):
        Style.read(file)


def test_the_measure_leaves_abstentions_out() -> None:
    import runpy

    outcome = runpy.run_path(str(Path(__file__).with_name("making.py")))["outcome"]
    made = [outcome("연차는 15일입니다."), outcome("")]
    assert agreement(Style(FORMAL)).values(made)[1] is None
    assert agreement(Style(FORMAL)).total(made) == agreement(Style(FORMAL)).values(made)[0]
    assert agreement(None).values(made) == [None, None]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("style.jsonl", '{"answer": "연차는 15일입니다."}\n{"answer": "병가는 60일입니다."}\n'),
        ("style.JSON", "연차는 15일입니다."),
        ("style.txt", '{"answer": "15 days."}\n{"answer": "30 days."}\n'),
        ("style.txt", '\n[\n{"text": "15 days."}\n]\n'),
    ],
)
def test_json_is_not_prose(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match="is JSON, not prose"):
        Style.read(file)


def test_prose_with_brackets_is_prose(tmp_path: Path) -> None:
    file = tmp_path / "style.txt"
    file.write_text("[안내] 연차는 15일입니다.\n\n{참고} 병가는 60일입니다.\n", "utf-8")
    assert len(Style.read(file).examples) == 2
