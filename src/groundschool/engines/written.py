"""A number of a JSON document that keeps its digits: given to `json` as `parse_float`."""

from __future__ import annotations


class Written(float):
    """A fraction that is written as it was read, in `text`."""

    text: str

    def __new__(cls, text: str) -> Written:
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __repr__(self) -> str:
        return self.text
