"""Ground School: an autograded data-engineering course in Jupyter notebooks."""

import sys

__version__ = "0.1.0"

# jsonschema, by which nbformat reads notebooks, uses this where it is installed and builds a grammar of addresses with
# it: two seconds of processor time in every process, for a format that no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
