"""The candidate's folder is the candidate's, and an answer in another place is graded or told: never a silent zero."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_raw_cell

from groundschool.checks.verdict import Result
from groundschool.course import Course
from groundschool.grading import batch
from groundschool.grading.batch import Plan
from groundschool.grading.box import probe
from groundschool.grading.session.engine import Engine
from tiny_course import DOUBLE, Asked, hand_in, write

HALVE = Asked(
    "halve",
    "def halve(number):\n    ...",
    "def halve(number):\n    return number / 2",
    """\
t = checks.question("halve", halve, points=4)
t.equal("half of two", 1, answer=lambda: t.call(2))
t.show()
### BEGIN HIDDEN TESTS
t.equal("half of seven", 3.5, answer=lambda: t.call(7), hidden=True)
t.points
### END HIDDEN TESTS""",
)
DOUBLED, HALVED = "def double(number):\n    return number * 2\n", "def halve(number):\n    return number / 2\n"
SCRIPT = f"# ---\n# jupyter:\n#   jupytext: {{}}\n# ---\n\n# %% [markdown]\n# # tiny\n\n# %%\nfrom groundschool import checks\n\n# %%\n{DOUBLED}\n# %%\n{HALVED}"
EXPORT = f"#!/usr/bin/env python\n# coding: utf-8\n\n# # tiny\n\n# In[1]:\n\n\n{DOUBLED}\n\n# In[ ]:\n\n\n{HALVED}"
# Who hands in what into which cell, with which files beside, and earns what
GIVEN: dict[str, tuple[dict[str, str], dict[str, str], float]] = {
    "module": ({"double": "from mine import double"}, {"mine.py": DOUBLED}, 4.0),
    "package": (
        {"double": "import tools_of_mine\ndef double(number):\n    from tools_of_mine.deep import double\n    return double(number)"},
        {"tools_of_mine/__init__.py": "", "tools_of_mine/deep.py": DOUBLED},
        4.0,
    ),
    "reload": ({"double": "%load_ext autoreload\n%autoreload 2\nfrom mine import *"}, {"mine.py": DOUBLED + HALVED}, 4.0),
    "own-data": (
        {"double": "factor = int(open('données/factor.txt').read())\ndef double(number):\n    return number * factor"},
        {"données/factor.txt": "2"},
        4.0,
    ),
    "course-data": (
        {"double": "factor = int(open('../../data/factor.txt').read())\ndef double(number):\n    return number * factor"},
        {},
        4.0,
    ),
    "one-cell": ({"halve": f"{DOUBLED}\n{HALVED}"}, {}, 8.0),
    "first-cell": ({"double": f"{DOUBLED}\n{HALVED}"}, {}, 8.0),
    "setup-cell": ({"setup": f"from groundschool import checks\n{HALVED}\n{DOUBLED}"}, {}, 8.0),
    "swapped": ({"double": HALVED, "halve": DOUBLED}, {}, 8.0),
    "percent-script": ({}, {"tiny.py": SCRIPT}, 8.0),
    "exported-script": ({}, {"tiny.py": EXPORT, "readme.txt": ""}, 8.0),
}  # fmt: skip
QUEUED: dict[str, dict[str, str]] = {
    "query-beside": {"answers.sql": "select 1"},
    "page-beside": {"tiny.html": "<h1>"},
    "two-scripts": {"a.py": SCRIPT, "b.py": SCRIPT},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    root = tmp_path_factory.mktemp("elsewhere")
    course = write(root, "tiny", [DOUBLE, HALVE])
    (root / "data" / "factor.txt").write_text("2", encoding="utf-8")
    for name, (cells, files, _) in GIVEN.items():
        _beside(_hand_in(course, name, cells), files)
    for name, files in QUEUED.items():
        _beside(_hand_in(course, name, {}), files)
    for name, cell in {
        "below": new_markdown_cell("double is number * 2, of course"),
        "raw": new_raw_cell(DOUBLED),
    }.items():
        path = _hand_in(course, name, {})
        notebook = nbformat.read(path, as_version=4)
        place = next(
            place
            for place, each in enumerate(notebook.cells)
            if each.metadata.get("nbgrader", {}).get("grade_id") == "double"
        )
        notebook.cells.insert(place + 1, cell)
        nbformat.write(notebook, path)
    _hand_in(course, "finished", {})
    finished = _hand_in(course, "other", {"double": DOUBLED, "halve": HALVED})
    (root / "in" / "finished" / "tiny" / "last version").mkdir()
    finished.rename(root / "in" / "finished" / "tiny" / "last version" / "tiny (2).ipynb")
    with Engine("sandbox" if probe.probe() is None else "none", root / "data") as engine:
        done = batch.grade(course, Plan(root / "in"), engine, lambda stand: None)
    return {result.candidate: result for result in done.results}


def _hand_in(course: Course, name: str, cells: dict[str, str]) -> Path:
    path = hand_in(course.root / "in", course, "tiny", name, cells)
    if "setup" in cells:
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[1].source = cells["setup"]
        nbformat.write(notebook, path)
    return path


def _beside(notebook: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (notebook.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (notebook.parent / name).write_text(content, encoding="utf-8")


@pytest.mark.parametrize("name", GIVEN)
def test_what_stands_beside_the_notebook_and_answers_in_other_cells_count(
    results: dict[str, Result], name: str
) -> None:
    assert (results[name].score, [verdict.reason for verdict in results[name].questions]) == (GIVEN[name][2], ["", ""])


@pytest.mark.parametrize("name", QUEUED)
def test_a_blank_notebook_beside_what_may_be_answers_goes_to_a_person(results: dict[str, Result], name: str) -> None:
    assert {verdict.outcome for verdict in results[name].questions} == {"needs_person"}
    assert all(min(QUEUED[name]) in verdict.reason for verdict in results[name].questions)


@pytest.mark.parametrize("name", ["below", "raw"])
def test_what_is_typed_below_an_untouched_answer_cell_goes_to_a_person(results: dict[str, Result], name: str) -> None:
    double, halve = results[name].questions
    assert (double.outcome, halve.outcome) == ("needs_person", "not_attempted")
    assert "may be an answer" in double.reason


def test_a_finished_copy_in_a_folder_is_graded_before_a_blank_notebook(results: dict[str, Result]) -> None:
    assert results["finished"].score == 8.0
    assert (
        'The notebook "last version/tiny (2).ipynb" was graded; one called "tiny.ipynb" was expected.'
        in results["finished"].flags
    )
