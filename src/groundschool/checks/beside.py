"""Two tables beside each other as a learner looks at them: what an answer returned, and what is expected of it.

Rows of both sides come in one order, values are aligned, and a type is shown where it is the difference. Whether the
tables say the same is `table.compare`'s.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from groundschool.checks.table.arrow import NotATable, to_table
from groundschool.checks.table.columns import family
from groundschool.checks.table.difference import shown
from groundschool.checks.table.fingerprint import label
from groundschool.checks.table.rules import Rules

MOST_ROWS, MOST_COLUMNS = 10, 12
COMPARED_ROWS = 200  # among so many the rows of one side are looked for that the other side lacks
LINE = "border-bottom:1px solid rgba(128,128,128,.35)"
CELL = f"padding:.15em .7em;vertical-align:top;{LINE}"
DIFFERS = "background:rgba(214,120,0,.22)"
RIGHT = "text-align:right;font-variant-numeric:tabular-nums"
NUMBERS = frozenset({"integer", "whole number", "decimal number", "floating-point number"})


@dataclass(frozen=True)
class Side:
    """The first of a table's `count` rows as texts. `kinds` are the types' names, which are shown of the columns in
    `told`; `marks` are the places of rows and columns that differ from the other side.
    """

    title: str
    count: int
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    told: frozenset[str] = frozenset()
    marks: frozenset[tuple[int, int]] = frozenset()

    def text(self) -> str:
        """Lines for a terminal: a title, names, and at most ten rows."""
        lines = [self.columns, *self.rows[:MOST_ROWS]]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        shown_lines = [
            " | ".join(
                value.rjust(width) if kind in NUMBERS else value.ljust(width)
                for value, width, kind in zip(line, widths, self.kinds, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([f"{self.title}:", *(f"  {line}" for line in shown_lines), *self._more("  ")])

    def html(self) -> str:
        """A table with a caption, names, and at most ten rows."""
        head = "".join(self._name(name, kind) for name, kind in zip(self.columns, self.kinds, strict=True))
        rows = "".join(f"<tr>{self._row(number, row)}</tr>" for number, row in enumerate(self.rows[:MOST_ROWS]))
        more = "".join(f"<div>{words}</div>" for words in self._more(""))
        caption = f'<caption style="caption-side:top;text-align:left">{html.escape(self.title)}</caption>'
        body = f"{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        return f'<div><table style="border-collapse:collapse">{body}</table>{more}</div>'

    def _name(self, name: str, kind: str) -> str:
        type_ = f'<br><span style="font-weight:normal">{html.escape(kind)}</span>' if name in self.told else ""
        return f'<th scope="col" style="{CELL};{_align(kind)}">{html.escape(name)}{type_}</th>'

    def _row(self, number: int, row: Sequence[str]) -> str:
        styles = (
            f"{CELL};{_align(kind)}{';' + DIFFERS if (number, place) in self.marks else ''}"
            for place, kind in enumerate(self.kinds)
        )
        return "".join(
            f'<td style="{style}">{html.escape(value)}</td>' for style, value in zip(styles, row, strict=True)
        )

    def _more(self, indent: str) -> list[str]:
        left = self.count - MOST_ROWS
        return [f"{indent}… and {left:,} more"] if left > 0 else []


@dataclass(frozen=True)
class Beside:
    """What was returned, and what is expected; None where that is the same and need not be shown twice."""

    returned: Side
    expected: Side | None = None

    def text(self) -> str:
        """Both for a terminal, one below the other."""
        return "\n".join(side.text() for side in (self.returned, self.expected) if side)

    def html(self) -> str:
        """Both in a row, or below each other where the page is narrow."""
        sides = "".join(side.html() for side in (self.returned, self.expected) if side)
        return f'<div style="display:flex;flex-wrap:wrap;gap:.3em 2.5em;overflow-x:auto">{sides}</div>'


def beside(returned: object, want: pa.Table, rules: Rules, *, same: bool) -> Beside | None:
    """The tables beside each other; where they are the `same` only the one returned; None for what is no table."""
    try:
        got = _like(to_table(returned, want.column_names), want)
    except NotATable:
        return None
    got, want = (table if rules.order_by else _ordered(table, rules.key) for table in (got, want))
    if same:
        return Beside(_side("returned", got))
    mine, others = _side("returned", got), _side("expected", want)
    names = {label(each) for each in rules.key}
    key = [place for place, name in enumerate(others.columns) if label(name) in names]
    told = _of_other_types(got, want, {label(each) for each in rules.accept_text})
    return Beside(*(replace(_marked(*pair, key), told=told) for pair in ((mine, others), (others, mine))))


def _like(got: pa.Table, want: pa.Table) -> pa.Table:
    """The table with its columns in the order of the other's, further ones behind."""
    names = [label(name) for name in want.column_names]
    places = {label(name): place for place, name in reversed([*enumerate(got.column_names)])}
    first = [places[name] for name in dict.fromkeys(names) if name in places]
    return got.select([*first, *(place for place in range(got.num_columns) if place not in first)])


def _ordered(table: pa.Table, key: Sequence[str]) -> pa.Table:
    """The rows sorted by the key, then by the other columns from left to right; as they are where that cannot be."""
    first = {label(name) for name in key}
    order = sorted(range(table.num_columns), key=lambda at: (label(table.column_names[at]) not in first, at))
    plain = pa.table([table.column(place) for place in order], names=[str(place) for place in range(len(order))])
    try:
        return table.take(pc.sort_indices(plain, sort_keys=[(name, "ascending") for name in plain.column_names]))
    except (pa.ArrowException, ValueError):
        return table


def _side(what: str, table: pa.Table) -> Side:
    columns = tuple(table.column_names[:MOST_COLUMNS])
    kinds = tuple(family(field.type).name for field in table.schema)[:MOST_COLUMNS]
    numbers = range(min(table.num_rows, COMPARED_ROWS))
    rows = tuple(tuple(shown(table, place, row) for place in range(len(columns))) for row in numbers)
    title = f"{what}, {table.num_rows:,} row{'' if table.num_rows == 1 else 's'}"
    return Side(title, table.num_rows, columns, kinds, rows)


def _of_other_types(got: pa.Table, want: pa.Table, accepted: Collection[str]) -> frozenset[str]:
    """The names of the columns, as both sides write them, whose values cannot be compared for their types."""
    kinds = {label(field.name): (field.name, family(field.type)) for field in want.schema}
    pairs = [(field, *kinds[label(field.name)]) for field in got.schema if label(field.name) in kinds]
    differing = [
        {field.name, name}
        for field, name, kind in pairs
        if label(name) not in accepted and not family(field.type).agrees(kind)
    ]
    return frozenset[str]().union(*differing)


def _marked(side: Side, other: Side, key: Sequence[int]) -> Side:
    """The side with what the other one lacks: rows, or the cells of a row that has a partner by the key."""
    partners = {tuple(row[place] for place in key): row for row in other.rows} if key else {}
    left, marks = Counter(other.rows), set[tuple[int, int]]()
    for number, row in enumerate(side.rows):
        if left[row] > 0:
            left[row] -= 1
            continue
        partner = partners.get(tuple(row[place] for place in key if place < len(row)))
        differing = [place for place, value in enumerate(row) if not partner or partner[place : place + 1] != (value,)]
        marks |= {(number, place) for place in differing}
    return replace(side, marks=frozenset(marks))


def _align(kind: str) -> str:
    return RIGHT if kind in NUMBERS else "text-align:left"
