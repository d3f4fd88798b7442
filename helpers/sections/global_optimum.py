"""Section The global optimum, with its proof: what the benchmarks of the solvers recorded.

A record of benchmarks/results/convex.json has instance, share (lam / lambda_max), method and
either CPU seconds, the objective (recomputed in the cones) and, from ours, the bound that a dual
point proves, or "failed", the reason. A run that was "stopped" is judged by its last iterate.

A record of benchmarks/results/search.json is problem -> adam and search, curves of time and
objective, and sampled, number of weight vectors drawn -> the optimum over their patterns.
"""

from pathlib import Path

from .. import files

Record = dict  # of one method on one problem, as a benchmark wrote it
ROUNDING = 1e-9  # gaps below this are rounding


def instances(record: str | Path, share: float) -> dict[str, dict[str, Record]]:
    """What was recorded at one share of lambda_max: instance -> method -> record.

    Instances come kind by kind, by their size; those without a proven bound are left out.
    """
    rows = {}
    for r in files.read_json(record):
        if r["share"] == share:
            rows.setdefault(r["instance"], {})[r["method"]] = r
    kinds = list(dict.fromkeys(kind(name) for name in rows))

    def place(name):
        return kinds.index(kind(name)), int(name.split("-")[1])

    bounded = (name for name in rows if rows[name].get("ours", {}).get("bound") is not None)
    return {name: rows[name] for name in sorted(bounded, key=place)}


def kind(instance: str) -> str:
    """What an instance is of: of sine-10, sine."""
    return instance.split("-")[0]


def gap(record: Record, ours: Record) -> float:
    """(objective - bound) / objective against the bound that our run proved, at least ROUNDING."""
    return max((record["objective"] - ours["bound"]) / record["objective"], ROUNDING)


def largest_sample(record: str | Path, name: str) -> tuple[int, float]:
    """(number of patterns, certified optimum) of the largest sample recorded for a problem."""
    sampled = files.read_json(record)[name]["sampled"]
    largest = sampled[max(sampled, key=int)]
    return largest["patterns"], largest["objective"]
