"""Workgroups: where results go, who decides it, and how much a query may read."""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from typing import Any

from groundschool.lab.service import Refused
from groundschool.lab.services.athena.storage import split

Json = dict[str, Any]
PRIMARY = "primary"
ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
LEAST_CUTOFF = 10_000_000  # bytes
CONFIGURED = ("ResultConfiguration", "EnforceWorkGroupConfiguration", "PublishCloudWatchMetricsEnabled",
              "BytesScannedCutoffPerQuery", "RequesterPaysEnabled", "EngineVersion")  # fmt: skip
UPDATED = {"EnforceWorkGroupConfiguration", "PublishCloudWatchMetricsEnabled", "BytesScannedCutoffPerQuery",
           "RequesterPaysEnabled", "EngineVersion"}  # fmt: skip


def _made(name: str, configuration: Mapping[str, Any], description: str = "") -> Json:
    told = {"EnforceWorkGroupConfiguration": True, "PublishCloudWatchMetricsEnabled": True,
            "RequesterPaysEnabled": False, "ResultConfiguration": {}, **configuration,
            "EngineVersion": dict(ENGINE)}  # fmt: skip
    return {"Name": name, "State": "ENABLED", "Configuration": told, "Description": description,
            "CreationTime": time.time()}  # fmt: skip


GROUPS: MutableMapping[str, Json] = {PRIMARY: _made(PRIMARY, {"EnforceWorkGroupConfiguration": False})}


def found(name: str) -> Json:
    """A workgroup. Raises Refused."""
    if name not in GROUPS:
        raise Refused(400, "InvalidRequestException", f"WorkGroup {name} is not found.")
    return GROUPS[name]


def create(given: Mapping[str, Any]) -> Json:
    """CreateWorkGroup."""
    name = given["Name"]
    if name in GROUPS:
        raise Refused(400, "InvalidRequestException", "WorkGroup is already created")
    configuration = given.get("Configuration") or {}
    _check(configuration, CONFIGURED)
    GROUPS[name] = _made(name, configuration, given.get("Description") or "")
    return {}


def update(given: Mapping[str, Any]) -> Json:
    """UpdateWorkGroup."""
    group = found(given["WorkGroup"])
    changes = given.get("ConfigurationUpdates") or {}
    told = {name: value for name, value in changes.items() if name in UPDATED}
    _check(told, CONFIGURED)
    rest = set(changes) - set(told) - {"ResultConfigurationUpdates", "RemoveBytesScannedCutoffPerQuery"}
    if rest:
        raise Refused(400, "InvalidRequestException", f"The lab does not do {', '.join(sorted(rest))} of workgroups.")
    configuration = {**group["Configuration"], **told, "EngineVersion": dict(ENGINE)}
    if changes.get("RemoveBytesScannedCutoffPerQuery"):
        configuration.pop("BytesScannedCutoffPerQuery", None)
    results = changes.get("ResultConfigurationUpdates") or {}
    kept = {} if results.get("RemoveOutputLocation") else dict(configuration["ResultConfiguration"])
    if results.get("OutputLocation"):
        kept["OutputLocation"] = checked(results["OutputLocation"])
    configuration["ResultConfiguration"] = kept
    told_of = {"Description": given["Description"]} if given.get("Description") is not None else {}
    GROUPS[group["Name"]] = {
        **group,
        "Configuration": configuration,
        "State": given.get("State") or group["State"],
        **told_of,
    }
    return {}


def delete(given: Mapping[str, Any]) -> Json:
    """DeleteWorkGroup."""
    if given["WorkGroup"] == PRIMARY:
        raise Refused(400, "InvalidRequestException", "The primary workgroup cannot be deleted.")
    found(given["WorkGroup"])
    del GROUPS[given["WorkGroup"]]
    return {}


def listed(given: Mapping[str, Any]) -> Json:
    """ListWorkGroups."""
    names = ("Name", "State", "Description", "CreationTime")
    every = [{name: group[name] for name in names} for group in GROUPS.values()]
    return {"WorkGroups": [{**group, "EngineVersion": dict(ENGINE)} for group in every]}


def _check(configuration: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in configuration:
        if name not in known:
            raise Refused(400, "InvalidRequestException", f"The lab does not do {name} of workgroups.")
    cutoff = configuration.get("BytesScannedCutoffPerQuery")
    if cutoff is not None and cutoff < LEAST_CUTOFF:
        words = f"BytesScannedCutoffPerQuery must be at least {LEAST_CUTOFF}"
        raise Refused(400, "InvalidRequestException", words)
    place = (configuration.get("ResultConfiguration") or {}).get("OutputLocation")
    if place:
        checked(place)


def checked(location: str) -> str:
    """A location for results. Raises Refused."""
    if not location.startswith("s3://") or not split(location)[0]:
        words = f"outputLocation is not a valid S3 path: {location}"
        raise Refused(400, "InvalidRequestException", words)
    return location


def output(group: Mapping[str, Any], asked_for: str) -> str:
    """Where a query of a workgroup writes. Raises Refused when nobody says it."""
    own = str(group["Configuration"]["ResultConfiguration"].get("OutputLocation") or "")
    place = own if group["Configuration"]["EnforceWorkGroupConfiguration"] and own else asked_for or own
    if not place:
        words = (
            "No output location provided. An output location is required either through the Workgroup result "
            "configuration setting or as an API input."
        )
        raise Refused(400, "InvalidRequestException", words)
    place = checked(place)
    return place if place.endswith("/") else f"{place}/"
