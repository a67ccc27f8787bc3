"""A failure of the engine's own is tried again, and is nobody's crash."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from groundschool.grading.box import probe
from groundschool.grading.box.box import Box, BoxError
from groundschool.grading.session import engine as engines
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.process import Interrupted, Side
from groundschool.grading.wire import protocol


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    if reason := probe.probe():
        pytest.skip(reason)
    monkeypatch.setattr(engines, "WAITS", (0.0, 0.0, 0.0))
    with Engine("sandbox", tmp_path) as made:
        yield made


def said_of_a_cell(side: Side) -> protocol.Message:
    """What the side's process says of a cell."""
    return protocol.CELLS.read(side.relay(protocol.pack(protocol.RunCell("1 + 1"))))[0]


def failing(times: int, error: Exception, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which fails so often before it works."""
    left = [error] * times

    def fails(*rest: Any, **named: Any) -> Any:
        if left:
            raise left.pop()
        return function(*rest, **named)

    return fails


@pytest.mark.parametrize("error", [BoxError("no room"), OSError(109, "Too many references")])
@pytest.mark.parametrize("step", ["start", "admit"])
def test_a_box_that_could_not_be_made_is_made_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception, step: str
) -> None:
    monkeypatch.setattr(Box, step, failing(3, error, getattr(Box, step)))
    side = engine.candidate()
    try:
        assert isinstance(said_of_a_cell(side), protocol.CellRan)
    finally:
        side.close()


def test_what_never_works_is_told_with_its_reason_and_leaves_no_box(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.candidate().close()
    monkeypatch.setattr(Box, "admit", failing(99, OSError(24, "Too many open files"), Box.admit))
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with pytest.raises(BoxError, match="Too many open files"):
        engine.candidate()
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def test_a_fork_server_that_was_killed_is_replaced(engine: Engine) -> None:
    engine.candidate().close()
    (server,) = engine._servers.values()
    os.kill(server.pid, signal.SIGKILL)
    side = engine.candidate()
    try:
        assert isinstance(said_of_a_cell(side), protocol.CellRan)
    finally:
        side.close()


def test_whoever_awaits_a_process_is_interrupted_and_nothing_is_said_of_it(engine: Engine) -> None:
    side, raised = engine.candidate(), []

    def await_it() -> None:
        try:
            side.relay(protocol.pack(protocol.RunCell("import time; time.sleep(600)")), 300)
        except BaseException as error:
            raised.append(type(error))

    waiting = threading.Thread(target=await_it)
    waiting.start()
    with engine.interrupted():
        waiting.join()
        with pytest.raises(Interrupted):
            engine.candidate()
    assert raised == [Interrupted]
    after = engine.candidate()
    try:
        assert isinstance(said_of_a_cell(after), protocol.CellRan)
    finally:
        after.close()
