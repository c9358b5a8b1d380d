"""English sentences that state an amount, a time or a date, as questions that ask for it.

A sentence is read as subject, verb, rest; where its subject or its verb is not plain, nothing is
asked. What is asked for goes to the front with its preposition, the verb before the subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BE = frozenset(["is", "are", "was", "were", "may", "can", "must", "will", "shall", "should"])
_VERBS = frozenset(
    [
        "last",
        "take",
        "cost",
        "receive",
        "pay",
        "add",
        "keep",
        "begin",
        "start",
        "end",
        "hold",
        "cover",
        "match",
        "vest",
        "get",
        "give",
        "need",
        "require",
        "allow",
        "apply",
        "include",
        "stay",
        "run",
        "rise",
        "contain",
        "have",
        "lapse",
        "meet",
        "review",
        "grow",
        "reach",
        "carry",
        "serve",
        "earn",
        "award",
        "grant",
        "charge",
        "refund",
        "store",
        "expire",
        "confirm",
        "spend",
        "visit",
        "present",
        "offer",
        "provide",
        "support",
        "measure",
        "weigh",
        "send",
        "close",
        "reopen",
        "travel",
        "employ",
        "complete",
        "work",
        "leave",
        "attend",
        "repeat",
        "update",
        "delete",
        "retain",
        "remain",
        "return",
        "produce",
        "choose",
        "arrive",
        "recharge",
        "renew",
        "arrange",
        "replace",
        "retry",
        "drop",
        "limit",
        "exceed",
        "sell",
        "buy",
        "answer",
    ]
)
_IRREGULAR = {"has": "have", "does": "do", "goes": "go"}
_PLURAL = frozenset(["you", "we", "people", "staff", "employees", "they", "visitors"])
_BARRED = frozenset(
    [
        "if",
        "when",
        "where",
        "while",
        "because",
        "although",
        "it",
        "this",
        "these",
        "they",
        "he",
        "she",
        "that",
        "those",
        "there",
        "after",
        "before",
        "but",
        "and",
        "or",
        "so",
        "nothing",
        "nobody",
        "no",
        "nor",
        "neither",
        "one",
        "two",
        "its",
        "their",
        "his",
        "her",
        "then",
        "however",
        "also",
        "for",
        "both",
        "either",
        "as",
        "once",
        "unless",
        "until",
        "since",
        "such",
        "another",
        "others",
        "whoever",
        "what",
        "how",
        "anything",
        "something",
        "someone",
        "somebody",
        "anyone",
        "note",
        "yes",
        "please",
        "not",
        "never",
        "only",
        "even",
        "same",
        "during",
        "in",
        "on",
        "at",
        "within",
        "for",
        "by",
        "with",
        "under",
        "to",
        "from",
        "until",
    ]
)
_INSIDE = frozenset(
    ["that", "which", "who", "whose", "whom", "if", "when", "where", "because", ",", ";", ":", "("]
)
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
        rf"a maximum of)\s)?(?P<it>{_NUMBER})\s(?P<unit>(?:[a-z-]{{3,}}\s)?[a-z-]{{3,}}s)(?![\w'’-])",
        re.I,
    ),
}
_ENDS = re.compile(
    r"[,;:(]|\s(?:and|but|or|so|because|although|while|which|who|where|unless|provided)\s"
)
_MODIFIED = {
    "up to": "at most", "at most": "at most", "no more than": "at most",
    "a maximum of": "at most", "at least": "at least",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """A plain statement: subject, auxiliary, what follows it (with the verb's base form)."""

    subject: str
    auxiliary: str
    rest: str


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
        found = list(_PATTERNS[kind].finditer(read.rest))
        if len(found) != 1 or re.match(
            r"\s(?:to|or|and)\s(?:\d|USD|EUR)", read.rest[found[0].end() :]
        ):
            continue
        text = _question(read, kind, found[0])
        answer = found[0]["it"]
        if text and _good(text, answer):
            yield text, answer


def clause(sentence: str, known: str = "") -> Clause | None:
    """A sentence taken apart; None where it is not plain."""
    bare = re.sub(r"\s*\([^()]*\)", "", re.sub(r"\s+", " ", sentence)).strip()
    bare = re.sub(r"^(?:[-*•·]|\(?\d{1,2}[.)]|[a-z]\))\s+", "", bare)
    late = ""
    if lead := re.match(r"^((?:In|On|During|At|For|Within)\s[^,.]{2,40}),\s(?=[A-Za-z])", bare):
        first, bare = lead[1], bare[lead.end() :]
        late = f" {first[0].lower()}{first[1:]}"
    if not bare.endswith(".") or re.search(r"[?!“”\"]|\.\s", bare[:-1]):
        return None
    words = bare[:-1].split(" ")
    for at, word in enumerate(words[:11]):
        low = word.lower()
        if at == 0 and (low.strip(",") in _BARRED or not word[0].isalnum() or word[0].isdigit()):
            return None
        if any(sign in word for sign in ",;:") or low in _INSIDE:
            return None
        if at == 0 and low in _VERBS:
            return None
        noun = words[at + 1 : at + 2] and words[at + 1].lower() in _BE
        if at and not noun and (read := _verb(low, words[at - 1].lower())):
            auxiliary, base = read
            if at > 1 and words[0].lower() in ("we", "you", "they", "people"):
                return None
            if words[at + 1 : at + 2] == ["been"]:
                return None
            if words[0].lower() in ("each", "every") and any(
                w.lower() in ("the", "a", "your", "our") for w in words[1:at]
            ):
                return None
            if at == 1 and words[0].lower() in ("a", "the", "an", "all", "every", "each", "any"):
                return None
            rest = " ".join([*([base] if base else []), *words[at + 1 :]])
            if auxiliary in _BE and words[at + 1 : at + 2] == ["not"]:
                return None
            return Clause(_lowered(words[:at], known), auxiliary, _with(rest, late))
    return None


def _with(rest: str, late: str) -> str:
    """What follows the verb, with what stood before the sentence at its end."""
    if not late:
        return rest
    stop = _ENDS.search(rest)
    return rest + late if stop is None else rest[: stop.start()] + late + rest[stop.start() :]


def _verb(word: str, before: str) -> tuple[str, str] | None:
    """The auxiliary that asks with a verb, and the verb's base form where the two differ."""
    if word in _BE:
        return word, ""
    if word in _IRREGULAR and _IRREGULAR[word] in _VERBS:
        return "does", _IRREGULAR[word]
    for ending, back in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending) and word[: -len(ending)] + back in _VERBS:
            plural = before.endswith("s") and not before.endswith("ss")
            return None if plural else ("does", word[: -len(ending)] + back)
    if word in _VERBS and (before in _PLURAL or (before.endswith("s") and len(before) > 3)):
        return "do", word
    return None


def _lowered(words: list[str], known: str) -> str:
    """A subject as it stands inside a sentence: in lower case, unless it begins with a name."""
    first = words[0]
    common = first.lower() in (
        "a", "an", "the", "you", "we", "every", "each", "all", "your", "our", "any",
    )  # fmt: skip
    plain = first[1:].islower() or len(first) == 1
    named = re.search(rf"[a-z,] {re.escape(first)}(?!\w)", known)
    capital = len(words) > 1 and words[1][:1].isupper()
    if common or (plain and not named and not capital):
        first = first.lower()
    return " ".join([first, *words[1:]])


_DANGLING = re.compile(
    r"(?:^|\s)(?:a|an|the|of|to|for|by|in|on|at|than|from|and|with|until|every|only|per|last|first|"
    r"next|other|another|above|below|over|its|their|your|our|least|most|about|within|up|is|are)$"
)
_OF = re.compile(r"\sof\s(?:the\s)?(?!its|their|your|our|a\s|an\s|any|his|her)[a-z]+")
_SPACE = re.compile(r"\s(?:ahead|earlier|later|(?:before|after)\s[a-z]+ing)(?!\w)")


def _question(read: Clause, kind: str, match: re.Match[str]) -> str:
    before, after = read.rest[: match.start()].rstrip(), read.rest[match.end() :]
    mod = (match["mod"] or "").strip().lower()
    if _ENDS.search(before + " ") or " that " in before or _DANGLING.search(before):
        return ""
    front = _front(kind, match, before, read)
    if not front:
        return ""
    if kind == "date":
        after = re.sub(r"^\sof\s(?:the\s)?\w+(?:\syear)?", "", after)
    moved = ""
    if kind in ("duration", "percent") and (of := _OF.match(after) or _SPACE.match(after)):
        moved, after = of[0], after[of.end() :]
    stop = _ENDS.search(after)
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
    "at": "At",
    "by": "By",
    "until": "Until",
    "before": "Before",
    "after": "After",
    "from": "From",
}


def _front(kind: str, match: re.Match[str], before: str, read: Clause) -> str:
    """The words that ask, at the beginning of a question; empty where none fit."""
    prep, mod = ((match[name] or "").strip().lower() for name in ("prep", "mod"))
    if mod in ("more than", "less than", "the end of") or (mod and prep in ("every", "of")):
        return ""
    if prep == "of":
        return ""
    if kind == "duration":
        return _lasting(match, prep, before, read)
    if kind == "number":
        timed = re.search(_SPAN + "$", match["unit"])
        near = before in _VERBS and read.auxiliary in ("do", "does", "may", "can", "must")
        return f"How many {match['unit']}" if near and not prep and not timed else ""
    if kind == "date":
        return _WHEN.get(prep, "")
    if kind == "clock":
        return f"{_CLOCK[prep]} what time" if prep in _CLOCK else ""
    amount = "How much" if kind == "money" else "What percentage"
    return (
        amount
        if not prep
        else f"{prep.capitalize()} what {'amount' if kind == 'money' else 'percentage'}"
    )


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
