"""What a ranking model knows of its candidates."""

import numpy as np
import pytest

from openbook.models.open import ENCODER, bundled
from openbook.models.static import StaticEncoder
from openbook.retrieve.features import _Remembered, listing


def test_vectors_kept_from_earlier_questions_survive_making_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoder = StaticEncoder.open(bundled(ENCODER))
    kept = _Remembered()
    monkeypatch.setattr(_Remembered, "MOST", 2)
    kept.of(encoder, ["one", "two", "three"])
    found = kept.of(encoder, ["two", "four", "two"])
    assert np.allclose(found, encoder.encode_passages(["two", "four", "two"]), atol=1e-6)
    assert len(kept.held) == 1


def test_contents_are_told_from_text() -> None:
    contents = "\n".join(f"* [Refunds part {n}](refunds-{n}.md)" for n in range(20))
    assert listing(contents) == (pytest.approx(0.94, abs=0.03), 1.0)
    assert listing("1. 환불\n2. 연차\n\n본문입니다.") == (0.0, pytest.approx(2 / 3))
    assert listing("A refund takes [14 days](terms.md) from the day of purchase.")[0] < 0.4
    assert listing("\n") == (0.0, 0.0)
