"""Grades one notebook: runs its cells on the candidate's side, then the test cells on the examiner's, and keeps the verdicts.

All candidate cells run before any hidden input exists, and nothing they print afterwards is kept. The driver passes answers on
unread; from the examiner it reads verdicts in a small schema.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from groundschool.checks.answers import REFUSED, Stopped
from groundschool.checks.verdict import OUTCOMES, Check, Counterexample, Outcome, Verdict, verdict_from_json
from groundschool.course import Cell, Notebook, without_magics
from groundschool.grading import wire
from groundschool.grading.roles.examiner import ENDS
from groundschool.grading.session.candidate import WALLS, CandidateSide
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.forbidden import evaluated
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.session.process import CAP, Side
from groundschool.grading.wire.budget import Malformed, TooLarge
from groundschool.safe import clean_terminal

FAULT = "This question cannot be graded automatically: its own solution does not pass its tests as it should."
CANDIDATE_OPERATIONS = frozenset({"answer", "call", "read", "run"})


@dataclass(frozen=True)
class Examined:
    """A question's verdict, and the fingerprints of what each check saw, by which a mistake is recognised again."""

    verdict: Verdict
    seen: Mapping[str, str] = field(default_factory=dict)
    can_explain: bool = False


class Session:
    """One submission, from first cell to last verdict. A context manager: nothing keeps running when it ends."""

    def __init__(
        self,
        engine: Engine,
        notebook: Notebook,
        cells: Sequence[Cell],
        knowledge: Knowledge,
        *,
        files: Path | None = None,
    ) -> None:
        self.engine, self.notebook, self.knowledge = engine, notebook, knowledge
        self.candidate = CandidateSide(engine, notebook, cells, files)
        self._token = secrets.token_hex(16)  # tells our replies to the examiner from those passed on
        self._queried = 0.0  # seconds
        self._clean: CandidateSide | None = None  # for counterexamples: never sees a hidden input
        self._examiner: Side | None = None
        self._begun: set[str] = set()  # the tests whose visible part this examiner has run
        self._sql: dict[bool, Side] = {}  # one for examples, which never sees a hidden input either

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.candidate.close()
        for side in (self._clean, self._examiner):
            if side:
                side.close()
        self._close_queries()

    def run(self, attempted: Mapping[str, bool]) -> list[Examined]:
        """Runs the cells, then every test cell: all visible parts first, so that what they show cannot hold hidden data."""
        self.candidate.run_all()
        tests = [test for test in self.notebook.tests if attempted.get(test.id, True)]
        visible = {test.id: self._part(test, "visible") for test in tests}
        found = {test.id: self._both(test, visible[test.id]) for test in tests}
        found |= self._explained([test for test in tests if found[test.id].can_explain], found)
        return [found.get(test.id) or Examined(_verdict(test, 0.0, "not_attempted")) for test in self.notebook.tests]

    def examine(self, test: Cell) -> Examined:
        """One test cell against the cells run so far."""
        return self._both(test, self._part(test, "visible"))

    def examine_answer(self, test: Cell, source: str) -> Examined:
        """One test cell against one more cell: how a trusted answer is tried."""
        try:
            self.candidate.try_cell(test, source)
        except Stopped as stopped:
            return Examined(_verdict(test, 0.0, cast(Outcome, stopped.outcome), str(stopped)))
        return self.examine(test)

    def _explained(self, tests: Sequence[Cell], found: Mapping[str, Examined]) -> dict[str, Examined]:
        """Counterexamples, once all verdicts stand. Whoever saw a hidden input has ended before: nothing can be passed on."""
        if tests:
            self.candidate.close()
            self._close_queries()
        return {test.id: self._with_examples(test, found[test.id]) for test in tests}

    def _with_examples(self, test: Cell, examined: Examined) -> Examined:
        if self._examiner is None or test.id not in self._begun:
            return examined  # another question has cost this one its examiner
        try:
            examples = self._converse(self._examiner, test.id, {"op": "explain", "id": test.id})["examples"]
            checks = [
                replace(check, counterexample=Counterexample(**examples[str(number)]))
                if str(number) in examples
                else check
                for number, check in enumerate(examined.verdict.checks)
            ]
        except (Stopped, KeyError, TypeError):
            return examined
        return replace(examined, verdict=replace(examined.verdict, checks=tuple(checks)))

    def _both(self, test: Cell, visible: dict[str, Any]) -> Examined:
        hidden = test.visible_and_hidden[1].strip()
        if hidden and not _ended(visible) and test.id not in self._begun:
            # Another question has cost its examiner; by now the answer may have seen hidden data.
            visible = self._part(test, "visible", cautious=True)
        return self._read(test, self._part(test, "hidden") if hidden and not _ended(visible) else visible)

    def _part(self, test: Cell, part: str, *, cautious: bool = False) -> dict[str, Any]:
        if fault := self.knowledge.faults.get(test.id):
            return {"fault": fault}
        if call := evaluated(test, self.notebook.answers_of(test)):
            return {
                "refused": f"The test cell needs the answer's own text or process for `{call}`; that is not done where verdicts are made. `t.call` runs a query."
            }
        visible, hidden = test.visible_and_hidden
        if self._examiner is None:
            self._examiner = self.engine.examiner(self.candidate.lab, rubrics=self.notebook.uses_rubrics)
            setup = [without_magics(cell.source) for cell in self.notebook.plain]
            self._converse(
                self._examiner,
                "",
                {
                    "op": "begin",
                    "setup": setup,
                    "texts": sorted(self.notebook.texts),
                    "functions": sorted(self.notebook.functions),
                    "token": self._token,
                },
            )
        head = {
            "op": "test",
            "id": test.id,
            "part": part,
            "source": hidden if part == "hidden" else visible,
            "last": part == "hidden" or not hidden.strip(),
            "cautious": cautious or part == "hidden",
            "answers": list(self.notebook.answers_of(test)),
        }
        self._begun.add(test.id)
        try:
            return self._converse(self._examiner, test.id, head)
        except Stopped as stopped:
            if self._examiner:
                self._examiner.close()
            self._examiner = None
            self._begun.clear()
            return {"examiner": f"The examiner stopped: {stopped}"}

    def _converse(self, examiner: Side, test: str, head: dict[str, Any]) -> dict[str, Any]:
        """Serves the examiner's requests until it is done with this one."""
        message = examiner.relay(wire.pack(head), cap=CAP)
        try:
            raw, blobs = wire.unpack(message)
            while raw.get("op") != "done":
                raw, blobs = wire.unpack(examiner.relay(self._served(test, raw, blobs), cap=CAP))
        except (Malformed, TooLarge):
            raise Stopped("crashed", "it sent something that is no message.") from None
        return raw

    def _served(self, test: str, head: dict[str, Any], blobs: list[bytes]) -> bytes:
        try:
            if head["op"] in CANDIDATE_OPERATIONS:
                return self._candidate_for(head).ask(test, {**head, "test": test}, blobs)
            if head["op"] == "query":
                return self._query(head, blobs)
        except Stopped as stopped:
            told = {"outcome": stopped.outcome, "message": str(stopped)}
            return wire.pack({"stopped": told, "token": self._token})
        return wire.pack(*self.knowledge.reply(test, head, blobs))

    def _candidate_for(self, head: dict[str, Any]) -> CandidateSide:
        if not head.get("example"):
            return self.candidate
        if self._clean is None:
            self._clean = CandidateSide(self.engine, self.notebook, self.candidate.cells, self.candidate.files)
            self._clean._culprits = set(self.candidate._culprits)
        return self._clean

    def _query(self, head: dict[str, Any], blobs: list[bytes]) -> bytes:
        example = bool(head.get("example"))
        if example not in self._sql or not self._sql[example].alive:
            self._sql[example] = self.engine.sql()
        limit = self._sql[example].limits.wall_seconds
        left = limit * WALLS - self._queried
        if left <= 0:
            raise Stopped("timed_out", f"The queries ran longer than {limit * WALLS:g} seconds altogether.")
        start = time.monotonic()
        try:
            return self._sql[example].relay(wire.pack(head, blobs), min(limit, left))
        finally:
            self._queried += time.monotonic() - start

    def _close_queries(self) -> None:
        for side in self._sql.values():
            side.close()

    def _read(self, test: Cell, reply: dict[str, Any]) -> Examined:
        """The verdict of a reply. Whatever is not a positive verdict in the small schema earns nothing."""
        if reply.get("fault"):
            found = Check("the question's own solution", False, True, FAULT, detail=str(reply["fault"]))
            return Examined(_verdict(test, 0.0, "needs_person", FAULT, found))
        if reply.get("examiner"):
            return Examined(_verdict(test, 0.0, "needs_person", str(reply["examiner"])))
        if reply.get("refused"):
            return Examined(_verdict(test, 0.0, "refused", reply["refused"]))
        if reply.get("verdict"):
            return Examined(
                _validated(test, reply["verdict"]),
                {str(name)[:500]: str(seen)[:500] for name, seen in dict(reply["seen"]).items()},
                reply.get("can_explain") is True,
            )
        if reply.get("stopped"):
            stopped = reply["stopped"]
            outcome = stopped["outcome"] if stopped["outcome"] in ENDS else "crashed"
            return Examined(_verdict(test, 0.0, cast(Outcome, outcome), str(stopped["message"])))
        error = reply.get("error")
        return Examined(self._of_error(test, error) if error else _of_value(test, reply.get("value")))

    def _of_error(self, test: Cell, error: dict[str, Any]) -> Verdict:
        words = "" if error["hidden"] or error["cautious"] else error["message"]
        if error["missing"] in self.notebook.answers:
            own = self.candidate.reason(test.id)
            reason = f"`{error['missing']}` does not exist" + (
                f". Its cell: {own.reason}" if own else "; no cell defines it."
            )
            return _verdict(test, 0.0, own.outcome if own and own.outcome else "crashed", reason)
        if error["refused"]:
            refused = Check("test", False, error["hidden"], words or REFUSED, detail=error["message"])
            return _verdict(test, 0.0, "refused", words or REFUSED, refused)
        if error["assertion"]:
            return _verdict(
                test, 0.0, "failed", words, Check("test", False, error["hidden"], words, detail=error["message"])
            )
        if error["raised"]:
            return _verdict(
                test,
                0.0,
                "crashed",
                words,
                Check(
                    "test",
                    False,
                    error["hidden"],
                    words or "The answer stopped with an error.",
                    detail=error["message"],
                ),
            )
        if "checks.question" in test.source:
            return _verdict(test, 0.0, "needs_person", f"The test cell itself failed with {error['kind']}.")
        return _verdict(
            test,
            0.0,
            "failed",
            words,
            Check("test", False, error["hidden"], words, detail=f"{error['kind']}: {error['message']}"),
        )


def _ended(reply: dict[str, Any]) -> bool:
    """Whether a part of a test cell ended before its last line."""
    return any(reply.get(end) for end in ("error", "stopped", "examiner", "refused", "fault"))


def _harmless(check: Check) -> Check:
    """A check whose texts, some of them a candidate's, can be shown in a terminal."""
    return replace(check, message=clean_terminal(check.message), detail=clean_terminal(check.detail))


def _verdict(test: Cell, points: float, outcome: Outcome, reason: str = "", *checks: Check) -> Verdict:
    return Verdict(
        test.question,
        points,
        test.points,
        outcome,
        reason=clean_terminal(reason)[:1000],
        checks=tuple(map(_harmless, checks)),
    )


def _of_value(test: Cell, value: Any) -> Verdict:
    """A test cell without `checks` that reached its last line: that line's float, or all points."""
    points = test.points if value is None else value
    if type(points) is not float or not 0 <= points <= test.points:
        return _verdict(
            test,
            0.0,
            "needs_person",
            f"The test cell ended with {value!r}; a float between 0 and {test.points:g} was expected.",
        )
    return _verdict(
        test,
        points,
        "passed" if points == test.points else "partial" if points else "failed",
        "",
        Check("test", points == test.points, True),
    )


def _validated(test: Cell, body: Any) -> Verdict:
    """A verdict that says what it may: this question, points between nothing and its maximum, an outcome of the table."""
    try:
        verdict = verdict_from_json(body)
        honest = verdict.outcome in OUTCOMES and type(verdict.points) is float and 0 <= verdict.points <= test.points
        complete = not verdict.checks or verdict.points < test.points or all(check.passed for check in verdict.checks)
        if honest and complete and len(verdict.checks) <= 1000:
            return Verdict(
                test.question,
                verdict.points,
                test.points,
                verdict.outcome,
                verdict.signals,
                verdict.checks,
                verdict.notes,
                verdict.reason,
            )
    except (KeyError, TypeError, ValueError):
        pass
    return _verdict(test, 0.0, "needs_person", "The examiner's verdict could not be read.")
