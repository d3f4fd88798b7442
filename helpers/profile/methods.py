"""The methods of the comparison, each from a problem to traces of seconds and objectives.

Every value credited is the loss of a network that exists: whatever a method says of itself, its
points are turned into networks and `loss` is taken of them.

Adam, SGD    all steps and seeds at once; a run's seconds are its share of the time of all
pyscnn       the augmented Lagrangian of the authors' package, where it is installed
listed       our solver over the same sampled patterns, with a certificate for these
searched     and from there on over patterns that are searched, with a bound for every network
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from time import perf_counter, process_time

import numpy as np

from .. import convex
from ..networks import balanced
from ..patterns import activation_patterns, distinct
from . import protocol, training
from .protocol import Problem, Size

LISTED_TO = (0.1, 1e-3)  # relative gaps, one after the other
SEARCHED_TO = 1e-3
FROM_NOTHING = 0.6  # of the time left, for the search that begins with a short training
RECORD_EVERY = 1.05  # pyscnn's point is kept whenever so many times as many seconds have passed


@dataclass(frozen=True)
class Trace:
    """One method on one problem: R runs recorded T times.

    seconds (T,): of one run. objective (R, T). best: the smallest, the `loss` of its network.
    bound: what is proved that no network is below, 0 where nothing is.
    gap: of the program over the patterns sampled, NaN where that is not solved.
    """

    seconds: np.ndarray
    objective: np.ndarray
    best: float
    bound: float = 0.0
    gap: float = np.nan


def adam(data: Problem, lams: tuple[float, ...], size: Size) -> list[Trace]:
    """Adam's traces, one a lambda."""
    return _trained(data, lams, size, adam=True)


def sgd(data: Problem, lams: tuple[float, ...], size: Size) -> list[Trace]:
    """The traces of stochastic gradient descent, one a lambda."""
    return _trained(data, lams, size, adam=False)


def _trained(data, lams, size, adam):
    begin = training.starts(data.X.shape[1], size.neurons, lams)
    schedule = training.Schedule(size.epochs)
    run = training.train(data, begin, schedule, adam, size.device)
    each = len(begin.lams) // len(lams)
    traces = []
    for k, lam in enumerate(lams):
        own = slice(k * each, (k + 1) * each)
        objective = run.objective[own]
        best = k * each + objective.min(axis=1).argmin()
        value = data.objective(run.W[best], run.alpha[best], lam)
        traces.append(Trace(run.seconds / len(begin.lams), objective, value))
    return traces


def pyscnn(data: Problem, lams: tuple[float, ...], size: Size) -> list[Trace]:
    """The augmented Lagrangian of the package pyscnn, with its own settings, one a lambda."""
    return [_augmented_lagrangian(data, lam, size) for lam in lams]


def _augmented_lagrangian(data, lam, size):
    """Its cones are met in the limit: what is credited is the network of its u and v."""
    from scnn import metrics, models, regularizers, solvers
    from scnn.private import interface

    begun = process_time()
    interface.set_device(size.device.partition(":")[0], "float32", 0)
    model = models.ConvexReLU(protocol.gates(data.X.shape[1], size.gates).T)
    penalty = regularizers.NeuronGL1(lam)
    quiet = metrics.Metrics(grad_norm=False)
    points, others, _ = interface.process_data(data.X, data.y, None, None, unitize_data=False)
    inner = interface.build_internal_model(model, penalty, points[0])
    procedure = interface.build_optimizer(solvers.AL(model), penalty, quiet)
    watch = _Watch(procedure.outer_term_criterion, begun, size.seconds)
    procedure.outer_term_criterion = watch
    logger = interface.get_logger("scnn")
    logger.setLevel("ERROR")
    wanted = interface.build_metrics_tuple(quiet)
    _, inner, _ = procedure(logger, inner, lambda model: model, points, others, wanted)
    watch.keep(inner)
    values = [data.objective(*_network(weights), lam) for weights in watch.weights]
    return Trace(np.array(watch.seconds), np.array([values]), min(values))


class _Watch:
    """Stands before pyscnn's last criterion, which sees every iterate: keeps some, ends in time."""

    def __init__(self, criterion, begun, limit):
        self.criterion = criterion
        self.begun = begun
        self.limit = limit
        self.seconds = []
        self.weights = []

    def __call__(self, model, *state):
        now = process_time() - self.begun
        if not self.seconds or now >= RECORD_EVERY * self.seconds[-1]:
            self.keep(model)
        return now > self.limit or self.criterion(model, *state)

    def keep(self, model):
        """Keep the iterate; the time that takes is not counted."""
        now = process_time()
        self.seconds.append(now - self.begun)
        weights = model.weights
        kept = weights.numpy(force=True) if hasattr(weights, "numpy") else weights
        self.weights.append(np.array(kept, float))
        self.begun += process_time() - now


def _network(weights):
    """The balanced network of pyscnn's weights (2, 1, P, d)."""
    U, V = weights[:, 0]
    return balanced(np.vstack([U, V]), np.repeat([1.0, -1.0], len(U)))


def listed(data: Problem, lams: tuple[float, ...], size: Size) -> list[Trace]:
    """Our solver over the sampled patterns, one a lambda."""
    return [_Convex(data, lam, size.seconds).listed(size).trace() for lam in lams]


def searched(data: Problem, lams: tuple[float, ...], size: Size) -> list[Trace]:
    """Our solver over the sampled patterns, and then over those that are searched from there."""
    traces = []
    for lam in lams:
        solver = _Convex(data, lam, size.seconds).listed(size)
        traces.append(solver.searched().trace())
    return traces


class _Convex:
    """`convex.solve` and `convex.search` on one problem, in turns that begin where one ended."""

    def __init__(self, data, lam, limit):
        self.data = data
        self.lam = lam
        self.limit = limit
        self.spent = 0.0  # seconds of the processor
        self.elapsed = 0.0  # and of the clock, since the first turn
        self.seconds = []
        self.values = []
        self.bound = 0.0
        self.gap = np.nan
        self.best = None

    def _turn(self, solve, *arguments, **options):
        begun = perf_counter()
        used = process_time()
        lam = self.data.article_lam(self.lam)
        found = solve(self.data.X, self.data.y, lam, *arguments, **options)
        self.spent += process_time() - used
        self.elapsed += perf_counter() - begun
        value = self.data.objective(*found.to_network(), self.lam)
        if not self.values or value < min(self.values):
            self.best = found
        self.seconds.append(self.spent)
        self.values.append(value)
        return found

    def listed(self, size):
        """Solve over the sampled patterns, roughly and then to the gap asked."""
        used = process_time()
        W = protocol.gates(self.data.X.shape[1], size.gates)
        D = distinct(activation_patterns(self.data.X, W))[0]
        self.spent += process_time() - used
        for tol in LISTED_TO:
            found = self._turn(convex.solve, D, tol, start=self.best, seconds=self.left())
            self.gap = found.gap
        return self

    def left(self):
        """Seconds of the limit that are left, by the clock: more on a machine that is busy."""
        busy = max(1.0, self.elapsed / self.spent) if self.elapsed else 1.0
        return max(0.0, self.limit - self.spent) * busy

    def searched(self):
        """Search from a network trained for a moment, and then from the best that is known."""
        found = self._searched_from(None, FROM_NOTHING * self.left())
        if not found.converged:
            self._searched_from(self.best, self.left())
        return self

    def _searched_from(self, start, seconds):
        found = self._turn(convex.search, SEARCHED_TO, start=start, seconds=seconds)
        self.bound = max(self.bound, self.data.scaled(found.lower_bound))
        return found

    def trace(self):
        """What the turns have come to."""
        objective = np.array([self.values])
        return Trace(
            seconds=np.array(self.seconds),
            objective=objective,
            best=float(objective.min()),
            bound=self.bound,
            gap=self.gap,
        )


Method = Callable[[Problem, tuple[float, ...], Size], list[Trace]]
METHODS: dict[str, Method] = {
    "Adam": adam,
    "SGD": sgd,
    "pyscnn": pyscnn,
    "listed": listed,
    "searched": searched,
}
ALL_AT_ONCE = ("Adam", "SGD")  # every lambda in one batch of networks
PUBLISHED = ("Adam", "SGD", "pyscnn")


def available() -> list[str]:
    """The names of the methods that can run here."""
    return [name for name in METHODS if name != "pyscnn" or find_spec("scnn")]
