"""What runs in a fork server: imports libraries once, then forks a child for each request, which enters a box and plays
a role.

The server itself reads nothing of any submission: it is handed descriptors, and the forked child reads its order from
the channel. The driver's side is `forkserver`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import random
import resource
import signal
import socket
import struct
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NoReturn

from groundschool.grading.box import linux, listener, unboxed
from groundschool.grading.box.bubblewrap import HOME

LENGTH = struct.Struct(">I")
READY, REFUSED = b"+", b"-"
# One thread, or nothing could be forked from the server: these libraries start threads when they are loaded.
SINGLE_THREADED = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
# The kernel adds these up for all processes of a user, boxes or not: each box gets a small share.
OF_THE_USER = {"RLIMIT_SIGPENDING": 256, "RLIMIT_MSGQUEUE": 0, "RLIMIT_MEMLOCK": 1 << 16}
Order = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Serves on a control socket until it closes. Arguments: its descriptor, the roles' module, modules to import
    before.
    """
    control = socket.socket(fileno=int(arguments[0]))
    try:
        roles = _prepare(arguments[1], arguments[2:])
    except Exception as error:
        control.sendall(REFUSED + f"{type(error).__name__}: {error}".encode())
        return
    control.sendall(READY)
    serve(control, roles)


def serve(control: socket.socket, roles: ModuleType) -> None:
    """Forks a child for each byte that arrives, with the descriptors that come with it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    gc.collect()
    gc.freeze()  # else the collector of each child would copy every page
    while True:
        try:
            mark, descriptors, _, _ = socket.recv_fds(control, 1, 16)
        except ConnectionError:
            return
        if not mark:
            return
        with contextlib.suppress(OSError):  # no process left: the driver sees the channel close
            if os.fork() == 0:
                _become(roles, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _prepare(roles: str, preload: Sequence[str]) -> ModuleType:
    for name in preload:
        importlib.import_module(name)
    module = importlib.import_module(roles)
    if hasattr(module, "warm"):
        module.warm()
    # asyncio of Python 3.12 and later writes by `sendmsg`, which no box has; it can do without.
    vars(importlib.import_module("asyncio.selector_events"))["_HAS_SENDMSG"] = False
    if sys.platform == "linux":
        linux.adopt_orphans()
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise RuntimeError(f"{threads} threads run after the imports; a fork server must have one")
    return module


def _become(roles: ModuleType, descriptors: Sequence[int]) -> NoReturn:
    """The forked child: enters, gives everything up, plays its role and ends."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for door in descriptors[3:]:
            os.write(door, b"0")
        data, *box = linux.keep_only(descriptors[:3])
        channel = socket.socket(fileno=data)
        try:
            order = _receive(channel)
            role = getattr(roles, order["role"])
            beside = None
            if box:
                beside = _enter(box[0], box[1], _answers(order))
            else:
                unboxed.guard(channel)
            _settle(order, beside, grouped=len(descriptors) > 3)
        except Exception as error:
            channel.sendall(REFUSED + f"{type(error).__name__}: {error}".encode())
        else:
            channel.sendall(READY)
            role(channel, order["request"])
            status = 0
    finally:
        os._exit(status)


def _receive(channel: socket.socket) -> Order:
    with channel.makefile("rb", buffering=0) as stream:
        (length,) = LENGTH.unpack(_exactly(stream, LENGTH.size))
        order: Order = json.loads(_exactly(stream, length))
        return order


def _exactly(stream: socket.SocketIO, length: int) -> bytes:
    content = b""
    while len(content) < length:
        part = stream.read(length - len(content))
        if not part:
            raise EOFError("the driver went away before its order was complete")
        content += part
    return content


def _answers(order: Order) -> listener.Answers:
    return {number: (position, b64decode(content)) for number, position, content in order["answers"]}


def _enter(pidfd: int, report: int, answers: listener.Answers) -> socket.socket:
    """Goes into the box. A pid namespace holds only children, so the caller's child goes on, and the caller stays
    beside it.

    Returns the way to the caller, who asks there for the filter's listener.
    """
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    linux.enter_namespaces(pidfd)
    inside, beside = socket.socketpair()
    child = os.fork()
    if child:
        inside.close()
        _stay_beside(child, report, proc, beside, answers)
    for descriptor in (pidfd, report, proc):
        os.close(descriptor)
    beside.close()
    linux.silence()  # the descriptors so far are of the host's /dev/null
    os.setsid()
    return inside


def _stay_beside(child: int, report: int, proc: int, channel: socket.socket, answers: listener.Answers) -> NoReturn:
    """Waits outside the pid namespace, where the child cannot see it, and tells the driver what the kernel counted."""
    report, proc, number = linux.keep_only([report, proc, channel.detach()])
    process = os.pidfd_open(child)
    with socket.socket(fileno=number) as told, contextlib.suppress(OSError):
        if asked := told.recv(LENGTH.size):
            taken = linux.taken(process, *LENGTH.unpack(asked))
            told.sendall(READY)
            listener.answer_until_end(taken, process, proc, answers)
    _, status, used = os.wait4(child, 0)
    content = {
        "exit": os.waitstatus_to_exitcode(status),
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_memory_bytes": used.ru_maxrss * 1024,
    }
    os.write(report, json.dumps(content).encode())
    os._exit(0)


def _settle(order: Order, beside: socket.socket | None, *, grouped: bool) -> None:
    """The last steps before the role: surroundings, limits, and in a box the end of all privileges."""
    home = HOME if beside else os.environ["HOME"]
    _surround(home, {**order["environment"], **order["request"].get("environment", {})})
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if beside:
        linux.drop_capabilities()
    # Outside a box it would count all processes of the same user.
    _limit(order["limits"], tasks=bool(beside) and not grouped)
    if beside:
        _filter(b64decode(order["filter"]), beside)


def _filter(program: bytes, beside: socket.socket) -> None:
    """Installs the filter and hands its listener to the process beside: whoever holds it decides what is answered."""
    listening = linux.install_filter(program)
    with beside:
        beside.sendall(LENGTH.pack(listening))
        if beside.recv(1) != READY:
            raise OSError("the process beside the box did not take the filter's listener")
    os.close(listening)


def _surround(home: str, environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(SINGLE_THREADED)
    os.environ.update(
        HOME=home,
        USER="student",
        LANG="C.UTF-8",
        PATH=f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        TMPDIR="/tmp" if home == HOME else home,
    )
    os.environ.update(environment)
    os.chdir(home)
    os.umask(0o077)


def _limit(limits: Mapping[str, int], *, tasks: bool) -> None:
    """Hard limits. A core size of 1 is the one value that also keeps a crash from starting the host's crash handler."""
    hard = {
        "RLIMIT_FSIZE": limits["file_bytes"],
        "RLIMIT_NOFILE": limits["open_files"],
        "RLIMIT_CORE": 1,
        **OF_THE_USER,
    }
    if tasks:
        hard["RLIMIT_NPROC"] = limits["tasks"] + 1  # the parent that reports is one, too
    for name, value in hard.items():
        if (kind := getattr(resource, name, None)) is not None:
            most = resource.getrlimit(kind)[1]
            value = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(kind, (value, value))
    seconds = limits["cpu_seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


if __name__ == "__main__":
    main(sys.argv[1:])
