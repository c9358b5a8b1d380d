"""The demo: keep a folder of sample documents in sync, ask it in Korean and English, let the small
model study it, and compare methods on its questions.

Runs the real command line, one verb after another, in ``demo/`` beside this folder. Each
line that begins with ``$`` is what you would type yourself.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE.parent / "demo"

QUESTIONS = (
    "정규직이 못 쓴 연차는 며칠까지 다음 해로 넘길 수 있나요?",
    "만 10년 근속하면 재충전 휴가비가 얼마예요?",
    "Within how many days of delivery can I return a device?",
    "What is the hotel limit per night in London?",
    "사내 어린이집이 있나요?",
)
"""The last one the handbook does not answer."""

CHANGED = QUESTIONS[0]


METHODS = "extractive,naive_rag,advanced_rag,raft:handbook"
COMPARED = 24
"""Questions of the comparison, drawn from the 150 of examples/questions.jsonl; the more, the
narrower its intervals, and the longer it takes."""

WRITTEN = (QUESTIONS[2], QUESTIONS[0])
READER = """
(The same through a language model: openbook-reader, the small one that comes with openbook. It is
there for trying methods and training, and reads far worse than the extractive answers above; name
your own model as models.generator.)"""

STUDY = """
(Now the reader studies: questions are made from the documents by rule, training rows from the
questions, each with the right passage among others, and an adapter from the rows. Half a minute
of study on a few dozen rows teaches the form more than the reading; with a real model and more
rows it is the same commands.)"""


def change() -> None:
    """Edit one document, as its owner would: five days become eight."""
    file = PLACE / "handbook" / "ko" / "leave.md"
    text = file.read_text("utf-8")
    before, after = "최대 5일까지 다음 해로", "최대 8일까지 다음 해로"
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")
    print(f"\n(handbook/ko/leave.md is edited: {before} -> {after})", flush=True)


def openbook(line: str) -> None:
    """Show a command and run it in this process, as the shell would; its failure is ours."""
    from openbook.cli import main as run

    print(f"\n$ openbook {line}", flush=True)
    sys.argv = ["openbook", *shlex.split(line)]
    try:
        run()
    except SystemExit as stopped:
        if stopped.code:
            raise


def study() -> None:
    """Questions, RAFT rows, an adapter, and an answer with it."""
    print(STUDY, flush=True)
    openbook("synthesize questions --n 60 --out study.jsonl --show 2")
    openbook("synthesize raft --questions study.jsonl --p 0.8 --distractors 2 --out rows.jsonl")
    openbook("tune generator --objective raft --data rows.jsonl --name handbook --epochs 2")
    openbook(f"ask --method raft:handbook {shlex.quote(WRITTEN[0])}")


def main() -> None:
    """Make the project, sync, ask, study, change a document, ask again, and compare methods."""
    began = time.perf_counter()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()
    shutil.copytree(HERE / "handbook", PLACE / "handbook")
    os.chdir(PLACE)
    openbook("init .")
    openbook("sync handbook")
    for question in QUESTIONS:
        openbook(f"ask {shlex.quote(question)}")
    print(READER, flush=True)
    for question in WRITTEN:
        openbook(f"ask --method naive_rag {shlex.quote(question)}")
    study()
    change()
    openbook("sync")
    openbook(f"ask {shlex.quote(CHANGED)}")
    openbook(f"ask --as-of 1 {shlex.quote(CHANGED)}")
    openbook("history")
    openbook("status")
    shutil.copy(HERE / "questions.jsonl", PLACE)
    openbook(
        f"compare --questions questions.jsonl --methods {METHODS} --sample {COMPARED} --alone 5 "
        "--out comparison"
    )
    print(f"\nThe report of the comparison: {PLACE / 'comparison' / 'report.html'}")
    took = time.perf_counter() - began
    print(f"\nThe demo took {took:.0f} s. It left a project in {PLACE}: cd there and ask.")


if __name__ == "__main__":
    main()
