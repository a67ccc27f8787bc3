"""A notebook run in a kernel of Jupyter's, as a learner would run it. Over files and not over ports: a port that was free may be taken before it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from traitlets.config import Config

BY_FILES = Config({"KernelManager": {"transport": "ipc"}})


def execute(notebook: Any, folder: Path) -> None:
    """Runs every cell with `folder` as the place to work in; a cell that fails leaves its error among its outputs."""
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, allow_errors=True, resources=resources, config=BY_FILES).execute()
