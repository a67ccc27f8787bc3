"""A gradebook is made with the revision that nbgrader's own way of asking gives, and without asking another process."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from nbgrader import api
from sqlalchemy import text

from groundschool import tools
from groundschool.grading.plugin import gradebook

ASKED = api.get_alembic_version  # before anything of ours has taken its place


def test_the_revision_is_nbgraders_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools.put_on_path()
    asked = ASKED() if ASKED.__module__ == api.__name__ else subprocess.check_output(
        ["python", "-c", "from nbgrader import api; print(api.get_alembic_version())"], text=True
    ).strip()  # fmt: skip

    def refused(*_: object, **__: object) -> bytes:
        raise AssertionError("another process was asked")

    monkeypatch.setattr(subprocess, "check_output", refused)
    with gradebook.opened(f"sqlite:///{tmp_path / 'book.db'}", "course") as book:
        (found,) = book.db.execute(text("SELECT version_num FROM alembic_version")).scalars()
    assert found == asked
