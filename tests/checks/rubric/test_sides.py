"""Answers about two things, and the same with their names exchanged: `pairs:` of a rubric."""

from __future__ import annotations

import pytest

from groundschool.checks.rubric import Rubric, all_of, any_of, idea, learn, read
from groundschool.checks.rubric.examples import Example
from groundschool.checks.rubric.file import load
from groundschool.checks.rubric.learnt import Learnt
from groundschool.checks.rubric.model import Pair
from groundschool.course.strict import Misstated

STAGES = Rubric(
    question="What kinds of stages are there?",
    about=("stage",),
    ideas=(idea("the one kind", "internal"), idea("the other kind", "external")),
    full=all_of("the one kind", "the other kind"),
    half=any_of("the one kind", "the other kind"),
    pairs=(Pair(("internal", "internally"), ("external", "externally")),),
)
RIGHT = [
    "Internal stages are managed by Snowflake, external stages point to a bucket in S3.",
    "Internal: the files lie inside Snowflake. External: they lie in your own bucket on S3 or Azure.",
    "An external stage is a bucket of yours, an internal stage is storage that Snowflake keeps.",
    "internal = snowflake's own storage, external = cloud bucket such as S3",
    "There are internal stages, where PUT uploads to Snowflake's storage, and external ones over a bucket.",
    "Either internal (kept by Snowflake) or external (a bucket in Azure, GCS or S3).",
]
HALF = ["Internal stages are managed by Snowflake.", "External stages point to a bucket.", "An internal one."]
NOTHING = ["It is a warehouse.", "A stage is a theatre.", "Stages run queries.", "A stage is a role."]


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    marked = [Example(text, credit) for credit, texts in ((1, RIGHT), (0.5, HALF), (0, NOTHING)) for text in texts]
    return learn(STAGES, marked)


@pytest.mark.parametrize(
    "text",
    [
        "External stages are managed by Snowflake, internal stages point to a bucket in S3.",
        "Internal stages live in my bucket on Azure. The external ones are storage that Snowflake keeps.",
        "external = snowflake's own storage, internal = cloud bucket",
    ],
)
def test_what_is_said_of_the_wrong_one_of_two_is_left_to_a_person(text: str, learnt: Learnt) -> None:
    reading = read(text, STAGES, learnt)
    assert reading.needs_person
    assert reading.reason == "The answer may say of one what holds of the other: internal and external."


@pytest.mark.parametrize(
    "text",
    [
        "Internal stages are storage that Snowflake keeps, external ones point to my bucket in S3.",
        "An external stage points to your bucket, while internal ones lie in storage managed by Snowflake.",
        "There are internal and external stages.",
        "There are external and internal stages.",
        "external, internal",
    ],
)
def test_what_is_said_of_the_right_one_is_nobody_s_to_confirm_for_that(text: str, learnt: Learnt) -> None:
    assert "of the other" not in read(text, STAGES, learnt).reason


def test_what_is_learnt_of_pairs_is_kept_with_the_rest(learnt: Learnt) -> None:
    kept = Learnt.of_table(learnt.table())
    text = "External stages are managed by Snowflake, internal stages point to a bucket in S3."
    assert read(text, STAGES, kept) == read(text, STAGES, learnt)


@pytest.mark.parametrize("pair", ["{one: [a], other: []}", "{one: [files], other: [file]}", "{one: [a b], other: [c]}"])
def test_a_pair_that_names_no_two_things_is_refused(pair: str) -> None:
    text = f"question: q\nabout: [x]\npairs: [{pair}]\nideas: [{{topic: t}}]\nfull: {{all: [t]}}\nhalf: {{any: [t]}}\n"
    with pytest.raises(Misstated, match="a pair names two different things"):
        load("a rubric", text)
