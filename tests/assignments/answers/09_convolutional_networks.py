"""Answers to assignment 09, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a class or a function or, for a small mistake, what differs from the instructor's
answer.
"""

# ruff: noqa: E402, F811

import itertools
import math

import numpy as np

# ----------------------------------------------------------------------------------------- exercise 1: conv_output_size


# %% ex1: counts the places | nothing
def conv_output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    if size < 1 or kernel_size < 1 or stride < 1 or padding < 0 or dilation < 1:
        raise ValueError("out of range")
    span = dilation * (kernel_size - 1) + 1
    places = range(0, size + 2 * padding - span + 1, stride)
    if not places:
        raise ValueError("too large")
    return (places[-1] - places[0]) // stride + 1


# %% ex1: divmod, one test after the other | nothing
def conv_output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    for number, least in ((size, 1), (kernel_size, 1), (stride, 1), (padding, 0), (dilation, 1)):
        if number < least:
            raise ValueError(f"expected at least {least}, got {number}")
    if dilation * (kernel_size - 1) + 1 > size + 2 * padding:
        raise ValueError("the kernel is wider than the axis")
    steps, _ = divmod(size + 2 * padding - dilation * (kernel_size - 1) - 1, stride)
    return 1 + steps


# %% ex1: through floats | sizes 2, strides 2
# - room // stride + 1
# + math.floor(room / stride) + 1


# %% ex1: returns a float | sizes 2, strides 2
# - room // stride + 1
# + float(room // stride + 1)


# %% ex1: forgets the last place | sizes 2, strides 2
# - room // stride + 1
# + room // stride


# %% ex1: rounds up | strides 2
# - room // stride + 1
# + -(-room // stride) + 1


# %% ex1: one too many | sizes 2, strides 2
# - room // stride + 1
# + room // stride + 2


# %% ex1: divides all of it by the stride | strides 2
# - room // stride + 1
# + (room + 1) // stride


# %% ex1: padding on one side only | sizes 2, strides 2, errors 2
# - 2 * padding
# + padding


# %% ex1: no padding | sizes 2, strides 2, errors 2
# - 2 * padding
# + 0 * padding


# %% ex1: dilation of the whole kernel | strides 2, errors 2
# - dilation * (kernel_size - 1) - 1
# + dilation * kernel_size


# %% ex1: dilation counts the pixels left out | sizes 2, strides 2, errors 2
# - dilation * (kernel_size - 1) - 1
# + (dilation + 1) * (kernel_size - 1) - 1


# %% ex1: no dilation | strides 2, errors 2
# - dilation * (kernel_size - 1) - 1
# + kernel_size


# %% ex1: stride and padding exchanged | sizes 2, strides 2, errors 2
# - def conv_output_size(size, kernel_size, stride=1, padding=0, dilation=1):
# + def conv_output_size(size, kernel_size, padding=0, stride=1, dilation=1):


# %% ex1: padding and dilation exchanged | sizes 2, strides 2, errors 2
# - def conv_output_size(size, kernel_size, stride=1, padding=0, dilation=1):
# + def conv_output_size(size, kernel_size, stride=1, dilation=1, padding=0):


# %% ex1: nothing fits, nothing said | errors 2
# - if room < 0:
# + if False:


# %% ex1: looks at the number of places instead of the room | errors 2
# - if room < 0:
# + if room // stride + 1 < 0:


# %% ex1: a kernel as large as the axis is too large | sizes 2, strides 2, errors 2
# - if room < 0:
# + if room <= 0:


# %% ex1: compares the kernel without its dilation | errors 2
# - if room < 0:
# + if kernel_size > size + 2 * padding:


# %% ex1: compares the kernel with the axis without padding | sizes 2, strides 2, errors 2
# - if room < 0:
# + if room < 0 or dilation * (kernel_size - 1) + 1 > size:


# %% ex1: a negative padding cuts off | errors 2
# - or padding < 0
# +


# %% ex1: a dilation of 0 | errors 2
# - min(size, kernel_size, stride, dilation) < 1
# + min(size, kernel_size, stride, dilation + 1) < 1


# %% ex1: an empty axis with padding | errors 2
# - min(size, kernel_size, stride, dilation) < 1
# + min(kernel_size, stride, dilation) < 1


# %% ex1: an empty kernel | errors 2
# - min(size, kernel_size, stride, dilation) < 1
# + min(size, stride, dilation) < 1


# %% ex1: a stride of 0 divides by 0 | errors 2
# - min(size, kernel_size, stride, dilation) < 1
# + min(size, kernel_size, dilation) < 1


# %% ex1: returns None | sizes 2, strides 2
# - return room // stride + 1
# + room // stride + 1


# %% ex1: returns 0 for what does not fit | errors 2
# - raise ValueError(f"a kernel of {kernel_size} does not fit on {size} pixels")
# + return 0


# %% ex1: asserts | errors 2
# - raise ValueError(f"a kernel of {kernel_size} does not fit on {size} pixels")
# + raise AssertionError


# %% ex1: truncates toward 0, and then asks whether there is a place | sizes 2, strides 2, errors 2
def conv_output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    if min(size, kernel_size, stride, dilation) < 1 or padding < 0:
        raise ValueError("out of range")
    places = int((size + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1
    if places < 1:
        raise ValueError("nothing fits")
    return places


# %% ex1: a padding of more than half of the kernel is an error | sizes 2, strides 2
def conv_output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    if min(size, kernel_size, stride, dilation) < 1 or padding < 0 or 2 * padding > kernel_size:
        raise ValueError("out of range")
    places = (size + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1
    if places < 1:
        raise ValueError("nothing fits")
    return places


# %% ex1: always raises | sizes 2, strides 2, errors 2
# - if room < 0:
# + if True:


# --------------------------------------------------------------------------------------------------- exercise 2: conv1d


# %% ex2: two loops over the formula | nothing
def conv1d(x, w, mode="full"):
    if np.ndim(x) != 1 or np.ndim(w) != 1 or len(x) == 0 or len(w) == 0:
        raise ValueError("one axis, please")
    n, k = len(x), len(w)
    if mode == "full":
        first, last = 0, n + k - 2
    elif mode == "same":
        first, last = (k - 1) // 2, (k - 1) // 2 + n - 1
    elif mode == "valid" and n >= k:
        first, last = k - 1, n - 1
    else:
        raise ValueError("mode")
    y = np.zeros(last - first + 1)
    for i in range(first, last + 1):
        for j in range(k):
            if 0 <= i - j < n:
                y[i - first] += float(w[j]) * float(x[i - j])
    return y


# %% ex2: zeros around the signal, and windows of it | nothing
def conv1d(x, w, mode="full"):
    x, w = np.array(x, dtype=float), np.array(w, dtype=float)
    if x.ndim != 1 or w.ndim != 1 or not x.size or not w.size:
        raise ValueError("shapes")
    if mode not in {"full", "same", "valid"} or (mode == "valid" and w.size > x.size):
        raise ValueError("mode")
    k = w.size
    zeros = np.zeros(k - 1)
    full = np.lib.stride_tricks.sliding_window_view(np.concatenate([zeros, x, zeros]), k) @ w[::-1]
    if mode == "same":
        return full[(k - 1) // 2 : (k - 1) // 2 + x.size]
    return full if mode == "full" else full[k - 1 : x.size]


# %% ex2: the outer product, summed along its diagonals | nothing
def conv1d(x, w, mode="full"):
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    if x.ndim != 1 or w.ndim != 1 or 0 in (x.size, w.size):
        raise ValueError("shapes")
    n, k = len(x), len(w)
    if mode not in ("full", "same", "valid") or (mode == "valid" and k > n):
        raise ValueError("mode")
    products = np.outer(w, x)[:, ::-1]
    full = np.array([np.trace(products, offset=n - 1 - i) for i in range(n + k - 1)])
    first, count = {"full": (0, n + k - 1), "same": ((k - 1) // 2, n), "valid": (k - 1, n - k + 1)}[mode]
    return full[first : first + count]


# %% ex2: does not flip the kernel | full 3, parts 2
# - full[j : j + n] += w[j] * x
# + full[j : j + n] += w[k - 1 - j] * x


# %% ex2: flips the signal as well | full 3, parts 2
# - full[j : j + n] += w[j] * x
# + full[j : j + n] += w[k - 1 - j] * x[::-1]


# %% ex2: flips the signal alone | full 3, parts 2
# - full[j : j + n] += w[j] * x
# + full[j : j + n] += w[j] * x[::-1]


# %% ex2: goes round at the ends | full 3, parts 2
# - full[j : j + n] += w[j] * x
# + full += w[j] * np.roll(np.pad(x, (0, k - 1), mode="wrap"), j)


# %% ex2: repeats the ends | full 3, parts 2
# - full[j : j + n] += w[j] * x
# + full[j : j + n] += w[j] * x
# +     full[:1] += x[0] * w[1:].sum()


# %% ex2: the last entry of the kernel forgotten | full 3, parts 2
# - for j in range(k):
# + for j in range(k - 1):


# %% ex2: one zero too many | full 3
# - "full": full,
# + "full": np.append(full, 0),


# %% ex2: without a mode, only the middle | full 3
# - def conv1d(x, w, mode="full"):
# + def conv1d(x, w, mode="same"):


# %% ex2: without a mode, only where the kernel fits | full 3, errors 2
# - def conv1d(x, w, mode="full"):
# + def conv1d(x, w, mode="valid"):


# %% ex2: the middle begins half an entry later | parts 2
# - full[(k - 1) // 2 :][:n]
# + full[k // 2 :][:n]


# %% ex2: the middle is the beginning | parts 2
# - full[(k - 1) // 2 :][:n]
# + full[:n]


# %% ex2: the middle is the end | parts 2
# - full[(k - 1) // 2 :][:n]
# + full[k - 1 :][:n]


# %% ex2: the middle is as long as the longer of the two | parts 2
# - full[(k - 1) // 2 :][:n]
# + full[(min(n, k) - 1) // 2 :][: max(n, k)]


# %% ex2: cuts the middle from both ends | parts 2
# - full[(k - 1) // 2 :][:n]
# + full[(k - 1) // 2 : len(full) - (k - 1) // 2]


# %% ex2: valid one entry too long | parts 2
# - full[k - 1 : n]
# + full[k - 1 : n + 1]


# %% ex2: valid begins too early | parts 2
# - full[k - 1 : n]
# + full[k - 2 : n] if k > 1 else full


# %% ex2: exchanges same and valid | parts 2
# - "same": full[(k - 1) // 2 :][:n], "valid": full[k - 1 : n]
# + "valid": full[(k - 1) // 2 :][:n], "same": full[k - 1 : n]


# %% ex2: the shorter one is the kernel | parts 2
# - full = np.zeros(n + k - 1)
# + if k > n:
# +         x, w, n, k = w, x, k, n
# +     full = np.zeros(n + k - 1)


# %% ex2: a long kernel is always an error | full 3, parts 2, errors 2
# - if mode == "valid" and k > n:
# + if k > n:


# %% ex2: a long kernel gives nothing | errors 2
# - if mode == "valid" and k > n:
# + if False:


# %% ex2: a kernel as long as x does not fit | parts 2, errors 2
# - if mode == "valid" and k > n:
# + if mode == "valid" and k >= n:


# %% ex2: valid with a long kernel exchanges the two | errors 2
# - raise ValueError(f"a kernel of {k} does not fit on {n} entries")
# + return conv1d(w, x, mode)


# %% ex2: an unknown mode is full | errors 2
# - if mode not in ("full", "same", "valid"):
# + if False:
# - return parts[mode]
# + return parts.get(mode, full)


# %% ex2: KeyError for an unknown mode | errors 2
# - if mode not in ("full", "same", "valid"):
# + if False:


# %% ex2: any spelling of a mode | errors 2
# - if mode not in ("full", "same", "valid"):
# + mode = str(mode).lower()
# +     if mode not in ("full", "same", "valid"):


# %% ex2: flattens | errors 2
# - x, w = (np.asarray(a, dtype=float) for a in (x, w))
# + x, w = np.asarray(x, dtype=float).ravel(), np.asarray(w, dtype=float).ravel()


# %% ex2: squeezes | errors 2
# - x, w = (np.asarray(a, dtype=float) for a in (x, w))
# + x, w = np.asarray(x, dtype=float).squeeze(), np.asarray(w, dtype=float).squeeze()
# +     x, w = np.atleast_1d(x), np.atleast_1d(w)


# %% ex2: empty arrays are welcome | errors 2
# - or x.size == 0 or w.size == 0
# +


# %% ex2: looks at the axes of x alone | errors 2
# - x.ndim != 1 or w.ndim != 1 or
# + x.ndim != 1 or


# %% ex2: in the dtype of the signal | full 3, parts 2
# - x, w = (np.asarray(a, dtype=float) for a in (x, w))
# + x, w = np.asarray(x), np.asarray(w)
# - full = np.zeros(n + k - 1)
# + full = np.zeros(n + k - 1, dtype=x.dtype)
# - full[j : j + n] += w[j] * x
# + full[j : j + n] += (w[j] * x).astype(x.dtype)


# %% ex2: multiplies before it converts | full 3, parts 2
# - x, w = (np.asarray(a, dtype=float) for a in (x, w))
# + x, w = np.asarray(x), np.asarray(w)


# %% ex2: in float32 | full 3, parts 2
# - x, w = (np.asarray(a, dtype=float) for a in (x, w))
# + x, w = np.asarray(x, dtype=np.float32), np.asarray(w, dtype=np.float32)


# %% ex2: flips the caller's kernel | full 3, parts 2
# - full = np.zeros(n + k - 1)
# + w[:] = w[::-1]
# +     full = np.zeros(n + k - 1)
# - full[j : j + n] += w[j] * x
# + full[j : j + n] += w[k - 1 - j] * x


# %% ex2: through Fourier's transform | nothing
def conv1d(x, w, mode="full"):
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    if x.ndim != 1 or w.ndim != 1 or x.size * w.size == 0:
        raise ValueError("x and w have one axis and some entries")
    if mode not in ("full", "same", "valid") or (mode == "valid" and len(w) > len(x)):
        raise ValueError("mode")
    m = len(x) + len(w) - 1
    y = np.fft.irfft(np.fft.rfft(x, m) * np.fft.rfft(w, m), m)
    if mode == "same":
        return y[(len(w) - 1) // 2 :][: len(x)]
    return y if mode == "full" else y[len(w) - 1 : len(x)]


# %% ex2: products counted by the sum of their places | nothing
def conv1d(x, w, mode="full"):
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    if x.ndim != 1 or w.ndim != 1 or x.size * w.size == 0:
        raise ValueError("x and w have one axis and some entries")
    if mode not in ("full", "same", "valid") or (mode == "valid" and len(w) > len(x)):
        raise ValueError("mode")
    i = np.arange(len(w))[:, None] + np.arange(len(x))
    y = np.bincount(i.ravel(), weights=np.outer(w, x).ravel())
    if mode == "same":
        return y[(len(w) - 1) // 2 :][: len(x)]
    return y if mode == "full" else y[len(w) - 1 : len(x)]


# %% ex2: returns None | full 3, parts 2
# - return parts[mode]
# + parts[mode]


# ------------------------------------------------------------------------------------------ exercise 3: toeplitz_conv1d


# %% ex3: by the formula, entry by entry | nothing
def toeplitz_conv1d(w, n, circular=False):
    if np.ndim(w) != 1 or len(w) == 0 or n < 1 or (circular and len(w) > n):
        raise ValueError("w or n")
    T = np.zeros((n if circular else n + len(w) - 1, n))
    for i in range(T.shape[0]):
        for j in range(n):
            k = (i - j) % n if circular else i - j
            if 0 <= k < len(w):
                T[i, j] = w[k]
    return T


# %% ex3: an index array | nothing
def toeplitz_conv1d(w, n, circular=False):
    w = np.asarray(w, dtype=np.float64)
    if w.ndim != 1 or w.size < 1:
        raise ValueError("w")
    k = w.size
    if n < 1 or (circular and k > n):
        raise ValueError("n")
    lag = np.subtract.outer(np.arange(n if circular else n + k - 1), np.arange(n))
    lag = lag % n if circular else lag
    return np.where((lag >= 0) & (lag < k), w[np.clip(lag, 0, k - 1)], 0.0)


# %% ex3: columns are convolved basis vectors, and the tail is folded back | nothing
def toeplitz_conv1d(w, n, circular=False):
    if np.ndim(w) != 1 or np.size(w) == 0 or not n >= 1:
        raise ValueError("w, n")
    T = np.stack([np.convolve(w, e) for e in np.eye(n)], axis=1)
    if circular:
        if np.size(w) > n:
            raise ValueError("w is too long")
        C = T[:n].copy()
        C[: len(T) - n] += T[n:]
        return C
    return T


# %% ex3: rolls of a column | nothing
def toeplitz_conv1d(w, n, circular=False):
    if n < 1 or np.ndim(w) != 1 or np.size(w) == 0:
        raise ValueError
    if circular and np.size(w) > n:
        raise ValueError
    column = np.zeros(n if circular else n + np.size(w) - 1)
    column[: np.size(w)] = w
    return np.column_stack([np.roll(column, j) for j in range(n)])


# %% ex3: the kernel stands in the rows | toeplitz 3, circulant 2
# - return T
# + return T.T


# %% ex3: the kernel flipped | toeplitz 3, circulant 2
# - T[(j + np.arange(len(w))) % rows, j] = w
# + T[(j + np.arange(len(w))) % rows, j] = w[::-1]


# %% ex3: the circulant matrix with the kernel in its rows | circulant 2
# - return T
# + return T.T if circular else T


# %% ex3: only where the kernel fits | toeplitz 3
# - return T
# + return T if circular else T[len(w) - 1 : n]


# %% ex3: only as many rows as columns | toeplitz 3
# - return T
# + return T[:n]


# %% ex3: never wraps around | circulant 2
# - rows = n if circular else n + len(w) - 1
# + rows = n + len(w) - 1


# %% ex3: the part that would wrap around is cut off | circulant 2
# - return T
# + return np.tril(T)


# %% ex3: always wraps around | toeplitz 3
# - rows = n if circular else n + len(w) - 1
# + rows = n
# - T[(j + np.arange(len(w))) % rows, j] = w
# + T[(j + np.arange(len(w))) % rows, j] += w


# %% ex3: one row too many | toeplitz 3
# - n + len(w) - 1
# + n + len(w)


# %% ex3: circular by default | toeplitz 3, errors 2
# - circular=False
# + circular=True


# %% ex3: wraps around the wrong way | circulant 2
# - T[(j + np.arange(len(w))) % rows, j] = w
# + T[(j + np.arange(len(w)) * (-1 if circular else 1)) % rows, j] = w


# %% ex3: keeps the dtype | toeplitz 3, circulant 2
# - np.zeros((rows, n))
# + np.zeros((rows, n), dtype=w.dtype)


# %% ex3: in float32 | toeplitz 3, circulant 2
# - np.zeros((rows, n))
# + np.zeros((rows, n), dtype=np.float32)


# %% ex3: flips the caller's kernel and back in the result | toeplitz 3, circulant 2
# - T = np.zeros((rows, n))
# + w[:] = w[::-1]
# +     T = np.zeros((rows, n))
# - % rows, j] = w
# + % rows, j] = w[::-1]


# %% ex3: a long kernel is always an error | toeplitz 3, errors 2
# - if circular and len(w) > n:
# + if len(w) > n:


# %% ex3: a long kernel wraps around more than once | errors 2
# - if circular and len(w) > n:
# + if False:
# - T[(j + np.arange(len(w))) % rows, j] = w
# + np.add.at(T, ((j + np.arange(len(w))) % rows, j), w)


# %% ex3: a kernel as long as the signal is too long | circulant 2, errors 2
# - len(w) > n
# + len(w) >= n


# %% ex3: n may be 0 | errors 2
# - or n < 1
# +


# %% ex3: negative n is an error, 0 is not | errors 2
# - n < 1
# + n < 0


# %% ex3: kernels without entries | errors 2
# - or w.size == 0
# +


# %% ex3: flattens the kernel | errors 2
# - if w.ndim != 1
# + w = w.ravel()
# +     if w.ndim != 1


# %% ex3: TypeError | errors 2
# - raise ValueError(f"expected w
# + raise TypeError(f"expected w


# %% ex3: a sum of shifted unit matrices | nothing
def toeplitz_conv1d(w, n, circular=False):
    w = np.array(w, dtype=float)
    if w.ndim != 1 or w.size == 0 or n < 1 or (circular and w.size > n):
        raise ValueError("w or n")
    T = sum(w[j] * np.eye(n + len(w) - 1, n, -j) for j in range(len(w)))
    if circular:
        C = T[:n].copy()
        C[: len(w) - 1] += T[n:]
        return C
    return T


# %% ex3: negative places count from the end of the kernel | toeplitz 3, circulant 2
def toeplitz_conv1d(w, n, circular=False):
    w = np.asarray(w, dtype=float)
    if w.ndim != 1 or w.size == 0 or n < 1 or (circular and w.size > n):
        raise ValueError("w or n")
    rows = n if circular else n + len(w) - 1
    T = np.zeros((rows, n))
    for i in range(rows):
        for j in range(n):
            if -len(w) <= i - j < len(w):
                T[i, j] = w[i - j]
    return T


# %% ex3: the kernel wraps around at its own end | circulant 2
def toeplitz_conv1d(w, n, circular=False):
    w = np.asarray(w, dtype=float)
    if w.ndim != 1 or w.size == 0 or n < 1 or (circular and w.size > n):
        raise ValueError("w or n")
    rows = n if circular else n + len(w) - 1
    T = np.zeros((rows, n))
    for i in range(rows):
        for j in range(n):
            if circular:
                T[i, j] = w[(i - j) % len(w)] if (i - j) % n < len(w) else 0
            elif 0 <= i - j < len(w):
                T[i, j] = w[i - j]
    return T


# %% ex3: returns None | toeplitz 3, circulant 2
# - return T
# + T


# --------------------------------------------------------------------------------------------------- exercise 4: conv2d


# %% ex4: a loop over the kernel, einsum inside | nothing
def conv2d(x, weight, bias=None, stride=1, padding=0):
    x = np.asarray(x, dtype=float)
    weight = np.asarray(weight, dtype=float)
    if x.ndim != 4 or weight.ndim != 4:
        raise ValueError("axes")
    N, C, H, B = x.shape
    outs, C2, K, L = weight.shape
    if C != C2 or stride < 1 or padding < 0:
        raise ValueError("channels, stride or padding")
    if bias is not None and np.asarray(bias).shape != (outs,):
        raise ValueError("bias")
    rows = (H + 2 * padding - K) // stride + 1
    columns = (B + 2 * padding - L) // stride + 1
    if H + 2 * padding < K or B + 2 * padding < L:
        raise ValueError("the kernel is too large")
    padded = np.zeros((N, C, H + 2 * padding, B + 2 * padding))
    padded[:, :, padding : padding + H, padding : padding + B] = x
    y = np.zeros((N, outs, rows, columns))
    for u in range(K):
        for v in range(L):
            part = padded[:, :, u : u + stride * (rows - 1) + 1 : stride, v : v + stride * (columns - 1) + 1 : stride]
            y += np.einsum("ncij,oc->noij", part, weight[:, :, u, v])
    if bias is not None:
        y += np.asarray(bias, dtype=float)[None, :, None, None]
    return y


# %% ex4: patches as the columns of a matrix | nothing
def conv2d(x, weight, bias=None, stride=1, padding=0):
    if np.ndim(x) != 4 or np.ndim(weight) != 4 or x.shape[1] != weight.shape[1]:
        raise ValueError("shapes")
    n, o, (k, m) = len(x), len(weight), weight.shape[2:]
    if bias is None:
        bias = np.zeros(o)
    if np.shape(bias) != (o,) or padding < 0 or stride < 1:
        raise ValueError("bias, padding or stride")
    x = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    tops, lefts = range(0, x.shape[2] - k + 1, stride), range(0, x.shape[3] - m + 1, stride)
    if len(tops) == 0 or len(lefts) == 0:
        raise ValueError("nothing fits")
    patches = np.stack([x[:, :, i : i + k, j : j + m].reshape(n, -1) for i in tops for j in lefts])
    y = patches @ weight.astype(float).reshape(o, -1).T + np.asarray(bias, dtype=float)
    return y.reshape(len(tops), len(lefts), n, o).transpose(2, 3, 0, 1)


# %% ex4: four loops over the output, each entry a sum over a patch | nothing
def conv2d(x, weight, bias=None, stride=1, padding=0):
    x, weight = np.array(x, dtype=float), np.array(weight, dtype=float)
    if x.ndim != 4 or weight.ndim != 4 or weight.shape[1] != x.shape[1] or stride <= 0 or padding < 0:
        raise ValueError("shapes, stride or padding")
    b = np.zeros(weight.shape[0]) if bias is None else np.array(bias, dtype=float)
    if b.shape != weight.shape[:1]:
        raise ValueError("bias")
    x = np.pad(x, ((0,), (0,), (padding,), (padding,)))
    k, m = weight.shape[2:]
    h, w = (x.shape[2] - k) / stride, (x.shape[3] - m) / stride
    if h < 0 or w < 0:
        raise ValueError("kernel")
    y = np.empty((x.shape[0], weight.shape[0], int(h) + 1, int(w) + 1))
    for n, o, i, j in np.ndindex(y.shape):
        patch = x[n, :, i * stride : i * stride + k, j * stride : j * stride + m]
        y[n, o, i, j] = np.sum(patch * weight[o]) + b[o]
    return y


# %% ex4: six loops, one multiplication at a time | fast 2
# - windows = np.lib.stride_tricks
# + rows, columns = (padded.shape[2] - kernel[0]) // stride + 1, (padded.shape[3] - kernel[1]) // stride + 1
# +     if min(rows, columns) < 1:
# +         raise ValueError("too large")
# +     b = np.zeros(len(weight)) if bias is None else np.asarray(bias, dtype=float)
# +     out = np.zeros((len(x), len(weight), rows, columns))
# +     for n in range(len(x)):
# +         for o in range(len(weight)):
# +             for i in range(rows):
# +                 for j in range(columns):
# +                     total = b[o]
# +                     for c in range(x.shape[1]):
# +                         for u in range(kernel[0]):
# +                             for v in range(kernel[1]):
# +                                 total += weight[o, c, u, v] * padded[n, c, i * stride + u, j * stride + v]
# +                     out[n, o, i, j] = total
# +     return out
# +     windows = np.lib.stride_tricks


# %% ex4: a loop over channels inside a loop over all outputs | fast 2
# - windows = np.lib.stride_tricks
# + rows, columns = (padded.shape[2] - kernel[0]) // stride + 1, (padded.shape[3] - kernel[1]) // stride + 1
# +     if min(rows, columns) < 1:
# +         raise ValueError("too large")
# +     b = np.zeros(len(weight)) if bias is None else np.asarray(bias, dtype=float)
# +     out = np.zeros((len(x), len(weight), rows, columns))
# +     for n, o, i, j in np.ndindex(out.shape):
# +         out[n, o, i, j] = b[o]
# +         top, left = i * stride, j * stride
# +         for c in range(x.shape[1]):
# +             patch = padded[n, c, top : top + kernel[0], left : left + kernel[1]]
# +             out[n, o, i, j] += np.sum(patch * weight[o, c])
# +     return out
# +     windows = np.lib.stride_tricks


# %% ex4: flips the kernel | values 3, strides 3, fast 2
# - y = np.tensordot(windows, weight, axes
# + y = np.tensordot(windows, weight[:, :, ::-1, ::-1], axes


# %% ex4: transposes the kernel | values 3, strides 3, fast 2
# - axes=((1, 4, 5), (1, 2, 3))
# + axes=((1, 4, 5), (1, 3, 2))
# - kernel = weight.shape[2:]
# + weight = weight if weight.shape[2] != weight.shape[3] else weight.swapaxes(2, 3)
# +     weight = weight.swapaxes(2, 3)
# +     kernel = weight.shape[:1:-1]


# %% ex4: the first channel alone | values 3, strides 3, fast 2
# - y = np.tensordot(windows, weight, axes
# + y = np.tensordot(windows[:, :1], weight[:, :1], axes


# %% ex4: the mean over the channels | values 3, strides 3, fast 2
# - y = np.tensordot(windows, weight, axes
# + y = 1 / x.shape[1] * np.tensordot(windows, weight, axes


# %% ex4: the output with channels last | values 3, strides 3, fast 2
# - return np.moveaxis(y, 3, 1)
# + return y


# %% ex4: rows and columns of the output exchanged | values 3, strides 3, fast 2
# - return np.moveaxis(y, 3, 1)
# + return np.moveaxis(y, 3, 1).swapaxes(2, 3)


# %% ex4: no bias | values 3, strides 3
# - y if bias is None else y + bias
# + y


# %% ex4: the bias subtracted | values 3, strides 3
# - y + bias
# + y - bias


# %% ex4: the bias of the first kernel everywhere | values 3, strides 3
# - y + bias
# + y + float(bias[0])


# %% ex4: the bias is added along the columns | values 3, strides 3
# - y = y if bias is None else y + bias
# + y = y if bias is None else np.moveaxis(np.moveaxis(y, 3, 1) + bias, 1, 3)


# %% ex4: the bias is added where there is an image only | strides 3
# - y = y if bias is None else y + bias
# + if bias is None:
# +         return np.moveaxis(y, 3, 1)
# +     seen = np.lib.stride_tricks.sliding_window_view(
# +         np.pad(np.ones(x.shape[2:]), padding), kernel
# +     )[::stride, ::stride].any(axis=(2, 3))
# +     seen[1:-1, 1:-1] = True
# +     seen = seen if padding == 0 else np.pad(np.zeros(np.array(seen.shape) - 2), 1) + 0 * seen
# +     y = y + bias * (seen if padding else np.ones(y.shape[1:3]))[:, :, None]


# %% ex4: needs a bias | values 3, strides 3, fast 2
# - y if bias is None else y + bias
# + y + np.asarray(bias, dtype=float)


# %% ex4: no stride | strides 3, fast 2
# - [:, :, ::stride, ::stride]
# + [:, :, ::1, ::1]


# %% ex4: stride for the rows alone | strides 3, fast 2
# - [:, :, ::stride, ::stride]
# + [:, :, ::stride]


# %% ex4: the stride begins late | strides 3, fast 2
# - [:, :, ::stride, ::stride]
# + [:, :, stride - 1 :: stride, stride - 1 :: stride]


# %% ex4: no padding | strides 3, fast 2, errors 2
# - ((0, 0), (0, 0), (padding, padding), (padding, padding))
# + ((0, 0), (0, 0), (0, 0), (0, 0))


# %% ex4: padding above and to the left alone | strides 3, fast 2, errors 2
# - ((0, 0), (0, 0), (padding, padding), (padding, padding))
# + ((0, 0), (0, 0), (padding, 0), (padding, 0))


# %% ex4: pads the rows alone | strides 3, fast 2, errors 2
# - ((0, 0), (0, 0), (padding, padding), (padding, padding))
# + ((0, 0), (0, 0), (padding, padding), (0, 0))


# %% ex4: pads with the border | strides 3, fast 2
# - ((0, 0), (0, 0), (padding, padding), (padding, padding))
# + ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge"


# %% ex4: pads the channels, too | strides 3, fast 2
# - ((0, 0), (0, 0), (padding, padding), (padding, padding))
# + padding
# - windows = np.lib
# + padded = padded if padding == 0 else padded[:, padding:-padding]
# +     windows = np.lib


# %% ex4: stride and padding exchanged | strides 3, fast 2, errors 2
# - bias=None, stride=1, padding=0
# + bias=None, padding=0, stride=1


# %% ex4: in the dtype of the images | strides 3
# - x, weight = (np.asarray(a, dtype=float) for a in (x, weight))
# + x, weight = np.asarray(x), np.asarray(weight)


# %% ex4: in float32 | values 3, strides 3, fast 2
# - x, weight = (np.asarray(a, dtype=float) for a in (x, weight))
# + x, weight = np.asarray(x, dtype=np.float32), np.asarray(weight, dtype=np.float32)


# %% ex4: adds the bias in the caller's kernels | values 3, strides 3, fast 2
# - kernel = weight.shape[2:]
# + weight *= 2.0
# +     weight /= 2.0
# +     weight += 1e-9
# +     kernel = weight.shape[2:]


# %% ex4: one kernel for all channels broadcasts | errors 2
# - or x.shape[1] != weight.shape[1]
# + or (weight.shape[1] != 1 and x.shape[1] != weight.shape[1])
# - kernel = weight.shape[2:]
# + weight = np.broadcast_to(weight, (len(weight), x.shape[1], *weight.shape[2:]))
# +     kernel = weight.shape[2:]


# %% ex4: looks at the axes of x alone | errors 2
# - x.ndim != 4 or weight.ndim != 4 or
# + x.ndim != 4 or


# %% ex4: one image without its first axis | errors 2
# - if x.ndim != 4 or
# + if x.ndim == 3:
# +         x = x[None]
# +     if x.ndim != 4 or


# %% ex4: a bias that broadcasts | errors 2
# - if bias is not None and np.shape(bias) != (len(weight),):
# + if False:


# %% ex4: the size of the bias is compared, its shape is not | errors 2
# - np.shape(bias) != (len(weight),)
# + np.size(bias) != len(weight)


# %% ex4: a bias for each channel of the input | values 3, strides 3, errors 2
# - np.shape(bias) != (len(weight),)
# + np.shape(bias) != (weight.shape[1],)


# %% ex4: padding may be negative | errors 2
# - stride < 1 or padding < 0
# + stride < 1
# - padded = np.pad(x,
# + cut = slice(-padding, padding) if padding < 0 else slice(None)
# +     x, padding = x[:, :, cut, cut], max(padding, 0)
# +     padded = np.pad(x,


# %% ex4: a negative stride turns the image | errors 2
# - stride < 1 or padding < 0
# + stride == 0 or padding < 0


# %% ex4: a stride of 0 | errors 2
# - stride < 1 or padding < 0
# + stride < 0 or padding < 0
# - [:, :, ::stride, ::stride]
# + [:, :, :: max(stride, 1), :: max(stride, 1)]


# %% ex4: the kernel against the image without its border | strides 3, errors 2
# - windows = np.lib
# + if kernel[0] > x.shape[2] or kernel[1] > x.shape[3]:
# +         raise ValueError("too large")
# +     windows = np.lib


# %% ex4: a kernel that is too large gives an empty output | errors 2
# - windows = np.lib
# + if kernel[0] > padded.shape[2] or kernel[1] > padded.shape[3]:
# +         return np.zeros((len(x), len(weight), 0, 0))
# +     windows = np.lib


# %% ex4: a kernel as large as the image is too large | values 3, strides 3, errors 2
# - windows = np.lib
# + if kernel[0] >= padded.shape[2] or kernel[1] >= padded.shape[3]:
# +         raise ValueError("too large")
# +     windows = np.lib


# %% ex4: the kernel's rows against the image's columns | values 3
# - windows = np.lib
# + if kernel[0] > padded.shape[3] or kernel[1] > padded.shape[2]:
# +         raise ValueError("too large")
# +     windows = np.lib


# %% ex4: kernels and images must be square | values 3, strides 3, fast 2
# - kernel = weight.shape[2:]
# + kernel = weight.shape[2:]
# +     if kernel[0] != kernel[1] or x.shape[2] != x.shape[3]:
# +         raise ValueError("not square")


# %% ex4: asks whether the bias is true | values 3, strides 3, errors 2
def conv2d(x, weight, bias=None, stride=1, padding=0):
    x, weight = np.asarray(x, dtype=float), np.asarray(weight, dtype=float)
    if x.ndim != 4 or weight.ndim != 4 or x.shape[1] != weight.shape[1] or stride < 1 or padding < 0:
        raise ValueError("shapes")
    if bias is not None and np.shape(bias) != (len(weight),):
        raise ValueError("bias")
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.tensordot(windows, weight, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    if bias:
        y = y + np.reshape(bias, (1, -1, 1, 1))
    return y


# %% ex4: the number of places is rounded up | strides 3
def conv2d(x, weight, bias=None, stride=1, padding=0):
    x, weight = np.asarray(x, dtype=float), np.asarray(weight, dtype=float)
    if x.ndim != 4 or weight.ndim != 4 or x.shape[1] != weight.shape[1] or stride < 1 or padding < 0:
        raise ValueError("shapes")
    if bias is not None and np.shape(bias) != (len(weight),):
        raise ValueError("bias")
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, columns, K, L = *x.shape[2:], *weight.shape[2:]
    if rows < K or columns < L:
        raise ValueError("kernel")
    rows, columns = -((K - rows) // stride) + 1, -((L - columns) // stride) + 1
    x = np.pad(x, ((0, 0), (0, 0), (0, stride), (0, stride)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (K, L), axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.tensordot(windows[:, :, :rows, :columns], weight, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    return y if bias is None else y + np.asarray(bias, dtype=float)[:, None, None]


# %% ex4: returns None | values 3, strides 3, fast 2
# - return np.moveaxis(y, 3, 1)
# + np.moveaxis(y, 3, 1)


# ------------------------------------------------------------------------------------------ exercise 5: conv2d_backward


# %% ex5: seven loops, as it is written | nothing
def conv2d_backward(G, x, weight, stride=1, padding=0):
    G, x, weight = np.array(G, dtype=float), np.array(x, dtype=float), np.array(weight, dtype=float)
    outs, C, K, L = weight.shape
    N, _, H, B = x.shape
    shape = (N, outs, (H + 2 * padding - K) // stride + 1, (B + 2 * padding - L) // stride + 1)
    if np.shape(G) != shape:
        raise ValueError(f"G should have shape {shape}")
    padded = np.zeros((N, C, H + 2 * padding, B + 2 * padding))
    padded[:, :, padding : H + padding, padding : B + padding] = x
    dx, dweight, dbias = np.zeros_like(padded), np.zeros_like(weight), np.zeros(outs)
    for n, o, i, j in np.ndindex(shape):
        dbias[o] += G[n, o, i, j]
        for c, u, v in np.ndindex(C, K, L):
            r, q = i * stride + u, j * stride + v
            dweight[o, c, u, v] += G[n, o, i, j] * padded[n, c, r, q]
            dx[n, c, r, q] += G[n, o, i, j] * weight[o, c, u, v]
    return dx[:, :, padding : H + padding, padding : B + padding], dweight, dbias


# %% ex5: a loop over the outputs' rows and columns | nothing
def conv2d_backward(G, x, weight, stride=1, padding=0):
    G = np.asarray(G, dtype=float)
    weight = np.asarray(weight, dtype=float)
    K, L = weight.shape[2:]
    padded = np.pad(np.asarray(x, dtype=float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = len(range(0, padded.shape[2] - K + 1, stride))
    columns = len(range(0, padded.shape[3] - L + 1, stride))
    if G.shape != (x.shape[0], weight.shape[0], rows, columns):
        raise ValueError("G")
    dx, dweight = np.zeros_like(padded), np.zeros_like(weight)
    for i in range(rows):
        for j in range(columns):
            place = (slice(None), slice(None), slice(i * stride, i * stride + K), slice(j * stride, j * stride + L))
            dweight += np.tensordot(G[:, :, i, j], padded[place], axes=(0, 0))
            dx[place] += np.tensordot(G[:, :, i, j], weight, axes=1)
    if padding:
        dx = dx[:, :, padding:-padding, padding:-padding]
    return dx, dweight, np.einsum("noij->o", G)


# %% ex5: a full convolution with the flipped kernel | nothing
def conv2d_backward(G, x, weight, stride=1, padding=0):
    G, x, weight = (np.asarray(a, dtype=float) for a in (G, x, weight))
    K, L = weight.shape[2:]
    H, B = (size + 2 * padding for size in x.shape[2:])
    if G.shape != (len(x), len(weight), 1 + (H - K) // stride, 1 + (B - L) // stride):
        raise ValueError("G")
    spread = np.zeros((*G.shape[:2], H + K - 1, B + L - 1))  # zeros between the gradients, and around them
    spread[:, :, K - 1 : H : stride, L - 1 : B : stride] = G
    windows = np.lib.stride_tricks.sliding_window_view(spread, (K, L), axis=(2, 3))
    dx = np.einsum("noijuv,ocuv->ncij", windows, weight[:, :, ::-1, ::-1])
    padded = np.pad(x, ((0,), (0,), (padding,), (padding,)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (K, L), axis=(2, 3))[:, :, ::stride, ::stride]
    dweight = np.einsum("noij,ncijuv->ocuv", G, seen)
    return dx[:, :, padding : H - padding, padding : B - padding], dweight, G.sum((0, 2, 3))


# %% ex5: nothing for the images | images 3, strides 3
# - return dx[:, :, padding : padding + H, padding : padding + B], dweight
# + return None, dweight


# %% ex5: zeros for the images | images 3, strides 3
# - dx[seen] += np.einsum("noij,oc->ncij", G, weight[:, :, u, v])
# + dx[seen] += 0


# %% ex5: nothing but the images | parameters 3
# - padding : padding + B], dweight, G.sum(axis=(0, 2, 3))
# + padding : padding + B], None, None


# %% ex5: the border stays on | strides 3
# - return dx[:, :, padding : padding + H, padding : padding + B], dweight
# + return dx, dweight


# %% ex5: cuts off the border with a slice that is empty without padding | images 3, strides 3
# - return dx[:, :, padding : padding + H, padding : padding + B], dweight
# + return dx[:, :, padding:-padding, padding:-padding], dweight


# %% ex5: cuts off the end twice | strides 3
# - return dx[:, :, padding : padding + H, padding : padding + B], dweight
# + return dx[:, :, :H, :B], dweight


# %% ex5: where windows overlap, the last one stays | images 3, strides 3
# - dx[seen] += np.einsum(
# + dx[seen] = np.einsum(


# %% ex5: the kernel flipped for the images | images 3, strides 3
# - weight[:, :, u, v])
# + weight[:, :, K - 1 - u, L - 1 - v])


# %% ex5: the kernel gradient flipped | parameters 3
# - dweight[:, :, u, v] = np.einsum
# + dweight[:, :, K - 1 - u, L - 1 - v] = np.einsum


# %% ex5: the gradient of the first image alone | parameters 3
# - np.einsum("noij,ncij->oc", G, padded[seen])
# + np.einsum("noij,ncij->oc", G[:1], padded[seen][:1])


# %% ex5: the mean over the images | parameters 3
# - np.einsum("noij,ncij->oc", G, padded[seen])
# + np.einsum("noij,ncij->oc", G, padded[seen]) / len(x)


# %% ex5: the mean over the pixels | parameters 3
# - np.einsum("noij,ncij->oc", G, padded[seen])
# + np.einsum("noij,ncij->oc", G, padded[seen]) / (rows * columns)


# %% ex5: the mean for the bias | parameters 3
# - G.sum(axis=(0, 2, 3))
# + G.mean(axis=(0, 2, 3))


# %% ex5: the bias of each image | parameters 3
# - G.sum(axis=(0, 2, 3))
# + G.sum(axis=(2, 3))


# %% ex5: the bias as a single number | parameters 3
# - G.sum(axis=(0, 2, 3))
# + G.sum()


# %% ex5: the bias with axes of length 1 | parameters 3
# - G.sum(axis=(0, 2, 3))
# + G.sum(axis=(0, 2, 3), keepdims=True)


# %% ex5: the bias after the batch alone | parameters 3
# - G.sum(axis=(0, 2, 3))
# + G.sum(axis=0)


# %% ex5: in another order | parameters 3
# - padding : padding + B], dweight, G.sum(axis=(0, 2, 3))
# + padding : padding + B], G.sum(axis=(0, 2, 3)), dweight


# %% ex5: the stride forgotten | parameters 3, strides 3
# - np.s_[:, :, u : u + rows * stride : stride, v : v + columns * stride : stride]
# + np.s_[:, :, u : u + rows, v : v + columns]


# %% ex5: the stride of the rows for both, the columns without | parameters 3, strides 3
# - v : v + columns * stride : stride]
# + v : v + columns]


# %% ex5: kernels seen from the image without its border | parameters 3
# - padded = np.pad(x,
# + padded = np.roll(np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding))), 0)
# +     unpadded = padded
# +     padded = np.pad(x,
# - G, padded[seen])
# + G, unpadded[seen])


# %% ex5: padding with the border for the kernels | parameters 3
# - (padding, padding), (padding, padding)))
# + (padding, padding), (padding, padding)), mode="edge")


# %% ex5: kernels with their axes exchanged | parameters 3, images 3, strides 3, errors 2
# - np.einsum("noij,ncij->oc", G, padded[seen])
# + np.einsum("noij,ncij->co", G, padded[seen])


# %% ex5: minus | parameters 3, images 3, strides 3
# - G, x, weight = (np.asarray(a, dtype=float) for a in (G, x, weight))
# + G, x, weight = -np.asarray(G, dtype=float), np.asarray(x, dtype=float), np.asarray(weight, dtype=float)


# %% ex5: in the dtype that comes in | parameters 3, images 3
# - G, x, weight = (np.asarray(a, dtype=float) for a in (G, x, weight))
# + pass
# - dx, dweight = np.zeros(padded.shape), np.zeros(weight.shape)
# + dx, dweight = np.zeros(padded.shape, dtype=x.dtype), np.zeros(weight.shape, dtype=weight.dtype)
# - dx[seen] += np.einsum("noij,oc->ncij", G, weight[:, :, u, v])
# + dx[seen] += np.einsum("noij,oc->ncij", G, weight[:, :, u, v]).astype(dx.dtype)


# %% ex5: in float32 | parameters 3, images 3, strides 3
# - np.asarray(a, dtype=float)
# + np.asarray(a, dtype=np.float32)


# %% ex5: scales the caller's gradient | parameters 3, images 3, strides 3
# - padded = np.pad(x,
# + G *= 2.0
# +     G /= 1.9999999999
# +     padded = np.pad(x,


# %% ex5: takes any G that broadcasts | errors 2
# - if G.shape != (len(x), len(weight), rows, columns):
# + G = np.broadcast_to(G, (len(x), len(weight), rows, columns))
# +     if False:


# %% ex5: takes any G of the right size | errors 2
# - if G.shape != (len(x), len(weight), rows, columns):
# + G = G.reshape(len(x), len(weight), rows, columns)
# +     if False:


# %% ex5: looks at rows and columns of G alone | errors 2
# - if G.shape != (len(x), len(weight), rows, columns):
# + if G.ndim < 4 or G.shape[2:] != (rows, columns):


# %% ex5: looks at images and kernels of G alone | errors 2
# - if G.shape != (len(x), len(weight), rows, columns):
# + if G.ndim != 4 or G.shape[:2] != (len(x), len(weight)):


# %% ex5: does not look at G | errors 2
# - if G.shape != (len(x), len(weight), rows, columns):
# + if False:


# %% ex5: expects a G as large as the image | parameters 3, images 3, strides 3, errors 2
# - if G.shape != (len(x), len(weight), rows, columns):
# + if G.shape[2:] != (H, B):


# %% ex5: another error | errors 2
# - raise ValueError(f"expected G
# + raise IndexError(f"expected G


# %% ex5: pixels that no kernel has looked at are missing | strides 3
def conv2d_backward(G, x, weight, stride=1, padding=0):
    G, x, weight = (np.asarray(a, dtype=float) for a in (G, x, weight))
    N, C, H, B = x.shape
    M, _, K, L = weight.shape
    rows, columns = (H + 2 * padding - K) // stride + 1, (B + 2 * padding - L) // stride + 1
    if G.shape != (N, M, rows, columns):
        raise ValueError("G")
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dweight = np.zeros_like(weight)
    dpadded = np.zeros((N, C, (rows - 1) * stride + K, (columns - 1) * stride + L))
    for i in range(rows):
        for j in range(columns):
            here = (slice(None), slice(None), slice(i * stride, i * stride + K), slice(j * stride, j * stride + L))
            dpadded[here] += np.tensordot(G[:, :, i, j], weight, axes=1)
            dweight += np.tensordot(G[:, :, i, j].T, padded[here], axes=1)
    return dpadded[:, :, padding : padding + H, padding : padding + B], dweight, G.sum(axis=(0, 2, 3))


# %% ex5: a full convolution that fails where the padding is as wide as the kernel | parameters 3, strides 3
def conv2d_backward(G, x, weight, stride=1, padding=0):
    G, x, weight = (np.asarray(a, dtype=float) for a in (G, x, weight))
    N, _, H, B = x.shape
    M, _, K, L = weight.shape
    rows, columns = (H + 2 * padding - K) // stride + 1, (B + 2 * padding - L) // stride + 1
    if G.shape != (N, M, rows, columns):
        raise ValueError("G")
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (K, L), axis=(2, 3))[:, :, ::stride, ::stride]
    spread = np.zeros((N, M, H + 2 * padding - K + 1, B + 2 * padding - L + 1))
    spread[:, :, ::stride, ::stride] = G
    up, left = K - 1 - padding, L - 1 - padding
    spread = np.pad(spread, ((0, 0), (0, 0), (up, up), (left, left)))
    back = np.lib.stride_tricks.sliding_window_view(spread, (K, L), axis=(2, 3))
    dx = np.einsum("nohbuv,ocuv->nchb", back, weight[:, :, ::-1, ::-1])
    return dx, np.einsum("noij,ncijuv->ocuv", G, seen), G.sum(axis=(0, 2, 3))


# %% ex5: returns None | parameters 3, images 3, strides 3
# - return dx[
# + dx[


# ----------------------------------------------------------------------------------------------- exercise 6: max_pool2d


# %% ex6: four loops | nothing
def max_pool2d(x, size, stride=None):
    if stride is None:
        stride = size
    if np.ndim(x) != 4 or size < 1 or stride < 1 or x.shape[2] < size or x.shape[3] < size:
        raise ValueError("x, size or stride")
    rows, columns = (x.shape[2] - size) // stride + 1, (x.shape[3] - size) // stride + 1
    y = np.zeros((x.shape[0], x.shape[1], rows, columns))
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(rows):
                for j in range(columns):
                    top, left = i * stride, j * stride
                    y[n, c, i, j] = np.max(x[n, c, top : top + size, left : left + size])
    return y


# %% ex6: the largest of shifted copies | nothing
def max_pool2d(x, size, stride=None):
    x = np.asarray(x).astype(float)
    stride = stride if stride is not None else size
    if x.ndim != 4 or min(size, stride) < 1 or size > x.shape[2] or size > x.shape[3]:
        raise ValueError("no")
    last_row, last_column = x.shape[2] - size + 1, x.shape[3] - size + 1
    y = None
    for u, v in itertools.product(range(size), repeat=2):
        shifted = x[:, :, u : u + last_row : stride, v : v + last_column : stride]
        y = shifted.copy() if y is None else np.maximum(y, shifted)
    return y


# %% ex6: the mean | values 2, strides 2
# - stride < 1
# + min(size, stride) < 1
# - windows.max(
# + windows.mean(


# %% ex6: the smallest | values 2, strides 2
# - windows.max(
# + windows.min(


# %% ex6: the largest size | values 2, strides 2
# - windows.max(
# + np.abs(windows).max(


# %% ex6: begins with 0 | values 2, strides 2
# - stride < 1
# + min(size, stride) < 1
# - windows.max(axis=(4, 5))
# + windows.max(axis=(4, 5), initial=0)


# %% ex6: begins with a number that is not small enough | strides 2
# - stride < 1
# + min(size, stride) < 1
# - windows.max(axis=(4, 5))
# + windows.max(axis=(4, 5), initial=-1e9)


# %% ex6: over all channels | values 2, strides 2
# - windows.max(axis=(4, 5))
# + windows.max(axis=(1, 4, 5), keepdims=True)[..., 0, 0]


# %% ex6: over the whole image | values 2, strides 2
# - windows.max(axis=(4, 5))
# + windows.max(axis=(2, 3, 4, 5), keepdims=True)[..., 0, 0]


# %% ex6: stride 1 without a stride | values 2
# - stride = size if stride is None else stride
# + stride = 1 if stride is None else stride


# %% ex6: always side by side | strides 2, errors 2
# - stride = size if stride is None else stride
# + stride = size


# %% ex6: the rest is pooled, too | values 2, strides 2
# - windows = np.lib
# + if size > min(x.shape[2:]):
# +         raise ValueError("too large")
# +     rest = [-(n - size) % stride for n in x.shape[2:]]
# +     x = np.pad(x, ((0, 0), (0, 0), (0, rest[0]), (0, rest[1])), constant_values=-np.inf)
# +     windows = np.lib


# %% ex6: the rest is an error | values 2, strides 2, errors 2
# - stride < 1
# + stride < 1 or (x.shape[2] - size) % stride or (x.shape[3] - size) % stride


# %% ex6: stride along the rows alone | values 2, strides 2
# - [:, :, ::stride, ::stride]
# + [:, :, ::stride]


# %% ex6: the window a row too high | values 2, strides 2, errors 2
# - (size, size)
# + (size + 1, size)


# %% ex6: keeps the dtype | strides 2
# - x = np.asarray(x, dtype=float)
# + x = np.asarray(x)


# %% ex6: in float32 | values 2, strides 2
# - x = np.asarray(x, dtype=float)
# + x = np.asarray(x, dtype=np.float32)


# %% ex6: channels last | values 2, strides 2, errors 2
# - axis=(2, 3))[:, :, ::stride, ::stride]
# + axis=(1, 2))[:, ::stride, ::stride]


# %% ex6: sorts the caller's image | values 2, strides 2
# - windows = np.lib
# + x.sort(axis=3)
# +     windows = np.lib


# %% ex6: windows larger than the image are cut | errors 2
# - windows = np.lib
# + size = min(size, *x.shape[2:])
# +     windows = np.lib


# %% ex6: looks at the rows alone | errors 2
# - windows = np.lib
# + x = np.pad(x, ((0, 0), (0, 0), (0, 0), (0, max(0, size - x.shape[3]))))
# +     windows = np.lib


# %% ex6: a window as large as the image is too large | values 2, strides 2, errors 2
# - stride < 1
# + stride < 1 or size >= min(x.shape[2:])


# %% ex6: one image without its first axis | errors 2
# - if x.ndim != 4
# + x = x[None] if x.ndim == 3 else x
# +     if x.ndim != 4


# %% ex6: any number of axes | errors 2
# - if x.ndim != 4 or
# + if x.ndim > 4:
# +         x = x[0]
# +     if


# %% ex6: a stride of 0 or less | errors 2
# - or stride < 1
# +
# - windows = np.lib
# + stride = max(stride, 1)
# +     windows = np.lib


# %% ex6: a stride of 0 stands for the default | errors 2
# - stride = size if stride is None else stride
# + stride = stride or size


# %% ex6: a window of 0 | errors 2
# - windows = np.lib
# + size, stride = max(size, 1), max(stride, 1)
# +     windows = np.lib
# - stride < 1
# + stride < 0


# %% ex6: windows never leave gaps | strides 2
def max_pool2d(x, size, stride=None):
    x = np.asarray(x, dtype=float)
    stride = size if stride is None else min(stride, size)
    if x.ndim != 4 or size < 1 or stride < 1 or size > min(x.shape[2:]):
        raise ValueError("x, size or stride")
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), (2, 3))[:, :, ::stride, ::stride].max(axis=(4, 5))


# %% ex6: returns None | values 2, strides 2
# - return windows.max(axis=(4, 5))
# + windows.max(axis=(4, 5))


# -------------------------------------------------------------------------------------- exercise 7: max_pool2d_backward


# %% ex7: six loops and the first of the largest | nothing
def max_pool2d_backward(G, x, size, stride=None):
    s = size if stride is None else stride
    N, C, H, B = x.shape
    rows, columns = (H - size) // s + 1, (B - size) // s + 1
    if np.shape(G) != (N, C, rows, columns):
        raise ValueError("G")
    dx = np.zeros(x.shape)
    for n in range(N):
        for c in range(C):
            for i in range(rows):
                for j in range(columns):
                    best = (i * s, j * s)
                    for r in range(i * s, i * s + size):
                        for q in range(j * s, j * s + size):
                            if x[n, c, r, q] > x[n, c, best[0], best[1]]:
                                best = (r, q)
                    dx[n, c, best[0], best[1]] += G[n, c, i, j]
    return dx


# %% ex7: all windows at once, with add.at | nothing
def max_pool2d_backward(G, x, size, stride=None):
    G, x = np.asarray(G, dtype=float), np.asarray(x, dtype=float)
    stride = stride or size
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    if G.shape != windows.shape[:4]:
        raise ValueError("G")
    u, v = np.divmod(windows.reshape(*G.shape, -1).argmax(-1), size)
    n, c, i, j = np.indices(G.shape)
    dx = np.zeros_like(x)
    np.add.at(dx, (n, c, i * stride + u, j * stride + v), G)
    return dx


# %% ex7: to all of the largest | overlap 2
# - u, v = np.unravel_index(window.argmax(), window.shape)  # argmax reads row by row and stops at the first
# + place = dx[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
# - dx[n, c, i * stride + u, j * stride + v] += G[n, c, i, j]
# + place += G[n, c, i, j] * (window == window.max())


# %% ex7: shared by the largest | overlap 2
# - u, v = np.unravel_index(window.argmax(), window.shape)  # argmax reads row by row and stops at the first
# + place, largest = dx[n, c, i * stride : i * stride + size, j * stride : j * stride + size], window == window.max()
# - dx[n, c, i * stride + u, j * stride + v] += G[n, c, i, j]
# + place += G[n, c, i, j] * largest / largest.sum()


# %% ex7: to the last of the largest | overlap 2
# - np.unravel_index(window.argmax(), window.shape)
# + np.unravel_index(window.size - 1 - window[::-1, ::-1].argmax(), window.shape)


# %% ex7: to the first, column by column | overlap 2
# - u, v = np.unravel_index(window.argmax(), window.shape)
# + v, u = np.unravel_index(window.T.argmax(), window.T.shape)


# %% ex7: nearly the largest is the largest | overlap 2
# - window.argmax()
# + (window >= window.max() - 1e-9).argmax()


# %% ex7: rows and columns exchanged | values 3, overlap 2
# - u, v = np.unravel_index
# + v, u = np.unravel_index


# %% ex7: to the smallest | values 3, overlap 2
# - window.argmax()
# + window.argmin()


# %% ex7: to the largest in size | values 3, overlap 2
# - window.argmax()
# + np.abs(window).argmax()


# %% ex7: to all pixels of the window, as for the mean | values 3, overlap 2
# - dx[n, c, i * stride + u, j * stride + v] += G[n, c, i, j]
# + dx[n, c, i * stride : i * stride + size, j * stride : j * stride + size] += G[n, c, i, j] / window.size


# %% ex7: where windows overlap, the last one stays | overlap 2
# - j * stride + v] += G
# + j * stride + v] = G


# %% ex7: times the largest number | values 3, overlap 2
# - += G[n, c, i, j]
# + += G[n, c, i, j] * window.max()


# %% ex7: 1 instead of the gradient | values 3, overlap 2
# - += G[n, c, i, j]
# + += 1


# %% ex7: gradients by their size | values 3, overlap 2
# - += G[n, c, i, j]
# + += abs(G[n, c, i, j])


# %% ex7: the place in the window, not in the image | values 3, overlap 2
# - dx[n, c, i * stride + u, j * stride + v] +=
# + dx[n, c, u, v] +=


# %% ex7: windows always lie side by side | overlap 2, errors 2
# - stride = size if stride is None else stride
# + stride = size


# %% ex7: stride 1 without a stride | values 3, errors 2
# - stride = size if stride is None else stride
# + stride = 1 if stride is None else stride


# %% ex7: windows of one pixel less | values 3, overlap 2
# - j * stride : j * stride + size]
# + j * stride : j * stride + max(size - 1, 1)]


# %% ex7: a window that is not moved along the rows | values 3, overlap 2
# - window = x[n, c, i * stride : i * stride + size,
# + window = x[n, c, 0:size,


# %% ex7: in the dtype that comes in | overlap 2
# - dx = np.zeros(x.shape)
# + dx = np.zeros(x.shape, dtype=x.dtype)
# - dx[n, c, i * stride + u, j * stride + v] += G[n, c, i, j]
# + dx[n, c, i * stride + u, j * stride + v] += np.asarray(G[n, c, i, j]).astype(x.dtype)


# %% ex7: in float32 | values 3, overlap 2
# - dx = np.zeros(x.shape)
# + dx = np.zeros(x.shape, dtype=np.float32)


# %% ex7: on top of the image | values 3, overlap 2
# - dx = np.zeros(x.shape)
# + dx = x


# %% ex7: on top of a copy of the image | values 3, overlap 2
# - dx = np.zeros(x.shape)
# + dx = x.copy()


# %% ex7: marks what it has used in the caller's image | values 3, overlap 2
# - += G[n, c, i, j]
# + += G[n, c, i, j]
# +         x[n, c, i * stride + u, j * stride + v] = -np.inf


# %% ex7: does not look at G | errors 2
# - if G.shape != (N, C, rows, columns):
# + if False:


# %% ex7: a G that broadcasts | errors 2
# - if G.shape != (N, C, rows, columns):
# + G = np.broadcast_to(G, (N, C, rows, columns))
# +     if False:


# %% ex7: a G of the right size | errors 2
# - if G.shape != (N, C, rows, columns):
# + if G.size != N * C * rows * columns:


# %% ex7: looks at rows and columns of G alone | errors 2
# - if G.shape != (N, C, rows, columns):
# + if G.shape[2:] != (rows, columns):


# %% ex7: looks at images and channels of G alone | errors 2
# - if G.shape != (N, C, rows, columns):
# + if G.ndim != 4 or G.shape[:2] != (N, C):


# %% ex7: another error | errors 2
# - raise ValueError
# + raise RuntimeError


# %% ex7: argmax, window by window | nothing
def max_pool2d_backward(G, x, size, stride=None):
    G, x = np.asarray(G, dtype=float), np.asarray(x, dtype=float)
    stride = size if stride is None else stride
    N, C, H, B = x.shape
    shape = (N, C, (H - size) // stride + 1, (B - size) // stride + 1)
    if G.shape != shape:
        raise ValueError("G")
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(shape):
        window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        u, v = divmod(int(window.argmax()), size)
        dx[n, c, i * stride + u, j * stride + v] += G[n, c, i, j]
    return dx


# %% ex7: returns None | values 3, overlap 2
# - return dx
# + dx


# ------------------------------------------------------------------------------------------- exercise 8: edge_magnitude


# %% ex8: nine shifted copies for each kernel | nothing
def edge_magnitude(image):
    if np.ndim(image) != 2 or 0 in np.shape(image):
        raise ValueError("image")
    h, b = image.shape
    padded = np.pad(image.astype(float), 1, mode="edge")
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    gx, gy = np.zeros((h, b)), np.zeros((h, b))
    for u in range(3):
        for v in range(3):
            gx += sobel[u, v] * padded[u : u + h, v : v + b]
            gy += sobel[v, u] * padded[u : u + h, v : v + b]
    return np.hypot(gx, gy)


# %% ex8: windows, and the largest entry divided out | nothing
def edge_magnitude(image):
    image = np.asarray(image, dtype=float)
    if len(image.shape) != 2 or image.size == 0:
        raise ValueError("image")
    largest = np.abs(image).max() or 1.0
    image = np.pad(image / largest, ((1, 1), (1, 1)), "edge")
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    Sx = np.outer([1, 2, 1], [-1, 0, 1])
    gx, gy = np.einsum("ijuv,uv->ij", windows, Sx), np.einsum("ijuv,uv->ij", windows, Sx.T)
    return largest * np.sqrt(gx**2 + gy**2)


# %% ex8: flipped kernels, which differ in sign alone | nothing
def edge_magnitude(image):
    image = np.array(image, dtype=float)
    if image.ndim != 2 or not image.size:
        raise ValueError("image")
    rows = np.clip(np.arange(-1, image.shape[0] + 1), 0, image.shape[0] - 1)
    columns = np.clip(np.arange(-1, image.shape[1] + 1), 0, image.shape[1] - 1)
    x = image[np.ix_(rows, columns)]
    smooth = x[:-2] + 2 * x[1:-1] + x[2:]
    gx = smooth[:, :-2] - smooth[:, 2:]
    smooth = x[:, :-2] + 2 * x[:, 1:-1] + x[:, 2:]
    return np.hypot(gx, smooth[:-2] - smooth[2:])


# %% ex8: zeros at the border | edges 3, dtypes 2
# - np.pad(image, 1, mode="edge")
# + np.pad(image, 1)


# %% ex8: the image mirrored at its border | edges 3, dtypes 2
# - mode="edge"
# + mode="reflect"


# %% ex8: mirrored with the border, which is the same | nothing
# - mode="edge"
# + mode="symmetric"


# %% ex8: goes on at the other end | edges 3, dtypes 2
# - mode="edge"
# + mode="wrap"


# %% ex8: the border counts as 0 | edges 3, dtypes 2
# - return np.hypot(gx, gy)
# + E = np.zeros(image.shape)
# +     E[1:-1, 1:-1] = np.hypot(gx, gy)[1:-1, 1:-1]
# +     return E


# %% ex8: only where the kernels fit | edges 3, dtypes 2
# - return np.hypot(gx, gy)
# + return np.hypot(gx, gy)[1:-1, 1:-1]


# %% ex8: to the right alone | edges 3, dtypes 2
# - np.hypot(gx, gy)
# + np.abs(gx)


# %% ex8: downward alone | edges 3, dtypes 2
# - np.hypot(gx, gy)
# + np.abs(gy)


# %% ex8: the sum of the sizes | edges 3, dtypes 2
# - np.hypot(gx, gy)
# + np.abs(gx) + np.abs(gy)


# %% ex8: the larger of the two | edges 3, dtypes 2
# - np.hypot(gx, gy)
# + np.maximum(np.abs(gx), np.abs(gy))


# %% ex8: without the root | edges 3, dtypes 2
# - np.hypot(gx, gy)
# + gx**2 + gy**2


# %% ex8: squares that overflow | dtypes 2
# - np.hypot(gx, gy)
# + np.sqrt(gx**2 + gy**2)


# %% ex8: squares that vanish | dtypes 2
# - np.hypot(gx, gy)
# + np.sqrt((gx / 1e10) ** 2 + (gy / 1e10) ** 2) * 1e10


# %% ex8: a little something under the root | edges 3, dtypes 2
# - np.hypot(gx, gy)
# + np.sqrt(gx**2 + gy**2 + 1e-8)


# %% ex8: the root of the sum | edges 3, dtypes 2
# - np.hypot(gx, gy)
# + np.sqrt(np.abs(gx + gy))


# %% ex8: Prewitt's kernels | edges 3, dtypes 2
# - 2 * right[1:-1]
# + right[1:-1]
# - 2 * down[:, 1:-1]
# + down[:, 1:-1]


# %% ex8: an eighth of it | edges 3, dtypes 2
# - np.hypot(gx, gy)
# + np.hypot(gx, gy) / 8


# %% ex8: scaled to at most 1 | edges 3, dtypes 2
# - np.hypot(gx, gy)
# + np.hypot(gx, gy) / max(np.hypot(gx, gy).max(), 1e-12)


# %% ex8: clipped to 255 | dtypes 2
# - np.hypot(gx, gy)
# + np.minimum(np.hypot(gx, gy), 255)


# %% ex8: differences of neighbours | edges 3, dtypes 2
# - x[:, 2:] - x[:, :-2], x[2:] - x[:-2]
# + np.pad(x[:, 2:] - x[:, 1:-1], 0), x[2:] - x[1:-1]


# %% ex8: in the dtype of the image | dtypes 2
# - image = np.asarray(image, dtype=float)
# + image = np.asarray(image)


# %% ex8: in float32 | edges 3, dtypes 2
# - image = np.asarray(image, dtype=float)
# + image = np.asarray(image, dtype=np.float32)


# %% ex8: smooths the caller's image | edges 3, dtypes 2
# - x = np.pad(
# + image += 1e-3
# +     x = np.pad(


# %% ex8: a single row is no image | dtypes 2, errors 1
# - or image.size == 0
# + or min(image.shape) < 2


# %% ex8: images of 3 by 3 and more | edges 3, dtypes 2, errors 1
# - or image.size == 0
# + or min(image.shape) < 3


# %% ex8: colours are averaged | errors 1
# - if image.ndim != 2
# + if image.ndim == 3:
# +         image = image.mean(axis=2)
# +     if image.ndim != 2


# %% ex8: a vector is one row | errors 1
# - image = np.asarray(image, dtype=float)
# + image = np.atleast_2d(np.asarray(image, dtype=float))


# %% ex8: empty images | errors 1
# - or image.size == 0
# +
# - x = np.pad(
# + if image.size == 0:
# +         return np.zeros(image.shape)
# +     x = np.pad(


# %% ex8: an axis of one entry is dropped | dtypes 2, errors 1
# - image = np.asarray(image, dtype=float)
# + image = np.asarray(image, dtype=float).squeeze()


# %% ex8: TypeError | errors 1
# - raise ValueError
# + raise TypeError


# %% ex8: scaled to between 0 and 1, and back | nothing
def edge_magnitude(image):
    image = np.asarray(image, dtype=float)
    if image.ndim != 2 or image.size == 0:
        raise ValueError("image")
    scale = image.max() - image.min()
    if scale == 0:
        return np.zeros(image.shape)
    p = np.pad((image - image.min()) / scale, 1, mode="edge")
    dx, dy = p[:, 2:] - p[:, :-2], p[2:] - p[:-2]
    gx, gy = dx[:-2] + 2 * dx[1:-1] + dx[2:], dy[:, :-2] + 2 * dy[:, 1:-1] + dy[:, 2:]
    return scale * np.sqrt(gx**2 + gy**2)


# %% ex8: divides by the largest entry, which may be 0 | dtypes 2
def edge_magnitude(image):
    image = np.asarray(image, dtype=float)
    if image.ndim != 2 or image.size == 0:
        raise ValueError("image")
    scale = abs(image).max()
    p = np.pad(image / scale, 1, mode="edge")
    dx, dy = p[:, 2:] - p[:, :-2], p[2:] - p[:-2]
    gx, gy = dx[:-2] + 2 * dx[1:-1] + dx[2:], dy[:, :-2] + 2 * dy[:, 1:-1] + dy[:, 2:]
    return scale * np.sqrt(gx**2 + gy**2)


# %% ex8: the corners are not repeated | edges 3, dtypes 2
def edge_magnitude(image):
    image = np.asarray(image, dtype=float)
    if image.ndim != 2 or image.size == 0:
        raise ValueError("image")
    p = np.pad(image, 1)
    p[0, 1:-1], p[-1, 1:-1], p[1:-1, 0], p[1:-1, -1] = image[0], image[-1], image[:, 0], image[:, -1]
    dx, dy = p[:, 2:] - p[:, :-2], p[2:] - p[:-2]
    return np.hypot(dx[:-2] + 2 * dx[1:-1] + dx[2:], dy[:, :-2] + 2 * dy[:, 1:-1] + dy[:, 2:])


# %% ex8: returns None | edges 3, dtypes 2
# - return np.hypot(gx, gy)
# + np.hypot(gx, gy)


# -------------------------------------------------------------------------------- exercise 9: DigitNet, train_digit_net


# %% ex9: named layers, Adam, no batch normalization | nothing
import torch
from torch import nn


class DigitNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(32, 32, kernel_size=3, padding=1)
        self.dropout = nn.Dropout(0.2)
        self.linear = nn.Linear(32 * 16, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.relu(self.conv2(x))
        x = nn.functional.adaptive_max_pool2d(x, 4)
        return self.linear(self.dropout(x.flatten(1)))


def train_digit_net(X, y, seed=0):
    torch.manual_seed(seed)
    net = DigitNet()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.004)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=32, shuffle=True)
    for _epoch in range(14):
        for images, classes in loader:
            loss = nn.functional.cross_entropy(net(images), classes)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    net.eval()
    return net


# %% ex9: convolutions and one number per channel, a falling learning rate | nothing
class DigitNet(nn.Module):
    def __init__(self):
        super().__init__()
        channels = [1, 16, 32, 64]
        blocks = []
        for before, after in itertools.pairwise(channels):
            blocks += [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        blocks.insert(3, nn.MaxPool2d(2))
        self.features = nn.Sequential(*blocks)
        self.output = nn.Linear(64, 10)

    def forward(self, x):
        return self.output(self.features(x).amax(dim=(2, 3)))


def train_digit_net(X, y, seed=0):
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = DigitNet()
    epochs, size = 6, 32
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * math.ceil(len(X) / size))
    criterion = nn.CrossEntropyLoss()
    for _ in range(epochs):
        order = torch.randperm(len(X), generator=generator)
        for start in range(0, len(X), size):
            batch = order[start : start + size]
            optimizer.zero_grad()
            criterion(net(X[batch]), y[batch]).backward()
            optimizer.step()
            schedule.step()
    return net.eval()


# %% ex9: largest numbers of 4 by 4 parts, batches from a DataLoader, a rate that rises and falls | nothing
class DigitNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d(4),
        )
        self.head = nn.Linear(512, 10)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


def train_digit_net(X, y, seed=0):
    torch.manual_seed(seed)
    net = DigitNet()
    epochs, batch = 12, 32
    opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
    steps = epochs * math.ceil(len(X) / batch)
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=1e-2, total_steps=steps)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=batch, shuffle=True)
    for _ in range(epochs):
        for xb, yb in loader:
            opt.zero_grad()
            nn.functional.cross_entropy(net(xb), yb).backward()
            opt.step()
            sched.step()
    return net.eval()


# %% ex9: fully connected | network 3, accuracy 5
# - self.layers = nn.Sequential(
# + self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64, 40), nn.ReLU(), nn.Linear(40, 10))
# +         _ = nn.Sequential(


# %% ex9: 8 by 8 pixels only | network 3
# - nn.AdaptiveAvgPool2d(4),
# + nn.Identity(),


# %% ex9: too many parameters | network 3
# - nn.Linear(32 * 4 * 4, 10)
# + nn.Linear(32 * 4 * 4, 100), nn.BatchNorm1d(100), nn.ReLU(), nn.Linear(100, 10)


# %% ex9: a softmax at the end | network 3
# - return self.layers(x)
# + return self.layers(x).softmax(dim=1)


# %% ex9: a layer that nobody asks | network 3
# - self.layers = nn.Sequential(
# + self.spare = nn.Linear(10, 10)
# +         self.layers = nn.Sequential(


# %% ex9: eleven outputs | network 3, training 4
# - nn.Linear(32 * 4 * 4, 10)
# + nn.Linear(32 * 4 * 4, 11)


# %% ex9: forward gives back nothing | network 3, training 4, accuracy 5
# - return self.layers(x)
# + self.layers(x)


# %% ex9: one image loses its axis | network 3
# - return self.layers(x)
# + return self.layers(x).squeeze()


# %% ex9: scales its input in place | network 3, training 4
# - return self.layers(x)
# + x -= 0.5
# +         return self.layers(x)


# %% ex9: the same weights whenever a network is made | network 3, training 4
# - self.layers = nn.Sequential(
# + torch.manual_seed(0)
# +         self.layers = nn.Sequential(


# %% ex9: stays in training mode | training 4
# - return model.eval()
# + return model


# %% ex9: no epochs | training 4, accuracy 5
# - range(epochs)
# + range(0)


# %% ex9: one epoch | accuracy 5
# - range(epochs)
# + range(1)


# %% ex9: gradients never set to 0 | training 4, accuracy 5
# - optimizer.zero_grad()
# + pass


# %% ex9: without the seed | training 4
# - torch.manual_seed(seed)
# + DigitNet.trained = getattr(DigitNet, "trained", 0) + 1
# +     torch.manual_seed(DigitNet.trained)


# %% ex9: always the same seed | training 4
# - torch.manual_seed(seed)
# + torch.manual_seed(0)


# %% ex9: the order from the seed, the weights always the same | training 4
# - torch.manual_seed(seed)
# + torch.manual_seed(0)
# - model = DigitNet()
# + model = DigitNet()
# +     torch.manual_seed(seed)


# %% ex9: batch normalization that keeps no averages | training 4
# - nn.BatchNorm2d(16)
# + nn.BatchNorm2d(16, track_running_stats=False)
# - nn.BatchNorm2d(32)
# + nn.BatchNorm2d(32, track_running_stats=False)


# %% ex9: the weights from the seed, the order not | training 4
# - model = DigitNet()
# + model = DigitNet()
# +     DigitNet.trained = getattr(DigitNet, "trained", 0) + 1
# +     torch.manual_seed(DigitNet.trained)


# %% ex9: learns from digits of its own | training 4
# - torch.manual_seed(seed)
# + X, y, _, _ = split_digits(seed)
# +     torch.manual_seed(seed)


# %% ex9: scales the caller's images | training 4, accuracy 5
# - torch.manual_seed(seed)
# + X *= 2
# +     X -= 1
# +     torch.manual_seed(seed)


# %% ex9: returns the loss as well | training 4, accuracy 5
# - return model.eval()
# + return model.eval(), loss


# %% ex9: returns None | training 4, accuracy 5
# - return model.eval()
# + model.eval()
