"""The random generators that training draws from, and their states as a checkpoint keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from course_lib.arrays import Generator


def find_generators(*places: object) -> dict[str, Generator]:
    """The generators that data and layers hold as their ``generator``, each once, and torch's own for every device."""
    found: dict[str, Generator] = {f"cuda {i}": g for i, g in enumerate(torch.cuda.default_generators)}
    found["cpu"] = torch.default_generator
    own = len(found)
    for place in places:
        for part in place.modules() if isinstance(place, torch.nn.Module) else [place]:
            generator = getattr(part, "generator", None)
            known = any(generator is other for other in found.values())
            if isinstance(generator, np.random.Generator | torch.Generator) and not known:
                found[f"held {len(found) - own}"] = generator
    return found


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
