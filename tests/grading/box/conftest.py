"""One fork server for the tests of boxes, and `play`, which runs a program of `box_roles` in a box or outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from groundschool.grading.box.box import Box, Usage
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import MIB, SQL, Limits
from groundschool.grading.box.probe import probe

HERE = str(Path(__file__).parent)
SECONDS = 30


@dataclass(frozen=True)
class Played:
    """What a program got hold of, or why it got nothing; `ended` when it was killed before it could say."""

    got: str
    failed: str
    ended: bool
    usage: Usage | None


@pytest.fixture(scope="session")
def boxes_work() -> None:
    if reason := probe():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def server() -> Iterator[ForkServer]:
    with ForkServer("box_roles", preload=["numpy"], environment={"PYTHONPATH": HERE}) as started:
        yield started


@pytest.fixture(scope="session")
def small() -> Limits:
    """Caps that are met quickly."""
    return replace(SQL, memory_bytes=96 * MIB, tasks=24, disk_bytes=16 * MIB, file_bytes=8 * MIB, cpu_seconds=1)


@pytest.fixture
def play(server: ForkServer, boxes_work: None) -> Callable[..., Played]:
    """`play(box, program, *arguments)`: in a box, which is closed, or outside where `box` is None."""

    def playing(box: Box | None, program: str, *arguments: object, by: ForkServer = server) -> Played:
        usage, content = None, b""
        try:
            if box:
                box.start()
            request = {"program": program, "arguments": arguments}
            with by.enter(box, "play", request) as channel:
                channel.settimeout(SECONDS)
                with channel.makefile("rb") as stream:
                    content = stream.readline()
        finally:
            if box:
                usage = box.close()
        reply = json.loads(content or b'{"got": "", "failed": ""}')
        return Played(reply["got"], reply["failed"], not content, usage)

    return playing
