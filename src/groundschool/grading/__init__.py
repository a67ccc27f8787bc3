"""Grading: staging, boxes, the split between a candidate's cells and the test cells, batches, feedback.

A course switches it on with one line of its `nbgrader_config.py`: `from groundschool.grading import configure;
configure(c)`.
"""

from __future__ import annotations

from typing import Any


def configure(config: Any, *, dated: bool = False) -> None:
    """Makes nbgrader grade safely; see `groundschool.grading.plugin.preprocessors`."""
    from groundschool.grading.plugin import preprocessors

    preprocessors.configure(config, dated=dated)


__all__ = ["configure"]
