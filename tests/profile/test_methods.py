"""What is credited is the loss of a network, and nothing is below what is proved."""

from importlib.util import find_spec

import numpy as np
import pytest

from helpers import convex, files
from helpers.patterns import activation_patterns
from helpers.profile import methods, protocol, table
from helpers.profile.protocol import Size

LAMS = (0.001, 0.03)
SIZE = Size(epochs=20, gates=12, neurons=12, seconds=1.0)
SCNN = pytest.mark.skipif(not find_spec("scnn"), reason="pyscnn is not installed")
NAMES = [pytest.param(name, marks=SCNN) if name == "pyscnn" else name for name in methods.METHODS]


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    return protocol.problem(rng.standard_normal((20, 2)), rng.integers(2, size=20))


@pytest.fixture(scope="module")
def optima(data):
    """The certified optimum over all patterns, a bound for every network of any width."""
    return [convex.solve(data.X, data.y, data.article_lam(lam), tol=1e-9) for lam in LAMS]


@pytest.mark.parametrize("name", NAMES)
def test_no_method_is_credited_with_less_than_the_best_of_all_networks(data, optima, name):
    traces = methods.METHODS[name](data, LAMS, SIZE)
    assert len(traces) == len(LAMS)
    for trace, optimum in zip(traces, optima, strict=True):
        assert optimum.converged
        least = data.scaled(optimum.lower_bound)
        assert trace.best >= least * (1 - 1e-9)
        assert (trace.objective >= least * (1 - 1e-9)).all()
        assert trace.best == pytest.approx(trace.objective.min(), rel=1e-6)
        assert trace.bound <= data.scaled(optimum.objective) * (1 + 1e-9)
        assert trace.objective.shape[1] == len(trace.seconds)
        assert (np.diff(trace.seconds) >= 0).all()


def test_listed_is_the_program_over_the_patterns_of_the_gates(data):
    D = activation_patterns(data.X, protocol.gates(2, SIZE.gates))
    for lam, trace in zip(LAMS, methods.listed(data, LAMS, SIZE), strict=True):
        best = convex.solve(data.X, data.y, data.article_lam(lam), np.unique(D, axis=0))
        assert trace.gap <= 1e-3
        assert trace.best == pytest.approx(data.scaled(best.objective), rel=2e-3)


def test_searched_is_never_above_listed_and_here_it_is_the_optimum(data, optima):
    listed = methods.listed(data, LAMS, SIZE)
    searched = methods.searched(data, LAMS, SIZE)
    for one, other, optimum in zip(listed, searched, optima, strict=True):
        assert other.best <= one.best
        assert other.best == pytest.approx(data.scaled(optimum.objective), rel=2e-3)
        assert other.bound == pytest.approx(data.scaled(optimum.lower_bound), rel=2e-3)


@SCNN
def test_pyscnn_comes_near_the_program_over_its_patterns(data):
    longer = Size(gates=12, seconds=4.0)
    (trace,) = methods.pyscnn(data, (0.03,), longer)
    (listed,) = methods.listed(data, (0.03,), longer)
    assert trace.objective[0, 0] == data.zero  # it begins at zero
    assert trace.best == pytest.approx(listed.best, rel=0.02)


def test_no_value_of_the_stored_table_is_below_the_bound_proved_there():
    found = files.read_json(files.record("profile"))
    assert len({row["set"] for row in found["problems"]}) >= 2
    for row in found["problems"]:
        assert 0 <= row["bound"] <= table.best(row)
        assert table.best(row) <= 0.5 * (1 + 1e-6)  # the network of zeros
        for entry in row["methods"].values():
            assert entry["runs"] >= 1
            reached = [t for t in (*entry["first"], *entry["minimum"]) if t is not None]
            assert all(t >= 0 for t in reached)
            pairs = zip(entry["first"], entry["minimum"], strict=True)
            assert all((a is None) == (b is None) for a, b in pairs)
