"""The numbers that lecture 10 shows are the numbers it promises."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.datasets

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "10_regularization"


def rows(executed, cell: str, start: str = "") -> list[list[float]]:
    """The numbers in every printed line of a cell that begins with some words, after these words."""
    lines = executed.text(cell).splitlines()
    return [numbers(line.removeprefix(start)) for line in lines if line.startswith(start)]


def share(executed, cell: str, name: str) -> float:
    """The share of new digits read, in percent."""
    return numbers(executed.line(cell, name).split("read")[1])[0]


def lies(executed, cell: str, name: str) -> float:
    return numbers(executed.line(cell, name).split("learned")[1])[0]


@pytest.fixture
def nothing(executed) -> float:
    """What the network reads without any of the methods."""
    return share(executed, "lies-run", "nothing")


@pytest.fixture
def patients():
    """Standardised measurements and centred progress of the diabetes patients."""
    X, y = sklearn.datasets.load_diabetes(return_X_y=True)
    return (X - X.mean(axis=0)) / X.std(axis=0), y - y.mean()


def test_a_price_trades_variance_for_bias(executed):
    below, right, above, priced = (row[-3:] for row in rows(executed, "what-run", "degree"))
    for bias, variance, total in (below, right, above, priced):
        assert bias + variance == pytest.approx(total, abs=2e-3)
    assert below[0] > 5 * below[1], "too little: bias"
    assert above[1] > 100 * above[0], "too much: variance"
    assert above[0] < priced[0]
    assert priced[1] < above[1] / 10
    assert priced[2] < 2 * right[2]


def test_a_network_learns_lies_by_heart(executed, nothing):
    assert lies(executed, "lies-run", "nothing") > 90
    assert 70 < nothing < 80
    assert share(executed, "lies-run", "without the lies") == pytest.approx(nothing + 16, abs=2)


def test_a_charged_bias_pulls_the_mean(executed):
    mean = executed.after("biases-run", "mean progress")
    for start, free, charged in rows(executed, "biases-run", "counted from"):
        assert free == mean
        assert charged + start == pytest.approx((mean + start) * 442 / (442 + 50), abs=0.1)


def test_weight_decay(executed, nothing):
    assert executed.after("decay-run", "differ by") < 1e-6
    low, right, high = (share(executed, "decay-run", f"L², α = {price}") for price in (0.001, 0.01, 0.1))
    assert right > max(low, nothing + 2)
    assert high < nothing - 10
    assert lies(executed, "decay-run", "L², α = 0.01") < 50 < lies(executed, "decay-run", "L², α = 0.001")


def test_eigen_analysis(executed, patients):
    X, _ = patients
    values = np.linalg.eigvalsh(X.T @ X / len(X))
    found = np.array(rows(executed, "eigen-run", "λ ="))
    np.testing.assert_allclose(found[:, 0], values[[9, 5, 0]], atol=1e-4)
    np.testing.assert_allclose(found[:, 1], values[[9, 5, 0]] / (values[[9, 5, 0]] + 0.1), atol=1e-4)
    np.testing.assert_array_equal(found[:, 1], found[:, 2])
    assert "solve what Ridge does: True" in executed.text("eigen-run")


def test_ridge_approaches_the_pseudo_inverse(executed):
    away = np.array(rows(executed, "eigen-run", "8 patients, α ="))
    assert (np.diff(away[:, 1]) < 0).all()
    assert away[-2, 1] / away[-1, 1] == pytest.approx(100, rel=0.3), "in proportion to the price"


def test_soft_threshold(executed):
    for best, curvature, price, searched, formula in rows(executed, "soft-run", "w* ="):
        assert searched == formula
        assert formula == pytest.approx(np.sign(best) * max(abs(best) - price / curvature, 0), abs=1e-3)


def test_lasso_selects(executed):
    dropped, errors = {}, {}
    for name in ("LinearRegression", "Ridge", "Lasso"):
        dropped[name], _, errors[name] = numbers(executed.line("soft-run", name))
    assert dropped["LinearRegression"] == dropped["Ridge"] == 0 < 10 < dropped["Lasso"]
    assert errors["Lasso"] < errors["Ridge"] < errors["LinearRegression"]


def test_every_border_has_its_price(executed):
    for name in ("Ridge", "Lasso"):
        _, apart, found, price = numbers(executed.line("project-run", f"{name}: border"))
        assert apart < 1e-6
        assert found == pytest.approx(price, abs=1e-4)


def test_max_norm_kills_no_unit(executed, nothing):
    dead = {
        name: rows(executed, "maxnorm-run", f"{name:14s} dead units")[0] for name in ("L², α = 0.05", "max-norm 0.7")
    }
    assert dead["L², α = 0.05"][0] > 20
    assert dead["max-norm 0.7"][0] == 0
    assert dead["max-norm 0.7"][-1] == 0.7
    assert share(executed, "maxnorm-run", "max-norm 0.7") > nothing + 4


def test_only_changes_that_keep_the_class_help(executed, nothing):
    assert share(executed, "augment-run", "small changes") > nothing + 4
    assert share(executed, "augment-run", "turned up to 180°") < nothing - 10
    assert share(executed, "augment-run", "mirrored") < nothing


def test_noise_on_inputs_is_ridge(executed):
    assert executed.after("noise-run", "nσ²:") < 2


def test_noise(executed, nothing):
    read = {
        where: share(executed, "noise-compare", f"noise on {where}") for where in ("inputs", "hidden units", "weights")
    }
    assert max(read, key=read.get) == "inputs"
    assert read["inputs"] > nothing + 4
    assert min(read.values()) > nothing - 1


def test_label_smoothing(executed, nothing):
    others, everyone = (
        numbers(executed.line("targets-run", f"spread over {who}").split(":")[1]) for who in ("others", "all")
    )
    np.testing.assert_allclose(others, [0.9 if k == 2 else 0.1 / 9 for k in range(10)], atol=1e-4)
    np.testing.assert_allclose(everyone, [0.91 if k == 2 else 0.01 for k in range(10)])
    assert share(executed, "targets-run", "label smoothing") > nothing + 3
    sure, right = numbers(executed.line("targets-run", "plain :"))
    assert sure > right + 3
    less_sure, more_right = numbers(executed.line("targets-run", "smooth:"))
    assert less_sure < sure - 20
    assert more_right > right


def test_unlabelled_images_help(executed):
    _, alone, spread = rows(executed, "semi-run")[0]
    assert spread > alone + 10


def test_sharing_helps(executed):
    alone, hard, soft = (
        np.array(numbers(executed.line("multi-run", f"{how:5s}:"))) for how in ("alone", "hard", "soft")
    )
    for shared in (hard, soft):
        assert (shared > alone).all(), "a gain in every draw"
        assert shared.mean() > alone.mean() + 1.5


def test_early_stopping(executed, nothing):
    stopped, afresh, on = (
        numbers(executed.line("stop-compare", name))[0] for name in ("stopped early", "afresh, 7.2", "on with all, 7.3")
    )
    assert stopped > nothing + 3
    assert min(afresh, on) > stopped + 1


def test_stopping_is_ridge(executed, patients):
    X, _ = patients
    values = np.linalg.eigvalsh(X.T @ X / len(X))
    for t in (5, 50):
        found = np.array(rows(executed, "same-as-l2-run", f"{t:2d} steps, λ ="))
        np.testing.assert_allclose(found[:, 0], values[[9, 5, 0]], atol=1e-4)
        np.testing.assert_allclose(found[:, 1], 1 - (1 - 0.2 * values[[9, 5, 0]]) ** t, atol=1e-4)
        np.testing.assert_allclose(found[:, 2], values[[9, 5, 0]] / (values[[9, 5, 0]] + 1 / (0.2 * t)), atol=1e-4)
        assert found[2, 1] == pytest.approx(found[2, 2], rel=0.05), "they agree where the curvature is small"
    assert all(apart < 0.26 for (apart,) in rows(executed, "same-as-l2-run", "   apart by"))


def test_sparse_representation(executed, nothing):
    (dense, *_), (sparse, *_) = rows(executed, "sparse-run", "nothing") + rows(executed, "sparse-run", "sparse  ")
    assert sparse < dense / 5
    assert share(executed, "sparse-run", "sparse representation") > nothing - 1


def test_error_of_an_average(executed):
    for c, k, measured, formula in rows(executed, "bagging-run", "v = 1, c ="):
        assert formula == pytest.approx(1 / k + (k - 1) * c / k, abs=1e-3)
        assert measured == pytest.approx(formula, rel=0.05)
    v, c, _, together, by_formula = rows(executed, "bagging-run", "trees:")[0]
    assert together == by_formula == pytest.approx(v / 50 + 49 / 50 * c, abs=1)
    assert together < 0.6 * v


def test_bootstrap_share(executed):
    found, limit = numbers(executed.line("bagging-run", "bootstrap:").replace("1 − 1/e", ""))
    assert limit == 63.2
    assert found == pytest.approx(limit, abs=0.3)


def test_dropout_helps(executed, nothing):
    assert share(executed, "dropout-run", "dropout") > nothing + 3


def test_scaling_is_exact_for_a_softmax_of_a_linear_map(executed):
    masks, geometric, arithmetic = numbers(executed.line("predictions-run", "softmax of a linear map,"))
    assert masks == 2**10
    assert geometric < 1e-14
    assert arithmetic > 0.05


def test_three_ways_to_predict(executed):
    names = (
        "mean of 1 masks",
        "mean of 10 masks",
        "mean of 20 masks",
        "mean of 500 masks",
        "geometric mean of 500",
        "scaled weights ",
    )
    right, away = np.array([numbers(executed.line("predictions-run", name)) for name in names]).T
    assert away[4] < away[3] / 2, "the geometric mean is nearer to scaled weights than the arithmetic one"
    assert (np.diff(away[:4]) < 0).all()
    assert right[0] < right[1] < right[2]
    assert right[5] - right[2] < 2


def test_attacks(executed):
    linear, plain, trained = (
        numbers(executed.line("fool-run", name)) for name in ("linear  ", "network ", "trained on attacks")
    )
    for clean, random, gradient, _, steps in (linear, plain):
        assert clean - random < 3
        assert steps < gradient < clean - 25
    clean, random, gradient, _, steps = trained
    assert clean > plain[0] - 1
    assert clean - gradient < (plain[0] - plain[2]) / 2, "the damage is halved"
    assert clean - steps < (plain[0] - plain[-1]) / 2


def test_signs_add_up(executed):
    add_up, cancel = numbers(executed.line("fool-run", "linear, 3 against 9:").replace("₁", "").replace("₂", ""))
    assert add_up > 4 * cancel


def test_virtual_adversarial_training(executed, nothing):
    adversarial, virtual, everywhere = (
        share(executed, "virtual-run", name) for name in ("adversarial", "virtual adversarial", "virtual, unlabelled")
    )
    assert min(adversarial, virtual) > nothing + 5
    assert everywhere > max(adversarial, virtual)


def test_tangent_propagation(executed):
    plain, taught = (
        dict(np.array(numbers(executed.line("tangent-run", name))).reshape(-1, 2))
        for name in ("nothing", "tangent propagation")
    )
    assert taught[30] > plain[30] + 10
    assert taught[20] > plain[20] + 5
    assert taught[0] > plain[0] - 2


def test_neighbours_know_the_manifold(executed, nothing):
    for name in ("turn", "shift"):
        neighbours, strangers = numbers(executed.line("manifold-run", f"{name:5s}:"))
        assert neighbours > strangers + 8 > 16 + 8
    tangents, directions = (
        share(executed, "manifold-compare", name) for name in ("manifold tangents", "random directions")
    )
    assert min(tangents, directions) > nothing + 4
    assert tangents == pytest.approx(directions, abs=3)


def test_same_as_torch_and_scikit_learn(executed):
    text = executed.text("same-run")
    assert executed.after("same-run", "weights differ by") < 1e-6
    ours, theirs = numbers(executed.line("same-run", "label smoothing:"))
    assert ours == theirs
    assert executed.after("same-run", "Ridge: coefficients differ by") < 1e-9
    assert executed.after("same-run", "Lasso: coefficients differ by") < 1e-5
    assert len(text.splitlines()) == 4


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("contours-demo", "PenaltyContours"),
        ("paths-demo", "ShrinkagePaths"),
        ("gallery-demo", "AugmentationGallery"),
        ("stop-demo", "PatientStopping"),
        ("dropout-demo", "DropoutEnsemble"),
        ("fool-demo", "AdversarialDigit"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
