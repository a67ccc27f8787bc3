"""Aggregates and window functions, with the types that Redshift gives their results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundschool.engines.redshift import types, values
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.types import BIGINT, BOOLEAN, DOUBLE, Type, varchar
from groundschool.engines.redshift.values import Value, plain

AGGREGATES = (
    "count", "sum", "avg", "min", "max", "listagg", "median", "stddev", "stddev_samp", "stddev_pop", "variance",
    "var_samp", "var_pop", "bool_and", "bool_or", "any_value", "percentile_cont", "percentile_disc",
)  # fmt: skip
RANKING = ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile")
OFFSETS = ("lag", "lead", "first_value", "last_value", "nth_value")
WINDOWS = (*RANKING, *OFFSETS)


@dataclass(frozen=True)
class Call:
    """A call as it was written: arguments, DISTINCT before them, the ORDER BY within the group, IGNORE NULLS."""

    name: str
    given: Sequence[Value]
    distinct: bool = False
    star: bool = False
    order: str = ""
    ordered: Value | None = None
    ignores: bool = False


@dataclass(frozen=True)
class Made:
    """The call for DuckDB, without what stands behind it; `cast` tells that DuckDB's result is of another type."""

    sql: str
    type: Type
    cast: bool = False

    def finished(self, behind: str = "") -> str:
        """The whole expression; `behind` is an OVER clause."""
        sql = f"{self.sql}{behind}"
        return f"CAST({sql} AS {self.type.duck})" if self.cast else sql


def aggregate(call: Call) -> Made:
    """An aggregate. Raises Failed, NotDone."""
    if call.star or call.name == "count":
        return _count(call)
    if call.name in ("listagg", "percentile_cont", "percentile_disc"):
        return _within(call)
    if len(call.given) != 1:
        raise Failed("42883", f"function {call.name} does not take {len(call.given)} arguments")
    value, distinct = call.given[0], "DISTINCT " * call.distinct
    kind = value.type
    if call.name in ("min", "max", "any_value"):
        shown = varchar() if kind in (types.UNKNOWN, types.NULL) else kind
        if kind.name in ("boolean", "super") and call.name != "any_value":
            raise Failed("42883", f"function {call.name}({kind.name}) does not exist")
        return Made(f"{call.name}({distinct}{value.sql})", shown)
    if call.name in ("bool_and", "bool_or"):
        return Made(f"{call.name}({plain(value, BOOLEAN)})", BOOLEAN)
    if not kind.number:
        raise Failed("42883", f"function {call.name}({kind.name}) does not exist")
    if call.name == "sum":
        return _sum(value, distinct)
    if call.name == "avg":
        return _avg(value, distinct)
    if call.name == "median":
        if kind.name == "numeric":
            raise NotDone("compute the median of NUMERIC; cast to DOUBLE PRECISION first")
        return Made(f"median({distinct}{plain(value, DOUBLE)})", DOUBLE)
    return Made(f"{call.name}({distinct}{plain(value, DOUBLE)})", DOUBLE)


def _count(call: Call) -> Made:
    if call.name != "count" or (call.star and call.distinct):
        raise Failed("42601", f"{call.name}(*) is no function")
    if call.star:
        return Made("count(*)", BIGINT)
    if len(call.given) != 1:
        raise Failed("42883", "function count takes one argument")
    return Made(f"count({'DISTINCT ' * call.distinct}{call.given[0].sql})", BIGINT)


def _sum(value: Value, distinct: str) -> Made:
    kind = value.type
    if kind.float:
        return Made(f"sum({distinct}{plain(value, DOUBLE)})", DOUBLE)
    if kind.name in ("smallint", "integer"):
        return Made(f"sum({distinct}{value.sql})", BIGINT, cast=True)
    gives = types.numeric(38, 0) if kind.whole else types.numeric(38, kind.sizes[1])
    return Made(f"sum({distinct}{value.sql})", gives, cast=True)


def _avg(value: Value, distinct: str) -> Made:
    """Of whole numbers it is a whole number, of NUMERIC one with as many digits behind the point."""
    kind = value.type
    if kind.float:
        return Made(f"avg({distinct}{plain(value, DOUBLE)})", DOUBLE)
    gives = BIGINT if kind.whole else types.numeric(38, kind.sizes[1])
    scale = 0 if kind.whole else kind.sizes[1]
    quotient = f"rs_averaged(CAST(sum({distinct}{value.sql}) AS VARCHAR), count({distinct}{value.sql}), {scale})"
    return Made(quotient, gives, cast=True)


def _within(call: Call) -> Made:
    if call.name == "listagg":
        value, between = call.given[0], call.given[1].sql if len(call.given) > 1 else "''"
        order = f" ORDER BY {call.order}" if call.order else ""
        return Made(f"string_agg({'DISTINCT ' * call.distinct}{plain(value, varchar())}, {between}{order})", varchar())
    if call.ordered is None or len(call.given) != 1:
        raise Failed("42601", f"WITHIN GROUP is required for ordered-set aggregate {call.name.upper()}")
    if call.name == "percentile_disc" or not call.ordered.type.number or call.ordered.type.name == "numeric":
        raise NotDone(f"do {call.name.upper()} of {call.ordered.type.name}")
    share = f"(1 - {call.given[0].sql})" if " DESC" in call.order else call.given[0].sql
    return Made(f"quantile_cont({plain(call.ordered, DOUBLE)}, {share})", DOUBLE)


def window(call: Call) -> Made:
    """A function that only stands before OVER. Raises Failed, NotDone."""
    if call.name in RANKING:
        if call.name == "ntile":
            return Made(f"ntile({call.given[0].sql})", BIGINT)
        if call.given:
            raise Failed("42883", f"function {call.name} takes no argument")
        return Made(f"{call.name}()", DOUBLE if call.name in ("percent_rank", "cume_dist") else BIGINT)
    if not call.given or call.name == "nth_value":
        raise NotDone(f"do {call.name.upper()} so")
    value, ignores = call.given[0], " IGNORE NULLS" * call.ignores
    kind = varchar() if value.type in (types.UNKNOWN, types.NULL) else value.type
    if call.name in ("first_value", "last_value"):
        return Made(f"{call.name}({value.sql}{ignores})", kind)
    if len(call.given) > 2:
        raise Failed("42883", f"function {call.name} takes no third argument")
    step = f", {values.plain(call.given[1], types.INTEGER)}" if len(call.given) > 1 else ""
    return Made(f"{call.name}({value.sql}{step}{ignores})", kind)
