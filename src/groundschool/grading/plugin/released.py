"""What nbgrader's `generate_assignment` leaves in a released notebook, beyond its own steps."""

from __future__ import annotations

from typing import Any

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import NbGraderPreprocessor


class WithoutOrigin(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes out what a build notes of its source: a digest over hidden text, by which a guess of it could be tried."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook without our own metadata."""
        nb.metadata.pop("groundschool", None)
        return nb, resources


def configure_release(config: Any) -> None:
    """Adds our step behind nbgrader's own, which keep their order; `config` is the object of `nbgrader_config.py`."""
    own = GenerateAssignment.preprocessors.default()
    config.GenerateAssignment.preprocessors = [*own, "groundschool.grading.plugin.released.WithoutOrigin"]
