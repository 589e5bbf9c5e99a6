"""How fast the reference implementations are, as ratios to the built-ins of NumPy, SciPy and torch.

``python -m benchmarks`` measures everything, ``python -m benchmarks linear_algebra`` one module. Every module here
whose name does not begin with an underscore has a function ``families()`` that returns a list of ``Family``. Both sides
of a case return what they have computed, and a test compares it.
"""
