"""The mathematics behind the demos of lecture 10, and what they say at the ends of their sliders."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
import scipy.optimize
import sklearn.linear_model
import torch

from course_lib.arrays import torch_generator
from course_lib.data import load_digits
from course_lib.demos import changed_digits, dropout_ensemble
from course_lib.demos import regularization as demos


def words_after(caption: str, words: str) -> float:
    return float(re.search(re.escape(words) + r" (−?[\d.]*\d)", caption).group(1).replace("−", "-"))


class TestPenaltyContours:
    @pytest.mark.parametrize("penalty", [1, 2])
    @pytest.mark.parametrize("correlation", [-0.9, 0.0, 0.7])
    def test_optima_are_minima(self, penalty, correlation):
        H, best = np.array([[1, correlation], [correlation, 1]]), np.array([1.6, 0.9])
        alphas = np.array([0.0, 0.3, 1.0, 3.0])
        found = demos.penalised_optima(H, best, alphas, penalty)
        for alpha, w in zip(alphas, found, strict=True):

            def cost(w, alpha=alpha):
                price = np.abs(w).sum() if penalty == 1 else w @ w / 2
                return (w - best) @ H @ (w - best) / 2 + alpha * price

            tried = scipy.optimize.minimize(cost, [0.5, 0.5], method="Nelder-Mead", options={"xatol": 1e-9})
            assert cost(w) <= tried.fun + 1e-9

    def test_zeros_are_exact(self):
        found = demos.penalised_optima(np.eye(2), np.array([2.0, 0.5]), np.array([0.5, 2.0]), 1)
        np.testing.assert_array_equal(found, [[1.5, 0], [0, 0]])
        assert (demos.penalised_optima(np.eye(2), np.array([2.0, 0.5]), np.array([100.0]), 2) != 0).all()

    def test_ellipse_has_one_level(self):
        H, center = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([1.0, -1.0])
        away = demos.ellipse(H, center, 0.7) - center
        np.testing.assert_allclose(((away @ H) * away).sum(axis=1) / 2, 0.7)

    def test_the_ellipse_touches_the_ball(self):
        """Penalty and constraint have the same solution: no point of the ball costs less."""
        demo = demos.PenaltyContours()
        for penalty, order in ((1, 1), (2, 2)):
            demo.set(penalty=penalty, alpha=0.8, correlation=0.5, angle=30)
            on_ellipse = demo.touching.get_xydata()
            sizes = np.linalg.norm(on_ellipse, order, axis=1)
            here = np.linalg.norm(demo.here.get_xydata()[0], order)
            assert sizes.min() == pytest.approx(here, abs=2e-3)
            assert words_after(demo.caption, "≤") == pytest.approx(here, abs=5e-3)

    def test_says_how_many_weights_are_zero(self):
        demo = demos.PenaltyContours()
        demo.set(alpha=1.0)
        assert "one of them exactly zero" in demo.caption
        demo.set(alpha=4.0)
        assert "both exactly zero" in demo.caption
        demo.set(penalty=2)
        assert "zero." not in demo.caption


class TestShrinkagePaths:
    @pytest.mark.parametrize("data", demos.TABLES)
    def test_paths_are_scikit_learns(self, data):
        table, k = demos.TABLES[data](), 15
        theirs = {
            "ridge": sklearn.linear_model.Ridge(alpha=demos.PRICES[k] * len(table.y)),
            "lasso": sklearn.linear_model.Lasso(alpha=demos.PRICES[k], tol=1e-8),
        }
        for method, model in theirs.items():
            path = demos.shrinkage_path(method, data)
            model.fit(table.X, table.y)
            np.testing.assert_allclose(path.coefficients[k], model.coef_, atol=2e-3)
            error = np.mean((model.predict(table.X_test) - table.y_test) ** 2)
            assert path.test[k] == pytest.approx(error, abs=2e-3)

    def test_columns_are_standardised_on_the_training_rows(self):
        table = demos.diabetes_with_noise()
        np.testing.assert_allclose(table.X.mean(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(table.X.std(axis=0), 1)
        assert len(table.y) == 80
        assert len(table.y_test) == 442 - 80

    def test_training_error_rises_with_the_price(self):
        for method, data in itertools.product(("ridge", "lasso"), demos.TABLES):
            assert (np.diff(demos.shrinkage_path(method, data).training) > -1e-3).all()

    def test_lasso_drops_noise_and_ridge_drops_nothing(self):
        demo = demos.ShrinkagePaths()
        demo.set(alpha=demos.PRICES[-1])
        assert "none of 30" in demo.caption
        demo.set(method="lasso", alpha=demos.PRICES[19])
        assert words_after(demo.caption, "exactly zero,") >= 15
        assert words_after(demo.caption, "on new data is") < 0.4

    def test_every_coefficient_has_room(self):
        demo = demos.ShrinkagePaths()
        for method, data in itertools.product(("ridge", "lasso"), demos.TABLES):
            demo.set(method=method, data=data)
            low, high = demo.coefficients.get_ylim()
            path = demos.shrinkage_path(method, data).coefficients
            assert low < path.min() < path.max() < high


class TestPatientStopping:
    def test_best_and_stop(self):
        assert demos.best_and_stop([3, 2, 2.5, 1, 4], 2) == (4, None)
        assert demos.best_and_stop([3, 2, 2.5, 1, 4], 1) == (2, 3)

    @pytest.mark.parametrize("share", [0.0, 0.1, 0.2, 0.4])
    def test_share_of_wrong_labels(self, share):
        y = torch.arange(200) % 10
        wrong = demos.mislabelled(y, share, torch_generator(0))
        assert int((wrong != y).sum()) == round(200 * share)
        assert 0 <= int(wrong.min()) <= int(wrong.max()) <= 9

    def test_stops_when_patience_runs_out_and_goes_on_with_more(self):
        demo = demos.PatientStopping()
        demo.set(patience=3)
        steps = 1
        while demo.step():
            steps += 1
        assert "Patience ran out" in demo.caption
        best, stopped = demos.best_and_stop([loss for _, loss in demo.losses], 3)
        assert stopped == best + 3 == len(demo.losses) == steps + 1
        demo.controls["patience"].value = 10
        assert "Patience ran out" not in demo.caption
        assert demo.step()

    def test_ends(self):
        demo = demos.PatientStopping()
        demo.controls["patience"].value = 25
        for _ in range(demo.most + 3):
            left = demo.step()
        assert not left
        assert len(demo.losses) == demo.most
        assert demo.losses[-1][0] < 0.2, "the lies are learned by heart"

    def test_weights_kept_read_more_than_weights_of_the_end(self):
        demo = demos.PatientStopping()
        for _ in range(demo.most):
            demo.step()
        best, _ = demos.best_and_stop([loss for _, loss in demo.losses], 25)
        assert demo.shares[best - 1] > demo.shares[-1] + 0.05


class TestDropoutEnsemble:
    def test_masks_with_their_chances(self):
        masks, chances = dropout_ensemble.draw_masks(0, 0.8, 3)
        assert len(np.unique(masks, axis=0)) == 256
        np.testing.assert_allclose(chances, 0.8 ** masks.sum(axis=1) * 0.2 ** (8 - masks.sum(axis=1)))
        np.testing.assert_array_equal(masks[0], dropout_ensemble.draw_masks(1, 0.8, 3)[0][0])

    @pytest.mark.parametrize("keep", [0.5, 0.8])
    def test_geometric_mean_of_all_masks_is_weight_scaling(self, keep, rng):
        net, X = dropout_ensemble.thinned_network(keep), rng.normal(size=(20, 2))
        masks, chances = dropout_ensemble.draw_masks(0, keep, 1)
        whole = net.average(X, np.full((1, 8), keep), np.ones(1), "arithmetic")
        p = 1 / (1 + np.exp(-net.logits(X, masks)))
        one, zero = (np.exp(chances @ np.log(q)) for q in (p, 1 - p))
        np.testing.assert_allclose(net.average(X, masks, chances, "geometric"), one / (one + zero))
        np.testing.assert_allclose(one / (one + zero), whole)
        assert np.abs(net.average(X, masks, chances, "arithmetic") - whole).max() > 0.01

    def test_whole_network_is_the_trained_one(self):
        """A mask of ones is what dropout does in training when it drops nothing, and scaling what it does in tests."""
        net, X = dropout_ensemble.thinned_network(0.5), np.array([[0.3, -1.0]])
        h = np.tanh(X @ net.W.T + net.c)
        np.testing.assert_allclose(net.logits(X, np.full((1, 8), 0.5))[0], h @ net.v + net.b)

    def test_an_average_of_weak_networks_is_strong(self):
        net, (X, y) = dropout_ensemble.thinned_network(0.5), dropout_ensemble.rings()
        masks, chances = dropout_ensemble.draw_masks(0, 0.5, 1)
        singles = ((net.logits(X, masks) > 0) == y).mean(axis=1)
        assert singles.mean() < 0.85
        assert ((net.average(X, masks, chances, "arithmetic") > 0.5) == y).mean() > 0.95

    def test_says_so(self):
        demo = demos.DropoutEnsemble()
        demo.set(masks=0, mean="geometric")
        assert float(re.search(r"differ by ([\d.e-]+) at most", demo.caption).group(1)) < 1e-12
        demo.set(mean="arithmetic")
        assert float(re.search(r"differ by ([\d.e-]+) at most", demo.caption).group(1)) > 0.01


class TestAdversarialDigit:
    def test_signs_go_up_the_loss(self):
        net, x = changed_digits.trained_reader(False), changed_digits.typical_digit(3).clone().requires_grad_()
        loss = torch.nn.functional.cross_entropy(net(x), torch.tensor([3]))
        (gradient,) = torch.autograd.grad(loss, x)
        signs = changed_digits.signs_of_change(net, x.detach(), 3, "gradient sign")
        clear = gradient.abs() > 1e-3 * gradient.abs().max()
        np.testing.assert_array_equal(signs.round()[clear], gradient.sign()[clear])

    @pytest.mark.parametrize("direction", ["gradient sign", "random signs"])
    def test_every_pixel_changes_by_the_same(self, direction):
        net, x = changed_digits.trained_reader(False), changed_digits.typical_digit(9)
        signs = changed_digits.signs_of_change(net, x, 9, direction)
        assert set(signs.abs().round().unique().tolist()) <= {0.0, 1.0}

    def test_gradient_fools_and_chance_does_not(self):
        demo = demos.AdversarialDigit()
        assert "calls this 9 a 3" in demo.caption
        demo.set(direction="random signs")
        assert "calls this 9 a 9" in demo.caption
        demo.set(direction="gradient sign", network=True)
        assert "calls this 9 a 9" in demo.caption
        demo.set(epsilon=0.0, network=False)
        assert "calls this 9 a 9" in demo.caption

    def test_adversarial_training_helps_over_all_digits(self):
        digits = load_digits()
        shares = {}
        for adversarial in (False, True):
            net = changed_digits.trained_reader(adversarial)
            attacked = changed_digits.fgsm(net, digits.X_test, digits.y_test, 0.1)
            shares[adversarial] = float((net(attacked).argmax(1) == digits.y_test).double().mean())
        assert shares[True] > shares[False] + 0.1


class TestAugmentationGallery:
    def test_no_change_changes_nothing(self):
        x = changed_digits.digit_image(6)
        copies = changed_digits.changed_copies(x, 3, 0, 0, 0.0, 8, 0.0, False)
        np.testing.assert_allclose(copies, x.repeat(3, 1, 1, 1), atol=1e-6)

    def test_copies_keep_their_size_and_differ(self):
        x = changed_digits.photograph("flower")
        copies = changed_digits.changed_copies(x, 4, 20, 1, 0.1, 6, 0.5, True)
        assert copies.shape == (4, 3, 64, 64)
        assert all(not torch.equal(a, b) for a, b in itertools.combinations(copies, 2))

    def test_mirroring_mirrors_some(self):
        x = changed_digits.digit_image(2)
        copies = changed_digits.changed_copies(x, 20, 0, 0, 0.0, 8, 0.0, True)
        mirrored = [torch.allclose(copy, x[0].flip(-1), atol=1e-6) for copy in copies]
        assert 3 <= sum(mirrored) <= 17

    def test_enlarged_takes_the_nearest_pixel(self):
        x = torch.arange(16.0).view(1, 1, 4, 4)
        np.testing.assert_array_equal(changed_digits.enlarged(x, 8)[0, 0, ::2, ::2], x[0, 0])

    def test_colors(self):
        ink = changed_digits.as_colors(torch.tensor([[[0.0, 1.0]]]))
        np.testing.assert_array_equal(ink, [[[255] * 3, [0] * 3]])
        np.testing.assert_array_equal(
            changed_digits.as_colors(torch.tensor([[[1.0]], [[0.0]], [[1.0]]])), [[[255, 0, 255]]]
        )

    def test_what_was_turned_round_is_misread(self):
        demo = demos.AugmentationGallery()
        demo.set(rotation=0, shift=0, zoom=0.0)
        assert "reads 11 of them as 6, and no other digit" in demo.caption
        demo.set(rotation=180)
        assert words_after(demo.caption, "reads") < 8
