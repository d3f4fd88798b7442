"""Cones of directions, and upper bounds of the dual correlation on them.

The dual correlation of a direction u is theta'(Xu)_+ = sum_j theta_j (x_j'u)_+. With
c_j = |theta_j| x_j / 2, s_j the sign of theta_j and q = X'theta / 2 it is the sum of an even and
an odd part,

    theta'(Xu)_+ = A(u) + q'u,    A(u) = sum_j s_j |c_j'u|,

so that the largest |theta'(Xu)_+| over all u is the largest |A(u)| + |q'u| over half of them: four
functions sigma A(u) + rho q'u, sigma and rho signs, each to be bounded from above.

A cone has r unit generators g_k. On it the terms with sigma s_j > 0 are convex, at most their
interpolation at the generators; the others are concave, -|c_j'u| <= z_j c_j'u for any z_j in
[-1, 1]. A point j whose products g_k'c_j have one sign is *decided*: its term is linear, and all
such terms together are known by their sums at the generators. Hence with

    l_k = sigma (sum of the decided) + rho q'g_k + sum_{sigma s_j > 0} |g_k'c_j|

any v with g_k'v >= l_k + sum_j z_j g_k'c_j for all k proves sigma A(u) + rho q'u <= ||v|| for unit
u in the cone. The best v has v = sum_k (l_k + mu_k) n_k + sum_j z_j c_j, n_k the dual basis of the
generators and mu_k >= 0: a least-norm problem with bounds on its variables. Its minimum is the
exact maximum of the relaxed function over the cone and the ball.

Functions here allocate nothing and are compiled into those of `branching` that call them.
"""

from typing import NamedTuple

import numpy as np

from ..compiling import loose_kernel

CLOSED, OPEN, VIOLATED = range(3)  # bounded by the threshold; not so; a direction passes it
FUNCTIONS = 4  # sigma A + rho q'u: sigma = 1 in numbers 0 and 1, rho = 1 in 0 and 2
SWEEPS = 12  # of coordinate descent: more close few cones that a split would not close sooner
PACE = 12  # so many times what the last sweep gained must be enough
FINISHED = (
    12  # convex terms up to which all their signs are gone through: beyond, splits are faster
)
SOLVES = 200  # least-norm problems that going through the signs may take
DEPENDENT = 1e-9  # share of a row's length outside the span of others below which it adds nothing
OPTIMAL = 1e-11  # cosine between v and a row below which moving along the row gains nothing
FOCUS = 0.7  # share of an edge's score that depends on the maximiser being near
ROUND = 1 / 256  # of the threshold: what an angle adds to an edge's loss, so that none stays long
MIDDLE = 0.2  # an edge is cut at least this far from its ends: shares of the cone go on shrinking


class Correlation(NamedTuple):
    """A(u) + q'u: rows c_j, s_j = 1 for the first `positive` of them, and q as the last row."""

    points: np.ndarray  # (n + 1, r)
    squares: np.ndarray  # (n,), ||c_j||^2
    positive: int


FACTS = np.dtype(
    [
        ("open", np.int64),  # functions not yet bounded by the threshold, one bit each
        ("points", np.int64),  # undecided points
        ("positive", np.int64),  # those of them, the first, with s_j = 1
        ("depth", np.int64),  # splits since its root
        ("share", np.float64),  # of the sphere
        ("bound", np.float64),  # of |A| + |q'u|
        ("first", np.int64),  # generators whose edge is split next,
        ("second", np.int64),
        ("along", np.float64),  # and where: 0 at the first one, 1 at the second
    ],
    align=True,
)


class Cones(NamedTuple):
    """Simplicial cones in R^r and what is known there: rows i r to (i + 1) r are of cone i."""

    generators: np.ndarray  # (most r, r), g_k of length 1
    normals: np.ndarray  # (most r, r), n_k: g_k'n_l = 1 if k = l, else 0
    decided: np.ndarray  # (most, r), sum of s_j |g_k'c_j| over the decided points
    products: np.ndarray  # (most, r, n), g_k'c_j of the undecided points
    members: np.ndarray  # (most, n), which points they are
    facts: np.ndarray  # (most,), FACTS


# In Workspace.points, for every undecided point of a cone, and in those of variables then for mu:
(
    SLOPE,  # a first choice of -z_j
    TOTAL,  # sum_k |g_k'c_j|
    PRODUCT,  # u'c_j at a direction u
    LOWEST,  # the range of its products with the generators
    HIGHEST,
    DECISION,  # s_j times their sign if they have but one, else 0
    Z,  # the variables
    LENGTH,  # of their rows
    LOWER,  # bounds
    UPPER,
    FREE,  # 1 if free to move, else 0
    POINTS,
) = range(12)

# In Workspace.vectors:
(
    CENTRE,  # the unit vector along the sum of the generators
    ONES,
    HEIGHTS,  # g_k'centre
    ODD,  # q'g_k
    LINEAR,  # sigma (sum of the decided) + rho q'g_k
    SIZES,  # sum_j |g_k'c_j|
    SIGNED_SIZES,  # sum_j s_j |g_k'c_j|
    SLOPED,  # sum_j slope_j g_k'c_j
    SIGNED_SLOPED,  # sum_j s_j slope_j g_k'c_j
    LEVELS,  # l_k
    START,  # v without the part of the variables
    V,  # the bounding vector
    WEIGHTS,  # coordinates in the generators, of v or of a direction
    MAXIMISER,  # those of the last v that bounds a function on all of the cone
    WORST,  # and where this bound is largest
    DIRECTION,  # sum_k weights_k g_k
    CHANGE,  # of the free variables
    ENVELOPES,  # from here on: sum_k |g_k'c_j| n_k, which interpolates |c_j'u|
) = range(18)

# In Workspace.terms: where a convex term's products are; its sign, 0 while it is interpolated; then
# of the terms in the order of their decision: which one, and whether its other sign is done.
COLUMN, SIGN, ORDER, TURNED, CHOICES = range(5)


class Workspace(NamedTuple):
    """Room for the bounds of one cone.

    Few arrays, of which kernels take no slices: both make the compiler's work short.
    """

    points: np.ndarray  # (POINTS, n + r)
    vectors: np.ndarray  # (ENVELOPES + FINISHED, r)
    rows: np.ndarray  # (n + r, r), c_j or n_k of the variables
    factors: np.ndarray  # (2 r, r), an orthonormal basis of the free rows, and their coefficients
    free: np.ndarray  # (1 + r,), number of the free variables, and which they are
    terms: np.ndarray  # (CHOICES, FINISHED)


def workspace(n, r):
    """A Workspace for n points in r dimensions."""
    vectors = np.zeros((ENVELOPES + FINISHED, r))
    vectors[ONES] = 1
    return Workspace(
        points=np.zeros((POINTS, n + r)),
        vectors=vectors,
        rows=np.zeros((n + r, r)),
        factors=np.zeros((2 * r, r)),
        free=np.zeros(1 + r, np.int64),
        terms=np.zeros((CHOICES, FINISHED), np.int64),
    )


# The next three are for short vectors, rows of matrices. A loop that looks at the end whether to go
# on, and has a way out besides, is compiled as it stands: not unrolled, not turned into vector
# instructions, not doubled for the case of nothing to do.


@loose_kernel
def dot(A, a, B, b):
    """The inner product of row a of A and row b of B."""
    total = 0.0
    i = 0
    while True:
        value = B[b, i]
        if value == np.inf:
            break
        total += A[a, i] * value
        i += 1
        if i >= A.shape[1]:
            break
    return total


@loose_kernel
def add(A, a, factor, B, b):
    """Add a multiple of row b of B to row a of A."""
    i = 0
    while True:
        value = B[b, i]
        if value == np.inf:
            break
        A[a, i] += factor * value
        i += 1
        if i >= A.shape[1]:
            break


@loose_kernel
def copy(A, a, B, b):
    """Row a of A becomes row b of B."""
    i = 0
    while True:
        value = B[b, i]
        if value == np.inf:
            break
        A[a, i] = value
        i += 1
        if i >= A.shape[1]:
            break


@loose_kernel
def length(A, a):
    """The length of row a of A."""
    return np.sqrt(dot(A, a, A, a))


@loose_kernel
def fill(A, a, count, value):
    """The first entries of row a of A become `value`."""
    for i in range(count):
        A[a, i] = value


@loose_kernel
def combine(A, a, weights, w, B, b, count):
    """Row a of A becomes the sum of `count` rows of B from b on, weighted by row w of weights."""
    fill(A, a, A.shape[1], 0.0)
    i = 0
    while True:
        weight = weights[w, i]
        if weight == np.inf:
            break
        add(A, a, weight, B, b + i)
        i += 1
        if i >= count:
            break


@loose_kernel
def project(A, a, B, b, C, c):
    """Entries of row a of A become the inner products of row b of B and rows c, c + 1, .. of C."""
    i = 0
    while True:
        value = dot(B, b, C, c + i)
        if value == np.inf:
            break
        A[a, i] = value
        i += 1
        if i >= A.shape[1]:
            break


@loose_kernel
def measure(f, cones, i, work):
    """What all bounds of the cone share: centre, heights, slopes and sums over the points."""
    facts = cones.facts[i]
    vectors = work.vectors
    points = work.points
    products = cones.products
    m = facts.points
    r = vectors.shape[1]
    combine(vectors, CENTRE, vectors, ONES, cones.generators, i * r, r)
    add(vectors, CENTRE, 1 / length(vectors, CENTRE) - 1, vectors, CENTRE)
    project(vectors, HEIGHTS, vectors, CENTRE, cones.generators, i * r)
    project(vectors, ODD, f.points, len(f.points) - 1, cones.generators, i * r)
    fill(points, SLOPE, m, 0.0)
    fill(points, TOTAL, m, 0.0)
    for k in range(r):
        for j in range(m):
            points[SLOPE, j] += products[i, k, j]
            points[TOTAL, j] += abs(products[i, k, j])
    for j in range(m):
        points[SLOPE, j] = min(max(2 * points[SLOPE, j] / points[TOTAL, j], -1.0), 1.0)
    for k in range(r):
        size = 0.0
        signed_size = 0.0
        sloped = 0.0
        signed_sloped = 0.0
        for j in range(m):
            sign = 1.0 - 2.0 * (j >= facts.positive)
            term = abs(products[i, k, j])
            slope = points[SLOPE, j] * products[i, k, j]
            size += term
            signed_size += sign * term
            sloped += slope
            signed_sloped += sign * slope
        vectors[SIZES, k] = size
        vectors[SIGNED_SIZES, k] = signed_size
        vectors[SLOPED, k] = sloped
        vectors[SIGNED_SLOPED, k] = signed_sloped


@loose_kernel
def central_bound(cones, i, vectors, function):
    """Set the levels l_k: the bound of v along the centre, with the slopes for -z."""
    sigma = 1.0 - 2.0 * (function >= 2)
    rho = 1.0 - 2.0 * (function % 2)
    bound = 0.0
    k = 0
    while k < len(vectors[0]):
        linear = sigma * cones.decided[i, k] + rho * vectors[ODD, k]
        level = linear + (vectors[SIZES, k] + sigma * vectors[SIGNED_SIZES, k]) / 2
        sloped = (vectors[SLOPED, k] - sigma * vectors[SIGNED_SLOPED, k]) / 2
        vectors[LINEAR, k] = linear
        vectors[LEVELS, k] = level
        vectors[WEIGHTS, k] = level - sloped
        bound = max(bound, (level - sloped) / vectors[HEIGHTS, k])
        k += 1
    return bound


@loose_kernel
def proved(cones, i, work):
    """The bound that v proves: ||v||, and what it lacks whatever rounding has made of it.

    It lacks a multiple of the centre: max_k (l_k + sum_j z_j g_k'c_j - g_k'v)_+ / g_k'centre.
    """
    vectors = work.vectors
    r = vectors.shape[1]
    lack = 0.0
    for k in range(r):
        level = vectors[LEVELS, k] - dot(vectors, V, cones.generators, i * r + k)
        for j in range(cones.facts[i].points):
            level += work.points[Z, j] * cones.products[i, k, j]
        lack = max(lack, level / vectors[HEIGHTS, k])
    return length(vectors, V) + lack


@loose_kernel
def descend(f, cones, i, work, function, threshold):
    """Coordinate descent on the least-norm problem: the bound it proves.

    Sets z, 0 for the convex terms, mu and v.
    """
    facts = cones.facts[i]
    vectors = work.vectors
    points = work.points
    r = vectors.shape[1]
    m = facts.points
    begin = facts.positive if function < 2 else 0
    end = m if function < 2 else facts.positive
    fill(points, Z, m + r, 0.0)
    for j in range(begin, end):
        points[Z, j] = -points[SLOPE, j]
    combine(vectors, V, vectors, WEIGHTS, cones.normals, i * r, r)
    size = length(vectors, V)
    for _ in range(SWEEPS):
        before = size
        for k in range(r):
            normal = i * r + k
            square = dot(cones.normals, normal, cones.normals, normal)
            step = max(-dot(vectors, V, cones.normals, normal) / square, -points[Z, m + k])
            points[Z, m + k] += step
            add(vectors, V, step, cones.normals, normal)
        for j in range(begin, end):
            point = cones.members[i, j]
            z = points[Z, j] - dot(vectors, V, f.points, point) / f.squares[point]
            z = min(max(z, -1.0), 1.0)
            add(vectors, V, z - points[Z, j], f.points, point)
            points[Z, j] = z
        size = length(vectors, V)
        if size <= threshold or size - threshold > PACE * (before - size):
            break  # done, or at this pace out of reach
    return proved(cones, i, work)


@loose_kernel
def orthogonalise(work, k, i):
    """Gram-Schmidt, twice: row i of the variables becomes vector k of the basis.

    Returns the share left of its length.
    """
    factors = work.factors
    r = factors.shape[1]
    copy(factors, k, work.rows, i)
    fill(factors, r + k, r, 0.0)
    for sweep in range(2 * k):
        other = sweep % k
        part = dot(factors, k, factors, other)
        add(factors, k, -part, factors, other)
        factors[r + k, other] += part
    size = max(length(factors, k), 1e-300)
    factors[r + k, k] = size
    add(factors, k, 1 / size - 1, factors, k)
    return size / work.points[LENGTH, i]


@loose_kernel
def aim(work):
    """Set the change of the free variables that makes ||v|| least.

    Returns how far it can go, and which of them stops it, or -1.
    """
    points = work.points
    vectors = work.vectors
    factors = work.factors
    r = vectors.shape[1]
    step = 1.0
    leaving = -1
    for place in range(work.free[0] - 1, -1, -1):
        total = dot(factors, place, vectors, V)
        for m in range(place + 1, work.free[0]):
            total += factors[r + m, place] * vectors[CHANGE, m]
        change = -total / factors[r + place, place]
        vectors[CHANGE, place] = change
        i = work.free[1 + place]
        limit = points[LOWER, i] if change < 0 else points[UPPER, i]
        if abs(limit - points[Z, i]) < step * abs(change):
            step = (limit - points[Z, i]) / change
            leaving = place
    return step, leaving


@loose_kernel
def settle(work):
    """Minimise ||v|| over the free variables; those that meet a bound on the way stay there."""
    points = work.points
    vectors = work.vectors
    free = work.free
    leaving = 0
    while free[0] > 0 and leaving >= 0:
        step, leaving = aim(work)
        for place in range(free[0]):
            move = step * vectors[CHANGE, place]
            points[Z, free[1 + place]] += move
            add(vectors, V, move, work.rows, free[1 + place])
        if leaving >= 0:
            i = free[1 + leaving]
            points[Z, i] = points[LOWER if vectors[CHANGE, leaving] < 0 else UPPER, i]
            points[FREE, i] = 0
            count = free[0]
            free[0] = leaving
            for place in range(leaving + 1, count):
                release(work, free[1 + place])


@loose_kernel
def release(work, i):
    """Let the variable i move. Returns whether its row is independent of those of the free ones."""
    free = work.free
    independent = orthogonalise(work, free[0], i) > DEPENDENT
    work.points[FREE, i] = 0
    if independent:
        work.points[FREE, i] = 1
        free[0] += 1
        free[free[0]] = i
    return independent


@loose_kernel
def most_gaining(work, count):
    """The variable, not free, along which ||v|| falls fastest; -1 if it falls along none."""
    points = work.points
    best = OPTIMAL * length(work.vectors, V)
    chosen = -1
    for i in range(count):
        slope = dot(work.rows, i, work.vectors, V) / points[LENGTH, i]
        limit = points[LOWER, i] if slope > 0 else points[UPPER, i]
        if abs(slope) > best and points[FREE, i] == 0 and points[Z, i] != limit:
            best = abs(slope)
            chosen = i
    return chosen


@loose_kernel
def least_norm(work, count, threshold):
    """The active-set method of bounded least squares, until ||v|| is least or at most threshold.

    It begins from any z. Source: Stark and Parker, Bounded-variable least-squares: an algorithm and
    applications (1995).
    """
    work.free[0] = 0
    fill(work.points, FREE, count, 0.0)
    for _ in range(3 * count):
        if length(work.vectors, V) <= threshold or work.free[0] == work.vectors.shape[1]:
            return
        i = most_gaining(work, count)
        if i < 0 or not release(work, i):
            return
        settle(work)


@loose_kernel
def begin_signs(f, cones, i, work, function):
    """Set up the least-norm problem whose convex terms are all interpolated: their number."""
    facts = cones.facts[i]
    vectors = work.vectors
    points = work.points
    r = vectors.shape[1]
    m = facts.points
    begin = 0 if function < 2 else facts.positive
    end = facts.positive if function < 2 else m
    for j in range(m + r):
        if j < m:
            copy(work.rows, j, f.points, cones.members[i, j])
        else:
            copy(work.rows, j, cones.normals, i * r + j - m)
        points[LENGTH, j] = length(work.rows, j)
        points[LOWER, j] = -1.0 if j < m else 0.0
        points[UPPER, j] = 1.0 if j < m else np.inf
    for term in range(end - begin):
        work.terms[COLUMN, term] = begin + term
        decide(work, term, 0)
        for k in range(r):
            vectors[CHANGE, k] = abs(cones.products[i, k, begin + term])
        combine(vectors, ENVELOPES + term, vectors, CHANGE, cones.normals, i * r, r)
    combine(vectors, START, vectors, LINEAR, cones.normals, i * r, r)
    return end - begin


@loose_kernel
def decide(work, term, sign):
    """Give a convex term that sign; 0: interpolate it again."""
    j = work.terms[COLUMN, term]
    work.terms[SIGN, term] = sign
    work.points[Z, j] = sign
    work.points[LOWER, j] = sign if sign >= 0 else -np.inf
    work.points[UPPER, j] = sign if sign <= 0 else np.inf


@loose_kernel
def restart(cones, i, work, terms):
    """Set v and the levels for the convex terms' signs as they are now."""
    vectors = work.vectors
    r = vectors.shape[1]
    combine(vectors, V, work.points, Z, work.rows, 0, cones.facts[i].points + r)
    add(vectors, V, 1.0, vectors, START)
    copy(vectors, LEVELS, vectors, LINEAR)
    for term in range(terms):
        if work.terms[SIGN, term] == 0:
            add(vectors, V, 1.0, vectors, ENVELOPES + term)
            for k in range(r):
                vectors[LEVELS, k] += abs(cones.products[i, k, work.terms[COLUMN, term]])


@loose_kernel
def next_term(work, terms):
    """The term furthest from its interpolation at v (-1: none is left), and its sign there."""
    chosen = -1
    sign = 1
    largest = -np.inf
    for term in range(terms):
        product = dot(work.rows, work.terms[COLUMN, term], work.vectors, V)
        gap = dot(work.vectors, ENVELOPES + term, work.vectors, V) - abs(product)
        if gap > largest and work.terms[SIGN, term] == 0:
            largest = gap
            chosen = term
            sign = 1 if product >= 0 else -1
    return chosen, sign


@loose_kernel
def go_through_signs(f, cones, i, work, function, threshold):
    """Bound the function exactly, by the signs of its convex terms: CLOSED, OPEN or VIOLATED.

    They are gone through depth first. Where a term has sign s, its coefficient in v is s or beyond:
    the excess is the multiplier of s c_j'u >= 0. With all signs decided the bound is attained, so
    that one above the threshold is a violation, at v.
    """
    terms = work.terms
    count = begin_signs(f, cones, i, work, function)
    depth = 0
    for _ in range(SOLVES):
        least_norm(work, cones.facts[i].points + work.vectors.shape[1], threshold)
        if proved(cones, i, work) > threshold:
            if violates(f, cones, i, work, threshold):
                return VIOLATED
            term, sign = next_term(work, count)
            if term < 0:
                return OPEN
            terms[ORDER, depth] = term
            terms[TURNED, depth] = 0
            depth += 1
        else:
            while depth > 0 and terms[TURNED, depth - 1] == 1:
                depth -= 1
                decide(work, terms[ORDER, depth], 0)
            if depth == 0:
                return CLOSED
            term = terms[ORDER, depth - 1]
            sign = -terms[SIGN, term]
            terms[TURNED, depth - 1] = 1
        decide(work, term, sign)
        restart(cones, i, work, count)
    return OPEN


@loose_kernel
def visit(f, cones, i, work):
    """Set the direction u = sum_k weights_k g_k and its products u'c_j.

    Returns (|A(u)| + |q'u|) / ||u||, 0 where u is.
    """
    facts = cones.facts[i]
    vectors = work.vectors
    points = work.points
    r = vectors.shape[1]
    combine(vectors, DIRECTION, vectors, WEIGHTS, cones.generators, i * r, r)
    fill(points, PRODUCT, facts.points, 0.0)
    for k in range(r):
        weight = vectors[WEIGHTS, k]
        if weight > 0:
            for j in range(facts.points):
                points[PRODUCT, j] += weight * cones.products[i, k, j]
    even = dot(cones.decided, i, vectors, WEIGHTS)
    for j in range(facts.points):
        sign = 1.0 - 2.0 * (j >= facts.positive)
        even += sign * abs(points[PRODUCT, j])
    odd = dot(f.points, len(f.points) - 1, vectors, DIRECTION)
    size = length(vectors, DIRECTION)
    return (abs(even) + abs(odd)) / size if size > 0 else 0.0


@loose_kernel
def violates(f, cones, i, work, threshold):
    """Whether the direction of v passes the threshold, or that nearest to it in the cone."""
    vectors = work.vectors
    r = vectors.shape[1]
    project(vectors, WEIGHTS, vectors, V, cones.normals, i * r)
    for k in range(r):
        vectors[WEIGHTS, k] = max(vectors[WEIGHTS, k], 0.0)
    return visit(f, cones, i, work) > threshold


@loose_kernel
def choose_edge(cones, i, work, function, threshold):
    """Set the edge to be split: that which loses most by interpolation, near the maximiser first.

    Its score is ROUND threshold (1 - g_a'g_c), without which an end near a hyperplane would be cut
    for ever, plus the loss |t_a t_c| / (|t_a| + |t_c|) of every convex term with products t_a, t_c
    of opposite signs. It is cut at the mean of the places where these terms vanish, weighted by
    their losses.
    """
    facts = cones.facts[i]
    products = cones.products
    vectors = work.vectors
    r = vectors.shape[1]
    begin = 0 if function < 2 else facts.positive
    end = facts.positive if function < 2 else facts.points
    top = 0.0
    for k in range(r):
        top = max(top, vectors[WORST, k])
    best = -1.0
    facts.first = 0
    facts.second = 0
    for a in range(r):
        for c in range(a + 1, r):
            loss = 0.0
            moment = 0.0
            for j in range(begin, end):
                left = abs(products[i, a, j])
                right = abs(products[i, c, j])
                crossing = products[i, a, j] * products[i, c, j] < 0
                place = left / (left + right)
                term = right * place if crossing else 0.0
                loss += term
                moment += term * place
            near = 1 - FOCUS + FOCUS * min(vectors[WORST, a], vectors[WORST, c]) / top
            cosine = dot(cones.generators, i * r + a, cones.generators, i * r + c)
            score = near * (loss + ROUND * threshold * (1 - cosine))
            if score > best:
                best = score
                facts.first = a
                facts.second = c
                along = moment / loss if loss > 0 else 0.5
                facts.along = min(max(along, MIDDLE), 1 - MIDDLE)


@loose_kernel
def bound_cone(f, cones, i, work, threshold):
    """Bound the functions still open on the cone by the threshold: CLOSED, OPEN or VIOLATED.

    If OPEN, facts.open are the functions left and an edge is chosen; if VIOLATED, DIRECTION passes
    the threshold. facts.bound is a bound in any case.
    """
    facts = cones.facts[i]
    vectors = work.vectors
    measure(f, cones, i, work)
    largest = threshold
    left = 0
    worst = 0
    for function in range(FUNCTIONS):
        if not facts.open & (1 << function):
            continue
        if central_bound(cones, i, vectors, function) <= threshold:
            continue
        bound = descend(f, cones, i, work, function, threshold)
        if bound <= threshold:
            continue
        status = VIOLATED if violates(f, cones, i, work, threshold) else OPEN
        copy(vectors, MAXIMISER, vectors, WEIGHTS)
        terms = facts.positive if function < 2 else facts.points - facts.positive
        if status == OPEN and terms <= FINISHED:
            status = go_through_signs(f, cones, i, work, function, threshold)
        if status == VIOLATED:
            return VIOLATED
        if status == CLOSED:
            continue
        left |= 1 << function
        if bound > largest:
            largest = bound
            worst = function
            copy(vectors, WORST, vectors, MAXIMISER)
    facts.open = left
    facts.bound = min(facts.bound, largest)
    if left == 0:
        return CLOSED
    choose_edge(cones, i, work, worst, threshold)
    return OPEN
