"""The sheets of a submission in a browser: by the rules of accessibility, on a telephone, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Browser

from browsers import PHONE, chromium, faults, needs_chromium, opened
from groundschool.checks.verdict import OUTCOMES, Check, Counterexample, Result, Verdict
from groundschool.reports.feedback import candidate_page, instructor_page

pytestmark = needs_chromium
TABLE = {"columns": ["order_id", "latest_status"], "rows": [["1", "Placed"]]}
EXAMPLE = Counterexample({"order_status": TABLE}, TABLE, {**TABLE, "rows": [["1", "Delivered"]]})
CODE = 'def asked(rows):\n    # why\n    return [row for row in rows if row["n"] > 1.5]\n' + "x = 1  # " + "long " * 60
TAGS = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}


def cell(source: str, grade_id: str, **marks: bool) -> NotebookNode:
    outputs = [new_output("stream", text="printed"), new_output("error", ename="KeyError", evalue="'n'", traceback=[])]
    made = new_code_cell(source, outputs=outputs)
    made.metadata["nbgrader"] = {**TAGS, "grade_id": grade_id, **marks}
    return made


def notebook() -> NotebookNode:
    cells = [new_markdown_cell("# Everything\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[link](https://example.org)")]
    for outcome in OUTCOMES:
        answer = CODE if outcome != "partial" else f"%%answer {outcome}\n\nIt is strong, since 2020."
        cells += [
            new_markdown_cell(f"## Return {outcome}\n\n**What is {outcome}?**"),
            cell(answer, outcome, solution=True),
            cell("t.show()", f"{outcome}_tests", grade=True, locked=True),
        ]
    return new_notebook(cells=cells)


def verdict(outcome: str) -> Verdict:
    checks = (
        Check("the example", True, False),
        Check("more rows", False, True, "13 `rows` differ.", "takes_any_row", EXAMPLE, "row 7", ("overwrites",), ("strong",)),
    )  # fmt: skip
    return Verdict(outcome, 1.0, 2.0, outcome, ("outdated", "strong", "bonus", "misconception"), checks, ("A note.",))  # type: ignore[arg-type]  # fmt: skip


RESULT = Result("ada", "sql", "none", ("Cell 7 was duplicated.",), tuple(map(verdict, OUTCOMES)), name="Ada")
PAGES = {
    "candidate": candidate_page(RESULT, notebook(), notebook()),
    "instructor": instructor_page(RESULT, notebook(), notebook(), {"partial": "question: What?"}),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sheets")
    for name, page in PAGES.items():
        (made / f"{name}.html").write_text(page.replace("<details>", "<details open>"), encoding="utf-8")
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_to_mend(browser: Browser, folder: Path, name: str, scheme: str) -> None:
    with opened(browser, (folder / f"{name}.html").as_uri(), color_scheme=scheme) as page:
        assert faults(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_telephone_shows_the_whole_width(browser: Browser, folder: Path, name: str) -> None:
    with opened(browser, (folder / f"{name}.html").as_uri(), viewport=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("name", PAGES)
def test_what_a_dark_system_prints_is_dark_on_white(browser: Browser, folder: Path, name: str) -> None:
    with opened(browser, (folder / f"{name}.html").as_uri(), color_scheme="dark") as page:
        seen = "([getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color])"
        assert page.evaluate(seen)[0] == "rgb(18, 22, 27)"
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate(seen) == ["rgb(255, 255, 255)", "rgb(26, 33, 41)"]
        assert faults(page) == []


def test_the_first_stop_of_the_keyboard_leads_past_what_is_the_same_on_every_sheet(
    browser: Browser, folder: Path
) -> None:
    with opened(browser, (folder / "instructor.html").as_uri()) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
