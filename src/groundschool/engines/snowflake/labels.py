"""Names of columns that have none: Snowflake takes the expression as it is written, in upper case."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from groundschool.engines.snowflake.words import Word, split

END = frozenset(
    (
        "FROM",
        "WHERE",
        "GROUP",
        "HAVING",
        "QUALIFY",
        "ORDER",
        "LIMIT",
        "UNION",
        "EXCEPT",
        "MINUS",
        "INTERSECT",
        "OFFSET",
        ";",
    )
)
NAMED = (exp.Alias, exp.Column, exp.Star)


def label(text: str, tree: exp.Expression) -> None:
    """Names the columns of a query after its text."""
    select: Any = tree
    while isinstance(select, exp.SetOperation):
        select = select.this
    if not isinstance(select, exp.Select):
        return
    items = _items(text)
    if len(items) != len(select.expressions):
        return
    found = []
    for item, expression in zip(items, select.expressions, strict=True):
        plain = isinstance(expression, NAMED) and not isinstance(expression.this, exp.Parameter)
        named = plain and not (isinstance(expression, exp.Column) and "." in item and ":" in item)
        found.append(expression if named else exp.alias_(expression, _upper(item), quoted=True))
    select.set("expressions", found)


def _items(text: str) -> list[str]:
    """The texts of what the first SELECT that is in no brackets asks for."""
    words, depth, start, items = split(text), 0, None, []
    for position, word in enumerate(words):
        if start is None:
            if depth == 0 and word.upper == "SELECT":
                start = position + 1
        elif depth == 0 and (word.upper in END or word.text == ","):
            items.append(_between(text, words[start:position]))
            start = position + 1
            if word.text != ",":
                return items
        depth += {"(": 1, ")": -1, "[": 1, "]": -1}.get(word.text, 0) if word.kind == "sign" else 0
    if start is not None and start < len(words):
        items.append(_between(text, words[start:]))
    return items


def _between(text: str, words: list[Word]) -> str:
    if words and words[0].upper in ("DISTINCT", "ALL"):
        words = words[1:]
    return text[words[0].start : words[-1].end] if words else ""


def _upper(item: str) -> str:
    """The text in upper case but for what stands in quotes."""
    found, last = [], 0
    for word in split(item):
        found.append(item[last : word.start].upper())
        found.append(word.text if word.kind in ("text", "quoted") else word.text.upper())
        last = word.end
    return "".join(found)
