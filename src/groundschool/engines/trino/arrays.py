"""Trino's functions of arrays, maps and rows, those with lambdas among them, as DuckDB is asked for them.

A lambda's SQL is its body, its constant the names of its variables, its type's part what it gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundschool.engines.trino import types
from groundschool.engines.trino.casts import cast, coerced, unified
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.signatures import Signature, first, number, plain
from groundschool.engines.trino.typed import Typed, fails, guarded, joined, text
from groundschool.engines.trino.types import (
    BIGINT,
    BOOLEAN,
    VARCHAR,
    Type,
    array,
    mapping,
)

BAD = "INVALID_FUNCTION_ARGUMENT"


def _extreme_of(name: str) -> str:
    """NULL where any element is."""
    return f"CASE WHEN len(list_filter({{0}}, lambda _i: _i IS NULL)) > 0 THEN NULL ELSE list_{name}({{0}}) END"


def _once(sql: str) -> str:
    """An array with each element where it first stands."""
    first_null = f"len(list_filter(list_slice({sql}, 1, _n), lambda _w: _w IS NULL)) = 1"
    kept = f"CASE WHEN _v IS NULL THEN {first_null} ELSE list_position({sql}, _v) = _n END"
    return f"list_filter({sql}, lambda _v, _n: {kept})"


def _element(arguments: Sequence[Typed]) -> Type:
    return arguments[0].type.parts[0]


def _element_at(given: Sequence[Typed], node: Any) -> Typed:
    value, place = given
    if value.type.name == "map":
        key = coerced(place, value.type.parts[0])
        return joined(f"map_extract_value({value.sql}, {key.sql})", value.type.parts[1], given)
    sql = guarded(f"{place.sql} = 0", BAD, text("SQL array indices start at 1"), f"{value.sql}[{place.sql}]")
    return joined(sql, value.type.parts[0], given)


def subscript(value: Typed, place: Typed, node: Any) -> Typed:
    """value[place]: out of range fails, a missing key too."""
    if value.type.name == "map":
        if not types.becomes(place.type, value.type.parts[0]):
            raise Failed("TYPE_MISMATCH", f"Cannot subscript {value.type} with {place.type}", node)
        key = coerced(place, value.type.parts[0])
        words = f"{text('Key not present in map: ')} || CAST({key.sql} AS VARCHAR)"
        lacking = f"NOT map_contains({value.sql}, {key.sql})"
        return joined(
            guarded(lacking, BAD, words, f"map_extract_value({value.sql}, {key.sql})"),
            value.type.parts[1],
            [value, place],
        )
    if value.type.name == "row":
        at = int(number(place))
        if not 1 <= at <= len(value.type.parts):
            raise Failed("INVALID_FUNCTION_ARGUMENT", f"ROW index out of bounds: {at}", node)
        return joined(f"struct_extract({value.sql}, 'f{at - 1}')", value.type.parts[at - 1], [value])
    if value.type.name != "array" or place.type.name not in types.INTEGERS:
        raise Failed("TYPE_MISMATCH", f"Cannot subscript {value.type} with {place.type}", node)
    most = f"len({value.sql})"
    words = (
        f"{text('Array subscript must be less than or equal to array length: ')} || CAST({place.sql} "
        f"AS VARCHAR) || ' > ' || CAST({most} AS VARCHAR)"
    )
    sql = f"CASE WHEN {place.sql} = 0 THEN {fails(BAD, text('SQL array indices start at 1'))} " \
          f"WHEN {place.sql} < 0 THEN {fails(BAD, text('Array subscript is negative'))} " \
          f"WHEN {place.sql} > {most} THEN {fails(BAD, words)} ELSE {value.sql}[{place.sql}] END"  # fmt: skip
    return joined(sql, value.type.parts[0], [value, place])


def _map(given: Sequence[Typed], node: Any) -> Typed:
    if not given:
        return joined("MAP {}", mapping(types.UNKNOWN, types.UNKNOWN), given)
    keys, values = given
    type = mapping(keys.type.parts[0], values.type.parts[0])
    unequal = f"len({keys.sql}) <> len({values.sql})"
    twice = f"len(list_distinct({keys.sql})) <> len({keys.sql})"
    made = guarded(twice, BAD, text("Duplicate map keys are not allowed"), f"map({keys.sql}, {values.sql})")
    return joined(guarded(unequal, BAD, text("Key and value arrays must be the same length"), made), type, given)


def _contains(given: Sequence[Typed], node: Any) -> Typed:
    if types.common(_element(given), given[1].type) is None:
        raise Failed(
            "FUNCTION_NOT_FOUND",
            f"Unexpected parameters ({given[0].type}, {given[1].type}) for function contains",
            node,
        )
    held = f"list_contains({given[0].sql}, {given[1].sql})"
    unknown = f"len(list_filter({given[0].sql}, lambda _item: _item IS NULL)) > 0"
    return joined(
        (
            f"CASE WHEN {given[1].sql} IS NULL THEN NULL WHEN {held} THEN true WHEN {unknown} "
            f"THEN NULL WHEN {given[0].sql} IS NULL THEN NULL ELSE false END"
        ),
        BOOLEAN,
        given,
    )


def _array_join(given: Sequence[Typed], node: Any) -> Typed:
    item = Typed("_item", _element(given))
    shown = cast(item, VARCHAR, node).sql
    if len(given) > 2:
        shown = f"coalesce({shown}, {given[2].sql})"
    return joined(
        f"array_to_string(list_transform({given[0].sql}, lambda _item: {shown}), {given[1].sql})", VARCHAR, given
    )


def _sequence(given: Sequence[Typed], node: Any) -> Typed:
    start, stop = given[0], given[1]
    if start.type.name in types.INTEGERS:
        step = given[2].sql if len(given) > 2 else f"CASE WHEN {start.sql} <= {stop.sql} THEN 1 ELSE -1 END"
        rows = f"generate_series(CAST({start.sql} AS BIGINT), CAST({stop.sql} AS BIGINT), CAST({step} AS BIGINT))"
        wrong = f"{step} = 0 OR ({stop.sql} - {start.sql}) * CAST({step} AS HUGEINT) < 0"
        most = f"abs(({stop.sql} - {start.sql}) // CASE WHEN {step} = 0 THEN 1 ELSE {step} END) >= 10000"
        bounded = guarded(most, BAD, text("result of sequence function must not have more than 10000 entries"), rows)
        type = array(BIGINT)
        return joined(
            guarded(
                wrong,
                BAD,
                text(
                    "sequence stop value should be greater than or equal to start value if step "
                    "is greater than zero otherwise stop should be less than or equal to start"
                ),
                bounded,
            ),
            type,
            given,
        )
    if start.type.name not in ("date", "timestamp") or start.type.name != stop.type.name:
        raise Failed(
            "FUNCTION_NOT_FOUND", f"Unexpected parameters ({start.type}, {stop.type}) for function sequence", node
        )
    step = (
        given[2].sql
        if len(given) > 2
        else f"CASE WHEN {start.sql} <= {stop.sql} THEN INTERVAL 1 DAY ELSE INTERVAL (-1) DAY END"
    )
    rows = (
        f"CAST(generate_series(CAST({start.sql} AS TIMESTAMP), CAST({stop.sql} AS TIMESTAMP), "
        f"{step}) AS {types.duckdb(array(start.type))})"
    )
    many = guarded(
        f"len({rows}) > 10000", BAD, text("result of sequence function must not have more than 10000 entries"), rows
    )
    return joined(many, array(start.type), given)


def _flatten(given: Sequence[Typed], node: Any) -> Typed:
    if _element(given).name != "array":
        raise Failed("FUNCTION_NOT_FOUND", f"Unexpected parameters ({given[0].type}) for function flatten", node)
    return joined(f"flatten({given[0].sql})", _element(given), given)


def _slice(given: Sequence[Typed], node: Any) -> Typed:
    value, start, length = (each.sql for each in given)
    begins = f"CASE WHEN {start} < 0 THEN len({value}) + {start} + 1 ELSE {start} END"
    sql = f"CASE WHEN {begins} < 1 THEN [] ELSE list_slice({value}, {begins}, {begins} + {length} - 1) END"
    wrong = guarded(f"{length} < 0", BAD, text("length must be greater than or equal to 0"), sql)
    return joined(guarded(f"{start} = 0", BAD, text("SQL array indices start at 1"), wrong), given[0].type, given)


def _together(sql: str) -> Signature:
    def build(given: Sequence[Typed], node: Any) -> Typed:
        values, type = unified(list(given), node, "Arrays must be of one type")
        return joined(sql.format(*(value.sql for value in values)), type, values)

    return Signature(("array", "array"), build)


def _repeat(given: Sequence[Typed], node: Any) -> Typed:
    return joined(f"list_transform(range({given[1].sql}), lambda _item: {given[0].sql})", array(given[0].type), given)


def _position(given: Sequence[Typed], node: Any) -> Typed:
    return joined(f"CAST(coalesce(list_position({given[0].sql}, {given[1].sql}), 0) AS BIGINT)", BIGINT, given)


def _map_entries(given: Sequence[Typed], node: Any) -> Typed:
    keys, values = given[0].type.parts
    made = f"list_transform(map_entries({given[0].sql}), lambda _item: struct_pack(f0 := _item.key, f1 := _item.value))"
    return joined(made, array(types.row([keys, values])), given)


def _map_concat(given: Sequence[Typed], node: Any) -> Typed:
    values, type = unified(list(given), node, "Maps must be of one type")
    return joined(f"map_concat({', '.join(value.sql for value in values)})", type, values)


def _lambda(argument: Typed) -> tuple[str, Type]:
    return f"lambda {argument.constant}: {argument.sql}", argument.type.parts[-1]


def _transform(given: Sequence[Typed], node: Any) -> Typed:
    body, type = _lambda(given[1])
    return joined(f"list_transform({given[0].sql}, {body})", array(type), given)


def _filter(given: Sequence[Typed], node: Any) -> Typed:
    return joined(f"list_filter({given[0].sql}, {_lambda(given[1])[0]})", given[0].type, given)


def _match(kind: str) -> Signature:
    def build(given: Sequence[Typed], node: Any) -> Typed:
        held = f"list_transform({given[0].sql}, {_lambda(given[1])[0]})"
        yes, no, null = (f"coalesce(list_contains({held}, {sign}), false)" for sign in ("true", "false", "NULL"))
        unknown = f"len(list_filter({held}, lambda _hit: _hit IS NULL)) > 0"
        decided = {"any": f"WHEN {yes} THEN true WHEN {unknown} THEN NULL ELSE false",
                   "all": f"WHEN {no} THEN false WHEN {unknown} THEN NULL ELSE true",
                   "none": f"WHEN {yes} THEN false WHEN {unknown} THEN NULL ELSE true"}[kind]  # fmt: skip
        assert null
        return joined(f"CASE WHEN {given[0].sql} IS NULL THEN NULL {decided} END", BOOLEAN, given)

    return Signature(("array", "lambda"), build)


def _zip_with(given: Sequence[Typed], node: Any) -> Typed:
    one, other = (given[2].constant or "").split(", ")
    body = given[2].sql.replace(f" {one} ", f" {one} ")
    made = (
        f"list_transform(list_zip({given[0].sql}, {given[1].sql}), lambda _z: list_transform([_z[1]], "
        f"lambda {one}: list_transform([_z[2]], lambda {other}: {body})[1])[1])"
    )
    return joined(made, array(given[2].type.parts[-1]), given)


def _reduce(given: Sequence[Typed], node: Any) -> Typed:
    state, step, finish = given[1], given[2], given[3]
    type = step.type.parts[-1]
    begun = coerced(state, type).sql
    moved = f"list_reduce({given[0].sql}, lambda {step.constant}: {step.sql}, {begun})"
    if given[0].type.parts[0] != type:
        raise NotDone("reduce an array to another type than its elements'")
    return joined(f"list_transform([{moved}], lambda {finish.constant}: {finish.sql})[1]", finish.type.parts[-1], given)


def _entries(given: Sequence[Typed]) -> tuple[str, str, str]:
    key, value = (given[1].constant or "").split(", ")
    return f"map_entries({given[0].sql})", key, value


def _bound(key: str, value: str, body: str) -> str:
    return (
        f"lambda _e: list_transform([_e.key], lambda {key}: list_transform([_e.value], lambda {value}: {body})[1])[1]"
    )


def _map_filter(given: Sequence[Typed], node: Any) -> Typed:
    entries, key, value = _entries(given)
    return joined(f"map_from_entries(list_filter({entries}, {_bound(key, value, given[1].sql)}))", given[0].type, given)


def _transform_values(given: Sequence[Typed], node: Any) -> Typed:
    entries, key, value = _entries(given)
    made = f"map(map_keys({given[0].sql}), list_transform({entries}, {_bound(key, value, given[1].sql)}))"
    return joined(made, mapping(given[0].type.parts[0], given[1].type.parts[-1]), given)


def _transform_keys(given: Sequence[Typed], node: Any) -> Typed:
    entries, key, value = _entries(given)
    made = f"map(list_transform({entries}, {_bound(key, value, given[1].sql)}), map_values({given[0].sql}))"
    return joined(made, mapping(given[1].type.parts[-1], given[0].type.parts[1]), given)


FUNCTIONS: dict[str, list[Signature]] = {
    "cardinality": [
        plain("array", BIGINT, "CAST(len({0}) AS BIGINT)"),
        plain("map", BIGINT, "CAST(cardinality({0}) AS BIGINT)"),
    ],
    "element_at": [Signature(("array", "bigint"), _element_at), Signature(("map", "any"), _element_at)],
    "map": [Signature(("array", "array"), _map), Signature((), _map)],
    "map_keys": [plain("map", lambda given: array(given[0].type.parts[0]), "map_keys({0})")],
    "map_values": [plain("map", lambda given: array(given[0].type.parts[1]), "map_values({0})")],
    "map_entries": [Signature(("map",), _map_entries)],
    "map_concat": [Signature(("map", "map*"), _map_concat)],
    "map_filter": [Signature(("map", "lambda"), _map_filter)],
    "transform_values": [Signature(("map", "lambda"), _transform_values)],
    "transform_keys": [Signature(("map", "lambda"), _transform_keys)],
    "contains": [Signature(("array", "any"), _contains)],
    "array_join": [Signature(("array", "varchar", "varchar?"), _array_join)],
    "array_distinct": [plain("array", first, _once("{0}"))],
    "array_max": [plain("array", _element, _extreme_of("max"))],
    "array_min": [plain("array", _element, _extreme_of("min"))],
    "array_sort": [plain("array", first, "list_sort({0}, 'ASC', 'NULLS LAST')")],
    "array_position": [Signature(("array", "any"), _position)],
    "array_remove": [plain("array, any", first, "list_filter({0}, lambda _i: _i IS DISTINCT FROM {1})")],
    "array_union": [_together(_once("list_concat({0}, {1})"))],
    "array_intersect": [_together(_once("list_filter({0}, lambda _i: coalesce(list_contains({1}, _i), false))"))],
    "array_except": [_together(_once("list_filter({0}, lambda _i: NOT coalesce(list_contains({1}, _i), false))"))],
    "arrays_overlap": [plain("array, array", BOOLEAN, "list_has_any({0}, {1})")],
    "sequence": [Signature(("any", "any", "any?"), _sequence)],
    "flatten": [Signature(("array",), _flatten)],
    "slice": [Signature(("array", "bigint", "bigint"), _slice)],
    "repeat": [Signature(("any", "bigint"), _repeat)],
    "transform": [Signature(("array", "lambda"), _transform)],
    "filter": [Signature(("array", "lambda"), _filter)],
    "any_match": [_match("any")],
    "all_match": [_match("all")],
    "none_match": [_match("none")],
    "zip_with": [Signature(("array", "array", "lambda"), _zip_with)],
    "reduce": [Signature(("array", "any", "lambda", "lambda"), _reduce)],
}  # fmt: skip
