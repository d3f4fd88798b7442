"""The article's claims, each decided by a computation: one module a section, one short function a claim.

``check(number)`` runs one check, ``Summary()`` all of them; both raise Contradiction if a computation and a verdict differ.
"""

import importlib, pkgutil
for _m in ("overview","one_neuron","second_layer","general","cells","practice","scales","theorems"):
    try: importlib.import_module("."+_m, __name__)
    except ModuleNotFoundError as e: print("missing", e)
from .registry import FAILS, HOLDS, IF, PAGES, Claim, Contradiction, Entry, Finding, Summary, check, claims, judge

__all__ = ["FAILS", "HOLDS", "IF", "PAGES", "Claim", "Contradiction", "Entry", "Finding", "Summary", "check", "claims", "judge"]
