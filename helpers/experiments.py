"""The training runs behind the article's figures, and what was read off those figures.

A run has data, an initial network, an optimiser and its settings. The settings were recovered
from the published pictures. All minimise the mean squared error, plus lam (||W||^2 +
||alpha||^2) where a decay was used. ``run(name)`` repeats one, ``readings(name)`` tells what
its picture shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from . import checks, data, networks, train
from .data import Dataset
from .train import Trajectory

if TYPE_CHECKING:
    from .convex import Solution


@dataclass(frozen=True)
class Given:
    """An initial network that the article states: W (m, d) and alpha (m,)."""

    W: Sequence
    alpha: Sequence
    dtype: type = float

    def weights(self, d: int) -> tuple[np.ndarray, np.ndarray]:
        """The network (W, alpha), for data of d columns."""
        return np.array(self.W, float), np.array(self.alpha, float)


@dataclass(frozen=True)
class Drawn:
    """An initial network of m neurons, every weight uniform on [-scale, scale].

    Where it is mirrored, a second half repeats the first with -alpha: the untrained output is 0.
    """

    seed: int
    m: int
    scale: float
    dtype: type = float
    mirrored: bool = False

    def weights(self, d: int) -> tuple[np.ndarray, np.ndarray]:
        """The network (W, alpha), for data of d columns. Raises ValueError on bad settings."""
        m = checks.as_count(self.m, "m", 1)
        rng = np.random.default_rng(checks.as_count(self.seed, "seed"))
        if not checks.as_flag(self.mirrored, "mirrored"):
            return train.uniform_network(m, d, self.scale, rng)
        if m % 2:
            raise ValueError(f"m must be even to mirror the network; got {m}")
        W, alpha = train.uniform_network(m // 2, d, self.scale, rng)
        return np.vstack([W, W]), np.concatenate([alpha, -alpha])


@dataclass(frozen=True)
class Readings:
    """What was read off the published picture of a run.

    losses: the loss printed in the picture at some steps, to its four decimals; zero_from: the
    first frame that prints 0.0000; labels: heights of the data points; counts: number of
    different patterns at some steps.
    """

    picture: str
    losses: dict[int, float] = field(default_factory=dict)
    zero_from: int | None = None
    labels: tuple[float, ...] = ()
    counts: dict[int, int] = field(default_factory=dict)

    def misses(self, run: Trajectory) -> float:
        """The largest difference between the losses of a run and those printed."""
        return max(abs(run.fit[run.at(step)] - loss) for step, loss in self.losses.items())


@dataclass(frozen=True)
class Experiment:
    """A run of the article: the name of its data, its network, its optimiser with its settings.

    `read` is what the article's picture of it shows, None where the picture prints no number.
    """

    data: str
    network: Given | Drawn
    optimiser: Callable[..., Trajectory]
    settings: dict
    read: Readings | None = None


RUNS = {
    "teaser": Experiment(
        data="teaser",
        network=Drawn(seed=8, m=400, scale=1.0),
        optimiser=train.adam,
        settings=dict(step=1e-3, steps=6266, record_every=26),
        read=Readings(
            "the animation above section I",
            labels=(0.585, 0.275, 0.611, 0.318, 0.628, 0.289, 0.591, 0.295, 0.603, 0.326),
        ),
    ),
    "one neuron": Experiment(
        data="two-points",
        network=Given(W=[[0.3, -0.15]], alpha=[1.0]),
        optimiser=train.adam,
        settings=dict(step=1e-3, steps=1595, record_every=7),
        read=Readings(
            "section II, animation of one neuron",
            losses={
                0: 0.4862,
                77: 0.3525,
                168: 0.2287,
                371: 0.1294,
                378: 0.1260,
                448: 0.0740,
                665: 0.0208,
            },
            zero_from=1456,
        ),
    ),
    "large scale": Experiment(
        data="line",
        network=Drawn(seed=7, m=1000, scale=1.0),
        optimiser=train.gradient_descent,
        settings=dict(step=1e-3, steps=971, lam=0.005, record_every=4),
        read=Readings(
            "section III, animation of large initialisation",
            losses={
                0: 3.3537,
                4: 0.4325,
                8: 0.2625,
                12: 0.2267,
                100: 0.0308,
                200: 0.0062,
                400: 0.0011,
            },
            zero_from=900,
        ),
    ),
    "small scale": Experiment(
        data="line",
        network=Drawn(seed=7, m=1000, scale=1e-9),
        optimiser=train.gradient_descent,
        settings=dict(step=0.1, steps=265, lam=0.005, record_every=2),
        read=Readings(
            "section III, animation of very small initialisation",
            losses={
                0: 0.7489,
                84: 0.7489,
                100: 0.7445,
                110: 0.6574,
                116: 0.3534,
                120: 0.1066,
                124: 0.0243,
                128: 0.0101,
            },
            zero_from=174,
        ),
    ),
    "two regimes": Experiment(
        data="line",
        network=Drawn(seed=4, m=100, scale=1e-7, dtype=np.float32),
        optimiser=train.gradient_descent,
        settings=dict(step=0.1, steps=349),
    ),
    "plane": Experiment(
        data="plane",
        network=Drawn(seed=4, m=20, scale=1e-3 / np.sqrt(10)),
        optimiser=train.gradient_descent,
        settings=dict(step=0.1, steps=442),
        read=Readings(
            "section III, number of different patterns along gradient descent",
            counts={0: 20, 25: 20, 36: 16, 42: 13, 84: 16, 128: 3, 292: 5, 300: 4},
        ),
    ),
}
_OF_THE_NETWORK = ("seed", "m", "scale", "dtype", "mirrored")


def names() -> list[str]:
    """Names of the runs."""
    return list(RUNS)


def setting(name: str) -> Experiment:
    """The setting of the run of that name. Raises ValueError, listing the names, if there is
    none.
    """
    return RUNS[checks.as_choice(name, "name", RUNS)]


def readings(name: str) -> Readings:
    """What was read off the picture of that run.

    Raises ValueError where there is no such run or its picture prints no number.
    """
    read = setting(name).read
    if read is None:
        known = ", ".join(name for name, experiment in RUNS.items() if experiment.read)
        raise ValueError(f"name must be one of {known}, whose pictures print numbers; got {name!r}")
    return read


def run(
    name: str,
    optimiser: Callable[..., Trajectory] | None = None,
    **changes,
) -> tuple[Dataset, Trajectory]:
    """The run of that name: its Dataset and its Trajectory.

    `optimiser` and `changes` replace parts of it. Changes are settings of the optimiser (step,
    steps, lam, ...) or of the network drawn: seed, m, scale, dtype, mirrored (see Drawn). A
    seed draws data that are random anew too. Raises ValueError, listing the names, if there is
    no such run; for changes of a network that is not drawn; and for an odd number of neurons
    to mirror.
    """
    experiment = setting(name)
    of_network = {key: changes.pop(key) for key in _OF_THE_NETWORK if key in changes}
    if of_network and isinstance(experiment.network, Given):
        change = next(iter(of_network))
        raise ValueError(f"{change} cannot be changed: the network of {name!r} is given, not drawn")
    network = replace(experiment.network, **of_network)
    if network.dtype not in (float, np.float32, np.float64):
        raise ValueError(f"dtype must be float or numpy.float32; got {network.dtype!r}")
    seed = of_network.get("seed") if experiment.data in data.DRAWN else None
    S = data.load(experiment.data, seed)
    arrays = (S.X, S.y, *network.weights(S.X.shape[1]))
    trainer = experiment.optimiser if optimiser is None else optimiser
    if not callable(trainer):
        raise ValueError(f"optimiser must be a function such as train.adam; got {trainer!r}")
    settings = dict(reduction="mean") | experiment.settings | changes
    return S, trainer(*(np.asarray(a, network.dtype) for a in arrays), **settings)


def at_scale(
    scale: float,
    m: int = 1000,
    seed: int = 7,
    mirrored: bool = False,
    level: float = 1e-8,
    steps: int = 4000,
) -> tuple[Dataset, Trajectory]:
    """Gradient descent on "line" from weights of that scale, without decay, to a loss below
    `level`.

    The step is 1 / (m scale^2), at most 0.1: the size for which every scale stays stable.
    Looks at the loss every 20 steps and stops after `steps`. The Trajectory has two entries:
    start and end. Raises ValueError on bad input.
    """
    scale = checks.as_positive(scale, "scale")
    m = checks.as_count(m, "m", 1)
    level = checks.as_nonnegative(level, "level")
    S, whole = run(
        "small scale",
        scale=scale,
        m=m,
        seed=seed,
        mirrored=mirrored,
        lam=0.0,
        steps=steps,
        record_every=20,
        step=1 / max(10.0, m * (scale * scale)),
    )
    ends = [0, reached(whole, level)]
    return S, replace(whole, **{name: value[ends] for name, value in vars(whole).items()})


def reached(run: Trajectory, level: float) -> int:
    """Index of the first recorded step whose data term is below `level`; the last one, if none
    is.
    """
    below = np.flatnonzero(run.fit < checks.as_nonnegative(level, "level"))
    return int(below[0]) if len(below) else len(run) - 1


class Laziness(NamedTuple):
    """How lazy a run was.

    changed: share of the neurons that changed pattern; displacement: of the first layer,
    relative to its size; gap: the largest one, between the ends of the data, to the output of
    an optimum.
    """

    changed: float
    displacement: float
    gap: float


def laziness(
    S: Dataset,
    run: Trajectory,
    optimum: Solution,
) -> Laziness:
    """How lazy a run on points of a line was, against an optimum of the convex program."""
    x = S.X[:, 0]
    inside = data.with_bias(np.linspace(x.min(), x.max(), 301))
    return Laziness(
        changed=float(run.changed_neurons(S.X).mean()),
        displacement=run.displacement(),
        gap=networks.largest_gap(run.final, optimum.to_network(), inside),
    )


def laziness_over_scales(
    scales: Sequence[float],
    m: int,
    seeds: Sequence[int],
    optimum: Solution,
) -> np.ndarray:
    """The three measures of `laziness` for `at_scale`, by seed and scale: shape (seeds,
    scales, 3). Raises ValueError as `at_scale`.
    """
    scales = [checks.as_positive(s, "scales") for s in checks.as_float(scales, "scales").ravel()]
    seeds = [checks.as_count(s, "seeds") for s in checks.as_array(seeds, "seeds").ravel()]
    return np.array(
        [[laziness(*at_scale(scale, m, seed), optimum) for scale in scales] for seed in seeds]
    )


def landscape_starts() -> np.ndarray:
    """First layers (2500, 2) of two neurons, a grid over the landscape of section I.

    Its ends are chosen so that no start lies on a kink of the loss, where a weight is 0.
    """
    side = np.linspace(-2.47, 3.49, 50)
    return np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)


def landscape_ends(S: Dataset, W: np.ndarray, step: float = 0.05, steps: int = 400) -> np.ndarray:
    """Losses (k,) at which gradient descent ends from first layers W (k, m) on data of one column.

    The second layer stays 1, as in the landscape of section I. Raises ValueError on bad input.
    """
    W = checks.as_float(W, "W")
    if W.ndim != 2:
        raise ValueError(f"W must have shape (k, m), one first layer a row; got {W.shape}")
    runs = train.descend_many(S.X, S.y, W[..., None], step=step, steps=steps, train_alpha=False)
    return runs.loss


class AtRest(NamedTuple):
    """A network at rest: its loss (eq. 1), W and alpha, without the neurons that decayed to 0."""

    loss: float
    W: np.ndarray
    alpha: np.ndarray


@dataclass(frozen=True)
class NarrowRuns:
    """Narrow networks that gradient descent brought to rest on one data set, with decay lam."""

    X: np.ndarray
    y: np.ndarray
    lam: float
    networks: list[AtRest]


def narrow_runs(runs: int = 15, lam: float = 0.02) -> list[NarrowRuns]:
    """Three neurons from `runs` random starts on each of two random sets of six points.

    Raises ValueError on bad input.
    """
    runs = checks.as_count(runs, "runs", 1)
    rng = np.random.default_rng(2)
    found = []
    for _ in range(2):
        X = rng.normal(size=(6, 2))
        y = rng.normal(size=6)
        W = rng.normal(size=(runs, 3, 2))
        alpha = rng.normal(size=(runs, 3))
        ends = train.settle(X, y, W, alpha, lam, steps=12_000)  # more do not change the ends
        # The others are on their way to 0: balanced, such a neuron adds about 1e-8 to the output.
        kept = np.abs(ends.alpha) > 1e-4
        rested = [
            AtRest(loss, W[k], alpha[k]) for loss, W, alpha, k in zip(*ends, kept, strict=True)
        ]
        found.append(NarrowRuns(X, y, lam, rested))
    return found
