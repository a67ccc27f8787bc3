"""Stock nbgrader on an attack: `nbgrader autograde` and `generate_feedback` without `configure`, in one outer box.

The box has no network, its own processes, a read-only machine, a copy of the course on a small disk of its own, and a group
that caps memory and processes: an attack can win inside that copy and hurt nothing else. What wins there is decided by the
same rules as here, inside the box (`python stock.py <attacks>` is what runs in it).

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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from judging import Ended, Left, print_of, wins
from running import gradebook, handed_in, register, run
from submissions import NEIGHBOUR, PREFIXES, TOPICS, Attack, Site, attacks, by_kind

from groundschool.grading.box import bubblewrap, cgroup
from groundschool.grading.box.limits import GIB, MIB, Limits

CAPS = Limits(wall_seconds=90, cpu_seconds=90, memory_bytes=2 * GIB, tasks=150, disk_bytes=384 * MIB, file_bytes=384 * MIB,
              output_bytes=MIB, open_files=1024)  # fmt: skip
# Classes whose attacks change what all share: each is graded alone.
APART = (
    "gradebook and scores written",
    "notebook structure and tags",
    "quiet ends",
    "network",
    "host or course written",
    "grader killed",
)
LARGEST_NOTEBOOK = 8 * MIB
UNANSWERED = 2.0  # what stock nbgrader pays for a released `trial` as it is; here it earns nothing
ALONE = {"trial": 30.0, "foreign": 15.0}
STOCK_CONFIG = (
    "c = get_config()\nc.CourseDirectory.course_id = 'hostile'\nc.ClearSolutions.code_stub = {'python': ''}\n"
)
ANSWER = "stock-verdict:"


def batches(chosen: Sequence[Attack]) -> list[list[Attack]]:
    """The attacks that can be graded in one run: a class, where what one does is not taken for another's."""
    found: list[list[Attack]] = []
    for topic in TOPICS:
        for prefix in PREFIXES:
            for kind, group in by_kind(
                [each for each in chosen if (each.topic, each.prefix) == (topic, prefix)]
            ).items():
                apart = kind in APART or prefix == "no_harm_"
                found += [[each] for each in group] if apart else [group]
    return found


def verdicts(group: Sequence[Attack]) -> dict[str, list[str]]:
    """Why each attack of a batch wins against stock nbgrader; nothing when it does not."""
    hierarchy = cgroup.find()
    box = cgroup.Cgroup(hierarchy, CAPS) if hierarchy else None
    try:
        output, in_time = _boxed(group, box)
        counts = box.counts() if box else None
    finally:
        if box:
            box.remove()
    harmful = group[0].prefix == "no_harm_"
    met = [("memory", counts.memory_kills), ("processes", counts.refused_tasks)] if counts and harmful else []
    exhausted = [f"it met the cap on {what}" for what, count in met if count]
    for line in output.splitlines():
        if line.startswith(ANSWER):
            found: dict[str, list[str]] = json.loads(line.removeprefix(ANSWER))
            return {name: [*why, *exhausted] for name, why in found.items()}
    if len(group) > 1:
        return {name: why for attack in group for name, why in verdicts([attack]).items()}
    ended = "the run was ended from inside" if in_time else "the run did not end"
    return {group[0].name: [ended, *exhausted] if harmful else []}


def _boxed(group: Sequence[Attack], box: cgroup.Cgroup | None) -> tuple[str, bool]:
    """What the box printed, and whether it ended in time."""
    join = "".join(f"echo $$ > {door}; " for door in (box.doors if box else []))
    script = f'{join}ulimit -f {CAPS.file_bytes // 512}; exec "$@"'
    command = ["sh", "-c", script, "sh", *_box(), str(Path(__file__)), *(attack.name for attack in group)]
    with tempfile.TemporaryFile() as printed:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            started.wait(3 * _seconds(group))
            in_time = True
        except subprocess.TimeoutExpired:
            in_time = False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        printed.seek(0)
        return printed.read().decode("utf-8", "replace"), in_time


def _seconds(group: Sequence[Attack]) -> float:
    return 45.0 + 20 * len(group)


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


def main(names: Sequence[str]) -> None:
    """Inside the box: hands in, grades, decides, prints the answer on a line of its own."""
    group = [attack for attack in attacks() if attack.name in names]
    topic = group[0].topic
    with handed_in(group, Path(tempfile.mkdtemp())) as (site, doors):
        (site.course / "nbgrader_config.py").write_text(STOCK_CONFIG, encoding="utf-8")
        _only(site, topic)
        register(site)
        before = print_of(site)
        in_time, running, output = _graded(site, group)
        changed = tuple(name for name, digest in print_of(site).items() if before.get(name) != digest)
        scores = gradebook(site)
        ended = Ended(
            in_time, scores.get(NEIGHBOUR, 0.0), ALONE[topic], running, changed, doors.knocks(), _exhausted(site)
        )
        group = (
            [replace(attack, honest=max(attack.honest, UNANSWERED)) for attack in group] if topic == "trial" else group
        )
        found = {attack.name: wins(attack, _left(site, attack, scores, output), ended, site) for attack in group}
    print(f"\n{ANSWER}{json.dumps(found)}", flush=True)


def _only(site: Site, topic: str) -> None:
    for folder in (site.course / "submitted" / NEIGHBOUR).iterdir():
        if folder.name != topic:
            shutil.rmtree(folder)


def _graded(site: Site, group: Sequence[Attack]) -> tuple[bool, tuple[str, ...], str]:
    """The neighbour is graded too where an attack may harm it, and feedback is made where it counts: both take seconds."""
    prefix, topic = group[0].prefix, group[0].topic
    who = [f"--student={group[0].name}"] if len(group) == 1 and prefix != "no_harm_" else []
    commands = ["autograde", *(["generate_feedback"] if prefix == "no_script_" else [])]
    in_time, running, output = True, list[str](), ""
    for command in commands:
        steps = [sys.executable, "-m", "nbgrader", command, topic, *who]
        done = run(steps, site.course, _seconds(group))
        in_time, running, output = in_time and done.in_time, [*running, *done.left_running], done.output
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
    main(sys.argv[1:])
