"""Reading a stranger's notebook costs its own process time and memory, up to a limit, and nobody else anything."""

from __future__ import annotations

import json
from pathlib import Path

import psutil
import pytest

from groundschool.grading.handin import apart
from groundschool.grading.handin.apart import stage_apart
from groundschool.grading.handin.stage import stage
from tiny_course import DOUBLE, RIGHT, hand_in, write


@pytest.fixture
def released(tmp_path: Path) -> Path:
    return write(tmp_path, "tiny", [DOUBLE]).topic("tiny").released


@pytest.fixture
def honest(tmp_path: Path, released: Path) -> Path:
    course = write(tmp_path, "tiny", [DOUBLE])
    return hand_in(tmp_path / "in", course, "tiny", "Zoë “Z”", {"double": RIGHT["shift"]}).parent


def slow(folder: Path) -> Path:
    """A notebook of cells that take a parser longest, none like another."""
    cells = [{"cell_type": "code", "source": "+".join([f"a[b](c{number})"] * 1_500)} for number in range(200)]
    folder.mkdir()
    (folder / "tiny.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    return folder


def test_staging_apart_gives_what_staging_gives(tmp_path: Path, released: Path, honest: Path) -> None:
    (honest / "mine.py").write_text("x = 1", encoding="utf-8")
    one, other = stage(honest, released, tmp_path / "one"), stage_apart(honest, released, tmp_path / "other")
    assert (other.flags, other.attempted, other.readable) == (one.flags, one.attempted, one.readable)
    assert other.notebook.read_bytes() == one.notebook.read_bytes()
    assert (other.notebook.parent / "mine.py").read_text(encoding="utf-8") == "x = 1"


def test_a_hand_in_that_takes_too_long_goes_to_a_person_and_the_next_one_is_read(
    tmp_path: Path, released: Path, honest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "CPU_SECONDS", 1)
    found = stage_apart(slow(tmp_path / "slow"), released, tmp_path / "out")
    assert (found.readable, found.attempted) == (False, {"double": False})
    assert found.flags == (
        "The hand-in took more than 1 seconds, or too much memory, to be read; a person must look at it.",
    )
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["tiny.ipynb"]
    monkeypatch.setattr(apart, "CPU_SECONDS", 20)
    assert stage_apart(honest, released, tmp_path / "next").attempted == {"double": True}


def test_a_target_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path, released: Path, honest: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OSError, match="NotADirectoryError"):
        stage_apart(honest, released, tmp_path / "file" / "inside")


def test_a_process_that_ended_of_another_hand_in_costs_the_next_one_nothing(
    tmp_path: Path, released: Path, honest: Path
) -> None:
    stage_apart(honest, released, tmp_path / "one")
    for child in psutil.Process().children():
        if child.status() != psutil.STATUS_ZOMBIE and any("apart" in word for word in child.cmdline()):
            # What an earlier hand-in left in its memory takes all there may be.
            child.rlimit(psutil.RLIMIT_DATA, (1 << 20, 1 << 20))
    assert stage_apart(honest, released, tmp_path / "other").attempted == {"double": True}
