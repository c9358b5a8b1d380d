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

from openbook.errors import InputError, ProjectError, SettingsError, nearest
from openbook.project.runtime import Provider, Runtime
from openbook.project.settings import FILE, AllSettings, Settings, load, template
from openbook.stage import Method, Stage, methods
from openbook.types import LM, Answer, CrossEncoder, Encoder, Filter, Query

if TYPE_CHECKING:
    from openbook.knowledge.base import KnowledgeBase

DATA = ".openbook"


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

    @cached_property
    def knowledge(self) -> KnowledgeBase:
        """The knowledge base of this project (which may still be empty)."""
        from openbook.knowledge.base import KnowledgeBase
        from openbook.knowledge.settings import Settings as KnowledgeSettings

        return KnowledgeBase(self.folder / DATA / "kb", self.settings.of(KnowledgeSettings))

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

        Raises:
            InputError: no such method, or a parameter that it does not have.
        """
        name = name or self.asking.method
        if name not in self.methods:
            raise InputError(f'there is no method "{name}"', fix=nearest(name, self.methods))
        for other in self.asking.parameters:
            if other not in self.methods:
                raise SettingsError(
                    f'there is no method "{other}"',
                    where=f"{FILE}, table [ask.parameters.{other}]",
                    fix=nearest(other, self.methods),
                )
        chosen = {**self.asking.parameters.get(name, {}), **parameters}
        return name, self.methods[name](**chosen)

    def encoder(self) -> Encoder | None:
        """The encoder whose vectors the knowledge base keeps, where one is configured. (Questions
        are encoded by the bundled one where none is: docs/decisions/0007-encoder.md.)
        """
        from openbook.models.settings import Settings as ModelSettings

        models = self.settings.of(ModelSettings)
        if not models.encoder:
            return None
        from openbook.models.open import open_encoder

        return open_encoder(models.encoder, models, self.folder)

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

    def _model(self, opener: str, name: str) -> Any:
        from openbook.models import open as opening
        from openbook.models.settings import Settings as ModelSettings

        models = self.settings.of(ModelSettings)
        role = {"open_lm": "generator", "open_encoder": "encoder"}.get(opener, "reranker")
        chosen = name or getattr(models, role)
        if not chosen and role == "encoder":
            chosen = opening.ENCODER
        if not chosen:
            raise ProjectError(
                f"no {role} is configured",
                where=f"{FILE}, table [models]",
                fix=f'Set {role} = "..." (a local folder, a hub name, or a name from '
                "[models.available]); `openbook settings models` explains.",
            )
        return getattr(opening, opener)(chosen, models, self.folder)

    def _ranking_model(self, name: str) -> Any:
        """A ranking model of this project; an empty name means the one that comes with openbook."""
        from openbook.retrieve import ltr

        return ltr.RankingModel.open(self.made / "rankers" / name) if name else ltr.bundled()

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

    def calibration_file(self, method: str) -> Path:
        """Where `openbook calibrate` keeps what it learnt about a method."""
        return self.made / "calibration" / f"{method}.json"
