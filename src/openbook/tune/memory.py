"""How much memory a training took, and what to change where it is not enough."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from openbook.errors import TrainingError, need

LACKING = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc")


def peak(device: Any) -> float:
    """The most memory held so far, in MB: of the GPU, or of the process on a CPU."""
    if device.type == "cuda":
        return float(need("torch", "local").cuda.max_memory_allocated(device)) / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * unit / 1e6


@contextmanager
def enough(batch_size: int, max_tokens: int) -> Iterator[None]:
    """Turn an allocation that fails into an error that names the settings.

    Raises:
        TrainingError: out of memory.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        said = str(error).lower()
        if not isinstance(error, MemoryError) and not any(word in said for word in LACKING):
            raise
        raise TrainingError(
            f"out of memory with batch_size = {batch_size} and max_tokens = {max_tokens}",
            fix=f"Give a smaller --batch-size ({max(1, batch_size // 2)}) or --max-tokens, or a "
            "kind with fewer weights; what was saved last is kept.",
        ) from error
