"""The notebook's Spark session, and what stands for it where verdicts are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundschool.checks import place

NOTHING: Mapping[str, str] = {}


class _NoSpark:
    """Stands for the session in the examiner, which starts no JVM and needs none: test cells hold no engine object."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"The examiner has no Spark session; `spark.{name}` belongs into the candidate's cells.")


def spark(settings: Mapping[str, str] = NOTHING) -> Any:
    """The notebook's Spark session, with these settings; see `groundschool.engines.spark`. In the examiner there is
    none.
    """
    if place.current().examines:
        return _NoSpark()
    from groundschool.engines.spark import spark as start

    return start(settings)
