"""The numbers that lecture 14 shows are the numbers it promises."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

pytestmark = pytest.mark.notebook
LECTURE = "14_generative_models"


def lines(executed, cell: str, pattern: str = "") -> list[list[float]]:
    """The numbers in every printed line of a cell that begins with a pattern, behind it."""
    found = [re.match(f"(?:{pattern})(.*)", line) for line in executed.text(cell).splitlines()]
    return [numbers(match.group(1).replace("−", "-")) for match in found if match]


def has_picture(executed, cell: str) -> bool:
    return any("image/png" in output.get("data", {}) for output in executed.outputs(cell))


def test_assumptions_hurt_with_many_examples(executed):
    rows = lines(executed, "two-questions-table")
    assert [row[0] for row in rows] == [20, 100, 300, 1347]
    for size, generative, discriminative, difference, error in rows[:2]:
        assert difference == pytest.approx(discriminative - generative, abs=0.11)
        assert difference > 2 * error, f"{size} examples: generative first"
    assert rows[-1][1] > 1.2 * rows[-1][2], "1,347 examples: discriminative first"


def test_density_tells_strange_pictures(executed):
    (digits, *_), (mirrored, _, found), (shuffled, _, all_found) = lines(executed, "uses-table", r"[a-z ]+")
    assert digits > mirrored > shuffled
    assert 20 < found < 80
    assert all_found == 100
    assert has_picture(executed, "uses-figure")


def test_three_bits_need_seven_numbers(executed):
    (line,) = lines(executed, "compact-run", "three bits:")
    assert line[:5] == [1, 2, 4, 7, 7]
    assert line[5] < 1e-15


def test_a_table_has_hardly_seen_any_new_digit(executed):
    assert f"64 bits: {2**64 - 1:,} numbers" in executed.text("compact-run")
    seen, of = numbers(executed.text("compact-run").split("has seen:")[1])
    assert seen < 30
    assert of == 450


def test_better_conditionals_cost_fewer_nats(executed):
    sizes, nats = np.array(lines(executed, "nets-train", r"[A-Za-z ]+")).T
    np.testing.assert_array_equal(sizes, [64, 127, 64 + 64 * 63 / 2, 2 * 64 * 64 + 64 + 64])
    assert (np.diff(nats) < 0).all()
    assert nats[0] < 64 * math.log(2)
    assert nats[2] == pytest.approx(18.79, abs=0.3)
    assert nats[3] == pytest.approx(17.98, abs=0.4)


def test_a_map_bends_a_cloud_to_a_ring(executed):
    assert has_picture(executed, "latent-run")


def test_naive_marginalisation_fails(executed):
    estimates = {int(row[0]): row[1:] for row in lines(executed, "marginal-run", r"N =")}
    exact = executed.after("marginal-run", "exact:        log p(x) =")
    assert max(estimates[100_000]) < exact - 50
    assert np.mean(estimates[10]) < np.mean(estimates[1000]) < np.mean(estimates[100_000])


def test_bound_and_gap_add_up(executed):
    rows = lines(executed, "bound-run", r"[a-zσ ]+")
    exact = executed.after("marginal-run", "exact:        log p(x) =")
    for reconstruction, kl, bound, gap, total in rows:
        assert reconstruction - abs(kl) == pytest.approx(bound, abs=0.11)
        assert bound + gap == pytest.approx(total, abs=0.11)
        assert total == pytest.approx(exact, abs=0.11)
    assert rows[0][3] == 0
    assert all(row[3] > 1 for row in rows[1:])
    assert max(rows, key=lambda row: row[3]) == rows[3], "the prior is the worst guess"


def test_kl_in_closed_form_and_by_monte_carlo(executed):
    mean, log_var = np.array([1.0, -0.5, 0.0]), np.array([0.0, -2.0, 1.0])
    expected = (mean**2 + np.exp(log_var) - 1 - log_var).sum() / 2
    assert executed.after("kl-run", "closed form") == pytest.approx(expected, abs=1e-4)
    for _, estimate, error in lines(executed, "kl-run", r"(?= *[\d,]+ draws)"):
        assert abs(estimate - expected) < 4 * error
    assert error < 0.003


def test_gradients_through_the_draw_scatter_less(executed):
    (mean, std), (mean_score, std_score) = lines(executed, "reparameterise-run", r"through the draw|by log q")
    assert mean == pytest.approx(2, abs=0.05)
    assert mean_score == pytest.approx(2, abs=0.1)
    assert std == pytest.approx(2, abs=0.05)
    assert std_score == pytest.approx(math.sqrt(30), abs=0.3)


def test_both_terms_of_two_autoencoders(executed):
    small, large = lines(executed, "vae-run")
    for *_, reconstruction, kl, total in (small, large):
        assert reconstruction + kl == pytest.approx(total, abs=0.011)
    assert large[2] < small[2], "reconstruction"
    assert large[3] > small[3], "KL"
    assert large[4] < small[4] < 22
    assert small[1] == 2
    assert 2 < large[1] < 16


def test_amortisation_gap(executed):
    (encoder,), (single,) = lines(executed, "amortised-run", "encoder     bound|one by one  bound")
    assert encoder + 0.1 < single < encoder + 1


def test_importance_weights_tighten_the_bound(executed):
    one, ten, hundred = (row[1] for row in lines(executed, "weighted-run", "k ="))
    assert one + 0.5 < ten < hundred < -17.5


def test_conditional_autoencoder_draws_every_class(executed):
    assert has_picture(executed, "conditional-vae-run")


def test_likelihood_is_not_sample_quality(executed):
    table = {
        name: numbers(executed.line("likelihood-table", name).replace("1% NADE", ""))
        for name in ("independent pixels", "99% noise, 1% NADE", "learnt by heart", "NADE")
    }
    nats = {name: row[0] for name, row in table.items()}
    told = {name: row[1] for name, row in table.items()}
    p = {name: row[2] for name, row in table.items()}
    assert nats["NADE"] < nats["99% noise, 1% NADE"] <= nats["NADE"] + math.log(100) + 0.06
    assert nats["99% noise, 1% NADE"] < nats["independent pixels"] < nats["learnt by heart"]
    assert told["99% noise, 1% NADE"] > 75 > told["NADE"]
    assert p["learnt by heart"] > 0.05 > p["independent pixels"]
    assert has_picture(executed, "likelihood-table")


def test_optimal_discriminator(executed):
    for x, formula, best, learned in lines(executed, "optimal-run", "x ="):
        p = math.exp(-(x**2) / 2)
        q = 2 * math.exp(-2 * (x - 2) ** 2)
        assert formula == best == pytest.approx(p / (p + q), abs=1e-3)
        if x <= 2:
            assert learned == pytest.approx(best, abs=0.08)
    learned, theory = numbers(
        executed.line("optimal-run", "V: learned").replace("2 JSD − 2 log 2", "").replace("−", "-")
    )[:2]
    assert learned == pytest.approx(theory, abs=0.04)
    assert executed.after("optimal-run", "mean distance from D*") < 0.04


def test_jensen_shannon_is_flat_far_away(executed):
    rows = np.array(lines(executed, "jsd-run", "d ="))
    divergence = dict(rows[:, :2])
    assert divergence[0.0] == 0
    assert (np.diff(rows[:, 1]) >= 0).all()
    assert divergence[0.5] == divergence[2.0] == divergence[5.0] == pytest.approx(math.log(2), abs=1e-4)


def test_slopes_of_both_losses(executed):
    for belief, minimax, other in lines(executed, "saturation-run", r"D\(G\(z\)\) ="):
        assert minimax == pytest.approx(-belief, abs=1e-3)
        assert other == pytest.approx(-(1 - belief), abs=1e-3)


def test_the_smallest_gan_circles_without_a_penalty(executed):
    (first, plain), (_, penalised) = (row[-2:] for row in lines(executed, "oscillation-run", r"plain|R1"))
    assert first == 1
    assert plain > 0.5
    assert penalised < 0.05
    assert has_picture(executed, "oscillation-run")


def test_a_plain_gan_drops_modes_and_a_penalty_finds_all_eight(executed):
    found = {
        (int(draw), name): [int(n) for n in modes.split(",")]
        for draw, name, modes in re.findall(
            r"draw (\d), (none|R1 penalty) *: modes after .*? steps \[([\d, ]+)\],", executed.text("collapse-run")
        )
    }
    assert len(found) == 4
    assert max(found[0, "none"][-1], found[1, "none"][-1]) <= 6
    assert found[0, "R1 penalty"][-1] == found[1, "R1 penalty"][-1] == 8
    assert has_picture(executed, "collapse-figure")


def test_remedies(executed):
    found = dict(re.findall(r"([\w, ]+?) +after +[\d,]+ steps (\d) of 8 modes", executed.text("remedies-run")))
    assert len(found) == 8
    assert int(found["none"]) <= 3
    assert min(int(found[name]) for name in ("R1 penalty", "Wasserstein, gradient penalty")) >= 6
    assert sum(int(modes) >= 4 for modes in found.values()) >= 4


def test_dcgan_draws_the_class_that_is_asked_for(executed):
    shapes = re.findall(r"(\w+) +\(([\d, ]+)\)", executed.text("dcgan-run"))
    assert shapes == [("grid", "26, 1, 1"), ("to_2x2", "16, 2, 2"), ("to_4x4", "16, 4, 4"), ("to_8x8", "1, 8, 8")]
    assert has_picture(executed, "dcgan-run")
    assert executed.after("judge-run", "right, ") > 40, "ten per cent by chance"


def test_no_single_number_judges(executed):
    names = ("new digits", "learnt by heart", "99% noise, 1% NADE", "NADE", "DCGAN")
    rows = {name: numbers(executed.line("judge-run", name).split("score")[1]) for name in names}
    score, frechet, _, near = range(4)
    assert rows["learnt by heart"][near] < 0.5 < rows["new digits"][near]
    assert all(rows["learnt by heart"][score] > rows[name][score] for name in names[2:])
    assert all(rows["learnt by heart"][frechet] < rows[name][frechet] for name in names[2:])
    assert rows["99% noise, 1% NADE"][near] == max(row[near] for row in rows.values())
    assert rows["99% noise, 1% NADE"][frechet] == max(row[frechet] for row in rows.values())
    assert rows["99% noise, 1% NADE"][score] == min(row[score] for row in rows.values())


def test_same_as_torch(executed):
    pairs = re.findall(r"ours (-?\d+\.\d{10}), torch (-?\d+\.\d{10})", executed.text("same-run"))
    assert len(pairs) == 3
    for ours, theirs in pairs:
        assert float(ours) == pytest.approx(float(theirs), abs=1e-9)
    differences = [float(x) for x in re.findall(r"\d+e[-+]\d+", executed.text("same-layers"))]
    assert len(differences) == 3
    assert max(differences) < 1e-9


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("pixels-demo", "PixelByPixel"),
        ("walk-demo", "CodeWalk"),
        ("two-samples-demo", "TwoSamples"),
        ("player-demo", "GANPlayer"),
        ("remedies-demo", "ModeCollapse"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert has_picture(executed, cell)
