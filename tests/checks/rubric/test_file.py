"""Rubrics as files: read strictly, and found from where a notebook runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from groundschool import checks, course
from groundschool.checks.rubric import Rubric, all_of, at_least, idea, remark
from groundschool.checks.rubric.file import load, text_of
from groundschool.course import Misstated

HERE = course.find(Path(__file__).parent)
SAID = """\
question: What is a lake?
about: [lake]
full:
  all: [water, shore]
half:
  least: 1
  of: [water, {any: [shore, fish]}]
ideas:
  - topic: water
    about: lake|pond
    says: [water, wet]
  - topic: shore
    says: [shore]
  - topic: fish
    when: any
    says: [fish]
remarks:
  - signal: misconception
    topic: salt
    most: 0.5
    unless: [water]
    note: A lake need not be salt.
    says: [salt]
"""


def test_a_file_says_what_a_rubric_holds() -> None:
    assert load("lake", SAID) == Rubric(
        question="What is a lake?",
        about=("lake",),
        ideas=(
            idea("water", "water", "wet", about="lake|pond"),
            idea("shore", "shore"),
            idea("fish", "fish", when="any"),
        ),
        full=all_of("water", "shore"),
        half=at_least(1, "water", at_least(1, "shore", "fish")),
        remarks=(
            remark("misconception", "salt", "salt", note="A lake need not be salt.", most=0.5, unless=("water",)),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("about: [lake]", "abuot: [lake]", "unknown field `abuot`. Its keys: question, about, ideas, full, half"),
        ("    says: [shore]", "    say: [shore]", "unknown field `say` - at `$.ideas[1]`"),
        ("signal: misconception", "signal: mistake", "Invalid enum value 'mistake' - at `$.remarks[0].signal`"),
        ("  least: 1", "  least: 3", "a need says one of `all`, `any`, or `least` and `of`"),
        ("  all: [water, shore]", "  all: []", "a need says one of `all`, `any`, or `least` and `of`"),
        ("about: [lake]", "about: [lake", "lake.yaml is not YAML"),
    ],
)
def test_what_is_not_known_is_told_with_its_place_and_the_keys_there_are(old: str, new: str, told: str) -> None:
    with pytest.raises(Misstated) as refused:
        load("lake.yaml", SAID.replace(old, new, 1))
    assert told in str(refused.value)
    assert "lake.yaml" in str(refused.value)


def test_a_kernel_finds_the_rubric_from_a_graded_notebooks_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "q07_s3_consistency"
    shutil.copytree(HERE.topic("s3").folder, tmp_path / "source" / "s3")
    inside = tmp_path / "autograded" / "me" / "s3"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert text_of(question).startswith("question: ")
    t = checks.question(question, "S3 is strongly consistent for reads after writes, and for lists.", points=2)
    t.rubric()
    assert t.points == 2.0
    [check] = t.verdict().checks
    assert {"the model", "more than new objects"} <= set(check.found)
    assert check.words == ("strongly", "consistent", "reads", "after", "writes", "lists")


def test_outside_its_course_a_short_answer_is_not_scored_and_the_reason_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    t = checks.question("q07_s3_consistency", "It is strong.", points=2)
    with pytest.raises(Misstated, match="source/<topic>/questions/q07_s3_consistency/rubric.yaml was looked for"):
        t.rubric()
