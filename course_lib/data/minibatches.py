"""Samples a few at a time, in a new order each time round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from course_lib.arrays import Array, Generator, is_torch, namespace


class Minibatches:
    r"""Go through the samples in batches; every sample comes exactly once an epoch.

    The gradient over a batch of $m$ samples drawn at random estimates the gradient over all of them, with a standard
    error of $\sigma / \sqrt m$ (Deep Learning, section 8.1.3). Every loop over the object is one epoch, in an order of
    its own. The last batch is short when the sizes do not divide.

    Args:
        arrays: One or more arrays with one entry per sample along their first axis; all NumPy arrays, or all tensors
            on one device.
        batch_size: $m$, at least 1.
        generator: Where the order comes from, a NumPy or a torch generator; needed only to shuffle.
        shuffle: ``False`` keeps the samples in their order.

    Raises:
        TypeError: What is given is no array or no generator, or the kinds are mixed.
        ValueError: There is no array or no sample, the lengths differ, or ``batch_size`` is below 1.

    >>> for x, y in Minibatches(np.arange(5), np.arange(5) ** 2, batch_size=2, shuffle=False):
    ...     print(x, y)
    [0 1] [0 1]
    [2 3] [4 9]
    [4] [16]
    """

    def __init__(
        self, *arrays: Array, batch_size: int, generator: Generator | None = None, shuffle: bool = True
    ) -> None:
        _check_arrays(arrays)
        if not isinstance(batch_size, int | np.integer) or batch_size < 1:
            raise ValueError(f"expected batch_size to be a whole number of at least 1, got {batch_size!r}")
        if shuffle and not isinstance(generator, np.random.Generator | torch.Generator):
            raise TypeError(
                "to shuffle, pass generator=torch_generator(seed) or np.random.default_rng(seed), "
                f"or pass shuffle=False; got {type(generator).__name__}"
            )
        self.arrays = arrays
        self.batch_size = int(batch_size)
        self.generator = generator
        self.shuffle = shuffle

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        return -(-len(self.arrays[0]) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Array, ...]]:
        order = self._order()
        for start in range(0, len(order), self.batch_size):
            batch = order[start : start + self.batch_size]
            yield tuple(array[batch] for array in self.arrays)

    def _order(self) -> Array:
        """The order of one epoch: indices of the arrays' kind and on their device."""
        n, first = len(self.arrays[0]), self.arrays[0]
        if not self.shuffle:
            order: Array = np.arange(n)
        elif isinstance(self.generator, torch.Generator):
            order = torch.randperm(n, generator=self.generator, device=self.generator.device).cpu()
        else:
            assert self.generator is not None
            order = self.generator.permutation(n)
        return torch.as_tensor(order, device=first.device) if is_torch(first) else np.asarray(order)


def _check_arrays(arrays: tuple[Array, ...]) -> None:
    if not arrays:
        raise ValueError("expected at least one array, got none")
    namespace(*arrays)
    lengths = [len(array) if array.ndim else 0 for array in arrays]
    if len(set(lengths)) > 1:
        raise ValueError(f"expected arrays with one entry per sample each, got lengths {', '.join(map(str, lengths))}")
    if lengths[0] == 0:
        raise ValueError(f"expected at least one sample, got arrays of shape {tuple(arrays[0].shape)}")
