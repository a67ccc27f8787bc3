"""Where the pages of submissions lie below the folder of reports: unlike names never meet."""

from __future__ import annotations

import hashlib
import re

from groundschool.results import Shown

PAGES = "candidates"  # the folder of candidates' folders
PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")


def page_path(shown: Shown) -> str:
    """Where a submission's page lies below the report's folder, `candidates/<candidate>/<topic>.html`; unlike names
    never meet, and none meets what is written for the course.

    An earlier hand-in's page has the beginning of its hash in its name.
    """
    earlier = "" if shown.newest else f"~{shown.work[:8]}"
    return f"{PAGES}/{_file_name(shown.result.candidate)}/{_file_name(shown.result.topic)}{earlier}.html"


def _file_name(name: str) -> str:
    """`name` where it is a plain file name, else its plain characters and a hash, so that unlike names stay apart."""
    if PLAIN_NAME.fullmatch(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:40] or "unnamed"
    return f"{plain}~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
