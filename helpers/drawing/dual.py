"""The dual curve, against the direction of a neuron, with its band: still and along training.

For data of two columns. Heights are in units of lam, so that the band is between -1 and 1.
"""

from collections.abc import Sequence

import numpy as np

from ..dual import angle, circle, dual_curve
from ..train import Trajectory
from . import style
from .player import Curve, Player, Triangles

BAND = (-1.0, 1.0)
ALL_ROUND = (-180.0, 180.0)
QUARTERS = np.array([-180, -90, 0, 90, 180])


def point_angles(X: np.ndarray) -> np.ndarray:
    """The angles at which a neuron is about to activate a point, two a row of X (n, 2): (2 n,)."""
    quarter = np.column_stack([-X[:, 1], X[:, 0]])
    return np.sort(angle(np.vstack([quarter, -quarter])))


def angles(X: np.ndarray, count: int = 361) -> np.ndarray:
    """Angles all round, with those at which the curves of X (n, 2) have kinks."""
    return np.unique(np.append(np.linspace(*ALL_ROUND, count), point_angles(X)))


def draw_curve(
    ax,
    X: np.ndarray,
    theta: np.ndarray,
    lam: float,
    reach: float = 2.0,
    **look,
) -> None:
    """The dual curve of theta, the band and a red line for every point, out to +-reach lam.

    Without decay there is no band, and the unit is 1.
    """
    a = angles(X)
    if lam > 0:
        ax.axhspan(*BAND, color=style.NEUTRAL, alpha=0.16, lw=0)
    for place in point_angles(X):
        ax.axvline(place, color=style.DATA, lw=0.8, alpha=0.6)
    ax.plot(a, _height(X, theta, circle(a), lam), **look)
    ax.set(xlim=ALL_ROUND, ylim=(-reach, reach), xlabel="direction of a neuron")
    ax.set_xticks(QUARTERS, [f"{q}°" for q in QUARTERS])
    names = {-1: r"$-\lambda$", 0: "0", 1: r"$\lambda$"} if lam > 0 else {0: "0"}
    ax.set_yticks(list(names), list(names.values()))


def mark_neurons(
    ax,
    X: np.ndarray,
    theta: np.ndarray,
    lam: float,
    W: np.ndarray,
    **look,
) -> None:
    """A mark on the dual curve in the direction of every neuron W (m, 2)."""
    if len(W):
        ax.plot(angle(W), _height(X, theta, W, lam), "o", **look)


def _height(X, theta, directions, lam):
    """The dual curve in units of lam, of 1 without decay."""
    return dual_curve(X, theta, directions) / (lam or 1)


def training(
    X: np.ndarray,
    y: np.ndarray,
    runs: Sequence[Trajectory],
    lam: float,
    label: str,
    reach: float = 3.0,
) -> Player:
    """Player: the dual curve of the residual along runs, one after the other, and their neurons.

    A triangle on the curve stands in the direction of every neuron; it points right where its
    output is positive. A later run may have more neurons than the one before.
    """
    a = angles(X)
    most = max(run.alpha.shape[1] for run in runs)
    curves = []
    places = []
    heights = []
    right = []
    captions = []
    passed = 0
    for run in runs:
        theta = y - run.outputs(X)
        curve = dual_curve(X, theta, circle(a)) / lam
        curves.append(curve)
        T, m, _ = run.W.shape
        where = angle(run.W.reshape(T * m, 2)).reshape(T, m)
        on_it = [np.interp(w, a, row) for w, row in zip(where, curve, strict=True)]
        missing = ((0, 0), (0, most - m))
        places.append(np.pad(where, missing, constant_values=np.nan))
        heights.append(np.pad(on_it, missing))
        right.append(np.pad(run.alpha > 0, missing))
        for step, loss, row in zip(run.step, run.loss, curve, strict=True):
            captions.append(
                f"step {passed + step:,}, {_neurons(m)}: loss {loss:.3g}, "
                f"the curve reaches {np.abs(row).max():.2f} λ"
            )
        passed += int(run.step[-1])
    return Player(
        label=label,
        captions=captions,
        xlim=ALL_ROUND,
        ylim=(-reach, reach),
        curves=[
            _band(),
            _points(X),
            Curve("dual curve of the residual", a, np.vstack(curves), style.NETWORK),
        ],
        triangles=[Triangles("neurons", np.vstack(places), np.vstack(heights), np.vstack(right))],
        xlabel="direction of a neuron (degrees)",
        ylabel="in units of $\\lambda$",
    )


def _neurons(m: int) -> str:
    return "1 neuron" if m == 1 else f"{m} neurons"


def _band() -> Curve:
    """The edges of the band, joined off the plot."""
    far = 4 * ALL_ROUND[1]
    x = np.array([-far, far, far, -far])
    return Curve("band ±λ", x, np.array([1.0, 1.0, -1.0, -1.0]), style.NEUTRAL, (4, 3))


def _points(X: np.ndarray) -> Curve:
    """A line up or down at the angle of every point, joined off the plot."""
    places = np.repeat(point_angles(X), 2)
    far = 3.5  # plots: what a player can hold
    ends = np.resize([-far, far, far, -far], len(places))
    return Curve("data points", places, ends, style.DATA, (1, 4))
