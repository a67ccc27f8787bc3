"""Names of candidates: as people write them, and fit for file names and nbgrader, each of the latter one candidate's
only.
"""

from __future__ import annotations

import unicodedata

from groundschool.grading.handin.encoding import on_disk
from groundschool.grading.handin.files import DEVICES
from groundschool.safe import clean_terminal

MAX_NAME = 60
MAX_DISPLAY = 200
MARKS = "-_."
# What lies beside the folders of candidates, in nbgrader's layout and in ours: never a candidate's.
TAKEN = frozenset({"readme.md", "readme", "summary.html", "scores.csv", "results.json", "gradebook.db", "candidate"})


class Names:
    """Gives each candidate a name; the same candidate always gets the same one."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str, int], str] = {}
        self._used: set[str] = set()

    def name(self, given: str, person: str = "", copy: int = 1) -> str:
        """The name for the candidate called `given`; for a second hand-in of the same, `copy` is 2.

        `person` tells apart candidates of one name.
        """
        key = (given, person, copy)
        if key not in self._of:
            self._of[key] = self._fresh(fit(given), copy)
        return self._of[key]

    def _fresh(self, name: str, copy: int) -> str:
        number = copy
        while folded(fresh := name if number == 1 else f"{name}-{number}") in self._used:
            number += 1
        self._used.add(folded(fresh))
        return fresh


def display(given: str) -> str:
    """The name as a person writes it: composed, on one line, without what cannot be seen."""
    return " ".join(clean_terminal(on_disk(given)).split())[:MAX_DISPLAY].strip()


def fit(given: str) -> str:
    """A name of letters and their marks, digits, `.`, `-` and `_`, at most 60 characters, that means nothing to a
    system.
    """
    composed = unicodedata.normalize("NFKC", display(given))
    letters = "".join(each if _is_plain(each) else " " for each in composed)
    plain = "-".join(letters.split()).strip(MARKS)[:MAX_NAME].strip(MARKS)
    while plain and unicodedata.category(plain[0]).startswith("M"):
        plain = plain[1:].strip(MARKS)  # an accent whose letter is gone
    if not plain:
        return "candidate"
    means_something = plain.split(".")[0].casefold() in DEVICES or folded(plain) in TAKEN
    return f"candidate-{plain}"[:MAX_NAME].rstrip(MARKS) if means_something else plain


def folded(name: str) -> str:
    """What some system may take the name for: without case, compatible forms and ignored characters told apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _is_plain(letter: str) -> bool:
    return letter in MARKS or unicodedata.category(letter)[0] in "LMN"
