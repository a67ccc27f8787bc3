"""Names of tables and columns: Snowflake tells them apart by case once they are quoted, DuckDB does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from groundschool.engines.snowflake import queries
from groundschool.engines.snowflake.account import copy_database
from groundschool.engines.snowflake.errors import invalid
from groundschool.engines.snowflake.failure import NotDone, exists, missing
from groundschool.engines.snowflake.objects import Name

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

INNER = ("_LAB_", "_FS_")
RELATIONS = (
    "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? UNION ALL "
    "SELECT view_name FROM duckdb_views() WHERE database_name = ? AND schema_name = ? UNION ALL "
    "SELECT table_name FROM duckdb_tables() WHERE temporary"
)


def check(session: Session, tree: exp.Expression) -> None:
    """Raises Failed for a table or a column that is only there under a name of another case, and for a table that is
    not there at all."""
    if isinstance(tree, (exp.Show, exp.Set)):
        return
    made = _made(tree)
    columns: set[str] = set()
    for table in queries.tables(tree):
        if table is made or _elsewhere(table) or (isinstance(table.parent, (exp.Reference, exp.AlterRename))):
            continue
        if isinstance(tree, (exp.Create, exp.Drop)) and str(tree.args.get("kind")).upper() in (
            "SCHEMA",
            "DATABASE",
            "SEQUENCE",
        ):
            continue
        name = of_table(session, table)
        there = _relations(session, name)
        if name[2] not in there:
            if (
                isinstance(tree, exp.Drop)
                and tree.args.get("exists")
                and name[2].upper() not in {n.upper() for n in there}
            ):
                continue
            raise missing("Table" if isinstance(tree, exp.Drop) else "Object", ".".join(name))
        columns.update(_columns(session, name))
    if made is not None:
        _check_new(session, tree, made)
    _check_columns(tree, columns)


def of_table(session: Session, table: Any) -> Name:
    """The full name of a table in a statement."""
    return session.full([kept(part) for part in (table.args.get("catalog"), table.args.get("db"), table.this) if part])


def kept(identifier: Any) -> str:
    """An identifier as it is kept."""
    return str(identifier.name if identifier.args.get("quoted") else identifier.name.upper())


def renewed(session: Session, tree: exp.Expression) -> Iterator[Name]:
    """The tables that a statement empties or makes anew, so that they remember no file."""
    if isinstance(tree, exp.TruncateTable):
        yield from (of_table(session, table) for table in tree.expressions)
    elif isinstance(tree, (exp.Create, exp.Drop)) and str(tree.args.get("kind")).upper() == "TABLE":
        for table in [tree.find(exp.Table), *(tree.args.get("tables") or ())]:
            if table is not None:
                yield of_table(session, table)
    elif isinstance(tree, exp.Insert) and tree.args.get("overwrite"):
        yield of_table(session, tree.find(exp.Table))


def standing(session: Session, tree: exp.Expression) -> str | None:
    """The name of what a CREATE … IF NOT EXISTS need not make; None for everything else."""
    made = _made(tree) if tree.args.get("exists") else None
    if not isinstance(made, exp.Table) or str(tree.args.get("kind")).upper() not in ("TABLE", "VIEW"):
        return None
    name = of_table(session, made)
    return name[2] if name[2] in _relations(session, name) else None


def clone_database(session: Session, clone: exp.Clone, name: str) -> None:
    """Makes a database that holds what another holds."""
    source = kept(clone.this.this)
    if source not in session.account.databases():
        raise missing("Database", source)
    session.account.create_database(name)
    duck = session.account.fake.duck_conn
    copy_database(duck.cursor(), duck.cursor(), source, name)


def columns(session: Session, name: Name) -> list[tuple[str, str]]:
    """Names and DuckDB's types of a table's columns, in order."""
    asked = (
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? AND "
        "((database_name = ? AND schema_name = ?) OR database_name = 'temp') ORDER BY column_index"
    )
    return [(str(column), str(kind)) for column, kind in session.duck(asked, [name[2], name[0], name[1]])]


def _columns(session: Session, name: Name) -> list[str]:
    return [column for column, _ in columns(session, name)]


def _relations(session: Session, name: Name) -> set[str]:
    return {found for (found,) in session.duck(RELATIONS, [name[0], name[1], name[0], name[1]])}


def _made(tree: Any) -> Any:
    """The table that a statement makes."""
    if not isinstance(tree, exp.Create):
        return None
    return tree.this.this if isinstance(tree.this, exp.Schema) else tree.this


def _elsewhere(table: exp.Table) -> bool:
    """Whether a name is no table's of the account."""
    return str(table.db).upper() == "INFORMATION_SCHEMA" or str(table.name).upper().startswith(INNER)


def _check_new(session: Session, tree: Any, made: Any) -> None:
    kind = str(tree.args.get("kind")).upper()
    if not isinstance(made, exp.Table) or kind not in ("TABLE", "VIEW"):
        return
    name = session.place([kept(part) for part in (made.args.get("catalog"), made.args.get("db"), made.this) if part])
    there = _relations(session, name)
    if name[2] in there:
        if not (tree.args.get("replace") or tree.args.get("exists")):
            raise exists(".".join(name))
    elif name[2].upper() in {found.upper() for found in there}:
        raise NotDone("tell tables apart by the case of their names")
    definitions = [kept(column.this) for column in tree.find_all(exp.ColumnDef)]
    if len({column.upper() for column in definitions}) < len(definitions):
        raise NotDone("tell columns apart by the case of their names")


def _check_columns(tree: exp.Expression, columns: set[str]) -> None:
    """Names in other cases than those there are."""
    known = columns | {kept(alias) for alias in _aliases(tree)}
    folded = {name.upper() for name in known}
    for column in tree.find_all(exp.Column):
        if isinstance(column.this, exp.Identifier):
            name = kept(column.this)
            if name not in known and name.upper() in folded and columns:
                raise invalid(f'"{name}"' if column.this.args.get("quoted") else name)


def _aliases(tree: exp.Expression) -> Iterator[Any]:
    for node in tree.find_all(exp.Alias, exp.TableAlias, exp.ColumnDef):
        if isinstance(node, exp.Alias) and isinstance(node.args["alias"], exp.Identifier):
            yield node.args["alias"]
        if isinstance(node, exp.TableAlias):
            yield from node.args.get("columns") or ()
        if isinstance(node, exp.ColumnDef):
            yield node.this
