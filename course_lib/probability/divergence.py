"""The Kullback–Leibler divergence: what it costs to believe q while p is true."""

from __future__ import annotations

from collections.abc import Callable

from course_lib.arrays import Array, namespace
from course_lib.linear_algebra import solve_triangular
from course_lib.probability.continuous import Laplace, Normal, Uniform
from course_lib.probability.discrete import Bernoulli, Categorical, Discrete
from course_lib.probability.distribution import Distribution
from course_lib.probability.information import cross_entropy, unit
from course_lib.probability.multivariate import MultivariateNormal, log_det_lower, solve_lower


def kl_divergence(p: Array | Distribution, q: Array | Distribution, base: float | None = None, axis: int = -1) -> Array:
    r"""Kullback–Leibler divergence, of two probability vectors or of two distributions of one family.

    $D_\mathrm{KL}(p \Vert q) = \mathbb{E}_{x \sim p}\left[\log \frac{p(x)}{q(x)}\right]$   (Deep Learning, eq. 3.50)

    It is never negative, 0 only if p and q agree, and not symmetric.

    Args:
        p: What is true: probabilities that sum to one along ``axis``, or a distribution.
        q: What is believed: probabilities whose shape broadcasts, or a distribution of the same class.
        base: Base of the logarithm; by default $e$, which measures in nats. 2 measures in bits.
        axis: The axis of the outcomes, for probability vectors.

    Returns:
        The divergences, without ``axis``, or of the distributions' batch shape; infinite where q rules out what p does
        not.

    Raises:
        TypeError: One is a distribution and the other is not, or the kinds are mixed.
        ValueError: Something is no probability vector, or ``base`` is no base.
        NotImplementedError: There is no closed form for these two classes.

    >>> import numpy as np
    >>> p, q = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    >>> float(kl_divergence(q, p, base=2)), float(kl_divergence(p, q))
    (1.0, inf)
    """
    if isinstance(p, Distribution) and isinstance(q, Distribution):
        return _closed_form(p, q) / unit(base)
    if isinstance(p, Distribution) or isinstance(q, Distribution):
        raise TypeError(f"expected two arrays or two distributions, got {type(p).__name__} and {type(q).__name__}")
    return cross_entropy(p, q, base, axis) - cross_entropy(p, p, base, axis)


def _closed_form(p: Distribution, q: Distribution) -> Array:
    divergence = _CLOSED_FORMS.get(type(p)) if type(p) is type(q) else None
    if divergence is None:
        raise NotImplementedError(
            f"no closed form for {type(p).__name__} and {type(q).__name__}; estimate it: "
            "x = p.sample((100_000,), generator=generator), then (p.log_prob(x) - q.log_prob(x)).mean()"
        )
    return divergence(p, q)


def _discrete(p: Discrete, q: Discrete) -> Array:
    r"""$\sum_i p_i (\log p_i - \log q_i)$."""
    return p.expected_log_prob(*p.outcome_probs) - q.expected_log_prob(*p.outcome_probs)


def _uniform(p: Uniform, q: Uniform) -> Array:
    r"""$\log \frac{b_q - a_q}{b_p - a_p}$ if q's interval holds p's, else infinite."""
    xp = namespace(p.low, q.low)
    inside = (q.low <= p.low) & (p.high <= q.high)
    return xp.where(inside, q.entropy() - p.entropy(), xp.inf)


def _normal(p: Normal, q: Normal) -> Array:
    r"""$\log \frac{\sigma_q}{\sigma_p} + \frac{\sigma_p^2 + (\mu_p - \mu_q)^2}{2 \sigma_q^2} - \frac{1}{2}$."""
    xp = namespace(p.loc, q.loc)
    ratio, shift = p.scale / q.scale, (p.loc - q.loc) / q.scale
    return 0.5 * (ratio**2 + shift**2 - 1) - xp.log(ratio)


def _multivariate_normal(p: MultivariateNormal, q: MultivariateNormal) -> Array:
    r"""$\frac{1}{2}\left(\mathrm{tr}(\Sigma_q^{-1} \Sigma_p) + (\mu_p - \mu_q)^\top \Sigma_q^{-1} (\mu_p - \mu_q) - n
    + \log \frac{\det \Sigma_q}{\det \Sigma_p}\right)$, the trace as a sum of squares of $L_q^{-1} L_p$."""
    xp = namespace(p.loc, q.loc)
    columns = solve_triangular(q.scale_tril, p.scale_tril, lower=True)
    shift = solve_lower(q.scale_tril, p.loc - q.loc)
    squares = xp.sum(columns**2, axis=(-2, -1)) + xp.sum(shift**2, axis=-1)
    return 0.5 * (squares - p.event_shape[0]) + log_det_lower(q.scale_tril) - log_det_lower(p.scale_tril)


def _laplace(p: Laplace, q: Laplace) -> Array:
    r"""$\log \frac{\gamma_q}{\gamma_p} + \frac{d + \gamma_p e^{-d/\gamma_p}}{\gamma_q} - 1$, $d = |\mu_p - \mu_q|$."""
    xp = namespace(p.loc, q.loc)
    d = xp.abs(p.loc - q.loc)
    return xp.log(q.scale / p.scale) + (d + p.scale * xp.exp(-d / p.scale)) / q.scale - 1


_CLOSED_FORMS: dict[type[Distribution], Callable[..., Array]] = {
    Bernoulli: _discrete,
    Categorical: _discrete,
    Uniform: _uniform,
    Normal: _normal,
    MultivariateNormal: _multivariate_normal,
    Laplace: _laplace,
}
