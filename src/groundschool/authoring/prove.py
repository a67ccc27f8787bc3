"""Proves a topic's questions: the starter earns nothing, right answers earn everything, every mistake fails with its
message.

Runs what people could hand in through the same sides as grading, and draws two tables: mistake by check, and rule by
check by mistake (`rules.py`). Where asked, small changes of right answers are tried too (`mutants.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from groundschool import fixtures
from groundschool.authoring import build, mutants, rules
from groundschool.authoring.mutants import Mutant
from groundschool.authoring.rules import RuleProof
from groundschool.checks.backend import Mistake
from groundschool.checks.mistakes import explain
from groundschool.checks.points import VISIBLE_SHARE
from groundschool.checks.verdict import Verdict
from groundschool.course import Cell, Misstated, Topic, breaks, message, read, solution_of, states_message
from groundschool.grading.rehearsal.lesson import Lesson, learned, prepare
from groundschool.grading.rehearsal.rehearsal import Rehearsal, recorded
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge, none_known
from groundschool.grading.session.verdicts import Examined

COPIED = "copied_example"  # the mistake that returns the prompt's example, whatever it is given
FEWEST_ANSWERS = 3
FEWEST_MISTAKES = 6
SECOND_SEED = 20_240_229


@dataclass(frozen=True)
class Proof:
    """One question's proof. `killed` maps each mistake to the checks it fails; `faults` says what does not hold.

    `survivors` are mutants that earn all points and are not listed as meaning the same, of the `mutants` that were
    tried.
    """

    topic: str
    question: str
    checks: tuple[str, ...]
    answers: int
    killed: dict[str, tuple[str, ...]]
    rules: tuple[RuleProof, ...]
    mutants: int
    survivors: tuple[Mutant, ...]
    faults: tuple[str, ...]


def prove(engine: Engine, topic: Topic, *, question: str = "", mutate: bool = False) -> Iterator[Proof]:
    """The proof of every question of a topic, or of the one with this id, as each is done; with `mutate`, mutants of
    its right answers are tried too. Raises Misstated for an id of no question, BuildRefused for a notebook to be built.
    """
    build.refuse_stale(topic)
    if question and question not in topic.manifest.questions:
        raise Misstated(f"{topic.name} has no question {question!r}; it has: {', '.join(topic.manifest.questions)}.")
    notebook, released = topic.notebook(), read(topic.released)
    lesson = learned(engine, prepare(topic, fixtures.PRACTICE_SEED, engine.isolation), question=question)
    knowledge = replace(lesson.knowledge(engine), faults={}, mistakes=none_known)  # both are told here in full instead
    with (
        Rehearsal(engine, notebook, knowledge) as rehearsal,
        Rehearsal(engine, notebook, Knowledge(SECOND_SEED, learning=True)) as second,
    ):
        for test in (test for test in notebook.tests if question in ("", test.question)):
            yield _Trial(lesson, test, rehearsal, second).prove(solution_of(released, test), mutate)


class _Trial:
    def __init__(self, lesson: Lesson, test: Cell, rehearsal: Rehearsal, second: Rehearsal) -> None:
        self.lesson, self.topic = lesson, lesson.topic
        self.test, self.rehearsal, self.second = test, rehearsal, second
        self.faults: list[str] = []

    def prove(self, starter: str, mutate: bool) -> Proof:
        """Tries everything there is for this question."""
        solution = self.rehearsal.solution(self.test)
        first = self._full(self.rehearsal, solution, "the solution")
        self._full(self.rehearsal, solution, "the solution, run again")
        self._full(self.second, solution, "the solution on a second seed")
        blank = self.rehearsal.examine(self.test, starter).verdict
        self._expect(
            blank.outcome == "not_attempted" and blank.points == 0,
            f"the starter is {blank.outcome} with {blank.points:g} points",
        )
        answers = self.topic.attempts("answers", self.test.question)
        self._expect(
            len(answers) >= FEWEST_ANSWERS,
            f"{len(answers)} other right answers; at least {FEWEST_ANSWERS} were expected",
        )
        for path in answers:
            self._full(self.rehearsal, self.rehearsal.attempt(self.test, path), f"answers/{path.name}")
        killed = self._mistakes()
        self._useful(first, killed)
        ruled = self._rules(first, killed)
        tried = self._mutants() if mutate else ()
        survivors = self._survivors(tried)
        return Proof(
            topic=self.topic.name,
            question=self.test.question,
            checks=tuple(check.name for check in first.checks),
            answers=len(answers),
            killed=killed,
            rules=ruled,
            mutants=len(tried),
            survivors=survivors,
            faults=tuple(self.faults),
        )

    def _full(self, rehearsal: Rehearsal, source: str, name: str) -> Verdict:
        verdict = rehearsal.examine(self.test, source).verdict
        why = (
            "; ".join(f"{check.name}: {check.detail or check.message}" for check in verdict.checks if not check.passed)
            or verdict.reason
        )
        self._expect(
            verdict.points == self.test.points, f"{name} earns {verdict.points:g} of {self.test.points:g}: {why}"
        )
        return verdict

    def _mistakes(self) -> dict[str, tuple[str, ...]]:
        paths = self.topic.attempts("mistakes", self.test.question)
        self._expect(len(paths) >= FEWEST_MISTAKES, f"{len(paths)} mistakes; at least {FEWEST_MISTAKES} were expected")
        texts = {path.suffix for path in paths} <= {".txt"}
        self._expect(
            texts or any(path.stem == COPIED for path in paths),
            f"no mistake is called {COPIED}: the prompt's example, copied",
        )
        for path in (path for path in paths if not states_message(path)):
            self.faults.append(f"mistakes/{path.name} has no message: its first line is to be a comment that tells it")
        messages = [message(path) for path in paths]
        self._expect(len(set(messages)) == len(messages), "two mistakes share a message")
        tried = {path: self.rehearsal.examine(self.test, self.rehearsal.attempt(self.test, path)) for path in paths}
        if self.lesson.recorded(self.test.id) is None:
            self.lesson.record(self.test, [recorded(path, found) for path, found in tried.items()])
        known = [Mistake(**record) for record in self.lesson.recorded(self.test.id) or ()]
        return {path.stem: self._mistake(path, found, known) for path, found in tried.items()}

    def _mistake(self, path: Path, found: Examined, known: Sequence[Mistake]) -> tuple[str, ...]:
        """The checks that a mistake fails. It is recognised among the known ones as the examiner does it."""
        verdict = found.verdict
        failed = tuple(check for check in explain(verdict.checks, found.seen, known) if not check.passed)
        self._expect(verdict.points < self.test.points, f"mistakes/{path.name} survives with {verdict.points:g} points")
        constant = path.stem == COPIED and verdict.points > self.test.points * VISIBLE_SHARE
        self._expect(
            not constant, f"the example copied from the prompt earns {verdict.points:g} of {self.test.points:g}"
        )
        told = {check.message for check in failed} | set(verdict.notes)
        self._expect(
            message(path) in told, f"mistakes/{path.name} is not told its message, but: {' | '.join(sorted(told))}"
        )
        return tuple(check.name for check in failed)

    def _useful(self, solution: Verdict, killed: dict[str, tuple[str, ...]]) -> None:
        failed = {name for names in killed.values() for name in names}
        for check in solution.checks:
            self._expect(not check.hidden or check.name in failed, f"the hidden check {check.name!r} fails no mistake")
        visible = sum(check.passed for check in solution.checks if not check.hidden)
        self._expect(visible > 0, "there is no visible check")

    def _rules(self, solution: Verdict, killed: dict[str, tuple[str, ...]]) -> tuple[RuleProof, ...]:
        stated = rules.stated(self.rehearsal.notebook, self.test)
        self._expect(
            bool(stated) or not self._kinds(),
            "the prompt states no rule; list what it promises, each with its name: `- **name**: …`",
        )
        broken = {path.stem: breaks(path) for path in self.topic.attempts("mistakes", self.test.question)}
        found = rules.proofs(stated, broken, killed, [check.name for check in solution.checks if check.hidden])
        self.faults += [fault for proof in found for fault in proof.faults]
        self.faults += rules.strangers(stated, broken)
        return found

    def _mutants(self) -> tuple[Mutant, ...]:
        """Mutants of the solution and of the right answers in other styles; none where answers are prose."""
        paths, kinds = self.topic.attempts("answers", self.test.question), self._kinds()
        solution = {f"solution{kind}": self._solution(kind) for kind in kinds}
        return mutants.chosen(
            {**solution, **{path.name: path.read_text("utf-8") for path in paths if path.suffix in kinds}}
        )

    def _kinds(self) -> set[str]:
        """The kinds of files that hold its other right answers, but for prose."""
        return {path.suffix for path in self.topic.attempts("answers", self.test.question)} - {".txt"}

    def _solution(self, kind: str) -> str:
        """The instructor's solution as a file of answers would hold it."""
        source = self.rehearsal.solution(self.test)
        return mutants.text_of(source, self.test.question) if kind == ".sql" else source

    def _survivors(self, tried: tuple[Mutant, ...]) -> tuple[Mutant, ...]:
        alive = tuple(mutant for mutant in tried if self._survives(mutant))
        listed = mutants.accepted(self.topic.list_of_mutants(self.test.question))
        unlisted = tuple(mutant for mutant in alive if not any(line.covers(mutant) for line in listed))
        self.faults += [f"a mutant of {mutant.answer} survives: {mutant.change}" for mutant in unlisted]
        for line in listed if tried else ():
            self._expect(
                any(map(line.covers, alive)),
                f"the list of mutants speaks of {line.change!r}, but no such mutant survives",
            )
        return unlisted

    def _survives(self, mutant: Mutant) -> bool:
        query = mutant.answer.endswith(".sql")
        source = f"{self.test.question} = {mutant.text!r}\n" if query else mutant.text
        names = self.rehearsal.notebook.answers_of(self.test)
        forgotten = "".join(f"globals().pop({name!r}, None)\n" for name in names)  # of the answer tried before
        return self.rehearsal.examine(self.test, forgotten + source).verdict.points == self.test.points

    def _expect(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)
