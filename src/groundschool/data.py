"""Finds and reads the public fixtures, from wherever a notebook runs.

Looked for in this order: a folder `data` beside or above the working folder; one beside or above a folder that
`scratch` left; the folder that the environment variable GROUNDSCHOOL_DATA names (a box sets it); the checkout this
package runs from. Generated tables are `groundschool.fixtures`'.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from groundschool.errors import GroundSchoolError

VARIABLE = "GROUNDSCHOOL_DATA"

_left: list[Path] = []  # Working folders that `scratch` left, the newest last.


class DataNotFound(GroundSchoolError):
    """No data folder holds the file; the message lists the folders looked at."""


def path(name: str) -> Path:
    """Where the fixture `name` lies, for example "order_status.csv", or "data/order_status.csv" as prompts print it.
    Raises DataNotFound, which says where was looked.
    """
    name = name.removeprefix("data/")
    folders = list(dict.fromkeys(_folders()))
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    looked = "".join(f"\n  {folder}" for folder in folders if folder.is_dir()) or "\n  (none exists)"
    raise DataNotFound(
        f"No fixture `{name}` was found. The data folders looked at:{looked}\n"
        f"A folder `data` was expected beside or above {Path.cwd()}; or {VARIABLE} may name one."
    )


def table(name: str) -> pa.Table:
    """The rows of a fixture: a .csv with typed columns (timestamps in microseconds), a .txt as one text column `value`.

    Raises DataNotFound, and GroundSchoolError for another kind of file.
    """
    readers = {".csv": _read_csv, ".txt": _read_text}
    suffix = Path(name).suffix.lower()
    if suffix not in readers:
        raise GroundSchoolError(
            f"`{name}` cannot be read as a table: .csv or .txt was expected. Use data.path(name) instead."
        )
    return readers[suffix](path(name))


def scratch() -> Path:
    """Makes a fresh folder for files, makes it the working folder, and removes it when the process ends.

    `path` goes on finding what it found before.
    """
    _left.append(Path.cwd())
    folder = Path(tempfile.mkdtemp(prefix="groundschool-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.chdir(folder)
    return folder


def working_folders() -> tuple[Path, ...]:
    """The working folder, and those that `scratch` left, the newest first."""
    return Path.cwd(), *reversed(_left)


def _folders() -> Iterator[Path]:
    for start in working_folders():
        yield from (folder / "data" for folder in (start, *start.parents))
    if os.environ.get(VARIABLE):
        yield Path(os.environ[VARIABLE]).resolve()
    yield Path(__file__).resolve().parents[2] / "data"


def _read_csv(file: Path) -> pa.Table:
    rows = csv.read_csv(file)
    fields = [
        field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field for field in rows.schema
    ]
    return rows.cast(pa.schema(fields))


def _read_text(file: Path) -> pa.Table:
    lines = file.read_text(encoding="utf-8").split("\n")
    if lines[-1] == "":  # The end of the last line, not a line of its own.
        lines.pop()
    return pa.table({"value": pa.array(lines, pa.string())})
