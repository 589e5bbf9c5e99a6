"""Numbers from the history of the field, with their sources: events, sizes of data sets, sizes of networks, errors."""

from __future__ import annotations

from typing import NamedTuple


class Wave(NamedTuple):
    """A time in which many worked on neural networks, and the name that they gave it."""

    begin: int
    end: int
    name: str


WAVES = (Wave(1943, 1969, "cybernetics"), Wave(1980, 1995, "connectionism"), Wave(2006, 2025, "deep learning"))
"""The three waves of Deep Learning, section 1.2.1; the third goes on."""

EVENTS = {
    1943: "McCulloch & Pitts: neuron",
    1949: "Hebb: learning",
    1958: "Rosenblatt: perceptron",
    1960: "Widrow & Hoff: ADALINE",
    1969: "Minsky & Papert: Perceptrons",
    1980: "Fukushima: Neocognitron",
    1986: "Rumelhart et al.: back-propagation",
    1989: "LeCun et al.: ZIP codes",
    1997: "Hochreiter & Schmidhuber: LSTM",
    2006: "Hinton et al.: deep belief nets",
    2012: "Krizhevsky et al.: AlexNet",
    2014: "Goodfellow et al.: GAN",
    2017: "Vaswani et al.: Transformer",
    2021: "Jumper et al.: AlphaFold 2",
}
"""Publications by year."""


class DataSet(NamedTuple):
    """A data set that many have used."""

    year: int
    examples: int
    name: str
    source: str


DATA_SETS = (
    DataSet(1936, 150, "Iris", "Fisher (1936), The use of multiple measurements in taxonomic problems"),
    DataSet(
        1989, 9_298, "ZIP codes", "LeCun et al. (1989), Backpropagation applied to handwritten zip code recognition"
    ),
    DataSet(1998, 70_000, "MNIST", "LeCun et al. (1998), Gradient-based learning applied to document recognition"),
    DataSet(2009, 60_000, "CIFAR-10", "Krizhevsky (2009), Learning multiple layers of features from tiny images"),
    DataSet(
        2012, 1_281_167, "ImageNet challenge", "Russakovsky et al. (2015), ImageNet large scale visual recognition"
    ),
    DataSet(2017, 300_000_000, "JFT-300M", "Sun et al. (2017), Revisiting unreasonable effectiveness of data"),
    DataSet(2022, 5_850_000_000, "LAION-5B", "Schuhmann et al. (2022), LAION-5B: an open large-scale dataset"),
)


class Layer(NamedTuple):
    """Units of one kind, and how many connections lead into each."""

    units: int
    inputs: float


GPT3_WIDTH = 12_288

NETWORKS: dict[str, tuple[Layer, ...]] = {
    # Widrow and Hoff (1960), Adaptive switching circuits: 16 switches and a bias
    "ADALINE 1960": (Layer(1, 17),),
    # LeCun et al. (1998), section II.B; a layer of 1,600 units has 151,600 connections, not the same for all
    "LeNet-5 1998": (
        Layer(4704, 26),
        Layer(1176, 5),
        Layer(1600, 151_600 / 1600),
        Layer(400, 5),
        Layer(120, 401),
        Layer(84, 121),
        Layer(10, 84),
    ),
    # Krizhevsky et al. (2012), section 3.5, without biases; layers 2, 4 and 5 see half of the layer before
    "AlexNet 2012": (
        Layer(55 * 55 * 96, 11 * 11 * 3),
        Layer(27 * 27 * 256, 5 * 5 * 48),
        Layer(13 * 13 * 384, 3 * 3 * 256),
        Layer(13 * 13 * 384, 3 * 3 * 192),
        Layer(13 * 13 * 256, 3 * 3 * 192),
        Layer(4096, 6 * 6 * 256),
        Layer(4096, 4096),
        Layer(1000, 4096),
    ),
    # Brown et al. (2020), table 2.1, one of 96 equal blocks: queries, keys, values and outputs; up; down
    "GPT-3 2020": (
        Layer(4 * GPT3_WIDTH, GPT3_WIDTH),
        Layer(4 * GPT3_WIDTH, GPT3_WIDTH),
        Layer(GPT3_WIDTH, 4 * GPT3_WIDTH),
    ),
}
"""Famous networks, layer by layer. The inputs of a layer that shares its weights count for each unit."""

NERVOUS_SYSTEMS = {
    # White et al. (1986): about 5,000 chemical synapses of 302 neurons
    "worm C. elegans": 5000 / 302,
    # Dorkenwald et al. (2024), Neuronal wiring diagram of an adult brain: 54.5 million synapses of 139,255 neurons
    "fruit fly": 54.5e6 / 139_255,
    # Pakkenberg et al. (2003), Aging and the human neocortex
    "human cortex": 7000.0,
}
"""Synapses per neuron."""

HUMAN_NEURONS = 86e9
"""Neurons of a human brain. Azevedo et al. (2009)."""

IMAGENET_ERRORS = {2010: 28.2, 2011: 25.8, 2012: 16.4, 2013: 11.7, 2014: 6.7, 2015: 3.6}
"""Top-5 error of the ImageNet challenge's winner in percent. Russakovsky et al. (2015); He et al. (2016)."""

HUMAN_IMAGENET_ERROR = 5.1
"""Of a trained human. Russakovsky et al. (2015), section 6.4."""


def connections(layers: tuple[Layer, ...]) -> float:
    """How many connections a network has.

    >>> f"{connections(NETWORKS['LeNet-5 1998']):,.0f}"  # the paper says 340,908
    '340,908'
    """
    return sum(layer.units * layer.inputs for layer in layers)


def neurons(layers: tuple[Layer, ...]) -> int:
    """How many units a network has, without its inputs.

    >>> neurons(NETWORKS["AlexNet 2012"])
    659272
    """
    return sum(layer.units for layer in layers)
