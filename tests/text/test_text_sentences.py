import pytest

from openbook.text.sentences import sentences


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "환불은 7일 이내입니다. 단, 예외가 있습니다.",
            ["환불은 7일 이내입니다.", "단, 예외가 있습니다."],
        ),
        ("끝났다.이에 따라 한다.", ["끝났다.", "이에 따라 한다."]),
        ("2024. 3. 1. 시행한다. 다음.", ["2024. 3. 1. 시행한다.", "다음."]),
        ("1. 첫째\n2. 둘째", ["1. 첫째", "2. 둘째"]),
        ("- a\r\n- b", ["- a", "- b"]),
        ("| 값 | 3.5 |\n| a | b |", ["| 값 | 3.5 |", "| a | b |"]),
        (
            "Dr. Kim came at 3 p.m. on Monday. He left.",
            ["Dr. Kim came at 3 p.m. on Monday.", "He left."],
        ),
        ("It cost $3.50 in the U.S. Army. Yes!", ["It cost $3.50 in the U.S. Army.", "Yes!"]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("これはペンです。はい。", ["これはペンです。", "はい。"]),
        ("정말요? 네! 좋아요…", ["정말요?", "네!", "좋아요…"]),
        ("  \n ", []),
    ],
)
def test_sentences(text: str, wanted: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == wanted
