"""Values of fields by their types: from text and from JSON, as Hive reads them; and Arrow's types."""

from __future__ import annotations

import datetime
import decimal
import json
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from groundschool.engines.trino.failure import NotDone
from groundschool.engines.trino.types import Type

Convert = Callable[[str], Any]
BITS = {"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}
FLOAT = re.compile(r"\s*[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?|Infinity|NaN)\s*")
TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?")
EPOCH = datetime.datetime(1970, 1, 1)
ARROW = {
    "boolean": pa.bool_(), "tinyint": pa.int8(), "smallint": pa.int16(), "integer": pa.int32(), "bigint": pa.int64(),
    "real": pa.float32(), "double": pa.float64(), "varchar": pa.string(), "char": pa.string(), "date": pa.date32(),
    "varbinary": pa.binary(), "timestamp": pa.timestamp("us"), "json": pa.string(),
}  # fmt: skip


def arrow(type: Type) -> Any:
    """The Arrow type of a column; fields of a row are called f0, f1 and so on."""
    if type.name == "decimal":
        return pa.decimal128(*type.sizes)
    if type.name == "array":
        return pa.list_(arrow(type.parts[0]))
    if type.name == "map":
        return pa.map_(arrow(type.parts[0]), arrow(type.parts[1]))
    if type.name == "row":
        return pa.struct([(f"f{place}", arrow(part)) for place, part in enumerate(type.parts)])
    return ARROW[type.name]


def _integer(text: str, bits: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(text)
    value = int(text)
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise ValueError(text)
    return value


def _float(text: str) -> float:
    if not FLOAT.fullmatch(text):
        raise ValueError(text)
    return float(text.strip().rstrip("dDfF") if "Inf" not in text else text)


def _boolean(text: str) -> bool:
    if text.casefold() not in ("true", "false"):
        raise ValueError(text)
    return text.casefold() == "true"


def _date(text: str) -> datetime.date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return datetime.date.fromisoformat(text)


def _timestamp(text: str) -> datetime.datetime:
    if not TIMESTAMP.fullmatch(text):
        raise ValueError(text)
    whole, _, fraction = text.partition(".")
    shape = "%Y-%m-%d %H:%M:%S" if whole.count(":") == 2 else "%Y-%m-%d %H:%M" if ":" in whole else "%Y-%m-%d"
    return datetime.datetime.strptime(whole, shape) + datetime.timedelta(microseconds=int((fraction + "000000")[:6]))


def _decimal(text: str, type: Type) -> decimal.Decimal:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text):
        raise ValueError(text)
    precision, scale = type.sizes
    with decimal.localcontext(decimal.Context(prec=80)):
        value = decimal.Decimal(text).quantize(decimal.Decimal(1).scaleb(-scale), decimal.ROUND_HALF_UP)
    if len(value.as_tuple().digits) > precision:
        raise ValueError(text)
    return value


def from_text(type: Type) -> Convert:
    """How a field's text becomes a value of a type without parts. It raises ValueError. Raises NotDone."""
    if type.name in BITS:
        return lambda text: _integer(text, BITS[type.name])
    if type.name == "varchar" and type.sizes:
        return lambda text: text[: type.sizes[0]]
    if type.name == "char":
        return lambda text: text[: type.sizes[0]].rstrip(" ")
    if type.name == "decimal":
        return lambda text: _decimal(text, type)
    known: dict[str, Convert] = {
        "varchar": str, "real": _float, "double": _float, "boolean": _boolean, "date": _date, "timestamp": _timestamp,
    }  # fmt: skip
    if type.name not in known:
        raise NotDone(f"read a column of type {type} from text")
    return known[type.name]


def from_numbers(type: Type) -> Convert:
    """The same for OpenCSVSerde: days and moments are numbers since 1970 there."""
    if type.name == "date":
        return lambda text: (EPOCH + datetime.timedelta(days=_integer(text, 32))).date()
    if type.name == "timestamp":
        return lambda text: EPOCH + datetime.timedelta(milliseconds=_integer(text, 64))
    if type.name in ("boolean", "integer", "bigint", "double", "varchar"):
        return from_text(type)
    if type.name in ("tinyint", "smallint", "real", "decimal", "char"):
        return from_text(type)
    raise NotDone(f"read a column of type {type} with OpenCSVSerde")


def from_json(type: Type, value: Any) -> Any:
    """A JSON value as one of the type. Raises ValueError."""
    if value is None:
        return None
    if type.name == "array":
        return [from_json(type.parts[0], item) for item in _of(list, value)]
    if type.name == "map":
        keys, values = type.parts
        return [(from_json(keys, key), from_json(values, item)) for key, item in _of(dict, value).items()]
    if type.name == "row":
        found = {key.casefold(): item for key, item in _of(dict, value).items()}
        fields = zip(type.names, type.parts, strict=True)
        return {f"f{place}": from_json(part, found.get(name)) for place, (name, part) in enumerate(fields)}
    if type.name == "varchar":
        return from_text(type)(value if isinstance(value, str) else json.dumps(value, separators=(",", ":")))
    if isinstance(value, dict | list):
        raise ValueError(json.dumps(value)[:60])
    if isinstance(value, bool):
        return from_text(type)("true" if value else "false")
    return from_text(type)(str(value))


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(json.dumps(value)[:60])
    return value
