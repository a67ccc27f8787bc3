"""Nobody vanishes: whatever a platform, a zip program or a person calls a hand-in, it is found once, under their name."""

from __future__ import annotations

import io
import itertools
import os
import random
import shutil
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from groundschool.grading.handin import encoding
from groundschool.grading.handin.find import Found, find
from groundschool.grading.handin.names import display, fit
from groundschool.grading.handin.topics import Topics

TOPICS = Topics({"sql": frozenset({"latest_status", "latest_status_tests"}), "pyspark": frozenset({"user_actions"})})
SQL = b'{"cells": [{"metadata": {"nbgrader": {"grade_id": "latest_status"}}}], "nbformat": 4}'
PYSPARK = SQL.replace(b"latest_status", b"user_actions")
FIRST = (
    "Ada",
    "José",
    "Zoë",
    "Łukasz",
    "Ольга",
    "Παύλος",
    "明",
    "किरण",
    "محمد",
    "O’Brien",
    "Anne-Marie",
    "Đặng",
    "Søren",
    "Ğül",
)
LAST = (
    "Núñez",
    "Lovelace",
    "van der Berg",
    "王",
    "Müller",
    "Brontë",
    "Иванов",
    "Smith",
    "Þór",
    "Nguyễn",
    "D'Arcy",
    "Özil",
    "Cohen",
    "佐藤",
    "Ng",
)


class _Raw(zipfile.ZipInfo):
    """A member whose name is written in an encoding of our own choice, without the flag that says UTF-8."""

    encoding = "utf-8"

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode(self.encoding), self.flag_bits


def zipped(members: Mapping[str, bytes], written: str = "utf-8") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = _Raw(name)
            info.encoding = written
            archive.writestr(info, content)
    return buffer.getvalue()


def people(number: int) -> list[str]:
    return [f"{first} {last}" for first, last in itertools.islice(itertools.product(FIRST, LAST), number)]


def names(found: tuple[Found, ...]) -> list[str]:
    return [each.name for each in found]


def canvas(who: list[str]) -> dict[str, bytes]:
    marks = ("", "_LATE")
    return {
        f"{name.replace(' ', '').lower()}{marks[number % 7 == 0]}_{40000 + number}_{880000 + number}_sql{'-1' * (number % 5 == 0)}.ipynb": SQL
        for number, name in enumerate(who)
    }


def moodle(who: list[str]) -> dict[str, bytes]:
    return {
        f"{name}_{7000 + number}_assignsubmission_file_/my work ({number}).ipynb": SQL
        for number, name in enumerate(who)
    }


def gradescope(who: list[str]) -> dict[str, bytes]:
    lines = "".join(
        f"submission_{900 + number}:\n  :submitters:\n  - :name: {name}\n    :sid: '{number}'\n"
        for number, name in enumerate(who)
    )
    files = {f"assignment_77_export/submission_{900 + number}/sql.ipynb": SQL for number in range(len(who))}
    return {**files, "assignment_77_export/submission_metadata.yml": f"---\n{lines}".encode()}


@pytest.mark.parametrize("export", [canvas, moodle, gradescope], ids=["canvas", "moodle", "gradescope"])
@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
def test_two_hundred_people_of_a_platform_are_two_hundred_rows_with_their_names(
    tmp_path: Path, export: Callable[[list[str]], dict[str, bytes]], packed: bool
) -> None:
    who = people(200)
    source = tmp_path / ("submissions.zip" if packed else "submissions")
    if packed:
        source.write_bytes(zipped(export(who)))
    else:
        for name, content in export(who).items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(content)
    found = find(source, TOPICS)
    expected = [name.replace(" ", "").lower() if export is canvas else name for name in who]
    assert Counter(names(found)) == Counter(expected)
    assert {(each.topic, each.unreadable) for each in found} == {("sql", "")}
    assert len({each.candidate.casefold() for each in found}) == 200


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            {
                "Homework 1_ada99_attempt_2026-11-29-10-20-30_sql.ipynb": SQL,
                "Homework 1_ada99_attempt_2026-11-29-10-20-30.txt": b"Name: Ada",
                "Homework 1_wei_attempt_2026-11-29-10-20-31.txt": b"Name: Wei",
            },
            {"ada99": "", "wei": "2026-11-29-10-20-31.txt"},
        ),
        (
            {
                "Zoë B_12_assignsubmission_file_sql (2).ipynb": SQL,
                "Zoë B_12_assignsubmission_onlinetext_onlinetext.html": b"<p>done</p>",
                "Zoë B_13_assignsubmission_onlinetext_onlinetext.html": b"<p>mine</p>",
            },
            {"Zoë B (12)": "", "Zoë B (13)": "onlinetext.html"},
        ),
        (
            {
                "lovelaceada_1_2_sql.ipynb": SQL,
                "lovelaceada_1_3_my_queries-1.py": b"x = 1",
                "lovelaceada_1_4_notes.ipynb": PYSPARK,
                "ng_5_6_sql.docx": b"PK",
            },
            {"lovelaceada": "", "ng": "sql.docx"},
        ),
        ({"Ada L - sql.ipynb": SQL, "Copy of sql - Wei.ipynb": SQL, "sql.ipynb": SQL}, {"Ada L": "", "Wei": "", "sql": ""}),
        (
            {"a-sql (1).ipynb": SQL, "b-sql - Copy.ipynb": SQL, "c_sql-Copy1.ipynb": SQL, "d sql.ipynb (1)": SQL, "e.json": SQL},
            dict.fromkeys("abcde", ""),
        ),
        ({"x.sql.ipynb": SQL, "y.txt": b"see my mail", "z": b""}, {"x": "", "y": "y.txt", "z": "z"}),
        ({"mon/ada/sql.ipynb": SQL, "mon/bob/sql.ipynb": SQL, "tue/ada/sql.ipynb": SQL, "tue/cy/a.ipynb": SQL}, dict.fromkeys(("mon/ada", "mon/bob", "tue/ada", "tue/cy"), "")),
        ({"ada.zip": zipped({"w/sql.ipynb": SQL, "w/spark.ipynb": PYSPARK}), "bob.zip": zipped({"a/b.txt": b""})}, {"ada": "", "bob": "b.txt"}),
        ({"all.zip": zipped({"ada.zip": zipped({"sql.ipynb": SQL}), "bob.zip": zipped({"sql.ipynb": SQL + b" "})}), "sql.ipynb": SQL}, {"all/ada": "", "all/bob": "", "sql": ""}),
        ({"ada/blank/x.ipynb": SQL, "ada/sql.html": b"", "../eve-sql.ipynb": SQL, "bob/sql.ipynb": SQL}, {"ada": "", "bob": "", "eve": "leads out"}),
    ],
    ids=["blackboard", "moodle flat", "canvas of several files", "drive", "copies", "nothing known", "cohorts", "zip of zips", "zips in zips", "climbing"],
)  # fmt: skip
@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
def test_everybody_is_there_once_and_told_what_was_expected(
    tmp_path: Path, members: dict[str, bytes], expected: dict[str, str], packed: bool
) -> None:
    if packed:
        source = tmp_path / "class.zip"
        source.write_bytes(zipped(members))
    else:
        source = tmp_path / "class"
        for name, content in members.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            if ".." not in name:
                (source / name).write_bytes(content)
        expected = {name: told for name, told in expected.items() if told != "leads out"}
    found = find(source, TOPICS)
    assert {each.name for each in found} == set(expected)
    for each in found:
        assert (expected[each.name] in each.unreadable) if expected[each.name] else not each.unreadable
    assert max(Counter((each.candidate, each.topic) for each in found).values()) == 1


@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
@pytest.mark.parametrize(
    ("files", "who"),
    [
        (("in/ada/sql/sql.ipynb", "in/zoë/pyspark/pyspark.ipynb"), ["ada", "zoë"]),
        (("a/b/ada/sql.ipynb", "a/b/zoë/pyspark.ipynb"), ["ada", "zoë"]),
        (("in/kim/sql/sql.ipynb", "in/kim/pyspark/pyspark.ipynb"), ["in", "in"]),
        (("in/week 1/mine.ipynb", "in/week 2/mine.ipynb"), ["in", "in"]),
    ],
)
def test_people_who_answer_different_topics_in_a_folder_inside_are_several(
    tmp_path: Path, files: Sequence[str], who: list[str], packed: bool
) -> None:
    for name, content in zip(files, (SQL, PYSPARK), strict=True):
        path = tmp_path / "class" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    source = tmp_path / "class"
    if packed:
        source = Path(shutil.make_archive(str(source), "zip", source))
    found = find(source, TOPICS)
    assert sorted(each.topic for each in found) == ["pyspark", "sql"]
    assert [each.name for each in found] == (["class", "class"] if packed and who[0] == "in" else who)


def test_the_topic_is_what_the_notebook_says_before_its_name(tmp_path: Path) -> None:
    (tmp_path / "ada-sql.ipynb").write_bytes(PYSPARK)
    (tmp_path / "bob-pyspark.zip").write_bytes(zipped({"pyspark/pyspark.ipynb": SQL}))
    (tmp_path / "cy.ipynb").write_bytes(SQL)
    assert [(each.name, each.topic) for each in find(tmp_path, TOPICS)] == [
        ("ada", "pyspark"),
        ("bob", "sql"),
        ("cy", "sql"),
    ]


def test_text_in_a_cell_does_not_make_a_notebook_of_another_topic(tmp_path: Path) -> None:
    (tmp_path / "ada-sql.ipynb").write_bytes(
        b'{"cells": [{"source": "\\"grade_id\\": \\"user_actions\\""}], "nbformat": 4}'
    )
    assert [each.topic for each in find(tmp_path, TOPICS)] == ["sql"]


@pytest.mark.parametrize(
    ("written", "who"),
    [
        ("utf-8", ["José", "किरण", "🙂 Ada", "Ольга"]),
        ("cp437", ["José Núñez", "Müller", "Åsa", "François"]),
        ("cp437", ["Weiß"]),
        ("cp1252", ["O’Brien – final", "Mária", "Þór", "Zoë"]),
        ("cp932", ["佐藤", "山田 太郎", "さくら"]),
        ("gb2312", ["王小明", "李娜"]),
        ("cp866", ["Иван Петров", "Ольга"]),
    ],
)  # fmt: skip
def test_names_without_the_utf8_flag_are_read_as_they_were_written(written: str, who: list[str]) -> None:
    assert encoding.decoded([f"{name}/sql.ipynb".encode(written) for name in who]) == [
        f"{name}/sql.ipynb" for name in who
    ]


def test_a_name_of_a_foreign_disk_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "in" / os.fsdecode(b"Fran\xe7ois-sql")
    for each in (folder, tmp_path / "in" / "Ada-sql"):
        each.mkdir(parents=True)
        (each / "sql.ipynb").write_bytes(SQL)
    assert names(find(tmp_path / "in", TOPICS)) == ["Ada", "François"]


@pytest.mark.parametrize(
    ("given", "shown", "safe"),
    [
        ("किरण", "किरण", "किरण"),
        ("Jose\u0301", "José", "José"),
        ("Dr. “Zoë” O’Brien – 2", "Dr. “Zoë” O’Brien – 2", "Dr.-Zoë-O-Brien-2"),
        ("🙂", "🙂", "candidate"),
        ("README.md", "README.md", "candidate-README.md"),
        ("Scores.CSV", "Scores.CSV", "candidate-Scores.CSV"),
        ("con", "con", "candidate-con"),
        ("..", "..", "candidate"),
        ("a\u202eb\x1b[1mc\nd", "abc d", "abc-d"),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_name_stays_as_people_write_it_beside_one_for_files(given: str, shown: str, safe: str) -> None:
    assert (display(given), fit(given)) == (shown, safe)


STYLES: Mapping[str, Callable[[str, int], str]] = {
    "folders": lambda who, _: f"{who}/sql.ipynb",
    "nbgrader": lambda who, _: f"submitted/{who}/sql/sql.ipynb",
    "files": lambda who, _: f"{who}-sql.ipynb",
    "copies": lambda who, number: f"{who}_sql ({number}).ipynb",
    "moodle": lambda who, number: f"{who}_{number}_assignsubmission_file_/hand in.ipynb",
    "canvas": lambda who, number: f"{who}_{number}_{number}_sql-1.ipynb",
    "zips": lambda who, _: f"{who}.zip",
    "odd endings": lambda who, number: f"{who}-sql{('.ipynb.txt', '.ipynb.json', '.pdf', '.py', '')[number % 5]}",
}
ODD = (
    "e\u0301va",
    "...",
    "con",
    "NUL",
    "a.",
    "x" * 90,
    "ﬁ",
    "_",
    "a b",
    "Σίσυφος",
    "🙂🙃",
    "अनु",
    "‘q’",
    "—",
    "%2e%2e",
    "#1",
    "[x]",
    "~",
    "$HOME",
    "a;b",
    "-rf",
    "sql 2nd",
)
TRAPS: Mapping[str, bytes] = {
    "../../outside.txt": b"x",
    "/etc/outside.txt": b"x",
    "C:\\outside.txt": b"x",
    "__MACOSX/._a": b"",
    ".DS_Store": b"",
    "venv/pyvenv.cfg": b"",
    "venv/lib/site-packages/a.ipynb": SQL,
}


def _generated(random_: random.Random) -> tuple[bytes, set[str], str]:
    style = random_.choice(list(STYLES))
    pool = [*people(120), *ODD]
    pool = [name for name in pool if style != "canvas" or "_" not in name]
    who = random_.sample(pool, random_.randint(2, 5))
    if random_.random() < 0.3:
        who = [unicodedata.normalize("NFD", name) for name in who]
    written = random_.choice(("utf-8", "utf-8", "cp437", "cp1252", "cp932"))
    if written != "utf-8":
        who = [name for name in who if _survives(name, written)] or ["Ada", "Bob"]
        who = who if len(who) > 1 else [*who, "Bob"]
    content = zipped({"work/sql.ipynb": SQL}) if style == "zips" else SQL
    members = {STYLES[style](name, number): content for number, name in enumerate(who, 3)}
    members |= {name: TRAPS[name] for name in random_.sample(list(TRAPS), 2)}
    return zipped(members, written), {display(name) for name in who}, style


def _survives(name: str, written: str) -> bool:
    try:
        raw = f"{name}-sql.ipynb".encode(written)
    except UnicodeEncodeError:
        return False
    return encoding.decoded([raw]) == [f"{unicodedata.normalize('NFC', name)}-sql.ipynb"]


@pytest.mark.parametrize("part", range(4))
def test_a_thousand_generated_zips_lose_nobody_and_write_nothing_outside(tmp_path: Path, part: int) -> None:
    random_ = random.Random(20261129 + part)
    path = tmp_path / "in" / "class.zip"
    path.parent.mkdir()
    for number in range(250):
        content, who, style = _generated(random_)
        path.write_bytes(content)
        found = find(path, TOPICS)
        counts = Counter(each.name for each in found)
        assert {name: counts[name] for name in who} == dict.fromkeys(who, 1), (number, style)
        assert set(counts) - who <= {"outside", "etc", "C:"}, (number, style)
        assert len({each.candidate.casefold() for each in found}) == len(found)
    assert [each.name for each in tmp_path.rglob("*")] == ["in", "class.zip"]


def test_a_link_in_a_class_zip_is_told_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(zipped({"ada/sql.ipynb": SQL, "bob/sql.ipynb": SQL}))
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("bob/data.csv", "cy/sql.ipynb"):
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
    found = {each.name: each for each in find(path, TOPICS)}
    assert (found["ada"].flags, found["cy"].topic) == ((), "unknown")
    assert found["bob"].flags == ('"bob/data.csv" in the zip was left out: it is a link or a device.',)
    assert found["cy"].unreadable == '"cy/sql.ipynb" in the zip was left out: it is a link or a device.'
