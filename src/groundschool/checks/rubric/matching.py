"""Whether one clause states one claim of a rubric: its terms together, of the right subject, affirmed, at the right time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundschool.checks.rubric import lexicon
from groundschool.checks.rubric.claims import Clause
from groundschool.checks.rubric.model import Idea, Wrong
from groundschool.checks.rubric.patterns import WINDOW, Pattern, Span, Term, parse
from groundschool.checks.rubric.stems import stem
from groundschool.checks.rubric.words import Word

MOST_REST = 1  # words beside a bare answer that the question doesn't hold


@dataclass(frozen=True)
class Stated:
    """Whether a claim is affirmed, and whether it is denied, somewhere."""

    affirmed: bool = False
    denied: bool = False


class Stating:
    """Compares clauses with claims, for one question."""

    def __init__(self, question: str, single: bool) -> None:
        self._asked = frozenset(stem(word) for word in question.lower().replace("?", " ").split())
        self._single = single

    def of(self, claim: Idea | Wrong, clause: Clause) -> Stated:
        """Whether the clause affirms or denies the claim."""
        if not self._speaks_of(claim, clause):
            return Stated()
        affirmed = denied = False
        for source, bare in ((claim.says, False), (claim.bare, True)):
            for pattern in parse(source):
                states = self._states(pattern, clause.words, bare)
                affirmed = affirmed or states.affirmed
                denied = denied or states.denied
        return Stated(affirmed, denied and not affirmed)

    def _speaks_of(self, claim: Idea | Wrong, clause: Clause) -> bool:
        when = claim.when if isinstance(claim, Idea) else "now"
        if when != "any" and clause.past != (when == "past"):
            return False
        return not claim.of or claim.of in clause.subjects or self._single and not clause.subjects

    def _states(self, pattern: Pattern, words: Sequence[Word], bare: bool) -> Stated:
        places = [(term, term.spans(words)) for term in pattern.stated]
        if not all(spans for _, spans in places) or any(term.spans(words) for term in pattern.absent):
            return Stated()
        for free in (pattern.denies, True):
            spans = _together(places, words, free)
            if spans is not None and (not bare or self._rest(words, spans) <= MOST_REST):
                return Stated(affirmed=free == pattern.denies, denied=free != pattern.denies)
        return Stated()

    def _rest(self, words: Sequence[Word], spans: Sequence[Span]) -> int:
        """How many words the clause holds beside the bare answer, the question's own and those that say nothing."""
        covered = {place for start, end in spans for place in range(start, end)}
        return sum(
            place not in covered and not (word.mark or word.structural or word.heading)
            and word.stem not in self._asked and word.text not in lexicon.POLITE
            for place, word in enumerate(words)
        )  # fmt: skip


def _together(terms: list[tuple[Term, list[Span]]], words: Sequence[Word], free: bool) -> tuple[Span, ...] | None:
    """One place for each term, with the right polarity and near each other; None when there is none."""
    fitting = [[span for span in spans if _polar(term, words[span[0] : span[1]], free)] for term, spans in terms]
    if not fitting or not all(fitting):
        return None
    for first in fitting[0]:
        chosen = [first]
        for spans in fitting[1:]:
            near = [span for span in spans if _apart(span, chosen)]
            if not near:
                break
            chosen.append(min(near, key=lambda span: abs(span[0] - first[0])))
        else:
            if _close(chosen, words):
                return tuple(chosen)
    return None


def _polar(term: Term, words: Sequence[Word], free: bool) -> bool:
    if term.sign == "!":
        return any(word.denied != word.denied_subject for word in words)
    return free or not any(word.denied or word.denied_subject for word in words)


def _apart(span: Span, chosen: Sequence[Span]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in chosen)


def _close(spans: Sequence[Span], words: Sequence[Word]) -> bool:
    """Whether the places lie within the window; a heading's words count as near, but cannot make a claim alone."""
    own = [span for span in spans if not words[span[0]].heading]
    return bool(own) and max(end for _, end in own) - min(start for start, _ in own) <= WINDOW
