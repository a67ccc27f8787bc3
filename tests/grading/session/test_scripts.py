"""Scripts of a submission's jobs: each in a box of its own, which ends with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from groundschool.grading.box import probe
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.lab import Laboratory
from groundschool.lab import running
from groundschool.lab.running import Ran, Script

STAYS = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        open("/tmp/mark", "w").close()
        time.sleep(600)
    os._exit(0)
os.wait()
while not os.path.exists("/tmp/mark"):
    time.sleep(0.01)
print("left one behind")
"""
LOOKS = """
import glob, os, subprocess
commands = []
for path in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        commands.append(open(path).read())
    except OSError:
        pass
print(os.path.exists("/tmp/mark"), len([each for each in commands if "script.py" in each]), len(glob.glob("/tmp/tmp*")))
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Laboratory]:
    if reason := probe.probe():
        pytest.skip(reason)
    with Engine("sandbox", tmp_path) as engine:
        made = engine.lab()
        made.renew()
        yield made
        made.close()


def ran(lab: Laboratory, source: str) -> Ran:
    return running.remote(str(lab.jobs))(Script(source, (), {}, 60.0))


def test_what_a_script_leaves_behind_is_not_met_by_the_next(lab: Laboratory) -> None:
    assert ran(lab, STAYS) == Ran(0, "left one behind\n")
    assert ran(lab, LOOKS) == Ran(0, "False 1 1\n")


def test_scripts_that_run_at_once_do_not_see_each_other(lab: Laboratory) -> None:
    with ThreadPoolExecutor(2) as both:
        slow = both.submit(ran, lab, STAYS + "time.sleep(3)")
        time.sleep(1)
        assert ran(lab, LOOKS) == Ran(0, "False 1 1\n")
        assert slow.result() == Ran(0, "left one behind\n")


def test_more_scripts_than_may_run_at_once_all_run(lab: Laboratory) -> None:
    with ThreadPoolExecutor(5) as many:
        asked = [many.submit(ran, lab, f"print({number})") for number in range(5)]
        assert [each.result().output for each in asked] == [f"{number}\n" for number in range(5)]


def test_a_lab_that_begins_afresh_ends_the_scripts_of_the_one_before(lab: Laboratory) -> None:
    with ThreadPoolExecutor(3) as many:
        asked = [many.submit(ran, lab, "import time\ntime.sleep(600)") for _ in range(3)]
        time.sleep(1)
        lab.renew()
        assert {each.result().exit for each in asked} == {-1}
    assert ran(lab, "print(1)") == Ran(0, "1\n")
