"""The statements around files, by the words they begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from groundschool.engines.snowflake import copying, definitions, pipes, transfers, unloading
from groundschool.engines.snowflake.outcome import Outcome
from groundschool.engines.snowflake.words import Words

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

Handler = Callable[["Session", Words], Outcome]
Making = Callable[["Session", Words, bool], Outcome]


def _copy(session: Session, words: Words) -> Outcome:
    to_files = words.next.kind in ("stage", "text")
    return unloading.unload(session, words) if to_files else copying.copy(session, words)


def _creating(kind: str, make: Making) -> Mapping[str, Handler]:
    """The forms of a CREATE."""
    forms = {"": False, "OR REPLACE ": True}
    before = {"TEMPORARY ", "TEMP ", ""} if kind in ("STAGE", "FILE FORMAT") else {""}

    def handler(replaces: bool) -> Handler:
        return lambda session, words: make(session, words, replaces)

    return {
        f"CREATE {form}{temporary}{kind}": handler(replaces) for form, replaces in forms.items() for temporary in before
    }


HANDLERS: Mapping[str, Handler] = {
    "COPY INTO": _copy,
    "LIST": transfers.listed,
    "LS": transfers.listed,
    "REMOVE": transfers.removed,
    "RM": transfers.removed,
    "PUT": transfers.put,
    "GET": transfers.get,
    **_creating("STAGE", definitions.create_stage),
    **_creating("FILE FORMAT", definitions.create_format),
    **_creating("STORAGE INTEGRATION", definitions.create_integration),
    **_creating("PIPE", pipes.create),
    "ALTER STAGE": definitions.alter_stage,
    "ALTER PIPE": pipes.alter,
    "DROP STAGE": definitions.drop("STAGE", "stages"),
    "DROP FILE FORMAT": definitions.drop("FILE FORMAT", "formats"),
    "DROP PIPE": pipes.drop,
    "DROP INTEGRATION": definitions.drop("INTEGRATION", "integrations"),
    "DROP STORAGE INTEGRATION": definitions.drop("INTEGRATION", "integrations"),
    "SHOW STAGES": definitions.show_stages,
    "SHOW FILE FORMATS": definitions.show_formats,
    "SHOW PIPES": pipes.show,
    "DESC INTEGRATION": definitions.describe_integration,
    "DESCRIBE INTEGRATION": definitions.describe_integration,
    "DESC STORAGE INTEGRATION": definitions.describe_integration,
    "DESC STAGE": definitions.describe_stage,
    "DESCRIBE STAGE": definitions.describe_stage,
    "DESC PIPE": pipes.describe,
    "DESCRIBE PIPE": pipes.describe,
}
