"""``openbook compare`` as the shell runs it: the commands of the README, kills, bad input."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

Run = Callable[[str], Any]

QUESTIONS = [
    {"_id": "q1", "text": "정규직 연차는 며칠인가요?", "answers": ["15일"],
     "gold": ["docs/휴가.md"], "language": "ko", "split": "train"},
    {"_id": "q2", "text": "병가는 며칠까지 쓸 수 있나요?", "answers": ["60일"],
     "gold": ["docs/휴가.md"], "language": "ko"},
    {"_id": "q3", "text": "Within how many days may hardware be returned?",
     "answers": ["30 days"], "gold": ["docs/refund.md"], "split": "test"},
    {"_id": "q4", "text": "How many characters must a password have?", "answers": ["14"],
     "gold": ["docs/refund.md"]},
    {"_id": "q5", "text": "What is the boiling point of tungsten?", "answerable": False},
]  # fmt: skip

ECHO = '''"""Says the beginning of what was found.

Adds to:  extractive
Idea:     a test.
Source:   none.
Cost:     none.
Fails when asked.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openbook.retrieve.hybrid import retrieve
from openbook.retrieve.rewrite import Rewrite
from openbook.stage import Runtime, Stage, method
from openbook.types import Answer, Query, Ranking


@dataclass(frozen=True)
class Echo(Stage[Ranking, Answer]):
    wait: float = 0.0
    fault: str = ""

    def run(self, batch: Sequence[Ranking], runtime: Runtime) -> list[Answer]:
        made = []
        for ranking in batch:
            time.sleep(self.wait)
            if ranking.query.id == self.fault:
                raise LookupError("no such thing")
            text = ranking.passages[0].text[:60] if ranking.passages else "?"
            made.append(Answer("answered", text, ranking.query, ranking=ranking))
        return made


@method(parent="extractive")
def echo(*, k: int = 2, wait: float = 0.0, fault: str = "") -> Stage[Query, Answer]:
    return Rewrite("rules") >> retrieve(k, 20, 0.0) >> Echo(wait, fault)
'''


@pytest.fixture
def questions(project: Path) -> Path:
    file = project / "questions.jsonl"
    write(file, QUESTIONS)
    (project / "methods").mkdir()
    (project / "methods" / "echo.py").write_text(ECHO, "utf-8")
    return file


def write(file: Path, rows: list[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")


def results(folder: str = "out") -> dict[str, Any]:
    return json.loads(Path(folder, "results.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_a_comparison_from_questions_to_report(questions: Path, openbook: Run) -> None:
    done = openbook(
        "compare --questions questions.jsonl --methods 'extractive,echo,echo(k=1)' --out out"
    )
    assert done.status == 0, done.err
    assert "5 questions; latency from 5 asked one at a time" in done.out
    assert "echo(k=1)" in done.out
    assert "against" in done.out
    assert ("not shown: these questions show no difference" in done.out) == any(
        row["shown"] == "none" for row in results()["pairs"]
    )
    found = results()
    assert [m["parent"] for m in found["methods"]] == ["", "extractive", "echo"]
    assert found["totals"]["extractive"]["correct"]["value"] == 1.0
    assert found["totals"]["echo"]["answered unanswerable"]["value"] == 1.0
    assert found["questions"][0]["kind"] == "how long"
    assert found["knowledge"] == {
        "version": 1, "documents": 2, "passages": found["knowledge"]["passages"],
        "languages": {"ko": 1, "en": 1},
    }  # fmt: skip
    for row in found["stages"]:
        assert row["runs"] == row["queries"]
    assert next(r for r in found["stages"] if r["stage"] == "rewrite")["runs"] == 5
    assert set(found["groups"]) == {"seen", "unseen"}
    assert "Questions about unseen documents" in done.out
    page = Path("out/report.html").read_text("utf-8")
    assert "extractive" in page
    assert "<html" in page


def test_running_again_asks_nothing_and_gives_the_same(questions: Path, openbook: Run) -> None:
    line = "compare --questions questions.jsonl --methods extractive,echo --out out"
    assert openbook(line).status == 0
    before = results()
    seconds = Path("out/seconds.jsonl").read_bytes()
    assert openbook(f"{line} --json").json["values"] == before["values"]
    after = results()
    changing = {"made_by"}
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }
    assert Path("out/seconds.jsonl").read_bytes() == seconds


def test_a_judge_that_is_not_there_is_refused_before_anything_runs(
    questions: Path, openbook: Run
) -> None:
    line = "compare --questions questions.jsonl --methods extractive --out out --judge nobody"
    refused = openbook(line)
    assert refused.status
    assert 'no model "nobody"' in refused.err
    assert not Path("out").exists()


def test_needs_can_be_stated_between_two_runs(questions: Path, openbook: Run) -> None:
    line = "compare --questions questions.jsonl --methods extractive --out out --alone 0"
    assert openbook(line).status == 0
    kept = Path("out/answers/extractive.jsonl").stat().st_mtime_ns
    settings = Path("openbook.toml")
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("# latency_p95_s = 0.0", "latency_p95_s = 3.0"), "utf-8")
    assert openbook(line).status == 0
    assert Path("out/answers/extractive.jsonl").stat().st_mtime_ns == kept


def test_other_makes_are_refused_until_told(
    questions: Path, documents: Path, openbook: Run
) -> None:
    line = "compare --questions questions.jsonl --methods extractive --out out --alone 0"
    assert openbook(line).status == 0
    (documents / "new.md").write_text("# New\n\nNothing much.\n", "utf-8")
    assert openbook("sync").status == 0
    refused = openbook(line)
    assert refused.status == 2
    assert "other knowledge base" in refused.err
    assert "--fresh" in refused.err
    assert openbook(f"{line} --fresh").status == 0
    assert results()["knowledge"]["version"] == 2


def test_a_method_that_raises_stops_with_a_hint(questions: Path, openbook: Run) -> None:
    line = "compare --questions questions.jsonl --methods 'extractive,echo(fault=q3)' --out out"
    done = openbook(line)
    assert done.status == 1
    assert "method echo(fault=q3), question q3: LookupError" in done.err
    assert "run the same command to go on" in done.err
    assert "Traceback" not in done.err
    assert not Path("out/results.json").exists()


def test_a_method_that_was_mended_goes_on_and_the_others_keep_their_answers(
    questions: Path, openbook: Run
) -> None:
    line = "compare --questions questions.jsonl --methods 'extractive,echo(fault=q3)' --out out"
    assert openbook(line).status == 1
    kept = Path("out/answers/extractive.jsonl").stat().st_mtime_ns
    method = questions.parent / "methods" / "echo.py"
    text = method.read_text("utf-8")
    method.write_text(text.replace("raise LookupError", "LookupError"), "utf-8")
    assert openbook(line).status == 0
    assert Path("out/answers/extractive.jsonl").stat().st_mtime_ns == kept
    method.write_text(text.replace("[:60]", "[:30]"), "utf-8")
    assert openbook(line).status == 1, "answers of the file before are not taken for its own"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"gold": ["docs/none.md"]}, "line 6: has the gold evidence"),
        ({"anwsers": ["x"]}, 'line 6: unknown key "anwsers"'),
        ({"_id": "q1"}, 'line 6: the id "q1" stands in line 1 already'),
        ({"gold": ["docs/refund.md"], "split": "train"}, "line 6: is in the split train"),
    ],
)
def test_bad_questions_are_refused_before_anything_runs(
    questions: Path, openbook: Run, change: dict[str, Any], said: str
) -> None:
    write(questions, [*QUESTIONS, {"_id": "q6", "text": "Why?", **change}])
    done = openbook("compare --questions questions.jsonl --methods extractive --out out")
    assert done.status == 2
    assert said in done.err
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--methods extractiv", 'Did you mean "extractive"'),
        ("--methods 'extractive(q=3)'", 'no parameter "q"'),
        ("--methods 'extractive(k=many)'", "k = 'many' is not accepted"),
        ("--methods ,", "no method is named"),
        ("--methods extractive --update nowhere", "there is no such folder"),
        (
            "--methods extractive --style nowhere",
            "nowhere: cannot be read (No such file or directory). Name a text or TOML file.",
        ),
        ("--methods extractive --style .", "cannot be read (Is a directory)"),
    ],
)
def test_bad_options_are_refused_before_anything_runs(
    questions: Path, openbook: Run, options: str, said: str
) -> None:
    done = openbook(f"compare --questions questions.jsonl --out out {options}")
    assert done.status == 2
    assert said in done.err
    assert not Path("out").exists()


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_an_empty_style_is_refused(questions: Path, openbook: Run, text: str) -> None:
    Path("style.txt").write_text(text, "utf-8")
    done = openbook(
        "compare --questions questions.jsonl --methods extractive --out out --style style.txt"
    )
    assert done.status == 2
    assert "style.txt: says nothing about style. Give at least one example." in done.err
    assert not Path("out").exists()


@pytest.mark.parametrize("out", ["notes.txt", "notes.txt/below"])
def test_results_cannot_go_where_a_file_is(questions: Path, openbook: Run, out: str) -> None:
    Path("notes.txt").write_text("mine", "utf-8")
    done = openbook(f"compare --questions questions.jsonl --methods extractive --out {out}")
    assert done.status == 2
    assert "notes.txt: is a file, not a folder. Name another folder with --out." in done.err
    assert "Traceback" not in done.err
    assert Path("notes.txt").read_text("utf-8") == "mine"


def test_a_missing_library_is_named_before_anything_runs(
    questions: Path, openbook: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    done = openbook("compare --questions questions.jsonl --methods extractive --out out")
    assert done.status == 1
    assert "pip install 'openbook[compare]'" in done.err
    assert not Path("out").exists()


def test_a_killed_comparison_goes_on(questions: Path, project: Path, openbook: Run) -> None:
    write(questions, [{"_id": f"n{i}", "text": f"연차는 며칠인가요 {i}?"} for i in range(48)])
    line = "compare --questions questions.jsonl --methods 'echo(wait=0.02),echo(k=1)' --alone 0"
    command = [sys.executable, "-m", "openbook", *_split(f"{line} --out out")]
    process = subprocess.Popen(command, cwd=project, stderr=subprocess.DEVNULL)
    kept = project / "out" / "answers"
    deadline = time.monotonic() + 120
    while not any(f.stat().st_size for f in kept.glob("*.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (project / "out" / "results.json").exists()
    there = sum(len(f.read_text("utf-8").splitlines()) for f in kept.glob("*.jsonl"))
    assert 0 < there < 96
    assert openbook(f"{line} --out out").status == 0
    assert openbook(f"{line} --out whole").status == 0
    found, whole = results("out"), results("whole")
    assert found["values"] == whole["values"]
    assert [a["text"] for a in found["answers"]["echo(k=1)"]] == [
        a["text"] for a in whole["answers"]["echo(k=1)"]
    ]


def test_questions_without_labels_are_compared_and_it_is_said(
    questions: Path, openbook: Run
) -> None:
    write(questions, [{"_id": "1", "text": "연차는 며칠인가요?"}])
    done = openbook("compare --questions questions.jsonl --methods extractive --out out --alone 0")
    assert done.status == 0
    assert "no question has a label" in done.err
    assert results()["totals"]["extractive"]["F1"]["value"] is None


def _split(line: str) -> list[str]:
    import shlex

    return shlex.split(line)


def test_a_sample_is_drawn_by_seed(questions: Path, openbook: Run) -> None:
    line = "compare --questions questions.jsonl --methods extractive --sample 3 --alone 1"
    assert openbook(f"{line} --out a --seed 1").status == 0
    assert openbook(f"{line} --out b --seed 1").status == 0
    one, two = results("a"), results("b")
    assert len(one["questions"]) == 3
    assert one["questions"] == two["questions"]
    assert one["totals"]["extractive"]["F1"] == two["totals"]["extractive"]["F1"]
    assert one["latency"]["extractive"]["n"] == 1


def test_style_is_measured(questions: Path, openbook: Run) -> None:
    Path("style.txt").write_text("연차는 연 15일입니다.\n\n환불은 14일 이내에 됩니다.\n", "utf-8")
    line = "compare --questions questions.jsonl --methods extractive --out out --style style.txt"
    assert openbook(line).status == 0
    found = results()
    total = found["totals"]["extractive"]["style agreement"]
    assert 0.0 <= total["value"] <= 1.0
    assert total["n"] == 4
    assert {"length", "stops", "marks"} <= set(found["style"]["extractive"])


def test_an_update_is_measured_on_a_copy(
    questions: Path, project: Path, documents: Path, openbook: Run
) -> None:
    changes = project / "changes" / "docs"
    changes.mkdir(parents=True)
    text = (documents / "휴가.md").read_text("utf-8")
    (changes / "휴가.md").write_text(text.replace("매년 15일의", "매년 18일의"), "utf-8")
    changed = {**QUESTIONS[0], "_id": "u1", "answers": ["18일"]}
    write(project / "changes" / "questions.jsonl", [changed])
    line = "compare --questions questions.jsonl --methods extractive --out out --update changes"
    done = openbook(line)
    assert done.status == 0, done.err
    assert "Knowledge update" in done.out
    row = results()["update"]["extractive"]
    assert (row["accuracy_changed_before"], row["accuracy_changed"]) == (0.0, 1.0)
    assert (row["accuracy_unchanged_before"], row["accuracy_unchanged"]) == (1.0, 1.0)
    assert row["seconds"] > 0
    assert (row["questions_changed"], row["questions_unchanged"], row["documents"]) == (1, 2, 1)
    live = openbook('ask "정규직 연차는 며칠인가요?" --json').json
    assert "15일" in live["text"]
    assert openbook("status --json").json["version"] == 1
    assert not list(Path("out/update").glob("branch-*"))
    (changes / "없음.md").write_text("# x\n\ny\n", "utf-8")
    refused = openbook(line.replace("--out out", "--out other"))
    assert refused.status == 2
    assert not Path("other").exists()
    assert 'no document was synced from "docs/없음.md"' in refused.err
    (changes / "없음.md").unlink()
    write(project / "changes" / "questions.jsonl", [{**changed, "gold": ["docs/x.md"]}])
    refused = openbook(line.replace("--out out", "--out other"))
    assert 'line 1: has the gold evidence "docs/x.md"' in refused.err
    assert not Path("other").exists()


# --- a server with prices


class Server(BaseHTTPRequestHandler):
    """Answers chats as OpenAI does, and now and then is busy."""

    asked: ClassVar[list[str]] = []
    busy: ClassVar[int] = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if Server.busy:
            Server.busy -= 1
            self.send_response(429)
            self.send_header("Retry-After", "0")
            self.end_headers()
            return
        Server.asked.append(json.loads(body)["messages"][-1]["content"])
        reply = {
            "id": "1", "object": "chat.completion", "created": 0, "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {
                "role": "assistant", "content": "<ANSWER>: 15일"}}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
        }  # fmt: skip
        raw = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *given: Any) -> None:
        """Nothing."""


@pytest.fixture
def server(project: Path, questions: Path) -> Iterator[type[Server]]:
    """A server of a model that costs 10 dollars for a million tokens in and 20 out."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    Server.asked, Server.busy = [], 0
    (project / "openbook.toml").write_text(
        f"""
[models]
generator = "dear"
[models.available.dear]
kind = "openai"
model = "m"
base_url = "http://127.0.0.1:{made.server_port}/v1"
price_in = 10.0
price_out = 20.0
""",
        "utf-8",
    )
    yield Server
    made.shutdown()
    made.server_close()


LINE = "compare --questions questions.jsonl --methods extractive,naive_rag --out out"


def test_costs_are_estimated_first_and_measured(server: type[Server], openbook: Run) -> None:
    server.busy = 2
    done = openbook(f"{LINE} --alone 2 --max-cost 5")
    assert done.status == 0, done.err
    assert "estimate: about" in done.err
    found = results()
    asked = len(server.asked)
    assert found["paid"] == {"cost": pytest.approx(asked * 0.012), "calls": asked}
    answered = [a for a in found["answers"]["naive_rag"] if a["usage"]["output_tokens"]]
    total = found["totals"]["naive_rag"]
    assert total["cost"]["value"] == pytest.approx(len(answered) * 0.012 / 5)
    assert total["tokens in"]["value"] == pytest.approx(len(answered) * 1000 / 5)
    right = sum(v or 0 for v in found["values"]["naive_rag"]["correct"])
    per = total["cost per correct answer"]["value"]
    assert per == pytest.approx(len(answered) * 0.012 / right)
    methods = {m["name"]: m for m in found["methods"]}
    assert methods["naive_rag"]["models"][0].startswith("m@http")
    assert methods["naive_rag"]["leaves_machine"] is False
    assert methods["extractive"]["models"] == []


def test_the_cap_stops_and_a_higher_one_goes_on(server: type[Server], openbook: Run) -> None:
    done = openbook(f"{LINE} --alone 1 --max-cost 0.0001")
    assert done.status == 1
    assert "more than the cap of 0.0001 leaves" in done.err
    assert "it would stop on the way" in done.err
    assert server.asked == []
    assert openbook(f"{LINE} --alone 1 --max-cost 9").status == 0
    asked = len(server.asked)
    assert openbook(f"{LINE} --alone 1 --max-cost 9").status == 0
    assert len(server.asked) == asked
    assert results()["paid"]["calls"] == asked


def test_a_judge_is_optional_and_counted(server: type[Server], openbook: Run) -> None:
    assert openbook(f"{LINE} --alone 0 --judge dear").status == 0
    found = results()
    assert found["judge"]["model"].startswith("m@http")
    assert found["judge"]["failures"] == found["judge"]["asked"]  # it never says yes or no
    assert found["totals"]["extractive"]["judged correct"]["value"] is None


def test_help_stays_quick_and_complete(openbook: Run) -> None:
    done = openbook("compare --help")
    assert done.status == 0
    for option in ("--questions", "--methods", "--out", "--update", "--max-cost", "--judge"):
        assert option in done.out
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, openbook.cli.compare; print('numpy' in sys.modules)"],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    assert loaded.stdout.strip() == "False"


def test_what_is_left_out_is_said(questions: Path, openbook: Run) -> None:
    line = "compare --questions questions.jsonl --methods {} --out out --alone 0"
    write(questions, [*QUESTIONS, {"_id": "bare", "text": "연차는 언제 생기나요?"}])
    assert openbook(line.format("extractive,echo")).status == 0
    done = openbook(line.format("extractive"))
    assert done.status == 0
    assert "no longer compared here: echo; their answers are kept" in done.err
    assert "1 of the questions have no label and are not scored: bare" in done.err
