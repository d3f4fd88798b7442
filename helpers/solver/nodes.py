"""Cones of directions, and upper bounds of the dual correlation on them.

The dual correlation of a direction u is theta'(Xu)_+ = sum_j theta_j (x_j'u)_+. With c_j = |theta_j|
x_j / 2, s_j the sign of theta_j and q = X'theta / 2 it is the sum of an even and an odd part,

    theta'(Xu)_+ = A(u) + q'u,    A(u) = sum_j s_j |c_j'u|,

so that the largest |theta'(Xu)_+| over all u is the largest |A(u)| + |q'u| over half of them: four
functions sigma A(u) + rho q'u, sigma and rho signs, each to be bounded from above.

A cone has r unit generators g_k. On it the terms with sigma s_j > 0 are convex, at most their
interpolation at the generators; the others are concave, -|c_j'u| <= z_j c_j'u for any z_j in
[-1, 1]. A point j whose products g_k'c_j have one sign is *decided*: its term is linear, and all such
terms together are known by their sums at the generators. Hence with

    l_k = sigma (sum of the decided) + rho q'g_k + sum_{sigma s_j > 0} |g_k'c_j|

any v with g_k'v >= l_k + sum_j z_j g_k'c_j for all k proves sigma A(u) + rho q'u <= ||v|| for unit u in
the cone. The best v has v = sum_k (l_k + mu_k) n_k + sum_j z_j c_j, n_k the dual basis of the
generators and mu_k >= 0: a least-norm problem with bounds on its variables. Its minimum is the exact
maximum of the relaxed function over the cone and the ball.

Functions here allocate nothing and are compiled into those of `branching` that call them.
"""

from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable

from ..compiling import ANY_ORDER, COMMON, NO_ALLOCATION

kernel = register_jitable(**COMMON, **NO_ALLOCATION, **ANY_ORDER)

CLOSED, OPEN, VIOLATED = range(3)  # bounded by the threshold; not so; a direction passes it
FUNCTIONS = 4  # sigma A + rho q'u: sigma = 1 in numbers 0 and 1, rho = 1 in 0 and 2
SWEEPS = 6  # of coordinate descent: more close few cones that a split would not close sooner
PACE = 4  # so many times what the last sweep gained must be enough
FINISHED = 12  # convex terms up to which all their signs are gone through: beyond, splits are faster
import os
NEAR=float(os.environ.get('NEAR','0'))
SOLVES = 200  # least-norm problems that going through the signs may take
DEPENDENT = 1e-9  # share of a row's length outside the span of others below which it adds nothing
OPTIMAL = 1e-11  # cosine between v and a row below which moving along the row gains nothing
FOCUS = 0.7  # share of an edge's score that depends on the maximiser being near
MIDDLE = 0.2  # an edge is cut at least this far from its ends: shares of the cone go on shrinking


class Correlation(NamedTuple):
    """A(u) + q'u: rows c_j (n, r), s_j = 1 for the first `positive` of them, and q (r,)."""

    points: np.ndarray
    positive: int
    squares: np.ndarray  # ||c_j||^2
    odd: np.ndarray


FACTS = np.dtype(
    [
        ("open", np.int64),  # functions not yet bounded by the threshold, one bit each
        ("begin", np.int64),  # where its undecided points are among those of all cones
        ("points", np.int64),  # how many there are
        ("positive", np.int64),  # how many of them, the first, have s_j = 1
        ("depth", np.int64),  # splits since its root
        ("share", np.float64),  # of the sphere
        ("bound", np.float64),  # of |A| + |q'u|
        ("first", np.int64),  # generators whose edge is split next,
        ("second", np.int64),
        ("along", np.float64),  # and where: 0 at the first one, 1 at the second
    ],
    align=True,
)

GENERATORS, NORMALS = range(2)  # in Cones.frame: rows g_k and n_k, g_k'n_l = 1 if k = l, else 0


class Cones(NamedTuple):
    """Simplicial cones in R^r and what is known there: a stack."""

    frame: np.ndarray  # (most, 2, r, r), generators of length 1 and normals
    decided: np.ndarray  # (most, r), sum of s_j |g_k'c_j| over the decided points
    products: np.ndarray  # (r, room), g_k'c_j of the undecided points
    members: np.ndarray  # (room,), which points they are
    facts: np.ndarray  # (most,), FACTS


# In Workspace.points, for every undecided point of a cone:
(
    SLOPE,  # a first choice of -z_j
    TOTAL,  # sum_k |g_k'c_j|
    PRODUCT,  # u'c_j at a direction u
    LOWEST,  # the range of its products with the generators
    HIGHEST,
    DECISION,  # s_j times their sign if they have but one, else 0
    POINTS,
) = range(7)

# In Workspace.vectors:
(
    CENTRE,  # the unit vector along the sum of the generators
    HEIGHTS,  # g_k'centre
    ODD,  # q'g_k
    SIZES,  # sum_j |g_k'c_j| over s_j = 1, and in the next row over s_j = -1
    SIZES_BELOW,
    SLOPED,  # the same of slope_j g_k'c_j
    SLOPED_BELOW,
    LEVELS,  # l_k
    START,  # v without the part of the variables
    V,  # the bounding vector
    SQUARES,  # ||n_k||^2
    WEIGHTS,  # coordinates in the generators, of v or of a direction
    WORST,  # those of v for the function whose bound is largest
    DIRECTION,  # sum_k weights_k g_k
    CHANGE,  # of the free variables
    VECTORS,
) = range(16)

# In Workspace.variables: z_j of the undecided points, then mu_k; lengths of their rows; bounds; which are free to move.
Z, LENGTH, LOWER, UPPER, FREE, VARIABLES = range(6)

# In Workspace.convex: where a convex term's products are; its sign, 0 while it is interpolated; then of the terms in the
# order of their decision: which one, and whether its other sign is done.
COLUMN, SIGN, ORDER, TURNED, CHOICES = range(5)


class Workspace(NamedTuple):
    """Room for the bounds of one cone. Few arrays, because compiling takes longer with each."""

    points: np.ndarray  # (POINTS, n)
    vectors: np.ndarray  # (VECTORS, r)
    variables: np.ndarray  # (VARIABLES, n + r)
    rows: np.ndarray  # (n + r, r), c_j or n_k of the variables
    free: np.ndarray  # (1 + r,), number of the free variables, and which they are
    factors: np.ndarray  # (2, r, r), Q (an orthonormal basis of the free rows), R (their coefficients)
    envelopes: np.ndarray  # (FINISHED, r), sum_k |g_k'c_j| n_k: interpolates |c_j'u|
    convex: np.ndarray  # (CHOICES, FINISHED)


def workspace(n, r):
    """A Workspace for n points in r dimensions."""
    return Workspace(
        points=np.empty((POINTS, n)),
        vectors=np.zeros((VECTORS, r)),
        variables=np.zeros((VARIABLES, n + r)),
        rows=np.empty((n + r, r)),
        free=np.zeros(1 + r, np.int64),
        factors=np.empty((2, r, r)),
        envelopes=np.empty((FINISHED, r)),
        convex=np.empty((CHOICES, FINISHED)),
    )


# The next three are for short vectors. A loop with a way out is neither unrolled nor turned into
# vector instructions, which here would take the compiler longer and save no time.


@kernel
def dot(a, b):
    """a'b."""
    total = 0.0
    for i in range(a.size):
        value = b[i]
        if value == np.inf:
            break
        total += a[i] * value
    return total


@kernel
def add(a, factor, b):
    """a += factor b."""
    for i in range(a.size):
        value = b[i]
        if value == np.inf:
            break
        a[i] += factor * value


@kernel
def copy(target, source):
    """target = source."""
    for i in range(source.size):
        value = source[i]
        if value == np.inf:
            break
        target[i] = value


@kernel
def length(a):
    """||a||."""
    return np.sqrt(dot(a, a))


@kernel
def fill(target, value):
    """target = value, all of it."""
    for i in range(target.size):
        target[i] = value


@kernel
def long_dot(a, b):
    """a'b, by vector instructions."""
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@kernel
def measure(f, cones, i, work):
    """What all bounds of the cone share: centre, heights, slopes and sums over the points."""
    generators = cones.frame[i, GENERATORS]
    vectors = work.vectors
    facts = cones.facts[i]
    begin = facts.begin
    end = begin + facts.points
    r = len(generators)
    centre = vectors[CENTRE]
    fill(centre, 0.0)
    for k in range(r):
        add(centre, 1.0, generators[k])
    size = length(centre)
    for k in range(r):
        vectors[HEIGHTS, k] = dot(generators[k], centre) / size
        vectors[ODD, k] = dot(generators[k], f.odd)
    add(centre, 1 / size - 1, centre)
    slopes = work.points[SLOPE, : facts.points]
    totals = work.points[TOTAL, : facts.points]
    fill(slopes, 0.0)
    fill(totals, 0.0)
    for k in range(r):
        products = cones.products[k, begin:end]
        for j in range(products.size):
            slopes[j] += products[j]
            totals[j] += abs(products[j])
    for j in range(slopes.size):
        slopes[j] = min(max(2 * slopes[j] / totals[j], -1.0), 1.0)
    for part in range(2):
        left = 0 if part == 0 else facts.positive
        right = facts.positive if part == 0 else facts.points
        for k in range(r):
            products = cones.products[k, begin + left : begin + right]
            size = 0.0
            for j in range(products.size):
                size += abs(products[j])
            vectors[SIZES + part, k] = size
            vectors[SLOPED + part, k] = long_dot(slopes[left:right], products)


@kernel
def linear_level(decided, odd, function):
    """sigma times the sum of the decided points, plus rho q'g_k."""
    level = decided if function < 2 else -decided
    return level + odd if function % 2 == 0 else level - odd


@kernel
def central_bound(decided, vectors, function):
    """Set the levels l_k: the bound of v along the centre, with the slopes for -z."""
    convex = SIZES + (function >= 2)
    concave = SLOPED + (function < 2)
    bound = 0.0
    for k in range(decided.size):
        level = linear_level(decided[k], vectors[ODD, k], function) + vectors[convex, k]
        vectors[LEVELS, k] = level
        bound = max(bound, (level - vectors[concave, k]) / vectors[HEIGHTS, k])
    return bound


@kernel
def excess(cones, i, vectors, z):
    """How far v is from bounding the relaxed function, whatever rounding has made of it.

    That is max_k (l_k + sum_j z_j g_k'c_j - g_k'v)_+ / g_k'centre, the multiple of the centre that v lacks.
    """
    begin = cones.facts[i].begin
    worst = 0.0
    for k in range(cones.decided.shape[1]):
        level = vectors[LEVELS, k] + long_dot(cones.products[k, begin : begin + z.size], z)
        lack = level - dot(cones.frame[i, GENERATORS, k], vectors[V])
        worst = max(worst, lack / vectors[HEIGHTS, k])
    return worst


@kernel
def descend(f, cones, i, work, function, threshold):
    """Coordinate descent on the least-norm problem: the bound it proves. Sets z, 0 for the convex terms, mu and v."""
    facts = cones.facts[i]
    vectors = work.vectors
    normals = cones.frame[i, NORMALS]
    squares = vectors[SQUARES]
    r = len(normals)
    m = facts.points
    left = facts.positive if function < 2 else 0
    right = m if function < 2 else facts.positive
    z = work.variables[Z, : m + r]
    fill(z, 0.0)
    for j in range(left, right):
        z[j] = -work.points[SLOPE, j]
    v = vectors[V]
    fill(v, 0.0)
    for k in range(r):
        level = vectors[LEVELS, k] - vectors[SLOPED + (function < 2), k]
        add(v, level, normals[k])
        squares[k] = dot(normals[k], normals[k])
    size = length(v)
    for _ in range(SWEEPS):
        before = size
        for k in range(r):
            step = max(-dot(normals[k], v) / squares[k], -z[m + k])
            z[m + k] += step
            add(v, step, normals[k])
        for j in range(left, right):
            point = cones.members[facts.begin + j]
            best = z[j] - dot(f.points[point], v) / f.squares[point]
            best = min(max(best, -1.0), 1.0)
            add(v, best - z[j], f.points[point])
            z[j] = best
        size = length(v)
        if size <= threshold or size - threshold > PACE * (before - size):
            break  # done, or at this pace out of reach
    return size + excess(cones, i, vectors, z[:m])


@kernel
def orthogonalise(work, k, i):
    """Gram-Schmidt, twice: row i becomes Q[k], its coefficients R[:k + 1, k]. Returns the share left of its length."""
    Q = work.factors[0]
    R = work.factors[1]
    new = Q[k]
    copy(new, work.rows[i])
    for l in range(k):
        part = dot(Q[l], new)
        add(new, -part, Q[l])
        R[l, k] = part
    for l in range(k):
        part = dot(Q[l], new)
        add(new, -part, Q[l])
        R[l, k] += part
    size = max(length(new), 1e-300)
    R[k, k] = size
    add(new, 1 / size - 1, new)
    return size / work.variables[LENGTH, i]


@kernel
def factor(work, first):
    """Rebuild the factors of the free variables from position `first` on; dependent rows are no longer free."""
    free = work.free
    k = first
    for position in range(first, free[0]):
        i = free[1 + position]
        if orthogonalise(work, k, i) <= DEPENDENT:
            work.variables[FREE, i] = 0
        else:
            free[1 + k] = i
            k += 1
    free[0] = k


@kernel
def settle(work, v):
    """Minimise ||v|| over the free variables; those that meet a bound on the way stay there."""
    variables = work.variables
    free = work.free
    change = work.vectors[CHANGE]
    leaving = 0
    while free[0] > 0 and leaving >= 0:
        count = free[0]
        step = 1.0
        leaving = -1
        for l in range(count - 1, -1, -1):  # R change = -Q v
            R = work.factors[1, l]
            total = dot(work.factors[0, l], v) + dot(R[l + 1 : count], change[l + 1 : count])
            change[l] = -total / R[l]
        for l in range(count):
            i = free[1 + l]
            target = variables[Z, i] + change[l]
            limit = min(max(target, variables[LOWER, i]), variables[UPPER, i])
            if limit != target:
                share = (limit - variables[Z, i]) / change[l]
                if leaving < 0 or share < step:
                    step = share
                    leaving = l
        for l in range(count):
            i = free[1 + l]
            variables[Z, i] += step * change[l]
            add(v, step * change[l], work.rows[i])
        if leaving >= 0:
            i = free[1 + leaving]
            variables[Z, i] = variables[LOWER if change[leaving] < 0 else UPPER, i]
            variables[FREE, i] = 0
            for l in range(leaving + 1, count):
                free[l] = free[l + 1]
            free[0] = count - 1
            factor(work, leaving)


@kernel
def most_gaining(work, count, v):
    """The variable, not free, along which ||v|| falls fastest; -1 if it falls along none."""
    variables = work.variables
    best = OPTIMAL * length(v)
    chosen = -1
    for i in range(count):
        if variables[FREE, i] == 0 and variables[LOWER, i] < variables[UPPER, i]:
            slope = dot(work.rows[i], v) / variables[LENGTH, i]
            room = variables[UPPER, i] - variables[Z, i]
            if slope > 0:
                room = variables[Z, i] - variables[LOWER, i]
            if room > 0 and abs(slope) > best:
                best = abs(slope)
                chosen = i
    return chosen


@kernel
def least_norm(work, count, v, threshold):
    """The active-set method of bounded least squares, from any z, until ||v|| <= threshold or it is least.

    Source: Stark and Parker, Bounded-variable least-squares: an algorithm and applications (1995).
    """
    free = work.free
    free[0] = 0
    fill(work.variables[FREE, :count], 0.0)
    for _ in range(3 * count):
        if length(v) <= threshold or free[0] == v.size:
            return
        i = most_gaining(work, count, v)
        if i < 0 or orthogonalise(work, free[0], i) <= DEPENDENT:
            return
        free[0] += 1
        free[free[0]] = i
        work.variables[FREE, i] = 1
        settle(work, v)


@kernel
def begin_signs(f, cones, i, work, function):
    """Set up the least-norm problem whose convex terms are all interpolated. Returns how many these are."""
    facts = cones.facts[i]
    normals = cones.frame[i, NORMALS]
    variables = work.variables
    m = facts.points
    start = work.vectors[START]
    fill(start, 0.0)
    count = 0
    for j in range(m):
        column = facts.begin + j
        point = cones.members[column]
        concave = (j < facts.positive) == (function >= 2)
        copy(work.rows[j], f.points[point])
        variables[LENGTH, j] = np.sqrt(f.squares[point])
        variables[LOWER, j] = -1.0 if concave else 0.0
        variables[UPPER, j] = 1.0 if concave else 0.0
        if not concave:
            if count < FINISHED:
                work.convex[COLUMN, count] = j
                work.convex[SIGN, count] = 0.0
                fill(work.envelopes[count], 0.0)
                for k in range(len(normals)):
                    add(work.envelopes[count], abs(cones.products[k, column]), normals[k])
            count += 1
    for k in range(len(normals)):
        level = linear_level(cones.decided[i, k], work.vectors[ODD, k], function)
        add(start, level, normals[k])
        copy(work.rows[m + k], normals[k])
        variables[LENGTH, m + k] = length(normals[k])
        variables[LOWER, m + k] = 0.0
        variables[UPPER, m + k] = np.inf
    return count


@kernel
def decide(work, term, sign):
    """Give a convex term that sign; 0: interpolate it again."""
    j = np.int64(work.convex[COLUMN, term])
    work.convex[SIGN, term] = sign
    work.variables[Z, j] = sign
    work.variables[LOWER, j] = sign if sign >= 0 else -np.inf
    work.variables[UPPER, j] = sign if sign <= 0 else np.inf


@kernel
def restart(cones, i, work, terms, function):
    """Set v and the levels for the convex terms' signs as they are now."""
    facts = cones.facts[i]
    vectors = work.vectors
    v = vectors[V]
    r = v.size
    copy(v, vectors[START])
    for k in range(r):
        vectors[LEVELS, k] = linear_level(cones.decided[i, k], vectors[ODD, k], function)
    for term in range(terms):
        if work.convex[SIGN, term] == 0:
            add(v, 1.0, work.envelopes[term])
            column = facts.begin + np.int64(work.convex[COLUMN, term])
            for k in range(r):
                vectors[LEVELS, k] += abs(cones.products[k, column])
    for j in range(facts.points + r):
        add(v, work.variables[Z, j], work.rows[j])


@kernel
def next_term(work, terms):
    """The interpolated term furthest from its interpolation at v, -1 if none is left; and its sign there."""
    v = work.vectors[V]
    chosen = -1
    sign = 1.0
    largest = -np.inf
    for term in range(terms):
        if work.convex[SIGN, term] == 0:
            product = dot(work.rows[np.int64(work.convex[COLUMN, term])], v)
            gap = dot(work.envelopes[term], v) - abs(product)
            if gap > largest:
                largest = gap
                chosen = term
                sign = 1.0 if product >= 0 else -1.0
    return chosen, sign


@kernel
def go_through_signs(f, cones, i, work, function, threshold):
    """Bound the function exactly, going through the signs of its convex terms depth first: CLOSED, OPEN or VIOLATED.

    Where a term has sign s, its coefficient in v is s or beyond: the excess is the multiplier of s c_j'u >= 0. With all
    signs decided the bound is attained, so that one above the threshold is a violation, at v. Where there are more than
    FINISHED terms, they are all left interpolated.
    """
    order = work.convex[ORDER]
    turned = work.convex[TURNED]
    m = cones.facts[i].points
    v = work.vectors[V]
    terms = begin_signs(f, cones, i, work, function)
    depth = 0
    for solve in range(SOLVES):
        if solve > 0:
            restart(cones, i, work, terms, function)
        least_norm(work, m + v.size, v, threshold)
        if length(v) + excess(cones, i, work.vectors, work.variables[Z, :m]) > threshold:
            if violates(f, cones, i, work, threshold):
                return VIOLATED
            if solve == 0:
                copy(work.vectors[SQUARES], work.vectors[WEIGHTS])
            term, sign = next_term(work, terms if terms <= FINISHED else 0)
            if term < 0:
                return OPEN
            order[depth] = term
            turned[depth] = 0
            depth += 1
            decide(work, term, sign)
            continue
        while depth > 0 and turned[depth - 1] == 1:
            depth -= 1
            decide(work, np.int64(order[depth]), 0.0)
        if depth == 0:
            return CLOSED
        term = np.int64(order[depth - 1])
        turned[depth - 1] = 1
        decide(work, term, -work.convex[SIGN, term])
    return OPEN


@kernel
def visit(f, cones, i, work):
    """Set the direction u = sum_k weights_k g_k and its products u'c_j. Returns (|A(u)| + |q'u|) / ||u||."""
    facts = cones.facts[i]
    begin = facts.begin
    end = begin + facts.points
    weights = work.vectors[WEIGHTS]
    u = work.vectors[DIRECTION]
    products = work.points[PRODUCT, : facts.points]
    fill(u, 0.0)
    fill(products, 0.0)
    for k in range(u.size):
        weight = weights[k]
        if weight > 0:
            add(u, weight, cones.frame[i, GENERATORS, k])
            row = cones.products[k, begin:end]
            for j in range(row.size):
                products[j] += weight * row[j]
    even = dot(cones.decided[i], weights)
    for j in range(products.size):
        even += abs(products[j]) if j < facts.positive else -abs(products[j])
    return (abs(even) + abs(dot(f.odd, u))) / length(u)


@kernel
def violates(f, cones, i, work, threshold):
    """Whether the direction of v, or the nearest in its coordinates that the cone has, passes the threshold."""
    weights = work.vectors[WEIGHTS]
    for k in range(weights.size):
        weights[k] = max(dot(cones.frame[i, NORMALS, k], work.vectors[V]), 0.0)
    return visit(f, cones, i, work) > threshold


@kernel
def choose_edge(cones, i, work, function, threshold):
    """Set the edge to be split: that which loses most by interpolation, near the maximiser before others.

    Its score is threshold (1 - g_a'g_c) / 4, without which an end near a hyperplane would be cut for ever, plus the
    loss |t_a t_c| / (|t_a| + |t_c|) of every convex term with products t_a, t_c of opposite signs. It is cut at the mean
    of the places where these terms vanish, weighted by their losses.
    """
    facts = cones.facts[i]
    generators = cones.frame[i, GENERATORS]
    worst = work.vectors[WORST]
    begin = facts.begin + (0 if function < 2 else facts.positive)
    end = facts.begin + (facts.positive if function < 2 else facts.points)
    top = 0.0
    for k in range(worst.size):
        top = max(top, worst[k])
    best = -1.0
    facts.first = 0
    facts.second = 0
    for a in range(worst.size):
        left = cones.products[a, begin:end]
        for c in range(a + 1, worst.size):
            right = cones.products[c, begin:end]
            loss = 0.0
            for j in range(left.size):
                product = left[j] * right[j]
                span = abs(left[j]) + abs(right[j])
                loss += -product / span if product < 0 else 0.0
            near = 1 - FOCUS + FOCUS * min(worst[a], worst[c]) / top
            cosine = dot(generators[a], generators[c])
            score = near * (loss + threshold * (1 - cosine) / 4)
            if score > best:
                best = score
                facts.first = a
                facts.second = c
    loss = 0.0
    moment = 0.0
    for j in range(begin, end):
        left_end = abs(cones.products[facts.first, j])
        right_end = abs(cones.products[facts.second, j])
        if cones.products[facts.first, j] * cones.products[facts.second, j] < 0:
            term = left_end * right_end / (left_end + right_end)
            loss += term
            moment += term * left_end / (left_end + right_end)
    along = moment / loss if loss > 0 else 0.5
    facts.along = min(max(along, MIDDLE), 1 - MIDDLE)


@kernel
def bound_cone(f, cones, i, work, threshold):
    """Bound the functions still open on the cone by the threshold: CLOSED, OPEN or VIOLATED.

    If OPEN, facts.open are the functions left and an edge is chosen; if VIOLATED, DIRECTION passes the threshold.
    facts.bound is a bound in any case.
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
        if central_bound(cones.decided[i], vectors, function) <= threshold:
            continue
        bound = descend(f, cones, i, work, function, threshold)
        if bound <= threshold:
            continue
        if violates(f, cones, i, work, threshold):
            return VIOLATED
        copy(vectors[SQUARES], vectors[WEIGHTS])
        terms = facts.positive if function < 2 else facts.points - facts.positive
        if terms <= FINISHED or bound <= NEAR * threshold:
            status = go_through_signs(f, cones, i, work, function, threshold)
            if status == VIOLATED:
                return VIOLATED
            if status == CLOSED:
                continue
        left |= 1 << function
        if bound > largest:
            largest = bound
            worst = function
            copy(vectors[WORST], vectors[SQUARES])
    facts.open = left
    facts.bound = min(facts.bound, largest)
    if left == 0:
        return CLOSED
    choose_edge(cones, i, work, worst, threshold)
    return OPEN
