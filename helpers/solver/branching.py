"""The largest dual correlation over all directions, by branch and bound.

    h(theta) = max_{||u|| <= 1} |theta'(Xu)_+|
"""

from typing import NamedTuple

import numpy as np

from ..compiling import ANY_ORDER, compiled
from . import nodes
from .nodes import (
    CLOSED,
    DECISION,
    DIRECTION,
    GENERATORS,
    HIGHEST,
    LOWEST,
    NORMALS,
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
    long_dot,
)

DEEPEST = 200  # splits of a cone: what is left then is reported as not bounded


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

    frame: np.ndarray  # (R, 2, r, r)
    open: np.ndarray  # (R,)
    share: np.ndarray  # (R,)


@kernel
def copy_frame(target, source):
    """target = source: generators and normals."""
    for side in range(2):
        for k in range(target.shape[1]):
            copy(target[side, k], source[side, k])


@kernel
def move(cones, source, target):
    """Put a cone in the place of another one that has as many points or more."""
    facts = cones.facts[source]
    begin = cones.facts[target].begin
    copy_frame(cones.frame[target], cones.frame[source])
    copy(cones.decided[target], cones.decided[source])
    for j in range(facts.points):
        cones.members[begin + j] = cones.members[facts.begin + j]
        for k in range(len(cones.products)):
            cones.products[k, begin + j] = cones.products[k, facts.begin + j]
    cones.facts[target] = facts
    cones.facts[target].begin = begin


@kernel
def begin_root(f, cones, roots, number):
    """A root, nothing decided, in place 0."""
    copy_frame(cones.frame[0], roots.frame[number])
    fill(cones.decided[0], 0.0)
    for j in range(len(f.points)):
        cones.members[j] = j
        for k in range(f.odd.size):
            cones.products[k, j] = dot(cones.frame[0, GENERATORS, k], f.points[j])
    facts = cones.facts[0]
    facts.open = roots.open[number]
    facts.begin = 0
    facts.points = len(f.points)
    facts.positive = f.positive
    facts.depth = -1  # the root itself is its only child
    facts.share = roots.share[number]
    facts.bound = np.inf
    facts.first = -1
    facts.second = -1


@kernel
def cut_edge(f, cones, i, work):
    """The direction on the cone's chosen edge: its coordinates, of length 1. Returns |A| + |q'u| there."""
    facts = cones.facts[i]
    weights = work.vectors[WEIGHTS]
    generators = cones.frame[i, GENERATORS]
    cosine = dot(generators[facts.first], generators[facts.second])
    first = 1 - facts.along
    second = facts.along
    size = np.sqrt(first * first + 2 * first * second * cosine + second * second)
    fill(weights, 0.0)
    weights[facts.first] = first / size
    weights[facts.second] = second / size
    return nodes.visit(f, cones, i, work)


@kernel
def decide(cones, parent, work, replaced):
    """Which points of the parent have products of one sign, with the generator `replaced` by the direction."""
    facts = cones.facts[parent]
    begin = facts.begin
    end = begin + facts.points
    lowest = work.points[LOWEST, : facts.points]
    highest = work.points[HIGHEST, : facts.points]
    decision = work.points[DECISION, : facts.points]
    fill(lowest, np.inf)
    fill(highest, -np.inf)
    for k in range(len(cones.products)):
        products = cones.products[k, begin:end]
        if k == replaced:
            products = work.points[PRODUCT, : facts.points]
        for j in range(products.size):
            lowest[j] = min(lowest[j], products[j])
            highest[j] = max(highest[j], products[j])
    for j in range(facts.points):
        decision[j] = 0.0
        if lowest[j] >= 0:
            decision[j] = 1.0
        elif highest[j] <= 0:
            decision[j] = -1.0
        if j >= facts.positive:
            decision[j] = -decision[j]


@kernel
def make_child(cones, parent, child, work, replaced, other):
    """The part of the parent in which the direction, on the edge to `other`, takes the place of the generator `replaced`.

    `replaced` may be -1: then the child is the parent itself, its points decided.
    """
    facts = cones.facts[parent]
    begin = facts.begin
    end = begin + facts.points
    room = end if child == parent + 1 else cones.facts[child - 1].begin + cones.facts[child - 1].points
    decide(cones, parent, work, replaced)
    decision = work.points[DECISION, : facts.points]
    copy_frame(cones.frame[child], cones.frame[parent])
    copy(cones.decided[child], cones.decided[parent])
    cones.facts[child] = facts
    new = cones.facts[child]
    new.depth = facts.depth + 1
    if replaced >= 0:
        weights = work.vectors[WEIGHTS]
        direction = work.vectors[DIRECTION]
        normals = cones.frame[child, NORMALS]
        before = 0.0
        after = 0.0
        for k in range(direction.size):
            before += abs(cones.frame[parent, GENERATORS, replaced, k])
            after += abs(direction[k])
        new.share = facts.share * weights[replaced] * before / after
        copy(cones.frame[child, GENERATORS, replaced], direction)
        add(normals[replaced], 1 / weights[replaced] - 1, normals[replaced])
        add(normals[other], -weights[other], normals[replaced])
        cones.decided[child, replaced] = dot(cones.decided[parent], weights)
    for k in range(len(cones.products)):
        products = cones.products[k, begin:end]
        if k == replaced:
            products = work.points[PRODUCT, : facts.points]
        cones.decided[child, k] += long_dot(decision, products)
    count = 0
    positive = 0
    for j in range(facts.points):
        if decision[j] == 0:
            cones.members[room + count] = cones.members[begin + j]
            for k in range(len(cones.products)):
                product = work.points[PRODUCT, j] if k == replaced else cones.products[k, begin + j]
                cones.products[k, room + count] = product
            count += 1
            positive += j < facts.positive
    new.begin = room
    new.points = count
    new.positive = positive


@kernel
def note(state, found, values, u, value):
    """Record the direction u; while `raising`, the threshold rises to just above its value."""
    number = 0 if state.raising > 0 else state.found
    size = length(u)
    for k in range(u.size):
        found[number, k] = u[k] / size
    values[number] = value
    state.threshold = max(state.threshold, value * state.raising)
    state.found = number + 1


@compiled()
def explore(f, roots, cones, states, work, found, values, budget):
    """Go on with the search for `budget` cones, or until it is over or `found` is full. Returns whether it is over.

    Directions that pass the threshold are put in `found` (most, r), what they attain in `values`. Two children are built
    above their parent, and the last one that stays open takes its place.
    """
    state = states[0]
    direction = work.vectors[DIRECTION]
    weights = work.vectors[WEIGHTS]
    end = state.nodes + budget
    while state.height > 0 or state.next_root < len(roots.frame):
        if state.nodes >= end or state.found + 3 > len(found):
            return False
        children = 1
        parent = 0
        if state.height == 0:
            begin_root(f, cones, roots, state.next_root)
            state.next_root += 1
        else:
            children = 2
            state.height -= 1
            parent = state.height
            value = cut_edge(f, cones, parent, work)
            if value > state.threshold:
                note(state, found, values, direction, value)
                if state.raising == 0:
                    state.left += 1
                    state.left_bound = max(state.left_bound, cones.facts[parent].bound)
                    continue
        facts = cones.facts[parent]
        top = parent + 1
        for number in range(children):
            if number == 1:
                cut_edge(f, cones, parent, work)
            replaced = facts.first if number == 0 else facts.second
            other = facts.second if number == 0 else facts.first
            make_child(cones, parent, top, work, replaced, other)
            child = cones.facts[top]
            state.nodes += 1
            state.deepest = max(state.deepest, child.depth)
            status = VIOLATED
            trying = True
            while trying:
                status = nodes.bound_cone(f, cones, top, work, state.threshold)
                trying = False
                if status == VIOLATED:
                    value = nodes.visit(f, cones, top, work)
                    note(state, found, values, direction, value)
                    trying = state.raising > 0
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
