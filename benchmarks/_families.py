"""Families of arrangements that the field publishes, generated from their descriptions.

Sources: Dussault, Gilbert and Plaquevent, On the B-differential of the componentwise minimum of
two affine vector functions (2024), for the random ones; Kamiya, Takemura and Terao, and Brysiewicz,
Eble and Kühne, Computing characteristic polynomials of hyperplane arrangements with symmetries
(2023), for the others. Rows are normals of central arrangements, integers.
"""

import itertools

import numpy as np


def bits(m: int) -> np.ndarray:
    """All the 0/1 vectors of length m."""
    return np.array(list(itertools.product([0, 1], repeat=m)))


def biased(X: np.ndarray) -> np.ndarray:
    """The points X with a column of ones."""
    return np.c_[X, np.ones(len(X), int)]


def affine(X: np.ndarray) -> np.ndarray:
    """The rows of X and (0, .., 0, 1): half the cells are those of affine hyperplanes."""
    return np.vstack([X, np.eye(X.shape[1], dtype=int)[-1:]])


def threshold(m: int) -> np.ndarray:
    """The m-cube with a bias: a cell is a linear threshold function."""
    return biased(bits(m))


def resonance(m: int) -> np.ndarray:
    """All nonzero 0/1 vectors of length m."""
    return bits(m)[1:]


def permutahedron(d: int) -> np.ndarray:
    """e_i and e_i - e_j: (d + 1)! cells."""
    eye = np.eye(d, dtype=int)
    differences = [eye[i] - eye[j] for i, j in itertools.combinations(range(d), 2)]
    return np.vstack([eye, *differences])


def cross_polytope(d: int) -> np.ndarray:
    """The corners +-e_i with a bias: 2 3^d - 2^d cells."""
    eye = np.eye(d, dtype=int)
    return biased(np.vstack([eye, -eye]))


def demicube(d: int) -> np.ndarray:
    """The 0/1 vectors of even sum with a bias."""
    X = bits(d)
    return biased(X[X.sum(axis=1) % 2 == 0])


def planes(n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    """n random vectors, all but d - 2 of them in one plane."""
    basis = rng.integers(-10, 11, (2, d))
    inside = rng.integers(-10, 11, (n - d + 2, 2)) @ basis
    return np.vstack([inside, rng.integers(-10, 11, (d - 2, d))])


def ratio(n: int, d: int, r: float, rng: np.random.Generator) -> np.ndarray:
    """n vectors: d random ones, each later one with probability r a combination of earlier ones.

    Its weights are integers from -3 to 3.
    """
    X = rng.integers(-10, 11, (n, d))
    for i in range(d, n):
        if rng.random() < r:
            X[i] = rng.integers(-3, 4, i) @ X[:i]
    return X


def sparse(d: int, n: int, q: int, rng: np.random.Generator) -> np.ndarray:
    """The identity, and vectors with q nonzero entries in +-1..10 up to n."""
    X = np.zeros((n, d), int)
    X[:d] = np.eye(d)
    for row in X[d:]:
        places = rng.choice(d, q, replace=False)
        row[places] = rng.integers(1, 11, q) * rng.choice([-1, 1], q)
    return X
