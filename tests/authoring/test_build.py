"""Text to notebook and back: the same bytes every time, and no edit lost in silence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from groundschool import course
from groundschool.authoring import build
from groundschool.authoring.build import BuildRefused
from groundschool.course import NotACourse, Topic
from tiny_course import DOUBLE, write

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
    topic = write(tmp_path_factory.mktemp("built"), "tiny", [DOUBLE]).topic("tiny")
    build.adopt(topic)
    topic.text.write_text(topic.text.read_text() + AWKWARD)
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
    assert [output.output_type for output in notebook.cells[-1].outputs] == ["stream", "execute_result"]


def test_building_twice_gives_the_same_bytes(topic: Topic) -> None:
    stable = topic.text.read_text().replace("os.getpid()", "os.name")
    topic.text.write_text(stable)
    build.build(topic)
    first = topic.path.read_bytes()
    assert build.build(topic) is False
    topic.path.unlink()
    assert build.build(topic) is True
    assert topic.path.read_bytes() == first


def test_a_build_leaves_nothing_beside_the_notebook(topic: Topic) -> None:
    topic.text.write_text(
        topic.text.read_text()
        + "\n```python\nfrom groundschool import data\n\nopen(data.scratch() / 'left.txt', 'w').close()\n```\n"
    )
    build.build(topic)
    assert sorted(path.name for path in topic.folder.iterdir()) == ["tiny.ipynb", "tiny.md"]


def test_a_build_holds_nothing_of_this_machine(topic: Topic) -> None:
    assert set(nbformat.read(topic.path, as_version=4).metadata) == {"kernelspec", "groundschool"}
    assert str(topic.folder) not in topic.path.read_text()


def test_a_build_refuses_to_drop_edits_of_the_notebook(topic: Topic) -> None:
    edit(topic, retitle)
    before = topic.path.read_bytes()
    with pytest.raises(BuildRefused, match="holds edits that tiny.md lacks") as refused:
        build.build(topic)
    assert "groundschool adopt tiny" in str(refused.value)
    assert topic.path.read_bytes() == before
    assert build.build(topic, force=True) is True
    assert "Edited in the notebook" not in topic.path.read_text()


def test_edits_made_on_both_sides_are_not_lost_either(topic: Topic) -> None:
    edit(topic, retitle)
    topic.text.write_text(topic.text.read_text().replace("A title in a second cell", "Another title"))
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
    assert "# Edited in the notebook" in topic.text.read_text()
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
    topic.folder.mkdir()
    for path in (HERE.topic(name).path, HERE.topic(name).text):
        shutil.copyfile(path, topic.folder / path.name)
    assert build.adopt(topic) is False


def test_a_cell_that_fails_stops_the_build_and_is_quoted(topic: Topic) -> None:
    before = topic.path.read_bytes()
    topic.text.write_text(topic.text.read_text() + "\n```python\nraise ValueError('no luck')\n```\n")
    with pytest.raises(BuildRefused, match="no luck"):
        build.build(topic)
    assert topic.path.read_bytes() == before


def test_a_solution_whose_visible_check_fails_stops_the_build(topic: Topic) -> None:
    topic.text.write_text(topic.text.read_text().replace("return number + number", "return number"))
    with pytest.raises(BuildRefused, match="visible checks passed"):
        build.build(topic)


def test_a_notebook_that_is_none_is_told(topic: Topic) -> None:
    topic.path.write_text("{not json")
    for write_ in (build.build, build.adopt):
        with pytest.raises(NotACourse, match="is not a notebook"):
            write_(topic)
