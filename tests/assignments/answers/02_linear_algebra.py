"""Answers to assignment 02, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or, for a small mistake, what differs from the instructor's answer.
"""

# ruff: noqa: F811, F821

import math

import numpy as np
from numpy.linalg import LinAlgError

# -------------------------------------------------------------------------------------------------- exercise 1: lp_norm


# %% ex1: a loop in plain Python | nothing
def lp_norm(x, p):
    if math.isnan(p) or p < 1:
        raise ValueError("p must be at least 1")
    sizes = [abs(float(entry)) for entry in x]
    largest = max(sizes)
    if largest == 0.0 or math.isinf(p):
        return largest
    total = 0.0
    for size in sizes:
        total += (size / largest) ** p
    return largest * total ** (1.0 / p)


# %% ex1: by logarithms, returning a NumPy scalar | nothing
def lp_norm(x, p):
    if not p >= 1:
        raise ValueError
    x = np.abs(x.astype(np.float64))
    if p == np.inf:
        return np.max(x)
    logs = np.log(x[x > 0])
    if logs.size == 0:
        return np.float64(0)
    top = logs.max()
    return np.exp(top + np.log(np.exp(p * (logs - top)).sum()) / p)


# %% ex1: the test the other way round, a zero-dimensional array | nothing
def lp_norm(x, p):
    if p >= 1:
        x = np.array(x, dtype=np.float64)
        scale = np.max([np.max(x), -np.min(x)])
        if scale == 0 or p == np.inf:
            return np.array(scale)
        return np.array(scale * np.power(np.power(np.abs(x / scale), p).sum(), 1 / p))
    raise ValueError(f"no norm for p = {p}")


# %% ex1: the textbook formula, which overflows | numerics 2
def lp_norm(x, p):
    if not p >= 1:
        raise ValueError
    x = np.abs(np.asarray(x, dtype=float))
    return x.max() if p == np.inf else np.sum(x**p) ** (1 / p)


# %% ex1: no absolute value | values 4, numerics 2
# - np.abs(np.asarray(x, dtype=float))
# + np.asarray(x, dtype=float)
# - size.max()
# + np.abs(size).max()


# %% ex1: a square root whatever p is | values 4, numerics 2
# - ** (1 / p)
# + ** 0.5


# %% ex1: the root forgotten | values 4, numerics 2
# - ** (1 / p)
# +


# %% ex1: the maximum norm takes the largest entry, not the largest in size | values 4, numerics 2
# - return float(largest)
# + return float(np.max(x))


# %% ex1: the maximum norm takes the smallest size | values 4, numerics 2
# - return float(largest)
# + return float(size.min())


# %% ex1: the argument is overwritten | values 4, numerics 2
# - size = np.abs(np.asarray(x, dtype=float))
# + x[:] = size = np.abs(x)


# %% ex1: nothing done about infinity | values 4, numerics 2
def lp_norm(x, p):
    if not p >= 1:
        raise ValueError
    return np.sum(np.abs(np.asarray(x, dtype=float)) ** p) ** (1 / p)


# %% ex1: no errors | errors 2
# - not p >= 1
# + False


# %% ex1: negative p is refused, 0 < p < 1 is not | errors 2
# - not p >= 1
# + not p > 0


# %% ex1: nan slips through | errors 2
# - not p >= 1
# + p < 1


# %% ex1: p = 1 is refused | values 4, numerics 2
# - not p >= 1
# + not p > 1


# %% ex1: only whole p are allowed | values 4, numerics 2
# - not p >= 1
# + not p >= 1 or p % 1 > 0


# %% ex1: infinity is refused | values 4, numerics 2
# - not p >= 1
# + not 1 <= p < np.inf


# %% ex1: a TypeError instead of a ValueError | errors 2
# - ValueError(f
# + TypeError(f


# %% ex1: nan returned instead of an error | errors 2
# - raise ValueError(f"p must be at least 1, got {p}")
# + return np.nan


# %% ex1: divides by the largest size, also when that is 0 | values 4
# - largest == 0 or p
# + p


# %% ex1: computes in the dtype of the argument | numerics 2
# - np.asarray(x, dtype=float)
# + x


# %% ex1: converts to float64 after the absolute value | numerics 2
# - np.abs(np.asarray(x, dtype=float))
# + np.abs(x).astype(float)


# %% ex1: computes in float32 | values 4, numerics 2
# - dtype=float
# + dtype=np.float32


# %% ex1: no scaling upwards, so tiny entries vanish | numerics 2
# - size.max()
# + max(size.max(), 1.0)
# - largest == 0 or p == np.inf
# + p == np.inf
# - return float(largest)
# + return float(size.max())


# %% ex1: an array with one entry | values 4
# - return float(largest)
# + return np.array([largest])
# - return float(largest * np.sum((size / largest) ** p) ** (1 / p))
# + return np.array([largest * np.sum((size / largest) ** p) ** (1 / p)])


# %% ex1: prints the norm and returns None | values 4, numerics 2
# - return float(largest)
# + print(largest)
# - return float(largest *
# + print(largest *


# %% ex1: always raises the error that is asked for | values 4, errors 2, numerics 2
def lp_norm(x, p):
    raise ValueError


# ---------------------------------------------------------------------------------------------- exercise 2: determinant


# %% ex2: loops over lists | nothing
def determinant(A):
    if np.ndim(A) != 2 or len(A) != len(A[0]):
        raise ValueError("not square")
    rows = [[float(entry) for entry in row] for row in A]
    n, result = len(rows), 1.0
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(rows[i][k]))
        if rows[best][k] == 0.0:
            return 0.0
        if best != k:
            rows[k], rows[best] = rows[best], rows[k]
            result = -result
        result *= rows[k][k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            for j in range(k, n):
                rows[i][j] -= factor * rows[k][j]
    return result


# %% ex2: recursion on the Schur complement | nothing
def determinant(A):
    A = A.astype(np.float64)
    if A.ndim != 2 or A.shape[0] != A.shape[1]:
        raise ValueError
    if len(A) == 1:
        return A[0, 0]
    p = int(np.argmax(abs(A[:, 0])))
    if A[p, 0] == 0:
        return np.float64(0)
    if p:
        A[0], A[p] = -A[p].copy(), A[0].copy()
    return A[0, 0] * determinant(A[1:, 1:] - A[1:, :1] / A[0, 0] * A[:1, 1:])


# %% ex2: by Householder reflections | nothing
def determinant(A):
    R = np.array(A, dtype=float)
    if R.ndim != 2 or R.shape[0] != R.shape[1]:
        raise ValueError
    sign = 1.0
    for k in range(len(R) - 1):
        v = R[k:, k].copy()
        length = np.sqrt(v @ v)
        v[0] += length if v[0] >= 0 else -length
        if v @ v > 0:
            R[k:, k:] -= 2 * np.outer(v, v @ R[k:, k:]) / (v @ v)
            sign = -sign
    return float(sign * R.diagonal().prod())


# %% ex2: a swap does not flip the sign | values 4, numerics 3
# - sign = -sign
# + pass


# %% ex2: the sign flips even where nothing was swapped | values 4, numerics 3
# - pivot != k
# + True


# %% ex2: no pivoting | values 4, numerics 3
# - pivot = k + np.argmax(np.abs(A[k:, k]))
# + pivot = k


# %% ex2: swaps only where the pivot is exactly 0 | numerics 3
# - np.abs(A[k:, k])
# + A[k:, k] != 0


# %% ex2: takes the largest entry for pivot, not the largest in size | values 4, numerics 3
# - np.abs(A[k:, k])
# + A[k:, k]


# %% ex2: looks for the pivot among finished rows as well | values 4, numerics 3
# - k + np.argmax(np.abs(A[k:, k]))
# + np.argmax(np.abs(A[:, k]))


# %% ex2: forgets that the pivot is counted from row k | values 4, numerics 3
# - k + np.argmax
# + np.argmax


# %% ex2: swaps before the first column only | values 4, numerics 3
# - k + np.argmax(np.abs(A[k:, k]))
# + np.argmax(np.abs(A[:, 0])) if k == 0 else k


# %% ex2: a swap that copies one row over the other | values 4, numerics 3
# - A[[k, pivot]] = A[[pivot, k]]
# + A[k], A[pivot] = A[pivot], A[k]


# %% ex2: the pivot's row is divided by the pivot, its determinant forgotten | values 4, numerics 3
# - np.outer(A[k + 1 :, k] / A[k, k], A[k])
# + np.outer(A[k + 1 :, k], A[k] / A[k, k]); A[k] /= A[k, k]


# %% ex2: the argument is used up | values 4, numerics 3
# - np.array(A, dtype=float)
# + A


# %% ex2: integers are cut off | numerics 3
# - np.array(A, dtype=float)
# + A.copy()
# - A[k + 1 :] -= np.outer
# + A[k + 1 :] = A[k + 1 :] - np.outer


# %% ex2: computes in float32 | values 4, numerics 3
# - dtype=float
# + dtype=np.float32


# %% ex2: small pivots are taken for 0 | numerics 3
# - A[pivot, k] == 0
# + abs(A[pivot, k]) < 1e-8


# %% ex2: a singular matrix divides by 0 | values 4
# - A[pivot, k] == 0
# + False


# %% ex2: a singular matrix raises | values 4
# - return 0.0
# + raise LinAlgError


# %% ex2: the sum of the diagonal instead of its product | values 4, numerics 3
# - np.prod
# + np.sum


# %% ex2: the size of the determinant, without its sign | values 4, numerics 3
# - float(sign *
# + abs(


# %% ex2: an array with one entry | values 4
# - float(sign * np.prod(np.diag(A)))
# + sign * np.prod(np.diag(A), keepdims=True)


# %% ex2: the formulas for two and three rows only | values 4, numerics 3
def determinant(A):
    if A.ndim != 2 or A.shape[0] != A.shape[1]:
        raise ValueError
    A = A.astype(float)
    if len(A) == 1:
        return A[0, 0]
    if len(A) == 2:
        return A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
    return A[0] @ np.cross(A[1], A[2])


# %% ex2: no errors | errors 2
# - A.ndim != 2 or A.shape[0] != A.shape[1]
# + False


# %% ex2: too many rows are refused, too many columns are not | errors 2
# - A.shape[0] != A.shape[1]
# + A.shape[0] > A.shape[1]


# %% ex2: a TypeError instead of a ValueError | errors 2
# - ValueError(f
# + TypeError(f


# %% ex2: returns None | values 4, numerics 3
# - return float(sign
# + result = float(sign


# %% ex2: always raises the error that is asked for | values 4, errors 2, numerics 3
def determinant(A):
    raise ValueError


# ------------------------------------------------------------------------------------- exercise 3: gaussian_elimination


# %% ex3: one augmented matrix, row by row | nothing
def gaussian_elimination(A, b):
    if A.ndim != 2 or A.shape[0] != A.shape[1] or b.shape != (A.shape[0],):
        raise ValueError("shapes do not fit")
    n = A.shape[0]
    M = np.column_stack([A.astype(float), b.astype(float)])
    limit = n * np.finfo(float).eps * np.max(np.abs(M[:, :n]))
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(M[i, k]))
        if not abs(M[p, k]) > limit:
            raise LinAlgError("singular matrix")
        M[[p, k], :] = M[[k, p], :]
        for i in range(k + 1, n):
            M[i, k:] = M[i, k:] - M[i, k] / M[k, k] * M[k, k:]
    x = np.empty(n)
    for k in range(n - 1, -1, -1):
        x[k] = (M[k, n] - sum(M[k, j] * x[j] for j in range(k + 1, n))) / M[k, k]
    return x


# %% ex3: Gauss and Jordan, in plain Python, returning a list | nothing
def gaussian_elimination(A, b):
    shape = np.shape(A)
    if len(shape) != 2 or shape[0] != shape[1] or np.shape(b) != shape[:1]:
        raise ValueError
    n = shape[0]
    rows = [[float(a) for a in row] + [float(right)] for row, right in zip(A, b, strict=True)]
    largest = max(abs(entry) for row in rows for entry in row[:n])
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(rows[i][k]))
        if abs(rows[p][k]) <= n * np.finfo(float).eps * largest:
            raise LinAlgError
        rows[k], rows[p] = rows[p], rows[k]
        pivot = rows[k][k]
        rows[k] = [entry / pivot for entry in rows[k]]
        for i in range(n):
            if i != k:
                factor = rows[i][k]
                rows[i] = [mine - factor * theirs for mine, theirs in zip(rows[i], rows[k], strict=True)]
    return [row[n] for row in rows]


# %% ex3: a permutation vector, no row ever moves | nothing
def gaussian_elimination(A, b):
    if len(A.shape) != 2 or A.shape[0] != A.shape[1]:
        raise ValueError
    if b.shape != (len(A),):
        raise ValueError
    A, b, n = A.astype(float), b.astype(float), len(A)
    order = np.arange(n)
    limit = n * np.finfo(float).eps * abs(A).max()
    for k in range(n):
        p = k + abs(A[order[k:], k]).argmax()
        order[[k, p]] = order[[p, k]]
        top = order[k]
        if abs(A[top, k]) <= limit:
            raise LinAlgError
        for i in order[k + 1 :]:
            m = A[i, k] / A[top, k]
            A[i, k] = 0.0
            A[i, k + 1 :] -= m * A[top, k + 1 :]
            b[i] -= m * b[top]
    x = np.zeros(n)
    for k in range(n)[::-1]:
        x[k] = (b[order[k]] - np.dot(A[order[k]], x)) / A[order[k], k]
    return x


# %% ex3: no pivoting | numerics 3, singular 3
# - k + np.argmax(np.abs(A[k:, k]))
# + k


# %% ex3: swaps only where the pivot is exactly 0 | numerics 3
# - k + np.argmax(np.abs(A[k:, k]))
# + k + (np.argmax(np.abs(A[k:, k])) if A[k, k] == 0 else 0)
# - np.abs(A[pivot, k]) <= negligible
# + np.abs(A[k:, k]).max() <= negligible


# %% ex3: the largest entry for pivot, not the largest in size | numerics 3
# - np.argmax(np.abs(A[k:, k]))
# + np.argmax(A[k:, k])


# %% ex3: forgets that the pivot is counted from row k | values 4, numerics 3, singular 3
# - k + np.argmax
# + np.argmax


# %% ex3: rows are swapped in A but not in b | values 4, numerics 3, singular 3
# - A[[k, pivot]], b[[k, pivot]] = A[[pivot, k]], b[[pivot, k]]
# + A[[k, pivot]] = A[[pivot, k]]


# %% ex3: a swap that copies one row over the other | values 4, numerics 3, singular 3
# - A[[k, pivot]], b[[k, pivot]] = A[[pivot, k]], b[[pivot, k]]
# + A[k], A[pivot] = A[pivot], A[k]; b[k], b[pivot] = b[pivot], b[k]


# %% ex3: rows are subtracted in A but not in b | values 4, numerics 3, singular 3
# - b[k + 1 :] -= multiplier * b[k]
# +


# %% ex3: the multiplier upside down | values 4, numerics 3, singular 3
# - A[k + 1 :, k] / A[k, k]
# + A[k, k] / A[k + 1 :, k]


# %% ex3: back-substitution stops before the first unknown | values 4, numerics 3, singular 3
# - reversed(range(n))
# + range(n - 1, 0, -1)


# %% ex3: back-substitution leaves out the neighbour | values 4, numerics 3, singular 3
# - A[k, k + 1 :] @ x[k + 1 :]
# + A[k, k + 2 :] @ x[k + 2 :]


# %% ex3: back-substitution from the top | values 4, numerics 3, singular 3
# - reversed(range(n))
# + range(n)


# %% ex3: no division in the back-substitution | values 4, numerics 3, singular 3
# - @ x[k + 1 :]) / A[k, k]
# + @ x[k + 1 :])


# %% ex3: A is used up | values 4
# - A, b = np.array(A, dtype=float), np
# + A, b = np.asarray(A, dtype=float), np


# %% ex3: b is used up | values 4
# - np.array(b, dtype=float)
# + np.asarray(b, dtype=float)


# %% ex3: copies in the dtype of the arguments, so integers are cut off | numerics 3
# - A, b = np.array(A, dtype=float), np.array(b, dtype=float)
# + A, b = A.copy(), b.copy()
# - A[k + 1 :] -= np.outer(multiplier, A[k])
# + A[k + 1 :] = A[k + 1 :] - np.outer(multiplier, A[k])
# - b[k + 1 :] -= multiplier * b[k]
# + b[k + 1 :] = b[k + 1 :] - multiplier * b[k]


# %% ex3: integers in b alone are cut off | numerics 3
# - np.array(b, dtype=float)
# + b.copy()
# - b[k + 1 :] -= multiplier * b[k]
# + b[k + 1 :] = b[k + 1 :] - multiplier * b[k]


# %% ex3: x in the dtype of b, which cuts it off for integers | numerics 3
# - n = len(A)
# + n, dtype = len(A), b.dtype
# - A, b = np.array(A, dtype=float), np.array(b, dtype=float)
# + A, b = np.array(A, dtype=float), np.array(b)
# - b[k + 1 :] -= multiplier * b[k]
# + b = b.astype(float); b[k + 1 :] -= multiplier * b[k]
# - np.zeros(n)
# + np.zeros(n, dtype=dtype)


# %% ex3: singular means exactly 0 | singular 3
# - <= negligible
# + == 0


# %% ex3: singular means below 1e-12, however large the entries | singular 3
# - <= negligible
# + < 1e-12


# %% ex3: compares the pivot, sign and all | values 4, numerics 3, singular 3
# - np.abs(A[pivot, k]) <=
# + A[pivot, k] <=


# %% ex3: the limit is taken from the largest entry, not the largest in size | singular 3
# - np.abs(A).max()
# + A.max()


# %% ex3: the limit follows the matrix through the elimination | singular 3
# - np.abs(A[pivot, k]) <= negligible
# + np.abs(A[pivot, k]) <= n * np.finfo(float).eps * np.abs(A).max()


# %% ex3: the limit is taken from what is left of the matrix | singular 3
# - np.abs(A[pivot, k]) <= negligible
# + np.abs(A[pivot, k]) <= n * np.finfo(float).eps * np.abs(A[k:, k:]).max()


# %% ex3: the limit without n | singular 3
# - n * np.finfo(float).eps
# + np.finfo(float).eps


# %% ex3: the limit is strict, so that the zero matrix is let through | singular 3
# - <= negligible
# + < negligible


# %% ex3: the last pivot is never looked at | singular 3
# -     for k in range(n):
# +     for k in range(n - 1):


# %% ex3: a singular system that has solutions gets one | singular 3
def gaussian_elimination(A, b):
    A, b = np.array(A, dtype=float), np.array(b, dtype=float)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or b.shape != A.shape[:1]:
        raise ValueError
    n, limit = len(A), len(A) * np.finfo(float).eps * np.abs(A).max()
    x = np.zeros(n)
    for k in range(n):
        p = k + np.argmax(np.abs(A[k:, k]))
        A[[k, p]], b[[k, p]] = A[[p, k]], b[[p, k]]
        if abs(A[k, k]) <= limit:
            continue
        m = A[k + 1 :, k] / A[k, k]
        A[k + 1 :] -= np.outer(m, A[k])
        b[k + 1 :] -= m * b[k]
    for k in reversed(range(n)):
        if abs(A[k, k]) > limit:
            x[k] = (b[k] - A[k, k + 1 :] @ x[k + 1 :]) / A[k, k]
        elif abs(b[k]) > limit:
            raise LinAlgError
    return x


# %% ex3: a ValueError for singular matrices | singular 3
# - raise LinAlgError(
# + raise ValueError(


# %% ex3: None for singular matrices | singular 3
# - raise LinAlgError(f"A is singular: nothing to divide by in column {k}")
# + return None


# %% ex3: nan for singular matrices | singular 3
# - raise LinAlgError(f"A is singular: nothing to divide by in column {k}")
# + return np.full(n, np.nan)


# %% ex3: no error about A | errors 2
# - A.ndim != 2 or A.shape[0] != A.shape[1]
# + False


# %% ex3: no error about b | errors 2
# - b.shape != (n,)
# + False


# %% ex3: b of shape (n, 1) is let in | errors 2
# - b.shape != (n,)
# + b.size != n
# - negligible = n * np
# + b = b.ravel(); negligible = n * np


# %% ex3: a TypeError for wrong shapes | errors 2
# - ValueError(f"b must
# + TypeError(f"b must


# %% ex3: x as a column | values 4, numerics 3, singular 3
# - return x
# + return x[:, np.newaxis]


# %% ex3: x the wrong way round | values 4, numerics 3, singular 3
# - return x
# + return x[::-1]


# %% ex3: returns None | values 4, numerics 3, singular 3
# - return x
# + print(x)


# %% ex3: always raises the error that is asked for | values 4, numerics 3, singular 3, errors 2
def gaussian_elimination(A, b):
    raise LinAlgError


# ------------------------------------------------------------------------------------------ exercise 4: power_iteration


# %% ex4: a while loop in plain Python | nothing
def power_iteration(A, x, tol=1e-10, max_steps=1000):
    x = [float(entry) for entry in x]
    if all(entry == 0 for entry in x):
        raise ValueError
    A = [[float(entry) for entry in row] for row in A]
    steps = 0
    while True:
        length = math.hypot(*x)
        x = [entry / length for entry in x]
        y = [sum(a * entry for a, entry in zip(row, x, strict=True)) for row in A]
        value = sum(a * b for a, b in zip(x, y, strict=True))
        if math.dist(y, [value * entry for entry in x]) <= tol * abs(value):
            return value, np.array(x)
        if steps == max_steps:
            raise RuntimeError
        steps, x = steps + 1, y


# %% ex4: the sign of the vector made positive | nothing
def power_iteration(A, x, tol=1e-10, max_steps=1000):
    A, x = A.astype(float), x.astype(float)
    if np.count_nonzero(x) == 0:
        raise ValueError("zero start")
    x /= np.sqrt(np.sum(x**2))
    for step in range(max_steps + 1):
        if step > 0:
            x = y / np.sqrt(np.sum(y**2))
        y = A.dot(x)
        value = np.sum(x * y)
        if np.sqrt(np.sum((y - value * x) ** 2)) <= tol * abs(value):
            break
    else:
        raise RuntimeError("not converged")
    return [value, -x if x[np.argmax(abs(x))] < 0 else x]


# %% ex4: the length of Ax for eigenvalue, always positive | values 4, stopping 2
# - return float(value), x
# + return np.sqrt(Ax @ Ax), x


# %% ex4: waits for x to stand still, which a negative eigenvalue never lets it | values 4, stopping 2
def power_iteration(A, x, tol=1e-10, max_steps=1000):
    A, x = np.asarray(A, dtype=float), np.asarray(x, dtype=float)
    if not x.any():
        raise ValueError
    x = x / np.sqrt(x @ x)
    for _ in range(max_steps + 1):
        y = A @ x
        y = y / np.sqrt(y @ y)
        if np.sqrt((y - x) @ (y - x)) <= tol:
            return x @ A @ x, x
        x = y
    raise RuntimeError


# %% ex4: waits for the eigenvalue to stand still, which it does too early | values 4, stopping 2, errors 2, numerics 3
def power_iteration(A, x, tol=1e-10, max_steps=1000):
    A, x = np.asarray(A, dtype=float), np.asarray(x, dtype=float)
    if not x.any():
        raise ValueError
    x = x / np.sqrt(x @ x)
    value = x @ A @ x
    for _ in range(max_steps):
        x = A @ x
        x = x / np.sqrt(x @ x)
        before, value = value, x @ A @ x
        if abs(value - before) <= tol * abs(value):
            return value, x
    raise RuntimeError


# %% ex4: an absolute tolerance | stopping 2, numerics 3
# - tol * np.abs(value)
# + tol


# %% ex4: tol times the eigenvalue, sign and all | values 4, stopping 2
# - tol * np.abs(value)
# + tol * value


# %% ex4: the square of the residual | values 4, stopping 2, numerics 3
# - np.sqrt(residual @ residual)
# + residual @ residual


# %% ex4: stops where the residual is smaller, never where it is 0 | stopping 2
# - <= tol
# + < tol


# %% ex4: tol is ignored | stopping 2
# - tol * np.abs(value)
# + 1e-10 * np.abs(value)


# %% ex4: always max_steps steps, whatever tol | stopping 2, errors 2
def power_iteration(A, x, tol=1e-10, max_steps=1000):
    A, x = np.asarray(A, dtype=float), np.asarray(x, dtype=float)
    if not x.any():
        raise ValueError
    x = x / np.sqrt(x @ x)
    for _ in range(max_steps):
        x = A @ x
        x = x / np.sqrt(x @ x)
    return x @ A @ x, x


# %% ex4: no error when the steps run out | stopping 2, errors 2
# - raise RuntimeError(f"no eigenvector to a tolerance of {tol} within {max_steps} steps")
# + return float(value), x


# %% ex4: a ValueError when the steps run out | stopping 2, errors 2
# - raise RuntimeError(
# + raise ValueError(


# %% ex4: max_steps is ignored | stopping 2, errors 2
# - max_steps + 1)
# + max(max_steps, 2000))


# %% ex4: one step too few | stopping 2
# - max_steps + 1)
# + max_steps)


# %% ex4: one step too many | stopping 2
# - max_steps + 1)
# + max_steps + 2)


# %% ex4: a step before the first look, so eigenvalue 0 divides by 0 | stopping 2
def power_iteration(A, x, tol=1e-10, max_steps=1000):
    A, x = np.asarray(A, dtype=float), np.asarray(x, dtype=float)
    if not x.any():
        raise ValueError
    for _ in range(max_steps):
        x = A @ x
        x = x / np.sqrt(x @ x)
        Ax = A @ x
        value = x @ Ax
        residual = Ax - value * x
        if np.sqrt(residual @ residual) <= tol * abs(value):
            return value, x
    raise RuntimeError


# %% ex4: the transposed matrix | values 4, stopping 2
# - A @ x
# + x @ A


# %% ex4: never normalised | values 4, stopping 2, numerics 3
# - x = x / np.sqrt(x @ x)
# +


# %% ex4: never normalised on the way, so it overflows | numerics 3
def power_iteration(A, x, tol=1e-10, max_steps=1000):
    A, x = np.asarray(A, dtype=float), np.asarray(x, dtype=float)
    if not x.any():
        raise ValueError
    for _ in range(max_steps + 1):
        unit = x / np.sqrt(x @ x)
        value = unit @ A @ unit
        residual = A @ unit - value * unit
        if np.sqrt(residual @ residual) <= tol * abs(value):
            return value, unit
        x = A @ x
    raise RuntimeError


# %% ex4: divides by the square of the length | values 4, stopping 2, numerics 3
# - x / np.sqrt(x @ x)
# + x / (x @ x)


# %% ex4: a vector whose largest entry is 1 | values 4, numerics 3
# - x / np.sqrt(x @ x)
# + x / np.abs(x).max()
# - x @ Ax
# + x @ Ax / (x @ x)


# %% ex4: scaled by the sum of entries, which may be 0 or negative | values 4, numerics 3
def power_iteration(A, x, tol=1e-10, max_steps=1000):
    A, x = np.asarray(A, dtype=float), np.asarray(x, dtype=float)
    if not x.any():
        raise ValueError
    for _ in range(max_steps + 1):
        x = x / np.sum(x)
        Ax = A @ x
        value = x @ Ax / (x @ x)
        residual = Ax - value * x
        if np.sqrt(residual @ residual) <= tol * abs(value):
            return value, x
        x = Ax
    raise RuntimeError


# %% ex4: no error for the zero vector | errors 2
# - not x.any()
# + False


# %% ex4: a start with a 0 in it is refused | values 4, stopping 2, errors 2, numerics 3
# - not x.any()
# + not x.all()


# %% ex4: the start is normalised in place | values 4, numerics 3
# - np.asarray(x, dtype=float)
# + x
# - x = x / np.sqrt(x @ x)
# + x /= np.sqrt(x @ x)


# %% ex4: integers are kept as they come | numerics 3
# - A, x = np.asarray(A, dtype=float), np.asarray(x, dtype=float)
# +


# %% ex4: computes in float32 | values 4, numerics 3
# - A, x = np.asarray(A, dtype=float), np.asarray(x, dtype=float)
# + A, x = np.asarray(A, dtype=np.float32), np.asarray(x, dtype=np.float32)


# %% ex4: vector first, value second | values 4, stopping 2, numerics 3
# - return float(value), x
# + return x, float(value)


# %% ex4: the eigenvalue alone | values 4, stopping 2, numerics 3
# - return float(value), x
# + return float(value)


# %% ex4: the vector as a column | values 4, stopping 2, numerics 3
# - return float(value), x
# + return float(value), x[:, np.newaxis]


# %% ex4: returns None | values 4, stopping 2, numerics 3
# - return float(value), x
# + return


# %% ex4: always raises the error that is asked for | values 4, stopping 2, errors 2, numerics 3
def power_iteration(A, x, tol=1e-10, max_steps=1000):
    raise ValueError


# ------------------------------------------------------------------------------------------------------ exercise 5: pca


# %% ex5: eigenvectors of the covariance | nothing
def pca(X, k):
    if X.ndim != 2:
        raise ValueError("X must be a matrix")
    n, d = X.shape
    if n < 2 or k < 1 or k > min(n, d):
        raise ValueError("k is out of range")
    X = X.astype(float)
    X = X - X.mean(0)
    values, vectors = np.linalg.eigh(X.T @ X / (n - 1))
    order = np.argsort(-values)[:k]
    components = vectors[:, order].T
    return components, values[order], X @ components.T


# %% ex5: np.cov, signs made positive, a list of results | nothing
def pca(X, k):
    X = np.array(X, dtype=float)
    if X.ndim != 2 or X.shape[0] == 1 or k not in range(1, min(X.shape) + 1):
        raise ValueError
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(X.T, ddof=1)))
    components = np.array([v if v.sum() > 0 else -v for v in vectors.T[::-1][:k]])
    scores = np.stack([components @ (row - X.mean(axis=0)) for row in X])
    return [components, values[::-1][:k].clip(0), scores]


# %% ex5: the full decomposition, scores from U | nothing
def pca(X, k):
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or len(X) == 1 or not 0 < k <= min(X.shape):
        raise ValueError
    centred = X - np.ones((len(X), 1)) * X.mean(axis=0)
    U, s, Vt = np.linalg.svd(centred)
    return Vt[:k], (s**2 / (len(X) - 1))[:k], U[:, :k] * s[:k]


# %% ex5: not centred | components 4, variances 3, scores 2
# - X - X.mean(axis=0)
# + X


# %% ex5: centred by rows | components 4, variances 3, scores 2
# - X.mean(axis=0)
# + X.mean(axis=1, keepdims=True)


# %% ex5: one mean for the whole matrix | components 4, variances 3, scores 2
# - X.mean(axis=0)
# + X.mean()


# %% ex5: the median instead of the mean | components 4, variances 3, scores 2
# - X.mean(axis=0)
# + np.median(X, axis=0)


# %% ex5: standardised as well as centred | components 4, variances 3, scores 2
# - X - X.mean(axis=0)
# + (X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-12)


# %% ex5: divided by n instead of n - 1 | variances 3
# - (len(X) - 1)
# + len(X)


# %% ex5: divided by d - 1 | variances 3
# - (len(X) - 1)
# + max(X.shape[1] - 1, 1)


# %% ex5: singular values instead of variances | variances 3
# - singular_values[:k] ** 2 / (len(X) - 1)
# + singular_values[:k]


# %% ex5: standard deviations instead of variances | variances 3
# - singular_values[:k] ** 2 / (len(X) - 1)
# + singular_values[:k] / (len(X) - 1) ** 0.5


# %% ex5: all variances instead of the first k | variances 3
# - singular_values[:k] ** 2
# + singular_values**2


# %% ex5: shares of the variance instead of variances | variances 3
# - (len(X) - 1)
# + np.sum(singular_values**2)


# %% ex5: eigh's order left as it is, the smallest first | components 4, variances 3, scores 2
def pca(X, k):
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or len(X) < 2 or not 1 <= k <= min(X.shape):
        raise ValueError
    X = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(X.T @ X / (len(X) - 1))
    return vectors.T[:k], values[:k], X @ vectors[:, :k]


# %% ex5: the right k, but the smallest of them first | components 4, variances 3
def pca(X, k):
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or len(X) < 2 or not 1 <= k <= min(X.shape):
        raise ValueError
    X = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(X.T @ X / (len(X) - 1))
    return vectors.T[-k:], values[-k:], X @ vectors[:, -k:]


# %% ex5: rows of eigh's matrix taken for its columns | components 4
def pca(X, k):
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or len(X) < 2 or not 1 <= k <= min(X.shape):
        raise ValueError
    X = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(X.T @ X / (len(X) - 1))
    components = vectors[::-1][:k]
    return components, values[::-1][:k], X @ components.T


# %% ex5: columns of V transposed taken for its rows | components 4, variances 3, scores 2
# - Vt[:k]
# + Vt[:, :k].T


# %% ex5: components as columns | components 4, scores 2
# - return components,
# + return components.T,


# %% ex5: one component too many | components 4, scores 2
# - Vt[:k]
# + Vt[: k + 1]


# %% ex5: the one component for k = 1 as a vector | components 4, scores 2
# - return components,
# + return np.squeeze(components),


# %% ex5: scores of the data that were not centred | scores 2
# - centred @
# + X @


# %% ex5: scores of length 1 | scores 2
# - centred @ components.T
# + centred @ components.T / singular_values[:k]


# %% ex5: scores with signs of their own | scores 2
# - centred @ components.T
# + np.abs(centred @ components.T)


# %% ex5: scores transposed | scores 2
# - centred @ components.T
# + (centred @ components.T).T


# %% ex5: scores left out | variances 3, scores 2
# - return components, variances, centred @ components.T
# + return components, variances


# %% ex5: centred in place | components 4, variances 3, scores 2
# - X = np.asarray(X, dtype=float)
# +
# - centred = X - X.mean(axis=0)
# + centred = X; centred -= X.mean(axis=0)


# %% ex5: the mean of the squares minus the square of the mean | variances 3
def pca(X, k):
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or len(X) < 2 or not 1 <= k <= min(X.shape):
        raise ValueError
    n, mean = len(X), X.mean(axis=0)
    values, vectors = np.linalg.eigh((X.T @ X - n * np.outer(mean, mean)) / (n - 1))
    components = vectors[:, ::-1].T[:k]
    return components, values[::-1][:k], (X - mean) @ components.T


# %% ex5: computes in the dtype of the argument | variances 3
# - X = np.asarray(X, dtype=float)
# +


# %% ex5: centred back into the dtype of the argument | components 4, variances 3, scores 2
# - X = np.asarray(X, dtype=float)
# +
# - centred = X - X.mean(axis=0)
# + centred = (X - X.mean(axis=0)).astype(X.dtype)


# %% ex5: no error about X | errors 2
# - X.ndim != 2 or len(X) < 2
# + False


# %% ex5: a single row is let in | errors 2
# - X.ndim != 2 or len(X) < 2
# + X.ndim != 2


# %% ex5: no error about k | errors 2
# - not 1 <= k <= min(X.shape)
# + False


# %% ex5: k may be anything up to d | errors 2
# - not 1 <= k <= min(X.shape)
# + not 1 <= k <= X.shape[1]


# %% ex5: k may be anything up to n | errors 2
# - not 1 <= k <= min(X.shape)
# + not 1 <= k <= len(X)


# %% ex5: k must be less than n and d | components 4, variances 3, scores 2
# - not 1 <= k <= min(X.shape)
# + not 1 <= k < min(X.shape)


# %% ex5: an IndexError instead of a ValueError | errors 2
# - raise ValueError(f"k
# + raise IndexError(f"k


# %% ex5: always an error where there are fewer rows than columns | components 4, variances 3, scores 2
# - len(X) < 2
# + len(X) < max(2, X.shape[-1])


# %% ex5: returns None | components 4, variances 3, scores 2
# - return components, variances, centred @ components.T
# + print(components)


# %% ex5: always raises the error that is asked for | components 4, variances 3, scores 2, errors 2
def pca(X, k):
    raise ValueError


# ------------------------------------------------------------------------------------------- exercise 6: pseudo_inverse


# %% ex6: the full decomposition and a matrix of reciprocals | nothing
def pseudo_inverse(A):
    A = np.array(A, dtype=np.float64)
    if A.ndim != 2:
        raise ValueError("not a matrix")
    m, n = A.shape
    U, s, Vt = np.linalg.svd(A)
    S = np.zeros((n, m))
    for i, value in enumerate(s):
        if value > max(m, n) * np.finfo(float).eps * s[0]:
            S[i, i] = 1 / value
    return Vt.T @ S @ U.T


# %% ex6: a sum of outer products, as lists | nothing
def pseudo_inverse(A):
    try:
        m, n = A.shape
    except ValueError:
        raise ValueError("A must be a matrix") from None
    U, s, Vt = np.linalg.svd(A.astype(float))
    cutoff = max(m, n) * np.finfo(float).eps * s.max()
    result = np.zeros((n, m))
    for u, value, v in zip(U.T, s, Vt, strict=False):
        if value > cutoff:
            result += np.outer(v, u) / value
    return result.tolist()


# %% ex6: np.where and a transposed view | nothing
def pseudo_inverse(A):
    if np.ndim(A) != 2:
        raise ValueError
    U, s, Vt = np.linalg.svd(np.asarray(A, dtype=float), full_matrices=False)
    large = s > max(A.shape) * np.finfo(np.float64).eps * s[0]
    return (U @ np.diag(np.where(large, 1 / np.where(large, s, 1), 0)) @ Vt).T


# %% ex6: no cutoff | deficient-rank 3, numerics 2
# - s > max(A.shape) * np.finfo(float).eps * s[0]
# + s >= 0


# %% ex6: only exact zeros are left out | deficient-rank 3, numerics 2
# - s > max(A.shape) * np.finfo(float).eps * s[0]
# + s > 0


# %% ex6: zeros are kept, so that a zero matrix divides by 0 | deficient-rank 3
# - s > max
# + s >= max


# %% ex6: an absolute cutoff | numerics 2
# - max(A.shape) * np.finfo(float).eps * s[0]
# + 1e-12


# %% ex6: the largest singular value forgotten in the cutoff | deficient-rank 3, numerics 2
# - np.finfo(float).eps * s[0]
# + np.finfo(float).eps


# %% ex6: a cutoff that keeps too little | numerics 2
# - max(A.shape) * np.finfo(float).eps * s[0]
# + 1e-8 * s[0]


# %% ex6: min(m, n) in the cutoff | numerics 2
# - max(A.shape)
# + min(A.shape)


# %% ex6: the number of rows in the cutoff | numerics 2
# - max(A.shape)
# + len(A)


# %% ex6: the number of columns in the cutoff | numerics 2
# - max(A.shape)
# + A.shape[1]


# %% ex6: small singular values become the cutoff instead of 0 | deficient-rank 3, numerics 2
# - keep = s > max(A.shape) * np.finfo(float).eps * s[0]
# + s = np.maximum(s, max(A.shape) * np.finfo(float).eps * s[0])
# - (Vt[keep].T / s[keep]) @ U[:, keep].T
# + (Vt.T / s) @ U.T


# %% ex6: (AᵀA)⁻¹Aᵀ by way of eigenvectors, which squares the condition number | numerics 2
def pseudo_inverse(A):
    A = np.asarray(A, dtype=float)
    if A.ndim != 2:
        raise ValueError
    values, V = np.linalg.eigh(A.T @ A)
    keep = values > max(A.shape) * np.finfo(float).eps * values[-1]
    return V[:, keep] / values[keep] @ V[:, keep].T @ A.T


# %% ex6: singular values multiplied, not divided | full-rank 3, deficient-rank 3, numerics 2
# - / s[keep]
# + * s[keep]


# %% ex6: V taken for its transpose | full-rank 3, deficient-rank 3, numerics 2
# - Vt[keep].T
# + Vt[:, keep]


# %% ex6: the transposed result | full-rank 3, deficient-rank 3, numerics 2
# - return (Vt[keep].T / s[keep]) @ U[:, keep].T
# + return (U[:, keep] / s[keep]) @ Vt[keep]


# %% ex6: the matrix itself, put together again | full-rank 3, deficient-rank 3, numerics 2
# - return (Vt[keep].T / s[keep]) @ U[:, keep].T
# + return U * s @ Vt


# %% ex6: the transposed matrix | full-rank 3, deficient-rank 3, numerics 2
# - return (Vt[keep].T / s[keep]) @ U[:, keep].T
# + return A.T


# %% ex6: every matrix taken for square | full-rank 3, deficient-rank 3, numerics 2
# - , full_matrices=False
# +
# - return (Vt[keep].T / s[keep]) @ U[:, keep].T
# + return Vt.T @ np.diag(np.where(keep, 1 / s, 0)) @ U.T


# %% ex6: an error for singular matrices | deficient-rank 3, numerics 2
# - return (Vt
# + if not keep.all(): raise LinAlgError
# +     return (Vt


# %% ex6: computes in the dtype of the argument | numerics 2
# - A = np.asarray(A, dtype=float)
# +


# %% ex6: the result in the dtype of the argument | numerics 2
# - A = np.asarray(A, dtype=float)
# +
# - U[:, keep].T
# + U[:, keep].T.astype(A.dtype)


# %% ex6: the argument is scaled in place | full-rank 3, deficient-rank 3, numerics 2
# - U, s, Vt = np.linalg.svd(A, full_matrices=False)
# + scale = np.abs(A).max() or 1.0; A /= scale; U, s, Vt = np.linalg.svd(A, full_matrices=False)
# - s[keep])
# + s[keep] / scale)


# %% ex6: no error, vectors become rows | errors 1
# - np.asarray(A, dtype=float)
# + np.atleast_2d(np.asarray(A, dtype=float))


# %% ex6: an IndexError for vectors, nothing for stacks of matrices | errors 1
def pseudo_inverse(A):
    U, s, Vt = np.linalg.svd(np.asarray(A, dtype=float), full_matrices=False)
    cutoff = A.shape[1] * np.finfo(float).eps * s.max()
    s_plus = np.where(s > max(A.shape) * cutoff / A.shape[1], 1 / np.where(s > 0, s, 1), 0)
    return np.swapaxes(Vt, -1, -2) * s_plus[..., None, :] @ np.swapaxes(U, -1, -2)


# %% ex6: a TypeError instead of a ValueError | errors 1
# - ValueError(
# + TypeError(


# %% ex6: returns None | full-rank 3, deficient-rank 3, numerics 2
# - return (Vt
# + result = (Vt


# %% ex6: always raises the error that is asked for | full-rank 3, deficient-rank 3, numerics 2, errors 1
def pseudo_inverse(A):
    raise ValueError
