"""Every measure against an independent implementation, by hand, and within its bounds."""

import math
import re
import runpy
import string
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.errors import InputError
from openbook.evaluate.measures import known, parse
from openbook.evaluate.outcome import Outcome
from openbook.evaluate.tokens import tokens
from openbook.types import Usage

outcome = runpy.run_path(str(Path(__file__).with_name("making.py")))["outcome"]

IDS = [f"d{i}" for i in range(12)]
WORDS = ["연차는", "15일", "환불", "규정", "the", "refund", "within", "30", "days", "않는다."]


def value(name: str, one: Outcome) -> Any:
    return parse(name).values([one])[0]


# --- what a measure is


def test_names_parse_to_what_they_name() -> None:
    names = [measure.name for measure in known()]
    assert len(names) == len(set(names))
    for measure in known():
        assert parse(measure.name) == measure
        assert measure.doc.endswith(".")
    assert parse("nDCG@3").values([outcome(gold=("a",), found=("b", "c", "d", "a"))]) == [0.0]


@pytest.mark.parametrize("name", ["nDCG", "nDCG@0", "ndcg@10", "F2", "", "P@x"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="there is no measure"):
        parse(name)


def test_a_mistyped_name_gets_a_hint() -> None:
    with pytest.raises(InputError, match='Did you mean "nDCG@10"'):
        parse("nDGC@10")


# --- bounds


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    text = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
    some = st.lists(st.sampled_from(IDS), max_size=6, unique=True).map(tuple)
    return outcome(  # type: ignore[no-any-return]
        draw(text),
        answers=tuple(draw(st.lists(text.filter(bool), max_size=3))),
        short=tuple(draw(st.lists(text.filter(bool), max_size=2))),
        gold=draw(some),
        found=draw(some),
        quoted=draw(some),
        supported=tuple(draw(st.lists(st.booleans(), max_size=4))),
        kind=draw(st.sampled_from(["answered", "abstained", "asks"])),
        answerable=draw(st.sampled_from([True, False, None])),
        language=draw(st.sampled_from(["en", "ko", ""])),
        seconds=draw(st.none() | st.floats(0, 100)),
        usage=Usage(draw(st.integers(0, 9)), 1, 0.0, draw(st.floats(0, 1))),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(outcomes(), min_size=1, max_size=8))
def test_measures_keep_their_bounds(given_: list[Outcome]) -> None:
    for measure in known():
        values = measure.values(given_)
        assert len(values) == len(given_)
        held = [v for v in values if v is not None]
        total = measure.total(given_)
        assert len(measure.rows(given_, values)) == len(held)
        top = 1.0 if measure.unit == "share" else math.inf
        assert all(0.0 <= v <= top for v in held)
        if total is not None:
            assert 0.0 <= total <= top
        else:
            assert not held or measure.name == "cost per correct answer"


@settings(max_examples=30, deadline=None)
@given(st.lists(outcomes(), min_size=1, max_size=6))
def test_order_and_company_do_not_change_a_questions_value(given_: list[Outcome]) -> None:
    for measure in known():
        together = measure.values(given_)
        assert measure.values(given_[::-1]) == together[::-1]
        assert [measure.values([one])[0] for one in given_] == pytest.approx(together)


# --- rankings


TREC = {"nDCG@5": "ndcg_cut_5", "P@5": "P_5", "Recall@5": "recall_5", "hit@5": "success_5"}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True),
            st.lists(st.sampled_from(IDS), max_size=9, unique=True),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_rankings_are_judged_as_trec_eval_does(cases: list[tuple[list[str], list[str]]]) -> None:
    made = [outcome("x", gold=tuple(g), found=tuple(f)) for g, f in cases]
    gold = {str(i): dict.fromkeys(g, 1) for i, (g, _) in enumerate(cases)}
    run = {str(i): {d: -float(r) for r, d in enumerate(f)} for i, (_, f) in enumerate(cases)}
    judge = pytrec_eval.RelevanceEvaluator(
        gold, {"ndcg_cut.5", "P.5", "recall.5", "success.5", "recip_rank"}
    )
    theirs = judge.evaluate(run)
    for name, trec in TREC.items():
        for i, ours in enumerate(parse(name).values(made)):
            assert ours == pytest.approx(theirs.get(str(i), {}).get(trec, 0.0))
    for i, ours in enumerate(parse("MRR@12").values(made)):
        assert ours == pytest.approx(theirs.get(str(i), {}).get("recip_rank", 0.0))


def test_ndcg_by_hand() -> None:
    """Gold at ranks 2 and 4 of three: (1/log2 3 + 1/log2 5) / (1 + 1/log2 3 + 1/log2 4)."""
    one = outcome("x", gold=("a", "b", "c"), found=("x", "a", "y", "b"))
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert value("nDCG@10", one) == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert value("MRR@10", one) == 0.5
    assert value("MRR@1", one) == 0.0


def test_a_document_counts_once_at_its_best_passage() -> None:
    one = outcome("x", gold=("b",), found=("a#1", "a#2", "b#7", "b#9"))
    assert value("MRR@10", one) == 0.5
    assert value("P@2", one) == 0.5
    by_passage = outcome("x", gold=("a#2",), found=("a#1", "a#2", "b#7"), level="passage")
    assert value("MRR@10", by_passage) == 0.5


def test_no_gold_is_left_out_and_nothing_found_scores_zero() -> None:
    assert value("nDCG@10", outcome("x", found=("a",))) is None
    assert value("nDCG@10", outcome("x", gold=("a",))) == 0.0
    values = parse("Recall@5").values([outcome("x"), outcome("x", gold=("a",), found=("a",))])
    assert values == [None, 1.0]
    assert parse("Recall@5").total([outcome("x")]) is None


# --- short answers: the published rules, written again


def squad(text: str) -> list[str]:
    """Lower case, punctuation out, articles out, white space fixed (Rajpurkar et al. 2016)."""
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def korquad(text: str) -> list[str]:
    """Marks to blanks, lower case, punctuation out; F1 over the characters that are left."""
    for mark in "'\"《》<>〈〉()‘’":
        text = text.replace(mark, " ")
    return "".join(c for c in text.lower() if c not in set(string.punctuation)).split()


def overlap(a: list[str], b: list[str]) -> float:
    same = sum((Counter(a) & Counter(b)).values())
    return 2 * same / (len(a) + len(b)) if same else 0.0


@settings(max_examples=150, deadline=None)
@given(
    st.text("abT he.,'\"  ab1《연차》", max_size=16).filter(lambda t: t.strip()),
    st.lists(st.text("abT he.,  ab1연차", min_size=1, max_size=12), min_size=1, max_size=3),
    st.sampled_from(["en", "ko"]),
)
def test_exact_match_and_f1_are_the_published_ones(
    said: str, accepted: list[str], language: str
) -> None:
    one = outcome(said, answers=tuple(accepted), language=language, answerable=True)
    cut = korquad if language == "ko" else squad
    equal = max(float(cut(said) == cut(a)) for a in accepted)
    parts = (lambda t: list("".join(korquad(t)))) if language == "ko" else squad
    assert value("EM", one) == equal
    assert value("F1", one) == pytest.approx(max(overlap(parts(said), parts(a)) for a in accepted))


def test_short_answers_are_compared_where_there_are_some() -> None:
    one = outcome("Staff have 15 days of leave.", short=("15 days",), answers=("15 days",))
    assert value("EM", one) == 1.0
    without = outcome("Staff have 15 days of leave.", answers=("15 days",))
    assert value("EM", without) == 0.0
    assert value("contains", without) == 1.0


def test_what_is_correct() -> None:
    assert value("correct", outcome("연차는 15일입니다.", answers=("15 일",), language="ko")) == 1.0
    assert value("correct", outcome("연차는 115일입니다.", answers=("15일",), language="ko")) == 0.0
    assert value("correct", outcome("", answers=("15",))) == 0.0
    assert value("correct", outcome("", answerable=False)) == 1.0
    assert value("correct", outcome("Yes.", answerable=False)) == 0.0
    assert value("correct", outcome("Yes.")) is None
    assert value("F1", outcome("", answerable=False)) is None


# --- overlap


def subsequence(a: list[str], b: list[str]) -> int:
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            table[i][j] = (
                table[i - 1][j - 1] + 1 if x == y else max(table[i - 1][j], table[i][j - 1])
            )
    return table[-1][-1]


def grams(items: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(items[i : i + n]) for i in range(len(items) - n + 1))


def bleu(pairs: list[tuple[list[str], list[list[str]]]]) -> float:
    """Papineni et al. 2002, without smoothing; the closest length of a reference, ties short."""
    logs, ours, theirs = [], 0, 0
    for said, references in pairs:
        ours += len(said)
        theirs += min((abs(len(r) - len(said)), len(r)) for r in references)[1]
    for n in range(1, 5):
        hit = total = 0
        for said, references in pairs:
            most: Counter[tuple[str, ...]] = Counter()
            for reference in references:
                most |= grams(reference, n)
            hit += sum((grams(said, n) & most).values())
            total += max(0, len(said) - n + 1)
        if not hit:
            return 0.0
        logs.append(math.log(hit / total))
    return min(1.0, math.exp(1 - theirs / ours)) * math.exp(sum(logs) / 4)


def chrf(pairs: list[tuple[str, str]]) -> float:
    """Popović 2015, orders 1 to 6, beta 2, of all pairs together; blanks do not count."""
    precisions, recalls = [], []
    for n in range(1, 7):
        hit = ours = theirs = 0
        for said, reference in pairs:
            a, b = (grams(list("".join(t.split())), n) for t in (said, reference))
            hit, ours, theirs = (
                hit + sum((a & b).values()),
                ours + sum(a.values()),
                theirs + sum(b.values()),
            )
        if ours and theirs:
            precisions.append(hit / ours)
            recalls.append(hit / theirs)
    p, r = (sum(v) / len(v) if v else 0.0 for v in (precisions, recalls))
    return 5 * p * r / (4 * p + r) if p + r else 0.0


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(texts, st.lists(texts, min_size=1, max_size=3))
def test_rouge_l_is_the_longest_common_subsequence(said: str, accepted: list[str]) -> None:
    ours = tokens(said)
    best = 0.0
    for answer in accepted:
        reference = tokens(answer)
        length = subsequence(ours, reference)
        best = max(best, 2 * length / (len(ours) + len(reference)))
    found = value("ROUGE-L", outcome(said, answers=tuple(accepted), answerable=True))
    assert found == pytest.approx(best)


def long_texts(seed: int, count: int) -> list[tuple[str, tuple[str, ...]]]:
    random = np.random.default_rng(seed)

    def text() -> str:
        return " ".join(random.choice(WORDS[:6], int(random.integers(6, 20))))

    return [
        (text(), tuple(text() for _ in range(int(random.integers(1, 4))))) for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_bleu_of_all_answers_is_papinenis(seed: int) -> None:
    cases = long_texts(seed, 12)
    made = [outcome(said, answers=accepted, answerable=True) for said, accepted in cases]
    mine = bleu([(tokens(s), [tokens(a) for a in accepted]) for s, accepted in cases])
    assert parse("BLEU").total(made) == pytest.approx(mine)


@pytest.mark.parametrize("seed", range(5))
def test_chrf_of_all_answers_is_popovics(seed: int) -> None:
    cases = [(said, accepted[0]) for said, accepted in long_texts(seed, 12)]
    made = [outcome(said, answers=(answer,), answerable=True) for said, answer in cases]
    assert parse("chrF").total(made) == pytest.approx(chrf(cases), abs=1e-6)


def test_totals_of_overlap_are_sacrebleus() -> None:
    import sacrebleu

    cases = [(said, accepted[0]) for said, accepted in long_texts(9, 8)]
    made = [outcome(said, answers=(answer,), answerable=True) for said, answer in cases]
    hypotheses, references = [s for s, _ in cases], [[a for _, a in cases]]
    theirs = sacrebleu.corpus_chrf(hypotheses, references).score
    assert parse("chrF").total(made) == pytest.approx(theirs / 100)
    cut = [[" ".join(tokens(t)) for t in side] for side in (hypotheses, references[0])]
    theirs = sacrebleu.corpus_bleu(cut[0], [cut[1]], tokenize="none", force=True).score
    assert parse("BLEU").total(made) == pytest.approx(theirs / 100)


def test_korean_words_are_kept_and_cut() -> None:
    assert tokens("연차를 15일 씁니다") != tokens("병가를 15일 씁니다")
    same = outcome("연차는 15일입니다", answers=("연차는 15일입니다",), language="ko")
    assert value("ROUGE-L", same) == value("BLEU", same) == value("chrF", same) == 1.0
    other = outcome("병가는 불가", answers=("연차 15일",), language="ko", answerable=True)
    assert value("ROUGE-L", other) == 0.0
    near = outcome("연차를", answers=("연차는",), language="ko")
    assert 0 < value("ROUGE-L", near) < 1


@settings(deadline=None)
@given(st.text(max_size=40))
def test_tokens_lose_no_letter_and_no_digit(text: str) -> None:
    import unicodedata

    plain = unicodedata.normalize("NFKC", text).lower()
    letters = [c for c in plain if re.match(r"[^\W_]", c)]
    kept = [c for token in tokens(text) for c in token]
    assert [c for c in kept if re.match(r"[^\W_]", c)] == letters


# --- evidence


def test_quotes_against_gold() -> None:
    one = outcome("x", gold=("a", "b"), quoted=("a#1", "a#2", "c#1", "d#4"))
    assert value("quote precision", one) == 0.5
    assert value("quote recall", one) == 0.5
    assert value("quote recall", outcome("", gold=("a",))) == 0.0
    assert value("quote precision", outcome("x", gold=("a",))) is None
    assert value("quote precision", outcome("x", quoted=("a#1",))) is None
    passage = outcome("x", gold=("a#2",), quoted=("a#1", "a#2"), level="passage")
    assert (value("quote precision", passage), value("quote recall", passage)) == (0.5, 1.0)


def test_support() -> None:
    half = outcome("x", supported=(True, False), quoted=("a#1",))
    whole = outcome("x", supported=(True, True), quoted=("a#1",))
    bare = outcome("x", supported=(True,))
    nothing = outcome("x")
    assert [value("supported share", o) for o in (half, whole, bare, nothing)] == [0.5, 1, 1, 0]
    assert [value("sourced answers", o) for o in (half, whole, bare, nothing)] == [0, 1, 0, 0]
    assert [value("unsupported answers", o) for o in (half, whole, bare, nothing)] == [1, 0, 0, 1]
    assert value("supported share", outcome("")) is None


def test_silence_where_it_is_due() -> None:
    made = [
        outcome("", answerable=False),
        outcome("x", answerable=False),
        outcome("", answers=("a",)),
        outcome("x", answers=("a",)),
        outcome("which?", kind="asks", answerable=False),
        outcome(""),
    ]
    assert parse("abstention precision").values(made) == [1.0, None, 0.0, None, None, None]
    assert parse("abstention recall").values(made) == [1.0, 0.0, None, None, 0.0, None]
    assert parse("answered unanswerable").values(made) == [0.0, 1.0, None, None, 0.0, None]
    assert parse("abstention precision").total(made) == 0.5
    assert parse("abstention recall").total(made) == pytest.approx(1 / 3)


# --- time and money


def test_latency_is_numpys_quantile() -> None:
    seconds = np.random.default_rng(0).gamma(2, 1, 30).tolist()
    made = [outcome("x", seconds=s) for s in seconds] + [outcome("x")]
    assert parse("latency p50").total(made) == pytest.approx(float(np.median(seconds)))
    assert parse("latency p95").total(made) == pytest.approx(float(np.percentile(seconds, 95)))
    assert parse("latency p95").values(made)[-1] is None


def test_cost_per_correct_answer_is_a_ratio() -> None:
    def paid(said: str, cost: float, **more: Any) -> Outcome:
        return outcome(said, usage=Usage(10, 2, 0.0, cost), **more)  # type: ignore[no-any-return]

    right = paid("15 days", 0.02, answers=("15 days",))
    wrong = paid("14 days", 0.04, answers=("15 days",))
    unjudged = paid("hm", 9.0)
    measure = parse("cost per correct answer")
    assert measure.total([right, wrong, right, unjudged]) == pytest.approx(0.08 / 2)
    assert measure.total([wrong]) is None
    assert parse("cost").total([right, wrong]) == pytest.approx(0.03)
    assert parse("tokens in").total([right, wrong]) == 10
    assert parse("tokens out").total([right, wrong]) == 2
