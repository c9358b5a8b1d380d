import pytest

from openbook.errors import EncoderMismatchError, InputError, ModelError
from openbook.retrieve.dense import Dense
from openbook.retrieve.diversify import Diversify
from openbook.retrieve.fuse import Fuse, fuse
from openbook.retrieve.hybrid import RETRIEVERS, retriever_of
from openbook.retrieve.lexical import Lexical
from openbook.retrieve.rerank import Rerank
from openbook.stage import Stage
from openbook.testing import HashEncoder, ToyRuntime
from openbook.types import Encoder, Filter, Query, Ranking

QUERIES = [Query("환불은 며칠 이내?"), Query("paid leave days"), Query("GlobalProtect 설치")]


def names(ranking: Ranking) -> list[str]:
    return [p.document_id.removeprefix("docs/") for p in ranking.passages]


@pytest.mark.parametrize("name", RETRIEVERS)
def test_rankings_are_sorted_and_within_bounds(name: str, runtime: ToyRuntime) -> None:
    for ranking in runtime.run(retriever_of(name, k=3), QUERIES):
        keys = [(-hit.score, hit.evidence.id) for hit in ranking.hits]
        assert keys == sorted(keys)
        assert len(keys) <= 3
        assert all(-1.0 <= hit.score <= 1.0 + 1e-6 for hit in ranking.hits)
        assert all(hit.why for hit in ranking.hits)


def test_lexical_finds_each_script_by_its_rule(runtime: ToyRuntime) -> None:
    korean, english, mixed = runtime.run(Lexical(), QUERIES)
    assert names(korean)[0] == "refund.md"
    assert set(names(english)) >= {"leave.md", "leave-old.md"}
    assert names(mixed)[0] == "vpn.md"
    assert dict(korean.hits[0].why).keys() == {"words", "grams"}


def test_nothing_found_is_an_empty_ranking(runtime: ToyRuntime) -> None:
    for stage in (Lexical(), Lexical(scheme="tfidf")):
        assert [r.hits for r in runtime.run(stage, [Query("zzqx"), Query("?")])] == [(), ()]


def test_filters_apply_before_scoring(runtime: ToyRuntime) -> None:
    query = Query("paid leave", filters=(Filter("title", "=", "Leave 2023"),))
    for stage in (Lexical(k=1), Lexical(k=1, scheme="tfidf"), Dense(k=1)):
        assert names(runtime.run(stage, [query])[0]) == ["leave-old.md"], stage


def test_a_batch_gives_what_single_questions_give(runtime: ToyRuntime) -> None:
    stage = Lexical()
    assert runtime.run(stage, QUERIES * 3) == [runtime.run(stage, [q])[0] for q in QUERIES] * 3


def test_vectors_of_another_encoder_are_refused(runtime: ToyRuntime) -> None:
    runtime.resources[Encoder] = HashEncoder(name="other")
    with pytest.raises(EncoderMismatchError, match=r"hash-64.*other"):
        runtime.run(Dense(), QUERIES)


def test_a_language_the_encoder_does_not_know_is_refused(runtime: ToyRuntime) -> None:
    runtime.resources[Encoder] = HashEncoder(languages=("en",))
    with pytest.raises(ModelError, match=r'made for en.*"ko"'):
        runtime.run(Dense(), QUERIES)
    korean, english = runtime.run(fuse(Lexical(), Dense()), QUERIES[:2])
    assert any("refused" in name for name, _ in korean.hits[0].why)
    assert names(korean) == names(runtime.run(Lexical(), QUERIES[:1])[0])
    assert not any("refused" in name for name, _ in english.hits[0].why)
    with pytest.raises(ModelError, match="no stage can answer"):
        runtime.run(fuse(Dense()), QUERIES[:1])


def test_fusion_refuses_what_cannot_be_weighted() -> None:
    for stages, weights in (((Lexical(),), ()), ((), ()), ((Lexical(),), (-1.0,))):
        with pytest.raises(InputError):
            Fuse(stages, weights)
    with pytest.raises(InputError):
        Lexical(grams=1.5)


def test_rrf_needs_no_scores(runtime: ToyRuntime) -> None:
    (ranking,) = runtime.run(fuse(Lexical(), Lexical(), how="rrf"), QUERIES[:1])
    assert ranking.hits[0].score == pytest.approx(2 / 61)


def test_reranking_takes_the_cross_encoders_order(runtime: ToyRuntime) -> None:
    chain: Stage[Query, Ranking] = Lexical() >> Rerank(k=1)
    (ranking,) = runtime.run(chain, QUERIES[1:2])
    assert names(ranking) == ["leave.md"]
    assert dict(ranking.hits[0].why)["rerank"] == ranking.hits[0].score
    assert runtime.run(chain, [Query("zzqx")])[0].hits == ()


def test_diversity_passes_over_the_near_copy(runtime: ToyRuntime) -> None:
    (near,) = runtime.run(Lexical() >> Diversify(k=2, trade=1.0), [Query("paid leave VPN")])
    (wide,) = runtime.run(Lexical() >> Diversify(k=2, trade=0.3), [Query("paid leave VPN")])
    assert len(near.hits) == len(wide.hits) == 2
    assert set(names(wide)) & {"leave.md", "leave-old.md"} != {"leave.md", "leave-old.md"}


def test_stages_are_values() -> None:
    assert fuse(Lexical(), Dense()) == fuse(Lexical(), Dense())
    assert hash(Lexical() >> Rerank()) == hash(Lexical() >> Rerank())
