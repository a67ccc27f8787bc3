"""How far a long run is: a bar in a terminal, a line a minute elsewhere, records for a platform.

What is done, and what came of it, is counted by whoever does it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Form = Literal["auto", "lines", "json"]
SECONDS = {"lines": 60.0, "json": 1.0}  # between what is said
WORDS = {"needs_person": "for a person"}


@dataclass(frozen=True)
class Stand:
    """What is going on, and how many are done, of how many. `outcomes` counts the questions that ended so."""

    what: str
    done: int
    total: int
    outcomes: Mapping[str, int] = field(default_factory=dict)


Told = Callable[[Stand], None]


class Lines:
    """Says from time to time where a run stands, and in the end that it is done. `say` takes a line."""

    def __init__(self, form: str, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.form, self.say, self.clock = form, say, clock
        self._begun = self._said = clock()

    def __call__(self, stand: Stand) -> None:
        now, ended = self.clock(), stand.done == stand.total
        since = self._begun if ended else self._said  # a run of seconds says nothing in sentences
        if not stand.done or (now - since < SECONDS[self.form] and not (ended and self.form == "json")):
            return
        self._said = now
        seconds = now - self._begun
        self.say(_record(stand, seconds) if self.form == "json" else _sentence(stand, seconds))


def _left(stand: Stand, seconds: float) -> float:
    return seconds / stand.done * (stand.total - stand.done)


def _record(stand: Stand, seconds: float) -> str:
    outcomes = dict(sorted(stand.outcomes.items()))
    body = {"done": stand.done, "total": stand.total, "outcomes": outcomes}
    return json.dumps({**body, "seconds": round(seconds, 1), "seconds_left": round(_left(stand, seconds), 1)})


def _sentence(stand: Stand, seconds: float) -> str:
    rate = f"{60 * stand.done / seconds:.1f} a minute; " if seconds else ""
    counts = f" ({counted(stand.outcomes)})" if stand.outcomes else ""
    return f"{stand.done:,} of {stand.total:,}{counts}; {rate}about {_duration(_left(stand, seconds))} left"


def counted(outcomes: Mapping[str, int]) -> str:
    """The questions by outcome, commonest first."""
    ranked = sorted(outcomes.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{number:,} {WORDS.get(outcome, outcome.replace('_', ' '))}" for outcome, number in ranked)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min" if minutes > 9 else f"{minutes} min {rest} s" if minutes else f"{rest} s"


@contextmanager
def telling(form: Form, console: Console) -> Iterator[Told]:
    """Tells on `console` where a run stands, as a Form says; `auto` is a bar where somebody looks, else lines."""
    if form != "auto" or not console.is_terminal:
        yield Lines("lines" if form == "auto" else form, lambda line: print(line, file=console.file, flush=True))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda stand: bar.update(task, description=_described(stand), completed=stand.done, total=stand.total)


def _described(stand: Stand) -> str:
    return f"{stand.what} ({counted(stand.outcomes)})" if stand.outcomes else stand.what
