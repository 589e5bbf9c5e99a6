"""Optimizers: rules for stepping downhill, with the interface of ``torch.optim``; schedules, clipping and averaging."""

from course_lib.optim import lr_scheduler, swa_utils
from course_lib.optim.adadelta import Adadelta
from course_lib.optim.adagrad import Adagrad
from course_lib.optim.adam import Adam, AdamW
from course_lib.optim.asgd import ASGD
from course_lib.optim.clip import clip_grad_norm_, clip_grad_value_
from course_lib.optim.delta_bar_delta import DeltaBarDelta
from course_lib.optim.optimizer import Optimizer
from course_lib.optim.rmsprop import RMSprop
from course_lib.optim.rprop import Rprop
from course_lib.optim.sgd import SGD

__all__ = [
    "ASGD",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "DeltaBarDelta",
    "Optimizer",
    "RMSprop",
    "Rprop",
    "clip_grad_norm_",
    "clip_grad_value_",
    "lr_scheduler",
    "swa_utils",
]
