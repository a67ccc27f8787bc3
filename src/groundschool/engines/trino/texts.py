"""Trino's functions of text, JSON and addresses, regular expressions among them, as DuckDB is asked for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from groundschool.engines.trino import jsons, patterns, types, urls
from groundschool.engines.trino.casts import to, unified
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.jsons import Function
from groundschool.engines.trino.signatures import Signature, constant, first, number, plain
from groundschool.engines.trino.typed import Typed, guarded, joined, text
from groundschool.engines.trino.types import (
    BIGINT,
    BOOLEAN,
    INTEGER,
    JSON,
    VARBINARY,
    VARCHAR,
    Type,
    array,
)

BAD = "INVALID_FUNCTION_ARGUMENT"


def _python(function: Function, takes: str) -> Signature:
    kinds = {"VARCHAR": VARCHAR, "BIGINT": BIGINT, "BOOLEAN": BOOLEAN}
    places = ", ".join(f"{{{place}}}" for place in range(len(function.takes)))
    return plain(takes, kinds[function.gives], f"{function.name}({places})")


def _concat(given: Sequence[Typed], node: Any) -> Typed:
    values = list(given)
    if any(value.type.name == "array" for value in values):
        element = [
            value if value.type.name == "array" else value.made(f"[{value.sql}]", array(value.type)) for value in values
        ]
        together, type = unified(element, node, "All operands of || must be of one type")
        sql = together[0].sql
        for value in together[1:]:
            sql = f"CASE WHEN {sql} IS NULL OR {value.sql} IS NULL THEN NULL ELSE list_concat({sql}, {value.sql}) END"
        return joined(sql, type, values)
    if all(value.type == VARBINARY for value in values):
        return joined(f"({' || '.join(value.sql for value in values)})", VARBINARY, values)
    for value in values:
        if value.type.name not in ("varchar", "char", "unknown"):
            shown = ", ".join(str(each.type) for each in values)
            words = (
                f"Unexpected parameters ({shown}) for function concat. Expected: concat(char(x), "
                "char(y)), concat(varchar), concat(varbinary), concat(array)"
            )
            raise Failed("TYPE_MISMATCH", words, node)
    known = all(value.type.sizes for value in values)
    size = (sum(value.type.sizes[0] for value in values),) if known else ()
    return joined(f"({' || '.join(value.sql for value in to(values, VARCHAR))})", Type("varchar", size), values)


def concatenated(left: Typed, right: Typed, node: Any) -> Typed:
    """The operator ||."""
    return _concat([left, right], node)


def _substring(given: Sequence[Typed], node: Any) -> Typed:
    value, start = given[0].sql, given[1].sql
    length = f", {given[2].sql}" if len(given) > 2 else ""
    begins = f"CASE WHEN {start} < 0 THEN length({value}) + {start} + 1 ELSE {start} END"
    if len(given) > 2:
        empty = f"{start} = 0 OR {begins} < 1 OR {begins} > length({value}) OR {given[2].sql} <= 0"
    else:
        empty = f"{start} = 0 OR {begins} < 1 OR {begins} > length({value})"
    return joined(f"CASE WHEN {empty} THEN '' ELSE substring({value}, {begins}{length}) END", VARCHAR, given)


def _split(given: Sequence[Typed], node: Any) -> Typed:
    value, between = given[0].sql, given[1].sql
    parts = f"string_split({value}, {between})"
    if len(given) == 2:
        return joined(parts, array(VARCHAR), given)
    most = given[2].sql
    rest = f"array_to_string(list_slice({parts}, {most}, len({parts})), {between})"
    cut = (
        f"CASE WHEN len({parts}) <= {most} THEN {parts} ELSE list_append(list_slice({parts}, "
        f"1, {most} - 1), {rest}) END"
    )
    return joined(guarded(f"{most} <= 0", BAD, text("Limit must be positive"), cut), array(VARCHAR), given)


def _split_part(given: Sequence[Typed], node: Any) -> Typed:
    value, between, place = (each.sql for each in given)
    parts = f"string_split({value}, {between})"
    sql = f"CASE WHEN {place} > len({parts}) THEN NULL ELSE {parts}[{place}] END"
    return joined(guarded(f"{place} <= 0", BAD, text("Index must be greater than zero"), sql), VARCHAR, given)


def _pad(side: str) -> Signature:
    def build(given: Sequence[Typed], node: Any) -> Typed:
        value, size, sign = (each.sql for each in given)
        return joined(f"{side}({value}, CAST({size} AS INTEGER), {sign})", VARCHAR, given)

    return Signature(("varchar", "bigint", "varchar"), build)


def _format(given: Sequence[Typed], node: Any) -> Typed:
    """Of Java's formats those that printf has too."""
    shape = constant(given[0], "a format")
    holes = re.findall(r"%(?:%|[-+ 0,#]*\d*(?:\.\d+)?[a-zA-Z])", shape)
    if any(hole[-1] not in "sdf%x" for hole in holes) or re.search(r"%\d+\$|%[^%]*,[^%]*s", shape):
        raise NotDone(f"format with {shape!r}")
    values = list(given[1:])
    wanted = [hole[-1] for hole in holes if hole != "%%"]
    if len(wanted) > len(values):
        raise Failed(BAD, f"Invalid format string: {shape}", node)
    done = []
    for letter, value in zip(wanted, values, strict=False):
        if (
            letter == "f"
            and value.type.name not in ("double", "real", "decimal")
            or letter in "dx"
            and value.type.name not in types.INTEGERS
        ):
            raise Failed(BAD, f"Invalid format string: {shape} for {value.type}", node)
        if letter == "s" and value.type.name not in ("varchar", "char", *types.INTEGERS, "boolean", "date"):
            raise NotDone(f"format {value.type} with %s")
        done.append(value.sql if letter == "s" else f"CAST({value.sql} AS {'DOUBLE' if letter == 'f' else 'BIGINT'})")
        if letter == "s":
            done[-1] = f"coalesce(CAST({value.sql} AS VARCHAR), 'null')"
    return joined(f"printf({', '.join([given[0].sql, *done])})", VARCHAR, given)


def _pattern(argument: Typed) -> str:
    return text(patterns.checked(constant(argument, "a regular expression")))


def _regexp_like(given: Sequence[Typed], node: Any) -> Typed:
    return joined(f"regexp_matches({given[0].sql}, {_pattern(given[1])})", BOOLEAN, given)


def _group(given: Sequence[Typed], node: Any) -> tuple[str, int]:
    written = constant(given[1], "a regular expression")
    chosen = int(number(given[2])) if len(given) > 2 else 0
    pattern = patterns.checked(written)
    if chosen > patterns.count(pattern):
        raise Failed(BAD, f"Pattern has {patterns.count(pattern)} groups. Cannot access group {chosen}", node)
    return written, chosen


def _regexp_extract(given: Sequence[Typed], node: Any) -> Typed:
    written, number = _group(given, node)
    sql = f"regexp_extract({given[0].sql}, {text(written)}, {number})"
    if patterns.empty_is_null(written, number):
        sql = f"nullif({sql}, '')"
    matched = f"regexp_matches({given[0].sql}, {text(written)})"
    return joined(f"CASE WHEN {matched} THEN {sql} END", VARCHAR, given)


def _regexp_extract_all(given: Sequence[Typed], node: Any) -> Typed:
    written, number = _group(given, node)
    if patterns.empty_is_null(written, number) and number:
        sql = f"regexp_extract_all({given[0].sql}, {text(written)}, {number})"
        return joined(f"list_transform({sql}, lambda _item: nullif(_item, ''))", array(VARCHAR), given)
    return joined(f"regexp_extract_all({given[0].sql}, {text(written)}, {number})", array(VARCHAR), given)


def _regexp_replace(given: Sequence[Typed], node: Any) -> Typed:
    if len(given) == 2:
        return joined(f"regexp_replace({given[0].sql}, {_pattern(given[1])}, '', 'g')", VARCHAR, given)
    written = constant(given[2], "a replacement")
    if re.search(r"\$\{|\\[^\\$]", written):
        raise NotDone("replace with named groups")
    rewritten = (
        re.sub(r"(?<!\\)\$(\d)", r"\\\1", written.replace("\\\\", "\0")).replace("\\$", "$").replace("\0", "\\\\")
    )
    return joined(f"regexp_replace({given[0].sql}, {_pattern(given[1])}, {text(rewritten)}, 'g')", VARCHAR, given)


def _regexp_replace_with(given: Sequence[Typed], node: Any) -> Typed:
    """A replacement by a lambda: the text between the matches, and what it makes of each match's groups."""
    pattern = patterns.checked(constant(given[1], "a regular expression"))
    groups = patterns.count(pattern)
    if not groups:
        raise NotDone("replace by a lambda a pattern without groups")
    lists = ", ".join(f"regexp_extract_all({given[0].sql}, {text(pattern)}, {place})" for place in range(1, groups + 1))
    name = given[2].constant or ""
    fields = ", ".join(f"_m[{place}]" for place in range(1, groups + 1))
    made = (
        f"list_transform(list_zip({lists}), lambda _m: list_transform([[{fields}]], lambda {name}: {given[2].sql})[1])"
    )
    between = f"string_split_regex({given[0].sql}, {text(pattern)})"
    pieces = f"list_transform(list_zip({between}, {made}), lambda _p: coalesce(_p[1], '') || coalesce(_p[2], ''))"
    return joined(f"array_to_string({pieces}, '')", VARCHAR, [given[0], given[1]])


def _regexp_split(given: Sequence[Typed], node: Any) -> Typed:
    return joined(f"string_split_regex({given[0].sql}, {_pattern(given[1])})", array(VARCHAR), given)


def _regexp_count(given: Sequence[Typed], node: Any) -> Typed:
    return joined(f"len(regexp_extract_all({given[0].sql}, {_pattern(given[1])}))", BIGINT, given)


FUNCTIONS: dict[str, list[Signature]] = {
    "lower": [plain("varchar", VARCHAR, "lower({0})")],
    "upper": [plain("varchar", VARCHAR, "upper({0})")],
    "length": [plain("varchar", BIGINT, "length({0})"), plain("varbinary", BIGINT, "octet_length({0})")],
    "reverse": [plain("varchar", VARCHAR, "reverse({0})"), plain("array", first, "list_reverse({0})")],
    "replace": [
        plain("varchar, varchar", VARCHAR, "replace({0}, {1}, '')"),
        plain("varchar, varchar, varchar", VARCHAR, "replace({})"),
    ],
    "trim": [plain("varchar", VARCHAR, "trim({0}, E' \\t\\n\\r')")],
    "ltrim": [plain("varchar", VARCHAR, "ltrim({0}, E' \\t\\n\\r')")],
    "rtrim": [plain("varchar", VARCHAR, "rtrim({0}, E' \\t\\n\\r')")],
    "substr": [Signature(("varchar", "bigint", "bigint?"), _substring)],
    "substring": [Signature(("varchar", "bigint", "bigint?"), _substring)],
    "concat": [Signature(("any", "any*"), _concat)],
    "concat_ws": [plain("varchar, varchar*", VARCHAR, "concat_ws({})")],
    "strpos": [plain("varchar, varchar", BIGINT, "strpos({})")],
    "position": [plain("varchar, varchar", BIGINT, "strpos({1}, {0})")],
    "starts_with": [plain("varchar, varchar", BOOLEAN, "starts_with({})")],
    "split": [Signature(("varchar", "varchar", "bigint?"), _split)],
    "split_part": [Signature(("varchar", "varchar", "bigint"), _split_part)],
    "lpad": [_pad("lpad")],
    "rpad": [_pad("rpad")],
    "chr": [plain("bigint", VARCHAR, "chr(CAST({0} AS INTEGER))")],
    "codepoint": [plain("varchar", INTEGER, "unicode({0})")],
    "translate": [plain("varchar, varchar, varchar", VARCHAR, "translate({})")],
    "levenshtein_distance": [plain("varchar, varchar", BIGINT, "levenshtein({})")],
    "hamming_distance": [plain("varchar, varchar", BIGINT, "hamming({})")],
    "format": [Signature(("varchar", "any*"), _format)],
    "to_utf8": [plain("varchar", VARBINARY, "encode({0})")],
    "from_utf8": [plain("varbinary", VARCHAR, "decode({0})")],
    "to_hex": [plain("varbinary", VARCHAR, "hex({0})")],
    "from_hex": [plain("varchar", VARBINARY, "unhex({0})")],
    "to_base64": [plain("varbinary", VARCHAR, "base64({0})")],
    "from_base64": [plain("varchar", VARBINARY, "from_base64({0})")],
    "md5": [plain("varbinary", VARBINARY, "unhex(md5({0}))")],
    "sha1": [plain("varbinary", VARBINARY, "unhex(sha1({0}))")],
    "sha256": [plain("varbinary", VARBINARY, "unhex(sha256({0}))")],
    "regexp_like": [Signature(("varchar", "varchar"), _regexp_like)],
    "regexp_extract": [Signature(("varchar", "varchar", "bigint?"), _regexp_extract)],
    "regexp_extract_all": [Signature(("varchar", "varchar", "bigint?"), _regexp_extract_all)],
    "regexp_replace": [
        Signature(("varchar", "varchar", "varchar?"), _regexp_replace),
        Signature(("varchar", "varchar", "lambda"), _regexp_replace_with),
    ],
    "regexp_split": [Signature(("varchar", "varchar"), _regexp_split)],
    "regexp_count": [Signature(("varchar", "varchar"), _regexp_count)],
    "json_extract": [plain("json or text, varchar", JSON, "trino_json_extract({0}, {1})")],
    "json_extract_scalar": [plain("json or text, varchar", VARCHAR, "trino_json_scalar({0}, {1})")],
    "json_array_length": [plain("json or text", BIGINT, "trino_json_length({0})")],
    "json_array_get": [plain("json or text, bigint", JSON, "trino_json_get({0}, {1})")],
    "json_array_contains": [plain("json or text, varchar", BOOLEAN, "trino_json_contains({0}, {1})")],
    "json_size": [plain("json or text, varchar", BIGINT, "trino_json_size({0}, {1})")],
    "is_json_scalar": [plain("json or text", BOOLEAN, "trino_json_is_scalar({0})")],
    "json_parse": [plain("varchar", JSON, "trino_json_parse({0})")],
    "json_format": [plain("json", VARCHAR, "{0}")],
    **{name: [_python(function, ", ".join(["varchar"] * len(function.takes)))] for name, function in urls.ALL.items()},
}  # fmt: skip
PYTHON = (*jsons.ALL, *urls.ALL.values())
