"""Regular expressions: Java's, as far as DuckDB's engine, which cannot run away, means the same by them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import duckdb
import pyarrow as pa

from groundschool.engines.trino.failure import Failed, NotDone

parser: Any = cast(Any, re)._parser

BEYOND = re.compile(r"\(\?(=|!|<=|<!|>)|(?<!\\)(\\\\)*\\[1-9kG]|[*+?}]\+|&&|\\p\{(?!L|N|Lu|Ll)")


@dataclass(frozen=True)
class Groups:
    """What the groups of a pattern matched in lines; None where a line did not match, or the group took no part."""

    count: int
    columns: Sequence[Sequence[str | None]]


def checked(pattern: str) -> str:
    """The pattern as DuckDB takes it. Raises NotDone for what its engine lacks, Failed for what is no pattern."""
    if BEYOND.search(pattern):
        raise NotDone("do look-arounds, back-references and possessive quantifiers of regular expressions")
    try:
        _tree(pattern)
        duckdb.execute("select regexp_matches('', ?)", [pattern])
    except (re.error, OverflowError, RecursionError, duckdb.Error) as error:
        raise Failed("INVALID_FUNCTION_ARGUMENT", f"{pattern[:80]}: {str(error).splitlines()[0][:120]}") from None
    return pattern


def _tree(pattern: str) -> Any:
    return parser.parse(re.sub(r"\(\?<(\w+)>", r"(?P<\1>", pattern))


def count(pattern: str) -> int:
    """How many groups it has."""
    return int(_tree(pattern).state.groups) - 1


def empty_is_null(pattern: str, group: int) -> bool:
    """Whether a group that matched nothing took no part. Raises NotDone where that cannot be told."""
    if group == 0:
        return False
    always, shortest = _found(_tree(pattern), group, True) or (False, 0)
    if shortest > 0:
        return True
    if always:
        return False
    raise NotDone(f"tell whether group {group} of {pattern[:80]!r} matched nothing or took no part")


def _found(tree: Any, group: int, always: bool) -> tuple[bool, int] | None:
    """Whether a group takes part in each match, and the length of its shortest one."""
    for code, argument in tree:
        name = str(code)
        if name == "SUBPATTERN":
            if argument[0] == group:
                return always, int(argument[3].getwidth()[0])
            found = _found(argument[3], group, always)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            found = _found(argument[2], group, always and argument[0] > 0)
        elif name == "BRANCH":
            found = next((hit for branch in argument[1] if (hit := _found(branch, group, False))), None)
        else:
            continue
        if found:
            return found
    return None


def groups(pattern: str, lines: Sequence[str]) -> Groups:
    """What each group of a pattern that must match whole lines matched in them. Raises NotDone, Failed."""
    pattern = checked(pattern)
    number = count(pattern)
    empty = [empty_is_null(pattern, group) for group in range(1, number + 1)]
    wanted = ", ".join(
        f"nullif(regexp_extract(line, $1, {place}), '')" if null else f"regexp_extract(line, $1, {place})"
        for place, null in enumerate(empty, 1)
    )
    if not number:
        return Groups(0, [])
    with duckdb.connect(":memory:", config={"threads": 1, "async_threads": 0}) as database:
        database.register("lines", pa.table({"line": pa.array(lines, pa.string())}))
        sql = f"select regexp_full_match(line, $1), {wanted} from lines"
        matched, *columns = (
            database.execute(sql, [f"^(?:{pattern})$" if "|" in pattern else pattern]).fetchnumpy().values()
        )
    kept = [bool(hit) for hit in matched]
    plain = [[_text(value) if hit else None for hit, value in zip(kept, column, strict=True)] for column in columns]
    return Groups(number, plain)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
