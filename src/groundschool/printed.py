"""What commands print that is more than a sentence: scores, a proof, a counterexample. Reading arguments is `cli`'s."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich.padding import Padding

from groundschool.terminal import Terminal, table_of

OUTCOME_STYLES = {"passed": "green", "partial": "yellow", "needs_person": "magenta", "not_attempted": "dim"}


def counterexample(out: Terminal, example: Any) -> None:
    """Input, result and expected rows side by side; public data, at most five rows."""
    if example is None:
        return
    out.print(
        f"      for example, from public data{': ' + example.error if example.error else ':'}",
        markup=False,
        highlight=False,
    )
    given = [(f"given: {name}", rows) for name, rows in example.given.items()]
    for name, rows in [*given, ("returned", example.got), ("expected", example.expected)]:
        if isinstance(rows, dict):
            table = table_of(*rows["columns"], title=name, title_justify="left", header_style="dim")
            for row in rows["rows"]:
                table.add_row(*(value.replace("[", r"\[") for value in row))
            out.print(Padding(table, (0, 0, 0, 6), expand=False))


def checked(out: Terminal, found: Any, saved: datetime | None) -> None:
    """What a check of one's own notebook found: the outcome of each question, and what its failed checks say."""
    checks = "all checks, hidden ones included" if found.hidden else "visible checks only; hidden ones run when graded"
    when = f", saved {saved:%Y-%m-%d %H:%M}" if saved else ""
    out.print(f"[bold]{found.topic}[/]{when}: {checks}.", highlight=False)
    for verdict in found.verdicts:
        points = f" {verdict.points:g} of {verdict.max:g} points" if found.hidden else ""
        out.print(
            f"  {verdict.question}: {verdict.outcome.replace('_', ' ')}{points}",
            style=OUTCOME_STYLES.get(verdict.outcome, "red"),
            highlight=False,
        )
        for item in verdict.checks:
            if not item.passed:
                out.print(f"    ✗ {item.name}: {item.message}", markup=False, highlight=False)
                counterexample(out, item.counterexample)
        if verdict.reason:
            out.print(f"    {verdict.reason}", markup=False, highlight=False)


def progress(out: Terminal, found: Any) -> None:
    """A table a topic: each question with its visible checks, where it stands, level, points and minutes; and when the
    notebook was saved.
    """
    for each in found:
        saved = f"saved {each.work.saved:%Y-%m-%d %H:%M}" if each.work.saved else "not in work/ yet"
        out.print(f"[bold]{each.work.topic}[/], {saved}", highlight=False)
        table = table_of("question", "visible checks", "state", "level", "points", "minutes", header_style="dim")
        for step in each.steps:
            outcome = step.checked.outcome if step.checked else "not_attempted"
            state = f"[{OUTCOME_STYLES.get(outcome, 'red')}]{step.state}[/]"
            asked = step.asked
            table.add_row(
                *(asked.id, step.visible, state, asked.level, f"{asked.points:g}"),
                f"{asked.minutes}" if asked.minutes else "",
            )
        out.print(table)


def as_record(found: Any) -> dict[str, Any]:
    """One topic's progress as plain data."""
    return {
        "topic": found.work.topic,
        "notebook": str(found.work.path),
        "saved": found.work.saved.isoformat(timespec="seconds") if found.work.saved else None,
        "questions": [
            {
                "question": step.asked.id,
                "title": step.asked.title,
                "level": step.asked.level,
                "minutes": step.asked.minutes,
                "max": step.asked.points,
                "answered": bool(step.asked.answer),
                "state": step.state,
                "outcome": step.checked.outcome if step.checked else None,
                "points": step.checked.points if step.checked and step.checked.hidden else None,
                "visible": step.visible,
            }
            for step in found.steps
        ],
    }


def scores(out: Terminal, results: Any) -> None:
    """A row a submission: candidate, topic, score and the outcome of each question; below it, how they were graded."""
    from groundschool.reports.cohort import rows

    table, notes = table_of("candidate", "topic", "score", "questions", header_style="bold"), set()
    for row in rows(results):
        questions = "\n".join(
            f"[{OUTCOME_STYLES.get(outcome, 'red')}]{question}: {outcome.replace('_', ' ')}[/]"
            for question, outcome in row.outcomes
        )
        table.add_row(
            row.candidate.replace("[", r"\["),
            row.topic,
            f"{row.score:g} / {row.max:g}",
            questions or "[red]could not be read[/]",
        )
        notes.add(_seed_note(row))
    out.print(table)
    for text in sorted(notes):
        out.print(text, style="dim")


def _seed_note(row: Any) -> str:
    seed = "practice seed: hidden data can be reproduced" if row.practice_seed else "private seed"
    return f"isolation: {row.isolation}; {seed}"


def proof(out: Terminal, found: Any) -> None:
    """A question's mistakes by the checks that they fail, its rules by the checks and mistakes that hold them."""
    out.print(f"[bold]{found.topic} / {found.question}[/]: {found.answers} other right answers")
    table = table_of("mistake", *(f"{place}" for place, _ in enumerate(found.checks, 1)), header_style="bold")
    for name, failed in found.killed.items():
        table.add_row(name, *("[red]✗[/]" if check in failed else "[dim]·[/]" for check in found.checks))
    out.print(table)
    for place, name in enumerate(found.checks, 1):
        out.print(f"  {place} {name}", style="dim", highlight=False)
    if found.rules:
        rules = table_of("rule", "hidden checks of its own", "mistakes", header_style="bold")
        for each in found.rules:
            cells = (each.rule, "\n".join(each.checks), "\n".join(each.mistakes))
            rules.add_row(*(cell.replace("[", r"\[") or "[red]none[/]" for cell in cells))
        out.print(rules)
    for fault in found.faults:
        out.print(f"  fault: {fault}", style="red", markup=False, highlight=False)
