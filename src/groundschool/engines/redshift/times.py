"""Functions of days and times."""

from __future__ import annotations

from collections.abc import Sequence

from groundschool.engines.redshift.arguments import STEPS, Around, Call, constant, moment, part, text, whole
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.types import BIGINT, DATE, INTEGER, TIMESTAMP, Type
from groundschool.engines.redshift.values import Value, quoted


def now(kind: Type, shown: str, seconds: bool = False) -> Call:
    """NOW."""

    def made(given: Sequence[Value], around: Around) -> Value:
        now = around.now.replace(microsecond=0) if seconds else around.now
        return Value(f"CAST('{now.date() if kind == DATE else now.isoformat(sep=' ')}' AS {kind.duck})", kind, shown)

    return made


def dateadd(given: Sequence[Value], around: Around) -> Value:
    """DATEADD."""
    step, when = part(given[0]), moment(given[2])
    if step not in STEPS:
        raise Failed("22023", f'timestamp units "{step}" not supported')
    count = whole(given[1])
    return Value(f"CAST({when.sql} + to_{step}s({count}) AS TIMESTAMP)", TIMESTAMP, "date_add")


def datediff(given: Sequence[Value], around: Around) -> Value:
    """DATEDIFF."""
    step, one, other = part(given[0]), moment(given[1]), moment(given[2])
    if step not in STEPS:
        raise Failed("22023", f'timestamp units "{step}" not supported')
    both = (f"CAST({value.sql} AS TIMESTAMP)" for value in (one, other))
    return Value(f"date_diff('{step}', {', '.join(both)})", BIGINT, "date_diff")


def date_trunc(given: Sequence[Value], around: Around) -> Value:
    """DATE_TRUNC."""
    step, when = part(given[0]), moment(given[1])
    return Value(f"date_trunc('{step}', CAST({when.sql} AS TIMESTAMP))", TIMESTAMP)


def date_part(given: Sequence[Value], around: Around) -> Value:
    """DATE_PART."""
    step, when = part(given[0]), moment(given[1])
    if step in ("century", "decade", "epoch", "millisecond", "microsecond") and step != "epoch":
        raise NotDone(f"extract {step}")
    if step == "epoch":
        return Value(f"CAST(floor(epoch({when.sql})) AS BIGINT)", BIGINT, "date_part")
    return Value(f"CAST(date_part('{step}', {when.sql}) AS INTEGER)", INTEGER, "date_part")


def last_day(given: Sequence[Value], around: Around) -> Value:
    """LAST_DAY."""
    return Value(f"last_day({moment(given[0]).sql})", DATE)


def add_months(given: Sequence[Value], around: Around) -> Value:
    """ADD_MONTHS."""
    when, count = moment(given[0]), whole(given[1])
    moved = f"({when.sql} + to_months({count}))"
    at_end = f"CAST({when.sql} AS DATE) = last_day({when.sql})"
    clock = f"(CAST({when.sql} AS TIMESTAMP) - date_trunc('day', CAST({when.sql} AS TIMESTAMP)))"
    sql = f"CASE WHEN {at_end} THEN CAST(last_day({moved}) AS TIMESTAMP) + {clock} ELSE CAST({moved} AS TIMESTAMP) END"
    return Value(sql, TIMESTAMP)


def convert_timezone(given: Sequence[Value], around: Around) -> Value:
    """CONVERT_TIMEZONE."""
    zones = [text(value) for value in given[:-1]]
    source, target = zones if len(zones) == 2 else ("'UTC'", zones[0])
    when = moment(given[-1])
    return Value(f"rs_zoned({source}, {target}, CAST({when.sql} AS TIMESTAMP))", TIMESTAMP)


def to_moment(kind: Type) -> Call:
    """TO_MOMENT."""

    def made(given: Sequence[Value], around: Around) -> Value:
        pattern = quoted(constant(given[1], "a format"))
        return Value(f"CAST(rs_read({text(given[0])}, {pattern}) AS {kind.duck})", kind)

    return made
