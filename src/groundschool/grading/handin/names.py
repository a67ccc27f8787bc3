"""Names of candidates: as people write them, and fit for file names and nbgrader, each of the latter one candidate's
only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from groundschool.grading.handin.encoding import on_disk
from groundschool.grading.handin.files import DEVICES
from groundschool.results import folded
from groundschool.safe import clean_terminal

MAX_NAME = 60
MAX_DISPLAY = 200
MARKS = "-_."
NO_NAME = "(no name)"
# What lies beside the folders of candidates, in nbgrader's layout and in ours: never a candidate's.
TAKEN = frozenset({"readme.md", "readme", "summary.html", "scores.csv", "results.json", "gradebook.db", "candidate"})


class Names:
    """Gives each candidate a name; the same candidate always gets the same one, also in a later run.

    `known` are the names given before, each with the candidate's as people write it; who is named first owns it.
    """

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        self._of: dict[tuple[str, str, int], str] = {}
        self._used: set[str] = set()
        self._owner: dict[str, str] = {}  # by name without case
        self._kept: dict[str, list[str]] = {}  # by owner, as written and without case
        for name, written in known:
            if folded(name) not in self._owner:
                self._owner[folded(name)] = folded(written)
                for person in dict.fromkeys((written, folded(written))):
                    self._kept.setdefault(person, []).append(name)

    def __contains__(self, given: str) -> bool:
        """Whether a candidate called so was given a name before."""
        return folded(display(given)) in self._kept

    def name(self, given: str, person: str = "", copy: int = 1) -> str:
        """The name for the candidate called `given`; for a second hand-in of the same, `copy` is 2.

        `person` tells apart candidates of one name.
        """
        key = (given, person, copy)
        if key not in self._of:
            written = display(given) or NO_NAME
            kept = self._kept.get(written) or self._kept.get(folded(written), [])
            free = [
                name for name in sorted(kept, key=lambda name: (len(name), name))[copy - 1 :] if self._is_free(name)
            ]
            name = free[0] if free else self._fresh(fit(given), copy, folded(written))
            self._used.add(folded(name))
            self._of[key] = name
        return self._of[key]

    def _is_free(self, name: str) -> bool:
        return folded(name) not in self._used

    def _fresh(self, name: str, copy: int, person: str) -> str:
        number = copy
        while True:
            fresh = name if number == 1 else f"{name}-{number}"
            if self._is_free(fresh) and self._owner.get(folded(fresh), person) == person:
                return fresh
            number += 1


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


def _is_plain(letter: str) -> bool:
    return letter in MARKS or unicodedata.category(letter)[0] in "LMN"
