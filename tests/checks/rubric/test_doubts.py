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


@pytest.mark.parametrize("joined", [" — ", ", and ", " "])
def test_much_beside_the_point_goes_to_a_person_however_it_is_punctuated(joined: str) -> None:
    other = [
        "the minimum of a part is five megabytes except for the last part of the file",
        "Athena stores query results in the output location that is set by the workgroup",
        "after new partitions somebody runs a repair so that the catalog knows them again",
        "COPY loads the files in parallel on all slices of the Redshift cluster",
        "Snowpipe loads files automatically as soon as they arrive by a notification",
        "a directed graph is started by a schedule and by hand and by the interface",
        "the dynamic frame is from Glue and every record describes itself until it is settled",
    ]
    reading = score(joined.join([*other, "a Glue job acts under its role"]), RIGHTS)
    assert reading.credit == 0 or reading.needs_person
    assert score("A Glue job acts under its role.", RIGHTS).credit == 1


SIZES = Rubric(
    question="How large is a part?",
    about=("s3",),
    ideas=(idea("the size", "{5_MB}"), idea("which engine", "trino|presto")),
    full=any_of("the size", "which engine"),
    half=any_of("the size", "which engine"),
)


@pytest.mark.parametrize(
    "text",
    [
        "The minimum is 5 MB or 8 MB.",
        "It is 1 MB, 5 MB, or 5 GB.",
        "It is Hive or Presto or Impala.",
        "It may be Trino or spoons or forks or knives.",
        "It has forks, knives, spoons, Trino, plates, cups and tables.",
        "It is Trino. Or the other way round.",
    ],
)
def test_a_choice_with_a_rival_is_left_to_a_person(text: str) -> None:
    reading = score(text, SIZES)
    assert (reading.credit, reading.needs_person) == (0.5, True)
    assert "leaves open" in reading.reason


@pytest.mark.parametrize(
    "text",
    [
        "The minimum is 5 MB or 5 MiB, whichever you read.",
        "It is Trino or Presto.",
        "It runs Trino, whereas in Redshift or MySQL it is another one.",
        "It runs Trino with a dialect, functions and types of its own, on machines nobody has to start or stop.",
    ],
)
def test_a_choice_without_a_rival_costs_nothing(text: str) -> None:
    assert (score(text, SIZES).credit, score(text, SIZES).needs_person) == (1, False)


@pytest.mark.parametrize(
    "text",
    [
        "By whose rights, what is allowed.",
        "Not found in the answer: by whose rights, what is allowed.",
        "It says by whose rights. It says what is allowed.",
    ],
)
def test_what_a_page_tells_to_be_missing_is_no_answer(text: str) -> None:
    told = Rubric("How?", (), (idea("by whose rights", "right*"), idea("what is allowed", "allow*")),
                  all_of("by whose rights"), any_of("what is allowed"))  # fmt: skip
    assert score(text, told).credit == 0
    assert score("It has the rights of its role.", told).credit == 1


@pytest.mark.parametrize(
    "text",
    [
        "Suppose that the job has a role.",
        "I doubt that the job has a role.",
        "It is a lie that the job has a role.",
        "I would never claim that the job has a role.",
        "Nobody can say that the job has a role.",
        "It would be wrong to say that the job has a role.",
        "Wrong answers people give: the job has a role.",
    ],
)
def test_what_is_supposed_doubted_or_told_as_an_error_is_not_said(text: str) -> None:
    assert score(text, RIGHTS).credit == 0


@pytest.mark.parametrize(
    "text",
    [
        "The job has a role. Just kidding.",
        "The job has a role. Forget that, I do not know.",
        "The job has a role, which is a mistake.",
    ],
)
def test_what_is_said_and_taken_back_is_left_to_a_person(text: str) -> None:
    reading = score(text, RIGHTS)
    assert reading.credit == 0 or reading.needs_person


@pytest.mark.parametrize(
    "frame",
    [
        "If I had to guess what a bad engineer would say: ",
        "Somebody should look up whether it is so that: ",
        "A careless colleague once wrote: ",
        "Please verify whether this holds: ",
        "Some confused students might answer as follows: ",
        "ChatGPT told me this: ",
        "Can someone confirm that ",
        "I read on a forum: ",
        "According to a blog post, ",
        "To be checked: ",
        "As far as I know, but no idea: ",
        "My colleague claims ",
        "My manager insists, wrongly I think, that ",
        "The typical wrong reply goes: ",
    ],
)
def test_an_answer_in_another_mouth_or_to_be_looked_up_is_left_to_a_person(frame: str) -> None:
    reading = score(f"{frame}The job has a role.", RIGHTS)
    assert reading.credit == 0 or reading.needs_person


def test_checking_a_role_is_no_frame() -> None:
    reading = score("The job acts under a role. I check whether it allows the bucket: it has to.", RIGHTS)
    assert reading.credit == 1 or reading.needs_person


@pytest.mark.parametrize(
    "end", ["Can someone confirm that this is so.", "To be checked.", "No idea if that is right.", "Just a guess."]
)
def test_an_answer_that_ends_by_asking_or_guessing_is_left_to_a_person(end: str) -> None:
    reading = score(f"The job has a role. {end}", RIGHTS)
    assert reading.credit == 0 or reading.needs_person


@pytest.mark.parametrize(
    "text",
    [
        "The documentation says that the job has a role.",
        "AWS says that since December 2020 the job has a role.",
        "According to the docs: the job has a role.",
        "The AWS blog says that the job has a role.",
        "Somebody writes this file to S3: the job reads it under a role.",
        "A colleague writes files to the bucket: the job that reads them has a role.",
        "The job has a role. A colleague of mine told me once that he saw it there.",
        "My colleague claims it has keys, but it has a role.",
    ],
)
def test_a_trusted_source_or_a_person_who_does_something_is_no_frame(text: str) -> None:
    assert not score(text, RIGHTS).needs_person
