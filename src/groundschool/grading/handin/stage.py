"""Makes a submission safe to grade: a copy of its ordinary files, and its notebook rebuilt around the released one.

Never raises for anything a candidate can do; what was odd is told in flags. Unpacking and finding submissions are
`handin`'s.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from groundschool import course
from groundschool.course import Asked, Marking, Role, raw_marking, screen
from groundschool.course.code import answers_in, comments_in, is_blank, is_same_code
from groundschool.grading.handin import script
from groundschool.grading.handin.files import (
    NotOrdinary,
    copy_files,
    is_junk,
    is_notebook_name,
    names_in,
    opened,
    read_file,
)
from groundschool.grading.handin.fingerprint import TIMESTAMP
from groundschool.grading.handin.flags import Flags, shown
from groundschool.grading.handin.notebook import MAX_NOTEBOOK, GivenCell, Unreadable, read
from groundschool.grading.handin.repair import rebuild

MAX_NOTEBOOKS = 8
NO_SCREENS = Asked()
IN_WORDS = ".is_an_answer("  # in the test cell of a short answer
# What people write answers in beside a notebook, or export one to.
DOCUMENTS = frozenset({".py", ".sql", ".html", ".htm", ".pdf", ".md", ".qmd", ".rmd", ".docx", ".odt", ".txt"})


@dataclass(frozen=True)
class Staged:
    """A submission ready to be graded.

    `notebook` is the rebuilt one, among the copied files. `attempted` maps each question to whether its answer differs
    from the starter. `readable` is false when something was handed in and no notebook could be read; then the released
    one stands there, nothing attempted. `elsewhere` tells of questions not attempted where what may be an answer was
    found. `older` are the questions that the release it was made from asked in another form. `asked` are the
    questions of its screen, none where all of the topic count.
    """

    notebook: Path
    flags: tuple[str, ...]
    attempted: Mapping[str, bool]
    readable: bool
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    older: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Form:
    """What a candidate was given: the released notebook, or a screen's part of it, with these questions."""

    template: NotebookNode
    questions: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Rebuilt:
    """A notebook of the submission that may be the one to grade. `known` counts its cells that the release knows."""

    name: Path
    notebook: NotebookNode
    flags: tuple[str, ...]
    attempted: Mapping[str, bool]
    known: int
    older: tuple[str, ...] = ()
    form: _Form | None = None


def stage(
    source: Path, released: Path, target: Path, notebooks: Sequence[Path] = (), asked: Asked = NO_SCREENS
) -> Staged:
    """Copies the submission in `source`, a folder or a notebook, to `target`, which is made where it is missing.

    `notebooks`, paths below `source`, are those that may be the one to grade; without them, those that lie in it. The
    staged notebook has the name of `released`, and of its questions those of the hand-in's screen. Raises OSError only
    when `released` cannot be read or `target` not be written.
    """
    flags = Flags()
    forms = _Forms(nbformat.read(released, as_version=4), asked)
    target.mkdir(parents=True, exist_ok=True)
    chosen = _chosen(_readable(source, notebooks, forms, flags), released.name, flags)
    form = (chosen and chosen.form) or forms.of("")
    template = form.template
    beside = source / chosen.name.parent if chosen else source
    elsewhere: Mapping[str, str] = {}
    if not source.is_file():
        chosen, elsewhere = _with_script(chosen, beside, template, flags)
        _copy(beside, target, flags)
    notebook = chosen.notebook if chosen else rebuild([], template)[0]
    path = target / released.name
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    flags.extend((*form.flags, *(chosen.flags if chosen else ())))
    attempted = chosen.attempted if chosen else attempts(notebook, template)
    noted = {question: told for question, told in notes(notebook, template).items() if not attempted.get(question)}
    flags.extend(tuple(noted.values()))
    readable = chosen is not None or _is_empty(source)
    older = chosen.older if chosen else ()
    return Staged(path, flags.told(), attempted, readable, {**noted, **elsewhere}, older, form.questions)


class _Forms:
    """The forms in which a topic is handed out: whole, and by screen."""

    def __init__(self, released: NotebookNode, asked: Asked) -> None:
        self.released, self.asked = released, asked

    def of(self, said: str) -> _Form:
        """That of a notebook which says of itself that it is of the screen `said`; the instructor's word goes first."""
        name = self.asked.screen or said
        if name not in self.asked.screens:
            told = f"It says it is of the screen {shown(name)}, which asks nothing here; all of the topic was graded."
            return _Form(self.released, flags=(told,) if name else ())
        questions, every = self.asked.screens[name], course.from_node(self.released).tests
        told = f"Graded as the screen {shown(name)}: {len(questions)} of the topic's {len(every)} questions."
        return _Form(screen.only(self.released, questions), questions, (told,))


def attempts(notebook: NotebookNode, released: NotebookNode) -> dict[str, bool]:
    """For each question of the released notebook, whether the rebuilt `notebook` holds an answer that is not the
    starter.

    A question whose answer cells have other names than its own is taken for attempted as soon as anything is.
    """
    template = course.from_node(released)
    starters = {cell.id: cell.source for cell in template.cells if cell.role in (Role.SOLUTION, Role.MANUAL)}
    questions = [cell.question for cell in template.tests]
    given_by = _answer_cells(notebook)
    changed = {name for name, source in given_by.items() if not _is_starter(source, starters.get(name, ""))}
    # A name that a cell's own starter assigns is that cell's answer, and no other's.
    answered = [answers_in(given_by[name]) - answers_in(starters.get(name, "")) for name in changed]
    own = [answers_in(source) for source in _own_code(notebook, released)]
    given = frozenset[str]().union(*own, *answered)
    attempted, named = dict.fromkeys(questions, False), set[str]()
    for name, starter in starters.items():
        owner = _question(name, questions)
        assigned = answers_in(starter)
        attempted[owner] = attempted.get(owner, False) or name in changed or bool(assigned and assigned <= given)
        named.add(owner)
    return attempted | {question: any(attempted.values()) for question in questions if question not in named}


def notes(notebook: NotebookNode, released: NotebookNode) -> dict[str, str]:
    """For each question below whose answer cell the candidate added something, a sentence that tells of it."""
    ours = {cell.source.strip() for cell in released.cells}
    comments = {line for cell in released.cells for line in comments_in(cell.source)}
    tests = course.from_node(released).tests
    questions = [cell.question for cell in tests]
    in_words = {cell.question for cell in tests if IN_WORDS in cell.source}
    found: dict[str, str] = {}
    question, tested = "", False
    for cell in notebook.cells:
        marking = Marking.of(cell)
        if marking.is_answer:
            question, tested = _question(marking.grade_id, questions), False
            if question in in_words and (own := [line for line in comments_in(cell.source) if line not in comments]):
                found[question] = (
                    f"The answer cell of {shown(question)} holds comments only, which may be an answer: "
                    f"{shown(' '.join(own))}."
                )
        elif marking.grade_id:
            tested = True  # the text behind is the next question's, perhaps of an older release
        elif question and (cell.cell_type == "code" or not tested) and _is_own(cell.source, ours):
            found[question] = (
                f"The answer cell of {shown(question)} is as released; what stands below it, {shown(cell.source)}, "
                "may be an answer."
            )
    return found


def _is_own(source: str, ours: Container[str]) -> bool:
    # A test cell that lost its marking, of an older release, is no answer.
    return not is_blank(source) and source.strip() not in ours and "checks.question(" not in source


def _question(name: str, questions: Sequence[str]) -> str:
    """The question of an answer cell: one of several parts has solution cells `<question>_<part>`."""
    return screen.question_of(name, questions) or name


def _with_script(
    chosen: _Rebuilt | None, folder: Path, template: NotebookNode, flags: Flags
) -> tuple[_Rebuilt | None, Mapping[str, str]]:
    """Where the notebook is blank: the one that a script beside it holds, or what is told of files that may hold
    answers.
    """
    if chosen is None or any(chosen.attempted.values()):
        return chosen, {}
    try:
        with opened(folder) as inner:
            names = [
                name
                for name in names_in(inner, Flags())
                if Path(name).suffix.lower() in DOCUMENTS and name != TIMESTAMP
            ]
            scripts = [name for name in names if name.endswith(".py")][:MAX_NOTEBOOKS]
            found = [_of_script(Path(name), read_file(inner, name, script.MAX_SCRIPT), template) for name in scripts]
    except (OSError, ValueError, NotOrdinary):
        return chosen, {}
    answered = [each for each in found if any(each.attempted.values())]
    if len(answered) == 1:
        flags.add(
            f"The notebook {shown(str(chosen.name))} is blank; the answers were read from "
            f"{shown(str(answered[0].name))}."
        )
        return replace(answered[0], form=chosen.form), {}
    if not names:
        return chosen, {}
    listed = ", ".join(shown(name) for name in names[:3])
    told = f"The notebook {shown(str(chosen.name))} is blank; answers may be in {listed}, which could not be graded."
    flags.add(told)
    return chosen, dict.fromkeys(chosen.attempted, told)


def _of_script(name: Path, content: bytes, template: NotebookNode) -> _Rebuilt:
    notebook, _ = rebuild(script.read(content), template)
    return _Rebuilt(name, notebook, (), attempts(notebook, template), 0)


def _answer_cells(notebook: NotebookNode) -> dict[str, str]:
    marked = [(Marking.of(cell), cell.source) for cell in notebook.cells]
    return {marking.grade_id: source for marking, source in marked if marking.is_answer}


def _own_code(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    ours = {cell.source for cell in released.cells}
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and not raw_marking(cell)]
    return [cell.source for cell in code if cell.source not in ours]


def _is_starter(source: str, starter: str) -> bool:
    return is_blank(source) or is_same_code(source, starter)


def _readable(source: Path, notebooks: Sequence[Path], forms: _Forms, flags: Flags) -> list[_Rebuilt]:
    """Every notebook of the submission that can be read, rebuilt."""
    found = []
    root = source.parent if source.is_file() else source
    try:
        with opened(root) as folder:
            names = [Path(source.name)] if source.is_file() else list(notebooks) or _notebooks(folder)
        if len(names) > MAX_NOTEBOOKS:
            flags.add(f"The submission holds {len(names)} notebooks; the first {MAX_NOTEBOOKS} were read.")
        for name in sorted(names, key=lambda path: len(path.parts))[:MAX_NOTEBOOKS]:
            try:
                with opened(root / name.parent) as folder:
                    content = read_file(folder, name.name, MAX_NOTEBOOK)
                found.append(_rebuilt(name, content, forms))
            except NotOrdinary as error:
                flags.add(f"The notebook {shown(str(name))} was not read: {error}.")
            except Unreadable as error:
                flags.add(f"{shown(str(name))}: {error}")
    except (OSError, ValueError):
        flags.add("The submission is not an ordinary folder; nothing in it was read.")
        return []
    if not names:
        flags.add("The submission holds no notebook.")
    return found


def _notebooks(folder: int) -> list[Path]:
    return [Path(name) for name in names_in(folder, Flags()) if is_notebook_name(name) and not is_junk(name)]


def _rebuilt(name: Path, data: bytes, forms: _Forms) -> _Rebuilt:
    given = read(data)
    form = forms.of(given.screen)
    template = form.template
    notebook, repairs = rebuild(given.cells, template)
    flags = [*given.flags, *repairs]
    ours = template.metadata.get("kernelspec", {}).get("name", "")
    if given.kernel not in ("", ours):
        flags.append(f"The notebook asks for the kernel {shown(given.kernel)}; {shown(ours)} was used.")
    ids = {Marking.of(cell).grade_id for cell in template.cells}
    known = sum(1 for cell in given.cells if cell.grade_id and cell.grade_id in ids)
    older = older_in(given.cells, template)
    return _Rebuilt(name, notebook, tuple(flags), attempts(notebook, template), known, older, form)


def older_in(cells: Sequence[GivenCell], template: NotebookNode) -> tuple[str, ...]:
    """The questions whose test cell is as another release had it, with other text or points."""
    tests = {cell.id: cell for cell in course.from_node(template).tests}
    changed = (
        test.question
        for cell in cells
        if (test := tests.get(cell.grade_id)) and cell.is_untouched
        if cell.source.strip() != test.source.strip() or cell.marking.get("points") != test.points
    )
    return tuple(dict.fromkeys(changed))


def _chosen(found: Sequence[_Rebuilt], name: str, flags: Flags) -> _Rebuilt | None:
    """The notebook to grade: with answers before blank, with its own name before another, then with most known
    cells.
    """
    if not found:
        return None
    best = max(found, key=lambda each: (any(each.attempted.values()), each.name.name == name, each.known))
    if best.name.name != name:
        flags.add(f"The notebook {shown(str(best.name))} was graded; one called {shown(name)} was expected.")
    if len(found) > 1:
        flags.add(f"The submission holds {len(found)} readable notebooks; {shown(str(best.name))} was graded.")
    return best


def _is_empty(source: Path) -> bool:
    """Whether nothing at all was handed in: an ordinary folder without an entry."""
    return not source.is_symlink() and source.is_dir() and not any(source.iterdir())


def _copy(source: Path, target: Path, flags: Flags) -> None:
    try:
        copy_files(source, target, flags)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        flags.add(f"Files of the submission were not copied ({type(error).__name__}).")
