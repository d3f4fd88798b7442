"""How a claim is judged and shown."""

import pytest

from helpers import claims
from helpers.claims import FAILS, HOLDS, IF, Entry, Finding, registry

CLAIMS = claims.claims()


@pytest.fixture
def unjudged(monkeypatch):
    """Every claim passes, whatever it computes."""
    monkeypatch.setattr(registry, "judge", lambda claim: Entry(claim, Finding(True, "shown")))


@pytest.mark.parametrize(
    "finding, verdict",
    [
        (Finding(True, ""), HOLDS),
        (Finding(True, "", conditioned=False), HOLDS),
        (Finding(False, "", conditioned=True), IF),
        (Finding(False, "", conditioned=False), FAILS),
        (Finding(False, ""), FAILS),
    ],
)
def test_a_finding_fixes_its_verdict(finding, verdict):
    assert finding.verdict == verdict


def test_the_summary_counts_and_links(unjudged):
    summary = claims.Summary()
    table = summary._repr_markdown_()
    assert repr(summary) in table
    assert sum(summary.counts.values()) == len(CLAIMS)
    assert summary.counts[FAILS] == sum(claim.verdict == FAILS for claim in CLAIMS)
    for claim in CLAIMS:
        place = claim.place.replace("section ", "§ ")
        assert f"| [{claim.number}](#claim-{claim.number}) | {claim.title} | {place} |" in table


def test_a_summary_of_a_section_shows_what_was_computed(unjudged):
    summary = claims.Summary("conclusion")
    rows = summary._repr_markdown_().splitlines()[4:]
    shown = claims.claims("conclusion")
    assert len(rows) == len(shown) == len(summary.entries)
    for row, claim in zip(rows, shown, strict=True):
        assert claim.section == "conclusion"
        assert row.startswith(
            f"| [{claim.number}](#claim-{claim.number}) | {claim.title} | shown |"
        )


def test_an_entry_shows_its_computation_without_the_decorator():
    entry = Entry(CLAIMS[0], Finding(True, "at $a$, $b$."))
    text = entry._repr_markdown_()
    assert text.startswith("**The article** (above section I).")
    assert "```python\ndef notebook_of_the_plot():\n" in text
    assert "@claim" not in text
    assert repr(entry) == "2: does not hold. at $a$, $b$."


@pytest.mark.parametrize(
    "computed, shown",
    [
        ("at $a$, $b$: $c$ is .5 of $d$.", "at $a,$ $b$: $c$ is .5 of $d.$"),
        ("below 1e-06.", "below $10^{-6}.$"),
        ("up to 3.8e+12, by -2.0e-04", r"up to $3.8 \cdot 10^{12},$ by $-2.0 \cdot 10^{-4}$"),
        ("$2e3$ in a formula", "$2e3$ in a formula"),
        (
            "1048576 of 2000, 123456.7, $10000$ or 1,048,576",
            "1,048,576 of 2000, 123456.7, $10000$ or 1,048,576",
        ),
    ],
)
def test_numbers_are_formulas_that_keep_their_full_stops(computed, shown):
    entry = Entry(CLAIMS[0], Finding(True, computed))
    assert f"*Computed.* {shown}\n" in entry._repr_markdown_()


def test_refusals():
    with pytest.raises(ValueError, match="number must be one of 2, .*'999'"):
        claims.check("999")
    with pytest.raises(ValueError, match="section must be one of overview, .*'nowhere'"):
        claims.claims("nowhere")
    with pytest.raises(ValueError, match="no check yet; got '2'"):
        registry.claim("2")(CLAIMS[0].compute)
    with pytest.raises(ValueError, match="no check yet; got '999'"):
        registry.claim("999")(CLAIMS[0].compute)
