"""Hybrid ranking with the weight that an encoder has learnt for the question's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from openbook.errors import EncoderMismatchError, InputError
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.retrieve.dense import Dense, Weighed
from openbook.retrieve.fuse import Fuse
from openbook.retrieve.hybrid import LEARNT, retrieve, retriever_of
from openbook.testing import TOY, HashEncoder, ToyRuntime
from openbook.types import Encoder, Query

ENGLISH, KOREAN = Query("paid leave days"), Query("환불은 며칠 이내?")


@dataclass
class Weighing(HashEncoder):
    """A hash encoder that has learnt weights."""

    fusion: Mapping[str, float] = field(default_factory=lambda: {"en": 1.0, "ko": 0.0})


@dataclass
class Quick(Weighing):
    """One that may encode while a question waits."""

    quick: bool = True
    name: str = "quick"


@pytest.fixture
def bare(tmp_path: Path) -> ToyRuntime:
    """A knowledge base without vectors."""
    base = KnowledgeBase(tmp_path / "kb")
    for document in TOY:
        (tmp_path / f"{document.id.replace('/', '-')}.md").write_text(document.text, "utf-8")
    base.sync([tmp_path])
    return ToyRuntime({Snapshot: base.snapshot(), Encoder: Quick()})


def test_without_vectors_what_was_found_is_scored(bare: ToyRuntime) -> None:
    query = Query("paid leave days")
    (ranking,) = bare.run(retrieve(5, dense=0.5), [query])
    (lexical,) = bare.run(retrieve(5), [query])
    assert {h.evidence.id for h in ranking.hits} == {h.evidence.id for h in lexical.hits}
    assert all("dense" in dict(hit.why) for hit in ranking.hits)
    assert bare.run(retrieve(5, dense=0.5), []) == []


def test_without_vectors_slow_encoders_and_dense_alone_are_refused(bare: ToyRuntime) -> None:
    with pytest.raises(EncoderMismatchError, match="has no vectors"):
        bare.run(Dense(), [Query("paid leave")])
    bare.resources[Encoder] = HashEncoder()
    with pytest.raises(EncoderMismatchError, match="has no vectors"):
        bare.run(retrieve(5, dense=0.5), [Query("paid leave")])


def scores(runtime: ToyRuntime, query: Query, dense: float | str) -> list[tuple[str, float]]:
    (ranking,) = runtime.run(retrieve(5, dense=dense), [query])
    return [(hit.evidence.id, hit.score) for hit in ranking.hits]


def test_each_language_has_its_weight(runtime: ToyRuntime) -> None:
    runtime.resources[Encoder] = Weighing()
    assert isinstance(runtime.resources[Encoder], Weighed)
    assert scores(runtime, ENGLISH, LEARNT) == scores(runtime, ENGLISH, 1.0)
    learnt, lexical = (scores(runtime, KOREAN, weight) for weight in (LEARNT, 0.0))
    assert [name for name, _ in learnt] == [name for name, _ in lexical]


def test_an_encoder_without_weights_counts_half(runtime: ToyRuntime) -> None:
    assert not isinstance(HashEncoder(), Weighed)
    for query in (ENGLISH, KOREAN):
        assert scores(runtime, query, LEARNT) == scores(runtime, query, 0.5)


def test_hybrid_takes_what_was_learnt_unless_told() -> None:
    learnt, told = retriever_of("hybrid"), retriever_of("hybrid", dense=0.25)
    assert isinstance(learnt, Fuse)
    assert learnt.learnt
    assert isinstance(told, Fuse)
    assert (told.learnt, told.weights) == (False, (0.75, 0.25))


@pytest.mark.parametrize("dense", ["half", "", True, -0.1, 1.5, None])
def test_other_weights_are_refused(dense: object) -> None:
    with pytest.raises(InputError, match="is not accepted"):
        retriever_of("hybrid", dense=dense)
