"""The formgrader's page of a submission, written by nbgrader's own exporter and template."""

from __future__ import annotations

import base64
from pathlib import Path

import nbformat
import nbgrader.server_extensions.formgrader as formgrader
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from traitlets.config import Config

from groundschool.grading.plugin.pages import configure_pages

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(32)).decode()
EVIL = '<img src="x:" onerror="alert(666)"><script>alert(666)</script>'


def page(cells: list[NotebookNode], config: Config) -> str:
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(Path(formgrader.__file__).parent / "templates")]
    config.Exporter.default_preprocessors = []
    names = (
        "student",
        "assignment_id",
        "notebook_id",
        "submission_id",
        "first_name",
        "last_name",
        "base_url",
        "notebook_path",
    )
    resources = {"index": 0, "total": 1, **dict.fromkeys(names, "x")}
    notebook = new_notebook(cells=cells, metadata={"title": EVIL})
    return str(HTMLExporter(config=config).from_notebook_node(nbformat.from_dict(notebook), resources)[0])


def configured() -> Config:
    config = Config()
    configure_pages(config)
    return config


def answer_cell(grade_id: str) -> NotebookNode:
    cell = new_code_cell("latest_status = 'select 1'")
    cell.metadata["nbgrader"] = {
        "grade_id": grade_id, "solution": True, "grade": False, "locked": False, "task": False, "schema_version": 3,
    }  # fmt: skip
    return cell


CELLS = {
    "markdown": new_markdown_cell(EVIL),
    "output": new_code_cell("1", outputs=[new_output("display_data", data={"text/html": EVIL})]),
    "raw": new_raw_cell(EVIL, metadata={"raw_mimetype": "text/html"}),
    "grade id": answer_cell(f'x">{EVIL}'),
}


@pytest.mark.parametrize("kind", CELLS)
def test_what_nbgraders_page_would_run_is_harmless_in_ours(kind: str) -> None:
    active = ('onerror="alert(666)"', "<script>alert(666)</script>")
    assert any(mark in page([CELLS[kind]], Config()) for mark in active), "the stock page must be open to this"
    found = page([CELLS[kind]], configured())
    assert [mark for mark in active if mark in found] == []


def test_the_formgrader_still_shows_answers_text_and_images() -> None:
    image = new_code_cell("plot()", outputs=[new_output("display_data", data={"image/png": PNG})])
    found = page([new_markdown_cell("**bold**"), answer_cell("latest_status"), image], configured())
    assert "<strong>bold</strong>" in found
    assert "Student's answer" in found
    assert PNG in found
