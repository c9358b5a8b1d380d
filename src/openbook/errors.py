"""Everything that openbook raises on purpose.

    OpenbookError                what was wrong, where, and what to do; exit status 1
    ├── InputError               bad input, refused before anything was written; exit status 2
    │   ├── SettingsError        openbook.toml: an unknown key, a value of the wrong type
    │   ├── QuestionsError       a question file, with its line number
    │   ├── RowsError            a file of training rows, with its line number
    │   ├── FilterError          a filter that cannot be read
    │   └── WiringError          stages chained that do not fit, a stage that loses values
    ├── ProjectError             no project here, or one that cannot be used
    ├── DocumentError            a file that cannot be read as a document
    │   └── LimitError           a file beyond a limit against hostile input
    ├── KnowledgeError           the knowledge base
    │   ├── NewerFormatError     written by a newer openbook
    │   ├── UnknownVersionError  a version that is not kept
    │   ├── LockedError          another process is writing
    │   ├── DamagedError         a part of it is missing or unreadable
    │   └── EncoderMismatchError the vectors were made by another encoder
    ├── ModelError               a model that cannot be loaded or asked
    │   ├── UnknownModelError    no such name
    │   ├── AdapterError         an adapter that is incomplete, or that fits no model or use here
    │   │   └── TemplateMismatchError  asked with a prompt that it did not learn
    │   └── ServerError          a model server failed, timed out or sent nonsense
    ├── MethodError              a method raised while it answered a question
    ├── CostError                asking on could cost more than is allowed
    ├── TrainingError            a training that cannot go on
    └── MissingExtraError        an optional package is not installed

An error is one sentence a person can act on. The command line prints it without a
traceback; a library user catches :class:`OpenbookError`.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from types import ModuleType


class OpenbookError(Exception):
    """Base of the tree. ``what`` went wrong, ``where`` it was, ``fix`` says what to do."""

    exit_status = 1

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}. {self.fix}" if self.fix else text


class InputError(OpenbookError):
    """Bad input, refused before anything was written."""

    exit_status = 2


class SettingsError(InputError):
    """A setting that does not exist or has a value of the wrong type."""


class QuestionsError(InputError):
    """A question file that does not follow the layout."""


class RowsError(InputError):
    """A file of training rows that does not follow its layout."""


class FilterError(InputError):
    """A filter that cannot be read."""


class WiringError(InputError):
    """Stages that do not fit together, or a stage that returned too few or too many values."""


class ProjectError(OpenbookError):
    """No project folder here, or one that cannot be used."""


class DocumentError(OpenbookError):
    """A file that cannot be read as a document."""


class LimitError(DocumentError):
    """A file beyond one of the limits against hostile input."""


class KnowledgeError(OpenbookError):
    """The knowledge base cannot do what was asked."""


class NewerFormatError(KnowledgeError):
    """The knowledge base was written by a newer openbook."""


class UnknownVersionError(KnowledgeError):
    """A version of the knowledge base that does not exist or is no longer kept."""


class LockedError(KnowledgeError):
    """Another process is writing to the knowledge base."""


class DamagedError(KnowledgeError):
    """A part of the knowledge base is missing or unreadable."""


class EncoderMismatchError(KnowledgeError):
    """The vectors in the knowledge base were made by another encoder than the one asked."""


class ModelError(OpenbookError):
    """A model that cannot be loaded or asked."""


class UnknownModelError(ModelError):
    """No model of that name."""


class AdapterError(ModelError):
    """An adapter of the registry that is incomplete, or that does not fit what it is used for."""


class TemplateMismatchError(AdapterError):
    """An adapter is asked with a prompt that it did not learn."""


class ServerError(ModelError):
    """A model server failed, timed out or sent something that is not an answer."""


class MethodError(OpenbookError):
    """A method raised while it answered a question of a comparison."""


class CostError(OpenbookError):
    """Asking models on could cost more than is allowed."""


class TrainingError(OpenbookError):
    """A training that cannot go on; what it had learnt up to its last checkpoint is kept."""


class MissingExtraError(OpenbookError):
    """An optional package is needed and not installed."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for a mistyped name: ``did you mean "x"?``, else the known names.

    >>> nearest("retreive", ["retrieve", "corpus"])
    'Did you mean "retrieve"?'
    >>> nearest("zzz", ["b", "a"])
    'Known: a, b.'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f'Did you mean "{close[0]}"?' if close else f"Known: {', '.join(names)}."


def need(module: str, extra: str) -> ModuleType:
    """Import an optional module, or say which extra brings it.

    Args:
        module: dotted module name.
        extra: name of the extra of this package that installs it.

    Raises:
        MissingExtraError: with the ``pip install`` line.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != module.split(".", maxsplit=1)[0]:
            raise
        raise MissingExtraError(
            f'the package "{module.split(".", maxsplit=1)[0]}" is not installed',
            fix=f"Run: pip install 'openbook[{extra}]'.",
        ) from error
