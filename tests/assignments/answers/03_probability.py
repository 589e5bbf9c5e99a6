"""Answers to assignment 03, right and wrong, and what each must lose.

A heading names the exercise, says what is special about the answer, and which points it loses: test cell by test
cell, or nothing. Below it stands a function or, for a small mistake, what differs from the instructor's answer.
"""

# ruff: noqa: F811

import math

import numpy as np
from numpy.linalg import LinAlgError

# ------------------------------------------------------------------------------------------ exercise 1: bayes_posterior


# %% ex1: likelihoods divided by the largest that can occur, in place of logarithms | nothing
def bayes_posterior(prior, likelihood):
    prior, likelihood = prior.astype(float), likelihood.astype(float)
    if prior.ndim != 1 or prior.shape != likelihood.shape:
        raise ValueError("shapes do not fit")
    if (prior < 0).any() or not np.isclose(prior.sum(), 1, rtol=0, atol=1e-6) or (likelihood < 0).any():
        raise ValueError("no probabilities")
    likelihood[prior == 0] = 0
    if likelihood.max() == 0:
        raise ValueError("impossible evidence")
    joint = prior * (likelihood / likelihood.max())
    return joint / joint.sum()


# %% ex1: a loop in plain Python over logarithms, returning a list | nothing
def bayes_posterior(prior, likelihood):
    if np.ndim(prior) != 1 or np.shape(prior) != np.shape(likelihood):
        raise ValueError
    if min(prior) < 0 or min(likelihood) < 0 or abs(math.fsum(prior) - 1) > 1e-6:
        raise ValueError
    logs = [math.log(p) + math.log(e) if p > 0 and e > 0 else -math.inf for p, e in zip(prior, likelihood, strict=True)]
    top = max(logs)
    if top == -math.inf:
        raise ValueError
    terms = [math.exp(value - top) for value in logs]
    total = sum(terms)
    return [term / total for term in terms]


# %% ex1: logarithms of zeros and all | nothing
def bayes_posterior(prior, likelihood):
    prior, likelihood = np.array(prior, dtype=np.float64), np.array(likelihood, dtype=np.float64)
    if prior.shape != likelihood.shape or len(prior.shape) != 1:
        raise ValueError
    if np.min(prior) < 0 or np.min(likelihood) < 0 or not abs(1 - np.sum(prior)) <= 1e-6:
        raise ValueError
    log_posterior = np.log(prior) + np.log(likelihood)
    if np.all(np.isneginf(log_posterior)):
        raise ValueError
    log_posterior -= np.logaddexp.reduce(log_posterior)
    return np.exp(log_posterior)


# %% ex1: the formula as it stands, whose products leave the range | range 2
def bayes_posterior(prior, likelihood):
    prior, likelihood = np.asarray(prior, dtype=float), np.asarray(likelihood, dtype=float)
    if prior.ndim != 1 or prior.shape != likelihood.shape:
        raise ValueError
    if np.any(prior < 0) or np.any(likelihood < 0) or abs(np.sum(prior) - 1) > 1e-6:
        raise ValueError
    joint = prior * likelihood
    if np.sum(joint) == 0:
        raise ValueError
    return joint / np.sum(joint)


# %% ex1: likelihoods divided by the largest of all, which may belong to an impossible hypothesis | range 2
def bayes_posterior(prior, likelihood):
    prior, likelihood = np.asarray(prior, dtype=float), np.asarray(likelihood, dtype=float)
    if prior.ndim != 1 or prior.shape != likelihood.shape:
        raise ValueError
    if (
        np.any(prior < 0)
        or np.any(likelihood < 0)
        or abs(np.sum(prior) - 1) > 1e-6
        or not np.any(prior * likelihood > 0)
    ):
        raise ValueError
    joint = prior * (likelihood / likelihood.max())
    return joint / np.sum(joint)


# %% ex1: nothing divided by the evidence | values 3, range 2
# - posterior / posterior.sum()
# + prior * likelihood


# %% ex1: the prior left out | values 3, range 2, errors 2
# - np.log(prior) + np.log(likelihood)
# + np.log(likelihood)


# %% ex1: the likelihood left out | values 3, range 2, errors 2
# - np.log(prior) + np.log(likelihood)
# + np.log(prior)


# %% ex1: divided by the prior | values 3, range 2, errors 2
# - np.log(prior) + np.log(likelihood)
# + np.log(likelihood) - np.log(prior)


# %% ex1: divided by the largest, not by the sum | values 3, range 2
# - posterior.sum()
# + posterior.max()


# %% ex1: the probability of the first hypothesis alone | values 3, range 2
# - return posterior / posterior.sum()
# + return float(posterior[0] / posterior.sum())


# %% ex1: two hypotheses only | values 3, range 2
def bayes_posterior(prior, likelihood):
    prior, likelihood = np.asarray(prior, dtype=float), np.asarray(likelihood, dtype=float)
    if prior.shape != (2,) or likelihood.shape != (2,) or np.any(prior < 0) or np.any(likelihood < 0):
        raise ValueError
    if abs(prior.sum() - 1) > 1e-6:
        raise ValueError
    evidence = prior[0] * likelihood[0] + prior[1] * likelihood[1]
    if evidence == 0:
        raise ValueError
    return np.array([prior[0] * likelihood[0] / evidence, prior[1] * likelihood[1] / evidence])


# %% ex1: a likelihood above 1 is refused | values 3, range 2
# - np.any(likelihood < 0)
# + np.any(likelihood < 0) or np.any(likelihood > 1)


# %% ex1: a likelihood must sum to 1 | values 3, range 2, errors 2
# - np.any(likelihood < 0)
# + np.any(likelihood < 0) or abs(likelihood.sum() - 1) > 1e-6


# %% ex1: a likelihood of 0 is refused | values 3, range 2
# - np.any(likelihood < 0)
# + np.any(likelihood <= 0)


# %% ex1: a prior of 0 is refused | values 3, range 2
# - np.any(prior < 0)
# + np.any(prior <= 0)


# %% ex1: a prior that sums to 1 to the last digit only | values 3, range 2
# - abs(prior.sum() - 1) > 1e-6
# + prior.sum() != 1


# %% ex1: a prior that sums to anything is normalised | errors 2
# -  or abs(prior.sum() - 1) > 1e-6
# +


# %% ex1: too large a sum is refused, too small a one is not | errors 2
# - abs(prior.sum() - 1)
# + prior.sum() - 1


# %% ex1: a sum that is off by a percent is let in | errors 2
# - 1e-6
# + 1e-2


# %% ex1: a negative prior is let in | errors 2
# - np.any(prior < 0) or abs
# + abs


# %% ex1: a negative likelihood is let in | errors 2
# - np.any(likelihood < 0)
# + False


# %% ex1: impossible evidence gives nan | errors 2
# - log_joint.max() == -np.inf
# + False


# %% ex1: impossible evidence gives back the prior | errors 2
# - raise ValueError("no hypothesis makes this evidence possible")
# + return prior


# %% ex1: shapes are not compared | errors 2
# - prior.ndim != 1 or likelihood.shape != prior.shape
# + False


# %% ex1: matrices are let in | errors 2
# - prior.ndim != 1 or likelihood.shape != prior.shape
# + prior.ndim == 0 or likelihood.shape != prior.shape


# %% ex1: an AssertionError instead of a ValueError | errors 2
# - if np.any(likelihood < 0):
# + if True:
# - raise ValueError(f"a likelihood is never negative, got {likelihood}")
# + assert not np.any(likelihood < 0)


# %% ex1: the prior is overwritten | values 3
# - posterior = np.exp(log_joint - log_joint.max())
# + posterior = prior
# +     posterior[:] = np.exp(log_joint - log_joint.max())


# %% ex1: computes in the dtype of the arguments | values 3
# - np.asarray(prior, dtype=float), np.asarray(likelihood, dtype=float)
# + np.asarray(prior), np.asarray(likelihood)


# %% ex1: tiny numbers added against zeros | values 3, range 2, errors 2
def bayes_posterior(prior, likelihood):
    prior, likelihood = np.asarray(prior, dtype=float), np.asarray(likelihood, dtype=float)
    if prior.ndim != 1 or prior.shape != likelihood.shape:
        raise ValueError
    if np.any(prior < 0) or np.any(likelihood < 0) or abs(np.sum(prior) - 1) > 1e-6:
        raise ValueError
    log_joint = np.log(prior + 1e-12) + np.log(likelihood + 1e-12)
    joint = np.exp(log_joint - log_joint.max())
    return joint / joint.sum()


# %% ex1: returns the logarithm | values 3, range 2
# - posterior / posterior.sum()
# + np.log(posterior / posterior.sum())


# %% ex1: returns None | values 3, range 2
# - return posterior / posterior.sum()
# + print(posterior / posterior.sum())


# %% ex1: always raises the error that is asked for | values 3, range 2, errors 2
def bayes_posterior(prior, likelihood):
    raise ValueError


# ------------------------------------------------------------------------------------------------- exercise 2: marginal


# %% ex2: a loop over all entries | nothing
def marginal(joint, keep):
    if keep < 0 or keep >= joint.ndim:
        raise ValueError("no such axis")
    result, total = [0.0] * joint.shape[keep], 0.0
    for index, probability in np.ndenumerate(joint):
        if probability < 0:
            raise ValueError("negative probability")
        result[index[keep]] += float(probability)
        total += float(probability)
    if not -1e-6 <= total - 1 <= 1e-6:
        raise ValueError("the sum is not 1")
    return result


# %% ex2: the axis moved to the front, the rest made one | nothing
def marginal(joint, keep):
    joint = np.array(joint, dtype=np.float64)
    if keep not in range(len(joint.shape)) or joint.min() < 0 or np.abs(1 - joint.sum()) > 1e-6:
        raise ValueError
    return np.moveaxis(joint, keep, 0).reshape(joint.shape[keep], -1).sum(axis=1)


# %% ex2: one axis after the other, from the last | nothing
def marginal(joint, keep):
    if keep < 0:
        raise ValueError
    table = np.rollaxis(joint.astype(float), keep)  # raises AxisError, a ValueError, if there is no such axis
    if (table < 0).any():
        raise ValueError
    while table.ndim > 1:
        table = table.sum(-1)
    if abs(table.sum() - 1) > 1e-6:
        raise ValueError
    return table


# %% ex2: sums over the axis that should stay | two-variables 2, any-number 2
# - joint.sum(axis=others)
# + joint.sum(axis=keep)


# %% ex2: takes the first or last axis for the other, as if there were two | any-number 2
# - joint.sum(axis=others)
# + joint.sum(axis=1 - keep)


# %% ex2: only one other axis is summed out | any-number 2
# - joint.sum(axis=others)
# + joint.sum(axis=others[-1]) if others else joint


# %% ex2: the axes keep their places, with length 1 | two-variables 2, any-number 2
# - joint.sum(axis=others)
# + joint.sum(axis=others, keepdims=True)


# %% ex2: the mean instead of the sum | two-variables 2, any-number 2
# - joint.sum(axis=others)
# + joint.mean(axis=others)


# %% ex2: the largest instead of the sum | two-variables 2, any-number 2
# - joint.sum(axis=others)
# + joint.max(axis=others)


# %% ex2: everything is summed | two-variables 2, any-number 2
# - joint.sum(axis=others)
# + joint.sum()


# %% ex2: axes counted from 1 | two-variables 2, any-number 2, errors 2
# - 0 <= keep < joint.ndim
# + 1 <= keep <= joint.ndim
# - axis != keep
# + axis != keep - 1


# %% ex2: one variable alone is refused | any-number 2
# - joint = np.asarray(joint, dtype=float)
# + joint = np.asarray(joint, dtype=float)
# +     if joint.ndim < 2: raise ValueError


# %% ex2: the last axis is refused | two-variables 2, any-number 2, errors 2
# - 0 <= keep < joint.ndim
# + 0 <= keep < joint.ndim - 1


# %% ex2: negative axes count from the end | errors 2
# - 0 <= keep < joint.ndim
# + -joint.ndim <= keep < joint.ndim
# - axis != keep
# + axis != keep % joint.ndim


# %% ex2: axes that do not exist are let in | errors 2
# - not 0 <= keep < joint.ndim
# + keep < 0


# %% ex2: an IndexError instead of a ValueError | errors 2
# - raise ValueError(f"keep
# + raise IndexError(f"keep


# %% ex2: a table that sums to anything is let in | errors 2
# -  or abs(joint.sum() - 1) > 1e-6
# +


# %% ex2: too small a sum is let in | errors 2
# - abs(joint.sum() - 1)
# + joint.sum() - 1


# %% ex2: a sum that is off by a percent is let in | errors 2
# - 1e-6
# + 1e-2


# %% ex2: a sum must be 1 to the last digit | two-variables 2, any-number 2
# - abs(joint.sum() - 1) > 1e-6
# + joint.sum() != 1


# %% ex2: negative probabilities are let in | errors 2
# - np.any(joint < 0) or abs
# + abs


# %% ex2: negative sums are refused, not negative entries | errors 2
# - np.any(joint < 0)
# + np.any(joint.sum(axis=0) < 0)


# %% ex2: probabilities of 0 are refused | two-variables 2, any-number 2
# - np.any(joint < 0)
# + np.any(joint <= 0)


# %% ex2: the table is normalised in place | two-variables 2, any-number 2
# - joint = np.asarray(joint, dtype=float)
# +
# - others = tuple
# + joint[...] = joint / joint.sum() * (1 + 1e-15); others = tuple


# %% ex2: computes in the dtype of the argument | any-number 2
# - joint = np.asarray(joint, dtype=float)
# +


# %% ex2: the last entry found as what is missing from 1 | two-variables 2, any-number 2
# - return joint.sum(axis=others)
# + result = joint.sum(axis=others)
# +     return np.append(1 - result[1:].sum(), result[1:])


# %% ex2: rounded to six digits | two-variables 2, any-number 2
# - joint.sum(axis=others)
# + joint.sum(axis=others).round(6)


# %% ex2: returns None | two-variables 2, any-number 2
# - return joint.sum
# + result = joint.sum


# %% ex2: always raises the error that is asked for | two-variables 2, any-number 2, errors 2
def marginal(joint, keep):
    raise ValueError


# ---------------------------------------------------------------------------------------------- exercise 3: conditional


# %% ex3: value by value | nothing
def conditional(joint, given):
    result = np.zeros(joint.shape)
    for value in range(joint.shape[given]):
        where = [slice(None)] * joint.ndim
        where[given] = value
        part = joint[tuple(where)].astype(float)
        if part.sum() == 0:
            raise ValueError("this value cannot occur")
        result[tuple(where)] = part / part.sum()
    return result


# %% ex3: the known axis to the front and back | nothing
def conditional(joint, given):
    table = np.moveaxis(np.array(joint, dtype=np.float64), given, 0)
    probability = table.reshape(len(table), -1).sum(axis=1)
    if not probability.all():
        raise ValueError
    return np.moveaxis((table.T / probability).T, 0, given)


# %% ex3: with a shape made for broadcasting, as nested lists | nothing
def conditional(joint, given):
    joint = joint.astype(float)
    axes = list(range(joint.ndim))
    axes.remove(given)
    known = np.sum(joint, axis=tuple(axes))
    if (known <= 0).any():
        raise ValueError
    shape = [1] * joint.ndim
    shape[given] = -1
    return (joint / known.reshape(shape)).tolist()


# %% ex3: the condition and the rest exchanged | two-variables 3, more-variables 2, impossible 2
# - axis=others
# + axis=given


# %% ex3: rows whatever is known | two-variables 3, more-variables 2, impossible 2
# - axis=others
# + axis=tuple(range(1, joint.ndim))


# %% ex3: broadcast along the wrong axis | two-variables 3, more-variables 2, impossible 2
# - , keepdims=True
# +


# %% ex3: one other axis taken for all | more-variables 2
# - axis=others
# + axis=others[-1]


# %% ex3: the other way round, as if there were two variables | more-variables 2, impossible 2
# - axis=others
# + axis=1 - given


# %% ex3: divided by the sum of the table | two-variables 3, more-variables 2, impossible 2
# - return joint / condition
# + return joint / joint.sum()


# %% ex3: multiplied, not divided | two-variables 3, more-variables 2, impossible 2
# - joint / condition
# + joint * condition


# %% ex3: the known axis moved to the front | two-variables 3, more-variables 2, impossible 2
# - joint / condition
# + np.moveaxis(joint / condition, given, 0)


# %% ex3: the known axis moved to the end | two-variables 3, more-variables 2, impossible 2
# - joint / condition
# + np.moveaxis(joint / condition, given, -1)


# %% ex3: the marginal alone | two-variables 3, more-variables 2, impossible 2
# - joint / condition
# + condition


# %% ex3: divided in place | two-variables 3, more-variables 2, impossible 2
# - joint = np.asarray(joint, dtype=float)
# +
# - return joint / condition
# + joint /= condition; return joint


# %% ex3: computes in the dtype of the argument | two-variables 3
# - joint = np.asarray(joint, dtype=float)
# +


# %% ex3: impossible values give nan | impossible 2
# - np.any(condition == 0)
# + False


# %% ex3: impossible values give 0 | impossible 2
# - raise ValueError(f"the variable on axis {given} has a value of probability 0")
# + condition = np.where(condition == 0, 1, condition)


# %% ex3: a tiny number added to the condition | two-variables 3, more-variables 2, impossible 2
# - np.any(condition == 0)
# + False
# - joint / condition
# + joint / (condition + 1e-7)


# %% ex3: tiny probabilities are taken for 0 | impossible 2
# - condition == 0
# + condition < 1e-12


# %% ex3: np.isclose takes tiny probabilities for 0 | impossible 2
# - condition == 0
# + np.isclose(condition, 0)


# %% ex3: every 0 in the table is refused | two-variables 3, more-variables 2, impossible 2
# - condition == 0
# + joint == 0


# %% ex3: refused only if every value is impossible | impossible 2
# - np.any(condition == 0)
# + np.all(condition == 0)


# %% ex3: a ZeroDivisionError instead of a ValueError | impossible 2
# - ValueError(
# + ZeroDivisionError(


# %% ex3: returns None | two-variables 3, more-variables 2, impossible 2
# - return joint / condition
# + print(joint / condition)


# %% ex3: always raises the error that is asked for | two-variables 3, more-variables 2, impossible 2
def conditional(joint, given):
    raise ValueError


# ---------------------------------------------------------------------------------------- exercise 4: covariance_matrix


# %% ex4: the formula, entry by entry | nothing
def covariance_matrix(X):
    if len(X.shape) != 2 or X.shape[0] < 2:
        raise ValueError("too few rows")
    n, d = X.shape
    columns = [[float(entry) for entry in X[:, j]] for j in range(d)]
    means = [math.fsum(column) / n for column in columns]
    C = np.empty((d, d))
    for j in range(d):
        for k in range(d):
            products = [(a - means[j]) * (b - means[k]) for a, b in zip(columns[j], columns[k], strict=True)]
            C[j, k] = math.fsum(products) / (n - 1)
    return C


# %% ex4: a sum of outer products, as nested lists | nothing
def covariance_matrix(X):
    X = np.array(X, dtype=np.float64)
    if X.ndim != 2 or X.shape[0] in (0, 1):
        raise ValueError
    mean = np.mean(X, axis=0)
    return (sum(np.outer(row - mean, row - mean) for row in X) / (X.shape[0] - 1)).tolist()


# %% ex4: np.einsum | nothing
def covariance_matrix(X):
    if np.ndim(X) != 2:
        raise ValueError
    n = len(X)
    if n <= 1:
        raise ValueError
    centred = X.astype(float) - X.astype(float).sum(axis=0, keepdims=True) / n
    return np.einsum("ij,ik->jk", centred, centred) / (n - 1)


# %% ex4: divided by n | values 3, numerics 3
# - (len(X) - 1)
# + len(X)


# %% ex4: divided by d - 1 | values 3, numerics 3
# - (len(X) - 1)
# + max(X.shape[1] - 1, 1)


# %% ex4: not divided | values 3, numerics 3
# -  / (len(X) - 1)
# +


# %% ex4: not centred | values 3, numerics 3
# - X - X.mean(axis=0)
# + X


# %% ex4: centred by rows | values 3, numerics 3
# - X.mean(axis=0)
# + X.mean(axis=1, keepdims=True)


# %% ex4: one mean for all columns | values 3, numerics 3
# - X.mean(axis=0)
# + X.mean()


# %% ex4: the median instead of the mean | values 3, numerics 3
# - X.mean(axis=0)
# + np.median(X, axis=0)


# %% ex4: observations as columns | values 3, numerics 3
# - centred.T @ centred
# + centred @ centred.T


# %% ex4: one variable per row, as np.cov has it | values 3, numerics 3
# - centred = X - X.mean(axis=0)
# + X = X.T
# +     centred = (X.T - X.T.mean(axis=0)).T
# - centred.T @ centred
# + centred @ centred.T


# %% ex4: correlations | values 3, numerics 3
# - centred = X - X.mean(axis=0)
# + centred = (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


# %% ex4: variances alone | values 3, numerics 3
# - centred.T @ centred
# + np.diag(np.sum(centred**2, axis=0))


# %% ex4: variances as a vector | values 3, numerics 3
# - centred.T @ centred
# + np.sum(centred**2, axis=0)


# %% ex4: one variable gives a number | values 3
# - centred.T @ centred
# + np.squeeze(centred.T @ centred)


# %% ex4: the mean of the products minus the product of the means | numerics 3
# - centred = X - X.mean(axis=0)
# + n, mean = len(X), X.mean(axis=0)
# - centred.T @ centred
# + (X.T @ X - n * np.outer(mean, mean))


# %% ex4: computes in the dtype of the argument | numerics 3
# - X = np.asarray(X, dtype=float)
# +


# %% ex4: the mean taken in the dtype of the argument | numerics 3
# - X = np.asarray(X, dtype=float)
# + mean = np.asarray(X).mean(axis=0).astype(X.dtype); X = np.asarray(X, dtype=float)
# - X.mean(axis=0)
# + mean


# %% ex4: centred in place | values 3
# - centred = X - X.mean(axis=0)
# + centred = X
# +     centred -= X.mean(axis=0)


# %% ex4: small covariances are taken for 0 | numerics 3
# - centred = X - X.mean(axis=0)
# + centred = X - X.mean(axis=0)
# +     centred[np.abs(centred) < 1e-9] = 0


# %% ex4: no errors | errors 2
# - X.ndim != 2 or len(X) < 2
# + False


# %% ex4: a single row is let in | errors 2
# - X.ndim != 2 or len(X) < 2
# + X.ndim != 2


# %% ex4: two rows are refused | values 3, errors 2
# - len(X) < 2
# + len(X) < 3


# %% ex4: vectors become columns | errors 2
# - X.ndim != 2 or len(X) < 2
# + X.ndim == 0 or len(X) < 2
# - X - X.mean(axis=0)
# + X.reshape(len(X), -1) - X.reshape(len(X), -1).mean(axis=0)


# %% ex4: fewer rows than columns are refused | values 3
# - len(X) < 2
# + len(X) < max(2, X.shape[-1])


# %% ex4: a TypeError instead of a ValueError | errors 2
# - ValueError(f
# + TypeError(f


# %% ex4: returns None | values 3, numerics 3
# - return centred.T
# + result = centred.T


# %% ex4: always raises the error that is asked for | values 3, numerics 3, errors 2
def covariance_matrix(X):
    raise ValueError


# ------------------------------------------------------------------------------------------- exercise 5: normal_log_pdf


# %% ex5: a comprehension in plain Python | nothing
def normal_log_pdf(x, mu, sigma):
    if math.isnan(sigma) or sigma <= 0:
        raise ValueError("sigma must be positive")
    constant = math.log(sigma) + 0.5 * math.log(2 * math.pi)
    values = [-0.5 * ((float(value) - mu) / sigma) ** 2 - constant for value in x.ravel()]
    return np.array(values).reshape(x.shape)


# %% ex5: the logarithm of sqrt(2 pi) sigma, in one | nothing
def normal_log_pdf(x, mu, sigma):
    if sigma > 0:
        x, mu, sigma = np.array(x, dtype=np.float64), np.float64(mu), np.float64(sigma)
        return -np.square((x - mu) / sigma) / 2 - np.log(np.sqrt(2 * np.pi) * sigma)
    raise ValueError(sigma)


# %% ex5: the logarithm of the density, which rounds to 0 | tails 3
def normal_log_pdf(x, mu, sigma):
    if not sigma > 0:
        raise ValueError
    x = np.asarray(x, dtype=float)
    return np.log(np.exp(-((x - mu) ** 2) / (2 * sigma**2)) / (np.sqrt(2 * np.pi) * sigma))


# %% ex5: a tiny number added before the logarithm | values 3, tails 3
def normal_log_pdf(x, mu, sigma):
    if not sigma > 0:
        raise ValueError
    x = np.asarray(x, dtype=float)
    return np.log(np.exp(-((x - mu) ** 2) / (2 * sigma**2)) / (np.sqrt(2 * np.pi) * sigma) + 1e-8)


# %% ex5: squares that leave the range | tails 3
# - z = (np.asarray(x, dtype=float) - mu) / sigma
# + d = np.asarray(x, dtype=float) - mu
# - -(z**2) / 2
# + -(d**2) / (2 * np.float64(sigma) ** 2)


# %% ex5: the logarithm of the variance, which leaves the range | tails 3
# - np.log(sigma)
# + np.log(np.float64(sigma) ** 2) / 2


# %% ex5: sigma taken for the variance | values 3, tails 3
# - z = (np.asarray(x, dtype=float) - mu) / sigma
# + z = (np.asarray(x, dtype=float) - mu) / np.sqrt(sigma)
# - np.log(sigma)
# + np.log(sigma) / 2


# %% ex5: half the logarithm of sigma | values 3, tails 3
# - np.log(sigma)
# + np.log(sigma) / 2


# %% ex5: the whole logarithm of 2 pi | values 3, tails 3
# - np.log(2 * np.pi) / 2
# + np.log(2 * np.pi)


# %% ex5: the constant left out | values 3, tails 3
# -  - np.log(2 * np.pi) / 2
# +


# %% ex5: the logarithm of sigma left out | values 3, tails 3
# -  - np.log(sigma)
# +


# %% ex5: plus the logarithm of sigma | values 3, tails 3
# - - np.log(sigma)
# + + np.log(sigma)


# %% ex5: the square not halved | values 3, tails 3
# - -(z**2) / 2
# + -(z**2)


# %% ex5: the square with the wrong sign | values 3, tails 3
# - -(z**2) / 2
# + z**2 / 2


# %% ex5: not squared | values 3, tails 3
# - -(z**2) / 2
# + -z / 2


# %% ex5: logarithms to base 10 | values 3, tails 3
# - np.log(sigma) - np.log(2 * np.pi) / 2
# + np.log10(sigma) - np.log10(2 * np.pi) / 2


# %% ex5: the density, not its logarithm | values 3, tails 3
# - return -(z**2) / 2 - np.log(sigma) - np.log(2 * np.pi) / 2
# + return np.exp(-(z**2) / 2 - np.log(sigma) - np.log(2 * np.pi) / 2)


# %% ex5: mu and sigma exchanged | values 3, tails 3, errors 2
# - if not sigma > 0
# + mu, sigma = sigma, mu
# +     if not sigma > 0


# %% ex5: the logarithms summed, as for independent draws | values 3, tails 3
# - return -(z**2) / 2 - np.log(sigma) - np.log(2 * np.pi) / 2
# + return np.sum(-(z**2) / 2 - np.log(sigma) - np.log(2 * np.pi) / 2)


# %% ex5: always a vector | values 3
# - (np.asarray(x, dtype=float) - mu)
# + (np.atleast_1d(np.asarray(x, dtype=float)) - mu)


# %% ex5: far tails cut off | tails 3
# - -(z**2) / 2
# + -(np.clip(z, -38, 38) ** 2) / 2


# %% ex5: computes in the dtype of the argument | tails 3
# - np.asarray(x, dtype=float)
# + x


# %% ex5: computes in float32 | values 3, tails 3
# - dtype=float
# + dtype=np.float32


# %% ex5: centred in place | values 3
# - z = (np.asarray(x, dtype=float) - mu) / sigma
# + z = np.asarray(x, dtype=float)
# +     z -= mu
# +     z /= sigma


# %% ex5: no errors | errors 2
# - not sigma > 0
# + False


# %% ex5: sigma = 0 is let in | errors 2
# - not sigma > 0
# + not sigma >= 0


# %% ex5: nan slips through | errors 2
# - not sigma > 0
# + sigma <= 0


# %% ex5: the size of sigma | errors 2
# - if not sigma > 0:
# + sigma = abs(sigma)
# +     if not sigma > 0:


# %% ex5: nan returned instead of an error | errors 2
# - raise ValueError(f"sigma must be positive, got {sigma}")
# + return np.full(np.shape(x), np.nan)


# %% ex5: tiny sigmas are refused | tails 3
# - not sigma > 0
# + not sigma > 1e-12


# %% ex5: returns None | values 3, tails 3
# - return -(z**2)
# + result = -(z**2)


# %% ex5: always raises the error that is asked for | values 3, tails 3, errors 2
def normal_log_pdf(x, mu, sigma):
    raise ValueError


# ------------------------------------------------------------------------------ exercise 6: multivariate_normal_log_pdf


# %% ex6: point by point, in plain Python | nothing
def multivariate_normal_log_pdf(x, mean, cov):
    if len(x.shape) != 2 or np.shape(mean) != (x.shape[1],) or np.shape(cov) != (x.shape[1], x.shape[1]):
        raise ValueError("shapes do not fit")
    d = x.shape[1]
    L = np.linalg.cholesky(cov.astype(np.float64)).tolist()
    log_det = 2 * sum(math.log(L[i][i]) for i in range(d))
    result = []
    for point in x.astype(np.float64).tolist():
        z = []
        for i in range(d):
            right = point[i] - float(mean[i]) - sum(L[i][j] * z[j] for j in range(i))
            z.append(right / L[i][i])
        result.append(-0.5 * (sum(entry * entry for entry in z) + log_det + d * math.log(2 * math.pi)))
    return result


# %% ex6: column by column, the right-hand side used up | nothing
def multivariate_normal_log_pdf(x, mean, cov):
    d = mean.size
    if x.ndim != 2 or mean.shape != (d,) or x.shape[1:] != (d,) or cov.shape != (d, d):
        raise ValueError
    L = np.linalg.cholesky(np.array(cov, dtype=float))
    right = (x.astype(float) - mean.astype(float)).T
    for j in range(d):
        right[j] /= L[j, j]
        right[j + 1 :] -= np.outer(L[j + 1 :, j], right[j])
    return -0.5 * np.einsum("ij,ij->j", right, right) - np.log(L.diagonal()).sum() - 0.5 * d * math.log(2 * math.pi)


# %% ex6: a Cholesky decomposition of one's own | nothing
def multivariate_normal_log_pdf(x, mean, cov):
    x, mean, cov = x.astype(float), mean.astype(float), cov.astype(float)
    if x.ndim != 2 or mean.ndim != 1 or x.shape[1] != len(mean) or cov.shape != 2 * mean.shape:
        raise ValueError
    d = len(mean)
    L = np.zeros((d, d))
    for j in range(d):
        pivot = cov[j, j] - L[j, :j] @ L[j, :j]
        if pivot <= 0:
            raise LinAlgError("not positive definite")
        L[j, j] = np.sqrt(pivot)
        for i in range(j + 1, d):
            L[i, j] = (cov[i, j] - L[i, :j] @ L[j, :j]) / L[j, j]
    z = np.zeros((d, len(x)))
    for i in range(d):
        z[i] = (x[:, i] - mean[i] - L[i, :i] @ z[:i]) / L[i, i]
    return -0.5 * (z * z).sum(0) - sum(np.log(L[i, i]) + 0.5 * np.log(2 * np.pi) for i in range(d))


# %% ex6: the formula as it stands, with inverse and determinant | numerics 3, singular 2
def multivariate_normal_log_pdf(x, mean, cov):
    x, mean, cov = np.asarray(x, dtype=float), np.asarray(mean, dtype=float), np.asarray(cov, dtype=float)
    if x.ndim != 2 or mean.shape != x.shape[1:] or cov.shape != (x.shape[1], x.shape[1]):
        raise ValueError
    deviation = x - mean
    squares = np.sum(deviation @ np.linalg.inv(cov) * deviation, axis=1)
    return -squares / 2 - np.log(np.linalg.det(cov)) / 2 - len(mean) * np.log(2 * np.pi) / 2


# %% ex6: the pseudo-inverse, which accepts singular matrices | numerics 3, singular 2
def multivariate_normal_log_pdf(x, mean, cov):
    x, mean, cov = np.asarray(x, dtype=float), np.asarray(mean, dtype=float), np.asarray(cov, dtype=float)
    if x.ndim != 2 or mean.shape != x.shape[1:] or cov.shape != (x.shape[1], x.shape[1]):
        raise ValueError
    deviation = x - mean
    squares = np.sum(deviation @ np.linalg.pinv(cov) * deviation, axis=1)
    return -squares / 2 - np.linalg.slogdet(cov)[1] / 2 - len(mean) * np.log(2 * np.pi) / 2


# %% ex6: the logarithm of the density, which rounds to 0 | numerics 3
# - return -np.sum(z**2, axis=1) / 2 - np.sum(np.log(np.diag(L))) - d * np.log(2 * np.pi) / 2
# + return np.log(np.exp(-np.sum(z**2, axis=1) / 2) / np.prod(np.diag(L)) / (2 * np.pi) ** (d / 2))


# %% ex6: the product of the diagonal, which leaves the range | numerics 3
# - np.sum(np.log(np.diag(L)))
# + np.log(np.prod(np.diag(L)))


# %% ex6: half the logarithms of the diagonal | values 4, numerics 3, singular 2
# - np.sum(np.log(np.diag(L)))
# + np.sum(np.log(np.diag(L))) / 2


# %% ex6: the logarithm of the whole determinant | values 4, numerics 3, singular 2
# - np.sum(np.log(np.diag(L)))
# + 2 * np.sum(np.log(np.diag(L)))


# %% ex6: the logarithm of the determinant with the wrong sign | values 4, numerics 3, singular 2
# - - np.sum(np.log(np.diag(L)))
# + + np.sum(np.log(np.diag(L)))


# %% ex6: the diagonal of the covariance for that of its factor | values 4, numerics 3, singular 2
# - np.log(np.diag(L))
# + np.log(np.diag(cov))


# %% ex6: the determinant left out | values 4, numerics 3, singular 2
# -  - np.sum(np.log(np.diag(L)))
# +


# %% ex6: the constant left out | values 4, numerics 3, singular 2
# -  - d * np.log(2 * np.pi) / 2
# +


# %% ex6: the constant of one dimension | values 4, numerics 3, singular 2
# - d * np.log(2 * np.pi)
# + np.log(2 * np.pi)


# %% ex6: n in the place of d | values 4, numerics 3, singular 2
# - d * np.log(2 * np.pi)
# + len(x) * np.log(2 * np.pi)


# %% ex6: the square not halved | values 4, numerics 3, singular 2
# - -np.sum(z**2, axis=1) / 2
# + -np.sum(z**2, axis=1)


# %% ex6: the length, not its square | values 4, numerics 3
# - -np.sum(z**2, axis=1) / 2
# + -np.sqrt(np.sum(z**2, axis=1)) / 2


# %% ex6: correlations ignored | values 4, numerics 3, singular 2
# - np.linalg.cholesky(cov)
# + np.sqrt(np.diag(np.diag(cov)))


# %% ex6: the covariance itself solved instead of its factor | values 4, numerics 3
# - z[:, :i] @ L[i, :i]) / L[i, i]
# + z[:, :i] @ cov[i, :i]) / cov[i, i]


# %% ex6: the factor transposed | values 4, numerics 3, singular 2
# - L = np.linalg.cholesky(cov)
# + L = np.linalg.cholesky(cov).T


# %% ex6: multiplied with the factor instead of solved | values 4, numerics 3, singular 2
# - z[:, i] = (deviation[:, i] - z[:, :i] @ L[i, :i]) / L[i, i]
# + z = deviation @ L


# %% ex6: what stands left of the diagonal is forgotten | values 4, numerics 3, singular 2
# -  - z[:, :i] @ L[i, :i]
# +


# %% ex6: the right-hand side in the place of the unknowns found | values 4, numerics 3
# - z[:, :i] @ L[i, :i]
# + deviation[:, :i] @ L[i, :i]


# %% ex6: not divided by the diagonal | values 4, numerics 3
# -  / L[i, i]
# +


# %% ex6: solved from the last row | values 4, numerics 3, singular 2
# - range(d)
# + reversed(range(d))


# %% ex6: the last row forgotten | values 4, numerics 3
# - range(d)
# + range(max(d - 1, 1))


# %% ex6: the mean not subtracted | values 4, numerics 3
# - x - mean
# + x.copy()


# %% ex6: the mean of the points instead of the given one | values 4, numerics 3, singular 2
# - x - mean
# + x - x.mean(axis=0)


# %% ex6: squares added down the points | values 4, numerics 3, singular 2
# - np.sum(z**2, axis=1)
# + np.sum(z**2, axis=0)


# %% ex6: all points together | values 4, numerics 3
# - return -np.sum(z**2, axis=1) / 2
# + return -np.sum(z**2) / 2


# %% ex6: a column of results | values 4, numerics 3
# - np.sum(z**2, axis=1)
# + np.sum(z**2, axis=1, keepdims=True)


# %% ex6: the square matrix of all pairs of points | values 4, numerics 3
# - np.sum(z**2, axis=1)
# + (z @ z.T)


# %% ex6: centred in place | values 4
# - deviation = x - mean
# + deviation = x
# +     deviation -= mean


# %% ex6: a tiny number added to the diagonal | values 4, numerics 3, singular 2
# - np.linalg.cholesky(cov)
# + np.linalg.cholesky(cov + 1e-6 * np.eye(d))


# %% ex6: a relative number added to the diagonal, so that nothing is singular | numerics 3, singular 2
# - np.linalg.cholesky(cov)
# + np.linalg.cholesky(cov + 1e-10 * np.trace(cov) / d * np.eye(d))


# %% ex6: a ValueError for a singular matrix | singular 2
# - L = np.linalg.cholesky(cov)
# + try: L = np.linalg.cholesky(cov)
# +     except LinAlgError: raise ValueError("singular") from None


# %% ex6: minus infinity for a singular matrix | singular 2
# - L = np.linalg.cholesky(cov)
# + try: L = np.linalg.cholesky(cov)
# +     except LinAlgError: return np.full(len(x), -np.inf)


# %% ex6: small matrices are taken for singular | numerics 3, singular 2
# - L = np.linalg.cholesky(cov)
# + L = np.linalg.cholesky(cov)
# +     if np.prod(np.diag(L)) < 1e-8: raise LinAlgError


# %% ex6: computes in the dtype of the arguments | numerics 3
# - x, mean, cov = (np.asarray(array, dtype=float) for array in (x, mean, cov))
# +


# %% ex6: small integers leave their range | numerics 3
# - x, mean, cov = (np.asarray(array, dtype=float) for array in (x, mean, cov))
# +
# - deviation = x - mean
# + deviation = np.asarray(x - mean, dtype=float)


# %% ex6: the factor in float32 | values 4, numerics 3, singular 2
# - np.linalg.cholesky(cov)
# + np.linalg.cholesky(cov.astype(np.float32))


# %% ex6: no errors about shapes | errors 2
# - x.ndim != 2 or mean.shape != x.shape[1:] or cov.shape != (x.shape[1], x.shape[1])
# + False


# %% ex6: the shape of the mean is not looked at | errors 2
# - mean.shape != x.shape[1:] or cov
# + cov


# %% ex6: the shape of the covariance is not looked at | errors 2
# -  or cov.shape != (x.shape[1], x.shape[1])
# +


# %% ex6: one point without an axis of its own is let in | errors 2
# - x.ndim != 2 or mean
# + mean
# - x.shape[1:] or cov.shape != (x.shape[1], x.shape[1])
# + x.shape[-1:] or cov.shape != (x.shape[-1], x.shape[-1])
# - deviation = x - mean
# + deviation = np.atleast_2d(x - mean)


# %% ex6: the number of axes of x is not looked at | errors 2
# - x.ndim != 2 or mean
# + mean


# %% ex6: one dimension gives a vector only for a matrix of several points | values 4
# - return -np.sum(z**2, axis=1) / 2
# + return np.squeeze(-np.sum(z**2, axis=1)) / 2


# %% ex6: returns None | values 4, numerics 3, singular 2
# - return -np.sum
# + result = -np.sum


# %% ex6: always raises the error that is asked for | values 4, numerics 3, singular 2, errors 2
def multivariate_normal_log_pdf(x, mean, cov):
    raise LinAlgError


# ---------------------------------------------------------------------------------------------- exercise 7: log_sum_exp


# %% ex7: all entries by a loop, an axis by np.apply_along_axis | nothing
def log_sum_exp(x, axis=None):
    if axis is not None:
        return np.apply_along_axis(log_sum_exp, axis, x)
    values = [float(value) for value in x.ravel()]
    top = max(values)
    if math.isinf(top):
        return top
    return top + math.log(math.fsum(math.exp(value - top) for value in values))


# %% ex7: the axis to the front, rows that are -inf set apart | nothing
def log_sum_exp(x, axis=None):
    x = np.array(x, dtype=np.float64)
    x = x.reshape(-1) if axis is None else np.moveaxis(x, axis, 0)
    top = x.max(axis=0)
    result = np.array(top)
    finite = top > -np.inf
    result[finite] = top[finite] + np.log(np.exp(x[:, finite] - top[finite]).sum(axis=0))
    return result[()]


# %% ex7: term by term, the larger one pulled out each time | nothing
def log_sum_exp(x, axis=None):
    x = x.astype(float)
    terms = list(x.ravel()) if axis is None else [np.take(x, i, axis=axis) for i in range(x.shape[axis])]
    total = terms[0]
    for term in terms[1:]:
        low, high = np.minimum(total, term), np.maximum(total, term)
        total = np.where(high == -np.inf, -np.inf, high + np.log1p(np.exp(low - np.where(high == -np.inf, 0, high))))
    return total


# %% ex7: the formula as it stands | axis 3, range 3
def log_sum_exp(x, axis=None):
    return np.log(np.sum(np.exp(np.asarray(x, dtype=float)), axis=axis))


# %% ex7: the largest of all entries pulled out, whatever the axis | axis 3
# - np.max(x, axis=axis, keepdims=True)
# + np.full_like(np.max(x, axis=axis, keepdims=True), np.max(x))


# %% ex7: the mean pulled out | range 3
# - np.max(x, axis=axis, keepdims=True)
# + np.mean(x, axis=axis, keepdims=True)


# %% ex7: the smallest pulled out | range 3
# - np.max(x, axis=axis, keepdims=True)
# + np.min(x, axis=axis, keepdims=True)


# %% ex7: the largest in size pulled out | axis 3, range 3, infinity 2
# - np.max(x, axis=axis, keepdims=True)
# + np.max(np.abs(x), axis=axis, keepdims=True)


# %% ex7: what was pulled out is not put back | all 2, axis 3, range 3, infinity 2
# - np.squeeze(m, axis=axis) + np.log
# + np.log


# %% ex7: the largest alone | all 2, axis 3, range 3, infinity 2
# - return np.squeeze(m, axis=axis) + np.log(np.sum(np.exp(x - m), axis=axis))
# + return np.max(x, axis=axis)


# %% ex7: no logarithm | all 2, axis 3, range 3, infinity 2
# - np.log(np.sum(np.exp(x - m), axis=axis))
# + np.sum(np.exp(x - m), axis=axis)


# %% ex7: the mean of the exponentials | all 2, axis 3, range 3, infinity 2
# - np.sum(
# + np.mean(


# %% ex7: log1p, as if one term were left out | all 2, axis 3, range 3, infinity 2
# - np.log(np.sum
# + np.log1p(np.sum


# %% ex7: the sum of the logarithms | all 2, axis 3, range 3, infinity 2
# - np.log(np.sum(np.exp(x - m), axis=axis))
# + np.sum(np.log(np.exp(x - m)), axis=axis)


# %% ex7: exponentials cut off | all 2, axis 3, range 3, infinity 2
# - np.exp(x - m)
# + np.exp(np.clip(x - m, -5, None))


# %% ex7: a tiny number in the logarithm against zeros | all 2, axis 3, range 3, infinity 2
# - np.log(np.sum(np.exp(x - m), axis=axis))
# + np.log(np.sum(np.exp(x - m), axis=axis) + 1e-6)


# %% ex7: nothing done about -inf, so that nothing but -inf gives nan | infinity 2
# - m = np.where(m == -np.inf, 0, m)
# +


# %% ex7: everything is -inf if one entry is | infinity 2
# - m = np.where(m == -np.inf, 0, m)
# + if np.any(x == -np.inf): return -np.inf


# %% ex7: -inf taken care of for all entries together only | infinity 2
# - m = np.where(m == -np.inf, 0, m)
# + if np.all(x == -np.inf): return -np.inf if axis is None else np.full(np.squeeze(m, axis=axis).shape, -np.inf)


# %% ex7: a very small number in the place of -inf | infinity 2
# - x = np.asarray(x, dtype=float)
# + x = np.maximum(np.asarray(x, dtype=float), -1e308)


# %% ex7: nan made 0 | infinity 2
# - m = np.where(m == -np.inf, 0, m)
# +
# - return np.squeeze(m, axis=axis) + np.log(np.sum(np.exp(x - m), axis=axis))
# + return np.nan_to_num(np.squeeze(m, axis=axis) + np.log(np.sum(np.exp(x - m), axis=axis)), nan=0.0)


# %% ex7: nothing but -inf raises | infinity 2
# - m = np.where(m == -np.inf, 0, m)
# + if np.any(m == -np.inf): raise ValueError


# %% ex7: rows where columns are meant | axis 3, infinity 2
# - x = np.asarray(x, dtype=float)
# + x = np.asarray(x, dtype=float)
# +     axis = None if axis is None else -1 - axis if -x.ndim <= -1 - axis < x.ndim else axis


# %% ex7: the axis is not looked at | axis 3, infinity 2
# - x = np.asarray(x, dtype=float)
# + x, axis = np.asarray(x, dtype=float), None


# %% ex7: the last axis in the place of all | all 2, infinity 2
# - x = np.asarray(x, dtype=float)
# + x, axis = np.asarray(x, dtype=float), -1 if axis is None else axis


# %% ex7: the last axis whenever one is given | axis 3, infinity 2
# - x = np.asarray(x, dtype=float)
# + x, axis = np.asarray(x, dtype=float), None if axis is None else -1


# %% ex7: the summed axis stays, with length 1 | all 2, axis 3, infinity 2
# - np.squeeze(m, axis=axis) + np.log(np.sum(np.exp(x - m), axis=axis))
# + m + np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True))


# %% ex7: all axes of length 1 go | axis 3
# - np.squeeze(m, axis=axis) + np.log(np.sum(np.exp(x - m), axis=axis))
# + np.squeeze(m + np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True)))


# %% ex7: only works where the axis is the first, by broadcasting | axis 3, infinity 2
# - m = np.max(x, axis=axis, keepdims=True)
# + m = np.max(x, axis=axis)
# - np.squeeze(m, axis=axis)
# + m


# %% ex7: negative axes are refused | axis 3, infinity 2
# - x = np.asarray(x, dtype=float)
# + x = np.asarray(x, dtype=float)
# +     if axis is not None and axis < 0: raise ValueError


# %% ex7: matrices only when an axis is given | axis 3
# - x = np.asarray(x, dtype=float)
# + x = np.asarray(x, dtype=float)
# +     if axis is not None and x.ndim != 2: raise ValueError


# %% ex7: shifted in place | all 2, axis 3, infinity 2
# - np.exp(x - m)
# + np.exp(np.subtract(x, m, out=x))


# %% ex7: computes in the dtype of the argument | all 2, axis 3
# - np.asarray(x, dtype=float)
# + np.asarray(x)


# %% ex7: computes in float32 | all 2, axis 3, range 3
# - dtype=float
# + dtype=np.float32


# %% ex7: softmax instead | all 2, axis 3, range 3, infinity 2
# - np.squeeze(m, axis=axis) + np.log(np.sum(np.exp(x - m), axis=axis))
# + np.exp(x - m) / np.sum(np.exp(x - m), axis=axis, keepdims=True)


# %% ex7: returns None | all 2, axis 3, range 3, infinity 2
# - return np.squeeze
# + result = np.squeeze

# -------------------------------------------------------------------------------------------- exercise 8: kl_divergence


# %% ex8: a loop in plain Python | nothing
def kl_divergence(p, q):
    if np.ndim(p) != 1 or np.shape(p) != np.shape(q):
        raise ValueError("shapes do not fit")
    for distribution in (p, q):
        if min(distribution) < 0 or not math.isclose(math.fsum(distribution), 1, rel_tol=0, abs_tol=1e-6):
            raise ValueError("no distribution")
    total = 0.0
    for a, b in zip(p, q, strict=True):
        if a > 0 and b == 0:
            return math.inf
        if a > 0:
            total += float(a) * (math.log(a) - math.log(b))
    return total


# %% ex8: by np.where, clipped at 0, as a NumPy scalar | nothing
def kl_divergence(p, q):
    p, q = np.array(p, dtype=np.float64), np.array(q, dtype=np.float64)
    if p.shape != q.shape or p.ndim != 1 or p.min() < 0 or q.min() < 0:
        raise ValueError
    if abs(np.sum(p) - 1) > 1e-6 or abs(np.sum(q) - 1) > 1e-6:
        raise ValueError
    logs = np.log(np.where(p > 0, p, 1)) - np.log(np.where(p > 0, q, 1))
    return np.maximum((p * logs).sum(), 0)


# %% ex8: cross-entropy minus entropy | nothing
def kl_divergence(p, q):
    p, q = p.astype(float), q.astype(float)
    if not (p.ndim == q.ndim == 1 and len(p) == len(q)):
        raise ValueError
    if (p < 0).any() or (q < 0).any() or abs(p.sum() - 1) > 1e-6 or abs(q.sum() - 1) > 1e-6:
        raise ValueError
    support = np.flatnonzero(p)
    if 0 in q[support]:
        return float("inf")
    return -np.dot(p[support], np.log(q[support])) + np.dot(p[support], np.log(p[support]))


# %% ex8: the formula as it stands, where 0 times infinity is nan | zeros 3
def kl_divergence(p, q):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if p.ndim != 1 or p.shape != q.shape:
        raise ValueError
    for v in (p, q):
        if np.any(v < 0) or abs(np.sum(v) - 1) > 1e-6:
            raise ValueError
    return np.sum(p * np.log(p / q))


# %% ex8: the quotient first, which may leave the range | zeros 3
# - (np.log(p) - np.log(q))
# + np.log(p / q)


# %% ex8: nan left out of the sum, and infinity with it | zeros 3
# - happens = p > 0
# + happens = (p > 0) & (q > 0)


# %% ex8: zeros anywhere give infinity | zeros 3
# - happens = p > 0
# + happens = p >= 0


# %% ex8: zeros of q give infinity even where p is 0 | zeros 3
# - happens = p > 0
# + if np.any(q == 0): return np.inf
# +     happens = p > 0


# %% ex8: zeros of q are left out where p is not 0 | zeros 3
# - p, q = p[happens], q[happens]
# + p, q = p[happens], q[happens]
# +     p, q = p[q > 0], q[q > 0]


# %% ex8: zeros of q raise | zeros 3
# - p, q = p[happens], q[happens]
# + p, q = p[happens], q[happens]
# +     if np.any(q == 0): raise ValueError("q is 0 where p is not")


# %% ex8: a tiny number added to both | zeros 3
# - happens = p > 0
# + p, q = p + 1e-12, q + 1e-12
# +     happens = p > 0


# %% ex8: a tinier number added to q | zeros 3
# - p, q = p[happens], q[happens]
# + p, q = p[happens], q[happens] + 1e-300


# %% ex8: p and q cut off at 1e-12 | zeros 3
# - p, q = p[happens], q[happens]
# + p, q = p[happens], np.maximum(q[happens], 1e-12)


# %% ex8: tiny q taken for 0 | zeros 3
# - p, q = p[happens], q[happens]
# + p, q = p[happens], q[happens]
# +     if np.any(q < 1e-15): return np.inf


# %% ex8: tiny p taken for 0 | zeros 3
# - p > 0
# + p > 1e-12


# %% ex8: np.isclose takes tiny q for 0 | zeros 3
# - p, q = p[happens], q[happens]
# + p, q = p[happens], q[happens]
# +     if np.any(np.isclose(q, 0)): return np.inf


# %% ex8: p and q exchanged | values 3, zeros 3
# - p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
# + p, q = np.asarray(q, dtype=float), np.asarray(p, dtype=float)


# %% ex8: weighted with q | values 3, zeros 3
# - p * (np.log(p)
# + q * (np.log(p)


# %% ex8: the negative | values 3, zeros 3
# - p * (np.log(p) - np.log(q))
# + p * (np.log(q) - np.log(p))


# %% ex8: bits | values 3, zeros 3
# - np.log(p) - np.log(q)
# + np.log2(p) - np.log2(q)


# %% ex8: the mean of the terms | values 3, zeros 3
# - np.sum(p *
# + np.mean(p *


# %% ex8: the cross-entropy | values 3, zeros 3
# - np.log(p) - np.log(q)
# + -np.log(q)


# %% ex8: the terms, not their sum | values 3, zeros 3
# - return float(np.sum(p * (np.log(p) - np.log(q))))
# + return p * (np.log(p) - np.log(q))


# %% ex8: the terms' sizes | values 3, zeros 3
# - np.sum(p * (np.log(p) - np.log(q)))
# + np.sum(np.abs(p * (np.log(p) - np.log(q))))


# %% ex8: symmetrised | values 3, zeros 3
# - p * (np.log(p) - np.log(q))
# + (p - q) * (np.log(p) - np.log(q)) / 2


# %% ex8: computes in the dtype of the arguments | values 3
# - p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
# + p, q = np.asarray(p), np.asarray(q)


# %% ex8: q in the dtype of p, which cuts it off for integers | values 3, zeros 3
# - p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
# + p, q = np.asarray(p), np.asarray(q).astype(p.dtype)


# %% ex8: p is normalised in place | values 3
# - happens = p > 0
# + p /= p.sum() * (1 + 1e-15)
# +     happens = p > 0


# %% ex8: shapes are not compared | errors 2
# - p.ndim != 1 or q.shape != p.shape
# + False
# - p, q = p[happens], q[happens]
# + p, q = np.broadcast_arrays(p, q)
# +     happens = p > 0
# +     p, q = p[happens], q[happens]


# %% ex8: matrices are let in | errors 2
# - p.ndim != 1 or q.shape != p.shape
# + q.shape != p.shape


# %% ex8: sums are not looked at | errors 2
# -  or abs(probabilities.sum() - 1) > 1e-6
# +


# %% ex8: the sum of q is not looked at | errors 2
# - in (p, q)
# + in (p,)


# %% ex8: the sum of p is not looked at | errors 2
# - in (p, q)
# + in (q,)


# %% ex8: too small a sum is let in | errors 2
# - abs(probabilities.sum() - 1)
# + probabilities.sum() - 1


# %% ex8: a sum that is off by a percent is let in | errors 2
# - 1e-6
# + 1e-2


# %% ex8: sums must be 1 to the last digit | values 3, zeros 3
# - abs(probabilities.sum() - 1) > 1e-6
# + probabilities.sum() != 1


# %% ex8: negative probabilities are let in | errors 2
# - np.any(probabilities < 0) or abs
# + abs


# %% ex8: probabilities of 0 are refused | zeros 3
# - np.any(probabilities < 0)
# + np.any(probabilities <= 0)


# %% ex8: a TypeError instead of a ValueError for shapes | errors 2
# - raise ValueError(f"expected two
# + raise TypeError(f"expected two


# %% ex8: returns None | values 3, zeros 3
# - return float(np.sum
# + result = float(np.sum


# %% ex8: always raises the error that is asked for | values 3, zeros 3, errors 2
def kl_divergence(p, q):
    raise ValueError


# ----------------------------------------------------------------------------------------------- exercise 9: fit_normal


# %% ex9: plain Python, with math.hypot | nothing
def fit_normal(x):
    values = [float(value) for value in x]
    if min(values) == max(values):
        raise ValueError("all draws are equal")
    mu = math.fsum(values) / len(values)
    return mu, math.hypot(*(value - mu for value in values)) / math.sqrt(len(values))


# %% ex9: scaled to the interval from 0 to 1, as NumPy scalars in a list | nothing
def fit_normal(x):
    x = x.astype(np.float64)
    low, width = x.min(), x.max() - x.min()
    if width == 0:
        raise ValueError
    t = (x - low) / width
    mean = t.sum() / t.size
    return [low + width * mean, width * np.sqrt(np.square(t - mean).sum() / t.size)]


# %% ex9: NumPy's norm of the scaled deviations, in an array | nothing
def fit_normal(x):
    if np.unique(x).size < 2:
        raise ValueError
    x = np.array(x, dtype=float)
    deviation = x - np.average(x)
    scale = np.ptp(x)
    return np.array([np.average(x), scale * np.linalg.norm(deviation / scale) / len(x) ** 0.5])


# %% ex9: divided by n - 1 | values 3, numerics 2
# - np.mean((deviation / largest) ** 2)
# + np.sum((deviation / largest) ** 2) / (len(x) - 1)


# %% ex9: the variance, not its root | values 3, numerics 2
# - sigma = largest * np.sqrt(np.mean((deviation / largest) ** 2))
# + sigma = np.mean(deviation**2)


# %% ex9: the root not divided by the root of n | values 3, numerics 2
# - np.sqrt(np.mean((deviation / largest) ** 2))
# + np.sqrt(np.sum((deviation / largest) ** 2))


# %% ex9: divided by n outside the root | values 3, numerics 2
# - np.sqrt(np.mean((deviation / largest) ** 2))
# + np.sqrt(np.sum((deviation / largest) ** 2)) / len(x)


# %% ex9: the mean size of the deviations | values 3, numerics 2
# - np.sqrt(np.mean((deviation / largest) ** 2))
# + np.mean(np.abs(deviation / largest))


# %% ex9: the median for the mean | values 3, numerics 2
# - mu = x.mean()
# + mu = np.median(x)


# %% ex9: the middle between the smallest and the largest | values 3, numerics 2
# - mu = x.mean()
# + mu = x.min() / 2 + x.max() / 2


# %% ex9: deviations from 0 | values 3, numerics 2
# - deviation = x - mu
# + deviation = x


# %% ex9: the largest deviation for sigma | values 3, numerics 2
# - sigma = largest * np.sqrt(np.mean((deviation / largest) ** 2))
# + sigma = largest


# %% ex9: not scaled, so that squares leave the range | numerics 2
# - largest = np.abs(deviation).max()
# + largest = 1.0


# %% ex9: the mean of the squares minus the square of the mean | numerics 2
# - sigma = largest * np.sqrt(np.mean((deviation / largest) ** 2))
# + sigma = np.sqrt(np.mean(x**2) - mu**2)


# %% ex9: scaled with the largest draw instead of the largest deviation, squares subtracted | numerics 2
# - deviation = x - mu
# +
# - largest = np.abs(deviation).max()
# + largest = np.abs(x).max()
# - np.mean((deviation / largest) ** 2)
# + np.mean((x / largest) ** 2) - (mu / largest) ** 2


# %% ex9: sigma first, mu second | values 3, numerics 2
# - return float(mu), float(sigma)
# + return float(sigma), float(mu)


# %% ex9: sigma alone | values 3, numerics 2
# - return float(mu), float(sigma)
# + return float(sigma)


# %% ex9: arrays with one entry | values 3
# - float(mu), float(sigma)
# + np.array([mu]), np.array([sigma])


# %% ex9: computes in the dtype of the argument | numerics 2
# - x = np.asarray(x, dtype=float)
# +


# %% ex9: the mean in the dtype of the argument | numerics 2
# - x = np.asarray(x, dtype=float)
# + m = np.asarray(x).mean().astype(x.dtype); x = np.asarray(x, dtype=float)
# - mu = x.mean()
# + mu = m


# %% ex9: integers added up in their dtype | numerics 2
# - x = np.asarray(x, dtype=float)
# + m = np.sum(x, dtype=x.dtype) / len(x); x = np.asarray(x, dtype=float)
# - mu = x.mean()
# + mu = m


# %% ex9: centred in place | values 3
# - deviation = x - mu
# + deviation = x
# +     deviation -= mu


# %% ex9: no error for equal draws | errors 1
# - np.all(x == x[0])
# + False


# %% ex9: an error for a single draw alone | errors 1
# - np.all(x == x[0])
# + len(x) == 1


# %% ex9: an error if sigma came out as exactly 0 | errors 1
# - np.all(x == x[0])
# + False
# - return float(mu)
# + if not sigma > 0: raise ValueError
# +     return float(mu)


# %% ex9: sigma = 0 for equal draws | errors 1
# - raise ValueError("no two entries differ: the likelihood has no maximum")
# + return float(x[0]), 0.0


# %% ex9: draws that differ by little are taken for equal | numerics 2
# - np.all(x == x[0])
# + np.allclose(x, x[0])


# %% ex9: refused if the first two are equal | values 3, numerics 2
# - np.all(x == x[0])
# + len(x) < 2 or x[0] == x[1]


# %% ex9: refused if any two are equal | values 3, numerics 2
# - np.all(x == x[0])
# + len(x) < 2 or np.unique(x).size < len(x)


# %% ex9: two draws are refused | values 3, numerics 2, errors 1
# - np.all(x == x[0])
# + len(x) < 3 or np.all(x == x[0])


# %% ex9: a ZeroDivisionError instead of a ValueError | errors 1
# - ValueError(
# + ZeroDivisionError(


# %% ex9: returns None | values 3, numerics 2
# - return float(mu), float(sigma)
# + print(float(mu), float(sigma))


# %% ex9: always raises the error that is asked for | values 3, numerics 2, errors 1
def fit_normal(x):
    raise ValueError
