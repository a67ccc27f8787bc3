"""The twenty rubrics against the labelled answers."""

from __future__ import annotations

import functools
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

from groundschool.checks.rubric import Reading, patterns, read
from groundschool.checks.rubric.learnt import Learnt
from groundschool.checks.rubric.text import plain_words


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
UNIVERSAL = Path(__file__).with_name("universal.txt")
HARMLESS = Path(__file__).with_name("harmless.tsv")
QUESTIONS = sorted(report.labelled())


@functools.cache
def learnt(question: str) -> Learnt:
    """What all marked answers to a question teach, as grading has it."""
    taught: Learnt = report.taught(RUBRICS[question], report.marked(question))
    return taught


def score(text: str, question: str) -> Reading:
    return read(text, RUBRICS[question], learnt(question))


@functools.cache
def graded(question: str) -> tuple[report.Graded, ...]:
    answers = report.marked(question)
    return tuple(report.Graded(question, each, score(each.answer, question)) for each in answers)


@functools.cache
def sections() -> dict[str, tuple[str, str]]:
    """The prose of the section before each question's test cell, and its hints."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(report.ROOT.glob("source/*/*.ipynb")):
        prose, hints = list[str](), list[str]()
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                if cell.source.startswith("## "):
                    prose, hints = [], []
                (hints if "<details>" in cell.source else prose).append(cell.source)
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name.removesuffix("_tests") in QUESTIONS:
                found[name.removesuffix("_tests")] = ("\n".join(prose), "\n".join(hints))
    return found


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_alternative_of_a_pattern_is_found_in_a_text_that_holds_it(question: str) -> None:
    rubric = RUBRICS[question]
    written = {term for each in (*rubric.ideas, *rubric.remarks) for text in each.says for term in text.split()}
    alternatives = {each for term in written - {"EITHER"} for each in term.lstrip("!").split("|")} - patterns._DENIALS
    assert {each for each in alternatives if not patterns.finds_itself(each)} == set()


def test_every_labelled_question_has_a_rubric() -> None:
    assert sorted(RUBRICS) == QUESTIONS
    assert len(QUESTIONS) == 20


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_of_the_document_earns_full_marks_with_its_signals(question: str) -> None:
    answers = [each for each in graded(question) if each.label.kind == "document"]
    assert answers
    for answer in answers:
        assert (answer.reading.credit, frozenset(answer.reading.signals)) == (1, answer.expected)
        assert not answer.reading.needs_person


@pytest.mark.parametrize("question", QUESTIONS)
def test_words_without_a_claim_denials_and_wrong_subjects_earn_nothing_unseen(question: str) -> None:
    for answer in graded(question):
        if answer.label.kind in ("bag_of_words", "negated", "wrong_subject") and not answer.label.credit:
            assert answer.reading.credit == 0 or answer.reading.needs_person, answer.label.answer
        if answer.label.kind == "injection":
            assert answer.off == 0, answer.label.answer


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_right_answer_of_an_expert_loses_points_unseen(question: str) -> None:
    for answer in graded(question):
        if answer.label.kind == "expert":
            assert answer.silently_off == 0, answer.label.answer


@pytest.mark.slow
def test_answers_from_which_nothing_was_learnt_are_rarely_wrong_unseen() -> None:
    sets = ("senior", "third", "second")
    answers = [each for question in QUESTIONS for each in report.held_out(question, RUBRICS[question], sets)]
    assert report.agreement(answers).silently_wrong <= 0.04
    assert not [answer for answer in answers if answer.label.kind == "expert" and answer.silently_off]


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


@pytest.mark.parametrize("question", QUESTIONS)
def test_true_sentences_and_asides_are_no_misconceptions(question: str) -> None:
    lines = (line.split("\t") for line in HARMLESS.read_text("utf-8").splitlines())
    for text in (text for number, text in lines if question.startswith(number)):
        assert "misconception" not in score(text, question).signals, text


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_section_of_a_question_pasted_back_earns_nothing_unseen(question: str) -> None:
    prose, hints = sections()[question]
    for text in (prose, hints, prose + "\n" + hints):
        reading = score(text, question)
        assert reading.credit == 0 or reading.needs_person


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_sentence_of_a_section_earns_anything_when_repeated(question: str) -> None:
    text = re.sub(r"<[^>]+>|[#*`]", "", "\n".join(sections()[question]))
    for sentence in filter(None, map(str.strip, re.split(r"(?<=[.?!:])\s+|\n+", text))):
        reading = score(sentence, question)
        assert reading.credit == 0 or reading.needs_person, sentence


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_topic_that_a_page_tells_earns_anything_when_repeated(question: str) -> None:
    topics = [idea.topic for idea in RUBRICS[question].ideas]
    missing = RUBRICS[question].full.missing(frozenset())
    for told in (topics, missing):
        for text in (
            "; ".join(told),
            ". ".join(told),
            "It says " + ", and ".join(told),
            "Not found in the answer: " + ", ".join(told),
        ):
            reading = score(text + ".", question)
            assert reading.credit == 0 or reading.needs_person, text


@pytest.mark.parametrize("question", QUESTIONS)
def test_one_text_about_everything_earns_nothing_unseen(question: str) -> None:
    reading = score(UNIVERSAL.read_text("utf-8"), question)
    assert reading.credit == 0 or reading.needs_person


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_a_rubric_says_is_given_stands_in_the_section(question: str) -> None:
    there = " ".join(plain_words("\n".join(sections()[question])))
    for sentence in RUBRICS[question].given:
        assert " ".join(plain_words(sentence)) in there, sentence
