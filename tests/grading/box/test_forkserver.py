"""Fork servers: what children share with them and what not, plain children without a box, and errors."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundschool.grading.box.box import Box, BoxError
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import SQL

Play = Callable[..., Any]
HERE = {"PYTHONPATH": str(Path(__file__).parent)}


def _wait_until(true: Callable[[], bool], attempts: int = 500) -> None:
    for _ in range(attempts):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


def test_libraries_are_loaded_before_a_child_is_forked(play: Play) -> None:
    assert play(None, "evaluate", "'numpy' in sys.modules").got == "True"
    assert play(Box(SQL), "evaluate", "'numpy' in sys.modules").got == "True"


def test_children_draw_different_random_numbers(play: Play) -> None:
    draw = "__import__('random').random(), sys.modules['numpy'].random.random()"
    first, second = (play(Box(SQL), "evaluate", draw).got.split(",") for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_nothing_a_child_changes_reaches_the_next(play: Play) -> None:
    assert play(Box(SQL), "evaluate", "setattr(sys, 'left', 1) or sys.left").got == "1"
    assert play(Box(SQL), "evaluate", "hasattr(sys, 'left')").got == "False"


def test_warm_runs_once_before_serving(tmp_path: Path) -> None:
    (tmp_path / "warmed.py").write_text(
        "import os\nruns = []\ndef warm(): runs.append(os.getpid())\n"
        "def tell(channel, request): channel.sendall(repr([len(runs), runs[0] == os.getpid()]).encode())\n"
    )
    with ForkServer("warmed", preload=[], environment={"PYTHONPATH": str(tmp_path)}) as server:
        for _ in range(2):
            with server.enter(None, "tell", {}) as channel:
                assert channel.recv(100) == b"[1, False]"


def test_the_request_and_its_environment_reach_the_role(server: ForkServer, boxes_work: None) -> None:
    request = {
        "program": "evaluate",
        "arguments": ["os.environ['COURSE'], os.environ['HOME']"],
        "environment": {"COURSE": "sql"},
    }
    with Box(SQL) as box, server.enter(box, "play", request) as channel:
        assert json.loads(channel.recv(1000))["got"] == "('sql', '/home/student')"


def test_a_large_request_arrives_whole(server: ForkServer, boxes_work: None) -> None:
    request = {
        "program": "evaluate",
        "arguments": ["len(sys._getframe(2).f_locals['request']['text'])"],
        "text": "x" * (4 << 20),
    }
    with Box(SQL) as box, server.enter(box, "play", request) as channel:
        assert json.loads(channel.recv(1000))["got"] == str(4 << 20)


def test_several_threads_may_share_a_server(play: Play) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = pool.map(lambda number: play(Box(SQL), "evaluate", f"{number} * 2").got, range(12))
        assert list(results) == [str(number * 2) for number in range(12)]


# Without a box


def test_a_plain_child_has_an_empty_home_and_a_session_of_its_own(play: Play) -> None:
    expression = "[os.listdir(os.environ['HOME']), os.getcwd() == os.environ['HOME'], os.getsid(0) == os.getpid()]"
    assert play(None, "evaluate", expression).got == "[[], True, True]"


def test_the_home_of_a_plain_child_is_removed(server: ForkServer) -> None:
    with server.enter(None, "tell_home", {}) as channel:
        home = Path(channel.recv(1000).decode())
        assert home.is_dir()
    _wait_until(lambda: not home.exists())


def test_everything_a_plain_child_started_ends_with_its_channel(server: ForkServer, tmp_path: Path) -> None:
    import fcntl

    def locked(number: int) -> bool:
        with open(f"{tmp_path}/alive{number}", "r+") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    channel = server.enter(None, "play", {"program": "leave_daemons", "arguments": [f"{tmp_path}/alive"]})
    assert b"left" in channel.recv(1000)
    channel.close()
    _wait_until(lambda: not any(locked(number) for number in range(3)))


def test_a_deaf_plain_child_ends_with_its_channel(server: ForkServer) -> None:
    channel = server.enter(None, "wait", {})
    children = _descendants(server.pid)
    assert children
    channel.close()
    _wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))


def _descendants(pid: int) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def test_the_server_ends_with_its_driver() -> None:
    program = (
        "import sys; from groundschool.grading.box.forkserver import ForkServer\n"
        "server = ForkServer('box_roles', preload=[], environment={'PYTHONPATH': sys.argv[1]})\n"
        "server.enter(None, 'play', {'program': 'evaluate', 'arguments': ['1']}).recv(100)\n"
        "print(server.pid, flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, HERE["PYTHONPATH"]]
    driver = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert driver.stdout
    pid = int(driver.stdout.readline())
    assert Path(f"/proc/{pid}").exists()
    driver.kill()
    driver.wait()
    _wait_until(lambda: not Path(f"/proc/{pid}").exists())


def test_a_typed_interrupt_is_for_the_driver_alone(server: ForkServer) -> None:
    assert os.getpgid(server.pid) != os.getpgid(0)


# Errors


def test_a_module_that_is_missing_is_told_by_name() -> None:
    with ForkServer("no_such_roles", preload=[]) as server, pytest.raises(BoxError, match="no_such_roles"):
        server.enter(None, "wait", {})


def test_a_library_that_starts_a_thread_is_refused(tmp_path: Path) -> None:
    (tmp_path / "threaded.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    )
    with (
        ForkServer("threaded", preload=[], environment={"PYTHONPATH": str(tmp_path)}) as server,
        pytest.raises(BoxError, match="2 threads"),
    ):
        server.enter(None, "wait", {})


@pytest.mark.parametrize("boxed", [True, False])
def test_a_role_that_is_missing_is_told_and_the_server_goes_on(server: ForkServer, play: Play, boxed: bool) -> None:
    box = Box(SQL) if boxed else None
    with box or contextlib.nullcontext(), pytest.raises(BoxError, match="no_such_role"):
        server.enter(box, "no_such_role", {})
    assert play(None, "evaluate", "1").got == "1"


def test_a_server_that_was_killed_is_told(boxes_work: None) -> None:
    with ForkServer("box_roles", preload=[], environment=HERE) as server:
        server.enter(None, "wait", {}).close()
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(BoxError, match="box_roles"):
            server.enter(None, "wait", {})
