"""Where one statement ends and the next begins within a sentence.

A new subject, a change from past to now, `but`, `whereas` and arrows begin a statement; a list of nouns or verbs does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundschool.checks.rubric import lexicon, tense
from groundschool.checks.rubric.subjects import Mention, Subjects
from groundschool.checks.rubric.words import Word

_HARD = frozenset({";", "[", "]"})
_SOFT = frozenset({",", "-", ":", "/", "&"})
_JOINS = frozenset({"and", "or", "so", "because", "then", "as", "where", "when", "if"})
VERB_REACH = 4  # words from a subject to its verb


def cut(words: list[Word], subjects: Subjects) -> Iterator[list[Word]]:
    """The statements of a sentence, in order; one in brackets follows the one it stands in."""
    inside, outside = _brackets(words)
    for part in (outside, *inside):
        mentions = subjects.mentions(part)
        begin = 0
        for place in range(1, len(part) + 1):
            if place == len(part) or _begins(part, begin, place, mentions):
                statement = _trimmed(part[begin:place])
                if statement:
                    yield statement
                begin = place


def _brackets(words: list[Word]) -> tuple[list[list[Word]], list[Word]]:
    """Remarks in brackets that speak of another time or in another name, and the sentence without them."""
    inside: list[list[Word]] = []
    outside: list[Word] = []
    position = 0
    while position < len(words):
        if words[position].text == "(":
            end = next((at for at in range(position, len(words)) if words[at].text == ")"), len(words))
            remark = words[position + 1 : end]
            if any(tense.of_cue(remark, at) or remark[at].cue == "report" for at in range(len(remark))):
                inside.append(remark)
                position = end + 1
                continue
        outside.append(words[position])
        position += 1
    return inside, outside


def _trimmed(words: Sequence[Word]) -> list[Word]:
    """Without the conjunctions and marks at the edges."""
    made = list(words)
    while made and (
        made[0].text in _SOFT | _HARD or made[0].cue == "split" or made[0].text in ("and", "or", "so", "then")
    ):
        made.pop(0)
    while made and (made[-1].text in _SOFT | _HARD | {"and"} or made[-1].cue == "split"):
        made.pop()
    return made if any(not word.mark for word in made) else []


def _begins(words: list[Word], begin: int, place: int, mentions: list[Mention]) -> bool:
    """Whether a new statement begins at `place` when the last one began at `begin`."""
    word, before = words[place], words[place - 1]
    if word.text in _HARD:
        return True
    if word.cue == "split":
        return not any(other.text in ("not only", "not just") for other in words[begin:place])
    if _changes_time(words, begin, place):
        return True
    if word.cue == "compare" and _compared_says_more(words, place, mentions):
        return True
    joined = before.text in _SOFT or before.text in _JOINS or before.text in ("(", ")")
    if not joined or before.text in _JOINS and place - 1 == begin:
        return False
    return _has_own_subject(words, begin, place, mentions)


def _changes_time(words: list[Word], begin: int, place: int) -> bool:
    """Whether past turns to now, or now to past, at the word or at the comma or conjunction before it."""
    time = tense.of_cue(words, place)
    earlier = {tense.of_cue(words, at) for at in range(begin, place)} - {""}
    content = sum(not (word.structural or word.mark) for word in words[begin:place])
    if not time or not content:
        return False
    if time == "now":
        return "past" in earlier and words[place - 1].text not in lexicon.AUXILIARIES
    if words[place].text in ("was", "were", "had"):
        return (
            bool(words[place - 1].mark) or "now" in earlier and words[place - 1].text in ("and", "but", "it", "which")
        )
    after = sum(not (word.structural or word.mark) for word in words[place:])
    return (
        after > 0
        and words[place].cue != "until"
        and (words[place - 1].mark or words[place - 1].text == "and" or "now" in earlier)
    )


def _compared_says_more(words: list[Word], place: int, mentions: list[Mention]) -> bool:
    """Whether `unlike Redshift which ...` goes on to say something of what it compares with."""
    mention = next((each for each in mentions if place < each.start <= place + 5), None)
    return bool(mention and mention.end < len(words) and words[mention.end].text in ("which", "that", "where"))


def _has_own_subject(words: list[Word], begin: int, place: int, mentions: list[Mention]) -> bool:
    """Whether the words from `place` on open with a pronoun and a verb, or with a subject other than the last one's."""
    reach = words[place + 1 : place + 1 + VERB_REACH]
    acts = any(word.verbal or word.text in lexicon.BASE_VERBS or word.cue == "deny" for word in reach)
    if words[place].text in lexicon.SUBJECT_PRONOUNS - {"that", "which", "there"}:
        return acts
    start = place + 1 if words[place].text in lexicon.DETERMINERS | lexicon.PREPOSITIONS else place
    mention = next((each for each in mentions if each.start in (place, start)), None)
    earlier = [each for each in mentions if begin <= each.start < place]
    if mention is None or not earlier or mention.name == earlier[-1].name:
        return bool(mention and not earlier and any(word.verbal for word in words[begin:place]) and acts)
    said = sum(not (word.structural or word.mark) for word in words[earlier[-1].end : place])
    return said > 0 or any(word.verbal for word in words[earlier[-1].end : place])
