"""A language model: which character, or which word, comes next?"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from course_lib import nn
from course_lib.models.recurrence import recurrent
from course_lib.nn.modes import mode
from course_lib.text import sample_with_temperature


class CharLM(nn.Module):
    r"""A recurrent network that predicts each token of a text from all those before it.

    $$p(w_1, \dots, w_T) = p(w_1) \prod_{t=2}^{T} p(w_t \mid w_1, \dots, w_{t-1}), \qquad
    h_t = f(h_{t-1}, E_{w_t}), \qquad p(w_{t+1} \mid \dots) = \mathrm{softmax}(V h_t + c)$$

    $E$ is the embedding: a vector for each token, learned with all the rest. (Deep Learning, sections 10.2 and 12.4)

    Args:
        vocabulary_size: How many tokens there are, characters or words.
        embedding_dim: Entries of a token's vector.
        hidden_size: Entries of the state of each layer.
        cell: ``"lstm"``, ``"gru"`` or ``"rnn"``.
        num_layers: How many recurrent layers stand one above the other.
        dropout: The share of units dropped, between the layers and before the output.
        generator: Where initial weights and dropped units come from; by default torch's global generator.

    Attributes:
        embedding: $E$.
        recurrent: $f$.
        output: $V$ and $c$.

    Raises:
        ValueError: There is no such cell.

    >>> model = CharLM(vocabulary_size=50, embedding_dim=16, hidden_size=32)
    >>> logits, state = model(torch.zeros(4, 10, dtype=torch.int64))
    >>> logits.shape
    torch.Size([4, 10, 50])
    """

    def __init__(
        self,
        vocabulary_size: int,
        embedding_dim: int,
        hidden_size: int,
        *,
        cell: str = "lstm",
        num_layers: int = 1,
        dropout: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        between = dropout if num_layers > 1 else 0.0
        self.embedding = nn.Embedding(vocabulary_size, embedding_dim, generator=generator)
        self.recurrent = recurrent(
            cell, embedding_dim, hidden_size, num_layers=num_layers, dropout=between, generator=generator
        )
        self.dropout = nn.Dropout(dropout, generator=generator)
        self.output = nn.Linear(hidden_size, vocabulary_size, generator=generator)

    def forward(self, tokens: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Logits for the token after each token, and the state after the last.

        Args:
            tokens: Numbers of tokens, int64, shape (batch, steps).
            state: What an earlier call returned, to read on where it ended; by default nothing was read before.

        Returns:
            Logits, shape (batch, steps, vocabulary_size), and the state.
        """
        h, state = self.recurrent(self.embedding(tokens), state)
        return self.output(self.dropout(h)), state

    @torch.no_grad()
    def log_likelihood(self, tokens: Tensor) -> Tensor:
        r"""How likely each row is once its first token is known: $\sum_{t=2}^{T} \log p(w_t \mid w_1, \dots, w_{t-1})$.

        In evaluation mode and without gradients. For a long text, cut it into rows.

        Args:
            tokens: Numbers of tokens, int64, shape (batch, steps).

        Returns:
            In nats, shape (batch,).
        """
        with mode(self, training=False):
            logits, _ = self(tokens[:, :-1])
        surprise = nn.CrossEntropyLoss(reduction="none")(logits.mT, tokens[:, 1:])
        return -surprise.sum(1)

    @torch.no_grad()
    def sample(
        self, start: Tensor, length: int, temperature: float = 1.0, *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Write on: draw a token, read it, draw the next. In evaluation mode.

        Args:
            start: The beginning, at least one token, int64, shape (steps,), or (batch, steps) for several texts.
            length: How many tokens to write.
            temperature: Below 1 the likely becomes likelier, above 1 less so; 0 takes the likeliest.
            generator: Where the draws come from; by default torch's global generator.

        Returns:
            The new tokens alone, shape (length,) or (batch, length).

        Raises:
            ValueError: The beginning is empty or of another shape, ``length`` is below 1, or the temperature negative.
        """
        if start.ndim not in (1, 2) or start.shape[-1] == 0 or length < 1:
            raise ValueError(
                "expected a start of shape (steps,) or (batch, steps) with at least one step, and a length of at "
                f"least 1, got shape {tuple(start.shape)} and {length}"
            )
        generator = torch.default_generator if generator is None else generator
        written, read, state = [], torch.atleast_2d(start), None
        with mode(self, training=False):
            for _ in range(length):
                logits, state = self(read, state)
                written.append(sample_with_temperature(logits[:, -1], temperature, generator=generator))
                read = written[-1][:, None]
        return torch.stack(written, 1).reshape(*start.shape[:-1], length)
