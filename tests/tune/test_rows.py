"""Held-out documents, mixing, what was learnt from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openbook.errors import InputError
from openbook.tune.rows import Row, Source, learnt_from, mixed, parts


def rows(documents: int = 10, each: int = 3) -> list[Row]:
    return [
        Row((), f"{d}.{n}", id=f"{d}.{n}", document=f"d{d}")
        for d in range(documents)
        for n in range(each)
    ]


def test_a_seeded_tenth_of_the_documents_is_held_out() -> None:
    given = parts(rows(20), 0.1, 3)
    held = {row.document for row in given.held}
    assert len(held) == 2 and not held & {row.document for row in given.learnt}
    assert len(given.learnt) + len(given.held) == 60
    assert parts(rows(20), 0.1, 3) == given
    assert any({r.document for r in parts(rows(20), 0.1, s).held} != held for s in range(5))


def test_splits_are_followed() -> None:
    marked = [replace(r, split=("train", "dev", "test")[int(r.document[1:]) % 3]) for r in rows(9)]
    given = parts(marked, 0.1, 0)
    assert {r.split for r in given.learnt} == {"train"} and {r.split for r in given.held} == {"dev"}
    assert given.test == 9
    with pytest.raises(
        InputError, match="no row is left to learn from: of 9, 9 are of the split dev"
    ):
        parts([r for r in marked if r.split == "dev"], 0.1, 0)


def test_one_document_is_not_held_out() -> None:
    assert not parts(rows(1), 0.1, 0).held
    assert not parts(rows(9), 0.0, 0).held


def test_mixing_reaches_its_share() -> None:
    general = [Row((), f"g{n}", sources=(Source("p", "d", "t"),)) for n in range(50)]
    found = mixed(rows(9), general, 0.1, 0)
    own = [row for row in found if row.completion.startswith("g")]
    assert len(found) == 30 and len(own) == 3 and not any(row.sources for row in own)
    assert len(mixed(rows(9), general[:2], 0.5, 0)) == 29
    assert mixed(rows(9), general, 0.0, 0) == rows(9) == mixed(rows(9), [], 0.5, 0)


def test_learnt_from_has_a_line_a_passage() -> None:
    a, b = Source("p1", "d1", "h1"), Source("p2", "d1", "h2")
    found = learnt_from(
        [
            Row((), "", id="1", question="Why?", sources=(b,)),
            Row((), "", id="2", question="Who?", sources=(a, b)),
        ]
    )
    assert [(line["passage"], line["rows"]) for line in found] == [
        ("p1", ["2"]),
        ("p2", ["1", "2"]),
    ]
    assert found[1]["questions"] == ["Why?", "Who?"] and found[1]["text"] == "h2"
