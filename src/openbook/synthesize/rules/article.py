"""Headings of statutes and contracts, ``제5조(정의)``: which article settles what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from openbook.synthesize.asked import Asked, scope
from openbook.types import Passage

_ARTICLE = re.compile(r"(?P<number>제\d+조(?:의\d+)?)\s?[(（](?P<name>[^()（）]{4,30})[)）]")
_USUAL = re.compile(
    r"^(?:목적|정의|벌칙|과태료|적용 ?범위|권한의 위임|준용)$|"
    r"시행|다른 법|경과 ?조치|적용례|특례|개정|폐지|삭제"
)
"""Headings that most laws have, and those of supplementary provisions, which count anew."""


def ask(passages: Sequence[Passage]) -> Iterator[Asked]:
    """Which article of a law is about what its heading says."""
    seen: set[str] = set()
    for passage in passages:
        law = scope(passage)
        for line in passage.text.splitlines()[:3]:
            found = _ARTICLE.match(line.strip().lstrip("#* "))
            if not found or not law or found["name"] in seen or _USUAL.search(found["name"]):
                continue
            seen.add(found["name"])
            yield Asked(
                f"「{law}」에서 ‘{found['name']}’에 관한 조항은 제 몇 조인가요?",
                (found["number"],), passage, found[0],
            )  # fmt: skip
