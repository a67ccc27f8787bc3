"""Topics and questions as they are read from notebooks."""

from __future__ import annotations

import ast
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from groundschool import course
from groundschool.authoring import text
from groundschool.course import (
    Cell,
    Course,
    Marking,
    Misstated,
    NotACourse,
    Notebook,
    Role,
    Topic,
    attempt_source,
    code,
    message,
)
from groundschool.course.code import answers_in, is_same_code, names_in
from groundschool.grading.box.limits import CANDIDATE, GIB
from groundschool.grading.session.engine import candidate_part
from tiny_course import DOUBLE, as_text, write

TEST = """\
t = checks.question("double", double, points=4)
t.show()
### BEGIN HIDDEN TESTS
t.points
### END HIDDEN TESTS"""


def cell(name: str, source: str, **meta: object) -> object:
    return new_code_cell(source, metadata={"nbgrader": {"grade_id": name, **meta}})


def test_a_course_is_found_from_any_folder_inside_it(tmp_path: Path) -> None:
    made = write(tmp_path, "tiny", [DOUBLE])
    for folder in (tmp_path, tmp_path / "source" / "tiny", tmp_path / "release"):
        assert course.find(folder) == made


def test_outside_a_course_the_reason_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(NotACourse, match=f"No course was found in {tmp_path}"):
        course.find(tmp_path)


def test_a_topic_is_a_folder_with_a_manifest_or_a_notebook_of_its_name(tmp_path: Path) -> None:
    made = write(tmp_path, "tiny", [DOUBLE])
    for name in ("text", "other", "empty"):
        (tmp_path / "source" / name).mkdir()
    (tmp_path / "source" / "text" / "topic.toml").write_text('title = "Text"\nquestions = []')
    (tmp_path / "source" / "other" / "notes.md").write_text("# Notes")
    assert [topic.name for topic in made.topics] == ["text", "tiny"]
    with pytest.raises(NotACourse, match=r"There is no topic 'other'\. Topics of this course: text, tiny\."):
        made.topic("other")


@pytest.fixture
def texted(tmp_path: Path) -> Topic:
    made = write(tmp_path, "tiny", [DOUBLE])
    as_text(made, "tiny", [DOUBLE])
    return made.topic("tiny")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            'engine = ["spark"]',
            "unknown field `engine`. Its keys: title, questions, order, answered, engines, services, limits",
        ),
        ("[limits]\nwall_seconds = 0", "Expected `int` >= 1 - at `$.limits.wall_seconds`"),
        ("[limits]\nmemory_mib = 90000", "Expected `int` <= 8192 - at `$.limits.memory_mib`"),
        ('engines = ["sparc"]', "Invalid enum value 'sparc' - at `$.engines[0]`"),
        ('engines = "spark"', "Expected `array`, got `str` - at `$.engines`"),
        ("engines = [", "topic.toml is not TOML"),
        ('services = ["s4"]', "the lab has no service s4. It has: "),
    ],
)
def test_a_manifest_says_only_what_is_known(texted: Topic, said: str, told: str) -> None:
    path = texted.folder / "topic.toml"
    path.write_text(f"{path.read_text()}\n{said}\n")
    with pytest.raises(Misstated) as refused:
        texted.notebook()
    assert told in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_topic_with_a_manifest_needs_what_it_says_and_not_what_its_source_looks_like(texted: Topic) -> None:
    assert not texted.notebook().uses_spark
    path = texted.folder / "topic.toml"
    path.write_text(f'{path.read_text()}engines = ["spark"]\nservices = ["s3"]\n')
    notebook = texted.notebook()
    assert (notebook.uses_spark, notebook.uses_lab, notebook.uses_rubrics) == (True, True, False)


def test_a_topic_states_the_limits_that_differ_from_the_usual(texted: Topic) -> None:
    path = texted.folder / "topic.toml"
    path.write_text(f"{path.read_text()}[limits]\nwall_seconds = 120\nmemory_mib = 2048\n")
    part = candidate_part(texted.notebook().needs)
    assert part.limits == replace(CANDIDATE, wall_seconds=120, memory_bytes=2 * GIB)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("level: easy", "level: simple", "Invalid enum value 'simple' - at `$.level`"),
        ("minutes: 5", "minute: 5", "unknown field `minute`. Its keys: level, minutes"),
        ("---\nlevel", "level", "level and minutes, `---` were expected"),
        ("## Return", "Return", "a title was expected"),
        ("python answer", "python", "needs a cell opened by `python answer`"),
        ("checks.question(double)", "check(double)", "`t = checks.question(double)` was expected"),
    ],
)
def test_a_question_says_only_what_is_known(texted: Topic, old: str, new: str, told: str) -> None:
    (question,) = texted.questions
    question.path.write_text(question.text.replace(old, new))
    with pytest.raises(Misstated) as refused:
        text.cells_of(texted, text.read(texted))
    assert told in str(refused.value)
    assert str(question.path) in str(refused.value)


def test_a_question_that_the_manifest_names_and_nobody_wrote_is_told(texted: Topic) -> None:
    texted.questions[0].path.unlink()
    with pytest.raises(Misstated, match=r"question\.md is missing; topic\.toml names the question 'double'"):
        text.read(texted)


def test_a_missing_or_broken_notebook_is_told(tmp_path: Path) -> None:
    topic = write(tmp_path, "tiny", [DOUBLE]).topic("tiny")
    topic.path.write_text("{not json")
    with pytest.raises(NotACourse, match="is not a notebook"):
        topic.notebook()
    topic.path.unlink()
    with pytest.raises(NotACourse, match="is missing"):
        topic.notebook()


def test_cells_have_the_roles_of_their_metadata() -> None:
    node = new_notebook(cells=[
        new_markdown_cell("# Title"),
        new_code_cell("import os"),
        cell("double", "double = 1", solution=True, grade=False),
        cell("double_tests", TEST, grade=True, solution=False, points=4),
        cell("essay", "", grade=True, solution=True, points=2),
        cell("task", "", task=True, points=1),
        cell("locked", "x = 1", grade=False, solution=False, locked=True),
    ])  # fmt: skip
    found = course.from_node(node)
    assert [each.role for each in found.cells] == [
        "prose",
        Role.PLAIN,
        Role.SOLUTION,
        Role.TEST,
        "manual",
        "manual",
        "plain",
    ]
    assert [(each.question, each.points) for each in found.tests] == [("double", 4.0)]


def test_hidden_tests_are_kept_apart_from_visible_ones() -> None:
    visible, hidden = Cell("double_tests", Role.TEST, TEST).visible_and_hidden
    assert visible.strip().endswith("t.show()")
    assert hidden == "t.points\n"
    assert Cell("x", Role.TEST, "assert x").visible_and_hidden == ("assert x", "")


def test_a_hidden_region_that_does_not_stand_alone_makes_all_of_the_cell_hidden() -> None:
    inside = "for n in range(3):\n    assert n\n### BEGIN HIDDEN TESTS\n    assert n == 2\n### END HIDDEN TESTS\n"
    assert Cell("x", Role.TEST, inside).visible_and_hidden == ("", inside)


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\n### BEGIN HIDDEN TESTS\ny = x\n### END HIDDEN TESTS\n0.5 * y",
        "### BEGIN HIDDEN TESTS\na\n### END HIDDEN TESTS\nb\n### BEGIN HIDDEN TESTS\nc\n### END HIDDEN TESTS",
        "if True:\n    ### BEGIN HIDDEN TESTS\n    assert x == 7\n    ### END HIDDEN TESTS",
        "# BEGIN HIDDEN TESTS\nassert x == 7\n# END HIDDEN TESTS",
    ],
    ids=["a score after it", "two regions", "indented", "written otherwise"],
)
def test_a_cell_whose_hidden_region_does_not_end_it_is_hidden_as_a_whole(source: str) -> None:
    assert Cell("x", Role.TEST, source).visible_and_hidden == ("", source)


def test_an_answer_may_be_called_like_a_builtin_and_be_bound_again_by_the_test() -> None:
    cells = (Cell("a", Role.SOLUTION, "def max(x):\n    return x"), Cell("b", Role.SOLUTION, "found = [2, 1]"))
    test = Cell("t", Role.TEST, "found = sorted(found)\nassert max(found) == found")
    assert Notebook((*cells, test)).answers_of(test) == ("found", "max")


def test_the_answers_of_a_test_are_the_names_it_uses_that_solutions_bind() -> None:
    cells = (
        Cell("setup", Role.PLAIN, "rate = 2"),
        Cell("double", Role.SOLUTION, "factor = 2\ndef double(n):\n    local = n\n    return factor * local"),
        Cell("words", Role.SOLUTION, "words, (first, *rest) = ['a'], (1, 2)\nfor each in words:\n    pass"),
        Cell("t", Role.TEST, "local = 1\nassert double(1) == rate and len(words) and factor and local"),
    )
    assert Notebook(cells).answers == {"factor", "double", "words", "first", "rest", "each"}
    assert Notebook(cells).answers_of(cells[-1]) == ("double", "factor", "words")


def test_files_that_solutions_write_are_known() -> None:
    cells = (
        Cell("job", Role.SOLUTION, "%%writefile job.py\nx = 1"),
        Cell("more", Role.SOLUTION, "%%file -a more.py\nx = 1"),
        Cell("other", Role.PLAIN, "%%writefile not.py\n"),
    )
    assert Notebook(cells).files == ("job.py", "more.py")
    assert Notebook(cells).answers == frozenset()


def test_magics_in_a_solution_do_not_hide_its_answers() -> None:
    assert Notebook((Cell("a", Role.SOLUTION, "%matplotlib inline\nif True:\n    !ls\nplot = 1"),)).answers == {"plot"}


@pytest.mark.parametrize(("source", "uses"), [("from groundschool import spark", True), ("x = 1", False)])
def test_a_notebook_that_starts_spark_is_known(source: str, uses: bool) -> None:
    assert Notebook((Cell("setup", Role.PLAIN, source),)).uses_spark is uses


def test_attempts_are_listed_by_name(tmp_path: Path) -> None:
    topic = write(tmp_path, "tiny", [DOUBLE]).topic("tiny")
    folder = topic.folder / "mistakes" / "double"
    (folder / "__pycache__").mkdir(parents=True)
    for name in ("b.py", "a.py"):
        (folder / name).write_text("")
    assert [path.name for path in topic.attempts("mistakes", "double")] == ["a.py", "b.py"]
    assert topic.attempts("answers", "double") == ()
    assert Course(tmp_path).topic("tiny") == topic


def test_what_a_cell_imports_is_no_answer_but_may_be_a_strangers() -> None:
    source = "import numpy as np\nfrom mine import double\nother = [each for each in np.arange(2)]"
    names = names_in(source)
    assert (names.bound, names.imported) == ({"other"}, {"np", "double"})
    assert Notebook((Cell("a", Role.SOLUTION, source),)).answers == {"other"}
    assert answers_in(source) == {"other", "np", "double"}


def test_code_that_no_parser_takes_has_no_names() -> None:
    for source in ("def double(", "x = " + "(" * 5000 + ")" * 5000, "%%sql\nselect 1", "\0"):
        assert names_in(source).bound == answers_in(source) == frozenset()


def test_words_under_the_answers_magic_are_a_text_of_its_name() -> None:
    long = 'it\'s "that" ( ' * 3000
    for source in ("%%answer why\n# Because\nx = 1", "%%answer why", f"%%answer  why \n{long}"):
        assert names_in(source).texts == names_in(source).bound == answers_in(source) == {"why"}
    assert Notebook((Cell("why", Role.SOLUTION, "%%answer why\n"),)).texts == {"why"}
    for source in ("%%answer\nbecause", "%%answer the why\nbecause", "x = 1\n%%answer why", "%%answers why\n"):
        assert "why" not in answers_in(source)


def test_a_heading_alone_is_an_answer_in_words_and_no_comment() -> None:
    assert not is_same_code("%%answer why\n# Because it is cheap\n", "%%answer why\n\n")
    assert is_same_code("%%answer why \n\n \n", "%%answer why\n\n")


@pytest.mark.parametrize("metadata", [None, [], {"nbgrader": 3}, {"nbgrader": {"points": "many", "grade_id": None}}])
def test_metadata_of_another_kind_marks_nothing(metadata: object) -> None:
    assert Marking.of({"metadata": metadata}) == Marking()


def test_a_mistake_is_handed_in_without_its_message(tmp_path: Path) -> None:
    test, notebook = Cell("why_tests", Role.TEST, ""), Notebook(())
    for kind, expected in (("mistakes", "why = 'because\\n'\n"), ("answers", "why = '# Told.\\nbecause\\n'\n")):
        for path in (tmp_path / kind / "why" / "a.txt", tmp_path / "why" / kind / "a.txt"):
            path.parent.mkdir(parents=True)
            path.write_text("# Told.\nbecause\n")
            assert attempt_source(notebook, test, path) == expected
            assert message(path) == "Told."


def test_no_two_threads_build_a_syntax_tree_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    building, together, really = list[int](), list[int](), ast.parse

    def slowly(source: str) -> ast.Module:
        building.append(threading.get_ident())
        together.append(len(building))
        time.sleep(0.005)
        building.remove(threading.get_ident())
        return really(source)

    monkeypatch.setattr(ast, "parse", slowly)
    with ThreadPoolExecutor(4) as executor:
        list(executor.map(code.parsed, [f"a = {number}" for number in range(20)]))
    assert set(together) == {1}
