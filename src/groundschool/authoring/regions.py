"""What is hidden in a question's text: marked regions, which nbgrader cuts out of the released notebook.

A region that is missing or not closed would hand its solution or its tests to candidates, and nbgrader does not say so.
"""

from __future__ import annotations

import re
from pathlib import Path

from groundschool.course import Misstated

MARK = re.compile(r"^[ \t]*### (BEGIN|END) (SOLUTION|HIDDEN TESTS)[ \t]*$", re.MULTILINE)
ENDING = re.compile(r"^t\.points\n### END HIDDEN TESTS\s*\Z", re.MULTILINE)


def expect_solution(path: Path, source: str) -> None:
    """Raises Misstated for an answer cell without a solution in a region, or with one that is not closed."""
    _expect_pairs(path, source, "SOLUTION", "answer cell")


def expect_hidden_tests(path: Path, source: str) -> None:
    """Raises Misstated for a test cell that does not end with one region of hidden tests, and that with its points."""
    if _expect_pairs(path, source, "HIDDEN TESTS", "test cell") > 1 or not ENDING.search(source):
        raise Misstated(
            f"{path}: the test cell was expected to hold one hidden region, at its end, whose last lines are "
            "`t.points` and `### END HIDDEN TESTS`."
        )


def _expect_pairs(path: Path, source: str, region: str, cell: str) -> int:
    """How many regions of a kind there are."""
    found = [" ".join(mark.groups()) for mark in MARK.finditer(source)]
    pairs = len(found) // 2
    if not found or found != [f"BEGIN {region}", f"END {region}"] * pairs:
        raise Misstated(
            f"{path}: the {cell} holds {', '.join(found) or 'no region'}; `### BEGIN {region}` and "
            f"`### END {region}` were expected around what candidates are not to see."
        )
    return pairs
