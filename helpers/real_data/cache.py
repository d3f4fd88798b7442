"""What was read once, kept in the user's folder for caches."""

import io
import os
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np

from ..files import write_at_once
from . import readers
from .catalogue import Entry

Read = tuple[np.ndarray, np.ndarray]

# Of other readers nothing is kept: rules are as fast as a file, and image sets lie as arrays.
KEPT = ("table", "frame", "digits")


def folder() -> Path:
    """The folder for caches of this system's user."""
    home = Path.home()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or home / ".cache"
    return Path(base) / "hidden-convex-relu"


def kept(entry: Entry, read: Callable[[], Read]) -> Read:
    """What `read` returns, or has returned before from the same files by the same code.

    Where nothing can be written it is read every time.
    """
    if entry.reader not in KEPT:
        return read()
    with suppress(RuntimeError):  # no home
        return _through(folder() / f"{entry.name}.npz", _state(entry), read)
    return read()


def _through(path, state, read):
    """What the file holds, if it is of that state; else what is read, which is then stored."""
    with suppress(OSError, ValueError, KeyError, zipfile.BadZipFile), np.load(path) as stored:
        if str(stored["state"]) == state:
            return stored["X"], stored["y"]
    X, y = read()
    content = io.BytesIO()
    np.savez(content, X=X, y=y, state=state)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_at_once(path, content.getvalue())
    return X, y


def _state(entry):
    """A digest of the entry, of its files' state, and of the code that reads them."""
    code = [Path(__file__).with_name(f"{name}.py") for name in ("readers", "tables")]
    stats = [path.stat() for path in (*readers.paths(entry), *code)]
    state = [repr(entry), *((stat.st_size, stat.st_mtime_ns) for stat in stats)]
    return sha256(repr(state).encode()).hexdigest()
