"""The summary in a browser: sorted and filtered, without script, on a telephone, and by the rules of accessibility."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browsers import PHONE, chromium, faults, needs_chromium, opened
from cohorts import cohort
from groundschool.reports.cohort import Cohort
from groundschool.reports.summary import write_summary
from groundschool.reports.titles import Titles
from groundschool.results import Shown

pytestmark = needs_chromium
EVERYBODY = Cohort.of([Shown(result) for result in cohort(24, ["sql", "glue"]) if result.candidate != "person-0003"])
TITLES = Titles({"sql": "SQL", "glue": "AWS Glue"}, {("sql", "latest_status"): "Find the latest status"})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("reports")
    for paper in EVERYBODY.papers:
        (folder / paper.page).parent.mkdir(parents=True, exist_ok=True)
        (folder / paper.page).write_text(f"<!DOCTYPE html><h1>{paper.name}</h1>", encoding="utf-8")
    return write_summary(EVERYBODY, TITLES, folder).as_uri()


def names(page: Page) -> list[str]:
    """The candidates whose rows are seen, from top to bottom."""
    return [row.get_attribute("data-name") or "" for row in page.locator("#people tbody tr:visible").all()]


def having(topic: str, outcome: str, mistake: str = "") -> set[str]:
    return {
        person.called
        for person in EVERYBODY.people
        if any(answer.outcome == outcome for answer in person.papers[topic].answers)
        and (not mistake or mistake in person.papers[topic].answers[0].mistakes)
    }


def test_rows_are_filtered_and_sorted_and_the_choice_is_kept_on_the_way_back(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        assert names(page) == [person.called for person in EVERYBODY.people]
        page.get_by_role("button", name="Total").click()
        totals = {person.called: person.score for person in EVERYBODY.people}
        assert [totals[name] for name in names(page)] == sorted(totals.values(), reverse=True)
        assert page.locator("th[aria-sort=descending]").inner_text() == "Total"
        page.get_by_role("button", name="AWS Glue").press("Enter")
        points = {person.called: person.papers["glue"].score for person in EVERYBODY.people}
        assert [points[name] for name in names(page)] == sorted(points.values(), reverse=True)
        page.get_by_label("Topic").select_option("SQL")
        page.get_by_label("Outcome").select_option("partial")
        assert set(names(page)) == having("sql", "partial")
        assert not page.get_by_role("columnheader", name="AWS Glue").is_visible()
        page.get_by_label("Mistake").select_option(
            page.get_by_text("), Find the latest status").first.get_attribute("value")
        )
        mistake = page.locator("select[name=mistake] option:checked").inner_text().split(" (")[0].replace(" ", "_")
        kept = names(page)
        assert kept
        assert set(kept) == having("sql", "partial", mistake)
        assert page.get_by_role("status").inner_text() == f"{len(kept)} of 23 candidates"
        page.locator("#people tbody tr:visible td:visible a:not([tabindex])").first.click()
        assert page.locator("h1").inner_text() == kept[0]
        page.go_back()
        assert names(page) == kept
        page.get_by_role("button", name="Show all").click()
        page.get_by_role("searchbox").fill("0007")
        assert names(page) == ["Person 0007"]


def test_the_page_is_whole_without_script(browser: Browser, address: str) -> None:
    with opened(browser, address, java_script_enabled=False) as page:
        assert page.locator("#people tbody tr").count() == 23
        assert not page.locator("#choose").is_visible()
        assert page.get_by_role("link", name="Find the latest status: passed").first.is_visible()


def test_a_telephone_shows_all_of_a_row(browser: Browser, address: str) -> None:
    with opened(browser, address, viewport=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        row = page.locator("#people tbody tr").first
        boxes = [part.bounding_box() for part in row.locator("a, b").all()]
        assert boxes
        assert all(box and box["x"] + box["width"] <= PHONE["width"] for box in boxes)
        assert "AWS Glue" in row.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(browser: Browser, address: str, scheme: str) -> None:
    with opened(browser, address, color_scheme=scheme) as page:
        assert faults(page) == []
