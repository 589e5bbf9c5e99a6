"""The numbers that lecture 04 shows are the numbers it promises."""

from __future__ import annotations

import pytest

from course_lib.demos.machine_learning_basics import TRUTHS

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "04_machine_learning_basics"


def test_experience_improves_performance(executed):
    rows = [numbers(text) for text in executed.text("learning-run").splitlines()]
    examples, right = zip(*rows, strict=True)
    assert list(right) == sorted(right)
    assert examples[0] == 10
    assert 20 < right[0] < 60
    assert right[2] > 85, "nearly nine of ten after 100 examples"
    assert right[-1] > 97


def test_ten_tasks(executed):
    assert numbers(executed.line("tasks-answers", "1 classification:"))[0] > 97
    error, spread = numbers(executed.line("tasks-answers", "2 regression:"))
    assert error < 0.85 * spread
    assert executed.line("tasks-answers", "3 transcription:").strip() == "2048"
    assert executed.line("tasks-answers", "4 translation:").strip() == "ein haus → a house"
    noisy, cleaned = numbers(executed.line("tasks-pictures", "9 denoising:"))
    assert cleaned < noisy / 5
    table = executed.cells["tasks"].source
    assert [f"\n| {number} |" in table for number in range(1, 11)] == [True] * 10
    titles = executed.cells["tasks-figure"].source
    assert all(f'"{number} ' in titles for number in (3, 5, 6, 7, 8, 9, 10))


def test_views_of_one_feature(executed):
    generative, discriminative, clusters = (
        numbers(executed.line("views-run", name))[0] for name in ("generative", "discriminative", "clusters")
    )
    assert generative == pytest.approx(discriminative, abs=1)
    assert 3 < discriminative - clusters < 5, "four points worse"
    made_up = numbers(executed.line("views-run", "three more malignant radii, made up:"))
    assert all(5 < radius < 40 for radius in made_up)


def test_mean_is_best_under_squared_error(executed):
    mean, median, at, truth = numbers(executed.text("best-run").splitlines()[0])
    assert at == 4
    _, best_squared = numbers(executed.line("best-run", "least squared error"))
    _, best_absolute = numbers(executed.line("best-run", "least absolute error"))
    assert truth == pytest.approx(2.24)
    assert mean == pytest.approx(truth, abs=0.05)
    assert best_squared == pytest.approx(mean, abs=0.011)
    assert best_absolute == pytest.approx(median, abs=0.011)
    assert median < mean - 0.2


def test_reducible_and_irreducible(executed):
    least, _ = numbers(executed.line("best-run", "least squared error"))
    assert least == pytest.approx(1, abs=0.05)
    words = executed.line("best-run", "always saying 3:")
    assert numbers(words)[0] == pytest.approx(numbers(words)[-1], abs=0.05)


def test_some_neighbours_beat_one_and_all(executed):
    one, some, every = (numbers(text)[1] for text in executed.text("neighbours-run").splitlines())
    assert some < one / 2
    assert some < every / 2


def test_neighbourhood_needs_80_percent_of_each_axis(executed):
    assert numbers(executed.line("curse-run", "p =  10: 10% of the data spans"))[0] == 79.4
    assert numbers(executed.line("curse-run", "p =   1: 10% of the data spans"))[0] == 10
    counted = numbers(executed.line("curse-run", "counted in 10 dimensions: a cube with that edge holds"))
    assert counted[0] == pytest.approx(10, abs=0.3)
    near = [numbers(text)[-1] for text in executed.text("curse-run").splitlines() if "from the middle" in text]
    assert near[0] < 2
    assert near == sorted(near)
    assert near[-1] > 70


def test_parametric_wins_on_patients_and_loses_on_digits(executed):
    text = executed.text("parametric-run")
    (small, linear), (large, near) = (
        numbers(executed.line("parametric-run", f"patients, {name}").replace("R²", ""))
        for name in ("linear", "20 neighbours")
    )
    assert small == 11 < large
    assert linear > near
    digits = [numbers(row)[-1] for row in text.splitlines() if row.startswith("digits")]
    assert digits == pytest.approx([96.4, 98.6], abs=0.5)
    assert "one standard deviation more bmi: +25" in text


def test_nonsense_can_be_memorised(executed):
    training, test = numbers(executed.text("memory-run"))
    assert training == 100
    assert 5 < test < 15


def test_each_truth_has_its_own_u(executed):
    best = {}
    for name in TRUTHS:
        _, stiff, degree, least, _, flexible = numbers(executed.line("u-run", name))
        assert least < 0.7 * stiff
        assert least < 0.8 * flexible
        assert least > 0.09, "below the noise nothing can be"
        best[name] = degree
    assert best["near-linear"] == 1
    assert best["smooth"] in (3, 4, 5)
    assert best["wiggly"] in (10, 11, 12, 13)


def test_capacity(executed):
    rows = executed.text("capacity-run").splitlines()
    on_noise = [numbers(row)[1] for row in rows[:4]]
    assert on_noise == sorted(on_noise, reverse=True)
    assert on_noise[-1] == 0 < on_noise[-2]
    _, least, reached = numbers(rows[4])
    assert reached > 1000 * least


def test_occam(executed):
    (_, _, _, simple), (_, error, _, complex_) = (numbers(row) for row in executed.text("occam-run").splitlines())
    assert simple == pytest.approx(1.5, abs=0.2)
    assert error == 0
    assert abs(complex_) > 50


def test_no_free_lunch(executed):
    vote, opposite, constant = (numbers(row)[-3:] for row in executed.text("lunch-run").splitlines())
    assert vote[0] == opposite[0] == constant[0] == 0.5
    assert vote[2] == pytest.approx(5 / 6, abs=1e-3)
    assert opposite[2] == pytest.approx(1 / 6, abs=1e-3)


def test_bias_variance_and_noise_are_the_error(executed):
    rows = [numbers(row) for row in executed.text("biasvariance-run").splitlines()]
    assert [row[0] for row in rows] == [1, 3, 12]
    for _, bias2, variance, noise, total, measured in rows:
        assert noise == 0.09
        assert total == pytest.approx(bias2 + variance + noise, abs=0.002)
        assert measured == pytest.approx(total, rel=0.06)
    assert rows[0][1] > 10 * rows[1][1], "bias falls"
    assert rows[2][2] > 3 * rows[1][2] > rows[0][2], "variance rises"
    assert rows[1][-1] < min(rows[0][-1], rows[2][-1])


def test_halves_disagree(executed):
    best = numbers(executed.text("validation-run"))
    assert len(best) == 10
    assert min(best) <= 5
    assert max(best) >= 40


def test_what_each_scheme_costs(executed):
    true = numbers(executed.text("costs-run").splitlines()[0])[-1]
    half, five, ten, every = (
        numbers(executed.line("costs-run", name)) for name in ("half", "5-fold", "10-fold", "leave-one-out")
    )
    assert [row[:2] for row in (half, five, ten, every)] == [[1, 20], [5, 32], [10, 36], [40, 39]]
    assert half[2] > 1.08 * true, "half of the data makes a worse model"
    assert every[2] == pytest.approx(true, rel=0.05)
    assert half[3] > 1.3 * every[3]
    assert (every[3], ten[3]) == (0.034, 0.035), "the scatter that the text names"


def test_hyperparameter_is_chosen_in_the_middle(executed):
    rows = [numbers(row) for row in executed.text("choose-run").splitlines() if row.startswith("k =")]
    ks, training, validated = zip(*rows, strict=True)
    assert training[0] == 0 == min(training)
    best = ks[validated.index(min(validated))]
    assert ks[0] < best < ks[-1]
    chosen, error = numbers(executed.line("choose-run", "chosen:"))
    assert chosen == best
    assert error < 4000


def test_best_of_many_coins_looks_good(executed):
    _, best, _, again = numbers(executed.text("coins-run"))
    assert best >= 66
    assert 30 <= again <= 65


def test_accuracy_misleads(executed):
    assert numbers(executed.text("confusion-run").splitlines()[0]) == [99, 0]
    (tn, fp), (fn, tp) = (numbers(row) for row in executed.text("confusion-run").splitlines()[-2:])
    assert tn + fp + fn + tp == 285
    assert tn > 10 * fp
    assert tp > 5 * fn


def test_scores_by_hand(executed):
    for name in ("precision_score", "recall_score", "specificity_score", "f1_score"):
        by_hand, library = numbers(executed.line("scores-run", name))
        assert by_hand == library
        assert 0.85 < library < 1
    (tn, fp), (fn, tp) = (numbers(row) for row in executed.text("confusion-run").splitlines()[-2:])
    alarmed, missed = numbers(executed.line("scores-run", "false positive rate"))
    assert alarmed == pytest.approx(fp / (tn + fp), abs=1e-3)
    assert missed == pytest.approx(fn / (tp + fn), abs=1e-3)
    assert numbers(executed.line("scores-run", "precision 1.00, recall 0.02:")) == [0.51, 0.04]


def test_area_is_the_share_of_pairs(executed):
    area = numbers(executed.line("auc-run", "area under the ROC curve:"))[0]
    assert area == numbers(executed.line("auc-run", "malignant scored higher:"))[0]
    assert 0.95 < area < 1


def test_digits_have_few_dimensions(executed):
    random, shuffled, digits = (
        numbers(executed.line("manifold-run", name)) for name in ("random", "shuffled", "digits")
    )
    assert random[0] > shuffled[0] > 1.5 * digits[0]
    assert random[1] > shuffled[1] > 2 * digits[1]
    assert 8 <= digits[1] <= 10


def test_same_as_scikit_learn_and_torch(executed):
    *differences, torch_line = executed.text("same-run").splitlines()
    assert len(differences) == 6
    assert all(numbers(text)[-1] < 1e-12 for text in differences)
    assert torch_line.endswith("True")


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("curse-demo", "CurseOfDimensionality"),
        ("fit-demo", "UnderOverfit"),
        ("folds-demo", "KFoldViewer"),
        ("threshold-demo", "ThresholdViews"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert any("image/png" in output.get("data", {}) for output in executed.outputs(cell))
