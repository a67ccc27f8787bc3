"""What a topic needs and holds, from its `topic.toml`; for a notebook without one, derived from its source.

How a need is met is known elsewhere: engines are `groundschool.engines`', services the lab's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from groundschool.course import strict

FILE = "topic.toml"
RUBRIC = "rubric.yaml"
MARKED = "labelled.jsonl"


class Limits(strict.Stated, frozen=True):
    """What a candidate's process may use in this topic, where that differs from the usual; see `grading.box.limits`.

    `wall_seconds` are those of one cell or call, a question has five times as many; MiB are 1,048,576 bytes.
    """

    wall_seconds: Annotated[int, Meta(ge=1, le=600)] | None = None
    memory_mib: Annotated[int, Meta(ge=256, le=8192)] | None = None
    disk_mib: Annotated[int, Meta(ge=16, le=1024)] | None = None


class Manifest(strict.Stated, frozen=True):
    """A topic's own words. `questions` stand in the order of the notebook, `answered` completes "answered with …".

    `services` are those of the lab that the setup cell starts. Topics are taken by `order`, then by name.
    """

    title: str
    questions: tuple[str, ...]
    order: int = 0
    answered: str = ""
    engines: tuple[Literal["duckdb", "spark", "airflow"], ...] = ()
    services: tuple[str, ...] = ()
    limits: Limits = Limits()


class Needs(strict.Stated, frozen=True):
    """What grading has to know before a cell runs.

    `rubrics` are the texts of the short answers' rubrics, `marked` those of the answers that persons have marked, by
    question.
    """

    spark: bool = False
    lab: bool = False
    rubrics: dict[str, str] = msgspec.field(default_factory=dict)
    limits: Limits = Limits()
    marked: dict[str, str] = msgspec.field(default_factory=dict)
    airflow: bool = False
    snowflake: bool = False
    redshift: bool = False


def load(folder: Path) -> Manifest | None:
    """The manifest in a topic's folder; None where there is none. Raises Misstated."""
    path = folder / FILE
    if not path.is_file():
        return None
    manifest = strict.toml(path, Manifest)
    if manifest.services:
        from groundschool.lab.services import known, names

        if unknown := sorted(set(manifest.services) - known()):
            raise strict.Misstated(f"{path}: the lab has no service {', '.join(unknown)}. It has: {names()}.")
    return manifest


def stated(folder: Path) -> Needs | None:
    """What a topic's manifest says it needs; None where there is none. Raises Misstated."""
    manifest = load(folder)
    if manifest is None:
        return None
    rubrics, marked = (_texts(folder, manifest.questions, file) for file in (RUBRIC, MARKED))
    return Needs(
        "spark" in manifest.engines,
        bool(manifest.services),
        rubrics,
        manifest.limits,
        marked,
        "airflow" in manifest.engines,
        "snowflake" in manifest.services,
        "redshift" in manifest.services,
    )


def _texts(folder: Path, questions: Sequence[str], file: str) -> dict[str, str]:
    paths = {name: folder / "questions" / name / file for name in questions}
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items() if path.is_file()}


def derived(code: Sequence[str]) -> Needs:
    """What a notebook without a manifest needs, by the source of its own cells. It has no rubrics: they are a topic's
    files.
    """
    return Needs(
        spark=any("spark" in source for source in code),
        lab=any("lab.start(" in source for source in code),
        airflow=any("from airflow" in source or "import airflow" in source for source in code),
        snowflake=any("services.snowflake" in source for source in code),
        redshift=any("services.redshift" in source for source in code),
    )
