"""The checked problem: what it refuses, where it begins, what it makes of what was found."""

import numpy as np
import pytest

from helpers import convex, patterns
from helpers.enumeration.arrangement import arrangement
from helpers.solver.problem import Problem
from helpers.solver.scaling import Scaled
from helpers.solver.solution import Parts, Proof, Reason
from helpers.solver.sources import LISTED

X = np.array([[1.0, 2], [3, -1], [0.5, 3]])
y = np.array([1.0, -1, 2])
BOTH = np.ones((1, 3), bool)


def parts(b, pattern=0, s=1.0):
    return Parts(np.array([pattern]), np.array([s]), np.array([b], float))


def test_data_are_arranged_once(monkeypatch):
    arranged = []

    def counted(X, exact=False):
        arranged.append(X.shape)
        return arrangement(X, exact)

    monkeypatch.setattr(patterns, "arrangement", counted)
    convex.certify(X, y, np.ones((2, 2)), np.ones(2), 0.1)
    assert arranged == [(3, 2)]
    convex.path(X, y, [0.1, 0.2, 0.3])
    assert arranged == [(3, 2), (3, 2)]


def test_few_patterns_are_listed_many_are_not():
    few = Problem.checked(X, y, 0.1)
    assert few.source.listed and few.source.count == 6
    rng = np.random.default_rng(0)
    many = rng.standard_normal((60, 4))
    unlisted = Problem.checked(many, many[:, 0], 0.1)
    assert not unlisted.source.listed and unlisted.source.count == 68_560 > LISTED
    assert unlisted.source.rank == 4
    flat = np.outer(rng.standard_normal(60), np.ones(4)) * [1e-9, 1, 1e9, 2]  # of rank one
    assert Problem.checked(flat, many[:, 0], 0.1).source.count == 2


def test_other_patterns_labels_and_decay_keep_what_is_known():
    problem = Problem.checked(X, y, 0.1)
    scaled = problem.scaled
    own = problem.over(BOTH)
    assert own.scaled is scaled and own.source.count == 1 and problem.source.count == 6
    assert problem.at(0.2).source is problem.source
    assert problem.at(0.2).scaled.lam == pytest.approx(2 * scaled.lam)
    assert problem.labelled(2 * y).scaled.lam == pytest.approx(scaled.lam / 2)


@pytest.mark.parametrize("lam", [0.1, 0.0])
@pytest.mark.parametrize("shape", [(7, 3), (3, 7)])
def test_scaled_units_lead_there_and_back(shape, lam):
    rng = np.random.default_rng(1)
    data = rng.standard_normal(shape) * np.geomspace(1, 1e3, shape[1])
    data[0] = 0
    scaled = Scaled(data, rng.standard_normal(shape[0]), lam)
    assert np.linalg.norm(scaled.X, 2) == pytest.approx(1)
    assert scaled.X.shape[1] <= min(shape) and not scaled.X[0].any()
    b = rng.standard_normal((4, scaled.X.shape[1]))
    u = scaled.back(b)
    assert scaled.forth(u) == pytest.approx(b, rel=1e-6)
    output = scaled.length * scaled.X @ b.T
    assert data @ u.T == pytest.approx(output, rel=1e-6, abs=1e-9 * np.abs(output).max())
    if lam > 0:  # norms, hence the penalty, are those of the data's units
        assert np.linalg.norm(u, axis=1) == pytest.approx(
            scaled.rate * np.linalg.norm(b, axis=1), rel=1e-9
        )


def test_the_objective_is_the_worse_of_program_and_network():
    problem = Problem.checked(X, y, 0.0, BOTH)
    outside = np.array([1e-9, -0.1])  # not in the cone of all points active
    solution = problem.assemble(BOTH, parts(outside), Proof(0.0, None), 1e-6, or_zero=False)
    program = np.sum((X @ outside - y) ** 2)
    network = np.sum((np.maximum(X @ outside, 0) - y) ** 2)
    assert program != pytest.approx(network)
    assert solution.objective == pytest.approx(max(program, network))
    assert solution.reason is Reason.SCALES and not solution.converged


def test_zero_is_returned_where_it_is_better():
    problem = Problem.checked(X, y, 0.1, BOTH)
    far = parts([100.0, 100.0])
    worse = problem.assemble(BOTH, far, Proof(0.0, None), 1e-6, or_zero=False)
    assert worse.objective > y @ y and worse.U.any()
    zero = problem.assemble(BOTH, far, Proof(0.0, None), 1e-6)
    assert zero.objective == y @ y and not zero.U.any() and not zero.V.any()


@pytest.mark.parametrize(
    "bound, asked, reason, expected",
    [
        (1.0, 1e-6, Reason.TIME_LIMIT, Reason.CONVERGED),  # of the objective: the gap is closed
        (0.5, 1e-6, Reason.TIME_LIMIT, Reason.TIME_LIMIT),
        (0.5, 0.6, Reason.ROUND_LIMIT, Reason.CONVERGED),
        (0.5, 1e-6, Reason.CONVERGED, Reason.ROUNDING),
        (2.0, 1e-6, Reason.CONVERGED, Reason.CONVERGED),  # a bound above the objective is rounding
    ],
)
def test_the_reason_is_that_of_the_gap(bound, asked, reason, expected):
    problem = Problem.checked(X, y, 0.1, BOTH)
    inside = parts([0.3, 0.2])
    objective = problem.assemble(BOTH, inside, Proof(0.0, None), asked).objective
    proof = Proof(bound * objective, None, reason)
    solution = problem.assemble(BOTH, inside, proof, asked)
    assert solution.reason is expected
    assert solution.converged is (expected is Reason.CONVERGED)
    assert solution.gap == pytest.approx(max(0.0, 1 - bound))
    assert str(Reason.CONVERGED) == "" and str(Reason.TIME_LIMIT) == "time limit"


def test_zero_labels_zero_data_no_patterns_and_a_large_decay_are_trivial():
    none = np.zeros((0, 3), bool)
    for problem, empty in (
        (Problem.checked(X, 0 * y, 0.1), True),
        (Problem.checked(0 * X, y, 0.1), True),
        (Problem.checked(X, y, 0.1, none), True),
        (Problem.checked(X, y, 1e3), False),
    ):
        zero = problem.zero()
        assert problem.trivial and problem.empty is empty
        assert zero.objective == zero.lower_bound == problem.square
        assert zero.converged and zero.gap == 0 and not zero.U.any()
        assert len(zero.patterns) == problem.source.count
    assert not Problem.checked(X, y, 0.1).trivial


@pytest.mark.parametrize("start", ["zero", 1, (np.ones((1, 2)),), None])
def test_a_start_must_be_a_solution_or_a_network(start):
    problem = Problem.checked(X, y, 0.1)
    if start is None:
        assert problem.begin(start) is None
        return
    with pytest.raises(ValueError, match="start must be a Solution or a network"):
        problem.begin(start)


def test_a_start_must_be_for_the_same_data():
    other = convex.solve(X[:2], y[:2], 0.1)
    with pytest.raises(ValueError, match=r"start must be for the same X, of shape \(3, 2\)"):
        convex.solve(X, y, 0.1, start=other)
