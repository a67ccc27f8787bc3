"""The rooms of the package and which imports which: read from the sources, whether or not an import is ever reached.

A room is a folder of `src/groundschool`; a module that stands beside folders is a room of its own. Run as a script it prints the floors of the
house, lowest first, and fails where rooms import each other in a circle.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import groundschool

PACKAGE = Path(groundschool.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
Rooms = Mapping[str, frozenset[str]]


def imported(path: Path) -> Iterator[str]:
    """The full names of what a module imports, at its top or inside a function."""
    package = ("groundschool", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            module = ".".join(part for part in (start, node.module or "") if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def importers(of: str, among: str = "") -> list[str]:
    """The modules below the folder `among` that import the part `of` of the package."""
    name = f"groundschool.{of}"
    return [
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if path.is_relative_to(PACKAGE / among) and any(f"{found}.".startswith(f"{name}.") for found in imported(path))
    ]


def module_of(name: str) -> Path | None:
    """The file that an imported name of the package stands for, or stands in; None for what is not the package's."""
    parts = name.split(".")
    if parts[0] != "groundschool":
        return None
    for length in range(len(parts), 0, -1):
        place = PACKAGE.joinpath(*parts[1:length])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                return path
    return None


def room_of(path: Path) -> str:
    """The room a module stands in."""
    inside = path.relative_to(PACKAGE)
    beside = any((entry / "__init__.py").is_file() for entry in path.parent.iterdir())
    return str(inside.with_suffix("")).removesuffix("/__init__") if beside else str(inside.parent)


def rooms() -> Rooms:
    """Every room with the rooms that its modules import."""
    house: dict[str, set[str]] = {}
    for path in MODULES:
        room = room_of(path)
        found = (module_of(name) for name in imported(path))
        house.setdefault(room, set()).update(room_of(each) for each in found if each and room_of(each) != room)
    return {room: frozenset(below) for room, below in house.items()}


def floors(house: Rooms) -> tuple[list[list[str]], list[str]]:
    """The rooms by floor, each above all that it imports, and those left over: they are in a circle or above one."""
    left, built = dict(house), list[list[str]]()
    while left:
        free = sorted(room for room, below in left.items() if not below & left.keys())
        if not free:
            return built, sorted(left)
        built.append(free)
        for room in free:
            del left[room]
    return built, []


def main() -> None:
    house = rooms()
    built, circle = floors(house)
    for number, floor in enumerate(built):
        print(f"floor {number}: {'  '.join(floor)}")
    for room in circle:
        print(f"in a circle or above one: {room} imports {', '.join(sorted(house[room] & set(circle)))}")
    sys.exit(bool(circle))


if __name__ == "__main__":
    main()
