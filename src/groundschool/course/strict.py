"""Reads the data files of a course: what is not known is an error that names the file, the key and the keys there are."""

from __future__ import annotations

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
    return shaped(str(path), body, shape)


def yaml(where: str, text: str, shape: type[Shape]) -> Shape:
    """What a text in YAML says; `where` names it in errors. Raises Misstated."""
    try:
        body = msgspec.yaml.decode(text)
    except msgspec.DecodeError as error:
        raise Misstated(f"{where} is not YAML: {' '.join(str(error).split())}.") from None
    return shaped(where, body or {}, shape)


def shaped(where: str, body: Any, shape: type[Shape]) -> Shape:
    """`body` as the shape; `where` names it in errors. Raises Misstated."""
    try:
        return msgspec.convert(body, shape)
    except msgspec.ValidationError as error:
        known = ", ".join(field.encode_name for field in msgspec.structs.fields(shape))
        raise Misstated(f"{where}: {error}. Its keys: {known}.") from None
