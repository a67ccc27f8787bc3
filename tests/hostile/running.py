"""Grades attacks with this course's own commands and collects what they left."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from doors import Doors
from judging import Ended, Left, print_of
from submissions import NEIGHBOUR, OF_THE_HOST, TOPICS, Attack, Site, build, hand_in

from groundschool.course import Course
from groundschool.grading.plugin.gradebook import opened
from groundschool.grading.plugin.gradebook import register as registered

HERE = Path(__file__).parent
SECONDS = 420
SECONDS_TO_END = 5
MOST_MEMORY = 1200 << 20
PR_SET_CHILD_SUBREAPER = 36
SCORES = """
select student_id, sum(coalesce(grade.manual_score, grade.auto_score, 0)) from grade
join submitted_notebook on grade.notebook_id = submitted_notebook.id
join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id group by student_id
"""


@dataclass(frozen=True)
class Graded:
    """A finished run: how it ended, and what each attack left."""

    site: Site
    ended: Ended
    left: dict[str, Left]
    output: str


@dataclass(frozen=True)
class Ran:
    """A command that ended, or was ended: what it printed, what it left running, the most memory it held in bytes."""

    in_time: bool
    output: str
    left_running: tuple[str, ...]
    memory: int


@contextmanager
def handed_in(attacks: Sequence[Attack], root: Path) -> Iterator[tuple[Site, Doors]]:
    """A course in `root` with the attacks and the honest neighbour's work handed in, and doors to knock at."""
    with Doors(root) as doors:
        site = build(root, doors.port)
        for attack in attacks:
            hand_in(site, attack)
        yield site, doors


def grade(attacks: Sequence[Attack], root: Path, alone: float, seconds: float = SECONDS) -> Graded:
    """Grades the attacks and the neighbour in one run of `groundschool grade`."""
    root.mkdir(exist_ok=True)
    with handed_in(attacks, root) as (site, doors):
        before = print_of(site)
        command = [sys.executable, str(HERE / "brisk.py"), "grade", "submitted", "--json", str(root / "results.json")]
        done = run(command, site.course, seconds)
        results = _results(root / "results.json")
        changed = tuple(sorted(name for name, digest in print_of(site).items() if before.get(name) != digest))
        exhausted = f"the grader held {done.memory >> 20} MB" if done.memory > MOST_MEMORY else ""
        ended = Ended(
            done.in_time, _score(results, NEIGHBOUR), alone, done.left_running, changed, doors.knocks(), exhausted
        )
        common = _texts(site.course / "reports", "summary.html", "scores.csv")
        left = {attack.name: _left(site, attack, results, [done.output, *common]) for attack in attacks}
    return Graded(site, ended, left, done.output)


def alone(root: Path) -> float:
    """What the neighbour earns when nobody else is graded; `root` is made where it is missing."""
    root.mkdir(exist_ok=True)
    return grade([], root, 0.0).ended.neighbour


def autograde(attacks: Sequence[Attack], root: Path, alone: float) -> Graded:
    """Grades the attacks and the neighbour with nbgrader's own commands, topic by topic."""
    with handed_in(attacks, root) as (site, doors):
        register(site)
        before, outputs, in_time, running = print_of(site), "", True, list[str]()
        for topic in sorted({attack.topic for attack in attacks}):
            for command in (["autograde", topic, "--create"], ["generate_feedback", topic]):
                done = run([sys.executable, "-m", "nbgrader", *command], site.course, SECONDS)
                in_time, outputs = in_time and done.in_time, outputs + done.output
                running += done.left_running
        scores = gradebook(site)
        changed = tuple(sorted(name for name, digest in print_of(site).items() if before.get(name) != digest))
        ended = Ended(in_time, scores.get(NEIGHBOUR, 0.0), alone, tuple(running), changed, doors.knocks())
        left = {}
        for attack in attacks:
            pages = _texts(site.course / "feedback" / attack.name, "*/*.html")
            left[attack.name] = Left(scores.get(attack.name, 0.0), tuple(pages), (*pages, outputs), tuple(pages))
    return Graded(site, ended, left, outputs)


def run(command: Sequence[str], folder: Path, seconds: float) -> Ran:
    """Runs a command in `folder`, at most so many seconds."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # what the command leaves behind becomes a child of this process
    known = {child.pid for child in psutil.Process().children(recursive=True)}
    environment = {
        **os.environ,
        "HOSTILE_SECRET": OF_THE_HOST,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    output = folder.parent / "output.txt"
    with open(output, "ab") as file:
        started = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=file,
                                   stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
        in_time, memory = _waited(started, seconds)
    text = output.read_text(encoding="utf-8", errors="replace")[-500_000:]
    return Ran(in_time, text, tuple(_left_running(known)), memory)


def _waited(started: subprocess.Popen[bytes], seconds: float) -> tuple[bool, int]:
    """Whether the command ended by itself, and the most memory its first process held, in bytes."""
    deadline, memory = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        with contextlib.suppress(psutil.Error):
            memory = max(memory, psutil.Process(started.pid).memory_info().rss)
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(0.2)
            return True, memory
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    return False, memory


def register(site: Site) -> None:
    """Makes the topics known to nbgrader, as its `generate_assignment` does; a gradebook is then there to be attacked."""
    url = f"sqlite:///{site.course / 'gradebook.db'}"
    with opened(url, "hostile") as book:
        registered(book, url, Course(site.course).topics)


def gradebook(site: Site) -> dict[str, float]:
    """The points of every candidate, all topics together, as nbgrader's gradebook has them."""
    path = site.course / "gradebook.db"
    if not path.exists():
        return {}
    with contextlib.closing(sqlite3.connect(path)) as book:
        return {str(student): float(score or 0) for student, score in book.execute(SCORES)}


def _left_running(known: set[int]) -> Iterator[str]:
    """What still runs a moment after the end; it is killed."""
    new = [child for child in psutil.Process().children(recursive=True) if child.pid not in known]
    psutil.wait_procs(new, timeout=SECONDS_TO_END)
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if child.pid not in known and child.status() != psutil.STATUS_ZOMBIE:
                yield " ".join(child.cmdline())[:200] or child.name()
                child.kill()


def _left(site: Site, attack: Attack, results: list[dict[str, Any]], common: list[str]) -> Left:
    own = [result for result in results if result["candidate"] == attack.name]
    shown = [*_texts(site.course / "feedback" / attack.name, "*/*.html"), json.dumps(own, ensure_ascii=False)]
    instructors = _texts(site.course / "reports" / "candidates" / attack.name, "*.html")
    graded = _texts(site.course / "autograded" / attack.name, "*/*.ipynb")
    score = max(_score(results, attack.name), gradebook(site).get(attack.name, 0.0))
    said = [text for result in own for question in result["questions"] for text in _said(question)]
    return Left(
        score,
        shown=(*shown, *common),
        everything=(*shown, *said, *common, *instructors, *graded),
        pages=(*shown[:-1], *instructors, *common[1:2]),
        appearances=len(own),
        claimed=tuple(
            str(question["question"]) for result in own for question in result["questions"] if _falsely_passed(question)
        ),
    )


def _said(question: dict[str, Any]) -> Iterator[str]:
    yield str(question["reason"])
    yield from (str(check["message"]) for check in question["checks"])


def _falsely_passed(question: dict[str, Any]) -> bool:
    return bool(question["outcome"] == "passed" and question["points"] < question["max"])


def _results(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["submissions"]) if path.exists() else []


def _score(results: Sequence[dict[str, Any]], candidate: str) -> float:
    return float(
        sum(result["score"] for result in results if result["candidate"] == candidate and result["topic"] in TOPICS)
    )


def _texts(folder: Path, *patterns: str) -> list[str]:
    paths = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    return [path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file()]
