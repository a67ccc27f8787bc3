"""The programs of this Python environment, which nbgrader calls by bare names (`alembic`, when it makes a
gradebook).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def put_on_path() -> None:
    """Puts the environment's programs first on PATH, for this process and all it starts."""
    own, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if path.split(os.pathsep)[0] != own:
        os.environ["PATH"] = f"{own}{os.pathsep}{path}"
