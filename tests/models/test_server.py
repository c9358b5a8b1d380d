"""The official client against a real HTTP server that speaks the OpenAI protocol, well and
badly. The model's name says how the server behaves.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openbook.errors import ModelError, ServerError
from openbook.models.open import open_encoder, open_lm
from openbook.models.settings import ModelSettings, Settings
from openbook.types import LM, Encoder, Message

PROMPT = (Message("system", "Be brief."), Message("user", "How many days?"))
HTML = "<!doctype html><html><title>502 Bad Gateway</title></html>"

CHOICE = {"index": 0, "message": {"content": "15 days"}, "finish_reason": "stop"}
NONSENSE: dict[str, Any] = {
    "html-as-json": HTML,
    "no-choices": {"object": "chat.completion"},
    "no-content": {"choices": [{"index": 0, "message": {}, "finish_reason": "length"}]},
    "list": [1, 2, 3],
    "no-usage": {"choices": [CHOICE]},
}


class Handler(BaseHTTPRequestHandler):
    """Behaves as the model's name says."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({**body, "key": self.headers.get("Authorization")})
        model = body["model"]
        with self.server.lock:
            self.server.under_way += 1
            self.server.most = max(self.server.most, self.server.under_way)
            self.server.count[model] += 1
            times = self.server.count[model]
        try:
            self.behave(model, body, times)
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with self.server.lock:
                self.server.under_way -= 1

    def behave(self, model: str, body: dict[str, Any], times: int) -> None:
        if self.path.endswith("/embeddings"):
            self.embed(model, body["input"])
        elif model == "busy" and times < 3:
            self.say({"error": {"message": "slow down"}}, 429, {"Retry-After": "0.05"})
        elif model == "always-busy":
            self.say({"error": {"message": "slow down"}}, 429, {"Retry-After": "0.01"})
        elif model == "broken" and times < 2:
            self.say({"error": {"message": "boom"}}, 500)
        elif model in ("401", "404", "400", "503"):
            self.say({"error": {"message": "no such thing"}}, int(model))
        elif model == "slow":
            time.sleep(0.6)
            self.say(self.chat("late"))
        elif model == "html":
            self.say(HTML, 200, {"Content-Type": "text/html"})
        elif model in NONSENSE:
            self.say(NONSENSE[model])
        elif body.get("stream"):
            self.stream(model)
        else:
            time.sleep(0.02)
            self.say(self.chat(f"reply to {body['messages'][-1]['content']}"))

    def chat(self, text: str) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        return {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
        }

    def stream(self, model: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for number, word in enumerate(["15", " days", " 환불"]):
            if model == "cut" and number == 2:
                return
            if model == "garbled" and number == 1:
                self.wfile.write(b"data: {not json\n\n")
                return
            if model == "error-event" and number == 1:
                self.wfile.write(b'data: {"error": {"message": "out of memory"}}\n\n')
                return
            if model == "stalls" and number == 1:
                time.sleep(0.6)
            last = number == 2
            choice = {"index": 0, "delta": {"content": word}}
            choice["finish_reason"] = "stop" if last else None  # type: ignore[assignment]
            chunk = {"id": "1", "object": "chat.completion.chunk", "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()
        usage = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}
        self.wfile.write(f"data: {json.dumps(usage)}\n\ndata: [DONE]\n\n".encode())

    def embed(self, model: str, texts: list[str]) -> None:
        rows = [
            {"object": "embedding", "index": i, "embedding": [float(len(t)), 1.0, 2.0]}
            for i, t in enumerate(texts)
        ]
        if model == "shuffled":
            rows.reverse()
        elif model == "few":
            rows = rows[1:]
        elif model == "ragged":
            rows[0]["embedding"] = [1.0]
        elif model == "nan":
            rows[0]["embedding"] = [float("nan"), 1.0, 2.0]
        elif model == "words":
            rows[0]["embedding"] = ["a", "b", "c"]
        elif model == "zero":
            rows[0]["embedding"] = [0.0, 0.0, 0.0]
        elif model == "wider" and len(texts) == 1:
            rows[0]["embedding"] = [1.0, 2.0]
        if model == "html":
            self.say(HTML, 200, {"Content-Type": "text/html"})
        else:
            self.say({"object": "list", "data": rows, "model": model})

    def say(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.send_response(status)
        for key, content in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(key, content)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.count: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.under_way = self.most = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def settings(server: Server, model: str, **more: Any) -> Settings:
    how = {"kind": "openai", "base_url": server.url, "retries": 0, **more}
    return Settings(available={"it": ModelSettings(model=model, **how)})


def lm(server: Server, model: str, **more: Any) -> LM:
    return open_lm("it", settings(server, model, **more), Path())


def encoder(server: Server, model: str, **more: Any) -> Encoder:
    return open_encoder("it", settings(server, model, **more), Path())


def test_completions_come_in_order_with_usage_and_cost(server: Server) -> None:
    asked = lm(server, "good", price_in=2.0, price_out=3.0, concurrency=4)
    assert isinstance(asked, LM)
    prompts = [(Message("user", str(i)),) for i in range(12)]
    done = asked.complete(prompts, max_tokens=9, seed=3, stop=["\n"])
    assert [c.text for c in done] == [f"reply to {i}" for i in range(12)]
    assert done[0].usage.input_tokens == 11
    assert done[0].usage.output_tokens == 7
    assert done[0].usage.cost == pytest.approx((22 + 21) / 1e6)
    assert 1 < server.most <= 4
    sent = server.asked[0]
    assert (sent["max_tokens"], sent["seed"], sent["temperature"]) == (9, 3, 0.0)
    assert sent["stop"] == ["\n"]
    assert asked.name == f"good@{server.url}"


def test_usage_is_estimated_where_the_server_is_silent(server: Server) -> None:
    usage = lm(server, "no-usage").complete([PROMPT])[0].usage
    assert usage.input_tokens > 16
    assert usage.output_tokens > 0


def test_streaming(server: Server) -> None:
    assert list(lm(server, "good").stream(PROMPT)) == ["15", " days", " 환불"]


def test_429_and_500_are_repeated(server: Server) -> None:
    assert lm(server, "busy", retries=3).complete([PROMPT])[0].text == "reply to How many days?"
    assert server.count["busy"] == 3
    assert lm(server, "broken", retries=1).complete([PROMPT])
    with pytest.raises(ServerError, match="takes no more requests, after 3 tries"):
        lm(server, "always-busy", retries=2).complete([PROMPT])
    assert server.count["always-busy"] == 3


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("401", "refuses the key"),
        ("404", 'knows no model "404"'),
        ("400", "refuses the request"),
        ("503", "failed with status 503, at the first try"),
        ("slow", r"did not answer within 0\.3 s"),
        ("html", r"something that is no answer \(502 Bad Gateway\)"),
        ("html-as-json", "not JSON"),
        ("no-choices", "no choices"),
        ("no-content", "used up its tokens"),
        ("list", "no choices"),
    ],
)
def test_failures_are_one_clear_sentence(server: Server, model: str, says: str) -> None:
    with pytest.raises(ServerError, match=says) as caught:
        lm(server, model, timeout_s=0.3).complete([PROMPT, PROMPT])
    assert server.url in str(caught.value)
    assert caught.value.fix
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("cut", "broke off in the middle"),
        ("garbled", "not JSON"),
        ("error-event", "out of memory"),
        ("stalls", "did not answer within"),
        ("html", "broke off"),
        ("503", "failed with status 503"),
    ],
)
def test_streams_that_break_off(server: Server, model: str, says: str) -> None:
    with pytest.raises(ServerError, match=says):
        list(lm(server, model, timeout_s=0.3).stream(PROMPT))


def test_no_server_and_no_url() -> None:
    gone = ModelSettings(kind="openai", model="m", base_url="http://127.0.0.1:9/v1", retries=0)
    with pytest.raises(ServerError, match=r"cannot be reached .*Start it, or mend base_url"):
        open_lm("it", Settings(available={"it": gone}), Path()).complete([PROMPT])
    odd = ModelSettings(kind="openai", model="m", base_url="localhost:8000")
    with pytest.raises(ModelError, match="not a URL"):
        open_lm("it", Settings(available={"it": odd}), Path())


def test_keys(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("TEAM_KEY", raising=False)
    official = Settings(available={"it": ModelSettings(kind="openai", model="m")})
    with pytest.raises(ModelError, match="OPENAI_API_KEY is not set"):
        open_lm("it", official, Path())
    with pytest.raises(ModelError, match=r"TEAM_KEY is not set.*export TEAM_KEY="):
        lm(server, "good", api_key_env="TEAM_KEY")
    monkeypatch.setenv("OPENAI_API_KEY", "not for this server")
    lm(server, "good").complete([PROMPT])
    assert server.asked[-1]["key"] == "Bearer none"
    monkeypatch.setenv("TEAM_KEY", "열쇠")
    with pytest.raises(ModelError, match="characters that no key has"):
        lm(server, "good", api_key_env="TEAM_KEY")
    monkeypatch.setenv("TEAM_KEY", "abc")
    lm(server, "good", api_key_env="TEAM_KEY").complete([PROMPT])
    assert server.asked[-1]["key"] == "Bearer abc"


def test_half_characters_do_not_stop_a_request(server: Server) -> None:
    done = lm(server, "good").complete([(Message("user", "half \ud83d a character"),)])
    assert done[0].text == "reply to half ? a character"
    assert encoder(server, "good").encode_passages(["half \ud83d", "x"]).shape == (2, 3)


def test_embeddings(server: Server) -> None:
    asked = encoder(server, "shuffled", batch_size=2, query_prompt="q: ")
    assert isinstance(asked, Encoder)
    texts = ["a", "bb", "ccc", "dddd", ""]
    vectors = asked.encode_passages(texts)
    assert vectors.shape == (5, 3)
    assert asked.dimension == 3
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0)
    assert vectors[3][0] > vectors[2][0] > vectors[1][0] > vectors[0][0]
    asked.encode_queries(["x"])
    assert server.asked[-1]["input"] == ["q: x"]
    assert encoder(server, "good").encode_queries([]).shape == (0, 3)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("few", "1 vectors for 2 texts"),
        ("ragged", "different lengths"),
        ("nan", "not numbers"),
        ("words", "not numbers"),
        ("zero", "all zero"),
        ("html", "no vectors"),
    ],
)
def test_vectors_that_are_none(server: Server, model: str, says: str) -> None:
    with pytest.raises(ServerError, match=says):
        encoder(server, model).encode_passages(["one", "two"])


def test_vectors_that_change_their_length(server: Server) -> None:
    with pytest.raises(ServerError, match="vectors of 2 and 3 numbers"):
        encoder(server, "wider", batch_size=2).encode_passages(["one", "two", "three"])
    steady = encoder(server, "wider", batch_size=2)
    steady.encode_passages(["one", "two"])
    with pytest.raises(ServerError, match="vectors of 2 and 3 numbers"):
        steady.encode_queries(["one"])
