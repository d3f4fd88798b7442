"""The theorems that the article leans on, demonstrated."""

from itertools import combinations, product

import numpy as np
import sympy as sp

from .. import convex, descent_path, patterns
from ..loss import loss, predict
from ..stationarity import clarke_residual, own_program
from .practice import count_neurons, narrow_runs
from .registry import HOLDS, IF, Finding, claim

PAPER = "the equivalence the article builds on"


def thinned(W, alpha):
    """The network without the neurons that are zero up to the solver's tolerance."""
    kept = np.abs(alpha) > 1e-3
    return W[kept], alpha[kept]


@claim("54", "Equal optima, from a width on", "section II, general case, and section III, conclusion",
       "“The best network for a given dataset can be found exactly by solving a convex problem.”", IF,
       "the network is wide enough: from $m^*$ neurons on, the fewest that an optimum of the convex program has; $m^* \\leq n$.")
def equal_optima():
    rng, decay = np.random.default_rng(1), 0.02
    X, y = rng.normal(size=(4, 2)), rng.normal(size=4)
    best = convex.solve(X, y, decay)
    least = count_neurons(*best.to_network())
    blocks = [(D, s) for D in best.patterns for s in (1.0, -1.0)]

    def best_of_width(m):  # m neurons have m (pattern, sign) pairs; each choice of them is a convex program
        return min(convex.solve(X, y, decay, [D for D, _ in chosen], signs=[s for _, s in chosen]).objective
                   for chosen in combinations(blocks, m))

    narrower = [best_of_width(m) for m in range(1, least)]
    enough = loss(X, y, *thinned(*best.to_network()), decay)
    equal = enough < best.objective * (1 + 1e-6)
    return Finding(printed=min(narrower) < best.objective * (1 + 1e-6), conditioned=equal and best.gap < 1e-6, corrected=1 < least <= 4, shown=(
        f"Four points: convex optimum {best.objective:.4f}. Best networks of {' and '.join(map(str, range(1, least)))} neurons, exactly (all choices "
        f"of patterns and signs): {' and '.join(f'{v:.4f}' for v in narrower)}; with {least} neurons {enough:.4f}."))


@claim("55", "Stationary networks and convex optima", "section III, the convex reformulation as “a new point of view”",
       "Where gradient descent stands still, the network is the optimum of the convex program restricted to its own patterns and signs.", IF,
       "it does not sit on a concave kink (entry [56](#claim-56)). And back: an optimum inside its cones is stationary.")
def stationary_and_optimal():
    forward, back = [], []
    for X, y, decay, runs in narrow_runs():
        forward += [(clarke_residual(X, y, W, alpha, decay, kink=1e-5), end / own_program(X, y, W, alpha, decay).objective - 1)
                    for end, W, alpha in runs]
        for D, s in product(patterns.enumerate_patterns(X), (1.0, -1.0)):
            V, a = convex.solve(X, y, decay, [D], signs=[s]).to_network()
            if np.abs(a).max(initial=0) > 1e-3 and (np.abs(X @ V.T) > 1e-3 * np.linalg.norm(V, axis=1)).all():
                back.append(clarke_residual(X, y, V, a, decay))
    residual, gap = np.array(forward).T
    still = residual < 2e-3
    exception, _, here, around = concave_kink_example()
    return Finding(printed=not (exception and here > max(around) + 1e-3), conditioned=bool(still.sum() > 20 and gap[still].max() < 1e-4),
                   corrected=len(back) >= 3 and max(back) < 1e-5, shown=(
        f"{still.sum()} of {len(still)} trained networks have a subgradient below 0.002; their losses are within 1e-4 of the optimum of their "
        f"program. {len(back)} optima for one pattern and one sign lie inside their cones; their gradients are below 1e-5."))


def concave_kink_example():
    """Two points, one neuron u = (0.9, 0), lambda = 1/10: (stationary?, the mixing weight, its loss, the optima of both programs)."""
    half, tenth = sp.Rational(1, 2), sp.Rational(1, 10)
    X, y, u, t = sp.Matrix([[1, -half], [0, 1]]), sp.Matrix([1, tenth]), sp.Matrix([sp.Rational(9, 10), 0]), sp.symbols("t")
    sides = [sp.diag(1, on) for on in (0, 1)]  # the kink of the second point, off and on
    gradients = [2 * X.T * D * (D * X * u - y) + 2 * tenth * u / u.norm() for D in sides]  # of ||D X u - y||^2 + 2 lambda ||u||
    mixed = sp.solve(list((1 - t) * gradients[0] + t * gradients[1]), t)  # a slope between 0 and 1 that makes it zero
    here = float((X * u - y).dot(X * u - y) + 2 * tenth * u.norm())
    around = [convex.solve(np.array(X, float), np.array(y, float).ravel(), 0.1, [[1, on]], signs=[1.0]).objective for on in (0, 1)]
    return bool(mixed) and 0 <= mixed[t] <= 1, mixed.get(t), here, around


@claim("56", "The exception at a concave kink", PAPER, "A network at which no direction is favoured by the subgradients is the optimum of the convex "
       "programs around it.", IF, "the loss does not bend down at a data point on a neuron's boundary. There a network can be stationary in Clarke's "
       "sense and optimal for neither of the two patterns.")
def concave_kink():
    stationary, weight, here, around = concave_kink_example()
    u = np.array([[0.9, 0.0]]) / np.sqrt(0.9)
    X, y = np.array([[1, -0.5], [0, 1]]), np.array([1, 0.1])
    network = loss(X, y, u, [np.sqrt(0.9)], 0.1), clarke_residual(X, y, u, [np.sqrt(0.9)], 0.1)
    V, a = convex.solve(X, y, 0.1, [[1, 1]], signs=[1.0]).to_network()  # stationary, no point on its boundary
    smooth = clarke_residual(X, y, V, a, 0.1), loss(X, y, V, a, 0.1) / own_program(X, y, V, a, 0.1).objective - 1
    return Finding(printed=not (stationary and here > max(around) + 1e-3), conditioned=max(smooth) < 1e-5, shown=(
        f"$X = ((1, -1/2), (0, 1))$, $y = (1, 0.1)$, $\\lambda = 0.1$, one neuron $u = (0.9, 0)$: the gradients on the two sides of its kink mix to "
        f"zero with weight {weight}, exactly. Its loss is {here:.4f}; the programs of the two sides reach {around[0]:.4f} and {around[1]:.4f}."),
        corrected=abs(network[0] - here) < 1e-12 and network[1] < 1e-9)


@claim("57", "The non-increasing path", "section I, research context", "With weight decay too, a path of non-increasing loss leads from any network "
       "to a global minimum.", IF, "there is room for both networks: $m \\geq n + m^*$. Balance the layers, merge within patterns, prune to $n$ "
       "neurons, then mix in the optimum.")
def non_increasing_path():
    rng, decay, rises, ends, refused = np.random.default_rng(0), 0.05, [], [], False
    for _ in range(10):
        X, y = rng.normal(size=(5, 2)), rng.normal(size=5)
        best = convex.solve(X, y, decay)
        W, alpha = best.to_network()
        moves = descent_path.merge_moves(X, np.abs(alpha)[:, None] * W, np.sign(alpha)) or [np.abs(alpha)[:, None] * W]
        U = [moves[-1], *descent_path.prune_moves(X, moves[-1], np.sign(alpha))][-1]
        used = np.linalg.norm(U, axis=1) > 1e-7
        W, alpha = descent_path.balanced(U[used], np.sign(alpha)[used])
        for m in (5 + len(W), 20):
            start = rng.normal(size=(m, 2)), rng.normal(size=m)
            values = np.array([loss(X, y, *net, decay) for net in descent_path.non_increasing(X, y, *start, (W, alpha))])
            rises.append(np.diff(values).max() / values[0])
            ends.append(values[-1] / best.objective - 1)
    try:
        descent_path.non_increasing(X, y, *(part[:len(W) - 1] for part in start), (W, alpha))
    except ValueError:
        refused = True
    return Finding(printed=not refused, conditioned=max(rises) < 1e-7 and max(ends) < 1e-5, shown=(
        f"{len(rises)} random starts, as wide as needed or wider: the largest rise along a path is below 1e-7 of the loss, the end within "
        f"1e-5 of the certified optimum. With fewer neurons than the optimum has, there is no such network to go to."))


@claim("58", "Pruning to $n$ neurons", "section II, general case (Carathéodory’s theorem)", "A network of any width can be reduced to $n$ neurons.",
       HOLDS, "The output on the data stays, and the decay does not grow.")
def pruning():
    rng, kept, change, dearer = np.random.default_rng(1), [], 0.0, -np.inf
    for _ in range(30):
        n, m = int(rng.integers(2, 8)), int(rng.integers(8, 40))
        X, U, s = rng.normal(size=(n, 3)), rng.normal(size=(m, 3)), rng.choice([-1.0, 1.0], m)
        V = [U, *descent_path.prune_moves(X, U, s)][-1]
        left = np.linalg.norm(V, axis=1) > descent_path.EMPTY
        kept.append(left.sum() / n)
        before, after = (predict(X, *descent_path.balanced(Z, s)) for Z in (U, V))
        change = max(change, np.abs(before - after).max())
        dearer = max(dearer, np.linalg.norm(V, axis=1).sum() - np.linalg.norm(U, axis=1).sum())
    return Finding(printed=max(kept) <= 1 and change < 1e-8 and dearer < 1e-8, shown=(
        f"30 random networks of 8 to 39 neurons on 2 to 7 points: at most {max(kept):.0f} $n$ neurons left, output changed by less than 1e-8, "
        f"decay never larger."))


@claim("59", "One neuron for each pattern", "section II, specifics (“at the core of the proof”)", "Having more than one neuron in one pattern does not "
       "decrease the loss.", HOLDS, "Neurons of one pattern and sign merge into one of the same output on the data and no larger decay.")
def one_neuron_for_each():
    rng, change, dearer, most = np.random.default_rng(0), 0.0, -np.inf, True
    for _ in range(50):
        X, W, alpha = rng.normal(size=(6, 2)), rng.normal(size=(40, 2)), rng.normal(size=40)
        V, a = convex.merge(X, W, alpha)
        change = max(change, np.abs(predict(X, W, alpha) - predict(X, V, a)).max())
        dearer = max(dearer, (V**2).sum() + (a**2).sum() - (W**2).sum() - (alpha**2).sum())
        D = np.column_stack([patterns.activation_patterns(X, V), a > 0])
        most &= len(np.unique(D, axis=0)) == len(D) <= 2 * patterns.count_patterns(X)
    return Finding(printed=change < 1e-10 and dearer < 0 and bool(most), shown=(
        "50 random networks of 40 neurons: merged, no pattern and sign occurs twice, the output on the data is the same to rounding and the decay "
        "is always smaller."))
