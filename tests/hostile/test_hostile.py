"""No attack wins, and none disturbs the honest neighbour graded in the same run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pages
import pytest
from judging import wins
from running import Graded, alone, autograde, grade
from submissions import UNREADABLE, Attack, attacks, by_kind, notebook

from groundschool.grading.box import probe

FULL = 30.0  # of the topic `trial`; every question of `foreign` evaluates its answer's text and is refused
# A run a class is made once. These hold every mechanism inside a process; all other classes run with the slow tests.
FAST = (
    "execution hooks",
    "comparison or harness patched",
    "expected value reached by name",
    "forged replies",
)
BY_NBGRADER = (
    "notebook structure and tags",
    "answers or tests read from disk",
    "failure text shows the test",
    "active feedback",
)

Runs = Callable[[str], Graded]


def _marks(kind: str) -> list[pytest.MarkDecorator]:
    """A class is graded by one worker: its run is made once."""
    return [pytest.mark.xdist_group(kind.replace(" ", "-")), *([] if kind in FAST else [pytest.mark.slow])]


@pytest.fixture(scope="module", autouse=True)
def _boxes_work() -> None:
    if reason := probe.probe():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> float:
    """What the neighbour earns without company."""
    return alone(tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, honest: float) -> Runs:
    """One run of `groundschool grade` a class of attacks, made when first asked for."""
    made: dict[str, Graded] = {}

    def run(kind: str) -> Graded:
        if kind not in made:
            made[kind] = grade(by_kind(attacks())[kind], tmp_path_factory.mktemp("run"), honest)
        return made[kind]

    return run


@pytest.fixture(scope="module")
def nbgraders(tmp_path_factory: pytest.TempPathFactory, honest: float) -> Graded:
    """One run of nbgrader's own commands over several classes."""
    chosen = [attack for attack in attacks() if attack.kind in BY_NBGRADER and attack.topic == "trial"]
    return autograde(chosen, tmp_path_factory.mktemp("nbgrader"), honest)


def test_the_honest_neighbour_alone_earns_full_marks(honest: float) -> None:
    assert honest == FULL


@pytest.mark.parametrize(
    "attack", [pytest.param(attack, id=attack.name, marks=_marks(attack.kind)) for attack in attacks()]
)
def test_an_attack_does_not_win(attack: Attack, runs: Runs) -> None:
    graded = runs(attack.kind)
    assert not wins(attack, graded.left[attack.name], graded.ended, graded.site), graded.output[-3000:]


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=_marks(kind)) for kind in by_kind(attacks())])
def test_a_run_full_of_attacks_ends_and_the_neighbour_keeps_full_marks(kind: str, runs: Runs, honest: float) -> None:
    ended = runs(kind).ended
    assert ended.in_time
    assert ended.neighbour == honest
    assert not ended.left_running
    assert not ended.changed
    assert not ended.knocks


@pytest.mark.slow
@pytest.mark.xdist_group("nbgrader")
@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.name) for attack in attacks() if attack.kind in BY_NBGRADER and attack.topic == "trial"])  # fmt: skip
def test_an_attack_does_not_win_through_nbgraders_own_commands(attack: Attack, nbgraders: Graded) -> None:
    assert not wins(attack, nbgraders.left[attack.name], nbgraders.ended, nbgraders.site), nbgraders.output[-3000:]


@pytest.mark.slow
@pytest.mark.xdist_group("nbgrader")
def test_a_run_of_nbgraders_own_commands_ends_and_the_neighbour_keeps_full_marks(nbgraders: Graded) -> None:
    assert nbgraders.ended.in_time
    assert nbgraders.ended.neighbour == 30.0
    assert not nbgraders.ended.left_running


@pytest.mark.slow
def test_nothing_runs_on_when_the_grader_itself_is_killed(tmp_path: Path) -> None:
    endless = [attack for attack in attacks() if attack.name == "no_harm_a_loop_that_ignores_interrupts"]
    ended = grade(endless, tmp_path, 0.0, seconds=12).ended
    assert not ended.in_time
    assert not ended.left_running


def test_every_attack_is_named_by_what_must_not_happen(tmp_path: Path) -> None:
    assert all(attack.prefix for attack in attacks())
    assert len({attack.name for attack in attacks()}) == len(attacks()) >= 70


def test_every_page_makes_a_notebook_the_same_one_each_time() -> None:
    told = [attack for attack in attacks() if attack.name not in UNREADABLE]
    assert all(notebook(attack) == notebook(attack) for attack in told)
    assert len({json.dumps(notebook(attack)["cells"]) for attack in told}) > 0.9 * len(told)


@pytest.mark.parametrize(
    ("section", "error"),
    [("## towm\n\n```python\ntown = 1\n```\n", "towm"), ("## town\n\ntown = 1\n", "behind the last section")],
)
def test_a_page_is_refused_where_a_section_would_be_lost(tmp_path: Path, section: str, error: str) -> None:
    (tmp_path / "page.md").write_text(f"# quiet ends\n\n```toml\nhonest = 1.0\n```\n\n{section}", encoding="utf-8")
    with pytest.raises(ValueError, match=error):
        pages.notebook({"cells": [{"id": "town", "source": ""}]}, pages.read(tmp_path / "page.md"), {})
