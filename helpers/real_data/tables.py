"""Tables of text as numbers: rows of fields, columns of codes, classes."""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

UNKNOWN = ("", "?", "<null>")
DECLARED = re.compile(r"@attribute\s+('[^']*'|\S+?)\s*\{(.*)\}", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """The fields of a file, column by column, and the values that its header declares, if any."""

    columns: list[list[str]]
    declared: list[list[str] | None]

    def without(self, dropped: set[int]) -> "Table":
        """The table without some of its columns."""
        left = [k for k in range(len(self.columns)) if k not in dropped]
        return Table([self.columns[k] for k in left], [self.declared[k] for k in left])


def content(path: Path) -> bytes:
    """What a file holds, unzipped if it is zipped."""
    held = path.read_bytes()
    return gzip.decompress(held) if held[:2] == b"\x1f\x8b" else held


def read(path: Path, separator: str | None = ",", skip: int = 0) -> Table:
    """The table in a file of text: fields between separators (None: blanks), or ARFF.

    skip: how many lines stand above. Headers (`@`) and comments (`%`) are no rows.
    """
    lines = content(path).decode("latin-1").splitlines()[skip:]
    header = [line.strip() for line in lines if line.lower().startswith("@attribute")]
    rows = [_fields(line, separator) for line in lines if line.strip() and line[0] not in "@%"]
    columns = [list(column) for column in zip(*rows, strict=True)]
    declared = [_declared(line) for line in header] if header else [None] * len(columns)
    return Table(columns, declared)


def _fields(line, separator):
    return [field.strip().strip("'\"") for field in line.split(separator)]


def _declared(line):
    """The values that a line of a header names, or None if the column is of numbers."""
    named = DECLARED.match(line)
    return _fields(named.group(2), ",") if named else None


def numbers(values: list[str], declared: list[str] | None = None) -> np.ndarray:
    """A column as floats: codes 0, 1, ... for text, the mean of the others for what is unknown."""
    coded = np.array([_number(value) for value in values])
    text = {v for v, code in zip(values, coded, strict=True) if np.isnan(code)} - set(UNKNOWN)
    if text:
        order = declared or sorted(set(values) - set(UNKNOWN))
        codes = {value: float(k) for k, value in enumerate(order)}
        coded = np.array([codes.get(value, np.nan) for value in values])
    unknown = np.isnan(coded)
    if unknown.all():
        raise ValueError("a column of data must hold a value; one holds none")
    coded[unknown] = coded[~unknown].mean()
    return coded


def _number(text):
    try:
        return float(text)
    except ValueError:
        return np.nan


def data(table: Table) -> np.ndarray:
    """The columns as X (n, d), those that never change left out."""
    columns = zip(table.columns, table.declared, strict=True)
    X = np.column_stack([numbers(values, declared) for values, declared in columns])
    return np.ascontiguousarray(X[:, np.ptp(X, axis=0) > 0])


def labels(values: list[str], classes: tuple[str, ...]) -> np.ndarray:
    """The numbers of the classes that `values` name.

    Raises ValueError for a value that is no class.
    """
    number = {name: k for k, name in enumerate(classes)}
    strange = sorted(set(values) - set(number))
    if strange:
        raise ValueError(f"classes must name all labels; {', '.join(strange)} are not among them")
    return np.array([number[value] for value in values])


def restored(X: np.ndarray, other: np.ndarray, column: int) -> np.ndarray:
    """X with one column read anew, from the row of `other` that agrees in all other columns.

    Raises ValueError where there is not exactly one such row.
    """
    rest = np.arange(X.shape[1]) != column
    whole = X.copy()
    for k, row in enumerate(X):
        twins = np.flatnonzero((other[:, rest] == row[rest]).all(axis=1))
        if len(twins) != 1:
            raise ValueError(
                f"row {k} must agree with one row of the other table, not {len(twins)}"
            )
        whole[k, column] = other[twins[0], column]
    return whole
