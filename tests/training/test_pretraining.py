"""Training in parts is the loop one would write by hand; what should not move does not."""

from __future__ import annotations

import copy
import itertools

import pytest
import torch
from torch import nn

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches
from course_lib.training import evaluate, fitnet_hints, greedy_pretrain


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9)


def data(seed=0):
    X = torch.randn(40, 2, generator=torch_generator(7))
    return Minibatches(X, (X.prod(1) > 0).long(), batch_size=8, generator=torch_generator(seed))


def stack(widths, seed=0):
    """Blocks with everything that behaves differently in training: batch norm and dropout."""
    torch.manual_seed(seed)
    return [
        nn.Sequential(nn.Linear(a, b), nn.BatchNorm1d(b), nn.Tanh(), nn.Dropout(0.2))
        for a, b in itertools.pairwise(widths)
    ]


def state(*modules):
    return copy.deepcopy([module.state_dict() for module in modules])


def same(a, b):
    return all(torch.equal(a[key], b[key]) for key in a) and a.keys() == b.keys()


# Greedy ---------------------------------------------------------------------------------------------------------------


def test_greedy_pretraining_by_hand():
    ours, hand = stack([2, 6, 5]), stack([2, 6, 5])
    heads = [nn.Linear(6, 2), nn.Linear(5, 2)]
    hand_heads = copy.deepcopy(heads)
    widths = []

    def make_head(width):
        widths.append(width)
        return heads[len(widths) - 1]

    torch.manual_seed(3)
    histories = greedy_pretrain(ours, make_head, data(), nn.CrossEntropyLoss(), sgd, epochs=3)
    torch.manual_seed(3)
    batches = data()
    losses = []
    for i in range(2):
        next(iter(batches))  # whose features have so many columns
        optimizer = sgd([*hand[i].parameters(), *hand_heads[i].parameters()])
        for _ in range(3):
            hand[i].train()
            for x, y in batches:
                with torch.no_grad():
                    for below in hand[:i]:
                        x = below.eval()(x)
                loss = nn.functional.cross_entropy(hand_heads[i](hand[i](x)), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
    assert widths == [6, 5]
    assert all(same(a, b) for a, b in zip(state(*ours, *heads), state(*hand, *hand_heads), strict=True))
    means = torch.tensor(losses).reshape(2, 3, 5).mean(2)
    torch.testing.assert_close(torch.tensor([h.train_loss for h in histories]), means)


def test_finished_blocks_stay_as_they_are():
    """Their weights, their running moments, their modes."""
    blocks, seen = stack([2, 6, 5, 4]), []

    def make_head(width):
        seen.append(state(*blocks))
        return nn.Linear(width, 2)

    greedy_pretrain(blocks, make_head, data(), nn.CrossEntropyLoss(), sgd, epochs=2)
    seen.append(state(*blocks))
    for i in range(3):
        before, after = seen[i], seen[i + 1]
        assert [same(a, b) for a, b in zip(before, after, strict=True)] == [j != i for j in range(3)]
    assert all(module.training for block in blocks for module in block.modules())


def test_greedy_pretraining_of_feature_maps_with_validation():
    x = torch.randn(12, 1, 8, 8, generator=torch_generator(0))
    y = torch.arange(12) % 3
    blocks = [nn.Conv2d(1, 4, 3), nn.Sequential(nn.ReLU(), nn.Conv2d(4, 6, 3))]

    def make_head(channels):
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 3))

    histories = greedy_pretrain(
        blocks,
        make_head,
        [(x, y)],
        nn.CrossEntropyLoss(),
        sgd,
        epochs=2,
        validation=[(x, y)],
        metrics={"accuracy": lambda p, y: (p.argmax(1) == y).float().mean()},
    )
    assert [set(history.columns) for history in histories] == [{"train loss", "validation loss", "accuracy"}] * 2
    assert all(len(history.epochs) == 2 for history in histories)


def test_without_blocks_there_is_nothing_to_train():
    with pytest.raises(ValueError, match="at least one block"):
        greedy_pretrain([], nn.Identity, data(), nn.CrossEntropyLoss(), sgd, epochs=1)


# Hints ----------------------------------------------------------------------------------------------------------------


def student(seed=0):
    return nn.Sequential(*stack([2, 3, 4], seed), nn.Linear(4, 2))


def teacher():
    return nn.Sequential(*stack([2, 7], seed=5), nn.Linear(7, 2))


def hints(pupil, master, batches=None, **options):
    options = {"student_layer": "1", "teacher_layer": "0", "make_optimizer": sgd, "epochs": 2, **options}
    return fitnet_hints(pupil, master, data() if batches is None else batches, **options)


def test_hints_by_hand():
    ours, hand, master = student(), student(), teacher()
    torch.manual_seed(3)
    history = hints(ours, master, generator=torch_generator(1))
    regressor = nn.Linear(4, 7)
    torch.manual_seed(3)
    batches = data()
    next(iter(batches))  # whose outputs have shapes
    bound = 0.5
    uniform = [torch.rand(shape, generator=g) for g in [torch_generator(1)] for shape in [(7, 4), (7,)]]
    for parameter, u in zip(regressor.parameters(), uniform, strict=True):
        parameter.data = (2 * u - 1) * bound
    optimizer = sgd([*hand.parameters(), *regressor.parameters()])
    losses = []
    for _ in range(2):
        for x, _ in batches:
            with torch.no_grad():
                u = master.eval()[0](x)
            loss = (regressor(hand[1](hand[0](x))) - u).square().mean() / 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    torch.testing.assert_close(ours.state_dict(), hand.state_dict())
    torch.testing.assert_close(torch.tensor(history.train_loss), torch.tensor(losses).reshape(2, 5).mean(1))


def test_only_the_guided_half_moves():
    pupil, master = student(), teacher()
    master[0].eval()
    before, master_before = state(*pupil), state(master)
    hints(pupil, master, student_layer="0.2")
    assert [same(a, b) for a, b in zip(before, state(*pupil), strict=True)] == [False, True, True]
    assert same(*master_before, *state(master))
    assert [module.training for module in (pupil, master, master[0], master[1])] == [True, True, False, True]
    assert not any(module._forward_hooks for model in (pupil, master) for module in model.modules())


def test_what_comes_behind_is_not_computed():
    pupil = student()
    pupil[2] = nn.Linear(99, 1)  # fits nowhere
    hints(pupil, teacher())


def test_a_student_learns_what_its_teacher_says():
    """A linear layer over as many features can say all of it."""
    pupil, master = nn.Sequential(nn.Linear(2, 5), nn.Linear(5, 2)), nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 2))
    history = hints(pupil, master, student_layer="0", epochs=60)
    assert history.train_loss[-1] < 1e-4 * history.train_loss[0]


def test_maps_get_the_size_of_the_teachers():
    x = torch.randn(6, 1, 9, 8, generator=torch_generator(0))
    pupil = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
    master = nn.Sequential(nn.Conv2d(1, 5, (4, 5)), nn.ReLU())
    regressors = []

    def make_optimizer(parameters):
        regressors.append(list(parameters)[2:])
        return sgd(regressors[0])

    history = hints(
        pupil, master, [(x, x)], student_layer="1", teacher_layer="1", make_optimizer=make_optimizer, epochs=20
    )
    assert [tuple(p.shape) for p in regressors[0]] == [(5, 2, 2, 3), (5,)]
    assert history.train_loss[-1] < 0.8 * history.train_loss[0]


def test_hints_in_double_precision():
    x = torch.randn(6, 2, generator=torch_generator(0), dtype=torch.float64)
    hints(student().double(), teacher().double(), [(x, x)])


class Forgetful(nn.Module):
    """Has a layer that it never asks."""

    def __init__(self):
        super().__init__()
        self.used, self.unused = nn.Linear(2, 3), nn.Linear(2, 3)

    def forward(self, x):
        return self.used(x)


@pytest.mark.parametrize(
    ("pupil", "options", "message"),
    [
        (student, {"student_layer": "fc"}, "no layer is called 'fc': the model has '0', '1', '2'"),
        (student, {"teacher_layer": "0.9"}, "no layer is called '0.9': 0 has '0', '1', "),
        (
            lambda: nn.Sequential(nn.Unflatten(1, (2, 1, 1))),
            {"student_layer": "0"},
            r"\(8, 2, 1, 1\) from the student and \(8, 7\)",
        ),
    ],
    ids=["no such layer", "none of the teacher's", "other shapes"],
)
def test_refusals(pupil, options, message):
    with pytest.raises(ValueError, match=message):
        hints(pupil(), teacher(), **options)


def test_a_layer_that_is_not_used():
    with pytest.raises(RuntimeError, match="a layer 'unused', but does not use it"):
        hints(Forgetful(), teacher(), student_layer="unused")


def test_data_that_come_only_once_are_refused():
    with pytest.raises(TypeError, match="expected data that can be gone .* again, got a list_iterator"):
        hints(student(), teacher(), iter(list(data())))
    for wrong in ({"data": iter(list(data()))}, {"validation": iter(list(data()))}):
        options = {"data": data(), "validation": None, **wrong}
        with pytest.raises(TypeError, match=f"expected {next(iter(wrong))} that can be gone"):
            greedy_pretrain(
                stack([2, 3]),
                lambda width: nn.Linear(width, 2),
                loss=nn.CrossEntropyLoss(),
                make_optimizer=sgd,
                epochs=2,
                **options,
            )


def test_larger_maps_of_the_teacher_are_refused():
    maps = [(torch.zeros(2, 1, 8, 8), torch.zeros(2))]
    pupil, master = nn.Sequential(nn.Conv2d(1, 1, 3)), nn.Sequential(nn.Conv2d(1, 1, 2))
    with pytest.raises(ValueError, match="at least as large"):
        hints(pupil, master, maps, student_layer="0")


def test_pretrained_blocks_carry_what_their_head_needs():
    """On top of blocks that were trained, a new head finds more than on top of new ones."""
    X = torch.randn(400, 2, generator=torch_generator(7))
    labelled = [(X, (X.prod(1) > 0).long())]
    losses = []
    for epochs in (60, 0):
        blocks = [nn.Sequential(block[0], block[2]) for block in stack([2, 16, 16])]
        if epochs:
            greedy_pretrain(
                blocks, lambda width: nn.Linear(width, 2), labelled, nn.CrossEntropyLoss(), sgd, epochs=epochs
            )
        top = nn.Linear(16, 2)
        below = nn.Sequential(*blocks).requires_grad_(False)
        optimizer = sgd(top.parameters())
        for _ in range(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(top(below(X)), labelled[0][1]).backward()
            optimizer.step()
        losses.append(evaluate(nn.Sequential(below, top), labelled, nn.CrossEntropyLoss())["loss"])
    assert losses[0] < losses[1] / 2
