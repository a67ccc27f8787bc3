"""What a check saw of an answer, a value or the error it ended with, and how that is told.

For a check whose inputs are hidden (`private`), no text of the answer's own making is told: it could carry them.
"""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa

from groundschool.checks import values
from groundschool.checks.answers import REFUSED, AnswerRaised, NotAnAnswer, Stopped
from groundschool.checks.table.arrow import NotATable, to_table
from groundschool.checks.table.compare import Rules, compare, fingerprint
from groundschool.checks.verdict import Outcome
from groundschool.engines.engine import QueryFailed, QueryOutOfMemory, QueryRefused


@dataclass(frozen=True)
class Observed:
    """What a check saw of the answer.

    `told` is for the candidate and empty where there is a value; `error` is for the instructor. `kind` tells errors
    apart, as the fingerprint of a mistake. `outcome` says how the question ends by it, `refusal` why it is refused,
    `stopped` whether the answer's process was ended.
    """

    value: Any = None
    error: str = ""
    told: str = ""
    kind: str = ""
    outcome: Outcome | None = None
    refusal: str = ""
    stopped: bool = False


NOT_ATTEMPTED = Observed(error="Not attempted.", told="Not attempted.", kind="not attempted")


def observe(answer: Callable[[], Any], private: bool) -> Observed:
    """What the answer gives. An error that is not the answer's own, but the test cell's, is raised."""
    try:
        return Observed(value=answer())
    except (QueryRefused, NotAnAnswer) as error:
        told = "The answer was refused." if private else str(error)
        return Observed(
            error=str(error),
            told=told,
            kind="refused",
            outcome="refused",
            refusal=REFUSED if private else str(error),
        )
    except Stopped as error:
        outcome = cast(Outcome, error.outcome)
        return Observed(error=str(error), told=str(error), kind=outcome, outcome=outcome, stopped=True)
    except QueryOutOfMemory as error:
        return Observed(error=str(error), told=str(error), kind="out_of_memory", outcome="out_of_memory")
    except QueryFailed as error:
        at = f"\n{error.at}" if error.at else ""
        full, short = f"The query does not run: {error}{at}", f"The query does not run: {_category(str(error))}."
        return Observed(
            error=full,
            told=short if private else full,
            kind=f"query {values.shape(str(error))}",
            outcome="crashed",
        )
    except AnswerRaised as error:
        full = f"The answer stopped with {error.kind}: {error}"[:600] + _line_of(error)
        short = f"The answer stopped with {values.error_name(error.kind)}."
        kind = f"{error.kind} {values.shape(str(error))}"
        return Observed(error=full, told=short if private else full, kind=kind, outcome="crashed")
    except Exception as error:
        if not _of_the_lab(error):
            raise
        full, code = f"The lab answered: {error}"[:600], _lab_code(error)
        return Observed(error=full, told=f"The lab answered {code}." if private else full, kind=f"lab {code}")


def compared(seen: Observed, want: pa.Table, rules: Rules, private: bool) -> tuple[str, str]:
    """Message for the candidate and detail for the instructor; both empty when the table seen is the one wanted."""
    if seen.error:
        return seen.told, seen.error
    try:
        difference = compare(to_table(seen.value, want.column_names), want, rules)
    except NotATable as error:
        return ("The answer is not a table." if private else str(error)), str(error)
    if difference is None:
        return "", ""
    detail = f"{difference.message}\n{difference.detail}".strip()
    return (difference.outline if private else detail), detail


def print_of(seen: Observed, rules: Rules) -> str:
    """A text that is equal for equal tables and equal errors: by it a known mistake is recognised."""
    if seen.error:
        return seen.kind
    try:
        return fingerprint(to_table(seen.value), rules)
    except NotATable:
        return f"not a table: {type(seen.value).__name__}"


def _line_of(error: AnswerRaised) -> str:
    """The line of the notebook's own cells where it was raised; "" where that was in another process."""
    frames = traceback.walk_tb(error.__cause__.__traceback__) if error.__cause__ else ()
    own = [(frame.f_code, number) for frame, number in frames if frame.f_globals.get("__name__") == "__main__"]
    code, number = own[-1] if own else (None, 0)
    line = linecache.getline(code.co_filename, number).strip() if code else ""
    return f"\nIn line {number} of its cell: {line}" if line else ""


def _category(message: str) -> str:
    """DuckDB's category of an error (`Binder Error`), without the text that a query can put values into."""
    category = message.split(":")[0]
    return category if category.endswith("Error") and len(category) < 40 else "an error"


def _of_the_lab(error: Exception) -> bool:
    """Whether a client of the lab raised it: the answer left something else there than the check looks for."""
    return type(error).__module__.partition(".")[0] == "botocore"


def _lab_code(error: Exception) -> str:
    """AWS's code of an error (`NoSuchKey`), without its text, which names what a hidden check looked for."""
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code") or type(error).__name__)[:100]
