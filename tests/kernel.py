"""A notebook run in a kernel of Jupyter's, as a learner would run it. Over files and not over ports: a port that was free may be taken before it is used."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from traitlets.config import Config


def execute(notebook: Any, folder: Path) -> None:
    """Runs every cell with `folder` as the place to work in; a cell that fails leaves its error among its outputs."""
    resources = {"metadata": {"path": str(folder)}}
    # The name of a socket may have 107 characters, which pytest's own folders leave no room for.
    with tempfile.TemporaryDirectory(prefix="kernel-") as sockets:
        by_files = Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/socket"}})
        NotebookClient(notebook, timeout=300, allow_errors=True, resources=resources, config=by_files).execute()
