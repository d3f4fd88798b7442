"""The best that a network could do with the activation patterns it has now, followed along its training.

The convex program over the patterns of the current neurons, without decay (lam = 0), where what is left is the data
term. The article gives every neuron i one u_i in K_i = {u : (2 D_i - I) X u >= 0} and keeps the sign of its output:

    own signs:   min  ||sum_i s_i D_i X u_i - y||^2 / n,   u_i in K_i,   s_i = sign(alpha_i)
    both signs:  min  ||sum_i D_i X (u_i - v_i) - y||^2 / n,   u_i, v_i in K_i   (the article's eq. 8)

Shapes: X (n, d), y (n,), D (m, n) booleans, alpha (m,). Values are means over the data, as the losses in the article.
"""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np

from .. import checks, experiments, networks


def own_signs(X, y, D, alpha):
    """The optimum where every neuron keeps its pattern and its sign, a float. Solver: CLARABEL, to about 1e-8.

    Raises ValueError on bad input.
    """
    X, y, D = _check(X, y, D)
    alpha = checks.as_vector(alpha, len(D), "alpha", "pattern")
    D, s = networks.patterns_and_signs(D, alpha)
    U = cp.Variable((len(D), X.shape[1]))
    outputs = X @ U.T
    total = cp.sum(cp.multiply(D.T * s, outputs), axis=1)
    size = np.linalg.norm(y) or 1.0  # the solver works best on labels of length 1
    cones = cp.multiply(np.where(D, 1.0, -1.0).T, outputs) >= 0
    problem = cp.Problem(cp.Minimize(cp.sum_squares(total - y / size)), [cones])
    return float(problem.solve(solver=cp.CLARABEL)) * size**2 / len(y)


def both_signs(X, y, D):
    """The optimum where every pattern has both signs, a float: a least-squares problem.

    The constraints vanish: a cone K_i with interior holds u and v with u - v = z, for any z. The cone of a neuron has
    one unless w'x_j = 0 for some j. Raises ValueError on bad input.
    """
    X, y, D = _check(X, y, D)
    features = (D[:, :, None] * X).transpose(1, 0, 2).reshape(len(X), -1)
    z = np.linalg.lstsq(features, y, rcond=None)[0]
    return float(np.mean((features @ z - y) ** 2))


def along(S, path, signs="own", every=1):
    """That optimum at the recorded steps 0, every, 2 every, ... of a Trajectory: (values (T,), programs solved).

    `signs`: "own" or "both". A program is solved only for patterns (and signs) that were not met before.
    """
    if signs not in ("own", "both"):
        raise ValueError(f'signs must be "own" or "both"; got {signs!r}')
    known, values = {}, []
    patterns = path.patterns(S.X)[:: checks.as_count(every, "every", 1)]
    for D, alpha in zip(patterns, path.alpha[::every]):
        pairs = networks.patterns_and_signs(D, alpha if signs == "own" else np.ones(len(D)))
        key = b"".join(a.tobytes() for a in pairs)
        if key not in known:
            known[key] = (
                own_signs(S.X, S.y, *pairs) if signs == "own" else both_signs(S.X, S.y, pairs[0])
            )
        values.append(known[key])
    return np.array(values), len(known)


@dataclass(frozen=True)
class Seeds:
    """The run "plane" from R seeds: step (T,); counts and loss (R, T), the loss relative to the mean of y^2;
    own and both (R, T'), the optima on the same scale, at steps[::every]; beaten (R,), the first step whose loss is
    below the own-signs optimum of step 0.
    """

    seeds: list
    step: np.ndarray
    counts: np.ndarray
    loss: np.ndarray
    own: np.ndarray
    both: np.ndarray
    beaten: np.ndarray
    every: int


def over_seeds(seeds, every=18):
    """The run "plane" and its optima from every seed of `seeds`, each with data of its own: Seeds."""
    rows = []
    for seed in seeds:
        S, path = experiments.run("plane", seed=seed)
        scale = np.mean(S.y**2)
        own, both = (along(S, path, signs, every)[0] / scale for signs in ("own", "both"))
        beaten = path.step[experiments.reached(path, own[0] * scale)]
        rows.append((path.pattern_counts(S.X), path.fit / scale, own, both, beaten))
    return Seeds(list(seeds), path.step, *map(np.array, zip(*rows)), every)


def _check(X, y, D):
    X = checks.as_data(X)
    D = checks.as_patterns(D, len(X), "D")
    return X, checks.as_labels(y, len(X)), D
