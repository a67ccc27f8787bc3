"""The zip that a candidate hands in."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from groundschool.authoring import pack
from groundschool.authoring.pack import NothingToPack
from groundschool.grading.handin.find import find
from groundschool.grading.handin.topics import Topics
from tiny_course import DOUBLE, write


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A course with two notebooks in work/, among other files."""
    write(tmp_path, "tiny", [DOUBLE])
    for name in (
        "sql/sql.ipynb",
        "glue/glue.ipynb",
        "sql/notes.txt",
        "sql/sql-Copy1.ipynb",
        "sql/.ipynb_checkpoints/sql.ipynb",
    ):
        path = tmp_path / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_the_notebooks_of_work_are_packed_and_nothing_else(work: Path) -> None:
    path, names = pack.pack(work, "sam-7", [], work)
    assert (path, names) == (work / "sam-7.zip", ["glue", "sql"])
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["glue/glue.ipynb", "sql/sql.ipynb"]
        assert archive.read("sql/sql.ipynb") == b"sql/sql.ipynb"


def test_one_topic_can_be_packed_from_any_folder_of_the_course(work: Path) -> None:
    path, names = pack.pack(work / "source" / "tiny", "sam", ["sql"], work)
    assert names == ["sql"]
    assert zipfile.ZipFile(path).namelist() == ["sql/sql.ipynb"]


def test_outside_a_course_the_folders_of_the_working_folder_are_packed(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "sql.ipynb").write_text("{}")
    assert pack.pack(tmp_path, "sam", [], tmp_path)[1] == ["sql"]


def test_what_was_packed_is_found_by_grading(work: Path) -> None:
    path, _ = pack.pack(work, "sam-7", [], work)
    assert [(found.candidate, found.topic, found.unreadable) for found in find(path, Topics({"sql": frozenset(), "glue": frozenset()}))] == [
        ("sam-7", "glue", ""), ("sam-7", "sql", ""),
    ]  # fmt: skip


def test_packing_again_replaces_the_zip(work: Path) -> None:
    pack.pack(work, "sam", [], work)
    path, _ = pack.pack(work, "sam", ["sql"], work)
    assert zipfile.ZipFile(path).namelist() == ["sql/sql.ipynb"]


@pytest.mark.parametrize("name", ["", "../sam", "a b", "-sam", "s" * 64, "sam/..", "sam\n"])
def test_a_name_that_is_no_file_name_is_refused(work: Path, name: str) -> None:
    with pytest.raises(NothingToPack, match="letters, digits and hyphens were expected"):
        pack.pack(work, name, [], work)


def test_a_topic_that_is_not_there_is_named(work: Path) -> None:
    with pytest.raises(NothingToPack, match="No notebook of cobol was found"):
        pack.pack(work, "sam", ["sql", "cobol"], work)
    assert not (work / "sam.zip").exists()
