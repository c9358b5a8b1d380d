"""Knowledge update, measured: how long until changed facts are answered, and how well.

A folder of changes holds new versions of some documents under their ids, and questions about
what changed, with the new answers:

    CHANGES/handbook/ko/leave.md       takes the place of the document handbook/ko/leave.md
    CHANGES/questions.jsonl            labelled questions about the changes

It is applied to a branch of the knowledge base; the user's own is only read. The changed
questions are asked before and after; so is a sample of the comparison's questions about
documents that did not change.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openbook.corpus.settings import Settings as CorpusSettings
from openbook.evaluate.checked import Checked, check, refuse_missing
from openbook.evaluate.compare import Asked, Comparison, drawn, makes_of
from openbook.evaluate.contestants import Contestant
from openbook.evaluate.kept import Kept, decode
from openbook.evaluate.measures import parse
from openbook.evaluate.outcome import Outcome
from openbook.evaluate.questions import read_numbered
from openbook.evaluate.spending import Meter
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.branch import (
    branch,
    changed_files,
    refuse_unknown,
    replace_files,
)
from openbook.knowledge.progress import Progress, Silence
from openbook.text.terms import analyse
from openbook.types import Encoder, Example, digest

QUESTIONS = "questions.jsonl"

LEAVE = frozenset({QUESTIONS})
"""What is no document in a folder of changes."""

UNCHANGED = 50
"""Questions about unchanged documents that are asked again, at most."""

CORRECT = "correct"
"""The measure of accuracy."""


@dataclass(frozen=True)
class Update:
    """What an update is measured with.

    Args:
        changes: the folder of changes.
        base: the knowledge base; only read.
        over: a runtime over a knowledge base, its models counted by a meter.
        contestants: the methods.
        checked: the comparison's questions.
        out: folder of the comparison; answers about the update are kept in ``out/update``.
        corpus: how files are read and split.
        encoder: makes the vectors, where the knowledge base has some.
        progress: told how far it is.
        fresh: throw away answers of an earlier run.
    """

    changes: Path
    base: KnowledgeBase
    over: Callable[[KnowledgeBase, Meter], Asked]
    contestants: Sequence[Contestant]
    checked: Checked
    out: Path
    corpus: CorpusSettings
    encoder: Encoder | None = None
    progress: Progress | None = None
    fresh: bool = False

    def check(self) -> None:
        """Refuse changes that cannot be used, before anything runs.

        Raises:
            InputError: the folder, its documents or its questions cannot be used.
        """
        refuse_unknown(self.base, changed_files(self.changes, self.corpus, LEAVE))
        file = self.changes / QUESTIONS
        numbered = read_numbered(file)
        documents = set(self.base.snapshot().document_ids())
        named = {name for example in numbered.values() for name in example.gold}
        passages = {name for name in named if name.rpartition("#")[0] in documents}
        refuse_missing(file, numbered, documents, passages)

    def measure(self, meter: Meter, seed: int = 0) -> dict[str, dict[str, Any]]:
        """For each method: ``seconds`` until the changed documents can be searched (None for a
        method that reads none: nothing reaches it without training), ``cost`` of that in US
        dollars, the accuracy on the changed facts before and after, and on the unchanged.
        """
        told = self.progress or Silence()
        sources = changed_files(self.changes, self.corpus, LEAVE)
        self.out.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix="branch-", dir=self.out))
        try:
            branched = branch(self.base, place / "kb")
            analyse(["연차", "leave"])  # what a running program has loaded
            report = replace_files(
                branched, sources, corpus=self.corpus, encoder=self.encoder, progress=told
            )
            changed = check(self.changes / QUESTIONS, branched.snapshot())
            stable = self._unchanged({*report.changed, *report.added, *report.removed}, seed)
            groups = {"changed": changed.examples, "unchanged": stable}
            before = self._accuracy("before", self.over(self.base, meter), groups, meter)
            after = self._accuracy("after", self.over(branched, meter), groups, meter)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        return {
            one.name: {
                "seconds": round(report.seconds, 3) if _reads(one) else None,
                "cost": 0.0,
                "accuracy_changed": after[one.name]["changed"],
                "accuracy_changed_before": before[one.name]["changed"],
                "accuracy_unchanged": after[one.name]["unchanged"],
                "accuracy_unchanged_before": before[one.name]["unchanged"],
                "questions_changed": len(changed.examples),
                "questions_unchanged": len(stable),
                "documents": len(report.changed) + len(report.added) + len(report.removed),
            }
            for one in self.contestants
        }

    @property
    def _digest(self) -> str:
        """What the changes are: answers about others are not taken for answers about these."""
        sources = changed_files(self.changes, self.corpus, LEAVE)
        files = [*(s.path for s in sources), self.changes / QUESTIONS]
        return digest(*(hashlib.sha256(file.read_bytes()).hexdigest() for file in files))

    def _unchanged(self, touched: set[str], seed: int) -> list[Example]:
        gold = self.checked.documents
        stable = [
            e for e in self.checked.examples if gold.get(e.id) and not touched & set(gold[e.id])
        ]
        return drawn(stable, UNCHANGED, seed)

    def _accuracy(
        self,
        when: str,
        runtime: Asked,
        groups: Mapping[str, Sequence[Example]],
        meter: Meter,
    ) -> dict[str, dict[str, float | None]]:
        """Share of right answers by method and group of questions."""
        found: dict[str, dict[str, float | None]] = {one.name: {} for one in self.contestants}
        for group, examples in groups.items():
            makes = {c.name: makes_of(c, examples, runtime) for c in self.contestants}
            folder = self.out / f"{group}-{when}-{self._digest}"
            kept = Kept(folder, makes, fresh=self.fresh)
            told = self.progress or Silence()
            Comparison(self.contestants, examples, runtime, kept, meter, told).run()
            for one in self.contestants:
                held = kept.answers[one.name]
                answered = [Outcome(e, decode(held[e.id], e.query, one.name)) for e in examples]
                found[one.name][group] = parse(CORRECT).total(answered)
        return found


def _reads(contestant: Contestant) -> bool:
    """Whether a method reads documents."""
    from openbook.evaluate.chart import place

    return place(contestant.stage)[1] > 0
