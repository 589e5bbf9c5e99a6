"""Numbers from the history of the field against what their sources say beside them."""

from __future__ import annotations

import pytest

from course_lib.data import history


def test_everything_is_in_order_of_time():
    assert list(history.EVENTS) == sorted(history.EVENTS)
    assert [s.year for s in history.DATA_SETS] == sorted(s.year for s in history.DATA_SETS)
    assert [wave.begin for wave in history.WAVES] == sorted(wave.begin for wave in history.WAVES)
    assert all(wave.begin < wave.end for wave in history.WAVES)


def test_each_data_set_names_a_source_of_its_time():
    for data_set in history.DATA_SETS:
        years = [int(word.strip("(),")) for word in data_set.source.split() if word.strip("(),").isdigit()]
        assert years[0] - 5 <= data_set.year <= years[0]


@pytest.mark.parametrize(
    ("name", "neurons", "connections"),
    [
        ("ADALINE 1960", 1, 17),
        ("LeNet-5 1998", 8094, 340_908),  # LeCun et al. give the second number
        ("AlexNet 2012", 659_272, 724_406_816),  # "650,000 neurons"
    ],
)
def test_sizes_of_networks(name, neurons, connections):
    assert history.neurons(history.NETWORKS[name]) == neurons
    assert history.connections(history.NETWORKS[name]) == pytest.approx(connections)


def test_gpt3_has_the_weights_that_its_paper_counts():
    """175 billion in 96 blocks and the table of 50,257 words."""
    blocks = 96 * history.connections(history.NETWORKS["GPT-3 2020"])
    assert blocks + 50_257 * history.GPT3_WIDTH == pytest.approx(175e9, rel=0.01)
