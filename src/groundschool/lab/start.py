"""Starts the lab for one's own notebook, or finds the one that is there. It ends with the kernel."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from groundschool.lab import access
from groundschool.lab.access import Access, Key, LabError
from groundschool.lab.client import calm, client, fail, fresh, requests, reset, seed
from groundschool.lab.forward import forward
from groundschool.lab.identities import ROLE_ARN
from groundschool.lab.running import LIBRARY
from groundschool.lab.services import names, reached


class Services:
    """A running lab. A context manager: leaving it ends the lab, if it was started here.

    `role` is the ARN of a role with rights on the candidate's data. What it does is what `groundschool.lab` does.
    """

    role = ROLE_ARN
    client = staticmethod(client)
    requests, reset, seed = staticmethod(requests), staticmethod(reset), staticmethod(seed)
    fail, calm, fresh = staticmethod(fail), staticmethod(calm), staticmethod(fresh)

    def __init__(self, endpoint: str, process: subprocess.Popen[str] | None = None) -> None:
        self.endpoint = endpoint
        self._process = process

    @property
    def snowflake(self) -> dict[str, Any]:
        """The arguments of `snowflake.connector.connect`."""
        return _arguments("snowflake")

    @property
    def redshift(self) -> dict[str, Any]:
        """The arguments of `redshift_connector.connect`."""
        return _arguments("redshift")

    @property
    def redshift_data(self) -> dict[str, str]:
        """The arguments of `redshift-data` that name where a statement runs."""
        from groundschool.lab.services import redshift_data  # its engine is slow to import

        return dict(redshift_data.TARGET)

    def close(self) -> None:
        """Ends the lab if it was started here. May be called twice."""
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self.close)
        access.withdraw()
        process.kill()
        process.communicate()

    def __enter__(self) -> Services:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<lab: {names()}>"


def _arguments(service: str) -> dict[str, Any]:
    running = access.current()
    if running is None:
        raise LabError("No lab is running: it was closed.")
    return reached()[service].arguments(running, next(iter(running.keys)))


def start() -> Services:
    """The lab of this process: the one that runs, else a fresh and empty one. From now on `awsglue` can be imported.
    Raises LabError when it does not start."""
    if str(LIBRARY) not in sys.path:
        sys.path.append(str(LIBRARY))  # behind all others: AWS's own library, where somebody has it, comes first
    running = access.current()
    if running:
        return Services(running.endpoint)
    keys = access.new_keys()
    process, port = _launch(keys)
    services = Services(f"http://127.0.0.1:{port}", process)
    atexit.register(services.close)
    Access(services.endpoint, keys).publish()
    return services


def attach(socket: str, keys: Mapping[str, Mapping[str, str]], *, apart: bool = False) -> None:
    """Makes the lab behind a unix socket this process's lab: how grading provides one. `start` then finds it.

    With `apart`, the way there survives this process, for forks of it.
    """
    held = {role: Key(**key) for role, key in keys.items()}
    Access(f"http://127.0.0.1:{forward(socket, apart=apart)}", held).publish()


def _launch(keys: Mapping[str, Key]) -> tuple[subprocess.Popen[str], int]:
    """The lab's process and its port. It reads the keys from standard input: an environment is readable by others."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "groundschool.lab.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=tempfile.gettempdir(),
            env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            start_new_session=True,  # an interrupt of the kernel is not for the lab
        )
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps({role: asdict(key) for role, key in keys.items()}) + "\n")
            process.stdin.flush()
        port = process.stdout.readline().strip()
        if not port:
            process.wait()
            said.seek(0)
            words = said.read().strip().splitlines() or ["its process ended without a word"]
            raise LabError(f"The lab did not start: {words[-1]}. `groundschool doctor` says what is missing.")
    return process, int(port)
