"""What sets there are, where each is read, and whose they are: catalogue.toml, as structures."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

GROUPS = ("profile", "images", "other")
FOLDER = "HIDDEN_CONVEX_DATA"  # the environment variable that names a folder of data


class MissingData(FileNotFoundError):
    """A data set is known, and what it is read from is not here."""


@dataclass(frozen=True)
class Package:
    """What carries sets: a Python or Debian package, a folder, or nothing but a rule.

    module: the name under which Python imports it. root: the folder of its files: from there, from
    the root of a Debian system, or from the reader's own folder of data. needs: modules that they
    are read with. get: what brings it.
    """

    name: str
    licence: str = ""
    get: str = ""
    module: str = ""
    root: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One set: of what size it is, what it is read from, and how.

    published: (n, d, number of classes) of the published set of that name, where there is one.
    counts: how many rows each class has; empty where that is drawn, or nothing is classified.
    files: of the package. otherwise: other files that will do. part_of: a set that the reader needs
    as well. options: of the reader. train: the number of rows of the official training set.
    """

    name: str
    group: str
    reader: str
    carrier: Package
    n: int
    d: int
    origin: str
    terms: str
    files: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    published: tuple[int, ...] = ()
    train: int | None = None
    otherwise: tuple[str, ...] = ()
    part_of: str | None = None
    note: str = ""
    options: dict | None = None

    @property
    def package(self) -> str:
        return self.carrier.name

    @property
    def drawn(self) -> bool:
        return self.reader == "rule"

    @property
    def source(self) -> str:
        return self.origin if self.drawn else f"{self.origin}; read from {self.package}"

    @property
    def licence(self) -> str:
        given = self.carrier.licence
        return f"{self.terms}; {self.package}: {given}" if given else self.terms


@cache
def _written():
    path = Path(__file__).with_name("catalogue.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def sets() -> dict[str, Entry]:
    """All sets that can be loaded, by name, in alphabetical order."""
    written = _written()
    packages = {name: _package(name, given) for name, given in written["packages"].items()}
    origins = written["origins"]
    entries = {}
    for name, given in sorted(written["sets"].items()):
        fields = {key: _frozen(value) for key, value in given.items()}
        origin = origins[fields.pop("origin")]
        fields["origin"] = f"{origin['name']}: {fields.pop('title')}"
        carrier = packages[fields.pop("package")]
        entries[name] = Entry(name=name, carrier=carrier, terms=origin["licence"], **fields)
    return entries


def _package(name, given):
    return Package(name=name, **{key: _frozen(value) for key, value in given.items()})


def _frozen(value):
    return tuple(value) if isinstance(value, list) else value


def known() -> list[str]:
    """The names of all sets, those of the published profile that no package carries too."""
    return sorted([*sets(), *_written()["absent"]])


def entry(name: str) -> Entry:
    """The set of a known name; raises MissingData if no package carries it."""
    reasons = _written()["absent"]
    if name in reasons:
        raise MissingData(f"{name} is not here: {reasons[name]}")
    return sets()[name]
