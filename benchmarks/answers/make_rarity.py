"""Make rarity.txt: how rare the commonest terms of Korean and English are.

    python benchmarks/answers/make_rarity.py --data ../shared/data

Counts in how many encyclopedia articles (corpora/ko-*, en-*; CC BY-SA 4.0 and CC BY 4.0)
each term of the index stands, over the first 3,000 characters of an article. Kept are, for
each language, the 12,000 commonest terms in at least 12 articles, as
``log(articles / articles with it)`` in steps of 0.25. Counts of words are facts; no text of
the articles is kept.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from openbook.text.terms import analyse

TARGET = Path(__file__).parents[2] / "src/openbook/text/rarity.txt"
ARTICLES = 25_000
KEPT, FEWEST, STEP = 12_000, 12, 0.25


def articles(files: list[Path]) -> Iterator[str]:
    for file in files:
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield f"{row['title']}. {row['text'][:3000]}"


def counted(files: list[Path]) -> tuple[Counter[str], int]:
    """In how many articles each term stands, and how many there were."""
    counts: Counter[str] = Counter()
    batch: list[str] = []
    number = 0
    for number, text in enumerate(articles(files), 1):
        batch.append(text)
        if len(batch) == 500 or number == ARTICLES:
            for terms in analyse(batch):
                counts.update(set(terms.words.split()))
            batch = []
        if number == ARTICLES:
            break
    for terms in analyse(batch):
        counts.update(set(terms.words.split()))
    return counts, number


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    folder: Path = parser.parse_args().data / "corpora"
    levels: dict[float, list[str]] = defaultdict(list)
    for language in ("en", "ko"):
        counts, number = counted(sorted(folder.glob(f"{language}-*.jsonl.xz")))
        for term, count in counts.most_common(KEPT):
            hangul = any("가" <= c <= "힣" for c in term)
            if count >= FEWEST and hangul == (language == "ko") and not term[0].isdigit():
                levels[round(math.log(number / count) / STEP) * STEP].append(term)
        print(language, number, "articles", len(counts), "terms")
    lines = [f"{level:.2f} {' '.join(sorted(levels[level]))}\n" for level in sorted(levels)]
    TARGET.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
