"""The largest dual correlation over all directions, by branch and bound.

h(theta) = max_{||u|| <= 1} |theta'(Xu)_+|
"""

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from time import time
from typing import NamedTuple

import numpy as np

from ..compiling import ANY_ORDER, compiled, loose_kernel
from . import nodes
from .limits import UNLIMITED, Limits
from .nodes import (
    CLOSED,
    DIRECTION,
    HIGHEST,
    LOWEST,
    PRODUCT,
    VIOLATED,
    WEIGHTS,
    Correlation,
    add,
    copy,
    dot,
    fill,
)

DEEPEST = 100  # splits of a cone: what is left then is reported as not bounded

# Cones bounded between two looks at the clock: some milliseconds.
BUDGET = 2000

# Directions kept of one part of the sphere: their patterns join the program, and the next search
# finds others.
KEPT = 40

# Times that the threshold rises on one cone, each time to above what a direction attains: a few do.
CLIMBS = 100

# Parts into which the sphere is cut before they are searched one by one: so many that two or more
# cores are busy to the end, and so few that cutting costs milliseconds.
PARTS = 2048

# Parts of one task, and tasks between which nothing stops: what is found does not depend on how
# many cores there are.
TOGETHER = 8
WAVE = 32

# More dimensions have more orthants than are worth a look: 2^15.
MOST_DIMENSIONS = 16

UNIT = np.finfo(float).eps

STATE = np.dtype(
    [
        ("threshold", np.float64),
        ("raising", np.float64),  # from what is attained to the threshold; 0: it stays
        ("noise", np.float64),  # and what rounding may add: else it would creep up for ever
        ("height", np.int64),  # cones on the stack
        ("next_root", np.int64),
        ("nodes", np.int64),  # cones bounded
        ("closed", np.float64),  # share of the sphere done
        ("left", np.int64),  # cones left unbounded
        ("left_bound", np.float64),  # the largest bound of any
        ("found", np.int64),  # directions above the threshold
        ("cut", np.int64),  # splits after which an open cone is set aside
        ("aside", np.int64),  # cones set aside
    ],
    align=True,
)


class Roots(NamedTuple):
    """R cones to begin with, of generators and normals as in `nodes.Cones`."""

    generators: np.ndarray  # (R r, r)
    normals: np.ndarray  # (R r, r)
    open: np.ndarray  # (R,)
    share: np.ndarray  # (R,), of the sphere
    bound: np.ndarray  # (R,), of |A| + |q'u|

    def some(self, which: np.ndarray) -> "Roots":
        """Those of the given numbers."""
        r = self.generators.shape[1]
        rows = (which[:, None] * r + np.arange(r)).ravel()
        return Roots(
            self.generators[rows],
            self.normals[rows],
            self.open[which],
            self.share[which],
            self.bound[which],
        )


@loose_kernel
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


@loose_kernel
def begin_root(f, cones, roots, number):
    """A root in place 0, none of its points decided."""
    r = cones.decided.shape[1]
    facts = cones.facts[0]
    facts.open = roots.open[number]
    facts.points = len(f.squares)
    facts.positive = f.positive
    facts.depth = -1  # the root itself, its points decided, is its only child
    facts.share = roots.share[number]
    facts.bound = roots.bound[number]
    facts.first = -1
    facts.second = -1
    for k in range(r):
        cones.decided[0, k] = 0.0
        copy(cones.generators, k, roots.generators, number * r + k)
        copy(cones.normals, k, roots.normals, number * r + k)
        for j in range(facts.points):
            cones.products[0, k, j] = dot(f.points, j, cones.generators, k)
            cones.members[0, j] = j


@loose_kernel
def cut_edge(f, cones, i, work):
    """The direction on the cone's chosen edge, by its coordinates: |A| + |q'u| there."""
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


@loose_kernel
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


@loose_kernel
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


@loose_kernel
def make_child(cones, parent, child, work, replaced, other):
    """The part of the parent in which the direction is the generator `replaced` (-1: all of it)."""
    move(cones, parent, child)
    cones.facts[child].depth += 1
    if replaced >= 0:
        replace(cones, parent, child, work, replaced, other)
        for j in range(cones.facts[child].points):
            cones.products[child, replaced, j] = work.points[PRODUCT, j]
    settle_points(cones, child, work)


@loose_kernel
def set_aside(cones, i, state, aside):
    """Put a cone among those that other calls go on with, if there is room. Returns whether."""
    number = state.aside
    if number == len(aside.open):
        return False
    r = cones.decided.shape[1]
    for k in range(r):
        copy(aside.generators, number * r + k, cones.generators, i * r + k)
        copy(aside.normals, number * r + k, cones.normals, i * r + k)
    facts = cones.facts[i]
    aside.open[number] = facts.open
    aside.share[number] = facts.share
    aside.bound[number] = facts.bound
    state.aside = number + 1
    return True


@loose_kernel
def note(state, found, values, vectors, value):
    """Record the direction; while `raising`, the threshold rises to just above its value."""
    number = 0 if state.raising > 0 else state.found
    copy(found, number, vectors, DIRECTION)
    values[number] = value
    if state.raising > 0:
        state.threshold = max(state.threshold, value * state.raising + state.noise)
    state.found = number + 1


@loose_kernel
def go_on(f, roots, cones, states, work, found, values, aside, budget):
    """Go on with the search for `budget` cones, or until it is over or `found` is full.

    Returns whether it is over. Directions that pass the threshold are put in `found` (most, r),
    what they attain in `values`; cones open after `cut` splits are put `aside`. Two children are
    built above their parent, and the last one that stays open takes its place.
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
            climbs = 0
            while status == VIOLATED and climbs < CLIMBS:
                climbs += 1
                status = nodes.bound_cone(f, cones, top, work, state.threshold)
                if status == VIOLATED:
                    value = nodes.visit(f, cones, top, work)
                    note(state, found, values, work.vectors, value)
                    if state.raising == 0:
                        break
            state.nodes += 1
            if status == CLOSED:
                state.closed += child.share
            elif status == VIOLATED or child.depth >= DEEPEST or child.first == child.second:
                state.left += 1
                state.left_bound = max(state.left_bound, child.bound)
            elif child.depth < state.cut or not set_aside(cones, top, state, aside):
                top += 1
        if top > parent + 1:
            move(cones, top - 1, parent)
        state.height = top - 1
    return True


@compiled(**ANY_ORDER)
def explore(f, roots, cones, states, work, found, values, aside, budget):
    """`go_on`, as Python calls it: what kernels alone call is compiled for one kind of caller."""
    return go_on(f, roots, cones, states, work, found, values, aside, budget)


class Part(NamedTuple):
    """What a part of a search has shown.

    upper: the correlation is not above it there. values (k,): what the directions (k, r), of
    length 1, attain.
    closed: the share of the sphere that is done. complete: all of the part was gone through.
    """

    upper: float
    directions: np.ndarray
    values: np.ndarray
    nodes: int
    closed: float
    complete: bool
    aside: Roots | None = None


class Quest(NamedTuple):
    """Where the correlation passes the threshold.

    raising: 0, or a factor above 1: then the threshold rises with what is attained, times that,
    plus `noise`.
    """

    f: Correlation
    threshold: float
    raising: float = 0.0
    noise: float = 0.0


def explore_part(quest: Quest, roots: Roots, until: float, cut: int = DEEPEST) -> Part:
    """Search the cones of `roots`, till the clock says `until`; set aside those open after `cut`.

    until: as of time.time(), which other machines know too.
    """
    f = quest.f
    n = len(f.squares)
    r = f.points.shape[1]
    states = np.zeros(1, STATE).view(np.recarray)  # fields by name, compiled or not
    state = states[0]
    state["threshold"] = quest.threshold
    state["raising"] = quest.raising
    state["noise"] = quest.noise
    state["cut"] = cut
    most = DEEPEST + 4
    cones = nodes.Cones(
        generators=np.zeros((most * r, r)),
        normals=np.zeros((most * r, r)),
        decided=np.zeros((most, r)),
        products=np.empty((most, r, n)),  # few of which a search comes to
        members=np.empty((most, n), np.int64),
        facts=np.zeros(most, nodes.FACTS).view(np.recarray),
    )
    work = nodes.workspace(n, r)
    found = np.zeros((KEPT, r))
    values = np.zeros(KEPT)
    aside = _no_roots(r, PARTS if cut < DEEPEST else 0)
    over = False
    full = False
    while not (over or full or time() > until):
        over = explore(f, roots, cones, states, work, found, values, aside, BUDGET)
        full = state["found"] + 3 > KEPT
    count = int(state["found"])
    on_stack = cones.facts["bound"][: state["height"]]
    not_begun = roots.bound[state["next_root"] :]
    bounds = np.concatenate([[state["threshold"], state["left_bound"]], on_stack, not_begun])
    return Part(
        upper=float(bounds.max()),
        directions=found[:count] / np.linalg.norm(found[:count], axis=1)[:, None],
        values=values[:count],
        nodes=int(state["nodes"]),
        closed=float(state["closed"]),
        complete=bool(over),
        aside=aside.some(np.arange(state["aside"])),
    )


class Outcome(NamedTuple):
    """What a search has shown of h = max_{||u|| <= 1} |theta'(Xu)_+|.

    upper: h is not above it. lower: what the best direction found attains.
    directions (k, d): those that pass the threshold, of length 1.
    nodes: cones bounded. closed: the share of the sphere on which h is at most the threshold.
    complete: whether the whole sphere was gone through.
    """

    upper: float
    lower: float
    directions: np.ndarray
    nodes: int
    closed: float
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

        Assumed of the floating point: every sum, product, quotient and square root of doubles is
        within one unit in the last place, sums in any order. A generator is rounded once a split,
        which moves the directions of its cone by as much, and its products with it; sums have n
        terms. The correlation changes by at most sum_j |theta_j| ||x_j|| times the change of a
        direction.
        """
        n, r = self.points.shape
        steepness = float(np.abs(theta) @ self.sizes)
        return (4 * DEEPEST * r + 2 * n + 50) * UNIT * steepness

    def simple_bound(self, theta: np.ndarray) -> float:
        """A bound on h without any search: of the terms of one sign alone, by Cauchy and Schwarz.

        The sum of theta_j (x_j'u)_+ over theta_j > 0 is at most the square root of sum_j theta_j
        times the largest eigenvalue of sum_j theta_j x_j x_j'.
        """
        bound = 0.0
        for sign in (1, -1):
            weights = np.maximum(sign * theta, 0)
            largest = np.linalg.norm(np.sqrt(weights)[:, None] * self.points, 2)
            bound = max(bound, np.sqrt(weights.sum()) * largest)
        return float(bound) + self.margin(theta)


def search(
    sphere: Sphere,
    theta: np.ndarray,
    threshold: float,
    limits: Limits = UNLIMITED,
    raising: float = 0.0,
    executor: Executor | None = None,
) -> Outcome:
    """Whether |theta'(Xu)_+| passes the threshold for a unit u, and where.

    raising: 0, or a factor above 1: then the threshold rises with what is attained, times that
    factor (and what rounding adds), so that `upper` and `lower` enclose h. executor: carries the
    parts of the sphere (None: threads, one a core). What is found does not depend on it, unless
    time ran out.
    """
    margin = sphere.margin(theta)
    simple = sphere.simple_bound(theta)
    r = len(sphere.basis)
    quest = Quest(sphere.correlation(theta), threshold - margin, raising, margin)
    if r > MOST_DIMENSIONS or limits.passed():
        return Outcome(simple, 0.0, np.zeros((0, sphere.basis.shape[1])), 0, 0.0, False)
    if r == 1:
        return _on_a_line(sphere, theta, threshold, margin)
    roots = roots_of(r, simple)
    cut = max(1, int(np.log2(PARTS / len(roots.open))))
    parts = [explore_part(quest, roots, time() + limits.left(), cut)]
    if len(parts[0].aside.open):
        parts += _explored(quest, parts[0], limits, executor)
    lower = max(part.values.max(initial=0.0) for part in parts)
    outcome = Outcome(
        upper=min(max(lower, *(part.upper for part in parts)) + margin, simple),
        lower=lower,
        directions=np.vstack([part.directions for part in parts]) @ sphere.basis,
        nodes=sum(part.nodes for part in parts),
        closed=sum(part.closed for part in parts),
        complete=all(part.complete for part in parts),
    )
    limits.report(nodes=outcome.nodes, closed=outcome.closed, open_bound=outcome.upper)
    return outcome


def _on_a_line(sphere, theta, threshold, margin):
    """The Outcome where there is one direction, and its opposite."""
    both = np.vstack([sphere.basis, -sphere.basis])
    values = np.abs(theta @ np.maximum(sphere.points @ [[1.0, -1.0]], 0))
    largest = float(values.max())
    above = values > threshold
    return Outcome(largest + margin, largest, both[above], 2, 1.0, True)


def _explored(quest, first, limits, executor):
    """The Parts of what a first call has set aside, the most promising cones first."""
    aside = first.aside.some(np.argsort(-first.aside.bound, kind="stable"))
    size = TOGETHER * WAVE
    found = len(first.values)
    parts = []
    with _threads() if executor is None else nullcontext(executor) as pool:
        for begin in range(0, len(aside.open), size):
            if found and quest.raising:
                attained = max(part.values.max(initial=0.0) for part in [first, *parts])
                raised = attained * quest.raising + quest.noise
                quest = quest._replace(threshold=max(quest.threshold, raised))
            if limits.passed() or (found and not quest.raising):
                parts.append(_not_begun(aside.some(np.arange(begin, len(aside.open)))))
                break
            wave = np.arange(begin, min(begin + size, len(aside.open)))
            roots = [aside.some(wave[k::WAVE]) for k in range(min(WAVE, len(wave)))]
            part = partial(explore_part, quest, until=time() + limits.left())
            parts += pool.map(part, roots)
            found += sum(len(part.values) for part in parts[-len(roots) :])
            nodes_so_far = sum(part.nodes for part in [first, *parts])
            closed = sum(part.closed for part in [first, *parts])
            limits.report(nodes=nodes_so_far, closed=closed, open_bound=aside.bound[wave[-1]])
    return parts


def _threads():
    """Threads, one a core: compiled code runs in them side by side."""
    return ThreadPoolExecutor(os.cpu_count())


def _not_begun(roots):
    """The Part of cones that were not looked at."""
    r = roots.generators.shape[1]
    return Part(roots.bound.max(), np.zeros((0, r)), np.zeros(0), 0, 0.0, False)


def roots_of(r: int, bound: float) -> Roots:
    """The orthants of half the sphere in r dimensions, on which `bound` is known."""
    count = 2 ** (r - 1)
    signs = 1.0 - 2.0 * (np.arange(count)[:, None] >> np.arange(r) & 1)
    signs = np.roll(signs, 1, axis=1)  # the first sign is +
    signs[:, 0] = 1.0
    corners = (signs[:, :, None] * np.eye(r)).reshape(-1, r)
    every = np.full(count, 2**nodes.FUNCTIONS - 1)
    shares = np.full(count, 1 / count)
    return Roots(corners, corners.copy(), every, shares, np.full(count, bound))


def _no_roots(r, count):
    """Room for so many cones."""
    return Roots(
        generators=np.zeros((count * r, r)),
        normals=np.zeros((count * r, r)),
        open=np.zeros(count, np.int64),
        share=np.zeros(count),
        bound=np.zeros(count),
    )
