"""How good predictions are, with scikit-learn's names, arguments and answers.

Classification starts from four counts. For a class called positive, tp and fn are the positive samples that were found
and missed; tn and fp are the others that were left alone and raised a false alarm. Every score is a ratio of these.

Lists will do for arrays. A score is a float; from torch tensors it is a tensor of shape () on their device, through
which gradients flow where the score has any. (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning,
section 9.2.5; Fawcett, An introduction to ROC analysis, 2006)
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import array_api_compat
import numpy as np
from sklearn.exceptions import UndefinedMetricWarning

from course_lib.arrays import Array, is_torch, namespace

Label = int | float | str | bool
Labels = Array | Sequence[Label]


def confusion_matrix(
    y_true: Labels,
    y_pred: Labels,
    *,
    labels: Labels | None = None,
    sample_weight: Array | None = None,
    normalize: str | None = None,
) -> Array:
    r"""Count who was taken for whom: $C_{ij}$ samples of class $i$ were predicted to be of class $j$.

    Args:
        y_true: Shape (n,), the true classes: whole numbers or strings.
        y_pred: Shape (n,), the predicted classes.
        labels: The classes to count, in the order wanted; by default all that occur, sorted.
        sample_weight: Shape (n,), what each sample counts; 1 by default.
        normalize: ``"true"`` makes rows sum to one, ``"pred"`` columns, ``"all"`` everything.

    Returns:
        Shape (classes, classes); integers unless weighted or normalised.

    Raises:
        ValueError: The shapes differ, there are no samples, no label occurs in ``y_true``, or something is no class.

    >>> confusion_matrix([0, 0, 0, 1, 1], [0, 0, 1, 1, 1])
    array([[2, 1],
           [0, 2]])
    """
    if normalize not in (None, "true", "pred", "all"):
        raise ValueError(f"expected normalize to be 'true', 'pred', 'all' or None, got {normalize!r}")
    classes, counts = _count(y_true, y_pred, sample_weight)
    xp = namespace(counts)
    if labels is not None:
        chosen = _places(classes, labels)
        if not bool(xp.any(xp.sum(_padded(counts), axis=1)[chosen] != 0)):
            raise ValueError(f"expected at least one of the labels {list(labels)} to occur in y_true, got {classes}")
        counts = _padded(counts)[chosen, :][:, chosen]
    elif len(classes) == 1:
        warnings.warn(
            f"only the class {classes[0]!r} occurs, so the matrix is 1 by 1; name all classes with labels=[...]",
            UserWarning,
            stacklevel=2,
        )
    if normalize is None:
        return counts
    counts = xp.astype(counts, xp.float64)
    total = xp.sum(counts, axis={"true": 1, "pred": 0, "all": None}[normalize], keepdims=True)
    return _divide(counts, total, 0.0)


def accuracy_score(
    y_true: Labels, y_pred: Labels, *, normalize: bool = True, sample_weight: Array | None = None
) -> Any:
    r"""The share of samples that were classified correctly. It flatters whoever always names the commonest class.

    Args:
        y_true: Shape (n,), the true classes.
        y_pred: Shape (n,), the predicted classes.
        normalize: Whether to give the share, not the number.
        sample_weight: Shape (n,), what each sample counts; 1 by default.

    Returns:
        From 0 to 1, or with ``normalize=False`` from 0 to n.

    Raises:
        ValueError: The shapes differ, there are no samples, or something is no class.

    >>> accuracy_score([0, 0, 0, 1], [0, 0, 0, 0])
    0.75
    """
    _, counts = _count(y_true, y_pred, sample_weight)
    xp = namespace(counts)
    right, total = (xp.astype(x, xp.float64) for x in (xp.sum(counts.diagonal()), xp.sum(counts)))
    return _score(right / total if normalize else right)


def precision_score(
    y_true: Labels,
    y_pred: Labels,
    *,
    labels: Labels | None = None,
    pos_label: Label | None = 1,
    average: str | None = "binary",
    sample_weight: Array | None = None,
    zero_division: str | float = "warn",
) -> Any:
    r"""Of those called positive, how many are: $\frac{tp}{tp + fp}$.

    Args:
        y_true: Shape (n,), the true classes.
        y_pred: Shape (n,), the predicted classes.
        labels: For which classes, when ``average`` is not ``"binary"``; by default all that occur, sorted.
        pos_label: The positive class, when ``average`` is ``"binary"``.
        average: What to do with several classes, each taken as positive in turn. ``"binary"``: there are two, report
            ``pos_label``. ``None``: report every class. ``"macro"``: their mean. ``"weighted"``: their mean weighted by
            the true samples of each. ``"micro"``: add up the counts of all classes first.
        sample_weight: Shape (n,), what each sample counts; 1 by default.
        zero_division: What 0 / 0 is: 0, 1 or ``nan`` (left out of means); ``"warn"`` means 0 with a warning.

    Returns:
        A number from 0 to 1; with ``average=None`` one for each class.

    Raises:
        ValueError: The shapes differ, there are no samples, something is no class, or ``average`` does not fit.

    >>> precision_score([0, 1, 1, 1], [1, 0, 1, 1])  # doctest: +ELLIPSIS
    0.666...
    """
    ratio = _Ratio("Precision", "predicted", lambda c: (c.tp, c.tp + c.fp))
    return _average(ratio, y_true, y_pred, labels, pos_label, average, sample_weight, zero_division)


def recall_score(
    y_true: Labels,
    y_pred: Labels,
    *,
    labels: Labels | None = None,
    pos_label: Label | None = 1,
    average: str | None = "binary",
    sample_weight: Array | None = None,
    zero_division: str | float = "warn",
) -> Any:
    r"""Of the positive, how many are called so: $\frac{tp}{tp + fn}$, also sensitivity or true positive rate.

    The arguments are those of :func:`precision_score`. One minus the recall is the false negative rate.

    >>> recall_score([0, 1, 1, 1], [1, 0, 0, 1])  # doctest: +ELLIPSIS
    0.333...
    """
    ratio = _Ratio("Recall", "true", lambda c: (c.tp, c.tp + c.fn))
    return _average(ratio, y_true, y_pred, labels, pos_label, average, sample_weight, zero_division)


def specificity_score(
    y_true: Labels,
    y_pred: Labels,
    *,
    labels: Labels | None = None,
    pos_label: Label | None = 1,
    average: str | None = "binary",
    sample_weight: Array | None = None,
    zero_division: str | float = "warn",
) -> Any:
    r"""Of the negative, how many are called so: $\frac{tn}{tn + fp}$, the recall of the other side.

    The arguments are those of :func:`precision_score`. One minus the specificity is the false positive rate.

    >>> specificity_score([0, 0, 0, 1], [0, 0, 1, 1])  # doctest: +ELLIPSIS
    0.666...
    """
    ratio = _Ratio("Specificity", "negative", lambda c: (c.tn, c.tn + c.fp))
    return _average(ratio, y_true, y_pred, labels, pos_label, average, sample_weight, zero_division)


def f1_score(
    y_true: Labels,
    y_pred: Labels,
    *,
    labels: Labels | None = None,
    pos_label: Label | None = 1,
    average: str | None = "binary",
    sample_weight: Array | None = None,
    zero_division: str | float = "warn",
) -> Any:
    r"""The harmonic mean of precision and recall: $\frac{2 p r}{p + r} = \frac{2\, tp}{2\, tp + fp + fn}$.

    The arguments are those of :func:`precision_score`.

    >>> f1_score([0, 1, 1, 1], [1, 0, 0, 1])
    0.4
    """
    ratio = _Ratio("F-score", "true nor predicted", lambda c: (2 * c.tp, 2 * c.tp + c.fp + c.fn))
    return _average(ratio, y_true, y_pred, labels, pos_label, average, sample_weight, zero_division)


def roc_curve(
    y_true: Labels,
    y_score: Array,
    *,
    pos_label: Label | None = None,
    sample_weight: Array | None = None,
    drop_intermediate: bool = True,
) -> tuple[Array, Array, Array]:
    r"""The receiver operating characteristic: what each threshold finds, and what it costs in false alarms.

    A sample is called positive if its score is at least the threshold. Lowering the threshold from infinity past one
    score after another traces the curve from (0, 0) to (1, 1).

    Args:
        y_true: Shape (n,), two classes.
        y_score: Shape (n,), higher for what looks more positive.
        pos_label: The positive class; by default 1, if the classes are 0 and 1 or −1 and 1.
        sample_weight: Shape (n,), what each sample counts; 1 by default.
        drop_intermediate: Whether to leave out points in the middle of a straight line.

    Returns:
        ``fpr``, ``tpr`` and the falling ``thresholds``, which start with infinity; all of one length.

    Raises:
        ValueError: The shapes differ, there are no samples, a score is NaN or infinite, or it is unclear which class is
            the positive one.

    >>> fpr, tpr, thresholds = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> fpr, tpr
    (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]))
    """
    y_true, y_score, weight = _aligned(y_true=y_true, y_score=y_score, sample_weight=sample_weight)
    xp = namespace(y_score)
    _require_finite("y_score", y_score)
    positive = xp.astype(_is_positive(y_true, pos_label), xp.float64)
    if weight is not None:
        counted = weight != 0
        positive, y_score, weight = positive[counted], y_score[counted], weight[counted]
    order = xp.argsort(y_score, descending=True)
    positive, y_score = positive[order], y_score[order]
    weight = xp.ones_like(positive) if weight is None else xp.astype(weight[order], xp.float64)

    last_of_ties = xp.concat([xp.diff(y_score) != 0, xp.ones_like(y_score[:1], dtype=xp.bool)])
    tp = xp.cumulative_sum(positive * weight)[last_of_ties]
    fp = xp.cumulative_sum((1 - positive) * weight)[last_of_ties]
    thresholds = xp.astype(y_score[last_of_ties], xp.float64)
    if drop_intermediate and tp.shape[0] > 2:
        end = xp.ones_like(tp[:1], dtype=xp.bool)
        bend = (xp.diff(fp, n=2) != 0) | (xp.diff(tp, n=2) != 0)
        kept = xp.concat([end, bend, end])
        tp, fp, thresholds = tp[kept], fp[kept], thresholds[kept]
    start = xp.zeros_like(tp[:1])
    tp, fp, thresholds = (xp.concat(pair) for pair in ((start, tp), (start, fp), (start + xp.inf, thresholds)))
    return _rate(fp, "negative"), _rate(tp, "positive"), thresholds


def auc(x: Array, y: Array) -> Any:
    r"""The area under a curve, by trapezoids: $\sum_i (x_{i+1} - x_i) \frac{y_i + y_{i+1}}{2}$.

    Args:
        x: Shape (n,), n ≥ 2, never falling, or never rising.
        y: Shape (n,).

    Returns:
        The area.

    Raises:
        ValueError: The shapes differ, there are fewer than two points, or ``x`` turns round.

    >>> auc([0.0, 0.5, 1.0], [0.0, 1.0, 1.0])
    0.75
    """
    x, y = _aligned(x=x, y=y)
    xp = namespace(x, y)
    if x.shape[0] < 2:
        raise ValueError(f"expected at least 2 points, got {x.shape[0]}")
    steps = xp.diff(x)
    rising, falling = bool(xp.all(steps >= 0)), bool(xp.all(steps <= 0))
    if not rising and not falling:
        raise ValueError("expected x to rise or to fall all the way, but it turns round; sort the points by x first")
    area = xp.sum(steps * (y[1:] + y[:-1])) / 2
    return _score(area if rising else -area)


def roc_auc_score(y_true: Labels, y_score: Array, *, sample_weight: Array | None = None) -> Any:
    r"""The area under the ROC curve of two classes, of which the larger is the positive one.

    It is the probability that a positive sample gets a higher score than a negative one, ties counting half.

    Args:
        y_true: Shape (n,), two classes.
        y_score: Shape (n,), higher for what looks more positive.
        sample_weight: Shape (n,), what each sample counts; 1 by default.

    Returns:
        1 for perfect scores, 0.5 for a coin; NaN, with a warning, if there is only one class.

    Raises:
        ValueError: There are more than two classes, or the data do not fit as in :func:`roc_curve`.

    >>> roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    y_true, y_score = _aligned(y_true=y_true, y_score=y_score)
    classes = _classes(y_true)
    if len(classes) == 1:
        _warn(f"the area under the ROC curve needs two classes, but y_true holds only {classes[0]!r}", depth=2)
        return _score(namespace(y_score).mean(y_score) * np.nan)
    fpr, tpr, _ = roc_curve(y_true, y_score, pos_label=classes[-1], sample_weight=sample_weight)
    return auc(fpr, tpr)


def mean_squared_error(
    y_true: Array,
    y_pred: Array,
    *,
    sample_weight: Array | None = None,
    multioutput: str | Array = "uniform_average",
) -> Any:
    r"""Mean squared error: $\frac{1}{n} \sum_i (y_i - \hat y_i)^2$   (Deep Learning, eq. 5.4).

    Args:
        y_true: Shape (n,) or (n, outputs).
        y_pred: The same shape.
        sample_weight: Shape (n,), what each sample counts; 1 by default.
        multioutput: How to sum up several outputs: ``"uniform_average"``, ``"raw_values"`` for one number each, or
            weights of shape (outputs,).

    Returns:
        At least 0.

    Raises:
        ValueError: The shapes differ, there are no samples, or something is NaN or infinite.

    >>> mean_squared_error([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0])
    0.375
    """
    y_true, y_pred, weight = _outputs(y_true, y_pred, sample_weight)
    return _over_outputs(_mean((y_true - y_pred) ** 2, weight), multioutput)


def r2_score(
    y_true: Array,
    y_pred: Array,
    *,
    sample_weight: Array | None = None,
    multioutput: str | Array = "uniform_average",
    force_finite: bool = True,
) -> Any:
    r"""The share of the variance that is explained, the coefficient of determination.

    $R^2 = 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y)^2}$

    Args:
        y_true: Shape (n,) or (n, outputs).
        y_pred: The same shape.
        sample_weight: Shape (n,), what each sample counts; 1 by default.
        multioutput: How to sum up several outputs: ``"uniform_average"``, ``"variance_weighted"``, ``"raw_values"`` for
            one number each, or weights of shape (outputs,).
        force_finite: Whether a constant ``y_true`` gives 1 (met exactly) or 0 (missed) rather than NaN or −∞.

    Returns:
        1 for perfect predictions, 0 for always predicting the mean, below 0 for worse; NaN, with a warning, for a
        single sample.

    Raises:
        ValueError: The shapes differ, there are no samples, or something is NaN or infinite.

    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    y_true, y_pred, weight = _outputs(y_true, y_pred, sample_weight)
    xp = namespace(y_true)
    if y_true.shape[0] < 2:
        _warn("R^2 needs at least two samples: one has no variance to explain", depth=2)
        return _score(xp.mean(y_pred) * np.nan)
    residual = _mean((y_true - y_pred) ** 2, weight)
    total = _mean((y_true - _mean(y_true, weight)) ** 2, weight)
    if force_finite:
        scores = xp.where(residual == 0, xp.ones_like(total), 1 - _divide(residual, total, 1.0))
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = 1 - residual / total
    if isinstance(multioutput, str) and multioutput == "variance_weighted":
        multioutput = total if bool(xp.any(total != 0)) else "uniform_average"
    return _over_outputs(scores, multioutput)


class _Counts(NamedTuple):
    """For each class, taken as the positive one."""

    tp: Array
    fp: Array
    fn: Array
    tn: Array


class _Ratio(NamedTuple):
    """A score as the share of some counts in others."""

    name: str
    denominator: str
    of: Callable[[_Counts], tuple[Array, Array]]


def _average(
    ratio: _Ratio,
    y_true: Labels,
    y_pred: Labels,
    labels: Labels | None,
    pos_label: Label | None,
    average: str | None,
    sample_weight: Array | None,
    zero_division: str | float,
) -> Any:
    if average not in ("binary", "micro", "macro", "weighted", None):
        raise ValueError(f"expected average to be 'binary', 'micro', 'macro', 'weighted' or None, got {average!r}")
    if not (zero_division in ("warn", 0, 1) or zero_division != zero_division):
        raise ValueError(f"expected zero_division to be 'warn', 0, 1 or nan, got {zero_division!r}")
    classes, C = _count(y_true, y_pred, sample_weight)
    if average == "binary":
        labels = [_binary_label(classes, pos_label)]
    elif pos_label not in (None, 1):
        warnings.warn(f"pos_label={pos_label!r} counts only with average='binary'", UserWarning, stacklevel=3)
    xp = namespace(C)
    C = xp.astype(_padded(C), xp.float64)
    chosen = _places(classes, classes if labels is None else labels)
    tp, true, predicted = C.diagonal()[chosen], xp.sum(C, axis=1)[chosen], xp.sum(C, axis=0)[chosen]
    counts = _Counts(tp, predicted - tp, true - tp, xp.sum(C) - true - predicted + tp)
    if average == "micro":
        counts = _Counts(*(xp.sum(count, keepdims=True) for count in counts))
    numerator, denominator = ratio.of(counts)
    if zero_division == "warn" and bool(xp.any(denominator == 0)):
        _warn(
            f"{ratio.name} is ill-defined and set to 0 where there are no {ratio.denominator} samples; "
            "choose another value with zero_division",
            depth=3,
        )
    scores = _divide(numerator, denominator, 0.0 if zero_division == "warn" else float(zero_division))
    if average is None:
        return scores
    return _score(_mean_of_numbers(scores, true if average == "weighted" else None))


def _binary_label(classes: list[Label], pos_label: Label | None) -> Label | None:
    if len(classes) > 2:
        raise ValueError(f"average='binary' is for two classes, got {classes}; choose 'macro', 'micro' or 'weighted'")
    if len(classes) == 2 and pos_label not in classes:
        raise ValueError(f"expected pos_label to be one of {classes}, got {pos_label!r}")
    return pos_label


def _mean_of_numbers(scores: Array, weights: Array | None) -> Array:
    """Their mean, without those that are NaN."""
    xp = namespace(scores)
    numbers = ~xp.isnan(scores)
    if not bool(xp.any(numbers)):
        return xp.sum(scores)
    scores = scores[numbers]
    if weights is None or bool(xp.all(weights[numbers] == 0)):
        return xp.mean(scores)
    return xp.sum(scores * weights[numbers]) / xp.sum(weights[numbers])


def _count(y_true: Labels, y_pred: Labels, sample_weight: Array | None) -> tuple[list[Label], Array]:
    """The classes that occur, sorted, and the confusion matrix over them."""
    y_true, y_pred, weight = _aligned(y_true=y_true, y_pred=y_pred, sample_weight=sample_weight)
    y_true, y_pred = _as_labels("y_true", y_true), _as_labels("y_pred", y_pred)
    xp = namespace(y_true, y_pred)
    if _is_text(y_true) != _is_text(y_pred):
        raise ValueError(f"expected both as numbers or both as strings, got {y_true.dtype} and {y_pred.dtype}")
    n = y_true.shape[0]
    classes, codes = xp.unique_inverse(xp.concat([y_true, y_pred]))
    k = classes.shape[0]
    counts = xp.bincount(codes[:n] * k + codes[n:], weights=weight, minlength=k * k).reshape(k, k)
    whole = weight is None or not xp.isdtype(weight.dtype, "real floating")
    return classes.tolist(), xp.astype(counts, xp.int64 if whole else xp.float64)


def _padded(counts: Array) -> Array:
    """A last row and column of zeros, for labels that do not occur."""
    xp = namespace(counts)
    counts = xp.concat([counts, xp.zeros_like(counts[:1, :])], axis=0)
    return xp.concat([counts, xp.zeros_like(counts[:, :1])], axis=1)


def _places(classes: list[Label], labels: Labels) -> list[int]:
    """The row of each label in a padded confusion matrix."""
    names = labels.tolist() if hasattr(labels, "tolist") else list(labels)
    if not names:
        raise ValueError("expected at least one label, got an empty list")
    place = {name: i for i, name in enumerate(classes)}
    return [place.get(name, len(classes)) for name in names]


def _aligned(**given: Any) -> list[Any]:
    """Arrays of shape (n,) with one entry per sample; ``None`` stays ``None``.

    Raises:
        ValueError: A shape is another, or there are no samples.
    """
    arrays = {name: _as_array(value) for name, value in given.items() if value is not None}
    namespace(*arrays.values())
    for name, x in arrays.items():
        if x.ndim == 2 and x.shape[1] == 1:
            arrays[name] = x = x[:, 0]
        if x.ndim != 1:
            raise ValueError(f"expected {name} of shape (n,), one entry per sample, got shape {tuple(x.shape)}")
    _require_comparable(arrays)
    return [arrays.get(name) for name in given]


def _outputs(y_true: Array, y_pred: Array, sample_weight: Array | None) -> tuple[Array, Array, Array | None]:
    """Floating arrays of shape (n, outputs) and weights of shape (n,)."""
    arrays = {"y_true": _as_array(y_true), "y_pred": _as_array(y_pred)}
    if sample_weight is not None:
        arrays["sample_weight"] = _as_array(sample_weight)
    xp = namespace(*arrays.values())
    for name, x in arrays.items():
        if not xp.isdtype(x.dtype, "real floating"):
            arrays[name] = x = xp.astype(x, xp.float64)
        _require_finite(name, x)
    _require_comparable(arrays)
    y_true, y_pred = (x[:, None] if x.ndim == 1 else x for x in (arrays["y_true"], arrays["y_pred"]))
    if y_true.shape != y_pred.shape or y_true.ndim != 2:
        raise ValueError(
            f"expected y_true and y_pred of one shape, (n,) or (n, outputs), got {tuple(arrays['y_true'].shape)} and "
            f"{tuple(arrays['y_pred'].shape)}"
        )
    return y_true, y_pred, arrays.get("sample_weight")


def _over_outputs(scores: Array, multioutput: str | Array) -> Any:
    """One number from one for each output."""
    xp = namespace(scores)
    if isinstance(multioutput, str):
        if multioutput == "raw_values":
            return scores
        if multioutput == "uniform_average":
            return _score(xp.mean(scores))
        raise ValueError(f"expected multioutput to be 'uniform_average' or 'raw_values', got {multioutput!r}")
    weights = xp.asarray(multioutput, dtype=scores.dtype, device=array_api_compat.device(scores))
    if weights.shape != scores.shape:
        raise ValueError(f"expected one weight for each of the {scores.shape[0]} outputs, got {tuple(weights.shape)}")
    return _score(_mean(scores, weights))


def _mean(values: Array, weight: Array | None) -> Array:
    """The mean over the first axis."""
    xp = namespace(values)
    if weight is None:
        return xp.mean(values, axis=0)
    weight = xp.reshape(weight, (-1,) + (1,) * (values.ndim - 1))
    return xp.sum(weight * values, axis=0) / xp.sum(weight)


def _divide(a: Array, b: Array, zero_over_zero: float) -> Array:
    """a / b, and a value of choice where b is 0."""
    xp = namespace(a, b)
    nothing = b == 0
    return xp.where(nothing, zero_over_zero, a / xp.where(nothing, xp.ones_like(b), b))


def _rate(counts: Array, kind: str) -> Array:
    """Growing counts as shares of the last."""
    if not bool(counts[-1] > 0):
        _warn(f"y_true has no {kind} samples, so their rate is undefined", depth=3)
        return counts * np.nan
    return counts / counts[-1]


def _is_positive(y_true: Array, pos_label: Label | None) -> Array:
    classes = _classes(y_true)
    if pos_label is None:
        if not (set(classes) <= {0, 1} or set(classes) <= {-1, 1}):
            raise ValueError(f"y_true holds {classes}: say with pos_label which of them is the positive class")
        return y_true == 1
    if len(classes) == 2 and pos_label not in classes:
        raise ValueError(f"expected pos_label to be one of {classes}, got {pos_label!r}")
    return y_true == pos_label


def _classes(y: Array) -> list[Label]:
    y = _as_labels("y_true", y)
    return namespace(y).unique_values(y).tolist()


def _as_labels(name: str, y: Array) -> Array:
    """Classes, not scores: whole numbers or strings."""
    xp = namespace(y)
    if _is_text(y):
        return y
    if xp.isdtype(y.dtype, "bool"):
        return xp.astype(y, xp.int8)
    if xp.isdtype(y.dtype, "real floating"):
        _require_finite(name, y)
        broken = y != xp.floor(y)
        if bool(xp.any(broken)):
            raise ValueError(f"expected {name} to hold classes, got {float(y[broken][0]):g}; are these scores?")
    return y


def _is_text(y: Array) -> bool:
    return not is_torch(y) and y.dtype.kind in "OUST"


def _as_array(values: Any) -> Array:
    return values if is_torch(values) else np.asarray(values)


def _require_comparable(arrays: dict[str, Array]) -> None:
    """As many entries in each, at least one, and weights that weigh something."""
    lengths = {name: x.shape[0] if x.ndim else 1 for name, x in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"expected as many entries in each, but {listed}")
    if 0 in lengths.values():
        raise ValueError(f"expected at least one sample in {' and '.join(lengths)}, got none")
    if "sample_weight" in arrays:
        weight = arrays["sample_weight"]
        _require_finite("sample_weight", weight)
        if not bool(namespace(weight).any(weight != 0)):
            raise ValueError("expected a sample_weight that is not 0, but all are")


def _require_finite(name: str, x: Array) -> None:
    if not bool(namespace(x).all(namespace(x).isfinite(x))):
        raise ValueError(f"{name} holds NaN or infinity; drop those samples or find out where they come from")


def _warn(message: str, depth: int) -> None:
    """Warn whoever called the function that many calls up."""
    warnings.warn(message, UndefinedMetricWarning, stacklevel=depth + 1)


def _score(value: Array) -> Any:
    return value if is_torch(value) else float(value)
