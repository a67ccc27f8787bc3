"""Contracts with AWS: what a call is refused with, and whether an answer is what botocore's model of the service says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from botocore.exceptions import ClientError


def refused(call: Callable[..., Any], **arguments: Any) -> tuple[str, int]:
    """The error's code and HTTP status that a call is answered with."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def held_to_the_model(client: Any) -> Any:
    """The client; an answer that lacks a required member, or holds what the model does not know, fails the test."""

    def compare(http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if http_response.status_code < 300 and model.output_shape is not None:
            assert list(_lacking(parsed, model.output_shape, model.name)) == []
            payload = model.output_shape.serialization.get("payload")
            text = model.has_streaming_output or (payload and model.output_shape.members[payload].type_name == "string")
            if model.service_model.protocol == "json":
                assert list(_unknown_of_json(json.loads(http_response.content), model.output_shape, model.name)) == []
            elif not text and http_response.content:
                assert list(_unknown(_result(http_response.content, model), model.output_shape, model.name)) == []

    client.meta.events.register("after-call", compare, unique_id="model")
    return client


def _result(content: bytes, model: Any) -> ElementTree.Element:
    root = ElementTree.fromstring(content)
    wrapper = model.output_shape.serialization.get("resultWrapper")
    return root if wrapper is None else next(child for child in root if _name(child) == wrapper)


def _lacking(value: Any, shape: Any, place: str) -> Iterator[str]:
    """The required members that a parsed answer lacks, and values that the model's enumerations do not have."""
    if value is None:
        return
    if shape.type_name == "structure" and isinstance(value, dict):
        yield from (f"{place}.{name} is missing" for name in shape.required_members if name not in value)
        for name, member in shape.members.items():
            if name in value:
                yield from _lacking(value[name], member, f"{place}.{name}")
    elif shape.type_name == "list":
        for item in value:
            yield from _lacking(item, shape.member, place)
    elif shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{place} is {value!r}"


def _unknown(element: ElementTree.Element, shape: Any, place: str) -> Iterator[str]:
    """The elements of an answer in XML that the model has no place for."""
    if shape.type_name == "structure":
        payload = shape.serialization.get("payload")
        if payload and place.count(".") == 0:
            shape = shape.members[payload]
            if shape.type_name != "structure":
                return
        wire = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for child in element:
            member = wire.get(_name(child))
            if member is None and _name(child) not in ("ResponseMetadata",):
                yield f"{place}.{_name(child)} is unknown"
            elif member is not None:
                yield from _unknown(child, member, f"{place}.{_name(child)}")
    elif shape.type_name == "list":
        for child in [element] if shape.serialization.get("flattened") else element:
            yield from _unknown(child, shape.member, place)


def _unknown_of_json(value: Any, shape: Any, place: str) -> Iterator[str]:
    """The members of an answer in JSON that the model has no place for."""
    if shape.type_name == "structure":
        for name, item in value.items():
            if name not in shape.members:
                yield f"{place}.{name} is unknown"
            elif item is not None:
                yield from _unknown_of_json(item, shape.members[name], f"{place}.{name}")
    elif shape.type_name in ("list", "map"):
        for item in value if shape.type_name == "list" else value.values():
            yield from _unknown_of_json(item, shape.member if shape.type_name == "list" else shape.value, place)


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
