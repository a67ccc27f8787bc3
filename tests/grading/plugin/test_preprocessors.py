"""A course that is not ours, graded by nbgrader's own command with the one line in its configuration."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from groundschool import tools
from groundschool.course import TESTS, Course
from groundschool.grading import configure
from groundschool.grading.box import probe
from groundschool.grading.plugin import takeover
from groundschool.grading.plugin.preprocessors import TRUST
from tiny_course import DOUBLE, Asked, hand_in, write

pytestmark = pytest.mark.xdist_group("preprocessors")  # graded once, not by each of pytest's processes
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "foreign"\nc.ClearSolutions.code_stub = {"python": ""}\n'
OURS = f"{STOCK}from groundschool.grading import configure\nconfigure(c)\n"
PLAIN = Asked(
    "area",
    "def area(width, height):\n    ...",
    "def area(width, height):\n    return width * height",
    "assert area(2, 3) == 6\n### BEGIN HIDDEN TESTS\nassert area(0, 9) == 0\nassert area(5, 7) == 35\n### END HIDDEN TESTS",
)
SHARE = Asked(
    "words",
    "words = None",
    "words = ['a', 'b']",
    "sum(word in ('a', 'b') for word in words) / 2.0 * 4",
)
LAST_LINES = {
    "silent": "assert ends == 1",
    "true": "True",
    "minus_one": "-1.0",
    "not_a_number": "float('nan')",
    "numpy_float": "import numpy\nnumpy.float64(1.0)",
    "whole": "2",
    "text": "'fine'",
}
ENDS = [Asked(name, "ends = 0", "ends = 1", last, 4.0) for name, last in LAST_LINES.items()]
RIGHT = {
    "area": PLAIN.solution,
    "words": SHARE.solution,
    "double": DOUBLE.solution,
    **{each.name: "ends = 1" for each in ENDS},
}
WRONG = {"area": "def area(width, height):\n    return 6", "words": "words = ['a', 'z']", "double": "def double(number):\n    return 4",
         **{each.name: "ends = 2" for each in ENDS}}  # fmt: skip


@dataclass(frozen=True)
class Foreign:
    """A course folder in which nbgrader's commands run."""

    course: Course

    def nbgrader(self, *arguments: str, succeed: bool = True) -> str:
        """The output of a command of nbgrader's."""
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments], cwd=self.course.root, env=environment(), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=500, check=False,
        )  # fmt: skip
        assert not succeed or done.returncode == 0, done.stderr[-3000:]
        return done.stdout + done.stderr

    def scores(self, candidate: str) -> dict[str, float]:
        """What the gradebook holds, by question."""
        with self.gradebook() as book:
            submission = book.find_submission_notebook("ps1", "ps1", candidate)
            return {grade.name.removesuffix(TESTS): grade.score for grade in submission.grades}

    @contextmanager
    def gradebook(self) -> Iterator[Any]:
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.course.root / 'gradebook.db'}") as book:
            yield book

    def flags(self, candidate: str) -> str:
        path = self.course.root / "autograded" / candidate / "ps1" / "ps1.ipynb"
        return " ".join(nbformat.read(path, as_version=4).metadata["groundschool"]["flags"])


def environment() -> dict[str, str]:
    tools.put_on_path()
    return {**os.environ, **({} if probe.probe() is None else {TRUST: "1"})}


def foreign(root: Path, config: str) -> Foreign:
    made = Foreign(write(root, "ps1", [PLAIN, SHARE, DOUBLE, *ENDS], config=config))
    shutil.rmtree(root / "release")
    made.nbgrader("generate_assignment", "ps1", "--create")
    return made


def cells(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def grade_id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def damage(folder: Path, course: Course) -> None:
    """Right answers in notebooks that nbgrader by itself does not grade."""
    path = hand_in(folder, course, "ps1", "duplicated", RIGHT)
    notebook = cells(path)
    notebook.cells.insert(3, notebook.cells[2])
    nbformat.write(notebook, path)
    path = hand_in(folder, course, "ps1", "deleted", RIGHT)
    notebook = cells(path)
    notebook.cells = [cell for cell in notebook.cells if not grade_id(cell).endswith(TESTS)]
    nbformat.write(notebook, path)
    path = hand_in(folder, course, "ps1", "stripped", RIGHT)
    notebook = cells(path)
    for cell in notebook.cells:
        cell.metadata = {}
    nbformat.write(notebook, path)


def steal(folder: Path, course: Course) -> None:
    """Links instead of work: the notebook, or a file that a cell then reads."""
    solution = course.topic("ps1").path
    (folder / "linked_notebook" / "ps1").mkdir(parents=True)
    (folder / "linked_notebook" / "ps1" / "ps1.ipynb").symlink_to(solution)
    reading = "import json\nfor cell in json.load(open('notes.txt'))['cells']:\n    exec(''.join(cell['source'])) if cell['id'] == 'area' else 0"
    path = hand_in(folder, course, "ps1", "linked_file", {"area": reading})
    (path.parent / "notes.txt").symlink_to(solution)
    (folder / "linked_folder").symlink_to(course.root / "source")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    made = foreign(tmp_path_factory.mktemp("ours"), OURS)
    folder = made.course.root / "submitted"
    for name, answers in (("right", RIGHT), ("wrong", WRONG), ("blank", {})):
        hand_in(folder, made.course, "ps1", name, answers)
    damage(folder, made.course)
    steal(folder, made.course)
    made.nbgrader("autograde", "ps1", succeed=False)
    return made


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    made = foreign(tmp_path_factory.mktemp("stock"), STOCK)
    for name, answers in (("right", RIGHT), ("wrong", WRONG)):
        hand_in(made.course.root / "submitted", made.course, "ps1", name, answers)
    made.nbgrader("autograde", "ps1")
    return made


CERTAIN = ("area", "words", "double", "silent", "whole", "text")


@pytest.mark.parametrize("candidate", ["right", "wrong"])
def test_honest_work_earns_what_stock_nbgrader_gives(ours: Foreign, stock: Foreign, candidate: str) -> None:
    mine, theirs = ours.scores(candidate), stock.scores(candidate)
    assert {name: mine[name] for name in CERTAIN} == {name: theirs[name] for name in CERTAIN}
    assert [mine[name] for name in ("area", "words", "double")] == ([4, 4, 4] if candidate == "right" else [0, 2, 0.8])


def test_a_float_of_another_library_counts_where_stock_nbgrader_gives_everything(ours: Foreign, stock: Foreign) -> None:
    assert (ours.scores("right")["numpy_float"], stock.scores("right")["numpy_float"]) == (1.0, 4.0)


def test_a_blank_notebook_earns_nothing(ours: Foreign) -> None:
    assert set(ours.scores("blank").values()) == {0.0}


@pytest.mark.parametrize("damaged", ["duplicated", "deleted", "stripped"])
def test_a_damaged_notebook_is_repaired_told_and_stops_nobody(ours: Foreign, damaged: str) -> None:
    scores = ours.scores(damaged)
    assert [scores[name] for name in ("area", "words", "double")] == [4, 4, 4]
    assert ours.flags(damaged)


@pytest.mark.parametrize("thief", ["linked_notebook", "linked_file", "linked_folder"])
def test_a_link_to_the_solution_gains_nothing(ours: Foreign, thief: str) -> None:
    assert set(ours.scores(thief).values()) == {0.0}
    assert ours.flags(thief)


def test_no_text_of_the_solution_reaches_a_thiefs_graded_notebook(ours: Foreign) -> None:
    written = [path.read_text() for path in (ours.course.root / "autograded").glob("linked*/**/*") if path.is_file()]
    assert written
    assert not [text for text in written if "return width * height" in text]


def test_a_last_line_that_is_no_score_goes_to_a_person(ours: Foreign) -> None:
    with ours.gradebook() as book:
        grades = {
            grade.name.removesuffix(TESTS): grade
            for grade in book.find_submission_notebook("ps1", "ps1", "right").grades
        }
        waiting = {name for name, grade in grades.items() if grade.needs_manual_grade}
        assert waiting == {"minus_one", "not_a_number", "true"}
        assert {grades[name].auto_score for name in waiting} == {0.0}


def test_the_graded_notebook_shows_the_candidates_outputs_and_the_score(ours: Foreign) -> None:
    notebook = cells(ours.course.root / "autograded" / "right" / "ps1" / "ps1.ipynb")
    tests = {grade_id(cell): cell for cell in notebook.cells}
    assert tests["words_tests"].outputs[0].data["text/plain"] == "4.0"
    assert notebook.metadata["groundschool"]["isolation"] == ("sandbox" if probe.probe() is None else "none")


def test_nothing_of_the_run_is_left_among_submissions_or_sources(ours: Foreign) -> None:
    root = ours.course.root
    assert [path.name for path in (root / "source" / "ps1").iterdir()] == ["ps1.ipynb"]
    assert [path.name for path in (root / "submitted" / "right" / "ps1").iterdir()] == ["ps1.ipynb"]


API = """
import json, sys
from pathlib import Path
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

config = PyFileConfigLoader("nbgrader_config.py", path=".").load_config()
config.CourseDirectory.root = str(Path.cwd())
found = NbGraderAPI(CourseDirectory(config=config), config=config).autograde("ps1", sys.argv[1], force=True)
json.dump({"success": found["success"], "log": found.get("error", "")[-2000:]}, sys.stdout)
"""


def by_button(course: Foreign, candidate: str) -> None:
    """What the formgrader's button does."""
    done = subprocess.run(
        [sys.executable, "-c", API, candidate], cwd=course.course.root, env=environment(), capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    reply = json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else {"success": False}
    assert reply["success"], f"{reply} {done.stderr[-2000:]}"


def test_the_formgraders_button_grades_alike(ours: Foreign) -> None:
    before = {name: ours.scores(name) for name in ("right", "linked_notebook")}
    for name in before:
        by_button(ours, name)
    assert {name: ours.scores(name) for name in before} == before


def test_a_score_given_by_a_person_stays_when_the_notebook_is_graded_again(ours: Foreign) -> None:
    with ours.gradebook() as book:
        grade = book.find_grade("not_a_number_tests", "ps1", "ps1", "stripped")
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 3.0, False
        book.db.commit()
    ours.nbgrader("autograde", "ps1", "--student", "stripped", "--force")
    with ours.gradebook() as book:
        grade = book.find_grade("not_a_number_tests", "ps1", "ps1", "stripped")
        assert (grade.score, grade.needs_manual_grade) == (3.0, False)


def test_without_a_box_and_without_trust_nothing_is_graded() -> None:
    hidden = {name: text for name, text in environment().items() if name != TRUST}
    script = (
        "from pathlib import Path\nfrom groundschool.grading.box import probe\nfrom groundschool.grading.plugin import preprocessors\n"
        "from groundschool.grading.session.open import NoBox\nprobe.probe = lambda: 'No box here.'\n"
        "try:\n    preprocessors.engine(Path('.'))\nexcept NoBox as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=hidden, capture_output=True, text=True, timeout=100, check=True
    )
    assert done.stdout.startswith("Submissions are not graded without a sandbox: No box here.")
    assert TRUST in done.stdout


def time_kept(folder: Path, course: Course, candidate: str, text: str, *, dated: bool = True) -> tuple[bool, str]:
    """Whether a time written beside a hand-in is passed on to nbgrader, and what is told of it."""
    (hand_in(folder, course, "ps1", candidate, {}).parent / "timestamp.txt").write_text(text)
    desk = takeover.Desk(course.root, dated=dated)
    try:
        desk.stage_all(CourseDirectory(root=str(course.root)), "ps1", candidate)
        staged = desk.staged[candidate, "ps1", "ps1"].staged
        return (staged.notebook.parent / "timestamp.txt").is_file(), " ".join(staged.flags)
    finally:
        desk.close()
        assert not desk.folder.exists()


def test_a_time_that_nbgrader_cannot_read_is_left_out(tmp_path: Path) -> None:
    course = write(tmp_path, "ps1", [PLAIN])
    assert time_kept(tmp_path / "submitted", course, "ada", "2024-01-01 10:00:00 UTC") == (True, "")
    kept, told = time_kept(tmp_path / "submitted", course, "bob", "yesterday evening")
    assert not kept
    assert "timestamp.txt" in told


def test_a_time_written_by_a_candidate_dates_nothing_unless_the_course_says_so(tmp_path: Path) -> None:
    course, text = write(tmp_path, "ps1", [PLAIN]), "2020-01-01 10:00:00 UTC"
    assert time_kept(tmp_path / "submitted", course, "ada", text, dated=False) == (False, "")
    configure(Config())
    assert not Autograde.dated_by_files
    configure(Config(), dated=True)
    assert Autograde.dated_by_files
    configure(Config())
