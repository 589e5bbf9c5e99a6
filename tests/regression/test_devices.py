"""Everything stays on the device of the data, tried without a GPU: arrays made without a device land on "meta".

A tensor there holds no numbers, and meets no tensor of the CPU. So whatever is made without saying where fails here, as
it would beside data on a GPU.
"""

import numpy as np
import pytest
import torch

from course_lib import regression as r


@pytest.fixture
def data(rng):
    X = torch.from_numpy(rng.normal(size=(40, 3)))
    y = X[:, 0] + torch.from_numpy(rng.normal(size=40))
    s = torch.from_numpy(rng.uniform(size=40))
    two, three = (y > 0).long(), torch.from_numpy(rng.integers(0, 3, size=40))
    torch.set_default_device("meta")
    yield X, y, s, two, three
    torch.set_default_device(None)


@pytest.mark.parametrize("model", [r.LinearRegression(), r.Ridge(), r.Lasso(0.1)], ids=lambda m: type(m).__name__)
def test_models_for_a_number(data, model):
    X, y, s, *_ = data
    model.fit(X, y, s)
    for result in (model.coef_, model.intercept_, model.predict(X), model.score(X, y, s)):
        assert result.device.type == "cpu"


def test_the_summary_and_collinear_columns(data):
    X, y, *_ = data
    assert len(r.LinearRegression().fit(X, y).summary().p_values) == 4
    with pytest.warns(r.CollinearityWarning):
        model = r.LinearRegression().fit(torch.cat([X, X[:, :1]], dim=1), y)
    assert model.coef_.device.type == "cpu"


@pytest.mark.parametrize(
    "settings",
    [{}, {"C": np.inf}, {"l1_ratio": 0.5}, {"class_weight": "balanced"}, {"class_weight": {0: 2.0}}],
    ids=str,
)
def test_models_for_a_class(data, settings):
    X, _, s, two, three = data
    for make in (r.LogisticRegression, r.SoftmaxRegression):
        for y in (two, three):
            model = make(**settings).fit(X, y, s)
            results = (model.coef_, model.n_iter_, model.predict(X), model.predict_log_proba(X), model.score(X, y, s))
            assert {result.device.type for result in results} == {"cpu"}


def test_one_against_the_rest(data):
    X, _, _, two, three = data
    for y in (two, three):
        model = r.OneVsRestClassifier(r.LogisticRegression()).fit(X, y)
        for result in (model.predict(X), model.predict_proba(X), model.score(X, y)):
            assert result.device.type == "cpu"


def test_selection_and_predictors(data):
    X, y, _, _, three = data
    for search in (r.best_subset, r.forward_selection, r.backward_selection):
        assert len(search(X, y).features) == 4
    assert r.dummy_encode(three)[0].device.type == "cpu"
    assert r.interaction(X).device.type == "cpu"
