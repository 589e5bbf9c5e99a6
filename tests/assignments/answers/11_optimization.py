"""Answers to assignment 11, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or, for a small mistake, what differs from the instructor's answer.
"""

# ruff: noqa: F811

import math

import numpy as np

# --------------------------------------------------------------------------------------------- exercise 1: momentum


# %% ex1: the sign in the weights, the velocity turned at the end | nothing
def momentum(w, v, gradient, rate, alpha=0.9):
    shapes = {np.shape(w), np.shape(v), np.shape(gradient)}
    if len(shapes) > 1 or rate <= 0 or alpha < 0 or alpha >= 1:
        raise ValueError("shapes, rate or alpha")
    down = rate * gradient.astype(np.float64) - alpha * v.astype(np.float64)
    return [w.astype(np.float64) - down, -down]


# %% ex1: torch's velocity inside | nothing
def momentum(w, v, gradient, rate, alpha=0.9):
    w, v, gradient = np.array(w, dtype=float), np.array(v, dtype=float), np.array(gradient, dtype=float)
    if w.shape != v.shape:
        raise ValueError
    if w.shape != gradient.shape:
        raise ValueError
    if not (rate > 0 and 0 <= alpha < 1):
        raise ValueError
    pull = alpha * (-v / rate) + gradient
    return w - rate * pull, -rate * pull


# %% ex1: entry by entry | nothing
def momentum(w, v, gradient, rate, alpha=0.9):
    if np.shape(w) != np.shape(v) or np.shape(v) != np.shape(gradient):
        raise ValueError
    if not rate > 0 or not 0 <= alpha < 1:
        raise ValueError
    w_new, v_new = np.zeros(np.shape(w)), np.zeros(np.shape(w))
    for i in np.ndindex(np.shape(w)):
        v_new[i] = alpha * float(v[i]) - rate * float(gradient[i])
        w_new[i] = float(w[i]) + v_new[i]
    return w_new, v_new


# %% ex1: the rate goes into the step alone | velocity 2, weights 2, shapes 1
# - v = alpha * v - rate * gradient
# + v = alpha * v - gradient
# - return w + v, v
# + return w + rate * v, v


# %% ex1: the length of the first axis is all that is compared | errors 1
# - if not w.shape == v.shape == gradient.shape:
# + if not len(w) == len(v) == len(gradient):


# %% ex1: the weights move by the old velocity | weights 2, shapes 1
# - v = alpha * v - rate * gradient
# + old, v = v, alpha * v - rate * gradient
# - return w + v, v
# + return w + old, v


# %% ex1: uphill | velocity 2, weights 2, shapes 1
# - alpha * v - rate * gradient
# + alpha * v + rate * gradient


# %% ex1: torch's velocity outside, too | velocity 2, weights 2, shapes 1
# - v = alpha * v - rate * gradient
# + v = alpha * v + gradient
# - return w + v, v
# + return w - rate * v, v


# %% ex1: the weights are right, the velocity is returned without the rate | velocity 2, weights 2, shapes 1
# - return w + v, v
# + return w + v, -v / rate


# %% ex1: a running mean of gradients | velocity 2, weights 2, shapes 1
# - alpha * v - rate * gradient
# + alpha * v - (1 - alpha) * rate * gradient


# %% ex1: no momentum | velocity 2, weights 2, shapes 1
# - alpha * v - rate * gradient
# + -rate * gradient


# %% ex1: nothing of the velocity is lost | velocity 2, weights 2, shapes 1
# - alpha * v - rate * gradient
# + v - rate * gradient


# %% ex1: the gradient without the rate | velocity 2, weights 2, shapes 1
# - alpha * v - rate * gradient
# + alpha * v - gradient


# %% ex1: the rate on both | velocity 2, weights 2, shapes 1
# - alpha * v - rate * gradient
# + rate * (alpha * v - gradient)


# %% ex1: the weights go against the velocity | weights 2, shapes 1
# - return w + v, v
# + return w - v, v


# %% ex1: two steps in one | weights 2, shapes 1
# - return w + v, v
# + return w + v - rate * gradient, v


# %% ex1: velocity first | velocity 2, weights 2, shapes 1
# - return w + v, v
# + return v, w + v


# %% ex1: the weights alone | velocity 2, weights 2, shapes 1
# - return w + v, v
# + return w + v


# %% ex1: returns the old velocity | velocity 2, weights 2, shapes 1
# - v = alpha * v - rate * gradient
# + old, v = v, alpha * v - rate * gradient
# - return w + v, v
# + return w + v, old


# %% ex1: w in place | weights 2, shapes 1
# - return w + v, v
# + w += v
# +     return w, v


# %% ex1: v in place | velocity 2, weights 2, shapes 1
# - v = alpha * v - rate * gradient
# + v *= alpha
# +     v -= rate * gradient


# %% ex1: another alpha where nothing is said | velocity 2, weights 2
# - alpha=0.9
# + alpha=0.99


# %% ex1: in the dtype that comes in | shapes 1
# - (np.asarray(array, dtype=float) for array in (w, v, gradient))
# + (np.asarray(array) for array in (w, v, gradient))


# %% ex1: in float32 | velocity 2, weights 2, shapes 1
# - (np.asarray(array, dtype=float) for array in (w, v, gradient))
# + (np.asarray(array, dtype=np.float32) for array in (w, v, gradient))


# %% ex1: rounded to the dtype of w | shapes 1
# - return w + v, v
# + return (w + v).astype(given.dtype), v
# - w, v, gradient = (np
# + given = w
# +     w, v, gradient = (np


# %% ex1: shapes that broadcast | errors 1
# - if not w.shape == v.shape == gradient.shape:
# + if False:


# %% ex1: the gradient's shape is not looked at | errors 1
# - if not w.shape == v.shape == gradient.shape:
# + if w.shape != v.shape:


# %% ex1: compares sizes | errors 1
# - if not w.shape == v.shape == gradient.shape:
# + if not w.size == v.size == gradient.size:


# %% ex1: compares numbers of axes | errors 1
# - if not w.shape == v.shape == gradient.shape:
# + if not w.ndim == v.ndim == gradient.ndim:


# %% ex1: a rate of 0 | errors 1
# - if not rate > 0:
# + if rate < 0:


# %% ex1: no rate above 1 | velocity 2, weights 2, shapes 1, errors 1
# - if not rate > 0:
# + if not 0 < rate <= 1:


# %% ex1: an alpha of 1 | errors 1
# - if not 0 <= alpha < 1:
# + if not 0 <= alpha <= 1:


# %% ex1: alpha must be positive | velocity 2, weights 2, errors 1
# - if not 0 <= alpha < 1:
# + if not 0 < alpha < 1:


# %% ex1: alpha may be negative | errors 1
# - if not 0 <= alpha < 1:
# + if alpha >= 1:


# --------------------------------------------------------------------------------------------- exercise 2: nesterov


# %% ex2: the old velocity, then the pull | nothing
def nesterov(w, v, gradient, rate, alpha=0.9):
    if np.shape(w) != np.shape(v) or rate <= 0 or alpha < 0 or alpha >= 1:
        raise ValueError("shapes, rate or alpha")
    carried = alpha * v.astype(float)
    ahead = w.astype(float) + carried
    pull = rate * gradient(ahead)
    return ahead - pull, carried - pull


# %% ex2: copies, changed in place | nothing
def nesterov(w, v, gradient, rate, alpha=0.9):
    w, v = np.array(w, dtype=np.float64), np.array(v, dtype=np.float64)
    if w.shape != v.shape:
        raise ValueError
    if not rate > 0:
        raise ValueError
    if not (alpha >= 0 and alpha < 1):
        raise ValueError
    v *= alpha
    g = gradient(w + v)
    v -= rate * g
    w += v
    return [w, v]


# %% ex2: the step is taken from the place ahead | nothing
def nesterov(w, v, gradient, rate, alpha=0.9):
    if np.shape(w) != np.shape(v) or not rate > 0 or not 0 <= alpha < 1:
        raise ValueError
    ahead = np.add(w, np.multiply(alpha, v, dtype=float), dtype=float)
    step = rate * gradient(ahead)
    return ahead - step, alpha * np.asarray(v, dtype=float) - step


# %% ex2: the rate goes into the place | step 3, call 2
# - alpha * v - rate * gradient(w + alpha * v)
# + alpha * v - gradient(rate * (w + alpha * v))


# %% ex2: the gradient here | step 3, call 2
# - gradient(w + alpha * v)
# + gradient(w)


# %% ex2: a whole velocity ahead | step 3, call 2
# - gradient(w + alpha * v)
# + gradient(w + v)


# %% ex2: looks back | step 3, call 2
# - gradient(w + alpha * v)
# + gradient(w - alpha * v)


# %% ex2: looks ahead from where momentum leads | step 3, call 2
# - v = alpha * v - rate * gradient(w + alpha * v)
# + first = alpha * v - rate * gradient(w)
# +     v = alpha * v - rate * gradient(w + first)


# %% ex2: goes back before it moves, as torch keeps its weights | step 3, call 2
# - v = alpha * v - rate * gradient(w + alpha * v)
# + g = gradient(w)
# +     v = alpha * v - rate * g
# - return w + v, v
# + return w + alpha * v - rate * g, v


# %% ex2: starts from the look-ahead | step 3, call 2
# - v = alpha * v - rate * gradient(w + alpha * v)
# + w = w + alpha * v
# +     v = alpha * v - rate * gradient(w)


# %% ex2: calls twice, the first in vain | call 2
# - v = alpha * v - rate * gradient(w + alpha * v)
# + gradient(w)
# +     v = alpha * v - rate * gradient(w + alpha * v)


# %% ex2: the step alone, without what was carried | step 3, call 2
# - v = alpha * v - rate * gradient(w + alpha * v)
# + v = -rate * gradient(w + alpha * v)


# %% ex2: uphill | step 3, call 2
# - v = alpha * v - rate * gradient
# + v = alpha * v + rate * gradient


# %% ex2: the weights move by the old velocity | step 3, call 2
# - v = alpha * v - rate * gradient(w + alpha * v)
# + old, v = v, alpha * v - rate * gradient(w + alpha * v)
# - return w + v, v
# + return w + old, v


# %% ex2: the whole velocity is kept | step 3, call 2
# - v = alpha * v - rate * gradient
# + v = v - rate * gradient


# %% ex2: velocity first | step 3, call 2
# - return w + v, v
# + return v, w + v


# %% ex2: the weights alone | step 3, call 2
# - return w + v, v
# + return w + v


# %% ex2: w in place | step 3, call 2
# - return w + v, v
# + w += v
# +     return w, v


# %% ex2: v in place | step 3, call 2
# - v = alpha * v - rate * gradient(w + alpha * v)
# + v *= alpha
# +     v -= rate * gradient(w + v)


# %% ex2: the velocity of the example's first entry for all | step 3, call 2
# - return w + v, v
# + return w + v.flat[0], v


# %% ex2: another alpha where nothing is said | step 3
# - alpha=0.9
# + alpha=0.5


# %% ex2: in the dtype that comes in | call 2
# - w, v = (np.asarray(array, dtype=float) for array in (w, v))
# + w, v = np.asarray(w), np.asarray(v)


# %% ex2: in float32 | step 3, call 2
# - w, v = (np.asarray(array, dtype=float) for array in (w, v))
# + w, v = np.asarray(w, dtype=np.float32), np.asarray(v, dtype=np.float32)


# %% ex2: a flat array for the gradient | call 2
# - gradient(w + alpha * v)
# + gradient((w + alpha * v).ravel()).reshape(w.shape)


# %% ex2: shapes that broadcast | errors 1
# - if w.shape != v.shape:
# + if False:


# %% ex2: compares sizes | errors 1
# - if w.shape != v.shape:
# + if w.size != v.size:


# %% ex2: a rate of 0 | errors 1
# - if not rate > 0:
# + if rate < 0:


# %% ex2: an alpha of 1 | errors 1
# - if not 0 <= alpha < 1:
# + if not 0 <= alpha <= 1:


# %% ex2: alpha must be positive | step 3, call 2, errors 1
# - if not 0 <= alpha < 1:
# + if not 0 < alpha < 1:


# %% ex2: any alpha | errors 1
# - if not 0 <= alpha < 1:
# + if False:


# %% ex2: raises the error after the call | errors 1
def nesterov(w, v, gradient, rate, alpha=0.9):
    w, v = np.asarray(w, dtype=float), np.asarray(v, dtype=float)
    g = gradient(w + alpha * v)
    if w.shape != v.shape or not rate > 0 or not 0 <= alpha < 1:
        raise ValueError
    v = alpha * v - rate * g
    return w + v, v


# ---------------------------------------------------------------------------------------------- exercise 3: adagrad


# %% ex3: entry by entry | nothing
def adagrad(w, r, gradient, rate, delta=1e-7):
    if not np.shape(w) == np.shape(r) == np.shape(gradient):
        raise ValueError("shapes")
    w_new, r_new = np.empty(np.shape(w)), np.empty(np.shape(w))
    for i in np.ndindex(np.shape(w)):
        g = float(gradient[i])
        r_new[i] = float(r[i]) + g * g
        w_new[i] = float(w[i]) - rate / (math.sqrt(r_new[i]) + delta) * g
    return [w_new, r_new]


# %% ex3: copies, changed in place | nothing
def adagrad(w, r, gradient, rate, delta=1e-7):
    w, r, g = np.array(w, float), np.array(r, float), np.array(gradient, float)
    if w.shape != r.shape or w.shape != g.shape:
        raise ValueError
    r += np.square(g)
    w -= rate * g / np.add(r**0.5, delta)
    return w, r


# %% ex3: delta where the sum is 0 alone | weights 2, sizes 1
# - (np.sqrt(r) + delta)
# + np.where(r > 0, np.sqrt(r), delta)


# %% ex3: tiny gradients count as none | sizes 1
# - rate * gradient /
# + rate * np.where(np.abs(gradient) < 1e-12, 0, gradient) /


# %% ex3: the old sum in the step | weights 2, sizes 1
# - r = r + gradient**2
# + old, r = r, r + gradient**2
# - np.sqrt(r) + delta
# + np.sqrt(old) + delta


# %% ex3: delta under the root | weights 2, sizes 1
# - np.sqrt(r) + delta
# + np.sqrt(r + delta)


# %% ex3: the square of delta under the root | weights 2, sizes 1
# - np.sqrt(r) + delta
# + np.sqrt(r + delta**2)


# %% ex3: no delta | weights 2, sizes 1
# - np.sqrt(r) + delta
# + np.sqrt(r)


# %% ex3: the larger of root and delta | weights 2, sizes 1
# - np.sqrt(r) + delta
# + np.maximum(np.sqrt(r), delta)


# %% ex3: delta is minus | weights 2, sizes 1
# - np.sqrt(r) + delta
# + np.sqrt(r) - delta


# %% ex3: no root | weights 2, sizes 1
# - np.sqrt(r) + delta
# + r + delta


# %% ex3: the sum of the gradients' sizes | sum 1, weights 2, sizes 1
# - r = r + gradient**2
# + r = r + np.abs(gradient)


# %% ex3: the sum of gradients | sum 1, weights 2, sizes 1
# - r = r + gradient**2
# + r = r + gradient


# %% ex3: the last square alone | sum 1, weights 2, sizes 1
# - r = r + gradient**2
# + r = gradient**2


# %% ex3: one sum for all weights | sum 1, weights 2, sizes 1
# - r = r + gradient**2
# + r = r + np.sum(gradient**2)


# %% ex3: uphill | weights 2, sizes 1
# - return w - rate
# + return w + rate


# %% ex3: without the rate | weights 2, sizes 1
# - rate * gradient / (np
# + gradient / (np


# %% ex3: the sign of the gradient | weights 2, sizes 1
# - rate * gradient / (np
# + rate * np.sign(gradient) / (np


# %% ex3: returns the roots | sum 1, weights 2, sizes 1
# - return w - rate * gradient / (np.sqrt(r) + delta), r
# + return w - rate * gradient / (np.sqrt(r) + delta), np.sqrt(r)


# %% ex3: r keeps delta | sum 1, weights 2, sizes 1
# - r = r + gradient**2
# + r = r + gradient**2 + delta


# %% ex3: sums first | sum 1, weights 2, sizes 1
# - return w - rate * gradient / (np.sqrt(r) + delta), r
# + return r, w - rate * gradient / (np.sqrt(r) + delta)


# %% ex3: the weights alone | sum 1, weights 2, sizes 1
# - return w - rate * gradient / (np.sqrt(r) + delta), r
# + return w - rate * gradient / (np.sqrt(r) + delta)


# %% ex3: r in place | sum 1
# - r = r + gradient**2
# + r += gradient**2


# %% ex3: w in place | weights 2
# - return w - rate * gradient / (np.sqrt(r) + delta), r
# + w -= rate * gradient / (np.sqrt(r) + delta)
# +     return w, r


# %% ex3: the gradient in place | sum 1, weights 2, sizes 1
# - r = r + gradient**2
# + gradient *= gradient
# +     r = r + gradient


# %% ex3: another delta where nothing is said | sizes 1
# - delta=1e-7
# + delta=1e-5


# %% ex3: the delta of the other exercises | sizes 1
# - delta=1e-7
# + delta=1e-8


# %% ex3: in the dtype that comes in | sizes 1
# - (np.asarray(array, dtype=float) for array in (w, r, gradient))
# + (np.asarray(array) for array in (w, r, gradient))


# %% ex3: squares before float64 | sizes 1
# - r = r + gradient**2
# + r = r + given**2
# - w, r, gradient = (np
# + given = np.asarray(gradient)
# +     w, r, gradient = (np


# %% ex3: shapes that broadcast | errors 1
# - if not w.shape == r.shape == gradient.shape:
# + if False:


# %% ex3: the gradient's shape alone | errors 1
# - if not w.shape == r.shape == gradient.shape:
# + if w.shape != gradient.shape:


# %% ex3: r's shape alone | errors 1
# - if not w.shape == r.shape == gradient.shape:
# + if w.shape != r.shape:


# %% ex3: compares sizes | errors 1
# - if not w.shape == r.shape == gradient.shape:
# + if not w.size == r.size == gradient.size:


# %% ex3: a TypeError | errors 1
# - raise ValueError(
# + raise TypeError(


# ---------------------------------------------------------------------------------------------- exercise 4: rmsprop


# %% ex4: the mean moves toward the square | nothing
def rmsprop(w, r, gradient, rate, rho=0.9, delta=1e-6):
    if not np.shape(w) == np.shape(r) == np.shape(gradient) or rho < 0 or rho >= 1:
        raise ValueError("shapes or rho")
    w, r, g = w.astype(float), r.astype(float), gradient.astype(float)
    r = r + (1 - rho) * (g * g - r)
    return [w - rate / (r**0.5 + delta) * g, r]


# %% ex4: entry by entry | nothing
def rmsprop(w, r, gradient, rate, rho=0.9, delta=1e-6):
    if np.shape(w) != np.shape(r) or np.shape(w) != np.shape(gradient):
        raise ValueError
    if not 0 <= rho < 1:
        raise ValueError
    w, r, g = np.array(w, dtype=float), np.array(r, dtype=float), np.array(gradient, dtype=float)
    for i in np.ndindex(w.shape):
        r[i] = rho * r[i] + (1 - rho) * g[i] ** 2
        w[i] -= rate * g[i] / (math.sqrt(r[i]) + delta)
    return w, r


# %% ex4: delta under the root, as in the book | weights 2, steps 1
# - np.sqrt(r) + delta
# + np.sqrt(r + delta)


# %% ex4: the first square counts whole | mean 1, weights 2, steps 1
# - r = rho * r + (1 - rho) * gradient**2
# + r = np.where(r == 0, gradient**2, rho * r + (1 - rho) * gradient**2)


# %% ex4: the larger of mean and delta | weights 2, steps 1
# - (np.sqrt(r) + delta)
# + np.sqrt(np.maximum(r, delta))


# %% ex4: the old mean in the step | weights 2, steps 1
# - r = rho * r + (1 - rho) * gradient**2
# + old, r = r, rho * r + (1 - rho) * gradient**2
# - np.sqrt(r) + delta
# + np.sqrt(old) + delta


# %% ex4: AdaGrad | mean 1, weights 2, steps 1
# - rho * r + (1 - rho) * gradient**2
# + r + gradient**2


# %% ex4: the whole square is added | mean 1, weights 2, steps 1
# - rho * r + (1 - rho) * gradient**2
# + rho * r + gradient**2


# %% ex4: shares swapped | mean 1, weights 2, steps 1
# - rho * r + (1 - rho) * gradient**2
# + (1 - rho) * r + rho * gradient**2


# %% ex4: the mean of gradients | mean 1, weights 2, steps 1
# - (1 - rho) * gradient**2
# + (1 - rho) * gradient


# %% ex4: the mean of sizes, squared | mean 1, weights 2, steps 1
# - rho * r + (1 - rho) * gradient**2
# + (rho * np.sqrt(r) + (1 - rho) * np.abs(gradient)) ** 2


# %% ex4: corrected as Adam does in step 1 | weights 2, steps 1
# - np.sqrt(r) + delta
# + np.sqrt(r / (1 - rho)) + delta


# %% ex4: no root | weights 2, steps 1
# - np.sqrt(r) + delta
# + r + delta


# %% ex4: no delta | weights 2, steps 1
# - np.sqrt(r) + delta
# + np.sqrt(r)


# %% ex4: uphill | weights 2, steps 1
# - return w - rate
# + return w + rate


# %% ex4: without the rate | weights 2, steps 1
# - rate * gradient / (np
# + gradient / (np


# %% ex4: one mean for all weights | mean 1, weights 2, steps 1
# - (1 - rho) * gradient**2
# + (1 - rho) * np.mean(gradient**2)


# %% ex4: returns the root | mean 1, steps 1
# - return w - rate * gradient / (np.sqrt(r) + delta), r
# + return w - rate * gradient / (np.sqrt(r) + delta), np.sqrt(r)


# %% ex4: means first | mean 1, weights 2, steps 1
# - return w - rate * gradient / (np.sqrt(r) + delta), r
# + return r, w - rate * gradient / (np.sqrt(r) + delta)


# %% ex4: the weights alone | mean 1, weights 2, steps 1
# - return w - rate * gradient / (np.sqrt(r) + delta), r
# + return w - rate * gradient / (np.sqrt(r) + delta)


# %% ex4: r in place | mean 1
# - r = rho * r + (1 - rho) * gradient**2
# + r *= rho
# +     r += (1 - rho) * gradient**2


# %% ex4: w in place | weights 2
# - return w - rate * gradient / (np.sqrt(r) + delta), r
# + w -= rate * gradient / (np.sqrt(r) + delta)
# +     return w, r


# %% ex4: another rho where nothing is said | mean 1, steps 1
# - rho=0.9
# + rho=0.99


# %% ex4: another delta where nothing is said | weights 2
# - delta=1e-6
# + delta=1e-8


# %% ex4: rho and delta swapped | mean 1, weights 2, steps 1, errors 1
# - rho=0.9, delta=1e-6
# + delta=1e-6, rho=0.9


# %% ex4: in the dtype that comes in | steps 1
# - (np.asarray(array, dtype=float) for array in (w, r, gradient))
# + (np.asarray(array) for array in (w, r, gradient))


# %% ex4: shapes that broadcast | errors 1
# - if not w.shape == r.shape == gradient.shape:
# + if False:


# %% ex4: compares sizes | errors 1
# - if not w.shape == r.shape == gradient.shape:
# + if not w.size == r.size == gradient.size:


# %% ex4: r's shape alone | errors 1
# - if not w.shape == r.shape == gradient.shape:
# + if w.shape != r.shape:


# %% ex4: the gradient's shape alone | errors 1
# - if not w.shape == r.shape == gradient.shape:
# + if w.shape != gradient.shape:


# %% ex4: a rho of 1 | errors 1
# - if not 0 <= rho < 1:
# + if not 0 <= rho <= 1:


# %% ex4: rho must be positive | mean 1, weights 2, steps 1, errors 1
# - if not 0 <= rho < 1:
# + if not 0 < rho < 1:


# %% ex4: rho may be negative | errors 1
# - if not 0 <= rho < 1:
# + if rho >= 1:


# ------------------------------------------------------------------------------------------------- exercise 5: adam


# %% ex5: the corrections in the rate | nothing
def adam(w, s, r, gradient, t, rate=0.001, rho1=0.9, rho2=0.999, delta=1e-8):
    if len({np.shape(w), np.shape(s), np.shape(r), np.shape(gradient)}) != 1:
        raise ValueError("shapes")
    if t <= 0 or min(rho1, rho2) < 0 or max(rho1, rho2) >= 1:
        raise ValueError("t, rho1 or rho2")
    w, s, r, g = w.astype(float), s.astype(float), r.astype(float), gradient.astype(float)
    s = s + (1 - rho1) * (g - s)
    r = r + (1 - rho2) * (g * g - r)
    root = math.sqrt(1 - rho2**t)
    return [w - rate * root / (1 - rho1**t) * s / (r**0.5 + delta * root), s, r]


# %% ex5: entry by entry | nothing
def adam(w, s, r, gradient, t, rate=0.001, rho1=0.9, rho2=0.999, delta=1e-8):
    for array in (s, r, gradient):
        if np.shape(array) != np.shape(w):
            raise ValueError
    if t < 1:
        raise ValueError
    for rho in (rho1, rho2):
        if not 0 <= rho < 1:
            raise ValueError
    w, s, r = np.array(w, dtype=float), np.array(s, dtype=float), np.array(r, dtype=float)
    for i in np.ndindex(w.shape):
        g = float(gradient[i])
        s[i] = rho1 * s[i] + (1 - rho1) * g
        r[i] = rho2 * r[i] + (1 - rho2) * g**2
        w[i] -= rate * (s[i] / (1 - rho1**t)) / (math.sqrt(r[i] / (1 - rho2**t)) + delta)
    return w, s, r


# %% ex5: no correction | first 2, later 2, steps 1
# - s_hat, r_hat = s / (1 - rho1**t), r / (1 - rho2**t)
# + s_hat, r_hat = s, r


# %% ex5: s alone is corrected | first 2, later 2, steps 1
# - r / (1 - rho2**t)
# + r


# %% ex5: r alone is corrected | first 2, later 2, steps 1
# - s / (1 - rho1**t)
# + s


# %% ex5: corrected in step 1 alone | later 2, steps 1
# - s_hat, r_hat = s / (1 - rho1**t), r / (1 - rho2**t)
# + s_hat, r_hat = (s / (1 - rho1), r / (1 - rho2)) if t == 1 else (s, r)


# %% ex5: the square of delta under the root | first 2, later 2, steps 1
# - (np.sqrt(r_hat) + delta)
# + np.sqrt(r_hat + delta**2)


# %% ex5: corrected as if it were always step 1 | later 2, steps 1
# - s / (1 - rho1**t), r / (1 - rho2**t)
# + s / (1 - rho1), r / (1 - rho2)


# %% ex5: t times instead of to the power of t | later 2, steps 1
# - s / (1 - rho1**t), r / (1 - rho2**t)
# + s / (1 - rho1 * t), r / (1 - rho2 * t)


# %% ex5: t counts from 0 | first 2, later 2, steps 1
# - s / (1 - rho1**t), r / (1 - rho2**t)
# + s / (1 - rho1 ** (t + 1)), r / (1 - rho2 ** (t + 1))


# %% ex5: returns the corrected means | means 2, steps 1
# - + delta), s, r
# + + delta), s_hat, r_hat


# %% ex5: the rhos swapped | means 2, later 2, steps 1
# - s = rho1 * s + (1 - rho1) * gradient
# + rho1, rho2 = rho2, rho1
# +     s = rho1 * s + (1 - rho1) * gradient


# %% ex5: one rho for both | means 2, later 2, steps 1
# - r = rho2 * r + (1 - rho2) * gradient**2
# + rho2 = rho1
# +     r = rho2 * r + (1 - rho2) * gradient**2


# %% ex5: delta under the root | first 2, later 2, steps 1
# - np.sqrt(r_hat) + delta
# + np.sqrt(r_hat + delta)


# %% ex5: delta before the correction | first 2, later 2, steps 1
# - np.sqrt(r_hat) + delta
# + (np.sqrt(r) + delta) / np.sqrt(1 - rho2**t)


# %% ex5: no root | first 2, later 2, steps 1
# - np.sqrt(r_hat) + delta
# + r_hat + delta


# %% ex5: the gradient in the step, as RMSProp has it | later 2, steps 1
# - rate * s_hat
# + rate * gradient


# %% ex5: uphill | first 2, later 2, steps 1
# - return w - rate
# + return w + rate


# %% ex5: the mean of squares from the mean | first 2, means 2, later 2, steps 1
# - (1 - rho2) * gradient**2
# + (1 - rho2) * s**2


# %% ex5: centred squares | first 2, means 2, later 2, steps 1
# - (1 - rho2) * gradient**2
# + (1 - rho2) * (gradient - s) ** 2


# %% ex5: the old mean in the step | first 2, later 2, steps 1
# - s = rho1 * s + (1 - rho1) * gradient
# + old, s = s, rho1 * s + (1 - rho1) * gradient
# - s / (1 - rho1**t), r
# + old / (1 - rho1**t), r


# %% ex5: whole gradients are added | first 2, means 2, later 2, steps 1
# - rho1 * s + (1 - rho1) * gradient
# + rho1 * s + gradient


# %% ex5: without the rate | first 2, later 2, steps 1
# - rate * s_hat
# + s_hat


# %% ex5: the sign of the gradient | first 2, later 2, steps 1
# - rate * s_hat / (np.sqrt(r_hat) + delta)
# + rate * np.sign(gradient)


# %% ex5: r before s | means 2, steps 1
# - + delta), s, r
# + + delta), r, s


# %% ex5: the weights alone | first 2, means 2, steps 1, later 2
# - return w - rate * s_hat / (np.sqrt(r_hat) + delta), s, r
# + return w - rate * s_hat / (np.sqrt(r_hat) + delta)


# %% ex5: s in place | means 2
# - s = rho1 * s + (1 - rho1) * gradient
# + s *= rho1
# +     s += (1 - rho1) * gradient


# %% ex5: r in place | means 2
# - r = rho2 * r + (1 - rho2) * gradient**2
# + r *= rho2
# +     r += (1 - rho2) * gradient**2


# %% ex5: w in place | first 2
# - return w - rate * s_hat / (np.sqrt(r_hat) + delta), s, r
# + w -= rate * s_hat / (np.sqrt(r_hat) + delta)
# +     return w, s, r


# %% ex5: another rate where nothing is said | first 2
# - rate=0.001
# + rate=0.01


# %% ex5: another delta where nothing is said | first 2
# - delta=1e-8
# + delta=1e-7


# %% ex5: another rho2 where nothing is said | means 2
# - rho2=0.999
# + rho2=0.99


# %% ex5: in the dtype that comes in | steps 1
# - (np.asarray(array, dtype=float) for array in (w, s, r, gradient))
# + (np.asarray(array) for array in (w, s, r, gradient))


# %% ex5: in float32 | first 2, means 2, later 2, steps 1
# - (np.asarray(array, dtype=float) for array in (w, s, r, gradient))
# + (np.asarray(array, dtype=np.float32) for array in (w, s, r, gradient))


# %% ex5: shapes that broadcast | errors 1
# - if not w.shape == s.shape == r.shape == gradient.shape:
# + if False:


# %% ex5: the gradient's shape alone | errors 1
# - if not w.shape == s.shape == r.shape == gradient.shape:
# + if w.shape != gradient.shape:


# %% ex5: r's shape is not looked at | errors 1
# - if not w.shape == s.shape == r.shape == gradient.shape:
# + if not w.shape == s.shape == gradient.shape:


# %% ex5: compares sizes | errors 1
# - if not w.shape == s.shape == r.shape == gradient.shape:
# + if not w.size == s.size == r.size == gradient.size:


# %% ex5: a step 0 | errors 1
# - if t < 1:
# + if t < 0:


# %% ex5: the first step has number 2 | first 2, means 2, steps 1, errors 1
# - if t < 1:
# + if t < 2:


# %% ex5: rho2 is not looked at | errors 1
# - if not (0 <= rho1 < 1 and 0 <= rho2 < 1):
# + if not 0 <= rho1 < 1:


# %% ex5: rho1 is not looked at | errors 1
# - if not (0 <= rho1 < 1 and 0 <= rho2 < 1):
# + if not 0 <= rho2 < 1:


# %% ex5: one good rho is enough | errors 1
# - if not (0 <= rho1 < 1 and 0 <= rho2 < 1):
# + if not (0 <= rho1 < 1 or 0 <= rho2 < 1):


# %% ex5: a rho of 1 | errors 1
# - if not (0 <= rho1 < 1 and 0 <= rho2 < 1):
# + if not (0 <= rho1 <= 1 and 0 <= rho2 <= 1):


# %% ex5: the rhos must be positive | first 2, means 2, later 2, steps 1, errors 1
# - if not (0 <= rho1 < 1 and 0 <= rho2 < 1):
# + if not (0 < rho1 < 1 and 0 < rho2 < 1):


# ----------------------------------------------------------------------------------------- exercise 6: linear_decay


# %% ex6: by cases | nothing
def linear_decay(k, tau, first, last):
    if k < 0 or tau <= 0:
        raise ValueError("k or tau")
    if k >= tau:
        return last
    return first + (last - first) * k / tau


# %% ex6: interpolation | nothing
def linear_decay(k, tau, first, last):
    if not k >= 0 or not tau >= 1:
        raise ValueError
    return np.interp(k, [0, tau], [first, last])


# %% ex6: NumPy's interpolation | nothing
def linear_decay(k, tau, first, last):
    if k < 0 or tau < 1:
        raise ValueError
    return np.interp(k, [0, tau], [first, last])


# %% ex6: reaches the last rate in step tau - 1 | line 2
# - min(k / tau, 1)
# + min(k / max(tau - 1, 1), 1)


# %% ex6: jumps to the last rate at the end | line 2
# - return (1 - a) * first + a * last
# + return (1 - a) * first + (last if k >= tau else 0)


# %% ex6: falls on after tau | after 1
# - a = min(k / tau, 1)
# + a = k / tau


# %% ex6: falls on until it is 0 | after 1
# - a = min(k / tau, 1)
# + a = k / tau
# - return (1 - a) * first + a * last
# + return max((1 - a) * first + a * last, 0.0)


# %% ex6: never below the last rate | line 2, after 1
# - a = min(k / tau, 1)
# + a = k / tau
# - return (1 - a) * first + a * last
# + return max((1 - a) * first + a * last, last)


# %% ex6: the first rate after tau | after 1
# - a = min(k / tau, 1)
# + a = k / tau if k <= tau else 0


# %% ex6: 0 after tau | after 1
# - return (1 - a) * first + a * last
# + return (1 - a) * first + a * last if k <= tau else 0.0


# %% ex6: first and last swapped | line 2, after 1
# - return (1 - a) * first + a * last
# + return a * first + (1 - a) * last


# %% ex6: whole numbers in the division | line 2
# - a = min(k / tau, 1)
# + a = min(k // tau, 1)


# %% ex6: falls like 1/k | line 2, after 1
# - return (1 - a) * first + a * last
# + return max(first / (1 + k), last)


# %% ex6: falls geometrically | line 2, after 1
# - return (1 - a) * first + a * last
# + return (first + 1e-12) ** (1 - a) * (last + 1e-12) ** a


# %% ex6: counts steps from 1 | line 2
# - a = min(k / tau, 1)
# + a = min((k + 1) / tau, 1)


# %% ex6: reaches the end a step early | line 2, after 1, errors 2
# - a = min(k / tau, 1)
# + a = min(k / (tau - 1), 1)


# %% ex6: falls by a share of the first rate alone | line 2, after 1
# - return (1 - a) * first + a * last
# + return (1 - a) * first


# %% ex6: what is added is not weighted | line 2
# - return (1 - a) * first + a * last
# + return (1 - a) * first + last


# %% ex6: an array with one entry | line 2, after 1
# - return (1 - a) * first + a * last
# + return np.array([(1 - a) * first + a * last])


# %% ex6: prints | line 2, after 1
# - return (1 - a) * first + a * last
# + print((1 - a) * first + a * last)


# %% ex6: the whole schedule | line 2, after 1
# - a = min(k / tau, 1)
# + a = np.minimum(np.arange(min(k, 100) + 1) / tau, 1)


# %% ex6: k may be negative | errors 2
# - if k < 0:
# + if False:


# %% ex6: k must be positive | line 2, errors 2
# - if k < 0:
# + if k <= 0:


# %% ex6: a tau of 0 divides by 0 | errors 2
# - if tau < 1:
# + if tau < 0:


# %% ex6: any tau but 0 | errors 2
# - if tau < 1:
# + if tau == 0:


# %% ex6: a tau of 1 is refused | line 2, after 1, errors 2
# - if tau < 1:
# + if tau <= 1:


# %% ex6: refuses steps after tau | after 1, errors 2
# - if tau < 1:
# + if tau < 1 or k > tau:


# %% ex6: refuses a rate that rises | line 2, after 1
# - if tau < 1:
# + if tau < 1 or last > first:


# --------------------------------------------------------------------------------------- exercise 7: xavier_uniform


# %% ex7: both fans | nothing
def xavier_uniform(shape, rng):
    if len(shape) <= 1:
        raise ValueError("shape")
    sides = 1
    for side in shape[2:]:
        sides *= side
    fan_out, fan_in = shape[0] * sides, shape[1] * sides
    bound = (6 / (fan_in + fan_out)) ** 0.5
    return rng.uniform(low=-bound, high=bound, size=shape)


# %% ex7: from numbers between 0 and 1 | nothing
def xavier_uniform(shape, rng):
    if np.size(shape) < 2:
        raise ValueError
    entries = np.prod(shape)
    a = np.sqrt(6.0 / (entries / shape[0] + entries / shape[1]))
    return (2 * rng.random(shape) - 1) * a


# %% ex7: the fan in alone | matrix 3, kernels 2
# - (outputs + inputs)
# + inputs


# %% ex7: the fan out alone | matrix 3, kernels 2
# - (outputs + inputs)
# + outputs


# %% ex7: the product of the fans | matrix 3, kernels 2
# - (outputs + inputs)
# + (outputs * inputs)


# %% ex7: the sides of the kernel are forgotten | kernels 2
# - (outputs + inputs) * math.prod(sides)
# + (outputs + inputs)


# %% ex7: the sides count for the fan in alone | kernels 2
# - (outputs + inputs) * math.prod(sides)
# + (outputs + inputs * math.prod(sides))


# %% ex7: the sides are added up | kernels 2
# - math.prod(sides)
# + (sum(sides) or 1)


# %% ex7: the first side alone | kernels 2
# - math.prod(sides)
# + (sides[0] if sides else 1)


# %% ex7: kernels are square | kernels 2
# - math.prod(sides)
# + (sides[0] ** 2 if sides else 1)


# %% ex7: kernels have two sides at most | kernels 2
# - math.prod(sides)
# + math.prod(sides[:2])


# %% ex7: the sides stand first | kernels 2
# - outputs, inputs, *sides = shape
# + *sides, inputs, outputs = shape


# %% ex7: the first and the last entry are the fans | kernels 2
# - outputs, inputs, *sides = shape
# + outputs, *sides, inputs = shape


# %% ex7: all entries added up | kernels 2
# - (outputs + inputs) * math.prod(sides)
# + sum(shape)


# %% ex7: the variance for a bound | matrix 3, kernels 2
# - math.sqrt(6 / (
# + math.sqrt(2 / (


# %% ex7: no root | matrix 3, kernels 2
# - math.sqrt(6 / ((outputs + inputs) * math.prod(sides)))
# + 6 / ((outputs + inputs) * math.prod(sides))


# %% ex7: 3 for 6, half of the fans forgotten | matrix 3, kernels 2
# - math.sqrt(6 / (
# + math.sqrt(3 / (


# %% ex7: He's bound | matrix 3, kernels 2
# - math.sqrt(6 / ((outputs + inputs) * math.prod(sides)))
# + math.sqrt(6 / (inputs * math.prod(sides)))


# %% ex7: from 0 to a | matrix 3, kernels 2
# - rng.uniform(-a, a, size=shape)
# + rng.uniform(0, a, size=shape)


# %% ex7: a normal distribution | matrix 3, kernels 2
# - rng.uniform(-a, a, size=shape)
# + rng.normal(0, a / math.sqrt(3), size=shape)


# %% ex7: from a to -a | matrix 3, kernels 2
# - rng.uniform(-a, a, size=shape)
# + -rng.uniform(-a, a, size=shape)


# %% ex7: a generator of its own | matrix 3, kernels 2
# - rng.uniform(-a
# + np.random.default_rng(0).uniform(-a


# %% ex7: the global generator | matrix 3, kernels 2
# - rng.uniform(-a
# + np.random.uniform(-a


# %% ex7: draws once more | matrix 3, kernels 2
# - return rng.uniform
# + rng.random()
# +     return rng.uniform


# %% ex7: inputs by outputs | matrix 3, kernels 2
# - size=shape
# + size=(inputs, outputs, *sides)


# %% ex7: a flat array | matrix 3, kernels 2
# - size=shape
# + size=math.prod(shape)


# %% ex7: in float32 | matrix 3, kernels 2
# - rng.uniform(-a, a, size=shape)
# + rng.uniform(-a, a, size=shape).astype(np.float32)


# %% ex7: matrices alone | kernels 2, errors 1
# - outputs, inputs, *sides = shape
# + outputs, inputs = shape
# +     sides = ()


# %% ex7: a vector has the fan in 1 | errors 1
# - outputs, inputs, *sides = shape
# + outputs, inputs, *sides = shape if len(shape) > 1 else (*shape, 1)


# %% ex7: more than two axes | matrix 3, errors 1
# - outputs, inputs, *sides = shape
# + outputs, inputs, side, *sides = shape
# +     sides.append(side)


# %% ex7: a TypeError | errors 1
# - outputs, inputs, *sides = shape
# + if len(shape) < 2:
# +         raise TypeError("no fans")
# +     outputs, inputs, *sides = shape


# ------------------------------------------------------------------------------------ exercise 8: batchnorm_forward


# %% ex8: two branches, sums by hand | nothing
def batchnorm_forward(X, gamma, beta, running_mean, running_var, train=True, rate=0.1, eps=1e-5):
    if np.ndim(X) != 2 or (train and np.shape(X)[0] < 2):
        raise ValueError("X")
    n, d = X.shape
    if any(np.shape(v) != (d,) for v in (gamma, beta, running_mean, running_var)):
        raise ValueError("vectors")
    X, m, s = X.astype(float), running_mean.astype(float), running_var.astype(float)
    if not train:
        Z = (X - m) / np.sqrt(s + eps)
        return [Z * gamma.astype(float) + beta.astype(float), m, s]
    mu = X.sum(axis=0) / n
    squares = ((X - mu) ** 2).sum(axis=0)
    Z = (X - mu) / np.sqrt(squares / n + eps)
    m += rate * (mu - m)
    s += rate * (squares / (n - 1) - s)
    return [Z * gamma.astype(float) + beta.astype(float), m, s]


# %% ex8: column by column | nothing
def batchnorm_forward(X, gamma, beta, running_mean, running_var, train=True, rate=0.1, eps=1e-5):
    if len(np.shape(X)) != 2:
        raise ValueError
    for vector in (gamma, beta, running_mean, running_var):
        if np.shape(vector) != np.shape(X)[1:]:
            raise ValueError
    if train and len(X) == 1:
        raise ValueError
    Y, means, variances = np.zeros(X.shape), [], []
    for j in range(X.shape[1]):
        x, m, s = X[:, j].astype(float), float(running_mean[j]), float(running_var[j])
        mu, var = (np.mean(x), np.var(x)) if train else (m, s)
        Y[:, j] = float(gamma[j]) * (x - mu) / math.sqrt(var + eps) + float(beta[j])
        means.append((1 - rate) * m + rate * mu if train else m)
        variances.append((1 - rate) * s + rate * np.var(x, ddof=1) if train else s)
    return Y, np.array(means), np.array(variances)


# %% ex8: the unbiased variance in Y, too | train 3
# - X.mean(axis=0), X.var(axis=0)
# + X.mean(axis=0), X.var(axis=0, ddof=1)
# - rate * var * n / (n - 1)
# + rate * var


# %% ex8: the running variance is corrected at test time, too | predict 2
# - mean, var = running_mean, running_var
# + mean, var = running_mean, running_var * (n - 1) / n


# %% ex8: eps as the least variance | train 3, predict 2
# - np.sqrt(var + eps)
# + np.sqrt(np.maximum(var, eps))


# %% ex8: the biased variance runs | running 3
# - rate * var * n / (n - 1)
# + rate * var


# %% ex8: the mean of squares minus the square of the mean | train 3, running 3
# - X.var(axis=0)
# + np.maximum((X**2).mean(axis=0) - X.mean(axis=0) ** 2, 0)


# %% ex8: divided by the variance | train 3, predict 2
# - np.sqrt(var + eps)
# + (var + eps)


# %% ex8: eps beside the root | train 3, predict 2
# - np.sqrt(var + eps)
# + (np.sqrt(var) + eps)


# %% ex8: no eps | train 3, predict 2
# - np.sqrt(var + eps)
# + np.sqrt(var)


# %% ex8: gamma is added and beta multiplied | train 3, predict 2
# - return gamma * (X - mean) / np.sqrt(var + eps) + beta,
# + return beta * (X - mean) / np.sqrt(var + eps) + gamma,


# %% ex8: beta is scaled, too | train 3, predict 2
# - return gamma * (X - mean) / np.sqrt(var + eps) + beta,
# + return gamma * ((X - mean) / np.sqrt(var + eps) + beta),


# %% ex8: beta is forgotten | train 3, predict 2
# - np.sqrt(var + eps) + beta,
# + np.sqrt(var + eps),


# %% ex8: gamma is forgotten | train 3, predict 2
# - return gamma * (X - mean)
# + return (X - mean)


# %% ex8: rows instead of columns | train 3, running 3
# - mean, var = X.mean(axis=0), X.var(axis=0)
# + mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)


# %% ex8: all entries together | train 3, running 3
# - mean, var = X.mean(axis=0), X.var(axis=0)
# + mean, var = np.full(d, X.mean()), np.full(d, X.var())


# %% ex8: the running values in training | train 3
# - mean, var = X.mean(axis=0), X.var(axis=0)
# + batch_mean, batch_var = X.mean(axis=0), X.var(axis=0)
# - rate * mean
# + rate * batch_mean
# - rate * var * n
# + rate * batch_var * n


# %% ex8: the renewed running values in training | train 3
# - running_var = (1 - rate) * running_var + rate * var * n / (n - 1)
# + running_var = (1 - rate) * running_var + rate * var * n / (n - 1)
# +         mean, var = running_mean, running_var


# %% ex8: the batch's values at test time | predict 2
# - mean, var = running_mean, running_var
# + mean, var = X.mean(axis=0), X.var(axis=0)


# %% ex8: the running values are renewed at test time, too | predict 2, running 3
# - return gamma
# + if not train:
# +         running_mean = (1 - rate) * running_mean + rate * X.mean(axis=0)
# +     return gamma
# - running_mean = (1 - rate) * running_mean + rate * mean
# + running_mean = (1 - rate) * running_mean + rate * running_mean


# %% ex8: renewed at test time | predict 2
# - return gamma
# + if not train:
# +         running_mean = (1 - rate) * running_mean + rate * X.mean(axis=0)
# +     return gamma


# %% ex8: shares swapped | running 3
# - running_mean = (1 - rate) * running_mean + rate * mean
# + running_mean = rate * running_mean + (1 - rate) * mean
# - running_var = (1 - rate) * running_var + rate * var * n / (n - 1)
# + running_var = rate * running_var + (1 - rate) * var * n / (n - 1)


# %% ex8: the running variance stays | running 3
# - running_var = (1 - rate) * running_var + rate * var * n / (n - 1)
# + running_var = running_var.copy()


# %% ex8: the running mean stays | running 3
# - running_mean = (1 - rate) * running_mean + rate * mean
# + running_mean = running_mean.copy()


# %% ex8: a spread runs, not a variance | running 3
# - rate * var * n / (n - 1)
# + rate * np.sqrt(var * n / (n - 1))


# %% ex8: eps goes into the running variance | running 3
# - rate * var * n / (n - 1)
# + rate * (var + eps) * n / (n - 1)


# %% ex8: variance before mean | running 3, predict 2
# - + beta, running_mean, running_var
# + + beta, running_var, running_mean


# %% ex8: Y alone | train 3, running 3, predict 2
# - + beta, running_mean, running_var
# + + beta


# %% ex8: the batch's mean and variance are returned | running 3
# - + beta, running_mean, running_var
# + + beta, mean, var


# %% ex8: X in place | train 3, predict 2
# - return gamma * (X - mean)
# + X -= mean
# +     return gamma * X


# %% ex8: the running values in place | running 3
# - running_mean = (1 - rate) * running_mean + rate * mean
# + running_mean *= 1 - rate
# +         running_mean += rate * mean


# %% ex8: in the dtype that comes in | train 3, running 3, predict 2
# - (np.asarray(array, dtype=float) for array in (X, gamma, beta, running_mean, running_var))
# + (np.asarray(array) for array in (X, gamma, beta, running_mean, running_var))


# %% ex8: X alone in float64 | running 3, predict 2
# - X, *vectors = (np.asarray(array, dtype=float) for array in (X, gamma, beta, running_mean, running_var))
# + X, *vectors = (np.asarray(array) for array in (X, gamma, beta, running_mean, running_var))
# +     X = X.astype(float)


# %% ex8: test time if nothing is said | train 3, running 3, errors 2
# - train=True
# + train=False


# %% ex8: another rate where nothing is said | running 3
# - rate=0.1
# + rate=0.9


# %% ex8: another eps where nothing is said | train 3, predict 2
# - eps=1e-5
# + eps=1e-3


# %% ex8: a single row in training | errors 2
# - if n < 2:
# + if n < 1:


# %% ex8: two rows are too few | train 3, running 3, errors 2
# - if n < 2:
# + if n <= 2:


# %% ex8: no single rows at test time either | predict 2, errors 2
# - if any(vector.shape
# + if n < 2 or any(vector.shape


# %% ex8: vectors that broadcast | errors 2
# - if any(vector.shape != (d,) for vector in vectors):
# + if False:


# %% ex8: gamma's shape alone | errors 2
# - if any(vector.shape != (d,) for vector in vectors):
# + if gamma.shape != (d,):


# %% ex8: gamma's and beta's shapes alone | errors 2
# - if any(vector.shape != (d,) for vector in vectors):
# + if gamma.shape != (d,) or beta.shape != (d,):


# %% ex8: sizes of the vectors | errors 2
# - if any(vector.shape != (d,) for vector in vectors):
# + if any(vector.size != d for vector in vectors):


# %% ex8: all vectors must be wrong | errors 2
# - if any(vector.shape
# + if all(vector.shape


# %% ex8: three axes | errors 2
# - n, d = X.shape
# + if X.ndim < 2:
# +         raise ValueError("axes")
# +     n, d = len(X), X.shape[-1]


# %% ex8: a vector is a batch of one column | errors 2
# - n, d = X.shape
# + if X.ndim == 1:
# +         X = np.tile(X, (len(X), 1))
# +     n, d = X.shape


# ----------------------------------------------------------------------------------- exercise 9: batchnorm_backward


# %% ex9: step by step through the graph | nothing
def batchnorm_backward(G, X, gamma, eps=1e-5):
    if np.ndim(X) != 2 or np.shape(G) != np.shape(X) or np.shape(gamma) != (np.shape(X)[1],):
        raise ValueError("shapes")
    G, X, gamma = G.astype(float), X.astype(float), gamma.astype(float)
    n = len(X)
    mu = X.sum(0) / n
    centred = X - mu
    var = (centred**2).sum(0) / n
    inverse = (var + eps) ** -0.5
    Z = centred * inverse
    Z_grad = G * gamma
    var_grad = (Z_grad * centred).sum(0) * -0.5 * inverse**3
    centred_grad = Z_grad * inverse + var_grad * 2 * centred / n
    return [centred_grad - centred_grad.sum(0) / n, (G * Z).sum(0), G.sum(0)]


# %% ex9: the Jacobian of each column | nothing
def batchnorm_backward(G, X, gamma, eps=1e-5):
    G, X, gamma = np.array(G, dtype=float), np.array(X, dtype=float), np.array(gamma, dtype=float)
    if X.ndim != 2:
        raise ValueError
    n, d = X.shape
    if G.shape != (n, d) or gamma.shape != (d,):
        raise ValueError
    X_grad, gamma_grad, beta_grad = np.zeros((n, d)), np.zeros(d), np.zeros(d)
    for j in range(d):
        g, x = G[:, j], X[:, j]
        spread = math.sqrt(np.var(x) + eps)
        z = (x - np.mean(x)) / spread
        J = gamma[j] / spread * (np.eye(n) - 1 / n - np.outer(z, z) / n)
        X_grad[:, j] = J.T @ g
        gamma_grad[j], beta_grad[j] = g @ z, np.sum(g)
    return X_grad, gamma_grad, beta_grad


# %% ex9: mean and variance as if they were constants | input 4, hard 1
# - (G - G.mean(axis=0) - Z * (G * Z).mean(axis=0))
# + G


# %% ex9: the variance as if it were a constant | input 4, hard 1
# - - Z * (G * Z).mean(axis=0))
# + )


# %% ex9: the mean as if it were a constant | input 4, hard 1
# - (G - G.mean(axis=0) - Z
# + (G - Z


# %% ex9: n - 1 in the last mean | input 4, hard 1
# - Z * (G * Z).mean(axis=0)
# + Z * (G * Z).sum(axis=0) / (len(X) - 1)


# %% ex9: brought to the mean 0 at the end | nothing
# - X_grad = gamma / spread * (G - G.mean(axis=0) - Z * (G * Z).mean(axis=0))
# + X_grad = gamma / spread * (G - Z * (G * Z).mean(axis=0))
# +     X_grad = X_grad - X_grad.mean(axis=0)


# %% ex9: the last term is added | input 4, hard 1
# - - Z * (G * Z).mean(axis=0))
# + + Z * (G * Z).mean(axis=0))


# %% ex9: sums instead of means | input 4, hard 1
# - (G - G.mean(axis=0) - Z * (G * Z).mean(axis=0))
# + (G - G.sum(axis=0) - Z * (G * Z).sum(axis=0))


# %% ex9: gamma is forgotten | input 4, hard 1
# - X_grad = gamma / spread
# + X_grad = 1 / spread


# %% ex9: gamma is squared | input 4, hard 1
# - X_grad = gamma / spread
# + X_grad = gamma**2 / spread


# %% ex9: the spread is forgotten | input 4, hard 1
# - X_grad = gamma / spread
# + X_grad = gamma


# %% ex9: times the spread | input 4, hard 1
# - X_grad = gamma / spread
# + X_grad = gamma * spread


# %% ex9: no eps in the spread | parameters 2, input 4, hard 1
# - np.sqrt(X.var(axis=0) + eps)
# + np.sqrt(X.var(axis=0) + 1e-300)


# %% ex9: eps beside the root | parameters 2, input 4, hard 1
# - np.sqrt(X.var(axis=0) + eps)
# + np.sqrt(X.var(axis=0)) + eps


# %% ex9: the unbiased variance | parameters 2, input 4, hard 1
# - X.var(axis=0)
# + X.var(axis=0, ddof=1)


# %% ex9: the mean of squares minus the square of the mean | hard 1
# - X.var(axis=0)
# + np.maximum((X**2).mean(axis=0) - X.mean(axis=0) ** 2, 0)


# %% ex9: x for z in gamma | parameters 2, hard 1
# - return X_grad, (G * Z).sum(axis=0)
# + return X_grad, (G * X).sum(axis=0)


# %% ex9: x - mu for z in the bracket | input 4, hard 1
# - - Z * (G * Z).mean(axis=0))
# + - (X - X.mean(axis=0)) * (G * Z).mean(axis=0))


# %% ex9: means in gamma and beta | parameters 2, hard 1
# - return X_grad, (G * Z).sum(axis=0), G.sum(axis=0)
# + return X_grad, (G * Z).mean(axis=0), G.mean(axis=0)


# %% ex9: the gradient in gamma with gamma in it | parameters 2, hard 1
# - return X_grad, (G * Z).sum(axis=0)
# + return X_grad, gamma * (G * Z).sum(axis=0)


# %% ex9: gamma and beta swapped | parameters 2, hard 1
# - return X_grad, (G * Z).sum(axis=0), G.sum(axis=0)
# + return X_grad, G.sum(axis=0), (G * Z).sum(axis=0)


# %% ex9: X last | parameters 2, input 4, hard 1
# - return X_grad, (G * Z).sum(axis=0), G.sum(axis=0)
# + return (G * Z).sum(axis=0), G.sum(axis=0), X_grad


# %% ex9: sums along the rows | parameters 2, hard 1
# - return X_grad, (G * Z).sum(axis=0), G.sum(axis=0)
# + return X_grad, (G * Z).sum(axis=1), G.sum(axis=1)


# %% ex9: sums of everything | parameters 2, hard 1
# - return X_grad, (G * Z).sum(axis=0), G.sum(axis=0)
# + return X_grad, (G * Z).sum(), G.sum()


# %% ex9: rows are normalised | parameters 2, input 4, hard 1
# - spread = np.sqrt(X.var(axis=0) + eps)
# + spread = np.sqrt(X.var(axis=1, keepdims=True) + eps)
# - Z = (X - X.mean(axis=0)) / spread
# + Z = (X - X.mean(axis=1, keepdims=True)) / spread


# %% ex9: X alone | parameters 2, input 4, hard 1
# - return X_grad, (G * Z).sum(axis=0), G.sum(axis=0)
# + return X_grad


# %% ex9: X in place | parameters 2, input 4
# - Z = (X - X.mean(axis=0)) / spread
# + X -= X.mean(axis=0)
# +     Z = X / spread


# %% ex9: G in place | parameters 2, input 4
# - return X_grad, (G * Z).sum(axis=0), G.sum(axis=0)
# + beta_grad = G.sum(axis=0)
# +     G *= Z
# +     return X_grad, G.sum(axis=0), beta_grad


# %% ex9: another eps where nothing is said | parameters 2, input 4
# - eps=1e-5
# + eps=1e-3


# %% ex9: in the dtype that comes in | hard 1
# - (np.asarray(array, dtype=float) for array in (G, X, gamma))
# + (np.asarray(array) for array in (G, X, gamma))


# %% ex9: in float32 | parameters 2, input 4, hard 1
# - (np.asarray(array, dtype=float) for array in (G, X, gamma))
# + (np.asarray(array, dtype=np.float32) for array in (G, X, gamma))


# %% ex9: shapes that broadcast | errors 1
# - if X.ndim != 2 or G.shape != X.shape or gamma.shape != X.shape[1:]:
# + if X.ndim != 2:


# %% ex9: any number of axes | errors 1
# - if X.ndim != 2 or G.shape
# + if G.shape


# %% ex9: gamma's shape is not looked at | errors 1
# - or G.shape != X.shape or gamma.shape != X.shape[1:]:
# + or G.shape != X.shape:


# %% ex9: G's shape is not looked at | errors 1
# - or G.shape != X.shape or gamma
# + or gamma


# %% ex9: compares the number of rows | errors 1
# - or G.shape != X.shape or gamma
# + or G.shape[:1] != X.shape[:1] or gamma


# %% ex9: compares the size of gamma | errors 1
# - gamma.shape != X.shape[1:]:
# + gamma.size != X.shape[1]:


# ---------------------------------------------------------------------------------------- exercise 10: clip_by_norm


# %% ex10: one long vector | nothing
def clip_by_norm(gradients, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm")
    entries = np.concatenate([g.astype(float).ravel() for g in gradients])
    size = np.max(np.abs(entries))
    norm = float(size * np.linalg.norm(entries / size)) if size > 0 else 0.0
    factor = max_norm / norm if norm > max_norm else 1.0
    return (tuple(factor * g.astype(float) for g in gradients), norm)


# %% ex10: hypot | nothing
def clip_by_norm(gradients, max_norm):
    if not max_norm > 0:
        raise ValueError
    norm = math.hypot(*(float(entry) for g in gradients for entry in np.ravel(g)))
    if norm <= max_norm:
        return [np.array(g, dtype=float) for g in gradients], norm
    return [np.multiply(g, max_norm / norm, dtype=float) for g in gradients], norm


# %% ex10: divided by the norm, then multiplied | nothing
# - [g * min(1, max_norm / norm) for g in gradients]
# + [g / norm * max_norm if norm > max_norm else g for g in gradients]


# %% ex10: array by array, then the squares overflow | scale 1
# - norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients))
# + sizes = [np.abs(g).max() or 1.0 for g in gradients]
# +     norm = np.sqrt(sum((a * np.sqrt(np.sum((g / a) ** 2))) ** 2 for a, g in zip(sizes, gradients, strict=True)))


# %% ex10: tiny gradients count as none | scale 1
# - if largest == 0:
# + if largest < 1e-12:


# %% ex10: short gradients come back as they came | clipped 2
def clip_by_norm(gradients, max_norm):
    if not max_norm > 0:
        raise ValueError
    norm = math.hypot(*(float(entry) for g in gradients for entry in np.ravel(g)))
    if norm <= max_norm:
        return gradients, norm
    return [np.multiply(g, max_norm / norm, dtype=float) for g in gradients], norm


# %% ex10: a norm for each array | norm 2, clipped 2, scale 1
def clip_by_norm(gradients, max_norm):
    if not max_norm > 0:
        raise ValueError
    clipped = []
    for g in gradients:
        g = np.asarray(g, dtype=float)
        norm = math.hypot(*g.ravel().tolist())
        clipped.append(g * min(1, max_norm / norm) if norm > 0 else g)
    return clipped, norm


# %% ex10: the norm of all, each array shortened by its own | clipped 2, scale 1
# - return [g * min(1, max_norm / norm) for g in gradients], norm
# + own = [math.hypot(*g.ravel()) for g in gradients]
# +     return [g * min(1, max_norm / (n or 1)) for g, n in zip(gradients, own, strict=True)], norm


# %% ex10: entries are clipped | clipped 2, scale 1
# - return [g * min(1, max_norm / norm) for g in gradients], norm
# + return [np.clip(g, -max_norm, max_norm) for g in gradients], norm


# %% ex10: the sum of the norms | norm 2, clipped 2, scale 1
# - norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients))
# + norm = sum(math.hypot(*g.ravel()) for g in gradients)


# %% ex10: the largest norm | norm 2, clipped 2, scale 1
# - norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients))
# + norm = max(math.hypot(*g.ravel()) for g in gradients)


# %% ex10: the largest entry | norm 2, clipped 2, scale 1
# - norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients))
# + norm = largest


# %% ex10: the sum of sizes | norm 2, clipped 2, scale 1
# - norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients))
# + norm = sum(np.sum(np.abs(g)) for g in gradients)


# %% ex10: the square of the norm | norm 2, clipped 2, scale 1
# - norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients))
# + norm = sum(np.sum(g**2) for g in gradients)


# %% ex10: squares that overflow and vanish | scale 1
# - norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients))
# + norm = np.sqrt(sum(np.sum(g**2) for g in gradients)) or 1e-300


# %% ex10: the mean of squares | norm 2, clipped 2, scale 1
# - np.sum((g / largest) ** 2)
# + np.mean((g / largest) ** 2)


# %% ex10: always brought to max_norm | clipped 2, scale 1
# - min(1, max_norm / norm)
# + (max_norm / norm)


# %% ex10: lengthens short gradients and leaves long ones | clipped 2, scale 1
# - min(1, max_norm / norm)
# + max(1, max_norm / norm)


# %% ex10: a little something against division by 0 | clipped 2, scale 1
# - min(1, max_norm / norm)
# + min(1, max_norm / (norm + 1e-6))


# %% ex10: brought to length 1 | clipped 2, scale 1
# - min(1, max_norm / norm)
# + (1 / norm if norm > max_norm else 1)


# %% ex10: long gradients are dropped | clipped 2, scale 1
# - min(1, max_norm / norm)
# + (norm <= max_norm)


# %% ex10: the norm after clipping | norm 2, scale 1
# - for g in gradients], norm
# + for g in gradients], min(norm, max_norm)


# %% ex10: norm first | norm 2, clipped 2, scale 1
# - return [g * min(1, max_norm / norm) for g in gradients], norm
# + return norm, [g * min(1, max_norm / norm) for g in gradients]


# %% ex10: the gradients alone | norm 2, clipped 2, scale 1
# - return [g * min(1, max_norm / norm) for g in gradients], norm
# + return [g * min(1, max_norm / norm) for g in gradients]


# %% ex10: one long vector is returned | clipped 2, scale 1
# - return [g * min(1, max_norm / norm) for g in gradients], norm
# + return np.concatenate([g.ravel() * min(1, max_norm / norm) for g in gradients]), norm


# %% ex10: the norm is an array | norm 2
# - for g in gradients], norm
# + for g in gradients], np.array([norm])


# %% ex10: in place | clipped 2
# - gradients = [np.array(g, dtype=float) for g in gradients]
# + gradients = [np.asarray(g, dtype=float) for g in gradients]
# - return [g * min(1, max_norm / norm) for g in gradients], norm
# + for g in gradients:
# +         g *= min(1, max_norm / norm)
# +     return gradients, norm


# %% ex10: the list in place | clipped 2
# - return [g * min(1, max_norm / norm) for g in gradients], norm
# + for i, g in enumerate(gradients):
# +         given[i] = g * min(1, max_norm / norm)
# +     return given, norm
# - gradients = [np.array(g, dtype=float) for g in gradients]
# + given, gradients = gradients, [np.array(g, dtype=float) for g in gradients]


# %% ex10: zeros are divided by zero | norm 2
# - if largest == 0:
# + if False:


# %% ex10: zeros give the list alone | norm 2, clipped 2
# - return gradients, 0.0
# + return gradients


# %% ex10: zeros give nothing | clipped 2
# - return gradients, 0.0
# + return [], 0.0


# %% ex10: the size of int8 | norm 2
# - gradients = [np.array(g, dtype=float) for g in gradients]
# + sizes = max(np.abs(g).max() for g in gradients)
# +     gradients = [np.array(g, dtype=float) for g in gradients]
# - largest = max(np.abs(g).max() for g in gradients)
# + largest = float(sizes)


# %% ex10: in the dtype that comes in | norm 2, clipped 2
# - gradients = [np.array(g, dtype=float) for g in gradients]
# + gradients = [np.array(g) for g in gradients]


# %% ex10: a max_norm of 0 | errors 1
# - if not max_norm > 0:
# + if max_norm < 0:


# %% ex10: any max_norm | errors 1
# - if not max_norm > 0:
# + max_norm = abs(max_norm) or 1
# +     if False:


# %% ex10: zeros are let through before max_norm is looked at | errors 1
# - if not max_norm > 0:
# + if not max_norm > 0 and any(np.any(g) for g in gradients):


# %% ex10: refuses a max_norm above 1 | norm 2, clipped 2, scale 1, errors 1
# - if not max_norm > 0:
# + if not 0 < max_norm <= 1:


# -------------------------------------------------------------------------------------- exercise 11: polyak_average


# %% ex11: both formulas as they stand | nothing
def polyak_average(average, w, t, alpha=None):
    if t <= 0:
        raise ValueError("t")
    if alpha is not None and (alpha < 0 or alpha >= 1):
        raise ValueError("alpha")
    w = w.astype(float)
    if t == 1:
        return w
    if np.shape(average) != w.shape:
        raise ValueError("shapes")
    average = average.astype(float)
    return average + (w - average) / t if alpha is None else alpha * average + (1 - alpha) * w


# %% ex11: a share for each of the two | nothing
def polyak_average(average, w, t, alpha=None):
    if t < 1 or not (alpha is None or 0 <= alpha < 1):
        raise ValueError
    if average is None or t == 1:
        return 1.0 * np.asarray(w, dtype=np.float64)
    if average.shape != np.shape(w):
        raise ValueError
    kept = alpha if alpha is not None else (t - 1) / t
    return np.multiply(average, kept, dtype=float) + np.multiply(w, 1 - kept, dtype=float)


# %% ex11: the first point is the one without an average | nothing
# - if t == 1:
# + if average is None:


# %% ex11: alpha = 0 is taken for None | running 2
# - if alpha is None else 1 - alpha
# + if not alpha else 1 - alpha


# %% ex11: alpha and its rest swapped | running 2, first 1
# - else 1 - alpha
# + else alpha


# %% ex11: the smaller of both shares is kept | running 2, first 1
# - share = 1 / t if alpha is None else 1 - alpha
# + share = 1 / t if alpha is None else max(1 / t, 1 - alpha)


# %% ex11: always the mean of all points | running 2, first 1
# - 1 / t if alpha is None else 1 - alpha
# + 1 / t


# %% ex11: always a running average | mean 2, first 1
# - 1 / t if alpha is None else 1 - alpha
# + 1 - (0.9 if alpha is None else alpha)


# %% ex11: t counts from 0 | mean 2, first 1
# - 1 / t if
# + 1 / (t + 1) if


# %% ex11: divided by the number of points before | mean 2, first 1
# - 1 / t if
# + 1 / (t - 1) if


# %% ex11: the mean of two | mean 2, first 1
# - 1 / t if
# + 1 / 2 if


# %% ex11: the average moves away | mean 2, running 2, first 1
# - average + share * (w - average)
# + average - share * (w - average)


# %% ex11: the share of w is added whole | mean 2, running 2, first 1
# - average + share * (w - average)
# + average + share * w


# %% ex11: returns the weights | mean 2, running 2, first 1
# - return average + share * (w - average)
# + return w


# %% ex11: the running average is corrected, too | running 2, first 1
# - return average + share * (w - average)
# + return (average + share * (w - average)) / (1 if alpha is None else 1 - alpha**t)


# %% ex11: the running average begins at 0 | running 2, first 1
# - if t == 1:
# + if t == 1 and alpha is not None:
# +         return (1 - alpha) * np.asarray(w, dtype=float)
# +     if t == 1:


# %% ex11: the first point fails | mean 2, running 2, first 1
# - if t == 1:
# + if False:


# %% ex11: the first point is returned as it came | first 1
# - return np.array(w, dtype=float)
# + return np.array(w)


# %% ex11: zeros after the first point | mean 2, running 2, first 1
# - return np.array(w, dtype=float)
# + return np.zeros(np.shape(w))


# %% ex11: one number | mean 2, running 2, first 1
# - return average + share * (w - average)
# + return np.mean(average + share * (w - average))


# %% ex11: average in place | mean 2, running 2
# - return average + share * (w - average)
# + average += share * (w - average)
# +     return average


# %% ex11: w in place | mean 2, running 2
# - return average + share * (w - average)
# + w -= average
# +     w *= share
# +     return average + w


# %% ex11: in the dtype that comes in | first 1
# - average, w = (np.asarray(array, dtype=float) for array in (average, w))
# + average, w = np.asarray(average), np.asarray(w)


# %% ex11: the difference before float64 | first 1
# - average, w = (np.asarray(array, dtype=float) for array in (average, w))
# + average, w = np.asarray(average), np.asarray(w)
# - average + share * (w - average)
# + average.astype(float) + share * (w - average).astype(float)


# %% ex11: a point 0 | errors 1
# - if t < 1:
# + if t < 0:


# %% ex11: point 1 is refused | mean 2, running 2, first 1
# - if t < 1:
# + if t <= 1:


# %% ex11: an alpha of 1 | errors 1
# - not 0 <= alpha < 1:
# + not 0 <= alpha <= 1:


# %% ex11: alpha must be positive | running 2, first 1, errors 1
# - not 0 <= alpha < 1:
# + not 0 < alpha < 1:


# %% ex11: any alpha | errors 1
# - if alpha is not None and not 0 <= alpha < 1:
# + if False:


# %% ex11: alpha is looked at after the first point alone | errors 1
# - if alpha is not None and not 0 <= alpha < 1:
# + if t > 1 and alpha is not None and not 0 <= alpha < 1:


# %% ex11: shapes that broadcast | errors 1
# - if average.shape != w.shape:
# + if False:


# %% ex11: compares sizes | errors 1
# - if average.shape != w.shape:
# + if average.size != w.size:
