"""Layers, activations, losses and initialisers, written from primitive tensor operations.

Every class has the arguments, attributes and ``state_dict`` of its namesake in ``torch.nn`` and gives the same numbers.
``Module``, ``Parameter`` and the containers are torch's own.
"""

from torch.nn import Module, ModuleDict, ModuleList, Parameter, ParameterDict, ParameterList, Sequential

from . import filters, functional, init
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
from .bidirectional import Bidirectional
from .cells import GRUCell, LSTMCell, RNNCell
from .conv import Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d, conv2d_naive
from .delay import TDNN
from .dropout import Dropout, GaussianNoise
from .embedding import Embedding
from .fourier import conv2d_fft
from .kmeans import kmeans_kernels
from .lag import gradient_norms_by_lag
from .linear import Identity, Linear
from .local import LocallyConnected2d, TiledConv2d
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
from .normalization import BatchNorm1d, BatchNorm2d, LayerNorm
from .pooling import AdaptiveAvgPool2d, AvgPool2d, LPPool2d, MaxPool2d
from .recurrent import GRU, LSTM, RNN, LeakyRNN
from .recurrent_naive import GRUTrace, LSTMTrace, gru_forward_naive, lstm_forward_naive, rnn_forward_naive
from .shape import Flatten
from .toeplitz import toeplitz
from .windows import conv_output_size

__all__ = [
    "GRU",
    "LSTM",
    "RBF",
    "RNN",
    "TDNN",
    "AbsoluteValue",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Bidirectional",
    "Conv1d",
    "Conv2d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "Cosine",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GRUTrace",
    "GaussianNLLLoss",
    "GaussianNoise",
    "Hardtanh",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "LPPool2d",
    "LSTMCell",
    "LSTMTrace",
    "LayerNorm",
    "LeakyRNN",
    "LeakyReLU",
    "Linear",
    "LocallyConnected2d",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Maxout",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "PReLU",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "RNNCell",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "TiledConv2d",
    "conv2d_fft",
    "conv2d_naive",
    "conv_output_size",
    "filters",
    "functional",
    "gradient_norms_by_lag",
    "gru_forward_naive",
    "init",
    "kmeans_kernels",
    "lstm_forward_naive",
    "rnn_forward_naive",
    "toeplitz",
]
