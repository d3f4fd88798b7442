"""Files of this book: written at once, and the benchmarks' records found from any folder."""

import json
import os
from pathlib import Path

BLOCK = 2**16  # bytes that are read at a time
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


def append_line(path: str | Path, record: dict) -> None:
    """Append a record to a file as one line of JSON, and see it to the disk.

    What a stop has left of a line before it is cut off.
    """
    line = json.dumps(record) + "\n"
    with open(path, "a+b") as file:
        file.truncate(_whole_lines(file))
        file.write(line.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())


def _whole_lines(file) -> int:
    """Bytes of the lines of a file that are whole."""
    end = file.seek(0, os.SEEK_END)
    while end:
        begin = max(0, end - BLOCK)
        file.seek(begin)
        last = file.read(end - begin).rfind(b"\n")
        if last >= 0:
            return begin + last + 1
        end = begin
    return 0


def read_lines(path: str | Path) -> list[dict]:
    """The records that `append_line` has written whole; none where there is no file."""
    path = Path(path)
    if not path.exists():
        return []
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()]


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
