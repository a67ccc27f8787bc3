"""The services of the lab, one module each; `groundschool.lab.service.Service` says what such a module holds.

A service is here when its module is: there is no other list of them. A module is called as boto3 calls its service.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import cast

from groundschool.lab.door import Door, Reached, Wire
from groundschool.lab.service import Service


@cache
def services() -> Mapping[str, Service]:
    """The services by the names that boto3 gives them."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {service.NAME: service for service in (cast(Service, module) for module in modules)}


@cache
def known() -> frozenset[str]:
    """The names of the services. No module of theirs is imported: the engines behind some take a second."""
    return frozenset(found.name.replace("_", "-") for found in pkgutil.iter_modules(__path__))


def names() -> str:
    """The names of the services, for words."""
    return ", ".join(sorted(known()))


@cache
def reached() -> Mapping[str, Reached]:
    """Those of them that are reached by clients of their own."""
    return {name: service for name, service in services().items() if isinstance(service, Reached)}


@cache
def wires() -> Mapping[bytes, Wire]:
    """Those of them that do not speak HTTP, by the first byte of their connections."""
    return {service.FIRST_BYTE: service for service in services().values() if isinstance(service, Wire)}


@cache
def doors() -> Mapping[str, Door]:
    """Those of them whose clients are not AWS's."""
    return {name: service for name, service in services().items() if isinstance(service, Door)}
