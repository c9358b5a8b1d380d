"""What tests of tuning share: the makers of tiny models, and rows to learn."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from openbook.models.prompts import numbered, render, template
from openbook.tune.material import GeneratorSettings
from openbook.tune.rows import Row


@pytest.fixture(scope="session")
def makers() -> Any:
    """The makers of tiny models that the tests of models use."""
    file = Path(__file__).parents[1] / "models" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_models", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def fast() -> GeneratorSettings:
    """A few steps, two of them evaluations."""
    return GeneratorSettings(epochs=2, batch_size=3, max_tokens=900, held_out=0.25, evaluate=2)


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    """Questions over passages of other lengths, each of its own document."""
    found = []
    for number in range(8):
        passage = f"Class {number} staff have {10 + number} days of paid leave. " + "Yes. " * number
        prompt = render(
            "rag", "en", passages=numbered([passage]), question=f"How many days has class {number}?"
        )
        found.append(
            Row(prompt, f"<ANSWER>: {10 + number}", template("rag", "en").id, document=f"{number}")
        )
    return found
