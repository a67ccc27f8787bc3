"""The command's words reach any terminal, pipe and encoding: nothing is cut off, and nothing stops it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tiny_course import DOUBLE, write

SAY = r"""
from groundschool.cli import out
from groundschool.terminal import table_of
out.print("Zo\u00eb \u2713 \u660e " + "word " * 60 + "end")
table = table_of("candidate", "questions")
table.add_row("Zo\u00eb-" * 20, "latest_status: passed")
out.print(table)
"""


def said(source: str, cwd: Path, **environment: str) -> bytes:
    kept = {
        name: value for name, value in os.environ.items() if name not in ("COLUMNS", "PYTHONUTF8", "PYTHONIOENCODING")
    }
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "Zoë ✓ 明"),
        ({"PYTHONIOENCODING": "ascii"}, "Zo\\xeb \\u2713 \\u660e"),
        ({"PYTHONIOENCODING": "cp1252"}, "Zoë \\u2713 \\u660e"),
        ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, "Zo\\xeb \\u2713 \\u660e"),
    ],
    ids=["utf-8", "ascii", "cp1252", "C"],
)
def test_what_is_piped_is_whole_and_not_wrapped(tmp_path: Path, environment: dict[str, str], name: str) -> None:
    encoding = "cp1252" if "cp1252" in environment.values() else "utf-8"
    lines = said(SAY, tmp_path, **environment).decode(encoding).splitlines()
    assert lines[0] == f"{name} {'word ' * 60}end"
    assert not any(line != line.rstrip() for line in lines[1:])


def test_forty_columns_fold_words_and_cut_off_none(tmp_path: Path) -> None:
    text = said(SAY, tmp_path, COLUMNS="40").decode()
    assert max(map(len, text.splitlines())) <= 40
    assert "…" not in text
    assert (text.count("Z"), text.count("ë"), text.count("word")) == (21, 21, 60)


@pytest.mark.parametrize("command", [["report"], ["release", "nothing"], ["check", "nothing"]], ids=" ".join)
def test_a_refusal_is_one_sentence_in_ascii_too(tmp_path: Path, command: list[str]) -> None:
    root = write(tmp_path / "Kurs é", "tiny", [DOUBLE]).root
    done = subprocess.run(
        [sys.executable, "-m", "groundschool", *command], cwd=root, env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr
