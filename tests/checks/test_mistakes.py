"""A mistake is recognised by what it returns, told in its own words, and never guessed between two."""

from __future__ import annotations

from groundschool.checks.backend import Mistake
from groundschool.checks.mistakes import explain
from groundschool.checks.verdict import Check

CHECKS = [Check("first", False, True, "general"), Check("second", False, True, "general"), Check("third", True, True)]
SEEN = {"first": "1", "second": "2", "third": "3"}


def messages(*mistakes: Mistake, checks: list[Check] = CHECKS, seen: dict[str, str] = SEEN) -> list[str]:
    return [check.message for check in explain(checks, seen, mistakes)]


def test_a_mistake_that_returns_the_same_is_told_on_every_check_it_shares() -> None:
    known = Mistake("rank", "Ties are doubled.", {"first": "1", "second": "2"})
    assert messages(known) == ["Ties are doubled.", "Ties are doubled.", ""]
    assert [check.mistake for check in explain(CHECKS, SEEN, [known])] == ["rank", "rank", ""]


def test_a_check_on_which_the_mistake_returns_something_else_keeps_its_message() -> None:
    assert messages(Mistake("rank", "Ties are doubled.", {"first": "1", "second": "9"})) == [
        "Ties are doubled.",
        "general",
        "",
    ]


def test_a_mistake_that_agrees_on_passed_checks_only_is_not_told() -> None:
    assert messages(Mistake("other", "Other.", {"third": "3"})) == ["general", "general", ""]


def test_the_mistake_that_agrees_on_most_wins() -> None:
    half, whole = Mistake("half", "Half.", {"first": "1"}), Mistake("whole", "Whole.", {"first": "1", "second": "2"})
    assert messages(half, whole) == messages(whole, half) == ["Whole.", "Whole.", ""]


def test_between_two_that_agree_alike_none_is_told() -> None:
    assert messages(Mistake("a", "A.", {"first": "1"}), Mistake("b", "B.", {"second": "2"})) == [
        "general",
        "general",
        "",
    ]


def test_of_two_that_agree_alike_the_one_that_fails_nothing_else_is_told() -> None:
    wide = Mistake("wide", "Wide.", {"first": "1", "second": "2", "third": "9"})
    exact = Mistake("exact", "Exact.", {"first": "1", "second": "2"})
    assert messages(wide, exact) == messages(exact, wide) == ["Exact.", "Exact.", ""]


def test_what_else_was_seen_decides_between_two_that_fail_alike() -> None:
    seen = {**SEEN, "the text": "x"}
    one = Mistake("one", "One.", {"first": "1", "second": "2", "the text": "y"})
    two = Mistake("two", "Two.", {"first": "1", "second": "2", "the text": "x"})
    assert messages(one, two, seen=seen) == ["Two.", "Two.", ""]


def test_nothing_seen_is_no_agreement() -> None:
    assert messages(Mistake("blank", "Blank.", {"first": ""}), seen={"first": ""}) == ["general", "general", ""]


def test_without_known_mistakes_nothing_changes() -> None:
    assert explain(CHECKS, SEEN, []) == CHECKS


def test_a_right_answer_has_no_mistake() -> None:
    passed = [Check("first", True, True)]
    assert explain(passed, SEEN, [Mistake("rank", "Ties.", {"first": "1"})]) == passed
