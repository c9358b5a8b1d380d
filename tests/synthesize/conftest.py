"""A small knowledge base in two languages: tables, sentences, definitions, questions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.synthesize.make import Made, Order, make
from openbook.synthesize.shelf import Shelf
from openbook.synthesize.splits import shares
from openbook.testing import ToyRuntime

PAGES = {
    "휴가.md": """# 휴가 규정

## 연차

사용하지 않은 연차는 최대 5일까지 다음 해로 이월할 수 있습니다.
연차 신청은 사용일 3일 전까지 합니다.

## 병가

병가는 연간 60일까지 쓸 수 있으며, 진단서는 복귀한 날부터 7일 이내에 냅니다.
""",
    "대여.md": """# 장비 대여 안내

| 장비 | 보관 장소 | 대여 기간 | 담당자 |
|---|---|---|---|
| 빔프로젝터 | 7층 비품실 | 최장 3일 | 배정민 |
| 미러리스 카메라 | 8층 홍보팀 | 최장 7일 | 유채린 |
| 열화상 카메라 | C동 시험실 | 최장 5일 | 이하람 |

장비를 잃어버리면 24시간 안에 총무팀에 신고합니다.
""",
    "개인정보.md": """# 개인정보 처리 지침

접속 기록은 2년 동안 보관하며 매월 점검합니다.
국내 고객의 개인정보 보호책임자는 법무팀장 임하율입니다.

파기 대장이란 파기한 문서의 이름과 날짜를 적는 장부를 말한다.

보유 기간이 끝난 정보는 매월 첫째 월요일에 자동으로 지웁니다.
""",
    "보안.md": """# 정보보안 규정

로그인에 다섯 번 연속 실패하면 계정이 잠기며 30분이 지나면 저절로 풀린다.
출입 기록은 1년 동안 보관한다.

비밀번호는 180일마다 바꾸어야 한다.
""",
    "refund.md": """# Refund policy

You may return any device within 30 days of delivery for a full refund.

An annual plan can be cancelled within 14 days of payment. Return shipping costs USD 12.
""",
    "plans.md": """# Medical plans

| Plan | Monthly cost | Deductible | Out-of-pocket maximum |
|---|---|---|---|
| Summit PPO | USD 62 | USD 750 | USD 4,000 |
| Prairie HMO | USD 38 | USD 500 | USD 3,500 |
| Cascade HSA | USD 21 | USD 2,200 | USD 5,500 |

New joiners choose a plan within 45 days of the start date.
""",
    "release.md": """# Cloud release notes

API version 1 will be switched off on December 1, 2025.
The legacy bridge is supported until March 2026.

The Team plan keeps 400 days of logs.
""",
    "faq.md": """# Questions about the monitor

## How do I connect a new Soom A3?

Hold the button on the back for four seconds until the ring pulses white.

## Does the Soom A3 work without the internet?

Yes. The device stores up to 10 days of measurements and uploads them later.

## How often does the Soom A3 measure?

Every 30 seconds on mains power and every five minutes on battery.
""",
    "conduct.md": """# Code of conduct

A decision can be appealed to the ethics panel within 20 days. The panel has five members.

The Data Protection Officer is Femke Aalders. Gifts above EUR 40 are returned with thanks.
""",
}


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder: Path = tmp_path_factory.mktemp("synthesize")
    source = folder / "docs"
    source.mkdir()
    for name, text in PAGES.items():
        (source / name).write_text(text, "utf-8")
    base = KnowledgeBase(folder / "kb")
    base.sync([source])
    return base.snapshot()


@pytest.fixture(scope="session")
def shelf(snapshot: Snapshot) -> Shelf:
    return Shelf.of(snapshot.all_passages(), snapshot.version)


@pytest.fixture
def runtime(snapshot: Snapshot) -> Iterator[ToyRuntime]:
    yield ToyRuntime({Snapshot: snapshot}, snapshot=snapshot.identity)


@pytest.fixture(scope="session")
def made(snapshot: Snapshot, shelf: Shelf) -> Made:
    """Thirty questions, a fifth of them without an answer."""
    runtime = ToyRuntime({Snapshot: snapshot}, snapshot=snapshot.identity)
    return make(shelf, runtime, Order(30, parts=shares("train=0.6,test=0.4")))
