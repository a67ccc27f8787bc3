"""Active content of a stranger, opened in a real browser: it runs in a plain page and does nothing in ours.

Every payload asks the loopback server for `/hit/<its name>` and marks the document. The control proves that each works;
then the same payloads fill every place of every page that a submission can reach. The pages are opened twice: as they
are, and with their content policy cut out and a driver that clicks and submits what it finds, so that the sanitiser has
to hold alone.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import nbgrader.server_extensions.formgrader as formgrader
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from traitlets.config import Config

from groundschool.checks.verdict import Check, Counterexample, Result, Verdict
from groundschool.grading.plugin.pages import configure_pages
from groundschool.reports.cohort import Cohort
from groundschool.reports.feedback import candidate_page, instructor_page
from groundschool.reports.paths import page_path
from groundschool.reports.queue import write_queue
from groundschool.reports.summary import write_summary
from groundschool.reports.titles import Titles
from groundschool.results import Shown

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)")

# URL stands for the address asked, RUN for script that asks it and marks the document.
PAYLOADS = {
    "script": "<script>RUN</script>",
    "image_handler": '<img src="x:" onerror="RUN">',
    "svg_handler": '<svg onload="RUN"></svg>',
    "svg_script": "<svg><script>RUN</script></svg>",
    "svg_image": '<svg><image href="URL"/></svg>',
    "toggle_handler": '<details open ontoggle="RUN"><summary>s</summary></details>',
    "focus_handler": '<input autofocus onfocus="RUN">',
    "animation_handler": "<style>@keyframes k{}</style><b style='animation:k 1s' onanimationstart=\"RUN\">x</b>",
    "script_link": '<a href="javascript:RUN">x</a>',
    "script_link_with_references": '<a href="java&#x0A;script:RUN">x</a>',
    "script_link_with_letters": '<a href="&#106;avascript:RUN">x</a>',
    "refresh": '<meta http-equiv="refresh" content="0;url=URL">',
    "form": '<form action="URL"><input name="a" value="b"></form>',
    "form_of_button": '<form><button formaction="URL">x</button></form>',
    "remote_image": '<img src="URL">',
    "remote_image_set": '<img srcset="URL 1x">',
    "remote_picture": '<picture><source srcset="URL"><img></picture>',
    "attribute_break": '"><img src="URL">',
    "attribute_break_single": "'><img src='URL'>",
    "title_break": "</title></style></textarea></pre></code><img src='URL'>",
    "comment_break": "--><!--><img src='URL'>-->",
    "css_overlay": '<div style="position:fixed;inset:0;z-index:9;background:url(URL)">x</div>',
    "css_import": '<style>@import "URL";</style>',
    "css_link": '<link rel="stylesheet" href="URL">',
    "frame": '<iframe src="URL"></iframe>',
    "frame_source": "<iframe srcdoc=\"<img src='URL'>\"></iframe>",
    "object": '<object data="URL"></object>',
    "embed": '<embed src="URL">',
    "base": '<base href="URL/"><img src="x.png">',
    "video": '<video poster="URL"></video>',
    "table_background": '<table background="URL"><tr><td>x</td></tr></table>',
    "math_image": "<math><mtext><img src='URL'></mtext></math>",
    "noscript_mutation": '<noscript><p title="</noscript><img src=URL>"></noscript><img src="URL">',
}
DRIVER = """<script>
for (const link of document.querySelectorAll("a[href]"))
  if (!["http:", "https:", "file:"].includes(link.protocol)) link.click();
for (const form of document.querySelectorAll("form")) {
  const button = form.querySelector("button");
  button ? button.click() : form.submit();
}
document.documentElement.setAttribute("data-driven", "yes");
</script>"""
MARKED = re.compile(r"<html[^>]*data-ran")


class Server(ThreadingHTTPServer):
    """Serves the pages it is given and remembers which payloads asked for something."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, str] = {}
        self.hits: set[str] = set()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

    def payload(self, name: str) -> str:
        url = self.address(f"hit/{name}")
        run = f"document.documentElement.setAttribute(`data-ran`,`{name}`);new Image().src=`{url}`;void 0"
        return PAYLOADS[name].replace("RUN", run).replace("URL", url)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts[0] == "hit":
            self.server.hits.add(parts[1])
        page = self.server.pages.get("/".join(parts), "").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        with suppress(ConnectionError):  # a page that navigates away does not wait for what it asked
            self.wfile.write(page)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the requests are asserted, not read."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def browse(address: str, profile: Path) -> str:
    """The document as Chromium leaves it once everything it asked for has arrived."""
    assert CHROMIUM is not None
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               "--disable-background-networking", f"--user-data-dir={profile}", "--virtual-time-budget=5000", "--dump-dom", address]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def hostile_notebook(payloads: list[str]) -> NotebookNode:
    """Each payload in every place of a notebook that its author controls."""
    cells: list[NotebookNode] = []
    for number, payload in enumerate(payloads):
        code = new_code_cell(payload, outputs=hostile_outputs(payload))
        code.metadata.update(
            {"tags": [payload], "name": payload, "nbgrader": {"grade_id": payload + str(number), "solution": True}}
        )
        text = new_markdown_cell(f"# {payload}\n\n[x]({payload}) ![x]({payload})\n\n```{payload}\n{payload}\n```\n")
        text["attachments"] = {payload: {"image/png": payload}}
        cells += [
            code,
            text,
            new_markdown_cell(payload),
            new_markdown_cell(payload.replace("<", "&lt;")),
            new_raw_cell(payload),
        ]
    test = new_code_cell("t.show()", outputs=hostile_outputs("".join(payloads)))
    test.metadata["nbgrader"] = {"grade_id": "latest_status_tests", "grade": True, "locked": True, "solution": False}
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {"state": {"value": "".join(payloads)}}}}}
    # Not `new_notebook`: it validates, and a submission need not be valid.
    return NotebookNode(cells=[*cells, test], metadata={"title": payloads[0], "widgets": widgets})


def hostile_outputs(payload: str) -> list[NotebookNode]:
    script = re.sub(r"</?\w[^>]*>", "", payload)
    kinds: dict[str, Any] = {
        "text/html": payload, "text/markdown": payload, "text/plain": payload, "text/latex": payload,
        "image/png": f'x"{payload}', "image/jpeg": f"x'{payload}", "image/svg+xml": f"<svg>{payload}</svg>",
        "application/javascript": script, "application/pdf": payload, "text/vnd.mermaid": payload,
        "application/vnd.jupyter.widget-view+json": {"model_id": payload},
    }  # fmt: skip
    shown = [
        new_output("display_data", data={kind: value}, metadata={kind: {"width": f'1"{payload}'}})
        for kind, value in kinds.items()
    ]
    error = new_output(
        "error", ename=payload, evalue=payload, traceback=[payload, f"\x1b]8;;{payload}\x07x\x1b]8;;\x07"]
    )
    return [*shown, new_output("stream", name="stderr", text=payload), error]


def hostile_result(payloads: list[str]) -> Result:
    """Each payload in every text of a result; the candidate is named by one of them."""
    questions = []
    for payload in payloads:
        table = {"columns": [payload, "n"], "rows": [[payload, "1"]]}
        example = Counterexample(
            {payload: table}, {"columns": ["a", "b"], "rows": [[payload, payload]]}, table, payload
        )
        check = Check(payload, False, True, f"`{payload}` {payload}", payload, example, payload, (payload,), (payload,))
        questions.append(Verdict(payload, 0.0, 1.0, "refused", ("outdated",), (check,), (payload,), f"`{payload}`"))
    last = Verdict("latest_status", 0.0, 1.0, "failed", (), (Check(payloads[0], False, False, payloads[0]),))
    return Result(payloads[0], payloads[0], "sandbox", tuple(payloads), (*questions, last))


def pages(payloads: list[str], folder: Path) -> dict[str, str]:
    """Every page that shows something of a submission, filled with the payloads."""
    notebook, result = hostile_notebook(payloads), hostile_result(payloads)
    results = [replace(result, candidate=payload, topic=payload) for payload in payloads]
    shown = [Shown(one) for one in results]
    for each in shown:
        (folder / page_path(each)).parent.mkdir(parents=True, exist_ok=True)
        (folder / page_path(each)).touch()
    everybody = Cohort.of(shown)
    write_queue(everybody, Titles(), lambda paper: {payload: f"%%answer x\n{payload}" for payload in payloads}, folder)
    return {
        "candidate": candidate_page(result, notebook, notebook),
        "instructor": instructor_page(result, notebook, notebook, dict.fromkeys(payloads, payloads[0])),
        "summary": write_summary(everybody, Titles(), folder).read_text(encoding="utf-8"),
        "queue": (folder / "queue.html").read_text(encoding="utf-8"),
    }


def formgrader_page(payloads: list[str], config: Config) -> str:
    """nbgrader's own page of the hostile notebook, in which graded cells keep a grade id that nbgrader accepts."""
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(Path(formgrader.__file__).parent / "templates")]
    config.Exporter.default_preprocessors = []
    notebook = NotebookNode(nbformat=4, nbformat_minor=5, **hostile_notebook(payloads))
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("tags", None)  # nbconvert stops at tags that are not valid; so does nbgrader before it
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"].update(grade_id=f"cell_{number}", grade=False, locked=False, schema_version=3)
    names = ("student", "assignment_id", "notebook_id", "submission_id", "first_name", "last_name", "base_url")
    resources = {"index": 0, "total": 1, "notebook_path": "x", **dict.fromkeys(names, "x")}
    return str(HTMLExporter(config=config).from_notebook_node(notebook, resources)[0])


def without_policy(page: str) -> str:
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    assert bare != page
    return bare.replace("<details>", "<details open>").replace("</body>", DRIVER + "</body>")


def test_every_payload_is_active_in_a_plain_page(server: Server, tmp_path: Path) -> None:
    for name in PAYLOADS:
        server.pages[f"plain/{name}"] = f"<!DOCTYPE html><body>{server.payload(name)}{DRIVER}</body>"
    frames = "".join(f'<iframe src="/plain/{name}"></iframe>' for name in PAYLOADS)
    server.pages["plain"] = f"<!DOCTYPE html><body>{frames}</body>"
    browse(server.address("plain"), tmp_path)
    assert set(PAYLOADS) - server.hits == set()
    assert len(PAYLOADS) >= 16


@pytest.mark.parametrize("name", ["candidate", "instructor", "summary", "queue"])
def test_nothing_runs_in_a_page_of_ours(name: str, server: Server, tmp_path: Path) -> None:
    server.pages[name] = pages([server.payload(payload) for payload in PAYLOADS], tmp_path / "report")[name]
    document = browse(server.address(name), tmp_path / "profile")
    assert "Ground School" in document
    assert not MARKED.search(document)
    assert server.hits == set()


@pytest.mark.parametrize("name", ["candidate", "instructor", "summary", "queue"])
def test_the_sanitiser_holds_without_the_content_policy(name: str, server: Server, tmp_path: Path) -> None:
    page = pages([server.payload(payload) for payload in PAYLOADS], tmp_path / "report")[name]
    server.pages[name] = without_policy(page)
    document = browse(server.address(name), tmp_path / "profile")
    assert 'data-driven="yes"' in document
    assert not MARKED.search(document)
    assert server.hits == set()


def test_the_content_policy_holds_without_the_sanitiser(server: Server, tmp_path: Path) -> None:
    page = pages(["x"], tmp_path / "report")["candidate"]
    # Navigation (a refresh, a link followed) is not a matter of this policy; the sanitiser alone answers for it.
    held = [name for name in PAYLOADS if name not in ("refresh",)]
    injected = "".join(server.payload(name) for name in held)
    server.pages["candidate"] = page.replace("</main>", injected + "</main>")
    document = browse(server.address("candidate"), tmp_path / "profile")
    assert not MARKED.search(document)
    assert server.hits == set()


@pytest.mark.parametrize("guarded", [False, True])
def test_the_formgraders_page_is_active_as_it_comes_and_harmless_as_configured(
    guarded: bool, server: Server, tmp_path: Path
) -> None:
    config = Config()
    if guarded:
        configure_pages(config)
    page = formgrader_page([server.payload(payload) for payload in PAYLOADS], config)
    server.pages["formgrader"] = page.replace("</body>", DRIVER + "</body>")
    document = browse(server.address("formgrader"), tmp_path)
    assert 'data-driven="yes"' in document or not guarded
    assert bool(server.hits) is not guarded
    assert not (guarded and MARKED.search(document))
