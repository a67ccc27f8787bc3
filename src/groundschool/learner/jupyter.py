"""JupyterLab as a learner or candidate meets it: long lines wrapped, nothing there that is an instructor's, no news.

Which notebooks lie in its folder is decided elsewhere.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SETTINGS = Path(".groundschool", "jupyter")
# What nbgrader adds for instructors and for its exchange; its button "Validate" stays.
INSTRUCTORS = ("assignment-list", "course-list", "create-assignment", "formgrader", "menu")
NOT_NEEDED = ("@jupyterlab/extensionmanager-extension:plugin",)
OVERRIDES = {
    "@jupyterlab/notebook-extension:tracker": {
        "codeCellConfig": {"lineWrap": True},
        "rawCellConfig": {"lineWrap": True},
        "markdownCellConfig": {"lineWrap": True},
    },
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


@dataclass(frozen=True)
class Start:
    """How JupyterLab is started: at which port (0: the first that is free), with a browser, with what more of its own
    options, and with which notebook of its folder open.
    """

    port: int = 0
    browser: bool = True
    more: tuple[str, ...] = ()
    page: str = ""


def command(folder: Path, start: Start) -> list[str]:
    """The command that opens JupyterLab in `folder`. Writes its settings there. Raises OSError."""
    return [
        *(sys.executable, "-m", "jupyter", "lab", "--ServerApp.ip=127.0.0.1", f"--notebook-dir={folder}"),
        f"--LabApp.app_settings_dir={_settings(folder)}",
        *([f"--port={start.port}"] if start.port else []),
        *([] if start.browser else ["--no-browser"]),
        *([f"--LabApp.default_url=/lab/tree/{quote(start.page)}"] if start.page else []),
        *_for_root(),
        *start.more,
    ]


def _settings(folder: Path) -> Path:
    made = folder / SETTINGS
    made.mkdir(parents=True, exist_ok=True)
    off = {f"@jupyter/nbgrader:{name}": True for name in INSTRUCTORS} | dict.fromkeys(NOT_NEEDED, True)
    (made / "overrides.json").write_text(json.dumps(OVERRIDES, indent=1), encoding="utf-8")
    (made / "page_config.json").write_text(json.dumps({"disabledExtensions": off}, indent=1), encoding="utf-8")
    return made


def _for_root() -> Sequence[str]:
    """In a container one is often root, and Jupyter refuses to start as root unless it is told to."""
    return ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
