"""What a call costs in Spark is told by its plans and stages: what moved, what was read, what went through Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from groundschool import checks
from groundschool.checks import Within
from groundschool.engines import spark_cost
from groundschool.engines.spark_cost import Cost, NoCost, Operator, Plan, Stage, cost_of

ITEMS = pa.table({"sku": [f"{number % 5}" for number in range(1000)], "qty": [1] * 1000})
PRODUCTS = pa.table({"sku": ["0", "1"], "name": ["Tent", "Rope"]})
OFF = {"spark.sql.adaptive.enabled": "false", "spark.sql.autoBroadcastJoinThreshold": "-1"}


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    pytest.importorskip("pyspark")
    session = checks.spark(OFF)
    yield session
    for name in OFF:
        session.conf.unset(name)


def cost(answer: Callable[..., Any], **parts: Any) -> Cost:
    """What a call of the answer costs over these tables."""
    seen = checks.question("asked", answer, points=1).watch(
        **{name: checks.Frame(part) for name, part in parts.items()}
    )
    assert seen[1] is not None
    return seen[1]


def check(answer: Callable[..., Any], within: Within) -> tuple[str, str]:
    """Outcome and message of a question whose one check is the count of items by sku, within a cost."""
    question = checks.question("asked", answer, points=2)
    want = pa.table({"sku": list("01234"), "count": [200] * 5})
    question.same("the counts", want, hidden=True, within=[within], items=ITEMS)
    verdict = question.verdict()
    return verdict.outcome, verdict.checks[0].message


# -- what Spark tells


@pytest.mark.spark
def test_a_broadcast_moves_the_small_table_and_a_merge_moves_both(session: Any) -> None:
    from pyspark.sql import functions

    small = cost(
        lambda items, products: items.join(functions.broadcast(products), "sku"), items=ITEMS, products=PRODUCTS
    )
    merged = cost(lambda items, products: items.join(products, "sku"), items=ITEMS, products=PRODUCTS)
    assert (small.broadcast, small.moved, small.shuffled) == ((2,), 0, 0)
    assert merged.broadcast == ()
    assert merged.moved == 1002
    assert merged.shuffled > 0
    assert [each.rows for each in merged.named("SortMergeJoin")] == [400]


@pytest.mark.spark
def test_tasks_of_a_hot_key_are_handed_more_rows_than_others(session: Any) -> None:
    hot = pa.table({"sku": ["0"] * 900 + [f"{number}" for number in range(1, 101)]})
    spread = cost(lambda items: items.repartition(4), items=hot)
    skewed = cost(lambda items: items.repartition(4, "sku"), items=hot)
    assert spread.heaviest() < 1.2
    assert skewed.heaviest(1000) > 10
    assert skewed.heaviest(1001) == 1.0


@pytest.mark.spark
def test_files_and_columns_are_those_that_a_scan_has_read(session: Any, tmp_path: Path) -> None:
    frame = session.range(1000).selectExpr("id", "id as `a b`", "struct(id, id as y) as pair", "id % 5 as day")
    frame.coalesce(1).write.partitionBy("day").parquet(str(tmp_path / "lake"))

    def read(items: Any) -> Any:
        return session.read.parquet(str(tmp_path / "lake")).where("day < 2").drop("day", "id")

    seen = cost(read, items=ITEMS)
    assert (seen.files, seen.columns) == (2, {"a b", "pair"})
    assert seen.read > 0
    assert f"read 2 files ({spark_cost.size(seen.read)})" in seen.told()
    assert [each.partitions for each in seen.named("Scan")] == [2]


@pytest.mark.spark
@pytest.mark.parametrize("way", ["udf", "pandas", "rdd"])
def test_rows_that_go_through_python_are_seen_whichever_way_they_take(session: Any, way: str) -> None:
    from pyspark.sql import functions

    ways: dict[str, Callable[[Any], Any]] = {
        "udf": lambda items: items.select(functions.udf(lambda sku: sku)("sku").alias("sku")),
        "pandas": lambda items: items.mapInPandas(lambda frames: frames, "sku string, qty long"),
        "rdd": lambda items: items.rdd.map(lambda row: (row.sku,)).toDF(["sku"]),
    }
    assert cost(ways[way], items=ITEMS).through_python
    assert not cost(lambda items: items.where("sku <> '1'"), items=ITEMS).through_python


@pytest.mark.spark
def test_rows_fetched_by_the_answer_are_told_from_those_of_its_result(session: Any) -> None:
    def fetching(items: Any) -> Any:
        return session.createDataFrame(items.where("sku = '0'").toPandas())

    assert cost(lambda items: items, items=ITEMS).fetched == 0
    assert cost(fetching, items=ITEMS).fetched == 200
    assert cost(lambda items: items.where(f"qty < {items.count()}"), items=ITEMS).fetched == 0
    assert cost(lambda items: (list(items.toLocalIterator()), items)[1], items=ITEMS).fetched == spark_cost.ALL


@pytest.mark.spark
@pytest.mark.parametrize("form", ["parquet", "csv", "noop"])
def test_rows_written_by_the_answer_are_taken_out_of_spark(session: Any, tmp_path: Path, form: str) -> None:
    def writing(items: Any) -> Any:
        items.select("sku").write.format(form).mode("overwrite").save(str(tmp_path / "out"))
        return items

    assert cost(writing, items=ITEMS).fetched == ITEMS.num_rows


FETCHING_THREE: dict[str, Callable[[Any], Any]] = {
    "take": lambda items: items.take(3),
    "tail": lambda items: items.tail(3),
    "a limit": lambda items: items.limit(3).collect(),
    "a limit of sorted rows": lambda items: items.groupBy("sku").count().orderBy("sku").limit(3).toPandas(),
    "a limit of shuffled rows": lambda items: items.repartition(2).limit(3).selectExpr("qty + 1").collect(),
}


@pytest.mark.spark
@pytest.mark.parametrize("way", FETCHING_THREE)
def test_what_a_limit_leaves_is_fetched_and_no_more(session: Any, way: str) -> None:
    assert cost(lambda items: (FETCHING_THREE[way](items), items)[1], items=ITEMS).fetched == 3


@pytest.mark.spark
def test_nothing_of_an_earlier_call_is_told_again(session: Any) -> None:
    one, two = (cost(lambda items: items.groupBy("sku").count(), items=ITEMS) for _ in range(2))
    assert one.told() == two.told()
    assert len(one.stages) == 2
    assert one.told() == f"Spark ran 2 stages and shuffled {spark_cost.size(one.shuffled)}."


# -- what a check makes of it


@pytest.mark.spark
def test_a_check_fails_for_right_rows_that_cost_too_much_and_says_what_was_expected(session: Any) -> None:
    fewer = Within(lambda cost: cost.moved <= 20, "More rows were shuffled than there are products.")
    assert check(lambda items: items.groupBy("sku").count(), fewer) == ("passed", "")
    shuffled = check(lambda items: items.repartition(2).groupBy("sku").count(), fewer)
    assert shuffled == ("failed", "More rows were shuffled than there are products.")


@pytest.mark.spark
def test_a_cheap_call_earns_nothing_for_wrong_rows(session: Any) -> None:
    outcome, message = check(lambda items: items.select("sku").limit(1), Within(lambda cost: True, "never"))
    assert outcome == "failed"
    assert message
    assert "never" not in message


@pytest.mark.spark
def test_a_side_that_does_not_tell_its_cost_is_beyond(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_cost.Watch, "plain", lambda watch: {"plans": "none", "stages": [7]})
    assert check(lambda items: items.groupBy("sku").count(), Within(lambda cost: True, "beyond")) == (
        "failed",
        "beyond",
    )


@pytest.mark.spark
def test_a_visible_check_is_followed_by_what_spark_did(session: Any, capsys: pytest.CaptureFixture[str]) -> None:
    question = checks.question("asked", lambda items: items.groupBy("sku").count(), points=2)
    question.same("the counts", pa.table({"sku": list("01234"), "count": [200] * 5}), items=ITEMS)
    question.show()
    assert "Spark ran 2 stages and shuffled " in capsys.readouterr().out


# -- words and numbers


def test_a_cost_is_told_in_one_sentence() -> None:
    assert Cost().told() == ""
    assert Cost((), (Stage(0, 0, 0),)).told() == "Spark ran 1 stage and shuffled nothing."
    scan = Operator("Scan parquet", "ReadSchema: struct<a:int>", 5, 1, 1)
    read = Cost((Plan("toArrow", False, (scan,)),), (Stage(1400, 1, 3), Stage(0, 2_500_000, 0)))
    assert read.told() == "Spark ran 2 stages, read 1 file (1.4 KB) and shuffled 2.5 MB."


@pytest.mark.parametrize(
    "said", [None, 7, {}, {"plans": [], "stages": [["x", 1, 1, [], False]]}, {"plans": [[]], "stages": []}]
)
def test_what_does_not_tell_a_cost_is_no_cost(said: Any) -> None:
    with pytest.raises(NoCost):
        cost_of(said)
