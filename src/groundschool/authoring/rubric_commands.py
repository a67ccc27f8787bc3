"""The commands `groundschool rubric …`: read the arguments, call `rubrics`, print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from groundschool import course
from groundschool.result_commands import Database, Out, writing_to
from groundschool.terminal import PLAIN, Terminal

app = typer.Typer(no_args_is_help=True, help="The rubrics of short answers, for their authors.")
out = Terminal()
OfAnswer = Annotated[str, typer.Argument(help="The id of a short answer.")]


@app.command("try")
def try_text(
    question: OfAnswer, text: Annotated[str, typer.Argument(help="The answer to read; `-` reads it from input.")]
) -> None:
    """Prints what a text earns, the ideas with the words that show them, and the marked answers most like it."""
    from groundschool.authoring import rubrics
    from groundschool.checks.rubric.shown import for_a_person

    answer = sys.stdin.read() if text == "-" else text
    tried = rubrics.attempt(rubrics.kept(course.find(Path.cwd()).root, question), answer)
    reading = tried.reading
    out.print(for_a_person(answer, reading, tried.nearest), **PLAIN)
    if reading.missing:
        out.print(f"Missing: {', '.join(reading.missing)}.", **PLAIN)
    told = f"Signals: {', '.join(reading.signals) or 'none'}. Margin: {reading.margin:.2f}. Doubt: {reading.doubt:.2f}."
    out.print(told, **PLAIN)
    if reading.needs_person:
        out.print(f"For a person: {reading.reason}", style="magenta", **PLAIN)


@app.command("lint")
def lint_rubric(question: OfAnswer) -> None:
    """Tells where a rubric's marked answers are few, at odds, or read otherwise than they are marked."""
    from groundschool.authoring import rubrics

    found = list(rubrics.lint(rubrics.kept(course.find(Path.cwd()).root, question)))
    for line in found:
        out.print(line, **PLAIN)
    out.print(f"{question}: {len(found)} to look at.", **PLAIN)


@app.command("learn")
def learn_decided(
    question: Annotated[str, typer.Argument(help="The id of a short answer; all of them where none is named.")] = "",
    db: Database = "",
    to: Out = None,
) -> None:
    """Adds what persons decided of graded answers to the marked answers beside the questions, to be reviewed."""
    from groundschool.authoring import marks

    taken = marks.learn(writing_to(to), question, db)
    for each in taken:
        out.print(f"{each.question}: {len(each.added)} added to {each.file}.", **PLAIN)
        for doubt in each.doubts:
            out.print(f"  {doubt}", style="magenta", **PLAIN)
    many = sum(len(each.added) for each in taken)
    out.print("Read them with `git diff` before they count." if many else "Nothing was added.", **PLAIN)
