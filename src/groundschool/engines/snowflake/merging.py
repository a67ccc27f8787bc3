"""MERGE, for DuckDB's own: which actions it has, its targets as DuckDB names them, and whether it is well defined."""

from __future__ import annotations

from typing import Any

from sqlglot import exp


def merge(tree: exp.Merge) -> frozenset[str]:
    """The actions that a MERGE has, such as "UPDATE"; the tree is changed for DuckDB."""
    kinds = set()
    for when in tree.args["whens"].expressions:
        then: Any = when.args["then"]
        if isinstance(then, exp.Update):
            kinds.add("UPDATE")
            for assignment in then.expressions:
                if isinstance(assignment.this, exp.Column):
                    assignment.this.set("table", None)
        elif isinstance(then, exp.Insert):
            kinds.add("INSERT")
            _unqualify(then)
        else:
            kinds.add("DELETE")
    return frozenset(kinds)


def ambiguous(tree: exp.Merge) -> exp.Select | None:
    """A query that has a row where several rows of the source want to change one of the target; None where none can.

    That several want to delete it, and nothing else, is well defined.
    """
    branches = []
    for when in tree.args["whens"].expressions:
        if when.args.get("matched") and not when.args.get("source"):
            condition = when.args.get("condition")
            kind = "U" if isinstance(when.args["then"], exp.Update) else "D"
            branches.append((condition.copy() if condition is not None else exp.true(), kind))
    if not branches:
        return None
    action = exp.Case(ifs=[exp.If(this=when, true=exp.Literal.string(kind)) for when, kind in branches])
    target: Any = tree.this.copy()
    row = exp.column("rowid", table=target.alias_or_name)
    joined = exp.select(exp.alias_(row, "_LAB_ROW"), exp.alias_(action, "_LAB_ACTION"))
    joined = joined.from_(target).join(tree.args["using"].copy(), on=tree.args["on"].copy())
    if with_ := tree.args.get("with_"):
        joined.set("with_", with_.copy())
    counted = exp.select("1").from_(joined.subquery("_LAB_JOINED")).where("_LAB_ACTION IS NOT NULL")
    several = "count(*) > 1 AND max(_LAB_ACTION) <> 'D'"  # an update sorts behind a delete
    return counted.group_by("_LAB_ROW").having(several).limit(1)


def _unqualify(insert: exp.Insert) -> None:
    if insert.this is not None:
        for column in insert.this.find_all(exp.Column):
            column.set("table", None)
