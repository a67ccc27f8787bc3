"""Throwaway copies of the course with the first questions of one topic, and so many copies of what answers them in full
to grade, for stock nbgrader or for ours.

The questions stay the same ones when a topic grows, so that measurements can be compared over time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nbformat

from groundschool.course import Course
from groundschool.solution import handed_in

ROOT = Path(__file__).resolve().parents[1]
STOCK = """c = get_config()
c.CourseDirectory.course_id = "bench"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.md", "*.toml", "*.yaml", "questions"]
c.ClearSolutions.code_stub = {"python": ""}
c.Execute.timeout = 300
"""
OURS = """from groundschool.grading import configure
c = get_config()
c.CourseDirectory.course_id = "bench"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.md", "*.toml", "*.yaml", "questions"]
c.ClearSolutions.code_stub = {"python": ""}
configure(c)
"""
UNWANTED = ("PYTHONDONTWRITEBYTECODE", "SPARK_SUBMIT_OPTS", "GROUNDSCHOOL_TRUST")


QUESTIONS = 2
LISTED = re.compile(r"^questions = \[(.*?)\]", re.DOTALL | re.MULTILINE)


class Throwaway:
    """A course of the first questions of one topic in a folder of its own. Graded results are removed between runs,
    what is learned once is kept.
    """

    def __init__(self, folder: Path, topic: str, *, stock: bool) -> None:
        self.root, self.topic = folder, topic
        shutil.copytree(ROOT / "source" / topic, folder / "source" / topic)
        shutil.copytree(ROOT / "data", folder / "data")
        self._shorten(folder / "source" / topic / "topic.toml")
        (folder / "nbgrader_config.py").write_text(OURS, encoding="utf-8")
        for command in ("build", "release"):
            subprocess.run(
                [sys.executable, "-m", "groundschool", command, topic],
                cwd=folder, env=environment({}), stdout=subprocess.DEVNULL, check=True,
            )  # fmt: skip
        (folder / "nbgrader_config.py").write_text(STOCK if stock else OURS, encoding="utf-8")
        self.example = self._answered()

    def _shorten(self, manifest: Path) -> None:
        text = manifest.read_text(encoding="utf-8")
        (listed,) = LISTED.findall(text)
        names = re.findall(r'"([^"]+)"', listed)
        kept = "".join(f'    "{name}",\n' for name in names[:QUESTIONS])
        manifest.write_text(LISTED.sub(f"questions = [\n{kept}]", text), encoding="utf-8")
        for name in names[QUESTIONS:]:
            shutil.rmtree(manifest.parent / "questions" / name)

    def _answered(self) -> nbformat.NotebookNode:
        """The released notebook with the solutions."""
        topic = Course(self.root).topic(self.topic)
        solutions = {cell.id: handed_in(cell.source) for cell in topic.notebook().cells}
        released = nbformat.read(topic.released, as_version=4)
        for cell in released.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = solutions[cell.metadata["nbgrader"]["grade_id"]]
        return released

    def fill(self, count: int) -> None:
        """Puts `count` copies of the answered notebook into submitted/, and removes what earlier runs graded.

        Each has a file of its own beside the notebook: work that is equal in everything would be graded once for all.
        """
        graded = ("submitted", "autograded", "feedback", "reports", ".groundschool/results", ".groundschool/hand-ins")
        for name in graded:
            shutil.rmtree(self.root / name, ignore_errors=True)
        for place in range(count):
            copy = self.root / "submitted" / f"copy-{place:03}" / self.topic
            copy.mkdir(parents=True)
            nbformat.write(self.example, copy / f"{self.topic}.ipynb")
            (copy / "copy.txt").write_text(f"{place}\n", encoding="utf-8")

    @property
    def graded(self) -> int:
        """How many submissions have a graded notebook."""
        return len(list((self.root / "autograded").glob(f"*/{self.topic}/{self.topic}.ipynb")))


def environment(added: Mapping[str, str]) -> dict[str, str]:
    """The environment of a measured command: bytecode is written, nothing of the caller's changes Spark or the
    sandbox.
    """
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return {**kept, **added, "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{kept.get('PATH', '')}"}
