"""The page of answers that wait for a person, and the file in which it saves what was chosen."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browsers import PHONE, chromium, faults, needs_chromium, opened
from cohorts import cohort
from groundschool.checks.verdict import Check, Verdict
from groundschool.reports.cohort import Cohort, Paper
from groundschool.reports.prose import marked, written
from groundschool.reports.queue import write_queue
from groundschool.reports.titles import Titles
from groundschool.results import Shown

TITLES = Titles({"glue": "AWS Glue"}, {("glue", "q01_glue_job_types"): "Name the types of Glue jobs"})
READ = Check(
    "what the answer says", False, True, words=("batch", "streaming"), found=("data at rest", "data that arrives")
)
SAID = '%%answer q01_glue_job_types\n\nThere are <b>batch</b> and\nstreaming jobs, "both" on Spark.'


def waiting(points: float, name: str) -> Shown:
    verdict = Verdict("q01_glue_job_types", points, 2.0, "needs_person", (), (READ,), (), "A close vote.")
    [result] = cohort(1, ["glue"])
    return Shown(
        replace(result, candidate=name, name=name.title(), questions=(verdict, *result.questions[1:2])), "w" + name
    )


EVERYBODY = Cohort.of([waiting(1.0, "bob"), waiting(0.0, "ada"), waiting(1.0, "cyd")])


def sources(paper: Paper) -> Mapping[str, str]:
    return {"q01_glue_job_types": SAID if paper.candidate != "cyd" else "q01_glue_job_types = 'Spark jobs.'"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reports")
    write_queue(EVERYBODY, TITLES, sources, made)
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


def test_the_words_of_an_answer_are_those_below_the_magic_or_the_text_that_is_assigned() -> None:
    assert written(SAID).startswith("There are <b>batch</b>")
    assert written("q07 = '''\nIt is \"strong\".\n'''") == 'It is "strong".'
    assert written("def double(number):\n    return 2 * number") == "def double(number):\n    return 2 * number"
    assert written("q07 = 'never closed") == "q07 = 'never closed"


def test_found_words_are_marked_in_their_order_and_everything_else_is_text() -> None:
    assert marked("Batch <i>or</i> batch jobs", ("batch", "jobs")) == (
        "<mark>Batch</mark> &lt;i&gt;or&lt;/i&gt; batch <mark>jobs</mark>"
    )
    assert marked("a b\x1b[31m", ("a", "b", "c")) == "<mark>a b</mark>"


def test_the_file_beside_the_page_holds_a_line_an_answer_to_be_filled_in(folder: Path) -> None:
    with (folder / "queue.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["candidate"], line["work"], line["proposed"], line["points"]) for line in lines] == [
        ("ada", "wada", "0.0", ""), ("bob", "wbob", "1.0", ""), ("cyd", "wcyd", "1.0", ""),
    ]  # fmt: skip
    assert lines[0]["answer"].startswith("There are <b>batch</b> and streaming jobs")
    assert lines[0]["reason"] == "A close vote."


@needs_chromium
def test_what_is_chosen_with_the_keyboard_is_saved_to_a_file_that_can_be_entered(
    browser: Browser, folder: Path
) -> None:
    with opened(browser, (folder / "queue.html").as_uri(), accept_downloads=True) as page:
        assert page.locator(".wait mark").first.inner_text() == "batch"
        assert "data at rest; data that arrives" in page.locator(".wait").first.inner_text()
        page.get_by_role("group", name="Points for Ada").get_by_role("radio").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        page.keyboard.type('names two, "half"')
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert page.get_by_role("status").inner_text() == "2 of 3 decided"
        page.get_by_role("button", name="Let all other proposals stand").click()
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save decisions").click()
        with Path(saving.value.path()).open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
    assert saving.value.suggested_filename == "decisions.csv"
    assert [(line["candidate"], line["work"], float(line["points"]), line["comment"]) for line in lines] == [
        ("ada", "wada", 1.0, 'names two, "half"'), ("bob", "wbob", 0.0, ""), ("cyd", "wcyd", 1.0, ""),
    ]  # fmt: skip


@needs_chromium
def test_the_queue_holds_to_the_rules_and_fits_a_telephone(browser: Browser, folder: Path) -> None:
    with opened(browser, (folder / "queue.html").as_uri(), viewport=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert faults(page) == []
    with opened(browser, (folder / "queue.html").as_uri(), color_scheme="dark", java_script_enabled=True) as page:
        assert faults(page) == []
