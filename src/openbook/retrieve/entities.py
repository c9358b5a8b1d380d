"""Names in a question: those the knowledge base has as titles and headings, and those that
their writing shows.

Korean proper nouns are known by Kiwi's tag NNP, English ones by their capitals, titles of works
and laws by the signs around them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from openbook.knowledge.snapshot import Snapshot
from openbook.text.terms import tagged
from openbook.text.topics import ASKING, noun

LONGEST = 40
"""Characters of a title or heading that counts as a name, at most."""

WORDS = 6
"""Words of a name looked for in a question, at most."""

_TOKEN = re.compile(r"[가-힣]+|[^\W_가-힣]+(?:[-'’.&][^\W_가-힣]+)*")
_FOLD = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r"^(?:제\s?\d+(?:조|장|절|항)(?:의\s?\d+)?|\d+(?:\.\d+)*\.?|[IVX]+\.)\s*")
_SIGNED = re.compile(
    r"「([^」]{2,60})」|『([^』]{2,60})』|《([^》]{2,60})》|“([^”]{2,60})”|\"([^\"]{2,60})\""
)
_CAPITALS = re.compile(r"[A-Z][\w'’-]*(?:\s(?:(?:of|the|de|von|van|&)\s){0,2}[A-Z0-9][\w'’-]*)*")
_KNOWN: WeakKeyDictionary[Snapshot, frozenset[str]] = WeakKeyDictionary()


def folded(name: str) -> str:
    """A name without case, spaces and signs.

    >>> folded("Sick-Leave  (Korea)"), folded("제12조(출장비)")
    ('sickleavekorea', '제12조출장비')
    """
    return _FOLD.sub("", unicodedata.normalize("NFKC", name).casefold())


def known(snapshot: Snapshot) -> frozenset[str]:
    """Folded titles and headings of a knowledge base; read once for each open snapshot."""
    if snapshot not in _KNOWN:
        _KNOWN[snapshot] = frozenset(_names(snapshot.names()))
    return _KNOWN[snapshot]


def _names(labels: Iterable[str]) -> Iterable[str]:
    for label in labels:
        bare = _NUMBERED.sub("", label)
        inside = re.fullmatch(r"\((.+)\)", bare)
        name = folded(inside[1] if inside else bare)
        if 2 <= len(name) <= LONGEST and not name.isdigit() and name not in ASKING:
            yield name


def entities(question: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Names in a question as they stand there, without particles, longest where they overlap.

    Args:
        question: any text.
        names: folded names to look for beside those that their writing shows.

    >>> entities("When did Marie Curie move to Paris?")
    ['Marie Curie', 'Paris']
    >>> entities("육아휴직은 며칠인가요?", frozenset({"육아휴직"}))
    ['육아휴직']
    """
    found = [
        *_listed(question, names),
        *_signed(question),
        *_capitals(question),
        *_proper(question),
    ]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(found), key=lambda span: (span[0] - span[1], span[0])):
        if not any(a <= start and end <= b for a, b in kept):
            kept.append((start, end))
    return list(dict.fromkeys(question[start:end] for start, end in sorted(kept)))


Spans = list[tuple[int, int]]


def _listed(question: str, names: frozenset[str]) -> Spans:
    tokens = list(_TOKEN.finditer(question)) if names else []
    spans = []
    for first, token in enumerate(tokens):
        for last in tokens[first : first + WORDS]:
            for end in {last.end(), last.start() + len(_bare(last[0]))}:
                if end > last.start() and folded(question[token.start() : end]) in names:
                    spans.append((token.start(), end))
    return spans


def _bare(run: str) -> str:
    return noun(run) if "가" <= run[0] <= "힣" else run


def _signed(question: str) -> Spans:
    return [
        match.span(group)
        for match in _SIGNED.finditer(question)
        for group, text in enumerate(match.groups(), start=1)
        if text
    ]


def _capitals(question: str) -> Spans:
    """Runs of capitalised words; the first word of a question counts only in such a run."""
    spans = []
    for match in _CAPITALS.finditer(question):
        start, text = match.start(), match[0]
        first, _, rest = text.partition(" ")
        if first.lower() in ASKING:
            if not rest or not rest[0].isupper():
                continue
            start, text = start + len(first) + 1, rest
        opens = not question[:start].strip() or question[:start].rstrip()[-1] in ".?!"
        if opens and " " not in text and not text.isupper():
            continue
        if len(text) > 1:
            spans.append((start, match.end()))
    return spans


def _proper(question: str) -> Spans:
    """Korean proper nouns of two syllables and more, with the nouns that follow them."""
    spans = []
    for match in re.finditer("[가-힣]+", question):
        tags = tagged(match[0])
        at = next((n for n, (tag, _, length) in enumerate(tags) if tag == "NNP"), None)
        if at is None:
            continue
        start = end = tags[at][1]
        for tag, begin, length in tags[at:]:
            if tag not in ("NNP", "NNG", "XSN", "SL", "SN") or begin > end:
                break
            end = begin + length
        if end - start >= 2:
            spans.append((match.start() + start, match.start() + end))
    return spans
