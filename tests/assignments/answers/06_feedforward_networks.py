"""Answers to assignment 06, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or, for a small mistake, what differs from the instructor's answer.
"""

# ruff: noqa: F811

import math
from itertools import pairwise

import numpy as np

# ------------------------------------------------------------------------------------------------- exercise 1: affine


# %% ex1: einsum | nothing
def affine(X, W, b):
    if X.ndim != 2 or W.ndim != 2 or b.ndim != 1 or X.shape[1] != len(W) or len(b) != W.shape[1]:
        raise ValueError
    return np.einsum("ik,kj->ij", X.astype(float), W.astype(float)) + b.astype(float)


# %% ex1: a column of ones and the bias as one more row | nothing
def affine(X, W, b):
    if np.ndim(X) != 2 or np.ndim(W) != 2 or np.shape(b) != (np.shape(W)[1],):
        raise ValueError("shapes")
    X1 = np.hstack([X, np.ones((len(X), 1))]).astype(float)
    return X1.dot(np.vstack([W, b]).astype(float))


# %% ex1: the shapes taken apart, which raises ValueError by itself | nothing
def affine(X, W, b):
    _, d = X.shape
    rows, m = W.shape
    (units,) = b.shape
    if (d, m) != (rows, units):
        raise ValueError
    return (W.T.astype(float) @ X.T.astype(float) + b.reshape(-1, 1)).T


# %% ex1: feature by feature | nothing
def affine(X, W, b):
    if X.ndim != 2 or W.ndim != 2 or X.shape[1] != W.shape[0] or b.shape != W.shape[1:]:
        raise ValueError
    Z = np.tile(b.astype(float), (len(X), 1))
    for k in range(len(W)):
        Z += np.outer(X[:, k].astype(float), W[k].astype(float))
    return Z


# %% ex1: axes of length 1 squeezed away | values 3
# - X @ W + b
# + np.squeeze(X @ W) + b


# %% ex1: a bias per example where there are as many | values 3
# - X @ W + b
# + X @ W + (b[:, np.newaxis] if len(b) == len(X) else b)


# %% ex1: AssertionError for shapes | errors 2
# - raise ValueError
# + raise AssertionError


# %% ex1: no bias | values 3, dtypes 2
# - return X @ W + b
# + return X @ W


# %% ex1: the bias subtracted | values 3, dtypes 2
# - X @ W + b
# + X @ W - b


# %% ex1: a row of W for each unit | values 3, dtypes 2, errors 2
# - W.shape[0] != X.shape[1] or b.shape != (W.shape[1],)
# + W.shape[1] != X.shape[1] or b.shape != (W.shape[0],)
# - X @ W + b
# + X @ W.T + b


# %% ex1: one column per example | values 3, dtypes 2
# - return X @ W + b
# + return (X @ W + b).T


# %% ex1: the transpose where the matrix is square | values 3
# - X @ W + b
# + X @ (W.T if W.shape[0] == W.shape[1] else W) + b


# %% ex1: entry by entry | values 3, dtypes 2, errors 2
# - X @ W + b
# + X * W + b


# %% ex1: the mean over features | values 3, dtypes 2
# - X @ W + b
# + X @ W / X.shape[1] + b


# %% ex1: a ReLU, too | values 3, dtypes 2
# - return X @ W + b
# + return np.maximum(0, X @ W + b)


# %% ex1: computes in the dtype of the arguments | dtypes 2
# - np.asarray(a, dtype=float)
# + np.asarray(a)


# %% ex1: floats at the end | dtypes 2
# - np.asarray(a, dtype=float)
# + np.asarray(a)
# - return X @ W + b
# + return (X @ W + b).astype(float)


# %% ex1: computes in float32 | values 3, dtypes 2
# - np.asarray(a, dtype=float)
# + np.asarray(a, dtype=np.float32)


# %% ex1: rounded to four places | values 3, dtypes 2
# - return X @ W + b
# + return np.round(X @ W + b, 4)


# %% ex1: leaves the complaint to NumPy | errors 2
# - X.ndim != 2 or W.ndim != 2 or W.shape[0] != X.shape[1] or b.shape != (W.shape[1],)
# + False


# %% ex1: a bias that can be stretched let in | errors 2
# - b.shape != (W.shape[1],)
# + b.shape[-1:] not in ((), (1,), (W.shape[1],))


# %% ex1: sizes alone of the bias are compared | errors 2
# - b.shape != (W.shape[1],)
# + b.size != W.shape[1]


# %% ex1: the axes of X are not counted | errors 2
# - X.ndim != 2 or W.ndim != 2 or W.shape[0] != X.shape[1]
# + W.ndim != 2 or W.shape[0] != X.shape[-1]


# %% ex1: TypeError for shapes | errors 2
# - raise ValueError
# + raise TypeError


# %% ex1: b is cleared | values 3, dtypes 2
# - X, W, b = (np.asarray(a, dtype=float) for a in (X, W, b))
# + given = b
# +     X, W, b = (np.asarray(a, dtype=float) for a in (X, W, b))
# - return X @ W + b
# + Z = X @ W + b
# +     given[:] = 0
# +     return Z


# %% ex1: returns None | values 3, dtypes 2
# - return X @ W + b
# + print(X @ W + b)


# %% ex1: always raises the error that is asked for | values 3, dtypes 2, errors 2
def affine(X, W, b):
    raise ValueError


# --------------------------------------------------------------------------------------------------- exercise 2: relu


# %% ex2: a choice | nothing
def relu(Z, alpha=0.0):
    Z = np.array(Z, dtype=float)
    return np.where(Z >= 0, Z, alpha * Z)


# %% ex2: one slope for each entry | nothing
def relu(Z, alpha=0.0):
    return np.asarray(Z, dtype=float) * np.where(np.asarray(Z) > 0, 1.0, alpha)


# %% ex2: a loop over the entries | nothing
def relu(Z, alpha=0.0):
    entries = [z if z > 0 else float(alpha) * z for z in np.ravel(Z).astype(float).tolist()]
    return np.array(entries, dtype=float).reshape(np.shape(Z))


# %% ex2: half the sum and half the difference | nothing
def relu(Z, alpha=0.0):
    Z = np.asarray(Z, dtype=float)
    return (1 + alpha) / 2 * Z + (1 - alpha) / 2 * np.abs(Z)


# %% ex2: two masks | nothing
def relu(Z, alpha=0.0):
    Z = Z.astype(float)
    return Z * (Z > 0) + alpha * Z * (Z < 0)


# %% ex2: a copy, changed where it is negative | nothing
def relu(Z, alpha=0.0):
    H = np.array(Z, dtype=float)
    np.multiply(H, alpha, out=H, where=H < 0)
    return H


# %% ex2: a slope of at most 1 | slopes 2, dtypes 1
# - alpha * np
# + min(alpha, 1) * np


# %% ex2: a slope without its sign | slopes 2, dtypes 1
# - alpha * np
# + abs(alpha) * np


# %% ex2: the slope in float32 | slopes 2
# - alpha * np
# + np.float32(alpha) * np


# %% ex2: tiny entries count as negative | relu 3
# - np.maximum(0, Z)
# + np.where(Z > 1e-9, Z, 0)


# %% ex2: at least one axis | relu 3
# - np.asarray(Z, dtype=float)
# + np.atleast_1d(np.asarray(Z, dtype=float))


# %% ex2: flattened | relu 3, slopes 2, dtypes 1
# - return np.maximum(0, Z) + alpha * np.minimum(0, Z)
# + return (np.maximum(0, Z) + alpha * np.minimum(0, Z)).flatten()


# %% ex2: the slope ignored | slopes 2, dtypes 1
# -  + alpha * np.minimum(0, Z)
# +


# %% ex2: the larger of z and alpha z | slopes 2, dtypes 1
# - np.maximum(0, Z) + alpha * np.minimum(0, Z)
# + np.maximum(Z, alpha * Z)


# %% ex2: a leak if none is given | relu 3, dtypes 1
# - alpha=0.0
# + alpha=0.01


# %% ex2: the other half | relu 3, slopes 2, dtypes 1
# - np.maximum(0, Z) + alpha * np.minimum(0, Z)
# + np.minimum(0, Z) + alpha * np.maximum(0, Z)


# %% ex2: the wrong sign of the slope | slopes 2, dtypes 1
# - np.maximum(0, Z) + alpha
# + np.maximum(0, Z) - alpha


# %% ex2: the slope as a constant | slopes 2, dtypes 1
# - alpha * np.minimum(0, Z)
# + alpha * (Z < 0)


# %% ex2: the absolute value | relu 3, slopes 2, dtypes 1
# - return np.maximum(0, Z) + alpha * np.minimum(0, Z)
# + return np.abs(Z)


# %% ex2: a step | relu 3, slopes 2, dtypes 1
# - np.maximum(0, Z)
# + (Z > 0)


# %% ex2: capped at 1 | relu 3, slopes 2, dtypes 1
# - np.maximum(0, Z)
# + np.clip(Z, 0, 1)


# %% ex2: the largest entry only | relu 3, slopes 2, dtypes 1
# - np.maximum(0, Z)
# + max(0, np.max(Z, initial=0))


# %% ex2: softplus | relu 3, slopes 2, dtypes 1
# - np.maximum(0, Z)
# + np.log1p(np.exp(Z))


# %% ex2: leaves negative entries out | relu 3, slopes 2, dtypes 1
# - return np.maximum(0, Z) + alpha * np.minimum(0, Z)
# + return Z[Z >= 0]


# %% ex2: two axes and no others | relu 3, slopes 2, dtypes 1
# - return np.maximum(0, Z) + alpha * np.minimum(0, Z)
# + return np.array([[max(z, 0) + alpha * min(z, 0) for z in row] for row in Z])


# %% ex2: computes in the dtype of Z | dtypes 1
# - np.asarray(Z, dtype=float)
# + np.asarray(Z)


# %% ex2: integers stay integers | dtypes 1
# - np.asarray(Z, dtype=float)
# + given, Z = np.asarray(Z), np.asarray(Z, dtype=float)
# - return np.maximum(0, Z) + alpha * np.minimum(0, Z)
# + return (np.maximum(0, Z) + alpha * np.minimum(0, Z)).astype(given.dtype)


# %% ex2: in place | relu 3, slopes 2, dtypes 1
def relu(Z, alpha=0.0):
    Z[Z < 0] = alpha * Z[Z < 0]
    return Z


# %% ex2: returns None | relu 3, slopes 2, dtypes 1
# - return np.maximum
# + np.maximum


# ------------------------------------------------------------------------------------------------- exercise 3: maxout


# %% ex3: a layer for each piece | nothing
def maxout(X, W, b):
    X, W, b = X.astype(float), W.astype(float), b.astype(float)
    if X.ndim != 2 or W.ndim != 3 or b.ndim != 2 or X.shape[1] != W.shape[0] or b.shape != W.shape[1:]:
        raise ValueError
    H = X @ W[:, :, 0] + b[:, 0]
    for piece in range(1, W.shape[2]):
        H = np.maximum(H, X @ W[:, :, piece] + b[:, piece])
    return H


# %% ex3: one large matrix, then reshaped | nothing
def maxout(X, W, b):
    X, W, b = (np.array(a, dtype=np.float64) for a in (X, W, b))
    if X.ndim != 2 or W.ndim != 3 or X.shape[1] != len(W) or W.shape[1:] != b.shape:
        raise ValueError
    d, m, k = W.shape
    return (X @ W.reshape(d, m * k) + b.reshape(-1)).reshape(len(X), m, k).max(axis=-1)


# %% ex3: unit by unit | nothing
def maxout(X, W, b):
    if X.ndim != 2 or W.ndim != 3 or len(W) != X.shape[1] or b.shape != W.shape[1:]:
        raise ValueError
    X, W = X.astype(float), W.astype(float)
    return np.stack([np.max(X @ W[:, j] + b[j], axis=1) for j in range(len(b))], axis=1)


# %% ex3: products summed, pieces sorted | nothing
def maxout(X, W, b):
    X, W, b = X * np.float64(1), W * np.float64(1), b * np.float64(1)
    _, d = X.shape
    rows, m, k = W.shape
    if rows != d or b.shape != (m, k):
        raise ValueError
    pieces = (X[:, :, None, None] * W[None]).sum(axis=1) + b
    return np.sort(pieces, axis=-1)[..., -1]


# %% ex3: the running maximum starts at a number that is not small enough | values 4
# - max(axis=2)
# + max(axis=2, initial=-1e9)


# %% ex3: reshaped with units and pieces exchanged | values 4, dtypes 2
# - np.tensordot(X, W, axes=1)
# + (X @ W.reshape(len(W), -1)).reshape(len(X), W.shape[2], W.shape[1]).transpose(0, 2, 1)


# %% ex3: a ReLU where there is one piece | values 4
# - return pieces.max(axis=2)
# + return pieces.max(axis=2) if W.shape[2] > 1 else np.maximum(0, pieces[:, :, 0])


# %% ex3: biases the other way round let in | errors 2
# - b.shape != W.shape[1:]:
# + sorted(b.shape) != sorted(W.shape[1:]):
# - axes=1) + b
# + axes=1) + b.reshape(W.shape[1:])


# %% ex3: the smallest | values 4, dtypes 2
# - max(axis=2)
# + min(axis=2)


# %% ex3: the mean of the pieces | values 4, dtypes 2
# - max(axis=2)
# + mean(axis=2)


# %% ex3: the sum of the pieces | values 4, dtypes 2
# - max(axis=2)
# + sum(axis=2)


# %% ex3: the largest unit, not the largest piece | values 4, dtypes 2
# - max(axis=2)
# + max(axis=1)


# %% ex3: the largest example | values 4, dtypes 2
# - max(axis=2)
# + max(axis=0)


# %% ex3: which piece is the largest | values 4, dtypes 2
# - pieces.max(axis=2)
# + pieces.argmax(axis=2).astype(float)


# %% ex3: the largest size | values 4, dtypes 2
# - pieces.max(axis=2)
# + np.abs(pieces).max(axis=2)


# %% ex3: never below 0 | values 4
# - pieces.max(axis=2)
# + np.maximum(0, pieces.max(axis=2))


# %% ex3: no biases | values 4, dtypes 2
# -  + b
# +


# %% ex3: the largest bias added after the largest product | values 4, dtypes 2
# - pieces = np.tensordot(X, W, axes=1) + b
# + pieces = np.tensordot(X, W, axes=1) + b.max(axis=1)[:, np.newaxis]


# %% ex3: the piece with the largest sum, wherever its bias | values 4, dtypes 2
# - return pieces.max(axis=2)
# + best = np.tensordot(X, W, axes=1).argmax(axis=2)
# +     return np.take_along_axis(pieces, best[:, :, np.newaxis], axis=2)[:, :, 0]


# %% ex3: units and pieces exchanged | values 4, dtypes 2
# - return pieces.max(axis=2)
# + return pieces.transpose(0, 2, 1).max(axis=2)


# %% ex3: all pieces | values 4, dtypes 2
# - return pieces.max(axis=2)
# + return pieces


# %% ex3: two pieces, never more | values 4, dtypes 2
# - pieces.max(axis=2)
# + pieces[:, :, :2].max(axis=2)


# %% ex3: a lone axis for the piece | values 4, dtypes 2
# - max(axis=2)
# + max(axis=2, keepdims=True)


# %% ex3: computes in the dtype of the arguments | dtypes 2
# - np.asarray(a, dtype=float)
# + np.asarray(a)


# %% ex3: computes in float32 | values 4, dtypes 2
# - np.asarray(a, dtype=float)
# + np.asarray(a, dtype=np.float32)


# %% ex3: leaves the complaint to NumPy | errors 2
# - X.ndim != 2 or W.ndim != 3 or W.shape[0] != X.shape[1] or b.shape != W.shape[1:]
# + False


# %% ex3: the biases are not looked at | errors 2
# -  or b.shape != W.shape[1:]
# +


# %% ex3: the axes of X are not counted | errors 2
# - X.ndim != 2 or W.ndim != 3 or W.shape[0] != X.shape[1]
# + W.ndim != 3 or W.shape[0] != X.shape[-1]
# - pieces.max(axis=2)
# + pieces.max(axis=-1)


# %% ex3: IndexError for shapes | errors 2
# - raise ValueError
# + raise IndexError


# %% ex3: W is centred in place | values 4, dtypes 2
# - X, W, b = (np.asarray(a, dtype=float) for a in (X, W, b))
# + W -= np.mean(W, dtype=W.dtype)
# +     X, W, b = (np.asarray(a, dtype=float) for a in (X, W, b))


# %% ex3: returns None | values 4, dtypes 2
# - return pieces
# + pieces


# %% ex3: always raises the error that is asked for | values 4, dtypes 2, errors 2
def maxout(X, W, b):
    raise ValueError


# ------------------------------------------------------------------------------------------------ exercise 4: softmax


# %% ex4: logarithms first | nothing
def softmax(Z):
    if Z.ndim != 2 or 0 in Z.shape:
        raise ValueError
    Z = Z.astype(float)
    Z = Z - np.max(Z, axis=1)[:, None]
    return np.exp(Z - np.log(np.sum(np.exp(Z), axis=1))[:, None])


# %% ex4: row by row, a division by differences | nothing
def softmax(Z):
    if np.ndim(Z) != 2 or np.shape(Z)[1] < 1:
        raise ValueError("expected rows of logits")
    rows = []
    for row in np.asarray(Z, dtype=float):
        e = np.exp(row - max(row))
        rows.append(e / sum(e))
    return np.array(rows)


# %% ex4: all pairs of differences | nothing
def softmax(Z):
    _, k = Z.shape
    if k == 0:
        raise ValueError
    Z = Z.astype(float)
    return 1 / np.exp(np.minimum(Z[:, None, :] - Z[:, :, None], 705)).sum(axis=2)


# %% ex4: something tiny added below, far behind the eighth digit | nothing
# - e.sum(axis=1, keepdims=True)
# + (e.sum(axis=1, keepdims=True) + 1e-12)


# %% ex4: plain Python and an exact sum | nothing
def softmax(Z):
    if Z.ndim != 2 or not Z.shape[1]:
        raise ValueError
    rows = []
    for row in Z.astype(float).tolist():
        e = [math.exp(z - max(row)) for z in row]
        rows.append([a / math.fsum(e) for a in e])
    return np.array(rows)


# %% ex4: large logarithms subtracted from large logits | range 3
# - e = np.exp(Z - Z.max(axis=1, keepdims=True))
# + return np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
# +     e = 0


# %% ex4: the first logit subtracted | range 3
# - Z.max(axis=1, keepdims=True)
# + Z[:, :1]


# %% ex4: the largest size subtracted | range 3
# - Z.max(axis=1, keepdims=True)
# + np.abs(Z).max(axis=1, keepdims=True)


# %% ex4: the largest subtracted only where it is large | range 3
# - Z - Z.max(axis=1, keepdims=True)
# + Z - np.where(Z.max(axis=1, keepdims=True) > 700, Z.max(axis=1, keepdims=True), 0)


# %% ex4: what is not a number made even | range 3
# - e = np.exp(Z - Z.max(axis=1, keepdims=True))
# + e = np.exp(Z)
# - return e / e.sum(axis=1, keepdims=True)
# + return np.nan_to_num(e / e.sum(axis=1, keepdims=True), nan=1 / Z.shape[1])


# %% ex4: the last probability is what is left | values 3, range 3
# - return e / e.sum(axis=1, keepdims=True)
# + P = e / e.sum(axis=1, keepdims=True)
# +     P[:, -1] = 1 - P[:, :-1].sum(axis=1)
# +     return P


# %% ex4: columns sum to 1 | values 3, range 3
# - e / e.sum(axis=1, keepdims=True)
# + e / e.sum(axis=0, keepdims=True)


# %% ex4: everything together sums to 1 | values 3, range 3
# - e.sum(axis=1, keepdims=True)
# + e.sum()


# %% ex4: not divided | values 3, range 3
# - return e / e.sum(axis=1, keepdims=True)
# + return e


# %% ex4: the exponentials as they stand | range 3
# - Z - Z.max(axis=1, keepdims=True)
# + Z


# %% ex4: the largest of all subtracted | range 3
# - Z.max(axis=1, keepdims=True)
# + Z.max()


# %% ex4: the largest of each column subtracted | values 3, range 3
# - Z.max(axis=1, keepdims=True)
# + Z.max(axis=0, keepdims=True)


# %% ex4: the mean subtracted | range 3
# - Z.max(axis=1, keepdims=True)
# + Z.mean(axis=1, keepdims=True)


# %% ex4: the smallest subtracted | range 3
# - Z.max(axis=1, keepdims=True)
# + Z.min(axis=1, keepdims=True)


# %% ex4: logits clipped | range 3
# - np.exp(Z - Z.max(axis=1, keepdims=True))
# + np.exp(np.clip(Z, -700, 700))


# %% ex4: differences clipped, so that small probabilities are too large | range 3
# - Z - Z.max(axis=1, keepdims=True)
# + np.maximum(Z - Z.max(axis=1, keepdims=True), -50)


# %% ex4: something tiny added | values 3, range 3
# - return e / e.sum(axis=1, keepdims=True)
# + return (e + 1e-9) / (e + 1e-9).sum(axis=1, keepdims=True)


# %% ex4: a sigmoid for each | values 3, range 3
# - return e / e.sum(axis=1, keepdims=True)
# + return 1 / (1 + np.exp(-Z))


# %% ex4: powers of 2 | values 3, range 3
# - np.exp(Z
# + np.exp2(Z


# %% ex4: the largest gets 1, the others 0 | values 3, range 3
# - return e / e.sum(axis=1, keepdims=True)
# + return (e == 1) / (e == 1).sum(axis=1, keepdims=True)


# %% ex4: the sign of the logits | values 3, range 3
# - e = np.exp(Z - Z.max(axis=1, keepdims=True))
# + e = np.exp(Z.min(axis=1, keepdims=True) - Z)


# %% ex4: sizes divided by their sum | values 3, range 3
# - e = np.exp(Z - Z.max(axis=1, keepdims=True))
# + e = np.abs(Z) + 1e-300


# %% ex4: computes in the dtype of Z | range 3
# - np.asarray(Z, dtype=float)
# + np.asarray(Z)


# %% ex4: computes in float32 | values 3, range 3
# - np.asarray(Z, dtype=float)
# + np.asarray(Z, dtype=np.float32)


# %% ex4: in place | values 3, range 3
# - Z = np.asarray(Z, dtype=float)
# + Z = np.asarray(Z)
# - e = np.exp(Z - Z.max(axis=1, keepdims=True))
# + Z -= Z.max(axis=1, keepdims=True)
# +     e = np.exp(Z)


# %% ex4: any number of axes | errors 2
# - Z.ndim != 2 or Z.shape[1] == 0
# + Z.size == 0 or Z.ndim == 0
# - np.exp(Z - Z.max(axis=1, keepdims=True))
# + np.exp(Z - Z.max(axis=-1, keepdims=True))
# - e.sum(axis=1, keepdims=True)
# + e.sum(axis=-1, keepdims=True)


# %% ex4: no columns give no probabilities | errors 2
# - if Z.ndim != 2 or Z.shape[1] == 0:
# + if Z.shape[1:] == (0,):
# +         return Z
# +     if Z.ndim != 2:


# %% ex4: TypeError for shapes | errors 2
# - raise ValueError
# + raise TypeError


# %% ex4: one class alone refused | values 3
# - Z.shape[1] == 0
# + Z.shape[1] < 2


# %% ex4: returns None | values 3, range 3
# - return e
# + e


# %% ex4: always raises the error that is asked for | values 3, range 3, errors 2
def softmax(Z):
    raise ValueError


# -------------------------------------------------------------------------------------------- exercise 5: mlp_forward


# %% ex5: the last layer apart | nothing
def mlp_forward(X, weights, biases, activation):
    if len(weights) == 0 or len(weights) != len(biases) or X.ndim != 2:
        raise ValueError
    H, outputs = X.astype(float), []
    *hidden, last = [(W.astype(float), b.astype(float)) for W, b in zip(weights, biases, strict=True)]
    width = X.shape[1]
    for W, b in [*hidden, last]:
        if W.ndim != 2 or b.ndim != 1 or W.shape != (width, len(b)):
            raise ValueError
        width = len(b)
    for W, b in hidden:
        H = activation(H.dot(W) + b)
        outputs.append(H)
    outputs.append(H.dot(last[0]) + last[1])
    return outputs


# %% ex5: by recursion | nothing
def mlp_forward(X, weights, biases, activation):
    X = np.asarray(X, dtype=float)
    if len(weights) != len(biases) or not weights:
        raise ValueError("lists")
    W, b = np.asarray(weights[0], dtype=float), np.asarray(biases[0], dtype=float)
    if X.ndim != 2 or W.ndim != 2 or X.shape[1] != W.shape[0] or b.shape != W.shape[1:]:
        raise ValueError("shapes")
    Z = np.einsum("ij,jk->ik", X, W) + b
    if len(weights) == 1:
        return (Z,)
    H = activation(Z)
    return (H, *mlp_forward(H, weights[1:], biases[1:], activation))


# %% ex5: zip complains of the lengths, the activation comes before the next layer | nothing
def mlp_forward(X, weights, biases, activation):
    layers = list(zip(weights, biases, strict=True))
    if not layers:
        raise ValueError("no layers")
    H, outputs = X.astype(float), []
    for W, b in layers:
        if outputs:
            outputs[-1] = H = activation(H)
        _, d = H.shape
        rows, m = W.shape
        if rows != d or b.shape != (m,):
            raise ValueError
        H = H.dot(W.astype(float)) + b
        outputs.append(H)
    return outputs


# %% ex5: a generator | nothing
def mlp_forward(X, weights, biases, activation):
    def layers(H):
        for i, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
            if H.ndim != 2 or np.ndim(W) != 2 or np.shape(b) != np.shape(W)[1:]:
                raise ValueError
            H = np.matmul(H, np.array(W, dtype=float)) + np.array(b, dtype=float)
            H = H if i == len(weights) else activation(H)
            yield H

    if not weights:
        raise ValueError
    return list(layers(np.array(X, dtype=float)))


# %% ex5: the last layer is the one with the last matrix | depth 4
# - if i < len(weights) - 1:
# + if weights[i] is not weights[-1]:


# %% ex5: the last layer is the one as wide as the outputs | layers 4, depth 4
# - if i < len(weights) - 1:
# + if b.shape != np.shape(biases[-1]):


# %% ex5: the activation on X as well | layers 4, depth 4
# - outputs = []
# + outputs, H = [], activation(H) if len(weights) > 1 else H


# %% ex5: the activation in float32 | layers 4, depth 4
# - activation(H)
# + activation(H.astype(np.float32)).astype(float)


# %% ex5: one unit alone loses its axis | layers 4, depth 4
# - outputs.append(H)
# + outputs.append(H[:, 0] if H.shape[1] == 1 else H)


# %% ex5: biases are crossed off the list | layers 4, depth 4
# - outputs.append(H)
# + outputs.append(H)
# +         biases[i] = None


# %% ex5: the activation after the last layer, too | layers 4, depth 4
# - i < len(weights) - 1
# + True


# %% ex5: no activation | layers 4, depth 4
# - i < len(weights) - 1
# + False


# %% ex5: the activation after the first layer only | depth 4
# - i < len(weights) - 1
# + i == 0 and len(weights) > 1


# %% ex5: the activation before the layer | layers 4, depth 4
# - H = H @ W + b
# + H = (activation(H) if i > 0 else H) @ W + b
# - H = activation(H)
# + pass


# %% ex5: a ReLU whatever the activation | depth 4
# - activation(H)
# + np.maximum(0, H)


# %% ex5: the activation entry by entry | depth 4
# - activation(H)
# + np.array([[float(np.squeeze(activation(np.array([[z]])))) for z in row] for row in H])


# %% ex5: the activation row by row | depth 4
# - activation(H)
# + np.vstack([activation(row[np.newaxis]) for row in H])


# %% ex5: the activation called once more to look at it | depth 4
# - H = activation(H)
# + activation(H)
# +             H = activation(H)


# %% ex5: the last output only | layers 4, depth 4
# - return outputs
# + return H


# %% ex5: the last output only, in a list | layers 4, depth 4
# - return outputs
# + return outputs[-1:]


# %% ex5: X at the beginning of the list | layers 4, depth 4
# - outputs = []
# + outputs = [H]


# %% ex5: hidden layers before the activation | layers 4, depth 4
# - outputs.append(H)
# + outputs.append(Z)
# - H = H @ W + b
# + Z = H = H @ W + b


# %% ex5: the last first | layers 4, depth 4
# - return outputs
# + return outputs[::-1]


# %% ex5: no biases | layers 4, depth 4
# - H @ W + b
# + H @ W


# %% ex5: the bias of the first layer everywhere | layers 4, depth 4
# - biases[i]
# + biases[0]


# %% ex5: two layers, never more | depth 4, errors 2
# - range(len(weights))
# + range(min(2, len(weights)))


# %% ex5: the lists are emptied | layers 4, depth 4
# - return outputs
# + while weights:
# +         weights.pop()
# +     return outputs


# %% ex5: computes in the dtype of the arguments | depth 4
# - H = np.asarray(X, dtype=float)
# + H = np.asarray(X)


# %% ex5: computes in float32 | layers 4, depth 4
# - H = np.asarray(X, dtype=float)
# + H = np.asarray(X, dtype=np.float32)
# - weights[i], biases[i]
# + np.asarray(weights[i], dtype=np.float32), np.asarray(biases[i], dtype=np.float32)


# %% ex5: X is scaled in place | layers 4, depth 4
# - H = np.asarray(X, dtype=float)
# + X *= 2
# +     H = np.asarray(X, dtype=float)


# %% ex5: shapes are left to NumPy | errors 2
# - H.ndim != 2 or W.ndim != 2 or W.shape[0] != H.shape[1] or b.shape != (W.shape[1],)
# + False


# %% ex5: the biases are not looked at | errors 2
# -  or b.shape != (W.shape[1],)
# +


# %% ex5: the first layer only is looked at | errors 2
# - if H.ndim != 2 or W.ndim != 2 or W.shape[0] != H.shape[1] or b.shape != (W.shape[1],):
# + if i == 0 and (H.ndim != 2 or W.ndim != 2 or W.shape[0] != H.shape[1] or b.shape != (W.shape[1],)):


# %% ex5: as many layers as the shorter list | errors 2
# - len(weights) != len(biases) or len(weights) == 0
# + min(len(weights), len(biases)) == 0
# - for i in range(len(weights)):
# + weights = weights[: len(biases)]
# +     for i in range(len(weights)):


# %% ex5: no layers give no outputs | errors 2
# -  or len(weights) == 0
# +


# %% ex5: returns None | layers 4, depth 4
# - return outputs
# + print(outputs)


# %% ex5: always raises the error that is asked for | layers 4, depth 4, errors 2
def mlp_forward(X, weights, biases, activation):
    raise ValueError


# -------------------------------------------------------------------------------------------- exercise 6: xor_network


# %% ex6: the two differences | nothing
def xor_network(low=0.0, high=1.0):
    if low == high:
        raise ValueError
    size = abs(high - low)
    return np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros(2), np.array([1 / size, 1 / size]), 0.0


# %% ex6: one of them and the difference of the inputs once more | nothing
def xor_network(low=0.0, high=1.0):
    gap = high - low
    if gap == 0:
        raise ValueError
    both = np.array([[1.0, 1.0], [1.0, 1.0]]) / gap
    return both * np.array([-1, 1]), np.array([1, -1]) + np.array([2, -2]) * low / gap, np.array([-1.0, -1.0]), 1.0


# %% ex6: the smaller for no, since XOR does not mind | nothing
def xor_network(low=0.0, high=1.0):
    if not abs(high - low) > 0:
        raise ValueError("equal")
    low, high = min(low, high), max(low, high)
    W = np.ones((2, 2))
    c = np.array([-2 * low, -low - high])
    return W, c, np.array([1.0, -2.0]) / (high - low), 0


# %% ex6: linear equations for the output | nothing
def xor_network(low=0.0, high=1.0):
    if low == high:
        raise ValueError
    W, c = np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros(2)
    X = np.array([[low, low], [low, high], [high, low], [high, high]])
    H = np.c_[np.maximum(0, X @ W + c), np.ones(4)]
    *w, b = np.linalg.lstsq(H, np.array([0.0, 1.0, 1.0, 0.0]), rcond=None)[0]
    return W, c, np.array(w), b


# %% ex6: bends half-way between, on either side | nothing
def xor_network(low=0.0, high=1.0):
    if abs(high - low) < 0.005:
        raise ValueError("too near")
    slope = 2 / (high - low)
    middle = slope * (low + high)
    return np.full((2, 2), slope) * [1, -1], np.array([-middle, middle]), np.array([-0.5, -0.5]), 1.0


# %% ex6: weights rounded to six places | codes 4
# - np.ones((2, 2)) / (high - low)
# + np.round(np.ones((2, 2)) / (high - low), 6)


# %% ex6: division without a rest | codes 4
# - 2 * low / (high - low)
# + 2 * low // (high - low)


# %% ex6: 0 and 1, and -1 and 1, no others | codes 4
# - W = np.ones((2, 2)) / (high - low)
# + if low == -1:
# +         return np.ones((2, 2)) / 2, np.array([1, 0]), np.array([1, -2]), 0
# +     W = np.ones((2, 2)) / (high - low)
# - 2 * low / (high - low)
# + low * 0


# %% ex6: w is a list | bits 3
# - np.array([1, -2])
# + [1, -2]


# %% ex6: the second input is not looked at | bits 3, codes 4
# - np.ones((2, 2)) / (high - low)
# + np.array([[1, 1], [0, 0]]) / (high - low)


# %% ex6: the network of the lecture, whatever the code | codes 4
# - W = np.ones((2, 2)) / (high - low)
# + low, high = 0, 1
# +     W = np.ones((2, 2))


# %% ex6: the code shifted, not scaled | codes 4
# - / (high - low)  # the
# + # the
# - 2 * low / (high - low)
# + 2 * low


# %% ex6: the code scaled, not shifted | codes 4
# -  - 2 * low / (high - low)
# +


# %% ex6: shifted by low once, not twice | codes 4
# - 2 * low
# + low


# %% ex6: shifted the wrong way | codes 4
# - - 2 * low
# + + 2 * low


# %% ex6: fails when low is the larger one | codes 4
# - np.ones((2, 2)) / (high - low)
# + np.ones((2, 2)) / abs(high - low)


# %% ex6: refuses a low that is the larger one | codes 4, error 1
# - low == high
# + low >= high


# %% ex6: the outputs are low and high | codes 4
# - np.array([1, -2]), 0
# + np.array([1, -2]) * (high - low), low


# %% ex6: AND | bits 3, codes 4
# - np.array([1, -2]), 0
# + np.array([0, 1]), 0


# %% ex6: OR | bits 3, codes 4
# - np.array([1, -2]), 0
# + np.array([1, -1]), 0


# %% ex6: the opposite of XOR | bits 3, codes 4
# - np.array([1, -2]), 0
# + np.array([-1, 2]), 1


# %% ex6: the best linear fit | bits 3, codes 4
# - np.array([1, -2]), 0
# + np.array([0, 0]), 0.5


# %% ex6: the second unit without its bias | bits 3, codes 4
# - np.array([0, -1])
# + np.array([0, 0])


# %% ex6: w as a column | bits 3, codes 4
# - np.array([1, -2]), 0
# + np.array([[1], [-2]]), 0


# %% ex6: the bias as an array | bits 3, codes 4
# - np.array([1, -2]), 0
# + np.array([1, -2]), np.zeros(1)


# %% ex6: no bias | bits 3, codes 4
# - np.array([1, -2]), 0
# + np.array([1, -2])


# %% ex6: in another order | bits 3, codes 4
# - return W, c, np.array([1, -2]), 0
# + return c, W, 0, np.array([1, -2])


# %% ex6: yes is 1 unless said otherwise, no is -1 | bits 3
# - low=0.0
# + low=-1.0


# %% ex6: two equal codes let in | error 1
# - low == high
# + False


# %% ex6: ZeroDivisionError for two equal codes | error 1
# - raise ValueError
# + raise ZeroDivisionError


# %% ex6: codes that are near are refused | codes 4, error 1
# - low == high
# + abs(high - low) < 0.1


# %% ex6: returns None | bits 3, codes 4
# - return W
# + print(W)
# +     W


# %% ex6: always raises the error that is asked for | bits 3, codes 4, error 1
def xor_network(low=0.0, high=1.0):
    raise ValueError


# --------------------------------------------------------------------------------------- exercise 7: count_parameters


# %% ex7: layer by layer | nothing
def count_parameters(sizes, pieces=1):
    sizes = list(sizes)
    if len(sizes) < 2 or any(size < 1 for size in sizes) or pieces < 1:
        raise ValueError
    total = 0
    for place in range(1, len(sizes)):
        maps = 1 if place == len(sizes) - 1 else pieces
        total += maps * (sizes[place - 1] * sizes[place] + sizes[place])
    return total


# %% ex7: the output layer first, then the others from behind | nothing
def count_parameters(sizes, pieces=1):
    if len(sizes) <= 1 or min(*sizes, pieces) <= 0:
        raise ValueError("sizes")
    *hidden, before, outputs = sizes
    count = outputs * (before + 1)
    while hidden:
        after, before = before, hidden.pop()
        count += pieces * after * (before + 1)
    return count


# %% ex7: neighbours in pairs, with the pieces of each layer | nothing
def count_parameters(sizes, pieces=1):
    if not (len(sizes) > 1 and all(size >= 1 for size in sizes) and pieces >= 1):
        raise ValueError
    maps = [pieces] * (len(sizes) - 2) + [1]
    return sum(k * m * (d + 1) for k, d, m in zip(maps, sizes[:-1], sizes[1:], strict=True))


# %% ex7: an array of Python's integers | nothing
def count_parameters(sizes, pieces=1):
    units = np.array(sizes, dtype=object)
    if len(units) < 2 or (units < 1).any() or pieces < 1:
        raise ValueError
    layers = (units[:-1] + 1) * units[1:]
    layers[:-1] *= pieces
    return layers.sum()


# %% ex7: hidden layers in float64 | values 3, pieces 2
# - sum(layers[:-1])
# + int(np.sum(layers[:-1], dtype=float))


# %% ex7: pieces in the last hidden layer only | pieces 2
# - pieces * sum(layers[:-1]) + layers[-1]
# + (pieces - 1) * sum(layers[-2:-1]) + sum(layers)


# %% ex7: pieces in a lone output layer | pieces 2
# - + layers[-1]
# + + layers[-1] * (pieces if len(layers) == 1 else 1)


# %% ex7: the last size is not looked at | errors 2
# - min(sizes) < 1
# + min(sizes[:-1]) < 1


# %% ex7: no biases | values 3, pieces 2
# - (sizes[i] + 1) * sizes[i + 1]
# + sizes[i] * sizes[i + 1]


# %% ex7: a bias for each unit that is read, not for each that reads | values 3, pieces 2
# - (sizes[i] + 1) * sizes[i + 1]
# + sizes[i] * (sizes[i + 1] + 1)


# %% ex7: one bias for each layer | values 3, pieces 2
# - (sizes[i] + 1) * sizes[i + 1]
# + sizes[i] * sizes[i + 1] + 1


# %% ex7: biases for the inputs, too | values 3, pieces 2
# - return pieces
# + return sizes[0] + pieces


# %% ex7: the output layer left out | values 3, pieces 2
# -  + layers[-1]
# +


# %% ex7: the first layer left out | values 3, pieces 2
# - range(len(sizes) - 1)
# + range(1, len(sizes) - 1)
# - layers[-1]
# + (layers[-1] if layers else 0)


# %% ex7: every unit with every other | values 3, pieces 2
# - layers = [(sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1)]
# + layers = [sum(sizes) ** 2]


# %% ex7: the number of units | values 3, pieces 2
# - return pieces * sum(layers[:-1]) + layers[-1]
# + return sum(sizes[1:])


# %% ex7: the pieces ignored | pieces 2
# - pieces * sum(layers[:-1])
# + sum(layers[:-1])


# %% ex7: pieces in the output layer, too | pieces 2
# - pieces * sum(layers[:-1]) + layers[-1]
# + pieces * sum(layers)


# %% ex7: the pieces share a bias | pieces 2
# - pieces * sum(layers[:-1])
# + pieces * sum(layers[:-1]) - (pieces - 1) * sum(sizes[1:-1])


# %% ex7: as if the pieces were units | pieces 2
# - layers = [(sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1)]
# + sizes = [sizes[0], *[pieces * size for size in sizes[1:-1]], sizes[-1]]
# +     layers = [(sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1)]
# - pieces * sum(layers[:-1])
# + sum(layers[:-1])


# %% ex7: pieces in the first layer only | pieces 2
# - pieces * sum(layers[:-1]) + layers[-1]
# + (pieces - 1) * sum(layers[:-1][:1]) + sum(layers)


# %% ex7: a float | values 3, pieces 2
# - return pieces * sum(layers[:-1]) + layers[-1]
# + return float(pieces * sum(layers[:-1]) + layers[-1])


# %% ex7: 64 bits | values 3, pieces 2
# - layers = [(sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1)]
# + sizes = np.array(sizes)
# +     layers = ((sizes[:-1] + 1) * sizes[1:]).tolist()


# %% ex7: the list is used up | values 3
# - return pieces * sum(layers[:-1]) + layers[-1]
# + if isinstance(sizes, list):
# +         sizes.clear()
# +     return pieces * sum(layers[:-1]) + layers[-1]


# %% ex7: one size is a network without layers | errors 2
# - if len(sizes) < 2 or min(sizes) < 1 or pieces < 1:
# + if len(sizes) == 1:
# +         return 0
# +     if len(sizes) < 2 or min(sizes) < 1 or pieces < 1:


# %% ex7: sizes of 0 let in | errors 2
# - min(sizes) < 1
# + min(sizes) < 0


# %% ex7: the first size is not looked at | errors 2
# - min(sizes) < 1
# + min(sizes[1:]) < 1


# %% ex7: the product of the sizes must be positive | errors 2
# - min(sizes) < 1
# + int(np.prod([float(size) for size in sizes]) <= 0)


# %% ex7: pieces are not looked at | errors 2
# -  or pieces < 1
# +


# %% ex7: no pieces let in | errors 2
# - pieces < 1
# + pieces < 0


# %% ex7: sizes of 1 refused | values 3, pieces 2, errors 2
# - min(sizes) < 1
# + min(sizes) < 2


# %% ex7: TypeError | errors 2
# - raise ValueError
# + raise TypeError


# %% ex7: returns None | values 3, pieces 2
# - return pieces
# + print(pieces)
# +     pieces


# %% ex7: always raises the error that is asked for | values 3, pieces 2, errors 2
def count_parameters(sizes, pieces=1):
    raise ValueError


# -------------------------------------------------------------------------------------- exercise 8: step_approximator


# %% ex8: the edges from linspace | nothing
def step_approximator(f, low, high, n):
    if low >= high or n <= 0:
        raise ValueError
    edges = np.linspace(low, high, n + 1)
    middles = edges[:-1] + np.diff(edges) / 2
    values = np.array([f(x) for x in middles.tolist()], dtype=float)
    return edges[1:-1], values[1:] - values[:-1], values[0]


# %% ex8: piece by piece | nothing
def step_approximator(f, low, high, n):
    if not (low < high and n >= 1):
        raise ValueError("interval")
    half = (high - low) / n / 2
    b = now = float(f(low + half))
    t, v = [], []
    for j in range(1, n):
        after = float(f(low + (2 * j + 1) * half))
        t.append(low + 2 * j * half)
        v.append(after - now)
        now = after
    return np.array(t), np.array(v), b


# %% ex8: weighted ends, one element of a Python list after another | nothing
def step_approximator(f, low, high, n):
    if high <= low or n <= 0:
        raise ValueError
    points = [(low * (2 * n - j) + high * j) / (2 * n) for j in range(2 * n + 1)]
    values = [np.float64(f(x)) for x in points[1::2]]
    return points[2:-1:2], [after - now for now, after in pairwise(values)], values[0]


# %% ex8: the heights from linear equations | nothing
def step_approximator(f, low, high, n):
    if low >= high or n < 1:
        raise ValueError
    places = np.linspace(low, high, 2 * n + 1)
    values = np.frompyfunc(lambda x: float(f(x)), 1, 1)(places[1::2]).astype(float)
    b, *v = np.linalg.solve(np.tril(np.ones((n, n))), values)
    return places[2:-1:2], np.array(v), b


# %% ex8: np.vectorize, in the dtype of the first value | kinds 2
# - values = [float(f(low + (j + 0.5) * width)) for j in range(n)]
# + values = np.vectorize(f)(low + (np.arange(n) + 0.5) * width).astype(float)


# %% ex8: the mean of both ends | network 4, kinds 2
# - float(f(low + (j + 0.5) * width))
# + (float(f(low + j * width)) + float(f(low + (j + 1) * width))) / 2


# %% ex8: steps without height left out | kinds 2
# - return low + width * np.arange(1, n), np.diff(values), values[0]
# + v = np.diff(values)
# +     return (low + width * np.arange(1, n))[v != 0], v[v != 0], values[0]


# %% ex8: heights in float32 | network 4, kinds 2
# - np.diff(values)
# + np.diff(np.float32(values))


# %% ex8: arange up to high, now and then a step too many | network 4
# - low + width * np.arange(1, n)
# + np.arange(low + width, high, width)


# %% ex8: minus seven pieces are seven | errors 2
# - n < 1
# + n == 0
# - width = (high - low) / n
# + n = abs(n)
# +     width = (high - low) / n


# %% ex8: the value at the left end of each piece | network 4, kinds 2
# - j + 0.5
# + j


# %% ex8: the value at the right end of each piece | network 4, kinds 2
# - j + 0.5
# + j + 1


# %% ex8: the places one piece early | network 4, kinds 2
# - np.arange(1, n)
# + np.arange(n - 1)


# %% ex8: a step at low as well | network 4, kinds 2
# - low + width * np.arange(1, n), np.diff(values), values[0]
# + low + width * np.arange(n), np.diff(values, prepend=0), 0.0


# %% ex8: a step down at high | network 4, kinds 2
# - low + width * np.arange(1, n), np.diff(values)
# + low + width * np.arange(1, n + 1), np.diff(values, append=0)


# %% ex8: the values for the heights | network 4, kinds 2
# - np.diff(values)
# + np.array(values[1:])


# %% ex8: heights above the bias | network 4, kinds 2
# - np.diff(values)
# + np.array(values[1:]) - values[0]


# %% ex8: steps down for up | network 4, kinds 2
# - np.diff(values)
# + -np.diff(values)


# %% ex8: steps up only | network 4, kinds 2
# - np.diff(values)
# + np.abs(np.diff(values))


# %% ex8: no bias | network 4, kinds 2
# - , values[0]
# + , 0.0


# %% ex8: the bias is f at low | network 4, kinds 2
# - , values[0]
# + , float(f(low))


# %% ex8: the interval begins at 0 | network 4, kinds 2
# - f(low + (j + 0.5) * width)
# + f((j + 0.5) * width)
# - return low + width
# + return width


# %% ex8: n steps, n + 1 pieces | network 4, kinds 2
# - width = (high - low) / n
# + n += 1
# +     width = (high - low) / n


# %% ex8: the width of n - 1 pieces | network 4, kinds 2
# - width = (high - low) / n
# + width = (high - low) / max(n - 1, 1)


# %% ex8: bias first | network 4, kinds 2
# - return low + width * np.arange(1, n), np.diff(values), values[0]
# + return values[0], low + width * np.arange(1, n), np.diff(values)


# %% ex8: from right to left | network 4, kinds 2
# - return low + width * np.arange(1, n), np.diff(values), values[0]
# + return (low + width * np.arange(1, n))[::-1], np.diff(values)[::-1], values[0]


# %% ex8: hands f an array | kinds 2
# - values = [float(f(low + (j + 0.5) * width)) for j in range(n)]
# + values = np.asarray(f(low + (np.arange(n) + 0.5) * width), dtype=float)


# %% ex8: in the dtype that f returns | kinds 2
# - float(f(low + (j + 0.5) * width))
# + f(low + (j + 0.5) * width)


# %% ex8: looks at f outside of the interval | kinds 2
# - values = [float(f(low + (j + 0.5) * width)) for j in range(n)]
# + values = [float(f(low + (j + 0.5) * width)) for j in range(n + 1)][:n]


# %% ex8: whole numbers for the places | network 4, kinds 2
# - low + width * np.arange(1, n)
# + np.round(low + width * np.arange(1, n))


# %% ex8: at most a hundred pieces | network 4, kinds 2
# - width = (high - low) / n
# + n = min(n, 100)
# +     width = (high - low) / n


# %% ex8: low and high in any order | errors 2
# - not low < high or n < 1
# + low == high or n < 1


# %% ex8: an interval without a length let in | errors 2
# - not low < high
# + not low <= high


# %% ex8: ends are not looked at | errors 2
# - not low < high or n < 1
# + n < 1


# %% ex8: no pieces let in | errors 2
# -  or n < 1
# +
# - width = (high - low) / n
# + if n < 1:
# +         return np.array([]), np.array([]), 0.0
# +     width = (high - low) / n


# %% ex8: one piece refused | kinds 2
# - n < 1
# + n < 2


# %% ex8: ZeroDivisionError for no pieces | errors 2
# - or n < 1
# + or n < 0


# %% ex8: TypeError | errors 2
# - raise ValueError
# + raise TypeError


# %% ex8: returns None | network 4, kinds 2
# - return low
# + low


# %% ex8: always raises the error that is asked for | network 4, kinds 2, errors 2
def step_approximator(f, low, high, n):
    raise ValueError
