"""Questions taken apart, hypothetical passages, and retrieval in rounds."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import InputError
from openbook.generate.confidence import Calibration
from openbook.generate.extract import Extract
from openbook.knowledge.snapshot import Snapshot
from openbook.project.runtime import Runtime
from openbook.retrieve.decompose import Decompose, Parts, parts, together
from openbook.retrieve.hyde import Hyde
from openbook.retrieve.iterate import Draft, Iterate, leads
from openbook.retrieve.lexical import Lexical
from openbook.stage import Stage
from openbook.testing import FakeLM, ToyRuntime
from openbook.types import LM, Hit, Passage, Query, Ranking


@pytest.mark.parametrize(
    "question, wanted",
    [
        ("Who is older, Ada Byron or Mary Stuart?", ["Ada Byron older", "Mary Stuart older"]),
        ("Are Ada Byron and Mary Stuart from the same country?",
         ["Ada Byron country", "Mary Stuart country"]),
        ("What is the difference between sick leave and annual leave?",
         ["sick leave", "annual leave"]),
        ("How long is leave, and who approves it?", ["How long is leave", "who approves it?"]),
        ("Where was the father of the director of Jaws born?", ["the director of Jaws"]),
        ("연차와 병가 중 무엇이 먼저 소진되나요?",
         ["연차 무엇이 먼저 소진되나요", "병가 무엇이 먼저 소진되나요"]),
        ("재택근무와 출장의 차이가 뭐예요?", ["재택근무 차이가 뭐예요", "출장 차이가 뭐예요"]),
        ("환불은 언제까지이고 누가 승인하나요?", ["환불은 언제까지이고", "누가 승인하나요?"]),
        ("출장비 한도는? 누가 승인하나요?", ["출장비 한도는?", "누가 승인하나요?"]),
        ("유리 정원의 감독의 배우자는 누구인가요?", ["유리 정원의 감독"]),
    ],
)  # fmt: skip
def test_parts_by_rules(question: str, wanted: list[str]) -> None:
    assert parts(question) == wanted


@pytest.mark.parametrize(
    "question",
    [
        "How many days of leave do we get?", "연차는 며칠인가요?", "Who approves travel and meals?",
        "How much was lent between 1994 and 2007?", "What's Apple's name for it?", "",
        "회사와 계약한 업체는 어디인가요?", "Is it paid or not?",
    ],
)  # fmt: skip
def test_simple_questions_stay_whole(question: str) -> None:
    assert parts(question) == []


@given(st.text(max_size=80))
def test_any_question_can_be_taken_apart(question: str) -> None:
    found = parts(question)
    assert len(found) == len(set(found)) and all(part.strip() for part in found)


def test_each_part_is_retrieved_and_fused(runtime: ToyRuntime) -> None:
    stage = Decompose(Lexical(3), k=4)
    query = Query("구독과 VPN의 차이가 뭐예요?", "q")
    (ranking,) = runtime.run(stage, [query])
    assert ranking.query == query
    documents = [hit.passage.document_id for hit in ranking.hits]
    assert {"docs/subscription.md", "docs/vpn.md"} <= set(documents[:2])
    assert ("lexical", 3) in runtime.ran
    assert dict(ranking.hits[0].why)["together"] == ranking.hits[0].score


def test_a_simple_question_keeps_its_ranking(runtime: ToyRuntime) -> None:
    query = Query("How many days of leave?", expansions=(("휴가", 0.5),))
    (plain,) = runtime.run(Lexical(3), [query])
    assert runtime.run(Decompose(Lexical(3), k=10), [query]) == [plain]
    assert runtime.run(Decompose(Lexical(3)), []) == []


def test_parts_by_a_language_model() -> None:
    lm = FakeLM(lambda prompt: "1. Who directed Jaws?\n- When was he born?\n\nWhen ... born?")
    runtime = ToyRuntime({LM: lm})
    stage = Parts(how="model", most=2)
    query = Query("When ... born?", "q", expansions=(("x", 1.0),), hypotheses=("y",))
    (found,) = runtime.run(stage, [query])
    assert found[0] == query
    assert [part.text for part in found[1:]] == ["Who directed Jaws?", "When was he born?"]
    assert all(part.id == "q" and not part.expansions for part in found[1:])
    assert runtime.run(Parts(how="model"), []) == []
    with pytest.raises(InputError):
        Decompose(Lexical(), how="magic")
    with pytest.raises(InputError):
        Decompose(Lexical(), most=0)


def _hit(name: str, score: float) -> Hit:
    return Hit(Passage(name, "d", 0, 1, name), score, (("x", score),))


def test_the_best_of_every_ranking_come_first() -> None:
    query = Query("q")
    first = Ranking(query, (_hit("a", 9), _hit("b", 8), _hit("c", 7)))
    second = Ranking(query, (_hit("d", 1), _hit("c", 1)))
    fused = together(query, [first, second], 3)
    assert [(h.evidence.id, h.score) for h in fused.hits] == [("a", 1.0), ("d", 0.8), ("b", 0.5)]
    assert [h.score for h in together(query, [second, first], 9).hits] == [1.0, 0.8, 0.5, 0.4]
    assert dict(fused.hits[1].why) == {"x": 1, "together": 0.8}
    assert together(query, [first], 2).hits == first.hits[:2]


# --- HyDE


def test_hypotheses_come_with_their_terms(runtime: ToyRuntime) -> None:
    lm = FakeLM(
        lambda prompt: "정규직은 유급 휴가를\n15일 받습니다." if "휴가" in prompt[1].content else ""
    )
    runtime.resources[LM] = lm
    stage = Hyde(terms=3, weight=0.4)
    made, empty = runtime.run(stage, [Query("휴가는?"), Query("leave?")])
    assert made.hypotheses == ("정규직은 유급 휴가를 15일 받습니다.",)
    assert made.expansions == (("정규직", 0.4), ("유급", 0.4), ("15", 0.4))
    assert empty == Query("leave?")
    assert runtime.run(stage, []) == []
    assert [m.role for m in lm.seen[0]] == ["system", "user"]
    for wrong in ({"terms": 0}, {"weight": 1.5}, {"max_tokens": 0}):
        with pytest.raises(InputError):
            Hyde(**wrong)


# --- rounds

FILMS = {
    "jaws": "Jaws is a film directed by Steven Spielberg.",
    "spielberg": "Steven Spielberg was born in Cincinnati in 1946.",
    "정원": "유리 정원은 박서진 감독이 만든 영화다.",
    "서진": "박서진은 부산에서 태어났다.",
}


@dataclass(frozen=True)
class Looked(Stage[Query, Ranking]):
    """Passages that share a word with the question or its expansions."""

    def run(self, batch: Sequence[Query], runtime: object) -> list[Ranking]:
        return [Ranking.of(query, self._hits(query), 2) for query in batch]

    def _hits(self, query: Query) -> list[Hit]:
        text = " ".join((query.text, *(term for term, _ in query.expansions)))
        words = [w.strip("?.은의에서이가") for w in text.split()]
        return [
            Hit(Passage(name, name, 0, len(body), body), float(score))
            for name, body in FILMS.items()
            if (score := sum(len(w) for w in words if len(w) > 1 and w in body))
        ]


@pytest.fixture
def films(snapshot: Snapshot) -> Runtime:
    providers = {Snapshot: lambda name: snapshot, Calibration: lambda name: Calibration()}
    return Runtime(snapshot.identity, providers)


@pytest.mark.parametrize(
    "question, second",
    [
        ("Which town had the director of Jaws?", "spielberg"),
        ("유리 정원 감독의 고향은?", "서진"),
    ],
)
def test_the_second_hop_is_found_by_the_names_of_the_first(
    films: Runtime, question: str, second: str
) -> None:
    (once,) = films.run(Looked(), [Query(question)])
    assert second not in [h.evidence.id for h in once.hits]
    (ranking,) = films.run(Iterate(Looked(), k=4), [Query(question)])
    assert second in [h.evidence.id for h in ranking.hits]
    assert ranking.query == Query(question)


def test_rounds_end_when_nothing_new_comes_up(films: Runtime) -> None:
    stage = Iterate(Looked(), rounds=5)
    films.run(stage, [Query("Who directed Jaws?"), Query("zzz")])
    labels = [label for label, _ in films._trace(stage, Query("zzz"))]
    assert labels.count("iterate/repeat/round") == 1
    labels = [label for label, _ in films._trace(stage, Query("Who directed Jaws?"))]
    assert 2 <= labels.count("iterate/repeat/round") < 5
    assert labels.count("iterate/repeat/round/looked") == labels.count("iterate/repeat/round")


def test_a_draft_leads_on(films: Runtime) -> None:
    stage = Iterate(Looked(), Extract(), k=4)
    (ranking,) = films.run(stage, [Query("Which town had the director of Jaws?")])
    assert "spielberg" in [h.evidence.id for h in ranking.hits]
    labels = [label for label, _ in films._trace(stage, ranking.query)]
    assert "iterate/repeat/round/extract" in labels


def test_one_round_is_the_retriever_alone(films: Runtime) -> None:
    query = Query("Who directed Jaws?")
    (plain,) = films.run(Looked(), [query])
    assert films.run(Iterate(Looked(), rounds=1), [query]) == [plain]
    assert films.run(Iterate(Looked()), []) == []
    for wrong in ({"rounds": 0}, {"k": 0}, {"seconds": -1.0}, {"weight": 3.0}):
        with pytest.raises(InputError):
            Iterate(Looked(), **wrong)


def test_names_of_the_knowledge_base_lead_first() -> None:
    texts = ["Anna Reed met Tom Hale in Oslo."]
    known = frozenset({"oslo"})
    assert leads("Who met Tom Hale?", texts, ("Anna Reed",), known) == ["Oslo"]
    assert leads("Who?", texts, (), known) == ["Oslo", "Anna Reed", "Tom Hale"]


def test_drafts_compare_by_value() -> None:
    assert Draft(Query("q"), Query("q")) == Draft(Query("q"), Query("q"))
    assert hash(Iterate(Looked())) == hash(Iterate(Looked()))
    assert Iterate(Looked()).inner and Decompose(Looked()).inner
