"""A notebook's cells in IPython's `InteractiveShell`, without a kernel behind ZMQ: outputs are recorded as nbformat's.

Magics, top-level await, subprocesses and rich display behave as in a notebook. What a cell may do is not limited here.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Callable
from typing import IO, Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from groundschool.checks import typed

# Magics that set up a front end or an extension: what of them does not work here takes nothing from the rest of a cell.
FRONT_END = (
    "autoreload",
    "autosave",
    "clear",
    "cls",
    "connect_info",
    "gui",
    "less",
    "load_ext",
    "man",
    "matplotlib",
    "more",
    "pylab",
    "qtconsole",
    "reload_ext",
    "unload_ext",
)
MOST_OUTPUT = 2 << 20  # bytes of a notebook; the rest is dropped and said so

Output = dict[str, Any]


class Recorder:
    """Collects outputs in the order in which they appear, up to a limit for the whole notebook."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.used, self.dropped = 0, False

    def add(self, output: Output, size: int) -> None:
        """Keeps an output unless the notebook has said too much already."""
        if self.used + size > MOST_OUTPUT:
            self.dropped = True
            return
        self.used += size
        self.outputs.append(output)

    def write(self, name: str, text: str) -> None:
        """Appends to the stream `name`, joined with what it wrote last."""
        room = MOST_OUTPUT - self.used
        if len(text) > room:
            text, self.dropped = text[:room], True
        if not text:
            return
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last.get("name") == name:
            last["text"] += text
            self.used += len(text)
        else:
            self.add({"output_type": "stream", "name": name, "text": text}, len(text))

    def take(self) -> list[Output]:
        """The outputs since the last call."""
        taken, self.outputs = self.outputs, []
        return taken


class _Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a cell; its descriptor is a file that children write to."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, name: str, recorder: Recorder, descriptor: int) -> None:
        self.name, self._recorder, self._descriptor = name, recorder, descriptor

    def write(self, text: str) -> int:
        self._recorder.write(self.name, str(text))
        return len(text)

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    recorder: Recorder

    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:
        bundle = _texts(data)
        self.recorder.add(
            {"output_type": "display_data", "data": bundle, "metadata": {}}, sum(map(len, bundle.values()))
        )

    def clear_output(self, wait: bool = False) -> None:
        self.recorder.outputs.clear()


class _Hook(DisplayHook):  # type: ignore[misc]
    recorder: Recorder
    source = ""

    def quiet(self) -> bool:
        """Whether the cell ends in `;`. Its source is at hand here, since no history is kept."""
        return bool(self.semicolon_at_end_of_expression(self.shell.transform_cell(self.source)))

    def start_displayhook(self) -> None:
        """No prompt is written: a notebook shows the value alone."""

    def write_output_prompt(self) -> None:
        """No prompt is written: a notebook shows the value alone."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        bundle = _texts(format_dict)
        output = {"output_type": "execute_result", "data": bundle, "metadata": {}, "execution_count": None}
        self.recorder.add(output, sum(map(len, bundle.values())))

    def finish_displayhook(self) -> None:
        """Nothing was written that would need an end of line."""


def _tolerant(magic: Callable[[str], Any] | None) -> Callable[[str], None]:
    def run(line: str) -> None:
        if magic:
            with contextlib.suppress(Exception):
                magic(line)

    return run


def _texts(data: Any) -> dict[str, str]:
    import base64

    bundle: dict[str, str] = {}
    for kind, value in dict(data).items():
        if isinstance(value, bytes):
            bundle[str(kind)] = base64.b64encode(value).decode()
        elif isinstance(value, str):
            bundle[str(kind)] = value
    return bundle


class NotebookShell(InteractiveShell):  # type: ignore[misc]
    """The shell with our ways of showing things."""

    display_pub_class = _Publisher
    displayhook_class = _Hook


class Shell:
    """One notebook's shell. Made once per process, before the process forks, because making it is slow."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.InteractiveShell.colors = "nocolor"
        self.recorder = Recorder()
        self._shell: Any = NotebookShell.instance(config=config)
        self._shell.display_pub.recorder = self._shell.displayhook.recorder = self.recorder
        self._shell._showtraceback = self._record_error
        for name in FRONT_END:
            self._shell.register_magic_function(_tolerant(self._shell.find_line_magic(name)), "line", name)
        typed.register(self._shell)
        self._files: list[IO[bytes]] = []
        self._descriptors: dict[str, int] = {}

    @property
    def names(self) -> dict[str, Any]:
        """The notebook's global names."""
        namespace: dict[str, Any] = self._shell.user_ns
        return namespace

    def open(self) -> None:
        """Gives this process streams of its own: once, after the fork."""
        for number, name in ((1, "stdout"), (2, "stderr")):
            self._files.append(tempfile.TemporaryFile(buffering=0))  # noqa: SIM115
            self._descriptors[name] = self._files[-1].fileno()
            os.dup2(self._descriptors[name], number)
            os.set_inheritable(number, True)
            setattr(sys, name, _Stream(name, self.recorder, number))

    def run(self, source: str) -> tuple[list[Output], str]:
        """Runs a cell; returns its outputs and the error that ended it, empty when it ran to its end."""
        self._shell.displayhook.source = source
        result = self._shell.run_cell(source, store_history=False)
        self._collect()
        error = result.error_before_exec or result.error_in_exec
        return self.recorder.take(), f"{type(error).__name__}: {error}"[:300] if error else ""

    def _collect(self) -> None:
        """Takes what children wrote to the descriptors since the last cell."""
        for name, descriptor in self._descriptors.items():
            size = os.fstat(descriptor).st_size
            if size:
                self.recorder.write(name, os.pread(descriptor, min(size, MOST_OUTPUT), 0).decode("utf-8", "replace"))
                self.recorder.dropped |= size > MOST_OUTPUT
                os.ftruncate(descriptor, 0)
                os.lseek(descriptor, 0, os.SEEK_SET)

    def _record_error(self, kind: Any, value: Any, traceback: Any) -> None:
        lines = [str(line)[:5000] for line in traceback][-40:]
        name, text = str(getattr(kind, "__name__", kind))[:200], str(value)[:2000]
        self.recorder.add(
            {"output_type": "error", "ename": name, "evalue": text, "traceback": lines}, sum(map(len, lines))
        )
