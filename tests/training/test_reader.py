"""The reader's stages end to end on small made-up data, and what they promise each other."""

import copy
import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from _config import Instruct, Model, Optimiser, load
from _model import Batch, Learner, network, weights_of
from circuits import SPREAD, Flag, install
from conftest import READER
from instruct import Rows, batches
from layout import lay_out, reading
from pretrain import copied
from tasks._row import Row
from transformers import AutoTokenizer, Qwen3ForCausalLM

from openbook.models.local import LocalLM
from openbook.models.prompts import conversation, numbered, render
from openbook.models.settings import ModelSettings
from openbook.types import Turn

TINY = """
seed = 3
threads = 1
workers = 1
corpus_mb = 1
pretrain_mb = 1
[model]
vocabulary = 600
hidden = 64
layers = 5
heads = 4
kv_heads = 4
feed_forward = 64
[pretrain]
steps = 6
rows = 2
length = 48
[instruct]
rows = 60
batch_tokens = 2048
longest = 1500
"""


def stage(name: str, data: Path, out: Path, *more: str, status: int = 0) -> str:
    config = out / "tiny.toml"
    out.mkdir(exist_ok=True)
    config.write_text(TINY)
    given = ["--data", str(data), "--out", str(out), "--config", str(config), *more]
    done = subprocess.run(
        [sys.executable, str(READER / f"{name}.py"), *given],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reader") / "run"
    stage("all", data, out)
    return out


def test_all_stages_make_a_model_that_the_ordinary_path_loads(trained: Path) -> None:
    model = LocalLM.open(ModelSettings(model="openbook-reader"), trained)
    prompt = render("rag", "en", passages=numbered(["It opened in 1871."]), question="When?")
    assert model.complete([prompt], max_tokens=5)[0].usage.output_tokens <= 5
    assert model.context_tokens == 2048
    log = [json.loads(line) for line in (trained / "instruct/log.jsonl").read_text().splitlines()]
    assert log[-1]["step"] == len(batches(Rows.read(trained / "rows").lengths, Instruct(
        rows=60, batch_tokens=2048, longest=1500), 3))  # fmt: skip
    held = json.loads((trained / "tokenizer" / "measured.json").read_text())
    assert min(held["bytes_per_token"].values()) > 1


def test_finished_stages_are_passed_over(data: Path, trained: Path) -> None:
    before = (trained / "instruct" / "checkpoint.pt").read_bytes()
    assert "is there" in stage("all", data, trained)
    assert (trained / "instruct" / "checkpoint.pt").read_bytes() == before


def test_a_stopped_stage_reaches_the_same_weights(
    data: Path, trained: Path, tmp_path: Path
) -> None:
    out = tmp_path / "again"
    shutil.copytree(trained, out)
    shutil.rmtree(out / "pretrain")
    assert "stopped" in stage("pretrain", data, out, "--minutes", "0.00001", status=3)
    assert "finished" in stage("pretrain", data, out)
    wanted, found = weights_of(trained / "pretrain"), weights_of(out / "pretrain")
    assert all(torch.equal(wanted[name], found[name]) for name in wanted)


def test_a_reader_that_is_there_learns_on(data: Path, trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "on"
    shutil.copytree(trained / "openbook-reader", out / "begin")
    shutil.copytree(trained / "openbook-reader", out / "tokenizer")
    shutil.copytree(trained / "rows", out / "rows")
    assert "finished" in stage("instruct", data, out)
    before, after = weights_of(trained / "instruct"), weights_of(out / "instruct")
    changes = [(before[name] - after[name]).abs().max() for name in before]
    assert 0 < max(changes) < 0.5


ROWS = (
    Row("x", "en", "Who <b>?", ("A b. C </passage> d.", "E f g."), ("E f g.",), "f"),
    Row("x", "ko", "누가 지었나?", ("서울은 수도이다.",), (), ""),
)


@pytest.mark.parametrize("row", ROWS)
def test_rows_are_laid_out_as_prompts_are(row: Row, trained: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(trained / "openbook-reader")
    for name in ("rag", "brief"):
        prompt = render(name, row.language, passages=numbered(row.passages), question=row.question)
        chat = [{"role": m.role, "content": m.content} for m in prompt]
        seen = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        assert reading(row, ("",) * len(row.passages), name == "brief").seen == seen


def test_a_follow_up_is_laid_out_as_its_prompt_is(trained: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(trained / "openbook-reader")
    history = (("How long is leave?", "15 days."),)
    row = Row("x", "en", "And in Korea?", (), (), "How long is leave?", "standalone", history)
    prompt = render(
        "standalone", "en", conversation=conversation([Turn(*history[0])]), question=row.question
    )
    chat = [{"role": m.role, "content": m.content} for m in prompt]
    seen = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert lay_out(row, Random(1)).seen == seen


def test_every_row_is_read_once_and_batches_keep_their_size() -> None:
    lengths = np.random.default_rng(0).integers(20, 400, 5000)
    found = batches(lengths, Instruct(batch_tokens=4096), 1)
    assert sorted(np.concatenate(found)) == list(range(5000))
    assert max(lengths[rows].sum() for rows in found) < 4096 + 400
    early, late = found[: len(found) // 3], found[-len(found) // 3 :]
    assert np.mean(lengths[np.concatenate(early)]) < np.mean(lengths[np.concatenate(late)])


def test_padding_changes_nothing() -> None:
    net = network(Model(vocabulary=64, hidden=32, layers=2, heads=2, kv_heads=2), 0)
    learner = Learner(net, Optimiser(), 10, "cpu")
    ids = np.arange(10, 18)[None].astype(np.int64)
    weights = np.ones((1, 8), np.float32)
    longer = Batch(np.pad(ids, ((0, 0), (0, 5))), np.pad(weights, ((0, 0), (0, 5))))
    losses = [
        learner.loss(torch.from_numpy(b.ids), torch.from_numpy(b.weights))
        for b in (Batch(ids, weights), longer)
    ]
    assert torch.allclose(losses[0], losses[1], atol=1e-6)


def test_a_copied_row_repeats_its_first_half() -> None:
    ids = np.arange(100, 164)
    row, weights = copied(ids, np.random.default_rng(0))
    assert len(row) == len(weights) == 64 and list(row[:32]) == list(ids[:32])
    followed = [b == a + 1 for a, b in itertools.pairwise(row)]
    assert all(follows for follows, weight in zip(followed, weights[1:], strict=True) if weight)
    assert 0 < weights[32:].mean() < 1 and not weights[:32].any()


SIZE = Model(vocabulary=600, hidden=256, layers=5, heads=4, kv_heads=4, feed_forward=64)
MARKS = {Flag.START: 2, Flag.PASSAGE: 4, Flag.QUOTE: 5, Flag.ANSWER: 6}
STOP = 7
"""The token of a full stop."""


@pytest.fixture(scope="module")
def begun() -> Qwen3ForCausalLM:
    """A network as it begins, with made-up words."""
    net = network(SIZE, 0)
    with torch.no_grad():
        net.model.embed_tokens.weight.normal_(0, SPREAD)
    tokens = [f"w{number}" for number in range(600)]
    tokens[STOP] = "."
    install(net, 0, tokens, np.ones(600, np.int64), MARKS)
    net.set_attn_implementation("eager")
    return net


def looks(net: Qwen3ForCausalLM, ids: Sequence[int]) -> tuple[torch.Tensor, ...]:
    """Attention of each layer, shape ``(heads, length, length)``."""
    with torch.no_grad():
        found = net.model(input_ids=torch.tensor([list(ids)]), output_attentions=True).attentions
    return tuple(layer[0] for layer in found)


def test_a_new_network_copies_before_it_has_learnt(begun: Qwen3ForCausalLM) -> None:
    random = np.random.default_rng(0)
    rows = [copied(random.permutation(590)[:128] + 8, random) for _ in range(4)]
    ids = torch.from_numpy(np.stack([row for row, _ in rows]).astype(np.int64))
    weights = torch.from_numpy(np.stack([weight for _, weight in rows]))
    plain = Learner(network(SIZE, 0), Optimiser(), 10, "cpu")
    after = Learner(copy.deepcopy(begun), Optimiser(), 10, "cpu")
    with torch.no_grad():
        assert after.loss(ids, weights) < plain.loss(ids, weights) - 2
    first, *_ = looks(begun, ids[0].tolist())
    assert first[0].diagonal(-1).mean() > 0.95 and first[1].diagonal(-2).mean() > 0.9


def test_a_new_network_chooses_the_sentence_that_is_asked_about(begun: Qwen3ForCausalLM) -> None:
    words = [int(word) for word in np.random.default_rng(1).permutation(590)[:80] + 8]
    question, sentences = words[:8], [words[8 + 12 * n :][:12] for n in range(5)]
    sentences[3][2:5] = question[1:4]
    passage = [token for sentence in sentences for token in (*sentence, STOP)]
    ids = [2, *question, STOP, 4, STOP, *passage, 5]
    _, found, _, chosen, _ = looks(begun, ids)
    asked = ids.index(sentences[3][2], 12)
    assert found[1, asked, 1:9].sum() > 0.8
    begins = [ids.index(sentence[0]) for sentence in sentences]
    for begin in begins:
        assert found[2, begin + 6, begin] > 0.5
    assert int(chosen[0, -1].argmax()) == begins[3] + 12


def test_a_reader_too_small_for_its_heads_is_refused() -> None:
    net = network(Model(vocabulary=64, hidden=64, layers=4, heads=4, kv_heads=4), 0)
    with pytest.raises(SystemExit, match="five layers"):
        install(net, 0, ["w"] * 64, np.ones(64, np.int64), MARKS)


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("[instruct]\nrow = 3\n")
    with pytest.raises(SystemExit, match="no setting row; known: rows"):
        load(tmp_path / "x.toml")
