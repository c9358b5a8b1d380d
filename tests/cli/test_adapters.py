"""Adapters as the shell sees them: listed, shown, asked, removed, merged, exported, stale."""

from __future__ import annotations

import importlib.util
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from openbook.models import shared
from openbook.project import Project
from openbook.testing import toy_adapter
from openbook.types import Passage

Run = Callable[[str], Any]

ASKED = {"docs/휴가.md": "연차는 며칠인가요?", "docs/refund.md": "How long may I return it?"}


@pytest.fixture
def tiny(project: Path) -> Path:
    """A tiny model in the project, which is the configured one."""
    import torch

    torch.set_num_threads(1)
    file = Path(__file__).parents[1] / "models" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_models", file)
    assert spec and spec.loader
    makers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(makers)
    folder: Path = makers.save_decoder(project / "tiny", "qwen3")
    config = '[models]\ngenerator = "tiny"\n\n[models.available.tiny]\ncontext_tokens = 1024\n'
    config += 'device = "cpu"\n'
    (project / "openbook.toml").write_text(config + "max_tokens = 16\n", "utf-8")
    return folder


def passages(project: Path) -> list[Passage]:
    return list(Project.open(project).knowledge.snapshot().all_passages())


def make(project: Path, name: str, objective: str, seed: int = 1, **more: Any) -> Path:
    """A LoRA on the tiny model, with weights that show, that learnt from every passage."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from openbook.models.weights import fingerprint

    learnt = [(p, ASKED[p.document_id]) for p in passages(project)]
    mark, folder = fingerprint(project / "tiny"), project / ".openbook/made/adapters" / name
    made = toy_adapter(folder, objective, "tiny", mark, learnt, **more)
    torch.manual_seed(seed)
    config = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(project / "tiny"), config)
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if "lora_B" in key:
                weight.normal_(std=1.0)
    model.save_pretrained(made, save_embedding_layers=False)
    return made


@pytest.fixture
def handbook(project: Path, tiny: Path) -> Iterator[Path]:
    yield make(project, "handbook", "raft")
    shared._HELD.clear()


def test_listing_and_showing(project: Path, handbook: Path, openbook: Run) -> None:
    make(project, "facts", "qa")
    done = openbook("adapters")
    assert done.status == 0, done.err
    for word in ("handbook", "facts", "generator", "lora", "raft", "tiny", "F1 0.500"):
        assert word in done.out
    rows = openbook("adapters --json").json
    assert [row["name"] for row in rows] == ["facts", "handbook"]
    assert rows[1]["stale"]["stale"] is False
    shown = openbook("adapters show handbook")
    assert shown.status == 0, shown.err
    for word in ("base", "tiny", "prompts", "rag/ko@", "fresh: all", "no setting"):
        assert word in shown.out
    whole = openbook("adapters show handbook --json").json
    assert whole["manifest"]["format"] == 1
    assert whole["base"]["name"] == "tiny"


def test_no_adapters(project: Path, openbook: Run) -> None:
    assert "No adapters yet" in openbook("adapters").out
    assert openbook("adapters --json").json == []
    done = openbook("adapters show handbook")
    assert done.status == 2
    assert "there is no adapter" in done.err
    assert openbook("adapters remove ../docs").status == 2


def test_asking_with_an_adapter(project: Path, handbook: Path, openbook: Run) -> None:
    make(project, "other", "raft", seed=9)
    line = "ask --json --method {} '연차는 며칠인가요?'"
    answers = {
        name: openbook(line.format(name)) for name in ("naive_rag", "raft:handbook", "raft:other")
    }
    for name, done in answers.items():
        assert done.status == 0, done.err
        assert done.json["method"] == name
    assert len({done.json["text"] for done in answers.values()}) == 3
    assert openbook("ask -m raft --set adapter=handbook x").status == 0
    assert openbook("ask -m raft x").status == 2
    assert "These fit: raft:handbook, raft:other." in openbook("ask -m raft x").err
    refused = openbook("ask -m naive_rag:handbook x")
    assert refused.status == 2
    assert "takes no adapter" in refused.err
    wrong = openbook("ask -m finetuned:handbook x")
    assert wrong.status == 1
    assert "learnt raft; finetuned takes one that learnt qa" in wrong.err


def test_a_prompt_that_was_not_learnt(project: Path, handbook: Path, openbook: Run) -> None:
    done = openbook("ask -m standard --set model=adapter:handbook x")
    assert done.status == 1
    assert 'did not learn the prompt "closed", but rag' in done.err


def test_another_base_is_refused(project: Path, handbook: Path, openbook: Run) -> None:
    file = project / "tiny" / "config.json"
    file.write_text(file.read_text().replace("{", "{ ", 1))
    done = openbook("ask -m raft:handbook 연차는?")
    assert done.status == 1
    assert 'was trained on "tiny" with the weights' in done.err
    (project / "tiny").rename(project / "gone")
    (project / "openbook.toml").write_text("", "utf-8")
    done = openbook("ask -m raft:handbook 연차는?")
    assert done.status == 1
    assert 'was trained on "tiny", which cannot be used' in done.err
    assert openbook("adapters show handbook").status == 0


def test_a_broken_adapter_is_said_and_can_be_removed(
    project: Path, handbook: Path, openbook: Run
) -> None:
    bad = make(project, "bad", "raft")
    (bad / "adapter_config.json").unlink()
    done = openbook("adapters")
    assert done.status == 0
    assert 'the adapter "bad" is incomplete: adapter_config.json is missing' in done.err
    assert "bad" in openbook("status").out
    assert openbook("status --json").json["broken_adapters"].keys() == {"bad"}
    (handbook / "learnt.jsonl").write_text("{", "utf-8")
    assert 'of the adapter "handbook"' in openbook("status").out
    assert "learnt.jsonl: cannot be read" in openbook("adapters").err
    asked = openbook("ask -m raft:bad 연차는?")
    assert asked.status == 1
    assert "is incomplete" in asked.err
    assert openbook("adapters remove bad").status == 0
    assert not bad.exists()


def test_one_that_a_setting_names_is_not_removed(
    project: Path, handbook: Path, openbook: Run
) -> None:
    file = project / "openbook.toml"
    plain = file.read_text("utf-8")
    for more, said in (
        ('[ask]\nmethod = "raft:handbook"\n', "[ask] method"),
        ('[ask.parameters.raft]\nadapter = "handbook"\n', "[ask.parameters.raft] adapter"),
        ('[ask.parameters.naive_rag]\nmodel = "adapter:handbook"\n', "[ask.parameters.naive_rag]"),
    ):
        file.write_text(plain + more, "utf-8")
        done = openbook("adapters remove handbook")
        assert done.status == 2
        assert said in done.err
        assert handbook.exists()
    file.write_text(plain.replace('"tiny"\n', '"adapter:handbook"\n', 1), "utf-8")
    assert "[models] generator" in openbook("adapters remove handbook").err
    file.write_text(plain, "utf-8")
    assert openbook("adapters remove handbook").status == 0
    assert openbook("adapters --json").json == []


def test_merging_and_exporting(project: Path, handbook: Path, openbook: Run) -> None:
    merged = openbook("adapters merge handbook --out merged")
    assert (merged.status, merged.err) == (0, "")
    file = project / "openbook.toml"
    entry = '[models.available.merged]\ndevice = "cpu"\nmax_tokens = 16\n'
    file.write_text(file.read_text("utf-8") + entry, "utf-8")
    asked = [
        openbook(f"ask --json -m naive_rag --set model={model} '연차는 며칠인가요?'").json["text"]
        for model in ("merged", "adapter:handbook")
    ]
    assert asked[0] == asked[1]
    done = openbook("adapters export handbook --out exported")
    assert done.status == 0, done.err
    assert "--max-lora-rank 8 --lora-modules handbook=exported" in done.out
    base = str((project / "tiny").resolve())
    assert f"vllm serve {base} --enable-lora" in done.out
    note = json.loads((project / "exported" / "adapter_config.json").read_text("utf-8"))
    assert note["base_model_name_or_path"] == base
    assert (project / "exported" / "adapter_model.safetensors").is_file()
    assert openbook("adapters export handbook --out exported").status == 2


def test_status_says_what_is_stale(
    project: Path, handbook: Path, documents: Path, openbook: Run
) -> None:
    assert "adapter     handbook: fresh: all" in openbook("status").out
    leave = documents / "휴가.md"
    leave.write_text(leave.read_text("utf-8").replace("15일", "17일"), "utf-8")
    assert openbook("sync").status == 0
    done = openbook("status")
    assert "stale: of " in done.out
    assert " changed; that touches " in done.out
    assert "Run: openbook tune --refresh handbook" in done.out
    assert "affected: 연차는 며칠인가요?" in done.out
    (one,) = openbook("status --json").json["adapters"]
    assert one["stale"] is True
    assert one["documents"] == ["docs/휴가.md"]
    assert one["questions"] == ["연차는 며칠인가요?"]
    assert one["refresh"] == "openbook tune --refresh handbook"
    assert one["against_version"] == 2
    (documents / "refund.md").unlink()
    assert openbook("sync").status == 0
    shown = openbook("adapters show handbook")
    assert " gone; that touches" in shown.out
    assert "How long may I return it?" in shown.out
    (row,) = openbook("adapters --json").json
    assert {p.partition("#")[0] for p in row["stale"]["gone"]} or row["stale"]["gone"]


def test_methods_say_what_they_need(project: Path, handbook: Path, openbook: Run) -> None:
    table = openbook("methods")
    assert "raft:ADAPTER" in table.out
    rows = {row["name"]: row for row in openbook("methods --json").json}
    assert rows["raft"]["needs"] == ["raft"]
    assert rows["raft"]["adapters"] == ["handbook"]
    assert rows["finetuned"]["adapters"] == []
    assert rows["naive_rag"]["needs"] == []


def test_calibrating_a_method_with_an_adapter(project: Path, handbook: Path, openbook: Run) -> None:
    rows = [{"_id": str(n), "text": f"연차 {n}?", "answers": ["15일"]} for n in range(3)]
    rows += [{"_id": f"u{n}", "text": f"Tungsten {n}?", "answerable": False} for n in range(3)]
    file = project / "q.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    done = openbook("calibrate q.jsonl --method raft:handbook --json")
    if done.status == 0:  # too little to learn from is said, and is no matter of names
        assert done.json["method"] == "raft:handbook"
        assert Path(done.json["file"]).name == "raft@handbook.json"
    else:
        assert "adapter" not in done.err


def compared(openbook: Run, methods: str, more: str = "") -> dict[str, Any]:
    done = openbook(f"compare --questions q.jsonl --methods {methods} --out out --alone 2 {more}")
    assert done.status == 0, done.err
    return {"out": done.out, **json.loads(Path("out/results.json").read_text("utf-8"))}


@pytest.fixture
def asked(project: Path) -> Path:
    rows = [
        {"_id": "q1", "text": "정규직 연차는 며칠인가요?", "answers": ["15일"],
         "gold": ["docs/휴가.md"]},
        {"_id": "q2", "text": "Within how many days may hardware be returned?",
         "answers": ["30 days"], "gold": ["docs/refund.md"]},
    ]  # fmt: skip
    file = project / "q.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def test_comparing_the_trained_rungs(
    project: Path, handbook: Path, asked: Path, openbook: Run
) -> None:
    make(project, "facts", "qa", seed=3)
    names = "naive_rag,finetuned:facts,finetuned_rag:facts,raft:handbook,'raft:handbook(k=1)'"
    found = compared(openbook, names, "--volume 1000")
    methods = {m["name"]: m for m in found["methods"]}
    assert {name: m["parent"] for name, m in methods.items()} == {
        "naive_rag": "",
        "finetuned:facts": "naive_rag",
        "finetuned_rag:facts": "naive_rag",
        "raft:handbook": "finetuned_rag:facts",
        "raft:handbook(k=1)": "raft:handbook",
    }
    raft, plain = methods["raft:handbook"], methods["naive_rag"]
    assert (raft["adapted"], raft["knowledge"]) == (0.8, plain["knowledge"])
    assert methods["finetuned:facts"]["knowledge"] == 0.0
    assert raft["adapters"] == ["handbook"]
    assert raft["trained"][0]["objective"] == "raft"
    assert raft["spent"]["training_seconds"] == 30.0
    assert raft["spent"]["peak_memory_mb"] == 800.0
    assert raft["spent"]["disk_mb"] > plain["spent"]["disk_mb"]
    assert plain["spent"]["training_seconds"] == 0.0
    assert found["volume"] == 1000
    assert "raft:handbook was trained in 30 s. Spread over 1,000 questions" in found["out"]
    page = Path("out/report.html").read_text("utf-8")
    assert 'id="studied"' in page
    assert "training_seconds" not in page


def test_kept_answers_are_those_of_the_adapter(
    project: Path, handbook: Path, asked: Path, openbook: Run
) -> None:
    before = compared(openbook, "naive_rag,raft:handbook")
    again = compared(openbook, "naive_rag,raft:handbook")
    assert again["answers"] == before["answers"]
    weights = handbook / "adapter_model.safetensors"
    other = make(project, "other", "raft", seed=8) / weights.name
    weights.write_bytes(other.read_bytes())
    line = "compare --questions q.jsonl --methods naive_rag,raft:handbook --out out --alone 0"
    refused = openbook(line)
    assert refused.status == 2
    assert 'other language model "adapter:handbook"' in refused.err
    assert openbook(line.replace(",raft:handbook", "")).status == 0
    fresh = compared(openbook, "naive_rag,raft:handbook", "--fresh")
    assert fresh["answers"]["raft:handbook"] != before["answers"]["raft:handbook"]


def test_comparing_refuses_before_anything_is_answered(
    project: Path, handbook: Path, asked: Path, openbook: Run
) -> None:
    for methods, said in (
        ("raft", "raft needs an adapter"),
        ("naive_rag:handbook", "takes no adapter"),
        ("finetuned:handbook", "learnt raft"),
        ("raft:nothing", "there is no adapter"),
    ):
        done = openbook(f"compare --questions q.jsonl --methods {methods} --out none")
        assert done.status in (1, 2)
        assert said in done.err
        assert not Path("none").exists()
