"""The settings of a session: those that a client may change, and those that it may set to what they are."""

from __future__ import annotations

from groundschool.engines.redshift import types
from groundschool.engines.redshift.failure import Failed, NotDone
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.parse import Reader

SETTINGS = {"timezone": "UTC", "client_encoding": "UTF8", "datestyle": "ISO, MDY", "extra_float_digits": "0",
            "statement_timeout": "0", "application_name": "", "query_group": "default", "search_path": "",
            "enable_result_cache_for_session": "on", "enable_case_sensitive_identifier": "off",
            "describe_field_name_in_uppercase": "off", "transaction_isolation": "serializable",
            "server_version": "8.0.2", "standard_conforming_strings": "on"}  # fmt: skip
FREE = ("client_encoding", "extra_float_digits", "statement_timeout", "application_name", "query_group",
        "enable_result_cache_for_session")  # fmt: skip
FIRST_PATH = ("public",)


class Settings:
    """By name. `path` are the schemas in which names without one are looked for."""

    def __init__(self) -> None:
        self.path: tuple[str, ...] = FIRST_PATH
        self._values = dict(SETTINGS)

    def set(self, words: Reader) -> Outcome:
        """SET, behind its first word. Raises Failed."""
        words.takes("SESSION") or words.takes("LOCAL")
        name = words.name()
        if not (words.takes("TO") or words.takes("=")):
            raise NotDone(f"do SET {name.upper()} so")
        given = []
        while words.next is not None:
            given.append(words.string() if words.sees_string() else words.word().lower())
            words.takes(",")
        if name == "search_path":
            self.path = tuple(part.strip(' "').lower() for each in given for part in each.split(",") if part.strip())
            self.path = tuple(each for each in self.path if each != "$user") if given != ["default"] else FIRST_PATH
            return Outcome("SET")
        if name not in SETTINGS:
            raise Failed("42704", f'unrecognized configuration parameter "{name}"')
        value = " ".join(given)
        if name not in FREE and value.replace("'", "").lower() not in (self._values[name].lower(), "default", "iso"):
            raise NotDone(f"set {name} to {value}")
        self._values[name] = value
        return Outcome("SET")

    def reset(self, name: str) -> Outcome:
        """RESET of one, or of all. Raises Failed."""
        if name != "all" and name not in SETTINGS:
            raise Failed("42704", f'unrecognized configuration parameter "{name}"')
        self._values |= SETTINGS if name == "all" else {name: SETTINGS[name]}
        self.path = FIRST_PATH if name in ("all", "search_path") else self.path
        return Outcome("RESET")

    def show(self, name: str) -> Outcome:
        """SHOW. Raises Failed."""
        if name not in SETTINGS:
            raise Failed("42704", f'unrecognized configuration parameter "{name}"')
        shown = ", ".join(self.path) if name == "search_path" else self._values[name]
        return Outcome("SHOW", ((name, types.varchar()),), [(shown,)])
