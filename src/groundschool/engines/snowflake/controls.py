"""Statements about the session itself: where it is, its transactions, its settings; and those that are never done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from groundschool.engines.snowflake.failure import NotDone, syntax, wrong
from groundschool.engines.snowflake.outcome import Outcome, status
from groundschool.engines.snowflake.statements import WAREHOUSE
from groundschool.engines.snowflake.words import Words

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

ROLES = ("ACCOUNTADMIN", "SYSADMIN", "PUBLIC")
DONE = "Statement executed successfully."
Handler = Callable[["Session", Words], Outcome]


def _use(session: Session, words: Words) -> Outcome:
    if words.takes("ROLE"):
        (role,) = words.name()
        if role not in ROLES:
            raise wrong(2043, "02000", "Object does not exist, or operation cannot be performed.")
        session.role = role
        return status(DONE)
    if words.takes("WAREHOUSE"):
        if words.name() != (WAREHOUSE,):
            words_ = f"Object does not exist, or operation cannot be performed. The lab's warehouse is {WAREHOUSE}."
            raise wrong(2043, "02000", words_)
        return status(DONE)
    if words.takes("SECONDARY"):
        raise NotDone("do USE SECONDARY ROLES")
    of_schema = words.takes("SCHEMA")
    of_database = not of_schema and words.takes("DATABASE")
    parts = words.name()
    words.end()
    if (of_database and len(parts) > 1) or len(parts) > 2:
        raise syntax(1, 0, parts[-1])
    database = parts[0] if len(parts) == 2 or not of_schema else session.database
    schema = parts[-1] if len(parts) == 2 or of_schema else None
    account = session.account
    there = database is not None and database in account.databases()
    if not there or (schema is not None and not account.has_schema(str(database), schema)):
        raise wrong(2043, "02000", "Object does not exist, or operation cannot be performed.")
    session.use(database, schema)
    session.place_again()
    return status(DONE)


def _begin(session: Session, words: Words) -> Outcome:
    words.takes("TRANSACTION") or words.takes("WORK")
    if words.takes("NAME"):
        words.value()
    if not words.done:
        raise NotDone("do blocks of Snowflake Scripting")
    if not session.open:
        session.begin()
    return status(DONE)


def _start(session: Session, words: Words) -> Outcome:
    words.must("TRANSACTION")
    return _begin(session, words)


def _ended(how: str) -> Handler:
    def ended(session: Session, words: Words) -> Outcome:
        words.takes("WORK")
        words.end()
        if session.open:
            session.duck(how)
            session.open = False
        return status(DONE)

    return ended


def _alter_session(session: Session, words: Words) -> Outcome:
    words.must("SET")
    options = words.options()
    words.end()
    for name, value in options.items():
        if name == "AUTOCOMMIT":
            session.commit()
            session.autocommit(str(value).upper() == "TRUE")
        elif not (name == "TIMEZONE" and str(value).upper() in ("UTC", "ETC/UTC")) and name != "QUERY_TAG":
            raise NotDone(f"set the parameter {name}")
    return status(DONE)


def _nothing(what: str) -> Handler:
    def refuse(session: Session, words: Words) -> Outcome:
        raise NotDone(f"do {what}")

    return refuse


HANDLERS: Mapping[str, Handler] = {
    "USE": _use,
    "BEGIN": _begin,
    "START": _start,
    "COMMIT": _ended("COMMIT"),
    "ROLLBACK": _ended("ROLLBACK"),
    "ALTER SESSION": _alter_session,
    **{
        begin: _nothing(begin)
        for begin in (
            *("GRANT", "REVOKE", "CALL", "EXECUTE", "EXPLAIN", "DECLARE", "UNDROP", "ATTACH", "DETACH", "PRAGMA"),
            *(
                "INSTALL",
                "LOAD",
                "EXPORT",
                "IMPORT",
                "CHECKPOINT",
                "VACUUM",
                "SUMMARIZE",
                "ANALYZE",
                "UNSET",
                "COMMENT",
            ),
            *("RESET", "PREPARE", "DEALLOCATE", "KILL", "LOCK"),
        )
    },
}
