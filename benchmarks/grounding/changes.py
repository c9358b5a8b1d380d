"""A correct claim made wrong in one place, or respelled so that it stays right.

The rules here share no code with the ones that are measured.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from claims_of import Claim

MONTHS = (
    "January February March April May June July August September October November December".split()
)
_NUMBER = re.compile(
    r"(?<![\w.,/-])\d{1,3}(?:,\d{3})+(?![\d,])|(?<![\w.,/-])\d+(?:\.\d+)?(?![\d.,]\d|[\w/-]*\d)"
)
_WORDS = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty".split(),
        (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30),
        strict=True,
    )
)
_DATE_EN = re.compile(rf"\b({'|'.join(MONTHS)})\b(?: (\d{{1,2}}))?(?:,? (\d{{4}}))?")
_DATE_KO = re.compile(r"(?:(\d{4})년 ?)?(\d{1,2})월(?: ?(\d{1,2})일)?")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_OFFICE = re.compile(
    r"[가-힣]{2,8}(?:부장관|처장|청장|위원회|시장|도지사|공단|법원|구청장)(?=[은는이가을를에의과와,. ])"
)


def number(claim: Claim, rng: random.Random) -> str:
    """One number replaced by another one, sometimes by one of the same paragraph."""
    spots = [m for m in _NUMBER.finditer(claim.text) if not _in_date(claim, m.start())]
    if not spots:
        return _spelled(claim, rng)
    spot = rng.choice(spots)
    other = _other_number(spot[0], rng)
    near = [n for n in _NUMBER.findall(claim.evidence) if n not in claim.text]
    if near and rng.random() < 0.5:
        other = rng.choice(near)
    return claim.text[: spot.start()] + other + claim.text[spot.end() :]


def _other_number(text: str, rng: random.Random) -> str:
    digits = [at for at, char in enumerate(text) if char.isdigit()]
    at = rng.choice(digits)
    choices = [d for d in "0123456789" if d != text[at] and not (at == 0 and d == "0")]
    return text[:at] + rng.choice(choices) + text[at + 1 :]


def _spelled(claim: Claim, rng: random.Random) -> str:
    spots = [m for m in re.finditer(r"\b[a-z]+\b", claim.text) if m[0] in _WORDS]
    if claim.language != "en" or not spots:
        return ""
    spot = rng.choice(spots)
    other = rng.choice([word for word in _WORDS if word != spot[0]])
    return claim.text[: spot.start()] + other + claim.text[spot.end() :]


def _in_date(claim: Claim, at: int) -> bool:
    pattern = _DATE_KO if claim.language == "ko" else _DATE_EN
    return any(m.start() <= at < m.end() for m in pattern.finditer(claim.text))


def date(claim: Claim, rng: random.Random) -> str:
    """One part of a date replaced: the month, the day, or the year."""
    spots = [m for m in (_DATE_KO if claim.language == "ko" else _DATE_EN).finditer(claim.text)]
    if claim.language == "en":
        spots = [m for m in spots if m[1] != "May" or m[2] or m[3]]
    if not spots:
        return ""
    spot = rng.choice(spots)
    part = rng.choice([group for group in (1, 2, 3) if spot[group]])
    old = spot[part]
    if old in MONTHS:
        new = rng.choice([month for month in MONTHS if month != old])
    elif len(old) == 4:
        new = str(int(old) + rng.choice((-20, -3, -1, 1, 2, 10)))
    else:
        most = 12 if claim.language == "ko" and part == 2 else 28
        new = str(rng.choice([n for n in range(1, most + 1) if n != int(old)]))
    return claim.text[: spot.start(part)] + new + claim.text[spot.end(part) :]


def name(claim: Claim, pool: Sequence[str], rng: random.Random) -> str:
    """A name replaced by one from elsewhere: what was asked for, else one within the sentence."""
    if claim.answer:
        return (
            _put(claim, rng.choice(pool)) if pool and _names(claim.answer, claim.language) else ""
        )
    pattern = _OFFICE if claim.language == "ko" else _NAME
    spots = [m for m in pattern.finditer(claim.text)]
    others = [p for p in pool if p not in claim.evidence]
    if not spots or not others:
        return ""
    spot = rng.choice(spots)
    return claim.text[: spot.start()] + rng.choice(others) + claim.text[spot.end() :]


def other_answer(claim: Claim, rng: random.Random) -> str:
    """What was asked for, replaced by what answers another question of its kind, from the same
    paragraph: every word of it stands there."""
    others = [o for o in claim.others if o not in claim.text and claim.answer not in o]
    return _put(claim, rng.choice(others)) if others else ""


def _put(claim: Claim, other: str) -> str:
    if claim.text.count(claim.answer) != 1 or other in claim.text:
        return ""
    return claim.text.replace(claim.answer, other)


def _names(text: str, language: str) -> bool:
    if any(char.isdigit() for char in text):
        return False
    return language == "ko" or bool(re.match(r"(?:the )?[A-Z]", text))


def names_of(claims: Sequence[Claim], language: str) -> list[str]:
    """Names to put in others' place: answers that are names, or names within sentences."""
    pattern = _OFFICE if language == "ko" else _NAME
    plain = {word for claim in claims for word in re.findall(r"\b[a-z]+\b", claim.evidence)}
    found = []
    for claim in claims:
        if claim.answer and _names(claim.answer, language) and len(claim.answer) <= 20:
            found.append(claim.answer)
        elif not claim.answer:
            found += pattern.findall(claim.text)
    return sorted(name for name in set(found) if name.lower() not in plain)


_AUX = re.compile(
    r"\b(is|are|was|were|can|will|may|must|has|had|could|should|would)\b(?! not| n't|n't)"
)
_DENIALS_KO = (
    (r"할 수 있다\.", "할 수 없다."), (r"할 수 없다\.", "할 수 있다."),
    (r"할 수 있습니다\.", "할 수 없습니다."), (r"할 수 없습니다\.", "할 수 있습니다."),
    (r"하지 아니한다\.", "한다."), (r"하지 않는다\.", "한다."), (r"되지 않습니다\.", "됩니다."),
    (r"(?<=[가-힣])하여야 한다\.", "하지 아니한다."), (r"해야 합니다\.", "하지 않습니다."),
    (r"(?<=[가-힣])한다\.", "하지 않는다."), (r"(?<=[가-힣])합니다\.", "하지 않습니다."),
    (r"(?<=[가-힣])된다\.", "되지 않는다."), (r"(?<=[가-힣])됩니다\.", "되지 않습니다."),
    (r"(?<=[가-힣])하였다\.", "하지 않았다."), (r"(?<=[가-힣])했다\.", "하지 않았다."),
    (r"(?<=[가-힣])되었다\.", "되지 않았다."), (r"이었다\.", "이 아니었다."),
    (r"이다\.", "이 아니다."), (r"입니다\.", "이 아닙니다."), (r"(?<= )있다\.", "없다."), (r"(?<= )없다\.", "있다."),
)  # fmt: skip


def negation(claim: Claim, rng: random.Random) -> str:
    """A ``not`` put in or taken out, or a Korean ending turned round."""
    if claim.language == "ko":
        for pattern, other in _DENIALS_KO:
            if re.search(pattern + "$", claim.text):
                return re.sub(pattern + "$", other, claim.text)
        return ""
    if match := re.search(
        r"\b(is|are|was|were|can|will|may|must|has|had|could|should|would)( not|not)\b ?",
        claim.text,
    ):
        return claim.text[: match.end(1)] + " " + claim.text[match.end() :]
    if match := _AUX.search(claim.text):
        return claim.text[: match.end()] + " not" + claim.text[match.end() :]
    return ""


def respelled(claim: Claim, rng: random.Random) -> str:
    """The same claim with a number or a date written another way; it stays right."""
    text = claim.text
    if claim.language == "ko":
        text = re.sub(
            r"(\d{4})년 (\d{1,2})월 (\d{1,2})일",
            lambda m: f"{m[1]}-{int(m[2]):02d}-{int(m[3]):02d}",
            text,
        )
        text = re.sub(r"(?<![\d,.만억])(\d{1,4})만 ?원", lambda m: f"{int(m[1]) * 10000:,}원", text)
        text = re.sub(r"(?<![\d,.])(\d{1,3}),000원", lambda m: f"{m[1]}천원", text)
    else:
        text = re.sub(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}}), (\d{{4}})", r"\2 \1 \3", text)
        for word, value in _WORDS.items():
            big = "hundred|thousand|million|billion|dozen"
            text = re.sub(rf"(?<= ){word}(?= (?!{big})[a-z])", str(value), text)
        text = re.sub(r"(?<![\d,.$])(\d{1,3}),(\d{3})(?![\d,])", r"\1\2", text)
    return text if text != claim.text else ""
