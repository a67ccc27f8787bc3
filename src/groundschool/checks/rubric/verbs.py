"""Verbs in the third person, by which a new statement is known: "…, the crawler adds them"."""

from __future__ import annotations

from groundschool.checks.rubric import lists


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


THIRD_PERSON = frozenset(_third_person(verb) for verb in lists.words("verbs"))
