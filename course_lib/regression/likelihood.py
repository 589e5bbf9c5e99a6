"""The likelihood of a softmax model, its derivatives, and Newton's climb to its top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from array_api_compat import device

from course_lib.arrays import Array, namespace
from course_lib.linear_algebra import cholesky, solve_triangular
from course_lib.probability import logsumexp, softmax
from course_lib.regression.lasso import coordinate_descent


@dataclass(frozen=True)
class CrossEntropy:
    r"""The negative log-likelihood of a softmax model as a function of its weights W, and its derivatives.

    $J(W) = \sum_i s_i \bigl(\log \sum_k e^{z_{ik}} - \sum_k y_{ik} z_{ik}\bigr)
      + \tfrac12 \sum_{kj} \lambda_j W_{kj}^2$ with logits $z_i = W x_i$   (Deep Learning, sections 5.7.1 and 6.2.2.3)

    In logistic regression the logit of the first class is held at 0, so that W has a row and Y a column for the second
    class alone: $e^{z} / (1 + e^{z})$ is the sigmoid. The derivatives look the same.

    Attributes:
        X: Shape (n, d), with a column of ones for the intercept.
        Y: Shape (n, m): 1 where row i is of class k, else 0.
        s: Weights of the rows, shape (n,).
        price: The $\lambda_j$, shape (d,).
        first_at_zero: Whether there is one more class, the first, with logit 0.
    """

    X: Array
    Y: Array
    s: Array
    price: Array
    first_at_zero: bool = False

    def value(self, W: Array) -> Array:
        """J(W), a number."""
        xp, Z = namespace(W), self.X @ W.T
        losses = logsumexp(self.all_logits(Z), axis=1) - xp.sum(self.Y * Z, axis=1)
        return self.s @ losses + xp.sum(self.price * W**2) / 2

    def gradient(self, W: Array) -> Array:
        r"""$\nabla J = (P - Y)^\top \mathrm{diag}(s)\, X + W \mathrm{diag}(\lambda)$, shape (m, d)."""
        return (self.s[:, None] * (self.probabilities(W) - self.Y)).T @ self.X + self.price * W

    def hessian(self, W: Array) -> Array:
        r"""Blocks $X^\top \mathrm{diag}(s_i P_{ik} (\delta_{jk} - P_{ij}))\, X$, shape (m d, m d), and the price."""
        xp, P = namespace(W), self.probabilities(W)
        m, d = W.shape
        eye = xp.eye(d, dtype=W.dtype, device=device(W))
        blocks: list[list[Array]] = []
        for k in range(m):
            row = [blocks[j][k].T for j in range(k)]
            for j in range(k, m):
                same = float(j == k)
                curvature = self.s * P[:, k] * (same - P[:, j])
                row.append((self.X.T * curvature) @ self.X + same * self.price * eye)
            blocks.append(row)
        return xp.concat([xp.concat(row, axis=1) for row in blocks])

    def probabilities(self, W: Array) -> Array:
        """P, shape (n, m)."""
        P = softmax(self.all_logits(self.X @ W.T), axis=1)
        return P[:, 1:] if self.first_at_zero else P

    def all_logits(self, Z: Array) -> Array:
        """The logits, with those of the first class where they are held at 0."""
        xp = namespace(Z)
        return xp.concat([xp.zeros_like(Z[:, :1]), Z], axis=1) if self.first_at_zero else Z


class Step(NamedTuple):
    """One step of :func:`newton`."""

    W: Array  # where it arrives
    direction: Array  # how it got there
    decrement: float  # its length in standard errors, near the end


def newton(J: CrossEntropy, l1_price: Array, W: Array) -> Iterator[Step]:
    r"""Newton's method for $J(W) + \sum_{kj} \mu_j |W_{kj}|$, for ever.

    Each step goes to the minimum of $J$'s second-order approximation, $W - H^{-1} \nabla J$; without prices this is
    iteratively reweighted least squares. Where that does not lower the objective, or H is not positive definite because
    probabilities of 0 and 1 leave no curvature, $H + \delta B$ takes the place of H (Levenberg's damping), with the
    first $\delta$ of $10^{-3}, 10^{-2}, \dots$ that will do. The diagonal B bounds the curvature and so never vanishes.

    With $\mu \neq 0$, coordinate descent finds the minimum: for $H = L L^\top$ the approximation is
    $\frac12 \lVert L^\top (V - W) + L^{-1} \nabla J \rVert^2$ (Lee, Sun and Saunders, Proximal Newton-type methods for
    minimizing composite functions, 2014).

    Args:
        J: What to minimise, smooth and convex.
        l1_price: The $\mu_j \geq 0$, shape (d,).
        W: Where to start, shape (m, d).

    Source: Boyd and Vandenberghe, Convex Optimization, section 9.5; Deep Learning, section 8.6.1.
    """
    xp = namespace(W)
    bound = xp.sum(J.s[:, None] * J.X**2, axis=0) / 2 + J.price
    bound = xp.where(bound > 0, bound, 1)
    B = _diagonal(xp.concat([bound] * W.shape[0]))

    def objective(V: Array) -> float:
        return float(J.value(V) + xp.sum(l1_price * xp.abs(V)))

    while True:
        gradient, H, before = J.gradient(W), _definite_hessian(J, W, bound), objective(W)
        rounding = 10 * float(xp.finfo(W.dtype).eps) * abs(before)
        damping = 0.0
        while True:
            try:
                D = _to_minimum(cholesky(H + damping * B), gradient, W, l1_price)
                promised = -float(xp.sum(gradient * D) + xp.sum(l1_price * (xp.abs(W + D) - xp.abs(W))))
                if objective(W + D) <= before - 1e-4 * promised + rounding:
                    break
            except np.linalg.LinAlgError:
                pass
            damping = max(10 * damping, 1e-3)
        W = W + D
        yield Step(W, D, max(promised, 0.0) ** 0.5)


def _definite_hessian(J: CrossEntropy, W: Array, bound: Array) -> Array:
    """The Hessian, and a little curvature where a softmax has none: adding the same to all logits changes nothing.

    The gradient has no part in that direction, so this changes no step.
    """
    xp, (m, d) = namespace(W), W.shape
    H = J.hessian(W)
    if J.first_at_zero:
        return H
    little = _diagonal(float(xp.finfo(W.dtype).eps) ** 0.5 * bound)
    return H + xp.reshape(xp.broadcast_to(little[None, :, None, :], (m, d, m, d)), H.shape)


def _diagonal(x: Array) -> Array:
    return x * namespace(x).eye(x.shape[0], dtype=x.dtype, device=device(x))


def _to_minimum(L: Array, gradient: Array, W: Array, l1_price: Array) -> Array:
    r"""The D with the smallest $\nabla J \cdot D + \frac12 \lVert L^\top D \rVert^2 + \sum_{kj} \mu_j |W + D|_{kj}$."""
    xp = namespace(W)
    c = solve_triangular(L, xp.reshape(gradient, (-1,)), lower=True)
    if float(xp.max(l1_price)) == 0:
        return xp.reshape(-solve_triangular(L.mT, c), W.shape)
    w = xp.reshape(W, (-1,))
    prices = l1_price.tolist() * W.shape[0]
    last = w
    for v, _ in islice(coordinate_descent(L.mT, L.mT @ w - c, prices, start=w), 1000):
        change, whole = L.mT @ (v - last), L.mT @ (v - w)
        last = v
        if change @ change <= 1e-12 * (whole @ whole):
            break
    return xp.reshape(last - w, W.shape)
