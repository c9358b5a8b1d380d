"""What a language model wrote, taken apart: reasoning, quotes, final answer, refusal.

Models leave marks out, open them twice, repeat the final line, or go on to invent the next
question. The rules, in order:

1. Reasoning between ``<think>`` tags goes.
2. Whatever follows an answer and begins a new question or a new passage is run-on and goes.
3. The last ``<ANSWER>:`` with words after it counts; without one, the whole text does.
4. Words that the text ends in over and over are told once.
5. Quote marks that are no pair, or that are written wrongly, go; what they were about stays.
6. A refusal is the fixed sentence of the prompts, or words in the final answer that say
   that the documents do not tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from openbook.generate.loops import unlooped
from openbook.generate.quotes import BEGIN, END, marks
from openbook.models.prompts import ignorance, refusal

BRIEF = 80
"""A text of one line and at most so many characters is its own short answer."""

_THINK = re.compile(r"<think>.*?(?:</think>|\Z)|\A.*?</think>", re.DOTALL | re.IGNORECASE)
_ANSWER = re.compile(r"[*_`]*<\s*/?\s*answer\s*>[*_`]*\s*[:：]?[*_`]*", re.IGNORECASE)
_RUN_ON = re.compile(
    r"\n\s*(?:<question>|<passage\b|</?conversation>|(?:Question|질문|Q|User|Human)\s*[:：])",
    re.IGNORECASE,
)
_COPULA = re.compile(r"(?<=[가-힣\d)%])(?:입니다|이에요|예요|이다|임)$")
_MARK = re.compile(r"##\s*(?:begin|end)[_ ]?quote\s*##", re.IGNORECASE)
_PAIR = re.compile(
    r"##\s*begin[_ ]?quote\s*##\s*((?:(?!##\s*(?:begin|end)[_ ]?quote\s*##).)*?)"
    r"\s*##\s*end[_ ]?quote\s*##",
    re.IGNORECASE | re.DOTALL,
)
_BROKEN = re.compile(
    r"#{1,3}\s*(?:begin|end)?_+quote?#{0,3}"  # ##_quote
    r"|##(?:begin|end)(?:[_ ]?quote?)?#{0,3}",  # ##begin, ##end_quote
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:\b(?:begin|end))?_quote#+", re.IGNORECASE)  # end_quote##
_CITED = re.compile(r"\s*[\[(](?:passages?\s*)?\d{1,2}(?:\s*,\s*\d{1,2})*\](?!\()", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b(?:documents?|passages?|context|texts?|information)\b.{0,40}\b(?:do|does|did|is|are)"
    r"(?:\s+not|n[o'’]t)\s+(?:\w+\s+)?(?:answer|contain|mention|say|state|provide|specify|include"
    r"|give|available|provided|found)"
    r"|\b(?:cannot|can't|can not|could not|unable to)\s+(?:be\s+)?(?:answer|find|determine)"
    r"|\bno\s+(?:answer|information|mention)\b.{0,40}\b(?:documents?|passages?|context|provided)"
    r"|^(?:unanswerable|n/?a|unknown)\W*$"
    r"|^(?:(?:i['’]?m|i am)\s+sorry\W+)?(?:but\s+)?i\s+(?:do\s+not|don['’]?t)\s+"
    r"(?:know|have\s+(?:any\s+|enough\s+)?information)\b"
    r"|^(?:i['’]?m|i am)\s+not\s+(?:sure|aware)\b"
    r"|(?:문서|자료|지문|본문|passage|구절)\S*\s.{0,30}(?:답|정보|내용|언급|나와|나오|찾)"
    r".{0,12}(?:없|않|못)"
    r"|^(?:(?:정답|답)[은을이]?\s*|저는\s*|잘\s*)*"
    r"(?:알\s*수\s*없|알지\s*못|답할\s*수\s*없|모르겠|모릅니다|몰라)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model's text says.

    ``text`` is what a person reads: the explanation without marks, then the final answer
    where the explanation does not hold it already. ``quotes`` are claimed, not yet checked.
    """

    text: str
    answers: tuple[str, ...]
    quotes: tuple[str, ...]
    refused: bool


def read(written: str, language: str = "en") -> Reading:
    """Take a model's text apart; see the module for the rules.

    >>> read("It says ##begin_quote##15 days##end_quote##.\\n<ANSWER>: 15 days")
    Reading(text='15 days', answers=('15 days',), quotes=('15 days',), refused=False)
    """
    text = unlooped(_THINK.sub("", written).replace("\u200b", "").replace("\ufffd", ""))
    body, final = _parts(text)
    quotes = tuple(dict.fromkeys(marks(text)))
    said = _tidy(final if final else body)
    if not said or _refuses(final, body):
        return Reading(refusal(language), (), quotes, refused=True)
    shown = _tidy(body)
    if not final:
        brief = len(shown) <= BRIEF and "\n" not in shown and not quotes
        return Reading(shown, (_bare(shown),) if brief else (), quotes, refused=False)
    answers = tuple(dict.fromkeys(_several(final)))
    whole = said if _only_quotes(body) else _joined(shown, said)
    return Reading(whole, answers, quotes, refused=False)


def visible(written: str) -> str:
    """A model's unfinished text as it may be shown: no marks, nothing half written.

    Grows only at its end while the text grows, so that its differences can be streamed.
    """
    text = re.sub(r"<think>.*?(?:</think>\s*|\Z)", "", written, flags=re.DOTALL)
    text = _ANSWER.sub("", _MARK.sub('"', text)).replace("\u200b", "").replace("\ufffd", "")
    held = re.search(r"(?:#+[^#\n]{0,18}#*|[*_`]*<[^>\n]{0,12}>?[*_`]*|[*_`]+)\Z", text)
    return _BROKEN.sub("", text[: held.start()] if held else text)


def _parts(text: str) -> tuple[str, str]:
    """Explanation and final answer; the second is empty where no mark announces it."""
    found = list(_ANSWER.finditer(text))
    if found:
        ran_on = _RUN_ON.search(text, found[0].end())
        text = text[: ran_on.start()] if ran_on else text
        found = [mark for mark in found if mark.end() <= len(text)]
    parts = [
        (mark.end(), found[i + 1].start() if i + 1 < len(found) else len(text))
        for i, mark in enumerate(found)
    ]
    full = [text[start:end].strip() for start, end in parts if text[start:end].strip(" *_`\n")]
    body = text[: found[0].start()] if found else text
    return body, full[-1] if full else ""


def _refuses(final: str, body: str) -> bool:
    said = final or body
    squeezed = re.sub(r"\s+", "", said)
    fixed = (words(code) for words in (refusal, ignorance) for code in ("en", "ko"))
    if any(re.sub(r"\s+", "", sentence).rstrip(".") in squeezed for sentence in fixed):
        return True
    return len(said) < 200 and not marks(said) and bool(_REFUSED.search(_tidy(said)))


def _several(final: str) -> list[str]:
    """The short answers of a final line: parted by semicolons, or a line each in a list."""
    lines = [re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", line) for line in final.splitlines()]
    listed = [line for line in lines if line.strip()]
    parts = listed if len(listed) > 1 else re.split(r"\s*[;；]\s*", final)
    return [clean for part in parts if (clean := _bare(part))]


def _bare(part: str) -> str:
    """A short answer without emphasis, quotation marks, full stop and Korean copula."""
    clean = re.sub(r"[*_`]{2,}|`", "", _tidy(part)).strip().strip('"“”').strip()
    ended = clean[:-1].rstrip() if clean.endswith((".", "。")) else clean
    return _COPULA.sub("", ended) or ended


def _only_quotes(body: str) -> bool:
    """Whether nothing but quotes and their lead-in stands before the final answer."""
    rest = re.sub(
        r"##\s*begin[_ ]?quote\s*##.*?(?:##\s*end[_ ]?quote\s*##|\Z)", " ", body, flags=re.S | re.I
    )
    return len(re.findall(r"\w+", _MARK.sub(" ", rest))) < 3


def _joined(shown: str, said: str) -> str:
    squeezed = re.sub(r"\W+", "", said).casefold()
    if squeezed in re.sub(r"\W+", "", shown).casefold():
        return shown
    return f"{shown}\n\n{said}"


def _tidy(text: str) -> str:
    """Marks as quotation marks, citations like [2] and spare spaces gone."""
    text = _CITED.sub("", text)
    text = _PAIR.sub(r'"\1"', text)
    text = _TAIL.sub("", _BROKEN.sub("", _cut_mark(_MARK.sub("", text))))
    text = _ANSWER.sub("", text).replace('""', '"')
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _cut_mark(text: str) -> str:
    """A text without the beginning of a quote mark at its end, where the model was cut off."""
    bare = text.rstrip()
    for mark in (BEGIN, END):
        for length in range(len(mark) - 1, 1, -1):
            if bare.endswith(mark[:length]):
                return bare[:-length]
    return text
