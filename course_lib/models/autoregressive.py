r"""Autoregressive models of binary vectors: the chain rule, with a small network for each conditional.

$p(x) = \prod_i p(x_i \mid x_1, \dots, x_{i-1})$ holds for every distribution. A table of the $i$-th factor needs
$2^{i-1}$ numbers, together $2^n - 1$. What these models share is that they compute each factor from few parameters, so
that the likelihood is exact and training is ordinary maximum likelihood.
"""

from __future__ import annotations

import torch
from torch import Tensor

from course_lib import nn
from course_lib.nn.functional import sigmoid, softplus
from course_lib.nn.inputs import require_inputs


class Autoregressive(nn.Module):
    r"""What autoregressive models of binary vectors share, once the logits of the conditionals are there.

    Args:
        num_visible: $n$, how many entries a vector has.

    Raises:
        ValueError: There is not at least one.
    """

    def __init__(self, num_visible: int) -> None:
        super().__init__()
        if num_visible < 1:
            raise ValueError(f"expected num_visible of at least 1, got {num_visible}")
        self.num_visible = num_visible

    def logits(self, x: Tensor) -> Tensor:
        r"""$\log \frac{p(x_i = 1 \mid x_{<i})}{p(x_i = 0 \mid x_{<i})}$ for every $i$: shape (n, num_visible)."""
        raise NotImplementedError

    def conditional(self, x: Tensor) -> Tensor:
        r"""The probabilities $p(x_i = 1 \mid x_1, \dots, x_{i-1})$ of all entries at once.

        Args:
            x: Rows of zeros and ones, shape (n, num_visible). Entry $i$ of the result looks at those before it only.

        Returns:
            The shape of ``x``.
        """
        self._check(x)
        return sigmoid(self.logits(x))

    def log_likelihood(self, x: Tensor) -> Tensor:
        r"""$\log p(x) = \sum_i \log p(x_i \mid x_{<i})$, exact, in nats.

        With the logit $a$ of a one, $\log p(1) = -\zeta(-a)$ and $\log p(0) = -\zeta(a)$: together $x a - \zeta(a)$.

        Args:
            x: Rows of zeros and ones, shape (n, num_visible), floating dtype.

        Returns:
            One number per row, shape (n,).

        Raises:
            ValueError: Rows have another length, or an entry is neither 0 nor 1.
            TypeError: ``x`` is no tensor of a floating dtype.
        """
        self._check(x)
        a = self.logits(x)
        return (x * a - softplus(a)).sum(1)

    def loss(self, x: Tensor) -> Tensor:
        """What training minimises: minus the mean log-likelihood, in nats a row."""
        return -self.log_likelihood(x).mean()

    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Tensor:
        r"""Draw vectors one entry at a time, $x_i \sim p(\cdot \mid x_1, \dots, x_{i-1})$: ancestral sampling.

        Args:
            n: How many.
            generator: Where the random numbers come from; by default torch's global generator.

        Returns:
            Rows of zeros and ones, shape (n, num_visible).
        """
        first = next(self.parameters())
        return self.complete(first.new_zeros(n, self.num_visible), 0, generator=generator)

    @torch.no_grad()
    def complete(self, x: Tensor, known: int, *, generator: torch.Generator | None = None) -> Tensor:
        """Keep the first entries of each row and draw the others.

        Args:
            x: Shape (n, num_visible); what stands behind the known entries does not matter.
            known: How many entries to keep.
            generator: As for :meth:`sample`.

        Returns:
            New rows, shape of ``x``.

        Raises:
            ValueError: ``known`` is not from 0 to ``num_visible``, or what is known is neither 0 nor 1.
        """
        require_inputs(x)
        if not 0 <= known <= self.num_visible:
            raise ValueError(f"expected known from 0 to {self.num_visible}, got {known}")
        x = x.clone()
        x[..., known:] = 0
        self._check(x)
        device = x.device if generator is None else generator.device
        for i in range(known, self.num_visible):
            p = sigmoid(self.logits(x)[:, i])
            x[:, i] = torch.bernoulli(p.to(device), generator=generator)
        return x

    def _check(self, x: Tensor) -> None:
        require_inputs(x)
        if x.ndim != 2 or x.shape[1] != self.num_visible:
            raise ValueError(f"expected rows of {self.num_visible} entries, got shape {tuple(x.shape)}")
        if not bool(((x == 0) | (x == 1)).all()):
            raise ValueError("expected nothing but zeros and ones; binarise first, for example (x > 0.5).float()")


class FVSBN(Autoregressive):
    r"""Fully visible sigmoid belief network: a logistic regression of every entry on those before it.

    $p(x_i = 1 \mid x_{<i}) = \sigma\bigl(b_i + \sum_{j < i} W_{ij} x_j\bigr)$   (Neal, Connectionist learning of belief
    networks, 1992; Deep Learning, sections 20.10.7 and 20.10.8)

    That is $n(n-1)/2$ weights and $n$ biases instead of a table of $2^n - 1$ probabilities. All weights start at 0, so
    every vector is equally likely. The log-likelihood is concave: there is no symmetry to break.

    Args:
        num_visible: $n$.

    Attributes:
        weight: $W$, shape (n, n); only what lies below the diagonal counts.
        bias: $b$, shape (n,).

    >>> FVSBN(3).log_likelihood(torch.zeros(1, 3)).exp()
    tensor([0.1250], grad_fn=<ExpBackward0>)
    """

    def __init__(self, num_visible: int) -> None:
        super().__init__(num_visible)
        self.weight = nn.Parameter(torch.zeros(num_visible, num_visible))
        self.bias = nn.Parameter(torch.zeros(num_visible))

    def logits(self, x: Tensor) -> Tensor:
        r"""$a = x\,\mathrm{tril}(W)^\top + b$, without the diagonal."""
        return x @ self.weight.tril(-1).T + self.bias


class NADE(Autoregressive):
    r"""Neural autoregressive distribution estimator: a hidden layer for every entry, all with shared weights.

    $h_i = \sigma\bigl(c + \sum_{j < i} W_{\cdot j} x_j\bigr)$ and
    $p(x_i = 1 \mid x_{<i}) = \sigma(b_i + V_i^\top h_i)$   (Larochelle and Murray, 2011; Deep Learning, section
    20.10.10)

    The sums of neighbouring entries differ by one term, so one running sum over $i$ gives all hidden layers.

    Args:
        num_visible: $n$.
        hidden_size: $m$, the units of each hidden layer.
        generator: Where the initial weights come from; by default torch's global generator.

    Attributes:
        input_weight: $W$, shape (m, n); its last column is never used.
        input_bias: $c$, shape (m,).
        output_weight: $V$, shape (n, m).
        output_bias: $b$, shape (n,).

    Raises:
        ValueError: A size is not at least 1.

    >>> NADE(64, 50).log_likelihood(torch.ones(2, 64)).shape
    torch.Size([2])
    """

    def __init__(self, num_visible: int, hidden_size: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__(num_visible)
        if hidden_size < 1:
            raise ValueError(f"expected hidden_size of at least 1, got {hidden_size}")
        self.hidden_size = hidden_size
        self.input_weight = nn.Parameter(torch.empty(hidden_size, num_visible))
        self.input_bias = nn.Parameter(torch.zeros(hidden_size))
        self.output_weight = nn.Parameter(torch.empty(num_visible, hidden_size))
        self.output_bias = nn.Parameter(torch.zeros(num_visible))
        for weight in (self.input_weight, self.output_weight):
            nn.init.xavier_uniform_(weight, generator=generator)

    def logits(self, x: Tensor) -> Tensor:
        """Those of all conditionals, from all hidden layers, shape (n, num_visible, hidden_size)."""
        terms = x[:, :-1, None] * self.input_weight.T[:-1]
        before = torch.cat([terms.new_zeros(len(x), 1, self.hidden_size), terms.cumsum(1)], dim=1)
        h = sigmoid(self.input_bias + before)
        return (h * self.output_weight).sum(2) + self.output_bias
