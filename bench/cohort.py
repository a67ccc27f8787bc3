"""A cohort on paper: a throwaway course of SQL, and as many hand-ins as are asked for, of which no two are alike.

Each answers one question, with one of its right answers or of its known mistakes; the others are as they were released.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from throwaway import Throwaway

QUESTION = "latest_status"
TOPIC = "sql"


@dataclass(frozen=True)
class Told:
    """What a run's JSON says of everybody, by candidate."""

    results: Mapping[str, Any]

    @staticmethod
    def of(path: Path) -> Told:
        """Read from the file that `groundschool grade --json` wrote."""
        return Told({each["candidate"]: each for each in json.loads(path.read_text())["submissions"]})

    @property
    def scores(self) -> Counter[float]:
        """How many have which score."""
        return Counter(each["score"] for each in self.results.values())

    def differences(self, other: Told) -> list[str]:
        """Who is missing in one of the two, or has another result in it."""
        names = sorted(self.results.keys() | other.results.keys())
        return [name for name in names if self.results.get(name) != other.results.get(name)]


class Cohort(Throwaway):
    """A course in `folder`, with `count` hand-ins in its folder `submitted`."""

    def __init__(self, folder: Path, count: int) -> None:
        super().__init__(folder, TOPIC, stock=False)
        answers = sorted((folder / "source" / TOPIC / "questions" / QUESTION).glob("[am]*/*.sql"))
        released = nbformat.read(folder / "release" / TOPIC / f"{TOPIC}.ipynb", as_version=4)
        (cell,) = (each for each in released.cells if each.metadata.get("nbgrader", {}).get("grade_id") == QUESTION)
        for number, answer in enumerate(itertools.islice(itertools.cycle(answers), count)):
            cell.source = f'{QUESTION} = """\n-- {number}\n{answer.read_text(encoding="utf-8")}"""'
            target = folder / "submitted" / f"candidate-{number:05}" / TOPIC / f"{TOPIC}.ipynb"
            target.parent.mkdir(parents=True)
            nbformat.write(released, target)

    @property
    def kept(self) -> int:
        """How many results are kept."""
        return len(list((self.root / ".groundschool" / "hand-ins").rglob("*.json")))

    def forget(self) -> None:
        """Removes what was graded; what was learned of the questions stays."""
        for name in ("results", "hand-ins"):
            shutil.rmtree(self.root / ".groundschool" / name, ignore_errors=True)

    def entered(self) -> Counter[str]:
        """How often each candidate's notebook stands in the gradebook."""
        query = (
            "select student_id from submitted_assignment as hand_in "
            "join submitted_notebook as notebook on notebook.assignment_id = hand_in.id"
        )
        with sqlite3.connect(self.root / "gradebook.db") as book:
            return Counter(name for (name,) in book.execute(query))
