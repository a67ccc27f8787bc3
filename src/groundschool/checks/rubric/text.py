"""Free text as people and machines type it, made into plain lines: one script, one kind of quote, no hidden characters.

What the lines claim is `claims.py`'s. Loads no language library.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from groundschool.checks.rubric import quantities
from groundschool.checks.rubric.lexicon import LOOK_ALIKES

MOST_CHARACTERS = 20_000
_ITEM = "\n- "
_MARKS = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "`": " ", "´": "'", "…": ". ",
                        "–": " - ", "—": " - ", "−": "-", "‐": "-", "‑": "-", "→": " ; ", "⇒": " ; ", "➜": " ; ", "•": _ITEM, "·": _ITEM,
                        "●": _ITEM, "▪": _ITEM, "◦": _ITEM, "✓": _ITEM, "∙": _ITEM})  # fmt: skip
_HIDDEN = frozenset(
    {"Cf", "Mn", "Me", "Co", "Cs", "Cn"}
)  # Unicode categories that are not seen as a letter of their own
_TAG = re.compile(r"<!--|-->|</?[a-z!][^<>\n]{0,300}>")
_ARROW = re.compile(r"\s*(?:[-=]+>|>>)\s*")
_SCHEME = re.compile(r"\b([a-z][a-z0-9]*):/(?:/[^\s,;)|'\"]*|(?!\w))")
_BULLET = re.compile(r"^\s*(?:[-+]+|\*\s|\(?\d{1,2}[.):](?!\d)|\(?[a-h][.)](?=\s))\s*")
_CODE_MARK = re.compile(r"^\s*```\w*\s*$")
_CALL = re.compile(r"(?<=\w)\(\)")
_PLURAL = re.compile(r"\b(\w+)\(s\)")
_EMPHASIS = re.compile(r"\*\*|~~|(?<!\w)[*_](?=\w)|(?<=\w)[*](?!\w)")
_GLUED_SENTENCE = re.compile(r"(?<=[a-z]{3})[.](?=[a-z]{3})")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u058f\u10a0-\u10ff\ua4d0-\ua4ff\u0261\ua700-\ua7ff]")


@dataclass(frozen=True)
class Line:
    """One line: its text in lower case, its table cells (one for ordinary text), whether it is a bullet, or quoted."""

    text: str
    cells: tuple[str, ...]
    bullet: bool = False
    quoted: bool = False


def normalised(text: str) -> str:
    """The text with one form for each letter, without characters that cannot be seen, in lower case."""
    text = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS])
    if not text.isascii():
        text = "".join(letter for letter in text if unicodedata.category(letter) not in _HIDDEN)
        text = re.sub(r"\S*[^\x00-\x7f]\S*", lambda word: _one_script(word[0]), text).translate(_MARKS)
    return re.sub(
        r"[\x00-\x08\x0b-\x1f\x7f]", " ", text.replace("\r\n", "\n").replace("\r", "\n").replace("`", " ")
    ).lower()


def _one_script(word: str) -> str:
    """Letters of other scripts that look Latin become Latin."""
    return word.translate(LOOK_ALIKES) if _OTHER_SCRIPT.search(word) else word


@lru_cache(maxsize=64)
def lines(text: str) -> tuple[Line, ...]:
    """The non-empty lines of an answer. Quoted lines (`> ...`) are left out when there are others."""
    plain = _ARROW.sub(" ; ", _TAG.sub(" ", normalised(text)))
    made = (_line(raw) for raw in plain.split("\n") if not _CODE_MARK.match(raw))
    kept = tuple(line for line in made if line.text)
    return tuple(line for line in kept if not line.quoted) or kept


def _line(raw: str) -> Line:
    quoted = raw.lstrip().startswith(">")
    body = raw.lstrip("> ") if quoted else raw
    rest = _BULLET.sub("", body, count=1)
    heading = re.match(r"\s*#+\s", rest)
    rest = re.sub(r"^\s*#+\s*", "", rest) + (":" if heading else "")
    cells = tuple(
        cell for cell in (_plain(part) for part in re.split(r"\t+|\s*\|\s*|\s{3,}", rest.strip(" |"))) if cell
    )
    if all(set(cell) <= set("-: ") for cell in cells):
        cells = ()
    return Line(" , ".join(cells), cells, bullet=rest != body and not heading, quoted=quoted)


def _plain(part: str) -> str:
    """Words joined by hyphens come apart, paths lose what follows their scheme, sizes become one token."""
    text = _SCHEME.sub(r" \1:// ", part)
    text = _CALL.sub("", _PLURAL.sub(r"\1s", text))
    text = quantities.rewrite(_EMPHASIS.sub("", text))
    text = re.sub(r"(?<!bytes)_|(?<=[a-z0-9])-(?=[a-z0-9])", " ", text)
    text = _GLUED_SENTENCE.sub(". ", text)
    text = re.sub(r"(?<![:/])/(?!/)", " / ", text)
    return re.sub(r"\s+", " ", text).strip()
