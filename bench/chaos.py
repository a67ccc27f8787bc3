"""Breaks a run of grading in every way a machine can, and holds its scores to those of an undisturbed one. Run by
`make chaos`; ends with 1 if anything differs.

The grader or one of its processes is killed at random again and again, a second grader works on the same folder, the
gradebook cannot be reached for a while, and the disk is full for a while (as root only, who may make a small one).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
from cohort import Cohort, Told
from throwaway import environment

TO_END_CLEANLY = 5.0  # seconds, after Ctrl-C
RUN_AT_MOST = 1800.0
DISK = 48 << 20  # and for each hand-in
EACH = 1 << 20
WAYS = (signal.SIGKILL, None, signal.SIGINT, None, signal.SIGTERM)  # None: one of its processes, by SIGKILL
REFUSED = 2


class Chaos:
    """A disturbed course and what was seen of it."""

    def __init__(self, cohort: Cohort, chance: random.Random) -> None:
        self.cohort, self.chance = cohort, chance
        self.faults: list[str] = []
        self.json = cohort.root.parent / "disturbed.json"

    def start(self, *more: str, out: str = "disturbed.json") -> subprocess.Popen[str]:
        """A run that has begun."""
        command = ("groundschool", "grade", "submitted", "--workers", "2", "--json", str(self.json.with_name(out)))
        return subprocess.Popen(
            [*command, *more], cwd=self.cohort.root, env=environment({}), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def ended(self, run: subprocess.Popen[str], what: str, codes: Sequence[int], words: str = "") -> None:
        """Waits for a run and tells how it ended; a traceback, another exit code or missing words are a fault."""
        try:
            said, _ = run.communicate(timeout=RUN_AT_MOST)
        except subprocess.TimeoutExpired:
            run.kill()
            said, _ = run.communicate()
            self.faults.append(f"{what}: it did not end in {RUN_AT_MOST:g} s.")
        last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
        print(f"{what}: exit code {run.returncode}, {self.cohort.kept} kept; {last.strip()[:140]}", flush=True)
        if "Traceback" in said or run.returncode not in codes or words not in said:
            self.faults.append(f"{what}: ended with {run.returncode} and said: {said[:1500]} … {said[-1500:]}")

    def kill(self, times: int) -> None:
        """Kills the grader or one of its processes so often, each time after some more has been graded."""
        run, killed = self.start(), 0
        while killed < times:
            self._graded_some_more(run)
            if run.poll() is not None:
                self.ended(run, "all were graded, and are to be graded again", (0, 3))
                self.cohort.forget()
                run = self.start()
                continue
            how = WAYS[killed % len(WAYS)]
            killed += 1
            if how is None:
                self._kill_one_of(run)
                continue
            begun = time.monotonic()
            run.send_signal(how)
            codes = (-how,) if how == signal.SIGKILL else (-how, 128 + how, 0, 3)  # it may have been about to end
            self.ended(run, f"kill {killed}, the grader by {how.name}", codes)
            if how == signal.SIGINT and (taken := time.monotonic() - begun) > TO_END_CLEANLY:
                self.faults.append(f"After Ctrl-C it took {taken:.1f} s to end.")
            run = self.start()
        self.ended(run, "the run after the last kill", (0, 3))

    def _graded_some_more(self, run: subprocess.Popen[str]) -> None:
        aim, patience = self.cohort.kept + self.chance.randint(0, 4), time.monotonic() + 120
        while run.poll() is None and self.cohort.kept < aim and time.monotonic() < patience:
            time.sleep(0.05)
        time.sleep(self.chance.random())

    def _kill_one_of(self, run: subprocess.Popen[str]) -> None:
        with contextlib.suppress(psutil.Error, IndexError):
            victim = self.chance.choice(psutil.Process(run.pid).children(recursive=True))
            print(f"killed process {victim.pid} of the grader ({victim.name()})", flush=True)
            victim.kill()


def main(arguments: Sequence[str]) -> int:
    """Makes the courses, disturbs one, compares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hand-ins", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of what is killed when; 0 means another one each time")
    asked = parser.parse_args(arguments)
    seed = asked.seed or random.SystemRandom().randrange(1, 1_000_000)
    print(f"seed {seed}")
    with (
        tempfile.TemporaryDirectory(prefix="groundschool-chaos-") as folder,
        _disk(Path(folder), DISK + EACH * asked.hand_ins) as small,
    ):
        calm = Chaos(Cohort(Path(folder) / "calm" / "course", asked.hand_ins), random.Random(seed))
        calm.ended(calm.start(), "undisturbed", (0, 3))
        chaos = Chaos(Cohort((small or Path(folder)) / "course", asked.hand_ins), random.Random(seed))
        if small:
            _fill_the_disk(chaos, small)
        chaos.kill(asked.kills)
        _take_the_gradebook_away(chaos)
        _two_graders(chaos)
        _compare(calm, chaos)
    for fault in (*calm.faults, *chaos.faults):
        print(f"FAULT {fault}")
    print(f"{len(calm.faults) + len(chaos.faults)} faults")
    return bool(calm.faults or chaos.faults)


@contextlib.contextmanager
def _disk(folder: Path, size: int) -> Iterator[Path | None]:
    """A small disk; None where none can be made."""
    place = folder / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        print("A full disk was left out: only root can make a small one.")
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def _fill_the_disk(chaos: Chaos, disk: Path) -> None:
    """Leaves room for the beginning of a run only."""
    run, filler = chaos.start(), disk / "filler"
    while run.poll() is None and chaos.cohort.kept < 3:
        time.sleep(0.05)
    with filler.open("wb") as file, contextlib.suppress(OSError):
        file.write(b"\0" * shutil.disk_usage(disk).free)
    chaos.ended(run, "the disk is full", (REFUSED,), "No space left on device")
    filler.unlink()


def _take_the_gradebook_away(chaos: Chaos) -> None:
    """Another program holds the gradebook's lock; a first gradebook of its own is written while it does."""
    held = sqlite3.connect(chaos.cohort.root / "gradebook.db", isolation_level=None)
    held.execute("begin exclusive")
    try:
        chaos.ended(chaos.start(), "the gradebook is locked", (REFUSED,), "locked")
    finally:
        held.close()
    with _postgresql(chaos.cohort.root.parent) as server:
        if server is None:
            print("PostgreSQL was left out: `initdb` and a driver for it were not found.")
            return
        address, control = server
        run = chaos.start("--db", address, out="postgresql.json")
        time.sleep(8 * chaos.chance.random())
        control("stop", "-m", "immediate")
        chaos.ended(run, "PostgreSQL is gone", (REFUSED, 0, 3))
        control("start")
        chaos.ended(chaos.start("--db", address, out="postgresql.json"), "PostgreSQL is back", (0, 3))


@contextlib.contextmanager
def _postgresql(folder: Path) -> Iterator[tuple[str, Callable[..., object]] | None]:
    """A server on a socket of its own: its address for `--db`, and how it is told to stop and to start."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:] or [Path(shutil.which("initdb") or "/").parent]
    if not programs or not (programs[0] / "initdb").is_file() or importlib.util.find_spec("psycopg") is None:
        yield None
        return
    place = Path(tempfile.mkdtemp(prefix="groundschool-pg-"))
    as_owner: list[str] = []
    if os.getuid() == 0:  # who may not run one
        shutil.chown(place, "nobody", "nogroup")
        as_owner = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]

    def control(*words: str) -> object:
        waited = ("-w", "-l", str(place / "log")) if words == ("start",) else ()
        return subprocess.run(
            [*as_owner, str(programs[0] / "pg_ctl"), "-D", str(place / "data"), *words, *waited],
            cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    try:
        control("init", "-o", "-A trust -U grader")
        with (place / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{place}'\n")
        control("start")
        yield f"postgresql+psycopg://grader@/postgres?host={place}", control
    finally:
        control("stop", "-m", "immediate")
        shutil.rmtree(place, ignore_errors=True)


def _two_graders(chaos: Chaos) -> None:
    """Two runs at once over the same hand-ins, after all that was graded is forgotten."""
    chaos.cohort.forget()
    one, other = chaos.start(), chaos.start(out="second.json")
    chaos.ended(one, "one of two graders", (0, 3))
    chaos.ended(other, "the other one", (0, 3))


def _compare(calm: Chaos, chaos: Chaos) -> None:
    """Every run's scores are the undisturbed one's, and everybody stands in the gradebook once."""
    expected = Told.of(calm.json)
    for path in sorted(chaos.json.parent.glob("*.json")):
        found = Told.of(path)
        different = expected.differences(found)
        print(f"{path.stem}: {len(found.results)} results, {len(different)} of them others than undisturbed")
        chaos.faults += [f"{path.stem}: {name} has another result than undisturbed." for name in different]
    entered = chaos.cohort.entered()
    print(f"gradebook: {len(entered)} candidates; scores {dict(sorted(expected.scores.items()))}")
    chaos.faults += [f"{name} stands in the gradebook {count} times." for name, count in entered.items() if count != 1]
    if entered.keys() != expected.results.keys():
        chaos.faults.append(f"The gradebook has {len(entered)} candidates; {len(expected.results)} were expected.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
