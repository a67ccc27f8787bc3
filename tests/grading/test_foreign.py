"""Test cells as other courses write them, without `checks`: what stock nbgrader pays is paid here, and nothing else.

Each page below is one question: cells that stand before it, its starter, its solution, its test cells, and wrong answers.
All of them make one notebook, which is graded once for each candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from groundschool import fixtures
from groundschool.checks.verdict import Verdict
from groundschool.course import Course
from groundschool.grading import submission
from groundschool.grading.box import probe
from groundschool.grading.handin.stage import stage
from groundschool.grading.rehearsal.lesson import Lesson, learned, prepare
from groundschool.grading.session.engine import Engine
from tiny_course import KERNEL

pytestmark = pytest.mark.xdist_group("foreign")  # graded once, not by each of pytest's processes
FILES = {
    "helper.py": "def twice(number):\n    return 2 * number\n",
    "tables/rows.json": "[1, 2, 3]",
    "names.txt": "ada\nbob\n",
}
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS\n?", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """A question. `wrong` answers earn no point of any of its test cells, in stock nbgrader as here."""

    solution: str
    tests: tuple[str, ...]
    wrong: tuple[str, ...]
    starter: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()  # plain cells between solution and tests


KINDS = {
    "second_test": Asked(
        "def add(one, two):\n    return one + two",
        ("assert add(1, 2) == 3", "assert add('a', 'b') == 'ab'"),
        ("def add(one, two):\n    return 0", "add = 3"),
    ),
    "earlier_answer": Asked(
        "def total(*numbers):\n    found = 0\n    for number in numbers:\n        found = add(found, number)\n    return found",
        ("assert total() == 0\n### BEGIN HIDDEN TESTS\nassert total(1, 2, 3) == 6\n### END HIDDEN TESTS",),
        ("def total(*numbers):\n    return 6 if numbers else 1", "def total(*numbers):\n    return 0"),
    ),
    "empty_stub": Asked(
        "    return number",
        ("assert same(1) == 1\nassert same('b') == 'b'",),
        ("    return 1", "    return 'b'"),
        starter="def same(number):",
    ),
    "module_beside": Asked(
        "def four_times(number):\n    return helper.twice(helper.twice(number))",
        ("assert four_times(3) == 2 * helper.twice(3)", "assert four_times('ab') == 'abababab'"),
        ("def four_times(number):\n    return 2 * number", "def four_times(number):\n    return 'abab'"),
        before=("import helper",),
    ),
    "file_read_before": Asked(
        "def product(rows):\n    found = 1\n    for row in rows:\n        found *= row\n    return found",
        ("assert product(rows) == 6\nassert product([*rows, 5]) == 30",),
        ("def product(rows):\n    return 6", "def product(rows):\n    return sum(rows)"),
        before=("import json\nwith open('tables/rows.json') as file:\n    rows = json.load(file)",),
    ),
    "file_read_by_the_answer": Asked(
        "def lines(name):\n    with open(name) as file:\n        return file.read().split()",
        ("assert lines('names.txt') == ['ada', 'bob']\nassert len(lines('tables/rows.json')) == 3",),
        ("def lines(name):\n    return ['ada', 'bob']", "def lines(name):\n    return [name]"),
    ),
    "names_of_an_earlier_test": Asked(
        "def mean(numbers):\n    return sum(numbers) / len(numbers)",
        (
            "import fractions\nnumbers = [fractions.Fraction(1, 2), fractions.Fraction(3, 2)]\n"
            "def near(one, two):\n    return abs(one - two) < 1e-9\nassert near(mean([1, 2]), 1.5)",
            "assert near(mean([2, 4]), 3)\nnumbers.append(fractions.Fraction(1))\nassert len(numbers) == 3",
            "assert len(numbers) == 3 and near(mean([7.0]), 7)\nassert near(float(mean([1, 2, 6])), fractions.Fraction(3))",
        ),
        ("def mean(numbers):\n    return 0", "def mean(numbers):\n    return max(numbers)"),
    ),
    "hidden_names_of_an_earlier_test": Asked(
        "def power(one, two):\n    return one**two",
        (
            "assert power(2, 3) == 8\n### BEGIN HIDDEN TESTS\nsecret = 11\nassert power(secret, 2) == 121\n### END HIDDEN TESTS",
            "assert power(secret, 1) == 11",
        ),
        ("def power(one, two):\n    return 8", "def power(one, two):\n    return 121"),
    ),
    "answer_that_needs_a_tests_import": Asked(
        "def third(number):\n    return float(fractions.Fraction(number, 3))",
        ("assert third(6) == 2\nassert near(third(1), 1 / 3)",),
        ("def third(number):\n    return number / 2", "def third(number):\n    return 2"),
    ),
    "plain_object_changed": Asked(
        "ledger['bob'] = 2\nnames.append('bob')",
        ("assert ledger == {'ada': 1, 'bob': 2}\nassert names == ['ada', 'bob']", "assert 'bob' in ledger"),
        ("ledger['eve'] = 2", "names.append('bob')"),
        before=("ledger, names = {'ada': 1}, ['ada']",),
    ),
    "value_computed_from_an_answer": Asked(
        "side = 4",
        ("assert area == 16\nassert areas == [1, 16]",),
        ("side = 5", "side = 'four'"),
        before=("def square(number):\n    return number * number\nareas = []",),
        after=("area = square(side)\nareas.append(square(1))", "areas.append(area)"),
    ),
    "import_in_the_solution": Asked(
        "import math\nfrom statistics import median\ndef floors(numbers):\n    return [math.floor(number) for number in numbers]",
        ("assert floors([1.5, math.pi]) == [1, 3]", "assert median([1, 9, 2]) == 2 and floors([]) == []"),
        (
            "def floors(numbers):\n    return [1, 3]",
            "import cmath as math\nmedian = max\ndef floors(numbers):\n    return [1, 3]",
        ),
    ),
    "looks_for_the_name": Asked(
        "found = 42",
        ("assert 'found' in dir()\nassert found == 42", "assert globals().get('found') == 42"),
        ("", "found = 41"),
    ),
    "magics_everywhere": Asked(
        "%matplotlib inline\nleft = lambda text: text[:1]",
        (
            "%matplotlib inline\nassert left('ab') == 'a'\n### BEGIN HIDDEN TESTS\nassert left('') == ''\n### END HIDDEN TESTS",
        ),
        ("left = lambda text: 'a'", "%no_such_magic\nleft = lambda text: text"),
        before=("%matplotlib inline\nwidth = 3\nwidth?", "%%time\nheight = width % 2"),
    ),
    "argument_changed_in_place": Asked(
        "def tidy(names, sizes=None):\n    names.sort()\n    if sizes is not None:\n        sizes['n'] = len(names)",
        (
            "given, sizes = ['b', 'a'], {}\ntidy(given, sizes)\nassert given == ['a', 'b'] and sizes == {'n': 2}\n"
            "### BEGIN HIDDEN TESTS\nmore = [2, 1, 3]\ntidy(more)\nassert more == [1, 2, 3]\n### END HIDDEN TESTS",
            "import numpy as np\ngiven = np.array([3, 1, 2])\nassert tidy(given) is None\nassert list(given) == [1, 2, 3]",
        ),
        (
            "def tidy(names, sizes=None):\n    return sorted(names)",
            "def tidy(names, sizes=None):\n    names[:] = ['a', 'b']",
        ),
    ),
    "argument_left_alone": Asked(
        "def ordered(numbers):\n    return sorted(numbers)",
        ("given = [3, 1, 2]\nassert ordered(given) == [1, 2, 3]\nassert given == [3, 1, 2]",),
        ("def ordered(numbers):\n    numbers.sort()\n    return numbers", "def ordered(numbers):\n    return numbers"),
    ),
    "functions_given": Asked(
        "def each(function, values, start=None):\n    try:\n        return [function(value) for value in values]\n"
        "    except ZeroDivisionError:\n        return start",
        (
            "seen = []\nassert each(lambda number: seen.append(number) or number + 1, [1, 2]) == [2, 3]\nassert seen == [1, 2]",
            "def inverse(number):\n    return 1 / number\nassert each(inverse, [2, 0], start='none') == 'none'\n"
            "assert each(str, range(3)) == ['0', '1', '2'] and each(add_one, [1]) == [2]",
        ),
        (
            "def each(function, values, start=None):\n    return [value + 1 for value in values]",
            "def each(function, values, start=None):\n    return start or [2, 3]",
        ),
        after=("add_one = lambda number: number + 1",),
    ),
    "functions_returned": Asked(
        "def adder(one):\n    def added(two):\n        return one + two\n    return added\n"
        "def twice(function):\n    return lambda value: function(function(value))",
        (
            "assert adder(2)(3) == 5\n### BEGIN HIDDEN TESTS\nassert adder('a')('b') == 'ab'\n### END HIDDEN TESTS",
            "@twice\ndef halved(number):\n    return number / 2\nassert halved(8) == 2 and twice(adder(3))(1) == 7",
        ),
        (
            "def adder(one):\n    return lambda two: 5\ntwice = adder",
            "def adder(one):\n    return 5\ndef twice(function):\n    return function",
        ),
    ),
    "generator_driven": Asked(
        "def count(start=0):\n    while True:\n        step = yield start\n        start += step or 1",
        (
            "import itertools\nnumbers = count(3)\nassert [next(numbers), next(numbers), numbers.send(10), next(numbers)] == [3, 4, 14, 15]",
            "assert list(itertools.islice(count(), 5)) == [0, 1, 2, 3, 4]\nfor number in count(7):\n    break\nassert number == 7",
        ),
        (
            "def count(start=0):\n    return iter([3, 4, 14, 15])",
            "def count(start=0):\n    yield from range(start, start + 4)",
        ),
    ),
}


def _cell(source: str, name: str = "", *, points: float | None = None) -> nbformat.NotebookNode:
    if not name:
        return new_code_cell(source)
    tested = points is not None
    meta = {
        "grade_id": name,
        "grade": tested,
        "locked": tested,
        "solution": not tested,
        "task": False,
        "schema_version": 3,
    }
    return new_code_cell(source, metadata={"nbgrader": {**meta, **({"points": points} if tested else {})}})


def _notebook(answers: Mapping[str, str] | None, *, released: bool) -> nbformat.NotebookNode:
    """The instructor's notebook where there are no `answers`; where there are, those of a candidate."""
    cells = []
    for name, asked in KINDS.items():
        region = f"### BEGIN SOLUTION\n{asked.solution}\n### END SOLUTION"
        answer = region if answers is None else answers.get(name, "")
        cells += [_cell(source) for source in asked.before]
        cells.append(_cell(f"{asked.starter}\n{answer}", name))
        cells += [_cell(source) for source in asked.after]
        tests = [HIDDEN.sub("", test) if released else test for test in asked.tests]
        cells += [_cell(test, f"{name}_test_{number}", points=1.0) for number, test in enumerate(tests)]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


@dataclass(frozen=True)
class Foreign:
    """The course on disk, and what grading knows of it."""

    course: Course
    engine: Engine
    lesson: Lesson

    def graded(self, folder: Path, answers: Mapping[str, str], files: Mapping[str, str]) -> dict[str, Verdict]:
        """The verdicts on a candidate's answers, by test cell."""
        (folder / "handed-in").mkdir()
        nbformat.write(_notebook(answers, released=True), folder / "handed-in" / "kinds.ipynb")
        for name, text in files.items():
            (folder / "handed-in" / name).write_text(text)
        staged = stage(folder / "handed-in", self.course.topic("kinds").released, folder / "staged")
        done = submission.grade(self.engine, self.lesson.notebook, staged, self.lesson.knowledge(self.engine), "kinds")
        return {verdict.question: verdict for verdict in done.result.questions}


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreign]:
    root = tmp_path_factory.mktemp("foreign")
    (root / "data").mkdir()
    for kind, answers in (("source", None), ("release", dict.fromkeys(KINDS, ""))):
        folder = root / kind / "kinds"
        (folder / "tables").mkdir(parents=True)
        nbformat.write(_notebook(answers, released=kind == "release"), folder / "kinds.ipynb")
        for name, text in FILES.items():
            (folder / name).write_text(text)
    course = Course(root)
    with Engine("sandbox" if probe.probe() is None else "none", root / "data") as engine:
        topic = course.topic("kinds")
        yield Foreign(course, engine, learned(engine, prepare(topic, fixtures.PRACTICE_SEED, engine.isolation)))


Graded = Mapping[str, Mapping[str, Verdict]]


@pytest.fixture(scope="module")
def graded(foreign: Foreign, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The verdicts by candidate and test cell: one who answers as the instructor does, and those who are wrong."""
    right = {name: asked.solution for name, asked in KINDS.items()}
    answers = {
        "right": right,
        "one": {n: k.wrong[0] for n, k in KINDS.items()},
        "two": {n: k.wrong[1] for n, k in KINDS.items()},
    }
    changed = {"names.txt": "eve\n", "helper.py": "twice = None\n"}  # as in nbgrader, the course's own count
    return {
        who: foreign.graded(tmp_path_factory.mktemp(who), given, changed if who == "right" else {})
        for who, given in answers.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_answer_earns_every_point(graded: Graded, kind: str) -> None:
    found = [verdict for name, verdict in graded["right"].items() if name.startswith(f"{kind}_test_")]
    assert len(found) == len(KINDS[kind].tests)
    assert [(verdict.outcome, verdict.points, verdict.reason) for verdict in found] == [("passed", 1.0, "")] * len(
        found
    )


@pytest.mark.parametrize("who", ["one", "two"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_answer_does_not_earn_every_point(graded: Graded, kind: str, who: str) -> None:
    found = [verdict for name, verdict in graded[who].items() if name.startswith(f"{kind}_test_")]
    assert sum(verdict.points for verdict in found) < len(found)
    assert "needs_person" not in {verdict.outcome for verdict in found}
