"""Recognises a known mistake by its outputs: which one failed the same checks with the same results.

The mistakes' own outputs come from the backend, computed once per question and seed; nothing is run here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from groundschool.checks.backend import Mistake
from groundschool.checks.verdict import Check


def explain(checks: Sequence[Check], seen: Mapping[str, str], mistakes: Sequence[Mistake]) -> list[Check]:
    """The checks with the message of the recognised mistake in place of the general one, where one is recognised."""
    failed = [check.name for check in checks if not check.passed]
    found = _best(failed, seen, mistakes)
    return [_with(check, found) if check.name in _shared(failed, seen, found) else check for check in checks]


def _best(failed: Sequence[str], seen: Mapping[str, str], mistakes: Sequence[Mistake]) -> Mistake | None:
    """The mistake that agrees with the answer on the most failed checks, then on most of what was seen; None between
    equals.

    Of two that agree alike it is the one that fails less besides: the other would have failed a check that the answer
    passed.
    """

    def agreement(mistake: Mistake) -> tuple[int, int, int]:
        shared = len(_shared(list(seen), seen, mistake))
        return len(_shared(failed, seen, mistake)), shared, shared - len(mistake.seen)

    ranked = sorted(mistakes, key=agreement, reverse=True)
    if not ranked or not agreement(ranked[0])[0]:
        return None
    equals = [mistake for mistake in ranked if agreement(mistake) == agreement(ranked[0])]
    return equals[0] if len(equals) == 1 else None


def _shared(names: Sequence[str], seen: Mapping[str, str], mistake: Mistake | None) -> list[str]:
    return [name for name in names if mistake and seen.get(name) and mistake.seen.get(name) == seen[name]]


def _with(check: Check, mistake: Mistake | None) -> Check:
    return replace(check, message=mistake.message, mistake=mistake.name) if mistake else check
