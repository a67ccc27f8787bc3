"""COPY INTO a table, as it is written: target, source, query and options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from groundschool.engines.snowflake import definitions, known, locations
from groundschool.engines.snowflake.failure import NotDone, bad_option, bad_value, wrong
from groundschool.engines.snowflake.locations import Location
from groundschool.engines.snowflake.objects import Name
from groundschool.engines.snowflake.words import Words, flag, unquoted

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

FLAGS = ("PURGE", "RETURN_FAILED_ONLY", "ENFORCE_LENGTH", "TRUNCATECOLUMNS", "FORCE", "LOAD_UNCERTAIN_FILES")
OPTIONS = (
    *FLAGS, "ON_ERROR", "SIZE_LIMIT", "MATCH_BY_COLUMN_NAME", "FILE_FORMAT", "FILES", "PATTERN", "VALIDATION_MODE",
    "STORAGE_INTEGRATION", "CREDENTIALS",
)  # fmt: skip
NOT_DONE = ("INCLUDE_METADATA", "LOAD_MODE", "FILE_PROCESSOR", "ENCRYPTION")
SKIP = re.compile(r"SKIP_FILE(?:_(\d+)(%?))?")
MATCHES = ("NONE", "CASE_SENSITIVE", "CASE_INSENSITIVE")
VALIDATIONS = re.compile(r"RETURN_(\d+)_ROWS|RETURN_ERRORS|RETURN_ALL_ERRORS")
SIMPLE = ("expressions", "from_", "kind", "operation_modifiers")


@dataclass(frozen=True)
class Command:
    """A COPY INTO a table. Without `columns` it fills all; with a `query` its expressions over the file's fields."""

    table: Name
    columns: tuple[str, ...]
    location: Location
    query: exp.Select | None
    options: Mapping[str, Any]

    def on(self, name: str) -> bool:
        """Whether a flag is set."""
        default = name in ("ENFORCE_LENGTH", "LOAD_UNCERTAIN_FILES")
        return flag(self.options, name, default)

    @property
    def on_error(self) -> str:
        """What becomes of a file with errors, such as "CONTINUE" or "SKIP_FILE_10%"."""
        return str(self.options.get("ON_ERROR", "ABORT_STATEMENT")).upper()

    @property
    def match(self) -> str:
        """How fields find their columns by name: one of MATCHES."""
        return str(self.options.get("MATCH_BY_COLUMN_NAME", "NONE")).upper()

    @property
    def validation(self) -> str:
        """The mode of a COPY that only looks; empty for one that loads."""
        return str(self.options.get("VALIDATION_MODE", "")).upper()


def parsed(session: Session, words: Words) -> Command:
    """Reads a COPY behind its COPY INTO. Raises Failed."""
    table = session.full(words.name())
    columns = tuple(_column(part) for part in words.bracketed().split(",")) if words.ahead("(") else ()
    reference, query = "@%" + '"' + table[2].replace('"', '""') + '"', None
    if words.takes("FROM"):
        if words.ahead("("):
            query = _query(words.bracketed())
            reference = _source(query)
        else:
            word = words.take()
            reference = unquoted(word.text) if word.kind == "text" else word.text
    options = words.options()
    words.end()
    _check(options)
    location = locations.resolve(session, reference)
    if {"STORAGE_INTEGRATION", "CREDENTIALS"} & set(options):
        location = _with_access(session, location, options)
    command = Command(table, columns, location, query, {**location.copy, **options})
    if command.validation and query is not None:
        raise wrong(2, "0A000", "VALIDATION_MODE is not supported for COPY statements that transform data.")
    return command


def _column(text: str) -> str:
    words = Words(text)
    (name,) = words.name()
    words.end()
    return name


def _query(text: str) -> exp.Select:
    known.check(text)
    try:
        tree: Any = sqlglot.parse_one(text, read="snowflake")
    except SqlglotError:
        raise wrong(1003, "42000", f"syntax error in the query of COPY: {text[:60]}") from None
    more = (
        [name for name, value in tree.args.items() if value and name not in SIMPLE]
        if isinstance(tree, exp.Select)
        else ["?"]
    )
    if more or tree.find(exp.AggFunc, exp.Window, exp.Explode):
        words = "COPY statement only supports simple SELECT from stage statements for import."
        raise wrong(2099, "0A000", words)
    found: exp.Select = tree
    return found


def _source(query: exp.Select) -> str:
    table = query.find(exp.Table)
    if table is None or not isinstance(table.this, (exp.Var, exp.Literal)):
        raise wrong(2099, "0A000", "COPY statement only supports simple SELECT from stage statements for import.")
    if table.args.get("format") is not None or table.args.get("pattern") is not None:
        raise NotDone("take FILE_FORMAT and PATTERN inside the query of COPY: they are options of COPY itself")
    return str(table.this.name)


def _check(options: Mapping[str, Any]) -> None:
    for name in options:
        if name in NOT_DONE:
            raise NotDone(f"do the option {name} of COPY")
        if name not in OPTIONS:
            raise bad_option(name, "COPY")
    for name in FLAGS:
        flag(options, name, False)
    how = str(options.get("ON_ERROR", "CONTINUE")).upper()
    if how not in ("CONTINUE", "ABORT_STATEMENT") and not SKIP.fullmatch(how):
        raise bad_value("ON_ERROR", how)
    if str(options.get("MATCH_BY_COLUMN_NAME", "NONE")).upper() not in MATCHES:
        raise bad_value("MATCH_BY_COLUMN_NAME", str(options["MATCH_BY_COLUMN_NAME"]))
    if "VALIDATION_MODE" in options and not VALIDATIONS.fullmatch(str(options["VALIDATION_MODE"]).upper()):
        raise bad_value("VALIDATION_MODE", str(options["VALIDATION_MODE"]))
    if not isinstance(options.get("FILES", []), list):
        raise bad_value("FILES", str(options["FILES"]))
    if not str(options.get("SIZE_LIMIT", "1")).isdigit():
        raise bad_value("SIZE_LIMIT", str(options["SIZE_LIMIT"]))


def _with_access(session: Session, location: Location, options: Mapping[str, Any]) -> Location:
    given = {name: options[name] for name in ("STORAGE_INTEGRATION", "CREDENTIALS") if name in options}
    url = f"s3://{location.bucket}/{location.prefix}"
    stage = definitions.unnamed(session, url, given)
    return replace(location, access=locations.access(session, stage))
