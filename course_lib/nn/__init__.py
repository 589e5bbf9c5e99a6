"""Layers, activations, losses and initialisers, written from primitive tensor operations.

Every class has the arguments, attributes and ``state_dict`` of its namesake in ``torch.nn`` and gives the same numbers.
``Module``, ``Parameter`` and the containers are torch's own.
"""

from torch.nn import Module, ModuleDict, ModuleList, Parameter, ParameterDict, ParameterList, Sequential

from . import functional, init
from .activation import (
    RBF,
    AbsoluteValue,
    Cosine,
    Hardtanh,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Maxout,
    PReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from .linear import Identity, Linear
from .loss import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    GaussianNLLLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
)

__all__ = [
    "RBF",
    "AbsoluteValue",
    "BCELoss",
    "BCEWithLogitsLoss",
    "Cosine",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "Hardtanh",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "Maxout",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "PReLU",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "functional",
    "init",
]
