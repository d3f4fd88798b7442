"""Real data by name: the sets of the published performance profile that packages carry, and images.

``load(name)`` returns a RealData, ``names()`` lists the sets, ``available(name)`` says whether what
a set is read from is here. Most are read from Python packages (the extra `data`), some from Debian
packages, image sets from the folder that the environment variable HIDDEN_CONVEX_DATA names; some
are drawn by their published rule. What is read is kept in the user's folder for caches.

Columns of text are coded 0, 1, ... in the order that the file declares, else in that of the
alphabet; a missing value is the mean of the others in its column; columns that never change are
left out. Nothing is scaled.
"""

from dataclasses import dataclass

import numpy as np

from .. import checks
from . import cache, catalogue, readers
from .catalogue import MissingData

__all__ = ["MissingData", "RealData", "available", "load", "names"]


@dataclass(frozen=True)
class RealData:
    """A data set, and where it comes from.

    X (n, d): one row a data point; whole image sets in single precision.
    y (n,): of a classification, the number of the class, an integer; of a regression, a float.
    classes: the names of the classes; none where it is a regression.
    train: the first so many rows are the official training set, the others the official test
    set; None where there is no official split.
    source: who made the set, and the package that carries it; to be cited.
    licence: of the set, and of the package.
    note: how it differs from the published set of that name; empty where it does not.
    """

    name: str
    X: np.ndarray
    y: np.ndarray
    classes: tuple[str, ...]
    train: int | None
    source: str
    licence: str
    note: str


def names(group: str | None = None) -> list[str]:
    """Names of the sets that `load` knows, in alphabetical order.

    group: "profile", those of the published performance profile; "images"; "other"; None: all.
    Raises ValueError for another one.
    """
    if group is not None:
        group = checks.as_choice(group, "group", catalogue.GROUPS)
    return [name for name, entry in catalogue.sets().items() if group in (None, entry.group)]


def available(name: str) -> bool:
    """Whether `load(name)` finds what it reads; False too for sets that no package carries.

    Raises ValueError, listing the names, if there is no such set.
    """
    name = checks.as_choice(name, "name", catalogue.known())
    return name in catalogue.sets() and not readers.missing(catalogue.sets()[name])


def load(name: str, seed: int | None = None) -> RealData:
    """The set of that name.

    seed: draws another one like it, where it is drawn by a rule. Raises ValueError, listing the
    names, if there is no such set, and for a seed where nothing is drawn; MissingData, a
    FileNotFoundError that says what would bring it, if what it is read from is not here.
    """
    name = checks.as_choice(name, "name", catalogue.known())
    entry = catalogue.entry(name)
    if seed is not None and not entry.drawn:
        drawn = [other for other, one in catalogue.sets().items() if one.drawn]
        raise ValueError(
            f"seed must be None for data not drawn by a rule, such as {name!r}; "
            f"{', '.join(drawn)} take one"
        )
    seed = 0 if seed is None else checks.as_count(seed, "seed")
    lacking = readers.missing(entry)
    if lacking:
        raise MissingData(f"{name} is not here: {lacking}")
    X, y = _checked(entry, cache.kept(entry, lambda: readers.read(entry, seed)))
    return RealData(
        name=name,
        X=X,
        y=y,
        classes=entry.classes,
        train=entry.train,
        source=entry.source,
        licence=entry.licence,
        note=entry.note,
    )


def _checked(entry, read):
    """What was read, if it has the size that the catalogue says."""
    X, y = read
    found = f"{X.shape[0]} rows, {X.shape[1]} columns"
    wanted = f"{entry.n} rows, {entry.d} columns"
    if found != wanted:
        raise MissingData(
            f"{entry.name} is not here: {entry.package} holds another version of it, {found} in "
            f"place of {wanted}"
        )
    return X, y
