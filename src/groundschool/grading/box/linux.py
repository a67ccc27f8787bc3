"""The system calls of Linux that Python's library has no name for, each as one function.

Knows nothing of boxes or submissions; `entry` says in which order they are made.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import stat
import struct
from collections.abc import Sequence
from pathlib import Path

NAMESPACES = 0x20000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000  # mount, uts, ipc, user, pid, net
MOUNT_NAMESPACE, USER_NAMESPACE, NS_GET_USERNS = 0x20000, 0x10000000, 0xB701
MS_NOSUID, MS_NOEXEC, MS_REMOUNT = 2, 8, 32
MOST_TERMINALS = 16
SYS_MOUNT_SETATTR, MOUNT_ATTR_RDONLY = 442, 1
CGROUP_NAMESPACE = 0x2000000
PR_SET_DUMPABLE, PR_CAPBSET_DROP = 4, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 36, 38, 47, 4
SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER = 1, 8
SYS_PIDFD_GETFD = 438
CAPABILITY_VERSION = 0x20080522
ADD_SEALS, ALL_SEALS = 1033, 15
LAST_DESCRIPTOR = (1 << 31) - 2

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> int:
    """Raises OSError, naming the call, when the kernel refuses."""
    result: int = getattr(_libc, name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def enter_namespaces(pidfd: int) -> None:
    """Moves the caller into all namespaces of the process behind `pidfd`; into its pid namespace only children will go.

    The caller must have one thread. Raises OSError.
    """
    if os.geteuid() == 0:
        _call("setns", pidfd, MOUNT_NAMESPACE)
        _protect_devices()
    else:
        _own_mounts(pidfd)
        _call("setns", pidfd, MOUNT_NAMESPACE)
    _limit_terminals()
    try:
        _call("setns", pidfd, NAMESPACES | CGROUP_NAMESPACE)
    except OSError as error:
        # Where the kernel has no cgroup namespaces none was made; setns takes all or nothing.
        if error.errno not in (errno.EPERM, errno.EINVAL):
            raise
        _call("setns", pidfd, NAMESPACES)


def _own_mounts(pidfd: int) -> None:
    """Enters the user namespace to which the mounts belong: there the box's user may change them. The box's own lies
    below.
    """
    lines = dict(line.split(":\t", 1) for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines())
    mounts = os.open(f"/proc/{lines['Pid']}/ns/mnt", os.O_RDONLY)
    try:
        owner = fcntl.ioctl(mounts, NS_GET_USERNS)
    finally:
        os.close(mounts)
    try:
        _call("setns", owner, USER_NAMESPACE)
    finally:
        os.close(owner)


def _limit_terminals() -> None:
    """The machine has some thousand pseudo-terminals for all its boxes: each gets a few."""
    options = f"max={MOST_TERMINALS},mode=620,ptmxmode=666".encode()  # what is not said again is lost
    _call("mount", None, b"/dev/pts", None, MS_REMOUNT | MS_NOSUID | MS_NOEXEC, options)


def _protect_devices() -> None:
    """Makes the device files of the mount namespace read-only; they can be written to all the same, as devices.

    They are the host's own files: a box made by root is their owner and could change their mode for everybody.
    """
    for name in os.listdir("/dev"):
        path = f"/dev/{name}"
        if stat.S_ISCHR(os.lstat(path).st_mode):
            attributes = struct.pack("4Q", MOUNT_ATTR_RDONLY, 0, 0, 0)
            _call("syscall", SYS_MOUNT_SETATTR, -1, path.encode(), 0, attributes, len(attributes))


def drop_capabilities() -> None:
    """Empties every capability set of the caller, for good."""
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break
    _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _call("capset", struct.pack("II", CAPABILITY_VERSION, 0), struct.pack("6I", 0, 0, 0, 0, 0, 0))


def install_filter(program: bytes) -> int:
    """No new privileges from here on, and the system-call filter. Later calls may be refused.

    Returns the descriptor at which the kernel tells of the calls that the filter leaves to somebody else.
    """
    # Entering namespaces cleared it: without it /proc/self would belong to nobody.
    _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    number = SYS_SECCOMP[os.uname().machine]
    return _call("syscall", number, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, header)


def taken(pidfd: int, descriptor: int) -> int:
    """A copy of a descriptor of the process behind `pidfd`, which must be the caller's child. Raises OSError."""
    return _call("syscall", SYS_PIDFD_GETFD, pidfd, descriptor, 0)


def adopt_orphans() -> None:
    """Descendants whose parent ends become children of the caller, not of process 1."""
    _call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def silence() -> None:
    """Makes standard input, output and error /dev/null."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    if null > 2:
        os.close(null)


def keep_only(descriptors: Sequence[int]) -> list[int]:
    """Closes every descriptor but these, which move to 3, 4, … in order; returns their new numbers."""
    above = max((*descriptors, len(descriptors) + 2)) + 1
    moved = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, above) for descriptor in descriptors]
    silence()
    for number, descriptor in enumerate(moved, start=3):
        os.dup2(descriptor, number)
    close_from(3 + len(moved))
    return list(range(3, 3 + len(moved)))


def close_from(first: int, last: int = LAST_DESCRIPTOR) -> None:
    """Closes the descriptors from `first` to `last`."""
    os.closerange(first, last + 1)


def sealed_copy(path: str) -> int:
    """A descriptor of a copy of `path` in memory that nobody can change any more.

    A process that was forked and never executed anything has the file it was started from as /proc/self/exe, past every
    read-only mount; whoever owns that file could change its mode or its content from inside a box.
    """
    copy = os.memfd_create("python", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    with open(path, "rb") as file:
        while os.sendfile(copy, file.fileno(), None, 1 << 30):
            pass
    os.fchmod(copy, 0o555)
    fcntl.fcntl(copy, ADD_SEALS, ALL_SEALS)
    return copy
