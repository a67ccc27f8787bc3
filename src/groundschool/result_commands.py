"""The commands on results that are there: write them again, enter what a person decided, hand the scores on, tell what
they rest on.

Reads the arguments, calls, prints; joined to `groundschool` by `cli`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from groundschool import course, printed
from groundschool.terminal import PLAIN, Terminal

DIFFERS, REFUSED = 1, 2
TRUST = "`--trust` runs it unprotected."
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


def explain(
    candidate: Annotated[str, typer.Argument(help="Whose score; as people write it, or as folders are named.")],
    topic: Annotated[str, typer.Argument(help="For which topic.")],
    question: Annotated[str, typer.Argument(help="One question only.")] = "",
    db: Database = "",
    to: Out = None,
) -> None:
    """Tells one score: every check and what it was worth, repairs of the notebook, what persons decided."""
    from groundschool.grading import views
    from groundschool.reports import explanation

    kept = views.read(writing_to(to), db)
    hand_in = explanation.newest(kept.results.hand_ins(), candidate, topic)
    for line in explanation.explained(kept.of(hand_in), hand_in, question):
        out.print(line, **PLAIN)


def moved(to: Out = None) -> None:
    """Prints whose score moved since the same work was graded before: by how much, and why."""
    from groundschool.reports import moves
    from groundschool.results import Results

    found = moves.moves(Results(writing_to(to).written))
    for each in found:
        change = f"{each.before:g} -> {each.now:g} ({each.now - each.before:+g})"
        out.print(f"{each.candidate}, {each.topic}/{each.question}: {change}", **PLAIN)
        for reason in each.why:
            out.print(f"  {reason}", **PLAIN)
    people = len({each.candidate for each in found})
    out.print(f"{len(found)} scores of {people} candidates moved." if found else "No score moved.", **PLAIN)


def replay(
    candidate: Annotated[str, typer.Argument(help="Whose submission.")],
    topic: Annotated[str, typer.Argument(help="For which topic.")],
    to: Out = None,
    trust: Annotated[bool, typer.Option("--trust", help="Run without a sandbox.")] = False,
) -> None:
    """Grades a submission again from its kept inputs, writes nothing, and compares the results bit by bit."""
    from groundschool.grading import replay
    from groundschool.grading.session.open import opened
    from groundschool.reports import explanation
    from groundschool.results import Results

    here = writing_to(to)
    hand_in = explanation.newest(Results(here.written).hand_ins(), candidate, topic)
    engine, _ = opened(here.root / "data", trusted=trust, ours=False, remedy=TRUST)
    with engine:
        found = replay.replay(here, hand_in, engine)
    if found.course_changed:
        out.print("The course, the package or the libraries have changed since it was graded.", **PLAIN)
    for line in found.differences:
        out.print(line, **PLAIN)
    score = f"{found.now.score:g} of {found.now.max:g} points"
    out.print(f"Not the same: {score} now." if found.differences else f"The same, bit by bit: {score}.", **PLAIN)
    if found.differences:
        raise typer.Exit(DIFFERS)


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
