"""An author's solution in the source of a cell: the marked regions, and the remark that closes them, on why it matters.

That the marks are in order is `authoring.regions`'s; what a solution earns is not known here.
"""

from __future__ import annotations

import re

REGION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION[^\n]*\n(.*?)^[ \t]*### END SOLUTION[^\n]*\n?", re.MULTILINE | re.DOTALL
)
PLACEHOLDER = re.compile(r"^[ \t]*\.\.\.[ \t]*\n(?=[ \t]*### BEGIN SOLUTION)", re.MULTILINE)
WHY = re.compile(r"^[ \t]*# Why: .*(?:\n[ \t]*#.*)*\n?", re.MULTILINE)


def handed_in(source: str) -> str:
    """The cell as a candidate would hand it in: without marks, starter and remark; as it is where it has no region.

    A region inside a function completes it, any other replaces what stands above it but a magic.
    """
    regions = list(REGION.finditer(source))
    if any(region.group(1) for region in regions):
        return without_why(REGION.sub(r"\2", PLACEHOLDER.sub("", source))).strip()
    magic = source.split("\n", 1)[0] + "\n" if source.startswith("%%") else ""
    return magic + words(source).strip() if regions else source.strip()


def words(source: str) -> str:
    """What stands in the regions of a cell, without the remark; the whole where it has none."""
    found = _inside(source)
    return without_why(found) if found else source


def without_why(source: str) -> str:
    """The source without its remark."""
    return WHY.sub("", source)


def why(source: str) -> str:
    """The remark in a region as text; empty where there is none."""
    found = WHY.search(_inside(source))
    return "\n".join(line.strip().removeprefix("#").strip() for line in found.group(0).splitlines()) if found else ""


def _inside(source: str) -> str:
    return "\n".join(region.group(2) for region in REGION.finditer(source))
