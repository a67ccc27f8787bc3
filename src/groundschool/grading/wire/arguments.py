"""The arguments of a call as they cross: plain values, and descriptions of what is made of them on the other side."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from groundschool.checks import answers
from groundschool.checks.table.arrow import to_table
from groundschool.grading.wire.budget import Malformed
from groundschool.grading.wire.bundle import Bundle
from groundschool.grading.wire.protocol import Argument

BUILT_IN = "builtins."  # begins the names of functions that each side has of its own


def put_arguments(
    bundle: Bundle,
    positional: Sequence[object],
    named: Mapping[str, object],
    function: Callable[[object], tuple[Literal["function", "answer"], str] | None] = lambda value: None,
) -> tuple[Argument, ...]:
    """Describes the arguments and puts their data into the bundle. `function` gives kind and name of what is one.

    Raises NotPlain or TooLarge.
    """
    found = []
    for name, value in [*(("", value) for value in positional), *named.items()]:
        known = function(value)
        found.append(Argument(name, known[0], detail=known[1]) if known else _put(bundle, name, value))
    return tuple(found)


def take_arguments(
    bundle: Bundle, arguments: Sequence[Argument], known: Callable[[str, str], object] | None = None
) -> tuple[list[object], dict[str, object]]:
    """The inverse of `put_arguments`: positional and named ones. `known` gives the function of a kind and a name.

    Raises Malformed or TooLarge.
    """
    taken = [(argument.name, _take(bundle, argument, known)) for argument in arguments]
    return [value for name, value in taken if not name], {name: value for name, value in taken if name}


def _put(bundle: Bundle, name: str, value: object) -> Argument:
    if isinstance(value, answers.Frame):
        return Argument(name, "frame", bundle.put(to_table(value.table)), value.engine)
    if isinstance(value, answers.Client):
        return Argument(name, "client", detail=value.service, role=value.role)
    if isinstance(value, answers.File):
        bundle.put_bytes(value.content)
        return Argument(name, "file", detail=value.name)
    if isinstance(value, answers.Folder):
        bundle.put_bytes(_packed(value.files))
        return Argument(name, "folder", detail=value.name)
    if isinstance(value, answers.Stream):
        bundle.put_bytes(value.content)
        return Argument(name, "stream", at_once=value.at_once, breaks=value.breaks)
    return Argument(name, "value", bundle.put(value))


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Files as one zip: a lake has more of them than a message has parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, body in files.items():
            packed.writestr(zipfile.ZipInfo(name), body)
    return content.getvalue()


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The inverse of `_packed`. Raises Malformed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return {name: packed.read(name) for name in packed.namelist()}
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
        raise Malformed("A folder arrived that cannot be read.") from None


def _take(bundle: Bundle, argument: Argument, known: Callable[[str, str], object] | None) -> object:
    if argument.kind in ("function", "answer"):
        if known is None:
            raise Malformed("A function arrived where none was expected.")
        return known(argument.kind, argument.detail)
    if argument.kind == "client":
        return answers.Client(argument.detail, argument.role)
    if argument.kind == "file":
        return answers.File(argument.detail, bundle.take_bytes())
    if argument.kind == "folder":
        return answers.Folder(argument.detail, _unpacked(bundle.take_bytes()))
    if argument.kind == "stream":
        return answers.Stream(bundle.take_bytes(), argument.at_once, argument.breaks)
    if argument.value is None:
        raise Malformed("An argument without a value arrived.")
    value = bundle.take(argument.value)
    return (
        answers.Frame(value, "pandas" if argument.detail == "pandas" else "spark")
        if argument.kind == "frame"
        else value
    )
