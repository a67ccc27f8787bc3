"""A notebook of a dozen questions: each is examined with the names of its own place, and pays for nothing but its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from groundschool import fixtures
from groundschool.checks.verdict import Verdict
from groundschool.course import TESTS, Cell, Notebook, Role
from groundschool.course.manifest import Limits, Needs
from groundschool.grading.box import probe
from groundschool.grading.box.limits import CANDIDATE, MIB
from groundschool.grading.session import engine
from groundschool.grading.session.conversation import Session
from groundschool.grading.session.engine import BoxRole, Engine
from groundschool.grading.session.knowledge import Knowledge

SETUP = "import pyarrow as pa\nfrom groundschool import checks\nfrom groundschool.checks import Frame\n"
CALL = """\
t = checks.question("{name}", {name}, points=4)
t.equal("two", {two}, answer=lambda: t.call(2))
t.show()
### BEGIN HIDDEN TESTS
t.equal("seven", {seven}, answer=lambda: t.call(7), hidden=True)
t.points
### END HIDDEN TESTS
"""
NUMBERS = range(1, 13)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if reason := probe.probe():
        pytest.skip(reason)
    with Engine("sandbox", tmp_path_factory.mktemp("data")) as started:
        yield started


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell or a call may take four seconds, and the box little memory."""
    part = engine.PARTS[BoxRole.CANDIDATE]
    limits = replace(CANDIDATE, wall_seconds=4, memory_bytes=300 * MIB)
    monkeypatch.setitem(engine.PARTS, BoxRole.CANDIDATE, replace(part, limits=limits))


def times(name: str, factor: int) -> Cell:
    """A test cell that asks for a function which multiplies by `factor`."""
    test = CALL.format(name=name, two=2 * factor, seven=7 * factor)
    return Cell(name + TESTS, Role.TEST, test, 4.0)


def question(name: str, answer: str, factor: int) -> list[Cell]:
    return [Cell(name, Role.SOLUTION, answer), times(name, factor)]


def graded(
    made: Engine, *cells: Cell, setup: str = SETUP, needs: Needs | None = None, knowledge: Knowledge | None = None
) -> Mapping[str, Verdict]:
    given = [Cell("setup", Role.PLAIN, setup), *cells]
    instructor = [
        replace(cell, source=f"{cell.id} = None") if cell.role == Role.SOLUTION else cell
        for cell in given
        if cell.role != Role.EXTRA
    ]
    with Session(
        made, Notebook(tuple(instructor), stated=needs), given, knowledge or Knowledge(fixtures.PRACTICE_SEED)
    ) as session:
        return {examined.verdict.question: examined.verdict for examined in session.run({})}


def outcomes(verdicts: Mapping[str, Verdict]) -> dict[str, tuple[str, float]]:
    return {name: (verdict.outcome, verdict.points) for name, verdict in verdicts.items()}


# -- names


def reusing(number: int) -> str:
    """An answer whose helper, constant and import have the same names in every question."""
    library = "operator" if number % 2 else "math"
    multiply = "library.mul(n, factor)" if number % 2 else "library.prod((n, factor))"
    return f"import {library} as library\nfactor = {number}\ndef helper(n):\n    return {multiply}\ndef q{number}(n):\n    return helper(n)"


def test_twelve_right_answers_that_reuse_names_all_pass(made: Engine) -> None:
    cells = [cell for number in NUMBERS for cell in question(f"q{number}", reusing(number), number)]
    assert outcomes(graded(made, *cells)) == {f"q{number}": ("passed", 4.0) for number in NUMBERS}


def test_no_later_cell_makes_a_wrong_answer_right(made: Engine) -> None:
    """Each uses the factor of the question before it, and the next question sets it to what would have been right."""
    cells = [Cell("first", Role.EXTRA, "factor = 0\ndef helper(n):\n    return factor * n")]
    for number in NUMBERS:
        late = Cell(f"late{number}", Role.EXTRA, f"factor = {number}")
        cells += [*question(f"q{number}", f"def q{number}(n):\n    return helper(n)", number), late]
    assert outcomes(graded(made, *cells)) == {f"q{number}": ("failed", 0.0) for number in NUMBERS}


def test_what_a_call_changes_is_seen_by_its_own_question_only(made: Engine) -> None:
    cells = [Cell("state", Role.EXTRA, "factor = 1\nseen = []")]
    for number in (1, 2):
        counting = f"def q{number}(n):\n    seen.append(n)\n    return n if len(seen) < 3 else None"
        cells += question(f"q{number}", counting, 1)
    assert outcomes(graded(made, *cells)) == {"q1": ("passed", 4.0), "q2": ("passed", 4.0)}


ENGINES = """
import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

duckdb.sql("create table steps as select range as n, range % 7 as k from range(300000)")
connection = duckdb.connect()
connection.execute("create table more as select * from range(300000)")
numbers = pa.table({"n": list(range(300_000))})
_ = duckdb.sql("select k, count(*) from steps group by k").fetchall(), numbers.group_by("n").aggregate([]), pc.sum(numbers["n"])
"""


@pytest.mark.parametrize(
    "body",
    [
        'duckdb.sql(f"select max({n} * 3) from (select k, sum(n) from steps group by k order by 2)").fetchall()[0][0]',
        'connection.execute("select count(*) from more").fetchall()[0][0] * 0 + 3 * n',
        'len(duckdb.sql("select * from numbers where n < 30").df()) // 10 * n',
        'duckdb.connect().sql(f"select {n} * 3").fetchall()[0][0]',
        'pc.sum(numbers.group_by("n").aggregate([])["n"]).as_py() * 0 + 3 * n',
        'int(numbers.to_pandas()["n"].head(4).sum()) // 2 * n',
        'pd.DataFrame({"n": [n] * 3}).groupby(lambda row: 0)["n"].sum().item()',
    ],
    ids=["default connection", "own connection", "over a table", "new connection", "arrow", "to pandas", "pandas"],
)
def test_an_answer_uses_libraries_whose_threads_its_cells_have_started(made: Engine, body: str) -> None:
    verdict = graded(made, Cell("own", Role.EXTRA, ENGINES), *question("q", f"def q(n):\n    return {body}", 3))["q"]
    assert (verdict.outcome, verdict.points) == ("passed", 4.0), verdict


# -- costs

DIES = {
    "exits": ("import os\nos._exit(3)", "crashed"),
    "faults": ("import ctypes\nctypes.string_at(0)", "crashed"),
    "kills": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "crashed"),
    "recurses": ("import sys\nsys.setrecursionlimit(10**9)\nrecurse = lambda n: [recurse(n + 1)] and map(recurse, [n])\nimport ctypes\nctypes.string_at(1)", "crashed"),
    "eats": ("held = bytearray(1_000_000_000)", "out_of_memory"),
}  # fmt: skip
LATE = {"loops": "while True:\n    pass", "waits": "import subprocess\nsubprocess.run(['sleep', '1000'])"}


def in_the_cell(name: str, harm: str) -> str:
    return f"{harm}\ndef {name}(n):\n    return n"


def in_the_call(name: str, harm: str) -> str:
    lines = "\n        ".join(harm.splitlines())
    return f"def {name}(n):\n    if n == 7:\n        {lines}\n    return n"


@pytest.mark.parametrize("harmed", [in_the_cell, in_the_call])
def test_five_that_end_the_process_and_two_that_never_end_cost_five_right_answers_nothing(
    made: Engine, short: None, harmed: object
) -> None:
    assert callable(harmed)
    ends = {**DIES, **{name: (harm, "timed_out") for name, harm in LATE.items()}}
    cells = [Cell("shared", Role.EXTRA, "shared = []")]
    for number, (name, (harm, _)) in enumerate(ends.items()):
        right = f"shared.append({number})\ndef right{number}(n):\n    return n * len(shared)"
        cells += question(name, harmed(name, harm), 1)
        cells += question(f"right{number}", right, number + 1) if number < 5 else []
    found = outcomes(graded(made, *cells))
    assert {name: found[f"right{name}"] for name in range(5)} == dict.fromkeys(range(5), ("passed", 4.0))
    points = 0.0 if harmed is in_the_cell else 0.8
    assert {name: found[name] for name in ends} == {name: (outcome, points) for name, (_, outcome) in ends.items()}


def test_a_questions_cells_run_on_without_the_one_that_ended_the_process(made: Engine) -> None:
    cells = [
        Cell("shared", Role.EXTRA, "runs = []"),
        *question("first", "def first(n):\n    return n", 1),
        Cell("before", Role.EXTRA, "runs.append('before')"),
        Cell("dies", Role.EXTRA, "import os\nos._exit(1)"),
        *question("second", "def second(n):\n    return n * len(runs)", 1),
    ]
    assert outcomes(graded(made, *cells)) == {"first": ("passed", 4.0), "second": ("passed", 4.0)}


def test_slow_questions_take_no_time_from_each_other(made: Engine, short: None) -> None:
    """Each takes nearly all of what one cell may, seven of them more than one question may altogether."""
    cells = [
        cell
        for number in range(7)
        for cell in question(f"q{number}", f"import time\ntime.sleep(3)\ndef q{number}(n):\n    return n", 1)
    ]
    assert outcomes(graded(made, *cells)) == {f"q{number}": ("passed", 4.0) for number in range(7)}


def test_a_question_that_spends_its_own_time_is_stopped(made: Engine, short: None) -> None:
    slow = [Cell(f"slow{number}", Role.EXTRA, "import time\ntime.sleep(3)") for number in range(8)]
    found = graded(made, *question("before", "def before(n):\n    return n", 1), *slow,
                   *question("late", "def late(n):\n    return n", 1), *question("after", "def after(n):\n    return n", 1))  # fmt: skip
    assert outcomes(found) == {"before": ("passed", 4.0), "late": ("timed_out", 0.0), "after": ("passed", 4.0)}
    assert "longer than 20 seconds altogether" in found["late"].reason


def test_a_process_that_is_killed_by_anothers_call_goes_on(made: Engine) -> None:
    killer = "import os\nparent = os.getpid()\ndef killer(n):\n    if n == 2:\n        os.kill(parent, 9)\n    return n"
    value = "t = checks.question('value', value, points=4)\nt.equal('it', [1], answer=lambda: value)\nt.points"
    query = "t = checks.question('query', query, points=4)\nt.true('it', lambda: True)\n### BEGIN HIDDEN TESTS\nt.equal('rows', 1, answer=lambda: t.call(a=Frame(pa.table({'n': [3]}))).num_rows, hidden=True)\nt.points\n### END HIDDEN TESTS"
    found = graded(made, *question("killer", killer, 1), Cell("value", Role.SOLUTION, "value = [1]"), Cell("value" + TESTS, Role.TEST, value, 4.0),
                   Cell("query", Role.SOLUTION, "query = 'select * from a'"), Cell("query" + TESTS, Role.TEST, query, 4.0),
                   *question("last", "def last(n):\n    return n", 1))  # fmt: skip
    assert {name: verdict.points for name, verdict in found.items()} == {
        "killer": 4.0,
        "value": 4.0,
        "query": 4.0,
        "last": 4.0,
    }


# -- Spark

SPARK = SETUP + "spark = checks.spark()\n"
FRAME = """\
t = checks.question("{name}", {name}, points=4)
t.equal("two", [{two}], answer=lambda: sorted(row["m"] for row in t.call(Frame(pa.table({{"n": [2]}}))).to_pylist()))
t.show()
### BEGIN HIDDEN TESTS
t.equal("seven", [{{"m": {seven}}}], answer=lambda: t.call(Frame(pa.table({{"n": [7]}}))).to_pylist(), hidden=True)
t.points
### END HIDDEN TESTS
"""
WITH_A_TABLE = """\
factors = spark.createDataFrame([({factor},)], ["factor"])
extra = {extra}

@F.udf("long")
def more(n):
    return n + extra

def {name}(frame):
    return frame.join(factors).select(more(F.col("n") * F.col("factor")).alias("m"))
"""


@pytest.mark.spark
def test_spark_answers_keep_the_tables_functions_and_names_of_their_place_in_one_jvm(made: Engine) -> None:
    cells = [Cell("import", Role.EXTRA, "from pyspark.sql import functions as F")]
    for name, factor, extra in (("first", 3, 1), ("second", 5, 2)):
        test = FRAME.format(name=name, two=2 * factor + extra, seven=7 * factor + extra)
        cells += [Cell(name, Role.SOLUTION, WITH_A_TABLE.format(name=name, factor=factor, extra=extra)),
                  Cell(name + TESTS, Role.TEST, test, 4.0)]  # fmt: skip
    cells.append(Cell("stops", Role.EXTRA, "factors = extra = None\nimport gc\ngc.collect()\nspark.stop()"))
    assert outcomes(graded(made, *cells, setup=SPARK)) == {"first": ("passed", 4.0), "second": ("passed", 4.0)}


PLACE = """\
spark.conf.set("spark.sql.session.timeZone", "{zone}")
spark.range({rows}).createOrReplaceTempView("numbers")
def {name}(n):
    seen = [spark.conf.get("spark.sql.session.timeZone"), spark.sql("select current_timezone() as z").first()["z"],
            spark.table("numbers").count()]
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    spark.range(99).createOrReplaceTempView("numbers")
    return n if seen in (["{zone}", "{zone}", {rows}], ["Asia/Tokyo", "Asia/Tokyo", 99]) else seen
"""


@pytest.mark.spark
def test_spark_answers_find_the_settings_and_views_of_their_place_whatever_others_set(made: Engine) -> None:
    cells = [
        cell
        for name, zone, rows in (("first", "Europe/Paris", 2), ("second", "America/Lima", 5))
        for cell in question(name, PLACE.format(name=name, zone=zone, rows=rows), 1)
    ]
    cells.append(
        Cell(
            "later",
            Role.EXTRA,
            "spark.conf.set('spark.sql.session.timeZone', 'UTC')\nspark.catalog.dropTempView('numbers')",
        )
    )
    assert outcomes(graded(made, *cells, setup=SPARK)) == {"first": ("passed", 4.0), "second": ("passed", 4.0)}


@pytest.mark.spark
def test_an_answer_that_ends_the_jvm_costs_its_own_question_only(made: Engine) -> None:
    kills = "import os, signal\nfrom pyspark import SparkContext\ndef kills(frame):\n    os.kill(SparkContext._gateway.proc.pid, signal.SIGKILL)\n    return frame"
    right = "from pyspark.sql import functions as F\ndef right(frame):\n    return frame.select((F.col('n') * 3).alias('m'))"
    cells = []
    for name, answer in (("kills", kills), ("right", right)):
        test = FRAME.format(name=name, two=6, seven=21)
        cells += [Cell(name, Role.SOLUTION, answer), Cell(name + TESTS, Role.TEST, test, 4.0)]
    found = outcomes(graded(made, *cells, setup=SPARK))
    assert found == {"kills": ("crashed", 0.0), "right": ("passed", 4.0)}


# -- limits of a topic


def test_a_topic_may_allow_less_time_than_the_usual(made: Engine) -> None:
    slow = "import time\ndef slow(n):\n    time.sleep(4)\n    return n"
    found = graded(made, *question("slow", slow, 1), needs=Needs(limits=Limits(wall_seconds=1)))["slow"]
    assert found.outcome == "timed_out"
    assert "longer than 1 second" in found.checks[0].detail


# -- what is found once


ONCE = """\
import secrets
t = checks.question("drawn", drawn, points=4)
t.equal("two", 2, answer=lambda: t.call(2))
t.show()
### BEGIN HIDDEN TESTS
t.equal("a draw", t.once("the draw", secrets.token_hex), answer=lambda: t.call(7), hidden=True)
t.points
### END HIDDEN TESTS
"""


def test_what_is_asked_for_once_is_found_once_and_then_known(made: Engine) -> None:
    cells = [Cell("drawn", Role.SOLUTION, "def drawn(n):\n    return n"), Cell("drawn_tests", Role.TEST, ONCE, 4.0)]
    knowledge = Knowledge(fixtures.PRACTICE_SEED, learning=True)
    told = [graded(made, *cells, knowledge=knowledge)["drawn"].checks[1].detail for _ in range(2)]
    assert "7 was returned" in told[0]
    assert told[0] == told[1]
    assert told[0] != graded(made, *cells)["drawn"].checks[1].detail
