"""Hostile text made harmless for the place where it is shown: a browser, a terminal, a spreadsheet.

Everything here takes what a submission contains and never raises on it. What is laid out where is left to `feedback`
and `reports`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from typing import Any

import nh3
from nbformat.notebooknode import NotebookNode

MAX_OUTPUTS = 50
MAX_TEXT = 100_000
MAX_MARKUP = 200_000
MAX_TAGS = 5_000  # parsing deeply nested tags takes quadratic time; a pandas table of 60 by 20 has 2,700
MAX_MARKDOWN = 2_500  # as above: 0.3 s at the worst
MAX_IMAGE = 3 << 20
MAX_TRACEBACK = 40

TAGS = nh3.ALLOWED_TAGS - {"area", "map", "bdo"}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
NUMBERS = {"width", "height", "colspan", "rowspan", "start"}
MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
DATA_URL = re.compile(r"data:(image/png|image/jpeg);base64,([A-Za-z0-9+/=\s]+)")
LINK = re.compile(r"https?://[^\s\x00-\x1f]+|#[\w-]*")

# Each alternative stops at the next escape, so that a flood of unfinished sequences is still read in linear time.
ESCAPE = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]"
)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONTROLS: dict[int, str] = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *map(ord, BIDI)], "")
CONTROLS |= {0x09: "\t", 0x0A: "\n", 0x2028: "\n", 0x2029: "\n"} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def clean_terminal(text: str) -> str:
    """`text` without escape sequences, control characters (line feed and tab stay) and text-direction controls.

    The result can always be encoded as UTF-8; it still has to be escaped before it enters HTML.
    """
    return ESCAPE.sub("", text).translate(CONTROLS)


def clean_cell(value: str) -> str:
    """`value` on one line for a CSV field; what a spreadsheet would read as a formula gets an apostrophe in front."""
    line = " ".join(clean_terminal(value).split())
    return "'" + line if line.startswith(FORMULA) else line


def clean_html(text: str) -> str:
    """An HTML fragment reduced to an allow list: no script, style, class, id or form; images only as PNG or JPEG data.

    Links stay when they are http, https or point into the page. Markup over `MAX_MARKUP` characters or `MAX_TAGS` tags
    is shown as text.
    """
    if _is_heavy(text):
        return plain_html(text)
    cleaned = nh3.clean(
        text.translate(CONTROLS),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        generic_attribute_prefixes=set(),
        url_schemes={"http", "https", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    # Character references (&#x202e;) become characters only now. One by one: a pattern could swallow a closing quote.
    return cleaned.translate(CONTROLS)


def clean_markdown(text: str) -> str:
    """Markdown as sanitised HTML; a text over `MAX_MARKDOWN` characters stays text, since parsing time grows with
    it.
    """
    if len(text) > MAX_MARKDOWN:
        return plain_html(text)
    try:
        from nbconvert.filters import markdown2html  # takes as long to import as a submission to grade

        rendered = str(markdown2html(text.translate(CONTROLS)))
    except Exception:  # the parser is a third party's, the text a stranger's: any failure means "show it as it is"
        return plain_html(text)
    return clean_html(rendered)


def plain_html(text: str) -> str:
    """Any text as it is, preformatted, up to `MAX_TEXT` characters."""
    return f"<pre>{nh3.clean_text(shorten(clean_terminal(text)))}</pre>"


def safe_outputs(outputs: Iterable[Any]) -> list[NotebookNode]:
    """Notebook outputs reduced to text, PNG, JPEG and sanitised HTML: valid nbformat nodes, at most `MAX_OUTPUTS` + 1.

    SVG, scripts, widgets and all metadata are dropped; where nothing of an output is left, or where one was cut, a
    bracketed line says so.
    """
    everything = list(outputs)
    kept = [_output(output) for output in everything[:MAX_OUTPUTS]]
    if len(everything) > MAX_OUTPUTS:
        kept.append(_stream(f"[{len(everything) - MAX_OUTPUTS} more outputs not shown]", "stdout"))
    return kept


def shorten(text: str, limit: int = MAX_TEXT) -> str:
    """`text`, or its first `limit` characters and a line that says how many are missing."""
    return text if len(text) <= limit else f"{text[:limit]}\n[{len(text) - limit} more characters not shown]"


def _is_heavy(markup: str) -> bool:
    return len(markup) > MAX_MARKUP or markup.count("<") > MAX_TAGS


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if LINK.fullmatch(value) else None
    if name == "src":
        found = DATA_URL.fullmatch(value)
        return value if found and _image(found[2], found[1]) else None
    if name in NUMBERS:
        return value if value.isascii() and value.isdigit() and len(value) <= 4 else None
    return value


def _image(encoded: str, kind: str) -> str:
    """The base64 text without white space, or "" when it is too long, not base64, or not an image of that kind."""
    compact = "".join(encoded.split())
    if len(compact) > MAX_IMAGE:
        return ""
    try:
        raw = base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return compact if raw.startswith(MAGIC[kind]) else ""


def _output(output: Any) -> NotebookNode:
    body = output if isinstance(output, dict) else {}
    kind = body.get("output_type")
    if kind == "stream":
        return _stream(_overwritten(_text(body.get("text"))), _text(body.get("name")))
    if kind == "error":
        return _error(body)
    data = body.get("data")
    return _display(data if isinstance(data, dict) else {})


def _stream(text: str, name: str) -> NotebookNode:
    return NotebookNode(
        output_type="stream", name="stderr" if name == "stderr" else "stdout", text=shorten(clean_terminal(text))
    )


def _error(body: dict[str, Any]) -> NotebookNode:
    lines = body.get("traceback")
    lines = [_text(line) for line in lines[-MAX_TRACEBACK:]] if isinstance(lines, list) else []
    return NotebookNode(
        output_type="error",
        ename=shorten(clean_terminal(_text(body.get("ename"))), 200),
        evalue=shorten(clean_terminal(_text(body.get("evalue"))), 2_000),
        traceback=[shorten(clean_terminal(line), 5_000) for line in lines],
    )


def _display(data: dict[Any, Any]) -> NotebookNode:
    kept: dict[str, str] = {}
    for kind, clean in _CLEANERS.items():
        value = clean(_text(data.get(kind)))
        if value:
            kept.setdefault("text/html" if kind == "text/markdown" else kind, value)
    if not kept:
        kinds = ", ".join(sorted(clean_terminal(str(kind))[:40] for kind in list(data)[:5])) or "no data"
        kept["text/plain"] = f"[output not shown: {kinds}]"
    return NotebookNode(output_type="display_data", data=NotebookNode(kept), metadata=NotebookNode())


_CLEANERS: dict[str, Callable[[str], str]] = {
    "image/png": lambda value: _image(value, "image/png"),
    "image/jpeg": lambda value: _image(value, "image/jpeg"),
    "text/html": lambda value: "" if _is_heavy(value) else clean_html(value),
    "text/markdown": lambda value: value and plain_html(value),  # a notebook may hold hundreds
    "text/plain": lambda value: shorten(clean_terminal(value)),
}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _overwritten(text: str) -> str:
    """What a terminal shows in the end of lines that a progress bar wrote again and again."""
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
