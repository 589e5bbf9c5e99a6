"""Whole models, from the perceptron upward."""

from course_lib.models.composition import compose
from course_lib.models.linear_regions import count_linear_regions, linear_regions
from course_lib.models.mlp import MLP
from course_lib.models.perceptron import Perceptron, mistake_bound, mistakes_in_pass, with_constant

__all__ = [
    "MLP",
    "Perceptron",
    "compose",
    "count_linear_regions",
    "linear_regions",
    "mistake_bound",
    "mistakes_in_pass",
    "with_constant",
]
