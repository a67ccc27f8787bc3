"""Statements as trees: read, told apart, and refused where they would make something else than they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from groundschool.engines.snowflake.failure import Failed, NotDone, syntax, wrong
from groundschool.engines.snowflake.outcome import DELETE, INSERT, MERGE, SELECT, UPDATE
from groundschool.engines.snowflake.words import split

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

MOST_NODES = 20_000
WAREHOUSE = "LAB_WH"
KINDS = {exp.Insert: INSERT, exp.Update: UPDATE, exp.Delete: DELETE, exp.Merge: MERGE}
QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
CREATED = ("TABLE", "VIEW", "SCHEMA", "DATABASE", "SEQUENCE")
ACTIONS = (exp.ColumnDef, exp.AlterRename, exp.RenameColumn, exp.Drop, exp.AlterColumn)


def parsed(text: str) -> exp.Expression:
    try:
        found = [tree for tree in sqlglot.parse(text, read="snowflake") if tree is not None]
    except SqlglotError as error:
        raise _unreadable(error) from None
    if not found:
        raise wrong(900, "42601", "Empty SQL statement.")
    if sum(1 for _ in found[0].walk()) > MOST_NODES:
        raise NotDone(f"do statements of more than {MOST_NODES:,} parts")
    if isinstance(found[0], (exp.Column, exp.Alias, exp.Literal, exp.Identifier)):
        raise syntax(1, 0, text.split()[0][:40])
    return found[0]  # type: ignore[return-value, unused-ignore]


def _unreadable(error: SqlglotError) -> Failed:
    first = (getattr(error, "errors", None) or [{}])[0]
    return syntax(int(first.get("line") or 1), int(first.get("col") or 1) - 1, str(first.get("highlight") or "")[:40])


def one(text: str) -> None:
    """Raises Failed for several statements in one text."""
    count, empty = 0, True
    for word in split(text):
        if word.text == ";":
            empty = True
        elif empty:
            count, empty = count + 1, False
    if count > 1:
        words = f"Actual statement count {count} did not match the desired statement count 1."
        raise Failed(8, "0A000", words)
    if not count:
        raise wrong(900, "42601", "Empty SQL statement.")


def placed(tree: exp.Expression, session: Session) -> exp.Expression:
    """The statement with who asks, and where, put in."""
    known_ = {"CurrentUser": session.user, "CurrentRole": session.role, "CurrentWarehouse": WAREHOUSE}
    for node in list(tree.walk()):
        if type(node).__name__ in known_:
            node.replace(exp.Literal.string(known_[type(node).__name__]))
    return tree


def kind(tree: exp.Expression) -> int:
    if isinstance(tree, QUERIES):
        return SELECT
    return next((kind for of, kind in KINDS.items() if isinstance(tree, of)), 0)


def called(tree: exp.Expression) -> str:
    return f"{tree.key.upper()} {str(tree.this)[:30]}" if isinstance(tree, exp.Command) else tree.key.upper()


def check_definition(tree: Any) -> None:
    """Raises Failed for objects that would be made without being what they say."""
    kind = str(tree.args.get("kind") or "TABLE").upper()
    if kind not in CREATED:
        raise NotDone(f"do {tree.key.upper()} {kind}")
    for found in tree.find_all(exp.Property):
        name = found.name or type(found).__name__
        if not isinstance(
            found, (exp.TransientProperty, exp.TemporaryProperty, exp.ClusterProperty, exp.SchemaCommentProperty)
        ):
            raise NotDone(f"do {name.upper()} of a {kind}")
    if isinstance(tree, exp.Create) and tree.args.get("clone") is not None and kind == "SCHEMA":
        raise NotDone("clone schemas")
    if isinstance(tree, exp.Alter) and not all(
        isinstance(action, ACTIONS) for action in tree.args.get("actions") or ()
    ):
        raise NotDone(f"do this ALTER {kind}")
