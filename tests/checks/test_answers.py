"""What a test cell hands to an answer and gets back, called in the notebook's own kernel through `checks.question`."""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from groundschool import checks
from groundschool.checks import AnswerRaised, File, Folder, Frame, Stream, answers
from groundschool.checks.answers import NotAnAnswer

TABLE = pa.table({"user": ["a", "b"], "n": [1, 2]})


def call(answer: Any, *positional: object, **named: object) -> Any:
    return checks.question("asked", answer, points=1).call(*positional, **named)


# -- arguments


def test_a_frame_arrives_as_pandas_where_asked_for() -> None:
    assert call(lambda frame: (type(frame).__name__, int(frame["n"].sum())), Frame(TABLE, "pandas")) == ("DataFrame", 3)
    assert call(lambda frame: len(frame), Frame(TABLE.to_pandas(), engine="pandas")) == 2


def test_a_frame_is_a_table_for_a_query() -> None:
    assert call("select sum(n)::int as n from t", t=Frame(TABLE)).to_pylist() == [{"n": 3}]
    assert call("select count(*)::int as n from t", t=TABLE).to_pylist() == [{"n": 2}]


def test_a_stream_arrives_as_a_readable_binary_stream() -> None:
    def reading(stream: io.BufferedIOBase) -> list[bytes]:
        return [stream.readline(), stream.read()]

    assert call(reading, Stream(b"one\ntwo\nthree")) == [b"one\n", b"two\nthree"]


def test_a_stream_that_gives_few_bytes_at_once_has_no_size_and_no_way_back() -> None:
    def reading(stream: io.RawIOBase) -> list[object]:
        return [stream.seekable(), stream.read(5), stream.read(5), stream.read(), stream.read(1)]

    assert call(reading, Stream(b"one two three", at_once=3)) == [False, b"one", b" tw", b"o three", b""]


def test_a_stream_that_breaks_off_raises_behind_its_content() -> None:
    def reading(stream: io.RawIOBase) -> list[object]:
        read = [stream.read(4), stream.read(4)]
        try:
            return [*read, stream.read(4)]
        except ConnectionError:
            return [*read, "broken"]

    assert call(reading, Stream(b"oneone", breaks=True)) == [b"oneo", b"ne", "broken"]


def test_several_functions_are_one_answer() -> None:
    question = checks.question("asked", lambda: 1, points=1)
    twice = question.part(lambda number: 2 * number)
    question.equal("the first", 1, answer=lambda: question.call())
    question.equal("the second", 6, answer=lambda: twice(number=3))
    assert question.verdict().outcome == "passed"


def unwritten() -> None: ...


@pytest.mark.parametrize(("first", "second", "points"), [(lambda: 1, unwritten, 1.0), (unwritten, lambda: 2, 1.0)])
def test_a_function_that_is_not_written_costs_its_own_checks_only(first: Any, second: Any, points: float) -> None:
    question = checks.question("asked", first, points=2)
    other = question.part(second)
    question.equal("the first", 1, answer=lambda: question.call())
    question.equal("the second", 2, answer=lambda: other())
    assert (question.verdict().outcome, question.points) == ("crashed", points)


def test_an_answer_none_of_whose_functions_is_written_is_not_attempted() -> None:
    question = checks.question("asked", unwritten, points=2)
    question.part(unwritten)
    assert question.verdict().outcome == "not_attempted"


def test_a_file_arrives_as_the_path_of_a_file_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(lambda path: (path, Path(path).read_bytes()), File("in.bin", b"\x00\x01")) == ("in.bin", b"\x00\x01")


def test_a_file_is_written_nowhere_but_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert call(lambda path: path, File("../out.txt", b"x")) == "out.txt"
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_a_folder_lies_there_with_its_files_for_the_length_of_the_call() -> None:
    def listing(path: str) -> list[Any]:
        files = sorted(file for file in Path(path).rglob("*") if file.is_file())
        return [path, Path(path).name, {str(file.relative_to(path)): file.read_bytes() for file in files}]

    files = {"day=1/part-0.csv": b"a,b", "day=2/part-0.csv": b"", "_SUCCESS": b""}
    path, name, seen = call(listing, Folder("../lake", files))
    assert (name, seen) == ("lake", files)
    assert not Path(path).exists()


def test_arguments_come_by_place_and_by_name() -> None:
    assert call(lambda a, b, *, c: [a, b, c], 1, 2, c=3) == [1, 2, 3]


def test_an_argument_that_the_answer_changes_stays_as_it_was() -> None:
    rows = [{"n": 1}]
    assert call(lambda rows: rows[0].update(n=9) or rows, rows) == [{"n": 9}]
    assert rows == [{"n": 1}]


def test_changed_arguments_can_be_seen() -> None:
    def changing(rows: list[int], flag: bool) -> int:
        rows.append(3)
        return len(rows)

    result, after = checks.question("asked", changing, points=1).call_and_see(rows=[1], flag=True)
    assert (result, after) == (2, {"rows": [1, 3], "flag": True})


# -- results


def test_a_generator_comes_back_as_a_list() -> None:
    def yielding(size: int) -> Iterator[int]:
        yield from range(size)

    assert call(yielding, 3) == [0, 1, 2]
    assert call(lambda: map(str, (1, 2))) == ["1", "2"]
    assert call(lambda: ((n for n in range(2)) for _ in range(2))) == [[0, 1], [0, 1]]


def test_a_generator_without_end_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_ITEMS", 1000)
    with pytest.raises(NotAnAnswer, match="yields more than 1,000 items; a finite result was expected"):
        call(lambda: itertools.count())


def test_frames_of_any_engine_come_back() -> None:
    assert call(lambda: TABLE).equals(TABLE)
    frame = TABLE.to_pandas().set_index("user")
    assert call(lambda: frame).equals(frame)


# -- exceptions


@pytest.mark.parametrize(
    ("kind", "caught"),
    [
        (ValueError, ValueError),
        (KeyError, LookupError),
        (ZeroDivisionError, ArithmeticError),
        (TypeError, TypeError),
        (OverflowError, Exception),
    ],
)
def test_an_exception_can_be_caught_by_its_class(kind: type[Exception], caught: type[Exception]) -> None:
    def raising() -> None:
        raise kind("told")

    with pytest.raises(caught) as found:
        call(raising)
    assert isinstance(found.value, AnswerRaised)
    assert found.value.kind == kind.__name__
    assert "told" in str(found.value)


def test_an_exception_of_the_answers_own_is_known_by_name_only() -> None:
    class Strange(Exception):
        pass

    def raising() -> None:
        raise Strange("told")

    with pytest.raises(AnswerRaised) as found:
        call(raising)
    assert found.value.kind == "Strange"
    assert not isinstance(found.value, Strange)


@pytest.mark.parametrize("kind", [StopIteration, OSError, UnicodeError])
def test_an_exception_that_means_something_to_the_test_cell_itself_is_only_named(kind: type[Exception]) -> None:
    def raising() -> None:
        raise kind("told")

    with pytest.raises(AnswerRaised) as found:
        call(raising)
    assert found.value.kind == kind.__name__
    assert not isinstance(found.value, kind)


def test_an_exception_named_like_no_name_is_an_exception() -> None:
    assert type(AnswerRaised.of("not a name", "x")).__name__ == "Exception"
    assert not isinstance(AnswerRaised.of("SystemExit", "x"), SystemExit)


def test_an_error_inside_a_generator_is_the_answers() -> None:
    def yielding() -> Iterator[float]:
        yield 1.0
        yield math.sqrt(-1)

    with pytest.raises(ValueError, match="math domain error"):
        call(yielding)


# -- what is no function


@pytest.mark.parametrize("answer", [7, [1], {"a": 1}, pd.Timestamp("2024-01-01")])
def test_data_cannot_be_called(answer: Any) -> None:
    with pytest.raises(NotAnAnswer, match="a function was expected"):
        call(answer, 1)


def test_a_built_in_function_or_a_partial_is_a_function() -> None:
    import functools

    assert call(len, [1, 2]) == 2
    assert call(functools.partial(max, 5), 3) == 5
    assert call("".join, ["a", "b"]) == "ab"
