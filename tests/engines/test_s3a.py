"""Spark opens the lab's buckets by `s3a://` and `s3://`, as whoever it is told to be; the jar is that of its sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from groundschool.engines import s3a

pytest.importorskip("pyspark")
pytestmark = pytest.mark.xdist_group("s3a")  # one session for all, not one for each of pytest's processes

# A process with a lab and a session: what it sees is written to a file, for all tests.
SESSION = """
import json, sys
from groundschool import lab
services = lab.start()
from groundschool.engines.spark import spark
session, seen = spark(), {}
services.seed(s3={"raw-data": {"in/a b+c.txt": "one\\nzwö\\n".encode(), "in/d.txt": b"three\\n", "secret/x.txt": b"x\\n"}, "private": {"x.txt": b"x\\n"}})
s3 = services.client("s3")

def tried(name, action):
    try:
        seen[name] = action()
    except Exception as error:
        seen[name] = f"{type(error).__name__}: {error}"[:30000]

def lines(address, **options):
    return sorted(row.value for row in session.read.options(**options).text(address).collect())

def asked(action):
    before = len(services.requests())
    action()
    return [entry.operation for entry in services.requests()[before:]]

tried("folder", lambda: lines("s3a://raw-data/in/"))
tried("s3", lambda: lines("s3://raw-data/in/a b+c.txt"))
tried("glob", lambda: lines("s3a://raw-data/*/[dx].txt"))
tried("s3n", lambda: lines("s3n://raw-data/in/"))
tried("missing", lambda: lines("s3a://raw-data/nothing/"))
tried("no bucket", lambda: lines("s3a://no-such-bucket/in/"))
numbers = session.range(1000).selectExpr("id", "id % 2 as odd")
numbers.write.partitionBy("odd").parquet("s3a://raw-data/out")
tried("parquet", lambda: session.read.parquet("s3a://raw-data/out").where("odd = 1").count())
tried("again", lambda: numbers.write.parquet("s3a://raw-data/out"))
numbers.where("id < 5").select("id").write.mode("overwrite").csv("s3a://raw-data/out")
tried("csv", lambda: session.read.csv("s3a://raw-data/out").count())
seen["left"] = [found["Key"].rpartition("/")[2][:5] for found in s3.list_objects_v2(Bucket="raw-data", Prefix="out")["Contents"]]

jvm = session._jvm
def written(size, address):
    place = jvm.org.apache.hadoop.fs.Path(address)
    stream = place.getFileSystem(session._jsc.hadoopConfiguration()).create(place)
    for start in range(0, size, 1 << 20):
        stream.write(bytes(min(1 << 20, size - start)))
    stream.close()
seen["small"] = asked(lambda: written(3 << 20, "s3a://raw-data/small"))
seen["large"] = asked(lambda: written((8 << 20) + 1, "s3a://raw-data/large"))
seen["size"] = s3.head_object(Bucket="raw-data", Key="large")["ContentLength"]
services.fail("s3", "UploadPart", nth=2)
tried("failed", lambda: written(17 << 20, "s3a://raw-data/failed"))
seen["open"] = s3.list_multipart_uploads(Bucket="raw-data").get("Uploads", [])
services.calm()
tried("below the failed one", lambda: [found["Key"] for found in s3.list_objects_v2(Bucket="raw-data", Prefix="failed").get("Contents", [])])

iam = services.client("iam")
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}
role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
allowed = [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::raw-data"}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::raw-data/in/*"}]
iam.put_role_policy(RoleName="reader", PolicyName="in", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed}))
key = services.client("sts").assume_role(RoleArn=role, RoleSessionName="job")["Credentials"]
own = {"fs.s3a.access.key": key["AccessKeyId"], "fs.s3a.secret.key": key["SecretAccessKey"], "fs.s3a.session.token": key["SessionToken"]}
tried("role reads", lambda: lines("s3a://raw-data/in/", **own))
tried("role reads elsewhere", lambda: lines("s3a://raw-data/secret/", **own))
tried("role writes", lambda: numbers.write.options(**own).parquet("s3a://raw-data/in/new"))
tried("wrong secret", lambda: lines("s3a://raw-data/in/", **{**own, "fs.s3a.secret.key": "no"}))
tried("stream", lambda: session.readStream.text("s3a://raw-data/in/").writeStream.format("memory").queryName("q").trigger(availableNow=True)
    .option("checkpointLocation", "s3a://raw-data/checkpoint").start().awaitTermination() or session.table("q").count())
from awsglue.context import GlueContext
tried("frame", lambda: GlueContext(session.sparkContext).create_dynamic_frame.from_options("s3", {"paths": ["s3a://raw-data/in/"]}, "csv").count())
json.dump(seen, open(sys.argv[1], "w"))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("s3a")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GROUNDSCHOOL_"))}
    command = [sys.executable, "-c", SESSION, str(folder / "seen.json")]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads((folder / "seen.json").read_text())
    return found


@pytest.mark.spark
def test_spark_opens_folders_and_objects_by_both_schemes(seen: dict[str, Any]) -> None:
    assert seen["folder"] == ["one", "three", "zwö"]
    assert seen["s3"] == ["one", "zwö"]
    assert seen["glob"] == ["three", "x"]


@pytest.mark.spark
def test_a_notebook_reads_dynamic_frames_with_its_own_session(seen: dict[str, Any]) -> None:
    assert seen["frame"] == 3


@pytest.mark.spark
def test_s3n_is_refused_as_in_hadoop_3(seen: dict[str, Any]) -> None:
    assert 'No FileSystem for scheme "s3n"' in seen["s3n"]


@pytest.mark.spark
def test_what_is_not_there_is_told_as_a_missing_path(seen: dict[str, Any]) -> None:
    assert seen["missing"].startswith("AnalysisException: [PATH_NOT_FOUND]")
    assert seen["no bucket"].startswith("AnalysisException: [PATH_NOT_FOUND]")


@pytest.mark.spark
def test_what_spark_writes_is_read_back_and_nothing_unfinished_stays(seen: dict[str, Any]) -> None:
    assert seen["parquet"] == 500
    assert seen["again"].startswith("AnalysisException: [PATH_ALREADY_EXISTS]")
    assert seen["csv"] == 5
    assert set(seen["left"]) == {"_SUCC", "part-"}


@pytest.mark.spark
def test_a_large_object_is_written_in_parts_and_a_small_one_at_once(seen: dict[str, Any]) -> None:
    assert seen["small"][-1:] == ["PutObject"]
    assert seen["large"][-4:] == ["CreateMultipartUpload", "UploadPart", "UploadPart", "CompleteMultipartUpload"]
    assert seen["size"] == (8 << 20) + 1


@pytest.mark.spark
def test_an_upload_that_fails_again_and_again_is_aborted(seen: dict[str, Any]) -> None:
    assert "InternalError" in seen["failed"]
    assert (seen["open"], seen["below the failed one"]) == ([], [])


@pytest.mark.spark
def test_a_role_reads_what_its_policy_allows_and_is_denied_the_rest(seen: dict[str, Any]) -> None:
    assert seen["role reads"] == ["one", "three", "zwö"]
    assert "AccessDeniedException" in seen["role reads elsewhere"]
    assert "AccessDenied" in seen["role writes"]
    assert "AccessDenied" in seen["wrong secret"]


@pytest.mark.spark
def test_a_stream_keeps_its_checkpoint_in_a_bucket(seen: dict[str, Any]) -> None:
    assert seen["stream"] == 3


def test_spark_is_given_the_jar_where_no_name_can_be_read_as_a_pattern(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "Kurs [2026] #1 100 %" / s3a.JAR.name
    odd.parent.mkdir()
    odd.write_bytes(s3a.JAR.read_bytes())
    monkeypatch.setattr(s3a, "JAR", odd)
    session = tmp_path / "session"
    session.mkdir()
    given = Path(s3a.settings(session)["spark.jars"])
    assert given.parent == session
    assert given.read_bytes() == odd.read_bytes()


def test_the_jar_is_made_of_the_sources_beside_it() -> None:
    assert s3a.built_from() == s3a.digest(), "`make jar` makes it anew."


@pytest.mark.skipif(not s3a.compiler(), reason="no Java compiler is at hand")
def test_the_sources_give_the_classes_of_the_jar(tmp_path: Path) -> None:
    s3a.compile_to(tmp_path / "fresh.jar")
    with zipfile.ZipFile(tmp_path / "fresh.jar") as fresh, zipfile.ZipFile(s3a.JAR) as kept:
        assert fresh.namelist() == kept.namelist()
        javac = subprocess.run([s3a.compiler(), "-version"], capture_output=True, text=True, check=True)
        if (javac.stdout + javac.stderr).split()[1].startswith("17."):  # the one by which the jar was made
            assert [fresh.read(name) for name in fresh.namelist()] == [kept.read(name) for name in kept.namelist()]
