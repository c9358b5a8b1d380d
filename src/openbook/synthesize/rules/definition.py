"""Sentences that say what something is: definitions, glossaries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from openbook.synthesize.asked import Asked
from openbook.synthesize.korean import particle
from openbook.synthesize.sentences import prose
from openbook.types import Passage

_KO_MEANS = re.compile(
    r"^(?:[\d.가-하①-⑳)]+\s)?[“\"'‘]?(?P<name>[^“”\"'‘’,.]{2,30}?)[”\"'’]?"
    r"(?:이란|란|(?:이)?라 함은)\s"
    r"(?P<what>.{6,160}?)(?:을|를)?\s?(?:말한다|말합니다|뜻한다|뜻합니다|의미한다|의미합니다|가리킨다)\.?$"
)
_KO_IS = re.compile(
    r"^(?P<name>(?:[가-힣A-Za-z\d·-]+ ?){1,3}?)(?:은|는) (?P<what>[^,]{6,90}?)(?:입니다|이다)\.$"
)
_KO_SORT = re.compile(
    r"(?:제도|회사|기관|시설|서비스|시스템|프로그램|조직|장치|제품|기기|도구|방법|절차|단계|기술|언어|도시|법률|이름|"
    r"부서|위원회|회의|문서|파일|기능|모듈|라이브러리|프레임워크|예산|비율|단위|과정|공간|활동|행위|사업|지역|단체)$"
)
_GLOSSARY = re.compile(r"^(?P<name>[^:]{2,40}): (?P<what>[^:]{8,160})$")
_EN_MEANS = re.compile(
    r"^[“\"]?(?P<name>(?:An? |The )?[A-Za-z][\w -]{1,40}?)[”\"]? (?P<verb>means|refers to) "
    r"(?P<what>.{8,160})\.$"
)
_EN_IS = re.compile(
    r"^(?P<name>An? [\w-]+(?: [\w-]+){0,2}|[A-Z]\w*[A-Z\d]\w*(?: [A-Z\d]\w*)*) (?P<verb>is|are) "
    r"(?P<what>(?:an?|the name of) "
    r"(?:[^,.;:]|\.(?=\d)){8,140})\.$"
)
_EN_BAD = re.compile(
    r"^(?:the target|the goal|it|this|that|there|he|she|they|these|those|what|which|"
    r"who|if|when|each|every|one|here|a "
    r"(?:difference|police|wrong)|.*\b(?:that|which|who|not|your|our|of|in|for|on|with)\b)", re.I
)  # fmt: skip
_VAGUE = re.compile(r"^(?:이|그|저|해당|이것|그것|이 .*|그 .*|다음.*|위 .*|여기|.*[은는을를에]$)")


def ask(passages: Sequence[Passage]) -> Iterator[Asked]:
    """What is X?"""
    for passage, sentence, language in prose(passages):
        for name, what in _korean(passage, sentence) if language == "ko" else _english(sentence):
            if name in what or re.search(r"각 [호목]|다음", what):
                continue
            if language == "ko":
                text = f"{particle(name, '이란')} 무엇인가요?"
            else:
                plural = "are" if name.endswith("s") and not name.endswith("ss") else "is"
                text = f"What {plural} {name}?"
            yield Asked(text, (what,), passage, sentence)


def _korean(passage: Passage, sentence: str) -> Iterator[tuple[str, str]]:
    if found := _KO_MEANS.match(sentence):
        if not _VAGUE.match(found["name"]):
            yield found["name"].strip(), found["what"].strip()
        return
    title = passage.title.strip()
    if (found := _GLOSSARY.match(sentence.rstrip("."))) and found["name"].strip() == title:
        yield title, found["what"].strip()
        return
    if (found := _KO_IS.match(sentence)) and _KO_SORT.search(found["what"]):
        name = found["name"].strip()
        if not _VAGUE.match(name) and len(name) >= 2 and " " in found["what"]:
            yield name, found["what"]


def _english(sentence: str) -> Iterator[tuple[str, str]]:
    found = _EN_MEANS.match(sentence) or _EN_IS.match(sentence)
    if found and not _EN_BAD.match(found["name"]) and not found["name"].isdigit():
        name = found["name"]
        if name.lower().startswith(("a ", "an ", "the ")):
            name = name[0].lower() + name[1:]
        if found["what"].startswith(("a little", "a lot", "an exception", "a good")):
            return
        yield name, found["what"]
