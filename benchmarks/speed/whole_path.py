"""The whole path (load, split, index, query) without a model, beside other libraries.

    python benchmarks/speed/whole_path.py --data ../shared/data --python-peers VENV/bin/python

Every peer (a file of ``peers/``) gets the same folder, the same size of chunks and the same
questions, in fresh processes: one builds the index, one asks, three start cold, one updates
a changed file. openbook runs under this interpreter, the others under ``--python-peers``,
an environment made with:

    pip install torch llama-index-core llama-index-retrievers-bm25 llama-index-readers-file \\
        haystack-ai markdown-it-py mdit_plain txtai chonkie beautifulsoup4

Documents: samples of 300 and 1,000 Korean statutes and the English support pages of
``--data``; or any folder or tar archive given with ``--documents``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE / "peers"))

from _documents import CHARS, MARKERS, SEED, TOKENS, Set, sample  # noqa: E402
from _known_items import questions  # noqa: E402
from _process import Failed, run  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "speed-whole-path.json"
OURS = "ours"
K = 5
EACH = 200
COLD_RUNS = 3
QUERY_LIMIT_S = 40.0
NOTES = {
    "chunks": f"{TOKENS} tokens at most in openbook's estimate, which is {CHARS['en']} characters "
    f"of English and {CHARS['ko']} of Korean; the others are given characters (or words between "
    "spaces, at the set's mean word length); no overlap. What came out is in each row.",
    "build": "import, read, split, index and persist, as one process; 'seconds' without import, "
    "'process_cpu_s' is processor time of the process and its children, start to end",
    "query": "one after another in one process, each asked once, after a tenth that only warms; "
    f"a peer stops asking after {QUERY_LIMIT_S:.0f} s, then 'questions' is lower",
    "cold": "from starting the process to the first answer: interpreter, import, opening the "
    "persisted index, one question (median of three; files are in the page cache)",
    "update": "one word of the file of median size changes; 'seconds' in a process that has the "
    "index open, 'cold_s' from starting a process. The peers are told which file it is, openbook "
    "finds it. Checked: the new word is found, the old one no longer",
    "memory": "peak of the process and its children, shared pages counted once, seen four times "
    "a second",
    "recall": "of questions drawn from the documents (peers/_known_items.py): is the right file "
    f"among the {K} chunks returned, and does one of them hold the section meant. 'heading' asks "
    "by the document's title and a section's heading, 'words' by five words of its text. "
    "Some sections of laws say the same in the same words, which no index can tell apart: they "
    "weigh on all peers alike. With 200 questions a share of 0.9 is known to within 0.04",
}


def peers(chosen: list[str]) -> list[str]:
    """Names of the peers: the files of the folder, openbook first."""
    found = sorted(file.stem for file in (HERE / "peers").glob("[a-z]*.py"))
    names = [OURS, *(name for name in found if name != OURS)]
    return [name for name in names if not chosen or name in chosen]


def size(folder: Path) -> float:
    """Megabytes of the files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def measure(peer: str, python: Path, documents: Set, asked: list[Any], work: Path) -> Any:
    """All phases of one peer on one set; None where the peer is not for its language."""
    index = work / "index"
    index.mkdir(parents=True)
    job = {
        "folder": str(documents.folder),
        "index": str(index),
        "language": documents.language,
        "chunk_chars": CHARS[documents.language],
        "chunk_words": documents.chunk_words,
        "cores": os.cpu_count(),
        "k": K,
        "limit_s": QUERY_LIMIT_S,
        "queries": asked,
    }

    def phase(name: str, **more: Any) -> dict[str, Any]:
        return run(python, name, peer, {**job, **more}, work) or {}

    built = phase("build")
    if not built:
        return None
    disk = size(index)
    queried = phase("query")
    colds = [phase("cold", queries=[asked[at]]) for at in range(COLD_RUNS)]
    file = documents.changing.relative_to(documents.folder).as_posix()
    with documents.changed():
        changed = {"file": file, "old": MARKERS[0], "new": MARKERS[1]}
        updated = phase("update", changed=changed)
    return row(built, queried, colds, updated, disk)


def row(
    built: dict[str, Any],
    queried: dict[str, Any],
    colds: list[dict[str, Any]],
    updated: dict[str, Any],
    disk: float,
) -> dict[str, Any]:
    """The figures of one peer on one set."""
    cold = {
        name: statistics.median(run[name] for run in colds) for name in ("since_start_s", "cpu_s")
    }
    figures = {
        "build": {
            "seconds": built["seconds"],
            "import_s": built["import_s"],
            "process_s": built["wall_s"],
            "process_cpu_s": built["cpu_s"],
            "steps": built["steps"],
            "peak_mb": built["peak_mb"],
            "disk_mb": disk,
            "chunks": built["chunks"],
            "chunk_chars_mean": built["chunk_chars_mean"],
            "chunk_chars_p95": built["chunk_chars_p95"],
            "chars": built["chars"],
        },
        "query": {
            **{name: queried[name] for name in ("p50_ms", "p95_ms", "timed", "open_s", "peak_mb")},
        },
        "cold_s": cold["since_start_s"],
        "cold_cpu_s": cold["cpu_s"],
        "update": {
            "seconds": updated["seconds"],
            "cold_s": updated["since_start_s"],
            "process_cpu_s": updated["cpu_s"],
            "new_words_found": updated["new_words_found"],
            "old_words_gone": updated["old_words_gone"],
        },
        "recall@5": queried["recall"],
    }
    told = {name: built[name] for name in ("label", "settings", "versions")}
    return {**told, **rounded(figures)}


def rounded(value: Any) -> Any:
    """Floats to four significant digits, through dictionaries."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def sets(arguments: argparse.Namespace, to: Path) -> Iterator[Set]:
    """The sets of documents that were asked for."""
    if arguments.documents:
        name = arguments.documents.name.split(".")[0]
        yield from sample(arguments.documents, arguments.sizes or [0], to, name)
        return
    yield from sample(arguments.data / "commerce_kb" / "en", [0], to, "commerce_kb-en")
    statutes = arguments.data / "ko_statutes.tar.xz"
    yield from sample(statutes, arguments.sizes or [300, 1000], to, "ko_statutes")


def print_row(label: str, result: dict[str, Any]) -> None:
    """A line of the table."""
    build, query, update = result["build"], result["query"], result["update"]
    parts = (
        f"{label:16} build {build['seconds']:7.1f} s (processor {build['process_cpu_s']:6.1f} s)",
        f"p50 {query['p50_ms']:7.2f} ms",
        f"p95 {query['p95_ms']:7.2f} ms",
        f"cold {result['cold_s']:5.1f} s",
        f"update {update['seconds']:6.2f} s (cold {update['cold_s']:5.1f} s)",
        f"peak {build['peak_mb']:5.0f} / {query['peak_mb']:5.0f} MB",
        f"disk {build['disk_mb']:6.1f} MB",
        f"chunks {build['chunks']:6} of {build['chunk_chars_mean']:4.0f}",
        *(
            f"{kind} {values['section']:.3f} (file {values['file']:.3f}, {values['questions']})"
            for kind, values in result["recall@5"].items()
        ),
    )
    print("  " + "  ".join(parts), flush=True)


def on_set(documents: Set, arguments: argparse.Namespace, work: Path) -> dict[str, Any]:
    """All peers on one set, one after another."""
    asked = questions(documents.folder, documents.files, EACH, SEED)
    megabytes = size(documents.folder)
    print(f"{documents.name}: {len(documents.files)} files, {megabytes:.1f} MB", flush=True)
    results: dict[str, Any] = {}
    for peer in peers(arguments.peers):
        python = Path(sys.executable) if peer == OURS else arguments.python_peers
        try:
            result = measure(peer, python, documents, asked, work / documents.name / peer)
        except Failed as error:
            results[peer] = {"failed": error.words}
            print(f"  {peer:16} failed: {error.words}", flush=True)
            continue
        if result:
            results[peer] = result
            print_row(result["label"], result)
    return {
        "language": documents.language,
        "files": len(documents.files),
        "megabytes": round(megabytes, 2),
        "questions": len(asked),
        "results": results,
    }


def described(found: dict[str, Any], seconds: float) -> dict[str, Any]:
    """The result with what made it; settings and versions once for each peer."""
    told: dict[str, Any] = {}
    for one in found.values():
        for peer, result in one["results"].items():
            about = {name: result.pop(name, None) for name in ("label", "settings", "versions")}
            told.setdefault(peer, about)
    git = ["git", "-C", str(ROOT)]
    commit = subprocess.run(
        [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    changes = subprocess.run(
        [*git, "status", "--short", "src"], capture_output=True, text=True, check=False
    )
    return {
        "what": (__doc__ or "").split("\n", maxsplit=1)[0],
        "command": "python benchmarks/speed/whole_path.py --data ../shared/data --python-peers ...",
        "commit": commit.stdout.strip(),
        "sources_changed_since": bool(changes.stdout.strip()),
        "python": platform.python_version(),
        "machine": {"cores": os.cpu_count(), "system": platform.system()},
        "seconds": round(seconds, 1),
        "seed": SEED,
        "k": K,
        "notes": NOTES,
        "peers": told,
        "sets": found,
    }


def main() -> None:
    """Measure, print, and write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--documents", type=Path, help="a folder or tar archive of one's own")
    parser.add_argument("--sizes", type=int, nargs="*", help="numbers of files drawn; 0 for all")
    parser.add_argument("--peers", nargs="*", default=[], help="only these files of peers/")
    parser.add_argument("--python-peers", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=RESULT)
    arguments = parser.parse_args()
    start = time.perf_counter()
    loads = [os.getloadavg()[0]]
    with TemporaryDirectory() as folder:
        work = Path(folder)
        found = {
            documents.name: on_set(documents, arguments, work)
            for documents in sets(arguments, work / "documents")
        }
    result = described(found, time.perf_counter() - start)
    loads.append(os.getloadavg()[0])
    result["machine"] |= {"load_at_start": round(loads[0], 2), "load_at_end": round(loads[1], 2)}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"written to {arguments.out}")


if __name__ == "__main__":
    main()
