"""RAFT rows: exact shares, no leak, quotes that stand, other layouts and back, resuming."""

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import InputError, RowsError
from openbook.generate.quotes import marks
from openbook.models.prompts import ANSWER, refusal
from openbook.synthesize.asked import Question
from openbook.synthesize.completions import checked, supporting, verified, written
from openbook.synthesize.distractors import leaks
from openbook.synthesize.layouts import as_lines, imported
from openbook.synthesize.make import Made
from openbook.synthesize.near import duplicate, holds
from openbook.synthesize.pairs import ANSWERS, MAY, list_rows, mine, pair_rows
from openbook.synthesize.partial import Remembering, partial
from openbook.synthesize.raft import Draft, Order, build, keeping
from openbook.synthesize.shelf import Shelf
from openbook.testing import FakeLM, ToyRuntime
from openbook.types import Message, Passage

ORACLE = Passage("d#1", "d", 0, 60, "Intro. Claims cost **EUR 9** a month. End.", title="Claims")
PROMPT = (Message("user", "What?"),)


def draft(at: int, language: str) -> Draft:
    question = Question(f"q{at}", "?", ("a",), language=language)
    return Draft(question, ORACLE, "", ())


@given(
    st.lists(st.sampled_from(["ko", "en", "de"]), min_size=1, max_size=60),
    st.floats(0, 1),
    st.integers(0, 5),
)
def test_the_share_is_exact_and_fair_to_languages(
    languages: list[str], p: float, seed: int
) -> None:
    drafts = [draft(at, language) for at, language in enumerate(languages)]
    order = Order(p=p, seed=seed)
    kept = keeping(drafts, order)
    assert len(kept) == int(len(drafts) * p + 0.5)
    assert kept == keeping(list(reversed(drafts)), order)
    for language, count in Counter(languages).items():
        own = sum(d.question.id in kept for d in drafts if d.question.language == language)
        assert abs(own - count * len(kept) / len(drafts)) < 1 + 1e-9


@pytest.mark.parametrize("p", [0.0, 0.4, 0.8, 1.0])
def test_rows_keep_their_promises(made: Made, shelf: Shelf, runtime: ToyRuntime, p: float) -> None:
    order = Order(p=p, distractors=3, seed=2)
    built = build(shelf, runtime, made.questions, order)
    rows = built.rows
    assert sum(row.oracle is not None for row in rows) == int(len(rows) * p + 0.5)
    split = {shelf.by_id[q.passage].document_id: q.split for q in made.questions}
    by_id = {f"raft-{q.id}": q for q in made.questions}
    for row in rows:
        question = by_id[row.id]
        source = shelf.by_id[question.passage]
        assert len({passage.id for passage in row.passages}) == 4
        for at, passage in enumerate(row.passages):
            if at != row.oracle:
                assert not holds(passage.text, question.answers)
                assert not duplicate(passage.text, source.text)
            assert split.get(passage.document_id, question.split) == question.split
        if row.oracle is None:
            assert (row.policy, row.answers) == ("refuse", ())
            assert row.completion == f"{ANSWER} {refusal(row.language)}"
        else:
            assert row.passages[row.oracle].id == question.passage
            assert marks(row.completion)
            assert verified(row.completion, (row.passages[row.oracle],))
            assert row.completion.rsplit("\n", 1)[1] == f"{ANSWER} {question.answers[0]}"
    again = build(shelf, runtime, made.questions, order)
    assert again.rows == rows


def test_the_oracle_has_no_usual_place(made: Made, shelf: Shelf, runtime: ToyRuntime) -> None:
    rows = build(shelf, runtime, made.questions, Order(p=1.0, distractors=3)).rows
    assert len({row.oracle for row in rows}) >= 3


def test_rows_without_their_oracle_follow_the_policy(
    made: Made, shelf: Shelf, runtime: ToyRuntime
) -> None:
    order = Order(p=0.5, distractors=2, without="answer")
    rows = [r for r in build(shelf, runtime, made.questions, order).rows if r.oracle is None]
    assert rows
    for row in rows:
        assert row.policy == "answer"
        assert not marks(row.completion)
        assert row.completion.endswith(f"{ANSWER} {row.answers[0]}")
    skipped = build(shelf, runtime, made.questions, replace(order, without="skip")).rows
    assert all(row.oracle is not None for row in skipped)
    more = build(shelf, runtime, made.questions, replace(order, unanswerable=True)).rows
    assert len(more) > len(rows) * 2
    missing = {f"raft-{q.id}" for q in made.questions if not q.answerable}
    assert {row.policy for row in more if row.id in missing} == {"refuse"}


def test_too_many_distractors_are_refused(made: Made, shelf: Shelf, runtime: ToyRuntime) -> None:
    with pytest.raises(InputError, match="distractors a row are too many for 9 documents"):
        build(shelf, runtime, made.questions, Order(distractors=50))
    with pytest.raises(InputError, match="not a share"):
        Order(p=1.5)


def test_questions_that_people_wrote_find_their_passage(shelf: Shelf, runtime: ToyRuntime) -> None:
    document = next(name for name in shelf.documents if name.endswith("conduct.md"))
    asked = Question("1", "Who is the officer?", ("Femke Aalders",), (document,), language="en")
    (row,) = build(shelf, runtime, [asked], Order(p=1.0, distractors=2)).rows
    assert row.oracle is not None
    assert "Femke Aalders" in row.passages[row.oracle].text
    wrong = Question("2", "Who?", ("Nobody Known",), (document,), language="en")
    with pytest.raises(InputError, match="no row could be made"):
        build(shelf, runtime, [wrong], Order(distractors=2))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_completions_read_alike_and_quote_verbatim(language: str) -> None:
    quoted = "Claims cost **EUR 9** a month."
    texts = {written(ORACLE, quoted, "EUR 9", language, random.Random(n)) for n in range(20)}
    assert len(texts) >= 6
    for text in texts:
        assert marks(text) == [quoted]
        assert text.endswith(f"\n{ANSWER} EUR 9")


def test_supporting_words_hold_the_answer() -> None:
    assert supporting(ORACLE, "", ("EUR 9",)) == "Claims cost **EUR 9** a month."
    assert supporting(ORACLE, "Intro.", ("EUR 9",)) == "Claims cost **EUR 9** a month."
    assert supporting(ORACLE, "", ("EUR 8",)) == ""
    assert leaks(replace(ORACLE, id="x", text="It is EUR 9."), ORACLE, ["EUR 9"])


GOOD = "##begin_quote##Claims cost EUR 9 a month.##end_quote## So.\n<ANSWER>: EUR 9"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (GOOD, ""),
        (GOOD.replace("a month", "a year"), "a quote does not stand in the oracle"),
        (GOOD.replace(": EUR 9", ": EUR 8"), "the teacher's answer differs"),
        ("It is so.\n<ANSWER>: EUR 9", "the teacher quoted nothing"),
        (
            GOOD.replace("Claims cost EUR 9 a month.", "Intro."),
            "no quote of the teacher holds the answer",
        ),
        ("<ANSWER>: The documents do not answer this question.", "the teacher refused"),
    ],
)
def test_what_a_teacher_writes_is_checked(reply: str, reason: str) -> None:
    text, why = checked(reply, ORACLE, ("EUR 9",), "en")
    assert why == reason
    if not reason:
        assert marks(text) == ["Claims cost **EUR 9** a month."]
        assert text.endswith("<ANSWER>: EUR 9")


def test_a_teacher_that_fails_costs_its_rows_only(
    made: Made, shelf: Shelf, runtime: ToyRuntime
) -> None:
    answerable = [q for q in made.questions if q.answerable]
    quotes = {q.text: (q.quote, q.answers[0]) for q in answerable}

    def reply(prompt: tuple[Message, ...]) -> str:
        asked = prompt[-1].content.rsplit("<question>\n", 1)[1].split("\n</question>")[0]
        quoted, answer = quotes[asked]
        if asked == answerable[0].text:
            quoted = "words that stand nowhere"
        return f"##begin_quote##{quoted}##end_quote##\n<ANSWER>: {answer}"

    teacher = FakeLM(reply)
    built = build(shelf, runtime, answerable, Order(p=1.0, distractors=2), teacher=teacher)
    assert built.dropped.reasons == {"a quote does not stand in the oracle": 1}
    assert len(built.rows) == len(answerable) - 1


def test_published_layout_comes_back(
    tmp_path: Path, made: Made, shelf: Shelf, runtime: ToyRuntime
) -> None:
    rows = build(shelf, runtime, made.questions, Order(distractors=2)).rows
    file = tmp_path / "raft.jsonl"
    file.write_text(as_lines(rows, "raft"), "utf-8")
    line = json.loads(file.read_text("utf-8").splitlines()[0])
    assert list(line) == [
        "id", "type", "question", "context", "oracle_context", "cot_answer", "instruction",
    ]  # fmt: skip
    assert line["instruction"].endswith(line["question"])
    back, dropped = imported(file)
    assert not dropped.reasons
    for row, was in zip(back, rows, strict=True):
        assert (row.id, row.question, row.oracle) == (was.id, was.question, was.oracle)
        assert (row.policy, row.completion) == (was.policy, was.completion)
        assert [p.text for p in row.passages] == [p.text for p in was.passages]


def test_imported_rows_are_checked(tmp_path: Path) -> None:
    row = {
        "id": "seed_task_0", "type": "general", "question": "What do claims cost?",
        "context": {"title": [["placeholder_title"] * 2], "sentences": [["Other.", "EUR 9."]]},
        "oracle_context": "EUR 9.",
        "cot_answer": GOOD.replace("Claims cost EUR 9 a month", "EUR 9"),
        "instruction": "",
    }  # fmt: skip
    absent = {**row, "id": "1", "oracle_context": "gone"}
    wrong = {**row, "id": "2", "cot_answer": GOOD.replace("EUR 9 a", "EUR 7 a")}
    file = tmp_path / "raft.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in (row, absent, wrong)), "utf-8")
    rows, dropped = imported(file)
    assert [(r.policy, r.oracle, r.answers) for r in rows] == [
        ("oracle", 1, ("EUR 9",)), ("answer", None, ("EUR 9",)),
    ]  # fmt: skip
    assert not marks(rows[1].completion)
    assert dropped.reasons == {"a quote does not stand in the oracle": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no row"),
        ("{", "is not JSON"),
        ('{"question": "a"}', 'it lacks "context"'),
        ("[1]", "is not of the layout"),
        (
            '{"question": "a", "context": 3, "oracle_context": "", "cot_answer": ""}',
            '"context" is not an object',
        ),
    ],
)
def test_other_layouts_are_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "raft.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(RowsError, match=said):
        imported(file)
    with pytest.raises(RowsError, match="cannot be read"):
        imported(tmp_path / "missing.jsonl")


def test_pairs_have_no_false_negatives(made: Made, shelf: Shelf, runtime: ToyRuntime) -> None:
    mined, dropped = mine(shelf, runtime, made.questions, negatives=3, seed=0)
    assert dropped.reasons["unanswerable"] == len(made.questions) - made.answerable
    by_id = {f"pair-{q.id}": q for q in made.questions}
    for row in pair_rows(mined):
        question = by_id[row.id]
        assert row.positive.id == question.passage
        assert row.negatives
        for passage in row.negatives:
            assert passage.id != row.positive.id
            assert not leaks(passage, row.positive, question.answers)


def test_lists_grade_the_answer_highest(made: Made, shelf: Shelf, runtime: ToyRuntime) -> None:
    mined, _ = mine(shelf, runtime, made.questions, negatives=4, seed=0)
    rows = list_rows(mined, 0)
    assert rows == list_rows(mined, 0)
    places = Counter(row.grades.index(ANSWERS) for row in rows)
    assert len(places) >= 3
    for row, m in zip(rows, mined, strict=True):
        assert row.passages[row.grades.index(ANSWERS)] == m.positive
        assert row.grades.count(ANSWERS) == 1
        assert row.grades.count(MAY) <= max(1, len(m.negatives) // 4)


def test_what_a_model_said_is_not_asked_again(tmp_path: Path) -> None:
    file = partial(tmp_path / "Q.jsonl")
    model = FakeLM(lambda prompt: "it says\nso")
    first = Remembering(model, file, "run")
    assert [c.text for c in first.complete([PROMPT, PROMPT])] == ["it says\nso"] * 2
    assert len(model.seen) == 1
    with file.open("ab") as lines:
        lines.write(b'{"key": "half')
    again = Remembering(model, file, "run")
    assert again.complete([PROMPT])[0].text == "it says\nso"
    assert (len(model.seen), again.asked) == (1, 0)
    other = (Message("user", "Else?"),)
    again.complete([other])
    assert Remembering(model, file, "run").complete([other, PROMPT])
    assert len(model.seen) == 2
    Remembering(model, file, "another run").complete([PROMPT])
    Remembering(model, file, "run").complete([PROMPT], seed=1)
    assert len(model.seen) == 4
