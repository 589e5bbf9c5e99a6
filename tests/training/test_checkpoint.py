"""A run that was stopped and taken up again ends with the same bits; and nobody's file is lost."""

import os
import pickle
import zipfile

import numpy as np
import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.optim import SGD, lr_scheduler
from course_lib.regularization import EarlyStopping
from course_lib.regularization.augment import Augmented, Compose
from course_lib.training import fit

NUMPY = [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64, np.random.PCG64DXSM]
GENERATORS = {"torch": torch_generator} | {
    bits.__name__: lambda seed, bits=bits: np.random.Generator(bits(seed)) for bits in NUMPY
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs" / "digits.pt"


def run(task, epochs, path=None, **options):
    return fit(task.model, task.data, task.loss, task.optimizer, epochs=epochs, checkpoint=path, **options)


@pytest.mark.parametrize("make", GENERATORS.values(), ids=GENERATORS)
def test_resumes_to_the_bit(make_task, path, make, capsys):
    """Dropout, shuffling, momentum, batch norm: all go on from where they were, in objects that began elsewhere."""
    whole = make_task(data_generator=make(3))
    expected = run(whole, 5)
    torch.manual_seed(0)
    run(make_task(data_generator=make(3)), 2, path)
    torch.manual_seed(99)
    resumed = make_task(seed=8, data_generator=make(4))
    history = run(resumed, 5, path)
    assert history == expected
    assert torch.equal(resumed.weights(), whole.weights())
    assert f"Going on after epoch 2 of 5, from {path}. Delete the file" in capsys.readouterr().out


@pytest.mark.parametrize("make", [SGD, torch.optim.Adam])
def test_resumes_with_any_optimizer(make_task, path, make):
    tasks = [make_task() for _ in range(3)]
    for task in tasks:
        task.optimizer = make(task.model.parameters(), lr=0.01)
    run(tasks[0], 4)
    torch.manual_seed(0)
    run(tasks[1], 3, path)
    run(tasks[2], 4, path)
    assert torch.equal(tasks[2].weights(), tasks[0].weights())


def test_resumes_early_stopping(make_task, path):
    """The best epoch lies before the interruption, the end after it."""

    def train(task, epochs, path=None, patience=4):
        # a rate at which the validation loss soon rises
        task.optimizer = torch.optim.SGD(task.model.parameters(), lr=2.0, momentum=0.9)
        stopping = EarlyStopping(patience)
        history = run(task, epochs, path, validation=task.validation, early_stopping=stopping)
        return history, stopping

    whole, first, second = make_task(), make_task(), make_task(seed=5)
    history, stopping = train(whole, 60)
    assert stopping.stopped
    torch.manual_seed(0)
    train(first, stopping.best_epoch + 1, path)
    again, same = train(second, 60, path)
    assert (again, same) == (history, stopping)
    assert torch.equal(second.weights(), whole.weights())
    third = make_task(seed=6)
    assert train(third, 60, path)[0] == history  # it has stopped; nothing is trained, and the best weights are back
    assert torch.equal(third.weights(), whole.weights())


def test_an_interrupted_epoch_is_repeated(make_task, path, capsys):
    """Interrupted in the middle of epoch 3, in the same session: from its beginning, to the same bits."""
    whole, broken = make_task(), make_task()
    run(whole, 4)
    torch.manual_seed(0)
    calls, loss = [], broken.loss

    def interrupted(prediction, y):
        calls.append(1)
        if len(calls) == 11:
            raise KeyboardInterrupt
        return loss(prediction, y)

    broken.loss = interrupted
    assert len(run(broken, 4, path).train_loss) == 2
    run(broken, 4, path)
    assert torch.equal(broken.weights(), whole.weights())


def noisy_layer(task, generator):
    task.model.insert(0, nn.GaussianNoise(1.0, generator=generator))


def dropping_layer(task, generator):
    task.model.insert(3, nn.Dropout(0.5, generator=generator))


def changed_data(task, generator):
    task.data = Augmented(task.data, Compose([Jitter(generator), torch.Tensor.clone]))


class Jitter:
    def __init__(self, generator):
        self.generator = generator

    def __call__(self, x):
        return x + torch.randn(x.shape, generator=self.generator)


@pytest.mark.parametrize("with_random", [noisy_layer, dropping_layer, changed_data])
def test_the_generators_of_layers_and_transforms_are_kept_too(make_task, path, with_random):
    tasks = [make_task() for _ in range(3)]
    for task, seed in zip(tasks, (1, 1, 2), strict=True):
        with_random(task, torch_generator(seed))
    run(tasks[0], 3)
    torch.manual_seed(0)
    run(tasks[1], 1, path)
    run(tasks[2], 3, path)
    assert torch.equal(tasks[2].weights(), tasks[0].weights())


def test_what_a_callback_changes_is_kept(make_task, path):
    """A schedule in a callback: the rate after epoch 2 is in the checkpoint of epoch 2."""

    def halve(task):
        return [lambda *_: task.optimizer.param_groups[0].update(lr=task.optimizer.param_groups[0]["lr"] / 2)]

    first, second = make_task(), make_task()
    run(first, 2, path, callbacks=halve(first))
    run(second, 3, path, callbacks=halve(second))
    assert second.optimizer.param_groups[0]["lr"] == pytest.approx(0.1 / 8)


def test_a_finished_run_trains_no_more(make_task, path):
    first, second = make_task(), make_task(seed=5)
    history = run(first, 3, path)
    assert run(second, 3, path) == history
    assert run(second, 2, path) == history
    assert torch.equal(second.weights(), first.weights())


@pytest.mark.parametrize("failing", ["save", "fsync", "replace"])
def test_a_write_that_fails_leaves_the_one_before(make_task, path, failing, monkeypatch):
    run(make_task(), 1, path)
    before = path.read_bytes()

    def fail(*args):
        raise OSError("disk full")

    monkeypatch.setattr(torch if failing == "save" else os, failing, fail)
    with pytest.raises(OSError, match="disk full"):
        run(make_task(), 2, path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_link_stays_a_link(make_task, tmp_path):
    target, link = tmp_path / "big disk.pt", tmp_path / "link.pt"
    run(make_task(), 1, target)
    link.symlink_to(target)
    run(make_task(), 2, link)
    assert link.is_symlink()
    assert len(run(make_task(), 2, target).train_loss) == 2


class Trap:
    """Pickles to a call that would leave a file."""

    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return open, (str(self.place), "w")


@pytest.mark.parametrize("contents", ["text", "empty", "weights", "trap", "pickle", "another archive"])
def test_a_file_that_is_none_of_ours_is_left_alone(task, tmp_path, contents):
    path, sprung = tmp_path / "thesis.pt", tmp_path / "sprung"
    if contents == "text":
        path.write_text("three years of work")
    elif contents == "empty":
        path.touch()
    elif contents == "weights":
        torch.save(task.model.state_dict(), path)
    elif contents == "another archive":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("chapter", "three years of work")
    elif contents == "trap":
        torch.save({"format": Trap(sprung)}, path)
    else:
        path.write_bytes(pickle.dumps({"format": "course_lib checkpoint 1"}))
    before, weights = path.read_bytes(), task.weights()
    with pytest.raises(ValueError, match="thesis.pt is no checkpoint .*It is left as it is; choose another path"):
        run(task, 2, path)
    assert path.read_bytes() == before
    assert torch.equal(task.weights(), weights)
    assert not sprung.exists()


def other_model(task):
    task.model[4] = torch.nn.Linear(16, 3)


def other_optimizer(task):
    task.optimizer = torch.optim.Adam(task.model.parameters())


def other_groups(task):
    task.optimizer = torch.optim.SGD(list(task.model.parameters())[:2])


def other_generator(task):
    task.data.generator = np.random.default_rng(0)


OTHERS = {
    other_model: r"differs in the model \(4.weight is \(2, 16\) there, \(3, 16\) here\)",
    other_optimizer: r"differs in the optimizer \(SGD there, Adam here\)",
    other_groups: "parameter group",
    other_generator: "differs in the random generators of data and model",
}


@pytest.mark.parametrize(("change", "message"), OTHERS.items())
def test_another_run_is_refused_and_nothing_changes(make_task, path, change, message):
    run(make_task(), 1, path)
    other = make_task(seed=3)
    change(other)
    file, weights, rates = path.read_bytes(), other.weights(), [g["lr"] for g in other.optimizer.param_groups]
    with pytest.raises(ValueError, match=message):
        run(other, 2, path)
    assert path.read_bytes() == file
    assert torch.equal(other.weights(), weights)
    assert [g["lr"] for g in other.optimizer.param_groups] == rates


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({}, {"validation": True}, r"what is measured \(train loss there, train loss, validation loss here\)"),
        ({"validation": True}, {"validation": True, "early_stopping": EarlyStopping(3)}, "early stopping"),
        ({"metrics": {"f1": lambda *_: 0.5}}, {}, r"what is measured \(f1, train loss there, train loss here\)"),
    ],
)
def test_another_way_to_run_is_refused(make_task, path, first, second, message):
    def go(task, epochs, options):
        options = {**options, **({"validation": task.validation} if "validation" in options else {})}
        return run(task, epochs, path, **options)

    go(make_task(), 1, first)
    with pytest.raises(ValueError, match=f"is the checkpoint of another training run; it differs in {message}"):
        go(make_task(), 2, second)


# What else has a state ------------------------------------------------------------------------------------------------


def warm_up_and_decay(optimizer):
    return lr_scheduler.SequentialLR(
        optimizer,
        [lr_scheduler.LinearLR(optimizer, 0.1, total_iters=2), lr_scheduler.CosineAnnealingLR(optimizer, 4)],
        milestones=[2],
    )


SCHEDULES = {
    "warm-up and decay": warm_up_and_decay,
    "steps": lambda optimizer: lr_scheduler.StepLR(optimizer, 2),
    "a function": lambda optimizer: lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch)),
}


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
@pytest.mark.parametrize("stop", [1, 2, 3])
def test_resumes_with_a_scheduler_to_the_bit(make_task, path, make, stop):
    tasks = [make_task(), make_task(), make_task(seed=8)]
    schedulers = []
    for task in tasks:
        task.optimizer = SGD(task.model.parameters(), lr=0.3, momentum=0.9)
        schedulers.append(make(task.optimizer))
    expected = run(tasks[0], 5, scheduler=schedulers[0])
    torch.manual_seed(0)
    run(tasks[1], stop, path, scheduler=schedulers[1])
    torch.manual_seed(99)
    assert run(tasks[2], 5, path, scheduler=schedulers[2]) == expected
    assert torch.equal(tasks[2].weights(), tasks[0].weights())
    assert schedulers[2].get_last_lr() == schedulers[0].get_last_lr()


def test_resumes_with_torchs_scheduler(make_task, path):
    first, second = make_task(), make_task()
    for task, epochs in ((first, 2), (second, 4)):
        scheduler = torch.optim.lr_scheduler.ExponentialLR(task.optimizer, 0.5)
        run(task, epochs, path, scheduler=scheduler)
    assert second.optimizer.param_groups[0]["lr"] == pytest.approx(0.1 / 16)


class Counter:
    """A callback, or data, with a memory of its own."""

    def __init__(self, batches=()):
        self.count, self.batches = 0, batches

    def __call__(self, epoch, model, history):
        self.count += 1

    def __iter__(self):
        self.count += 1
        return iter(self.batches)

    def state_dict(self):
        return {"count": self.count}

    def load_state_dict(self, state):
        self.count = state["count"]


def test_what_callbacks_and_data_remember_is_kept(make_task, path):
    for epochs in (2, 5):
        task, counter = make_task(), Counter()
        task.data = Counter(list(task.data))
        run(task, epochs, path, callbacks=[print, counter])
        assert (counter.count, task.data.count) == (epochs, epochs)


def test_a_checkpoint_without_other_states_is_still_read(make_task, path):
    """Those written before there were any have no place for them."""
    history = run(make_task(), 2, path)
    checkpoint = torch.load(path, weights_only=True)
    del checkpoint["parts"]
    torch.save(checkpoint, path)
    assert run(make_task(), 2, path) == history


def test_other_schedulers_and_callbacks_are_refused(make_task, path):
    task = make_task()
    task.optimizer = SGD(task.model.parameters(), lr=0.1)
    run(task, 1, path, scheduler=lr_scheduler.StepLR(task.optimizer, 2), callbacks=[Counter()])
    file = path.read_bytes()
    with pytest.raises(ValueError, match=r"the scheduler \(StepLR there, LinearLR here\)\. "):
        run(task, 2, path, scheduler=lr_scheduler.LinearLR(task.optimizer), callbacks=[Counter()])
    with pytest.raises(
        ValueError, match=r"the scheduler \(StepLR there, none here\) and in callback 1 \(Counter there, none here\)"
    ):
        run(task, 2, path)
    assert path.read_bytes() == file
