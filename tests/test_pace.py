"""How far a run is: sentences a minute apart, records a second apart, and a bar only where somebody looks."""

from __future__ import annotations

import io
import json

from rich.console import Console

from groundschool.pace import Form, Lines, Stand, telling

OUTCOMES = {"failed": 2, "passed": 30, "needs_person": 1, "not_attempted": 7}


def said(form: Form, *stands: tuple[float, Stand]) -> list[str]:
    """What is said of these stands, each at its second after the beginning."""
    lines, now = list[str](), [0.0]
    tell = Lines(form, lines.append, lambda: now[0])
    for now[0], stand in stands:
        tell(stand)
    return lines


def test_a_sentence_a_minute_tells_counts_rate_and_the_time_left() -> None:
    stands = [(seconds, Stand("grading", seconds // 3, 1200, OUTCOMES)) for seconds in range(130)]
    assert said("lines", *stands) == [
        "20 of 1,200 (30 passed, 7 not attempted, 2 failed, 1 for a person); 20.0 a minute; about 59 min left",
        "40 of 1,200 (30 passed, 7 not attempted, 2 failed, 1 for a person); 20.0 a minute; about 58 min left",
    ]


def test_the_end_is_told_of_a_run_of_minutes_and_not_of_one_of_seconds() -> None:
    assert said("lines", (1, Stand("grading", 3, 3))) == []
    assert said("lines", (59, Stand("grading", 2, 3)), (61, Stand("grading", 3, 3))) == [
        "3 of 3; 3.0 a minute; about 0 s left"
    ]


def test_records_come_a_second_apart_and_the_last_in_any_case() -> None:
    stands = [(second / 4, Stand("grading", second + 1, 10, OUTCOMES)) for second in range(10)]
    records = [json.loads(line) for line in said("json", *stands)]
    assert [(record["done"], record["seconds"], record["seconds_left"]) for record in records] == [
        (5, 1.0, 1.0),
        (9, 2.0, 0.2),
        (10, 2.2, 0.0),
    ]
    assert records[-1]["outcomes"] == OUTCOMES
    assert records[-1].keys() == {"done", "total", "outcomes", "seconds", "seconds_left"}


def test_a_pipe_gets_lines_and_a_terminal_a_bar_unless_something_else_is_asked_for() -> None:
    for terminal, form, expected in (
        (False, "auto", ""),
        (True, "json", '"done": 3'),
        (True, "auto", "grading (2 passed)"),
    ):
        file = io.StringIO()
        with telling(form, Console(file=file, force_terminal=terminal, width=120)) as tell:  # type: ignore[arg-type]
            tell(Stand("grading", 3, 3, {"passed": 2}))
        assert expected in file.getvalue()
        assert bool(file.getvalue()) == bool(expected)
