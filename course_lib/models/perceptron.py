"""The perceptron: one artificial neuron, its learning rule, and the theorem on how often it can be wrong."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

import torch
from array_api_compat import device
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from course_lib._estimators import validate
from course_lib.arrays import Array, namespace
from course_lib.metrics import accuracy_score
from course_lib.regression.logistic import class_membership

ROWS_AT_ONCE = 256
"""How many rows the search for the next mistake looks at together."""


class Perceptron(ClassifierMixin, BaseEstimator):
    r"""The perceptron, a classifier for two classes that learns from its mistakes, one at a time.

    $\hat y = \mathrm{sign}(w^\top x + b)$ with classes $\pm 1$; whenever $y\,(w^\top x + b) \le 0$, it steps
    $w \leftarrow w + y x$, $b \leftarrow b + y$   (Rosenblatt, 1958: The perceptron)

    It passes over the rows again and again until a whole pass went without a mistake. Where a straight boundary
    separates the classes, :func:`mistake_bound` says how many mistakes it can make before. Several classes are for
    :class:`course_lib.regression.OneVsRestClassifier`. A step size would only scale $w$ and $b$, so there is none.

    Args:
        fit_intercept: Whether there is a $b$; otherwise the boundary goes through the origin.
        max_iter: The most passes over the rows.
        shuffle: Whether each pass takes the rows in an order of its own.
        random_state: Seed or ``np.random.RandomState`` for these orders.

    Attributes:
        classes_: The two classes, sorted; the second counts as +1.
        coef_: w, shape (1, p).
        intercept_: b, shape (1,).
        n_iter_: The number of passes, with the last one, that found no mistake.
        n_mistakes_: The number of mistakes, each of which moved the boundary.
        n_features_in_: p.
        feature_names_in_: The columns' names, if ``fit`` was given a data frame.

    >>> import numpy as np
    >>> X, y = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0, 1, 1, 1])
    >>> model = Perceptron().fit(X, y)
    >>> model.predict(X), model.n_mistakes_
    (array([0, 1, 1, 1]), 9)
    """

    def __init__(
        self, *, fit_intercept: bool = True, max_iter: int = 1000, shuffle: bool = True, random_state: Any = 0
    ) -> None:
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state

    @torch.no_grad()
    def fit(self, X: Array, y: Array) -> Self:
        """Learn until nothing is wrong, from w = 0 and b = 0.

        Args:
            X: Features, shape (n, p). NumPy array, data frame, or torch tensor on any device.
            y: Classes, shape (n,), two of them: whole numbers, or strings where they are no tensor.

        Raises:
            ValueError: There are not two classes, shapes do not fit, something is NaN or infinite, or ``max_iter`` is
                not at least 1.

        Warns:
            ConvergenceWarning: The last of ``max_iter`` passes still found mistakes.
        """
        if self.max_iter < 1:
            raise ValueError(f"expected max_iter, the number of passes, to be at least 1, got {self.max_iter!r}")
        X, y = validate(self, X, y)
        self._begin(X, y)
        rng = check_random_state(self.random_state)
        for n_iter in range(1, self.max_iter + 1):
            self.n_iter_ = n_iter
            mistakes = self._pass(X, y, rng)
            if mistakes == 0:
                return self
        warnings.warn(
            f"the last of {self.max_iter} passes still found {mistakes} mistakes. Perhaps no straight boundary "
            "separates the classes: then give the perceptron other features. Or it takes more passes: raise max_iter",
            ConvergenceWarning,
            stacklevel=2,
        )
        return self

    @torch.no_grad()
    def partial_fit(self, X: Array, y: Array, classes: Array | None = None) -> Self:
        """Pass once over some rows, going on from the present w and b.

        Args:
            X: Shape (n, p).
            y: Shape (n,).
            classes: The two classes, needed in the first call where y does not hold both.

        Raises:
            ValueError: There are not two classes, y holds another one, or for the reasons that ``fit`` has.
        """
        first = not hasattr(self, "coef_")
        X, y = validate(self, X, y, reset=first)
        if first:
            self._begin(X, y if classes is None else namespace(X).asarray(classes, device=device(X)))
        self.n_iter_ = 1
        self._pass(X, y, check_random_state(self.random_state))
        return self

    def _begin(self, X: Array, classes: Array) -> None:
        self.classes_, _ = class_membership(classes, X)
        if len(self.classes_) > 2:
            raise ValueError(
                f"Only binary classification is supported. There are {len(self.classes_)} classes; "
                "wrap the perceptron: OneVsRestClassifier(Perceptron())"
            )
        xp = namespace(X)
        self.coef_, self.intercept_ = xp.zeros_like(X[:1]), xp.zeros_like(X[0, :1])
        self.n_mistakes_ = 0

    def _pass(self, X: Array, y: Array, rng: Any) -> int:
        """Pass over the rows, learn from each mistake, and return how many there were."""
        xp = namespace(X)
        signs = self._signs(y, X)
        if self.shuffle:
            order = xp.asarray(rng.permutation(X.shape[0]), device=device(X))
            X, signs = X[order], signs[order]
        Z = with_constant(X) if self.fit_intercept else X
        w = xp.concat([self.coef_[0], self.intercept_]) if self.fit_intercept else self.coef_[0]
        count = 0
        for mistake in mistakes_in_pass(Z, signs, w):
            w = mistake.w
            count += 1
        p = X.shape[1]
        self.coef_ = w[None, :p]
        self.intercept_ = w[p:] if self.fit_intercept else self.intercept_
        self.n_mistakes_ += count
        return count

    def _signs(self, y: Array, X: Array) -> Array:
        """−1 for rows of the first class, +1 for rows of the second, in the dtype of X."""
        xp = namespace(X)
        second = y == self.classes_[1]
        if not bool(xp.all(second | (y == self.classes_[0]))):
            raise ValueError(f"expected y to hold only the classes {self.classes_.tolist()}, found another")
        return 2 * xp.astype(second, X.dtype) - 1

    def decision_function(self, X: Array) -> Array:
        """w·x + b for each row, shape (n,): positive on the side of the second class."""
        check_is_fitted(self)
        return validate(self, X, reset=False) @ self.coef_[0] + self.intercept_

    def predict(self, X: Array) -> Array:
        """The class on whose side each row lies, shape (n,); the first one on the boundary itself."""
        scores = self.decision_function(X)
        xp = namespace(scores)
        return self.classes_[xp.astype(scores > 0, xp.int64)]

    def score(self, X: Array, y: Array, sample_weight: Array | None = None) -> Any:
        """The share of rows whose class is predicted."""
        return accuracy_score(y, self.predict(X), sample_weight=sample_weight)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


class Mistake(NamedTuple):
    """A row that was on the wrong side, and the weights after learning from it."""

    row: int
    w: Array


def mistakes_in_pass(X: Array, y: Array, w: Array) -> Iterator[Mistake]:
    r"""The mistakes of the perceptron in one pass over the rows, in order.

    Row i is a mistake if $y_i\, w^\top x_i \le 0$; then $w \leftarrow w + y_i x_i$. The bias is the weight of an input
    that is always 1 (:func:`with_constant`).

    Between two mistakes nothing changes, so the search for the next one looks at many rows at once.

    Args:
        X: Shape (n, p), floating dtype.
        y: −1 or +1 for each row, shape (n,), in the dtype of X.
        w: The weights to begin with, shape (p,). They are not modified.

    Raises:
        ValueError: y holds something else than −1 and +1.

    >>> import numpy as np
    >>> X, y = np.array([[1.0, 0.0], [2.0, 1.0], [1.0, 3.0]]), np.array([1.0, 1.0, -1.0])
    >>> [mistake.row for mistake in mistakes_in_pass(X, y, np.zeros(2))]
    [0, 2]
    """
    xp = namespace(X, y, w)
    _check_signs(y)
    i = 0
    while i < X.shape[0]:
        block = slice(i, i + ROWS_AT_ONCE)
        wrong = xp.nonzero(y[block] * (X[block] @ w) <= 0)[0]
        if wrong.shape[0] == 0:
            i += ROWS_AT_ONCE
            continue
        i += int(wrong[0])
        w = w + y[i] * X[i]
        yield Mistake(i, w)
        i += 1


def with_constant(X: Array) -> Array:
    """The rows with one more entry, 1, whose weight is the bias: shape (n, p) to (n, p + 1).

    >>> import numpy as np
    >>> with_constant(np.array([[5.0, 7.0]]))
    array([[5., 7., 1.]])
    """
    xp = namespace(X)
    return xp.concat([X, xp.ones_like(X[:, :1])], axis=1)


def mistake_bound(X: Array, y: Array, w: Array) -> float:
    r"""How many mistakes a perceptron can make at most, whatever the order of the rows and however many passes.

    $(R / \gamma)^2$ with $R = \max_i \lVert x_i \rVert$ and $\gamma = \min_i y_i\, w^\top x_i / \lVert w \rVert$
    (Novikoff, 1962: On convergence proofs for perceptrons)

    Any w that separates the classes gives a bound; the one that leaves the widest gap gives the best.

    Args:
        X: Shape (n, p), floating dtype. For a perceptron with a bias, :func:`with_constant` of the features.
        y: −1 or +1 for each row, shape (n,), in the dtype of X.
        w: Weights that separate the classes, shape (p,); any length will do.

    Raises:
        ValueError: w does not separate the classes, or y holds something else than −1 and +1.

    >>> import numpy as np
    >>> X, y = np.array([[3.0, 4.0], [-1.0, 0.0]]), np.array([1.0, -1.0])
    >>> mistake_bound(X, y, np.array([1.0, 0.0]))
    25.0
    """
    xp = namespace(X, y, w)
    _check_signs(y)
    radius_squared = xp.max(xp.sum(X**2, axis=1))
    gap = xp.min(y * (X @ w))
    if not gap > 0:
        wrong = int(xp.sum(xp.astype(y * (X @ w) <= 0, xp.int64)))
        raise ValueError(f"expected w to separate the classes, but {wrong} of {X.shape[0]} rows are on the wrong side")
    return float(radius_squared * (w @ w) / gap**2)


def _check_signs(y: Array) -> None:
    if not bool(namespace(y).all((y == -1) | (y == 1))):
        raise ValueError("expected y to hold -1 and +1 only; of classes 0 and 1 make them with 2 * y - 1")
