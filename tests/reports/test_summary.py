"""The cohort's page, its CSV file and the rows for a terminal."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from groundschool.checks.verdict import OUTCOMES, Check, Result, Verdict
from groundschool.reports import summary
from groundschool.reports.summary import rows
from groundschool.results import Shown

FULL = Result(
    "example-full", "sql", "sandbox", (),
    (Verdict("latest_status", 4.0, 4.0, "passed"), Verdict("late_orders", 2.5, 6.0, "partial")),
)  # fmt: skip
WRONG = Verdict(
    "latest_status", 0.0, 4.0, "failed", (), (Check("more orders", False, True, "13 rows differ.", "takes_any_row"),)
)
FAILED = Result("example-partial", "sql", "none", ("Cell 7 was duplicated.",), (WRONG,))
HOSTILE = Result("=cmd|' /C calc'!A1<script>alert(1)</script>\x1b[31m\u202e", "sql", "sandbox", ("@flag",), (WRONG,))


def page_path(result: Result) -> str:
    return summary.page_path(Shown(result))


def write_summary(results: Sequence[Result], folder: Path) -> Path:
    return summary.write_summary([Shown(result) for result in results], folder)


def write_csv(results: Sequence[Result], path: Path) -> Path:
    return summary.write_csv([Shown(result) for result in results], path)


def write_page(result: Result, html: str, folder: Path) -> Path:
    path = folder / page_path(result)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8")
    return path


class Text(HTMLParser):
    """What a reader sees or hears of a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if tag == "a" and name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += [data.strip()] if data.strip() else []


def test_no_candidates_page_lies_beside_what_is_written_for_the_course() -> None:
    for name in ("summary.html", "scores.csv", "candidates"):
        path = Path(page_path(replace(FULL, candidate=name)))
        assert path.parts[:2] == ("candidates", name)


def test_every_submission_is_a_row_sorted_by_candidate_and_topic() -> None:
    found = rows([FAILED, FULL, replace(FULL, topic="pyspark")])
    assert [(row.candidate, row.topic, row.score, row.max) for row in found] == [
        ("example-full", "pyspark", 6.5, 10.0),
        ("example-full", "sql", 6.5, 10.0),
        ("example-partial", "sql", 0.0, 4.0),
    ]
    assert found[1].outcomes == (("latest_status", "passed"), ("late_orders", "partial"))


def test_a_row_is_safe_on_a_terminal() -> None:
    [row] = rows([replace(HOSTILE, candidate="a\x1b]0;x\x07\nb\u202ec")])
    assert row.candidate == "a bc"


def test_the_page_gives_each_outcome_in_words_and_links_to_the_submissions_page(tmp_path: Path) -> None:
    write_page(FULL, "<p>sheet</p>", tmp_path)
    page = Text(write_summary([FULL, FAILED], tmp_path).read_text(encoding="utf-8"))
    assert "latest_status: passed, 4 of 4" in page.words
    assert "late_orders: partial, 2.5 of 6" in page.words
    assert "⚑ Cell 7 was duplicated." in page.words
    assert "takes any row" in page.words
    assert page.links == [
        "candidates/example-full/sql.html",
        "candidates/example-full/sql.html#question-1",
        "candidates/example-full/sql.html#question-2",
    ]
    assert (tmp_path / page.links[0]).read_text(encoding="utf-8") == "<p>sheet</p>"


def test_the_page_states_isolation_and_seed(tmp_path: Path) -> None:
    page = write_summary([FULL, FAILED], tmp_path).read_text(encoding="utf-8")
    assert "isolation: sandbox" in page
    assert "isolation: none" in page
    assert "practice seed: hidden data can be reproduced" in page
    private = [replace(FULL, practice_seed=False)]
    assert "practice seed" not in write_summary(private, tmp_path).read_text(encoding="utf-8")


def test_the_page_does_not_depend_on_the_order_of_results(tmp_path: Path) -> None:
    one = write_summary([FULL, FAILED, HOSTILE], tmp_path).read_bytes()
    assert write_summary([HOSTILE, FAILED, FULL], tmp_path).read_bytes() == one


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_has_a_style_of_its_own(outcome: str, tmp_path: Path) -> None:
    page = write_summary([], tmp_path).read_text(encoding="utf-8")
    assert f".{outcome}" in page.split("</style>")[0]


def test_hostile_names_are_text_on_the_page_and_harmless_in_the_file_system(tmp_path: Path) -> None:
    nasty = replace(HOSTILE, candidate="../../" + HOSTILE.candidate)
    path = write_page(nasty, "x", tmp_path / "report")
    assert path.resolve().is_relative_to((tmp_path / "report").resolve())
    page = write_summary([nasty], tmp_path / "report").read_text(encoding="utf-8")
    assert "script" not in Text(page).tags
    assert "\x1b" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "x" * 300, "\ud800", "é", "a b"])
def test_any_name_gets_a_page_of_its_own(name: str, tmp_path: Path) -> None:
    write_page(replace(FULL, candidate=name), "x", tmp_path)
    assert page_path(replace(FULL, candidate=name)) != page_path(replace(FULL, candidate=name + "!"))
    assert write_summary([replace(FULL, candidate=name)], tmp_path).is_file()


def test_the_csv_file_holds_every_question_and_no_formula(tmp_path: Path) -> None:
    path = write_csv([FULL, HOSTILE, replace(FAILED, questions=())], tmp_path / "results.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["question"], line["points"]) for line in lines if line["candidate"] == "example-full"] == [
        ("latest_status", "4.0"),
        ("late_orders", "2.5"),
    ]
    assert any(line["candidate"] == "example-partial" and line["question"] == "" for line in lines)
    fields = [field for line in lines for field in line.values()]
    assert not [field for field in fields if field.startswith(("=", "+", "-", "@"))]


def test_names_stand_as_people_write_them_beside_those_for_files(tmp_path: Path) -> None:
    written = {
        "José-Núñez": "José Núñez",
        "candidate-scores.csv": "scores.csv",
        "किरण": "किरण",
        "wei-2": "wei",
        "x": "=1+1",
    }
    results = [replace(FULL, candidate=candidate, name=name) for candidate, name in written.items()]
    path = write_csv(results, tmp_path / "scores.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # without it Excel reads accents wrongly
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert {line["candidate"]: line["name"] for line in csv.DictReader(file)} == {**written, "x": "'=1+1"}
    assert {row.candidate for row in summary.rows(results)} == {
        "José Núñez", "scores.csv (candidate-scores.csv)", "किरण", "wei (wei-2)", "=1+1 (x)",
    }  # fmt: skip
    assert {each.to_contract()["candidate"]: each.to_contract()["name"] for each in results} == written
    assert FULL.to_contract()["name"] == "example-full"
    assert [Result.from_json(each.to_json()) for each in results] == results


def test_an_earlier_hand_in_is_a_row_of_its_own_that_counts_in_no_mean(tmp_path: Path) -> None:
    shown = [Shown(FULL, "a" * 32), Shown(replace(FULL, questions=(WRONG,)), "b" * 32, newest=False)]
    for each in shown:
        path = tmp_path / summary.page_path(each)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("sheet")
    page = Text(summary.write_summary(shown, tmp_path).read_text(encoding="utf-8"))
    assert f"⚑ {summary.EARLIER}" in page.words
    assert {link.partition("#")[0] for link in page.links} == {
        "candidates/example-full/sql.html",
        f"candidates/example-full/sql~{'b' * 8}.html",
    }
    assert "100" in " ".join(page.words)
    assert "takes any row" not in page.words
    with summary.write_csv(shown, tmp_path / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["hand_in"], line["points"]) for line in lines] == [
        ("newest", "4.0"),
        ("newest", "2.5"),
        ("earlier", "0.0"),
    ]
