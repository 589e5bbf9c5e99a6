"""The numbers that lecture 13 shows are the numbers it promises."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "13_autoencoders"


def rows(executed, cell: str, pattern: str) -> np.ndarray:
    """The numbers in every printed line of a cell that begins with a pattern, behind it: shape (lines, numbers)."""
    lines = [re.match(f"(?:{pattern})(.*)", line) for line in executed.text(cell).splitlines()]
    return np.array([numbers(line.group(1)) for line in lines if line])


def has_picture(executed, cell: str) -> bool:
    return any("image/png" in output.get("data", {}) for output in executed.outputs(cell))


def test_eight_numbers_hold_most_of_a_digit(executed):
    error, variance, share = numbers(executed.line("what-show", "error on new digits"))
    assert error < 0.02 < 0.07 < variance
    assert share == pytest.approx(100 * (1 - error / variance), abs=0.6)
    assert has_picture(executed, "what-figure")


def test_specific_to_its_data(executed):
    digits, turned, photograph = rows(executed, "specific-run", ".*8 waves")
    assert digits[1] < 0.5 * digits[0], "the autoencoder wins at home"
    assert turned[1] > 2 * turned[0]
    assert photograph[1] > 10 * photograph[0]
    assert turned[0] == pytest.approx(digits[0], rel=0.1), "waves do not care"


def test_code_size_against_pca(executed):
    k, pca, deep = rows(executed, "under-run", "code").T
    np.testing.assert_array_equal(k, [1, 2, 4, 8, 16, 32])
    assert (deep[:5] < pca[:5]).all()
    assert pca[5] < deep[5]
    assert (deep / pca)[:5].argmin() in (2, 3), "ahead by most at 4 or 8"
    assert (deep[2:4] < 0.75 * pca[2:4]).all()
    assert pca[[1, 3, 4]] == pytest.approx([0.053, 0.025, 0.0115], abs=6e-4)


def test_linear_autoencoder_spans_the_subspace_of_pca(executed):
    assert executed.after("linear-run", "largest angle between the subspaces:") < 1
    linear, pca = numbers(executed.line("linear-run", "errors:"))
    assert pca <= linear < pca + 1e-4
    assert executed.after("linear-run", "first unit and first component:") > 20


def test_a_turning_digit_has_one_degree_of_freedom(executed):
    assert executed.after("manifold-run", "95% of the variance:") > 8
    flat, deep = numbers(executed.line("manifold-run", "error at new angles from 2 numbers:"))
    assert deep < 0.2 * flat
    autoencoder, pca = (executed.after("manifold-figure", f"{name}: the nearest") for name in ("autoencoder", "PCA"))
    assert pca < 30
    assert autoencoder > 80
    assert has_picture(executed, "manifold-figure")


def test_two_numbers_keep_the_neighbours(executed):
    pixels, pca, deep = numbers(executed.line("explore-run", "nearest neighbour right:"))
    assert pca + 10 < deep < pixels


def test_a_powerful_code_of_one_number_memorises(executed):
    seen, new = numbers(executed.line("memorise-run", "ten digits:"))
    mean = executed.after("memorise-run", "the mean digit instead:")
    assert seen < 0.05 * mean
    assert new > 1.1 * mean
    table = numbers(executed.line("memorise-run", "the table it learned:"))
    assert sorted(table[::2]) == list(range(10))
    assert (np.diff(table[1::2]) >= 0).all(), "sorted; two may agree in the digit that is shown"


def test_large_codes_copy_the_noise(executed):
    k, error, passed = rows(executed, "copies-run", "linear, code").T
    np.testing.assert_array_equal(k, [8, 64, 128])
    assert (np.diff(error) < 0).all()
    assert (np.diff(passed) > 0).all()
    assert passed[0] < 25
    assert passed[2] > 75
    _, ink, blank = numbers(executed.text("copies-run").splitlines()[-1])
    assert ink > 95
    assert blank < 30


def test_price_of_activity(executed):
    wanted, half, silent = numbers(
        executed.line("sparse-run", "price at ρ = 0.05 of a mean activity of 0.05, 0.5, 0.001:")
    )

    def kl(p, q):
        return p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))

    assert wanted == 0
    assert half == pytest.approx(kl(0.05, 0.5), abs=1e-3)
    assert silent == pytest.approx(kl(0.05, 0.001), abs=1e-3)


def test_sparse_codes_rest_and_hold_noise_back(executed):
    plain, sparse = (numbers(executed.line("sparse-run", name)) for name in ("plain", "sparse"))
    _, activity, _, active, passed = sparse  # the third number is the threshold
    assert activity < 0.2 < 0.4 < plain[1]
    assert active < 50 < 90 < plain[3]
    assert passed < plain[4] - 10
    assert has_picture(executed, "sparse-figure")


def test_the_penalty_is_a_prior(executed):
    probability = executed.after("prior-run", "difference of −log p(x, h):")
    penalised = executed.after("prior-run", "difference of the penalised errors:")
    assert probability == pytest.approx(penalised, abs=2e-6)
    assert abs(probability) > 1


def test_the_repairer_beats_the_copier_at_repairing(executed):
    whole, third, half = (numbers(executed.line("denoise-run", f"{p}% zeroed:")) for p in (0, 30, 50))
    for damaged, copier, repairer in (third, half):
        assert repairer < 0.6 * copier < copier < damaged
    assert whole[0] == 0
    assert whole[1] < whole[2], "on whole digits the copier is better"
    assert half[2] < 2.5 * whole[2], "the repairer's error doubles"
    assert half[1] > 20 * whole[1], "the copier's grows more than twentyfold"


def test_the_step_is_the_score(executed):
    slope, theory = numbers(executed.line("score-run", "slope"))[0], 1 / 1.25
    assert slope == pytest.approx(theory, abs=0.03)
    assert executed.after("score-run", "at x = 1:") == pytest.approx(-theory, abs=0.12)


def test_the_field_leads_back_to_the_data(executed):
    start, first, _, last, cosine = numbers(executed.plain("field-demo").split("The point starts")[1])
    assert first < 0.3 * start
    assert last < 0.1
    assert cosine > 0.85


def test_contraction_keeps_the_strong_directions(executed):
    free, tight = (
        numbers(executed.line("contractive-run", f"λ = {strength}: singular values")) for strength in (0.0, 0.01)
    )
    assert tight[0] > 0.5 * free[0]
    assert tight[1] < 0.2 * free[1]
    assert tight[2] < tight[1]
    assert tight[-1] < 0.5 * free[-1], "noise passed"
    _, held, _, best, _, at_random = numbers(executed.line("contractive-run", "variance"))
    assert best - 15 < held < best
    assert at_random == 16


def test_contraction_is_local_and_dear(executed):
    at_random, near, far = (
        executed.after("local-run", f"{step}: r =") for step in ("small, random", "small, to a digit", "the whole way")
    )
    assert 2 * at_random < near < far < 1.5 * near
    closed = executed.after("local-run", "closed form")
    assert executed.after("local-run", "by 64 backward passes") == pytest.approx(closed, abs=2e-5)


def test_a_stack_learns_where_the_whole_does_not(executed):
    stack, whole, mean = numbers(executed.line("stack-run", "error on new digits:"))
    assert stack < 0.6 * mean
    assert whole > 0.8 * mean


def test_pretraining_with_few_labels(executed):
    random, pretrained, rectifiers = (
        numbers(executed.line("pretrain-table", name))
        for name in ("random sigmoids", "pretrained sigmoids", "random rectifiers")
    )
    for mean, *draws in (random, pretrained, rectifiers):
        assert mean == pytest.approx(np.mean(draws), abs=0.1)
    assert all(a > b + 5 for a, b in zip(pretrained[1:], random[1:], strict=True))
    assert abs(rectifiers[0] - pretrained[0]) < 8


def test_codes_outshout_the_noise(executed):
    quiet, loud = rows(executed, "stochastic-run", r"noise \d\.\d: codes spread by")
    assert loud[0] > 2 * quiet[0]
    assert loud[2] < 1.3 * quiet[2]
    nats, formula = numbers(executed.line("stochastic-run", "−log p(x|h)").replace("32 (log 2πσ²", ""))
    assert nats == pytest.approx(formula, abs=2e-3)


def test_convolutions_grow_little(executed):
    small, conv, dense_size, dense = numbers(executed.line("conv-run", "8 × 8: convolutional"))
    assert small == pytest.approx(dense_size, rel=0.1)
    assert dense < conv < 0.04
    many, most = numbers(executed.line("conv-run", "64 × 64: convolutional"))
    assert most == 4096 * 128 * 2 + 128 * 16 * 2 + 128 + 16 + 128 + 4096
    assert many < most / 20


def test_recurrent_code_holds_a_wave(executed):
    variance, flat, recurrent = numbers(executed.line("sequence-run", "variance"))
    assert recurrent < 0.7 * flat < variance
    assert has_picture(executed, "sequence-figure")


def test_anomalies_have_large_errors(executed):
    digit, pca, deep = rows(executed, "anomaly-run", "never saw a").T
    np.testing.assert_array_equal(digit, [2, 3, 9])
    assert (deep > pca).all()
    assert (deep > 0.75).all()
    assert deep[0] > 0.95
    assert deep[0] > deep[2]
    assert has_picture(executed, "anomaly-figure")


def test_noise_makes_codes_binary(executed):
    plain, noisy = (rows(executed, "hashing-run", f"noise {noise}: between 0.1 and 0.9:")[0] for noise in (0.0, 4.0))
    assert plain[0] > 90
    assert noisy[0] < 15
    assert plain[2] > 5 * plain[1], "rounding loses the digit"
    assert noisy[2] < 1.2 * noisy[1], "rounding changes little"
    assert noisy[3] > 75


def test_features_keep_what_their_tasks_need(executed):
    pixels, autoencoder, one, two, three = (
        numbers(executed.line("transfer-table", name))[0]
        for name in ("pixels", "autoencoder", "one task", "two tasks", "three tasks")
    )
    assert one < autoencoder < pixels < three
    assert three > 60, "more than the answers alone can name"
    assert one < two < three


def test_same_as_torch(executed):
    ours, theirs = re.search(r"ours (\d\.\d{12}), torch (\d\.\d{12})", executed.text("same-run")).groups()
    assert float(ours) == pytest.approx(float(theirs), abs=1e-11)


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("size-demo", "CodeSize"),
        ("three-demo", "PCAAndAutoencoders"),
        ("explorer-demo", "LatentExplorer"),
        ("denoise-demo", "DenoisingDigit"),
        ("field-demo", "VectorField"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert has_picture(executed, cell)
