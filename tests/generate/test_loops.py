"""Loops at the end of what a model wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.generate.loops import unlooped


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("How many days do staff have" + " have" * 24, "How many days do staff have"),
        ("연차는 며칠인가" + "요" * 40, "연차는 며칠인가요"),
        ("It is 15 days. " + "It is so by law. " * 5, "It is 15 days. It is so by law."),
        ("It is so by law. " * 4 + "It is so", "It is so by law."),
        ('"' * 80, '"'),
        ("", ""),
        ("no " * 9, "no " * 9),
        ("| a | b |\n|---|---|---|---|---|---|", "| a | b |\n|---|---|---|---|---|---|"),
        ("ㅋㅋㅋㅋㅋㅋㅋㅋ", "ㅋㅋㅋㅋㅋㅋㅋㅋ"),
        ("1,000,000,000,000,000", "1,000,000,000,000,000"),
        ("They met. They ate. They left.", "They met. They ate. They left."),
    ],
)
def test_a_loop_is_told_once(written: str, kept: str) -> None:
    assert unlooped(written) == kept


@given(st.text(alphabet="ab ", max_size=12), st.text(alphabet="abc ", min_size=1, max_size=20))
def test_what_is_kept_begins_the_text_and_has_no_loop(head: str, block: str) -> None:
    text = head + block * 40
    kept = unlooped(text)
    assert text.startswith(kept)
    assert len(kept) < len(text) or not any(c.isalpha() for c in block)
    assert unlooped(kept) == kept
