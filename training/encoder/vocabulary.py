"""Stage one: the pieces. Learnt as WordPiece, then the most used ones are kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import sources
from config import Config

from openbook.models.wordpiece import UNKNOWN, WordPiece, describe, words


def texts(data: Path, config: Config) -> Iterator[str]:
    """What the pieces are learnt from: both languages about equally, and the documentation."""
    for language in ("en", "ko"):
        most = config.vocabulary.documents * (1 if language == "en" else 3)
        for document in islice(sources.documents(data, language), most):
            yield f"{document.title}\n{document.text}"
    for page in sources.aligned(data)["train"]:
        for side in (page.en, page.ko):
            yield f"{side.title}\n{side.text}"
    for question in sources.questions(data):
        yield question.text
    for at, (name, articles) in enumerate(sources.laws(data)):
        if at % 8 == 0:
            yield name
            yield from (f"{article.title}\n{article.text}" for article in articles)


def make(data: Path, out: Path, config: Config) -> None:
    """Write ``tokenizer.json`` to a folder, unless it is there."""
    if (out / "tokenizer.json").is_file():
        return
    counts: Counter[str] = Counter()
    for text in texts(data, config):
        counts.update(words(text))
    kept = prune(learn(counts, config.vocabulary.learnt), counts, config.vocabulary.kept)
    made = json.dumps(describe(kept), ensure_ascii=False, separators=(",", ":"))
    (out / "tokenizer.json").write_text(made, "utf-8")


def learn(counts: Counter[str], size: int) -> list[str]:
    """A WordPiece vocabulary of counted words."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece as Model
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from tokenizers.trainers import WordPieceTrainer

    tokenizer = Tokenizer(Model(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    trainer = WordPieceTrainer(
        vocab_size=size,
        min_frequency=1,
        special_tokens=[UNKNOWN],
        limit_alphabet=6000,
        show_progress=False,
    )
    # The trainer counts what it is given: a word that comes n times is given sqrt(n) times, so
    # that the commonest words do not take all merges, and rare ones not at all.
    lines = (f"{word} " * max(1, int(n**0.5)) for word, n in counts.items() if n > 3)
    tokenizer.train_from_iterator(lines, trainer)
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    return sorted(vocabulary, key=lambda piece: vocabulary[piece])


def prune(learnt: list[str], counts: Counter[str], kept: int) -> list[str]:
    """The most used pieces and all single characters, in the order they were learnt."""
    cut = WordPiece({piece: number for number, piece in enumerate(learnt)})
    used: Counter[int] = Counter()
    for word, count in counts.items():
        for number in cut[word]:
            used[number] += count
    single = {n for n in used if len(learnt[n].removeprefix("##")) == 1}
    single.add(learnt.index(UNKNOWN))
    many = [n for n, _ in used.most_common() if n not in single]
    chosen = single | set(many[: max(0, kept - len(single))])
    return [piece for number, piece in enumerate(learnt) if number in chosen]
