"""What the kernel counts for a user, or for all: one box that takes all it can get leaves its neighbours and the driver enough."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyseccomp
import pytest

from groundschool.grading.box.box import Box
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import MIB, SQL

GREEDY = replace(SQL, memory_bytes=512 * MIB, open_files=1024, cpu_seconds=30)
PROCESSES = 8
KINDS = ("descriptors in flight", "pipes", "pending signals", "terminals", "sockets")
Play = Callable[..., Any]


@pytest.mark.parametrize("kind", KINDS)
def test_a_box_that_takes_all_it_can_get_leaves_the_others_enough(
    play: Play, server: ForkServer, boxes_work: None, kind: str
) -> None:
    request = {"program": "use_up_in_many", "arguments": [kind, PROCESSES]}
    with Box(GREEDY) as greedy, server.enter(greedy, "play_on", request) as channel:
        channel.settimeout(60)
        assert channel.recv(4) == b"used"
        neighbour = play(Box(SQL), "is_served")
        assert (neighbour.got, neighbour.failed, neighbour.ended) == ("", "", False)
        for end in (*os.pipe(), *os.openpty()):
            os.close(end)


@pytest.mark.parametrize(
    ("kind", "most"),
    [("descriptors in flight", 0), ("locked memory", 0), ("pending signals", 256), ("terminals", 16)],
)
def test_a_box_gets_its_share_and_no_more(play: Play, kind: str, most: int) -> None:
    assert play(Box(GREEDY), "use_up", kind).got == str(most)


CALLS = {
    "descriptors in a message": ("sendmsg", -1, 0, 0),
    "descriptors in many messages": ("sendmmsg", -1, 0, 0, 0),
    "asynchronous input and output": ("io_setup", 0, 0),
    "message queues": ("mq_open", 0, 0, 0, 0),
    "semaphores": ("semget", 0, -1, 0),
    "the size of pipes": ("fcntl", 3, 1032, 0),
    "disks": ("ustat", 0, 0),
}


@pytest.mark.parametrize("what", CALLS)
def test_a_call_that_counts_for_all_is_refused(play: Play, what: str) -> None:
    name, *arguments = CALLS[what]
    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    if number < 0:
        pytest.skip("this kind of machine has no such call")
    assert play(None, "call", number, *arguments).got != "EPERM"
    assert play(Box(SQL), "call", number, *arguments).got == "EPERM"
