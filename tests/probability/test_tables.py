"""Marginal, conditional and Bayes' rule on tables."""

import numpy as np
import pytest

from course_lib.probability import bayes, conditional, marginal


def numbers(x):
    return np.asarray(x.tolist())


@pytest.fixture
def joint(rng):
    return rng.dirichlet(np.ones(24)).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("keep", "letters"), [(0, "i"), (2, "k"), (-1, "k"), ([0, 2], "ik"), ((2, 0), "ik"), ([], ""), ([0, 1, 2], "ijk")]
)
def test_marginal(asarray, joint, keep, letters):
    np.testing.assert_allclose(numbers(marginal(asarray(joint), keep)), np.einsum(f"ijk->{letters}", joint))


@pytest.mark.parametrize(("given", "letters"), [(0, "i"), (1, "j"), (-1, "k"), ([0, 2], "ik")])
def test_conditional(asarray, joint, given, letters):
    ours = numbers(conditional(asarray(joint), given))
    np.testing.assert_allclose(np.einsum(f"ijk->{letters}", ours), 1, err_msg="sums to one over all others")
    condition = np.einsum(f"ijk->{letters}", joint)
    np.testing.assert_allclose(np.einsum(f"ijk,{letters}->ijk", ours, condition), joint, err_msg="the chain rule")


def test_bayes_turns_the_table_round(asarray, joint):
    table = joint.sum(axis=2)
    posterior = bayes(marginal(asarray(table), keep=0), conditional(asarray(table), given=0))
    np.testing.assert_allclose(numbers(posterior), numbers(conditional(asarray(table), given=1)))


def test_a_rare_disease(asarray):
    """100 sick in 1,000,000; the test is right 99 times in 100 either way."""
    prior = asarray([100 / 1_000_000, 1 - 100 / 1_000_000])
    test = asarray([[0.99, 0.01], [0.01, 0.99]])
    joint = prior[:, None] * test
    assert float(marginal(joint, keep=1)[0]) == pytest.approx(0.010098, abs=1e-12)
    assert float(conditional(joint, given=1)[0, 0]) == pytest.approx(0.0098, abs=5e-5)
    assert float(bayes(prior, test[:, 0])[0]) == pytest.approx(0.000099 / 0.010098, rel=1e-12)


def test_bayes_takes_densities(asarray):
    posterior = bayes(asarray([0.5, 0.5]), asarray([30.0, 10.0]))
    assert posterior.tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("prior", "likelihood", "words"),
    [
        ([0.5, 0.6], [1.0, 1.0], "prior to sum to 1"),
        ([0.5, 0.5], [1.0, 1.0, 1.0], r"got \(2,\) and \(3,\)"),
        ([[0.5, 0.5]], [1.0, 1.0], r"a prior of shape \(k,\)"),
        ([0.5, 0.5], [1.0, -1.0], "likelihood to have no negative entries, got -1"),
        ([1.0, 0.0], [0.0, 1.0], "evidence to be possible under some hypothesis"),
    ],
)
def test_bayes_refuses(asarray, prior, likelihood, words):
    with pytest.raises(ValueError, match=words):
        bayes(asarray(prior), asarray(likelihood))


def test_tables_refuse(asarray):
    with pytest.raises(ValueError, match="joint to sum to 1 along axis -1, got a sum of 10"):
        marginal(asarray([[1.0, 2.0], [3.0, 4.0]]), keep=0)
    with pytest.raises(ValueError, match="expected axes from 0 to 1, one per variable, got 2"):
        marginal(asarray([[0.5, 0.5]]), keep=2)
    with pytest.raises(ValueError, match="nothing follows from what cannot happen, got 0"):
        conditional(asarray([[0.5, 0.5], [0.0, 0.0]]), given=0)
