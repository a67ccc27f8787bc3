"""What a rubric holds against an answer, and what it leaves to a person: contrasts, texts taken back, lists about everything."""

from __future__ import annotations

import pytest

from groundschool.checks.rubric import Rubric, all_of, any_of, idea, remark, score

RIGHTS = Rubric(
    question="How does Glue access S3?",
    about=("glue", "s3"),
    ideas=(idea("by whose rights", "role"), idea("what is allowed", "polic*|allow*")),
    full=all_of("by whose rights"),
    half=any_of("what is allowed"),
    remarks=(
        remark("misconception", "a person's rights", "my identity", about="*", most=0.5),
        remark("misconception", "a disk", "mount* disk", about="*", most=0.5),
        remark("misconception", "a database", "mysql", about="*", most=0.5),
        remark("misconception", "no number", "no limit !!bucket", about="*", most=0.5),
    ),
    given=("Security asks which role the job has and what it is allowed.",),
)


@pytest.mark.parametrize(
    "text",
    [
        "Unlike a query I run in the console, which uses my own identity, a Glue job acts under a role.",
        "A Glue job acts under a role, unlike the console, which uses my identity.",
        "It has a role. It feels like a mounted disk but is none.",
        "The job has a role, whereas with a laptop I would use my identity.",
        "The job has a role, and the catalog replaces MySQL.",
        "The job has a role, and there is no limit for a bucket.",
    ],
)
def test_a_true_contrast_costs_nothing(text: str) -> None:
    reading = score(text, RIGHTS)
    assert (reading.credit, reading.signals) == (1, ())


@pytest.mark.parametrize(
    "text",
    [
        "The job has a role and uses my identity.",
        "The job has a role; S3 is mounted as a disk.",
        "The job has a role from MySQL.",
        "The job has a role, and there is no limit.",
    ],
)
def test_the_same_words_as_a_claim_still_cap_the_credit(text: str) -> None:
    reading = score(text, RIGHTS)
    assert (reading.credit, reading.signals) == (0.5, ("misconception",))


@pytest.mark.parametrize(
    "text",
    [
        "It uses a role. None of the above is true.",
        "It uses a role. Everything above is wrong.",
        "It uses a role. The opposite of this is true.",
        "It uses a role. Forget all of the above.",
        "It uses a role. But that is not true.",
        "It uses a role. No, really it uses the keys of the user.",
    ],
)
def test_a_text_that_takes_itself_back_keeps_no_full_marks(text: str) -> None:
    reading = score(text, RIGHTS)
    assert reading.credit == 0 or reading.credit == 0.5 and reading.needs_person and reading.reason


def test_what_others_say_wrongly_takes_nothing_back() -> None:
    reading = score("It uses a role. Everything that old blogs tell about keys is wrong.", RIGHTS)
    assert (reading.credit, reading.needs_person) == (1, False)


def test_a_list_about_everything_goes_to_a_person() -> None:
    other = [
        "Trino runs SQL.",
        "A part has 5 MB.",
        "The scheduler starts tasks.",
        "COPY loads a table.",
        "Pipes take files.",
    ]
    reading = score(" ".join([*other, "A Glue job has its IAM role."]), RIGHTS)
    assert (reading.credit, reading.needs_person) == (0.5, True)
    assert "5 statements" in reading.reason


def test_a_story_around_the_answer_is_no_such_list() -> None:
    text = "We had a failing job last year. Nobody knew why. In the end it was the role of the job. It took us a day."
    assert (score(text, RIGHTS).credit, score(text, RIGHTS).needs_person) == (1, False)


def test_sentences_that_the_section_gives_are_not_the_answers_own() -> None:
    assert score("Security asks: which role the job has, and what it is allowed!", RIGHTS).credit == 0
    assert (
        score("Security asks which role the job has and what it is allowed. It has the role of Glue.", RIGHTS).credit
        == 1
    )


def test_what_is_said_not_to_exist_is_denied_to_the_end_of_its_phrase() -> None:
    assert score("There is no such thing as a name, a number or a role for the job.", RIGHTS).credit == 1
    assert score("There is no such thing in Glue or S3 as a special role.", RIGHTS).credit == 0
