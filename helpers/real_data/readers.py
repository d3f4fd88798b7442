"""How each kind of source is found and read."""

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from . import images, rules, tables
from .catalogue import FOLDER, Entry, Package, sets

Read = tuple[np.ndarray, np.ndarray]  # X (n, d), y (n,)


def missing(entry: Entry) -> str:
    """What would bring the set, in words; empty if all that it is read from is here."""
    carrier = entry.carrier
    if carrier.module and not _importable(carrier.module):
        return f"{carrier.name} carries it; {carrier.get}"
    absent = [module for module in carrier.needs if not _importable(module)]
    if absent:
        return f"its file is read with {' and '.join(absent)}; {carrier.get}"
    if None in paths(entry):
        lost = entry.files[paths(entry).index(None)]
        return f"{carrier.name} carries it, as {carrier.root}{lost}; {carrier.get}"
    return missing(sets()[entry.part_of]) if entry.part_of else ""


def _importable(module):
    return find_spec(module) is not None


def paths(entry: Entry) -> list[Path | None]:
    """Where each of the entry's files lies, zipped or not; None for one that is not here."""
    found = [_found(entry.carrier, file) for file in entry.files]
    other = [_found(entry.carrier, file) for file in entry.otherwise]
    return other if other and None in found and None not in other else found


def _found(carrier, file):
    for folder in _folders(carrier):
        for path in (folder / file, folder / f"{file}.gz"):
            if path.is_file():
                return path
    return None


def _folders(carrier: Package) -> list[Path]:
    """Where the files of a package may lie.

    Below its module; or in the reader's folder of data, under the package's whole path or the last
    part of it; or below the root of the system.
    """
    if carrier.module:
        spec = find_spec(carrier.module)
        return [Path(folder) / carrier.root for folder in spec.submodule_search_locations]
    root = Path(carrier.root)
    system = [root] if root.is_absolute() else []
    named = os.environ.get(FOLDER)
    own = [Path(named) / carrier.root.lstrip("/"), Path(named) / root.name] if named else []
    return own + system


def read(entry: Entry, seed: int = 0) -> Read:
    """The entry's X and y, all its files being here."""
    if entry.drawn:
        X, y = rules.RULES[entry.name](np.random.default_rng(seed))
        return X, y.astype(int)
    return READERS[entry.reader](entry, **(entry.options or {}))


def _table(entry, separator=",", skip=0, label=-1, drop=(), upto=(), restore=None):
    """A file of text.

    label: the column of the labels. drop: columns left out. upto: whole numbers are made classes,
    up to each of these and above. restore: the column that the set it is part of knows better.
    """
    table = tables.read(paths(entry)[0], separator or None, skip)
    label %= len(table.columns)
    X = tables.data(table.without({label, *drop}))
    if restore is not None:
        X = tables.restored(X, read(sets()[entry.part_of])[0], restore)
    values = table.columns[label]
    if upto:
        return X, np.searchsorted(upto, np.array(values, float))
    return X, tables.labels(values, entry.classes)


def _frame(entry, object):
    """A data frame of R whose last column is a factor."""
    import rdata

    frame = rdata.read_rda(paths(entry)[0])[object]
    X = frame.iloc[:, :-1].to_numpy(float)
    return X, tables.labels([str(value) for value in frame.iloc[:, -1]], entry.classes)


def _sklearn(entry, function):
    """A set of scikit-learn; its classes are numbers there already."""
    from sklearn import datasets

    X, y = getattr(datasets, function)(return_X_y=True)
    return np.asarray(X, float), y.astype(int if entry.classes else float)


def _digits(entry):
    """A zipped file of numbers, the last one of each line the label."""
    rows = np.loadtxt(paths(entry)[0], delimiter=",")
    return np.ascontiguousarray(rows[:, :-1]), rows[:, -1].astype(int)


def _idx(entry):
    """Four files: images and labels, to train and to test."""
    X = [images.idx(path).reshape(-1, entry.d) for path in paths(entry)[0::2]]
    y = [images.idx(path) for path in paths(entry)[1::2]]
    return np.vstack(X).astype(np.float32), np.concatenate(y).astype(int)


def _cifar(entry):
    """Six files, the last one to test."""
    X, y = zip(*map(images.cifar, paths(entry)), strict=True)
    return np.vstack(X).astype(np.float32), np.concatenate(y)


READERS = {
    "table": _table,
    "frame": _frame,
    "sklearn": _sklearn,
    "digits": _digits,
    "idx": _idx,
    "cifar": _cifar,
}
