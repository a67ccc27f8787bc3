"""The twenty rubrics against the labelled answers."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _report() -> ModuleType:
    path = Path(__file__).with_name("report.py")
    spec = importlib.util.spec_from_file_location("rubric_report", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rubric_report"] = module
    spec.loader.exec_module(module)
    return module


report = _report()
RUBRICS = report.rubrics()
QUESTIONS = sorted(path.stem for path in report.LABELLED.glob("*.jsonl"))


def test_every_labelled_question_has_a_rubric_in_its_notebook() -> None:
    assert sorted(RUBRICS) == QUESTIONS
    assert len(QUESTIONS) == 20


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_of_the_document_earns_full_marks_with_its_signals(question: str) -> None:
    answers = [each for each in report.graded(question, RUBRICS[question]) if each.label["kind"] == "document"]
    assert answers
    for answer in answers:
        assert (answer.reading.credit, frozenset(answer.reading.signals)) == (1, answer.expected)
        assert not answer.reading.needs_person


@pytest.mark.parametrize("question", QUESTIONS)
def test_words_without_a_claim_denials_and_wrong_subjects_earn_no_full_marks(question: str) -> None:
    for answer in report.graded(question, RUBRICS[question]):
        if answer.label["kind"] in ("bag_of_words", "negated"):
            assert answer.reading.credit == 0, answer.label["answer"]
        if answer.label["kind"] == "injection":
            assert answer.off == 0, answer.label["answer"]
        if answer.label["kind"] == "wrong_subject":
            assert answer.reading.credit < 1, answer.label["answer"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_dated_and_false_claims_are_explained_with_a_date_or_capped(question: str) -> None:
    for remark in RUBRICS[question].remarks:
        if remark.signal == "outdated":
            assert any(year in remark.note for year in ("2020", "2022", "2025", "2026")), remark.topic
        if remark.signal == "misconception":
            assert remark.most < 1 or remark.note, remark.topic


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_rubric_names_only_its_own_topics_and_says_where_its_key_comes_from(question: str) -> None:
    rubric = RUBRICS[question]
    ideas = {idea.topic for idea in rubric.ideas}
    assert {*rubric.full.topics, *rubric.half.topics} <= ideas
    assert {topic for remark in rubric.remarks for topic in remark.unless} <= ideas | {
        remark.topic for remark in rubric.remarks
    }
    assert rubric.source
    assert rubric.checked


def test_the_rubrics_agree_with_the_labels() -> None:
    answers = [each for question in QUESTIONS for each in report.graded(question, RUBRICS[question])]
    assert report.agreement(answers).good, str(report.agreement(answers))
