"""Answers to assignment 12, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a class or a function or, for a small mistake, what differs from the instructor's
answer.
"""

# ruff: noqa: E402, F811

import math
import re
from collections import Counter

import numpy as np

# ------------------------------------------------------------------------------------------------ exercise 1: rnn_step


# %% ex1: one example after the other | nothing
def rnn_step(x, h, U, W, b):
    shapes = [np.shape(each) for each in (x, h, U, W, b)]
    if len(shapes[0]) != 2 or len(shapes[1]) != 2:
        raise ValueError("x and h need two axes")
    (n, d), (m, k) = shapes[0], shapes[1]
    if n != m or shapes[2:] != [(k, d), (k, k), (k,)]:
        raise ValueError("the shapes do not fit")
    new = np.empty((n, k))
    for i in range(n):
        a = np.array(b, dtype=np.float64)
        a += W.astype(float) @ h[i].astype(float)
        a += U.astype(float) @ x[i].astype(float)
        new[i] = np.tanh(a)
    return new


# %% ex1: one matrix for both, einsum | nothing
def rnn_step(x, h, U, W, b):
    if np.ndim(x) != 2 or np.ndim(h) != 2:
        raise ValueError("expected matrices")
    n, d = x.shape
    k = h.shape[-1]
    for given, expected in ((h, (n, k)), (U, (k, d)), (W, (k, k)), (b, (k,))):
        if np.shape(given) != expected:
            raise ValueError(f"expected {expected}, got {np.shape(given)}")
    both = np.hstack([x, h]).astype(float)
    weights = np.hstack([U, W]).astype(float)
    return np.tanh(np.einsum("nj,kj->nk", both, weights) + b.astype(float))


# %% ex1: tanh from one exponential that cannot overflow | nothing
# - np.tanh(b + h @ W.T + x @ U.T)
# + 2 / (1 + np.exp(-2 * (b + h @ W.T + x @ U.T))) - 1


# %% ex1: W not transposed | values 3
# - h @ W.T
# + h @ W


# %% ex1: U of the wrong shape after all | values 3, errors 2
# - x @ U.T
# + x @ U


# %% ex1: no bias | values 3
# - b + h @ W.T
# + h @ W.T


# %% ex1: no tanh | values 3
# - np.tanh(b + h @ W.T + x @ U.T)
# + b + h @ W.T + x @ U.T


# %% ex1: a sigmoid | values 3
# - np.tanh(b + h @ W.T + x @ U.T)
# + 1 / (1 + np.exp(-(b + h @ W.T + x @ U.T)))


# %% ex1: tanh by its definition, inf by inf | values 3
# - np.tanh(b + h @ W.T + x @ U.T)
# + (lambda a: (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a)))(b + h @ W.T + x @ U.T)


# %% ex1: forgets the state | values 3
# - b + h @ W.T + x
# + b + x


# %% ex1: adds to the state in place | values 3
# - x, h, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, U, W, b))
# + x, U, W, b = (np.asarray(array, dtype=float) for array in (x, U, W, b))
# - return np.tanh(b + h @ W.T + x @ U.T)
# + h[:] = np.tanh(b + h @ W.T + x @ U.T)
# +     return h


# %% ex1: computes in the given dtype | values 3
# - x, h, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, U, W, b))
# + pass


# %% ex1: in float32 | values 3
# - x, h, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, U, W, b))
# + x, h, U, W, b = (np.asarray(array, dtype=np.float32) for array in (x, h, U, W, b))


# %% ex1: drops the axis of a single unit | values 3
# - return np.tanh(b + h @ W.T + x @ U.T)
# + return np.tanh(b + h @ W.T + x @ U.T).squeeze()


# %% ex1: no look at the batch | errors 2
# - x.ndim != 2 or h.ndim != 2 or len(x) != len(h)
# + x.ndim != 2 or h.ndim != 2


# %% ex1: biases may broadcast | errors 2
# - (U.shape, W.shape, b.shape) != ((k, d), (k, k), (k,))
# + (U.shape, W.shape) != ((k, d), (k, k)) or b.size not in (1, k)


# %% ex1: looks at the weights alone | errors 2
# - x.ndim != 2 or h.ndim != 2 or len(x) != len(h)
# + False


# %% ex1: no errors | errors 2
def rnn_step(x, h, U, W, b):
    x, h, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, U, W, b))
    return np.tanh(b + h @ W.T + x @ U.T)


# ---------------------------------------------------------------------------------------------- exercise 2: rnn_forward


# %% ex2: fills arrays, one step after the other | nothing
def rnn_forward(x, U, W, b, V, c, h0=None):
    T, n, _ = x.shape
    k, m = W.shape[0], V.shape[0]
    if h0 is None:
        h0 = np.zeros((n, k))
    elif np.shape(h0) != (n, k):
        raise ValueError("h0 has the wrong shape")
    W, U, V = W.astype(float), U.astype(float), V.astype(float)
    h, o = np.zeros((T + 1, n, k)), np.zeros((T, n, m))
    h[0] = h0
    for t in range(T):
        h[t + 1] = np.tanh(h[t] @ W.T + x[t].astype(float) @ U.T + b)
        o[t] = h[t + 1] @ V.T + c
    return h[1:], o


# %% ex2: all inputs at once, lists | nothing
def rnn_forward(x, U, W, b, V, c, h0=None):
    x, U, W, V = (np.array(each, dtype=float) for each in (x, U, W, V))
    if h0 is not None and np.shape(h0) != (x.shape[1], len(b)):
        raise ValueError("h0 has the wrong shape")
    now = np.zeros((x.shape[1], len(b))) if h0 is None else h0
    states, outputs = [], []
    for a in x @ U.T + b:
        now = np.tanh(a + np.dot(now, W.T))
        states.append(now)
        outputs.append(np.dot(now, V.T) + c)
    return np.array(states), np.array(outputs)


# %% ex2: states alone | outputs 2
# - return h, c + h @ V.T
# + return h, None


# %% ex2: the output looks at the state before | outputs 2
# - return h, c + h @ V.T
# + before = np.concatenate([np.zeros((1, *shape)) if h0 is None else state[None] * 0 + h0, h[:-1]])
# +     return h, c + before @ V.T


# %% ex2: no bias of the output | outputs 2
# - c + h @ V.T
# + h @ V.T


# %% ex2: a tanh on the output | outputs 2
# - c + h @ V.T
# + np.tanh(c + h @ V.T)


# %% ex2: the last output alone | outputs 2
# - c + h @ V.T
# + c + h[-1] @ V.T


# %% ex2: outputs first | states 2, start 1, outputs 2
# - return h, c + h @ V.T
# + return c + h @ V.T, h


# %% ex2: the batch comes first | states 2, start 1, outputs 2, errors 1
# - x, U, W, b, V, c = (np.asarray(array, dtype=float) for array in (x, U, W, b, V, c))
# + x, U, W, b, V, c = (np.asarray(array, dtype=float) for array in (x, U, W, b, V, c))
# +     x = np.swapaxes(x, 0, 1)


# %% ex2: the first state among the states | states 2, start 1, outputs 2
# - return h, c + h @ V.T
# + h = np.concatenate([np.zeros((1, *shape)) if h0 is None else np.asarray(h0)[None], h])
# +     return h, c + h @ V.T


# %% ex2: backwards | states 2, start 1, outputs 2
# - for t in range(len(x)):
# + for t in reversed(range(len(x))):


# %% ex2: the state stays as it began | states 2, start 1, outputs 2
# - h[t] = state = np.tanh(
# + h[t] = np.tanh(


# %% ex2: W not transposed | states 2, start 1, outputs 2
# - state @ W.T
# + state @ W


# %% ex2: begins with ones | states 2, outputs 2
# - np.zeros(shape)
# + np.ones(shape)


# %% ex2: forgets the given state | start 1
# - np.asarray(h0)
# + 0 * np.asarray(h0)


# %% ex2: changes h0 in place | start 1
# - h[t] = state = np.tanh(
# + h[t] = state[...] = np.tanh(


# %% ex2: one array, filled again and again | states 2, start 1, outputs 2
# - np.asarray(h0)
# + np.array(h0, dtype=float)
# - h = np.empty((len(x), *shape))
# + h = [None] * len(x)
# - h[t] = state = np.tanh(
# + h[t] = state
# +         state[...] = np.tanh(
# - return h, c
# + h = np.stack(h)
# +     return h, c


# %% ex2: computes in the given dtype | states 2
# - x, U, W, b, V, c = (np.asarray(array, dtype=float) for array in (x, U, W, b, V, c))
# + pass


# %% ex2: the outputs in the given dtype | outputs 2
# - x, U, W, b, V, c = (np.asarray(array, dtype=float) for array in (x, U, W, b, V, c))
# + out = np.result_type(V, c)
# +     x, U, W, b, V, c = (np.asarray(array, dtype=float) for array in (x, U, W, b, V, c))
# - return h, c + h @ V.T
# + return h, (c + h @ V.T).astype(out)


# %% ex2: no error | errors 1
# - state.shape != shape
# + False


# %% ex2: one state for all may broadcast | errors 1
# - if state.shape != shape:
# + if state.shape not in (shape, (1, shape[1]), shape[1:]):


# --------------------------------------------------------------------------------------------- exercise 3: rnn_backward


# %% ex3: step by step, adding up | nothing
def rnn_backward(G, x, h, U, W, V, h0=None):
    T, n, k = np.shape(h)
    if np.shape(G) != (T, n, V.shape[0]):
        raise ValueError("G has the wrong shape")
    G, x, h, U, W, V = [a.astype(float) for a in (G, x, h, U, W, V)]
    first = np.zeros((n, k)) if h0 is None else h0.astype(float)
    grads = {key: np.zeros(np.shape(each)) for key, each in (("U", U), ("W", W), ("V", V), ("x", x))}
    grads["b"], grads["c"] = np.zeros(k), np.zeros(len(V))
    next_h = np.zeros((n, k))
    for t in range(T - 1, -1, -1):
        grads["V"] += G[t].T @ h[t]
        grads["c"] += G[t].sum(0)
        dh = G[t] @ V + next_h
        da = dh * (1 - h[t] * h[t])
        grads["U"] += da.T @ x[t]
        grads["W"] += da.T @ (h[t - 1] if t > 0 else first)
        grads["b"] += da.sum(axis=0)
        grads["x"][t] = da @ U
        next_h = da @ W
    grads["h0"] = next_h
    return grads


# %% ex3: one sequence after the other | nothing
def rnn_backward(G, x, h, U, W, V, h0=None):
    x, h, U, W, V = (np.asarray(a, dtype=float) for a in (x, h, U, W, V))
    if np.shape(G) != (*h.shape[:2], len(V)):
        raise ValueError(f"got {np.shape(G)}")
    G = np.asarray(G, dtype=float)
    h0 = np.zeros(h.shape[1:]) if h0 is None else np.asarray(h0, dtype=float)
    out = {"V": 0, "c": 0, "U": 0, "W": 0, "b": 0, "x": np.zeros_like(x), "h0": np.zeros_like(h0)}
    for i in range(x.shape[1]):
        delta = np.zeros(len(W))
        for t in range(len(x))[::-1]:
            g = V.T @ G[t, i] + W.T @ delta
            delta = (1 - h[t, i] ** 2) * g
            before = h[t - 1, i] if t else h0[i]
            out["V"] = out["V"] + np.outer(G[t, i], h[t, i])
            out["c"] = out["c"] + G[t, i]
            out["U"] = out["U"] + np.outer(delta, x[t, i])
            out["W"] = out["W"] + np.outer(delta, before)
            out["b"] = out["b"] + delta
            out["x"][t, i] = U.T @ delta
        out["h0"][i] = W.T @ delta
    return out


# %% ex3: the output alone | state 4, inputs 3
# - "U": np.einsum("tnk,tnd->kd", delta, x),
# +
# - "W": np.einsum("tnk,tnj->kj", delta, previous),
# +
# - "b": delta.sum(axis=(0, 1)),
# +
# - "x": delta @ U,
# +
# - "h0": back,
# +


# %% ex3: no way through time | state 4, inputs 3
# - G[t] @ V + back
# + G[t] @ V


# %% ex3: no tanh on the way | state 4, inputs 3
# - (1 - h[t] ** 2) * (G[t] @ V + back)
# + G[t] @ V + back


# %% ex3: the derivative of a sigmoid | state 4, inputs 3
# - (1 - h[t] ** 2)
# + h[t] * (1 - h[t])


# %% ex3: the tanh on the output's part alone | state 4, inputs 3
# - (1 - h[t] ** 2) * (G[t] @ V + back)
# + (1 - h[t] ** 2) * (G[t] @ V) + back


# %% ex3: forward in time | state 4, inputs 3
# - for t in reversed(range(T)):
# + for t in range(T):


# %% ex3: W transposed on the way back | state 4, inputs 3
# - back = delta[t] @ W
# + back = delta[t] @ W.T


# %% ex3: hands on g instead of delta | state 4, inputs 3
# - delta[t] = (1 - h[t] ** 2) * (G[t] @ V + back)
# + back = G[t] @ V + back
# +         delta[t] = (1 - h[t] ** 2) * back
# - back = delta[t] @ W
# + back = back @ W


# %% ex3: W meets the state after the step | state 4
# - delta, previous)
# + delta, h)


# %% ex3: the first state counts as zero | state 4
# - np.zeros((n, k)) if h0 is None else np.asarray(h0)
# + np.zeros((n, k))


# %% ex3: the gradient of W transposed | state 4
# - "tnk,tnj->kj"
# + "tnk,tnj->jk"


# %% ex3: the gradient of V transposed | output 2
# - "tnm,tnk->mk"
# + "tnm,tnk->km"


# %% ex3: means over the batch | output 2, state 4
# - "V": np.einsum("tnm,tnk->mk", G, h)
# + "V": np.einsum("tnm,tnk->mk", G, h) / n
# - np.einsum("tnk,tnd->kd", delta, x)
# + np.einsum("tnk,tnd->kd", delta, x) / n


# %% ex3: a bias of the output for every sequence | output 2
# - G.sum(axis=(0, 1))
# + G.sum(axis=0)


# %% ex3: a bias for every step | state 4
# - delta.sum(axis=(0, 1))
# + delta.sum(axis=1)


# %% ex3: the gradient of h1 for that of h0 | inputs 3
# - "h0": back
# + "h0": G[0] @ V if T == 1 else G[0] @ V + delta[1] @ W


# %% ex3: the gradient of h0 only if it is given | inputs 3
# - "h0": back
# + "h0": None if h0 is None else back


# %% ex3: the inputs get g through U | inputs 3
# - "x": delta @ U
# + "x": delta / (1 - h**2) @ U


# %% ex3: einsum for the inputs | nothing
# - "x": delta @ U
# + "x": np.einsum("tnk,kd->tnd", delta, U)


# %% ex3: truncated after ten steps | state 4, inputs 3
# - back = delta[t] @ W
# + back = delta[t] @ W * (T - t < 10)


# %% ex3: clipped | state 4, inputs 3
# - back = delta[t] @ W
# + back = np.clip(delta[t] @ W, -1, 1)


# %% ex3: computes in the given dtype | output 2, state 4, inputs 3
# - G, x, h, U, W, V = (np.asarray(array, dtype=float) for array in (G, x, h, U, W, V))
# + pass


# %% ex3: changes the states | output 2, state 4, inputs 3
# - delta, back = np.empty(h.shape), np.zeros((n, k))
# + h[...] = h * 1.000001
# +     delta, back = np.empty(h.shape), np.zeros((n, k))


# %% ex3: another key | output 2
# - "V": np.einsum("tnm,tnk->mk", G, h)
# + "dV": np.einsum("tnm,tnk->mk", G, h)


# %% ex3: no error | errors 1
# - if G.shape != (T, n, len(V)):
# + if False:


# %% ex3: looks at the time alone | errors 1
# - if G.shape != (T, n, len(V)):
# + if len(np.atleast_1d(G)) != T:


# ------------------------------------------------------------------------------------------------ exercise 4: lstm_step


# %% ex4: four products, one for each gate | nothing
def lstm_step(x, h, s, U, W, b):
    if np.ndim(x) != 2 or np.ndim(h) != 2 or np.ndim(s) != 2:
        raise ValueError("expected matrices")
    n, d = x.shape
    k = h.shape[1]
    for each, shape in ((h, (n, k)), (s, (n, k)), (U, (4 * k, d)), (W, (4 * k, k)), (b, (4 * k,))):
        if each.shape != shape:
            raise ValueError(f"expected {shape}, got {each.shape}")
    x, h, s, U, W, b = [np.array(each, dtype=float) for each in (x, h, s, U, W, b)]

    def block(j):
        rows = slice(j * k, (j + 1) * k)
        return x @ U[rows].T + h @ W[rows].T + b[rows]

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    new = sigma(block(1)) * s + sigma(block(0)) * np.tanh(block(2))
    return sigma(block(3)) * np.tanh(new), new


# %% ex4: a sigmoid in two cases, a reshaped vector | nothing
def lstm_step(x, h, s, U, W, b):
    shapes = [np.shape(each) for each in (x, h, s, U, W, b)]
    if len(shapes[0]) != 2 or len(shapes[1]) != 2:
        raise ValueError("wrong number of axes")
    (n, d), k = shapes[0], shapes[1][1]
    if shapes[1:] != [(n, k), (n, k), (4 * k, d), (4 * k, k), (4 * k,)]:
        raise ValueError("the shapes do not fit")

    def sigma(a):
        e = np.exp(-np.abs(a))
        return np.where(a >= 0, 1 / (1 + e), e / (1 + e))

    a = b.astype(float) + np.dot(h.astype(float), W.astype(float).T) + np.dot(x.astype(float), U.astype(float).T)
    a = a.reshape(n, 4, k)
    memory = sigma(a[:, 1]) * s + sigma(a[:, 0]) * np.tanh(a[:, 2])
    return (sigma(a[:, 3]) * np.tanh(memory), memory)


# %% ex4: the memory alone | state 2, extremes 1
# - return sigmoid(o) * np.tanh(s), s
# + return None, s


# %% ex4: the memory first | memory 3, state 2, extremes 1
# - return sigmoid(o) * np.tanh(s), s
# + return s, sigmoid(o) * np.tanh(s)


# %% ex4: no tanh on the memory | state 2, extremes 1
# - sigmoid(o) * np.tanh(s), s
# + sigmoid(o) * s, s


# %% ex4: the old memory is shown | state 2, extremes 1
# - s = sigmoid(f) * s + sigmoid(i) * np.tanh(g)
# + new = sigmoid(f) * s + sigmoid(i) * np.tanh(g)
# - return sigmoid(o) * np.tanh(s), s
# + return sigmoid(o) * np.tanh(s), new


# %% ex4: no output gate | state 2, extremes 1
# - sigmoid(o) * np.tanh(s), s
# + np.tanh(s), s


# %% ex4: output gate before candidate | memory 3, state 2, extremes 1
# - i, f, g, o = np.split
# + i, f, o, g = np.split


# %% ex4: forget gate first | memory 3, state 2, extremes 1
# - i, f, g, o = np.split
# + f, i, g, o = np.split


# %% ex4: blocks of interleaved units | memory 3, state 2
# - i, f, g, o = np.split(b + h @ W.T + x @ U.T, 4, axis=1)
# + a = b + h @ W.T + x @ U.T
# +     i, f, g, o = (a[:, j::4] for j in range(4))


# %% ex4: no forget gate | memory 3, state 2, extremes 1
# - sigmoid(f) * s + sigmoid(i)
# + s + sigmoid(i)


# %% ex4: coupled gates | memory 3, state 2, extremes 1
# - sigmoid(f) * s
# + (1 - sigmoid(i)) * s


# %% ex4: a sigmoid for the candidate | memory 3, state 2, extremes 1
# - np.tanh(g)
# + sigmoid(g)


# %% ex4: no bias | memory 3, state 2, extremes 1
# - np.split(b + h @ W.T
# + np.split(h @ W.T


# %% ex4: no state | memory 3, state 2
# - b + h @ W.T + x
# + b + x


# %% ex4: a forget bias of 1 | memory 3, state 2, extremes 1
# - sigmoid(f) * s
# + sigmoid(f + 1) * s


# %% ex4: adds to the memory in place | memory 3, extremes 1
# - x, h, s, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, s, U, W, b))
# + x, h, s, U, W, b = (np.asarray(a) if a.dtype == float else a.astype(float) for a in (x, h, s, U, W, b))
# - s = sigmoid(f) * s + sigmoid(i) * np.tanh(g)
# + s *= sigmoid(f)
# +     s += sigmoid(i) * np.tanh(g)


# %% ex4: inf by inf | extremes 1
# - (1 + np.tanh(a / 2)) / 2
# + np.exp(a) / (1 + np.exp(a))


# %% ex4: the memory is clipped | extremes 1
# - np.tanh(s), s
# + np.tanh(s), np.clip(s, -1e3, 1e3)


# %% ex4: computes in the given dtype | extremes 1
# - x, h, s, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, s, U, W, b))
# + pass


# %% ex4: a memory in float32 | memory 3, state 2, extremes 1
# - x, h, s, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, s, U, W, b))
# + x, h, s, U, W, b = (np.asarray(array, dtype=np.float32) for array in (x, h, s, U, W, b))


# %% ex4: no error | errors 2
def lstm_step(x, h, s, U, W, b):
    x, h, s, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, s, U, W, b))
    i, f, g, o = np.split(b + h @ W.T + x @ U.T, 4, axis=1)
    s = s / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
    return np.tanh(s) / (1 + np.exp(-o)), s


# %% ex4: a memory that may broadcast | errors 2
# - or h.shape != s.shape or len(x) != len(h)
# + or len(x) != len(h)


# %% ex4: no look at the biases | errors 2
# - (U.shape, W.shape, b.shape) != ((4 * k, d), (4 * k, k), (4 * k,))
# + (U.shape, W.shape) != ((4 * k, d), (4 * k, k))


# %% ex4: no look at the batch | errors 2
# - or h.shape != s.shape or len(x) != len(h)
# + or h.shape != s.shape


# ------------------------------------------------------------------------------------------------- exercise 5: gru_step


# %% ex5: three products | nothing
def gru_step(x, h, U, W, b):
    if np.ndim(x) != 2 or np.ndim(h) != 2:
        raise ValueError("expected matrices")
    (n, d), k = x.shape, h.shape[1]
    if h.shape != (n, k) or U.shape != (3 * k, d) or W.shape != (3 * k, k) or b.shape != (3 * k,):
        raise ValueError("the shapes do not fit")
    x, h, b = x.astype(float), h.astype(float), b.astype(float)
    Ur, Uz, Uc = U.astype(float).reshape(3, k, d)
    Wr, Wz, Wc = W.astype(float).reshape(3, k, k)

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    r = sigma(b[:k] + h @ Wr.T + x @ Ur.T)
    z = sigma(b[k : 2 * k] + h @ Wz.T + x @ Uz.T)
    c = np.tanh(b[2 * k :] + (r * h) @ Wc.T + x @ Uc.T)
    return c + z * (h - c)


# %% ex5: columns, one example after the other | nothing
def gru_step(x, h, U, W, b):
    shapes = [np.shape(each) for each in (x, h, U, W, b)]
    if len(shapes[0]) != 2 or len(shapes[1]) != 2 or shapes[0][0] != shapes[1][0]:
        raise ValueError("x and h do not fit")
    d, k = shapes[0][1], shapes[1][1]
    if shapes[2:] != [(3 * k, d), (3 * k, k), (3 * k,)]:
        raise ValueError("the weights do not fit")
    new = []
    for now, state in zip(np.asarray(x, float), np.asarray(h, float), strict=True):
        a = b.astype(float) + U.astype(float) @ now
        gates = 0.5 + 0.5 * np.tanh(0.5 * (a[: 2 * k] + W[: 2 * k].astype(float) @ state))
        candidate = np.tanh(a[2 * k :] + W[2 * k :].astype(float) @ (gates[:k] * state))
        new.append(gates[k:] * state + (1 - gates[k:]) * candidate)
    return np.array(new)


# %% ex5: the reset gate after the matrix | values 3
# - (r * h) @ W[2 * k :].T
# + r * (h @ W[2 * k :].T)


# %% ex5: z and 1 - z exchanged | values 3, extremes 1
# - z * h + (1 - z) * c
# + (1 - z) * h + z * c


# %% ex5: update gate first | values 3, extremes 1
# - r, z = np.split
# + z, r = np.split


# %% ex5: no reset gate | values 3, extremes 1
# - (r * h) @ W
# + h @ W


# %% ex5: the update gate resets | values 3, extremes 1
# - (r * h) @ W
# + (z * h) @ W


# %% ex5: no tanh | values 3, extremes 1
# - np.tanh(from_x[:, 2 * k :] + (r * h) @ W[2 * k :].T)
# + from_x[:, 2 * k :] + (r * h) @ W[2 * k :].T


# %% ex5: no bias | values 3
# - b + x @ U.T
# + x @ U.T


# %% ex5: the state reset for good | values 3, extremes 1
# - z * h + (1 - z) * c
# + z * (r * h) + (1 - z) * c


# %% ex5: the state in place | values 3, extremes 1
# - return z * h + (1 - z) * c
# + h *= z
# +     h += (1 - z) * c
# +     return h


# %% ex5: candidate first | values 3, extremes 1
# - from_x = b + x @ U.T
# + U, W, b = np.roll(U, -k, axis=0), np.roll(W, -k, axis=0), np.roll(b, -k)
# +     from_x = b + x @ U.T


# %% ex5: inf by inf | extremes 1
# - (1 + np.tanh(a / 2)) / 2
# + np.exp(a) / (1 + np.exp(a))


# %% ex5: computes in the given dtype | extremes 1
# - x, h, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, U, W, b))
# + pass


# %% ex5: in float32 | values 3, extremes 1
# - x, h, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, U, W, b))
# + x, h, U, W, b = (np.asarray(array, dtype=np.float32) for array in (x, h, U, W, b))


# %% ex5: no look at the batch | errors 2
# - x.ndim != 2 or h.ndim != 2 or len(x) != len(h)
# + x.ndim != 2 or h.ndim != 2


# %% ex5: no look at the biases | errors 2
# - (U.shape, W.shape, b.shape) != ((3 * k, d), (3 * k, k), (3 * k,))
# + (U.shape, W.shape) != ((3 * k, d), (3 * k, k))


# %% ex5: no errors | errors 2
def gru_step(x, h, U, W, b):
    x, h, U, W, b = (np.asarray(array, dtype=float) for array in (x, h, U, W, b))
    k = h.shape[-1]
    from_x = b + x @ U.T
    r, z = np.split(1 / (1 + np.exp(-(from_x[:, : 2 * k] + h @ W[: 2 * k].T))), 2, axis=1)
    return z * h + (1 - z) * np.tanh(from_x[:, 2 * k :] + (r * h) @ W[2 * k :].T)


# --------------------------------------------------------------------------------------------------- exercise 6: ngrams


# %% ex6: zips shifted copies | nothing
def ngrams(tokens, n, shorter=False):
    if n <= 0:
        raise ValueError("n must be positive")
    found = ngrams(tokens, n - 1, True) if shorter and n > 1 else []
    return found + list(zip(*(tokens[i:] for i in range(n)), strict=False))


# %% ex6: appends | nothing
def ngrams(tokens, n, shorter=False):
    if n < 1:
        raise ValueError("n must be positive")
    tokens = list(tokens)
    grams = []
    size = 1 if shorter else n
    while size <= n:
        for start, _ in enumerate(tokens):
            gram = tokens[start : start + size]
            if len(gram) == size:
                grams.append(tuple(gram))
        size += 1
    return grams


# %% ex6: lists | ngrams 2, shorter 2
# - tuple(tokens[i : i + size])
# + list(tokens[i : i + size])


# %% ex6: strings | ngrams 2, shorter 2
# - tuple(tokens[i : i + size])
# + " ".join(tokens[i : i + size])


# %% ex6: a set | ngrams 2, shorter 2
# - return [tuple(tokens[i : i + size]) for size in sizes for i in range(len(tokens) - size + 1)]
# + return {tuple(tokens[i : i + size]) for size in sizes for i in range(len(tokens) - size + 1)}


# %% ex6: each once | ngrams 2, shorter 2
# - return [tuple(tokens[i : i + size]) for size in sizes for i in range(len(tokens) - size + 1)]
# + return list(dict.fromkeys(tuple(tokens[i : i + size]) for size in sizes for i in range(len(tokens) - size + 1)))


# %% ex6: forgets the last | ngrams 2, shorter 2
# - range(len(tokens) - size + 1)
# + range(len(tokens) - size)


# %% ex6: short ends | ngrams 2, shorter 2
# - range(len(tokens) - size + 1)
# + range(len(tokens))


# %% ex6: no overlap | ngrams 2, shorter 2
# - range(len(tokens) - size + 1)
# + range(0, len(tokens) - size + 1, size)


# %% ex6: words of a string | ngrams 2, shorter 2
# - sizes =
# + tokens = tokens.split() if isinstance(tokens, str) else tokens
# +     sizes =


# %% ex6: drops empty tokens | ngrams 2, shorter 2
# - sizes =
# + tokens = [token for token in tokens if token]
# +     sizes =


# %% ex6: lower-case | shorter 2
# - tuple(tokens[i : i + size])
# + tuple(token.lower() for token in tokens[i : i + size])


# %% ex6: never shorter | shorter 2
# - range(1, n + 1) if shorter else [n]
# + [n]


# %% ex6: always shorter | ngrams 2
# - range(1, n + 1) if shorter else [n]
# + range(1, n + 1)


# %% ex6: shorter ones without the longest | shorter 2
# - range(1, n + 1)
# + range(1, n)


# %% ex6: longest first | shorter 2
# - range(1, n + 1)
# + range(n, 0, -1)


# %% ex6: shorter ones place by place | shorter 2
# - for size in sizes for i in range(len(tokens) - size + 1)
# + for i in range(len(tokens)) for size in sizes if i + size <= len(tokens)


# %% ex6: empties the list | ngrams 2, shorter 2
# - return [tuple(tokens[i : i + size]) for size in sizes for i in range(len(tokens) - size + 1)]
# + grams = [tuple(tokens[i : i + size]) for size in sizes for i in range(len(tokens) - size + 1)]
# +     if isinstance(tokens, list):
# +         tokens.clear()
# +     return grams


# %% ex6: no error | errors 1
# - if n < 1:
# + if False:


# %% ex6: an error only for 0 | errors 1
# - if n < 1:
# + if n == 0:


# %% ex6: n = 1 is an error | ngrams 2, shorter 2, errors 1
# - if n < 1:
# + if n <= 1:


# ------------------------------------------------------------------------------------------------ exercise 7: Tokenizer


# %% ex7: a dictionary of indices beside the list | nothing
class Tokenizer:
    def __init__(self, max_words=None):
        if max_words is not None and max_words <= 0:
            raise ValueError("max_words must be positive")
        self.limit = max_words
        self._start()

    def _start(self):
        self.words = ["<pad>", "<unk>"]
        self.index = {}

    def fit(self, texts):
        self._start()
        counts = {}
        for text in texts:
            for word in re.findall(r"\w+", text.lower()):
                counts[word] = counts.get(word, 0) + 1
        ranked = sorted(counts, key=counts.get, reverse=True)
        if self.limit is not None:
            ranked = ranked[: self.limit]
        for word in ranked:
            self.index[word] = len(self.words)
            self.words.append(word)
        return self

    def encode(self, text):
        return [self.index.get(word, 1) for word in re.findall(r"\w+", text.lower())]

    def decode(self, indices):
        words = []
        for i in indices:
            if i < 0 or i >= len(self.words):
                raise ValueError(f"no word has the index {i}")
            if i:
                words.append(self.words[i])
        return " ".join(words)


# %% ex7: words cut out character by character, sorted by count and place | nothing
class Tokenizer:
    def __init__(self, max_words=None):
        if max_words is not None and max_words < 1:
            raise ValueError("at least one word")
        self.max_words = max_words if max_words is not None else math.inf
        self.words = ["<pad>", "<unk>"]

    @staticmethod
    def split(text):
        return "".join(c if c == "_" or c.isalnum() else " " for c in text.lower()).split()

    def fit(self, texts):
        words = self.split(" ".join(texts))
        first = {word: -place for place, word in reversed(list(enumerate(words)))}
        counts = Counter(words)
        ranked = sorted(counts, key=lambda word: (counts[word], first[word]), reverse=True)
        self.words = ["<pad>", "<unk>", *(word for place, word in enumerate(ranked) if place < self.max_words)]
        return self

    def encode(self, text):
        return [self.words.index(word, 2) if word in self.words[2:] else 1 for word in self.split(text)]

    def decode(self, indices):
        indices = np.asarray(indices, dtype=int)
        if ((indices < 0) | (indices >= len(self.words))).any():
            raise ValueError("an index without a word")
        return " ".join(np.array(self.words)[indices[indices > 0]].tolist())


# %% ex7: splits at spaces | vocabulary 3, encode 2, decode 2
# - re.findall(r"\w+", text.lower())
# + text.lower().split()


# %% ex7: keeps capitals | vocabulary 3, encode 2, decode 2
# - text.lower()
# + text


# %% ex7: folds the case of ß, too | vocabulary 3
# - text.lower()
# + text.casefold()


# %% ex7: letters alone | vocabulary 3, encode 2, decode 2
# - r"\w+"
# + r"[a-z]+"


# %% ex7: letters and digits of English | vocabulary 3, encode 2, decode 2
# - r"\w+"
# + r"[a-z0-9_]+"


# %% ex7: keeps the apostrophe | vocabulary 3, encode 2, decode 2
# - r"\w+"
# + r"[\w']+"


# %% ex7: ties by the alphabet | vocabulary 3, decode 2
# - counts.most_common(self.max_words)
# + sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[: self.max_words]


# %% ex7: the order of the texts | vocabulary 3, encode 2, decode 2
# - counts.most_common(self.max_words)
# + list(counts.items())[: self.max_words]


# %% ex7: the alphabet | vocabulary 3, encode 2, decode 2
# - counts.most_common(self.max_words)
# + sorted(counts.items())[: self.max_words]


# %% ex7: rarest first | vocabulary 3, encode 2, decode 2
# - counts.most_common(self.max_words)
# + sorted(counts.items(), key=lambda pair: pair[1])[: self.max_words]


# %% ex7: in how many texts a word occurs | vocabulary 3
# - for word in self._split(text))
# + for word in dict.fromkeys(self._split(text)))


# %% ex7: max_words counts pad and unk | vocabulary 3, errors 1
# - most_common(self.max_words)
# + most_common(self.max_words and max(0, self.max_words - 2))


# %% ex7: ignores max_words | vocabulary 3, errors 1
# - most_common(self.max_words)
# + most_common()


# %% ex7: the last text alone | vocabulary 3, encode 2, decode 2
# - for text in texts for
# + for text in texts[-1:] for


# %% ex7: a second fit adds | vocabulary 3, encode 2, decode 2
# - self.words = ["<pad>", "<unk>"] + [word for
# + self.words = self.words + [word for


# %% ex7: all tokenizers share their words | vocabulary 3, errors 1
# - return self
# + Tokenizer.words = self.words
# +         del self.words
# +         return self
# - self.max_words = max_words
# + self.max_words = max_words
# +         if max_words is None and hasattr(Tokenizer, "words"):
# +             return


# %% ex7: fit gives back nothing | vocabulary 3, encode 2, decode 2, errors 1
# - return self
# + return None


# %% ex7: unknown words left out | encode 2
# - [index.get(word, 1) for word in self._split(text)]
# + [index[word] for word in self._split(text) if word in index]


# %% ex7: an unknown word is padding | encode 2
# - index.get(word, 1)
# + index.get(word, 0)


# %% ex7: a KeyError for an unknown word | encode 2
# - index.get(word, 1)
# + index[word]


# %% ex7: an array of indices | encode 2
# - [index.get(word, 1) for word in self._split(text)]
# + np.array([index.get(word, 1) for word in self._split(text)])


# %% ex7: indices from 0 | encode 2, decode 2
# - enumerate(self.words)
# + enumerate(self.words[2:])


# %% ex7: pad and unk in brackets are special | encode 2, decode 2
# - re.findall(r"\w+", text.lower())
# + re.findall(r"<unk>|<pad>|\w+", text.lower())


# %% ex7: padding is written | decode 2
# -  if i != 0)
# + )


# %% ex7: the unknown is left out, too | decode 2
# - if i != 0
# + if i > 1


# %% ex7: stops at the first padding | decode 2
# - for i in indices if i != 0)
# + for i in list(indices)[: ([*indices, 0]).index(0)])


# %% ex7: a list of words | decode 2
# - " ".join(self.words[i] for i in indices if i != 0)
# + [self.words[i] for i in indices if i != 0]


# %% ex7: no space between | decode 2
# - " ".join
# + "".join


# %% ex7: a space at the end | decode 2
# - " ".join(self.words[i] for i in indices if i != 0)
# + "".join(self.words[i] + " " for i in indices if i != 0)


# %% ex7: eats its argument | decode 2
# - for i in indices:
# + indices, given = list(indices), indices
# +         if isinstance(given, list):
# +             given.clear()
# +         for i in indices:


# %% ex7: negative indices count from the end | errors 1
# - if not 0 <= i < len(self.words):
# + if not i < len(self.words):


# %% ex7: an IndexError | errors 1
# - if not 0 <= i < len(self.words):
# + if i < 0:


# %% ex7: one index too many | errors 1
# - if not 0 <= i < len(self.words):
# + if i < 0 or i > len(self.words):


# %% ex7: no look at max_words | errors 1
# - if max_words is not None and max_words < 1:
# + if False:


# %% ex7: max_words may be 0 | errors 1
# - if max_words is not None and max_words < 1:
# + if max_words is not None and max_words < 0:


# -------------------------------------------------------------------------------------------- exercise 8: pad_sequences


# %% ex8: lists first, arrays at the end | nothing
def pad_sequences(sequences, length=None, side="right", value=0):
    if not sequences or side not in {"right", "left"} or (length is not None and length < 1):
        raise ValueError("wrong arguments")
    if length is None:
        length = max(map(len, sequences))
    rows, masks = [], []
    for sequence in sequences:
        kept = sequence[:length] if side == "right" else sequence[max(0, len(sequence) - length) :]
        gap = length - len(kept)
        filler, real = [value] * gap, [True] * len(kept)
        rows.append(kept + filler if side == "right" else filler + kept)
        masks.append(real + [False] * gap if side == "right" else [False] * gap + real)
    shape = (len(sequences), length)
    return np.array(rows, dtype=np.int64).reshape(shape), np.array(masks, dtype=bool).reshape(shape)


# %% ex8: the left as the right of reversed rows | nothing
def pad_sequences(sequences, length=None, side="right", value=0):
    if side == "left":
        batch, mask = pad_sequences([sequence[::-1] for sequence in sequences], length, "right", value)
        return batch[:, ::-1], mask[:, ::-1]
    if side != "right":
        raise ValueError("right or left")
    if len(sequences) < 1:
        raise ValueError("nothing to pad")
    sizes = np.array([len(sequence) for sequence in sequences])
    if length is None:
        length = int(sizes.max())
    elif length <= 0:
        raise ValueError("length must be positive")
    mask = np.arange(length) < sizes[:, None]
    batch = np.empty(mask.shape, dtype=int)
    batch.fill(value)
    batch[mask] = [token for sequence in sequences for token in sequence[:length]]
    return batch, mask


# %% ex8: the mask from the values | right 3, cut 2
# - return batch, mask
# + return batch, batch != value


# %% ex8: always filled up with 0 | right 3, cut 2
# - np.full((len(sequences), length), value, dtype=np.int64)
# + np.full((len(sequences), length), 0, dtype=np.int64)


# %% ex8: floats | right 3, cut 2
# - dtype=np.int64
# + dtype=float


# %% ex8: 32 bits | right 3, cut 2
# - dtype=np.int64
# + dtype=np.int32


# %% ex8: through floats | right 3, cut 2
# - return batch, mask
# + return np.where(abs(batch) < 2**40, batch, batch.astype(float).astype(int)), mask


# %% ex8: a mask of numbers | right 3, cut 2
# - return batch, mask
# + return batch, mask.astype(int)


# %% ex8: a mask of what is filled up | right 3, cut 2
# - return batch, mask
# + return batch, ~mask


# %% ex8: mask first | right 3, cut 2
# - return batch, mask
# + return mask, batch


# %% ex8: the batch alone | right 3, cut 2
# - return batch, mask
# + return batch


# %% ex8: left by default | right 3, cut 2
# - side="right", value=0):
# + side="left", value=0):


# %% ex8: always on the right | cut 2
# - if length is None:
# + side = "right"
# +     if length is None:


# %% ex8: always cuts the end | cut 2
# - 0 if side == "right" else len(sequence) - size
# + 0


# %% ex8: always cuts the beginning | cut 2
# - 0 if side == "right" else len(sequence) - size
# + len(sequence) - size


# %% ex8: never cuts | cut 2
# - if length is None:
# + if length is None or length < max(len(sequence) for sequence in sequences):


# %% ex8: length is ignored | right 3, cut 2
# - if length is None:
# + if True:


# %% ex8: the length of the first | right 3, cut 2
# - max(len(sequence) for sequence in sequences)
# + len(sequences[0])


# %% ex8: at least one column | right 3, cut 2
# - max(len(sequence) for sequence in sequences)
# + max(1, *(len(sequence) for sequence in sequences), 0)


# %% ex8: fills up the caller's lists | right 3, cut 2
# - size = min(len(sequence), length)
# + size = min(len(sequence), length)
# +         sequence.extend([value] * (length - len(sequence)))
# +         sequence[:] = sequence[:length] if side == "right" else sequence
# - start = 0 if side == "right" else len(sequence) - size
# + start = 0


# %% ex8: leaves out empty sequences | right 3, cut 2
# - if length is None:
# + sequences = [sequence for sequence in sequences if sequence] or sequences
# +     if length is None:


# %% ex8: no look at the side | errors 2
# - if side not in ("right", "left"):
# + if False:


# %% ex8: no look at the length | errors 2
# - if length is not None and length < 1:
# + if False:


# %% ex8: a length of 0 | errors 2
# - if length is not None and length < 1:
# + if length is not None and length < 0:


# %% ex8: no sequence is an empty batch | errors 2
# - raise ValueError("expected at least one sequence")
# + return np.zeros((0, length or 0), dtype=np.int64), np.zeros((0, length or 0), dtype=bool)


# %% ex8: capitals do not matter | errors 2
# - if side not in ("right", "left"):
# + if side.lower() not in ("right", "left"):


# -------------------------------------------------------------------------------- exercise 9: sample_with_temperature


# %% ex9: adds up probabilities in a loop | nothing
def sample_with_temperature(logits, temperature, rng):
    if np.ndim(logits) != 1 or np.size(logits) == 0:
        raise ValueError("logits need one axis")
    if temperature < 0:
        raise ValueError("too cold")
    logits = [float(number) for number in logits]
    largest = max(logits)
    if temperature == 0:
        return logits.index(largest)
    weights = [math.exp((number - largest) / temperature) for number in logits]
    u, total = rng.random() * sum(weights), 0.0
    for i, weight in enumerate(weights):
        total += weight
        if u < total:
            return i
    return len(weights) - 1


# %% ex9: searchsorted | nothing
def sample_with_temperature(logits, temperature, rng):
    logits = np.array(logits, dtype=float)
    if logits.ndim != 1 or logits.shape[0] < 1 or temperature < 0:
        raise ValueError("wrong arguments")
    if temperature == 0:
        return np.flatnonzero(logits == logits.max())[0]
    logits -= logits.max()
    p = np.exp(logits / temperature)
    return np.searchsorted(np.cumsum(p) / p.sum(), rng.random(), side="right")


# %% ex9: multiplies by the temperature | draws 3, hard 2
# - / temperature)
# + * temperature)


# %% ex9: no temperature | draws 3, hard 2
# - / temperature)
# + )


# %% ex9: the temperature on the probabilities | draws 3, hard 2
# - p = np.exp((logits - logits.max()) / temperature)
# + p = np.exp(logits - logits.max()) / temperature


# %% ex9: divides first | hard 2
# - (logits - logits.max()) / temperature)
# + logits / temperature - (logits / temperature).max())


# %% ex9: nothing subtracted | hard 2
# - (logits - logits.max()) / temperature)
# + logits / temperature)


# %% ex9: subtracts the mean | hard 2
# - (logits - logits.max()) / temperature)
# + (logits - logits.mean()) / temperature)


# %% ex9: always the largest | draws 3, hard 2
# - if temperature == 0:
# + if True:


# %% ex9: the index after | draws 3, hard 2
# - return int(rng.choice(len(p), p=p / p.sum()))
# + return int(rng.choice(len(p), p=p / p.sum())) + 1


# %% ex9: the probabilities | draws 3, hard 2
# - return int(rng.choice(len(p), p=p / p.sum()))
# + return p / p.sum()


# %% ex9: an array of one index | draws 3, hard 2
# - int(rng.choice(len(p), p=p / p.sum()))
# + rng.choice(len(p), size=1, p=p / p.sum())


# %% ex9: a generator of its own | draws 3, hard 2
# - int(rng.choice(
# + int(np.random.default_rng(0).choice(


# %% ex9: counts down from 1 | draws 3, hard 2
# - int(rng.choice(len(p), p=p / p.sum()))
# + int(np.sum(np.cumsum(p / p.sum()) <= 1 - rng.random()))


# %% ex9: the Gumbel trick draws m numbers | draws 3, hard 2
# - int(rng.choice(len(p), p=p / p.sum()))
# + int(np.argmax(np.log(p + 1e-300) - np.log(-np.log(rng.random(len(p))))))


# %% ex9: takes the first token whose sum reaches u | hard 2
# - int(rng.choice(len(p), p=p / p.sum()))
# + int(np.searchsorted(np.cumsum(p / p.sum()), rng.random()))


# %% ex9: leaves out tokens that cannot come | hard 2
# - p = np.exp((logits - logits.max()) / temperature)
# + logits = logits[np.isfinite(logits)]
# +     p = np.exp((logits - logits.max()) / temperature)


# %% ex9: the temperature as a power of the probabilities | hard 2
# - p = np.exp((logits - logits.max()) / temperature)
# + p = np.exp(logits - logits.max()) ** (1 / temperature)


# %% ex9: the most probable token comes first | draws 3
# - return int(rng.choice(len(p), p=p / p.sum()))
# + order = np.argsort(-p, kind="stable")
# +     return int(order[rng.choice(len(p), p=p[order] / p.sum())])


# %% ex9: draws twice | draws 3
# - return int(rng.choice(
# + rng.random()
# +     return int(rng.choice(


# %% ex9: all alike | draws 3, hard 2
# - p=p / p.sum()
# + p=None


# %% ex9: divides the caller's logits | draws 3
# - logits = np.asarray(logits, dtype=float)
# + logits = np.asarray(logits) if np.asarray(logits).dtype == float else np.asarray(logits, dtype=float)
# - p = np.exp((logits - logits.max()) / temperature)
# + logits -= logits.max()
# +         p = np.exp(logits / temperature)


# %% ex9: computes in the given dtype | draws 3, hard 2
# - logits = np.asarray(logits, dtype=float)
# + logits = np.asarray(logits)


# %% ex9: temperature 0 is an error | hard 2, errors 1
# - if temperature < 0:
# + if temperature <= 0:


# %% ex9: temperature 0 draws all the same | hard 2
# - if temperature == 0:
# + if temperature == 0 and rng.random() >= 0:


# %% ex9: temperature 0 is a small one | hard 2
# - if temperature == 0:
# + temperature = max(temperature, 1e-12)
# +     if False:


# %% ex9: the last of the largest | hard 2
# - int(np.argmax(logits))
# + len(logits) - 1 - int(np.argmax(logits[::-1]))


# %% ex9: a tiny temperature counts as 0 | hard 2
# - if temperature == 0:
# + if temperature < 1e-6:


# %% ex9: a float | draws 3, hard 2
# - return int(rng.choice(len(p), p=p / p.sum()))
# + return float(rng.choice(len(p), p=p / p.sum()))
# - return int(np.argmax(logits))
# + return float(np.argmax(logits))


# %% ex9: no look at the temperature | errors 1
# - if temperature < 0:
# + if False:


# %% ex9: no look at the shape | errors 1
# - if logits.ndim != 1 or len(logits) == 0:
# + if False:


# %% ex9: flattens | errors 1
# - if logits.ndim != 1 or len(logits) == 0:
# + logits = logits.ravel()
# +     if len(logits) == 0:


# -------------------------------------------------------------------------------------- exercise 10: the adding problem


# %% ex10: a GRU that remembers from the start, batches from a loader | nothing
import torch
from torch import nn


class AddingNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(2, 20, batch_first=True)
        nn.init.constant_(self.gru.bias_hh_l0[20:40], 1.0)
        self.head = nn.Linear(20, 1)

    def forward(self, x):
        _, h = self.gru(x)
        return self.head(h[-1])[:, 0]


def train_adding_net(x, y, seed=0):
    torch.manual_seed(seed)
    net = AddingNet()
    epochs = 3
    optimizer = torch.optim.Adam(net.parameters(), lr=0.03)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=32, shuffle=True)
    for _epoch in range(epochs):
        for sequences, targets in loader:
            loss = nn.functional.mse_loss(net(sequences), targets)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1)
            optimizer.step()
        schedule.step()
    net.eval()
    return net


# %% ex10: a GRU with time first, a rate that rises and falls | nothing
class AddingNet(nn.Module):
    def __init__(self, units=20):
        super().__init__()
        self.gru = nn.GRU(2, units)
        self.output = nn.Sequential(nn.Linear(units, units), nn.ReLU(), nn.Linear(units, 1))

    def forward(self, x):
        return self.output(self.gru(x.transpose(0, 1))[1][0]).flatten()


def train_adding_net(x, y, seed=0):
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = AddingNet()
    epochs, size = 5, 32
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
    steps = epochs * math.ceil(len(x) / size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.02, total_steps=steps)
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for start in range(0, len(x), size):
            batch = order[start : start + size]
            optimizer.zero_grad()
            ((net(x[batch]) - y[batch]) ** 2).mean().backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return net.eval()


# %% ex10: a plain recurrent network | training 4, error 4
# - nn.GRU(2, 16, batch_first=True)
# + nn.RNN(2, 16, batch_first=True)


# %% ex10: forgets what is far away | network 3, training 4, error 4
# - self.recurrent(x)
# + self.recurrent(x[:, -2:])
# - for _ in range(4):
# + for _ in range(1):


# %% ex10: 16 elements, no others | network 3, training 4, error 4
# - self.recurrent = nn.GRU(2, 16, batch_first=True)
# + self.recurrent = nn.Sequential(nn.Flatten(), nn.Linear(32, 16), nn.ReLU())
# - states, _ = self.recurrent(x)
# + states = self.recurrent(x)[:, None]


# %% ex10: a sum of products instead of learning | network 3, training 4
# - self.output(states[:, -1]).squeeze(1)
# + (x[:, :, 0] * x[:, :, 1]).sum(dim=1) + 0 * self.output(states[:, -1]).squeeze(1)


# %% ex10: a layer that nobody asks, untrained | network 3, training 4, error 4
# - self.output = nn.Linear(16, 1)
# + self.output = nn.Linear(16, 1)
# +         self.spare = nn.Linear(3, 3)
# - for _ in range(4):
# + for _ in range(0):


# %% ex10: answers with an axis too many | network 3, training 4, error 4
# - .squeeze(1)
# +
# - for _ in range(4):
# + for _ in range(1):


# %% ex10: one sequence loses its axis | network 3
# - .squeeze(1)
# + .squeeze()


# %% ex10: an answer for every step | network 3, training 4, error 4
# - self.output(states[:, -1]).squeeze(1)
# + self.output(states).squeeze(2)


# %% ex10: forward gives back nothing | network 3, training 4, error 4
# - return self.output(states[:, -1]).squeeze(1)
# + self.output(states[:, -1]).squeeze(1)


# %% ex10: centres its input in place | network 3, training 4
# - states, _ = self.recurrent(x)
# + x -= 0.5
# +         states, _ = self.recurrent(x)


# %% ex10: the same weights whenever a network is made | network 3, training 4
# - self.output = nn.Linear(16, 1)
# + self.output = nn.Linear(16, 1)
# +         for p in self.parameters():
# +             with torch.no_grad():
# +                 p.copy_(0.3 * torch.sin(torch.arange(p.numel()) * 7.0).reshape(p.shape))


# %% ex10: stays in training mode | training 4
# - self.output = nn.Linear(16, 1)
# + self.output = nn.Sequential(nn.Dropout(0.01), nn.Linear(16, 1))
# - return model.eval()
# + return model


# %% ex10: no epochs | training 4, error 4
# - for _ in range(4):
# + for _ in range(0):


# %% ex10: always the same seed | training 4
# - torch.manual_seed(seed)
# + torch.manual_seed(0)


# %% ex10: without the seed | training 4
# - torch.manual_seed(seed)
# + AddingNet.trained = getattr(AddingNet, "trained", 0) + 1
# +     torch.manual_seed(AddingNet.trained)


# %% ex10: the order from the seed, the weights always the same | training 4
# - model = AddingNet()
# + torch.manual_seed(0)
# +     model = AddingNet()
# +     torch.manual_seed(seed)


# %% ex10: learns from sequences of its own | training 4
# - torch.manual_seed(seed)
# + x, y = adding_problem(len(x), x.shape[1], seed)
# +     torch.manual_seed(seed)


# %% ex10: returns None | training 4, error 4
# - for _ in range(4):
# + for _ in range(1):
# - return model.eval()
# + model.eval()
