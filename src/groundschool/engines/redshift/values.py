"""An expression as DuckDB reads it, with its type, and how it becomes one of another type."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from groundschool.engines.redshift import types
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.types import Type

UNNAMED = "?column?"
DAY = re.compile(r"\s*(\d{4}-\d{1,2}-\d{1,2})(?:[ T]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*"
                 r"(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?\s*", re.IGNORECASE)  # fmt: skip
WHOLE = r"[ \t\r\n]*[+-]?[0-9]+[ \t\r\n]*"
EXACT = r"[ \t\r\n]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\r\n]*"
TRUE, FALSE = ("t", "true", "y", "yes", "1"), ("f", "false", "n", "no", "0")
SHOWN = {"smallint": "Short", "integer": "Integer", "bigint": "Long"}
LIMITS = {"smallint": 1 << 15, "integer": 1 << 31, "bigint": 1 << 63}


@dataclass(frozen=True)
class Value:
    """`sql` is DuckDB's text, `name` the column's that it would make; `literal` is the text of one in quotes."""

    sql: str
    type: Type
    name: str = UNNAMED
    literal: str | None = None


def quoted(text: str) -> str:
    """A text as DuckDB's literal. Raises Failed for a character that no text may hold."""
    if "\0" in text:
        raise Failed("22021", "invalid byte sequence for encoding UTF8: 0x00")
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A name as DuckDB reads it."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> Value:
    """A literal in quotes, whose type is still open."""
    return Value(quoted(text), types.UNKNOWN, literal=text)


def number(text: str) -> Value:
    """A number as it was written."""
    if text.isdigit():
        size = next((each for each in ("integer", "bigint") if int(text) < LIMITS[each]), "")
        kind = Type(size) if size else types.numeric(len(text), 0)
        if len(text) > types.MOST_DIGITS:
            raise Failed("22003", "Numeric literal out of range")
        return Value(f"CAST({text} AS {kind.duck})", kind)
    if "e" in text.lower():
        return Value(f"CAST('{float(text)!r}' AS DOUBLE)", types.DOUBLE)
    whole, _, fraction = text.partition(".")
    kind = types.numeric(max(len(whole.lstrip("0")) + len(fraction), 1), len(fraction))
    if len(whole.lstrip("0")) + len(fraction) > types.MOST_DIGITS:
        raise Failed("22003", "Numeric literal out of range")
    return Value(f"CAST('{text}' AS {kind.duck})", kind)


def null() -> Value:
    """NULL, of no type yet."""
    return Value("NULL", types.NULL)


def cast(value: Value, kind: Type) -> Value:
    """What CAST makes of a value: texts are cut, numbers rounded. Raises Failed, NotDone."""
    found = _converted(value, kind, explicit=True)
    return Value(_cut(found, kind), kind, value.name)


def assigned(value: Value, kind: Type, column: str) -> Value:
    """A value as a column takes it: a text that is too long fails. Raises Failed, NotDone."""
    source = value.type
    fits = source in (types.UNKNOWN, types.NULL) or source.name == kind.name or (source.text and kind.text)
    fits = fits or (source.number and kind.number) or (source.moment and kind.moment)
    if not fits:
        words = f'column "{column}" is of type {kind.name} but expression is of type {source.name}'
        raise Failed("42804", words)
    if kind.text and value.literal is not None and value.type is types.UNKNOWN:
        _measure(value.literal, kind)
        kept = value.literal if len(value.literal.encode()) <= kind.sizes[0] else value.literal.rstrip(" ")
        return Value(quoted(kept.rstrip(" ") if kind.name == "character" else kept), kind, value.name)
    return Value(_held(_converted(value, kind), kind), kind, value.name)


def _measure(text: str, kind: Type) -> None:
    if len(text.encode()) > kind.sizes[0] and len(text.rstrip(" ").encode()) > kind.sizes[0]:
        raise Failed("22001", f"Value too long for type {kind}")


def _held(sql: str, kind: Type) -> str:
    """A text held to the bytes of its column; blanks at its end are no reason to fail."""
    if not kind.text:
        return sql
    size = kind.sizes[0]
    error = quoted(f"Value too long for type {kind}")
    shown = f"rtrim({sql}, ' ')" if kind.name == "character" else sql
    kept = f"WHEN strlen({sql}) <= {size} THEN {shown} WHEN strlen(rtrim({sql}, ' ')) <= {size}"
    return f"CASE {kept} THEN rtrim({sql}, ' ') WHEN {sql} IS NULL THEN NULL ELSE error({error}) END"


def _cut(sql: str, kind: Type) -> str:
    if not kind.text or kind.sizes[0] == types.MOST_TEXT:
        return sql
    size = kind.sizes[0]
    found = f"CASE WHEN strlen({sql}) <= {size} THEN {sql} ELSE rs_cut({sql}, {size}) END"
    return f"rtrim({found}, ' ')" if kind.name == "character" else found


def plain(value: Value, kind: Type) -> str:
    """The SQL of a value as one of `kind`, where Redshift takes it so by itself. Raises Failed, NotDone."""
    return _converted(value, kind)


def _converted(value: Value, kind: Type, explicit: bool = False) -> str:
    if value.type is types.NULL:
        return f"CAST(NULL AS {kind.duck})"
    if value.literal is not None and value.type is types.UNKNOWN:
        return _of_literal(value.literal, kind)
    source = value.type
    if source == kind or (source.text and kind.text):
        return value.sql
    if kind.text:
        return _as_text(value)
    if source.text:
        return _of_text(value.sql, kind)
    if source.number and kind.number:
        return _of_number(value.sql, source, kind)
    if source.moment and kind.moment:
        return f"CAST({value.sql} AS {kind.duck})"
    if explicit and source.whole and kind.name == "boolean":
        return f"({value.sql} <> 0)"
    if explicit and source.name == "boolean" and kind.whole:
        return f"CAST({value.sql} AS {kind.duck})"
    if source.name == "super":
        return _of_super(value.sql, kind)
    if source.name in ("interval", "super") or kind.name == "super":
        raise NotDone(f"cast {source.name} to {kind.name}")
    raise Failed("42846", f"cannot cast type {source.name} to {kind.name}")


def _of_number(sql: str, source: Type, kind: Type) -> str:
    return f"CAST({sql} AS {kind.duck})"


def _as_text(value: Value) -> str:
    if value.type.name in ("boolean", "interval"):
        raise Failed("42846", f"cannot cast type {value.type.name} to character varying")
    if value.type.float:
        raise NotDone("write floating-point numbers as text; cast to NUMERIC first")
    if value.type.name == "timestamp with time zone":
        raise NotDone("write timestamps with a zone as text; cast to TIMESTAMP first")
    if value.type.name == "super":
        return f"rs_super_text({value.sql})"
    return f"CAST({value.sql} AS VARCHAR)"


def _of_super(sql: str, kind: Type) -> str:
    if kind.text:
        return f"rs_super_text({sql})"
    if kind.whole:
        return f"CAST(rs_super_number({sql}) AS {kind.duck})"
    if kind.number:
        return f"CAST(rs_super_number({sql}) AS {kind.duck})"
    raise NotDone(f"cast super to {kind.name}")


def _of_literal(text: str, kind: Type) -> str:
    if kind.text:
        return quoted(text)
    if kind.whole:
        if not re.fullmatch(WHOLE, text):
            raise Failed("22P02", f'invalid input syntax for integer: "{text}"')
        if not -LIMITS[kind.name] <= int(text) < LIMITS[kind.name]:
            raise Failed("22003", f'value "{text}" is out of range for type {kind.name}')
        return f"CAST({int(text)} AS {kind.duck})"
    if kind.number:
        return _number_of(text, kind)
    if kind.name == "boolean":
        folded = text.strip().lower()
        if folded not in (*TRUE, *FALSE):
            raise Failed("22P02", f'invalid input syntax for type boolean: "{text}"')
        return "TRUE" if folded in TRUE else "FALSE"
    if kind.moment:
        return f"CAST('{moment(text, kind)}' AS {kind.duck})"
    raise NotDone(f"read a literal as {kind.name}")


def _number_of(text: str, kind: Type) -> str:
    if kind.float and text.strip().lower() in ("nan", "inf", "infinity", "-inf", "-infinity"):
        return f"CAST('{text.strip()}' AS {kind.duck})"
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or not re.fullmatch(EXACT, text):
        raise Failed("22P02", f'invalid input syntax for type {kind.name}: "{text}"')
    return f"CAST('{text.strip()}' AS {kind.duck})"


def moment(text: str, kind: Type) -> str:
    """A day or time that is written as ISO has it, in its plain form. Raises Failed, NotDone."""
    found = DAY.fullmatch(text)
    if found is None:
        if any(sign.isdigit() for sign in text) or text.strip().lower() in ("now", "today", "tomorrow", "yesterday"):
            raise NotDone(f"read {text!r} as a {kind.name}; it reads YYYY-MM-DD and YYYY-MM-DD HH:MI:SS")
        raise Failed("22007", f'invalid input syntax for type {kind.name}: "{text}"')
    year, month, day = map(int, found[1].split("-"))
    clock = found[2] or "00:00:00"
    parts = clock.split(":")
    try:
        dt.datetime(year, month, day, int(parts[0]), int(parts[1]), int(float(parts[2])) if len(parts) > 2 else 0)
    except ValueError:
        raise Failed("22008", f'date/time field value out of range: "{text}"') from None
    written = f"{year:04}-{month:02}-{day:02}"
    if kind is types.DATE or kind.name == "date":
        return written
    zone = (found[3] or "").upper().replace("UTC", "+00").replace("Z", "+00")
    return f"{written} {clock}{zone if kind.name == 'timestamp with time zone' else ''}"


def _of_text(sql: str, kind: Type) -> str:
    """A text that is known only when the statement runs."""
    if kind.name in SHOWN:
        start = f"length(regexp_extract(ltrim({sql}), '^[+-]?[0-9]*'))"
        words = f"'Invalid digit, Value ''' || substr(ltrim({sql}), {start} + 1, 1) || ''', Pos ' || {start}"
        return _checked(sql, WHOLE, f"CAST(trim({sql}) AS {kind.duck})", f"{words} || ', Type: {SHOWN[kind.name]}'")
    if kind.number:
        words = f"'Invalid digit, Value ''' || {sql} || ''', Type: {'Decimal' if not kind.float else 'Double'}'"
        return _checked(sql, EXACT, f"CAST(trim({sql}) AS {kind.duck})", words)
    if kind.moment:
        words = f"'The lab does not read ''' || {sql} || ''' as a {kind.name}; it reads YYYY-MM-DD HH:MI:SS.'"
        zone = "([+-][0-9]{2}(:?[0-9]{2})?)?" if kind.name == "timestamp with time zone" else ""
        clock = rf"[0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?{zone}"
        pattern = rf"\s*[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}([ T]{clock})?\s*"
        taken = f"CAST(CAST({sql} AS TIMESTAMP) AS DATE)" if kind.name == "date" else f"CAST({sql} AS {kind.duck})"
        return _checked(sql, pattern, taken, words)
    if kind.name == "boolean":
        true, false = (", ".join(map(quoted, words)) for words in (TRUE, FALSE))
        error = f"error('invalid input syntax for type boolean: \"' || {sql} || '\"')"
        plain_ = f"lower(trim({sql}))"
        known = f"WHEN {plain_} IN ({true}) THEN TRUE WHEN {plain_} IN ({false}) THEN FALSE"
        return f"CASE {known} WHEN {sql} IS NULL THEN NULL ELSE {error} END"
    raise NotDone(f"cast a text to {kind.name}")


def _checked(sql: str, pattern: str, taken: str, words: str) -> str:
    fits = f"regexp_full_match({sql}, {quoted(pattern)})"
    return f"CASE WHEN {sql} IS NULL THEN NULL WHEN {fits} THEN {taken} ELSE error({words}) END"


def aligned(values: Sequence[Value], what: str) -> tuple[list[Value], Type]:
    """Values side by side, as those of one type. Raises Failed."""
    kind = types.common([value.type for value in values], what)
    if kind in (types.UNKNOWN, types.NULL):
        return [replace(value, sql=plain(value, types.UNKNOWN)) for value in values], kind
    return [replace(value, sql=plain(value, kind), type=kind, literal=None) for value in values], kind
