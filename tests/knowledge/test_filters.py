"""Filters as SQL agree with filters as said, on values made to break them."""

import fnmatch
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbook.errors import FilterError
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.engine import Store, Table
from openbook.knowledge.filters import condition
from openbook.knowledge.tables import passage_batch, schema
from openbook.types import Document, Filter, Passage

HARD = ["a'b", "a\\b", "%", "_", "a%b", 'q"q', "a.b", "[x]", "(", "`", "가나다", "é", ";--", "a b"]
VALUES = ["", "a", "ab", "abc", "b", "10", "9", "2.5", "2024", "2024-03-01", "2024-11-30", *HARD]
DATES = ["", "2023-12-31", "2024-03-01", "2024-03-31", "2025-01-01"]
value = st.sampled_from(VALUES)
document = st.builds(
    Document,
    id=st.uuids().map(str),
    text=st.just("text"),
    title=value,
    source=value,
    language=st.sampled_from(["", "ko", "en"]),
    date=st.sampled_from(DATES),
    metadata=st.dictionaries(st.sampled_from(["k", "k'", "부서"]), value, max_size=2).map(
        lambda found: tuple(sorted(found.items()))
    ),
)
heading = st.lists(value.filter(bool), max_size=2).map(tuple)
operator = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "~"])
wanted = st.one_of(value, st.sampled_from(["*", "a*", "*b", "a*c", "가*", "*.b", "2024*", "%*"]))


def numbers(left: str, right: str) -> bool:
    try:
        float(left), float(right)
    except ValueError:
        return False
    return True


def compare(actual: str, sign: str, asked: str, *, date: bool = False, typed: bool = False) -> bool:
    """What a condition means, written apart from the code under test."""
    if sign == "~":
        if "*" in asked:
            pattern = ".*".join(re.escape(part) for part in asked.split("*"))
            return re.fullmatch(pattern, actual, re.DOTALL) is not None
        return asked in actual
    actual_cut = actual[: len(asked)] if date and asked else actual
    if sign == "=":
        return actual_cut == asked
    if sign == "!=":
        return actual_cut != asked
    if not actual:
        return False
    left: Any = actual_cut
    right: Any = asked
    if typed and numbers(actual, asked):
        left, right = float(actual), float(asked)
    elif typed and fnmatch.fnmatch(asked, "[12]???*") and fnmatch.fnmatch(actual, "[12]???-??-??"):
        left = actual[: len(asked)]
    signs = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return signs[sign]


def meant(item: Filter, document: Document, path: tuple[str, ...]) -> bool:
    asked = unicodedata.normalize("NFC", item.value)
    if item.field == "heading":
        if item.operator == "~":
            return any(compare(part, "~", asked) for part in path)
        inside = asked in path if asked else not path
        return inside == (item.operator == "=")
    if item.field in {"id", "source", "language", "title", "date"}:
        actual = getattr(document, item.field)
        return compare(actual, item.operator, asked, date=item.field == "date")
    actual = dict(document.metadata).get(item.field, "")
    if item.operator == "~" and not actual:
        return False
    return compare(actual, item.operator, asked, typed=True)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return Store(tmp_path_factory.mktemp("filters")).create("passages", schema("passages"))


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    documents=st.lists(st.tuples(document, heading), min_size=1, max_size=6),
    filters=st.lists(
        st.tuples(
            st.sampled_from(["source", "language", "title", "date", "heading", "k", "k'", "부서"]),
            operator,
            wanted,
        ),
        min_size=1,
        max_size=2,
    ),
)
def test_sql_means_what_the_filter_says(
    table: Table,
    documents: list[tuple[Document, tuple[str, ...]]],
    filters: list[tuple[str, Any, str]],
) -> None:
    asked = tuple(
        Filter(*f)
        for f in filters
        if not (f[1] == "~" and not f[2].strip("*"))
        and not (f[0] == "heading" and f[1] in {"<", "<=", ">", ">="})
    )
    kept = {d.id: (d, path) for d, path in documents}
    rows = [
        (
            Passage(d.id, d.id, 0, 4, "text", path, None, d.title, d.source, d.language),
            d,
        )
        for d, path in kept.values()
    ]
    empty = [""] * len(rows)
    table.delete("true")
    import pyarrow as pa

    table.add(pa.Table.from_batches([passage_batch(rows, empty, empty)]))

    def values(field: str) -> list[str]:
        return sorted(
            {dict(d.metadata)[field] for d, _ in kept.values() if field in dict(d.metadata)}
        )

    found = table.read(["id"], condition(asked, values)).column(0).to_pylist()
    right = [name for name, (d, path) in kept.items() if all(meant(f, d, path) for f in asked)]
    assert sorted(found) == sorted(right), asked


@pytest.mark.parametrize(
    "item",
    [
        Filter("", "=", "x"),
        Filter("title", "~", ""),
        Filter("title", "~", "**"),
        Filter("heading", "<", "x"),
        Filter("title", "like", "x"),
    ],  # type: ignore[arg-type]
)
def test_what_cannot_be_read_is_refused(item: Filter) -> None:
    with pytest.raises(FilterError):
        condition((item,), lambda _: ())


def test_filters_apply_before_scoring(base: KnowledgeBase, docs: Path) -> None:
    for number in range(30):
        (docs / f"many{number}.md").write_text(
            "# Leave\n\nThe leave of the staff and their leave is this leave.\n", "utf-8"
        )
    base.sync([docs])
    hr = (Filter("department", "=", "HR"),)
    for snapshot, more in ((base.snapshot(filters=hr), ()), (base.snapshot(), hr)):
        rows = [row for row, _ in snapshot.lexical("words", "leav", 2, more)]
        assert {p.document_id for p in snapshot.passages(rows)} == {"docs/leave.md"}
    seen = base.snapshot(filters=hr)
    assert seen.document_ids() == ["docs/leave.md"]
    assert [d.id for d in seen.documents()] == ["docs/leave.md"]
    assert {p.document_id for p in seen.all_passages()} == {"docs/leave.md"}
    assert seen.identity != base.snapshot().identity
    assert base.snapshot(filters=(Filter("version", ">=", "3"),)).document_ids()
    assert not base.snapshot(filters=(Filter("version", ">", "3"),)).document_ids()
