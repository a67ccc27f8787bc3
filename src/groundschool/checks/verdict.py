"""What a question earned and why: the plain data that every other part reads and writes.

Nothing here decides anything; `question.py` fills these in, `reports` shows them, and their JSON is the contract of
`groundschool grade --json`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

Outcome = Literal[
    "passed", "partial", "failed", "not_attempted", "crashed", "timed_out", "out_of_memory", "refused", "needs_person"
]
OUTCOMES: tuple[str, ...] = get_args(Outcome)
Signal = Literal["bonus", "strong", "outdated", "misconception"]
SIGNALS: tuple[str, ...] = get_args(Signal)


@dataclass(frozen=True)
class Counterexample:
    """An input of at most five rows a part, made from public data, on which the answer differs from what is expected.

    `given` holds the parts by name. Each table is `{"columns": [...], "rows": [[...], ...]}` with every value already
    written as text.
    """

    given: dict[str, Any]
    got: dict[str, Any] | None
    expected: dict[str, Any]
    error: str = ""


@dataclass(frozen=True)
class Check:
    """One named comparison. `message` is for the candidate and never holds hidden data; `detail` is for the
    instructor. It earned so many points of the `worth` that it has, before rounding.

    Of an answer in words, `found` are the ideas that it states, by topic, and `words` those of its own in which they
    were found, in their order.
    """

    name: str
    passed: bool
    hidden: bool
    message: str = ""
    mistake: str = ""
    counterexample: Counterexample | None = None
    detail: str = ""
    found: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    earned: float = 0.0
    worth: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What one question earned. `points` lies between 0 and `max`; `reason` says why where the checks do not."""

    question: str
    points: float
    max: float
    outcome: Outcome
    signals: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""

    def with_points(self, points: float, outcome: Outcome, reason: str) -> Verdict:
        """The same verdict, changed by a person or by what the box reported."""
        return replace(self, points=points, outcome=outcome, reason=reason)


@dataclass(frozen=True)
class Result:
    """One graded submission: every question of the topic exactly once, in the notebook's order.

    `candidate` is fit for file names; `name` is the same person's as people write it, "" where it is not known.
    """

    candidate: str
    topic: str
    isolation: Literal["sandbox", "none"]
    flags: tuple[str, ...]
    questions: tuple[Verdict, ...]
    practice_seed: bool = True
    name: str = ""

    @property
    def score(self) -> float:
        """The sum of the questions' points."""
        return round(sum(verdict.points for verdict in self.questions), 6)

    @property
    def max(self) -> float:
        """The sum of the questions' maxima."""
        return round(sum(verdict.max for verdict in self.questions), 6)

    def to_json(self) -> dict[str, Any]:
        """The object of DESIGN §10, plus what reports need; `from_json` reads it back."""
        body = asdict(self)
        return {
            "candidate": body.pop("candidate"),
            "topic": body.pop("topic"),
            "score": self.score,
            "max": self.max,
            **body,
        }

    def to_contract(self) -> dict[str, Any]:
        """What `grade --json` writes: the contract's keys, and nothing that is the instructor's only."""
        body = self.to_json()
        for question in body["questions"]:
            question["checks"] = [
                {key: check[key] for key in ("name", "passed", "hidden", "message", "mistake")}
                for check in question["checks"]
            ]
        del body["practice_seed"]
        body["name"] = self.name or self.candidate
        return body

    @staticmethod
    def from_json(body: dict[str, Any]) -> Result:
        """The inverse of `to_json`; raises KeyError or TypeError on anything else."""
        questions = tuple(verdict_from_json(question) for question in body["questions"])
        return Result(
            candidate=body["candidate"],
            topic=body["topic"],
            isolation=body["isolation"],
            flags=tuple(body["flags"]),
            questions=questions,
            practice_seed=body["practice_seed"],
            name=body.get("name", ""),
        )


def verdict_from_json(body: dict[str, Any]) -> Verdict:
    """A verdict from its `asdict` form; an unknown key raises TypeError."""
    checks = tuple(
        Check(
            **{
                **check,
                "found": tuple(check.get("found", ())),
                "words": tuple(check.get("words", ())),
                "counterexample": Counterexample(**check["counterexample"]) if check.get("counterexample") else None,
            }
        )
        for check in body["checks"]
    )
    return Verdict(**{**body, "checks": checks, "signals": tuple(body["signals"]), "notes": tuple(body["notes"])})
