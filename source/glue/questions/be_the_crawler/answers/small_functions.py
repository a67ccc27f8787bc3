import copy
import csv
import io
import re
import sys

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))

INTEGER = re.compile(r"[+-]?[0-9]+")
DECIMAL = re.compile(r"[+-]?([0-9]+\.[0-9]*|\.[0-9]+)")
LEADING_ZERO = re.compile(r"[+-]?0[0-9]")


def _type_of(value):
    if value.lower() in ("true", "false"):
        return "boolean"
    if INTEGER.fullmatch(value) or DECIMAL.fullmatch(value):
        if LEADING_ZERO.match(value):
            return "string"
        return "double" if "." in value else "bigint"
    return "string"


def _settle(types):
    if len(types) == 1:
        return next(iter(types))
    if types == {"bigint", "double"}:
        return "double"
    return "string"


class _File:
    def __init__(self, path, content):
        self.path = path
        *self.folders, self.name = path.split("/")
        self.columns = {}                       # name -> set of types seen
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        header = [name.lower() for name in next(rows, [])]
        for name in header:
            self.columns.setdefault(name, set())
        for row in rows:
            for name, value in zip(header, row):
                if value != "":
                    self.columns[name].add(_type_of(value))


def _visible(path, content):
    if len(content) == 0:
        return False
    return not any(part.startswith(("_", ".")) for part in path.split("/"))


def _alike(files):
    widest = max(files, key=lambda file: len(file.columns))     # the first of several
    for file in files:
        common = len(file.columns.keys() & widest.columns.keys())
        if common * 10 < len(widest.columns) * 7:
            return False
    return True


def _keys_and_values(folders):
    keys, values = [], []
    for position, folder in enumerate(folders):
        key, equals, value = folder.partition("=")
        if equals:
            keys.append(key.lower())
            values.append(value)
        else:
            keys.append(f"partition_{position}")
            values.append(folder)
    return keys, values


def _describe(files, depth):
    """The table of these files, whose folder is `depth` below raw/; None where they are not one table."""
    splits = [_keys_and_values(file.folders[depth:]) for file in files]
    keys = splits[0][0]
    for other, _ in splits:
        if other != keys:                       # another length is another depth
            return None
    if not _alike(files):
        return None
    types = {}
    for file in files:
        for name, seen in file.columns.items():
            types.setdefault(name, set()).update(seen)
    partitions = []
    if keys:
        for _, values in splits:
            if values not in partitions:
                partitions.append(values)
    return {"columns": {name: _settle(seen) for name, seen in types.items()}, "keys": keys, "partitions": partitions}


def _look(folder_name, files, depth, tables):
    table = _describe(files, depth)
    if table is not None:
        name = re.sub(r"\W", "_", folder_name.lower())
        if name in tables:
            raise ValueError(f"two folders make a table of the name {name}")
        tables[name] = table
        return
    children = {}
    for file in files:
        if len(file.folders) > depth:
            children.setdefault(file.folders[depth], []).append(file)
    for child in children:
        _look(child, children[child], depth + 1, tables)


def be_the_crawler(files, known, policy):
    read = [_File(path, files[path]) for path in sorted(files) if _visible(path, files[path])]
    found = {}
    if read:
        _look("raw", read, 0, found)

    update = policy.get("UpdateBehavior") == "UPDATE_IN_DATABASE"
    delete = policy.get("DeleteBehavior") == "DELETE_FROM_DATABASE"

    result = {}
    for name, old in known.items():
        if name not in found:
            if not delete:
                result[name] = copy.deepcopy(old)
            continue
        new = found[name]
        table = copy.deepcopy(old)
        if update:
            table["columns"] = new["columns"]
        if list(old["keys"]) != new["keys"]:
            # not foreseen: partitions of other keys do not fit the old ones
            if update:
                table["keys"], table["partitions"] = new["keys"], new["partitions"]
        else:
            kept = []
            for values in table["partitions"]:
                if not delete or list(values) in new["partitions"]:
                    kept.append(list(values))
            for values in new["partitions"]:
                if values not in kept:
                    kept.append(values)
            table["partitions"] = kept
        result[name] = table
    for name, new in found.items():
        if name not in known:
            result[name] = new
    return result
