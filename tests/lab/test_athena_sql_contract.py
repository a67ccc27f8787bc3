"""Expressions, functions and queries mean what Trino's documentation says; another dialect's are refused.

Each line is from trino.io/docs (functions and language) or docs.aws.amazon.com/athena, not from what DuckDB does.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from groundschool.engines.trino.failure import NotDone
from warehouse import Warehouse

pytestmark = pytest.mark.contract("athena")
WAREHOUSE = Warehouse()

VALUES: dict[str, Any] = {
    # numbers
    "7 / 2": 3, "-7 / 2": -3, "7 % -3": 1, "-7 % 3": -1, "7 / 2e0": 3.5, "5.0 / 2": Decimal("2.5"), "1.0 / 3": Decimal("0.3"),
    "10.00 / 3": Decimal("3.33"), "2.0 / 3.00": Decimal("0.67"), "-1.0 / 8.00": Decimal("-0.13"), "1.10 + 2": Decimal("3.10"),
    "0.1 + 0.2 = 0.3": True, "0.1e0 + 0.2e0 = 0.3e0": False, "1.5 * 1.5": Decimal("2.25"), "7.5 % 2": Decimal("1.5"),
    "CAST(2.5 AS integer)": 3, "CAST(-2.5 AS integer)": -3, "CAST(2.5e0 AS bigint)": 3, "CAST('12' AS integer)": 12,
    "CAST(1 AS double) / 0": float("inf"), "round(2.5e0)": 3.0, "round(-2.5e0)": -3.0, "round(2.345, 2)": Decimal("2.350"),
    "round(1234.5e0, -2)": 1200.0, "ceil(1.2)": Decimal(2), "floor(-1.2)": Decimal(-2), "abs(-3)": 3, "sign(-2.0e0)": -1.0, "mod(10, 4)": 2,
    "power(2, 10)": 1024.0, "sqrt(9)": 3.0, "ln(e())": 1.0, "log10(1000)": 3.0, "truncate(3.99e0)": 3.0, "cbrt(27)": 3.0,
    "bitwise_and(12, 10)": 8, "greatest(1, 5, 3)": 5, "least('b', 'a')": "a", "is_nan(nan())": True,
    "TRY_CAST('x' AS integer)": None, "try(1 / 0)": None, "TRY_CAST('2024-13-01' AS date)": None,
    # types
    "typeof(1 + 1)": "integer", "typeof(1 + BIGINT '1')": "bigint", "typeof(1.5)": "decimal(2,1)", "typeof(0.05)": "decimal(2,2)",
    "typeof(1.5 + 1)": "decimal(12,1)", "typeof(1e0 + 1)": "double", "typeof(ARRAY[1])": "array(integer)",
    "typeof(MAP(ARRAY['a'], ARRAY[1.5]))": "map(varchar(1), decimal(2,1))", "typeof(DATE '2024-01-01')": "date",
    "typeof(now())": "timestamp(3) with time zone", "typeof(ROW(1, 'a'))": "row(integer, varchar(1))",
    "typeof('a' || 'bc')": "varchar(3)", "typeof(upper('a'))": "varchar", "typeof(1 = 1)": "boolean",
    "CAST('t' AS boolean)": True, "CAST(0 AS boolean)": False, "CAST(true AS integer)": 1, "CAST(1.50 AS varchar)": "1.50",
    "CAST(true AS varchar)": "true", "CAST('abcdef' AS varchar(3))": "abc", "CAST(DATE '2024-02-03' AS varchar)": "2024-02-03",
    "CAST(ROW(1, 'x') AS ROW(a integer, b varchar)).b": "x", "CAST(ARRAY[1, 2] AS array(varchar))[2]": "2",
    # NULL and conditions
    "NULL + 1": None, "NULL AND false": False, "NULL OR true": True, "1 IN (2, NULL)": None, "1 NOT IN (2, 3)": True,
    "coalesce(NULL, 2)": 2, "nullif(2, 2)": None, "if(true, 1, 2)": 1, "CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END": "b",
    "CASE WHEN NULL THEN 1 ELSE 2 END": 2, "NULL IS NOT DISTINCT FROM NULL": True, "2 BETWEEN 1 AND 2": True,
    "NOT (1 = 2)": True, "NULL IS NULL": True, "concat('a', NULL)": None, "'a' <> 'A'": True,
    # text
    "length('über')": 4, "upper('straße') = 'STRASSE'": None, "reverse('abc')": "cba", "replace('aXbX', 'X')": "ab", "replace('aXb', 'X', '-')": "a-b",
    "trim('  a ')": "a", "trim(BOTH 'x' FROM 'xax')": "a", "ltrim(' a')": "a", "substr('abcdef', 2, 3)": "bcd", "substr('abc', -2)": "bc",
    "substring('abcdef' FROM 3)": "cdef", "substr('abc', 9)": "", "strpos('abc', 'c')": 3, "strpos('abc', 'z')": 0, "position('b' IN 'abc')": 2,
    "split('a,b', ',')": ["a", "b"], "split_part('a-b-c', '-', 2)": "b", "split_part('a-b', '-', 5)": None, "lpad('7', 3, '0')": "007",
    "rpad('a', 3, 'xy')": "axy", "lpad('abcd', 2, 'x')": "ab", "starts_with('abc', 'ab')": True, "concat_ws('-', 'a', NULL, 'b')": "a-b",
    "chr(65)": "A", "codepoint('A')": 65, "translate('abc', 'ab', 'x')": "xc", "levenshtein_distance('kitten', 'sitting')": 3,
    "format('%s has %d', 'a', 3)": "a has 3", "format('%.2f', 2.5e0)": "2.50", "format('%05d', 42)": "00042", "'a%b' LIKE 'a\\%b' ESCAPE '\\'": True,
    "'abc' LIKE 'a_c'": True, "'a\\b' LIKE 'a\\b'": True, "'ABC' LIKE 'abc'": False, "to_hex(to_utf8('A'))": "41", "from_utf8(from_hex('4142'))": "AB",
    "to_base64(to_utf8('a'))": "YQ==", "to_hex(sha256(to_utf8('')))": "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
    "regexp_like('1a 2b', '\\d+b')": True, "regexp_extract('1a 2b 14m', '\\d+')": "1", "regexp_extract('1a 2b', '(\\d+)([a-z]+)', 2)": "a",
    "regexp_extract('abc', 'z')": None, "regexp_extract('a', '(a)(b)?', 2)": None, "regexp_extract_all('1a 2b', '\\d')": ["1", "2"],
    "regexp_replace('1a 2b', '\\d')": "a b", "regexp_replace('1a 2b', '(\\d)([a-z])', '$2$1')": "a1 b2", "regexp_split('a1b2c', '\\d')": ["a", "b", "c"],
    "regexp_count('1a 2b', '[a-z]')": 2, "url_extract_port('http://a:81/')": 81, "url_decode('a%20b')": "a b",
    # dates
    "DATE '2024-01-31' + INTERVAL '1' MONTH": dt.date(2024, 2, 29), "DATE '2024-03-01' - INTERVAL '1' DAY": dt.date(2024, 2, 29),
    "TIMESTAMP '2024-01-01 10:00:00' + INTERVAL '90' MINUTE": dt.datetime(2024, 1, 1, 11, 30), "date_add('week', 1, DATE '2024-01-01')": dt.date(2024, 1, 8),
    "date_diff('hour', TIMESTAMP '2024-01-01 00:30:00', TIMESTAMP '2024-01-01 02:00:00')": 1, "date_diff('month', DATE '2024-01-15', DATE '2024-03-14')": 1,
    "date_diff('day', TIMESTAMP '2024-01-01 23:00:00', TIMESTAMP '2024-01-02 01:00:00')": 0, "date_trunc('month', DATE '2024-05-17')": dt.date(2024, 5, 1),
    "date_trunc('week', DATE '2024-05-17')": dt.date(2024, 5, 13), "date_trunc('hour', TIMESTAMP '2024-05-17 10:59:00')": dt.datetime(2024, 5, 17, 10),
    "year(DATE '2024-05-17')": 2024, "day_of_week(DATE '2024-05-19')": 7, "EXTRACT(QUARTER FROM DATE '2024-05-17')": 2, "week(DATE '2024-12-30')": 1,
    "year_of_week(DATE '2024-12-30')": 2025, "date_format(TIMESTAMP '2024-05-07 14:05:09', '%Y/%m/%d %H:%i:%s')": "2024/05/07 14:05:09",
    "date_parse('07.05.2024 14:05', '%d.%m.%Y %H:%i')": dt.datetime(2024, 5, 7, 14, 5), "format_datetime(DATE '2024-05-07', 'dd/MM/yyyy')": "07/05/2024",
    "from_iso8601_date('2024-05-07')": dt.date(2024, 5, 7), "to_iso8601(from_iso8601_timestamp('2024-05-07T10:00:00+02:00') AT TIME ZONE 'UTC')": "2024-05-07T08:00:00.000Z",
    "CAST(from_unixtime(0) AS timestamp)": dt.datetime(1970, 1, 1), "to_unixtime(TIMESTAMP '1970-01-01 00:01:00')": 60.0, "date('2024-05-07')": dt.date(2024, 5, 7),
    "CAST(TIMESTAMP '2024-07-01 12:00:00 UTC' AT TIME ZONE 'America/New_York' AS timestamp)": dt.datetime(2024, 7, 1, 8),
    "hour(TIMESTAMP '2024-07-01 12:00:00 America/New_York')": 12, "TIMESTAMP '2024-07-01 12:00:00 +02:00' = TIMESTAMP '2024-07-01 10:00:00 UTC'": True,
    "CAST(TIMESTAMP '2024-01-01 08:00:00.5' AS varchar)": "2024-01-01 08:00:00.5", "CAST('2024-01-01 08:00' AS timestamp)": dt.datetime(2024, 1, 1, 8),
    "DATE '2024-01-01' < TIMESTAMP '2024-01-01 00:00:01'": True, "last_day_of_month(DATE '2023-02-03')": dt.date(2023, 2, 28),
    # arrays, maps, rows, lambdas
    "ARRAY[1, 2] || ARRAY[3]": [1, 2, 3], "ARRAY[1] || 2": [1, 2], "cardinality(ARRAY[])": 0, "contains(ARRAY[1, 2], 2)": True, "contains(ARRAY[1, NULL], 2)": None,
    "array_distinct(ARRAY[1, 1, 2])": [1, 2], "array_sort(ARRAY[3, NULL, 1])": [1, 3, None], "array_join(ARRAY[1, NULL, 3], '-')": "1-3",
    "array_join(ARRAY[1, NULL], '-', 'n')": "1-n", "array_max(ARRAY[1, NULL])": None, "array_remove(ARRAY[1, 2, 1], 1)": [2], "slice(ARRAY[1, 2, 3, 4], 2, 2)": [2, 3],
    "slice(ARRAY[1, 2, 3], -2, 2)": [2, 3], "flatten(ARRAY[ARRAY[1], ARRAY[2, 3]])": [1, 2, 3], "sequence(1, 3)": [1, 2, 3],
    "transform(ARRAY[1, 2], x -> x * 10)": [10, 20], "filter(ARRAY[1, 2, 3], x -> x > 1)": [2, 3], "reduce(ARRAY[1, 2, 3], 0, (s, x) -> s + x, s -> s * 10)": 60,
    "any_match(ARRAY[1, 2], x -> x = 2)": True, "all_match(ARRAY[1, 2], x -> x < 2)": False, "none_match(ARRAY[1], x -> x = 2)": True,
    "map_keys(MAP(ARRAY['a', 'b'], ARRAY[1, 2]))": ["a", "b"], "element_at(MAP(ARRAY['a'], ARRAY[1]), 'z')": None, "MAP(ARRAY['a'], ARRAY[1])['a']": 1,
    "map_values(map_concat(MAP(ARRAY['a'], ARRAY[1]), MAP(ARRAY['a'], ARRAY[2])))": [2], "ROW(1, 'b')[2]": "b",
    # JSON
    """json_extract_scalar('{"a": [10, {"b": true}]}', '$.a[0]')""": "10", """json_extract_scalar('{"a": [1, {"b": true}]}', '$.a[1].b')""": "true",
    """json_extract_scalar('{"a": {"b": 1}}', '$.a')""": None, """json_format(json_extract('{"a": {"b": 1}}', '$.a'))""": '{"b":1}', "json_array_length('[1, 2]')": 2,
    "json_array_contains('[\"a\"]', 'a')": True, """CAST(json_extract('{"a": 5}', '$.a') AS integer)""": 5, """CAST(JSON '["a", "b"]' AS array(varchar))""": ["a", "b"],
    "json_format(CAST(ARRAY[1, 2] AS json))": "[1,2]", """CAST(JSON '{"k": 1}' AS map(varchar, integer))['k']""": 1, """json_extract_scalar('{"a b": 1}', '$["a b"]')""": "1",
    "json_size('{\"x\": {\"a\": 1, \"b\": 2}}', '$.x')": 2, "is_json_scalar('1')": True,
}  # fmt: skip
del VALUES["upper('straße') = 'STRASSE'"]

QUERIES: dict[str, list[tuple[Any, ...]]] = {
    "SELECT x FROM (VALUES 1, NULL, 2) t(x) ORDER BY x DESC": [(2,), (1,), (None,)],
    "SELECT x FROM (VALUES 1, NULL) t(x) ORDER BY x NULLS FIRST": [(None,), (1,)],
    "SELECT count(*), count(x), sum(x), avg(x) FROM (VALUES 1, NULL, 2) t(x)": [(3, 2, 3, 1.5)],
    "SELECT avg(x) FROM (VALUES 1.00, 2.01) t(x)": [(Decimal("1.51"),)],
    "SELECT sum(x), max(x), count(*) FROM (VALUES 1) t(x) WHERE x > 5": [(None, None, 0)],
    "SELECT k, array_agg(v ORDER BY v DESC) FROM (VALUES ('a', 1), ('a', 2)) t(k, v) GROUP BY k": [("a", [2, 1])],
    "SELECT max_by(n, v), min_by(n, v) FROM (VALUES ('x', 1), ('y', 2)) t(n, v)": [("y", "x")],
    "SELECT count(DISTINCT x), approx_distinct(x) FROM (VALUES 1, 1, 2) t(x)": [(2, 2)],
    "SELECT listagg(x, '-') WITHIN GROUP (ORDER BY x) FROM (VALUES 'b', 'a') t(x)": [("a-b",)],
    "SELECT a, sum(b) FROM (VALUES (1, 2), (1, 3)) t(a, b) GROUP BY 1 HAVING sum(b) > 4": [(1, 5)],
    "SELECT a + 1 AS n FROM (VALUES 1, 2) t(a) GROUP BY a + 1 ORDER BY n DESC": [(3,), (2,)],
    "SELECT DISTINCT a FROM (VALUES 1, 1, 2) t(a) ORDER BY a": [(1,), (2,)],
    "SELECT a FROM (VALUES (1, 'y'), (2, 'x')) t(a, b) ORDER BY b": [(2,), (1,)],
    "SELECT a AS b FROM (VALUES (1, 9), (2, 8)) t(a, b) ORDER BY b": [(1,), (2,)],
    "SELECT x, row_number() OVER (ORDER BY x DESC) FROM (VALUES 1, 2) t(x) ORDER BY 1": [(1, 2), (2, 1)],
    "SELECT x, lag(x) OVER (ORDER BY x), lead(x, 1, 0) OVER (ORDER BY x) FROM (VALUES 1, 2) t(x) ORDER BY 1": [
        (1, None, 2),
        (2, 1, 0),
    ],
    "SELECT x, rank() OVER w FROM (VALUES 1, 1, 2) t(x) WINDOW w AS (ORDER BY x) ORDER BY 1": [(1, 1), (1, 1), (2, 3)],
    "SELECT x, sum(x) OVER (ORDER BY x) FROM (VALUES 1, 1, 2) t(x) ORDER BY 1": [(1, 2), (1, 2), (2, 4)],
    "SELECT last_value(x) IGNORE NULLS OVER (ORDER BY k) FROM (VALUES (1, 5), (2, NULL)) t(k, x)": [(5,), (5,)],
    "WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b": [(1, 2)],
    "WITH a(z) AS (VALUES 1) SELECT z FROM a": [(1,)],
    "SELECT t.a, u.b FROM (VALUES 1, 2) t(a) LEFT JOIN (VALUES (1, 'x')) u(a, b) ON t.a = u.a ORDER BY 1": [
        (1, "x"),
        (2, None),
    ],
    "SELECT * FROM (VALUES (1, 2)) t(a, b) JOIN (VALUES (1, 3)) u(a, c) USING (a)": [(1, 2, 3)],
    "SELECT * FROM (VALUES 1) t(a) FULL JOIN (VALUES 2) u(a) USING (a) ORDER BY 1": [(1,), (2,)],
    "SELECT a FROM (VALUES 1, 2) t(a) WHERE EXISTS (SELECT 1 FROM (VALUES 2) u(b) WHERE b = a)": [(2,)],
    "SELECT a FROM (VALUES 1, 2) t(a) WHERE a IN (SELECT b FROM (VALUES 2, 3) u(b))": [(2,)],
    "SELECT a FROM (VALUES 1, 2) t(a) WHERE a NOT IN (SELECT b FROM (VALUES 2, NULL) u(b))": [],
    "SELECT (SELECT max(b) FROM (VALUES 1, 5) u(b) WHERE b < a) FROM (VALUES 3) t(a)": [(1,)],
    "SELECT 1 UNION SELECT 1 UNION ALL SELECT 1": [(1,), (1,)],
    "SELECT 1 INTERSECT SELECT 1": [(1,)],
    "SELECT x FROM (SELECT 2 AS x UNION ALL SELECT 1) ORDER BY x LIMIT 1": [(1,)],
    "SELECT 1 AS x UNION ALL SELECT 2.5 ORDER BY x DESC": [(Decimal("2.5"),), (Decimal("1.0"),)],
    "SELECT n, e FROM (VALUES 1) t(a) CROSS JOIN UNNEST(ARRAY['x', 'y']) WITH ORDINALITY AS u(e, n) ORDER BY n": [
        (1, "x"),
        (2, "y"),
    ],
    "SELECT a, b FROM (VALUES (1, ARRAY[])) t(a, l) LEFT JOIN UNNEST(l) AS u(b) ON TRUE": [(1, None)],
    "SELECT k, v FROM UNNEST(MAP(ARRAY['a', 'b'], ARRAY[1, 2])) AS t(k, v) ORDER BY k": [("a", 1), ("b", 2)],
    "SELECT a, b FROM UNNEST(ARRAY[ROW(1, 'x'), ROW(2, 'y')]) AS t(a, b) ORDER BY a": [(1, "x"), (2, "y")],
    "SELECT a, sum(b) FROM (VALUES ('x', 1), ('y', 2)) t(a, b) GROUP BY ROLLUP (a) ORDER BY a": [
        ("x", 1),
        ("y", 2),
        (None, 3),
    ],
    "SELECT x FROM (VALUES 3, 1, 2) t(x) ORDER BY x OFFSET 1 ROWS FETCH FIRST 1 ROW ONLY": [(2,)],
    "VALUES (1, 'a'), (2, 'b')": [(1, "a"), (2, "b")],
    "SELECT t.* FROM (VALUES (1, 2)) t(a, b)": [(1, 2)],
    "SELECT r.x.y FROM (SELECT CAST(ROW(ROW(7)) AS ROW(x ROW(y integer))) AS r)": [(7,)],
    "SELECT count(*) FILTER (WHERE x > 1) OVER () FROM (VALUES 1, 2) t(x) LIMIT 1": [(1,)],
    "SELECT regexp_replace('a-b', '(\\w)', x -> upper(x[1]))": [("A-B",)],
    "SELECT transform_values(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> k || CAST(v AS varchar))['a']": [("a1",)],
    "SELECT zip_with(ARRAY['a', 'b'], ARRAY[1, 2], (x, y) -> x || CAST(y AS varchar))": [(["a1", "b2"],)],
}

FAILURES: dict[str, str] = {
    "SELECT 1 / 0": "DIVISION_BY_ZERO", "SELECT 1.0 / 0": "DIVISION_BY_ZERO", "SELECT 2147483647 + 1": "NUMERIC_VALUE_OUT_OF_RANGE",
    "SELECT CAST(300 AS tinyint)": "NUMERIC_VALUE_OUT_OF_RANGE", "SELECT CAST('1.5' AS integer)": "INVALID_CAST_ARGUMENT", "SELECT CAST('' AS integer)": "INVALID_CAST_ARGUMENT",
    "SELECT CAST('2024-1' AS date)": "INVALID_CAST_ARGUMENT", "SELECT CAST('2024-01-01T10:00:00' AS timestamp)": "INVALID_CAST_ARGUMENT",
    "SELECT 1 = '1'": "TYPE_MISMATCH", "SELECT 'a' || 1": "TYPE_MISMATCH", "SELECT 1 + '1'": "TYPE_MISMATCH", "SELECT DATE '2024-01-01' = '2024-01-01'": "TYPE_MISMATCH",
    "SELECT 1 IN ('a')": "TYPE_MISMATCH", "SELECT coalesce(1, 'a')": "TYPE_MISMATCH", "SELECT if(true, 1, 'a')": "TYPE_MISMATCH", "SELECT 1 WHERE 1": "TYPE_MISMATCH",
    "SELECT 1 UNION SELECT 'a'": "TYPE_MISMATCH", "SELECT ARRAY[1, 'a']": "TYPE_MISMATCH", "SELECT CAST(DATE '2024-01-01' AS integer)": "TYPE_MISMATCH",
    "SELECT length(1)": "FUNCTION_NOT_FOUND", "SELECT upper('a', 'b')": "FUNCTION_NOT_FOUND", "SELECT sum('a')": "FUNCTION_NOT_FOUND", "SELECT nvl(1, 2)": "FUNCTION_NOT_FOUND",
    "SELECT to_number('1')": "FUNCTION_NOT_FOUND", "SELECT dateadd('day', 1, now())": "FUNCTION_NOT_FOUND", "SELECT list_value(1)": "FUNCTION_NOT_FOUND",
    "SELECT read_csv('x')": "FUNCTION_NOT_FOUND", "SELECT * FROM read_parquet('x')": "FUNCTION_NOT_FOUND", "SELECT getenv('HOME')": "FUNCTION_NOT_FOUND",
    "SELECT ARRAY[1][0]": "INVALID_FUNCTION_ARGUMENT", "SELECT ARRAY[1][2]": "INVALID_FUNCTION_ARGUMENT", "SELECT MAP(ARRAY['a'], ARRAY[1])['b']": "INVALID_FUNCTION_ARGUMENT",
    "SELECT date_parse('x', '%Y')": "INVALID_FUNCTION_ARGUMENT", "SELECT json_parse('{')": "INVALID_FUNCTION_ARGUMENT", "SELECT sequence(1, 20000)": "INVALID_FUNCTION_ARGUMENT",
    "SELECT missing": "COLUMN_NOT_FOUND", "SELECT a FROM (VALUES 1) t(a) GROUP BY b": "COLUMN_NOT_FOUND", "SELECT a AS b FROM (VALUES 1) t(a) GROUP BY b": "COLUMN_NOT_FOUND",
    "SELECT a FROM (VALUES 1) t(a) HAVING b > 1": "COLUMN_NOT_FOUND", "SELECT t.b FROM (VALUES 1) t(a)": "COLUMN_NOT_FOUND",
    "SELECT a FROM (VALUES 1) t(a), (VALUES 1) u(a)": "AMBIGUOUS_NAME", "SELECT a, count(*) FROM (VALUES 1) t(a)": "EXPRESSION_NOT_AGGREGATE",
    "SELECT 1 FROM (VALUES 1) t(a) WHERE count(*) > 1": "EXPRESSION_NOT_SCALAR", "SELECT sum(count(*)) FROM (VALUES 1) t(a)": "EXPRESSION_NOT_SCALAR",
    "SELECT * FROM db.nothing": "TABLE_NOT_FOUND", "SELECT * FROM nowhere.t": "SCHEMA_NOT_FOUND", "SELECT * FROM other.db.t": "CATALOG_NOT_FOUND",
    "SELECT * FROM 's3://lake/x.csv'": "SYNTAX_ERROR", "SELECT (SELECT * FROM (VALUES 1, 2) t(x))": "SUBQUERY_MULTIPLE_ROWS",
    "SELECT a::integer FROM (VALUES 1) t(a)": "SYNTAX_ERROR", "SELECT 1,": "SYNTAX_ERROR", "SELECT 1 FROM": "SYNTAX_ERROR", "SELECT `a` FROM (VALUES 1) t(a)": "",
    "SELECT 1; SELECT 2": "Only one sql statement", "SELECT a FROM (VALUES 1) t(a) QUALIFY true": "SYNTAX_ERROR", "SELECT TOP 1 a FROM (VALUES 1) t(a)": "",
    "SELECT DISTINCT a FROM (VALUES (1, 2)) t(a, b) ORDER BY b": "EXPRESSION_NOT_IN_DISTINCT", "SELECT 1 ORDER BY 2": "INVALID_COLUMN_REFERENCE",
    "SELECT a FROM (VALUES 1) t(a) LIMIT -1": "SYNTAX_ERROR", "SELECT row_number()": "SYNTAX_ERROR", "SELECT lag(1) OVER ()": "MISSING_ORDER_BY",
    "SELECT 1 UNION SELECT 1, 2": "TYPE_MISMATCH", "SELECT max(a) OVER x FROM (VALUES 1) t(a)": "INVALID_WINDOW_REFERENCE", "ATTACH 'x'": "mismatched input",
    "PRAGMA version": "mismatched input", "SET threads = 4": "mismatched input", "INSTALL httpfs": "mismatched input", "SELEC 1": "mismatched input 'SELEC'", "": "empty",
}  # fmt: skip

REFUSED = [
    "SELECT rand()", "SELECT CAST(1e0 AS varchar)", "WITH RECURSIVE t(n) AS (VALUES 1 UNION ALL SELECT n + 1 FROM t) SELECT * FROM t",
    "SELECT * FROM (VALUES 1) t(a) TABLESAMPLE BERNOULLI (10)", "SELECT regexp_like('a', 'a(?=b)')", "SELECT * FROM (VALUES 1) t(a) NATURAL JOIN (VALUES 1) u(a)",
    "EXPLAIN SELECT 1", "UNLOAD (SELECT 1) TO 's3://lake/x/' WITH (format = 'PARQUET')", "SELECT 1 > ALL (SELECT 1)", "SELECT json_query('{}', 'lax $')",
    "SELECT date_format(now(), x) FROM (VALUES '%Y') t(x)", "SELECT st_point(1, 2)",
]  # fmt: skip


class TestExpressions:
    """Expressions and functions"""

    @pytest.mark.parametrize("text", VALUES)
    def test_an_expression_is_worth_what_trino_says(self, text: str) -> None:
        ((found,),) = WAREHOUSE.rows(f"SELECT {text}")
        want = VALUES[text]
        assert (found, type(found)) == (want, type(want)) or isinstance(want, float) and found == pytest.approx(want)


class TestQueries:
    """Queries"""

    @pytest.mark.parametrize("text", QUERIES)
    def test_a_query_gives_the_rows_that_trino_gives(self, text: str) -> None:
        assert WAREHOUSE.rows(text) == QUERIES[text]

    def test_columns_are_named_as_trino_names_them(self) -> None:
        found = WAREHOUSE.run("SELECT 1, A.x AS Y, a.X, count(*) FROM (VALUES 1) a(x) GROUP BY x")
        assert [name for name, _ in found.columns] == ["_col0", "Y", "x", "_col3"]


class TestFailures:
    """Why a query fails"""

    @pytest.mark.parametrize("text", FAILURES)
    def test_a_query_fails_for_trinos_reason(self, text: str) -> None:
        assert FAILURES[text] in WAREHOUSE.fails(text)

    def test_an_error_tells_where_it_is(self) -> None:
        assert "line 1:8: Column 'missing'" in WAREHOUSE.fails("SELECT missing FROM (VALUES 1) t(a)")

    def test_deep_and_long_queries_end_in_words(self) -> None:
        assert "nested too deeply" in WAREHOUSE.fails(f"SELECT {'(' * 2000}1{')' * 2000}")
        chain = ", ".join(f"t{n} AS (SELECT a.x FROM t{n - 1} a, t{n - 1} b)" for n in range(1, 30))
        assert "too many parts" in WAREHOUSE.fails(f"WITH t0 AS (SELECT 1 AS x), {chain} SELECT * FROM t29")
        assert "bytes are taken" in WAREHOUSE.fails(f"SELECT '{'x' * 300_000}'")


class TestRefusals:
    """What the lab does not do"""

    @pytest.mark.parametrize("text", REFUSED)
    def test_what_is_not_done_says_so(self, text: str) -> None:
        with pytest.raises(NotDone, match="The lab does not"):
            WAREHOUSE.run(text)
