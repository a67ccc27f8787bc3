"""Stock nbgrader on an attack: `nbgrader autograde` and `generate_feedback` without `configure`, in one outer box.

The box has no network, its own processes, a read-only machine, a copy of the course on a small disk of its own, and a group
that caps memory and processes: an attack can win inside that copy and hurt nothing else. What wins there is decided by the
same rules as here, inside the box (`python stock.py <attack>` is what runs in it).

An attack that exhausts a machine has won when it meets one of the box's caps, or leaves a notebook too large to read.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from judging import Ended, Left, print_of, wins
from running import gradebook, handed_in, register, run
from submissions import NEIGHBOUR, Attack, Site, attacks

from groundschool.grading import bubblewrap, cgroup
from groundschool.grading.limits import GIB, MIB, Limits

CAPS = Limits(wall_seconds=90, cpu_seconds=90, memory_bytes=2 * GIB, tasks=150, disk_bytes=384 * MIB, file_bytes=384 * MIB,
              output_bytes=MIB, open_files=1024)  # fmt: skip
SECONDS_A_COMMAND = 60
LARGEST_NOTEBOOK = 8 * MIB
ALONE = {"trial": 30.0, "foreign": 15.0}
STOCK_CONFIG = (
    "c = get_config()\nc.CourseDirectory.course_id = 'hostile'\nc.ClearSolutions.code_stub = {'python': ''}\n"
)
ANSWER = "stock-verdict:"


def verdict(attack: Attack) -> list[str]:
    """Why the attack wins against stock nbgrader; nothing when it does not. Raises OSError where no group can be made."""
    hierarchy = cgroup.find()
    group = cgroup.Cgroup(hierarchy, CAPS) if hierarchy else None
    try:
        output, in_time = _boxed(attack, group)
        refused = group.counts() if group else None
    finally:
        if group:
            group.remove()
    exhausted = [f"it met the cap on {what}" for what, count in
                 (("memory", refused.memory_kills), ("processes", refused.refused_tasks)) if count] if refused else []  # fmt: skip
    for line in output.splitlines():
        if line.startswith(ANSWER):
            return [*json.loads(line.removeprefix(ANSWER)), *(exhausted if attack.prefix == "no_harm_" else [])]
    return ["the run did not end" if not in_time else "the run was ended from inside", *exhausted]


def _boxed(attack: Attack, group: cgroup.Cgroup | None) -> tuple[str, bool]:
    """What the box printed, and whether it ended in time."""
    join = "".join(f"echo $$ > {door}; " for door in (group.doors if group else []))
    command = [
        "sh",
        "-c",
        f'{join}ulimit -f {CAPS.file_bytes // 512}; exec "$@"',
        "sh",
        *_box(),
        str(Path(__file__)),
        attack.name,
    ]
    with tempfile.TemporaryFile() as printed:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            started.wait(4 * SECONDS_A_COMMAND)
            in_time = True
        except subprocess.TimeoutExpired:
            in_time = False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        printed.seek(0)
        return printed.read().decode("utf-8", "replace"), in_time


def _box() -> Iterator[str]:
    yield from (str(bubblewrap.find()), *bubblewrap.ISOLATED, "--die-with-parent", "--new-session", "--clearenv")
    yield from ("--ro-bind", "/", "/", "--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev")
    for folder in ("/dev/shm", "/run", str(Path.home())):
        yield from ("--size", str(64 * MIB), "--tmpfs", folder)
    yield from ("--size", str(CAPS.disk_bytes), "--tmpfs", "/tmp")
    for readonly in {str(Path(__file__).resolve().parents[2]), sys.base_prefix, sys.prefix}:
        yield from ("--ro-bind", readonly, readonly)
    yield from (
        "--setenv",
        "HOME",
        "/tmp",
        "--setenv",
        "PATH",
        os.environ["PATH"],
        "--setenv",
        "LANG",
        "C.UTF-8",
        sys.executable,
    )


def main(name: str) -> None:
    """Inside the box: hands in, grades, decides, prints the answer on a line of its own."""
    attack = next(each for each in attacks() if each.name == name)
    root = Path(tempfile.mkdtemp())
    with handed_in([attack], root) as (site, doors):
        (site.course / "nbgrader_config.py").write_text(STOCK_CONFIG, encoding="utf-8")
        _only(site, attack.topic)
        register(site)
        before = print_of(site)
        in_time, running, output = _graded(site, attack)
        changed = tuple(name for name, digest in print_of(site).items() if before.get(name) != digest)
        scores = gradebook(site)
        alone = ALONE[attack.topic]
        ended = Ended(in_time, scores.get(NEIGHBOUR, 0.0), alone, running, changed, doors.knocks(), _exhausted(site))
        found = wins(attack, _left(site, attack, scores, output), ended, site)
    print(f"\n{ANSWER}{json.dumps(found)}", flush=True)


def _only(site: Site, topic: str) -> None:
    for folder in (site.course / "submitted" / NEIGHBOUR).iterdir():
        if folder.name != topic:
            shutil.rmtree(folder)


def _graded(site: Site, attack: Attack) -> tuple[bool, tuple[str, ...], str]:
    """The neighbour is graded too where an attack may harm it, and feedback is made where it counts: both take seconds."""
    who = [] if attack.prefix == "no_harm_" else [f"--student={attack.name}"]
    commands = ["autograde", *(["generate_feedback"] if attack.prefix == "no_script_" else [])]
    in_time, running, output = True, list[str](), ""
    for command in commands:
        ended, output, left = run(
            [sys.executable, "-m", "nbgrader", command, attack.topic, *who], site.course, SECONDS_A_COMMAND
        )
        in_time, running = in_time and ended, [*running, *left]
    return in_time, tuple(running), output


def _left(site: Site, attack: Attack, scores: dict[str, float], output: str) -> Left:
    graded = list((site.course / "autograded" / attack.name).glob("*/*.ipynb"))
    outputs = [
        json.dumps(_outputs(path), ensure_ascii=False) for path in graded if path.stat().st_size < 4 * LARGEST_NOTEBOOK
    ]
    pages = [path.read_text(encoding="utf-8", errors="replace")
             for path in (site.course / "feedback" / attack.name).glob("*/*.html")]  # fmt: skip
    return Left(scores.get(attack.name, 0.0), tuple(outputs), (*outputs, output), tuple(pages))


def _outputs(path: Path) -> list[object]:
    cells = json.loads(path.read_text(encoding="utf-8", errors="replace"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


def _exhausted(site: Site) -> str:
    disk = os.statvfs(site.root)
    large = [
        path
        for path in (site.course / "autograded").rglob("*")
        if path.is_file() and path.stat().st_size > LARGEST_NOTEBOOK
    ]
    if disk.f_bavail * disk.f_frsize < 32 * MIB:
        return "it filled the disk"
    if disk.f_files - disk.f_ffree > 100_000:
        return "it made more than 100,000 files"
    return "it left a file too large to read" if large else ""


if __name__ == "__main__":
    main(sys.argv[1])
