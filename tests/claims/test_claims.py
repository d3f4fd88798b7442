"""The article's claims: every check runs, no other verdict passes, what is stated reads well."""

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from helpers import claims
from helpers.claims import FAILS, HOLDS, IF, Contradiction, pages
from helpers.claims.registry import ARTICLE, stated

CLAIMS = claims.claims()
LEFT_OUT = {39, 40}  # the page with the table says why


def printed(claim):
    """What the page of the claim prints of it, as text."""
    page = pages.read(pages.FOLDER / f"{claim.page}.ipynb")
    (cell,) = (
        cell
        for cell in page["cells"]
        if "".join(cell["source"]) == f'claims.check("{claim.number}")'
    )
    return "".join(cell["outputs"][0]["data"]["text/plain"])


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.number)
def test_the_computation_bears_out_this_verdict_and_no_other(claim):
    entry = claims.judge(claim)
    assert repr(entry) == printed(claim)
    found = entry.finding
    assert found.shown and "nan" not in found.shown
    assert (claim.verdict != FAILS) or found.conditioned is None, "a condition is named: holds if"

    for other in {HOLDS, IF, FAILS} - {claim.verdict}:
        with pytest.raises(Contradiction, match=f"claim {claim.number} "):
            claims.judge(replace(claim, verdict=other, compute=lambda: found))

    not_corrected = replace(found, corrected=False)
    with pytest.raises(Contradiction, match="instead"):
        claims.judge(replace(claim, compute=lambda: not_corrected))


def test_every_claim_stated_has_its_check_in_the_order_of_the_file():
    numbers = [c["number"] for section in claims.SECTIONS for c in stated(section)["claim"]]
    assert numbers == [claim.number for claim in CLAIMS]


def test_no_number_is_missing():
    numbers = {int(re.match(r"\d+", claim.number)[0]) for claim in CLAIMS}
    assert numbers == set(range(2, max(numbers) + 1)) - LEFT_OUT


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.number)
def test_a_claim_reads_well(claim):
    assert claim.title
    assert claim.says.endswith((".", "”", ".)"))
    assert "\\\\" not in claim.says + claim.instead
    assert claim.instead or claim.verdict == HOLDS, "its condition or correction is missing"


def test_what_the_article_does_not_say_is_called_a_theorem():
    theorems = [claim for claim in CLAIMS if claim.speaker != ARTICLE]
    assert [claim.number for claim in theorems] == ["55", "56", "57"]
    for claim in theorems:
        assert claim.title.startswith("Theorem: ")
        assert "“" not in claim.says  # no words of the article


def test_links_lead_to_claims():
    linked = {
        number
        for claim in CLAIMS
        for number in re.findall(r"#claim-(\w+)", claim.says + claim.instead)
    }
    assert linked
    assert linked <= {claim.number for claim in CLAIMS}


def test_the_claims_need_no_torch():
    looked_at = (
        "import sys; from helpers import claims; claims.check('47'); print('torch' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", looked_at], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


def test_pytorch_draws_as_documented():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    weights = [torch.nn.Linear(400, 300).weight.detach().numpy() for _ in range(5)]
    largest = np.abs(weights).max()
    assert largest <= 1 / np.sqrt(400)
    assert np.isclose(largest, 1 / np.sqrt(400), rtol=1e-4)
    assert np.isclose(np.var(weights), 1 / (3 * 400), rtol=0.01)
