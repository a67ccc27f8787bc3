"""A hostile folder becomes a copy of its ordinary files with a notebook that can be graded; nothing a candidate does raises."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from groundschool.grading.handin import files, fingerprint
from groundschool.grading.handin.stage import Staged, stage

STARTER, ANSWER = 'orders = """\n\n"""', 'orders = """select 1"""'
ESCAPES = "\x1b\x07\u202e\u2066\x9b\n\r"


def released_notebook() -> Any:
    marking = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "task": False}
    answer = nbformat.v4.new_code_cell(STARTER, id="orders")
    answer.metadata["nbgrader"] = {**marking, "grade_id": "orders", "solution": True}
    tests = nbformat.v4.new_code_cell('t = checks.question("orders", orders, points=4)', id="orders_tests")
    tests.metadata["nbgrader"] = {**marking, "grade_id": "orders_tests", "grade": True, "locked": True, "points": 4}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=[answer, tests], metadata=kernel)


@pytest.fixture
def released(tmp_path: Path) -> Path:
    path = tmp_path / "release" / "sql.ipynb"
    path.parent.mkdir()
    nbformat.write(released_notebook(), path)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A submission with an answer."""
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / "sql.ipynb").write_text(answered())
    return folder


def answered(source: str = ANSWER, kernel: str = "python3") -> str:
    notebook = released_notebook()
    notebook.cells[0].source = source
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="printed")]
    notebook.metadata.kernelspec.name = kernel
    return str(nbformat.writes(notebook))


def staged(source: Path, released: Path) -> Staged:
    target = released.parent.parent / "staged"
    shutil.rmtree(target, ignore_errors=True)
    return stage(source, released, target)


def copied(found: Staged) -> list[str]:
    folder = found.notebook.parent
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_an_honest_submission_is_copied_with_its_files(source: Path, released: Path) -> None:
    (source / "notes").mkdir()
    (source / "notes" / "Übung (1).csv").write_text("a,b")
    (source / "my_job.py").write_text("print(1)")
    found = staged(source, released)
    assert (found.flags, found.attempted, found.readable) == ((), {"orders": True}, True)
    assert copied(found) == ["my_job.py", "notes/Übung (1).csv", "sql.ipynb"]
    notebook = nbformat.read(found.notebook, as_version=4)
    assert notebook.cells[0].source == ANSWER
    assert notebook.cells[0].outputs == []


def test_the_release_handed_in_again_attempts_nothing(released: Path) -> None:
    found = staged(released.parent, released)
    assert (found.attempted, found.readable, found.flags) == ({"orders": False}, True, ())


def _link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def _link_to_folder(path: Path) -> None:
    path.symlink_to("/etc")


def _socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the name of a socket is at most 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def _text(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x = 1")


LEFT_OUT: list[tuple[str, Callable[[Path], None], str]] = [
    ("passwd", _link, "it is a link"),
    ("etc", _link_to_folder, "it is a link"),
    ("dangling.txt", lambda path: path.symlink_to("nowhere"), "it is a link"),
    ("pipe", os.mkfifo, "not an ordinary file"),
    ("server", _socket, "it is a link, or cannot be read"),
    ("sparse.bin", _sparse, "larger than 50 MB"),
    (".bashrc", _text, "begins with a dot"),
    (".ipython/profile_default/startup/a.py", _text, "begins with a dot"),
    ("pandas.py", _text, "hide the installed module"),
    ("groundschool/__init__.py", _text, "hide the installed module"),
    ("random.cpython-311-x86_64-linux-gnu.so", _text, "hide the installed module"),
    ("sitecustomize.py", _text, "loaded by Python"),
    ("deep/usercustomize.py", _text, "loaded by Python"),
    ("conftest.py", _text, "loaded by Python"),
    ("a.pth", _text, "loaded by Python"),
    ("ipython_config.py", _text, "loaded by Python"),
    ("jupyter_server_config.json", _text, "loaded by Python"),
    ("nbgrader_config.py", _text, "loaded by Python"),
    ("kernels/python3/kernel.json", _text, "loaded by Python"),
    (f"a{ESCAPES}b", _text, "control characters"),
    ("a/b/c/d/e/f/g/h/i/deep.txt", _text, "folders deep"),
    ("inner/other.ipynb", _text, "a notebook in a folder"),
]


@pytest.mark.parametrize(("name", "make", "reason"), LEFT_OUT, ids=[ascii(name) for name, _, _ in LEFT_OUT])
def test_what_is_not_ordinary_is_left_out_and_told(
    source: Path, released: Path, name: str, make: Callable[[Path], None], reason: str
) -> None:
    (source / name).parent.mkdir(parents=True, exist_ok=True)
    make(source / name)
    found = staged(source, released)
    assert copied(found) == ["sql.ipynb"]
    (flag,) = found.flags
    assert reason in flag
    assert flag.isprintable()
    assert flag.encode()
    assert found.attempted == {"orders": True}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("-rf", "-rf"),
        ("CON.txt", "CON.txt"),
        ("dot.", "dot."),
        ("“Käse” – ’s.csv", "“Käse” – ’s.csv"),
        (os.fsdecode(b"latin\xe9.txt"), "latiné.txt"),
        ("donne\u0301es.csv", "données.csv"),
    ],
    ids=ascii,
)
def test_files_of_any_letters_are_copied_under_their_composed_names(
    source: Path, released: Path, name: str, kept: str
) -> None:
    _text(source / name)
    found = staged(source, released)
    assert set(copied(found)) == {"sql.ipynb", kept}
    assert found.flags == ()


def test_own_modules_are_kept_and_what_jupyter_leaves_is_skipped_in_silence(source: Path, released: Path) -> None:
    junk = (".ipynb_checkpoints/sql-checkpoint.ipynb", ".DS_Store", "__pycache__/cleaning.pyc")
    for name in ("cleaning.py", "tests.py", "etl/__init__.py", "pandas.csv", *junk):
        _text(source / name)
    found = staged(source, released)
    assert copied(found) == ["cleaning.py", "etl/__init__.py", "pandas.csv", "sql.ipynb", "tests.py"]
    assert found.flags == ()


@pytest.mark.parametrize(("cap", "value"), [("MAX_FILES", 3), ("MAX_TOTAL", 30), ("MAX_ENTRIES", 4)])
def test_what_is_over_a_cap_is_left_out(
    source: Path, released: Path, monkeypatch: pytest.MonkeyPatch, cap: str, value: int
) -> None:
    monkeypatch.setattr(files, cap, value)
    for number in range(20):
        (source / f"a{number:02}.txt").write_text("0123456789")
    (source / "sql.ipynb").rename(source / "a.ipynb")
    found = staged(source, released)
    assert len(copied(found)) == 4
    assert any("left out" in flag for flag in found.flags)
    assert found.attempted == {"orders": True}


def test_flags_are_few_and_short(source: Path, released: Path) -> None:
    for number in range(200):
        (source / f".{number}{'x' * 200}").write_text("")
    found = staged(source, released)
    assert len(found.flags) == 41
    assert found.flags[-1] == "160 more of this kind were left out."
    assert max(map(len, found.flags)) <= 300


@pytest.mark.parametrize(("answer", "attempted"), [(ANSWER, True), (STARTER, False)])
def test_answer_cells_may_have_other_names_than_their_questions(
    source: Path, released: Path, answer: str, attempted: bool
) -> None:
    for path, text in ((released, STARTER), (source / "sql.ipynb", answer)):
        notebook = released_notebook()
        notebook.cells[0].source = text
        notebook.cells[0].metadata["nbgrader"]["grade_id"] = "cell-17ab"
        notebook.cells[1].metadata["nbgrader"]["grade_id"] = "correct_orders"
        nbformat.write(notebook, path)
    assert staged(source, released).attempted["correct_orders"] is attempted


def test_work_without_a_notebook_is_for_a_person_and_an_empty_folder_is_not(source: Path, released: Path) -> None:
    (source / "sql.ipynb").unlink()
    assert staged(source, released).readable
    (source / "deeper").mkdir()
    (source / "deeper" / "sql.ipynb").write_text(answered())
    assert not staged(source, released).readable


UNREADABLE = {
    "missing": None,
    "empty": b"",
    "truncated": answered().encode()[:-9],
    "deep": b'{"nbformat":4,"cells":' + b"[" * 100_000,
    "wide": b'{"cells":[' + b"[]," * 3_000_000 + b"1]}",
    "list": b"[]",
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_without_a_readable_notebook_the_released_one_stands_there(
    source: Path, released: Path, data: bytes | None
) -> None:
    (source / "sql.ipynb").unlink()
    if data is not None:
        (source / "sql.ipynb").write_bytes(data)
    found = staged(source, released)
    assert (found.readable, found.attempted) == (data is None, {"orders": False})
    assert len(found.flags) == 1
    assert nbformat.read(found.notebook, as_version=4).cells[0].source == STARTER


@pytest.mark.parametrize(
    "make", [_link, os.mkfifo, _sparse, Path.mkdir, _socket], ids=["link", "fifo", "sparse", "folder", "socket"]
)
def test_a_notebook_that_is_no_ordinary_file_is_not_read(
    source: Path, released: Path, make: Callable[[Path], None]
) -> None:
    (source / "sql.ipynb").unlink()
    make(source / "sql.ipynb")
    found = staged(source, released)
    assert not found.readable
    assert nbformat.read(found.notebook, as_version=4).cells[0].source == STARTER


def test_a_link_to_the_solution_is_not_followed(source: Path, released: Path) -> None:
    solution = released.parent / "solution.ipynb"
    solution.write_text(answered())
    (source / "sql.ipynb").unlink()
    (source / "sql.ipynb").symlink_to(solution)
    assert staged(source, released).attempted == {"orders": False}
    shutil.rmtree(source)
    source.symlink_to(released.parent)
    found = staged(source, released)
    assert found.flags[0] == "The submission is not an ordinary folder; nothing in it was read."
    assert copied(found) == ["sql.ipynb"]


def test_a_folder_that_is_missing_is_told(tmp_path: Path, released: Path) -> None:
    found = staged(tmp_path / "nowhere", released)
    assert not found.readable
    assert found.flags


def test_a_renamed_notebook_is_graded_and_told(source: Path, released: Path) -> None:
    (source / "sql.ipynb").rename(source / "my answers.ipynb")
    found = staged(source, released)
    assert found.notebook.name == "sql.ipynb"
    assert found.flags == ('The notebook "my answers.ipynb" was graded; one called "sql.ipynb" was expected.',)
    assert found.attempted == {"orders": True}


def test_of_two_notebooks_the_one_with_answers_is_graded(source: Path, released: Path) -> None:
    (source / "sql.ipynb").rename(source / "sql-Copy1.ipynb")
    (source / "sql.ipynb").write_text(answered(STARTER))
    found = staged(source, released)
    assert found.attempted == {"orders": True}
    assert '"sql-Copy1.ipynb" was graded' in " ".join(found.flags)


def test_of_two_answered_notebooks_the_one_with_the_right_name_is_graded(source: Path, released: Path) -> None:
    (source / "other.ipynb").write_text(answered("orders = 2"))
    found = staged(source, released)
    assert nbformat.read(found.notebook, as_version=4).cells[0].source == ANSWER
    assert found.flags == ('The submission holds 2 readable notebooks; "sql.ipynb" was graded.',)


def test_of_two_renamed_notebooks_the_one_whose_cells_match_is_graded(source: Path, released: Path) -> None:
    (source / "sql.ipynb").rename(source / "b.ipynb")
    stray = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("orders = 5")])
    nbformat.write(stray, source / "a.ipynb")
    found = staged(source, released)
    assert nbformat.read(found.notebook, as_version=4).cells[0].source == ANSWER


def test_a_notebook_given_alone_is_staged_without_its_neighbours(source: Path, released: Path) -> None:
    (source / "other.csv").write_text("")
    found = staged(source / "sql.ipynb", released)
    assert copied(found) == ["sql.ipynb"]
    assert found.attempted == {"orders": True}


def test_the_kernel_is_ours(source: Path, released: Path) -> None:
    (source / "sql.ipynb").write_text(answered(kernel=f"evil{ESCAPES}"))
    found = staged(source, released)
    assert found.flags == ('The notebook asks for the kernel "evil"; "python3" was used.',)
    assert nbformat.read(found.notebook, as_version=4).metadata.kernelspec.name == "python3"


def test_names_in_flags_are_harmless(source: Path, released: Path) -> None:
    body = json.loads(answered())
    body["cells"].append(
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": f"<b>{ESCAPES}" + "x" * 150}}}
    )
    (source / "sql.ipynb").write_text(json.dumps(body))
    (flag,) = staged(source, released).flags
    assert flag.isprintable()
    assert len(flag) < 160


def test_a_notebook_behind_very_many_files_tells_two_hand_ins_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "MAX_FILES", 3)
    notebook = tmp_path / "late" / "sql.ipynb"
    notebook.parent.mkdir()
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text("")
    found = set()
    for content in ("one", "two", "two"):
        notebook.write_text(content)
        found.add(fingerprint.fingerprint(tmp_path, [Path("late/sql.ipynb")]))
    assert len(found) == 2
