"""The walk of docs/write-a-question.md: its commands, on a copy of the course, prove a question that is new there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from groundschool import course

HERE = course.find(Path(__file__).parent)
QUESTION = Path(__file__).parent / "walk" / "orders_by_customer"


def commands() -> list[list[str]]:
    """The commands that the walk tells, for the topic `sql`."""
    walk = (HERE.root / "docs" / "write-a-question.md").read_text("utf-8").split("## How to add a question")[1]
    block = re.findall(r"^```\n(.*?)^```", walk.split("\n## ")[0], re.DOTALL | re.MULTILINE)[0]
    return [line.replace("<topic>", "sql").replace("<id>", QUESTION.name).split() for line in block.splitlines()]


@pytest.mark.slow
def test_a_question_is_added_and_proven_by_the_commands_of_the_walk(tmp_path: Path) -> None:
    for part in ("nbgrader_config.py", "README.md"):
        shutil.copyfile(HERE.root / part, tmp_path / part)
    shutil.copytree(HERE.root / "data", tmp_path / "data")
    shutil.copytree(
        HERE.root / "source" / "sql",
        tmp_path / "source" / "sql",
        ignore=lambda folder, names: {*names} - {"latest_status"} if folder.endswith("questions") else (),
    )
    shutil.copytree(QUESTION, tmp_path / "source" / "sql" / "questions" / QUESTION.name)
    manifest = tmp_path / "source" / "sql" / "topic.toml"
    of_two = re.sub(
        r"questions = \[.*?\]",
        'questions = ["latest_status", "orders_by_customer"]',
        manifest.read_text(),
        flags=re.DOTALL,
    )
    manifest.write_text(of_two)
    told = commands()
    assert [command[:2] for command in told] == [
        [".venv/bin/groundschool", verb] for verb in ("build", "release", "prove")
    ]
    for _, *arguments in told:
        command = [sys.executable, "-m", "groundschool", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "1 questions, 6 mistakes, 0 mutants, 0 faults." in done.stdout
    assert "| [sql](source/sql/topic.md) | 2 | 8 | 15 |" in (tmp_path / "README.md").read_text()
