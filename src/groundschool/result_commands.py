"""The commands on results that are there: write them again, enter what a person decided, hand the scores on.

Reads the arguments, calls, prints; joined to `groundschool` by `cli`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from groundschool import course, printed
from groundschool.terminal import PLAIN, Terminal

REFUSED = 2
out, err = Terminal(), Terminal(stderr=True)
Database = Annotated[str, typer.Option(help="Gradebook, as an SQLAlchemy address.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write results, pages and the gradebook here, not into the course.")
]


def report(db: Database = "", to: Out = None) -> None:
    """Writes all pages, tables and the gradebook again from the results, with what people have decided since."""
    from groundschool.grading import views

    done = views.rewrite(writing_to(to), db)
    printed.scores(out, (shown.result for shown in done))
    out.print(f"Summary: {done.summary}", **PLAIN)
    tell(done, "report")


def decide(
    file: Annotated[Path, typer.Argument(help="What reports/queue.html saved, or reports/queue.csv filled in.")],
    db: Database = "",
    to: Out = None,
) -> None:
    """Enters the points and comments that a person chose for answers which wait, and writes what shows them again."""
    from groundschool.grading import decide

    done = decide.enter(writing_to(to), file, db)
    left = sum(person.waiting for person in done.views.cohort.people)
    out.print(
        f"{done.answers} answer{'s' * (done.answers != 1)} decided; {left} still wait{'s' * (left == 1)}.", **PLAIN
    )
    tell(done.views, "report")


def export(
    form: Annotated[str, typer.Argument(help="canvas, moodle or csv.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")] = None,
    db: Database = "",
    to: Out = None,
) -> None:
    """Writes the scores as a table for a learning platform: a line a candidate, a column a topic, totals."""
    from groundschool.grading import views

    path = views.export(writing_to(to), form, output, db)
    out.print(f"Scores: {path}", **PLAIN)


def tell(views: Any, command: str) -> None:
    """Says what could not be kept or written, a sentence each; ends with an exit code where a view is missing."""
    if views.results.lost:
        err.print(
            f"Results could not be remembered and will be graded again: {views.results.lost}",
            style="yellow",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    for what, why in views.failed.items():
        err.print(f"Not written: {what}. {why}", style="red", **PLAIN)
    if views.failed:
        err.print(
            f"All else is. The same `groundschool {command}` writes the rest once it can.", style="red", soft_wrap=True
        )
        raise typer.Exit(REFUSED)


def writing_to(folder: Path | None) -> course.Course:
    """The course that holds the working folder; what is graded is written to `folder` where there is one."""
    here = course.find(Path.cwd())
    return replace(here, out=folder.resolve() if folder else None)
