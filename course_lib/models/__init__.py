"""Whole models, from the perceptron upward."""

from course_lib.models.alexnet import AlexNet
from course_lib.models.composition import compose
from course_lib.models.deep_dream import deep_dream
from course_lib.models.densenet import DenseNet
from course_lib.models.features import feature_extractor
from course_lib.models.googlenet import GoogLeNet
from course_lib.models.lenet import LeNet5
from course_lib.models.linear_regions import count_linear_regions, linear_regions
from course_lib.models.mlp import MLP
from course_lib.models.perceptron import Perceptron, mistake_bound, mistakes_in_pass, with_constant
from course_lib.models.resnet import ResNet
from course_lib.models.vgg import VGG

__all__ = [
    "MLP",
    "VGG",
    "AlexNet",
    "DenseNet",
    "GoogLeNet",
    "LeNet5",
    "Perceptron",
    "ResNet",
    "compose",
    "count_linear_regions",
    "deep_dream",
    "feature_extractor",
    "linear_regions",
    "mistake_bound",
    "mistakes_in_pass",
    "with_constant",
]
