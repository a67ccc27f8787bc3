"""How a rubric reads corrections, double negation, relative amounts, pointers and the past."""

from __future__ import annotations

import pytest

from groundschool.checks.rubric import Reading, Rubric, all_of, any_of, idea, remark, score

STRENGTH = Rubric(
    question="What is the S3 consistency model?",
    about=("s3", "trino"),
    ideas=(idea("the model", "strong*", "trino"), idea("how far", "EITHER overwrit*|delet*", when="any")),
    full=all_of("the model", "how far"),
    half=any_of("the model"),
    remarks=(
        remark("bonus", "listing", "list"),
        remark("bonus", "writers", "lock*"),
        remark("cap", "a place", "only region", most=0.5),
        remark("outdated", "eventual", "eventual*", most=0),
    ),
)
LARGEST = Rubric(
    question="What is the max size of a single S3 object?",
    about=("s3",),
    ideas=(idea("the size", "{50_TB}"), idea("the old size", "{5_TB}")),
    full=any_of("the size"),
    half=any_of("the old size"),
)
FRAMES = Rubric(
    question="What is the difference between DynamicFrame and DataFrame in Glue?",
    about=("dynamicframe", "dataframe", "glue", "spark"),
    ideas=(
        idea("whose the first is", "glue", about="dynamicframe"),
        idea("whose the second is", "spark", about="dataframe"),
    ),
    full=all_of("whose the first is", "whose the second is"),
    half=any_of("whose the first is", "whose the second is"),
)


def strength(text: str) -> Reading:
    return score(text, STRENGTH)


@pytest.mark.parametrize(
    "text",
    [
        "Not eventual. Strong, overwrites included.",
        "Not eventual: strong for overwrites.",
        "Not only new objects: strong for overwrites.",
        "There is no doubt that overwrites are strong.",
        "Strong, no matter whether overwritten or deleted.",
        "Nothing but strong, for overwrites too.",
        "The old version is gone at once: strong for overwrites.",
        "Not Hive. Hive only lent its name, the overwrites are executed by Trino.",
        "Eventual. No wait, strong for overwrites.",
        "Years ago overwrites were eventual and you could read old data. They are strong now.",
        "If they differ you get strong overwrites.",
        "You never get an old copy after an overwrite: it is strong.",
    ],
)
def test_a_correction_is_read_as_what_it_puts_right(text: str) -> None:
    reading = strength(text)
    assert (reading.credit, reading.signals, reading.needs_person) == (1, (), False)


@pytest.mark.parametrize(
    "text",
    [
        "Strong for overwrites. Well no, that is another service.",
        "It is not strong, the overwrites are not covered.",
        "S3 consistency model: the S3 model of consistency.",
    ],
)
def test_what_is_taken_back_or_repeats_the_question_earns_nothing(text: str) -> None:
    assert strength(text).credit == 0


@pytest.mark.parametrize(
    "text",
    [
        "It was 5 TB, now it is 50.",
        "Raised from 5 to 50 TB.",
        "Not 5 TB any longer, it's ten times that now.",
        "The old limit of 5 TB has been raised tenfold.",
        "AWS multiplied the old 5 TB by ten.",
        "No object can be larger than 50 TB.",
        "There is no object over 50 TB.",
        "An object of no more than 50 TB.",
        "The old limit of 5 TB was raised to 50 TB.",
    ],
)
def test_an_amount_is_read_by_way_of_another_one_and_as_a_bound(text: str) -> None:
    assert score(text, LARGEST).credit == 1


@pytest.mark.parametrize(
    "text", ["It was 5 TB in 2020.", "5 TB in 10 parts", "not 50 TB", "no 50 TB object", "5 TB, 50 objects"]
)
def test_other_numbers_take_no_unit(text: str) -> None:
    assert score(text, LARGEST).credit < 1


@pytest.mark.parametrize(
    "text",
    [
        "The former belongs to Glue, the latter to Spark.",
        "First one is from Glue, the second one is from Spark.",
        "The DataFrame and the DynamicFrame: the former is from Spark, the latter is from Glue.",
    ],
)
def test_the_former_and_the_other_one_point_at_what_is_compared(text: str) -> None:
    assert score(text, FRAMES).credit == 1


def test_one_and_the_other_say_not_which_is_which() -> None:
    reading = score("One is Glue's, the other is Spark's.", FRAMES)
    assert (reading.credit, reading.needs_person) == (0.5, True)
    assert "which is which" in reading.reason


def test_pointers_follow_the_order_in_which_the_text_names_things() -> None:
    assert (
        score("The DataFrame and the DynamicFrame: the former is from Glue, the latter is from Spark.", FRAMES).credit
        == 0
    )


def test_a_cap_limits_the_credit_without_a_signal() -> None:
    reading = strength("Overwrites are strong, but only in one region.")
    assert (reading.credit, reading.signals) == (0.5, ())


def test_only_a_right_answer_is_a_strong_one() -> None:
    assert strength("A list and a lock.").signals == ("bonus",)
    assert strength("Strong for overwrites, a list and a lock.").signals == ("bonus", "strong")


def test_names_in_angle_brackets_are_words_and_tags_are_not() -> None:
    assert strength("Strong for <overwrites>").credit == 1
    assert strength("<b>Strong</b> overwrites <img src=x onerror=list>").signals == ()
