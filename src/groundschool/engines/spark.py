"""The notebook's Spark session: local, quiet, the same everywhere; and what a script needs to begin one like it.

Nothing it or its JVM says reaches the output of a cell: one line on stderr costs a test cell all its points in
nbgrader. Which Java it runs on, and with which options, is left to `java`.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from groundschool.engines import java, s3a

NOTHING: Mapping[str, str] = {}
LOUD = ("DataFrameQueryContextLogger", "SQLQueryContextLogger")
LOG4J = """rootLogger.level = error
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {log}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n%ex
"""


def spark(settings: Mapping[str, str] = NOTHING) -> Any:
    """The active session, or a new one: two local cores, UTC, Arrow on, no network but the loopback interface. Then it
    has these settings, which are of those that may change while it runs.

    SPARK_SUBMIT_OPTS, when set, replaces the options of `java.launch_options`. A second call returns at once. Raises
    JavaMissing when there is no Java.
    """
    from pyspark.sql import SparkSession

    _silence()
    session = SparkSession.getActiveSession() or _start(SparkSession, _folder())
    for name, value in settings.items():
        session.conf.set(name, value)
    return session


def of_script(folder: Path) -> dict[str, str]:
    """The variables with which a script's own `SparkContext()` becomes a session like `spark`'s; its files go into
    `folder`. Raises JavaMissing.
    """
    lines = [f"{name} {value}" for name, value in {**_settings(), **_places(folder), **s3a.settings(folder)}.items()]
    (folder / "spark-defaults.conf").write_text("\n".join(["spark.master local[2]", *lines]), encoding="utf-8")
    _log_to_file(folder)
    return {**_surroundings(), "SPARK_CONF_DIR": str(folder), "SPARK_SUBMIT_OPTS": java.launch_options()}


def _silence() -> None:
    """These two write an error's context to the kernel's own stderr, besides raising it."""
    from pyspark.logger import PySparkLogger

    for name in LOUD:
        # Made by PySpark's own class: its callers pass arguments that an ordinary logger does not take.
        PySparkLogger.getLogger(name).setLevel(logging.CRITICAL + 1)


def _folder() -> Path:
    """A folder for the session's own files, removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="groundschool-spark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _start(session: Any, folder: Path) -> Any:
    log = _log_to_file(folder)
    os.environ.update(_surroundings())
    os.environ.setdefault("SPARK_SUBMIT_OPTS", java.launch_options())
    builder = session.builder.master("local[2]").appName("groundschool")
    for name, value in {**_settings(), **_places(folder), **s3a.settings(folder)}.items():
        builder = builder.config(name, value)
    with _children_quiet(log):
        return builder.getOrCreate()


def _log_to_file(folder: Path) -> Path:
    log = folder / "spark.log"
    (folder / "log4j2.properties").write_text(LOG4J.format(log=log), encoding="utf-8")
    return log


def _surroundings() -> dict[str, str]:
    return {
        "JAVA_HOME": str(java.java_home()),
        "SPARK_HOME": str(java.spark_home()),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


# Each query keeps its threads for a minute; some hundred queries in that time would reach a box's limit of tasks and
# hang.
FEW_THREADS = ("shuffleExchange", "broadcastExchange", "resultQueryStage", "subquery")


def _settings() -> dict[str, str]:
    return {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.default.parallelism": "2",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }


def _places(folder: Path) -> dict[str, str]:
    """Everything that Spark and its JVM write goes to one folder, which is removed with the process."""
    java_options = {
        "log4j2.configurationFile": folder / "log4j2.properties",
        "derby.system.home": folder,
        "java.io.tmpdir": folder,
        "user.timezone": "UTC",
    }
    return {
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
        **{f"spark.sql.{kind}.maxThreadThreshold": "8" for kind in FEW_THREADS},
        "spark.driver.extraJavaOptions": " ".join(f'"-D{name}={value}"' for name, value in java_options.items()),
    }


@contextmanager
def _children_quiet(log: Path) -> Iterator[None]:
    """The JVM inherits descriptors 1 and 2: while it is started they are the log file, so that it never writes into a
    cell.
    """
    saved = [os.dup(1), os.dup(2)]
    with log.open("ab") as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
        try:
            yield
        finally:
            for number, descriptor in zip((1, 2), saved, strict=True):
                os.dup2(descriptor, number)
                os.close(descriptor)
