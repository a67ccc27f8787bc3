"""The lab: real AWS clients against services on this machine, with no account and no network.

`lab.start()` in a notebook's setup cell starts it and points boto3 at it; where grading provides a lab, it is found and
nothing is started. `lab.client("s3")` is a boto3 client against it. Nothing here knows of questions or of grading.
"""

from groundschool import clients
from groundschool.lab import prices
from groundschool.lab.access import LabError
from groundschool.lab.client import calm, client, fail, fresh, keep, requests, reset, restore, seed
from groundschool.lab.guard import Request
from groundschool.lab.start import Services, attach, start

clients.offer(clients.Offer(client, requests, prices.told))

__all__ = [
    "LabError",
    "Request",
    "Services",
    "attach",
    "calm",
    "client",
    "fail",
    "fresh",
    "keep",
    "requests",
    "reset",
    "restore",
    "seed",
    "start",
]
