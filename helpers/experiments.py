"""The training runs behind the article's figures: data, initial network, optimiser and settings of each.

The settings were recovered from the published pictures. All minimise the mean squared error, plus
lam (||W||^2 + ||alpha||^2) where a decay was used.
"""

from dataclasses import replace

import numpy as np

from . import checks, data, networks, train

_RUNS = {
    "teaser": dict(
        data="teaser",
        seed=8,
        m=400,
        scale=1.0,
        optimiser=train.adam,
        settings=dict(step=1e-3, steps=6266, record_every=26),
    ),
    "one neuron": dict(
        data="two-points",
        W=[[0.3, -0.15]],
        alpha=[1.0],
        optimiser=train.adam,
        settings=dict(step=1e-3, steps=1595, record_every=7),
    ),
    "large scale": dict(
        data="line",
        seed=7,
        m=1000,
        scale=1.0,
        optimiser=train.gradient_descent,
        settings=dict(step=1e-3, steps=971, lam=0.005, record_every=4),
    ),
    "small scale": dict(
        data="line",
        seed=7,
        m=1000,
        scale=1e-9,
        optimiser=train.gradient_descent,
        settings=dict(step=0.1, steps=265, lam=0.005, record_every=2),
    ),
    "two regimes": dict(
        data="line",
        seed=4,
        m=100,
        scale=1e-7,
        dtype=np.float32,
        optimiser=train.gradient_descent,
        settings=dict(step=0.1, steps=349),
    ),
    "plane": dict(
        data="plane",
        seed=4,
        m=20,
        scale=1e-3 / np.sqrt(10),
        optimiser=train.gradient_descent,
        settings=dict(step=0.1, steps=442),
    ),
}
_NETWORK = ("seed", "m", "scale", "dtype", "balanced")


def names():
    """Names of the runs."""
    return list(_RUNS)


def setting(name):
    """The setting of that run, a dict: data, the network (W and alpha, or seed, m and scale), optimiser, settings of it.

    Raises ValueError, listing the names, if there is none.
    """
    if name not in _RUNS:
        raise ValueError(f"name must be one of {', '.join(_RUNS)}; got {name!r}")
    return dict(_RUNS[name])


def run(name, optimiser=None, **changes):
    """The run of that name: (its Dataset, its Trajectory). `optimiser` and `changes` replace parts of it.

    Changes are settings of the optimiser (step, steps, lam, ...) or of the network drawn: seed (which draws data that
    are random anew too), m, scale, dtype, and balanced=True, where a second half repeats the first with -alpha, so
    that the untrained output is 0. Raises ValueError, listing the names, if there is no such run; for changes of a
    network that is not drawn; and for an odd number of neurons to balance.
    """
    spec = setting(name)
    drawn = {key: changes.pop(key) for key in _NETWORK if key in changes}
    if drawn and "W" in spec:
        raise ValueError(
            f"{next(iter(drawn))} cannot be changed: the network of {name!r} is given, not drawn"
        )
    spec |= drawn
    S = data.load(spec["data"], drawn.get("seed") if spec["data"] in data.DRAWN else None)
    arrays = [S.X, S.y, *((spec["W"], spec["alpha"]) if "W" in spec else _draw(spec, S.X.shape[1]))]
    arrays = [np.asarray(a, spec.get("dtype", float)) for a in arrays]
    return S, (optimiser or spec["optimiser"])(
        *arrays, reduction="mean", **spec["settings"] | changes
    )


def at_scale(scale, m=1000, seed=7, balanced=False, level=1e-8, steps=4000):
    """Gradient descent on "line" from weights of that scale, without decay, to a loss below `level`.

    The step is 1 / (m scale^2), at most 0.1: the size for which every scale stays stable. Looks at the loss every 20
    steps and stops after `steps`. Returns (Dataset, Trajectory of two entries: start and end).
    """
    S, path = run(
        "small scale",
        scale=scale,
        m=m,
        seed=seed,
        balanced=balanced,
        lam=0.0,
        steps=steps,
        record_every=20,
        step=min(0.1, 1 / (m * scale**2)),
    )
    ends = [0, reached(path, level)]
    return S, replace(path, **{name: value[ends] for name, value in vars(path).items()})


def reached(path, level):
    """Index of the first recorded step whose data term is below `level`; the last one, if none is."""
    below = np.flatnonzero(path.fit < checks.as_nonnegative(level, "level"))
    return int(below[0]) if len(below) else len(path) - 1


def _draw(spec, d):
    """The initial network (W, alpha) of a specification with seed, m and scale."""
    m, rng = checks.as_count(spec["m"], "m", 1), np.random.default_rng(spec["seed"])
    if not spec.get("balanced"):
        return train.uniform_network(m, d, spec["scale"], rng)
    if m % 2:
        raise ValueError(f"m must be even to balance the network; got {m}")
    W, alpha = train.uniform_network(m // 2, d, spec["scale"], rng)
    return np.vstack([W, W]), np.concatenate([alpha, -alpha])


def laziness(S, path, optimum):
    """How lazy a run was: (share of neurons that changed pattern, displacement, largest gap between the data's ends
    to a Solution), three floats.
    """
    inside = data.with_bias(np.linspace(S.X[:, 0].min(), S.X[:, 0].max(), 301))
    gap = networks.largest_gap(path.final, optimum.to_network(), inside)
    return float(path.changed_neurons(S.X).mean()), path.displacement(), gap


def laziness_over_scales(scales, m, seeds, optimum):
    """These measures of `at_scale`, by seed and scale: shape (seeds, scales, 3)."""
    return np.array(
        [[laziness(*at_scale(scale, m, seed), optimum) for scale in scales] for seed in seeds]
    )
