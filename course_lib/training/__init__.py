"""Training a network: the loop with all that belongs to it, in parts, easy samples first, and at which rate."""

from course_lib.training.adversarial import AdversarialStep, adversarial_steps, fit_gan
from course_lib.training.curriculum import Curriculum
from course_lib.training.history import History
from course_lib.training.loop import evaluate, fit
from course_lib.training.own_loss import fit_own_loss, stack_pretrain
from course_lib.training.pretraining import fitnet_hints, greedy_pretrain
from course_lib.training.progress import watched
from course_lib.training.rate_finder import find_learning_rate
from course_lib.training.truncated import truncated_bptt

__all__ = [
    "AdversarialStep",
    "Curriculum",
    "History",
    "adversarial_steps",
    "evaluate",
    "find_learning_rate",
    "fit",
    "fit_gan",
    "fit_own_loss",
    "fitnet_hints",
    "greedy_pretrain",
    "stack_pretrain",
    "truncated_bptt",
    "watched",
]
