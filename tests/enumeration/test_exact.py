"""Degenerate integers: the compiled code against deletion and restriction in Python's integers."""

import itertools
import json
from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import _families as families
from benchmarks.patterns import RESULTS
from helpers.enumeration import cells, integers, residues, vertices
from helpers.enumeration.arrangement import arrangement
from helpers.patterns import betti_numbers, count_patterns
from tests.enumeration.test_vertices import by_definition, by_kernel


def normal_form(row):
    """The integers of a row over their divisor, the first nonzero one positive."""
    divisor = gcd(*row)
    lead = next((a for a in row if a), 0)
    return tuple(a // (divisor if lead >= 0 else -divisor) for a in row) if divisor else None


def poincare(rows):
    """Coefficients of the Poincare polynomial: that without one row, and t times that on it."""
    if not rows:
        return [1]
    first, *others = sorted(rows)
    pivot = next(c for c, a in enumerate(first) if a)
    on_it = set()
    for row in others:
        reduced = [first[pivot] * a - row[pivot] * b for a, b in zip(row, first, strict=True)]
        on_it.add(normal_form(reduced))
    pairs = itertools.zip_longest(poincare(set(others)), [0, *poincare(on_it)], fillvalue=0)
    return [a + b for a, b in pairs]


def by_restriction(X):
    rows = {normal_form(row) for row in np.asarray(X, object).tolist()} - {None}
    return poincare(rows)


def integers_of(n, d, data, largest):
    entries = st.lists(st.integers(-largest, largest), min_size=n * d, max_size=n * d)
    return np.array(data.draw(entries), object).reshape(n, d)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(1, 10), st.integers(1, 5), st.data())
def test_small_integers(n, d, data):
    X = integers_of(n, d, data, 2)
    assert betti_numbers(X) == by_restriction(X)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(6, 10), st.integers(3, 5), st.sampled_from([20, 40, 50]), st.data())
def test_integers_that_differ_in_the_last_unit(n, d, digits, data):
    """Few directions, many rows near each of them, and combinations of these."""
    X = integers_of(n, d, data, 1) * 2**digits + integers_of(n, d, data, 1)
    X[n - 1] = X[0] + X[1] - 3 * X[2]
    X[n - 2] = X[0] - X[1]
    assert betti_numbers(X) == by_restriction(X)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.integers(7, 10), st.integers(3, 6), st.integers(0, 2**32 - 1), st.data())
def test_combinations_of_random_integers(n, d, seed, data):
    rng = np.random.default_rng(seed)
    X = families.ratio(n, min(d, n - 1), 0.8, rng)
    expected = by_restriction(X)
    assert betti_numbers(X) == expected
    assert betti_numbers(X * np.pi) == expected


@pytest.mark.parametrize(
    "X",
    [
        families.ratio(20, 7, 0.7, np.random.default_rng(0)),
        families.ratio(20, 5, 0.9, np.random.default_rng(1)),
        families.planes(20, 8, np.random.default_rng(0)),
        families.sparse(8, 14, 4, np.random.default_rng(0)),
        families.sparse(6, 14, 2, np.random.default_rng(0)) * np.pi,
        families.cross_polytope(8) / 3,
        families.permutahedron(6) @ np.random.default_rng(1).standard_normal((6, 6)),
    ],
)
def test_the_families_need_no_large_integers(X, monkeypatch):
    def refuse(*_):
        raise AssertionError("a cell was decided in Python's integers")

    monkeypatch.setattr(integers, "cell", refuse)
    assert count_patterns(X) == sum(betti_numbers(X))


@pytest.mark.parametrize("primes", [(), (3,), (2, 3, 5, 7)])
def test_too_few_primes_leave_cells_open_but_decide_none_wrongly(primes):
    X = families.ratio(10, 5, 0.7, np.random.default_rng(2))
    A = arrangement(X)
    assert A.least < 1e-4
    A.__dict__["primes"] = primes
    assert by_kernel(A, vertices.fill) == by_definition(A)


def test_one_prime_bears_out_what_floats_leave_open():
    X = families.ratio(12, 6, 0.7, np.random.default_rng(2))
    A = arrangement(X)
    assert len(A.primes) == 1
    assert by_kernel(A, vertices.fill) == by_definition(A)


def test_primes_are_the_largest_below_2_to_the_31():
    primes = residues.primes_for(1e-40)
    assert primes[:3] == (2**31 - 1, 2**31 - 19, 2**31 - 61)
    assert 1e-40 * np.prod(np.array(primes, float)) >= residues.ENOUGH
    assert residues.primes_for(0.0) == residues.primes_for(1e-3) == ()


@pytest.mark.parametrize(
    "m, betti",
    [
        (3, [1, 7, 15, 9]),
        (4, [1, 15, 80, 170, 104]),
        (5, [1, 31, 375, 2130, 5270, 3485]),
        (6, [1, 63, 1652, 22435, 159460, 510524, 371909]),
    ],
)
def test_betti_numbers_of_the_resonance_arrangement(m, betti):
    assert betti_numbers(families.resonance(m)) == betti


@pytest.mark.parametrize("d", range(1, 7))
def test_betti_numbers_of_the_permutahedron(d):
    """Its polynomial is the product of 1 + k t."""
    expected = [1]
    for k in range(1, d + 1):
        expected = np.convolve(expected, [1, k])
    assert betti_numbers(families.permutahedron(d)) == list(expected)


@pytest.mark.parametrize("d", range(2, 9))
def test_cross_polytope(d):
    count = 2 * 3**d - 2**d
    X = families.cross_polytope(d)
    assert count_patterns(X) == count_patterns(X / 3) == count
    assert sum(betti_numbers(X)) == count


@pytest.mark.parametrize("d, count", [(4, 146), (5, 3756)])
def test_demicube(d, count):
    X = families.demicube(d)
    assert count_patterns(X) == count_patterns(X * np.pi) == count


@pytest.mark.parametrize(
    "X, betti",
    [
        (np.zeros((2, 2), int), [1]),
        ([[1], [2]], [1, 1]),
        ([[1, 0], [0, 1], [1, 1], [2, 2]], [1, 3, 2]),
    ],
)
def test_betti_numbers_of_low_rank(X, betti):
    assert betti_numbers(X) == betti


def test_half_of_the_cells_by_size():
    A = arrangement(families.resonance(4))
    assert cells.sizes(A).tolist() == [1, 14, 66, 104]


def test_the_record_has_the_betti_numbers_published_for_resonance_7():
    """Computing them takes minutes: `python -m benchmarks.patterns "largest families"`."""
    record = json.loads(RESULTS.read_text(encoding="utf-8"))["largest families"][0]
    published = [1, 127, 7035, 215439, 3831835, 37769977, 169824305, 135677633]
    assert record["betti"] == published
