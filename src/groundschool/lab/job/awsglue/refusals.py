"""What this library does not do: an error that says so, never another result than Glue's."""

from __future__ import annotations


class NotDone(Exception):
    """The lab does not do what was asked."""


class NotThere(NotDone, AttributeError):
    """The lab does not have a part of `awsglue`."""


def missing(owner: str, name: str) -> NotThere:
    """For `__getattr__`: says that `owner` lacks `name` here, though Glue may have it."""
    return NotThere(f"The lab does not have {owner}.{name}.")


def check_options(owner: str, given: dict[str, object]) -> None:
    """Raises NotDone where one of these options, which are not done here, is set."""
    for name, value in given.items():
        if value:
            raise NotDone(f"The lab does not do the option {name} of {owner}.")
