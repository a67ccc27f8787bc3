"""`bootstrap.py`: when there is nothing to do, what makes it start over, and what it says when a step fails."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def bootstrap() -> ModuleType:
    found = importlib.util.spec_from_file_location("bootstrap", ROOT / "bootstrap.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path: Path, bootstrap: ModuleType) -> Path:
    """A folder whose environment is up to date: its Python is the one of the tests."""
    (tmp_path / "src").mkdir()
    (tmp_path / "requirements.lock").write_text("one==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    version = ".".join(map(str, sys.version_info[:3]))
    (tmp_path / ".venv" / "pyvenv.cfg").write_text(f"home = /somewhere\nversion = {version}\n", encoding="utf-8")
    (tmp_path / ".venv" / bootstrap.STAMP).write_text(json_of(bootstrap.stamp(tmp_path)), encoding="utf-8")
    return tmp_path


def json_of(stamp: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": "{value}"' for name, value in stamp.items()) + "}"


def forbid_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[str], **_: object) -> None:
        raise AssertionError(f"started {command}")

    monkeypatch.setattr(subprocess, "run", refuse)


def test_nothing_is_started_and_nothing_said_when_nothing_changed(
    bootstrap: ModuleType, clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forbid_processes(monkeypatch)
    bootstrap.set_up(clone, again=False)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_file_is_noticed(bootstrap: ModuleType, clone: Path, name: str) -> None:
    (clone / name).write_text("changed\n", encoding="utf-8")
    assert bootstrap.stamp(clone) != bootstrap.read_stamp(clone / ".venv")


def test_another_jdk_is_noticed(bootstrap: ModuleType, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / "release").write_text('JAVA_VERSION="25.0.1"\n', encoding="utf-8")
    monkeypatch.setenv("JAVA_HOME", str(clone))
    first = bootstrap.stamp(clone)
    (clone / "release").write_text('JAVA_VERSION="25.0.2"\n', encoding="utf-8")
    assert first != bootstrap.read_stamp(clone / ".venv")
    assert first != bootstrap.stamp(clone)


def test_a_changed_lock_keeps_the_virtual_environment(bootstrap: ModuleType, clone: Path) -> None:
    before = bootstrap.read_stamp(clone / ".venv")
    (clone / "requirements.lock").write_text("two==2\n", encoding="utf-8")
    assert not bootstrap.must_be_remade(before, bootstrap.stamp(clone), clone / ".venv")


def test_a_moved_clone_gets_a_new_virtual_environment(bootstrap: ModuleType, clone: Path) -> None:
    moved = clone.rename(clone.with_name("moved"))
    before = bootstrap.read_stamp(moved / ".venv")
    assert before
    assert bootstrap.must_be_remade(before, bootstrap.stamp(moved), moved / ".venv")


def test_a_virtual_environment_whose_python_is_gone_is_made_again(bootstrap: ModuleType, clone: Path) -> None:
    (clone / ".venv" / "bin" / "python").unlink()
    (clone / ".venv" / "bin" / "python").symlink_to(clone / "gone")
    assert bootstrap.must_be_remade(bootstrap.read_stamp(clone / ".venv"), bootstrap.stamp(clone), clone / ".venv")


def test_a_step_that_fails_leaves_no_stamp(
    bootstrap: ModuleType, clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise bootstrap.StepFailed("the disk is full. Free 3 GB.")

    monkeypatch.setattr(bootstrap, "fill", fail)
    monkeypatch.setattr(bootstrap, "ROOT", clone)
    assert bootstrap.main(["--again"]) == 1
    assert capsys.readouterr().err == "setup: the disk is full. Free 3 GB.\n"
    assert bootstrap.read_stamp(clone / ".venv") == {}


def test_an_edited_module_is_compiled_although_the_environment_forbids_it(
    bootstrap: ModuleType, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clone / "src" / "module.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    bootstrap.set_up(clone, again=False)
    assert len(list((clone / "src" / "__pycache__").glob("module.*.pyc"))) == 1
    forbid_processes(monkeypatch)
    bootstrap.set_up(clone, again=False)


def test_a_python_that_is_too_new_is_told_which_one_to_use(bootstrap: ModuleType) -> None:
    with pytest.raises(bootstrap.StepFailed, match=r"this is Python 3\.14; .* `make setup PYTHON=python3\.1[123]`"):
        bootstrap.check_version((3, 14))


def test_a_debian_without_venv_is_told_the_package(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crippled = tmp_path / "python"
    crippled.write_text("#!/bin/sh\necho 'ensurepip is not available.'\nexit 1\n", encoding="utf-8")
    crippled.chmod(0o755)
    monkeypatch.setattr(sys, "_base_executable", str(crippled))
    with pytest.raises(bootstrap.StepFailed, match="`apt-get install python3-venv`"):
        bootstrap.make_venv(tmp_path / ".venv")


def test_a_failing_installer_is_quoted_without_addresses(bootstrap: ModuleType, tmp_path: Path) -> None:
    command = ["sh", "-c", "echo 'error: no route to https://name:word@mirror.example/simple' >&2; exit 2"]
    with pytest.raises(bootstrap.StepFailed) as raised:
        bootstrap._must(command, tmp_path, os.environ)
    assert "no route to <address>" in str(raised.value)
    assert "mirror.example" not in str(raised.value)


def test_the_index_that_pip_uses_is_the_one_that_uv_uses(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    assert bootstrap._pip_settings(sys.executable)["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"


def test_the_installer_comes_with_the_hashes_of_the_lock_and_nothing_else(bootstrap: ModuleType) -> None:
    first, *rest = bootstrap.pin_of("uv", (ROOT / "requirements.lock").read_text(encoding="utf-8")).splitlines()
    assert re.match(r"uv==[0-9.]+ ", first)
    assert rest
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in rest)


def test_it_runs_on_a_python_without_packages() -> None:
    tree = ast.parse((ROOT / "bootstrap.py").read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {str(name).partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_a_user_without_a_home_installs_without_a_cache(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UV_CACHE_DIR", "XDG_CACHE_HOME", "UV_NO_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "UV_NO_CACHE" not in bootstrap._environment()
    monkeypatch.setenv("HOME", str(tmp_path / "absent"))
    assert bootstrap._environment()["UV_NO_CACHE"] == "1"


def test_what_makes_the_class_data_cache_is_there(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def record(command: list[str], *_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(bootstrap, "_run", record)
    bootstrap.build_cache(sys.executable, ROOT)
    imports = [node for node in ast.parse(commands[0][2]).body if isinstance(node, ast.ImportFrom)]
    names: dict[str, object] = {}
    exec("\n".join(map(ast.unparse, imports)), names)
    assert callable(getattr(names["java"], "build_cache", None))
