"""JSON, kept as text: paths, casts from and to it, each as a function that DuckDB calls in Python.

The paths are json_extract's: names and places, no filters.
"""

from __future__ import annotations

import datetime
import decimal
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundschool.engines.trino import types
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.typed import FAILURE, Typed
from groundschool.engines.trino.types import Type
from groundschool.engines.trino.values import from_json as held

STEP = re.compile(r"""\.(\w[\w-]*)|\[(\d+)\]|\[["']([^"']+)["']\]""", re.ASCII)
MISSING = object()


@dataclass(frozen=True)
class Function:
    """A Python function for DuckDB: its name there, what it takes and gives, as DuckDB's types."""

    name: str
    call: Callable[..., Any]
    takes: tuple[str, ...]
    gives: str


def written(value: Any) -> str:
    """A JSON value as Trino writes it: no blanks, text unescaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return float(value) if value % 1 else int(value)
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return str(value)


def parsed(text: str) -> Any:
    """A JSON text as a value; MISSING for what is none."""
    try:
        return json.loads(text, parse_float=decimal.Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return MISSING


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def steps(path: str) -> list[str | int]:
    """The steps of a path. Raises Failed."""
    found: list[str | int] = []
    position = 1 if path.startswith("$") else 0
    while position < len(path):
        step = STEP.match(path if position or path.startswith("[") else f".{path}", position)
        if step is None or (not path.startswith("$")):
            raise Failed("INVALID_FUNCTION_ARGUMENT", f"Invalid JSON path: '{path}'")
        name, place, quoted = step.groups()
        found.append(int(place) if place is not None else name if name is not None else quoted)
        position = step.end()
    return found


def at(value: Any, path: list[str | int]) -> Any:
    """What a path leads to; MISSING when nothing."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(str(step), MISSING)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else MISSING
        else:
            return MISSING
    return value


def _extract(text: str, path: str) -> str | None:
    found = at(parsed(text), steps(path))
    return None if found is MISSING else written(found)


def _scalar(text: str, path: str) -> str | None:
    found = at(parsed(text), steps(path))
    if found is MISSING or found is None or isinstance(found, dict | list):
        return None
    return found if isinstance(found, str) else written(found)


def _length(text: str) -> int | None:
    found = parsed(text)
    return len(found) if isinstance(found, list) else None


def _size(text: str, path: str) -> int | None:
    found = at(parsed(text), steps(path))
    return None if found is MISSING else len(found) if isinstance(found, dict | list) else 0


def _get(text: str, place: int) -> str | None:
    found = parsed(text)
    if not isinstance(found, list) or not -len(found) <= place < len(found):
        return None
    return written(found[place])


def _contains(text: str, wanted: str) -> bool | None:
    found = parsed(text)
    return any(item == wanted and isinstance(item, str) for item in found) if isinstance(found, list) else None


def _is_scalar(text: str) -> bool | None:
    found = parsed(text)
    return None if found is MISSING else not isinstance(found, dict | list)


def _parse(text: str) -> str:
    found = parsed(text)
    if found is MISSING:
        raise ValueError(f"{FAILURE}INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '{text[:60]}'")
    return written(found)


def _function(name: str, call: Callable[..., Any], takes: str, gives: str) -> Function:
    return Function(name, call, tuple(takes.split()), gives)


EXTRACT = _function("trino_json_extract", _extract, "VARCHAR VARCHAR", "VARCHAR")
SCALAR = _function("trino_json_scalar", _scalar, "VARCHAR VARCHAR", "VARCHAR")
LENGTH = _function("trino_json_length", _length, "VARCHAR", "BIGINT")
SIZE = _function("trino_json_size", _size, "VARCHAR VARCHAR", "BIGINT")
GET = _function("trino_json_get", _get, "VARCHAR BIGINT", "VARCHAR")
CONTAINS = _function("trino_json_contains", _contains, "VARCHAR VARCHAR", "BOOLEAN")
IS_SCALAR = _function("trino_json_is_scalar", _is_scalar, "VARCHAR", "BOOLEAN")
PARSE = _function("trino_json_parse", _parse, "VARCHAR", "VARCHAR")
ALL = (EXTRACT, SCALAR, LENGTH, SIZE, GET, CONTAINS, IS_SCALAR, PARSE)

_casts: dict[str, Function] = {}


def cast_functions() -> list[Function]:
    """The functions that casts have asked for since this process began."""
    return list(_casts.values())


def _made(kind: str, type: Type, call: Callable[[Any], Any], takes: str, gives: str) -> Function:
    name = f"trino_{kind}_{abs(hash((kind, str(type)))):x}"
    return _casts.setdefault(name, Function(name, call, (takes,), gives))


def to_json(value: Typed) -> Typed:
    """CAST(… AS json)."""
    type = value.type
    if type.name in ("varbinary", "timestamp with time zone") or type.name.startswith("interval"):
        raise Failed("TYPE_MISMATCH", f"Cannot cast {type} to json")
    function = _made("to_json", type, lambda found: written(_told(type, found)), types.duckdb(type), "VARCHAR")
    return value.made(f"{function.name}({value.sql})", types.JSON)


def _told(type: Type, value: Any) -> Any:
    if value is None:
        return None
    if type == types.JSON:
        return json.loads(value)
    if type.name == "array":
        return [_told(type.parts[0], item) for item in value]
    if type.name == "map":
        pairs = sorted(value.items(), key=lambda pair: str(pair[0]))
        return {str(key): _told(type.parts[1], item) for key, item in pairs}
    if type.name == "row":
        inside = [_told(part, value[f"f{place}"]) for place, part in enumerate(type.parts)]
        return dict(zip(type.names, inside, strict=True)) if all(type.names) else inside
    return value


def from_json(value: Typed, target: Type) -> Typed:
    """CAST(json AS …)."""
    if target.name not in (*types.NUMBERS, "varchar", "boolean", "array", "map", "row"):
        raise Failed("TYPE_MISMATCH", f"Cannot cast json to {target}")

    def call(text: str) -> Any:
        found = json.loads(text, parse_float=decimal.Decimal)
        try:
            if target.name == "varchar" and isinstance(found, dict | list):
                raise ValueError(text)
            if target.name == "row" and isinstance(found, list):
                found = dict(zip(target.names, found, strict=False))
            given = held(target, _rounded(found, target))
            return dict(given) if target.name == "map" else given
        except ValueError:
            raise ValueError(f"{FAILURE}INVALID_CAST_ARGUMENT: Cannot cast to {target}: {text[:80]}") from None

    if target.name == "map" and target.parts[1].parts or target.name == "array" and target.parts[0].name == "map":
        raise NotDone(f"cast json to {target}")
    function = _made("from_json", target, call, "VARCHAR", types.duckdb(target))
    return value.made(f"{function.name}({value.sql})", target)


def _rounded(value: Any, target: Type) -> Any:
    if target.name in types.INTEGERS and isinstance(value, decimal.Decimal):
        return int(value.quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP))
    return value
