"""Notebooks whose cells are moved, doubled, retyped or retagged: what each attack does to the notebook built from its page."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Notebook = dict[str, Any]
ACTIVE = "seeded-active"


def _tests(body: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in body["cells"] if cell["id"].endswith("-tests")]


def _result_stored(body: Notebook) -> None:
    passed = {"points": 5.0, "max": 5.0, "outcome": "passed", "signals": [], "checks": [], "notes": [], "reason": ""}
    names = [cell["metadata"]["nbgrader"]["grade_id"].removesuffix("_tests") for cell in _tests(body)]
    body["metadata"]["groundschool"] = {
        "candidate": "x", "topic": "trial", "isolation": "sandbox", "flags": [], "practice_seed": False,
        "questions": [{"question": name, **passed} for name in names],
    }  # fmt: skip
    shown = {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": "5.0"}, "execution_count": 1}
    for cell in _tests(body):
        cell["outputs"] = [shown]


def _raises(body: Notebook) -> None:
    for cell in body["cells"]:
        cell["metadata"]["tags"] = ["raises-exception", "remove-output"]


def _ids_swapped(body: Notebook) -> None:
    for cell in body["cells"]:
        if cell["id"] in ("town", "town-tests"):
            cell["metadata"]["nbgrader"]["grade_id"] = "town_tests" if cell["id"] == "town" else "town"


def _new_tests(body: Notebook) -> None:
    for number in range(3):
        graded = {"grade": True, "grade_id": f"bonus{number}_tests", "locked": True, "points": 50, "schema_version": 3,
                  "solution": False, "task": False}  # fmt: skip
        body["cells"].append({"cell_type": "code", "id": f"bonus-{number}", "metadata": {"nbgrader": graded},
                              "source": "10.0", "outputs": [], "execution_count": None})  # fmt: skip


def _points_raised(body: Notebook) -> None:
    for cell in _tests(body):
        cell["metadata"]["nbgrader"]["points"] = 1000


def _declared_solutions(body: Notebook) -> None:
    for cell in _tests(body):
        cell["metadata"]["nbgrader"].update(locked=False, solution=True)
        cell["source"] = "5.0"


def _deleted(body: Notebook) -> None:
    body["cells"] = [cell for cell in body["cells"] if cell not in _tests(body)]


def _doubled(body: Notebook) -> None:
    for cell in [each for each in _tests(body) if each["id"] in ("town-tests", "shout-tests")]:
        body["cells"].insert(0, {**copy.deepcopy(cell), "id": f"copy-{cell['id']}", "source": "5.0"})


def _moved_up(body: Notebook) -> None:
    body["cells"] = _tests(body) + [cell for cell in body["cells"] if cell not in _tests(body)]


def _replaced(body: Notebook) -> None:
    for cell in _tests(body):
        cell["metadata"]["nbgrader"]["locked"] = False
        del cell["metadata"]["nbgrader"]["checksum"]
        cell["source"] = "5.0"


def _skipped(body: Notebook) -> None:
    for cell in _tests(body):
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]


def _turned_into_text(body: Notebook) -> None:
    for cell in _tests(body):
        del cell["outputs"], cell["execution_count"]
        cell.update(cell_type="markdown", source="passed")


def _no_such_kernel(body: Notebook) -> None:
    body["metadata"]["kernelspec"] = {"name": "../../../bash", "display_name": "x", "language": "perl"}
    body["metadata"]["language_info"] = {"name": "<b>"}


def _ids_repeated(body: Notebook) -> None:
    for cell in body["cells"]:
        if cell["id"] == "town":
            cell["metadata"]["nbgrader"]["grade_id"] = ["town"]
        cell["id"] = "same"


def _wrong_types(body: Notebook) -> None:
    cells = {cell["id"]: cell for cell in body["cells"]}
    cells["town-tests"]["metadata"]["nbgrader"]["points"] = "many"
    cells["shout-tests"]["metadata"]["nbgrader"] = {"grade": "yes", "grade_id": "../x"}


def _script_in_text(body: Notebook) -> None:
    source = (
        f'<script>"{ACTIVE}"</script>\n\n<img src=x onerror="{ACTIVE}">\n\n[a link](javascript:{ACTIVE})\n\n'
        f'<a href="javascript:{ACTIVE}" onclick="{ACTIVE}">x</a> <iframe srcdoc="<script>{ACTIVE}</script>"></iframe>'
    )
    body["cells"].insert(1, {"cell_type": "markdown", "id": "own-text", "metadata": {}, "source": source})


def _script_in_metadata(body: Notebook) -> None:
    body["metadata"]["title"] = f"<script>'{ACTIVE}'</script>"
    state = {"state": {"x": f"<script>{ACTIVE}</script>"}}
    body["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    body["cells"][0]["metadata"]["tags"] = [f'"><script>{ACTIVE}</script>']
    attached = {"x.png": {"image/png": f'" onerror="{ACTIVE}'}}
    body["cells"].insert(1, {"cell_type": "markdown", "id": "own-attached", "metadata": {},
                             "source": "![a](attachment:x.png)", "attachments": attached})  # fmt: skip


def _slow_to_read(body: Notebook) -> None:
    body["cells"] += [
        {"cell_type": "code", "id": f"slow-{number}", "metadata": {}, "outputs": [], "execution_count": None,
         "source": f"z{number} = {'a[b](c) + ' * 1900}1"}
        for number in range(20)
    ]  # fmt: skip


RESHAPED: dict[str, Callable[[Notebook], None]] = {
    "no_gain_a_result_stored_in_the_notebook": _result_stored,
    "no_gain_every_cell_tagged_to_raise": _raises,
    "no_gain_grade_ids_swapped": _ids_swapped,
    "no_gain_new_graded_cells": _new_tests,
    "no_gain_points_raised": _points_raised,
    "no_gain_test_cells_declared_solutions": _declared_solutions,
    "no_gain_test_cells_deleted": _deleted,
    "no_gain_test_cells_doubled_the_empty_one_first": _doubled,
    "no_gain_test_cells_moved_to_the_top": _moved_up,
    "no_gain_test_cells_replaced_by_a_number": _replaced,
    "no_gain_test_cells_tagged_to_be_skipped": _skipped,
    "no_gain_test_cells_turned_into_text": _turned_into_text,
    "no_harm_cells_that_are_slow_to_read": _slow_to_read,
    "no_harm_a_kernel_that_does_not_exist": _no_such_kernel,
    "no_harm_ids_that_are_lists_and_repeated": _ids_repeated,
    "no_harm_metadata_of_the_wrong_types": _wrong_types,
    "no_script_script_in_a_text_cell": _script_in_text,
    "no_script_script_in_titles_tags_and_attachments": _script_in_metadata,
}
