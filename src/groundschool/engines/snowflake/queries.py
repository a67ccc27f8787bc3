"""A query's tree as it must be for DuckDB to answer as Snowflake does: what fakesnow leaves wrong is put right here,
or refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from groundschool.engines.snowflake.failure import NotDone, wrong

TEXT = (exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT, exp.DataType.Type.CHAR, exp.DataType.Type.NVARCHAR)
SCALE = "coalesce(try_cast(regexp_extract({t}, ',(\\d+)', 1) as int), 0)"
BROKEN = "{t} in ('DOUBLE', 'FLOAT', 'VARCHAR', 'JSON')"
MACROS = (
    "CREATE OR REPLACE TEMP MACRO _lab_divisor(b) AS CASE WHEN b = 0 THEN error('Division by zero') ELSE b END",
    "CREATE OR REPLACE TEMP MACRO _lab_scale(t) AS greatest({s}, least({s} + 6, 12))".format(s=SCALE.format(t="t")),
    "CREATE OR REPLACE TEMP MACRO _lab_scaled(v, t) AS CASE WHEN {b} THEN v ELSE round(v, _lab_scale(t)) END".format(
        b=BROKEN.format(t="t")
    ),
    "CREATE OR REPLACE TEMP MACRO _lab_quotient(a, b) AS CASE WHEN {x} OR {y} THEN a / _lab_divisor(b) "
    "ELSE round(a / _lab_divisor(b), _lab_scale(typeof(a))) END".format(
        x=BROKEN.format(t="typeof(a)"), y=BROKEN.format(t="typeof(b)")
    ),
    "CREATE OR REPLACE TEMP MACRO _lab_remainder(a, b) AS a % _lab_divisor(b)",
    "CREATE OR REPLACE TEMP MACRO _lab_truth(x) AS CASE WHEN x IS NULL THEN NULL "
    "WHEN lower(trim(x)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN true "
    "WHEN lower(trim(x)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN false END",
    "CREATE OR REPLACE TEMP MACRO _lab_boolean(x) AS CASE WHEN typeof(x) IN ('VARCHAR') "
    "THEN CASE WHEN x IS NOT NULL AND _lab_truth(x::varchar) IS NULL "
    "THEN error('Boolean value ''' || x::varchar || ''' is not recognized') ELSE _lab_truth(x::varchar) END "
    "WHEN typeof(x) = 'JSON' THEN _lab_truth(x::varchar) ELSE try_cast(x AS BOOLEAN) END",
    "CREATE OR REPLACE TEMP MACRO _lab_fit(x, n) AS CASE WHEN length(x) > n "
    "THEN error('String ''' || x || ''' is too long and would be truncated') ELSE x END",
    "CREATE OR REPLACE TEMP MACRO _lab_there(x, name) AS CASE WHEN x IS NULL "
    "THEN error('NULL result in a non-nullable column: ' || name) ELSE x END",
    "CREATE OR REPLACE TEMP MACRO _lab_step(k, i) AS CASE WHEN k IS NULL THEN '[' || i || ']' "
    "WHEN regexp_full_match(k, '[A-Za-z_][A-Za-z0-9_]*') THEN k ELSE '[''' || k || ''']' END",
    """CREATE OR REPLACE TEMP MACRO _lab_items(j) AS CASE json_type(j)
        WHEN 'OBJECT' THEN list_transform(list_sort(json_keys(j)), lambda x:
            struct_pack(k := x, i := NULL::BIGINT, v := json_extract(j, '$."' || replace(x, '"', '\\"') || '"')))
        WHEN 'ARRAY' THEN list_transform(range(json_array_length(j)::BIGINT), lambda x:
            struct_pack(k := NULL::VARCHAR, i := x, v := json_extract(j, '$[' || x || ']')))
        ELSE [] END""",
    """CREATE OR REPLACE TEMP MACRO _lab_flatten(input, kept) AS TABLE
        SELECT (hash(to_json(input)) % 4294967296)::BIGINT AS SEQ, e.k AS KEY,
            CASE WHEN e.k IS NULL AND e.i IS NULL THEN '' ELSE _lab_step(e.k, e.i) END AS PATH,
            e.i AS INDEX, e.v AS VALUE, to_json(input) AS THIS
        FROM (SELECT unnest(CASE WHEN kept AND coalesce(len(_lab_items(to_json(input))), 0) = 0
            THEN [struct_pack(k := NULL::VARCHAR, i := NULL::BIGINT, v := NULL::JSON)]
            ELSE _lab_items(to_json(input)) END, recursive := true)) AS e(k, i, v)""",
)
REFUSED = {
    exp.HistoricalData: "look at earlier states of a table",
    exp.MatchRecognize: "do MATCH_RECOGNIZE",
    exp.Pivot: "do PIVOT and UNPIVOT",
    exp.Undrop: "bring back what was dropped",
    exp.SwapTable: "exchange tables",
}


def check(tree: exp.Expression) -> None:
    """Raises Failed for what would be answered otherwise than by Snowflake."""
    for node in tree.walk():
        for kind, what in REFUSED.items():
            if isinstance(node, kind):
                raise NotDone(what)
        if isinstance(node, exp.Join) and str(node.args.get("method") or "").upper() == "ASOF":
            raise NotDone("do ASOF JOIN")
        if isinstance(node, exp.TableSample) and (seed := node.args.get("seed")) is not None:
            raise NotDone(f"take the seed {seed} for a sample")
        if isinstance(node, exp.Ordered) and _is_path(node.this):
            raise NotDone("order VARIANTs: cast the path first")
        if isinstance(node, (exp.GT, exp.GTE, exp.LT, exp.LTE)) and _is_path(node.left) and _is_path(node.right):
            raise NotDone("compare VARIANTs with each other: cast the paths first")
        if isinstance(node, (exp.Min, exp.Max)) and _is_path(node.this):
            raise NotDone("do MIN and MAX of a VARIANT: cast the path first")
        inner = node.expression if isinstance(node, exp.Dot) else None
        if isinstance(inner, exp.Anonymous) and inner.name.upper() != "COPY_HISTORY":
            raise NotDone(f"do the function {inner.name.upper()}")
        if isinstance(node, (exp.ToChar, exp.TimeToStr)) and node.args.get("format") is not None:
            raise NotDone("write dates and numbers in a format")


def corrected(tree: exp.Expression) -> exp.Expression:
    """The tree with what differs written in DuckDB's terms. The tree given is changed."""
    for node in list(tree.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)):
        _compare(node)
    return tree.transform(_corrected, copy=False)


def _corrected(node: Any) -> Any:
    if isinstance(node, exp.Div):
        return _call("_lab_quotient", node.left, node.right)
    if isinstance(node, exp.Mod):
        return _call("_lab_remainder", node.this, node.expression)
    if isinstance(node, exp.Window) and isinstance(node.this, exp.Avg):
        least = node.copy()
        least.set("this", exp.Min(this=node.this.this.copy()))
        return _scaled(node, least)
    if isinstance(node, exp.Avg) and not isinstance(node.parent, exp.Window):
        inner = node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
        return _scaled(node, exp.Min(this=inner.copy()))
    if isinstance(node, exp.Cast):
        return _cast(node)
    if isinstance(node, (exp.Lateral, exp.TableFromRows)) and isinstance(node.this, exp.Explode):
        return _flatten(node)
    if isinstance(node, (exp.Greatest, exp.Least)):
        return _null_if_any(node)
    if isinstance(node, exp.Trim) and node.expression is not None:
        side = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "trim")
        return _call(side, node.this, node.expression)
    if isinstance(node, exp.Array) and not node.find(exp.Select):
        return _call("json_array", *node.expressions)
    return node


def _scaled(mean: Any, least: Any) -> Any:
    return _call("_lab_scaled", mean, _call("typeof", least))


def _call(name: str, *arguments: Any) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def _cast(node: Any) -> Any:
    """A cast to a text of some length cuts; one of a text to a boolean knows more words."""
    if node.to.this == exp.DataType.Type.BOOLEAN and not isinstance(node, exp.TryCast):
        return _call("_lab_boolean", node.this)
    if node.to.this in TEXT and node.to.expressions:
        length = node.to.expressions[0].this
        plain = exp.Cast(this=node.this, to=exp.DataType(this=exp.DataType.Type.VARCHAR))
        return exp.Substring(this=plain, start=exp.Literal.number(1), length=length.copy())
    return node


def _null_if_any(node: Any) -> Any:
    """GREATEST and LEAST are NULL when one of their arguments is."""
    arguments = [node.this, *node.expressions]
    if any(_is_path(argument) for argument in arguments):
        raise NotDone("compare VARIANTs with each other: cast the paths first")
    call = exp.Anonymous(this=node.key, expressions=[argument.copy() for argument in arguments])
    for argument in arguments:
        call = exp.Case(
            ifs=[exp.If(this=exp.Is(this=argument.copy(), expression=exp.Null()), true=exp.Null())], default=call
        )
    return exp.Paren(this=call)


def _flatten(node: Any) -> Any:
    """FLATTEN by a macro that knows OUTER."""
    explode = node.this
    given = {"INPUT": None, "OUTER": exp.false(), "RECURSIVE": exp.false(), "MODE": None, "PATH": None}
    for argument in [explode.this, *explode.expressions]:
        name = argument.this.name.upper() if isinstance(argument, exp.Kwarg) else "INPUT"
        if name not in given:
            raise wrong(1420, "22023", f"invalid argument '{name}' for function FLATTEN")
        given[name] = argument.expression if isinstance(argument, exp.Kwarg) else argument
    for name in ("PATH", "MODE"):
        if given[name] is not None:
            raise NotDone(f"do {name} of FLATTEN")
    if given["RECURSIVE"].this is not False:
        raise NotDone("do RECURSIVE of FLATTEN")
    table = exp.Table(this=exp.Anonymous(this="_lab_flatten", expressions=[given["INPUT"], given["OUTER"]]))
    table.set("alias", node.args.get("alias"))
    return table


def _compare(node: Any) -> None:
    """A path is compared with a text or a number as that, where DuckDB would take the literal for JSON."""
    sides = [node.this, *(node.expressions or []), *(node.args.get(name) for name in ("expression", "low", "high"))]
    literals = [side for side in sides if isinstance(side, (exp.Literal, exp.Boolean, exp.Neg))]
    if not literals:
        return
    kind = "DOUBLE" if not getattr(literals[0], "is_string", False) else "VARCHAR"
    if isinstance(literals[0], exp.Boolean):
        kind = "BOOLEAN"
    for side in list(sides):
        if side is not None and _is_path(side):
            side.replace(exp.cast(side.copy(), kind, dialect="snowflake"))


def _is_path(node: Any) -> bool:
    while isinstance(node, exp.Paren):
        node = node.this
    return isinstance(node, (exp.JSONExtract, exp.Bracket))


def tables(tree: exp.Expression) -> Iterator[exp.Table]:
    """The tables that a statement names, without those that its WITH makes."""
    made = {cte.alias_or_name.upper() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and not (not table.db and table.name.upper() in made):
            yield table
