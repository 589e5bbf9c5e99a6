"""How well a language model predicts, and how to write with it."""

from __future__ import annotations

import math
from typing import Any

from course_lib.arrays import Array, Generator, is_torch, namespace, uniform
from course_lib.probability import softmax
from course_lib.probability.functions import floating


def perplexity(nll: Any) -> Any:
    r"""Between how many tokens the model seems to choose: $\exp\bigl(-\frac{1}{T} \sum_t \log p(w_t)\bigr)$.

    Args:
        nll: The mean negative log-likelihood of a token in nats: what cross-entropy returns. A number or an array.

    Returns:
        At least 1 for a mean of at least 0; a number, or an array of the same kind.

    Source: Deep Learning, section 12.4.1; Jelinek et al. (1977).

    >>> round(perplexity(math.log(27)), 6)
    27.0
    """
    return math.exp(nll) if isinstance(nll, int | float) else namespace(nll).exp(nll)


def bits_per_character(nll: Any) -> Any:
    r"""How many bits a character costs: $-\frac{1}{T} \sum_t \log_2 p(w_t)$.

    Args:
        nll: The mean negative log-likelihood of a character in nats: what cross-entropy returns. A number or an array.

    Returns:
        ``nll / log(2)``.

    >>> bits_per_character(math.log(8))
    3.0
    """
    return nll / math.log(2)


def sample_with_temperature(logits: Array, temperature: float = 1.0, *, generator: Generator) -> Array:
    r"""Draw a token from $p_i \propto \exp(z_i / T)$.

    $T = 1$ is the model's own distribution, $T \to 0$ always takes the likeliest token, $T \to \infty$ any. With $u$
    uniform on $[0, 1)$, the token drawn is the first whose cumulated probability exceeds $u$.

    Args:
        logits: $z$, floating, shape (..., tokens). $-\infty$ marks tokens that are never drawn.
        temperature: $T$, at least 0; 0 takes the largest logit.
        generator: A NumPy generator for NumPy arrays, a torch generator for tensors.

    Returns:
        The numbers of the tokens drawn, int64, shape (...).

    Raises:
        ValueError: The temperature is negative or not finite, there are no tokens, or the largest logit of a row is NaN
            or infinite.
        TypeError: The logits are not floating, or the generator is of another kind.

    >>> import numpy as np
    >>> logits = np.tile(np.log([0.5, 0.25, 0.25]), (1000, 1))
    >>> np.bincount(sample_with_temperature(logits, generator=np.random.default_rng(0))) / 1000
    array([0.473, 0.26 , 0.267])
    >>> np.bincount(sample_with_temperature(logits, 0.1, generator=np.random.default_rng(0))) / 1000
    array([0.999, 0.   , 0.001])
    """
    xp = floating(logits)
    if not 0 <= temperature < math.inf:
        raise ValueError(f"expected a temperature from 0 upward, got {temperature}")
    if logits.ndim == 0 or logits.shape[-1] == 0:
        raise ValueError(f"expected logits of shape (..., tokens), got shape {tuple(logits.shape)}")
    largest = xp.max(logits, axis=-1, keepdims=True)
    if not bool(xp.all(xp.isfinite(largest))):
        raise ValueError(
            "expected a finite largest logit in every row, got NaN, infinity, or no token that may be drawn"
        )
    if temperature < xp.finfo(logits.dtype).smallest_normal:  # dividing by it would be dividing by 0
        return xp.argmax(logits, axis=-1)
    z = logits - largest  # before the division, which could overflow
    cumulated = xp.cumulative_sum(softmax(z / temperature), axis=-1)
    u = uniform((*logits.shape[:-1], 1), generator)
    u = u.to(logits.device) if is_torch(u) else u
    namespace(logits, u)
    return xp.sum(cumulated[..., :-1] <= u * cumulated[..., -1:], axis=-1)
