"""Language models behind a server that speaks the OpenAI protocol: vLLM, Ollama, llama.cpp,
and the hosted ones.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from openbook.models.replies import piece_of, text_of, tokens_of
from openbook.models.service import OPENAI_URL, Service, messages
from openbook.models.settings import ModelSettings
from openbook.models.window import Estimated, estimate, usage
from openbook.types import Completion, Prompt


@dataclass(frozen=True, eq=False)
class ServerLM(Estimated):
    """A model on an OpenAI-compatible server. Make one with :meth:`open`."""

    service: Service
    context_tokens: int
    max_tokens: int
    prices: tuple[float, float]
    client: Any = field(repr=False)

    @classmethod
    def open(cls, settings: ModelSettings) -> ServerLM:
        """Prepare to ask; the server is not contacted yet.

        Raises:
            MissingExtraError: the package ``openai`` is not installed.
            ModelError: the key or the URL is missing.
        """
        service = Service.of(settings)
        prices = (settings.price_in, settings.price_out)
        client = service.client()
        made = cls(service, settings.context_tokens, settings.max_tokens, prices, client)
        weakref.finalize(made, client.close)
        return made

    @property
    def name(self) -> str:
        """Model and URL."""
        return self.service.name

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> list[Completion]:
        """One completion a prompt, in order, several requests at once.

        Raises:
            ServerError: the server failed, timed out or sent nonsense.
        """
        how = self._how(max_tokens, temperature, seed, stop)
        return self.service.each(lambda prompt: self._ask(prompt, how), prompts)

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Text as the server sends it.

        Raises:
            ServerError: as :meth:`complete`, and when the reply breaks off.
        """
        how = self._how(max_tokens, temperature, seed, stop)
        ended = False
        with (
            self.service.asking(),
            self.client.chat.completions.create(
                messages=messages(prompt), stream=True, **how
            ) as pieces,
        ):
            for chunk in pieces:
                text, last = piece_of(chunk, self.service)
                ended = ended or last
                if text:
                    yield text
        if not ended:
            raise self.service.nonsense("the server's reply broke off in the middle")

    def _how(
        self, max_tokens: int, temperature: float, seed: int, stop: Sequence[str]
    ) -> dict[str, Any]:
        limit = "max_completion_tokens" if self.service.url == OPENAI_URL else "max_tokens"
        how = {
            "model": self.service.model,
            "temperature": temperature,
            "seed": seed,
            limit: self.longest(max_tokens),
        }
        return {**how, "stop": list(stop)} if stop else how

    def _ask(self, prompt: Prompt, how: dict[str, Any]) -> Completion:
        start = time.perf_counter()
        with self.service.asking():
            reply = self.client.chat.completions.create(messages=messages(prompt), **how)
            text = text_of(reply, self.service)
        seconds = time.perf_counter() - start
        counted = tokens_of(reply) or (self.length(prompt), estimate(text))
        return Completion(text, usage(self, *counted, seconds))
