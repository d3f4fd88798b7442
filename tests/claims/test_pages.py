"""The pages of *The article, checked* are those that the claims make."""

import json
import re
from pathlib import Path

import pytest
import yaml

from helpers import claims
from helpers.claims import pages
from helpers.claims.registry import MARK, SECTIONS

ROOT = Path(__file__).parents[2]
PAGES = pages.pages()


@pytest.mark.parametrize("name", PAGES)
def test_the_page_in_the_book_is_that_of_the_claims(name):
    stored = pages.read(ROOT / f"notebooks/{name}.ipynb")
    assert pages.unexecuted(stored) == PAGES[name], "run: python -m helpers.claims.pages"


@pytest.mark.parametrize("claim", claims.claims(), ids=lambda claim: claim.number)
def test_the_entry_in_the_book_shows_this_claim(claim):
    cells = pages.read(ROOT / f"notebooks/{claim.page}.ipynb")["cells"]
    asked = f'claims.check("{claim.number}")'
    k = next(k for k, cell in enumerate(cells) if "".join(cell["source"]) == asked)
    above = "".join(cells[k - 1]["source"])
    assert above == f"(claim-{claim.number})=\n### {claim.number}. {claim.title}"
    shown = "".join(cells[k]["outputs"][0]["data"]["text/markdown"])
    assert shown.startswith(f"**{claim.speaker}** ({claim.place}).")
    assert claim.source in shown


def test_the_table_in_the_book_has_every_claim_with_its_verdict():
    cells = pages.read(ROOT / f"notebooks/{pages.TABLE}.ipynb")["cells"]
    table = "".join(cells[2]["outputs"][0]["data"]["text/markdown"])
    rows = re.findall(r"^\| \[(\w+)\]\(#claim-\1\) \| (.*) \| .* \| (.*) \|$", table, re.M)
    told = [(c.number, c.title, MARK[c.verdict].replace(" ", "\xa0", 1)) for c in claims.claims()]
    assert rows == told, "run: make claims"


@pytest.mark.parametrize("section", SECTIONS)
def test_a_page_begins_with_a_heading(section):
    assert claims.claims(section)[0].heading, "else the page leaves out a level of headings"


def test_every_file_of_claims_belongs_to_a_section():
    files = {path.stem for path in (ROOT / "helpers/claims").glob("*.toml")}
    assert files - {"article"} == set(SECTIONS)


def test_no_other_page_calls_itself_checked():
    stored = {path.stem for path in (ROOT / "notebooks").glob("*_checked.ipynb")}
    assert stored == set(PAGES)


def test_they_stand_in_the_book_in_reading_order():
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    chapters = {part["caption"]: part["chapters"] for part in parts}
    files = [chapter["file"] for chapter in chapters["The article, checked"]]
    assert files == [f"notebooks/{name}" for name in PAGES]


def test_only_a_page_whose_cells_changed_is_written_again(tmp_path):
    written = pages.write(tmp_path)
    assert [path.stem for path in written] == list(PAGES)
    assert pages.write(tmp_path) == []

    executed, changed = written[:2]
    notebook = pages.read(executed)
    notebook["cells"][2] |= {"execution_count": 2, "outputs": [{"output_type": "stream"}]}
    executed.write_text(json.dumps(notebook), encoding="utf-8")
    other = pages.read(changed)
    other["cells"][0]["source"] = ["# Another title"]
    changed.write_text(json.dumps(other), encoding="utf-8")

    assert pages.write(tmp_path) == [changed]
    assert pages.read(executed) == notebook
    assert pages.read(changed) == PAGES[changed.stem]
