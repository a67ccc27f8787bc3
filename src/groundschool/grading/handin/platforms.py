"""Reads whose a file is from the names that learning platforms give in their bulk downloads.

Canvas, Moodle and Blackboard put the person into every name; Gradescope numbers the folders and lists the people in a
file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MAX_LIST = 5 << 20
GRADESCOPE_LIST = "submission_metadata.yml"
ENTRY = re.compile(r"^:?(submission_\d+):")
PERSON = re.compile(r"^\s+(?:-\s+)?:name:\s*(.+?)\s*$")
NAMES = (
    # Canvas: lovelaceada_LATE_40177_880190_sql-1.ipynb, the numbers being the person's and the hand-in's
    re.compile(r"(?P<who>[^_]+)(?:_(?i:late))?_(?P<person>\d{1,12})_\d{1,12}_(?P<rest>.+)", re.DOTALL),
    # Moodle: a folder a person, or all files in one
    re.compile(r"(?P<who>.+?)_(?P<person>\d{1,12})_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)", re.DOTALL),
    # Blackboard: Homework 1_ada99_attempt_2026-11-29-10-20-30_sql.ipynb, and a .txt a hand-in
    re.compile(
        r".*?_?(?P<who>[^_]+)_attempt_(?P<attempt>\d{4}(?:-\d\d){5})(?:_(?P<rest>.+)|(?P<receipt>\.txt))", re.DOTALL
    ),
)


@dataclass(frozen=True)
class Owned:
    """Whose an entry is. `person` tells apart people of one name, `attempt` their hand-ins; `rest` is their own file
    name.

    A `receipt` is what a platform itself adds to a hand-in.
    """

    who: str
    person: str = ""
    attempt: str = ""
    rest: str = ""
    receipt: bool = False


def owner(name: str) -> Owned | None:
    """Whose an entry of a bulk download is; None for a name that no platform gave."""
    for pattern in NAMES:
        if found := pattern.fullmatch(name):
            parts = {key: value or "" for key, value in found.groupdict().items()}
            receipt = bool(parts.pop("receipt", ""))
            return Owned(**parts, receipt=receipt)
    return None


def gradescope(folder: Path) -> dict[str, str]:
    """The people of each numbered folder of a Gradescope export; empty where the folder is none."""
    try:
        with (folder / GRADESCOPE_LIST).open(encoding="utf-8", errors="replace") as file:
            lines = file.read(MAX_LIST).splitlines()
    except OSError:
        return {}
    people: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if entry := ENTRY.match(line):
            current = people.setdefault(entry.group(1), [])
        elif person := PERSON.match(line):
            current.append(person.group(1).strip("\"'"))
    return {name: ", ".join(names) for name, names in people.items() if names}
