"""Writes a topic's released notebook with nbgrader's own `generate_assignment`. What nbgrader leaves out is its
configuration's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from groundschool import tools
from groundschool.authoring import build
from groundschool.course import Topic
from groundschool.errors import GroundSchoolError


class ReleaseFailed(GroundSchoolError):
    """nbgrader could not make the released notebook."""


def release(topic: Topic) -> bool:
    """Writes `release/<topic>/`; returns whether the released notebook changed. Raises ReleaseFailed with nbgrader's
    reason, which leaves the notebook as it was, and BuildRefused when the topic is to be built first.

    A database of its own is used, so that a gradebook that holds submissions is not touched.
    """
    build.refuse_stale(topic)
    before = topic.released.read_bytes() if topic.released.exists() else b""
    root = topic.folder.parent.parent
    with TemporaryDirectory() as folder:
        database = f"--CourseDirectory.db_url=sqlite:///{Path(folder) / 'gradebook.db'}"
        command = [sys.executable, "-m", "nbgrader", "generate_assignment", topic.name, "--force", "--create", database]
        # Without this, nbgrader goes on with its own defaults when the configuration fails, and releases answers/.
        tools.put_on_path()
        environment = {**os.environ, "TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR": "1"}
        done = subprocess.run(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    if done.returncode or not topic.released.exists():
        if before:
            topic.released.parent.mkdir(parents=True, exist_ok=True)
            topic.released.write_bytes(before)
        raise ReleaseFailed(f"nbgrader did not release {topic.name!r}: {done.stderr.strip()[-1500:]}")
    return topic.released.read_bytes() != before
