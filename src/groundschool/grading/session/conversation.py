"""Grades one notebook: the order in which its boxes are asked, and who hears what.

All candidate cells run before any hidden input exists, and nothing they print afterwards is kept. The driver passes
answers on unread; what the examiner's replies earn is `verdicts`'.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import msgspec

from groundschool.checks.answers import Stopped
from groundschool.checks.verdict import Outcome
from groundschool.course import TESTS, WRITES_FILE, Cell, Notebook, Role, without_magics
from groundschool.grading.session.absent import Gone, to_be_read, words
from groundschool.grading.session.budget import WALLS, Budget
from groundschool.grading.session.candidate import CandidateSide
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.forbidden import evaluated
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.session.preparation import NOTHING
from groundschool.grading.session.process import Side
from groundschool.grading.session.verdicts import (
    Ending,
    Examined,
    Faulty,
    Missing,
    NotRun,
    Unexamined,
    examined,
    verdict,
    with_examples,
)
from groundschool.grading.wire import protocol
from groundschool.grading.wire.budget import Malformed, TooLarge
from groundschool.grading.wire.protocol import Message

NOT_DONE = (
    "The test cell needs the answer's own text or process for `{call}`; that is not done where verdicts are "
    "made. `t.call` runs a query."
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
        self.candidate = CandidateSide(engine, notebook, cells, files, knowledge.opened)
        self._token = secrets.token_hex(16)  # tells our replies to the examiner from those passed on
        self._queried: dict[str, Budget] = {}
        self._ended: dict[tuple[str, bool], Stopped] = {}  # the questions whose queries are not run any more
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
        """Runs the cells, then every test cell: all visible parts first, so that what they show cannot hold hidden
        data.
        """
        self.candidate.run_all()
        tests = [test for test in self.notebook.tests if attempted.get(test.id, True)]
        visible = {test.id: self._part(test, hidden=False) for test in tests}
        found = {test.id: self._both(test, visible[test.id]) for test in tests}
        found |= self._explained([test for test in tests if found[test.id].can_explain], found)
        return [found.get(test.id) or Examined(verdict(test, 0.0, "not_attempted")) for test in self.notebook.tests]

    def examine(self, test: Cell) -> Examined:
        """One test cell against the cells run so far."""
        return self._both(test, self._part(test, hidden=False))

    def examine_answer(self, test: Cell, source: str) -> Examined:
        """One test cell against one more cell: how a trusted answer is tried."""
        for example in (False, True):
            self._ended.pop((test.id, example), None)
        self._queried.pop(test.id, None)
        try:
            self.candidate.try_cell(test, source)
        except Stopped as stopped:
            return Examined(verdict(test, 0.0, cast(Outcome, stopped.outcome), str(stopped)))
        return self.examine(test)

    def _explained(self, tests: Sequence[Cell], found: Mapping[str, Examined]) -> dict[str, Examined]:
        """Counterexamples, once all verdicts stand. Whoever saw a hidden input has ended before: nothing can be passed
        on.
        """
        if tests:
            self.candidate.close()
            self._close_queries()
        return {test.id: self._with_examples(test, found[test.id]) for test in tests}

    def _with_examples(self, test: Cell, given: Examined) -> Examined:
        if self._examiner is None or test.id not in self._begun:
            return given  # another question has cost this one its examiner
        try:
            said = self._converse(self._examiner, test.id, protocol.Explain(test.id))
        except Stopped:
            return given
        return with_examples(given, said.examples) if isinstance(said, protocol.Explained) else given

    def _both(self, test: Cell, visible: Ending | protocol.Continues) -> Examined:
        """The verdict of both parts, of which the visible one ended so."""
        if isinstance(visible, protocol.Continues) and test.id not in self._begun:
            # Another question has cost its examiner; by now the answer may have seen hidden data.
            visible = self._part(test, hidden=False, cautious=True)
        ending = self._part(test, hidden=True) if isinstance(visible, protocol.Continues) else visible
        if isinstance(ending, protocol.Continues):
            ending = Unexamined("The examiner's reply could not be read.")
        if (
            isinstance(ending, protocol.Failed)
            and ending.why == "absent"
            and ending.name in self.notebook.answers | self.notebook.lent.keys()
        ):
            ending = self._missing(test, ending.name)
        return examined(test, ending)

    def _missing(self, test: Cell, name: str) -> Missing:
        own = self.candidate.reason(test.id)
        gone = Gone(name, self.candidate.source(test.id), own.reason if own else "", name in self.notebook.texts)
        outcome = own.outcome if own and own.outcome else "crashed"
        if outcome == "crashed" and test.question in self.notebook.needs.rubrics:
            return Missing(f"{words(gone)} {to_be_read(gone)}", "needs_person")
        return Missing(words(gone), outcome)

    def _part(self, test: Cell, *, hidden: bool, cautious: bool = False) -> Ending | protocol.Continues:
        if fault := self.knowledge.faults.get(test.id):
            return Faulty(fault)
        prepared = self.candidate.prepared[test.id]
        source = "\n".join([*prepared.statements, without_magics(test.source)])
        helpers = tuple(without_magics(cell.source) for cell in self.notebook.plain)
        if call := evaluated(source, prepared.answers, helpers):
            return NotRun(NOT_DONE.format(call=call))
        # Where it builds on what is hidden in another test cell, nothing that it shows may tell of it.
        sources = ("", test.source) if prepared.hidden else test.visible_and_hidden
        part = protocol.Part(
            test.id,
            without_magics(sources[hidden]),
            hidden,
            last=hidden or not sources[1].strip(),
            cautious=cautious or hidden,
            setup=self._above(test),
            before=prepared.statements if hidden == prepared.hidden else (),
            answers=prepared.answers,
            named=prepared.named if hidden == prepared.hidden else (),
            in_place=self.knowledge.opened.get(test.id, NOTHING).arguments,
        )
        try:
            examiner = self._ready_examiner()
            self._begun.add(test.id)
            if self.candidate.lab:
                self.candidate.lab.restore(test.id)
            said = self._converse(examiner, test.id, part)
        except Stopped as stopped:
            if self._examiner:
                self._examiner.close()
            self._examiner = None
            self._begun.clear()
            return Unexamined(f"The examiner stopped: {stopped}")
        ended = protocol.Continues | protocol.Judged | protocol.Scored | protocol.Failed | protocol.Ended
        return said if isinstance(said, ended) else Unexamined("The examiner's reply could not be read.")

    def _above(self, test: Cell) -> int:
        """How many plain cells stand above a test cell."""
        cells = self.notebook.cells
        return sum(cell.role == Role.PLAIN for cell in cells[: cells.index(test)])

    def _ready_examiner(self) -> Side:
        """The examiner, which has the instructor's plain cells."""
        if self._examiner is None:
            notebook = self.notebook
            folders = [notebook.beside] if notebook.beside else []
            self._examiner = self.engine.examiner(notebook.needs, folders, self.candidate.lab)
            begin = protocol.Begin(
                tuple(_as_python(cell) for cell in notebook.plain),
                texts=tuple(sorted(notebook.texts)),
                functions=tuple(sorted(notebook.functions)),
                modules=notebook.lent,
                token=self._token,
            )
            self._converse(self._examiner, "", begin)
        return self._examiner

    def _converse(self, examiner: Side, test: str, message: Message) -> Message:
        """Serves the examiner's requests until it is done with this one. Raises Stopped."""
        body = protocol.pack(message)
        try:
            while True:
                said, blobs = protocol.EXAMINER.read(examiner.relay(body))
                if not isinstance(said, protocol.Request):
                    return said
                body = self._served(msgspec.structs.replace(said, test=test), blobs)
        except (Malformed, TooLarge):
            raise Stopped("crashed", "it sent something that is no message.") from None

    def _served(self, request: protocol.Request, blobs: list[bytes]) -> bytes:
        try:
            match request:
                case (
                    protocol.Answer()
                    | protocol.Call()
                    | protocol.Tell()
                    | protocol.Read()
                    | protocol.RunScript()
                    | protocol.AskAirflow()
                ):
                    return self._candidate_for(request).ask(request, blobs)
                case protocol.Query():
                    return self._query(request, blobs)
                case protocol.Fixture() | protocol.Expected() | protocol.Learn() | protocol.Mistakes():
                    return self.knowledge.reply(request, blobs)
                case protocol.Rubric():
                    return self._text_of(self.notebook.needs.rubrics, request)
                case protocol.Marked():
                    return self._text_of(self.notebook.needs.marked, request)
        except Stopped as stopped:
            return protocol.pack(protocol.Ended(protocol.end(stopped.outcome), str(stopped), self._token))
        raise Malformed(f"A request arrived that nobody serves: {type(request).__name__}.")

    def _text_of(self, texts: Mapping[str, str], request: protocol.Request) -> bytes:
        return protocol.pack(protocol.RubricText(texts.get(request.test.removesuffix(TESTS), "")))

    def _candidate_for(self, request: protocol.Request) -> CandidateSide:
        if not request.example:
            return self.candidate
        if self._clean is None:
            self._clean = self.candidate.again()
        return self._clean

    def _query(self, request: protocol.Query, blobs: list[bytes]) -> bytes:
        """Passes a query on. Raises Stopped, now and ever after, when its process dies of it."""
        asked = request.test, request.example
        if asked in self._ended:
            raise self._ended[asked]
        try:
            return self._queried_in(self._queries(request.example), request, blobs)
        except Stopped as stopped:
            self._ended[asked] = stopped
            raise

    def _queried_in(self, side: Side, request: protocol.Query, blobs: list[bytes]) -> bytes:
        limit = side.limits.wall_seconds
        budget = self._queried.setdefault(request.test, Budget(limit * WALLS, "The question's queries"))
        with budget.step(limit) as seconds:
            return side.relay(protocol.pack(request, blobs), seconds)

    def _queries(self, example: bool) -> Side:
        if example not in self._sql or not self._sql[example].alive:
            self._sql[example] = self.engine.queries(self.notebook.needs)
        return self._sql[example]

    def _close_queries(self) -> None:
        for side in self._sql.values():
            side.close()


def _as_python(cell: Cell) -> str:
    """A plain cell as Python that needs no front end; the file that it may write is a file there, too."""
    if written := WRITES_FILE.match(cell.source):
        text = cell.source.partition("\n")[2]
        return f"with open({written.group(1)!r}, 'w') as _file:\n    _file.write({text!r})\n"
    return without_magics(cell.source)
