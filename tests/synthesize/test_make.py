"""Questions: answers that stand in their passages, splits by document, the same bytes again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import InputError, KnowledgeError
from openbook.synthesize.asked import Asked, Question, lines, scoped, unscoped
from openbook.synthesize.checks import Dropped, answered, naming, unambiguous
from openbook.synthesize.make import Made, Order, make
from openbook.synthesize.near import alike, duplicate, holds, jaccard, shingles, terms
from openbook.synthesize.rules import candidates, rules
from openbook.synthesize.shelf import Shelf
from openbook.synthesize.splits import deal, portions, shares
from openbook.synthesize.unanswerable import shape
from openbook.testing import ToyRuntime
from openbook.types import Passage

PASSAGE = Passage("d#1", "d", 0, 24, "Claims cost EUR 9 a month.", title="Claims policy")


def test_answers_stand_in_their_quotes_and_passages(made: Made, shelf: Shelf) -> None:
    assert made.answerable >= 20
    for question in made.questions:
        passage = shelf.by_id[question.passage]
        assert question.version == shelf.version
        assert not holds(question.text, question.answers)
        if question.answerable:
            assert question.gold == (passage.id,)
            assert question.quote in passage.text
            assert question.answers[0] in question.quote
        else:
            assert (question.gold, question.answers, question.quote) == ((), (), "")


def test_both_languages_and_several_rules_take_part(made: Made) -> None:
    assert {q.language for q in made.questions} == {"ko", "en"}
    sources = {q.source for q in made.questions if q.answerable}
    assert {"rules:table", "rules:amount", "rules:heading"} <= sources
    assert all(source.startswith("rules:") for source in sources)


def test_unanswerable_ones_are_the_share_that_was_asked_for(made: Made) -> None:
    missing = [q for q in made.questions if not q.answerable]
    assert len(missing) == 6
    assert {q.text for q in missing}.isdisjoint(q.text for q in made.questions if q.answerable)


def test_the_share_holds_where_the_documents_give_fewer(shelf: Shelf, runtime: ToyRuntime) -> None:
    few = make(shelf, runtime, Order(400, unanswerable=0.2))
    missing = len(few.questions) - few.answerable
    assert few.answerable < 320
    assert 0 < missing <= few.answerable / 4 + 0.5
    assert Order(400, unanswerable=0.0).near_of(100) == 0
    assert Order(100, unanswerable=0.5).near_of(99) == 50


def test_no_document_is_in_two_splits(made: Made, shelf: Shelf) -> None:
    of: dict[str, set[str]] = {}
    for question in made.questions:
        of.setdefault(shelf.by_id[question.passage].document_id, set()).add(question.split)
    assert all(len(splits) == 1 for splits in of.values())
    assert {split for splits in of.values() for split in splits} == {"train", "test"}


def test_the_same_seed_gives_the_same_bytes(shelf: Shelf, runtime: ToyRuntime, made: Made) -> None:
    again = make(shelf, runtime, Order(30, parts=shares("train=0.6,test=0.4")))
    assert lines(again.questions) == lines(made.questions)
    other = make(shelf, runtime, Order(30, seed=1, parts=shares("train=0.6,test=0.4")))
    assert lines(other.questions) != lines(made.questions)


def test_every_candidate_has_its_answer_in_its_quote(shelf: Shelf) -> None:
    found = [asked for own in shelf.documents.values() for asked in candidates(own)]
    assert {asked.source.removeprefix("rules:") for asked in found} <= set(rules())
    for asked in found:
        assert asked.answers[0] in asked.quote
        assert asked.quote in asked.passage.text


def test_a_question_that_names_nothing_names_its_document_or_goes() -> None:
    asked = Asked("How much are claims?", ("EUR 9",), PASSAGE, PASSAGE.text)
    assert answered(asked)
    named = naming(asked)
    assert named is None or named.text.startswith('According to "Claims policy"')
    assert naming(Asked("What is it?", ("EUR 9",), PASSAGE, PASSAGE.text)) is None
    assert not answered(Asked("What costs EUR 9?", ("EUR 9",), PASSAGE, PASSAGE.text))


def test_scopes_come_off_again() -> None:
    text = "What is the limit?"
    assert unscoped(scoped(text, PASSAGE)) == text
    korean = Passage("d#1", "d", 0, 1, "가", title="휴가 규정")
    assert scoped("한도는 얼마인가요?", korean) == "‘휴가 규정’에 따르면 한도는 얼마인가요?"
    assert unscoped("‘휴가 규정’에 따르면 한도는 얼마인가요?") == "한도는 얼마인가요?"


def test_words_that_mean_two_things_name_their_documents() -> None:
    other = Passage("e#1", "e", 0, 24, "Claims cost EUR 7 a month.", title="Old policy")
    both = [
        Asked("What do claims cost?", ("EUR 9",), PASSAGE, PASSAGE.text),
        Asked("What do claims cost?", ("EUR 7",), other, other.text),
    ]
    kept = unambiguous(both, Dropped())
    assert [asked.text for asked in kept] == [
        'According to "Claims policy", what do claims cost?',
        'According to "Old policy", what do claims cost?',
    ]
    dropped = Dropped()
    bare = [Asked(a.text, a.answers, Passage("x", "x", 0, 1, "x"), "") for a in both]
    assert unambiguous(bare, dropped) == []
    assert dropped.reasons["ambiguous"] == 2


@given(st.integers(0, 200), st.lists(st.floats(0.01, 5), min_size=1, max_size=5))
def test_portions_add_up_and_stay_near(total: int, weights: list[float]) -> None:
    parts = portions(total, [w / sum(weights) for w in weights])
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) <= 1 + 1e-6


@given(st.sets(st.text("abcdef", min_size=1), min_size=6, max_size=30), st.integers(0, 9))
def test_documents_are_dealt_once_and_the_same_again(names: set[str], seed: int) -> None:
    documents = {name: "ko" if "a" in name else "en" for name in names}
    if sum(spoken == "en" for spoken in documents.values()) < 2:
        return
    dealt = deal(documents, {"train": 0.5, "test": 0.5}, seed)
    assert dealt.keys() == documents.keys()
    assert dealt == deal(dict(reversed(documents.items())), {"train": 0.5, "test": 0.5}, seed)


@pytest.mark.parametrize("text", ["train", "train=x", "valid=1", "train=0", "train=1,train=2"])
def test_shares_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="share of train"):
        shares(text)


def test_an_empty_split_is_refused() -> None:
    with pytest.raises(InputError, match="no document is left for the split"):
        deal({"a": "en", "b": "en"}, shares("train=0.8,dev=0.1,test=0.1"), 0)
    assert deal({"a": "en"}, {}, 0) == {"a": ""}


def test_wrong_orders_and_an_empty_base_are_refused() -> None:
    with pytest.raises(InputError, match="0 questions"):
        Order(0)
    with pytest.raises(InputError, match="unanswerable questions"):
        Order(unanswerable=1.5)
    with pytest.raises(KnowledgeError, match="is empty"):
        Shelf.of([])


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_symmetric_and_bounded(a: str, b: str) -> None:
    value = jaccard(shingles(a), shingles(b))
    assert 0 <= value <= 1
    assert value == jaccard(shingles(b), shingles(a))
    assert duplicate(a, a)


def test_numbers_and_codes_part_questions() -> None:
    assert alike(terms("What is the price of the hub?"), terms("What is the hub's price?"))
    assert not alike(terms("EQ-101의 대여 기간은?"), terms("EQ-102의 대여 기간은?"))
    assert shape("Soom A3") != shape("Prairie HMO")


def test_lines_have_the_keys_of_a_question_file() -> None:
    asked = Asked("What do claims cost?", ("EUR 9",), PASSAGE, PASSAGE.text, "rules:amount")
    line = Question.of(asked, "test", 4).line()
    assert (line["gold"], line["split"], line["version"]) == (["d#1"], "test", 4)
    assert (line["quote"], line["passage"], line["answerable"]) == (PASSAGE.text, "d#1", True)
