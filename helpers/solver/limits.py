"""When a solver stops though the gap is open, and whom it tells how far it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from .. import checks


@dataclass(frozen=True)
class Limits:
    """When to stop though the gap is open, and whom to tell: seconds count from `begun` (now)."""

    seconds: float = np.inf
    progress: Callable[[dict], None] | None = None
    begun: float = field(default_factory=perf_counter)

    @classmethod
    def checked(
        cls, seconds: float = np.inf, progress: Callable[[dict], None] | None = None
    ) -> "Limits":
        """The limits from now on. Raises ValueError on bad input."""
        if progress is not None and not callable(progress):
            raise ValueError(f"progress must be a function of a dictionary; got {progress!r}")
        return cls(checks.as_seconds(seconds), progress)

    def left(self) -> float:
        """Seconds left, 0 once they are over."""
        return max(0.0, self.seconds - (perf_counter() - self.begun))

    def passed(self) -> bool:
        """Whether the time is over."""
        return self.left() == 0

    def look(self) -> None:
        """Raise TimeoutError if the time is over."""
        if self.passed():
            raise TimeoutError("the time is over")

    def pieces(self, count: int, size: int) -> Iterator[slice]:
        """Slices of `size` of so many things, a look at the clock before each.

        Raises TimeoutError once the time is over. Without a limit all are one slice.
        """
        size = max(1, count if self.seconds == np.inf else size)
        for begin in range(0, count, size):
            self.look()
            yield slice(begin, begin + size)

    def report(self, **state) -> None:
        """Call `progress` with the state and the seconds so far."""
        if self.progress is not None:
            self.progress(state | {"seconds": perf_counter() - self.begun})


UNLIMITED = Limits()
