"""The encoder's training on a handful of documents: made, resumed, published, opened."""

from __future__ import annotations

import io
import json
import lzma
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openbook.models.open import open_encoder
from openbook.models.settings import Settings
from openbook.models.static import read_tensors

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "training" / "encoder"
CONFIG = """
seed = 3
[vocabulary]
learnt = 900
kept = 700
[learning]
dimension = 16
batch = 8
steps = 6
[learning.shares]
en-title = 1
ko-near = 1
squad = 1
page = 1
heading = 1
line = 1
word = 1
term = 1
law = 1
"""
ENGLISH = "The {0} team opened a new office. It has {1} rooms. Staff work there. Visitors register."
KOREAN = (
    "{0} 팀(영어: Team {0})은 새 사무실을 열었다. 방은 {1}개이다. 직원이 일한다. 손님은 등록한다."
)


def packed(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8", preset=0) as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for language, text in (("en", ENGLISH), ("ko", KOREAN)):
        rows = [{"title": f"Page {n}", "text": text.format(n, n * 7)} for n in range(40)]
        packed(folder / "corpora" / f"{language}-00.jsonl.xz", rows)
    pages = [
        {
            "id": f"p{n}",
            "title_en": f"Page {n}", "text_en": f"Press key {n}\nThen save the file.\nDo",
            "title_ko": f"페이지 {n}", "text_ko": f"{n} 키를 누르세요\n파일을 저장합니다.\n다",
        }
        for n in range(1_440)
    ]  # fmt: skip
    packed(folder / "msdocs_pairs.jsonl.xz", pages)
    squad = folder / "squad" / "train"
    squad.mkdir(parents=True)
    numbers = range(30)
    passages = [{"_id": f"d{n}", "title": f"T{n}", "text": ENGLISH.format(n, n)} for n in numbers]
    asked = [{"_id": f"q{n}", "text": f"How many rooms has team {n}?"} for n in numbers]
    (squad / "corpus.jsonl").write_text("\n".join(map(json.dumps, passages)) + "\n")
    (squad / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)) + "\n")
    gold = "\n".join(f"q{n}\td{n}\t1" for n in numbers)
    (squad / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{gold}\n")
    with tarfile.open(folder / "ko_statutes.tar.xz", "w:xz") as archive:
        for n in range(10):
            body = "".join(
                f"##### 제{a}조 (목적 {a})\n\n**①** 이 법은 {a}호 사무실의 운영에 필요한 사항을 "
                "정함을 목적으로 하며 직원의 권리를 보호한다. <개정 2020.1.1>\n\n"
                for a in range(1, 4)
            )
            content = f"---\n제목: 사무실법 {n}\n---\n\n# 사무실법 {n}\n\n{body}".encode()
            member = tarfile.TarInfo(f"kr/law{n}/법률.md")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return folder


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole run through the script, published."""
    out = tmp_path_factory.mktemp("run")
    (out / "tiny.toml").write_text(CONFIG)
    command = [
        sys.executable, str(SCRIPTS / "make.py"), "--data", str(data), "--out", str(out / "run"),
        "--config", str(out / "tiny.toml"), "--publish", str(out / "openbook-tiny"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "6 steps" in done.stdout
    return out


def test_what_was_made_opens(made: Path) -> None:
    encoder = open_encoder("openbook-tiny", Settings(), made)
    assert encoder.dimension == 16
    vectors = encoder.encode_passages(["The team", "새 사무실", ""])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    tensors = read_tensors(made / "openbook-tiny" / "model.safetensors")
    assert tensors["pieces"].dtype == np.int8
    lines = (made / "run" / "log.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["step"] == 6


def test_every_source_gave_pairs(made: Path) -> None:
    with np.load(made / "run" / "pairs.npz") as held:
        found = {name: len(held[name]) for name in held}
    for name in ("en-title", "ko-near", "squad", "page", "heading", "line", "word", "term", "law"):
        assert found[name] > 0, (name, found)


def test_a_stopped_training_reaches_the_same_weights(made: Path) -> None:
    said = python(f"""
from pathlib import Path
import config, shutil, torch
from learn import EncoderJob
from openbook.tune.run import RunSettings, run
torch.set_num_threads(1)
out, settings = Path({str(made)!r}), config.load(Path({str(made / "tiny.toml")!r}))
def new(name): return EncoderJob(out / "run", settings), out / name
whole, folder = new("whole")
run(whole, folder)
first, folder = new("parts")
assert not run(first, folder, RunSettings(stop_after_steps=2)).finished
second, folder = new("parts")
assert run(second, folder).finished
print(torch.equal(whole.table, second.table), torch.equal(first.table, second.table))
""")
    assert said.split() == ["True", "False"]


def test_what_is_held_out_is_in_no_pair(data: Path) -> None:
    said = python(f"""
from pathlib import Path
import sources
data = Path({str(data)!r})
parts = sources.aligned(data)
ids = [set(page.id for page in parts[name]) for name in ("reported", "choosing", "train")]
print(len(ids[0]), len(ids[1]), len(ids[0] & ids[2]) + len(ids[1] & ids[2]) + len(ids[0] & ids[1]))
for language in ("en", "ko"):
    held = set(d.title for d in sources.documents(data, language, held=True))
    rest = set(d.title for d in sources.documents(data, language))
    print(len(held & rest), len(held | rest))
held = set(q.title for q in sources.questions(data, held=True))
print(len(held & set(q.title for q in sources.questions(data))), len(held) > 0)
""")
    assert said.split() == ["1000", "400", "0", "0", "40", "0", "40", "0", "True"]
