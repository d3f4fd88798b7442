"""The largest dual correlation over all directions, by branch and bound.

    h(theta) = max_{||u|| <= 1} |theta'(Xu)_+|
"""

from typing import NamedTuple

import numpy as np

from ..compiling import compiled
from . import nodes
from .nodes import CLOSED, GENERATORS, NORMALS, VIOLATED, copy, copy_rows, dot, kernel, length

DEEPEST = 200  # splits of a cone: what is left then is reported as not bounded


STATE = np.dtype(
    [
        ("threshold", np.float64),
        ("height", np.int64),  # cones on the stack
        ("next_root", np.int64),
        ("nodes", np.int64),  # cones bounded
        ("closed", np.float64),  # share of the sphere done
        ("left", np.int64),  # cones left aside, and the largest bound of any
        ("left_bound", np.float64),
        ("deepest", np.int64),
        ("found", np.int64),  # directions above the threshold
        ("attained", np.float64),  # the largest |theta'(Xu)_+| met
        ("raising", np.float64),
    ],
    align=True,
)

CUT = np.dtype(
    [
        ("decided", np.float64),  # the new generator's sum over the decided points
        ("first", np.float64),  # its coefficients of the ends of the edge
        ("second", np.float64),
    ],
    align=True,
)

PRODUCTS, LOWEST, HIGHEST = range(3)  # in Split.points, of each undecided point of the parent


class Stack(NamedTuple):
    """Cones waiting to be split, the next one last: the arrays of Cone, one after another."""

    frame: np.ndarray  # (most, 2, r, r)
    decided: np.ndarray  # (most, r)
    products: np.ndarray  # (r, room)
    members: np.ndarray  # (room,)
    facts: np.ndarray  # (most,)
    begin: np.ndarray  # (most + 1,), where a cone's points begin


class Roots(NamedTuple):
    """Cones to begin with."""

    frame: np.ndarray  # (R, 2, r, r)
    open: np.ndarray  # (R,)
    share: np.ndarray  # (R,)


class Split(NamedTuple):
    """A new generator and what belongs to it."""

    generator: np.ndarray  # (r,)
    points: np.ndarray  # (3, n): its products, and the range of the products of a child
    kept: np.ndarray  # (n,), points that a child has yet to decide
    cut: np.ndarray  # (1,), CUT


class Found(NamedTuple):
    """Directions above the threshold."""

    directions: np.ndarray  # (most, r)
    values: np.ndarray  # (most,)


@kernel
def push(stack, state, cone):
    """Put the cone on the stack. Returns whether there was room."""
    facts = cone.facts[0]
    i = state.height
    begin = stack.begin[i]
    end = begin + facts.points
    if i == len(stack.facts) or end > stack.members.size:
        return False
    copy_rows(stack.frame[i, GENERATORS], cone.frame[GENERATORS])
    copy_rows(stack.frame[i, NORMALS], cone.frame[NORMALS])
    copy(stack.decided[i], cone.decided)
    for k in range(len(cone.decided)):
        copy(stack.products[k, begin:end], cone.products[k, : facts.points])
    copy(stack.members[begin:end], cone.members[: facts.points])
    stack.facts[i] = facts
    stack.begin[i + 1] = end
    state.height += 1
    return True


@kernel
def pop(stack, state, cone):
    """Take the last cone from the stack."""
    state.height -= 1
    i = state.height
    facts = stack.facts[i]
    begin = stack.begin[i]
    end = begin + facts.points
    copy_rows(cone.frame[GENERATORS], stack.frame[i, GENERATORS])
    copy_rows(cone.frame[NORMALS], stack.frame[i, NORMALS])
    copy(cone.decided, stack.decided[i])
    for k in range(len(cone.decided)):
        copy(cone.products[k], stack.products[k, begin:end])
    copy(cone.members, stack.members[begin:end])
    cone.facts[0] = facts


@kernel
def widen(points, products):
    """Widen the range of each point by its product with one more generator."""
    lowest = points[LOWEST]
    highest = points[HIGHEST]
    for j in range(products.size):
        lowest[j] = min(lowest[j], products[j])
        highest[j] = max(highest[j], products[j])


@kernel
def inherit(parent, split, replaced, child):
    """The child's undecided points and sums: those of the parent with the generator `replaced` by the new one.

    `replaced` may be -1: then the child is the parent.
    """
    facts = parent.facts[0]
    points = split.points
    m = facts.points
    r = len(parent.decided)
    nodes.fill(points[LOWEST, :m], np.inf)
    nodes.fill(points[HIGHEST, :m], -np.inf)
    for k in range(r):
        widen(points, points[PRODUCTS, :m] if k == replaced else parent.products[k, :m])
    count = 0
    positive = 0
    for j in range(m):
        if points[LOWEST, j] < 0 and points[HIGHEST, j] > 0:
            split.kept[count] = j
            child.members[count] = parent.members[j]
            count += 1
            positive += j < facts.positive
    for k in range(r):
        total = split.cut[0].decided if k == replaced else parent.decided[k]
        products = points[PRODUCTS, :m] if k == replaced else parent.products[k, :m]
        for j in range(m):
            sign = 1.0 if j < facts.positive else -1.0
            if points[LOWEST, j] >= 0:
                total += sign * products[j]
            elif points[HIGHEST, j] <= 0:
                total -= sign * products[j]
        child.decided[k] = total
        for i in range(count):
            child.products[k, i] = products[split.kept[i]]
    child.facts[0] = facts
    child.facts[0].points = count
    child.facts[0].positive = positive


@kernel
def cut_edge(f, parent, split):
    """The new generator on the parent's chosen edge. Returns |A| + |q'u| there."""
    facts = parent.facts[0]
    generators = parent.frame[GENERATORS]
    new = split.generator
    a = facts.first
    c = facts.second
    for i in range(new.size):
        new[i] = (1 - facts.along) * generators[a, i] + facts.along * generators[c, i]
    size = length(new)
    first = (1 - facts.along) / size
    second = facts.along / size
    for i in range(new.size):
        new[i] = first * generators[a, i] + second * generators[c, i]
    products = split.points[PRODUCTS, : facts.points]
    left = parent.products[a, : facts.points]
    right = parent.products[c, : facts.points]
    decided = first * parent.decided[a] + second * parent.decided[c]
    even = decided
    for j in range(products.size):
        products[j] = first * left[j] + second * right[j]
    for j in range(products.size):
        even += abs(products[j]) if j < facts.positive else -abs(products[j])
    split.cut[0].decided = decided
    split.cut[0].first = first
    split.cut[0].second = second
    return abs(even) + abs(dot(f.odd, new))


@kernel
def make_child(parent, split, replace_first, child):
    """The half of the parent in which the new generator takes the place of the first, or the second, end of its edge."""
    facts = parent.facts[0]
    cut = split.cut[0]
    generators = parent.frame[GENERATORS]
    normals = parent.frame[NORMALS]
    replaced = facts.first if replace_first else facts.second
    other = facts.second if replace_first else facts.first
    mine = cut.first if replace_first else cut.second
    its = cut.second if replace_first else cut.first
    inherit(parent, split, replaced, child)
    copy_rows(child.frame[GENERATORS], generators)
    copy(child.frame[GENERATORS, replaced], split.generator)
    copy_rows(child.frame[NORMALS], normals)
    for i in range(len(generators)):
        child.frame[NORMALS, replaced, i] = normals[replaced, i] / mine
        child.frame[NORMALS, other, i] -= its / mine * normals[replaced, i]
    before = 0.0
    after = 0.0
    for i in range(len(generators)):
        before += abs(generators[replaced, i])
        after += abs(split.generator[i])
    child.facts[0].share = facts.share * mine * before / after
    child.facts[0].depth = facts.depth + 1


@kernel
def begin_root(f, roots, number, parent, split, child):
    """A root as `child`, its points decided where they can be."""
    for k in range(f.odd.size):
        for j in range(len(f.points)):
            parent.products[k, j] = dot(roots.frame[number, GENERATORS, k], f.points[j])
        parent.decided[k] = 0.0
    for j in range(len(f.points)):
        parent.members[j] = j
    parent.facts[0].open = roots.open[number]
    parent.facts[0].positive = f.positive
    parent.facts[0].points = len(f.points)
    parent.facts[0].depth = 0
    parent.facts[0].share = roots.share[number]
    parent.facts[0].bound = np.inf
    inherit(parent, split, -1, child)
    copy_rows(child.frame[GENERATORS], roots.frame[number, GENERATORS])
    copy_rows(child.frame[NORMALS], roots.frame[number, NORMALS])


@kernel
def note(found, state, f, u):
    """Record the direction of u; while `raising`, the threshold rises to just above its value."""
    size = length(u)
    value = nodes.magnitude(f, u) / size
    state.attained = max(state.attained, value)
    i = state.found
    if state.raising > 0:
        state.threshold = max(state.threshold, value * state.raising)
        i = 0
    state.found = i + 1
    for k in range(u.size):
        found.directions[i, k] = u[k] / size
    found.values[i] = value


@kernel
def leave(state, cone):
    """Set the cone aside, with its bound."""
    state.left += 1
    state.left_bound = max(state.left_bound, cone.facts[0].bound)


@kernel
def settle(f, stack, state, cone, work, found):
    """Bound a cone: closed, put on the stack, or left aside."""
    state.nodes += 1
    facts = cone.facts[0]
    status = VIOLATED
    trying = True
    while trying:
        status = nodes.bound_cone(f, cone, work, state.threshold)
        trying = status == VIOLATED and state.raising > 0
        if status == VIOLATED:
            note(found, state, f, work.vectors[nodes.V])
    state.deepest = max(state.deepest, facts.depth)
    if status == CLOSED:
        state.closed += facts.share
        return
    kept = status != VIOLATED and facts.depth < DEEPEST and facts.first != facts.second
    if kept:
        kept = push(stack, state, cone)
    if not kept:
        leave(state, cone)


@compiled()
def explore(f, roots, stack, states, parent, child, split, work, found, budget):
    """Go on with the search for `budget` cones, or until it is over or `found` is full. Returns whether it is over."""
    state = states[0]
    end = state.nodes + budget
    second = False
    while second or state.height > 0 or state.next_root < len(roots.frame):
        if second:
            make_child(parent, split, False, child)
            second = False
        elif state.nodes >= end or state.found + 3 > len(found.values):
            return False
        elif state.height == 0:
            begin_root(f, roots, state.next_root, parent, split, child)
            state.next_root += 1
        else:
            pop(stack, state, parent)
            value = cut_edge(f, parent, split)
            if value > state.threshold:
                note(found, state, f, split.generator)
                if state.raising == 0:
                    leave(state, parent)
                    continue
            make_child(parent, split, True, child)
            second = True
        settle(f, stack, state, child, work, found)
    return True
