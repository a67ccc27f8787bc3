"""Rule × check × mistake: whether each rule that a prompt states is asked by hidden data of its own, and broken by a
mistake.

A rule is an item of a list in the prompt that begins with its name in bold: `- **one row per order**: …`. A mistake
says in its second line which rule it breaks: `-- breaks: one row per order`. Which checks a mistake fails was seen by
`prove.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groundschool.course import Cell, Notebook, Role

_RULE = re.compile(r"^[-*] \*\*(.+?)\*\*", re.MULTILINE)
_HINT = "<details>"


@dataclass(frozen=True)
class RuleProof:
    """One rule: the mistakes that break it and nothing else, and the hidden checks that only these fail."""

    rule: str
    mistakes: tuple[str, ...]
    checks: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """What does not hold of it."""
        if not self.mistakes:
            return (
                f"no mistake breaks just the rule {self.rule!r}; write one, with `breaks: {self.rule}` as its second "
                "comment line",
            )
        if not self.checks:
            return (
                f"no hidden check is failed by the breakers of {self.rule!r} alone; give it data that breaks nothing "
                "else",
            )
        return ()


def stated(notebook: Notebook, test: Cell) -> tuple[str, ...]:
    """The names of a question's rules, in the order of its prompt: the prose since the test cell before, without
    hints."""
    prose: list[str] = []
    for cell in notebook.cells:
        if cell.id == test.id:
            break
        prose = [] if cell.role == Role.TEST else [*prose, cell.source] if cell.role == Role.PROSE else prose
    return tuple(name.rstrip(":.") for text in prose if _HINT not in text for name in _RULE.findall(text))


def proofs(
    rules: Sequence[str],
    breaks: Mapping[str, Sequence[str]],
    killed: Mapping[str, Sequence[str]],
    hidden: Sequence[str],
) -> tuple[RuleProof, ...]:
    """The table of a question's rules: `breaks` holds what each mistake breaks, `killed` which checks each fails.

    A mistake that breaks several rules, or says none, proves none.
    """
    broken = {mistake: names[0] for mistake, names in breaks.items() if len(names) == 1}
    failing = {check: {broken[mistake] for mistake in broken if check in killed.get(mistake, ())} for check in hidden}
    return tuple(
        RuleProof(
            rule,
            tuple(mistake for mistake, name in broken.items() if name == rule),
            tuple(check for check in hidden if failing[check] == {rule}),
        )
        for rule in rules
    )


def strangers(rules: Sequence[str], breaks: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Faults: mistakes that break a rule which the prompt does not state."""
    return tuple(
        f"mistakes/{mistake} breaks {name!r}, which is no rule of the prompt; its rules are: "
        f"{', '.join(rules) or 'none'}"
        for mistake, names in breaks.items()
        for name in names
        if name not in rules
    )
