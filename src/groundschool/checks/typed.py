"""`%%answer <question>`: the cell magic under which an answer is typed as words, so that no quote ends it.

What the words are worth is `prose`'s.
"""

from __future__ import annotations

import sys
from typing import Any

from groundschool.solution import words

MAGIC = "answer"


def register(shell: Any) -> None:
    """Gives an IPython shell the magic."""
    from IPython.core.error import UsageError

    def answer(line: str, cell: str) -> None:
        name = line.strip()
        if not name.isidentifier():
            raise UsageError(
                f"`%%answer {name}` was found; the question's id was expected behind `%%answer`, as in the released "
                "cell, and the words in the lines below."
            )
        shell.user_ns[name] = words(cell)

    shell.register_magic_function(answer, "cell", MAGIC)


def register_here() -> None:
    """Gives the magic to the notebook that this process runs, if it runs one."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        register(shell)
