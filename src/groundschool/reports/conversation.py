"""What to talk about with a candidate: follow-up questions computed from an answer as it stands.

Three a question: what was chosen, what breaks it, what it costs. They quote what stands in the answer and are asked of
right answers too. What an answer earned is decided elsewhere; nothing here changes it.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from groundschool.checks.verdict import Verdict
from groundschool.reports.prose import written
from groundschool.safe import clean_terminal

MOST_READ = 4_000  # characters: a stranger's text is parsed here, where everybody waits
MOST_BRACKETS = 60
LONGEST = 60  # characters of a fragment that is quoted
MINUTES = 3  # for the three follow-ups of one question
FIRST = ("needs_person", "failed", "partial", "crashed", "timed_out", "out_of_memory", "refused")
QUERY = re.compile(r"\s*(?:with|select|merge|insert|copy|create|from)\b", re.IGNORECASE)
SPARK = re.compile(r"\bpyspark\b|\bspark\.|\.groupBy\(|\.withColumn\(")
PANDAS = re.compile(r"\bpandas\b|\.toPandas\(|\bpd\.\w+")
SPARK_SQL = re.compile(r"\bspark\.sql\(|\bcreateOrReplaceTempView\(|\bduckdb\.\w+")


@dataclass(frozen=True)
class FollowUps:
    """Three questions on an answer, in the order in which they are asked."""

    chosen: str
    breaks: str
    costs: str


def follow_ups(verdict: Verdict, source: str) -> FollowUps | None:
    """The questions on the answer in a cell; None where nothing was answered."""
    text = clean_terminal(written(source))[:MOST_READ]
    if verdict.outcome == "not_attempted" or not text.strip():
        return None
    if any(check.words or check.found for check in verdict.checks) or source.startswith("%%answer"):
        return _of_words(verdict, text)
    return _of_query(verdict, text) if QUERY.match(text) else _of_code(verdict, text)


def budget(verdicts: Sequence[Verdict], minutes: int) -> list[str]:
    """The questions to talk about first in so many minutes: those in doubt, those with a signal, the dearest."""
    asked = [verdict for verdict in verdicts if verdict.outcome != "not_attempted"]
    ranked = sorted(asked, key=lambda each: (_rank(each), -each.max))
    return [verdict.question for verdict in ranked[: minutes // MINUTES]]


def stood_in(source: str, reference: str) -> str:
    """What was used where the reference answer uses Spark's own API: told, and no fault; "" where nothing was."""
    if not SPARK.search(reference) or PANDAS.search(reference) or SPARK_SQL.search(reference):
        return ""
    for pattern, name in ((PANDAS, "pandas"), (SPARK_SQL, "SQL")):
        if found := pattern.search(written(source)):
            used = f"{name} ({_quoted(found[0])})"
            return f"Answered with {used} where Spark's DataFrames were asked; the points do not depend on it."
    return ""


def _rank(verdict: Verdict) -> int:
    if verdict.outcome in FIRST:
        return FIRST.index(verdict.outcome)
    return len(FIRST) + (not verdict.signals)


def _quoted(text: str) -> str:
    line = " ".join(text.split()).replace("`", "'")
    return f"`{line if len(line) <= LONGEST else line[: LONGEST - 1] + '…'}`"


# -- a query


def _sql(node: exp.Expr) -> str:
    return str(node.sql("duckdb", unsupported_level=ErrorLevel.IGNORE))


def _of_query(verdict: Verdict, text: str) -> FollowUps:
    try:
        tree = sqlglot.parse_one(text if text.count("(") <= MOST_BRACKETS else "", dialect="duckdb")
    except (SqlglotError, RecursionError):
        tree = exp.Select()
    return FollowUps(_chosen(tree), _mistaken(verdict) or _breaking(tree), _costing(tree))


def _chosen(tree: exp.Expr) -> str:
    if window := tree.find(exp.Window):
        used = _quoted(_sql(window))
        return f"You use the window {used}. How would you get the same rows without a window, and which would you keep?"
    if group := tree.find(exp.Group):
        keys = ", ".join(_sql(each) for each in group.expressions) or "all"
        return (
            f"You group by {_quoted(keys)}. What does one row of the result stand for, and which column decides that?"
        )
    if join := tree.find(exp.Join):
        return f"You join {_quoted(_sql(join.this))}. What would a second match on that side do to the result?"
    begun = _quoted(_sql(tree) or "these words")
    return f"Your query begins with {begun}. Which other way did you weigh, and why this one?"


def _breaking(tree: exp.Expr) -> str:
    for window in tree.find_all(exp.Window):
        order = window.args.get("order")
        if order and len(order.expressions) == 1:
            key = _quoted(_sql(order.expressions[0].this))
            return f"Two rows of one group have the same {key}. Which one comes first, and is it the same one tomorrow?"
    if compared := tree.find(exp.EQ, exp.NEQ, exp.In):
        return f"{_quoted(_sql(compared))}: what happens to a row in which one side is NULL?"
    if total := tree.find(exp.Count, exp.Sum, exp.Avg, exp.Max, exp.Min):
        return f"What does {_quoted(_sql(total))} give where every value is NULL, and where there is no row?"
    return "Which input that the prompt allows would make this query return something wrong without an error?"


def _costing(tree: exp.Expr) -> str:
    if any(not star.find_ancestor(exp.Count) for star in tree.find_all(exp.Star)):
        return "The table gets a hundred more columns, stored by column. What does `*` read then, and what instead?"
    if window := tree.find(exp.Window):
        by = ", ".join(_sql(each) for each in window.args.get("partition_by") or ()) or "nothing"
        told = (
            f"what has to move between them for `partition by` {_quoted(by)}, and what if one value holds half of them?"
        )
        return f"Two billion rows on ten machines: {told}"
    if join := tree.find(exp.Join):
        return f"Two billion rows on ten machines: what has to move for the join with {_quoted(_sql(join.this))}?"
    return "Two billion rows on ten machines: which part of this reads everything, and what would let it read less?"


# -- code and words


@functools.cache
def _asks() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """The questions on code by kind, each with the pattern of what it is asked of."""
    text = (files("groundschool.reports") / "templates" / "asks.toml").read_text(encoding="utf-8")
    kinds: dict[str, list[dict[str, str]]] = tomllib.loads(text)
    return {kind: [(re.compile(each["pattern"]), each["ask"]) for each in asks] for kind, asks in kinds.items()}


def _of_code(verdict: Verdict, text: str) -> FollowUps:
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith(("%", "#"))), text)
    return FollowUps(
        _first("chosen", text) or f"You begin with {_quoted(first)}. Which other way did you weigh, and why this one?",
        _mistaken(verdict) or _first("breaks", text) or "Which input that the prompt allows would break this?",
        _first("costs", text) or "Your input is a thousand times as large. Which line is the first to hurt?",
    )


def _first(kind: str, text: str) -> str:
    for pattern, told in _asks()[kind]:
        if found := pattern.search(text):
            return told.format(_quoted(found[0]))
    return ""


def _mistaken(verdict: Verdict) -> str:
    """On the mistake that was recognised, or on the first check that failed."""
    for check in verdict.checks:
        if check.mistake:
            named = check.mistake.replace("_", " ")
            return f"This is what is called “{named}” here. Where does it show, and which line would you change?"
    failed = next((check for check in verdict.checks if not check.passed), None)
    return f"“{failed.name}” did not pass. What would you look at first to find out why?" if failed else ""


def _of_words(verdict: Verdict, text: str) -> FollowUps:
    found = [idea for check in verdict.checks for idea in check.found]
    words = [word for check in verdict.checks for word in check.words]
    first = re.split(r"(?<=[.!?])\s", " ".join(text.split()))[0]
    said = f"You wrote {_quoted(' '.join(words[:6]))}." if words else f"You wrote {_quoted(first)}."
    told = f"{said} What did you see in practice that you base it on?"
    if "outdated" in verdict.signals:
        breaks = f"{said} Since when has that been different, and how would you find out what holds today?"
    elif missing := next((check.message for check in verdict.checks if check.message and not check.passed), ""):
        breaks = f"{missing} What would you say about it?" if missing.startswith("Not found") else missing
    else:
        breaks = f"When is what you say about {_quoted(found[0]) if found else 'this'} no longer true?"
    matter = _quoted(found[-1]) if found else "this"
    return FollowUps(
        told, breaks, f"A colleague decides otherwise on {matter}. What does it cost, in money or in time?"
    )
