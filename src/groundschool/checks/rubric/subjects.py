"""What each claim is said of: the product a sentence, a heading or a table column names.

A clause without a subject of its own goes on about the one before. A rubric adds the subjects its question speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.cues import AUXILIARIES, PRONOUNS
from groundschool.checks.rubric.products import PRODUCTS
from groundschool.checks.rubric.stems import stems_of
from groundschool.checks.rubric.verbs import THIRD_PERSON

_PREPOSITIONS = stems_of(
    "from via to with by through us into than like unlike under behind as of on in for at per against inside within "
    "between versus vs over about using"
)
_CONTEXT = stems_of("in for with on at of inside within")
_CHOICES = stems_of("use choose prefer take pick")
_CONDITIONS = stems_of("if when once whenever after")
_VERBS = AUXILIARIES | stems_of(
    "store query use run read write load scan infer create update detect require hold keep copy access support handle call "
    "allow connect save put land mean provide offer know say choose pick prefer recommend"
)
_RELATIVE = stems_of("which who that")
_FILLERS = stems_of("the a an aws amazon and or vs versus apache feature aspect schemesign")


def assign(claimed: Sequence[Claimed], about: frozenset[str], foreign: frozenset[str] = frozenset()) -> None:
    """Fills in the subject of every word; `about` and `foreign` are subjects beyond the products known here."""
    actors = PRODUCTS | about | foreign
    carried: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    for _, group in groupby(claimed, key=lambda here: here.sentence):
        line = list(group)
        if header := _header(line, actors):
            carried = columns = header
            _set(line, header)
        elif not (len(columns) > 1 and _set_cells(line, columns, actors)):
            carried = _assign_line(line, actors, about, carried)
            columns = columns if carried == columns else ()


def _header(line: Sequence[Claimed], actors: frozenset[str]) -> tuple[str, ...]:
    """The subjects of a line that names at least two and says nothing."""
    names = tuple(dict.fromkeys(here.word.stem for here in line if here.word.stem in actors))
    rest = [here for here in line if here.word.stem not in actors and here.word.stem not in _FILLERS]
    return names if len(names) > 1 and not rest else ()


def _set_cells(line: Sequence[Claimed], columns: tuple[str, ...], actors: frozenset[str]) -> bool:
    if any(here.word.stem in columns for here in line):
        return False
    cells: list[list[Claimed]] = []
    for here in line:
        if not cells or set(here.word.lead) & set("\t|"):
            cells.append([])
        cells[-1].append(here)
    if len(cells) < len(columns):
        _set(line, columns)
        return True
    for cell, column in zip(cells[-len(columns) :], columns, strict=True):
        _set(cell, (column,))
    return True


def _assign_line(
    line: Sequence[Claimed], actors: frozenset[str], about: frozenset[str], carried: tuple[str, ...]
) -> tuple[str, ...]:
    last: tuple[str, ...] = ()
    headed = False
    for _, group in groupby(line, key=lambda here: here.clause):
        clause = list(group)
        if clause[0].word.stem in _RELATIVE and last:
            _set(clause, last)
        else:
            said_of_head = headed and bool(set(clause[0].word.lead) & set("—="))
            for number, part in enumerate(_parts(clause, about)):
                own = () if said_of_head and not number else _own(part, actors, about)
                _set(part, own or carried)
                if clause[0].word.stem not in _CONDITIONS or set(own) & about:
                    carried = own or carried
        headed = all(here.word.stem in actors or here.word.stem in _FILLERS for here in clause)
        last = next(((here.word.stem,) for here in reversed(clause) if here.word.stem in actors), last)
    return carried


def _parts(clause: Sequence[Claimed], about: frozenset[str]) -> list[list[Claimed]]:
    """A clause cut at commas behind which another of the rubric's subjects begins: `s3a is current, s3n deprecated`."""
    parts: list[list[Claimed]] = [[]]
    for number, here in enumerate(clause):
        said = any(before.word.stem not in about and before.word.stem not in _FILLERS for before in parts[-1])
        after = clause[number + 1].word.stem if number + 1 < len(clause) else ""
        names = here.word.stem in about or here.word.stem in _CONTEXT | _CHOICES and after in about
        if said and names and set(here.word.lead) & set(",("):
            parts.append([])
        parts[-1].append(here)
    return parts


def _own(clause: Sequence[Claimed], actors: frozenset[str], about: frozenset[str]) -> tuple[str, ...]:
    """The subject a clause names before its verb, with those joined to it by "and"; of "a Glue trigger" the trigger."""
    names: list[str] = []
    for number, here in enumerate(clause):
        stem = _name(here, actors)
        if names and not (stem in actors or stem in _FILLERS):
            break
        if stem in actors and not here.set_aside and _placed(clause, number):
            if names and _heads(clause, number, names[-1]) and stem not in about:
                names.pop()
            names.append(stem)
        elif stem in _VERBS and number or here.word.text in THIRD_PERSON or stem in PRONOUNS:
            break
    return tuple(dict.fromkeys(names))


def _name(here: Claimed, actors: frozenset[str]) -> str:
    """The word, or the product whose interface it calls: `spark.read`."""
    first = here.word.text.partition(".")[0]
    return first if first in actors else here.word.stem


def _heads(clause: Sequence[Claimed], number: int, before: str) -> bool:
    """Whether a name is the noun that the one right before it only describes."""
    here = clause[number].word
    return not here.lead and clause[number - 1].word.stem == before and here.text.removesuffix("s") == here.stem


def _placed(clause: Sequence[Claimed], number: int) -> bool:
    """Whether a name stands where a subject stands: not behind a preposition, unless the clause opens with it."""
    lead = number
    while lead and clause[lead - 1].word.stem in _FILLERS:
        lead -= 1
    before = clause[lead - 1].word.stem if lead else ""
    return before not in _PREPOSITIONS or lead == 1 and before in _CONTEXT | _CHOICES


def _set(words: Sequence[Claimed], subject: tuple[str, ...]) -> None:
    for here in words:
        here.subject = subject
