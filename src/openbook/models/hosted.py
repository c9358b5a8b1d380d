"""Other hosted APIs through litellm (extra ``hosted``): ``anthropic/...``, ``gemini/...`` and
so on. litellm reads each service's key from its usual environment variable.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openbook.errors import need
from openbook.models.replies import piece_of, text_of, tokens_of
from openbook.models.server_encoder import ServerEncoder
from openbook.models.service import Service, messages
from openbook.models.settings import ModelSettings
from openbook.models.window import Estimated, estimate, usage
from openbook.types import Completion, Prompt


def litellm() -> Any:
    """The library, told not to fetch its price list from the network.

    Raises:
        MissingExtraError: it is not installed.
    """
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    library: Any = need("litellm", "hosted")
    library.suppress_debug_info = True
    library.telemetry = False
    return library


@dataclass(frozen=True)
class HostedLM(Estimated):
    """A model of a hosted API. Make one with :meth:`open`."""

    service: Service
    context_tokens: int
    max_tokens: int
    prices: tuple[float, float]

    @classmethod
    def open(cls, settings: ModelSettings) -> HostedLM:
        """Prepare to ask; the service is not contacted yet.

        Raises:
            MissingExtraError: the package ``litellm`` is not installed.
            ModelError: the key's variable is named and not set.
        """
        litellm()
        service = Service.of(settings)
        service.key()
        prices = (settings.price_in, settings.price_out)
        return cls(service, settings.context_tokens, settings.max_tokens, prices)

    @property
    def name(self) -> str:
        """Model, and URL where it is not the service's own."""
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
        """One completion a prompt, in order, several requests at once. Raises ServerError."""
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
        """Text as the service sends it. Raises ServerError."""
        how = self._how(max_tokens, temperature, seed, stop)
        ended = False
        with self.service.asking():
            for chunk in litellm().completion(messages=messages(prompt), stream=True, **how):
                text, last = piece_of(chunk, self.service)
                ended = ended or last
                if text:
                    yield text
        if not ended:
            raise self.service.nonsense("the service's reply broke off in the middle")

    def _how(
        self, max_tokens: int, temperature: float, seed: int, stop: Sequence[str]
    ) -> dict[str, Any]:
        how = {
            **_address(self.service),
            "max_tokens": self.longest(max_tokens),
            "temperature": temperature,
            "seed": seed,
            "drop_params": True,
        }
        return {**how, "stop": list(stop)} if stop else how

    def _ask(self, prompt: Prompt, how: dict[str, Any]) -> Completion:
        start = time.perf_counter()
        with self.service.asking():
            reply = litellm().completion(messages=messages(prompt), **how)
            text = text_of(reply, self.service)
        counted = tokens_of(reply) or (self.length(prompt), estimate(text))
        used = usage(self, *counted, time.perf_counter() - start)
        known = getattr(reply, "_hidden_params", {}).get("response_cost")
        if not any(self.prices) and isinstance(known, float):
            used = replace(used, cost=known)
        return Completion(text, used)


def hosted_encoder(settings: ModelSettings) -> ServerEncoder:
    """An encoder of a hosted API. Raises as :meth:`HostedLM.open`."""
    library, service = litellm(), Service.of(settings)
    service.key()
    return ServerEncoder.asking(
        settings, service, lambda texts: library.embedding(input=texts, **_address(service))
    )


def _address(service: Service) -> dict[str, Any]:
    where: dict[str, Any] = {
        "model": service.model,
        "timeout": service.timeout_s,
        "num_retries": service.retries,
    }
    if service.url:
        where |= {"api_base": service.url, "api_key": service.key()}
    elif service.key_env:
        where["api_key"] = service.key()
    return where
