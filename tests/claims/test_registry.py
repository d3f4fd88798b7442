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


def test_lines_break_neither_before_a_full_stop_nor_within_a_number():
    entry = Entry(CLAIMS[0], Finding(True, "at $a$, $b$: $c$ is .5 and 1e-06 of $d$."))
    shown = "*Computed.* at $a,$ $b$: $c$ is .5 and 1e\N{NON-BREAKING HYPHEN}06 of $d.$\n"
    assert shown in entry._repr_markdown_()


def test_refusals():
    with pytest.raises(ValueError, match="number must be one of 2, .*'999'"):
        claims.check("999")
    with pytest.raises(ValueError, match="section must be one of overview, .*'nowhere'"):
        claims.claims("nowhere")
    with pytest.raises(ValueError, match="no check yet; got '2'"):
        registry.claim("2")(CLAIMS[0].compute)
    with pytest.raises(ValueError, match="no check yet; got '999'"):
        registry.claim("999")(CLAIMS[0].compute)
