import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from openbook.text import terms as room
from openbook.text.stems import PAIRS, words_and_grams
from openbook.text.terms import LONGEST_QUERY, Terms, analyse
from openbook.text.topics import noun, topics

MIXED = st.text(st.sampled_from("가각환불은는 abcdeRefund's1,5.漢字テ\n㎏①²ＡＢ"), max_size=50)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def one(text: str) -> Terms:
    return analyse([text])[0]


@given(st.lists(st.one_of(MIXED, ANY), max_size=4))
@settings(deadline=None, max_examples=60)
def test_analysis_is_stable_and_knows_no_neighbours(texts: list[str]) -> None:
    together = analyse(texts)
    assert together == [one(text) for text in texts]
    for found in together:
        for field in (found.words, found.grams):
            assert field == " ".join(field.split())


def test_forgetting_changes_nothing() -> None:
    text = "조선민주주의인민공화국의 수도를 뭐라고 불렀는가? 환불받으시려면 Refund"
    before = one(text)
    room._RUNS.clear()
    assert one(text) == before


def test_threads_agree() -> None:
    texts = [f"규정 제{n}조 환불신청{'가나다라마바사'[n % 7]} refunds {n}" for n in range(40)]
    wanted = analyse(texts)
    room._RUNS.clear()
    found: list[list[Terms]] = []
    threads = [threading.Thread(target=lambda: found.append(analyse(texts))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 4


def test_particles_and_endings_do_not_matter() -> None:
    forms = ["환불", "환불은", "환불을", "환불에서는", "환불이나"]
    assert {one(form).words for form in forms} == {"환불"}
    assert "있" not in one("신청할 수 있습니다").words.split()


def test_composed_and_decomposed_hangul_are_the_same() -> None:
    import unicodedata

    assert one(unicodedata.normalize("NFD", "환불 규정")) == one("환불 규정")


def test_each_script_is_cut_by_its_rule() -> None:
    found = one("GlobalProtect를 설치하는 Refunds 1,500원 漢字")
    words = found.words.split()
    assert {"globalprotect", "설치", "refund", "1500", "漢字"} <= set(words)
    assert {"설치", "치하", "refu", "unds"} <= set(found.grams.split())


def test_english_is_stemmed_and_asking_words_are_left_out() -> None:
    assert one("What were the refunds for?").words == "refund"
    assert one("Refunding customers").words == one("refunds customer").words


def test_pairs_forgive_nothing_and_stay_in_their_vocabulary() -> None:
    _, grams = words_and_grams("paid leave. 12 30")
    pairs = [gram for gram in grams if gram.startswith("_")]
    assert len(pairs) == 2  # paid leave, leave 12; two numbers are no phrase
    assert all(int(pair[1:], 16) < PAIRS for pair in pairs)
    assert not set(pairs) & set(words_and_grams("leave paid")[1])


def test_long_questions_are_cut_and_long_runs_do_not_hurt() -> None:
    question = analyse(["refund " * 5000 + "환불 " * 5000], query=True)[0]
    assert len(question.words.split()) == len(question.grams.split()) == LONGEST_QUERY
    assert one("가" * 100_000).grams
    assert len(one("x" * 100_000).words) == 40


def test_topics_are_names_without_particles() -> None:
    assert topics("육아휴직은 며칠까지 쓸 수 있나요?") == ["육아휴직"]
    assert topics("How do I apply for annual leave?") == ["annual", "leave"]
    assert noun("먹습니다") == ""
