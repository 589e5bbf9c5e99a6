"""The random generators that training draws from, and their states as a checkpoint keeps them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from course_lib.arrays import Generator


def find_generators(*places: object) -> dict[str, Generator]:
    """The generators that data, transforms and layers hold (as ``generator``, or privately), each once, and torch's."""
    found: dict[str, Generator] = {f"cuda {i}": g for i, g in enumerate(torch.cuda.default_generators)}
    found["cpu"] = torch.default_generator
    own = len(found)
    for part in itertools.chain.from_iterable(map(_parts, places)):
        generator = getattr(part, "generator", getattr(part, "_generator", None))
        known = any(generator is other for other in found.values())
        if isinstance(generator, np.random.Generator | torch.Generator) and not known:
            found[f"held {len(found) - own}"] = generator
    return found


def _parts(place: object) -> Iterator[object]:
    """The layers of a network; data, and what they are drawn from and changed by."""
    if isinstance(place, torch.nn.Module):
        yield from place.modules()
        return
    yield place
    for name in ("batches", "transform"):
        if (inner := getattr(place, name, None)) is not None:
            yield from _parts(inner)
    for inner in getattr(place, "transforms", ()):
        yield from _parts(inner)


def get_states(generators: Mapping[str, Generator]) -> dict[str, torch.Tensor | str]:
    """Where each generator is in its sequence: a tensor for torch's, JSON for NumPy's."""
    return {
        name: generator.get_state()
        if isinstance(generator, torch.Generator)
        else json.dumps(generator.bit_generator.state, default=np.ndarray.tolist)
        for name, generator in generators.items()
    }


def set_states(generators: Mapping[str, Generator], states: Mapping[str, Any]) -> None:
    """Put each generator where its namesake was."""
    for name in generators.keys() & states.keys():
        generator = generators[name]
        if isinstance(generator, torch.Generator):
            generator.set_state(states[name])
        else:
            generator.bit_generator.state = json.loads(states[name])


def kinds(states: Mapping[str, Any]) -> dict[str, Any]:
    """What kind of generator data and layers hold: a torch generator's state has a size, a NumPy generator's a name."""
    return {
        name: json.loads(state)["bit_generator"] if isinstance(state, str) else tuple(state.shape)
        for name, state in states.items()
        if name.startswith("held")
    }
