"""`groundschool rubric try` and `lint`: a question of its own, without a pattern, from examples alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from groundschool.authoring import rubrics
from groundschool.checks.rubric import sides, vote
from groundschool.cli import app

RIGHT = [
    "After a successful write every reader gets the newest version, also of overwritten and deleted objects.",
    "Strong read-after-write consistency for new objects, overwrites and deletes.",
    "its strongly consistent now, overwrites and deletes included",
    "Reads are strongly consistent after every put, overwrite or delete.",
    "Strong consistency: the newest version is read after overwrites, deletes and new puts.",
]
HALF = [
    "It is strongly consistent.",
    "strong read-after-write consistency",
    "Strongly consistent these days.",
    "A strong consistency model.",
    "Reads are strongly consistent.",
]
NOTHING = [
    "It is eventually consistent.",
    "Overwrites are not strongly consistent.",
    "DynamoDB has the choice of two models.",
    "Every object has eleven nines of durability.",
    "Buckets have names that are unique.",
]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "source" / "s3" / "questions" / "q99_consistency"
    folder.mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text("", "utf-8")
    marked = [("[the model, the scope]", RIGHT), ("[the model]", HALF), ("[]", NOTHING)]
    examples = "".join(f'  - states: {states}\n    answer: "{text}"\n' for states, texts in marked for text in texts)
    (folder / "rubric.yaml").write_text(
        "question: What is the S3 consistency model?\nabout: [s3]\n"
        "ideas:\n  - topic: the model\n    means: Reads are strongly consistent.\n  - topic: the scope\n"
        "full: {all: [the model, the scope]}\nhalf: {any: [the model]}\nexamples:\n" + examples,
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return folder


def run(*arguments: str) -> str:
    return CliRunner().invoke(app, ["rubric", *arguments]).output


def test_a_text_is_tried_against_examples_alone(course: Path) -> None:
    told = run("try", "q99_consistency", "Strong consistency for overwrites and deletes and new objects.")
    assert told.startswith("Proposed: 1. Found: the model, the scope.")
    assert "Marked 1: " in told
    assert run("try", "q99_consistency", "It is eventually consistent").startswith("Proposed: 0.")


def test_thin_and_contradicting_examples_are_told(course: Path) -> None:
    rubric = course / "rubric.yaml"
    rubric.write_text(rubric.read_text("utf-8") + '  - states: []\n    answer: "it is strongly consistent"\n', "utf-8")
    told = run("lint", "q99_consistency")
    assert "Nearly the same is marked differently: 'It is strongly consistent.' (0.5)" in told
    assert "expected" not in told


def test_a_credit_that_does_not_exist_is_refused_with_its_line(course: Path) -> None:
    (course / "labelled.jsonl").write_text('{"answer": "strong", "credit": 0.7}\n', "utf-8")
    error = CliRunner().invoke(app, ["rubric", "lint", "q99_consistency"]).exception
    assert "line 1: credit 0.7 was found; 0, 0.5 or 1 was expected" in str(error)


def test_right_answers_that_stay_paid_with_two_names_exchanged_are_told(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sides, "LEAST", 99)  # nothing is learnt of pairs
    monkeypatch.setattr(vote, "CLOSE", 0)
    monkeypatch.setattr(vote, "DOUBTED", 1)
    rubric = course / "rubric.yaml"
    said = rubric.read_text("utf-8").replace("ideas:", "pairs:\n  - one: [overwrite]\n    other: [delete]\nideas:", 1)
    rubric.write_text(said, "utf-8")
    told = run("lint", "q99_consistency")
    assert "right answers keep full credit, and nobody is asked, when overwrite and delete are exchanged" in told
    assert "for new objects, deletes and overwrites." in told


def test_a_right_answer_to_a_question_without_patterns_is_no_one_s_to_confirm(course: Path) -> None:
    assert "For a person" not in run("try", "q99_consistency", RIGHT[0])


def test_what_is_taken_back_is_for_a_person_without_patterns_too(course: Path) -> None:
    assert "For a person: The answer takes back" in run(
        "try", "q99_consistency", f"{RIGHT[0]} None of the above is true."
    )


def test_right_answers_that_stay_paid_with_a_not_put_in_are_told(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rubrics, "PAID_DENIED", -1)
    told = run("lint", "q99_consistency")
    assert "of 2 right answers keep full credit, and nobody is asked, with a `not` put in" in told
