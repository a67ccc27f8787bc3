"""Which files of a prefix are one table, and by which folders it is partitioned.

A folder is a table when all files below it are alike and lie equally deep; the folders between are its partitions.
Otherwise each of its folders is looked at by itself. Files that are unlike in one folder are a table each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundschool.lab.services.glue.inference import Schema

ALIKE = 0.7  # of the columns of the wider of two files, those that both have


@dataclass(frozen=True)
class File:
    """One file: its folders below the place that is crawled, its name, and what it holds."""

    folders: tuple[str, ...]
    name: str
    schema: Schema


@dataclass(frozen=True)
class Group:
    """The files of one table. `place` are the folders that lead to it, with the file's name where it is one file's;
    `keys` name its partitions, whose values each file's folders give."""

    place: tuple[str, ...]
    files: tuple[File, ...]
    keys: tuple[str, ...] = ()

    @property
    def partitions(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """The folders of each partition by its values."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for file in self.files if self.keys else ():
            own = file.folders[len(self.place) :]
            found.setdefault(tuple(_value(folder) for folder in own), (*self.place, *own))
        return found


def hidden(key: str) -> bool:
    """Whether a file, by its path below the place that is crawled, is one that readers of data pass over."""
    return any(part.startswith(("_", ".")) for part in key.split("/"))


def groups(files: Sequence[File], place: tuple[str, ...] = ()) -> list[Group]:
    """The tables among files that all lie below `place`."""
    if not files:
        return []
    folders = [file.folders[len(place) :] for file in files]
    if _alike(files) and len({tuple(map(_key, own)) for own in folders}) == 1:
        return [Group(place, tuple(files), _keys(folders[0]))]
    here = [file for file, own in zip(files, folders, strict=True) if not own]
    below = sorted({own[0] for own in folders if own})
    found = [Group(place, tuple(here))] if _alike(here) and here else [_single(file) for file in here]
    for folder in below:
        inside = [file for file, own in zip(files, folders, strict=True) if own and own[0] == folder]
        found += groups(inside, (*place, folder))
    return found


def table_name(group: Group, root: str) -> str:
    """The name of a group's table; `root` is that of the place that is crawled itself."""
    return re.sub(r"\W", "_", (group.place[-1] if group.place else root).lower(), flags=re.ASCII)


def _single(file: File) -> Group:
    return Group((*file.folders, file.name), (file,))


def _alike(files: Sequence[File]) -> bool:
    """Whether all files are of one format, and each shares enough of its columns with the widest."""
    if not files:
        return False
    widest = max(files, key=lambda file: len(file.schema.columns)).schema
    return all(_two_alike(file.schema, widest) for file in files)


def _two_alike(one: Schema, other: Schema) -> bool:
    if (one.format, one.delimiter) != (other.format, other.delimiter):
        return False
    common = one.columns.keys() & other.columns.keys()
    return len(common) >= ALIKE * max(len(one.columns), len(other.columns))


def _key(folder: str) -> str:
    """What must be equal of a folder for it to be a partition of the same table: a key's name, or that it has none."""
    return folder.partition("=")[0] if "=" in folder else ""


def _keys(folders: Sequence[str]) -> tuple[str, ...]:
    return tuple((_key(folder) or f"partition_{number}").lower() for number, folder in enumerate(folders))


def _value(folder: str) -> str:
    return folder.partition("=")[2] if "=" in folder else folder
