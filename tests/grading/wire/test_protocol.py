"""What the boxes say to each other crosses unchanged, and nothing that is not named in the protocol is taken for it."""

from __future__ import annotations

import inspect
from typing import Any

import pyarrow as pa
import pytest

from groundschool.checks.answers import Client, File, Folder, Frame, Stream
from groundschool.checks.backend import Mistake
from groundschool.checks.verdict import Check, Counterexample, Verdict
from groundschool.grading import wire
from groundschool.grading.wire import protocol
from groundschool.grading.wire.arguments import put_arguments, take_arguments
from groundschool.grading.wire.budget import Malformed
from groundschool.grading.wire.bundle import Bundle, Value

SHOWN = {"columns": ["a"], "rows": [["1"]]}
VERDICT = Verdict("q", 1.5, 4.0, "partial", ("bonus",), (Check("c", False, True, counterexample=Counterexample(SHOWN, None, SHOWN)),))  # fmt: skip
SAID: list[tuple[Any, protocol.Message]] = [
    (protocol.REQUESTS, protocol.RunCell("1 + 1")),
    (protocol.REQUESTS, protocol.Keep("t", ("a",), ("job.py",))),
    (protocol.REQUESTS, protocol.Call("t", True, "f", (protocol.Argument("x", "value", Value([1, "\ud800"])),))),
    (protocol.CELLS, protocol.CellRan([{"output_type": "stream"}], "", False)),
    (protocol.ANSWERS, protocol.Returned(Value({"t": "dict", "v": []}, 3))),
    (protocol.QUERIES, protocol.Query("t", False, "select 1", (protocol.Given("a", Value(None, 1)),))),
    (protocol.KNOWLEDGE, protocol.KnownMistakes((Mistake("m", "told", {"check": "print"}),))),
    (protocol.PARTS, protocol.Part("t", "1", True, True, False, 0, ("b = 1",), ("a",), (), True)),
    (protocol.EXAMINER, protocol.Judged(VERDICT, {"c": "print"}, True)),
    (protocol.EXAMINER, protocol.Explained({"0": Counterexample(SHOWN, SHOWN, SHOWN, "error")})),
    (protocol.EXAMINER, protocol.Ended("timed_out", "too long", "token")),
]


@pytest.mark.parametrize(("kinds", "said"), SAID, ids=lambda value: type(value).__name__)
def test_a_message_arrives_as_it_was_sent(kinds: Any, said: protocol.Message) -> None:
    assert kinds.read(protocol.pack(said, [b"blob"])) == (said, [b"blob"])


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"is": "nothing"},
        {"is": "runcell", "source": "1"},
        {"is": "function", "more": 1},
        {"is": "content"},
        {"is": "content", "there": "yes"},
        {"is": "returned", "value": {"json": 1, "blobs": "many"}},
        {"is": "returned", "value": {"json": 1, "extra": 1}},
        {"is": "ended", "outcome": "passed", "message": ""},
        {"is": ["function"]},
    ],
)
def test_what_is_not_in_the_protocol_is_refused(head: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        protocol.ANSWERS.read(wire.pack(head))


@pytest.mark.parametrize(
    "change", [{"points": "4"}, {"outcome": "splendid"}, {"checks": [{"name": 1}]}, {"reason": None}]
)
def test_a_verdict_that_is_none_is_refused(change: dict[str, Any]) -> None:
    head, _ = wire.unpack(protocol.pack(protocol.Judged(VERDICT, {}, False)))
    with pytest.raises(Malformed):
        protocol.EXAMINER.read(wire.pack({**head, "verdict": {**head["verdict"], **change}}))


def test_every_message_says_what_it_is_for_and_has_a_tag_of_its_own() -> None:
    kinds = [kind for _, kind in inspect.getmembers(protocol, inspect.isclass) if issubclass(kind, protocol.Message)]
    assert len({kind.__name__.lower() for kind in kinds}) == len(kinds) > 30
    assert [kind.__name__ for kind in kinds if not kind.__doc__] == []


def test_arguments_arrive_with_their_data_in_their_places() -> None:
    sent = Bundle()
    given = ("word", Frame(pa.table({"n": [1, 2]}), "pandas"), Stream(b"abc", 2, True), {"rows": pa.table({"m": [3]})})
    lake = Folder("lake", {f"day={day}/part.csv": bytes(day) for day in range(300)})
    file, client = File("a.txt", b"text"), Client("s3", "examiner")
    described = put_arguments(sent, given, {"file": file, "lake": lake, "s3": client, "n": 7})
    positional, named = take_arguments(Bundle(sent.blobs), described)
    word, frame, stream, rows = positional
    assert (word, stream) == ("word", Stream(b"abc", 2, True))
    assert isinstance(frame, Frame)
    assert (frame.engine, frame.table) == ("pandas", pa.table({"n": [1, 2]}))
    assert rows == {"rows": pa.table({"m": [3]})}
    assert named == {"file": file, "lake": lake, "s3": client, "n": 7}


def test_a_folder_that_is_no_archive_is_refused() -> None:
    with pytest.raises(Malformed):
        take_arguments(Bundle([b"PK\x03\x04 and nothing more"]), [protocol.Argument("lake", "folder", detail="lake")])


@pytest.mark.parametrize("value", [Value(None, 1), Value(None, -1)])
def test_a_value_that_claims_parts_that_are_not_there_is_refused(value: Value) -> None:
    with pytest.raises(Malformed):
        Bundle().take(value)
