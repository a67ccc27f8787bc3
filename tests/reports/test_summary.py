"""The cohort's page, its CSV file and the rows for a terminal."""

from __future__ import annotations

import base64
import csv
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cohorts import cohort
from groundschool.checks.verdict import OUTCOMES, Check, Result, Verdict
from groundschool.reports import beside, paths, scores, summary
from groundschool.reports.cohort import Cohort, rows
from groundschool.reports.items import LEAST, correlation, items
from groundschool.reports.titles import Titles
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


TITLES = Titles(
    {"sql": "SQL", "pyspark": "PySpark"},
    {("sql", "latest_status"): "Find the latest status", ("sql", "late_orders"): "Find late orders"},
)


def page_path(result: Result) -> str:
    return paths.page_path(Shown(result))


def of(results: Sequence[Result]) -> Cohort:
    return Cohort.of([Shown(result) for result in results])


def write_summary(results: Sequence[Result], folder: Path) -> Path:
    return summary.write_summary(of(results), TITLES, folder)


def write_csv(results: Sequence[Result], path: Path) -> Path:
    return scores.write_csv(of(results), path)


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
        self.words += [value or "" for name, value in attrs if name == "aria-label"]
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
    assert "Find the latest status: passed, 4 of 4" in page.words
    assert "Find late orders: partial, 2.5 of 6" in page.words
    assert "⚑ SQL: Cell 7 was duplicated." in page.words
    assert "takes any row" in page.words
    assert [link for link in page.links if not link.startswith("#")] == [
        "candidates/example-full/sql.html",
        "candidates/example-full/sql.html#question-1",
        "candidates/example-full/sql.html#question-2",
    ]
    assert (tmp_path / page_path(FULL)).read_text(encoding="utf-8") == "<p>sheet</p>"


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
    assert page.count("<script") == page.count("</script>") == 1
    assert "alert(1)" not in page.split("<script>")[1]
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
    assert {row.candidate for row in rows(results)} == {
        "José Núñez", "scores.csv (candidate-scores.csv)", "किरण", "wei (wei-2)", "=1+1 (x)",
    }  # fmt: skip
    assert {each.to_contract()["candidate"]: each.to_contract()["name"] for each in results} == written
    assert FULL.to_contract()["name"] == "example-full"
    assert [Result.from_json(each.to_json()) for each in results] == results


def test_an_earlier_hand_in_is_a_row_of_its_own_that_counts_in_no_mean(tmp_path: Path) -> None:
    shown = [Shown(FULL, "a" * 32), Shown(replace(FULL, questions=(WRONG,)), "b" * 32, newest=False)]
    for each in shown:
        path = tmp_path / paths.page_path(each)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("sheet")
    everybody = Cohort.of(shown)
    page = Text(summary.write_summary(everybody, TITLES, tmp_path).read_text(encoding="utf-8"))
    assert f"⚑ SQL: {summary.EARLIER}" in page.words
    assert {link.partition("#")[0] for link in page.links} - {""} == {
        "candidates/example-full/sql.html",
        f"candidates/example-full/sql~{'b' * 8}.html",
    }
    assert "65 %" in page.words
    assert "takes any row" not in page.words
    with scores.write_csv(everybody, tmp_path / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["hand_in"], line["points"]) for line in lines] == [
        ("newest", "4.0"),
        ("newest", "2.5"),
        ("earlier", "0.0"),
    ]


def test_a_candidate_is_one_row_with_a_total_over_topics_and_who_needs_a_person_comes_first(tmp_path: Path) -> None:
    waits = replace(FAILED, candidate="last", questions=(replace(WRONG, outcome="needs_person"),))
    unread = replace(FAILED, candidate="unread", questions=())
    python = replace(FULL, topic="pyspark", questions=(Verdict("user_actions", 5.0, 10.0, "partial"),))
    everybody = of([FULL, python, replace(FULL, candidate="other"), waits, unread])
    assert [(each.called, each.score, each.waiting) for each in everybody.people] == [
        ("last", 0.0, 1), ("unread", 0.0, 1), ("example-full", 11.5, 0), ("other", 6.5, 0),
    ]  # fmt: skip
    assert everybody.maxima == {"sql": 10.0, "pyspark": 10.0}
    words = " ".join(Text(summary.write_summary(everybody, TITLES, tmp_path).read_text(encoding="utf-8")).words)
    assert "11.5 58 %" in words
    assert "1 to decide" in words
    assert words.count("not handed in") == 3
    assert "could not be read" in words


def test_the_only_script_of_the_page_is_its_own_and_named_by_its_hash(tmp_path: Path) -> None:
    page = write_summary([FULL], tmp_path).read_text(encoding="utf-8")
    script = page.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in page
    assert page.count("unsafe-inline") == 1


def test_an_item_tells_how_hard_it_is_and_how_it_goes_with_the_rest() -> None:
    found = {item.question: item for item in items(of(cohort(LEAST, ["sql"])).newest)["sql"]}
    assert list(found) == ["latest_status", "latest_status_ties"]
    assert 0 < found["latest_status"].share < 100
    assert found["latest_status"].rest == found["latest_status_ties"].rest is not None
    assert found["latest_status"].mistake in ("takes_any_row", "counts_nulls")
    [few, _] = items(of(cohort(LEAST - 1, ["sql"])).newest)["sql"]
    assert (few.total, few.rest) == (LEAST - 1, None)


def test_a_correlation_is_one_for_what_goes_together_and_none_for_what_does_not_vary() -> None:
    assert correlation([(0, 1), (1, 3), (2, 5)]) == pytest.approx(1)
    assert correlation([(0, 5), (1, 3), (2, 1)]) == pytest.approx(-1)
    assert correlation([(0, 0), (1, 1), (1, 0), (0, 1)]) == pytest.approx(0)
    assert correlation([(1, 0), (1, 1)]) is None


def test_a_sheet_leads_to_the_results_to_the_sheets_beside_it_and_to_other_topics(tmp_path: Path) -> None:
    everybody = cohort(3)
    for each in everybody:
        write_page(each, f"<nav>{beside.BEGIN}{beside.END}</nav>{beside.BEGIN}untouched{beside.END}", tmp_path)
    beside.link(of(everybody), TITLES, tmp_path)
    order = [person.papers["sql"].page for person in of(everybody).people]
    middle = tmp_path / order[1]
    text = middle.read_text(encoding="utf-8")
    assert text.endswith(f"{beside.BEGIN}untouched{beside.END}")
    links = [(middle.parent / link).resolve().relative_to(tmp_path) for link in Text(text).links]
    name = Path(order[1]).parts[1]
    assert [str(link) for link in links] == [
        "summary.html", order[0], order[2], f"candidates/{name}/pyspark.html", f"candidates/{name}/glue.html",
    ]  # fmt: skip
    beside.link(of(everybody[:3]), TITLES, tmp_path)
    alone = (tmp_path / page_path(everybody[0])).read_text(encoding="utf-8")
    assert "Previous" not in alone
    assert "Next" not in alone
