"""The visible check: whether a text is an answer at all."""

from __future__ import annotations

import subprocess
import sys

import pytest

from groundschool.checks.rubric import is_an_answer

QUESTION = "What engine does Athena use?"


@pytest.mark.parametrize(
    "text", ["Presto", "no idea whether Trino or Hive", "Athena uses Trino", "5 TB.", "I do not know it, Trino?"]
)
def test_anything_said_is_an_answer(text: str) -> None:
    assert is_an_answer(text, QUESTION) == ""


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", "no words"),
        (" \n\t", "no words"),
        ("\u200b", "no words"),
        ("...", "no words"),
        ("What engine does Athena use?", "repeats the question"),
        ("what ENGINE does athena use", "repeats the question"),
        ("word " * 2_000, "10,000 characters"),
        ("I do not know.", "not known"),
        ("i don't know, sorry", "not known"),
        ("No idea!", "not known"),
    ],
)
def test_what_is_no_answer_is_told_with_what_was_seen(text: str, seen: str) -> None:
    message = is_an_answer(text, QUESTION)
    assert seen in message
    assert "expected" in message


def test_the_visible_check_loads_no_language_library() -> None:
    code = "import sys; from groundschool.checks.rubric import is_an_answer; is_an_answer('a', 'b'); sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
