"""Residues of integers: which rows depend on others modulo primes, against elimination."""

import itertools

import numpy as np
import pytest

from helpers.enumeration import residues

PRIMES = (5, 7)


def rank(rows, prime):
    """The rank of rows of integers modulo a prime, by elimination."""
    rows = [[int(a) % prime for a in row] for row in rows]
    found = 0
    for c in range(len(rows[0]) if rows else 0):
        pivot = next((k for k in range(found, len(rows)) if rows[k][c]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        inverse = pow(rows[found][c], -1, prime)
        for k in range(found + 1, len(rows)):
            factor = rows[k][c] * inverse
            rows[k] = [(a - factor * b) % prime for a, b in zip(rows[k], rows[found], strict=True)]
        found += 1
    return found


def in_span(row, others, prime):
    return rank([*others, row], prime) == rank(others, prime)


@pytest.fixture(params=range(4))
def Z(request):
    """Integers (7, 5), some dependent modulo one of the primes or both."""
    Z = np.random.default_rng(request.param).integers(-20, 21, (7, 5)).astype(object)
    Z[4] = Z[0] + 2 * Z[1]
    Z[5] = 3 * Z[2] + 5 * Z[3]
    Z[6] = Z[1] - Z[2] + 35 * Z[3]
    return Z


def members_of(work, chain, start=0):
    """The number of members after `work` is brought to a chain, -1 if they are dependent."""
    return residues.members_reduced(work, np.array(chain), len(chain), start)


@pytest.mark.parametrize("m", [1, 2, 3])
def test_a_chain_is_refused_where_it_depends_modulo_a_prime(Z, m):
    for chain in itertools.permutations(range(7), m):
        work = residues.empty_residues(Z, PRIMES)
        independent = all(rank(Z[list(chain)], prime) == m for prime in PRIMES)
        assert members_of(work, chain) == (m if independent else -1)


@pytest.mark.parametrize("m", [1, 2, 3])
def test_a_row_may_vanish_where_it_is_in_the_span_modulo_all_primes(Z, m):
    work = residues.empty_residues(Z, PRIMES)  # one for all chains, as the kernel has it
    r = Z.shape[1]
    met = {True: 0, False: 0}
    for chain in itertools.combinations([3, 5, 0, 6, 1, 4, 2], m):
        s = members_of(work, chain)
        if s < 0:
            continue
        members = Z[list(chain)]
        for i, j in itertools.permutations(range(-1, 7), 2):
            if i < 0:
                continue
            others = [*members] if j < 0 else [*members, Z[j]]
            lost = any(in_span(Z[j], members, prime) for prime in PRIMES) if j >= 0 else False
            expected = not lost and all(in_span(Z[i], others, prime) for prime in PRIMES)
            assert residues.may_vanish(work, s, s, r, i, j) == expected
            met[expected] += 1
    assert min(met.values()) > 10


def test_a_coefficient_may_vanish_where_the_row_is_in_the_span_of_the_others(Z):
    work = residues.empty_residues(Z, PRIMES)
    for chain in itertools.combinations([3, 5, 0, 6, 1, 4, 2], 3):
        s = members_of(work, chain)
        for i in set(range(7)) - set(chain):
            members = Z[list(chain)]
            if s < 0 or not all(in_span(Z[i], members, prime) for prime in PRIMES):
                continue
            for c in range(3):
                others = np.delete(members, c, axis=0)
                expected = all(in_span(Z[i], others, prime) for prime in PRIMES)
                assert residues.may_vanish(work, s, c, c + 1, i, -1) == expected


def test_directions_in_a_chain_are_passed_over(Z):
    work = residues.empty_residues(Z, PRIMES)
    with_directions = [0, 98, 99, 2]  # columns beyond the rows
    assert members_of(work, with_directions, start=3) == 2
    plain = residues.empty_residues(Z, PRIMES)
    assert members_of(plain, [0, 2]) == 2
    for s in range(2):
        for tableau, expected in zip(work.tableau[:, s + 1], plain.tableau[:, s + 1], strict=True):
            assert (tableau == expected).all()


def test_without_primes_nothing_is_decided(Z):
    work = residues.empty_residues(Z, ())
    assert members_of(work, [0, 0]) == 0
    assert residues.may_vanish(work, 0, 0, 5, 1, -1)


@pytest.mark.parametrize("least", [0.5, 1e-3, 2e-7, 3e-20])
def test_primes_are_as_many_as_are_needed(least):
    primes = residues.primes_for(least)
    for k in range(len(primes)):
        assert least * np.prod(np.array(primes[:k], float)) < residues.ENOUGH
    assert least * np.prod(np.array(primes, float)) >= residues.ENOUGH
