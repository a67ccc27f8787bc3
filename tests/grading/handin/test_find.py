"""Submissions are found once each, whatever an instructor's folder looks like and whatever strangers put into a zip."""

from __future__ import annotations

import io
import os
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest

from groundschool.grading.handin.find import Found, HandInError, find
from groundschool.grading.handin.topics import Topics
from groundschool.grading.handin.unzip import unpack

TOPICS = Topics({"sql": frozenset({"latest_status"}), "pyspark": frozenset({"user_actions"})})
NOTEBOOK = b'{"nbformat": 4, "cells": []}'


def write(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zipped("sql.ipynb") if name.endswith(".zip") else NOTEBOOK)
    return root


def zipped(*names: str, content: bytes = NOTEBOOK) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def who(found: tuple[Found, ...]) -> list[tuple[str, str]]:
    return [(each.candidate, each.topic) for each in found]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["ada/sql/sql.ipynb", "ada/pyspark/pyspark.ipynb", "bob/sql/sql.ipynb"], [("ada", "pyspark"), ("ada", "sql"), ("bob", "sql")]),
        (["ada.zip", "bob-sql.zip"], [("ada", "sql"), ("bob", "sql")]),
        (["ada/sql.ipynb", "bob/sql.ipynb"], [("ada", "sql"), ("bob", "sql")]),
        (["ada/pyspark.ipynb", "ada/sql.ipynb", "bob/sql.ipynb"], [("ada", "pyspark"), ("ada", "sql"), ("bob", "sql")]),
        (["ada-sql.ipynb", "bob_pyspark.ipynb"], [("ada", "sql"), ("bob", "pyspark")]),
        (["ada-sql/answers.ipynb", "bob/work/sql/x.ipynb"], [("ada", "sql"), ("bob", "sql")]),
        (["ada/sql-final.zip", "bob/hand in.zip"], [("ada", "sql"), ("bob", "sql")]),
        (["sql/sql/sql.ipynb", "ada/sql/sql.ipynb"], [("ada", "sql"), ("sql", "sql")]),
        (["ada/SQL/SQL.ipynb", "notes.ipynb"], [("ada", "sql"), ("notes", "unknown")]),
    ],
    ids=["nbgrader", "zips", "folders", "both topics side by side", "flat notebooks", "odd folders", "zips in folders", "candidate named as a topic", "other case and a stray notebook"],
)  # fmt: skip
def test_every_layout_is_understood(tmp_path: Path, names: list[str], expected: list[tuple[str, str]]) -> None:
    assert who(find(write(tmp_path / "submitted", *names), TOPICS)) == expected


@pytest.mark.parametrize(
    "names",
    [["sql/sql.ipynb"], ["sql.ipynb"], ["ada/sql/sql.ipynb"], ["ada/sql.ipynb"], ["Desktop/ada/sql/sql.ipynb"]],
    ids=["topic", "notebook", "candidate and topic", "candidate", "wrapped"],
)
def test_a_zip_is_one_candidate_however_it_is_packed(tmp_path: Path, names: list[str]) -> None:
    path = tmp_path / "ada.zip"
    path.write_bytes(zipped(*names, "__MACOSX/._sql.ipynb", ".DS_Store"))
    (found,) = find(path, TOPICS)
    assert (found.candidate, found.topic, found.flags, found.unreadable) == ("ada", "sql", (), "")
    assert (found.path / "sql.ipynb").read_bytes() == NOTEBOOK


def test_a_zip_of_several_candidates_is_taken_apart(tmp_path: Path) -> None:
    path = tmp_path / "submitted.zip"
    path.write_bytes(zipped("submitted/ada/sql/sql.ipynb", "submitted/bob/sql/sql.ipynb"))
    assert who(find(path, TOPICS)) == [("ada", "sql"), ("bob", "sql")]


def test_a_candidates_zip_names_nobody_else(tmp_path: Path) -> None:
    write(tmp_path, "alice/sql/sql.ipynb")
    (tmp_path / "aaa.zip").write_bytes(zipped("alice/sql/sql.ipynb", "zz/sql/sql.ipynb"))
    found = {each.candidate: each for each in find(tmp_path, TOPICS)}
    assert {name: each.name for name, each in found.items()} == {
        "aaa-alice": "aaa/alice", "aaa-zz": "aaa/zz", "alice": "alice",
    }  # fmt: skip
    assert found["alice"].path == tmp_path / "alice" / "sql"
    assert found["aaa-zz"].flags == (
        "The folder \"aaa\" holds several people's work, or several copies of one's; each is listed on its own.",
    )


@pytest.mark.parametrize("name", ["sql/sql.ipynb", "sql.ipynb", "sql/readme.txt"])
def test_an_entry_named_like_a_topic_hides_nobody(tmp_path: Path, name: str) -> None:
    write(tmp_path, "alice/sql/sql.ipynb", "bob/sql.ipynb", name)
    assert {"alice", "bob"} <= {each.candidate for each in find(tmp_path, TOPICS)}


def test_a_hand_in_of_very_many_submissions_leaves_room_for_others(tmp_path: Path) -> None:
    write(tmp_path, "zoe/sql/sql.ipynb")
    for first in range(6):
        inner = {f"{second}.zip": zipped("sql/sql.ipynb", "pyspark/pyspark.ipynb") for second in range(6)}
        (tmp_path / "amy").mkdir(exist_ok=True)
        with zipfile.ZipFile(tmp_path / "amy" / f"{first}.zip", "w") as archive:
            for name, content in inner.items():
                archive.writestr(name, content)
    found = find(tmp_path, TOPICS)
    assert who(found) == [("amy", "pyspark"), ("amy", "sql"), ("zoe", "sql")]  # each notebook is the same
    assert "too many zips" in " ".join(found[0].flags)


def test_a_zip_of_very_many_people_leaves_room_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundschool.grading.handin.find.MAX_FOUND", 26)
    write(tmp_path, "zoe/sql/sql.ipynb")
    (tmp_path / "amy.zip").write_bytes(zipped(*(f"p{number}/sql/sql.ipynb" for number in range(20))))
    found = find(tmp_path, TOPICS)
    assert len(found) == 15
    assert ("zoe", "sql") in who(found)
    assert "The hand-in holds more than 13 submissions; the first 13 were read." in {each.unreadable for each in found}


def test_one_notebook_folder_and_one_notebook_are_found(tmp_path: Path) -> None:
    folder = write(tmp_path, "ada/sql/sql.ipynb") / "ada" / "sql"
    assert who(find(folder, TOPICS)) == [("ada", "sql")]
    assert who(find(folder.parent, TOPICS)) == [("ada", "sql")]
    assert find(folder / "sql.ipynb", TOPICS)[0].path == folder / "sql.ipynb"


def test_what_cannot_be_read_is_found_once_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, "ada/sql/sql.ipynb", "empty/notes.txt")
    (tmp_path / "empty" / "notes.txt").write_text("none")
    (tmp_path / "bob-sql.zip").write_bytes(b"not a zip")
    (tmp_path / "cy.rar").write_bytes(b"Rar!")
    os.mkfifo(tmp_path / "dee.zip")
    (tmp_path / "eve").symlink_to(tmp_path / "ada")
    found = {each.candidate: each for each in find(tmp_path, TOPICS)}
    assert {name: bool(each.unreadable) for name, each in found.items()} == {
        "ada": False, "bob": True, "cy": True, "dee": True, "empty": True, "eve": True,
    }  # fmt: skip
    assert found["bob"].topic == "sql"
    assert found["bob"].unreadable == '"bob-sql.zip": The file is not a complete zip.'
    assert found["cy"].topic == "unknown"
    assert found["cy"].unreadable == (
        'The hand-in holds no notebook: "cy.rar" was found, a zip or a Jupyter notebook (.ipynb) was expected.'
    )
    assert '"notes.txt" was found' in found["empty"].unreadable
    assert not any(each.path.is_symlink() or any(each.path.iterdir()) for each in found.values() if each.unreadable)


def test_a_second_hand_in_is_kept_apart_and_flagged(tmp_path: Path) -> None:
    write(tmp_path, "ada/sql/sql.ipynb", "ada.zip", "ada-pyspark.zip")
    found = {(each.candidate, each.topic): each for each in find(tmp_path, TOPICS)}
    assert set(found) == {("ada", "sql"), ("ada", "pyspark"), ("ada-2", "sql")}
    assert found["ada", "sql"].flags == ()
    assert found["ada-2", "sql"].flags == (
        'The candidate "ada" handed in this topic 2 times; this one is listed as ada-2.',
    )
    assert found["ada", "sql"].path != found["ada-2", "sql"].path


def test_whose_name_needs_no_change_keeps_it(tmp_path: Path) -> None:
    write(tmp_path, "!alice/sql.ipynb", "alice/sql.ipynb", "anna 2/sql.ipynb", "anna-2/sql.ipynb")
    found = {each.candidate: each.path.name for each in find(tmp_path, TOPICS)}
    assert (found["alice"], found["anna-2"]) == ("alice", "anna-2")
    assert len(found) == 4


@pytest.mark.parametrize("nearly", ["Alice", "ALICE", "ａlice", "alice\u200b", "!alice"])
def test_whoever_is_called_nearly_like_somebody_takes_no_name_from_them(tmp_path: Path, nearly: str) -> None:
    write(tmp_path, "alice/sql.ipynb", f"{nearly}/sql.ipynb")
    found = {each.candidate: each.path.name for each in find(tmp_path, TOPICS)}
    assert (found["alice"], len(found)) == ("alice", 2)


def test_names_are_fit_for_files_and_stay_apart(tmp_path: Path) -> None:
    names = ["a+b", "a b", "-rf", "con", "Zoë", "zoë", "x" * 200, "\u202egnp", "...x"]
    found = find(write(tmp_path, *(f"{name}/sql.ipynb" for name in names)), TOPICS)
    given = [each.candidate for each in found]
    assert len({name.casefold() for name in given}) == len(names)
    assert all(set(name) <= set("ab-rfcondidateZzoëxgnp2") and len(name) <= 62 for name in given)
    assert not {name for name in given if name.startswith("-") or name == "con"}


def test_too_many_submissions_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundschool.grading.handin.find.MAX_FOUND", 2)
    with pytest.raises(HandInError, match="holds 3 submissions; at most 2"):
        find(write(tmp_path, "a/sql.ipynb", "b/sql.ipynb", "c/sql.ipynb"), TOPICS)


@pytest.mark.parametrize("name", ["missing", "notes.txt"])
def test_something_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(HandInError, match="a folder of submissions was expected"):
        find(tmp_path / name, TOPICS)


def test_a_zip_in_a_zip_in_a_zip_ends(tmp_path: Path) -> None:
    content = zipped("sql.ipynb")
    for _ in range(6):
        content = zipped("inner.zip", content=content)
    (tmp_path / "ada.zip").write_bytes(content)
    (found,) = find(tmp_path, TOPICS)
    assert "no notebook" in found.unreadable
    assert "too many zips" in found.flags[0]


def _archive(tmp_path: Path, content: bytes) -> tuple[Path, Path]:
    path = tmp_path / "in" / "hand-in.zip"
    path.parent.mkdir()
    path.write_bytes(content)
    return path, tmp_path / "in" / "out"


CLIMBING = [  # or deeper than anybody packs
    "../up.txt",
    "a/../../up.txt",
    "/abs.txt",
    "..\\up.txt",
    "C:\\up.txt",
    "C:up.txt",
    "a/b/c/d/e/f/g/h/i/j.txt",
]
CONTROLS = ["a\nb.txt", "tab\t.txt", "\u202egnp.txt", "e\x1b[2J.txt"]
ODD = ["con.txt", "-rf.txt", "dot.", "Zoë’s – data.txt", "किरण.txt", "🙂.txt", "e\u0301.txt", "x" * 300 + ".txt"]


@pytest.mark.parametrize("name", CLIMBING + CONTROLS, ids=ascii)
def test_a_member_with_a_dangerous_name_is_left_out(tmp_path: Path, name: str) -> None:
    path, target = _archive(tmp_path, zipped(name, "sql.ipynb"))
    (left_out,) = unpack(path, target)
    assert str(left_out).isprintable()
    assert "in the zip was left out" in str(left_out)
    assert [str(each.relative_to(tmp_path)) for each in sorted(tmp_path.rglob("*.*"))] == [
        "in/hand-in.zip",
        "in/out/sql.ipynb",
    ]


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_a_member_is_judged_by_what_its_name_may_do_not_by_its_letters(tmp_path: Path, name: str) -> None:
    path, target = _archive(tmp_path, zipped(name, "sql.ipynb"))
    assert unpack(path, target) == ()
    (written,) = [each.name for each in target.iterdir() if each.name != "sql.ipynb"]
    assert written == (unicodedata.normalize("NFC", name) if len(name) < 200 else written)
    assert written[-4:] == name[-4:].strip("x")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR], ids=["link", "fifo", "device"])
def test_a_member_that_is_no_file_is_left_out(tmp_path: Path, kind: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("sql.ipynb")
        info.external_attr = (kind | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("sql.ipynb/inner", "x")
    path, target = _archive(tmp_path, buffer.getvalue())
    assert str(unpack(path, target)[0]) == '"sql.ipynb" in the zip was left out: it is a link or a device.'
    assert not (target / "sql.ipynb").is_symlink()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twin", ["a.txt", "./a.txt", "é.txt"], ids=["same", "dot", "decomposed"])
def test_two_members_of_one_name_are_both_there(tmp_path: Path, twin: str) -> None:
    buffer = io.BytesIO()
    first = "é.txt" if twin[0] not in "a." else "a.txt"
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(first, "first")
        archive.writestr(unicodedata.normalize("NFD", twin), "second")
    path, target = _archive(tmp_path, buffer.getvalue())
    assert unpack(path, target) == ()
    stem = first.removesuffix(".txt")
    assert {each.name: each.read_text() for each in target.iterdir()} == {first: "first", f"{stem} (2).txt": "second"}


def test_a_file_that_is_also_a_folder_harms_nothing(tmp_path: Path) -> None:
    path, target = _archive(tmp_path, zipped("a", "a/b"))
    assert [str(each) for each in unpack(path, target)] == [
        '"a/b" in the zip was left out: its name is also a folder\'s, or too long.'
    ]


def _encrypted() -> bytes:
    content = bytearray(zipped("sql.ipynb"))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _lying_size() -> bytes:
    # The header says ten bytes; the data unpack to 60 MB.
    content = bytearray(zipped("bomb.txt", content=bytes(60 << 20)))
    for place in (22, content.index(b"PK\x01\x02") + 24):
        content[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(content)


def _long_directory() -> bytes:
    return zipped("sql.ipynb")[:-22] + b"PK\x05\x06" + bytes(8) + (1 << 30).to_bytes(4, "little") + bytes(6)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a complete zip"),
        (b"PK\x03\x04 and more", "not a complete zip"),
        (zipped("sql.ipynb")[:-30], "not a complete zip"),
        (_encrypted(), "is encrypted"),
        (_long_directory(), "lists more files than may be handed in"),
    ],
    ids=["empty", "beginning", "truncated", "encrypted", "long list"],
)
def test_a_zip_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    path, target = _archive(tmp_path, content)
    with pytest.raises(HandInError, match=message) as caught:
        unpack(path, target)
    assert str(caught.value).count(".") == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (zipped("bomb.txt", content=bytes(51 << 20)), '"bomb.txt" in the zip was left out: it is larger than 50 MB.'),
        (
            zipped("a.txt", "b.txt", "c.txt", content=bytes(40 << 20)),
            '"c.txt" in the zip was left out: all files together are larger than 100 MB.',
        ),
        (
            zipped(*(f"a/{number}.txt" for number in range(501))),
            '"a" in the zip was left out: 2 files more than the 500 that may be handed in.',
        ),
    ],
    ids=["one bomb", "bomb of several", "many files"],
)
def test_what_a_share_does_not_hold_is_left_out_and_the_notebook_is_read(
    tmp_path: Path, content: bytes, told: str
) -> None:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("z/z/sql.ipynb", NOTEBOOK)
    path, target = _archive(tmp_path, buffer.getvalue())
    assert [str(each) for each in unpack(path, target)] == [told]
    assert (target / "z" / "z" / "sql.ipynb").read_bytes() == NOTEBOOK


def test_a_size_that_lies_is_counted_as_written(tmp_path: Path) -> None:
    path, target = _archive(tmp_path, _lying_size())
    assert [str(each) for each in unpack(path, target)] == ['"bomb.txt" in the zip was left out: it is damaged.']
    assert list(target.iterdir()) == []


def test_a_zip_through_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "real.zip").write_bytes(zipped("sql.ipynb"))
    (tmp_path / "link.zip").symlink_to(tmp_path / "real.zip")
    with pytest.raises(HandInError, match="it is a link"):
        unpack(tmp_path / "link.zip", tmp_path / "out")


def test_a_notebook_with_as_many_cells_of_each_topic_is_of_the_one_it_is_named_as(tmp_path: Path) -> None:
    shared = frozenset({"double", "double_tests"})
    topics = Topics({"one": shared, "two": shared})
    for name in ("one", "two"):
        path = tmp_path / "ada" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text('{"cells": [{"metadata": {"nbgrader": {"grade_id": "double"}}}], "nbformat": 4}')
    assert {(each.candidate, each.topic) for each in find(tmp_path, topics)} == {("ada", "one"), ("ada", "two")}
