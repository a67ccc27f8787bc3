"""Trino's aggregate and window functions as DuckDB is asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from groundschool.engines.trino import types
from groundschool.engines.trino.arithmetic import _decimals
from groundschool.engines.trino.casts import coerced
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.signatures import Signature, called
from groundschool.engines.trino.typed import Typed, joined
from groundschool.engines.trino.types import BIGINT, BOOLEAN, DOUBLE, VARCHAR, Type, array, decimal, mapping

# In a template {d} stands for DISTINCT, {o} for an ORDER BY inside, {f} for FILTER and OVER.


def _call(takes: str, gives: Any, sql: str, after: str = "{}") -> Signature:
    def build(given: Sequence[Typed], node: Any) -> Typed:
        type = gives(given) if callable(gives) else gives
        texts = [value.sql for value in given]
        call = sql.replace("{}", ", ".join(texts))
        for place, value in enumerate(texts):
            call = call.replace("{" + str(place) + "}", value)
        return joined(after.replace("{}", call), type, given)

    return Signature(tuple(part.strip() for part in takes.split(",") if part.strip()), build)


def _sum(given: Sequence[Typed], node: Any) -> Typed:
    value = given[0]
    type = value.type
    if type.name in types.INTEGERS:
        gives = BIGINT
    elif type.name == "decimal":
        gives = decimal(38, type.sizes[1])
    else:
        gives = type
    return joined(f"CAST(sum({{d}}{value.sql}{{o}}){{f}} AS {types.duckdb(gives)})", gives, given)


def _average(given: Sequence[Typed], node: Any) -> Typed:
    value = given[0]
    if value.type.name != "decimal":
        return joined(
            f"avg({{d}}CAST({value.sql} AS DOUBLE){{o}}){{f}}",
            DOUBLE if value.type.name != "real" else value.type,
            given,
        )
    total = Typed(
        f"CAST(sum({{d}}{value.sql}){{f}} AS {types.duckdb(decimal(37 - value.type.sizes[1], value.type.sizes[1]))})",
        decimal(37 - value.type.sizes[1], value.type.sizes[1]),
    )
    count = Typed(f"nullif(count({{d}}{value.sql}){{f}}, 0)", BIGINT)
    return joined(f"CAST({_decimals('/', total, count).sql} AS {types.duckdb(value.type)})", value.type, given)


def _extreme(name: str) -> list[Signature]:
    def build(given: Sequence[Typed], node: Any) -> Typed:
        type = given[0].type
        if type.name in ("map", "json"):
            raise Failed("FUNCTION_NOT_FOUND", f"Unexpected parameters ({type}) for function {name}", node)
        if type.parts:
            raise NotDone(f"find the {name} of values of type {type}")
        return joined(f"{name}({{d}}{given[0].sql}{{o}}){{f}}", type, given)

    return [Signature(("any",), build)]


def _by(name: str) -> list[Signature]:
    def build(given: Sequence[Typed], node: Any) -> Typed:
        if given[1].type.name in ("map", "json", "row", "array"):
            raise NotDone(f"order by values of type {given[1].type} in {name}")
        call = "arg_max_null" if name == "max_by" else "arg_min_null"
        return joined(f"{call}({given[0].sql}, {given[1].sql}){{f}}", given[0].type, given)

    return [Signature(("any", "any"), build)]


def _first(given: Sequence[Typed]) -> Type:
    return given[0].type


def _distinct_count(given: Sequence[Typed], node: Any) -> Typed:
    from groundschool.engines.trino.arithmetic import comparable

    return joined(f"count(DISTINCT {comparable(given[0])}){{f}}", BIGINT, given)


def _percentile(given: Sequence[Typed], node: Any) -> Typed:
    value, share = given
    if share.marks or share.type.name == "array":
        raise NotDone("take several or computed percentages in approx_percentile")
    return joined(f"quantile_disc({value.sql}, {share.sql}){{f}}", value.type, given)


def _map_agg(given: Sequence[Typed], node: Any) -> Typed:
    key, value = given
    # Of a key that comes twice Trino keeps one value; which one is not told.
    pairs = f"list(struct_pack(k := {key.sql}, v := {value.sql}){{o}}) FILTER (WHERE {key.sql} IS NOT NULL)"
    raise_on = f"map_from_entries({pairs})"
    return joined(raise_on, mapping(key.type, value.type), given)


def _multimap(given: Sequence[Typed], node: Any) -> Typed:
    raise NotDone("do multimap_agg")


AGGREGATES: dict[str, list[Signature]] = {
    "count": [_call("", BIGINT, "count(*){f}"), _call("any", BIGINT, "count({d}{0}){f}")],
    "sum": [Signature(("number",), _sum)],
    "avg": [Signature(("number",), _average)],
    "min": _extreme("min"),
    "max": _extreme("max"),
    "min_by": _by("min_by"),
    "max_by": _by("max_by"),
    "count_if": [_call("boolean", BIGINT, "count({d}CASE WHEN {0} THEN 1 END){f}")],
    "bool_and": [_call("boolean", BOOLEAN, "bool_and({0}){f}")],
    "every": [_call("boolean", BOOLEAN, "bool_and({0}){f}")],
    "bool_or": [_call("boolean", BOOLEAN, "bool_or({0}){f}")],
    "arbitrary": [_call("any", _first, "any_value({0}){f}")],
    "any_value": [_call("any", _first, "any_value({0}){f}")],
    "array_agg": [_call("any", lambda given: array(given[0].type), "list({d}{0}{o}){f}")],
    "map_agg": [Signature(("any", "any"), _map_agg)],
    "approx_distinct": [Signature(("any", "double?"), _distinct_count)],
    "approx_percentile": [Signature(("number", "double"), _percentile)],
    **{name: [_call("double", DOUBLE, f"{call}({{d}}{{0}}){{f}}")] for name, call in {
        "stddev": "stddev_samp", "stddev_samp": "stddev_samp", "stddev_pop": "stddev_pop", "variance": "var_samp",
        "var_samp": "var_samp", "var_pop": "var_pop", "skewness": "skewness", "geometric_mean": "geometric_mean",
    }.items()},
    **{name: [_call("double, double", DOUBLE, f"{name}({{0}}, {{1}}){{f}}")] for name in (
        "corr", "covar_pop", "covar_samp", "regr_slope", "regr_intercept")},
    "bitwise_and_agg": [_call("bigint", BIGINT, "bit_and({0}){f}")],
    "bitwise_or_agg": [_call("bigint", BIGINT, "bit_or({0}){f}")],
    "listagg": [_call("varchar, varchar?", VARCHAR, "string_agg({d}{}{o}){f}")],
}  # fmt: skip


def _offset(name: str) -> list[Signature]:
    def build(given: Sequence[Typed], node: Any) -> Typed:
        type = given[0].type
        parts = [given[0].sql, *(f"CAST({value.sql} AS INTEGER)" for value in given[1:2])]
        parts += [coerced(value, type).sql for value in given[2:]]
        return joined(f"{name}({', '.join(parts)}{{n}}){{f}}", type, given)

    return [Signature(("any", "bigint?", "any?"), build)]


WINDOWS: dict[str, list[Signature]] = {
    "row_number": [_call("", BIGINT, "row_number(){f}")],
    "rank": [_call("", BIGINT, "rank(){f}")],
    "dense_rank": [_call("", BIGINT, "dense_rank(){f}")],
    "percent_rank": [_call("", DOUBLE, "percent_rank(){f}")],
    "cume_dist": [_call("", DOUBLE, "cume_dist(){f}")],
    "ntile": [_call("bigint", BIGINT, "ntile({0}){f}")],
    "lag": _offset("lag"),
    "lead": _offset("lead"),
    "first_value": [_call("any", _first, "first_value({0}{n}){f}")],
    "last_value": [_call("any", _first, "last_value({0}{n}){f}")],
    "nth_value": [_call("any, bigint", _first, "nth_value({0}, {1}{n}){f}")],
}


def filled(call: Typed, distinct: bool = False, order: str = "", after: str = "", nulls: str = "") -> Typed:
    """An aggregate's template with what stands inside and behind it."""
    signs = {"{d}": "DISTINCT " if distinct else "", "{o}": order, "{f}": after, "{n}": nulls}
    sql = call.sql
    for sign, value in signs.items():
        sql = sql.replace(sign, value)
    return replace(call, sql=sql)


def aggregate(name: str, arguments: Sequence[Typed], node: Any, over: bool) -> Typed:
    """The template of a call. Raises Failed."""
    known = {**AGGREGATES, **WINDOWS} if over else AGGREGATES
    if name in WINDOWS and not over:
        raise Failed("SYNTAX_ERROR", f"Window function {name} requires an OVER clause", node)
    return called(name, known[name], arguments, node)
