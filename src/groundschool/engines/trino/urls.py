"""Functions of addresses, done in Python."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote_plus, unquote_plus, urlsplit

from groundschool.engines.trino.jsons import Function
from groundschool.engines.trino.typed import FAILURE


def _part(name: str, text: str) -> str | None:
    try:
        found = urlsplit(text)
        value = found.hostname if name == "host" else getattr(found, name)
    except ValueError:
        return None
    return value


def _port(text: str) -> int | None:
    try:
        return urlsplit(text).port
    except ValueError:
        return None


def _parameter(text: str, name: str) -> str | None:
    try:
        pairs = parse_qsl(urlsplit(text).query, keep_blank_values=True)
    except ValueError:
        return None
    return next((value for key, value in pairs if key == name), None)


def _decode(text: str) -> str:
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        raise ValueError(f"{FAILURE}INVALID_FUNCTION_ARGUMENT: malformed encoding: {text[:60]}") from None


ALL = {
    "url_extract_host": Function("trino_url_host", lambda text: _part("hostname", text), ("VARCHAR",), "VARCHAR"),
    "url_extract_path": Function("trino_url_path", lambda text: _part("path", text), ("VARCHAR",), "VARCHAR"),
    "url_extract_query": Function("trino_url_query", lambda text: _part("query", text), ("VARCHAR",), "VARCHAR"),
    "url_extract_protocol": Function("trino_url_scheme", lambda text: _part("scheme", text), ("VARCHAR",), "VARCHAR"),
    "url_extract_fragment": Function(
        "trino_url_fragment", lambda text: _part("fragment", text), ("VARCHAR",), "VARCHAR"
    ),
    "url_extract_port": Function("trino_url_port", _port, ("VARCHAR",), "BIGINT"),
    "url_extract_parameter": Function("trino_url_parameter", _parameter, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    "url_encode": Function("trino_url_encode", lambda text: quote_plus(text, safe="*-._"), ("VARCHAR",), "VARCHAR"),
    "url_decode": Function("trino_url_decode", _decode, ("VARCHAR",), "VARCHAR"),
}
