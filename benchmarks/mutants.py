"""What the tests notice: slips planted one at a time, a seeded sample of each module.

    python -m benchmarks.mutants [--sample 6] [--seed 0] [--only solver/]

A slip is noticed when a test of the module fails, or computes for many times as long as without it
(time of the processor, whatever else the machine does). Of those that pass, what
benchmarks/mutants.toml calls equivalent (nothing observable changes) or speed (only time or
rounding do) does not count. The slips are planted in a copy of the repository. Killed
at any moment it goes on where it was: what a slip's module and tests have not changed since is kept
in benchmarks/results/mutants.json. Prints a table by module; fails below 90 % anywhere.
"""

import argparse
import ast
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cvxpy  # noqa: F401 (imported once, for all tests)
import numba
import numpy as np
import pytest
import sklearn.datasets  # noqa: F401
from threadpoolctl import threadpool_limits

from benchmarks._slips import Slip, javascript_slips, python_slips, replaced
from helpers import files
from tests.claims.test_slips import PLANTED

with suppress(ImportError):  # on Windows, where nothing can be planted
    import resource

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "mutants.json"
JUDGED = ROOT / "benchmarks" / "mutants.toml"
ENOUGH = 0.9
PATIENCE = 5  # times what the tests take without a slip, and half a minute
WAITING = 10  # times as long as that may pass on the clock: a slip may wait and not compute
LOOK = 0.05  # seconds between two looks at the tests
COMPILING = 180  # seconds more where kernels have to be compiled anew
KERNELS = "compiling import"  # stands in every module that is compiled
SCRIPTS = tuple(f"tests/playground/test_{name}.py" for name in ("session", "words", "convex"))
BROWSER = tuple(f"tests/pages/test_playground_{name}.py" for name in ("views", "hands", "page"))
# Tests of a module besides those that bear its name, the quick ones first.
BESIDES = {
    "helpers/enumeration/": ("tests/enumeration", "tests/test_patterns.py"),
    "helpers/solver/": ("tests/solver", "tests/test_convex.py", "tests/test_gated.py"),
    "helpers/drawing/": ("tests/drawing",),
    "helpers/doubles.py": ("tests/test_inputs.py",),
    "helpers/checks.py": ("tests/test_inputs.py",),
    "helpers/loss.py": ("tests/test_inputs.py",),
    "helpers/networks.py": ("tests/test_convex.py", "tests/test_inputs.py"),
    "helpers/convex.py": ("tests/solver", "tests/test_inputs.py"),
}
NOT_PLANTED = ("__init__.py", "limits.js", "pages.py", "registry.py", "pictures.py", "settings.py")
CLAIM = re.compile(r'@claim\("(\w+)"\)')
STATEMENT = re.compile(r"^[@\w]", re.MULTILINE)  # at the head of a module
VERDICT = "tests/claims/test_claims.py::test_the_computation_bears_out_this_verdict_and_no_other"
PLANTING = "tests/claims/test_slips.py::test_a_slip_is_noticed_where_it_is_planted"
NAMED = {  # modules whose tests bear another name
    "lagrangian.js": "convex",
    "fewest.js": "convex",
    "random.js": "model",
    "landscape.js": "ball",
    "summary.js": "words",
}


def modules(only: list[str]) -> list[str]:
    """Paths of the modules in which slips are planted: library, sections, drawing, page."""
    tracked = subprocess.run(
        ["git", "ls-files", "helpers"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    paths = tracked.stdout.split()
    kept = (path for path in paths if path.endswith(".py") or "playground/" in path)
    drawn = ("figures/", ".css")
    return [
        path
        for path in kept
        if any(part in path for part in only)
        and not path.endswith(NOT_PLANTED)
        and not any(part in path for part in drawn)
    ]


def slips(text: str, path: str) -> list[Slip]:
    return javascript_slips(text) if path.endswith(".js") else python_slips(text)


def tests(path: str, text: str, slip: Slip) -> list[list[str]]:
    """Groups of tests that should notice a slip, that named as the module is first."""
    parts = Path(path).parts[1:-1]
    stem = Path(path).stem
    if parts == ("claims",):
        return [claim_tests(text, slip)]
    folder = ROOT.joinpath("tests", *parts)
    own = folder / f"test_{NAMED.get(Path(path).name, stem)}.py"
    named = [own.relative_to(ROOT).as_posix()] if own.exists() else []
    besides = [others for place, others in BESIDES.items() if path.startswith(place)]
    if parts == ("playground",) and path.endswith(".js"):  # what draws is seen in a browser only
        besides = [[test for test in SCRIPTS if test not in named] if named else BROWSER]
    return [[one] for one in (*named, *(one for others in besides for one in others))]


def claim_tests(text: str, slip: Slip) -> list[str]:
    """The tests of the claim that a slip is in; of all in its module, if it is in none."""
    numbers = CLAIM.findall(text)
    for start, end, number in _checks(text):
        if start <= slip.begin < end:
            numbers = [number]
    return [f"{VERDICT}[{number}]" for number in numbers] + [
        f"{PLANTING}[{slip}-{number}]" for slip, number in PLANTED if number in numbers
    ]


def _checks(text: str) -> Iterator[tuple[int, int, str]]:
    """(begin, end, number of the claim) of every check in a module of claims."""
    for found in CLAIM.finditer(text):
        own = text.index("def ", found.end())
        following = STATEMENT.search(text, own + 1)
        yield found.start(), following.start() if following else len(text), found[1]


def importing(path: str) -> set[str]:
    """Names of a module and of those in its folder that import it, also by way of others."""
    imports = {}
    for file in (ROOT / path).parent.glob("*.py"):
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        beside = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 1]
        names = {alias.name for node in beside for alias in node.names if not node.module}
        imports[file.stem] = names | {node.module for node in beside}
    found = set()
    more = {Path(path).stem}
    while more:
        found |= more
        more = {name for name, others in imports.items() if others & found} - found
    return found


def computed() -> float:
    """Seconds of the processor that ended children of this process, and theirs, have taken."""
    used = os.times()
    return used.children_user + used.children_system


class Copy:
    """A copy of the repository, in which slips are planted and tests run."""

    def __init__(self, folder: Path):
        self.folder = folder / "copy"
        self.cache = folder / "compiled"
        self.cache.mkdir(exist_ok=True)
        self.clean = {}  # tests -> the seconds they compute without a slip
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
        )
        for name in listed.stdout.splitlines():
            if (ROOT / name).exists():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.folder / name)

    def passes(self, chosen: list[str], cache: Path, limit: float = np.inf) -> bool:
        """Whether the tests pass, within a limit of seconds that they compute."""
        child = os.fork()
        if child == 0:
            if limit < np.inf:
                resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit)))
            self.test(chosen, cache)
        begun = time.monotonic()
        try:
            while time.monotonic() - begun < WAITING * limit:
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    return status == 0
                time.sleep(LOOK)
            return False
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # with a browser or Node that it has left
            with suppress(ChildProcessError):
                os.waitpid(child, 0)

    def test(self, chosen: list[str], cache: Path) -> None:
        """Run tests in a child of this process, which has imported what takes long; then end."""
        os.setsid()
        nowhere = open(os.devnull, "r+b")
        for stream in range(3):
            os.dup2(nowhere.fileno(), stream)
        for name in list(sys.modules):  # these are to come from the copy
            if name.partition(".")[0] in ("helpers", "tests", "benchmarks"):
                del sys.modules[name]
        os.chdir(self.folder)
        sys.path.insert(0, str(self.folder))
        sys.dont_write_bytecode = True
        os.environ |= {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"] = str(cache)
        options = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
        failed = 1
        try:
            with threadpool_limits(1):
                failed = pytest.main([*options, *chosen])
        finally:
            os._exit(failed)

    def seconds(self, chosen: list[str]) -> float:
        """What the tests compute without a slip. Raises RuntimeError where they fail."""
        key = tuple(chosen)
        if key not in self.clean:
            begun = computed()
            if not self.passes(chosen, self.cache):
                raise RuntimeError(f"these tests fail without a slip: {' '.join(chosen)}")
            self.clean[key] = computed() - begun
        return self.clean[key]

    def notices(self, path: str, text: str, slip: Slip) -> bool:
        """Whether a test fails with the slip in the module at `path`."""
        for chosen in tests(path, text, slip):
            limit = PATIENCE * self.seconds(chosen) + 30
            if not self.passes_with(path, text, slip, chosen, limit):
                return True
        return False

    def passes_with(
        self,
        path: str,
        text: str,
        slip: Slip,
        chosen: list[str],
        limit: float,
    ) -> bool:
        """Whether the tests pass with the slip planted, within a limit of seconds."""
        place = self.folder / path
        before = place.stat()
        times = (before.st_atime_ns, before.st_mtime_ns)
        cache = self.cache
        if KERNELS in text:  # numba does not look at what is compiled into a function
            cache = Path(tempfile.mkdtemp(dir=self.folder.parent))
            outdated = (f"{name}.*" for name in importing(path))
            other = shutil.ignore_patterns(*outdated)
            shutil.copytree(self.cache, cache, ignore=other, dirs_exist_ok=True)
            limit += COMPILING
        try:
            place.write_text(replaced(text, slip), encoding="utf-8")
            os.utime(place, ns=times)  # so that other modules' compiled code is used again
            return self.passes(chosen, cache, limit)
        finally:
            place.write_text(text, encoding="utf-8")
            os.utime(place, ns=times)
            if cache != self.cache:
                shutil.rmtree(cache)


def described(path: str, text: str, slip: Slip) -> dict:
    """A slip as records and judgements name it: its module, its line, what becomes of it."""
    line = text.count("\n", 0, slip.begin)
    return {
        "module": path,
        "line": line + 1,
        "before": text.splitlines()[line].strip(),
        "after": replaced(text, slip).splitlines()[line].strip(),
    }


def judgements() -> dict[tuple, str]:
    """(module, line before, line after) -> "equivalent" or "speed"."""
    listed = tomllib.loads(JUDGED.read_text(encoding="utf-8"))["slip"]
    return {(one["module"], one["before"], one["after"]): one["kind"] for one in listed}


def digest(path: str, chosen: list[list[str]]) -> str:
    """Changes when the module does, or a test of it."""
    names = {name.split("::")[0] for group in chosen for name in group}
    read = hashlib.sha256((ROOT / path).read_bytes())
    for name in sorted(names):
        place = ROOT / name
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            read.update(file.read_bytes())
    return read.hexdigest()[:16]


def planned(arguments: argparse.Namespace) -> list[tuple[str, str, Slip]]:
    """(path, its text, a slip), a sample of every module."""
    chosen = []
    for path in modules(arguments.only):
        text = (ROOT / path).read_text(encoding="utf-8")
        every = slips(text, path)
        rng = random.Random(f"{arguments.seed} {path}")
        sample = rng.sample(every, min(arguments.sample, len(every)))
        chosen += [(path, text, slip) for slip in sample]
    return chosen


def table(records: list[dict]) -> tuple[str, bool]:
    """Lines by module, and whether the tests notice enough everywhere."""
    judged = judgements()
    counts = {}
    for record in records:
        key = (record["module"], record["before"], record["after"])
        verdict = "noticed" if record["noticed"] else judged.get(key, "missed")
        counts.setdefault(place(record["module"]), Counter())[verdict] += 1
    head = "| modules | slips | noticed | equivalent | speed | missed | share |"
    lines = [head, "|---" * 7 + "|"]
    enough = True
    for name, count in counts.items():
        looked_at = count["noticed"] + count["missed"]
        share = count["noticed"] / looked_at if looked_at else 1.0
        enough &= share >= ENOUGH
        columns = (count[verdict] for verdict in ("noticed", "equivalent", "speed", "missed"))
        numbers = " | ".join(map(str, columns))
        lines.append(f"| {name} | {count.total()} | {numbers} | {share:.0%} |")
    return "\n".join(lines), enough


def place(path: str) -> str:
    """The row of the table for a module: a module of the library, or a folder."""
    parts = Path(path).parts
    return path if len(parts) == 2 else "/".join(parts[:2])


def parse(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sample", type=int, default=6, help="slips of a module")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--only", nargs="+", default=[""], help="parts of modules' paths")
    return parser.parse_args(words)


def main() -> None:
    arguments = parse()
    known = files.read_json(RESULTS) if RESULTS.exists() else []
    kept = {(r["module"], r["before"], r["after"], r["digest"]): r for r in known}
    records = []
    plan = planned(arguments)
    with suppress(ImportError):
        import torch  # noqa: F401
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        for path, text, slip in plan:
            record = described(path, text, slip)
            record["digest"] = digest(path, tests(path, text, slip))
            key = (path, record["before"], record["after"], record["digest"])
            if key in kept:
                records.append(kept[key])
                continue
            record["noticed"] = copy.notices(path, text, slip)
            records.append(record)
            kept[key] = record
            lines = ",\n".join(json.dumps(one) for one in kept.values())
            files.write_at_once(RESULTS, f"[\n{lines}\n]\n")
            said = "noticed" if record["noticed"] else "PASSED "
            where = f"{path}:{record['line']}"
            print(f"{said} {where}: {record['before']}  ->  {record['after']}", flush=True)
    text, enough = table(records)
    print(text)
    sys.exit(0 if enough else f"below {ENOUGH:.0%}: see the slips that passed")


if __name__ == "__main__":
    main()
