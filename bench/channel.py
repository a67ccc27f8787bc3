"""How many bits a second pass between two boxes by the one exact number that the kernel keeps for all: the links of
/proc.

`python bench/channel.py`. The sender starts and ends twelve processes a bit; the receiver compares the median of each
bit's second half with its neighbours. What passes is the capacity of a channel with the errors seen.
"""

from __future__ import annotations

import json
import math
import os
import random
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from groundschool.grading.box.box import Box
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import CANDIDATE

PROCESSES, BITS, AROUND = 12, 80, 8
PERIODS = (0.2, 0.1, 0.04, 0.02)  # seconds a bit


def send(channel: socket.socket, request: dict[str, Any]) -> None:
    """A role: more processes for a 1, none for a 0."""
    running: list[int] = []
    for place, bit in enumerate(request["bits"]):
        time.sleep(max(0.0, request["start"] + place * request["period"] - time.time()))
        while bit and len(running) < PROCESSES:
            running.append(os.fork())
            if running[-1] == 0:
                os.close(channel.fileno())
                signal.pause()
        while not bit and running:
            os.kill(running[-1], signal.SIGKILL)
            os.waitpid(running.pop(), 0)
    channel.recv(1)


def receive(channel: socket.socket, request: dict[str, Any]) -> None:
    """A role: sends the median number of links in each bit's second half."""
    medians = []
    for place in range(BITS):
        time.sleep(max(0.0, request["start"] + (place + 0.5) * request["period"] - time.time()))
        seen = [os.stat("/proc").st_nlink]
        while time.time() < request["start"] + (place + 1) * request["period"]:
            seen.append(os.stat("/proc").st_nlink)
            time.sleep(request["period"] / 40)
        medians.append(sorted(seen)[len(seen) // 2])
    channel.sendall(json.dumps(medians).encode() + b"\n")


def measured(server: ForkServer, period: float) -> float:
    """Bits a second that pass at so many seconds a bit."""
    bits = random.Random(4).choices((0, 1), k=BITS)
    request = {"bits": bits, "period": period, "start": time.time() + 2}
    with (
        Box(CANDIDATE) as here,
        Box(CANDIDATE) as there,
        server.enter(here, "send", request),
        server.enter(there, "receive", request) as channel,
        channel.makefile("rb") as stream,
    ):
        medians = json.loads(stream.readline())
    wrong = sum(bit != _read(medians, place) for place, bit in enumerate(bits)) / BITS
    wrong = min(max(wrong, 1e-9), 0.5)
    return (1 + wrong * math.log2(wrong) + (1 - wrong) * math.log2(1 - wrong)) / period


def _read(medians: list[int], place: int) -> int:
    near = medians[max(0, place - AROUND) : place + AROUND + 1]
    return int(medians[place] > (max(near) + min(near)) / 2)


if __name__ == "__main__":
    here = str(Path(__file__).parent)
    with ForkServer("channel", preload=[], environment={"PYTHONPATH": here}) as server:
        for period in PERIODS:
            print(f"{1 / period:4.0f} bits a second sent: {measured(server, period):5.1f} pass", flush=True)
    sys.exit()
