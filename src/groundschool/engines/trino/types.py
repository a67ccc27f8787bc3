"""Trino's types: their names, what each becomes in DuckDB and in Hive, and which turns into which by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundschool.engines.trino.failure import Failed, NotDone


@dataclass(frozen=True)
class Type:
    """A type by Trino's name. `sizes` are a decimal's precision and scale, the length of text, the digits of seconds;
    `parts` the types inside, `names` those of a row's fields (empty for a field without one)."""

    name: str
    sizes: tuple[int, ...] = ()
    parts: tuple[Type, ...] = ()
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.name == "row":
            fields = zip(self.names, self.parts, strict=True)
            return f"row({', '.join(f'{name} {part}'.strip() for name, part in fields)})"
        if self.name == "timestamp with time zone":
            return f"timestamp({self.sizes[0]}) with time zone"
        inside = ", ".join(str(part) for part in self.parts) or ",".join(str(size) for size in self.sizes)
        return f"{self.name}({inside})" if inside else self.name


BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT = (Type(n) for n in ("boolean", "tinyint", "smallint", "integer", "bigint"))
REAL, DOUBLE, VARCHAR, VARBINARY, DATE, JSON = (
    Type(n) for n in ("real", "double", "varchar", "varbinary", "date", "json")
)
UNKNOWN = Type("unknown")
TIMESTAMP = Type("timestamp", (3,))
ZONED = Type("timestamp with time zone", (3,))
DAYS = Type("interval day to second")
MONTHS = Type("interval year to month")
INTEGERS = ("tinyint", "smallint", "integer", "bigint")
DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
NUMBERS = (*INTEGERS, "decimal", "real", "double")
TIMES = ("date", "timestamp", "timestamp with time zone")
DUCKDB = {
    "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT",
    "real": "FLOAT", "double": "DOUBLE", "varchar": "VARCHAR", "char": "VARCHAR", "varbinary": "BLOB", "date": "DATE",
    "timestamp": "TIMESTAMP", "json": "VARCHAR", "unknown": "INTEGER", "interval day to second": "INTERVAL",
    "interval year to month": "INTERVAL",
    # The moment in UTC, and the zone it is told in: DuckDB keeps no zone by value.
    "timestamp with time zone": "STRUCT(moment TIMESTAMP, zone VARCHAR)",
}  # fmt: skip
NAMES = {"int": "integer", "string": "varchar", "float": "real", "binary": "varbinary", "dec": "decimal"}
WORDS = re.compile(r"\s*([a-z_][a-z_0-9]*|\"[^\"]+\"|\d+|[(),<>:])", re.IGNORECASE)
MOST_DIGITS = 38


def decimal(precision: int, scale: int) -> Type:
    """A decimal, of no more than 38 digits."""
    return Type("decimal", (min(precision, MOST_DIGITS), min(scale, MOST_DIGITS)))


def array(of: Type) -> Type:
    """An array of elements of one type."""
    return Type("array", (), (of,))


def mapping(keys: Type, values: Type) -> Type:
    """A map."""
    return Type("map", (), (keys, values))


def row(parts: Sequence[Type], names: Sequence[str] = ()) -> Type:
    """A row; names may be missing."""
    return Type("row", (), tuple(parts), tuple(names) or ("",) * len(parts))


def duckdb(type: Type) -> str:
    """What DuckDB calls it."""
    if type.name == "decimal":
        return f"DECIMAL({type.sizes[0]}, {type.sizes[1]})"
    if type.name == "array":
        return f"{duckdb(type.parts[0])}[]"
    if type.name == "map":
        return f"MAP({duckdb(type.parts[0])}, {duckdb(type.parts[1])})"
    if type.name == "row":
        return f"STRUCT({', '.join(f'f{place} {duckdb(part)}' for place, part in enumerate(type.parts))})"
    return DUCKDB[type.name]


def hive(type: Type) -> str:
    """What a table's definition calls it. Raises NotDone for a type that files here cannot hold."""
    plain = {"integer": "int", "real": "float", "varbinary": "binary", "timestamp": "timestamp"}
    if type.name == "varchar":
        return f"varchar({type.sizes[0]})" if type.sizes else "string"
    if type.name in ("decimal", "char"):
        return str(type)
    if type.name == "array":
        return f"array<{hive(type.parts[0])}>"
    if type.name == "map":
        return f"map<{hive(type.parts[0])},{hive(type.parts[1])}>"
    if type.name == "row":
        fields = zip(type.names, type.parts, strict=True)
        return f"struct<{','.join(f'{name}:{hive(part)}' for name, part in fields)}>"
    if type.name in ("json", "unknown") or type.name.startswith("interval") or "zone" in type.name:
        raise NotDone(f"write a column of type {type} to files; Hive has no such type")
    return plain.get(type.name, type.name)


def parse(text: str) -> Type:
    """A type as Hive or Trino writes it. Raises Failed for what is none."""
    words = WORDS.findall(text)
    if "".join(words).casefold() != re.sub(r"\s", "", text).casefold():
        raise Failed("", f"FAILED: ParseException cannot recognize input near '{text[:60]}' in column type")
    found, rest = _parsed([word.casefold() for word in words], text)
    if rest:
        raise Failed("", f"FAILED: ParseException extraneous input '{rest[0]}' in column type")
    return found


def _parsed(words: list[str], text: str) -> tuple[Type, list[str]]:
    if not words:
        raise Failed("", f"FAILED: ParseException cannot recognize input near '{text[:60]}' in column type")
    name, rest = NAMES.get(words[0], words[0]), words[1:]
    if rest[:1] in (["("], ["<"]) and name in ("array", "map", "struct", "row"):
        return _nested(name, rest[1:], text)
    sizes: list[int] = []
    if rest[:1] == ["("]:
        end = rest.index(")") if ")" in rest else len(rest)
        sizes, rest = [int(word) for word in rest[1:end] if word.isdigit()], rest[end + 1 :]
    if name == "decimal":
        return decimal(*([*sizes, 0][:2] if sizes else (MOST_DIGITS, 0) if "<" not in text else (10, 0))), rest
    if name == "timestamp":
        digits = (sizes[0] if sizes else 3,)
        if rest[:4] == ["with", "time", "zone"]:
            return Type("timestamp with time zone", digits), rest[3:]
        return Type("timestamp", digits), rest
    if name not in DUCKDB and name != "double":
        raise Failed("", f"FAILED: ParseException unknown type '{words[0]}' in column type")
    return Type(name, tuple(sizes) or ((1,) if name == "char" else ())), rest


def _nested(name: str, rest: list[str], text: str) -> tuple[Type, list[str]]:
    parts: list[Type] = []
    names: list[str] = []
    while rest and rest[0] not in (")", ">"):
        if name in ("struct", "row"):
            names.append(rest[0].strip('"'))
            rest = rest[2:] if rest[1:2] == [":"] else rest[1:]
        part, rest = _parsed(rest, text)
        parts.append(part)
        rest = rest[1:] if rest[:1] == [","] else rest
    expected = {"array": 1, "map": 2}.get(name, len(parts) or 1)
    if not rest or len(parts) != expected:
        raise Failed("", f"FAILED: ParseException cannot recognize input near '{text[:60]}' in column type")
    return Type("row" if name == "struct" else name, (), tuple(parts), tuple(names)), rest[1:]


def common(left: Type, right: Type) -> Type | None:
    """The type into which both turn by themselves, as Trino has it; None where they do not."""
    if left == right or right == UNKNOWN:
        return left
    if left == UNKNOWN:
        return right
    if left.name in NUMBERS and right.name in NUMBERS:
        return _common_number(left, right)
    if {left.name, right.name} <= {"varchar", "char"}:
        bounded = left.name == right.name and left.sizes and right.sizes
        return Type(left.name, (max(left.sizes[0], right.sizes[0]),)) if bounded else VARCHAR
    if left.name in TIMES and right.name in TIMES:
        name = max(left.name, right.name, key=TIMES.index)
        return Type(name, (max([*left.sizes, *right.sizes]),))
    if left.name == right.name and left.parts and len(left.parts) == len(right.parts):
        parts = [common(one, other) for one, other in zip(left.parts, right.parts, strict=True)]
        if all(parts):
            same = left.names if left.names == right.names else ("",) * len(left.names)
            return Type(left.name, (), tuple(part for part in parts if part), same)
    return None


def _common_number(left: Type, right: Type) -> Type:
    for name in ("double", "real"):
        if name in (left.name, right.name):
            return Type(name)
    if left.name in INTEGERS and right.name in INTEGERS:
        return max(left, right, key=lambda type: INTEGERS.index(type.name))
    one, other = as_decimal(left), as_decimal(right)
    scale = max(one.sizes[1], other.sizes[1])
    return decimal(max(one.sizes[0] - one.sizes[1], other.sizes[0] - other.sizes[1]) + scale, scale)


def as_decimal(type: Type) -> Type:
    """The decimal that holds an integer type, or the decimal itself."""
    return type if type.name == "decimal" else decimal(DIGITS[type.name], 0)


def becomes(source: Type, target: Type) -> bool:
    """Whether a value of one type turns into another by itself."""
    if target.name in ("varchar", "char") and source.name in ("varchar", "char"):
        return True
    found = common(source, target)
    return found is not None and found.name == target.name
