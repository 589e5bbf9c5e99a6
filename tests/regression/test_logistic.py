"""Logistic and softmax regression, against scikit-learn, closed forms, and data without a best answer."""

import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn.linear_model
import torch
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

from course_lib.regression import CollinearityWarning, LogisticRegression, SoftmaxRegression


def numbers(x) -> np.ndarray:
    return np.asarray(x.tolist())


def data(rng, classes=2, n=80):
    """Classes that overlap, so that they can be fitted without a penalty."""
    X = rng.normal(size=(n, 3)) * [1, 5, 0.2] + [0, 100, 1]
    logits = (X - X.mean(axis=0)) @ rng.normal(size=(3, classes)) + rng.gumbel(size=(n, classes)) * 2
    return X, logits.argmax(axis=1)


def reference(tol=1e-12, **settings):
    return sklearn.linear_model.LogisticRegression(solver="newton-cholesky", tol=tol, max_iter=1000, **settings)


def assert_same(model, expected, X, atol=1e-6):
    np.testing.assert_allclose(model.coef_.tolist(), expected.coef_, atol=atol)
    np.testing.assert_allclose(model.intercept_.tolist(), expected.intercept_, atol=100 * atol)
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        found = numbers(getattr(model, method)(X))
        np.testing.assert_allclose(found, getattr(expected, method)(numbers(X)), atol=atol, err_msg=method)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("C", [0.01, 1.0, np.inf])
@pytest.mark.parametrize("classes", [2, 3])
def test_logistic_regression_is_scikit_learns(asarray, rng, classes, C, fit_intercept):
    X, y = data(rng, classes)
    s = rng.uniform(0.2, 2, size=len(y))
    model = LogisticRegression(C=C, fit_intercept=fit_intercept, tol=1e-10)
    model.fit(asarray(X), asarray(y, "int64"), asarray(s))
    assert_same(model, reference(C=C, fit_intercept=fit_intercept).fit(X, y, s), asarray(X))


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("l1_ratio", [0.4, 1.0])
def test_absolute_prices_are_scikit_learns(asarray, rng, classes, l1_ratio):
    X, y = data(rng, classes)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    model = LogisticRegression(C=0.1, l1_ratio=l1_ratio, tol=1e-8).fit(asarray(X), asarray(y, "int64"))
    expected = sklearn.linear_model.LogisticRegression(
        C=0.1, l1_ratio=l1_ratio, solver="saga", tol=1e-10, max_iter=100_000, random_state=0
    ).fit(X, y)
    assert_same(model, expected, asarray(X), atol=1e-5)
    np.testing.assert_array_equal(numbers(model.coef_) == 0, expected.coef_ == 0)


@pytest.mark.parametrize("class_weight", ["balanced", {0: 3.0, 1: 0.5}, {1: 4}])
def test_class_weights_are_scikit_learns(asarray, rng, class_weight):
    X, y = data(rng)
    y = np.where(rng.uniform(size=len(y)) < 0.4, 1, y)
    model = LogisticRegression(class_weight=class_weight, tol=1e-10).fit(asarray(X), asarray(y, "int64"))
    assert_same(model, reference(class_weight=class_weight).fit(X, y), asarray(X))


def test_the_coefficient_of_a_dummy_is_the_log_odds_ratio(asarray):
    """10 of 30 without, 24 of 30 with: closed forms from a table of counts."""
    x = np.repeat([0.0, 0.0, 1.0, 1.0], [20, 10, 6, 24])
    y = np.repeat([0, 1, 0, 1], [20, 10, 6, 24])
    model = LogisticRegression(C=np.inf).fit(asarray(x[:, None]), asarray(y, "int64"))
    assert float(model.intercept_[0]) == pytest.approx(np.log(10 / 20), abs=1e-7)
    assert float(model.coef_[0, 0]) == pytest.approx(np.log(24 / 6) - np.log(10 / 20), abs=1e-7)


def test_softmax_without_features_gives_the_frequencies(asarray):
    y = np.repeat([0, 1, 2], [10, 30, 60])
    with pytest.warns(CollinearityWarning, match="x0 did not vary"):
        model = SoftmaxRegression(C=np.inf).fit(asarray(np.ones((100, 1))), asarray(y, "int64"))
    np.testing.assert_allclose(numbers(model.predict_proba(asarray([[1.0]])))[0], [0.1, 0.3, 0.6], atol=1e-7)


def test_softmax_for_two_classes_is_logistic_regression_at_twice_the_price(asarray, rng):
    X, y = data(rng)
    A, b = asarray(X), asarray(y, "int64")
    softmax, logistic = SoftmaxRegression(C=1.0, tol=1e-10).fit(A, b), LogisticRegression(C=2.0, tol=1e-10).fit(A, b)
    assert tuple(softmax.coef_.shape) == (2, 3)
    np.testing.assert_allclose(numbers(softmax.coef_).sum(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(numbers(softmax.coef_[1] - softmax.coef_[0]), numbers(logistic.coef_)[0], atol=1e-7)
    np.testing.assert_allclose(numbers(softmax.decision_function(A)), numbers(logistic.decision_function(A)), atol=1e-6)
    np.testing.assert_allclose(numbers(softmax.predict_proba(A)), numbers(logistic.predict_proba(A)), atol=1e-7)


def test_softmax_for_three_classes_is_logistic_regression(asarray, rng):
    X, y = data(rng, 3)
    fitted = [
        make().fit(asarray(X), asarray(y, "int64")).coef_.tolist() for make in (SoftmaxRegression, LogisticRegression)
    ]
    np.testing.assert_array_equal(*fitted)


def test_units_do_not_matter_without_a_price(asarray, rng):
    X, y = data(rng, 3)
    units = np.array([1e-100, 1e100, 1e-6])
    plain, scaled = (
        LogisticRegression(C=np.inf, tol=1e-9).fit(asarray(A), asarray(y, "int64")) for A in (X, X * units)
    )
    np.testing.assert_allclose(numbers(scaled.coef_) * units, numbers(plain.coef_), rtol=1e-7)
    assert int(plain.n_iter_[0]) == int(scaled.n_iter_[0])


@pytest.mark.parametrize("C", [1.0, 1e4])
def test_badly_scaled_columns_with_a_price(asarray, rng, C):
    X, y = data(rng)
    X = X * [1e-6, 1e6, 1.0]
    model = LogisticRegression(C=C, tol=1e-10).fit(asarray(X), asarray(y, "int64"))
    slope = X.T @ (numbers(model.predict_proba(asarray(X)))[:, 1] - y) + numbers(model.coef_)[0] / C
    np.testing.assert_allclose(slope / np.abs(X).sum(axis=0), 0, atol=1e-10)


# Classes that can be separated


def separable(rng, classes):
    X = rng.normal(size=(40, 2))
    return X, (X @ rng.normal(size=(2, classes))).argmax(axis=1)


@pytest.mark.parametrize("classes", [2, 3])
def test_separable_classes_are_told_and_still_classified(asarray, rng, classes):
    X, y = separable(rng, classes)
    with pytest.warns(ConvergenceWarning, match="the classes can be separated") as caught:
        model = LogisticRegression(C=np.inf).fit(asarray(X), asarray(y, "int64"))
    assert [w.filename for w in caught] == [__file__]
    assert np.isfinite(model.coef_.tolist()).all()
    np.testing.assert_array_equal(model.predict(asarray(X)).tolist(), y)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_price_makes_separable_classes_an_ordinary_problem(asarray, rng, classes):
    X, y = separable(rng, classes)
    for C in (1.0, 100.0):
        model = LogisticRegression(C=C, tol=1e-10).fit(asarray(X), asarray(y, "int64"))
        assert_same(model, reference(tol=1e-9, C=C).fit(X, y), asarray(X), atol=1e-4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LogisticRegression(C=1e12).fit(asarray(X), asarray(y, "int64"))


def test_one_tie_between_separable_classes(asarray):
    """At x = 2 there are both classes, so no threshold is perfect; still, the steeper the likelier."""
    X, y = [[0.0], [1.0], [2.0], [2.0], [3.0], [4.0]], [0, 0, 0, 1, 1, 1]
    with pytest.warns(ConvergenceWarning, match="the classes can be separated"):
        model = LogisticRegression(C=np.inf).fit(asarray(X), asarray(y, "int64"))
    np.testing.assert_allclose(numbers(model.predict_proba(asarray([[1.0], [2.0]])))[:, 1], [0, 0.5], atol=1e-6)


@pytest.mark.parametrize("tol", [1e-1, 1e-4])
@pytest.mark.parametrize("distance", [1.0, 8.0, 30.0])
def test_classes_that_overlap_a_little_are_not_called_separable(asarray, distance, tol):
    X = np.r_[np.linspace(0, 1, 9), np.linspace(0, 1, 9) + distance, distance + 0.5, 0.5][:, None]
    y = np.r_[np.zeros(9), np.ones(9), 0, 1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LogisticRegression(C=np.inf, tol=tol).fit(asarray(X), asarray(y, "int64"))


# Collinear columns


@pytest.mark.parametrize("classes", [2, 3])
def test_collinear_columns_are_named_and_get_the_smallest_coefficients(asarray, rng, classes):
    X, y = data(rng, classes)
    plain = LogisticRegression(C=np.inf, tol=1e-9).fit(X, y)
    X2 = np.column_stack([X, 2 * X[:, 0], np.full(len(X), 7.0)])
    with pytest.warns(CollinearityWarning, match="x4 did not vary, and x0, x3 cannot be told apart") as caught:
        model = LogisticRegression(C=np.inf, tol=1e-9).fit(asarray(X2), asarray(y, "int64"))
    assert caught[0].filename == __file__
    w = numbers(model.coef_)
    np.testing.assert_allclose(w[:, [1, 2]], plain.coef_[:, [1, 2]], atol=1e-7)
    np.testing.assert_allclose(w[:, 3], 2 * w[:, 0], atol=1e-7)  # the shortest vector with w0 + 2 w3 as it must be
    np.testing.assert_allclose(w[:, 0] + 2 * w[:, 3], plain.coef_[:, 0], atol=1e-7)
    np.testing.assert_allclose(w[:, 4], 0, atol=1e-12)


def test_with_a_price_collinear_columns_share(asarray, rng):
    X, y = data(rng)
    model = LogisticRegression(tol=1e-9).fit(asarray(X[:, [0, 0]]), asarray(y, "int64"))
    w = numbers(model.coef_)[0]
    assert w[0] == pytest.approx(w[1])


# Labels, kinds, precisions


@pytest.mark.parametrize(
    "labels",
    [["ham", "spam", "junk"], [-3, 0, 7], [1.0, 2.0, 3.0]],
    ids=["strings", "integers", "whole floats"],
)
@pytest.mark.parametrize("make", [LogisticRegression, SoftmaxRegression])
def test_labels_may_be_anything_that_can_be_sorted(rng, make, labels):
    X, y = data(rng, 3)
    named = np.asarray(labels)[y]
    model = make().fit(X, named)
    np.testing.assert_array_equal(model.classes_, np.unique(named))
    assert set(model.predict(X)) <= set(labels)
    assert model.score(X, named) == pytest.approx((model.predict(X) == named).mean())
    np.testing.assert_array_equal(make().fit(X, list(named)).predict(X), model.predict(X))


def test_labels_in_a_tensor(rng):
    X, y = data(rng)
    A = torch.from_numpy(X)
    for dtype in (torch.int64, torch.uint8, torch.bool, torch.float32):
        labels = torch.from_numpy(y).to(dtype)
        model = LogisticRegression().fit(A, labels)
        assert model.classes_.dtype == model.predict(A).dtype == dtype
        expected = reference().fit(X, y)
        np.testing.assert_array_equal(model.predict(A).long(), expected.predict(X))
        assert float(model.score(A, labels)) == pytest.approx(expected.score(X, y))
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        LogisticRegression().fit(A, A[:, 0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("C", [1.0, np.inf])
def test_kind_and_precision_stay_and_inputs_too(asarray, rng, dtype, classes, C):
    X, y = data(rng, classes)
    s = rng.uniform(0.2, 2, size=len(y))
    A, b, w = asarray(X, dtype), asarray(y, "int64"), asarray(s, dtype)
    model = LogisticRegression(C=C).fit(A, b, w)
    for result in (model.coef_, model.intercept_, model.predict_proba(A), model.decision_function(A)):
        assert type(result) is type(A)
        assert result.dtype == A.dtype
        assert getattr(result, "device", None) == getattr(A, "device", None)
    exact = LogisticRegression(C=C).fit(X, y, s).predict_proba(X)
    np.testing.assert_allclose(numbers(model.predict_proba(A)), exact, atol=1e-7 if dtype == "float64" else 1e-3)
    for before, after in zip((X.astype(dtype), y, s.astype(dtype)), (A, b, w), strict=True):
        np.testing.assert_array_equal(after.tolist(), before)


def test_names_of_a_data_frame(rng):
    X, y = data(rng)
    frame = pd.DataFrame(X[:, [0, 0]], columns=["age", "age again"])
    with pytest.warns(CollinearityWarning, match="age, age again cannot be told apart"):
        model = LogisticRegression(C=np.inf).fit(frame, y)
    assert list(model.feature_names_in_) == ["age", "age again"]


def test_a_row_of_weight_zero_is_not_there(asarray, rng):
    X, y = data(rng)
    s = (np.arange(len(y)) >= 10) * 1.0
    y_wrong = np.where(s == 0, 9, y)
    model = LogisticRegression(tol=1e-9).fit(asarray(X), asarray(y_wrong, "int64"), asarray(s))
    assert_same(model, reference().fit(X[10:], y[10:]), asarray(X))


def test_impossible_probabilities_keep_their_logarithms(asarray):
    model = LogisticRegression(C=1e6).fit(asarray([[-1.0], [1.0]]), asarray([0, 1], "int64"))
    far = asarray([[-500.0]])
    assert float(model.predict_proba(far)[0, 1]) == 0
    assert -1e5 < float(model.predict_log_proba(far)[0, 1]) < -700


def test_iris(asarray):
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(tol=1e-9).fit(asarray(X), asarray(y, "int64"))
    assert_same(model, reference().fit(X, y), asarray(X))
    assert float(model.score(asarray(X), asarray(y, "int64"))) > 0.96


# What scikit-learn calls penalty


@pytest.mark.parametrize(
    ("penalty", "now"),
    [
        (None, {"C": np.inf}),
        ("l2", {"C": 0.5}),
        ("l1", {"C": 0.5, "l1_ratio": 1.0}),
        ("elasticnet", {"C": 0.5, "l1_ratio": 0.3}),
    ],
)
def test_the_old_word_for_the_penalty(rng, penalty, now):
    X, y = data(rng)
    with pytest.warns(FutureWarning, match=f"instead of penalty={penalty!r} write C=") as caught:
        old = LogisticRegression(penalty, C=0.5, l1_ratio=0.3).fit(X, y)
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(old.coef_, LogisticRegression(**now).fit(X, y).coef_)


# Wrong input


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"C": 0}, "C, one over the price on coefficients, to be positive, got 0"),
        ({"C": np.nan}, "to be positive, got nan"),
        ({"max_iter": 0}, "max_iter to be at least 1, got 0"),
        ({"l1_ratio": 1.5}, "l1_ratio to be from 0 to 1, got 1.5"),
        ({"class_weight": "fair"}, "class_weight to be None, 'balanced' or a dict"),
        ({"class_weight": {0: -1}}, "class_weight to be None, 'balanced' or a dict"),
        ({"class_weight": {0: 1, 5: 2}}, r"class_weight has \[5\], which are no classes, and leaves out \[1\]"),
        ({"penalty": "l3"}, "penalty to be one of .*, got 'l3'"),
    ],
)
def test_wrong_settings_are_named(asarray, rng, settings, message):
    X, y = data(rng)
    with pytest.raises(ValueError, match=message):
        LogisticRegression(**settings).fit(asarray(X), asarray(y, "int64"))


def test_one_class_is_not_enough(asarray, rng):
    X, y = data(rng)
    with pytest.raises(ValueError, match="at least two classes in y, got only one class: 3"):
        LogisticRegression().fit(asarray(X), asarray(np.full(len(y), 3), "int64"))
    with pytest.raises(ValueError, match="only one class"):
        LogisticRegression().fit(asarray(X), asarray(y, "int64"), asarray(y == 1))


def test_fractions_are_no_classes(rng):
    X, _ = data(rng)
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        LogisticRegression().fit(X, X[:, 0])


def test_nothing_to_fit(asarray):
    with (
        pytest.warns(CollinearityWarning),
        pytest.raises(ValueError, match="X holds only zeros and there is no intercept"),
    ):
        LogisticRegression(C=np.inf, fit_intercept=False).fit(asarray(np.zeros((4, 2))), asarray([0, 1, 0, 1], "int64"))


def test_too_few_steps_are_told(asarray, rng):
    X, y = data(rng)
    with pytest.warns(ConvergenceWarning, match="after 1 steps the last one was still .* Raise max_iter"):
        model = LogisticRegression(C=np.inf, max_iter=1).fit(asarray(X), asarray(y, "int64"))
    assert model.n_iter_.tolist() == [1]
