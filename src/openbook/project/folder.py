"""A project: a folder with ``openbook.toml``, found by walking up, as git does.

DIR/openbook.toml     settings
DIR/glossary.txt      the user's own synonyms, a concept a line (optional)
DIR/methods/          the user's own methods, one file each
DIR/.openbook/kb      the knowledge base, all kept versions
DIR/.openbook/made    artifacts: calibrations and, later, whatever is trained
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openbook.errors import AdapterError, InputError, ProjectError, SettingsError, nearest
from openbook.models.open import Use
from openbook.models.settings import Settings as ModelsSettings
from openbook.project.runtime import Provider, Runtime
from openbook.project.settings import FILE, AllSettings, Settings, load, template
from openbook.project.tuned import base_place, check_prompts, method_with, naming, with_adapter
from openbook.stage import Method, Stage, methods
from openbook.tune.registry import PREFIX, Adapter, Registry, parted
from openbook.tune.stale import Staleness, staleness
from openbook.types import LM, Answer, CrossEncoder, Encoder, Filter, Query

if TYPE_CHECKING:
    from openbook.knowledge.base import KnowledgeBase

DATA = ".openbook"

USES: dict[str, Use] = {
    "open_lm": "generator",
    "open_encoder": "encoder",
    "open_cross_encoder": "reranker",
}
"""What models are used as, by the function of :mod:`openbook.models.open` that opens them."""


@dataclass(frozen=True)
class Project:
    """An opened project folder and its checked settings."""

    folder: Path
    settings: AllSettings = field(compare=False)

    @classmethod
    def create(cls, folder: Path) -> Project:
        """Make a project folder, with every setting in its ``openbook.toml``, commented out.

        Raises:
            ProjectError: there is one already, or the place is not a folder.
        """
        from openbook.artifacts import write_atomic

        if (folder / FILE).exists():
            raise ProjectError("is already a project", where=str(folder), fix="Nothing to do.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / DATA).mkdir(exist_ok=True)
            (folder / DATA / ".gitignore").write_text("*\n", "utf-8")
            write_atomic(folder / FILE, template())
        except OSError as error:
            raise ProjectError(
                f"cannot be made ({error.strerror})",
                where=str(folder),
                fix="Choose a folder that you may write to.",
            ) from error
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Project:
        """The project in exactly this folder."""
        if not (folder / FILE).is_file():
            raise ProjectError(
                "is not an openbook project",
                where=str(folder),
                fix=f"Run: openbook init {folder}",
            )
        return cls(folder.resolve(), load(folder / FILE))

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """The project of a folder or of the nearest folder above it.

        Raises:
            ProjectError: no folder up to the root has an ``openbook.toml``.
        """
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / FILE).is_file():
                return cls.open(folder)
        raise ProjectError(
            "no openbook project here or above",
            where=str(here),
            fix="Run: openbook init DIR && cd DIR",
        )

    @property
    def made(self) -> Path:
        """Folder of artifacts."""
        return self.folder / DATA / "made"

    @property
    def adapters(self) -> Registry:
        """The trained adapters of this project."""
        return Registry(self.made / "adapters")

    @cached_property
    def knowledge(self) -> KnowledgeBase:
        """The knowledge base of this project (which may still be empty)."""
        from openbook.knowledge.base import KnowledgeBase
        from openbook.knowledge.settings import Settings as KnowledgeSettings

        settings = self.settings.of(KnowledgeSettings)
        return KnowledgeBase(self.folder / DATA / "kb", settings, self.adapters.versions)

    @cached_property
    def methods(self) -> Mapping[str, Method]:
        """Methods by name: the package's and those in ``methods/``."""
        return methods(self.folder / "methods")

    @cached_property
    def asking(self) -> Settings:
        """The table ``[ask]``."""
        return self.settings.of(Settings)

    def method(self, name: str = "", **parameters: Any) -> tuple[str, Stage[Query, Answer]]:
        """A method's name and stages; parameters override ``[ask.parameters.NAME]``.

        Args:
            name: ``naive_rag``, or ``raft:handbook`` for the method with an adapter.
            parameters: of the method.

        Raises:
            InputError: no such method or adapter, or a parameter that the method does not have.
            AdapterError: an adapter that is damaged, or did not learn what the method asks of it.
        """
        name = name or self.asking.method
        base, _ = parted(name)
        if base not in self.methods:
            raise InputError(f'there is no method "{base}"', fix=nearest(base, self.methods))
        for other in self.asking.parameters:
            if other not in self.methods:
                raise SettingsError(
                    f'there is no method "{other}"',
                    where=f"{FILE}, table [ask.parameters.{other}]",
                    fix=nearest(other, self.methods),
                )
        chosen = {**self.asking.parameters.get(base, {}), **parameters}
        if parted(name)[1] and "adapter" not in parameters:
            chosen.pop("adapter", None)
        name, chosen = method_with(self.methods, self.adapters, name, chosen)
        stage = self.methods[base](**chosen)
        check_prompts(stage, self.adapters)
        return name, stage

    def encoder(self) -> Encoder | None:
        """The encoder whose vectors the knowledge base keeps, where one is configured. (Questions
        are encoded by the bundled one where none is: docs/decisions/0007-encoder.md.)
        """
        models = self.settings.of(ModelsSettings)
        if not models.encoder:
            return None
        made: Encoder = self._model("open_encoder", models.encoder)
        return made

    def runtime(
        self,
        version: int | None = None,
        filters: tuple[Filter, ...] = (),
        seed: int = 0,
        knowledge: KnowledgeBase | None = None,
    ) -> Runtime:
        """A runtime over one version of the knowledge base (default: the newest).

        Args:
            version: a version that ``openbook history`` lists.
            filters: conditions on all evidence, whoever asks.
            seed: seed of whatever a stage draws at random.
            knowledge: another knowledge base than the project's: a branch of it.
        """
        from openbook.generate.confidence import Calibration
        from openbook.generate.shots import Shots
        from openbook.knowledge.snapshot import Snapshot
        from openbook.retrieve.glossary import FILE as GLOSSARY
        from openbook.retrieve.glossary import Glossary
        from openbook.retrieve.intent import Classifier
        from openbook.retrieve.ltr import RankingModel

        snapshot = (knowledge or self.knowledge).snapshot(version, filters)
        providers: dict[type, Provider] = {
            Snapshot: lambda name: snapshot,
            Encoder: lambda name: self._model("open_encoder", name),
            CrossEncoder: lambda name: self._model("open_cross_encoder", name),
            LM: lambda name: self._model("open_lm", name),
            Calibration: self._calibration,
            RankingModel: self._ranking_model,
            Glossary: lambda name: Glossary.load(self.folder / GLOSSARY),
            Classifier: lambda name: Classifier.load(self.made / "intent" / f"{name}.npz"),
            Shots: self._shots,
        }
        return Runtime(snapshot.identity, providers, seed)

    def model(self, name: str) -> LM:
        """A language model by name."""
        made: LM = self._model("open_lm", name)
        return made

    def models(self, name: str, use: Use = "generator") -> ModelsSettings:
        """The table ``[models]``, where ``adapter:NAME`` is among the available where it is asked
        for; as :func:`openbook.project.tuned.with_adapter`.
        """
        table = self.settings.of(ModelsSettings)
        return with_adapter(table, self.adapters, name, use, self.folder)

    def base_of(self, adapter: Adapter) -> str:
        """The folder (or hub name) of an adapter's base, for other programs."""
        return base_place(adapter, self.settings.of(ModelsSettings), self.folder)

    def naming(self, adapter: str) -> list[str]:
        """Settings that name an adapter, as ``[ask] method``."""
        return naming(self.settings, self.asking, adapter)

    def remove_adapter(self, name: str) -> None:
        """Delete an adapter.

        Raises:
            InputError: no such adapter, or a setting names it.
        """
        if used := self.naming(name):
            raise InputError(
                f'the adapter "{name}" is used by {", ".join(used)}',
                where=FILE,
                fix="Change that first.",
            )
        self.adapters.remove(name)

    def stale(self, adapter: Adapter) -> Staleness:
        """What has happened, by the newest version, to the passages that an adapter learnt from.

        Raises:
            AdapterError: the list of them is damaged.
        """
        held = self.knowledge.snapshot() if self.knowledge.version else None
        return staleness(adapter, held)

    def studied(self) -> tuple[list[tuple[Adapter, Staleness]], dict[str, str]]:
        """All adapters and whether they are stale; and of those that cannot be used, why."""
        found, broken = self.adapters.all()
        whole = []
        for adapter in found:
            try:
                whole.append((adapter, self.stale(adapter)))
            except AdapterError as error:
                broken[adapter.name] = f'of the adapter "{adapter.name}", {error}'
        return whole, broken

    def _model(self, opener: str, name: str) -> Any:
        from openbook.models import open as opening

        models = self.settings.of(ModelsSettings)
        use = USES[opener]
        chosen = name or getattr(models, use)
        if not chosen and use == "encoder":
            chosen = opening.ENCODER
        if not chosen:
            raise ProjectError(
                f"no {use} is configured",
                where=f"{FILE}, table [models]",
                fix=f'Set {use} = "..." (a local folder, a hub name, or a name from '
                "[models.available]); `openbook settings models` explains.",
            )
        return getattr(opening, opener)(chosen, self.models(chosen, use), self.folder)

    def _ranking_model(self, name: str) -> Any:
        """A ranking model of this project; an empty name means the one that comes with openbook."""
        from openbook.retrieve import ltr

        return ltr.RankingModel.open(self.ranker_folder(name)) if name else ltr.bundled()

    def _calibration(self, name: str) -> Any:
        from openbook.generate.confidence import Calibration

        return Calibration.load(self.calibration_file(name or self.asking.method))

    def _shots(self, name: str) -> Any:
        from openbook.evaluate.questions import read_questions
        from openbook.generate.settings import Settings as GenerateSettings
        from openbook.generate.shots import Shots

        chosen = name or self.settings.of(GenerateSettings).examples
        if not chosen:
            return Shots.shipped()
        file = self.folder / chosen
        return Shots.of(read_questions(file), str(file))

    def ranker_folder(self, name: str) -> Path:
        """Where a ranking model of this project is; ``adapter:NAME`` is one of the adapters."""
        if not name.startswith(PREFIX):
            return self.made / "rankers" / name
        adapter = self.adapters.get(name.removeprefix(PREFIX))
        if adapter.role != "ranker":
            what = f'the adapter "{adapter.name}" is a {adapter.role}, not a ranker'
            raise AdapterError(what, where=str(adapter.folder))
        return adapter.folder

    def calibration_file(self, method: str) -> Path:
        """Where `openbook calibrate` keeps what it learnt about a method."""
        return self.made / "calibration" / f"{method.replace(':', '@')}.json"
