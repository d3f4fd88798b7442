"""Compute what the registry lacks, or prove what it holds.

    python -m benchmarks.registry [--check] [name ...]

Stopped at any moment it goes on where it was. One thread. A share of lambda_max whose proof does
not close, or that `check` cannot prove anew, is left out.
"""

import argparse
import sys
import time

import numpy as np

from helpers import checks, convex, patterns
from helpers.loss import loss
from helpers.networks import prune, to_network

from . import adam, check, entries, problems

LISTED = 5_000  # patterns that a proof goes through, a projection each
SECONDS = 90.0  # for one optimum, on a clock that other work slows
TOL = 3e-7  # of the solver: with the margin the gap stays below 1e-6
MARGIN = 3e-7  # by which theta stays within its limit, so that another route can prove it
NEGLIGIBLE = 1e-9  # the loss that neurons left out may cost, relative
NEAR = 1e-3  # that much below lambda_max the best network is one neuron, all but at the peak
NEAR_TOL = 1e-8  # what this neuron removes of the loss is NEAR squared


def sparse(X, y, lam, solution):
    """The network of a solution, and of its neurons the largest that do as well."""
    W, alpha = prune(X, *to_network(solution.U, solution.V))
    order = np.argsort(-np.abs(alpha))
    best = loss(X, y, W, alpha, lam)
    low = 0
    high = len(order)
    while low < high:
        few = (low + high) // 2
        kept = order[:few]
        if few and loss(X, y, W[kept], alpha[kept], lam) <= (1 + NEGLIGIBLE) * best:
            high = few
        else:
            low = few + 1
    return W[order[:high]], alpha[order[:high]]


def optimum(X, y, share, lam):
    """The optimum at one share, or None where the proof does not close."""
    begun = time.process_time()
    solution = convex.solve(X, y, lam, tol=TOL, seconds=SECONDS)
    seconds = time.process_time() - begun
    if not solution.converged:
        return None
    W, alpha = sparse(X, y, lam, solution)
    theta = (1 - MARGIN) * solution.dual
    objective = loss(X, y, W, alpha, lam)
    bound = float(y @ y - (y - theta) @ (y - theta))
    return {
        "share": share,
        "lam": lam,
        "objective": objective,
        "lower_bound": bound,
        "gap": (objective - bound) / objective,
        "neurons": len(alpha),
        "seconds": round(seconds, 3),
        "W": W.tolist(),
        "alpha": alpha.tolist(),
        "theta": theta.tolist(),
    }


def started(name):
    """An entry without optima."""
    X, y = problems.PROBLEMS[name]()
    lam_max = convex.lambda_max(X, y)
    near = convex.solve(X, y, (1 - NEAR) * lam_max, tol=NEAR_TOL, seconds=SECONDS)
    W, alpha = near.to_network()
    largest = W[np.abs(alpha).argmax()]
    cells = patterns.AllPatterns(X)
    counted = cells.most <= LISTED
    return {
        "name": name,
        "n": len(X),
        "d": X.shape[1],
        "rank": cells.rank,
        "patterns": cells.count if counted else cells.most,
        "counted": counted,
        "route": "listed" if counted else "branch and bound",
        "digest": problems.digest(X, y),
        "lam_max": lam_max,
        "peak": (largest / np.linalg.norm(largest)).tolist(),
        "optima": [],
    }


def fill(name):
    """Compute the entry of that name where it is missing, share by share, and store it."""
    if entries.path(name).exists():
        return
    X, y = problems.PROBLEMS[name]()
    entry = started(name)
    for share in entries.SHARES:
        found = optimum(X, y, share, share * entry["lam_max"])
        if found is None:
            print(f"{name:24} {share:6} not closed in {SECONDS:.0f} s", flush=True)
            break  # a smaller decay takes longer still
        if faults(X, y, entry, found):
            break
        entry["optima"].append(found)
    if entry["optima"]:
        entries.write(entry)


def compare(name):
    """Train beside the optima of that name where that is missing, and store it."""
    entry = entries.read(name)
    optima = entry["optima"]
    if all("adam" in found for found in optima):
        return
    X, y = problems.PROBLEMS[name]()
    lams, objectives = ([found[key] for found in optima] for key in ("lam", "objective"))
    for found, ends in zip(optima, adam.best(X, y, lams, objectives), strict=True):
        found["adam"] = ends
        print(f"{name:24} {found['share']:6} Adam {ends['excess']:9.1e} above", flush=True)
    entries.write(entry)


def faults(X, y, entry, found):
    """Prove an optimum anew, tell how it went, and return what was not proved."""
    begun = time.process_time()
    left = check.faults(X, y, entry, found)
    seconds = time.process_time() - begun
    found.setdefault("proved in", round(seconds, 3))
    said = f"NOT PROVED: {', '.join(left)}" if left else "proved anew"
    print(
        f"{entry['name']:24} {found['share']:6} gap {found['gap']:.1e} {found['seconds']:6.2f} s, "
        f"{said} in {seconds:6.2f} s, {entry['route']}",
        flush=True,
    )
    return left


def prove(names):
    """Prove every optimum anew; returns how many have faults."""
    faulty = 0
    for name in names:
        X, y = problems.PROBLEMS[name]()
        entry = entries.read(name)
        if problems.digest(X, y) != entry["digest"]:
            print(f"{name:24} the data have changed")
            faulty += 1
            continue
        faulty += sum(bool(faults(X, y, entry, found)) for found in entry["optima"])
    print(f"{faulty} not proved" if faulty else "all proved")
    return faulty


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument("--check", action="store_true", help="prove the entries anew")
    arguments = parser.parse_args()
    for name in arguments.names:
        checks.as_choice(name, "name", problems.PROBLEMS)
    if arguments.check:
        sys.exit(prove(arguments.names or entries.names()) > 0)
    names = arguments.names or list(problems.PROBLEMS)
    warm = np.random.default_rng(0).standard_normal((60, 4))  # compiled before a clock runs
    convex.solve(warm, warm[:, 0], convex.lambda_max(warm, warm[:, 0]) / 10)
    for name in names:
        fill(name)
    entries.write_table()
    for name in names:
        if entries.path(name).exists():
            compare(name)
    entries.write_table()


if __name__ == "__main__":
    main()
