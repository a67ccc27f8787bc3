"""Redshift's types: how they are written, how DuckDB holds them, and what a client is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from groundschool.engines.redshift.failure import Failed, NotDone

MOST_TEXT, MOST_CHARACTER, MOST_DIGITS = 65_535, 4_096, 38


@dataclass(frozen=True)
class Type:
    """A type by Redshift's full name, with precision and scale or a length in bytes."""

    name: str
    sizes: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is one of the integers."""
        return self.name in DIGITS

    @property
    def number(self) -> bool:
        """Whether it is any number."""
        return self.whole or self.name in ("numeric", "real", "double precision")

    @property
    def float(self) -> bool:
        """Whether it is a number of limited precision."""
        return self.name in ("real", "double precision")

    @property
    def text(self) -> bool:
        """Whether it holds characters; a literal in quotes may yet become something else."""
        return self.name in ("character", "character varying", "unknown")

    @property
    def moment(self) -> bool:
        """Whether it is a day or a time on one."""
        return self.name in ("date", "timestamp without time zone", "timestamp with time zone")

    @property
    def duck(self) -> str:
        """DuckDB's type for it."""
        if self.name == "numeric":
            return f"DECIMAL({self.sizes[0]},{self.sizes[1]})"
        return DUCK[self.name]

    def __str__(self) -> str:
        return f"{self.name}({','.join(map(str, self.sizes))})" if self.sizes else self.name


DIGITS = {"smallint": 5, "integer": 10, "bigint": 19}
DUCK = {
    "smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT", "real": "FLOAT", "double precision": "DOUBLE",
    "boolean": "BOOLEAN", "character": "VARCHAR", "character varying": "VARCHAR", "unknown": "VARCHAR",
    "date": "DATE", "timestamp without time zone": "TIMESTAMP", "timestamp with time zone": "TIMESTAMPTZ",
    "super": "VARCHAR", "interval": "INTERVAL", "null": "VARCHAR",
}  # fmt: skip
SMALLINT, INTEGER, BIGINT = Type("smallint"), Type("integer"), Type("bigint")
REAL, DOUBLE, BOOLEAN, DATE = Type("real"), Type("double precision"), Type("boolean"), Type("date")
TIMESTAMP, TIMESTAMPTZ = Type("timestamp without time zone"), Type("timestamp with time zone")
UNKNOWN, NULL, SUPER, INTERVAL = Type("unknown"), Type("null"), Type("super"), Type("interval")
WRITTEN = {
    "SMALLINT": SMALLINT, "INT2": SMALLINT, "INT": INTEGER, "INTEGER": INTEGER, "INT4": INTEGER, "BIGINT": BIGINT,
    "INT8": BIGINT, "REAL": REAL, "FLOAT4": REAL, "FLOAT": DOUBLE, "FLOAT8": DOUBLE, "DOUBLE": DOUBLE,
    "DOUBLE PRECISION": DOUBLE, "BOOLEAN": BOOLEAN, "BOOL": BOOLEAN, "DATE": DATE, "TIMESTAMP": TIMESTAMP,
    "TIMESTAMPTZ": TIMESTAMPTZ, "SUPER": SUPER,
}  # fmt: skip
NEVER = ("UUID", "JSON", "JSONB", "ARRAY", "MONEY", "BYTEA", "XML", "SERIAL", "BIGSERIAL", "SMALLSERIAL", "BIT",
         "HSTORE", "INET", "CIDR", "MAP", "STRUCT", "BLOB", "TINYINT", "NVARCHAR2", "STRING", "DATETIME")  # fmt: skip


def varchar(size: int = MOST_TEXT) -> Type:
    """VARCHAR of so many bytes."""
    return Type("character varying", (size,))


def numeric(precision: int, scale: int) -> Type:
    """NUMERIC, held to 38 digits: what is more is taken from the scale."""
    if precision > MOST_DIGITS:
        scale = max(scale - (precision - MOST_DIGITS), min(scale, 4))
    return Type("numeric", (min(precision, MOST_DIGITS), scale))


def written(kind: exp.DataType) -> Type:
    """The type that a tree of the parser's names. Raises Failed for one that Redshift lacks, NotDone."""
    if not isinstance(kind, exp.DataType) or kind.this is None:
        raise Failed("42704", f"type {kind.sql(dialect='redshift')[:60]} does not exist")
    name = kind.this.value.upper() if not isinstance(kind.this, str) else kind.this.upper()
    sizes = [int(size.name) for size in kind.expressions if size.name.isdigit()]
    return named(name, sizes, [size.name.upper() for size in kind.expressions])


def named(name: str, sizes: list[int], words: list[str]) -> Type:
    """The type of a name and what stands in its brackets. Raises Failed, NotDone."""
    if name in ("DECIMAL", "NUMERIC", "DEC"):
        precision, scale = (*sizes, 0)[:2] if sizes else (18, 0)
        if not 0 < precision <= MOST_DIGITS or not 0 <= scale <= precision:
            raise Failed("22023", f"NUMERIC precision {precision} must be between 1 and 38, and scale below it")
        return Type("numeric", (precision, scale))
    if name in ("VARCHAR", "NVARCHAR", "TEXT", "CHARACTER VARYING"):
        most = MOST_TEXT if "MAX" in words else sizes[0] if sizes else 256
        return _sized("character varying", most, MOST_TEXT)
    if name in ("CHAR", "NCHAR", "BPCHAR", "CHARACTER"):
        return _sized("character", sizes[0] if sizes else 256 if name == "BPCHAR" else 1, MOST_CHARACTER)
    if name in WRITTEN and not sizes:
        return WRITTEN[name]
    if name in NEVER or name in ("USERDEFINED", "USER-DEFINED"):
        raise Failed("0A000", f'Column type "{name.lower()}" is not supported.')
    raise NotDone(f"have the type {name.lower()}")


def _sized(name: str, size: int, most: int) -> Type:
    if not 1 <= size <= most:
        raise Failed("22023", f"length for type {name} must be between 1 and {most}")
    return Type(name, (size,))


def common(types: list[Type], what: str) -> Type:
    """The type that values of these become side by side. Raises Failed when there is none."""
    known = [kind for kind in types if kind not in (UNKNOWN, NULL)]
    if not known:
        return UNKNOWN if UNKNOWN in types else NULL
    first = known[0]
    if all(kind.text for kind in known):
        return varchar(max(kind.sizes[0] for kind in known))
    if all(kind.number for kind in known):
        return _common_number(known)
    if all(kind.moment for kind in known):
        order = [DATE, TIMESTAMP, TIMESTAMPTZ]
        return order[max(order.index(kind) for kind in known)]
    if all(kind.name == first.name for kind in known):
        return first
    other = next(kind for kind in known if kind.name != first.name)
    raise Failed("42804", f"{what} types {first.name} and {other.name} cannot be matched")


def _common_number(known: list[Type]) -> Type:
    if any(kind.float for kind in known):
        return REAL if all(kind == REAL for kind in known) else DOUBLE
    if all(kind.whole for kind in known):
        return max(known, key=lambda kind: DIGITS[kind.name])
    exact = [as_numeric(kind).sizes for kind in known]
    scale = max(size[1] for size in exact)
    return numeric(max(size[0] - size[1] for size in exact) + scale, scale)


def as_numeric(kind: Type) -> Type:
    """An exact number's NUMERIC."""
    return kind if kind.name == "numeric" else numeric(DIGITS[kind.name], 0)


def of_arrow(kind: Any) -> Type:
    """The type that holds an Arrow column. Raises NotDone."""
    import pyarrow as pa

    if pa.types.is_decimal(kind):
        return Type("numeric", (kind.precision, kind.scale))
    if pa.types.is_timestamp(kind):
        return TIMESTAMPTZ if kind.tz else TIMESTAMP
    checks = (
        (pa.types.is_boolean, BOOLEAN), (pa.types.is_int8, SMALLINT), (pa.types.is_int16, SMALLINT),
        (pa.types.is_uint8, SMALLINT), (pa.types.is_uint16, INTEGER), (pa.types.is_int32, INTEGER),
        (pa.types.is_integer, BIGINT), (pa.types.is_float32, REAL), (pa.types.is_floating, DOUBLE),
        (pa.types.is_string, varchar()), (pa.types.is_large_string, varchar()), (pa.types.is_date, DATE),
    )  # fmt: skip
    found = next((name for holds, name in checks if holds(kind)), None)
    if found is None:
        raise NotDone(f"read a column of type {kind}")
    return found
