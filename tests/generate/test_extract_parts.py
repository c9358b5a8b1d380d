"""What the answerer is made of: units, kinds, question types, overlap, ranges."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.generate.asking import asked
from openbook.generate.choose import SIGNALS, shipped, signals, weights
from openbook.generate.features import NAMES, sheet
from openbook.generate.kinds import KINDS, spans
from openbook.generate.ranges import ranges, within
from openbook.generate.units import units
from openbook.text import overlap
from openbook.types import Passage, Query


def test_units_cover_the_sentences_with_their_offsets() -> None:
    text = "One thing. Another thing.\n\nA third: with a colon; and more.\n"
    found = units(text)
    assert [text[u.start : u.end] for u in found] == [u.text for u in found]
    assert [u.text for u in found] == [
        "One thing.",
        "Another thing.",
        "A third: with a colon; and more.",
    ]


def test_a_question_in_an_faq_leads_into_its_answer() -> None:
    first = "Q. 매장에서 살 수 있나요?\nA. 성수 체험관에서 살 수 있어요."
    text = f"{first}\n\nQ. 언제 여나요?\nA. 11시에 열어요."
    found = units(text)
    assert [text[slice(*u.lead)] for u in found] == ["Q. 매장에서 살 수 있나요?", "Q. 언제 여나요?"]


def test_a_passage_of_nothing_but_a_heading_can_still_be_quoted() -> None:
    assert [u.text for u in units("환불 규정", ("환불 규정",))] == ["환불 규정"]
    assert units("") == ()


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_units_never_overlap(text: str) -> None:
    found = units(text)
    for left, right in pairwise(found):
        assert left.end <= right.start
    assert all(text[u.start : u.end] == u.text and u.text.strip() == u.text for u in found)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many days of leave are there?", "how many"),
        ("How long is the warranty?", "how long"),
        ("When was it built?", "when"),
        ("Who signs the invoice?", "who"),
        ("Where is the warehouse?", "where"),
        ("Why was it closed?", "why"),
        ("Can I return it?", "yes or no"),
        ("How much does it cost?", "money"),
        ("How high is the tower?", "measure"),
        ("환불은 누가 승인하나요?", "who"),
        ("며칠 안에 신청해야 하나요?", "how long"),
        ("언제까지 내야 하나요?", "when"),
        ("몇 명까지 들어가나요?", "how many"),
        ("몇 년도에 태어났나?", "when"),
        ("몇 년 다녀야 하나요?", "how long"),
        ("숙박비 한도가 얼마예요?", "money"),
        ("창고는 어디에 있나요?", "where"),
        ("왜 문을 닫았나요?", "why"),
        ("어떻게 신청하나요?", "how"),
        ("반반차를 쓸 수 있나요?", "yes or no"),
        ("북조를 수립한 인물은?", "who"),
        ("개교한 해는?", "when"),
        ("MOQ가 뭐예요?", "definition"),
    ],
)
def test_the_type_of_a_question(question: str, kind: str) -> None:
    assert asked(question).type == kind


@pytest.mark.parametrize(
    ("kind", "text", "held"),
    [
        ("duration", "받은 날부터 14일 이내에 신청합니다.", "14일"),
        ("duration", "within thirty days of delivery", "thirty days"),
        ("money", "휴가비는 1,000,000원입니다.", "1,000,000원"),
        ("money", "a flat fee of USD 9 is charged", "USD 9"),
        ("percent", "판매가의 15%를 받습니다.", "15%"),
        ("time", "2025년 5월 8일에 배포했습니다.", "2025년 5월 8일"),
        ("time", "closed on May 3, 2024 in spring", "May 3, 2024"),
        ("clock", "오전 9시 30분까지 알립니다.", "오전 9시 30분"),
        ("weekday", "매주 수요일에 모입니다.", "수요일"),
        ("contact", "Write to refunds@tarae.example today.", "refunds@tarae.example"),
        ("measure", "바닥에서 15 cm 위에 답니다.", "15 cm"),
        ("person", "문의는 서다인 매니저에게 합니다.", "서다인"),
        ("place", "관리번호: EQ-1; 보관 장소: 비품실; 비고: 없음", "비품실"),
        ("number", "정원은 12명입니다.", "12명"),
    ],
)
def test_things_of_a_kind(kind: str, text: str, held: str) -> None:
    assert held in [text[a:b] for a, b in spans(text, kind)]


def test_may_is_a_month_only_with_a_capital() -> None:
    assert spans("you may return it", "time") == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.sampled_from(KINDS))
def test_spans_of_a_kind_are_ordered_and_apart(text: str, kind: str) -> None:
    found = spans(text, kind)
    assert all(0 <= a < b <= len(text) for a, b in found)
    assert all(left[1] <= right[0] for left, right in pairwise(found))


def test_korean_terms_match_inflected_words() -> None:
    (term,) = [t for t in overlap.terms("배송이 걸리는 시간") if t.form == "걸리"]
    degree, at = overlap.places(term, overlap.read("배송에 이틀이 걸려요"))
    assert degree == 0.7
    assert at


def test_a_code_is_one_term() -> None:
    forms = [t.form for t in overlap.terms("숨 A3 화면에 E3가 떴어요")]
    assert "e3" in forms
    assert "a3" in forms
    term = next(t for t in overlap.terms("E3가 뭐예요?") if t.form == "e3")
    assert overlap.places(term, overlap.read("화면 표시: E3; 원인: 배터리"))[0] == 1.0
    assert overlap.places(term, overlap.read("화면 표시: E13; 원인: 배터리"))[0] == 0.0


def test_synonyms_match_less_than_the_word_itself() -> None:
    (term,) = [t for t in overlap.terms("할머니 휴가") if t.form == "할머니"]
    assert overlap.places(term, overlap.read("조부모의 사망"))[0] == overlap.SYNONYM
    assert overlap.places(term, overlap.read("할머니의 사망"))[0] == 1.0


def test_ranges_hold_what_lies_between() -> None:
    assert within("견적 EUR 5,000", "EUR 1,001 to 10,000: two") == 1.0
    assert within("EUR 50,000", "EUR 1,001 to 10,000: two") == 0.0
    assert within("50대를 사면", "한 번에 20대 이상을 산 고객") == 1.0
    assert within("no numbers", "EUR 1,001 to 10,000") == 0.0


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789., 년이상미만~to-%", max_size=40))
def test_ranges_never_fail(text: str) -> None:
    assert all(r.low <= r.high for r in ranges(text))
    assert 0.0 <= within(text, text) <= 1.0


def test_features_are_finite_and_the_weights_fit_them() -> None:
    text = "Staff have 15 days. 휴가는 15일이다."
    found = sheet(Query("How many days?"), [Passage("p", "d", 0, len(text), text)], [2.0])
    assert found.rows.shape == (2, len(NAMES))
    held = weights()
    assert held.ranking.shape == (len(NAMES),)
    value = found.rows @ held.ranking
    assert signals(found.rows, value, [0, 0]).shape == (len(SIGNALS),)
    assert set(shipped()["ranking"]) == set(NAMES)
