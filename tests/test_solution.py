"""An author's solution as a candidate would hand it in, and the remark that closes it."""

from __future__ import annotations

import pytest

from groundschool.solution import handed_in, why, words

REMARK = "# Why: it costs twice.\n{0}# Twice."
IN_A_FUNCTION = f"""\
def double(number):
    ...
    ### BEGIN SOLUTION
    return 2 * number
    ### END SOLUTION


def half(number):
    ...
    ### BEGIN SOLUTION
    return number / 2
    {REMARK.format("    ")}
    ### END SOLUTION
"""
A_TEXT = f'q = """\n\n"""\n### BEGIN SOLUTION\nq = """select 1"""\n{REMARK.format("")}\n### END SOLUTION\n'
WORDS = f"%%answer why\n\n### BEGIN SOLUTION\n# A heading\nIt's cheap.\n{REMARK.format('')}\n### END SOLUTION\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (IN_A_FUNCTION, "def double(number):\n    return 2 * number\n\n\ndef half(number):\n    return number / 2"),
        (A_TEXT, 'q = """select 1"""'),
        (WORDS, "%%answer why\n# A heading\nIt's cheap."),
        ("answer = 1\n", "answer = 1"),
    ],
    ids=["functions", "a text", "words", "no region"],
)
def test_a_solution_is_handed_in_without_marks_starter_and_remark(source: str, expected: str) -> None:
    assert handed_in(source) == expected


@pytest.mark.parametrize("source", [IN_A_FUNCTION, A_TEXT, WORDS])
def test_the_remark_is_read_as_text(source: str) -> None:
    assert why(source) == "Why: it costs twice.\nTwice."


def test_words_of_ones_own_are_kept_as_they_are() -> None:
    assert words("# Why: because\nof this") == "# Why: because\nof this"
