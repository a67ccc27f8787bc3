"""One lab for all tests of this folder; every test finds it empty, and clients whose answers are held to their models."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contracts import held_to_the_model
from groundschool import lab


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[lab.Services, dict[str, str]]]:
    """The lab and the variables by which a process finds it, which this process has in tests only that use it."""
    before = dict(os.environ)
    services = lab.start()
    found = {name: value for name, value in os.environ.items() if before.get(name) != value}
    os.environ.clear()
    os.environ.update(before)
    yield services, found
    services.close()


@pytest.fixture
def services(running: tuple[lab.Services, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> lab.Services:
    for name, value in running[1].items():
        monkeypatch.setenv(name, value)
    lab.reset()
    return running[0]


@pytest.fixture
def client(services: lab.Services) -> Callable[..., Any]:
    """`client(service, role)`: one whose every answer is compared with the service's model."""

    def made(service: str, role: str = "candidate") -> Any:
        return held_to_the_model(services.client(service, role))

    return made


@pytest.fixture
def s3(client: Callable[..., Any]) -> Any:
    return client("s3")


@pytest.fixture
def iam(client: Callable[..., Any]) -> Any:
    return client("iam")


@pytest.fixture
def sts(client: Callable[..., Any]) -> Any:
    return client("sts")


@pytest.fixture
def glue(client: Callable[..., Any]) -> Any:
    return client("glue")
