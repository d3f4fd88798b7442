"""Figures of the section Why it is convex."""

import html
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from ..convex import Solution
from ..data import Dataset, with_bias
from ..drawing import dual as dual_drawing
from ..drawing import style
from ..drawing.style import Figure
from ..dual import angle, circle, dual_curve, peak
from ..loss import predict, relu
from ..networks import Network
from ..sections import why_convex
from ..sections.why_convex import Chain, Crossing, Meeting

# The merged arrows: two cells of the weights of three points on a line.
THREE = with_bias([-0.6, 0.2, 1.0])
GROUPS = (
    (style.NETWORK, np.array([[0.15, 0.9], [0.75, 0.55], [0.35, 0.85]])),
    (style.GREEN, np.array([[-0.75, 0.1], [-0.6, -0.22]])),
)


@dataclass(frozen=True)
class Step:
    """A step of a chain: how the next box compares, what is done, and the label of its figure."""

    sign: str
    name: str
    figure: str


STEPS = (
    Step("≥", "balance every neuron", "fig-balance"),
    Step("≥", "merge those of one cell", "fig-merge"),
    Step("≥", "go down: it is convex", "fig-crossing"),
    Step("=", "split into neurons", "fig-split"),
)


@dataclass(frozen=True)
class Diagram:
    """The chain from any network to the optimum and back: boxes (k, 2) of text, k - 1 steps."""

    boxes: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]

    def __repr__(self):
        lines = [": ".join(self.boxes[0])]
        for step, box in zip(self.steps, self.boxes[1:], strict=True):
            lines.append(f"{step.sign} ({step.name}) {': '.join(box)}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._html(), "text/plain": repr(self)}

    def _html(self) -> str:
        """Boxes one below the other; the arrows between them are links to the figures."""
        pitch = 92  # from box to box: 48 of the box, 44 of the arrow
        parts = []
        for k, (name, value) in enumerate(self.boxes):
            y = 4 + k * pitch
            parts.append(
                f'<rect x="20" y="{y}" width="250" height="48" rx="8" fill="none" '
                f'stroke="currentColor"/>'
                f'<text x="145" y="{y + 20}">{html.escape(name)}</text>'
                f'<text x="145" y="{y + 39}" font-weight="bold">{html.escape(value)}</text>'
            )
        for k, step in enumerate(self.steps):
            y = 52 + k * pitch
            parts.append(
                f'<path d="M60 {y + 6}v26m-6-8l6 8l6-8" fill="none" stroke="currentColor" '
                f'stroke-width="2"/><text x="38" y="{y + 27}" font-size="20">{step.sign}</text>'
                # A link of HTML: JupyterLab stumbles over those of SVG.
                f'<foreignObject x="84" y="{y + 9}" width="200" height="30">'
                f'<a href="#{step.figure}">{html.escape(step.name)}</a></foreignObject>'
            )
        last = 28 + (len(self.boxes) - 1) * pitch
        parts.append(
            f'<path d="M270 {last}h24V28h-18m8-6l-8 6l8 6" fill="none" stroke="currentColor" '
            f'stroke-width="2"/><text x="312" y="{last / 2 + 14}" '
            f'transform="rotate(90 312 {last / 2 + 14})">is a network, too: the best one</text>'
        )
        height = last + 32
        return (
            f'<svg viewBox="0 0 330 {height}" role="group" aria-label="{html.escape(repr(self))}" '
            f'style="width: 100%; max-width: 420px; display: block; margin: 0 auto" '
            f'font-size="15" fill="currentColor" text-anchor="middle">{"".join(parts)}</svg>'
        )


def chain(steps: Chain) -> Diagram:
    """The chain of the proof, with the losses of a network and of what becomes of it."""
    boxes = (
        ("any network", f"loss {steps.network:.3f}"),
        ("balanced", f"loss {steps.balanced:.3f}"),
        ("one neuron a cell and sign", f"value {steps.merged:.3f}"),
        ("least value of the program", f"{steps.optimum:.3f}"),
        ("a network of that loss", f"loss {steps.split:.3f}"),
    )
    return Diagram(boxes, STEPS)


def balance() -> Figure:
    """Sizes of the two layers: neurons of one output, and circles of one decay."""
    fig, ax = style.figure(4.8, 4.2)
    w = np.linspace(0.4, 2.6, 200)
    ax.plot(w, 1 / w, color=style.NETWORK, lw=3, label=r"one output: $|\alpha|\,\|w\| = 1$")
    turn = np.linspace(0, np.pi / 2, 91)
    circles = ((np.hypot(2, 0.5), style.NEUTRAL, ":"), (np.sqrt(2), style.CONVEX, "-"))
    for radius, colour, dashes in circles:
        ax.plot(radius * np.cos(turn), radius * np.sin(turn), dashes, color=colour, lw=2)
    ax.plot(2, 0.5, "o", color=style.NEUTRAL, ms=10)
    ax.plot(1, 1, "*", color=style.CONVEX, ms=20)
    ax.annotate("decay 4.25", (2.02, 0.6), color=style.NEUTRAL)
    ax.annotate("balanced:\ndecay 2", (1.1, 1.04), color=style.CONVEX)
    ax.set(xlim=(0, 2.6), ylim=(0, 2.3), aspect="equal")
    ax.set(xlabel=r"size of the first layer, $\|w\|$", ylabel=r"of the second, $|\alpha|$")
    ax.legend(loc="upper right")
    return fig


def merging() -> Figure:
    """Arrows of two cells, head to tail, and their sums, which stay in the cells."""
    fig, ax = style.figure(4.8, 4.4)
    for k, x in enumerate(THREE):
        side = 3 * np.array([-x[1], x[0]]) / np.hypot(*x)
        name = "points" if k == 0 else None
        ax.plot(*np.transpose([-side, side]), color=style.DATA, lw=1.2, label=name)
    for colour, U in GROUPS:
        _cell(ax, U.sum(axis=0), colour)
        ends = np.cumsum(U, axis=0)
        ax.plot(*np.vstack([[0, 0], ends]).T, "--", color=colour, lw=1.2)
        for u in U:
            _arrow(ax, u, colour, 1.6)
        _arrow(ax, ends[-1], colour, 4)
    ax.plot([], [], color=style.NEUTRAL, lw=1.6, label="neurons")
    ax.plot([], [], "--", color=style.NEUTRAL, lw=1.2, label="head to tail")
    ax.plot([], [], color=style.NEUTRAL, lw=4, label="their sum")
    ax.set(xlim=(-1.7, 1.6), ylim=(-0.6, 2.45), aspect="equal", xlabel="$u_1$", ylabel="$u_2$")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _cell(ax, u: np.ndarray, colour: str) -> None:
    """The cell of the three points in which u lies, shaded."""
    a = np.linspace(-180, 180, 1441)
    within = ((circle(a) @ THREE.T > 0) == (THREE @ u > 0)).all(axis=1)
    edge = np.vstack([[0, 0], 5 * circle(a[within])])
    ax.fill(*edge.T, color=colour, alpha=0.12, lw=0)


def _arrow(ax, u: np.ndarray, colour: str, width: float) -> None:
    """An arrow from the origin to u."""
    look = dict(arrowstyle="-|>", color=colour, lw=width, shrinkA=0, shrinkB=0, mutation_scale=12)
    ax.annotate("", u, (0, 0), arrowprops=look)


def crossing(way: Crossing) -> Figure:
    """The losses along the straight way between two networks, in the weights and in the program."""
    fig, ax = style.figure(4.8, 3.8)
    ax.plot(way.t, way.weights, color=style.NETWORK, lw=2.5, label="in the weights")
    ax.plot(way.t, way.program, color=style.CONVEX, lw=2.5, label="in the program")
    ends = [0, -1]
    look = dict(color=style.NEUTRAL, lw=1.2, ls="--", label="chord")
    ax.plot(way.t[ends], way.program[ends], **look)
    ax.plot(way.t[ends], way.program[ends], "o", color=style.NEUTRAL, ms=7)
    ax.set_xticks([0, 1], ["stuck network", "best network"])
    ax.set(ylabel="loss", ylim=(0.95 * way.program.min(), None))
    fig.legend(loc="outside lower center", ncols=3, handlelength=1.2, columnspacing=1)
    return fig


def split(S: Dataset, solution: Solution) -> Figure:
    """What every neuron of an optimum on a line adds to the output, and their sum."""
    fig, ax = style.figure(4.8, 3.9)
    x = np.linspace(S.X[:, 0].min() - 0.2, S.X[:, 0].max() + 0.2, 281)
    X = with_bias(x)
    W, alpha = solution.to_network()
    for k, row in enumerate(alpha[:, None] * relu(W @ X.T)):
        name = r"a neuron, $\alpha_i (x^\top w_i)_+$" if k == 0 else None
        ax.plot(x, row, color=style.NETWORK, lw=1.3, label=name)
    ax.plot(x, solution.predict(X), color=style.CONVEX, lw=3, label="their sum")
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, ms=10, mew=2.5, label="data")
    ax.set(xlabel="$x$", ylabel="output")
    fig.legend(loc="outside lower center", ncols=3, handlelength=1.2, columnspacing=1)
    return fig


def hull(
    X: np.ndarray,
    labels: dict[str, np.ndarray],
    solutions: dict[str, dict[float, Solution]],
) -> Callable[..., Figure]:
    """For `explore`, a function of the labels' name and the share lam / lambda_max.

    X (2, d); labels: name -> y (2,); solutions: name -> share -> Solution.
    """
    reach = why_convex.neuron_outputs(X, circle(np.linspace(-180, 180, 721)))
    body = np.vstack([reach, -reach])
    body = body[ConvexHull(body).vertices]
    meetings = {
        name: {share: why_convex.meeting(X, y, solutions[name][share]) for share in solutions[name]}
        for name, y in labels.items()
    }
    ends = [met.corners for some in meetings.values() for met in some.values()]
    far = 1.1 * np.abs(np.vstack([*ends, *labels.values()])).max()

    def draw(signs: str, share: float) -> Figure:
        met = meetings[signs][share]
        y = labels[signs]
        fig, ax = style.figure(5.2, 5.2)
        ax.fill(*(met.total * body).T, color=style.CONVEX, alpha=0.18, lw=0, label="hull")
        for sign, dashes in ((1, "-"), (-1, ":")):
            name = "neurons" if sign == 1 else "their negatives"
            ax.plot(*(sign * met.total * reach).T, dashes, color=style.NETWORK, lw=2, label=name)
        turn = np.linspace(0, 2 * np.pi, 181)
        ball = y + met.radius * np.column_stack([np.cos(turn), np.sin(turn)])
        ax.plot(*ball.T, color=style.NEUTRAL, lw=1.5, label="ball")
        ax.plot(*np.transpose([met.output, y]), color=style.DATA, lw=1.2)
        ax.plot(*y, "x", color=style.DATA, ms=11, mew=3, label="labels $y$")
        ax.plot(*met.corners.T, "s", color=style.GREEN, ms=9, label="neurons in use")
        ax.plot(*met.output, "o", color=style.CONVEX, ms=9, label="best output")
        ax.set(xlim=(-far, far), ylim=(-far, far), aspect="equal")
        ax.set(xlabel="at the first point", ylabel="at the second point")
        fig.legend(loc="outside lower center", ncols=3, handlelength=1.4, columnspacing=1)
        fig.alt = (
            f"λ = {share:g} λmax: {_in_use(met)}; sum of the sizes {met.total:.2f}, "
            f"distance to the labels {met.radius:.2f}."
        )
        return fig

    return draw


def _in_use(met: Meeting) -> str:
    """How many neurons an optimum uses, in words."""
    words = {
        0: "the hull is a point and no neuron is used",
        1: "the hull meets the ball in a corner, one neuron",
        2: "the hull meets the ball on a facet between two corners, two neurons",
        3: "the hull meets the ball on a triangle, three neurons",
    }
    return words[len(met.corners)]


def hull_in_space(
    X: np.ndarray,
    y: np.ndarray,
    solution: Solution,
) -> Callable[[float], Figure]:
    """For `explore`, a function of the angle from which the hull of three points is seen."""
    met = why_convex.meeting(X, y, solution)
    reach = met.total * why_convex.neuron_outputs(X, circle(np.linspace(-180, 180, 721)))
    body = np.vstack([reach, -reach])
    axes = 1.1 * np.abs(body).max() * np.eye(3)
    far = 1.1 * np.linalg.norm(body, axis=1).max()

    def draw(turned: float) -> Figure:
        seen = _seen_from(turned)
        fig, ax = style.figure(5.2, 5.0)
        outline = body @ seen
        ax.fill(*outline[ConvexHull(outline).vertices].T, color=style.CONVEX, alpha=0.18, lw=0)
        for k, end in enumerate(axes @ seen):
            ax.plot(*np.transpose([-end, end]), color=style.NEUTRAL, lw=0.8)
            ax.text(*(1.1 * end), f"point {k + 1}", ha="center", va="center")
        for sign, dashes in ((1, "-"), (-1, ":")):
            name = "neurons" if sign == 1 else "their negatives"
            ax.plot(*(sign * reach @ seen).T, dashes, color=style.NETWORK, lw=2, label=name)
        ax.fill(*(met.corners @ seen).T, color=style.GREEN, alpha=0.3, lw=2)
        ax.plot(*np.transpose([met.output @ seen, y @ seen]), color=style.DATA, lw=1.5)
        ax.plot(*(y @ seen), "x", color=style.DATA, ms=11, mew=3, label="labels $y$")
        ax.plot(*(met.corners @ seen).T, "s", color=style.GREEN, ms=9, label="neurons in use")
        ax.plot(*(met.output @ seen), "o", color=style.CONVEX, ms=9, label="best output")
        ax.set(xlim=(-far, far), ylim=(-far, far), aspect="equal")
        ax.set_axis_off()
        fig.legend(loc="outside lower center", ncols=3, handlelength=1.4, columnspacing=1)
        fig.alt = (
            f"Seen from {turned:g}°: {_in_use(met)}; the labels are {met.radius:.2f} away, "
            "straight above it."
        )
        return fig

    return draw


def _seen_from(turned: float) -> np.ndarray:
    """To the right and upwards, in space, for a view at that angle about the third axis: (3, 2)."""
    turn, tilt = np.deg2rad([turned, 22])  # 22: from a little above
    right = [-np.sin(turn), np.cos(turn), 0]
    up = [-np.sin(tilt) * np.cos(turn), -np.sin(tilt) * np.sin(turn), np.cos(tilt)]
    return np.column_stack([right, up])


def dual_along_lambda(
    S: Dataset,
    lambda_max: float,
    solutions: dict[float, Solution],
) -> Callable[[float], Figure]:
    """For `explore`, a function of the share lam / lambda_max: output above, dual curve below."""
    x = np.linspace(S.X[:, 0].min() - 0.2, S.X[:, 0].max() + 0.2, 241)

    def draw(share: float) -> Figure:
        best = solutions[share]
        lam = share * lambda_max
        theta = S.y - best.predict(S.X)
        network = why_convex.distinct_network(S.X, best)
        fig, (top, bottom) = style.figure(5.2, 5.6, 2, 1, height_ratios=[1, 1.6])
        top.plot(x, best.predict(with_bias(x)), color=style.CONVEX, lw=2.5, label="best output")
        top.plot(S.X[:, 0], S.y, "x", color=style.DATA, ms=9, mew=2.5, label="data")
        top.set(ylim=(-0.1, 1.1), xlabel="$x$")
        look = dict(color=style.NETWORK, lw=2.5, label="dual curve")
        dual_drawing.draw_curve(bottom, S.X, theta, lam, **look)
        mark = dict(color=style.GREEN, ms=10, label="neurons")
        dual_drawing.mark_neurons(bottom, S.X, theta, lam, network[0], **mark)
        fig.legend(loc="outside lower center", ncols=4, handlelength=1.2, columnspacing=1)
        fig.alt = _touching(share, lam, len(network[1]), best.objective)
        return fig

    return draw


def _touching(share: float, lam: float, neurons: int, value: float) -> str:
    """What the dual curve of an optimum shows, in words."""
    if share == 0:
        met = "λ = 0: the labels are met, the residual is zero,"
        return f"{met} and so are the curve and the band."
    where = f"λ = {share:g} λmax = {lam:.3f}"
    if neurons == 0:
        return f"{where}: the curve of the labels themselves stays within the band; no neuron."
    many = "one neuron touches" if neurons == 1 else f"{neurons} neurons touch"
    return f"{where}: the curve stays within the band, and {many} its edge; loss {value:.3f}."


def poking_out(
    S: Dataset,
    lam: float,
    stuck: Network,
    best: Solution,
) -> Figure:
    """The dual curve of a stuck network, where it is farthest out, and that of the optimum."""
    fig, ax = style.figure(4.8, 4.4)
    theta = S.y - predict(S.X, *stuck)
    reach = 3.0
    look = dict(color=style.NETWORK, lw=2.5, label="stuck network")
    dual_drawing.draw_curve(ax, S.X, theta, lam, reach, **look)
    dashed = dict(color=style.CONVEX, lw=2, ls="--", label="best network")
    a = dual_drawing.angles(S.X)
    ax.plot(a, dual_curve(S.X, S.y - best.predict(S.X), circle(a)) / lam, **dashed)
    mark = dict(color=style.GREEN, ms=10, label="neurons of the stuck one")
    dual_drawing.mark_neurons(ax, S.X, theta, lam, stuck[0], **mark)
    found = peak(S.X, theta)
    tip = (angle(found.direction[None])[0], found.sign * found.height / lam)
    arrow = dict(arrowstyle="->", color=style.NEUTRAL, lw=1.5)
    ax.annotate("a neuron is missing", tip, (-105, 0.93 * tip[1]), arrowprops=arrow, va="center")
    fig.legend(loc="outside lower center", ncols=2)
    return fig
