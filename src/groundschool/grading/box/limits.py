"""What a process of a submission may use, as numbers; who enforces each number is written beside it.

The kernel enforces all but two: wall time and output are the driver's to watch, which closes the box when one is
exceeded.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30
VALUE = 80 * MIB  # a value of 64 MiB and its description


@dataclass(frozen=True)
class Limits:
    """Caps of one box. Memory, tasks and disk are the whole box's; CPU, files and open files are each process's."""

    wall_seconds: float  # for one cell or one call; the driver closes the box
    cpu_seconds: (
        int  # SIGXCPU at the limit, SIGKILL a second later; no less than a dozen questions may take of wall time
    )
    memory_bytes: int  # cgroup, which counts files in the box's own folders too; else the watcher
    tasks: int  # processes and threads: cgroup; else RLIMIT_NPROC and the watcher
    disk_bytes: int  # each writable folder: home and /tmp
    file_bytes: int  # one file
    output_bytes: int  # one message that the driver accepts from the box; a larger one ends the box
    open_files: int


CANDIDATE = Limits(
    wall_seconds=60,
    cpu_seconds=900,
    memory_bytes=GIB,
    tasks=128,
    disk_bytes=64 * MIB,
    file_bytes=64 * MIB,
    output_bytes=VALUE,
    open_files=1024,
)

# Spark holds about 280 jars open, runs some forty threads idle, and shuffles through files.
CANDIDATE_JVM = Limits(
    wall_seconds=180,
    cpu_seconds=2400,
    memory_bytes=5 * GIB // 2,
    tasks=1024,
    disk_bytes=256 * MIB,
    file_bytes=256 * MIB,
    output_bytes=VALUE,
    open_files=4096,
)

EXAMINER = Limits(
    wall_seconds=600,
    cpu_seconds=120,
    memory_bytes=GIB,
    tasks=64,
    disk_bytes=16 * MIB,
    file_bytes=16 * MIB,
    output_bytes=256 * MIB,  # the tables of a call
    open_files=256,
)

SQL = Limits(
    wall_seconds=60,
    cpu_seconds=900,
    memory_bytes=GIB,
    tasks=64,
    disk_bytes=16 * MIB,
    file_bytes=16 * MIB,
    output_bytes=VALUE,
    open_files=256,
)

# What a submission keeps in the lab is kept in memory.
LAB = Limits(
    wall_seconds=60,
    cpu_seconds=120,
    memory_bytes=GIB,
    tasks=64,
    disk_bytes=64 * MIB,
    file_bytes=64 * MIB,
    output_bytes=0,  # it says nothing to the driver
    open_files=1024,
)
