"""The page of two runs: what moved, as a forest plot and a table."""

from __future__ import annotations

from openbook.evaluate.moved import Move, Moved
from openbook.evaluate.record import Pair, Record
from openbook.evaluate.report.forest import forest
from openbook.evaluate.report.frame import whole
from openbook.evaluate.report.markup import Content, Markup, code, tag
from openbook.evaluate.report.sections.pairs import probability
from openbook.evaluate.report.tables import Cell, region, table
from openbook.evaluate.wording import Wording, words


def moves_page(
    old: Record, new: Record, found: Moved, names: tuple[str, str], language: str
) -> str:
    """A page that says whether quality moved.

    Args:
        old: the earlier run.
        new: the later run.
        found: what moved between them.
        names: what both are called.
        language: of the page.
    """
    say = words("moved", language)
    facts = [say("old_run", name=names[0]), say("new_run", name=names[1])]
    contents = [("answer", say("answer")), ("moves", say("moves")), ("runs", say("runs"))]
    body = [_answer(found, say), _moves(new, found, say), _runs(old, new, say)]
    return whole(language, say("title"), facts, contents, body)


def _answer(found: Moved, say: Wording) -> Markup:
    """In words: worse, better, or nothing shown."""
    better = sum(move.shown == "better" for move in found.moves)
    worse = len(found.worse)
    key = "both" if better and worse else "got_worse" if worse else "got_better" if better else "no"
    told: list[Content] = [
        say("matching", n=f"{found.matching:,}", old=f"{found.old_questions:,}",
            new=f"{found.new_questions:,}")
    ]  # fmt: skip
    for how in ("paired", "unpaired", "totals"):
        if any(move.how == how for move in found.moves):
            told.append(say(how))
    for key_, names in (("only_old", found.only_old), ("only_new", found.only_new)):
        if names:
            told.append(say(key_, names=", ".join(names)))
    return tag(
        "section",
        tag("h2", say("answer"), id="answer-title"),
        tag("p", say(f"answer_{key}", better=better, worse=worse), class_="headline"),
        tag("ul", [tag("li", text) for text in told], class_="reasons"),
        id="answer",
        aria_labelledby="answer-title",
    )


def _moves(new: Record, found: Moved, say: Wording) -> Markup:
    """A plot for each measure, then all moves in a table."""
    measures = list(dict.fromkeys(move.measure for move in found.moves))
    plots = [_plot(new, found, measure, number, say) for number, measure in enumerate(measures)]
    heads: list[Content] = [
        say(key)
        for key in ("method", "measure", "old", "new", "difference", "interval", "n", "p_holm",
                    "how", "shown")
    ]  # fmt: skip
    rows = [_row(move, say) for move in found.moves]
    made = table(say("moves"), heads, rows, numbers=(2, 3, 4, 5, 6, 7), css="filterable")
    return tag(
        "section",
        tag("h2", say("moves"), id="moves-title"),
        [plot for plot in plots if plot is not None],
        made,
        id="moves",
        aria_labelledby="moves-title",
    )


def _plot(new: Record, found: Moved, measure: str, number: int, say: Wording) -> Markup | None:
    """Differences of one measure with their intervals, a line for each method."""
    shown = [
        Pair(move.method, "", measure, move.difference, move.low, move.high,
             move.p, move.p_holm, move.n, move.shown)
        for move in found.moves
        if move.measure == measure and move.low is not None
    ]  # fmt: skip
    if not shown:
        return None
    known = new.measure(measure)
    sides = (say("word_worse"), say("word_better"))
    if known is not None and not known.higher_is_better:
        sides = (sides[1], sides[0])
    title = say("plot", measure=say.label(measure))
    told = "; ".join(
        f"{p.method}: {say.signed(p.difference or 0.0)}, {say(f'word_{p.shown}')}" for p in shown
    )
    made = forest(f"move-{number}", title, told, shown, write=say.signed, sides=sides)
    return tag("figure", tag("figcaption", title), region(title, made))


def _row(move: Move, say: Wording) -> list[Cell]:
    between = "–"
    if move.low is not None and move.high is not None:
        between = say("between", low=say.signed(move.low), high=say.signed(move.high))
    counted = f"{move.n:,}" if move.how == "paired" else f"{move.n_old:,}; {move.n:,}"
    return [
        Cell(code(move.method), sort=move.method, head=True),
        Cell(say.label(move.measure), sort=move.measure),
        Cell(say.number(move.old), sort=move.old, number=True),
        Cell(say.number(move.new), sort=move.new, number=True),
        Cell(say.signed(move.difference), sort=move.difference, number=True),
        Cell(between, sort=move.low, number=True),
        Cell(counted, sort=move.n, number=True),
        Cell(probability(move.p_holm), sort=move.p_holm, number=True),
        Cell(say(f"how_{move.how}"), sort=move.how),
        Cell(say(f"word_{move.shown}"), sort=move.shown, css=f"shown {move.shown}"),
    ]


def _runs(old: Record, new: Record, say: Wording) -> Markup:
    """What differs in what made the two runs."""
    rows = []
    for key, before, after in _made(old, new):
        cells = [Cell(key, sort=key, head=True), Cell(before), Cell(after)]
        rows.append(cells)
    heads = [say("what"), say("old"), say("new")]
    return tag(
        "section",
        tag("h2", say("runs"), id="runs-title"),
        table(say("runs_caption"), heads, rows, sortable=False),
        id="runs",
        aria_labelledby="runs-title",
    )


def _made(old: Record, new: Record) -> list[tuple[str, str, str]]:
    """Rows of what made both runs: date, versions, models, expressions."""
    rows = []
    for key in ("started", "openbook", "commit", "seed", "command"):
        rows.append((key, str(old.made_by.get(key, "")), str(new.made_by.get(key, ""))))
    for key in ("version", "documents", "passages"):
        name = f"knowledge base {key}"
        rows.append((name, str(old.knowledge.get(key, "")), str(new.knowledge.get(key, ""))))
    for method in new.methods:
        if method.name in old.names:
            before = old.method(method.name)
            both = [" · ".join((m.expression, *m.models, *m.adapters)) for m in (before, method)]
            rows.append((method.name, both[0], both[1]))
    return [row for row in rows if row[1] or row[2]]
