"""House style as a user shows it: examples of answers, phrases that must and must not stand.

A settings file (TOML):

    examples = ["연차는 15일입니다.", "..."]     # answers as the house writes them
    forbidden = ["아마도"]                        # phrases that no answer may hold
    required = ["담당 부서"]                      # phrases that every answer should hold

or a text file with examples alone, parted by blank lines (or by lines of ``---``, where an
example has blank lines of its own). JSON is refused: its braces and keys are not prose.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from openbook.errors import InputError, nearest
from openbook.text.sentences import sentences
from openbook.text.terms import tagged

KEYS = ("examples", "forbidden", "required")

JSON = (".json", ".jsonl", ".ndjson")
"""Endings of files that are not read as prose."""

ENDINGS = (
    ("합쇼체", r"(?:니다|니까|시오|시다)$"),
    ("해요체", r"(?:요|죠)$"),
    ("해라체", r"(?:다|냐|는가|자|라|마|노라)$"),
    ("해체", r""),
)
"""Levels of Korean speech by the final ending of a sentence, the first that fits. A sentence
that ends in a nominalised verb (``부여함``) is 명사형, one that ends in a noun or a particle
명사. Levels as in Sohn, The Korean Language (1999), section 9.3; the two nominal styles of
notices and tables are levels of their own here.
"""

MARKS = (
    ("bullets", r"(?m)^\s*[-*•·▪]\s+\S"),
    ("numbered", r"(?m)^\s*(?:\d{1,2}[.)]|[①-⑳]|\(\d{1,2}\))\s*\S"),
    ("heading", r"(?m)^\s*#{1,6}\s+\S"),
    ("bold", r"\*\*\S[^*\n]*\*\*"),
    ("table", r"(?m)^\s*\|.*\|\s*$"),
    ("code", r"`[^`\n]+`"),
    ("link", r"https?://\S+"),
    ("emoji", r"[\U0001F300-\U0001FAFF\u2600-\u27BF]"),
    ("exclamation", r"!"),
    ("question", r"\?"),
    ("contraction", r"(?i)\b\w+(?:n['’]t|['’](?:re|ve|ll|m|d|s))\b"),
    ("first person", r"(?i)\b(?:I|my|we|our|us)\b|저희|저는|제가|우리|당사"),
    ("second person", r"(?i)\b(?:you|your)\b|귀하|고객님|여러분|당신"),
    ("greeting", r"(?i)\b(?:hello|hi|dear|thank you|thanks|please)\b|안녕하|감사합니다|부탁"),
)
"""Marks of format and register; what counts is how often examples have one."""

FINAL_M = 16
"""Number of the final consonant ㅁ in a precomposed syllable (Unicode, section 3.12)."""

_ENDINGS = tuple((name, re.compile(pattern)) for name, pattern in ENDINGS)
_MARKS = tuple((name, re.compile(pattern)) for name, pattern in MARKS)
_LAST = re.compile(r"([가-힣]{1,40})(?:\s*\([^)]*\))?[\s.!?…。~\"'”’)\]」』》*]*$")


@dataclass(frozen=True)
class Style:
    """A house style.

    Args:
        examples: answers as the house writes them.
        forbidden: phrases that no answer may hold.
        required: phrases that every answer should hold.
    """

    examples: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    @classmethod
    def read(cls, file: Path) -> Style:
        """A style from a settings file or a text with examples.

        Raises:
            InputError: the file cannot be read, is JSON, has an unknown key, or says nothing.
        """
        try:
            text = file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise InputError(
                f"cannot be read ({why})", where=str(file), fix="Name a text or TOML file."
            ) from error
        if file.suffix.lower() in JSON or _is_json(text):
            raise InputError(
                "is JSON, not prose",
                where=str(file),
                fix="Give answers as text, parted by blank lines, or TOML with examples = [...].",
            )
        made = _from_toml(text, file) if file.suffix.lower() == ".toml" else cls(_examples(text))
        if not (made.examples or made.forbidden or made.required):
            raise InputError(
                "says nothing about style", where=str(file), fix="Give at least one example."
            )
        return made

    def agreement(self, text: str) -> dict[str, float]:
        """Agreement of an answer with this style by aspect, each in [0, 1]; aspects about which
        the style says nothing are left out.

        ``length``: 1 within the shortest and longest tenth of the examples, else the ratio to
        the nearer of the two. ``endings``: overlap of the levels of speech of the sentences with
        those of all examples (Korean). ``stops``: overlap of how sentences stop. ``marks``: for
        each mark of format or register, how common it is in the examples to have it (or not)
        as the answer does, against the commoner of the two; the mean. ``forbidden``: 0 where
        such a phrase stands. ``required``: share of the phrases that stand.
        """
        found: dict[str, float] = {}
        if self.examples:
            found["length"] = _length(text, self.examples)
            found["stops"] = _overlap(_stops([text]), _stops(self.examples))
            found["marks"] = _marks(text, self.examples)
            ours, theirs = levels([text]), levels(self.examples)
            if ours and theirs:
                found["endings"] = _overlap(ours, theirs)
        plain = _plain(text)
        if self.forbidden:
            found["forbidden"] = float(not any(_plain(p) in plain for p in self.forbidden))
        if self.required:
            held = sum(_plain(phrase) in plain for phrase in self.required)
            found["required"] = held / len(self.required)
        return found

    def score(self, text: str) -> float:
        """Agreement in [0, 1]: the mean of the aspects, but 0 where a forbidden phrase stands."""
        aspects = self.agreement(text)
        if aspects.pop("forbidden", 1.0) == 0.0:
            return 0.0
        return sum(aspects.values()) / len(aspects) if aspects else 1.0

    def aspects(self, texts: Sequence[str]) -> dict[str, float]:
        """Mean agreement of several answers by aspect, each in [0, 1]."""
        found: dict[str, list[float]] = {}
        for text in texts:
            for name, value in self.agreement(text).items():
                found.setdefault(name, []).append(value)
        return {name: sum(values) / len(values) for name, values in found.items()}


def _from_toml(text: str, file: Path) -> Style:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is not TOML: {error}", where=str(file)) from error
    for key, value in read.items():
        if key not in KEYS:
            raise InputError(
                f'there is no key "{key}" in a style', where=str(file), fix=nearest(key, KEYS)
            )
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise InputError(
                f"{key} is not a list of texts",
                where=str(file),
                fix=f'Write {key} = ["...", "..."].',
            )
    return Style(**{key: tuple(value) for key, value in read.items()})


def _is_json(text: str) -> bool:
    """Whether a text is a JSON object or list, or begins with a line that is an object."""
    begun = text.lstrip()
    if not begun.startswith(("{", "[")):
        return False
    for part, kinds in ((begun, (dict, list)), (begun.split("\n", 1)[0], (dict,))):
        try:
            if isinstance(json.loads(part), kinds):
                return True
        except (ValueError, RecursionError):
            continue
    return False


def _examples(text: str) -> tuple[str, ...]:
    ruled = re.search(r"(?m)^---\s*$", text)
    parts = re.split(r"(?m)^---\s*$" if ruled else r"\n\s*\n", text)
    return tuple(part.strip() for part in parts if part.strip())


def level(sentence: str) -> str:
    """Level of speech of a Korean sentence by its end; empty for one that does not end in
    Hangul.

    >>> [level(s) for s in ("15일입니다.", "15일이에요!", "15일이다.", "15일 부여함", "5일까지")]
    ['합쇼체', '해요체', '해라체', '명사형', '명사']
    """
    last = _LAST.search(sentence)
    if last is None:
        return ""
    run = last[1]
    tag = tagged(run)[-1][0]
    if tag == "ETN" or (tag in ("EF", "EC") and (ord(run[-1]) - 0xAC00) % 28 == FINAL_M):
        return "명사형"
    if tag in ("EF", "EC") or run.endswith("요"):
        return next(name for name, end in _ENDINGS if end.search(run))
    return "명사"


def levels(texts: Sequence[str]) -> Counter[str]:
    """How many Korean sentences of some texts are of each level."""
    return Counter(found for text in texts for one in _split(text) if (found := level(one)))


def _split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


def _stops(texts: Sequence[str]) -> Counter[str]:
    """How sentences stop: the mark after the last word, or none."""
    found: Counter[str] = Counter()
    for text in texts:
        for one in _split(text):
            last = one.rstrip(" \"'”’)]」』》*")[-1:]
            found[last if last in ".!?…。:~" else ""] += 1
    return found


def _overlap(ours: Counter[str], theirs: Counter[str]) -> float:
    """Shared part of two distributions, against the most that a text of as many sentences as
    ours could share: the commonest ways alone are full agreement.
    """
    n, m = sum(ours.values()), sum(theirs.values())
    if not n or not m:
        return float(n == m)
    shared = sum(min(ours[key] / n, theirs[key] / m) for key in ours)
    return min(1.0, shared / _reachable(n, theirs, m))


def _reachable(n: int, theirs: Counter[str], m: int) -> float:
    """The most that ``n`` sentences can share with a distribution: each goes where most of it
    is still to be covered.
    """
    left = {key: count / m for key, count in theirs.items()}
    shared = 0.0
    for _ in range(n):
        key = max(left, key=lambda k: (min(left[k], 1 / n), k))
        taken = min(left[key], 1 / n)
        shared, left[key] = shared + taken, left[key] - taken
    return max(shared, 1e-9)


def _length(text: str, examples: Sequence[str]) -> float:
    lengths = sorted(len(example.strip()) for example in examples)
    edge = len(lengths) // 10
    low, high = lengths[edge], lengths[-1 - edge]
    size = len(text.strip())
    if size < low:
        return size / low
    return min(1.0, high / size) if size else 1.0


@lru_cache(maxsize=32)
def _shares(examples: tuple[str, ...]) -> dict[str, float]:
    """Share of the examples that have each mark."""
    return {
        name: sum(bool(mark.search(example)) for example in examples) / len(examples)
        for name, mark in _MARKS
    }


def _marks(text: str, examples: Sequence[str]) -> float:
    """Mean over the marks. Those that neither has are left out, so that they cannot hide the
    others; without any other, the agreement is 1.
    """
    shares, scores = _shares(tuple(examples)), []
    for name, mark in _MARKS:
        share, has = shares[name], bool(mark.search(text))
        if share or has:
            scores.append((share if has else 1 - share) / max(share, 1 - share))
    return sum(scores) / len(scores) if scores else 1.0


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
