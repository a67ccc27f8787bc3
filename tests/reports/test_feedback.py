"""The candidate's page and the instructor's, by the functions that write them and by nbgrader's own command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from groundschool.checks.verdict import Check, Counterexample, Result, Verdict
from groundschool.reports.feedback import candidate_page, instructor_page

HIDDEN_LINES = "### BEGIN HIDDEN TESTS\nsecret_orders = 4711\n2.0\n### END HIDDEN TESTS"
ANSWER = "latest_status = 'select max(status)'"
REFERENCE = "### BEGIN SOLUTION\nlatest_status = 'select the_reference'\n### END SOLUTION"
EXPORTER = "groundschool.grading.plugin.exporter.SafeFeedbackExporter"


def graded_cell(source: str, grade_id: str, *, test: bool, outputs: tuple[Any, ...] = ()) -> NotebookNode:
    cell = new_code_cell(source, outputs=list(outputs))
    cell.metadata["nbgrader"] = {
        "grade_id": grade_id, "grade": test, "locked": test, "solution": not test, "task": False, "schema_version": 3,
    }  # fmt: skip
    if test:
        cell.metadata["nbgrader"]["points"] = 4
    return cell


def notebook(
    answer: str, hidden: str, outputs: tuple[Any, ...] = (), test_outputs: tuple[Any, ...] = ()
) -> NotebookNode:
    return new_notebook(
        cells=[
            new_markdown_cell("# SQL for orders"),
            new_code_cell("import pandas", outputs=[new_output("stream", text="setup printed this")]),
            new_markdown_cell("## Return the `latest` status"),
            graded_cell(answer, "latest_status", test=False, outputs=outputs),
            graded_cell(f"visible_line = 1\n{hidden}", "latest_status_tests", test=True, outputs=test_outputs),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


def table(*rows: list[str]) -> dict[str, Any]:
    return {"columns": ["order_id", "latest_status"], "rows": list(rows)}


EXAMPLE = Counterexample(
    given={"order_status": table(["1", "Placed"])},
    got=table(["1", "Shipped"], ["2", "Placed"]),
    expected=table(["1", "Delivered"], ["2", "Placed"]),
)
RESULT = Result(
    candidate="example-partial",
    topic="sql",
    isolation="sandbox",
    flags=("Cell 7 was duplicated.",),
    questions=(
        Verdict(
            "latest_status", 0.8, 4.0, "partial", ("outdated",),
            (
                Check("the example of the prompt", True, False),
                Check("more orders", False, True, "13 rows of `latest_status` differ.", "takes_greatest_text", EXAMPLE, "row 1187 of the hidden data"),
            ),
            ("A note on the answer.",),
        ),
    ),
)  # fmt: skip
RELEASED = notebook("latest_status = ''", "")
SOURCE = notebook(REFERENCE, HIDDEN_LINES)
EXECUTED = notebook(
    ANSWER,
    HIDDEN_LINES,
    outputs=(new_output("stream", text="printed by the answer"),),
    test_outputs=(new_output("stream", text="printed by the test: 4711"),),
)


def test_the_candidate_reads_what_was_found_and_why() -> None:
    page = candidate_page(RESULT, EXECUTED, RELEASED)
    for text in ("example-partial", "0.8", "more orders", "13 rows of <code>latest_status</code> differ.", "outdated",
                 "takes greatest text", "A note on the answer.", "Cell 7 was duplicated.", "Return the latest status",
                 "Shipped", "Delivered", "visible_line", "printed by the answer", "setup printed this"):  # fmt: skip
        assert text in page, text


def test_nothing_hidden_is_on_the_candidates_page() -> None:
    page = candidate_page(RESULT, EXECUTED, RELEASED)
    for text in ("secret_orders", "4711", "printed by the test", "row 1187", "the_reference", "HIDDEN TESTS"):
        assert text not in page, text


def test_a_test_cell_that_was_never_released_is_left_out() -> None:
    executed = new_notebook(cells=[graded_cell("secret = 5151", "other_tests", test=True)])
    assert "5151" not in candidate_page(RESULT, executed, RELEASED)


def test_hidden_tests_stay_hidden_when_their_cell_has_lost_its_metadata() -> None:
    executed = new_notebook(cells=[new_code_cell(HIDDEN_LINES)])
    assert "secret_orders" not in candidate_page(RESULT, executed, RELEASED)


def test_the_instructor_sees_everything() -> None:
    page = instructor_page(RESULT, EXECUTED, SOURCE)
    for text in ("secret_orders", "printed by the test: 4711", "row 1187", "the_reference", "For the conversation"):
        assert text in page, text


def test_cells_of_the_candidates_own_are_parsed_up_to_a_limit() -> None:
    # Parsing takes quadratic time on text made for it, and pages are written when everybody is waiting for them.
    mine = notebook(ANSWER, HIDDEN_LINES)
    mine.cells[1:1] = [new_code_cell(f"marked_{number} = {'x' * 2_900!r}") for number in range(20)]
    mine.cells.append(new_markdown_cell("*long*" * 1_000))
    for page in (candidate_page(RESULT, mine, mine), instructor_page(RESULT, mine, mine)):
        assert '<span class="n">marked_0</span>' in page
        assert '<span class="n">marked_19</span>' not in page
        assert "marked_19 = " in page
        assert "<em>long</em>" not in page
        assert '<span class="n">visible_line</span>' in page


@pytest.mark.parametrize("write", [candidate_page, instructor_page])
def test_the_rows_that_differ_are_marked_on_both_sides(write: Any) -> None:
    page = write(RESULT, EXECUTED, RELEASED)
    assert page.count('<tr class="odd">') == 2


def test_a_counterexample_of_several_tables_shows_each_by_name() -> None:
    example = replace(
        EXAMPLE,
        given={"orders": table(["1", "a"]), "customers": table(["2", "b"])},
        got=None,
        error="KeyError: 'status'",
    )
    check = replace(RESULT.questions[0].checks[1], counterexample=example)
    page = candidate_page(
        replace(RESULT, questions=(replace(RESULT.questions[0], checks=(check,)),)), EXECUTED, RELEASED
    )
    assert "Input: orders" in page
    assert "Input: customers" in page
    assert "KeyError: &#39;status&#39;" in page


PROMPT = "## Say what S3 promises\n\nA story.\n\n**What does S3 promise after an overwrite?**\n\nOne sentence."
WORDS = Verdict(
    "q07", 1.0, 2.0, "partial", (), (Check("what the answer says", False, True, "Not found in the answer: listings.", found=("overwrites",), words=("strong",)),)
)  # fmt: skip


def in_words(answer: str, hidden: str) -> NotebookNode:
    cells = [new_markdown_cell(PROMPT), graded_cell(f"%%answer q07\n\n{answer}", "q07", test=False)]
    return new_notebook(cells=[*cells, graded_cell(f"visible = 1\n{hidden}", "q07_tests", test=True)])


def test_an_answer_in_words_stands_beside_the_reference_with_its_found_words_marked() -> None:
    result = replace(RESULT, questions=(WORDS,))
    given = in_words("It is <b>strong</b>.\nSince 2020.", HIDDEN_LINES)
    source = in_words("### BEGIN SOLUTION\nStrong, for all of it.\n### END SOLUTION", HIDDEN_LINES)
    page = instructor_page(result, given, source, {"q07": "question: What?\nideas: []"})
    assert "What does S3 promise after an overwrite?" in page
    assert "It is &lt;b&gt;<mark>strong</mark>&lt;/b&gt;.\nSince 2020." in page
    assert '<p class="said">Strong, for all of it.</p>' in page
    assert "<summary>Rubric</summary>" in page
    assert "You wrote <code>strong</code>." in page
    own = candidate_page(result, given, in_words("", ""))
    assert "<mark>strong</mark>" in own
    assert "found: overwrites" in own
    for text in ("Rubric", "ideas: []", "Strong, for all of it", "You wrote"):
        assert text not in own, text


def test_mistakes_and_signals_stand_once_by_name_with_their_questions() -> None:
    two = replace(RESULT.questions[0], question="other", checks=RESULT.questions[0].checks * 2)
    page = instructor_page(replace(RESULT, questions=(RESULT.questions[0], two)), EXECUTED, SOURCE)
    talk = page.split("For the conversation")[1].split("</section>")[0]
    assert talk.count("takes greatest text") == 1
    assert talk.count("was true once; the service has changed") == 1
    assert talk.count('href="#question-1"') == talk.count('href="#question-2"') + 1  # the other has no answer
    assert "15 minutes" in talk


@pytest.mark.parametrize("write", [candidate_page, instructor_page])
def test_a_page_forbids_scripts_and_requests_and_states_how_it_was_graded(write: Any) -> None:
    page = write(RESULT, EXECUTED, RELEASED)
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'" in page
    assert "<script" not in page
    assert "isolation: sandbox" in page
    assert "practice seed: hidden data can be reproduced" in page


def test_a_private_seed_is_not_called_a_practice_seed() -> None:
    assert "practice seed" not in candidate_page(replace(RESULT, practice_seed=False), EXECUTED, RELEASED)


def test_grading_without_a_sandbox_is_stated() -> None:
    assert "isolation: none" in candidate_page(replace(RESULT, isolation="none"), EXECUTED, RELEASED)


def test_an_unreadable_notebook_still_gets_a_page() -> None:
    page = candidate_page(replace(RESULT, flags=("The notebook is not JSON.",)), None, RELEASED)
    assert "The notebook is not JSON." in page
    assert "No cell of the notebook could be read." in page


@pytest.mark.parametrize(
    "outcome", ["not_attempted", "crashed", "timed_out", "out_of_memory", "refused", "needs_person"]
)
def test_an_outcome_without_checks_is_explained(outcome: Any) -> None:
    verdict = Verdict("latest_status", 0.0, 4.0, outcome)
    assert '<div class="notice calm">' in candidate_page(replace(RESULT, questions=(verdict,)), EXECUTED, RELEASED)


class Course:
    """A course folder as nbgrader has it after autograding one submission."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = Config()
        self.config.CourseDirectory.root = str(root)
        self.config.CourseDirectory.course_id = "course"
        self.config.GenerateFeedback.exporter_class = EXPORTER
        self.api = NbGraderAPI(CourseDirectory(config=self.config), config=self.config)
        self._write("source/sql/sql.ipynb", SOURCE)
        assert self.api.generate_assignment("sql")["success"]

    def _write(self, name: str, content: NotebookNode) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(content, path)

    def hand_in(self, executed: NotebookNode, score: float, comment: str = "") -> None:
        self._write("autograded/ada/sql/sql.ipynb", executed)
        with Gradebook(f"sqlite:///{self.root}/gradebook.db", "course") as gradebook:
            gradebook.update_or_create_student("ada")
            gradebook.add_submission("sql", "ada")
            grade = gradebook.find_grade("latest_status_tests", "sql", "sql", "ada")
            grade.auto_score, grade.manual_score = 0.8, score
            gradebook.find_comment("latest_status", "sql", "sql", "ada").manual_comment = comment
            gradebook.db.commit()

    @property
    def feedback(self) -> Path:
        return self.root / "feedback/ada/sql/sql.html"


def with_result(executed: NotebookNode, result: Result) -> NotebookNode:
    copy = nbformat.from_dict(executed)
    copy.metadata["groundschool"] = result.to_json()
    return copy


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return Course(tmp_path)


def test_the_formgraders_button_writes_the_safe_page_with_what_a_person_decided(course: Course) -> None:
    course.hand_in(with_result(EXECUTED, RESULT), score=3.0, comment="Talk about ties.")
    outcome = course.api.generate_feedback("sql", "ada")
    assert outcome["success"], outcome
    page = course.feedback.read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "Points set by a person; graded automatically: 0.8." in page
    assert "Comment: Talk about ties." in page
    assert "secret_orders" not in page
    assert "4711" not in page


def test_nbgrader_generate_feedback_writes_the_safe_page(course: Course) -> None:
    course.hand_in(with_result(EXECUTED, RESULT), score=0.8)
    (course.root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'course'\nc.GenerateFeedback.exporter_class = '{EXPORTER}'\n"
    )
    command = shutil.which("nbgrader", path=str(Path(sys.executable).parent))
    assert command is not None
    subprocess.run([command, "generate_feedback", "sql"], cwd=course.root, check=True, capture_output=True)
    page = course.feedback.read_text(encoding="utf-8")
    assert "13 rows of <code>latest_status</code> differ." in page
    assert "secret_orders" not in page


def test_a_notebook_without_a_result_gets_no_page_and_says_what_to_do(course: Course) -> None:
    course.hand_in(EXECUTED, score=0.8)
    outcome = course.api.generate_feedback("sql", "ada")
    assert not outcome["success"]
    assert "Grade it again with" in outcome["log"]
    assert not course.feedback.exists()
