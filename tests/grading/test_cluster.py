"""Grading on a cluster: a real scheduler and real workers on the loopback interface, of which one is lost."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from groundschool.checks.verdict import Result
from groundschool.course import Course
from groundschool.grading import batch, submission
from groundschool.grading import cluster as clusters
from groundschool.grading.batch import Plan
from groundschool.grading.box import probe
from groundschool.grading.cluster import NoCluster
from groundschool.grading.session.engine import Engine
from groundschool.pace import Stand
from tiny_course import RIGHT, hand_in, write_proven

DASK = [sys.executable, "-m", "dask"]
HERE = ["--host", "127.0.0.1", "--no-dashboard"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine("sandbox" if probe.probe() is None else "none", tmp_path_factory.mktemp("data")) as made:
        yield made


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address, and its two workers."""
    folder = tmp_path_factory.mktemp("cluster")
    address = f"tcp://127.0.0.1:{free_port()}"
    worker = [*DASK, "worker", address, *HERE, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
    with ExitStack() as stack:
        begun = [
            stack.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=folder))
            for command in ([*DASK, "scheduler", *HERE, "--port", address.rpartition(":")[2]], worker, worker)
        ]
        stack.callback(lambda: [process.kill() for process in begun])
        await_workers(address, 2)
        yield address, begun[1:]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def await_workers(address: str, number: int) -> None:
    from distributed import Client

    with Client(address, timeout=120, set_as_default=False) as client:
        client.wait_for_workers(number, timeout=120)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = write_proven(tmp_path)
    answers = {**RIGHT, "square": "def double(number):\n    return number**2", "dies": "import os\nos._exit(1)"}
    for name, answer in answers.items():
        for number in range(3):
            hand_in(tmp_path / "in", made, "tiny", f"{name}-{number}", {"double": f"{answer}\n# {number}"})
    return made


def grade(course: Course, engine: Engine, out: str, **more: Any) -> list[Result]:
    here = replace(course, out=course.root / out)
    return list(batch.grade(here, Plan(course.root / "in", **more), engine, lambda stand: None))


def as_text(results: list[Result]) -> list[str]:
    return [json.dumps(result.to_json(), sort_keys=True) for result in results]


@pytest.mark.slow
def test_a_cluster_gives_the_same_results_bit_by_bit_also_when_a_worker_is_lost(
    course: Course, engine: Engine, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    here = grade(course, engine, "here")
    assert as_text(grade(course, engine, "there", cluster=address)) == as_text(here)
    lost = workers[0].pid

    def lose(stand: Stand) -> None:
        if stand.done == 3 and workers[0].poll() is None:
            os.kill(lost, signal.SIGKILL)

    elsewhere = replace(course, out=course.root / "elsewhere")
    done = batch.grade(elsewhere, Plan(course.root / "in", cluster=address), engine, lose)
    assert as_text(list(done)) == as_text(here)
    assert not psutil.pid_exists(lost) or psutil.Process(lost).status() == psutil.STATUS_ZOMBIE


@pytest.mark.slow
def test_a_worker_that_sees_another_course_grades_nothing_by_it(
    course: Course, engine: Engine, cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the driver sends says another digest than the workers find on the shared path.
    plain = submission.job

    def other(*arguments: Any) -> Any:
        return replace(plain(*arguments), digest="another")

    monkeypatch.setattr(submission, "job", other)
    results = grade(course, engine, "stale", cluster=cluster[0])
    assert {verdict.outcome for result in results for verdict in result.questions} == {"needs_person"}
    assert {flag for result in results for flag in result.flags} == {
        "Grading failed with StaleJob; a person must look at it."
    }


def test_where_no_scheduler_answers_nothing_is_graded_and_the_address_is_told(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "SECONDS_TO_ANSWER", 0.3)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(NoCluster, match=f"No Dask scheduler answers at {address}"):
        grade(course, engine, "nowhere", cluster=address)
    with pytest.raises(NoCluster, match="Expected an address such as"):
        grade(course, engine, "nowhere", cluster="no address")
    assert not list(course.root.glob("nowhere/.groundschool/results/*"))
