"""A fork of a process that talks to a JVM leaves its parent's talk alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

FORKED = """
import os
from groundschool import checks
from groundschool.grading.roles import forks
spark = checks.spark()
client = spark.sparkContext._gateway._gateway_client
before = client.get_thread_connection().socket.getsockname()
if os.fork() == 0:
    forks.settle()
    os._exit(spark.range(3).count())
fork = os.waitstatus_to_exitcode(os.wait()[1])
print(fork, spark.range(2).count(), client.get_thread_connection().socket.getsockname() == before)
"""


@pytest.mark.spark
def test_the_parent_goes_on_by_its_own_connection() -> None:
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=False)
    assert done.stdout == "3 2 True\n", done.stderr[-2000:]
