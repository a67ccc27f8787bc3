"""Examines the machine: what the course needs, what was found, and how to get what is missing.

Nothing is printed or repaired here; `groundschool doctor` prints.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from groundschool import course
from groundschool.engines import java
from groundschool.errors import GroundSchoolError

GIB = 1024**3
MEMORY_GIB = 3.0  # a session's JVM and its Python, a box's grader, and JupyterLab
DISK_GIB = 2.0
LISTED = 3
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True)
class Finding:
    """One thing examined. `found` says what was seen; `fix` what to do, empty when `ok`; not everything is
    `required`.
    """

    name: str
    ok: bool
    found: str
    fix: str = ""
    required: bool = True


def examine() -> tuple[Finding, ...]:
    """Every finding, in the order in which faults are best repaired. Takes a few seconds: it starts a JVM and a box."""
    return tuple(look() for look in LOOKS)


def python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding(
        "Python", ok, found, "" if ok else "3.11, 3.12 or 3.13 was expected: `make setup PYTHON=python3.12`."
    )


def packages() -> Finding:
    """Compares what is installed with requirements.txt; outside a clone of the course there is nothing to compare
    with.
    """
    try:
        pins = course.find(Path.cwd()).root / "requirements.txt"
        lines = pins.read_text(encoding="utf-8").splitlines()
    except (GroundSchoolError, OSError):
        return Finding("packages", True, "no requirements.txt here to compare with", required=False)
    faults = out_of_step(lines)
    listed = "; ".join(faults[:LISTED]) + (f"; and {len(faults) - LISTED} more" if len(faults) > LISTED else "")
    return Finding(
        "packages",
        not faults,
        f"{listed}." if faults else "as the lock has them",
        "`make setup` installs the lock's." if faults else "",
        required=False,
    )


def out_of_step(lines: list[str]) -> list[str]:
    """What differs from pins, `name==version ; marker` a line: a sentence's part for each package that is another or
    missing.
    """
    faults = []
    for line in lines:
        requirement = Requirement(line) if line and not line.startswith("#") else None
        if requirement is None or (requirement.marker and not requirement.marker.evaluate()):
            continue
        pin = str(requirement.specifier).removeprefix("==")
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            faults.append(f"{requirement.name} {pin} is missing")
            continue
        if found != pin:
            faults.append(f"{requirement.name} is {found}, the lock has {pin}")
    return faults


def bytecode() -> Finding:
    """Looks at every package's first module: an installer compiles all modules or none."""
    modules = list(Path(sysconfig.get_paths()["purelib"]).glob("*/__init__.py"))
    bare = [module.parent.name for module in modules if not Path(importlib.util.cache_from_source(module)).exists()]
    ok = len(bare) * 10 <= len(modules)
    found = f"{len(modules) - len(bare)} of {len(modules)} packages are compiled"
    fix = "" if ok else f"Starts take two to three times as long: `{sys.executable} -m compileall -q {sys.prefix}/lib`."
    return Finding("bytecode", ok, found, fix, required=False)


def java_runtime() -> Finding:
    if importlib.util.find_spec("pyspark") is None:
        return Finding("Java", True, "not needed: PySpark is not installed", required=False)
    try:
        home, version = java.java_home(), java.version()
    except GroundSchoolError as error:
        return Finding("Java", False, str(error), "`make setup` installs one.")
    ok = version >= java.OLDEST or version == 0
    fix = "" if ok else f"Spark needs {java.OLDEST} or later: unset JAVA_HOME to use the course's own."
    return Finding("Java", ok, f"{version or 'unknown version'} in {home}", fix)


def class_data_cache() -> Finding:
    if importlib.util.find_spec("pyspark") is None:
        return Finding("class-data cache", True, "not needed: PySpark is not installed", required=False)
    try:
        cache = java.class_data_cache()
        ok = java.cache_is_used()
    except GroundSchoolError as error:
        return Finding("class-data cache", False, str(error), "`make setup` installs a Java.", required=False)
    found = "used" if ok else "not accepted by the JVM" if cache.exists() else "not built"
    fix = "" if ok else "Spark takes three times the processor time to start: `python3 bootstrap.py --again` builds it."
    return Finding("class-data cache", ok, found, fix, required=False)


def sandbox() -> Finding:
    try:
        from groundschool.grading.box.probe import containment, probe
    except ImportError as error:
        return Finding(
            "sandbox", False, f"{error}.", "Only grading needs it: `pip install '.[grading]'`.", required=False
        )
    reason = probe()
    if reason:
        return Finding("sandbox", False, reason, "Until then `groundschool grade` grades only with --trust.")
    contained = containment()
    found = f"works; memory and processes are contained by {contained}"
    if contained == "watcher":
        found = "works; without a cgroup a watcher ends what takes too much memory, so memory is not strictly contained"
    return Finding("sandbox", True, found)


def memory() -> Finding:
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in map(Path, CGROUP_LIMITS):
        if limit.is_file() and (text := limit.read_text(encoding="ascii").strip()).isdigit():
            size = min(size, int(text))
    ok = size >= MEMORY_GIB * GIB
    fix = "" if ok else f"About {MEMORY_GIB:g} GiB were expected: close other programs, grade with `--workers 1`."
    return Finding("memory", ok, f"{size / GIB:.1f} GiB", fix, required=False)


def disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    ok = free >= DISK_GIB * GIB
    fix = "" if ok else f"About {DISK_GIB:g} GiB were expected: remove files, or move the course to another disk."
    return Finding("disk", ok, f"{free / GIB:.1f} GiB free", fix, required=False)


def ports() -> Finding:
    """Local services and Spark listen on the loopback interface, at ports that the system chooses."""
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(server.getsockname(), timeout=5),
        ):
            return Finding("loopback ports", True, "can be opened on 127.0.0.1")
    except OSError as error:
        fix = "Bring the loopback interface up, or allow connections to 127.0.0.1 in the firewall."
        return Finding("loopback ports", False, f"127.0.0.1 cannot be used ({error.strerror}).", fix)


def browser() -> Finding:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    fix = "" if found else "Only some tests need one; they are skipped: `apt-get install chromium`."
    return Finding("Chromium", found is not None, found or "not installed.", fix, required=False)


LOOKS: tuple[Callable[[], Finding], ...] = (
    python,
    packages,
    bytecode,
    java_runtime,
    class_data_cache,
    sandbox,
    memory,
    disk,
    ports,
    browser,
)
