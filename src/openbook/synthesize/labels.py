"""Names of columns and labels as parts of a question: which can be asked for, and how."""

from __future__ import annotations

import re

from openbook.synthesize.korean import particle

_EN = re.compile(
    r"\b(?:price|cost|limit|allowance|fee|rate|period|time|hours|date|deadline|number|extension|"
    r"e-?mail|phone|address|office|department|role|deductible|maximum|minimum|discount|purchases|"
    r"fund|duration|pay|rise|bonus|availability|region|purpose|basis|owner|capacity|seats|"
    r"floor|size|weight|term|level|version|status|type|model|location|window|retention|notice|"
    r"approver|contact|response|share|score|unit|length|range|frequency|interval|default|"
    r"temperature|colou?r|language|class|code|quantity|staff|reception|meaning|line|"
    r"manager|supervisor|room|budget|salary|title|author|country|city|premium|cover|tier|"
    r"target|depth|speed|power|voltage|battery|channel|format|extension|quota|amount|sum|"
    r"requirement|reason|cause|solution|action|result)s?\b",
    re.I,
)
_EN_NOT = re.compile(
    r"^(?:what|who|when|where|how|which|why|if|note|see|kept|allowed|is|are|can|please|warning|"
    r"important|example|speaker|by|from|to|with)\b|[?!]|\b(?:you|we|it|is|are|was)\b", re.I
)  # fmt: skip
_OF = re.compile(r"^(?:meaning|purpose|value|size|weight|capacity|length|default|cause)$", re.I)
_WHO_EN = re.compile(r"\b(?:owner|contact|approver|manager|supervisor|author)s?$", re.I)
_KO = re.compile(
    r"(?:기간|시간|한도|금액|비용|요금|가격|단가|수수료|장소|위치|주소|담당자?|승인자|책임자|증빙|대상|시기|"
    r"기한|목적|일수|급여|인원|정원|번호|내선|등급|방법|유형|종류|크기|용량|무게|색상|비율|율|조건|횟수|주기|"
    r"부서|직책|직급|역할|연락처|메일|전화|모델|혜택|상태|버전|단위|수량|예산|좌석|보고|의미|기준|언어|"
    r"지역|재질|보증|원인|조치|대책|결과|점수|범위|온도|습도|전압|전원|배터리|거리|속도|일자|날짜|포인트|지원금|"
    r"값|수치|규격|길이|높이|층|이름|명칭|자격|서류|형식|절차|소관|부처|발행일|시행일|공포일)$"
)
_KO_NOT = frozenset(
    [
        "비고",
        "내용",
        "구분",
        "통화",
        "항목",
        "번호",
        "순번",
        "설명",
        "참고",
        "주의",
        "예",
        "예시",
        "관리번호",
    ]
)
_UNIT = re.compile(r"\s*[(（](?P<unit>[^()（）]{1,12})[)）]\s*$")
_CURRENCY = re.compile(r"\s(?P<unit>USD|EUR|KRW|GBP)$")
_EMPTY = re.compile(
    r"^(?:yes|no|none|n/?a|-+|0(?:\.0+)?|not applicable|not offered|everyone|any ?time|free|same|"
    r"other|"
    r"없음|해당 ?없음|전원|수시|예|아니요|가능|불가|o|x|○|×|all|online|automatic|상시|무관)$", re.I
)  # fmt: skip
_MONEY = re.compile(r"(?:USD|EUR|KRW|GBP|[$€£₩])\s?\d|\d[\d,]*(?:\s?[천만억]+)?\s?원")
_KINDS_KO = (
    (re.compile(r"(?:담당자?|승인자|책임자|대상|담당자 이름)$"), "누구인가요?"),
    (re.compile(r"(?:장소|위치|주소|지역|부처)$"), "어디인가요?"),
    (re.compile(r"(?:시기|날짜|일자|시행일|공포일|발행일|기한)$"), "언제인가요?"),
    (re.compile(r"(?:금액|한도|요금|가격|비용|단가|수수료|지원금|예산)$"), "얼마인가요?"),
    (re.compile(r"(?:기간|거리|길이|무게|크기|용량|비율|율)$"), "얼마나 되나요?"),
    (re.compile(r"(?:일수|인원|정원|횟수|시간|주기|시작|절차|조건|자격)$"), "어떻게 되나요?"),
)


def plain(label: str) -> tuple[str, str]:
    """A label without the unit that it names, and that unit.

    >>> plain("연간 한도(원)"), plain("Amount EUR")
    (('연간 한도', '원'), ('Amount', 'EUR'))
    """
    for pattern in (_UNIT, _CURRENCY):
        if found := pattern.search(label):
            return label[: found.start()].strip(), found["unit"]
    return label.strip(), ""


def asks_for(label: str, language: str) -> bool:
    """Whether a label names a property, so that one can ask what it is."""
    bare = plain(label)[0]
    if language == "ko":
        return bare not in _KO_NOT and len(bare) <= 20 and bool(_KO.search(bare))
    head = re.split(r", | (?:per|of|for|on|in|to|by|at|from)\b", bare)[0].rpartition(" ")[2]
    return len(bare) <= 44 and not _EN_NOT.search(bare) and bool(_EN.fullmatch(head))


def telling(value: str) -> bool:
    """Whether a value answers anything."""
    return 1 <= len(value) <= 80 and not _EMPTY.match(value.strip()) and not value.endswith("?")


def accepted(value: str, label: str) -> tuple[str, ...]:
    """A value as it stands, and with the unit that its column names."""
    unit = plain(label)[1]
    if not re.fullmatch(r"[\d.,]+", value) or not re.fullmatch(
        r"[A-Z]{3}|[가-힣]{1,3}|%|[a-z]{1,3}", unit
    ):
        return (value,)
    joined = f"{unit} {value}" if unit.isupper() and unit.isascii() else f"{value}{unit}"
    return (value, joined)


def about(label: str, topic: str, value: str, language: str, owned: bool = False) -> str:
    """Asks for a property of something.

    Args:
        owned: whether the topic is a person.

    >>> about("Deductible", "Summit PPO", "USD 750", "en")
    'How much is the deductible for Summit PPO?'
    >>> about("대여 기간", "드론", "3일", "ko"), about("담당자", "드론", "김", "ko")
    ('드론의 대여 기간은 얼마나 되나요?', '드론의 담당자는 누구인가요?')
    """
    bare, unit = plain(label)
    if language == "ko":
        money = _MONEY.search(value) or unit == "원"
        ending = next((end for pattern, end in _KINDS_KO if pattern.search(bare)), "무엇인가요?")
        if money and ending == "무엇인가요?":
            ending = "얼마인가요?"
        amount = bool(re.search(r"\d", value))
        wrong = {"얼마인가요?": not amount, "누구인가요?": bool(money), "어디인가요?": bool(money)}
        if wrong.get(ending) or (ending == "얼마나 되나요?" and not amount):
            ending = "어떻게 되나요?"
        return f"{topic}의 {particle(bare, '은')} {ending}"
    name = lowered(bare)
    verb = "are" if many(bare) else "is"
    if owned:
        return f"What {verb} {topic}{chr(39) if topic.endswith('s') else chr(39) + 's'} {name}?"
    if _WHO_EN.search(bare):
        return f"Who {verb} the {name} for {topic}?"
    if _MONEY.match(value) or (unit.isupper() and len(unit) == 3):
        return f"How much {verb} the {name} for {topic}?"
    of = "of" if _OF.search(bare) else "for"
    return f"What {verb} the {name} {of} {topic}?"


def many(label: str) -> bool:
    """Whether an English label is a plural."""
    head = re.split(r", | (?:per|of|for|on|in|to|by|at|from)\b", label)[0]
    return bool(re.search(r"[^su]s$", head)) and not head.endswith(("basis", "status"))


def unasked(label: str) -> bool:
    """Whether a label cannot stand for something that has properties either."""
    bare = plain(label)[0]
    return bare in _KO_NOT or bool(_EN_NOT.search(bare)) or bool(re.match(r"[\d(]", bare))


def lowered(label: str) -> str:
    """A label inside an English sentence; abbreviations and what follows a comma stay.

    >>> lowered("Monthly cost, employee only"), lowered("API limit")
    ('monthly cost (employee only)', 'API limit')
    """
    first, comma, rest = label.partition(", ")
    words = first.split(" ")
    shown = " ".join([words[0] if words[0].isupper() else words[0].lower(), *words[1:]])
    return f"{shown} ({rest})" if comma else shown
