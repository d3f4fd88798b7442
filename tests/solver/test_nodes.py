"""Bounds on one cone of directions, as they stand, uncompiled: against cvxpy, cell by cell."""

import numpy as np
import pytest

from helpers.patterns import enumerate_patterns
from helpers.solver import branching, nodes
from helpers.solver.branching import Roots, Sphere
from tests.solver.judge import correlation, walls


class Cone:
    """One cone of the search: its generators (rows), and what the kernels work on."""

    def __init__(self, X, theta, generators, bound=100.0):
        self.X = X
        self.theta = theta
        sphere = Sphere(X)
        assert len(sphere.basis) == X.shape[1]
        self.f = sphere.correlation(theta)
        n = len(self.f.squares)
        r = X.shape[1]
        generators = generators @ sphere.basis.T  # in the coordinates of the sphere
        normals = np.linalg.inv(generators).T
        every = np.array([2**nodes.FUNCTIONS - 1])
        roots = Roots(generators, normals, every, np.ones(1), np.array([bound]))
        self.cones = nodes.Cones(
            generators=np.zeros((2 * r, r)),
            normals=np.zeros((2 * r, r)),
            decided=np.zeros((2, r)),
            products=np.zeros((2, r, n)),
            members=np.zeros((2, n), np.int64),
            facts=np.zeros(2, nodes.FACTS).view(np.recarray),
        )
        self.work = nodes.workspace(n, r)
        branching.begin_root(self.f, self.cones, roots, 0)
        branching.make_child(self.cones, 0, 1, self.work, -1, -1)
        self.facts = self.cones.facts[1]
        self.inward = normals @ sphere.basis  # n_k'u >= 0 in the cone

    def bounded(self, threshold):
        return nodes.bound_cone(self.f, self.cones, 1, self.work, threshold)

    def largest(self):
        """The largest |theta'(Xu)_+| over unit u in the cone and in its opposite."""
        best = 0.0
        for D in enumerate_patterns(self.X):
            z = self.X.T @ (D * self.theta)
            for side in (1, -1):
                C = np.vstack([walls(D, self.X), side * self.inward])
                best = max(best, correlation(C, z), correlation(C, -z))
        return best


def random_cone(seed, n=5, r=3, spread=0.7):
    """A cone round a random direction."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, r))
    theta = rng.standard_normal(n)
    theta[0] = abs(theta[0])
    generators = rng.standard_normal(r) + spread * rng.standard_normal((r, r))
    return Cone(X, theta, generators / np.linalg.norm(generators, axis=1)[:, None])


def sampled(cone, count=4000):
    """The largest |theta'(Xu)_+| of many directions in the cone and in its opposite."""
    rng = np.random.default_rng(0)
    r = cone.X.shape[1]
    u = rng.exponential(size=(count, r)) @ np.linalg.inv(cone.inward.T)
    u = np.vstack([u, -u])
    values = np.abs(np.maximum(u @ cone.X.T, 0) @ cone.theta)
    return (values / np.linalg.norm(u, axis=1)).max()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("n, r", [(5, 3), (4, 2)])
def test_few_points_are_decided_exactly(seed, n, r):
    cone = random_cone(seed, n, r)
    h = cone.largest()
    assert sampled(cone) <= h * (1 + 1e-6)
    assert cone.bounded(1.0001 * h) == nodes.CLOSED
    cone = random_cone(seed, n, r)
    assert cone.bounded(0.9999 * h) == nodes.VIOLATED
    # At the direction it says.
    u = cone.work.vectors[nodes.DIRECTION] @ Sphere(cone.X).basis
    u /= np.linalg.norm(u)
    assert (cone.inward @ u >= -1e-12).all()
    attained = max(abs(np.maximum(cone.X @ v, 0) @ cone.theta) for v in (u, -u))
    assert 0.9999 * h < attained <= h * (1 + 1e-6)
    value = nodes.visit(cone.f, cone.cones, 1, cone.work)
    assert value == pytest.approx(attained)


@pytest.mark.parametrize("seed", range(4))
def test_points_of_one_sign_on_the_cone_are_summed(seed):
    cone = random_cone(seed, n=8, spread=0.3)
    f = cone.f
    products = f.points[:-1] @ cone.cones.generators[3:].T
    undecided = (products.min(axis=1) < 0) & (products.max(axis=1) > 0)
    m = cone.facts.points
    assert m == undecided.sum()
    assert cone.facts.positive == undecided[: f.positive].sum()
    np.testing.assert_array_equal(cone.cones.members[1, :m], np.flatnonzero(undecided))
    np.testing.assert_allclose(cone.cones.products[1, :, :m], products[undecided].T)
    signs = np.where(np.arange(len(products)) < f.positive, 1, -1)
    expected = signs[~undecided] @ np.abs(products[~undecided])
    np.testing.assert_allclose(cone.cones.decided[1], expected, atol=1e-14)


@pytest.mark.parametrize("seed", range(6))
def test_with_many_points_a_bound_is_a_bound_and_an_edge_is_chosen(seed):
    cone = random_cone(seed, n=60)
    attained = sampled(cone)
    threshold = 1.02 * attained
    status = cone.bounded(threshold)
    if status == nodes.OPEN:
        facts = cone.facts
        assert facts.open > 0
        assert threshold < facts.bound <= 100  # what was known before
        assert 0 <= facts.first < facts.second < 3
        assert nodes.MIDDLE <= facts.along <= 1 - nodes.MIDDLE
    assert status != nodes.VIOLATED or cone.largest() > threshold
    low = random_cone(seed, n=60)
    assert low.bounded(0.5 * attained) == nodes.VIOLATED


def test_most_of_them_stay_open():
    statuses = []
    for seed in range(6):
        cone = random_cone(seed, n=60)
        statuses.append(cone.bounded(1.02 * sampled(cone)))
    assert nodes.OPEN in statuses


@pytest.fixture
def plain(monkeypatch):
    """The search as it stands, uncompiled."""
    monkeypatch.setattr(
        branching, "explore", getattr(branching.explore, "py_func", branching.explore)
    )


@pytest.mark.parametrize("n, r", [(5, 3), (7, 2), (6, 4)])
def test_the_search_uncompiled_encloses_the_largest_correlation(n, r, plain):
    rng = np.random.default_rng(n)
    X = rng.standard_normal((n, r))
    theta = rng.standard_normal(n)
    every = [
        correlation(walls(D, X), s * X.T @ (D * theta))
        for D in enumerate_patterns(X)
        for s in (1, -1)
    ]
    h = max(every)
    above = branching.search(Sphere(X), theta, 1.0001 * h)
    assert above.complete and not len(above.directions)
    assert above.closed == pytest.approx(1)
    assert h * (1 - 1e-6) <= above.upper <= 1.0002 * h
    assert above.nodes <= 3 * 2 ** (r - 1)  # few points: hardly a cone is split
    raised = branching.search(Sphere(X), theta, 0.0, raising=1 + 1e-9)
    assert raised.lower == pytest.approx(h, rel=1e-6)
