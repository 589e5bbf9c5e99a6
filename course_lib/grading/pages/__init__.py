"""Pages for the instructor: HTML that asks the network for nothing, in one style."""

from __future__ import annotations

from functools import partial
from typing import Any

import jinja2
import numpy as np


def render(template: str, **values: Any) -> str:
    """A page from its template in this directory; values are escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("course_lib.grading", "pages"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["number"] = partial(np.format_float_positional, precision=2, trim="-")
    return environment.get_template(template).render(**values)
