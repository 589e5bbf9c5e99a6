"""Batches that come again and again."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from course_lib.data import Minibatches
from course_lib.data.batches import over_and_over, require_again


def test_every_time_round_has_an_order_of_its_own():
    data, again = (Minibatches(np.arange(9), batch_size=3, generator=np.random.default_rng(0)) for _ in range(2))
    seen = [batch[0].tolist() for batch in islice(over_and_over(data), 9)]
    assert seen == [batch[0].tolist() for _ in range(3) for batch in again]
    assert seen[:3] != seen[3:6]


def test_what_comes_only_once_is_refused_by_name():
    require_again(data=[], validation=None)
    with pytest.raises(TypeError, match="expected validation that can be gone .* again, got a list_iterator"):
        require_again(data=[], validation=iter([]))
    with pytest.raises(TypeError, match="expected data .* got a generator"):
        next(over_and_over(batch for batch in [(1, 2)]))


def test_no_batches():
    with pytest.raises(ValueError, match="at least one batch, got none"):
        next(over_and_over([]))
