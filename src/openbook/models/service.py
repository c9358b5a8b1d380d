"""What every model behind a URL shares: its key, its limits, and plain words for its errors.

The official ``openai`` client repeats a request after 429, 408, 409, 5xx, a timeout or a
lost connection, at most ``retries`` times, waiting 0.5 s, 1 s, 2 s ... up to 8 s, or as long
as the server's ``Retry-After`` says up to two minutes; a longer one is not waited for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

from openbook.errors import ModelError, ServerError, need
from openbook.models.settings import ModelSettings
from openbook.models.window import encodable
from openbook.types import Prompt

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"
"""Sent to servers that want no key: the client insists on one."""

I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741


@dataclass(frozen=True)
class Service:
    """A model on a server."""

    url: str
    model: str
    key_env: str
    timeout_s: float
    retries: int
    concurrency: int

    @classmethod
    def of(cls, settings: ModelSettings) -> Service:
        """The service that some settings describe.

        Raises:
            ModelError: a URL that is none.
        """
        url = settings.base_url.rstrip("/")
        if url and not url.startswith(("http://", "https://")):
            raise ModelError(
                f'base_url is not a URL: "{url}"',
                where=settings.model,
                fix="Begin it with http:// or https:// and end it with /v1.",
            )
        ours = settings.kind == "openai"
        return cls(
            url=url or (OPENAI_URL if ours else ""),
            model=settings.model,
            key_env=settings.api_key_env or ("OPENAI_API_KEY" if ours and not url else ""),
            timeout_s=settings.timeout_s,
            retries=max(0, settings.retries),
            concurrency=max(1, settings.concurrency),
        )

    @property
    def name(self) -> str:
        """Model and URL: what identifies weights that cannot be looked at."""
        return f"{self.model}@{self.url}" if self.url else self.model

    def key(self) -> str:
        """The key from the environment; :data:`NO_KEY` where none is wanted.

        Raises:
            ModelError: the variable is not set.
        """
        if not self.key_env:
            return NO_KEY
        value = os.environ.get(self.key_env, "").strip()
        if not value:
            raise ModelError(
                f"the environment variable {self.key_env} is not set, and {self.url or 'it'} "
                "wants a key",
                where=self.model,
                fix=f"Run: export {self.key_env}=...",
            )
        if not value.isascii():
            raise ModelError(
                f"the environment variable {self.key_env} holds characters that no key has",
                where=self.model,
                fix=f"Run: export {self.key_env}=...",
            )
        return value

    def client(self) -> Any:
        """The official client for this service.

        Raises:
            MissingExtraError: the package ``openai`` is not installed.
        """
        library = need("openai", "openai")
        return library.OpenAI(
            base_url=self.url,
            api_key=self.key(),
            timeout=self.timeout_s,
            max_retries=self.retries,
        )

    def each(self, ask: Callable[[I], O], values: Sequence[I]) -> list[O]:
        """Ask for each value, ``concurrency`` at once; answers in order. The first failure
        is raised, and what has not been asked is not asked any more.
        """
        if len(values) < 2 or self.concurrency == 1:
            return [ask(value) for value in values]
        with ThreadPoolExecutor(min(self.concurrency, len(values))) as pool:
            waiting = [pool.submit(ask, value) for value in values]
            try:
                return [one.result() for one in waiting]
            finally:
                for one in waiting:
                    one.cancel()

    def asking(self) -> _Asking:
        """A block in which whatever a server does wrong becomes a :class:`ServerError`."""
        return _Asking(self)

    def nonsense(self, what: str) -> ServerError:
        """The error for a reply that is not what the protocol says."""
        return ServerError(
            what,
            where=self.name,
            fix="Check that base_url leads to a server that speaks the OpenAI protocol, up to "
            "and with /v1.",
        )


class _Asking:
    def __init__(self, service: Service) -> None:
        self.service = service

    def __enter__(self) -> None:
        self.openai, self.httpx = need("openai", "openai"), need("httpx", "openai")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None or isinstance(error, ModelError):
            return
        if isinstance(error, (self.openai.OpenAIError, self.httpx.HTTPError)):
            what, fix = explain(error, self.service, self.openai, self.httpx)
            raise ServerError(what, where=self.service.name, fix=fix) from error
        if isinstance(error, ValueError):
            raise self.service.nonsense(
                f"the server's reply is not JSON ({shortly(str(error))})"
            ) from error


def explain(error: BaseException, service: Service, openai: Any, httpx: Any) -> tuple[str, str]:
    """What a client's error means, and what to do about it."""
    tries = f"after {service.retries + 1} tries" if service.retries else "at the first try"
    said = shortly(str(getattr(error, "message", "") or error))
    if isinstance(error, (openai.APITimeoutError, httpx.TimeoutException)):
        return (
            f"the server did not answer within {service.timeout_s:g} s, {tries}",
            "Check that it is running and not overloaded, or raise timeout_s.",
        )
    if isinstance(error, httpx.HTTPError):
        return f"the connection broke in the middle of a reply ({said})", "Ask again."
    if isinstance(error, openai.APIStatusError):
        return _refusal(int(error.status_code), service, said, tries)
    if isinstance(error, openai.APIConnectionError):
        return (
            f"the server cannot be reached ({shortly(str(error.__cause__ or error))})",
            "Start it, or mend base_url.",
        )
    return f"the server reports an error ({said})", "Look at its log."


def _refusal(status: int, service: Service, said: str, tries: str) -> tuple[str, str]:
    """What an HTTP status means."""
    if status in (401, 403):
        key = service.key_env or "api_key_env"
        return f"the server refuses the key (status {status}: {said})", f"Mend {key}."
    if status == 404:
        return (
            f'the server knows no model "{service.model}" at this address ({said})',
            "Mend model, or base_url (it ends with /v1).",
        )
    if status == 429:
        return f"the server takes no more requests, {tries} ({said})", "Wait, or lower concurrency."
    if status >= 500:
        return f"the server failed with status {status}, {tries} ({said})", "Look at its log."
    return f"the server refuses the request (status {status}: {said})", "Mend the settings."


def shortly(text: str, limit: int = 160) -> str:
    """One line of a longer text, without HTML tags.

    >>> shortly("<html><title>502 Bad Gateway</title>\\n</html>")
    '502 Bad Gateway'
    """
    line = " ".join(re.sub(r"<[^>]*>", " ", text).split())
    return line if len(line) <= limit else f"{line[:limit]}..."


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """A prompt as the protocol sends it; half characters (lone surrogates) become ``?``."""
    return [{"role": message.role, "content": encodable(message.content)} for message in prompt]
