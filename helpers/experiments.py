"""The training runs behind the article's figures: data, initial network, optimiser and settings of each.

The settings were recovered from the published pictures. All minimise the mean squared error, plus
lam (||W||^2 + ||alpha||^2) where a decay was used.
"""

import numpy as np

from . import data, train

_RUNS = {
    "teaser": dict(data="teaser", seed=8, m=400, scale=1.0, optimiser=train.adam,
                   settings=dict(step=1e-3, steps=6266, record_every=26)),
    "one neuron": dict(data="two-points", W=[[0.3, -0.15]], alpha=[1.0], optimiser=train.adam,
                       settings=dict(step=1e-3, steps=1595, record_every=7)),
    "large scale": dict(data="line", seed=7, m=1000, scale=1.0, optimiser=train.gradient_descent,
                        settings=dict(step=1e-3, steps=971, lam=0.005, record_every=4)),
    "small scale": dict(data="line", seed=7, m=1000, scale=1e-9, optimiser=train.gradient_descent,
                        settings=dict(step=0.1, steps=265, lam=0.005, record_every=2)),
    "plane": dict(data="plane", seed=4, m=20, scale=1e-3 / np.sqrt(10), optimiser=train.gradient_descent,
                  settings=dict(step=0.1, steps=442)),
}


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
    """The run of that name: (its Dataset, its Trajectory). `optimiser` and `changes` replace settings of it.

    Raises ValueError, listing the names, if there is none.
    """
    spec, S = setting(name), data.load(_RUNS[name]["data"])
    network = (spec["W"], spec["alpha"]) if "W" in spec else train.uniform_network(
        spec["m"], S.X.shape[1], spec["scale"], np.random.default_rng(spec["seed"]))
    settings = spec["settings"] | changes
    return S, (optimiser or spec["optimiser"])(S.X, S.y, *network, reduction="mean", **settings)
