"""The system-call filter of every box, as a BPF program.

Everything is allowed but what is named here: an allow list breaks the JVM, NumPy and DuckDB. A few calls are answered
by `listener` in the kernel's place, because programs need an answer and the true one tells of the whole machine.
Building it needs libseccomp on the machine that grades; installing it (`linux.install_filter`, bubblewrap's
`--seccomp`) needs nothing.
"""

from __future__ import annotations

import errno
import functools
import tempfile
from typing import Any

from groundschool.grading.box import machine
from groundschool.grading.box.limits import Limits

FORBIDDEN = [
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "fsopen",
    "fsmount",
    "fsconfig",
    "fspick",
    "open_tree",
    "move_mount",
    "mount_setattr",
    "swapon",
    "swapoff",
    "quotactl",
    "setns",
    "unshare",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "kcmp",
    "process_madvise",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "add_key",
    "request_key",
    "keyctl",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "open_by_handle_at",
    "name_to_handle_at",
    "acct",
    "settimeofday",
    "clock_settime",
    "adjtimex",
    "clock_adjtime",
    "reboot",
    "syslog",
    "vhangup",
    "personality",
    # Two boxes see the same read-only files: by a lock on one, who opens it, or what of it lies in memory, they could
    # talk.
    "fadvise64",
    "mincore",
    "cachestat",
    "readahead",
    "preadv2",
    "flock",
    "inotify_init",
    "inotify_init1",
    "fanotify_init",
]

# Memory that belongs to no process and to no folder: where there is no cgroup, nothing could count it.
UNCOUNTED = ["memfd_create", "memfd_secret", "shmget", "msgget", "semget", "mq_open"]

# What the kernel counts for a user or for the whole machine, not for a box: one box could use it up for everybody, and
# by what
# is left two could talk. sendmsg can put descriptors into sockets, where they count for the user; send and write are
# left.
COUNTED_FOR_ALL = ["sendmsg", "sendmmsg", "io_setup", "ustat", "quotactl_fd", "statmount", "listmount"]
ANSWERED = {"sysinfo": 0, "statfs": 1, "fstatfs": 1}  # which argument says where the answer goes

CLONE_FLAGS = (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000, 0x2000000)  # CLONE_NEW*
FAMILIES = {1, 2, 10, 16}  # unix, inet, inet6, netlink; vsock reaches the hypervisor past any network namespace
LAST_FAMILY = 64
PR_SET_PDEATHSIG = 1
TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
PIPE_SIZES = (1031, 1032)  # F_SETPIPE_SZ, F_GETPIPE_SZ
LOCKS_SEEN = (5, 36, 37, 38, 1024, 1026)  # F_GETLK, F_OFD_*, F_SETLEASE, F_NOTIFY; F_SETLK stays, which databases need
EVICTING = (20, 21)  # MADV_COLD, MADV_PAGEOUT

# The kernel reads these arguments as 32 bits; a plain comparison of 64 bits is passed by setting a bit above them.
LOW_WORD = 0xFFFFFFFF


@functools.cache
def program() -> bytes:
    """The filter as BPF instructions of eight bytes.

    Raises:
        ImportError, RuntimeError: pyseccomp, or the system's libseccomp, is missing.
    """
    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    denied = pyseccomp.ERRNO(errno.EPERM)
    for name in FORBIDDEN + UNCOUNTED + COUNTED_FOR_ALL:
        if _known(name):
            rules.add_rule(denied, name)
    for name in ANSWERED:
        rules.add_rule(pyseccomp.NOTIFY, name)
    # "Not there" and not "forbidden", so that the C library falls back to clone, whose flags can be seen.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in CLONE_FLAGS:
        rules.add_rule(denied, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    _deny_arguments(rules, denied)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def answers(limits: Limits) -> list[tuple[int, int, bytes]]:
    """For `listener`: the number of each answered call, the argument that says where the answer goes, and the
    answer.
    """
    import pyseccomp

    said = {"sysinfo": machine.memory(limits), "statfs": machine.disk(limits), "fstatfs": machine.disk(limits)}
    return [
        (pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name), position, said[name])
        for name, position in ANSWERED.items()
    ]


def _deny_arguments(rules: Any, denied: int) -> None:
    import pyseccomp

    def deny(action: int, name: str, position: int, value: int) -> None:
        rules.add_rule(action, name, pyseccomp.Arg(position, pyseccomp.MASKED_EQ, LOW_WORD, value))

    # A process 1 that was taken over from inside must still end with the driver.
    deny(denied, "prctl", 0, PR_SET_PDEATHSIG)
    for request in TERMINAL_INJECTION:
        deny(denied, "ioctl", 1, request)
    for command in LOCKS_SEEN + PIPE_SIZES:
        deny(denied, "fcntl", 1, command)
    for advice in EVICTING:
        deny(denied, "madvise", 2, advice)
    for family in set(range(1, LAST_FAMILY)) - FAMILIES:
        for name in ("socket", "socketpair"):
            deny(pyseccomp.ERRNO(errno.EAFNOSUPPORT), name, 0, family)


def _known(name: str) -> bool:
    """Whether the installed libseccomp has heard of a call; an old one lacks the newest."""
    import pyseccomp

    return bool(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0)
