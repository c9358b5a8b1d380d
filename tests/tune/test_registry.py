"""The registry: what an adapter's folder says, what is wrong with it, whether it is stale."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from openbook.errors import AdapterError, InputError
from openbook.testing import toy_adapter
from openbook.tune.registry import Adapter, Registry, checked, parted
from openbook.tune.stale import staleness
from openbook.types import Passage

PASSAGES = [
    Passage(f"doc{n // 2}#{n}", f"doc{n // 2}", 10 * n, 10 * n + 9, f"Rule {n} is", language="en")
    for n in range(6)
]


@dataclass
class Held:
    """A version of a knowledge base."""

    passages: Sequence[Passage]
    documents: Sequence[str] = ("doc0", "doc1", "doc2")
    version: int = 7

    def document_ids(self) -> list[str]:
        return list(self.documents)

    def passages_of(self, documents: Sequence[str]) -> Iterable[Passage]:
        return [p for p in self.passages if p.document_id in documents]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "adapters")


def test_what_a_manifest_says(registry: Registry) -> None:
    made = toy_adapter(registry.folder / "handbook", "raft", fingerprint="f00d")
    adapter = registry.get("handbook")
    assert (adapter.name, adapter.role, adapter.kind, adapter.objective) == (
        "handbook", "generator", "lora", "raft",
    )  # fmt: skip
    assert (adapter.base, adapter.base_fingerprint) == ("openbook-reader", "f00d")
    assert [one.partition("@")[0] for one in adapter.templates] == ["rag/en", "rag/ko"]
    assert adapter.version == 1
    assert adapter.score == ("F1", 0.5)
    assert adapter.outcome["peak_memory_mb"] == 800.0
    assert adapter.model == "adapter:handbook"
    assert adapter.size == sum(f.stat().st_size for f in made.iterdir())


def test_names_fitting_and_versions(registry: Registry) -> None:
    assert registry.names() == [] and registry.all() == ([], {})
    toy_adapter(registry.folder / "a", "raft")
    toy_adapter(registry.folder / "b", "qa", knowledge={"version": 4})
    toy_adapter(registry.folder / "enc", "", role="retriever", knowledge={})
    (registry.folder / ".half.x1").mkdir()
    (registry.folder / "notes.txt").write_text("")
    assert registry.names() == ["a", "b", "enc"]
    assert registry.fitting("generator", ("raft",)) == ["a"]
    assert registry.fitting("generator") == ["a", "b"]
    assert registry.fitting("retriever") == ["enc"]
    assert registry.versions() == {1, 4}


Break = Callable[[Path], object]


def edited(**keys: object) -> Break:
    def edit(folder: Path) -> None:
        file = folder / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **keys}))

    return edit


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda f: (f / "manifest.json").unlink(), "no readable manifest"),
        (lambda f: (f / "manifest.json").write_text("{"), "no readable manifest"),
        (lambda f: (f / "manifest.json").write_text("[]"), "no readable manifest"),
        (lambda f: (f / "manifest.json").write_text("{}"), "format is missing|'format'"),
        (edited(format=9), "has format 9, this openbook reads 1"),
        (edited(role="cook"), 'role "cook"'),
        (edited(base=3), "damaged"),
        (edited(knowledge={"version": "x"}), "damaged"),
        (lambda f: (f / "adapter_config.json").unlink(), "adapter_config.json is missing"),
        (lambda f: (f / "adapter_model.safetensors").unlink(), "adapter_model.* is missing"),
    ],
)
def test_a_broken_folder(registry: Registry, broken: Break, said: str) -> None:
    toy_adapter(registry.folder / "whole", "raft")
    broken(toy_adapter(registry.folder / "bad", "raft"))
    with pytest.raises(AdapterError, match=said) as raised:
        registry.get("bad")
    assert "openbook adapters remove bad" in raised.value.fix
    found, problems = registry.all()
    assert [a.name for a in found] == ["whole"]
    assert list(problems) == ["bad"]
    registry.remove("bad")
    assert registry.names() == ["whole"]
    assert [f.name for f in registry.folder.iterdir()] == ["whole"]


def test_what_is_not_there(registry: Registry) -> None:
    with pytest.raises(InputError, match="Make one: openbook tune generator"):
        registry.get("a")
    toy_adapter(registry.folder / "handbook", "raft")
    with pytest.raises(InputError, match='Did you mean "handbook"'):
        registry.get("handbok")
    with pytest.raises(InputError, match="there is no adapter"):
        registry.remove("handbok")
    for name in ("../handbook", "a/b", "", ".hidden", "a b", "-a", "a\\b"):
        with pytest.raises(InputError, match="is not a name"):
            registry.get(name)
        with pytest.raises(InputError, match="is not a name"):
            registry.remove(name)


def test_names() -> None:
    for name in ("handbook", "핸드북-2", "v1.2_b"):
        assert checked(name) == name
    assert parted("raft:핸드북-2") == ("raft", "핸드북-2")
    with pytest.raises(InputError):
        parted("raft:a:b")


# --- fresh and stale


def learner(registry: Registry, count: int = 4) -> Adapter:
    learnt = [(p, f"What is rule {n}?") for n, p in enumerate(PASSAGES[:count])]
    toy_adapter(registry.folder / "handbook", "raft", learnt=learnt)
    return registry.get("handbook")


def test_fresh_while_every_text_still_stands_in_its_document(registry: Registry) -> None:
    adapter = learner(registry)
    moved = [replace(p, id=f"{p.id}x", start=p.start + 5, end=p.end + 5) for p in PASSAGES]
    for held in (Held(PASSAGES), Held(moved)):
        found = staleness(adapter, held)
        assert not found.stale
        assert (found.learnt, found.version, found.rows) == (4, 7, ())
        assert str(found).startswith("fresh: all 4 passages")


def test_changed_and_gone(registry: Registry) -> None:
    adapter = learner(registry)
    changed = [replace(PASSAGES[0], text="Rule 0 was"), *PASSAGES[1:]]
    found = staleness(adapter, Held(changed, ["doc0", "doc2"]))
    assert [one.passage for one in found.changed] == ["doc0#0"]
    assert [one.passage for one in found.gone] == ["doc1#2", "doc1#3"]
    assert found.rows == ("r0", "r2", "r3")
    assert found.questions == ("What is rule 0?", "What is rule 2?", "What is rule 3?")
    assert found.documents == ("doc0", "doc1")
    assert str(found) == (
        "stale: of 4 passages that it learnt from, 1 changed and 2 gone; that touches 3 rows and "
        "3 questions. Run: openbook tune --refresh handbook"
    )


def test_the_same_text_in_another_document_does_not_count(registry: Registry) -> None:
    adapter = learner(registry, 1)
    elsewhere = replace(PASSAGES[0], document_id="doc9", id="doc9#0")
    found = staleness(adapter, Held([elsewhere], ["doc0", "doc9"]))
    assert [one.passage for one in found.changed] == ["doc0#0"]


def test_without_a_knowledge_base_all_is_gone(registry: Registry) -> None:
    assert len(staleness(learner(registry), None).gone) == 4


def test_an_adapter_that_does_not_say(registry: Registry) -> None:
    adapter = learner(registry)
    (adapter.folder / "learnt.jsonl").unlink()
    found = staleness(adapter, Held(PASSAGES))
    assert found.learnt is None and not found.stale
    assert "does not say" in str(found)


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"passage": 1}', '{"passage":"a","document":'
                         '"b","text":"c","rows":"r1"}'])  # fmt: skip
def test_a_damaged_list(registry: Registry, line: str) -> None:
    adapter = learner(registry)
    (adapter.folder / "learnt.jsonl").write_text(line + "\n")
    with pytest.raises(AdapterError, match=r"learnt\.jsonl: cannot be read"):
        staleness(adapter, Held(PASSAGES))
