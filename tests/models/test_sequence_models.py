"""Models of sequences against torch's layers, against a state handed on, and against what they can learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.utils.estimator_checks import parametrize_with_checks

from course_lib import nn, optim
from course_lib.arrays import is_torch, torch_generator
from course_lib.models import CharLM, EchoStateNetwork, Seq2Seq, spectral_radius
from course_lib.models.recurrence import CELLS, detached

THEIRS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}


def tokens(*shape, below=7, seed=0):
    return torch.randint(below, shape, generator=torch_generator(seed))


class TestCharLM:
    @pytest.mark.parametrize("cell", CELLS)
    def test_torchs_layers_one_after_another(self, cell, device):
        model = CharLM(7, 3, 5, cell=cell, num_layers=2, generator=torch_generator(0)).double().to(device)
        recurrent = THEIRS[cell](3, 5, num_layers=2, batch_first=True).double().to(device)
        recurrent.load_state_dict(model.recurrent.state_dict())
        x = tokens(4, 6).to(device)
        expected = recurrent(model.embedding.weight[x])[0] @ model.output.weight.T + model.output.bias
        torch.testing.assert_close(model(x)[0], expected, rtol=1e-10, atol=1e-10)

    @pytest.mark.parametrize("cell", CELLS)
    def test_the_state_carries_all_that_was_read(self, cell):
        model = CharLM(7, 3, 5, cell=cell, generator=torch_generator(0)).double()
        x = tokens(2, 9)
        first, state = model(x[:, :4])
        second, _ = model(x[:, 4:], state)
        torch.testing.assert_close(torch.cat([first, second], 1), model(x)[0])

    def test_likelihoods_of_all_texts_add_up_to_one(self):
        model = CharLM(3, 4, 5, dropout=0.5, generator=torch_generator(0)).double()
        texts = torch.cartesian_prod(torch.tensor([1]), *[torch.arange(3)] * 4)
        assert model.log_likelihood(texts).exp().sum().item() == pytest.approx(1)
        assert model.training

    def test_likelihood_of_one_text(self):
        model = CharLM(7, 3, 5, generator=torch_generator(0)).double()
        x = tokens(1, 6)
        p = torch.nn.functional.log_softmax(model(x)[0], 2)
        expected = sum(p[0, t, x[0, t + 1]] for t in range(5))
        torch.testing.assert_close(model.log_likelihood(x), expected[None])

    def test_samples_follow_the_model(self):
        model = CharLM(4, 3, 5, generator=torch_generator(0))
        drawn = model.sample(torch.zeros(4000, 2, dtype=torch.int64), 2, generator=torch_generator(1))
        pairs = torch.cartesian_prod(torch.zeros(1).long(), torch.arange(4), torch.arange(4))
        p = (model.log_likelihood(torch.cat([torch.zeros(16, 1).long(), pairs], 1))).exp()
        p = p / p.sum()  # given that the second token is 0
        np.testing.assert_allclose((drawn @ torch.tensor([4, 1])).bincount(minlength=16) / 4000, p, atol=0.025)

    def test_cold_samples_are_the_likeliest_token_each_time(self):
        model = CharLM(7, 3, 5, generator=torch_generator(0))
        start = tokens(3)
        text = start
        for _ in range(5):
            text = torch.cat([text, model(text[None])[0][0, -1].argmax()[None]])
        assert model.sample(start, 5, 0).tolist() == text[3:].tolist()

    def test_the_generator_decides(self):
        model = CharLM(7, 3, 5, dropout=0.5, generator=torch_generator(0))
        a, b, c = (model.sample(tokens(2), 30, generator=torch_generator(s)).tolist() for s in (0, 0, 1))
        assert a == b != c
        weights = [CharLM(7, 3, 5, generator=torch_generator(s)).output.weight for s in (0, 0, 1)]
        assert torch.equal(weights[0], weights[1])
        assert not torch.equal(weights[0], weights[2])

    def test_refused(self):
        with pytest.raises(ValueError, match="cell to be one of 'lstm', 'gru', 'rnn', got 'gpt'"):
            CharLM(7, 3, 5, cell="gpt")
        for start, length in ((tokens(0), 3), (tokens(1, 2, 3), 3), (tokens(2), 0)):
            with pytest.raises(ValueError, match="at least one step, and a length of at least 1"):
                CharLM(7, 3, 5).sample(start, length)


class TestSeq2Seq:
    @pytest.mark.parametrize("cell", CELLS)
    def test_step_by_step_with_torchs_layers(self, cell, device):
        model = Seq2Seq(7, 4, 3, 5, cell=cell, generator=torch_generator(0)).double().to(device)
        encoder, decoder = (THEIRS[cell](3, 5, batch_first=True).double().to(device) for _ in range(2))
        encoder.load_state_dict(model.encoder.state_dict())
        decoder.load_state_dict(model.decoder.state_dict())
        source, target = tokens(2, 6).to(device), tokens(2, 3, below=4).to(device)
        _, state = encoder(model.source_embedding.weight[source])
        before = torch.full((2,), 4, device=device)
        for t in range(3):
            s, state = decoder(model.target_embedding.weight[before][:, None], state)
            expected = s[:, 0] @ model.output.weight.T + model.output.bias
            torch.testing.assert_close(model(source, target)[:, t], expected, rtol=1e-10, atol=1e-10)
            before = target[:, t]

    def test_free_running_is_teacher_forcing_with_its_own_words(self):
        model = Seq2Seq(7, 4, 3, 5, generator=torch_generator(0))
        written = model.generate(tokens(8, 6), 9)
        assert torch.equal(model(tokens(8, 6), written).argmax(2), written)
        assert not written.requires_grad

    def test_the_last_token_of_the_target_is_not_read(self):
        model = Seq2Seq(7, 4, 3, 5, generator=torch_generator(0))
        target = tokens(1, 5, below=4)
        other = target.clone()
        other[:, -1] = (other[:, -1] + 1) % 4
        assert torch.equal(model(tokens(1, 6), target), model(tokens(1, 6), other))

    def test_it_learns_to_turn_three_tokens_around(self):
        model = Seq2Seq(4, 4, 8, 32, generator=torch_generator(0))
        optimizer = optim.Adam(model.parameters(), 1e-2)
        source = torch.cartesian_prod(*[torch.arange(4)] * 3)
        for _ in range(60):
            loss = nn.CrossEntropyLoss()(model(source, source.flip(1)).mT, source.flip(1))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        assert (model.generate(source, 3) == source.flip(1)).all(1).float().mean() > 0.9

    def test_refused(self):
        with pytest.raises(ValueError, match="length of at least 1, got 0"):
            Seq2Seq(7, 4, 3, 5).generate(tokens(1, 2), 0)


def test_a_detached_state_is_the_state(device):
    h = torch.ones(2, requires_grad=True, device=device) * 2
    one, (c, d) = detached(h), detached((h, h + 1))
    assert not any(state.requires_grad for state in (one, c, d))
    assert (one.tolist(), d.tolist()) == ([2, 2], [3, 3])


class TestSpectralRadius:
    @pytest.mark.parametrize("n", [1, 2, 30])
    def test_largest_size_of_numpys_eigenvalues(self, asarray, rng, n):
        A = rng.normal(size=(n, n))
        assert spectral_radius(asarray(A)) == pytest.approx(np.abs(np.linalg.eigvals(A)).max(), rel=1e-6)

    @pytest.mark.parametrize("scale", [1e-100, 1e100])
    def test_it_neither_overflows_nor_vanishes(self, asarray, scale):
        assert spectral_radius(asarray([[0.0, -scale], [scale, 0.0]])) == pytest.approx(scale)

    def test_a_matrix_whose_powers_vanish(self, asarray):
        assert spectral_radius(asarray([[0.0, 5.0], [0.0, 0.0]])) == 0

    def test_refused(self, asarray):
        with pytest.raises(ValueError, match="one square matrix, got shape"):
            spectral_radius(asarray([[1.0, 2.0]]))


IN_ORDER = "rows are moments in time, so their order and what came before matters"


@parametrize_with_checks(
    [EchoStateNetwork(20)],
    expected_failed_checks=lambda _: {
        "check_methods_sample_order_invariance": IN_ORDER,
        "check_methods_subset_invariance": IN_ORDER,
    },
)
def test_scikit_learn_conventions(estimator, check, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")
    check(estimator)


class TestEchoStateNetwork:
    def wave(self, n=400):
        return np.sin(0.2 * np.arange(n))[:, None]

    def test_the_states_of_a_loop_and_the_readout_of_a_ridge_regression(self, rng):
        X, y = rng.normal(size=(60, 2)), rng.normal(size=60)
        model = EchoStateNetwork(10, leak=0.3, ridge=0.1, washout=5).fit(X, y)
        x, states = np.zeros(10), []
        for u in X:
            x = 0.7 * x + 0.3 * np.tanh(model.input_weights_ @ u + model.bias_ + model.weights_ @ x)
            states.append(x)
        Z = np.stack(states)
        inner = Z[5:] - Z[5:].mean(0)
        w = np.linalg.solve(inner.T @ inner + 0.1 * np.eye(10), inner.T @ y[5:])
        np.testing.assert_allclose(model.predict(X), (Z - Z[5:].mean(0)) @ w + y[5:].mean(), atol=1e-9)

    @pytest.mark.parametrize("radius", [0.0, 0.5, 1.2])
    def test_the_reservoir_has_the_radius_asked_for(self, radius):
        model = EchoStateNetwork(30, spectral_radius=radius).fit(self.wave()[:-1], self.wave()[1:])
        assert np.abs(np.linalg.eigvals(model.weights_)).max() == pytest.approx(radius, rel=1e-6)

    def test_it_goes_on_with_a_wave(self, asarray):
        X = asarray(self.wave())
        model = EchoStateNetwork(50, washout=50).fit(X[:-1], X[1:])
        written = model.generate(X[:300], 50)
        assert is_torch(written) == is_torch(X)
        np.testing.assert_allclose(written.tolist(), self.wave()[300:350], atol=0.02)

    def test_going_on_is_predicting_what_was_predicted(self):
        X = self.wave()
        model = EchoStateNetwork(50, washout=50).fit(X[:-1], X[1:])
        written = model.generate(X[:300], 4)
        read = np.concatenate([X[:300], written[:3]])
        np.testing.assert_allclose(model.predict(read)[-4:], written, atol=1e-9)

    def test_echoes_fade(self):
        """Below a radius of 1, what was long ago no longer matters."""
        X = self.wave()
        model = EchoStateNetwork(50, spectral_radius=0.8).fit(X[:-1], X[1:])
        other = X.copy()
        other[:5] += 1
        gap = np.abs(model.predict(X) - model.predict(other))[:, 0]
        assert gap[5] > 1e-3
        assert gap[200:].max() < 1e-9

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"hidden_size": 0}, "hidden_size to be a whole number of at least 1, got 0"),
            ({"hidden_size": 5.5}, "hidden_size to be a whole number of at least 1, got 5.5"),
            ({"washout": 0.5}, "washout to be a whole number of at least 0, got 0.5"),
            ({"washout": -1}, "washout to be a whole number of at least 0, got -1"),
            ({"leak": 0}, "leak to be above 0"),
            ({"spectral_radius": -1}, "spectral_radius and input_scale"),
            ({"input_scale": np.nan}, "spectral_radius and input_scale"),
            ({"washout": 400}, "washout to leave some of the 400 moments"),
        ],
    )
    def test_refused(self, options, words):
        with pytest.raises(ValueError, match=words):
            EchoStateNetwork(**options).fit(self.wave(), self.wave())

    def test_going_on_needs_outputs_like_the_inputs(self):
        with pytest.raises(ValueError, match=r"fit\(X\[:-1\], X\[1:\]\)"):
            EchoStateNetwork(5).fit(self.wave(), self.wave()[:, 0]).generate(self.wave(), 3)
        with pytest.raises(ValueError, match="at least 1 step"):
            EchoStateNetwork(5).fit(self.wave(), self.wave()).generate(self.wave(), 0)
