"""The interactive pictures of the lectures, one module of them per lecture."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.demos.base import Demo

LECTURES = (
    "introduction",
    "linear_algebra",
    "probability",
    "machine_learning_basics",
    "regression",
    "feedforward_networks",
    "gradient_based_learning",
    "backpropagation",
    "convolutional_networks",
    "regularization",
    "optimization",
    "recurrent_networks",
    "autoencoders",
    "generative_models",
)
"""The modules that hold demos, in the order of the lectures."""


def catalogue() -> dict[str, type[Demo]]:
    """Every demo by its name, in the order of the lectures: ``display(catalogue()["MatrixMap"]())`` shows one."""
    modules = [importlib.import_module(f"course_lib.demos.{lecture}") for lecture in LECTURES]
    return {name: getattr(module, name) for module in modules for name in module.__all__}
