"""Answers to assignment 07, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or, for a small mistake, what differs from the instructor's answer.
"""

# ruff: noqa: F811

import math

import numpy as np
from numpy.linalg import LinAlgError

# ------------------------------------------------------------------------------------ exercise 1: numerical_gradient


# %% ex1: flattened, one entry after the other, in copies | nothing
def numerical_gradient(f, x, h=1e-5):
    if h <= 0:
        raise ValueError("h")
    x = np.array(x, dtype=np.float64)
    quotients = []
    for i in range(x.size):
        up, down = x.copy(), x.copy()
        up.flat[i] += h
        down.flat[i] -= h
        quotients.append((f(up) - f(down)) / (2 * h))
    return np.array(quotients, dtype=float).reshape(x.shape)


# %% ex1: rows of the unit matrix as nudges | nothing
def numerical_gradient(f, x, h=1e-5):
    if not h > 0:
        raise ValueError
    x = x.astype(float)
    units = np.eye(x.size).reshape(x.size, *x.shape)
    rises = [float(f(x + h * e)) / (2 * h) - float(f(x - h * e)) / (2 * h) for e in units]
    return np.reshape(np.array(rises, dtype=float), x.shape)


# %% ex1: forward differences | vectors 3, shapes 3
# - (f(x + nudge) - f(x - nudge)) / (2 * h)
# + (f(x + nudge) - f(x)) / h


# %% ex1: backward differences | vectors 3, shapes 3
# - (f(x + nudge) - f(x - nudge)) / (2 * h)
# + (f(x) - f(x - nudge)) / h


# %% ex1: divides by h | vectors 3, shapes 3
# - (2 * h)
# + h


# %% ex1: precedence, halves and then multiplies | vectors 3, shapes 3
# - / (2 * h)
# + / 2 * h


# %% ex1: all entries nudged at once | vectors 3, shapes 3
# - nudge[i] = h
# + nudge[:] = h


# %% ex1: a nudge of its own, whatever h is | vectors 3
# - gradient = np.empty(x.shape)
# + gradient = np.empty(x.shape)
# +     h = 1e-5


# %% ex1: another default for h | vectors 3
# - h=1e-5
# + h=1e-3


# %% ex1: h relative to the size of x | vectors 3
# - nudge[i] = h
# + nudge[i] = h * max(1.0, abs(x[i]))
# - (2 * h)
# + (2 * h * max(1.0, abs(x[i])))


# %% ex1: the nudge stays | vectors 3, shapes 3
# - gradient = np.empty(x.shape)
# + gradient, nudge = np.empty(x.shape), np.zeros(x.shape)
# - nudge = np.zeros(x.shape)
# +


# %% ex1: works on x itself, in place | vectors 3, shapes 3
def numerical_gradient(f, x, h=1e-5):
    if not h > 0:
        raise ValueError
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        gradient[i] = (up - f(x)) / (2 * h)
    return gradient


# %% ex1: one copy for all calls | shapes 3
def numerical_gradient(f, x, h=1e-5):
    if not h > 0:
        raise ValueError
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        up = f(x)
        x[i] = kept - h
        gradient[i] = (up - f(x)) / (2 * h)
        x[i] = kept
    return gradient


# %% ex1: vectors only | shapes 3
def numerical_gradient(f, x, h=1e-5):
    if not h > 0:
        raise ValueError
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


# %% ex1: the gradient comes out flat | shapes 3
# - return gradient
# + return gradient.ravel()


# %% ex1: nudges in the dtype of x | shapes 3
# - np.empty(x.shape)
# + np.empty(x.shape, dtype=x.dtype)
# - nudge = np.zeros(x.shape)
# + nudge = np.zeros(x.shape, dtype=x.dtype)


# %% ex1: no error for h = 0 or below | errors 2
# - not h > 0
# + False


# %% ex1: h = 0 is let in | errors 2
# - not h > 0
# + h < 0


# %% ex1: the wrong error | errors 2
# - raise ValueError
# + raise RuntimeError


# %% ex1: small nudges refused | vectors 3, shapes 3, errors 2
# - not h > 0
# + not h > 1e-4


# %% ex1: returns None | vectors 3, shapes 3
# - return gradient
# + print(gradient)


# %% ex1: h <= 0, and the two sides in one array | nothing
def numerical_gradient(f, x, h=1e-5):
    if h <= 0:
        raise ValueError("h")
    x = np.asarray(x, dtype=float)
    slopes = np.zeros(x.shape)
    for place, entry in np.ndenumerate(x):
        sides = np.stack([x, x])
        sides[(0, *place)] = entry + h
        sides[(1, *place)] = entry - h
        slopes[place] = np.subtract(f(sides[0]), f(sides[1])) / (2 * h)
    return slopes


# %% ex1: asks f before it looks at h | errors 2
# - if not h > 0:
# + f(np.array(x, dtype=float))
# +     if not h > 0:


# %% ex1: a formula of higher order | vectors 3
# - gradient[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
# + coarse = (f(x + nudge) - f(x - nudge)) / (2 * h)
# +         fine = (f(x + nudge / 2) - f(x - nudge / 2)) / h
# +         gradient[i] = (4 * fine - coarse) / 3


# %% ex1: the size of the slope | vectors 3, shapes 3
# - gradient[i] = (f(x + nudge) - f(x - nudge)) / (2 * h)
# + gradient[i] = abs(f(x + nudge) - f(x - nudge)) / (2 * h)


# %% ex1: entries in the order of memory | shapes 3
# - return gradient
# + return gradient.ravel().reshape(x.shape, order="F")


# -------------------------------------------------------------------------------------- exercise 2: gradient_descent


# %% ex2: a while loop and a stack of rows | nothing
def gradient_descent(gradient, x0, learning_rate, max_iter, tol=0.0):
    if learning_rate <= 0 or max_iter < 0 or tol < 0:
        raise ValueError("wrong argument")
    x = x0.astype(np.float64)
    rows, steps = [x.copy()], 0
    while steps < max_iter:
        g = gradient(x)
        if not math.sqrt(float(np.sum(g**2))) > tol:
            break
        x -= learning_rate * g
        rows.append(x.copy())
        steps += 1
    return np.vstack(rows)


# %% ex2: fills a table and cuts it | nothing
def gradient_descent(gradient, x0, learning_rate, max_iter, tol=0.0):
    if not (learning_rate > 0 and max_iter >= 0 and tol >= 0):
        raise ValueError
    table = np.zeros((max_iter + 1, len(x0)))
    table[0] = x0
    for t in range(max_iter):
        slope = gradient(table[t].copy())
        if np.linalg.norm(slope) <= tol:
            return table[: t + 1]
        table[t + 1] = table[t] - learning_rate * slope
    return table


# %% ex2: uphill | walk 4, stop 3
# - points[-1] - learning_rate
# + points[-1] + learning_rate


# %% ex2: the unit direction instead of the gradient | walk 4, stop 3
# - learning_rate * slope)
# + learning_rate * slope / np.linalg.norm(slope))


# %% ex2: the gradient of the start at every step | walk 4, stop 3
# - gradient(points[-1])
# + gradient(points[0])


# %% ex2: the same array in every row | walk 4, stop 3
# - points.append(points[-1] - learning_rate * slope)
# + x = points[-1]
# +         x -= learning_rate * slope
# +         points.append(x)


# %% ex2: returns the end alone | walk 4, stop 3
# - return np.array(points)
# + return points[-1]


# %% ex2: leaves out the start | walk 4, stop 3
# - return np.array(points)
# + return np.array(points[1:])


# %% ex2: moves the caller's start | walk 4
def gradient_descent(gradient, x0, learning_rate, max_iter, tol=0.0):
    if not learning_rate > 0 or max_iter < 0 or tol < 0:
        raise ValueError
    points = [np.array(x0, dtype=float)]
    for _ in range(max_iter):
        slope = gradient(points[-1])
        if np.linalg.norm(slope) <= tol:
            break
        points.append(points[-1] - learning_rate * slope)
        x0[:] = points[-1]
    return np.array(points)


# %% ex2: one coordinate after the other | walk 4
# - points.append(points[-1] - learning_rate * slope)
# + x = points[-1].copy()
# +         for i in range(len(x)):
# +             x[i] -= learning_rate * gradient(x)[i]
# +         points.append(x)


# %% ex2: a start of integers stays one | walk 4
# - np.array(x0, dtype=float)
# + np.array(x0)
# - points.append(points[-1] - learning_rate * slope)
# + points.append((points[-1] - learning_rate * slope).astype(points[0].dtype))


# %% ex2: raises when the points fly off | walk 4
# - points.append(points[-1] - learning_rate * slope)
# + points.append(points[-1] - learning_rate * slope)
# +         if np.linalg.norm(points[-1]) > 1e6:
# +             raise FloatingPointError


# %% ex2: looks at the gradient after the step | stop 3
# - points.append(points[-1] - learning_rate * slope)
# + points.append(points[-1] - learning_rate * slope)
# +         if np.linalg.norm(gradient(points[-1])) <= tol:
# +             break
# - if np.linalg.norm(slope) <= tol:
# + if False:


# %% ex2: steps once more before it stops | stop 3
# - points.append(points[-1] - learning_rate * slope)
# + pass
# - if np.linalg.norm(slope) <= tol:
# + points.append(points[-1] - learning_rate * slope)
# +         if np.linalg.norm(slope) <= tol:


# %% ex2: less than tol, not at most | stop 3
# - np.linalg.norm(slope) <= tol
# + np.linalg.norm(slope) < tol


# %% ex2: the largest entry for the norm | stop 3
# - np.linalg.norm(slope)
# + np.abs(slope).max()


# %% ex2: the sum of sizes for the norm | stop 3
# - np.linalg.norm(slope)
# + np.abs(slope).sum()


# %% ex2: the square of the norm | stop 3
# - np.linalg.norm(slope)
# + slope @ slope


# %% ex2: stops when the step is short | stop 3
# - np.linalg.norm(slope)
# + learning_rate * np.linalg.norm(slope)


# %% ex2: never stops early | stop 3
# - np.linalg.norm(slope) <= tol
# + False


# %% ex2: a little tolerance of its own | stop 3
# - np.linalg.norm(slope) <= tol
# + np.linalg.norm(slope) <= tol + 1e-8


# %% ex2: one step too few | walk 4, stop 3
# - range(max_iter)
# + range(max_iter - 1)


# %% ex2: no errors | errors 2
# - not learning_rate > 0
# + False
# - max_iter < 0 or tol < 0
# + False


# %% ex2: a rate of 0 is let in | errors 2
# - not learning_rate > 0
# + learning_rate < 0


# %% ex2: no steps are an error | stop 3, errors 2
# - max_iter < 0
# + max_iter < 1


# %% ex2: a tolerance of 0 is an error | walk 4, stop 3, errors 2
# - tol < 0
# + tol <= 0


# %% ex2: a negative tolerance is let in | errors 2
# - max_iter < 0 or tol < 0
# + max_iter < 0


# %% ex2: asks for the gradient first | errors 2
# - if not learning_rate > 0
# + gradient(np.array(x0, dtype=float))
# +     if not learning_rate > 0


# %% ex2: as long as the gradient is longer than tol | nothing
def gradient_descent(gradient, x0, learning_rate, max_iter, tol=0.0):
    if learning_rate <= 0 or min(max_iter, tol) < 0:
        raise ValueError("arguments")
    x = np.asarray(x0, dtype=float)
    walk = x[np.newaxis]
    while len(walk) <= max_iter and (g := gradient(x)) @ g > tol**2:
        x = x - learning_rate * g
        walk = np.concatenate([walk, x[np.newaxis]])
    return walk


# %% ex2: a tolerance relative to the first gradient | stop 3
# - if np.linalg.norm(slope) <= tol:
# + first = slope if len(points) == 1 else first
# +         if np.linalg.norm(slope) <= tol * np.linalg.norm(first):


# %% ex2: stops where one entry is small | stop 3
# - if np.linalg.norm(slope) <= tol:
# + if np.min(np.abs(slope)) <= tol:


# %% ex2: a tolerance of 0 never stops | stop 3
# - if np.linalg.norm(slope) <= tol:
# + if tol and np.linalg.norm(slope) <= tol:


# %% ex2: scales in place what gradient returned | walk 4, stop 3
# - points.append(points[-1] - learning_rate * slope)
# + slope *= learning_rate
# +         points.append(points[-1] - slope)


# %% ex2: the last point again and again until max_iter | stop 3
# - break
# + slope = 0 * slope


# %% ex2: norm over the root of n | stop 3
# - if np.linalg.norm(slope) <= tol:
# + if np.sqrt(np.mean(slope**2)) <= tol:


# %% ex2: gradients bounded at 100 | walk 4
# - points.append(points[-1] - learning_rate * slope)
# + points.append(points[-1] - learning_rate * np.clip(slope, -100, 100))


# --------------------------------------------------------------------------------------- exercise 3: bce_with_logits


# %% ex3: the formula with -y z | nothing
def bce_with_logits(z, y, reduction="mean"):
    if z.shape != y.shape or set(np.unique(y).tolist()) - {0, 1} or reduction not in {"none", "mean", "sum"}:
        raise ValueError("bad")
    z, y = z.astype(float), y.astype(bool)
    losses = np.where(y, np.maximum(-z, 0), np.maximum(z, 0)) + np.log1p(np.exp(-abs(z)))
    return {"none": lambda: losses, "mean": lambda: float(np.mean(losses)), "sum": lambda: float(np.sum(losses))}[
        reduction
    ]()


# %% ex3: two cases with masks | nothing
def bce_with_logits(z, y, reduction="mean"):
    z, y = np.array(z, dtype=float), np.array(y, dtype=float)
    if z.shape != y.shape:
        raise ValueError
    if not np.isin(y, [0, 1]).all():
        raise ValueError
    a = np.where(y == 1, -z, z)
    losses = np.empty_like(a)
    up = a > 0
    losses[up] = a[up] + np.log1p(np.exp(-a[up]))
    losses[~up] = np.log1p(np.exp(a[~up]))
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    if reduction == "mean":
        return losses.sum() / losses.size
    raise ValueError


# %% ex3: probabilities first | range 4
# - np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))
# + -np.log(1 / (1 + np.exp(a)))


# %% ex3: probabilities, clipped | range 4
# - np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))
# + -np.log(np.clip(1 / (1 + np.exp(a)), 1e-15, 1))


# %% ex3: log of 1 + exp, which overflows | range 4
# - np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))
# + np.log1p(np.exp(a))


# %% ex3: log where log1p is needed | range 4
# - np.log1p(np.exp(-np.abs(a)))
# + np.log(1 + np.exp(-np.abs(a)))


# %% ex3: log1p of the wrong sign | values 3, range 4
# - np.exp(-np.abs(a))
# + np.exp(np.abs(a))


# %% ex3: labels the wrong way round | values 3, range 4
# - (1 - 2 * y)
# + (2 * y - 1)


# %% ex3: labels in their own dtype | range 4
# - np.asarray(y, dtype=float)
# + np.asarray(y)


# %% ex3: logits in their own dtype | range 4
# - (1 - 2 * y) * z
# + (1 - 2 * y).astype(z.dtype) * z


# %% ex3: only the loss of label 1 | values 3, range 4
# - (1 - 2 * y)
# + -y


# %% ex3: logarithm to base 2 | values 3, range 4
# - np.log1p(np.exp(-np.abs(a)))
# + np.log2(1 + np.exp(-np.abs(a)))


# %% ex3: the sum by default | values 3
# - reduction="mean"
# + reduction="sum"


# %% ex3: mean over the first axis only | values 3
# - losses.mean() if
# + losses.mean(axis=0) if


# %% ex3: the sum for the mean | values 3, range 4
# - losses.mean() if
# + losses.sum() if


# %% ex3: the mean for the sum | values 3, range 4
# - else losses.sum()
# + else losses.mean()


# %% ex3: the sum has an axis | values 3
# - losses.sum()
# + losses.sum(keepdims=True)


# %% ex3: "none" comes flat | values 3
# - if reduction == "none":
# + if reduction == "none":
# +         losses = losses.ravel()


# %% ex3: labels overwritten | values 3, range 4
# - y = np.asarray(y, dtype=float)
# + z = np.asarray(z, dtype=float)
# - a = (1 - 2 * y) * z
# + y *= -2
# +     y += 1
# +     a = y * z


# %% ex3: no error for other labels | errors 2
# - not np.all((y == 0) | (y == 1))
# + False


# %% ex3: one right label is enough | errors 2
# - not np.all(
# + not np.any(


# %% ex3: any label between 0 and 1 | errors 2
# - (y == 0) | (y == 1)
# + (y >= 0) & (y <= 1)


# %% ex3: shapes that broadcast are let in | errors 2
# - z.shape != y.shape
# + np.broadcast_shapes(z.shape, y.shape) is None


# %% ex3: sizes are compared, shapes are not | errors 2
# - z.shape != y.shape
# + z.size != y.size
# - raise ValueError(f"z and y
# + raise ValueError(f"z and y
# - a = (1 - 2 * y)
# + a = (1 - 2 * y.reshape(z.shape))


# %% ex3: an unknown reduction is a sum | errors 2
# - reduction not in ("none", "mean", "sum")
# + False


# %% ex3: the wrong error for a reduction | errors 2
# - raise ValueError(f'reduction
# + raise KeyError(f'reduction


# %% ex3: returns None | values 3, range 4
# - if reduction == "none":
# + if reduction:
# +         return None
# +     if reduction == "none":


# %% ex3: straight on above 36 | nothing
def bce_with_logits(z, y, reduction="mean"):
    if np.shape(z) != np.shape(y) or set(np.ravel(y).tolist()) - {0, 1}:
        raise ValueError("z and y")
    if reduction not in {"none": 0, "mean": 1, "sum": 2}:
        raise ValueError("reduction")
    a = np.where(np.asarray(y) == 1, -1.0, 1.0) * z.astype(float)
    losses = np.where(a > 36, a, np.log1p(np.exp(np.minimum(a, 36))))
    return {"none": losses, "mean": losses.mean(), "sum": losses.sum()}[reduction]


# %% ex3: straight on above 12 | range 4
# - if reduction == "none":
# + losses = np.where(a > 12, a, losses)
# +     if reduction == "none":


# %% ex3: exp alone below -12 | range 4
# - if reduction == "none":
# + losses = np.where(a < -12, np.exp(a), losses)
# +     if reduction == "none":


# %% ex3: the mean over the rows | values 3
# - return losses.mean() if reduction == "mean" else losses.sum()
# + return losses.sum() / (len(losses) if reduction == "mean" else 1)


# %% ex3: labels nearly 0 or 1 | errors 2
# - if not np.all((y == 0) | (y == 1)):
# + if not np.all(np.isclose(y, 0) | np.isclose(y, 1)):


# %% ex3: logits bounded at 1e4 | range 4
# - a = (1 - 2 * y) * z
# + a = np.clip((1 - 2 * y) * z, -1e4, 1e4)


# ----------------------------------------------------------------------------------------- exercise 4: cross_entropy


# %% ex4: one row at a time | nothing
def cross_entropy(Z, y):
    if Z.ndim != 2 or y.ndim != 1 or Z.shape[0] != y.shape[0]:
        raise ValueError("shapes")
    n, K = Z.shape
    if min(y) < 0 or max(y) > K - 1:
        raise ValueError("classes")
    J, G = 0.0, np.zeros((n, K))
    for i in range(n):
        z = Z[i].astype(float)
        z = z - max(z)
        total = np.sum(np.exp(z))
        J += (np.log(total) - z[y[i]]) / n
        G[i] = np.exp(z) / total / n
        G[i, y[i]] -= 1 / n
    return J, G


# %% ex4: one-hot labels and log-softmax | nothing
def cross_entropy(Z, y):
    Z, y = np.array(Z, dtype=float), np.array(y)
    if Z.ndim != 2 or y.ndim != 1 or len(Z) != len(y) or not all(0 <= label < Z.shape[1] for label in y):
        raise ValueError
    onehot = (y[:, None] == np.arange(Z.shape[1])).astype(float)
    Z -= Z.max(axis=1)[:, None]
    log_p = Z - np.log(np.exp(Z).sum(axis=1))[:, None]
    loss = -np.where(onehot == 1, log_p, 0).sum() / len(y)
    return [float(loss), (np.exp(log_p) - onehot) / len(y)]


# %% ex4: nothing subtracted | range 2
# - Z = Z - Z.max(axis=1, keepdims=True)
# +


# %% ex4: the largest logit of all subtracted | range 2
# - Z.max(axis=1, keepdims=True)
# + Z.max()


# %% ex4: the largest logit of each column subtracted | loss 3, gradient 3, range 2
# - Z.max(axis=1, keepdims=True)
# + Z.max(axis=0, keepdims=True)
# - P.sum(axis=1)
# + P.sum(axis=1) * 1.0
# - np.exp(Z)
# + np.exp(Z) / np.exp(Z).sum(axis=0)


# %% ex4: the log of clipped probabilities | range 2
# - J = np.mean(np.log(total) - Z[rows, y])
# + J = -np.mean(np.log(np.clip(P[rows, y] / total, 1e-12, 1)))


# %% ex4: softmax over the examples | loss 3, gradient 3, range 2
# - total = P.sum(axis=1)
# + total = np.full(len(Z), P.sum(axis=0)[0])


# %% ex4: the sum of the losses | loss 3, range 2
# - np.mean(
# + np.sum(


# %% ex4: a loss for each example | loss 3, range 2
# - np.mean(np.log(total) - Z[rows, y])
# + np.log(total) - Z[rows, y]


# %% ex4: the mean over all logits | loss 3, range 2
# - np.mean(np.log(total) - Z[rows, y])
# + np.sum(np.log(total) - Z[rows, y]) / Z.size


# %% ex4: the likelihood's sign | loss 3, range 2
# - np.mean(np.log(total) - Z[rows, y])
# + np.mean(Z[rows, y] - np.log(total))


# %% ex4: the gradient not divided by n | gradient 3, range 2
# - return J, P / len(Z)
# + return J, P


# %% ex4: the gradient divided by the number of classes | gradient 3, range 2
# - return J, P / len(Z)
# + return J, P / Z.shape[1]


# %% ex4: the gradient with the opposite sign | gradient 3, range 2
# - return J, P / len(Z)
# + return J, -P / len(Z)


# %% ex4: 1 subtracted from whole columns | gradient 3, range 2
# - P[rows, y] -= 1
# + P[:, y] -= 1


# %% ex4: probabilities for the gradient | gradient 3, range 2
# - P[rows, y] -= 1
# + P[rows, y] -= 0


# %% ex4: the right loss and no gradient | gradient 3, range 2
# - return J, P / len(Z)
# + return J, None


# %% ex4: in the wrong order | loss 3, gradient 3, range 2
# - return J, P / len(Z)
# + return P / len(Z), J


# %% ex4: in the dtype of Z | range 2
# - np.asarray(Z, dtype=float)
# + np.asarray(Z)
# - P = np.exp(Z)
# + P = np.exp(Z).astype(np.promote_types(Z.dtype, np.float32))


# %% ex4: shifts Z in place | loss 3, gradient 3
# - Z = Z - Z.max(axis=1, keepdims=True)
# + Z -= Z.max(axis=1, keepdims=True)


# %% ex4: -1 counts from the end | errors 2
# - (y < 0) | (y >= Z.shape[1])
# + y >= Z.shape[1]


# %% ex4: K is a class | errors 2
# - y >= Z.shape[1]
# + y > Z.shape[1]


# %% ex4: IndexError for a class that does not exist | errors 2
# - (y < 0) | (y >= Z.shape[1])
# + y < 0


# %% ex4: an error only if all classes are wrong | errors 2
# - np.any((y
# + np.all((y


# %% ex4: shapes are not compared | errors 2
# - Z.ndim != 2 or y.shape != (len(Z),)
# + False


# %% ex4: as many labels as elements | errors 2
# - y.shape != (len(Z),)
# + y.size != len(Z)
# - rows = np.arange(len(Z))
# + rows, y = np.arange(len(Z)), y.ravel()


# %% ex4: the gradient from the log-probabilities | nothing
def cross_entropy(Z, y):
    if np.ndim(Z) != 2 or np.shape(y) != np.shape(Z)[:1]:
        raise ValueError("shapes")
    n, K = Z.shape
    if not set(y.tolist()) <= set(range(K)):
        raise ValueError("classes")
    logits = Z.astype(np.float64)
    logits -= logits.max(1)[:, None]
    log_P = logits - np.log(np.exp(logits).sum(1))[:, None]
    right = y[:, None] == np.arange(K)
    return -log_P[right].sum() / n, (np.exp(log_P) - right) / n


# %% ex4: the mean of each row subtracted | range 2
# - Z = Z - Z.max(axis=1, keepdims=True)
# + Z = Z - Z.mean(axis=1, keepdims=True)


# %% ex4: logits clipped at 700 | range 2
# - Z = Z - Z.max(axis=1, keepdims=True)
# + Z = np.clip(Z, -700, 700)


# %% ex4: gaps clipped at 30 | range 2
# - Z = Z - Z.max(axis=1, keepdims=True)
# + Z = np.maximum(Z - Z.max(axis=1, keepdims=True), -30)


# %% ex4: the loss of the most likely class | loss 3, range 2
# - J = np.mean(np.log(total) - Z[rows, y])
# + J = np.mean(np.log(total) - Z.max(axis=1))


# %% ex4: no single class | loss 3, gradient 3
# - if Z.ndim != 2 or y.shape != (len(Z),):
# + if Z.ndim != 2 or y.shape != (len(Z),) or Z.shape[1] < 2:


# ------------------------------------------------------------------------------------------- exercise 5: minibatches


# %% ex5: a generator | nothing
def minibatches(X, y, batch_size, rng):
    n = len(X)
    if n != len(y) or batch_size <= 0:
        raise ValueError
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield X[order[start : start + batch_size]], y[order[start : start + batch_size]]


# %% ex5: shuffles first and cuts then | nothing
def minibatches(X, y, batch_size, rng):
    if X.shape[0] != y.shape[0]:
        raise ValueError("lengths")
    if not batch_size >= 1:
        raise ValueError("batch size")
    order = rng.permutation(y.shape[0])
    X, y = X[order], y[order]
    batches = []
    while len(y):
        batches.append([X[:batch_size], y[:batch_size]])
        X, y = X[batch_size:], y[batch_size:]
    return batches


# %% ex5: not shuffled | shuffle 2
# - rng.permutation(len(X))
# + np.arange(len(X))


# %% ex5: a generator of its own | shuffle 2
# - rng.permutation(len(X))
# + np.random.default_rng(0).permutation(len(X))


# %% ex5: drawn with replacement | deal 4, shuffle 2
# - rng.permutation(len(X))
# + rng.integers(len(X), size=len(X))


# %% ex5: X is shuffled and y is not | deal 4, shuffle 2
# - (X[piece], y[piece])
# + (X[piece], y[np.sort(piece)])


# %% ex5: X and y are shuffled one by one | deal 4, shuffle 2
# - order = rng.permutation(len(X))
# + order, y = rng.permutation(len(X)), y[rng.permutation(len(X))]


# %% ex5: drops the last, smaller batch | deal 4, shuffle 2
# - range(0, len(order), batch_size)
# + range(0, len(X) - batch_size + 1, batch_size)


# %% ex5: an empty batch at the end | deal 4, shuffle 2
# - range(0, len(order), batch_size)
# + range(0, len(X) + 1, batch_size)


# %% ex5: the last batch filled up from the beginning | deal 4, shuffle 2
# - order[start : start + batch_size]
# + np.resize(np.roll(order, -start), batch_size)


# %% ex5: so many batches instead of so many examples in each | deal 4, shuffle 2
# - pieces = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
# + pieces = np.array_split(order, batch_size)


# %% ex5: batches of nearly equal size | deal 4, shuffle 2
# - pieces = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
# + pieces = np.array_split(order, max(1, -(-len(X) // batch_size)))


# %% ex5: the pieces overlap | deal 4, shuffle 2
# - range(0, len(order), batch_size)
# + range(len(X))


# %% ex5: the smaller batch first | deal 4, shuffle 2
# - return [(X[piece], y[piece]) for piece in pieces]
# + return [(X[piece], y[piece]) for piece in reversed(pieces)]


# %% ex5: the batches sorted inside | shuffle 2
# - X[piece], y[piece]
# + X[np.sort(piece)], y[np.sort(piece)]


# %% ex5: every so-manieth example | shuffle 2
# - pieces = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
# + lengths = [len(order[start : start + batch_size]) for start in range(0, len(X), batch_size)]
# +     pieces = np.split(order[::-1], np.cumsum(lengths)[:-1]) if lengths else []


# %% ex5: shuffles in place | deal 4
# - order = rng.permutation(len(X))
# + order = rng.permutation(len(X))
# +     X[:], y[:] = X[order], y[order]
# +     order = np.arange(len(X))


# %% ex5: everything becomes float64 | deal 4
# - (X[piece], y[piece])
# + (X[piece].astype(float), y[piece].astype(float))


# %% ex5: shuffles twice | shuffle 2
# - order = rng.permutation(len(X))
# + rng.permutation(len(X))
# +     order = rng.permutation(len(X))


# %% ex5: triples with the indices | deal 4, shuffle 2
# - (X[piece], y[piece])
# + (X[piece], y[piece], piece)


# %% ex5: as many examples as the shorter has | errors 2
# - len(X) != len(y)
# + False
# - rng.permutation(len(X))
# + rng.permutation(min(len(X), len(y)))


# %% ex5: more targets than examples are let in | errors 2
# - len(X) != len(y)
# + len(X) > len(y)


# %% ex5: a batch size of 0 gives no batches | errors 2
# - if batch_size < 1:
# + if batch_size == 0:
# +         return []
# +     if batch_size < 0:


# %% ex5: a negative batch size gives no batches | errors 2
# - batch_size < 1
# + batch_size == 0


# %% ex5: shuffles before it looks | errors 2
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    if len(X) != len(y) or batch_size < 1:
        raise ValueError
    pieces = [order[start : start + batch_size] for start in range(0, len(X), batch_size)]
    return [(X[piece], y[piece]) for piece in pieces]


# %% ex5: indices dealt by a zip | nothing
def minibatches(X, y, batch_size, rng):
    if X.shape[0] != y.shape[0] or batch_size <= 0:
        raise ValueError("lengths or batch_size")
    order = rng.permutation(X.shape[0])
    pieces = np.split(order, range(batch_size, len(order), batch_size)) if len(order) else []
    return zip((X[piece] for piece in pieces), (y[piece] for piece in pieces), strict=True)


# %% ex5: draws once more afterwards | shuffle 2
# - pieces = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
# + rng.random()
# +     pieces = [order[start : start + batch_size] for start in range(0, len(X), batch_size)]


# %% ex5: a batch no larger than the data | deal 4, shuffle 2, errors 2
# - if batch_size < 1:
# + if not 1 <= batch_size < len(X):


# %% ex5: batches as lists | deal 4
# - (X[piece], y[piece])
# + (X[piece].tolist(), y[piece].tolist())


# %% ex5: an iterator of batches of one index each time | deal 4, shuffle 2
# - (X[piece], y[piece])
# + (X[piece].squeeze(), y[piece].squeeze())


# %% ex5: a random order from choice | shuffle 2
# - order = rng.permutation(len(X))
# + order = rng.choice(len(X), len(X), replace=False)


# --------------------------------------------------------------------------------------------------- exercise 6: sgd


# %% ex6: two generators, one for the batches | nothing
def sgd(gradient, w0, X, y, learning_rate, batch_size, epochs, rng, decay=0.0):
    if learning_rate <= 0 or batch_size <= 0 or epochs <= -1 or decay < 0:
        raise ValueError("wrong argument")
    w = np.array(w0, dtype=float)
    rows = np.zeros((epochs + 1, w.size))
    rows[0] = w
    for e in range(epochs):
        order = rng.permutation(y.size)
        X_now, y_now = X[order], y[order]
        for b in range(math.ceil(y.size / batch_size)):
            place = slice(b * batch_size, (b + 1) * batch_size)
            w -= learning_rate / (1 + e * decay) * gradient(w.copy(), X_now[place], y_now[place])
        rows[e + 1] = w
    return rows


# %% ex6: batches cut off one by one | nothing
def sgd(gradient, w0, X, y, learning_rate, batch_size, epochs, rng, decay=0.0):
    if not (learning_rate > 0 and batch_size >= 1 and epochs >= 0 and decay >= 0):
        raise ValueError
    path, epoch = [w0.astype(np.float64)], 0
    while epoch < epochs:
        w, left = path[-1], list(rng.permutation(len(y)))
        while left:
            batch, left = left[:batch_size], left[batch_size:]
            w = w - (learning_rate / (1 + decay * epoch)) * gradient(w, X[batch], y[batch])
        path.append(w)
        epoch += 1
    return np.stack(path)


# %% ex6: uphill | epoch 3, epochs 3, decay 2
# - w = w - rate
# + w = w + rate


# %% ex6: all examples at once | epoch 3, epochs 3
# - X[batch], y[batch]
# + X, y


# %% ex6: not shuffled | epoch 3, epochs 3
# - order = rng.permutation(len(X))
# + order = np.arange(len(X))


# %% ex6: shuffled once, before the first epoch | epochs 3
# - for epoch in range(epochs):
# + shuffled = rng.permutation(len(X))
# +     for epoch in range(epochs):
# - order = rng.permutation(len(X))
# + order = shuffled


# %% ex6: shuffles the order of the last epoch again | epochs 3
# - history = [w]
# + history = [w]
# +     order = np.arange(len(X))
# - order = rng.permutation(len(X))
# + order = order[rng.permutation(len(X))]


# %% ex6: a random batch at each step | epoch 3, epochs 3
# - batch = order[start : start + batch_size]
# + batch = rng.integers(len(X), size=batch_size)


# %% ex6: without the last, smaller batch | epoch 3, epochs 3, decay 2
# - range(0, len(X), batch_size)
# + range(0, len(X) - batch_size + 1, batch_size)


# %% ex6: one batch an epoch | epoch 3, epochs 3, decay 2
# - range(0, len(X), batch_size)
# + range(1)


# %% ex6: divides by the batch size again | epoch 3, epochs 3, decay 2
# - rate * gradient(w, X[batch], y[batch])
# + rate * gradient(w, X[batch], y[batch]) / len(batch)


# %% ex6: X shuffled, y not | epoch 3, epochs 3
# - y[batch]
# + y[start : start + batch_size]


# %% ex6: the gradient of the weights that the epoch began with | epoch 3, epochs 3
# - gradient(w, X[batch]
# + gradient(history[-1], X[batch]


# %% ex6: weights after each step | epoch 3, epochs 3, decay 2
# - history.append(w)
# +     history.append(w)


# %% ex6: the last weights alone | epoch 3, epochs 3, decay 2
# - return np.array(history)
# + return w


# %% ex6: without the first weights | epoch 3, epochs 3, decay 2
# - return np.array(history)
# + return np.array(history[1:])


# %% ex6: starts from w0 in each epoch | epochs 3, decay 2
# - order = rng.permutation(len(X))
# + order, w = rng.permutation(len(X)), history[0]


# %% ex6: weights changed in place, and all rows are one | epoch 3, epochs 3, decay 2
# - w = np.asarray(w0, dtype=float)
# + w = np.array(w0, dtype=float)
# - w = w - rate
# + w -= rate


# %% ex6: the caller's weights move | epoch 3, epochs 3
# - w = w - rate
# + w -= rate
# - history = [w]
# + history = [w.copy()]
# - history.append(w)
# + history.append(w.copy())


# %% ex6: batches become float64 | epoch 3
# - X[batch], y[batch]
# + X[batch].astype(float), y[batch].astype(float)


# %% ex6: weights in the dtype of w0 | epoch 3
# - w = np.asarray(w0, dtype=float)
# + w = w0
# - w = w - rate * gradient(w, X[batch], y[batch])
# + w = (w - rate * gradient(w, X[batch], y[batch])).astype(w0.dtype)


# %% ex6: the rate does not fall | decay 2
# - (1 + decay * epoch)
# + 1


# %% ex6: the first epoch counts as 1 | decay 2
# - (1 + decay * epoch)
# + (1 + decay * (epoch + 1))


# %% ex6: the rate is divided again in each epoch | decay 2
# - rate = learning_rate / (1 + decay * epoch)
# + rate = learning_rate = learning_rate / (1 + decay * epoch)


# %% ex6: the rate falls from step to step | decay 2
# - batch = order[start : start + batch_size]
# + batch = order[start : start + batch_size]
# +             rate = learning_rate / (1 + decay * (epoch * -(-len(X) // batch_size) + start // batch_size))


# %% ex6: an exponential decay | decay 2
# - learning_rate / (1 + decay * epoch)
# + learning_rate * np.exp(-decay * epoch)


# %% ex6: stops when nothing moves | epochs 3
# - history.append(w)
# + if np.array_equal(w, history[-1]):
# +             break
# +         history.append(w)


# %% ex6: no errors | errors 2
# - not learning_rate > 0 or batch_size < 1
# + False
# - epochs < 0 or decay < 0
# + False


# %% ex6: a rate of 0 | errors 2
# - not learning_rate > 0
# + learning_rate < 0


# %% ex6: no epochs are an error | epochs 3, errors 2
# - epochs < 0
# + epochs < 1


# %% ex6: a negative decay is let in | errors 2
# - epochs < 0 or decay < 0
# + epochs < 0


# %% ex6: asks for the gradient before it looks | epoch 3, errors 2
# - if epochs < 0 or decay < 0:
# + gradient(np.array(w0, dtype=float), X, y)
# +     if epochs < 0 or decay < 0:


# %% ex6: the minus in front, and weights in place | nothing
def sgd(gradient, w0, X, y, learning_rate, batch_size, epochs, rng, decay=0.0):
    if learning_rate <= 0 or batch_size < 1 or min(epochs, decay) < 0:
        raise ValueError("arguments")
    history = np.empty((epochs + 1, len(w0)))
    history[:] = w0
    for e, w in enumerate(history[1:]):
        w[:] = history[e]
        order = rng.permutation(len(y))
        while order.size:
            piece, order = order[:batch_size], order[batch_size:]
            w -= learning_rate / (decay * e + 1) * gradient(w, X[piece], y[piece])
    return history


# %% ex6: scales in place what gradient returned | epoch 3
# - w = w - rate * gradient(w, X[batch], y[batch])
# + slope = gradient(w, X[batch], y[batch])
# +             slope *= rate
# +             w = w - slope


# %% ex6: the mean of the weights of an epoch | epoch 3, epochs 3, decay 2
# - history.append(w)
# + history.append((w + history[-1]) / 2)


# %% ex6: the rate falls with the root | decay 2
# - rate = learning_rate / (1 + decay * epoch)
# + rate = learning_rate / (1 + decay * epoch) ** 0.5


# %% ex6: smaller batches take smaller steps | epoch 3, epochs 3, decay 2
# - w = w - rate * gradient(w, X[batch], y[batch])
# + w = w - rate * len(batch) / min(batch_size, len(X)) * gradient(w, X[batch], y[batch])


# %% ex6: a batch larger than the data is an error | epoch 3
# - if not learning_rate > 0 or batch_size < 1:
# + if not learning_rate > 0 or not 1 <= batch_size <= len(X):


# %% ex6: averages all weights so far | epochs 3, decay 2
# - history.append(w)
# + history.append(w)
# +         w = np.mean(history, axis=0)


# %% ex6: draws once more in each epoch | epochs 3
# - for start in range(0, len(X), batch_size):
# + rng.random()
# +         for start in range(0, len(X), batch_size):


# ------------------------------------------------------------------------------------------- exercise 7: newton_step


# %% ex7: eigenvalues | nothing
def newton_step(x, g, H, damping=0.0):
    if np.ndim(x) != 1 or np.shape(g) != np.shape(x) or np.shape(H) != (len(x), len(x)) or not damping >= 0:
        raise ValueError("shapes or damping")
    values, vectors = np.linalg.eigh(H.astype(float) + damping * np.identity(len(x)))
    if min(values) <= 0:
        raise LinAlgError("not positive definite")
    return x.astype(float) - vectors @ (vectors.T @ g.astype(float) / values)


# %% ex7: the Cholesky factor twice | nothing
def newton_step(x, g, H, damping=0.0):
    n = x.size
    if x.shape != (n,) or g.shape != (n,) or H.shape != (n, n):
        raise ValueError
    if damping < 0:
        raise ValueError
    A = np.array(H, dtype=float)
    A[np.diag_indices(n)] += damping
    L = np.linalg.cholesky(A)
    return np.array(x, dtype=float) + np.linalg.solve(L.T, np.linalg.solve(L, -np.array(g, dtype=float)))


# %% ex7: uphill | step 3, damping 2
# - x - np.linalg.solve
# + x + np.linalg.solve


# %% ex7: returns the step, not the new point | step 3, damping 2
# - return x - np.linalg.solve
# + return -np.linalg.solve


# %% ex7: multiplies by H | step 3, damping 2
# - np.linalg.solve(curvature, g)
# + curvature @ g


# %% ex7: a gradient step | step 3, damping 2
# - np.linalg.solve(curvature, g)
# + g


# %% ex7: the diagonal alone | step 3, damping 2
# - np.linalg.solve(curvature, g)
# + g / np.diag(curvature)


# %% ex7: damping for every entry | damping 2
# - curvature[np.diag_indices(n)] += damping
# + curvature += damping
# - if not damping >= 0:
# + if damping < 0:


# %% ex7: damping ignored | damping 2
# - += damping
# + += 0 * damping


# %% ex7: damping only for the test | damping 2
# - np.linalg.solve(curvature, g)
# + np.linalg.solve(H.astype(float), g)


# %% ex7: H tested without damping | damping 2
# - np.linalg.cholesky(curvature)
# + np.linalg.cholesky(H)


# %% ex7: the diagonal multiplied by 1 + damping | damping 2, definite 2
# - += damping
# + *= 1 + damping


# %% ex7: damping for the step's length | damping 2
# - curvature[np.diag_indices(n)] += damping
# + curvature *= 1 + damping


# %% ex7: H damped in place | damping 2
# - np.array(H, dtype=float)
# + np.asarray(H, dtype=float)


# %% ex7: x moved in place | step 3, damping 2
# - return x - np.linalg.solve(curvature, g)
# + x -= np.linalg.solve(curvature, g)
# +     return x


# %% ex7: in the dtype of H | step 3, damping 2
# - np.array(H, dtype=float)
# + np.array(H)
# - += damping
# + += np.asarray(damping).astype(H.dtype)


# %% ex7: does not refuse | definite 2
# - np.linalg.cholesky(curvature)
# + np.linalg.cholesky


# %% ex7: refuses singular matrices alone | definite 2
# - np.linalg.cholesky(curvature)
# + np.linalg.solve(curvature, g)


# %% ex7: looks at the determinant | definite 2
# - np.linalg.cholesky(curvature)
# + if np.linalg.det(curvature) <= 0:
# +         raise LinAlgError


# %% ex7: looks at the diagonal | definite 2
# - np.linalg.cholesky(curvature)
# + if np.any(np.diag(curvature) <= 0):
# +         raise LinAlgError


# %% ex7: an eigenvalue of 0 is enough | definite 2
# - np.linalg.cholesky(curvature)
# + if np.linalg.eigvalsh(curvature)[0] < 0:
# +         raise LinAlgError
# - return x - np.linalg.solve(curvature, g)
# + return x - np.linalg.solve(curvature + 1e-300 * np.eye(len(x)), g)


# %% ex7: small matrices are refused | step 3
# - np.linalg.cholesky(curvature)
# + if np.linalg.eigvalsh(curvature)[0] < 1e-9:
# +         raise LinAlgError


# %% ex7: returns x when it must refuse | definite 2
# - np.linalg.cholesky(curvature)
# + if np.linalg.eigvalsh(curvature)[0] <= 0:
# +         return x


# %% ex7: ValueError where LinAlgError is asked for | definite 2
# - np.linalg.cholesky(curvature)
# + if np.linalg.eigvalsh(curvature)[0] <= 0:
# +         raise ValueError


# %% ex7: shapes are not compared | errors 2
# - x.shape != (n,) or g.shape != (n,) or H.shape != (n, n)
# + False


# %% ex7: a gradient that broadcasts | errors 2
# - g.shape != (n,) or
# + False or


# %% ex7: negative damping | errors 2
# - not damping >= 0
# + False


# %% ex7: no damping is an error | step 3, definite 2, errors 2
# - not damping >= 0
# + not damping > 0


# %% ex7: returns None | step 3, damping 2
# - return x - np.linalg.solve(curvature, g)
# + print(x - np.linalg.solve(curvature, g))


# %% ex7: leading minors | nothing
def newton_step(x, g, H, damping=0.0):
    n = np.size(x)
    if (np.shape(x), np.shape(g), np.shape(H)) != ((n,), (n,), (n, n)) or damping < 0:
        raise ValueError("arguments")
    M = H + damping * np.identity(n)
    if any(np.linalg.slogdet(M[:k, :k])[0] <= 0 for k in range(1, n + 1)):
        raise LinAlgError("not positive definite")
    return x.astype(float) - np.linalg.solve(M, g.astype(float))


# %% ex7: damping added and the size of the curvatures taken | definite 2
# - curvature[np.diag_indices(n)] += damping
# + w, V = np.linalg.eigh(curvature + damping * np.eye(n))
# +     curvature = (V * np.abs(w)) @ V.T


# %% ex7: a little damping always | step 3, damping 2, definite 2
# - += damping
# + += damping + 1e-8


# %% ex7: the damping squared | damping 2
# - += damping
# + += damping**2


# %% ex7: a shape of H that broadcasts | errors 2
# - H.shape != (n, n)
# + H.shape[-1:] != x.shape


# %% ex7: Gauss-Seidel, a few rounds | step 3, damping 2
# - return x - np.linalg.solve(curvature, g)
# + step = np.zeros(len(x))
# +     for _ in range(20):
# +         for i in range(len(x)):
# +             step[i] += (g[i] - curvature[i] @ step) / curvature[i, i]
# +     return x - step


# %% ex7: asks g for its sign | definite 2
# - np.linalg.cholesky(curvature)  # raises LinAlgError unless the matrix is positive definite
# + if g @ curvature @ g <= 0:
# +         raise LinAlgError
