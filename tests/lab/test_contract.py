"""docs/lab.md is what the contract's tests say, and its quick start runs as written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "lab.md"


def run(*command: str) -> str:
    own = {name: value for name, value in os.environ.items() if name != "GROUNDSCHOOL_LAB"}
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=True, env=own, cwd=ROOT, timeout=300
    ).stdout


def test_the_page_is_written_from_the_tests() -> None:
    program = "import contract; print(contract.page(contract.run('--collect-only', '-qq')[0]), end='')"
    written = run("-c", f"import sys; sys.path.insert(0, 'tests/lab'); {program}")
    assert written.endswith(PAGE.read_text(encoding="utf-8"))


def test_the_quick_start_runs_as_written() -> None:
    first, second = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert run("-c", first).splitlines() == [
        "orders/3.csv InternalError",
        "['CreateBucket', 'PutObject', 'PutObject', 'PutObject']",
    ]
    assert run("-c", second) == "[datetime.date(2026, 11, 1), 2, 12.5]\n"
