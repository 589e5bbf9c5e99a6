"""Training a network: the loop with all that belongs to it, in parts, easy samples first, and at which rate."""

from course_lib.training.curriculum import Curriculum
from course_lib.training.history import History
from course_lib.training.loop import evaluate, fit
from course_lib.training.pretraining import fitnet_hints, greedy_pretrain
from course_lib.training.progress import watched
from course_lib.training.rate_finder import find_learning_rate

__all__ = [
    "Curriculum",
    "History",
    "evaluate",
    "find_learning_rate",
    "fit",
    "fitnet_hints",
    "greedy_pretrain",
    "watched",
]
