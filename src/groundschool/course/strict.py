"""Reads the data files of a course: what is not known is an error that names the file, the key and the keys there
are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from groundschool.errors import GroundSchoolError

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Misstated(GroundSchoolError):
    """A file of the course does not say what it should."""


class Stated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file of the course may say: a field a key, and no other."""


def toml(path: Path, shape: type[Shape]) -> Shape:
    """What a TOML file says. Raises Misstated."""
    try:
        body = msgspec.toml.decode(path.read_bytes())
    except msgspec.DecodeError as error:
        raise Misstated(f"{path} is not TOML: {error}.") from None
    return _shaped(str(path), body, shape)


def yaml(where: str, text: str, shape: type[Shape], inner: Sequence[type[msgspec.Struct]] = ()) -> Shape:
    """What a text in YAML says; `where` names it in errors, which tell the keys of the `inner` shapes too. Raises
    Misstated.
    """
    try:
        body = msgspec.yaml.decode(text)
    except msgspec.DecodeError as error:
        raise Misstated(f"{where} is not YAML: {' '.join(str(error).split())}.") from None
    return _shaped(where, body or {}, shape, inner)


def _shaped(where: str, body: Any, shape: type[Shape], inner: Sequence[type[msgspec.Struct]] = ()) -> Shape:
    try:
        return msgspec.convert(body, shape)
    except msgspec.ValidationError as error:
        known = "; in its parts: ".join(map(_keys, (shape, *inner)))
        raise Misstated(f"{where}: {error}. Its keys: {known}.") from None


def _keys(shape: Any) -> str:
    return ", ".join(field.encode_name for field in msgspec.structs.fields(shape))
