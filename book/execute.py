"""Execute the book's notebooks side by side: as many at once as there are cores, the longest first.

    python book/execute.py                  into the cache that `jupyter-book build` reads
    python book/execute.py --store FILE...  in place, without what depends on the machine

Into the cache goes what is not there yet. Stopped at any moment, this leaves every notebook as it
was or as it should be, and what the cache holds in part is executed again.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from helpers import files

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "_build" / ".jupyter_cache"  # where a build looks, whatever folder it is called from
LONGEST = (  # measured, a minute to half a minute; the others take less
    "07c_practice",
    "11_conclusion",
    "07_solving",
    "08_moving_patterns",
    "00_article_checked",
    "10_small_initialisation",
)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
LIVE_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def execute(
    paths: list[Path],
    keep: Callable[[Path, nbformat.NotebookNode, float], None],
    jobs: int,
    timeout: float,
) -> list[str]:
    """Execute notebooks, `jobs` at once, and hand each one that ran to the end to `keep`.

    keep(path, notebook, seconds) is called in this process, for one notebook at a time. A cell may
    take `timeout` seconds. Returns the names of the notebooks that failed.
    """
    longest_first = sorted(paths, key=_place)
    return asyncio.run(_execute_all(longest_first, keep, jobs, timeout))


def store(path: Path, notebook: nbformat.NotebookNode, seconds: float = 0) -> None:
    """Write an executed notebook in its place, without what depends on the machine."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            # The kernel that could draw this is gone; the HTML beside it stays.
            output.get("data", {}).pop(LIVE_VIEW, None)
    notebook.metadata = METADATA
    files.write_at_once(path, nbformat.writes(notebook) + "\n")


class Cache:
    """The folder of executed notebooks that the build of the book reads.

    A notebook is found there by its code: its text may change without its being executed again.
    """

    def __init__(self, folder: Path):
        self._cache = get_cache(folder)

    def has(self, path: Path) -> bool:
        """Whether all the outputs of the notebook at `path` are there."""
        try:
            self._cache.merge_match_into_notebook(nbformat.read(path, 4))
        except (KeyError, ValueError):  # nothing there, or a file that was cut short
            return False
        return True

    def keep(self, path: Path, notebook: nbformat.NotebookNode, seconds: float) -> None:
        """Take in an executed notebook, in the place of what a stop may have left of it."""
        with suppress(KeyError):
            left = self._cache.match_cache_notebook(notebook)
            shutil.rmtree(self._cache.path / "executed" / left.hashkey, ignore_errors=True)
        bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds})
        self._cache.cache_notebook_bundle(bundle, overwrite=True)


def _place(path):
    if path.stem in LONGEST:
        return LONGEST.index(path.stem), path.stem
    return len(LONGEST), path.stem


async def _execute_all(paths, keep, jobs, timeout):
    free = asyncio.Semaphore(jobs)
    started = []
    failed = []

    async def execute_one(path):
        async with free:
            started.append(path)
            print(f"executing {path.stem} ({len(started)} of {len(paths)})", flush=True)
            begun = time.perf_counter()
            try:
                notebook = await _executed(path, timeout)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                if asyncio.current_task().cancelling():
                    return  # it was stopped
                print(f"{path.stem} failed: {error}", file=sys.stderr, flush=True)
                failed.append(path.stem)
            else:
                keep(path, notebook, time.perf_counter() - begun)

    await asyncio.gather(*map(execute_one, paths))
    return failed


async def _executed(path, timeout):
    notebook = nbformat.read(path, 4)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        coalesce_streams=True,
        record_timing=False,  # it is kept in the cells, and the cache finds a notebook by its cells
        resources={"metadata": {"path": str(path.parent)}},  # the kernel's working directory
        extra_arguments=["--log-level=ERROR"],
        on_notebook_start=_leave_signals,
    )
    return await client.async_execute()


def _leave_signals(**_):
    """Give Ctrl-C back, which nbclient takes: it would end one kernel and let the others go on."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", nargs="+", type=Path, metavar="FILE", help="execute in place")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="notebooks at once")
    arguments = parser.parse_args()
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["execute"]
    if arguments.store:
        paths = [path.resolve() for path in arguments.store]
        keep = store
    else:
        cache = Cache(CACHE)
        notebooks = (ROOT / "notebooks").glob("*.ipynb")
        paths = [path for path in notebooks if not cache.has(path)]
        keep = cache.keep
    os.environ |= dict.fromkeys(THREADS, "1")  # every core has a kernel already
    try:
        failed = execute(paths, keep, arguments.jobs, settings["timeout"])
    except KeyboardInterrupt:
        sys.exit("stopped; what has been executed is kept")
    if failed:
        sys.exit(f"not executed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
