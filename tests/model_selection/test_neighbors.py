"""Nearest neighbours, against scikit-learn's."""

import numpy as np
import pytest
import sklearn.neighbors
import torch
from sklearn.exceptions import NotFittedError

from course_lib.model_selection import KNeighborsClassifier, KNeighborsRegressor, neighbors, neighbourhood_edge

OPTIONS = [
    {},
    {"n_neighbors": 1},
    {"weights": "distance"},
    {"p": 1},
    {"p": 3, "weights": "distance"},
    {"metric": "manhattan"},
    {"metric": "chebyshev"},
    {"weights": lambda d: 1 / (1 + d)},
]


def numbers(x):
    return np.asarray(x.tolist())


@pytest.mark.parametrize("options", OPTIONS)
def test_neighbours_against_scikit_learn(asarray, rng, options):
    X, Z = rng.normal(size=(60, 4)), rng.normal(size=(25, 4))
    ours = KNeighborsRegressor(**options).fit(asarray(X), asarray(X[:, 0]))
    theirs = sklearn.neighbors.KNeighborsRegressor(**options).fit(X, X[:, 0])
    for query in (asarray(Z), None):
        distances, indices = ours.kneighbors(query)
        expected = theirs.kneighbors(None if query is None else Z)
        np.testing.assert_allclose(numbers(distances), expected[0], rtol=1e-12)
        np.testing.assert_array_equal(numbers(indices), expected[1])
    alone = ours.kneighbors(asarray(Z), 7, return_distance=False)
    np.testing.assert_array_equal(numbers(alone), theirs.kneighbors(Z, 7, return_distance=False))


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("outputs", [(), (2,)])
def test_regressor(asarray, rng, options, outputs):
    X, y, Z = rng.normal(size=(60, 3)), rng.normal(size=(60, *outputs)), rng.normal(size=(20, 3))
    Z[:5] = X[:5]
    ours = KNeighborsRegressor(**options).fit(asarray(X), asarray(y))
    theirs = sklearn.neighbors.KNeighborsRegressor(**options).fit(X, y)
    found = ours.predict(asarray(Z))
    assert type(found) is type(asarray(Z))
    np.testing.assert_allclose(numbers(found), theirs.predict(Z), rtol=1e-9)
    assert float(ours.score(asarray(X), asarray(y))) == pytest.approx(theirs.score(X, y))


@pytest.mark.parametrize("options", OPTIONS)
def test_classifier(asarray, rng, options):
    X, y, Z = rng.normal(size=(80, 3)), rng.integers(2, 6, 80), rng.normal(size=(30, 3))
    Z[:5] = X[:5]
    ours = KNeighborsClassifier(**options).fit(asarray(X), asarray(y, "int64"))
    theirs = sklearn.neighbors.KNeighborsClassifier(**options).fit(X, y)
    np.testing.assert_array_equal(numbers(ours.classes_), theirs.classes_)
    np.testing.assert_allclose(numbers(ours.predict_proba(asarray(Z))), theirs.predict_proba(Z), rtol=1e-9)
    np.testing.assert_array_equal(numbers(ours.predict(asarray(Z))), theirs.predict(Z))
    assert float(ours.score(asarray(Z), asarray(y[:30], "int64"))) == pytest.approx(theirs.score(Z, y[:30]))


def test_of_equally_near_neighbours_the_first_counts(asarray):
    X, y = np.array([[1.0], [-1.0], [1.0], [-1.0]]), np.array([10.0, 20.0, 30.0, 40.0])
    distances, indices = KNeighborsRegressor(3).fit(asarray(X), asarray(y)).kneighbors(asarray([[0.0]]))
    assert indices.tolist() == [[0, 1, 2]]
    assert distances.tolist() == [[1, 1, 1]]


def test_of_classes_with_equal_votes_the_first_wins(asarray):
    X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([7, 7, 4, 4])
    assert KNeighborsClassifier(4).fit(asarray(X), asarray(y, "int64")).predict(asarray([[0.0]])).tolist() == [4]


def test_close_points_far_from_the_origin(asarray):
    """The expanded square would lose all of these distances to rounding."""
    X = 1e8 + np.arange(4.0)[:, None] * [1e-7, 0]
    model = KNeighborsRegressor(4).fit(asarray(X), asarray(np.arange(4.0)))
    distances, indices = model.kneighbors(asarray(X[:1]))
    assert indices.tolist() == [[0, 1, 2, 3]]
    np.testing.assert_allclose(numbers(distances)[0], X[:, 0] - X[0, 0], rtol=1e-12)


def test_a_known_point_decides_alone(asarray, rng):
    X = np.repeat(rng.normal(size=(10, 5)) + 1e4, 2, axis=0)
    y = np.arange(20.0)
    model = KNeighborsRegressor(4, weights="distance").fit(asarray(X), asarray(y))
    np.testing.assert_allclose(numbers(model.predict(asarray(X[::2]))), y[::2] + 0.5)


@pytest.mark.parametrize("block", [1, 50, 10_000])
def test_blocks_change_nothing(asarray, rng, monkeypatch, block):
    X, y = rng.normal(size=(30, 3)), rng.normal(size=30)
    expected = sklearn.neighbors.KNeighborsRegressor(3).fit(X, y)
    monkeypatch.setattr(neighbors, "BLOCK", block)
    ours = KNeighborsRegressor(3).fit(asarray(X), asarray(y))
    np.testing.assert_allclose(numbers(ours.predict(asarray(X))), expected.predict(X))
    np.testing.assert_array_equal(numbers(ours.kneighbors()[1]), expected.kneighbors()[1])


def test_whole_numbers_are_averaged_as_floats(asarray):
    model = KNeighborsRegressor(2).fit(asarray([[0.0], [1.0]]), asarray([1, 2], "int64"))
    assert model.predict(asarray([[0.0]])).tolist() == [1.5]


def test_words_for_classes():
    model = KNeighborsClassifier(1).fit([[0.0], [1.0]], ["no", "yes"])
    assert model.predict([[0.9]]).tolist() == ["yes"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_neighbors": 0}, "n_neighbors to be a whole number of at least 1, got 0"),
        ({"n_neighbors": 2.0}, "got 2.0"),
        ({"weights": "near"}, "weights to be 'uniform', 'distance' or a function, got 'near'"),
        ({"metric": "cosine"}, "metric to be 'minkowski' or one of.*got 'cosine'"),
        ({"p": 0}, "p to be a number above 0, got 0"),
    ],
)
def test_options_that_do_not_fit(asarray, options, words):
    with pytest.raises(ValueError, match=words):
        KNeighborsRegressor(**options).fit(asarray([[0.0]]), asarray([0.0]))


def test_more_neighbours_than_samples(asarray):
    model = KNeighborsRegressor(3).fit(asarray([[0.0], [1.0]]), asarray([0.0, 1.0]))
    with pytest.raises(ValueError, match="Expected n_neighbors from 1 to 2, the number of training samples, got 3"):
        model.predict(asarray([[0.0]]))
    with pytest.raises(ValueError, match="from 1 to 1"):
        model.kneighbors(n_neighbors=2)


def test_not_fitted():
    with pytest.raises(NotFittedError):
        KNeighborsClassifier().predict(torch.zeros(1, 1))


def test_distances_too_large(asarray):
    model = KNeighborsRegressor(1).fit(asarray([[1e200]]), asarray([0.0]))
    with pytest.raises(ValueError, match="too large for a float; scale the features"), np.errstate(over="ignore"):
        model.predict(asarray([[-1e200]]))


def test_votes_without_weight(asarray):
    model = KNeighborsClassifier(1, weights=lambda d: d * 0).fit(
        asarray([[0.0]]),
        asarray(
            [
                1,
            ],
            "int64",
        ),
    )
    with pytest.raises(ValueError, match="a neighbour with a weight above 0"):
        model.predict(asarray([[1.0]]))


def test_scores_are_no_classes():
    with pytest.raises(ValueError, match="expected y to hold classes, got 0.5; use KNeighborsRegressor"):
        KNeighborsClassifier().fit(torch.zeros(2, 1), torch.tensor([0.5, 1.0]))


def test_kinds_are_not_mixed():
    model = KNeighborsRegressor(1).fit(np.zeros((1, 1)), np.zeros(1))
    with pytest.raises(TypeError, match="arrays of one kind"):
        model.predict(torch.zeros(1, 1))


def test_a_tenth_of_the_data_in_ten_dimensions():
    assert neighbourhood_edge(0.1, 10) == pytest.approx(0.80, abs=0.01)
    assert neighbourhood_edge(0.01, 10) == pytest.approx(0.63, abs=0.01)
    assert neighbourhood_edge(0.1, 1) == pytest.approx(0.1)


def test_the_edge_holds_its_fraction(rng):
    """Counted: a centred cube of that edge holds a tenth of uniform points."""
    points = rng.uniform(-0.5, 0.5, size=(20_000, 10))
    inside = (abs(points) <= neighbourhood_edge(0.1, 10) / 2).all(axis=1)
    assert inside.mean() == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / 20_000))


@pytest.mark.parametrize(("arguments", "words"), [((1.5, 2), "from 0 to 1, got 1.5"), ((0.5, 0), "at least 1 dim")])
def test_the_edge_refuses(arguments, words):
    with pytest.raises(ValueError, match=words):
        neighbourhood_edge(*arguments)
