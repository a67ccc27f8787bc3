"""The results of grading as they are kept, and who handed in what: the one truth that pages, tables and gradebook are
views of.

A result is named by the hash of what it depends on, and is there or not: it is written by atomic rename. A hand-in says
whose work it is and which result it has. What a person decided belongs to the hand-in it was given for; it is laid over
here, and kept in the gradebook. How results come about is left to `grading`.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from groundschool.checks.verdict import Outcome, Result, Verdict
from groundschool.safe import clean_terminal

FOR_A_PERSON = frozenset({"needs_person", "refused"})  # outcomes that go to a person
UMASK = os.umask(0o077)
os.umask(UMASK)
UNSETTLED = frozenset({"timed_out", "needs_person"})  # what kept those from a verdict may be gone the next time


@dataclass(frozen=True)
class HandIn:
    """What one candidate handed in for a topic. `flags` tell what was odd about finding it.

    `work` is the hash of what was handed in, `key` the name of its result. `place` is "", or names where something lay
    that could not be graded; it is then known by that, not by its content. `name` is the candidate's as people write
    it. `at` is when it was last graded, in nanoseconds. `before` is the name of the result that it had before another
    one was made of the same work, "" where there was none. `source` is the folder or file in which it was last found,
    "" where that is not known; `instead_of` that of an earlier hand-in in whose place it counts, "" where it is the
    same: another source may be somebody else's doing.
    """

    candidate: str
    topic: str
    work: str
    key: str
    flags: tuple[str, ...] = ()
    place: str = ""
    name: str = ""
    at: int = field(default_factory=time.time_ns)
    before: str = ""
    source: str = ""
    instead_of: str = ""


@dataclass(frozen=True)
class Decision:
    """What a person entered for a question of one hand-in. `points` is None for a comment alone.

    `given` is false where the person let the proposed points stand.
    """

    points: float | None
    max: float
    comment: str = ""
    given: bool = True


Decisions = Mapping[str, Decision]  # by question
Reviews = Mapping[tuple[str, str, str], Decisions]  # by candidate, topic and work


@dataclass(frozen=True)
class Shown:
    """A result as people see it. Of several hand-ins of a candidate for a topic one is `newest`; `work` tells them
    apart.
    """

    result: Result
    work: str = ""
    newest: bool = True


class Results:
    """The results and hand-ins of a course, in `.groundschool/`. What cannot be written is kept in memory for this
    run.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / ".groundschool"
        self.lost: str = ""  # why something could not be kept
        self._results: dict[str, Result] = {}
        self._hand_ins: dict[tuple[str, str, str], HandIn] = {}
        self._last: tuple[str, int, Result] | None = None  # one result is asked for several times in a row

    def keep(
        self, key: str, result: Result, notebook: NotebookNode | None, questions: Mapping[str, str] | None = None
    ) -> None:
        """Keeps a result with the notebook it belongs to, under no candidate's name. `questions` names what each of its
        verdicts depends on.
        """
        nameless = replace(result, candidate="")
        try:
            folder = self.folder / "results" / key
            folder.mkdir(parents=True, exist_ok=True)
            if notebook is not None:
                write_whole(folder / "notebook.ipynb", json.dumps(notebook))
            write_whole(folder / "questions.json", json.dumps(dict(questions or {})))
            write_whole(folder / "result.json", json.dumps(nameless.to_json()))
        except OSError as error:
            self._results[key], self.lost = nameless, error.strerror or str(error)

    def load(self, key: str) -> Result | None:
        """The result of this name; None when there is none, or one of another version."""
        path = self.folder / "results" / key / "result.json"
        try:
            changed = path.stat().st_mtime_ns
            last = self._last  # other threads ask, too
            if last is None or last[:2] != (key, changed):
                last = key, changed, Result.from_json(json.loads(path.read_text(encoding="utf-8")))
                self._last = last
            return last[2]
        except (OSError, ValueError, KeyError, TypeError):
            return self._results.get(key)

    def questions(self, key: str) -> dict[str, str]:
        """By question, the name of what its verdict in this result depends on; empty where that is not known."""
        try:
            body = json.loads((self.folder / "results" / key / "questions.json").read_text(encoding="utf-8"))
            return {str(question): str(name) for question, name in body.items()}
        except (OSError, ValueError, AttributeError):
            return {}

    def notebook(self, key: str) -> NotebookNode | None:
        """The executed notebook of a result; None when there is none."""
        try:
            body = json.loads((self.folder / "results" / key / "notebook.ipynb").read_text(encoding="utf-8"))
            return nbformat.from_dict(body)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def record(self, hand_in: HandIn) -> HandIn:
        """Notes a hand-in, and returns it as noted. The one of the same work, or at the same place where nothing could
        be graded, is replaced; which result it had is noted, too. Where the candidate is another person's, as when two
        runs at once gave it to two, it is noted as older than that one's and flagged.
        """
        others = [each for each in self.hand_ins_of(hand_in.candidate, hand_in.topic) if each.work != hand_in.work]
        if others and _person(owner := min(others, key=_claim)) != _person(hand_in) and _claim(owner) < _claim(hand_in):
            oldest = min(each.at for each in others)
            told = f"The candidate {hand_in.candidate} is another person; this hand-in does not count as the newest."
            flags = tuple(dict.fromkeys((*hand_in.flags, told)))
            hand_in = replace(hand_in, at=min(hand_in.at, oldest - 1), flags=flags)
        elif others and hand_in.source and others[0].source not in ("", hand_in.source):
            hand_in = replace(hand_in, instead_of=others[0].source)
        if earlier := self.hand_in(hand_in.candidate, hand_in.topic, hand_in.work):
            before = earlier.before if earlier.key == hand_in.key else earlier.key
            hand_in = replace(hand_in, before=before)
        folder = self._of(hand_in.candidate, hand_in.topic)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / f"{hand_in.work}.json", json.dumps(asdict(hand_in)))
        except OSError as error:
            self._hand_ins[hand_in.candidate, hand_in.topic, hand_in.work] = hand_in
            self.lost = error.strerror or str(error)
        return hand_in

    def people(self) -> list[tuple[str, str]]:
        """The candidates of all hand-ins, each with the name as people write it; first whom a name belongs to."""
        return [(each.candidate, each.name or each.candidate) for each in sorted(self.hand_ins(), key=_claim)]

    def forget(self, hand_in: HandIn) -> None:
        """Drops the note of a hand-in that was never graded."""
        self._hand_ins.pop((hand_in.candidate, hand_in.topic, hand_in.work), None)
        (self._of(hand_in.candidate, hand_in.topic) / f"{hand_in.work}.json").unlink(missing_ok=True)

    def hand_ins(self) -> list[HandIn]:
        """All hand-ins by candidate and topic, the newest of each first."""
        return _ordered([*self._read("*/*/*.json"), *self._hand_ins.values()])

    def hand_ins_of(self, candidate: str, topic: str) -> list[HandIn]:
        """A candidate's hand-ins for a topic, the newest first."""
        here = [each for each in self._hand_ins.values() if (each.candidate, each.topic) == (candidate, topic)]
        kept = _hand_ins_in(self._of(candidate, topic).glob("*.json"))
        return _ordered([*kept, *here])

    def hand_in(self, candidate: str, topic: str, work: str) -> HandIn | None:
        """The note of one hand-in; None when there is none."""
        kept = _hand_ins_in(iter([self._of(candidate, topic) / f"{work}.json"]))
        return self._hand_ins.get((candidate, topic, work)) or next(kept, None)

    def _read(self, pattern: str) -> Iterator[HandIn]:
        return _hand_ins_in((self.folder / "hand-ins").glob(pattern))

    def _of(self, candidate: str, topic: str) -> Path:
        return self.folder / "hand-ins" / candidate / topic


def folded(name: str) -> str:
    """What some system may take the name for: without case, compatible forms and ignored characters told apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _person(hand_in: HandIn) -> str:
    """Who handed in, however the name is written."""
    return folded(hand_in.name or hand_in.candidate)


def _claim(hand_in: HandIn) -> tuple[bool, int]:
    """The least of several under one candidate's name says whose that is: who is called so, else who came first."""
    return _person(hand_in) != folded(hand_in.candidate), hand_in.at


def told_sources(earlier: str, now: str) -> str:
    """The two sources in words, each by as little of its path as tells them apart."""
    before, after = (Path(clean_terminal(each).replace("\n", " ")).parts for each in (earlier, now))
    least = next((n for n in range(1, len(before) + len(after)) if before[-n:] != after[-n:]), 1)
    shown_before, shown_after = ("/".join(parts[-least:]).replace("//", "/") for parts in (before, after))
    return f'found in "{shown_after}", in place of an earlier one found in "{shown_before}"'


def is_settled(result: Result) -> bool:
    """Whether a result stands: none of its verdicts is missing for a reason that may be gone the next time."""
    return not UNSETTLED & {verdict.outcome for verdict in result.questions}


def waits(verdict: Verdict) -> bool:
    """Whether a person has to decide an answer."""
    return verdict.outcome in FOR_A_PERSON


def named(result: Result, hand_in: HandIn) -> Result:
    """The result as this candidate's."""
    told = told_sources(hand_in.instead_of, hand_in.source) if hand_in.instead_of else ""
    counted = (f"This hand-in counts: {told}. Grade that again where it is to count.",) if told else ()
    flags = tuple(dict.fromkeys((*hand_in.flags, *counted, *result.flags)))
    return replace(result, candidate=hand_in.candidate, topic=hand_in.topic, flags=flags, name=hand_in.name)


def reviewed(result: Result, own: Decisions, earlier: Decisions) -> Result:
    """The result with what a person decided: for this hand-in (`own`), and for `earlier` ones, which are told and not
    taken over.
    """
    return replace(
        result,
        questions=tuple(
            _reviewed(verdict, own.get(verdict.question), earlier.get(verdict.question)) for verdict in result.questions
        ),
    )


def _reviewed(verdict: Verdict, own: Decision | None, earlier: Decision | None) -> Verdict:
    if own and own.comment:
        verdict = replace(verdict, notes=(*verdict.notes, f"Comment: {own.comment}"))
    if own and own.points is not None:
        return verdict.with_points(own.points, _outcome(verdict, own.points), _reason(verdict, own))
    if earlier and earlier.given and earlier.points is not None:
        told = (
            f"A person gave {earlier.points:g} of {earlier.max:g} to an earlier hand-in; "
            f"this one earns {verdict.points:g} of {verdict.max:g} automatically. A person decides."
        )
        return verdict.with_points(verdict.points, "needs_person", f"{told} {verdict.reason}".strip())
    return verdict


def _outcome(verdict: Verdict, points: float) -> Outcome:
    if abs(points - verdict.points) < 1e-6 and verdict.outcome not in FOR_A_PERSON:
        return verdict.outcome
    return "passed" if points >= verdict.max else "partial" if points > 0 else "failed"


def _reason(verdict: Verdict, decision: Decision) -> str:
    if not decision.given:
        return f"A person let the proposed points stand. {verdict.reason}".strip()
    return f"Points set by a person; graded automatically: {verdict.points:g}."


def earlier(reviews: Reviews, hand_ins: Sequence[HandIn], own: HandIn) -> Decisions:
    """What was decided of older hand-ins than `own`, by question; of several decisions that on the newest."""
    found: dict[str, Decision] = {}
    for each in sorted(hand_ins, key=lambda each: each.at):
        if each.work != own.work and each.at <= own.at:
            found |= reviews.get((each.candidate, each.topic, each.work), {})
    return found


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file by atomic rename: its old content or its new one is there, never a part. Raises OSError."""
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        os.chmod(fresh, 0o666 & ~UMASK)
        os.replace(fresh, path)
    except BaseException:
        os.unlink(fresh)
        raise


def _hand_ins_in(paths: Iterator[Path]) -> Iterator[HandIn]:
    for path in paths:
        try:
            body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            yield HandIn(**{**body, "flags": tuple(body["flags"])})
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _ordered(hand_ins: list[HandIn]) -> list[HandIn]:
    """One for each work: what is in memory is newer than what is on disk."""
    known = {(each.candidate, each.topic, each.work): each for each in hand_ins}
    return sorted(known.values(), key=lambda each: (each.candidate, each.topic, -each.at, each.work))
