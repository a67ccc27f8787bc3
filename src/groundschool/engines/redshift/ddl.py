"""Statements that define: schemas, tables with their distribution, sort keys and encodings, and views."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groundschool.engines.redshift import parse, tables, types, values
from groundschool.engines.redshift.catalog import SYSTEM_SCHEMAS
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.parse import Reader
from groundschool.engines.redshift.queries import Query
from groundschool.engines.redshift.scope import Scope
from groundschool.engines.redshift.tables import Column, Table
from groundschool.engines.redshift.types import Type

if TYPE_CHECKING:
    from groundschool.engines.redshift.session import Session

ENCODINGS = ("raw", "az64", "bytedict", "delta", "delta32k", "lzo", "mostly8", "mostly16", "mostly32", "runlength",
             "text255", "text32k", "zstd", "auto")  # fmt: skip
BEHIND = ("ENCODE", "DISTKEY", "SORTKEY", "NOT NULL", "NULL", "DEFAULT", "IDENTITY", "GENERATED", "PRIMARY", "UNIQUE",
          "REFERENCES", "COLLATE", "CONSTRAINT", ",")  # fmt: skip
MOST_COLUMNS = 1_600


def create(session: Session, words: Reader) -> Outcome:
    """CREATE."""
    if words.takes("SCHEMA"):
        return _create_schema(session, words)
    replaces = words.takes("OR", "REPLACE")
    temporary = words.takes("TEMP") or words.takes("TEMPORARY") or words.takes("LOCAL", "TEMP")
    if words.takes("TABLE") and not replaces:
        return _create_table(session, words, temporary)
    if words.takes("VIEW"):
        return _create_view(session, words, replaces)
    for kind in ("SEQUENCE", "INDEX", "TRIGGER", "TYPE", "EXTENSION", "DOMAIN", "RULE"):
        if words.sees(kind):
            raise Failed("0A000", f"CREATE {kind} is not supported")
    raise NotDone(f"do CREATE {words.next.text.upper() if words.next else ''}")


def _create_schema(session: Session, words: Reader) -> Outcome:
    quiet = words.takes("IF", "NOT", "EXISTS")
    name = words.name()
    if words.takes("AUTHORIZATION"):
        words.name()
    words.end()
    if name in session.catalog.schemas() or name in SYSTEM_SCHEMAS:
        if quiet:
            return Outcome("CREATE SCHEMA")
        raise Failed("42P06", f'schema "{name}" already exists')
    if name.startswith("pg_"):
        raise Failed("42939", f'unacceptable schema name "{name}"')
    session.execute(f"CREATE SCHEMA {tables.held(name)}")
    return Outcome("CREATE SCHEMA")


def placed(session: Session, path: tuple[str, ...], temporary: bool) -> tuple[str, str, bool]:
    """Schema and name of what is to be made. Raises Failed."""
    name = path[-1]
    if name.startswith("#") or temporary:
        if len(path) > 1:
            raise Failed("42P16", "temporary tables cannot specify a schema name")
        return "pg_temp", name, True
    schemas = session.catalog.schemas()
    schema = path[-2] if len(path) > 1 else next((each for each in session.path if each in schemas), "")
    if not schema:
        raise Failed("3F000", "no schema has been selected to create in")
    if schema not in schemas:
        raise Failed("3F000", f'schema "{schema}" does not exist')
    return schema, name, False


def _create_table(session: Session, words: Reader, temporary: bool) -> Outcome:
    quiet = words.takes("IF", "NOT", "EXISTS")
    path = words.path()
    schema, name, temporary = placed(session, path, temporary)
    found = session.catalog.lookup([name] if temporary else [schema, name])
    if found is not None and found.temporary == temporary:
        if quiet:
            return Outcome("CREATE TABLE", notices=(f'Relation "{name}" already exists and will be skipped',))
        raise Failed("42P07", f'Relation "{name}" already exists')
    table = Table(schema, name, (), temporary=temporary, oid=session.database.next_oid())
    if words.sees("(") and not words.sees("(", "SELECT") and not words.sees("(", "WITH"):
        names, table = _columns(session, words, table)
        table = _attributes(words, table)
        if not words.sees("AS"):
            words.end()
            if names is not None:
                raise words.wrong()
            return _made(session, table)
        return _filled(session, words, table, names or [])
    return _filled(session, words, _attributes(words, table), [])


def _made(session: Session, table: Table) -> Outcome:
    table = checked(table)
    for statement in tables.created(table):
        session.execute(statement)
    return Outcome("CREATE TABLE")


def _filled(session: Session, words: Reader, table: Table, names: list[str]) -> Outcome:
    """CREATE TABLE AS."""
    words.expect("AS")
    query = session.read(words.rest())
    columns = _of_query(query, names)
    table = checked(replace(table, columns=columns))
    for statement in tables.created(table):
        session.execute(statement)
    count = session.changed(f"INSERT INTO {table.path} {_of_types(query, table)}")
    return Outcome("SELECT", count=count)


def _of_query(query: Query, names: list[str]) -> tuple[Column, ...]:
    if names and len(names) != len(query.columns):
        raise Failed("42601", "CREATE TABLE AS specifies a wrong number of column names")
    found = []
    for place, (name, kind) in enumerate(query.columns):
        own = names[place] if names else name
        if kind.name == "interval":
            raise NotDone("keep intervals in a table")
        found.append(Column(own, types.varchar(256) if kind is types.UNKNOWN or kind.name == "unknown" else kind))
    if twice := next((each.name for each in found if [other.name for other in found].count(each.name) > 1), ""):
        raise Failed("42701", f'column "{twice}" duplicated')
    return tuple(found)


def _of_types(query: Query, table: Table) -> str:
    names = ", ".join(f"c{number}" for number in range(len(table.columns)))
    parts = [f"CAST(q.c{number} AS {column.type.duck})" for number, column in enumerate(table.columns)]
    return f"SELECT {', '.join(parts)} FROM ({query.sql}) AS q({names})"


def _columns(session: Session, words: Reader, table: Table) -> tuple[list[str] | None, Table]:
    """What stands in brackets: definitions, or only names before AS."""
    start = words.text[words.next.start :] if words.next else ""
    plain = Reader(start)
    try:
        plain.names()
        if plain.sees("AS") or any(plain.sees(each) for each in ("DISTKEY", "DISTSTYLE", "SORTKEY", "COMPOUND")):
            return words.names(), table
    except Failed:
        pass
    words.expect("(")
    while True:
        table = entry(session, words, table)
        if not words.takes(","):
            break
    words.expect(")")
    return None, table


def entry(session: Session, words: Reader, table: Table) -> Table:
    """The table with what one entry between its brackets adds. Raises Failed, NotDone."""
    if words.takes("LIKE"):
        other = session.catalog.table(words.path())
        including = words.takes("INCLUDING", "DEFAULTS")
        if not including:
            words.takes("EXCLUDING", "DEFAULTS")
        columns = [replace(each, default=each.default if including else "", identity=None) for each in other.columns]
        return replace(table, columns=(*table.columns, *columns), diststyle=other.diststyle, distkey=other.distkey,
                       sortkeys=other.sortkeys, interleaved=other.interleaved)  # fmt: skip
    if words.takes("CONSTRAINT"):
        words.name()
    if words.takes("PRIMARY", "KEY"):
        return replace(table, primary=tuple(words.names()))
    if words.takes("UNIQUE"):
        words.names()
        return table
    if words.takes("FOREIGN", "KEY"):
        words.names()
        _references(session, words)
        return table
    if words.sees("CHECK") or words.sees("EXCLUDE"):
        raise Failed("0A000", "CHECK constraints are not supported")
    return column(session, words, table)


def _references(session: Session, words: Reader) -> None:
    words.expect("REFERENCES")
    session.catalog.table(words.path())
    if words.sees("("):
        words.names()


def kind_of(words: Reader) -> Type:
    """A type as it stands in a definition. Raises Failed, NotDone."""
    text = words.skip(BEHIND).strip()
    node = parse.tree(f"SELECT CAST(NULL AS {text})") if text else None
    if node is None or not node.expressions or not hasattr(node.expressions[0], "to"):
        raise Failed("42601", f'syntax error at or near "{text[:20]}"')
    return types.written(node.expressions[0].to)


def column(session: Session, words: Reader, table: Table) -> Table:
    """The table with one more column. Raises Failed, NotDone."""
    name = words.name()
    if table.column(name) is not None:
        raise Failed("42701", f'column "{name}" specified more than once')
    made = Column(name, kind_of(words))
    while words.next is not None and not words.sees(",") and not words.sees(")"):
        made, table = _attribute(session, words, made, table)
    return replace(table, columns=(*table.columns, made))


def _attribute(session: Session, words: Reader, column: Column, table: Table) -> tuple[Column, Table]:
    if words.takes("ENCODE"):
        encoding = words.name()
        if encoding not in ENCODINGS:
            raise Failed("42601", f'unrecognized column encoding "{encoding}"')
        return replace(column, encode="none" if encoding == "raw" else "" if encoding == "auto" else encoding), table
    if words.takes("DISTKEY"):
        return column, replace(table, diststyle="KEY", distkey=_only(table.distkey, column.name))
    if words.takes("SORTKEY"):
        return column, replace(table, sortkeys=(*table.sortkeys, column.name))
    if words.takes("NOT", "NULL"):
        return replace(column, not_null=True), table
    if words.takes("NULL"):
        return column, table
    if words.takes("PRIMARY", "KEY"):
        return column, replace(table, primary=(column.name,))
    if words.takes("UNIQUE"):
        return column, table
    if words.sees("REFERENCES"):
        _references(session, words)
        return column, table
    if words.takes("DEFAULT"):
        text = words.skip([each for each in BEHIND if each not in ("NULL", "DEFAULT")]).strip()
        _default(session, text, column)
        return replace(column, default=text), table
    if words.takes("IDENTITY") or words.takes("GENERATED", "BY", "DEFAULT", "AS", "IDENTITY"):
        return _identity(words, column), table
    if words.sees("COLLATE"):
        raise NotDone("do COLLATE")
    raise words.wrong()


def _only(before: str, name: str) -> str:
    if before and before != name:
        raise Failed("42601", "multiple DISTKEY columns are not allowed")
    return name


def _identity(words: Reader, column: Column) -> Column:
    words.expect("(")
    first = words.number()
    words.expect(",")
    step = words.number()
    words.expect(")")
    if column.type.name not in ("integer", "bigint"):
        raise Failed("42P16", f'identity column "{column.name}" must be of type INT or BIGINT')
    if not step:
        raise Failed("42P16", "IDENTITY step cannot be 0")
    return replace(column, identity=(first, step), not_null=True)


def _default(session: Session, text: str, column: Column) -> None:
    value = session.queries().expressions(Scope()).read(parse.expression(text))
    values.assigned(value, column.type, column.name)


def _attributes(words: Reader, table: Table) -> Table:
    """What stands behind the columns."""
    while True:
        if words.takes("BACKUP"):
            if not words.takes("YES"):
                words.expect("NO")
        elif words.takes("DISTSTYLE"):
            style = words.word()
            if style not in ("AUTO", "EVEN", "ALL", "KEY"):
                raise Failed("42601", f'syntax error at or near "{style}"')
            table = replace(table, diststyle=style)
        elif words.takes("DISTKEY"):
            (name,) = _single(words)
            table = replace(table, diststyle="KEY", distkey=_only(table.distkey, name))
        elif words.takes("COMPOUND", "SORTKEY") or words.takes("SORTKEY"):
            table = replace(table, sortkeys=() if words.takes("AUTO") else tuple(words.names()))
        elif words.takes("INTERLEAVED", "SORTKEY"):
            table = replace(table, sortkeys=tuple(words.names()), interleaved=True)
        elif words.takes("ENCODE", "AUTO"):
            table = replace(table, columns=tuple(replace(column, encode="") for column in table.columns))
        else:
            return table


def _single(words: Reader) -> list[str]:
    names = words.names()
    if len(names) != 1:
        raise Failed("42601", "DISTKEY names one column")
    return names


def checked(table: Table) -> Table:
    """The table, its keys among its columns. Raises Failed."""
    if not table.columns:
        raise Failed("42601", "a table needs a column")
    if len(table.columns) > MOST_COLUMNS:
        raise Failed("54011", f"tables can have at most {MOST_COLUMNS} columns")
    for name in (*table.sortkeys, *table.primary, *([table.distkey] if table.distkey else [])):
        column = table.column(name)
        if column is None:
            raise Failed("42703", f'column "{name}" named in key does not exist')
        if column.type.name == "super" and name not in table.primary:
            raise Failed("0A000", "a SUPER column cannot be a DISTKEY or a SORTKEY")
    if table.diststyle == "KEY" and not table.distkey:
        raise Failed("42601", "DISTKEY column must be specified for DISTSTYLE KEY")
    if table.diststyle != "KEY" and table.distkey:
        raise Failed("42601", f"Cannot specify DISTKEY column with DISTSTYLE {table.diststyle}")
    if sum(1 for column in table.columns if column.identity) > 1:
        raise Failed("42P16", "only one IDENTITY column is allowed")
    return table


def _create_view(session: Session, words: Reader, replaces: bool) -> Outcome:
    schema, name, _ = placed(session, words.path(), False)
    names = words.names() if words.sees("(") else []
    words.expect("AS")
    text = words.rest()
    if "no schema binding" in " ".join(text.lower().split()):
        raise NotDone("make views WITH NO SCHEMA BINDING")
    before = session.catalog.lookup([schema, name])
    if before is not None and (not replaces or not before.view):
        raise Failed("42P07", f'Relation "{name}" already exists')
    query = session.read(text)
    columns = _of_query(query, names)
    uses = tuple(sorted({(each.schema, each.name) for each in session.seen if not each.temporary}))
    if any(each.temporary for each in session.seen):
        raise NotDone("make views of temporary tables")
    view = Table(schema, name, columns, view=text.strip(), uses=uses, oid=session.database.next_oid())
    listed = ", ".join(values.name(column.name) for column in columns)
    kept = _of_types(query, view)
    session.execute(f"CREATE OR REPLACE VIEW {view.path}({listed}) AS {kept}")
    session.execute(tables.described(view))
    return Outcome("CREATE VIEW")
