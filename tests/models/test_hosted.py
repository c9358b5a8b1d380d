"""litellm against a real local server (its ``openai/`` route): no account needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

PROGRAM = """
import json, sys, threading, warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from openbook.errors import ServerError, ModelError
from openbook.models.open import open_encoder, open_lm
from openbook.models.settings import ModelSettings, Settings
from openbook.types import Message


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, kind = 200, "application/json"
        if self.path.endswith("/embeddings"):
            rows = [{"index": i, "embedding": [3.0, 4.0]} for i in range(len(body["input"]))]
            reply = json.dumps({"object": "list", "data": rows, "model": "m",
                                "usage": {"prompt_tokens": 1, "total_tokens": 1}})
        elif body["model"] == "gone":
            status, reply = 404, json.dumps({"error": {"message": "no such model"}})
        elif body.get("stream"):
            kind, reply = "text/event-stream", ""
            for word, end in (("15", None), (" days", None), ("", "stop")):
                choice = {"index": 0, "delta": {"content": word}, "finish_reason": end}
                chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1,
                         "model": "m", "choices": [choice]}
                reply += "data: " + json.dumps(chunk) + "\\n\\n"
            reply += "data: [DONE]\\n\\n"
        else:
            message = {"role": "assistant", "content": "15 days"}
            reply = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}})
        data = reply.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/v1"


def named(model):
    return Settings(available={"it": ModelSettings(
        kind="hosted", model=model, base_url=url, retries=0, price_in=1.0)})


prompt = (Message("user", "How many days?"),)
lm = open_lm("it", named("openai/good"), Path())
done = lm.complete([prompt, prompt], max_tokens=5)
encoder = open_encoder("it", named("openai/good"), Path())
try:
    open_lm("it", named("openai/gone"), Path()).complete([prompt])
    refused = ""
except ServerError as error:
    refused = str(error)
print(json.dumps({
    "texts": [c.text for c in done],
    "tokens": [done[0].usage.input_tokens, done[0].usage.output_tokens],
    "cost": done[0].usage.cost,
    "pieces": list(lm.stream(prompt)),
    "vectors": [[round(float(x), 3) for x in v] for v in encoder.encode_passages(["a", "b"])],
    "refused": refused,
}))
"""


def test_a_hosted_model_answers_streams_and_encodes() -> None:
    """In a process of its own: litellm sets handlers and warnings of the whole process."""
    clean = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=clean, check=False
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout.strip().splitlines()[-1])
    assert said["texts"] == ["15 days", "15 days"]
    assert said["tokens"] == [5, 2]
    assert abs(said["cost"] - 5e-6) < 1e-12
    assert "".join(said["pieces"]) == "15 days"
    assert said["vectors"] == [[0.6, 0.8], [0.6, 0.8]]
    assert "knows no model" in said["refused"]
