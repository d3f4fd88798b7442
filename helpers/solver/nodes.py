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

CLOSED, OPEN, VIOLATED = 0, 1, 2  # bounded by the threshold; not so; a direction passes it
FUNCTIONS = 4  # sigma A + rho q'u: sigma = 1 in numbers 0 and 1, rho = 1 in 0 and 2
SWEEPS = 6  # of coordinate descent: more close few cones that a split would not close sooner
FINISHED = 12  # convex terms up to which all their signs are gone through: beyond, splitting is faster
SOLVES = 200  # least-norm problems that going through the signs may take
DEPENDENT = 1e-9  # part of a unit row outside the span of others below which it adds nothing
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
        ("positive", np.int64),  # undecided points with s_j = 1
        ("points", np.int64),  # undecided points
        ("depth", np.int64),
        ("share", np.float64),  # of the sphere
        ("bound", np.float64),  # of |A| + |q'u| on the cone
        ("first", np.int64),  # generators whose edge is split next,
        ("second", np.int64),
        ("along", np.float64),  # and where: 0 at the first one, 1 at the second
    ],
    align=True,
)


GENERATORS, NORMALS = range(2)  # in Cone.frame: rows g_k and n_k, g_k'n_l = 1 if k = l, else 0


class Cone(NamedTuple):
    """A simplicial cone in R^r and what is known there. Points with s_j = 1 come first."""

    frame: np.ndarray  # (2, r, r), generators of length 1 and normals
    decided: np.ndarray  # (r,), sum of s_j |g_k'c_j| over the decided points
    products: np.ndarray  # (r, n), g_k'c_j of the undecided points
    members: np.ndarray  # (n,), their numbers
    facts: np.ndarray  # (1,), FACTS


# In Workspace.terms, for each undecided point: a first choice of -z_j, and sum_k |g_k'c_j|.
SLOPE, TOTAL = range(2)

# In Workspace.vectors.
(
    CENTRE,  # the unit vector along the sum of the generators
    HEIGHTS,  # g_k'centre
    ODD,  # q'g_k
    SIZES,  # sum_j |g_k'c_j| over s_j = 1, and in the next row over s_j = -1
    _,
    SLOPED,  # the same of slope_j g_k'c_j
    _,
    LEVELS,  # l_k
    START,  # v without the part of the variables
    V,  # the bounding vector
    WEIGHTS,  # its coordinates in the generators
    WORST,  # those of the function whose bound is largest
    CHANGE,  # of the free variables
    VECTORS,
) = range(14)

# In Workspace.variables: z_j of the undecided points, then mu_k.
Z, LENGTH, LOWER, UPPER, VARIABLES = range(5)

# In Workspace.convex: of the convex terms.
COLUMN, SIGN, ORDER, TURNED, CHOICES = range(5)


class Workspace(NamedTuple):
    """Room for the bounds of one cone.

    The least-norm problem: min ||start + sum_i z_i a_i|| over lower <= z <= upper, some of the z free to move.
    Going through the signs of convex terms: each is interpolated by an envelope until it has a sign.
    Few arrays, because what a kernel takes to compile grows with their number.
    """

    terms: np.ndarray  # (2, n)
    vectors: np.ndarray  # (VECTORS, r)
    variables: np.ndarray  # (VARIABLES, n + r)
    rows: np.ndarray  # (n + r, r), a_i
    free: np.ndarray  # (1 + r,), number of the free variables, and which they are
    is_free: np.ndarray  # (n + r,)
    factors: np.ndarray  # (2, r, r), Q (an orthonormal basis of the free rows) and R (their coefficients)
    envelopes: np.ndarray  # (FINISHED, r), sum_k |g_k'c_j| n_k, whose product with u interpolates |c_j'u|
    convex: np.ndarray  # (CHOICES, FINISHED)


def workspace(n, r):
    """A Workspace for n points in r dimensions."""
    return Workspace(
        terms=np.empty((2, n)),
        vectors=np.empty((VECTORS, r)),
        variables=np.empty((VARIABLES, n + r)),
        rows=np.empty((n + r, r)),
        free=np.zeros(1 + r, np.int64),
        is_free=np.zeros(n + r, np.bool_),
        factors=np.empty((2, r, r)),
        envelopes=np.empty((FINISHED, r)),
        convex=np.empty((CHOICES, FINISHED)),
    )


def empty_cone(n, r):
    """Room for a Cone with n points in r dimensions."""
    return Cone(
        frame=np.empty((2, r, r)),
        decided=np.empty(r),
        products=np.empty((r, n)),
        members=np.empty(n, np.int64),
        facts=np.zeros(1, FACTS),
    )


@kernel
def dot(a, b):
    """a'b."""
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@kernel
def add(a, factor, b):
    """a += factor b."""
    for i in range(a.size):
        a[i] += factor * b[i]


@kernel
def fill(target, value):
    """target = value, all of it."""
    for i in range(target.size):
        target[i] = value


@kernel
def copy(target, source):
    """target = source, vectors."""
    for i in range(source.size):
        target[i] = source[i]


@kernel
def copy_rows(target, source):
    """target = source, matrices."""
    for k in range(len(source)):
        copy(target[k], source[k])


@kernel
def length(a):
    """||a||."""
    return np.sqrt(dot(a, a))


@kernel
def magnitude(f, u):
    """|A(u)| + |q'u|, from all the points."""
    even = 0.0
    for j in range(len(f.points)):
        term = abs(dot(f.points[j], u))
        even += term if j < f.positive else -term
    return abs(even) + abs(dot(f.odd, u))


@kernel
def measure(f, cone, work):
    """What all bounds of the cone share: centre, heights, slopes and sums over the points."""
    generators = cone.frame[GENERATORS]
    vectors = work.vectors
    facts = cone.facts[0]
    r = len(generators)
    m = facts.points
    centre = vectors[CENTRE]
    fill(centre, 0.0)
    for k in range(r):
        add(centre, 1.0, generators[k])
    size = length(centre)
    for i in range(r):
        centre[i] /= size
    for k in range(r):
        vectors[HEIGHTS, k] = dot(generators[k], centre)
        vectors[ODD, k] = dot(generators[k], f.odd)
    slopes = work.terms[SLOPE, :m]
    totals = work.terms[TOTAL, :m]
    fill(slopes, 0.0)
    fill(totals, 0.0)
    for k in range(r):
        products = cone.products[k, :m]
        for j in range(m):
            slopes[j] += products[j]
            totals[j] += abs(products[j])
    for j in range(m):
        slopes[j] = min(max(2 * slopes[j] / totals[j], -1.0), 1.0)
    for part in range(2):
        begin = 0 if part == 0 else facts.positive
        end = facts.positive if part == 0 else m
        for k in range(r):
            products = cone.products[k, begin:end]
            size = 0.0
            for j in range(products.size):
                size += abs(products[j])
            vectors[SIZES + part, k] = size
            vectors[SLOPED + part, k] = dot(slopes[begin:end], products)


@kernel
def linear_level(cone, vectors, function, k):
    """sigma times the sum of the decided points, plus rho q'g_k."""
    sigma = 1.0 if function < 2 else -1.0
    rho = 1.0 if function % 2 == 0 else -1.0
    return sigma * cone.decided[k] + rho * vectors[ODD, k]


@kernel
def central_bound(cone, vectors, function):
    """Set the levels l_k: the bound of v along the centre, with the slopes for -z."""
    convex = SIZES + (function >= 2)
    concave = SLOPED + (function < 2)
    bound = 0.0
    for k in range(len(cone.decided)):
        level = linear_level(cone, vectors, function, k) + vectors[convex, k]
        vectors[LEVELS, k] = level
        bound = max(bound, (level - vectors[concave, k]) / vectors[HEIGHTS, k])
    return bound


@kernel
def excess(cone, vectors, z, begin):
    """How far v is from bounding the relaxed function, whatever rounding has made of it.

    That is max_k (l_k + sum_j z_j g_k'c_j - g_k'v)_+ / g_k'centre, the multiple of the centre that v lacks; z is that of
    the points from `begin` on.
    """
    worst = 0.0
    for k in range(len(cone.decided)):
        level = vectors[LEVELS, k] + dot(cone.products[k, begin : begin + z.size], z)
        lack = level - dot(cone.frame[GENERATORS, k], vectors[V])
        worst = max(worst, lack / vectors[HEIGHTS, k])
    return worst


@kernel
def descend(f, cone, work, function, central, threshold):
    """Coordinate descent on the least-norm problem from the central bound: the bound it proves."""
    facts = cone.facts[0]
    vectors = work.vectors
    normals = cone.frame[NORMALS]
    r = len(normals)
    begin = facts.positive if function < 2 else 0
    end = facts.points if function < 2 else facts.positive
    concave = SLOPED + (function < 2)
    z = work.variables[Z, begin:end]
    mu = work.variables[Z, facts.points : facts.points + r]
    v = vectors[V]
    squares = vectors[WEIGHTS]
    for j in range(z.size):
        z[j] = -work.terms[SLOPE, begin + j]
    for k in range(r):
        v[k] = central * vectors[CENTRE, k]
        mu[k] = central * vectors[HEIGHTS, k] - vectors[LEVELS, k] + vectors[concave, k]
        squares[k] = dot(normals[k], normals[k])
    size = central
    for _ in range(SWEEPS):
        before = size
        for k in range(r):
            step = max(-dot(normals[k], v) / squares[k], -mu[k])
            mu[k] += step
            add(v, step, normals[k])
        for j in range(z.size):
            point = cone.members[begin + j]
            best = z[j] - dot(f.points[point], v) / f.squares[point]
            best = min(max(best, -1.0), 1.0)
            add(v, best - z[j], f.points[point])
            z[j] = best
        size = length(v)
        if size <= threshold or size - threshold > 4 * (before - size):
            break  # done, or at this pace out of reach
    return size + excess(cone, vectors, z, begin)


@kernel
def orthogonalise(work, k, i):
    """Gram-Schmidt, twice: row i becomes Q[k], its coefficients R[:k + 1, k]. Returns the share left of its length."""
    Q = work.factors[0]
    R = work.factors[1]
    new = Q[k]
    copy(new, work.rows[i])
    for l in range(k):
        R[l, k] = 0.0
    for _ in range(2):
        for l in range(k):
            part = dot(Q[l], new)
            add(new, -part, Q[l])
            R[l, k] += part
    size = length(new)
    R[k, k] = size
    for l in range(new.size):
        new[l] /= max(size, 1e-300)
    return size / work.variables[LENGTH, i]


@kernel
def factor(work, first):
    """Rebuild the factors of the free variables from position `first` on; dependent rows are no longer free."""
    free = work.free
    k = first
    for position in range(first, free[0]):
        i = free[1 + position]
        if orthogonalise(work, k, i) <= DEPENDENT:
            work.is_free[i] = False
        else:
            free[1 + k] = i
            k += 1
    free[0] = k


@kernel
def aim(work, v):
    """The change of the free variables that makes ||v|| least: R change = -Q v."""
    Q = work.factors[0]
    R = work.factors[1]
    change = work.vectors[CHANGE]
    k = work.free[0]
    for l in range(k - 1, -1, -1):
        total = -dot(Q[l], v)
        for m in range(l + 1, k):
            total -= R[l, m] * change[m]
        change[l] = total / R[l, l]


@kernel
def settle(work, v):
    """Minimise ||v|| over the free variables; those that meet a bound on the way stay there."""
    variables = work.variables
    free = work.free
    change = work.vectors[CHANGE]
    while free[0] > 0:
        aim(work, v)
        step = 1.0
        leaving = -1
        for l in range(free[0]):
            i = free[1 + l]
            target = variables[Z, i] + change[l]
            limit = min(max(target, variables[LOWER, i]), variables[UPPER, i])
            if limit != target:
                share = (limit - variables[Z, i]) / change[l]
                if leaving < 0 or share < step:
                    step = share
                    leaving = l
        for l in range(free[0]):
            i = free[1 + l]
            variables[Z, i] += step * change[l]
            add(v, step * change[l], work.rows[i])
        if leaving < 0:
            return
        i = free[1 + leaving]
        variables[Z, i] = variables[LOWER if change[leaving] < 0 else UPPER, i]
        work.is_free[i] = False
        for l in range(leaving + 1, free[0]):
            free[l] = free[l + 1]
        free[0] -= 1
        factor(work, leaving)


@kernel
def most_gaining(work, count, v):
    """The variable, not free, along which ||v|| falls fastest; -1 if it falls along none."""
    variables = work.variables
    best = OPTIMAL * length(v)
    chosen = -1
    for i in range(count):
        z = variables[Z, i]
        if work.is_free[i] or variables[LOWER, i] == variables[UPPER, i]:
            continue
        slope = dot(work.rows[i], v) / variables[LENGTH, i]
        movable = z < variables[UPPER, i] if slope < 0 else z > variables[LOWER, i]
        if movable and abs(slope) > best:
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
    work.is_free[:count] = False
    for _ in range(3 * count):
        if length(v) <= threshold or free[0] == v.size:
            return
        i = most_gaining(work, count, v)
        if i < 0 or orthogonalise(work, free[0], i) <= DEPENDENT:
            return
        free[1 + free[0]] = i
        free[0] += 1
        work.is_free[i] = True
        settle(work, v)


@kernel
def begin_signs(f, cone, work, function):
    """Set up the least-norm problem whose convex terms are all interpolated. Returns how many these are."""
    facts = cone.facts[0]
    normals = cone.frame[NORMALS]
    variables = work.variables
    m = facts.points
    start = work.vectors[START]
    fill(start, 0.0)
    for k in range(len(normals)):
        add(start, linear_level(cone, work.vectors, function, k), normals[k])
    count = 0
    for j in range(m):
        point = cone.members[j]
        concave = (j < facts.positive) == (function >= 2)
        copy(work.rows[j], f.points[point])
        variables[LENGTH, j] = np.sqrt(f.squares[point])
        variables[LOWER, j] = -1.0 if concave else 0.0
        variables[UPPER, j] = 1.0 if concave else 0.0
        if not concave:
            variables[Z, j] = 0.0
            work.convex[COLUMN, count] = j
            work.convex[SIGN, count] = 0.0
            fill(work.envelopes[count], 0.0)
            for k in range(len(normals)):
                add(work.envelopes[count], abs(cone.products[k, j]), normals[k])
            count += 1
    for k in range(len(normals)):
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
def solve_signs(cone, work, terms, function, threshold):
    """The bound over the part of the cone where the convex terms have the signs decided so far."""
    vectors = work.vectors
    r = len(cone.decided)
    m = cone.facts[0].points
    z = work.variables[Z, : m + r]
    v = vectors[V]
    copy(v, vectors[START])
    for k in range(r):
        vectors[LEVELS, k] = linear_level(cone, vectors, function, k)
    for term in range(terms):
        if work.convex[SIGN, term] == 0:
            add(v, 1.0, work.envelopes[term])
            j = np.int64(work.convex[COLUMN, term])
            for k in range(r):
                vectors[LEVELS, k] += abs(cone.products[k, j])
    for i in range(z.size):
        add(v, z[i], work.rows[i])
    least_norm(work, z.size, v, threshold)
    return length(v) + excess(cone, vectors, z[:m], 0)


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
def go_through_signs(f, cone, work, function, threshold):
    """Bound the function exactly, going through the signs of its convex terms depth first: CLOSED, OPEN or VIOLATED.

    Where a term has sign s, its coefficient in v is s or beyond: the excess is the multiplier of s c_j'u >= 0. With all
    signs decided the bound is attained, so that one above the threshold is a violation, at v.
    """
    order = work.convex[ORDER]
    turned = work.convex[TURNED]
    terms = begin_signs(f, cone, work, function)
    depth = 0
    for _ in range(SOLVES):
        bound = solve_signs(cone, work, terms, function, threshold)
        if bound > threshold:
            if violates(f, cone, work, threshold):
                return VIOLATED
            term, sign = next_term(work, terms)
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
def violates(f, cone, work, threshold):
    """Whether |A| + |q'u| passes the threshold at the direction u of v; sets the coordinates of v."""
    facts = cone.facts[0]
    v = work.vectors[V]
    weights = work.vectors[WEIGHTS]
    size = length(v)
    even = 0.0
    inside = True
    for k in range(v.size):
        weights[k] = dot(cone.frame[NORMALS, k], v)
        even += weights[k] * cone.decided[k]
        inside = inside and weights[k] > -1e-9 * size
    for j in range(facts.points):
        term = abs(dot(f.points[cone.members[j]], v))
        even += term if j < facts.positive else -term
    if inside and abs(even) + abs(dot(f.odd, v)) <= threshold * size:
        return False
    return magnitude(f, v) > threshold * size


@kernel
def choose_edge(cone, work, function, threshold):
    """Set the edge to be split: that which loses most by interpolation, near the maximiser before others.

    Its score is threshold (1 - g_a'g_c) / 4, without which an end near a hyperplane would be cut for ever, plus the
    loss |t_a t_c| / (|t_a| + |t_c|) of every convex term with products t_a, t_c of opposite signs. It is cut at the mean
    of the places where these terms vanish, weighted by their losses.
    """
    facts = cone.facts[0]
    generators = cone.frame[GENERATORS]
    worst = work.vectors[WORST]
    begin = 0 if function < 2 else facts.positive
    end = facts.positive if function < 2 else facts.points
    best = -1.0
    facts.first = 0
    facts.second = 0
    for a in range(len(generators)):
        left = cone.products[a, begin:end]
        for c in range(a + 1, len(generators)):
            right = cone.products[c, begin:end]
            loss = 0.0
            for j in range(left.size):
                product = left[j] * right[j]
                span = abs(left[j]) + abs(right[j])
                loss += -product / span if product < 0 else 0.0
            near = 1 - FOCUS + FOCUS * min(worst[a], worst[c])
            cosine = dot(generators[a], generators[c])
            score = near * (loss + threshold * (1 - cosine) / 4)
            if score > best:
                best = score
                facts.first = a
                facts.second = c
    left = cone.products[facts.first, begin:end]
    right = cone.products[facts.second, begin:end]
    loss = 0.0
    moment = 0.0
    for j in range(left.size):
        if left[j] * right[j] < 0:
            span = abs(left[j]) + abs(right[j])
            term = abs(left[j] * right[j]) / span
            loss += term
            moment += term * abs(left[j]) / span
    along = moment / loss if loss > 0 else 0.5
    facts.along = min(max(along, MIDDLE), 1 - MIDDLE)


@kernel
def bound_cone(f, cone, work, threshold):
    """Bound the functions still open on the cone by the threshold: CLOSED, OPEN or VIOLATED.

    If OPEN, facts.open are the functions left and an edge is chosen; if VIOLATED, V is a direction that passes the
    threshold. facts.bound is a bound in any case.
    """
    facts = cone.facts[0]
    vectors = work.vectors
    weights = vectors[WEIGHTS]
    measure(f, cone, work)
    largest = threshold
    left = 0
    worst = 0
    for function in range(FUNCTIONS):
        if not facts.open & (1 << function):
            continue
        central = central_bound(cone, vectors, function)
        if central <= threshold:
            continue
        bound = descend(f, cone, work, function, central, threshold)
        if bound <= threshold:
            continue
        status = VIOLATED if violates(f, cone, work, threshold) else OPEN
        terms = facts.positive if function < 2 else facts.points - facts.positive
        if status == OPEN and terms <= FINISHED:
            status = go_through_signs(f, cone, work, function, threshold)
        if status == VIOLATED:
            return VIOLATED
        if status == CLOSED:
            continue
        left |= 1 << function
        if bound > largest:
            largest = bound
            worst = function
            top = 0.0
            for k in range(weights.size):
                top = max(top, weights[k])
            for k in range(weights.size):
                vectors[WORST, k] = max(weights[k], 0.0) / max(top, 1e-300)
    facts.open = left
    facts.bound = min(facts.bound, largest)
    if left == 0:
        return CLOSED
    choose_edge(cone, work, worst, threshold)
    return OPEN
