import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.errors import InputError, ModelError
from openbook.retrieve.listwise import Listwise, permutation, spans
from openbook.testing import FakeLM, ToyRuntime
from openbook.types import LM, Hit, Passage, Prompt, Query, Ranking

QUESTIONS = {"en": "How many days of leave?", "ko": "휴가는 며칠인가요?"}


def ranking(count: int, question: str = QUESTIONS["en"]) -> Ranking:
    passages = [
        Passage(f"d#{n:02}", "d", 10 * n, 10 * n + 9, f"value {n:03}") for n in range(count)
    ]
    return Ranking(Query(question), tuple(Hit(p, 1.0 - n / 100) for n, p in enumerate(passages)))


def by_value(prompt: Prompt) -> str:
    """A model that reads well: the largest value first."""
    shown = re.findall(r'<passage id="(\d+)">\nvalue (\d+)', prompt[-1].content)
    best = sorted(shown, key=lambda one: -int(one[1]))
    return " > ".join(f"[{number}]" for number, _ in best)


def ids(found: Ranking) -> list[str]:
    return [hit.evidence.id for hit in found.hits]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_best_of_the_bottom_reaches_the_top(language: str) -> None:
    runtime = ToyRuntime({LM: FakeLM(by_value)})
    (found,) = runtime.run(
        Listwise(k=3, window=4, step=2, depth=9), [ranking(9, QUESTIONS[language])]
    )
    assert ids(found)[:2] == ["d#08", "d#07"]
    assert [hit.score for hit in found.hits] == [1.0, 1 / 2, 1 / 3]
    why = dict(found.hits[0].why)
    assert why["listwise windows"] == 4
    assert why["listwise missing"] == 0


def test_the_prompt_is_in_the_language_of_the_question() -> None:
    model = FakeLM(by_value)
    batch = [ranking(3, QUESTIONS["ko"]), ranking(3)]
    ToyRuntime({LM: model}).run(Listwise(window=4, step=2), batch)
    korean, english = model.seen
    assert "늘어놓습니다" in korean[0].content
    assert "You order" in english[0].content


@pytest.mark.parametrize(
    ("text", "order", "missing"),
    [
        ("[3] > [1] > [2]", [2, 0, 1], 0),
        ("[2]>[2]>[7]>[0]", [1, 0, 2], 2),
        ("순서: 3, 1", [2, 0, 1], 1),
        ("The answer is 15.5 days", [0, 1, 2], 3),
        ("", [0, 1, 2], 3),
    ],
)
def test_what_a_model_leaves_out_keeps_its_order_and_is_counted(
    text: str, order: list[int], missing: int
) -> None:
    assert permutation(text, 3) == (order, missing)


@given(st.text(max_size=80), st.integers(1, 12))
def test_any_text_gives_a_permutation(text: str, count: int) -> None:
    order, missing = permutation(text, count)
    assert sorted(order) == list(range(count))
    assert 0 <= missing <= count


@given(st.integers(0, 60), st.integers(1, 12), st.data())
def test_windows_cover_everything_and_overlap(count: int, window: int, data: st.DataObject) -> None:
    step = data.draw(st.integers(1, window))
    found = spans(count, window, step)
    if count < 2:
        assert found == []
        return
    assert found[-1][0] == 0
    assert found[0][1] == count
    assert {n for a, b in found for n in range(a, b)} == set(range(count))
    assert all(0 < b - a <= window for a, b in found)


@given(st.integers(0, 15), st.integers(1, 6), st.integers(1, 8), st.text(max_size=30))
def test_hits_are_some_of_those_given_each_once(
    count: int, k: int, window: int, reply: str
) -> None:
    given_one = ranking(count)
    stage = Listwise(k=k, window=window, step=max(1, window // 2), depth=10)
    (found,) = ToyRuntime({LM: FakeLM(lambda prompt: reply)}).run(stage, [given_one])
    assert len(found.hits) == min(k, count, 10)
    assert len(set(ids(found))) == len(found.hits)
    assert set(ids(found)) <= set(ids(given_one)[:10])
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)


class Narrow(FakeLM):
    """A model whose window is small."""

    def room(self, max_tokens: int) -> int:
        return self.fits  # type: ignore[attr-defined,no-any-return]

    def length(self, prompt: Prompt) -> int:
        return sum(len(message.content) for message in prompt)


def test_passages_are_cut_to_fit_the_window() -> None:
    long = [Passage(f"d#{n}", "d", 0, 4000, "word " * 800) for n in range(4)]
    asked = Ranking(Query("word?"), tuple(Hit(p, 1.0) for p in long))
    model = Narrow(lambda prompt: "[2] > [1]")
    model.fits = 2_000  # type: ignore[attr-defined]
    (found,) = ToyRuntime({LM: model}).run(Listwise(k=4), [asked])
    assert ids(found) == ["d#1", "d#0", "d#2", "d#3"]
    assert model.length(model.seen[-1]) <= 2_000
    model.fits = 200  # type: ignore[attr-defined]
    with pytest.raises(ModelError, match="do not fit"):
        ToyRuntime({LM: model}).run(Listwise(k=4), [asked])


def test_a_step_beyond_the_window_is_refused() -> None:
    with pytest.raises(InputError, match="longer than window"):
        Listwise(window=4, step=5)
