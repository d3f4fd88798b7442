"""Linear algebra in one thread: for the tiny inner problems more only get in each other's way."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from threadpoolctl import ThreadpoolController

_controller = ThreadpoolController()  # made once: it looks through all loaded libraries


@contextmanager
def one_thread() -> Iterator[None]:
    """A context in which BLAS works in one thread (with two a solve took ten times as long).

    What is too small for a double is zero there, whatever numpy.seterr asks for elsewhere.
    """
    with _controller.limit(limits=1), np.errstate(under="ignore"):
        yield
