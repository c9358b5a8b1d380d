"""Train the bundled intent classifier (a minute on one core).

    python training/intent/train.py --data ../shared/data

Form: hand-written and rule-made questions (``examples.py``; Korean ones of one fact also from
sentences of an encyclopedia), titles of documentation pages, SQuAD train, single-hop MetaQA and
2WikiMultihopQA sub-questions as facts, 2- and 3-hop MetaQA and the first 300 questions of
2WikiMultihopQA as multi-hop. Scope: rankings of questions over a knowledge base that holds their
article and over one that does not, from SQuAD train, the Korean statutes (headings made questions)
and pages of a support site in both languages. No question of a test set is read.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from examples import Labelled, chat, clozes, facts, plain, several

from openbook.artifacts import write_atomic
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.snapshot import Snapshot
from openbook.project.runtime import Runtime
from openbook.retrieve.intent_train import train
from openbook.retrieve.lexical import Lexical
from openbook.text.sentences import sentences as cut
from openbook.types import Query, Ranking

SEED = 11
TRAINED = 300
"""Questions of 2WikiMultihopQA that are trained on; the others are for measuring."""
OUT = Path(__file__).parents[2] / "src/openbook/retrieve/bundled/intent.npz"
Pages = dict[str, tuple[str, str]]


def lines(file: Path) -> list[dict[str, Any]]:
    """Rows of a file of JSON lines."""
    return [json.loads(line) for line in file.read_text("utf-8").strip("\n").split("\n")]


def packed(file: Path, most: int) -> list[dict[str, Any]]:
    """The first rows of a compressed file of JSON lines."""
    with lzma.open(file, "rt", encoding="utf-8") as rows:
        return [json.loads(row) for row in islice(rows, most)]


def sentences(file: Path, most: int) -> list[str]:
    """A sentence of each of the first documents."""
    texts = [row["text"] for row in packed(file, most)]
    return [text[a:b] for text in texts for a, b in cut(text[:600])[1:3]]


def forms(data: Path) -> list[Labelled]:
    """Labelled questions from all sources."""
    chance = random.Random(SEED)
    found = [*chat(SEED), *facts(SEED, 1600), *plain(SEED, 900), *several(SEED, 3000)]
    found += clozes(sentences(data / "corpora/ko-00.jsonl.xz", 3000), SEED, 1500)
    for pair in chance.sample(packed(data / "msdocs_pairs.jsonl.xz", 4000), 250):
        found += [(pair[f"title_{language}"], "fact") for language in ("ko", "en")]
    squad = lines(data / "squad/train/queries.jsonl")
    found += [(row["text"], "fact") for row in chance.sample(squad, 1800)]
    for hops, label, count in ((1, "fact", 400), (2, "multi-hop", 400), (3, "multi-hop", 400)):
        rows = chance.sample(lines(data / f"metaqa/{hops}hop_train.jsonl"), count)
        found += [(row["text"], label) for row in rows]
    wiki = json.loads((data / "multihop_2wiki/wikihop_train_preprocess.json").read_text("utf-8"))
    for row in wiki[:TRAINED]:
        found += [(row["question"], "multi-hop")] * 2
        found += [(pair["question"], "fact") for pair in row["qa_pairs"]]
    return [varied(text, chance) for text in found]


def varied(labelled: Labelled, chance: random.Random) -> Labelled:
    """A question as hurried people type it, now and then: in lower case, without its mark."""
    text, label = labelled
    if chance.random() < 0.3:
        text = text.lower()
    if chance.random() < 0.15:
        text = text.rstrip("?.! ")
    return text, label


# --- scope


def squad(data: Path) -> tuple[Pages, dict[str, list[str]]]:
    """Paragraphs and their questions."""
    folder = data / "squad/train"
    pages = {row["_id"]: (row["title"], row["text"]) for row in lines(folder / "corpus.jsonl")}
    texts = {row["_id"]: row["text"] for row in lines(folder / "queries.jsonl")}
    asked: dict[str, list[str]] = {}
    for row in (folder / "qrels.tsv").read_text("utf-8").strip().split("\n")[1:]:
        query, page, _ = row.split("\t")
        asked.setdefault(page, []).append(texts[query])
    return pages, asked


HEAD = re.compile(r"^##### 제\d+조(?:의\d+)? \((?P<title>[^)]+)\)\s*$", re.MULTILINE)
AS_KO = ("{1}은 어떻게 되나요?", "{0}에서 {1}에 대해 알려줘", "{1} 기준이 뭔가요?", "{0}상 {1}은?",
         "{1}에 관한 규정은 어디에 있나요?", "{0}의 {1} 절차가 궁금합니다")  # fmt: skip
AS_EN = ("How do I fix this: {1}?", "What about {1}?", "{1}", "Why does this happen: {1}",
         "Tell me about {1}.")  # fmt: skip


def statutes(data: Path, chance: random.Random) -> tuple[Pages, dict[str, list[str]]]:
    """Articles, and questions made of their headings; the group is the law."""
    pages: Pages = {}
    asked: dict[str, list[str]] = {}
    with tarfile.open(data / "ko_statutes.tar.xz") as archive:
        laws = 0
        for number, member in enumerate(archive):
            if laws >= 160:
                break
            if not member.name.endswith("법률.md") or number % 5:
                continue
            file = archive.extractfile(member)
            text = file.read().decode("utf-8") if file else ""
            name = re.search(r"^# (.+)$", text, re.MULTILINE)
            heads = list(HEAD.finditer(text))[1:30]
            if name is None or len(heads) < 2:
                continue
            laws += 1
            for head, after in pairwise(heads):
                key = f"{len(pages)}"
                pages[key] = (name[1], text[head.start() : after.start()][6:1500])
                frame = chance.choice(AS_KO)
                asked[key] = [frame.format(name[1], head["title"])]
    return pages, asked


def support(data: Path, language: str, chance: random.Random) -> tuple[Pages, dict[str, list[str]]]:
    """Support pages, and questions made of their titles."""
    pages: Pages = {}
    asked: dict[str, list[str]] = {}
    for file in sorted((data / "commerce_kb" / language).rglob("*.md")):
        text = re.sub(r"\A---\n.*?\n---\n", "", file.read_text("utf-8"), flags=re.DOTALL)
        title = re.search(r"^# (.+?)(?:\s*\{#.*)?$", text, re.MULTILINE)
        if title and len(title[1]) > 12:
            pages[file.name] = (file.parent.name, text[title.end() :][:4000])
            frame = chance.choice(AS_KO if language == "ko" else AS_EN)
            asked[file.name] = [frame.format("", title[1]).strip()]
    return pages, asked


def rankings(pages: Pages, queries: Sequence[str]) -> list[Ranking]:
    """What the questions find in a knowledge base of the pages."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "corpus.jsonl"
        rows = [{"_id": key, "title": t, "text": text} for key, (t, text) in pages.items()]
        source.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), "utf-8")
        base = KnowledgeBase(Path(name) / "kb")
        base.sync([source])
        snapshot = base.snapshot()
        runtime = Runtime(snapshot.identity, {Snapshot: lambda name: snapshot})
        return runtime.run(Lexical(10), [Query(text) for text in queries])


def parted(
    pages: Pages, asked: dict[str, list[str]], count: int, chance: random.Random
) -> Iterator[tuple[list[Ranking], list[Ranking]]]:
    """Rankings in and out of scope: pages are dealt by their titles to two knowledge bases, and
    a small share of one of them makes a third, for few documents look otherwise than many.
    """
    titles = sorted({title for title, _ in pages.values()})
    chance.shuffle(titles)
    for share in (0.5, 0.1):
        own = set(titles[: max(1, int(share * len(titles)))])
        held = {key: page for key, page in pages.items() if page[0] in own}
        inside = [text for key in held for text in asked.get(key, ())]
        outside = [text for key in pages.keys() - held.keys() for text in asked.get(key, ())]
        some = chance.sample(sorted(inside), min(count, len(inside)))
        others = chance.sample(sorted(outside), min(len(some), len(outside)))
        yield (
            rankings(held, [reworded(text, some, chance) for text in some]),
            rankings(held, others),
        )


def reworded(text: str, others: Sequence[str], chance: random.Random) -> str:
    """A question in words that its passage may lack, as people ask: every other question has a
    third of its words replaced by words of another.
    """
    if chance.random() < 0.5:
        return text
    spare = chance.choice(others).split()
    return " ".join(chance.choice(spare) if chance.random() < 0.33 else w for w in text.split())


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    chance = random.Random(SEED)
    inside: list[Ranking] = []
    outside: list[Ranking] = []
    sources = (
        (squad(given.data), 250), (statutes(given.data, chance), 250),
        (support(given.data, "ko", chance), 100), (support(given.data, "en", chance), 100),
    )  # fmt: skip
    for (pages, asked), count in sources:
        for held, other in parted(pages, asked, count, chance):
            inside += held
            outside += other
            print("scope", len(inside), len(outside), flush=True)
    labelled = forms(given.data)
    made = train(labelled, inside, outside)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(given.out, made.data())
    right = sum(
        label == ("chat", "fact", "multi-hop")[int(row.argmax())]
        for (_, label), row in zip(labelled, made.chances([t for t, _ in labelled]), strict=True)
    )
    print(f"{len(labelled)} questions, {right / len(labelled):.4f} right in training")
    within = sum(made.outside(r) < 0.5 for r in inside) + sum(
        made.outside(r) >= 0.5 for r in outside
    )
    print(f"{len(inside) + len(outside)} rankings, {within / (len(inside) + len(outside)):.4f}")


if __name__ == "__main__":
    main()
