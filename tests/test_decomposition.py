"""Principal component analysis, against scikit-learn's."""

import numpy as np
import pytest
import sklearn.decomposition
import torch
from sklearn.datasets import load_digits
from sklearn.utils.estimator_checks import parametrize_with_checks

from course_lib.decomposition import PCA

SOLVERS = pytest.mark.parametrize("solver", ["full", "covariance_eigh", "auto"])
ATTRIBUTES = [
    "components_",
    "explained_variance_",
    "explained_variance_ratio_",
    "singular_values_",
    "mean_",
    "noise_variance_",
]


def to_numpy(x) -> np.ndarray:
    return x.cpu().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)


def assert_same(ours, theirs, X, rtol=1e-9):
    """Every fitted attribute and every result, in value, kind and precision."""
    assert ours.n_components_ == theirs.n_components_
    assert ours.n_features_in_ == theirs.n_features_in_
    codes, scale = ours.transform(X), theirs.explained_variance_[0]
    pairs = [
        *((getattr(ours, name), getattr(theirs, name)) for name in ATTRIBUTES),
        (codes, theirs.transform(to_numpy(X))),
        (ours.fit_transform(X), theirs.fit_transform(to_numpy(X))),
        (ours.inverse_transform(codes), theirs.inverse_transform(to_numpy(codes))),
    ]
    for mine, other in pairs:
        assert isinstance(mine, torch.Tensor if isinstance(X, torch.Tensor) else np.ndarray | np.generic)
        assert mine.dtype == X.dtype
        assert tuple(mine.shape) == np.shape(other)
        if isinstance(X, torch.Tensor):
            assert mine.device == X.device
        np.testing.assert_allclose(to_numpy(mine), other, rtol=rtol, atol=rtol * max(scale, np.max(np.abs(other))))


@pytest.fixture(autouse=True)
def array_api(monkeypatch):
    """Without this variable, scikit-learn skips its checks of array kinds."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")


@parametrize_with_checks([PCA(), PCA(whiten=True, svd_solver="full"), PCA(0.9, svd_solver="covariance_eigh")])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


@SOLVERS
@pytest.mark.parametrize("n_components", [None, 1, 3, 0.8, 0.999])
@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("shape", [(20, 6), (80, 5), (7, 6)])
def test_pca(asarray, rng, shape, n_components, whiten, solver):
    X = rng.normal(size=shape) @ rng.normal(size=(shape[1], shape[1])) + 5
    ours = PCA(n_components, whiten=whiten, svd_solver=solver).fit(asarray(X))
    assert_same(ours, sklearn.decomposition.PCA(n_components, whiten=whiten, svd_solver="full").fit(X), asarray(X))


@SOLVERS
def test_more_features_than_samples(asarray, rng, solver):
    X = rng.normal(size=(5, 12))
    ours = PCA(4, svd_solver=solver).fit(asarray(X))
    assert_same(ours, sklearn.decomposition.PCA(4, svd_solver="full").fit(X), asarray(X))


def test_all_components_of_more_features_than_samples(asarray, rng):
    X = rng.normal(size=(5, 12))
    pca = PCA().fit(asarray(X))
    assert tuple(pca.components_.shape) == (5, 12)
    np.testing.assert_allclose(to_numpy(pca.components_ @ pca.components_.T), np.eye(5), atol=1e-12)
    np.testing.assert_allclose(to_numpy(pca.inverse_transform(pca.transform(asarray(X)))), X, rtol=1e-9)


@SOLVERS
def test_digits(asarray, solver):
    X = load_digits().data
    ours = PCA(10, svd_solver=solver).fit(asarray(X))
    assert_same(ours, sklearn.decomposition.PCA(10, svd_solver="full").fit(X), asarray(X))


@SOLVERS
def test_float32_stays_float32(asarray, rng, solver):
    X = rng.normal(size=(40, 4)).astype(np.float32) @ np.diag([4, 3, 2, 1]).astype(np.float32)
    ours = PCA(3, whiten=True, svd_solver=solver).fit(asarray(X, "float32"))
    theirs = sklearn.decomposition.PCA(3, whiten=True, svd_solver="full").fit(X)
    assert_same(ours, theirs, asarray(X, "float32"), rtol=1e-4)


def test_auto_takes_the_covariance_for_many_samples(monkeypatch, rng):
    monkeypatch.setattr("course_lib.decomposition.svd", None)
    PCA().fit(rng.normal(size=(50, 5)))
    with pytest.raises(TypeError):
        PCA().fit(rng.normal(size=(49, 5)))


def test_the_covariance_forgets_tiny_components_and_the_data_do_not(asarray, rng):
    X = (rng.normal(size=(60, 2)) * [1, 1e-9]) @ [[0.8, 0.6], [-0.6, 0.8]]
    exact = np.linalg.svd(X - X.mean(0))[1][1]
    assert PCA(svd_solver="full").fit(asarray(X)).singular_values_[1] == pytest.approx(exact, rel=1e-6)
    assert PCA(svd_solver="covariance_eigh").fit(asarray(X)).singular_values_[1] != pytest.approx(exact, rel=1e-6)


@SOLVERS
@pytest.mark.parametrize("whiten", [False, True])
def test_constant_data_have_no_variance(asarray, whiten, solver):
    X = asarray(np.full((6, 3), 2.5))
    pca = PCA(2, whiten=whiten, svd_solver=solver).fit(X)
    for values in (pca.explained_variance_, pca.explained_variance_ratio_, pca.transform(X)):
        np.testing.assert_array_equal(to_numpy(values), 0)
    np.testing.assert_array_equal(to_numpy(pca.inverse_transform(pca.transform(X))), 2.5)


def test_the_fraction_of_variance_is_exceeded(asarray):
    X = asarray([[2, 0, 0], [-2, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])  # variances 8 : 2 : 2
    kept = {fraction: PCA(fraction).fit(X).n_components_ for fraction in (0.1, 0.6, 0.7, 0.9)}
    assert kept == {0.1: 1, 0.6: 1, 0.7: 2, 0.9: 3}


def test_inputs_are_left_alone(asarray, rng):
    values = rng.normal(size=(9, 3))
    X = asarray(values)
    pca = PCA(2, whiten=True).fit(X)
    codes = pca.transform(X)
    before = to_numpy(codes).copy()
    pca.inverse_transform(codes)
    np.testing.assert_array_equal(to_numpy(X), values)
    np.testing.assert_array_equal(to_numpy(codes), before)


def test_names_of_the_components():
    pca = PCA(2).set_output(transform="pandas").fit(np.eye(4))
    assert pca.get_feature_names_out().tolist() == pca.transform(np.eye(4)).columns.tolist() == ["pca0", "pca1"]


@pytest.mark.parametrize("n_components", [0, -1, 4, 0.0, 1.0, 1.5, "all", float("nan")])
def test_what_is_no_number_of_components_is_refused(asarray, rng, n_components):
    with pytest.raises(ValueError, match=r"integer from 1 to min\(n_samples, n_features\) = 3, or a fraction"):
        PCA(n_components).fit(asarray(rng.normal(size=(7, 3))))


def test_other_solvers_are_refused(asarray):
    with pytest.raises(ValueError, match="svd_solver to be one of .*'covariance_eigh'.*, got 'arpack'"):
        PCA(svd_solver="arpack").fit(asarray(np.eye(3)))


def test_wrong_data_are_refused(asarray):
    pca = PCA(2).fit(asarray(np.eye(4)))
    with pytest.raises(ValueError, match="X has 3 features, but PCA is expecting 4"):
        pca.transform(asarray(np.eye(3)))
    with pytest.raises(ValueError, match=r"codes of shape \(n, 2\), got shape \(4, 4\)"):
        pca.inverse_transform(asarray(np.eye(4)))
    with pytest.raises(ValueError, match="minimum of 2|at least 2 samples"):
        PCA().fit(asarray(np.ones((1, 3))))
    with pytest.raises(ValueError, match="1D array|shape"):
        PCA().fit(asarray(np.ones(3)))
    with pytest.raises(ValueError, match="NaN"):
        PCA().fit(asarray([[1, np.nan], [0, 1]]))
    with pytest.raises(ValueError, match="NaN|finite"):
        pca.inverse_transform(asarray([[1, np.nan]]))


def test_numpy_and_torch_do_not_mix():
    numpy, tensor = np.eye(3), torch.eye(3, dtype=torch.float64)
    for fitted_on, given in ((numpy, tensor), (tensor, numpy)):
        pca = PCA(3).fit(fitted_on)
        with pytest.raises(TypeError, match="one kind on one device"):
            pca.transform(given)
        with pytest.raises(TypeError, match="one kind on one device"):
            pca.inverse_transform(given)


def test_half_precision_is_refused():
    with pytest.raises(TypeError, match="float32 or float64, got torch.float16"):
        PCA().fit(torch.eye(3, dtype=torch.float16))
