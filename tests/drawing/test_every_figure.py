"""Every function of helpers/figures is drawn by a test, so that `legible` looks at every figure.

Here are those that no test of a section draws, from small or made-up numbers.
"""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from helpers import data, experiments
from helpers.drawing import style
from helpers.figures import (
    activation_patterns,
    equivalence,
    global_optimum,
    moving_patterns,
    overview,
    practice,
    second_layer,
    small_example,
    small_initialisation,
    solving,
)
from helpers.sections.moving_patterns import Seeds
from helpers.sections.solving import Bracket, Cost

ROOT = Path(__file__).parents[2]
TWO = data.load("landscape")
ONE = data.load("one-neuron")
SHARES = np.array([0.01, 0.1, 1.0])


def one_neuron():
    S, run = experiments.run("one neuron", steps=30)
    figures = activation_patterns
    return figures.one_neuron(S, run.W[0, 0]), figures.weight_plane(S, {"Adam": run, "other": run})


def counts_of_patterns():
    found = {name: SHARES for name in ("20 x 3", "100 x 3", "40 x 5", "30 x 6")}
    return activation_patterns.counts(), activation_patterns.coverage([1, 10, 100], found)


def neurons_of_two_points():
    W = np.array([[-1.0], [1.0], [0.5]])
    optimum = np.array([1.0, 0.5, 0.2])
    return (
        equivalence.one_neuron(ONE, [0.5, -1.0]),
        equivalence.many(ONE, W, np.ones(3)),
        equivalence.restricted(optimum, optimum / 2, np.array([True, False, True])),
    )


def landscape():
    path = np.linspace(0, 1, 20)[:, None] * [-1.0, 2.0]
    return overview.landscape(TWO), overview.loss_along(TWO, path)


def product():
    points = np.array([[1.0, 2.0], [-1.0, 0.5]])
    values = dict.fromkeys(("one variable", "two variables", "network"), SHARES)
    return (
        second_layer.surface(0.5),
        second_layer.descents(points, {0.0: points, 0.5: points}),
        second_layer.labels(SHARES, values),
    )


def costs():
    cost = Cost(9, 2, 18, 72, 100, 0.1, 0.2, 0.3)
    bracket = Bracket([1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [3.0, 4.0, 5.0])
    draws = np.array([[5, 6], [20, 30]])
    return (
        solving.cost([cost]),
        solving.sampled(draws, 1 / draws, {"Adam, 5 neurons": 0.1, "Adam, 20": 0.01}),
        solving.brackets(SHARES, {"a problem": bracket, "another": bracket}),
    )


def studies():
    step = np.arange(12)
    runs = np.linspace(1, 0.1, 24).reshape(2, 12)
    study = Seeds([0, 1], step, np.round(20 * runs), runs, runs, runs, np.array([3, 4]), 1)
    measures = {m: np.full((2, 3, 3), 0.5) for m in (100, 1000)}
    ratios = dict.fromkeys("abcdef", SHARES)
    return (
        moving_patterns.statistics(study),
        small_initialisation.transition(SHARES, measures),
        practice.yardstick(SHARES, ratios),
        global_optimum.enough([10, 100, 1000], [9.0, 7.0, 6.0], 5.5),
        small_example.loss_curve(ONE),
    )


@pytest.mark.parametrize(
    "draw",
    [one_neuron, counts_of_patterns, neurons_of_two_points, landscape, product, costs, studies],
)
def test_figures_of_small_numbers(draw):
    for fig in draw():
        assert isinstance(fig, style.Figure)
        assert fig.axes


def returns_figure(node):
    return node.returns is not None and ast.unparse(node.returns).endswith(("Figure", "Figure]"))


def test_every_figure_is_drawn_by_a_test():
    tested = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("sections", "extensions", "drawing", "playground")
        for path in (ROOT / "tests" / folder).glob("*.py")
    )
    missing = []
    for path in (ROOT / "helpers" / "figures").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name[0] != "_" and returns_figure(node):
                if not re.search(rf"\.{node.name}\(", tested):
                    missing.append(f"{path.stem}.{node.name}")
    assert not missing
