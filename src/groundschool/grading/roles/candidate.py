"""The candidate's side, inside its box: runs the cells, hands over answers, and calls functions when asked.

Everything here is owned by hostile code as soon as the first cell runs. Nothing it says is evidence: the examiner
decides on the values alone, and the driver passes them on unread.
"""

from __future__ import annotations

import os
import socket
import sys
import types
from pathlib import Path
from typing import Any

from groundschool import lab
from groundschool.checks import airflow, answers, kernel, script
from groundschool.grading import wire
from groundschool.grading.roles import folder, forks
from groundschool.grading.roles.live import Calls
from groundschool.grading.roles.shell import Shell
from groundschool.grading.wire import protocol
from groundschool.grading.wire.arguments import take_arguments
from groundschool.grading.wire.bundle import Bundle
from groundschool.grading.wire.protocol import Message

LARGEST_FILE = 16 << 20

_shell: Shell | None = None


def warm() -> None:
    """Makes the shell in the fork server, once for all candidates: it holds no name of anybody's yet. Pays for the
    first use of pandas' writers, too.
    """
    global _shell
    _shell = Shell()
    wire.encode(None)


class Candidate:
    """Serves one notebook on one channel."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.shell = _shell or Shell()
        self.shell.open()
        self.kept: dict[tuple[str, str], Any] = {}
        self.files: dict[tuple[str, str], bytes | None] = {}
        self.calls = Calls(self)
        self._elders: set[int] = set()  # who lived when this process was forked, but the one it was forked from
        self._held: list[dict[str, Any]] = []  # what Python no longer names, the JVM forgets; a fork may need it still

    def serve(self) -> None:
        """Answers requests until the channel closes; a fork goes on here, on its own channel."""
        while True:
            try:
                request, blobs = protocol.REQUESTS.receive(self.channel)
            except wire.Closed:
                return
            reply = self.reply(request, Bundle(blobs))
            if reply:
                wire.send_raw(self.channel, reply)

    def reply(self, request: protocol.ToCandidate, given: Bundle) -> bytes:
        """What is said to a request; empty in a fork, which owes nobody a reply."""
        out = Bundle()
        try:
            said = self._answered(request, given, out)
            return protocol.pack(said, out.blobs) if said else b""
        except answers.AnswerRaised as error:
            return protocol.pack(protocol.Raised(error.kind, str(error)[:2000]))
        except (wire.NotPlain, wire.TooLarge, answers.NotAnAnswer) as error:
            return protocol.pack(protocol.Refused(str(error)[:500]))
        except Exception as error:
            return protocol.pack(protocol.Raised(type(error).__name__, str(error)[:2000]))

    def _answered(self, request: protocol.ToCandidate, given: Bundle, out: Bundle) -> Message | None:
        match request:
            case protocol.Fork():
                return self.fork()
            case protocol.EndFork(pid):
                return self.end_fork(pid)
            case protocol.TakeOver():
                return self.take_over()
            case protocol.Check():
                return protocol.Checked(not forks.jvm_is_gone())
            case protocol.RunCell():
                return self.run_cell(request)
            case protocol.Keep():
                return self.keep(request)
            case protocol.Answer():
                return self.answer(request, out)
            case protocol.Call():
                return self.call(request, given, out)
            case protocol.Tell():
                return protocol.Refused("Nobody has asked.")
            case protocol.Read():
                return self.read(request, out)
            case protocol.RunScript():
                return self.run_script(request, given, out)
            case protocol.AskAirflow(name=name):
                return protocol.Returned(out.put(airflow.ask(name, self.files.get((request.test, name)), request.run)))

    def run_cell(self, request: protocol.RunCell) -> Message:
        """Runs a cell; replies with its outputs."""
        outputs, error = self.shell.run(request.source)
        return protocol.CellRan(outputs, error, self.shell.recorder.dropped)

    def keep(self, request: protocol.Keep) -> Message:
        """Keeps the answers of a test cell as they are at its place: functions by reference, the rest by value.

        A function is called in a fork that is made now, where its names stay what they are.
        """
        for name in request.names:
            self.kept.pop((request.test, name), None)
            if name in self.shell.names:
                self.kept[request.test, name] = _taken(self.shell.names[name])
        for name in request.files:
            self.files[request.test, name] = _content(name)
        kept = [self.kept.get((request.test, name)) for name in request.names]
        written = any(self.files[request.test, name] is not None for name in request.files)
        live = any(answers.kind_of(each) == "function" for each in kept)
        return protocol.Kept(written or live)

    def fork(self) -> Message | None:
        """Forks a process that serves on the channel which comes now; None in the fork, which owes nobody a reply.

        Raises OSError where no process may be started.
        """
        _, (descriptor, *_), _, _ = socket.recv_fds(self.channel, 1, 1, flags=socket.MSG_CMSG_CLOEXEC)
        with socket.socket(fileno=descriptor) as channel:
            session = None
            if "pyspark" in sys.modules:
                session = forks.copied_session()
                self._held.append({**self.shell.names, "": session})
                forks.keep_context()
            elders = {*forks.living()} - {os.getpid()}
            pid = forks.fork()
            if pid:
                return protocol.Forked(pid)
            self.channel.close()
            self.channel, self._elders = channel.dup(), elders
        os.setsid()
        forks.settle()
        if session is not None:
            forks.use_session(session)
        self.shell.open()
        return None

    def end_fork(self, pid: int) -> Message:
        """Ends a fork of this process, with all it started and what the JVM does for it."""
        ended = forks.end(pid)
        forks.cancel_jobs()
        return protocol.Done() if ended else protocol.Refused("A process goes on starting others.")

    def take_over(self) -> Message:
        """Ends the process that this one was forked from and everything that was started since; then goes on in its
        place.
        """
        ended = forks.end_others(self._elders)
        forks.cancel_jobs()
        return protocol.Done() if ended else protocol.Refused("A process goes on starting others.")

    def answer(self, request: protocol.Answer, out: Bundle) -> Message:
        """One kept answer: text and data by value, a function by name."""
        if (request.test, request.name) not in self.kept:
            return protocol.Absent()
        kept = self.kept[request.test, request.name]
        if isinstance(kept, Exception):
            raise kept
        if isinstance(kept, protocol.Module):
            return kept
        if not isinstance(kept, tuple):
            return protocol.Starter() if answers.is_starter(kept) else protocol.Function()
        return protocol.Returned(out.put_encoded(*kept))

    def call(self, request: protocol.Call, given: Bundle, out: Bundle) -> Message:
        """Calls a kept function with the arguments sent."""
        if request.live:
            return self.calls.call(request, given, out)
        positional, named = take_arguments(given, request.arguments)
        answer = self.kept[request.test, request.name]
        if request.watched:
            return protocol.Returned(out.put(list(kernel.watch(answer, positional, named))))
        result = kernel.call(answer, positional, named, request.changed)
        return protocol.Returned(out.put(list(result) if request.changed else result))

    def read(self, request: protocol.Read, out: Bundle) -> Message:
        """The content of a kept file."""
        content = self.files.get((request.test, request.name))
        if content is not None:
            out.put_bytes(content)
        return protocol.Content(content is not None)

    def run_script(self, request: protocol.RunScript, given: Bundle, out: Bundle) -> Message:
        """Runs a kept file as a script, beside the other files as they were at its place."""
        for (test, name), content in self.files.items():
            if test == request.test and content is not None:
                Path(Path(name).name).write_bytes(content)
        beside = {name: given.take_bytes() for name in request.given}
        done = script.run_script(request.name, request.arguments, beside, request.collect)
        there = {name: body for name, body in done.files.items() if body is not None}
        for body in there.values():
            out.put_bytes(body)
        return protocol.ScriptRan(done.exit, done.output, tuple(there))


def _taken(value: Any) -> Any:
    """A function as it is, a module by its name; anything else encoded at once, since later cells may change it; or why
    it cannot be.
    """
    if isinstance(value, types.ModuleType):
        return protocol.Module(str(value.__name__)[:200])
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
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    folder.enter(request)
    if request.get("lab"):
        lab.attach(**request["lab"], apart=True)
    Candidate(channel).serve()
