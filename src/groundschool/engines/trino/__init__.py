"""Trino's SQL over tables of files, on DuckDB: what Athena runs. `session.run` is the door.

A statement is parsed by sqlglot, given types and names as Trino gives them, and written anew for DuckDB; no text of the
caller's reaches it. What is not known here is refused in words, never run as something else. Where definitions and
files are, and who may read them, is the caller's.
"""
