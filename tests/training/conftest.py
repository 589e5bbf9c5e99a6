"""A small network, small data, and an oracle: the loop as one would write it by hand."""

from __future__ import annotations

import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches


@pytest.fixture(autouse=True)
def own_random_numbers():
    """Dropout draws from torch's global generator: give it back as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


class Task:
    """Two classes in the plane, a network with dropout and batch norm, and its optimizer, by seed."""

    def __init__(self, seed: int = 0, data_generator=None) -> None:
        generator = torch_generator(7)
        X = torch.randn(50, 2, generator=generator)
        y = (X.prod(1) > 0).long()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = torch.nn.Sequential(
                torch.nn.Linear(2, 16),
                torch.nn.BatchNorm1d(16),
                torch.nn.Tanh(),
                torch.nn.Dropout(0.3),
                torch.nn.Linear(16, 2),
            )
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        generator = torch_generator(seed) if data_generator is None else data_generator
        self.data = Minibatches(X[:30], y[:30], batch_size=8, generator=generator)
        self.validation = Minibatches(X[30:], y[30:], batch_size=12, shuffle=False)

    def weights(self) -> torch.Tensor:
        return torch.cat([value.reshape(-1).float() for value in self.model.state_dict().values()]).clone()


@pytest.fixture
def task() -> Task:
    return Task()


@pytest.fixture
def make_task() -> type[Task]:
    return Task
