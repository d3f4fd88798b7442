from types import SimpleNamespace

import numpy as np
import pytest

from helpers.enumeration.arrangement import arrangement
from helpers.enumeration.cells import below_all_vertices, blocks, opposite

DATA = {
    "vertices": np.random.default_rng(0).standard_normal((12, 4)),
    "turn": np.random.default_rng(1).standard_normal((12, 2)),
    "zero rows": np.array([[1, 2, 3], [0, 0, 0], [1, 0, 1], [0, 1, 1]]),
    "one line": np.array([[1.0], [-2.0], [0.0]]),
}


@pytest.fixture(params=DATA)
def A(request):
    return arrangement(DATA[request.param])


def test_blocks_written_to_memory_are_the_blocks(A):
    apart = np.vstack([block.copy() for block, _ in blocks(A, rows=5)])
    out = np.zeros((len(apart) + 50, apart.shape[1]), np.uint8)
    for _ in blocks(A, rows=5, out=out):
        pass
    assert (out[: len(apart)] == apart).all()


def test_the_first_nonzero_row_is_active(A):
    first = np.flatnonzero(A.row >= 0)[0]
    for block, _ in blocks(A):
        assert np.unpackbits(block, axis=1)[:, first].all()


@pytest.mark.parametrize("count", [1, 3, 700])
def test_opposites_change_all_but_zero_rows(count):
    A = arrangement(DATA["zero rows"])
    packed = np.random.default_rng(2).integers(0, 16, (count, 1), np.uint8) << 4
    changed = np.unpackbits(packed ^ opposite(A, packed), axis=1, count=4)
    assert (changed == [1, 0, 1, 1]).all()


def test_one_height_that_rounding_may_turn_is_enough_to_ask_the_exact_signs():
    """The root cell lies below all vertices, here at -e_2, and the last row on its wall."""
    rows = np.array([[1.0, 0.0], [0.0, -1.0], [5.0, 0.0]])
    A = SimpleNamespace(Y=rows[:2], directions=np.array([[0.0, 1.0]]), cell=lambda S: "exact")
    assert list(below_all_vertices(A)) == [True, True]
    A.Y = rows
    assert below_all_vertices(A) == "exact"
