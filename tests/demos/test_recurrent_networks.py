"""The mathematics behind the demos of lecture 12, and what they say at some settings."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import sine_waves
from course_lib.demos import lstm_gates
from course_lib.demos import recurrent_networks as demos
from course_lib.text import Tokenizer


def numbers(text: str) -> list[float]:
    return [float(x) for x in re.findall(r"[-−]?\d+\.?\d*(?:e[+-]?\d+)?", text.replace("−", "-"))]


class TestUnrolledNetwork:
    @pytest.mark.parametrize("every", [True, False])
    def test_gradients_are_autograds(self, every):
        x, y = demos.letters("unrolled")
        weights = demos.trained_weights("unrolled", 50)
        U, W, V = (torch.tensor(w, requires_grad=True) for w in weights)
        h, states, costs = torch.zeros(demos.HIDDEN).double(), [], []
        for letter, following in zip(x, y, strict=True):
            h = torch.tanh(W @ h + U[:, letter])
            h.retain_grad()
            states.append(h)
            costs.append(-torch.log_softmax(V @ h, 0)[following])
        (sum(costs) if every else costs[-1]).backward()
        run = demos.unroll(x, y, weights, every)
        np.testing.assert_allclose(run.h, torch.stack(states).detach(), atol=1e-12)
        np.testing.assert_allclose(run.cost, [cost.item() for cost in costs], atol=1e-12)
        np.testing.assert_allclose(run.size, [h.grad.norm() for h in states], atol=1e-12)
        for ours, theirs in zip(run.gradient, (U, W, V), strict=True):
            np.testing.assert_allclose(ours, theirs.grad, atol=1e-12)

    def test_shares_belong_to_the_gradient_of_w(self):
        """What one step alone adds, the others switched off, has the length that is told."""
        weights = demos.trained_weights("unrolled", 0)
        x, y = demos.letters("unrolled")
        run = demos.unroll(x[:2], y[:2], weights, every=False)
        assert run.share[0] == 0, "before the first step the state is 0"
        assert run.share[1] == pytest.approx(np.linalg.norm(run.gradient.W))

    def test_training_lowers_the_cost(self):
        costs = [
            demos.unroll(*demos.letters("unrolled"), demos.trained_weights("unrolled", n)).cost.sum()
            for n in (0, 50, 500)
        ]
        assert costs[0] > costs[1] > costs[2]
        assert costs[2] < 0.5

    def test_captions_tell_both_ways(self):
        demo = demos.UnrolledNetwork()
        demo.set(moment=4)
        assert "after “unro” the network gives “l” a probability of 14%" in demo.caption
        demo.set(moment=8, cost="at the last step")
        assert demo.caption.startswith("The gradient has come back to step 7.")
        assert sum(a.get_visible() for group in demo.back for a in group) == 1
        demo.set(moment=14)
        assert demo.caption.startswith("The gradient has come back to step 1.")
        assert sum(a.get_visible() for group in demo.back for a in group) == 7, "one from the cost, six through time"


class TestGradientThroughTime:
    @pytest.mark.parametrize("shear", [0.0, 1.0])
    def test_eigenvalues_are_as_told(self, shear):
        values, W = demos.recurrent_matrix(1.1, shear, 3)
        assert np.abs(values).max() == pytest.approx(1.1)
        found = np.linalg.eigvals(W)
        apart = np.abs(found[:, None] - values).min(axis=1)
        np.testing.assert_allclose(apart, 0, atol=1e-6)

    def test_shear_stretches_without_touching_the_eigenvalues(self):
        assert np.linalg.norm(demos.recurrent_matrix(0.9, 0.0, 1)[1], 2) == pytest.approx(0.9)
        assert np.linalg.norm(demos.recurrent_matrix(0.9, 1.5, 1)[1], 2) > 1.5

    def test_linear_gradients_are_powers_of_w(self):
        _, W = demos.recurrent_matrix(0.95, 0.5, 2)
        linear, _ = demos.gradients_back(W, 0.5, 20, 7)
        rng = np.random.default_rng(7)
        rng.normal(0, 0.5, (40, 20))
        first = rng.normal(size=(10, 20))
        expected = [np.linalg.norm(first @ np.linalg.matrix_power(W, k)) for k in range(21)]
        np.testing.assert_allclose(linear, np.array(expected) / expected[0], rtol=1e-10)

    def test_tanh_gradients_are_autograds(self):
        _, W = demos.recurrent_matrix(1.1, 0.0, 2)
        _, found = demos.gradients_back(W, 0.5, 10, 7)
        rng = np.random.default_rng(7)
        inputs, first = torch.tensor(rng.normal(0, 0.5, (30, 20))), torch.tensor(rng.normal(size=(10, 20)))
        kept, h = [], torch.zeros(20).double()
        for x in inputs:
            a = torch.tensor(W) @ h + x
            a.requires_grad_() if a.is_leaf else a.retain_grad()
            kept.append(a)
            h = torch.tanh(a)
        sizes = []
        for u in first:
            gradients = torch.autograd.grad(h, kept[1:], u, retain_graph=True)
            sizes.append([float(g.square().sum()) for g in gradients[::-1][:11]])
        expected = np.sqrt(np.sum(sizes, axis=0))
        np.testing.assert_allclose(found, expected / expected[0], rtol=1e-8)

    def test_gradients_vanish_and_explode(self):
        demo = demos.GradientThroughTime()
        demo.set(radius=0.5)
        assert demo.linear.get_ydata()[-1] <= 1e-12
        demo.set(radius=1.5, drive=0.0)
        assert demo.linear.get_ydata()[-1] > 1e8
        np.testing.assert_allclose(demo.tanh.get_ydata(), demo.linear.get_ydata())  # in silence tanh is the line


class TestCharacterModel:
    def test_tempering(self):
        logits = np.log([0.5, 0.3, 0.2])
        np.testing.assert_allclose(demos.tempered(logits, 1.0), [0.5, 0.3, 0.2])
        squares = np.array([0.25, 0.09, 0.04])
        np.testing.assert_allclose(demos.tempered(logits, 0.5), squares / squares.sum())
        np.testing.assert_array_equal(demos.tempered(logits, 0.0), [1, 0, 0])

    def test_writes_what_the_model_samples(self):
        demo = demos.CharacterModel()
        demo.set(temperature=0.0, start="import ")
        demo.start_over()
        while len(demo.text) < 40:
            demo.step()
        model, tokenizer = demos.small_model()
        start = torch.tensor(tokenizer.encode("import "))
        expected = tokenizer.decode(model.sample(start, len(demo.text) - 7, 0, generator=torch_generator(0)))
        assert demo.text == "import " + expected.replace("\n", " ")

    def test_same_draw_same_text(self):
        demo = demos.CharacterModel()
        texts = []
        for draw in (1, 2, 1):
            demo.set(draw=draw)
            demo.start_over()
            for _ in range(3):
                demo.step()
            texts.append(demo.text)
        assert texts[0] == texts[2] != texts[1]

    def test_ends(self):
        demo = demos.CharacterModel()
        for _ in range(demo.most):
            if not demo.step():
                break
        assert demo.most <= len(demo.text) < demo.most + demo.per_frame

    def test_takes_a_model_of_ones_own(self):
        model, _ = demos.small_model()
        with pytest.raises(KeyError):
            demos.CharacterModel(model, Tokenizer("char").fit(["xyz"], specials=()))


class TestTeacherForcing:
    def test_alone_reads_itself(self):
        network = demos.trained_forecaster("the truth", 3)
        x = torch.linspace(-1, 1, 7)[:, None]
        alone = network.alone(x, 4)
        written = x
        for _ in range(4):
            written = torch.cat([written, network.ahead(written)[-1:]])
        torch.testing.assert_close(alone, written[7:])
        assert not torch.equal(network.alone(x, 4, nudge=0.5)[1], alone[1])
        torch.testing.assert_close(network.alone(x, 4, nudge=0.5)[0], alone[0])

    def test_alone_it_loses_the_wave(self):
        forced, soon, _, late, _ = numbers(demos.TeacherForcing().caption.split("is off by")[1])
        assert forced < 0.03
        assert soon > 3 * forced
        assert late > 10 * forced

    def test_noise_costs_a_step_ahead_and_pays_alone(self):
        waves = sine_waves(100, 51, periods=(10.0, 30.0), generator=torch_generator(9)).T[..., None]
        ahead, alone = [], []
        for training in demos.TRAININGS:
            network = demos.trained_forecaster(training)
            ahead.append(float((network.ahead(waves[:40])[-1] - waves[40]).square().mean()))
            alone.append(float((network.alone(waves[:40], 11)[-1] - waves[50]).square().mean()))
        assert ahead[0] < ahead[1]
        assert alone[1] < 0.5 * alone[0]


class TestLSTMGates:
    def test_answers_are_the_last_marked_numbers(self):
        x, y = lstm_gates.marked_numbers(20, torch_generator(3))
        for n in range(20):
            last = None
            for t in range(lstm_gates.STEPS):
                last = x[t, n, 0] if x[t, n, 1] else last
                assert y[t, n] == last

    def test_the_trained_network_answers_and_jammed_it_does_not(self):
        memory = lstm_gates.trained_memory()
        x, y = (a.double().numpy() for a in marked(50))
        errors = {}
        for jam in ({}, {"f": "held open"}, {"f": "held shut"}, {"i": "held shut"}):
            answers = [memory.run(x[:, n], jam).h @ memory.V + memory.c for n in range(50)]
            errors[str(jam)] = np.abs(np.array(answers).T - y).mean()
        learned, *jammed = errors.values()
        assert learned < 0.06
        assert min(jammed) > 5 * learned

    def test_jamming_holds_a_gate(self):
        memory = lstm_gates.trained_memory()
        x = marked(1)[0][:, 0].double().numpy()
        trace = memory.run(x, {"f": "held open", "i": "held shut"})
        np.testing.assert_allclose(trace.f, 1)
        np.testing.assert_allclose(trace.i, 0, atol=1e-12)
        np.testing.assert_allclose(trace.c, 0, atol=1e-12)
        assert np.ptp(memory.run(x, {}).f) > 0.2

    def test_in_unit_2_the_gates_take_turns(self):
        memory = lstm_gates.trained_memory()
        x = marked(50)[0].double().numpy()
        seen = {True: [], False: []}
        for n in range(50):
            trace = memory.run(x[:, n], {})
            for t in range(1, lstm_gates.STEPS):
                seen[bool(x[t, n, 1])].append((trace.f[t, 1], trace.i[t, 1]))
        forget, write = np.mean(seen[True], axis=0) - np.mean(seen[False], axis=0)
        assert forget < -0.5
        assert write > 0.5

    def test_caption(self):
        demo = lstm_gates.LSTMGates()
        demo.set(step=1)
        assert "Step 1," in demo.caption
        assert ", marked. Unit 2 keeps" in demo.caption
        demo.set(forget="held shut")
        assert "keeps 0% of its cell" in demo.caption


def marked(n):
    return lstm_gates.marked_numbers(n, torch_generator(8))
