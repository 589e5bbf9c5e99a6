"""Batches that are gone through again and again, as training does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Batches = Iterable[Sequence[Any]]
"""Pairs (x, y), again from the start with every loop: ``Minibatches``, a ``DataLoader``, or a list of pairs."""


def require_again(**given: Batches | None) -> None:
    """Refuse batches that can be gone through only once.

    Args:
        given: Batches, by the name that an error calls them; None passes.

    Raises:
        TypeError: Something is an iterator.
    """
    for name, batches in given.items():
        if isinstance(batches, Iterator):
            raise TypeError(
                f"expected {name} that can be gone through again and again, got a {type(batches).__name__}, which is "
                "used up after one loop; pass Minibatches(...) or a list of pairs (x, y)"
            )


def parts_of(batch: Any) -> Sequence[Any]:
    """The batch, if it consists of parts, such as (x,) or (x, y).

    Raises:
        TypeError: It is something else. A tensor would come apart into its rows.
    """
    if not isinstance(batch, tuple | list):
        raise TypeError(
            f"expected batches as tuples, such as (x,), got a {type(batch).__name__}; "
            "pass Minibatches(X, batch_size=...), or [(X,)] for one batch"
        )
    return batch


def over_and_over(data: Batches) -> Iterator[Sequence[Any]]:
    """Batch after batch, epoch after epoch, without end.

    Args:
        data: Batches, again from the start with every loop.

    Raises:
        ValueError: There are no batches.
        TypeError: They can be gone through only once.

    >>> from itertools import islice
    >>> list(islice(over_and_over([("x1", "y1"), ("x2", "y2")]), 3))
    [('x1', 'y1'), ('x2', 'y2'), ('x1', 'y1')]
    """
    require_again(data=data)
    empty = True
    while True:
        for batch in data:
            empty = False
            yield batch
        if empty:
            raise ValueError("expected at least one batch, got none")
