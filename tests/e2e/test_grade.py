"""`groundschool grade` on the example submissions and on the answers of the user's document."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from groundschool import course
from groundschool.grading.box import probe

HERE = course.find(Path(__file__).parent)
Batch = tuple[int, dict[str, dict[str, Any]], str]  # exit code, submissions by candidate and topic, what was printed
CHECK_KEYS = {"name", "passed", "hidden", "message"}


def grade(folder: Path, to: Path, *more: str) -> Batch:
    trust = [] if probe.probe() is None else ["--trust"]
    command = [
        sys.executable,
        "-m",
        "groundschool",
        "grade",
        str(folder),
        "--json",
        str(to),
        f"--db=sqlite:///{to.parent / 'gradebook.db'}",
        *trust,
        *more,
    ]
    done = subprocess.run(command, cwd=HERE.root, capture_output=True, text=True, timeout=550, check=False)
    found = json.loads(to.read_text())["submissions"] if to.exists() else []
    return done.returncode, {f"{item['candidate']}/{item['topic']}": item for item in found}, done.stdout + done.stderr


# The mistakes of these are tried against a lab each: minutes, where a course is graded for the first time.
IN_THE_LAB = [topic.name for topic in HERE.topics if topic.manifest.services]
ELSEWHERE = [topic.name for topic in HERE.topics if topic.name not in IN_THE_LAB]
pytestmark = pytest.mark.xdist_group("examples")  # graded once, not by each of pytest's processes
TOPICS = [ELSEWHERE, *(pytest.param([name], marks=pytest.mark.slow) for name in IN_THE_LAB)]


@pytest.fixture(scope="module", params=TOPICS, ids="+".join)
def examples(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    chosen = [f"--topic={name}" for name in request.param]
    to = tmp_path_factory.mktemp("grade") / "out.json"
    code, found, printed = grade(HERE.root / "examples" / "submitted", to, *chosen)
    assert code in (0, 3), printed
    assert {item["topic"] for item in found.values()} == set(request.param)
    assert "Summary: " in printed
    return found


def test_the_full_example_earns_all_points_the_partial_fewer_the_blank_none(
    examples: dict[str, dict[str, Any]],
) -> None:
    for topic in {item["topic"] for item in examples.values()}:
        full, partial, blank = (examples[f"example-{name}/{topic}"] for name in ("full", "partial", "blank"))
        assert full["score"] == full["max"], topic
        assert partial["score"] < full["score"], topic
        assert blank["score"] == 0
        assert {question["outcome"] for question in blank["questions"]} == {"not_attempted"}


def test_the_json_has_the_keys_of_the_contract(examples: dict[str, dict[str, Any]]) -> None:
    for item in examples.values():
        assert {"candidate", "topic", "score", "max", "isolation", "flags", "questions"} <= item.keys()
        assert item["isolation"] == ("sandbox" if probe.probe() is None else "none")
        for question in item["questions"]:
            assert {"question", "points", "max", "outcome", "signals", "checks"} <= question.keys()
            assert all(check.keys() >= CHECK_KEYS for check in question["checks"])


def handed_in(folder: Path, candidate: str, question: str, source: str) -> None:
    """The released notebook with one answer, as the candidate hands it in."""
    topic = next(topic for topic in HERE.topics if any(each.id == question for each in topic.questions))
    notebook = copy.deepcopy(nbformat.read(topic.released, as_version=4))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == question:
            cell.source = source
    target = folder / candidate / topic.name / f"{topic.name}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


DOCUMENT_SQL = '''latest_status = """
SELECT order_id,
       customer_id,
       status AS latest_status,
       status_time
FROM (
    SELECT *,
           ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY status_time DESC) AS rn
    FROM order_status
) t
WHERE rn = 1;
"""'''
DOCUMENT_SPARK = """from pyspark.sql import SparkSession
from pyspark.sql.functions import regexp_extract, col, when, count

def user_actions(df):
    spark = SparkSession.builder.getOrCreate()
    # Extract fields
    parsed_df = df.select(
        regexp_extract("value", r"user=(\\d+)", 1).alias("user_id"),
        regexp_extract("value", r"(INFO|ERROR)", 1).alias("log_level")
    )

    # Aggregate
    result = parsed_df.groupBy("user_id").agg(
        count("*").alias("total_actions"),
        count({condition}).alias("total_errors")
    )

    result.show()
    return result
""".replace("(df):", "(lines):").replace("    spark = ", "    df = lines\n    spark = ")


ALPHABETICAL = "select order_id, customer_id, max(status) as latest_status, max(status_time) as status_time from order_status group by 1, 2"
SPARK_ANSWERS = {"guarded": 'when(col("log_level") == "ERROR", True)', "bare": 'col("log_level") == "ERROR"'}
ANSWERS = {
    "document": ("latest_status", DOCUMENT_SQL),
    "alphabetical": ("latest_status", f'latest_status = "{ALPHABETICAL}"'),
    **{
        name: ("user_actions", DOCUMENT_SPARK.replace("{condition}", condition))
        for name, condition in SPARK_ANSWERS.items()
    },
}


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """One run over an answer a candidate, and over three hand-ins that cannot be read."""
    folder = tmp_path_factory.mktemp("one of each")
    for candidate, (question, source) in ANSWERS.items():
        handed_in(folder / "in", candidate, question, source)
    for name, content in (("broken", "{not json"), ("empty", "")):
        (folder / "in" / name / "sql").mkdir(parents=True)
        (folder / "in" / name / "sql" / "sql.ipynb").write_text(content)
    (folder / "in" / "archive.zip").write_bytes(b"PK nothing")
    return grade(folder / "in", folder / "out.json")


def answered(batch: Batch, candidate: str) -> dict[str, Any]:
    """The verdict of the one answer of a candidate."""
    (found,) = (item for key, item in batch[1].items() if key.partition("/")[0] == candidate)
    (verdict,) = (each for each in found["questions"] if each["question"] == ANSWERS[candidate][0])
    return dict(verdict)


def test_the_documents_sql_answer_earns_full_points(batch: Batch) -> None:
    verdict = answered(batch, "document")
    assert (verdict["points"], verdict["outcome"]) == (4.0, "passed")


def test_the_alphabetically_last_status_is_told_as_that_mistake(batch: Batch) -> None:
    verdict = answered(batch, "alphabetical")
    assert verdict["points"] < 4
    assert any("alphabetically last" in check["message"] for check in verdict["checks"])


@pytest.mark.spark
@pytest.mark.parametrize(
    ("candidate", "points", "told"),
    [("guarded", 4.0, ""), ("bare", 0.48, "`count` counts every value that is not NULL")],
    ids=["as it stands", "counting the condition itself"],
)
def test_the_documents_spark_answer(candidate: str, points: float, told: str, batch: Batch) -> None:
    verdict = answered(batch, candidate)
    assert verdict["points"] == points
    assert told == "" or any(told in check["message"] for check in verdict["checks"])


def test_bad_submissions_are_told_and_stop_nobody(batch: Batch) -> None:
    code, found, printed = batch
    assert code == 3
    assert found["broken/sql"]["score"] == found["empty/sql"]["score"] == 0
    assert {question["outcome"] for question in found["broken/sql"]["questions"]} == {"needs_person"}
    assert found["broken/sql"]["flags"]
    assert len(found) == len(ANSWERS) + 3
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["no-such-folder"], "is not there"), (["examples/submitted", "--topic", "cobol"], "There is no topic 'cobol'")],
    ids=["missing folder", "unknown topic"],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(arguments: list[str], told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "groundschool", "grade", *arguments],
        cwd=HERE.root,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
