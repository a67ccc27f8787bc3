"""Roles that the tests of boxes play inside and outside of them: small real programs, each trying one thing.

A program returns what it got hold of, as text, and "" or an exception when it got nothing. It must work outside a box: only
then does its failure inside mean anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import glob
import json
import os
import re
import resource
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

held: list[object] = []  # what a program must not give back while it waits to be killed


def play(channel: socket.socket, request: dict[str, Any]) -> None:
    """Runs one program and sends a line with {"got": text, "failed": text}."""
    program: Callable[..., object] = globals()[request["program"]]
    reply = {"got": "", "failed": ""}
    try:
        reply["got"] = str(program(*request["arguments"]) or "")
    except Exception as error:
        reply["failed"] = f"{type(error).__name__}: {error}"[:500]
    channel.sendall(json.dumps(reply).encode() + b"\n")


def crash(channel: socket.socket, request: dict[str, Any]) -> None:
    """A role that ends itself by a signal."""
    os.kill(os.getpid(), request["signal"])


def wait(channel: socket.socket, request: dict[str, Any]) -> None:
    """A role that ends when the driver hangs up."""
    while channel.recv(100):
        pass


def play_on(channel: socket.socket, request: dict[str, Any]) -> None:
    """Runs one program, sends what it got, and ends when the driver hangs up."""
    channel.sendall(str(globals()[request["program"]](*request["arguments"])).encode())
    wait(channel, request)


def tell_home(channel: socket.socket, request: dict[str, Any]) -> None:
    """A role that names its home and ends when the driver hangs up."""
    channel.sendall(os.environ["HOME"].encode())
    wait(channel, request)


def read(path: str) -> str:
    return Path(path).read_text()


def write(path: str, text: str) -> str:
    Path(path).write_text(text)
    return "written"


def create(*paths: str) -> str:
    for path in paths:
        Path(path).touch()
    return f"{len(paths)} created"


def exists(*paths: str) -> str:
    return " ".join(path for path in paths if os.path.exists(path))


def names_in(folder: str) -> list[str]:
    return sorted(os.listdir(folder))


def run(*command: str) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr[-300:]}")
    return done.stdout + done.stderr


def evaluate(expression: str) -> str:
    names = {"os": os, "sys": sys, "resource": resource, "socket": socket, "json": json, "Path": Path}
    return repr(eval(expression, names))


def read_through_proc(path: str) -> str:
    """The root and working folders of every process in sight."""
    for process in glob.glob("/proc/[0-9]*"):
        for way in ("root", "cwd"):
            with contextlib.suppress(OSError):
                return Path(f"{process}/{way}/{path}").read_text()
    return ""


def processes() -> str:
    """More processes than the first one and this one."""
    found = [name for name in os.listdir("/proc") if name.isdigit()]
    return " ".join(found) if len(found) > 2 else ""


def connect_tcp(port: int) -> str:
    socket.create_connection(("127.0.0.1", port), 2).close()
    return "connected"


def connect_unix(address: str) -> str:
    """An address that starts with @ is abstract."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect("\0" + address[1:] if address.startswith("@") else address)
    return "connected"


def reach_by_signal(*pids: int) -> str:
    reached = []
    for pid in (*pids, os.getppid()):
        with contextlib.suppress(OSError):
            if pid:
                os.kill(pid, 0)
                reached.append(pid)
    return " ".join(map(str, reached))


def _links(pattern: str) -> Iterator[tuple[str, str]]:
    for path in glob.glob(pattern):
        with contextlib.suppress(OSError):
            yield path, os.readlink(path)


def open_files_of_others() -> str:
    """Files outside /dev and /proc that any process in sight holds open."""
    links = dict(_links("/proc/[0-9]*/fd/*"))
    return "\n".join(
        f"{path} {target}"
        for path, target in links.items()
        if target.startswith("/") and not target.startswith(("/dev/", "/proc"))
    )


def read_open_files(mark_reversed: str) -> str:
    """The content of files that other processes hold open, through their descriptors."""
    mark = mark_reversed[::-1]
    for path, target in _links("/proc/[0-9]*/fd/*"):
        if not target.startswith(("/dev/", "/proc")):
            with contextlib.suppress(OSError):
                descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                try:
                    if mark.encode() in os.pread(descriptor, 200, 0):
                        return path
                finally:
                    os.close(descriptor)
    return ""


def foreign_descriptors(opened: int) -> str:
    """Descriptors of this process's own beyond the standard ones and the channel; `opened` is how many it opens itself."""
    for _ in range(opened):
        os.open("/dev/null", os.O_RDONLY)
    own = [name for name in os.listdir("/proc/self/fd") if int(name) > 3]
    return " ".join(name for name in own if os.path.exists(f"/proc/self/fd/{name}"))


def secret_in_memory(mark_reversed: str) -> str:
    """Looks for a mark in this process's environment and in all of its memory."""
    pattern = re.compile(re.escape(mark_reversed[::-1][:7].encode()) + rb"[0-9a-f]{16}")
    places = Path("/proc/self/environ").read_bytes()
    if pattern.search(places):
        return "environment"
    with open("/proc/self/mem", "rb", buffering=0) as memory:
        for line in Path("/proc/self/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            start, end = (int(part, 16) for part in span.split("-"))
            if "r" not in rights or "[v" in line:
                continue
            with contextlib.suppress(OSError, OverflowError):
                memory.seek(start)
                if pattern.search(memory.read(end - start)):
                    return line
    return ""


def raise_limits() -> str:
    raised = []
    for name in ("NOFILE", "CPU", "FSIZE", "CORE"):
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (hard + 1, hard + 1))
            raised.append(name)
    return " ".join(raised)


def call(number: int, *arguments: int) -> str:
    """A raw system call's outcome, made in a child: "done" or the name of its error."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(argument) for argument in arguments))
        os.write(writing, b"done" if result >= 0 else errno.errorcode[ctypes.get_errno()].encode())
        os._exit(0)
    os.wait()
    os.close(writing)
    return os.read(reading, 100).decode()


def open_for_writing(*paths: str) -> str:
    opened = []
    for path in paths:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY))
            opened.append(path)
    return " ".join(opened)


def create_in(*folders: str) -> str:
    created = []
    for folder in folders:
        with contextlib.suppress(OSError):
            path = Path(folder, f"groundschool-{os.getpid()}")
            path.touch()
            path.unlink()
            created.append(folder)
    return " ".join(created)


def _change_mode(path: str) -> bool:
    """Sets the mode a file has already: as hard for the kernel to allow, and nothing is changed where it does."""
    with contextlib.suppress(OSError):
        os.chmod(path, stat.S_IMODE(os.stat(path).st_mode))
        return True
    return False


def change_mode_of_executables() -> str:
    """Executables of processes in sight, reached past every mount, that are files of the host."""
    links = _links("/proc/[0-9]*/exe")
    return " ".join(target for path, target in links if "memfd" not in target and _change_mode(path))


def change_mode_of_mapped_files() -> str:
    links = _links("/proc/self/map_files/*")
    return " ".join(target for path, target in links if "memfd" not in target and _change_mode(path))


def change_mode(*paths: str) -> str:
    return " ".join(path for path in paths if _change_mode(path))


def write_to_first_process() -> str:
    """Whoever writes to the memory of process 1 is process 1; its system-call filter then matters as much as one's own."""
    filtered = re.search(r"Seccomp:\s*(\d)", Path("/proc/1/status").read_text())
    with open("/proc/1/mem", "r+b", buffering=0):
        return f"writable, with filter {filtered and filtered[1]}"


def host_groups() -> str:
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    return " ".join(line for line in lines if line.split(":", 2)[2] != "/")


def become_root() -> str:
    return run("/usr/bin/su", "-c", "id -u", "root").strip()


def allocate(megabytes: int) -> str:
    block = bytearray(megabytes << 20)
    for place in range(0, len(block), 4096):
        block[place] = 1
    held.append(block)
    return f"{len(block) >> 20} MB"


def fill(folder: str, megabytes: int, files: int = 1) -> str:
    for number in range(files):
        with open(f"{folder}/file{number}", "wb") as file:
            for _ in range(megabytes):
                file.write(b"x" * (1 << 20))
    return "filled"


def create_many(folder: str, count: int) -> str:
    for number in range(count):
        os.close(os.open(f"{folder}/{number}", os.O_CREAT | os.O_WRONLY))
    return f"{count} files"


def fork_many(count: int) -> str:
    """Children that stay; returns how many there are when one more was refused, else "all"."""
    for number in range(count):
        try:
            if os.fork() == 0:
                os.close(3)  # the channel: it is to close with the program itself
                signal.pause()
        except OSError:
            return f"{number}"
    return "all"


def and_stay(program: str, *arguments: object) -> str:
    """Another program, after which this one goes on until it is killed."""
    globals()[program](*arguments)
    while True:
        signal.pause()


def start_threads(count: int) -> str:
    for number in range(count):
        try:
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        except RuntimeError:
            return f"{number}"
    return "all"


def spin() -> str:
    """Uses the processor for good, deaf to every signal that can be ignored."""
    for number in (signal.SIGXCPU, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def and_spin(program: str, *arguments: object) -> str:
    """Another program, after which this one goes on until its processor time is used up."""
    globals()[program](*arguments)
    return spin()


def open_many(count: int) -> str:
    return f"{len([open('/dev/null') for _ in range(count)])} open"


def orphan_many(count: int) -> str:
    """Orphans that end at once: process 1 must not keep them."""
    for _ in range(count):
        if os.fork() == 0:
            if os.fork() == 0:
                os._exit(0)
            os._exit(0)
        os.wait()
    return "all"


def leave_daemons(file: str) -> str:
    """A child, a child in its own session, and a daemon forked twice; each holds `file` locked, as long as it lives."""
    import fcntl

    for forks in range(3):
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(reading)
            for _ in range(forks):
                os.setsid()
                if os.fork():
                    os._exit(0)
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            descriptor = os.open(f"{file}{forks}", os.O_CREAT | os.O_RDWR)
            fcntl.lockf(descriptor, fcntl.LOCK_EX)
            os.close(3)  # the channel: the role's end alone must decide
            os.close(writing)
            while True:
                signal.pause()
        os.close(writing)
        os.read(reading, 1)  # until the daemon holds its lock
    return "left"


def tell_everything(channel: socket.socket, request: dict[str, Any]) -> None:
    """A role that sends, for each byte it gets, a line with all it can read of the machine; ends when the driver hangs up."""
    while channel.recv(1):
        channel.sendall(json.dumps(_everything(request["program"])).encode() + b"\n")


def _everything(program: str) -> dict[str, str]:
    told = globals()[program]()
    return {name: str(value) for name, value in told.items()}


def the_machine() -> dict[str, object]:
    """Every number of the whole machine: files outside the folders of processes, and what calls say of disks and memory."""
    files = [path for top in ("/proc", "/sys", "/dev", "/etc") for path in _files_below(top)]
    told: dict[str, object] = {path: _start_of(path) for path in files}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount = line.split()[4]
        if not mount.startswith((os.environ["HOME"], "/tmp", "/dev/shm")):
            told[f"disk {mount}"] = os.statvfs(mount)
    told |= {
        f"sysconf {name}": os.sysconf(name) for name in ("SC_PHYS_PAGES", "SC_AVPHYS_PAGES", "SC_NPROCESSORS_ONLN")
    }
    return told | {"sysinfo": _system_information(), "load": os.getloadavg()}


def _files_below(top: str) -> Iterator[str]:
    for folder, folders, names in os.walk(top):
        if top == "/proc" and folder == "/proc":
            folders[:] = [name for name in folders if not name.isdigit()]
        yield from (f"{folder}/{name}" for name in names if not os.path.islink(f"{folder}/{name}"))


def _start_of(path: str) -> str:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return "no ordinary file"
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    try:
        return repr(os.read(descriptor, 1 << 16))
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    finally:
        os.close(descriptor)


def _system_information() -> str:
    """All of sysinfo(2) but its first field, which is a clock."""
    room = ctypes.create_string_buffer(128)
    ctypes.CDLL(None).sysinfo(room)
    return room.raw[8:].hex()


def links_of_proc() -> dict[str, object]:
    """The kernel counts all processes of the machine among them."""
    return {"links": os.stat("/proc").st_nlink}


def sockets_of_all() -> dict[str, object]:
    """In the folder of each process, because they are its network's; some of the numbers are the machine's all the same."""
    return {"sockets": Path("/proc/self/net/sockstat").read_text()}


def number_of_a_pipe() -> dict[str, object]:
    """Pipes and sockets of the whole machine are numbered in one sequence, a processor taking 1,024 numbers at a time."""
    number = 0
    for _ in range(1_100):  # so that the number is of a thousand taken now
        reading, writing = os.pipe()
        number = os.fstat(reading).st_ino
        os.close(reading)
        os.close(writing)
    return {"thousands": number >> 14}


def use_much(folder: str) -> str:
    """Takes some of everything that a machine counts, and keeps it."""
    with open(f"{folder}/much", "wb") as file:
        file.write(b"x" * (7 << 20))
    held.append([socket.socket() for _ in range(40)])
    held.append([os.pipe() for _ in range(40)])
    for _ in range(20_000):
        for descriptor in os.pipe():
            os.close(descriptor)
    allocate(20)
    return fork_many(10)


def use_up(kind: str) -> str:
    """Takes of one thing that the kernel counts for a user or for all until it is refused; returns how often it got it."""
    take = {
        "descriptors in flight": _descriptors_in_flight,
        "pipes": lambda: os.pipe(),
        "pending signals": _pending_signal,
        "terminals": lambda: os.openpty(),
        "sockets": lambda: socket.socketpair(),
        "locked memory": lambda: _checked("mlock", ctypes.c_void_p(held_page()), ctypes.c_size_t(1 << 20)),
    }[kind]
    got = 0
    with contextlib.suppress(OSError):
        while got < 100_000:
            held.append(take())
            got += 1
    return str(got)


def _descriptors_in_flight() -> object:
    pair = socket.socketpair()
    socket.send_fds(pair[0], [b"x"], [0] * 250)
    return pair


def _pending_signal() -> object:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
    return _checked("sigqueue", os.getpid(), int(signal.SIGRTMIN), ctypes.c_void_p(0))


def held_page() -> int:
    room = ctypes.create_string_buffer(1 << 20)
    held.append(room)
    return ctypes.addressof(room)


def _checked(name: str, *arguments: object) -> int:
    result: int = getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def sent_by_asyncio(size: int) -> str:
    """Sends more over the loopback than a socket takes at once, by asyncio's own streams."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.writelines([bytes(size // 2)] * 2)
        await writer.drain()
        writer.close()

    async def fetch() -> int:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        read = len(await asyncio.wait_for(reader.read(-1), 10))
        writer.close()
        return read

    return str(asyncio.run(fetch()))


def is_served() -> str:
    """An ordinary program's needs, each tried once; returns what was refused."""
    import select

    tried: dict[str, Callable[[], object]] = {
        "a pipe": lambda: os.pipe(),
        "a terminal": lambda: os.openpty(),
        "a pair of sockets": lambda: socket.socketpair(),
        "a watch": lambda: select.epoll().register(os.pipe()[0]),
        "a signal": _pending_signal,
        "a process": lambda: run("/bin/true"),
        "a timer": lambda: signal.setitimer(signal.ITIMER_REAL, 100),
    }
    refused = []
    for what, attempt in tried.items():
        try:
            attempt()
        except OSError as error:
            refused.append(f"{what}: {error}")
    return "; ".join(refused)


def room_of_a_pipe() -> dict[str, object]:
    """The bytes that a new pipe takes before it is full."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    taken = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            taken += os.write(writing, b"x" * 4096)
    os.close(reading)
    os.close(writing)
    return {"bytes": taken}


def use_up_in_many(kind: str, processes: int) -> str:
    """`use_up` in so many processes, which keep what they got."""
    reading, writing = os.pipe()
    for _ in range(processes):
        if os.fork() == 0:
            os.close(3)  # the channel: it is to close with the program itself
            use_up(kind)
            os.write(writing, b".")
            while True:
                signal.pause()
    for _ in range(processes):
        os.read(reading, 1)
    return "used"
