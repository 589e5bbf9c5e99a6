"""Regression: lines, planes and log-odds, the statistics that belong to them, and the choice of predictors.

The estimators are scikit-learn's in name, meaning and conventions, and also fit torch tensors where they are. Of
scikit-learn's arguments those are here that change the answer; those that choose among algorithms or only save time
(``solver``, ``copy_X``, ``n_jobs``, ``warm_start`` …) are not, and neither is ``positive``.

To read it, begin with ``linear``, then ``summary``, ``selection``, ``predictors``, ``lasso``, ``likelihood``,
``logistic``, ``one_vs_rest``.
"""

from course_lib.regression._least_squares import CollinearityWarning
from course_lib.regression.lasso import Lasso, coordinate_descent
from course_lib.regression.likelihood import CrossEntropy, newton
from course_lib.regression.linear import LinearRegression, Ridge
from course_lib.regression.logistic import LogisticRegression, SoftmaxRegression
from course_lib.regression.one_vs_rest import OneVsRestClassifier
from course_lib.regression.predictors import dummy_encode, interaction
from course_lib.regression.selection import SelectionPath, backward_selection, best_subset, forward_selection
from course_lib.regression.summary import Summary

__all__ = [
    "CollinearityWarning",
    "CrossEntropy",
    "Lasso",
    "LinearRegression",
    "LogisticRegression",
    "OneVsRestClassifier",
    "Ridge",
    "SelectionPath",
    "SoftmaxRegression",
    "Summary",
    "backward_selection",
    "best_subset",
    "coordinate_descent",
    "dummy_encode",
    "forward_selection",
    "interaction",
    "newton",
]
