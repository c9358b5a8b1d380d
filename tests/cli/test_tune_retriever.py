"""`openbook tune retriever` from the command line, and the knowledge base with its vectors."""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openbook.errors import SettingsError
from openbook.project import Project
from openbook.project.edit import edited
from openbook.synthesize.rows import Origin, PairRow, write_rows

Run = Callable[..., Any]
FAST = ("--epochs", "2", "--batch-size", "4")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = Project.create(tmp_path / "p")
    (tmp_path / "docs").mkdir()
    for n in range(12):
        text = f"# Office {n}\n\nThe office in town {n} opened in {1900 + n}."
        (tmp_path / f"docs/office{n}.md").write_text(text, "utf-8")
    project.knowledge.sync([tmp_path / "docs"])
    passages = sorted(project.knowledge.snapshot().all_passages(), key=lambda p: p.document_id)
    rows = [
        PairRow(f"p{n}", f"Since when is there one: {own.title}?", own, (passages[n - 1],), "en",
                Origin(1, "rules", "dev" if n % 4 == 0 else "train"))
        for n, own in enumerate(passages)
    ]  # fmt: skip
    write_rows(project.folder / "P.jsonl", rows)
    monkeypatch.chdir(project.folder)
    return project.folder


def tune(openbook: Run, *options: str) -> Any:
    given = ("--data", "P.jsonl", "--name", "finds", *FAST, *options)
    return openbook(f"tune retriever {shlex.join(given)}")


def made(project: Path) -> Any:
    return json.loads((project / ".openbook/made/adapters/finds/manifest.json").read_text())


def test_an_encoder_is_made_once_and_says_how_to_use_it(project: Path, openbook: Run) -> None:
    done = tune(openbook)
    assert done.status == 0, done.err
    assert "recall@5 on 3 held-out questions" in done.out and "95 % interval" in done.out
    assert 'encoder = "adapter:finds"' in done.err
    manifest = made(project)
    assert (manifest["role"], manifest["kind"]) == ("retriever", "contrastive")
    assert manifest["base"]["name"] == "openbook-encoder" and manifest["knowledge"]["version"] == 1
    assert {"recall@5", "recall@5_before", "recall@5_low", "MRR@10"} <= set(manifest["scores"])
    assert not list((project / ".openbook/made/tuning").iterdir())
    assert "is there already" in tune(openbook).out
    refused = tune(openbook, "--epochs", "3")
    assert refused.status == 2 and "Give another name" in refused.err
    assert not Project.open(project).knowledge.snapshot().encoder


def test_used_the_knowledge_base_has_its_vectors(project: Path, openbook: Run) -> None:
    done = tune(openbook, "--use")
    assert done.status == 0, done.err
    opened = Project.open(project)
    encoder = opened.encoder()
    assert encoder and opened.knowledge.snapshot().encoder == encoder.name
    assert encoder.name.startswith("finds@")
    assert made(project)["knowledge"] == {"version": 1, "vectors": opened.knowledge.version}
    again = openbook("sync")
    assert again.status == 0 and Project.open(project).knowledge.version == opened.knowledge.version
    found = openbook('search "Office 7" --retriever dense --json')
    assert found.status == 0, found.err
    assert "is used by" in openbook("adapters remove finds").err


def test_stopped_it_goes_on(project: Path, openbook: Run) -> None:
    stopped = tune(openbook, "--stop-after", "0.0001", "--use")
    assert stopped.status == 130 and "The same command goes on" in stopped.out, stopped.err
    assert not (project / ".openbook/made/adapters/finds").exists()
    assert tune(openbook).status == 0


def test_what_changed_is_learnt_again(project: Path, openbook: Run) -> None:
    assert tune(openbook, "--use").status == 0
    file = project.parent / "docs/office5.md"
    file.unlink()
    opened = Project.open(project)
    opened.knowledge.sync([project.parent / "docs"], encoder=opened.encoder())
    done = openbook("tune --refresh finds --json")
    assert done.status == 0, done.err
    assert done.json["rows"] == {"kept": 11, "remade": 0, "dropped": 1}
    fresh, encoder = Project.open(project), Project.open(project).encoder()
    assert encoder and fresh.knowledge.snapshot().encoder == encoder.name
    assert made(project)["knowledge"]["vectors"] == fresh.knowledge.version
    assert "stays as it is" in openbook("tune --refresh finds").out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--data", "openbook.toml"), "neither of the layout"),
        (("--base", "nothing"), 'no model "nothing"'),
        (("--base", "far"), "asked on a server"),
        (("--base", "adapter:none"), 'no adapter "none"'),
        (("--base", "adapter:finds"), "would learn from itself"),
        (("--set", "scale=0.0"), "out of range"),
        (("--set", "margin=1"), 'there is no setting "margin"'),
        (("--name", "../x"), "is not a name of an adapter"),
    ],
)
def test_bad_input_leaves_nothing(
    project: Path, openbook: Run, options: tuple[str, ...], said: str
) -> None:
    server = '[models.available.far]\nkind = "openai"\nbase_url = "http://localhost:1/v1"\n'
    with (project / "openbook.toml").open("a") as file:
        file.write(server)
    done = tune(openbook, *options)
    assert done.status in (1, 2) and said in done.err and "Traceback" not in done.err
    assert not (project / ".openbook/made/adapters").exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", {}),
        ('[ask]\nmethod = "x"', {"ask": {"method": "x"}}),
        ('[models]\n# note\nencoder = "old" # why\nreranker = "r"\n', {}),
        ('[models] # mine\nreranker = "r"\n\n[ask]\nencoder = "not this"\n', {}),
        ('[models.available.a]\nkind = "local"\n', {}),
    ],
)
def test_one_setting_is_edited_and_the_rest_stays(
    tmp_path: Path, text: str, kept: dict[str, Any]
) -> None:
    file = tmp_path / "openbook.toml"
    file.write_text(text, "utf-8")
    before, after = tomllib.loads(text), tomllib.loads(edited(file, "models", "encoder", "a:b"))
    assert after["models"]["encoder"] == "a:b"
    before.setdefault("models", {})["encoder"] = "a:b"
    assert after == before and {**after, **kept} == after


def test_a_file_that_cannot_be_edited_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "openbook.toml"
    file.write_text('models = {encoder = "a"}\n')
    with pytest.raises(SettingsError, match="Write there"):
        edited(file, "models", "encoder", "b")
