"""The functions of Redshift that the lab has, each made of DuckDB's. One that is not here is refused, never guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from groundschool.engines.redshift import texts, times, types, values
from groundschool.engines.redshift.arguments import Around, Call, constant, moment, number, size, text, whole
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.types import BIGINT, BOOLEAN, DATE, DOUBLE, INTEGER, SUPER, TIMESTAMP, Type, varchar
from groundschool.engines.redshift.values import Value, aligned, plain, quoted

VERSION = (
    "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), "
    "Redshift 1.0.117500"
)


@dataclass(frozen=True)
class Function:
    """How many arguments a function takes, and what it makes of them."""

    least: int
    most: int
    call: Call


def call(name: str, given: Sequence[Value], around: Around) -> Value:
    """A call of a function that is no aggregate. Raises Failed, NotDone."""
    found = FUNCTIONS.get(name)
    if found is None:
        raise NotDone(f"have the function {name}")
    if not found.least <= len(given) <= found.most:
        shown = ", ".join("unknown" if each.type is types.NULL else each.type.name for each in given)
        raise Failed("42883", f"function {name}({shown}) does not exist")
    made = found.call(given, around)
    return replace(made, name=made.name if made.name != values.UNNAMED else name, literal=None)


def _texts(form: str, gives: Type | None = None) -> Call:
    """A function of texts alone; `{0}` stands for the first."""

    def made(given: Sequence[Value], around: Around) -> Value:
        return Value(form.format(*map(text, given)), gives or size(given[0].type))

    return made


def _numbers(form: str, gives: Type | None = None) -> Call:
    def made(given: Sequence[Value], around: Around) -> Value:
        found = [number(value) for value in given]
        if gives == DOUBLE:
            return Value(form.format(*(plain(value, DOUBLE) for value in found)), DOUBLE)
        return Value(form.format(*(value.sql for value in found)), gives or found[0].type)

    return made


def _coalesce(given: Sequence[Value], around: Around) -> Value:
    found, kind = aligned(given, "COALESCE")
    return Value(f"COALESCE({', '.join(value.sql for value in found)})", kind, "coalesce")


def _nvl2(given: Sequence[Value], around: Around) -> Value:
    found, kind = aligned(given[1:], "NVL2")
    return Value(f"CASE WHEN {given[0].sql} IS NOT NULL THEN {found[0].sql} ELSE {found[1].sql} END", kind, "case")


def _nullif(given: Sequence[Value], around: Around) -> Value:
    found, kind = aligned(given, "NULLIF")
    own = given[0].type if given[0].type not in (types.UNKNOWN, types.NULL) else kind
    return Value(f"NULLIF({found[0].sql}, {found[1].sql})", own if own.text == kind.text else kind, "nullif")


def _extreme(name: str) -> Call:
    def made(given: Sequence[Value], around: Around) -> Value:
        found, kind = aligned(given, name.upper())
        return Value(f"{name}({', '.join(value.sql for value in found)})", kind, name)

    return made


def _decode(given: Sequence[Value], around: Around) -> Value:
    pairs, rest = list(given[1:]), None
    if len(pairs) % 2:
        rest = pairs.pop()
    results, kind = aligned([*pairs[1::2], *([rest] if rest else [])], "DECODE")
    parts = []
    for key, result in zip(pairs[::2], results, strict=False):
        (one, other), _ = aligned([given[0], key], "DECODE")
        parts.append(f"WHEN {one.sql} IS NOT DISTINCT FROM {other.sql} THEN {result.sql}")
    last = f" ELSE {results[-1].sql}" if rest else ""
    return Value(f"CASE {' '.join(parts)}{last} END", kind, "case")


def _round(name: str) -> Call:
    def made(given: Sequence[Value], around: Around) -> Value:
        if name == "trunc" and given[0].type.moment:
            return Value(f"CAST({moment(given[0]).sql} AS DATE)", DATE)
        value = number(given[0])
        digits = int(given[1].sql.split("(")[1].split(" ")[0]) if len(given) > 1 and _small(given[1]) else 0
        if len(given) > 1 and not _small(given[1]):
            raise NotDone(f"compute the digits of {name.upper()}")
        if value.type.whole:
            return value
        if name == "trunc":
            return Value(f"trunc({value.sql}, {digits})" if digits else f"trunc({value.sql})", value.type)
        kind = value.type
        if kind.name == "numeric":
            scale = min(digits, kind.sizes[1])
            inner = f"round({value.sql}, {scale})"
            return Value(f"CAST({inner} AS {kind.duck})", kind)
        return Value(f"round({value.sql}, {digits})", kind)

    return made


def _small(value: Value) -> bool:
    return re.fullmatch(r"CAST\(\d{1,2} AS INTEGER\)", value.sql) is not None


def _whole_part(name: str) -> Call:
    def made(given: Sequence[Value], around: Around) -> Value:
        value = number(given[0])
        if value.type.whole:
            return value
        kind = types.numeric(value.type.sizes[0], 0) if value.type.name == "numeric" else DOUBLE
        return Value(f"CAST({name}({value.sql}) AS {kind.duck})", kind)

    return made


def _mod(given: Sequence[Value], around: Around) -> Value:
    found, kind = aligned(given, "MOD")
    if not kind.number or kind.float:
        raise Failed("42883", f"function mod does not take {kind.name}")
    return Value(f"({found[0].sql} % {found[1].sql})", kind)


def _sign(given: Sequence[Value], around: Around) -> Value:
    value = number(given[0])
    return Value(f"CAST(sign({value.sql}) AS {value.type.duck})", value.type)


def _to_char(given: Sequence[Value], around: Around) -> Value:
    pattern = quoted(constant(given[1], "a format"))
    if given[0].type.moment:
        return Value(f"rs_shown(CAST({moment(given[0]).sql} AS TIMESTAMP), {pattern})", varchar())
    return Value(f"rs_number_shown(CAST({_exact(given[0])} AS VARCHAR), {pattern})", varchar())


def _exact(value: Value) -> str:
    if not value.type.number or value.type.float:
        raise NotDone(f"write {value.type.name} by a format")
    return value.sql


def _to_number(given: Sequence[Value], around: Around) -> Value:
    pattern = constant(given[1], "a format")
    digits = re.sub(r"[^90.D]", "", pattern.upper().replace("D", "."))
    scale = len(digits.partition(".")[2])
    kind = types.numeric(max(len(digits.replace(".", "")), 1), scale)
    return Value(f"CAST(rs_number_read({text(given[0])}, {quoted(pattern)}) AS {kind.duck})", kind)


def _switch(given: Sequence[Value], place: int) -> str:
    if len(given) <= place:
        return "FALSE"
    if given[place].sql not in ("TRUE", "FALSE"):
        raise NotDone("compute whether an error is NULL; it reads TRUE or FALSE there")
    return given[place].sql


def _path_text(given: Sequence[Value], around: Around) -> Value:
    quiet = given[-1].type == BOOLEAN
    path = json.dumps([constant(value, "a path") for value in given[1 : len(given) - quiet]])
    sql = f"rs_path_text({text(given[0])}, {quoted(path)}, {_switch(given, len(given) - quiet)})"
    return Value(sql, varchar())


def _element_text(given: Sequence[Value], around: Around) -> Value:
    return Value(f"rs_element_text({text(given[0])}, {whole(given[1])}, {_switch(given, 2)})", varchar())


def _array_length(given: Sequence[Value], around: Around) -> Value:
    return Value(f"rs_array_length({text(given[0])}, {_switch(given, 1)})", INTEGER)


def _super(form: str, gives: Type) -> Call:
    def made(given: Sequence[Value], around: Around) -> Value:
        if given[0].type != SUPER:
            raise Failed("42883", f"function does not take {given[0].type.name} in place of super")
        return Value(form.format(given[0].sql), gives)

    return made


def _told(what: Callable[[Around], str], shown: str) -> Call:
    return lambda given, around: Value(quoted(what(around)), varchar(), shown)


def _copied(given: Sequence[Value], around: Around) -> Value:
    return Value(f"CAST({around.copied} AS BIGINT)", BIGINT)


FUNCTIONS: Mapping[str, Function] = {
    "coalesce": Function(1, 1000, _coalesce), "nvl": Function(1, 1000, _coalesce), "nvl2": Function(3, 3, _nvl2),
    "nullif": Function(2, 2, _nullif), "greatest": Function(1, 1000, _extreme("greatest")),
    "least": Function(1, 1000, _extreme("least")), "decode": Function(3, 1000, _decode),
    "lower": Function(1, 1, _texts("lower({0})")), "upper": Function(1, 1, _texts("upper({0})")),
    **dict.fromkeys(("len", "length", "char_length", "character_length", "textlen"), Function(1, 1, texts.length)),
    "octet_length": Function(1, 1, _texts("CAST(strlen({0}) AS INTEGER)", INTEGER)),
    "btrim": Function(1, 2, texts.trim("trim")), "trim": Function(1, 2, texts.trim("trim")),
    "ltrim": Function(1, 2, texts.trim("ltrim")), "rtrim": Function(1, 2, texts.trim("rtrim")),
    "left": Function(2, 2, texts.side("left")), "right": Function(2, 2, texts.side("right")),
    "substring": Function(2, 3, texts.substring), "substr": Function(2, 3, texts.substring),
    "replace": Function(3, 3, _texts("replace({0}, {1}, {2})", varchar())), "concat": Function(2, 2, texts.concat),
    "strpos": Function(2, 2, _texts("CAST(strpos({0}, {1}) AS INTEGER)", INTEGER)),
    "charindex": Function(2, 2, _texts("CAST(strpos({1}, {0}) AS INTEGER)", INTEGER)),
    "split_part": Function(3, 3, texts.split_part), "lpad": Function(2, 3, texts.pad("lpad")),
    "rpad": Function(2, 3, texts.pad("rpad")), "repeat": Function(2, 2, texts.repeat),
    "replicate": Function(2, 2, texts.repeat),
    "reverse": Function(1, 1, _texts("reverse({0})")), "initcap": Function(1, 1, texts.initcap),
    "translate": Function(3, 3, _texts("translate({0}, {1}, {2})")),
    "md5": Function(1, 1, _texts("md5({0})", varchar(32))), "sha1": Function(1, 1, _texts("sha1({0})", varchar(40))),
    "sha": Function(1, 1, _texts("sha1({0})", varchar(40))), "sha2": Function(2, 2, texts.sha2),
    "ascii": Function(1, 1, _texts("ascii({0})", INTEGER)),
    "chr": Function(1, 1, lambda given, around: Value(f"chr({whole(given[0])})", varchar(4))),
    "regexp_substr": Function(2, 5, texts.regexp_substr), "regexp_count": Function(2, 4, texts.regexp_count),
    "regexp_replace": Function(2, 4, texts.regexp_replace),
    "abs": Function(1, 1, _numbers("abs({0})")), "sign": Function(1, 1, _sign), "mod": Function(2, 2, _mod),
    "round": Function(1, 2, _round("round")), "trunc": Function(1, 2, _round("trunc")),
    "ceil": Function(1, 1, _whole_part("ceil")), "ceiling": Function(1, 1, _whole_part("ceil")),
    "floor": Function(1, 1, _whole_part("floor")),
    "sqrt": Function(1, 1, _numbers("sqrt({0})", DOUBLE)), "exp": Function(1, 1, _numbers("exp({0})", DOUBLE)),
    "ln": Function(1, 1, _numbers("ln({0})", DOUBLE)), "log": Function(1, 1, _numbers("log10({0})", DOUBLE)),
    **dict.fromkeys(("power", "pow"), Function(2, 2, _numbers("pow({0}, {1})", DOUBLE))),
    "to_number": Function(2, 2, _to_number), "to_char": Function(2, 2, _to_char),
    "to_date": Function(2, 2, times.to_moment(DATE)),
    "to_timestamp": Function(2, 2, times.to_moment(types.TIMESTAMPTZ)),
    "getdate": Function(0, 0, times.now(TIMESTAMP, "getdate", seconds=True)),
    "sysdate": Function(0, 0, times.now(TIMESTAMP, "timestamp")),
    "current_date": Function(0, 0, times.now(DATE, "date")),
    "current_timestamp": Function(0, 0, times.now(types.TIMESTAMPTZ, "timestamptz")),
    "dateadd": Function(3, 3, times.dateadd), "date_add": Function(3, 3, times.dateadd),
    "datediff": Function(3, 3, times.datediff), "date_diff": Function(3, 3, times.datediff),
    "date_trunc": Function(2, 2, times.date_trunc), "date_part": Function(2, 2, times.date_part),
    "datepart": Function(2, 2, times.date_part), "last_day": Function(1, 1, times.last_day),
    "add_months": Function(2, 2, times.add_months), "convert_timezone": Function(2, 3, times.convert_timezone),
    "json_extract_path_text": Function(2, 7, _path_text),
    "json_extract_array_element_text": Function(2, 3, _element_text),
    "json_array_length": Function(1, 2, _array_length),
    "is_valid_json": Function(1, 1, _texts("rs_valid({0})", BOOLEAN)),
    "is_valid_json_array": Function(1, 1, _texts("rs_valid_array({0})", BOOLEAN)),
    "json_parse": Function(1, 1, _texts("rs_parsed({0})", SUPER)),
    "json_serialize": Function(1, 1, _super("{0}", varchar())),
    "get_array_length": Function(1, 1, _super("rs_super_length({0})", BIGINT)),
    "version": Function(0, 0, _told(lambda around: VERSION, "version")),
    "current_user": Function(0, 0, _told(lambda around: around.user, "current_user")),
    "user": Function(0, 0, _told(lambda around: around.user, "current_user")),
    "session_user": Function(0, 0, _told(lambda around: around.user, "session_user")),
    "current_schema": Function(0, 0, _told(lambda around: around.schema, "current_schema")),
    "current_database": Function(0, 0, _told(lambda around: "dev", "current_database")),
    "pg_backend_pid": Function(0, 0, lambda given, around: Value(f"CAST({around.backend} AS INTEGER)", INTEGER)),
    "pg_last_copy_count": Function(0, 0, _copied),
}  # fmt: skip
BARE = ("getdate", "sysdate", "current_date", "current_timestamp", "current_user", "user", "session_user")
PART_FIRST = ("dateadd", "date_add", "datediff", "date_diff", "date_trunc", "date_part", "datepart")
