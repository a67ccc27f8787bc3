"""The resources of an operation, which its caller must have rights to: the one it is about, all that it lies in, and
for a deletion all that lies in it.

From AWS's "Specifying AWS Glue resource ARNs". Partitions and versions have no ARN: they are their table's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundschool.lab.service import ACCOUNT, REGION
from groundschool.lab.services.glue.catalog import folded

PREFIX = f"arn:aws:glue:{REGION}:{ACCOUNT}:"
CATALOG = f"{PREFIX}catalog"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group"


def database(name: str) -> str:
    """The ARN of a database."""
    return f"{PREFIX}database/{folded(name)}"


def table(of: str, name: str) -> str:
    """The ARN of a table of the database `of`."""
    return f"{PREFIX}table/{folded(of)}/{folded(name)}"


def crawler(name: str) -> str:
    """The ARN of a crawler."""
    return f"{PREFIX}crawler/{name}"


def job(name: str) -> str:
    """The ARN of a job."""
    return f"{PREFIX}job/{name}"


def of_operation(operation: str, parameters: Mapping[str, Any]) -> list[str]:
    """The ARNs that an operation's caller needs the right of the same name to, in the order in which Glue asks."""
    of = str(parameters.get("DatabaseName") or "")
    if "Job" in operation:
        return [job(str(parameters.get("JobName") or parameters.get("Name") or "*"))]
    if "Crawl" in operation:
        name = str(parameters.get("CrawlerName") or parameters.get("Name") or "")
        return [crawler(name or "*")]
    if operation in ("GetDatabases", "CreateDatabase", "GetDatabase", "UpdateDatabase", "DeleteDatabase"):
        name = str(parameters.get("Name") or parameters.get("DatabaseInput", {}).get("Name") or "")
        below = [table(name, "*"), f"{PREFIX}userDefinedFunction/{folded(name)}/*"]
        return [CATALOG, *([database(name)] if name else []), *(below if operation == "DeleteDatabase" else [])]
    names = parameters.get("TablesToDelete") or [parameters.get("TableName") or parameters.get("Name")]
    names = [parameters["TableInput"]["Name"]] if "TableInput" in parameters else names
    return [CATALOG, database(of), *(table(of, str(name)) for name in names if name)]
