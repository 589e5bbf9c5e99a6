"""Autoregressive models against loops over entries, over all vectors there are, and against logistic regression."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches
from course_lib.models import FVSBN, NADE
from course_lib.optim import Adam
from course_lib.training import fit_own_loss

D = 5
ALL = torch.tensor(list(itertools.product([0.0, 1.0], repeat=D)), dtype=torch.float64)


def fvsbn(seed=0):
    model = FVSBN(D).double()
    g = torch_generator(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape, generator=g))
    return model


def nade(seed=0):
    model = NADE(D, 7, generator=torch_generator(seed)).double()
    g = torch_generator(seed + 1)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn(p.shape, generator=g))
    return model


MODELS = {"FVSBN": fvsbn, "NADE": nade}


def one_logit(model, x, i):
    """The i-th conditional of one vector, as the papers write it."""
    if isinstance(model, FVSBN):
        return model.bias[i] + sum(model.weight[i, j] * x[j] for j in range(i))
    a = model.input_bias + sum((model.input_weight[:, j] * x[j] for j in range(i)), torch.zeros(7))
    return model.output_bias[i] + model.output_weight[i] @ torch.sigmoid(a)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_all_conditionals_at_once_are_those_of_the_loop(make, device):
    model = make().to(device)
    expected = torch.stack([torch.stack([torch.sigmoid(one_logit(make(), x, i)) for i in range(D)]) for x in ALL])
    torch.testing.assert_close(model.conditional(ALL.to(device)).cpu(), expected)
    bernoulli = torch.distributions.Bernoulli(expected).log_prob(ALL).sum(1)
    torch.testing.assert_close(model.log_likelihood(ALL.to(device)).cpu(), bernoulli)
    torch.testing.assert_close(model.loss(ALL.to(device)).cpu(), -bernoulli.mean())


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_the_probabilities_of_all_vectors_sum_to_one(make):
    assert make().log_likelihood(ALL).exp().sum().item() == pytest.approx(1)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_no_conditional_looks_at_its_own_entry_or_a_later_one(make):
    x = ALL[11:12].clone().requires_grad_()
    p = make().logits(x)[0]
    for i in range(D):
        (slope,) = torch.autograd.grad(p[i], x, retain_graph=True, allow_unused=True)
        assert (slope[0, i:] == 0).all()
        assert (slope[0, :i] != 0).all()


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_samples_are_as_frequent_as_they_are_likely(make):
    model = make()
    samples = model.sample(20_000, generator=torch_generator(3))
    which = (samples @ (2.0 ** torch.arange(D - 1, -1, -1, dtype=torch.float64))).long()
    frequency = torch.bincount(which, minlength=2**D) / 20_000
    torch.testing.assert_close(frequency, model.log_likelihood(ALL).exp().float(), atol=0.015, rtol=0)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_completing_keeps_what_is_known_and_draws_the_rest_given_it(make):
    model, x = make(), torch.tensor([[1.0, 0.0, 1.0, 0.0, 0.0]], dtype=torch.float64).repeat(4000, 1)
    before = x.clone()
    completed = model.complete(x, 4, generator=torch_generator(0))
    assert torch.equal(x, before)
    assert torch.equal(completed[:, :4], x[:, :4])
    assert completed[:, 4].mean().item() == pytest.approx(model.conditional(x)[0, 4].item(), abs=0.03)
    assert torch.equal(model.complete(x, D), x)
    x[:, 4] = torch.nan  # what stands there does not matter
    assert torch.equal(model.complete(x, 4, generator=torch_generator(0)), completed)
    with pytest.raises(ValueError, match="zeros and ones"):
        model.complete(x, 5)


def test_three_bits_need_seven_numbers_and_fvsbn_has_one_for_each_pair_and_entry():
    """2^3 - 1 probabilities; with three entries, logistic regressions have 3 weights and 3 biases."""
    model = FVSBN(3)
    assert 2**3 - 1 == 7
    assert torch.count_nonzero(torch.ones_like(model.weight).tril(-1)).item() + model.bias.numel() == 6


def test_a_trained_fvsbn_is_as_good_as_logistic_regressions_solved_each_for_itself():
    sklearn = pytest.importorskip("sklearn.linear_model")
    X = nade(4).sample(400, generator=torch_generator(5)).float()
    model = FVSBN(D)
    fit_own_loss(model, [(X,)], Adam(model.parameters(), lr=0.2), epochs=150, progress=False)
    x = X.numpy()
    total = -np.log([np.mean(x[:, 0]) if v else 1 - np.mean(x[:, 0]) for v in x[:, 0]]).sum()
    for i in range(1, D):
        logistic = sklearn.LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000).fit(x[:, :i], x[:, i])
        total -= logistic.predict_log_proba(x[:, :i])[np.arange(400), x[:, i].astype(int)].sum()
    assert model.loss(X).item() == pytest.approx(total / 400, abs=1e-3)


def test_nade_learns_what_a_logistic_regression_cannot():
    """The third entry is the exclusive or of the first two: 2 bits of chance in all."""
    pairs = torch.tensor(list(itertools.product([0.0, 1.0], repeat=2)))
    X = torch.cat([pairs, (pairs.sum(1, keepdim=True) == 1).float()], dim=1).repeat(16, 1)
    losses = {}
    for name, model in {"FVSBN": FVSBN(3), "NADE": NADE(3, 16, generator=torch_generator(0))}.items():
        data = Minibatches(X, batch_size=64, generator=torch_generator(0))
        fit_own_loss(model, data, Adam(model.parameters(), lr=0.1), epochs=100, progress=False)
        losses[name] = model.loss(X).item()
    assert losses["FVSBN"] == pytest.approx(3 * np.log(2), abs=0.01)
    assert losses["NADE"] == pytest.approx(2 * np.log(2), abs=0.01)


def test_before_training_every_vector_is_as_likely():
    torch.testing.assert_close(FVSBN(64).log_likelihood(torch.ones(2, 64)), torch.full((2,), -64 * np.log(2)).float())


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (torch.zeros(2, 4), ValueError, r"expected rows of 5 entries, got shape \(2, 4\)"),
        (torch.zeros(5), ValueError, r"got shape \(5,\)"),
        (torch.full((1, 5), 0.5), ValueError, "zeros and ones; binarise first"),
        (torch.zeros(2, 5, dtype=torch.int64), TypeError, "convert it with x.float"),
        (np.zeros((2, 5)), TypeError, "torch.as_tensor"),
    ],
    ids=["width", "axes", "grey", "integers", "numpy"],
)
def test_only_rows_of_zeros_and_ones(make, x, error, message):
    with pytest.raises(error, match=message):
        make().log_likelihood(x)


def test_sizes_and_known_entries_are_checked():
    with pytest.raises(ValueError, match="num_visible of at least 1"):
        FVSBN(0)
    with pytest.raises(ValueError, match="hidden_size of at least 1"):
        NADE(3, 0)
    with pytest.raises(ValueError, match="known from 0 to 5, got 6"):
        fvsbn().complete(ALL, 6)
