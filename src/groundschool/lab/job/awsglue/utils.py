"""Arguments of a job, as its script asks for them."""

from __future__ import annotations

from collections.abc import Sequence


class GlueArgumentError(Exception):
    """An argument that the script asks for was not given."""


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, str]:  # noqa: N802 (its name at AWS)
    """The values of these options among a script's arguments, given as `--name value` or `--name=value`."""
    given: dict[str, str] = {}
    words = list(args)
    for place, word in enumerate(words):
        name, sign, value = word.removeprefix("--").partition("=")
        if word.startswith("--"):
            given[name] = value if sign else words[place + 1] if place + 1 < len(words) else ""
    missing = [option for option in options if option not in given]
    if missing:
        words_of = ", ".join(f"--{option}" for option in missing)
        raise GlueArgumentError(f"the following arguments are required: {words_of}")
    return {option: given[option] for option in options}
