"""The place where test cells run in the examiner's box: it reaches an answer only by asking the driver.

The driver passes the question on and the reply back unread. What a reply may be is `wire.protocol`'s.
"""

from __future__ import annotations

import importlib
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import pyarrow as pa

from groundschool import lab
from groundschool.checks import answers
from groundschool.checks.backend import DagAsked, Fixture, Mistake, Query, Run
from groundschool.engines import engine
from groundschool.fixtures.dataset import Dataset, Part
from groundschool.grading import wire
from groundschool.grading.roles.calls import Calls, Remote
from groundschool.grading.wire import protocol
from groundschool.grading.wire.arguments import put_arguments
from groundschool.grading.wire.budget import Malformed, TooLarge
from groundschool.grading.wire.bundle import Bundle, Value
from groundschool.grading.wire.dataset import part_of, plain
from groundschool.grading.wire.protocol import Message, Request

Reply = TypeVar("Reply", bound=Message)
NO_MESSAGE = "The answer's process sent something that is no answer."


class Examination:
    """The place where test cells run here; see `groundschool.checks.backend.Backend`."""

    examines = True

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.test = ""
        self.example = False
        self.cautious = False
        self.texts: frozenset[str] = frozenset()  # the answers that are text: no function may stand in for a query
        self.functions: frozenset[str] = frozenset()  # and no query for a function
        self.modules: Mapping[str, str] = {}  # that solutions import, by the name they give it
        self.token = ""  # with it the driver marks its own replies
        self.question: Any = None
        self.calls = Calls(self)

    @contextmanager
    def examples(self) -> Iterator[None]:
        self.example = True
        try:
            yield
        finally:
            self.example = False

    def answer(self, name: str) -> Any:
        """The value of an answer as it was at the test cell's place. Raises KeyError when the notebook has none."""
        said, bundle = self.of_answer(protocol.Answer(self.test, self.example, name))
        if isinstance(said, protocol.Absent):
            raise KeyError(name)
        if isinstance(said, protocol.Starter):
            return None
        if isinstance(said, protocol.Function):
            if name in self.texts:
                raise answers.NotAnAnswer(f"`{name}` is a function; text was expected.")
            return Remote(self.calls, name)
        if isinstance(said, protocol.Module):
            return self._module(name, said.name)
        value = _taken(bundle, _expected(said, protocol.Returned).value)
        if name in self.functions and isinstance(value, str) and value.strip():
            raise answers.NotAnAnswer(f"`{name}` is text; a function was expected.")
        return value

    def _module(self, name: str, said: str) -> Any:
        """This side's own module, where the candidate has imported the same under the name as the solution does."""
        wanted = self.modules.get(name, "")
        if said != wanted:
            raise answers.NotAnAnswer(f"`{name}` is the module {said[:100]!r}; it was not expected here.")
        return importlib.import_module(wanted)

    def call(self, answer: Any, positional: Sequence[object], named: Mapping[str, object], changed: bool) -> Any:
        sent = Bundle()
        arguments = put_arguments(sent, positional, named)
        call = protocol.Call(self.test, self.example, answer.__name__, arguments, changed)
        said, bundle = self.of_answer(call, sent)
        value = _taken(bundle, _expected(said, protocol.Returned).value)
        return tuple(value) if changed else value

    def watch(self, answer: Any, positional: Sequence[object], named: Mapping[str, object]) -> tuple[Any, Any]:
        sent = Bundle()
        arguments = put_arguments(sent, positional, named)
        call = protocol.Call(self.test, self.example, answer.__name__, arguments, watched=True)
        said, bundle = self.of_answer(call, sent)
        value = _taken(bundle, _expected(said, protocol.Returned).value)
        if not isinstance(value, list) or len(value) != 2:
            raise answers.NotAnAnswer(NO_MESSAGE)
        return value[0], value[1]

    def read(self, name: str) -> bytes | None:
        said, bundle = self.of_answer(protocol.Read(self.test, self.example, name))
        return _taken_bytes(bundle) if _expected(said, protocol.Content).there else None

    def run(self, name: str, arguments: Sequence[str], given: Mapping[str, bytes], collect: Sequence[str]) -> Run:
        asked = protocol.RunScript(self.test, self.example, name, tuple(arguments), tuple(given), tuple(collect))
        said, bundle = self.of_answer(asked, Bundle(list(given.values())))
        ran = _expected(said, protocol.ScriptRan)
        files = {file: _taken_bytes(bundle) for file in ran.there}
        return Run(ran.exit, ran.output, {file: files.get(file) for file in collect})

    def ask_airflow(self, name: str, run: DagAsked | None) -> Any:
        said, bundle = self.of_answer(protocol.AskAirflow(self.test, self.example, name, run))
        return _taken(bundle, _expected(said, protocol.Returned).value)

    def query(self, text: str, dataset: Dataset, how: Query) -> pa.Table:
        sent = Bundle()
        parts = tuple(protocol.Given(name, sent.put(plain(part))) for name, part in dataset.items())
        asked = protocol.Query(self.test, self.example, text, parts, how.engine, how.kind, how.leaves)
        said, blobs = protocol.ROWS.read(self._ask(asked, sent))
        if isinstance(said, protocol.Refused):
            raise engine.QueryRefused(said.message[:500])
        if isinstance(said, protocol.QueryFailed):
            raise (engine.QueryOutOfMemory if said.out_of_memory else engine.QueryFailed)(said.message[:2000])
        if isinstance(said, protocol.Ended):
            self._stop(said)
        return _taken(Bundle(blobs), said.value)

    def client(self, service: str, role: str) -> Any:
        return lab.client(service, role)

    def requests(self) -> Sequence[Any]:
        return lab.requests()

    def part(self, fixture: Fixture) -> Part:
        asked = protocol.Fixture(self.test, False, fixture.name, dict(fixture.options), fixture.part)
        said, bundle = self._of_knowledge(asked)
        return part_of(bundle.take(_expected(said, protocol.Returned).value))

    def expected(self, check: str, compute: Callable[[], Any]) -> Any:
        said, bundle = self._of_knowledge(protocol.Expected(self.test, False, check))
        if isinstance(said, protocol.Returned):
            return bundle.take(said.value)
        value, sent = compute(), Bundle()
        self._of_knowledge(protocol.Learn(self.test, False, check, sent.put(value)), sent)
        return value

    def rubric(self, question: str) -> str:
        said, _ = self._of_knowledge(protocol.Rubric(self.test))
        return _expected(said, protocol.RubricText).text

    def marked(self, question: str) -> str:
        said, _ = self._of_knowledge(protocol.Marked(self.test))
        return _expected(said, protocol.RubricText).text

    def mistakes(self) -> Sequence[Mistake]:
        said, _ = self._of_knowledge(protocol.Mistakes(self.test))
        return _expected(said, protocol.KnownMistakes).mistakes

    def opened(self, question: Any) -> None:
        self.question = question

    def _ask(self, request: Request, bundle: Bundle) -> bytes:
        """One request to the driver, one reply."""
        wire.send_raw(self.channel, protocol.pack(request, bundle.blobs))
        return wire.receive_raw(self.channel, protocol.LARGEST_REQUEST)

    def of_answer(self, request: Request, bundle: Bundle | None = None) -> tuple[Message, Bundle]:
        """A reply of the candidate's side, or of the driver for it. Raises what it says went wrong there."""
        try:
            said, blobs = protocol.ANSWERS.read(self._ask(request, bundle or Bundle()))
        except (Malformed, TooLarge):
            raise answers.NotAnAnswer(NO_MESSAGE) from None
        if isinstance(said, protocol.Refused):
            raise answers.NotAnAnswer(said.message[:500])
        if isinstance(said, protocol.Raised):
            raise answers.AnswerRaised.of(said.kind[:100], said.message[:2000])
        if isinstance(said, protocol.Ended):
            self._stop(said)
        return said, Bundle(blobs)

    def _of_knowledge(self, request: Request, bundle: Bundle | None = None) -> tuple[Message, Bundle]:
        said, blobs = protocol.KNOWLEDGE.read(self._ask(request, bundle or Bundle()))
        return said, Bundle(blobs)

    def _stop(self, said: protocol.Ended) -> NoReturn:
        """The candidate's process can send this, too: it may say that it ended, in no words of its own."""
        if said.token != self.token:
            raise answers.Stopped("crashed", answers.ENDED)
        raise answers.Stopped(said.outcome, said.message)


def _expected(said: Message, kind: type[Reply]) -> Reply:
    if not isinstance(said, kind):
        raise answers.NotAnAnswer(NO_MESSAGE)
    return said


def _taken(bundle: Bundle, value: Value) -> Any:
    """A value from the candidate's side. Raises NotAnAnswer when it is not plain data in our form."""
    try:
        return bundle.take(value)
    except (Malformed, TooLarge) as error:
        raise answers.NotAnAnswer(str(error)[:500]) from None


def _taken_bytes(bundle: Bundle) -> bytes:
    try:
        return bundle.take_bytes()
    except Malformed as error:
        raise answers.NotAnAnswer(str(error)[:500]) from None
