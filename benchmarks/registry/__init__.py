"""Certified optima of named problems, to compare training algorithms with.

    python -m benchmarks.registry [--check] [name ...]

``load(name, share)`` returns a problem with its optimum, ``names()`` lists them. `problems` makes
the data, `__main__` computes what is missing, `adam` trains beside it, `check` proves every entry
anew without the solver.
"""

from .entries import Problem, load, names

__all__ = ["Problem", "load", "names"]
