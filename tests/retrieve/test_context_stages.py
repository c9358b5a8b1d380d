from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import InputError, ModelError
from openbook.models.prompts import numbered
from openbook.retrieve.compress import Compress
from openbook.retrieve.compress_values import by_terms, pieces
from openbook.retrieve.reorder import Reorder
from openbook.testing import FakeLM, ToyRuntime
from openbook.types import LM, Hit, Passage, Query, Ranking

DOCUMENTS = {
    "leave": "Leave is granted by the manager. Full-time staff have 15 days of paid leave a year. "
    "Unused days lapse. The canteen opens at noon and closes at two. Bicycles stay outside.",
    "office": "The office has four floors. Visitors sign in at the desk. Paid parking is behind "
    "the building. The lift is out of order on Mondays.",
    "환불": "환불 규정은 고객 지원팀이 관리합니다. 구매일로부터 14일 이내에 환불을 신청할 수 "
    "있습니다. 배송비는 고객이 부담합니다. 사무실은 4층에 있습니다. 주차장은 건물 뒤에 있습니다.",
}
QUESTIONS = {
    "en": ("How many days of paid leave do full-time staff have?", "15 days of paid leave"),
    "ko": ("구매 후 며칠 이내에 환불을 신청할 수 있나요?", "14일 이내에 환불"),
}


def hit(name: str, score: float) -> Hit:
    text = DOCUMENTS[name]
    return Hit(Passage(f"{name}#1", name, 0, len(text), text, title=name), score)


def ranking(question: str) -> Ranking:
    return Ranking.of(
        Query(question), [hit(name, 1.0 - n / 10) for n, name in enumerate(DOCUMENTS)]
    )


RUNTIME = ToyRuntime({LM: FakeLM()})


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("counted", ["model", "estimate"])
def test_the_sentence_that_answers_is_kept(language: str, counted: str) -> None:
    question, answer = QUESTIONS[language]
    given_one = ranking(question)
    (found,) = RUNTIME.run(Compress(tokens=40, counted=counted), [given_one])  # type: ignore[arg-type]
    assert any(answer in passage.text for passage in found.passages)
    assert sum(len(p.text) for p in found.passages) < sum(len(p.text) for p in given_one.passages)


@given(st.integers(8, 140), st.sampled_from(["en", "ko"]))
def test_the_budget_holds_and_spans_stand_in_their_documents(tokens: int, language: str) -> None:
    given_one = ranking(QUESTIONS[language][0])
    stage = Compress(tokens=tokens)
    (found,) = RUNTIME.run(stage, [given_one])
    assert len(numbered(found.passages).split()) <= tokens
    ids = [passage.id for passage in found.passages]
    assert ids
    assert len(set(ids)) == len(ids)
    for passage in found.passages:
        assert DOCUMENTS[passage.document_id][passage.start : passage.end] == passage.text
        assert passage.title == passage.document_id
    assert all(a.score > b.score for a, b in pairwise(found.hits))
    assert RUNTIME.run(stage, [found]) == [found]  # twice changes nothing


def test_a_ranking_that_fits_is_unchanged() -> None:
    given_one = ranking(QUESTIONS["en"][0])
    assert RUNTIME.run(Compress(tokens=1000), [given_one, Ranking(Query("?"))]) == [
        given_one,
        Ranking(Query("?")),
    ]


def test_equal_sentences_of_a_document_get_ids_of_their_own() -> None:
    text = "Leave is 15 days. Ask at the desk by the door on the left side first. Leave is 15 days."
    whole = Passage("d#1", "d", 0, len(text), text)
    (found,) = RUNTIME.run(
        Compress(tokens=16), [Ranking(Query("How many days is leave?"), (Hit(whole, 1.0),))]
    )
    assert [p.text for p in found.passages] == ["Leave is 15 days.", "Leave is 15 days."]
    assert len({p.id for p in found.passages}) == 2


def test_a_long_sentence_is_cut_and_a_hopeless_budget_refused() -> None:
    text = "word " * 200
    whole = Passage("d#1", "d", 0, len(text), text)
    asked = Ranking(Query("word?"), (Hit(whole, 1.0),))
    (found,) = RUNTIME.run(Compress(tokens=20), [asked])
    assert len(numbered(found.passages).split()) <= 20
    assert text.startswith(found.passages[0].text)
    with pytest.raises(InputError, match="does not hold"):
        RUNTIME.run(Compress(tokens=1), [asked])


def test_why_tells_tokens_before_and_after() -> None:
    (found,) = RUNTIME.run(Compress(tokens=40), [ranking(QUESTIONS["en"][0])])
    why = dict(found.hits[0].why)
    assert why["compress before"] > 40 >= why["compress after"] > 0


@pytest.mark.parametrize("language", ["en", "ko"])
def test_values_prefer_what_was_asked(language: str) -> None:
    question, answer = QUESTIONS[language]
    passages = ranking(question).passages
    parts = pieces(passages)
    value = by_terms(question, passages, parts)
    best = parts[int(value.argmax())]
    assert answer in passages[best.passage].text[best.start : best.end]
    assert (value >= 0).all()


def test_perplexity_needs_a_model_that_can_say() -> None:
    with pytest.raises(ModelError, match="how likely"):
        RUNTIME.run(Compress(tokens=20, by="perplexity"), [ranking(QUESTIONS["en"][0])])


def test_what_cannot_be_compressed_by_is_refused() -> None:
    with pytest.raises(InputError, match='"magic"'):
        Compress(by="magic")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="tokens"):
        Compress(tokens=0)


@given(st.integers(0, 12), st.sampled_from(["sides", "best", "rising"]), st.integers(0, 14))
def test_reordering_keeps_hits_and_is_idempotent(count: int, how: str, k: int) -> None:
    passages = [Passage(f"d#{n:02}", "d", n, n + 1, "x") for n in range(count)]
    given_one = Ranking(Query("?"), tuple(Hit(p, 0.5 - n // 2) for n, p in enumerate(passages)))
    stage = Reorder(how=how, k=k)  # type: ignore[arg-type]
    (found,) = RUNTIME.run(stage, [given_one])
    assert {h.evidence.id for h in found.hits} == {p.id for p in passages[: k or None]}
    assert RUNTIME.run(stage, [found]) == [found]
    if how == "sides" and found.hits:
        scores = [h.score for h in found.hits]
        assert scores[0] == max(scores)
        low = scores.index(min(scores))
        assert scores[: low + 1] == sorted(scores[: low + 1], reverse=True)
        assert scores[low:] == sorted(scores[low:])


def test_an_order_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="middle"):
        Reorder(how="middle")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="negative"):
        Reorder(k=-1)
