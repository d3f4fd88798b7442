"""Section Activation patterns are not a constant: the best a network could do with its
patterns now.

That is the convex program over the patterns of the current neurons, without decay (lam = 0),
where what is left is the data term. The article gives every neuron i one u_i in K_i = {u : (2
D_i - I) X u >= 0} and keeps the sign of its output:

    own signs:   min  ||sum_i s_i D_i X u_i - y||^2 / n,   u_i in K_i,   s_i = sign(alpha_i)
    both signs:  min  ||sum_i D_i X (u_i - v_i) - y||^2 / n,   u_i, v_i in K_i   (eq. 8)

Shapes: X (n, d), y (n,), D (m, n) booleans, alpha (m,). Values are means over the data, as the
losses in the article.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cvxpy as cp
import numpy as np
from numpy.typing import ArrayLike

from .. import checks, experiments, networks
from ..data import Dataset
from ..train import Trajectory


def own_signs(
    X: ArrayLike,
    y: ArrayLike,
    D: ArrayLike,
    alpha: ArrayLike,
) -> float:
    """The optimum where every neuron keeps its pattern and its sign.

    Solver: CLARABEL, to about 1e-8. Raises ValueError on bad input.
    """
    X, y, D = _checked(X, y, D)
    alpha = checks.as_vector(alpha, len(D), "alpha", "pattern")
    D, signs = networks.patterns_and_signs(D, alpha)
    U = cp.Variable((len(D), X.shape[1]))
    outputs = X @ U.T
    total = cp.sum(cp.multiply(D.T * signs, outputs), axis=1)
    size = np.linalg.norm(y) or 1.0  # the solver works best on labels of length 1
    cones = cp.multiply(np.where(D, 1.0, -1.0).T, outputs) >= 0
    problem = cp.Problem(cp.Minimize(cp.sum_squares(total - y / size)), [cones])
    return float(problem.solve(solver=cp.CLARABEL)) * size**2 / len(y)


def both_signs(
    X: ArrayLike,
    y: ArrayLike,
    D: ArrayLike,
) -> float:
    """The optimum where every pattern has both signs: a least-squares problem.

    The constraints vanish: a cone K_i with interior holds u and v with u - v = z, for any z. The
    cone of a neuron has one unless w'x_j = 0 for some j. Raises ValueError on bad input.
    """
    X, y, D = _checked(X, y, D)
    features = (D[:, :, None] * X).transpose(1, 0, 2).reshape(len(X), -1)
    z = np.linalg.lstsq(features, y, rcond=None)[0]
    return float(np.mean((features @ z - y) ** 2))


class Optima(NamedTuple):
    """The optima along a run, values (T,), and how many programs were solved for them."""

    values: np.ndarray
    programs: int


def along(
    S: Dataset,
    run: Trajectory,
    signs: str = "own",
    every: int = 1,
) -> Optima:
    """That optimum at the recorded steps 0, every, 2 every, ... of a run; `signs`: "own" or
    "both".

    A program is solved only for patterns (and signs) that were not met before.
    """
    if signs not in ("own", "both"):
        raise ValueError(f'signs must be "own" or "both"; got {signs!r}')
    known = {}
    values = []
    patterns = run.patterns(S.X)[:: checks.as_count(every, "every", 1)]
    for D, alpha in zip(patterns, run.alpha[::every], strict=True):
        pairs = networks.patterns_and_signs(D, alpha if signs == "own" else np.ones(len(D)))
        key = b"".join(a.tobytes() for a in pairs)
        if key not in known and signs == "own":
            known[key] = own_signs(S.X, S.y, *pairs)
        elif key not in known:
            known[key] = both_signs(S.X, S.y, pairs[0])
        values.append(known[key])
    return Optima(np.array(values), len(known))


@dataclass(frozen=True)
class Seeds:
    """The run "plane" from R seeds, losses and optima relative to the mean of y^2.

    step (T,); counts (R, T) of different patterns and loss (R, T); own and both (R, T'), the
    optima at steps[::every]; beaten (R,), the first step whose loss is below the own-signs
    optimum of step 0.
    """

    seeds: list[int]
    step: np.ndarray
    counts: np.ndarray
    loss: np.ndarray
    own: np.ndarray
    both: np.ndarray
    beaten: np.ndarray
    every: int


def over_seeds(seeds: Sequence[int], every: int = 18) -> Seeds:
    """The run "plane" and its optima from every seed, each with data of its own."""
    rows = []
    for seed in seeds:
        S, run = experiments.run("plane", seed=seed)
        scale = np.mean(S.y**2)
        own = along(S, run, "own", every).values / scale
        both = along(S, run, "both", every).values / scale
        beaten = run.step[experiments.reached(run, own[0] * scale)]
        rows.append((run.pattern_counts(S.X), run.fit / scale, own, both, beaten))
    counts, loss, own, both, beaten = map(np.array, zip(*rows, strict=True))
    return Seeds(list(seeds), run.step, counts, loss, own, both, beaten, every)


def _checked(
    X: ArrayLike,
    y: ArrayLike,
    D: ArrayLike,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X = checks.as_data(X)
    return X, checks.as_labels(y, len(X)), checks.as_patterns(D, len(X), "D")
