"""Autoencoders: their shapes, their objectives written out by hand, and what each of them is for."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch.autograd import gradcheck

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.models import (
    Autoencoder,
    ContractiveAutoencoder,
    ConvAutoencoder,
    DenoisingAutoencoder,
    SequenceAutoencoder,
    SparseAutoencoder,
    anomaly_scores,
    binary_codes,
    contractive_penalty,
    corrupt,
    hamming_distances,
    kl_sparsity,
    sigmoid_contractive_penalty,
)
from course_lib.probability import Bernoulli, kl_divergence


def inputs(*shape, seed=0):
    return torch.rand(*shape, generator=torch_generator(seed), dtype=torch.float64)


# The plain one --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
@pytest.mark.parametrize("tied", [False, True])
def test_by_hand(output, tied, device):
    net = Autoencoder([5, 4, 2], activation=nn.Tanh, code=nn.Sigmoid, output=output, tied=tied).double().to(device)
    x = inputs(3, 5).to(device)
    (W1, b1), (W2, b2) = ((layer.weight, layer.bias) for layer in net.encoder[0].layers)
    (V1, c1), (V2, c2) = ((layer.weight, layer.bias) for layer in net.decoder[0].layers)
    if tied:
        assert V1 is W2
        assert V2 is W1
        V1, V2 = W2.T, W1.T
    h = torch.sigmoid(torch.tanh(x @ W1.T + b1) @ W2.T + b2)
    y = torch.tanh(h @ V1.T + c1) @ V2.T + c2
    y = torch.sigmoid(y) if output == "sigmoid" else y
    torch.testing.assert_close(net.encode(x), h)
    torch.testing.assert_close(net.decode(h), y)
    torch.testing.assert_close(net(x), y)
    torch.testing.assert_close(net.loss(x), torch.nn.functional.mse_loss(y, x))


def test_tied_weights_are_learned_once_and_stay_tied():
    """In a copy, in another precision and through a checkpoint too."""
    net = Autoencoder([5, 4, 2], tied=True)
    assert sum(p.numel() for p in net.parameters()) == (5 * 4 + 4 + 4 * 2 + 2) + (4 + 5)
    other = copy.deepcopy(net).double()
    other.load_state_dict(Autoencoder([5, 4, 2], tied=True).state_dict())
    assert other.decoder[0].layers[1].weight is other.encoder[0].layers[0].weight
    assert other.decoder[0].layers[1].weight is not net.encoder[0].layers[0].weight


def test_a_generator_makes_it_repeatable():
    makers = (Autoencoder, DenoisingAutoencoder, ContractiveAutoencoder, SparseAutoencoder)
    for make in makers:
        a, b, c = (make([4, 3], generator=torch_generator(seed)).state_dict() for seed in (0, 0, 1))
        assert all(torch.equal(a[name], b[name]) for name in a)
        assert not torch.equal(a["encoder.0.layers.0.weight"], c["encoder.0.layers.0.weight"])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Autoencoder([4]), ValueError, "at least two positive sizes"),
        (lambda: Autoencoder([4, 2], output="softmax"), ValueError, "'linear', 'sigmoid', got 'softmax'"),
        (lambda: Autoencoder([4, 2], code=nn.Sigmoid()), TypeError, "nn.Sigmoid without brackets"),
        (lambda: SparseAutoencoder([4, 2], penalty="l2"), ValueError, "'kl' or 'l1', got 'l2'"),
        (lambda: SparseAutoencoder([4, 2], sparsity=1.0), ValueError, "between 0 and 1, got 1.0"),
        (lambda: SparseAutoencoder([4, 2], strength=-1.0), ValueError, "strength of at least 0, got -1.0"),
        (lambda: ContractiveAutoencoder([4, 2], strength=float("nan")), ValueError, "strength of at least 0, got nan"),
        (lambda: DenoisingAutoencoder([4, 2], corruption=1.5), ValueError, "at most 1, got 1.5 for 'mask'"),
        (lambda: DenoisingAutoencoder([4, 2], kind="blur"), ValueError, "'salt_pepper', got 'blur'"),
        (lambda: ConvAutoencoder(2, image_size=6), ValueError, r"channels \[1, 8, 16\] for 6 by 6 pixels"),
        (lambda: ConvAutoencoder(2, channels=[1]), ValueError, "at least one convolution"),
        (lambda: SequenceAutoencoder(1, 4, 2, cell="RNN"), ValueError, "'rnn', got 'RNN'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_anomaly_scores_are_errors_per_sample(device):
    net = torch.nn.Sequential(torch.nn.Dropout(0.5), Autoencoder([5, 2]).double()).to(device)
    x = inputs(4, 5).to(device)
    scores = anomaly_scores(net, x)
    expected = torch.stack([torch.nn.functional.mse_loss(net[1](row), row) for row in x])
    torch.testing.assert_close(scores, expected.detach())
    assert not scores.requires_grad
    assert net[0].training
    assert anomaly_scores(ConvAutoencoder(2).to(device), torch.zeros(3, 1, 8, 8, device=device)).shape == (3,)


def test_a_model_that_returns_another_shape_has_no_error():
    with pytest.raises(ValueError, match=r"input's shape \(3, 4\), got \(3, 1\)"):
        anomaly_scores(nn.Linear(4, 1), torch.zeros(3, 4))
    with pytest.raises(ValueError, match=r"input's shape \(3, 1, 7, 7\), got \(3, 1, 8, 8\)"):
        ConvAutoencoder(2).loss(torch.zeros(3, 1, 7, 7))


# Sparse ---------------------------------------------------------------------------------------------------------------


def test_kl_sparsity_is_a_sum_of_divergences(asarray, rng):
    rho_hat = rng.uniform(0.01, 0.99, (3, 4))
    expected = np.sum(kl_divergence(Bernoulli(np.full((3, 4), 0.2)), Bernoulli(rho_hat)), axis=-1)
    result = kl_sparsity(asarray(rho_hat), 0.2)
    assert type(result) is type(asarray([0.0]))
    np.testing.assert_allclose(np.asarray(result.tolist()), expected, rtol=1e-12)


def test_kl_sparsity_at_its_ends(asarray):
    assert float(kl_sparsity(asarray([0.3, 0.3]), 0.3)) == pytest.approx(0, abs=1e-15)
    for silent_or_restless in (0.0, 1.0):
        assert float(kl_sparsity(asarray([silent_or_restless, 0.3]), 0.3)) == np.inf


@pytest.mark.parametrize("rho", [0.0, 1.0, -0.1, float("nan")])
def test_a_mean_activation_is_between_0_and_1(asarray, rho):
    with pytest.raises(ValueError, match="rho between 0 and 1"):
        kl_sparsity(asarray([0.5]), rho)
    with pytest.raises(ValueError, match="from 0 to 1, as of sigmoid units"):
        kl_sparsity(asarray([0.5, 1.5]), 0.5)


@pytest.mark.parametrize("penalty", ["kl", "l1"])
def test_sparse_objective(penalty):
    net = SparseAutoencoder([4, 6], penalty=penalty, strength=0.3, sparsity=0.1).double()
    x = inputs(5, 4)
    h = net.encode(x)
    mean = h.mean(0)
    kl = (0.1 * torch.log(0.1 / mean) + 0.9 * torch.log(0.9 / (1 - mean))).sum()
    price = kl if penalty == "kl" else h.abs().sum() / 5
    torch.testing.assert_close(net.loss(x), (net(x) - x).square().mean() + 0.3 * price)
    assert isinstance(net.encoder[1], nn.Sigmoid if penalty == "kl" else nn.ReLU)


# Denoising ------------------------------------------------------------------------------------------------------------


def generator_like(x, seed=0):
    return torch_generator(seed, x.device) if isinstance(x, torch.Tensor) else np.random.default_rng(seed)


def test_masks_and_salt_and_pepper_come_as_often_as_asked(asarray):
    x = asarray(np.full(40_000, 0.5))
    shares = lambda y: [float((y == value).sum()) / 40_000 for value in (0.0, 0.5, 1.0)]  # noqa: E731
    masked = corrupt(x, 0.3, generator=generator_like(x))
    assert shares(masked) == pytest.approx([0.3, 0.7, 0.0], abs=0.01)
    salted = corrupt(x, 0.3, kind="salt_pepper", generator=generator_like(x))
    assert shares(salted) == pytest.approx([0.15, 0.7, 0.15], abs=0.01)
    assert float(x.min()) == float(x.max()) == 0.5


def test_gaussian_noise_has_the_standard_deviation_asked_for(asarray):
    x = asarray(np.full(40_000, 7.0))
    noise = corrupt(x, 2.5, kind="gaussian", generator=generator_like(x)) - x
    assert float(noise.mean()) == pytest.approx(0, abs=0.05)
    assert float(noise.std()) == pytest.approx(2.5, rel=0.02)


@pytest.mark.parametrize("kind", ["mask", "gaussian", "salt_pepper"])
def test_without_damage_nothing_changes(asarray, kind):
    x = asarray([[0.25, 0.5]], "float32")
    same = corrupt(x, 0.0, kind=kind)
    assert same.tolist() == x.tolist()
    assert same.dtype == x.dtype
    assert type(same) is type(x)


def test_everything_masked(asarray):
    assert corrupt(asarray([3.0, -2.0]), 1.0).tolist() == [0.0, 0.0]


def test_damage_is_repeatable_and_of_the_arrays_kind(asarray):
    x = asarray(np.ones(50))
    a, b, c = (corrupt(x, 0.5, generator=generator_like(x, seed)).tolist() for seed in (0, 0, 1))
    assert a == b != c
    other = np.random.default_rng() if isinstance(x, torch.Tensor) else torch_generator(0)
    with pytest.raises(TypeError, match="of the data's kind"):
        corrupt(x, 0.5, generator=other)
    with pytest.raises(TypeError, match="float"):
        corrupt(asarray([1, 2], "int64"), 0.5)
    with pytest.raises(ValueError, match="p of at least 0"):
        corrupt(x, -0.1, kind="gaussian")


def test_denoising_objective():
    """What is compared is what it makes of a damaged input, with the whole one."""
    net = DenoisingAutoencoder([4, 6], corruption=0.5, generator=torch_generator(3)).double()
    x = inputs(5, 4)
    draws = copy.deepcopy(net)._generator
    damaged = corrupt(x, 0.5, generator=draws)
    torch.testing.assert_close(net.loss(x), (net(damaged) - x).square().mean())
    assert not torch.equal(net.loss(x), net.loss(x))


# Contractive ----------------------------------------------------------------------------------------------------------


def encoder():
    """Deep, with layers that behave differently in training."""
    layers = nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Dropout(0.5), nn.Linear(5, 2), nn.Sigmoid()
    return nn.Sequential(*layers).double()


def test_contractive_penalty_is_the_jacobians_norm():
    net, x = encoder(), inputs(4, 3)
    penalty = contractive_penalty(net, x)
    assert net.training
    net.eval()
    jacobians = [torch.autograd.functional.jacobian(lambda row: net(row[None])[0], row) for row in x]
    torch.testing.assert_close(penalty, torch.stack(jacobians).square().sum() / 4)


def test_the_closed_form_is_the_same():
    layer, x = nn.Linear(3, 5).double(), inputs(4, 3)
    h = torch.sigmoid(layer(x))
    general = contractive_penalty(nn.Sequential(layer, nn.Sigmoid()), x)
    torch.testing.assert_close(sigmoid_contractive_penalty(h, layer.weight), general)
    mine = torch.autograd.grad(sigmoid_contractive_penalty(h, layer.weight), layer.parameters())
    torch.testing.assert_close(mine, torch.autograd.grad(general, layer.parameters()))


def test_gradients_of_the_penalty_reach_the_weights():
    x, W = inputs(4, 3), torch.randn(2, 3, dtype=torch.float64, generator=torch_generator(1), requires_grad=True)
    assert gradcheck(lambda W: contractive_penalty(lambda x: torch.tanh(x @ W.T), x), W)


@pytest.mark.parametrize("sizes", [[4, 6], [4, 5, 6]])
@pytest.mark.parametrize("code", [nn.Sigmoid, nn.Tanh])
def test_contractive_objective(sizes, code):
    net = ContractiveAutoencoder(sizes, strength=0.3, code=code).double()
    x = inputs(5, 4)
    expected = (net(x) - x).square().mean() + 0.3 * contractive_penalty(net.encoder, x)
    torch.testing.assert_close(net.loss(x), expected)


def test_penalties_refuse_what_is_no_code():
    with pytest.raises(ValueError, match=r"codes of shape \(4, code size\), got \(4, 3, 1\)"):
        contractive_penalty(lambda x: x[..., None], inputs(4, 3))
    with pytest.raises(TypeError, match="floating dtype"):
        contractive_penalty(encoder(), torch.ones(4, 3, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"W \(units, inputs\), got \(4, 3\) and \(2, 3\)"):
        sigmoid_contractive_penalty(inputs(4, 3), inputs(2, 3))


# Images and sequences -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("channels", "size"), [((1, 8, 16), 8), ((3, 4), 6), ((1, 2, 3, 4), 16)])
def test_images_come_back_in_their_size(channels, size, device):
    net = ConvAutoencoder(5, channels=channels, image_size=size).to(device)
    x = torch.rand(2, channels[0], size, size, device=device)
    assert net.encode(x).shape == (2, 5)
    assert net(x).shape == net.decode(net.encode(x)).shape == x.shape
    net.loss(x).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())


def test_an_image_by_hand():
    F = torch.nn.functional
    net, x = ConvAutoencoder(5, channels=(1, 2, 3)).double(), inputs(2, 1, 8, 8)
    (K1, b1, K2, b2, W, b), (U, c), (V1, c1, V2, c2) = (
        list(part.parameters()) for part in (net.encoder, net.expand, net.decoder)
    )
    h = F.relu(F.conv2d(F.relu(F.conv2d(x, K1, b1, stride=2, padding=1)), K2, b2, stride=2, padding=1))
    code = h.flatten(1) @ W.T + b
    grid = F.relu((code @ U.T + c).reshape(2, 3, 2, 2))
    y = F.conv_transpose2d(F.relu(F.conv_transpose2d(grid, V1, c1, stride=2, padding=1)), V2, c2, stride=2, padding=1)
    torch.testing.assert_close(net.encode(x), code)
    torch.testing.assert_close(net(x), y)


@pytest.mark.parametrize(("cell", "theirs"), [("rnn", torch.nn.RNN), ("gru", torch.nn.GRU), ("lstm", torch.nn.LSTM)])
def test_a_sequence_with_torchs_layers(cell, theirs):
    net, x = SequenceAutoencoder(2, 6, 3, cell=cell).double(), inputs(4, 7, 2)
    encoder, decoder = theirs(2, 6, batch_first=True).double(), theirs(3, 6, batch_first=True).double()
    encoder.load_state_dict(net.encoder.state_dict())
    decoder.load_state_dict(net.decoder.state_dict())
    code = encoder(x)[0][:, -1] @ net.to_code.weight.T + net.to_code.bias
    y = decoder(torch.stack([code] * 7, 1))[0] @ net.to_output.weight.T + net.to_output.bias
    torch.testing.assert_close(net.encode(x), code)
    torch.testing.assert_close(net(x), y)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_sequences_come_back_in_their_length(cell, device):
    net = SequenceAutoencoder(2, 6, 3, cell=cell, generator=torch_generator(0)).to(device)
    x = torch.rand(4, 7, 2, device=device)
    code = net.encode(x)
    assert code.shape == (4, 3)
    assert net(x).shape == x.shape
    assert net.decode(code, 11).shape == (4, 11, 2)
    torch.testing.assert_close(net.decode(code, 11)[:, :7], net(x))
    net.loss(x).backward()
    assert all(p.grad is not None for p in net.parameters())


def test_the_code_is_all_that_the_decoder_of_sequences_gets():
    net = SequenceAutoencoder(1, 6, 3)
    net.to_code.requires_grad_(False)
    net.to_code.weight.zero_()
    a, b = torch.rand(2, 3, 5, 1)
    torch.testing.assert_close(net(a), net(b))


# Hashing --------------------------------------------------------------------------------------------------------------


def test_codes_become_bits_in_evaluation_mode():
    noisy = Autoencoder([4, 3], code=lambda: nn.Sequential(nn.GaussianNoise(4.0), nn.Sigmoid()))
    x = torch.rand(5, 4)
    bits = binary_codes(noisy, x)
    assert noisy.training
    assert torch.equal(bits, noisy.eval().encode(x) > 0.5)
    assert bits.dtype == torch.bool


def test_hamming_distances(asarray, rng):
    a, b = rng.integers(0, 2, (4, 9)), rng.integers(0, 2, (3, 9))
    expected = [[sum(p != q for p, q in zip(x, y, strict=True)) for y in b] for x in a]
    assert hamming_distances(asarray(a, "bool"), asarray(b, "bool")).tolist() == expected


def test_what_is_no_bits_is_refused(asarray):
    with pytest.raises(TypeError, match="bits of dtype bool"):
        hamming_distances(asarray([[1.0]]), asarray([[1.0]]))
    with pytest.raises(ValueError, match=r"\(n, k\) and \(m, k\), got \(1, 2\) and \(1, 3\)"):
        hamming_distances(asarray([[True] * 2], "bool"), asarray([[True] * 3], "bool"))
