"""The functions a statement may call: those whose answers are Snowflake's here. Any other one is refused by name."""

from __future__ import annotations

from functools import cache

from groundschool.engines.snowflake.failure import Failed, NotDone, wrong
from groundschool.engines.snowflake.words import Word, split

DONE = frozenset(
    """
    COUNT SUM AVG MIN MAX LISTAGG ANY_VALUE COUNT_IF MEDIAN BOOLOR_AGG BOOLAND_AGG ARRAY_AGG STDDEV VARIANCE
    MIN_BY MAX_BY
    ROW_NUMBER RANK DENSE_RANK LAG LEAD FIRST_VALUE LAST_VALUE NTILE PERCENT_RANK CUME_DIST NTH_VALUE
    COALESCE NVL NVL2 IFNULL NULLIF IFF DECODE ZEROIFNULL NULLIFZERO GREATEST LEAST EQUAL_NULL DIV0 DIV0NULL
    ABS CEIL FLOOR ROUND TRUNC TRUNCATE MOD POWER POW SQRT SIGN EXP LN PI
    TO_NUMBER TO_DECIMAL TO_NUMERIC TRY_TO_NUMBER TRY_TO_DECIMAL TRY_TO_NUMERIC TO_DOUBLE TRY_TO_DOUBLE
    TO_BOOLEAN TO_VARCHAR TO_CHAR
    UPPER LOWER TRIM LTRIM RTRIM LENGTH LEN SUBSTR SUBSTRING LEFT RIGHT CONCAT CONCAT_WS REPLACE SPLIT SPLIT_PART
    CONTAINS STARTSWITH ENDSWITH POSITION CHARINDEX INITCAP LPAD RPAD REPEAT REVERSE TRANSLATE ASCII CHR
    REGEXP_REPLACE REGEXP_SUBSTR REGEXP_LIKE RLIKE REGEXP_COUNT MD5 SHA2
    DATEADD TIMEADD TIMESTAMPADD DATEDIFF TIMEDIFF TIMESTAMPDIFF DATE_TRUNC TRUNC DATE_PART EXTRACT
    YEAR MONTH DAY DAYOFMONTH HOUR MINUTE SECOND QUARTER WEEK DAYOFWEEK DAYOFYEAR DAYNAME MONTHNAME
    TO_DATE TRY_TO_DATE DATE TO_TIMESTAMP TO_TIMESTAMP_NTZ TRY_TO_TIMESTAMP TRY_TO_TIMESTAMP_NTZ TO_TIME TIME
    LAST_DAY NEXT_DAY PREVIOUS_DAY ADD_MONTHS TIME_SLICE DATE_FROM_PARTS DATEFROMPARTS
    CURRENT_DATE CURRENT_TIMESTAMP CURRENT_TIME GETDATE SYSDATE LOCALTIMESTAMP CONVERT_TIMEZONE
    PARSE_JSON TRY_PARSE_JSON OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL ARRAY_CONSTRUCT ARRAY_SIZE GET GET_PATH
    TO_VARIANT ARRAY_TO_STRING OBJECT_AGG
    FLATTEN GENERATOR SEQ4 SEQ8 RESULT_SCAN COPY_HISTORY SYSTEM$PIPE_STATUS
    CURRENT_DATABASE CURRENT_SCHEMA CURRENT_USER CURRENT_ROLE CURRENT_VERSION CURRENT_WAREHOUSE CURRENT_ACCOUNT
    CAST TRY_CAST
    """.split()  # noqa: SIM905  a list of names is read as words
)
# Words before a bracket that are no function's name: of statements, clauses and types.
WORDS = frozenset(
    """
    SELECT FROM WHERE AND OR NOT IN EXISTS AS ON USING VALUES OVER PARTITION BY ORDER GROUP HAVING QUALIFY LIMIT WITH
    UNION ALL EXCEPT MINUS INTERSECT CASE WHEN THEN ELSE END IS NULL LIKE ILIKE ANY SOME BETWEEN DISTINCT INSERT INTO
    TABLE VIEW UPDATE SET DELETE MERGE MATCHED CREATE REPLACE IF ALTER ADD COLUMN DROP PRIMARY KEY UNIQUE FOREIGN
    REFERENCES CONSTRAINT CHECK DEFAULT AUTOINCREMENT IDENTITY CLUSTER COMMENT JOIN LATERAL SAMPLE TABLESAMPLE BERNOULLI
    SYSTEM ROW BLOCK ROLLUP CUBE SETS GROUPING EXCLUDE RENAME REPLACE PIVOT UNPIVOT FOR WITHIN IGNORE RESPECT NULLS
    NUMBER DECIMAL NUMERIC DEC INT INTEGER BIGINT SMALLINT TINYINT BYTEINT FLOAT DOUBLE REAL VARCHAR STRING TEXT CHAR
    CHARACTER NCHAR NVARCHAR BINARY VARBINARY BOOLEAN DATETIME TIMESTAMP TIMESTAMP_NTZ TIMESTAMP_LTZ TIMESTAMP_TZ
    VARIANT OBJECT ARRAY AT BEFORE OFFSET FETCH FIRST ROWS RECURSIVE OVERWRITE TRANSIENT TEMPORARY TEMP START INCREMENT
    """.split()  # noqa: SIM905
)
OF_TYPES = frozenset({"CHAR", "DATE", "TIME", "TRUNC", "LEFT", "RIGHT", "REPLACE"})  # both a word and a function


def check(text: str) -> None:
    """Raises Failed for a call of a function that is not done, or that Snowflake does not have either."""
    words = split(text)
    if any(word.upper == "MATCH_RECOGNIZE" for word in words):
        raise NotDone("do MATCH_RECOGNIZE")
    for position, (before, word, after) in enumerate(zip([None, *words], words, words[1:], strict=False)):
        if after.text == "(" and word.kind == "word" and not _names_a_table(words, position, before):
            _check(word.upper)


def _check(name: str) -> None:
    if name in DONE or name in WORDS:
        return
    if name in _of_snowflake():
        raise NotDone(f"do the function {name}")
    raise _unknown(name)


def _unknown(name: str) -> Failed:
    return wrong(2140, "42601", f"Unknown function {name}")


def _names_a_table(words: list[Word], position: int, before: Word | None) -> bool:
    """Whether a name before a bracket is a table's: in INSERT INTO t (a), or a list of columns of an alias."""
    while before is not None and before.text == ".":
        position -= 2
        before = words[position - 1] if position else None
    return before is not None and (
        before.upper
        in ("INTO", "TABLE", "VIEW", "EXISTS", "AS", "WITH", "OVERWRITE", "RECURSIVE", "UPDATE", "REFERENCES")
        or (before.text in (")", ",") and _aliases(words, position))
        or (before.kind in ("word", "quoted") and before.upper not in WORDS and before.upper not in DONE)
    )


def _aliases(words: list[Word], position: int) -> bool:
    """Whether a name is an alias with columns, as in `) t (a, b)` or `, c (a) as (`."""
    depth = 0
    for at in range(position + 1, len(words)):
        depth += {"(": 1, ")": -1}.get(words[at].text, 0)
        if depth == 0:
            follows = words[at + 1].upper if at + 1 < len(words) else ""
            return words[position - 1].text == ")" or follows == "AS"
    return False


@cache
def _of_snowflake() -> frozenset[str]:
    """The names of Snowflake's functions that sqlglot knows, and of some that it does not."""
    from sqlglot.dialects.snowflake import Snowflake

    more = [
        "TYPEOF",
        "ARRAY_CONTAINS",
        "ARRAYS_OVERLAP",
        "SYSTEM$TYPEOF",
        "INFER_SCHEMA",
        "VALIDATE",
        "LAST_QUERY_ID",
        "HASH",
        "GET_DDL",
        "SEQ1",
        "SEQ2",
        "CHECK_JSON",
        "STRTOK",
        "SYSTEM$STREAM_HAS_DATA",
        "UNIFORM",
        "RANDSTR",
        "GET_PRESIGNED_URL",
        "BUILD_SCOPED_FILE_URL",
        "SOUNDEX",
        "RATIO_TO_REPORT",
        "SPLIT_TO_TABLE",
        "TASK_HISTORY",
        "QUERY_HISTORY",
        "LOAD_HISTORY",
        "PIPE_USAGE_HISTORY",
        "STRTOK_TO_ARRAY",
        "TO_JSON",
        "TO_ARRAY",
        "TO_OBJECT",
        "AS_INTEGER",
        "AS_VARCHAR",
        "IS_NULL_VALUE",
        "IS_INTEGER",
        "IS_VARCHAR",
        "IS_ARRAY",
        "IS_OBJECT",
        "UUID_STRING",
        "RANDOM",
    ]
    return frozenset(Snowflake.Parser.FUNCTIONS) | frozenset(more)
