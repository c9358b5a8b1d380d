"""Where passages begin and end."""

from openbook.corpus.settings import Settings
from openbook.corpus.split import indexed, split
from openbook.corpus.tables import looks_like_header, render
from openbook.corpus.tokens import weight
from openbook.types import Passage


def cut(parse, text, budget=40, name="a.md"):
    (parsed,) = parse(name, text.encode())
    return split(parsed, Settings(max_tokens=budget))


def test_small_paragraphs_under_one_heading_are_one_passage(parse):
    got = cut(parse, "# A\n\none\n\ntwo\n\n# B\n\nthree")
    assert [(p.heading, p.text) for p in got] == [(("A",), "one\n\ntwo"), (("B",), "three")]


def test_bare_headings_are_passages(parse):
    got = cut(parse, "# A\n\n## deleted\n\n## B\n\ntext\n\n## last")
    assert [(p.heading, p.text) for p in got] == [
        (("A",), "deleted"),
        (("A", "B"), "text"),
        (("A",), "last"),
    ]


def test_budget_is_kept_and_sentences_stay_whole(parse):
    text = "# 규정\n\n" + " ".join(f"이것은 {n}번째 문장이며 꽤 긴 편입니다." for n in range(40))
    got = cut(parse, text)
    assert len(got) > 10
    assert all(weight(p.text) <= 40 for p in got)
    assert all(p.text.startswith("이것은") and p.text.endswith("편입니다.") for p in got)
    sizes = [weight(p.text) for p in cut(parse, text, 150)]
    assert min(sizes) > 0.4 * max(sizes), "parts of a section are about equally long"


def test_tables_are_cut_between_rows(parse):
    rows = "\n".join(f"| {n} | value number {n} |" for n in range(30))
    got = cut(parse, "| id | what |\n|--|--|\n" + rows)
    assert len(got) > 3
    for passage in got:
        assert all(
            line.startswith("id: ") and "; what: value" in line for line in passage.text.split("\n")
        )


def test_code_keeps_its_budget_with_its_indentation(parse):
    code = "\n".join(" " * (n % 40) + f"line{n}" for n in range(100))
    got = cut(parse, f"```\n{code}\n```")
    assert all(weight(p.text) <= 40 for p in got)


def test_a_sentence_beyond_the_budget_is_cut_at_spaces(parse):
    words = " ".join(f"word{n}" for n in range(200))
    got = cut(parse, words)
    assert all(weight(p.text) <= 40 for p in got)
    assert " ".join(p.text for p in got) == words


def test_a_list_does_not_lose_its_lead_in(parse):
    filler = "가나다라 마바사 아자차카 타파하 거너더. " * 3
    text = f"{filler}\n\n다음과 같다:\n\n- 첫째 항목은 이렇습니다\n- 둘째 항목은 저렇습니다\n"
    for passage in cut(parse, text, 60):
        assert not passage.text.endswith("같다:")


def test_page_changes_end_a_passage(make, parse):
    (parsed,) = parse("a.pdf", make.pdf([[(50, 700, 10, "One.")], [(50, 700, 10, "Two.")]]))
    assert [(p.text, p.page) for p in split(parsed, Settings())] == [("One.", 1), ("Two.", 2)]


def test_indexed_says_nothing_twice():
    passage = Passage("d#1", "d", 0, 4, "휴가는 17일", ("휴가 규정", "발생"), title="휴가 규정")
    assert indexed(passage) == "휴가 규정\n발생\n휴가는 17일"


def test_render():
    assert render([["a", "b"], ["1", ""], ["2", "3"]]) == "1\na: 2; b: 3"
    assert render([["크기", "10cm"], ["무게", "2kg"]], header=False) == "크기: 10cm\n무게: 2kg"
    assert render([["", ""], ["", ""]]) == ""
    assert looks_like_header([["품목", "가격"], ["a", "1"]])
    assert not looks_like_header([["1", "2"], ["3", "4"]])
