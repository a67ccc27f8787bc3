"""What a program in a box tries in order to get out of it. Each first works outside a box, or in a box with one wall missing."""

from __future__ import annotations

import os
import secrets
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyseccomp
import pytest

import groundschool
from groundschool.grading.box import bubblewrap, cgroup, forkserver, linux
from groundschool.grading.box.box import Box
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import SQL

Play = Callable[..., Any]
AS_ROOT = os.geteuid() == 0
ONLY_ROOT_CAN = pytest.mark.skipif(not AS_ROOT, reason="an ordinary user cannot do it outside a box either")


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[str]:
    """A mark in a file that this process holds open, and in its environment."""
    mark = "S3CR3T-" + secrets.token_hex(8)
    os.environ["DRIVER_SECRET"] = mark
    path = tmp_path / "secret.txt"
    path.write_text(mark)
    with path.open():
        yield mark
    del os.environ["DRIVER_SECRET"]


def assert_held(play: Play, program: str, *arguments: object) -> None:
    """The program gets something outside a box and nothing inside."""
    assert play(None, program, *arguments).got
    inside = play(Box(SQL), program, *arguments)
    assert not inside.ended
    assert inside.got == ""


@pytest.fixture
def without_argument(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Takes one wall out of every box: the options named, with the values behind them."""
    whole = bubblewrap.arguments

    def remove(*options: str) -> None:
        def fewer(*given: Any) -> list[str]:
            parts = whole(*given)
            place = next(i for i in range(len(parts)) if tuple(parts[i : i + len(options)]) == options)
            return parts[:place] + parts[place + len(options) :]

        monkeypatch.setattr(bubblewrap, "arguments", fewer)

    return remove


# The four escapes from a box that was built the ordinary way


def test_bubblewrap_itself_is_no_file_in_reach(play: Play, without_argument: Callable[..., None]) -> None:
    assert play(Box(SQL), "change_mode_of_executables").got == ""
    program = bubblewrap.find()
    assert program
    if not AS_ROOT and program.stat().st_uid != os.geteuid():
        pytest.skip("the control needs a bubblewrap of one's own")
    without_argument("--as-pid-1")
    assert "bwrap" in play(Box(SQL), "change_mode_of_executables").got


def test_the_interpreter_of_the_fork_server_is_no_file_in_reach(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.open(os.path.realpath(sys.executable), os.O_RDONLY)
    monkeypatch.setattr(forkserver, "_interpreter", lambda: plain)
    here = {"PYTHONPATH": str(Path(__file__).parent)}
    owned = AS_ROOT or os.stat(plain).st_uid == os.geteuid()
    with ForkServer("box_roles", preload=[], environment=here) as careless:
        if owned:
            assert "python" in play(Box(SQL), "change_mode_of_executables", by=careless).got
    assert play(Box(SQL), "change_mode_of_executables").got == ""


def test_the_first_process_cannot_be_taken_over(play: Play, without_argument: Callable[..., None]) -> None:
    assert "Read-only" in play(Box(SQL), "write_to_first_process").failed
    without_argument("--remount-ro", "/proc")
    assert play(Box(SQL), "write_to_first_process").got == "writable, with filter 2"


def test_paths_of_the_hosts_groups_are_not_seen(play: Play, without_argument: Callable[..., None]) -> None:
    inside = play(Box(SQL), "host_groups")
    assert (inside.got, inside.failed) == ("", "")
    if not cgroup.find():
        pytest.skip("the control needs a group that is not the top one; here none can be made")
    without_argument("--unshare-cgroup-try")
    assert "groundschool" in play(Box(SQL), "host_groups").got


# The host's files


def test_a_file_of_the_host_is_not_read(play: Play, tmp_path: Path, secret: str) -> None:
    assert_held(play, "read", str(tmp_path / "secret.txt"))


def test_no_process_leads_to_the_hosts_files(play: Play, tmp_path: Path, secret: str) -> None:
    assert_held(play, "read_through_proc", str(tmp_path / "secret.txt"))


def test_the_checkout_and_other_submissions_are_not_seen(play: Play) -> None:
    checkout = Path(groundschool.__file__).parents[2]
    assert_held(play, "exists", str(checkout / "pyproject.toml"), str(checkout / "source"), str(checkout / "tests"))


def test_files_that_others_hold_open_are_not_seen(play: Play, secret: str) -> None:
    assert_held(play, "open_files_of_others")


def test_files_that_others_hold_open_are_not_opened_again(play: Play, secret: str) -> None:
    assert_held(play, "read_open_files", secret[::-1])


def test_no_file_of_the_system_or_the_environment_is_written(play: Play) -> None:
    paths = [
        groundschool.__file__,
        "/usr/bin/env",
        "/etc/passwd",
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/vm/drop_caches",
    ]
    if AS_ROOT:
        assert play(None, "open_for_writing", *paths).got.split() == paths
    assert play(Box(SQL), "open_for_writing", *paths, "/proc/sysrq-trigger", sys.executable).got == ""


@ONLY_ROOT_CAN
def test_nothing_is_created_beside_the_systems_files(play: Play) -> None:
    assert_held(play, "create_in", "/", "/usr", "/etc", "/dev", sys.prefix)


@ONLY_ROOT_CAN
def test_modes_of_the_hosts_devices_and_kernel_files_are_not_changed(play: Play) -> None:
    assert_held(play, "change_mode", "/dev/null", "/dev/urandom", "/proc/cpuinfo")


@ONLY_ROOT_CAN
def test_libraries_in_memory_are_no_way_to_their_files(play: Play) -> None:
    assert_held(play, "change_mode_of_mapped_files")


def test_the_copy_of_the_interpreter_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "program").write_bytes(b"content")
    copy = linux.sealed_copy(str(tmp_path / "program"))
    try:
        os.fchmod(copy, 0o777)
        with pytest.raises(PermissionError):
            os.pwrite(copy, b"X", 0)
        assert os.pread(copy, 10, 0) == b"content"
    finally:
        os.close(copy)


# Other processes


def test_other_processes_are_not_seen(play: Play) -> None:
    assert_held(play, "processes")


def test_the_driver_and_the_fork_server_get_no_signal(play: Play, server: ForkServer) -> None:
    assert_held(play, "reach_by_signal", os.getpid(), server.pid)


def test_no_descriptor_of_the_fork_server_is_inherited(play: Play) -> None:
    assert play(Box(SQL), "foreign_descriptors", 1).got == "4"
    inside = play(Box(SQL), "foreign_descriptors", 0)
    assert (inside.got, inside.failed) == ("", "")


def test_no_secret_of_the_driver_is_in_memory_or_environment(play: Play, server: ForkServer, secret: str) -> None:
    request = {"program": "secret_in_memory", "arguments": [secret[::-1]], "environment": {"LEAKED": secret}}
    with server.enter(None, "play", request) as channel:
        assert b'"got": ""' not in channel.recv(1000)
    inside = play(Box(SQL), "secret_in_memory", secret[::-1])
    assert (inside.got, inside.failed) == ("", "")


def test_two_live_boxes_share_no_folder(play: Play, server: ForkServer) -> None:
    name = f"/tmp/groundschool-{secrets.token_hex(8)}"
    assert play(None, "write", name, "mark").got
    assert play(None, "read", name).got == "mark"
    os.unlink(name)
    marks = [f"{folder}/{secrets.token_hex(8)}" for folder in bubblewrap.WRITABLE]
    with Box(SQL) as first, server.enter(first, "play", {"program": "create", "arguments": marks}) as channel:
        assert b"3 created" in channel.recv(1000)
        assert play(Box(SQL), "exists", *marks).got == ""


# The network


def test_the_hosts_ports_are_not_reached(play: Play) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert_held(play, "connect_tcp", listening.getsockname()[1])


def test_abstract_sockets_of_the_host_are_not_reached(play: Play) -> None:
    name = secrets.token_hex(8)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"\0{name}")
        listening.listen()
        assert_held(play, "connect_unix", f"@{name}")


def test_sockets_in_the_hosts_folders_are_not_reached(play: Play, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        listening.listen()
        assert_held(play, "connect_unix", str(tmp_path / "socket"))


def test_only_loopback_is_there(play: Play) -> None:
    assert play(Box(SQL), "evaluate", "[name for _, name in socket.if_nameindex()]").got == "['lo']"


# Privileges


@ONLY_ROOT_CAN
def test_limits_are_not_raised(play: Play) -> None:
    assert play(Box(SQL), "raise_limits").got == ""
    if not play(None, "raise_limits").got:
        pytest.skip("root lacks CAP_SYS_RESOURCE here: it cannot do it outside a box either")


@ONLY_ROOT_CAN
def test_a_setuid_program_gives_nothing_back(play: Play) -> None:
    assert_held(play, "become_root")


def test_no_capability_is_left(play: Play) -> None:
    state = play(Box(SQL), "read", "/proc/self/status").got
    lines = dict(line.split(":\t", 1) for line in state.splitlines() if ":\t" in line)
    assert {lines[f"Cap{kind}"].strip("0") for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {""}
    assert (lines["NoNewPrivs"], lines["Seccomp"], lines["Uid"].split()[0]) == ("1", "2", "1000")


HIGH = 1 << 32  # a bit that the kernel ignores in an argument of 32 bits
REFUSED = ("EPERM", "ENOSYS", "EAFNOSUPPORT")
CALLS = {
    "a user namespace": ("unshare", 0x10000000),
    "a user namespace by clone": ("clone", 0x10000000 | 0x200),
    "clone3": ("clone3", 0, 0),
    "entering a namespace": ("setns", -1, 0),
    "mounting": ("mount", 0, 0, 0, 0, 0),
    "the new mount calls": ("open_tree", -1, 0, 0),
    "tracing": ("ptrace", 16, 1 << 30, 0, 0),
    "another's memory": ("process_vm_readv", 1 << 30, 0, 0, 0, 0, 0),
    "another's descriptors": ("pidfd_getfd", -1, 0, 0),
    "io_uring": ("io_uring_setup", 0, 0),
    "page faults": ("userfaultfd", 0x40000001),
    "keys": ("keyctl", 999),
    "personality": ("personality", 0xFFFFFFFF),
    "files of no folder": ("memfd_create", 0, 0),
    "shared memory of no process": ("shmget", 0, 0, 0),
    "hypervisor sockets": ("socket", 40, 1, 0),
    "hypervisor sockets, with a high bit": ("socket", 40 | HIGH, 1, 0),
    "crypto sockets": ("socket", 38, 5, 0),
    "packet sockets, with a high bit": ("socket", 17 | HIGH, 3, 0),
    "outliving the driver": ("prctl", 1, 0, 0, 0, 0),
    "outliving the driver, with a high bit": ("prctl", 1 | HIGH, 0, 0, 0, 0),
    "typing into the terminal": ("ioctl", 0, 0x5412, 0),
    "typing into the terminal, with a high bit": ("ioctl", 0, 0x5412 | HIGH, 0),
}


@pytest.mark.parametrize("what", CALLS)
def test_a_system_call_is_filtered(play: Play, what: str) -> None:
    name, *arguments = CALLS[what]
    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    outside = play(None, "call", number, *arguments).got
    inside = play(Box(SQL), "call", number, *arguments).got
    if outside == inside == "EAFNOSUPPORT":
        pytest.skip("this kernel has no such sockets")
    assert outside != inside
    assert inside in REFUSED


def test_devices_still_work_after_they_were_protected(play: Play) -> None:
    assert play(Box(SQL), "evaluate", "open('/dev/null', 'w').write('x') and len(os.urandom(4))").got == "4"
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
