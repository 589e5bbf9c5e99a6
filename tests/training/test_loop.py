"""fit is the loop one would write by hand, to the bit, and looks after what is easily forgotten."""

import math
import re

import numpy as np
import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches
from course_lib.optim import SGD, lr_scheduler
from course_lib.regularization import EarlyStopping
from course_lib.training import evaluate, fit


def accuracy(prediction, y):
    return (prediction.argmax(1) == y).float().mean()


def test_it_is_the_loop_by_hand(make_task):
    """The same weights to the bit, and losses that are means over samples, whatever the size of the last batch."""
    task, hand = make_task(), make_task()
    torch.manual_seed(5)
    history = fit(
        task.model,
        task.data,
        task.loss,
        task.optimizer,
        epochs=4,
        validation=task.validation,
        metrics={"accuracy": accuracy},
    )
    torch.manual_seed(5)
    for epoch in range(4):
        hand.model.train()
        losses = torch.empty(0)
        for x, y in hand.data:
            prediction = hand.model(x)
            each = torch.nn.functional.cross_entropy(prediction, y, reduction="none")
            hand.optimizer.zero_grad()
            hand.loss(prediction, y).backward()
            hand.optimizer.step()
            losses = torch.cat([losses, each.detach()])
        hand.model.eval()
        with torch.no_grad():
            X, y = hand.validation.arrays
            prediction = hand.model(X)
        assert len(losses) == 30
        assert history.train_loss[epoch] == pytest.approx(losses.mean().item(), rel=1e-6)
        assert history.validation_loss[epoch] == pytest.approx(hand.loss(prediction, y).item(), rel=1e-6)
        assert history.metrics["accuracy"][epoch] == pytest.approx((prediction.argmax(1) == y).float().mean().item())
    assert torch.equal(task.weights(), hand.weights())
    assert list(history.epochs) == [1, 2, 3, 4]


def test_our_optimizer_takes_the_same_path(make_task):
    task, other = make_task(), make_task()
    other.optimizer = SGD(other.model.parameters(), lr=0.1, momentum=0.9)
    for each in (task, other):
        torch.manual_seed(5)
        fit(each.model, each.data, each.loss, each.optimizer, epochs=2)
    assert torch.equal(task.weights(), other.weights())


@pytest.mark.parametrize("library", [lr_scheduler, torch.optim.lr_scheduler])
def test_a_scheduler_steps_after_every_epoch(make_task, library):
    """Callbacks see the rate of the epoch to come."""
    task, hand = make_task(), make_task()
    rates = []
    for each in (task, hand):
        make = SGD if library is lr_scheduler else torch.optim.SGD
        each.optimizer = make(each.model.parameters(), lr=0.2, momentum=0.9)
    torch.manual_seed(5)
    fit(
        task.model,
        task.data,
        task.loss,
        task.optimizer,
        epochs=3,
        scheduler=library.StepLR(task.optimizer, 1, gamma=0.5),
        callbacks=[lambda *_: rates.append(task.optimizer.param_groups[0]["lr"])],
    )
    torch.manual_seed(5)
    for epoch in range(3):
        hand.optimizer.param_groups[0]["lr"] = 0.2 * 0.5**epoch
        fit(hand.model, hand.data, hand.loss, hand.optimizer, epochs=1)
    assert rates == [0.1, 0.05, 0.025]
    assert torch.equal(task.weights(), hand.weights())


def test_without_validation_the_metrics_are_of_the_training_batches(task):
    data = list(task.data)
    task.model.eval()
    torch.nn.init.zeros_(task.model[4].weight)
    history = fit(
        task.model,
        data,
        task.loss,
        torch.optim.SGD(task.model.parameters(), lr=0.0),
        epochs=1,
        metrics={"accuracy": accuracy},
    )
    classes = torch.cat([y for _, y in data])
    constant = task.model[4].bias.argmax()
    assert history.metrics["accuracy"] == pytest.approx([(classes == constant).float().mean().item()])
    assert history.validation_loss == []


def test_evaluate_counts_a_short_batch_by_its_size(task):
    X, y = task.validation.arrays
    whole = evaluate(task.model, [(X, y)], task.loss, {"accuracy": accuracy})
    for batch_size in (1, 7, 19, 20):
        parts = Minibatches(X, y, batch_size=batch_size, shuffle=False)
        assert evaluate(task.model, parts, task.loss, {"accuracy": accuracy}) == pytest.approx(whole, rel=1e-5)


class Spy(torch.nn.Module):
    """Notes in what mode it is run."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, x):
        self.seen.append((self.training, torch.is_grad_enabled()))
        return x


def test_modes_and_gradients(task):
    """Training mode for 4 batches, evaluation mode without gradients for 2; at the end each layer as it was."""
    task.model.append(Spy())
    task.model.eval()
    task.model[3].train()  # Monte Carlo dropout: one layer in another mode than the rest
    fit(task.model, task.data, task.loss, task.optimizer, epochs=2, validation=task.validation)
    assert task.model[5].seen == 2 * (4 * [(True, True)] + 2 * [(False, False)])
    assert [module.training for module in task.model] == [False, False, False, True, False, False]


def test_modes_are_given_back_after_an_error(task):
    task.model.eval()
    with pytest.raises(RuntimeError):
        fit(task.model, [(torch.zeros(3, 5), torch.zeros(3))], task.loss, task.optimizer, epochs=1)
    assert not any(module.training for module in task.model.modules())


class Recorder:
    """A callback that notes its calls."""

    def __init__(self, stop_at=None, error=None):
        self.calls, self.finished, self.stop_at, self.error = [], [], stop_at, error

    def __call__(self, epoch, model, history):
        self.calls.append((epoch, len(history.epochs)))
        if epoch == self.stop_at:
            raise self.error

    def finish(self, model, history):
        self.finished.append(len(history.epochs))


def test_callbacks_are_called_after_every_epoch(task):
    recorder, simple = Recorder(), []
    callbacks = [recorder, lambda epoch, model, history: simple.append(model)]
    fit(task.model, task.data, task.loss, task.optimizer, epochs=3, callbacks=callbacks)
    assert recorder.calls == [(1, 1), (2, 2), (3, 3)]
    assert recorder.finished == [3]
    assert simple == 3 * [task.model]


def test_an_interruption_keeps_the_history_and_says_so(task, capsys):
    recorder = Recorder(stop_at=2, error=KeyboardInterrupt())
    history = fit(task.model, task.data, task.loss, task.optimizer, epochs=9, callbacks=[recorder])
    assert len(history.train_loss) == 2
    assert recorder.finished == [2]
    assert capsys.readouterr().out == "Training was interrupted. Finished epochs, all in the history: 2.\n"


def test_an_interruption_within_an_epoch(task, capsys):
    calls = []

    def loss(prediction, y):
        calls.append(1)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return task.loss(prediction, y)

    history = fit(task.model, task.data, loss, task.optimizer, epochs=9)
    assert len(history.train_loss) == 1
    assert "in the history: 1." in capsys.readouterr().out


def test_callbacks_finish_after_an_error(task):
    recorder = Recorder(stop_at=1, error=ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        fit(task.model, task.data, task.loss, task.optimizer, epochs=9, callbacks=[recorder])
    assert recorder.finished == [1]


def losses_on_validation(values):
    """A loss that takes these values on the validation data, which are one batch; else it is the mean."""
    remaining = iter(values)
    return lambda prediction, y: prediction.mean() if prediction.requires_grad else torch.tensor(next(remaining))


def test_early_stopping_brings_the_best_weights_back(task):
    weights = {}
    stopping = EarlyStopping(patience=2)
    history = fit(
        task.model,
        task.data,
        losses_on_validation([3.0, 1.0, 2.0, 1.0, 0.1]),
        task.optimizer,
        epochs=9,
        validation=[task.validation.arrays],
        early_stopping=stopping,
        callbacks=[lambda epoch, model, history: weights.update({epoch: task.weights()})],
    )
    assert history.validation_loss == [3.0, 1.0, 2.0, 1.0]
    assert (stopping.stopped, stopping.best, stopping.best_epoch) == (True, 1.0, 2)
    assert torch.equal(task.weights(), weights[2])
    assert not torch.equal(task.weights(), weights[4])


@pytest.mark.parametrize("end", ["epochs", "interrupt", "nan"])
def test_the_best_weights_come_back_however_training_ends(task, end):
    weights = {}

    def callback(epoch, model, history):
        weights[epoch] = task.weights()
        if end == "interrupt" and epoch == 3:
            raise KeyboardInterrupt

    values = [3.0, 1.0, 2.0, math.nan if end == "nan" else 4.0]
    run = lambda: fit(  # noqa: E731
        task.model,
        task.data,
        losses_on_validation(values),
        task.optimizer,
        epochs=4,
        validation=[task.validation.arrays],
        early_stopping=EarlyStopping(patience=9),
        callbacks=[callback],
    )
    if end == "nan":
        with pytest.raises(FloatingPointError, match="the loss is nan on the validation data after epoch 4"):
            run()
    else:
        run()
    assert torch.equal(task.weights(), weights[2])


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_no_number_names_epoch_and_batch(task, bad):
    calls = []

    def loss(prediction, y):
        calls.append(task.weights())
        return task.loss(prediction, y) * (bad if len(calls) == 7 else 1)

    with pytest.raises(
        FloatingPointError, match=f"the loss is {bad} in epoch 2, batch 3. Usual causes: a learning rate"
    ):
        fit(task.model, task.data, loss, task.optimizer, epochs=3)
    parameters = torch.cat([p.detach().reshape(-1) for p in task.model.parameters()])
    assert torch.isfinite(parameters).all()  # the step was not taken


def test_a_data_loader_will_do(task):
    X, y = task.data.arrays
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(X, y), batch_size=8, generator=torch_generator(0)
    )
    assert len(fit(task.model, loader, task.loss, task.optimizer, epochs=2).train_loss) == 2


def test_data_of_unknown_length_will_do(task):
    class Endless:
        def __iter__(self):
            return iter(list(task.data))

    assert len(fit(task.model, Endless(), task.loss, task.optimizer, epochs=2).train_loss) == 2


def pair(task):
    return task.data.arrays


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs to be a whole number of at least 1, got 0"),
        ({"epochs": 2.5}, ValueError, "got 2.5"),
        ({"early_stopping": EarlyStopping(1)}, ValueError, "pass validation=Minibatches"),
        ({"data": []}, ValueError, "at least one batch, got none"),
        ({"validation": []}, ValueError, "at least one batch, got none"),
        ({"data": iter([])}, TypeError, "data that can be gone through again and again, got a list_iterator"),
        ({"validation": iter([])}, TypeError, "expected validation that can be gone through"),
        (
            {"data": (torch.zeros(2, 2), torch.zeros(2))},
            TypeError,
            r"pairs \(x, y\), but batch 1 is a Tensor.*\[\(X, y\)\]",
        ),
        ({"data": [(1, 2, 3)]}, TypeError, "but batch 1 is a tuple of 3"),
        ({"data": [(torch.zeros(2), torch.tensor(1.0))]}, ValueError, "in batch 1 y is a single number"),
        (
            {"callbacks": print},
            TypeError,
            "callbacks in a list, got one builtin_function",
        ),
        ({"metrics": {"loss": accuracy}}, ValueError, 'a metric cannot be called "loss"'),
        ({"scheduler": lr_scheduler.StepLR}, TypeError, "made for the optimizer, such as StepLR.*got <class"),
        ({"scheduler": 0.5}, TypeError, "got 0.5"),
        (
            {"scheduler": lr_scheduler.LinearLR(SGD([torch.zeros(1)], lr=1.0))},
            ValueError,
            "this one was made for another",
        ),
    ],
)
def test_refusals(task, options, error, message):
    options = {"data": task.data, "epochs": 1, **options}
    with pytest.raises(error, match=message):
        fit(task.model, options.pop("data"), task.loss, task.optimizer, **options)


class Pair(torch.nn.Module):
    """A model with two outputs."""

    def forward(self, x):
        return x, x


@pytest.mark.parametrize(
    ("model", "loss", "message"),
    [
        (Pair(), torch.nn.MSELoss(), "model to return one tensor, got a tuple"),
        (torch.nn.Identity(), torch.nn.MSELoss(reduction="none"), r"one number, got a tensor of shape \(3, 2\).*mean"),
        (torch.nn.Identity(), lambda prediction, y: 0.5, "loss to return a tensor, got a float"),
    ],
)
def test_models_return_one_tensor_and_losses_one_number(task, model, loss, message):
    X = torch.ones(3, 2)
    with pytest.raises(TypeError, match=message):
        fit(model, [(X, X)], loss, task.optimizer, epochs=1)
    with pytest.raises(TypeError, match=message):
        evaluate(model, [(X, X)], loss)


@pytest.mark.parametrize(
    ("x", "note"),
    [
        (torch.ones(3, 5), r"In batch 1, x is a tensor of shape \(3, 5\), torch.float32 on cpu and y is .* \(3,\)"),
        (torch.ones(3, 2).double(), "torch.float64 on cpu .*; the model's parameters are torch.float32 on cpu"),
        (torch.ones(3, 2, device="meta"), "torch.float32 on meta .*; the model's parameters are torch.float32 on cpu"),
        (np.ones((3, 2)), r"x is a NumPy array of shape \(3, 2\) \(torch.as_tensor makes a tensor of it\)"),
    ],
    ids=["shape", "dtype", "device", "kind"],
)
def test_an_error_of_the_model_says_what_it_was_given(task, x, note):
    with pytest.raises((RuntimeError, TypeError)) as caught:
        fit(task.model, [(x, torch.zeros(3, dtype=torch.int64))], task.loss, task.optimizer, epochs=1)
    assert re.search(note, caught.value.__notes__[0])


def test_early_stopping_watches_one_run(task):
    stopping = EarlyStopping(patience=9)
    options = {"epochs": 2, "validation": task.validation, "early_stopping": stopping}
    fit(task.model, task.data, task.loss, task.optimizer, **options)
    with pytest.raises(ValueError, match="has watched 2 epochs, but this run has 0 so far; make a new EarlyStopping"):
        fit(task.model, task.data, task.loss, task.optimizer, **options)
