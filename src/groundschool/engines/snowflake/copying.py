"""COPY INTO a table: which files, what becomes of their errors, and what the table remembers of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from groundschool.engines.snowflake import commands, loading, locations, reading
from groundschool.engines.snowflake.account import identifier
from groundschool.engines.snowflake.commands import SKIP, Command
from groundschool.engines.snowflake.failure import Failed
from groundschool.engines.snowflake.formats import Format
from groundschool.engines.snowflake.loading import Column, Filled, Problem
from groundschool.engines.snowflake.locations import File
from groundschool.engines.snowflake.objects import Event, Load, Name, now
from groundschool.engines.snowflake.outcome import COPY, NUMBER, TEXT, Outcome, rows, status
from groundschool.engines.snowflake.reading import Row
from groundschool.engines.snowflake.words import Words

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

RESULT = {
    "file": TEXT,
    "status": TEXT,
    "rows_parsed": NUMBER,
    "rows_loaded": NUMBER,
    "error_limit": NUMBER,
    "errors_seen": NUMBER,
    "first_error": TEXT,
    "first_error_line": NUMBER,
    "first_error_character": NUMBER,
    "first_error_column_name": TEXT,
}
ERRORS = {
    "ERROR": TEXT,
    "FILE": TEXT,
    "LINE": NUMBER,
    "CHARACTER": NUMBER,
    "BYTE_OFFSET": NUMBER,
    "CATEGORY": TEXT,
    "CODE": NUMBER,
    "SQL_STATE": TEXT,
    "COLUMN_NAME": TEXT,
    "ROW_NUMBER": NUMBER,
    "ROW_START_LINE": NUMBER,
    "REJECTED_RECORD": TEXT,
}
ADVICE = (
    "If you would like to continue loading when an error is encountered, use other values such as 'SKIP_FILE' or "
    "'CONTINUE' for the ON_ERROR option. For more information on loading options, please run 'info loading_data' in a "
    "SQL client."
)
HISTORY = {"LOADED": "Loaded", "LOAD_FAILED": "Load failed", "PARTIALLY_LOADED": "Partially loaded"}


@dataclass(frozen=True)
class Done:
    """How it went with a file."""

    file: File
    filled: Filled
    status: str
    limit: int

    @property
    def loaded(self) -> int:
        """Rows that are in the table now."""
        return 0 if self.status == "LOAD_FAILED" else self.filled.values.num_rows


def copy(session: Session, words: Words) -> Outcome:
    """COPY INTO a table."""
    command = commands.parsed(session, words)
    if command.validation:
        return validated(session, command)
    found = load(session, command, chosen(session, command))
    if not found:
        return status("Copy executed with 0 files processed.")
    shown = [done for done in found if not (command.on("RETURN_FAILED_ONLY") and done.status == "LOADED")]
    outcome = rows(RESULT, [_told(session, command, done) for done in shown], COPY)
    return Outcome(outcome.table, outcome.columns, 0, sum(done.loaded for done in found), identity=outcome.identity)


def chosen(session: Session, command: Command) -> list[File]:
    """The files that a command is for, without those that the table remembers. Raises Failed."""
    if "FILES" in command.options:
        found = locations.named(session, command.location, command.options["FILES"])
    else:
        found = locations.files(session, command.location, str(command.options.get("PATTERN", "")))
    if command.on("FORCE"):
        return found
    loads = session.account.objects.loads.get(command.table, {})
    return [file for file in found if not _remembered(loads.get(file.address), file)]


def load(session: Session, command: Command, files: Sequence[File], pipe: Name | None = None) -> list[Done]:
    """Loads files. Raises Failed, with nothing loaded, where an error is to end it."""
    into = loading.columns(session, command)
    format = locations.format_of(session, command.location, command.options.get("FILE_FORMAT"))
    found: list[Done] = []
    size, most = 0, int(command.options.get("SIZE_LIMIT") or 0)
    for file in files:
        found.append(_read(session, command, into, format, file))
        size += file.size
        if most and size >= most:
            break
    _write(session, command, into, found)
    _remember(session, command, found, pipe)
    if command.on("PURGE"):
        for done in found:
            if done.status == "LOADED":
                locations.remove(session, command.location, done.file.key)
    return found


def validated(session: Session, command: Command) -> Outcome:
    """What a COPY would do: its errors, or its first rows."""
    into = loading.columns(session, command)
    format = locations.format_of(session, command.location, command.options.get("FILE_FORMAT"))
    most = re.fullmatch(r"RETURN_(\d+)_ROWS", command.validation)
    if "FILES" in command.options:
        files = locations.named(session, command.location, command.options["FILES"])
    else:
        files = locations.files(session, command.location, str(command.options.get("PATTERN", "")))
    found = []
    for file in files:
        filled = _fill(session, command, into, format, file)
        if most and filled.problems:
            raise _aborted(command, file, filled.problems[0])
        found.append((file, filled))
    if most:
        tables = [filled.values.rename_columns([column.name for column in into]) for _, filled in found]
        return _first(tables, into, int(most[1]))
    return rows(ERRORS, [_problem(command, file, problem) for file, filled in found for problem in filled.problems])


def _first(tables: Sequence[pa.Table], into: Sequence[Column], count: int) -> Outcome:
    from groundschool.engines.snowflake.cursor import described

    if not tables:
        return rows({column.name: TEXT for column in into}, [])
    table = pa.concat_tables(tables, promote_options="permissive").slice(0, count)
    return Outcome(table, described(table))


def _read(session: Session, command: Command, into: Sequence[Column], format: Format, file: File) -> Done:
    """What a file gives, and what becomes of it by ON_ERROR."""
    filled = _fill(session, command, into, format, file)
    count, how = len(filled.problems), command.on_error
    limit = filled.parsed if how == "CONTINUE" else 1
    if not count:
        return Done(file, filled, "LOADED", limit)
    if how == "ABORT_STATEMENT":
        raise _aborted(command, file, filled.problems[0])
    if how == "CONTINUE":
        return Done(file, filled, "PARTIALLY_LOADED" if filled.values.num_rows else "LOAD_FAILED", limit)
    found = SKIP.fullmatch(how)
    number = int(found[1] or 1) if found else 1
    of_percent = found is not None and found[2] == "%"
    skipped = 100 * count > number * filled.parsed if of_percent else count >= number
    limit = max(1, number * filled.parsed // 100) if of_percent else number
    return Done(file, filled, "LOAD_FAILED" if skipped else "PARTIALLY_LOADED", limit)


def _fill(session: Session, command: Command, into: Sequence[Column], format: Format, file: File) -> Filled:
    try:
        content = reading.read(file.read(), file.address, format)
    except Failed as failed:
        nothing = pa.table({f"c{i}": pa.array([], pa.string()) for i in range(len(into))})
        return Filled(nothing, [Problem(Row(1, 1, ()), failed.number, failed.state, str(failed))], 0)
    return loading.fill(session, command, into, format, file, content)


def _write(session: Session, command: Command, into: Sequence[Column], found: Sequence[Done]) -> None:
    target = ".".join(identifier(part) for part in command.table)
    columns = ", ".join(identifier(column.name) for column in into)
    with session.together():
        for done in found:
            if done.loaded:
                session.register("_LAB_VALUES", done.filled.values)
                session.duck(f"INSERT INTO {target} ({columns}) SELECT * FROM _LAB_VALUES")


def _remember(session: Session, command: Command, found: Sequence[Done], pipe: Name | None) -> None:
    objects = session.account.objects
    loads = objects.loads.setdefault(command.table, {})
    for done in found:
        moment, first = now(), next(iter(done.filled.problems), None)
        if done.status != "LOAD_FAILED" and pipe is None:  # a pipe remembers its files itself
            loads[done.file.address] = Load(done.file.digest, done.status, moment)
        objects.history.append(
            Event(
                command.table,
                done.file.key,
                _stage(command),
                moment,
                done.loaded,
                done.filled.parsed,
                done.file.size,
                len(done.filled.problems),
                done.limit,
                HISTORY[done.status],
                first.words if first else None,
                first.row.line if first else None,
                first.character if first else None,
                first.column if first else None,
                pipe,
            )
        )


def _stage(command: Command) -> str:
    location = command.location
    if location.external:
        return f"s3://{location.bucket}/{location.prefix}"
    return ".".join(part for part in location.stage if part)


def _remembered(load: Load | None, file: File) -> bool:
    return load is not None and load.digest == file.digest


def _told(session: Session, command: Command, done: Done) -> list[Any]:
    first = next(iter(done.filled.problems), None)
    told = [done.file.address, done.status, done.filled.parsed, done.loaded, done.limit, len(done.filled.problems)]
    if first is None:
        return [*told, None, None, None, None]
    return [*told, first.words, first.row.line, first.character, _column(command, first)]


def _column(command: Command, problem: Problem) -> str | None:
    return f'"{command.table[2]}"["{problem.column}":{problem.position}]' if problem.column else None


def _problem(command: Command, file: File, problem: Problem) -> list[Any]:
    category = "conversion" if problem.number in (100038, 100037, 100040, 100035) else "parsing"
    row = problem.row
    return [
        problem.words,
        file.address,
        row.line,
        problem.character,
        0,
        category,
        problem.number,
        problem.state,
        _column(command, problem),
        row.number,
        row.line,
        row.text,
    ]


def _aborted(command: Command, file: File, problem: Problem) -> Failed:
    """The error that ends a COPY as a whole."""
    words = [problem.words, f"  File '{file.key}', line {problem.row.line}, character {problem.character}"]
    if problem.column:
        words.append(f"  Row {problem.row.number}, column {_column(command, problem)}")
    return Failed(problem.number, problem.state, "\n".join([*words, f"  {ADVICE}"]))


def note_failure(session: Session, command: Command, file: File, failed: Failed, pipe: Name) -> None:
    """Notes that a pipe could not load a file at all."""
    event = Event(
        command.table, file.key, _stage(command), now(), 0, 0, file.size, 1, 1, "Load failed", str(failed), pipe=pipe
    )
    session.account.objects.history.append(event)
