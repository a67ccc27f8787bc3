"""The port in front of a lab's socket: what is sent arrives at once, and nothing of an ended connection stays."""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
from asyncio.selector_events import _SelectorSocketTransport  # type: ignore[attr-defined]
from collections.abc import Iterator

import pytest

from groundschool.lab.forward import forward


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """In front of a server that answers every line in two parts, and closes no connection by itself."""
    path = str(tmp_path_factory.mktemp("forward") / "lab.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        threading.Thread(target=_serve, args=[listener], daemon=True).start()
        yield forward(path)


def _serve(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_answer, args=[connection], daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection:
        for line in connection.makefile("rb"):
            connection.sendall(b"head ")
            connection.sendall(b"of " + line)
        time.sleep(3600)  # a half that is closed is no reason for it to close the other


def asked(port: int, line: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(line)
        return connection.makefile("rb").readline()


def test_a_connection_that_its_client_closed_holds_no_descriptor(port: int) -> None:
    asked(port, b"first\n")
    before = len(os.listdir("/proc/self/fd"))
    assert [asked(port, b"line\n") for _ in range(30)] == [b"head of line\n"] * 30
    deadline = time.monotonic() + 20
    while (more := len(os.listdir("/proc/self/fd")) - before) > 40 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert more <= 40  # the server's own thirty, which it never closes, and what the loop is about to close


def test_the_second_part_of_an_answer_does_not_wait_for_word_of_the_first(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"line\n")
        assert connection.makefile("rb").readline() == b"head of line\n"
        sockets = [
            each.get_extra_info("socket") for each in gc.get_objects() if isinstance(each, _SelectorSocketTransport)
        ]
        ours = [each for each in sockets if each.family == socket.AF_INET and each.fileno() >= 0]
        assert [each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for each in ours] == [1]
