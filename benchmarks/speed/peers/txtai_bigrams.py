"""txtai as in :mod:`txtai_default`, with its tokeniser of character n-grams (documented, not
the default), which is what it has for Korean.
"""

from __future__ import annotations

from typing import Any

import txtai_default
from _harness import Job, Laps
from txtai_default import open_index, search, update

__all__ = ["build", "open_index", "search", "update"]

LABEL = "txtai, bigrams"
PACKAGES = txtai_default.PACKAGES
LANGUAGES = ("ko",)
CONFIG: dict[str, Any] = {
    "keyword": True,
    "content": True,
    "scoring": {
        "method": "bm25",
        "terms": True,
        "normalize": True,
        "tokenizer": {"ngrams": {"ngrams": 2}},
    },
}
SETTINGS = {
    **txtai_default.SETTINGS,
    "index": "Embeddings(keyword=True, content=True, scoring={..., 'tokenizer': {'ngrams': 2}})",
    "language": "bigrams of characters within words; a word of one character is lost",
}


def build(job: Job, lap: Laps) -> list[int]:
    """Index the folder; lengths of the chunks."""
    return txtai_default.build_with(CONFIG, job, lap)
