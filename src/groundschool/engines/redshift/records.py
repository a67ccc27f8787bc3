"""The records of a file that COPY reads: delimited text, CSV, and objects of JSON, each with the line it begins at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.fields import Wrong, as_text
from groundschool.engines.redshift.options import Options


@dataclass(frozen=True)
class Record:
    """Fields in the order of the columns, None for one that is missing; or the error of the record as a whole."""

    line: int
    raw: str
    fields: Sequence[str | None] = ()
    wrong: Wrong | None = None


def delimited(text: str, options: Options) -> Iterator[Record]:
    """Lines of fields with a sign between them; `\\` takes a sign's meaning where ESCAPE was given."""
    delimiter = _sign(options, "|")
    escape, bare = options.has("ESCAPE"), options.has("REMOVEQUOTES")
    for number, raw in _lines(text, escape):
        if number <= options.given.get("IGNOREHEADER", 0) or (not raw.strip(" ") and options.has("IGNOREBLANKLINES")):
            continue
        fields: Sequence[str | None] = _escaped(raw, delimiter) if escape else raw.split(delimiter)
        if bare:
            fields = [_unquoted(field) for field in fields]
        yield Record(number, raw, fields)


def _sign(options: Options, otherwise: str) -> str:
    delimiter = options.text("DELIMITER", otherwise)
    if len(delimiter) != 1 or not delimiter.isascii():
        raise NotDone(f"do the delimiter {delimiter!r}")
    return delimiter


def _lines(text: str, escape: bool) -> Iterator[tuple[int, str]]:
    """Lines by number; with `escape` a line feed behind `\\` belongs to its field."""
    number = 0
    pending: list[str] = []
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if place == len(lines) - 1 and not line and not pending:
            return
        if not pending:
            number = place + 1
        if escape and (len(line) - len(line.rstrip("\\"))) % 2 and place < len(lines) - 1:
            pending.append(line)
            continue
        yield number, "\n".join([*pending, line.removesuffix("\r")])
        pending = []


def _escaped(raw: str, delimiter: str) -> list[str | None]:
    fields: list[str | None] = []
    field, place = "", 0
    while place < len(raw):
        sign = raw[place]
        if sign == "\\" and place + 1 < len(raw):
            field += "\\N" if raw[place + 1] == "N" else raw[place + 1]
            place += 2
            continue
        if sign == delimiter:
            fields.append(field)
            field = ""
        else:
            field += sign
        place += 1
    return [*fields, field]


def _unquoted(field: str | None) -> str | None:
    if field is not None and len(field) > 1 and field[0] == field[-1] and field[0] in "'\"":
        return field[1:-1]
    return field


def separated(text: str, options: Options) -> Iterator[Record]:
    """CSV: fields in quotes may hold the delimiter, line feeds, and quotes that are doubled."""
    delimiter, quote = _sign(options, ","), options.text("QUOTE", '"')
    if len(quote) != 1:
        raise Failed("42601", "QUOTE must be a single character")
    place, line, skipped = 0, 1, options.given.get("IGNOREHEADER", 0)
    while place < len(text):
        start, first = place, line
        fields, place, line, wrong = _row(text, place, line, delimiter, quote)
        raw = text[start:place].rstrip("\r\n")
        if first <= skipped:
            continue
        if not raw.strip(" ") and (options.has("IGNOREBLANKLINES")):
            continue
        yield Record(first, raw, fields, wrong)


def _row(
    text: str, place: int, line: int, delimiter: str, quote: str
) -> tuple[list[str | None], int, int, Wrong | None]:
    fields: list[str | None] = []
    while True:
        if text[place : place + 1] == quote:
            field, place, ended = _in_quotes(text, place, quote)
            line += field.count("\n")
            if not ended:
                return fields, len(text), line, Wrong(1214, "Delimited value missing end quote")
            stop = _end(text, place, delimiter)
            if text[place:stop].strip(" \r"):
                end = text.find("\n", place)
                after = len(text) if end < 0 else end + 1
                return fields, after, line + 1, Wrong(1216, "Invalid quote formatting for CSV")
            place = stop
        else:
            stop = _end(text, place, delimiter)
            field, place = text[place:stop].removesuffix("\r"), stop
        fields.append(field)
        if place >= len(text):
            return fields, place, line, None
        if text[place] == "\n":
            return fields, place + 1, line + 1, None
        place += 1


def _end(text: str, place: int, delimiter: str) -> int:
    ends = [found for found in (text.find(delimiter, place), text.find("\n", place)) if found >= 0]
    return min(ends, default=len(text))


def _in_quotes(text: str, place: int, quote: str) -> tuple[str, int, bool]:
    field, place = [], place + 1
    while True:
        end = text.find(quote, place)
        if end < 0:
            return "", len(text), False
        field.append(text[place:end])
        if text[end + 1 : end + 2] != quote:
            return "".join(field), end + 1, True
        field.append(quote)
        place = end + 2


def objects(text: str, names: Sequence[str], options: Options, paths: Sequence[str] | None) -> Iterator[Record]:
    """Objects of JSON one after another: keys by the columns' names, or what paths lead to."""
    decoder = json.JSONDecoder(parse_float=Decimal)
    place = 0
    while (found := re.compile(r"\s*").match(text, place)) and found.end() < len(text):
        place = found.end()
        line = text.count("\n", 0, place) + 1
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            raw = text[place:].split("\n", 1)[0]
            yield Record(line, raw, (), Wrong(1216, "Invalid JSON format: the record is no object"))
            return
        raw, place = text[place:end], end
        if isinstance(value, list) and all(isinstance(each, dict) for each in value):
            for each in value:
                yield Record(line, raw, _picked(each, names, options, paths))
        elif isinstance(value, dict):
            yield Record(line, raw, _picked(value, names, options, paths))
        else:
            yield Record(line, raw, (), Wrong(1216, "Invalid JSON format: the record is no object"))


def _picked(value: Any, names: Sequence[str], options: Options, paths: Sequence[str] | None) -> list[str | None]:
    if paths is not None:
        return [as_text(_led(value, path)) for path in paths]
    if options.json.lower().split() == ["auto", "ignorecase"]:
        value = {key.lower(): each for key, each in value.items()}
    return [as_text(value.get(name)) for name in names]


def _led(value: Any, path: str) -> Any:
    steps = re.findall(r"\.([A-Za-z_][\w-]*)|\['([^']*)'\]|\[\"([^\"]*)\"\]|\[(\d+)\]", path.removeprefix("$"))
    for step in steps:
        name = step[0] or step[1] or step[2]
        if step[3]:
            value = value[int(step[3])] if isinstance(value, list) and int(step[3]) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value
