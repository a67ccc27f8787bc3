"""Scores for learning platforms, read back the way the platforms read them."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest

from groundschool.checks.verdict import Result, Verdict
from groundschool.reports.cohort import Cohort
from groundschool.reports.export import export
from groundschool.reports.titles import Titles
from groundschool.results import Shown

TITLES = Titles({"sql": "SQL", "glue": "AWS Glue"})
ADA = Result("ada-1", "sql", "sandbox", (), (Verdict("latest_status", 2.5, 4.0, "partial"),), name="Ada Łovelace")
BOB = replace(ADA, candidate="bob", name="=cmd()", questions=(Verdict("latest_status", 1.0, 4.0, "needs_person"),))
GLUE = replace(ADA, topic="glue", questions=(Verdict("q01", 2.0, 2.0, "passed"), Verdict("q02", 0.125, 2.0, "partial")))
OLD = Shown(replace(ADA, questions=(Verdict("latest_status", 4.0, 4.0, "passed"),)), "older", newest=False)
EVERYBODY = Cohort.of([Shown(ADA), Shown(BOB), Shown(GLUE), OLD])


def lines(form: str, folder: Path) -> list[list[str]]:
    path = export(form, EVERYBODY, TITLES, folder / f"{form}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def canvas(rows: list[list[str]]) -> tuple[dict[str, float], dict[tuple[str, str, str], dict[str, str]]]:
    """Canvas's reading: the student columns up to Section, assignments but for its own totals, then the points
    possible; students by (name, id, login).
    """
    head, *body = rows
    assert "Student" in head[0]
    assert "ID" in head[1]
    assert re.search(r"SIS\s+User\s+ID", head[2])
    assert re.search(r"SIS\s+Login\s+ID", head[3])
    assert "Section" in head[4]
    totals = re.compile("(Current|Final|Override) (Score|Points|Grade|Status)")
    assignments = {place: name for place, name in enumerate(head) if place > 4 and not totals.search(name)}
    assert "Points Possible" in body[0][0]
    possible = {name: float(body[0][place]) for place, name in assignments.items()}
    students = {(row[0], row[1], row[3]): {name: row[place] for place, name in assignments.items()} for row in body[1:]}
    return possible, students


def test_canvas_reads_assignments_points_possible_and_students(tmp_path: Path) -> None:
    possible, students = canvas(lines("canvas", tmp_path))
    assert possible == {"SQL": 4.0, "AWS Glue": 4.0}
    assert students == {
        ("Ada Łovelace", "", "ada-1"): {"SQL": "2.5", "AWS Glue": "2.12"},
        ("'=cmd()", "", "bob"): {"SQL": "1", "AWS Glue": ""},
    }
    assert not any(re.search(r"\((\d+)\)$", name) for name in possible)  # Canvas takes that for an assignment's number


def test_canvas_is_given_totals_in_columns_that_it_does_not_take_in(tmp_path: Path) -> None:
    head, _, *body = lines("canvas", tmp_path)
    assert head[-2:] == ["Final Points", "Final Score"]
    assert [row[-2:] for row in body] == [["1", "12.5"], ["4.62", "57.8"]]


def test_moodle_knows_users_by_a_column_and_an_absent_grade_by_a_dash(tmp_path: Path) -> None:
    head, *body = lines("moodle", tmp_path)
    assert head == ["Username", "ID number", "Full name", "SQL", "AWS Glue", "Course total"]
    assert body == [
        ["bob", "bob", "'=cmd()", "1", "-", "1"],
        ["ada-1", "ada-1", "Ada Łovelace", "2.5", "2.12", "4.62"],
    ]
    assert all(grade == "-" or float(grade) >= 0 for row in body for grade in row[3:])


def test_the_plain_table_is_wide_and_has_totals(tmp_path: Path) -> None:
    path = export("csv", EVERYBODY, TITLES, tmp_path / "wide.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["candidate"] for row in rows] == ["bob", "ada-1"]
    assert rows[1] == {
        "candidate": "ada-1", "name": "Ada Łovelace", "sql": "2.5", "glue": "2.12", "total": "4.62", "max": "8",
        "percent": "57.8", "waiting": "0",
    }  # fmt: skip
    assert rows[0]["waiting"] == "1"


@pytest.mark.parametrize("form", ["canvas", "moodle"])
def test_no_mark_of_encoding_stands_before_the_first_column(form: str, tmp_path: Path) -> None:
    assert not export(form, EVERYBODY, TITLES, tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")
