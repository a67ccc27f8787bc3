"""Glue: the Data Catalog, crawlers and jobs.

What an operation does is in `tables`, `crawlers`, `jobs` and `runs`; who may do it, in `resources`; the catalog itself
is `catalog`'s, a plain object that other services read, too. What is not among the operations here is refused.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from groundschool.lab import models, rights, targets
from groundschool.lab.service import ACCOUNT, Answer, Asked, Refused, Stock
from groundschool.lab.services.glue import crawlers, jobs, resources, runs, tables
from groundschool.lab.services.glue.catalog import CATALOG

NAME = "glue"
RIGHTS = ("glue:*",)
ROLE_RIGHTS = ("glue:*",)
OWN_RIGHTS = True
PRINCIPAL = "glue.amazonaws.com"
DENIED = "UnrecognizedClientException"
CALLS = {**tables.CALLS, **crawlers.CALLS, **jobs.CALLS}
TAKEN = {**tables.TAKEN, **crawlers.ARGUMENTS, **jobs.ARGUMENTS}
OPERATIONS = frozenset(CALLS)


def operation(asked: Asked) -> str:
    """See `Service`."""
    return targets.operation(asked, OPERATIONS, NAME)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    given = targets.parameters(asked)
    models.check(NAME, operation, given)
    _check_done(operation, given)
    rights.require(asked, f"glue:{operation}", resources.of_operation(operation, given))
    crawlers.settle()
    runs.settle()
    return targets.answer(CALLS[operation](given, asked))


def _check_done(operation: str, given: dict[str, Any]) -> None:
    """Raises Refused for members that would ask for what the lab does not do, or an empty name."""
    if given.pop("CatalogId", None) not in (None, ACCOUNT):
        raise Refused(400, "InvalidInputException", f"The lab does not have another catalog than {ACCOUNT}.")
    required = models.model(NAME).operation_model(operation).input_shape.required_members
    for name, value in given.items():
        if value is not None and name not in required and name not in TAKEN.get(operation, ()):
            raise Refused(400, "InvalidInputException", f"The lab does not do {name} of {operation}.")
    for name in ("Tags", "TargetDatabase", "FederatedDatabase"):
        if given.get("DatabaseInput", {}).get(name) is not None:
            raise Refused(400, "InvalidInputException", f"The lab does not keep {name} of a database.")


error = targets.error


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    return [*CATALOG.stores(), crawlers.CRAWLERS, crawlers.RUNS, jobs.JOBS, runs.RUNS]


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed glue: its own operations make what is needed.")
