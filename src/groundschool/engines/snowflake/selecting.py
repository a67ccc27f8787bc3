"""Queries over staged files: their fields $1, $2 and so on become the columns of a table made for the query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from groundschool.engines.snowflake import locations, reading
from groundschool.engines.snowflake.failure import Failed, wrong
from groundschool.engines.snowflake.formats import Format
from groundschool.engines.snowflake.locations import File
from groundschool.engines.snowflake.objects import now
from groundschool.engines.snowflake.reading import Row

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session


def reads_files(tree: exp.Expression) -> bool:
    """Whether a statement reads a stage."""
    return any(_reference(table) for table in tree.find_all(exp.Table))


def staged(session: Session, tree: exp.Expression) -> exp.Expression:
    """The statement over tables that hold what the files of its stages hold. Raises Failed."""
    for position, table in enumerate([table for table in tree.find_all(exp.Table) if _reference(table)]):
        location = locations.resolve(session, _reference(table))
        pattern = table.args.get("pattern")
        given = table.args.get("format")
        format = locations.format_of(session, location, given.name if given is not None else None)
        pairs: list[tuple[File, Row]] = []
        for file in locations.files(session, location, pattern.name if pattern is not None else ""):
            content = reading.read(file.read(), file.address, format)
            for row in content.rows:
                if row.failed is not None:
                    raise Failed(*row.failed[:2], f"{row.failed[2]}\n  File '{file.address}', line {row.line}")
                pairs.append((file, row))
        name = f"_LAB_STAGED_{position}"
        filled(session, name, pairs, format, tree)
        table.set("this", exp.to_identifier(name))
        table.set("format", None)
        table.set("pattern", None)
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(f"_LAB_S{position}")))
    return _fields(tree)


def bound(query: Any, names: Sequence[str], format: Format) -> Any:
    """A query of COPY over a table in place of its stage."""
    table = query.find(exp.Table)
    table.set("this", exp.to_identifier(names[0]))
    return _fields(query)


def filled(
    session: Session, name: str, pairs: Sequence[tuple[File, Row]], format: Format, tree: exp.Expression
) -> None:
    """Makes the table that holds these rows, as wide as the statement asks."""
    width = max([_widest(tree), *(len(row.fields) for _, row in pairs), 1])
    arrays: dict[str, Any] = {
        f"C{i + 1}": pa.array([row.fields[i].value if i < len(row.fields) else None for _, row in pairs], pa.string())
        for i in range(width)
    }
    arrays["METADATA$FILENAME"] = pa.array([file.name for file, _ in pairs], pa.string())
    arrays["METADATA$FILE_ROW_NUMBER"] = pa.array([row.number for _, row in pairs], pa.int64())
    arrays["METADATA$FILE_CONTENT_KEY"] = pa.array([file.digest for file, _ in pairs], pa.string())
    arrays["METADATA$FILE_LAST_MODIFIED"] = pa.array([_plain(file.modified) for file, _ in pairs], pa.timestamp("us"))
    arrays["METADATA$START_SCAN_TIME"] = pa.array([now()] * len(pairs), pa.timestamp("us"))
    arrays["_LAB_N"] = pa.array(range(len(pairs)), pa.int64())
    session.register("_LAB_ROWS", pa.table(arrays))
    first = "C1::JSON AS C1" if format.kind != "CSV" else "C1"
    rest = ", ".join(f'"{column}"' for column in arrays if column != "C1")
    session.duck(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {first}, {rest} FROM _LAB_ROWS")


def _plain(moment: Any) -> Any:
    return moment.replace(tzinfo=None)


def _reference(table: exp.Table) -> str:
    name = table.this.name if isinstance(table.this, (exp.Var, exp.Literal)) else ""
    return name if name.startswith("@") else ""


def _widest(tree: exp.Expression) -> int:
    return max((int(found.name) for found in tree.find_all(exp.Parameter) if found.name.isdigit()), default=0)


def _fields(tree: Any) -> Any:
    for found in list(tree.find_all(exp.Parameter)):
        if not found.name.isdigit() or int(found.name) < 1:
            raise wrong(904, "42000", f"error line 1 at position 0\ninvalid identifier '${found.name}'")
        column = exp.to_identifier(f"C{found.name}")
        if isinstance(found.parent, exp.Column):
            found.replace(column)
        else:
            found.replace(exp.Column(this=column))
    for star in tree.find_all(exp.Star):
        if isinstance(star.parent, exp.Select) and star.find_ancestor(exp.Select).find(exp.Table).name.startswith(
            "_LAB_STAGED"
        ):
            raise wrong(2, "0A000", "SELECT * from a stage names no columns: ask for $1, $2 and so on.")
    return tree
