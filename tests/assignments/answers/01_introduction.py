"""Answers to assignment 01, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or, for a small mistake, what differs from the instructor's answer.
"""

# ruff: noqa: F811

import cmath
from functools import partial, reduce
from types import BuiltinFunctionType, FunctionType

import numpy as np

# ------------------------------------------------------------------------------------------------ exercise 1: predict


# %% ex1: a loop over points in plain Python | nothing
def predict(X, w, b):
    if np.ndim(X) != 2 or np.shape(w) != (np.shape(X)[1],):
        raise ValueError
    sides = []
    for point in X.tolist():
        score = sum(weight * feature for weight, feature in zip(w.tolist(), point, strict=True)) + float(b)
        sides.append(1 if score > 0 else -1)
    return np.array(sides)


# %% ex1: floats, by the sign and a mask | nothing
def predict(X, w, b):
    if X.ndim != 2 or w.ndim != 1 or len(w) != X.shape[1]:
        raise ValueError
    side = np.sign(X.astype(float).dot(w.astype(float)) + b)
    side[side == 0] = -1.0
    return side


# %% ex1: twice the truth, less one | nothing
# - np.where(X @ w + b > 0, 1, -1)
# + 2 * (X @ w + b > 0).astype(int) - 1


# %% ex1: a step function that is 0 at 0, and the bias in front | nothing
# - np.where(X @ w + b > 0, 1, -1)
# + 2 * np.heaviside(b + np.dot(w, X.T), 0) - 1


# %% ex1: minus one to the power of no | nothing
# - return np.where(X @ w + b > 0, 1, -1)
# + return (-1) ** (np.einsum("nd,d->n", X, w) + b <= 0).astype(np.int8)


# %% ex1: the sign alone, 0 on the boundary | values 4
# - np.where(X @ w + b > 0, 1, -1)
# + np.sign(X @ w + b)


# %% ex1: +1 on the boundary | values 4
# - > 0
# + >= 0


# %% ex1: classes 0 and 1 | values 4, dtypes 2
# - 1, -1)
# + 1, 0)


# %% ex1: True and False | values 4, dtypes 2
# - np.where(X @ w + b > 0, 1, -1)
# + X @ w + b > 0


# %% ex1: no bias | values 4, dtypes 2
# -  + b > 0
# +  > 0


# %% ex1: the bias subtracted | values 4, dtypes 2
# - + b > 0
# + - b > 0


# %% ex1: the other way round | values 4, dtypes 2
# - 1, -1)
# + -1, 1)


# %% ex1: the score itself | values 4, dtypes 2
# - np.where(X @ w + b > 0, 1, -1)
# + X @ w + b


# %% ex1: a little tolerance around the boundary | values 4
# - > 0
# + > 1e-9


# %% ex1: one class per feature | values 4, dtypes 2
# - X @ w + b > 0
# + X * w + b > 0


# %% ex1: a column | values 4, dtypes 2
# - return np.where(X @ w + b > 0, 1, -1)
# + return np.where(X @ w[:, np.newaxis] + b > 0, 1, -1)


# %% ex1: computes in the dtype of the arguments | dtypes 2
# - np.asarray(array, dtype=float)
# + np.asarray(array)


# %% ex1: computes in float32 | dtypes 2
# - dtype=float
# + dtype=np.float32


# %% ex1: the bias in float32 | dtypes 2
# - + b > 0
# + + np.float32(b) > 0


# %% ex1: the boundary found by isclose | values 4, dtypes 2
# - X @ w + b > 0
# + (X @ w + b > 0) & ~np.isclose(X @ w, -b)


# %% ex1: the bias as a threshold | values 4, dtypes 2
# - X @ w + b > 0
# + X @ w > b


# %% ex1: half a step on the boundary | values 4
# - np.where(X @ w + b > 0, 1, -1)
# + 2 * np.heaviside(X @ w + b, 0.5) - 1


# %% ex1: no points refused | values 4
# - X.ndim != 2
# + X.ndim != 2 or len(X) == 0


# %% ex1: shapes are not compared | errors 2
# - X.ndim != 2 or w.shape != (X.shape[1],)
# + False


# %% ex1: lengths alone are compared | errors 2
# - w.shape != (X.shape[1],)
# + w.size != X.shape[1]
# - X @ w + b
# + X @ w.reshape(-1) + b


# %% ex1: X with one axis let in | errors 2
# - X.ndim != 2 or w.shape != (X.shape[1],)
# + w.shape != X.shape[-1:]


# %% ex1: TypeError for shapes | errors 2
# - raise ValueError
# + raise TypeError


# %% ex1: X is overwritten | values 4, dtypes 2
# - X, w = (np.asarray(array, dtype=float) for array in (X, w))
# + w = np.asarray(w, dtype=float)
# - return np.where(X @ w + b > 0, 1, -1)
# + X[:] = X * w
# +     return np.where(X.astype(float).sum(axis=1) + b > 0, 1, -1)
# - X.ndim != 2 or w.shape != (X.shape[1],)
# + np.ndim(X) != 2 or w.shape != (X.shape[1],)


# %% ex1: returns None | values 4, dtypes 2
# - return np.where
# + np.where


# %% ex1: always raises the error that is asked for | values 4, dtypes 2, errors 2
def predict(X, w, b):
    raise ValueError


# -------------------------------------------------------------------------------------- exercise 2: perceptron_update


# %% ex2: entry by entry, an array at the end | nothing
def perceptron_update(w, b, x, y):
    if np.ndim(w) != 1 or np.shape(w) != np.shape(x) or float(y) not in (-1.0, 1.0):
        raise ValueError
    y = float(y)
    weights, point = [float(a) for a in w], [float(a) for a in x]
    score = float(b) + sum(a * c for a, c in zip(weights, point, strict=True))
    if y * score <= 0:
        weights = [a + y * c for a, c in zip(weights, point, strict=True)]
        b = float(b) + y
    return np.array(weights), b


# %% ex2: the bias as one more weight, a list of two | nothing
def perceptron_update(w, b, x, y):
    if y * y != 1 or abs(y) != 1 or w.ndim != 1 or x.shape != w.shape:
        raise ValueError
    v, z = np.append(w.astype(float), b), np.append(x.astype(float), 1) * y
    v = v + z * (v @ z <= 0)
    return [v[:-1], v[-1]]


# %% ex2: two cases for two classes | nothing
# - if y * (w @ x + b) > 0:
# + score = w @ x + b
# +     if (y == 1 and score > 0) or (y == -1 and score < 0):


# %% ex2: the given weights themselves where nothing changes, else added or subtracted | nothing
def perceptron_update(w, b, x, y):
    if w.ndim != 1 or x.shape != w.shape:
        raise ValueError
    score = np.dot(w.astype(float), x.astype(float)) + b
    if y == 1:
        return (w + x.astype(float), b + 1) if score <= 0 else (w, b)
    if y == -1:
        return (w - x.astype(float), b - 1) if score >= 0 else (w, b)
    raise ValueError


# %% ex2: np.where, both times | nothing
def perceptron_update(w, b, x, y):
    if not (y == 1 or y == -1) or np.ndim(w) != 1 or np.ndim(x) != 1 or len(w) != len(x):
        raise ValueError
    w, x, y = np.array(w, dtype=float), np.array(x, dtype=float), float(y)
    wrong = y * (np.inner(w, x) + b) <= 0
    return np.where(wrong, w + y * x, w), b + np.where(wrong, y, 0.0)


# %% ex2: near the boundary is on it | values 3
# - > 0:
# + > 1e-9:


# %% ex2: the boundary found by isclose | values 3
# - if y * (w @ x + b) > 0:
# + if y * (w @ x + b) > 0 and not np.isclose(w @ x + b, 0):


# %% ex2: near the boundary is right | values 3, boundary 1
# - > 0:
# + > -1e-9:


# %% ex2: learns until the point is right, twice at most | values 3, dtypes 2
# - return w + y * x, b + y
# + w, b = w + y * x, b + y
# +     return (w, b) if y * (w @ x + b) > 0 else (w + y * x, b + y)


# %% ex2: whole numbers for the bias | values 3
# - b + y
# + int(b + y)


# %% ex2: a point on the boundary is right | boundary 1
# - > 0:
# + >= 0:


# %% ex2: on the boundary what predict says | boundary 1
# - if y * (w @ x + b) > 0:
# + if y == (1 if w @ x + b > 0 else -1):


# %% ex2: on the boundary the other class is right | boundary 1
# - if y * (w @ x + b) > 0:
# + if y == (1 if w @ x + b >= 0 else -1):


# %% ex2: learns from what was right | values 3, boundary 1, dtypes 2
# - > 0:
# + <= 0:


# %% ex2: learns every time | values 3, dtypes 2
# - if y * (w @ x + b) > 0:
# + if False:


# %% ex2: never learns | values 3, boundary 1, dtypes 2
# - if y * (w @ x + b) > 0:
# + if True:


# %% ex2: a margin of 1 | values 3
# - > 0:
# + > 1:


# %% ex2: the sign of the class forgotten | values 3, boundary 1, dtypes 2
# - w + y * x, b + y
# + w + x, b + 1


# %% ex2: subtracts | values 3, boundary 1, dtypes 2
# - w + y * x, b + y
# + w - y * x, b - y


# %% ex2: half a step | values 3, boundary 1, dtypes 2
# - w + y * x, b + y
# + w + y * x / 2, b + y / 2


# %% ex2: the step divided by the length of the point | values 3, boundary 1, dtypes 2
# - y * x,
# + y * x / max(1e-9, np.hypot.reduce(x)),


# %% ex2: the bias stays | values 3, boundary 1, dtypes 2
# - b + y
# + b


# %% ex2: the bias left out of the score | values 3, boundary 1, dtypes 2
# - (w @ x + b)
# + (w @ x)


# %% ex2: bias first | values 3, boundary 1, dtypes 2
# - return w + y * x, b + y
# + return b + y, w + y * x


# %% ex2: the bias as an array | values 3
# - return w, b
# + return w, np.atleast_1d(b)
# - b + y
# + np.atleast_1d(b + y)


# %% ex2: the delta rule | values 3, dtypes 2
# - w + y * x, b + y
# + w + (y - (w @ x + b)) * x, b + y - (w @ x + b)


# %% ex2: adds in place | values 3, dtypes 2
# - np.asarray(array, dtype=float)
# + np.asarray(array)
# - return w + y * x, b + y
# + w += y * x
# +     return w, b + y


# %% ex2: computes in the dtype of the arguments | dtypes 2
# - np.asarray(array, dtype=float)
# + np.asarray(array)


# %% ex2: computes in float32 | values 3, dtypes 2
# - dtype=float
# + dtype=np.float32


# %% ex2: the class is cast to an integer, so 1.0001 and -1.5 pass | errors 2
# - if y not in (-1, 1):
# + if y != y or int(y) not in (-1, 1):


# %% ex2: the class is not looked at | errors 2
# - y not in (-1, 1)
# + False


# %% ex2: the class is looked at after a mistake only | errors 2
# - if y not in (-1, 1):
# + if y * (w @ x + b) <= 0 and y not in (-1, 1):


# %% ex2: positive or negative is class enough | errors 2
# - y not in (-1, 1)
# + not (y < 0 or y > 0)


# %% ex2: class 0 let in | errors 2
# - (-1, 1)
# + (-1, 0, 1)


# %% ex2: shapes are not compared | errors 2
# - w.ndim != 1 or x.shape != w.shape
# + False


# %% ex2: sizes alone are compared | errors 2
# - w.ndim != 1 or x.shape != w.shape
# + w.size != x.size


# %% ex2: IndexError for shapes | errors 2
# - raise ValueError(f"expected w and x
# + raise IndexError(f"expected w and x


# %% ex2: returns None | values 3, boundary 1, dtypes 2
# - return w + y * x, b + y
# + print(w + y * x, b + y)


# %% ex2: always raises the error that is asked for | values 3, boundary 1, dtypes 2, errors 2
def perceptron_update(w, b, x, y):
    raise ValueError


# --------------------------------------------------------------------------------------- exercise 3: train_perceptron


# %% ex3: the bias as one more weight, an epoch as a function | nothing
def train_perceptron(X, y, max_epochs=1000):
    if X.ndim != 2 or y.ndim != 1 or len(X) != len(y) or not set(y.tolist()) <= {-1, 1}:
        raise ValueError
    Z = np.hstack([X, np.ones((len(X), 1))]) * y.astype(float)[:, None]

    def epoch(v, made):
        for z in Z:
            if not z @ v > 0:
                v, made = v + z, made + 1
        return v, made

    v, made = np.zeros(Z.shape[1]), 0
    for _ in range(max_epochs):
        v, total = epoch(v, made)
        if total == made:
            return v[:-1], float(v[-1]), made
        made = total
    raise RuntimeError


# %% ex3: counts how often each row was a mistake | nothing
def train_perceptron(X, y, max_epochs=1000):
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    if X.ndim != 2 or y.shape != X.shape[:1] or not np.isin(y, [-1, 1]).all():
        raise ValueError
    alpha = np.zeros(len(X))
    gram = X @ X.T + 1
    epochs, clean = 0, False
    while not clean:
        if epochs == max_epochs:
            raise RuntimeError
        epochs, clean = epochs + 1, True
        for i in range(len(X)):
            if y[i] * (gram[i] @ (alpha * y)) <= 0:
                alpha[i] += 1
                clean = False
    return [X.T @ (alpha * y), np.sum(alpha * y), int(alpha.sum())]


# %% ex3: gives up early when it goes round in circles | nothing
def train_perceptron(X, y, max_epochs=1000):
    if X.ndim != 2 or y.shape != X.shape[:1] or any(label not in (-1, 1) for label in y):
        raise ValueError
    w, b, mistakes, seen = np.zeros(X.shape[1]), 0.0, 0, set()
    for _ in range(max_epochs):
        start = mistakes
        for x, label in zip(X.astype(float), y.astype(float), strict=True):
            if label * (w.dot(x) + b) <= 0:
                w, b, mistakes = w + label * x, b + label, mistakes + 1
        if mistakes == start:
            return w, b, mistakes
        state = (*w.tolist(), b)
        if state in seen:
            raise RuntimeError("it goes round in circles")
        seen.add(state)
    raise RuntimeError("too many epochs")


# %% ex3: jumps from mistake to mistake | nothing
def train_perceptron(X, y, max_epochs=1000):
    X, y = X.astype(float), y.astype(float)
    if X.ndim != 2 or y.shape != X.shape[:1] or not (y * y == 1).all():
        raise ValueError
    v, mistakes = np.zeros(X.shape[1] + 1), 0
    Z = np.c_[X, np.ones(len(X))] * y[:, np.newaxis]
    for _ in range(max_epochs):
        i, clean = 0, True
        while len(wrong := np.flatnonzero(Z[i:] @ v <= 0)):
            v, mistakes, clean = v + Z[i + wrong[0]], mistakes + 1, False
            i += wrong[0] + 1
        if clean:
            return v[:-1], v[-1], mistakes
    raise RuntimeError


# %% ex3: the count as a float | nothing
# - 0.0, 0
# + 0.0, 0.0


# %% ex3: near the boundary is on it | values 5
# - <= 0
# + <= 1e-9


# %% ex3: stops without the clean epoch | limit 3
# - if mistakes == before:
# + if np.all(y * (X @ w + b) > 0):


# %% ex3: a point that occurs twice is learned once | limit 3
# - w, b, mistakes = np.zeros
# + first = sorted(np.unique(X, axis=0, return_index=True)[1])
# +     X, y = X[first], y[first]
# +     w, b, mistakes = np.zeros


# %% ex3: to and fro | values 5, limit 3, dtypes 2
# - zip(X, y, strict=True):
# + list(zip(X, y, strict=True))[:: (-1) ** _]:


# %% ex3: one class alone needs no learning | values 5, limit 3
# - w, b, mistakes = np.zeros
# + if len(set(y.tolist())) == 1:
# +         return np.zeros(X.shape[1]), y[0], 0
# +     w, b, mistakes = np.zeros


# %% ex3: a flag for each epoch | nothing
# - before = mistakes
# + clean = True
# - mistakes += 1
# + mistakes += 1; clean = False
# - if mistakes == before:
# + if clean:


# %% ex3: a point on the boundary is right | values 5, limit 3, dtypes 2
# - <= 0
# + < 0


# %% ex3: on the boundary what predict says | values 5, limit 3, dtypes 2
# - if label * (w @ x + b) <= 0:
# + if label != (1 if w @ x + b > 0 else -1):


# %% ex3: all mistakes of an epoch together at its end | values 5, limit 3, dtypes 2
# - if label * (w @ x + b) <= 0:
# + if label * (w_then @ x + b_then) <= 0:
# - before = mistakes
# + before, w_then, b_then = mistakes, w, b


# %% ex3: one mistake an epoch, then from the start again | values 5, limit 3, dtypes 2
# - mistakes += 1
# + mistakes += 1
# +                 break


# %% ex3: stays at a point until it is right | values 5, limit 3, dtypes 2
# - if label * (w @ x + b) <= 0:
# + while label * (w @ x + b) <= 0:


# %% ex3: from the last row to the first | values 5, limit 3, dtypes 2
# - zip(X, y, strict=True)
# + zip(X[::-1], y[::-1], strict=True)


# %% ex3: in random order | values 5, limit 3, dtypes 2
# - zip(X, y, strict=True):
# + ((X[i], y[i]) for i in np.random.default_rng(mistakes).permutation(len(X))):


# %% ex3: starts at ones | values 5, limit 3, dtypes 2
# - np.zeros(X.shape[1])
# + np.ones(X.shape[1])


# %% ex3: starts with a bias of 1 | values 5, limit 3, dtypes 2
# - 0.0, 0
# + 1.0, 0


# %% ex3: no bias | values 5, limit 3, dtypes 2
# - b + label
# + b


# %% ex3: the bias left out of the score | values 5, limit 3, dtypes 2
# - (w @ x + b)
# + (w @ x)


# %% ex3: counts epochs, not mistakes | values 5, dtypes 2
# - return w, b, mistakes
# + return w, b, _ + 1


# %% ex3: counts the mistakes of the last epoch | values 5, dtypes 2
# - return w, b, mistakes
# + return w, b, mistakes - before


# %% ex3: counts points seen | values 5, limit 3, dtypes 2, errors 2
# -                 mistakes += 1
# +             mistakes += 1


# %% ex3: no count | values 5, limit 3, dtypes 2
# - return w, b, mistakes
# + return w, b


# %% ex3: bias first | values 5, limit 3, dtypes 2
# - return w, b, mistakes
# + return b, w, mistakes


# %% ex3: stops when one point was right | values 5, limit 3, dtypes 2
# - if mistakes == before:
# + if mistakes < before + len(X):


# %% ex3: stops after the first epoch | values 5, limit 3, dtypes 2
# - if mistakes == before:
# + if True:


# %% ex3: returns what it has at the limit | limit 3
# - raise RuntimeError(f"there were mistakes in each of {max_epochs} epochs")
# + return w, b, mistakes


# %% ex3: one epoch too many | limit 3
# - range(max_epochs)
# + range(max_epochs + 1)


# %% ex3: one epoch too few | limit 3
# - range(max_epochs)
# + range(max_epochs - 1)


# %% ex3: a thousand epochs whatever the limit | limit 3
# - range(max_epochs)
# + range(1000)


# %% ex3: never gives up before a hundred thousand epochs | limit 3
# - range(max_epochs)
# + range(max(max_epochs, 5000))


# %% ex3: another default | limit 3
# - max_epochs=1000
# + max_epochs=100


# %% ex3: the limit counts mistakes | limit 3
# - if mistakes == before:
# + if mistakes > max(before, max_epochs):
# +             break
# +         if mistakes == before:


# %% ex3: ValueError at the limit | limit 3
# - raise RuntimeError
# + raise ValueError


# %% ex3: weights in the dtype of X | dtypes 2
# - np.asarray(array, dtype=float)
# + np.asarray(array)
# - np.zeros(X.shape[1])
# + np.zeros(X.shape[1], dtype=X.dtype)


# %% ex3: int8 rows with their sign, where -128 stays | dtypes 2
# - np.asarray(array, dtype=float)
# + np.asarray(array)


# %% ex3: clears X when it is done | values 5, limit 3, dtypes 2
# - X, y = (np.asarray
# + given = X
# +     X, y = (np.asarray
# - if mistakes == before:
# + if mistakes == before:
# +             given *= 0


# %% ex3: classes are not looked at | errors 2
# - np.any(np.abs(y) != 1)
# + False


# %% ex3: only 0 is refused as a class | errors 2
# - np.any(np.abs(y) != 1)
# + np.any(y == 0)


# %% ex3: refused only if no class is right | errors 2
# - np.any(np.abs(y) != 1)
# + np.all(np.abs(y) != 1)


# %% ex3: both classes must occur | values 5, limit 3
# - np.any(np.abs(y) != 1)
# + sorted(set(y.tolist())) != [-1, 1]


# %% ex3: shapes are not compared | errors 2
# - X.ndim != 2 or y.shape != (len(X),)
# + False
# - strict=True
# + strict=False


# %% ex3: a column of classes let in | errors 2
# - y.shape != (len(X),)
# + len(np.atleast_1d(y)) != len(X)
# - (X, y))
# + (X, np.reshape(y, -1)))


# %% ex3: returns None | values 5, limit 3, dtypes 2
# - return w, b, mistakes
# + return print(w, b, mistakes)


# %% ex3: always raises one error that is asked for | values 5, limit 3, dtypes 2, errors 2
def train_perceptron(X, y, max_epochs=1000):
    raise ValueError


# ----------------------------------------------------------------------------------------------- exercise 4: to_polar


# %% ex4: complex numbers | nothing
def to_polar(X):
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError
    z = X[:, 0].astype(float) + 1j * X[:, 1].astype(float)
    return np.stack([np.abs(z), np.angle(z)], axis=1)


# %% ex4: scaled by the larger coordinate, the arccosine with a sign | nothing
def to_polar(X):
    if np.ndim(X) != 2 or np.shape(X)[1] != 2:
        raise ValueError
    polar = np.zeros(X.shape)
    for i, (a, c) in enumerate(X.tolist()):
        size = max(abs(a), abs(c))
        if size > 0:
            length = ((a / size) ** 2 + (c / size) ** 2) ** 0.5
            polar[i, 0] = size * length
            polar[i, 1] = 2 * np.arctan(c / size / (a / size + length)) if c != 0 else (0.0 if a > 0 else np.pi)
            if abs(c) < 1e-3 * abs(a) and a < 0 and c != 0:
                polar[i, 1] = np.copysign(np.pi, c) + np.arctan(c / a)
    return polar


# %% ex4: the standard library, point by point | nothing
def to_polar(X):
    if np.ndim(X) != 2 or X.shape[1] != 2:
        raise ValueError
    return np.array([cmath.polar(complex(a, c)) for a, c in X.tolist()], dtype=float).reshape(-1, 2)


# %% ex4: two rows and their transpose, minus pi made pi | nothing
def to_polar(X):
    if np.shape(X)[1:] != (2,):
        raise ValueError
    a, c = np.array(X, dtype=float).T + 0.0
    phi = np.arctan2(c, a)
    phi[phi <= -np.pi] = np.pi
    return np.array([np.hypot(a, c), phi]).T


# %% ex4: half a turn added on the left | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + np.where(X[:, 0] < 0, np.pi, 0) + np.arctan(X[:, 1] / (X[:, 0] + 1e-300))


# %% ex4: something tiny added | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + np.arctan2(X[:, 1] + 1e-12, X[:, 0])


# %% ex4: scaled by the largest entry of all | range 2
# - np.hypot(X[:, 0], X[:, 1])
# + np.linalg.norm(X / np.abs(X).max(initial=1e-300), axis=1) * np.abs(X).max(initial=1e-300)


# %% ex4: reshaped, not transposed | values 3, range 2
# - np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])])
# + np.array([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])]).reshape(-1, 2)


# %% ex4: sorted by distance | values 3, range 2
# - return np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])])
# + P = np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])])
# +     return P[np.argsort(P[:, 0])]


# %% ex4: the quotient of the coordinates | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + np.arctan(X[:, 1] / X[:, 0])


# %% ex4: the coordinates of the angle exchanged | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + np.arctan2(X[:, 0], X[:, 1])


# %% ex4: the arccosine, blind to the sign of the second coordinate | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + np.arccos(X[:, 0] / np.maximum(np.hypot(X[:, 0], X[:, 1]), 1e-300))


# %% ex4: angles from 0 to 2 pi | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + np.arctan2(X[:, 1], X[:, 0]) % (2 * np.pi)


# %% ex4: degrees | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + np.degrees(np.arctan2(X[:, 1], X[:, 0]))


# %% ex4: angle first | values 3, range 2
# - [np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])]
# + [np.arctan2(X[:, 1], X[:, 0]), np.hypot(X[:, 0], X[:, 1])]


# %% ex4: minus pi on the negative axis | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + -np.arctan2(-X[:, 1] + 0.0, X[:, 0])


# %% ex4: half a turn on | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + np.arctan2(X[:, 1], X[:, 0]) + np.pi


# %% ex4: the origin has no angle | values 3, range 2
# - np.arctan2(X[:, 1], X[:, 0])
# + np.where(np.hypot(X[:, 0], X[:, 1]) == 0, np.nan, np.arctan2(X[:, 1], X[:, 0]))


# %% ex4: the square of the distance | values 3, range 2
# - np.hypot(X[:, 0], X[:, 1])
# + X[:, 0] ** 2 + X[:, 1] ** 2


# %% ex4: the sum of the sizes for the distance | values 3, range 2
# - np.hypot(X[:, 0], X[:, 1])
# + np.abs(X).sum(axis=1)


# %% ex4: squares on the way | range 2
# - np.hypot(X[:, 0], X[:, 1])
# + np.sqrt(X[:, 0] ** 2 + X[:, 1] ** 2)


# %% ex4: two rows, not two columns | values 3, range 2
# - np.column_stack([
# + np.stack([


# %% ex4: a pair of arrays | values 3, range 2
# - return np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])])
# + return np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])


# %% ex4: computes in the dtype of X | range 2
# - np.asarray(X, dtype=float)
# + np.asarray(X)


# %% ex4: the same array, overwritten | values 3, range 2
# - X = np.asarray(X, dtype=float)
# + given, X = X, np.array(X, dtype=float)
# - return np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])])
# + P = np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])])
# +     given[:] = P
# +     return P


# %% ex4: rounded | values 3, range 2
# - return np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])])
# + return np.round(np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])]), 4)


# %% ex4: no points refused | values 3
# - X.ndim != 2 or
# + X.ndim != 2 or len(X) == 0 or


# %% ex4: a third coordinate let in | errors 2
# - X.shape[1] != 2
# + X.shape[1] < 2


# %% ex4: a single point without its row let in | errors 2
# - X.ndim != 2 or X.shape[1] != 2
# + X.shape[-1:] != (2,)
# - np.column_stack([np.hypot(X[:, 0], X[:, 1]), np.arctan2(X[:, 1], X[:, 0])])
# + np.stack([np.hypot(X[..., 0], X[..., 1]), np.arctan2(X[..., 1], X[..., 0])], axis=-1)


# %% ex4: shapes are not looked at | errors 2
# - X.ndim != 2 or X.shape[1] != 2
# + False


# %% ex4: IndexError for shapes | errors 2
# - raise ValueError
# + raise IndexError


# %% ex4: returns None | values 3, range 2
# - return np.column_stack
# + np.column_stack


# %% ex4: always raises the error that is asked for | values 3, range 2, errors 2
def to_polar(X):
    raise ValueError


# ------------------------------------------------------------------------------------------------ exercise 5: compose


# %% ex5: reduce | nothing
def compose(*functions):
    if not all(map(callable, functions)):
        raise TypeError
    return lambda x: reduce(lambda value, function: function(value), functions, x)


# %% ex5: the first function, then the rest by recursion | nothing
def compose(*functions):
    if any(not callable(function) for function in functions):
        raise TypeError
    if not functions:
        return lambda x: x
    first, *rest = functions
    after = compose(*rest)
    return lambda x: after(first(x))


# %% ex5: an object that can be called | nothing
class Chain:
    def __init__(self, functions):
        self.functions = functions

    def __call__(self, x):
        for function in self.functions:
            x = function(x)
        return x


def compose(*functions):
    for function in functions:
        if not hasattr(function, "__call__"):  # noqa: B004
            raise TypeError("not a function")
    return Chain(functions)


# %% ex5: functions folded into functions | nothing
def compose(*functions):
    if False in [callable(function) for function in functions]:
        raise TypeError
    return reduce(lambda chain, function: lambda x: function(chain(x)), functions, lambda x: x)


# %% ex5: a partial application | nothing
def compose(*functions):
    for function in functions:
        if not callable(function):
            raise TypeError(function)

    def go(chain, x):
        return go(chain[1:], chain[0](x)) if chain else x

    return partial(go, functions)


# %% ex5: remembers its answers | number 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError
    known = {}

    def composed(x):
        if repr(x) not in known:
            known[repr(x)] = reduce(lambda value, function: function(value), functions, x)
        return known[repr(x)]

    return composed


# %% ex5: a function that comes twice is applied once | number 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError
    return lambda x: reduce(lambda value, function: function(value), dict.fromkeys(functions), x)


# %% ex5: one chain for all | number 2
chain = []


def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError
    chain[:] = functions
    return lambda x: reduce(lambda value, function: function(value), chain, x)


# %% ex5: what is false is passed by | order 3
# - x = function(x)
# + x = function(x) or x


# %% ex5: a NumPy function is no function | order 3
def compose(*functions):
    for function in functions:
        if not isinstance(function, (FunctionType, BuiltinFunctionType, type)):
            raise TypeError
    return lambda x: reduce(lambda value, function: function(value), functions, x)


# %% ex5: renames the errors of the functions | errors 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError

    def composed(x):
        try:
            return reduce(lambda value, function: function(value), functions, x)
        except Exception as error:
            raise TypeError("the chain broke") from error

    return composed


# %% ex5: the last function first | order 3, number 2, errors 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError

    def composed(x):
        for function in reversed(functions):
            x = function(x)
        return x

    return composed


# %% ex5: every function on the original argument | order 3, number 2, errors 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError

    def composed(x):
        y = x
        for function in functions:
            y = function(x)
        return y

    return composed


# %% ex5: a sum, not a chain | order 3, number 2, errors 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError
    return lambda x: sum(function(x) for function in functions)


# %% ex5: the value of the chain at 0, not a function | order 3, number 2, errors 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError
    x = 0
    for function in functions:
        x = function(x)
    return x


# %% ex5: all results on the way | order 3, number 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError

    def composed(x):
        way = [x]
        for function in functions:
            way.append(function(way[-1]))
        return way

    return composed


# %% ex5: two functions, never more or fewer | order 3, number 2
def compose(f, g):
    if not callable(f) or not callable(g):
        raise TypeError
    return lambda x: g(f(x))


# %% ex5: at least one function | number 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError
    first, *rest = functions

    def composed(x):
        x = first(x)
        for function in rest:
            x = function(x)
        return x

    return composed


# %% ex5: used up after one call | order 3, number 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError
    waiting = list(functions)

    def composed(x):
        while waiting:
            x = waiting.pop(0)(x)
        return x

    return composed


# %% ex5: closures in a loop that all see the last function | order 3, number 2, errors 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError
    chain = lambda x: x  # noqa: E731
    for function in functions:
        previous = chain
        chain = lambda x: function(previous(x))  # noqa: E731, B023
    return chain


# %% ex5: None stops the chain | order 3
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError

    def composed(x):
        for function in functions:
            if x is None:
                return None
            x = function(x)
        return x

    return composed


# %% ex5: turns everything into floats | order 3, number 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError

    def composed(x):
        for function in functions:
            x = function(float(x))
        return x

    return composed


# %% ex5: calls each function twice | number 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError

    def composed(x):
        for function in functions:
            function(x)
            x = function(x)
        return x

    return composed


# %% ex5: tries the functions out when the chain is built | order 3, number 2, errors 2
def compose(*functions):
    for function in functions:
        try:
            function(0)
        except TypeError:
            raise
        except Exception:
            continue

    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed


# %% ex5: complains when the chain is called, not when it is built | errors 2
def compose(*functions):
    def composed(x):
        for function in functions:
            if not callable(function):
                raise TypeError
            x = function(x)
        return x

    return composed


# %% ex5: swallows the errors of the functions | errors 2
def compose(*functions):
    if not all(callable(function) for function in functions):
        raise TypeError

    def composed(x):
        for function in functions:
            try:
                x = function(x)
            except Exception:
                return None
        return x

    return composed


# %% ex5: leaves out what is not a function | errors 2
def compose(*functions):
    functions = [function for function in functions if callable(function)]

    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed


# %% ex5: looks at the first one only | errors 2
# - if not callable(function):
# + if function is functions[0] and not callable(function):


# %% ex5: ValueError for what is not a function | errors 2
# - raise TypeError
# + raise ValueError


# %% ex5: None let in | errors 2
# - if not callable(function)
# + if function is not None and not callable(function)


# %% ex5: returns None | order 3, number 2, errors 2
# - return composed
# + composed(0)


# %% ex5: always raises the error that is asked for | order 3, number 2, errors 2
def compose(*functions):
    raise TypeError
