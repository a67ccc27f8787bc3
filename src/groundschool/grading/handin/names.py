"""Names of candidates, fit for file names and nbgrader, each of them one candidate's only."""

from __future__ import annotations

import re
import unicodedata

from groundschool.grading.handin.files import is_plain_name

MAX_NAME = 60
UNFIT = re.compile(r"[^\w.-]+")


class Names:
    """Gives each candidate a name; the same candidate always gets the same one."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, int], str] = {}
        self._used: set[str] = set()

    def name(self, given: str, copy: int = 1) -> str:
        """The name for the candidate called `given`; for a second hand-in of the same, `copy` is 2."""
        key = (given, copy)
        if key not in self._of:
            self._of[key] = self._fresh(fit(given), copy)
        return self._of[key]

    def _fresh(self, name: str, copy: int) -> str:
        number = copy
        while (fresh := name if number == 1 else f"{name}-{number}").casefold() in self._used:
            number += 1
        self._used.add(fresh.casefold())
        return fresh


def fit(given: str) -> str:
    """A name of letters, digits, `.`, `-` and `_`, at most 60 characters, that no system takes for something else."""
    plain = UNFIT.sub("-", unicodedata.normalize("NFKC", given)).strip("-._")[:MAX_NAME].strip("-._")
    if not plain:
        return "candidate"
    return plain if is_plain_name(plain) else f"candidate-{plain}"[:MAX_NAME]
