"""Builds the notebook of a topic from its text, and takes edits of the notebook back.

`build` is deterministic: the same text gives the same bytes, outputs included. Which of the two is newer is never
decided by file times; a notebook that holds edits its text lacks stops the build, and `adopt` takes them over. Release
is nbgrader's.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from traitlets.config import Config

from groundschool import course
from groundschool.authoring import text
from groundschool.course import Marking, Topic
from groundschool.errors import GroundSchoolError

SECONDS = 600
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class BuildRefused(GroundSchoolError):
    """The notebook was left as it is."""


def build(topic: Topic, *, force: bool = False) -> bool:
    """Executes the topic's text and writes its notebook with outputs; returns whether its bytes changed.

    Raises BuildRefused when the notebook holds edits that the text lacks (unless `force`), or when a cell fails.
    """
    notebook = _from_text(topic)
    if not force and topic.path.exists():
        _refuse_lost_edits(topic, notebook)
    _execute(notebook, topic)
    content = _written(notebook)
    changed = not topic.path.exists() or topic.path.read_text(encoding="utf-8") != content
    topic.path.write_text(content, encoding="utf-8")
    return changed


def adopt(topic: Topic) -> bool:
    """Writes the notebook's cells back to the files they come from; returns whether one changed. Raises Misstated when
    that cannot be.
    """
    notebook, before = course.node(topic.path), text.read(topic)
    after = text.texts_of(topic, notebook.cells)
    for name in (name for name in after if after[name] != before[name]):
        (topic.folder / name).write_text(after[name], encoding="utf-8")
    return after != before


def refuse_stale(topic: Topic) -> None:
    """Raises BuildRefused when the notebook is not the one that the topic's text gives. A topic without text has none
    to differ from.
    """
    if topic.opening.is_file() and not (
        topic.path.is_file() and _digest(course.node(topic.path)) == _digest(_from_text(topic))
    ):
        raise BuildRefused(
            f"{topic.path} is not what its text gives now. `groundschool build {topic.name}` makes it anew; "
            f"`groundschool adopt {topic.name}` takes edits of the notebook into the text."
        )


def _from_text(topic: Topic) -> Any:
    notebook = new_notebook(cells=text.cells_of(topic, text.read(topic)), metadata={"kernelspec": KERNEL})
    for cell in notebook.cells:
        _keep(cell)
    return notebook


def _keep(cell: Any) -> None:
    """Only the metadata that the text can hold; keys in the order in which the notebook's JSON stores them."""
    cell.metadata = {name: cell.metadata[name] for name in ("nbgrader", "tags") if cell.metadata.get(name)}
    if "nbgrader" in cell.metadata:
        cell.metadata["nbgrader"] = dict(sorted(cell.metadata["nbgrader"].items()))


def _execute(notebook: Any, topic: Topic) -> None:
    os.environ.pop("NBGRADER_EXECUTION", None)
    # Over files and not over ports, which others could read. A socket's name has 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="kernel-") as sockets:
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            record_timing=False,
            store_widget_state=False,
            kernel_name=KERNEL["name"],
            resources={"metadata": {"path": str(topic.folder)}},
            config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/socket"}}),
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise BuildRefused(_failure(topic, notebook, str(error))) from None
    if failed := _failed(notebook):
        raise BuildRefused(_failure(topic, notebook, "\n".join(failed[1].traceback)))
    notebook.metadata = {"kernelspec": KERNEL}
    for cell in notebook.cells:
        _keep(cell)


def _failed(notebook: Any) -> tuple[Any, Any] | None:
    """The first cell with an error, and the error."""
    outputs = ((cell, output) for cell in notebook.cells for output in cell.get("outputs", ()))
    return next(((cell, output) for cell, output in outputs if output.output_type == "error"), None)


def _failure(topic: Topic, notebook: Any, trace: str) -> str:
    """Which cell failed, by what, and where; the colours of a terminal are left out."""
    cell, error = _failed(notebook) or (NotebookNode(id="?", metadata={}), NotebookNode(ename="?", evalue=trace))
    name = Marking.of(cell).grade_id or cell.id
    return (
        f"{topic.name} was not built: the cell {name!r} fails with {error.ename}: {COLOUR.sub('', error.evalue)}\n"
        f"What Jupyter says of it:\n{COLOUR.sub('', trace)}"
    )


def _written(notebook: Any) -> str:
    notebook.metadata = {"kernelspec": KERNEL, "groundschool": {"built_from": _digest(notebook)}}
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook)}\n"


def _refuse_lost_edits(topic: Topic, fresh: Any) -> None:
    """A notebook whose cells are no longer those it was built from was edited by somebody."""
    built = course.node(topic.path)
    recorded = built.metadata.get("groundschool", {}).get("built_from")
    if _digest(built) not in (recorded, _digest(fresh)):
        raise BuildRefused(
            f"{topic.path} holds edits that its text lacks. `groundschool adopt {topic.name}` takes them into the "
            "text; "
            f"`groundschool build --force {topic.name}` drops them."
        )


def _digest(notebook: Any) -> str:
    return hashlib.sha256("\0".join(cell.source for cell in notebook.cells).encode()).hexdigest()
