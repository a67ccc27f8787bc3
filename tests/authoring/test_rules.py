"""The table of rules, checks and mistakes."""

from __future__ import annotations

from groundschool.authoring.rules import proofs, strangers

RULES = ("one row per order", "latest by time", "ties by sequence")
HIDDEN = ("plain", "ties")


def test_a_rule_is_proven_by_a_hidden_check_that_only_its_breakers_fail() -> None:
    breaks = {"all_rows": ["one row per order"], "first": ["latest by time"], "any_of_ties": ["ties by sequence"]}
    killed = {"all_rows": ("plain",), "first": ("plain",), "any_of_ties": ("ties",)}
    found = {proof.rule: proof for proof in proofs(RULES, breaks, killed, HIDDEN)}
    assert found["ties by sequence"].checks == ("ties",)
    assert found["ties by sequence"].mistakes == ("any_of_ties",)
    assert found["ties by sequence"].faults == ()
    (fault,) = found["latest by time"].faults
    assert "no hidden check is failed by the breakers of 'latest by time' alone" in fault


def test_a_rule_without_a_mistake_of_its_own_is_a_fault() -> None:
    breaks = {"both": ["latest by time", "ties by sequence"], "other": []}
    killed = {"both": ("plain", "ties"), "other": ("plain", "ties")}
    assert [proof.mistakes for proof in proofs(RULES, breaks, killed, HIDDEN)] == [(), (), ()]
    assert all("no mistake breaks just the rule" in proof.faults[0] for proof in proofs(RULES, breaks, killed, HIDDEN))


def test_visible_checks_prove_no_rule() -> None:
    (proof,) = proofs(("r",), {"m": ["r"]}, {"m": ("the example",)}, ())
    assert proof.faults


def test_a_mistake_that_breaks_what_the_prompt_does_not_state_is_a_fault() -> None:
    (fault,) = strangers(RULES, {"m": ["one row an order"]})
    assert "'one row an order', which is no rule of the prompt" in fault
    assert strangers(RULES, {"m": [RULES[0]]}) == ()
