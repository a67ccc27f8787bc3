"""Every notebook of source/ keeps to the conventions that grading, nbgrader, nbval and candidates rely on."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import nbformat
import pytest

from groundschool import course
from groundschool.authoring import text
from groundschool.course import TESTS, Marking, Topic
from groundschool.course.manifest import derived

HERE = course.find(Path(__file__).parent)
TOPICS = pytest.mark.parametrize("topic", HERE.topics, ids=lambda topic: topic.name)
SEED_QUESTIONS = {
    "sql": ["latest_status"],
    "pyspark": ["user_actions"],
    "glue": ["q01_glue_job_types", "q02_dynamicframe_vs_dataframe", "q03_glue_metadata", "q04_glue_crawler", "q05_glue_reads_s3", "q20_glue_s3_access"],
    "s3": ["q06_s3_schemes", "q07_s3_consistency", "q08_s3_object_size", "q09_s3_multipart_minimum"],
    "athena": ["q10_athena_engine", "q11_athena_results", "q12_athena_partition_repair", "q13_athena_without_catalog"],
    "redshift": ["q14_redshift_vs_athena", "q15_redshift_copy"],
    "snowflake": ["q16_snowflake_stage", "q17_snowpipe"],
    "airflow": ["q18_airflow_components", "q19_airflow_triggers"],
}  # fmt: skip


def test_the_readme_says_which_cell_answers_each_question_of_the_document_and_which_does_it() -> None:
    there = {(topic.name, test.question) for topic in HERE.topics for test in topic.notebook().tests}
    table = (HERE.root / "README.md").read_text(encoding="utf-8").partition("| question | answered in | done in |")[2]
    rows = [line.split(" | ") for line in table.partition("\n\n")[0].splitlines()[2:]]
    linked = [
        [re.findall(r"\[(\w+)\]\(source/(\w+)/questions/(\w+)/question.md\)", cell) for cell in row] for row in rows
    ]
    assert all(
        name == folder and (topic, name) in there for row in linked for cell in row for name, topic, folder in cell
    )
    answered = [cell[1] for cell in linked]
    seeds = [[(name, topic, name)] for topic, names in SEED_QUESTIONS.items() for name in names]
    assert sorted(answered) == sorted(seeds)
    for _, [(seed, _, _)], done in linked:
        assert done, seed
        assert all(name == seed or not name.startswith("q") for name, _, _ in done), seed


def test_the_answer_that_came_with_each_question_is_among_those_that_must_earn_all_points() -> None:
    for name, questions in SEED_QUESTIONS.items():
        for question in questions:
            folder = HERE.root / "source" / name / "questions" / question / "answers"
            assert len(list(folder.glob("document.*"))) == 1, question


def test_every_question_of_the_document_stands_in_its_topic() -> None:
    found = {topic.name: [test.question for test in topic.notebook().tests] for topic in HERE.topics}
    for name, questions in SEED_QUESTIONS.items():
        assert set(questions) <= set(found.get(name, [])), name


@TOPICS
def test_a_question_has_a_solution_cell_of_its_name_and_a_locked_test_cell_with_its_points(topic: Topic) -> None:
    node = nbformat.read(topic.path, as_version=4)
    metas = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader for cell in node.cells if "nbgrader" in cell.metadata
    }
    for test in topic.notebook().tests:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", test.question)
        assert test.id == f"{test.question}_tests"
        assert metas[test.id].locked
        assert metas[test.question].solution
        assert not metas[test.question].grade
        called = re.search(
            r'checks\.question\("(\w+)", (?:\w+|checks\.Written\("\w+\.py"\)), points=([\d.]+)[,)]', test.source
        )
        assert called is not None, test.id
        assert called.group(1) == test.question
        assert float(called.group(2)) == test.points


@TOPICS
def test_hidden_tests_end_in_the_points_as_their_last_line(topic: Topic) -> None:
    for test in topic.notebook().tests:
        visible, hidden = test.visible_and_hidden
        assert visible.strip().endswith("t.show()"), test.id
        assert hidden.strip().splitlines()[-1] == "t.points", test.id
        assert test.source.rstrip().endswith("### END HIDDEN TESTS"), test.id


@TOPICS
def test_a_question_has_hints_a_prompt_and_a_reason(topic: Topic) -> None:
    for question in topic.questions:
        assert question.text.count("<details><summary>") >= 2, question.id
        assert re.search(r"^\s*# Why: ", question.text, re.MULTILINE), question.id


@TOPICS
def test_a_topic_folder_holds_its_text_its_notebook_and_a_folder_a_question(topic: Topic) -> None:
    names = {path.name for path in topic.folder.iterdir()} - {".ipynb_checkpoints"}
    assert names == {"topic.toml", "topic.md", "questions", f"{topic.name}.ipynb"}
    assert {path.name for path in (topic.folder / "questions").iterdir()} == set(topic.manifest.questions)
    for question in topic.questions:
        own = {path.name for path in question.folder.iterdir()}
        assert {"question.md", "answers", "mistakes"} <= own, question.id
        assert own <= {"question.md", "answers", "mistakes", "rubric.yaml", "labelled.jsonl", "mutants.toml"}, (
            question.id
        )


@TOPICS
def test_the_built_notebook_holds_the_cells_of_its_text(topic: Topic) -> None:
    cells = text.cells_of(topic, text.read(topic))
    built = nbformat.read(topic.path, as_version=4)
    assert [(cell.id, cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in built.cells] == [
        (cell.id, cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in cells
    ]


@TOPICS
def test_a_released_notebook_goes_on_after_a_failed_check_shows_a_querys_rows_and_sums_up(topic: Topic) -> None:
    cells = nbformat.read(topic.released, as_version=4).cells
    assert cells[-1].source == "checks.summary()"
    for cell, following in itertools.pairwise(cells):
        marking = Marking.of(cell)
        assert marking.is_test is ("raises-exception" in cell.metadata.get("tags", []))
        if marking.is_test and "duckdb" in topic.manifest.engines:
            assert following.source == f"checks.run({marking.grade_id.removesuffix(TESTS)})"


@TOPICS
def test_what_a_topic_says_it_needs_is_what_its_cells_use(topic: Topic) -> None:
    notebook = topic.notebook()
    code = [cell.source for cell in (*notebook.plain, *notebook.solutions)]
    assert notebook.uses_lab is derived(code).lab
    assert set(notebook.needs.rubrics) == {test.question for test in notebook.tests if "t.rubric()" in test.source}
    assert notebook.uses_spark is any("checks.spark(" in cell.source for cell in notebook.plain)


@TOPICS
def test_at_most_three_cells_are_left_out_of_the_comparison_of_outputs(topic: Topic) -> None:
    cells = [
        cell
        for cell in nbformat.read(topic.path, as_version=4).cells
        if "nbval-ignore-output" in cell.metadata.get("tags", [])
    ]
    assert len(cells) <= 3
    assert all(cell.source.lstrip().startswith("#") for cell in cells), "a reason stands beside the tag"


@TOPICS
def test_no_cell_of_a_built_notebook_wrote_to_stderr(topic: Topic) -> None:
    for cell in nbformat.read(topic.path, as_version=4).cells:
        assert not [
            output
            for output in cell.get("outputs", [])
            if output.get("name") == "stderr" or output.output_type == "error"
        ]
