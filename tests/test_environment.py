"""Holds requirements.in, the lock, requirements.txt, pyproject.toml and environment.yml in step."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
DEVELOPMENT = "# development"


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def requirements(texts: list[str]) -> dict[str, Requirement]:
    found = [Requirement(text.split(" #")[0].strip()) for text in texts if text and not text.startswith("#")]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def pins() -> list[str]:
    return [line.removesuffix(" \\") for line in lines("requirements.lock") if re.match(r"[a-z0-9]", line)]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def named_by_the_project() -> list[str]:
    metadata = project()["project"]
    extras = metadata["optional-dependencies"].values()
    return [*metadata["dependencies"], *(text for extra in extras for text in extra)]


def test_every_direct_requirement_has_a_reason() -> None:
    bare = [line for line in lines("requirements.in") if line and not re.match(r"#|\S.*\S {2,}# \S", line)]
    assert bare == []


def test_the_lock_satisfies_every_direct_requirement() -> None:
    locked = requirements(pins())
    for name, wanted in requirements(lines("requirements.in")).items():
        version = str(locked[name].specifier).removeprefix("==")
        assert wanted.specifier.contains(version), f"{wanted} is asked for, the lock has {version}"


def test_every_pin_of_the_lock_has_a_hash() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_requirements_txt_holds_the_pins_of_the_lock_and_nothing_else() -> None:
    assert [line for line in lines("requirements.txt") if not line.startswith("#")] == pins()


def test_every_requirement_of_the_project_stands_in_requirements_in_with_the_same_bounds() -> None:
    direct = requirements(lines("requirements.in"))
    for text in [*named_by_the_project(), *project()["build-system"]["requires"]]:
        named = Requirement(text)
        assert str(direct[canonicalize_name(named.name)]) == str(named)


def test_every_direct_requirement_is_used_by_the_project_or_named_as_development() -> None:
    whole = lines("requirements.in")
    cut = whole.index(DEVELOPMENT)
    used = set(requirements(named_by_the_project()))
    assert set(requirements(whole[:cut])) == used
    assert set(requirements(whole[cut:])) & used == set()


def test_environment_yml_installs_the_pins_and_the_package_on_the_versions_of_the_project() -> None:
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert wanted[-1] == {"pip": ["-r requirements.txt", "."]}
    assert wanted[0] == f"python{project()['project']['requires-python']}"


@pytest.mark.parametrize(
    "name", ["requirements.in", "requirements.lock", "requirements.txt", "environment.yml", "Makefile"]
)
def test_no_file_names_the_address_of_a_package_index(name: str) -> None:
    named = re.compile(r"\w+://\w|(?<!no-emit-)(index-url|find-links)\b")
    assert [line for line in lines(name) if named.search(line)] == []
