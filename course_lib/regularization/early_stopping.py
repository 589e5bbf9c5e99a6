"""Early stopping: the number of epochs as a hyperparameter that is chosen while training."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field


@dataclass
class EarlyStopping:
    r"""Stop when the validation loss has not improved for a while (Deep Learning, algorithm 7.1).

    Hand it the validation loss after every epoch. It remembers the smallest, and stops after ``patience`` epochs in a
    row that were no better.

    Args:
        patience: $p$, how many epochs in a row may pass without an improvement; the last of them stops.
        min_delta: An improvement is a loss smaller than the best by more than this.

    Attributes:
        best: The smallest validation loss so far; infinity before the first.
        best_epoch: The epoch that had it, counted from 1; 0 before the first.
        epoch: How many epochs it has seen.

    Raises:
        ValueError: ``patience`` is below 1, or ``min_delta`` is negative.

    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.update(loss) for loss in (0.9, 0.5, 0.6, 0.5)]
    [False, False, False, True]
    >>> stopping.best, stopping.best_epoch
    (0.5, 2)
    """

    patience: int
    min_delta: float = 0.0
    best: float = field(default=math.inf, init=False)
    best_epoch: int = field(default=0, init=False)
    epoch: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if not self.patience >= 1:
            raise ValueError(f"expected patience to be at least 1, got {self.patience}")
        if not self.min_delta >= 0:
            raise ValueError(f"expected min_delta to be at least 0, got {self.min_delta}")

    def update(self, value: float) -> bool:
        """Take note of an epoch's validation loss.

        Returns:
            Whether to stop.

        Raises:
            ValueError: ``value`` is NaN.
            RuntimeError: It has stopped before.
        """
        value = float(value)
        if math.isnan(value):
            raise ValueError("expected a validation loss, got NaN: training has diverged; try a smaller learning rate")
        if self.stopped:
            raise RuntimeError(f"stopped after epoch {self.epoch}; to train again, make a new EarlyStopping")
        self.epoch += 1
        if value < self.best - self.min_delta:
            self.best, self.best_epoch = value, self.epoch
        return self.stopped

    @property
    def improved(self) -> bool:
        """Whether the last epoch is the best so far."""
        return 0 < self.epoch == self.best_epoch

    @property
    def stopped(self) -> bool:
        """Whether patience has run out."""
        return self.epoch - self.best_epoch >= self.patience

    def state_dict(self) -> dict[str, float]:
        """What it has seen, to be saved with a checkpoint."""
        return {key: value for key, value in asdict(self).items() if key in ("best", "best_epoch", "epoch")}

    def load_state_dict(self, state_dict: dict[str, float]) -> None:
        """Go on where another one was."""
        for key in self.state_dict():
            setattr(self, key, state_dict[key])
