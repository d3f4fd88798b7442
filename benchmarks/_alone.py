"""A run alone: one thread, a process of its own, its memory (Linux)."""

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROCESS = Path("/proc/self")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
ONE_THREAD = dict.fromkeys(THREADS, "1")  # read by NumPy and its like when they are imported


def run(
    module: str,
    *arguments: str,
    cpu_seconds: float | None = None,
    seconds: float | None = None,
    check: bool = False,
) -> subprocess.CompletedProcess:
    """Run `python -m module arguments` with one thread, and return what it printed.

    It is ended after cpu_seconds of its own; subprocess.TimeoutExpired is raised after `seconds`,
    CalledProcessError, with `check`, where it fails.
    """
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=os.environ | ONE_THREAD,
        preexec_fn=cpu_seconds and (lambda: limit_cpu(cpu_seconds)),
        timeout=seconds,
        capture_output=True,
        text=True,
        check=check,
    )


def limit_cpu(seconds: float) -> None:
    """Limit the CPU time of this process: on a busy machine elapsed time says little."""
    whole = seconds if seconds == resource.RLIM_INFINITY else int(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, resource.RLIM_INFINITY))


def cpu_limit() -> float:
    """The limit that `limit_cpu` has set for this process, in seconds."""
    return resource.getrlimit(resource.RLIMIT_CPU)[0]


def memory(field: str) -> int:
    """Bytes that this process has resident (VmRSS), or had at its peak (VmHWM)."""
    status = (PROCESS / "status").read_text(encoding="utf-8")
    return int(re.search(rf"{field}:\s*(\d+) kB", status)[1]) * 1024


def forget_peak() -> None:
    """From here on, VmHWM is the peak of what comes."""
    (PROCESS / "clear_refs").write_text("5", encoding="utf-8")  # 5: reset the peak, see proc(5)
