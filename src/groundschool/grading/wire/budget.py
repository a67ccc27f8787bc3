"""How much data may cross between two boxes, and the errors for data that may not.

Only counts. What the data is made of is known to `values`, how it travels to `message`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundschool.errors import GroundSchoolError

MAX_BYTES = 64 << 20
MAX_NODES = 1_000_000
MAX_CELLS = 20_000_000
MAX_DEPTH = 60
STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class NotPlain(GroundSchoolError):
    """A value is not plain data; the message names its type."""


class TooLarge(GroundSchoolError):
    """Data is larger, longer or deeper than what may cross."""


class Malformed(GroundSchoolError):
    """Received data does not have the form that the sending side writes."""


@dataclass
class Budget:
    """What is left to spend while one value is encoded or decoded: bytes, plain values, cells of tables and arrays."""

    size: int = MAX_BYTES
    nodes: int = MAX_NODES
    cells: int = MAX_CELLS

    def spend_size(self, count: int) -> None:
        """Takes `count` bytes off. Raises TooLarge."""
        self.size -= count
        if self.size < 0:
            raise TooLarge("The value is larger than what may be handed over. A smaller result was expected.")

    def spend_node(self, depth: int) -> None:
        """Takes one plain value off, nested `depth` levels deep. Raises TooLarge."""
        self.nodes -= 1
        if self.nodes < 0:
            raise TooLarge(f"The value holds more than {MAX_NODES:,} items. A smaller result was expected.")
        if depth > MAX_DEPTH:
            raise TooLarge(f"The value is nested more than {MAX_DEPTH} levels deep. A flatter result was expected.")

    def spend_cells(self, count: int) -> None:
        """Takes `count` cells off. Raises TooLarge."""
        self.cells -= count
        if self.cells < 0:
            raise TooLarge(f"The tables hold more than {MAX_CELLS:,} cells. A smaller result was expected.")


def more_pieces(text: bytes, most: int) -> bool:
    """Whether a JSON text announces more than `most` lists, objects and items, told without parsing it.

    Each costs 60 bytes and more once parsed, two bytes as text: a few megabytes of brackets become gigabytes.
    """
    return _pieces(text) > most and _pieces(STRINGS.sub(b"", text)) > most


def _pieces(text: bytes) -> int:
    return text.count(b"[") + text.count(b"{") + text.count(b",")
