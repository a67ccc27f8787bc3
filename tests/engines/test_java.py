"""The course's Java: which one is used, what its wrapper drops, and when the class-data cache counts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from groundschool.engines import java

pytest.importorskip("pyspark")


def a_jdk(folder: Path, version: str = "25.0.1", does: str = "exit 1") -> Path:
    """A JDK whose `java` is a script."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    (folder / "bin" / "java").chmod(0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="X"\nJAVA_VERSION="{version}"\n', encoding="utf-8")
    return folder


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course's own JDK."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return java.java_home()


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([home / "bin" / "java", *arguments], capture_output=True, text=True, check=False)


def test_a_java_home_of_the_user_is_used(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(a_jdk(tmp_path / "jdk", "21.0.4")))
    assert java.java_home() == tmp_path / "jdk" != own
    assert java.version() == 21


def test_a_java_home_without_a_java_is_passed_over(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java.java_home() == own


def test_the_java_home_that_a_session_sets_is_not_taken_for_the_users(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = java.class_data_cache()
    monkeypatch.setenv("JAVA_HOME", str(own))
    assert java.class_data_cache() == cache


@pytest.mark.spark
def test_the_wrapper_drops_the_missing_module_and_keeps_every_other_argument(own: Path) -> None:
    done = run(own, "-Dx=a  b", java.MISSING_MODULE, "-XshowSettings:properties", "-Dy=$HOME", "-version")
    assert done.returncode == 0
    settings = [line.strip() for line in done.stderr.splitlines()]
    assert "x = a  b" in settings
    assert "y = $HOME" in settings


def test_the_wrapper_is_not_written_again_where_nothing_can_be_written(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)
    assert java.java_home() == own


def test_another_jdk_has_another_cache(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {java.class_data_cache()}
    for version in ("25.0.1", "25.0.2"):
        monkeypatch.setenv("JAVA_HOME", str(a_jdk(tmp_path / version, version)))
        names.add(java.class_data_cache())
    assert len(names) == 3


def test_a_touched_jar_needs_another_cache(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = tmp_path / "jars" / "spark-core.jar"
    jar.parent.mkdir()
    jar.touch()
    monkeypatch.setattr(java, "spark_home", lambda: tmp_path)
    before = java.class_data_cache()
    os.utime(jar, ns=(1, 1))
    assert java.class_data_cache() != before


def test_options_name_the_cache_only_where_there_is_one(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "a folder" / "spark.aot"
    monkeypatch.setattr(java, "class_data_cache", lambda: cache)
    assert java.launch_options().split() == list(java.FAST_START)
    cache.parent.mkdir()
    cache.touch()
    assert java.launch_options() == f'{" ".join(java.FAST_START)} -XX:AOTCache="{cache}"'


def test_a_jdk_before_25_is_not_given_options_that_it_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "spark.aot"
    cache.touch()
    monkeypatch.setattr(java, "class_data_cache", lambda: cache)
    monkeypatch.setenv("JAVA_HOME", str(a_jdk(tmp_path / "jdk", "17.0.15")))
    assert java.launch_options().endswith(f" -XX:SharedArchiveFile={cache}")


@pytest.mark.spark
def test_a_damaged_cache_is_not_taken_for_a_used_one(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java.build_cache()
    damaged = tmp_path / "spark.aot"
    damaged.write_bytes(java.class_data_cache().read_bytes()[:100_000])
    monkeypatch.setattr(java, "class_data_cache", lambda: damaged)
    assert not java.cache_is_used()


@pytest.mark.spark
def test_the_cache_that_is_built_is_used_and_not_built_again(own: Path) -> None:
    java.build_cache()
    assert java.cache_is_used()
    assert java.build_cache() is False


@pytest.mark.spark
def test_a_jvm_that_cannot_run_is_told_and_leaves_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(a_jdk(tmp_path / "jdk")))
    with pytest.raises(java.CacheMissing, match="wrote no class-data cache"):
        java.build_cache()
    assert not java.class_data_cache().exists()
    assert not list(java.class_data_cache().parent.glob("tmp*"))
