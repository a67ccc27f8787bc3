"""`groundschool` with time limits that a test can wait for; everything else is as it ships."""

from __future__ import annotations

from dataclasses import replace

from groundschool import cli
from groundschool.grading.session import engine

SECONDS = 12

if __name__ == "__main__":
    for name in ("CANDIDATE", "EXAMINER", "SQL"):
        limits = getattr(engine, name)
        setattr(engine, name, replace(limits, wall_seconds=SECONDS, cpu_seconds=SECONDS - 4))
    cli.main()
