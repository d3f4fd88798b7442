"""Section Three layers: published costs of chains on a line. (Trainings: tests/extensions.)"""

import numpy as np
import pytest

from helpers.figures import three_layer as figures
from helpers.sections import descent_limits
from helpers.sections import three_layer as section

STEP, BEND, SLOPES = section.LINES


@pytest.mark.parametrize("line", section.LINES)
def test_two_layers_cost_the_variation_of_the_slopes(line):
    slopes = np.diff(line.y) / np.diff(line.x)
    # outside the points the ends may be flat or go on: these lines are flat before the first
    variation = np.abs(np.diff(np.r_[0, slopes])).sum()
    assert section.least_cost(line, 2) == pytest.approx(variation)
    lam = 1e-3
    found = descent_limits.free_bias(line.x.astype(float), line.y, lam, line.x)
    assert found.loss == pytest.approx(2 * lam * variation, rel=1e-2)


@pytest.mark.parametrize("line", section.LINES)
@pytest.mark.parametrize("layers", [3, 4])
def test_deeper_chains_cost_the_steepest_slope(line, layers):
    least = section.least_cost(line, layers)
    assert least == pytest.approx(section.steepest(line))
    assert least <= section.least_cost(line, 2) + 1e-9


def test_chains_are_those_of_networks():
    x = SLOPES.x
    outputs = section.chains(x, 3)
    rises = outputs[1:] - outputs[:-1]
    assert np.abs(rises / np.diff(x)[:, None]).max() <= 1
    # from 5 to 7 it rises, then it stays: two ramps of two layers, one chain of three
    rise = np.maximum(2 - np.maximum(7 - x, 0), 0)
    assert (outputs == rise[:, None]).all(axis=0).any()
    assert not (section.chains(x, 2) == rise[:, None]).all(axis=0).any()


def test_random_lines_cost_no_less_than_their_slope():
    rng = np.random.default_rng(0)
    for _ in range(3):
        line = section.Line(np.sort(rng.uniform(0, 9, 5)), rng.normal(size=5), {})
        costs = [section.least_cost(line, layers) for layers in (2, 3, 4)]
        assert costs[0] >= costs[1] - 1e-9 >= costs[2] - 2e-9
        assert costs[2] >= section.steepest(line) - 1e-9


def test_the_published_costs_are_those_of_some_ramps():
    assert section.cost_of_ramps(STEP, [2, 6]) == pytest.approx(STEP.costs[3])
    assert section.cost_of_ramps(STEP, [2, 4]) == pytest.approx(STEP.costs[4])
    assert section.cost_of_ramps(BEND, [2, 6]) == pytest.approx(BEND.costs[2])
    assert section.cost_of_ramps(BEND, [2, 4]) == pytest.approx(BEND.costs[4])
    assert section.cost_of_ramps(SLOPES, [5, 7, 10]) == pytest.approx(SLOPES.costs[2])
    with pytest.raises(ValueError, match="starts must be of ramps that meet the points"):
        section.cost_of_ramps(STEP, [2])


def test_the_costs_stand_side_by_side():
    rows = figures.cost_table([STEP]).rows
    assert rows[0] == ["(0, 0) (2, 0) (6, 3) (7, 3)", "3", "1.50", "0.75", "0.75"]
    assert rows[1][1:] == ["4", "3.00", "0.75", "0.75"]
