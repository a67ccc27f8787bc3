"""The one exception base of the package."""

from __future__ import annotations


class GroundSchoolError(Exception):
    """A problem told to a person: what was found, what was expected, what to do next. Never a bug."""
