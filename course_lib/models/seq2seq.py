"""From one sequence to another: an encoder reads, a decoder writes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from course_lib import nn
from course_lib.models.recurrence import recurrent
from course_lib.nn.modes import mode


class Seq2Seq(nn.Module):
    r"""Two recurrent networks; the last state of the first is the first state of the second.

    $$h_t = f(h_{t-1}, E_{x_t}), \qquad s_0 = h_\tau, \qquad s_t = g(s_{t-1}, F_{y_{t-1}}), \qquad
    p(y_t \mid y_1, \dots, y_{t-1}, x) = \mathrm{softmax}(V s_t + c)$$

    Source and target may differ in length: all that the decoder learns of the source is $h_\tau$. The token $y_0$
    before the first is one of the decoder's own, number ``target_size``. (Deep Learning, section 10.4; Sutskever,
    Vinyals and Le, 2014; Cho et al., 2014)

    Pad sources on the left, so that $h_\tau$ has just read their end.

    Args:
        source_size: How many tokens sources are written with.
        target_size: How many tokens targets are written with.
        embedding_dim: Entries of a token's vector.
        hidden_size: Entries of the states.
        cell: ``"lstm"``, ``"gru"`` or ``"rnn"``.
        generator: Where the initial weights come from; by default torch's global generator.

    Attributes:
        encoder: $f$, with ``source_embedding`` $E$.
        decoder: $g$, with ``target_embedding`` $F$.
        output: $V$ and $c$.

    Raises:
        ValueError: There is no such cell.

    >>> model = Seq2Seq(30, 12, embedding_dim=16, hidden_size=32)
    >>> source, target = torch.zeros(4, 17, dtype=torch.int64), torch.zeros(4, 10, dtype=torch.int64)
    >>> model(source, target).shape, model.generate(source, 10).shape
    (torch.Size([4, 10, 12]), torch.Size([4, 10]))
    """

    def __init__(
        self,
        source_size: int,
        target_size: int,
        embedding_dim: int,
        hidden_size: int,
        *,
        cell: str = "gru",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.start = target_size
        self.source_embedding = nn.Embedding(source_size, embedding_dim, generator=generator)
        self.encoder = recurrent(cell, embedding_dim, hidden_size, generator=generator)
        self.target_embedding = nn.Embedding(target_size + 1, embedding_dim, generator=generator)
        self.decoder = recurrent(cell, embedding_dim, hidden_size, generator=generator)
        self.output = nn.Linear(hidden_size, target_size, generator=generator)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits for each token of the target, the true tokens before it given: teacher forcing.

        Args:
            source: Numbers of tokens, int64, shape (batch, source steps).
            target: The same, shape (batch, target steps). Its last token is not read.

        Returns:
            Logits, shape (batch, target steps, target_size).
        """
        before = torch.cat([self._start(source), target[:, :-1]], 1)
        return self.decode(before, self.encode(source))[0]

    def encode(self, source: Tensor) -> Any:
        """The state after reading a source of shape (batch, steps)."""
        return self.encoder(self.source_embedding(source))[1]

    def decode(self, tokens: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Logits for the token after each of these, shape (batch, steps, target_size), and the state after the last."""
        s, state = self.decoder(self.target_embedding(tokens), state)
        return self.output(s), state

    @torch.no_grad()
    def generate(self, source: Tensor, length: int) -> Tensor:
        """Write a target, the likeliest token at each step, and read what was written: free running.

        In evaluation mode and without gradients.

        Args:
            source: Numbers of tokens, int64, shape (batch, steps).
            length: How many tokens to write.

        Returns:
            Numbers of tokens, shape (batch, length).

        Raises:
            ValueError: ``length`` is below 1.
        """
        if length < 1:
            raise ValueError(f"expected a length of at least 1, got {length}")
        with mode(self, training=False):
            written, state = [self._start(source)], self.encode(source)
            for _ in range(length):
                logits, state = self.decode(written[-1], state)
                written.append(logits.argmax(2))
        return torch.cat(written[1:], 1)

    def _start(self, source: Tensor) -> Tensor:
        return source.new_full((len(source), 1), self.start)
