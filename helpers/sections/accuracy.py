"""Section An accuracy table of our own: convex programs and training, on digits held out.

Every method is one-vs-all: a network a class, its points labelled +1 and all others -1, the class
of a new point that of the largest output. All minimise eq. 1 over 2n, summed over the classes; each
picks its decay, and its step if it has one, by the accuracy on the points for validation. Shapes:
X (n, d) with the bias column last, labels (n,) integers 0 ... C - 1, scores (n, C).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from .. import checks, convex, data, files, gated, real_data
from ..loss import relu
from ..patterns import activation_patterns

SIDE = 4  # pixels: images are averaged down to so many a side
GATES = 30  # sampled patterns of a convex network; a trained one has two neurons for each
TOLERANCE = 2e-2  # of the convex programs: the relative gap that is proved
LAMS = (1.0, 0.3, 0.1)  # in eq. 1

EPOCHS = 50
BATCHES = 10
HALVED = 15  # epochs after which a step is halved

CONVEX = ("gated", "ReLU, convex")
STEPS = {"Adam": (0.1, 0.01), "SGD": (1.0, 0.1), "Adagrad": (1.0, 0.1)}
METHODS = (*CONVEX, *STEPS)


@dataclass(frozen=True)
class Points:
    """Data X (n, d) and labels (n,)."""

    X: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Split:
    """Points to train on, to choose settings by, and to judge by once these are chosen."""

    train: Points
    validation: Points
    test: Points


@dataclass(frozen=True)
class Setting:
    """A method with its decay lam (eq. 1) and its step, None where it has none."""

    method: str
    lam: float
    step: float | None


@dataclass(frozen=True)
class Fit:
    """What a method has found: scores of new data, and what it minimised."""

    scores: Callable[[np.ndarray], np.ndarray]
    objective: float

    def accuracy(self, points: Points) -> float:
        """The share of points whose label has the largest score."""
        return float(np.mean(self.scores(points.X).argmax(axis=1) == points.labels))


def settings() -> list[Setting]:
    """Every method with every decay and step that it may choose."""
    tried = []
    for method, lam in product(METHODS, LAMS):
        steps = STEPS.get(method, (None,))
        tried += [Setting(method, lam, step) for step in steps]
    return tried


def pooled(
    X: np.ndarray,
    side: int = SIDE,
) -> np.ndarray:
    """Square images (n, pixels) averaged over square blocks: (n, side^2), at most 1.

    Raises ValueError where they are not square, or not made of so many blocks.
    """
    pixels = int(np.sqrt(X.shape[1]))
    if pixels**2 != X.shape[1] or pixels % side:
        raise ValueError(
            f"side must divide the side of square images; got {side} for {X.shape[1]} pixels"
        )
    block = pixels // side
    blocks = X.reshape(len(X), side, block, side, block)
    return blocks.mean(axis=(2, 4)).reshape(len(X), -1) / X.max()


def split(
    name: str,
    seed: int,
    side: int = SIDE,
    sizes: tuple[int, int, int] = (400, 300, 500),
) -> Split:
    """Points of an image set of `real_data` to train, validate and test, drawn from `seed`.

    Tested is on rows of the official test set, where there is one. The mean of the points to train
    on is subtracted: else most sampled patterns would be all or nothing. Raises ValueError where
    there are too few rows, and as `real_data.load`.
    """
    images = real_data.load(name)
    most = images.train or len(images.X) - sizes[2]
    if sizes[0] + sizes[1] > most or sizes[2] > len(images.X) - most:
        raise ValueError(f"sizes must leave rows of {name} to test on; got {sizes}")
    X = pooled(images.X, side)
    rng = np.random.default_rng(seed)
    first = rng.permutation(images.train or len(X))
    last = first[::-1]
    if images.train:
        last = images.train + rng.permutation(len(X) - images.train)
    rows = first[: sizes[0]], first[sizes[0] : sum(sizes[:2])], last[: sizes[2]]
    X = data.with_bias(X - X[rows[0]].mean(axis=0))
    return Split(*(Points(X[k], images.y[k]) for k in rows))


def fit(
    setting: Setting,
    train: Points,
    seed: int,
    gates: int = GATES,
) -> Fit:
    """The method's networks, one a class, from gates or first weights drawn from `seed`."""
    checks.as_choice(setting.method, "method", METHODS)
    rng = np.random.default_rng([seed, 1])
    G = rng.standard_normal((gates, train.X.shape[1]))
    if setting.method == "gated":
        return _gated(train, setting.lam, G)
    if setting.method == "ReLU, convex":
        return _convex(train, setting.lam, G)
    return _trained(train, setting, 2 * gates, seed)


def signs(labels: np.ndarray) -> np.ndarray:
    """+1 where a point is of the class, -1 where not: (n, C)."""
    return np.where(labels[:, None] == np.arange(labels.max() + 1), 1.0, -1.0)


def _gated(train, lam, G):
    """A gated network a class, of the gates G (P, d)."""
    D = activation_patterns(train.X, G)
    found = [gated.solve(train.X, y, lam, D, TOLERANCE) for y in signs(train.labels).T]
    W = np.array([one.W for one in found])

    def scores(X):
        return np.einsum("pn,nd,cpd->nc", activation_patterns(X, G), X, W, optimize=True)

    return Fit(scores, sum(one.objective for one in found) / (2 * len(train.X)))


def _convex(train, lam, G):
    """A ReLU network a class, the optimum over the patterns of the vectors G (P, d)."""
    D = activation_patterns(train.X, G)
    _, found = convex.one_vs_all(train.X, train.labels, lam, D, TOLERANCE)

    def scores(X):
        return np.column_stack([one.predict(X) for one in found])

    return Fit(scores, sum(one.objective for one in found) / (2 * len(train.X)))


def _trained(train, setting, m, seed):
    """A ReLU network of m neurons a class, trained by an optimiser of torch on batches."""
    import torch  # only the comparison needs it

    X = torch.tensor(train.X)
    y = torch.tensor(signs(train.labels).T.copy())
    n, d = X.shape
    torch.manual_seed(seed)
    W = (torch.randn(len(y), m, d, dtype=X.dtype) / d**0.5).requires_grad_()
    alpha = (torch.randn(len(y), m, dtype=X.dtype) / m**0.5).requires_grad_()
    optimiser = getattr(torch.optim, setting.method)([W, alpha], lr=setting.step)
    schedule = torch.optim.lr_scheduler.StepLR(optimiser, HALVED, 0.5)

    def objective(rows):
        hidden = torch.relu(X[rows] @ W.transpose(1, 2))
        residual = (hidden @ alpha[:, :, None])[:, :, 0] - y[:, rows]
        penalty = (W**2).sum() + (alpha**2).sum()
        return (residual**2).sum() / (2 * len(rows)) + setting.lam / (2 * n) * penalty

    for _ in range(EPOCHS):
        for rows in torch.randperm(n).tensor_split(BATCHES):
            optimiser.zero_grad()
            objective(rows).backward()
            optimiser.step()
        schedule.step()
    weights = W.detach().numpy()
    last = alpha.detach().numpy()

    def scores(X):
        return np.einsum("cnm,cm->nc", relu(X @ weights.transpose(0, 2, 1)), last)

    with torch.no_grad():
        return Fit(scores, float(objective(torch.arange(n))))


@dataclass(frozen=True)
class Result:
    """A method on one set: its accuracy on test points (seeds,), and the settings it chose."""

    accuracy: np.ndarray
    objective: np.ndarray
    chosen: list[Setting]


def chosen(
    record: dict,
    name: str,
    width: int = GATES,
) -> dict[str, Result]:
    """What each method reaches on a set, its setting chosen on validation points for each seed.

    Methods that the record lacks at that width are left out. Of settings that validate equally
    well the one of the smallest objective is chosen.
    """
    mine = [run for run in record["runs"] if (run["set"], run["width"]) == (name, width)]
    results = {}
    for method in METHODS:
        runs = [run for run in mine if run["method"] == method]
        if not runs:
            continue
        best = []
        for seed in sorted({run["seed"] for run in runs}):
            tried = [run for run in runs if run["seed"] == seed]
            best.append(max(tried, key=lambda run: (run["validation"], -run["objective"])))
        results[method] = Result(
            accuracy=np.array([run["test"] for run in best]),
            objective=np.array([run["objective"] for run in best]),
            chosen=[Setting(method, run["lam"], run["step"]) for run in best],
        )
    return results


def stored() -> dict:
    """The record of `python -m benchmarks.accuracy`."""
    return files.read_json(files.record("accuracy"))
