import itertools
from math import comb

import numpy as np
import pytest

from helpers.enumeration import cells, vertices
from helpers.enumeration.arrangement import arrangement
from helpers.enumeration.bits import byte_count
from helpers.patterns import cover_count


def by_definition(A):
    """The cell of every set S, one by one, in integer arithmetic: {S: packed signs}."""
    N, r = A.Y.shape
    found = {}
    for k in range(r):
        for S in itertools.combinations(range(1, N), k):
            signs = A.cell(S)
            if signs is not None:
                found[S] = np.packbits(signs).tobytes()
    return found


def by_kernel(A, fill):
    """The same as the kernel finds it."""
    width = byte_count(len(A.Y))
    found = {}
    for packed, sets in cells.by_vertices(A, rows=50, with_sets=True, fill=fill):
        for row, S in zip(packed, sets, strict=True):
            found[tuple(S[S >= 0].tolist())] = row[:width].tobytes()
    return found


def plainly(walk, output):
    """The kernel as it stands, uncompiled."""
    return vertices.fill.py_func(walk, output)


def twins():
    rng = np.random.default_rng(2)
    X = np.repeat(rng.standard_normal((4, 3)), 2, axis=0)
    return X + 1e-9 * rng.standard_normal(X.shape)


DEPENDENT = [
    (1, 1, 0, 0, 0),
    (1, 2, 0, 0, 0),
    (0, 0, 1, 1, 0),
    (0, 0, 1, 1, 1),
    (2, 1, 0, 3, 1),
    (1, 0, 2, 0, -1),
]
DATA = {
    "general position": np.random.default_rng(0).standard_normal((9, 4)),
    "five dimensions": np.random.default_rng(1).standard_normal((8, 5)),
    "grid": np.array([(i, j, 1) for i in range(4) for j in range(3)]),
    "grid in tenths": np.array([(i, j, 10) for i in range(3) for j in range(4)]) / 10,
    "cube": np.array([(*x, 1) for x in itertools.product([0, 1], repeat=3)]),
    "many dependent rows": np.random.default_rng(6).integers(-1, 2, (10, 5)),
    "dependent rows on some lines": np.vstack([np.eye(5, dtype=int), DEPENDENT]),
    "twins": twins(),
    "large integers": np.array([(i**2 * 10**9 + 1, i**3 * 10**6, i, 10**8) for i in range(9)]),
    "more than a word": np.random.default_rng(4).standard_normal((70, 3)),
}


@pytest.fixture(params=DATA)
def A(request):
    return arrangement(DATA[request.param])


def test_the_kernel_finds_the_cells_of_the_definition(A):
    assert by_kernel(A, vertices.fill) == by_definition(A)


def test_every_set_has_a_cell_of_its_own(A):
    cells_of = by_definition(A)
    assert len(set(cells_of.values())) == len(cells_of)


@pytest.mark.parametrize(
    "name", ["grid", "five dimensions", "many dependent rows", "more than a word"]
)
def test_the_kernel_uncompiled_gives_the_same(name):
    A = arrangement(DATA[name])
    assert by_kernel(A, plainly) == by_kernel(A, vertices.fill)


def test_general_position_has_a_cell_for_every_set():
    found = by_kernel(arrangement(DATA["general position"]), vertices.fill)
    sizes = [sum(len(S) == k for S in found) for k in range(4)]
    assert sizes == [comb(8, k) for k in range(4)]
    assert 2 * len(found) == cover_count(9, 4)
