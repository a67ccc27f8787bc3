"""What each claim is said of: the product a sentence, a heading or a table column names.

A clause without a subject of its own goes on about the one before. A rubric adds the subjects its question speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from groundschool.checks.rubric.claims import Claimed
from groundschool.checks.rubric.cues import AUXILIARIES, PRONOUNS
from groundschool.checks.rubric.products import PRODUCTS
from groundschool.checks.rubric.stems import stem, stems_of
from groundschool.checks.rubric.verbs import THIRD_PERSON

_PREPOSITIONS = stems_of(
    "from via to with by through us into than like unlike under behind as of on in for at per against inside within "
    "between versus vs over about using"
)
_CONTEXT = stems_of("in for with on at of inside within")
_CHOICES = stems_of("use choose prefer take pick")
_CONDITIONS = stems_of("if when once whenever after")
_VERBS = AUXILIARIES | stems_of(
    "store query use run read write load scan infer create update detect require hold keep copy access support handle "
    "call "
    "allow connect save put land mean provide offer know say choose pick prefer recommend"
)
_STAND_INS = stems_of("one version variant frame flavor flavour kind")
_RELATIVE = stems_of("which who that")
_ARTICLES = stems_of("the a an")
_FILLERS = stems_of("the a an aws amazon and or vs versus apache feature aspect schemesign")


def assign(
    claimed: Sequence[Claimed],
    about: frozenset[str],
    foreign: frozenset[str] = frozenset(),
    compared: Sequence[str] = (),
) -> None:
    """Fills in the subject of every word; `about` and `foreign` are subjects beyond the products known here.

    `compared` are those that the question compares, which "the former" and "the other one" point at.
    """
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
    if len(compared) > 1:
        _point(claimed, compared)


def _point(claimed: Sequence[Claimed], compared: Sequence[str]) -> None:
    """ "The former …, the latter …": clauses that only point at what is compared, in the order in which the text names
    it."""
    stems = [here.word.stem for here in claimed]
    order = sorted(compared, key=lambda name: stems.index(name) if name in stems else len(stems))
    pointed, sentence = -1, -1
    for (number, _), group in groupby(claimed, key=lambda here: (here.sentence, here.clause)):
        clause = list(group)
        named = any(here.word.stem in compared for here in clause)
        place = _pointed_at(clause, pointed)
        if place is not None and place < len(order) and not named:
            pointed, sentence = place, number
        elif named or number != sentence:
            sentence = -1
        if sentence == number:
            _set(clause, (order[pointed],))


def _pointed_at(clause: Sequence[Claimed], pointed: int) -> int | None:
    """Which of the things compared a clause begins with: 0 for "the former"."""
    words = [
        here.word.text for here in clause if here.word.text not in ("the", "with", "and", "while", "but", "whereas")
    ][:3]
    if not words:
        return None
    after = words[1] if len(words) > 1 else ""
    acts = after == "one" or _begins_verb(after)
    if words[0] == "former" or words[0] == "first" and acts or words[0] == "one" and acts and after != "one":
        return 0
    if words[0] in ("latter", "other", "others") or words[0] in ("second", "another") and acts:
        return max(pointed + 1, 1)
    return 2 if words[0] in ("third", "last") and acts else None


def _begins_verb(word: str) -> bool:
    """Whether a word behind "the first" or "one" shows that it stands alone: a verb, an article, "from"."""
    return word in THIRD_PERSON or stem(word) in _VERBS or word in ("a", "from", "'s")


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
    own: tuple[str, ...] = ()
    before: Sequence[Claimed] = ()
    headed = False
    for _, group in groupby(line, key=lambda here: here.clause):
        clause = list(group)
        own = ()
        if clause[0].word.stem in _RELATIVE and last:
            _set(clause, last)
        else:
            said_of_head = headed and bool(set(clause[0].word.lead) & set("—="))
            place = _place(clause, actors - about)
            for number, part in enumerate(_parts(clause, about)):
                own = () if said_of_head and not number else _own(part, actors, about)
                if place and number and not any(_does(here) for here in part) and part[0].word.stem not in _CONTEXT:
                    own = place  # "on EMR you install Spark, Hive, …": the items of a list are said of the place
                _set(part, own or carried)
                if "(" not in clause[0].word.lead and (clause[0].word.stem not in _CONDITIONS or set(own) & about):
                    carried = own or carried
        if bracketed := _alone_in_brackets(clause, actors):
            _set(before, bracketed)
        before = [] if own else clause
        headed = all(here.word.stem in actors or here.word.stem in _FILLERS for here in clause)
        last = next(((here.word.stem,) for here in reversed(clause) if here.word.stem in actors), last)
    return carried


def _alone_in_brackets(clause: Sequence[Claimed], actors: frozenset[str]) -> tuple[str, ...]:
    """The product that is all a pair of brackets holds: "a warehouse to be fed (Redshift)"."""
    names = [here.word.stem for here in clause if here.word.stem in actors]
    alone = (
        "(" in clause[0].word.lead
        and len(names) == 1
        and all(here.word.stem in _FILLERS | {names[0]} for here in clause)
    )
    return (names[0],) if alone else ()


def _place(clause: Sequence[Claimed], foreign: frozenset[str]) -> tuple[str, ...]:
    """The product, not one of the rubric's, that a clause opens with: "On EMR …"."""
    opens = len(clause) > 1 and clause[0].word.stem in _CONTEXT and clause[1].word.stem in foreign
    return (clause[1].word.stem,) if opens else ()


def _does(here: Claimed) -> bool:
    return here.word.stem in _VERBS or here.word.text in THIRD_PERSON


def _parts(clause: Sequence[Claimed], about: frozenset[str]) -> list[list[Claimed]]:
    """A clause cut at commas behind which another of the rubric's subjects begins: `s3a is current, s3n deprecated`."""
    parts: list[list[Claimed]] = [[]]
    for number, here in enumerate(clause):
        said = any(before.word.stem not in about and before.word.stem not in _FILLERS for before in parts[-1])
        after = clause[number + 1].word.stem if number + 1 < len(clause) else ""
        if here.word.stem in _ARTICLES and number + 1 < len(clause):
            here_names = clause[number + 1].word.stem in about
        else:
            here_names = here.word.stem in about
        names = here_names or here.word.stem in _CONTEXT | _CHOICES and after in about
        joined = number > 0 and clause[number - 1].word.stem == "and" and "," in clause[number - 1].word.lead
        if said and names and (joined or set(here.word.lead) & set(",(/")):
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
            if number + 1 < len(clause) and clause[number + 1].word.stem in _STAND_INS:
                names.append(stem + "one")  # "Glue's one", which a rubric may name
        elif stem in _VERBS and number or here.word.text in THIRD_PERSON or stem in PRONOUNS:
            break
    return tuple(dict.fromkeys(names or _agent(clause, actors)))


def _agent(clause: Sequence[Claimed], actors: frozenset[str]) -> list[str]:
    """Who does it in the passive: "the queries are executed by Trino", unless a pronoun or nothing stands before the
    verb."""
    if clause[0].word.stem in PRONOUNS | AUXILIARIES:
        return []
    for number in range(3, len(clause)):
        before = [here.word for here in clause[number - 3 : number]]
        passive = (
            before[0].stem in AUXILIARIES
            and before[1].text.endswith(("ed", "en", "un", "ad"))
            and before[2].text == "by"
        )
        if passive and clause[number].word.stem in actors:
            return [clause[number].word.stem]
    return []


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
    joined = any(here.word.text in ("and", "or") for here in clause[lead:number])
    if joined and lead > 1 and clause[lead - 2].word.stem in _PREPOSITIONS - {"between"} and lead > 2:
        return False  # "streaming for Kafka and Kinesis"
    before = clause[lead - 1].word.stem if lead else ""
    return before not in _PREPOSITIONS or lead == 1 and before in _CONTEXT | _CHOICES


def _set(words: Sequence[Claimed], subject: tuple[str, ...]) -> None:
    for here in words:
        here.subject = subject
