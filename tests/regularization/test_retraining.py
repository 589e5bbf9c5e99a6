"""Algorithms 7.2 and 7.3 of the book, against the same steps written out with torch."""

import copy

import pytest
import torch
from sklearn.exceptions import ConvergenceWarning

from course_lib import nn, optim
from course_lib.arrays import torch_generator
from course_lib.data import Minibatches
from course_lib.regularization import retrain_for_steps, retrain_to_loss
from course_lib.training import evaluate

LOSS = nn.MSELoss()


def line(n, seed):
    x = torch.linspace(-1, 1, n)[:, None]
    return x, 3 * x - 1 + 0.05 * torch.randn(n, 1, generator=torch_generator(seed))


def model(seed=0):
    return nn.Linear(1, 1, generator=torch_generator(seed))


@pytest.mark.parametrize("steps", [1, 3, 4, 11])
def test_so_many_steps_and_no_more(steps):
    """Epochs of 4 batches; the last epoch is cut short."""
    x, y = line(16, 0)
    ours, theirs = model(), model()
    retrain_for_steps(
        ours, Minibatches(x, y, batch_size=4, shuffle=False), LOSS, optim.SGD(ours.parameters(), lr=0.1), steps=steps
    )
    plain = torch.optim.SGD(theirs.parameters(), lr=0.1)
    for i in range(steps):
        rows = slice(4 * (i % 4), 4 * (i % 4) + 4)
        plain.zero_grad()
        torch.nn.functional.mse_loss(theirs(x[rows]), y[rows]).backward()
        plain.step()
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())


def test_shuffled_data_are_shuffled_anew_each_epoch():
    x, y = line(6, 0)
    seen = []

    class Watching(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = model()

        def forward(self, x):
            seen.append(x[:, 0].tolist())
            return self.layer(x)

    watching = Watching()
    data = Minibatches(x, y, batch_size=3, generator=torch_generator(0))
    retrain_for_steps(watching, data, LOSS, optim.SGD(watching.parameters(), lr=0.1), steps=4)
    assert sorted(seen[0] + seen[1]) == sorted(seen[2] + seen[3]) == x[:, 0].tolist()
    assert seen[:2] != seen[2:]


def test_dropout_drops_while_training_and_modes_come_back():
    x, y = line(8, 0)
    network = nn.Sequential(nn.Dropout(0.5, generator=torch_generator(0)), model(), nn.Dropout(0.0).eval())
    seen = []
    network[0].register_forward_hook(lambda module, args, output: seen.append(network[2].training))
    retrain_for_steps(network, [(x, y)], LOSS, optim.SGD(network.parameters(), lr=0.1), steps=2)
    assert seen == [True, True]
    assert [part.training for part in network] == [True, True, False]


def test_until_the_validation_loss_is_down():
    """Written out with evaluate: an epoch on all data while the mean validation loss is above the target."""
    x, y = line(24, 0)
    everything, validation = [(x[:16], y[:16]), (x[16:], y[16:])], [(x[16:], y[16:]), (x[15:16], y[15:16])]
    ours, theirs = model(), model()
    epochs = retrain_to_loss(
        ours, everything, validation, LOSS, optim.SGD(ours.parameters(), lr=0.1), target=0.01, max_epochs=100
    )
    optimizer, expected = optim.SGD(theirs.parameters(), lr=0.1), 0
    while evaluate(theirs, validation, LOSS)["loss"] > 0.01:
        retrain_for_steps(theirs, everything, LOSS, optimizer, steps=2)
        expected += 1
    assert epochs == expected > 1
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())
    assert retrain_to_loss(ours, everything, validation, LOSS, None, target=0.01, max_epochs=0) == 0


def test_a_target_out_of_reach():
    x, y = line(8, 0)
    network = model()
    optimizer = optim.SGD(network.parameters(), lr=0.1)
    with pytest.warns(ConvergenceWarning, match="after 3 epochs the validation loss is .*, still above 0"):
        assert retrain_to_loss(network, [(x, y)], [(x, y)], LOSS, optimizer, target=0.0, max_epochs=3) == 3


def test_validation_is_looked_at_in_evaluation_mode_and_left_out_of_gradients():
    x, y = line(8, 0)
    network = nn.Sequential(model(), nn.Dropout(0.9, generator=torch_generator(0)))
    target = LOSS(network[0](x), y).item()
    before = copy.deepcopy(network.state_dict())
    assert retrain_to_loss(network, [(x, y)], [(x, y)], LOSS, None, target=target, max_epochs=5) == 0
    torch.testing.assert_close(network.state_dict(), before)
    assert network[1].training


def test_refusals():
    x, y = line(4, 0)
    network = model()
    optimizer = optim.SGD(network.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="steps to be a whole number of at least 1, got 0"):
        retrain_for_steps(network, [(x, y)], LOSS, optimizer, steps=0)
    with pytest.raises(ValueError, match="whole number of at least 1, got 2.5"):
        retrain_for_steps(network, [(x, y)], LOSS, optimizer, steps=2.5)
    with pytest.raises(TypeError, match="expected data that can be gone through again and again, got a list_iterator"):
        retrain_for_steps(network, iter([(x, y)]), LOSS, optimizer, steps=1)
    with pytest.raises(ValueError, match="at least one batch, got none"):
        retrain_for_steps(network, [], LOSS, optimizer, steps=1)
    with pytest.raises(ValueError, match="at least one batch to train on"):
        retrain_to_loss(network, [], [(x, y)], LOSS, optimizer, target=0.0, max_epochs=1)
    with pytest.raises(ValueError, match="training loss as target, got NaN"):
        retrain_to_loss(network, [(x, y)], [(x, y)], LOSS, optimizer, target=float("nan"), max_epochs=1)
    with pytest.raises(TypeError, match="expected validation that can be"):
        retrain_to_loss(network, [(x, y)], iter([(x, y)]), LOSS, optimizer, target=0.1, max_epochs=1)
    with pytest.raises(ValueError, match="at least one batch to validate on"):
        retrain_to_loss(network, [(x, y)], [], LOSS, optimizer, target=0.1, max_epochs=1)
    with pytest.raises(ValueError, match="max_epochs to be at least 0, got -1"):
        retrain_to_loss(network, [(x, y)], [(x, y)], LOSS, optimizer, target=0.1, max_epochs=-1)


def test_a_loss_that_is_no_number_ends_it():
    x, y = line(4, 0)
    network = model()
    before = copy.deepcopy(network.state_dict())
    optimizer = optim.SGD(network.parameters(), lr=0.1)
    with pytest.raises(FloatingPointError, match="training loss is nan"):
        retrain_for_steps(network, [(x, float("nan") * y)], LOSS, optimizer, steps=3)
    with pytest.raises(FloatingPointError, match="validation loss is inf"):
        retrain_to_loss(network, [(x, y)], [(x, float("inf") * y)], LOSS, optimizer, target=0.1, max_epochs=3)
    torch.testing.assert_close(network.state_dict(), before)
