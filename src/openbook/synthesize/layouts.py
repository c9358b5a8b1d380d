"""RAFT rows in other layouts: the one published with RAFT, and chats for other trainers.

The published layout (https://github.com/ShishirPatil/gorilla/tree/main/raft) has a line an
object: ``id``, ``type``, ``question``, ``context`` with the lists ``title`` and ``sentences``,
``oracle_context``, ``cot_answer``, ``instruction``. It does not say what a row without its oracle
teaches; read back, such a row is a refusal or an answer from memory by its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openbook.errors import RowsError
from openbook.generate.quotes import marks, quote
from openbook.generate.reading import read
from openbook.models.prompts import ANSWER, numbered, refusal, render
from openbook.synthesize.checks import Dropped
from openbook.synthesize.rows import Origin, RaftRow
from openbook.text.language import detect
from openbook.types import Passage, digest

LAYOUTS = ("rows", "raft", "chat")
KEYS = ("id", "type", "question", "context", "oracle_context", "cot_answer", "instruction")


def published(row: RaftRow) -> dict[str, Any]:
    """A row in the published layout."""
    texts = [passage.text for passage in row.passages]
    documents = "".join(f"<DOCUMENT>{text}</DOCUMENT>\n" for text in texts)
    return {
        "id": row.id,
        "type": "general",
        "question": row.question,
        "context": {"title": [[_title(p) for p in row.passages]], "sentences": [texts]},
        "oracle_context": "" if row.oracle is None else texts[row.oracle],
        "cot_answer": row.completion,
        "instruction": documents + row.question,
    }


def _title(passage: Passage) -> str:
    return passage.title or passage.document_id


def chat(row: RaftRow) -> dict[str, Any]:
    """A row as a chat: the prompt that serving uses, and the completion."""
    prompt = render("rag", row.language, passages=numbered(row.passages), question=row.question)
    messages = [{"role": message.role, "content": message.content} for message in prompt]
    return {"messages": [*messages, {"role": "assistant", "content": row.completion}]}


def as_lines(rows: Iterable[RaftRow], layout: str) -> str:
    """A file of rows in the layout ``raft`` or ``chat``."""
    make = published if layout == "raft" else chat
    return "".join(json.dumps(make(row), ensure_ascii=False) + "\n" for row in rows)


def imported(path: Path) -> tuple[list[RaftRow], Dropped]:
    """Rows of a file in the published layout; those with a quote that does not stand in their
    oracle, or without a final answer, are dropped and counted.

    Raises:
        RowsError: the file cannot be read, is of another layout, or no row is left.
    """
    rows: list[RaftRow] = []
    dropped = Dropped()
    for number, value in _objects(path):
        row, reason = _row(value, f"{path}, line {number}")
        if row is None:
            dropped.add(reason)
        else:
            rows.append(row)
    if not rows:
        raise RowsError(
            f"holds no row that can be used (dropped: {dropped})",
            where=str(path),
            fix="Give a file in the layout published with RAFT.",
        )
    return rows, dropped


def _objects(path: Path) -> Iterable[tuple[int, Mapping[str, Any]]]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise RowsError(
            f"cannot be read ({reason})", where=str(path), fix="Give the path of a JSONL file."
        ) from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise RowsError("is not JSON", where=where, fix="Give one object a line.") from error
        missing = [key for key in KEYS[2:6] if not isinstance(value, dict) or key not in value]
        if missing:
            raise RowsError(
                f'is not of the layout published with RAFT (it lacks "{missing[0]}")',
                where=where,
                fix=f"Each line needs {', '.join(KEYS)}.",
            )
        yield number, value


def _row(value: Mapping[str, Any], where: str) -> tuple[RaftRow | None, str]:
    texts, titles = _context(value["context"], where)
    question, oracle, reply = (_text(value, key, where) for key in KEYS[2:6] if key != "context")
    language = detect(question)
    name = str(value.get("id") or digest(question, *texts))
    passages = tuple(
        Passage(f"{name}#{at}", f"imported/{name}/{at}", 0, len(text), text, title=title)
        for at, (text, title) in enumerate(zip(texts, titles, strict=True))
    )
    at = texts.index(oracle) if oracle in texts else None
    said = read(reply, language)
    origin = Origin(0, "imported")
    if said.refused:
        if at is not None:
            return None, "refuses beside its oracle"
        text = f"{ANSWER} {refusal(language)}"
        return RaftRow(name, question, passages, None, (), text, "refuse", language, origin), ""
    final = "; ".join(said.answers)
    if not final or ANSWER not in reply:
        return None, "no final answer"
    if at is None:
        text = f"{ANSWER} {final}"
        row = RaftRow(name, question, passages, None, (final,), text, "answer", language, origin)
        return row, ""
    if any(quote(words, passages[at]) is None for words in marks(reply)):
        return None, "a quote does not stand in the oracle"
    return (
        RaftRow(name, question, passages, at, (final,), reply.strip(), "oracle", language, origin),
        "",
    )


def _context(value: Any, where: str) -> tuple[list[str], list[str]]:
    """Texts and titles, which the published script nests one list deeper than needed."""
    if not isinstance(value, dict) or not isinstance(value.get("sentences"), list):
        raise RowsError(
            '"context" is not an object with "sentences"', where=where, fix="Mend the line."
        )
    texts = _flat(value["sentences"])
    titles = _flat(value.get("title") or [])
    titles = ["" if title == "placeholder_title" else title for title in titles]
    return texts, titles if len(titles) == len(texts) else [""] * len(texts)


def _flat(values: Any) -> list[str]:
    found: list[str] = []
    for value in values if isinstance(values, list) else [values]:
        found += _flat(value) if isinstance(value, list) else [str(value)]
    return found


def _text(value: Mapping[str, Any], key: str, where: str) -> str:
    if not isinstance(value[key], str):
        raise RowsError(f'"{key}" is not text', where=where, fix="Mend the line.")
    return str(value[key])
