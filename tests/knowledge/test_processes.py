"""Several processes on one knowledge base: writers take turns, readers never wait, and one
that is killed leaves the old version or the new one.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openbook.errors import KnowledgeError, LockedError
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.lock import writing
from openbook.knowledge.settings import Settings

SYNC = """
import sys
from pathlib import Path
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.settings import Settings
base = KnowledgeBase(Path(sys.argv[1]), Settings(workers=1, lock_wait_s=float(sys.argv[3])))
report = base.sync([Path(sys.argv[2])])
print(report.version, len(report.added), flush=True)
"""
HOLD = """
import sys, time
from pathlib import Path
from openbook.knowledge.lock import writing
with writing(Path(sys.argv[1]), "sync", 1.0):
    print("held", flush=True)
    time.sleep(60)
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_syncs_at_once_take_turns(base: KnowledgeBase, docs: Path) -> None:
    both = [start(SYNC, base.folder, docs, 60) for _ in range(2)]
    said = sorted(process.communicate()[0].strip() for process in both)
    assert said == ["1 0", "1 3"]
    assert base.snapshot().size == len(list(base.snapshot().all_passages()))


def test_the_holder_is_named_when_waiting_is_over(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs])
    holder = start(HOLD, base.folder)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    told: list[str] = []
    try:
        begun = time.monotonic()
        with (
            pytest.raises(LockedError, match=rf"process {holder.pid} \(sync"),
            writing(base.folder, "sync", 1.0, told.append),
        ):
            pass
        assert 0.9 < time.monotonic() - begun < 5
        assert told and str(holder.pid) in told[0]
        assert base.snapshot().lexical("words", "leav", 3)  # readers do not ask
    finally:
        holder.kill()
        holder.communicate()
    assert base.sync().version == 1  # the lock went with its process


@pytest.mark.timeout(120)
def test_killed_syncs_leave_the_old_version_or_the_new_one(tmp_path: Path, docs: Path) -> None:
    base = KnowledgeBase(tmp_path / "kb", Settings(workers=1))
    base.sync([docs])
    old = {p.id for p in base.snapshot().all_passages()}
    for number in range(60):
        (docs / f"n{number}.md").write_text(f"# The {number}\n\nThis is the number {number}.\n")
    (docs / "refund.md").unlink()
    fresh = KnowledgeBase(tmp_path / "fresh", Settings(workers=1))
    fresh.sync([docs])
    new = {p.id for p in fresh.snapshot().all_passages()}
    for delay in (0.35, 0.5, 0.6, 0.7, 0.8, 0.95):
        process = start(SYNC, base.folder, docs, 10)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        passages = [p.id for p in KnowledgeBase(base.folder).snapshot().all_passages()]
        assert len(passages) == len(set(passages)) and set(passages) in (old, new)
    base.sync()
    passages = [p.id for p in base.snapshot().all_passages()]
    assert len(passages) == len(set(passages)) and set(passages) == new


READ = """
import sys, time
from pathlib import Path
from openbook.knowledge.base import KnowledgeBase
count, end = 0, time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    snapshot = KnowledgeBase(Path(sys.argv[1])).snapshot()
    ids = [p.document_id for p in snapshot.all_passages()]
    assert len(ids) == snapshot.size, (len(ids), snapshot.size)
    rows = snapshot.lexical("words", "number", 1000)
    assert len(snapshot.passages([row for row, _ in rows])) == len(rows)
    count += 1
print(count)
"""


def test_readers_see_whole_versions_while_another_writes(base: KnowledgeBase, docs: Path) -> None:
    base.sync([docs])
    reader = start(READ, base.folder, 3)
    number = 0
    while reader.poll() is None:
        number += 1
        (docs / "number.md").write_text(f"# The number\n\nThis is the number {number}.\n" * 3)
        base.sync()
    out, errors = reader.communicate()
    assert reader.returncode == 0, errors
    assert int(out) > 3 and number > 3


FULL = """
import resource, sys
from pathlib import Path
from openbook.errors import KnowledgeError
from openbook.knowledge.base import KnowledgeBase
from openbook.knowledge.settings import Settings
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
base = KnowledgeBase(Path(sys.argv[1]), Settings(workers=int(sys.argv[4]), inline_bytes=0))
try:
    base.sync([Path(sys.argv[2])])
except KnowledgeError as error:
    print(error)
    sys.exit(7)
"""


@pytest.mark.parametrize(("limit", "workers"), [(2_000, 1), (20_000, 1), (20_000, 2), (60_000, 1)])
def test_a_full_disk_is_one_sentence_and_loses_nothing(
    base: KnowledgeBase, docs: Path, limit: int, workers: int
) -> None:
    base.sync([docs])
    for number in range(20):
        words = " ".join(f"word{number}x{i}" for i in range(400))
        (docs / f"big{number}.md").write_text(f"# Big and the {number}\n\nThe {words}.\n", "utf-8")
    process = start(FULL, base.folder, docs, limit, workers)
    out, errors = process.communicate()
    assert process.returncode == 7, out + errors
    assert "space" in out and "\n" not in out.strip()
    after = KnowledgeBase(base.folder, base.settings)
    assert after.version == 1 and len(after.snapshot().document_ids()) == 3
    assert len(after.sync().added) == 20


def test_a_folder_that_cannot_be_written_to(base: KnowledgeBase, docs: Path) -> None:
    base.folder.write_text("a file where the folder should be")
    with pytest.raises((KnowledgeError, OSError)):
        base.sync([docs])
    assert base.folder.is_file()
