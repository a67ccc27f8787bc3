"""How long a visible check takes to show its table, once the notebook's kernel, and its Spark session, are up."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def seconds(path: Path) -> list[float]:
    """The seconds of every test cell of a candidate's notebook that is run from top to bottom in one kernel."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}})
    taken = []
    with client.setup_kernel(stderr=subprocess.DEVNULL):
        for place, cell in enumerate(notebook.cells):
            started = time.monotonic()
            client.execute_cell(cell, place)
            if cell.metadata.get("nbgrader", {}).get("grade"):
                taken.append(time.monotonic() - started)
    return taken
