"""What lecture 12 computes and shows: the numbers of the syllabus, and what its text claims."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from .conftest import numbers
from .every_lecture import TestLecture  # noqa: F401

LECTURE = "12_recurrent_networks"
pytestmark = pytest.mark.notebook


def rows(executed, cell: str, pattern: str) -> np.ndarray:
    """The numbers of all printed lines that begin so, a row each."""
    return np.array(
        [
            numbers(re.sub(f"^{pattern}", "", line))
            for line in executed.text(cell).splitlines()
            if re.match(pattern, line)
        ]
    )


def share(line: str) -> float:
    """The first percentage in a line."""
    return float(re.search(r"([\d.]+)%", line).group(1))


def has_picture(executed, cell: str) -> bool:
    return any("image/png" in output.get("data", {}) for output in executed.outputs(cell))


def test_a_cycle_stores_a_bit(executed):
    fades, slow, stays = (executed.after("cycle-run", f"w = {w}: after 50 steps h =") for w in (0.5, 1.0, 2.0))
    assert fades < 1e-12
    assert slow < 0.3
    assert stays == pytest.approx(0.96, abs=0.005)


def test_a_time_delay_network_is_blind_beyond_its_window(executed):
    assert executed.after("delay-run", "10 delays:") == 2 * 32 * 11 + 32
    assert executed.after("delay-run", "100 delays:") == 2 * 32 * 101 + 32
    assert executed.after("delay-run", "recurrent network:") == 2 * 32 + 32 * 32 + 64
    _, inside, _, outside, _ = numbers(executed.line("delay-run", "time-delay, D ="))
    assert inside > 0.5
    assert outside == 0
    assert numbers(executed.line("delay-run", "recurrent: influence"))[2] > 0


def test_forward_equations(executed):
    loss, a_step, log6 = numbers(executed.line("forward-run", "loss").replace("log 6", "log"))
    assert loss == pytest.approx(5 * a_step, abs=0.01)
    assert a_step == pytest.approx(math.log(6), abs=0.4)
    assert log6 == pytest.approx(math.log(6), abs=1e-3)
    assert executed.after("forward-run", "differ by") < 1e-12


def test_parameters_of_embedding_and_simple_rnn(executed):
    assert executed.after("delay-run", "Embedding(10000, 32):") == 320_000
    assert numbers(executed.line("delay-run", "RNN(32):"))[-1] == 2080
    assert executed.after("delay-run", "second bias:") == 2112


def test_the_second_bias_is_in_a_footnote(executed):
    assert "<sup>1</sup>" in executed.cells["unfolding"].source
    assert "Keras has one" in executed.cells["unfolding"].source


def test_back_propagation_through_time(executed):
    assert executed.after("bptt-run", "differ by") < 1e-12
    length, tensors, kept = rows(executed, "bptt-run", "τ =").T
    np.testing.assert_array_equal(length, [10, 100, 1000])
    np.testing.assert_allclose(tensors[1:] / tensors[:-1], 10, rtol=0.05)
    np.testing.assert_allclose(kept[1:] / kept[:-1], 10, rtol=0.06)


def test_design_patterns_learn_different_tasks(executed):
    right = {
        (task, pattern): share(executed.line("patterns-run", f"{task}: {pattern},"))
        for task in ("two steps ago", "odd?")
        for pattern in ("hidden to hidden", "output to hidden")
    }
    assert right["two steps ago", "hidden to hidden"] > 99
    assert right["two steps ago", "output to hidden"] < 65
    assert right["odd?", "output to hidden"] > 99
    assert right["odd?", "hidden to hidden"] < 90


def test_alone_it_loses_the_wave(executed):
    forced, soon, _, late, _ = numbers(executed.plain("teacher-demo").split("is off by")[1])
    assert forced < 0.03
    assert soon > 3 * forced
    assert late > 10 * forced


def test_powers_by_eigenvalues(executed):
    large, small, smallest = numbers(executed.line("eigen-run", "λ^100 ="))
    assert large == pytest.approx(1.1**100, rel=0.05)
    assert small == pytest.approx(0.9**100, rel=0.05)
    assert smallest == pytest.approx(0.5**100, rel=0.05)
    assert float(re.search(r"differ by (\S+)", executed.text("eigen-run")).group(1)) < 1e-10
    assert numbers(executed.line("eigen-run", "angle between W^100 h and the line of the first eigenvector:"))[0] < 1e-5


def test_clipping_saves_the_network(executed):
    free, clipped = executed.line("clip-run", "clip at inf:"), executed.line("clip-run", "clip at 1.0:")
    assert "nan" in free
    assert numbers(free)[0] > 1e6
    longest, finite, _, cost = numbers(clipped)
    assert longest > 10
    assert finite == 300
    assert cost < 0.4


def test_skips_and_leaks_shorten_the_way(executed):
    for lag in (1, 2):
        without, skip = (numbers(executed.line("skip-run", f"skip {d}: influence"))[2 * lag] for d in (" 1", "10"))
        assert skip > 1e6 * without
    leaky, plain = numbers(executed.line("skip-run", "100 steps ago:"))
    assert leaky > 1e6 * plain


def test_lstm_gate_by_gate(executed):
    assert executed.after("lstm-run", "differ by") < 1e-6


def test_influence_by_lag(executed):
    last = {name: numbers(executed.line("lstm-run", f"{name} "))[-2] for name in ("LSTM   ", "GRU   ")}
    assert max(last.values()) < 1e-12
    assert numbers(executed.line("lstm-run", "LSTM, forget bias 4"))[-2] > 0.01
    assert has_picture(executed, "lags-figure")


def test_variants_are_counted_and_a_gru_can_be_leaky(executed):
    found = {line[:16].strip(): numbers(line[16:])[0] for line in executed.text("variants-run").splitlines()[:5]}
    one = 2 * 32 + 32 * 32 + 64
    assert found == {
        "leaky": one,
        "GRU": 3 * one,
        "LSTM, coupled": 3 * one,
        "LSTM": 4 * one,
        "LSTM, peepholes": 4 * one + 96,
    }
    assert float(re.search(r"(\S+) apart", executed.text("variants-run")).group(1)) < 1e-5


def test_gates_solve_what_plain_recurrence_does_not(executed):
    errors = {
        kind: numbers(executed.line("adding-run", f"adding, {kind}"))[0] for kind in ("RNN", "leaky", "GRU", "LSTM")
    }
    assert min(errors["RNN"], errors["leaky"]) > 0.1
    assert max(errors["GRU"], errors["LSTM"]) < 0.03
    right = {kind: share(executed.line("copying-run", f"copying, {kind}")) for kind in ("RNN", "LSTM")}
    assert right["RNN"] < 65
    assert right["LSTM"] > 85


def test_stacking_is_composition(executed):
    assert float(re.search(r"(\S+) apart", executed.text("stack-run")).group(1)) < 1e-6


def test_two_directions_find_the_names(executed):
    one, two = (share(executed.line("entities-run", f"{n} direction")) for n in ("one", "two"))
    assert one < 92
    assert two > 97


def test_translation_with_and_without_a_teacher(executed):
    _, forced, free, exact = rows(executed, "seq2seq-run", "epoch").T
    assert (forced >= free).all()
    assert (forced - free).max() > 2
    assert forced[-1] > 90
    assert free[-1] > 87
    assert exact[-1] > 40
    assert re.search(r"→ \d{4}-\d\d-\d\d", executed.text("seq2seq-run"))


def test_groups_of_the_cat(executed):
    two = executed.line("text-run", "up to 2-grams, 11: ").split(", ")
    three = executed.line("text-run", "up to 3-grams, 15: ").split(", ")
    slides_two = {"The", "The cat", "cat", "cat sat", "sat", "sat on", "on", "on the", "the", "the mat", "mat"}
    assert set(two) == slides_two
    assert set(three) == slides_two | {"The cat sat", "cat sat on", "sat on the", "on the mat"}


def test_one_hot_and_hashes(executed):
    assert "[[0. 1. 0. 0.]]" in executed.text("text-run")
    words, buckets, used = rows(executed, "text-run", r"(?=\d,\d+ words)").T
    np.testing.assert_array_equal(buckets, [1_000, 10_000, 100_000])
    expected = buckets * (1 - (1 - 1 / buckets) ** words)
    np.testing.assert_allclose(used, expected, rtol=0.05)


def test_padding_changes_the_last_state_and_a_mask_saves_the_mean(executed):
    assert share(executed.line("padding-run", "last states:")) > 30
    assert float(re.search(r"masked means: (\S+) apart", executed.text("padding-run")).group(1)) < 1e-6


def test_sentiment_needs_order(executed):
    right = {
        name: numbers(executed.line("sentiment-table", name)) for name in ("bag of words", "words and pairs", "LSTM")
    }
    assert right["bag of words"][2] < 65
    assert right["words and pairs"][2] > 85
    assert min(right["LSTM"]) > 95


def test_a_language_model_below_two_point_two_bits(executed):
    assert numbers(executed.line("language-run", "all alike"))[0] == pytest.approx(6.6, abs=0.1)
    counts, pairs = (numbers(executed.line("language-run", name))[0] for name in ("counts", "pairs"))
    first, second = (numbers(executed.line("language-train", f"epoch {k}:")) for k in (1, 2))
    assert counts > pairs > first[0] > second[0]
    assert second[0] < 2.2
    assert second[1] == pytest.approx(2 ** second[0], abs=0.06)


def test_samples_by_temperature(executed):
    greedy, cool, plain, hot = (
        executed.line("temperature-run", f"T = {T}: The list") for T in ("0", "0.5", "1", "1.5")
    )
    assert len(set(greedy.split())) < len(set(plain.split()))
    assert len({greedy, cool, plain, hot}) == 4
    assert all(len(text) > 100 for text in (greedy, cool, plain, hot))


def test_embeddings_learned_without_labels_serve_with_few(executed):
    good, bad, across = numbers(executed.line("embedding-run", "mean cosine:"))
    assert min(good, bad) > across + 0.1
    random, learned = (
        [float(x) for x in re.findall(r"(\d+)%", executed.line("reuse-run", f"80 labels, {name}"))]
        for name in ("random", "learned")
    )
    assert np.mean(learned) > np.mean(random) + 20
    assert min(learned) > 85


def test_topics_by_words(executed):
    right = [share(line) for line in executed.text("topics-run").splitlines()]
    assert len(right) == 3
    assert min(right) > 50
    assert right[0] > right[1]


def test_echoes(executed):
    faint, loud = (numbers(executed.line("echo-run", f"spectral radius {r}:"))[0] for r in ("0.3", "1.2"))
    assert loud < 0.03
    assert faint > 3 * loud
    assert has_picture(executed, "echo-run")


def test_same_as_torch(executed):
    differences = [float(x) for x in re.findall(r"\d+e[-+]\d+", executed.text("same-run"))]
    assert len(differences) == 7
    assert max(differences) < 1e-10


@pytest.mark.parametrize(
    ("cell", "demo"),
    [
        ("unrolled-demo", "UnrolledNetwork"),
        ("teacher-demo", "TeacherForcing"),
        ("eigen-demo", "GradientThroughTime"),
        ("gates-demo", "LSTMGates"),
        ("temperature-demo", "CharacterModel"),
    ],
)
def test_demo_leaves_a_picture(executed, cell, demo):
    assert demo in executed.cells[cell].source
    assert has_picture(executed, cell)
