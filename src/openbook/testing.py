"""Fakes and checks for tests: a runtime of given resources, a scripted language model, an
encoder of hashed words, a toy corpus, and the conformance checks that every method passes.

These stand in where a test is about something else. Tests of models use real ones.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from openbook.errors import ProjectError, WiringError
from openbook.models.prompts import template
from openbook.stage import Stage
from openbook.types import Answer, Completion, Document, Passage, Prompt, Query, Usage, digest

I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741
T = TypeVar("T")


@dataclass
class ToyRuntime:
    """A runtime over resources given by type: ``ToyRuntime({LM: FakeLM()})``."""

    resources: dict[type, Any] = field(default_factory=dict)
    snapshot: str = "toy"
    seed: int = 0
    ran: list[tuple[str, int]] = field(default_factory=list)

    def resolve(self, kind: type[T], name: str = "") -> T:
        """The resource given for a type, whatever its name."""
        if kind not in self.resources:
            raise ProjectError(f"the toy runtime has no {kind.__name__} {name!r}")
        return cast(T, self.resources[kind])

    def run(self, stage: Stage[I, O], batch: Sequence[I]) -> list[O]:
        """Run without memory, and note what ran."""
        self.ran.append((stage.label, len(batch)))
        values = stage.run(batch, self)
        if len(values) != len(batch):
            raise WiringError(f"{stage.label} returned {len(values)} values for {len(batch)}")
        return values


@dataclass
class FakeLM:
    """A language model that says what a function of the prompt says; one token a word."""

    reply: Callable[[Prompt], str] = lambda prompt: prompt[-1].content
    name: str = "fake"
    seen: list[Prompt] = field(default_factory=list)

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> list[Completion]:
        """The replies, cut to ``max_tokens`` words."""
        done = []
        for prompt in prompts:
            self.seen.append(prompt)
            start = time.perf_counter()
            text = " ".join(self.reply(prompt).split(" ")[:max_tokens])
            read = sum(self.count(message.content) for message in prompt)
            usage = Usage(read, self.count(text), time.perf_counter() - start)
            done.append(Completion(text, usage))
        return done

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The same reply, a word at a time."""
        text = self.complete([prompt], max_tokens=max_tokens)[0].text
        for index, word in enumerate(text.split(" ")):
            yield word if index == 0 else f" {word}"

    def count(self, text: str) -> int:
        """Words."""
        return len(text.split())


@dataclass
class HashEncoder:
    """Bags of words hashed into a vector: the same words, the same direction."""

    dimension: int = 64
    name: str = "hash-64"
    languages: tuple[str, ...] = ()

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors."""
        out = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                out[row, int(digest(word), 16) % self.dimension] += 1.0
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        return cast(NDArray[np.float32], out / np.maximum(norms, 1e-9))

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As passages."""
        return self.encode_passages(texts)


TOY = (
    Document(
        id="toy/leave.md",
        title="Leave",
        source="toy/leave.md",
        language="en",
        text="# Leave\n\nFull-time staff have 15 days of paid leave a year.\n\n"
        "## Carrying over\n\nUp to 5 days may be carried into March.\n",
    ),
    Document(
        id="toy/환불.md",
        title="환불 규정",
        source="toy/환불.md",
        language="ko",
        text="# 환불 규정\n\n구매일로부터 14일 이내에 환불을 신청할 수 있습니다.\n\n"
        "## 구독\n\n구독 요금은 결제 후 7일이 지나면 환불되지 않습니다.\n",
    ),
)
"""Two documents, one a language."""


def toy_adapter(
    folder: Path,
    objective: str,
    base: str = "openbook-reader",
    fingerprint: str = "",
    learnt: Sequence[tuple[Passage, str]] = (),
    **more: Any,
) -> Path:
    """A generator's adapter as a folder, complete but for weights that mean anything.

    Args:
        folder: where; its name is the adapter's.
        objective: ``qa``, ``raft``, ``text`` or ``style``; it decides the prompts.
        base: name of the model that it says it was trained on.
        fingerprint: of that model's weights; empty: not said.
        learnt: passages that it learnt from, each with its question.
        more: further keys of the manifest, or other values for them.
    """
    prompt = {"raft": "rag", "qa": "closed"}.get(objective, "")
    ids = [template(prompt, language).id for language in ("en", "ko")] if prompt else []
    manifest = {
        "format": 1,
        "role": "generator",
        "kind": "lora",
        "objective": objective,
        "base": {"name": base, "fingerprint": fingerprint},
        "templates": ids,
        "rows": len(learnt),
        "scores": {"F1": 0.5},
        "knowledge": {"version": 1},
        "outcome": {"steps": 1, "loss": 1.0, "seconds": 30.0, "peak_memory_mb": 800.0},
        "created": "2026-01-02T03:04:05Z",
        **more,
    }
    rows = [
        {
            "passage": passage.id,
            "document": passage.document_id,
            "text": digest(passage.text),
            "rows": [f"r{number}"],
            "questions": [question],
        }
        for number, (passage, question) in enumerate(learnt)
    ]
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "adapter_config.json").write_text("{}", "utf-8")
    (folder / "adapter_model.safetensors").write_bytes(b"")
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "learnt.jsonl").write_text("".join(lines), "utf-8")
    return folder


def check_method(stage: Stage[Query, Answer], runtime: Any, queries: Sequence[Query]) -> None:
    """What holds of every method: equal to its twin, hashable, one answer a query in order,
    an answer that answers has text, quotes stand in their documents, confidence in [0, 1].
    """
    assert hash(stage) == hash(stage)
    assert repr(stage)
    answers = runtime.run(stage, list(queries))
    assert [a.query.id for a in answers] == [q.id for q in queries]
    assert runtime.run(stage, []) == []
    for answer in answers:
        assert isinstance(answer, Answer)
        assert answer.text.strip()
        assert 0.0 <= answer.confidence <= 1.0
        if answer.kind == "abstained":
            assert not answer.answers
        for quote in answer.quotes:
            assert answer.ranking is not None
            passages = {p.id: p for p in answer.ranking.passages}
            passage = passages[quote.passage_id]
            begin = quote.start - passage.start
            assert passage.text[begin : begin + len(quote.text)] == quote.text
