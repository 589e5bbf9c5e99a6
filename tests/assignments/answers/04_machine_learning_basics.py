"""Answers to assignment 04, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or, for a small mistake, what differs from the instructor's answer.
"""

# ruff: noqa: F811

import heapq
import math
from collections import Counter

import numpy as np

# --------------------------------------------------------------------------------------------- exercise 1: knn_regress


# %% ex1: plain Python, point by point, sorted by distance and row | nothing
def knn_regress(X_train, y_train, X, k):
    if X_train.ndim != 2 or X.ndim != 2 or y_train.ndim != 1:
        raise ValueError("wrong number of axes")
    if len(X_train) != len(y_train) or X_train.shape[1] != X.shape[1] or k < 1 or k > len(y_train):
        raise ValueError("shapes or k do not fit")
    rows, targets = X_train.tolist(), y_train.tolist()
    result = []
    for point in X.tolist():
        order = sorted(range(len(rows)), key=lambda i, point=point: math.dist(point, rows[i]))
        result.append(math.fsum(targets[i] for i in order[:k]) / k)
    return result


# %% ex1: the k smallest from a heap | nothing
def knn_regress(X_train, y_train, X, k):
    X_train, X = np.array(X_train, dtype=float), np.array(X, dtype=float)
    if X_train.ndim != 2 or X.ndim != 2 or X.shape[1] != X_train.shape[1]:
        raise ValueError
    n = X_train.shape[0]
    if np.shape(y_train) != (n,) or k not in range(1, n + 1):
        raise ValueError
    out = np.zeros(len(X))
    for row, x in enumerate(X):
        distances = np.linalg.norm(X_train - x, axis=1)
        nearest = heapq.nsmallest(k, zip(distances, range(n), strict=True))
        out[row] = sum(float(y_train[i]) for _, i in nearest) / k
    return out


# %% ex1: np.lexsort by distance, then by row | nothing
def knn_regress(X_train, y_train, X, k):
    X_train, y_train, X = X_train.astype(np.float64), y_train.astype(np.float64), X.astype(np.float64)
    if not (X_train.ndim == X.ndim == 2 and y_train.ndim == 1):
        raise ValueError
    if len(X_train) != len(y_train) or X_train.shape[1] != X.shape[1] or not 0 < k <= len(y_train):
        raise ValueError
    predictions = np.empty(X.shape[0])
    for i in range(X.shape[0]):
        distance = np.sqrt(np.square(X_train - X[i]).sum(axis=1))
        predictions[i] = np.average(y_train[np.lexsort((np.arange(len(y_train)), distance))[:k]])
    return predictions


# %% ex1: np.argsort that is not stable | ties 2
# - , kind="stable"
# +


# %% ex1: np.argpartition, which knows no rows | ties 2
# - np.argsort(squared_distance, axis=1, kind="stable")[:, :k]
# + np.argpartition(squared_distance, k - 1, axis=1)[:, :k]


# %% ex1: later rows win | ties 2
# - np.argsort(squared_distance, axis=1, kind="stable")[:, :k]
# + len(X_train) - 1 - np.argsort(squared_distance[:, ::-1], axis=1, kind="stable")[:, :k]


# %% ex1: all that are as near as the k-th | ties 2
# - return y_train[nearest].mean(axis=1)
# + near = squared_distance <= np.take_along_axis(squared_distance, nearest, axis=1)[:, -1:]
# +     return near @ y_train / near.sum(axis=1)


# %% ex1: the smaller target wins | ties 2
# - nearest = np.argsort
# + X_train, y_train = X_train[np.argsort(y_train)], np.sort(y_train)
# +     squared_distance = np.sum((X[:, None, :] - X_train) ** 2, axis=2)
# +     nearest = np.argsort


# %% ex1: the squares multiplied out | numerics 2
# - np.sum((X[:, None, :] - X_train) ** 2, axis=2)
# + np.sum(X**2, axis=1)[:, None] - 2 * X @ X_train.T + np.sum(X_train**2, axis=1)


# %% ex1: distances rounded to 8 digits against ties that rounding makes | numerics 2
# - np.argsort(squared_distance
# + np.argsort(np.round(squared_distance, 8)


# %% ex1: computes in the dtype of the arguments | numerics 2
# - X_train, y_train, X = (np.asarray(array, dtype=float) for array in (X_train, y_train, X))
# + X_train, y_train, X = (np.asarray(array) for array in (X_train, y_train, X))


# %% ex1: computes in float32 | values 3, ties 2, numerics 2
# - dtype=float
# + dtype=np.float32


# %% ex1: the targets in their dtype | numerics 2
# - X_train, y_train, X = (np.asarray(array, dtype=float) for array in (X_train, y_train, X))
# + X_train, y_train, X = np.asarray(X_train, dtype=float), np.asarray(y_train), np.asarray(X, dtype=float)


# %% ex1: the sum of the sizes for a distance | values 3, ties 2, numerics 2
# - np.sum((X[:, None, :] - X_train) ** 2, axis=2)
# + np.sum(np.abs(X[:, None, :] - X_train), axis=2)


# %% ex1: the largest difference for a distance | values 3, ties 2, numerics 2
# - np.sum((X[:, None, :] - X_train) ** 2, axis=2)
# + np.max(np.abs(X[:, None, :] - X_train), axis=2)


# %% ex1: the first coordinate alone | values 3, ties 2, numerics 2
# - np.sum((X[:, None, :] - X_train) ** 2, axis=2)
# + (X[:, None, 0] - X_train[:, 0]) ** 2


# %% ex1: the sum of the targets | values 3, ties 2, numerics 2
# - .mean(axis=1)
# + .sum(axis=1)


# %% ex1: the median of the targets | values 3, ties 2, numerics 2
# - return y_train[nearest].mean(axis=1)
# + return np.median(y_train[nearest], axis=1)


# %% ex1: the nearest is taken for the point itself and left out | values 3, ties 2, numerics 2
# - [:, :k]
# + [:, min(1, len(X_train) - k) : k + 1]


# %% ex1: the farthest | values 3, ties 2, numerics 2
# - np.argsort(squared_distance
# + np.argsort(-squared_distance


# %% ex1: weighted by the inverse distance | values 3, ties 2, numerics 2
# - return y_train[nearest].mean(axis=1)
# + weight = 1 / (1e-9 + np.sqrt(np.take_along_axis(squared_distance, nearest, axis=1)))
# +     return np.sum(weight * y_train[nearest], axis=1) / weight.sum(axis=1)


# %% ex1: columns scaled first | values 3, ties 2, numerics 2
# - squared_distance = np.sum((X[:, None, :] - X_train) ** 2, axis=2)
# + squared_distance = np.sum(((X[:, None, :] - X_train) / (1e-12 + X_train.std(axis=0))) ** 2, axis=2)


# %% ex1: a column in the place of a vector | values 3, ties 2, numerics 2
# - .mean(axis=1)
# + .mean(axis=1, keepdims=True)


# %% ex1: fails without new points | values 3
# - return y_train[nearest].mean(axis=1)
# + return np.stack([y_train[row].mean() for row in nearest])


# %% ex1: one new point only | values 3, numerics 2, ties 2
# - return y_train[nearest].mean(axis=1)
# + return y_train[nearest[:1]].mean(axis=1)


# %% ex1: sorts the training data in place | values 3, ties 2, numerics 2
def knn_regress(X_train, y_train, X, k):
    if X_train.ndim != 2 or y_train.shape != X_train.shape[:1] or X.ndim != 2 or X.shape[1] != X_train.shape[1]:
        raise ValueError
    if not 1 <= k <= len(X_train):
        raise ValueError
    rows, targets = np.array(X_train, dtype=float), np.array(y_train, dtype=float)
    result = np.zeros(len(X))
    for i, x in enumerate(np.array(X, dtype=float)):
        order = np.argsort(((rows - x) ** 2).sum(axis=1), kind="stable")
        result[i] = targets[order[:k]].mean()
    y_train[:] = np.sort(y_train)
    return result


# %% ex1: k is not looked at | errors 2
# - not 1 <= k <= len(X_train)
# + False


# %% ex1: too large a k is cut down | errors 2
# - not 1 <= k <= len(X_train)
# + k < 1


# %% ex1: k = 0 is let in | errors 2
# - not 1 <= k
# + not 0 <= k


# %% ex1: k = n is refused | values 3, numerics 2, errors 2
# - k <= len(X_train)
# + k < len(X_train)


# %% ex1: shapes are not compared | errors 2
# - X_train.ndim != 2 or y_train.shape != X_train.shape[:1] or X.ndim != 2 or X.shape[1] != X_train.shape[1]
# + X_train.ndim != 2 or X.ndim != 2


# %% ex1: too many targets are let in | errors 2
# - y_train.shape != X_train.shape[:1]
# + len(y_train) < len(X_train)


# %% ex1: a single new point may be a vector | errors 2
# - X_train, y_train, X = (np.asarray(array, dtype=float) for array in (X_train, y_train, X))
# + X_train, y_train, X = (np.asarray(array, dtype=float) for array in (X_train, y_train, np.atleast_2d(X)))


# %% ex1: k is held against the new points | values 3, ties 2, numerics 2, errors 2
# - not 1 <= k <= len(X_train)
# + not 1 <= k <= len(X)


# %% ex1: returns None | values 3, ties 2, numerics 2
# - return y_train
# + result = y_train


# %% ex1: always raises the error that is asked for | values 3, ties 2, numerics 2, errors 2
def knn_regress(X_train, y_train, X, k):
    raise ValueError


# ------------------------------------------------------------------------------------------- exercise 2: kfold_indices


# %% ex2: pieces by hand, the rest by np.setdiff1d | nothing
def kfold_indices(n, k, rng):
    if k < 2 or k > n:
        raise ValueError("k must be from 2 to n")
    order = rng.permutation(n)
    sizes = np.full(k, n // k)
    sizes[: n % k] += 1
    ends = np.cumsum(sizes)
    folds = []
    for size, end in zip(sizes, ends, strict=True):
        validation = order[end - size : end]
        folds.append((np.setdiff1d(order, validation), validation))
    return folds


# %% ex2: masks and np.delete, pairs in lists | nothing
def kfold_indices(n, k, rng):
    if k not in range(2, n + 1):
        raise ValueError
    shuffled = rng.permutation(n)
    result, start = [], 0
    for i in range(k):
        stop = start + n // k + (1 if i < n % k else 0)
        result.append([np.delete(shuffled, slice(start, stop)), np.sort(shuffled[start:stop])])
        start = stop
    return result


# %% ex2: the fold of each place, with True and False | nothing
def kfold_indices(n, k, rng):
    if not (k >= 2 and n >= k):
        raise ValueError
    order = rng.permutation(n)
    fold = np.sort(np.arange(n) % k)
    return [(order[fold != i], order[fold == i]) for i in range(k)]


# %% ex2: not shuffled | shuffle 2
# - rng.permutation(n)
# + np.arange(n)


# %% ex2: a generator of its own | shuffle 2
# - rng.permutation(n)
# + np.random.default_rng(0).permutation(n)


# %% ex2: NumPy's global generator | shuffle 2
# - rng.permutation(n)
# + np.random.permutation(n)


# %% ex2: shuffled anew for each fold | partition 3, shuffle 2
def kfold_indices(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError
    folds = []
    for i in range(k):
        pieces = np.array_split(rng.permutation(n), k)
        folds.append((np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i]))
    return folds


# %% ex2: shuffled twice | shuffle 2
# - rng.permutation(n)
# + rng.permutation(rng.permutation(n))


# %% ex2: the generator is used once more | shuffle 2
# - pieces = np.array_split
# + rng.random()
# +     pieces = np.array_split


# %% ex2: every k-th index in place of consecutive pieces | shuffle 2
# - np.array_split(rng.permutation(n), k)
# + [*(lambda order: (order[i::k] for i in range(k)))(rng.permutation(n))]


# %% ex2: the longer pieces last | shuffle 2
# - np.array_split(rng.permutation(n), k)
# + [piece[::-1] for piece in np.array_split(rng.permutation(n)[::-1], k)][::-1]


# %% ex2: the pairs the other way round | shuffle 2
# - for i in range(k)]
# + for i in reversed(range(k))]


# %% ex2: all that is left over goes into the last piece | partition 3, shuffle 2
# - np.array_split(rng.permutation(n), k)
# + np.split(rng.permutation(n), n // k * np.arange(1, k))


# %% ex2: what is left over is dropped | partition 3, shuffle 2
# - np.array_split(rng.permutation(n), k)
# + np.split(rng.permutation(n)[: n - n % k], k)


# %% ex2: as long as possible, so that the last piece is short or empty | partition 3, shuffle 2
# - np.array_split(rng.permutation(n), k)
# + np.split(rng.permutation(n), [min(-(-n // k) * i, n) for i in range(1, k)])


# %% ex2: needs equal pieces | partition 3, shuffle 2
# - np.array_split
# + np.split


# %% ex2: validation and train exchanged | partition 3, shuffle 2
# - (np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i])
# + (pieces[i], np.concatenate(pieces[:i] + pieces[i + 1 :]))


# %% ex2: trains on everything | partition 3, shuffle 2
# - pieces[:i] + pieces[i + 1 :]
# + pieces


# %% ex2: trains only on the pieces before | partition 3, shuffle 2
# - pieces[:i] + pieces[i + 1 :]
# + pieces[:i] if i else pieces[1:]


# %% ex2: places in the order, not the indices themselves, to train on | partition 3, shuffle 2
# - np.concatenate(pieces[:i] + pieces[i + 1 :])
# + np.arange(n - len(pieces[i]))


# %% ex2: indices from 1 | partition 3, shuffle 2
# - rng.permutation(n)
# + 1 + rng.permutation(n)


# %% ex2: floats for indices | partition 3
# - rng.permutation(n)
# + rng.permutation(n).astype(float)


# %% ex2: masks in place of indices | partition 3, shuffle 2
# - (np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i])
# + (~np.isin(np.arange(n), pieces[i]), np.isin(np.arange(n), pieces[i]))


# %% ex2: the pieces alone | partition 3, shuffle 2
# - [(np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i]) for i in range(k)]
# + pieces


# %% ex2: the first pair alone | partition 3, shuffle 2
# - return [(np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i]) for i in range(k)]
# + return [(np.concatenate(pieces[1:]), pieces[0])]


# %% ex2: k is not looked at | errors 2
def kfold_indices(n, k, rng):
    order = rng.permutation(n)
    fold = np.sort(np.arange(n) % k) if k > 0 else order
    return [(order[fold != i], order[fold == i]) for i in range(k)]


# %% ex2: one fold is let in | errors 2
# - if not 2 <= k <= n
# + if k == 1: return [(rng.permutation(n)[:0], rng.permutation(n))]
# +     if not 2 <= k <= n


# %% ex2: more folds than samples are let in | errors 2
# - if not 2 <= k <= n
# + if not 2 <= k


# %% ex2: as many folds as samples are refused | partition 3, shuffle 2, errors 2
# - k <= n
# + k < n


# %% ex2: two folds are refused | partition 3, shuffle 2, errors 2
# - 2 <= k
# + 2 < k


# %% ex2: returns None | partition 3, shuffle 2
# - return [
# + folds = [


# %% ex2: always raises the error that is asked for | partition 3, shuffle 2, errors 2
def kfold_indices(n, k, rng):
    raise ValueError


# ------------------------------------------------------------------------------------------- exercise 3: cross_val_mse


# %% ex3: sums in plain Python | nothing
def cross_val_mse(X, y, fit, predict, folds):
    if np.ndim(y) != 1 or len(X) != len(y) or not folds:
        raise ValueError("targets or folds do not fit")
    total = 0.0
    for train, validation in folds:
        predictions = predict(fit(X[train], y[train]), X[validation])
        if np.shape(predictions) != np.shape(validation):
            raise ValueError("predictions do not fit")
        pairs = zip(predictions, y[validation], strict=True)
        total += math.fsum((float(a) - float(b)) ** 2 for a, b in pairs) / len(validation)
    return total / len(folds)


# %% ex3: all models first, then all predictions | nothing
def cross_val_mse(X, y, fit, predict, folds):
    X, y = np.array(X), np.array(y, dtype=float)
    if y.shape != (X.shape[0],):
        raise ValueError
    if len(folds) < 1:
        raise ValueError
    models = [fit(X[train], y[train]) for train, _ in folds]
    scores = np.zeros(len(folds))
    for i, (model, (_, validation)) in enumerate(zip(models, folds, strict=True)):
        residual = np.array(predict(model, X[validation]), dtype=float)
        if residual.ndim != 1 or residual.size != validation.size:
            raise ValueError
        residual -= y[validation]
        scores[i] = residual @ residual / residual.size
    return scores.mean()


# %% ex3: np.take along the first axis | nothing
def cross_val_mse(X, y, fit, predict, folds):
    if y.ndim != 1 or X.shape[0] != y.shape[0] or len(folds) == 0:
        raise ValueError
    errors = []
    for train, validation in folds:
        model = fit(np.take(X, train, axis=0), np.take(y, train))
        predicted, wanted = predict(model, np.take(X, validation, axis=0)), np.take(y, validation).astype(float)
        if predicted.shape != wanted.shape:
            raise ValueError
        errors.append(np.average((wanted - predicted.astype(float)) ** 2))
    return sum(errors) / len(errors)


# %% ex3: every sample counts the same, not every fold | values 3, calls 2
# - errors.append(np.mean((y[validation] - predictions) ** 2))
# + errors.extend((y[validation] - predictions) ** 2)


# %% ex3: the sum over the samples of a fold | values 3, calls 2
# - errors.append(np.mean(
# + errors.append(np.sum(


# %% ex3: the sum over the folds | values 3, calls 2
# - float(np.mean(errors))
# + float(np.sum(errors))


# %% ex3: the error of the last fold | values 3, calls 2
# - float(np.mean(errors))
# + float(errors[-1])


# %% ex3: the error of each fold | values 3, calls 2
# - float(np.mean(errors))
# + np.array(errors)


# %% ex3: the smallest error | values 3, calls 2
# - float(np.mean(errors))
# + float(np.min(errors))


# %% ex3: the median of the errors | values 3, calls 2
# - float(np.mean(errors))
# + float(np.median(errors))


# %% ex3: the root of the mean | values 3, calls 2
# - float(np.mean(errors))
# + float(np.sqrt(np.mean(errors)))


# %% ex3: the mean of the roots | values 3, calls 2
# - errors.append(np.mean((y[validation] - predictions) ** 2))
# + errors.append(np.sqrt(np.mean((y[validation] - predictions) ** 2)))


# %% ex3: the mean size of the errors | values 3, calls 2
# - np.mean((y[validation] - predictions) ** 2)
# + np.mean(np.abs(y[validation] - predictions))


# %% ex3: divided by one less | values 3, calls 2
# - np.mean((y[validation] - predictions) ** 2)
# + np.sum((y[validation] - predictions) ** 2) / max(len(validation) - 1, 1)


# %% ex3: trained on everything | values 3, calls 2
# - fit(X[train], y[train])
# + fit(X, y)


# %% ex3: trained once, before the folds | values 3, calls 2
# - errors = []
# + errors, model = [], fit(X[folds[0][0]], y[folds[0][0]])
# - model = fit(X[train], y[train])
# +


# %% ex3: measured on the samples that trained | values 3, calls 2
# - model = fit(X[train], y[train])
# + model = fit(X[train], y[train])
# +         validation = train


# %% ex3: the two sets exchanged | values 3, calls 2
# - for train, validation in folds
# + for validation, train in folds


# %% ex3: trained on all that does not validate | calls 2
# - model = fit(X[train], y[train])
# + train = np.setdiff1d(np.arange(len(y)), validation)
# +         model = fit(X[train], y[train])


# %% ex3: indices made sets and sorted | calls 2
# - model = fit(X[train], y[train])
# + train, validation = np.unique(train), np.unique(validation)
# +         model = fit(X[train], y[train])


# %% ex3: fitted twice | calls 2
# - model = fit(X[train], y[train])
# + fit(X[train], y[train])
# +         model = fit(X[train], y[train])


# %% ex3: predicts sample by sample | calls 2, errors 2
# - np.asarray(predict(model, X[validation]), dtype=float)
# + np.array([float(np.ravel(predict(model, X[[i]]))[0]) for i in validation])


# %% ex3: predicts all samples and picks | values 3, calls 2, errors 2
# - predict(model, X[validation])
# + predict(model, X)[validation]


# %% ex3: a model must be true | values 3, calls 2
# - predictions = np.asarray
# + if not model: raise ValueError
# +         predictions = np.asarray


# %% ex3: a model is taken for an array of numbers | calls 2
# - predict(model, X[validation])
# + predict(np.asarray(model, dtype=float), X[validation])


# %% ex3: a model is taken for a prediction | values 3, calls 2, errors 2
# - np.asarray(predict(model, X[validation]), dtype=float)
# + np.full(len(validation), model, dtype=float)


# %% ex3: samples made a matrix | calls 2
# - model = fit(X[train], y[train])
# + model = fit(X[train].reshape(len(train), -1), y[train])


# %% ex3: computes in the dtype of the arguments | values 3
# - , dtype=float)
# + )


# %% ex3: computes in float32 | values 3
# - dtype=float
# + dtype=np.float32
# - y[validation] - predictions
# + y[validation].astype(np.float32) - predictions


# %% ex3: the targets are centred in place | values 3, calls 2
# - errors = []
# + errors = []
# +     y -= y.mean()


# %% ex3: no error for targets of another number | errors 2
# - y.shape != X.shape[:1]
# + False


# %% ex3: no error for targets in a column | errors 2
# - y.shape != X.shape[:1]
# + len(y) != len(X)
# - y[validation] - predictions
# + y.ravel()[:len(X)][validation] - predictions


# %% ex3: more targets than samples are let in | errors 2
# - y.shape != X.shape[:1]
# + y.ndim != 1 or len(y) < len(X)


# %% ex3: nan for no folds | errors 2
# - raise ValueError("there are no folds to take the mean over")
# + return float("nan")


# %% ex3: the shape of predictions is not looked at | errors 2
# - predictions.shape != (len(validation),)
# + False


# %% ex3: a column of predictions is made flat | errors 2
# - dtype=float)
# + dtype=float).ravel()


# %% ex3: only the number of predictions is looked at | errors 2
# - predictions.shape != (len(validation),)
# + predictions.size != len(validation)


# %% ex3: only the length of the predictions is looked at | errors 2
# - predictions.shape != (len(validation),)
# + predictions.ndim == 0 or len(predictions) != len(validation)


# %% ex3: returns None | values 3, calls 2
# - return float
# + result = float


# %% ex3: always raises the error that is asked for | values 3, calls 2, errors 2
def cross_val_mse(X, y, fit, predict, folds):
    raise ValueError


# --------------------------------------------------------------------------------------------- exercise 4: best_degree


# %% ex4: np.polyfit after shifting and scaling by hand | nothing
def best_degree(x, y, degrees, folds, tol=1e-9):
    if not degrees or any(degree < 0 for degree in degrees):
        raise ValueError("bad degrees")
    x = x.astype(float)
    y = y.astype(float)
    if min(len(set(x[train])) for train, _ in folds) < max(degrees) + 1:
        raise ValueError("too few different x")
    t = (x - x.min()) / (x.max() - x.min()) * 2 - 1 if x.max() > x.min() else 0 * x
    scores = []
    for degree in sorted(degrees):
        score = 0
        for train, validation in folds:
            coefficients = np.polyfit(t[train], y[train], degree)
            score += np.mean((np.polyval(coefficients, t[validation]) - y[validation]) ** 2) / len(folds)
        scores.append((degree, score))
    limit = min(score for _, score in scores) + tol
    return next(degree for degree, score in scores if score <= limit)


# %% ex4: np.linalg.lstsq on the powers of standardised x | nothing
def best_degree(x, y, degrees, folds, tol=1e-9):
    degrees = np.sort(np.array(degrees, dtype=int))
    if degrees.size == 0 or degrees[0] < 0:
        raise ValueError
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    t = (x - x.mean()) / np.abs(x - x.mean()).max()
    errors = np.zeros((len(folds), degrees.size))
    for i, (train, validation) in enumerate(folds):
        if np.unique(x[train]).size <= degrees[-1]:
            raise ValueError
        for j, degree in enumerate(degrees):
            powers = np.vander(t, degree + 1)
            weights = np.linalg.lstsq(powers[train], y[train], rcond=None)[0]
            errors[i, j] = np.mean((y[validation] - powers[validation] @ weights) ** 2)
    means = errors.mean(axis=0)
    return degrees[np.argmax(means <= means.min() + tol)]


# %% ex4: Chebyshev polynomials | nothing
def best_degree(x, y, degrees, folds, tol=1e-9):
    if len(degrees) < 1 or sorted(degrees)[0] < 0:
        raise ValueError
    x, y = np.array(x, dtype=float), np.array(y, dtype=float)
    if any(np.unique(x[train]).size <= max(degrees) for train, _ in folds):
        raise ValueError

    def error(degree):
        total = []
        for train, validation in folds:
            series = np.polynomial.Chebyshev.fit(x[train], y[train], degree, domain=[x.min(), x.max()])
            total.append(np.square(series(x[validation]) - y[validation]).mean())
        return sum(total) / len(total)

    errors = {degree: error(degree) for degree in degrees}
    best = min(errors.values())
    return min(degree for degree in degrees if errors[degree] - best <= tol)


# %% ex4: np.polyfit on x as it stands | range 2
# - polynomial = np.polynomial.Polynomial.fit(x[train], y[train], degree)
# + polynomial = np.poly1d(np.polyfit(x[train], y[train], degree))


# %% ex4: the normal equations of the powers of x | range 2
# - polynomial = np.polynomial.Polynomial.fit(x[train], y[train], degree)
# + A = np.vander(x[train], degree + 1)
# +             polynomial = np.poly1d(np.linalg.pinv(A.T @ A) @ A.T @ y[train])


# %% ex4: shifted, not scaled, for np.linalg.lstsq | range 2
# - x, y = (np.asarray(array, dtype=float) for array in (x, y))
# + x, y = (np.asarray(array, dtype=float) for array in (x, y))
# +     x = x - x.mean()
# - polynomial = np.polynomial.Polynomial.fit(x[train], y[train], degree)
# + A = np.vander(x[train], degree + 1)
# +             polynomial = np.poly1d(np.linalg.lstsq(A, y[train], rcond=None)[0])


# %% ex4: scaled, not shifted | range 2
# - x, y = (np.asarray(array, dtype=float) for array in (x, y))
# + x, y = (np.asarray(array, dtype=float) for array in (x, y))
# +     x = x / np.abs(x).max()
# - polynomial = np.polynomial.Polynomial.fit(x[train], y[train], degree)
# + polynomial = np.poly1d(np.polyfit(x[train], y[train], degree))


# %% ex4: training and validation scaled each for itself | values 4, ties 2, range 2
# - polynomial(x[validation])
# + polynomial(np.interp(x[validation], (x[validation].min(), x[validation].max()), polynomial.domain))


# %% ex4: no tolerance | ties 2, range 2
# - min(error.values()) + tol
# + min(error.values())


# %% ex4: the tolerance is relative | ties 2, range 2
# - min(error.values()) + tol
# + min(error.values()) * (1 + tol)


# %% ex4: the tolerance is relative to the largest error | ties 2
# - min(error.values()) + tol
# + min(error.values()) + tol * max(error.values())


# %% ex4: tol is not looked at | values 4, ties 2, range 2
# - min(error.values()) + tol
# + min(error.values()) + 1e-9


# %% ex4: the first in the list in place of the smallest | ties 2
# - return min(degree for degree in degrees if
# + return next(degree for degree in degrees if


# %% ex4: the largest within the tolerance | values 4, ties 2, range 2
# - return min(degree for degree in degrees if
# + return max(degree for degree in degrees if


# %% ex4: the smallest error alone | values 4, ties 2, range 2
# - return min(degree for degree in degrees if error[degree] <= min(error.values()) + tol)
# + return min(error, key=lambda degree: (round(error[degree], 9), -degree))


# %% ex4: the place in the list in place of the degree | values 4, ties 2, range 2
# - return min(degree for degree in degrees if error[degree] <= min(error.values()) + tol)
# + return [*degrees].index(min(degree for degree in degrees if error[degree] <= min(error.values()) + tol))


# %% ex4: stops where the error rises for the first time | values 4, ties 2, range 2
# - return min(degree for degree in degrees if error[degree] <= min(error.values()) + tol)
# + ranked = sorted(degrees)
# +     for degree, larger in zip(ranked, ranked[1:]):
# +         if error[larger] >= error[degree] - tol:
# +             return degree
# +     return ranked[-1]


# %% ex4: the training error | values 4, ties 2
# - np.mean((y[validation] - polynomial(x[validation])) ** 2)
# + np.mean((y[train] - polynomial(x[train])) ** 2)


# %% ex4: trained on everything | values 4, ties 2
# - Polynomial.fit(x[train], y[train], degree)
# + Polynomial.fit(x, y, degree)


# %% ex4: the two sets exchanged | values 4, ties 2, range 2
# - for train, validation in folds:
# + for validation, train in folds:


# %% ex4: the first fold alone | values 4, ties 2, range 2
# - return np.mean(errors)
# + return errors[0]


# %% ex4: every sample counts the same, not every fold | values 4
# - errors.append(np.mean((y[validation] - polynomial(x[validation])) ** 2))
# + errors.extend((y[validation] - polynomial(x[validation])) ** 2)


# %% ex4: the sum of the folds' errors | ties 2
# - return np.mean(errors)
# + return np.sum(errors)


# %% ex4: the root of the error | ties 2
# - return np.mean(errors)
# + return np.sqrt(np.mean(errors))


# %% ex4: the mean size of the errors | values 4, ties 2
# - np.mean((y[validation] - polynomial(x[validation])) ** 2)
# + np.mean(np.abs(y[validation] - polynomial(x[validation])))


# %% ex4: one degree less | values 4, ties 2, range 2
# - y[train], degree)
# + y[train], max(degree - 1, 0))


# %% ex4: as many coefficients as the degree, no constant | values 4, ties 2, range 2
# - polynomial = np.polynomial.Polynomial.fit(x[train], y[train], degree)
# + polynomial = np.polynomial.Polynomial.fit(x[train], y[train], list(range(1, degree + 1)) or [0])


# %% ex4: the highest power alone | values 4, ties 2, range 2
# - y[train], degree)
# + y[train], sorted({0, degree}))


# %% ex4: a penalty for the degree | values 4, ties 2, range 2
# - return np.mean(errors)
# + return np.mean(errors) + degree * 0.02


# %% ex4: all degrees up to the largest | values 4, ties 2
# - error = {degree
# + degrees = range(max(degrees) + 1)
# +     error = {degree


# %% ex4: computes in the dtype of the arguments | values 4, range 2
# - np.asarray(array, dtype=float)
# + np.asarray(array)
# - polynomial = np.polynomial.Polynomial.fit(x[train], y[train], degree)
# + A = np.stack([x[train] ** j for j in range(degree, -1, -1)], axis=1)
# +             polynomial = np.poly1d(np.linalg.lstsq(A, y[train], rcond=None)[0])


# %% ex4: x is shifted and scaled in its own dtype | values 4
# - np.asarray(array, dtype=float)
# + array if array.dtype == np.float32 else array.astype(float)
# - for train, _ in folds:
# + x = (2 * x - x.min() - x.max()) / np.ptp(x)
# +     for train, _ in folds:
# - np.polynomial.Polynomial.fit(x[train], y[train], degree)
# + np.poly1d(np.polyfit(x[train], y[train], degree))


# %% ex4: x is scaled in place | values 4, ties 2
def best_degree(x, y, degrees, folds, tol=1e-9):
    if len(degrees) == 0 or min(degrees) < 0:
        raise ValueError
    if any(len(np.unique(x[train])) <= max(degrees) for train, _ in folds):
        raise ValueError
    x -= x.mean()
    x /= abs(x).max() / 2
    error = {}
    for degree in degrees:
        fits = [(np.polyfit(x[train], y[train], degree), validation) for train, validation in folds]
        error[degree] = np.mean([np.mean((y[v] - np.polyval(c, x[v])) ** 2) for c, v in fits])
    return min(degree for degree in degrees if error[degree] <= min(error.values()) + tol)


# %% ex4: no error for no degrees | errors 2
# - for train, _ in folds:
# + if len(degrees) == 0: return 0
# +     for train, _ in folds:


# %% ex4: negative degrees are left out | errors 2
# - for train, _ in folds:
# + degrees = [degree for degree in degrees if degree >= 0]
# +     for train, _ in folds:


# %% ex4: degree 0 is refused | values 4, ties 2, range 2, errors 2
# - 0 <= min(degrees)
# + 0 < min(degrees)


# %% ex4: training samples are not counted | errors 2
# - max(degrees) < len(np.unique(x[train]))
# + max(degrees)


# %% ex4: counts samples, not different ones | errors 2
# - len(np.unique(x[train]))
# + len(train)


# %% ex4: one training sample too few is let in | errors 2
# - < len(np.unique(x[train]))
# + <= len(np.unique(x[train]))


# %% ex4: one training sample more than needed is asked for | values 4, ties 2, errors 2
# - < len(np.unique(x[train]))
# + < len(np.unique(x[train])) - 1


# %% ex4: only the first fold is counted | errors 2
# - for train, _ in folds:
# + for train, _ in folds[:1]:


# %% ex4: counts for the smallest degree | errors 2
# - <= max(degrees) <
# + <


# %% ex4: the different x of all samples | errors 2
# - np.unique(x[train])
# + np.unique(x)


# %% ex4: returns None | values 4, ties 2, range 2
# - return min(degree
# + print(degree for degree in degrees); (degree


# %% ex4: always raises the error that is asked for | values 4, ties 2, range 2, errors 2
def best_degree(x, y, degrees, folds, tol=1e-9):
    raise ValueError


# ---------------------------------------------------------------------------------------- exercise 5: confusion_counts


# %% ex5: counted in a loop | nothing
def confusion_counts(y_true, y_pred):
    if np.ndim(y_true) != 1 or np.ndim(y_pred) != 1 or len(y_true) != len(y_pred):
        raise ValueError("shapes do not fit")
    tp = fp = fn = tn = 0
    for truth, answer in zip(y_true, y_pred, strict=True):
        if truth not in (0, 1) or answer not in (0, 1):
            raise ValueError("no label")
        if answer == 1:
            tp, fp = (tp + 1, fp) if truth == 1 else (tp, fp + 1)
        else:
            fn, tn = (fn + 1, tn) if truth == 1 else (fn, tn + 1)
    return tp, fp, fn, tn


# %% ex5: pairs in a Counter | nothing
def confusion_counts(y_true, y_pred):
    if y_true.ndim != 1 or y_pred.ndim != 1:
        raise ValueError
    cases = Counter(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    if not set(cases) <= {(a, b) for a in (0, 1) for b in (0, 1)}:
        raise ValueError
    return [cases[case] for case in ((1, 1), (0, 1), (1, 0), (0, 0))]


# %% ex5: products, subtracted from the totals, as NumPy numbers | nothing
def confusion_counts(y_true, y_pred):
    if y_true.shape != y_pred.shape or len(y_true.shape) != 1:
        raise ValueError
    a, b = y_true.astype(float), y_pred.astype(float)
    if not np.isin(a, [0, 1]).all() or not np.isin(b, [0, 1]).all():
        raise ValueError
    tp = np.count_nonzero(a * b)
    fp, fn = np.count_nonzero(b) - tp, np.count_nonzero(a) - tp
    return np.int64(tp), np.int64(fp), np.int64(fn), np.int64(len(a) - tp - fp - fn)


# %% ex5: fp and fn exchanged | values 3
# - (yes & said_yes, ~yes & said_yes, yes & ~said_yes, ~yes & ~said_yes)
# + (yes & said_yes, yes & ~said_yes, ~yes & said_yes, ~yes & ~said_yes)


# %% ex5: the order of scikit-learn | values 3
# - (yes & said_yes, ~yes & said_yes, yes & ~said_yes, ~yes & ~said_yes)
# + (~yes & ~said_yes, ~yes & said_yes, yes & ~said_yes, yes & said_yes)


# %% ex5: a matrix in place of four numbers | values 3
# - tuple(int(np.sum(case)) for case in cases)
# + np.reshape([np.sum(case) for case in cases], (2, 2))


# %% ex5: shares in place of counts | values 3
# - int(np.sum(case))
# + np.mean(case) if case.size else 0


# %% ex5: 0 taken for the positive class | values 3
# - y_true == 1, y_pred == 1
# + y_true == 0, y_pred == 0


# %% ex5: tp and tn together | values 3
# - cases = (yes & said_yes,
# + cases = (yes == said_yes,


# %% ex5: all that were called positive | values 3
# - ~yes & said_yes
# + said_yes


# %% ex5: all that are positive | values 3
# - , yes & ~said_yes
# + , yes


# %% ex5: fails for booleans | values 3
# - yes, said_yes = y_true == 1, y_pred == 1
# + y_true - y_pred
# +     yes, said_yes = y_true == 1, y_pred == 1


# %% ex5: works for integers alone | values 3
# - yes, said_yes = y_true == 1, y_pred == 1
# + y_true & y_pred
# +     yes, said_yes = y_true == 1, y_pred == 1


# %% ex5: added up in eight bits | values 3
# - int(np.sum(case))
# + int(np.sum(case, dtype=np.uint8))


# %% ex5: needs at least one sample | values 3
# - yes, said_yes = y_true == 1, y_pred == 1
# + y_true.max()
# +     yes, said_yes = y_true == 1, y_pred == 1


# %% ex5: needs both classes | values 3
# - yes, said_yes = y_true == 1, y_pred == 1
# + if len(np.unique(y_true)) < 2: raise ValueError
# +     yes, said_yes = y_true == 1, y_pred == 1


# %% ex5: arrays with one entry | values 3
# - int(np.sum(case))
# + np.sum(case, keepdims=True)


# %% ex5: counts in place | values 3
# - cases = (yes
# + y_true[:] = 0
# +     cases = (yes


# %% ex5: lengths are not compared | errors 2
# - y_pred.shape != y_true.shape
# + y_pred.ndim != 1
# - y_true == 1, y_pred == 1
# + y_true == 1, np.resize(y_pred, len(y_true)) == 1


# %% ex5: a shorter array is repeated by broadcasting | errors 2
# - y_true.ndim != 1 or y_pred.shape != y_true.shape
# + y_true.ndim != 1


# %% ex5: matrices are let in | errors 2
# - y_true.ndim != 1 or y_pred.shape != y_true.shape
# + y_pred.shape != y_true.shape


# %% ex5: labels are not looked at | errors 2
# - np.any((labels != 0) & (labels != 1))
# + False


# %% ex5: only the truth is looked at | errors 2
# - for labels in (y_true, y_pred)
# + for labels in (y_true,)


# %% ex5: only the answers are looked at | errors 2
# - for labels in (y_true, y_pred)
# + for labels in (y_pred,)


# %% ex5: everything from 0 to 1 is let in | errors 2
# - np.any((labels != 0) & (labels != 1))
# + np.any((labels < 0) | (labels > 1))


# %% ex5: everything that is not 0 is a yes | errors 2
# - np.any((labels != 0) & (labels != 1))
# + np.any(labels < 0)
# - y_true == 1, y_pred == 1
# + y_true != 0, y_pred != 0


# %% ex5: made integers before they are looked at | errors 2
# - if y_true.ndim != 1
# + y_true, y_pred = y_true.astype(int), y_pred.astype(int)
# +     if y_true.ndim != 1


# %% ex5: nearly 0 and nearly 1 are let in | errors 2
# - np.any((labels != 0) & (labels != 1))
# + not np.all(np.isclose(labels, 0) | np.isclose(labels, 1))


# %% ex5: two classes, whichever they are | errors 2
# - np.any((labels != 0) & (labels != 1))
# + len(np.unique(labels)) > 2


# %% ex5: returns None | values 3
# - return tuple
# + result = tuple


# %% ex5: always raises the error that is asked for | values 3, errors 2
def confusion_counts(y_true, y_pred):
    raise ValueError


# ------------------------------------------------------------------------------------- exercise 6: precision_recall_f1


# %% ex6: floats, and the harmonic mean | nothing
def precision_recall_f1(tp, fp, fn):
    tp, fp, fn = float(tp), float(fp), float(fn)
    if tp < 0 or fp < 0 or fn < 0:
        raise ValueError("negative count")
    if tp == 0:
        return 0, 0, 0
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, 2 * precision * recall / (precision + recall)


# %% ex6: exceptions for zeros | nothing
def precision_recall_f1(tp, fp, fn):
    counts = [int(count) for count in (tp, fp, fn)]
    if any(count < 0 for count in counts):
        raise ValueError
    tp, fp, fn = counts
    result = []
    for part, whole in ((tp, tp + fp), (tp, tp + fn), (2 * tp, 2 * tp + fp + fn)):
        try:
            result.append(part / whole)
        except ZeroDivisionError:
            result.append(0.0)
    return result


# %% ex6: NumPy, with at least 1 below the line | nothing
def precision_recall_f1(tp, fp, fn):
    tp, fp, fn = np.array([tp, fp, fn], dtype=np.int64)
    if (np.array([tp, fp, fn]) < 0).any():
        raise ValueError
    return np.array([tp, tp, 2 * tp]) / np.maximum([tp + fp, tp + fn, 2 * tp + fp + fn], 1)


# %% ex6: precision and recall exchanged | values 3, zeros 2
# - ratio(tp, tp + fp), ratio(tp, tp + fn)
# + ratio(tp, tp + fn), ratio(tp, tp + fp)


# %% ex6: the arithmetic mean | values 3, zeros 2
# - ratio(2 * tp, 2 * tp + fp + fn)
# + (ratio(tp, tp + fp) + ratio(tp, tp + fn)) / 2


# %% ex6: the geometric mean | values 3, zeros 2
# - ratio(2 * tp, 2 * tp + fp + fn)
# + (ratio(tp, tp + fp) * ratio(tp, tp + fn)) ** 0.5


# %% ex6: the harmonic mean without the 2 | values 3, zeros 2
# - ratio(2 * tp, 2 * tp + fp + fn)
# + ratio(tp, 2 * tp + fp + fn)


# %% ex6: Jaccard's index in place of F1 | values 3, zeros 2
# - ratio(2 * tp, 2 * tp + fp + fn)
# + ratio(tp, tp + fp + fn)


# %% ex6: fp in the place of tp + fp | values 3, zeros 2
# - ratio(tp, tp + fp),
# + ratio(tp, fp),


# %% ex6: percent | values 3, zeros 2
# - return part / whole
# + return 100 * part / whole


# %% ex6: whole numbers | values 3, zeros 2
# - part / whole
# + part // whole


# %% ex6: rounded to four digits | values 3, zeros 2
# - part / whole
# + round(part / whole, 4)


# %% ex6: a small number below the line | values 3, zeros 2
# - part / whole if whole > 0 else 0.0
# + part / (whole + 1e-6)


# %% ex6: two numbers | values 3, zeros 2
# - , ratio(2 * tp, 2 * tp + fp + fn)
# +


# %% ex6: arrays with one entry | values 3, zeros 2
# - part / whole if whole > 0 else 0.0
# + np.array([part / whole if whole > 0 else 0.0])


# %% ex6: computes in the dtype of the arguments | values 3
# - tp, fp, fn = int(tp), int(fp), int(fn)
# +


# %% ex6: computes in eight bits | values 3, zeros 2, errors 1
# - int(tp), int(fp), int(fn)
# + (int(np.int64(count) & 255) for count in (tp, fp, fn))


# %% ex6: divides by 0 | zeros 2
# -  if whole > 0 else 0.0
# +


# %% ex6: nan where the denominator is 0 | zeros 2
# - 0.0
# + float("nan")


# %% ex6: 1 where the denominator is 0 | zeros 2
# - 0.0
# + 1.0


# %% ex6: None where the denominator is 0 | zeros 2
# - 0.0
# + None


# %% ex6: an error where the denominator is 0 | zeros 2
# - return ratio(tp, tp + fp)
# + if not (tp + fp and tp + fn): raise ValueError
# +     return ratio(tp, tp + fp)


# %% ex6: the harmonic mean divides by 0 | zeros 2
# - ratio(2 * tp, 2 * tp + fp + fn)
# + 2 * ratio(tp, tp + fp) * ratio(tp, tp + fn) / (ratio(tp, tp + fp) + ratio(tp, tp + fn))


# %% ex6: precision is taken care of, recall is not | zeros 2
# - ratio(tp, tp + fn)
# + tp / (tp + fn)


# %% ex6: all three are 0 as soon as one of the counts is | values 3, zeros 2
# - return ratio(tp, tp + fp)
# + if 0 in (tp, fp, fn): return 0, 0, 0
# +     return ratio(tp, tp + fp)


# %% ex6: negative counts are not looked at | errors 1
# - min(tp, fp, fn) < 0
# + False


# %% ex6: only tp is looked at | errors 1
# - min(tp, fp, fn) < 0
# + tp < 0


# %% ex6: only the sum is looked at | errors 1
# - min(tp, fp, fn) < 0
# + tp + fp + fn < 0


# %% ex6: only the denominators are looked at | errors 1
# - min(tp, fp, fn) < 0
# + min(tp + fp, tp + fn) < 0


# %% ex6: an AssertionError in place of a ValueError | errors 1
# - raise ValueError
# + raise AssertionError


# %% ex6: counts of 0 are refused | values 3, zeros 2
# - min(tp, fp, fn) < 0
# + min(tp, fp, fn) <= 0


# %% ex6: returns None | values 3, zeros 2
# - return ratio(tp, tp + fp)
# + result = ratio(tp, tp + fp)


# %% ex6: always raises the error that is asked for | values 3, zeros 2, errors 1
def precision_recall_f1(tp, fp, fn):
    raise ValueError


# ----------------------------------------------------------------------------------------------- exercise 7: roc_curve


# %% ex7: threshold by threshold | nothing
def roc_curve(y_true, scores):
    if y_true.ndim != 1 or scores.ndim != 1 or len(y_true) != len(scores):
        raise ValueError("shapes do not fit")
    if any(label not in (0, 1) for label in y_true) or not 0 < np.count_nonzero(y_true) < len(y_true):
        raise ValueError("bad labels")
    scores = scores.astype(float)
    thresholds = [math.inf, *sorted(set(scores.tolist()), reverse=True)]
    fpr = [np.mean(scores[y_true == 0] >= t) for t in thresholds]
    tpr = [np.mean(scores[y_true == 1] >= t) for t in thresholds]
    return np.array(fpr), np.array(tpr), np.array(thresholds)


# %% ex7: np.unique and histograms, in a list | nothing
def roc_curve(y_true, scores):
    if y_true.shape != scores.shape or y_true.ndim != 1 or not np.isin(y_true, (0, 1)).all():
        raise ValueError
    positive = y_true.astype(bool)
    if positive.all() or not positive.any():
        raise ValueError
    levels, place = np.unique(scores.astype(np.float64), return_inverse=True)
    rates = []
    for chosen in (~positive, positive):
        count = np.bincount(place[chosen], minlength=len(levels))[::-1]
        rates.append(np.concatenate([[0], np.cumsum(count) / count.sum()]))
    return [*rates, np.concatenate([[np.inf], levels[::-1]])]


# %% ex7: np.searchsorted in the sorted scores of each class | nothing
def roc_curve(y_true, scores):
    y_true, scores = np.array(y_true, dtype=float), np.array(scores, dtype=float)
    if y_true.ndim != 1 or y_true.shape != scores.shape:
        raise ValueError
    if set(np.unique(y_true)) != {0.0, 1.0}:
        raise ValueError
    thresholds = np.r_[np.inf, np.unique(scores)[::-1]]
    negatives, positives = np.sort(scores[y_true == 0]), np.sort(scores[y_true == 1])
    fpr = 1 - np.searchsorted(negatives, thresholds) / len(negatives)
    tpr = 1 - np.searchsorted(positives, thresholds) / len(positives)
    return fpr, tpr, thresholds


# %% ex7: a point for each sample, equal scores or not | ties 4
# - np.append(scores[:-1] != scores[1:], True)
# + np.ones(len(scores), dtype=bool)


# %% ex7: the first of equal scores in place of the last | ties 4
# - np.append(scores[:-1] != scores[1:], True)
# + np.append(True, scores[:-1] != scores[1:])


# %% ex7: scores that differ by little are taken for equal | values 4, ties 4
# - scores[:-1] != scores[1:]
# + ~np.isclose(scores[:-1], scores[1:])


# %% ex7: scores rounded | values 4, ties 4
# - np.asarray(scores, dtype=float)
# + np.round(np.asarray(scores, dtype=float), 9)


# %% ex7: greater than the threshold in place of at least | values 4, ties 4
# - return np.append(0, fpr), np.append(0, tpr),
# + return np.append([0, 0], fpr[:-1]), np.append([0, 0], tpr[:-1]),


# %% ex7: fpr and tpr exchanged | values 4, ties 4
# - return np.append(0, fpr), np.append(0, tpr),
# + return np.append(0, tpr), np.append(0, fpr),


# %% ex7: thresholds from the smallest up | values 4, ties 4
# - return np.append(0, fpr), np.append(0, tpr), np.append(np.inf, scores[last_of_its_score])
# + return np.append(0, fpr)[::-1], np.append(0, tpr)[::-1], np.append(np.inf, scores[last_of_its_score])[::-1]


# %% ex7: without infinity | values 4, ties 4
# - return np.append(0, fpr), np.append(0, tpr), np.append(np.inf, scores[last_of_its_score])
# + return fpr, tpr, scores[last_of_its_score]


# %% ex7: the largest score plus 1 in place of infinity | values 4, ties 4
# - np.append(np.inf, scores
# + np.append(scores[0] + 1, scores


# %% ex7: one more point at the end, for minus infinity | values 4, ties 4
# - return np.append(0, fpr), np.append(0, tpr), np.append(np.inf, scores[last_of_its_score])
# + return np.r_[0, fpr, 1], np.r_[0, tpr, 1], np.r_[np.inf, scores[last_of_its_score], -np.inf]


# %% ex7: points on straight lines left out, as scikit-learn does | values 4, ties 4
# - return np.append(0, fpr), np.append(0, tpr), np.append(np.inf, scores[last_of_its_score])
# + a, b, c = np.append(0, fpr), np.append(0, tpr), np.append(np.inf, scores[last_of_its_score])
# +     keep = np.r_[True, (np.diff(a, 2) != 0) | (np.diff(b, 2) != 0), True]
# +     return a[keep], b[keep], c[keep]


# %% ex7: divided by all samples | values 4, ties 4
# - / np.sum(~positive)
# + / len(positive)
# - / np.sum(positive)
# + / len(positive)


# %% ex7: counts in place of rates | values 4, ties 4
# - / np.sum(~positive)
# +
# - / np.sum(positive)
# +


# %% ex7: precision in place of fpr | values 4, ties 4
# - np.cumsum(~positive)[last_of_its_score] / np.sum(~positive)
# + (np.cumsum(positive) / np.arange(1, len(positive) + 1))[last_of_its_score]


# %% ex7: one minus fpr | values 4, ties 4
# - return np.append(0, fpr)
# + return 1 - np.append(0, fpr)


# %% ex7: a low score is a yes | values 4, ties 4
# - np.argsort(-scores)
# + np.argsort(scores)


# %% ex7: a grid of a hundred thresholds | values 4, ties 4
# - order = np.argsort(-scores)
# + t = np.append(np.inf, np.linspace(scores.max(), scores.min(), 100))
# +     called = scores >= t[:, None]
# +     return called[:, y_true == 0].mean(axis=1), called[:, y_true == 1].mean(axis=1), t
# +     order = np.argsort(-scores)


# %% ex7: negated in the dtype of the scores | ties 4
# - np.argsort(-scores)
# + np.argsort(-raw)
# - y_true, scores = np.asarray(y_true), np.asarray(scores, dtype=float)
# + y_true, raw, scores = np.asarray(y_true), np.asarray(scores), np.asarray(scores, dtype=float)


# %% ex7: computes in the dtype of the scores | ties 4
# - np.asarray(scores, dtype=float)
# + np.asarray(scores)


# %% ex7: thresholds in the dtype of the scores | ties 4
# - np.append(np.inf, scores[last_of_its_score])
# + np.append(np.inf, scores[last_of_its_score]).astype(raw.dtype)
# - y_true, scores = np.asarray(y_true), np.asarray(scores, dtype=float)
# + y_true, raw, scores = np.asarray(y_true), np.asarray(scores), np.asarray(scores, dtype=float)


# %% ex7: added up in the dtype of the labels | ties 4
# - np.cumsum(positive)[last
# + np.cumsum(y_true[order], dtype=y_true.dtype)[last


# %% ex7: sorts the scores in place | values 4, ties 4
# - y_true, scores = np.asarray(y_true), np.asarray(scores, dtype=float)
# + raw, y_true, scores = scores, np.asarray(y_true), np.array(scores, dtype=float)
# - return np.append(0, fpr)
# + raw.sort()
# +     return np.append(0, fpr)


# %% ex7: shapes are not compared | errors 2
# - y_true.ndim != 1 or scores.shape != y_true.shape
# + False
# - order = np.argsort(-scores)
# + y_true, scores = y_true.ravel(), np.resize(scores, y_true.size)
# +     order = np.argsort(-scores)


# %% ex7: matrices are let in | errors 2
# - y_true.ndim != 1 or scores.shape != y_true.shape
# + scores.shape != y_true.shape
# - order = np.argsort(-scores)
# + y_true, scores = y_true.ravel(), scores.ravel()
# +     order = np.argsort(-scores)


# %% ex7: any two classes, of which the larger is positive | errors 2
# - set(y_true.tolist()) != {0, 1}
# + len(np.unique(y_true)) != 2
# - y_true[order] == 1
# + y_true[order] == y_true.max()


# %% ex7: other labels are negative | errors 2
# - set(y_true.tolist()) != {0, 1}
# + not {0, 1} <= set(y_true.tolist())


# %% ex7: labels are cut to integers | errors 2
# - set(y_true.tolist()) != {0, 1}
# + set(y_true.astype(int).ravel().tolist()) != {0, 1}


# %% ex7: one class alone gives nan | errors 2
# - set(y_true.tolist()) != {0, 1}
# + not set(y_true.tolist()) <= {0, 1}


# %% ex7: no negatives are let in | errors 2
# - set(y_true.tolist()) != {0, 1}
# + not set(y_true.tolist()) <= {0, 1} or 1 not in y_true


# %% ex7: no positives are let in | errors 2
# - set(y_true.tolist()) != {0, 1}
# + not set(y_true.tolist()) <= {0, 1} or 0 not in y_true


# %% ex7: two samples are refused | values 4, ties 4, errors 2
# - set(y_true.tolist()) != {0, 1}
# + set(y_true.tolist()) != {0, 1} or len(y_true) < 3


# %% ex7: returns None | values 4, ties 4
# - return np.append(0, fpr)
# + result = np.append(0, fpr)


# %% ex7: always raises the error that is asked for | values 4, ties 4, errors 2
def roc_curve(y_true, scores):
    raise ValueError


# ----------------------------------------------------------------------------------------------------- exercise 8: auc


# %% ex8: a loop over the points | nothing
def auc(fpr, tpr):
    if np.ndim(fpr) != 1 or np.ndim(tpr) != 1 or len(fpr) != len(tpr) or len(fpr) < 2:
        raise ValueError("shapes do not fit")
    area = 0.0
    for j in range(1, len(fpr)):
        width = float(fpr[j]) - float(fpr[j - 1])
        if width < 0:
            raise ValueError("fpr falls")
        area += width * (float(tpr[j]) + float(tpr[j - 1])) / 2
    return area


# %% ex8: rectangles from the left and from the right, halved | nothing
def auc(fpr, tpr):
    x, y = fpr.astype(float), tpr.astype(float)
    if x.shape != y.shape or x.ndim != 1 or x.size < 2 or (x[1:] < x[:-1]).any():
        raise ValueError
    return (np.dot(np.diff(x), y[1:]) + np.dot(np.diff(x), y[:-1])) / 2


# %% ex8: the shoelace formula | nothing
def auc(fpr, tpr):
    if fpr.ndim != 1 or fpr.shape != tpr.shape or len(fpr) < 2 or list(fpr) != sorted(fpr):
        raise ValueError
    x, y = np.array(fpr, dtype=float), np.array(tpr, dtype=float)
    x, y = np.r_[x, x[-1], x[0]], np.r_[y, 0, 0]
    return -0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)


# %% ex8: rectangles from the left | values 4
# - (tpr[:-1] + tpr[1:]) / 2
# + tpr[:-1]


# %% ex8: rectangles from the right | values 4
# - (tpr[:-1] + tpr[1:]) / 2
# + tpr[1:]


# %% ex8: the mean of tpr | values 4
# - np.sum(width * (tpr[:-1] + tpr[1:]) / 2)
# + np.mean(tpr)


# %% ex8: all steps of the same width | values 4
# - width * (tpr
# + width.mean() * (tpr


# %% ex8: not halved | values 4
# - (tpr[:-1] + tpr[1:]) / 2
# + (tpr[:-1] + tpr[1:])


# %% ex8: the area beside the curve | values 4
# - np.sum(width * (tpr[:-1] + tpr[1:]) / 2)
# + np.sum(np.diff(tpr) * (fpr[:-1] + fpr[1:]) / 2)


# %% ex8: the area above the diagonal | values 4
# - / 2))
# + / 2) - 0.5)


# %% ex8: never below one half | values 4
# - float(np.sum(width * (tpr[:-1] + tpr[1:]) / 2))
# + max(area := float(np.sum(width * (tpr[:-1] + tpr[1:]) / 2)), 1 - area)


# %% ex8: points with the same fpr made one | values 4
# - width = np.diff(fpr)
# + if np.all(np.diff(fpr) >= 0): fpr, first = np.unique(fpr, return_index=True); tpr = tpr[first]
# +     width = np.diff(fpr)


# %% ex8: sorted by tpr | values 4
# - width = np.diff(fpr)
# + tpr = np.sort(tpr)
# +     width = np.diff(fpr)


# %% ex8: continued to (0, 0) and (1, 1) | values 4
# - width = np.diff(fpr)
# + fpr, tpr = np.r_[0, fpr, 1], np.r_[0, tpr, 1]
# +     width = np.diff(fpr)


# %% ex8: divided by the width | values 4
# - / 2))
# + / 2) / np.sum(width))


# %% ex8: the trapezoids, not their sum | values 4
# - float(np.sum(width * (tpr[:-1] + tpr[1:]) / 2))
# + width * (tpr[:-1] + tpr[1:]) / 2


# %% ex8: the negative | values 4
# - return float
# + return -float


# %% ex8: an array with one entry | values 4
# - float(np.sum(width * (tpr[:-1] + tpr[1:]) / 2))
# + np.array([np.sum(width * (tpr[:-1] + tpr[1:]) / 2)])


# %% ex8: computes in float32 | values 4
# - fpr, tpr = np.asarray(fpr, dtype=float), np.asarray(tpr, dtype=float)
# + fpr, tpr = np.asarray(fpr, dtype=np.float32), np.asarray(tpr, dtype=np.float32)


# %% ex8: computes in the dtype of the arguments | values 4, errors 2
# - fpr, tpr = np.asarray(fpr, dtype=float), np.asarray(tpr, dtype=float)
# + fpr, tpr = np.asarray(fpr), np.asarray(tpr)


# %% ex8: tpr is added up in place | values 4
# - return float(
# + tpr[1:] += tpr[:-1].copy()
# +     tpr[1:] -= 0
# +     return float(
# - tpr[:-1] + tpr[1:]
# + tpr[1:]


# %% ex8: three points at least | values 4, errors 2
# - len(fpr) < 2
# + len(fpr) < 3


# %% ex8: fpr must rise | values 4, errors 2
# - np.any(width < 0)
# + np.any(width <= 0)


# %% ex8: curves from (0, 0) to (1, 1) only | values 4, errors 2
# - np.any(width < 0)
# + np.any(width < 0) or fpr[0] != 0 or fpr[-1] != 1


# %% ex8: tpr must not fall either | values 4
# - np.any(width < 0)
# + np.any(width < 0) or np.any(np.diff(tpr) < 0)


# %% ex8: one point is let in | errors 2
# - len(fpr) < 2
# + len(fpr) < 1


# %% ex8: shapes are not compared | errors 2
# - fpr.ndim != 1 or tpr.shape != fpr.shape or len(fpr) < 2
# + fpr.size < 2
# - return float
# + tpr = np.resize(tpr, fpr.shape)
# +     return float


# %% ex8: matrices are let in | errors 2
# - fpr.ndim != 1 or tpr.shape != fpr.shape or len(fpr) < 2
# + tpr.shape != fpr.shape or fpr.size < 2
# - width = np.diff(fpr)
# + fpr, tpr = fpr.ravel(), tpr.ravel()
# +     fpr = np.sort(fpr) if fpr.size == 4 and fpr[1] > fpr[2] and fpr[2] == 0 else fpr
# +     width = np.diff(fpr)


# %% ex8: an fpr that falls is let in | errors 2
# - np.any(width < 0)
# + False


# %% ex8: the area's size, whatever the direction | errors 2
# - np.any(width < 0)
# + False
# - return float(np.sum(width * (tpr[:-1] + tpr[1:]) / 2))
# + return abs(float(np.sum(width * (tpr[:-1] + tpr[1:]) / 2)))


# %% ex8: from right to left is fine as well | errors 2
# - np.any(width < 0)
# + np.any(width < 0) and np.any(width > 0)


# %% ex8: sorted first | errors 2
# - width = np.diff(fpr)
# + order = np.argsort(fpr, kind="stable")
# +     fpr, tpr = fpr[order], tpr[order]
# +     width = np.diff(fpr)


# %% ex8: only the ends are compared | errors 2
# - np.any(width < 0)
# + fpr[-1] < fpr[0]


# %% ex8: a little fall is let in | errors 2
# - np.any(width < 0)
# + np.any(width < -1e-3)


# %% ex8: returns None | values 4
# - return float
# + result = float


# %% ex8: always raises the error that is asked for | values 4, errors 2
def auc(fpr, tpr):
    raise ValueError


# ------------------------------------------------------------------------------------------- exercise 9: bias_variance


# %% ex9: NumPy's variance | nothing
def bias_variance(predictions, truth, noise_variance):
    if predictions.ndim != 2 or truth.ndim != 1 or predictions.shape[1] != len(truth) or noise_variance < 0:
        raise ValueError("shapes or noise do not fit")
    p, f = predictions.astype(float), truth.astype(float)
    bias = ((p.mean(axis=0) - f) ** 2).mean()
    variance = p.var(axis=0).mean()
    return bias, variance, bias + variance + noise_variance


# %% ex9: point by point in plain Python, in a list | nothing
def bias_variance(predictions, truth, noise_variance):
    if np.ndim(predictions) != 2 or np.shape(truth) != np.shape(predictions)[1:]:
        raise ValueError
    if not noise_variance >= 0:
        raise ValueError
    bias = variance = 0.0
    points = len(truth)
    for column, f in zip(predictions.T.tolist(), truth.tolist(), strict=True):
        average = math.fsum(column) / len(column)
        bias += (average - f) ** 2 / points
        variance += math.fsum((p - average) ** 2 for p in column) / len(column) / points
    return [bias, variance, bias + variance + noise_variance]


# %% ex9: the error first | nothing
def bias_variance(predictions, truth, noise_variance):
    p, f = np.array(predictions, dtype=float), np.array(truth, dtype=float)
    if p.ndim != 2 or f.shape != (p.shape[1],) or noise_variance < 0:
        raise ValueError
    residual = p - f
    bias = np.mean(np.mean(residual, axis=0) ** 2)
    spread = np.mean((residual - np.mean(residual, axis=0)) ** 2)
    return np.array([bias, spread, np.mean(residual**2) + noise_variance])


# %% ex9: the variance divided by one less | values 4, numerics 2
# - variance = np.mean((predictions - average) ** 2)
# + variance = np.sum((predictions - average) ** 2) / max(len(predictions) - 1, 1) / len(truth)


# %% ex9: the variance over everything | values 4, numerics 2
# - variance = np.mean((predictions - average) ** 2)
# + variance = np.mean((predictions - predictions.mean()) ** 2)


# %% ex9: the variance around the truth | values 4, numerics 2
# - variance = np.mean((predictions - average) ** 2)
# + variance = np.mean((predictions - truth) ** 2)


# %% ex9: the standard deviation | values 4, numerics 2
# - variance = np.mean((predictions - average) ** 2)
# + variance = np.mean(np.sqrt(np.mean((predictions - average) ** 2, axis=0)))


# %% ex9: the mean taken along the rows | values 4, numerics 2
# - average = predictions.mean(axis=0)
# + average = predictions.mean(axis=1)[:, None]


# %% ex9: one point per row | values 4, numerics 2, errors 2
# - if predictions.ndim
# + predictions = predictions.T
# +     if predictions.ndim


# %% ex9: the bias is not squared | values 4, numerics 2
# - np.mean((average - truth) ** 2)
# + np.mean(average - truth)


# %% ex9: the size of the bias | values 4, numerics 2
# - np.mean((average - truth) ** 2)
# + np.mean(np.abs(average - truth))


# %% ex9: the mean first, then the square | values 4, numerics 2
# - np.mean((average - truth) ** 2)
# + np.mean(average - truth) ** 2


# %% ex9: the mean squared error for the bias | values 4, numerics 2
# - np.mean((average - truth) ** 2)
# + np.mean((predictions - truth) ** 2)


# %% ex9: the median model | values 4, numerics 2
# - average = predictions.mean(axis=0)
# + average = np.median(predictions, axis=0)


# %% ex9: the sum over the points | values 4, numerics 2
# - np.mean((average - truth) ** 2)
# + np.sum((average - truth) ** 2)
# - np.mean((predictions - average) ** 2)
# + np.sum((predictions - average) ** 2) / len(predictions)


# %% ex9: point by point | values 4, numerics 2
# - np.mean((average - truth) ** 2)
# + (average - truth) ** 2
# - np.mean((predictions - average) ** 2)
# + np.mean((predictions - average) ** 2, axis=0)
# - float(bias_squared), float(variance), float(bias_squared + variance + noise_variance)
# + bias_squared, variance, bias_squared + variance + noise_variance


# %% ex9: the noise is squared | values 4
# - variance + noise_variance
# + variance + noise_variance**2


# %% ex9: the noise is left out | values 4
# - variance + noise_variance
# + variance


# %% ex9: the noise is in the variance, too | values 4
# - variance = np.mean((predictions - average) ** 2)
# + variance = np.mean((predictions - average) ** 2) + noise_variance


# %% ex9: the error is the bias plus the noise | values 4, numerics 2
# - float(bias_squared + variance + noise_variance)
# + float(bias_squared + noise_variance)


# %% ex9: variance first, bias second | values 4, numerics 2
# - float(bias_squared), float(variance),
# + float(variance), float(bias_squared),


# %% ex9: two numbers | values 4, numerics 2
# - , float(bias_squared + variance + noise_variance)
# +


# %% ex9: arrays with one entry | values 4, numerics 2
# - float(bias_squared), float(variance),
# + np.array([bias_squared]), np.array([variance]),


# %% ex9: the mean of the squares minus the square of the mean | numerics 2
# - np.mean((predictions - average) ** 2)
# + np.mean(predictions**2) - np.mean(average**2)


# %% ex9: the bias multiplied out | numerics 2
# - np.mean((average - truth) ** 2)
# + np.mean(average**2 - 2 * average * truth + truth**2)


# %% ex9: computes in the dtype of the arguments | numerics 2
# - predictions, truth = np.asarray(predictions, dtype=float), np.asarray(truth, dtype=float)
# + predictions, truth = np.asarray(predictions), np.asarray(truth)


# %% ex9: computes in float32 | values 4, numerics 2
# - predictions, truth = np.asarray(predictions, dtype=float), np.asarray(truth, dtype=float)
# + predictions, truth = np.asarray(predictions, dtype=np.float32), np.asarray(truth, dtype=np.float32)


# %% ex9: the differences in the dtype of the arguments | numerics 2
# - predictions, truth = np.asarray(predictions, dtype=float), np.asarray(truth, dtype=float)
# + raw = np.asarray(predictions) - np.asarray(truth) if np.ndim(predictions) == 2 == np.ndim(truth) + 1 else None
# +     predictions, truth = np.asarray(predictions, dtype=float), np.asarray(truth, dtype=float)
# - average - truth
# + raw.mean(axis=0)


# %% ex9: centred in place | values 4
# - variance = np.mean((predictions - average) ** 2)
# + predictions -= average
# +     variance = np.mean(predictions**2)


# %% ex9: one model is refused | values 4
# - noise_variance < 0
# + noise_variance < 0 or len(predictions) < 2


# %% ex9: no noise is refused | values 4, numerics 2, errors 2
# - noise_variance < 0
# + noise_variance <= 0


# %% ex9: shapes are not compared | errors 2
# - predictions.ndim != 2 or truth.shape != predictions.shape[1:]
# + False


# %% ex9: a truth for each prediction is let in | errors 2
# - truth.shape != predictions.shape[1:]
# + truth.shape[-1:] != predictions.shape[1:]


# %% ex9: one truth for all points is let in | errors 2
# - truth.shape != predictions.shape[1:]
# + truth.size not in (1, predictions.shape[1])


# %% ex9: a single model may be a vector | errors 2
# - np.asarray(predictions, dtype=float), np.asarray
# + np.atleast_2d(np.asarray(predictions, dtype=float)), np.asarray


# %% ex9: more than two axes are let in | errors 2
# - predictions.ndim != 2
# + predictions.ndim < 2


# %% ex9: a negative noise variance is let in | errors 2
# - noise_variance < 0
# + False


# %% ex9: a negative noise variance counts as 0 | errors 2
# - if noise_variance < 0:
# + noise_variance = max(noise_variance, 0)
# +     if noise_variance < 0:


# %% ex9: a slightly negative noise variance is let in | errors 2
# - noise_variance < 0
# + noise_variance < -1e-6


# %% ex9: returns None | values 4, numerics 2
# - return float
# + result = float


# %% ex9: always raises the error that is asked for | values 4, numerics 2, errors 2
def bias_variance(predictions, truth, noise_variance):
    raise ValueError
