"""Functions of texts and patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundschool.engines.redshift.arguments import Around, Call, constant, length_of, size, text, whole
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.types import INTEGER, varchar
from groundschool.engines.redshift.values import Value, quoted


def concat(given: Sequence[Value], around: Around) -> Value:
    """CONCAT."""
    return Value(f"({text(given[0])} || {text(given[1])})", varchar(), "concat")


def length(given: Sequence[Value], around: Around) -> Value:
    """LENGTH."""
    return Value(f"CAST(length({text(given[0])}) AS INTEGER)", INTEGER)


def substring(given: Sequence[Value], around: Around) -> Value:
    """SUBSTRING."""
    source, start = text(given[0]), whole(given[1])
    if len(given) == 2:
        return Value(f"substr({source}, greatest({start}, 1))", size(given[0].type), "substring")
    count = whole(given[2])
    checked = f"CASE WHEN {count} < 0 THEN error('negative substring length not allowed') ELSE {count} END"
    taken = f"greatest(least({start}, 1) - 1 + {checked}, 0)"
    return Value(f"substr({source}, greatest({start}, 1), {taken})", size(given[0].type), "substring")


def side(name: str) -> Call:
    """SIDE."""

    def made(given: Sequence[Value], around: Around) -> Value:
        count = whole(given[1])
        return Value(f"{name}({text(given[0])}, {count})", size(given[0].type))

    return made


def pad(name: str) -> Call:
    """PAD."""

    def made(given: Sequence[Value], around: Around) -> Value:
        fill = text(given[2]) if len(given) > 2 else "' '"
        return Value(f"{name}({text(given[0])}, {length_of(given[1])}, {fill})", varchar())

    return made


def trim(name: str) -> Call:
    """TRIM."""

    def made(given: Sequence[Value], around: Around) -> Value:
        signs = text(given[1]) if len(given) > 1 else "' '"
        return Value(f"{name}({text(given[0])}, {signs})", size(given[0].type))

    return made


def split_part(given: Sequence[Value], around: Around) -> Value:
    """SPLIT_PART."""
    place = whole(given[2])
    checked = f"CASE WHEN {place} < 1 THEN error('field position must be greater than zero') ELSE {place} END"
    return Value(f"split_part({text(given[0])}, {text(given[1])}, {checked})", size(given[0].type))


def repeat(given: Sequence[Value], around: Around) -> Value:
    """REPEAT."""
    return Value(f"repeat({text(given[0])}, greatest({length_of(given[1])}, 0))", varchar(), "repeat")


def initcap(given: Sequence[Value], around: Around) -> Value:
    """INITCAP."""
    words = f"regexp_extract_all(lower({text(given[0])}), '[[:alnum:]]+|[^[:alnum:]]+')"
    return Value(f"array_to_string(list_transform({words}, lambda w: upper(w[1]) || w[2:]), '')", size(given[0].type))


def _regular(value: Value) -> str:
    """A pattern that means the same to DuckDB. Raises NotDone."""
    pattern = constant(value, "a pattern")
    if re.search(r"\(\?|\\[0-9]", pattern):
        raise NotDone(f"do the pattern {pattern!r}")
    try:
        re.compile(re.sub(r"\[:[a-z]+:\]", "a", pattern))
    except re.error:
        raise Failed("2201B", f"invalid regular expression: {pattern}") from None
    return pattern.replace("\\\\", "\\")


def matches(value: str, pattern: Value, insensitive: bool = False) -> str:
    """Whether a pattern is found in a text."""
    return f"regexp_matches({value}, {quoted(_regular(pattern))}, {quoted('i' if insensitive else 'c')})"


def _flags(given: Sequence[Value], place: int) -> str:
    flags = constant(given[place], "the parameters of a pattern") if len(given) > place else "c"
    if set(flags) - set("ic"):
        raise NotDone(f"do a pattern with the parameters {flags!r}")
    return "i" if "i" in flags else "c"


def _from(given: Sequence[Value], place: int) -> str:
    return f"substr({text(given[0])}, {whole(given[place])})" if len(given) > place else text(given[0])


def regexp_substr(given: Sequence[Value], around: Around) -> Value:
    """REGEXP_SUBSTR."""
    nth = whole(given[3]) if len(given) > 3 else "1"
    found = f"regexp_extract_all({_from(given, 2)}, {quoted(_regular(given[1]))}, 0, {quoted(_flags(given, 4))})"
    sql = f"CASE WHEN {text(given[0])} IS NOT NULL THEN COALESCE(list_extract({found}, {nth}), '') END"
    return Value(sql, size(given[0].type))


def regexp_count(given: Sequence[Value], around: Around) -> Value:
    """REGEXP_COUNT."""
    found = f"regexp_extract_all({_from(given, 2)}, {quoted(_regular(given[1]))}, 0, {quoted(_flags(given, 3))})"
    return Value(f"CAST(len({found}) AS INTEGER)", INTEGER)


def regexp_replace(given: Sequence[Value], around: Around) -> Value:
    """REGEXP_REPLACE."""
    other = constant(given[2], "what replaces a match") if len(given) > 2 else ""
    other = re.sub(r"\$(\d)", r"\\\1", other.replace("\\", "\\\\"))
    if len(given) > 3:
        raise NotDone("do REGEXP_REPLACE with a position")
    pattern = quoted(_regular(given[1]))
    return Value(f"regexp_replace({text(given[0])}, {pattern}, {quoted(other)}, 'g')", varchar())


def sha2(given: Sequence[Value], around: Around) -> Value:
    """SHA2."""
    if given[1].sql not in ("CAST(256 AS INTEGER)", "CAST(0 AS INTEGER)"):
        raise NotDone("do SHA2 of other than 256 bits")
    return Value(f"sha256({text(given[0])})", varchar())
