"""Redshift's SQL on DuckDB.

A statement is parsed by sqlglot, given types and names as Redshift gives them, and written anew for DuckDB; no text of
the caller's reaches it. What is not known here is refused in words, never run as something else. Where objects are, and
which roles may read them, is the caller's.
"""

from groundschool.engines.redshift.answering import open

__all__ = ["open"]
