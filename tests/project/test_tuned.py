"""Where other programs find the base of an adapter."""

from pathlib import Path

from openbook.models.open import READER, bundled
from openbook.models.settings import ModelSettings, Settings
from openbook.project.tuned import base_place
from openbook.testing import toy_adapter
from openbook.tune.registry import Adapter


def test_a_base_is_a_folder_where_it_lies_in_one(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    entries = Settings(available={"short": ModelSettings(model="mine")})
    for base, place in (
        (READER, str(bundled(READER))),
        ("mine", str(tmp_path.resolve() / "mine")),
        ("short", str(tmp_path.resolve() / "mine")),
        ("org/name", "org/name"),
        ("gone", "gone"),
    ):
        adapter = Adapter.read(toy_adapter(tmp_path / f"a-{base.replace('/', '-')}", "raft", base))
        assert base_place(adapter, entries, tmp_path) == place
