"""openbook.toml: typed, documented, unknown keys refused with the nearest name."""

from pathlib import Path

import pytest

from openbook.errors import SettingsError
from openbook.project.settings import Settings, describe, load, template


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "openbook.toml"
    file.write_text(text, "utf-8")
    return file


def test_defaults_without_a_file() -> None:
    assert load(None).of(Settings).method == "extractive"


def test_values_are_read_and_typed(tmp_path: Path) -> None:
    file = write(tmp_path, '[ask]\nmethod = "naive_rag"\n[ask.parameters.naive_rag]\nk = 8\n')
    asking = load(file).of(Settings)
    assert asking.method == "naive_rag"
    assert asking.parameters == {"naive_rag": {"k": 8}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[aks]\n", r'no table \[aks\].*Did you mean "ask"'),
        ('[ask]\nmethid = "x"\n', 'no setting "methid".*Did you mean "method"'),
        ("[ask]\nmethod = 3\n", r"method = 3 is not accepted .*`openbook settings ask`"),
        ("[corpus]\nmax_tokens = 0\n", r"max_tokens = 0 is too small.*Give 16 or more"),
        ("[knowledge]\nlock_wait_s = -1\n", "lock_wait_s = -1.0 is too small"),
        ("[needs]\nleast_quality = 50\n", "is too large.*Did you mean least_quality = 0.5"),
        ("[needs]\nleast_style = 101\n", "least_style = 101.0 is too large.*Give 1 or less"),
        ("[models.available.q]\nretries = -1\n", "retries = -1 is too small"),
        ("[ask\n", "is not TOML"),
        ("ask = 3\n", r"Write a table: \[ask\]"),
        ('[models.available.q]\nmodle = "x"\n', 'no setting "modle".*Did you mean "model"'),
    ],
)
def test_mistakes_are_named_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(SettingsError, match=message) as caught:
        load(file)
    assert str(file) in str(caught.value)


def test_every_setting_has_a_sentence() -> None:
    lines = list(describe(load(None)))
    assert {"ask", "corpus", "knowledge", "models"} <= {line.table for line in lines}
    for line in lines:
        assert line.doc.endswith((".", "].")), (line.table, line.key)


def test_the_template_is_valid_and_changes_nothing(tmp_path: Path) -> None:
    text = template()
    assert load(write(tmp_path, text)).tables == load(None).tables
    assert all(line.startswith(("#", "[")) or not line for line in text.splitlines())
