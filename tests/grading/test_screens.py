"""A screen's hand-ins are graded by the questions that the screen asks, and by no other of the topic."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from groundschool.authoring import kit, pack
from groundschool.course import Course, Misstated, screen
from groundschool.grading import batch
from groundschool.grading.batch import Batch, Plan
from groundschool.grading.box import probe
from groundschool.grading.handin.stage import stage
from groundschool.grading.plugin.takeover import Desk
from groundschool.grading.session.engine import Engine
from groundschool.results import Results
from tiny_course import DOUBLE, RIGHT, Asked, as_text, hand_in, write

HERE = Path(__file__).resolve().parents[2]
DOUBLE_DOUBLE = Asked(
    "double_double",
    "def double_double(number):\n    ...",
    "def double_double(number):\n    return number * 4",
    'helped = helper(1)\nt = checks.question("double_double", double_double, points=4)\n'
    't.equal("of two", 8, answer=lambda: t.call(2))\nt.show()\n### BEGIN HIDDEN TESTS\n'
    't.equal("of seven", 28, answer=lambda: t.call(7), hidden=True)\nt.points\n### END HIDDEN TESTS',
)
SHORT = "title = 'Short'\nminutes = 10\n[questions]\ntiny = ['double']\n"
TOLD = 'Graded as the screen "short": 1 of the topic\'s 2 questions.'


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Two questions, the name of the one in the name of the other, and a screen that asks one of them."""
    made = write(
        tmp_path / "course", "tiny", [DOUBLE_DOUBLE, DOUBLE], setup="from groundschool import checks\nhelper = abs"
    )
    as_text(made, "tiny", [DOUBLE_DOUBLE, DOUBLE])
    for name in ("requirements.txt", "pyproject.toml"):
        shutil.copy(HERE / name, made.root)
    (made.root / "screens").mkdir()
    (made.root / "screens" / "short.toml").write_text(SHORT)
    return made


@pytest.fixture
def kept(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a kit of the screen, unpacked."""
    wheel = tmp_path / "package.whl"
    wheel.touch()
    monkeypatch.setattr(kit, "_wheel", lambda root, folder: wheel)
    kit.kit(course, course.topics, tmp_path / "kit.zip", screen.called(course, "short"))
    with zipfile.ZipFile(tmp_path / "kit.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / "kit"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine("sandbox" if probe.probe() is None else "none", tmp_path_factory.mktemp("data")) as made:
        yield made


def packed(folder: Path, candidate: str, to: Path, answer: str) -> Path:
    """What a candidate hands in who answers in a kit, and packs."""
    path = folder / "work" / "tiny" / "tiny.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(folder / "release" / "tiny" / "tiny.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answer if cell.metadata.get("nbgrader", {}).get("grade_id") == "double" else cell.source
    nbformat.write(notebook, path)
    to.mkdir(exist_ok=True)
    return pack.pack(folder, candidate, [], to).path


def grade(course: Course, engine: Engine, source: Path, name: str = "") -> Batch:
    return batch.grade(course, Plan(source, screen=name), engine, lambda stand: None)


def graded(done: Batch) -> dict[str, tuple[float, float, bool]]:
    """Score, maximum and whether the screen is told, by candidate."""
    return {result.candidate: (result.score, result.max, TOLD in result.flags) for result in done.results}


def maxima(course: Course) -> dict[str, float]:
    """What the formgrader shows as the most that each candidate could earn."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
        return {each["student"]: each["max_score"] for each in book.submission_dicts("tiny")}


def taken_up(course: Course, candidate: str) -> tuple[str, ...]:
    """The questions of a hand-in that nbgrader grades again, from a course where nothing was put for it."""
    assert not (course.root / "submitted").exists()
    desk = Desk(course.root)
    desk.stage_all(CourseDirectory(root=str(course.root)), "tiny", candidate)
    ((key, given),) = desk.staged.items()
    assert key == (candidate, "tiny", "tiny")
    assert given.work == Results(course.root).hand_ins_of(candidate, "tiny")[0].work
    assert given.staged.notebook == desk.folder / candidate / "tiny" / "tiny.ipynb"
    assert given.staged.notebook.is_file()
    desk.close()
    return given.staged.asked


def test_a_pack_of_a_kit_counts_the_screens_questions_and_a_whole_notebook_counts_all(
    course: Course, kept: Path, engine: Engine, tmp_path: Path
) -> None:
    given = nbformat.read(kept / "release" / "tiny" / "tiny.ipynb", as_version=4)
    assert "double_double" not in nbformat.writes(given)
    packed(kept, "Ada", tmp_path / "in", RIGHT["sum"])
    packed(kept, "Bob", tmp_path / "in", DOUBLE.starter)
    hand_in(tmp_path / "in", course, "tiny", "cleo", {"double": RIGHT["lambda"]})
    done = grade(course, engine, tmp_path / "in")
    assert graded(done) == {"Ada": (4.0, 4.0, True), "Bob": (0.0, 4.0, True), "cleo": (4.0, 8.0, False)}
    assert [verdict.question for verdict in done.results[0].questions] == ["double"]
    assert not [flag for result in done.results for flag in result.flags if flag != TOLD]
    left = nbformat.read(course.root / "autograded" / "Ada" / "tiny" / "tiny.ipynb", as_version=4)
    outputs = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.get("outputs") for cell in left.cells}
    assert outputs["double_tests"][0].data["text/plain"] == "4.0"
    assert "double_double" not in outputs
    assert maxima(course) == {"Ada": 4.0, "Bob": 4.0, "cleo": 8.0}
    assert taken_up(course, "Ada") == ("double",)
    assert taken_up(course, "cleo") == ()
    assert graded(grade(course, engine, tmp_path / "in", "short"))["cleo"] == (4.0, 4.0, True)
    assert maxima(course)["cleo"] == 4.0
    hand_in(tmp_path / "whole", course, "tiny", "Bob", {"double_double": RIGHT["lambda"]})
    grade(course, engine, tmp_path / "whole")
    assert maxima(course) == {"Ada": 4.0, "Bob": 8.0, "cleo": 4.0}


def test_a_screen_that_the_course_does_not_know_counts_nothing_out(course: Course, kept: Path, tmp_path: Path) -> None:
    packed(kept, "Ada", tmp_path / "in", RIGHT["sum"])
    (course.root / "screens" / "short.toml").rename(course.root / "screens" / "other.toml")
    released, asked = course.topic("tiny").released, screen.asked(course, "tiny")
    found = stage(kept / "work" / "tiny", released, tmp_path / "staged", asked=asked)
    assert (found.asked, found.attempted) == ((), {"double": True, "double_double": False})
    told = 'It says it is of the screen "short", which asks nothing here; all of the topic was graded.'
    assert found.flags[0] == told
    with pytest.raises(Misstated, match="There is no screen 'short' in screens/. Screens here: other."):
        screen.called(course, "short")


def test_nbgraders_own_autograde_counts_the_screens_questions(course: Course, kept: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(kept, "ada", tmp_path / "in", RIGHT["sum"])) as archive:
        archive.extractall(course.root / "submitted" / "ada")
    desk = Desk(course.root)
    desk.stage_all(CourseDirectory(root=str(course.root)), "tiny", "ada")
    assert desk.staged["ada", "tiny", "tiny"].staged.asked == ("double",)
    desk.close()
