"""The one rule by which submissions are let near this machine: in boxes, or trusted, or not at all.

`groundschool grade` and nbgrader's own commands open their engines here. What an engine does is in `engine.py`.
"""

from __future__ import annotations

from pathlib import Path

from groundschool.errors import GroundSchoolError
from groundschool.grading.box import probe
from groundschool.grading.session.engine import Engine


class NoBox(GroundSchoolError):
    """No box can be made here, and nobody said that the submissions are trusted."""


def opened(data: Path, *, trusted: bool, ours: bool = False, remedy: str) -> tuple[Engine, str]:
    """An engine for submissions that may read `data`, and why it makes no boxes ("" where it does, or was told not to).

    The course's own submissions (`ours`) run anywhere: they are no stranger's. Raises NoBox, whose text ends with
    `remedy`.
    """
    reason = "" if trusted else probe.probe() or ""
    if reason and not ours:
        raise NoBox(f"Submissions are not graded without a sandbox: {reason} {remedy}")
    return Engine("none" if trusted or reason else "sandbox", data), reason
