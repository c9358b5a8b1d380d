"""Language models on this machine, through transformers: decoder-only (Llama, Qwen, ...) and
encoder-decoder (T5, BART, ...), with an adapter where the settings name one.

Temperature 0 is greedy and gives the same text every time; sampled text depends on the seed
and the prompt alone, because sampled prompts are written one by one. A prompt that does not
fit the window is refused; :func:`openbook.models.window.split_window` says what fits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from openbook.artifacts import MANIFEST
from openbook.errors import ModelError, need
from openbook.models.adapters import NOTE, ahead, attach
from openbook.models.chat import prompt_tokens
from openbook.models.decoding import Loaded, Wanted, ends_of, generate
from openbook.models.encoders import folder_name, loading, weights_kwargs
from openbook.models.mixer import mixable
from openbook.models.settings import ModelSettings
from openbook.models.shared import Weights, weights
from openbook.models.streaming import stream_text
from openbook.models.verbatim import FLAG, Verbatim, Vocabulary, passages
from openbook.models.weights import fingerprint, folder_of, read_config
from openbook.models.window import split_window, usage
from openbook.types import Completion, Prompt

WRITERS = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")


@dataclass(frozen=True, eq=False)
class LocalLM:
    """A transformers language model. Make one with :meth:`open`."""

    name: str
    context_tokens: int
    max_tokens: int
    batch_size: int
    prices: tuple[float, float]
    loaded: Loaded = field(repr=False)
    verbatim: bool = True
    answers: bool = False
    """Whether its short answers, too, are held to the passages."""
    unpadded: bool = False
    """Whether only prompts of one length are written together: its adapter stands before them."""
    templates: tuple[str, ...] = ()
    """Ids of the prompts that it was tuned on; empty where nobody says."""
    adapter: str = ""
    """Fingerprint of its adapter, where it can be mixed with others in a batch."""
    weights: Weights | None = field(default=None, repr=False)
    """The base's weights, where it shares them."""
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def open(cls, settings: ModelSettings, root: Path, *, share: bool = False) -> LocalLM:
        """Load a model from a folder or the hub.

        Args:
            settings: the model.
            root: the project folder.
            share: read the weights that others in this process have loaded already. Whoever
                changes weights, in training, must not share them.

        Raises:
            UnknownModelError, ModelError, MissingExtraError: see :mod:`openbook.models.open`.
        """
        folder = folder_of(settings.model, root)
        _refuse_readers(folder, settings.model)
        held = _shared(settings, folder) if share and not _alters(settings, root) else None
        loaded = held.own() if held else _load(settings, folder)
        mixes = ""
        name = f"{folder_name(settings, folder)}@{fingerprint(folder, settings.dtype)}"
        if settings.adapter:
            model, mark = attach(loaded.model, settings.adapter, folder, settings.model, root)
            loaded = replace(loaded, model=model)
            name = f"{name}+{Path(settings.adapter).name}@{mark}"
            mixes = mark if held and mixable(model) else ""
        return cls(
            name=name,
            context_tokens=settings.context_tokens or _window(loaded),
            max_tokens=settings.max_tokens,
            batch_size=settings.batch_size or 8,
            prices=(settings.price_in, settings.price_out),
            loaded=loaded,
            verbatim=settings.verbatim,
            answers=bool(getattr(loaded.model.config, FLAG, False)) and not settings.adapter,
            unpadded=ahead(loaded.model),
            templates=_templates(settings, folder, root),
            adapter=mixes,
            weights=held if mixes or not settings.adapter else None,
        )

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> list[Completion]:
        """One completion a prompt, in order; prompts of similar length are written together.

        Raises:
            ModelError: a prompt that does not fit, or a failure inside the model.
        """
        wanted = Wanted(self.longest(max_tokens), temperature, seed, tuple(stop))
        tokens = [self.fitting(prompt, wanted.max_tokens) for prompt in prompts]
        done: dict[int, Completion] = {}
        for rows in self.batches(tokens, wanted):
            start = time.perf_counter()
            chosen = [prompts[row] for row in rows]
            out = self._generate(chosen, [tokens[row] for row in rows], wanted)
            seconds = (time.perf_counter() - start) / len(rows)
            for row, ids in zip(rows, out, strict=True):
                text = cut_at(self.text(ids), wanted.stop)
                done[row] = Completion(text, usage(self, len(tokens[row]), len(ids), seconds))
        return [done[row] for row in range(len(prompts))]

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Text as it is written. Closing the iterator stops the model.

        Raises:
            ModelError: as :meth:`complete`.
        """
        wanted = Wanted(self.longest(max_tokens), temperature, seed, tuple(stop))
        tokens = self.fitting(prompt, wanted.max_tokens)
        return stream_text(
            lambda streamer, stopped: self._generate([prompt], [tokens], wanted, streamer, stopped),
            self.text,
            wanted.stop,
        )

    def count(self, text: str) -> int:
        """Tokens of a text, without what is put around it."""
        found = self.loaded.tokenizer(text, add_special_tokens=False, verbose=False)
        return len(found["input_ids"])

    def room(self, max_tokens: int) -> int:
        """Tokens that a prompt may have beside an answer of up to ``max_tokens``; 0: any."""
        if self.loaded.paired:
            return self.context_tokens
        return split_window(self.context_tokens, self.longest(max_tokens))

    def length(self, prompt: Prompt) -> int:
        """Tokens of a prompt with everything around it."""
        return len(self._tokens(prompt))

    def longest(self, max_tokens: int) -> int:
        """Tokens that an answer may have, by the model's own limit too."""
        return min(max_tokens, self.max_tokens) if self.max_tokens else max_tokens

    def _tokens(self, prompt: Prompt) -> list[int]:
        return prompt_tokens(prompt, self.loaded.tokenizer)

    def fitting(self, prompt: Prompt, max_tokens: int) -> list[int]:
        """Ids of a prompt; one that leaves no room for its answer is refused."""
        tokens, room = self._tokens(prompt), self.room(max_tokens)
        if room and len(tokens) > room:
            raise ModelError(
                f"a prompt of {len(tokens)} tokens does not fit: the window of "
                f"{self.context_tokens} leaves {room}",
                where=self.name,
                fix="Shorten the prompt, read fewer passages, or choose a longer window.",
            )
        return tokens

    def left(self, tokens: Sequence[int], max_tokens: int) -> int:
        """How many tokens may be written after a prompt."""
        if not self.context_tokens:
            return max_tokens
        return min(max_tokens, self.context_tokens - (0 if self.loaded.paired else len(tokens)))

    def batches(self, tokens: Sequence[Sequence[int]], wanted: Wanted) -> Iterator[list[int]]:
        """Rows to write together: of similar length; alone where sampling, or near the end of
        the window, would make a text depend on its neighbours.
        """
        order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
        together: list[int] = []
        for row in order:
            if wanted.temperature > 0 or self.left(tokens[row], wanted.max_tokens) < (
                wanted.max_tokens
            ):
                yield [row]
                continue
            if self.unpadded and together and len(tokens[together[0]]) != len(tokens[row]):
                yield together
                together = []
            together.append(row)
            if len(together) == self.batch_size:
                yield together
                together = []
        if together:
            yield together

    def _generate(
        self,
        prompts: Sequence[Prompt],
        tokens: Sequence[Sequence[int]],
        wanted: Wanted,
        streamer: Any = None,
        stopped: threading.Event | None = None,
    ) -> list[list[int]]:
        """What the model writes after each prompt, without padding and end."""
        most = min(self.left(row, wanted.max_tokens) for row in tokens)
        rule = self.rule(prompts)
        with self.lock:
            return generate(
                self.loaded, tokens, wanted, most, rule=rule, streamer=streamer, stopped=stopped
            )

    def rule(self, prompts: Sequence[Prompt]) -> Verbatim | None:
        """What keeps quotes verbatim, where the prompts have passages."""
        sources = [passages(prompt) for prompt in prompts] if self.verbatim else []
        if not any(sources) or not self.vocabulary:
            return None
        model, tokenizer = self.loaded.model, self.loaded.tokenizer
        return Verbatim(self.vocabulary, sources, self.answers, ends_of(model, tokenizer))

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """The tokens as bytes; None for a kind of tokeniser that has none."""
        return Vocabulary.of(self.loaded.tokenizer)

    def text(self, ids: Sequence[int]) -> str:
        """The text of ids, without control tokens."""
        return str(
            self.loaded.tokenizer.decode(
                list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )


def cut_at(text: str, stop: Sequence[str]) -> str:
    """A text up to the first of some strings.

    >>> cut_at("one two three", ["three", "two"])
    'one '
    """
    ends = [at for word in stop if word and (at := text.find(word)) >= 0]
    return text[: min(ends)] if ends else text


def _refuse_readers(folder: Path, name: str) -> None:
    """Refuse models that read and do not write, which transformers would load all the same."""
    config = read_config(folder)
    if not config:
        adapter = (folder / "adapter_config.json").is_file()
        raise ModelError(
            "holds an adapter, not a model"
            if adapter
            else "holds no model: config.json is missing",
            where=name,
            fix="Name the base model, with the adapter as its adapter."
            if adapter
            else "Name a folder that save_pretrained() wrote.",
        )
    kinds = config.get("architectures")
    listed = [str(kind) for kind in kinds] if isinstance(kinds, list) else []
    if listed and not any(kind.endswith(WRITERS) for kind in listed):
        raise ModelError(
            f"does not write text: it is a {listed[0]}",
            where=name,
            fix="Choose a model made for text generation.",
        )


def tokenizer_of(folder: Path) -> Any:
    """A model's tokeniser, which fills up on the left and has something to fill up with."""
    tokenizer = need("transformers", "local").AutoTokenizer.from_pretrained(
        str(folder), local_files_only=True, padding_side="left"
    )
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    return tokenizer


def _load(settings: ModelSettings, folder: Path) -> Loaded:
    """The model in evaluation mode, on its device."""
    library, torch = need("transformers", "local"), need("torch", "local")
    with loading(settings.model):
        config = library.AutoConfig.from_pretrained(str(folder), local_files_only=True)
        paired = bool(getattr(config, "is_encoder_decoder", False))
        kind = library.AutoModelForSeq2SeqLM if paired else library.AutoModelForCausalLM
        tokenizer = tokenizer_of(folder)
        model, report = kind.from_pretrained(
            str(folder), local_files_only=True, output_loading_info=True, **weights_kwargs(settings)
        )
    missing = sorted(report.get("missing_keys", ()))
    if missing:
        raise ModelError(
            f"{len(missing)} of its weights are missing, {missing[0]} among them",
            where=settings.model,
            fix="Fetch the model again.",
        )
    device = settings.device or ("cuda" if torch.cuda.is_available() else "cpu")
    return Loaded(model.to(device).eval(), tokenizer, paired)


def _shared(settings: ModelSettings, folder: Path) -> Weights:
    """The base's weights, which everything in this process that asks for them shares."""
    key = (str(folder), fingerprint(folder), settings.dtype, settings.device)
    return weights(key, lambda: _load(settings, folder))


def _alters(settings: ModelSettings, root: Path) -> bool:
    """Whether its adapter takes the place of weights of the base, which nobody else may see."""
    note = read_config(folder_of(settings.adapter, root), NOTE) if settings.adapter else {}
    return note.get("form") == "weights"


def _templates(settings: ModelSettings, folder: Path, root: Path) -> tuple[str, ...]:
    """The prompts that an adapter, or a model with one merged into it, says it learnt."""
    tuned = folder_of(settings.adapter, root) if settings.adapter else folder
    listed = read_config(tuned, MANIFEST).get("templates")
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


def _window(loaded: Loaded) -> int:
    """Tokens that fit, as the model's configuration or its tokeniser says; 0: not said."""
    text = loaded.model.config.get_text_config()
    for key in ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length"):
        value = getattr(text, key, None)
        if isinstance(value, int) and value > 0:
            return value
    stated = getattr(loaded.tokenizer, "model_max_length", 0)
    return int(stated) if 0 < stated < 10**7 else 0
