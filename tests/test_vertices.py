import itertools
from math import comb

import numpy as np
import pytest

from helpers.enumeration import cells, exact, vertices
from helpers.enumeration.arrangement import arrangement
from helpers.patterns import cover_count


def by_definition(A):
    """The cell of every set S, one by one, from the definition in integer arithmetic: {S: packed signs}."""
    N, r = A.Y.shape
    found = {}
    for k in range(r):
        for S in itertools.combinations(range(1, N), k):
            signs = A.cell(S)
            if signs is not None:
                found[S] = np.packbits(signs).tobytes()
    return found


def by_kernel(A, kernel, monkeypatch):
    monkeypatch.setattr(cells, "_kernel", lambda N, r: kernel)
    found = {}
    for packed, sets in cells._by_vertices(A, 50, True):
        for row, S in zip(packed, sets):
            found[tuple(s for s in S.tolist() if s >= 0)] = row[: -(-len(A.Y) // 8)].tobytes()
    return found


DATA = {
    "general position": np.random.default_rng(0).standard_normal((9, 4)),
    "five dimensions": np.random.default_rng(1).standard_normal((8, 5)),
    "grid": np.array([(i, j, 1) for i in range(4) for j in range(3)]),
    "grid in tenths": np.array([(i, j, 10) for i in range(3) for j in range(4)]) / 10,
    "cube": np.array([(*x, 1) for x in itertools.product([0, 1], repeat=3)]),
    "many dependent rows": np.random.default_rng(6).integers(-1, 2, (10, 5)),
    "dependent rows on some lines": np.vstack(
        [
            np.eye(5, dtype=int),
            [
                (1, 1, 0, 0, 0),
                (1, 2, 0, 0, 0),
                (0, 0, 1, 1, 0),
                (0, 0, 1, 1, 1),
                (2, 1, 0, 3, 1),
                (1, 0, 2, 0, -1),
            ],
        ]
    ),
    "twins": np.repeat(np.random.default_rng(2).standard_normal((4, 3)), 2, axis=0)
    + 1e-9 * np.random.default_rng(3).standard_normal((8, 3)),
    "large integers": np.array([(i**2 * 10**9 + 1, i**3 * 10**6, i, 10**8) for i in range(9)]),
    "more than a word": np.random.default_rng(4).standard_normal((70, 3)),
}


@pytest.mark.parametrize("name", DATA)
def test_kernel_finds_the_cells_of_the_definition(name, monkeypatch):
    A = arrangement(DATA[name])
    cells_of = by_definition(A)
    assert len(set(cells_of.values())) == len(cells_of)
    assert by_kernel(A, vertices.compiled_fill, monkeypatch) == cells_of


@pytest.mark.parametrize(
    "name", ["grid", "five dimensions", "many dependent rows", "more than a word"]
)
def test_kernel_uncompiled_gives_the_same(name, monkeypatch):
    A = arrangement(DATA[name])
    assert by_kernel(A, vertices.fill, monkeypatch) == by_kernel(
        A, vertices.compiled_fill, monkeypatch
    )


def test_general_position_has_a_cell_for_every_set(monkeypatch):
    A = arrangement(DATA["general position"])
    found = by_kernel(A, vertices.compiled_fill, monkeypatch)
    assert 2 * len(found) == cover_count(9, 4)
    assert [sum(len(S) == k for S in found) for k in range(4)] == [comb(8, k) for k in range(4)]


@pytest.mark.parametrize("seed", range(5))
def test_adjugate_and_independent_columns(seed):
    rng = np.random.default_rng(seed)
    M = rng.integers(-3, 4, (5, 5)).astype(object)
    M[4] = M[0] - 2 * M[1] if seed % 2 else M[4]
    inverse = exact.adjugate(M)
    assert (inverse is None) == (abs(np.linalg.det(M.astype(float))) < 0.5)
    if inverse:
        assert (M @ inverse[0] == inverse[1] * np.eye(5, dtype=int)).all() and inverse[1] > 0
    wide = np.hstack([M[:, :2], M[:, :2] @ [[1], [3]], M])
    columns = exact.independent_columns(wide)
    ranks = [np.linalg.matrix_rank(A.astype(float)) for A in (M, wide[:, columns])]
    assert ranks == [len(columns)] * 2
