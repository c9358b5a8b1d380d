"""Which language a text is in, from the scripts of its letters.

Script settles Korean, Japanese, Chinese, Greek and the like at once. English is told from
the other languages in Latin letters by its commonest words; only where those are silent,
and for the other languages of the Latin, Cyrillic, Arabic and Devanagari scripts, is a
statistical detector (lingua) asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

SAMPLE = 4000
"""Characters looked at. Language does not change with length; time does."""

TELLING = 24
"""Words of a text in plain Latin letters from which on the lack of any common English word
says something; titles, tables and lists of names have none either."""

_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("hangul", r"\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f"),
    ("kana", r"\u3040-\u30ff\u31f0-\u31ff"),
    ("han", r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"),
    ("latin", r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"),
    ("cyrillic", r"\u0400-\u052f"),
    ("greek", r"\u0370-\u03ff"),
    ("arabic", r"\u0600-\u06ff"),
    ("hebrew", r"\u0590-\u05ff"),
    ("devanagari", r"\u0900-\u097f"),
    ("thai", r"\u0e00-\u0e7f"),
)
_LETTERS = re.compile("|".join(f"(?P<{name}>[{chars}]+)" for name, chars in _SCRIPTS))
_SCRIPT_IS_LANGUAGE = {
    "hangul": "ko",
    "kana": "ja",
    "han": "zh",
    "greek": "el",
    "hebrew": "he",
    "thai": "th",
}
_USUAL = {"latin": "en", "cyrillic": "ru", "arabic": "ar", "devanagari": "hi"}

_WORDS = re.compile(r"[A-Za-z\u00c0-\u024f']+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENGLISH = _set(
    "the of and to in is that for was on with as it by be are from at this which or an not "
    "have has what how who when where why does do can i my you your we our if but they their "
    "will would should may must about into than there these those been were had its"
)
_OTHERS = _set(
    "der die das und ist nicht ein eine zu den mit von für auf sich dem des wie "
    "le la les et est une un des du pour dans que qui pas sur au avec ce il elle "
    "el los las y es del por con para una se lo como más pero su al "
    "il lo gli e di che non per sono della alla del un con "
    "o os as e do da dos das em não um uma para com por ao mais "
    "de het een en van niet op te dat zijn met voor aan er och att som är på av för inte "
    "og det er til ikke på jeg ja i w na z się nie to jest ve bir bu için ile"
) - _set("a i in do to on was is an as be")


_OPENING = _set("who whose what when where which why how did does")


def reads_as_english(text: str) -> bool:
    """Whether most letters are Latin and an English function word stands among the words;
    then an English model can make something of the text, whatever names it holds.

    >>> reads_as_english("Where did Sonam Gyatso die?"), reads_as_english("Wo starb er?")
    (True, False)
    """
    counts = scripts(text[:SAMPLE])
    if not counts or next(iter(counts)) != "latin":
        return False
    words = _WORDS.findall(text[:SAMPLE].lower())
    return any(word in _ENGLISH - _OTHERS or word in _OPENING for word in words)


def scripts(text: str) -> dict[str, int]:
    """Letters by script, most frequent first.

    >>> scripts("환불 refund")
    {'latin': 6, 'hangul': 2}
    """
    counts: dict[str, int] = {}
    for match in _LETTERS.finditer(text):
        name = match.lastgroup or ""
        counts[name] = counts.get(name, 0) + match.end() - match.start()
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def detect(text: str) -> str:
    """ISO 639-1 code of a text's language; ``""`` where it has no letters.

    A text counts as Korean when at least a fifth of its letters are Hangul, for Korean
    documents on technical subjects are full of Latin names; likewise Japanese and kana.

    >>> detect("연차는 며칠인가요?"), detect("How many days of leave?"), detect("1 + 1")
    ('ko', 'en', '')
    """
    sample = text[:SAMPLE]
    counts = scripts(sample)
    total = sum(counts.values())
    if not total:
        return ""
    if counts.get("hangul", 0) * 5 >= total:
        return "ko"
    if counts.get("kana", 0) * 10 >= total:
        return "ja"
    top = next(iter(counts))
    if top in _SCRIPT_IS_LANGUAGE:
        return _SCRIPT_IS_LANGUAGE[top]
    if top == "latin" and _is_english(sample):
        return "en"
    return _ask(sample) or _USUAL[top]


def _is_english(text: str) -> bool:
    """Whether common words settle for English; code and names without any count as English."""
    words = _WORDS.findall(text.lower())
    if words and words[0] in _OPENING:
        return True
    english = sum(word in _ENGLISH for word in words)
    others = sum(word in _OTHERS and word not in _ENGLISH for word in words)
    plain = text.isascii() or not re.search(r"[\u00c0-\u024f]", text)
    if english > others:
        return True
    return others == 0 and plain and (len(words) < TELLING or english > 0)


def _ask(text: str) -> str:
    """What lingua says; ``""`` where it does not know."""
    found = _detector().detect_language_of(text[:400])
    return "" if found is None else str(found.iso_code_639_1.name).lower()


@lru_cache(maxsize=1)
def _detector() -> Any:
    """The detector over the languages whose scripts tie; models load when first needed."""
    from lingua import Language, LanguageDetectorBuilder

    names = (
        "ENGLISH GERMAN FRENCH SPANISH ITALIAN PORTUGUESE DUTCH SWEDISH DANISH BOKMAL POLISH "
        "CZECH TURKISH VIETNAMESE INDONESIAN FINNISH HUNGARIAN ROMANIAN RUSSIAN UKRAINIAN "
        "BULGARIAN ARABIC PERSIAN HINDI"
    )
    languages = [getattr(Language, name) for name in names.split()]
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()
