"""Expressions over partition keys, such as `year = 2026 AND month IN (1, 2)`: SQL's WHERE, compared by the keys' types.

Read by sqlglot; what Glue's documentation does not list, functions and arithmetic for some, is refused.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from groundschool.lab.service import Refused

LONGEST, DEEPEST = 2048, 100
Test = Callable[[Sequence[str]], bool]
Three = bool | None  # SQL's truth: None is unknown
INTEGERS = ("tinyint", "smallint", "int", "integer", "bigint", "long")


def parsed(text: str, keys: Mapping[str, str]) -> Test:
    """Whether partitions of these values, in the order of `keys` (types by name), satisfy an expression; every one
    does an empty one. Raises Refused, InvalidInputException."""
    if not text.strip():
        return lambda values: True
    wanted = _Expression(text, keys)
    return lambda values: wanted.holds(dict(zip(keys, values, strict=True)))


class _Expression:
    def __init__(self, text: str, keys: Mapping[str, str]) -> None:
        import sqlglot
        from sqlglot.errors import SqlglotError

        self._text, self._keys = text, keys
        try:
            if text.count("(") > DEEPEST or len(text) > LONGEST:
                raise ValueError
            self._root: Any = sqlglot.parse_one(text, dialect="hive", into=sqlglot.exp.Condition)
            self._truth(self._root, dict.fromkeys(keys, ""))
        except (SqlglotError, AttributeError, ValueError, RecursionError):
            raise self._refusal() from None

    def holds(self, partition: Mapping[str, str]) -> bool:
        return self._truth(self._root, partition) is True

    def _refusal(self) -> Refused:
        return Refused(400, "InvalidInputException", f"Unsupported expression '{self._text[:200]}'")

    def _truth(self, node: Any, partition: Mapping[str, str]) -> Three:
        kind, sides = type(node).__name__, partial(self._truth, partition=partition)
        if kind == "Paren":
            return sides(node.this)
        if kind == "Not":
            found = sides(node.this)
            return None if found is None else not found
        if kind == "And":
            both = (sides(node.left), sides(node.right))
            return False if False in both else None if None in both else True
        if kind == "Or":
            both = (sides(node.left), sides(node.right))
            return True if True in both else None if None in both else False
        return self._comparison(kind, node, partition)

    def _comparison(self, kind: str, node: Any, partition: Mapping[str, str]) -> Three:
        if kind == "Is" and type(node.expression).__name__ == "Null":
            return self._value(node.this, partition, "")[0] is None
        if kind == "In" and not node.args.get("query"):
            found = [self._two(eq, node.this, item, partition) for item in node.expressions]
            return True if True in found else None if None in found else False
        if kind == "Between":
            low = self._two(ge, node.this, node.args["low"], partition)
            high = self._two(le, node.this, node.args["high"], partition)
            return None if low is None or high is None else low and high
        if kind not in OPERATORS:
            raise self._refusal()
        return self._two(OPERATORS[kind], node.left, node.right, partition)

    def _two(self, operator: Callable[[Any, Any], bool], left: Any, right: Any, partition: Mapping[str, str]) -> Three:
        of = next((self._keys[name] for side in (left, right) if (name := self._key(side))), None)
        if of is None:
            raise self._refusal()
        of = "string" if operator is _like else of
        one, other = self._value(left, partition, of)[0], self._value(right, partition, of)[0]
        return None if one is None or other is None else operator(one, other)

    def _key(self, node: Any) -> str:
        name = node.name.lower() if type(node).__name__ == "Column" and not node.table else ""
        if type(node).__name__ == "Column" and name not in self._keys:
            raise self._refusal()
        return name

    def _value(self, node: Any, partition: Mapping[str, str], of: str) -> tuple[Any]:
        """The value of a key, or of a literal as a value of the type `of`; None where a partition has none."""
        name = self._key(node)
        if name:
            return (_typed(partition[name], of or self._keys[name]),)
        negative = type(node).__name__ == "Neg"
        literal = node.this if negative else node
        if type(literal).__name__ == "Cast" and type(literal.this).__name__ == "Literal":
            literal = literal.this  # date '2026-01-01'
        found = None
        if type(literal).__name__ == "Literal":
            found = _typed(("-" if negative else "") + str(literal.this), of)
        if found is None:
            raise self._refusal()
        return (found,)


def _like(value: str, pattern: str) -> bool:
    """Through `fnmatch`, whose patterns take no time that grows beyond all bounds."""
    parts = ("*" if sign == "%" else "?" if sign == "_" else f"[{sign}]" if sign in "*?[" else sign for sign in pattern)
    return fnmatch.fnmatchcase(value, "".join(parts))


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQ": eq,
    "NEQ": ne,
    "LT": lt,
    "LTE": le,
    "GT": gt,
    "GTE": ge,
    "Like": _like,
}


def _typed(text: str, kind: str) -> Any:
    """The value of a text as one of a key's type; None when it is none."""
    base = kind.lower().partition("(")[0].strip()
    try:
        if base in INTEGERS:
            return int(text)
        if base == "decimal":
            return Decimal(text)
        if base == "date":
            return date.fromisoformat(text[:10])
        if base == "timestamp":
            return datetime.fromisoformat(text).replace(tzinfo=None)
    except (ValueError, InvalidOperation):
        return None
    if base in ("string", "varchar", "char"):
        return text
    raise Refused(400, "InvalidInputException", f"Unsupported partition key type '{kind}'")
