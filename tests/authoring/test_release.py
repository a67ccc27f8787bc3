"""What candidates get: written by nbgrader from source/, and free of solutions, hidden tests, answers and mistakes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters import GenerateAssignment
from traitlets.config import Config

from groundschool import course
from groundschool.authoring import release
from groundschool.course import Course, Topic
from groundschool.grading import configure

HERE = course.find(Path(__file__).parent)
TOPICS = pytest.mark.parametrize("topic", HERE.topics, ids=lambda topic: topic.name)
REGION = re.compile(r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END", re.DOTALL)


@TOPICS
def test_the_released_folder_holds_the_notebook_only(topic: Topic) -> None:
    assert [path.name for path in topic.released.parent.iterdir()] == [f"{topic.name}.ipynb"]


@TOPICS
def test_no_line_that_only_solutions_hidden_tests_answers_or_mistakes_hold_is_released(topic: Topic) -> None:
    released = topic.released.read_text(encoding="utf-8")
    shown = "\n".join(cell.source for cell in nbformat.read(topic.released, as_version=4).cells)
    assert "BEGIN SOLUTION" not in released
    assert "BEGIN HIDDEN" not in released
    secret = [
        line.strip()
        for cell in topic.notebook().cells
        for region in REGION.findall(cell.source)
        for line in region.splitlines()
    ]
    files = [path for path in topic.folder.glob("questions/*/*/*") if path.is_file()]
    files += [path for kind in ("rubric.yaml", "labelled.jsonl") for path in topic.folder.glob(f"questions/*/{kind}")]
    secret += [line.strip() for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [topic.opening, *(question.path for question in topic.questions)]
    public = REGION.sub("", "\n".join(path.read_text(encoding="utf-8") for path in texts))
    leaked = {line for line in secret if len(line) > 24 and line in shown and line not in public}
    assert leaked == set()


@TOPICS
def test_nothing_is_released_that_changes_with_hidden_text(topic: Topic) -> None:
    assert set(nbformat.read(topic.released, as_version=4).metadata) == {"kernelspec"}


def test_our_own_step_of_a_release_stands_behind_nbgraders_own() -> None:
    configured = Config()
    configure(configured)
    made = GenerateAssignment(config=configured).preprocessors
    assert made[:-1] == GenerateAssignment().preprocessors


@TOPICS
def test_no_output_is_released(topic: Topic) -> None:
    cells = nbformat.read(topic.released, as_version=4).cells
    assert not [cell for cell in cells if cell.get("outputs")]


@pytest.mark.parametrize("name", ["sql", "glue"])
def test_releasing_again_writes_the_committed_notebook(name: str, tmp_path: Path) -> None:
    for part in ("nbgrader_config.py", f"source/{name}", f"release/{name}", "data"):
        source, target = HERE.root / part, tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    assert release.release(Course(tmp_path).topic(name)) is False
    assert [path.name for path in (tmp_path / "release" / name).iterdir()] == [f"{name}.ipynb"]
