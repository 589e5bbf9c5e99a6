"""Easy samples first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from course_lib.arrays import Array, Generator, is_torch, namespace
from course_lib.data import Minibatches


class Curriculum:
    r"""Go through the easiest samples in batches, and through more of them each time round.

    In epoch $t = 0, 1, \dots$ the share of the samples that take part is $s + (1 - s) \min(1, t / T)$: first the
    easiest, in the end all. Within an epoch their order is random (Bengio et al., 2009, Curriculum learning;
    Deep Learning, section 8.7.6).

    Args:
        arrays: One or more arrays with one entry per sample along their first axis, as
            :class:`~course_lib.data.Minibatches` takes them.
        difficulty: One number for each sample; the smallest are the easiest.
        batch_size: Samples per batch.
        start: $s$, the share of the first epoch, above 0 and up to 1.
        epochs: $T$, after how many epochs all take part.
        generator: Where the order comes from.

    Attributes:
        epoch: How many times it was gone through.

    Raises:
        TypeError: What is given is no array or no generator.
        ValueError: The lengths differ, or a number is out of its range.

    >>> words = np.array(["ox", "cat", "giraffe", "horse"])
    >>> lengths = np.array([2, 3, 7, 5])
    >>> lessons = Curriculum(
    ...     words, difficulty=lengths, batch_size=4, start=0.5, epochs=2, generator=np.random.default_rng(0)
    ... )
    >>> for _ in range(3):
    ...     print([sorted(map(str, batch)) for (batch,) in lessons])
    [['cat', 'ox']]
    [['cat', 'horse', 'ox']]
    [['cat', 'giraffe', 'horse', 'ox']]
    """

    def __init__(
        self,
        *arrays: Array,
        difficulty: Array,
        batch_size: int,
        start: float = 0.2,
        epochs: int = 10,
        generator: Generator | None = None,
    ) -> None:
        self.arrays = Minibatches(*arrays, batch_size=batch_size, generator=generator).arrays
        if not 0 < start <= 1:
            raise ValueError(f"expected start to be a share above 0 and up to 1, got {start}")
        if not epochs >= 1:
            raise ValueError(f"expected at least 1 epoch, after which all samples take part, got {epochs}")
        namespace(*arrays, difficulty)
        self.order = _easiest_first(difficulty, len(self.arrays[0]))
        self.batch_size = batch_size
        self.start = start
        self.epochs = epochs
        self.generator = generator
        self.epoch = 0

    @property
    def share(self) -> float:
        """The share of the samples that take part next time round."""
        return self.start + (1 - self.start) * min(1.0, self.epoch / self.epochs)

    def __iter__(self) -> Iterator[tuple[Array, ...]]:
        taught = self.order[: max(1, round(self.share * len(self.order)))]
        self.epoch += 1
        easy = [array[taught] for array in self.arrays]
        yield from Minibatches(*easy, batch_size=self.batch_size, generator=self.generator)

    def state_dict(self) -> dict[str, int]:
        """How far it is, to be saved with a checkpoint."""
        return {"epoch": self.epoch}

    def load_state_dict(self, state_dict: dict[str, int]) -> None:
        """Go on where another one was."""
        self.epoch = state_dict["epoch"]


def _easiest_first(difficulty: Array, n: int) -> Array:
    """The numbers of the samples in the order of their difficulty, of its kind."""
    xp = namespace(difficulty)
    if tuple(difficulty.shape) != (n,):
        raise ValueError(f"expected one difficulty for each of {n} samples, got shape {tuple(difficulty.shape)}")
    if not bool(xp.all(difficulty == difficulty)):
        raise ValueError("expected difficulties that can be compared, got NaN among them")
    return difficulty.argsort(stable=True) if is_torch(difficulty) else np.argsort(difficulty, stable=True)
