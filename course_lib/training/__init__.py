"""Training a network: epochs, metrics, a progress bar, early stopping, checkpoints."""

from course_lib.training.history import History
from course_lib.training.loop import evaluate, fit
from course_lib.training.progress import watched

__all__ = ["History", "evaluate", "fit", "watched"]
