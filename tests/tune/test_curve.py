"""When a training is stopped, and when it has gone astray."""

from __future__ import annotations

from openbook.tune.curve import Curve, Watch


def test_the_best_is_known_and_patience_ends() -> None:
    curve = Curve(patience=2)
    best = [curve.add(step, held_out=loss) for step, loss in enumerate([3.0, 2.0, 2.5, 1.9, 2.0])]
    assert best == [True, True, False, True, False] and (curve.best, curve.stopped) == (3, 0)
    curve.add(5, held_out=1.95)
    assert curve.stopped == 5
    other = Curve(patience=2)
    other.restore(curve.state())
    assert other.state() == curve.state()


def test_without_held_out_rows_nothing_stops() -> None:
    curve = Curve(patience=1)
    curve.losses = [1.0, 2.0]
    assert not curve.add(1, general=4.0) and not curve.add(2, general=5.0)
    assert curve.points == [{"step": 1, "general": 4.0, "train": 1.5}, {"step": 2, "general": 5.0}]
    assert curve.stopped == 0


def test_an_explosion_is_told_from_a_bad_batch() -> None:
    watch = Watch()
    assert not any(watch.exploded(1.0) for _ in range(30))
    assert not watch.exploded(12.0), "one bad batch"
    assert not any(watch.exploded(1.0) for _ in range(10))
    assert any(watch.exploded(9.0) for _ in range(10))
    small = Watch()
    assert not any(small.exploded(loss) for loss in [0.01] * 20 + [0.5] * 20)
