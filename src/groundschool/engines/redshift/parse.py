"""Statements of Redshift's dialect as words and as trees. What sqlglot takes beyond Redshift is refused elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from groundschool.engines.redshift.failure import Failed, NotDone, syntax

MOST_TEXT = 16 << 20
MOST_PARSED = 1 << 20
MOST_NODES, MOST_DEPTH = 50_000, 150
KEPT = ("CAST", "TRY_CAST", "CONVERT", "EXTRACT", "TRIM", "POSITION", "SUBSTRING")


MARK = "\x01"
PLACES = re.compile(
    r"""('(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/)|(?<![\w$])\$(\d+)(?![\w$])""", re.DOTALL
)


def marked(text: str) -> str:
    """The text with a name in place of each parameter: sqlglot takes `$1, $` for the begin of a string."""
    if MARK in text:
        return text
    return PLACES.sub(lambda found: found[1] or f'"{MARK}{found[2]}"', text)


def unmarked(text: str) -> str:
    """The inverse of `marked`."""
    return re.sub(f'"{MARK}(\\d+)"', r"$\1", text)


def parameters(text: str) -> int:
    """The highest number of a parameter in a marked text."""
    return max((int(number) for number in re.findall(f'"{MARK}(\\d+)"', text)), default=0)


class Plain(Redshift):  # type: ignore[misc, unused-ignore]
    """Redshift's grammar, with every function call left as it was written."""

    INDEX_OFFSET = 0

    class Tokenizer(Redshift.Tokenizer):  # type: ignore[misc, unused-ignore]
        COMMANDS: ClassVar[set[TokenType]] = set()

    class Parser(Redshift.Parser):  # type: ignore[misc, unused-ignore]
        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: parser for name, parser in Redshift.Parser.FUNCTION_PARSERS.items() if name in KEPT
        }
        NO_PAREN_FUNCTIONS: ClassVar[dict[TokenType, Any]] = {}


def tokens(text: str) -> list[Token]:
    """The words of a text. Raises Failed."""
    if len(text) > MOST_TEXT:
        raise Failed("54000", f"Statement is too large. Statement Size: {len(text)} bytes. Maximum Allowed: 16777216")
    try:
        return list(Plain().tokenize(text))
    except SqlglotError as error:
        raise Failed("42601", f"syntax error: {str(error).splitlines()[0]}") from None


def split(text: str) -> list[str]:
    """The statements of a text, without the semicolons between them. Raises Failed."""
    parts, start = [], 0
    words = tokens(text)
    for word in words:
        if word.token_type is TokenType.SEMICOLON:
            parts.append((start, word.start))
            start = word.end + 1
    parts.append((start, len(text)))
    return [text[begin:end] for begin, end in parts if any(begin <= word.start < end for word in words)]


def tree(text: str) -> exp.Expression:
    """The one statement of a text. Raises Failed."""
    if len(text) > MOST_PARSED:
        raise NotDone(f"read a statement of more than {MOST_PARSED:,} characters")
    text = _without_approximate(text)
    _refuse_misread(tokens(text))
    try:
        found = [each for each in Plain().parse(text) if each is not None]
    except SqlglotError as error:
        told = getattr(error, "errors", None) or [{}]
        raise syntax(str(told[0].get("highlight") or "")) from None
    except RecursionError:
        raise NotDone("read a statement that is nested so deeply") from None
    if len(found) != 1:
        raise syntax(text.strip()[:20])
    for count, node in enumerate(found[0].walk(), 1):
        if count > MOST_NODES or node.depth > MOST_DEPTH:
            raise NotDone("read a statement that is so large or nested so deeply")
    return found[0]


def expression(text: str) -> exp.Expression:
    """A single expression, such as a column's default. Raises Failed."""
    found = tree(f"SELECT {text}")
    if not isinstance(found, exp.Select) or len(found.expressions) != 1 or len(found.args.keys() & {"from_"}) > 1:
        raise syntax(text[:20])
    return found.expressions[0]


def _refuse_misread(words: Sequence[Token]) -> None:
    """Raises Failed for what sqlglot reads otherwise than Redshift: texts for tables, casts of typed literals."""
    calls: list[str] = []  # of the brackets that are open, what stands before them
    for before, word, after in zip([None, *words], words, [*words[1:], None], strict=False):
        if word.token_type is TokenType.L_PAREN:
            calls.append(before.text.upper() if before is not None else "")
        elif word.token_type is TokenType.R_PAREN and calls:
            calls.pop()
        if word.token_type is not TokenType.STRING or before is None:
            continue
        source = before.token_type in (TokenType.FROM, TokenType.JOIN, TokenType.INTO, TokenType.UPDATE)
        if source and calls[-1:] not in (["TRIM"], ["SUBSTRING"], ["EXTRACT"]):
            raise syntax(f"'{word.text}'")
        typed = before.text.upper() in ("DATE", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL")
        if before.text.upper() == "INTERVAL" and not re.fullmatch(r"\s*-?\d+\s*[A-Za-z]*\s*", word.text):
            raise NotDone(f"read the interval {word.text!r}")
        if typed and after is not None and after.text == "::":
            raise NotDone(f"read {before.text} '{word.text}'::…; write it with CAST")


def _without_approximate(text: str) -> str:
    """COUNT(DISTINCT) counts exactly, which is as near as APPROXIMATE asks for."""
    if "approximate" not in text.lower():
        return text
    words = tokens(text)
    for word, after in reversed(list(pairwise(words))):
        if word.text.upper() == "APPROXIMATE" and after.text.upper() == "COUNT":
            text = text[: word.start] + " " * len(word.text) + text[word.end + 1 :]
    return text


@dataclass(frozen=True)
class Word:
    """A word and where it stands; `kind` tells literals and quoted names from keywords and signs."""

    text: str
    start: int
    end: int
    kind: TokenType


def _words(text: str) -> list[Word]:
    """The words of a text; keywords of several, which sqlglot takes as one, apart."""
    found = []
    for token in tokens(text):
        if token.token_type in QUOTED or " " not in token.text:
            found.append(Word(token.text, token.start, token.end, token.token_type))
            continue
        for piece in re.finditer(r"\S+", text[token.start : token.end + 1]):
            start = token.start + piece.start()
            found.append(Word(piece[0], start, start + len(piece[0]) - 1, TokenType.VAR))
    return found


QUOTED = (TokenType.STRING, TokenType.IDENTIFIER)


class Reader:
    """Takes the words of a statement one after another."""

    def __init__(self, text: str) -> None:
        self.text, self._words, self._place = text, _words(text), 0

    @property
    def next(self) -> Word | None:
        """The word that stands next."""
        return self._words[self._place] if self._place < len(self._words) else None

    def sees(self, *words: str) -> bool:
        """Whether these keywords or signs stand next."""
        ahead: Sequence[Word] = self._words[self._place : self._place + len(words)]
        return len(ahead) == len(words) and all(
            word.kind not in QUOTED and word.text.upper() == wanted for word, wanted in zip(ahead, words, strict=True)
        )

    def takes(self, *words: str) -> bool:
        """The same; if so they are taken."""
        found = self.sees(*words)
        self._place += len(words) * found
        return found

    def expect(self, *words: str) -> None:
        """Takes these words. Raises Failed when others stand there."""
        if not self.takes(*words):
            raise self.wrong()

    def wrong(self) -> Failed:
        """What the parser says of the word that stands next."""
        return syntax(self.next.text if self.next else "")

    def end(self) -> None:
        """Raises Failed when there are more words."""
        if self.next is not None:
            raise self.wrong()

    def string(self) -> str:
        """A literal in quotes. Raises Failed."""
        word = self.next
        if word is None or word.kind is not TokenType.STRING:
            raise self.wrong()
        self._place += 1
        return word.text

    def sees_string(self) -> bool:
        """Whether a literal in quotes stands next."""
        return self.next is not None and self.next.kind is TokenType.STRING

    def number(self) -> int:
        """A whole number. Raises Failed."""
        sign = -1 if self.takes("-") else 1
        word = self.next
        if word is None or not word.text.isdigit():
            raise self.wrong()
        self._place += 1
        return sign * int(word.text)

    def name(self) -> str:
        """A name, folded to lower case. Raises Failed."""
        hash_ = self.takes("#")
        word = self.next
        if word is None or word.kind is TokenType.STRING:
            raise self.wrong()
        if word.kind is not TokenType.IDENTIFIER and not (word.text[:1].isalpha() or word.text[:1] in "_#"):
            raise self.wrong()
        self._place += 1
        return f"{'#' * hash_}{word.text.lower()}"

    def path(self) -> tuple[str, ...]:
        """A name with the parts before it. Raises Failed."""
        parts = [self.name()]
        while self.takes("."):
            parts.append(self.name())
        return tuple(parts)

    def names(self) -> list[str]:
        """Names in brackets. Raises Failed."""
        self.expect("(")
        found = [self.name()]
        while self.takes(","):
            found.append(self.name())
        self.expect(")")
        return found

    def word(self) -> str:
        """Any word, in capitals. Raises Failed."""
        if self.next is None:
            raise self.wrong()
        self._place += 1
        return self._words[self._place - 1].text.upper()

    def skip(self, stops: Sequence[str]) -> str:
        """The text up to one of these words outside brackets, which is left there."""
        start, depth, end = self.next, 0, len(self.text)
        while (word := self.next) is not None:
            if not depth and any(self.sees(*stop.split()) for stop in stops):
                end = word.start
                break
            depth += (word.text in "([") - (word.text in ")]") if word.kind is not TokenType.STRING else 0
            if depth < 0:
                end = word.start
                break
            self._place += 1
        return self.text[start.start : end] if start is not None else ""

    def rest(self) -> str:
        """All that is left."""
        found = self.text[self.next.start :] if self.next is not None else ""
        self._place = len(self._words)
        return found
