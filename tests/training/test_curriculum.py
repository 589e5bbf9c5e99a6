"""Easy samples first: who takes part when, and in which order."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches
from course_lib.regularization.augment import Augmented
from course_lib.training import Curriculum, fit

MAKE = {"numpy": np.random.default_rng, "torch": torch_generator}


def lessons(n=20, **options):
    x = np.arange(n)
    options = {"difficulty": -x, "batch_size": 3, "generator": np.random.default_rng(0), **options}
    return Curriculum(x, **options)


def gone_through(curriculum):
    return [np.concatenate([batch[0] for batch in curriculum]) for _ in range(8)]


@settings(deadline=None, max_examples=50)
@given(
    n=st.integers(1, 30),
    start=st.floats(0.01, 1),
    epochs=st.integers(1, 6),
    batch_size=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_the_easiest_take_part_first_and_in_the_end_all(n, start, epochs, batch_size, seed):
    difficulty = np.random.default_rng(seed).integers(0, 10, n)  # with ties
    curriculum = lessons(n, difficulty=difficulty, start=start, epochs=epochs, batch_size=batch_size)
    for t, seen in enumerate(gone_through(curriculum)):
        share = start + (1 - start) * min(1, t / epochs)
        assert abs(len(seen) - share * n) <= 1
        assert len(set(seen)) == len(seen)
        left_out = np.setdiff1d(np.arange(n), seen)
        assert difficulty[seen].max() <= difficulty[left_out].min(initial=10)
    assert len(seen) == n


def test_from_the_start_with_all_it_is_minibatches():
    curriculum = lessons(start=1.0)
    batches = Minibatches(curriculum.arrays[0][::-1], batch_size=3, generator=np.random.default_rng(0))
    for _ in range(3):
        for (ours,), (theirs,) in zip(curriculum, batches, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
def test_rows_stay_together_and_in_their_kind(asarray, make):
    x = asarray(np.arange(12.0).reshape(6, 2))
    curriculum = Curriculum(x, x[:, 0] ** 2, difficulty=x[:, 1], batch_size=4, generator=make(0))
    for _ in range(3):
        for a, b in curriculum:
            assert type(a) is type(x)
            assert (a[:, 0] ** 2 == b).all()


def test_every_epoch_has_an_order_of_its_own_and_a_seed_decides():
    first, again = gone_through(lessons(epochs=1)), gone_through(lessons(epochs=1))
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first[2], first[3])


def test_the_share_can_be_asked():
    curriculum = lessons(start=0.5, epochs=2)
    shares = []
    for _ in range(4):
        shares.append(curriculum.share)
        list(curriculum)
    assert shares == [0.5, 0.75, 1.0, 1.0]


@pytest.mark.parametrize("augmented", [False, True])
def test_training_resumes_where_the_curriculum_was(make_task, tmp_path, augmented):
    def train(seed, epochs, path=None):
        task = make_task(seed)
        X, y = task.data.arrays
        curriculum = Curriculum(
            X, y, difficulty=-X.norm(dim=1), batch_size=8, epochs=3, generator=torch_generator(seed)
        )
        torch.manual_seed(seed)
        data = Augmented(curriculum, lambda x: x + 1) if augmented else curriculum
        history = fit(task.model, data, task.loss, task.optimizer, epochs=epochs, checkpoint=path)
        return history, task.weights()

    expected, weights = train(0, 5)
    train(0, 2, tmp_path / "run.pt")
    history, resumed = train(8, 5, tmp_path / "run.pt")
    assert history == expected
    assert torch.equal(resumed, weights)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"start": 0.0}, ValueError, "start to be a share above 0 and up to 1, got 0.0"),
        ({"start": 1.5}, ValueError, "got 1.5"),
        ({"start": np.nan}, ValueError, "got nan"),
        ({"epochs": 0}, ValueError, "at least 1 epoch"),
        ({"epochs": np.nan}, ValueError, "at least 1 epoch.*got nan"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"generator": None}, TypeError, "pass generator="),
        ({"difficulty": np.arange(19)}, ValueError, r"each of 20 samples, got shape \(19,\)"),
        ({"difficulty": np.full(20, np.nan)}, ValueError, "NaN"),
        ({"difficulty": torch.arange(20)}, TypeError, "one kind"),
        ({"difficulty": list(range(20))}, TypeError, "got list"),
    ],
)
def test_refusals(options, error, message):
    with pytest.raises(error, match=message):
        lessons(**options)
