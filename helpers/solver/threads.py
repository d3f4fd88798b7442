"""Linear algebra in one thread: for the tiny inner problems more only get in each other's way."""

from contextlib import AbstractContextManager

from threadpoolctl import ThreadpoolController

_controller = ThreadpoolController()  # made once: it looks through all loaded libraries


def one_thread() -> AbstractContextManager:
    """A context in which BLAS works in one thread (with two a solve took ten times as long)."""
    return _controller.limit(limits=1)
