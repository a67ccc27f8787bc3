"""The split changes no score: every honest answer and every mistake earns the same in one process and in separate boxes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from groundschool import course, fixtures
from groundschool.grading.box import probe
from groundschool.grading.rehearsal.lesson import learn
from groundschool.grading.rehearsal.rehearsal import Rehearsal, attempt_source, solution_of
from groundschool.grading.session.engine import Engine

HERE = course.find(Path(__file__).parent)


@pytest.mark.slow  # each of some hundred answers and mistakes takes a second or more, twice
@pytest.mark.parametrize(
    "name",
    [pytest.param(each.name, marks=[pytest.mark.spark] * ("spark" in each.manifest.engines)) for each in HERE.topics],
)
@pytest.mark.timeout(3000)
def test_every_answer_and_mistake_earns_the_same_split_and_in_one_process(name: str) -> None:
    together = json.loads(subprocess.run(
        [sys.executable, str(Path(__file__).with_name("one_kernel.py")), str(HERE.root), name], capture_output=True, text=True, timeout=1500, check=True
    ).stdout)  # fmt: skip
    assert _split(name) == together
    assert len(together) >= 20


def _split(name: str) -> dict[str, float]:
    topic = HERE.topic(name)
    notebook = topic.notebook()
    scores = {}
    with Engine("none" if probe.probe() else "sandbox", HERE.root / "data") as engine:
        knowledge = learn(engine, topic, fixtures.PRACTICE_SEED)
        for test in notebook.tests:
            # A process for each question: one that examines a hundred answers has more to do than it may.
            with Rehearsal(engine, notebook, knowledge) as rehearsal:
                for path in (
                    None,
                    *topic.attempts("answers", test.question),
                    *topic.attempts("mistakes", test.question),
                ):
                    source = solution_of(notebook, test) if path is None else attempt_source(notebook, test, path)
                    key = (
                        f"{test.question}/{path.parent.parent.name}/{path.stem}"
                        if path
                        else f"{test.question}/solution"
                    )
                    scores[key] = rehearsal.examine(test, source).verdict.points
    return scores
