"""The files that name packages agree with each other: requirements.in, .lock, .txt, pyproject.toml and environment.yml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
DEVELOPMENT = "# development"


def lines_of(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def is_pin(line: str) -> bool:
    return re.match(r"[a-z0-9]", line) is not None


def pins(name: str) -> list[str]:
    return [line.rstrip("\\ ") for line in lines_of(name) if is_pin(line)]


def direct() -> dict[str, Requirement]:
    found = [Requirement(line.partition("#")[0]) for line in lines_of("requirements.in") if line and line[0] != "#"]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def project() -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return loaded


def declared() -> dict[str, Requirement]:
    """What pyproject.toml asks for, with and without extras."""
    found = project()
    extras = found["optional-dependencies"]
    assert isinstance(extras, dict)
    listed = [found["dependencies"], *extras.values()]
    return {canonicalize_name(Requirement(text).name): Requirement(text) for group in listed for text in group}


def development() -> set[str]:
    text = (ROOT / "requirements.in").read_text(encoding="utf-8").partition(DEVELOPMENT)[2]
    return {canonicalize_name(Requirement(line.partition("#")[0]).name) for line in text.splitlines() if line}


def test_every_direct_requirement_gives_its_reason_on_its_line() -> None:
    without = [line for line in lines_of("requirements.in") if line and not re.search(r"# *\w{2,}", line)]
    assert without == []


def test_every_direct_requirement_is_locked_at_a_version_that_it_allows() -> None:
    locked = {}
    for pin in map(Requirement, pins("requirements.lock")):
        locked.setdefault(canonicalize_name(pin.name), []).append(str(pin.specifier).removeprefix("=="))
    wrong = {
        name: locked.get(name)
        for name, requirement in direct().items()
        if not locked.get(name) or not all(requirement.specifier.contains(version) for version in locked[name])
    }
    assert wrong == {}


def test_every_pin_of_the_lock_has_hashes() -> None:
    lines = lines_of("requirements.lock")
    bare = [
        line
        for place, line in enumerate(lines)
        if is_pin(line) and not lines[place + 1].startswith("    --hash=sha256:")
    ]
    assert bare == []


def test_the_text_without_hashes_holds_exactly_the_pins_of_the_lock() -> None:
    assert pins("requirements.txt") == pins("requirements.lock")


def test_no_file_names_the_address_of_an_index() -> None:
    named = [
        name
        for name in ("requirements.in", "requirements.lock", "requirements.txt", "environment.yml", "pyproject.toml")
        for line in lines_of(name)
        if "://" in line or line.startswith(("-i", "--index", "--extra-index", "--find-links"))
    ]
    assert named == []


def test_what_pyproject_asks_for_is_asked_for_in_the_same_words_by_requirements_in() -> None:
    differing = {
        name: (str(asked), str(direct().get(name))) for name, asked in declared().items() if asked != direct().get(name)
    }
    assert differing == {}


def test_every_direct_requirement_belongs_to_an_extra_or_to_development() -> None:
    assert direct().keys() - declared().keys() == development()


def test_conda_installs_the_pins_and_the_package_on_the_supported_pythons() -> None:
    lines = [line.strip(" -") for line in lines_of("environment.yml")]
    assert lines[-3:] == ["pip:", "r requirements.txt", "."]
    assert f"python {project()['requires-python']}" in lines
