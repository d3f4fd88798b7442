import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CONDA = {"pytorch": "torch"}


def names(requirements):
    return {re.split(r"[<>=! ]", r)[0].lower() for r in requirements}


def test_conda_and_pip_ask_for_the_same_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = {CONDA.get(n, n) for n in names(d for d in environment if isinstance(d, str))}
    pip = next(d["pip"] for d in environment if isinstance(d, dict))
    assert "-e ." in pip  # the helpers themselves
    pip = names(set(pip) - {"-e ."})
    assert (conda - {"python", "pip"}) | pip == names(project["dependencies"])


def test_pins_are_exact_and_cover_the_dependencies():
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line]
    assert all(re.fullmatch(r"[\w.\-]+==[\w.]+", pin) for pin in pins)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert names(project["dependencies"]) <= {n.replace("_", "-") for n in names(pins)}
