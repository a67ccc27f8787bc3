"""Runs beside each other in one course, and runs that are ended: each grades its own, and nothing of them is left."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from groundschool.course import Course
from groundschool.grading.box import probe
from groundschool.grading.plugin.preprocessors import TRUST
from groundschool.grading.runfolder import LOCK, PREFIX, RunFolder, sweep
from tiny_course import hand_in, write_proven

RESTING = "import time\ntime.sleep({seconds})\nfrom pathlib import Path\ndef double(number):\n    {line}"
RIGHT_LINE = "return number * int(Path('two.txt').read_text())"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_proven(tmp_path / "course")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder of a test's own, for the processes that it starts."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setenv("TMPDIR", str(made))
    return made


def cohort(course: Course, name: str, two: str, seconds: float = 0) -> Path:
    """A cohort in which everybody is called as in any other; only their file `two.txt` differs."""
    folder = course.root / name
    for candidate in ("ada", "bob"):
        answer = RESTING.format(seconds=seconds, line=RIGHT_LINE)
        path = hand_in(folder, course, "tiny", candidate, {"double": answer})
        (path.parent / "two.txt").write_text(two)
    return folder


def started(course: Course, folder: Path) -> subprocess.Popen[str]:
    trust = [] if probe.probe() is None else ["--trust"]
    command = [sys.executable, "-m", "groundschool", "grade", str(folder), "--json", str(folder) + ".json", *trust]
    return subprocess.Popen(command, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(run: subprocess.Popen[str]) -> str:
    output, _ = run.communicate(timeout=400)
    assert run.returncode in (0, 3), output
    return output


def scores(folder: Path) -> dict[str, float]:
    body: dict[str, Any] = json.loads(Path(f"{folder}.json").read_text())
    return {each["candidate"]: each["score"] for each in body["submissions"]}


def staged(temporary: Path) -> list[Path]:
    return list(temporary.glob(f"{PREFIX}*"))


def test_two_runs_at_once_grade_each_its_own_now_and_later(course: Course, temporary: Path) -> None:
    monday, tuesday = cohort(course, "monday", "2", 3), cohort(course, "tuesday", "3", 3)
    runs = [started(course, folder) for folder in (monday, tuesday)]
    for run in runs:
        ended(run)
    right, wrong = {"ada": 4.0, "bob": 4.0}, {"ada": 0.0, "bob": 0.0}
    assert (scores(monday), scores(tuesday)) == (right, wrong)
    rows = (course.root / "reports" / "scores.csv").read_text().splitlines()
    assert len(rows) == 5
    for folder in (tuesday, monday):
        ended(started(course, folder))
    assert (scores(monday), scores(tuesday)) == (right, wrong)
    assert staged(temporary) == []


def test_a_run_that_is_told_to_end_leaves_nothing_staged_and_keeps_what_it_has(course: Course, temporary: Path) -> None:
    folder = cohort(course, "slow", "2", 4)
    run = started(course, folder)
    await_staged(temporary)
    run.send_signal(signal.SIGTERM)
    output, _ = run.communicate(timeout=400)
    assert run.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in output
    assert staged(temporary) == []
    ended(started(course, folder))
    assert scores(folder) == {"ada": 4.0, "bob": 4.0}


def test_what_a_killed_run_has_staged_is_removed_by_the_next(course: Course, temporary: Path) -> None:
    folder = cohort(course, "slow", "2", 4)
    run = started(course, folder)
    await_staged(temporary)
    run.kill()
    run.communicate(timeout=60)
    assert len(staged(temporary)) == 1
    ended(started(course, folder))
    assert staged(temporary) == []
    assert scores(folder) == {"ada": 4.0, "bob": 4.0}


def await_staged(temporary: Path) -> None:
    deadline = time.monotonic() + 300
    while not list(temporary.glob(f"{PREFIX}*/staged/*/tiny/tiny.ipynb")):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_folder_whose_run_goes_on_is_left_alone() -> None:
    with RunFolder() as mine, RunFolder() as other:
        (mine.path / "work").mkdir()
        sweep()
        assert (mine.path / "work").is_dir()
        assert mine.path != other.path
        assert mine.path.stat().st_mode & 0o777 == 0o700
    assert not mine.path.exists()


def test_a_folder_without_a_lock_is_nobodys_to_remove() -> None:
    strange = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        sweep()
        assert strange.is_dir()
        (strange / LOCK).touch()
        with (strange / LOCK).open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            sweep()
            assert strange.is_dir()
        sweep()
        assert not strange.exists()
    finally:
        if strange.exists():
            strange.rmdir()


def test_a_closed_pipe_costs_no_page(course: Course) -> None:
    folder = cohort(course, "in", "2")
    trust = "" if probe.probe() is None else "--trust"
    command = f"'{sys.executable}' -m groundschool grade '{folder}' --json out.json {trust} | head -c 1"
    done = subprocess.run(["bash", "-c", command], cwd=course.root, capture_output=True, timeout=400, check=False)
    assert b"Traceback" not in done.stderr
    assert len(list((course.root / "reports").glob("candidates/*/tiny.html"))) == 2
    assert len(json.loads((course.root / "out.json").read_text())["submissions"]) == 2


def autograding(
    course: Course, submitted: str, candidate: str, environment: Mapping[str, str]
) -> subprocess.Popen[str]:
    command = [
        sys.executable, "-m", "nbgrader", "autograde", "tiny", "--student", candidate, "--create", "--force",
        f"--CourseDirectory.submitted_directory={submitted}",
    ]  # fmt: skip
    return subprocess.Popen(
        command, cwd=course.root, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )  # fmt: skip


def test_nbgraders_own_commands_beside_each_other_grade_each_its_own(course: Course, temporary: Path) -> None:
    environment = {} if probe.probe() is None else {TRUST: "1"}
    generated = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "tiny", "--create", "--force"],
        cwd=course.root, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert generated.returncode == 0, generated.stderr[-2000:]
    cohort(course, "monday", "2", 2)
    cohort(course, "tuesday", "3", 2)
    runs = [autograding(course, "monday", "ada", environment), autograding(course, "tuesday", "bob", environment)]
    outputs = [run.communicate(timeout=400)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outputs
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
        found = {name: book.find_grade("double_tests", "tiny", "tiny", name).score for name in ("ada", "bob")}
    assert found == {"ada": 4.0, "bob": 0.0}
    assert staged(temporary) == []
