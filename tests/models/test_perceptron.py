"""The perceptron against a row-by-row loop, against scikit-learn's, and against its own theorem."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import linear_model
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from course_lib.models import Perceptron, mistake_bound, mistakes_in_pass, with_constant
from course_lib.regression import OneVsRestClassifier


@pytest.fixture(autouse=True)
def array_api(monkeypatch):
    """Without this variable, scikit-learn skips its checks of array kinds."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")


# Some checks have classes that overlap or allow few passes, and it is right to be warned of that.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks([Perceptron(), Perceptron(fit_intercept=False, shuffle=False)])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


def row_by_row(X, y, passes):
    """The learning rule as Rosenblatt's machine would do it: w, b, the rows that were wrong, and whether it is done."""
    w, b, wrong = np.zeros(X.shape[1]), 0.0, []
    for _ in range(passes):
        before = len(wrong)
        for i, (x, sign) in enumerate(zip(X, y, strict=True)):
            if sign * (w @ x + b) <= 0:
                w, b = w + sign * x, b + sign
                wrong.append(i)
        if len(wrong) == before:
            return w, b, wrong, True
    return w, b, wrong, False


def separable(rng, n=300, p=2, gap=0.2):
    """Points on both sides of a random plane, none nearer to it than the gap; the plane, too."""
    w = rng.normal(size=p)
    w /= np.sqrt(w @ w)
    X = rng.uniform(-2, 2, size=(20 * n, p))
    X = X[np.abs(X @ w - 0.3) > gap][:n]
    y = np.sign(X @ w - 0.3)
    return X, y, np.append(w, -0.3)


@pytest.mark.parametrize(("n", "p"), [(1, 1), (40, 2), (600, 3), (700, 40)])
def test_mistakes_are_those_of_the_loop(asarray, rng, n, p):
    """Also where several blocks are looked through, and in the order in which they come."""
    X, y, _ = separable(rng, n, p, gap=0.0)
    X = np.round(X, 3)  # sums of such numbers are nearly the same in any order
    w, b, wrong, _ = row_by_row(X, y, passes=3)
    v, found = asarray(np.zeros(p + 1)), []
    for _ in range(3):
        for mistake in mistakes_in_pass(with_constant(asarray(X)), asarray(y), v):
            found.append(mistake.row)
            v = mistake.w
    assert found == wrong
    np.testing.assert_allclose(v.tolist(), [*w, b], atol=1e-9)


def test_a_point_on_the_boundary_is_a_mistake(asarray):
    assert [m.row for m in mistakes_in_pass(asarray([[0.0, 1.0]]), asarray([1.0]), asarray([1.0, 0.0]))] == [0]


def test_classes_of_zero_and_one_are_refused(asarray):
    X, y, w = asarray([[1.0], [-1.0]]), asarray([1.0, 0.0]), asarray([1.0])
    with pytest.raises(ValueError, match=r"y to hold -1 and \+1 only"):
        list(mistakes_in_pass(X, y, w))
    with pytest.raises(ValueError, match=r"y to hold -1 and \+1 only"):
        mistake_bound(X, y, w)


def test_weights_handed_in_are_not_modified(asarray):
    w = asarray([0.0, 0.0])
    (mistake,) = mistakes_in_pass(asarray([[1.0, 2.0]]), asarray([-1.0]), w)
    assert w.tolist() == [0.0, 0.0]
    assert mistake.w.tolist() == [-1.0, -2.0]


def test_fit_separates_as_the_loop_does(asarray, rng):
    X, y, _ = separable(rng)
    w, b, wrong, done = row_by_row(X, y, passes=200)
    assert done
    model = Perceptron(shuffle=False).fit(asarray(X), asarray(y))
    np.testing.assert_allclose(model.coef_.tolist(), [w], atol=1e-9)
    np.testing.assert_allclose(model.intercept_.tolist(), [b], atol=1e-9)
    assert model.n_mistakes_ == len(wrong)
    assert float(model.score(asarray(X), asarray(y))) == 1
    assert type(model.coef_) is type(model.predict(asarray(X))) is type(asarray(X))


def test_same_as_scikit_learn(rng):
    X, y, _ = separable(rng)
    ours = Perceptron(shuffle=False).fit(X, y)
    theirs = linear_model.Perceptron(shuffle=False, tol=None, max_iter=ours.n_iter_).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-9)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-9)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    assert ours.score(X, y) == theirs.score(X, y) == 1
    assert theirs.get_params().keys() >= ours.get_params().keys()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.booleans())
def test_mistakes_stay_within_the_bound(seed, p, shuffle):
    X, y, v = separable(np.random.default_rng(seed), n=60, p=p, gap=0.3)
    model = Perceptron(shuffle=shuffle, random_state=seed, max_iter=100_000).fit(X, y)
    assert model.score(X, y) == 1
    assert model.n_mistakes_ <= mistake_bound(with_constant(X), y, v)


def test_bound_by_hand(asarray):
    X, y = asarray([[0.0, 2.0], [0.0, -1.0]]), asarray([1.0, -1.0])
    assert mistake_bound(X, y, asarray([0.0, 7.0])) == pytest.approx(4)
    assert mistake_bound(X, y, asarray([1.0, 1.0])) == pytest.approx(8), "a boundary with half the gap squared"
    with pytest.raises(ValueError, match="1 of 2 rows are on the wrong side"):
        mistake_bound(X, asarray([1.0, 1.0]), asarray([0.0, 1.0]))
    with pytest.raises(ValueError, match="2 of 2 rows"):
        mistake_bound(X, y, asarray([0.0, 0.0]))


def test_classes_may_have_names():
    X = np.array([[0.0], [1.0], [4.0], [5.0]])
    model = Perceptron().fit(X, np.array(["small", "small", "large", "large"]))
    assert model.classes_.tolist() == ["large", "small"]
    assert model.predict(np.array([[-3.0], [9.0]])).tolist() == ["small", "large"]
    assert (model.decision_function(X) > 0).tolist() == [True, True, False, False]


def test_warns_where_no_line_separates(asarray):
    X, xor = asarray([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), asarray([0, 1, 1, 0], "int64")
    with pytest.warns(ConvergenceWarning, match="last of 50 passes still found .* mistakes. Perhaps no straight"):
        model = Perceptron(max_iter=50).fit(X, xor)
    assert model.n_iter_ == 50
    assert model.n_mistakes_ >= 50


def test_order_of_the_rows_depends_on_the_seed_alone(rng):
    X, y, _ = separable(rng, gap=0.02)
    first, again, other = (Perceptron(random_state=seed).fit(X, y) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.coef_, again.coef_)
    assert not np.array_equal(first.coef_, other.coef_)


def test_without_intercept_the_boundary_goes_through_the_origin(asarray):
    X, y = asarray([[2.0, 1.0], [-1.0, -2.0]]), asarray([1, 0], "int64")
    model = Perceptron(fit_intercept=False).fit(X, y)
    assert model.intercept_.tolist() == [0.0]
    assert model.decision_function(0 * X).tolist() == [0.0, 0.0]
    assert model.predict(0 * X).tolist() == [0, 0]


def test_partial_fit_goes_on(asarray, rng):
    X, y, _ = separable(rng)
    whole = Perceptron(shuffle=False, max_iter=1000).fit(asarray(X), asarray(y))
    parts = Perceptron(shuffle=False)
    for _ in range(whole.n_iter_):
        parts.partial_fit(asarray(X[:100]), asarray(y[:100]), classes=asarray([-1.0, 1.0]))
        parts.partial_fit(asarray(X[100:]), asarray(y[100:]))
    np.testing.assert_allclose(parts.coef_.tolist(), whole.coef_.tolist(), atol=1e-9)
    assert parts.n_mistakes_ == whole.n_mistakes_


def test_partial_fit_knows_its_classes(asarray):
    X, y = asarray([[1.0], [2.0]]), asarray([1, 1], "int64")
    with pytest.raises(ValueError, match="at least two classes"):
        Perceptron().partial_fit(X, y)
    model = Perceptron().partial_fit(X, y, classes=asarray([1, 3], "int64"))
    with pytest.raises(ValueError, match=r"only the classes \[1, 3\], found another"):
        model.partial_fit(X, asarray([1, 2], "int64"))
    with pytest.raises(ValueError, match="expecting 1 features"):
        model.partial_fit(asarray([[1.0, 2.0]]), asarray([1], "int64"))


def test_fit_forgets_what_was_learnt_before(rng):
    X, y, _ = separable(rng)
    model = Perceptron().fit(X, y)
    first = model.coef_, model.n_mistakes_
    model.fit(X, y)
    np.testing.assert_array_equal(model.coef_, first[0])
    assert model.n_mistakes_ == first[1]


def test_several_classes_one_against_the_rest(asarray):
    X, y = load_digits(return_X_y=True)
    first_three = y < 3
    X, y = asarray(X[first_three]), asarray(y[first_three], "int64")
    with pytest.raises(ValueError, match=r"Only binary classification.*OneVsRestClassifier\(Perceptron\(\)\)"):
        Perceptron().fit(X, y)
    assert float(OneVsRestClassifier(Perceptron()).fit(X, y).score(X, y)) == 1


def test_refused(asarray):
    X, y = asarray([[1.0], [2.0]]), asarray([0, 1], "int64")
    with pytest.raises(ValueError, match="expected max_iter.* got 0"):
        Perceptron(max_iter=0).fit(X, y)
    with pytest.raises(ValueError, match="at least two classes"):
        Perceptron().fit(X, asarray([1, 1], "int64"))
    with pytest.raises(NotFittedError):
        Perceptron().predict(X)


def test_everything_stays_on_the_device_of_the_data(rng):
    """Arrays made without a device land on "meta" here, where they meet no other tensor."""
    X, y, v = map(torch.from_numpy, separable(rng, n=40))
    torch.set_default_device("meta")
    try:
        for intercept in (True, False):
            model = Perceptron(fit_intercept=intercept, max_iter=1000)
            model.partial_fit(X, y, classes=[-1.0, 1.0]).predict(X)
        assert model.coef_.device.type == "cpu"
        assert mistake_bound(with_constant(X), y, v) > 0
    finally:
        torch.set_default_device(None)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision_is_kept(asarray, dtype):
    X = asarray([[0.0], [3.0]], dtype)
    model = Perceptron().fit(X, asarray([0, 1], "int64"))
    assert model.coef_.dtype == model.intercept_.dtype == model.decision_function(X).dtype == X.dtype


def test_gradients_do_not_pile_up():
    X = torch.tensor([[0.0], [3.0]], requires_grad=True)
    model = Perceptron().fit(X, torch.tensor([0, 1]))
    assert not model.coef_.requires_grad
    assert model.decision_function(X).requires_grad
