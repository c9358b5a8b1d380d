"""Questions taken apart: each part is asked, and their rankings are made one.

Rules know four kinds: several questions in one, a comparison of named things (``Who is older, A
or B?``, ``A와 B 중``), something asked of both (``Are A and B in the same country?``), and a
relation of a relation (``the X of the Y of Z``), whose inner part must be found first. A language
model can be asked instead. The best of every ranking come first, the whole question's among them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openbook.errors import InputError
from openbook.flow import Each
from openbook.stage import Runtime, Stage, positive
from openbook.text.language import detect
from openbook.text.topics import topics
from openbook.types import LM, Hit, Query, Ranking

WRITTEN = 200
"""Tokens that a language model may write for the parts of a question."""


@dataclass(frozen=True)
class Parts(Stage[Query, tuple[Query, ...]]):
    """The whole question and its parts, each a question of its own.

    Args:
        how: ``rules``, or ``model`` to ask a language model.
        model: its name; empty means the configured one.
        most: parts beside the whole, at most.
    """

    how: str = "rules"
    model: str = ""
    most: int = 4

    def __post_init__(self) -> None:
        positive("decompose", most=self.most)
        if self.how not in ("rules", "model"):
            raise InputError(f'how = "{self.how}" is not known', fix="Give rules or model.")

    @property
    def resources(self) -> tuple[tuple[type, str], ...]:
        """The language model, where it takes apart."""
        return ((LM, self.model),) if self.how == "model" else ()

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[tuple[Query, ...]]:
        """The query itself and what it was taken apart into; itself alone where it is simple."""
        if self.how == "rules":
            found = [parts(query.text) for query in batch]
        else:
            found = self._asked(batch, runtime)
        return [
            (query, *(_part(query, text) for text in texts[: self.most]))
            for query, texts in zip(batch, found, strict=True)
        ]

    def _asked(self, batch: Sequence[Query], runtime: Runtime) -> list[list[str]]:
        from openbook.models.prompts import render

        if not batch:
            return []
        lm = runtime.resolve(LM, self.model)  # type: ignore[type-abstract]
        prompts = [render("decompose", detect(q.text), question=q.text) for q in batch]
        written = lm.complete(prompts, max_tokens=WRITTEN, temperature=0)
        return [
            _lines(completion.text, query.text)
            for completion, query in zip(written, batch, strict=True)
        ]


def _part(query: Query, text: str) -> Query:
    return replace(query, text=text, expansions=(), hypotheses=())


def _lines(text: str, question: str) -> list[str]:
    """Questions that a model wrote, one a line, without their numbers; none that is the whole."""
    lines = [re.sub(r"^\s*(?:\d+[.)]|[-*•])\s*", "", line).strip() for line in text.splitlines()]
    kept = [line for line in lines if line and line.casefold() != question.strip().casefold()]
    return list(dict.fromkeys(kept))


@dataclass(frozen=True)
class Together(Stage[tuple[Query, tuple[Ranking, ...]], Ranking]):
    """Several rankings as one of a query, see :func:`together`.

    Args:
        k: hits returned.
    """

    k: int = 10

    def run(
        self, batch: Sequence[tuple[Query, tuple[Ranking, ...]]], runtime: Runtime
    ) -> list[Ranking]:
        """One ranking for each query; a single ranking is cut and keeps its scores."""
        return [together(query, rankings, self.k) for query, rankings in batch]


LATER = 0.8
"""What a rank in a further ranking counts beside the same rank in the first."""


def together(query: Query, rankings: Sequence[Ranking], k: int) -> Ranking:
    """The union of rankings: a hit's score is the largest of its reciprocal ranks, those in
    further rankings times :data:`LATER`, so that the best of each come first.

    Reciprocal rank fusion would prefer what stands in the middle of every ranking to what heads
    one; on two-hop questions it lost 0.21 of nDCG@10 where this gained (see
    ``benchmarks/queries``).
    """
    if len(rankings) == 1:
        return Ranking(query, rankings[0].hits[:k])
    hits: dict[str, Hit] = {}
    best: dict[str, float] = {}
    for place, ranking in enumerate(rankings):
        for rank, hit in enumerate(ranking.hits, start=1):
            name = hit.evidence.id
            hits.setdefault(name, hit)
            best[name] = max(best.get(name, 0.0), (LATER if place else 1.0) / rank)
    scored = [
        Hit(hits[name].evidence, score, (*hits[name].why, ("together", score)))
        for name, score in best.items()
    ]
    return Ranking.of(query, scored, k)


@dataclass(frozen=True)
class Decompose(Stage[Query, Ranking]):
    """Retrieves for a question and for its parts, and fuses what they found.

    Args:
        retriever: finds passages for the question and for each part.
        how: ``rules``, or ``model`` to ask a language model.
        model: its name; empty means the configured one.
        k: passages returned.
        most: parts asked beside the whole question, at most.
    """

    retriever: Stage[Query, Ranking]
    how: str = "rules"
    model: str = ""
    k: int = 10
    most: int = 4

    def __post_init__(self) -> None:
        positive("decompose", k=self.k)
        Parts(self.how, self.model, self.most)

    @property
    def inner(self) -> tuple[Stage[Query, Ranking]]:
        """Splitting, retrieving and fusing, as one stage."""
        split = Parts(self.how, self.model, self.most)
        return (Each(split, self.retriever, Together(self.k)),)

    def run(self, batch: Sequence[Query], runtime: Runtime) -> list[Ranking]:
        """One ranking a query, of the query as it was asked."""
        return runtime.run(self.inner[0], batch)


# --- rules

_ASK_EN = r"(?:what|who|whom|whose|when|where|why|which|how)"
_SECOND_EN = re.compile(rf"\s*(?:,\s*|;\s*|\s)(?:and|or)\s+(?={_ASK_EN}\b)", re.IGNORECASE)
_OPENS_EN = re.compile(rf"^(?:\w+\s+)?{_ASK_EN}\b", re.IGNORECASE)
_SECOND_KO = re.compile(
    r"(?<=[가-힣])(?:이고|이며|인지|하고|는지|은지|고)[,\s]\s*(?:또\s|그리고\s)?(?=\S+\s)"
)
_ASK_KO = re.compile(
    r"누구|누가|언제|어디|무엇|뭐|며칠|얼마|몇|어떻게|어떤|어느|무슨|왜|까지인|인가|[나까]요"
)
_OR = re.compile(r"^(?P<head>.+?)[,:]\s*(?P<a>.+?),?\s+or\s+(?P<b>.+?)\s*\?*$")
_BETWEEN = re.compile(
    r"\b(?:between|compare[ds]?|difference[s]? (?:between|of))\s+(?P<a>.+?)\s+(?:and|with|to|or)"
    r"\s+(?P<b>.+?)(?P<rest>[,?]|\s(?:in|for|when)\s|$)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\d|(?:early|mid|late)\b|(?:january|february|march|april|may|june|july|august|september|"
    r"october|november|december|spring|summer|autumn|winter)\b",
    re.IGNORECASE,
)
"""``between`` two times asks about one thing."""
_BOTH = re.compile(
    r"^(?P<verb>are|is|were|was|do|does|did|have|has|can)\s+(?P<both>both\s+)?(?P<a>.+?)\s+and\s+"
    r"(?P<b>.+?)\s+(?P<rest>(?:both\s|located|from|of the same|have\b|in the same|share\b|the same|"
    r"born|based|still|get\b|need\b|allowed|covered).*?)\?*$",
    re.IGNORECASE,
)
_KIND = re.compile(r"^(?:the\s+)?(?P<kind>[a-z]+(?:\s+of\s+[a-z]+)?s?),?\s+(?=[A-Z])")
_AMONG_KO = re.compile(
    r"(?P<a>[^,?]+?)(?:와|과|랑|이랑|하고|,| 또는| 혹은)\s+(?P<b>[^,?]+?)\s*"
    r"(?:중|가운데|둘 다|모두)(?:에서|에|의)?\s+(?P<rest>.+?)\??$"
)
_DIFFER_KO = re.compile(
    r"(?P<a>[^,?]+?)(?:와|과|랑|이랑|하고)\s+(?P<b>[^,?]+?)(?:의|은|는|이|가)?\s*"
    r"(?P<rest>(?:차이|다른|비교|공통|같은|같나|똑같).*?)\??$"
)
_OF_EN = re.compile(
    r"\b(?:the\s+)?[\w-]+(?:\s[\w-]+){0,2}?\s+of\s+(?P<inner>(?:the\s+)?[\w-]+(?:\s[\w-]+)?\s+of\s+.+?)\s*"
    r"(?:\b(?:born|die|died|located|from|made|released)\b.*)?\?*$",
    re.IGNORECASE,
)
_OWNED_EN = re.compile(r"(?P<inner>(?!\w+['’]s\s[A-Z])[A-Z][^?]*?['’]s\s+[\w-]+)['’]s\s+[\w-]+")
_OF_KO = re.compile(r"(?P<inner>[^,?]+?의\s+[가-힣]+)의\s+[가-힣]+")


def parts(question: str) -> list[str]:
    """Questions that a question is made of, by rules; none where it is simple.

    >>> parts("Who is older, David Dzakhov or David Luna?")
    ['David Dzakhov older', 'David Luna older']
    >>> parts("연차와 병가 중 어느 쪽이 더 긴가요?")
    ['연차 어느 쪽이 더 긴가요', '병가 어느 쪽이 더 긴가요']
    >>> parts("How many days of leave do we get and who approves it?")
    ['How many days of leave do we get', 'who approves it?']
    """
    text = " ".join(question.split())
    for rule in (_several, _compared, _both, _nested):
        if found := rule(text):
            return list(dict.fromkeys(found))
    return []


def _several(text: str) -> list[str]:
    """Several questions in one. The second often leaves out what it is about; the whole
    question is asked as well.
    """
    asked = [part.strip() for part in re.split(r"(?<=[?？])\s+", text) if part.strip(" ?？")]
    if len(asked) > 1:
        return asked
    second = _SECOND_EN.search(text)
    if second and _OPENS_EN.match(text):
        return [text[: second.start()].strip(" ,"), text[second.end() :].strip()]
    for cut in _SECOND_KO.finditer(text):
        sides = [text[: cut.start()], text[cut.end() :]]
        if all(_ASK_KO.search(side) for side in sides):
            return [text[: cut.end()].strip(" ,"), sides[1].strip()]
    return []


def _compared(text: str) -> list[str]:
    """Two named things between which the question chooses or sees a difference."""
    if match := _AMONG_KO.search(text) or _DIFFER_KO.search(text):
        return [f"{match[side].strip()} {match['rest'].strip()}" for side in ("a", "b")]
    match = _BETWEEN.search(text)
    if match and not (_TIME.match(match["a"]) or _TIME.match(match["b"])):
        rest = " ".join(topics(text[match.end("b") :]))
        return [f"{match[side].strip()} {rest}".strip() for side in ("a", "b")]
    match = _OR.match(text)
    if match is None:
        return []
    about = " ".join(name for name in topics(match["head"]) if name not in _CHOOSING)
    return [f"{match[side].strip()} {about}".strip() for side in ("a", "b")]


_CHOOSING = frozenset(
    "first last earlier later more recently recent most least longer shorter".split()  # noqa: SIM905
)


def _both(text: str) -> list[str]:
    """Something asked of two named things."""
    match = _BOTH.match(text)
    if match is None or not (match["both"] or re.match("[A-Z0-9]", match["b"])):
        return []
    kind = _KIND.match(match["a"])
    first = match["a"][kind.end() :] if kind else match["a"]
    about = " ".join(topics(f"{kind['kind'] if kind else ''} {match['rest']}"))
    return [f"{side.strip(' ,')} {about}".strip() for side in (first, match["b"])]


def _nested(text: str) -> list[str]:
    """The inner relation of a relation of a relation, which must be found first."""
    for rule in (_OWNED_EN, _OF_EN, _OF_KO):
        if match := rule.search(text):
            return [match["inner"].strip()]
    return []
