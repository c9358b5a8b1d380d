# ruff: noqa: E501
"""The reader's tasks on small made-up data: quotes stand in passages, answers in quotes,
refusals have no gold, and Korean endings and particles are right.
"""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import EN
from tasks import (
    aligned,
    closed,
    cloze_en,
    cloze_ko,
    copying,
    definition,
    followups,
    keywords,
    lookup,
    metaqa,
    mixture,
    squad,
    statutes,
    wiki2,
    writing,
)
from tasks._korean import analyse, clauses, particle
from tasks._korean_questions import questions
from tasks._passages import Shape, around, window
from tasks._row import Row

READING = (squad, cloze_en, cloze_ko, definition, copying, lookup, statutes, aligned, wiki2, metaqa)


def told(row: Row) -> None:
    """What holds of every row."""
    assert row.language in ("en", "ko")
    assert all(any(quote in passage for passage in row.passages) for quote in row.quotes)
    if row.kind == "read":
        assert row.question and 1 <= len(row.passages) <= 8
        assert bool(row.quotes) == bool(row.answer)
        if row.answer and row.answer not in ("yes", "no"):
            assert row.answer in row.quotes[0] or row.answer in row.quotes[-1]
    else:
        assert row.answer and not row.quotes


@pytest.mark.parametrize("task", READING, ids=lambda task: task.__name__)
def test_quotes_and_answers(task, data: Path) -> None:
    rows = list(task.rows(data, 3, 60))
    assert len(rows) == 60
    for row in rows:
        told(row)


@pytest.mark.parametrize("task", (keywords, writing, closed, followups), ids=lambda t: t.__name__)
def test_other_kinds(task, data: Path) -> None:
    for row in task.rows(data, 3, 25):
        told(row)
        assert row.kind != "read"


@pytest.mark.parametrize("task", READING, ids=lambda task: task.__name__)
def test_refusals_lack_the_answer(task, data: Path) -> None:
    shape = Shape(refusals=1.0)
    for row in task.rows(data, 5, 20, shape=shape):
        if row.kind == "read":
            assert row.answer == "" and not row.quotes and row.passages


def test_squad_refusals_do_not_hold_the_answer(data: Path) -> None:
    accepted = {fact.question: fact.answer for fact, _ in squad.load(data)[0]}
    for row in squad.rows(data, 5, 40, shape=Shape(refusals=1.0)):
        assert not any(accepted[row.question] in passage for passage in row.passages)


def test_same_seed_same_rows(data: Path) -> None:
    shares = {"squad": 2.0, "cloze_ko": 1.0, "lookup": 1.0}
    first = list(mixture.mixed(data, 7, 40, shard=1, shards=4, shares=shares))
    assert first == list(mixture.mixed(data, 7, 40, shard=1, shards=4, shares=shares))
    assert first != list(mixture.mixed(data, 7, 40, shard=2, shards=4, shares=shares))


def test_every_task_of_the_mixture_exists() -> None:
    folder = Path(mixture.__file__).parent
    assert all((folder / f"{name}.py").is_file() for name in mixture.SHARES)


def test_shape_limits_passages() -> None:
    rng, shape = random.Random(1), Shape(most_passages=3, most_characters=300, total_ko=600)
    numbers = [shape.number(rng) for _ in range(500)]
    assert max(numbers) == 3 and 0.35 < numbers.count(1) / 500 < 0.55
    assert all(shape.limit(rng, "ko", 3) <= 200 for _ in range(50))


def test_around_keeps_whole_sentences() -> None:
    text = EN[0][1]
    start = text.index("In 1923")
    end = text.index("The town")
    for seed in range(20):
        left, right = around(random.Random(seed), text, start, end - 1, 160)
        assert left <= start and end - 1 <= right and right - left <= 160
        assert left == 0 or text[left - 1] == " "
        assert text[left:right].rstrip().endswith(".")


def test_window_is_short_enough() -> None:
    text = " ".join(text for _, text in EN)
    assert all(len(window(random.Random(seed), text, 200)) <= 200 for seed in range(30))


ENDINGS = (
    ("그는 대학을 졸업했다.", "졸업한", "졸업했는가"),
    ("그는 상을 받았다.", "받은", "받았는가"),
    ("그는 다리를 만들었다.", "만든", "만들었는가"),
    ("그는 친구를 도왔다.", "도운", "도왔는가"),
    ("산에 올랐다.", "오른", "올랐는가"),
    ("노래를 불렀다.", "부른", "불렀는가"),
    ("왕으로 즉위하였다.", "즉위한", "즉위했는가"),
    ("대회가 서울에서 열렸다.", "열린", "열렸는가"),
    ("강은 바다로 흐른다.", "흐르는", "흐르는가"),
    ("건물은 공원에 있다.", "있는", "있는가"),
    ("그곳은 수도이다.", "수도인", "수도인가"),
    ("집을 지었다.", "지은", "지었는가"),
    ("팀을 떠났다.", "떠난", "떠났는가"),
    ("호수가 매우 넓다.", "넓은", "넓은가"),
)


@pytest.mark.parametrize(("sentence", "adnominal", "asking"), ENDINGS)
def test_korean_endings(sentence: str, adnominal: str, asking: str) -> None:
    verb = clauses(sentence, analyse(sentence))[-1].verb
    assert verb.adnominal == adnominal
    assert verb.asking("는가") == asking


@pytest.mark.parametrize(
    ("word", "kind", "wanted"),
    (("서울", "으로", "서울로"), ("부산", "으로", "부산으로"), ("학교", "이", "학교가"), ("강", "은", "강은"),
     ("ABC", "을", "ABC를"), ("1990", "이", "1990이"), ("나무", "이란", "나무란"), ("책", "과", "책과")),
)  # fmt: skip
def test_particles(word: str, kind: str, wanted: str) -> None:
    assert particle(word, kind) == wanted


@pytest.mark.parametrize(
    ("sentence", "name", "answers"),
    (
        ("1989년 하버드 대학교를 졸업했다.", "존 유", {"1989년", "하버드 대학교"}),
        ("그는 1955년 소설 《겨울 정거장》을 발표했다.", "박서린", {"1955년", "겨울 정거장"}),
        ("이 대회는 2002년 5월 3일 부산에서 열렸다.", "나루배", {"2002년 5월 3일", "부산"}),
        ("나루강의 전체 길이는 약 87km이다.", "나루강", {"87km"}),
    ),
)
def test_korean_questions(sentence: str, name: str, answers: set[str]) -> None:
    found = [qa for seed in range(30) for qa in questions(sentence, name, random.Random(seed), 5)]
    assert answers <= {answer for _, answer in found}
    for question, answer in found:
        assert question.endswith("?") and answer in sentence and answer not in question
        assert not answer.endswith(("에서", "를", "을", "에"))
        assert name in question or "사람" in question or "누" in question or "무엇" in question


def test_pronouns_give_way_to_the_title() -> None:
    asked = {q for seed in range(20) for q, _ in questions("그는 1982년 문학상을 받았다.", "박서린", random.Random(seed))}  # fmt: skip
    assert asked and not any(question.startswith("그는") for question in asked)


def test_english_questions_are_put_in_order() -> None:
    sentence = "In 1923 the bridge was damaged by a flood."
    found = {
        q
        for seed in range(40)
        for q, a in cloze_en.questions(sentence, "Harrow Bridge", random.Random(seed), frozenset())
        if a == "1923"
    }
    assert any("was the bridge damaged by a flood" in question for question in found)


def test_plans() -> None:
    assert metaqa.plan("actor_to_movie_to_year") == "starred_actors -> release_year"
    assert metaqa.plan("movie_to_director_to_movie") == "directed_by -> directed_by"


def test_lookup_reads_the_row_that_is_asked_for(data: Path) -> None:
    shape = replace(Shape(), refusals=0.0)
    for row in lookup.rows(data, 9, 80, shape=shape):
        told(row)
        assert row.answer


def test_search_words() -> None:
    assert keywords.english("When was the Harrow Bridge opened?") == "Harrow Bridge opened"
    assert keywords.korean("한빛대학교를 설립한 사람은 누구인가?") == "한빛대학교 설립"
