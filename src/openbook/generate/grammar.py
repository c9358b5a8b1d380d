"""English words that name nothing by themselves."""

from __future__ import annotations


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


EN_STOP = frozenset(
    _list(
        "a an the of in on at to for from by with about as into over after before under per than "
        "and or but if so because while that which who whom whose this these those it its they "
        "their them he she his her we our us you your i my me is are was were be been being am do "
        "does did have has had having can could may might must shall should will would not no yes "
        "there here what when where why how all any each some such only also then thus therefore "
        "answer question document documents passage passages says say said states state according "
        "means mean based upon up out more most other very just same own s t"
    )
)
"""Function words, and words that answers are made with."""
