import csv
import re
from dataclasses import dataclass
from io import StringIO


@dataclass
class Found:
    folders: list
    rows: list

    @property
    def names(self):
        return [name.strip().lower() for name in self.rows[0]]

    def values(self, name):
        place = self.names.index(name) if name in self.names else None
        return [] if place is None else [row[place] for row in self.rows[1:] if len(row) > place and row[place] != ""]


def kind(values):
    kinds = set()
    for value in values:
        bare = value.lstrip("+-") if value[:1] in "+-" and value[1:2] not in ("+", "-") else value
        whole, point, rest = bare.partition(".")
        plain = whole.isascii() and whole.isdigit() and (whole == "0" or whole[0] != "0")
        if plain and not point:
            kinds.add("bigint")
        elif point and (plain or not whole) and rest.isascii() and rest.isdigit():
            kinds.add("double")
        elif value.lower() in {"true", "false"}:
            kinds.add("boolean")
        else:
            kinds.add("string")
    if kinds <= {"bigint", "double"} and kinds:
        return "double" if "double" in kinds else "bigint"
    return "boolean" if kinds == {"boolean"} else "string"


def split(folder):
    return folder.split("=", 1) if "=" in folder else ["", folder]


def similar(files):
    wide = set(max((file.names for file in files), key=len))
    return all(10 * len(wide & set(file.names)) >= 7 * max(len(wide), len(file.names)) for file in files)


def walk(place, files, depth):
    below = [file.folders[depth:] for file in files]
    shapes = {tuple(split(folder)[0] for folder in folders) for folders in below}
    if len(shapes) == 1 and similar(files):
        names = list(dict.fromkeys(name for file in files for name in file.names))
        columns = {name: kind([value for file in files for value in file.values(name)]) for name in names}
        keys = [key.lower() if key else f"partition_{number}" for number, key in enumerate(shapes.pop())]
        parts = {tuple(split(folder)[1] for folder in folders) for folders in below}
        yield place, {"columns": columns, "keys": keys, "partitions": [list(part) for part in sorted(parts) if part]}
        return
    for folder in sorted({folders[0] for folders in below}):
        yield from walk(folder, [file for file in files if file.folders[depth] == folder], depth + 1)


def be_the_crawler(files, known, policy):
    read = []
    for path in sorted(files):
        parts = path.split("/")
        if files[path] and not any(part[0] in "_." for part in parts if part):
            text = files[path].decode("utf-8-sig")
            read.append(Found(parts[:-1], [row for row in csv.reader(StringIO(text, newline="")) if row]))
    now = {re.sub("[^a-z0-9_]", "_", place.lower()): table for place, table in walk("raw", read, 0)} if read else {}
    deletes, updates = policy["DeleteBehavior"] == "DELETE_FROM_DATABASE", policy["UpdateBehavior"] != "LOG"
    for name, table in known.items():
        if name not in now:
            if not deletes:
                now[name] = table
            continue
        if not updates:
            now[name]["columns"] = table["columns"]
        if not deletes:
            now[name]["partitions"] += [part for part in table["partitions"] if part not in now[name]["partitions"]]
    return now
