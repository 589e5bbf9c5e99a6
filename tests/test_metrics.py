"""The metrics, against scikit-learn's."""

import inspect
import warnings

import numpy as np
import pytest
import sklearn.metrics
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import UndefinedMetricWarning

from course_lib import metrics

SHARED = sorted(set(dir(metrics)) & set(sklearn.metrics.__all__))
RATIOS = ["precision_score", "recall_score", "f1_score"]
AVERAGES = ["macro", "micro", "weighted", None]


def numbers(x):
    return np.asarray(x.tolist() if isinstance(x, torch.Tensor) else x)


def agree(name, *arrays, convert=np.asarray, **options):
    """Our metric equals scikit-learn's, value or shape of the arrays alike."""
    ours = getattr(metrics, name)(*(convert(a) for a in arrays), **options)
    theirs = getattr(sklearn.metrics, name)(*arrays, **options)
    for mine, right in zip(
        *((x if isinstance(x, tuple) else (x,)) for x in (ours, theirs)),
        strict=True,
    ):
        np.testing.assert_allclose(numbers(mine), right, rtol=1e-13, atol=1e-13)


def class_samples(rng, k, n=60):
    return rng.integers(0, k, n), rng.integers(0, k, n)


labels_and_predictions = st.integers(1, 4).flatmap(
    lambda k: st.lists(st.tuples(st.integers(0, k - 1), st.integers(0, k - 1)), min_size=1, max_size=12)
)


@settings(deadline=None, max_examples=60)
@given(labels_and_predictions, st.sampled_from(AVERAGES), st.sampled_from([0.0, 1.0, np.nan]))
def test_any_labels(pairs, average, zero_division):
    y_true, y_pred = np.array(pairs).T
    for name in RATIOS:
        agree(name, y_true, y_pred, average=average, zero_division=zero_division)
    agree("accuracy_score", y_true, y_pred)
    if len(np.unique([y_true, y_pred])) > 1:
        agree("confusion_matrix", y_true, y_pred)


@pytest.mark.parametrize("name", RATIOS)
@pytest.mark.parametrize("average", ["binary", *AVERAGES])
@pytest.mark.parametrize("weighted", [False, True])
def test_ratios(asarray, rng, name, average, weighted):
    y_true, y_pred = class_samples(rng, 2 if average == "binary" else 4)
    weight = rng.uniform(0, 2, y_true.size) if weighted else None
    ours = getattr(metrics, name)(
        asarray(y_true, "int64"),
        asarray(y_pred, "int64"),
        average=average,
        sample_weight=None if weight is None else asarray(weight),
    )
    theirs = getattr(sklearn.metrics, name)(y_true, y_pred, average=average, sample_weight=weight)
    np.testing.assert_allclose(numbers(ours), theirs, rtol=1e-12)


@pytest.mark.parametrize("name", RATIOS)
@pytest.mark.parametrize("labels", [[2, 0], [1], [0, 1, 2, 7]])
@pytest.mark.parametrize("average", AVERAGES)
def test_chosen_labels(rng, name, labels, average):
    agree(name, *class_samples(rng, 4), labels=labels, average=average, zero_division=0)


@pytest.mark.parametrize("name", [*RATIOS, "specificity_score"])
def test_either_class_can_be_the_positive_one(name):
    y_true, y_pred = np.array(["no", "yes", "yes", "no", "no"]), np.array(["no", "no", "yes", "yes", "no"])
    if name in RATIOS:
        agree(name, y_true, y_pred, pos_label="yes")
        agree(name, y_true, y_pred, pos_label="no")
    else:
        assert metrics.specificity_score(y_true, y_pred, pos_label="yes") == pytest.approx(2 / 3)
        assert metrics.specificity_score(y_true, y_pred, pos_label="no") == pytest.approx(1 / 2)


@pytest.mark.parametrize("average", ["binary", *AVERAGES])
def test_specificity_is_the_recall_of_all_others(asarray, rng, average):
    """Class by class: what is not class c is what scikit-learn's recall calls positive once the labels are swapped."""
    y_true, y_pred = class_samples(rng, 2 if average == "binary" else 3)
    ours = metrics.specificity_score(asarray(y_true, "int64"), asarray(y_pred, "int64"), average=average)
    counts = sklearn.metrics.multilabel_confusion_matrix(y_true, y_pred)
    tn, fp, true = counts[:, 0, 0], counts[:, 0, 1], counts[:, 1].sum(axis=1)
    expected = {
        "binary": tn[-1] / (tn[-1] + fp[-1]),
        "macro": np.mean(tn / (tn + fp)),
        "micro": tn.sum() / (tn + fp).sum(),
        "weighted": np.average(tn / (tn + fp), weights=true),
        None: tn / (tn + fp),
    }[average]
    np.testing.assert_allclose(numbers(ours), expected, rtol=1e-13)


def test_false_rates_are_what_is_left_to_one():
    y_true, y_pred = [0, 0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 0, 1, 1]
    (tn, fp), (fn, tp) = metrics.confusion_matrix(y_true, y_pred)
    assert 1 - metrics.specificity_score(y_true, y_pred) == pytest.approx(fp / (fp + tn))
    assert 1 - metrics.recall_score(y_true, y_pred) == pytest.approx(fn / (fn + tp))


@pytest.mark.parametrize(
    ("name", "y_true", "y_pred", "words"),
    [
        ("precision_score", [0, 1], [0, 0], "Precision.*no predicted samples"),
        ("recall_score", [0, 0], [0, 1], "Recall.*no true samples"),
        ("f1_score", [0, 0], [0, 0], "F-score.*no true nor predicted samples"),
        ("specificity_score", [1, 1], [0, 1], "Specificity.*no negative samples"),
    ],
)
def test_nothing_to_divide_by(name, y_true, y_pred, words):
    score = getattr(metrics, name)
    with pytest.warns(UndefinedMetricWarning, match=words):
        assert score(y_true, y_pred) == 0
    assert score(y_true, y_pred, zero_division=1) == 1
    assert np.isnan(score(y_true, y_pred, zero_division=np.nan))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"average": "mean"}, "expected average to be.*got 'mean'"),
        ({"zero_division": 0.5}, "expected zero_division.*got 0.5"),
        ({"pos_label": 3}, r"expected pos_label to be one of \[0, 1\], got 3"),
        ({"labels": [], "average": "macro"}, "at least one label"),
    ],
)
def test_options_that_do_not_fit(options, words):
    with pytest.raises(ValueError, match=words):
        metrics.precision_score([0, 1], [1, 1], **options)


def test_three_classes_are_not_binary():
    with pytest.raises(ValueError, match=r"for two classes, got \[0, 1, 2\]"):
        metrics.f1_score([0, 1, 2], [0, 1, 2])


def test_a_positive_label_that_will_be_ignored():
    with pytest.warns(UserWarning, match="pos_label=2 counts only with"):
        metrics.recall_score([0, 1, 2], [0, 1, 2], average="macro", pos_label=2)


@pytest.mark.parametrize("score", [metrics.accuracy_score, metrics.confusion_matrix, metrics.recall_score])
@pytest.mark.parametrize(
    ("y_true", "y_pred", "words"),
    [
        ([0, 1], [0.2, 0.9], "expected y_pred to hold classes, got 0.2; are these scores"),
        ([0, 1], [0.0, np.nan], "y_pred holds NaN"),
        ([0, 1, 1], [0, 1], "y_true has 3, y_pred has 2"),
        ([], [], "at least one sample"),
        ([[0, 1], [1, 0]], [[0, 1], [1, 0]], r"expected y_true of shape \(n,\)"),
        (["a", "b"], [0, 1], "both as numbers or both as strings"),
    ],
)
def test_what_are_no_classes(score, y_true, y_pred, words):
    with pytest.raises(ValueError, match=words):
        score(np.asarray(y_true), np.asarray(y_pred))


def test_weights_must_weigh():
    with pytest.raises(ValueError, match="sample_weight that is not 0"):
        metrics.accuracy_score([0, 1], [0, 1], sample_weight=np.zeros(2))


@pytest.mark.parametrize("normalize", [None, "true", "pred", "all"])
@pytest.mark.parametrize("labels", [None, [2, 0], [3, 1, 9]])
def test_confusion_matrix(asarray, rng, normalize, labels):
    y_true, y_pred = class_samples(rng, 4)
    weight = rng.uniform(0, 1, 60)
    options = {"labels": labels, "normalize": normalize}
    for w in (None, weight):
        ours = metrics.confusion_matrix(
            asarray(y_true, "int64"),
            asarray(y_pred, "int64"),
            sample_weight=None if w is None else asarray(w),
            **options,
        )
        theirs = sklearn.metrics.confusion_matrix(y_true, y_pred, sample_weight=w, **options)
        np.testing.assert_allclose(numbers(ours), theirs, rtol=1e-12)
        assert numbers(ours).dtype.kind == theirs.dtype.kind


def test_confusion_matrix_of_words_and_booleans():
    animals = np.array(["cat", "ant", "cat", "cat", "ant", "bird"])
    guesses = np.array(["ant", "ant", "cat", "cat", "ant", "cat"])
    agree("confusion_matrix", animals, guesses, labels=["ant", "bird", "cat"])
    agree("confusion_matrix", animals == "cat", guesses == "cat")
    agree("confusion_matrix", animals == "cat", guesses == "cat", convert=torch.from_numpy)


def test_confusion_matrix_of_one_class():
    with pytest.warns(UserWarning, match="only the class 1 occurs"):
        assert metrics.confusion_matrix([1, 1], [1, 1]).tolist() == [[2]]
    assert metrics.confusion_matrix([1, 1], [1, 1], labels=[0, 1]).tolist() == [[0, 0], [0, 2]]


def test_confusion_matrix_refuses():
    with pytest.raises(ValueError, match="at least one of the labels"):
        metrics.confusion_matrix([0, 1], [0, 1], labels=[5])
    with pytest.raises(ValueError, match="expected normalize"):
        metrics.confusion_matrix([0, 1], [0, 1], normalize="rows")


@pytest.mark.parametrize("normalize", [True, False])
def test_accuracy(asarray, rng, normalize):
    y_true, y_pred = class_samples(rng, 3)
    weight = rng.uniform(0, 1, 60)
    for w in (None, weight):
        ours = metrics.accuracy_score(
            asarray(y_true), asarray(y_pred), normalize=normalize, sample_weight=None if w is None else asarray(w)
        )
        theirs = sklearn.metrics.accuracy_score(y_true, y_pred, normalize=normalize, sample_weight=w)
        assert float(ours) == pytest.approx(theirs, rel=1e-13)


def test_accuracy_flatters_who_always_says_healthy():
    y_true = np.zeros(1000, dtype=int)
    y_true[:5] = 1
    y_pred = np.zeros(1000, dtype=int)
    assert metrics.accuracy_score(y_true, y_pred) == 0.995
    assert metrics.recall_score(y_true, y_pred) == 0


def test_columns_are_taken_as_vectors():
    y = np.array([[0], [1], [1]])
    assert metrics.accuracy_score(y, y[:, 0]) == 1


scored = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 5), st.sampled_from([0.0, 0.5, 1.0, 2.0])), min_size=2, max_size=15
)


@settings(deadline=None, max_examples=100)
@given(scored, st.booleans(), st.booleans())
def test_any_roc_curve(rows, drop_intermediate, weighted):
    y_true, score, weight = np.array(rows, dtype=float).T
    options = {"drop_intermediate": drop_intermediate} | ({"sample_weight": weight} if weighted else {})
    if (weighted and len(np.unique(y_true[weight > 0])) < 2) or len(np.unique(y_true)) < 2:
        return
    agree("roc_curve", y_true, score, **options)
    options.pop("drop_intermediate")
    agree("roc_auc_score", y_true, score, **options)


@pytest.mark.parametrize("drop_intermediate", [True, False])
def test_roc_curve(asarray, rng, drop_intermediate):
    y_true = rng.integers(0, 2, 200)
    score = np.round(rng.normal(y_true, 1.0), 1)
    ours = metrics.roc_curve(asarray(y_true, "int64"), asarray(score), drop_intermediate=drop_intermediate)
    theirs = sklearn.metrics.roc_curve(y_true, score, drop_intermediate=drop_intermediate)
    for mine, right in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(numbers(mine), right, rtol=1e-13)
    assert float(metrics.auc(*ours[:2])) == pytest.approx(sklearn.metrics.auc(*theirs[:2]))
    assert float(metrics.roc_auc_score(asarray(y_true, "int64"), asarray(score))) == pytest.approx(
        sklearn.metrics.roc_auc_score(y_true, score)
    )


def test_roc_curve_takes_other_classes():
    y_true, score = np.array(["b", "a", "b", "c"]), np.array([0.9, 0.3, 0.2, 0.4])
    agree("roc_curve", y_true, score, pos_label="b")
    agree("roc_curve", np.array([-1, 1, 1]), score[:3])
    agree("roc_curve", np.array([1, 2, 2]), score[:3], pos_label=2)
    with pytest.raises(ValueError, match=r"y_true holds \[1, 2\]: say with pos_label"):
        metrics.roc_curve([1, 2, 2], score[:3])
    with pytest.raises(ValueError, match=r"pos_label to be one of \[1, 2\], got 5"):
        metrics.roc_curve([1, 2, 2], score[:3], pos_label=5)


@pytest.mark.parametrize(("y_true", "missing"), [([1, 1], "negative"), ([0, 0], "positive")])
def test_roc_curve_of_one_class(y_true, missing):
    with pytest.warns(UndefinedMetricWarning, match=f"no {missing} samples"):
        ours = metrics.roc_curve(y_true, [0.1, 0.2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = sklearn.metrics.roc_curve(y_true, [0.1, 0.2])
    for mine, right in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, right)
    with pytest.warns(UndefinedMetricWarning, match="needs two classes"):
        assert np.isnan(metrics.roc_auc_score(y_true, [0.1, 0.2]))


def test_roc_curve_refuses_broken_scores():
    with pytest.raises(ValueError, match="y_score holds NaN"):
        metrics.roc_curve([0, 1], [0.1, np.nan])


def test_auc_is_the_chance_to_rank_a_pair_right(rng):
    y_true = rng.integers(0, 2, 80)
    score = rng.integers(0, 9, 80).astype(float)
    pairs = score[y_true == 1][:, None] - score[y_true == 0]
    assert metrics.roc_auc_score(y_true, score) == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)))


def test_auc_either_way_round(asarray):
    x, y = asarray([0.0, 0.2, 0.2, 1.0]), asarray([0.0, 0.5, 0.9, 1.0])
    assert float(metrics.auc(x, y)) == pytest.approx(sklearn.metrics.auc([0.0, 0.2, 0.2, 1.0], [0.0, 0.5, 0.9, 1.0]))
    falling = [1.0, 0.4, 0.0]
    assert float(metrics.auc(asarray(falling), asarray([1.0, 1.0, 0.0]))) == pytest.approx(0.8)


@pytest.mark.parametrize(("x", "words"), [([0.0, 1.0, 0.5], "turns round"), ([0.0], "at least 2 points")])
def test_auc_refuses(x, words):
    with pytest.raises(ValueError, match=words):
        metrics.auc(x, x)


@pytest.mark.parametrize("name", ["mean_squared_error", "r2_score"])
@pytest.mark.parametrize("shape", [(30,), (30, 1), (30, 3)])
@pytest.mark.parametrize("multioutput", ["uniform_average", "raw_values", [0.2, 0.3, 0.5]])
@pytest.mark.parametrize("weighted", [False, True])
def test_regression(asarray, rng, name, shape, multioutput, weighted):
    if isinstance(multioutput, list) and shape != (30, 3):
        return
    y_true, y_pred = rng.normal(size=(2, *shape))
    weight = rng.uniform(0, 1, 30) if weighted else None
    ours = getattr(metrics, name)(
        asarray(y_true),
        asarray(y_pred),
        multioutput=multioutput,
        sample_weight=None if weight is None else asarray(weight),
    )
    theirs = getattr(sklearn.metrics, name)(y_true, y_pred, multioutput=multioutput, sample_weight=weight)
    np.testing.assert_allclose(numbers(ours), theirs, rtol=1e-12)


def test_r2_weighted_by_variance(asarray, rng):
    y_true, y_pred = rng.normal(size=(2, 20, 3)) * [1, 5, 0]
    ours = metrics.r2_score(asarray(y_true), asarray(y_pred), multioutput="variance_weighted")
    assert float(ours) == pytest.approx(sklearn.metrics.r2_score(y_true, y_pred, multioutput="variance_weighted"))
    constant = np.ones((4, 2))
    agree("r2_score", constant, constant + np.array([0, 1]), multioutput="variance_weighted")


@pytest.mark.parametrize("y_pred", [[2.0, 2.0, 2.0], [2.0, 2.0, 3.0]])
@pytest.mark.parametrize("force_finite", [True, False])
def test_r2_of_a_constant(y_pred, force_finite):
    y_true = np.full(3, 2.0)
    with np.errstate(all="ignore"):
        theirs = sklearn.metrics.r2_score(y_true, y_pred, force_finite=force_finite)
    np.testing.assert_equal(metrics.r2_score(y_true, y_pred, force_finite=force_finite), theirs)


def test_r2_of_few_samples():
    agree("r2_score", np.array([1.0, 2.0]), np.array([1.0, 2.5]))
    with pytest.warns(UndefinedMetricWarning, match="at least two samples"):
        assert np.isnan(metrics.r2_score([1.0], [1.0]))


@pytest.mark.parametrize("score", [metrics.mean_squared_error, metrics.r2_score])
@pytest.mark.parametrize(
    ("y_true", "y_pred", "words"),
    [
        (np.zeros(3), np.zeros(2), "y_true has 3, y_pred has 2"),
        (np.zeros((3, 2)), np.zeros(3), r"got \(3, 2\) and \(3,\)"),
        (np.zeros(0), np.zeros(0), "at least one sample"),
        (np.zeros(2), np.array([0.0, np.inf]), "y_pred holds NaN or infinity"),
    ],
)
def test_regression_refuses(score, y_true, y_pred, words):
    with pytest.raises(ValueError, match=words):
        score(y_true, y_pred)


def test_multioutput_must_be_known():
    with pytest.raises(ValueError, match="got 'median'"):
        metrics.mean_squared_error([1.0, 2.0], [1.0, 2.0], multioutput="median")
    with pytest.raises(ValueError, match="one weight for each of the 1 outputs"):
        metrics.mean_squared_error([1.0, 2.0], [1.0, 2.0], multioutput=[0.5, 0.5])


@pytest.mark.parametrize("name", SHARED)
def test_arguments_are_those_of_scikit_learn(name):
    """Names, order, defaults and what is keyword-only; we leave some of roc_auc_score's out."""
    ours, theirs = (inspect.signature(getattr(module, name)).parameters for module in (metrics, sklearn.metrics))
    assert [n for n in theirs if n in ours] == list(ours)
    for argument in ours:
        assert (ours[argument].kind, ours[argument].default) == (theirs[argument].kind, theirs[argument].default)


def test_warnings_point_at_the_caller():
    for call in (
        lambda: metrics.recall_score([0, 0], [0, 1]),
        lambda: metrics.roc_curve([1, 1], [0.1, 0.2]),
        lambda: metrics.roc_auc_score([1, 1], [0.1, 0.2]),
        lambda: metrics.r2_score([1.0], [1.0]),
        lambda: metrics.confusion_matrix([1], [1]),
        lambda: metrics.recall_score([2], [2], average="macro", pos_label=2),
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call()
        assert (caught[0].filename, caught[0].lineno) == (__file__, call.__code__.co_firstlineno)


def test_a_score_is_a_float_or_a_tensor(asarray):
    y = asarray([0.0, 1.0, 1.0])
    for score in (metrics.accuracy_score, metrics.f1_score, metrics.mean_squared_error, metrics.r2_score):
        result = score(y, y)
        assert isinstance(result, float) or (result.shape == () and result.device == y.device)


def test_the_squared_error_has_a_gradient():
    y_pred = torch.tensor([1.0, 4.0], dtype=torch.float64, requires_grad=True)
    metrics.mean_squared_error(torch.tensor([1.0, 2.0], dtype=torch.float64), y_pred).backward()
    np.testing.assert_allclose(y_pred.grad, [0.0, 2.0])


def test_inputs_stay_as_they_were(asarray, rng):
    y, score = asarray(rng.integers(0, 2, 9)), asarray(rng.normal(size=9))
    before = y.tolist(), score.tolist()
    metrics.roc_curve(y, score)
    metrics.confusion_matrix(y, y)
    metrics.r2_score(y, score)
    assert (y.tolist(), score.tolist()) == before
