"""The kernel that lists the cells of a central arrangement by their lowest vertices, line by line.

Rows of Y (N, r) are pairwise independent unit normals, C (D, r), D = r - 1, generic directions
c_1 .. c_D. In the half Y[0]'w > 0 every cell belongs to one *no-broken-circuit* set S of other
rows, |S| = k <= D. Its lowest vertex in direction c_k is where the rows of S vanish, on the slice
c_D'w = -M_D, .., c_{k+1}'w = -M_{k+1} (1 << M_D << .. << M_{k+1}, Y[0]'w = 1). The *line* of S is
where all of S but one row vanish, the last or as `halves` says. Rows are restricted to that line
one member of a *chain* at a time (`chain`): first Y[0], c_D, .., c_{k+2} (nothing if k = D), then
S but that row. What all but the last member leave is a *plane* of lines, one a row (`lines`).
"""

from typing import NamedTuple

import numpy as np

from ..compiling import NO_ALLOCATION, Deferred, compiled, embedded, kernel
from .arrangement import Arrangement
from .bits import below, put
from .chain import (
    NO,
    OPEN,
    YES,
    Chain,
    Near,
    combine,
    depends,
    duals,
    empty_chain,
    invert,
    restrict,
)
from .lines import (
    LENGTH,
    LENGTH_E,
    UNIT,
    Level,
    Line,
    U,
    add_side,
    component,
    empty_line,
    frame_lines,
    patterns_on_line,
    place_rows,
    side_of,
)
from .tolerance import most_doubtful

# Places this close, and more, are not told apart by one comparison of all rows: each vertex is
# then looked at with care, and the band in 32-bit integers stays clear of the ends.
WIDEST = 0.125


class Walk(NamedTuple):
    """Work space of `fill`, and how far it has come.

    chain, line: see there.
    of_plane (D, M): coefficients of the first D - 2 members in all columns; see `chain.combine`.
    on_plane, on_line (2, N): rows that depend on the first D - 2 members, and on all of them, and
        the `relation` of each.
    following (D,): the column to try next as each member.
    doubt (D,): whether rounding leaves open that the first m members are a chain.
    state (2,): k, and the member to change next, -1 at the beginning of a level.
    """

    chain: Chain
    line: Line
    of_plane: np.ndarray
    on_plane: np.ndarray
    on_line: np.ndarray
    following: np.ndarray
    doubt: np.ndarray
    state: np.ndarray


class Output(NamedTuple):
    """Where cells go.

    patterns (rows, words): signs of all rows, as words.
    sets (rows or 0, D): the sets S, padded with -1, if they are asked for.
    unsure (U, D): sets S of which rounding leaves open whether they have a cell.
    """

    patterns: np.ndarray
    sets: np.ndarray
    unsure: np.ndarray


class Doubts(NamedTuple):
    """What rounding does on a line.

    near: rows whose places are at most so far apart may have one vertex.
    sine, coefficient, side: errors of a sine between two rows, of a coefficient of a member, and
        of a sigma.
    """

    near: float
    sine: float
    coefficient: float
    side: float


class Stretch(NamedTuple):
    """The line of row t in level k, ready for its vertices.

    start: so many members of its chain are not rows of S.
    doubt: whether rounding leaves the chain open.
    sure: whether no vertex needs care but for its place.
    """

    t: int
    k: int
    start: int
    doubt: bool
    sure: bool


def empty_walk(A: Arrangement) -> Walk:
    """The Walk over an Arrangement at its beginning."""
    chain = empty_chain(A)
    N = chain.n_rows
    D, columns = chain.taken.shape
    return Walk(
        chain=chain,
        line=empty_line(D, columns - D),
        of_plane=np.zeros((D, columns)),
        on_plane=np.zeros((2, N), np.int64),
        on_line=np.zeros((2, N), np.int64),
        following=np.zeros(D, np.int64),
        doubt=np.zeros(D, bool),
        state=np.array([D, -1]),
    )


@kernel
def dependents(relation, rows):
    """Rows that depend on the chain, and the `relation` of each, to `rows`; returns how many."""
    count = 0
    for i in range(rows.shape[1]):
        if relation[i] != 0:
            rows[0, count] = i
            rows[1, count] = relation[i]
            count += 1
    return count


@embedded
def tied_rows(walk, start, j, doubts, bits):
    """Signs of rows other than j about as far along the line, to the pattern `bits`.

    Returns NO if a row that is zero at the vertex of j makes a broken circuit, OPEN if rounding
    leaves that open, else YES.
    """
    chain = walk.chain
    line = walk.line
    height = line.height
    growth = line.growth
    places = line.places
    positive = line.positive
    member = chain.member
    tolerance = chain.tolerance
    N = chain.n_rows
    m = len(member) - 1
    square_j = height[j] ** 2 + growth[j] ** 2
    length_j = np.sqrt(square_j)
    # the members of the chain that come before j in S
    n_before = m - 2 if j < member[m - 1] < N else m
    answer = YES
    for i in range(N):
        if i == j or places[i] > UNIT or not are_near(places[i], places[j], doubts.near):
            continue
        across = height[i] * growth[j] - growth[i] * height[j]
        put(bits, i, (across > 0) == (growth[j] > 0))
        sine = abs(across) / length_j
        if sine > most_doubtful(doubts.sine, tolerance):
            continue
        a_j = (height[i] * height[j] + growth[i] * growth[j]) / square_j
        near = Near(i=i, j=j, a_j=a_j, length_j=length_j, sine=sine)
        dependent, first = depends(chain, m, n_before, start, near)
        if dependent == OPEN:
            answer = OPEN
        if dependent != YES:
            continue
        q = abs(first) - 1
        if q < n_before:
            row = member[q]
            row_positive = positive[q]
        else:
            row = j
            row_positive = growth[j] > 0
        if row > i:
            return NO
        put(bits, i, (first > 0) == row_positive)
    return answer


@kernel
def are_near(one, other, near):
    """Whether two places on a line, in units, are at most so far apart; its ends are one point."""
    apart = abs(np.int64(one) - other)
    return min(apart, 2 * np.int64(UNIT) - apart) <= near * UNIT + 4


@embedded
def crosses_line(walk, start, j):
    """Whether row j, which hardly grows, vanishes on the line at all: YES, NO or OPEN."""
    chain = walk.chain
    line = walk.line
    m = len(chain.member) - 1
    if start > 0:  # the rows that do not grow depend on a direction
        return OPEN
    # they depend on the chain and row 0
    length_e = line.frames[LENGTH_E, chain.member[m - 1]]
    near = Near(
        i=j,
        j=0,
        a_j=line.height[j] / length_e,
        length_j=length_e,
        sine=abs(line.growth[j]),
    )
    answer, _ = depends(chain, m, m, start, near)
    if answer == OPEN:
        return OPEN
    return NO if answer == YES else YES


@embedded
def with_care(walk, start, j, doubts, bits):
    """The pattern `bits` of the vertex of j where places or sides may be close to each other.

    Returns NO if there is no vertex or a broken circuit, OPEN if rounding leaves that open, else
    YES.
    """
    chain = walk.chain
    line = walk.line
    side = line.side
    positive = line.positive
    of_plane = walk.of_plane
    tolerance = chain.tolerance
    growth_j = line.growth[j]
    m = len(chain.member) - 1
    X = chain.rest[m - 1]
    is_open = False
    for q in range(start, m):
        sigma = (
            side[q, 0] * X[0, j]
            + side[q, 1] * X[1, j]
            + side[q, 2] * X[2, j]
            + side[q, 3] * of_plane[q, j]
        )
        positive[q] = (sigma > 0) != (growth_j < 0)
        is_open |= abs(sigma) < doubts.side
    if abs(growth_j) <= most_doubtful(doubts.sine, tolerance):
        crosses = crosses_line(walk, start, j)
        if crosses != YES:
            return crosses
    answer = tied_rows(walk, start, j, doubts, bits)
    return OPEN if answer == YES and is_open else answer


@embedded
def complete_chain(walk, t):
    """Row t as the last member: what `restrict` would leave, but for the restrictions."""
    chain = walk.chain
    N = chain.n_rows
    m = len(chain.member) - 1
    X = chain.rest[m - 1]
    taken = chain.taken[m - 1]
    frame = walk.line.frames[:, t]
    for i in range(N):
        taken[i] = component(frame, U, X, i)
    invert(chain, m - 1)
    combine(chain, m, chain.coefficients)
    duals(chain, m)


@embedded
def list_vertices(walk, stretch, first, middle, doubts, output, n, n_unsure):
    """The cells of the vertices of the line: of rows after t, and of rows from `first` to `middle`
    if these come before it.

    n, n_unsure: how many cells and unsure sets there are already. Returns the new numbers.
    """
    line = walk.line
    places = line.places
    member = walk.chain.member
    N = walk.chain.n_rows
    patterns = output.patterns
    sets = output.sets
    unsure = output.unsure
    t = stretch.t
    units = int(min(doubts.near, WIDEST) * UNIT) + 2
    completed = False
    for half in range(2):
        if half == 0:
            begin = first
            end = min(middle + 1, N) if t > middle else 0
        else:
            begin = t + 1
            end = N
        apart = False
        if stretch.sure:
            apart = patterns_on_line(line, begin, end, units, patterns[n:])
        for j in range(begin, end):
            answer = YES
            if not apart:
                alone = patterns_on_line(line, j, j + 1, units, patterns[n:])
                if not (alone and stretch.sure):
                    if places[j] > UNIT:
                        continue
                    if not completed:
                        complete_chain(walk, t)
                        completed = True
                    answer = OPEN
                    if not stretch.doubt:
                        answer = with_care(walk, stretch.start, j, doubts, patterns[n])
            if answer == OPEN:
                copy_set(member, stretch, j, unsure[n_unsure])
                n_unsure += 1
            elif answer == YES:
                if len(sets):
                    copy_set(member, stretch, j, sets[n])
                n += 1
    return n, n_unsure


@embedded
def sides_of_members(walk, level, start, t, n_fixed, first, error):
    """The bits that are known before places are compared, to `same` and `sides` of the line.

    first: the first row whose vertex is asked for. Returns how many signs rounding leaves open.
    """
    chain = walk.chain
    line = walk.line
    growth = line.growth
    side = line.side
    same = line.same
    sides = line.sides
    of_plane = walk.of_plane
    on_line = walk.on_line
    frame = line.frames[:, t]
    m = len(chain.member) - 1
    X = chain.rest[m - 1]
    for word in range(len(same)):
        same[word] = below(growth, word, 0.0)
        bits = sides[word, first & ~31 :]
        for j in range(len(bits)):
            bits[j] = 0
    for q in range(start, m):
        B = of_plane[q]
        last = (1.0 if q == m - 1 else -B[t]) / frame[LENGTH]
        side_of(X, B, frame, q, last, level, side[q])
    count = 0
    for s in range(n_fixed):
        i = on_line[0, s]
        relation = on_line[1, s]
        q = abs(relation) - 1
        positive = relation > 0
        if q < start:
            put(same, i, positive)
        else:
            B = of_plane[q]
            bits = sides[i >> 6]
            count += add_side(X, B, side[q], growth, first, positive, i, bits, error)
    return count


@embedded
def list_plane(walk, k, last, n_on_plane, output, n, n_unsure):
    """Cells whose set S is the first D - 2 rows of the chain and two others, t and j.

    One line after another, that of row t: on it Y[0]'w (k = D) or -c_{k+1}'w (k < D) is 1 and
    c_k'w grows. So at the vertex of j row i has the sign of its growth if it comes before j, else
    the other. Cells go to output.patterns[n:] (and sets[n:]); where rounding leaves one open, S
    goes to unsure[n_unsure:]. Returns the new (n, n_unsure); `following` tells where to go on.
    """
    chain = walk.chain
    line = walk.line
    following = walk.following
    on_plane = walk.on_plane
    on_line = walk.on_line
    frames = line.frames
    length = chain.length
    volume = chain.volume
    member = chain.member
    tolerance = chain.tolerance
    N = chain.n_rows
    D = len(member)
    m = D - 1
    start = D - k
    padded = len(line.height)
    X = chain.rest[m - 1]
    relation_on_plane = chain.relation[m - 1]
    relation_on_line = chain.relation[m]
    doubt_of_plane = walk.doubt[m - 1]
    most = len(output.patterns)
    most_unsure = len(output.unsure)
    level = Level(e=0, sign=1.0, c=padded + D - 1)
    if k < D:
        level = Level(e=padded + k, sign=-1.0, c=padded + k - 1)
    first_j, middle = halves(N, D, k, member)
    if k == 1:  # the last member is no row: there is one line
        frame_lines(X, last, last + 1, level, frames)
    else:
        frame_lines(X, 0, padded, level, frames)
    while following[m - 1] <= last and n + N <= most and n_unsure + N <= most_unsure:
        t = following[m - 1]
        following[m - 1] += 1
        if t < N and relation_on_plane[t] != 0:
            continue
        frame = frames[:, t]
        length[m - 1] = frame[LENGTH]
        volume[m] = volume[m - 1] * frame[LENGTH]
        member[m - 1] = t
        doubt = doubt_of_plane
        n_fixed = n_on_plane
        for s in range(n_on_plane):
            on_line[0, s] = on_plane[0, s]
            on_line[1, s] = on_plane[1, s]
        if t < N:
            on_line[0, n_fixed] = t
            on_line[1, n_fixed] = m
            n_fixed += 1
        shortest = place_rows(N, X, frame, on_line[0], n_fixed, line)
        shortest = min(shortest, frame[LENGTH_E])
        # perhaps more rows depend on the chain
        if shortest <= 2 * most_doubtful(tolerance.error / volume[m], tolerance):
            answer = restrict(chain, m - 1, t, start)
            if answer == NO:
                continue
            doubt = doubt or answer == OPEN
            n_fixed = dependents(relation_on_line, on_line)
            shortest = place_rows(N, X, frame, on_line[0], n_fixed, line)
        error = tolerance.error / volume[m] * (1 + 1 / shortest)
        doubts = Doubts(
            near=2 * most_doubtful(error, tolerance) / shortest,
            sine=error,
            coefficient=tolerance.error / volume[m] ** 2 / shortest,
            side=tolerance.error / volume[m] ** 2 * 2 * (1 + 1 / frame[LENGTH_E]),
        )
        first = t + 1 if t <= middle else first_j
        n_open = sides_of_members(walk, level, start, t, n_fixed, first, doubts.side)
        sure = not doubt and n_open == 0 and doubts.near < WIDEST
        stretch = Stretch(t=t, k=k, start=start, doubt=doubt, sure=sure)
        n, n_unsure = list_vertices(walk, stretch, first, middle, doubts, output, n, n_unsure)
    return n, n_unsure


@kernel
def halves(N, D, k, member):
    """Of the rows that may follow the first k - 3 of S: the first, and the last of a lower half.

    Of any three rows two lie in one half. So the last three of S are found on the line of two in
    one half, the first two of them if there is a choice. The third comes after both, or before
    both if it is the one in the lower half. That is half as many lines as there are pairs.
    (k < 3: all rows count as the lower half.)
    """
    p = member[D - 4] if k > 3 else 0
    middle = (p + N) // 2 if k > 2 else N
    return p + 1, middle


@kernel
def last_row(N, D, k, m, member):
    """The last row to be member m of the chain, among those of S."""
    if k < 3 or m < D - 3:
        return N - D + m
    if m == D - 3:
        return N - 2
    middle = halves(N, D, k, member)[1]
    return middle if member[D - 3] <= middle else N - 1


@kernel
def column_before(m, padded, D):
    """The column that is member m before those of S: Y[0], c_D, c_{D-1}, .."""
    return 0 if m == 0 else padded + D - m


@kernel
def first_column(m, start, padded, D):
    """The column to begin with as member m, where all before it are no rows of S."""
    return 1 if m == start else column_before(m, padded, D)


@kernel
def copy_set(member, stretch, j, S):
    """S: the rows of the chain, from its member `start` on, and j, in order, padded with -1."""
    k = stretch.k
    for s in range(len(S)):
        if s < k - 1:
            S[s] = member[stretch.start + s]
        else:
            S[s] = j if s == k - 1 else -1
    for s in range(k - 1, 0, -1):
        lower = min(S[s - 1], S[s])
        S[s] = max(S[s - 1], S[s])
        S[s - 1] = lower


@compiled(forceinline=True, **NO_ALLOCATION)
def fill(walk, output):
    """Go on with the list until `output` is full or all is listed (walk.state[0] = 0).

    Returns (rows written to output.patterns and sets, rows written to output.unsure).
    """
    chain = walk.chain
    member = chain.member
    relation = chain.relation
    following = walk.following
    doubt = walk.doubt
    of_plane = walk.of_plane
    on_plane = walk.on_plane
    state = walk.state
    N = chain.n_rows
    D = len(member)
    padded = len(walk.line.height)
    n = 0
    n_unsure = 0
    k = state[0]
    m = state[1]
    while k > 0:
        start = D - k
        if m < 0:
            m = 0
            following[0] = first_column(0, start, padded, D)
            walk.line.positive[0] = True
        if m >= start:
            last = last_row(N, D, k, m, member)
        else:
            last = column_before(m, padded, D)
        if following[m] > last:
            m -= 1
            if m < start:
                k -= 1
                m = -1
        elif m < D - 2:
            t = following[m]
            following[m] += 1
            answer = restrict(chain, m, t, start)
            if m < start:  # generic directions
                m += 1
                doubt[m] = False
                following[m] = first_column(m, start, padded, D)
            elif answer != NO:
                doubt[m + 1] = doubt[m] or answer == OPEN
                m += 1
                following[m] = t + 1
        else:
            n_on_plane = dependents(relation[m], on_plane)
            combine(chain, m, of_plane)
            n, n_unsure = list_plane(walk, k, last, n_on_plane, output, n, n_unsure)
            if following[m] <= last:
                break
    state[0] = k
    state[1] = m
    return n, n_unsure


# A plain call with 120,000 signs (cells times rows) takes 0.3 to 1.5 s, compiling some twenty:
# it is put off for two calls, as many as a session that only looks at small examples makes.
FILL = Deferred(fill, small=120_000, patience=2)
