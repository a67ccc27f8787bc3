"""Expressions: a tree of the parser's becomes text for DuckDB, with Redshift's types and names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from groundschool.engines.redshift import aggregates, comparisons, functions, grouping, types, values
from groundschool.engines.redshift.arguments import PARTS, STEPS, Around, constant, text
from groundschool.engines.redshift.comparisons import COMPARED, compared, comparison
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.parse import MARK
from groundschool.engines.redshift.scope import Scope, navigated
from groundschool.engines.redshift.texts import matches
from groundschool.engines.redshift.types import BOOLEAN, DATE, DOUBLE, INTERVAL, SUPER, TIMESTAMP, varchar
from groundschool.engines.redshift.values import Value, aligned, plain, quoted

if TYPE_CHECKING:
    from groundschool.engines.redshift.queries import Queries

SHORT = {"integer": "int4", "bigint": "int8", "smallint": "int2", "double precision": "float8", "real": "float4",
         "boolean": "bool", "character varying": "varchar", "character": "bpchar", TIMESTAMP.name: "timestamp",
         "timestamp with time zone": "timestamptz"}  # fmt: skip
COUNTED = re.compile(r"\s*(-?\d+)\s*([a-z]+)\s*", re.IGNORECASE)


@dataclass
class Expressions:
    """Reads expressions in a scope; `queries` reads what is a query inside them."""

    scope: Scope
    queries: Queries
    around: Around
    windows: Mapping[str, exp.Expression]

    def read(self, node: exp.Expression) -> Value:
        """The expression. Raises Failed, NotDone."""
        found = READ.get(type(node))
        if found is None:
            raise NotDone(f"do {type(node).__name__.upper()} ({node.sql(dialect='redshift')[:60]})")
        return found(self, node)

    def condition(self, node: exp.Expression) -> str:
        """A condition's SQL. Raises Failed for what is no boolean."""
        value = self.read(node)
        if value.type not in (BOOLEAN, types.UNKNOWN, types.NULL):
            raise Failed("42804", f"argument must be type boolean, not type {value.type.name}")
        return plain(value, BOOLEAN)

    def each(self, nodes: Sequence[exp.Expression]) -> list[Value]:
        """Several. Raises Failed, NotDone."""
        return [self.read(node) for node in nodes]


def _column(here: Expressions, node: Any) -> Value:
    if isinstance(node.this, exp.Star):
        raise Failed("42601", "* is no expression")
    parts = [folded(part) for part in node.parts]
    if len(parts) == 1 and parts[0].startswith(MARK):
        return here.queries.parameter(parts[0][1:])
    if len(parts) == 1:
        found = here.scope.known(parts[0])
        if found is None and not node.this.quoted and parts[0] in functions.BARE:
            return functions.call(parts[0], [], here.around)
        if parts[0] == "rownum":
            raise NotDone("have ROWNUM")
        return here.scope.column(parts[0])
    return _path(here, parts)


def _path(here: Expressions, parts: Sequence[str]) -> Value:
    """A name with parts: schema, table and column, or what a SUPER holds."""
    if here.scope.relation(parts[0]) is not None:
        value = here.scope.column(parts[1], parts[0])
        return navigated(value, parts[2:]) if len(parts) > 2 else value
    if len(parts) > 2 and here.scope.relation(parts[1]) is not None:
        value = here.scope.column(parts[2], parts[1], parts[0])
        return navigated(value, parts[3:]) if len(parts) > 3 else value
    value = here.scope.known(parts[0]) or here.scope.column(parts[1], parts[0])
    return navigated(value, parts[1:])


def folded(part: Any) -> str:
    """A name in lower case, which Redshift folds quoted ones to, too."""
    return str(part.name).lower()


def _literal(here: Expressions, node: Any) -> Value:
    return values.literal(node.this) if node.is_string else values.number(node.this)


def _cast(here: Expressions, node: Any) -> Value:
    if isinstance(node, exp.TryCast) or node.args.get("format") or node.args.get("default"):
        raise NotDone("do TRY_CAST" if isinstance(node, exp.TryCast) else "do CAST with a format")
    if isinstance(node.to, exp.Interval) or "INTERVAL" in str(node.to.this):
        raise NotDone("cast to intervals")
    kind, value = types.written(node.to), here.read(node.this)
    made = values.cast(value, kind)
    own = value.name if isinstance(node.this, exp.Column | exp.Cast | exp.Anonymous) else values.UNNAMED
    return replace(made, name=own if own != values.UNNAMED else SHORT.get(kind.name, kind.name))


def _arithmetic(sign: str) -> Callable[[Expressions, Any], Value]:
    def read(here: Expressions, node: Any) -> Value:
        one, other = here.read(node.this), here.read(node.expression)
        if sign in "+-":
            found = _of_moments(sign, one, other)
            if found is not None:
                return found
        one, other = _numbers(one, other, sign)
        return _computed(sign, one, other)

    return read


def _numbers(one: Value, other: Value, sign: str) -> tuple[Value, Value]:
    """Both as numbers; a literal in quotes becomes what the other is."""
    for value, against in ((one, other), (other, one)):
        if value.type in (types.UNKNOWN, types.NULL) and against.type.number:
            changed = values.cast(value, against.type)
            one, other = (changed, other) if value is one else (one, changed)
    for value in (one, other):
        if not value.type.number:
            words = f"operator does not exist: {one.type.name} {sign} {other.type.name}"
            raise Failed("42883", words)
    return one, other


def _computed(sign: str, one: Value, other: Value) -> Value:
    if one.type.float or other.type.float:
        if sign == "%":
            raise Failed("42883", f"operator does not exist: {one.type.name} % {other.type.name}")
        left, right = plain(one, DOUBLE), plain(other, DOUBLE)
        return Value(f"({left} {sign} {right})", DOUBLE)
    if one.type.whole and other.type.whole:
        kind = types.common([one.type, other.type], sign)
        left, right = plain(one, kind), plain(other, kind)
        return Value(f"({left} {'//' if sign == '/' else sign} {right})", kind)
    return _exact(sign, one, other)


def _exact(sign: str, one: Value, other: Value) -> Value:
    """NUMERIC, with the digits that Redshift's documentation gives a result."""
    left, right = types.as_numeric(one.type), types.as_numeric(other.type)
    (p, s), (q, r) = left.sizes, right.sizes
    sql = plain(one, left), plain(other, right)
    if sign == "/":
        scale = max(4, s + q - r + 1)
        kind = types.numeric(p - s + r + scale, scale)
        texts = (f"CAST({each} AS VARCHAR)" for each in sql)
        return Value(f"CAST(rs_divided({', '.join(texts)}, {kind.sizes[1]}) AS {kind.duck})", kind)
    if sign == "*":
        if s + r > types.MOST_DIGITS:
            raise Failed("22003", "Numeric scale out of range")
        kind = types.numeric(p + q + 1, s + r) if p + q < types.MOST_DIGITS else types.Type("numeric", (38, s + r))
        return Value(f"CAST(({sql[0]} * {sql[1]}) AS {kind.duck})", kind)
    scale = max(s, r)
    kind = types.numeric(max(p - s, q - r) + scale + (sign != "%"), scale)
    if sign == "%":
        wide = [f"CAST({each} AS {kind.duck})" for each in sql]
        return Value(f"({wide[0]} % {wide[1]})", kind)
    return Value(f"CAST(({sql[0]} {sign} {sql[1]}) AS {kind.duck})", kind)


def _of_moments(sign: str, one: Value, other: Value) -> Value | None:
    """Arithmetic on days and times; None where none is in it."""
    if not (one.type.moment or other.type.moment or INTERVAL in (one.type, other.type)):
        return None
    if sign == "+" and other.type.moment:
        one, other = other, one
    if one.type == DATE and other.type.whole:
        return Value(f"({one.sql} {sign} CAST({other.sql} AS INTEGER))", DATE)
    if one.type.moment and other.type == INTERVAL:
        kind = TIMESTAMP if one.type == DATE else one.type
        return Value(f"CAST({one.sql} {sign} {other.sql} AS {kind.duck})", kind)
    if sign == "-" and one.type == DATE and other.type == DATE:
        return Value(f"CAST({one.sql} - {other.sql} AS INTEGER)", types.INTEGER)
    if one.type.moment and other.type in (types.UNKNOWN, TIMESTAMP, DATE):
        raise NotDone("subtract timestamps; use DATEDIFF")
    raise Failed("42883", f"operator does not exist: {one.type.name} {sign} {other.type.name}")


def _negative(here: Expressions, node: Any) -> Value:
    value = here.read(node.this)
    if not value.type.number:
        raise Failed("42883", f"operator does not exist: - {value.type.name}")
    return Value(f"(-{value.sql})", value.type)


def _power(here: Expressions, node: Any) -> Value:
    return replace(functions.call("power", here.each([node.this, node.expression]), here.around), name=values.UNNAMED)


def _joined(here: Expressions, node: Any) -> Value:
    one, other = here.read(node.this), here.read(node.expression)
    if SUPER in (one.type, other.type):
        raise NotDone("join SUPER to text")
    size = sum(each.type.sizes[0] if each.type.text and each.type.sizes else 64 for each in (one, other))
    return Value(f"({text(one)} || {text(other)})", varchar(min(size, types.MOST_TEXT)))


def _logic(word: str) -> Callable[[Expressions, Any], Value]:
    def read(here: Expressions, node: Any) -> Value:
        return Value(f"({here.condition(node.this)} {word} {here.condition(node.expression)})", BOOLEAN)

    return read


def _not(here: Expressions, node: Any) -> Value:
    return Value(f"(NOT {here.condition(node.this)})", BOOLEAN)


def _is(here: Expressions, node: Any) -> Value:
    value, against = here.read(node.this), node.expression
    if isinstance(against, exp.Null):
        return Value(f"({value.sql} IS NULL)", BOOLEAN)
    if isinstance(against, exp.Boolean):
        return Value(f"({plain(value, BOOLEAN)} IS {'TRUE' if against.this else 'FALSE'})", BOOLEAN)
    raise NotDone("do this IS")


def _between(here: Expressions, node: Any) -> Value:
    value = here.read(node.this)
    low, high = (here.read(node.args[name]) for name in ("low", "high"))
    if node.args.get("symmetric"):
        raise NotDone("do BETWEEN SYMMETRIC")
    return Value(f"({compared('>=', value, low)} AND {compared('<=', value, high)})", BOOLEAN)


def _exists(here: Expressions, node: Any) -> Value:
    return Value(f"EXISTS ({here.queries.nested(node.this, here.scope).sql})", BOOLEAN)


def _scalar(here: Expressions, node: Any) -> Value:
    query = here.queries.nested(node.this if isinstance(node, exp.Subquery) else node, here.scope)
    if len(query.columns) != 1:
        raise Failed("42601", "subquery must return only one column")
    return Value(f"({query.sql})", query.columns[0][1])


def _like(here: Expressions, node: Any, escape: str = "\\") -> Value:
    value, pattern = here.read(node.this), here.read(node.expression)
    if not (value.type.text or value.type is types.NULL) or not (pattern.type.text or pattern.type is types.NULL):
        raise Failed("42883", f"operator does not exist: {value.type.name} ~~ {pattern.type.name}")
    word = "ILIKE" if isinstance(node, exp.ILike) else "LIKE"
    if pattern.literal is not None and not node.args.get("negate"):
        pattern = values.literal(pattern.literal.replace("\\\\", "\\") if escape == "\\" else pattern.literal)
    return Value(f"({value.sql} {word} {pattern.sql} ESCAPE {quoted(escape)})", BOOLEAN)


def _escape(here: Expressions, node: Any) -> Value:
    sign = node.expression.name
    if not isinstance(node.this, exp.Like | exp.ILike) or len(sign.replace("\\\\", "\\")) != 1:
        raise Failed("22025", "invalid escape string")
    return _like(here, node.this, sign.replace("\\\\", "\\"))


def _matches(insensitive: bool) -> Callable[[Expressions, Any], Value]:
    def read(here: Expressions, node: Any) -> Value:
        value, pattern = here.read(node.this), here.read(node.expression)
        return Value(matches(text(value), pattern, insensitive), BOOLEAN)

    return read


def _case(here: Expressions, node: Any) -> Value:
    parts = node.args["ifs"]
    results = here.each([each.args["true"] for each in parts])
    rest = here.read(node.args["default"]) if node.args.get("default") is not None else values.null()
    found, kind = aligned([*results, rest], "CASE")
    if node.this is not None:
        against = here.read(node.this)
        tests = [compared("=", against, here.read(each.this)) for each in parts]
    else:
        tests = [here.condition(each.this) for each in parts]
    pairs = " ".join(f"WHEN {test} THEN {value.sql}" for test, value in zip(tests, found, strict=False))
    return Value(f"CASE {pairs} ELSE {found[-1].sql} END", kind, "case")


def _interval(here: Expressions, node: Any) -> Value:
    written = str(node.this.name) if node.this is not None else ""
    unit = str(node.args["unit"].name) if node.args.get("unit") is not None else ""
    found = COUNTED.fullmatch(f"{written} {unit}".strip())
    step = next((name for name in STEPS if found and found[2].lower() in PARTS[name]), None)
    if found is None or step is None:
        raise NotDone(f"read the interval {written!r}")
    return Value(f"to_{step}s({found[1]})", INTERVAL)


def _extract(here: Expressions, node: Any) -> Value:
    return functions.call("date_part", [values.literal(node.name), here.read(node.expression)], here.around)


def _trim(here: Expressions, node: Any) -> Value:
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or ""), "btrim")
    given = [node.this, *([node.expression] if node.expression is not None else [])]
    return replace(functions.call(name, here.each(given), here.around), name=name)


def _substring(here: Expressions, node: Any) -> Value:
    given = [node.this, node.args["start"], *([node.args["length"]] if node.args.get("length") is not None else [])]
    return functions.call("substring", here.each(given), here.around)


def _position(here: Expressions, node: Any) -> Value:
    given = here.each([node.this, node.args["substr"]])
    return replace(functions.call("strpos", given, here.around), name="strpos")


def _at_zone(here: Expressions, node: Any) -> Value:
    value, zone = here.read(node.this), constant(here.read(node.args["zone"]), "a time zone")
    if value.type == TIMESTAMP or value.type is types.UNKNOWN:
        sql = plain(value, TIMESTAMP)
        return Value(f"({sql} AT TIME ZONE {quoted(zone)})", types.TIMESTAMPTZ, "timezone")
    if value.type == types.TIMESTAMPTZ:
        return Value(f"({value.sql} AT TIME ZONE {quoted(zone)})", TIMESTAMP, "timezone")
    raise Failed("42883", f"AT TIME ZONE does not take {value.type.name}")


def _bracket(here: Expressions, node: Any) -> Value:
    places = [each.this for each in node.expressions if isinstance(each, exp.Literal)]
    if len(places) != 1 or len(node.expressions) != 1:
        raise NotDone("compute a place in SUPER")
    place = places[0] if node.expressions[0].is_string else int(places[0])
    return navigated(here.read(node.this), [place])


def _dot(here: Expressions, node: Any) -> Value:
    return navigated(here.read(node.this), [folded(node.expression)])


def _call(here: Expressions, node: Any) -> Value:
    name, given = str(node.this).lower(), list(node.expressions)
    if name in aggregates.AGGREGATES:
        made = aggregates.aggregate(grouping.call(here, node, name))
        return Value(made.finished(), made.type, name)
    if name in aggregates.WINDOWS:
        raise Failed("42809", f"window function {name} requires an OVER clause")
    if name in functions.PART_FIRST and given:
        bare = isinstance(given[0], exp.Column) and len(given[0].parts) == 1
        first = values.literal(given[0].name) if bare else here.read(given[0])
        return functions.call(name, [first, *here.each(given[1:])], here.around)
    return functions.call(name, here.each(given), here.around)


READ: Mapping[type, Callable[[Expressions, Any], Value]] = {
    exp.Column: _column, exp.Literal: _literal, exp.Cast: _cast, exp.TryCast: _cast, exp.Case: _case,
    exp.Boolean: lambda here, node: Value("TRUE" if node.this else "FALSE", BOOLEAN, "bool"),
    exp.Null: lambda here, node: values.null(), exp.Paren: lambda here, node: here.read(node.this),
    exp.Add: _arithmetic("+"), exp.Sub: _arithmetic("-"), exp.Mul: _arithmetic("*"), exp.Div: _arithmetic("/"),
    exp.Mod: _arithmetic("%"), exp.Neg: _negative, exp.Pow: _power, exp.DPipe: _joined, exp.Concat: _joined,
    **dict.fromkeys(COMPARED, comparison), exp.And: _logic("AND"), exp.Or: _logic("OR"), exp.Not: _not,
    exp.Is: _is, exp.Between: _between, exp.In: comparisons.within, exp.Exists: _exists, exp.Subquery: _scalar,
    exp.Like: _like, exp.ILike: _like, exp.Escape: _escape, exp.RegexpLike: _matches(False),
    exp.RegexpILike: _matches(True), exp.Interval: _interval, exp.Extract: _extract, exp.Trim: _trim,
    exp.Substring: _substring, exp.StrPosition: _position, exp.AtTimeZone: _at_zone, exp.Bracket: _bracket,
    exp.Dot: _dot, exp.Anonymous: _call, exp.WithinGroup: grouping.within, exp.Window: grouping.window,
    exp.CurrentTimestamp: lambda here, node: functions.call(
        "sysdate" if node.args.get("sysdate") else "current_timestamp", [], here.around),
    exp.CurrentDate: lambda here, node: functions.call("current_date", [], here.around),
}  # fmt: skip
