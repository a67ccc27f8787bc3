"""Grades one notebook: runs its cells on the candidate's side, then the test cells on the examiner's, and keeps the verdicts.

All candidate cells run before any hidden input exists, and nothing they print afterwards is kept. The driver passes answers on
unread; from the examiner it reads verdicts in a small schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from groundschool.checks.answers import Stopped
from groundschool.checks.verdict import OUTCOMES, Check, Outcome, Verdict, verdict_from_json
from groundschool.course import Cell, Notebook
from groundschool.grading import wire
from groundschool.grading.budget import Malformed, TooLarge
from groundschool.grading.engine import Engine
from groundschool.grading.knowledge import Knowledge
from groundschool.grading.side import Side

MOST_RESTARTS = 2
CANDIDATE_OPERATIONS = frozenset({"answer", "call", "read", "run"})
Output = dict[str, Any]


@dataclass(frozen=True)
class Ran:
    """What a candidate's cell showed, and how it ended (`reason` is empty when it ran to its end)."""

    outputs: tuple[Output, ...]
    reason: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Examined:
    """A question's verdict, and the fingerprints of what each check saw, by which a mistake is recognised again."""

    verdict: Verdict
    seen: Mapping[str, str] = field(default_factory=dict)


class CandidateSide:
    """The candidate's process with its cells run; made anew, without the cells that killed it, at most twice."""

    def __init__(self, engine: Engine, notebook: Notebook, cells: Sequence[Cell], files: Path | None) -> None:
        self.engine, self.notebook, self.cells, self.files = engine, notebook, cells, files
        self.ran: dict[int, Ran] = {}
        self.flags: list[str] = []
        self.most_restarts = MOST_RESTARTS
        self._culprits: set[int] = set()
        self._restarts = 0
        self._side: Side | None = None
        self._tests = {test.id: test for test in notebook.tests}
        self.lab = engine.lab() if notebook.uses_lab else None

    def run_all(self) -> None:
        """Runs every cell, in as many processes as it takes."""
        place = 0
        while place < len(self.cells):
            try:
                self._start(upto=place)
                while place < len(self.cells):
                    self._run(place, record=True)
                    place += 1
            except Stopped as stopped:
                if not self._blame(place, stopped):
                    self._give_up(place, stopped)
                    return
                place += 1

    def ask(self, test: str, head: dict[str, Any], blobs: Sequence[bytes]) -> bytes:
        """Passes a request of the examiner's on. Raises Stopped when the process dies of it."""
        if self._side is None or not self._side.alive:
            if self._restarts > self.most_restarts:
                raise Stopped("crashed", "Its process ended too often.")
            self._start(upto=len(self.cells))
        assert self._side is not None
        try:
            return self._side.ask(head, blobs)
        except Stopped:
            self._restarts += 1
            self._culprits |= self._cells_of(test)
            raise

    def close(self) -> None:
        """Ends the process."""
        if self._side:
            self._side.close()
        if self.lab:
            self.lab.close()

    def _start(self, upto: int) -> None:
        if self._side and self._side.alive:
            return
        if self.lab:
            self.lab.renew()  # its state is what the cells make of it, which run again
        self._side = self.engine.candidate(jvm=self.notebook.uses_spark, files=self.files, lab=self.lab)
        for place in range(upto):
            if place not in self._culprits:
                self._run(place, record=False)

    def _run(self, place: int, record: bool) -> None:
        cell = self.cells[place]
        assert self._side is not None
        if cell.role == "test":
            test = self._tests.get(cell.id, cell)
            self._side.read(
                {
                    "op": "keep",
                    "test": cell.id,
                    "names": list(self.notebook.answers_of(test)),
                    "files": list(self.notebook.files),
                }
            )
            return
        reply = _outputs(self._side.read({"op": "cell", "source": cell.source}))
        if record:
            error = next((output for output in reply["outputs"] if output["output_type"] == "error"), None)
            reason = f"{error['ename']}: {error['evalue']}"[:300] if error and not reply["ok"] else ""
            self.ran[place] = Ran(tuple(reply["outputs"]), reason, "crashed" if reason else None)
            if reply["dropped"] and not self.flags:
                self.flags.append("The notebook printed more than 2 MB; the rest of its output was dropped.")

    def _blame(self, place: int, stopped: Stopped) -> bool:
        self.ran[place] = Ran((_error_output(stopped),), str(stopped), cast(Outcome, stopped.outcome))
        self._culprits.add(place)
        self._restarts += 1
        return self._restarts <= self.most_restarts

    def _give_up(self, place: int, stopped: Stopped) -> None:
        for later in range(place + 1, len(self.cells)):
            self.ran[later] = Ran(
                (), f"Not run: an earlier cell ended the process ({stopped})", cast(Outcome, stopped.outcome)
            )

    def _cells_of(self, test: str) -> set[int]:
        """The cells since the test cell before this one: where a question's own code stands."""
        ends = [place for place, cell in enumerate(self.cells) if cell.role == "test"]
        end = next((place for place in ends if self.cells[place].id == test), len(self.cells))
        start = max((place for place in ends if place < end), default=-1)
        return {
            place
            for place in range(start + 1, end)
            if self.cells[place].role == "solution" or self.cells[place].role == "extra"
        }

    def try_cell(self, test: Cell, source: str) -> None:
        """Runs one more cell and keeps its answers as those of `test`. Raises Stopped when the process dies of it."""
        if self.lab and self._side:
            self._side.close()  # what one answer left in the lab must not help the next
        self._start(upto=len(self.cells))
        assert self._side is not None
        reply = _outputs(self._side.read({"op": "cell", "source": source}))
        error = next((output for output in reply["outputs"] if output["output_type"] == "error"), None)
        self.tried = f"{error['ename']}: {error['evalue']}"[:300] if error else ""
        self._side.read(
            {
                "op": "keep",
                "test": test.id,
                "names": list(self.notebook.answers_of(test)),
                "files": list(self.notebook.files),
            }
        )

    def reason(self, test: str) -> Ran | None:
        """How the question's own cells ended, when one did not run to its end."""
        return next(
            (
                self.ran[place]
                for place in sorted(self._cells_of(test))
                if place in self.ran and self.ran[place].outcome
            ),
            None,
        )


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
        self.explains = True
        self._clean: CandidateSide | None = None  # for counterexamples: never sees a hidden input
        self._examiner: Side | None = None
        self._begun: set[str] = set()  # the tests whose visible part this examiner has run
        self._sql: Side | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.candidate.close()
        for side in (self._clean, self._examiner, self._sql):
            if side:
                side.close()

    def run(self, attempted: Mapping[str, bool]) -> list[Examined]:
        """Runs the cells, then every test cell: all visible parts first, so that what they show cannot hold hidden data."""
        self.candidate.run_all()
        tests = [test for test in self.notebook.tests if attempted.get(test.id, True)]
        visible = {test.id: self._part(test, "visible") for test in tests}
        found = {test.id: self._both(test, visible[test.id]) for test in tests}
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

    def _both(self, test: Cell, visible: dict[str, Any]) -> Examined:
        hidden = test.visible_and_hidden[1].strip()
        if hidden and not _ended(visible) and test.id not in self._begun:
            visible = self._part(test, "visible")  # another question has cost its examiner
        return self._read(test, self._part(test, "hidden") if hidden and not _ended(visible) else visible)

    def _part(self, test: Cell, part: str) -> dict[str, Any]:
        visible, hidden = test.visible_and_hidden
        if self._examiner is None:
            self._examiner = self.engine.examiner(self.candidate.lab, rubrics=self.notebook.uses_rubrics)
            setup = [cell.source for cell in self.notebook.cells if cell.role == "plain"]
            self._converse(self._examiner, "", {"op": "begin", "setup": setup, "explains": self.explains})
        head = {
            "op": "test",
            "id": test.id,
            "part": part,
            "source": hidden if part == "hidden" else visible,
            "last": part == "hidden" or not hidden.strip(),
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
        message = examiner.ask(head)
        try:
            raw, blobs = wire.unpack(message)
            while raw.get("op") != "done":
                raw, blobs = wire.unpack(examiner.relay(self._served(test, raw, blobs)))
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
            return wire.pack({"stopped": {"outcome": stopped.outcome, "message": str(stopped)}})
        return wire.pack(*self.knowledge.reply(test, head, blobs))

    def _candidate_for(self, head: dict[str, Any]) -> CandidateSide:
        if not head.get("example"):
            return self.candidate
        if self._clean is None:
            self._clean = CandidateSide(self.engine, self.notebook, self.candidate.cells, self.candidate.files)
            self._clean._culprits = set(self.candidate._culprits)
        return self._clean

    def _query(self, head: dict[str, Any], blobs: list[bytes]) -> bytes:
        if self._sql is None or not self._sql.alive:
            self._sql = self.engine.sql()
        return self._sql.ask(head, blobs)

    def _read(self, test: Cell, reply: dict[str, Any]) -> Examined:
        """The verdict of a reply. Whatever is not a positive verdict in the small schema earns nothing."""
        if reply.get("examiner"):
            return Examined(_verdict(test, 0.0, "needs_person", str(reply["examiner"])))
        if reply.get("verdict"):
            return Examined(
                _validated(test, reply["verdict"]),
                {str(name)[:500]: str(seen)[:500] for name, seen in dict(reply["seen"]).items()},
            )
        if reply.get("stopped"):
            stopped = reply["stopped"]
            return Examined(_verdict(test, 0.0, stopped["outcome"], stopped["message"]))
        error = reply.get("error")
        return Examined(self._of_error(test, error) if error else _of_value(test, reply.get("value")))

    def _of_error(self, test: Cell, error: dict[str, Any]) -> Verdict:
        words = "" if error["hidden"] else error["message"]
        if error["missing"] in self.notebook.answers:
            own = self.candidate.reason(test.id)
            reason = f"`{error['missing']}` does not exist" + (
                f". Its cell: {own.reason}" if own else "; no cell defines it."
            )
            return _verdict(test, 0.0, own.outcome if own and own.outcome else "crashed", reason)
        if error["refused"]:
            return _verdict(test, 0.0, "refused", error["message"])
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
    return any(reply.get(end) for end in ("error", "stopped", "examiner"))


def _verdict(test: Cell, points: float, outcome: Outcome, reason: str = "", *checks: Check) -> Verdict:
    return Verdict(test.question, points, test.points, outcome, reason=reason[:1000], checks=checks)


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


def _outputs(head: dict[str, Any]) -> dict[str, Any]:
    """The outputs of a cell, in nbformat's shape and nothing else; the message is hostile."""
    given = head.get("outputs")
    outputs = (
        [clean for output in given if isinstance(output, dict) and (clean := _clean(output))]
        if isinstance(given, list)
        else []
    )
    return {"outputs": outputs, "ok": head.get("ok") is True, "dropped": bool(head.get("dropped"))}


def _clean(output: dict[str, Any]) -> Output | None:
    kind = output.get("output_type")
    if kind == "stream":
        return {
            "output_type": "stream",
            "name": "stderr" if output.get("name") == "stderr" else "stdout",
            "text": str(output.get("text", "")),
        }
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": "error", "ename": str(output.get("ename", ""))[:200], "evalue": str(output.get("evalue", ""))[:2000],
            "traceback": [str(line) for line in lines][:40] if isinstance(lines, list) else [],
        }  # fmt: skip
    data = output.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, dict):
        return None
    bundle = {str(name): value for name, value in data.items() if isinstance(value, str)}
    return {
        "output_type": kind,
        "data": bundle,
        "metadata": {},
        **({"execution_count": None} if kind == "execute_result" else {}),
    }


def _error_output(stopped: Stopped) -> Output:
    return {"output_type": "error", "ename": stopped.outcome, "evalue": str(stopped), "traceback": [str(stopped)]}
