"""What AWS would bill for what was asked of the lab: list prices, in one place, and requests counted by kind.

The lab itself costs nothing. The prices are those of US East (N. Virginia), without free tiers; whoever has more to
bill than requests (a job's seconds, bytes scanned) adds lines of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Price:
    """US dollars for so many units of something, as the page `source` said on the day `checked`."""

    what: str
    dollars: float
    units: int
    source: str
    checked: str


S3_PAGE = "https://aws.amazon.com/s3/pricing/"
GLUE_PAGE = "https://aws.amazon.com/glue/pricing/"
REDSHIFT_PAGE = "https://aws.amazon.com/redshift/pricing/"
DAY = "2026-11-23"
WRITES = Price("PUT, COPY, POST, LIST", 0.005, 1000, S3_PAGE, DAY)
READS = Price("GET and others", 0.0004, 1000, S3_PAGE, DAY)
DELETIONS = Price("DELETE", 0.0, 1000, S3_PAGE, DAY)
STORAGE = Price("GB-month of S3 Standard", 0.023, 1, S3_PAGE, DAY)
DPU_HOUR = Price("DPU-hour of a Glue job or crawler", 0.44, 1, GLUE_PAGE, DAY)
CATALOG = Price("requests of the Data Catalog (a million a month are free)", 0.0, 1_000_000, GLUE_PAGE, DAY)
RPU_HOUR = Price("RPU-hours of Redshift Serverless (about; the rate differs by Region)", 0.375, 1, REDSHIFT_PAGE, DAY)
WAREHOUSE = ("redshift", "redshift-data")
LEAST_RPU_HOURS = 8 / 60  # a warehouse of 8 RPU, and the minute that is billed at least
WRITING = ("Put", "Copy", "Create", "Complete", "UploadPart", "List")
DELETING = ("Delete", "Abort")


class Asked(Protocol):
    """What is read of a request: see `guard.Request`."""

    role: str
    service: str
    operation: str
    status: int
    sent: int
    received: int


@dataclass(frozen=True)
class Line:
    """One line of a bill: how much of what, at which price."""

    amount: float
    price: Price

    @property
    def dollars(self) -> float:
        """What it costs."""
        return self.amount * self.price.dollars / self.price.units


def price_of(service: str, operation: str) -> Price | None:
    """The price of one request; None where requests are not billed."""
    if service == "glue":
        return None if "Job" in operation else CATALOG  # of a job the seconds are billed
    if service != "s3":
        return None
    return WRITES if operation.startswith(WRITING) else DELETIONS if operation.startswith(DELETING) else READS


def lines(requests: Sequence[Asked]) -> list[Line]:
    """The bill for the candidate's requests: a line a price, the dearest first. AWS bills refused ones, too, but not
    its own errors. Statements in a warehouse are taken for one spell of work.
    """
    counted: dict[Price, float] = {}
    for asked in requests:
        if asked.role != "candidate" or asked.status >= 500:
            continue
        if asked.service in WAREHOUSE:
            counted[RPU_HOUR] = LEAST_RPU_HOURS
        elif price := price_of(asked.service, asked.operation):
            counted[price] = counted.get(price, 0) + 1
    return sorted((Line(count, price) for price, count in counted.items()), key=lambda line: -line.dollars)


def told(requests: Sequence[Asked], *more: Line) -> str:
    """The bill in one sentence, for the place under the visible checks; empty when there is nothing to bill."""
    listed = [*lines(requests), *more]
    if not listed:
        return ""
    # Of S3 only: how often somebody asks whether a query has ended depends on the machine.
    own = [asked for asked in requests if asked.role == "candidate" and asked.service == "s3"]
    sent, received = sum(asked.sent for asked in own), sum(asked.received for asked in own)
    parts = ", ".join(f"{line.amount:g} {line.price.what}" for line in listed)
    dollars = sum(line.dollars for line in listed)
    return (
        f"Asked of AWS, this would be {parts}; {_size(sent)} sent, {_size(received)} received: "
        f"{dollars:.6f} USD by the list prices of {max(line.price.checked for line in listed)}."
    )


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.1f} KiB"
