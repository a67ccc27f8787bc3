"""What a function takes and gives, and how DuckDB is asked for it. A parameter is a family of types."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from groundschool.engines.trino import types
from groundschool.engines.trino.failure import Failed, NotDone
from groundschool.engines.trino.typed import Typed, joined
from groundschool.engines.trino.types import NUMBERS, TIMES, Type, becomes

Build = Callable[[Sequence[Typed], Any], Typed]


@dataclass(frozen=True)
class Signature:
    """`takes` are families; one that ends in `?` may be missing, one in `*` may come again. `build` gets the arguments,
    coerced where a family is one type, and the node."""

    takes: tuple[str, ...]
    build: Build


PLAIN = {
    "varchar": types.VARCHAR, "bigint": types.BIGINT, "integer": types.INTEGER, "double": types.DOUBLE,
    "boolean": types.BOOLEAN, "varbinary": types.VARBINARY, "json": types.JSON, "date": types.DATE,
    "timestamp": types.TIMESTAMP, "zoned": types.ZONED,
}  # fmt: skip
FAMILIES: dict[str, Callable[[Type], bool]] = {
    "any": lambda type: True,
    "number": lambda type: type.name in NUMBERS,
    "whole": lambda type: type.name in types.INTEGERS,
    "time": lambda type: type.name in TIMES,
    "array": lambda type: type.name == "array",
    "map": lambda type: type.name == "map",
    "text": lambda type: type.name in ("varchar", "char", "varbinary"),
    "lambda": lambda type: type.name == "lambda",
    "json or text": lambda type: type.name in ("json", "varchar", "char"),
}


def fitted(signature: Signature, arguments: Sequence[Typed]) -> list[Typed] | None:
    """The arguments as the signature takes them; None where they do not fit."""
    from groundschool.engines.trino.casts import coerced

    families = list(signature.takes)
    if families and families[-1].endswith("*"):
        last = families.pop().rstrip("*")
        families += [last] * max(0, len(arguments) - len(families))
    least = sum(not family.endswith("?") for family in families)
    if not least <= len(arguments) <= len(families):
        return None
    given = []
    for family, argument in zip(families, arguments, strict=False):
        name = family.rstrip("?")
        target = PLAIN.get(name)
        if target is not None:
            if not becomes(argument.type, target):
                return None
            given.append(coerced(argument, target))
        elif argument.type == types.UNKNOWN or FAMILIES[name](argument.type):
            given.append(argument)
        else:
            return None
    return given


def called(name: str, signatures: Sequence[Signature], arguments: Sequence[Typed], node: Any) -> Typed:
    """The call. Raises Failed where no signature takes the arguments."""
    for signature in signatures:
        given = fitted(signature, arguments)
        if given is not None:
            return signature.build(given, node)
    shown = ", ".join(str(argument.type) for argument in arguments)
    known = ", ".join(f"{name}({', '.join(signature.takes)})" for signature in signatures)
    raise Failed("FUNCTION_NOT_FOUND", f"Unexpected parameters ({shown}) for function {name}. Expected: {known}", node)


def plain(takes: str, gives: Type | Callable[[Sequence[Typed]], Type], sql: str) -> Signature:
    """A function that DuckDB has, as a template: {0} is the first argument, {} all of them."""

    def build(arguments: Sequence[Typed], node: Any) -> Typed:
        type = gives(arguments) if callable(gives) else gives
        texts = [argument.sql for argument in arguments]
        return joined(sql.replace("{}", ", ".join(texts)).format(*texts), type, arguments)

    return Signature(tuple(part.strip() for part in takes.split(",") if part.strip()), build)


def first(arguments: Sequence[Typed]) -> Type:
    """The type of the first argument."""
    return arguments[0].type


def constant(argument: Typed, what: str) -> str:
    """The text of an argument that must be a literal. Raises NotDone."""
    if argument.constant is None:
        raise NotDone(f"take {what} that is no literal")
    return argument.constant


LITERAL = re.compile(r"CAST\((\d+) AS \w+\)|CAST\(CAST\((\d+) AS INTEGER\) AS BIGINT\)")


def number(argument: Typed) -> str:
    """The digits of an argument that must be a whole number's literal. Raises NotDone."""
    found = LITERAL.fullmatch(argument.sql)
    if found is None:
        raise NotDone("take a number here that is no literal")
    return found[1] or found[2]
