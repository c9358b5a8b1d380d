"""A project of a few documents, and a way to run verbs as the shell does."""

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LEAVE = """---
title: 휴가 규정
department: 인사팀
date: 2026-01-02
---
# 휴가 규정

## 연차

정규직 직원은 매년 15일의 연차 유급휴가를 받습니다.
사용하지 않은 연차는 최대 5일까지 다음 해 3월 31일까지 이월할 수 있습니다.

## 병가

병가는 연 60일까지 사용할 수 있으며 3일 이상이면 진단서를 제출합니다.
"""

REFUND = """# Refund policy

Hardware may be returned within 30 days of delivery for a full refund.
Shipping costs of USD 12 are not refunded.

# Security

Passwords must have at least 14 characters and are changed every 180 days.
"""


@dataclass
class Result:
    """What a command printed and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[[str], Result]


@pytest.fixture
def openbook(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``openbook LINE`` in this process, through the real entry point."""
    from openbook import cli

    def run(line: str) -> Result:
        monkeypatch.setattr("sys.argv", ["openbook", *shlex.split(line)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        captured = capfd.readouterr()
        status = stopped.value.code
        return Result(status if isinstance(status, int) else 1, captured.out, captured.err)

    return run


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "휴가.md").write_text(LEAVE, "utf-8")
    (folder / "refund.md").write_text(REFUND, "utf-8")
    return folder


@pytest.fixture
def project(
    tmp_path: Path, documents: Path, openbook: Run, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A synced project; the current folder is inside it."""
    place = tmp_path / "project"
    assert openbook(f"init {place}").status == 0
    monkeypatch.chdir(place)
    assert openbook(f"sync {documents}").status == 0
    return place
