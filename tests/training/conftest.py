"""The training scripts import each other from their folder; tests do the same."""

import sys
from pathlib import Path

READER = Path(__file__).resolve().parents[2] / "training" / "reader"
if str(READER) not in sys.path:
    sys.path.insert(0, str(READER))
