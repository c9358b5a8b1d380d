"""Encodings are found, text is clean, damaged text is named."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbook.corpus.decode import clean, decode, reads_korean
from openbook.errors import DocumentError

KOREAN = "연차휴가는 입사 1년 뒤부터 17일을 쓸 수 있습니다. 환불은 14일 이내에 신청하십시오.\n"
SHORT = [
    "휴가",
    "환불 규정",
    "가격표: 10,000원",
    "안녕하세요",
    "서울특별시",
    "이름,부서\n김하나,재무팀\n",
]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949", "euc-kr"],
)
def test_korean_in_every_encoding(encoding):
    assert decode(KOREAN.encode(encoding), "a.txt") == KOREAN


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_short_korean(text, encoding):
    assert decode(text.encode(encoding), "a.txt") == text


def test_cp949_syllables_beyond_euc_kr():
    text = "똠방각하와 펲시콜라를 샀다. 이것은 한글 문장입니다."
    assert decode(text.encode("cp949"), "a.txt") == text


def test_western_text_is_not_read_as_korean():
    text = "Der Käufer erhält über das Büro größere Mengen. Où est le café? " * 5
    assert "Käufer" in decode(text.encode("cp1252"), "a.txt")


def test_japanese_and_chinese_are_not_read_as_korean():
    for text, encoding in [
        ("これは日本語の文章です。東京は日本の首都であり、人口が多い都市です。", "euc-jp"),
        ("这是一个中文句子。北京是中国的首都，人口很多，历史悠久。", "gb18030"),
    ]:
        misread = text.encode(encoding).decode("cp949", "ignore")
        assert not reads_korean(misread)


def test_declared_encoding_is_believed():
    text = "これは日本語です。"
    assert decode(text.encode("shift_jis"), "a.html", declared="shift_jis") == text


def test_damaged_utf8_is_named_with_its_line():
    data = (KOREAN * 20).encode()
    damaged = data[:700] + b"\xff" + data[701:]
    with pytest.raises(DocumentError, match=r"line 7 .*UTF-8"):
        decode(damaged, "a.txt")


def test_text_cut_inside_its_last_character_is_read():
    data = KOREAN.strip().encode()
    assert decode(data + "가".encode()[:2], "a.txt") == KOREAN.strip()


def test_binary_is_named():
    with pytest.raises(DocumentError, match="binary"):
        decode(bytes(range(32)) * 64 + b"\x00\x01\x02" * 100, "a.txt")


def test_clean():
    assert clean("a\r\nb\rc\x00d\u200be\u202ef\ufeffg\u00adh\ud800i") == "a\nb\ncdefghi"
    assert clean("x\u2028y\x0bz\u00a0w") == "x\ny\nz w"
    assert clean(unicodedata.normalize("NFD", "한글 é")) == "한글 é"


@given(st.text())
def test_clean_is_stable_and_encodable(text):
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")
    assert "\r" not in once
    assert "\x00" not in once


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Le café coûte 3 €. Déjà vu à l’hôtel."),
        ("cp1252", "Die Größe läßt sich ändern."),
        ("cp1250", "Zażółć gęślą jaźń, proszę bardzo państwa"),
    ],
)
def test_european_single_bytes(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), "x") == text
