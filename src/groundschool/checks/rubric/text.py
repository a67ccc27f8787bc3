"""Text as typed, made comparable: characters that look or act alike become one, markup and noise become spaces.

Nothing here knows a question's rubric, and nothing imports spaCy: the visible check of a notebook uses this alone.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

LONGEST = 20_000  # characters that are read; a learner's five sentences have a few hundred
MOST_FOR_AN_ANSWER = 5_000
WRAPPED_LINE = 55  # characters from which on a line end is taken for a wrapped line, not for an item of a list
# Cyrillic and Greek letters that look like Latin ones, as pasted from elsewhere or typed to fool a reader.
_ALIKE = str.maketrans(
    "АВЕКМНОРСТХаеорсухіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορν‐‑‒−–—’‘`´“”„«»•◦▪●·‣",
    'ABEKMHOPCTXaeopcyxijsdqwABEZHIKMNOPTYXaopv----——\'\'\'\'"""""\n\n\n\n\n\n',
)
_DASH = re.compile(r"\s+(?:-{1,2}|—)\s+|—|(?<!-)-->?|\s*(?:->|=>|→|⇒|➔)\s*")
_TAG = re.compile(
    r"</?(?:[abipu]|em|strong|br|hr|div|span|script|style|img|svg|iframe|[uo]l|li|code|pre|h[1-6]|t[rdh]|tbody|thead|body|html|head|meta|link"
    r"|input|form|font|su[bp]|kbd|details|summary|button|answer|system|text|xml)\b[^<>]{0,300}>|</[a-zA-Z][^<>]{0,300}>|<[a-zA-Z]+\s[^<>]*=[^<>]{0,300}>|<!--.{0,500}?-->",
    re.DOTALL | re.IGNORECASE,
)
_NAMED = re.compile(r"<([a-zA-Z][\w .-]{0,60})>")  # `<table>` names what stands there
_BULLET = re.compile(r"(?m)^[ \t]*(?:[-*+>]+|\(?[0-9]{1,2}[.)]|\(?[a-eA-E]\)|[#]+)[ \t]+")
_MARKDOWN = re.compile(r"[*_~#]{2,}|(?<!\w)[*_](?=\w)|(?<=\w)[*](?!\w)")
_SCHEME = re.compile(r"(?i)\b(s3[an]?)\s?:\s?//?((?:[\w<{$*][\w.\-/<>{}$*=]*)?)(?:\.\.\.)?")
_REPEATED = re.compile(r"([^\w\s])\1{3,}|(?<=\n)\s*\n(?=\s*\n)")
_ENDLESS = re.compile(r"\S{80}(?=\S)")  # no word is so long, and tokenizers take quadratic time over one
_HEADED = re.compile(r"\s*\w+(?: \w+)?\s*(?:—|=|:)\s")  # `redshift -> warehouse`: a line with a heading of its own
_LEFT_OFF = re.compile(r"(?<=[-/])\.{2,3}(?=\s)")  # `results-...`: the rest of a name, no end of a sentence
_UNKNOWING = re.compile(
    r"(?:(?:sorry|well|honestly|hm+) )*(?:i )?(?:do not|don t|dont|did not|can t|cannot|have) "
    r"(?:really )?(?:know|remember|recall|say|no idea|no clue)(?: (?:it|this|that|the answer|sorry))*"
    r"|no idea|no clue|idk|unknown|not known(?: to me)?|it is not known to me|to ?do|n a|none"
)
_RULE = re.compile(r"(?m)^[ \t|:+-]{3,}$")


def clean(text: str) -> str:
    """The text that is read: at most LONGEST characters, without invisible characters, tags or bullets."""
    text = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]
    if not text.isascii():
        text = "".join(letter for letter in text if unicodedata.category(letter) not in ("Cf", "Co", "Cs", "Mn"))
    text = _TAG.sub("\n", _REPEATED.sub(r"\1", html.unescape(text))).translate(_ALIKE)
    text = _NAMED.sub(r" \1 ", text)
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() or letter in "\n\t" else " " for letter in text)
    text = _ENDLESS.sub(r"\g<0> ", _REPEATED.sub(r"\1", _RULE.sub("", text)))
    text = _BULLET.sub("\n", text)
    text = _SCHEME.sub(_spelled, _LEFT_OFF.sub("", text))
    return _DASH.sub(" — ", _MARKDOWN.sub(" ", text))


def _spelled(found: re.Match[str]) -> str:
    """`s3://bucket/path` as words: the scheme, its sign, and whether a location follows."""
    stop = "." if found[2].endswith(".") else ""
    return f"{found[1].lower()} schemesign{' somelocation' if found[2] else ''}{stop} "


def unwrapped(text: str) -> str:
    """The text with lines that an editor wrapped made one; items of a list stay apart."""
    lines: list[str] = []
    for line in text.split("\n"):
        line = line.rstrip(" ")
        if lines and line.strip() and _wrapped(lines[-1], line):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return "\n".join(lines)


def _wrapped(before: str, line: str) -> bool:
    if before.rstrip().endswith((".", "!", "?", ":", ";")) or "|" in line or "\t" in line or _HEADED.match(line):
        return False
    return len(before) >= WRAPPED_LINE or before.rstrip().endswith(",") and line.strip()[0].islower()


def plain_words(text: str) -> list[str]:
    """Lower-case words and numbers, for comparing texts as wholes."""
    return list(_plain_words(text))


@lru_cache(maxsize=256)
def _plain_words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", clean(text).lower()))


def is_an_answer(text: str, question: str) -> str:
    """Empty when `text` is an answer at all, however good; else what was seen and what was expected."""
    if len(text) > MOST_FOR_AN_ANSWER:
        return f"The answer has {len(text):,} characters; one to five sentences were expected."
    said = plain_words(text)
    if not said:
        return "The answer holds no words; one to five sentences were expected."
    if _UNKNOWING.fullmatch(" ".join(said)):
        return "The answer says that it is not known, which is no answer; one to five sentences were expected."
    if not set(said) - set(plain_words(question)):
        return "The answer repeats the question; one to five sentences that answer it were expected."
    return ""
