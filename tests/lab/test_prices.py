"""What was asked of the lab is told as AWS would bill it: by kind of request, at list prices, in one sentence."""

from __future__ import annotations

import pytest

from groundschool import checks, lab
from groundschool.checks import Client
from groundschool.lab import prices
from groundschool.lab.guard import Request


def asked(operation: str, *, role: str = "candidate", service: str = "s3", status: int = 200, sent: int = 0) -> Request:
    return Request(role, "", "", status, service=service, operation=operation, sent=sent)


def test_requests_are_counted_by_what_they_cost() -> None:
    written = [asked(name) for name in ("PutObject", "ListObjectsV2", "UploadPart", "CompleteMultipartUpload")]
    read = [asked(name) for name in ("GetObject", "HeadObject")]
    free = [asked(name) for name in ("DeleteObject", "AbortMultipartUpload")]
    counted = {line.price: line.amount for line in prices.lines([*read, *written, *free])}
    assert counted == {prices.WRITES: 4, prices.READS: 2, prices.DELETIONS: 2}
    assert [line.dollars for line in prices.lines(read + written)] == pytest.approx([0.00002, 0.0000008])


def test_statements_in_a_warehouse_are_billed_as_the_minute_that_is_the_least() -> None:
    statements = [asked("Copy", service="redshift"), asked("Merge", service="redshift", status=400)]
    lines = prices.lines([*statements, asked("ExecuteStatement", service="redshift-data")])
    assert [(line.price, round(line.dollars, 6)) for line in lines] == [(prices.RPU_HOUR, 0.05)]
    assert prices.lines([asked("Select", role="examiner", service="redshift")]) == []


def test_glue_bills_requests_of_its_catalog_and_none_that_asks_of_a_job() -> None:
    asking = [asked(name, service="glue") for name in ("GetPartitions", "StartJobRun", "GetJobRun", "GetJobRun")]
    assert [(line.price, line.amount) for line in prices.lines(asking)] == [(prices.CATALOG, 1)]


def test_only_the_candidates_requests_are_billed_and_not_the_services_own_errors() -> None:
    other = [asked("PutObject", role="examiner"), asked("PutObject", status=503), asked("AssumeRole", service="sts")]
    assert prices.told(other) == ""
    assert len(prices.lines([*other, asked("PutObject", status=403)])) == 1


def test_more_than_requests_can_be_billed() -> None:
    words = prices.told([asked("PutObject", sent=3 << 20)], prices.Line(0.5, prices.DPU_HOUR))
    assert words == (
        "Asked of AWS, this would be 1 PUT, COPY, POST, LIST, 0.5 DPU-hour of a Glue job or crawler; 3.0 MiB sent, "
        f"0.0 KiB received: 0.220005 USD by the list prices of {prices.DAY}."
    )


def test_visible_checks_tell_what_they_would_have_cost(
    services: lab.Services, capsys: pytest.CaptureFixture[str]
) -> None:
    services.seed(s3={"bkt": {"a": b"12"}})

    def answer(client: object, key: str) -> int:
        return len(client.get_object(Bucket="bkt", Key=key)["Body"].read())  # type: ignore[attr-defined]

    question = checks.question("asked", answer, points=1)
    question.equal("two bytes", 2, answer=lambda: question.call(Client("s3"), "a"))
    question.show()
    assert "this would be 1 GET and others; 0.0 KiB sent, 0.0 KiB received: 0.000000 USD" in capsys.readouterr().out
    question.equal("again", 2, answer=lambda: question.call(Client("s3"), "a"), hidden=True)
    assert question.bill is None


def test_bytes_are_those_of_s3_however_often_a_state_was_asked_for() -> None:
    polled = [asked("GetQueryExecution", service="athena", sent=700)] * 9
    assert prices.told([asked("PutObject", sent=2048), *polled]) == prices.told([asked("PutObject", sent=2048)])
