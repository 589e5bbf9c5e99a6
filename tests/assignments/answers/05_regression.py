"""Answers to assignment 05, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or, for a small mistake, what differs from the instructor's answer.
"""

# ruff: noqa: F811

import math

import numpy as np
from numpy.linalg import LinAlgError

# -------------------------------------------------------------------------------------------------- exercise 1: ols


# %% ex1: means subtracted, normal equations, the intercept last | nothing
def ols(X, y):
    X, y = X.astype(float), y.astype(float)
    if X.ndim != 2 or y.ndim != 1 or X.shape[0] != y.shape[0]:
        raise ValueError
    n, p = X.shape
    if np.linalg.matrix_rank(np.hstack([np.ones((n, 1)), X])) != p + 1:
        raise ValueError
    centre = X.mean(axis=0)
    Z = X - centre
    slopes = np.linalg.solve(Z.T @ Z, Z.T @ (y - y.mean()))
    return np.concatenate([[y.mean() - centre @ slopes], slopes])


# %% ex1: a singular value decomposition | nothing
def ols(X, y):
    if np.ndim(X) != 2 or np.shape(y) != (np.shape(X)[0],):
        raise ValueError
    A = np.insert(np.array(X, dtype=float), 0, 1, axis=1)
    if A.shape[0] < A.shape[1]:
        raise ValueError
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    if s[-1] <= len(A) * np.finfo(float).eps * s[0]:
        raise ValueError
    return list(Vt.T @ (U.T @ np.array(y, dtype=float) / s))


# %% ex1: Gram-Schmidt and back substitution in plain loops | nothing
def ols(X, y):
    X, y = np.array(X, float), np.array(y, float)
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise ValueError
    A = np.c_[np.ones(len(X)), X]
    if np.linalg.matrix_rank(A) < A.shape[1]:
        raise ValueError
    p = A.shape[1]
    R, left, rest = np.eye(p), A.copy(), y.copy()
    c = np.zeros(p)
    for i in range(p):
        square = left[:, i] @ left[:, i]
        for j in range(i + 1, p):
            R[i, j] = left[:, i] @ left[:, j] / square
            left[:, j] -= R[i, j] * left[:, i]
        c[i] = left[:, i] @ rest / square
        rest -= c[i] * left[:, i]
    for i in reversed(range(p)):
        c[i] -= R[i, i + 1 :] @ c[i + 1 :]
    return c


# %% ex1: the normal equations as they stand | numerics 3
# - Q, R = np.linalg.qr(A)
# + A = A
# - np.linalg.solve(R, Q.T @ y)
# + np.linalg.solve(A.T @ A, A.T @ y)


# %% ex1: no intercept | values 3, numerics 3, errors 2
def ols(X, y):
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or y.shape != (len(X),) or np.linalg.matrix_rank(X) < X.shape[1]:
        raise ValueError
    Q, R = np.linalg.qr(X)
    return np.linalg.solve(R, Q.T @ y)


# %% ex1: the intercept last | values 3, numerics 3
# - [np.ones(len(X)), X]
# + [X, np.ones(len(X))]


# %% ex1: the intercept is the mean of y | values 3, numerics 3
# - return np.linalg.solve(R, Q.T @ y)
# + return np.concatenate([[y.mean()], np.linalg.solve(R, Q.T @ y)[1:]])


# %% ex1: one predictor only | values 3, numerics 3
def ols(X, y):
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or y.shape != (len(X),):
        raise ValueError
    if np.linalg.matrix_rank(np.column_stack([np.ones(len(X)), X])) <= X.shape[1]:
        raise ValueError
    x = X[:, 0] - X[:, 0].mean()
    slope = x @ (y - y.mean()) / (x @ x)
    return np.array([y.mean() - slope * X[:, 0].mean(), slope])


# %% ex1: each column on its own, as if the others did not exist | values 3, numerics 3
# - return np.linalg.solve(R, Q.T @ y)
# + Z = X - X.mean(axis=0)
# +     slopes = Z.T @ (y - y.mean()) / np.sum(Z**2, axis=0)
# +     return np.concatenate([[y.mean() - X.mean(axis=0) @ slopes], slopes])


# %% ex1: computes in the dtype of X | numerics 3
# - [np.ones(len(X)), X]
# + [np.ones(len(X), dtype=X.dtype), X]


# %% ex1: a little ridge, so that nothing is singular | values 3, numerics 3
# - return np.linalg.solve(R, Q.T @ y)
# + return np.linalg.solve(A.T @ A + 1e-6 * np.eye(A.shape[1]), A.T @ y)


# %% ex1: dependent columns let in | errors 2
# - np.linalg.matrix_rank(A) < A.shape[1]
# + False


# %% ex1: waits for solve to complain | errors 2
# - np.linalg.matrix_rank(A) < A.shape[1]
# + len(A) < A.shape[1]
# - return np.linalg.solve(R, Q.T @ y)
# + try:
# +         return np.linalg.solve(R, Q.T @ y)
# +     except LinAlgError:
# +         raise ValueError from None


# %% ex1: counts the rows only | errors 2
# - np.linalg.matrix_rank(A) < A.shape[1]
# + len(A) < A.shape[1]


# %% ex1: looks at the rank of X alone, so a constant column passes | errors 2
# - np.linalg.matrix_rank(A) < A.shape[1]
# + len(A) < A.shape[1] or np.linalg.matrix_rank(X) < X.shape[1]


# %% ex1: as many rows as coefficients is too few | values 3
# - np.linalg.matrix_rank(A) < A.shape[1]
# + len(A) <= A.shape[1] or np.linalg.matrix_rank(A) < A.shape[1]


# %% ex1: columns that nearly agree are refused | values 3, numerics 3
# - np.linalg.matrix_rank(A) < A.shape[1]
# + np.linalg.matrix_rank(A) < A.shape[1] or np.linalg.cond(A) > 1e3


# %% ex1: LinAlgError instead of ValueError for matrices that are singular | errors 2
# - raise ValueError("the columns
# + raise RuntimeError("the columns


# %% ex1: shapes are not compared | errors 2
# - X.ndim != 2 or y.shape != (len(X),)
# + False


# %% ex1: a column for y is let in | errors 2
# - y.shape != (len(X),)
# + len(np.atleast_1d(y)) != len(X)
# - Q.T @ y
# + Q.T @ y.squeeze()


# %% ex1: X is overwritten | values 3, numerics 3
# - A = np.column_stack([np.ones(len(X)), X])
# + if X.size and y.shape == (len(X),):
# +         m = X.mean(axis=0)
# +         X -= m
# +     A = np.column_stack([np.ones(len(X)), X])
# - return np.linalg.solve(R, Q.T @ y)
# + b = np.linalg.solve(R, Q.T @ y)
# +     b[0] -= m @ b[1:]
# +     return b


# %% ex1: returns None | values 3, numerics 3
# - return np.linalg.solve(R, Q.T @ y)
# + print(np.linalg.solve(R, Q.T @ y))


# %% ex1: always raises the error that is asked for | values 3, numerics 3, errors 2
def ols(X, y):
    raise ValueError


# -------------------------------------------------------------------------------------- exercise 2: standard_errors


# %% ex2: means subtracted, the intercept by its own formula | nothing
def standard_errors(X, y, beta):
    X, y, beta = X.astype(float), y.astype(float), beta.astype(float)
    if X.ndim != 2 or y.ndim != 1 or beta.ndim != 1 or len(y) != len(X) or len(beta) != X.shape[1] + 1:
        raise ValueError
    n, p = X.shape
    if n - p - 1 <= 0:
        raise ValueError
    centre = X.mean(axis=0)
    Z = X - centre
    inverse = np.linalg.inv(Z.T @ Z)
    residuals = y - beta[0] - X @ beta[1:]
    variance = np.sum(residuals**2) / (n - p - 1)
    return np.sqrt(variance * np.append(1 / n + centre @ inverse @ centre, np.diag(inverse)))


# %% ex2: the pseudo-inverse, a list | nothing
def standard_errors(X, y, beta):
    if np.ndim(X) != 2 or np.shape(y) != (len(X),) or np.shape(beta) != (np.shape(X)[1] + 1,):
        raise ValueError
    freedom = len(X) - len(beta)
    if freedom < 1:
        raise ValueError
    A = np.hstack([np.ones((len(X), 1)), X])
    rss = math.fsum((y - A @ beta) ** 2)
    return [math.sqrt(rss / freedom) * float(np.linalg.norm(row)) for row in np.linalg.pinv(A)]


# %% ex2: the inverse of the normal equations as they stand | numerics 2
# - R_inverse = np.linalg.inv(np.linalg.qr(A, mode="r"))
# + inverse = np.linalg.inv(A.T @ A)
# - np.sqrt(np.sum(R_inverse**2, axis=1))
# + np.sqrt(np.diag(inverse))


# %% ex2: divided by n | values 3, numerics 2
# - (n - p - 1))
# + n)


# %% ex2: divided by n - p | values 3, numerics 2
# - (n - p - 1))
# + (n - p))


# %% ex2: divided by n - 1 | values 3, numerics 2
# - (n - p - 1))
# + (n - 1))


# %% ex2: divided by n - 2, as with one predictor | values 3, numerics 2
# - (n - p - 1))
# + (n - 2))


# %% ex2: variances, not errors | values 3, numerics 2
# - return sigma * np.sqrt(np.sum(R_inverse**2, axis=1))
# + return sigma**2 * np.sum(R_inverse**2, axis=1)


# %% ex2: the columns of the inverse factor in place of its rows | values 3, numerics 2
# - axis=1
# + axis=0


# %% ex2: the inverse of the diagonal, not the diagonal of the inverse | values 3, numerics 2
# - np.sqrt(np.sum(R_inverse**2, axis=1))
# + 1 / np.sqrt(np.sum(A**2, axis=0))


# %% ex2: the whole covariance matrix | values 3, numerics 2
# - return sigma * np.sqrt(np.sum(R_inverse**2, axis=1))
# + return sigma**2 * R_inverse @ R_inverse.T


# %% ex2: without the noise | values 3, numerics 2
# - return sigma * np
# + return np


# %% ex2: the intercept left out | values 3, numerics 2
# - axis=1))
# + axis=1))[1:]


# %% ex2: the intercept last | values 3, numerics 2
# - [np.ones(n), X]
# + [X, np.ones(n)]


# %% ex2: the spread of y in place of the residuals | values 3, numerics 2
# - residuals = y - A @ beta
# + residuals = y - y.mean()


# %% ex2: computes in the dtype of the arguments | numerics 2
# - [np.ones(n), X]
# + [np.ones(n, dtype=X.dtype), X]


# %% ex2: nothing left over is let in | errors 2
# - n <= p + 1
# + False


# %% ex2: off by one in what is left over | errors 2
# - n <= p + 1
# + n < p + 1


# %% ex2: one more observation than needed is asked for | values 3, errors 2
# - n <= p + 1
# + n <= p + 2


# %% ex2: shapes are not compared | errors 2
# - X.ndim != 2 or y.shape != (len(X),) or beta.shape != (X.shape[1] + 1,)
# + X.ndim != 2


# %% ex2: the shape of y is not looked at | errors 2
# - y.shape != (len(X),) or
# +


# %% ex2: a wrong shape of beta is left for NumPy to refuse | nothing
# -  or beta.shape != (X.shape[1] + 1,)
# +


# %% ex2: beta is overwritten | values 3
# - return sigma * np.sqrt(np.sum(R_inverse**2, axis=1))
# + beta[:] = sigma * np.sqrt(np.sum(R_inverse**2, axis=1))
# +     return beta


# %% ex2: returns None | values 3, numerics 2
# - return sigma * np.sqrt
# + sigma * np.sqrt


# %% ex2: always raises the error that is asked for | values 3, numerics 2, errors 2
def standard_errors(X, y, beta):
    raise ValueError


# -------------------------------------------------------------------------------------------- exercise 3: r_squared


# %% ex3: lengths of vectors | nothing
def r_squared(y, y_hat):
    y, y_hat = y.astype(np.float64), y_hat.astype(np.float64)
    if y.shape != y_hat.shape or y.ndim != 1 or len(set(y.tolist())) < 2:
        raise ValueError
    return float(1 - (np.linalg.norm(y - y_hat) / np.linalg.norm(y - np.mean(y))) ** 2)


# %% ex3: plain Python | nothing
def r_squared(y, y_hat):
    if np.ndim(y) != 1 or np.shape(y) != np.shape(y_hat):
        raise ValueError
    y, y_hat = [float(a) for a in y], [float(a) for a in y_hat]
    if min(y) == max(y):
        raise ValueError
    mean = math.fsum(y) / len(y)
    rss = math.fsum((a - b) ** 2 for a, b in zip(y, y_hat, strict=True))
    return 1 - rss / math.fsum((a - mean) ** 2 for a in y)


# %% ex3: the variance of y from NumPy | nothing
# - tss = np.sum((y - y.mean()) ** 2)
# + tss = len(y) * np.var(y)


# %% ex3: the square of the correlation | values 3, numerics 2
# - return 1 - rss / tss
# + return float(np.corrcoef(y, y_hat)[0, 1] ** 2)


# %% ex3: the variance of the residuals, which forgives a bias | values 3, numerics 2
# - np.sum((y - y_hat) ** 2)
# + len(y) * np.var(y - y_hat)


# %% ex3: explained over total | values 3, numerics 2
# - return 1 - rss / tss
# + return np.sum((y_hat - y.mean()) ** 2) / tss


# %% ex3: the share that is not explained | values 3, numerics 2
# - return 1 - rss / tss
# + return rss / tss


# %% ex3: the spread of the predictions below | values 3, numerics 2
# - tss = np.sum((y - y.mean()) ** 2)
# + tss = np.sum((y_hat - y_hat.mean()) ** 2)


# %% ex3: y and the predictions exchanged | values 3, numerics 2, errors 1
# - def r_squared(y, y_hat):
# + def r_squared(y_hat, y):


# %% ex3: the mean not subtracted | values 3, numerics 2
# - (y - y.mean()) ** 2
# + y**2


# %% ex3: n - 1 below, n above | values 3, numerics 2
# - return 1 - rss / tss
# + return 1 - np.mean((y - y_hat) ** 2) / np.var(y, ddof=1)


# %% ex3: never below 0 | values 3, numerics 2
# - return 1 - rss / tss
# + return max(0.0, 1 - rss / tss)


# %% ex3: the median for the mean | values 3, numerics 2
# - y.mean()
# + np.median(y)


# %% ex3: sizes, not squares | values 3, numerics 2
# - np.sum((y - y_hat) ** 2)
# + np.sum(np.abs(y - y_hat))
# - np.sum((y - y.mean()) ** 2)
# + np.sum(np.abs(y - y.mean()))


# %% ex3: squares first, subtracted later | numerics 2
# - np.sum((y - y.mean()) ** 2)
# + np.sum(y**2) - len(y) * y.mean() ** 2


# %% ex3: computes in the dtype of the arguments | numerics 2
# - np.asarray(y, dtype=float)
# + np.asarray(y)


# %% ex3: something tiny added below, against division by 0 | numerics 2
# - rss / tss
# + rss / (tss + 1e-12)


# %% ex3: a constant y gives nan | errors 1
# - np.all(y == y[0])
# + False


# %% ex3: a constant y has R² 0 | errors 1
# - raise ValueError("no two entries of y differ: there is nothing to explain")
# + return 0.0


# %% ex3: asks TSS whether y is constant | errors 1
# - if np.all(y == y[0]):
# + if np.sum((y - y.mean()) ** 2) == 0:


# %% ex3: shapes are not compared | errors 1
# - y.ndim != 1 or y_hat.shape != y.shape
# + False


# %% ex3: matrices are let in | errors 1
# - y.ndim != 1 or y_hat.shape != y.shape
# + y_hat.shape != y.shape
# - y == y[0]
# + y == y.flat[0]


# %% ex3: y is overwritten | values 3
# - tss = np.sum((y - y.mean()) ** 2)
# + y -= y.mean(); tss = np.sum(y ** 2)


# %% ex3: an array with one entry | values 3
# - return 1 - rss / tss
# + return np.array([1 - rss / tss])


# %% ex3: returns None | values 3, numerics 2
# - return 1 - rss / tss
# + print(1 - rss / tss)


# %% ex3: always raises the error that is asked for | values 3, numerics 2, errors 1
def r_squared(y, y_hat):
    raise ValueError


# ----------------------------------------------------------------------------------------- exercise 4: dummy_encode


# %% ex4: lists of lists in plain Python | nothing
def dummy_encode(values, baseline=None):
    if np.ndim(values) != 1 or len(values) == 0:
        raise ValueError
    values = values.tolist()
    levels = sorted(set(values))
    if baseline is None:
        baseline = levels[0]
    if baseline not in levels:
        raise ValueError
    levels.remove(baseline)
    return np.array([[int(value == level) for level in levels] for value in values]).reshape(len(values), len(levels))


# %% ex4: rows of an identity matrix, one column deleted | nothing
def dummy_encode(values, baseline=None):
    if values.ndim != 1 or values.size == 0:
        raise ValueError("shape")
    levels, codes = np.unique(values, return_inverse=True)
    if baseline is None:
        left_out = 0
    else:
        places = np.flatnonzero(levels == baseline)
        if len(places) != 1:
            raise ValueError("no such level")
        left_out = places[0]
    return np.delete(np.eye(len(levels))[codes], left_out, axis=1)


# %% ex4: a boolean array | nothing
# - (values[:, np.newaxis] == columns).astype(float)
# + values[:, np.newaxis] == columns


# %% ex4: no column left out | first 3, chosen 2
# - levels[levels != baseline]
# + levels


# %% ex4: the last level left out | first 3
# - baseline = levels[0]
# + baseline = levels[-1]


# %% ex4: the first level left out, whatever the baseline | chosen 2
# - levels[levels != baseline]
# + levels[1:]


# %% ex4: levels in the order in which they occur | first 3, chosen 2
# - levels = np.unique(values)
# + levels = np.array(list(dict.fromkeys(values.tolist())))


# %% ex4: columns in the order in which levels occur, the baseline sorted | first 3, chosen 2
# - columns = levels[levels != baseline]
# + columns = np.array([level for level in dict.fromkeys(values.tolist()) if level != baseline], dtype=values.dtype)


# %% ex4: the most frequent level left out | first 3
# - baseline = levels[0]
# + baseline = max(levels, key=lambda level: np.sum(values == level))


# %% ex4: numbers sorted as strings | first 3, chosen 2
# - levels = np.unique(values)
# + levels = np.array(sorted(set(values.tolist()), key=str))


# %% ex4: strings sorted without regard to case | first 3
# - levels = np.unique(values)
# + levels = np.array(sorted(set(values.tolist()), key=lambda v: str(v).lower() if isinstance(v, str) else v))


# %% ex4: 0 and the empty string taken for no baseline | chosen 2, errors 2
# - baseline is None
# + not baseline


# %% ex4: one column with the number of the level | first 3, chosen 2
# - return (values[:, np.newaxis] == columns).astype(float)
# + return np.searchsorted(levels, values).reshape(-1, 1)


# %% ex4: levels in rows | first 3, chosen 2
# - .astype(float)
# + .astype(float).T


# %% ex4: -1 in the rows of the baseline | first 3, chosen 2
# - return (values[:, np.newaxis] == columns).astype(float)
# + return (values[:, np.newaxis] == columns) - 1.0 * (values == baseline)[:, np.newaxis]


# %% ex4: zeros and ones exchanged | first 3, chosen 2
# - values[:, np.newaxis] == columns
# + values[:, np.newaxis] != columns


# %% ex4: the baseline moved to the front, then the second level left out | chosen 2
# - columns = levels[levels != baseline]
# + columns = np.delete(levels, min(1, len(levels) - 1) if baseline != levels[0] else 0)


# %% ex4: integers up to the largest, whether they occur or not | first 3, chosen 2
# - levels = np.unique(values)
# + levels = np.unique(values) if values.dtype.kind == "U" else np.arange(values.min(), int(values.max()) + 1)


# %% ex4: a single level is refused | first 3, chosen 2
# - len(values) == 0
# + len(np.unique(values)) < 2


# %% ex4: a column of ones in front | first 3, chosen 2
# - return (values[:, np.newaxis] == columns).astype(float)
# + return np.column_stack([np.ones(len(values)), values[:, np.newaxis] == columns])


# %% ex4: a baseline that does not occur leaves out nothing | errors 2
# - baseline not in levels
# + False


# %% ex4: KeyError for a baseline that does not occur | errors 2
# - raise ValueError(f"the baseline
# + raise KeyError(f"the baseline


# %% ex4: the baseline looked for inside the strings | errors 2
# - baseline not in levels
# + str(baseline) not in " ".join(str(level) for level in levels)


# %% ex4: an integer baseline is taken for a position | chosen 2, errors 2
# - if baseline not in levels:
# + if isinstance(baseline, int) and 0 <= baseline < len(levels):
# +         baseline = levels[baseline]
# +     if baseline not in levels:


# %% ex4: shapes are not looked at | errors 2
# - values.ndim != 1 or len(values) == 0
# + False
# - levels = np.unique(values)
# + values = values.ravel()
# +     levels = np.unique(values)


# %% ex4: no values at all are let in | errors 2
# - values.ndim != 1 or len(values) == 0
# + values.ndim != 1
# - baseline = levels[0]
# + baseline = levels[0] if len(levels) else 0
# - baseline not in levels
# + len(levels) and baseline not in levels


# %% ex4: values are sorted in place | first 3, chosen 2
# - levels = np.unique(values)
# + values.sort(); levels = np.unique(values)


# %% ex4: returns None | first 3, chosen 2
# - return (values
# + print((values
# - .astype(float)
# + .astype(float))


# %% ex4: always raises the error that is asked for | first 3, chosen 2, errors 2
def dummy_encode(values, baseline=None):
    raise ValueError


# ------------------------------------------------------------------------------------ exercise 5: forward_selection


# %% ex5: fits by QR after centring | nothing
def forward_selection(X, y, k):
    X, y = X.astype(float), y.astype(float)
    if X.ndim != 2 or y.shape != X.shape[:1] or k < 0 or k > X.shape[1]:
        raise ValueError
    X, y = X - X.mean(axis=0), y - y.mean()
    chosen, remaining = [], list(range(X.shape[1]))
    while len(chosen) < k:
        scores = []
        for j in remaining:
            U, s, _ = np.linalg.svd(
                X[:, [*chosen, j]] / (np.linalg.norm(X[:, [*chosen, j]], axis=0)), full_matrices=False
            )
            U = U[:, s > 1e-10 * s[0]]
            scores.append(np.sum((y - U @ (U.T @ y)) ** 2))
        limit = min(scores) + 1e-9 * (y @ y)
        chosen.append(next(j for j, score in zip(remaining, scores, strict=True) if score <= limit))
        remaining.remove(chosen[-1])
    return np.array(chosen, dtype=int)


# %% ex5: an array of scores, infinite for what is chosen | nothing
def forward_selection(X, y, k):
    if np.ndim(X) != 2 or np.shape(y) != (np.shape(X)[0],) or k not in range(np.shape(X)[1] + 1):
        raise ValueError
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    order = []
    for _ in range(k):
        rss = np.full(X.shape[1], np.inf)
        for j in set(range(X.shape[1])) - set(order):
            A = np.insert(X[:, [*order, j]], 0, 1, axis=1)
            rss[j] = np.linalg.norm(y - A @ (np.linalg.pinv(A) @ y)) ** 2
        order.append(int(np.argmax(rss <= rss.min() + 1e-9 * len(y) * np.var(y))))
    return order


# %% ex5: each column freed from those before it, so that no fit is needed | nothing
def forward_selection(X, y, k):
    if np.ndim(X) != 2 or np.shape(y) != (len(X),) or k < 0 or k > len(X[0]):
        raise ValueError
    Z = X - np.mean(X, axis=0, dtype=float)
    sizes = np.linalg.norm(Z, axis=0)
    rest = y - np.mean(y, dtype=float)
    tolerance = 1e-9 * (rest @ rest)
    order = []
    for _ in range(k):
        lengths = np.linalg.norm(Z, axis=0)
        fresh = lengths > 1e-9 * sizes
        gain = np.where(fresh, (rest @ Z / np.where(fresh, lengths, 1)) ** 2, 0)
        gain[order] = -np.inf
        j = int(np.flatnonzero(gain >= gain.max() - tolerance)[0])
        order.append(j)
        if fresh[j]:
            q = Z[:, j] / lengths[j]
            rest = rest - q * (q @ rest)
            for _ in range(2):
                Z = Z - np.outer(q, q @ Z)
    return order


# %% ex5: the smallest RSS without regard to ties | ties 2
# - best = min(rss.values()) + 1e-9 * tss
# + best = min(rss.values())


# %% ex5: a tie goes to the highest index | ties 2
# - min(j for j in rss
# + max(j for j in rss


# %% ex5: ties within a thousandth | order 4, ties 2
# - 1e-9
# + 1e-3


# %% ex5: ties as a share of the smallest RSS | ties 2
# - min(rss.values()) + 1e-9 * tss
# + min(rss.values()) * (1 + 1e-9)


# %% ex5: ties in absolute numbers | order 4, ties 2
# - 1e-9 * tss
# + 1e-2


# %% ex5: no intercept | order 4, ties 2
# - np.column_stack([np.ones(len(X)), X[:, [*chosen, j]]])
# + X[:, [*chosen, j]]


# %% ex5: each column alone, ranked once | order 4, ties 2
# - X[:, [*chosen, j]]
# + X[:, [j]]


# %% ex5: the residuals of the step before, fitted with the new column alone | order 4, ties 2
def forward_selection(X, y, k):
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or y.shape != (len(X),) or not 0 <= k <= X.shape[1]:
        raise ValueError
    rest, tss, chosen = y - y.mean(), np.sum((y - y.mean()) ** 2), []
    for _ in range(k):
        fits = {}
        for j in range(X.shape[1]):
            if j not in chosen:
                z = X[:, j] - X[:, j].mean()
                fits[j] = rest - (z @ rest) / (z @ z) * z
        best = min(fit @ fit for fit in fits.values()) + 1e-9 * tss
        chosen.append(min(j for j in fits if fits[j] @ fits[j] <= best))
        rest = fits[chosen[-1]]
    return chosen


# %% ex5: backward selection | order 4, ties 2
def forward_selection(X, y, k):
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or y.shape != (len(X),) or not 0 <= k <= X.shape[1]:
        raise ValueError
    left = list(range(X.shape[1]))
    while len(left) > k:
        rss = []
        for j in left:
            A = np.column_stack([np.ones(len(X)), X[:, [i for i in left if i != j]]])
            rss.append(np.sum((y - A @ np.linalg.lstsq(A, y, rcond=None)[0]) ** 2))
        left.pop(int(np.argmin(rss)))
    return left


# %% ex5: the best subset of k columns | order 4, ties 2
def forward_selection(X, y, k):
    from itertools import combinations

    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or y.shape != (len(X),) or not 0 <= k <= X.shape[1]:
        raise ValueError

    def rss(columns):
        A = np.column_stack([np.ones(len(X)), X[:, list(columns)]])
        return np.sum((y - A @ np.linalg.lstsq(A, y, rcond=None)[0]) ** 2)

    return list(min(combinations(range(X.shape[1]), k), key=rss))


# %% ex5: the largest RSS | order 4, ties 2
# - best = min(rss.values()) + 1e-9 * tss
# + best = max(rss.values()) - 1e-9 * tss
# - rss[j] <= best
# + rss[j] >= best


# %% ex5: a column may be chosen twice | ties 2
# - if j not in chosen:
# + if True:


# %% ex5: the chosen columns in sorted order | order 4, ties 2
# - return chosen
# + return sorted(chosen)


# %% ex5: in the reverse order | order 4, ties 2
# - return chosen
# + return chosen[::-1]


# %% ex5: columns counted from 1 | order 4, ties 2
# - return chosen
# + return [j + 1 for j in chosen]


# %% ex5: one truth value per column | order 4, ties 2
# - return chosen
# + return [j in chosen for j in range(X.shape[1])]


# %% ex5: always two columns | order 4, ties 2
# - range(k)
# + range(min(2, X.shape[1]))


# %% ex5: RSS as lstsq reports it, which is empty for dependent columns | ties 2
# - residuals = y - A @ np.linalg.lstsq(A, y, rcond=None)[0]
# + reported = np.linalg.lstsq(A, y, rcond=None)[1]
# - residuals @ residuals
# + float(reported[0]) if len(reported) else np.inf


# %% ex5: normal equations, singular for dependent columns | ties 2
# - np.linalg.lstsq(A, y, rcond=None)[0]
# + np.linalg.inv(A.T @ A) @ (A.T @ y)


# %% ex5: stops when nothing is gained any more | ties 2
# - best = min(rss.values()) + 1e-9 * tss
# + best = min(rss.values()) + 1e-9 * tss
# +         if chosen and last - min(rss.values()) <= 1e-9 * tss:
# +             break
# +         last = min(rss.values())


# %% ex5: computes in float32 | order 4, ties 2
# - y = np.asarray(y, dtype=float)
# + X, y = np.asarray(X, dtype=np.float32), np.asarray(y, dtype=np.float32)


# %% ex5: k is not looked at | errors 2
# - not 0 <= k <= X.shape[1]
# + False
# - range(k)
# + range(min(k, X.shape[1]))


# %% ex5: a negative k is let in | errors 2
# - not 0 <= k <= X.shape[1]
# + k > X.shape[1]


# %% ex5: k = 0 is refused | order 4
# - 0 <= k
# + 1 <= k


# %% ex5: k = p is refused | order 4, ties 2, errors 2
# - k <= X.shape[1]
# + k < X.shape[1]


# %% ex5: shapes are not compared | errors 2
# - X.ndim != 2 or y.shape != (len(X),)
# + False


# %% ex5: shapes are looked at by lstsq alone | errors 2
# - X.ndim != 2 or y.shape != (len(X),)
# + X.ndim != 2 or y.ndim != 1


# %% ex5: y is centred in place | order 4
# - tss = np.sum((y - y.mean()) ** 2)
# + y -= y.mean(); tss = y @ y


# %% ex5: returns None | order 4, ties 2
# - return chosen
# + print(chosen)


# %% ex5: always raises the error that is asked for | order 4, ties 2, errors 2
def forward_selection(X, y, k):
    raise ValueError


# ----------------------------------------------------------------------------------------- exercise 6: logistic_nll


# %% ex6: log1p of the exponential of minus the size | nothing
def logistic_nll(X, y, beta):
    if (
        X.ndim != 2
        or y.ndim != 1
        or len(y) != len(X)
        or beta.shape != (1 + X.shape[1],)
        or not set(y.tolist()) <= {0, 1}
    ):
        raise ValueError
    z = np.insert(X.astype(float), 0, 1, axis=1) @ beta.astype(float)
    m = np.where(y == 1, z, -z)
    return float(np.sum(np.log1p(np.exp(-np.abs(m))) + np.maximum(-m, 0)) / len(y))


# %% ex6: a loop, one branch for each sign | nothing
def logistic_nll(X, y, beta):
    if np.ndim(X) != 2 or np.shape(y) != (len(X),) or np.shape(beta) != (len(X[0]) + 1,):
        raise ValueError
    total = 0.0
    for row, label in zip(X.tolist(), y.tolist(), strict=True):
        if label not in (0, 1):
            raise ValueError
        margin = float(beta[0]) + sum(a * float(b) for a, b in zip(row, beta[1:], strict=True))
        if label == 0:
            margin = -margin
        total += math.log1p(math.exp(-margin)) if margin > 0 else math.log1p(math.exp(margin)) - margin
    return total / len(y)


# %% ex6: the sum, not the mean | values 3, range 3
# - np.mean
# + np.sum


# %% ex6: without the minus: the log-likelihood | values 3, range 3
# - return np.mean
# + return -np.mean


# %% ex6: the definition as it stands | range 3
# - return np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
# + p = 1 / (1 + np.exp(-z))
# +     return -np.mean(np.log(np.where(y == 1, p, 1 - p)))


# %% ex6: y log p + (1 - y) log(1 - p), nan for 0 times infinity | range 3
# - return np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
# + p = 1 / (1 + np.exp(-z))
# +     return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% ex6: probabilities clipped to 1e-15 | range 3
# - return np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
# + p = np.clip(1 / (1 + np.exp(-z)), 1e-15, 1 - 1e-15)
# +     return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% ex6: logits clipped to 500 | range 3
# - np.where(y == 1, -z, z)
# + np.clip(np.where(y == 1, -z, z), -500, 500)


# %% ex6: log(1 + e^z) - y z, which cancels | range 3
# - return np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
# + return np.mean(np.logaddexp(0, z) - y * z)


# %% ex6: no overflow, but log(1 + tiny) is 0 | range 3
# - return np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
# + m = np.where(y == 1, z, -z)
# +     return np.mean(np.log(1 + np.exp(-np.abs(m))) + np.maximum(-m, 0))


# %% ex6: log1p, but e^1000 overflows | range 3
# - np.logaddexp(0, np.where(y == 1, -z, z))
# + np.log1p(np.exp(np.where(y == 1, -z, z)))


# %% ex6: the classes exchanged | values 3, range 3
# - np.where(y == 1, -z, z)
# + np.where(y == 1, z, -z)


# %% ex6: the loss of the ones alone | values 3, range 3
# - np.logaddexp(0, np.where(y == 1, -z, z))
# + y * np.logaddexp(0, -z)


# %% ex6: the squared error of the probabilities | values 3, range 3
# - np.logaddexp(0, np.where(y == 1, -z, z))
# + (1 / (1 + np.exp(-z)) - y) ** 2


# %% ex6: the intercept left out | values 3, range 3
# - beta[0] + X @ beta[1:]
# + X @ beta[1:]


# %% ex6: the intercept last | values 3, range 3
# - beta[0] + X @ beta[1:]
# + beta[-1] + X @ beta[:-1]


# %% ex6: the base-2 logarithm | values 3, range 3
# - np.logaddexp(0, np.where(y == 1, -z, z))
# + np.logaddexp(0, np.where(y == 1, -z, z)) / np.log(2)


# %% ex6: labels of -1 and 1 asked for | values 3, range 3
# - np.where(y == 1, -z, z)
# + -y * z


# %% ex6: signs made in the dtype of the labels | values 3
# - X, y, beta = (np.asarray(a, dtype=float) for a in (X, y, beta))
# + X, beta = np.asarray(X, dtype=float), np.asarray(beta, dtype=float)
# - np.where(y == 1, -z, z)
# + (1 - 2 * y.astype(y.dtype if y.dtype != bool else int)) * z


# %% ex6: computes in the dtype of the arguments | values 3, range 3
# - (np.asarray(a, dtype=float) for a in (X, y, beta))
# + (np.asarray(a) for a in (X, y, beta))


# %% ex6: one loss per row | values 3, range 3
# - np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
# + np.logaddexp(0, np.where(y == 1, -z, z))


# %% ex6: labels are not looked at | errors 2
# - np.any((y != 0) & (y != 1))
# + False


# %% ex6: labels between 0 and 1 let in | errors 2
# - (y != 0) & (y != 1)
# + (y < 0) | (y > 1)


# %% ex6: negative labels let in | errors 2
# - (y != 0) & (y != 1)
# + y > 1


# %% ex6: both labels must occur | values 3, range 3
# - np.any((y != 0) & (y != 1))
# + set(y.tolist()) != {0, 1}


# %% ex6: shapes are not compared | errors 2
# - X.ndim != 2 or y.shape != (len(X),) or beta.shape != (X.shape[1] + 1,)
# + X.ndim != 2


# %% ex6: the shape of y is not looked at | errors 2
# - y.shape != (len(X),) or
# +


# %% ex6: AssertionError for wrong labels | errors 2
# - raise ValueError(f"y must
# + raise AssertionError(f"y must


# %% ex6: labels are overwritten | values 3
# - X, y, beta = (np.asarray(a, dtype=float) for a in (X, y, beta))
# + X, beta = np.asarray(X, dtype=float), np.asarray(beta, dtype=float)
# - return np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
# + loss = np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
# +     y[:] = 0
# +     return loss


# %% ex6: an array with one entry | values 3
# - return np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
# + return np.mean(np.logaddexp(0, np.where(y == 1, -z, z)), keepdims=True)


# %% ex6: returns None | values 3, range 3
# - return np.mean
# + np.mean


# %% ex6: always raises the error that is asked for | values 3, range 3, errors 2
def logistic_nll(X, y, beta):
    raise ValueError


# ------------------------------------------------------------------------------------ exercise 7: logistic_gradient


# %% ex7: two halves, a sigmoid for each sign | nothing
def logistic_gradient(X, y, beta):
    X, y, beta = X.astype(float), y.astype(float), beta.astype(float)
    if X.ndim != 2 or y.shape != X.shape[:1] or beta.shape != (X.shape[1] + 1,) or not np.isin(y, (0, 1)).all():
        raise ValueError
    z = beta[0] + X @ beta[1:]
    small = np.exp(-np.abs(z))
    error = np.where(z >= 0, 1, small) / (1 + small) - y
    return np.concatenate([[error.mean()], X.T @ error / len(y)])


# %% ex7: a loop over rows, clipped where it no longer matters | nothing
def logistic_gradient(X, y, beta):
    if np.ndim(X) != 2 or np.shape(y) != (len(X),) or np.shape(beta) != (np.shape(X)[1] + 1,):
        raise ValueError
    total = [0.0] * len(beta)
    for row, label in zip(X.tolist(), y.tolist(), strict=True):
        if label not in (0, 1):
            raise ValueError
        row = [1.0, *row]
        z = sum(a * b for a, b in zip(row, beta.tolist(), strict=True))
        error = 1 / (1 + math.exp(-max(-60.0, min(60.0, z)))) - label
        total = [t + error * a / len(y) for t, a in zip(total, row, strict=True)]
    return total


# %% ex7: the exponential overflows to infinity, and 1/infinity is 0 | nothing
# - (1 + np.tanh(A @ beta / 2)) / 2
# + 1 / (1 + np.exp(-(A @ beta)))


# %% ex7: e^z / (1 + e^z), nan for large logits | range 2
# - (1 + np.tanh(A @ beta / 2)) / 2
# + np.exp(A @ beta) / (1 + np.exp(A @ beta))


# %% ex7: the sum, not the mean | values 3, range 2
# - return A.T @ (p_hat - y) / len(X)
# + return A.T @ (p_hat - y)


# %% ex7: the other sign: uphill | values 3, range 2
# - p_hat - y
# + y - p_hat


# %% ex7: the gradient of the squared error | values 3, range 2
# - p_hat - y
# + 2 * (p_hat - y) * p_hat * (1 - p_hat)


# %% ex7: without the sigmoid: linear regression | values 3, range 2
# - (1 + np.tanh(A @ beta / 2)) / 2
# + A @ beta


# %% ex7: a class, not a probability: the perceptron | values 3, range 2
# - (1 + np.tanh(A @ beta / 2)) / 2
# + (A @ beta > 0) * 1.0


# %% ex7: tanh itself | values 3, range 2
# - (1 + np.tanh(A @ beta / 2)) / 2
# + np.tanh(A @ beta)


# %% ex7: the intercept has no gradient | values 3, range 2
# - return A.T @ (p_hat - y) / len(X)
# + return X.T @ (p_hat - y) / len(X)


# %% ex7: the gradient of the intercept is 0 | values 3, range 2
# - return A.T @ (p_hat - y) / len(X)
# + g = A.T @ (p_hat - y) / len(X)
# +     g[0] = 0
# +     return g


# %% ex7: the gradient of the intercept is a sum, the others are means | values 3, range 2
# - return A.T @ (p_hat - y) / len(X)
# + return np.append(np.sum(p_hat - y), X.T @ (p_hat - y) / len(X))


# %% ex7: the intercept last | values 3, range 2
# - [np.ones(len(X)), X]
# + [X, np.ones(len(X))]


# %% ex7: divided by the number of coefficients | values 3, range 2
# - (p_hat - y) / len(X)
# + (p_hat - y) / len(beta)


# %% ex7: one gradient per row | values 3, range 2
# - A.T @ (p_hat - y) / len(X)
# + A * (p_hat - y)[:, np.newaxis] / len(X)


# %% ex7: computes in the dtype of the arguments | values 3
# - [np.ones(len(X)), X]
# + [np.ones(len(X), dtype=X.dtype), X]
# - p_hat - y
# + p_hat - y.astype(int)


# %% ex7: the difference made in the dtype of the labels | values 3, range 2
# - (p_hat - y)
# + (p_hat.astype(np.uint8) - y)


# %% ex7: labels are not looked at | errors 2
# - np.any((y != 0) & (y != 1))
# + False


# %% ex7: labels between 0 and 1 let in | errors 2
# - (y != 0) & (y != 1)
# + (y < 0) | (y > 1)


# %% ex7: both labels must occur | values 3, range 2
# - np.any((y != 0) & (y != 1))
# + set(y.tolist()) != {0, 1}


# %% ex7: shapes are not compared | errors 2
# - X.ndim != 2 or y.shape != (len(X),) or beta.shape != (X.shape[1] + 1,)
# + X.ndim != 2


# %% ex7: the shape of y is not looked at | errors 2
# - y.shape != (len(X),) or
# +


# %% ex7: beta is overwritten by a step downhill | values 3
# - return A.T @ (p_hat - y) / len(X)
# + g = A.T @ (p_hat - y) / len(X)
# +     beta -= g
# +     return g


# %% ex7: returns None | values 3, range 2
# - return A.T
# + A.T


# %% ex7: always raises the error that is asked for | values 3, range 2, errors 2
def logistic_gradient(X, y, beta):
    raise ValueError


# ----------------------------------------------------------------------------------------- exercise 8: fit_logistic


# %% ex8: iteratively reweighted least squares | nothing
def fit_logistic(X, y, l2=0.0, max_iter=100):
    X, y = X.astype(float), y.astype(float)
    if X.ndim != 2 or y.shape != X.shape[:1] or not np.isin(y, [0, 1]).all() or l2 < 0 or max_iter < 0:
        raise ValueError
    n, p = X.shape
    A, D = np.hstack([np.ones((n, 1)), X]), np.diag([0.0] + [n * l2] * p)
    beta = np.zeros(p + 1)
    for _ in range(max_iter):
        z = A @ beta
        small = np.exp(-np.abs(z))
        chance = np.where(z > 0, 1, small) / (1 + small)
        if np.all(np.abs(A.T @ (chance - y) + D @ beta) <= 1e-8 * n):
            return beta
        weights = small / (1 + small) ** 2
        try:
            beta = np.linalg.solve(A.T @ (weights[:, None] * A) + D, A.T @ (weights * z - (chance - y)))
        except LinAlgError:
            return beta
    return beta


# %% ex8: while, an inverse, the other order of tests | nothing
def fit_logistic(X, y, l2=0.0, max_iter=100):
    if l2 < 0 or max_iter < 0 or np.ndim(X) != 2 or np.shape(y) != (len(X),) or set(y.tolist()) - {0, 1}:
        raise ValueError
    A = np.insert(np.array(X, dtype=float), 0, 1.0, axis=1)
    mask = np.arange(A.shape[1]) > 0
    beta = np.zeros(A.shape[1])
    steps = 0
    while steps < max_iter:
        q = 1 / (1 + np.exp(np.clip(-A @ beta, -600, 600)))
        g = np.mean(A * (q - y.astype(float))[:, None], axis=0) + l2 * mask * beta
        if np.linalg.norm(g, np.inf) <= 1e-8:
            break
        H = np.einsum("i,ij,ik->jk", q * (1 - q), A, A) / len(A) + l2 * np.diag(mask)
        try:
            step = np.linalg.inv(H) @ g
        except LinAlgError:
            break
        if not np.isfinite(step).all():
            break
        beta = beta - step
        steps += 1
    return beta.tolist()


# %% ex8: one loop over the rows after another | nothing
def fit_logistic(X, y, l2=0.0, max_iter=100):
    if np.ndim(X) != 2 or np.shape(y) != (len(X),) or not min(l2, max_iter) >= 0:
        raise ValueError
    labels = [float(label) for label in y]
    if any(label not in (0.0, 1.0) for label in labels):
        raise ValueError
    rows = [np.array([1.0, *row]) for row in X.tolist()]
    beta = np.zeros(len(rows[0]))
    price = l2 * np.array([0.0] + [1.0] * (len(beta) - 1))
    for _ in range(max_iter):
        gradient, hessian = price * beta, np.diag(price)
        for row, label in zip(rows, labels, strict=True):
            z = float(row @ beta)
            chance = 1 / (1 + math.exp(-z)) if z > -700 else 0.0
            gradient = gradient + (chance - label) * row / len(rows)
            hessian = hessian + chance * (1 - chance) * np.outer(row, row) / len(rows)
        if all(abs(entry) <= 1e-8 for entry in gradient):
            break
        try:
            beta = beta - np.linalg.solve(hessian, gradient)
        except LinAlgError:
            break
    return beta


# %% ex8: labels of -1 and 1 inside | nothing
# - p_hat = (1 + np.tanh(A @ beta / 2)) / 2
# + sign = 2.0 * y - 1
# +         wrong = 1 / (1 + np.exp(sign * (A @ beta)))
# +         p_hat = np.where(y == 1, 1 - wrong, wrong)


# %% ex8: the sum in place of the mean, throughout | steps 2, penalty 2, hard 2
# - gradient = A.T @ (p_hat - y) / len(X)
# + gradient = A.T @ (p_hat - y)
# - @ A / len(X)
# + @ A


# %% ex8: no answer where the curvature cannot be inverted well | penalty 2, hard 2
# - hessian = (A.T * (p_hat * (1 - p_hat))) @ A / len(X) + np.diag(penalty)
# + hessian = (A.T * (p_hat * (1 - p_hat))) @ A / len(X) + np.diag(penalty)
# +         if np.linalg.det(hessian) < 1e-12:
# +             raise ValueError


# %% ex8: gradient descent, which does not arrive | minimum 4, steps 2, penalty 2, hard 2
# - beta = beta - np.linalg.solve(hessian, gradient)
# + beta = beta - 0.1 * gradient


# %% ex8: uphill | minimum 4, steps 2, penalty 2, hard 2
# - beta = beta - np
# + beta = beta + np


# %% ex8: half a step | steps 2, hard 2
# - np.linalg.solve(hessian, gradient)
# + 0.5 * np.linalg.solve(hessian, gradient)


# %% ex8: the curvature of the start throughout | minimum 4, steps 2, penalty 2, hard 2
# - (p_hat * (1 - p_hat))
# + (0.25 + 0 * p_hat)


# %% ex8: the curvature without 1 - p | minimum 4, steps 2, penalty 2, hard 2
# - (p_hat * (1 - p_hat))
# + p_hat


# %% ex8: the curvature without the penalty | steps 2, penalty 2, hard 2
# -  + np.diag(penalty)
# +


# %% ex8: the gradient without the penalty | steps 2, penalty 2, hard 2
# -  + penalty * beta
# +


# %% ex8: no penalty at all | steps 2, penalty 2, hard 2
# - np.full(A.shape[1], float(l2))
# + np.zeros(A.shape[1])


# %% ex8: the intercept is penalised, too | steps 2, penalty 2, hard 2
# - penalty[0] = 0
# + pass


# %% ex8: the penalty without the half | steps 2, penalty 2, hard 2
# - float(l2))
# + 2 * float(l2))


# %% ex8: the penalty against the sum, not the mean | steps 2, penalty 2, hard 2
# - float(l2))
# + float(l2) / len(X))


# %% ex8: the curvature as a sum, the gradient as a mean | minimum 4, steps 2, penalty 2, hard 2
# - @ A / len(X) + np.diag
# + @ A + np.diag


# %% ex8: no intercept | minimum 4, steps 2, penalty 2, hard 2
# - np.column_stack([np.ones(len(X)), X])
# + X


# %% ex8: the intercept last | minimum 4, steps 2, penalty 2, hard 2
# - return beta
# + return np.roll(beta, -1)


# %% ex8: starts at ones | minimum 4, steps 2, penalty 2, hard 2
# - beta = np.zeros(A.shape[1])
# + beta = np.ones(A.shape[1])


# %% ex8: stops at 1e-3 | minimum 4, steps 2, penalty 2, hard 2
# - 1e-8
# + 1e-3


# %% ex8: never stops before max_iter | hard 2
# - np.max(np.abs(gradient)) <= 1e-8
# + False


# %% ex8: stops when the first entry of the gradient is 0 | minimum 4, steps 2, penalty 2, hard 2
# - np.max(np.abs(gradient))
# + abs(gradient[0])


# %% ex8: stops when the largest entry is small, whatever its sign | minimum 4, steps 2, penalty 2, hard 2
# - np.max(np.abs(gradient))
# + np.max(gradient)


# %% ex8: ten steps, whatever max_iter | steps 2, hard 2
# - range(max_iter)
# + range(10)


# %% ex8: one step too many | steps 2
# - range(max_iter)
# + range(max_iter + 1)


# %% ex8: one step too few | steps 2
# - range(max_iter)
# + range(max_iter - 1)


# %% ex8: a sigmoid that is nan for large logits | hard 2
# - (1 + np.tanh(A @ beta / 2)) / 2
# + np.exp(A @ beta) / (1 + np.exp(A @ beta))


# %% ex8: labels of 0 where they are 1 | minimum 4, steps 2, penalty 2, hard 2
# - p_hat - y
# + p_hat - (1 - y)


# %% ex8: ones in the dtype of X, which beta makes float64 | nothing
# - [np.ones(len(X)), X]
# + [np.ones(len(X), dtype=X.dtype), X]


# %% ex8: refuses classes that can be separated | hard 2
# - return beta
# + if l2 == 0 and max_iter > 9 and np.all((A @ beta > 0) == (y == 1)):
# +         raise ValueError
# +     return beta


# %% ex8: refuses labels that are all the same | hard 2
# - np.any((y != 0) & (y != 1))
# + set(y.tolist()) != {0, 1}


# %% ex8: labels are not looked at | errors 2
# - np.any((y != 0) & (y != 1))
# + False


# %% ex8: labels between 0 and 1 let in | errors 2
# - (y != 0) & (y != 1)
# + (y < 0) | (y > 1)


# %% ex8: a negative penalty let in | errors 2
# - l2 < 0 or max_iter < 0
# + max_iter < 0


# %% ex8: a penalty of 0 refused | minimum 4, steps 2, hard 2
# - l2 < 0
# + l2 <= 0


# %% ex8: a negative number of steps let in | errors 2
# - l2 < 0 or max_iter < 0
# + l2 < 0


# %% ex8: shapes are not compared | errors 2
# - X.ndim != 2 or y.shape != (len(X),)
# + X.ndim != 2


# %% ex8: X is centred in place | minimum 4, steps 2, penalty 2, hard 2
# - A = np.column_stack([np.ones(len(X)), X])
# + A = np.column_stack([np.ones(len(X)), X]); X -= X.mean(axis=0)


# %% ex8: returns None | minimum 4, steps 2, penalty 2, hard 2
# - return beta
# + print(beta)


# %% ex8: always raises the error that is asked for | minimum 4, steps 2, penalty 2, hard 2, errors 2
def fit_logistic(X, y, l2=0.0, max_iter=100):
    raise ValueError


# --------------------------------------------------------------------------- exercise 9: softmax_regression_gradient


# %% ex9: a loop over rows in plain Python | nothing
def softmax_regression_gradient(X, y, W):
    if np.ndim(X) != 2 or np.shape(y) != (len(X),) or np.ndim(W) != 2 or len(W) != np.shape(X)[1] + 1:
        raise ValueError
    K = W.shape[1]
    total = np.zeros(W.shape)
    for row, label in zip(X.tolist(), y.tolist(), strict=True):
        if label not in range(K):
            raise ValueError
        a = np.array([1.0, *row])
        z = a @ W.astype(float)
        odds = [math.exp(value - max(z)) for value in z]
        for k in range(K):
            total[:, k] += (odds[k] / sum(odds) - (label == k)) * a
    return (total / len(X)).tolist()


# %% ex9: the logarithm of the probabilities first | nothing
def softmax_regression_gradient(X, y, W):
    if X.ndim != 2 or y.ndim != 1 or W.ndim != 2 or W.shape[0] != X.shape[1] + 1 or y.shape[0] != X.shape[0]:
        raise ValueError
    if y.min() < 0 or y.max() >= W.shape[1]:
        raise ValueError
    Z = W[0].astype(float) + X.astype(float) @ W[1:].astype(float)
    P = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None])
    P[np.arange(len(y)), y] -= 1
    P = P / len(y)
    return np.vstack([P.sum(axis=0), X.T.astype(float) @ P])


# %% ex9: the exponentials as they stand | range 3
# - np.exp(Z - Z.max(axis=1, keepdims=True))
# + np.exp(Z)


# %% ex9: the largest of all subtracted | range 3
# - Z.max(axis=1, keepdims=True)
# + Z.max()


# %% ex9: the largest of each column subtracted | values 3, range 3
# - Z.max(axis=1, keepdims=True)
# + Z.max(axis=0, keepdims=True)


# %% ex9: the mean of each row subtracted | range 3
# - Z.max(axis=1, keepdims=True)
# + Z.mean(axis=1, keepdims=True)


# %% ex9: logits clipped to 500 | range 3
# - Z - Z.max(axis=1, keepdims=True)
# + np.clip(Z, -500, 500)


# %% ex9: columns made to sum to 1 | values 3, range 3
# - P.sum(axis=1, keepdims=True)
# + P.sum(axis=0, keepdims=True)


# %% ex9: everything together sums to 1 | values 3, range 3
# - P.sum(axis=1, keepdims=True)
# + P.sum()


# %% ex9: not divided by the sum | values 3, range 3
# - P /= P.sum(axis=1, keepdims=True)
# + pass


# %% ex9: a sigmoid for each class | values 3, range 3
# - P /= P.sum(axis=1, keepdims=True)
# + P = 1 / (1 + np.exp(-Z))


# %% ex9: the sum, not the mean | values 3, range 3
# - (P - Y) / len(X)
# + (P - Y)


# %% ex9: the other sign: uphill | values 3, range 3
# - P - Y
# + Y - P


# %% ex9: divided by all entries of Y | values 3, range 3
# - (P - Y) / len(X)
# + (P - Y) / Y.size


# %% ex9: the label's own column alone | values 3, range 3
# - P - Y
# + (P - Y) * Y


# %% ex9: the gradient of the squared error | values 3, range 3
# - P - Y
# + 2 * (P - Y) * P * (1 - P)


# %% ex9: as many classes as occur in y | values 3, range 3
# - np.arange(W.shape[1])
# + np.unique(y)


# %% ex9: classes counted from 1 | values 3, range 3
# - np.arange(W.shape[1])
# + np.arange(1, W.shape[1] + 1)


# %% ex9: one class per row | values 3, range 3
# - return A.T @ (P - Y) / len(X)
# + return (P - Y).T @ A / len(X)


# %% ex9: the intercepts in the last row | values 3, range 3
# - [np.ones(len(X)), X]
# + [X, np.ones(len(X))]


# %% ex9: the intercepts have no gradient | values 3, range 3
# - return A.T
# + return X.T


# %% ex9: computes in the dtype of the arguments | values 3
# - [np.ones(len(X)), X]
# + [np.ones(len(X), dtype=X.dtype), X]
# - P = np.exp(Z - Z.max(axis=1, keepdims=True))
# + P = np.exp((Z - Z.max(axis=1, keepdims=True)).astype(np.result_type(Z, np.float32)))


# %% ex9: a negative label counts from the end | errors 2
# - (y < 0) | (y >= W.shape[1])
# + y >= W.shape[1]
# - Y = y[:, np.newaxis] == np.arange(W.shape[1])
# + Y = np.eye(W.shape[1])[y]


# %% ex9: a label beyond the last class let in | errors 2
# - (y < 0) | (y >= W.shape[1])
# + y < 0


# %% ex9: a label one beyond the last class let in | errors 2
# - y >= W.shape[1])
# + y > W.shape[1])


# %% ex9: IndexError for a label beyond the last class | errors 2
# - raise ValueError(f"y must
# + raise IndexError(f"y must


# %% ex9: the last class refused | values 3, range 3, errors 2
# - y >= W.shape[1])
# + y >= W.shape[1] - 1)


# %% ex9: one class alone refused | values 3
# - W.ndim != 2
# + W.ndim != 2 or W.shape[1] < 2


# %% ex9: shapes are not compared | errors 2
# - X.ndim != 2 or y.shape != (len(X),) or W.ndim != 2 or len(W) != X.shape[1] + 1
# + X.ndim != 2 or W.ndim != 2


# %% ex9: the shape of y is not looked at | errors 2
# - y.shape != (len(X),) or
# +


# %% ex9: W is overwritten by a step downhill | values 3
# - return A.T @ (P - Y) / len(X)
# + G = A.T @ (P - Y) / len(X)
# +     W -= G
# +     return G


# %% ex9: returns None | values 3, range 3
# - return A.T
# + A.T


# %% ex9: always raises the error that is asked for | values 3, range 3, errors 2
def softmax_regression_gradient(X, y, W):
    raise ValueError
