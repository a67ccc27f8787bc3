"""The private seed from which hidden data is generated. Only the driver reads it; boxes get finished tables."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from groundschool import fixtures
from groundschool.errors import GroundSchoolError


def path(root: Path) -> Path:
    """Where a course keeps its seed."""
    return root / "private" / "seed"


def read(root: Path) -> int:
    """The course's seed, or the fixed practice seed where there is none. Raises GroundSchoolError for a file that is no
    seed.
    """
    try:
        return int(path(root).read_text(encoding="ascii"))
    except FileNotFoundError:
        return fixtures.PRACTICE_SEED
    except ValueError:
        raise GroundSchoolError(
            f"{path(root)} is not a seed: a whole number was expected. Remove it and run `groundschool init`."
        ) from None


def make(root: Path) -> bool:
    """Writes a fresh seed that only its owner can read; False when there is one already."""
    path(root).parent.mkdir(mode=0o700, exist_ok=True)
    try:
        descriptor = os.open(path(root), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{secrets.randbits(63)}\n")
    return True
