"""What a candidate's side reports of Airflow is told in words of ours, whatever it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groundschool.checks.answers import NotAnAnswer, Stopped
from groundschool.checks.dags import DagFile, DagRun


@pytest.mark.parametrize("stopped", [261025, "2026-10-25", [1], True, float("inf")], ids=repr)
@pytest.mark.parametrize(
    "unfinished", [[], 7, "text", [["a", ["b"]]], [["a", "2026-10-25"]], [{}], [[1, 2, 3]]], ids=repr
)
@pytest.mark.parametrize("read", [DagFile.of, DagRun.of], ids=["file", "run"])
def test_nothing_of_a_report_without_an_end_is_told(
    read: Callable[[Any], Any], stopped: object, unfinished: object
) -> None:
    with pytest.raises(Stopped) as told:
        read({"stopped": stopped, "unfinished": unfinished})
    assert str(told.value) in (
        "The file was not read in the time that it has.",
        "The run of the Dag was not over in the time that it has: not every task was done.",
    )


def test_a_state_that_airflow_knows_says_why_a_run_has_no_end() -> None:
    with pytest.raises(Stopped, match="a sensor was still waiting. Give it a timeout."):
        DagRun.of({"stopped": 4, "unfinished": [["wait", "up_for_reschedule"]]})


@pytest.mark.parametrize("report", [None, [], {}, {"state": "x"}, {"state": "x", "tasks": [], "tries": {}}], ids=repr)
def test_a_report_that_is_none_is_no_answer(report: object) -> None:
    with pytest.raises(NotAnAnswer):
        DagRun.of(report)
