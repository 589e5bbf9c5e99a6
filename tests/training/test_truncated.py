"""Truncated back-propagation through time against the loop one would write by hand."""

from __future__ import annotations

import copy

import pytest
import torch

from course_lib import nn, optim
from course_lib.arrays import torch_generator
from course_lib.models import CharLM
from course_lib.training import truncated_bptt

LOSS = nn.CrossEntropyLoss()


def model(cell="gru", **options):
    return CharLM(6, 3, 8, cell=cell, generator=torch_generator(0), **options).double()


def text(n=101):
    return torch.randint(6, (n,), generator=torch_generator(1))


def train(net, tokens, **options):
    settings = {"steps": 7, "batch_size": 4, "epochs": 2, "progress": False, **options}
    return truncated_bptt(net, tokens, LOSS, optim.SGD(net.parameters(), lr=0.5), **settings)


@pytest.mark.parametrize("clip", [None, 0.1])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_the_loop_by_hand(cell, clip):
    ours, theirs = model(cell), model(cell)
    history = train(ours, text(), clip=clip)
    losses, optimizer = [], torch.optim.SGD(theirs.parameters(), lr=0.5)
    strips = torch.stack([text()[25 * i : 25 * i + 26] for i in range(4)])  # each with the token that follows
    for _ in range(2):
        state, total = None, 0.0
        for start in range(0, 25, 7):
            piece = strips[:, start : start + 8]
            logits, state = theirs(piece[:, :-1], state)
            state = tuple(s.detach() for s in state) if cell == "lstm" else state.detach()
            loss = torch.nn.functional.cross_entropy(logits.mT, piece[:, 1:])
            optimizer.zero_grad()
            loss.backward()
            if clip is not None:
                torch.nn.utils.clip_grad_norm_(theirs.parameters(), clip)
            optimizer.step()
            total += loss.item() * (piece.shape[1] - 1) / 25
        losses.append(total)
    assert history.train_loss == pytest.approx(losses, rel=1e-9)
    for mine, yours in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, yours, rtol=1e-9, atol=1e-12)


def test_one_piece_is_the_whole_gradient():
    """Nothing is truncated where a piece holds the strip."""
    long, longer = model(), model()
    train(long, text(), steps=25)
    train(longer, text(), steps=10**6)
    assert all(torch.equal(a, b) for a, b in zip(long.parameters(), longer.parameters(), strict=True))


def test_validation_is_read_in_evaluation_mode_and_changes_nothing():
    net = model(dropout=0.5)
    net.eval()
    held_out = text(41)
    seen = []
    history = train(
        net, text(), validation=held_out, batch_size=1, callbacks=[lambda *a: seen.append(copy.deepcopy(a[1]))]
    )
    assert not net.training
    for after, loss in zip(seen, history.validation_loss, strict=True):
        assert loss == pytest.approx(-after.log_likelihood(held_out[None]).item() / 40)


def test_it_learns_what_repeats():
    net = CharLM(6, 8, 16, generator=torch_generator(0))
    tokens = torch.arange(6).repeat(60)
    history = truncated_bptt(
        net, tokens, LOSS, optim.Adam(net.parameters(), 1e-2), steps=10, batch_size=4, epochs=12, progress=False
    )
    assert history.train_loss[-1] < 0.1 < history.train_loss[0]


def test_callbacks_are_told_and_the_end_too():
    class Watcher:
        def __init__(self):
            self.seen = []

        def __call__(self, epoch, net, history):
            self.seen.append((epoch, len(history.train_loss)))

        def finish(self, net, history):
            self.seen.append("end")

    watcher = Watcher()
    train(model(), text(), callbacks=[watcher])
    assert watcher.seen == [(1, 1), (2, 2), "end"]


def test_an_interrupt_keeps_the_history(capsys):
    def interrupt(epoch, *_):
        if epoch == 2:
            raise KeyboardInterrupt

    assert len(train(model(), text(), epochs=5, callbacks=[interrupt]).train_loss) == 2
    assert "Finished epochs, all in the history: 2" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"batch_size": 0}, {"epochs": 0}])
def test_numbers_refused(wrong):
    with pytest.raises(ValueError, match="at least 1, got"):
        train(model(), text(), **wrong)


@pytest.mark.parametrize("shape", [(4,), (10, 10)])
def test_texts_refused(shape):
    with pytest.raises(ValueError, match="at least 5 tokens, one for each of 4 strips and one to follow"):
        train(model(), torch.zeros(shape, dtype=torch.int64))


def test_a_loss_that_is_no_number():
    net = model()
    with torch.no_grad():
        net.output.bias.fill_(torch.nan)
    with pytest.raises(FloatingPointError, match="nan in epoch 1, batch 1"):
        train(net, text())


def test_a_loss_that_is_no_number_on_the_validation_text():
    """A token that is never trained on has a vector that is no number."""
    net = model()
    with torch.no_grad():
        net.embedding.weight[5] = torch.nan
    with pytest.raises(FloatingPointError, match="nan on the validation text after epoch 1"):
        train(net, text() % 5, validation=torch.full((20,), 5))
