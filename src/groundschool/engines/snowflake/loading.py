"""One file on its way into a table: its rows become values of the columns' types, or the reasons why they do not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from groundschool.engines.snowflake import errors, names
from groundschool.engines.snowflake.commands import Command
from groundschool.engines.snowflake.failure import NotDone, wrong
from groundschool.engines.snowflake.formats import Format
from groundschool.engines.snowflake.locations import File
from groundschool.engines.snowflake.reading import Content, Row, dumped
from groundschool.engines.snowflake.selecting import bound, filled

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

FILE = "_LAB_FILE"
NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
MOST_SEARCHED = 200  # rows with errors that are looked for one by one in a transformation
KIND = {
    "DATE": "DATE",
    "TIME": "TIME",
    "TIMESTAMP": "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "BOOLEAN": "BOOL",
}


@dataclass(frozen=True)
class Problem:
    """Why a row is not loaded."""

    row: Row
    number: int
    state: str
    words: str
    column: str | None = None
    position: int = 0
    character: int = 1


@dataclass(frozen=True)
class Column:
    """A column to be filled: DuckDB's type, whether it may be null, the length of its text (0: any)."""

    name: str
    kind: str
    nullable: bool
    length: int


@dataclass(frozen=True)
class Filled:
    """What a file gives: values ready for the columns, and problems, one a row, in order."""

    values: pa.Table
    problems: Sequence[Problem]
    parsed: int


def columns(session: Session, command: Command) -> list[Column]:
    """The columns that a COPY fills. Raises Failed."""
    asked = (
        "SELECT c.column_name, c.data_type, c.is_nullable, coalesce(e.ext_character_maximum_length, 0), "
        "c.column_default FROM duckdb_columns() c LEFT JOIN _fs_global._fs_information_schema._fs_columns_ext e "
        "ON e.ext_table_catalog = c.database_name AND e.ext_table_schema = c.schema_name AND "
        "e.ext_table_name = c.table_name AND e.ext_column_name = c.column_name "
        "WHERE c.table_name = ? AND ((c.database_name = ? AND c.schema_name = ?) OR c.database_name = 'temp') "
        "ORDER BY c.column_index"
    )
    table = command.table
    found = {
        str(name): Column(str(name), str(kind), bool(nullable), int(length) if length < 16_777_216 else 0)
        for name, kind, nullable, length, _ in session.duck(asked, [table[2], table[0], table[1]])
    }
    if not found:
        raise wrong(2003, "42S02", f"Table '{'.'.join(table)}' does not exist or not authorized.")
    for name in command.columns:
        if name not in found:
            raise errors.invalid(name)
    return [found[name] for name in command.columns] if command.columns else list(found.values())


def fill(
    session: Session, command: Command, into: Sequence[Column], format: Format, file: File, content: Content
) -> Filled:
    """The values of a file. Raises Failed where it fits no table at all."""
    readable = [row for row in content.rows if row.failed is None]
    problems = [Problem(row, *row.failed) for row in content.rows if row.failed is not None]
    if command.query is not None:
        values, more = _transformed(session, command, into, format, file, readable)
    else:
        if command.match != "NONE":
            readable, into = _matched(content, readable, into, format, command.match)
        elif format.kind != "CSV":
            _check_single(into, format)
        else:
            readable, mismatched = _counted(readable, into, format)
            problems += mismatched
        values, more = _plain(session, command, into, format, readable)
    every = {problem.row.number: problem for problem in reversed([*problems, *more])}
    return Filled(values, [every[number] for number in sorted(every)], len(content.rows))


# -- fields in the order of the columns


def _counted(rows: Sequence[Row], into: Sequence[Column], format: Format) -> tuple[list[Row], list[Problem]]:
    fitting, problems = [], []
    for row in rows:
        count = len(row.fields)
        if count == len(into) or not format.on("ERROR_ON_COLUMN_COUNT_MISMATCH"):
            fitting.append(row)
            continue
        words = (
            f"Number of columns in file ({count}) does not match that of the corresponding table ({len(into)}), "
            "use file format option error_on_column_count_mismatch=false to ignore this error"
        )
        column = into[min(count, len(into)) - 1]
        problems.append(Problem(row, 100080, "22000", words, column.name, min(count, len(into)), len(row.text) + 1))
    return fitting, problems


def _check_single(into: Sequence[Column], format: Format) -> None:
    if len(into) != 1 or into[0].kind != "JSON":
        words = (
            f"{format.kind} file format can produce one and only one column of type variant, object, or array. "
            "Load data into separate columns using the MATCH_BY_COLUMN_NAME copy option or copy with transformation."
        )
        raise wrong(2019, "0A000", words)


def _matched(
    content: Content, rows: Sequence[Row], into: Sequence[Column], format: Format, how: str
) -> tuple[list[Row], Sequence[Column]]:
    """The rows with their fields in the order of the columns, by name."""
    if format.kind == "CSV" and not format.on("PARSE_HEADER"):
        raise wrong(2, "0A000", "MATCH_BY_COLUMN_NAME needs PARSE_HEADER = TRUE for CSV files.")
    fold = str.upper if how == "CASE_INSENSITIVE" else str
    found = []
    for row in rows:
        if format.kind == "CSV":
            given: Mapping[str, Any] = dict(zip(map(fold, content.header), row.fields, strict=False))
            fields = tuple(given.get(fold(column.name)) for column in into)
        else:
            record = json.loads(row.text, parse_float=str)
            if not isinstance(record, dict):
                raise wrong(2, "0A000", "MATCH_BY_COLUMN_NAME needs objects.")
            given = {fold(name): value for name, value in record.items()}
            fields = tuple(_field(given.get(fold(column.name)), column) for column in into)
        found.append(Row(row.number, row.line, tuple(field or _EMPTY for field in fields), row.text))
    return found, into


def _field(value: Any, column: Column) -> Any:
    from groundschool.engines.snowflake.reading import Field

    if value is None:
        return None
    if column.kind == "JSON" or isinstance(value, (dict, list)):
        return Field(dumped(value))
    return Field(str(value).lower() if isinstance(value, bool) else str(value))


def _plain(
    session: Session, command: Command, into: Sequence[Column], format: Format, rows: Sequence[Row]
) -> tuple[pa.Table, list[Problem]]:
    """Fields to columns one by one."""
    arrays = {
        f"C{i}": pa.array([row.fields[i].value if i < len(row.fields) else None for row in rows], pa.string())
        for i in range(len(into))
    }
    session.register(FILE, pa.table({"N": pa.array(range(len(rows)), pa.int64()), **arrays}))
    cuts = command.on("TRUNCATECOLUMNS") or not command.on("ENFORCE_LENGTH")
    raw = format.kind != "CSV"
    problems: dict[int, Problem] = {}
    for i, column in enumerate(into):
        for n, value in session.duck(f"SELECT N, C{i} FROM {FILE} WHERE {_wrong(f'C{i}', column, cuts)} ORDER BY N"):
            if n not in problems:
                problems[n] = _problem(rows[n], column, i, value, command)
    bad = sorted(problems)
    chosen = ", ".join(f"{_value(f'C{i}', column, cuts, raw)} AS c{i}" for i, column in enumerate(into))
    duck = session._connection._duck_conn
    values = duck.execute(
        f"SELECT {chosen} FROM {FILE} WHERE NOT list_contains(?::bigint[], N) ORDER BY N", [bad]
    ).to_arrow_table()
    return values, [problems[n] for n in bad]


def _wrong(field: str, column: Column, cuts: bool) -> str:
    """The condition under which a field does not fit its column."""
    null = "false" if column.nullable else f"{field} IS NULL"
    if column.kind == "VARCHAR":
        return f"{null} OR length({field}) > {column.length}" if column.length and not cuts else null
    if column.kind == "JSON":
        return null
    if column.kind == "BOOLEAN":
        return f"{null} OR ({field} IS NOT NULL AND _lab_truth({field}) IS NULL)"
    unfit = f"try_cast(trim({field}) AS {column.kind}) IS NULL"
    if column.kind.startswith(("DECIMAL", "BIGINT", "INTEGER", "HUGEINT")):
        unfit = f"({unfit} OR NOT regexp_full_match(trim({field}), '{NUMBER}'))"
    return f"{null} OR ({field} IS NOT NULL AND {unfit})"


def _value(field: str, column: Column, cuts: bool, raw: bool) -> str:
    if column.kind == "VARCHAR":
        return f"left({field}, {column.length})" if column.length and cuts else field
    if column.kind == "JSON":
        return f"{field}::JSON" if raw else f"to_json({field})"
    if column.kind == "BOOLEAN":
        return f"_lab_truth({field})"
    return f"cast(trim({field}) AS {column.kind})"


def _problem(row: Row, column: Column, i: int, value: str | None, command: Command) -> Problem:
    at = row.fields[i].at if i < len(row.fields) else len(row.text) + 1
    if value is None:
        words = f"NULL result in a non-nullable column: {column.name}"
        return Problem(row, 100072, "22000", words, column.name, i + 1, at)
    if column.kind == "VARCHAR":
        words = f"User character length limit ({column.length}) exceeded by string '{value[:50]}'"
        return Problem(row, 100074, "54000", words, column.name, i + 1, at)
    failed = errors.unreadable(value, KIND.get(column.kind, "NUMBER"))
    if isinstance(failed, NotDone):
        raise failed
    return Problem(row, failed.number, failed.state, str(failed), column.name, i + 1, at)


# -- a query over the fields


def _transformed(
    session: Session, command: Command, into: Sequence[Column], format: Format, file: File, rows: Sequence[Row]
) -> tuple[pa.Table, list[Problem]]:
    """The values of the query's expressions, cast to the columns' types."""
    assert command.query is not None
    if len(command.query.expressions) != len(into):
        given = len(command.query.expressions)
        words = f"Insert value list does not match column list expecting {len(into)} but got {given}"
        raise wrong(2057, "42601", words)
    query = bound(command.query.copy(), [FILE], format)
    filled(session, FILE, [(file, row) for row in rows], format, query)
    projected = []
    for i, (expression, column) in enumerate(zip(query.expressions, into, strict=True)):
        projected.append(exp.alias_(_cast(expression, column), f"c{i}", quoted=True))
    query.set("expressions", projected)
    found: list[Any] = []
    problems: list[Problem] = []
    _search(session, query, rows, 0, len(rows), found, problems)
    if found:
        return pa.concat_tables(found, promote_options="permissive"), problems
    session.register("_LAB_NONE", pa.table({"x": pa.array([], pa.int64())}))
    return pa.table({f"c{i}": pa.array([], pa.string()) for i in range(len(into))}), problems


def _search(
    session: Session, query: Any, rows: Sequence[Row], first: int, last: int, found: list[Any], problems: list[Problem]
) -> None:
    """The values of the rows from `first` on, before `last`: as a whole, or by halves where one of them fails."""
    if first >= last:
        return
    part = query.copy().where(f"_LAB_N >= {first} AND _LAB_N < {last}", dialect="snowflake")
    try:
        found.append(session.cursor().run(part.order_by("_LAB_N"))[0])
    except Exception as error:
        failed = errors.told(error)
        if isinstance(failed, NotDone) or failed.number in (904, 2140, 2003):
            raise failed from None
        if last - first == 1:
            if len(problems) >= MOST_SEARCHED:
                raise NotDone(f"look for more than {MOST_SEARCHED} rows with errors in a COPY with a query") from None
            problems.append(Problem(rows[first], failed.number, failed.state, str(failed)))
            return
        middle = (first + last) // 2
        _search(session, query, rows, first, middle, found, problems)
        _search(session, query, rows, middle, last, found, problems)


def _cast(expression: Any, column: Column) -> Any:
    inner = expression.this if isinstance(expression, exp.Alias) else expression
    if column.kind == "JSON":
        return exp.Anonymous(this="to_json", expressions=[inner.copy()])
    kind = exp.DataType.build(column.kind, dialect="duckdb")
    cast: Any = exp.Cast(this=inner.copy(), to=kind)
    if column.kind == "VARCHAR" and column.length:
        cast = exp.Anonymous(this="_lab_fit", expressions=[cast, exp.Literal.number(column.length)])
    return (
        cast
        if column.nullable
        else exp.Anonymous(this="_lab_there", expressions=[cast, exp.Literal.string(column.name)])
    )


def _empty() -> Any:
    from groundschool.engines.snowflake.reading import Field

    return Field(None)


_EMPTY = _empty()
__all__ = ["Column", "Filled", "Problem", "columns", "fill", "names"]
