"""The engine called directly gives what the public package gives; terms survive whole."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from openbook.errors import DamagedError
from openbook.knowledge.engine import FTS, ROW, Store, Table
from openbook.knowledge.tables import schema

TERMS = [
    "C++",
    "x-1.5",
    "휴가",
    "연차휴가일수",
    "a'b",
    '"q"',
    "w" * 3000,
    "Case",
    "case",
    "%",
    "日本",
]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    import pyarrow as pa

    kind = pa.schema({"id": pa.string(), "words": pa.string(), "end": pa.int64()})
    made = Store(tmp_path / "tables").create("t", kind)
    words = [f"{term} filler{number}" for number, term in enumerate(TERMS)]
    made.add(
        pa.Table.from_pydict(
            {
                "id": [str(n) for n in range(len(words))],
                "words": words,
                "end": list(range(len(words))),
            },
            schema=kind,
        )
    )
    made.index("words", FTS())
    return made


def test_terms_are_found_as_they_stand(table: Table) -> None:
    for number, term in enumerate(TERMS):
        hits = table.match([("words", term, 20)])[0]
        assert [row for row, _ in hits] == [number], term
    assert table.match([("words", "nothing", 5), ("words", " ", 5), ("words", "C++", 0)]) == [
        [],
        [],
        [],
    ]


def test_rows_come_by_handle_in_one_look(table: Table) -> None:
    table.delete("id = '3'")
    found = table.take([5, 3, 0], ["id", "end"])
    assert found == {0: {"id": "0", "end": 0}, 5: {"id": "5", "end": 5}}
    assert table.take([], ["id"]) == {}


def test_new_rows_are_found_and_removed_ones_are_not(table: Table) -> None:
    import pyarrow as pa

    kind = table.schema()
    table.add(pa.Table.from_pydict({"id": ["n"], "words": ["C++ new"], "end": [0]}, schema=kind))
    assert len(table.match([("words", "C++", 20)])[0]) == 2
    table.delete("id = '0'")
    for _ in range(2):
        hits = table.match([("words", "C++", 20)])[0]
        assert [v["id"] for v in table.take([hits[0][0]], ["id"]).values()] == ["n"]
        assert len(hits) == 1
        table.optimise()
    assert table.indexes()["words"][1] == 0


def test_an_iterator_that_fails_leaves_nothing(table: Table) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield from table.scan(["id", "words", "end"])
        raise KeyError("mine")

    before = table.count()
    with pytest.raises(KeyError, match="mine"):
        table.stream(table.schema(), broken())
    assert table.count() == before


def test_scans_have_handles_and_schemas_without_rows(table: Table) -> None:
    read = table.read(["id"], "id = 'none'", rows=True)
    assert read.num_rows == 0 and ROW in read.schema.names
    assert table.read(["end"], rows=True)[ROW].to_pylist() == list(range(len(TERMS)))


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(DamagedError, match="missing"):
        store.open("nothing")
    with pytest.raises(DamagedError, match="failed"):
        store.create("files", schema("files")).read(["nothing"])


PUBLIC = """
import json, sys
import lancedb
from lancedb.query import MatchQuery
table = lancedb.connect(sys.argv[1]).open_table("t")
out = {}
for term in json.loads(sys.argv[2]):
    query = table.search(MatchQuery(term, "words"), query_type="fts")
    rows = query.select(["id", "_score"]).limit(5).to_list()
    out[term] = [[row["id"], row["_score"]] for row in rows]
print(json.dumps([out, table.version, table.count_rows()]))
"""


def test_the_public_package_sees_the_same(table: Table) -> None:
    folder = str(Path(table.where).parent)
    ran = subprocess.run(
        [sys.executable, "-c", PUBLIC, folder, json.dumps(TERMS)],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs, version, count = json.loads(ran.stdout)
    assert (version, count) == (table.version, table.count())
    for term in TERMS:
        hits = table.match([("words", term, 5)])[0]
        ids = table.take([row for row, _ in hits], ["id"])
        ours = [[ids[row]["id"], score] for row, score in hits]
        assert [name for name, _ in ours] == [name for name, _ in theirs[term]]
        np.testing.assert_allclose([s for _, s in ours], [s for _, s in theirs[term]], rtol=1e-6)


ALONE = """
import sys
from openbook.knowledge.native import core
core()
assert not {"pandas", "pydantic", "lance_namespace", "lancedb.db"} & set(sys.modules)
import lancedb
assert callable(lancedb.connect)
"""


def test_the_engine_comes_alone_and_the_package_can_still_be_had() -> None:
    ran = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_importing_the_room_brings_nothing_heavy() -> None:
    heavy = "{'lancedb', 'pyarrow', 'numpy', 'pandas', 'kiwipiepy', 'torch', 'filelock'}"
    program = f"import sys, openbook.knowledge.base\nfound = {heavy} & set(sys.modules)\n"
    ran = subprocess.run(
        [sys.executable, "-c", program + "assert not found, found"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
