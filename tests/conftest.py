"""Modules of this folder that are not tests are imported by name; a test that a busy machine failed is tried once more."""

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent

sys.path.insert(0, str(FOLDER))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test but the attacks gets a second try, and the summary counts it; an attack that won once has won."""
    for item in items:
        if not item.path.is_relative_to(FOLDER / "hostile"):
            item.add_marker(pytest.mark.flaky(reruns=1))
