"""A deep network, layer by layer: every layer the optimum of a two-layer convex program.

Stage k has features H_k (n, m_k), the first stage the data, H_1 = X. It solves

    min  ||(H_k W')_+ alpha - y||^2 + lam (||W||^2 + ||alpha||^2)

over two-layer networks (W, alpha) of any width, with the convex program of `helpers.convex`. Its
neurons are kept, their weights brought to length one, and what they give is what the next stage
sees: H_{k+1} = (H_k W')_+ with ||w_i|| = 1. (Of neurons whose outputs are parallel, one is kept.)

The objective never rises. A stage ends with the output sum_i s_i c_i h_i, s_i = +-1, c_i > 0, at
the penalty 2 lam sum_i c_i; h_i are the columns of H_{k+1}. They are not negative, so that
(h)_+ = h: in the next stage two neurons, of weights c over the columns of either sign, give the
same output. All points are active in them (the pattern of ones), and they cost
2 lam (||c_+|| + ||c_-||), which is not more. That asks for weights of length one; where the columns
of H_{k+1} are brought to length one instead, c_i becomes c_i ||h_i||, and the objective may rise.

A stage's bound is proved for two-layer networks on its features, not for the deep network: other
features may do better. Source: layers trained in turn, each a convex program, are in Belilovsky,
Eickenberg and Oyallon, Greedy Layerwise Learning Can Scale to ImageNet (2019), without the program.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import checks, convex, networks
from ..doubles import lengths
from ..loss import relu
from ..solver.problem import Problem
from ..solver.solution import Reason
from .result import Result

UNITS = ("weights", "features")

# Up to this sine two features count as parallel: what they differ by is the rounding of a stage.
PARALLEL = 1e-9


@dataclass(frozen=True)
class Network:
    """Layers that are kept, and a two-layer network on top of them.

    hidden: the layers kept, the first one first; each (m_k, m_{k-1}), one row a neuron, its length
    one. W (m, m_k), alpha (m,): the two-layer network of the last stage, on what they give.
    """

    hidden: tuple[np.ndarray, ...]
    W: np.ndarray
    alpha: np.ndarray

    @property
    def widths(self) -> tuple[int, ...]:
        """How many neurons every layer has."""
        return (*map(len, self.hidden), len(self.W))

    def features(self, X: ArrayLike) -> np.ndarray:
        """What the layers kept give on the rows of X: (n, m_k), or X itself without any."""
        H = _data_for(self, X)
        for W in self.hidden:
            H = relu(H @ W.T)
        return H

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The output on the rows of any X (n, d): (n,). Raises ValueError on bad input."""
        output = relu(self.features(X) @ self.W.T) @ self.alpha
        return checks.within_range(output, "the output")


def _data_for(network, X):
    """X, which must have the columns that the network's first layer sees."""
    X = checks.as_data(X)
    first = network.hidden[0] if network.hidden else network.W
    if X.shape[1] != first.shape[1]:
        raise ValueError(
            f"X must have {first.shape[1]} columns, as the data that the network was trained on; "
            f"got {X.shape}"
        )
    return X


@dataclass(frozen=True)
class Stage(Result[Network]):
    """What a stage has found.

    objective: the loss of its network, the layers kept and its own two. lower_bound: no two-layer
    network on the same features has a smaller one; where `reason` is not `Reason.CONVERGED` it may
    lie far below. features (n, m_k): what the stage saw.
    """

    features: np.ndarray
    reason: Reason

    @property
    def neurons(self) -> int:
        """How many neurons of its last layer have different outputs: parallel ones are one."""
        given = relu(self.features @ self.network.W.T)
        return len(_parallel(given[:, given.any(axis=0)])[0])

    @property
    def converged(self) -> bool:
        """Whether the gap is at most the tolerance asked."""
        return self.reason is Reason.CONVERGED


@dataclass(frozen=True)
class Training:
    """A network trained layer by layer: its stages, one a layer, and the network of the last one.

    objective, lower_bound and gap are those of the last stage.
    """

    stages: tuple[Stage, ...]

    @property
    def network(self) -> Network:
        """The whole network."""
        return self.stages[-1].network

    @property
    def objective(self) -> float:
        """Its loss."""
        return self.stages[-1].objective

    @property
    def lower_bound(self) -> float:
        """What no two-layer network on the last stage's features can beat."""
        return self.stages[-1].lower_bound

    @property
    def gap(self) -> float:
        """How far the last stage can be from its optimum, relative to the objective."""
        return self.stages[-1].gap

    @property
    def converged(self) -> bool:
        """Whether every stage has the gap asked for."""
        return all(stage.converged for stage in self.stages)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The output of the whole network on the rows of any X. Raises ValueError on bad input."""
        return self.network.predict(X)


@dataclass(frozen=True)
class _Plan:
    """What is the same for every stage: the arguments of `train`."""

    X: np.ndarray
    y: np.ndarray
    lam: float
    unit: str
    tol: float
    seconds: float


def train(
    X: ArrayLike,
    y: ArrayLike,
    lam: float,
    layers: int,
    *,
    unit: str = "weights",
    tol: float = 1e-6,
    seconds: float = np.inf,
) -> Training:
    """Train `layers` layers of ReLUs one after the other, each to a proved optimum on its features.

    lam > 0. unit: what has length one in the layers that are kept, the neurons' "weights", which
    keeps the objective from rising, or their outputs on X, the "features", which does not. tol: the
    relative gap asked of every stage. seconds: the time after which a stage ends with the best so
    far; its `reason` then says so, and its bound, valid still, may be far.

    Raises ValueError on bad input, and without `seconds` where a stage's features have so high a
    rank (above `convex.UNHURRIED`) that a proof may take for ever.
    """
    X = checks.as_data(X).astype(float, copy=False)
    plan = _Plan(
        X,
        checks.as_labels(y, len(X)).astype(float, copy=False),
        checks.as_positive(lam, "lam"),
        checks.as_choice(unit, "unit", UNITS),
        checks.as_nonnegative(tol, "tol"),
        checks.as_seconds(seconds),
    )
    layers = checks.as_count(layers, "layers", 1)
    stages = [_stage(plan, X, (), None)]
    while len(stages) < layers:
        stages.append(_next_stage(plan, stages[-1].features, stages[-1].network))
    return Training(tuple(stages))


def loss(
    X: ArrayLike,
    y: ArrayLike,
    network: Network,
    lam: float,
) -> float:
    """``||f(X) - y||^2 + lam (||W||^2 + ||alpha||^2)``, f the output of the whole network.

    The layers kept, whose lengths are fixed, do not count in the decay. Raises ValueError on bad
    input.
    """
    y = checks.as_labels(y, len(checks.as_data(X)))
    lam = checks.as_nonnegative(lam, "lam")
    if not isinstance(network, Network):
        raise ValueError(
            "network must be a layer_by_layer.Network, as a stage has one; "
            f"got a {type(network).__name__}"
        )
    residual = network.predict(X) - y
    penalty = np.sum(np.square(network.W)) + np.sum(np.square(network.alpha))
    return checks.within_range(float(residual @ residual + lam * penalty), "the loss")


def _next_stage(plan, features, network):
    """The stage after that of `network`, which saw `features`."""
    size = lengths(network.W)
    if plan.unit == "features":
        size = lengths(relu(network.W @ features.T))
    seen = size > 0
    kept = network.W[seen] / size[seen, None]
    # alpha makes up for the length that a neuron gives up
    amount = network.alpha[seen] * size[seen]
    given = relu(features @ kept.T)
    longest, share = _parallel(given)
    either = np.array([np.maximum(amount, 0), np.maximum(-amount, 0)])
    carried = networks.balanced((either @ share)[:, longest], np.array([1.0, -1.0]))
    return _stage(plan, given[:, longest], (*network.hidden, kept[longest]), carried)


def _parallel(H):
    """Of columns of H (n, m) that are parallel the longest is kept: (which ones, shares (m, m)).

    Column k is share[k, i] times the column i that is kept for it. Neurons that differ only where
    no point sees it would else leave a rank that rounding decides.
    """
    length = lengths(H.T)
    unit = H / np.where(length == 0, 1, length)
    kept = []
    share = np.zeros((H.shape[1], H.shape[1]))
    for k in np.argsort(-length, kind="stable"):
        apart = lengths((unit[:, kept] - unit[:, [k]]).T)
        near = [one for one, sine in zip(kept, apart, strict=True) if sine < PARALLEL]
        if not near:
            kept.append(k)
            near = [k]
        share[k, near[0]] = length[k] / length[near[0]] if length[k] else 0
    return np.array(sorted(kept), int), share


def _stage(plan, features, hidden, carried):
    """The stage on these features; `carried`: a two-layer network on them, or None."""
    if features.shape[1] == 0:  # the stage before is best without a neuron: nothing to see
        nothing = Network(hidden, np.zeros((0, 0)), np.zeros(0))
        least = float(plan.y @ plan.y)
        return Stage(nothing, least, least, features, Reason.CONVERGED)
    # Features that are zero at many points are taken exactly, as integers: their determinants may
    # be too large for doubles, which then say no more than that.
    with np.errstate(over="ignore", invalid="ignore"):
        _refuse_if_endless(plan, features, len(hidden) + 1)
        options = dict(tol=plan.tol, start=carried, seconds=plan.seconds)
        solution = convex.solve(features, plan.y, plan.lam, **options)
    ways = [networks.prune(features, *solution.to_network())]
    if carried is not None:  # the better one where a stage gains nothing, but for rounding
        ways.append(carried)
    built = [Network(hidden, W, alpha) for W, alpha in ways]
    losses = [loss(plan.X, plan.y, network, plan.lam) for network in built]
    best = int(np.argmin(losses))
    bound = min(solution.lower_bound, losses[best])
    return Stage(built[best], losses[best], bound, features, solution.reason)


def _refuse_if_endless(plan, features, stage):
    """Raise ValueError where the proof of a stage may not end, and nothing ends it."""
    source = Problem.checked(features, plan.y, plan.lam).source
    if source.listed or source.rank <= convex.UNHURRIED or plan.seconds < np.inf:
        return
    raise ValueError(
        f"layers: stage {stage} has features of rank {source.rank}, and a proof over all their "
        f"patterns may take for ever above rank {convex.UNHURRIED}. Give `seconds` for every stage "
        "(its bound may then be far), a larger lam, which leaves fewer neurons, or fewer layers"
    )
