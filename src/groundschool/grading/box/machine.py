"""The machine as a box is shown it: numbers that follow from the box's limits, and settings that only root changes.

A number of the whole machine that one box can change and another can read is a line between the two, so none is shown:
what is in /proc beside processes is hidden, and what programs need of it stands here, as are the answers to sysinfo and
statfs.
"""

from __future__ import annotations

import functools
import os
import struct
from collections.abc import Mapping
from pathlib import Path

from groundschool.grading.box.limits import Limits

PROC = Path("/proc")
OF_PROCESSES = ("self", "thread-self", "mounts", "net")
KEPT = ("version", "filesystems")
SETTINGS = (
    "crypto/fips_enabled",
    "fs/pipe-max-size",
    "kernel/cap_last_cap",
    "kernel/ngroups_max",
    "kernel/osrelease",
    "kernel/ostype",
    "kernel/pid_max",
    "kernel/threads-max",
    "kernel/version",
    "net/core/somaxconn",
    "net/ipv4/ip_local_port_range",
    "vm/max_map_count",
    "vm/overcommit_memory",
    "vm/overcommit_ratio",
)
BLOCK = 4096
TMPFS = 0x01021994
LONGEST_NAME = 255
SECONDS_UP = 3600


def hidden() -> tuple[list[str], list[str]]:
    """The folders and the files of this machine's /proc that do not belong to a process, as paths."""
    names = [name for name in os.listdir(PROC) if not name.isdigit() and name not in OF_PROCESSES]
    folders = [f"/proc/{name}" for name in names if (PROC / name).is_dir()]
    return folders, [path for path in (f"/proc/{name}" for name in names) if path not in folders]


def files(limits: Limits) -> dict[str, str]:
    """The files that stand in /proc in place of the machine's own, by path."""
    total = limits.memory_bytes // 1024
    amounts = {"MemTotal": total, "MemFree": total, "MemAvailable": total} | dict.fromkeys(
        (
            "Buffers",
            "Cached",
            "SwapCached",
            "Active",
            "Inactive",
            "Shmem",
            "Slab",
            "SReclaimable",
            "SwapTotal",
            "SwapFree",
        ),
        0,
    )
    told = {
        "/proc/meminfo": "".join(f"{name + ':':<16}{amount:>8} kB\n" for name, amount in amounts.items()),
        "/proc/loadavg": "0.00 0.00 0.00 1/1 1\n",
        "/proc/uptime": f"{SECONDS_UP}.00 {SECONDS_UP}.00\n",
        "/proc/vmstat": "pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\npgfault 0\npgmajfault 0\n",
        "/proc/swaps": "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n",
        **_of_the_host(),
    }
    return {path: text for path, text in told.items() if os.path.exists(path)}


def memory(limits: Limits) -> bytes:
    """What sysinfo(2) answers: a machine of the box's memory, on which nothing else runs."""
    total = limits.memory_bytes
    return struct.pack("@l3L6L2H2LI", SECONDS_UP, 0, 0, 0, total, total, 0, 0, 0, 0, 1, 0, 0, 0, 1).ljust(112, b"\0")


def disk(limits: Limits) -> bytes:
    """What statfs(2) answers of any file system: an empty disk of the box's size."""
    blocks = limits.disk_bytes // BLOCK
    counts = (TMPFS, BLOCK, blocks, blocks, blocks, blocks, blocks, 0, LONGEST_NAME, BLOCK, 0)
    return struct.pack("@2l5Lq3l", *counts).ljust(120, b"\0")


@functools.cache
def _of_the_host() -> Mapping[str, str]:
    """Read once: a later look could tell a box what ran before it."""
    clocks = "".join(f"cpu{number} {'0 ' * 9}0\n" for number in ("", *range(os.cpu_count() or 1)))
    boot = next((line for line in _read(PROC / "stat").splitlines() if line.startswith("btime")), "btime 0")
    processors = [line for line in _read(PROC / "cpuinfo").splitlines() if not line.startswith("cpu MHz")]
    settings = {f"/proc/sys/{name}": _read(PROC / "sys" / name) for name in SETTINGS}
    return {
        "/proc/stat": f"{clocks}intr 0\nctxt 0\n{boot}\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n",
        "/proc/cpuinfo": "\n".join([*processors, ""]),
        **{f"/proc/{name}": _read(PROC / name) for name in KEPT},
        **{path: text for path, text in settings.items() if text},
    }


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
