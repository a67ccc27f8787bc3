"""The candidate's side, inside its box: runs the cells, hands over answers, and calls functions when asked.

Everything here is owned by hostile code as soon as the first cell runs. Nothing it says is evidence: the examiner decides on
the values alone, and the driver passes them on unread.
"""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import Any

from groundschool import lab
from groundschool.checks import answers, backend, script
from groundschool.checks.table.arrow import to_table
from groundschool.grading import wire
from groundschool.grading.roles.shell import Shell

CAP = 256 << 20  # bytes of a request, which come from the examiner
LARGEST_FILE = 16 << 20

_shell: Shell | None = None


def warm() -> None:
    """Makes the shell in the fork server, once for all candidates: it holds no name of anybody's yet."""
    global _shell
    _shell = Shell()


class Candidate:
    """Serves one notebook on one channel."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.shell = _shell or Shell()
        self.shell.open()
        self.kept: dict[tuple[str, str], Any] = {}
        self.files: dict[tuple[str, str], bytes | None] = {}

    def serve(self) -> None:
        """Answers requests until the channel closes."""
        while True:
            try:
                head, blobs = wire.receive(self.channel, CAP)
            except wire.Closed:
                return
            operation = getattr(self, f"do_{head['op']}")
            try:
                reply = wire.pack(*operation(head, blobs))
            except answers.AnswerRaised as error:
                reply = wire.pack({"error": {"kind": error.kind, "message": str(error)[:2000]}})
            except (wire.NotPlain, wire.TooLarge, answers.NotAnAnswer) as error:
                reply = wire.pack({"refused": str(error)[:500]})
            except Exception as error:
                reply = wire.pack({"error": {"kind": type(error).__name__, "message": str(error)[:2000]}})
            wire.send_raw(self.channel, reply)

    def do_cell(self, head: dict[str, Any], _: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Runs a cell; replies with its outputs."""
        outputs, succeeded = self.shell.run(head["source"])
        return {"outputs": outputs, "ok": succeeded, "dropped": self.shell.recorder.dropped}, []

    def do_keep(self, head: dict[str, Any], _: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Keeps the answers of a test cell as they are at its place: functions by reference, the rest by value."""
        for name in head["names"]:
            self.kept.pop((head["test"], name), None)
            if name in self.shell.names:
                self.kept[head["test"], name] = _taken(self.shell.names[name])
        for name in head["files"]:
            self.files[head["test"], name] = _content(name)
        return {}, []

    def do_answer(self, head: dict[str, Any], _: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """One kept answer: text and data by value, a function by name."""
        key = (head["test"], head["name"])
        if key not in self.kept:
            return {"kind": "absent"}, []
        kept = self.kept[key]
        if isinstance(kept, Exception):
            raise kept
        if not isinstance(kept, tuple):
            return {"kind": "starter" if answers.is_starter(kept) else "function"}, []
        return {"kind": "value", "value": kept[0]}, kept[1]

    def do_call(self, head: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Calls a kept function with the arguments sent."""
        positional, named = decode_arguments(head["arguments"], blobs)
        result = backend.call(self.kept[head["test"], head["name"]], positional, named, head["changed"])
        encoded, out = wire.encode(list(result) if head["changed"] else result)
        return {"value": encoded}, out

    def do_read(self, head: dict[str, Any], _: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """The content of a kept file."""
        content = self.files.get((head["test"], head["name"]))
        return ({"there": False}, []) if content is None else ({"there": True}, [content])

    def do_run(self, head: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Runs a kept file as a script."""
        content = self.files.get((head["test"], head["name"]))
        if content is not None:
            Path(Path(head["name"]).name).write_bytes(content)
        done = script.run_script(
            head["name"], head["arguments"], dict(zip(head["given"], blobs, strict=True)), head["collect"]
        )
        there = [name for name, body in done.files.items() if body is not None]
        return {"exit": done.exit, "output": done.output, "there": there}, [done.files[name] or b"" for name in there]


def _taken(value: Any) -> Any:
    """A function as it is; anything else encoded at once, since later cells may change it; or why it cannot be."""
    kind = answers.kind_of(value)
    if kind == "function":
        return value
    try:
        return wire.encode(answers.bring_back(value) if kind == "data" else None if kind == "missing" else str(value))
    except Exception as error:
        return error


def _content(name: str) -> bytes | None:
    path = Path(name)
    if not path.is_file() or path.is_symlink() or path.stat().st_size > LARGEST_FILE:
        return None
    return path.read_bytes()


def candidate(channel: socket.socket, request: dict[str, Any]) -> None:
    """The role: the working folder is made, then requests are served until the driver hangs up."""
    folder = Path(os.environ.get("HOME", ".")) / "work"
    if request.get("files"):
        shutil.copytree(
            request["files"],
            folder,
            ignore=shutil.ignore_patterns("*.ipynb"),
            copy_function=shutil.copyfile,
            dirs_exist_ok=True,
        )
    folder.mkdir(exist_ok=True)
    os.chdir(folder)
    if request.get("lab"):
        lab.attach(**request["lab"])
    Candidate(channel).serve()


def encode_arguments(positional: tuple[object, ...], named: dict[str, object]) -> tuple[Any, list[bytes]]:
    """Arguments as JSON and blobs: plain values, and descriptions as `{"is": kind, ...}`."""
    items, blobs = [], []
    for name, value in [("", value) for value in positional] + list(named.items()):
        item, out = _encode_argument(value)
        items.append({"name": name, "blobs": len(out), **item})
        blobs += out
    return items, blobs


def _encode_argument(value: object) -> tuple[dict[str, Any], list[bytes]]:
    if isinstance(value, answers.Frame):
        encoded, blobs = wire.encode(to_table(value.table))
        return {"is": "frame", "value": encoded, "engine": value.engine}, blobs
    if isinstance(value, answers.Stream):
        return {"is": "stream"}, [value.content]
    if isinstance(value, answers.File):
        return {"is": "file", "file": value.name}, [value.content]
    if isinstance(value, answers.Client):
        return {"is": "client", "service": value.service, "role": value.role}, []
    encoded, blobs = wire.encode(value)
    return {"is": "value", "value": encoded}, blobs


def decode_arguments(items: list[dict[str, Any]], blobs: list[bytes]) -> tuple[list[object], dict[str, object]]:
    """The inverse of `encode_arguments`."""
    positional: list[object] = []
    named: dict[str, object] = {}
    start = 0
    for item in items:
        value = _decode_argument(item, blobs[start : start + item["blobs"]])
        start += item["blobs"]
        if item["name"]:
            named[item["name"]] = value
        else:
            positional.append(value)
    return positional, named


def _decode_argument(item: dict[str, Any], blobs: list[bytes]) -> object:
    if item["is"] == "frame":
        return answers.Frame(wire.decode(item["value"], blobs), item["engine"])
    if item["is"] == "stream":
        return answers.Stream(blobs[0])
    if item["is"] == "file":
        return answers.File(item["file"], blobs[0])
    if item["is"] == "client":
        return answers.Client(item["service"], item["role"])
    return wire.decode(item["value"], blobs)
