"""English sentences that state an amount, a time or a date, as questions that ask for it.

A sentence is read as subject, verb, rest; where its subject or its verb is not plain, nothing is
asked. What is asked for goes to the front with its preposition, the verb before the subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from openbook.synthesize.english_clauses import ENDS, VERBS, Clause, clause

_NUMBER = (
    r"(?:\d[\d,]*(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"fifteen|twenty|thirty|sixty|ninety)"
)
_SPAN = (
    r"(?:(?:working|business|calendar|consecutive) )?(?:second|minute|hour|day|week|month|year)s?"
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_BEFORE = (
    r"(?P<prep>(?:within|for|after|by|until|at|from|to|of|in|on|every|before|since|over|below|"
    r"above|during the first|during the last|under)\s)?"
    r"(?P<mod>(?:up to|at most|at least|about|around|no more than|more than|less than|a maximum of|"
    r"the end of)\s)?"
)
_PATTERNS = {
    "money": re.compile(
        _BEFORE + r"(?P<it>(?:(?:USD|EUR|KRW|GBP)\s|[$€£₩])\d[\d,]*(?:\.\d+)?)(?![\w,.]*\d)", re.I
    ),
    "percent": re.compile(_BEFORE + rf"(?P<it>{_NUMBER}(?:\s?%|\spercent(?!age)))(?!\w)", re.I),
    "duration": re.compile(_BEFORE + rf"(?P<it>{_NUMBER}\s(?P<unit>{_SPAN}))(?![\w'’-])", re.I),
    "date": re.compile(
        _BEFORE + rf"(?P<it>{_MONTH}\s\d{{1,2}}(?:,\s\d{{4}})?|{_MONTH}\s\d{{4}}|"
        rf"(?:19|20)\d\d)(?![\w-])"
    ),
    "clock": re.compile(_BEFORE + r"(?P<it>\d{1,2}:\d{2}|\d{1,2}\s[ap]m)(?![\w:-])", re.I),
    "number": re.compile(
        rf"(?P<prep>(?:of|to|from|in|with)\s)?(?P<mod>(?:up to|at most|at least|about|no more than|"
        rf"a maximum of)\s)?(?P<it>{_NUMBER})\s"
        r"(?P<unit>(?:[a-z-]{3,}\s)?[a-z-]{3,}s)(?![\w'’-])",
        re.I,
    ),
}
_MODIFIED = {
    "up to": "at most", "at most": "at most", "no more than": "at most",
    "a maximum of": "at most", "at least": "at least",
}  # fmt: skip


def facts(sentence: str, kinds: tuple[str, ...], known: str = "") -> Iterator[tuple[str, str]]:
    """Questions for what a sentence states of some kinds, with their answers.

    Args:
        kinds: of ``money``, ``percent``, ``duration``, ``date``, ``clock``, ``number``.
        known: text in which common words stand in lower case, as names do not.

    >>> list(facts("API version 1 will be switched off on December 1, 2025.", ("date",)))
    [('When will API version 1 be switched off?', 'December 1, 2025')]
    >>> list(facts("Inventors receive USD 600 when a patent is filed.", ("money",), "inventors"))
    [('How much do inventors receive when a patent is filed?', 'USD 600')]
    """
    read = clause(sentence, known)
    if read is None:
        return
    for kind in kinds:
        every = list(_PATTERNS[kind].finditer(read.rest))
        near = len(ENDS.split(read.rest)[0])
        found = [match for match in every if match.start() < near] or every
        if len(found) != 1 or re.match(
            r"\s(?:to|or|and)\s(?:\d|USD|EUR)", read.rest[found[0].end() :]
        ):
            continue
        text = _question(read, kind, found[0])
        answer = found[0]["it"]
        if text and _good(text, answer):
            yield text, answer


_DANGLING = re.compile(
    r"(?:^|\s)(?:a|an|the|of|to|for|by|in|on|at|than|from|and|with|until|every|only|per|last|first|"
    r"next|other|another|above|below|over|its|their|your|our|least|most|about|within|up|is|are|"
    r"approximately|roughly|around|nearly|just)$"
)
_OF = re.compile(r"\sof\s(?:the\s)?(?!its|their|your|our|a\s|an\s|any|his|her)[a-z]+")
_SPACE = re.compile(r"\s(?:ahead|earlier|later|(?:before|after)\s[^,;:(]+)(?!\w)")


def _question(read: Clause, kind: str, match: re.Match[str]) -> str:
    before, after = read.rest[: match.start()].rstrip(), read.rest[match.end() :]
    mod = (match["mod"] or "").strip().lower()
    if (
        ENDS.search(before + " ")
        or " that " in before
        or (_DANGLING.search(before) and before != "last")
    ):
        return ""
    front = _front(kind, match, before, read)
    if not front:
        return ""
    if kind == "date":
        after = re.sub(r"^\sof\s(?:the\s)?\w+(?:\syear)?", "", after)
    moved = ""
    spaced = None if match["prep"] else _SPACE.match(after)
    if kind in ("duration", "percent") and (of := _OF.match(after) or spaced):
        moved, after = of[0], after[of.end() :]
    stop = ENDS.search(after)
    if stop and stop[0].strip() in ("and", "or") and after[: stop.start()].strip():
        return ""
    after = (after[: stop.start()] if stop else after).strip()
    if after.startswith(("of its", "of their", "'", "’")):
        return ""
    words = [front + moved, read.auxiliary, read.subject, before, _MODIFIED.get(mod, ""), after]
    return " ".join(part for part in words if part) + "?"


_WHEN = {
    "on": "When", "in": "When", "until": "Until when", "by": "By when", "from": "From when",
    "before": "Before what date", "since": "Since when",
}  # fmt: skip
_CLOCK = {
    word: f"{word.capitalize()} what time"
    for word in ("at", "by", "until", "before", "after", "from")
}


def _front(kind: str, match: re.Match[str], before: str, read: Clause) -> str:
    """The words that ask, at the beginning of a question; empty where none fit."""
    prep, mod = ((match[name] or "").strip().lower() for name in ("prep", "mod"))
    wide = mod in ("more than", "less than", "the end of") or (mod and prep == "every")
    if wide or prep == "of":
        return ""
    if kind == "duration":
        return _lasting(match, prep, before, read)
    if kind == "number":
        timed = re.search(_SPAN + "$", match["unit"])
        near = before in VERBS and read.auxiliary in ("do", "does", "may", "can", "must")
        return f"How many {match['unit']}" if near and not prep and not timed else ""
    if kind in ("date", "clock"):
        return (_WHEN if kind == "date" else _CLOCK).get(prep, "")
    noun = "amount" if kind == "money" else "percentage"
    if prep:
        return f"{prep.capitalize()} what {noun}"
    return "How much" if kind == "money" else "What percentage"


def _lasting(match: re.Match[str], prep: str, before: str, read: Clause) -> str:
    unit = match["unit"].lower()
    unit = unit if unit.endswith("s") else unit + "s"
    if prep == "every":
        return "How often"
    if prep in ("for", "over"):
        return "For how long"
    if prep:
        place = {"in": "within"}.get(prep, prep)
        known = ("within", "after", "before", "during the first", "during the last")
        return f"{place.capitalize()} how many {unit}" if place in known else ""
    if before in ("last", "take", "remain") or (not before and read.auxiliary in ("is", "was")):
        return "How long"
    return f"How many {unit}"


def _good(text: str, answer: str) -> bool:
    words = text.split(" ")
    return 5 <= len(words) <= 24 and answer.lower() not in text.lower() and '"' not in text
