"""The algebra: chaining, wiring errors, discovery of methods."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from openbook.errors import InputError, WiringError
from openbook.stage import Chain, Runtime, Stage, methods, sections
from openbook.testing import ToyRuntime
from openbook.types import Answer, Query, Ranking


@dataclass(frozen=True)
class Shout(Stage[Query, Query]):
    mark: str = "!"

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Query]:
        return [Query(query.text.upper() + self.mark, query.id) for query in batch]


@dataclass(frozen=True)
class Nothing(Stage[Query, Ranking]):
    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Ranking]:
        return [Ranking(query) for query in batch]


@dataclass(frozen=True)
class Silent(Stage[Ranking, Answer]):
    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Answer]:
        return [Answer("abstained", "nothing", ranking.query) for ranking in batch]


@dataclass(frozen=True)
class Both(Stage[Query, Ranking]):
    stages: tuple[Stage[Query, Ranking], ...]
    extra: Stage[Query, Ranking] | None = None


def test_chain_runs_in_order_and_flattens() -> None:
    left = (Shout() >> Shout("?")) >> Nothing()
    right = Shout() >> (Shout("?") >> Nothing())
    assert left == right
    assert hash(left) == hash(right)
    (ranking,) = left.run([Query("a", "1")], ToyRuntime())
    assert ranking.query.text == "A!?"


def test_mis_wired_chain_says_which_stages() -> None:
    with pytest.raises(WiringError, match="nothing gives a Ranking, but shout takes a Query"):
        Nothing() >> Shout()  # type: ignore[operator]


def test_types_come_from_the_declaration() -> None:
    assert (Shout.takes, Shout.gives) == (Query, Query)
    chain = Shout() >> Nothing() >> Silent()
    assert chain.ends == (Query, Answer)
    assert repr(chain) == "Shout(mark='!') >> Nothing() >> Silent()"
    assert isinstance(chain, Chain)


def test_inner_stages_are_found_in_tuples_and_fields() -> None:
    assert Both((Nothing(), Nothing()), Nothing()).inner == (Nothing(),) * 3
    assert Shout().inner == ()


def test_default_stream_gives_the_final_value_alone() -> None:
    chain = Shout() >> Nothing() >> Silent()
    (answer,) = list(chain.stream(Query("a"), ToyRuntime()))
    assert isinstance(answer, Answer)
    assert answer.query.text == "A!"


def test_package_methods_are_documented() -> None:
    found = methods()
    assert {"extractive", "naive_rag"} <= set(found)
    for item in found.values():
        about = dict(item.about)
        assert item.summary
        assert set(about) == {"Adds to", "Idea", "Source", "Cost", "Fails when"}, item.name
        assert item.parent in {"", *found}
        needed = {"adapter": "handbook"} if item.objectives else {}
        stage = item(**needed)
        assert stage == item(**needed)
        assert hash(stage) == hash(item(**needed))


def test_a_file_in_the_folder_is_a_method(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        '"""Mine.\n\nIdea: none."""\n'
        "from openbook.stage import method\n"
        "from openbook.methods.extractive import extractive\n"
        "@method(parent='extractive')\n"
        "def mine(k: int = 3):\n"
        "    return extractive(k=k)\n"
    )
    found = methods(tmp_path)["mine"]
    assert (found.name, found.parent, found.summary) == ("mine", "extractive", "Mine")
    assert dict(found.about) == {"Idea": "none."}
    with pytest.raises(InputError, match=r'no parameter "kk".*Did you mean "k"'):
        found(kk=2)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("broken.py", "def x(:", "SyntaxError"),
        ("empty.py", "x = 1", "defines 0 methods"),
        ("absent.py", "import not_there_at_all", "ModuleNotFoundError"),
    ],
)
def test_a_bad_method_file_is_named_when_it_is_asked_for(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)
    found = methods(tmp_path)
    assert "extractive" in found and message in found[name.removesuffix(".py")].summary
    found["extractive"]()
    with pytest.raises(InputError, match=message) as caught:
        found[name.removesuffix(".py")](k=2)
    assert name in str(caught.value)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "extractive.py").write_text("")
    with pytest.raises(InputError, match="already a method"):
        methods(tmp_path)


def test_sections_of_a_docstring() -> None:
    text = "Title.\n\nAdds to:  a\nCost:   one\n        pass.\n\nOther text.\nFails when it rains."
    assert sections(text) == {"Adds to": "a", "Cost": "one pass.", "Fails when": "it rains."}
