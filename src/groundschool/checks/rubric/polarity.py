"""Which words of a clause are denied, and by what: `not`, `no longer`, `without`, `instead of`, `... is a myth`.

Denials cancel in pairs ("cannot be queried without"). A bound that may not be passed ("cannot exceed 50 TB", "parts under
5 MB are rejected") affirms its size; one that may be passed denies it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from groundschool.checks.rubric import lexicon
from groundschool.checks.rubric.words import Word

_ENDS = frozenset({";", ".", "!", "?", "(", ")", "[", "]", "{", "}"})
_BETWEEN = frozenset({"really", "actually", "also", "still", "ever", "even", "be", "been", "longer", "currently"})
_JOINS = frozenset({"and", "or", "nor", "&"})
BOUND_REACH = 4  # words from `more than` to its size


def read(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of one clause, marked as denied or as the subject of a denied verb."""
    denied, subject = [False] * len(words), [False] * len(words)
    for place, word in enumerate(words):
        if word.cue != "deny":
            continue
        for covered in range(place + 1, _scope_end(words, place)):
            denied[covered] = not denied[covered]
        for covered in range(_subject_start(words, place), place):
            subject[covered] = not subject[covered]
    made = [replace(w, denied=d, denied_subject=s) for w, d, s in zip(words, denied, subject, strict=True)]
    return _wholly(_bounded(made))


def _scope_end(words: Sequence[Word], place: int) -> int:
    """Where the scope of the denial at `place` ends."""
    of_noun = words[place].text in lexicon.NOUN_NEGATORS
    for position in range(place + 1, len(words)):
        word = words[position]
        if word.text in _ENDS or word.text in lexicon.SCOPE_ENDS or word.cue in ("split", "now", "past"):
            return position
        if of_noun and (word.verbal or word.text in lexicon.SUBJECT_PRONOUNS) and position > place + 1:
            return position
        if word.text in {",", "-", ":", *_JOINS} and not _goes_on(words, position, of_noun):
            return position
    return len(words)


def _goes_on(words: Sequence[Word], mark: int, of_noun: bool) -> bool:
    """Whether a list under denial goes on behind a comma or a conjunction, rather than a new statement."""
    following = words[mark + 1 :]
    if not following:
        return False
    head = following[0]
    if head.verbal or head.text in lexicon.SUBJECT_PRONOUNS or head.cue in ("deny", "now", "past", "split"):
        return False
    if words[mark].text in _JOINS or words[mark].text == ":":
        return len(following) < 2 or not following[1].verbal
    upto = next((place for place, word in enumerate(following) if word.text in _ENDS or word.verbal), len(following))
    joined = {word.text for word in following[:upto]} & ({"or", "nor"} if of_noun else _JOINS)
    return bool(joined)


def _subject_start(words: Sequence[Word], place: int) -> int:
    """Where the subject of the verb that is denied at `place` begins; `place` itself when no verb is denied."""
    position = place
    while position and (words[position - 1].text in lexicon.AUXILIARIES or words[position - 1].text in _BETWEEN):
        position -= 1
    if position == place and words[place].text not in ("never", "no longer", "cannot", "fails to", "lacks"):
        return place
    while position:
        word = words[position - 1]
        if word.verbal or word.text in _ENDS or word.text in lexicon.SCOPE_ENDS or word.cue in ("split", "deny"):
            return position
        if word.text in {",", ":", "-", *_JOINS} and any(before.verbal for before in words[: position - 1]):
            return position
        position -= 1
    return 0


def _bounded(words: list[Word]) -> list[Word]:
    """Sizes behind `more than` and `less than`: affirmed where the clause forbids to pass them."""
    made = list(words)
    for place, word in enumerate(words):
        if word.cue not in ("more", "less"):
            continue
        size = next(
            (at for at in range(place + 1, min(place + 1 + BOUND_REACH, len(words))) if words[at].size is not None),
            None,
        )
        if size is not None:
            seen = words[size]
            forbidden = seen.denied or seen.denied_subject or any(
                other.text in lexicon.REJECTED or other.cue == "deny" for other in words
            )  # fmt: skip
            made[size] = replace(seen, denied=not forbidden, denied_subject=False)
    return made


def _wholly(words: list[Word]) -> tuple[Word, ...]:
    """`It is false that ...`, `... is a myth`: what is said beside is denied as a whole."""
    place = verdict_place(words)
    if place is None:
        return tuple(words)
    return tuple(replace(word, denied=not word.denied, denied_subject=False) if at != place and not _near(words, at, place) else word
                 for at, word in enumerate(words))  # fmt: skip


def _near(words: Sequence[Word], at: int, place: int) -> bool:
    return place - 3 <= at <= place and words[at].structural


def verdict_place(words: Sequence[Word]) -> int | None:
    """Where the clause says `is false` or `is not true` of something; None when it does not."""
    for place, word in enumerate(words):
        untrue = (
            word.cue == "false"
            or word.text in lexicon.DENIED_WHEN_NEGATED
            and (word.denied or _denied_before(words, place))
        )
        copula = any(before.text in lexicon.COPULAS | {"is", "'s"} for before in words[max(0, place - 4) : place])
        first = place == 0 and word.cue == "false" and len(words) > 1 and words[1].mark
        at_end = place >= len(words) - 3 or place + 1 < len(words) and words[place + 1].text == "that"
        if untrue and (copula and at_end or first):
            return place
    return None


def _denied_before(words: Sequence[Word], place: int) -> bool:
    return any(word.cue == "deny" for word in words[max(0, place - 3) : place])


def is_verdict_on_the_last(words: Sequence[Word]) -> bool:
    """Whether the clause does nothing but call the one before it false: `that is wrong`, `this is no longer true`."""
    if verdict_place(words) is None:
        return False
    return sum(not (word.structural or word.mark or word.text in lexicon.DENIED_WHEN_NEGATED) for word in words) <= 1
