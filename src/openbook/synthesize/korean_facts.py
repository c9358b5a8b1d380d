"""Korean sentences that state an amount, a time or a date, as questions that ask for it.

What is asked for is replaced where it stands (14일 이내 becomes 며칠 이내), in the clause that
holds it alone; the clause gets the topic of its sentence where it has none of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from openbook.synthesize.korean import agreeing, asking, particle

_COUNT = (
    r"(?:\d[\d,]*(?:\.\d+)?(?:\s?[천만억])*|하나|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|서른)"
)
_UNITS = (
    "영업일|근무일|개월|시간|퍼센트|미터|킬로미터|킬로그램|글자|자리|단계|가지|달러|유로|원|일|주|년|분|초|"
    "명|곳|개|건|회|번|대|장|점|쪽|박|권|팀|도|%|kg|km|cm|mm|ppm|GB|MB|℃|m"
)
_AFTER = (
    r"(?=\s(?:전|후|뒤|안|이내|이상|이하|미만|초과|동안|내|만에|넘|단위)|(?<=[번회])\s|\s?$|이내|이상|이하|미만|초과|까지|부터|동안|간|마다|안에|을|를|이나|이며|이고|이|가|은|는|의|에|과|와|"
    r"로|으로|도|만|씩|전|후|뒤|째|당|입니다|인)"
)
_AMOUNT = re.compile(rf"(?<![\w.,~∼-])(?P<n>{_COUNT})\s?(?P<u>{_UNITS}){_AFTER}(?!째|짜리)")
_DATE = re.compile(
    r"(?:\d{4}년 \d{1,2}월(?: \d{1,2}일)?|\d{4}년(?=[에의부까])|\d{1,2}월 \d{1,2}일|"
    r"(?:매월|매달|매년|해마다|그달|다음 달|매주) (?:(?:첫째|둘째|셋째|넷째|마지막) ?)?"
    r"(?:\d{1,2}월 \d{1,2}일|\d{1,2}일|[월화수목금토일]요일|말일)|매주 [월화수목금토일]요일|"
    r"(?:오전|오후|밤|새벽|저녁) \d{1,2}시(?: \d{1,2}분| 반)?)"
)
_WORDS = {"일": "며칠", "원": "얼마"}
_LEADING = re.compile(
    r"^(?:다만|단|또한|또|그러나|하지만|그리고|따라서|이때|이 때|이 경우|그 밖에|그래서|즉|특히|"
    r"한편|아울러|"
    r"예를 들어|보통|평소에는|(?:[-*•·]|\(?\d{1,2}[.)]|[가-하a-z][.)]|[①-⑳]))[,.]?\s+"
)
_ARTICLE = re.compile(r"^제\d+조(?:의\d+)?\s?(?:[(（][^()（）]*[)）])?\s*")
_RELATIVE = re.compile(r"각 호|각 목|같은 [조항법]|(?<![」\d조])제\d+[항호목]|전항|본문|단서")
_CLAUSES = re.compile(
    r"(?<=[가-힣])(?:(?<=[며고되나])(?<!이나)(?<!거나),|(?<=지만)(?<!까지만),?|(?<=며)|(?<=[하되이기]고)|(?<=하되))"
    r"\s+(?!있|싶|나서|나면|난|자|는|본다)"
)
_TOPIC = re.compile(r"^((?:[^\s,]+\s){0,4}[^\s,]{1,12}[가-힣A-Za-z\d)’](?:은|는))\s")
_OWN = re.compile(r"[가-힣A-Za-z\d)’](?:은|는|이|가|께서)\s")
_VAGUE = re.compile(
    r"^(?:이|그|저|해당|위|아래|이것|그것|여기|거기|이들|그들|같은|나머지|이는|이를|그중|"
    r"이 중)(?=[\s,은는이가을를])"
)
_SPEECH = re.compile(r"[“”\"!?]|라고|다는 |는다고|합니까|→|=|×|같은 |그날|그해|그달에|이에 ")
_BARE = re.compile(
    r"(?:^|\s)((?!월|연|최대|최고|최소|약|매월|매년|총|각|합계)[가-힣]*[금비료액용값])\s$"
)
_BEFORE_WORD = re.compile(r"\s(?!전|후|뒤|안|이내|이상|이하|미만|초과|동안|내|만에|넘|단위)")
_BEFORE_PHRASE = re.compile(
    r"\s(?:최대|최소|최고|최저|최장|최다|평균|기준|한도|약|총|각|\d|(?:[^\s,]+\s){0,4}?[가-힣]{2,}[은는이가]\s)"
)
SHORTEST, LONGEST = 12, 90
"""Characters of a question."""


def amounts(sentence: str) -> Iterator[tuple[str, str]]:
    """Questions for the amounts and times of a sentence, with their answers.

    >>> list(amounts("구매일로부터 14일 이내에 환불을 신청할 수 있습니다."))
    [('구매일로부터 며칠 이내에 환불을 신청할 수 있나요?', '14일')]
    """
    for clause in clauses(sentence):
        found = [m for m in _AMOUNT.finditer(clause) if not _dated(clause, m)]
        for match in found:
            if _each(clause, match):
                continue
            if len(re.findall(rf"{_COUNT}\s?{match['u']}(?![가-힣]{{2}}\d)", clause)) > 1:
                continue
            word = _WORDS.get(match["u"], f"몇 {match['u']}")
            yield from _asked(clause, match.start(), match.end(), word)


def dates(sentence: str) -> Iterator[tuple[str, str]]:
    """Questions for the dates of a sentence, with their answers.

    >>> list(dates("보유 기간이 끝난 정보는 매월 첫째 월요일에 자동으로 지웁니다."))
    [('보유 기간이 끝난 정보는 언제 자동으로 지우나요?', '매월 첫째 월요일')]
    """
    for clause in clauses(sentence):
        found = list(_DATE.finditer(clause))
        if len(found) == 1:
            match = found[0]
            clock = match[0].startswith(("오전", "오후", "밤", "새벽", "저녁"))
            tail = clause[match.end() :]
            if re.match(r"에(?:는|도)?\s", tail) and not clock:
                end = match.end() + len(re.match(r"에(?:는|도)?", tail)[0])  # type: ignore[index]
                asked = asking(f"{clause[: match.start()]}언제{clause[end:]}")
                if _good(asked, match[0]):
                    yield asked, match[0]
                continue
            yield from _asked(clause, match.start(), match.end(), "몇 시" if clock else "언제")


def clauses(sentence: str) -> list[str]:
    """The clauses of a sentence, each with the sentence's topic; empty for one that cannot be
    understood alone.
    """
    bare = _ARTICLE.sub("", re.sub(r"\s+", " ", sentence).strip())
    bare = _LEADING.sub("", _LEADING.sub("", bare))
    bare = re.sub(r"\s*[(（][^()（）]*[)）]", "", bare)
    vague = _VAGUE.search(bare) or _SPEECH.search(bare) or _RELATIVE.search(bare)
    if vague or not bare.rstrip().endswith(("다.", "다")):
        return []
    parts = [part.strip() for part in _CLAUSES.split(bare)]
    topic = _TOPIC.match(parts[0] + " ")
    kept = [parts[0]]
    for part in parts[1:]:
        kept.append(part if _OWN.search(part) or not topic else f"{topic[1]} {part}")
    return [part for part in kept if not _VAGUE.search(part)]


def _asked(clause: str, start: int, end: int, word: str) -> Iterator[tuple[str, str]]:
    before, after = clause[:start], clause[end:]
    if word == "얼마" and (bare := _BARE.search(before)) and re.match(r"[을를]\s\S+$", after):
        before = before[: bare.start(1)] + particle(bare[1], "을") + " "
        after = after[1:]  # 보상금 얼마를 주나요: 보상금을 얼마 주나요
    text = asking(before + agreeing(word, after)).replace("언제부터는", "언제부터")
    if _good(text, clause[start:end]):
        yield text, clause[start:end]


def _good(text: str, answer: str) -> bool:
    return (
        SHORTEST <= len(text) <= LONGEST
        and answer not in text
        and text.count("(") == text.count(")")
        and not re.search(r"(?:거나|든지|면서|려면)\?$|[:;]|,\s*\?", text)
        and bool(re.search(r"[가-힣](?:은|는|이|가|을|를|에|로|면|의)\s", text))
    )


def _dated(clause: str, match: re.Match[str]) -> bool:
    """Whether a number is part of a date, of a range or of a name."""
    before, after = clause[: match.start()], clause[match.end() :]
    number, unit = match["n"], match["u"]
    of_date = unit in ("일", "년", "주") and re.search(
        r"(?:월|년|매월|매달|그달|다음 달|달|매년|주에|제)\s?$", before
    )
    year = unit == "년" and re.fullmatch(r"\d{4}", number)
    of_time = unit in ("분", "초") and re.search(r"시\s?$", before)
    article = number in ("한", "하나") and unit not in ("명", "시간", "개")
    fraction = unit == "분" and re.match(r"의 \d", after)
    each = number in ("1", "한") and re.match(r"에\s|당", after)
    return bool(of_date or year or of_time or article or fraction or each) or _ranged(before, after)


def _each(clause: str, match: re.Match[str]) -> bool:
    """Whether a number of times without a particle says of what the rest holds (1회 최대 금액은)
    instead of how often something is done (매년 2회 실시한다).
    """
    after = clause[match.end() :]
    if match["u"] not in ("회", "번") or not _BEFORE_WORD.match(after):
        return False
    once = match["n"] in ("1", "한") and re.search(r"\d", after)
    return bool(once or _BEFORE_PHRASE.match(after))


def _ranged(before: str, after: str) -> bool:
    """Whether a number is one end of a range, or one of a list."""
    changed = re.search(r"바[꾸뀌]|줄|늘|올|낮", after)
    begins = re.match(r"\s?(?:부터|에서|~|∼|-|,\s?\d)", after)
    begun = r"(?:[~∼-]|\d\S*(?:\s\S+)?(?:에서|부터))\s?$"  # 구매일로부터 14일 is no range
    ends = re.search(begun, before) and not changed
    listed = re.search(r"\d\S*,\s?$|\d시간\s$", before)
    return bool(begins or ends or listed)
