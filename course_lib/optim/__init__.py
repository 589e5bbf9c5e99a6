"""Optimizers: rules for stepping downhill, with the interface of ``torch.optim``."""

from course_lib.optim.optimizer import Optimizer
from course_lib.optim.sgd import SGD

__all__ = ["SGD", "Optimizer"]
