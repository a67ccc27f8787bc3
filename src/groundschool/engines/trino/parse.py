"""Statements of Trino's dialect as trees. sqlglot's parser takes more than Trino does: that is refused here."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from groundschool.engines.trino.failure import Failed, NotDone

MOST_TEXT = 262_144  # bytes of a query, as Athena has it
MOST_NODES = 20_000
MOST_DEPTH = 150
KEPT = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "POSITION", "SUBSTRING", "LISTAGG")
COUNT = re.compile(r"[+-]?\d+(-\d+| \d+:\d+(:\d+(\.\d+)?)?)?")


class Plain(Trino):  # type: ignore[misc, unused-ignore]
    """Trino's grammar, with every function call left as it was written."""

    INDEX_OFFSET = 0  # subscripts are left as written, too

    class Parser(Trino.Parser):  # type: ignore[misc, unused-ignore]
        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: parser for name, parser in Trino.Parser.FUNCTION_PARSERS.items() if name in KEPT
        }
        NO_PAREN_FUNCTIONS: ClassVar[dict[TokenType, Any]] = {}


def tokens(text: str) -> list[Token]:
    """The words of a statement. Raises Failed."""
    if len(text.encode()) > MOST_TEXT:
        raise Failed("", f"The query has {len(text):,} characters; at most {MOST_TEXT:,} bytes are taken.")
    try:
        return list(Plain().tokenize(text))
    except SqlglotError as error:
        raise Failed("SYNTAX_ERROR", _first_line(error)) from None


def statement(text: str) -> exp.Expression:
    """The one statement of a text. Raises Failed, as Trino for what it cannot read."""
    words = tokens(text)
    _refuse_foreign(words)
    try:
        found = [tree for tree in Plain().parse(text) if tree is not None]
    except SqlglotError as error:
        raise Failed("SYNTAX_ERROR", _first_line(error)) from None
    except RecursionError:
        raise Failed("", "The query is nested too deeply.") from None
    if len(found) != 1:
        raise Failed("", f"Only one sql statement is allowed. Got: {text[:200]}")
    count = 0
    for count, node in enumerate(found[0].walk(), 1):
        if count > MOST_NODES or node.depth > MOST_DEPTH:
            raise Failed("QUERY_TEXT_TOO_LARGE", "The query is too large or nested too deeply for the lab.")
    return found[0]


def _refuse_foreign(words: list[Token]) -> None:
    """Raises Failed for signs and spellings of other dialects that the parser lets pass."""
    calls: list[str] = []  # of the brackets that are open, what stands before them
    for before, word in zip([None, *words], words, strict=False):
        if word.token_type is TokenType.L_PAREN:
            calls.append(before.text.upper() if before is not None else "")
        elif word.token_type is TokenType.R_PAREN and calls:
            calls.pop()
        if word.text == "::":
            raise _mismatched(word)
        counts = word.token_type is TokenType.STRING and before is not None and before.text.upper() == "INTERVAL"
        if counts and not COUNT.fullmatch(word.text.strip()):
            place = f"line {word.line}:{word.col}"
            raise Failed("INVALID_LITERAL", f"{place}: '{word.text}' is not a valid INTERVAL literal")
        source = before is not None and before.token_type in (TokenType.FROM, TokenType.JOIN)
        if word.token_type is TokenType.STRING and source and calls[-1:] not in (["TRIM"], ["SUBSTRING"], ["EXTRACT"]):
            raise _mismatched(word)
        if word.token_type is TokenType.TABLE_SAMPLE:
            raise NotDone("do TABLESAMPLE")
        closes = word.token_type in (TokenType.FROM, TokenType.R_PAREN, TokenType.WHERE)
        if closes and before is not None and before.token_type is TokenType.COMMA:
            raise _mismatched(word)

    if words and words[-1].token_type is TokenType.COMMA:
        raise _mismatched(words[-1])


def _mismatched(word: Token) -> Failed:
    column = max(1, word.col - len(word.text) + 1)
    return Failed("SYNTAX_ERROR", f"line {word.line}:{column}: mismatched input '{word.text}'")


def _first_line(error: Exception) -> str:
    found = getattr(error, "errors", None)
    if found:
        first = found[0]
        return f"line {first.get('line')}:{first.get('col')}: mismatched input '{first.get('highlight')}'"
    return str(error).splitlines()[0]
