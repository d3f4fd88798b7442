"""Files of this book: written at once, and the benchmarks' records found from any folder."""

import json
import os
from pathlib import Path

RECORDS = Path(__file__).resolve().parents[1] / "benchmarks" / "results"


def write_at_once(path: str | Path, content: str | bytes) -> None:
    """Write a file so that, stopped at any moment, it is the old one or the new one, whole.

    Text is written as UTF-8. What a stop leaves beside it, `path` with `.part` behind, the next
    call writes anew.
    """
    path = Path(path).resolve()  # a link stays one
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())  # else a power failure may keep the name and lose the content
    os.replace(part, path)


def read_json(path: str | Path) -> dict | list:
    """What a JSON file holds."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def record(name: str) -> Path:
    """The record of the benchmark of that name.

    Raises ValueError, listing the names, if there is none; records stand beside the helpers of a
    copy of the repository, and are not installed with them.
    """
    names = sorted(path.stem for path in RECORDS.glob("*.json"))
    if name not in names:
        known = ", ".join(names) if names else f"none: {RECORDS} holds no records"
        raise ValueError(f"name must be one of {known}; got {name!r}")
    return RECORDS / f"{name}.json"
