"""Projections on pattern cones against quadratic programming, kind against kind."""

import numpy as np
import pytest

from helpers.compiling import Deferred
from helpers.patterns import enumerate_patterns
from helpers.solver import cones, kernels
from tests.solver.judge import projection, walls


def degenerate_data(rng):
    """Nine points in four dimensions: a twin, an opposite and the origin among them."""
    X = rng.standard_normal((9, 4))
    X[3] = X[0]
    X[4] = -X[1]
    X[5] = 0
    return X


@pytest.mark.parametrize("kind", [cones.Polyhedra, cones.Loops])
def test_projections_against_quadratic_programming(kind):
    rng = np.random.default_rng(1)
    X = degenerate_data(rng)
    D = np.vstack([enumerate_patterns(X)[::7], rng.random((3, 9)) < 0.5])
    Z = rng.standard_normal((len(D), 4))
    normals = cones.normals(X)
    held = kind(normals, D)
    P = held.project(Z)
    for D_i, z, p in zip(D, Z, P, strict=True):
        assert p == pytest.approx(projection(walls(D_i, normals.rows), z), abs=1e-6)
    assert held.project(P) == pytest.approx(P, abs=1e-12)
    held.project(Z)
    bases, dims = held.face_bases(np.arange(len(D)))
    for basis, dim, p, z in zip(bases, dims, P, Z, strict=True):
        Z_k = basis[:dim]
        assert Z_k.T @ (Z_k @ z) == pytest.approx(p, abs=1e-12)  # linear on its face
        assert Z_k @ Z_k.T == pytest.approx(np.eye(dim), abs=1e-12)
        assert not basis[dim:].any()


@pytest.mark.parametrize("room", [10**6, 10**3, 0])
def test_projections_follow_a_changing_working_set(room, monkeypatch):
    monkeypatch.setattr(cones, "HELD", room)  # factors kept, given up on the way, never kept
    rng = np.random.default_rng(4)
    X = rng.standard_normal((12, 5))
    D = enumerate_patterns(X)[::11]
    normals = cones.normals(X)
    now = np.arange(0, 30)
    rest = np.arange(30, 60)
    polyhedra = cones.Polyhedra(normals, D[now])
    for _ in range(6):
        Z = rng.standard_normal((len(now), 5))
        cold = cones.Loops(normals, D[now]).project(Z)
        assert polyhedra.project(Z) == pytest.approx(cold, abs=1e-11)
        bases, dims = polyhedra.face_bases(np.arange(0, len(now), 2))
        for basis, dim, z, p in zip(bases, dims, Z[::2], cold[::2], strict=True):
            assert basis[:dim].T @ (basis[:dim] @ z) == pytest.approx(p, abs=1e-11)
        stay = np.flatnonzero(rng.random(len(now)) < 0.6)
        polyhedra.select(stay)
        polyhedra.join(cones.Polyhedra(normals, D[rest[:4]]))
        now = np.append(now[stay], rest[:4])
        rest = rest[4:]


DEGENERATE_PLANE = np.array([[1.0, 0], [1, 0], [-2, 0], [0, 0], [1, 1]])


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("case", ["random", "degenerate", "zero"])
def test_wedges_against_the_general_projection(case, d):
    rng = np.random.default_rng(2)
    plane = {
        "random": rng.standard_normal((7, 2)),
        "degenerate": DEGENERATE_PLANE,
        "zero": np.zeros((2, 2)),
    }[case]
    X = np.ascontiguousarray(plane[:, :d])
    D = np.vstack([enumerate_patterns(X), rng.random((20, len(X))) < 0.5])
    Z = rng.standard_normal((len(D), d))
    normals = cones.normals(X)
    wedges = cones.Wedges(normals, D)
    loops = cones.Loops(normals, D)
    P = wedges.project(Z)
    assert P == pytest.approx(loops.project(Z), abs=1e-11)
    bases, dims = wedges.face_bases(np.arange(len(D)))
    for basis, dim, z, p in zip(bases, dims, Z, P, strict=True):
        if p.any():  # the origin is no face that a solver asks for
            assert basis[:dim].T @ (basis[:dim] @ z) == pytest.approx(p, abs=1e-11)
    half = np.arange(0, len(D), 2)
    wedges.select(half)
    wedges.join(cones.Wedges(normals, D[:3]))
    again = np.vstack([Z[half], Z[:3]])
    assert wedges.project(again) == pytest.approx(np.vstack([P[half], P[:3]]))


def test_without_cones_nothing_is_projected():
    Z = np.random.default_rng(0).standard_normal((4, 3))
    whole = cones.Whole(cones.normals(np.eye(3)), np.ones((2, 3), bool))
    whole.join(cones.Whole(cones.normals(np.eye(3)), np.ones((2, 3), bool)))
    assert whole.B == 4 and whole.project(Z) is Z
    bases, dims = whole.face_bases(np.array([0, 3]))
    assert (bases == np.eye(3)).all() and (dims == 3).all()
    whole.select(np.array([1]))
    assert whole.B == 1


def test_tiny_problems_do_not_wait_for_the_compiler(monkeypatch):
    class NeverCompiled:
        overloads = ()
        stats = type("Stats", (), {"cache_path": None})

    fresh = Deferred(NeverCompiled(), small=1000, patience=4)
    monkeypatch.setattr(cones, "_projection", fresh)
    X = np.ones((10, 3))
    assert [cones.suitable(X, 20) for _ in range(4)] == 4 * [cones.Loops]
    assert cones.suitable(X, 20) is cones.Polyhedra  # four such programs took as long
    fresh.plain_calls = 0
    assert cones.suitable(X, 200) is cones.Polyhedra  # a larger one would take longer
    assert cones.suitable(X[:, :2], 200) is cones.Wedges


@pytest.mark.parametrize("held", [True, False])
def test_a_projection_begins_from_any_face(held):
    """Faces in another order, of other points and of other cones: the projections are the same."""
    rng = np.random.default_rng(12)
    X = degenerate_data(rng)
    D = enumerate_patterns(X)
    normals = cones.normals(X)
    which = rng.permutation(len(D))
    faces = kernels.no_faces(len(D), 4, held)
    for turn in range(3):
        if turn == 2 and not held:  # the rows' signs may have changed, as factors are made anew
            D = D[::-1].copy()
        Z = rng.standard_normal((len(D), 4))
        P = kernels.project(normals, D, Z, cones.EXACT, which, faces)
        fresh = kernels.no_faces(len(D), 4, True)
        own = np.arange(len(D))
        assert P == pytest.approx(kernels.project(normals, D, Z, cones.EXACT, own, fresh))
        for b, f in enumerate(which):
            on = faces.W[f, : faces.size[f]]
            mu = faces.mu[f, : faces.size[f]]
            assert (mu > 0).all()
            if P[b].any():
                pushed = Z[b] + mu @ (np.where(D[b, on], 1, -1)[:, None] * normals.rows[on])
                assert P[b] == pytest.approx(pushed, abs=1e-11)
