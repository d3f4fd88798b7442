"""Activation patterns: which data points each ReLU neuron activates, and all the patterns that data allow.

The pattern of w is the row of booleans ``w' x_j >= 0``; a zero row of X is therefore always active. The patterns that
matter to the convex program are those of the full-dimensional cells into which the hyperplanes ``w' x_j = 0`` cut the
space of weights; what is met only on a face adds nothing to it (its cone lies in the closure of some cell).
Shapes: X (n, d) data, bias column included; W (m, d) neurons; D (P, n) patterns, one a row.
"""

from math import comb

import numpy as np

from . import checks

ZERO = 1e-11  # a normalised row shorter than this, or an angle whose sine is below it, counts as zero
MAX_BYTES = 2**31  # the largest list of patterns that enumerate_patterns agrees to hold


def activation_patterns(X, W):
    """Pattern ``X w >= 0`` of every row w of W: booleans, shape (m, n). Raises ValueError on bad input."""
    X = checks.as_data(X)
    W, _ = checks.as_network(W, np.zeros(len(W)), X.shape[1])
    return W @ X.T >= 0


def activation_points(W):
    """Where each neuron ``w_1 x + w_2`` of one-dimensional data with a bias column changes sign: -w_2 / w_1, shape (m,).

    A neuron with w_1 = 0 has no such point: NaN. Raises ValueError unless W has two columns.
    """
    W, _ = checks.as_network(W, np.zeros(len(W)), 2)
    slope = np.where(W[:, 0] == 0, np.nan, W[:, 0])
    return -W[:, 1] / slope


def enumerate_patterns(X, weights=False):
    """All full-dimensional cells, each once: booleans (P, n), sorted as binary numbers, largest first.

    With ``weights=True`` also a weight vector in the interior of every cell, (P, d). Exact for degenerate X too
    (duplicate, opposite and zero rows, low rank, columns of different scales), as far as a sine of 1e-11 can be told
    from zero. Raises ValueError on bad input, and when the list could pass 2 GiB (by Cover's formula).
    """
    X = checks.as_data(X)
    Y, basis, lines, row, sign = _reduce(X)
    most = cover_count(len(lines), Y.shape[1]) if len(lines) else 1
    if most * len(X) > MAX_BYTES:
        raise ValueError(f"X has up to {most:.4g} patterns, {most * len(X):.3g} bytes of booleans: too many to list; "
                         "sample them with sample_patterns, or use fewer or lower-dimensional data")
    signs, vectors = _cells(Y[lines]) if len(lines) else (np.ones((1, 0), bool), np.zeros((1, Y.shape[1])))
    D = np.ones((len(signs), len(X)), bool)
    D[:, row >= 0] = signs[:, row[row >= 0]] == (sign[row >= 0] > 0)
    order = np.lexsort(~D.T[::-1])
    return (D[order], vectors[order] @ basis.T) if weights else D[order]


def count_patterns(X):
    """Number of patterns `enumerate_patterns` lists, without listing them. Raises ValueError on bad input."""
    Y, _, lines, _, _ = _reduce(checks.as_data(X))
    return _count(Y[lines])


def cover_count(n, rank):
    """Number of cells for n points in general position spanning `rank` dimensions, 2 sum_{k<rank} C(n-1, k).

    Source: Cover, Geometrical and statistical properties of systems of linear inequalities (1965).
    """
    n, rank = checks.as_count(n, "n", 1), checks.as_count(rank, "rank", 1)
    return 2 * sum(comb(n - 1, k) for k in range(rank))


def article_bound(n, rank):
    """The article's bound on the number of patterns, 2 r (e (n - 1) / r)^r; it needs n >= 2."""
    n, rank = checks.as_count(n, "n", 2), checks.as_count(rank, "rank", 1)
    return 2 * rank * (np.e * (n - 1) / rank) ** rank


def sample_patterns(X, count, rng):
    """Different patterns met by `count` standard normal weight vectors, booleans (P, n), in the order of `enumerate_patterns`.

    Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    W = rng.standard_normal((checks.as_count(count, "count", 1), X.shape[1]))
    packed = np.unique(np.packbits(W @ X.T >= 0, axis=1), axis=0)[::-1]
    return np.unpackbits(packed, axis=1, count=len(X)).astype(bool)


def _reduce(X):
    """Coordinates in which the arrangement of X is simplest: (Y, basis, lines, row, sign).

    Columns are brought to one scale and rotated to the r = rank directions that X spans, rows to length 1: Y (n, r),
    with ``X @ basis`` proportional to Y row by row. `lines` picks one row of every set of parallel ones;
    Y[j] = sign[j] * Y[lines[row[j]]], and row[j] = -1 for a zero row.
    """
    scale = np.abs(X).max(axis=0)
    scale[scale == 0] = 1
    lengths = np.linalg.norm(X / scale, axis=1)
    unit = X / scale / np.where(lengths == 0, 1, lengths)[:, None]
    _, s, Vt = np.linalg.svd(unit, full_matrices=False)
    rank = int(np.sum(s > ZERO * max(X.shape) * s[0])) if s[0] > 0 else 0
    basis = Vt[:rank].T / np.where(s[:rank] == 0, 1, s[:rank])
    Y = unit @ basis
    Y /= np.where(lengths == 0, 1, np.linalg.norm(Y, axis=1))[:, None]
    return Y, basis / scale[:, None], *_lines(Y, lengths > 0)


def _lines(Y, nonzero):
    """Sort rows of length 1 into parallel classes: (lines, row, sign) as `_reduce` returns them."""
    lines, row, sign = [], np.full(len(Y), -1), np.ones(len(Y))
    for j in np.flatnonzero(nonzero):
        if row[j] >= 0:
            continue
        later = np.flatnonzero(nonzero[j:] & (row[j:] < 0)) + j
        cosine = Y[later] @ Y[j]
        parallel = np.linalg.norm(Y[later] - cosine[:, None] * Y[j], axis=1) <= ZERO
        row[later[parallel]], sign[later[parallel]] = len(lines), np.sign(cosine[parallel])
        lines.append(j)
    return np.array(lines, int), row, sign


def _restrict(Y, y):
    """The arrangement of Y inside the hyperplane y'w = 0: (basis of the hyperplane, rows, lines, row, sign)."""
    basis = np.linalg.svd(y[None])[2][1:].T
    Z = Y @ basis
    Z = Z / np.linalg.norm(Z, axis=1)[:, None]
    return basis, Z, *_lines(Z, np.ones(len(Z), bool))


def _cells(Y):
    """Sign rows (P, n) and interior vectors (P, r) of the cells of pairwise independent unit rows Y (n, r >= 1).

    Rows are added one at a time. A new hyperplane cuts exactly the cells whose pattern also occurs inside it: those
    are listed by recursion, one dimension lower, and a vector inside the hyperplane is pushed to either side.
    """
    n, r = Y.shape
    if r == 1:
        return np.array([[True], [False]]), np.array([[1.0], [-1.0]]) * np.sign(Y[0])
    signs, vectors = np.ones((1, 0), bool), Y[:1]
    for j in range(n):
        inside = np.zeros((1, 0), bool)
        start = np.zeros((1, r))
        if j:
            basis, Z, lines, row, sign = _restrict(Y[:j], Y[j])
            inside, start = _cells(Z[lines])
            inside, start = inside[:, row] == (sign > 0), start @ basis.T
        room = np.abs(start @ Y[:j].T) / np.maximum(np.abs(Y[:j] @ Y[j]), 1e-300)
        push = 0.5 * np.minimum(1.0, room.min(axis=1, initial=1.0))[:, None] * Y[j]
        uncut = ~_contained(signs, inside)
        side = vectors[uncut] @ Y[j] > 0
        half = np.ones((len(inside), 1), bool)
        signs = np.vstack([np.column_stack([signs[uncut], side]), np.hstack([inside, half]), np.hstack([inside, ~half])])
        vectors = np.vstack([vectors[uncut], start + push, start - push])
        vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    return signs, vectors


def _contained(rows, others):
    """Which rows (booleans) occur among the others."""
    if rows.shape[1] == 0:
        return np.ones(len(rows), bool)
    packed = np.packbits(np.vstack([rows, others]), axis=1)
    label = np.unique(packed, axis=0, return_inverse=True)[1].ravel()
    return np.isin(label[:len(rows)], label[len(rows):])


def _count(Y):
    """Number of cells of pairwise independent unit rows: each hyperplane adds the cells it has inside (deletion-restriction)."""
    n, r = Y.shape
    if n == 0:
        return 1
    if r <= 2:
        return 2 * n
    restricted = (_restrict(Y[:j], Y[j]) for j in range(1, n))
    return 2 + sum(_count(Z[lines]) for _, Z, lines, _, _ in restricted)
