"""English sentences taken apart: subject, verb, rest, where all three are plain."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BE = frozenset(["is", "are", "was", "were", "may", "can", "must", "will", "shall", "should"])
VERBS = frozenset(
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
ENDS = re.compile(
    r"[,;:(]|\s(?:and|but|or|so|because|although|while|which|who|where|unless|provided)\s"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A plain statement: subject, auxiliary, what follows it (with the verb's base form)."""

    subject: str
    auxiliary: str
    rest: str


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
    return None if _barred(words[0]) else _taken(words, known, late)


def _barred(first: str) -> bool:
    """Whether a sentence that begins so cannot be understood alone, or commands."""
    low = first.lower().strip(",")
    return low in _BARRED or low in VERBS or not first[:1].isalpha()


def _taken(words: list[str], known: str, late: str) -> Clause | None:
    for at, word in enumerate(words[:11]):
        low = word.lower()
        if any(sign in word for sign in ",;:") or low in _INSIDE:
            return None
        noun = words[at + 1 : at + 2] and words[at + 1].lower() in _BE
        if at and not noun and (read := _verb(low, words[at - 1].lower())):
            auxiliary, base = read
            if _doubtful(words, at):
                return None
            rest = " ".join([*([base] if base else []), *words[at + 1 :]])
            return Clause(_lowered(words[:at], known), auxiliary, _with(rest, late))
    return None


def _doubtful(words: list[str], at: int) -> bool:
    """Whether what stands before the verb may be no subject, or the verb states nothing."""
    first = words[0].lower()
    inner = any(word.lower() in ("the", "a", "your", "our") for word in words[1:at])
    return (
        words[at + 1 : at + 2] in (["been"], ["not"])
        or (at > 1 and first in ("we", "you", "they", "people"))
        or (first in ("each", "every") and inner)
        or (at == 1 and first in ("a", "the", "an", "all", "every", "each", "any"))
    )


def _with(rest: str, late: str) -> str:
    """What follows the verb, with what stood before the sentence at its end."""
    if not late:
        return rest
    stop = ENDS.search(rest)
    return rest + late if stop is None else rest[: stop.start()] + late + rest[stop.start() :]


def _verb(word: str, before: str) -> tuple[str, str] | None:
    """The auxiliary that asks with a verb, and the verb's base form where the two differ."""
    if word in _BE:
        return word, ""
    if word in _IRREGULAR and _IRREGULAR[word] in VERBS:
        return "does", _IRREGULAR[word]
    for ending, back in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending) and word[: -len(ending)] + back in VERBS:
            plural = before.endswith("s") and not before.endswith("ss")
            return None if plural else ("does", word[: -len(ending)] + back)
    if word in VERBS and (before in _PLURAL or (before.endswith("s") and len(before) > 3)):
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
