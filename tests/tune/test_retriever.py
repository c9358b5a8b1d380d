"""An encoder learns by contrast: what it learns, resuming, and what it is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openbook.errors import InputError, ModelError, RowsError
from openbook.models.encoders import LocalEncoder
from openbook.models.open import ENCODER
from openbook.models.settings import ModelSettings
from openbook.models.settings import Settings as Models
from openbook.models.static import StaticEncoder
from openbook.synthesize.rows import ListRow, Origin, PairRow, write_rows
from openbook.tune.judged import Judged, read_judged
from openbook.tune.learner import SentenceLearner, StaticLearner, described_encoder
from openbook.tune.retriever import RetrieverJob, RetrieverSettings
from openbook.tune.rows import Parts, parts
from openbook.tune.run import RunSettings, run
from openbook.types import Passage

FAST = RetrieverSettings(epochs=3, batch_size=4, negatives=1)


def passage(number: int, text: str) -> Passage:
    return Passage(f"d{number}#{text[:3]}", f"d{number}", 0, len(text), text)


def rows(count: int = 16) -> list[Judged]:
    """Questions whose words say nothing of the passage that answers: that must be learnt."""
    colours = ("red", "blue", "green", "yellow")
    animals = ("tiger", "whale", "eagle", "horse")
    made = []
    for n in range(count):
        colour, animal = colours[n % 4], animals[n % 4]
        good = passage(n, f"The {animal} sleeps in house {n}.")
        bad = passage(n, f"The {animals[(n + 1) % 4]} eats in house {n}.")
        made.append(Judged(f"r{n}", f"Who has the {colour} sign {n}?", (good, bad), (1, 0)))
    return made


def job(base: str = ENCODER, settings: RetrieverSettings = FAST, root: Path = Path()) -> Any:
    described = described_encoder(base, Models(), root)
    divided = parts(rows(), settings.held_out, settings.seed)
    return RetrieverJob.open(base, described, divided, settings, root)


def test_pieces_that_occur_learn_and_all_others_stay(tmp_path: Path) -> None:
    learning = job(settings=RetrieverSettings(epochs=6, batch_size=8, negatives=1))
    done = run(learning, tmp_path / "run")
    assert done.finished and done.tokens > 0
    (tmp_path / "made").mkdir()
    learning.save(tmp_path / "made")
    made = StaticEncoder.open(tmp_path / "made")
    before = learning.encoder.encoder
    first, last = learning.curve.points[0], learning.curve.points[-1]
    assert learning.curve.best and last["held_out"] < first["held_out"]
    used = np.zeros(len(before.table), bool)
    used[learning.encoder.used] = True
    assert np.allclose(made.table[~used], before.table[~used], atol=1e-3)
    assert not np.allclose(made.table[used], before.table[used], atol=1e-3)
    assert made.fusion == before.fusion and made.languages == before.languages


def test_vectors_that_learn_are_those_that_serve() -> None:
    texts = ["The tiger sleeps; the tiger eats.", "연차는 15일이다", "…"]
    learner = StaticLearner.open(job().encoder.folder, texts)
    given, _ = learner.vectors(texts[:2], False)
    assert np.allclose(given.detach().numpy(), learner.encoder.encode_passages(texts[:2]), 0, 1e-6)


@pytest.mark.parametrize("sort", ["static", "sentence"])
def test_stopped_and_taken_up_again_it_ends_the_same(
    tmp_path: Path, encoder: Path, sort: str
) -> None:
    base = ENCODER if sort == "static" else str(encoder)
    whole = job(base)
    run(whole, tmp_path / "whole")
    first = job(base)
    stopped = run(first, tmp_path / "parts", RunSettings(stop_after_steps=4))
    assert not stopped.finished
    second = job(base)
    assert run(second, tmp_path / "parts").finished
    ours, theirs = whole.encoder.state(), second.encoder.state()
    assert all(bool((ours[name] == theirs[name]).all()) for name in ours)
    assert whole.curve.points == second.curve.points


def test_a_sentence_encoder_learns_with_its_own_prompts(tmp_path: Path, encoder: Path) -> None:
    settings = ModelSettings(kind="local", model=str(encoder))
    serving = LocalEncoder.open(settings, tmp_path)
    learner = SentenceLearner.open(settings, tmp_path)
    for asked, serve in ((True, serving.encode_queries), (False, serving.encode_passages)):
        made, tokens = learner.vectors(["red sign", "the tiger sleeps"], asked)
        assert np.allclose(made.detach().numpy(), serve(["red sign", "the tiger sleeps"]), 0, 1e-5)
        assert tokens > 2
    learning = job(str(encoder), RetrieverSettings(epochs=4, batch_size=8, learning_rate=1e-3))
    run(learning, tmp_path / "run")
    assert learning.curve.losses == [] and learning.curve.points[-1]["train"] > 0
    learning.save(tmp_path / "made")
    again = LocalEncoder.open(ModelSettings(kind="local", model=str(tmp_path / "made")), tmp_path)
    assert again.dimension == serving.dimension and again.name != serving.name
    assert again.model.prompts["query"] == "question: "


def test_a_passage_that_answers_is_never_a_negative() -> None:
    same = rows(1) * 4
    divided = Parts(same, [])
    learning = RetrieverJob.open(
        ENCODER, described_encoder(ENCODER, Models(), Path()), divided,
        RetrieverSettings(batch_size=4, negatives=0), Path(),
    )  # fmt: skip
    loss, _ = learning._loss(same)
    assert float(loss.detach()) == pytest.approx(0, abs=1e-6)


def test_both_layouts_say_the_same(tmp_path: Path) -> None:
    good, bad, may = passage(1, "good"), passage(1, "bad"), passage(2, "maybe")
    write_rows(tmp_path / "P", [PairRow("a", "?", good, (bad,), "en", Origin(3, "", "dev"))])
    write_rows(tmp_path / "L", [ListRow("a", "?", (bad, good, may), (0, 2, 1))])
    (pair,), (listed,) = read_judged(tmp_path / "P"), read_judged(tmp_path / "L")
    assert pair.positives == listed.positives == (good,)
    assert pair.negatives == listed.negatives == (bad,)
    assert (pair.version, pair.split, pair.document) == (3, "dev", "d1")
    assert sorted(listed.known.values()) == [0, 1, 3] and sorted(pair.known.values()) == [0, 3]


def test_bad_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="batch_size = 1"):
        RetrieverSettings(batch_size=1).check()
    (tmp_path / "x.jsonl").write_text('{"text": "prose"}\n')
    with pytest.raises(RowsError, match="neither of the layout"):
        read_judged(tmp_path / "x.jsonl")
    asked = {"far": ModelSettings(kind="openai", model="e"), "mini": ModelSettings(kind="minilm")}
    for name, said in (("far", "asked on a server"), ("mini", "it is a package")):
        with pytest.raises(ModelError, match=said):
            described_encoder(name, Models(available=asked), tmp_path)
    with pytest.raises(InputError, match="one row is too few"):
        RetrieverJob.open(
            ENCODER, described_encoder(ENCODER, Models(), tmp_path), Parts(rows(1), []), FAST,
            tmp_path,
        )  # fmt: skip


@pytest.fixture(scope="session")
def encoder(makers: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny sentence-transformers folder."""
    root = tmp_path_factory.mktemp("encoders")
    folder: Path = makers.encoder.__wrapped__(root) if hasattr(makers.encoder, "__wrapped__") else (
        makers.encoder._get_wrapped_function()(root)
    )  # fmt: skip
    return folder
