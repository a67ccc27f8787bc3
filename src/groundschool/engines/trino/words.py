"""The words of a statement of Hive's, and a reader that takes them one after another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundschool.engines.trino.failure import Failed

WORD = re.compile(
    r"(?P<gap>\s+|--[^\n]*|/\*.*?\*/)|(?P<string>'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\")|(?P<name>`(?:[^`]|``)*`)"
    r"|(?P<word>[A-Za-z_][A-Za-z_0-9$]*|\d+(?:\.\d+)?)|(?P<sign>.)",
    re.DOTALL,
)
ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
RESERVED = frozenset(
    [
        "all",
        "alter",
        "and",
        "array",
        "as",
        "authorization",
        "between",
        "bigint",
        "binary",
        "boolean",
        "both",
        "by",
        "case",
        "cashe",
        "cast",
        "char",
        "column",
        "conf",
        "constraint",
        "commit",
        "create",
        "cross",
        "cube",
        "current",
        "current_date",
        "current_timestamp",
        "cursor",
        "database",
        "date",
        "dayofweek",
        "decimal",
        "delete",
        "describe",
        "distinct",
        "double",
        "drop",
        "else",
        "end",
        "exchange",
        "exists",
        "extended",
        "external",
        "extract",
        "false",
        "fetch",
        "float",
        "floor",
        "following",
        "for",
        "foreign",
        "from",
        "full",
        "function",
        "grant",
        "group",
        "grouping",
        "having",
        "if",
        "import",
        "in",
        "inner",
        "insert",
        "int",
        "integer",
        "intersect",
        "interval",
        "into",
        "is",
        "join",
        "lateral",
        "left",
        "less",
        "like",
        "local",
        "macro",
        "map",
        "more",
        "none",
        "not",
        "null",
        "numeric",
        "of",
        "on",
        "only",
        "or",
        "order",
        "out",
        "outer",
        "over",
        "partialscan",
        "partition",
        "percent",
        "preceding",
        "precision",
        "preserve",
        "primary",
        "procedure",
        "range",
        "reads",
        "reduce",
        "regexp",
        "references",
        "revoke",
        "right",
        "rlike",
        "rollback",
        "rollup",
        "row",
        "rows",
        "select",
        "set",
        "smallint",
        "start",
        "sync",
        "table",
        "tablesample",
        "then",
        "time",
        "timestamp",
        "to",
        "transform",
        "trigger",
        "true",
        "truncate",
        "unbounded",
        "union",
        "uniquejoin",
        "update",
        "user",
        "using",
        "utc_timestamp",
        "values",
        "varchar",
        "views",
        "when",
        "where",
        "window",
        "with",
    ]
)


@dataclass(frozen=True)
class Word:
    """A word: its kind (`word`, `name` in backticks, `string`, `sign`), its text without quotes, where it begins."""

    kind: str
    text: str
    start: int

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text if self.kind == "sign" else ""


def unescaped(text: str) -> str:
    """What a string of Hive's stands for."""

    def one(found: re.Match[str]) -> str:
        if found[1] is not None:
            return chr(int(found[1], 8))
        return ESCAPES.get(found[2], found[2])

    return re.sub(r"\\(?:([01][0-7]{2})|(.))", one, text, flags=re.DOTALL)


def words(text: str) -> list[Word]:
    """The words of a text."""
    found = []
    for match in WORD.finditer(text):
        kind = match.lastgroup or ""
        shown = match[0]
        if kind == "gap":
            continue
        if kind == "string":
            shown = unescaped(shown[1:-1].replace("''", "'"))
        elif kind == "name":
            shown = shown[1:-1].replace("``", "`")
        found.append(Word(kind, shown, match.start()))
    while found and found[-1].upper == ";":
        found.pop()
    return found


class Reader:
    """Takes the words of a statement in order. What is not as expected raises Failed, as Hive's parser says it."""

    def __init__(self, text: str) -> None:
        self.text, self.words, self.place = text, words(text), 0

    @property
    def next(self) -> Word:
        """The next word; one without a text at the end."""
        return self.words[self.place] if self.place < len(self.words) else Word("end", "<EOF>", len(self.text))

    def failure(self, expected: str = "") -> Failed:
        """That the next word was not expected."""
        near = " ".join(f"'{word.text}'" for word in self.words[self.place : self.place + 3]) or "'<EOF>'"
        line = self.text.count("\n", 0, self.next.start) + 1
        column = self.next.start - (self.text.rfind("\n", 0, self.next.start) + 1)
        wanted = f", expected {expected}" if expected else ""
        return Failed("", f"FAILED: ParseException line {line}:{column} cannot recognize input near {near}{wanted}")

    def sees(self, phrase: str) -> bool:
        """Whether the next words are these."""
        wanted = phrase.split()
        return [word.upper for word in self.words[self.place : self.place + len(wanted)]] == wanted

    def takes(self, phrase: str) -> bool:
        """Takes these words if they are next."""
        if not self.sees(phrase):
            return False
        self.place += len(phrase.split())
        return True

    def expect(self, phrase: str) -> None:
        """Takes these words."""
        if not self.takes(phrase):
            raise self.failure(phrase)

    def name(self) -> str:
        """Takes a name, in lower case; a reserved word only in backticks."""
        word = self.next
        if word.kind not in ("word", "name") or word.kind == "word" and word.text.casefold() in RESERVED:
            raise self.failure("a name; a reserved word stands in backticks")
        self.place += 1
        return word.text.casefold()

    def string(self) -> str:
        """Takes a string."""
        if self.next.kind != "string":
            raise self.failure("a string")
        self.place += 1
        return self.words[self.place - 1].text

    def end(self) -> None:
        """Raises Failed when words are left."""
        if self.place < len(self.words):
            raise self.failure("the end of the statement")

    def rest(self) -> str:
        """Takes all that is left, as it was written."""
        start = self.next.start
        self.place = len(self.words)
        return self.text[start:].rstrip().rstrip(";")

    def table(self, database: str) -> tuple[str, str]:
        """Takes a table's name, with its database or without."""
        parts = [self.table_part()]
        while self.takes("."):
            parts.append(self.table_part())
        if len(parts) == 3 and parts[0] == "awsdatacatalog":
            parts = parts[1:]
        if len(parts) > 2:
            raise self.failure("a table's name")
        return (parts[0], parts[1]) if len(parts) == 2 else (database, parts[0])

    def table_part(self) -> str:
        """Takes a part of a table's name; Trino's double quotes do as well as backticks."""
        if self.next.kind == "string" and self.text[self.next.start] == '"':
            return self.string().casefold()
        return self.name()

    def properties(self) -> dict[str, str]:
        """Takes ('name' = 'value', …)."""
        self.expect("(")
        found: dict[str, str] = {}
        while True:
            name = self.string()
            self.expect("=")
            found[name] = self.string()
            if not self.takes(","):
                break
        self.expect(")")
        return found
