"""The words behind COPY's and UNLOAD's addresses: who may, in which format, and how values are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.parse import Reader

ROLE = re.compile(r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+")
FLAGS = (
    "MANIFEST", "GZIP", "BZIP2", "ZSTD", "LZOP", "ENCRYPTED", "EMPTYASNULL", "BLANKSASNULL", "ESCAPE", "EXPLICIT_IDS",
    "FILLRECORD", "IGNOREBLANKLINES", "REMOVEQUOTES", "ROUNDEC", "TRIMBLANKS", "TRUNCATECOLUMNS", "NOLOAD",
    "ACCEPTANYDATE", "HEADER", "ADDQUOTES", "ALLOWOVERWRITE", "CLEANPATH", "VERBOSE", "INCLUDE",
)  # fmt: skip
TEXTS = ("QUOTE", "DELIMITER", "NULL", "DATEFORMAT", "TIMEFORMAT", "ENCODING", "REGION", "EXTENSION")
NUMBERS = ("IGNOREHEADER", "MAXERROR", "COMPROWS")
SWITCHES = ("COMPUPDATE", "STATUPDATE", "PARALLEL")
FORMATS = ("CSV", "JSON", "PARQUET", "ORC", "AVRO", "FIXEDWIDTH", "SHAPEFILE")
NEVER_COPIED = {"ENCRYPTED", "HEADER", "ADDQUOTES", "ALLOWOVERWRITE", "CLEANPATH", "VERBOSE", "INCLUDE", "EXTENSION"}
COPYING = frozenset({*FLAGS, *TEXTS, *NUMBERS, "COMPUPDATE", "STATUPDATE"} - NEVER_COPIED)
UNLOADING = frozenset({"MANIFEST", "VERBOSE", "HEADER", "DELIMITER", "ENCRYPTED", "GZIP", "BZIP2", "ZSTD", "ADDQUOTES",
                       "NULL", "ESCAPE", "ALLOWOVERWRITE", "CLEANPATH", "PARALLEL", "MAXFILESIZE", "ROWGROUPSIZE",
                       "REGION", "EXTENSION", "PARTITION"})  # fmt: skip
NOT_HERE = ("BZIP2", "ZSTD", "LZOP", "ACCEPTANYDATE", "MAXFILESIZE", "ROWGROUPSIZE", "EXTENSION",
            "ACCEPTINVCHARS", "VERBOSE", "SSH", "READRATIO", "MASTER_SYMMETRIC_KEY", "KMS_KEY_ID")  # fmt: skip
ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r"}


@dataclass
class Options:
    """`format` is TEXT where none was named; `given` holds the options by name, `json` what stands behind JSON."""

    role: str = ""
    format: str = "TEXT"
    json: str = "auto"
    given: dict[str, Any] = field(default_factory=dict)
    partitions: tuple[str, ...] = ()
    included: bool = False

    def has(self, name: str) -> bool:
        """Whether an option was given, and is not off."""
        return self.given.get(name) not in (None, False)

    def text(self, name: str, otherwise: str) -> str:
        """An option's text."""
        found = str(self.given.get(name, otherwise))
        return ESCAPES.get(found, found)


def read(words: Reader, known: frozenset[str]) -> Options:
    """All options up to the end. Raises Failed, NotDone."""
    found = Options()
    while words.next is not None:
        _option(words, found, known)
    if not found.role:
        raise Failed("42601", "CREDENTIALS argument required but not found", "Name a role: IAM_ROLE 'arn:aws:iam::…'.")
    return found


def _option(words: Reader, found: Options, known: frozenset[str]) -> None:
    word = words.word()
    if word in ("IAM_ROLE", "CREDENTIALS", "WITH"):
        if word == "WITH":
            words.expect("CREDENTIALS")
        _role(words, found, word)
    elif word in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
        raise NotDone("take access keys in a statement; name a role by IAM_ROLE")
    elif word in ("FORMAT", "AS") or word in FORMATS:
        _format(words, found, word)
    elif word in NOT_HERE:
        raise NotDone(f"do {word}")
    elif word not in known:
        raise Failed("42601", f'syntax error at or near "{word}"')
    else:
        if word in found.given:
            raise Failed("42601", f"conflicting or redundant options: {word}")
        found.given[word] = _given(words, found, word)


def _role(words: Reader, found: Options, word: str) -> None:
    words.takes("AS")
    if word == "IAM_ROLE" and words.takes("DEFAULT"):
        raise NotDone("have a default role; name one by IAM_ROLE 'arn:aws:iam::…'")
    text = words.string()
    if text == "default":
        raise NotDone("have a default role; name one by IAM_ROLE 'arn:aws:iam::…'")
    if word != "IAM_ROLE":
        if not text.startswith("aws_iam_role="):
            raise NotDone("take access keys in a statement; name a role by IAM_ROLE")
        text = text.removeprefix("aws_iam_role=")
    if not ROLE.fullmatch(text):
        raise Failed("XX000", f"Invalid IAM role ARN: {text}")
    found.role = text


def _format(words: Reader, found: Options, word: str) -> None:
    if word == "FORMAT":
        words.takes("AS")
        word = words.word()
    elif word == "AS":
        word = words.word()
    if word not in FORMATS:
        raise Failed("42601", f'syntax error at or near "{word}"')
    if found.format != "TEXT":
        raise Failed("42601", "conflicting or redundant options: FORMAT")
    if word in ("ORC", "AVRO", "FIXEDWIDTH", "SHAPEFILE"):
        raise NotDone(f"do the format {word}")
    found.format = word
    if word == "JSON":
        words.takes("AS")
        if words.sees_string():
            found.json = words.string()


def _given(words: Reader, found: Options, word: str) -> Any:
    if word in TEXTS:
        words.takes("AS")
        return words.string()
    if word in NUMBERS:
        words.takes("AS")
        return words.number()
    if word in SWITCHES:
        for name, meant in (("ON", True), ("TRUE", True), ("OFF", False), ("FALSE", False), ("PRESET", True)):
            if words.takes(name):
                return meant
        return True
    if word == "PARTITION":
        words.expect("BY")
        found.partitions = tuple(words.names())
        found.included = words.takes("INCLUDE")
    return True
