"""Choosing a model: nearest neighbours and polynomials to choose from, and ways to tell how they will do.

Names, arguments and answers are scikit-learn's. Estimators take NumPy arrays and torch tensors and answer in kind. The
chapters, in reading order: ``neighbors``, ``polynomial``, ``splitting``, ``validation``, ``simulation``.
"""

from course_lib.model_selection.neighbors import KNeighborsClassifier, KNeighborsRegressor, neighbourhood_edge
from course_lib.model_selection.polynomial import PolynomialFeatures
from course_lib.model_selection.simulation import BiasVariance, bias_variance
from course_lib.model_selection.splitting import KFold, LeaveOneOut, StratifiedKFold, train_test_split
from course_lib.model_selection.validation import cross_val_score, validation_curve

__all__ = [
    "BiasVariance",
    "KFold",
    "KNeighborsClassifier",
    "KNeighborsRegressor",
    "LeaveOneOut",
    "PolynomialFeatures",
    "StratifiedKFold",
    "bias_variance",
    "cross_val_score",
    "neighbourhood_edge",
    "train_test_split",
    "validation_curve",
]
