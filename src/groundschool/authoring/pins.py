"""The packages that some topics need, in the versions of the lock: a line each, for pip and uv alike.

What this package needs is read from pyproject.toml, what those need from the installed packages; the versions, and
which of them are for another system, from requirements.txt.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from importlib import metadata
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from groundschool.course import Topic
from groundschool.errors import GroundSchoolError

EXTRAS = {"spark": "pyspark", "airflow": "airflow", "snowflake": "snowflake"}  # of engines and services
LAB = "aws"  # the extra of a lab, whatever its services


def lines(topics: Sequence[Topic], root: Path) -> list[str]:
    """The lines of the clone's requirements.txt that a candidate's environment for these topics takes, in its order.

    Raises GroundSchoolError where there is no clone.
    """
    lock = root / "requirements.txt"
    if not lock.is_file():
        raise GroundSchoolError(f"{lock} was not found; a kit takes its versions from it. Make kits in a clone.")
    pinned = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            pinned[canonicalize_name(Requirement(line.strip()).name)] = line.strip()
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [project["optional-dependencies"][extra] for extra in set(_extras(topics))]
    needed = _needed([*project["dependencies"], *chain(*extras)], frozenset(pinned))
    return [line for name, line in pinned.items() if name in needed]


def _extras(topics: Sequence[Topic]) -> Iterator[str]:
    for topic in topics:
        needs = (*topic.manifest.engines, *topic.manifest.services)
        yield from (EXTRAS[need] for need in needs if need in EXTRAS)
        yield from ([LAB] if topic.manifest.services else [])


def _needed(stated: Sequence[str], pinned: frozenset[str]) -> set[str]:
    """The names of the packages stated and of all that they need in turn, on any system."""
    seen, left = set[tuple[str, frozenset[str]]](), [*_asked(stated, frozenset())]
    while left:
        name, extras = left.pop()
        if name in pinned and (name, extras) not in seen:
            seen.add((name, extras))
            left += _asked(_stated(name), extras)
    return {name for name, _ in seen}


def _stated(name: str) -> Sequence[str]:
    try:
        return metadata.distribution(name).requires or []
    except metadata.PackageNotFoundError:  # one for another system, whose line says so
        return []


def _asked(stated: Sequence[str], extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """The packages of these requirements, with their extras, where one of `extras` asks for them or none has to."""
    for requirement in map(Requirement, stated):
        marker = requirement.marker
        if marker is None or "extra" not in str(marker) or any(marker.evaluate({"extra": each}) for each in extras):
            yield canonicalize_name(requirement.name), frozenset(requirement.extras)
