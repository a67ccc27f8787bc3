"""The command `groundschool`: reads the arguments, calls, prints.

Exit codes: 0 done; 1 something does not hold (a check failed, a proof has faults, the environment lacks something); 2
the command could not be carried out, or not all of it; 3 graded, but a person must look at a submission.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from groundschool import course, pace, printed, result_commands, tools
from groundschool.authoring import rubric_commands
from groundschool.errors import GroundSchoolError
from groundschool.result_commands import REFUSED, Database, Out, tell, writing_to
from groundschool.terminal import PLAIN, Terminal

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="An autograded data-engineering course in Jupyter.",
)


app.add_typer(rubric_commands.app, name="rubric")
for command in (
    result_commands.report,
    result_commands.decide,
    result_commands.export,
    result_commands.explain,
    result_commands.moved,
    result_commands.replay,
):
    app.command()(command)
out, err = Terminal(), Terminal(stderr=True)

FAILED, NEEDS_PERSON = 1, 3
DEBUG = "GROUNDSCHOOL_DEBUG"
TRUST = "`--trust` runs them unprotected and writes so into every result."
Topics = Annotated[list[str] | None, typer.Argument(help="Topics; none means all of them.")]


def main() -> None:
    """The entry point: a GroundSchoolError becomes one sentence and exit code 2, whatever raised it."""
    tools.put_on_path()
    try:
        app()
    except GroundSchoolError as error:
        err.print(str(error), style="red", markup=False, highlight=False)
        sys.exit(REFUSED)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        told = f"Ground School stopped with {type(error).__name__}: {error} What was done stays. {DEBUG}=1 shows where."
        err.print(told, style="red", markup=False, highlight=False)
        sys.exit(REFUSED)


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False) -> None:
    """Examines Python, Java, sandbox, memory, disk and ports, and says how to fix what is missing."""
    from groundschool.doctor import examine

    findings = examine()
    if as_json:
        print(json.dumps([finding.__dict__ for finding in findings], indent=2))
    else:
        for finding in findings:
            mark = "[green]✓[/]" if finding.ok else "[red]✗[/]" if finding.required else "[yellow]–[/]"
            out.print(f"{mark} {finding.name}: ", end="")
            out.print(finding.found if finding.ok else f"{finding.found} {finding.fix}", markup=False, highlight=False)
    if any(finding.required and not finding.ok for finding in findings):
        raise typer.Exit(FAILED)


@app.command()
def init() -> None:
    """Writes a private seed, so that hidden data cannot be reproduced by candidates."""
    from groundschool.grading import seed

    root = course.find(Path.cwd()).root
    made = seed.make(root)
    out.print(
        f"{'Wrote' if made else 'Kept'} {seed.path(root)}. Hidden data now comes from it; keep it out of git and "
        "of candidates' hands.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    no_open: Annotated[bool, typer.Option("--no-open", help="Copy only; do not start JupyterLab.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Start JupyterLab, and no browser.")] = False,
    port: Annotated[int, typer.Option(help="JupyterLab's port; 0 means the first that is free.")] = 0,
) -> None:
    """Copies the released notebooks to work/ (never overwriting) and opens JupyterLab there, with a page to start from.
    Further options are JupyterLab's own.
    """
    from groundschool.learner import jupyter, start_page

    here = course.find(Path.cwd())
    root = here.root
    fresh = [
        path
        for path in sorted((root / "release").glob("*/*.ipynb"))
        if _copy_new(path, root / "work" / path.parent.name / path.name)
    ]
    out.print(
        f"{len(fresh)} notebooks copied to {root / 'work'}; those already there were left as they are.", highlight=False
    )
    page = start_page.write(here)
    if not no_open:
        start = jupyter.Start(port, not no_browser, tuple(context.args), page.name)
        raise typer.Exit(subprocess.run(jupyter.command(root / "work", start), check=False).returncode)


def _copy_new(source: Path, target: Path) -> bool:
    if target.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return True


@app.command()
def check(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOPICS]", help="Topics in work/, or notebooks; none means all that is answered."),
    ] = None,
) -> None:
    """Grades one's own notebooks: all checks where source/ is at hand, the visible ones elsewhere."""
    from groundschool.grading import check
    from groundschool.learner import progress, work

    passed = True
    for notebook in work.notebooks(Path.cwd(), names or []):
        found = check.examine(notebook)
        printed.checked(out, found, work.saved(notebook))
        passed = passed and all(verdict.outcome == "passed" for verdict in found.verdicts)
        progress.remember(notebook, found.verdicts, hidden=found.hidden)
        _tell_unsaved([notebook])
    if not passed:
        raise typer.Exit(FAILED)


@app.command()
def status(
    topics: Topics = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Tells how far one is in work/: each question, what the last check found of it, and what comes next."""
    from groundschool.learner import progress, work

    here = course.find(Path.cwd())
    found = progress.progress(here, [work.topic_called(here, name) for name in topics or []])
    if as_json:
        print(json.dumps([printed.as_record(each) for each in found], indent=2))
        return
    printed.progress(out, found)
    _tell_unsaved([each.work.path for each in found])
    if following := progress.following(found):
        topic, step = following
        out.print(f"Next: {step.asked.title} ({step.asked.id}), in {topic.work.path}.", **PLAIN)


def _tell_unsaved(notebooks: list[Path]) -> None:
    from groundschool.learner import progress

    for sentence in progress.unsaved(notebooks):
        out.print(sentence, **PLAIN)


@app.command()
def solution(question: Annotated[str, typer.Argument(help="The id of a question that is answered in work/.")]) -> None:
    """Prints the solution of a question one has tried, why it matters, and other right answers."""
    from groundschool.learner import solutions

    out.print(str(solutions.solved(course.find(Path.cwd()), question)), **PLAIN)


@app.command()
def build(
    topics: Topics = None,
    force: Annotated[bool, typer.Option(help="Drop edits that only the notebook holds.")] = False,
    verify: Annotated[
        bool, typer.Option("--check", help="Fail when a notebook differs from what its text gives.")
    ] = False,
) -> None:
    """Builds the notebooks of source/ from their text, executed, with outputs, and the table of topics in README.md."""
    from groundschool.authoring import build, readme

    differing = [topic.name for topic in _chosen(topics) if _told(topic.name, build.build(topic, force=force))]
    differing += ["README.md"] if readme.update(course.find(Path.cwd())) else []
    if verify and differing:
        err.print(
            f"Built files differed from the committed ones: {', '.join(differing)}. Commit what `make build` wrote.",
            style="red",
        )
        raise typer.Exit(FAILED)


@app.command()
def adopt(topics: Topics = None) -> None:
    """Takes edits made in the notebooks of source/ back into their text."""
    from groundschool.authoring import build

    for topic in _chosen(topics):
        _told(topic.name, build.adopt(topic))


def _told(name: str, changed: bool) -> bool:
    out.print(f"{name}: {'changed' if changed else 'unchanged'}", markup=False, highlight=False)
    return changed


@app.command()
def release(topics: Topics = None) -> None:
    """Writes release/ from source/ with nbgrader, without solutions and hidden tests."""
    from groundschool.authoring import release

    for topic in _chosen(topics):
        _told(topic.name, release.release(topic))


@app.command()
def kit(
    topics: Topics = None,
    screen: Annotated[str, typer.Option(help="The questions of this screen, of screens/.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The zip to write.")] = None,
) -> None:
    """Zips what a candidate is given: notebooks, public data, the package and its pins, a page to begin with."""
    from groundschool.authoring import kit

    here = course.find(Path.cwd())
    of = course.screen.called(here, screen) if screen else None
    if of and topics:
        raise GroundSchoolError(f"Topics and the screen {screen!r} were named; one of them was expected.")
    chosen = _chosen(list(of.questions) if of else topics)
    made = kit.kit(here, chosen, output or Path(f"{screen}.zip" if of else kit.NAMED), of)
    out.print(
        f"{made.path} holds {', '.join(made.topics)}. START.md in it says how to begin.", markup=False, highlight=False
    )


@app.command()
def pack(
    candidate: Annotated[str, typer.Argument(help="Your name, as you write it.")],
    topics: Topics = None,
    to: Annotated[Path, typer.Option(help="Folder for the zip.")] = Path(),
) -> None:
    """Zips the notebooks of work/, and the files beside them, for handing in."""
    from groundschool.authoring import pack
    from groundschool.learner import progress

    packed = pack.pack(Path.cwd(), candidate, topics or [], to)
    beside = f", and beside them {', '.join(packed.files)}" if packed.files else ""
    out.print(f"{packed.path} holds {', '.join(packed.topics)}{beside}.", highlight=False, markup=False)
    replaced = [f"The earlier {packed.path.name} was replaced."] * packed.replaced
    for sentence in (*replaced, *packed.left_out, *progress.untouched(Path.cwd(), packed.topics)):
        out.print(sentence, style="yellow", highlight=False, markup=False)


@app.command()
def grade(
    source: Annotated[Path, typer.Argument(help="A folder, a zip, or a folder of either.")],
    topic: Annotated[list[str] | None, typer.Option(help="Grade only this topic; may be repeated.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Write the results to this file.")] = None,
    screen: Annotated[str, typer.Option(help="Grade all as hand-ins of this screen.")] = "",
    workers: Annotated[int, typer.Option(help="Submissions side by side; 0 means one per core.")] = 0,
    db: Database = "",
    to: Out = None,
    trust: Annotated[bool, typer.Option("--trust", help="Run without a sandbox; written into every result.")] = False,
    progress: Annotated[pace.Form, typer.Option(help="How far it is: as a bar or lines, or as records.")] = "auto",
    cluster: Annotated[str, typer.Option(help="Address of a Dask scheduler whose workers grade.")] = "",
    question: Annotated[str, typer.Option(help="Examine only this question again where the others are graded.")] = "",
) -> None:
    """Grades submissions: scores, gradebook, a page per candidate and a summary."""
    from groundschool.grading import batch
    from groundschool.grading.session.open import opened
    from groundschool.results import waits

    here = writing_to(to)
    ours = source.resolve() == (here.root / "examples" / "submitted").resolve()
    engine, reason = opened(here.root / "data", trusted=trust, ours=ours, remedy=TRUST)
    if reason:
        err.print(
            f"No sandbox here: {reason} The course's own examples are graded without one.",
            style="yellow",
            highlight=False,
        )
    with _ending_in_order(), pace.telling(progress, err) as told, engine:
        plan = batch.Plan(source, tuple(topic or ()), workers, db, as_json, screen, question, cluster)
        done = batch.grade(here, plan, engine, told)
    printed.scores(out, done)
    for note in done.notes:
        out.print(note, style="yellow", **PLAIN)
    out.print(f"Summary: {done.views.summary}", **PLAIN)
    tell(done.views, "grade")
    if any(not result.questions or any(map(waits, result.questions)) for result in done):
        raise typer.Exit(NEEDS_PERSON)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Being told to end (SIGTERM, a closed terminal) leaves by the ordinary way out: what was begun is kept or
    removed.
    """
    signals = (signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@app.command()
def prove(
    topics: Annotated[list[str] | None, typer.Argument(help="Topics, or topic/question; none means all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
    mutants: Annotated[bool, typer.Option("--mutants", help="Try small changes of every right answer, too.")] = False,
) -> None:
    """Tries every right answer and every mistake of the questions, and prints which check kills which mistake."""
    from groundschool.authoring import prove
    from groundschool.grading.session.engine import Engine

    here, faults, proofs = course.find(Path.cwd()), 0, []
    with Engine("none", here.root / "data") as engine:
        for name in topics or [topic.name for topic in here.topics]:
            topic, _, question = name.partition("/")
            for found in prove.prove(engine, here.topic(topic), question=question, mutate=mutants):
                proofs.append(found)
                faults += len(found.faults)
                if not as_json:
                    printed.proof(out, found)
    if as_json:
        print(json.dumps([asdict(found) for found in proofs], indent=2))
    else:
        mistakes, tried = sum(len(found.killed) for found in proofs), sum(found.mutants for found in proofs)
        out.print(f"{len(proofs)} questions, {mistakes} mistakes, {tried} mutants, {faults} faults.")
    if faults:
        raise typer.Exit(FAILED)


def _chosen(names: list[str] | None) -> list[course.Topic]:
    here = course.find(Path.cwd())
    return [here.topic(name) for name in names] if names else list(here.topics)


if __name__ == "__main__":
    main()
