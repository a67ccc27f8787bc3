"""The lab's contract as a table: `python tests/lab/contract.py` runs it, `--write` writes docs/lab.md from its markers.

A test is of the service that its module's `contract` marker names, and of the capability that its class's docstring names; a
deviation is a strict xfail, told by its reason.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from groundschool.lab.services import services

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "lab.md"
HEAD = """\
# The lab

Real AWS clients against services on this machine: no account, no network, nothing to pay. What it does is tested against
AWS's documentation; what it does not do is refused with an error that begins "The lab does not". This page is written from
those tests by `python tests/lab/contract.py --write`; `make lab-contract` runs them.

```python
import boto3
from groundschool import lab

services = lab.start()
s3 = boto3.client("s3")
s3.create_bucket(Bucket="landing")
s3.put_object(Bucket="landing", Key="orders/1.csv", Body=b"id\\n1\\n", IfNoneMatch="*")
services.fail("s3", operation="PutObject", nth=2)
for key in ("orders/2.csv", "orders/3.csv"):
    try:
        services.client("s3").put_object(Bucket="landing", Key=key, Body=b"")
    except s3.exceptions.ClientError as error:
        print(key, error.response["Error"]["Code"])
print([entry.operation for entry in services.requests()])
services.reset()
```

`services.client(service)` repeats no failed call by itself, an ordinary `boto3.client` does; both reach the lab.
`services.role` is the ARN of a role with rights on all data. `services.seed(s3={"bucket": {"key": b"body"}})` puts objects
there. A fault is `how="error"` (not done), `"lost"` (done, but answered with an error), `"crash"` (nothing arrives from it
on) or `"rival"` (`writes` are made just before it).

From a file to a warehouse, each step with the client that one would use at work:

```python
import time

import boto3
import redshift_connector
from groundschool import lab

services = lab.start()
s3, athena = boto3.client("s3"), boto3.client("athena")
s3.create_bucket(Bucket="lake")
s3.put_object(Bucket="lake", Key="raw/day=2026-11-01/a.json", Body=b'{"id": 1, "amount": 9.5}\\n{"id": 2, "amount": 3}\\n')
storage = {
    "Location": "s3://lake/raw/",
    "Columns": [{"Name": "id", "Type": "int"}, {"Name": "amount", "Type": "double"}],
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
}
glue = boto3.client("glue")
glue.create_database(DatabaseInput={"Name": "shop"})
table = {"Name": "raw", "TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage}
glue.create_table(DatabaseName="shop", TableInput=table | {"PartitionKeys": [{"Name": "day", "Type": "date"}]})


def query(text):
    output = {"OutputLocation": "s3://lake/results/"}
    asked = athena.start_query_execution(QueryString=text, ResultConfiguration=output)["QueryExecutionId"]
    while (found := athena.get_query_execution(QueryExecutionId=asked)["QueryExecution"])["Status"]["State"] != "SUCCEEDED":
        assert found["Status"]["State"] in ("QUEUED", "RUNNING"), found["Status"]
        time.sleep(0.05)


query("MSCK REPAIR TABLE shop.raw")
query(
    "CREATE TABLE shop.curated WITH (format = 'PARQUET', external_location = 's3://lake/curated/') AS "
    "SELECT day, count(*) AS orders, sum(amount) AS amount FROM shop.raw GROUP BY day"
)
with redshift_connector.connect(**services.redshift) as connection, connection.cursor() as cursor:
    cursor.execute("CREATE TABLE daily (day date, orders bigint, amount double precision) DISTSTYLE ALL SORTKEY (day)")
    cursor.execute(f"COPY daily FROM 's3://lake/curated/' IAM_ROLE '{services.role}' FORMAT AS PARQUET")
    connection.commit()
    cursor.execute("SELECT * FROM daily")
    print(*cursor.fetchall())
services.close()
```

Redshift is one warehouse, reached by `services.redshift`; `boto3.client("redshift-data").execute_statement(Sql=…,
**services.redshift_data)` runs statements in the same one. `COPY` and `UNLOAD` name a role: `services.role`, or one that
trusts `redshift.amazonaws.com`. A reset of the lab empties the warehouse and ends its transactions. Its statements are in the
log, and faults strike them by their kind: `services.fail("redshift", operation="Copy")`.

A crawler's run is done by the next request to Glue that comes a tenth of a second after its start. A job runs its script
with this Python and, if it is one of Spark, this Spark on two cores, as an ordinary process of yours: for a minute at most,
or three with Spark. When a submission is graded it runs in a box. `awsglue` is written from AWS's documentation; it holds
what the course needs, and the records of a DynamicFrame in the memory of the job's own process. `lab.start()` lets a
notebook import it, too: `GlueContext(checks.spark().sparkContext)`.
"""


@dataclass
class Contract:
    """A plugin of pytest that notes what it collects, and how it ends."""

    cases: Counter[tuple[str, str]] = field(default_factory=Counter)
    deviations: dict[str, tuple[str, str]] = field(default_factory=dict)  # service and reason by test
    ended: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _places: dict[str, tuple[str, str]] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            marker, parent = item.get_closest_marker("contract"), getattr(item, "cls", None)
            if marker is None or parent is None:
                continue
            place = (marker.args[0], (parent.__doc__ or "").strip())
            self.cases[place] += 1
            self._places[item.nodeid] = place
            if deviation := item.get_closest_marker("xfail"):
                self.deviations[item.nodeid] = (place[0], deviation.kwargs["reason"])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.nodeid in self._places and (report.when == "call" or report.failed):
            outcome = "deviation" if report.nodeid in self.deviations and report.skipped else report.outcome
            self.ended[(*self._places[report.nodeid], outcome)] += 1


def run(*arguments: str) -> tuple[Contract, int]:
    """The contract, after pytest ran, or only collected, its modules."""
    contract = Contract()
    files = sorted(str(path) for path in Path(__file__).parent.glob("test_*_contract.py"))
    return contract, pytest.main(["-q", "-p", "no:cacheprovider", *arguments, *files], plugins=[contract])


def page(contract: Contract) -> str:
    """docs/lab.md."""
    lines = [HEAD, "## What is tested\n", "| service | capability | cases |", "|---|---|---|"]
    lines += [
        f"| {service} | {capability} | {count} |" for (service, capability), count in sorted(contract.cases.items())
    ]
    lines += ["\n## Where it is not like AWS\n"]
    lines += sorted({f"- **{service}** {reason}" for service, reason in contract.deviations.values()})
    lines += ["\n## The operations it does\n"]
    for name, service in sorted(services().items()):
        lines.append(f"- **{name}** {', '.join(f'`{operation}`' for operation in sorted(service.OPERATIONS))}")
    return "\n".join(lines) + "\n"


def main() -> None:
    if "--write" in sys.argv:
        contract, failed = run("--collect-only", "-qq")
        PAGE.write_text(page(contract), encoding="utf-8")
        raise SystemExit(failed)
    contract, failed = run("--no-header", "--no-summary")
    print(f"\n{'service':8} {'capability':40} {'passed':>6} {'deviation':>9} {'failed':>6}")
    for service, capability in sorted(contract.cases):
        counts = [contract.ended[service, capability, outcome] for outcome in ("passed", "deviation", "failed")]
        print(f"{service:8} {capability:40} {counts[0]:6} {counts[1]:9} {counts[2]:6}")
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
