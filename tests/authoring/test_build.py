"""Text to notebook and back: the same bytes every time, and no edit lost in silence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from groundschool import course
from groundschool.authoring import build, text
from groundschool.authoring.build import BuildRefused
from groundschool.course import Misstated, NotACourse, Topic
from tiny_course import DOUBLE, as_text, write

HERE = course.find(Path(__file__).parent)
AWKWARD = """

## A title in a second cell, with a [link](x.md)

```python tags=["nbval-ignore-output"]
# Differs from run to run.
import os
os.getpid()
```

```python
%who_ls no_such_type
```

```python
print("out")
1 + 1
```
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Topic:
    course = write(tmp_path_factory.mktemp("built"), "tiny", [DOUBLE])
    as_text(course, "tiny", [DOUBLE])
    topic = course.topic("tiny")
    topic.opening.write_text(topic.opening.read_text() + AWKWARD)
    build.build(topic, force=True)
    build.adopt(topic)  # Jupytext's own way of writing it, from here on
    return topic


@pytest.fixture
def topic(built: Topic, tmp_path: Path) -> Topic:
    shutil.copytree(built.folder, tmp_path / "source" / "tiny")
    return Topic("tiny", tmp_path / "source" / "tiny")


Edit = Callable[[nbformat.NotebookNode], None]


def edit(topic: Topic, change: Edit) -> None:
    notebook = nbformat.read(topic.path, as_version=4)
    change(notebook)
    nbformat.write(notebook, topic.path)


def retitle(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[0].source = "# Edited in the notebook"


def test_a_build_writes_outputs_and_names_cells_by_their_questions(topic: Topic) -> None:
    notebook = nbformat.read(topic.path, as_version=4)
    nbformat.validate(notebook)
    named = {cell.id: cell for cell in notebook.cells}
    assert {"double", "double-tests"} <= named.keys() or {"double", "double_tests"} <= named.keys()
    assert len(named) == len(notebook.cells)
    printing = next(cell for cell in notebook.cells if cell.source.startswith("print("))
    assert [output.output_type for output in printing.outputs] == ["stream", "execute_result"]


def test_building_twice_gives_the_same_bytes(topic: Topic) -> None:
    stable = topic.opening.read_text().replace("os.getpid()", "os.name")
    topic.opening.write_text(stable)
    build.build(topic)
    first = topic.path.read_bytes()
    assert build.build(topic) is False
    topic.path.unlink()
    assert build.build(topic) is True
    assert topic.path.read_bytes() == first


UNFIT = {
    "no hidden region": ("### BEGIN HIDDEN TESTS\n", "", "the test cell holds END HIDDEN TESTS"),
    "a hidden region that stays open": ("### END HIDDEN TESTS\n", "", "the test cell holds BEGIN HIDDEN TESTS"),
    "a solution that stays open": ("### END SOLUTION\n", "", "the answer cell holds BEGIN SOLUTION; `### BEGIN"),
    "no solution region": ("### BEGIN SOLUTION\n", "", "the answer cell holds END SOLUTION"),
    "points that are never given": ("t.points\n", "", "whose last lines are `t.points`"),
    "a test cell without points": (" points=4", "", "one by `python tests points=…`"),
}


@pytest.mark.parametrize(("old", "new", "told"), UNFIT.values(), ids=UNFIT)
def test_a_text_that_would_show_what_is_hidden_or_give_no_points_is_refused(
    topic: Topic, old: str, new: str, told: str
) -> None:
    question, before = topic.questions[0].path, topic.path.read_bytes()
    assert old in question.read_text()
    question.write_text(question.read_text().replace(old, new))
    with pytest.raises(Misstated) as refused:
        build.build(topic)
    assert told in str(refused.value)
    assert str(question) in str(refused.value)
    assert topic.path.read_bytes() == before


def test_a_folder_that_no_line_names_is_told(topic: Topic) -> None:
    shutil.copytree(topic.questions[0].folder, topic.folder / "questions" / "treble")
    with pytest.raises(Misstated, match="questions/treble is not named in topic.toml"):
        build.build(topic)


def test_an_id_is_a_name(topic: Topic) -> None:
    topic.questions[0].folder.rename(topic.folder / "questions" / "Double-It")
    manifest = topic.folder / "topic.toml"
    manifest.write_text(manifest.read_text().replace('"double"', '"Double-It"'))
    with pytest.raises(Misstated, match="the id 'Double-It' was found"):
        build.build(Topic("tiny", topic.folder))


def test_a_cell_that_fails_is_named_with_its_error(topic: Topic) -> None:
    question = topic.questions[0].path
    question.write_text(question.read_text().replace("t.show()", "1 / 0\nt.show()"))
    with pytest.raises(BuildRefused, match="the cell 'double_tests' fails with ZeroDivisionError") as refused:
        build.build(topic)
    assert "\x1b" not in str(refused.value)


def test_a_build_leaves_nothing_beside_the_notebook(topic: Topic) -> None:
    topic.opening.write_text(
        topic.opening.read_text()
        + "\n```python\nfrom groundschool import data\n\nopen(data.scratch() / 'left.txt', 'w').close()\n```\n"
    )
    build.build(topic)
    assert sorted(path.name for path in topic.folder.iterdir()) == ["questions", "tiny.ipynb", "topic.md", "topic.toml"]


def test_a_build_holds_nothing_of_this_machine(topic: Topic) -> None:
    assert set(nbformat.read(topic.path, as_version=4).metadata) == {"kernelspec", "groundschool"}
    assert str(topic.folder) not in topic.path.read_text()


def test_a_build_refuses_to_drop_edits_of_the_notebook(topic: Topic) -> None:
    edit(topic, retitle)
    before = topic.path.read_bytes()
    with pytest.raises(BuildRefused, match="holds edits that its text lacks") as refused:
        build.build(topic)
    assert "groundschool adopt tiny" in str(refused.value)
    assert topic.path.read_bytes() == before
    assert build.build(topic, force=True) is True
    assert "Edited in the notebook" not in topic.path.read_text()


def test_edits_made_on_both_sides_are_not_lost_either(topic: Topic) -> None:
    edit(topic, retitle)
    topic.opening.write_text(topic.opening.read_text().replace("A title in a second cell", "Another title"))
    with pytest.raises(BuildRefused):
        build.build(topic)


def test_new_outputs_and_other_metadata_are_no_edits(topic: Topic) -> None:
    def run_again(notebook: nbformat.NotebookNode) -> None:
        notebook.cells[-1].outputs = []
        notebook.cells[-1].execution_count = 99
        notebook.metadata["language_info"] = {"name": "python"}

    edit(topic, run_again)
    build.build(topic)
    assert nbformat.read(topic.path, as_version=4).cells[-1].outputs


def test_file_times_decide_nothing(topic: Topic) -> None:
    edit(topic, retitle)
    os.utime(topic.path, (0, 0))
    with pytest.raises(BuildRefused):
        build.build(topic)


def test_adopted_edits_stand_in_the_text_and_build_again(topic: Topic) -> None:
    edit(topic, retitle)
    assert build.adopt(topic) is True
    assert "# Edited in the notebook" in topic.opening.read_text()
    build.build(topic)
    assert nbformat.read(topic.path, as_version=4).cells[0].source == "# Edited in the notebook"
    assert build.adopt(topic) is False


def test_text_survives_the_way_to_the_notebook_and_back(topic: Topic) -> None:
    topic.path.unlink()
    build.build(topic)
    assert build.adopt(topic) is False


@pytest.mark.parametrize("name", [topic.name for topic in HERE.topics])
def test_adopting_a_built_topic_of_the_course_changes_nothing(name: str, tmp_path: Path) -> None:
    topic = Topic(name, tmp_path / name)
    shutil.copytree(HERE.topic(name).folder, topic.folder)
    assert build.adopt(topic) is False


def cell_of(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def test_an_edit_goes_back_to_the_file_that_its_cell_comes_from(topic: Topic) -> None:
    def revise(notebook: nbformat.NotebookNode) -> None:
        solution, tests = cell_of(notebook, "double"), cell_of(notebook, "double_tests")
        solution.source = solution.source.replace("number + number", "2 * number")
        tests.source = tests.source.replace("the double of two", "twice two")
        setup = next(cell for cell in notebook.cells if cell.source.startswith("from groundschool"))
        setup.source += "\nimport math"
        place = notebook.cells.index(solution)
        notebook.cells.insert(place, nbformat.v4.new_markdown_cell("A hint, in a cell of its own."))

    edit(topic, revise)
    assert build.adopt(topic) is True
    (question,) = topic.questions
    for words in (
        "2 * number",
        "twice two",
        "A hint, in a cell of its own.",
        "t = checks.question(double)\n",
        "points=4\n",
    ):
        assert words in question.text
    assert "import math" in topic.opening.read_text()
    assert "A hint" not in topic.opening.read_text()
    assert "This notebook holds {totals}." in topic.opening.read_text()
    assert "nbgrader" not in question.text + topic.opening.read_text()
    build.build(topic)
    assert build.adopt(topic) is False


def test_what_the_build_fills_in_is_not_edited_in_the_notebook(topic: Topic) -> None:
    before = text.read(topic)

    def retime(notebook: nbformat.NotebookNode) -> None:
        prompt = cell_of(notebook, "double-1")
        prompt.source = prompt.source.replace("about 5 minutes", "about 50 minutes")

    def take_out(notebook: nbformat.NotebookNode) -> None:
        notebook.cells.remove(cell_of(notebook, "double_tests"))

    for change, told in (
        (retime, "level, minutes and points in the question's text"),
        (take_out, "taken out in topic.toml"),
    ):
        build.build(topic, force=True)
        edit(topic, change)
        with pytest.raises(Misstated, match=told):
            build.adopt(topic)
        assert text.read(topic) == before


def test_a_built_question_shows_its_level_its_points_and_its_minutes(topic: Topic) -> None:
    notebook = nbformat.read(topic.path, as_version=4)
    shown = "## Return the double of a value\n\n*Easy, 4 points, about 5 minutes.*\n\nOf 2 it is 4.\n\n- **texts**: a text stands twice."
    assert cell_of(notebook, "double-1").source == shown
    assert "This notebook holds 1 question, 4 points, about 5 minutes." in notebook.cells[0].source
    assert cell_of(notebook, "double_tests").source.startswith('t = checks.question("double", double, points=4)\n')
    marking = cell_of(notebook, "double_tests").metadata["nbgrader"]
    assert (marking["grade_id"], marking["points"], marking["locked"]) == ("double_tests", 4, True)


def test_a_question_is_added_moved_and_taken_out_by_its_folder_and_one_line(topic: Topic) -> None:
    def questions_are(names: list[str]) -> list[str]:
        told = ", ".join(f'"{name}"' for name in names)
        lines = [f"questions = [{told}]" if line.startswith("questions") else line for line in manifest.splitlines()]
        (topic.folder / "topic.toml").write_text("\n".join(lines))
        build.build(Topic("tiny", topic.folder))
        notebook = course.read(topic.path)
        return [f"{test.question}: {test.points:g}" for test in notebook.tests]

    manifest = (topic.folder / "topic.toml").read_text()
    folder = topic.folder / "questions" / "twice"
    folder.mkdir()
    folder.joinpath("question.md").write_text(
        topic.questions[0].text.replace("double", "twice").replace("points=4", "points=6")
    )
    assert questions_are(["double", "twice"]) == ["double: 4", "twice: 6"]
    assert "2 questions, 10 points, about 10 minutes" in topic.path.read_text()
    assert questions_are(["twice", "double"]) == ["twice: 6", "double: 4"]
    shutil.rmtree(folder)
    assert questions_are(["double"]) == ["double: 4"]
    assert "1 question, 4 points, about 5 minutes" in topic.path.read_text()


def test_a_cell_that_fails_stops_the_build_and_is_quoted(topic: Topic) -> None:
    before = topic.path.read_bytes()
    topic.opening.write_text(topic.opening.read_text() + "\n```python\nraise ValueError('no luck')\n```\n")
    with pytest.raises(BuildRefused, match="no luck"):
        build.build(topic)
    assert topic.path.read_bytes() == before


def test_a_solution_whose_visible_check_fails_stops_the_build(topic: Topic) -> None:
    (question,) = topic.questions
    question.path.write_text(question.text.replace("return number + number", "return number"))
    with pytest.raises(BuildRefused, match="visible checks passed"):
        build.build(topic)


def test_a_notebook_that_is_none_is_told(topic: Topic) -> None:
    topic.path.write_text("{not json")
    for write_ in (build.build, build.adopt):
        with pytest.raises(NotACourse, match="is not a notebook"):
            write_(topic)
