"""A room imports only from rooms above it; the order is the order of the data."""

import ast
from pathlib import Path

import openbook

ROOMS = (
    "types",
    "errors",
    "settings",
    "stage",
    "flow",
    "artifacts",
    "text",
    "models",
    "corpus",
    "knowledge",
    "retrieve",
    "generate",
    "synthesize",
    "tune",
    "methods",
    "evaluate",
    "project",
    "cli",
)
FREE = {"testing", "__init__", "__main__"}
SOURCE = Path(openbook.__file__).parent


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("openbook"):
            parts = (node.module or "").split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                if parts[0] == "openbook" and len(parts) > 1:
                    found.add(parts[1])
    return found


def test_rooms_import_only_from_rooms_above() -> None:
    wrong = []
    for file in sorted(SOURCE.rglob("*.py")):
        room = file.relative_to(SOURCE).parts[0].removesuffix(".py")
        if room in FREE:
            continue
        assert room in ROOMS, f"{file}: name the room in ROOMS, in the order of the data"
        for other in imports(file) - {room} - FREE:
            if other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
                wrong.append(f"{file.relative_to(SOURCE)} imports {other}")
    assert not wrong, wrong


def test_no_room_imports_the_fakes() -> None:
    users = [f for f in SOURCE.rglob("*.py") if "testing" in imports(f)]
    assert not users
