"""How long work tells where it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of every long step: begun with a total, advanced, finished."""

    def start(self, what: str, total: int) -> None:
        """A step begins; ``total`` is 0 where it is not known."""
        ...

    def advance(self, n: int = 1) -> None:
        """So much more of the step is done."""
        ...

    def finish(self) -> None:
        """The step is done."""
        ...


class Silence:
    """Tells nobody."""

    def start(self, what: str, total: int) -> None:
        """Nothing."""

    def advance(self, n: int = 1) -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""
