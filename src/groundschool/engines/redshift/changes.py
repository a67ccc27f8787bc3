"""Statements that change rows: INSERT, UPDATE, DELETE, TRUNCATE and MERGE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from groundschool.engines.redshift import parse, types, values
from groundschool.engines.redshift.expressions import Expressions, folded
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.parse import Reader
from groundschool.engines.redshift.scope import Column as Seen
from groundschool.engines.redshift.scope import Relation, Scope
from groundschool.engines.redshift.tables import Column, Table
from groundschool.engines.redshift.values import Value

if TYPE_CHECKING:
    from groundschool.engines.redshift.session import Session


def _odd(tree: exp.Expression, known: set[str]) -> None:
    odd = {name for name, value in tree.args.items() if value} - known
    if odd:
        raise Failed("42601", f'syntax error at or near "{sorted(odd)[0].strip("_").upper()}"')


def _target(session: Session, node: Any) -> Table:
    table = session.catalog.table([folded(part) for part in node.parts])
    if table.view:
        raise Failed("42809", f'"{table.name}" is a view')
    return table


def filled(session: Session, table: Table, given: Mapping[str, Value]) -> list[str]:
    """The SQL of every column of a row of which some are given. Raises Failed."""
    here = session.queries().expressions(Scope())
    found = []
    for column in table.columns:
        if column.name in given:
            if column.identity:
                raise Failed("0A000", f'cannot set an identity column "{column.name}" to a value')
            found.append(values.assigned(given[column.name], column.type, column.name).sql)
        elif column.identity:
            found.append(f"CAST(nextval({values.quoted(table.sequence(column))}) AS {column.type.duck})")
        else:
            found.append(default(here, column).sql)
    return found


def default(here: Expressions, column: Column) -> Value:
    """What a column is where nothing was said of it."""
    value = here.read(parse.expression(column.default)) if column.default else values.null()
    return values.assigned(value, column.type, column.name)


def insert(session: Session, words: Reader) -> Outcome:
    """INSERT."""
    tree = parse.tree(words.text)
    if not isinstance(tree, exp.Insert):
        raise Failed("42601", "syntax error in INSERT")
    _odd(tree, {"this", "expression", "default", "with_"})
    if tree.args.get("with_") is not None:
        raise NotDone("do WITH before INSERT; it stands before the SELECT")
    schema = tree.this
    named = [folded(each) for each in schema.expressions] if isinstance(schema, exp.Schema) else []
    table = _target(session, schema.this if isinstance(schema, exp.Schema) else schema)
    for name in named:
        if table.column(name) is None:
            raise Failed("42703", f'column "{name}" of relation "{table.name}" does not exist')
    if len(set(named)) != len(named):
        raise Failed("42701", "column specified more than once")
    session.writes(table)
    if tree.args.get("default"):
        count = session.changed(f"INSERT INTO {table.path} VALUES ({', '.join(filled(session, table, {}))})")
    elif isinstance(tree.expression, exp.Values):
        count = _rows(session, table, named, tree.expression)
    else:
        count = _selected(session, table, named, tree.expression)
    return Outcome(f"INSERT 0 {count}", count=count)


def _names(table: Table, named: Sequence[str], count: int) -> list[str]:
    names = list(named) or [column.name for column in table.columns][:count]
    if count > len(names):
        raise Failed("42601", "INSERT has more expressions than target columns")
    if count < len(names):
        raise Failed("42601", "INSERT has more target columns than expressions")
    return names


def _rows(session: Session, table: Table, named: Sequence[str], given: Any) -> int:
    if given.args.get("alias") is not None:
        raise Failed("42601", "syntax error behind VALUES")
    here = session.queries().expressions(Scope())
    rows, size = [], len(given.expressions[0].expressions) if isinstance(given.expressions[0], exp.Tuple) else 1
    for row in given.expressions:
        cells = row.expressions if isinstance(row, exp.Tuple) else [row.this if isinstance(row, exp.Paren) else row]
        if len(cells) != size:
            raise Failed("42601", "VALUES lists must all be the same length")
        names = _names(table, named, len(cells))
        read = {name: here.read(cell) for name, cell in zip(names, cells, strict=True)
                if not (isinstance(cell, exp.Var) and cell.name.upper() == "DEFAULT")}  # fmt: skip
        rows.append(f"({', '.join(filled(session, table, read))})")
    return session.changed(f"INSERT INTO {table.path} VALUES {', '.join(rows)}")


def _selected(session: Session, table: Table, named: Sequence[str], tree: Any) -> int:
    if not isinstance(tree, exp.Query):
        raise Failed("42601", "syntax error in INSERT")
    query = session.queries().query(tree)
    names = _names(table, named, len(query.columns))
    given = {
        name: Value(f"q.c{place}", kind)
        for place, (name, (_, kind)) in enumerate(zip(names, query.columns, strict=True))
    }
    for name, value in given.items():
        if value.type is types.UNKNOWN or value.type.name == "unknown":
            given[name] = Value(value.sql, types.varchar()) if _text(table, name) else values.cast(
                Value(value.sql, types.varchar()), _kind(table, name))  # fmt: skip
    places = ", ".join(f"c{place}" for place in range(len(names)))
    cells = ", ".join(filled(session, table, given))
    return session.changed(f"INSERT INTO {table.path} SELECT {cells} FROM ({query.sql}) AS q({places})")


def _kind(table: Table, name: str) -> types.Type:
    column = table.column(name)
    assert column is not None
    return column.type


def _text(table: Table, name: str) -> bool:
    return _kind(table, name).text


def _relation(table: Table, name: str) -> Relation:
    columns = tuple(Seen(column.name, column.type) for column in table.columns)
    return Relation(name, columns, table.schema if name == table.name else "")


def _own(node: Any, table: Table) -> str:
    alias = node.args.get("alias")
    return folded(alias.this) if alias is not None and alias.this is not None else table.name


def update(session: Session, words: Reader) -> Outcome:
    """UPDATE."""
    tree = parse.tree(words.text)
    if not isinstance(tree, exp.Update):
        raise Failed("42601", "syntax error in UPDATE")
    _odd(tree, {"this", "expressions", "from_", "where"})
    table = _target(session, tree.this)
    session.writes(table, reads=True)
    own = _own(tree.this, table)
    queries, scope = session.queries(), Scope()
    scope.add(_relation(table, own))
    source = ""
    if tree.args.get("from_") is not None:
        source = f" FROM {queries.relation(tree.args['from_'].this, scope)}"
    here = queries.expressions(scope)
    sets = _sets(here, table, tree.expressions)
    where = f" WHERE {here.condition(tree.args['where'].this)}" if tree.args.get("where") is not None else ""
    sql = f"UPDATE {table.path} AS {values.name(own)} SET {', '.join(sets)}{source}{where}"
    count = session.changed(sql)
    return Outcome(f"UPDATE {count}", count=count)


def _sets(here: Expressions, table: Table, nodes: Sequence[Any]) -> list[str]:
    sets = []
    for each in nodes:
        if not isinstance(each, exp.EQ) or not isinstance(each.this, exp.Column):
            raise Failed("42601", "syntax error in SET")
        name = folded(each.this.this)
        column = table.column(name)
        if column is None:
            raise Failed("42703", f'column "{name}" of relation "{table.name}" does not exist')
        if column.identity:
            raise Failed("0A000", f'cannot set an identity column "{name}" to a value')
        told = isinstance(each.expression, exp.Column | exp.Var) and each.expression.name.upper() == "DEFAULT"
        value = default(here, column) if told else values.assigned(here.read(each.expression), column.type, name)
        sets.append(f"{values.name(name)} = {value.sql}")
    return sets


def delete(session: Session, words: Reader) -> Outcome:
    """DELETE."""
    text = words.text
    if not words.sees("FROM"):
        at = words.next.start if words.next else len(text)
        text = f"{text[:at]}FROM {text[at:]}"
    tree = parse.tree(text)
    if not isinstance(tree, exp.Delete):
        raise Failed("42601", "syntax error in DELETE")
    _odd(tree, {"this", "using", "where"})
    table = _target(session, tree.this)
    session.writes(table, reads=True)
    own = _own(tree.this, table)
    queries, scope = session.queries(), Scope()
    scope.add(_relation(table, own))
    using = (
        f" USING {', '.join(queries.relation(node, scope) for node in tree.args['using'])}"
        if tree.args.get("using")
        else ""
    )
    here = queries.expressions(scope)
    where = f" WHERE {here.condition(tree.args['where'].this)}" if tree.args.get("where") is not None else ""
    count = session.changed(f"DELETE FROM {table.path} AS {values.name(own)}{using}{where}")
    return Outcome(f"DELETE {count}", count=count)


def truncate(session: Session, words: Reader) -> Outcome:
    """TRUNCATE. It commits, which the session does behind it."""
    words.takes("TABLE")
    table = session.catalog.table(words.path())
    words.end()
    if table.view:
        raise Failed("42809", f'"{table.name}" is a view')
    session.writes(table, reads=True)
    session.changed(f"DELETE FROM {table.path}")
    return Outcome("TRUNCATE TABLE")


def merge(session: Session, words: Reader) -> Outcome:
    """MERGE: one branch for what matches, one for what does not."""
    if words.text.rstrip().upper().endswith("REMOVE DUPLICATES"):
        raise NotDone("do MERGE with REMOVE DUPLICATES")
    tree = parse.tree(words.text)
    if not isinstance(tree, exp.Merge):
        raise Failed("42601", "syntax error in MERGE")
    _odd(tree, {"this", "using", "on", "whens"})
    table = _target(session, tree.this)
    if tree.this.args.get("alias") is not None:
        raise Failed("42601", "syntax error in MERGE: the target takes no alias")
    if not isinstance(tree.args["using"], exp.Table):
        raise Failed("0A000", "MERGE source must be a table; a subquery or a view is not supported")
    source = session.catalog.table([folded(part) for part in tree.args["using"].parts])
    if source.view:
        raise Failed("0A000", "MERGE source must be a table; a subquery or a view is not supported")
    if (source.schema, source.name) == (table.schema, table.name):
        raise Failed("0A000", "MERGE source and target must be different tables")
    session.writes(table, reads=True)
    queries, scope = session.queries(), Scope()
    scope.add(_relation(table, table.name))
    using = queries.relation(tree.args["using"], scope)
    here = queries.expressions(scope)
    on = here.condition(tree.args["on"])
    _single(session, table, using, on)
    whens = _whens(session, here, table, tree.args["whens"].expressions)
    count = session.changed(
        f"MERGE INTO {table.path} AS {values.name(table.name)} USING {using} ON {on} {' '.join(whens)}"
    )
    return Outcome("MERGE", count=count)


def _single(session: Session, table: Table, using: str, on: str) -> None:
    """Raises Failed when a row of the target meets several of the source."""
    own = values.name(table.name)
    sql = f"SELECT 1 FROM {table.path} AS {own} JOIN {using} ON {on} GROUP BY {own}.rowid HAVING count(*) > 1 LIMIT 1"
    if session.execute(sql).fetchall():
        raise Failed("21000", "Found multiple matches to update the same tuple.")


def _whens(session: Session, here: Expressions, table: Table, given: Sequence[Any]) -> list[str]:
    kinds = [bool(when.args.get("matched")) for when in given]
    if sorted(kinds) != [False, True] or any(when.args.get("source") or when.args.get("condition") for when in given):
        raise Failed("42601", "MERGE takes one WHEN MATCHED and one WHEN NOT MATCHED clause")
    found = []
    for when in given:
        then = when.args["then"]
        if when.args.get("matched"):
            found.append(f"WHEN MATCHED THEN {_matched(here, table, then)}")
        else:
            found.append(f"WHEN NOT MATCHED THEN INSERT VALUES ({', '.join(_added(session, here, table, then))})")
    return found


def _matched(here: Expressions, table: Table, then: Any) -> str:
    if isinstance(then, exp.Update):
        return f"UPDATE SET {', '.join(_sets(here, table, then.expressions))}"
    if isinstance(then, exp.Var) and then.name.upper() == "DELETE":
        return "DELETE"
    raise Failed("42601", "WHEN MATCHED takes UPDATE SET or DELETE")


def _added(session: Session, here: Expressions, table: Table, then: Any) -> list[str]:
    if not isinstance(then, exp.Insert) or not isinstance(then.this, exp.Tuple):
        raise Failed("42601", "WHEN NOT MATCHED takes INSERT with VALUES")
    listed, row = then.this.expressions, then.expression
    if not row and len(listed) == 1 and str(listed[0].this).lower() == "values":
        listed, row = [], listed[0]  # without names the parser takes VALUES for a function
    if not row:
        raise Failed("42601", "WHEN NOT MATCHED takes INSERT with VALUES")
    named = [folded(each.this if isinstance(each, exp.Column) else each) for each in listed]
    for name in named:
        if table.column(name) is None:
            raise Failed("42703", f'column "{name}" of relation "{table.name}" does not exist')
    cells = row.expressions
    names = _names(table, named, len(cells))
    return filled(session, table, {name: here.read(cell) for name, cell in zip(names, cells, strict=True)})
