"""Throwaway copies of the course, with so many copies of the full example to grade, for stock nbgrader or for ours."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

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


class Throwaway:
    """A course of one topic in a folder of its own. Graded results are removed between runs, what is learned once is
    kept.
    """

    def __init__(self, folder: Path, topic: str, *, stock: bool) -> None:
        self.root, self.topic = folder, topic
        shutil.copytree(ROOT / "source" / topic, folder / "source" / topic)
        shutil.copytree(ROOT / "release" / topic, folder / "release" / topic)
        shutil.copytree(ROOT / "data", folder / "data")
        (folder / "nbgrader_config.py").write_text(STOCK if stock else OURS, encoding="utf-8")

    def fill(self, count: int) -> None:
        """Puts `count` copies of the full example into submitted/, and removes what earlier runs graded.

        Each has a file of its own beside the notebook: work that is equal in everything would be graded once for all.
        """
        for name in (
            "submitted",
            "autograded",
            "feedback",
            "reports",
            ".groundschool/results",
            ".groundschool/hand-ins",
        ):
            shutil.rmtree(self.root / name, ignore_errors=True)
        example = ROOT / "examples" / "submitted" / "example-full" / self.topic
        for place in range(count):
            copy = self.root / "submitted" / f"copy-{place:03}" / self.topic
            shutil.copytree(example, copy)
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
