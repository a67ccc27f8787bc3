"""What a clause speaks of: the question's own subjects, or some other product that the right words are said of by mistake.

Which subjects are the question's stands in its rubric (`about`, `beside`, `foreign`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from groundschool.checks.rubric import lexicon
from groundschool.checks.rubric.patterns import Alternative, alternatives
from groundschool.checks.rubric.words import Word

FOREIGN = "~"  # the name of everything that is none of the question's subjects


@dataclass(frozen=True)
class Mention:
    """A subject named at `start` up to before `end`."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Subjects:
    """The subjects of a rubric: alternatives by name, harmless ones under the empty name, others under `FOREIGN`."""

    named: tuple[tuple[str, tuple[Alternative, ...]], ...]
    single: bool

    def own_words(self) -> list[Alternative]:
        """The alternatives that the rubric itself names, harmless ones too."""
        return [made for name, names in self.named for made in names if name != FOREIGN]

    def mentions(self, words: Sequence[Word]) -> list[Mention]:
        """Every subject named in the words, the longest name first where two overlap; harmless ones are left out."""
        found = [
            Mention(start, end, name)
            for name, made in self.named
            for alternative in made
            for start, end in alternative.spans(words)
        ]
        kept: list[Mention] = []
        for mention in sorted(found, key=lambda each: (each.start - each.end, each.name == FOREIGN, each.start)):
            if all(mention.end <= other.start or other.end <= mention.start for other in kept):
                kept.append(mention)
        return sorted((mention for mention in kept if mention.name), key=lambda each: each.start)


def subjects_of(about: str, beside: str, foreign: str, used: frozenset[Alternative]) -> Subjects:
    """The subjects of a rubric's texts. Products whose words its claims use (`used`) are harmless."""
    known = {atom.word for made in used for atom in made.atoms}
    own = tuple(_named(part) for part in about.replace("\n", ";").split(";") if part.strip())
    products = [made for made in _products() if not all(atom.word in known for atom in made.atoms)]
    return Subjects(
        (*own, ("", alternatives(beside)), (FOREIGN, (*alternatives(foreign), *products))), single=len(own) <= 1
    )


@lru_cache(maxsize=1)
def _products() -> tuple[Alternative, ...]:
    return tuple(made for phrase in lexicon.PRODUCTS for made in alternatives(phrase))


def _named(part: str) -> tuple[str, tuple[Alternative, ...]]:
    """`name: alternative|alternative`, or alternatives alone, which are their own name."""
    name, _, names = part.partition(": ")
    return name.strip(), alternatives(names or name)


def without_comparisons(words: list[Word], subjects: Subjects) -> list[Word]:
    """The words without `unlike Athena` and its like: what is compared with is not spoken of."""
    made: list[Word] = []
    position = 0
    while position < len(words):
        end = _comparison_end(words, position, subjects) if words[position].cue == "compare" else None
        if end is None:
            made.append(words[position])
        position = end or position + 1
    return made


def _comparison_end(words: list[Word], start: int, subjects: Subjects) -> int | None:
    """Where a comparison that begins at `start` ends; None when it names no subject or says something of it."""
    reach = words[start + 1 : start + 7]
    mention = next(iter(subjects.mentions(reach)), None)
    if mention is None:
        return None
    end = start + 1 + mention.end
    return None if end < len(words) and words[end].text in ("which", "that", "where", "who") else end


def of_clause(words: Sequence[Word], subjects: Subjects, carried: frozenset[str]) -> frozenset[str]:
    """Whom the clause speaks of: those named before its verb, else those it carries on with, else any it names."""
    mentions = subjects.mentions(words)
    verb = next((place for place, word in enumerate(words) if word.verbal), len(words))
    first = next((word.text for word in words if not word.mark and word.text not in lexicon.CONJUNCTIONS), "")
    before = [mention.name for mention in mentions if mention.start < verb]
    named = frozenset(before)
    if not named:
        pronoun = first in lexicon.SUBJECT_PRONOUNS or words[:1] and words[0].verbal
        everywhere = frozenset(mention.name for mention in mentions)
        named = carried if pronoun and carried else everywhere or carried
    own = named - {FOREIGN}
    if own and FOREIGN in named:
        return frozenset({FOREIGN}) if before and before[0] == FOREIGN and not _joint(words, mentions) else own
    return named


def _joint(words: Sequence[Word], mentions: list[Mention]) -> bool:
    """Whether the first two subjects are named together: `EMR and Athena`."""
    if len(mentions) < 2:
        return False
    between = words[mentions[0].end : mentions[1].start]
    return len(between) <= 1 and all(word.text in ("and", ",", "/", "&", "or") for word in between)
