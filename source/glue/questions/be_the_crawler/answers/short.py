import csv, re
from itertools import groupby


def be_the_crawler(files, known, policy):
    def columns(body):
        head, *rows = csv.reader(body.decode("utf-8-sig").splitlines(keepends=True))
        return {name.lower(): [row[i] for row in rows if row and row[i]] for i, name in enumerate(head)}

    def of(values):
        patterns = {"bigint": r"[+-]?(0|[1-9]\d*)", "double": r"[+-]?((0|[1-9]\d*)?\.\d+|0|[1-9]\d*)", "boolean": "(?i:true|false)"}
        return next((name for name, want in patterns.items() if values and all(re.fullmatch(want, v) for v in values)), "string")

    def visit(place, inside):
        heads = [tuple(f.split("=")[0].lower() * ("=" in f) for f in path[:-1]) for path, _ in inside]
        wide = max((set(c) for _, c in inside), key=len)
        if len(set(heads)) == 1 and all(len(wide & set(c)) / max(len(wide), len(c)) >= 0.7 for _, c in inside):
            names = {name: 0 for _, c in inside for name in c}
            return {
                re.sub("[^0-9a-z_]", "_", place.lower()): {
                    "columns": {n: of([v for _, c in inside for v in c.get(n, [])]) for n in names},
                    "keys": [key or "partition_%d" % i for i, key in enumerate(heads[0])],
                    "partitions": [list(v) for v in {tuple(f.partition("=")[2] or f for f in path[:-1]) for path, _ in inside} if v],
                }
            }
        made = {}
        for folder, group in groupby(sorted(inside, key=lambda item: item[0]), key=lambda item: item[0][0]):
            made.update(visit(folder, [(path[1:], c) for path, c in group]))
        return made

    seen = [(tuple(p.split("/")), columns(b)) for p, b in files.items() if b and not set("_.") & {x[0] for x in p.split("/")}]
    now = visit("raw", seen) if seen else {}
    drop, log = policy["DeleteBehavior"][0] == "D", policy["UpdateBehavior"] == "LOG"
    for name, old in known.items():
        if name in now:
            if log:
                now[name]["columns"] = old["columns"]
            now[name]["partitions"] += [] if drop else [v for v in old["partitions"] if v not in now[name]["partitions"]]
        elif not drop:
            now[name] = old
    return now
