"""The article's claims: every check runs, no other verdict passes, and the article's slips, planted, are caught."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers import claims, convex, data, experiments, networks, patterns, train
from helpers.claims import registry
from helpers.claims import small_initialisation as small_scale
from helpers.sections import convex_program

ROOT = Path(__file__).parents[1]
CLAIMS = claims.claims()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.number)
def test_the_computation_bears_out_this_verdict_and_no_other(claim):
    found = claims.judge(claim).finding
    assert found.shown and "nan" not in found.shown
    for other in {claims.HOLDS, claims.IF, claims.FAILS} - {claim.verdict}:
        with pytest.raises(claims.Contradiction, match=f"claim {claim.number} "):
            claims.judge(replace(claim, verdict=other, compute=lambda: found))
    with pytest.raises(claims.Contradiction, match="instead"):
        claims.judge(replace(claim, compute=lambda: replace(found, corrected=False)))


def test_a_finding_fixes_its_verdict():
    assert claims.Finding(True, "").verdict == claims.HOLDS
    assert claims.Finding(False, "", conditioned=True).verdict == claims.IF
    assert (
        claims.Finding(False, "", conditioned=False).verdict
        == claims.Finding(False, "").verdict
        == claims.FAILS
    )


def test_every_claim_stated_has_its_check_and_reads_well():
    stated = [
        c
        for module in claims.PAGES
        for c in tomllib.loads((ROOT / f"helpers/claims/{module}.toml").read_text())["claim"]
    ]
    assert [c["number"] for c in stated] == [c.number for c in CLAIMS] and len(CLAIMS) >= 40
    assert {int(re.match(r"\d+", c.number)[0]) for c in CLAIMS} >= set(range(2, 60)) - {39, 40}
    for c in CLAIMS:
        assert c.title and c.says.endswith((".", "”", ".)")) and "\\\\" not in c.says + c.instead, (
            c.number
        )
        assert c.verdict == claims.HOLDS or c.instead, (
            f"claim {c.number} needs its condition or correction"
        )


def test_every_claim_has_one_entry_on_its_page_in_order():
    shown = {}
    for page in dict.fromkeys(claims.PAGES.values()):
        cells = nbformat.read(ROOT / f"notebooks/{page}.ipynb", 4).cells
        for label, entry in zip(cells, cells[1:]):
            if label.source.startswith("(claim-"):
                number = re.match(r'claims.check\("(\w+)"\)$', entry.source)[1]
                title = next(c.title for c in CLAIMS if c.number == number)
                assert label.source == f"(claim-{number})=\n### {number}. {title}"
                assert entry.outputs[0].data["text/markdown"].startswith("**The article**")
                shown[number] = page
    assert shown == {c.number: c.page for c in CLAIMS} and list(shown) == [c.number for c in CLAIMS]


def test_the_summary_counts_and_links(monkeypatch):
    monkeypatch.setattr(registry, "judge", lambda c: claims.Entry(c, claims.Finding(True, "shown")))
    summary = claims.Summary()
    table = summary._repr_markdown_()
    assert sum(summary.counts.values()) == len(CLAIMS) and repr(summary) in table
    assert all(f"| [{c.number}](#claim-{c.number}) | {c.title} |" in table for c in CLAIMS)
    assert summary.counts[claims.FAILS] == sum(c.verdict == claims.FAILS for c in CLAIMS)


def test_lines_break_neither_before_a_full_stop_nor_within_a_number():
    finding = claims.Finding(True, "at $a$, $b$: $c$ is .5 and 1e-06 of $d$.")
    shown = claims.Entry(CLAIMS[0], finding)
    assert "*Computed.* at $a,$ $b$: $c$ is .5 and 1e\u201106 of $d.$\n" in shown._repr_markdown_()
    assert finding.shown in repr(shown)


def test_refusals():
    with pytest.raises(ValueError, match="number must be one of 2, .*'999'"):
        claims.check("999")
    with pytest.raises(ValueError, match="no check yet"):
        registry.claim(CLAIMS[0].number)(CLAIMS[0].compute)
    with pytest.raises(ValueError, match="no check yet"):
        registry.claim("999")(CLAIMS[0].compute)


solve, run = convex.solve, experiments.run
ONE_NEURON = experiments.RUNS["one neuron"]


def _run_with(name, **changed):
    """experiments.run with other settings of the run `name`."""
    return lambda n, *args, **settings: run(
        n, *args, **(changed | settings if n == name else settings)
    )


def _added_up(X, W, alpha):
    """Neurons of a pattern added up whatever their signs."""
    D, which = np.unique(patterns.activation_patterns(X, W), axis=0, return_inverse=True)
    U = np.zeros((len(D), W.shape[1]))
    np.add.at(U, which.ravel(), alpha[:, None] * W)
    return U / np.sqrt(np.linalg.norm(U, axis=1))[:, None], np.sqrt(np.linalg.norm(U, axis=1))


def _half_lines(X, *args, **kwargs):
    """The article's ten patterns for four points."""
    W = np.array([[s, -s * kink] for kink in (-2, -1, 0, 1, 2) for s in (1.0, -1.0)])
    return patterns.activation_patterns(X, W)


def _mirrored():
    return data.Dataset(
        np.array([[1.0], [-1.0]]), np.array([1.0, 2.0]), "x_1 > 0 > x_2, as the picture is drawn"
    )


SLIPS = {  # what is planted: (object, attribute, the article's version, claims that must notice)
    "factor 1 in the penalty": (
        convex,
        "solve",
        lambda X, y, lam, *a, **k: solve(X, y, lam / 2, *a, **k),
        ["21", "22", "25b"],
    ),
    "one neuron for u and v": (
        convex.Solution,
        "to_network",
        lambda s: (s.U[:1], np.ones(1)),
        ["25b", "26", "61"],
    ),
    "ten patterns of four points": (patterns, "enumerate_patterns", _half_lines, ["34"]),
    "2^n patterns": (patterns, "cover_count", lambda n, r: 2**n, ["27", "37", "37b", "66"]),
    "10^25 patterns": (patterns, "cover_count", lambda n, r: 10**25, ["37"]),
    "a bound of n instead of n - 1": (
        patterns,
        "article_bound",
        lambda n, r: 2 * r * (np.e * n / r) ** r,
        ["37"],
    ),
    "active means a positive output": (
        patterns,
        "activation_patterns",
        lambda X, W: W @ X.T > 0,
        ["14"],
    ),
    "activation point w_2 / w_1": (
        patterns,
        "activation_points",
        lambda W: W[:, 1] / W[:, 0],
        ["32", "52", "46"],
    ),
    "start (.3, .15)": (
        experiments.RUNS,
        "one neuron",
        replace(ONE_NEURON, network=experiments.Given([[0.3, 0.15]], [1.0])),
        ["3", "32", "62"],
    ),
    "vanilla gradient descent": (
        experiments.RUNS,
        "one neuron",
        replace(ONE_NEURON, optimiser=train.gradient_descent),
        ["3"],
    ),
    "one step a frame": (
        experiments,
        "run",
        _run_with("one neuron", record_every=1, steps=228),
        ["33b"],
    ),
    "no decay at large scale": (experiments, "run", _run_with("large scale", lam=0.0), ["3"]),
    "no decay at small scale": (
        experiments,
        "run",
        _run_with("small scale", lam=0.0),
        ["52", "53"],
    ),
    "neurons at -1.3": (
        small_scale,
        "_cluster",
        lambda run: np.full(len(run), -1.3),
        ["52", "52b"],
    ),
    "signs left free": (
        convex,
        "solve",
        lambda X, y, lam, D=None, signs=None: solve(X, y, lam, D),
        ["44", "44b", "61", "68"],
    ),
    "no cone constraint": (convex_program, "nearest", lambda C, z: (z, []), ["31"]),
    "neurons merged across signs": (networks, "merge", _added_up, ["59"]),
    "no pruning": (networks, "prune", lambda X, W, alpha: (W, alpha), ["58"]),
    "labels of the linked notebook": (data.DATASETS, "teaser", data.DATASETS["sine"], ["2"]),
    "the picture's x_1 > 0 > x_2": (data.DATASETS, "landscape", _mirrored, ["6"]),
    "normal weights of variance 1/m": (
        train,
        "uniform_network",
        lambda m, d, scale, rng: (
            scale * rng.normal(size=(m, d)) / np.sqrt(m),
            scale * rng.normal(size=m) / np.sqrt(m),
        ),
        ["50", "50b"],
    ),
}


@pytest.mark.parametrize(
    "slip, number", [(slip, n) for slip, planted in SLIPS.items() for n in planted[3]]
)
def test_a_slip_of_the_article_is_caught_where_it_is_planted(monkeypatch, slip, number):
    place, name, version, _ = SLIPS[slip]
    (monkeypatch.setitem if isinstance(place, dict) else monkeypatch.setattr)(place, name, version)
    with pytest.raises(claims.Contradiction):
        claims.check(number)
