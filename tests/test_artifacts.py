"""Atomic files and content-addressed folders."""

import multiprocessing
import os
import tempfile
from pathlib import Path

import pytest

from openbook.artifacts import build, canonical, manifest, usual_modes, write_atomic


def test_built_once_and_found_again(tmp_path: Path) -> None:
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "x.txt").write_text("x")

    first = build(tmp_path, "thing", {"a": 1, "b": "가"}, make)
    again = build(tmp_path, "thing", {"b": "가", "a": 1}, make)
    other = build(tmp_path, "thing", {"a": 2, "b": "가"}, make)
    assert first == again != other
    assert len(made) == 2
    assert manifest(first) == {"a": 1, "b": "가"}
    assert (first / "x.txt").read_text() == "x"


def test_failure_leaves_nothing(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        build(tmp_path, "thing", {}, make)
    assert list((tmp_path / "thing").iterdir()) == []


def test_write_atomic_replaces_whole_files(tmp_path: Path) -> None:
    file = tmp_path / "f"
    write_atomic(file, "old")
    write_atomic(file, b"new")
    assert file.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def _race(root: str) -> str:
    return str(build(Path(root), "thing", {"a": 1}, lambda f: (f / "x").write_text("x") and None))


def test_two_builders_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        places = set(pool.map(_race, [str(tmp_path)] * 6))
    assert len(places) == 1
    assert [p.name for p in (tmp_path / "thing").iterdir()] == [Path(places.pop()).name]


def test_canonical_is_order_free() -> None:
    assert canonical({"b": [1], "a": {"d": 1, "c": 2}}) == canonical(
        {"a": {"c": 2, "d": 1}, "b": [1]}
    )


def test_a_written_file_may_be_read_as_any_new_file_may(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    write_atomic(tmp_path / "atomic", "x")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_usual_modes_are_those_of_new_files(tmp_path: Path) -> None:
    closed = Path(tempfile.mkdtemp(dir=tmp_path))
    (closed / "inner").mkdir(0o700)
    file = closed / "inner" / "weights"
    file.touch(0o600)
    before = os.umask(0o027)
    try:
        usual_modes(closed)
    finally:
        os.umask(before)
    assert [p.stat().st_mode & 0o777 for p in (closed, closed / "inner", file)] == [
        0o750, 0o750, 0o640,
    ]  # fmt: skip
    assert [p.name for p in closed.iterdir()] == ["inner"]
