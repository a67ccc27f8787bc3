"""Statements that drop what was defined, or define it otherwise: DROP and ALTER TABLE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from groundschool.engines.redshift import parse, tables, values
from groundschool.engines.redshift.ddl import checked, entry
from groundschool.engines.redshift.ddl import column as with_column
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.parse import Reader
from groundschool.engines.redshift.scope import Scope
from groundschool.engines.redshift.tables import Table

if TYPE_CHECKING:
    from groundschool.engines.redshift.session import Session


def drop(session: Session, words: Reader) -> Outcome:
    """DROP."""
    if words.takes("SCHEMA"):
        return _drop_schema(session, words)
    kind = next((each for each in ("TABLE", "VIEW") if words.takes(each)), None)
    if kind is None:
        raise NotDone(f"do DROP {words.next.text.upper() if words.next else ''}")
    quiet = words.takes("IF", "EXISTS")
    paths = [words.path()]
    while words.takes(","):
        paths.append(words.path())
    cascade = words.takes("CASCADE")
    if not cascade:
        words.takes("RESTRICT")
    words.end()
    notices = []
    for path in paths:
        table = session.catalog.lookup(path)
        if table is None:
            if not quiet:
                raise Failed("42P01", f'{kind.title()} "{".".join(path)}" does not exist')
            notices.append(f'{kind.title()} "{".".join(path)}" does not exist and will be skipped')
            continue
        if bool(table.view) != (kind == "VIEW"):
            raise Failed("42809", f'"{table.name}" is not a {kind.lower()}')
        _drop(session, table, cascade)
    return Outcome(f"DROP {kind}", notices=tuple(notices))


def _drop(session: Session, table: Table, cascade: bool) -> None:
    session.writes(table)
    for each in session.catalog.tables():
        if (table.schema, table.name) in each.uses:
            if not cascade:
                words = (
                    f"cannot drop {'view' if table.view else 'table'} {table.name} because other objects depend on it"
                )
                raise Failed("2BP01", words, f"view {each.name} depends on it")
            _drop(session, each, True)
    session.execute(f"DROP {'VIEW' if table.view else 'TABLE'} {table.path}")
    for column in table.columns:
        if column.identity:
            session.execute(f"DROP SEQUENCE {table.sequence(column)}")


def _drop_schema(session: Session, words: Reader) -> Outcome:
    quiet = words.takes("IF", "EXISTS")
    name = words.name()
    cascade = words.takes("CASCADE")
    if not cascade:
        words.takes("RESTRICT")
    words.end()
    if name not in session.catalog.schemas():
        if quiet:
            return Outcome("DROP SCHEMA", notices=(f'schema "{name}" does not exist, skipping',))
        raise Failed("3F000", f'schema "{name}" does not exist')
    inside = [table for table in session.catalog.tables() if table.schema == name]
    if inside and not cascade:
        raise Failed("2BP01", f"cannot drop schema {name} because other objects depend on it")
    for table in reversed(inside):
        if session.catalog.lookup([name, table.name]) is not None:
            _drop(session, table, True)
    session.execute(f"DROP SCHEMA {tables.held(name)}")
    return Outcome("DROP SCHEMA")


def alter(session: Session, words: Reader) -> Outcome:
    """ALTER TABLE."""
    if not words.takes("TABLE"):
        raise NotDone(f"do ALTER {words.next.text.upper() if words.next else ''}")
    table = session.catalog.table(words.path())
    if table.view:
        raise Failed("42809", f'"{table.name}" is not a table')
    session.writes(table)
    for start, done in ALTERS:
        if words.takes(*start.split()):
            changed = done(session, words, table)
            words.end()
            if changed is not None:
                session.execute(tables.described(changed))
            return Outcome("ALTER TABLE")
    raise NotDone(f"do ALTER TABLE {words.next.text.upper() if words.next else ''}")


def _add(session: Session, words: Reader, table: Table) -> Table:
    for kind in ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN"):
        if words.sees(kind):
            return entry(session, words, table)
    words.takes("COLUMN")
    added = with_column(session, words, table)
    new = added.columns[-1]
    if added.sortkeys != table.sortkeys or added.distkey != table.distkey or new.identity:
        raise Failed("0A000", "ALTER TABLE ADD COLUMN takes no DISTKEY, SORTKEY or IDENTITY")
    if new.not_null and not new.default:
        raise Failed("23502", "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression")
    if words.sees(","):
        raise words.wrong()
    sql = f"ALTER TABLE {table.path} ADD COLUMN {values.name(new.name)} {new.type.duck}"
    if new.default:
        value = session.queries().expressions(Scope()).read(parse.expression(new.default))
        sql += f" DEFAULT {values.assigned(value, new.type, new.name).sql}"
    session.execute(sql)
    return added


def _drop_column(session: Session, words: Reader, table: Table) -> Table:
    words.takes("COLUMN")
    name = words.name()
    words.takes("CASCADE") or words.takes("RESTRICT")
    if table.column(name) is None:
        raise Failed("42703", f'column "{name}" of relation "{table.name}" does not exist')
    if name in (*table.sortkeys, table.distkey):
        raise Failed("0A000", f"cannot drop distkey or sortkey column {name}")
    _independent(session, table)
    session.execute(f"ALTER TABLE {table.path} DROP COLUMN {values.name(name)}")
    return replace(table, columns=tuple(each for each in table.columns if each.name != name))


def _rename(session: Session, words: Reader, table: Table) -> Table:
    _independent(session, table)
    if any(column.identity for column in table.columns) or table.temporary:
        raise NotDone("rename temporary tables and those with an IDENTITY")
    if words.takes("TO"):
        name = words.name()
        if session.catalog.lookup([table.schema, name]) is not None:
            raise Failed("42P07", f'Relation "{name}" already exists')
        session.execute(f"ALTER TABLE {table.path} RENAME TO {values.name(name)}")
        return replace(table, name=name)
    words.takes("COLUMN")
    old = words.name()
    words.expect("TO")
    new = words.name()
    if table.column(old) is None:
        raise Failed("42703", f'column "{old}" does not exist')
    if table.column(new) is not None:
        raise Failed("42701", f'column "{new}" of relation "{table.name}" already exists')
    session.execute(f"ALTER TABLE {table.path} RENAME COLUMN {values.name(old)} TO {values.name(new)}")

    def renamed(name: str) -> str:
        return new if name == old else name

    columns = tuple(replace(each, name=renamed(each.name)) for each in table.columns)
    return replace(table, columns=columns, distkey=renamed(table.distkey), primary=tuple(map(renamed, table.primary)),
                   sortkeys=tuple(map(renamed, table.sortkeys)))  # fmt: skip


def _independent(session: Session, table: Table) -> None:
    for each in session.catalog.tables():
        if (table.schema, table.name) in each.uses:
            raise NotDone(f"change a table that the view {each.name} reads")


def _distribution(session: Session, words: Reader, table: Table) -> Table:
    if words.takes("DISTKEY"):
        return checked(replace(table, diststyle="KEY", distkey=words.name()))
    if words.takes("COMPOUND", "SORTKEY") or words.takes("SORTKEY"):
        return checked(
            replace(table, sortkeys=() if words.takes("AUTO") or words.takes("NONE") else tuple(words.names()))
        )
    words.expect("DISTSTYLE")
    style = words.word()
    if style == "KEY":
        words.expect("DISTKEY")
        return checked(replace(table, diststyle="KEY", distkey=words.name()))
    if style not in ("ALL", "EVEN", "AUTO"):
        raise Failed("42601", f'syntax error at or near "{style}"')
    return replace(table, diststyle=style, distkey="")


def _append(session: Session, words: Reader, table: Table) -> None:
    raise NotDone("do ALTER TABLE APPEND")


ALTERS: tuple[tuple[str, Callable[[Session, Reader, Table], Table | None]], ...] = (
    ("ADD", _add), ("DROP", _drop_column), ("RENAME", _rename), ("APPEND", _append),
    ("ALTER DISTKEY", lambda session, words, table: checked(replace(table, diststyle="KEY", distkey=words.name()))),
    ("ALTER", _distribution),
)  # fmt: skip
