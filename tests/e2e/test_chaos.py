"""`make chaos` and `make bulk` in little."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from groundschool.grading.box import probe

BENCH = Path(__file__).parents[2] / "bench"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(probe.probe() is not None, reason="submissions are graded in boxes here"),
]


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCH / script), *arguments], capture_output=True, text=True, timeout=1500, check=False
    )


def test_killed_and_starved_a_run_gives_the_results_of_an_undisturbed_one() -> None:
    done = run("chaos.py", "--hand-ins", "10", "--kills", "5", "--seed", "7")
    assert "disturbed: 10 results, 0 of them others than undisturbed" in done.stdout
    assert "gradebook: 10 candidates" in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_of_a_bulk_is_missing() -> None:
    done = run("bulk.py", "2", "12")
    assert "graded 12" in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
