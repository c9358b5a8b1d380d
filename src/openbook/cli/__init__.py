"""The command line: one thin file a verb, found by looking in this folder.

A file ``verb.py`` defines a function ``command`` whose signature is the verb's options and
whose docstring is its help, or a ``group`` of such functions for a verb that has verbs of its
own (``openbook tune generator``); ``PANEL`` groups verbs in ``openbook --help``. Files whose name
begins with ``_`` are parts that verbs share. Heavy imports happen inside the functions.
"""

from __future__ import annotations

import errno
import importlib
import os
import pkgutil
import sys

import typer

from openbook.errors import OpenbookError

PANELS = ("Start", "Documents", "Questions", "Studying", "Versions", "Settings")


def application() -> typer.Typer:
    """All verbs, in the order of :data:`PANELS`, then by name."""
    app = typer.Typer(
        name="openbook",
        help="Answers from your documents, with checked quotes, in Korean and English.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    modules = [
        importlib.import_module(f"{__name__}.{info.name}")
        for info in pkgutil.iter_modules(__path__)
        if not info.name.startswith("_")
    ]
    modules.sort(key=lambda module: (PANELS.index(module.PANEL), module.__name__))
    for module in modules:
        name = module.__name__.rpartition(".")[2].replace("_", "-")
        if hasattr(module, "group"):
            app.add_typer(module.group, name=name, rich_help_panel=module.PANEL)
        else:
            app.command(name, rich_help_panel=module.PANEL)(module.command)
    return app


def main() -> None:
    """Run the command line; errors become one sentence on standard error."""
    try:
        application()()
    except OpenbookError as error:
        _fail(str(error), error.exit_status)
    except KeyboardInterrupt:
        _fail("stopped; nothing that was finished is lost", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        _fail(_plain(error), 1)


def _plain(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{where}the disk is full. Nothing was lost; free some space and run it again."
    return f"{where}{error.strerror or error}."


def _fail(sentence: str, status: int) -> None:
    sys.stderr.write(f"openbook: {sentence}\n")
    sys.exit(status)
