"""Fields that hold several types, resolved: `cast`, `project`, `make_cols` and `make_struct`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .casts import cast, of_type, option_of
from .paths import EACH, Steps, steps, type_at
from .refusals import NotDone
from .schema import Array, Choice, Record, Struct, Type, named

ACTIONS = ("cast", "project", "make_cols", "make_struct")


@dataclass(frozen=True)
class Resolution:
    """What becomes of one field: fields that replace it, with their types and how their values are got."""

    fields: tuple[tuple[str, Type, Callable[[Any], Any]], ...]


def resolved(
    records: Sequence[Record], schema: Struct, specs: Sequence[tuple[str, str]]
) -> tuple[list[Record], Struct]:
    """Records and their schema with these `(path, action)` done, one after the other. Raises NotDone."""
    found: Any = list(records)
    for path, action in specs:
        way = steps(path)
        type_at(schema, way, path)
        found = [_changed(record, schema, way, action) for record in found]
        changed = _type(schema, way, action)
        assert isinstance(changed, Struct)
        schema = changed
    return found, schema


def every(schema: Struct, action: str) -> list[tuple[str, str]]:
    """The specs that do one action to all choices."""
    return [(path, action) for path in _choices(schema, "")]


def _choices(type: Type, path: str) -> Iterator[str]:
    if isinstance(type, Choice):
        yield path
    elif isinstance(type, Array):
        yield from _choices(type.element, f"{path}{EACH}")
    elif isinstance(type, Struct):
        for name, held in type.fields:
            quoted = f"`{name}`" if set(".[]") & set(name) else name
            yield from _choices(held, f"{path}.{quoted}" if path else quoted)


def _type(type: Type, way: Steps, action: str) -> Type:
    if isinstance(type, Array):
        return Array(_type(type.element, way[1:], action) if way[1:] else _one(type.element, action).fields[0][1])
    assert isinstance(type, Struct)
    fields: list[tuple[str, Type]] = []
    for name, held in type.fields:
        if name != way[0]:
            fields.append((name, held))
        elif way[1:]:
            fields.append((name, _type(held, way[1:], action)))
        else:
            fields += [(f"{name}{more}", kind) for more, kind, _ in _resolution(held, action).fields]
    return Struct(tuple(fields))


def _changed(value: Any, type: Type, way: Steps, action: str) -> Any:
    if value is None:
        return None
    if isinstance(type, Array):
        one = _one(type.element, action).fields[0][2] if not way[1:] else None
        return [one(each) if one else _changed(each, type.element, way[1:], action) for each in value]
    assert isinstance(type, Struct)
    made: Record = {}
    for name, held in value.items():
        of = type.field(name)
        assert of is not None
        if name != way[0]:
            made[name] = held
        elif way[1:]:
            made[name] = _changed(held, of, way[1:], action)
        else:
            made |= {f"{name}{more}": get(held) for more, _, get in _resolution(of, action).fields}
    return made


def _one(type: Type, action: str) -> Resolution:
    if action == "make_cols":
        raise NotDone("The lab does not make columns of the elements of a list.")
    return _resolution(type, action)


def _resolution(type: Type, action: str) -> Resolution:
    """What an action makes of a field of this type."""
    verb, _, target = action.partition(":")
    if verb not in ACTIONS or bool(target) != (verb in ("cast", "project")):
        raise NotDone(
            f"The lab does not do the action {action!r}; it does cast:<type>, project:<type>, make_cols, make_struct."
        )
    if verb == "cast":
        to = named(target)
        return Resolution((("", to, lambda value: cast(value, to)),))
    if not isinstance(type, Choice):
        return Resolution((("", type, lambda value: value),))
    if verb == "project":
        return _projected(type, target)
    if verb == "make_cols":
        return Resolution(tuple((f"_{option.name}", option, _only(option, type)) for option in type.options))
    return Resolution((("", as_struct(type), lambda value: to_struct(value, type)),))


def _projected(type: Choice, target: str) -> Resolution:
    name = target if target in ("struct", "array") else named(target).name
    option = next((option for option in type.options if option.name == name), None)
    if option is None:
        raise NotDone(
            f"The lab does not project to {target}: there is {', '.join(each.name for each in type.options)}."
        )
    return Resolution((("", option, _only(option, type)),))


def _only(option: Type, among: Choice) -> Callable[[Any], Any]:
    return lambda value: value if value is not None and of_type(value, option, among) else None


def as_struct(type: Choice) -> Struct:
    """The struct that stands for a choice: a field for each type, named like it."""
    return Struct(tuple((option.name, option) for option in type.options))


def to_struct(value: Any, type: Choice) -> Any:
    """A value of a choice in that struct."""
    return None if value is None else {option_of(value, type).name: value}
