"""Advice before anything was measured, from what the documents are like and what is needed."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.evaluate.advise import RULES, advise, month_cost, questions_for
from openbook.evaluate.recommend import questions_needed
from openbook.evaluate.settings import Needs
from openbook.evaluate.survey import DAY, Survey, changes, leaves, survey
from openbook.evaluate.wording import texts
from openbook.knowledge.manifest import Changes, Manifest
from openbook.models.settings import ModelSettings, Settings
from openbook.types import Passage

LADDER = ("extractive", "standard", "few_shot", "naive_rag", "advanced_rag", "cascade", "raft")
HANDBOOK = Survey(
    documents=90,
    passages=500,
    characters=120_000,
    passage=240,
    languages={"ko": 60, "en": 30},
    generator="qwen",
    methods=LADDER,
)


def names(seen: Survey, needs: Needs, sort: str = "") -> list[str]:
    return [item.name for item in advise(seen, needs) if sort in ("", item.sort)]


@pytest.mark.parametrize(
    ("change", "needs", "name", "said"),
    [
        ({"documents": 0}, Needs(), "no_documents", True),
        ({}, Needs(), "no_documents", False),
        ({}, Needs(), "advanced_rag", True),
        ({"characters": 9000}, Needs(), "advanced_rag", False),
        ({"characters": 9000}, Needs(), "advanced_few", True),
        ({}, Needs(), "advanced_few", False),
        ({"characters": 9000, "languages": {"en": 9}}, Needs(), "advanced_few", False),
        (
            {"characters": 9000, "languages": {"en": 9}},
            Needs(sources_required=True),
            "advanced_few",
            True,
        ),
        (
            {"characters": 9000, "languages": {"en": 9}, "generator": "openbook-reader"},
            Needs(),
            "advanced_few",
            True,
        ),
        ({"characters": 900, "passages": 4}, Needs(), "advanced_few", False),
        ({"characters": 9000}, Needs(latency_p95_s=0.1), "advanced_few", False),
        ({"characters": 9000}, Needs(), "whole", True),
        ({"characters": 9000, "generator": "openbook-reader"}, Needs(), "whole", False),
        ({}, Needs(documents_change="daily"), "changing", True),
        ({"change": "weekly"}, Needs(), "changing", True),
        ({"change": "weekly"}, Needs(documents_change="never"), "changing", False),
        ({}, Needs(sources_required=True), "sources", True),
        ({}, Needs(training="none"), "no_training", True),
        ({"documents": 5}, Needs(), "too_few", True),
        ({"change": "yearly"}, Needs(questions_month=50_000), "train", True),
        ({"change": "yearly"}, Needs(questions_month=500), "train", False),
        ({"change": "daily"}, Needs(questions_month=50_000), "train", False),
        ({"change": "yearly"}, Needs(questions_month=50_000, training="none"), "train", False),
        ({}, Needs(least_style=0.8), "style", True),
        ({}, Needs(latency_p95_s=0.1), "quick", True),
        ({}, Needs(latency_p95_s=0.1), "naive_rag", False),
        ({}, Needs(latency_p95_s=5.0), "quick", False),
        ({"server": True}, Needs(data_may_leave=False), "kept_in", True),
        ({"server": True}, Needs(data_may_leave=False), "naive_rag", False),
        ({"languages": {"en": 9}}, Needs(), "mixed", False),
        ({}, Needs(), "mixed", True),
        ({"vectors": True}, Needs(), "mixed", False),
        ({"tables": 0.4}, Needs(), "tables", True),
        ({"clauses": 0.6}, Needs(), "clauses", True),
        ({"passages": 200_000}, Needs(), "many", True),
        ({"change": "yearly"}, Needs(), "change_unknown", False),
        ({}, Needs(), "change_unknown", True),
    ],
)
def test_each_piece_of_advice_has_its_reason(
    change: dict[str, object], needs: Needs, name: str, said: bool
) -> None:
    assert (name in names(replace(HANDBOOK, **change), needs)) is said  # type: ignore[arg-type]


def test_a_budget_that_is_too_small_leads_to_a_cascade() -> None:
    seen = replace(HANDBOOK, server=True, price=3.0)
    needs = Needs(questions_month=100_000, budget_usd_month=50.0)
    assert month_cost(seen, needs) == pytest.approx(100_000 * (300 + 5 * 240 / 3) * 3 / 1e6)
    assert {"cascade", "over_budget"} <= set(names(seen, needs))
    assert "over_budget" not in names(seen, replace(needs, budget_usd_month=500.0))


@pytest.mark.parametrize("needs", [Needs(), Needs(sources_required=True)])
def test_a_small_collection_is_compared_with_careful_retrieval_too(needs: Needs) -> None:
    """What a new user has: a few documents in two languages, and the bundled reader."""
    seen = replace(HANDBOOK, documents=8, passages=40, characters=9000, generator="openbook-reader")
    found = advise(seen, needs)
    assert "advanced_rag" in {item.method for item in found if item.sort == "try"}
    (command,) = [line for item in found for line in item.commands if "compare" in line]
    assert "--methods extractive,naive_rag,advanced_rag " in command


def test_methods_that_are_not_there_are_not_advised() -> None:
    seen = replace(HANDBOOK, methods=("extractive", "naive_rag"))
    found = advise(seen, Needs())
    assert {item.method for item in found} <= {"", "extractive", "naive_rag"}
    (command,) = [line for item in found for line in item.commands if "compare" in line]
    assert "--methods extractive,naive_rag " in command


def test_each_command_is_said_once() -> None:
    lines = [line for item in advise(HANDBOOK, Needs(least_style=0.9)) for line in item.commands]
    assert len(lines) == len(set(lines))


@given(
    st.integers(0, 300),
    st.sampled_from(["", "never", "yearly", "monthly", "weekly", "daily"]),
    st.booleans(),
    st.floats(0, 10),
    st.sampled_from(["en", "ko"]),
)
def test_there_is_always_something_to_do(
    documents: int, often: str, server: bool, latency: float, language: str
) -> None:
    seen = replace(HANDBOOK, documents=documents, server=server)
    needs = Needs(documents_change=often, latency_p95_s=latency)  # type: ignore[arg-type]
    found = advise(seen, needs, language)
    assert found
    assert all(item.text and "{" not in item.text for item in found)
    assert any(item.commands for item in found)
    if documents:
        assert found[0].name == "extractive"


def test_every_rule_has_its_sentence() -> None:
    assert {rule.name for rule in RULES} <= texts()["advise"].keys()


def test_the_count_of_questions_is_that_of_the_recommendation() -> None:
    """A fifth of the questions differ, half each way: the same formula, from values."""
    ours = ([1.0, 0.0] + [1.0] * 8) * 100
    theirs = ([0.0, 1.0] + [1.0] * 8) * 100
    assert questions_needed(ours, theirs, 0.1) == questions_for(0.1)


class Documents:
    """A knowledge base of two documents."""

    def document_ids(self) -> list[str]:
        return ["a/rates.xlsx", "a/법.md", "a/q.jsonl#1"]

    def all_passages(self) -> Iterable[Passage]:
        rows = "City: Oslo; Limit: 120\nCity: 서울; Limit: 90"
        for number, text in enumerate((rows, "제3조 연차는 15일이다.", "Plain prose: no table.")):
            yield Passage(str(number), "a/법.md", 0, len(text), text)

    def languages(self) -> dict[str, int]:
        return {"ko": 2, "en": 1}


def test_documents_are_counted() -> None:
    server = ModelSettings(kind="openai", base_url="https://models.example/v1", price_in=2.0)
    models = Settings(generator="big", available={"big": server})
    found = survey(Documents(), (), models, LADDER)
    assert (found.documents, found.passages) == (3, 3)
    assert found.formats == {"xlsx": 1, "md": 1, "jsonl": 1}
    assert (found.tables, found.clauses) == pytest.approx((1 / 3, 1 / 3))
    assert found.mixed
    assert (found.server, found.price) == (True, 2.0)
    assert survey(None, methods=LADDER).documents == 0


@pytest.mark.parametrize(
    ("kind", "url", "out"),
    [
        ("openai", "http://localhost:8000/v1", False),
        ("openai", "http://127.0.0.1:11434/v1", False),
        ("openai", "http://[::1]:80/v1", False),
        ("openai", "", True),
        ("openai", "http://localhost.evil.example/v1", True),
        ("hosted", "", True),
        ("local", "", False),
    ],
)
def test_servers_outside_are_known(kind: str, url: str, out: bool) -> None:
    assert leaves(ModelSettings(kind=kind, base_url=url)) is out  # type: ignore[arg-type]


def version(number: int, day: float, changed: int, what: str = "sync") -> Manifest:
    return Manifest(number, day * DAY, what=what, changes=Changes({"changed": changed}))


@pytest.mark.parametrize(
    ("versions", "often", "count"),
    [
        ([], "", 0),
        ([(0, 9)], "", 0),
        ([(0, 9), (1, 3)], "", 3),
        ([(0, 9), *((day, 2) for day in range(1, 15))], "daily", 28),
        ([(0, 9), (7, 1), (14, 1), (21, 1)], "weekly", 3),
        ([(0, 9), (30, 1), (61, 1)], "monthly", 2),
        ([(0, 9), (300, 1)], "yearly", 1),
        ([(0, 9), (400, 0)], "never", 0),
        ([(0, 9), (100, 0)], "", 0),
    ],
)
def test_the_history_says_how_often_documents_change(
    versions: list[tuple[float, int]], often: str, count: int
) -> None:
    history = [version(n, day, changed) for n, (day, changed) in enumerate(versions, 1)]
    assert changes(history) == (often, count)


def test_where_training_may_pay_it_is_said_how_to_come_by_an_adapter() -> None:
    found = advise(replace(HANDBOOK, change="yearly"), Needs(questions_month=50_000))
    commands = [line for item in found for line in item.commands]
    (compare,) = [line for line in commands if line.startswith("openbook compare")]
    assert "raft:handbook" in compare
    tune = "openbook tune generator --objective raft --data R.jsonl --name handbook"
    assert commands.index(tune) < commands.index(compare)
