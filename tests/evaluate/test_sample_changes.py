"""The sample's changes: every changed fact stands in its new document and not in the old one."""

from pathlib import Path

from openbook.evaluate.answers import stands_in
from openbook.evaluate.questions import read_questions

EXAMPLES = Path(__file__).parents[2] / "examples"
CHANGES = EXAMPLES / "changes"


def test_every_change_is_a_change() -> None:
    asked = read_questions(CHANGES / "questions.jsonl")
    for example in asked:
        (gold,) = example.gold
        new, old = ((folder / gold).read_text("utf-8") for folder in (CHANGES, EXAMPLES))
        differing = [line for line in new.splitlines() if line not in old.splitlines()]
        assert stands_in(differing, example.answers, example.language), example.id
        assert not any(stands_in([line], example.answers, example.language)
                       for line in old.splitlines() if line not in new.splitlines())  # fmt: skip
    files = {path.relative_to(CHANGES) for path in (CHANGES / "handbook").rglob("*.md")}
    assert files == {Path(gold) for example in asked for gold in example.gold}
    assert {example.language for example in asked} == {"en", "ko"}
