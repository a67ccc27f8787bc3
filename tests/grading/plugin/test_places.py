"""A course may lie in a folder of any name: nbgrader's commands and ours work there alike."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader import dbutil

from groundschool.authoring import release
from groundschool.course import Course
from groundschool.grading.box import probe
from groundschool.grading.plugin import gradebook
from groundschool.grading.plugin.patterns import matching
from groundschool.grading.plugin.preprocessors import TRUST
from tiny_course import DOUBLE, hand_in, write

NAMES = [pytest.param("Kurs [2026] é, it's #1 100 %"), pytest.param('a "b" {c}\n*', marks=pytest.mark.slow)]


@pytest.fixture(params=NAMES, ids=ascii)
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Course:
    return write(tmp_path / request.param, "tiny", [DOUBLE])


def nbgrader(course: Course, *arguments: str) -> str:
    """What nbgrader's own command says, started by its path alone, as from a shell without the environment's folder in PATH."""
    environment = {
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "PATH": "/usr/bin:/bin",
        "HOME": str(course.root),
        "LANG": "C.UTF-8",
    }
    if probe.probe() is not None:
        environment[TRUST] = "1"
    done = subprocess.run(
        [str(Path(sys.executable).with_name("nbgrader")), *arguments], cwd=course.root, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def test_a_course_in_any_folder_is_released_and_graded_with_nbgraders_commands(course: Course) -> None:
    course.topic("tiny").released.unlink()
    assert release.release(course.topic("tiny"))
    nbgrader(course, "generate_assignment", "tiny", "--create", "--force")
    hand_in(course.root / "submitted", course, "tiny", "[x]", {"double": DOUBLE.solution})
    nbgrader(course, "autograde", "tiny", "--create", "--student=[x]")
    graded = nbformat.read(course.root / "autograded" / "[x]" / "tiny" / "tiny.ipynb", as_version=4)
    assert graded.metadata["groundschool"]["score"] == 4.0


def test_nbgrader_itself_may_lie_in_a_folder_with_a_percent_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "100 %"
    installed.symlink_to(Path(dbutil.ALEMBIC_DIR).parent)
    monkeypatch.setattr(dbutil, "ALEMBIC_DIR", str(installed / "alembic"))
    with gradebook.opened(f"sqlite:///{tmp_path / 'book.db'}", "tiny") as book:
        assert list(book.assignments) == []


@pytest.mark.parametrize(
    ("pattern", "found"), [("a [1]/*/x", {"a [1]/b/x", "a [1]/[b]/x"}), ("a [1]/[b]/x", {"a [1]/[b]/x"}), ("a [1]/[bc]/x", {"a [1]/b/x"}), ("z/*", set())]
)  # fmt: skip
def test_the_part_of_a_pattern_that_is_there_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, found: set[str]
) -> None:
    for name in ("a [1]/b/x", "a [1]/[b]/x", "a 1/b/x"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert set(matching(pattern)) == found
    assert {os.path.relpath(each, tmp_path) for each in matching(str(tmp_path / pattern))} == found
