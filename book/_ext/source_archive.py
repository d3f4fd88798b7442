"""Sphinx extension: the source of the book and its library as one file beside the pages."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from sphinx.application import Sphinx

NAME = "hidden-convex-relu"
FOLDERS = ("book", "helpers", "notebooks", "tests", "benchmarks")
FILES = (
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "LICENSE-text",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "_config.yml",
    "_toc.yml",
    "environment.yml",
    "hidden_convex_relu.py",
    "package.json",
    "pyproject.toml",
    "requirements.txt",
)
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", "_build"}
YEAR = (2026, 1, 1, 0, 0, 0)  # the same source gives the same file


def sources(root: Path) -> Iterator[Path]:
    """Every file of the source under `root`, which has to be whole."""
    for name in FILES:
        yield root / name
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not LEFT_OUT & set(path.parts):
                yield path


def write(app, exception):
    """The archive, at the top of the pages."""
    if exception or app.builder.format != "html":
        return
    root = Path(app.srcdir)
    with zipfile.ZipFile(app.outdir / f"{NAME}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sources(root):
            entry = zipfile.ZipInfo(f"{NAME}/{path.relative_to(root).as_posix()}", YEAR)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def setup(app: Sphinx):
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
