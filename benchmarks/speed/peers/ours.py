"""openbook: a project, ``sync``, and the Lexical stage, with the default settings."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from _harness import Found, Job, Laps

from openbook.corpus.settings import Settings
from openbook.project.folder import Project
from openbook.project.runtime import Runtime
from openbook.retrieve.lexical import Lexical
from openbook.types import Query, Ranking

LABEL = "openbook"
PACKAGES = ("openbook", "lancedb", "kiwipiepy", "PyStemmer")
SETTINGS = {
    "load": "sync of the folder; worker processes on all cores",
    "split": "its own splitter, by structure, max_tokens=256 of its estimate, which is where "
    "chunk_chars comes from; no overlap",
    "index": "two BM25 fields in LanceDB (terms and character n-grams); the title and the "
    "headings above are part of what is indexed; every sync is an atomic version",
    "language": "ko: morphemes (Kiwi) and bigrams of Hangul. en: Snowball stems",
    "update": "sync of the whole folder again: it finds the changed file itself, by hashing all",
}


class Opened(NamedTuple):
    """A project, its newest version to ask, and the stage that does it."""

    project: Project
    runtime: Runtime
    stage: Lexical


def build(job: Job, lap: Laps) -> list[int]:
    """Index the folder; lengths of the passages."""
    project = Project.create(job.index)
    project.knowledge.sync([job.folder], corpus=Settings())
    lap("load, split, index and save")
    return [len(passage.text) for passage in project.knowledge.snapshot().all_passages()]


def open_index(job: Job) -> Opened:
    """The project's newest version."""
    project = Project.open(job.index)
    return Opened(project, project.runtime(), Lexical(k=job.k))


def search(opened: Opened, job: Job, text: str) -> list[Found]:
    """The best passages."""
    ranking: Ranking = opened.runtime.run(opened.stage, [Query(text)])[0]
    return [
        Found(hit.passage.document_id.partition("/")[2], hit.passage.text) for hit in ranking.hits
    ]


def update(opened: Opened, job: Job, changed: Path) -> Opened:
    """Sync again and open the new version."""
    opened.project.knowledge.sync([job.folder], corpus=Settings())
    return Opened(opened.project, opened.project.runtime(), opened.stage)
