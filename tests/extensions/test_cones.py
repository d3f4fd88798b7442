"""The rays of the cones: what is in a cone is a sum of its rays, and of one simplex of them."""

import numpy as np
import pytest
from scipy.optimize import nnls

from helpers import patterns
from helpers.extensions import cones

DATA = {
    "line": np.random.default_rng(0).normal(size=(4, 1)),
    "plane": np.random.default_rng(1).normal(size=(6, 2)),
    "space": np.random.default_rng(2).normal(size=(7, 3)),
    "four dimensions": np.random.default_rng(3).normal(size=(6, 4)),
    "five dimensions": np.random.default_rng(4).normal(size=(6, 5)),
    "integers": np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1], [0, 1, 1]]),
    "doubles": np.array([[1.0, 2], [1, 2], [-2, -4], [0, 0], [3, 1]]),
    "flat": np.random.default_rng(5).normal(size=(6, 2)) @ [[1.0, 2, 3], [0, 1, -1]],
    "scales": np.random.default_rng(6).normal(size=(5, 2)) * [1e-6, 1e6],
    "orthant": np.eye(4),
}


@pytest.mark.parametrize("name", DATA)
def test_what_is_in_a_cone_is_a_sum_of_its_rays(name):
    X = DATA[name]
    found = cones.cones(X)
    simplices = cones.simplices(found)
    assert (found.patterns == patterns.enumerate_patterns(X)).all()
    assert np.allclose(X @ found.coordinates.T, found.coordinates.Q, atol=1e-9)
    rng = np.random.default_rng(0)
    for w in rng.normal(size=(30, X.shape[1])) / np.linalg.norm(X, axis=0):
        i = np.flatnonzero((found.patterns == (X @ w >= 0)).all(axis=1))
        assert len(i) == 1
        q = found.coordinates.Q.T @ X @ w
        assert nnls(found.rays[found.has[i[0]]].T, q)[1] < 1e-9 * np.linalg.norm(q)
        own = simplices[1][simplices[0] == i[0]]
        within = [(np.linalg.solve(found.rays[part].T, q) > 0).all() for part in own]
        assert sum(within) == 1


@pytest.mark.parametrize("name", DATA)
def test_rays_are_in_their_cones_and_none_can_be_spared(name):
    found = cones.cones(DATA[name])
    Z = found.rays @ found.coordinates.Q.T
    for own, D_i in zip(found.has, found.patterns, strict=True):
        assert (np.where(D_i, Z[own], -Z[own]) > -1e-8).all()
        rays = found.rays[own]
        for k in range(len(rays) if len(rays) > 1 else 0):
            assert nnls(np.delete(rays, k, axis=0).T, rays[k])[1] > 1e-6


def test_zero_data_have_one_cone_without_rays():
    found = cones.cones(np.zeros((3, 2)))
    assert found.has.shape == (1, 0)
    assert found.patterns.all()


def test_limits_are_told():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="at most 5,000 patterns.*got 10,072"):
        cones.cones(rng.normal(size=(20, 5)))
    with pytest.raises(ValueError, match="at most 200,000 sets of rank - 1 rows"):
        cones.cones(rng.normal(size=(30, 8)))
    with pytest.raises(ValueError, match="at most 10 patterns"):
        cones.cones(rng.normal(size=(6, 2)), most=10)
    x = rng.normal(size=(5, 1))
    with pytest.raises(ValueError, match="got some that nearly do, in 2 dimensions"):
        cones.cones(np.column_stack([x, x + 1e-9 * rng.normal(size=(5, 1))]))
    with pytest.raises(ValueError, match="rows that lie on a common hyperplane but for"):
        cones.cones([[1.0, 0, 0], [0, 1, 0], [1, 1, 1e-9], [0, 0, 1]])
