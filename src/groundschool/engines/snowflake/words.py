"""A statement as words, read from left to right: for the statements that only Snowflake has.

Options are read here, too: `NAME = value`, where a value is a word, a text, a number, a list or options again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundschool.engines.snowflake.failure import bad_value, syntax

MOST_TEXT = 1 << 20
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v", "a": "\a"}
WORD = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<file>file://(?:[^\s';]*))
    |(?P<comment>//[^\n]*)
    |(?P<text>'(?:[^'\\]|''|\\.)*'|\$\$.*?\$\$)
    |(?P<stage>@(?:"[^"]*"|[^\s,();'"])+)
    |(?P<quoted>"(?:[^"]|"")*")
    |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
    |(?P<word>[A-Za-z_][\w$]*)
    |(?P<sign>=>|::|\|\||<>|!=|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Word:
    """One word: its kind (a group of WORD), as written, and where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """A plain word in upper case; a sign as it is; a quoted name or text never equals a keyword."""
        return self.text.upper() if self.kind in ("word", "sign", "number") else self.text


END = Word("end", "", -1, -1)


def split(text: str) -> list[Word]:
    """The words of a text without spaces and comments. Raises Failed for a text that does not end."""
    found: list[Word] = []
    for match in WORD.finditer(text):
        kind = str(match.lastgroup)
        if kind in ("space", "comment"):
            continue
        if kind == "sign" and match[0] in "'\"":
            raise syntax(*place(text, match.start()), match[0])
        found.append(Word(kind, match[0], match.start(), match.end()))
    return found


def place(text: str, at: int) -> tuple[int, int]:
    """Line, from 1, and position in it, from 0."""
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1)


class Words:
    """The words of one statement, and how far they are read. Every `must` raises Failed, a syntax error."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._words, self._at = split(text), 0

    @property
    def next(self) -> Word:
        """The word that is to be read next."""
        return self._words[self._at] if self._at < len(self._words) else END

    @property
    def done(self) -> bool:
        """Whether nothing is left but a semicolon."""
        return all(word.text == ";" for word in self._words[self._at :])

    def ahead(self, *names: str) -> bool:
        """Whether these words come next."""
        found = [word.upper for word in self._words[self._at : self._at + len(names)]]
        return found == list(names)

    def takes(self, *names: str) -> bool:
        """Reads these words if they come next."""
        found = self.ahead(*names)
        self._at += len(names) if found else 0
        return found

    def must(self, *names: str) -> None:
        """Reads these words."""
        for name in names:
            if not self.takes(name):
                raise self.unexpected()

    def take(self) -> Word:
        """Reads the next word, whatever it is."""
        found = self.next
        if found is END:
            raise self.unexpected()
        self._at += 1
        return found

    def name(self) -> tuple[str, ...]:
        """Reads a name of one to three parts, each as it is kept: unquoted ones in upper case."""
        parts = [self._part()]
        while self.takes("."):
            parts.append(self._part())
        if len(parts) > 3:
            raise self.unexpected()
        return tuple(parts)

    def value(self) -> str:
        """Reads a text, a number, or a word; a text without its quotes."""
        word = self.take()
        if word.kind == "text":
            return unquoted(word.text)
        if word.kind not in ("word", "number", "quoted"):
            self._at -= 1
            raise self.unexpected()
        return word.text

    def bracketed(self) -> str:
        """Reads what stands in brackets, as text without them."""
        self.must("(")
        start, depth = self._words[self._at - 1].end, 1
        while depth:
            word = self.take()
            depth += {"(": 1, ")": -1}.get(word.text, 0) if word.kind == "sign" else 0
        return self.text[start : word.start]

    def left(self) -> str:
        """Reads all that is left, without a last semicolon."""
        start = self.next.start
        self._at = len(self._words)
        return self.text[start:].rstrip().removesuffix(";") if start >= 0 else ""

    def end(self) -> None:
        """Raises Failed when something is left."""
        if not self.done:
            raise self.unexpected()

    def options(self) -> dict[str, Any]:
        """Reads options until there is none: by name in upper case, values as text, lists and mappings."""
        found: dict[str, Any] = {}
        while self.next.kind == "word":
            found.update(self.one_option())
        return found

    def one_option(self) -> dict[str, Any]:
        """Reads one option, and a comma behind it."""
        name = self.take().upper
        if not (self.takes("=") or self.takes("=>")):
            raise self.unexpected()
        found = {name: self._option()}
        self.takes(",")
        return found

    def unexpected(self) -> Exception:
        """The syntax error at the next word."""
        at = self.next.start if self.next is not END else len(self.text)
        return syntax(*place(self.text, at), self.next.text)

    def _option(self) -> Any:
        if self.takes("-"):
            return "-" + self.value()
        if self.next.kind == "stage":
            return self.take().text
        if not self.takes("("):
            found = self.value()
            if self.next.text == "." and self.takes("."):
                found = ".".join([found, *self._more_parts()])
            return found
        if self.takes(")"):
            return []
        nested = self.next.kind == "word" and self._words[self._at + 1 : self._at + 2]
        if nested and nested[0].text in ("=", "=>"):
            options = self.options()
            self.must(")")
            return options
        listed = [self.value()]
        while self.takes(","):
            listed.append(self.value())
        self.must(")")
        return listed

    def _more_parts(self) -> Iterator[str]:
        yield self.value()
        while self.takes("."):
            yield self.value()

    def _part(self) -> str:
        word = self.take()
        if word.kind == "quoted":
            return word.text[1:-1].replace('""', '"')
        if word.kind != "word":
            self._at -= 1
            raise self.unexpected()
        return word.text.upper()


def unquoted(text: str) -> str:
    """What a text in quotes says."""
    if text.startswith("$$"):
        return text[2:-2]
    return re.sub(r"''|\\(.)", _escaped, text[1:-1], flags=re.DOTALL)


def _escaped(match: re.Match[str]) -> str:
    return "'" if match[1] is None else ESCAPES.get(match[1], match[1])


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def parts(name: str) -> tuple[str, ...]:
    """The parts of a name written in a text, such as 'db.schema."Name"'. Raises Failed."""
    words = Words(name)
    found = words.name()
    words.end()
    return found


def flag(options: Mapping[str, Any], name: str, default: bool) -> bool:
    """An option that is TRUE or FALSE. Raises Failed."""
    value = str(options.get(name, default)).upper()
    if value not in ("TRUE", "FALSE"):
        raise bad_value(name, value)
    return value == "TRUE"
