"""Words of a text as measures of overlap count them: no Hangul is lost.

Latin words and numbers in lower case; a run of Hangul is cut at the borders of its morphemes
(Kiwi), so that ``연차는`` and ``연차를`` share a token; other scripts by letter. Nothing but
punctuation and spaces is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from openbook.text.terms import LONGEST_RUN, tagged

_TOKEN = re.compile(
    rf"([가-힣]{{1,{LONGEST_RUN}}})|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|\d+|[^\W\d_가-힣]+"
)


def tokens(text: str) -> list[str]:
    """Tokens in order.

    >>> tokens("연차는 15일, Paid leave.")
    ['연차', '는', '15', '일', 'paid', 'leave']
    """
    found: list[str] = []
    for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text).lower()):
        found += _morphemes(match[1]) if match[1] else [match[0]]
    return found


@lru_cache(maxsize=65536)
def _morphemes(run: str) -> tuple[str, ...]:
    """A run of Hangul in pieces, cut wherever a morpheme begins or ends."""
    cuts = {0, len(run)}
    for _, start, length in tagged(run):
        cuts |= {min(start, len(run)), min(start + length, len(run))}
    return tuple(run[a:b] for a, b in pairwise(sorted(cuts)))
