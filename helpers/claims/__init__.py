"""The article's claims, each decided by a computation: one module a section, a function a claim.

What a claim says, its verdict and its correction stand in the .toml file beside the module.
``check(number)`` runs one check, ``Summary()`` all of them, ``Summary(section)`` a section's; all
raise Contradiction where a computation and a verdict differ. ``python -m helpers.claims.pages``
writes the pages that show them.
"""

from importlib import import_module

from .registry import (
    FAILS,
    HOLDS,
    IF,
    SECTIONS,
    Claim,
    Contradiction,
    Entry,
    Finding,
    Summary,
    check,
    claims,
    judge,
)

for _module in SECTIONS:
    import_module(f".{_module}", __name__)

__all__ = [
    "FAILS",
    "HOLDS",
    "IF",
    "SECTIONS",
    "Claim",
    "Contradiction",
    "Entry",
    "Finding",
    "Summary",
    "check",
    "claims",
    "judge",
]
