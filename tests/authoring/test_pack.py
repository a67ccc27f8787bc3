"""The zip that a candidate hands in."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from groundschool.authoring import pack
from groundschool.authoring.pack import NothingToPack
from groundschool.grading.handin import files
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


def test_a_notebook_is_packed_with_what_lies_beside_it_and_what_stays_behind_is_told(work: Path) -> None:
    for name in (
        "sql/my_queries.py",
        "sql/données/été.csv",
        "sql/venv/pyvenv.cfg",
        "sql/venv/lib/x.py",
        "sql/__pycache__/x.pyc",
    ):
        (work / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (work / "work" / name).write_text(name, encoding="utf-8")
    (work / "work" / "sql" / "link.csv").symlink_to(work / "work" / "sql" / "notes.txt")
    packed = pack.pack(work, "sam-7", [], work)
    assert (packed.path, packed.topics) == (work / "sam-7.zip", ("glue", "sql"))
    with zipfile.ZipFile(packed.path) as archive:
        assert archive.namelist() == [
            "glue/glue.ipynb", "sql/sql.ipynb", "sql/données/été.csv", "sql/my_queries.py", "sql/notes.txt",
        ]  # fmt: skip
        assert archive.read("sql/sql.ipynb") == b"sql/sql.ipynb"
    assert packed.files == ("sql/données/été.csv", "sql/my_queries.py", "sql/notes.txt")
    assert packed.left_out == (
        "sql/link.csv was left out: it is no ordinary file.",
        "sql/sql-Copy1.ipynb was left out: it is another notebook than the topic's.",
        "sql/venv was left out: it holds installed packages.",
    )


def test_what_is_packed_is_what_grading_takes(work: Path) -> None:
    assert (pack.MAX_FILES, pack.MAX_FILE, pack.MAX_TOTAL) == (files.MAX_FILES, files.MAX_FILE, files.MAX_TOTAL)
    with (work / "work" / "sql" / "big.bin").open("wb") as file:
        file.truncate(pack.MAX_FILE + 1)
    packed = pack.pack(work, "sam", ["sql"], work)
    assert packed.left_out[0] == "sql/big.bin was left out: it is larger than 50 MB."


def test_one_topic_can_be_packed_from_any_folder_of_the_course(work: Path) -> None:
    packed = pack.pack(work / "source" / "tiny", "sam", ["sql"], work)
    assert packed.topics == ("sql",)
    assert zipfile.ZipFile(packed.path).namelist() == ["sql/sql.ipynb", "sql/notes.txt"]


def test_outside_a_course_the_folders_of_the_working_folder_are_packed(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "sql.ipynb").write_text("{}")
    assert pack.pack(tmp_path, "sam", [], tmp_path).topics == ("sql",)


@pytest.mark.parametrize(
    ("name", "safe"),
    [("sam-7", "sam-7"), ("José Núñez", "José-Núñez"), ("किरण", "किरण"), ("O’Brien, A.B", "O-Brien-A.B")],
)
def test_what_was_packed_is_found_by_grading_under_the_name(work: Path, name: str, safe: str) -> None:
    packed = pack.pack(work, name, [], work)
    topics = Topics({"sql": frozenset(), "glue": frozenset()})
    assert [(found.candidate, found.name, found.topic, found.unreadable) for found in find(packed.path, topics)] == [
        (safe, name, "glue", ""),
        (safe, name, "sql", ""),
    ]


def test_packing_again_replaces_the_zip_and_nothing_that_is_no_hand_in(work: Path) -> None:
    assert not pack.pack(work, "sam", [], work).replaced
    packed = pack.pack(work, "sam", ["SQL"], work)
    assert packed.replaced
    assert zipfile.ZipFile(packed.path).namelist() == ["sql/sql.ipynb", "sql/notes.txt"]
    with zipfile.ZipFile(work / "photos.zip", "w") as archive:
        archive.writestr("summer/lake.jpg", b"water")
    (work / "letter.zip").write_text("Dear Sam")
    for name in ("photos", "letter"):
        before = (work / f"{name}.zip").read_bytes()
        with pytest.raises(NothingToPack, match=f"{name}.zip is there and is no hand-in"):
            pack.pack(work, name, [], work)
        assert (work / f"{name}.zip").read_bytes() == before
    assert not list(work.glob("*.part"))


@pytest.mark.parametrize("name", ["", "../sam", "-sam", "s" * 64, "sam/..", "sam\n", "sam.", ".sam", "a:b"])
def test_a_name_that_is_no_file_name_is_refused(work: Path, name: str) -> None:
    with pytest.raises(NothingToPack, match="cannot be used as a name"):
        pack.pack(work, name, [], work)


def test_a_topic_that_is_not_there_is_named(work: Path) -> None:
    with pytest.raises(NothingToPack, match="No notebook of cobol was found"):
        pack.pack(work, "sam", ["sql", "cobol"], work)
    assert not (work / "sam.zip").exists()
