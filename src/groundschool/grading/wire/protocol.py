"""What the driver and the boxes of a submission say to each other: every request, and every reply it may get.

Structs with a tag; a field or a kind that is not named here is refused. How a message travels is `message`'s, how a
value looks in it `values`'. The order in which they are sent is drawn in docs/how-grading-works.md.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, Generic, Literal, TypeVar, get_args

import msgspec

from groundschool.checks.backend import DagAsked, Mistake
from groundschool.checks.verdict import Counterexample, Verdict
from groundschool.engines.engine import Kind
from groundschool.grading.wire import message
from groundschool.grading.wire.budget import Malformed
from groundschool.grading.wire.bundle import Value
from groundschool.grading.wire.cells import CellRan as CellRan
from groundschool.grading.wire.cells import Check as Check
from groundschool.grading.wire.cells import Checked as Checked
from groundschool.grading.wire.cells import EndFork as EndFork
from groundschool.grading.wire.cells import Fork as Fork
from groundschool.grading.wire.cells import Forked as Forked
from groundschool.grading.wire.cells import Keep as Keep
from groundschool.grading.wire.cells import Kept as Kept
from groundschool.grading.wire.cells import Message as Message
from groundschool.grading.wire.cells import RunCell as RunCell
from groundschool.grading.wire.cells import TakeOver as TakeOver

# Bytes of a message into a box: the tables of a call. What comes out is capped by the box's limits.
LARGEST_REQUEST = 256 << 20
LARGEST_SHOWN = 16 << 20  # bytes of a message that the driver reads itself: outputs of a cell, JSON around 2 MB of text

End = Literal["crashed", "timed_out", "out_of_memory", "refused"]
ENDS: dict[str, End] = {each: each for each in get_args(End)}
Why = Literal["absent", "refused", "assertion", "raised", "other"]


def end(outcome: str) -> End:
    """The end of that name; anything else is a crash."""
    return ENDS.get(outcome, "crashed")


# -- the examiner to the candidate, passed on by the driver, which adds `test` and never reads a reply
class Request(Message, frozen=True):
    """A request of the examiner's. `example`: for a counterexample, to a process that never saw a hidden input."""

    test: str = ""
    example: bool = False


class Answer(Request, frozen=True):
    """One kept answer. -> Absent | Starter | Function | Module | Returned"""

    name: str = ""


class Argument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An argument of a call: a plain value, or what is to be made of it on the other side."""

    name: str  # empty for one that is given by position
    kind: Literal["value", "frame", "stream", "file", "folder", "client", "function", "answer"]
    value: Value | None = (
        None  # of a value or a frame; a stream's, a file's and a folder's content is a blob of its own
    )
    detail: str = (
        ""  # a frame's engine, the name of a file or folder, of a client's service, of a function of either side
    )
    role: str = ""  # whose credentials a client has
    at_once: int = 0  # bytes that one read of a stream gives at most
    breaks: bool = False  # whether a stream breaks off where its content ends


class Call(Request, frozen=True):
    """Call a kept function. -> Returned; where `live`, also Function | Iterating | Asks"""

    name: str = ""
    arguments: tuple[Argument, ...] = ()
    changed: bool = False  # the arguments are wanted back as they are after the call
    watched: bool = False  # what it has cost in Spark is wanted, too
    live: bool = False  # functions may cross, and what the call changed of its arguments is told


class Tell(Request, frozen=True):
    """What a function of the test's has returned, or raised. -> as of the call that asked"""

    value: Value | None = None
    kind: str = ""
    message: str = ""


class Read(Request, frozen=True):
    """The content of a kept file. -> Content"""

    name: str = ""


class RunScript(Request, frozen=True):
    """Run a kept file as a script. -> ScriptRan"""

    name: str = ""
    arguments: tuple[str, ...] = ()
    given: tuple[str, ...] = ()  # files that lie beside it, their contents as blobs
    collect: tuple[str, ...] = ()  # files that are wanted afterwards


class AskAirflow(Request, frozen=True):
    """Read a kept file of Dags as Airflow does, or run one of them once. -> Returned"""

    name: str = ""
    run: DagAsked | None = None


class Absent(Message, frozen=True):
    """The notebook has no such answer."""


class Starter(Message, frozen=True):
    """The answer was left as it was handed out."""


class Function(Message, frozen=True):
    """The answer is a function, or has returned one, which has a name of its own; it can be called."""

    name: str = ""


class Iterating(Message, frozen=True):
    """The answer has returned an iterator. The function of this name takes one of its methods, with arguments."""

    name: str


class Asks(Message, frozen=True):
    """The answer calls a function of the test's. Then comes Tell."""

    name: str
    arguments: tuple[Argument, ...] = ()


class Module(Message, frozen=True):
    """The answer is a module that a cell has imported."""

    name: str


class Returned(Message, frozen=True):
    """A value; of a live call also the arguments that it changed, by place or name."""

    value: Value
    changed: dict[str, Value] = msgspec.field(default_factory=dict)


class Content(Message, frozen=True):
    """A file's content as a blob, or nothing."""

    there: bool


class ScriptRan(Message, frozen=True):
    """What a script did; the files that are there lie in the blobs."""

    exit: int
    output: str
    there: tuple[str, ...]


class Raised(Message, frozen=True):
    """The answer's code raised."""

    kind: str
    message: str


class Refused(Message, frozen=True):
    """What was asked or handed over is not one of the kinds of answers, or no query that may run."""

    message: str


class Ended(Message, frozen=True):
    """The process is gone, or was stopped at a limit. Believed with the driver's token only."""

    outcome: End
    message: str
    token: str = ""


# -- the examiner to the queries
class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named part of a dataset."""

    name: str
    value: Value


class Query(Request, frozen=True):
    """Run a text over a dataset, as it says in `checks.backend.Query`. -> Returned | Refused | QueryFailed"""

    text: str = ""
    dataset: tuple[Given, ...] = ()
    engine: str = ""
    kind: Kind = "select"
    leaves: str = ""


class QueryFailed(Message, frozen=True):
    """The engine could not run the query, or had not the memory for it."""

    message: str
    out_of_memory: bool = False


# -- the examiner to the driver
class Fixture(Request, frozen=True):
    """A part of hidden data. -> Returned"""

    name: str = ""
    options: dict[str, Any] = msgspec.field(default_factory=dict)
    part: str = ""


class Expected(Request, frozen=True):
    """What a hidden check expects. -> Returned | Unknown"""

    check: str = ""


class Learn(Request, frozen=True):
    """What a hidden check expects, made by the examiner. -> Done"""

    check: str = ""
    value: Value = Value(None)


class Mistakes(Request, frozen=True):
    """The known mistakes of the question. -> KnownMistakes"""


class Rubric(Request, frozen=True):
    """The rubric of the short answer. -> RubricText"""


class Marked(Request, frozen=True):
    """The answers to the question that persons have marked. -> RubricText"""


class Unknown(Message, frozen=True):
    """Nobody has computed it yet."""


class KnownMistakes(Message, frozen=True):
    """Each with what it gives in each check."""

    mistakes: tuple[Mistake, ...]


class RubricText(Message, frozen=True):
    """A file that belongs to a short answer, as it stands; empty when the question has none."""

    text: str


class Done(Message, frozen=True):
    """It was done; there is nothing to say of it."""


# -- the driver to the examiner
class Begin(Message, frozen=True):
    """The instructor's plain cells, and what is known of answers by their names. -> Done"""

    setup: tuple[str, ...]
    texts: tuple[str, ...]
    functions: tuple[str, ...]
    modules: dict[str, str]  # that solutions import, by the name they give it
    token: str


class Part(Message, frozen=True):
    """Run one part of a test cell. -> Continues | Judged | Scored | Failed | Ended"""

    test: str
    source: str
    hidden: bool
    last: bool  # no other part of this test cell follows
    cautious: bool  # hidden data may have reached the answer before
    setup: int  # how many plain cells stand above it
    before: tuple[str, ...]  # statements of other cells that it builds on
    answers: tuple[str, ...]  # the names that are fetched from the candidate's side
    named: tuple[str, ...]  # those that are fetched before they are used
    in_place: bool  # what a call changes of its arguments is taken over


class Explain(Message, frozen=True):
    """Look for counterexamples for a test cell that has its verdict. -> Explained"""

    test: str


class Continues(Message, frozen=True):
    """The part ran to its end, and another follows."""


class Judged(Message, frozen=True):
    """The test cell has a verdict."""

    verdict: Verdict
    seen: dict[str, str]
    can_explain: bool


class Scored(Message, frozen=True):
    """A test cell without `checks` reached its last line: that line's number, as text when it is no score."""

    value: float | str | None


class Failed(Message, frozen=True):
    """A part of a test cell raised. `why` says of what kind the error was; `name` is the name that does not exist."""

    why: Why
    kind: str
    message: str
    hidden: bool
    cautious: bool
    name: str = ""


class Explained(Message, frozen=True):
    """Counterexamples by the number of the failed check."""

    examples: dict[str, Counterexample]


ToCandidate = RunCell | Keep | Fork | EndFork | TakeOver | Check | Answer | Call | Read | RunScript | AskAirflow | Tell
OfCell = CellRan | Kept | Forked | Checked | Done | Raised | Refused
OfAnswer = (
    Absent | Starter | Function | Iterating | Asks | Module | Returned | Content | ScriptRan | Raised | Refused | Ended
)
OfQuery = Returned | Refused | QueryFailed | Ended
OfKnowledge = Returned | Unknown | KnownMistakes | RubricText | Done
ToExaminer = Begin | Part | Explain
OfTests = (
    Answer
    | Call
    | Tell
    | Read
    | RunScript
    | AskAirflow
    | Query
    | Fixture
    | Expected
    | Learn
    | Mistakes
    | Rubric
    | Marked
)
OfExaminer = OfTests | Done | Continues | Judged | Scored | Failed | Ended | Explained
Said = TypeVar("Said", bound=Message)


class Kinds(Generic[Said]):
    """The messages that may arrive at one place, and no others."""

    def __init__(self, union: Any) -> None:
        self._union = union

    def read(self, body: bytes) -> tuple[Said, list[bytes]]:
        """The message of a body, with its blobs. Raises Malformed or TooLarge."""
        head, blobs = message.unpack(body)
        try:
            found: Said = msgspec.convert(head, self._union)
        except (msgspec.ValidationError, RecursionError) as error:
            raise Malformed(f"A message arrived that is none of those expected here: {str(error)[:200]}.") from None
        return found, blobs

    def receive(self, sock: socket.socket, cap: int = LARGEST_REQUEST) -> tuple[Said, list[bytes]]:
        """The next message on a socket. Raises Closed, TooLarge, Malformed or TimeoutError."""
        return self.read(message.receive_raw(sock, cap))


REQUESTS: Kinds[ToCandidate] = Kinds(ToCandidate)
ANSWERS: Kinds[OfAnswer] = Kinds(OfAnswer)
QUERIES: Kinds[Query] = Kinds(Query)
ROWS: Kinds[OfQuery] = Kinds(OfQuery)
KNOWLEDGE: Kinds[OfKnowledge] = Kinds(OfKnowledge)
PARTS: Kinds[ToExaminer] = Kinds(ToExaminer)
EXAMINER: Kinds[OfExaminer] = Kinds(OfExaminer)
CELLS: Kinds[OfCell] = Kinds(OfCell)


def pack(said: Message, blobs: Sequence[bytes] = ()) -> bytes:
    """A message's body. Raises TooLarge, or ValueError for what JSON cannot hold."""
    return message.pack(msgspec.to_builtins(said), blobs)
