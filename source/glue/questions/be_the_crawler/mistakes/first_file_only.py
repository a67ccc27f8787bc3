# The columns are those of one file of the table. Files drift; look at what the others hold.
# breaks: every file
def be_the_crawler(files, known, policy):
    import csv
    import io
    import re

    def typed(text):
        if re.fullmatch(r"[+-]?(0|[1-9]\d*)", text):
            return "bigint"
        if re.fullmatch(r"[+-]?(0|[1-9]\d*)?\.\d+", text):
            return "double"
        return "boolean" if text.lower() in ("true", "false") else "string"

    def joined(types):
        if types == {"bigint", "double"}:
            return "double"
        return types.pop() if len(types) == 1 else "string"

    def read(body):
        header, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
        names = [name.strip().lower() for name in header]
        return {name: {typed(row[at]) for row in rows if row and row[at]} for at, name in enumerate(names)}

    def alike(columns):
        widest = max(columns, key=len)
        return all(len(found.keys() & widest.keys()) >= 0.7 * max(len(found), len(widest)) for found in columns)

    def tables(place, inside):
        """The tables below a folder; `inside` are the columns of its files by their path below it, in parts."""
        keys = {tuple(part.partition("=")[0] if "=" in part else "" for part in path[:-1]) for path in inside}
        if len(keys) == 1 and alike(list(inside.values())):
            return {re.sub(r"\W", "_", place.lower(), flags=re.A): table(keys.pop(), inside)}
        found = {}
        for folder in {path[0] for path in inside}:
            found |= tables(folder, {path[1:]: columns for path, columns in inside.items() if path[0] == folder})
        return found

    def table(keys, inside):
        columns = {}
        for given in list(inside.values())[:1]:
            for name, types in given.items():
                columns.setdefault(name, set()).update(types)
        values = {tuple(part.partition("=")[2] if "=" in part else part for part in path[:-1]) for path in inside}
        return {
            "columns": {name: joined(types) for name, types in columns.items()},
            "keys": [key.lower() or f"partition_{at}" for at, key in enumerate(keys)],
            "partitions": [list(found) for found in values if found],
        }

    seen = {path: body for path, body in files.items() if body and not re.search(r"(^|/)[_.]", path)}
    found = tables("raw", {tuple(path.split("/")): read(body) for path, body in seen.items()}) if seen else {}
    after = {name: dict(given) for name, given in known.items()}
    for name, now in found.items():
        before = after.get(name, now)
        kept = [] if policy["DeleteBehavior"] == "DELETE_FROM_DATABASE" else before["partitions"]
        columns = before["columns"] if policy["UpdateBehavior"] == "LOG" else now["columns"]
        new = [values for values in now["partitions"] if values not in kept]
        after[name] = {**now, "columns": columns, "partitions": kept + new}
    if policy["DeleteBehavior"] == "DELETE_FROM_DATABASE":
        after = {name: table for name, table in after.items() if name in found}
    return after
