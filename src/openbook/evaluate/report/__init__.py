"""The report of a comparison: one HTML file that needs nothing else.

No network, no fonts or scripts from elsewhere; everything can be read without scripts, which
only sort tables and filter lists. The page's own policy forbids whatever is not in it, so a
text of a document cannot become code even where an escape were wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openbook.evaluate.record import Record, record
from openbook.evaluate.settings import UNSTATED, Needs

__all__ = ["majority", "page", "write"]


def majority(found: Record) -> str:
    """Language of most questions: ``ko`` or ``en``."""
    counts = Counter(question.language for question in found.questions)
    return "ko" if counts["ko"] * 2 > len(found.questions) else "en"


def page(found: Record, language: str = "", needs: Needs = UNSTATED) -> str:
    """The report as HTML.

    Args:
        found: the results of a comparison.
        language: ``en`` or ``ko``; empty means that of most questions.
        needs: what the recommendation keeps to.
    """
    from openbook.evaluate.recommend import recommend
    from openbook.evaluate.report.frame import document
    from openbook.evaluate.report.sections import (
        cases,
        changes,
        dimensions,
        everything,
        groups,
        making,
        pairs,
        place,
        studied,
        summary,
        tradeoff,
    )
    from openbook.evaluate.report.view import View

    language = language or majority(found)
    view = View(found, needs, recommend(found, needs, language), language)
    order = (
        ("recommendation", summary),
        ("dimensions", dimensions),
        ("tradeoff", tradeoff),
        ("pairs", pairs),
        ("groups", groups),
        ("cases", cases),
        ("changes", changes),
        ("studied", studied),
        ("place", place),
        ("everything", everything),
        ("making", making),
    )
    made = [(key, module.section(view)) for key, module in order]
    return document(view, [(key, section) for key, section in made if section is not None])


def write(
    results: Mapping[str, Any] | Record,
    target: Path,
    language: str = "",
    needs: Needs = UNSTATED,
) -> Path:
    """Write the report of a comparison.

    Args:
        results: what ``results.json`` holds.
        target: the file to write, for example ``DIR/report.html``.
        language: ``en`` or ``ko``; empty means that of most questions.
        needs: what the recommendation keeps to.

    Returns:
        The file.

    Raises:
        InputError: the results are not those of a comparison.
    """
    from openbook.artifacts import write_atomic

    found = results if isinstance(results, Record) else record(dict(results))
    write_atomic(target, page(found, language, needs))
    return target
