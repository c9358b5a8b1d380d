from collections.abc import Iterator
from pathlib import Path

import pytest

from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.testing import HashEncoder, ToyRuntime
from openbook.types import CrossEncoder, Encoder

PAGES = {
    "refund.md": "# 환불 규정\n\n구매일로부터 14일 이내에 환불을 신청할 수 있습니다.\n",
    "subscription.md": "# 구독\n\n구독 요금은 결제 후 7일이 지나면 환불되지 않습니다.\n",
    "leave.md": "# Leave\n\nFull-time staff have 15 days of paid leave a year.\n",
    "leave-old.md": "# Leave 2023\n\nFull-time staff had 12 days of paid leave a year.\n",
    "vpn.md": "# VPN\n\nThe GlobalProtect 클라이언트를 설치하고 vpn.example.com 에 접속합니다.\n",
}


class LengthScorer:
    """A cross-encoder that likes short passages."""

    name = "length"

    def score(self, pairs):  # type: ignore[no-untyped-def]
        import numpy as np

        return np.array([-len(passage) for _, passage in pairs], np.float32)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder: Path = tmp_path_factory.mktemp("retrieve")
    source = folder / "docs"
    source.mkdir()
    for name, text in PAGES.items():
        (source / name).write_text(text, "utf-8")
    base = KnowledgeBase(folder / "kb")
    base.sync([source], encoder=HashEncoder())
    return base.snapshot()


@pytest.fixture
def runtime(snapshot: Snapshot) -> Iterator[ToyRuntime]:
    yield ToyRuntime(
        {Snapshot: snapshot, Encoder: HashEncoder(), CrossEncoder: LengthScorer()},
        snapshot=snapshot.identity,
    )
