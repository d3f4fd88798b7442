"""Imported first by every notebook: stops with a reason where `helpers` is another library.

The name is a common one. A `helpers.py` or a folder `helpers` of one's own is found first where
Python was started beside it, or where it is on PYTHONPATH; what the notebooks import would then be
missing, or be something else.
"""

from importlib.util import find_spec
from pathlib import Path

HELPERS = Path(__file__).resolve().parent / "helpers"


def _places() -> list[Path]:
    """Where Python finds `helpers`: folders, or one file."""
    found = find_spec("helpers")
    if found is None:
        return []
    folders = found.submodule_search_locations
    return [Path(place).resolve() for place in folders or [found.origin]]


def _check() -> None:
    places = _places()
    if places == [HELPERS]:
        return
    found = " and ".join(map(str, places)) or "nothing"
    raise ImportError(
        f"the notebooks need the library `helpers` in {HELPERS}, but under that name Python finds "
        f"{found}: rename it, start Python from another folder, or take it off PYTHONPATH"
    )


_check()
