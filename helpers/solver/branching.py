"""The largest dual correlation over all directions, by branch and bound.

    h(theta) = max_{||u|| <= 1} |theta'(Xu)_+|
"""

from typing import NamedTuple

import numpy as np

from ..compiling import ANY_ORDER, compiled
from . import nodes
from .nodes import (
    Correlation,
    CLOSED,
    DIRECTION,
    HIGHEST,
    LOWEST,
    OPEN,
    PRODUCT,
    VIOLATED,
    WEIGHTS,
    add,
    copy,
    dot,
    fill,
    kernel,
    length,
)

DEEPEST = 100  # splits of a cone: what is left then is reported as not bounded


STATE = np.dtype(
    [
        ("threshold", np.float64),
        ("raising", np.float64),  # factor from what a direction attains to the threshold; 0: it stays
        ("height", np.int64),  # cones on the stack
        ("next_root", np.int64),
        ("nodes", np.int64),  # cones bounded
        ("closed", np.float64),  # share of the sphere done
        ("left", np.int64),  # cones left aside
        ("left_bound", np.float64),  # the largest bound of any
        ("deepest", np.int64),
        ("found", np.int64),  # directions above the threshold
    ],
    align=True,
)


class Roots(NamedTuple):
    """Cones to begin with."""

    generators: np.ndarray  # (R r, r)
    normals: np.ndarray  # (R r, r)
    open: np.ndarray  # (R,)
    share: np.ndarray  # (R,)


@kernel
def move(cones, source, target):
    """Put a cone in the place of another."""
    r = cones.decided.shape[1]
    m = cones.facts[source].points
    copy(cones.decided, target, cones.decided, source)
    for k in range(r):
        copy(cones.generators, target * r + k, cones.generators, source * r + k)
        copy(cones.normals, target * r + k, cones.normals, source * r + k)
    for j in range(m):
        cones.members[target, j] = cones.members[source, j]
        for k in range(r):
            cones.products[target, k, j] = cones.products[source, k, j]
    cones.facts[target] = cones.facts[source]


@kernel
def begin_root(f, cones, roots, number):
    """A root in place 0, none of its points decided."""
    r = cones.decided.shape[1]
    facts = cones.facts[0]
    facts.open = roots.open[number]
    facts.points = len(f.squares)
    facts.positive = f.positive
    facts.depth = -1  # the root itself, its points decided, is its only child
    facts.share = roots.share[number]
    facts.bound = np.inf
    facts.first = -1
    facts.second = -1
    for k in range(r):
        cones.decided[0, k] = 0.0
        copy(cones.generators, k, roots.generators, number * r + k)
        copy(cones.normals, k, roots.normals, number * r + k)
        for j in range(facts.points):
            cones.products[0, k, j] = dot(f.points, j, cones.generators, k)
            cones.members[0, j] = j


@kernel
def cut_edge(f, cones, i, work):
    """The direction on the cone's chosen edge: its coordinates, of length 1. Returns |A| + |q'u| there."""
    facts = cones.facts[i]
    vectors = work.vectors
    r = vectors.shape[1]
    cosine = dot(cones.generators, i * r + facts.first, cones.generators, i * r + facts.second)
    first = 1 - facts.along
    second = facts.along
    size = np.sqrt(first * first + 2 * first * second * cosine + second * second)
    fill(vectors, WEIGHTS, r, 0.0)
    vectors[WEIGHTS, facts.first] = first / size
    vectors[WEIGHTS, facts.second] = second / size
    return nodes.visit(f, cones, i, work)


@kernel
def replace(cones, parent, child, work, replaced, other):
    """Put the direction, on the edge to the generator `other`, in the place of `replaced`."""
    vectors = work.vectors
    r = vectors.shape[1]
    weight = vectors[WEIGHTS, replaced]
    mine = child * r + replaced
    before = 0.0
    after = 0.0
    for k in range(r):
        before += abs(cones.generators[parent * r + replaced, k])
        after += abs(vectors[DIRECTION, k])
    cones.facts[child].share *= weight * before / after
    cones.decided[child, replaced] = dot(cones.decided, parent, vectors, WEIGHTS)
    copy(cones.generators, mine, vectors, DIRECTION)
    add(cones.normals, mine, 1 / weight - 1, cones.normals, mine)
    add(cones.normals, child * r + other, -vectors[WEIGHTS, other], cones.normals, mine)


@kernel
def settle_points(cones, child, work):
    """Decide those points of the child whose products have one sign."""
    facts = cones.facts[child]
    products = cones.products
    points = work.points
    r = cones.decided.shape[1]
    m = facts.points
    fill(points, LOWEST, m, np.inf)
    fill(points, HIGHEST, m, -np.inf)
    for k in range(r):
        for j in range(m):
            points[LOWEST, j] = min(points[LOWEST, j], products[child, k, j])
            points[HIGHEST, j] = max(points[HIGHEST, j], products[child, k, j])
    positive = 0
    count = 0
    for j in range(m):
        sign = 1.0 - 2.0 * (j >= facts.positive)
        sign = sign if points[LOWEST, j] >= 0 else -sign
        undecided = points[LOWEST, j] < 0 and points[HIGHEST, j] > 0
        if undecided:
            cones.members[child, count] = cones.members[child, j]
        for k in range(r):
            if undecided:
                products[child, k, count] = products[child, k, j]
            else:
                cones.decided[child, k] += sign * products[child, k, j]
        count += undecided
        positive += undecided and j < facts.positive
    facts.points = count
    facts.positive = positive


@kernel
def make_child(cones, parent, child, work, replaced, other):
    """The part of the parent in which the direction takes the place of the generator `replaced`, if that is not -1."""
    move(cones, parent, child)
    cones.facts[child].depth += 1
    if replaced >= 0:
        replace(cones, parent, child, work, replaced, other)
        for j in range(cones.facts[child].points):
            cones.products[child, replaced, j] = work.points[PRODUCT, j]
    settle_points(cones, child, work)


@kernel
def note(state, found, values, vectors, value):
    """Record the direction; while `raising`, the threshold rises to just above its value."""
    number = 0 if state.raising > 0 else state.found
    copy(found, number, vectors, DIRECTION)
    values[number] = value
    state.threshold = max(state.threshold, value * state.raising)
    state.found = number + 1


@compiled(**ANY_ORDER, no_cfunc_wrapper=True)
def explore(f, roots, cones, states, work, found, values, budget):
    """Go on with the search for `budget` cones, or until it is over or `found` is full. Returns whether it is over.

    Directions that pass the threshold are put in `found` (most, r), what they attain in `values`. Two children are built
    above their parent, and the last one that stays open takes its place.
    """
    state = states[0]
    end = state.nodes + budget
    while state.height > 0 or state.next_root < len(roots.open):
        if state.nodes >= end or state.found + 3 > len(found):
            return False
        parent = state.height - 1
        children = 2
        if parent < 0:
            begin_root(f, cones, roots, state.next_root)
            state.next_root += 1
            parent = 0
            children = 1
        facts = cones.facts[parent]
        top = parent + 1
        for number in range(children):
            if children == 2:
                value = cut_edge(f, cones, parent, work)
                if number == 0 and value > state.threshold:
                    note(state, found, values, work.vectors, value)
            replaced = facts.first if number == 0 else facts.second
            other = facts.second if number == 0 else facts.first
            make_child(cones, parent, top, work, replaced, other)
            child = cones.facts[top]
            status = VIOLATED
            while status == VIOLATED:
                status = nodes.bound_cone(f, cones, top, work, state.threshold)
                if status == VIOLATED:
                    value = nodes.visit(f, cones, top, work)
                    note(state, found, values, work.vectors, value)
                    if state.raising == 0:
                        break
            state.nodes += 1
            state.deepest = max(state.deepest, child.depth)
            if status == CLOSED:
                state.closed += child.share
            elif status == OPEN and child.depth < DEEPEST and child.first != child.second:
                top += 1
            else:
                state.left += 1
                state.left_bound = max(state.left_bound, child.bound)
        if top > parent + 1:
            move(cones, top - 1, parent)
        state.height = top - 1
    return True


# Cones bounded between two looks at the clock: some milliseconds.
BUDGET = 2000

# Directions kept of one search: their patterns join the program, and the next search finds others.
KEPT = 40

UNIT = np.finfo(float).eps


class Outcome(NamedTuple):
    """What a search has shown of h = max_{||u|| <= 1} |theta'(Xu)_+|.

    upper: h is not above it (infinite if the search was stopped before all roots were bounded).
    lower: what the best direction found attains.
    directions (k, d): those that pass the threshold, of length 1.
    nodes: cones bounded.
    complete: whether the whole sphere was gone through.
    """

    upper: float
    lower: float
    directions: np.ndarray
    nodes: int
    complete: bool


class Sphere:
    """The directions of the row space of X (n, d), in coordinates in which the data are spread."""

    def __init__(self, X: np.ndarray):
        _, s, Vt = np.linalg.svd(X, full_matrices=False)
        rank = int(np.sum(s > max(X.shape) * UNIT * s[0]))
        self.basis = Vt[:rank]
        self.points = X @ self.basis.T
        self.sizes = np.linalg.norm(X, axis=1)

    def correlation(self, theta: np.ndarray) -> Correlation:
        """A and q of the dual correlation of theta (n,), the points of positive theta first."""
        used = np.flatnonzero((theta != 0) & (self.sizes > 0))
        order = np.concatenate([used[theta[used] > 0], used[theta[used] < 0]])
        q = theta @ self.points / 2
        C = np.abs(theta[order, None]) * self.points[order] / 2
        squares = np.einsum("ij,ij->i", C, C)
        return Correlation(np.vstack([C, q]), squares, int(np.sum(theta[used] > 0)))

    def margin(self, theta: np.ndarray) -> float:
        """What rounding may have hidden of the correlation, to first order.

        A generator is rounded once a split, which moves the directions of its cone by as much, and
        the products with it; sums have n terms. The correlation changes by at most
        sum_j |theta_j| ||x_j|| times the change of a direction.
        """
        n, r = self.points.shape
        steepness = float(np.abs(theta) @ self.sizes)
        return (4 * DEEPEST * r + 2 * n + 50) * UNIT * steepness


def roots_of(r: int) -> Roots:
    """The orthants of half the sphere in r dimensions."""
    count = 2 ** (r - 1)
    signs = 1.0 - 2.0 * (np.arange(count)[:, None] >> np.arange(r) & 1)
    signs = np.roll(signs, 1, axis=1)  # the first sign is +
    signs[:, 0] = 1.0
    corners = (signs[:, :, None] * np.eye(r)).reshape(-1, r)
    return Roots(corners, corners.copy(), np.full(count, 15), np.full(count, 1 / count))


def search(
    sphere: Sphere,
    theta: np.ndarray,
    threshold: float,
    stopped=lambda: False,
    raising: float = 0.0,
) -> Outcome:
    """Whether |theta'(Xu)_+| passes the threshold for a unit u, and where.

    raising: 0, or a factor above 1: then the threshold rises with what is attained, times that
    factor, so that `upper` and `lower` enclose h.
    """
    f = sphere.correlation(theta)
    n = len(f.squares)
    r = sphere.basis.shape[0]
    margin = sphere.margin(theta)
    states = np.zeros(1, STATE)
    state = states[0]
    state["threshold"] = threshold - margin
    state["raising"] = raising
    most = DEEPEST + 4
    cones = nodes.Cones(
        generators=np.zeros((most * r, r)),
        normals=np.zeros((most * r, r)),
        decided=np.zeros((most, r)),
        products=np.zeros((most, r, n)),
        members=np.zeros((most, n), np.int64),
        facts=np.zeros(most, nodes.FACTS),
    )
    work = nodes.workspace(n, r)
    found = np.zeros((KEPT, r))
    values = np.zeros(KEPT)
    roots = roots_of(r)
    over = False
    full = False
    while not (over or full or stopped()):
        over = explore(f, roots, cones, states, work, found, values, BUDGET)
        full = state["found"] + 3 > KEPT
    count = int(state["found"])
    left = cones.facts["bound"][: state["height"]].max(initial=0.0)
    upper = max(float(state["threshold"]), float(state["left_bound"]), float(left))
    if state["next_root"] < len(roots.open):
        upper = np.inf
    lower = float(values[:count].max(initial=0.0))
    return Outcome(
        upper=max(upper, lower) + margin,
        lower=lower,
        directions=found[:count] @ sphere.basis,
        nodes=int(state["nodes"]),
        complete=bool(over),
    )
