"""Code that looks at how it is graded is told as a flag; honest code never is."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from groundschool.course import Notebook, find
from groundschool.grading.prying import SIGNS, signs

HERE = find(Path(__file__).parent)
NOBODYS = Notebook(())


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nframe = sys._getframe(1).f_back",
        "import gc\n[each for each in gc.get_objects()]",
        "open('/proc/self/maps').read()",
        "checks.question = lambda *rest: None",
        "import pandas as pd\npd.DataFrame.equals = lambda *rest: True",
        "class Agrees:\n    def __eq__(self, other):\n        return True",
        "get_ipython().ast_transformers.append(None)",
    ],
)
def test_code_that_looks_at_its_grading_is_quoted(source: str) -> None:
    [told] = signs(new_notebook(cells=[new_markdown_cell("gc.get_objects"), new_code_cell(source)]), NOBODYS)
    assert told.startswith("Code of the submission names what looks at how it is graded: ")
    found = SIGNS.search(source)
    assert found
    assert found[0].split()[0] in told


def test_no_answer_and_no_mistake_of_the_course_is_told() -> None:
    attempts = [path for topic in HERE.topics for path in topic.folder.glob("questions/*/*/*") if path.is_file()]
    assert len(attempts) > 500
    assert [path.name for path in attempts if SIGNS.search(path.read_text(encoding="utf-8", errors="replace"))] == []


def test_the_courses_own_cells_are_not_told() -> None:
    for topic in HERE.topics:
        assert signs(nbformat.read(topic.released, as_version=4), topic.notebook()) == ()
