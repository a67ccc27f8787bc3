"""Which part of the package may import which: read from the sources, whether or not an import is ever reached."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from groundschool.lab import services
from layers import MODULES, PACKAGE, floors, imported, importers, rooms


def test_imports_are_found() -> None:
    assert "grading/session/conversation.py" in importers("checks")
    assert "grading/views.py" in importers("reports")


@pytest.mark.parametrize(
    ("part", "never"),
    [
        ("lab", "grading"),
        ("lab", "checks"),
        ("lab", "cli"),
        ("checks", "grading"),
        ("checks", "lab"),
        ("engines", "grading"),
        ("engines", "checks"),
        ("engines", "lab"),
        ("fixtures", "grading"),
        ("fixtures", "checks"),
        ("fixtures", "engines"),
    ],
)
def test_a_part_does_not_import_what_stands_above_it(part: str, never: str) -> None:
    assert importers(never, part) == []


def grading_rooms(of: str) -> set[str]:
    """The rooms of grading that a room imports, its own among them."""
    found = {name for path in (PACKAGE / "grading" / of).rglob("*.py") for name in imported(path)}
    return {name.split(".")[2] for name in found if name.startswith("groundschool.grading.")}


@pytest.mark.parametrize(
    ("room", "rooms"),
    [("box", {"box"}), ("wire", {"wire"}), ("roles", {"roles", "wire"}), ("session", {"session", "box", "wire"})],
)
def test_a_room_of_grading_imports_the_rooms_below_it(room: str, rooms: set[str]) -> None:
    assert grading_rooms(room) <= rooms


@pytest.mark.parametrize("module", ["session.conversation", "roles.examiner", "roles.queries"])
def test_the_candidates_shell_is_loaded_in_the_candidates_process_only(module: str) -> None:
    program = f"import sys, groundschool.grading.{module}; print([name for name in sys.modules if 'IPython' in name or 'roles.shell' in name or 'roles.candidate' in name])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["grading.batch", "grading.roles.judges", "grading.roles.candidate", "lab"])
def test_the_engines_of_services_are_loaded_in_the_lab_only(module: str) -> None:
    program = f"import sys, groundschool.{module}; print([name for name in sys.modules if 'engines.redshift' in name or 'engines.athena' in name or 'fakesnow' in name])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_module_of_the_lab_is_called_as_its_service() -> None:
    assert services.known() == services.services().keys()


def test_only_the_plugin_imports_nbgrader() -> None:
    found = [
        path.relative_to(PACKAGE)
        for path in MODULES
        if any(f"{name}.".startswith("nbgrader.") for name in imported(path))
    ]
    assert found
    assert {str(path.parent) for path in found} == {"grading/plugin"}


def test_reports_are_written_from_results_and_know_nothing_of_grading() -> None:
    assert importers("grading", "reports") == []


def test_one_module_decides_what_is_graded_without_a_box() -> None:
    probing = [path for path in importers("grading.box") if "probe()" in (PACKAGE / path).read_text(encoding="utf-8")]
    assert [path for path in probing if not path.startswith(("grading/box/", "doctor"))] == ["grading/session/open.py"]


def test_no_rooms_import_each_other_in_a_circle() -> None:
    assert floors(rooms())[1] == []


def test_a_circle_would_be_told() -> None:
    house = {"cellar": frozenset[str](), "hall": frozenset({"stair", "cellar"}), "stair": frozenset({"hall"})}
    assert floors(house) == ([["cellar"]], ["hall", "stair"])


def test_nothing_imports_the_command_but_its_own_start() -> None:
    assert importers("cli") == ["__main__.py"]


def test_there_is_one_exception_base() -> None:
    """Every exception that is told to a person is a GroundSchoolError; what is not one has its reason in its docstring."""
    bare = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(
                ast.unparse(base) in ("Exception", "RuntimeError", "ValueError") for base in node.bases
            ):
                bare += (
                    [] if node.name == "GroundSchoolError" or ast.get_docstring(node) else [f"{path.name}: {node.name}"]
                )
    assert bare == []


def test_no_module_is_too_long_to_read() -> None:
    assert [path.name for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_no_command_builds_a_grammar_that_no_notebook_needs() -> None:
    program = "import groundschool.cli, groundschool.grading.batch, sys; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
