"""Conditions that leave partitions of a table out, because its keys alone decide them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from groundschool.engines.trino import types
from groundschool.engines.trino.expressions import Expressions
from groundschool.engines.trino.failure import Failed
from groundschool.engines.trino.scan import Scan
from groundschool.engines.trino.scope import Scope
from groundschool.engines.trino.typed import Mark


def prune(expressions: Expressions, scans: Sequence[Scan], node: exp.Expression, scope: Scope) -> None:
    """Gives each scan the conditions that its partition keys alone decide."""
    for number in {each.value.same_as.scan for each in scope.fields if each.value.same_as is not None}:
        scan = scans[number]
        fields = []
        for each in scope.fields:
            mark = each.value.same_as
            place = scan.key(mark.column) if mark is not None and mark.scan == number else None
            if place is None:
                fields.append(
                    replace(each, value=replace(each.value, sql="", constant="other", marks=frozenset({Mark(-1, "")})))
                )
            else:
                fields.append(replace(each, value=replace(each.value, sql=f"keys.k{place}")))
        condition = _weakened(expressions, node, Scope(fields))
        if condition is not None:
            scan.conditions.append(condition)


def _weakened(expressions: Expressions, node: exp.Expression, scope: Scope) -> str | None:
    """What of a condition the keys decide, such that no row is lost; None for nothing."""
    if isinstance(node, exp.Paren):
        return _weakened(expressions, node.this, scope)
    if isinstance(node, exp.And | exp.Or):
        parts = [_weakened(expressions, each, scope) for each in (node.this, node.expression)]
        kept = [part for part in parts if part is not None]
        if isinstance(node, exp.And):
            return " AND ".join(f"({part})" for part in kept) or None
        return f"({kept[0]}) OR ({kept[1]})" if len(kept) == 2 else None
    if any(isinstance(part, exp.Query | exp.Subquery | exp.Window) for part in node.walk()):
        return None
    try:
        found = expressions.read(node, scope)
    except Failed:
        return None
    alone = found.marks and all(mark.scan >= 0 for mark in found.marks)
    return found.sql if alone and found.type == types.BOOLEAN and "now()" not in found.sql else None
