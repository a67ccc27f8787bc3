"""A submission's cells and the test cells, in their processes: every outcome, and what one question may cost another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from groundschool import fixtures
from groundschool.checks.verdict import Verdict
from groundschool.course import TESTS, Cell, Notebook, Role
from groundschool.course.manifest import Needs
from groundschool.grading.box import probe
from groundschool.grading.box.limits import CANDIDATE, MIB
from groundschool.grading.session import engine
from groundschool.grading.session.candidate import Ran
from groundschool.grading.session.conversation import Session
from groundschool.grading.session.engine import BoxRole, Engine
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.wire.protocol import Request
from kernel import execute

SETUP = "import pyarrow as pa\nfrom groundschool import checks\nfrom groundschool.checks import Frame\n"
DOUBLE = """\
t = checks.question("double", double, points=4)
t.equal("two", 4, answer=lambda: t.call(2))
t.show()
### BEGIN HIDDEN TESTS
t.equal("seven", 14, answer=lambda: t.call(7), hidden=True)
t.equal("minus one", -2, answer=lambda: t.call(-1), hidden=True)
t.points
### END HIDDEN TESTS
"""
VALUE = """\
t = checks.question("{name}", {name}, points=4)
t.equal("the value", {want}, answer=lambda: {name})
t.points
"""
QUERY = """\
t = checks.question("query", query, points=4)
t.equal("one row", [{"n": 3}], answer=lambda: t.call(numbers=Frame(pa.table({"n": [3]}))).to_pylist())
t.points
"""
RIGHT = "def double(n):\n    return n + n"


@dataclass(frozen=True)
class Seen:
    """What became of a notebook: verdicts by question, what each cell showed, and what was told of it."""

    verdicts: dict[str, Verdict]
    ran: dict[int, Ran]
    flags: tuple[str, ...]

    def __getitem__(self, question: str) -> Verdict:
        return self.verdicts[question]


Grade = Callable[..., Seen]


def ask(name: str, answer: str, test: str) -> list[Cell]:
    """The answer's cell and its test cell."""
    return [Cell(name, "solution", answer), Cell(name + TESTS, "test", test, 4.0)]


def value(name: str, want: Any, answer: str = "") -> list[Cell]:
    """A question for plain data, answered with the right value when nothing else is given."""
    return ask(name, answer or f"{name} = {want!r}", VALUE.format(name=name, want=repr(want)))


def graded(made: Engine, *cells: list[Cell] | Cell, blank: tuple[str, ...] = (), files: Path | None = None) -> Seen:
    given = [cell for part in cells for cell in (part if isinstance(part, list) else [part])]
    given.insert(0, Cell("setup", "plain", SETUP))
    instructor = [_asked(cell) for cell in given if cell.role != "extra"]
    with Session(made, Notebook(tuple(instructor)), given, Knowledge(fixtures.PRACTICE_SEED), files=files) as session:
        found = session.run({name + TESTS: False for name in blank})
        verdicts = {examined.verdict.question: examined.verdict for examined in found}
        return Seen(verdicts, dict(session.candidate.ran), tuple(session.candidate.flags))


def _asked(cell: Cell) -> Cell:
    """The instructor's cell: it binds the question's name whatever the candidate wrote."""
    magic = cell.source.splitlines()[0] if cell.source.startswith("%%writefile") else f"{cell.id} = None"
    return replace(cell, source=magic) if cell.role == "solution" else cell


@pytest.fixture(scope="module", params=["none", "sandbox"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "sandbox" and (reason := probe.probe()):
        pytest.skip(reason)
    with Engine(request.param, tmp_path_factory.mktemp("data")) as started:
        yield started


@pytest.fixture(scope="module")
def grade(made: Engine) -> Grade:
    return lambda *cells, **more: graded(made, *cells, **more)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell or a call may take three seconds, and the process less memory than usual."""
    limits = replace(CANDIDATE, wall_seconds=3, memory_bytes=300 * MIB)
    monkeypatch.setitem(engine.PARTS, BoxRole.CANDIDATE, replace(engine.PARTS[BoxRole.CANDIDATE], limits=limits))


# -- outcomes


@pytest.mark.parametrize(
    ("answer", "outcome", "points"),
    [
        (RIGHT, "passed", 4.0),
        ("def double(n):\n    return n + n if n > 0 else 0", "partial", 2.4),
        ("def double(n):\n    return n * n if n == 2 else None", "partial", 0.8),
        ("def double(n):\n    return n + 100", "failed", 0.0),
        ("def double(n):\n    ...", "not_attempted", 0.0),
        ("def double(n):\n    if n == 7:\n        raise ValueError(n)\n    return n + n", "crashed", 2.4),
        ("raise RuntimeError('no luck')\ndef double(n):\n    return n + n", "crashed", 0.0),
        ("def double(n):\n    return object()", "refused", 0.0),
        ("double = 4", "refused", 0.0),
    ],
)
def test_an_answer_has_the_outcome_and_the_points_of_its_checks(
    grade: Grade, answer: str, outcome: str, points: float
) -> None:
    verdict = grade(ask("double", answer, DOUBLE))["double"]
    assert (verdict.outcome, verdict.points) == (outcome, points)
    assert verdict.max == 4.0


def test_an_answer_left_blank_is_not_run_and_earns_nothing(grade: Grade) -> None:
    verdict = grade(ask("double", RIGHT, DOUBLE), blank=("double",))["double"]
    assert (verdict.outcome, verdict.points) == ("not_attempted", 0.0)


def test_a_cell_that_raises_is_named_in_the_reason(grade: Grade) -> None:
    seen = grade(ask("double", "raise RuntimeError('no luck')", DOUBLE))
    assert "RuntimeError: no luck" in seen["double"].reason
    assert seen.ran[1].outcome == "crashed"


def test_a_missing_answer_is_named_in_the_reason(grade: Grade) -> None:
    verdict = grade(ask("double", "dubble = abs", DOUBLE))["double"]
    assert verdict.points == 0
    assert verdict.reason == "`double` does not exist; no cell defines it."


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("%%sql\nselect * from numbers", 'The cell of `query` begins with `%%sql`, which this course does not have; the query goes between the quotes: query = """…""".'),
        ("%sql select * from numbers", 'The cell of `query` stopped at `%sql`, which this course does not have; the text goes between the quotes: query = """…""".'),
        ("%%timeit\nquery = 'select 1'", 'The cell of `query` begins with `%%timeit`, which leaves no name `query` behind; the text goes between the quotes: query = """…""".'),
        ("%%answer\nselect 1", 'The cell of `query` does not name it; its first line is `%%answer query`, and the words stand below.'),
        ("select *\nfrom numbers", 'The cell of `query` is not Python, so nothing in it ran: SyntaxError: invalid syntax (line 1). A query is text: the query goes between the quotes: query = """…""".'),
        ("query = 'select", "The cell of `query` is not Python, so nothing in it ran: SyntaxError: unterminated string literal (detected at line 1) (line 1)."),
        ("query = numbers", "The cell of `query` stopped at a name that does not exist, before it defined `query`: NameError: name 'numbers' is not defined."),
    ],
    ids=["cell magic", "line magic", "magic that keeps nothing", "no name", "bare query", "open quote", "missing name"],
)  # fmt: skip
def test_an_answer_cell_that_defines_nothing_says_why(made: Engine, answer: str, told: str) -> None:
    given = [Cell("setup", Role.PLAIN, SETUP), *ask("query", answer, QUERY)]
    notebook = Notebook((given[0], replace(given[1], source="query = 'select 1'"), given[2]))
    with Session(made, notebook, given, Knowledge(fixtures.PRACTICE_SEED)) as session:
        (found,) = session.run({})
    assert (found.verdict.outcome, found.verdict.points) == ("crashed", 0.0)
    assert found.verdict.reason == told


WORDS = """\
t = checks.question("why", why, points=4)
t.is_an_answer("Why?")
t.points
"""


@pytest.mark.parametrize(
    "answer",
    ["Glue runs Spark jobs, Python shell jobs", "Spark", "because = 'Spark jobs'", "why = 'Spark's jobs'",
     'why = """\n\n"""\nSpark jobs and Python shell jobs', "%%answer\nSpark jobs", "%%answer wy\nSpark jobs"],
    ids=["prose", "a name", "another name", "a quote inside", "prose below the quotes", "no name", "a misspelt name"],
)  # fmt: skip
def test_words_that_are_no_python_go_to_a_person_where_words_were_asked_for(made: Engine, answer: str) -> None:
    given = [Cell("setup", Role.PLAIN, SETUP), *ask("why", answer, WORDS), *ask("double", "def double(n) return n", DOUBLE)]  # fmt: skip
    solved = [replace(given[1], source="why = 'words'"), given[2], replace(given[3], source="double = None"), given[4]]
    notebook = Notebook((given[0], *solved), Needs(False, False, {"why": ""}))
    with Session(made, notebook, given, Knowledge(fixtures.PRACTICE_SEED)) as session:
        found = [each.verdict for each in session.run({})]
    assert [(verdict.outcome, verdict.points) for verdict in found] == [("needs_person", 0.0), ("crashed", 0.0)]
    assert found[0].reason.endswith(f"A person must read what its cell says: {' '.join(answer.split())}")


@pytest.mark.parametrize(
    "magic",
    ["%matplotlib inline", "%config InlineBackend.figure_format = 'retina'", "%pylab inline", "%load_ext sql", "%autosave 60",
     "%load_ext autoreload\n%autoreload 2", "%gui qt"],
)  # fmt: skip
def test_a_magic_of_the_front_end_takes_nothing_from_the_rest_of_its_cell(grade: Grade, magic: str) -> None:
    seen = grade(ask("double", f"{magic}\n{RIGHT}", DOUBLE))
    assert seen["double"].points == 4.0
    assert not seen.ran[1].outcome


@pytest.mark.parametrize(
    ("answer", "points"), [("def square(x):\n    return 0", 0.0), ("def square(x):\n    return x**2", 4.0)]
)
@pytest.mark.parametrize("test", ["assert square(5) == 25", "assert (lambda: square(5))() == 25"])
def test_an_answer_is_the_candidates_though_a_cell_of_the_instructors_binds_its_name(
    grade: Grade, test: str, answer: str, points: float
) -> None:
    example = Cell("example", Role.PLAIN, "def square(x):\n    return x * x\nsquare(3)")
    assert grade(example, ask("square", answer, test))["square"].points == points


def test_a_function_of_the_instructors_does_not_examine_the_instructors_own_answer(grade: Grade) -> None:
    example = Cell("example", Role.PLAIN, "def square(x):\n    return x * x\ndef five():\n    return square(5)")
    wrong = ask("square", "def square(x):\n    return 0", "assert square(0) == 0\nassert five() == 25")
    assert grade(example, wrong)["square"].points == 0.0


def test_the_hidden_message_holds_no_text_of_the_answer(grade: Grade) -> None:
    answer = "def double(n):\n    if n == 2: return 4\n    raise ValueError(f'secret {n}')"
    checks = grade(ask("double", answer, DOUBLE))["double"].checks
    assert [check.message for check in checks if check.hidden] == ["The answer stopped with ValueError."] * 2
    assert "secret 7" in checks[1].detail


@pytest.mark.parametrize(
    ("text", "outcome", "points"),
    [
        ("select * from numbers", "passed", 4.0),
        ("select n from numbers limit 0", "failed", 0.0),
        ("select 1; select * from numbers", "refused", 0.0),
        ("drop table numbers", "refused", 0.0),
        ("select * from read_csv('/etc/passwd')", "refused", 0.0),
        ("select nothing from numbers", "crashed", 0.0),
        ("  \n", "not_attempted", 0.0),
    ],
)
def test_a_query_has_the_outcome_of_what_it_does(grade: Grade, text: str, outcome: str, points: float) -> None:
    verdict = grade(ask("query", f"query = {text!r}", QUERY))["query"]
    assert (verdict.outcome, verdict.points) == (outcome, points)
    assert outcome != "refused" or verdict.reason


THRICE = """\
t = checks.question("{name}", {name}, points=4)
for n in (3, 4, 5):
    t.equal(f"{{n}}", [{{"n": n}}], answer=lambda: t.call(numbers=Frame(pa.table({{"n": [n]}}))).to_pylist())
t.points
"""
ENDLESS = "with recursive s as (select n from numbers union all select n + 1 from s) select max(n) as n from s"


def test_a_query_that_never_ends_is_stopped_once_and_costs_no_other_question(
    grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(engine.PARTS[BoxRole.QUERIES].limits, wall_seconds=2)
    monkeypatch.setitem(engine.PARTS, BoxRole.QUERIES, replace(engine.PARTS[BoxRole.QUERIES], limits=limits))
    cells = [ask(name, f"{name} = {text!r}", THRICE.format(name=name))
             for name, text in (("endless", ENDLESS), ("right", "select * from numbers"))]  # fmt: skip
    found = grade(*cells)
    assert (found["endless"].outcome, found["endless"].points) == ("timed_out", 0.0)
    assert {check.message for check in found["endless"].checks} == {"It ran longer than 2 seconds and was stopped."}
    assert (found["right"].outcome, found["right"].points) == ("passed", 4.0)


def test_a_query_that_needs_too_much_memory_is_told_so(grade: Grade) -> None:
    text = "select n from numbers where (select len(list(range)) from range(200000000)) > 0"
    verdict = grade(ask("query", f"query = {text!r}", QUERY))["query"]
    assert (verdict.outcome, verdict.points) == ("out_of_memory", 0.0)
    assert verdict.checks[0].message == "The query needs more memory than it may use (1 GB)."


# -- limits: what each costs, and that it costs no other question


@pytest.mark.parametrize(
    ("answer", "outcome", "points"),
    [
        ("def double(n):\n    while n == 7:\n        pass\n    return n + n", "timed_out", 0.8),
        ("while True:\n    pass", "timed_out", 0.0),
        ("import os\ndef double(n):\n    if n == 7:\n        os._exit(3)\n    return n + n", "crashed", 0.8),
        ("import os\nos.kill(os.getpid(), 9)", "crashed", 0.0),
    ],
    ids=["call never ends", "cell never ends", "call ends the process", "cell ends the process"],
)
def test_an_answer_that_ends_its_process_keeps_what_passed_before_and_costs_no_other_question(
    grade: Grade, short: None, answer: str, outcome: str, points: float
) -> None:
    seen = grade(value("first", 1), ask("double", answer, DOUBLE), value("last", [2]))
    assert (seen["double"].outcome, seen["double"].points) == (outcome, points)
    assert [seen[name].points for name in ("first", "last")] == [4.0, 4.0]


@pytest.mark.parametrize("place", ["call", "cell"])
def test_an_answer_that_uses_too_much_memory_is_stopped_and_costs_no_other_question(
    made: Engine, short: None, place: str
) -> None:
    if made.isolation == "none":
        pytest.skip("memory is contained by a box only")
    flood = "b'x' * 2_000_000_000"
    answer = flood if place == "cell" else f"def double(n):\n    return len({flood}) if n == 7 else n + n"
    seen = graded(made, value("first", 1), ask("double", answer, DOUBLE), value("last", [2]))
    assert seen["double"].outcome == "out_of_memory"
    assert seen["double"].points == (0.0 if place == "cell" else 0.8)
    assert [seen[name].points for name in ("first", "last")] == [4.0, 4.0]


def test_a_notebook_that_goes_on_dying_keeps_what_can_be_run(grade: Grade) -> None:
    dying = [ask(f"dies_{n}", "import os; os._exit(1)", VALUE.format(name=f"dies_{n}", want=1)) for n in range(4)]
    seen = grade(value("early", 1), *dying, value("late", 1))
    assert {seen[f"dies_{n}"].outcome for n in range(4)} == {"crashed"}
    assert {verdict.points for name, verdict in seen.verdicts.items() if name.startswith("dies")} == {0.0}
    assert (seen["early"].points, seen["late"].points) == (4.0, 4.0)


def test_an_error_in_a_cell_without_points_costs_nothing(grade: Grade) -> None:
    extra = Cell("extra", "extra", "1 / 0")
    seen = grade(extra, value("first", 1))
    assert seen["first"].points == 4.0
    assert seen.ran[1].reason == "ZeroDivisionError: division by zero"


def test_a_flood_of_output_is_cut_and_told(grade: Grade) -> None:
    seen = grade(Cell("extra", "extra", "for _ in range(100): print('x' * 100_000)"), value("first", 1))
    assert seen["first"].points == 4.0
    assert seen.flags == ("The notebook printed more than 2 MB; the rest of its output was dropped.",)
    assert sum(len(output["text"]) for output in seen.ran[1].outputs) <= 2 << 20


def test_a_side_refuses_a_message_that_is_larger_than_its_box_may_send(
    made: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = engine.PARTS[BoxRole.QUERIES]
    limits = replace(part.limits, output_bytes=MIB)
    monkeypatch.setitem(engine.PARTS, BoxRole.QUERIES, replace(part, limits=limits))
    wide = ask("query", "query = \"select repeat('x', 3000000) as n\"", QUERY)
    narrow = [
        replace(cell, id=cell.id.replace("query", "narrow"))
        for cell in ask("query", "narrow = 'select n from numbers'", QUERY.replace("query", "narrow"))
    ]
    seen = graded(made, wide, narrow)
    assert (seen["query"].outcome, seen["query"].points) == ("refused", 0.0)
    assert "handed over more than 1 MB" in seen["query"].checks[0].detail
    assert seen["narrow"].points == 4.0


# -- answers are taken at the place of their test cell


def test_a_name_that_is_used_again_later_harms_nobody(grade: Grade) -> None:
    seen = grade(value("rate", 3), ask("double", "rate = 99\ndef double(n):\n    return n + n", DOUBLE),
                 Cell("extra", "extra", "double = None"))  # fmt: skip
    assert (seen["rate"].points, seen["double"].points) == (4.0, 4.0)


def test_data_that_is_changed_later_harms_nobody(grade: Grade) -> None:
    seen = grade(value("rows", [1, 2]), Cell("extra", "extra", "rows.append(3)"), value("other", 1))
    assert seen["rows"].points == 4.0


def test_an_answer_given_after_its_test_cell_does_not_count(grade: Grade) -> None:
    seen = grade(value("rows", [1], "other = 0"), Cell("extra", "extra", "rows = [1]"))
    assert seen["rows"].points == 0.0


def test_no_hidden_part_runs_before_every_visible_part_has_run(grade: Grade) -> None:
    recording = "def double(n):\n    open('seen', 'a').write(f'{n} ')\n    return n + n"  # a file: calls share no names
    asked = VALUE.format(name="calls", want=[2]).replace("lambda: calls)", "lambda: t.call())")
    seen = grade(
        ask("double", recording, DOUBLE),
        ask("calls", "def calls():\n    return [int(n) for n in open('seen').read().split()]", asked),
    )
    assert seen["double"].points == 4.0
    assert seen["calls"].points == 4.0, "a hidden input was seen while a visible part ran"


def test_what_is_printed_while_a_hidden_part_runs_is_not_kept(grade: Grade) -> None:
    seen = grade(ask("double", "def double(n):\n    print('input', n)\n    return n + n", DOUBLE))
    assert seen["double"].points == 4.0
    assert "input" not in repr(seen.ran)


# -- test cells that do not use checks


@pytest.mark.parametrize(
    ("last", "outcome", "points"),
    [
        ("assert double(3) == 6", "passed", 4.0),
        ("assert double(3) == 7", "failed", 0.0),
        ("assert double(1) == 2\n1.5", "partial", 1.5),
        ("0.0", "failed", 0.0),
        ("4.0", "passed", 4.0),
        ("2", "partial", 2.0),
        ("double(1)", "partial", 2.0),
        ("-1.0", "needs_person", 0.0),
        ("float('nan')", "needs_person", 0.0),
        ("9.5", "needs_person", 0.0),
        ("True", "needs_person", 0.0),
        ("False", "needs_person", 0.0),
        ("__import__('numpy').float64(1.0)", "partial", 1.0),
        ("__import__('numpy').int64(4)", "passed", 4.0),
        ("__import__('fractions').Fraction(1, 2)", "partial", 0.5),
        ("'some text'", "passed", 4.0),
        ("print('done')", "passed", 4.0),
        ("no_such_name", "failed", 0.0),
    ],
)
def test_a_plain_test_cell_earns_its_last_float_or_everything(
    grade: Grade, last: str, outcome: str, points: float
) -> None:
    verdict = grade(ask("double", RIGHT, last))["double"]
    assert (verdict.outcome, verdict.points) == (outcome, points)
    assert outcome != "needs_person" or verdict.reason.startswith("The test cell ended with ")


def test_a_test_cell_that_ends_its_examiner_costs_no_other_question(grade: Grade) -> None:
    dying = "import os\n### BEGIN HIDDEN TESTS\nos._exit(1)\n### END HIDDEN TESTS"
    seen = grade(value("first", 1, "first = 2"), ask("dies", "dies = 1", dying), ask("double", RIGHT, DOUBLE))
    assert (seen["dies"].outcome, seen["dies"].points) == ("needs_person", 0.0)
    assert "examiner stopped" in seen["dies"].reason
    assert (seen["first"].points, seen["double"].points) == (0.0, 4.0)


def test_an_answer_cannot_pretend_to_equal_everything(grade: Grade) -> None:
    answer = "class Equal(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\nrate = Equal(7)"
    assert grade(ask("rate", answer, "assert rate == 3"))["rate"].points == 0.0


def test_a_function_cannot_be_compared_in_a_test_cell(grade: Grade) -> None:
    assert grade(ask("double", RIGHT, "assert double"))["double"].points == 0.0
    assert grade(ask("double", RIGHT, "assert double == 6"))["double"].points == 0.0


def test_plain_asserts_on_text_lists_and_frames(grade: Grade) -> None:
    frame = "import pandas as pd\nframe = pd.DataFrame({'a': [1, 2]}, index=pd.Index([7, 8], name='key'))"
    seen = grade(
        ask("words", "words = 'ab'", "assert words.upper() == 'AB'"),
        ask("rows", "rows = [(1, 'a')]", "assert rows[0][1] == 'a' and len(rows) == 1"),
        ask("frame", frame, "assert frame.loc[8, 'a'] == 2 and frame.index.name == 'key'"),
    )
    assert {name: verdict.points for name, verdict in seen.verdicts.items()} == {"words": 4, "rows": 4, "frame": 4}


# -- files


def test_a_file_that_a_cell_writes_is_read_and_run_as_it_was_at_its_test_cell(grade: Grade) -> None:
    test = """\
t = checks.question("job", "job.py", points=4)
t.true("it prints", lambda: "print" in t.read("job.py"))
t.equal("it runs", "14", answer=lambda: t.run("job.py", "7").output.strip())
t.equal("it has an exit code", 1, answer=lambda: t.run("job.py", "x").exit)
t.points
"""
    job = "%%writefile job.py\nimport sys\nprint(2 * int(sys.argv[1]))"
    seen = grade(ask("job", job, test), Cell("extra", "extra", "open('job.py', 'w').write('overwritten')"))
    assert seen["job"].points == 4.0


def test_a_file_handed_in_is_there_for_the_cells_and_a_file_they_write_is_gone_afterwards(
    grade: Grade, tmp_path: Path
) -> None:
    (tmp_path / "own.txt").write_text("mine")
    answer = "own = open('own.txt').read()\nopen('own.txt', 'w').write('changed')"
    assert grade(ask("own", answer, "assert own == 'mine'"), files=tmp_path)["own"].points == 4.0
    assert (tmp_path / "own.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["own.txt"]


# -- cells behave as in a notebook

LIKE_A_KERNEL = {
    "print": "print('a')\nprint('b', end='')",
    "value": "1 + 1",
    "no value": "1 + 1;",
    "stderr": "import sys\nprint('oops', file=sys.stderr)",
    "both streams": "import sys\nprint('a'); print('b', file=sys.stderr); print('c')",
    "frame": "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "display": "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))\n'last'",
    "await": "import asyncio\nawait asyncio.sleep(0, 'waited')",
    "shell": "!echo from a shell",
    "shell value": "found = !echo kept\nlist(found)",
    "line magic": "%who_ls no_such_type",
    "cell magic": "%%capture caught\nprint('hidden')",
    "child": "import subprocess\nsubprocess.run(['echo', 'from a child'], check=True, capture_output=True, text=True).stdout",
    "error": "print('before')\n{}['key']\nprint('after')",
    "syntax": "1 +",
    "cleared": "from IPython.display import clear_output\nprint('old')\nclear_output()\nprint('new')",
    "two values": "from IPython.core.interactiveshell import InteractiveShell\nfirst = 5\nfirst\n_",
    "figure": "import base64\nfrom IPython.display import Image\nImage(base64.b64decode('iVBORw0KGgo='), format='png')",
    "unicode": "'naïve ☃'",
    "written": "import sys\nsys.stdout.write('x\\n')",
}


def told(outputs: Any) -> list[Any]:
    """Outputs without what differs from run to run: counters, tracebacks, and the order between streams and the rest."""
    streams: dict[str, str] = {}
    found: list[Any] = [streams]
    for output in outputs:
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + output["text"]
        elif output["output_type"] == "error":
            found.append(["error", output["ename"], re.sub(r"\(\S+, line", "(line", output["evalue"])])
        else:
            found.append([output["output_type"], {kind: text.strip() for kind, text in output["data"].items()}])
    return found


@pytest.fixture(scope="module")
def in_a_kernel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    notebook = new_notebook(cells=[new_code_cell(source) for source in LIKE_A_KERNEL.values()])
    execute(notebook, tmp_path_factory.mktemp("kernel"))
    return {name: told(cell.outputs) for name, cell in zip(LIKE_A_KERNEL, notebook.cells, strict=True)}


@pytest.fixture(scope="module")
def in_a_session(made: Engine) -> dict[str, list[Any]]:
    seen = graded(made, *(Cell(name, "extra", source) for name, source in LIKE_A_KERNEL.items()), value("late", 1))
    assert seen["late"].points == 4.0
    return {name: told(seen.ran[place].outputs) for place, name in enumerate(LIKE_A_KERNEL, 1)}


@pytest.mark.parametrize("name", LIKE_A_KERNEL)
def test_a_cell_shows_what_it_shows_in_a_kernel(
    name: str, in_a_kernel: dict[str, list[Any]], in_a_session: dict[str, list[Any]]
) -> None:
    assert in_a_session[name] == in_a_kernel[name]


def test_what_a_child_writes_to_its_inherited_streams_is_shown(made: Engine) -> None:
    source = "import subprocess\n_ = subprocess.run(['sh', '-c', 'echo said; echo complained >&2'])"
    seen = graded(made, Cell("child", "extra", source), value("late", 1))
    assert told(seen.ran[1].outputs) == [{"stdout": "said\n", "stderr": "complained\n"}]


def test_outputs_fit_a_notebook(made: Engine) -> None:
    seen = graded(made, *(Cell(name, "extra", source) for name, source in LIKE_A_KERNEL.items()), value("late", 1))
    cells = [
        new_code_cell("", outputs=[nbformat.from_dict(output) for output in ran.outputs]) for ran in seen.ran.values()
    ]
    nbformat.validate(new_notebook(cells=cells))


# -- what reaches the candidate

SECRET = "quillfeather"


def _shown(verdict: Verdict) -> str:
    return repr([verdict.reason, verdict.notes, [(check.message, check.counterexample) for check in verdict.checks]])


@pytest.mark.parametrize(
    "answer",
    [
        f"def double(n):\n    return n + n if n == 2 else type('{SECRET}%d' % n, (), {{}})()",
        f"def double(n):\n    return n + n if n == 2 else {{'{SECRET}' * n: object()}}",
    ],
    ids=["its class", "its keys"],
)
def test_a_refusal_of_a_hidden_check_says_nothing_of_the_answers_making(grade: Grade, answer: str) -> None:
    verdict = grade(ask("double", answer, DOUBLE))["double"]
    assert verdict.outcome == "refused"
    assert SECRET not in _shown(verdict)
    assert verdict.reason == "A hidden check refused what the answer handed over."


FORGE = """\
def double(n):
    from groundschool.grading import wire
    from groundschool.grading.wire import protocol

    real = wire.send_raw
    forged = protocol.Ended("timed_out", "quillfeather")
    if n == 7:
        wire.send_raw = lambda channel, body: real(channel, protocol.pack(forged))
    return n + n
"""


def test_a_forged_end_is_told_in_our_words(grade: Grade) -> None:
    verdict = grade(ask("double", FORGE, DOUBLE))["double"]
    assert verdict.outcome == "crashed"
    assert SECRET not in _shown(verdict)


def test_a_query_does_not_stand_in_for_a_function(made: Engine) -> None:
    def verdict(instructors: str) -> Verdict:
        cells = [Cell("setup", "plain", SETUP), *ask("query", "query = 'select n from numbers'", QUERY)]
        notebook = Notebook((cells[0], Cell("query", "solution", instructors), cells[2]))
        with Session(made, notebook, cells, Knowledge(fixtures.PRACTICE_SEED)) as session:
            (found,) = session.run({})
            return found.verdict

    assert verdict("query = 'select 1'").outcome == "passed"
    assert (verdict("def query(numbers):\n    return numbers").outcome) == "refused"


def test_an_answer_that_ends_its_process_does_not_take_along_what_others_use(grade: Grade) -> None:
    dying = "import os\ndef double(n):\n    if n == 7:\n        os._exit(1)\n    return n + n"
    helper = Cell("own", "extra", "def helper():\n    return 5")
    seen = grade(helper, ask("double", dying, DOUBLE), value("five", 5, "five = helper()"))
    assert (seen["double"].outcome, seen["five"].points) == ("crashed", 4.0)


WRONG_ORDERS = """\
t = checks.question("orders", orders, points=4)
t.equal("the first", 1, answer=lambda: 1)
t.show()
### BEGIN HIDDEN TESTS
t.agrees("20 orders", lambda table: table.select(["order_id", "status"]), answer=lambda table: t.call(Frame(table, "pandas")), table=t.fixture("order_status", orders=20), by="order_id")
t.points
### END HIDDEN TESTS
"""


def test_whoever_saw_a_hidden_input_has_ended_before_a_counterexample_is_looked_for(
    made: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: list[bool] = []
    real = Session._candidate_for

    def watched(session: Session, request: Request) -> Any:
        if request.example:
            alive.append(session.candidate.alive)
        return real(session, request)

    monkeypatch.setattr(Session, "_candidate_for", watched)
    answer = "def orders(frame):\n    return frame[['order_id', 'status']].assign(status='Lost')"
    verdict = graded(made, ask("orders", answer, WRONG_ORDERS))["orders"]
    assert verdict.checks[-1].counterexample
    assert alive
    assert not any(alive)


CARRYING = """\
import os, pathlib
main = os.getpid()

def orders(frame):
    told = [name for name in os.listdir("/tmp") if name.startswith("ran-")]
    if len(frame) > 5 and len(told) == 8:
        pathlib.Path("/tmp/seen").write_text(str(int(frame["order_id"].sum()) % 128))
        os.kill(main, 9)
    return frame[["order_id", "status"]].assign(status=",".join(sorted(told)))
"""
LEFT_OUT = """\
number = {number}
seen = pathlib.Path("/tmp/seen")
if seen.exists() and not int(seen.read_text()) >> number & 1:
    os._exit(1)
pathlib.Path(f"/tmp/ran-{{number}}").touch()
"""
READ = """\
t = checks.question("job", "job.py", points=4)
t.show()
### BEGIN HIDDEN TESTS
t.equal("the job", t.read("job.py"), "1\\n", hidden=True)
t.points
### END HIDDEN TESTS
"""


def test_what_ended_once_hidden_inputs_were_seen_tells_a_counterexample_nothing(made: Engine) -> None:
    if made.isolation == "none":
        pytest.skip("Without a box nothing is hidden from a candidate's process.")
    cells = [Cell(f"own-{number}", "extra", LEFT_OUT.format(number=number)) for number in range(8)]
    job = ask("job", "%%writefile job.py\n1", READ)
    verdict = graded(made, ask("orders", CARRYING, WRONG_ORDERS), job, *cells)["orders"]
    example = verdict.checks[-1].counterexample
    assert example
    assert all(f"ran-{number}" in str(example) for number in range(8))
