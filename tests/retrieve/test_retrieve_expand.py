"""Search terms that are added to questions: kinds, weights, names, feedback."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import InputError
from openbook.knowledge.snapshot import Snapshot
from openbook.retrieve.entities import entities, folded, known
from openbook.retrieve.expand import RELATED, Expand
from openbook.retrieve.glossary import Glossary
from openbook.retrieve.lexical import Lexical
from openbook.retrieve.related import relevance_model
from openbook.testing import ToyRuntime
from openbook.types import Query

GLOSSARY = Glossary((("leave", "휴가"), ("refund", "환불")))


@pytest.fixture
def asked(runtime: ToyRuntime) -> ToyRuntime:
    runtime.resources[Glossary] = GLOSSARY
    return runtime


def test_text_stays_and_terms_are_added(asked: ToyRuntime) -> None:
    query = Query("휴가가 열다섯 일인가요?", "q", expansions=(("given", 0.3),))
    (made,) = asked.run(Expand(glossary=0.6, numbers=0.4), [query])
    assert (made.text, made.id) == (query.text, "q")
    assert made.expansions == (("given", 0.3), ("leave", 0.6), ("15일", 0.4))


def test_a_question_without_any_comes_back_as_it_was(asked: ToyRuntime) -> None:
    query = Query("vpn?")
    assert asked.run(Expand(), [query]) == [query]
    nothing = Expand(glossary=0, numbers=0)
    assert asked.run(nothing, [Query("15 days of leave")]) == [Query("15 days of leave")]
    assert ToyRuntime().run(nothing, [query]) == [query]


def test_expanded_questions_find_more(asked: ToyRuntime) -> None:
    for text, document in (("휴가는 며칠인가요?", "docs/leave"), ("refunds?", "docs/refund")):
        (plain,) = asked.run(Lexical(), [Query(text)])
        (ranking,) = asked.run(Expand() >> Lexical(), [Query(text)])
        assert not any(h.passage.document_id.startswith(document) for h in plain.hits)
        assert ranking.hits[0].passage.document_id.startswith(document)


def test_weights_outside_their_range_are_refused() -> None:
    for wrong in ({"glossary": -0.1}, {"related": 2.5}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            Expand(**wrong)
    assert Expand() == Expand() and hash(Expand()) == hash(Expand())


def test_titles_and_headings_are_known_names(snapshot: Snapshot) -> None:
    names = known(snapshot)
    assert {"환불규정", "구독", "vpn", "leave"} <= names
    assert known(snapshot) is names


def test_names_of_the_knowledge_base_are_weighted(asked: ToyRuntime) -> None:
    stage = Expand(glossary=0, numbers=0, entities=0.3)
    (made,) = asked.run(stage, [Query("환불 규정은 어디에 있나요?")])
    assert ("환불 규정", 0.3) in made.expansions


@pytest.mark.parametrize(
    "question, names",
    [
        ("When did Marie Curie move to Paris?", ["Marie Curie", "Paris"]),
        ("Who wrote the History of the Decline?", ["History of the Decline"]),
        ("Where is it?", []),
        ("「근로기준법」에 따른 휴가는?", ["근로기준법"]),
        ("이순신은 언제 태어났나요?", ["이순신"]),
        ("서울에서 부산까지 얼마나 걸리나요?", ["서울", "부산"]),
        ("What does the NASA budget cover?", ["NASA"]),
    ],
)
def test_names_that_their_writing_shows(question: str, names: list[str]) -> None:
    assert entities(question) == names


def test_particles_and_spaces_do_not_hide_a_known_name() -> None:
    names = frozenset(map(folded, ("육아 휴직", "Sick leave")))
    assert entities("육아휴직은 며칠인가요?", names) == ["육아휴직"]
    assert entities("육아 휴직을 쓰려면?", names) == ["육아 휴직"]
    assert entities("how long is sick-leave here", names) == ["sick-leave"]


@given(st.text(max_size=60))
def test_names_stand_in_the_question(question: str) -> None:
    for name in entities(question, frozenset(("leave", "환불"))):
        assert name in question


def test_the_relevance_model_is_a_distribution() -> None:
    model = relevance_model([("a a b", 2.0), ("c", 1.0)])
    assert model == pytest.approx({"a": 4 / 9, "b": 2 / 9, "c": 1 / 3})
    assert relevance_model([]) == {}


@given(
    st.lists(
        st.tuples(st.text("abc ", min_size=1).filter(str.strip), st.floats(0.1, 9)), min_size=1
    )
)
def test_its_probabilities_add_up(texts: list[tuple[str, float]]) -> None:
    assert sum(relevance_model(texts).values()) == pytest.approx(1.0)


def test_related_terms_come_from_the_first_passages(asked: ToyRuntime) -> None:
    stage = Expand(glossary=0, numbers=0, related=0.5)
    (ko, en, none) = asked.run(stage, [Query("구독 요금"), Query("paid leave"), Query("zzz")])
    assert "환불" in dict(ko.expansions) or "결제" in dict(ko.expansions)
    assert "staff" in dict(en.expansions)
    assert none.expansions == ()
    for query, words in ((ko, 2), (en, 2)):
        assert len(query.expansions) <= RELATED
        assert sum(weight for _, weight in query.expansions) == pytest.approx(0.5 * words)


def test_names_and_stored_terms_follow_the_filters_of_who_asks(snapshot: Snapshot) -> None:
    from openbook.text.terms import analyse
    from openbook.types import Filter

    seen = Snapshot(snapshot._store, "g1", snapshot.manifest, (Filter("source", "~", "*leave*"),))
    assert "leave" in known(seen)
    assert "환불규정" not in known(seen)
    rows = [row for row, _ in snapshot.lexical("words", "vpn", 3)]
    (passage,) = snapshot.passages(rows)
    assert set(snapshot.stored(rows, "words")[0].split()) >= set(
        analyse([passage.text])[0].words.split()
    )
