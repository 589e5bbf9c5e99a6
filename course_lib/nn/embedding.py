"""Tokens as vectors: a table with a row for each token, and its rows are learnt."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn import Module, Parameter

from course_lib.linear_algebra import norm

from . import init


class _Rows(Function):
    """Rows of a table; the gradient adds up, in each row, what came back from where the row was used."""

    @staticmethod
    def forward(
        ctx: Any, W: Tensor, indices: Tensor, padding_idx: int | None, scale_grad_by_freq: bool, sparse: bool
    ) -> Tensor:
        ctx.save_for_backward(indices)
        ctx.rows, ctx.options = len(W), (padding_idx, scale_grad_by_freq, sparse)
        return W[indices]

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None, None, None, None]:
        (indices,) = ctx.saved_tensors
        padding_idx, scale_grad_by_freq, sparse = ctx.options
        i, g = indices.flatten(), g.reshape(indices.numel(), g.shape[-1])
        if padding_idx is not None:
            kept = i != padding_idx
            i, g = i[kept], g[kept]
        if scale_grad_by_freq:
            g = g / i.bincount(minlength=ctx.rows)[i].unsqueeze(1)
        shape = (ctx.rows, g.shape[1])
        if sparse:
            gradient = torch.sparse_coo_tensor(i.unsqueeze(0), g, shape, check_invariants=False)
        else:
            gradient = g.new_zeros(shape).index_add(0, i.long(), g)
        return gradient, None, None, None, None


class Embedding(Module):
    r"""A table of vectors, one for each token, looked up by the token's number.

    $y = W_i$, which is the product of a one-hot vector and the matrix, $e_i^\top W$, without the multiplications
    (Bengio et al., 2003; Deep Learning, section 12.4.2)

    Args:
        num_embeddings: Tokens in the vocabulary.
        embedding_dim: Numbers per vector.
        padding_idx: The number of a token that stands for nothing. Its vector starts as zeros and gets no gradient.
            Negative numbers count from the end.
        max_norm: Vectors that are longer are shortened to this length when they are looked up, in the table itself.
        norm_type: The $p$ of the norm by which they are measured.
        scale_grad_by_freq: Whether to divide each vector's gradient by how often its token stands in the input.
        sparse: Whether the gradient is a sparse tensor, with the rows that were used and no others. It can be
            differentiated no second time.
        _weight: The table to begin with, shape (num_embeddings, embedding_dim).
        _freeze: Whether the table is not to be learnt.
        device: Where the table lies.
        dtype: Its dtype.
        generator: Where the initial values come from, draws from $N(0, 1)$; by default torch's global generator.

    Attributes:
        weight: $W$, shape (num_embeddings, embedding_dim).

    Raises:
        AssertionError: ``padding_idx`` is none of the tokens, or the table has another shape.

    >>> table = Embedding.from_pretrained(torch.tensor([[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]]))
    >>> table(torch.tensor([2, 1, 2]))
    tensor([[3., 4.],
            [1., 2.],
            [3., 4.]])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise AssertionError(f"expected padding_idx to be one of {num_embeddings} tokens, got {padding_idx}")
            padding_idx = padding_idx % num_embeddings
        self.padding_idx = padding_idx
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        shape = (num_embeddings, embedding_dim)
        if _weight is not None and _weight.shape != shape:
            raise AssertionError(f"expected a table of shape {shape}, got {tuple(_weight.shape)}")
        table = torch.empty(shape, device=device, dtype=dtype) if _weight is None else _weight
        self.weight = Parameter(table, requires_grad=not _freeze)
        if _weight is None:
            self.reset_parameters(generator)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """A layer that begins with vectors learnt elsewhere.

        Args:
            embeddings: The table, shape (tokens, numbers per vector). It is not copied.
            freeze: Whether it is to stay as it is.
            padding_idx: As for the class, and so are the others. The vector there stays what it is in the table.
            max_norm: See there.
            norm_type: See there.
            scale_grad_by_freq: See there.
            sparse: See there.

        Raises:
            AssertionError: The table is no matrix.
        """
        if embeddings.ndim != 2:
            raise AssertionError(f"expected a table of shape (tokens, numbers), got {tuple(embeddings.shape)}")
        rows, numbers = embeddings.shape
        return cls(
            rows, numbers, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse,
            _weight=embeddings, _freeze=freeze,
        )  # fmt: skip

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the initial values anew; the padding's vector becomes zeros."""
        init.normal_(self.weight, generator=generator)
        if self.padding_idx is not None:
            with torch.no_grad():
                self.weight[self.padding_idx] = 0

    def forward(self, input: Tensor) -> Tensor:
        """Map whole numbers of any shape to their vectors, shape (..., embedding_dim).

        Raises:
            RuntimeError: The input does not hold int32 or int64 numbers.
            IndexError: A number is not one of the tokens'.
        """
        if input.dtype not in (torch.int32, torch.int64):
            raise RuntimeError(f"expected tokens as int64 or int32 numbers, got {input.dtype}; convert with x.long()")
        if input.numel() > 0:
            self._check_range(input)
            self._shorten(input)
        return _Rows.apply(self.weight, input, self.padding_idx, self.scale_grad_by_freq, self.sparse)

    def _check_range(self, input: Tensor) -> None:
        """Refuse strangers. On a GPU looking would mean waiting, and the lookup itself stops the program."""
        if input.is_cuda:
            return
        least, most = (int(x) for x in input.aminmax())
        if least < 0 or most >= self.num_embeddings:
            wrong = least if least < 0 else most
            raise IndexError(f"expected tokens from 0 to {self.num_embeddings - 1}, got {wrong}")

    @torch.no_grad()
    def _shorten(self, input: Tensor) -> None:
        if self.max_norm is None:
            return
        used = input.unique()
        rows = self.weight[used]
        norms = norm(rows, ord=self.norm_type, axis=1, keepdims=True)
        self.weight[used] = torch.where(norms > self.max_norm, rows * (self.max_norm / (norms + 1e-7)), rows)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        defaults = {"padding_idx": None, "max_norm": None, "norm_type": 2, "scale_grad_by_freq": False, "sparse": False}
        parts = [f"{self.num_embeddings}, {self.embedding_dim}"]
        parts += [f"{k}={getattr(self, k)}" for k, default in defaults.items() if getattr(self, k) != default]
        return ", ".join(parts)
