"""Probability and information, for NumPy arrays and torch tensors alike.

The distributions have the arguments, methods and names of ``torch.distributions``, but draw from a generator that is
passed in. The chapters, in reading order: ``functions``, ``information``, ``tables``, ``moments``, ``distribution``,
``discrete``, ``continuous``, ``multivariate``, ``composed``, ``divergence``.
"""

from course_lib.probability.composed import Empirical, MixtureSameFamily
from course_lib.probability.continuous import Laplace, Normal, Uniform
from course_lib.probability.discrete import Bernoulli, Categorical
from course_lib.probability.divergence import kl_divergence
from course_lib.probability.functions import logsumexp, sigmoid, softmax, softplus
from course_lib.probability.information import cross_entropy, entropy
from course_lib.probability.moments import correlation, covariance
from course_lib.probability.multivariate import MultivariateNormal
from course_lib.probability.tables import bayes, conditional, marginal

__all__ = [
    "Bernoulli",
    "Categorical",
    "Empirical",
    "Laplace",
    "MixtureSameFamily",
    "MultivariateNormal",
    "Normal",
    "Uniform",
    "bayes",
    "conditional",
    "correlation",
    "covariance",
    "cross_entropy",
    "entropy",
    "kl_divergence",
    "logsumexp",
    "marginal",
    "sigmoid",
    "softmax",
    "softplus",
]
