"""Made-up records: kinds of things with named columns, and values drawn for them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Draw = Callable[[random.Random], str]


@dataclass(frozen=True)
class Column:
    """A column in both languages, what its value answers (``how much``), and how to draw one."""

    ko: str
    en: str
    asks: str  # thing | money | date | time | number | person | place
    draw: Callable[[random.Random, str], str]


def _ko(draw_ko: Draw, draw_en: Draw) -> Callable[[random.Random, str], str]:
    return lambda rng, language: draw_ko(rng) if language == "ko" else draw_en(rng)


def _of(ko: str, en: str) -> Callable[[random.Random, str], str]:
    k, e = ko.split("|"), en.split("|")
    return lambda rng, language: rng.choice(k if language == "ko" else e)


def _number(
    low: int, high: int, step: int, ko: str, en: str
) -> Callable[[random.Random, str], str]:
    def draw(rng: random.Random, language: str) -> str:
        value = rng.randrange(low, high, step)
        text = f"{value:,}" if rng.random() < 0.8 else str(value)
        return (ko if language == "ko" else en).format(text)

    return draw


_FAMILY = "김이박최정강조윤장임한오서신권황안송류홍"
_GIVEN = "민준 서연 지훈 하은 도윤 수아 예준 지우 주원 서현 시우 민서 현우 윤서 준호 은지 성민 유진 태현 혜원 동욱 나영 재호 소영".split()
_FIRST = "Emma Liam Olivia Noah Ava Ethan Mia Lucas Zoe Oscar Nora Felix Hana Ivan Priya Omar Clara Hugo Ines Tariq Yuki Lena Marco Ruth".split()
_LAST = "Novak Silva Becker Tanaka Okafor Haas Moreau Lindgren Rossi Kaya Patel Nguyen Fischer Costa Walsh Romero Ito Larsen Dumas Weber Stone Park".split()
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def person(rng: random.Random, language: str) -> str:
    """A name that belongs to nobody."""
    if language == "ko":
        return rng.choice(_FAMILY) + rng.choice(_GIVEN)
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def _date_ko(rng: random.Random) -> str:
    y, m, d = rng.randint(2005, 2027), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice((f"{y}년 {m}월 {d}일", f"{y}-{m:02}-{d:02}", f"{m}월 {d}일", f"{y}.{m}.{d}."))


def _date_en(rng: random.Random) -> str:
    y, m, d = rng.randint(2005, 2027), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (f"{_MONTHS[m - 1]} {d}, {y}", f"{y}-{m:02}-{d:02}", f"{d} {_MONTHS[m - 1]} {y}")
    )


def _time(rng: random.Random) -> str:
    return f"{rng.randint(7, 21):02}:{rng.choice(('00', '15', '30', '45'))}"


def _phone(rng: random.Random) -> str:
    return rng.choice(
        (
            f"0{rng.randint(2, 64)}-{rng.randint(200, 999)}-{rng.randint(1000, 9999)}",
            f"010-{rng.randint(1000, 9999)}-{rng.randint(1000, 9999)}",
            f"ext. {rng.randint(100, 999)}",
        )
    )


def _mail(rng: random.Random) -> str:
    box = rng.choice("help info sales support hr it desk team office press legal data ops".split())
    return f"{box}{rng.choice(('', '.', '-', '_'))}{rng.randint(1, 99)}@example.{rng.choice(('com', 'org', 'net'))}"


def _code(rng: random.Random) -> str:
    letters = "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(rng.randint(1, 3)))
    return f"{letters}-{rng.randint(10, 9999)}"


def _ip(rng: random.Random) -> str:
    return f"10.{rng.randint(0, 99)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


def _version(rng: random.Random) -> str:
    return f"{rng.randint(0, 12)}.{rng.randint(0, 30)}.{rng.randint(0, 9)}"


def _plain(draw: Draw) -> Callable[[random.Random, str], str]:
    return lambda rng, _: draw(rng)


_PERSON = Column("담당자", "Contact", "person", person)
_PRICE = Column("가격", "Price", "money", _number(900, 900_000, 100, "{}원", "${}"))
_DATE = _ko(_date_ko, _date_en)
_PLACE = _of(
    "본관 3층|별관 1층 로비|서울 강남구|부산 해운대구|대전 유성구|제주 서귀포시|2층 회의실|지하 1층|온라인|인천 연수구|광주 북구|수원 영통구",
    "Main building, floor 3|Annex lobby|Room 204|Hall B|Oslo|Lisbon|Denver|Nairobi|Basement level 1|Online|Osaka|Tallinn",
)

SCHEMAS: Sequence[tuple[str, str, tuple[Column, ...]]] = (
    (
        "제품",
        "Product",
        (
            _PRICE,
            Column("재고", "Stock", "number", _number(0, 900, 1, "{}개", "{} units")),
            Column("무게", "Weight", "number", _number(1, 90, 1, "{}kg", "{} kg")),
            Column("색상", "Color", "thing", _of("검정|흰색|남색|회색|빨강|연두|베이지", "black|white|navy|grey|red|green|beige")),
            Column("보증 기간", "Warranty", "number", _number(1, 11, 1, "{}년", "{} years")),
            Column("배송비", "Shipping fee", "money", _number(500, 9_000, 500, "{}원", "${}")),
            Column("모델 번호", "Model number", "thing", _plain(_code)),
            Column("출시일", "Release date", "date", _DATE),
        ),
    ),
    (
        "직원",
        "Employee",
        (
            Column("부서", "Department", "thing", _of("인사팀|재무팀|개발 1팀|영업팀|법무팀|디자인팀|품질관리팀", "Finance|Legal|Sales|Design|Platform|Research|Support")),
            Column("직급", "Title", "thing", _of("사원|대리|과장|차장|부장|책임|수석", "Analyst|Manager|Director|Engineer|Assistant|Lead")),
            Column("전화번호", "Phone", "thing", _plain(_phone)),
            Column("이메일", "Email", "thing", _plain(_mail)),
            Column("입사일", "Start date", "date", _DATE),
            Column("근무지", "Office", "place", _PLACE),
            Column("관리자", "Supervisor", "person", person),
        ),
    ),
    (
        "행사",
        "Event",
        (
            Column("날짜", "Date", "date", _DATE),
            Column("시작 시간", "Start time", "time", _plain(_time)),
            Column("장소", "Venue", "place", _PLACE),
            Column("정원", "Capacity", "number", _number(10, 500, 5, "{}명", "{} people")),
            Column("참가비", "Entry fee", "money", _number(1_000, 90_000, 1_000, "{}원", "${}")),
            Column("신청 마감", "Registration deadline", "date", _DATE),
            _PERSON,
        ),
    ),
    (
        "요금제",
        "Plan",
        (
            Column("월 요금", "Monthly price", "money", _number(1_000, 200_000, 500, "{}원", "${}")),
            Column("저장 공간", "Storage", "number", _number(5, 4_000, 5, "{}GB", "{} GB")),
            Column("최대 사용자 수", "Maximum users", "number", _number(1, 900, 1, "{}명", "{} users")),
            Column("지원 방식", "Support", "thing", _of("이메일|전화|채팅|전담 매니저|커뮤니티", "email|phone|chat|dedicated manager|community forum")),
            Column("계약 기간", "Term", "number", _number(1, 37, 1, "{}개월", "{} months")),
            Column("환불 기한", "Refund window", "number", _number(3, 91, 1, "{}일", "{} days")),
        ),
    ),
    (
        "서버",
        "Server",
        (
            Column("IP 주소", "IP address", "thing", _plain(_ip)),
            Column("포트", "Port", "number", _plain(lambda rng: str(rng.randint(80, 65000)))),
            Column("버전", "Version", "thing", _plain(_version)),
            Column("메모리", "Memory", "number", _number(2, 512, 2, "{}GB", "{} GB")),
            Column("위치", "Location", "place", _PLACE),
            Column("점검 시간", "Maintenance time", "time", _plain(_time)),
            _PERSON,
        ),
    ),
    (
        "휴가",
        "Leave type",
        (
            Column("일수", "Days", "number", _number(1, 90, 1, "{}일", "{} days")),
            Column("신청 기한", "Notice", "number", _number(1, 31, 1, "{}일 전", "{} days ahead")),
            Column("승인자", "Approver", "thing", _of("팀장|부서장|인사팀|본부장|대표이사", "team lead|department head|HR|director|CEO")),
            Column("급여", "Pay", "thing", _of("유급|무급|70% 지급|기본급만 지급", "paid|unpaid|70% of salary|base pay only")),
            Column("증빙 서류", "Proof", "thing", _of("진단서|청첩장|출생증명서|없음|법원 통지서|사망진단서", "medical certificate|wedding invitation|birth certificate|none|court notice")),
        ),
    ),
    (
        "매개변수",
        "Parameter",
        (
            Column("자료형", "Type", "thing", _of("문자열|정수|실수|불리언|배열|객체", "string|integer|float|boolean|array|object")),
            Column("기본값", "Default", "thing", _plain(lambda rng: str(rng.choice((0, 1, 8, 16, 30, 60, 100, 255, 512, 0.1, 0.5, "null", "true", "auto"))))),
            Column("최댓값", "Maximum", "number", _plain(lambda rng: str(rng.randint(10, 9999)))),
            Column("추가된 버전", "Added in", "thing", _plain(_version)),
        ),
    ),
    (
        "도서",
        "Book",
        (
            Column("저자", "Author", "person", person),
            Column("출판사", "Publisher", "thing", _of("푸른숲길|한빛나루|다온책방|새벽문고|가온출판|솔뫼", "Harrow Press|Northlight|Blue Heron Books|Quill & Co.|Old Mill")),
            Column("출간일", "Publication date", "date", _DATE),
            Column("쪽수", "Pages", "number", _number(60, 900, 1, "{}쪽", "{} pages")),
            Column("정가", "List price", "money", _number(5_000, 60_000, 500, "{}원", "${}")),
            Column("청구 기호", "Call number", "thing", _plain(_code)),
        ),
    ),
    (
        "도시",
        "City",
        (
            Column("인구", "Population", "number", _number(4_000, 9_000_000, 1, "{}명", "{}")),
            Column("면적", "Area", "number", _number(5, 2_000, 1, "{}km²", "{} km²")),
            Column("시장", "Mayor", "person", person),
            Column("지역 번호", "Area code", "thing", _plain(lambda rng: f"0{rng.randint(2, 99)}")),
            Column("해발 고도", "Elevation", "number", _number(1, 3_000, 1, "{}m", "{} m")),
            Column("설립 연도", "Founded", "date", _ko(lambda rng: f"{rng.randint(900, 1999)}년", lambda rng: str(rng.randint(900, 1999)))),
        ),
    ),
)  # fmt: skip

_ITEMS_KO = "키보드 모니터 의자 책상 노트북 카메라 스피커 프린터 텀블러 가방 램프 헤드폰 마우스 선풍기 청소기 냉장고 우산 배낭 텐트 자전거".split()
_ITEMS_EN = "keyboard monitor chair desk laptop camera speaker printer tumbler bag lamp headset mouse fan vacuum fridge umbrella backpack tent bicycle".split()
_FLAVOUR = "Aero Nova Lumen Orbit Delta Zen Terra Vega Pico Halo Atlas Ember Frost Iris Juno Koru Lyra Mira Onyx Puma".split()
_LEAVES_KO = "연차휴가 병가 경조휴가 출산휴가 육아휴직 가족돌봄휴가 공가 안식휴가 예비군휴가 생일휴가 자기계발휴가".split()
_LEAVES_EN = "Annual leave|Sick leave|Bereavement leave|Parental leave|Jury duty|Sabbatical|Study leave|Wedding leave|Care leave|Volunteer leave".split(
    "|"
)
_PARAMETERS = "max_tokens timeout page_size retry_count chunk_size top_k threshold interval buffer_size log_level window max_depth cache_ttl batch_size seed min_score".split()
_EVENTS_KO = "신입사원 교육|개발자 회의|봄 축제|독서 모임|안전 훈련|제품 설명회|작가와의 만남|마라톤 대회|사진 전시회|채용 박람회|정기 총회|코딩 캠프".split(
    "|"
)
_EVENTS_EN = "Orientation day|Developer meetup|Spring fair|Book club|Safety drill|Product demo|Author talk|City marathon|Photo exhibition|Career fair|Annual meeting|Coding camp".split(
    "|"
)
_PLANS_KO = "베이직 스탠더드 프로 프리미엄 비즈니스 엔터프라이즈 스타터 패밀리 학생 무제한".split()
_PLANS_EN = (
    "Basic Standard Pro Premium Business Enterprise Starter Family Student Unlimited".split()
)


def names(
    schema: str, titles: Sequence[str], count: int, rng: random.Random, language: str
) -> list[str]:
    """Names of so many records of a kind, each once."""
    korean = language == "ko"
    pools: dict[str, list[str]] = {
        "Product": [f"{f} {i}" for f in rng.sample(_FLAVOUR, 6) for i in rng.sample(_ITEMS_KO if korean else _ITEMS_EN, 4)],
        "Employee": list({person(rng, language) for _ in range(3 * count)}),
        "Event": list(_EVENTS_KO if korean else _EVENTS_EN),
        "Plan": list(_PLANS_KO if korean else _PLANS_EN),
        "Server": [f"{a}-{rng.randint(1, 40):02}" for a in ("web", "db", "cache", "auth", "mail", "gpu", "edge", "batch", "api", "log")],
        "Leave type": list(_LEAVES_KO if korean else _LEAVES_EN),
        "Parameter": list(_PARAMETERS),
    }  # fmt: skip
    pool = pools.get(schema) or list(dict.fromkeys(rng.choices(titles, k=3 * count)))
    return rng.sample(sorted(set(pool)), min(count, len(set(pool))))
