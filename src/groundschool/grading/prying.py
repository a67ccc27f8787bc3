"""Tells where code of a submission names what looks at, or changes, how it is graded.

That is told as a flag for a person and changes no point: what such code could reach is decided by the boxes. It may be
curiosity, or copied; the sentence quotes the words, so that it can be asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbformat import NotebookNode

from groundschool.course import Marking, Notebook
from groundschool.grading.handin.flags import MAX_LENGTH, shortened, shown

MOST_READ = 100_000  # characters of a cell
SIGNS = re.compile(
    r"sys\.(?:_getframe|settrace|setprofile|modules)|gc\.get_(?:objects|referrers)|inspect\.(?:stack|currentframe)"
    r"|__subclasses__|__globals__|f_back\b|f_locals\b|\bctypes\b|/proc/(?:self|\d|\*)|NBGRADER_\w+|GROUNDSCHOOL_\w+"
    r"|gradebook\.db|\.groundschool\b|groundschool\.(?:grading|checks\.\w+)|HIDDEN TESTS|ast\.NodeTransformer"
    r"|get_ipython\(\)\.(?!run_line_magic|run_cell_magic|system|getoutput)|InteractiveShell|\bbuiltins\.|\.ipynb\b"
    r"|\b(?:DataFrame|Series|Table)\.\w+ *=[^=]"
    r"|def __(?:eq|ne|bool|float|reduce\w*|instancecheck|class)__|__class__ *=|_ih\b|threading\.enumerate"
    r"|\bchecks\.\w+ *=[^=]|\bt\.points *=[^=]|\bVerdict\b|\bptrace\b"
)


def signs(submission: NotebookNode, instructor: Notebook) -> tuple[str, ...]:
    """One sentence with what was found in the cells that are the candidate's own, none where nothing was."""
    ours = {cell.source.strip() for cell in instructor.plain}
    found = dict.fromkeys(
        " ".join(match[0].split())
        for source in _open(submission)
        if source.strip() not in ours
        for match in SIGNS.finditer(source[:MOST_READ])
    )
    if not found:
        return ()
    named = ", ".join(shown(each) for each in list(found)[:5])
    return (shortened(f"Code of the submission names what looks at how it is graded: {named}.", MAX_LENGTH),)


def _open(submission: NotebookNode) -> Iterable[str]:
    return (
        str(cell.get("source", ""))
        for cell in submission.cells
        if cell.get("cell_type") == "code" and Marking.of(cell).is_open
    )
