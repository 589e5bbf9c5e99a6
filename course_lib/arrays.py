"""The one place that knows NumPy from torch.

Every reference function of the course starts with ``xp = namespace(x)`` and then speaks the Array API, so that the
same lines of mathematics run on a NumPy array, a torch tensor on the CPU, and a torch tensor on a GPU. What that
standard has no word for (padding, sliding windows, the error function, random numbers) is one small function here.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any, TypeAlias

import array_api_compat
import numpy as np
import scipy.special
import torch

Array: TypeAlias = Any
"""A NumPy array or a torch tensor. (Their type stubs share no protocol that a checker could use.)"""

Generator: TypeAlias = np.random.Generator | torch.Generator
"""A source of random numbers: ``np.random.default_rng(seed)`` or ``torch.Generator().manual_seed(seed)``."""


def is_torch(x: object) -> bool:
    """Whether ``x`` is a torch tensor."""
    return isinstance(x, torch.Tensor)


def namespace(*arrays: Array) -> ModuleType:
    """The Array API namespace that all the arrays share.

    Args:
        arrays: One or more NumPy arrays, or torch tensors on one device.

    Returns:
        ``array_api_compat.numpy`` or ``array_api_compat.torch``.

    Raises:
        TypeError: Something is neither a NumPy array nor a torch tensor, or the two kinds or two devices are mixed.

    >>> namespace(np.zeros(2)).__name__
    'array_api_compat.numpy'
    """
    for x in arrays:
        if not isinstance(x, np.ndarray | np.generic | torch.Tensor):
            raise TypeError(
                f"expected a NumPy array or a torch tensor, got {type(x).__name__}; wrap it in np.asarray(...) first"
            )
    places = {_place(x) for x in arrays}
    if len(places) > 1:
        listed = "; ".join(f"argument {i}: {_describe(x)}" for i, x in enumerate(arrays, start=1))
        raise TypeError(
            f"expected arrays of one kind on one device, got {listed}. "
            "Bring them together with torch.from_numpy(...), tensor.numpy() or tensor.to(device)"
        )
    return array_api_compat.array_namespace(*arrays)


def _place(x: Array) -> str:
    return f"torch tensor on {x.device}" if is_torch(x) else "NumPy array"


def _describe(x: Array) -> str:
    kind, _, device = _place(x).partition(" on ")
    return f"a {kind} of shape {tuple(x.shape)}" + (f" on {device}" if device else "")


def default_device() -> torch.device:
    """The GPU if there is one, else the CPU.

    >>> default_device().type in ("cpu", "cuda")
    True
    """
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def use_one_thread() -> None:
    """Let torch compute with one thread.

    The course's networks are small. For them a second thread costs more in hand-overs than it earns: training them was
    measured 6 to 13 times slower with two threads on a busy laptop. Only big kernels gain from more.
    """
    torch.set_num_threads(1)


def torch_generator(seed: int, device: torch.device | str = "cpu") -> torch.Generator:
    """A torch generator with a seed, the counterpart of ``np.random.default_rng(seed)``.

    >>> torch.rand(2, generator=torch_generator(0))
    tensor([0.4963, 0.7682])
    """
    return torch.Generator(device=device).manual_seed(seed)


def standard_normal(shape: Sequence[int], generator: Generator, dtype: Any = None) -> Array:
    """Independent draws from N(0, 1), of the generator's kind and on its device.

    Args:
        shape: Shape of the result.
        generator: A NumPy or torch generator; it decides the kind of the result.
        dtype: A floating dtype of that kind; by default float64 for NumPy and torch's default dtype for torch.

    >>> standard_normal((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    _check(generator)
    if isinstance(generator, torch.Generator):
        return torch.randn(tuple(shape), generator=generator, device=generator.device, dtype=dtype)
    return np.asarray(generator.standard_normal(tuple(shape), dtype=dtype or np.float64))


def uniform(shape: Sequence[int], generator: Generator, dtype: Any = None) -> Array:
    """Independent draws from U[0, 1), of the generator's kind and on its device.

    The arguments are those of :func:`standard_normal`.

    >>> float(uniform((), np.random.default_rng(0))) < 1
    True
    """
    _check(generator)
    if isinstance(generator, torch.Generator):
        return torch.rand(tuple(shape), generator=generator, device=generator.device, dtype=dtype)
    return np.asarray(generator.random(tuple(shape), dtype=dtype or np.float64))


def _check(generator: object) -> None:
    if not isinstance(generator, np.random.Generator | torch.Generator):
        raise TypeError(
            "expected a generator, np.random.default_rng(seed) or torch_generator(seed), "
            f"got {type(generator).__name__}"
        )


def generator_for(x: Array, generator: Generator | None) -> Any:
    """The generator to draw from for an array: the one given, else a fresh one for NumPy and torch's global one.

    Raises:
        TypeError: The one given is no generator of the array's kind.
    """
    if generator is None:
        return torch.default_generator if is_torch(x) else np.random.default_rng()
    kind = torch.Generator if is_torch(x) else np.random.Generator
    if not isinstance(generator, kind):
        fitting = "torch_generator(seed)" if is_torch(x) else "np.random.default_rng(seed)"
        raise TypeError(f"expected generator={fitting}, of the data's kind, got {type(generator).__name__}")
    return generator


def beside(x: Array, values: Array) -> Array:
    """Draws brought to the device of the array they are for."""
    return values.to(x.device) if is_torch(x) else values


def standard_normal_like(x: Array, generator: Generator | None = None) -> Array:
    """Independent draws from N(0, 1), of the kind, shape, dtype and device of an array.

    Args:
        x: Floating dtype.
        generator: Of the array's kind, on whatever device; by default fresh for NumPy, and for torch the global one of
            the array's device.

    Raises:
        TypeError: The generator is of another kind.

    >>> standard_normal_like(np.zeros((2, 3)), np.random.default_rng(0)).shape
    (2, 3)
    """
    if generator is None and is_torch(x):
        return torch.randn(x.shape, dtype=x.dtype, device=x.device)
    return beside(x, standard_normal(x.shape, generator_for(x, generator), x.dtype))


def uniform_like(x: Array, generator: Generator | None = None) -> Array:
    """Independent draws from U[0, 1), of the kind, shape, dtype and device of an array.

    The arguments are those of :func:`standard_normal_like`.

    >>> uniform_like(np.zeros(3), np.random.default_rng(0)).max() < 1
    np.True_
    """
    if generator is None and is_torch(x):
        return torch.rand(x.shape, dtype=x.dtype, device=x.device)
    return beside(x, uniform(x.shape, generator_for(x, generator), x.dtype))


def erf(x: Array) -> Array:
    r"""The error function, elementwise: $\mathrm{erf}(x) = \frac{2}{\sqrt\pi} \int_0^x e^{-t^2}\,dt$.

    >>> erf(np.array([0.0, np.inf]))
    array([0., 1.])
    """
    namespace(x)
    return torch.erf(x) if is_torch(x) else scipy.special.erf(x)


def pad(x: Array, widths: Sequence[tuple[int, int]], value: float = 0.0) -> Array:
    """Surround an array with a constant.

    Args:
        x: Any shape.
        widths: For each axis how many entries to add ``(before, after)``, as ``np.pad`` takes them.
        value: What the new entries are.

    Raises:
        ValueError: The widths do not fit the axes, or one is negative.

    >>> pad(np.ones(2), [(1, 2)])
    array([0., 1., 1., 0., 0.])
    """
    xp = namespace(x)
    if len(widths) != x.ndim or any(w < 0 for pair in widths for w in pair):
        raise ValueError(f"expected {x.ndim} pairs of widths of at least 0, one per axis, got {list(widths)}")
    out = x
    for axis, (before, after) in enumerate(widths):
        shape = tuple(out.shape)
        ends = [
            xp.full((*shape[:axis], n, *shape[axis + 1 :]), value, dtype=x.dtype, device=array_api_compat.device(x))
            for n in (before, after)
        ]
        out = xp.concat([ends[0], out, ends[1]], axis=axis)
    return out


def sliding_windows(x: Array, size: int, axis: int = -1) -> Array:
    """All windows of ``size`` neighbours along an axis, as a view in a new last axis.

    Args:
        x: Any shape; ``n`` entries along ``axis``.
        size: Entries per window, from 1 to n.
        axis: The axis along which the window slides; it keeps ``n - size + 1`` entries.

    Raises:
        ValueError: The window does not fit.

    >>> sliding_windows(np.arange(4), 3)
    array([[0, 1, 2],
           [1, 2, 3]])
    """
    namespace(x)
    n = x.shape[axis]
    if not 1 <= size <= n:
        raise ValueError(f"expected a window of 1 to {n} entries along axis {axis}, got {size}")
    if is_torch(x):
        return x.unfold(axis, size, 1)
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=axis)
