"""What happened in training, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

ROWS = 12


@dataclass(repr=False)
class History:
    """The losses and metrics after each epoch, as lists to plot.

    Attributes:
        train_loss: The mean loss of each epoch's training batches, while the weights were moving.
        validation_loss: The loss on the validation data after each epoch; empty without such data.
        metrics: For each metric its values: on the validation data, or without such on the training batches.

    >>> history = History()
    >>> history.append({"loss": 0.7}, {"loss": 0.8, "accuracy": 0.5})
    >>> history.append({"loss": 0.4}, {"loss": 0.6, "accuracy": 0.75})
    >>> history
    epoch  train loss  validation loss  accuracy
        1         0.7              0.8       0.5
        2         0.4              0.6      0.75
    """

    train_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)

    @property
    def epochs(self) -> range:
        """The numbers of the epochs, from 1: the horizontal axis of a plot."""
        return range(1, len(self.train_loss) + 1)

    def append(self, train: Mapping[str, float], validation: Mapping[str, float]) -> None:
        """Take down one epoch: the means on the training and, if there are such data, on the validation data."""
        self.train_loss.append(train["loss"])
        if validation:
            self.validation_loss.append(validation["loss"])
        for name, value in (validation or train).items():
            if name != "loss":
                self.metrics.setdefault(name, []).append(value)

    def state_dict(self) -> dict[str, Any]:
        """All of it as lists and dictionaries."""
        return asdict(self)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what :meth:`state_dict` returned."""
        vars(self).update(History(**state_dict).state_dict())

    @property
    def columns(self) -> dict[str, list[float]]:
        """Everything that was measured, by name."""
        columns = {"train loss": self.train_loss, "validation loss": self.validation_loss, **self.metrics}
        return {name: values for name, values in columns.items() if values}

    def __repr__(self) -> str:
        if not self.train_loss:
            return "no epochs yet"
        shown = np.unique(np.linspace(0, len(self.train_loss) - 1, ROWS).round().astype(int))  # evenly spread, or all
        cells = [[f"{values[i]:.4g}" for values in self.columns.values()] for i in shown]
        table = [["epoch", *self.columns], *([str(i + 1), *row] for i, row in zip(shown, cells, strict=True))]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join("  ".join(map(str.rjust, row, widths)) for row in table)
