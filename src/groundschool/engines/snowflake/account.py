"""An account: databases in a DuckDB of their own that reaches no file and takes no setting, and the objects beside
them.
"""

from __future__ import annotations

import contextlib
import copy
import os
import re
import threading
from collections.abc import Iterator
from typing import Any

from fakesnow import info_schema, macros
from fakesnow.instance import FakeSnow
from fakesnow.transforms import stage

from groundschool.engines.snowflake.failure import NotDone
from groundschool.engines.snowflake.objects import Objects

OWN = ("_fs_global", "memory", "system", "temp")
SETTINGS = (
    "SET enable_external_access = false",
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET memory_limit = '400MB'",
    "SET threads = 1",
    "SET allowed_configs = ['schema', 'search_path']",
    "SET lock_configuration = true",
)
PLAIN = re.compile(r"[A-Z_][A-Z0-9_]*")
with contextlib.suppress(OSError):
    os.rmdir(stage.LOCAL_BUCKET_PATH)  # made when fakesnow is imported, and left; stages lie on the lab's S3
START = "LAB"  # the database that every account begins with


class Account:
    """One account. `lock` is held by whoever runs a statement: the objects beside the tables have no other."""

    def __init__(self) -> None:
        self.fake = FakeSnow(create_database_on_connect=False, create_schema_on_connect=False)
        self.objects = Objects()
        self.times_emptied = 0
        self.lock = threading.RLock()
        for setting in SETTINGS:
            self.fake.duck_conn.execute(setting)

    def begin(self) -> None:
        """Makes the database that an account begins with."""
        self.create_database(START)

    def empty(self) -> None:
        """Makes it what it was after `begin`: a tenth of the work of a new one. Raises duckdb.Error where a transaction
        is open in it."""
        duck = self.fake.duck_conn.cursor()
        for database in self.databases():
            if database != START:
                duck.execute(f"DETACH {database}")
        asked = "SELECT schema_name FROM duckdb_schemas() WHERE database_name = ? AND NOT internal"
        for (schema,) in duck.execute(asked, [START]).fetchall():
            if schema != "_fs_information_schema":
                duck.execute(f"DROP SCHEMA {START}.{identifier(schema)} CASCADE")
        duck.execute(f"CREATE SCHEMA {START}.PUBLIC")
        for schema, table, _ in list(_tables(duck.cursor(), "_fs_global")):
            duck.execute(f"DELETE FROM _fs_global.{identifier(schema)}.{identifier(table)}")
        self.fake.results_cache.clear()
        self.objects = Objects()
        self.times_emptied += 1

    def create_database(self, name: str) -> None:
        """Makes an empty database with its schema PUBLIC. Raises Failed."""
        if not PLAIN.fullmatch(name):
            raise NotDone("make databases whose names need quotes")
        duck = self.fake.duck_conn.cursor()
        duck.execute(f"ATTACH ':memory:' AS {name}")
        duck.execute(info_schema.per_db_creation_sql(name))
        duck.execute(macros.creation_sql(name))
        duck.execute(f"CREATE SCHEMA {name}.PUBLIC")

    def databases(self) -> list[str]:
        """The names of its databases."""
        found = self.fake.duck_conn.cursor().execute("SELECT database_name FROM duckdb_databases()").fetchall()
        return [name for (name,) in found if name not in OWN]

    def has_schema(self, database: str, schema: str) -> bool:
        """Whether there is such a schema, its name spelled so."""
        asked = "SELECT 1 FROM duckdb_schemas() WHERE database_name = ? AND schema_name = ?"
        return bool(self.fake.duck_conn.cursor().execute(asked, [database, schema]).fetchall())

    def clone(self) -> Account:
        """Another account with all that is committed in this one."""
        made = Account()
        made.objects = copy.deepcopy(self.objects)
        for database in self.databases():
            made.create_database(database)
            copy_database(self.fake.duck_conn.cursor(), made.fake.duck_conn.cursor(), database, database)
        _copy_tables(self.fake.duck_conn.cursor(), made.fake.duck_conn.cursor(), "_fs_global", "_fs_global")
        return made


def copy_database(source: Any, target: Any, name: str, new: str) -> None:
    """Copies schemas, sequences, tables and views of a database into one that is there and empty."""
    asked = "SELECT schema_name FROM duckdb_schemas() WHERE database_name = ? AND NOT internal"
    for (schema,) in source.execute(asked, [name]).fetchall():
        target.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(new)}.{identifier(schema)}")
    asked = (
        "SELECT schema_name, sequence_name, start_value, increment_by, last_value FROM duckdb_sequences() "
        "WHERE database_name = ?"
    )
    for schema, sequence, start, step, last in source.execute(asked, [name]).fetchall():
        place = f"{identifier(new)}.{identifier(schema)}.{identifier(sequence)}"
        first = start if last is None else last + step
        target.execute(f"CREATE SEQUENCE {place} START {first} INCREMENT {step}")
    _copy_tables(source, target, name, new)
    asked = "SELECT schema_name, sql FROM duckdb_views() WHERE database_name = ? AND NOT internal ORDER BY view_oid"
    for schema, sql in source.execute(asked, [name]).fetchall():
        if schema != "_fs_information_schema":
            target.execute(f"USE {identifier(new)}.{identifier(schema)}")
            target.execute(sql)


def _copy_tables(source: Any, target: Any, name: str, new: str) -> None:
    for schema, table, sql in _tables(source, name):
        place = f"{identifier(schema)}.{identifier(table)}"
        if schema != "_fs_information_schema":
            target.execute(f"USE {identifier(new)}.{identifier(schema)}")
            target.execute(sql.replace(f" {place}", f" {identifier(table)}", 1))
        rows = source.execute(f"SELECT * FROM {identifier(name)}.{place}").to_arrow_table()
        if rows.num_rows:
            target.register("_copied", rows)
            target.execute(f"INSERT INTO {identifier(new)}.{place} SELECT * FROM _copied")
            target.unregister("_copied")


def _tables(source: Any, name: str) -> Iterator[tuple[str, str, str]]:
    asked = "SELECT schema_name, table_name, sql FROM duckdb_tables() WHERE database_name = ? AND NOT temporary"
    yield from source.execute(asked, [name]).fetchall()


def identifier(name: str) -> str:
    """A name in DuckDB's quotes."""
    return '"' + name.replace('"', '""') + '"'
