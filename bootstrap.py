"""Makes `.venv` from requirements.lock: packages, bytecode, Java's class-data cache. Run by `make setup`.

Needs nothing but Python 3.11 to 3.13. When nothing has changed since the last run it ends at once, without a resolver.
What the environment is used for, and whether it works, is left to the commands in it (`groundschool doctor`).
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent
SUPPORTED = ((3, 11), (3, 12), (3, 13))
# What pip was told about where packages come from, in the words of uv, which does not read pip's settings.
PIP_TO_UV = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
SETTING = re.compile(r"^(?:global|install|:env:)\.([a-z-]+)='(.*)'$", re.MULTILINE)
LONGEST = 400  # characters of what a failed command said
ADDRESS = re.compile(r"\b[a-z][a-z+]*://\S+")
PURGED = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_CONSTRAINT")


class StepFailed(Exception):
    """A step failed: what was found and what to do next, in one sentence or two."""


def main(arguments: list[str]) -> int:
    """Brings the environment up to date; `--again` does every step although nothing has changed. Returns the exit
    code.
    """
    try:
        check_version(sys.version_info[:2])
        set_up(ROOT, again="--again" in arguments)
    except StepFailed as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


def check_version(version: tuple[int, ...]) -> None:
    """Raises StepFailed when this Python cannot be used, naming one on PATH that can."""
    if version in SUPPORTED:
        return
    names = [f"python{major}.{minor}" for major, minor in reversed(SUPPORTED)]
    found = next((name for name in names if _runs([name, "--version"])), None)
    remedy = (
        f"Run `make setup PYTHON={found}`."
        if found
        else "Install one of them, then run `make setup PYTHON=python3.12`."
    )
    raise StepFailed(f"this is Python {version[0]}.{version[1]}; Python 3.11, 3.12 or 3.13 is needed. {remedy}")


def set_up(root: Path, *, again: bool) -> None:
    """Does the steps that are needed for the environment of `root`. Raises StepFailed."""
    venv = root / ".venv"
    before, wanted = read_stamp(venv), stamp(root)
    if again or before != wanted:
        print("setup: making .venv; the first time takes one to five minutes", flush=True)
        (venv / STAMP).unlink(missing_ok=True)
        if must_be_remade(before, wanted, venv):
            step("virtual environment", lambda: make_venv(venv))
        fill(root, venv)
        (venv / STAMP).write_text(json.dumps(stamp(root), indent=1), encoding="utf-8")
        print("setup: done", flush=True)
    elif newer_source(root):
        compile_source(root, venv)


STAMP = "setup.json"


def stamp(root: Path) -> dict[str, str]:
    """What the environment depends on. Equal stamps mean that there is nothing to do."""
    return {
        "packages": hashlib.sha256(
            b"".join((root / name).read_bytes() for name in ("requirements.lock", "pyproject.toml"))
        ).hexdigest(),
        "python": _version_of(root / ".venv") or ".".join(map(str, sys.version_info[:3])),
        "place": str(root / ".venv"),
        "java": _java(os.environ.get("JAVA_HOME", "")),
    }


def _version_of(venv: Path) -> str | None:
    """The version of a virtual environment whose Python still exists."""
    settings = venv / "pyvenv.cfg"
    found = (
        re.search(r"^version = (\d+\.\d+\.\d+)", settings.read_text(encoding="utf-8"), re.MULTILINE)
        if settings.is_file()
        else None
    )
    return found.group(1) if found and (venv / "bin" / "python").exists() else None


def _java(home: str) -> str:
    release = Path(home) / "release"
    return home + hashlib.sha256(release.read_bytes()).hexdigest() if home and release.is_file() else home


def read_stamp(venv: Path) -> dict[str, str]:
    """The stamp of the last complete run; empty when there was none."""
    try:
        found = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def must_be_remade(before: Mapping[str, str], wanted: Mapping[str, str], venv: Path) -> bool:
    """Whether the virtual environment itself is of no use: absent, broken, moved, or of a Python that is not
    supported.
    """
    version = _version_of(venv)
    if version is None or tuple(map(int, version.split(".")[:2])) not in SUPPORTED:
        return True
    return before.get("place", wanted["place"]) != wanted["place"]


def step(name: str, work: Callable[[], object]) -> None:
    """Does one step and prints its name and its seconds."""
    started = time.monotonic()
    print(f"  {name} … ", end="", flush=True)
    try:
        work()
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def make_venv(venv: Path) -> None:
    """Makes an empty virtual environment with pip, in place of any that is there. Raises StepFailed."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    done = _run([base, "-m", "venv", "--clear", str(venv)])
    if done.returncode == 0:
        return
    if "ensurepip" in done.stdout:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise StepFailed(
            f"this Python has no venv module. On Debian or Ubuntu run `apt-get install python3-venv` (or {name}), "
            "then `make setup`."
        )
    raise StepFailed(f"no virtual environment could be made in {venv}: {_complaint(done.stdout)}")


def fill(root: Path, venv: Path) -> None:
    """Installs the packages and this one, compiles both, and makes the class-data cache. Raises StepFailed."""
    python, environment = str(venv / "bin" / "python"), _environment()
    uv: list[str] = []
    step("installer", lambda: uv.append(bring_uv(root, venv)))
    environment = {**_pip_settings(python), **environment}
    install = [uv[0], "pip", "install", "--quiet", "--python", python, "--compile-bytecode"]
    step("packages", lambda: _must([*install, "--require-hashes", "-r", "requirements.lock"], root, environment))
    package = ["--no-deps", "--no-build-isolation", "--reinstall-package", "groundschool", "--editable", "."]
    step("groundschool itself", lambda: _must([*install, *package], root, environment))
    step("bytecode", lambda: compile_source(root, venv))
    step("class-data cache of Java", lambda: build_cache(python, root))


def bring_uv(root: Path, venv: Path) -> str:
    """The command of uv: the one on PATH, else the one of the lock, which pip installs into `venv`. Raises
    StepFailed.
    """
    if _runs(["uv", "--version"]):
        return "uv"
    own = venv / "bin" / "uv"
    if not _runs([str(own), "--version"]):
        pinned = venv / "uv.txt"
        pinned.write_text(pin_of("uv", (root / "requirements.lock").read_text(encoding="utf-8")), encoding="utf-8")
        install = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        _must([*install, "-r", str(pinned)], root, _environment())
        pinned.unlink()
    return str(own)


def pin_of(name: str, lock: str) -> str:
    """The lines of one package in a lock: its version and its hashes, without the comment below them."""
    found = re.search(rf"^{re.escape(name)}==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    if not found:
        raise StepFailed(f"requirements.lock does not name {name}. Restore it with `git checkout requirements.lock`.")
    return found.group()


def compile_source(root: Path, venv: Path) -> None:
    """Compiles the package's own modules, also where PYTHONDONTWRITEBYTECODE is set."""
    _run([str(venv / "bin" / "python"), "-m", "compileall", "-q", str(root / "src")], root, _environment())


def newer_source(root: Path) -> bool:
    """Whether a module of the package was edited after it was compiled."""
    tag = f"cpython-{''.join((_version_of(root / '.venv') or '0.0').split('.')[:2])}"
    return any(
        _is_newer(path, path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc") for path in (root / "src").rglob("*.py")
    )


def _is_newer(source: Path, compiled: Path) -> bool:
    return not compiled.exists() or source.stat().st_mtime > compiled.stat().st_mtime


def build_cache(python: str, root: Path) -> None:
    """Makes the class-data cache. A machine where that fails still works, slower, so that this only prints a
    warning.
    """
    command = (
        "from groundschool.engines import java; from groundschool.errors import GroundSchoolError\ntry: "
        "java.build_cache()\nexcept GroundSchoolError as error: print(error)"
    )
    done = _run([python, "-c", command], root, _environment())
    if said := done.stdout.strip():
        print(f"\n    {_complaint(said)}\n    … ", end="", flush=True)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in PURGED}
    homeless = not os.access(Path("~").expanduser(), os.W_OK) and not kept.keys() & {"UV_CACHE_DIR", "XDG_CACHE_HOME"}
    return {**kept, "UV_NO_CACHE": "1"} if homeless else kept


def _pip_settings(python: str) -> dict[str, str]:
    said = _run([python, "-m", "pip", "config", "list"], None, _environment()).stdout
    return {
        PIP_TO_UV[name]: ast.literal_eval(f"'{value}'").replace("\n", " ").strip()
        for name, value in SETTING.findall(said)
        if name in PIP_TO_UV
    }


def _runs(command: list[str]) -> bool:
    """Whether a command exists and works: a version manager's shim on PATH may do neither."""
    return shutil.which(command[0]) is not None and _run(command).returncode == 0


def _must(command: list[str], place: Path, environment: Mapping[str, str]) -> None:
    done = _run(command, place, environment)
    if done.returncode:
        advice = (
            "Check the network and the free disk space (3 GB), then run `make setup` again; it goes on where "
            "it stopped."
        )
        raise StepFailed(f"{_complaint(done.stdout)} {advice}")


def _run(
    command: list[str], place: Path | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _complaint(text: str) -> str:
    """What a command complained about, on one line and without addresses."""
    said = [line.strip(" ×╰─▶") for line in ADDRESS.sub("<address>", text).splitlines() if line.strip()]
    told = " ".join(said[-3:])
    return (told if len(told) <= LONGEST else f"{told[:LONGEST]} …") or "The command said nothing."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
