"""Convolution by way of frequencies."""

from __future__ import annotations

from course_lib.arrays import Array
from course_lib.probability.functions import floating


def conv2d_fft(x: Array, weight: Array) -> Array:
    r"""Convolution as a product of Fourier transforms.

    $y_o = \mathcal{F}^{-1}\left( \sum_c \mathcal{F}(x_c) \cdot \overline{\mathcal{F}(W_{oc})} \right)$
    (Deep Learning, section 9.8)

    The sum over a kernel's cells has become one product for each frequency, so the cost no longer depends on the size
    of the kernel. The conjugate is there because layers do not flip the kernel. Seen by the transform, an image goes on
    at its other end; places where the kernel would reach over the end are cut off.

    Args:
        x: Images, shape (N, C, height, width), floating, a NumPy array or a torch tensor.
        weight: $W$, kernels, shape (O, C, kernel height, kernel width).

    Returns:
        Shape (N, O, height - kernel height + 1, width - kernel width + 1), as ``Conv2d`` without padding.

    Raises:
        TypeError: A dtype is not floating, the two dtypes differ, or kinds are mixed.
        ValueError: The shapes do not fit each other.

    >>> import torch
    >>> edge = torch.tensor([[[[-1.0, 1.0]]]])
    >>> conv2d_fft(torch.tensor([[[[0.0, 0.0, 5.0, 5.0]]]]), edge).round(decimals=4).abs()
    tensor([[[[0., 5., 0.]]]])
    """
    xp = floating(x, weight)
    if x.dtype != weight.dtype:
        raise TypeError(f"expected images and kernels of one dtype, got {x.dtype} and {weight.dtype}")
    if x.ndim != 4 or weight.ndim != 4 or x.shape[1] != weight.shape[1]:
        raise ValueError(
            "expected images (N, C, height, width) and kernels (O, C, height, width) with as many channels, "
            f"got {tuple(x.shape)} and {tuple(weight.shape)}"
        )
    size, kernel = tuple(x.shape[2:]), tuple(weight.shape[2:])
    if any(not 1 <= k <= n for n, k in zip(size, kernel, strict=True)):
        raise ValueError(f"a kernel of {kernel} does not fit into an image of {size}")
    X, W = (xp.fft.rfftn(a, s=size, axes=(2, 3)) for a in (x, weight))
    Y = xp.permute_dims(X, (2, 3, 0, 1)) @ xp.permute_dims(xp.conj(W), (2, 3, 1, 0))
    y = xp.fft.irfftn(xp.permute_dims(Y, (2, 3, 0, 1)), s=size, axes=(2, 3))
    return y[..., : size[0] - kernel[0] + 1, : size[1] - kernel[1] + 1]
