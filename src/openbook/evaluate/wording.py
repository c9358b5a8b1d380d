"""Words of reports and advice, in English and Korean, and how numbers are written.

All sentences stand in ``texts.toml``: a table for each page or part, a key for each sentence,
``[English, Korean]``. Places in braces are filled in; numbers arrive written.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from openbook.evaluate.record import Total

LANGUAGES = ("en", "ko")
MINUS = "\u2212"
"""The minus sign; a hyphen is shorter and breaks lines."""


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Mapping[str, list[str]]]:
    """All sentences: table, key, then one for each of :data:`LANGUAGES`."""
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Wording:
    """The sentences of one table in one language, and numbers as that language writes them."""

    table: str
    language: str

    def __call__(self, key: str, **values: object) -> str:
        """A sentence with its places filled in."""
        text = texts()[self.table][key][LANGUAGES.index(self.language)]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in texts().get(self.table, {})

    def label(self, measure: str) -> str:
        """A measure in words, where there are some; else its name."""
        known = texts()["measures"].get(measure)
        return known[LANGUAGES.index(self.language)] if known else measure

    def number(self, value: float, digits: int = 2) -> str:
        """A number with so many decimals.

        >>> words("report", "en").number(0.1249)
        '0.12'
        """
        text = f"{value:,.{digits}f}"
        if float(text.replace(",", "")) == 0:
            text = text.lstrip("-")
        return text.replace("-", MINUS)

    def signed(self, value: float, digits: int = 2) -> str:
        """A difference with its sign.

        >>> words("report", "en").signed(0.031)
        '+0.03'
        """
        text = self.number(value, digits)
        zero = not any(digit in text for digit in "123456789")
        return text if zero or value < 0 else f"+{text}"

    def total(self, total: Total) -> str:
        """A mean with its 95 % interval. Where all values are alike a bootstrap has no width,
        which says nothing about the next question: then that is said instead.
        """
        if total.value is None:
            return texts()["words"]["unknown"][LANGUAGES.index(self.language)]
        digits = decimals(total)
        if total.low is None or total.high is None:
            return self.number(total.value, digits)
        if total.low == total.high and total.n > 1:
            alike = texts()["words"]["alike"][LANGUAGES.index(self.language)]
            return f"{self.number(total.value, digits)} ({alike.format(n=total.n)})"
        low, high = self.number(total.low, digits), self.number(total.high, digits)
        between = texts()["words"]["between"][LANGUAGES.index(self.language)]
        said = between.format(low=low, high=high)
        return f"{self.number(total.value, digits)} ({said})"

    def seconds(self, value: float) -> str:
        """A duration in the unit that reads best, to two significant digits.

        >>> say = words("report", "en")
        >>> say.seconds(0.0204), say.seconds(1.44), say.seconds(1900), say.seconds(59.9)
        ('20 ms', '1.4 s', '32 min', '60 s')
        """
        units = texts()["words"]
        for limit, factor, key in (
            (0.9995, 1000.0, "ms"),
            (120.0, 1.0, "s"),
            (7200.0, 1 / 60, "min"),
            (math.inf, 1 / 3600, "h"),
        ):
            if abs(value) < limit:
                unit = units[key][LANGUAGES.index(self.language)]
                return f"{significant(value * factor)}{unit}"
        return self.number(value)

    def seconds_tick(self, value: float) -> str:
        """A round number of seconds, for an axis.

        >>> words("report", "en").seconds_tick(0.01), words("report", "ko").seconds_tick(10.0)
        ('10 ms', '10초')
        """
        units = texts()["words"]
        key, shown = ("ms", value * 1000) if 0 < value < 1 else ("s", value)
        return f"{shown:g}{units[key][LANGUAGES.index(self.language)]}"

    def dollars(self, value: float) -> str:
        """US dollars to two significant digits; whole cents from one dollar on.

        >>> words("report", "en").dollars(0.00153), words("report", "en").dollars(12.5)
        ('0.0015', '12.50')
        """
        return f"{value:,.2f}" if value >= 1 else significant(value)


def words(table: str, language: str) -> Wording:
    """The sentences of a table in a language; English where the language has none."""
    return Wording(table, language if language in LANGUAGES else LANGUAGES[0])


def decimals(total: Total) -> int:
    """Decimals worth showing: two, or three where the interval is narrower than 0.02."""
    if total.low is None or total.high is None:
        return 2
    return 3 if 0 < total.high - total.low < 0.02 else 2


def significant(value: float, digits: int = 2) -> str:
    """A number to so many significant digits, without an exponent.

    >>> significant(0.00149), significant(23.4), significant(0), significant(31200)
    ('0.0015', '23', '0', '31,000')
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    return f"{rounded:,.{max(0, places)}f}"
