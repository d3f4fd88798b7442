"""CITATION.cff says of the article and its paper what the book's references say."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
BIBLIOGRAPHY = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")


def entry(key):
    """The fields of an entry of references.bib, without braces."""
    (text,) = re.findall(rf"@\w+{{{key},\n(.*?)\n}}", BIBLIOGRAPHY, re.DOTALL)
    fields = re.findall(r"^ *(\w+) = {(.*)},?$", text, re.M)
    return {name: re.sub(r"[{}]", "", value) for name, value in fields}


@pytest.mark.parametrize("key", ["article2024", "wang2022"])
def test_references_are_those_of_the_book(key):
    asked = entry(key)
    (cited,) = (r for r in CITATION["references"] if r["title"] == asked["title"])
    authors = [f"{a['family-names']}, {a['given-names']}" for a in cited["authors"]]
    assert " and ".join(authors) == asked["author"]
    assert str(cited["year"]) == asked["year"]
    assert cited["collection-title"] in (asked.get("booktitle"), asked.get("howpublished"))


def test_the_version_and_the_title_are_those_of_the_project():
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert CITATION["title"] == yaml.safe_load(config)["title"]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{CITATION["version"]}"' in project
    assert f"\n## {CITATION['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
