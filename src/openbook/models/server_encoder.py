"""Encoders behind a server: ``/embeddings`` of the OpenAI protocol, or a hosted API."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openbook.models.replies import vectors_of
from openbook.models.service import Service
from openbook.models.settings import ModelSettings
from openbook.models.window import encodable


@dataclass(frozen=True, eq=False)
class ServerEncoder:
    """An encoder on a server. Make one with :meth:`open`. ``request`` sends texts and returns
    the server's reply.
    """

    service: Service
    languages: tuple[str, ...]
    query_prompt: str
    passage_prompt: str
    batch_size: int
    request: Callable[[list[str]], Any] = field(repr=False)

    @classmethod
    def open(cls, settings: ModelSettings) -> ServerEncoder:
        """Prepare to ask; the server is not contacted yet.

        Raises:
            MissingExtraError: the package ``openai`` is not installed.
            ModelError: the key or the URL is missing.
        """
        service = Service.of(settings)
        client = service.client()
        made = cls.asking(
            settings,
            service,
            lambda texts: client.embeddings.create(
                model=service.model, input=texts, encoding_format="float"
            ),
        )
        weakref.finalize(made, client.close)
        return made

    @classmethod
    def asking(
        cls, settings: ModelSettings, service: Service, request: Callable[[list[str]], Any]
    ) -> ServerEncoder:
        """An encoder that sends its texts with ``request``."""
        return cls(
            service=service,
            languages=settings.languages,
            query_prompt=settings.query_prompt,
            passage_prompt=settings.passage_prompt,
            batch_size=settings.batch_size or 32,
            request=request,
        )

    @property
    def name(self) -> str:
        """Model, URL and prompts."""
        prompts = "|".join(p for p in (self.query_prompt, self.passage_prompt) if p)
        return f"{self.service.name}+{prompts}" if prompts else self.service.name

    @cached_property
    def dimension(self) -> int:
        """Length of a vector; the first time, the server is asked for one."""
        return int(self._ask(["dimension"]).shape[1])

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape ``(len(texts), dimension)``. Raises ServerError."""
        return self._encode([self.passage_prompt + text for text in texts])

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape ``(len(texts), dimension)``. Raises ServerError."""
        return self._encode([self.query_prompt + text for text in texts])

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        parts = [texts[i : i + self.batch_size] for i in range(0, len(texts), self.batch_size)]
        found = self.service.each(self._ask, parts)
        widths = {part.shape[1] for part in found} | {self.__dict__.get("dimension", 0)} - {0}
        if len(widths) > 1:
            raise self.service.nonsense(
                f"the server sent vectors of {' and '.join(map(str, sorted(widths)))} numbers"
            )
        self.__dict__.setdefault("dimension", widths.pop())
        return np.vstack(found)

    def _ask(self, texts: list[str]) -> NDArray[np.float32]:
        with self.service.asking():
            reply = self.request([encodable(text) if text.strip() else "-" for text in texts])
            return vectors_of(reply, len(texts), self.service)
