"""Sources of patterns: what they hold, where they find a block."""

import numpy as np
import pytest

from helpers.patterns import enumerate_patterns
from helpers.solver import sources
from helpers.solver.sources import Listed, Unlisted


def unpacked(source):
    chunks = list(source.chunks())
    packed = np.concatenate([chunk.packed for chunk in chunks])
    return np.unpackbits(packed, axis=1, count=source.n) > 0


@pytest.mark.parametrize("chunk", [5, 1000])
def test_a_list_is_gone_through_in_chunks_and_found_again(monkeypatch, chunk):
    monkeypatch.setattr(sources, "CHUNK", chunk)
    rng = np.random.default_rng(0)
    D = enumerate_patterns(rng.standard_normal((11, 3)))
    signs = rng.choice([-1, 1], len(D))
    source = Listed(D, np.array([signs > 0, signs < 0]))
    assert (unpacked(source) == D).all()
    keep = np.concatenate([c.keep for c in source.chunks()])
    assert (keep == np.column_stack([signs > 0, signs < 0])).all()
    numbers = rng.permutation(len(D))
    assert (source.find(D[numbers], signs[numbers]) == numbers).all()
    assert (source.find(D[numbers], -signs[numbers]) == -1).all()
    assert (source.find(~D[:1] ^ (np.arange(11) % 2 == 0), signs[:1]) == -1).all()
    assert (Listed(D).find(D, -signs) == np.arange(len(D))).all()
    assert source.has(D, signs).all() and not source.has(D, -signs).any()


def test_a_pattern_listed_twice_is_found_where_it_first_has_the_sign():
    D = np.array([[1, 0], [1, 0], [0, 1]], bool)
    source = Listed(D, np.array([[False, True, True], [True, True, False]]))
    assert list(source.find(D[[0, 0, 2, 2]], np.array([1.0, -1, 1, -1]))) == [1, 0, 2, -1]


def test_all_blocks_of_a_short_list():
    D = np.array([[1, 0], [0, 1], [1, 1]], bool)
    both = Listed(D).blocks(6)
    assert Listed(D).size == 6 and Listed(D).blocks(5) is None
    assert (both.D == np.vstack([D, D])).all() and list(both.s) == [1, 1, 1, -1, -1, -1]
    some = Listed(D, np.array([[True, False, False], [False, True, True]])).blocks(3)
    assert (some.D == D).all() and list(some.s) == [1, -1, -1]


def test_patterns_that_are_not_listed_are_numbered_as_they_are_used():
    X = np.random.default_rng(1).standard_normal((9, 3))
    source = Unlisted(9, 74, 3)
    D = enumerate_patterns(X)
    assert source.has(D, np.ones(len(D))).all()
    used, number = source.numbered(D[[4, 2, 4]].astype(float), np.array([1.0, 1.0, -1.0]))
    assert len(used) == 2 and (used[number] == D[[4, 2, 4]]).all()
    nothing, _ = source.numbered(np.zeros((0, 9)), np.zeros(0))
    assert nothing.shape == (0, 9)
