import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.text import overlap

TEXTS = (
    "Scoring 11 points, he scored again; scores matter. Using 1,000 tools he carried 14.6 tons.",
    "The R-200 and the X15b use 15 ports. Possibilities are possible. It's Kim's 3.5 and 35.",
    "환불은 14일 이내에, 1회에 한해 가능합니다. 걸려 있던 3.1절 행사는 GlobalProtect를 썼다.",
)
QUESTIONS = (
    "What score did he carry with 1000 tools?",
    "Is it possible to use the R-200 or X15b with 15 ports? Kim's 35?",
    "환불은 며칠 이내에 1회 가능한가? 3.1절에 걸린 14일, GlobalProtect",
)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_glance_finds_what_reading_finds(question: str, text: str) -> None:
    read, glance = overlap.read(text), overlap.glance(text)
    for term in overlap.terms(question):
        wanted, found = overlap.places(term, read), overlap.places(term, glance)
        assert (wanted[0], sorted(set(wanted[1]))) == (found[0], sorted(set(found[1]))), term


@given(
    st.text(alphabet="ab ,.15-’'환불일R\n", max_size=60),
    st.text(alphabet="ab 15환불R-", max_size=14),
)
def test_a_glance_finds_what_reading_finds_in_any_text(text: str, question: str) -> None:
    read, glance = overlap.read(text), overlap.glance(text)
    for term in overlap.terms(question):
        wanted, found = overlap.places(term, read), overlap.places(term, glance)
        assert wanted[0] == found[0], term
        assert set(wanted[1]) == set(found[1]), term
