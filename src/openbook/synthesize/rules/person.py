"""Sentences that say who holds a role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from openbook.synthesize.asked import Asked
from openbook.synthesize.korean import particle
from openbook.synthesize.sentences import prose
from openbook.types import Passage

_NAME = r"(?P<who>[A-Z][a-z]+(?:-[A-Z][a-z]+)?(?: (?:van|de|der|von|la))*(?: [A-Z][\w’'-]+){1,2})"
_ROLE = (
    r"(?:Head|Director|Officer|Manager|Lead|Supervisor|President|Chief|Partner|Secretary|Engineer)"
)
_IS = re.compile(rf"^(?:The|Our) (?P<role>[^,.;]{{4,60}}?) is {_NAME}(?= \(|[,.]|$)")
_APPOSED = re.compile(
    rf"(?:^|\. ){_NAME}, (?P<role>(?:[A-Z][\w]+ ){{0,3}}{_ROLE}(?: [a-z]+ [A-Z]\w+)?),"
)
_AFTER = re.compile(
    rf"the (?P<role>(?:[A-Za-z]+ ){{0,3}}{_ROLE}(?: of [A-Z]\w+)?), {_NAME}(?=[,.;])", re.I
)
_KO = re.compile(
    r"^(?P<role>[^,.]{4,40}?)(?:은|는) (?:[가-힣A-Za-z]{1,12}"
    r"(?:팀장|실장|부장|본부장|대표|이사|담당|매니저|팀|실)? )?"
    r"(?P<who>[가-힣]{3})(?: (?:팀장|실장|이사|대표|본부장|매니저|부장|님))?"
    r"(?:입니다|이다|이 맡는다|이 맡습니다)"
)
_SURNAME = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구나민진지엄채원천방공현함변염여추도석선설마길위표명기반왕금옥육인맹제모탁국어은편"
)
_ROLE_KO = re.compile(
    r"(?:책임자|담당자|담당|대표|실장|팀장|위원장|관리자|지휘자|감독자|의장|문의처)$"
)


def ask(passages: Sequence[Passage]) -> Iterator[Asked]:
    """Who is the X?"""
    for passage, sentence, language in prose(passages):
        if language == "ko":
            found = _KO.match(sentence)
            if found and found["who"][0] in _SURNAME and _ROLE_KO.search(found["role"]):
                yield Asked(
                    f"{particle(found['role'], '은')} 누구인가요?",
                    (found["who"],), passage, sentence,
                )  # fmt: skip
            continue
        for pattern in (_IS, _APPOSED, _AFTER):
            if english := pattern.search(sentence):
                role = english["role"]
                yield Asked(f"Who is the {role}?", (english["who"],), passage, sentence)
                break
