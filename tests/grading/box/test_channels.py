"""What one box does cannot be read in another: every number of the machine stays as it was, whatever runs beside.

What remains is told here too, each as a test that is expected to fail: by these, two people who work together can talk. That
no output is shown which was made while a hidden input of the same candidate was alive is the batch's to see to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from groundschool.grading.box.box import Box
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import MIB, SQL

ROOMY = replace(SQL, memory_bytes=256 * MIB, tasks=64, open_files=256, cpu_seconds=20)
Look = Callable[[], dict[str, str]]


@contextmanager
def looking(server: ForkServer, box: Box | None, program: str) -> Iterator[Look]:
    """A process that tells, each time it is asked, what `program` of the roles reads."""
    if box:
        box.start()
    try:
        with server.enter(box, "tell_everything", {"program": program}) as channel, channel.makefile("rb") as stream:

            def look() -> dict[str, str]:
                channel.sendall(b"?")
                told: dict[str, str] = json.loads(stream.readline())
                return told

            yield look
    finally:
        if box:
            box.close()


def changed(server: ForkServer, box: Box | None, program: str) -> dict[str, tuple[str, str]]:
    """What `program` reads differently while another box uses some of everything."""
    with looking(server, box, program) as look:
        look()  # the first look itself takes memory
        before = look()
        request: dict[str, Any] = {"program": "use_much", "arguments": ["/dev/shm"]}
        with Box(ROOMY) as other, server.enter(other, "play_on", request) as channel:
            assert channel.recv(100), "the other box ended before it had used anything"
            after = look()
    names = before.keys() | after.keys()
    told = {name: (before.get(name, ""), after.get(name, "")) for name in names}
    return {name: pair for name, pair in told.items() if pair[0] != pair[1]}


def test_nothing_that_a_box_reads_of_the_machine_depends_on_another_box(server: ForkServer, boxes_work: None) -> None:
    assert changed(server, Box(ROOMY), "the_machine") == {}


def test_outside_a_box_the_same_numbers_do_change(server: ForkServer, boxes_work: None) -> None:
    seen = changed(server, None, "the_machine")
    assert {"/proc/meminfo", "/proc/stat", "sysinfo"} <= seen.keys()


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("links_of_proc", "the kernel adds the number of all processes to the links of /proc"),
        ("sockets_of_all", "each process's folder holds its network's numbers, some of them the machine's"),
        ("number_of_a_pipe", "pipes and sockets of all boxes are numbered in one sequence"),
    ],
)
def test_a_number_that_the_kernel_keeps_for_all_is_not_read(
    server: ForkServer, boxes_work: None, request: pytest.FixtureRequest, program: str, why: str
) -> None:
    request.applymarker(pytest.mark.xfail(strict=True, reason=why))
    tries = range(3)  # what others begin and end beside may hide a change once
    assert not any(changed(server, Box(ROOMY), program) for _ in tries)


def test_programs_find_a_machine_of_the_boxes_own_size(play: Callable[..., Any]) -> None:
    found = play(Box(ROOMY), "evaluate", "os.sysconf('SC_PHYS_PAGES') * 4096, os.statvfs('/usr').f_bavail * 4096").got
    assert found == str((ROOMY.memory_bytes, ROOMY.disk_bytes))


@pytest.mark.parametrize("command", ["df", "free", "uptime", "nproc", "ps"])
def test_programs_that_ask_for_the_machine_work(play: Callable[..., Any], command: str) -> None:
    told = play(Box(ROOMY), "run", f"/usr/bin/{command}")
    if "FileNotFoundError" in told.failed:
        pytest.skip("no such program here")
    assert (told.failed, bool(told.got)) == ("", True)


def test_a_wrong_address_gets_an_error_and_no_answer(play: Callable[..., Any]) -> None:
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, "sysinfo")
    assert play(Box(ROOMY), "call", number, 8).got == "EFAULT"
    assert play(Box(ROOMY), "call", number, -1).got == "EFAULT"
