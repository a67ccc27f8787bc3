"""Answers in words on pages: what was written, with the words marked in which ideas were found.

What is found is `checks.rubric`'s; here a stranger's text becomes a harmless fragment.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from groundschool.course.code import ANSWER, MAX_PARSED, parsed, without_magics
from groundschool.safe import clean_terminal, shorten

LONGEST = 8_000  # characters of an answer that are shown


def written(source: str) -> str:
    """The words of an answer, from its cell: what stands below the magic, or the one text that is assigned; the cell as
    it is where it is neither.
    """
    if typed := ANSWER.match(source):
        return source[typed.end() :].strip()
    tree = parsed(without_magics(source)) if len(source) <= MAX_PARSED else None
    values = [node.value for node in tree.body if isinstance(node, ast.Assign)] if tree else []
    if len(values) == 1 and isinstance(values[0], ast.Constant) and isinstance(values[0].value, str):
        return values[0].value.strip()
    return source.strip()


def marked(text: str, words: Sequence[str]) -> Markup:
    """The text with some of its words, given in their order, marked; one that was read otherwise stays unmarked."""
    text = shorten(clean_terminal(text), LONGEST)
    shown, place = Markup(), 0
    for word in words:
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE).search(text, place)
        if found:
            shown += escape(text[place : found.start()]) + Markup("<mark>{}</mark>").format(found[0])
            place = found.end()
    # Words beside each other are one mark.
    return Markup((shown + escape(text[place:])).replace("</mark> <mark>", " "))
