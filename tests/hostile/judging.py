"""Decides whether an attack won, from what a run left behind. The same rules for stock nbgrader and for this course.

A leak is counted in what a candidate is shown. For stock nbgrader that is counted in outputs only (see `Left.shown`), although
its feedback also quotes the hidden tests' source to everybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from submissions import OF_THE_HOST, OF_THE_NEIGHBOUR, SEED, Attack, Site

from groundschool import fixtures

CLAIM = "the-attack-won"
ACTIVE = "seeded-active"
HIDDEN = (
    "quillfeather", "brackenmoor", "saltmarsh", "thistledown", "THISTLEDOWN", "314159", "271828", "585987", "lanternwick",
    "oakum",
)  # fmt: skip
LOADING = ("src", "href", "action", "data", "srcdoc", "formaction", "background", "poster", "content")
TERMINAL = ("\x1b]", "\x1b[2J", "\x9b", "\x07", "\u202e")


@dataclass(frozen=True)
class Left:
    """What a run left of one attack. `shown` is what its candidate sees, `everything` all that anybody sees."""

    score: float
    shown: tuple[str, ...]
    everything: tuple[str, ...]
    pages: tuple[str, ...]
    appearances: int = 1
    claimed: tuple[str, ...] = ()  # questions called passed that did not earn all their points


@dataclass(frozen=True)
class Ended:
    """How the whole run ended. `neighbour` is the honest neighbour's score, `alone` what it earns without company."""

    in_time: bool
    neighbour: float
    alone: float
    left_running: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    knocks: int = 0
    exhausted: str = ""


def wins(attack: Attack, left: Left, ended: Ended, site: Site) -> list[str]:
    """Why the attack counts as a win; nothing when it does not. Only what its prefix names counts."""
    rules = {
        "no_gain_": _gains,
        "no_leak_": _leaks,
        "no_escape_": _escapes,
        "no_harm_": _harms,
        "no_script_": _scripts,
    }
    return list(rules[attack.prefix](attack, left, ended, site))


def _gains(attack: Attack, left: Left, ended: Ended, site: Site) -> Iterator[str]:
    if left.score > attack.honest + 1e-9:
        yield f"it earned {left.score:g} points; its honest part is worth {attack.honest:g}"
    if left.claimed:
        yield f"it is called passed without the points: {list(left.claimed)}"


def _leaks(attack: Attack, left: Left, ended: Ended, site: Site) -> Iterator[str]:
    text = "\n".join(left.shown)
    for secret in (*HIDDEN, OF_THE_NEIGHBOUR, *hidden_rows()):
        if any(form in text for form in (secret, secret[::-1], secret.encode().hex())):
            yield f"its candidate is shown {secret!r}"
            return


def _escapes(attack: Attack, left: Left, ended: Ended, site: Site) -> Iterator[str]:
    text = "\n".join(left.everything)
    if marks := sorted(path.name for path in site.marks(attack).glob("*")):
        yield f"it wrote {marks}"
    if OF_THE_HOST in text:
        yield "it read a file of the host"
    if CLAIM in text:
        yield "it reached what is not its own"
    if ended.changed:
        yield f"files of the course changed: {list(ended.changed)}"
    if ended.knocks:
        yield "it reached a socket of the host"
    if ended.left_running:
        yield f"it left processes: {list(ended.left_running)}"


def _harms(attack: Attack, left: Left, ended: Ended, site: Site) -> Iterator[str]:
    if not ended.in_time:
        yield "the run did not end"
    if ended.neighbour != ended.alone:
        yield f"the neighbour got {ended.neighbour:g}; alone {ended.alone:g}"
    if left.appearances != 1:
        yield f"it appears {left.appearances} times in the results"
    if ended.left_running:
        yield f"it left processes: {list(ended.left_running)}"
    if ended.exhausted:
        yield ended.exhausted


def _scripts(attack: Attack, left: Left, ended: Ended, site: Site) -> Iterator[str]:
    for page in left.pages:
        yield from dict.fromkeys(active_content(page))
    if attack.described.get("escapes") and any(mark in text for text in left.everything for mark in TERMINAL):
        yield "a terminal escape is shown"


def active_content(page: str) -> list[str]:
    """What an attack made act in a page: its own mark in a script, an event, a style, a link that loads or runs."""
    reader = _Active()
    reader.feed(page)
    return reader.found


class _Active(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in ("script", "style", "iframe") else ""
        for name, value in attrs:
            acts = name.startswith("on") or name in ("style", *LOADING) and tag != "a" or _runs(value)
            if acts and ACTIVE in (value or ""):
                self.found.append(f"active attribute {name} of {tag}")

    def handle_data(self, data: str) -> None:
        if self._inside and ACTIVE in data:
            self.found.append(f"active {self._inside}")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


def _runs(value: str | None) -> bool:
    return (value or "").strip().lower().startswith(("javascript:", "vbscript:", "data:text/html"))


def hidden_rows() -> list[str]:
    """Texts of the hidden tables that no public one holds: log lines, and times of orders."""
    found: list[set[str]] = []
    for seed in (SEED, fixtures.EXAMPLE_SEED):
        lines = fixtures.table("log_lines", seed=seed, lines=100)["value"].to_pylist()
        times = fixtures.table("order_status", seed=seed, orders=40)["status_time"].to_pylist()
        found.append({*lines, *(str(time) for time in times)})
    return sorted(found[0] - found[1])


def print_of(site: Site) -> dict[str, str]:
    """A digest of each file of the course that only the instructor may change."""
    kept = [site.course / name for name in ("nbgrader_config.py", "source", "release", "private", "data")]
    return {str(path.relative_to(site.course)): hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(kept)}


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
