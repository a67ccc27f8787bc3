"""Asks Airflow of a file of Dags that a candidate's cell wrote: in a notebook's kernel, and on the candidate's side of
grading.
"""

from __future__ import annotations

from typing import Any

from groundschool.checks.answers import AnswerRaised
from groundschool.checks.backend import DagAsked

SECONDS = 30  # for one reading of the file, and for one run


def ask(name: str, content: bytes | None, run: DagAsked | None) -> dict[str, Any]:
    """What Airflow reports of the file when it reads it, or when it runs one of its Dags. Raises AnswerRaised without
    one.
    """
    from groundschool.engines.airflow import zygote

    if content is None:
        raise AnswerRaised.of("FileNotFoundError", "The file was not written.")
    order: dict[str, Any] = {"do": "read", "name": name, "text": content.decode("utf-8", "replace")}
    if run is not None:
        order |= {"do": "run", "dag": run.dag, "logical_date": run.logical_date, "conf": dict(run.conf)}
    return zygote.ask(order, SECONDS)
