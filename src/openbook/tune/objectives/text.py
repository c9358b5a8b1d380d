"""Continued pre-training: read the documents on, as language.

Source: Gururangan et al., "Don't Stop Pretraining", ACL 2020 (arXiv:2004.10964). There is no
prompt; passages follow each other and are cut into blocks.
"""

from __future__ import annotations

from collections.abc import Sequence

from openbook.synthesize.rows import RaftRow
from openbook.tune.objectives import Objective
from openbook.tune.rows import Row, source
from openbook.types import Passage, Split


class Text(Objective):
    """Passages as they stand."""

    takes = (Passage, RaftRow)

    def rows(self, values: Sequence[Passage | RaftRow]) -> list[Row]:
        """Each passage once; of RAFT rows those that hold the answer."""
        found: dict[str, Row] = {}
        for value in values:
            if isinstance(value, Passage):
                found.setdefault(value.id, _row(value, "", 0))
            elif value.oracle is not None:
                passage, origin = value.passages[value.oracle], value.origin
                found.setdefault(passage.id, _row(passage, origin.split, origin.version))
        return list(found.values())


def _row(passage: Passage, split: Split, version: int) -> Row:
    return Row(
        (),
        passage.text,
        id=passage.id,
        document=passage.document_id,
        split=split,
        sources=(source(passage),),
        version=version,
    )
