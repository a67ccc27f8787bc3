"""The language that rubrics write claims in."""

from __future__ import annotations

import pytest

from groundschool.checks.rubric import Rubric, any_of, at_least, idea, score
from groundschool.checks.rubric.patterns import BadPattern, compiled


def says(pattern: str, text: str, **options: str) -> bool:
    """Whether a text states a pattern, in a rubric of one idea."""
    rubric = Rubric("Why?", (), (idea("it", pattern, about=options.get("about", "")),), any_of("it"), any_of("it"))
    return score(text, rubric).credit == 1


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("partition", "it is partitioned"),
        ("infer schema", "the schema is inferred"),
        ("infer*", "schema inference"),
        ("copy|move", "files are moved"),
        ("data_catalog", "in the Data Catalog"),
        ("data_catalog", "in the DataCatalog"),
        ("serverless", "it is server-less"),
        ("iam_role", "IAM_ROLE default"),
        ("{10000}", "10,000 parts"),
        ("{10000}", "ten thousand parts"),
        ("{10000}", "10k parts"),
        ("{24} hour", "24 hours"),
        ("copy !into", "COPY t"),
        ("NOT copy", "data is not copied"),
        ("without cluster", "without a cluster"),
        ("s3_schemesign", "s3://bucket/key"),
        ("s3a", "s3a://"),
        ("metadata", "the metdata"),
    ],
)
def test_a_pattern_is_found(pattern: str, text: str) -> None:
    assert says(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("data_catalog", "data, catalog"),
        ("infer schema", "it infers. The schema is fixed."),
        ("copy !into", "COPY INTO t"),
        ("NOT copy", "data is copied"),
        ("copy", "data is not copied"),
        ("cluster", "without a cluster"),
        ("eventual", "strong instead of eventual"),
        ("{10000}", "1,000 parts"),
        ("strong", "a string"),
        ("internal", "external"),
    ],
)
def test_a_pattern_is_not_found_where_it_is_not_said(pattern: str, text: str) -> None:
    assert not says(pattern, text)


def test_an_idea_about_a_subject_is_not_read_of_another() -> None:
    assert says("store*", "Redshift stores data", about="redshift")
    assert not says("store*", "Athena stores data", about="redshift")


def test_a_need_counts_its_parts() -> None:
    need = at_least(2, "a", "b", any_of("c", "d"))
    assert need.met(frozenset("ad"))
    assert not need.met(frozenset("cd"))
    assert need.topics == ("a", "b", "c", "d")
    assert need.missing(frozenset("a")) == ("b",)
    assert need.missing(frozenset("ab")) == ()


@pytest.mark.parametrize(
    ("pattern", "place", "remedy"),
    [
        ("schedule at_{2}", 10, "a term of its own"),
        ("every_{5}_minute*", 1, "every_5_minutes"),
        ("copy a||b", 8, "an alternative is empty"),
        ("copy|", 6, "an alternative is empty"),
        ("copy !", 7, "an alternative is empty"),
        ("{5 MB}", 1, "{5_MB}"),
        ("part {five_things}", 6, "neither a size nor a number"),
        ("a*b", 1, "`*` only behind the beginning"),
        ("data__catalog", 1, "one `_` between them"),
        ("Glue job", 1, "small letters"),
        ("key=value", 1, "small letters"),
        ("runs|hive's engine", 6, "read as `hive`"),
    ],
)
def test_a_pattern_that_could_match_nothing_is_refused_with_its_place_and_the_remedy(
    pattern: str, place: int, remedy: str
) -> None:
    with pytest.raises(BadPattern, match=rf"at character {place}:") as told:
        compiled(pattern)
    assert repr(pattern) in str(told.value)
    assert remedy in str(told.value)


@pytest.mark.parametrize("pattern", ["", "!copy", "NOT", "EITHER !!move"])
def test_a_pattern_that_names_nothing_to_find_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern, match="names nothing to find"):
        compiled(pattern)
