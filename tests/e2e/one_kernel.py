"""Prints, as JSON, what every honest answer and every mistake of a topic earns in one process: nbgrader's way, no split.

Run as a program, so that the process is fresh: `python one_kernel.py COURSE TOPIC`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Collection
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.io import capture_output

from groundschool.checks import typed
from groundschool.course import Course
from groundschool.grading.rehearsal.rehearsal import attempt_source, solution_of


def main(root: Path, name: str) -> None:
    """One shell for all answers: each answer's cell, then its test cell, whose last line is the score."""
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    topic = Course(root).topic(name)
    notebook = topic.notebook()
    os.chdir(topic.folder)
    shell = InteractiveShell.instance()
    typed.register(shell)  # a notebook's own import of checks does it; here they were imported before there was a shell
    scores = {}
    with capture_output():
        for cell in notebook.cells:
            if cell.role == "plain" and not _shows(cell.source, notebook.answers):
                shell.run_cell(cell.source).raise_error()
        for test in notebook.tests:
            for path in (None, *topic.attempts("answers", test.question), *topic.attempts("mistakes", test.question)):
                source = solution_of(notebook, test) if path is None else attempt_source(notebook, test, path)
                shell.run_cell(source)
                key = f"{test.question}/{path.parent.parent.name}/{path.stem}" if path else f"{test.question}/solution"
                scores[key] = shell.run_cell(test.source).result
    json.dump(scores, sys.stdout)


def _shows(source: str, answers: Collection[str]) -> bool:
    """Whether a cell shows what an answer returns, and needs it."""
    return any(re.search(rf"\b{name}\b", source) for name in answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
