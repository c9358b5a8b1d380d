import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.text.language import detect
from openbook.text.sentences import sentences
from openbook.text.terms import analyse

MESSY = st.text(st.sampled_from("가나다 환불. abc AB.!?\n\r1,2)-“”\u3000\u2028。"), max_size=60)


@given(st.one_of(MESSY, st.text(max_size=60)))
@settings(deadline=None)
def test_sentences_partition_the_visible_text(text: str) -> None:
    spans = sentences(text)
    end = 0
    for a, b in spans:
        assert end <= a < b
        assert text[end:a].strip() == ""
        assert text[a:b].strip() == text[a:b]
        end = b
    assert text[end:].strip() == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("연차는 며칠인가요?", "ko"),
        ("iPhone 환불", "ko"),
        ("How many days of leave do I have?", "en"),
        ("refund policy", "en"),
        ("Where did Sonam Gyatso die?", "en"),
        ("Who wrote De Re Aedificatoria?", "en"),
        ("Wie viele Tage Urlaub gibt es?", "de"),
        ("これはテストです", "ja"),
        ("123", ""),
        ("", ""),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert detect(text) == language


def test_batch_and_single_analysis_agree() -> None:
    texts = ["환불은 14일 이내입니다. iPhone 15", "Refunds within 1,000 days", "", "漢字"]
    assert analyse(texts) == [analyse([t])[0] for t in texts]
