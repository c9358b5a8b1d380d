"""Kinds of answers, and where in a sentence something of a kind stands.

The kinds are coarse (a date, an amount, a name), found by patterns for Korean and English.
They say what *could* answer, not what does.
"""

from __future__ import annotations

import re
from functools import lru_cache

KINDS = (
    "time",
    "clock",
    "weekday",
    "duration",
    "number",
    "money",
    "percent",
    "measure",
    "contact",
    "reason",
    "manner",
    "definition",
    "negation",
    "person",
    "role",
    "place",
    "name",
)

_MONTH = (  # capital, for "may" and "march" are verbs
    r"(?-i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_ONES = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    r"fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety)"
)
_BIG = r"(?:hundred|thousand|million|billion|trillion|dozen)"
_FIGURE = r"\d+(?:[.,]\d+)*"
_EN = rf"(?:{_FIGURE}(?:[ -]{_BIG})?|(?:an? )?{_BIG}s?|{_ONES}(?:[- ]{_ONES})?(?: {_BIG})?|half)"
_KO_NATIVE = r"(?:한두|두세|서너|하나|한|두|둘|세|셋|석|네|넷|넉|다섯|여섯|일곱|여덟|아홉|열(?:한|두|세|네|다섯)?|스무|스물|서른|마흔|쉰)"
_KO = rf"(?:{_FIGURE} ?(?:[십백천만억조]+ ?(?:\d+)?)*|{_KO_NATIVE}|[일이삼사오육칠팔구십백천만억]{{1,6}})"
_SPAN_EN = r"(?:seconds?|minutes?|hours?|(?:working |business |calendar )?days?|weeks?|months?|years?|decades?|centur(?:y|ies)|nights?)"
_SPAN_KO = r"(?:초|분|시간|영업일|근무일|일|주일|주|개월|달|년|학기|박|세기|분기)"
_UNIT = (
    r"(?:k?m²|k?m2|[kcmn]?m|k?g|mg|t|[mk]?l|km/h|mph|feet|foot|ft|inch(?:es)?|miles?|yards?|"
    r"acres?|tons?|tonnes?|pounds?|lbs?|[kmgt]?b|[kmgt]?hz|[km]?w|kwh|mah|v|a|°c|℃|°f|°|"
    r"degrees?|met(?:er|re)s?|kilomet(?:er|re)s?|square (?:miles?|feet|kilomet(?:er|re)s?)|lux|db|ppm)"
)
_UNIT_KO = r"(?:미터|킬로미터|센티미터|센티|킬로그램|그램|톤|리터|평|제곱미터|도|기가바이트|메가바이트|와트|볼트|킬로|헥타르|마일|피트)"
_KO_COUNT = (
    r"(?:명|인|개국|개|가지|곳|대|번|회|차례|권|편|장|건|살|세|위|층|호|배|척|마리|팀|점|골|종|석|쪽|자리|글자|단계|시|조|항|기|군데|그루|병|잔|켤레|벌|줄|"
    r"채|석|분|판|표|등|급|차|호실|개소|인치)"
)

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("contact", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|www\.\S+"),
    ("contact", r"(?:\+?\d{1,3}[ -])?\(?\d{2,4}\)?[ -]\d{3,4}[ -]\d{3,4}|(?:내선|ext(?:ension|\.)?) ?(?:번호 ?)?\d{2,5}|#[a-z가-힣][\w-]+"),
    ("money", rf"(?:[$€£¥₩]|(?:USD|EUR|GBP|KRW|US\$) ?) ?{_FIGURE}(?: ?{_BIG})?|{_EN} ?(?:dollars?|euros?|pounds?|cents?|won|yen|USD|EUR|KRW|GBP)\b"),
    ("money", rf"{_KO} ?(?:여 ?)?(?:원|달러|유로|엔|위안|파운드|프랑|센트)(?![가-힣]*(?:소|칙|인|래|장))"),
    ("percent", rf"{_FIGURE} ?(?:%|％|퍼센트|프로|percent(?:age)?\b|per cent)|\d+분의 ?\d+"),
    ("clock", r"\d{1,2}:\d{2}(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\b\.?|(?:오전|오후|새벽|저녁|밤|정오|자정) ?(?:\d{1,2}시(?: ?\d{1,2}분| ?반)?)?|\d{1,2}시(?: ?\d{1,2}분| ?반)?(?!간)|\b(?:noon|midnight)\b"),
    ("time", rf"(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?)?\b{_MONTH}\b\.?(?: \d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,? (?:1\d|20)\d\d\b)?"),
    ("time", r"\b(?:1\d|20)\d\d(?:s\b|[-–./]\d{1,2}[-–./]\d{1,2})?(?!\d|[,.]\d)|\b\d{1,4} ?(?:BCE?|AD|CE)\b|\b\d{1,2}(?:st|nd|rd|th) century"),
    ("time", rf"(?:기원전 ?)?\d{{1,4}}년(?:대|도)?(?!간| ?이상| ?이내| ?동안)(?: ?\d{{1,2}}월)?(?: ?\d{{1,2}}일)?|\d{{1,2}}월(?: ?\d{{1,2}}일| ?말| ?초| ?중순)?|\d{{1,2}}세기|(?:매주 ?|매월 ?|매년 ?|분기 ?)?[월화수목금토일]요일|매[월주년일](?= )|{_DAY}|(?:매월|매달|다음 ?달|당월|익월) ?\d{{1,2}}일"),
    ("weekday", rf"\b{_DAY}\b|[월화수목금토일]요일|평일|주말|\b(?:weekdays?|weekends?)\b"),
    ("duration", rf"{_EN}[ -]{_SPAN_EN}\b"),
    ("duration", rf"(?<!월 )(?<!월)(?!\d{{4}}년)(?<![\d.,]){_KO} ?{_SPAN_KO}(?= ?(?:이내|안|간|동안|이상|이하|까지|전|후|뒤|만에|째|한도|미만|초과|마다|에|의|을|를|이|은|는|로|입|[,.;)]|$|\s))|이틀|사흘|나흘|닷새|엿새|이레|열흘|보름|하루|일주일|반년|반나절"),
    ("measure", rf"{_FIGURE}(?: ?{_BIG})? ?{_UNIT}(?![\w가-힣])|{_FIGURE} ?{_UNIT}(?=[가-힣])|{_KO} ?{_UNIT_KO}"),
    ("number", rf"(?:약 ?)?{_KO} ?(?:여 ?)?{_KO_COUNT}|제?\d+(?:차|호|조|항|위|번째)"),
    ("number", rf"\b{_EN}\b|\b(?:first|second|third|fourth|fifth|once|twice)\b|\d+(?:st|nd|rd|th)\b|{_FIGURE}"),
    ("reason", r"\b(?:because|due to|since|so that|in order to|owing to|thanks to|as a result|therefore|reasons?|to avoid|to prevent|caused)\b|때문|[아어여]서(?= )|므로|위해|위하여|따라서|으로 인해|이유|원인|덕분|까닭"),
    ("manner", r"\b(?:by \w+ing|using|through|via|with the|click|choose|select|press|open|write to|go to|send|contact|submit|fill)\b|[하고르누으]여 |통해|통하여|방법|방식|이용해|사용해|[으]?로써|눌러|누르|누릅|고릅|선택|클릭|신청합|제출|접수"),
    ("definition", r"\b(?:is|are|was|were|means?|refers? to|known as|called|defined as)\b|이란|란 |[이]?라고? ?(?:하|한|부르|불)|이다|입니다|뜻|의미|말한다|말합니다|일컫|가리키"),
    ("negation", r"\b(?:not|no|never|cannot|can't|don't|doesn't|isn't|won't|without|unless)\b|않|없|못|아니|불가|금지|제외"),
)  # fmt: skip

_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)

_CAPITAL = re.compile(
    r"(?<![\w.])(?:[A-Z][\w'’&.-]*[\w]|[A-Z])(?:(?: (?:of|the|de|von|van|der|and|for|du|la|al|bin)){0,2}"
    r" (?:[A-Z][\w'’&.-]*[\w]|[A-Z]\.?|[IVX]+\b))*"
)
_QUOTED = re.compile(r"[“‘\"'《〈「『][^”’\"'》〉」』]{1,40}[”’\"'》〉」』]")
_PERSON_KO = re.compile(
    r"[가-힣]{2,4}(?= ?(?:씨|님|매니저|팀장|실장|본부장|대표|이사|과장|부장|차장|대리|선임|책임|교수|박사|대통령|총리|장관|의원|감독|선수|기자|작가|왕|황제|장군|목사|신부|회장|사장|배우|가수|시장|지사|후보|위원장)(?:님)?(?:이|가|은|는|을|를|에게|께|의|와|과|한테|로|이며|이다)?(?:[ ,.()·;]|$))"
)
_PERSON_ROLE = re.compile(
    r"\b(?:manager|director|officer|head|lead|team|agent|supervisor|president|king|queen|emperor|"
    r"professor|dr|mr|mrs|ms|sir|saint|pope|bishop|governor|minister|engineer|owner|people|he|she)\b"
    r"|[가-힣]*(?:팀장|팀|담당자|담당|책임자|관리자|부서|실장|대표|매니저|위원회|데스크|본부|실)(?=[이가은는을를에의과와, .(]|$)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:in|at|near|from|to|of|into|on|inside|outside|around) (?:the )?[A-Z][\w'’-]+"
    r"|[가-힣A-Z0-9]+(?:시|도|군|구|동|읍|면|리|역|산|강|섬|층|실|관|공항|항구|대학교|학교|병원|공원|센터|창고|본사|지사|사업장|성|궁|사|로|길|호|주|국|나라|마을|도시|지방|지역|홈페이지|포털|화면|메뉴|채널|게시판|함)(?=(?:에서|에|의|으로|로|이|가|은|는|을|를|까지|부터|과|와)?(?:[\s,.()]|$))"
    r"|[가-힣]{2,}(?:에서|으로)(?= )"
)


_LABELS = {
    "place": "장소|위치|보관|주소|location|place|address|where|office|room",
    "role": "담당|책임|주관|승인|owner|contact|approver|who|lead",
    "person": "담당|책임자|성명|이름|owner|contact|name",
    "time": "시기|날짜|시한|기한|일정|일자|마감|when|date|deadline|due",
    "clock": "시각|시간|hours|time",
    "duration": "기간|기한|일수|유효|소요|period|duration|term|time|within",
    "number": "정원|인원|수량|개수|횟수|seats|number|quantity|quotes|people",
    "money": "금액|한도|비용|상한|단가|가격|요금|지원|amount|price|fee|limit|cost|allowance|eur|usd",
    "percent": "율|비율|rate|share|percent",
    "contact": "전화|내선|메일|연락|extension|e-?mail|phone|address",
}
_LABELLED = {
    kind: re.compile(
        rf"(?:^|; )[^:;]{{0,24}}(?:{words})[^:;]{{0,16}}: (?P<value>[^;\n]{{1,60}})", re.IGNORECASE
    )
    for kind, words in _LABELS.items()
}
"""A row's cell under a name that says of what kind it is."""

_BY_KIND: dict[str, tuple[re.Pattern[str], ...]] = {
    **{
        kind: tuple(pattern for other, pattern in _COMPILED if other == kind)
        for kind, _ in _PATTERNS
    },
    "role": (_PERSON_ROLE,),
    "place": (_PLACE,),
}


@lru_cache(maxsize=1 << 15)
def spans(text: str, kind: str) -> tuple[tuple[int, int], ...]:
    """Where something of a kind stands in a text, in order, without overlaps.

    >>> text = "Claims are paid within 14 days."
    >>> [text[a:b] for a, b in spans(text, "duration")]
    ['14 days']
    """
    if kind == "name":
        pieces = [*_QUOTED.finditer(text), *_capitals(text)]
    elif kind == "person":
        pieces = [*_PERSON_KO.finditer(text), *(m for m in _capitals(text) if _like_person(m))]
    else:
        pieces = [match for pattern in _BY_KIND[kind] for match in pattern.finditer(text)]
    label = _LABELLED.get(kind) if "; " in text else None
    cells = [match.span("value") for match in label.finditer(text)] if label else []
    return _disjoint([*cells, *(match.span() for match in pieces)])


def _capitals(text: str) -> list[re.Match[str]]:
    """Capitalised names, but not a lone word that merely opens a sentence."""
    return [
        match
        for match in _CAPITAL.finditer(text)
        if " " in match.group() or text[: match.start()].rstrip()[-1:] not in ("", *".!?\n:;")
    ]


def _like_person(match: re.Match[str]) -> bool:
    return " " in match.group() and not any(c.isdigit() for c in match.group())


def _disjoint(found: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Longest first among those that overlap."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if end > start and (not kept or start >= kept[-1][1]):
            kept.append((start, end))
    return tuple(kept)
