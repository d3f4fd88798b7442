"""Section Certified optima to compare with: its table and figure, on made-up and real rows."""

import numpy as np
import pytest

from helpers.figures import registry as figures
from helpers.sections import registry


def made_up(name, *excesses):
    """A row with an optimum for each excess."""
    shares = registry.SHARES[: len(excesses)]
    optima = [
        {"share": share, "objective": 1.23456789, "gap": 1e-7 * (k + 1), "adam": {"excess": excess}}
        for k, (share, excess) in enumerate(zip(shares, excesses, strict=True))
    ]
    size = {"n": 12, "d": 2, "patterns": 24, "counted": len(excesses) == 3}
    return {"name": name, "lam_max": 0.5, "optima": optima, **size}


TABLE = [made_up("a", 0.5, 0.002, 3.0), made_up("b", -1e-8, 2e-6), made_up("c", 0.003)]


def test_the_summary_counts():
    assert registry.summary(TABLE) == (3, 1, 6, pytest.approx(3e-7))


def test_excesses_are_sorted_and_none_is_below_the_gap():
    assert registry.excesses(TABLE, 0.1) == {"b": 1e-6, "c": 0.003, "a": 0.5}
    assert registry.excesses(TABLE, 0.001) == {"a": 3.0}
    assert registry.at(TABLE[2], 0.01) is None


def test_reached_counts_the_problems_within():
    assert registry.reached(TABLE, 0.1, [1e-6, 0.003, 1.0]) == [1, 2, 3]


def test_the_table_shows_what_is_proved_and_leaves_out_what_is_not():
    first, second, third = figures.problems_table(TABLE).rows
    optimum = "1.23457"
    assert first == ["a", "12 × 2", "24", "0.5", *3 * [optimum], "+50 %", "+0.2 %", "+300 %"]
    assert second[2:] == [
        "≤ 24",
        "0.5",
        optimum,
        optimum,
        "",
        "reached",
        "+2.0·10⁻⁴ %",
        "",
    ]
    assert third[4:] == [optimum, "", "", "+0.3 %", "", ""]


def test_the_counts_stand_beside_median_and_largest():
    lines = figures.reached_table(TABLE).rows
    assert lines[0] == ["0.1", "3", "1", "1", "2", "2", "+0.3 %", "+50 %"]
    assert lines[2] == ["0.001", "1", "0", "0", "0", "0", "+300 %", "+300 %"]


def test_the_figure_draws_every_excess_in_per_cent():
    table = registry.rows()
    fig = figures.adam_excess(table)
    lines = fig.axes[0].lines[: len(registry.SHARES)]
    for share, line in zip(registry.SHARES, lines, strict=True):
        drawn = line.get_ydata()
        np.testing.assert_allclose(
            drawn, 100 * np.array([*registry.excesses(table, share).values()])
        )
        assert (np.diff(drawn) >= 0).all()
    assert "median" in fig.alt
