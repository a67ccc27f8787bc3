"""Crawlers: what there is of them, their runs, and what these came to.

A run is due a moment after it is started, and is done before the next request that Glue is asked: nothing runs beside
requests, so a kept state holds a run that goes on when it is put back.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from groundschool.lab import sessions
from groundschool.lab.service import Asked, Refused
from groundschool.lab.services import logs
from groundschool.lab.services.glue import resources
from groundschool.lab.services.glue.catalog import Json, folded
from groundschool.lab.services.glue.crawling import Crawl, Denied
from groundschool.lab.services.glue.pages import page
from groundschool.lab.stores import copied

SERVICE = "glue.amazonaws.com"
SECONDS = 0.1  # that a run takes
MOST = 100  # of a page
CRAWLERS: MutableMapping[str, Json] = {}
RUNS: MutableMapping[str, list[Json]] = {}  # by crawler, as `CrawlerHistory`, oldest first
POLICY = {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DEPRECATE_IN_DATABASE"}
TAKEN = {"Role", "DatabaseName", "Description", "Targets", "TablePrefix", "SchemaChangePolicy", "RecrawlPolicy"}
Parameters = Mapping[str, Any]


def settle() -> None:
    """Does the runs that are due."""
    for crawler in list(CRAWLERS.values()):
        if crawler["State"] == "RUNNING" and time.time() >= crawler["Due"]:
            _run(crawler)


def create_crawler(given: Parameters, asked: Asked) -> Json:
    if given["Name"] in CRAWLERS:
        raise Refused(400, "AlreadyExistsException", f"Crawler with name {given['Name']} already exists")
    now = time.time()
    kept = {**_checked(given, asked), "Name": given["Name"], "CreationTime": now, "LastUpdated": now, "Version": 1}
    CRAWLERS[given["Name"]] = {**kept, "State": "READY", "CrawlElapsedTime": 0}
    return {}


def get_crawler(given: Parameters, asked: Asked) -> Json:
    return {"Crawler": _shown(_crawler(given["Name"]))}


def get_crawlers(given: Parameters, asked: Asked) -> Json:
    items, more = page([_shown(CRAWLERS[name]) for name in sorted(CRAWLERS)], given, MOST)
    return {"Crawlers": items, **more}


def list_crawlers(given: Parameters, asked: Asked) -> Json:
    items, more = page(sorted(CRAWLERS), given, MOST)
    return {"CrawlerNames": items, **more}


def update_crawler(given: Parameters, asked: Asked) -> Json:
    crawler = _ready(given["Name"])
    changed = {**{name: crawler[name] for name in TAKEN if name in crawler}, **given}
    CRAWLERS[given["Name"]] = {
        **crawler,
        **_checked(changed, asked),
        "LastUpdated": time.time(),
        "Version": crawler["Version"] + 1,
    }
    return {}


def delete_crawler(given: Parameters, asked: Asked) -> Json:
    _ready(given["Name"])
    del CRAWLERS[given["Name"]]
    RUNS.pop(given["Name"], None)
    return {}


def start_crawler(given: Parameters, asked: Asked) -> Json:
    crawler, now = _ready(given["Name"]), time.time()
    run = {"CrawlId": str(uuid.uuid4()), "State": "RUNNING", "StartTime": now, "LogGroup": "/aws-glue/crawlers"}
    RUNS.setdefault(given["Name"], []).append({**run, "LogStream": given["Name"], "DPUHour": 0.0})
    CRAWLERS[given["Name"]] = {**crawler, "State": "RUNNING", "Due": now + SECONDS}
    return {}


def stop_crawler(given: Parameters, asked: Asked) -> Json:
    crawler = _crawler(given["Name"])
    if crawler["State"] != "RUNNING":
        raise Refused(400, "CrawlerNotRunningException", f"Crawler {given['Name']} isn't running")
    _end(crawler, "STOPPED", "")
    return {}


def get_crawler_metrics(given: Parameters, asked: Asked) -> Json:
    names = given.get("CrawlerNameList") or sorted(CRAWLERS)
    items, more = page([_metrics(_crawler(name)) for name in names], given, MOST)
    return {"CrawlerMetricsList": items, **more}


def list_crawls(given: Parameters, asked: Asked) -> Json:
    _crawler(given["CrawlerName"])
    runs = [copied(run) for run in reversed(RUNS.get(given["CrawlerName"], []))]
    items, more = page(runs, given, MOST)
    return {"Crawls": [{name: value for name, value in run.items() if name != "Counts"} for run in items], **more}


CALLS: Mapping[str, Callable[[Parameters, Asked], Json]] = {
    "".join(part.title() for part in call.__name__.split("_")): call
    for call in (
        create_crawler,
        get_crawler,
        get_crawlers,
        list_crawlers,
        update_crawler,
        delete_crawler,
        start_crawler,
        stop_crawler,
        get_crawler_metrics,
        list_crawls,
    )
}
ARGUMENTS = {
    "CreateCrawler": TAKEN,
    "UpdateCrawler": TAKEN,
    "GetCrawlerMetrics": {"CrawlerNameList", "MaxResults", "NextToken"},
    **{name: {"MaxResults", "NextToken"} for name in ("GetCrawlers", "ListCrawlers", "ListCrawls")},
}


def _crawler(name: str) -> Json:
    if name not in CRAWLERS:
        raise Refused(400, "EntityNotFoundException", f"Crawler with name {name} does not exist")
    return CRAWLERS[name]


def _ready(name: str) -> Json:
    crawler = _crawler(name)
    if crawler["State"] != "READY":
        raise Refused(400, "CrawlerRunningException", f"Crawler with name {name} has already started")
    return crawler


def _checked(given: Parameters, asked: Asked) -> Json:
    """What is kept of a crawler's description. Raises Refused for what Glue, or the lab, does not take."""
    targets = given["Targets"]
    others = [name for name, found in targets.items() if found and name != "S3Targets"]
    if others or any(set(target) - {"Path"} for target in targets.get("S3Targets") or ()):
        raise Refused(400, "InvalidInputException", "The lab does not crawl anything but paths of S3, as a whole.")
    paths = [str(target.get("Path", "")) for target in targets.get("S3Targets") or ()]
    if not paths or not all(path.startswith("s3://") and len(path) > len("s3://") for path in paths):
        raise Refused(400, "InvalidInputException", "Crawler must have at least one target: a path such as s3://b/p.")
    if given.get("RecrawlPolicy", {}).get("RecrawlBehavior", "CRAWL_EVERYTHING") != "CRAWL_EVERYTHING":
        raise Refused(400, "InvalidInputException", "The lab does not crawl new folders only, or by events.")
    if not given.get("DatabaseName"):
        raise Refused(400, "InvalidInputException", "Crawler must have a database name.")
    role = sessions.arn_of(given["Role"])
    sessions.require_pass(asked, role, SERVICE)
    sessions.assumed(role, SERVICE, resources.crawler(given["Name"]), "AWSCrawler")
    return {
        **copied({name: given[name] for name in ("Description", "TablePrefix", "Targets") if given.get(name)}),
        "Role": role,
        "DatabaseName": folded(given["DatabaseName"]),
        "SchemaChangePolicy": {**POLICY, **(given.get("SchemaChangePolicy") or {})},
        "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
        "Classifiers": [],
        "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
    }


def _run(crawler: Json) -> None:
    counts: Mapping[str, int] = {}
    try:
        session = sessions.assumed(crawler["Role"], SERVICE, resources.crawler(crawler["Name"]), "AWSCrawler")
        crawl = Crawl(crawler, session)
        crawl.run()
        counts = crawl.counts
        sessions.ended(session)
    except (Denied, Refused) as error:
        _end(crawler, "FAILED", str(error))
        return
    _end(crawler, "COMPLETED", "", counts)


def _end(crawler: Json, state: str, error: str, counts: Mapping[str, int] | None = None) -> None:
    run = RUNS[crawler["Name"]][-1]
    changes = {"ADD": "TablesCreated", "UPDATE": "TablesUpdated", "DELETE": "TablesDeleted"}
    told = {name: {"TABLE": {"Count": (counts or {}).get(of, 0)}} for name, of in changes.items()}
    run.update(State=state, EndTime=time.time(), Counts=dict(counts or {}), Summary=json.dumps(told))
    status = {"COMPLETED": "SUCCEEDED", "STOPPED": "CANCELLED"}.get(state, "FAILED")
    group, stream = run["LogGroup"], run["LogStream"]
    logs.write(group, stream, [f"[{run['CrawlId']}] {line}" for line in (f"{state}: {run['Summary']}", error) if line])
    last = {"Status": status, "StartTime": run["StartTime"], "LogGroup": group, "LogStream": stream}
    if error:
        run["ErrorMessage"] = last["ErrorMessage"] = error[:2000]
    kept = {name: value for name, value in crawler.items() if name != "Due"}
    CRAWLERS[crawler["Name"]] = {**kept, "State": "READY", "LastCrawl": last}


def _shown(crawler: Json) -> Json:
    found: Json = copied({name: value for name, value in crawler.items() if name != "Due"})
    return found


def _metrics(crawler: Json) -> Json:
    runs = [run for run in RUNS.get(crawler["Name"], []) if "EndTime" in run]
    took = sorted(run["EndTime"] - run["StartTime"] for run in runs)
    counts = runs[-1]["Counts"] if runs else {}
    return {
        "CrawlerName": crawler["Name"],
        "StillEstimating": False,
        "TimeLeftSeconds": 0.0,
        "LastRuntimeSeconds": runs[-1]["EndTime"] - runs[-1]["StartTime"] if runs else 0.0,
        "MedianRuntimeSeconds": took[len(took) // 2] if took else 0.0,
        **{name: counts.get(name, 0) for name in ("TablesCreated", "TablesUpdated", "TablesDeleted")},
    }
