"""Runs a script that a candidate's cell wrote, in a process of its own, with files beside it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from groundschool.checks.backend import Run

SECONDS = 60
LONGEST_OUTPUT = 100_000
LARGEST_FILE = 16 << 20


def run_script(name: str, arguments: Sequence[str], given: Mapping[str, bytes], collect: Sequence[str]) -> Run:
    """Runs `name` with `arguments` in the working folder, where the files of `given` are written first.

    Its exit code is -1 when it ran longer than a minute. Files of `collect` are read afterwards, None where missing or
    too large.
    """
    for file, content in given.items():
        Path(_plain(file)).write_bytes(content)
    try:
        done = subprocess.run(
            [sys.executable, _plain(name), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        code, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as error:
        code, output = -1, error.stdout or b""
    return Run(
        code,
        output[-LONGEST_OUTPUT:].decode("utf-8", "replace"),
        {file: _content(Path(_plain(file))) for file in collect},
    )


def _plain(name: str) -> str:
    return Path(name).name


def _content(path: Path) -> bytes | None:
    if not path.is_file() or path.stat().st_size > LARGEST_FILE:
        return None
    return path.read_bytes()
