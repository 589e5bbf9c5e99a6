"""Answers to assignment 10, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or a class or, for a small mistake, what differs from the instructor's
answer.
"""

# ruff: noqa: F811

import copy
import math

import numpy as np

# ---------------------------------------------------------------------------------------------- exercise 1: l2_step


# %% ex1: the gradient of the penalty added | nothing
def l2_step(W, b, W_grad, b_grad, rate, alpha):
    if np.shape(W) != np.shape(W_grad) or np.shape(b) != np.shape(b_grad):
        raise ValueError("shapes")
    if rate <= 0 or alpha < 0:
        raise ValueError("rate or alpha")
    W, b = W.astype(float), b.astype(float)
    gradient = W_grad.astype(float) + alpha * W
    return [W - rate * gradient, b - rate * b_grad.astype(float)]


# %% ex1: copies, changed in place | nothing
def l2_step(W, b, W_grad, b_grad, rate, alpha):
    W, b = np.array(W, dtype=np.float64), np.array(b, dtype=np.float64)
    if W.shape != np.shape(W_grad):
        raise ValueError
    if b.shape != np.shape(b_grad):
        raise ValueError
    if not (rate > 0 and alpha >= 0):
        raise ValueError
    W *= 1 - float(rate) * alpha
    W -= np.multiply(W_grad, float(rate), dtype=float)
    b -= np.multiply(b_grad, float(rate), dtype=float)
    return W, b


# %% ex1: biases decay, too | biases 1
# - b - rate * b_grad
# + (1 - rate * alpha) * b - rate * b_grad


# %% ex1: no decay at all | weights 2, shapes 1
# - (1 - rate * alpha) * W
# + W


# %% ex1: the decay without the rate, as one slide has it | weights 2, shapes 1
# - (1 - rate * alpha) * W
# + (1 - alpha) * W


# %% ex1: twice the decay, from a penalty without its half | weights 2, shapes 1
# - (1 - rate * alpha) * W
# + (1 - 2 * rate * alpha) * W


# %% ex1: weights grow | weights 2, shapes 1
# - (1 - rate * alpha) * W
# + (1 + rate * alpha) * W


# %% ex1: weights decay after the step | weights 2, shapes 1
# - (1 - rate * alpha) * W - rate * W_grad
# + (1 - rate * alpha) * (W - rate * W_grad)


# %% ex1: a factor that is not allowed to change the sign | weights 2, shapes 1
# - (1 - rate * alpha) * W
# + max(0, 1 - rate * alpha) * W


# %% ex1: uphill | weights 2, biases 1, shapes 1
# - W - rate * W_grad, b - rate * b_grad
# + W + rate * W_grad, b + rate * b_grad


# %% ex1: the pull of L1 | weights 2, shapes 1
# - (1 - rate * alpha) * W
# + W - rate * alpha * np.sign(W)


# %% ex1: the gradient without the rate | weights 2, shapes 1
# - - rate * W_grad
# + - W_grad


# %% ex1: the biases stay | biases 1
# - b - rate * b_grad
# + b.copy()


# %% ex1: in place | weights 2, biases 1, shapes 1
# - return (1 - rate * alpha) * W - rate * W_grad, b - rate * b_grad
# + W *= 1 - rate * alpha
# +     W -= rate * W_grad
# +     b -= rate * b_grad
# +     return W, b


# %% ex1: in the dtype that comes in | shapes 1
# - (np.asarray(array, dtype=float) for array in (W, b, W_grad, b_grad))
# + (np.asarray(array) for array in (W, b, W_grad, b_grad))


# %% ex1: biases and weights swapped | weights 2, biases 1, shapes 1
# - return (1 - rate * alpha) * W - rate * W_grad, b - rate * b_grad
# + return b - rate * b_grad, (1 - rate * alpha) * W - rate * W_grad


# %% ex1: the weights alone | weights 2, biases 1, shapes 1
# - return (1 - rate * alpha) * W - rate * W_grad, b - rate * b_grad
# + return (1 - rate * alpha) * W - rate * W_grad


# %% ex1: shapes that broadcast | errors 2
# - if W_grad.shape != W.shape or b_grad.shape != b.shape:
# + if False:


# %% ex1: looks at the weights' shape alone | errors 2
# - if W_grad.shape != W.shape or b_grad.shape != b.shape:
# + if W_grad.shape != W.shape:


# %% ex1: compares sizes | errors 2
# - if W_grad.shape != W.shape or b_grad.shape != b.shape:
# + if W_grad.size != W.size or b_grad.size != b.size:


# %% ex1: compares numbers of axes | errors 2
# - if W_grad.shape != W.shape or b_grad.shape != b.shape:
# + if W_grad.ndim != W.ndim or b_grad.ndim != b.ndim:


# %% ex1: compares lengths | errors 2
# - if W_grad.shape != W.shape or b_grad.shape != b.shape:
# + if len(W_grad) != len(W) or len(b_grad) != len(b):


# %% ex1: a rate of 0 | errors 2
# - if not rate > 0:
# + if rate < 0:


# %% ex1: alpha must be positive | weights 2, biases 1, errors 2
# - if alpha < 0:
# + if alpha <= 0:


# %% ex1: any alpha | errors 2
# - if alpha < 0:
# + if False:


# %% ex1: refuses a product above 1 | weights 2, biases 1, shapes 1
# - if alpha < 0:
# + if alpha < 0 or rate * alpha > 1:


# --------------------------------------------------------------------------------------- exercise 2: soft_threshold


# %% ex2: by cases | nothing
def soft_threshold(w, alpha, h=1.0):
    if alpha < 0:
        raise ValueError("alpha")
    if isinstance(h, np.ndarray) and h.shape != w.shape:
        raise ValueError("shape of h")
    if not np.all(np.asarray(h) > 0):
        raise ValueError("h")
    w, t = w.astype(float), alpha / (h * np.ones(w.shape))
    return np.where(w > t, w - t, np.where(w < -t, w + t, 0.0))


# %% ex2: w without its part inside the threshold | nothing
def soft_threshold(w, alpha, h=1.0):
    w, h = np.asarray(w, dtype=float), np.array(h, dtype=float)
    if h.ndim and h.shape != w.shape:
        raise ValueError
    if alpha < 0 or h.min() <= 0:
        raise ValueError
    return w - np.clip(w, -alpha / h, alpha / h)


# %% ex2: entry by entry | nothing
def soft_threshold(w, alpha, h=1.0):
    curvatures = np.full(np.shape(w), h) if np.ndim(h) == 0 else h
    if np.shape(curvatures) != np.shape(w) or alpha < 0 or (curvatures <= 0).any():
        raise ValueError
    result = np.zeros(np.shape(w))
    for i in np.ndindex(result.shape):
        size = abs(float(w[i])) - alpha / float(curvatures[i])
        if size > 0:
            result[i] = math.copysign(size, w[i])
    return result


# %% ex2: what is above the threshold, less what is below minus the threshold | nothing
# - np.sign(w) * np.maximum(np.abs(w) - alpha / h, 0)
# + np.maximum(w - alpha / h, 0) - np.maximum(-w - alpha / h, 0)


# %% ex2: hard thresholding | numbers 2, curvatures 2
# - np.sign(w) * np.maximum(np.abs(w) - alpha / h, 0)
# + np.where(np.abs(w) > alpha / h, w, 0)


# %% ex2: sizes without signs | numbers 2, curvatures 2
# - np.sign(w) * np.maximum
# + np.maximum


# %% ex2: nothing is cut at 0 | numbers 2, curvatures 2
# - np.maximum(np.abs(w) - alpha / h, 0)
# + (np.abs(w) - alpha / h)


# %% ex2: positive weights alone | numbers 2, curvatures 2
# - np.sign(w) * np.maximum(np.abs(w) - alpha / h, 0)
# + np.maximum(w - alpha / h, 0)


# %% ex2: alpha times h | numbers 2, curvatures 2
# - alpha / h, 0)
# + alpha * h, 0)


# %% ex2: the curvature is forgotten | numbers 2, curvatures 2
# - alpha / h, 0)
# + alpha, 0)


# %% ex2: the mean curvature for all | curvatures 2
# - alpha / h, 0)
# + alpha / h.mean(), 0)


# %% ex2: L2 instead of L1 | numbers 2, curvatures 2
# - np.sign(w) * np.maximum(np.abs(w) - alpha / h, 0)
# + h * w / (h + alpha)


# %% ex2: half of the threshold | numbers 2, curvatures 2
# - alpha / h, 0)
# + alpha / (2 * h), 0)


# %% ex2: another default | numbers 2
# - h=1.0
# + h=2.0


# %% ex2: nearly 0 instead of 0 | numbers 2
# - np.abs(w) - alpha / h, 0)
# + np.abs(w) - alpha / h, 1e-13)


# %% ex2: in the dtype that comes in | numbers 2, curvatures 2
# - w, h = np.asarray(w, dtype=float), np.asarray(h, dtype=float)
# + w, h = np.asarray(w), np.asarray(h)
# - np.abs(w) - alpha / h, 0)
# + np.abs(w) - alpha / h, 0).astype(w.dtype)


# %% ex2: the size of int8 | numbers 2
# - np.maximum(np.abs(w) - alpha / h, 0)
# + np.maximum(np.abs(given) - alpha / h, 0)
# - w, h = np.asarray(w, dtype=float), np.asarray(h, dtype=float)
# + given = w
# +     w, h = np.asarray(w, dtype=float), np.asarray(h, dtype=float)


# %% ex2: in place | numbers 2, curvatures 2
# - return np.sign(w) * np.maximum(np.abs(w) - alpha / h, 0)
# + w[...] = np.sign(w) * np.maximum(np.abs(w) - alpha / h, 0)
# +     return w


# %% ex2: curvatures changed in place | curvatures 2
# - return np.sign(w)
# + np.divide(alpha, h, out=h)
# +     return np.sign(w)
# - alpha / h, 0)
# + h, 0)


# %% ex2: returns the sum | numbers 2, curvatures 2
# - return np.sign(w) * np.maximum(np.abs(w) - alpha / h, 0)
# + return np.sum(np.sign(w) * np.maximum(np.abs(w) - alpha / h, 0))


# %% ex2: returns None | numbers 2, curvatures 2
# - return np.sign(w)
# + np.sign(w)


# %% ex2: a little something against division by 0 | numbers 2, errors 2
# - alpha < 0 or np.any(h <= 0)
# + alpha < 0
# - alpha / h, 0)
# + alpha / (h + 1e-12), 0)


# %% ex2: a curvature of 0 is allowed | errors 2
# - np.any(h <= 0)
# + np.any(h < 0)


# %% ex2: one positive curvature is enough | errors 2
# - np.any(h <= 0)
# + np.all(h <= 0)


# %% ex2: the mean curvature must be positive | errors 2
# - np.any(h <= 0)
# + h.mean() <= 0


# %% ex2: any alpha | errors 2
# - alpha < 0 or np.any(h <= 0)
# + np.any(h <= 0)


# %% ex2: alpha must be positive | numbers 2, curvatures 2, errors 2
# - alpha < 0 or
# + alpha <= 0 or


# %% ex2: curvatures that broadcast | errors 2
# - if h.shape not in ((), w.shape):
# + if False:


# %% ex2: sizes are compared, shapes are not | errors 2
# - if h.shape not in ((), w.shape):
# + if h.size not in (1, w.size):


# %% ex2: no plain numbers | numbers 2
# - if h.shape not in ((), w.shape):
# + if h.shape != w.shape:


# ------------------------------------------------------------------------------------------------ exercise 3: ridge


# %% ex3: rows that stand for the penalty | nothing
def ridge(X, y, alpha):
    if np.ndim(X) != 2 or np.shape(y) != (len(X),) or alpha <= 0:
        raise ValueError("X, y or alpha")
    X, y = X.astype(float), y.astype(float)
    x_mean, y_mean = np.mean(X, axis=0), np.mean(y)
    p = X.shape[1]
    rows = np.vstack([X - x_mean, math.sqrt(alpha) * np.eye(p)])
    w = np.linalg.lstsq(rows, np.concatenate([y - y_mean, np.zeros(p)]), rcond=None)[0]
    return float(y_mean - x_mean @ w), w


# %% ex3: through singular values | nothing
def ridge(X, y, alpha):
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    if X.ndim != 2 or y.ndim != 1 or len(X) != len(y):
        raise ValueError
    if not alpha > 0:
        raise ValueError
    x_mean, y_mean = X.mean(0), y.mean()
    U, s, Vh = np.linalg.svd(X - x_mean, full_matrices=False)
    w = Vh.T @ (s / (s**2 + alpha) * (U.T @ (y - y_mean)))
    return [y_mean - np.dot(x_mean, w), w]


# %% ex3: the inverse, and y not centred | nothing
def ridge(X, y, alpha):
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or y.shape != (X.shape[0],) or alpha <= 0:
        raise ValueError
    n, p = X.shape
    centred = X - X.sum(axis=0) / n
    A = np.linalg.inv(centred.T @ centred + np.diag(np.full(p, float(alpha))))
    w = A @ (centred.T @ (y - y.sum() / n))
    return (y - X @ w).mean(), w


# %% ex3: as many equations as samples, not as columns | nothing
# - w = np.linalg.solve(centred.T @ centred + alpha * np.eye(X.shape[1]), centred.T @ (y - y_mean))
# + w = centred.T @ np.linalg.solve(centred @ centred.T + alpha * np.eye(len(X)), y - y_mean)


# %% ex3: not centred, but nothing is squared | nothing
def ridge(X, y, alpha):
    if np.ndim(X) != 2 or np.shape(y) != (len(X),) or alpha <= 0:
        raise ValueError
    n, p = X.shape
    A = np.block([[np.ones((n, 1)), X], [np.zeros((p, 1)), math.sqrt(alpha) * np.eye(p)]])
    solution = np.linalg.lstsq(A, np.concatenate([y.astype(float), np.zeros(p)]), rcond=None)[0]
    return solution[0], solution[1:]


# %% ex3: no penalty | data 3, far 2
# - centred.T @ centred + alpha * np.eye(X.shape[1])
# + centred.T @ centred + 1e-9 * np.eye(X.shape[1])


# %% ex3: the intercept is punished, too | data 3, far 2
def ridge(X, y, alpha):
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or y.shape != X.shape[:1] or not alpha > 0:
        raise ValueError
    A = np.column_stack([np.ones(len(X)), X])
    b, *w = np.linalg.solve(A.T @ A + alpha * np.eye(A.shape[1]), A.T @ y)
    return b, np.array(w)


# %% ex3: not centred, a column of ones that costs nothing | far 2
def ridge(X, y, alpha):
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or y.shape != X.shape[:1] or not alpha > 0:
        raise ValueError
    A = np.column_stack([np.ones(len(X)), X])
    penalty = alpha * np.eye(A.shape[1])
    penalty[0, 0] = 0
    b, *w = np.linalg.solve(A.T @ A + penalty, A.T @ y)
    return b, np.array(w)


# %% ex3: no intercept | data 3, far 2
# - x_mean, y_mean = X.mean(axis=0), y.mean()
# + x_mean, y_mean = np.zeros(X.shape[1]), 0.0


# %% ex3: the mean of all entries | data 3, far 2
# - X.mean(axis=0)
# + np.full(X.shape[1], X.mean())


# %% ex3: the means are subtracted after the products | far 2
# - w = np.linalg.solve(centred.T @ centred + alpha * np.eye(X.shape[1]), centred.T @ (y - y_mean))
# + n, p = X.shape
# +     products = X.T @ X - n * np.outer(x_mean, x_mean)
# +     w = np.linalg.solve(products + alpha * np.eye(p), X.T @ y - n * x_mean * y_mean)


# %% ex3: columns divided by their spread | data 3, far 2
# - centred = X - x_mean
# + centred = (X - x_mean) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)


# %% ex3: the penalty counts n times | data 3, far 2
# - alpha * np.eye(X.shape[1])
# + len(X) * alpha * np.eye(X.shape[1])


# %% ex3: the penalty counts half | data 3, far 2
# - alpha * np.eye(X.shape[1])
# + alpha / 2 * np.eye(X.shape[1])


# %% ex3: the square of alpha | data 3, far 2
# - alpha * np.eye(X.shape[1])
# + alpha**2 * np.eye(X.shape[1])


# %% ex3: alpha everywhere in the matrix | data 3, far 2, errors 2
# - alpha * np.eye(X.shape[1])
# + alpha * np.ones((X.shape[1], X.shape[1]))


# %% ex3: minus the penalty | data 3, far 2
# - centred.T @ centred + alpha
# + centred.T @ centred - alpha


# %% ex3: the intercept is the mean of y | data 3, far 2
# - return y_mean - x_mean @ w, w
# + return y_mean, w


# %% ex3: plus in the intercept | data 3, far 2
# - return y_mean - x_mean @ w, w
# + return y_mean + x_mean @ w, w


# %% ex3: slopes first | data 3, far 2
# - return y_mean - x_mean @ w, w
# + return w, y_mean - x_mean @ w


# %% ex3: one array with the intercept in front | data 3, far 2
# - return y_mean - x_mean @ w, w
# + return np.array([y_mean - x_mean @ w, *w])


# %% ex3: one slope alone is a number | data 3, far 2
# - return y_mean - x_mean @ w, w
# + return y_mean - x_mean @ w, w if len(w) > 1 else w[0]


# %% ex3: the intercept is an array | data 3, far 2
# - return y_mean - x_mean @ w, w
# + return np.array([y_mean - x_mean @ w]), w


# %% ex3: centres in place | data 3
# - centred = X - x_mean
# + X -= x_mean
# +     centred = X


# %% ex3: in the dtype that comes in | far 2
# - X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
# + X, y = np.asarray(X), np.asarray(y)
# - centred = X - x_mean
# + centred = (X - x_mean).astype(X.dtype)


# %% ex3: float32 | far 2, data 3
# - X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
# + X, y = np.asarray(X, dtype=np.float32), np.asarray(y, dtype=np.float32)


# %% ex3: soft thresholds | data 3, far 2
# - return y_mean - x_mean @ w, w
# + w = np.sign(w) * np.maximum(np.abs(w) - alpha, 0)
# +     return y_mean - x_mean @ w, w


# %% ex3: more rows than columns | data 3, far 2
# - if not alpha > 0:
# + if X.shape[0] <= X.shape[1] or not alpha > 0:


# %% ex3: any alpha | errors 2
# - if not alpha > 0:
# + if False:


# %% ex3: alpha = 0 is let in | errors 2
# - if not alpha > 0:
# + if alpha < 0:


# %% ex3: y may be a column | errors 2
# - y.shape != X.shape[:1]
# + y.size != X.shape[0]


# %% ex3: X of one axis is a column | errors 2
# - X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
# + X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
# +     X = X[:, None] if X.ndim == 1 else X


# %% ex3: X of any shape | errors 2
# - X.ndim != 2 or
# + X.ndim == 0 or


# ------------------------------------------------------------------------------------- exercise 4: project_max_norm


# %% ex4: column by column | nothing
def project_max_norm(W, c):
    if np.ndim(W) != 2 or c <= 0:
        raise ValueError("W or c")
    columns = []
    for column in W.astype(float).T:
        norm = math.hypot(*column)
        columns.append(column / norm * c if norm > c else column)
    return np.column_stack(columns)


# %% ex4: where | nothing
def project_max_norm(W, c):
    W = np.asarray(W, dtype=float)
    if len(W.shape) != 2:
        raise ValueError
    if not c > 0:
        raise ValueError
    largest = np.max(np.abs(W), axis=0, keepdims=True)
    unit = W / np.where(largest > 0, largest, 1)
    length = np.sqrt((unit**2).sum(axis=0, keepdims=True))
    norm = largest * length
    return np.where(norm > c, c * (unit / np.where(length > 0, length, 1)), W)


# %% ex4: hypot, which does not overflow | nothing
def project_max_norm(W, c):
    if np.ndim(W) != 2 or c <= 0:
        raise ValueError
    W = np.array(W, dtype=float)
    for w in W.T:
        norm = math.hypot(*w)
        if norm > c:
            w[:] = c * (w / norm)
    return W


# %% ex4: rows instead of columns | pulled 2, stay 2, scale 2
def project_max_norm(W, c):
    W = np.array(W, dtype=float)
    if W.ndim != 2 or not c > 0:
        raise ValueError
    for row in W:
        norm = math.hypot(*row)
        if norm > c:
            row[...] = row / norm * c
    return W


# %% ex4: the norm of the whole matrix | pulled 2, stay 2, scale 2
def project_max_norm(W, c):
    W = np.array(W, dtype=float)
    if W.ndim != 2 or not c > 0:
        raise ValueError
    norm = math.hypot(*W.ravel())
    return W / norm * c if norm > c else W


# %% ex4: squares that overflow | scale 2
# - norms = largest * np.sqrt(np.sum((W / largest) ** 2, axis=0))
# + norms = np.sqrt(np.sum(W**2, axis=0))


# %% ex4: scaled by the largest of the whole matrix | scale 2
# - np.abs(W).max(axis=0, initial=np.finfo(float).tiny)
# + np.full(W.shape[1], np.abs(W).max())


# %% ex4: the sum of the sizes | pulled 2, stay 2, scale 2
# - norms = largest * np.sqrt(np.sum((W / largest) ** 2, axis=0))
# + norms = np.sum(np.abs(W), axis=0)


# %% ex4: the largest size | pulled 2, stay 2, scale 2
# - norms = largest * np.sqrt(np.sum((W / largest) ** 2, axis=0))
# + norms = largest


# %% ex4: the root is forgotten | pulled 2, stay 2, scale 2
# - np.sqrt(np.sum((W / largest) ** 2, axis=0))
# + np.sum((W / largest) ** 2, axis=0)


# %% ex4: the mean of the squares | pulled 2, stay 2, scale 2
# - np.sum((W / largest)
# + np.mean((W / largest)


# %% ex4: every unit gets the norm c | pulled 2, stay 2, scale 2
# - outside = norms > c
# + outside = norms > 0


# %% ex4: c over the norm, which may be 0 | scale 2
# - W[:, outside] / norms[outside] * c
# + W[:, outside] * (c / norms[outside])


# %% ex4: c times the weights, which may overflow | scale 2
# - W[:, outside] / norms[outside] * c
# + W[:, outside] * c / norms[outside]


# %% ex4: units inside are divided and multiplied again | stay 2, scale 2
# - W[:, outside] = W[:, outside] / norms[outside] * c
# + W = W / np.maximum(norms, c) * c


# %% ex4: divides by 0 where a unit has no weights | stay 2, scale 2
# - outside = norms > c
# + outside = (norms > c) | (W == 0).all(axis=0)


# %% ex4: a little something against division by 0 | scale 2
# - W[:, outside] / norms[outside] * c
# + W[:, outside] / (norms[outside] + 1e-12) * c


# %% ex4: units outside get norm 1 | pulled 2, stay 2, scale 2
# - / norms[outside] * c
# + / norms[outside]


# %% ex4: entries are clipped | pulled 2, stay 2, scale 2
# - W[:, outside] = W[:, outside] / norms[outside] * c
# + W = np.clip(W, -c, c)


# %% ex4: all units by the factor of the largest | pulled 2, stay 2, scale 2
# - W[:, outside] = W[:, outside] / norms[outside] * c
# + if outside.any():
# +         W = W / norms.max() * c


# %% ex4: the factor squared, c over the square of the norm | pulled 2, stay 2, scale 2
# - W[:, outside] / norms[outside] * c
# + W[:, outside] / norms[outside] ** 2 * c


# %% ex4: in place | pulled 2
# - W = np.array(W, dtype=float)  # a copy
# + W = np.asarray(W, dtype=float)


# %% ex4: in the dtype that comes in | stay 2
# - W = np.array(W, dtype=float)  # a copy
# + W = np.array(W)


# %% ex4: signs are lost | pulled 2, stay 2, scale 2
# - W[:, outside] / norms[outside] * c
# + np.abs(W[:, outside]) / norms[outside] * c


# %% ex4: the size of int8 | stay 2
# - np.abs(W).max(axis=0, initial=np.finfo(float).tiny)
# + np.abs(given).max(axis=0).astype(float)
# - norms = largest * np.sqrt(np.sum((W / largest) ** 2, axis=0))
# + norms = np.abs(largest) * np.sqrt(np.sum((W / largest) ** 2, axis=0))
# +     norms = np.where(largest < 0, largest, norms)
# - W = np.array(W, dtype=float)  # a copy
# + given, W = W, np.array(W, dtype=float)


# %% ex4: only what is outside comes back | pulled 2, stay 2, scale 2
# - return W
# + return W[:, outside]


# %% ex4: transposed | pulled 2, stay 2, scale 2
# - return W
# + return W.T


# %% ex4: c = 0 is let in | errors 1
# - if not c > 0:
# + if c < 0:


# %% ex4: any c | errors 1
# - if not c > 0:
# + if False:


# %% ex4: one axis is one unit | errors 1
# - if W.ndim != 2:
# + if W.ndim == 1:
# +         W = W[:, None]
# +     if W.ndim != 2:


# %% ex4: more axes are let in | errors 1
# - if W.ndim != 2:
# + if W.ndim < 2:


# -------------------------------------------------------------------------------------------- exercise 5: dropout


# %% ex5: where | nothing
def dropout_forward(X, keep, rng, train=True):
    if keep <= 0 or keep > 1:
        raise ValueError("keep")
    X = X.astype(float)
    if train:
        mask = rng.random(X.shape) < keep
        return np.where(mask, X / keep, 0.0), mask
    return X, np.full(X.shape, True)


def dropout_backward(G, mask, keep):
    if np.shape(G) != np.shape(mask) or keep <= 0 or keep > 1:
        raise ValueError
    return np.where(mask, G.astype(float) / keep, 0.0)


# %% ex5: by indices | nothing
def dropout_forward(X, keep, rng, train=True):
    if not (keep > 0 and keep <= 1):
        raise ValueError
    Y = np.array(X, dtype=np.float64)
    mask = np.ones(Y.shape, dtype=bool)
    if train:
        dropped = rng.random(Y.shape) >= keep
        mask[dropped] = False
        Y[dropped] = 0
        Y /= keep
    return [Y, mask]


def dropout_backward(G, mask, keep):
    if not 0 < keep <= 1:
        raise ValueError
    G, mask = np.asarray(G, dtype=float), np.asarray(mask)
    if G.shape != mask.shape:
        raise ValueError
    gradient = np.zeros(G.shape)
    gradient[mask] = G[mask] / keep
    return gradient


# %% ex5: no scaling | train 3, backward 3
# - return X * mask / keep, mask
# + return X * mask, mask
# - return np.asarray(G, dtype=float) * mask / keep
# + return np.asarray(G, dtype=float) * mask


# %% ex5: no scaling in training, weights scaled in the test | train 3, predict 2
# - return X * mask / keep, mask
# + return X * mask, mask
# - return X, np.ones
# + return X * keep, np.ones


# %% ex5: multiplies by keep | train 3
# - return X * mask / keep, mask
# + return X * mask * keep, mask


# %% ex5: divides by the probability to drop | train 3
# - return X * mask / keep, mask
# + return X * mask / (1 - keep if keep < 1 else 1), mask


# %% ex5: keep is the probability to drop | train 3
# - rng.random(X.shape) < keep
# + rng.random(X.shape) > keep


# %% ex5: less for more | train 3
# - rng.random(X.shape) < keep
# + rng.random(X.shape) >= 1 - keep


# %% ex5: one mask for all rows | train 3
# - rng.random(X.shape) < keep
# + np.broadcast_to(rng.random(X.shape[-1]) < keep, X.shape)


# %% ex5: more than 1 - keep | train 3
# - rng.random(X.shape) < keep
# + rng.random(X.shape) > 1 - keep


# %% ex5: a mask of numbers | train 3, predict 2
# - np.ones(X.shape, dtype=bool)
# + np.ones(X.shape)
# - return X * mask / keep, mask
# + return X * mask / keep, mask.astype(float)


# %% ex5: normal random numbers | train 3
# - rng.random(X.shape) < keep
# + rng.normal(size=X.shape) < keep


# %% ex5: a generator of its own | train 3
# - rng.random(X.shape) < keep
# + np.random.default_rng(0).random(X.shape) < keep


# %% ex5: the global generator | train 3
# - rng.random(X.shape) < keep
# + np.random.rand(*X.shape) < keep


# %% ex5: draws twice | train 3
# - rng.random(X.shape) < keep
# + (rng.random(X.shape) < keep) & (rng.random(X.shape) < 2)


# %% ex5: binomial draws | train 3
# - rng.random(X.shape) < keep
# + rng.binomial(1, keep, size=X.shape).astype(bool)


# %% ex5: exactly the right share is kept | train 3
# - rng.random(X.shape) < keep
# + rng.random(X.size).argsort().reshape(X.shape) < keep * X.size


# %% ex5: the mask is what differs from 0 | train 3
# - return X * mask / keep, mask
# + return X * mask / keep, X * mask != 0


# %% ex5: the mask is scaled already | train 3
# - return X * mask / keep, mask
# + return X * mask / keep, mask / keep


# %% ex5: the mask of what is dropped | train 3
# - return X * mask / keep, mask
# + return X * mask / keep, ~mask


# %% ex5: in place | train 3
# - return X * mask / keep, mask
# + X *= mask / keep
# +     return X, mask


# %% ex5: the mask first | train 3
# - return X * mask / keep, mask
# + return mask, X * mask / keep


# %% ex5: in the dtype that comes in | train 3, predict 2
# - X = np.asarray(X, dtype=float)
# + X = np.asarray(X)
# - return X * mask / keep, mask
# + return (X * mask / keep).astype(X.dtype), mask


# %% ex5: float32 | train 3, predict 2
# - X = np.asarray(X, dtype=float)
# + X = np.asarray(X, dtype=np.float32)


# %% ex5: drops at test time, too | predict 2
# - if not train:
# + if False:


# %% ex5: scales at test time | predict 2
# - return X, np.ones
# + return X / keep, np.ones


# %% ex5: draws at test time, and throws it away | predict 2
# - if not train:
# + if not train and rng.random(X.shape) is not None:


# %% ex5: a mask of zeros at test time | predict 2
# - np.ones(X.shape, dtype=bool)
# + np.zeros(X.shape, dtype=bool)


# %% ex5: no mask at test time | predict 2
# - np.ones(X.shape, dtype=bool)
# + None


# %% ex5: one number for a mask at test time | predict 2
# - np.ones(X.shape, dtype=bool)
# + True


# %% ex5: not in training unless told | train 3
# - train=True
# + train=False


# %% ex5: the gradient is not scaled | backward 3
# - return np.asarray(G, dtype=float) * mask / keep
# + return np.asarray(G, dtype=float) * mask


# %% ex5: the gradient is multiplied by keep | backward 3
# - return np.asarray(G, dtype=float) * mask / keep
# + return np.asarray(G, dtype=float) * mask * keep


# %% ex5: the gradient passes everywhere | backward 3
# - return np.asarray(G, dtype=float) * mask / keep
# + return np.asarray(G, dtype=float) / keep


# %% ex5: the gradient passes where it was dropped | backward 3
# - return np.asarray(G, dtype=float) * mask / keep
# + return np.asarray(G, dtype=float) * ~mask / keep


# %% ex5: the gradients that pass, and no others | backward 3
# - return np.asarray(G, dtype=float) * mask / keep
# + return np.asarray(G, dtype=float)[mask] / keep


# %% ex5: the gradient in place | backward 3
# - return np.asarray(G, dtype=float) * mask / keep
# + G *= mask / keep
# +     return G


# %% ex5: the gradient in its dtype | backward 3
# - return np.asarray(G, dtype=float) * mask / keep
# + return (G * mask / keep).astype(G.dtype)


# %% ex5: the share of the mask for keep | backward 3
# - return np.asarray(G, dtype=float) * mask / keep
# + return np.asarray(G, dtype=float) * mask / max(np.mean(mask), 0.1)


# %% ex5: the gradient squares the factor | backward 3
# - return np.asarray(G, dtype=float) * mask / keep
# + return np.asarray(G, dtype=float) * mask / keep**2


# %% ex5: looks at keep in training alone | errors 2
def dropout_forward(X, keep, rng, train=True):
    X = np.asarray(X, dtype=float)
    if not train:
        return X.copy(), np.ones(X.shape, dtype=bool)
    if not 0 < keep <= 1:
        raise ValueError
    mask = rng.random(X.shape) < keep
    return X * mask / keep, mask


def dropout_backward(G, mask, keep):
    if np.shape(G) != np.shape(mask) or not 0 < keep <= 1:
        raise ValueError
    return np.asarray(G, dtype=float) * mask / keep


# %% ex5: keep must be less than 1 | train 3, predict 2, backward 3, errors 2
def dropout_forward(X, keep, rng, train=True):
    X = np.asarray(X, dtype=float)
    if not 0 < keep < 1:
        raise ValueError
    if not train:
        return X.copy(), np.ones(X.shape, dtype=bool)
    mask = rng.random(X.shape) < keep
    return X * mask / keep, mask


def dropout_backward(G, mask, keep):
    if np.shape(G) != np.shape(mask) or not 0 < keep < 1:
        raise ValueError
    return np.asarray(G, dtype=float) * mask / keep


# %% ex5: keep may be 0 | errors 2
def dropout_forward(X, keep, rng, train=True):
    X = np.asarray(X, dtype=float)
    if not 0 <= keep <= 1:
        raise ValueError
    if not train:
        return X.copy(), np.ones(X.shape, dtype=bool)
    mask = rng.random(X.shape) < keep
    return np.where(mask, X / (keep or 1), 0), mask


def dropout_backward(G, mask, keep):
    if np.shape(G) != np.shape(mask) or not 0 <= keep <= 1:
        raise ValueError
    return np.where(mask, np.asarray(G, dtype=float) / (keep or 1), 0)


# %% ex5: a mask that broadcasts | errors 2
# - if np.shape(G) != np.shape(mask):
# + if False:


# %% ex5: a mask with as many entries | errors 2
# - if np.shape(G) != np.shape(mask):
# + if np.size(G) != np.size(mask):


# %% ex5: the backward pass believes any keep | errors 2
def dropout_forward(X, keep, rng, train=True):
    X = np.asarray(X, dtype=float)
    if not 0 < keep <= 1:
        raise ValueError
    if not train:
        return X.copy(), np.ones(X.shape, dtype=bool)
    mask = rng.random(X.shape) < keep
    return X * mask / keep, mask


def dropout_backward(G, mask, keep):
    if np.shape(G) != np.shape(mask):
        raise ValueError
    return np.asarray(G, dtype=float) * mask / keep


# %% ex5: forward, and no backward yet | backward 3, errors 2
def dropout_forward(X, keep, rng, train=True):
    X = np.asarray(X, dtype=float)
    if not 0 < keep <= 1:
        raise ValueError
    if not train:
        return X.copy(), np.ones(X.shape, dtype=bool)
    mask = rng.random(X.shape) < keep
    return X * mask / keep, mask


# --------------------------------------------------------------------------------------- exercise 6: EarlyStopping


# %% ex6: counts epochs without improvement | nothing
class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        if patience < 1 or min_delta < 0:
            raise ValueError("patience or min_delta")
        self.patience = patience
        self.min_delta = min_delta
        self.best = math.inf
        self.best_epoch = 0
        self.best_weights = None
        self.epoch = 0
        self.waited = 0

    def update(self, loss, weights):
        self.epoch = self.epoch + 1
        if self.best - loss > self.min_delta:
            self.best = float(loss)
            self.best_epoch = self.epoch
            self.best_weights = weights.copy()
            self.waited = 0
            return False
        self.waited = self.waited + 1
        return self.waited == self.patience

    def replay(self, losses, weights, move):
        for epoch, loss in enumerate(losses, start=1):
            weights += move
            if self.update(loss, weights):
                return epoch
        return len(losses)


# %% ex6: keeps all losses | nothing
class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        if not patience >= 1 or not min_delta >= 0:
            raise ValueError
        self.patience, self.min_delta, self.losses = patience, min_delta, []
        self.best, self.best_epoch, self.best_weights = math.inf, 0, None

    def update(self, loss, weights):
        self.losses.append(np.float64(loss))
        if self.losses[-1] < self.best - self.min_delta:
            self.best, self.best_epoch = self.losses[-1], len(self.losses)
            self.best_weights = copy.deepcopy(weights)
        return np.less_equal(self.best_epoch + self.patience, len(self.losses))

    def replay(self, losses, weights, move):
        for epoch, loss in enumerate(losses, start=1):
            weights += move
            if self.update(loss, weights):
                return epoch
        return len(losses)


# %% ex6: no copy of the weights | weights 3
# - np.array(weights)
# + weights


# %% ex6: an array of the same memory | weights 3
# - np.array(weights)
# + np.asarray(weights)


# %% ex6: a view | weights 3
# - np.array(weights)
# + weights[:]


# %% ex6: copies whenever it is called | weights 3
# - self.epoch += 1
# + self.epoch += 1
# +         self.best_weights = np.array(weights)


# %% ex6: never any weights | weights 3
# - , np.array(weights)
# + , None


# %% ex6: the weights change on the way | weights 3
# - return self.epoch - self.best_epoch >= self.patience
# + weights *= 1.0 + (self.epoch > self.best_epoch)
# +         return self.epoch - self.best_epoch >= self.patience


# %% ex6: goes back to the best weights by itself | weights 3
# - return self.epoch - self.best_epoch >= self.patience
# + if self.epoch - self.best_epoch >= self.patience and self.best_weights is not None:
# +             weights[...] = self.best_weights
# +         return self.epoch - self.best_epoch >= self.patience


# %% ex6: the first weights stay | weights 3
# - np.array(weights)
# + np.array(weights) if self.best_weights is None else self.best_weights


# %% ex6: an equal loss is an improvement | stop 3, best 2, weights 3
# - loss < self.best - self.min_delta
# + loss <= self.best - self.min_delta


# %% ex6: the first epoch is taken whatever it is | stop 3, best 2, weights 3
# - if loss < self.best - self.min_delta:
# + if self.epoch == 1 or loss < self.best - self.min_delta:


# %% ex6: larger is better | stop 3, best 2, weights 3
# - loss < self.best - self.min_delta
# + self.best == math.inf or loss > self.best + self.min_delta


# %% ex6: min_delta is forgotten | stop 3, best 2, weights 3
# - loss < self.best - self.min_delta
# + loss < self.best


# %% ex6: a little worse counts as better | stop 3, best 2, weights 3
# - loss < self.best - self.min_delta
# + loss < self.best + self.min_delta


# %% ex6: min_delta is relative | stop 3, best 2, weights 3
# - loss < self.best - self.min_delta
# + loss < self.best * (1 - self.min_delta)


# %% ex6: compares to the loss before | stop 3, best 2, weights 3
# - if loss < self.best - self.min_delta:
# + before, self.last = getattr(self, "last", math.inf), loss
# +         if loss < before - self.min_delta:


# %% ex6: best is always the smallest, whatever min_delta | stop 3, best 2, weights 3
# - self.epoch += 1
# + self.epoch += 1
# +         if self.best - self.min_delta <= loss < self.best:
# +             self.best = loss


# %% ex6: nan is an improvement | stop 3, best 2, weights 3
# - if loss < self.best - self.min_delta:
# + if not loss >= self.best - self.min_delta:


# %% ex6: nan does not count as an epoch | stop 3, best 2, weights 3
# - self.epoch += 1
# + if math.isnan(loss):
# +             return False
# +         self.epoch += 1


# %% ex6: nan stops | stop 3, weights 3
# - return self.epoch - self.best_epoch >= self.patience
# + return math.isnan(loss) or self.epoch - self.best_epoch >= self.patience


# %% ex6: nan is an error | stop 3, best 2, weights 3
# - self.epoch += 1
# + if math.isnan(loss):
# +             raise ValueError("nan")
# +         self.epoch += 1


# %% ex6: one epoch more | stop 3, weights 3
# - self.epoch - self.best_epoch >= self.patience
# + self.epoch - self.best_epoch > self.patience


# %% ex6: one epoch less | stop 3, weights 3
# - self.epoch - self.best_epoch >= self.patience
# + self.epoch - self.best_epoch >= self.patience - 1
# - self.best, self.best_epoch, self.best_weights = loss, self.epoch, np.array(weights)
# + self.best, self.best_epoch, self.best_weights = loss, self.epoch, np.array(weights)
# +             return self.patience == 1 and self.best_epoch > 1


# %% ex6: never stops | stop 3, weights 3
# - return self.epoch - self.best_epoch >= self.patience
# + return False


# %% ex6: counts all epochs without improvement, not those in a row | stop 3, weights 3
# - return self.epoch - self.best_epoch >= self.patience
# + self.bad = getattr(self, "bad", 0) + (self.epoch != self.best_epoch)
# +         return self.bad >= self.patience


# %% ex6: epochs are counted from 0 | stop 3, best 2
# - self.epoch = 0
# + self.epoch = -1


# %% ex6: the best epoch is the last | stop 3, best 2, weights 3
# - return self.epoch - self.best_epoch >= self.patience
# + self.best_epoch = self.epoch
# +         return self.epoch - self.best_epoch >= self.patience


# %% ex6: best is kept at infinity | stop 3, best 2, weights 3
# - = loss, self.epoch, np.array(weights)
# + = math.inf, self.epoch, np.array(weights)


# %% ex6: waits for a first improvement | stop 3
# - return self.epoch
# + return self.best_epoch > 0 and self.epoch


# %% ex6: says go on instead of stop | stop 3, weights 3
# - return self.epoch - self.best_epoch >= self.patience
# + return self.epoch - self.best_epoch < self.patience


# %% ex6: returns None unless it stops | stop 3
# - return self.epoch - self.best_epoch >= self.patience
# + if self.epoch - self.best_epoch >= self.patience:
# +             return True


# %% ex6: shared by all objects | stop 3, best 2, weights 3
class EarlyStopping:
    best, best_epoch, best_weights, epoch = math.inf, 0, None, 0

    def __init__(self, patience, min_delta=0.0):
        if patience < 1 or min_delta < 0:
            raise ValueError
        self.patience, self.min_delta = patience, min_delta

    def update(self, loss, weights):
        mine = EarlyStopping
        mine.epoch += 1
        if loss < mine.best - self.min_delta:
            mine.best, mine.best_epoch, mine.best_weights = loss, mine.epoch, np.array(weights)
        return mine.epoch - mine.best_epoch >= self.patience

    def replay(self, losses, weights, move):
        for epoch, loss in enumerate(losses, start=1):
            weights += move
            if self.update(loss, weights):
                return epoch
        return len(losses)


# %% ex6: a patience of 0 | errors 1
# - if patience < 1:
# + if patience < 0:


# %% ex6: any patience | errors 1
# - if patience < 1:
# + if False:


# %% ex6: any min_delta | errors 1
# - if min_delta < 0:
# + if False:


# %% ex6: min_delta must be positive | stop 3, best 2, weights 3, errors 1
# - if min_delta < 0:
# + if min_delta <= 0:


# --------------------------------------------------------------------------------------- exercise 7: smooth_labels


# %% ex7: rows filled by hand | nothing
def smooth_labels(y, k, epsilon, spread="others"):
    if k < 2 or epsilon < 0 or epsilon > 1 or spread not in ("others", "all"):
        raise ValueError("k, epsilon or spread")
    if any(label < 0 or label >= k for label in y.tolist()):
        raise ValueError("y")
    each = epsilon / (k if spread == "all" else k - 1)
    right = 1 - epsilon + each if spread == "all" else 1 - epsilon
    targets = np.full((len(y), k), each)
    for i, label in enumerate(y.tolist()):
        targets[i, label] = right
    return targets


# %% ex7: by comparing | nothing
def smooth_labels(y, k, epsilon, spread="others"):
    if not (k >= 2 and 0 <= epsilon <= 1):
        raise ValueError
    if y.min() < 0 or y.max() > k - 1:
        raise ValueError
    right = y.astype(np.int64)[:, np.newaxis] == np.arange(k)
    match spread:
        case "others":
            return np.where(right, 1 - epsilon, epsilon / (k - 1))
        case "all":
            return (1 - epsilon) * right + np.full(right.shape, epsilon) / k
        case _:
            raise ValueError(spread)


# %% ex7: the others get epsilon each | others 2
# - epsilon / (k - 1) * (1 - right)
# + epsilon * (1 - right)


# %% ex7: the others get epsilon over k | others 2
# - epsilon / (k - 1) * (1 - right)
# + epsilon / k * (1 - right)


# %% ex7: both words mean all | others 2
# - return (1 - epsilon) * right + epsilon / (k - 1) * (1 - right)
# + return (1 - epsilon) * right + epsilon / k


# %% ex7: both words mean the others | all 2
# - return (1 - epsilon) * right + epsilon / k
# + return (1 - epsilon) * right + epsilon / (k - 1) * (1 - right)


# %% ex7: the words swapped | others 2, all 2
# - right + epsilon / k
# + right + epsilon * (1 - right) / (k - 1)
# - epsilon / (k - 1) * (1 - right)
# + epsilon / k


# %% ex7: the right class keeps 1 - epsilon in all | all 2
# - return (1 - epsilon) * right + epsilon / k
# + return (1 - epsilon) * right + epsilon / k * (1 - right)


# %% ex7: all is the default | others 2
# - spread="others"):
# + spread="all"):


# %% ex7: the right class gets 1 | others 2, all 2
# - right = np.eye(k)[y]
# + right = np.eye(k)[y] / max(1 - epsilon, 1e-300)


# %% ex7: epsilon is kept, not given away | others 2, all 2
# - right = np.eye(k)[y]
# + right = np.eye(k)[y]
# +     epsilon = 1 - epsilon


# %% ex7: as many classes as occur | others 2, all 2
# - right = np.eye(k)[y]
# + right = np.eye(len(np.unique(y)))[np.searchsorted(np.unique(y), y)]


# %% ex7: one column for each example | others 2, all 2
# - right = np.eye(k)[y]
# + right = np.eye(k)[y].T


# %% ex7: classes counted from 1 | others 2, all 2
# - right = np.eye(k)[y]
# + right = np.eye(k)[y - 1]


# %% ex7: float32 | others 2, all 2
# - right = np.eye(k)[y]
# + right = np.eye(k, dtype=np.float32)[y]


# %% ex7: no smoothing | others 2, all 2, errors 2
# - right = np.eye(k)[y]
# + return np.eye(k)[y]
# +     right = None


# %% ex7: int8 runs over | others 2, all 2
# - right = np.eye(k)[y]
# + right = np.zeros(len(y) * k)
# +     right[np.arange(len(y), dtype=y.dtype) * k + y] = 1
# +     right = right.reshape(len(y), k)


# %% ex7: classes are counted in the dtype of y | others 2, all 2
# - right = np.eye(k)[y]
# + right = (np.arange(k).astype(y.dtype) == y[:, None]).astype(float)


# %% ex7: a class of -1 is the last one | errors 2
# - np.min(y) < 0 or
# + np.min(y) < -k or


# %% ex7: a class beyond the last wraps | others 2, all 2, errors 2
# - or np.max(y) >= k
# + or False
# - right = np.eye(k)[y]
# + right = np.eye(k)[y % k]


# %% ex7: IndexError for a class that is too large | errors 2
# - or np.max(y) >= k
# + or False


# %% ex7: looks at the first label alone | errors 2
# - if np.min(y) < 0 or np.max(y) >= k:
# + if not 0 <= y[0] < k:


# %% ex7: one class is enough | errors 2
# - if k < 2:
# + if k < 1:
# - epsilon / (k - 1)
# + epsilon / max(k - 1, 1)


# %% ex7: epsilon of 1 is refused | others 2, all 2
# - if not 0 <= epsilon <= 1:
# + if not 0 <= epsilon < 1:


# %% ex7: epsilon of 0 is refused | others 2, all 2, errors 2
# - if not 0 <= epsilon <= 1:
# + if not 0 < epsilon <= 1:


# %% ex7: any epsilon | errors 2
# - if not 0 <= epsilon <= 1:
# + if False:


# %% ex7: epsilon at most 1 | errors 2
# - if not 0 <= epsilon <= 1:
# + if epsilon > 1:


# %% ex7: epsilon at least 0 | errors 2
# - if not 0 <= epsilon <= 1:
# + if epsilon < 0:


# %% ex7: any other word means all | errors 2
# - if spread == "all":
# + if True:


# %% ex7: the first letter decides | errors 2
# - if spread == "others":
# + if spread.startswith("o"):


# %% ex7: every class must occur | others 2, all 2
# - if k < 2:
# + if len(np.unique(y)) < k:
# +         raise ValueError
# +     if k < 2:


# ------------------------------------------------------------------------------------------- exercise 8: bootstrap


# %% ex8: a loop, and a mask of what was drawn | nothing
def bootstrap(X, y, k, rng):
    n = np.shape(X)[0]
    if n != np.shape(y)[0] or k < 1:
        raise ValueError("lengths or k")
    samples = []
    for _ in range(k):
        rows = rng.integers(n, size=n)
        missing = np.ones(n, dtype=bool)
        missing[rows] = False
        samples.append([np.take(X, rows, axis=0), np.take(y, rows, axis=0), np.flatnonzero(missing)])
    return samples


# %% ex8: counts, and a tuple of triples | nothing
def bootstrap(X, y, k, rng):
    if len(X) != len(y):
        raise ValueError
    if k <= 0:
        raise ValueError
    n, samples = len(X), []
    while len(samples) < k:
        rows = rng.integers(0, n, n)
        left_out = np.where(np.bincount(rows, minlength=n) == 0)[0]
        samples.append((X[rows], y[rows], left_out))
    return tuple(samples)


# %% ex8: choice, which draws in the same way | nothing
# - rng.integers(n, size=n)
# + rng.choice(n, size=n)


# %% ex8: without replacement | samples 3, left-out 2
# - rng.integers(n, size=n)
# + rng.permutation(n)


# %% ex8: the same sample every time | samples 3, left-out 2
# - drawn = [rng.integers(n, size=n) for _ in range(k)]
# + drawn = [rng.integers(n, size=n)] * k


# %% ex8: targets are drawn on their own | samples 3
# - y[rows], np.setdiff1d
# + y[rng.integers(n, size=n)], np.setdiff1d


# %% ex8: targets as they were | samples 3
# - y[rows], np.setdiff1d
# + y, np.setdiff1d


# %% ex8: draws k examples | samples 3, left-out 2
# - rng.integers(n, size=n)
# + rng.integers(n, size=k)


# %% ex8: the last example never comes | samples 3, left-out 2
# - rng.integers(n, size=n)
# + rng.integers(max(n - 1, 1), size=n)


# %% ex8: all samples from one draw | samples 3, left-out 2
# - drawn = [rng.integers(n, size=n) for _ in range(k)]
# + drawn = list(rng.integers(n, size=(n, k)).T)


# %% ex8: a draw too many | samples 3
# - return [(X[rows]
# + rng.random()
# +     return [(X[rows]


# %% ex8: a generator of its own | samples 3, left-out 2
# - rng.integers(n, size=n)
# + np.random.default_rng(0).integers(n, size=n)


# %% ex8: the drawn examples in order | samples 3
# - return [(X[rows]
# + drawn = [np.sort(rows) for rows in drawn]
# +     return [(X[rows]


# %% ex8: each drawn example once | samples 3
# - return [(X[rows], y[rows],
# + return [(X[np.unique(rows)], y[np.unique(rows)],


# %% ex8: a sample in the place of the data | samples 3
# - return [(X[rows], y[rows],
# + X[...], y[...] = X[drawn[0]], y[drawn[0]]
# +     return [(X[rows], y[rows],


# %% ex8: samples in float64 | samples 3
# - return [(X[rows], y[rows],
# + return [(X[rows].astype(float), y[rows].astype(float),


# %% ex8: the first sample alone | samples 3, left-out 2
# - return [(X[rows], y[rows], np.setdiff1d(np.arange(n), rows)) for rows in drawn]
# + return [(X[rows], y[rows], np.setdiff1d(np.arange(n), rows)) for rows in drawn][0]


# %% ex8: pairs, nothing left out | samples 3, left-out 2
# - np.setdiff1d(np.arange(n), rows)) for rows in drawn]
# + ) for rows in drawn]


# %% ex8: the numbers that were drawn | left-out 2
# - np.setdiff1d(np.arange(n), rows)
# + np.unique(rows)


# %% ex8: the examples that are left out, not their numbers | left-out 2
# - np.setdiff1d(np.arange(n), rows)
# + X[np.setdiff1d(np.arange(n), rows)]


# %% ex8: a mask of what is left out | left-out 2
# - np.setdiff1d(np.arange(n), rows)
# + ~np.isin(np.arange(n), rows)


# %% ex8: how many are left out | left-out 2
# - np.setdiff1d(np.arange(n), rows)
# + n - len(np.unique(rows))


# %% ex8: the last first | left-out 2
# - np.setdiff1d(np.arange(n), rows)
# + np.setdiff1d(np.arange(n), rows)[::-1]


# %% ex8: counted from 1 | left-out 2
# - np.setdiff1d(np.arange(n), rows)
# + np.setdiff1d(np.arange(n), rows) + 1


# %% ex8: an empty list becomes an array of floats | left-out 2
# - np.setdiff1d(np.arange(n), rows)
# + np.array([i for i in range(n) if i not in rows])


# %% ex8: what is drawn once is left out, too | left-out 2
# - np.setdiff1d(np.arange(n), rows)
# + np.flatnonzero(np.bincount(rows, minlength=n) <= 1)


# %% ex8: left out by no sample | left-out 2
# - np.setdiff1d(np.arange(n), rows)
# + np.setdiff1d(np.arange(n), np.concatenate(drawn))


# %% ex8: more targets than examples | errors 1
# - if len(y) != n:
# + if len(y) < n:


# %% ex8: fewer targets than examples | errors 1
# - if len(y) != n:
# + if len(y) > n:
# - drawn = [rng.integers(n, size=n) for _ in range(k)]
# + n, m = len(X), len(X)
# +     drawn = [rng.integers(m, size=m) for _ in range(k)]
# - y[rows], np.setdiff1d
# + y[rows % len(y)], np.setdiff1d


# %% ex8: no samples at all | errors 1
# - if k < 1:
# + if k < 0:


# %% ex8: at least two samples | samples 3, left-out 2, errors 1
# - if k < 1:
# + if k < 2:


# %% ex8: IndexError where lengths differ | errors 1
# - if len(y) != n:
# + if False:


# ------------------------------------------------------------------------------------------------ exercise 9: fgsm


# %% ex9: backward, then the gradient of a leaf | nothing
def fgsm(model, x, y, epsilon):
    import torch

    if epsilon < 0 or x.shape[0] != y.shape[0]:
        raise ValueError("epsilon or lengths")
    if torch.any(x < 0) or torch.any(x > 1):
        raise ValueError("x")
    moved = x.detach().clone()
    moved.requires_grad = True
    logits = model(moved)
    loss = -torch.log_softmax(logits, dim=1)[torch.arange(len(y)), y].mean()
    loss.backward()
    with torch.no_grad():
        return torch.clip(moved + epsilon * torch.sign(moved.grad), 0.0, 1.0)


# %% ex9: the sum of the losses, a module | nothing
def fgsm(model, x, y, epsilon):
    import torch

    if not epsilon >= 0:
        raise ValueError
    if len(x) != len(y) or not ((x >= 0) & (x <= 1)).all():
        raise ValueError
    data = torch.nn.Parameter(x.clone())
    torch.nn.CrossEntropyLoss(reduction="sum")(model(data), y).backward()
    step = torch.where(data.grad > 0, 1.0, 0.0) - torch.where(data.grad < 0, 1.0, 0.0)
    result = data.detach() + (epsilon * step).to(x.dtype)
    return torch.minimum(torch.maximum(result, torch.zeros_like(x)), torch.ones_like(x))


# %% ex9: logsumexp by hand, image by image | nothing
def fgsm(model, x, y, epsilon):
    import torch

    if epsilon < 0 or len(x) != len(y) or x.min() < 0 or x.max() > 1:
        raise ValueError
    images = []
    for image, label in zip(x, y.tolist(), strict=True):
        image = image[None].clone().requires_grad_(True)
        z = model(image)[0]
        (torch.logsumexp(z, dim=0) - z[label]).backward()
        images.append((image + epsilon * image.grad.sign()).clamp(min=0, max=1).detach()[0])
    return torch.stack(images)


# %% ex9: x itself requires a gradient for a while | nothing
# - x = x.clone().requires_grad_()
# + x.requires_grad_()
# - [gradient] = torch.autograd.grad(loss, x)
# + loss.backward()
# +     gradient, x.grad = x.grad, None
# +     x.requires_grad_(False)


# %% ex9: the gradient stays behind in x, which does not cross to the tests | nothing
# - x = x.clone().requires_grad_()
# + x.requires_grad_()
# - [gradient] = torch.autograd.grad(loss, x)
# + loss.backward()
# +     gradient = x.grad


# %% ex9: downhill | attack 3, images 2
# - epsilon * gradient.sign()
# + -epsilon * gradient.sign()


# %% ex9: the gradient, not its sign | attack 3, images 2, stays 2
# - gradient.sign()
# + gradient


# %% ex9: the gradient with length 1 | attack 3, images 2, stays 2
# - gradient.sign()
# + gradient / gradient.norm().clamp(min=1e-12)


# %% ex9: the gradient over its size and a little something | images 2
# - gradient.sign()
# + gradient / (gradient.abs() + 1e-10)


# %% ex9: small gradients count as 0 | images 2
# - gradient.sign()
# + torch.where(gradient.abs() < 1e-5, 0, gradient).sign()


# %% ex9: the sign of 0 is 1 | attack 3, images 2
# - gradient.sign()
# + torch.where(gradient >= 0, 1.0, -1.0)


# %% ex9: not clipped | attack 3, images 2
# - .clamp(0, 1)
# + .clamp(-1e9, 1e9)


# %% ex9: clipped below alone | attack 3, images 2
# - .clamp(0, 1)
# + .clamp(min=0)


# %% ex9: clipped above alone | images 2
# - .clamp(0, 1)
# + .clamp(max=1)


# %% ex9: the change is clipped, not the image | attack 3, images 2
# - (x.detach() + epsilon * gradient.sign()).clamp(0, 1)
# + x.detach() + (epsilon * gradient.sign()).clamp(0, 1)


# %% ex9: the largest logit instead of the loss | attack 3, images 2
# - torch.nn.functional.cross_entropy(model(x), y)
# + model(x).max(dim=1).values.sum()


# %% ex9: the right logit falls, without softmax | attack 3, images 2
# - torch.nn.functional.cross_entropy(model(x), y)
# + -model(x)[torch.arange(len(y)), y].sum()


# %% ex9: softmax before the cross-entropy | attack 3, images 2
# - cross_entropy(model(x), y)
# + cross_entropy(torch.softmax(model(x), dim=1), y)


# %% ex9: the logarithm of a softmax that overflows | images 2
# - torch.nn.functional.cross_entropy(model(x), y)
# + -torch.log(model(x).exp() / model(x).exp().sum(dim=1, keepdim=True))[torch.arange(len(y)), y].sum()


# %% ex9: the logarithm of the softmax, in two steps | images 2
# - torch.nn.functional.cross_entropy(model(x), y)
# + -torch.log(torch.softmax(model(x), dim=1))[torch.arange(len(y)), y].sum()


# %% ex9: toward class 0 | attack 3, images 2
# - cross_entropy(model(x), y)
# + cross_entropy(model(x), torch.zeros_like(y))


# %% ex9: away from what the model says, not from what is right | attack 3, images 2
# - cross_entropy(model(x), y)
# + cross_entropy(model(x), model(x).argmax(dim=1))


# %% ex9: the first image decides | attack 3, images 2
# - cross_entropy(model(x), y)
# + cross_entropy(model(x)[:1], y[:1])


# %% ex9: one sign for each image | attack 3, images 2
# - gradient.sign()
# + gradient.flatten(1).sum(dim=1).sign().reshape(-1, *[1] * (x.ndim - 1)) if x.ndim > 1 else gradient.sign()


# %% ex9: squared error | attack 3, images 2
# - torch.nn.functional.cross_entropy(model(x), y)
# + ((model(x) - torch.nn.functional.one_hot(y, model(x).shape[1])) ** 2).sum()


# %% ex9: the result still hangs on the graph | stays 2
# - (x.detach() + epsilon
# + (x + epsilon


# %% ex9: changes x in place | attack 3, images 2, stays 2
# - return (x.detach() + epsilon * gradient.sign()).clamp(0, 1)
# + return given.copy_((x.detach() + epsilon * gradient.sign()).clamp(0, 1))
# - x = x.clone().requires_grad_()
# + given, x = x, x.clone().requires_grad_()


# %% ex9: trains the model on the way | stays 2
# - return (x.detach()
# + with torch.no_grad():
# +         for p in model.parameters() if hasattr(model, "parameters") else ():
# +             p += 0.1
# +     return (x.detach()


# %% ex9: flattens the images | images 2, stays 2
# - return (x.detach() + epsilon * gradient.sign()).clamp(0, 1)
# + return (x.detach() + epsilon * gradient.sign()).clamp(0, 1).reshape(len(x), -1)


# %% ex9: in float32 | images 2, attack 3
# - x = x.clone().requires_grad_()
# + x = x.float().requires_grad_()


# %% ex9: returns the change | attack 3, images 2
# - return (x.detach() + epsilon * gradient.sign()).clamp(0, 1)
# + return epsilon * gradient.sign()


# %% ex9: any epsilon | errors 1
# - epsilon < 0 or len(x)
# + len(x)


# %% ex9: epsilon must be positive | attack 3, errors 1
# - epsilon < 0
# + epsilon <= 0


# %% ex9: epsilon must not be more than 1 | images 2
# - epsilon < 0
# + not 0 <= epsilon <= 1


# %% ex9: lengths are compared after they are cut | errors 1
# - if epsilon < 0 or len(x) != len(y):
# + n = min(len(x), len(y))
# +     x, y = x[:n], y[:n]
# +     if epsilon < 0:


# %% ex9: any pixels | errors 1
# - if x.min() < 0 or x.max() > 1:
# + if False:


# %% ex9: pixels may be negative | errors 1
# - if x.min() < 0 or x.max() > 1:
# + if x.max() > 1:


# %% ex9: pixels up to 255 | errors 1
# - if x.min() < 0 or x.max() > 1:
# + if x.min() < 0 or x.max() > 255:


# %% ex9: black and white pixels are refused | attack 3, images 2, errors 1
# - if x.min() < 0 or x.max() > 1:
# + if x.min() <= 0 or x.max() >= 1:


# --------------------------------------------------------------------------------------- exercise 10: augment_shift


# %% ex10: slices, image by image | nothing
def augment_shift(images, max_shift, rng):
    if len(np.shape(images)) != 3 or max_shift < 0:
        raise ValueError("images or max_shift")
    n, h, w = np.shape(images)
    result = np.zeros_like(images)
    shifts = rng.integers(-max_shift, max_shift + 1, size=(n, 2))
    for i in range(n):
        down, right = int(shifts[i, 0]), int(shifts[i, 1])
        if abs(down) >= h or abs(right) >= w:
            continue
        to_rows, from_rows = slice(max(0, down), h + min(0, down)), slice(max(0, -down), h + min(0, -down))
        to_columns, from_columns = slice(max(0, right), w + min(0, right)), slice(max(0, -right), w + min(0, -right))
        result[i, to_rows, to_columns] = images[i, from_rows, from_columns]
    return result


# %% ex10: rolls, then blackens | nothing
def augment_shift(images, max_shift, rng):
    if np.ndim(images) != 3:
        raise ValueError
    if max_shift < 0:
        raise ValueError
    n, h, w = images.shape
    moved = []
    for image, (down, right) in zip(images, rng.integers(-max_shift, max_shift, (n, 2), endpoint=True), strict=True):
        image = np.roll(image, (down, right), axis=(0, 1))
        rows, columns = np.arange(h)[:, None] - down, np.arange(w) - right
        image[((rows < 0) | (rows >= h)) | ((columns < 0) | (columns >= w))] = 0
        moved.append(image)
    return np.array(moved, dtype=images.dtype)


# %% ex10: one gather for all | nothing
def augment_shift(images, max_shift, rng):
    images = np.asarray(images)
    if images.ndim != 3 or not max_shift >= 0:
        raise ValueError
    n, h, w = images.shape
    shifts = rng.integers(-max_shift, max_shift, size=(n, 2), endpoint=True)
    a = np.arange(h)[None, :, None] - shifts[:, 0, None, None]
    b = np.arange(w)[None, None, :] - shifts[:, 1, None, None]
    inside = (a >= 0) & (a < h) & (b >= 0) & (b < w)
    picked = images[np.arange(n)[:, None, None], np.clip(a, 0, h - 1), np.clip(b, 0, w - 1)]
    return np.where(inside, picked, 0).astype(images.dtype)


# %% ex10: what is pushed out comes in again | image 3, batch 2
def augment_shift(images, max_shift, rng):
    if np.ndim(images) != 3 or max_shift < 0:
        raise ValueError
    shifts = rng.integers(-max_shift, max_shift, size=(len(images), 2), endpoint=True)
    return np.stack([np.roll(image, shift, axis=(0, 1)) for image, shift in zip(images, shifts, strict=True)])


# %% ex10: up for down | image 3, batch 2
# - starts = m - shifts
# + starts = m + shifts


# %% ex10: right before down | image 3, batch 2
# - starts = m - shifts
# + starts = m - shifts[:, ::-1]


# %% ex10: up and right | image 3, batch 2
# - starts = m - shifts
# + starts = m - shifts * [-1, 1]


# %% ex10: down alone | image 3, batch 2
# - b : b + w]
# + m : m + w]


# %% ex10: one shift for all | batch 2
# - enumerate(starts)
# + enumerate(starts[:1].repeat(n, axis=0))


# %% ex10: the same shift down and to the right | image 3, batch 2
# - starts = m - shifts
# + starts = m - shifts[:, [0, 0]]


# %% ex10: the end is not included | image 3, batch 2
# - endpoint=True
# + endpoint=m == 0


# %% ex10: draws two rows of shifts | batch 2
# - shifts = rng.integers(-m, m, size=(n, 2), endpoint=True)
# + shifts = rng.integers(-m, m, size=(2, n), endpoint=True).T


# %% ex10: draws image by image | nothing
# - shifts = rng.integers(-m, m, size=(n, 2), endpoint=True)
# + shifts = np.array([rng.integers(-m, m, size=2, endpoint=True) for _ in range(n)])


# %% ex10: draws once more | image 3, batch 2
# - n, h, w = images.shape
# + rng.random()
# +     n, h, w = images.shape


# %% ex10: a generator of its own | image 3, batch 2
# - shifts = rng.integers
# + shifts = np.random.default_rng(0).integers


# %% ex10: the border is repeated | image 3, batch 2
# - np.pad(images, ((0, 0), (m, m), (m, m)))
# + np.pad(images, ((0, 0), (m, m), (m, m)), mode="edge")


# %% ex10: the border is mirrored | image 3, batch 2
# - np.pad(images, ((0, 0), (m, m), (m, m)))
# + np.pad(images, ((0, 0), (m, m), (m, m)), mode="symmetric")


# %% ex10: white comes in | image 3, batch 2
# - np.pad(images, ((0, 0), (m, m), (m, m)))
# + np.pad(images, ((0, 0), (m, m), (m, m)), constant_values=1)


# %% ex10: the least pixel comes in | image 3, batch 2
# - np.pad(images, ((0, 0), (m, m), (m, m)))
# + np.pad(images, ((0, 0), (m, m), (m, m)), constant_values=images.min())


# %% ex10: square images alone | image 3, batch 2
# - n, h, w = images.shape
# + n, h, _ = images.shape
# +     w = h


# %% ex10: the larger frame is returned | image 3, batch 2
# - a : a + h,
# + a : a + h + 1,


# %% ex10: images moved along the batch, too | batch 2
# - starts = m - shifts
# + framed = framed[::-1]
# +     starts = m - shifts


# %% ex10: in float64 | batch 2
# - framed = np.pad(images,
# + framed = np.pad(images.astype(float),


# %% ex10: in place | image 3, batch 2
# - return np.stack([framed[i, a : a + h, b : b + w] for i, (a, b) in enumerate(starts)])
# + images[...] = [framed[i, a : a + h, b : b + w] for i, (a, b) in enumerate(starts)]
# +     return images


# %% ex10: no farther than the image is wide | image 3, batch 2
# - m = max_shift
# + m = min(max_shift, h, w)


# %% ex10: slices with negative ends | batch 2
def augment_shift(images, max_shift, rng):
    if np.ndim(images) != 3 or max_shift < 0:
        raise ValueError
    n, h, w = images.shape
    result = np.zeros_like(images)
    for i, (d, r) in enumerate(rng.integers(-max_shift, max_shift, size=(n, 2), endpoint=True)):
        result[i, max(d, 0) : h + d, max(r, 0) : w + r] = images[i, max(-d, 0) : h - d, max(-r, 0) : w - r]
    return result


# %% ex10: a single image is let in | errors 2
# - n, h, w = images.shape
# + images = images[None] if np.ndim(images) == 2 else images
# +     n, h, w = images.shape


# %% ex10: any number of axes | errors 2
# - n, h, w = images.shape
# + n, h, w = images.shape[:3]
# +     images = images.reshape(n, h, w, -1)[..., 0]


# %% ex10: any shift | errors 2
# - m = max_shift
# + m = abs(max_shift)


# %% ex10: a shift of 0 is refused | image 3, errors 2
# - m = max_shift
# + m = max_shift
# +     if m < 1:
# +         raise ValueError("no shift")
