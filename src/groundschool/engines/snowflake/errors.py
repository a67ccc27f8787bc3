"""What DuckDB and fakesnow say of a statement that failed, as Snowflake says it."""

from __future__ import annotations

import re

import duckdb
from snowflake.connector.errors import ProgrammingError

from groundschool.engines.snowflake.failure import Failed, NotDone, exists, missing, syntax, wrong

KINDS = {
    "BOOL": (100037, "22018", "Boolean value '{}' is not recognized"),
    "DATE": (100040, "22007", "Date '{}' is not recognized"),
    "TIME": (100108, "22007", "Time '{}' is not recognized"),
    "TIMESTAMP": (100035, "22007", "Timestamp '{}' is not recognized"),
}
NUMBER = (100038, "22018", "Numeric value '{}' is not recognized")
OTHER_DATES = re.compile(
    r"\d{1,2}/\d{1,2}/\d{4}|\d{1,2}-[A-Za-z]{3}-\d{4}|\d{1,2}-\d{1,2}-\d{4}|\d{8,19}|[A-Z][a-z]{2} .*"
)


def told(error: Exception) -> Failed:
    """The failure that stands for an exception; one that is not known is a refusal."""
    if isinstance(error, Failed):
        return error
    cause = error.__cause__ if isinstance(error, ProgrammingError) else error
    if isinstance(cause, duckdb.Error):
        return _of_duckdb(cause, str(cause).split("\n\nLINE ")[0].strip())
    if isinstance(error, ProgrammingError):
        return _of_fakesnow(error)
    return NotDone(f"do this statement ({type(error).__name__}: {str(error)[:200]})")


def _of_fakesnow(error: ProgrammingError) -> Failed:
    words = str(error.msg or "")
    found = re.search(r"Line (\d+), Col: (\d+)", words)
    if error.errno == 1003:
        near = re.search(r"Line \d+, Col: \d+\.\s*\n?\s*(.*)", words)
        line, column = (int(found[1]), int(found[2])) if found else (1, 0)
        return syntax(line, column, (near[1].split() or [""])[-1][:40] if near else "")
    if error.errno in (9999, None):
        return NotDone(f"do this statement: {words[:200]}")
    return Failed(int(error.errno), str(error.sqlstate or "42000"), words)


def _of_duckdb(error: duckdb.Error, words: str) -> Failed:
    for found in (_of_values(error, words), _of_names(words), _of_constraints(words)):
        if found is not None:
            return found
    if isinstance(error, duckdb.TransactionException) and "onflict" in words:
        return NotDone("wait for the lock of a row that another session's transaction has changed")
    if isinstance(error, duckdb.ParserException):
        return NotDone(f"read this statement: {words[:200]}")
    if isinstance(error, duckdb.InterruptException):
        return Failed(604, "57014", "SQL execution canceled")
    return NotDone(f"do this statement: {words[:300]}")


def _of_values(error: duckdb.Error, words: str) -> Failed | None:
    if found := re.search(r"(NULL result in a non-nullable column: \w+)", words):
        return Failed(100072, "22000", found[1])
    if "Division by zero" in words:
        return Failed(100051, "22012", "Division by zero")
    if found := re.search(r"(Boolean value '.*' is not recognized)", words):
        return Failed(100037, "22018", found[1])
    if found := re.search(
        r"(?:Error: |Input )(String '(?:(?!\|\|).)*' is too long and would be truncated)", words, re.DOTALL
    ):
        return Failed(100078, "22000", found[1])
    if "merge" in words.lower() and "more than once" in words:
        return Failed(100090, "42P18", "Duplicate row detected during DML action")
    if found := re.search(r"Malformed JSON .*?Input: \"(.*)\"", words, re.DOTALL):
        return Failed(100069, "22P02", f"Error parsing JSON: {found[1]}")
    if "Malformed JSON" in words:
        return Failed(100069, "22P02", f"Error parsing JSON: {words}")
    if found := re.search(r"Could not cast value (\S+) to DECIMAL", words):
        return Failed(100039, "22003", f"Numeric value '{found[1]}' is out of range")
    if isinstance(error, duckdb.OutOfRangeException):
        return Failed(100039, "22003", f"Numeric value is out of representable range: {words[:150]}")
    if found := re.search(r"Could not convert string ['\"](.*)['\"] to (\w+)", words, re.DOTALL):
        return unreadable(found[1], found[2])
    if found := re.search(r'(?:invalid|Could not parse) (date|timestamp|time) .*?"(.*?)"', words, re.DOTALL | re.I):
        return unreadable(found[2], found[1].upper())
    if found := re.search(r"Failed to cast value: (.*)", words):
        return Failed(100071, "22000", f"Failed to cast variant value {found[1][:100]}")
    if found := re.search(r'date field value out of range: "(.*?)"', words):
        return unreadable(found[1], "DATE")
    return None


def unreadable(value: str, kind: str) -> Failed:
    """A text that is no value of a kind, such as "DATE"; a number where the kind is another."""
    number, state, text = KINDS.get(kind, NUMBER)
    if kind in ("DATE", "TIMESTAMP") and OTHER_DATES.fullmatch(value.strip()):
        return NotDone(f"read {value!r} as a date: it reads YYYY-MM-DD and ISO 8601 only")
    return Failed(number, state, text.format(value))


def _of_names(words: str) -> Failed | None:
    if found := re.search(r'Referenced column "(.*?)" (?:not found|was not found)', words):
        return invalid(found[1])
    if found := re.search(
        r'does not have a column named "(.*?)"|Table ".*?" does not have a column with name "(.*?)"', words
    ):
        return invalid(found[1] or found[2])
    if found := re.search(r'Referenced table "(.*?)" not found', words):
        return wrong(904, "42000", f"error line 1 at position 0\ninvalid identifier '{found[1]}'")
    if found := re.search(r"(?:Scalar |Aggregate |Table |Macro )?Function with name (\S+) does not exist", words):
        return wrong(2140, "42601", f"Unknown function {found[1].upper()}")
    if found := re.search(r"Table with name (\S+) does not exist", words):
        return missing("Object", found[1].removesuffix("!"))
    if found := re.search(
        r"(?:Schema|schema) with name (\S+) does not exist|No catalog \+ schema named \"(.*?)\"", words
    ):
        return missing("Schema", found[1] or found[2])
    if found := re.search(r'(?:Table|View|Schema|Sequence|Index) with name "?(.*?)"? already exists', words):
        return exists(found[1])
    if "Ambiguous reference to column name" in words:
        name = re.search(r'column name "(.*?)"', words)
        return wrong(1007, "42601", f"ambiguous column name '{name[1] if name else ''}'")
    if "must appear in the GROUP BY clause" in words:
        name = re.search(r'column "(.*?)"', words)
        return wrong(
            979,
            "42601",
            f"'{name[1] if name else ''}' in select clause is neither an aggregate nor in the group by clause.",
        )
    if found := re.search(r"table (\S+) has (\d+) columns but (\d+) values were supplied", words):
        return wrong(
            2057, "42601", f"Insert value list does not match column list expecting {found[2]} but got {found[3]}"
        )
    return None


def _of_constraints(words: str) -> Failed | None:
    if found := re.search(r"NOT NULL constraint failed: (?:.*\.)?(\S+)", words):
        return Failed(100072, "22000", f"NULL result in a non-nullable column: {found[1]}")
    return None


def invalid(name: str) -> Failed:
    """A column that is not there."""
    return wrong(904, "42000", f"error line 1 at position 0\ninvalid identifier '{name}'")
