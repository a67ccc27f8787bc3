"""Standalone HTML pages from the packaged templates: inline style, a policy that forbids every request and every script
but the page's own, which is named by its hash.

Every string a template prints is stripped of control characters and escaped here, so a template cannot forget it. Only
`Markup`, which `grading.cells` makes from sanitised fragments, passes as it is.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from groundschool.safe import clean_terminal


@dataclass(frozen=True)
class Look:
    """How an outcome is shown: a word, a mark that needs no colour, and what it means."""

    label: str
    mark: str
    meaning: str


OUTCOME_LOOKS: dict[str, Look] = {
    "passed": Look("passed", "✓", "Every check passed."),
    "partial": Look("partial", "◐", "Some checks passed."),
    "failed": Look("failed", "✕", "No check passed."),
    "not_attempted": Look("not attempted", "–", "The answer cell holds the starter, is blank, or is missing."),
    "crashed": Look(
        "crashed", "!", "The answer raised an error or its process ended. Checks passed before that count."
    ),
    "timed_out": Look("timed out", "…", "The time limit was reached. Checks passed before that count."),
    "out_of_memory": Look("out of memory", "▲", "The memory limit was reached. Checks passed before that count."),
    "refused": Look("refused", "⊘", "The answer is not of a kind that can be graded; the reason is given."),
    "needs_person": Look("needs a person", "?", "The points are proposed; a person decides."),
}
SIGNAL_MEANINGS = {
    "bonus": "goes beyond what was asked",
    "strong": "names what experienced people name",
    "outdated": "was true once; the service has changed",
    "misconception": "holds a common wrong idea",
}
ISOLATION_TEXTS = {
    "sandbox": "isolation: sandbox",
    "none": "isolation: none (graded without a sandbox)",
}
SEED_TEXT = "practice seed: hidden data can be reproduced"
_QUOTED = re.compile(r"`([^`\n]+)`")


def render(template: str, script: str = "", /, **context: Any) -> str:
    """The page `reports/templates/<template>` filled with `context`; a name missing from it raises UndefinedError.

    `script` is a file beside the template: the only one that the page may run.
    """
    text, allowed = _script(script) if script else (Markup(), Markup())
    return _ENVIRONMENT.get_template(template).render(script=text, script_source=allowed, **context)


@functools.cache
def _script(name: str) -> tuple[Markup, Markup]:
    """A packaged script, and what a content policy calls it."""
    text = (files("groundschool.reports") / "templates" / name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), Markup(f"'sha256-{digest}'")


def points_text(points: float) -> str:
    """Points as people write them: `4`, `2.5`, at most two decimals."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def percent(points: float, maximum: float) -> float:
    """The share of `maximum` in percent, between 0 and 100; 0 where nothing can be earned."""
    return round(min(max(100 * points / maximum, 0), 100), 1) if maximum > 0 else 0.0


def message_html(text: str) -> Markup:
    """A check's message, escaped, with what stands between backticks as code."""
    return Markup(_QUOTED.sub(r"<code>\1</code>", str(escape(clean_terminal(text)))))


def _printed(value: Any) -> Any:
    return clean_terminal(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("groundschool", "reports/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(points=points_text, message=message_html)
    environment.globals.update(
        looks=OUTCOME_LOOKS,
        signal_meanings=SIGNAL_MEANINGS,
        isolation_texts=ISOLATION_TEXTS,
        seed_text=SEED_TEXT,
        percent=percent,
    )
    return environment


_ENVIRONMENT = _environment()
