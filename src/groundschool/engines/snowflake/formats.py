"""File formats: the options there are, their defaults, and which values are done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groundschool.engines.snowflake.failure import NotDone, bad_option, bad_value
from groundschool.engines.snowflake.words import flag

COMPRESSIONS = ("AUTO", "GZIP", "NONE")
SNOWFLAKES = ("BZ2", "BROTLI", "ZSTD", "DEFLATE", "RAW_DEFLATE", "SNAPPY", "LZO")
FLAGS = {
    "CSV": {
        "PARSE_HEADER": False,
        "SKIP_BLANK_LINES": False,
        "TRIM_SPACE": False,
        "ERROR_ON_COLUMN_COUNT_MISMATCH": True,
        "REPLACE_INVALID_CHARACTERS": False,
        "EMPTY_FIELD_AS_NULL": True,
        "SKIP_BYTE_ORDER_MARK": True,
        "MULTI_LINE": True,
    },
    "JSON": {
        "TRIM_SPACE": False,
        "ENABLE_OCTAL": False,
        "ALLOW_DUPLICATE": False,
        "STRIP_OUTER_ARRAY": False,
        "STRIP_NULL_VALUES": False,
        "REPLACE_INVALID_CHARACTERS": False,
        "IGNORE_UTF8_ERRORS": False,
        "SKIP_BYTE_ORDER_MARK": True,
    },
    "PARQUET": {
        "SNAPPY_COMPRESSION": True,
        "BINARY_AS_TEXT": True,
        "USE_LOGICAL_TYPE": True,
        "TRIM_SPACE": False,
        "USE_VECTORIZED_SCANNER": False,
        "REPLACE_INVALID_CHARACTERS": False,
    },
}
VALUES = {
    "CSV": {
        "RECORD_DELIMITER": "\n",
        "FIELD_DELIMITER": ",",
        "FILE_EXTENSION": "",
        "SKIP_HEADER": "0",
        "DATE_FORMAT": "AUTO",
        "TIME_FORMAT": "AUTO",
        "TIMESTAMP_FORMAT": "AUTO",
        "BINARY_FORMAT": "HEX",
        "ESCAPE": "NONE",
        "ESCAPE_UNENCLOSED_FIELD": "\\",
        "FIELD_OPTIONALLY_ENCLOSED_BY": "NONE",
        "ENCODING": "UTF8",
    },
    "JSON": {
        "DATE_FORMAT": "AUTO",
        "TIME_FORMAT": "AUTO",
        "TIMESTAMP_FORMAT": "AUTO",
        "BINARY_FORMAT": "HEX",
        "FILE_EXTENSION": "",
        "MULTI_LINE": "TRUE",
    },
    "PARQUET": {},
}
FIXED = {"DATE_FORMAT": "AUTO", "TIME_FORMAT": "AUTO", "TIMESTAMP_FORMAT": "AUTO", "BINARY_FORMAT": "HEX"}
NOT_DONE = {"ENABLE_OCTAL": False, "IGNORE_UTF8_ERRORS": False}


@dataclass(frozen=True)
class Format:
    """A format with every option of its kind. A text that is "NONE" there is empty here."""

    kind: str
    compression: str
    nulls: tuple[str, ...]
    flags: Mapping[str, bool]
    values: Mapping[str, str]

    def on(self, name: str) -> bool:
        """Whether a flag is set; False for one that the kind does not have."""
        return self.flags.get(name, False)

    @property
    def skipped(self) -> int:
        """Lines to be left out at the begin of a file."""
        return int(self.values.get("SKIP_HEADER") or 0)


def made(options: Mapping[str, Any], place: str = "FILE_FORMAT") -> Format:
    """The format that options say. Raises Failed for one that there is not, or that is not done."""
    kind = str(options.get("TYPE", "CSV")).upper()
    if kind in ("AVRO", "ORC", "XML", "CUSTOM"):
        raise NotDone(f"read and write files of the type {kind}")
    if kind not in FLAGS:
        raise bad_value("TYPE", kind)
    known = {"TYPE", "COMPRESSION", "NULL_IF", "COMMENT", *FLAGS[kind], *VALUES[kind]}
    for name in options:
        if name not in known:
            raise bad_option(name, place)
    flags = {name: flag(options, name, default) for name, default in FLAGS[kind].items()}
    values = {name: _plain(options.get(name, default)) for name, default in VALUES[kind].items()}
    _check(flags, values)
    return Format(kind, _compression(options), _nulls(options, kind), flags, values)


def _plain(value: Any) -> str:
    if isinstance(value, (list, dict)):
        raise bad_value("FILE_FORMAT", str(value))
    return "" if str(value).upper() == "NONE" else str(value)


def _check(flags: Mapping[str, bool], values: Mapping[str, str]) -> None:
    for name, done in FIXED.items():
        if name in values and values[name].upper() != done:
            raise NotDone(f"read {name} = {values[name]!r}")
    for name, off in NOT_DONE.items():
        if flags.get(name, off) != off:
            raise NotDone(f"do {name}")
    if values.get("ENCODING", "UTF8").upper().replace("-", "") != "UTF8":
        raise NotDone(f"read the encoding {values['ENCODING']}")
    if values.get("RECORD_DELIMITER", "\n") not in ("\n", "\r\n", "\r"):
        raise NotDone("read records that end otherwise than by a new line")
    if values.get("FIELD_DELIMITER") == "":
        return
    if len(values.get("FIELD_DELIMITER", ",")) != 1:
        raise NotDone("read a FIELD_DELIMITER of several characters")
    if values.get("FIELD_OPTIONALLY_ENCLOSED_BY", "") not in ("", '"', "'"):
        raise bad_value("FIELD_OPTIONALLY_ENCLOSED_BY", values["FIELD_OPTIONALLY_ENCLOSED_BY"])
    if not (values.get("SKIP_HEADER") or "0").isdigit():
        raise bad_value("SKIP_HEADER", values["SKIP_HEADER"])


def _compression(options: Mapping[str, Any]) -> str:
    found = str(options.get("COMPRESSION", "AUTO")).upper()
    if found in SNOWFLAKES and not (found == "SNAPPY" and str(options.get("TYPE", "")).upper() == "PARQUET"):
        raise NotDone(f"read and write files compressed by {found}")
    if found not in (*COMPRESSIONS, "SNAPPY"):
        raise bad_value("COMPRESSION", found)
    return found


def _nulls(options: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    given = options.get("NULL_IF", ["\\N"] if kind == "CSV" else [])
    return tuple(given) if isinstance(given, list) else (str(given),)
