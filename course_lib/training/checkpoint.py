"""Training that can be interrupted: all that decides how it goes on, in one file."""

from __future__ import annotations

import os
import pickle
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from course_lib.arrays import Generator
from course_lib.regularization import EarlyStopping
from course_lib.training.generators import get_states, kinds, set_states
from course_lib.training.history import History

FORMAT = "course_lib checkpoint 1"


@dataclass
class Run:
    """A training run: everything that changes from epoch to epoch.

    Attributes:
        model: A ``torch.nn.Module``.
        optimizer: Anything with ``state_dict`` and ``load_state_dict``.
        early_stopping: If there is one.
        generators: Every source of random numbers that training draws from, with a name for each.
        columns: What the history will have.
        parts: What else has a state of its own, with a name for each: a scheduler, data, callbacks.
        history: The epochs so far.
        best: The weights of the best epoch, if there is early stopping.
    """

    model: torch.nn.Module
    optimizer: Any
    early_stopping: EarlyStopping | None
    generators: dict[str, Generator]
    columns: set[str]
    parts: dict[str, Any]
    history: History = field(default_factory=History)
    best: dict[str, torch.Tensor] | None = None

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return len(self.history.epochs)

    def begin(self, path: Path | None, epochs: int) -> None:
        """Go on from a checkpoint if there is one, and say so.

        Raises:
            ValueError: The checkpoint is of another run, or early stopping has watched another run.
        """
        if path is not None and path.exists():
            self.load(path)
            print(f"Going on after epoch {self.epoch} of {epochs}, from {path}. Delete the file to begin anew.")
        if self.early_stopping is not None and self.early_stopping.epoch != self.epoch:
            raise ValueError(
                f"early stopping has watched {self.early_stopping.epoch} epochs, but this run has {self.epoch} so far; "
                "make a new EarlyStopping for every run"
            )

    def finished(self, epochs: int) -> bool:
        """Whether there is no epoch left, or no patience."""
        return self.epoch >= epochs or (self.early_stopping is not None and self.early_stopping.stopped)

    def end_epoch(self, train: dict[str, float], validation: dict[str, float]) -> None:
        """Take down an epoch, and keep its weights if they are the best so far."""
        self.history.append(train, validation)
        if self.early_stopping is not None:
            self.early_stopping.update(validation["loss"])
            if self.early_stopping.improved:
                self.best = {name: value.clone() for name, value in self.model.state_dict().items()}

    def restore_best(self) -> None:
        """Give the model the weights of its best epoch, if they were kept."""
        if self.best is not None:
            self.model.load_state_dict(self.best)

    def save(self, path: Path) -> None:
        """Write a checkpoint. The one before is replaced only when the new one is whole."""
        checkpoint = {
            "format": FORMAT,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "rule": type(self.optimizer).__name__,
            "history": self.history.state_dict(),
            "early_stopping": None if self.early_stopping is None else self.early_stopping.state_dict(),
            "best": self.best,
            "generators": get_states(self.generators),
            "parts": {name: (type(part).__name__, part.state_dict()) for name, part in self.parts.items()},
        }
        path = path.resolve()  # a link stays a link
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                torch.save(checkpoint, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint. Nothing changes unless all of it fits.

        Raises:
            ValueError: The file is no checkpoint, or one of another model, optimizer or data.
        """
        checkpoint = _read(path)
        self._require_fit(checkpoint, path)
        self.optimizer.load_state_dict(checkpoint["optimizer"])
        self.model.load_state_dict(checkpoint["model"])
        self.history.load_state_dict(checkpoint["history"])
        if self.early_stopping is not None:
            self.early_stopping.load_state_dict(checkpoint["early_stopping"])
        for name, (_, state) in checkpoint.get("parts", {}).items():
            self.parts[name].load_state_dict(state)
        self.best = checkpoint["best"]
        set_states(self.generators, checkpoint["generators"])

    def _require_fit(self, checkpoint: dict[str, Any], path: Path) -> None:
        differences = []
        here, there = _shapes(self.model.state_dict()), _shapes(checkpoint["model"])
        if here != there:
            name = next(name for name in {**here, **there} if here.get(name) != there.get(name))
            differences.append(
                f"the model ({name} is {there.get(name, 'missing')} there, {here.get(name, 'missing')} here)"
            )
        if (rule := type(self.optimizer).__name__) != checkpoint["rule"]:
            differences.append(f"the optimizer ({checkpoint['rule']} there, {rule} here)")
        if (self.early_stopping is None) != (checkpoint["early_stopping"] is None):
            differences.append("early stopping (one has it, one has not)")
        kind = {name: type(part).__name__ for name, part in self.parts.items()}
        kind_there = {name: type_name for name, (type_name, _) in checkpoint.get("parts", {}).items()}
        for name in {**kind, **kind_there}:
            if (here_is := kind.get(name, "none")) != (there_is := kind_there.get(name, "none")):
                differences.append(f"{name} ({there_is} there, {here_is} here)")
        if self.columns != (columns := set(History(**checkpoint["history"]).columns)):
            differences.append(f"what is measured ({_listed(columns)} there, {_listed(self.columns)} here)")
        if kinds(get_states(self.generators)) != kinds(checkpoint["generators"]):
            differences.append("the random generators of data and model")
        if differences:
            raise ValueError(
                f"{path} is the checkpoint of another training run; it differs in {' and in '.join(differences)}. "
                "Choose another path, or delete it to begin anew"
            )


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _read(path: Path) -> dict[str, Any]:
    """The contents of a checkpoint. Only tensors and plain data are read: nothing in the file is executed."""
    refusal = f"{path} is no checkpoint that course_lib.training.fit wrote. It is left as it is; choose another path"
    if not zipfile.is_zipfile(path):
        raise ValueError(refusal)
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError) as error:
        raise ValueError(f"{refusal} ({error})") from error
    if not isinstance(checkpoint, dict) or checkpoint.get("format") != FORMAT:
        raise ValueError(refusal)
    return checkpoint


def _shapes(state: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in state.items() if isinstance(value, torch.Tensor)}
