"""What computes, engines and sections too, needs nothing that draws, and no torch."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HELPERS = ROOT / "helpers"
DRAWS = ("drawing", "figures", "playground", "claims")
FORBIDDEN = {"torch", "matplotlib", "ipywidgets", "IPython"}


def computing():
    """Names of the modules of the helpers that compute."""
    for path in sorted(HELPERS.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[1] not in DRAWS:
            yield ".".join(parts).removesuffix(".__init__")


def imported(modules):
    """The top-level packages that a fresh interpreter has after importing `modules`."""
    code = (
        f"import sys; import {', '.join(modules)}; print(*{{m.split('.')[0] for m in sys.modules}})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_what_computes_imports_nothing_that_draws():
    modules = list(computing())
    assert "helpers.sections.solving" in modules
    assert len(modules) > 30
    assert not imported(modules) & FORBIDDEN
