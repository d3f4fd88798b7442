"""Convex programs of other networks: one module each, built on the core beside it.

Each has ``solve(...)``, which returns a ``result.Result``: the network that the program's optimum
maps back to, its loss, and a lower bound that is proved. Each has the ``loss`` of its network.
``restarts`` trains many networks at once, to compare. ``cones``, ``completely_positive`` and
``conic`` are pieces of the programs.
"""
