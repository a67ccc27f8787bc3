import io
import re

import pandas as pd


def be_the_crawler(files, known, policy):
    frames = {}
    for path, body in sorted(files.items()):
        if len(body) == 0 or any(part.startswith(("_", ".")) for part in path.split("/")):
            continue
        frame = pd.read_csv(io.BytesIO(body), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        frames[path] = frame.rename(columns=lambda name: name.strip().lower())

    def family(column):
        column = column[column != ""]
        whole = column.str.fullmatch(r"[+-]?(?:0|[1-9][0-9]*)")
        fraction = column.str.fullmatch(r"[+-]?(?:0|[1-9][0-9]*)?\.[0-9]+")
        if column.empty:
            return "string"
        if whole.all():
            return "bigint"
        if (whole | fraction).all():
            return "double"
        return "boolean" if column.str.lower().isin(["true", "false"]).all() else "string"

    def one_table(paths, depth):
        levels = {tuple(re.match("([^=]*)=|", folder)[1] or "" for folder in path.split("/")[depth:-1]) for path in paths}
        widest = set(max((frames[path].columns for path in paths), key=len))
        shares = [len(widest & set(frames[path].columns)) / max(len(widest), len(frames[path].columns)) for path in paths]
        return levels.pop() if len(levels) == 1 and min(shares) > 0.6999 else None

    found, todo = {}, [("raw", list(frames), 0)] if frames else []
    while todo:
        place, paths, depth = todo.pop()
        level = one_table(paths, depth)
        if level is None:
            for folder in {path.split("/")[depth] for path in paths}:
                todo.append((folder, [path for path in paths if path.split("/")[depth] == folder], depth + 1))
            continue
        everything = pd.concat([frames[path] for path in paths]).fillna("")
        values = {tuple(re.sub("^[^=]*=", "", folder) for folder in path.split("/")[depth:-1]) for path in paths}
        found["".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in place.lower())] = {
            "columns": {name: family(everything[name]) for name in everything.columns},
            "keys": [name.lower() or f"partition_{number}" for number, name in enumerate(level)],
            "partitions": [list(value) for value in values if value],
        }
    result = {}
    for name in found.keys() | known.keys():
        if name not in found:
            if policy["DeleteBehavior"] == "LOG":
                result[name] = known[name]
        elif name not in known:
            result[name] = found[name]
        else:
            columns = (known if policy["UpdateBehavior"] == "LOG" else found)[name]["columns"]
            old = known[name]["partitions"] if policy["DeleteBehavior"] == "LOG" else []
            both = {tuple(values) for values in old + found[name]["partitions"]}
            result[name] = {"columns": columns, "keys": found[name]["keys"], "partitions": list(map(list, both))}
    return result
