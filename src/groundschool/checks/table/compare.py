"""Compares the table that an answer gave with the expected one.

`compare` answers with None or a `Difference` in words. Row order, column order and case, integer width, float noise and
the engine never matter; a changed, lost or doubled row always does. See `Rules` for what a check may state.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from groundschool.checks.table import difference
from groundschool.checks.table.arrow import NotATable, to_table
from groundschool.checks.table.columns import UNREADABLE, Incomparable, Pair, family, pair, unwrapped
from groundschool.checks.table.difference import Comparison, Difference
from groundschool.checks.table.fingerprint import fingerprint, label
from groundschool.checks.table.ordering import first_out_of_order, sort_key
from groundschool.checks.table.rows import Tolerance, sides, unmatched
from groundschool.checks.table.rules import Rules
from groundschool.errors import GroundSchoolError

__all__ = ["Difference", "NotATable", "Rules", "UnknownColumn", "compare", "fingerprint", "to_table"]


class UnknownColumn(GroundSchoolError):
    """The rules of a check name a column that the expected table lacks."""


def compare(got: pa.Table, want: pa.Table, rules: Rules = Rules()) -> Difference | None:  # noqa: B008
    """None when the tables say the same under the rules. Raises UnknownColumn for rules that do not fit `want`."""
    _check(rules, want)
    names = _names(got), _names(want)
    missing, extra = ([name for name in one if name not in other] for one, other in (names[::-1], names))
    if missing or extra:
        return difference.of_names(
            [want.column_names[names[1].index(name)] for name in missing],
            [got.column_names[names[0].index(name)] for name in extra],
        )
    columns = tuple((names[0].index(name), place) for place, name in enumerate(names[1]))
    pairs, findings = _pairs(got, want, columns, rules)
    if findings:
        return difference.of_types(findings)
    return _rows(Comparison(got, want, columns, tuple(pairs), Tolerance(rules.absolute, rules.relative)), rules)


def _check(rules: Rules, want: pa.Table) -> None:
    known = {label(name) for name in want.column_names}
    for name in [*rules.key, *rules.accept_text, *(column for column, _ in rules.ordering())]:
        if label(name) not in known:
            raise UnknownColumn(
                f"The rules name `{name}`; the expected table has {difference.listed(want.column_names)}."
            )


def _names(table: pa.Table) -> list[tuple[str, int]]:
    """Each column's name as it is compared, numbered where a name occurs again."""
    seen: Counter[str] = Counter()
    names = []
    for name in map(label, table.column_names):
        names.append((name, seen[name]))
        seen[name] += 1
    return names


def _pairs(
    got: pa.Table, want: pa.Table, columns: Sequence[tuple[int, int]], rules: Rules
) -> tuple[list[Pair], list[tuple[str, str]]]:
    accepted = {label(name) for name in rules.accept_text}
    pairs, findings = [], []
    for here, there in columns:
        name = want.column_names[there]
        try:
            if rules.exact_types:
                _same_type(got.schema.field(here).type, want.schema.field(there).type)
            pairs.append(pair(label(name), got.column(here), want.column(there), label(name) in accepted))
        except Incomparable as error:
            findings.append((name, str(error)))
        except UNREADABLE:
            findings.append((name, "a column of values that cannot be read"))
    return pairs, findings


def _same_type(got: pa.DataType, want: pa.DataType) -> None:
    if not unwrapped(got).equals(unwrapped(want)):
        raise Incomparable(f"{_type_name(got)}, {_type_name(want)} expected")


def _type_name(kind: pa.DataType) -> str:
    # The members of a struct and the name of a zone are the answer's own words, and stay out of a message.
    group = family(kind)
    return f"another {group.name}" if group.parts else re.sub(r", tz=.*", " with a zone]", str(unwrapped(kind)))


def _rows(compared: Comparison, rules: Rules) -> Difference | None:
    got, want = sides(compared.pairs, (compared.got.num_rows, compared.want.num_rows))
    extra, missing = unmatched(got, want, compared.tolerance)
    names = [pair.name for pair in compared.pairs]
    if len(extra) or len(missing):
        return difference.of_rows(compared, [names.index(label(name)) for name in rules.key], extra, missing)
    wanted = [(compared.pairs[names.index(label(name))], descending) for name, descending in rules.ordering()]
    keys = [sort_key(column, descending, compared.tolerance) for column, descending in wanted]
    row = first_out_of_order(keys) if keys else None
    return None if row is None else difference.of_order(compared, rules.order_by, row)
