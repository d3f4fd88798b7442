import numpy as np
import pytest

from helpers.compiling import NO_ALLOCATION, compiled
from helpers.enumeration import bits


@compiled(**NO_ALLOCATION)
def below(values, word, t):
    return bits.below(values, word, t)


@pytest.mark.parametrize("dtype", [float, np.int32])
@pytest.mark.parametrize("word", [0, 1])
def test_below_compares_as_numpy_does(dtype, word):
    values = np.random.default_rng(0).integers(-9, 10, 128).astype(dtype)
    t = dtype(2)
    expected = np.packbits(values < t).view(np.int64)[word]
    assert below(values, word, t) == bits.below(values, word, t) == expected


def test_put_sets_the_bit_of_packbits():
    signs = np.random.default_rng(1).random(100) < 0.5
    words = np.full(bits.word_count(100), -1)
    for i, sign in enumerate(signs):
        bits.put(words, i, sign)
    assert (np.unpackbits(words.view(np.uint8), count=100) == signs).all()


@pytest.mark.parametrize("n, bytes_, words", [(0, 0, 0), (1, 1, 1), (8, 1, 1), (65, 9, 2)])
def test_counts_are_rounded_up(n, bytes_, words):
    assert bits.byte_count(n) == bytes_
    assert bits.word_count(n) == words
