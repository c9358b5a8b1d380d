"""Gradient-boosted trees in LightGBM's text format, walked in numpy.

Read are numerical splits without missing values, which is what :mod:`~openbook.retrieve.ltr_train`
makes; anything else is refused. What is returned equals LightGBM's ``predict(raw_score=True)``.
Format: https://github.com/lightgbm-org/LightGBM, ``Tree::ToString`` in src/io/tree.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from openbook.errors import ModelError

Rows = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trees:
    """All trees side by side as one list of nodes. A leaf is a node that leads to itself, so that
    rows that have arrived wait there: ``after`` holds two nodes for each, where to go above the
    threshold and where otherwise. ``first`` are the roots; ``depth`` steps reach every leaf.
    """

    names: tuple[str, ...]
    first: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: Rows
    after: NDArray[np.int64]
    value: Rows
    depth: int

    @classmethod
    def parse(cls, text: str, where: str = "") -> Trees:
        """Trees from a model file's text.

        Raises:
            ModelError: it is cut, or holds splits of another kind.
        """
        try:
            head, *blocks = [dict(block) for block in _blocks(text)]
            names = tuple(head["feature_names"].split())
            return cls._of(names, blocks)
        except (KeyError, ValueError, IndexError) as error:
            raise ModelError(
                f"is not a ranking model ({type(error).__name__}: {error})",
                where=where,
                fix="Train it again, or install openbook again.",
            ) from error

    @classmethod
    def _of(cls, names: tuple[str, ...], blocks: Sequence[dict[str, str]]) -> Trees:
        if not blocks:
            raise ValueError("no trees")
        kinds = {kind for b in blocks for kind in b.get("decision_type", "").split()}
        odd = [kind for kind in kinds if int(kind) & 1 or int(kind) >> 2 & 3]
        if odd:
            raise ValueError(f"splits of kind {odd[0]}")
        nodes: list[_Node] = []
        first, depth = [], 0
        for block in blocks:
            first.append(len(nodes))
            depth = max(depth, _grow(block, nodes, len(names)))
        return cls(
            names,
            np.array(first, np.int64),
            np.array([node.feature for node in nodes], np.int64),
            np.array([node.threshold for node in nodes]),
            np.array([node.after for node in nodes], np.int64).reshape(-1),
            np.array([node.value for node in nodes]),
            depth,
        )

    def values(self, rows: Rows) -> Rows:
        """One value a row: the sum of the leaves it reaches.

        Args:
            rows: features, shape ``(n, len(names))``, columns in the order of ``names``.
        """
        flat = np.ascontiguousarray(rows).reshape(-1)
        begin = (np.arange(len(rows)) * rows.shape[1])[:, None]
        node = np.broadcast_to(self.first, (len(rows), len(self.first)))
        for _ in range(self.depth):
            low = flat.take(begin + self.feature.take(node)) <= self.threshold.take(node)
            node = self.after.take(2 * node + low)
        return np.asarray(self.value.take(node).sum(axis=1))


class _Node(NamedTuple):
    feature: int
    threshold: float
    after: tuple[int, int]
    value: float


def _grow(block: Mapping[str, str], nodes: list[_Node], features: int) -> int:
    """Append a tree's nodes, splits before leaves, and tell its depth."""
    values = [float(value) for value in block["leaf_value"].split()]
    splits, begin = len(values) - 1, len(nodes)
    columns = zip(
        *(block.get(key, "").split() for key in ("split_feature", "threshold", *_CHILDREN)),
        strict=True,
    )
    depth = [0] * (splits + len(values))
    for number, (feature, threshold, *children) in enumerate(columns):
        left, right = (int(c) if int(c) >= 0 else splits - 1 - int(c) for c in children)
        if not (number < min(left, right) and max(left, right) < len(depth)):
            raise ValueError("a split leads nowhere")
        if not 0 <= int(feature) < features:
            raise ValueError("a split looks at a feature that there is not")
        depth[left] = depth[right] = depth[number] + 1
        nodes.append(_Node(int(feature), float(threshold), (begin + right, begin + left), 0.0))
    if len(nodes) != begin + splits:
        raise ValueError("a tree is cut")
    for value in values:
        here = len(nodes)
        nodes.append(_Node(0, 0.0, (here, here), value))
    return max(depth)


_CHILDREN = ("left_child", "right_child")


def _blocks(text: str) -> Iterator[list[tuple[str, str]]]:
    """Header and trees as keys and values."""
    block: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("Tree="):
            yield block
            block = []
        elif line == "end of trees":
            break
        key, equals, value = line.partition("=")
        if equals:
            block.append((key, value))
    else:
        raise ValueError("the file is cut")
    yield block


_DROPPED = (
    "tree_sizes split_gain leaf_weight leaf_count internal_value internal_weight internal_count "
    "shrinkage is_linear"
)
DROPPED = frozenset(_DROPPED.split())
"""What training looks at and ranking does not."""


def slim(text: str) -> str:
    """A model file's text without what ranking does not need; LightGBM still reads it.

    The parameters at its end go too.
    """
    kept = [line for line in text.splitlines() if line.partition("=")[0] not in DROPPED]
    end = kept.index("end of trees")
    return "\n".join([*kept[: end + 1], ""])
