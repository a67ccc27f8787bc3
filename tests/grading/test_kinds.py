"""Every kind of answer crosses: right ones earn everything and wrong ones less, in boxes, without, and in one kernel alike.

The questions are the pages of `kinds/`, one a page: its starter, a right answer, a wrong one, and its test cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from groundschool import fixtures
from groundschool.checks.verdict import Verdict
from groundschool.course import TESTS, Topic
from groundschool.grading.box import probe
from groundschool.grading.handin.stage import stage
from groundschool.grading.rehearsal.lesson import learn
from groundschool.grading.session.engine import Engine
from groundschool.grading.submission import grade
from kernel import execute

POINTS = 2.0
SETUP = """\
from datetime import datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from groundschool import checks, lab
from groundschool.checks import Client, Frame, Stream

services = lab.start()"""


def page(path: Path) -> dict[str, str]:
    parts = re.split(r"^## (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


PAGES = {f"{path.stem[3:]}_kind": page(path) for path in sorted((Path(__file__).parent / "kinds").glob("*.md"))}


def notebook(answers: Mapping[str, str], *, released: bool = False) -> nbformat.NotebookNode:
    """The course's notebook with the given answers."""
    cells = [new_code_cell(SETUP, id="setup")]
    for question, parts in PAGES.items():
        test = (
            re.sub(r"### BEGIN.*### END HIDDEN TESTS", "", parts["test"], flags=re.DOTALL)
            if released
            else parts["test"]
        )
        cells.append(_cell(question, answers[question], solution=True))
        cells.append(_cell(f"{question}{TESTS}", test, grade=True, locked=True, points=POINTS))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(name: str, source: str, **meta: object) -> nbformat.NotebookNode:
    known = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False, **meta}
    return new_code_cell(source, id=name.replace("_", "-"), metadata={"nbgrader": {"grade_id": name, **known}})


def answers(part: str, **others: str) -> dict[str, str]:
    return {**{question: parts[part] for question, parts in PAGES.items()}, **others}


@pytest.fixture(scope="module")
def topic(tmp_path_factory: pytest.TempPathFactory) -> Topic:
    root = tmp_path_factory.mktemp("kinds")
    (root / "nbgrader_config.py").write_text("from groundschool.grading import configure\n\nconfigure(get_config())\n")
    (root / "data").mkdir()
    for folder, part in (("source", "right"), ("release", "starter")):
        made = root / folder / "kinds" / "kinds.ipynb"
        made.parent.mkdir(parents=True)
        nbformat.write(notebook(answers(part), released=folder == "release"), made)
    return Topic("kinds", root / "source" / "kinds")


class Grader:
    """Grades notebooks of the course, each from a folder of its own."""

    def __init__(self, topic: Topic, engine: Engine, folder: Path) -> None:
        self.topic, self.engine, self.folder = topic, engine, folder
        self.knowledge = learn(engine, topic, fixtures.PRACTICE_SEED)

    def __call__(self, name: str, given: Mapping[str, str]) -> dict[str, Verdict]:
        submitted = self.folder / name / "kinds.ipynb"
        submitted.parent.mkdir()
        nbformat.write(notebook(given, released=True), submitted)
        staged = stage(submitted.parent, self.topic.released, self.folder / f"{name}-staged")
        graded = grade(self.engine, self.topic.notebook(), staged, self.knowledge, "kinds")
        assert graded.result.isolation == self.engine.isolation
        assert graded.result.flags == ()
        return {verdict.question: verdict for verdict in graded.result.questions}


# The same once more without boxes takes five minutes; where there can be none it is what can be held.
UNBOXED = pytest.param("none", marks=[pytest.mark.slow] if probe.probe() is None else [])


@pytest.fixture(scope="module", params=["sandbox", UNBOXED])
def grader(request: pytest.FixtureRequest, topic: Topic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    if request.param == "sandbox" and (reason := probe.probe()):
        pytest.skip(reason)
    with Engine(request.param, topic.folder.parent.parent / "data") as engine:
        yield Grader(topic, engine, tmp_path_factory.mktemp("graded"))


def points(verdicts: Mapping[str, Verdict]) -> dict[str, float]:
    return {question: verdict.points for question, verdict in verdicts.items()}


def in_one_kernel(given: Mapping[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What nbgrader would read after executing the notebook in one kernel: the last value of every test cell."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    ran = notebook(given)
    execute(ran, folder)
    found = {}
    for cell in ran.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.endswith(TESTS):
            values = [output.data["text/plain"] for output in cell.outputs if output.output_type == "execute_result"]
            found[name.removesuffix(TESTS)] = float(values[-1]) if values else -1.0
    return found


def test_a_right_answer_of_every_kind_earns_everything(grader: Grader) -> None:
    found = grader("right", answers("right"))
    lost = {
        question: (verdict.reason, verdict.checks) for question, verdict in found.items() if verdict.points < POINTS
    }
    assert lost == {}
    assert {verdict.outcome for verdict in found.values()} == {"passed"}


def test_a_wrong_answer_of_every_kind_loses_what_its_failed_checks_weigh(grader: Grader) -> None:
    found = grader("wrong", answers("wrong"))
    assert [question for question, verdict in found.items() if verdict.points > POINTS * 0.9] == []
    assert {verdict.outcome for verdict in found.values()} <= {"partial", "failed", "crashed"}


def test_starters_are_not_attempted(grader: Grader) -> None:
    found = grader("blank", answers("starter"))
    assert {verdict.outcome for verdict in found.values()} == {"not_attempted"}


@pytest.mark.parametrize("part", ["right", "wrong"])
def test_one_kernel_gives_the_same_scores(
    grader: Grader, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = in_one_kernel(answers(part), tmp_path, monkeypatch)
    assert together == points(grader(f"{part}-again", answers(part)))


PLAIN_BOTO3 = """
import boto3

state_kind = "landing"
bucket = boto3.resource("s3").create_bucket(Bucket=state_kind)
for day in "12":
    bucket.put_object(Key=f"orders/day={day}/part.csv", Body=b"id\\n1\\n")
"""
EMPTIES = f"""
import boto3

{PAGES["client_kind"]["right"]}

for bucket in boto3.resource("s3").buckets.all():
    bucket.objects.delete()
    bucket.delete()
"""
LOCKED = """
import json

everyone = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::landing", "arn:aws:s3:::landing/*"]}
s3.put_bucket_policy(Bucket=state_kind, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everyone]}))
"""
ENDS = """
import os


def exception_kind(text):
    os._exit(0)
"""


def test_plain_boto3_reaches_the_lab_too(grader: Grader) -> None:
    assert grader("plain", answers("starter", state_kind=PLAIN_BOTO3))["state_kind"].points == POINTS


def test_a_bucket_locked_against_everyone_is_examined_all_the_same(grader: Grader) -> None:
    found = grader("locked", answers("starter", state_kind=f"{PAGES['state_kind']['right']}\n{LOCKED}"))
    assert found["state_kind"].points == POINTS


def test_what_a_later_answer_does_to_the_lab_changes_no_earlier_one(grader: Grader) -> None:
    found = grader("emptied", answers("starter", state_kind=PAGES["state_kind"]["right"], client_kind=EMPTIES))
    assert found["state_kind"].points == POINTS
    assert found["client_kind"].points == POINTS


def test_a_process_that_ends_takes_no_other_questions_state_along(grader: Grader) -> None:
    found = grader("ends", answers("right", exception_kind=ENDS))
    assert found.pop("exception_kind").outcome == "crashed"
    assert points(found) == dict.fromkeys(found, POINTS)


def test_a_submission_finds_the_lab_empty_whatever_others_left(grader: Grader) -> None:
    seen = 'found_there = {"there": [found["Name"] for found in lab.client("s3").list_buckets()["Buckets"]]}\n'
    full = PAGES["state_kind"]["right"]
    assert grader("first", answers("starter", state_kind=full))["state_kind"].points == POINTS
    make = f'{seen}lab.client("s3").create_bucket(Bucket="landing")\nassert found_there == {{"there": []}}\n'
    wrong = f"{make}state_kind = 'landing'"
    found = grader("second", answers("starter", state_kind=wrong))["state_kind"]
    assert (found.outcome, found.points) == ("failed", 0.0)
