"""Retrievers use a question's expansions and hypotheses; readers never see them."""

import numpy as np
import pytest

from openbook.knowledge.snapshot import Snapshot
from openbook.retrieve.dense import Dense, asked_vectors
from openbook.retrieve.lexical import EXPANSIONS, Lexical, weighted
from openbook.testing import HashEncoder, ToyRuntime
from openbook.text.terms import analyse
from openbook.types import Query, Ranking


def top(runtime: ToyRuntime, query: Query, stage: Lexical | Dense) -> str:
    (ranking,) = runtime.run(stage, [query])
    return ranking.hits[0].passage.document_id if ranking.hits else ""


@pytest.mark.parametrize("scheme", ["bm25", "tfidf"])
def test_expansions_find_what_the_question_does_not_name(runtime: ToyRuntime, scheme: str) -> None:
    stage = Lexical(scheme=scheme)  # type: ignore[arg-type]
    assert top(runtime, Query("돈을 돌려받고 싶어요"), stage) == ""
    assert top(runtime, Query("돈을 돌려받고 싶어요", expansions=(("환불을", 0.5),)), stage) == (
        "docs/refund.md"
    )
    english = Query("vacation", expansions=(("paid leave", 0.4), ("휴가", 0.4)))
    assert top(runtime, english, stage).startswith("docs/leave")


def test_a_weight_multiplies_bm25_and_is_added(snapshot: Snapshot, runtime: ToyRuntime) -> None:
    stage = Lexical(grams=0.0)
    (ranking,) = runtime.run(stage, [Query("staff", expansions=(("vpn 환불", 0.25),))])
    plain = dict(snapshot.lexical("words", "staff", 10))
    more = dict(snapshot.lexical("words", analyse(["vpn 환불"])[0].words, 10))
    raw = {
        passage.id: plain.get(row, 0.0) + 0.25 * more.get(row, 0.0)
        for row in plain.keys() | more.keys()
        for passage in snapshot.passages([row])
    }
    found = {hit.passage.id: dict(hit.why)["words"] for hit in ranking.hits}
    assert found == pytest.approx(raw, rel=1e-4)


def test_no_expansions_change_nothing(runtime: ToyRuntime) -> None:
    for text in ("How many days of leave?", "환불 기한은?"):
        (plain,) = runtime.run(Lexical(), [Query(text)])
        (none,) = runtime.run(Lexical(), [Query(text, expansions=(("leave", 0.0), ("?", 1.0)))])
        assert [h.score for h in plain.hits] == [h.score for h in none.hits]


def test_only_the_weightiest_expansions_are_searched() -> None:
    many = tuple((f"word{n}", n / 100) for n in range(1, 2 * EXPANSIONS))
    words, _ = weighted(Query("q", expansions=many))
    assert len(words) == EXPANSIONS
    assert min(weight for _, weight in words) > EXPANSIONS / 100 - 0.01
    assert weighted(Query("q")) == ((), ())


def test_hypotheses_move_the_vector_of_a_question(runtime: ToyRuntime) -> None:
    encoder = HashEncoder()
    plain, moved = asked_vectors(
        encoder, [Query("holiday"), Query("holiday", hypotheses=("paid leave",))]
    )
    leave = encoder.encode_passages(["paid leave"])[0]
    assert np.linalg.norm(moved) == pytest.approx(1.0, abs=1e-5)
    mean = (plain + leave) / 2
    assert np.allclose(moved, mean / np.linalg.norm(mean), atol=1e-5)
    query = Query("zzz", hypotheses=("Full-time staff have 15 days of paid leave a year.",))
    assert top(runtime, query, Dense()) == "docs/leave.md"


def test_readers_never_see_them(runtime: ToyRuntime) -> None:
    from openbook.generate.confidence import Calibration
    from openbook.generate.extract import Extract
    from openbook.generate.generate import Generate
    from openbook.testing import FakeLM
    from openbook.types import LM

    lm = FakeLM(reply=lambda prompt: "<ANSWER>: 15 days")
    resources = {**runtime.resources, Calibration: Calibration(), LM: lm}
    (ranking,) = runtime.run(Lexical(), [Query("How many days of paid leave?")])
    secret = Query(ranking.query.text, expansions=(("sesame", 1.0),), hypotheses=("sesame",))
    other = Ranking(secret, ranking.hits)
    own = ToyRuntime(resources)
    for reader in (Extract(), Generate()):
        plain, expanded = own.run(reader, [ranking])[0], own.run(reader, [other])[0]
        assert plain.text == expanded.text
        assert plain.quotes == expanded.quotes
    assert not any("sesame" in message.content for prompt in lm.seen for message in prompt)
