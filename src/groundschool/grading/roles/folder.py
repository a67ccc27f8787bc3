"""The working folder of a process in its box: what it finds beside the notebook.

Whose files they are is the driver's to say. The candidate's process writes among them, so it has copies; the examiner's
only reads.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LARGEST_COPY = 4 << 20  # bytes; in a box, a larger file is linked to where it lies, and cannot be written to
OTHERS = shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints", "__pycache__")


def enter(request: dict[str, Any], largest_copy: int = LARGEST_COPY) -> None:
    """Makes the folder, fills it, and goes on in it; modules that lie there are found, as in a kernel."""
    folder = _working_folder(Path(os.environ.get("HOME", ".")) / "course")
    # Outside a box, what is linked to could be written to.
    fill(folder, [Path(each) for each in request.get("folders", ())], largest_copy if request.get("boxed") else None)
    os.chdir(folder)
    sys.path.insert(0, "")


def fill(folder: Path, given: Sequence[Path], largest_copy: int | None) -> None:
    """Puts the files of some folders into one, but for notebooks; what is there already stays, so the first one wins.

    A file of more than `largest_copy` bytes becomes a link.
    """

    def put(source: str, target: str) -> None:
        if os.path.lexists(target):
            return
        if largest_copy is not None and os.path.getsize(source) > largest_copy:
            os.symlink(source, target)
        else:
            shutil.copyfile(source, target)

    for each in given:
        with contextlib.suppress(OSError):  # a candidate's folder called like a file of the course, or a full disk
            shutil.copytree(each, folder, ignore=OTHERS, copy_function=put, dirs_exist_ok=True)


def _working_folder(root: Path) -> Path:
    """An empty folder two below `root`, as `work/<topic>` is, with the public data where a notebook there finds
    them.
    """
    folder = root / "work" / "notebook"
    folder.mkdir(parents=True)
    if data := os.environ.get("GROUNDSCHOOL_DATA"):
        for place in (root, folder.parent):
            (place / "data").symlink_to(data)
    return folder
