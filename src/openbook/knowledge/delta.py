"""From what came of the files to what changes in the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openbook.knowledge.plan import Plan
from openbook.knowledge.prepare import FileOutcome, Staged
from openbook.knowledge.tables import FileRow


@dataclass(slots=True)
class Delta:
    """Ids of documents by what happens to them, and rows of files to put and to drop.

    ``left_out`` maps a prepared task's key to documents of it that must not go in, because
    another file has their id.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    put: list[FileRow] = field(default_factory=list)
    drop: list[str] = field(default_factory=list)
    left_out: dict[str, set[str]] = field(default_factory=dict)

    @property
    def replaced(self) -> list[str]:
        """Documents whose rows go."""
        return [*self.changed, *self.removed]

    @property
    def empty(self) -> bool:
        """Whether nothing changes at all."""
        return not (self.added or self.changed or self.removed or self.put or self.drop)


def together(staged: Iterable[Staged]) -> dict[str, FileOutcome]:
    """Outcomes by file, the parts of a file put together."""
    found: dict[str, FileOutcome] = {}
    for piece in staged:
        for part in piece.files:
            whole = found.setdefault(part.id, FileOutcome(part.id, part.sha256, part.size))
            whole.documents += part.documents
            whole.same += part.same
            whole.problem = whole.problem or part.problem
            whole.unread = whole.unread or part.unread
            if part.sha256 != whole.sha256:  # it changed while its parts were read
                whole.sha256 = ""
    return found


def delta(
    plan: Plan,
    staged: Sequence[Staged],
    rows: Mapping[str, FileRow],
    owners: Mapping[str, str],
) -> Delta:
    """What changes.

    Args:
        plan: what a sync found.
        staged: what was prepared, in a fixed order.
        rows: rows of all files as they were.
        owners: document id -> id of its file, as they were.
    """
    out = Delta()
    outcomes = together(staged)
    held: dict[str, set[str]] = {}
    closing = {*plan.gone, *outcomes, *(row.id for row in plan.problems)}
    for name, file in owners.items():
        if file in closing:
            held.setdefault(file, set()).add(name)
    removed = _removed(plan, outcomes, held)
    claimed = _claimed(staged, outcomes, owners, removed, out)
    out.added = [name for name in claimed if name not in owners]
    out.changed = [name for name in claimed if name in owners]
    out.removed = sorted(removed.difference(claimed))
    _files(plan, outcomes, rows, held, out)
    return out


def _removed(
    plan: Plan, outcomes: Mapping[str, FileOutcome], held: Mapping[str, set[str]]
) -> set[str]:
    removed: set[str] = set()
    for name in plan.gone:
        removed |= held.get(name, set())
    for row in plan.problems:
        if not row.documents:
            removed |= held.get(row.id, set())
    for name, outcome in outcomes.items():
        if not outcome.unread:
            removed |= held.get(name, set()).difference(outcome.documents, outcome.same)
    return removed


def _claimed(
    staged: Sequence[Staged],
    outcomes: Mapping[str, FileOutcome],
    owners: Mapping[str, str],
    removed: set[str],
    out: Delta,
) -> dict[str, str]:
    claimed: dict[str, str] = {}
    settled = {name for outcome in outcomes.values() for name in outcome.same}
    for piece in staged:
        for file in piece.files:
            for name in file.documents:
                owner = None if name in removed else owners.get(name)
                free = name not in claimed and name not in settled
                if free and owner in (None, file.id):
                    claimed[name] = file.id
                    continue
                out.left_out.setdefault(piece.key, set()).add(name)
                whole = outcomes[file.id]
                whole.documents.remove(name)
                there = claimed.get(name, owner)
                whole.problem = whole.problem or f'its document id "{name}" is already in {there}'
    return claimed


def _files(
    plan: Plan,
    outcomes: Mapping[str, FileOutcome],
    rows: Mapping[str, FileRow],
    held: Mapping[str, set[str]],
    out: Delta,
) -> None:
    wanted: dict[str, FileRow] = {}
    for source, row in plan.changed:
        came = outcomes[source.id]
        if came.unread:
            kept = len(held.get(source.id, ()))
            wanted[row.id] = replace(
                row, sha256="", recipe="", problem=came.problem, documents=kept
            )
        else:
            count = len(came.documents) + len(came.same)
            wanted[row.id] = replace(
                row, sha256=came.sha256, size=came.size, problem=came.problem, documents=count
            )
    for row in plan.problems:
        wanted[row.id] = row
    out.put = [row for name, row in wanted.items() if rows.get(name) != row]
    out.drop = [name for name in plan.gone if name in rows]
