"""Requests held to the service's published model, as botocore has it: kinds, sizes and enumerations of parameters.

What the model has and the lab does not do is each service's own to refuse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from groundschool.lab.service import Refused

TEXT, NUMBER = (str,), (int, float)
KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("structure", "map"), (dict,)),
    **dict.fromkeys(("integer", "long"), (int,)),
    **dict.fromkeys(("double", "float"), NUMBER),
    "list": (list,),
    "string": TEXT,
    "boolean": (bool,),
    "timestamp": NUMBER + TEXT,
}
SHOWN = 200  # characters of a value in an error


@cache
def model(service: str) -> Any:
    """botocore's model of a service. Takes about a second where it was not read before."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(service, "service-2"))


def check(service: str, operation: str, parameters: Mapping[str, Any]) -> None:
    """Raises Refused for parameters that the operation's model does not have."""
    faults = list(_faults(parameters, model(service).operation_model(operation).input_shape, ""))
    if faults:
        many = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected: "
        raise Refused(400, "ValidationException", many + "; ".join(faults[:5]))


def _faults(value: Any, shape: Any, place: str) -> Iterator[str]:
    kind = shape.type_name
    fits = isinstance(value, KINDS.get(kind, (object,)))
    if not fits or (isinstance(value, bool) and kind != "boolean"):
        yield _fault(value, place, f"Member must be a {kind}")
        return
    yield from _of_size(value, shape, place)
    if kind == "structure":
        yield from _of_members(value, shape, place)
    elif kind == "list":
        for number, item in enumerate(value, start=1):
            yield from _faults(item, shape.member, f"{place}.{number}.member")
    elif kind == "map":
        for name, item in value.items():
            yield from _faults(name, shape.key, f"{place}.key")
            yield from _faults(item, shape.value, f"{place}.{name[:SHOWN]}")
    elif kind == "string" and shape.enum and value not in shape.enum:
        yield _fault(value, place, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")


def _of_members(value: Mapping[str, Any], shape: Any, place: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield _fault(None, _in(place, name), "Member must not be null")
    for name, item in value.items():
        if name not in shape.members:
            yield _fault(item, _in(place, name), "Member is unknown")
        elif item is not None:
            yield from _faults(item, shape.members[name], _in(place, name))


def _of_size(value: Any, shape: Any, place: str) -> Iterator[str]:
    number = shape.type_name in ("integer", "long", "double", "float")
    if not number and shape.type_name not in ("string", "list"):
        return
    size, what = (value, "value") if number else (len(value), "length")
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _fault(value, place, f"Member must have {what} greater than or equal to {least}")
    if most is not None and size > most:
        yield _fault(value, place, f"Member must have {what} less than or equal to {most}")


def _in(place: str, name: str) -> str:
    name = name[0].lower() + name[1:] if name else name
    return f"{place}.{name}" if place else name


def _fault(value: Any, place: str, words: str) -> str:
    shown = "" if value is None else f"'{value if isinstance(value, str) else json.dumps(value)}'"
    return f"Value {shown[:SHOWN] or 'null'} at '{place}' failed to satisfy constraint: {words}"
