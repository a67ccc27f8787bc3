"""nbgrader looks for folders and notebooks by patterns; names that are there are taken here as they are called.

A course in a folder `Kurs [2026]`, or a candidate called `[x]`, would otherwise be looked for as a pattern and not be
found.
"""

from __future__ import annotations

import glob
import importlib
import os
from types import SimpleNamespace
from typing import Any

MODULES = ("nbgrader.converters.base", "nbgrader.apps.api", "nbgrader.utils")


def matching(pattern: str, **more: Any) -> list[str]:
    """The paths that a pattern matches, whose beginning is a path as far as there is one of this name."""
    return glob.glob(_literal(pattern), **more)


def _literal(pattern: str) -> str:
    head, rest = pattern, list[str]()
    while head and not os.path.lexists(head):
        head, part = os.path.split(head)
        if not part:
            break
        rest.insert(0, part)
    return os.path.join(glob.escape(head), *rest)


def take_names_as_they_are() -> None:
    """Makes nbgrader's own modules look so."""
    for name in MODULES:
        module: Any = importlib.import_module(name)
        if hasattr(module, "glob"):
            module.glob = SimpleNamespace(glob=matching, escape=glob.escape)
    write_percents_doubled()


def write_percents_doubled() -> None:
    """Makes nbgrader tell Alembic a folder with a `%` in a way that Alembic's configuration file can hold."""
    from nbgrader import dbutil

    dbutil.ALEMBIC_DIR = dbutil.ALEMBIC_DIR.replace("%%", "%").replace("%", "%%")
