"""What a question asks for: the kinds of answer it expects, read from its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from openbook.text.language import detect


@dataclass(frozen=True, slots=True)
class Asked:
    """A question understood.

    ``type`` is the one word that names what is asked (``who``, ``how many``, ``yes or
    no``); ``kinds`` are the kinds of :mod:`openbook.generate.kinds` that could answer,
    likeliest first; ``counted`` are nouns that a number may stand by (``days``, ``명``),
    without their plural's ending.
    """

    text: str
    language: str
    type: str
    kinds: tuple[str, ...]
    counted: tuple[str, ...] = ()


EXPECTS: dict[str, tuple[str, ...]] = {
    "who": ("person", "role", "name"),
    "where": ("place", "name"),
    "when": ("time", "clock", "duration"),
    "clock": ("clock", "time"),
    "weekday": ("weekday", "time"),
    "how long": ("duration", "measure", "time"),
    "how many": ("number", "duration", "percent"),
    "how much": ("money", "percent", "measure", "number"),
    "money": ("money", "percent", "number"),
    "percent": ("percent", "number"),
    "measure": ("measure", "number"),
    "contact": ("contact",),
    "why": ("reason",),
    "how": ("manner",),
    "definition": ("definition",),
    "yes or no": (),
    "which": ("name",),
    "what": ("name",),
}
STRICT = frozenset(
    ("clock", "weekday", "when", "contact", "money", "percent", "measure", "how long", "how many",
     "how much")
)  # fmt: skip
"""Types whose answer can hardly be put in words that no pattern knows."""

_PERSON = (
    r"(?:person|man|woman|people|president|king|queen|author|writer|artist|singer|actor|actress|"
    r"director|leader|manager|scientist|emperor|composer|founder|team|department|company|pope)"
)
_PLACE = r"(?:city|country|state|place|town|location|region|room|building|floor|county|island|river|continent|address|office|nation|province|village|street)"
_ANY = r"(?:어느|어떤|무슨|어떠한)"
_WHO_KO = (
    r"(?:사람|인물|이름|성명|담당자|책임자|관리자|담당|작가|감독|배우|왕|선수|대통령|장군|회사|기업|"
    r"단체|팀|부서|가수|상대팀?|의원|총리|장관|교수|기자|저자|국왕|황제|후보|조직|기관|정당|업체|본명)"
)
_WHERE_KO = (
    r"(?:곳|장소|나라|도시|위치|지역|국가|출신지|고향|층|역|학교|대학교?|대륙|섬|건물|방|회의실|"
    r"지방|마을|창고|사무실|지점|서버)"
)
_MONEY_KO = (
    r"(?:금액|가격|비용|요금|수수료|연봉|급여|월급|한도|지원금|예산|벌금|경조금|단가|수당|상금|액수|값|"
    r"보증금|배송비|택배비|숙박비|식비|일비|회비|휴가비|포상금|보상금|위약금|연회비|매출|이용료|식대)"
)
_TAIL = (
    r"(?:은|는|이|가|을|를|의 ?이름은)?"
    r"(?: ?(?:무엇|뭐|뭔|어떻게|어떤|알려|말해|궁금|좀|몇|확인|찾아|가르쳐|부탁)[^?？]*)?\s*[?？.]*$"
)
_RULES: tuple[tuple[str, str], ...] = (
    # English
    ("contact", r"\b(?:e-?mail|phone number|extension|web ?site|url|telephone|contact details)\b"),
    ("weekday", r"\b(?:what|which) days?(?: of the week)?(?! of (?:the )?(?:month|year))\b(?=.*\b(?:week|office|open|closed?|paid|meet|every)\b)|\bweekday"),
    ("clock", r"\b(?:what|which) time\b|\bwhat hours?\b|\bopening hours\b"),
    ("how long", r"\bhow (?:long|soon|quickly|fast|often|frequently|old)\b|\b(?:what|which) (?:is|was) the (?:duration|period|term|notice period|deadline)\b|\bnotice period\b|\bby what age\b"),
    ("money", r"\bhow much (?:does|do|did|is|was|will|would|money|can|are|has|have)\b|\b(?:what|which) (?:is|was|are|were)? ?(?:the )?(?:\w+ )?(?:price|cost|fee|salary|allowance|budget|limit|fine|charge|amount|penalty|rate of pay)\b|\bwhat does .* cost\b"),
    ("percent", r"\b(?:what|which) (?:is|was)? ?(?:the )?(?:percent(?:age)?|proportion|share|fraction|rate)\b"),
    ("measure", r"\bhow (?:far|tall|high|deep|wide|big|large|heavy|hot|cold|close|thick)\b|\b(?:what|which) (?:is|was) the (?:\w+ )?(?:height|length|weight|distance|size|area|depth|width|temperature|elevation|population|speed|capacity|diameter)\b"),
    ("how many", r"\bhow many\b|\b(?:what|which) (?:is|was) the (?:\w+ )?number\b|\bwhat number\b"),
    ("how much", r"\bhow much\b"),
    ("when", r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|decade|century|season|era|period of time|period)\b|\bby what date\b|\bwhat (?:is|was) the (?:\w+ )?(?:date|deadline|year)\b"),
    ("where", rf"\bwhere\b|\b(?:what|which) (?:\w+ )?{_PLACE}\b|\bwhat (?:is|was) the (?:capital|address|location)\b"),
    ("who", rf"\b(?:who|whom|whose)\b|\b(?:what|which) (?:\w+ )?{_PERSON}\b|\bwhat (?:is|was) the name of the {_PERSON}\b"),
    ("why", r"\bwhy\b|\bwhat (?:\w+ )?(?:reason|cause)|\bfor what (?:reason|purpose)\b|\bwhat (?:caused|led)\b"),
    ("yes or no", r"^(?:(?:and|but|so|if [^,]*,) )?(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have|am)\b"),
    ("how", r"\bhow\b"),
    ("definition", r"^what (?:is|are|was|were) (?:an? |the )?[\w' -]{2,40}\?*$|^what does .* (?:mean|stand for)|\bdefin(?:e|ition)\b|^who (?:is|was) "),
    ("which", r"\bwhich\b|\bwhat \w+ (?:is|are|was|were|did|does|do|has|have|of)\b|\bwhat (?:kind|type|sort|name)\b"),
    ("what", r"\bwhat\b"),
    # Korean: words that ask, then the noun that ends the question
    ("definition", r"(?:이?란|(?:이?라는|이?라고 하는) ?(?:것|건|게)[은는이]?) ?(?:무엇|뭐|뭘|\?|$)|무슨 ?(?:뜻|말|의미)"),
    ("who", rf"누구|누가|누굴|누군|{_ANY} ?{_WHO_KO}"),
    ("weekday", r"(?:무슨|어느|몇) ?요일|쉬는 ?날|휴무일|요일(?:은|이)"),
    ("when", rf"언제|{_ANY} ?(?:해|날짜|날|년도|연도|달|월|요일|시기|때|계절)|몇 ?(?:년도|년(?:에|부터|생|[?？]|인|이(?:나|었|었|야|죠|지)?[?？ ])|월|년 ?\d|요일|분기)(?! ?(?:간|동안))|몇 ?월 ?며칠"),
    ("where", rf"어디|어딨|{_ANY} ?{_WHERE_KO}"),
    ("why", r"왜|어째서|무엇 ?때문|(?:이유|까닭|원인)(?:은|는|이|가|를|로)?(?: ?(?:무엇|뭐|뭔|알).*)?\?*$|(?:무슨|어떤) ?(?:이유|까닭|원인)"),
    ("clock", r"몇 ?시(?! ?간)"),
    ("how long", r"며칠|몇 ?(?:일|주일?|개월|달|년|분|시간|영업일|초|살|세)(?![가-힣]* ?(?:명|개))|얼마나 ?(?:오래|걸|자주|빨리|긴|길)|얼마(?:나)? ?(?:동안|만에|전|안에|뒤|후|간격)"),
    ("percent", r"몇 ?(?:%|퍼센트|프로|할)"),
    ("money", rf"몇 ?(?:원|달러|만 ?원|천 ?원|유로)|{_MONEY_KO}.{{0,24}}(?:얼마|어떻게)|얼마.{{0,6}} ?(?:받|내|드|지원|지급|주|빼|물|써야|쓸)"),
    ("measure", r"몇 ?(?:미터|킬로|도(?! ?시)|평|그램|리터|센티|℃|kg|km|cm|m)|얼마나 ?(?:높|크|큰|멀|먼|무거|깊|넓|두꺼)"),
    ("how many", r"몇"),
    ("how much", r"얼마"),
    ("how", r"어떻게|어떡해|어찌|어떤 ?(?:식|방법|절차|방식)|무슨 ?(?:방법|수로)"),
    ("which", r"어느|어떤|어떠한|무슨"),
    ("definition", r"(?:이|가|은|는) ?(?:뭐|무엇|뭔)(?:예요|에요|야|인가요?|입니까|인지|이야|죠|지|가요)?\?*$"),
    ("contact", rf"(?:이메일|메일|전화 ?번호|내선 ?번호|번호|연락처|주소|홈페이지|사이트){_TAIL}"),
    ("clock", rf"(?:시각|(?:영업|운영|근무|출근|퇴근|이용) ?시간){_TAIL}"),
    ("how long", rf"(?:기간|기한|주기|일수|시간|시한|나이|수명){_TAIL}"),
    ("money", rf"{_MONEY_KO}{_TAIL}"),
    ("percent", rf"(?:비율|확률|[가-힣]율){_TAIL}"),
    ("measure", rf"(?:높이|길이|무게|거리|크기|면적|깊이|온도|습도|속도|용량|둘레|인구|두께|너비|치수|속도 ?제한){_TAIL}"),
    ("how many", rf"(?:[가-힣]* ?(?<!점)(?:수|개수|횟수|인원|수량)){_TAIL}"),
    ("when", rf"(?:날짜|시기|연도|년도|일자|시점|해|때|날|요일|세기|마감일|시행일|계절){_TAIL}"),
    ("where", rf"{_WHERE_KO}{_TAIL}"),
    ("who", rf"{_WHO_KO}{_TAIL}"),
    ("how", rf"(?:방법|절차|방식|법){_TAIL}"),
    ("definition", rf"(?:뜻|의미|정의){_TAIL}"),
    ("what", r"무엇|뭐|뭘|무얼|뭔"),
    ("yes or no", r"(?:[나]요|[니인]?까|[는은]지|[는은]가|[죠지]요?|[해돼되]요?|[대래]요|[습]?니까)(?: ?(?:알려|궁금|확인).*)?\s*[?？]*$"),
    ("what", r"[가-힣]"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _RULES)
_COUNTED = re.compile(
    r"\bhow many (?:different |more |total |of the )?((?:[a-z]+ ){0,2}[a-z]+)|몇 ?(개월|개국|시간|영업일|주일|달러|[가-힣%])|(며칠)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def asked(question: str) -> Asked:
    """What a question asks for.

    >>> asked("How many days of leave do I have?").type, asked("환불은 누가 승인하나요?").type
    ('how many', 'who')
    """
    text = question.strip()
    kind = next((kind for kind, rule in _COMPILED if rule.search(text)), "what")
    return Asked(text, detect(text), kind, EXPECTS[kind], _counted(text))


def _counted(text: str) -> tuple[str, ...]:
    match = _COUNTED.search(text)
    if match is None:
        return ()
    noun = next(group for group in match.groups() if group).lower()
    if noun == "며칠":
        return ("일",)
    words = [word for word in noun.split() if word not in _GLUE]
    return tuple(word.removesuffix("s") if len(word) > 3 else word for word in words[:2])


_GLUE = frozenset(
    "do does did is are was were can could may must should will of the a in on for i we you".split()
)
