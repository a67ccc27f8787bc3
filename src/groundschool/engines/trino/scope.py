"""What names mean in a place of a query."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from groundschool.engines.trino.typed import Typed


@dataclass(frozen=True)
class Field:
    """A column that can be named: by its name, and that of its relation."""

    name: str | None
    relation: str | None
    value: Typed
    hidden: bool = False  # not of `*`


@dataclass
class Scope:
    """What names mean in a place; `refused` is the clause that takes no aggregates, `variables` are a lambda's."""

    fields: list[Field]
    outer: Scope | None = None
    variables: dict[str, Typed] = field(default_factory=dict)
    windows: dict[str, exp.Expression] = field(default_factory=dict)
    aggregates: bool = False  # whether they may be called here
    refused: str = ""  # why not
    correlated: bool = False  # whether a name of an outer query was met

    def found(self, name: str, relation: str | None) -> list[Field]:
        """The columns of a name."""
        return [
            each for each in self.fields
            if each.name is not None and each.name.casefold() == name.casefold()
            and (relation is None or (each.relation or "").casefold() == relation.casefold())
        ]  # fmt: skip

    def window(self, name: str) -> exp.Expression | None:
        """What the WINDOW clause calls so, here or further out."""
        if name.casefold() in self.windows:
            return self.windows[name.casefold()]
        return self.outer.window(name) if self.outer is not None else None

    def depth(self) -> int:
        """How many lambdas the place is in."""
        return bool(self.variables) + (self.outer.depth() if self.outer is not None else 0)
