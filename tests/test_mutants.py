"""The slips that `make mutants` plants: what they change, and what they leave alone."""

import ast
from pathlib import Path

import pytest

from benchmarks import mutants
from benchmarks._slips import javascript_slips, python_slips, replaced

ROOT = Path(__file__).parents[1]


def versions(text, slips):
    """Every version of one line of text with a slip in it."""
    return {replaced(text, slip).strip() for slip in slips(text)}


@pytest.mark.parametrize(
    "body, expected",
    [
        ("return a + b", {"return a - b"}),
        ("return len(a) > b", {"return len(a) >= b"}),
        ("return a < b", {"return a > b"}),
        ("return a < 0.5", {"return a > 0.5"}),
        ("return a and not b", {"return a or not b", "return a and b"}),
        ("return np.abs(a).max()", {"return (a).max()", "return np.abs(a).min()"}),
        ("call(a)", {"pass"}),
        ("a -= b", {"a += b"}),
        ("a = 1e-9", set()),
        ("return zip(a, b, strict=True)", set()),
        ("return style.figure(6.4, 4.2)", set()),
        ("return dict(color=a, lw=2, alpha=0.6)", set()),
        ("return dict(alpha=2)", {"return dict(alpha=3)"}),
        ("raise ValueError(f'{a + b} must be > {c}')", set()),
        ("a: int | None = b", set()),
    ],
)
def test_slips_in_python(body, expected):
    head = "LIMIT = 7\n\n\ndef function(a, b):\n    "
    assert versions(head + body, python_slips) == {f"{head}{new}" for new in expected}


@pytest.mark.parametrize(
    "line, expected",
    [
        ("f(a + b);", {"f(a - b);"}),
        ("const LIMIT = 7;", set()),
        ('f("a + b"); // a - b', set()),
        ("f(a >= 1);", {"f(a > 1);", "f(a >= 2);"}),
        ("f(Math.max(a, b));", {"f(Math.min(a, b));"}),
        ("if (a(b)) c();", {"if (!(a(b))) c();"}),
    ],
)
def test_slips_in_javascript(line, expected):
    assert versions(line, javascript_slips) == expected


def test_every_slip_in_python_is_python():
    paths = [path for path in mutants.modules([""]) if path.endswith(".py")]
    assert "helpers/solver/newton.py" in paths
    for path in paths[::5]:
        text = (ROOT / path).read_text(encoding="utf-8")
        for slip in python_slips(text)[::7]:
            ast.parse(replaced(text, slip))


def test_a_sample_is_that_of_its_seed():
    def sample(seed):
        arguments = mutants.parse(
            ["--seed", seed, "--sample", "3", "--only", "helpers/loss", "model.js"]
        )
        return mutants.planned(arguments)

    assert sample("0") == sample("0") != sample("1")
    assert len(sample("0")) == 6


def test_a_slip_in_a_check_is_for_the_tests_of_its_claim():
    path = "helpers/claims/overview.py"
    text = (ROOT / path).read_text(encoding="utf-8")
    slips = python_slips(text)
    (first,) = mutants.tests(path, text, slips[0])
    (last,) = mutants.tests(path, text, slips[-1])
    assert first != last
    assert all("tests/claims/" in test for test in (*first, *last))


def test_what_is_judged_is_a_slip_in_the_code_as_it_is():
    for module, before, after in mutants.judgements():
        text = (ROOT / module).read_text(encoding="utf-8")
        slips = mutants.slips(text, module)
        described = [mutants.described(module, text, slip) for slip in slips]
        assert (before, after) in [(one["before"], one["after"]) for one in described]


def test_what_a_slip_is_compiled_into_is_compiled_anew():
    assert mutants.importing("helpers/solver/nodes.py") >= {"nodes", "branching", "everywhere"}
    assert "kernels" not in mutants.importing("helpers/solver/nodes.py")
    assert mutants.importing("helpers/solver/kernels.py") >= {"cones", "pricing", "walks"}
    assert mutants.importing("helpers/enumeration/residues.py") >= {"chain", "vertices", "cells"}
