"""Training models with a loss of their own: the same steps as by hand, alone and in a stack."""

from __future__ import annotations

import copy

import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import Minibatches
from course_lib.models import Autoencoder, DenoisingAutoencoder
from course_lib.optim import SGD
from course_lib.training import fit_own_loss, stack_pretrain


def data(*more, seed=0):
    X = torch.rand(20, 4, generator=torch_generator(7))
    return Minibatches(X, *more, batch_size=8, generator=torch_generator(seed))


def sgd(parameters):
    return SGD(parameters, lr=0.1, momentum=0.9)


def by_hand(model, batches, epochs):
    optimizer = sgd(model.parameters())
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x in batches:
            loss = model.loss(x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += len(x) * loss.item()
        losses.append(total / 20)
    return losses


def same(a, b):
    return all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters(), strict=True))


class First:
    """The first parts of batches, changed."""

    def __init__(self, batches, change=lambda x: x):
        self.batches, self.change = batches, change

    def __iter__(self):
        return (self.change(x).detach() for x, *_ in self.batches)


def test_by_hand():
    ours = Autoencoder([4, 3, 2], generator=torch_generator(0))
    hand = copy.deepcopy(ours)
    history = fit_own_loss(ours, data(), sgd(ours.parameters()), epochs=3, validation=[(torch.ones(5, 4),)])
    assert by_hand(hand, First(data()), 3) == pytest.approx(history.train_loss)
    assert same(ours, hand)
    assert history.validation_loss[-1] == pytest.approx(hand.loss(torch.ones(5, 4)).item())


def test_damage_that_a_layer_draws_is_repeatable():
    losses = []
    for _ in range(2):
        net = DenoisingAutoencoder([4, 3], corruption=0.5, generator=torch_generator(0))
        losses.append(fit_own_loss(net, data(), sgd(net.parameters()), epochs=2).train_loss)
    assert losses[0] == losses[1]


class Conditional(torch.nn.Module):
    """Its loss needs labels."""

    def __init__(self):
        super().__init__()
        self.centers = torch.nn.Parameter(torch.zeros(2, 4))

    def loss(self, x, y):
        return (self.centers[y] - x).square().mean()


def test_a_loss_gets_all_parts_of_a_batch():
    net, y = Conditional(), torch.arange(20) % 2
    fit_own_loss(net, data(y), SGD(net.parameters(), lr=0.5), epochs=200)
    X = data().arrays[0]
    assert torch.allclose(net.centers[0], X[::2].mean(0), atol=0.1)
    assert not torch.allclose(net.centers[0], X[1::2].mean(0), atol=0.01)


class Watcher:
    def __init__(self):
        self.seen = []

    def __call__(self, epoch, model, history):
        self.seen.append((epoch, model, len(history.train_loss)))

    def finish(self, model, history):
        self.seen.append(("finished", model, len(history.train_loss)))


def test_callbacks_see_the_model_itself():
    net, watcher, epochs = Autoencoder([4, 2]), Watcher(), []
    callbacks = [watcher, lambda epoch, model, history: epochs.append(epoch)]
    fit_own_loss(net, data(), sgd(net.parameters()), epochs=2, callbacks=callbacks)
    assert watcher.seen == [(1, net, 1), (2, net, 2), ("finished", net, 2)]
    assert epochs == [1, 2]


def test_refusals():
    net = Autoencoder([4, 2])
    with pytest.raises(TypeError, match=r"a method loss\(\*batch\), got a Linear"):
        fit_own_loss(nn.Linear(4, 4), data(), None, epochs=1)
    with pytest.raises(TypeError, match=r"tuples, such as \(x,\), got a Tensor"):
        fit_own_loss(net, [torch.ones(3, 4)], sgd(net.parameters()), epochs=1)
    with pytest.raises(TypeError, match=r"tuples, such as \(x,\), got a Tensor"):
        stack_pretrain([net], [torch.ones(3, 4)], sgd, epochs=1)
    with pytest.raises(TypeError, match="expected data that can be gone"):
        fit_own_loss(net, iter(list(data())), sgd(net.parameters()), epochs=1)
    with pytest.raises(TypeError, match="expected data that can be gone"):
        stack_pretrain([net], iter(list(data())), sgd, epochs=1)
    with pytest.raises(ValueError, match="at least one autoencoder"):
        stack_pretrain([], data(), sgd, epochs=1)


def stack(seed=0):
    g = torch_generator(seed)
    noisy = lambda: nn.Sequential(nn.GaussianNoise(0.5), nn.Sigmoid())  # noqa: E731  # shows the mode
    return [Autoencoder([4, 3], code=noisy, generator=g), Autoencoder([3, 2], generator=g)]


def test_a_stack_by_hand():
    """The second learns the codes of the first, which are made in evaluation mode; labels are passed over."""
    torch.manual_seed(0)
    ours = stack()
    first, second = stack()
    histories = stack_pretrain(ours, data(torch.arange(20)), sgd, epochs=2)
    torch.manual_seed(0)
    batches = data()
    losses = [by_hand(first, First(batches), 2)]
    first.eval()
    losses.append(by_hand(second, First(batches, first.encode), 2))
    assert [history.train_loss for history in histories] == [pytest.approx(loss) for loss in losses]
    assert same(ours[0], first)
    assert same(ours[1], second)
    assert all(module.training for autoencoder in ours for module in autoencoder.modules())
