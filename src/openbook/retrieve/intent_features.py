"""What an intent classifier reads: the form of a question, and how well passages cover it.

The form is in hashed counts. Words that name things are masked (``w``, ``W`` where capitalised),
so that "the director of W" is one pattern whatever the film; of Korean words the endings and
particles count most, which stand in their last syllables.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from zlib import crc32

from openbook.text import overlap
from openbook.text.stems import STOP_WORDS, stem
from openbook.types import Ranking

BINS = 1 << 13
"""Hashed features of a question's form."""

COMMON = 3.0
"""Rarity below which an English word is shown to the classifier unmasked in patterns."""

SCOPE = (
    "covered by the best passage",
    "covered by the best of three",
    "covered by five together",
    "rare terms covered by the best passage",
    "rare terms covered by five together",
    "rarest term that five lack",
    "BM25 a term",
    "fall of BM25 from first to fifth",
    "no passage found",
    "questions of few terms",
)
"""What is read of a ranking, see :func:`scope`; all but the rarest term lie in [0, 1]."""

READ = 5
"""Passages of a ranking that are read."""

_TOKEN = re.compile(r"[가-힣]+|[^\W\d_가-힣]+(?:['’][^\W\d_가-힣]+)?|\d+|[?!]")
_HANGUL = re.compile("[가-힣]")
_ASKS_KO = re.compile(r"누구|누가|언제|어디|무엇|뭐|뭔|며칠|얼마|몇|어떻게|어떤|어느|무슨|왜")
_ASKS_EN = re.compile(r"\b(?:who|whom|whose|what|when|where|which|why|how)\b", re.IGNORECASE)
_COUNTS = {
    "of": re.compile(r"\bof\b"),
    "'s": re.compile(r"['’]s\b"),
    "의": re.compile(r"[가-힣]의(?=\s)"),
    "and": re.compile(r"\b(?:and|or)\b|[가-힣](?:와|과|랑|하고)(?=\s)"),
    "who": re.compile(r"(?<=\s)(?:who|whose|that|which)\b|[가-힣](?:한|된|인|던|는|은|을)(?=\s)"),
    "Name": re.compile(r"(?<=\s)[A-Z][\w'’-]*(?:\s[A-Z][\w'’-]*)*"),
    "asks": re.compile(f"{_ASKS_KO.pattern}|{_ASKS_EN.pattern}", re.IGNORECASE),
    "more": re.compile(
        r"\b(?:more|most|less|older|younger|earlier|later|first|longer|larger|higher|same|both|"
        r"either|than|between)\b|더 |먼저|나중|둘 |모두|같은|중에|가운데|차이|비교|보다"
    ),
}


def form(text: str) -> dict[int, float]:
    """Hashed counts of a question's form, its length 1 over all features.

    >>> a, b = form("Who is the director of Jaws?"), form("Who is the director of Alien?")
    >>> shared = sum(a[key] * b.get(key, 0.0) for key in a)
    >>> shared > 0.7
    True
    """
    counts: dict[int, float] = {}
    for feature in _features(unicodedata.normalize("NFKC", text)):
        key = crc32(feature.encode("utf-8", "replace")) % BINS
        counts[key] = counts.get(key, 0.0) + 1.0
    rooted = {key: math.sqrt(n) for key, n in counts.items()}
    length = math.sqrt(sum(v * v for v in rooted.values())) or 1.0
    return {key: v / length for key, v in rooted.items()}


def _features(text: str) -> Iterator[str]:
    tokens = _TOKEN.findall(text)
    shapes = ["^", *(_shape(token, at) for at, token in enumerate(tokens)), "$"]
    for size in (1, 2, 3):
        for at in range(len(shapes) - size + 1):
            yield " ".join(shapes[at : at + size])
    for token in tokens:
        if _HANGUL.match(token):
            yield from (f"~{token[-n:]}" for n in (1, 3, 4) if len(token) >= n)
            yield f"={token}"
        else:
            yield f"={token.lower()}"
    for name, pattern in _COUNTS.items():
        yield f"#{name}{min(3, len(pattern.findall(text)))}"
    yield f"#long{min(8, len(tokens) // 3)}"
    yield f"#ends{text.rstrip()[-1:]}"


def _shape(token: str, at: int) -> str:
    """A word as patterns show it: Korean by its last two syllables, English masked if rare."""
    if _HANGUL.match(token):
        return token[-2:]
    if token.isdigit():
        return "0"
    lower = token.lower().replace("’", "'")
    if lower in STOP_WORDS or overlap.rarity(stem(lower)) < COMMON or not token[0].isalpha():
        return lower
    return "W" if token[0].isupper() and at else "w"


def scope(ranking: Ranking) -> list[float]:
    """How well the first passages cover a question; one number for each of :data:`SCOPE`.

    BM25 is that of the words' field, which every ranking with a lexical part tells in ``why``. A
    term counts by how well it matches a passage and its title
    (:func:`openbook.text.overlap.places`), and by its rarity where the name says so.
    """
    terms = overlap.terms(ranking.query.text)
    hits = [hit for hit in ranking.hits[:READ] if hit.evidence in ranking.passages]
    texts = [overlap.glance(f"{h.passage.title}\n{h.passage.text}") for h in hits]
    if not texts or not terms:
        return [0.0] * 5 + [overlap.RAREST, 0.0, 0.0, 1.0, 1.0]
    found = [[overlap.places(term, text)[0] for term in terms] for text in texts]
    rare = [overlap.rarity(term.form) for term in terms]
    even = [1.0] * len(terms)
    best = [max(column) for column in zip(*found, strict=True)]
    lacking = [weight for weight, got in zip(rare, best, strict=True) if got < 0.5]
    words, last = (dict(hit.why).get("words", 0.0) for hit in (hits[0], hits[-1]))
    return [
        _share(found[0], even),
        max(_share(row, even) for row in found[:3]),
        _share(best, even),
        _share(found[0], rare),
        _share(best, rare),
        max(lacking, default=0.0),
        min(1.0, words / (10.0 * len(terms))),
        min(1.0, max(0.0, 1.0 - last / words)) if words > 0 else 0.0,
        0.0,
        1.0 / len(terms),
    ]


def _share(found: list[float], weights: list[float]) -> float:
    return sum(f * w for f, w in zip(found, weights, strict=True)) / sum(weights)
