"""COPY_HISTORY and SYSTEM$PIPE_STATUS inside of queries: a table, and a text, that are found before the query runs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from groundschool.engines.snowflake import pipes
from groundschool.engines.snowflake.failure import NotDone, wrong
from groundschool.engines.snowflake.objects import Event
from groundschool.engines.snowflake.outcome import NUMBER, TEXT, TIME
from groundschool.engines.snowflake.words import parts

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

COLUMNS = {
    "FILE_NAME": TEXT,
    "STAGE_LOCATION": TEXT,
    "LAST_LOAD_TIME": TIME,
    "ROW_COUNT": NUMBER,
    "ROW_PARSED": NUMBER,
    "FILE_SIZE": NUMBER,
    "FIRST_ERROR_MESSAGE": TEXT,
    "FIRST_ERROR_LINE_NUMBER": NUMBER,
    "FIRST_ERROR_CHARACTER_POS": NUMBER,
    "FIRST_ERROR_COLUMN_NAME": TEXT,
    "ERROR_COUNT": NUMBER,
    "ERROR_LIMIT": NUMBER,
    "STATUS": TEXT,
    "TABLE_CATALOG_NAME": TEXT,
    "TABLE_SCHEMA_NAME": TEXT,
    "TABLE_NAME": TEXT,
    "PIPE_CATALOG_NAME": TEXT,
    "PIPE_SCHEMA_NAME": TEXT,
    "PIPE_NAME": TEXT,
    "PIPE_RECEIVED_TIME": TIME,
}
NAME = "_LAB_HISTORY"


def found(session: Session, tree: exp.Expression) -> exp.Expression:
    """The query with what it asks of copies and pipes put in."""
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name.upper() == "SYSTEM$PIPE_STATUS":
            if len(call.expressions) != 1 or not call.expressions[0].is_string:
                raise NotDone("do SYSTEM$PIPE_STATUS but for a pipe's name in quotes")
            call.replace(exp.Literal.string(pipes.told(session, call.expressions[0].name)))
    for source in list(tree.find_all(exp.TableFromRows)):
        inner = source.this.expression if isinstance(source.this, exp.Dot) else source.this
        if isinstance(inner, exp.Anonymous) and inner.name.upper() == "COPY_HISTORY":
            table = exp.Table(this=exp.to_identifier(NAME), alias=source.args.get("alias"))
            source.replace(table)
            _fill(session, {argument.this.name.upper(): argument.expression for argument in inner.expressions})
    return tree


def _fill(session: Session, arguments: dict[str, Any]) -> None:
    if "TABLE_NAME" not in arguments or "START_TIME" not in arguments:
        raise wrong(1420, "22023", "COPY_HISTORY needs TABLE_NAME and START_TIME")
    table = session.full(parts(arguments["TABLE_NAME"].name))
    begin, end = _moment(session, arguments["START_TIME"]), _moment(session, arguments.get("END_TIME"))
    events = [event for event in session.account.objects.history if event.table == table]
    events = [event for event in events if event.at >= begin and (end is None or event.at <= end)]
    schema = pa.schema(list(COLUMNS.items()))
    lines = [dict(zip(COLUMNS, _line(event), strict=True)) for event in events]
    session.register(NAME, pa.Table.from_pylist(lines, schema=schema))


def _moment(session: Session, expression: Any) -> Any:
    if expression is None:
        return None
    query = exp.select(exp.alias_(exp.cast(expression.copy(), "TIMESTAMP_NTZ", dialect="snowflake"), "m"))
    value = session.cursor().run(query)[0].column(0).to_pylist()[0]
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def _line(event: Event) -> list[Any]:
    pipe = event.pipe or (None, None, None)
    return [
        event.file,
        event.stage,
        event.at,
        event.loaded,
        event.parsed,
        event.size,
        event.message,
        event.line,
        event.character,
        event.column,
        event.errors,
        event.limit,
        event.status,
        *event.table,
        *pipe,
        event.at if event.pipe else None,
    ]
