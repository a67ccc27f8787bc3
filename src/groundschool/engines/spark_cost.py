"""What a call costs in Spark: the operators of its plans with their rows and files, and the stages that ran.

Spark itself tells, by the store behind its own pages; the text of the answer is not looked at, so that any plan that is
as good is as good here. The store is read where the session lives, on the candidate's side: what it says may lower a
score and never raise one. What a check makes of it is the question's.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundschool.errors import GroundSchoolError

MOST = 400  # operators, or stages, of one call; the first ones are read
LONGEST = 4000  # characters of an operator's description
ROWS, FILES, PARTITIONS = "number of output rows", "number of files read", "number of partitions read"
PYTHON = re.compile(r"Python|InPandas|InArrow|Pandas|PythonUDTF")
FETCHES = frozenset({"collect", "toPandas", "toArrow", "toLocalIterator", "take", "head", "tail", "first"})
WRITES = ("Execute InsertInto", "AppendData", "Overwrite")
UNCOUNTED = "toLocalIterator"  # Spark does not count the rows that it hands over: they are taken for all there are
ALL = sys.maxsize
LIMIT = re.compile(r"(?:CollectLimit|CollectTail|GlobalLimit|TakeOrderedAndProject\(limit=) ?(\d+)")
METRIC = re.compile(r"SQLPlanMetric\((.*),(\d+),\w+\)")
COLUMN = re.compile(r"(?:^|,)\s*`?([^:,`<>]+)`?:")


class NoCost(GroundSchoolError):
    """What arrived does not tell what a call has cost."""


@dataclass(frozen=True)
class Operator:
    """An operator of a plan. What Spark did not count is -1; `files` and `partitions` are those that a scan read."""

    name: str
    detail: str
    rows: int = -1
    files: int = -1
    partitions: int = -1


@dataclass(frozen=True)
class Plan:
    """One execution: by which method it was asked for, whether the answer did so before it returned, its operators
    from the last one to the sources.
    """

    action: str
    early: bool
    operators: tuple[Operator, ...]

    @property
    def fetched(self) -> int:
        """Rows that the answer itself has taken out of Spark: fetched into Python, or written to files."""
        if not self.early:
            return 0
        if written := [max(0, each.rows) for each in self.operators if each.name.startswith(WRITES)]:
            return max(written)
        if self.action not in FETCHES:
            return 0
        return ALL if self.action == UNCOUNTED else self._result

    @property
    def _result(self) -> int:
        """The rows of the result: those of the last operator that counts, and no more than the limits behind it, which
        count nothing themselves.
        """
        behind = list(itertools.takewhile(lambda each: each.rows < 0, self.operators))
        limits = [int(found[1]) for each in behind if (found := LIMIT.match(each.detail))]
        return min([each.rows for each in self.operators[len(behind) :][:1]] + limits, default=0)


@dataclass(frozen=True)
class Stage:
    """One stage that ran: bytes it read from files, bytes and rows it wrote for other stages, rows that each of its
    tasks was handed by other stages, and whether rows passed through Python's RDD.
    """

    read: int
    shuffled: int
    moved: int
    task_rows: tuple[int, ...] = ()
    by_rdd: bool = False


@dataclass(frozen=True)
class Cost:
    """What one call of an answer has cost, with what was done to fetch its result."""

    plans: tuple[Plan, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def operators(self) -> tuple[Operator, ...]:
        """All operators of all plans."""
        return tuple(each for plan in self.plans for each in plan.operators)

    def named(self, *names: str) -> tuple[Operator, ...]:
        """The operators whose names begin with one of these."""
        return tuple(each for each in self.operators if each.name.startswith(names))

    @property
    def through_python(self) -> bool:
        """Whether rows passed through a Python function: a UDF of any kind, or an RDD."""
        return any(PYTHON.search(each.name) for each in self.operators) or any(each.by_rdd for each in self.stages)

    @property
    def fetched(self) -> int:
        """The most rows that the answer fetched into Python, or wrote to files, at once and before it returned."""
        return max((plan.fetched for plan in self.plans), default=0)

    @property
    def broadcast(self) -> tuple[int, ...]:
        """The rows of each table that was sent whole to every task."""
        return tuple(each.rows for each in self.named("BroadcastExchange"))

    @property
    def files(self) -> int:
        """Files that scans have read."""
        return sum(max(0, each.files) for each in self.named("Scan"))

    @property
    def columns(self) -> frozenset[str]:
        """Columns that scans have read from files; those that folders' names give are not among them."""
        schemas = [each.detail.rpartition("ReadSchema: struct<")[2] for each in self.named("Scan") if each.files >= 0]
        return frozenset(name for schema in schemas for name in COLUMN.findall(_outermost(schema)))

    @property
    def shuffled(self) -> int:
        """Bytes that stages wrote for other stages."""
        return sum(stage.shuffled for stage in self.stages)

    @property
    def moved(self) -> int:
        """Rows that stages wrote for other stages."""
        return sum(stage.moved for stage in self.stages)

    @property
    def read(self) -> int:
        """Bytes read from files."""
        return sum(stage.read for stage in self.stages)

    def heaviest(self, rows: int = 0) -> float:
        """How many times the rows of the median task the largest task was handed by other stages, where that is worst;
        of stages that were handed at least so many rows together.
        """
        stages = [stage.task_rows for stage in self.stages if len(stage.task_rows) > 1 and sum(stage.task_rows) >= rows]
        return max(map(_share, stages), default=1.0)

    def told(self) -> str:
        """One sentence of it; empty where Spark did nothing."""
        if not self.stages and not self.plans:
            return ""
        stages = f"{len(self.stages)} {'stage' if len(self.stages) == 1 else 'stages'}"
        read = (
            f", read {self.files:,} {'file' if self.files == 1 else 'files'} ({size(self.read)})" if self.files else ""
        )
        return f"Spark ran {stages}{read} and shuffled {size(self.shuffled)}."


class Watch:
    """Notes what the session of this process does from now on."""

    def __init__(self) -> None:
        store = _store()
        self._first = store.last() if store else (-1, -1)
        self._returned: int | None = None

    def returned(self) -> None:
        """The answer returns now: what follows is done to fetch its result."""
        with contextlib.suppress(Exception):  # the answer may have made anything of its session
            store = _store()
            self._returned = store.last()[0] if store else -1

    def plain(self) -> Any:
        """What was done, as plain data for `cost_of`; None where the session does not tell."""
        try:
            store = _store()
            return store.since(*self._first, self._returned) if store else {"plans": [], "stages": []}
        except Exception:  # as above
            return None


def cost_of(plain: Any) -> Cost:
    """What `Watch.plain` gives, checked. Raises NoCost."""
    try:
        plans = tuple(
            Plan(str(action), bool(early), tuple(_operator(*each) for each in operators))
            for action, early, operators in plain["plans"]
        )
        stages = tuple(
            Stage(int(read), int(shuffled), int(moved), tuple(map(int, rows)), bool(by_rdd))
            for read, shuffled, moved, rows, by_rdd in plain["stages"]
        )
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        raise NoCost("The session does not tell what the call has cost.") from None
    return Cost(plans, stages)


def together(costs: Sequence[Cost]) -> Cost:
    """What several calls have cost."""
    return Cost(
        tuple(each for cost in costs for each in cost.plans), tuple(each for cost in costs for each in cost.stages)
    )


def size(count: int) -> str:
    """Bytes in words: "nothing", "312 bytes", "4.1 KB"."""
    if count < 1000:
        return f"{count} {'byte' if count == 1 else 'bytes'}" if count else "nothing"
    return f"{count / 1000:,.1f} KB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def _operator(name: str, detail: str, metrics: Mapping[str, str]) -> Operator:
    return Operator(name.strip(), detail, *(_number(metrics.get(each, "")) for each in (ROWS, FILES, PARTITIONS)))


def _number(text: str) -> int:
    digits = text.split("\n")[0].replace(",", "")
    return int(digits) if digits.isdigit() else -1


def _outermost(schema: str) -> str:
    """A schema without what stands in inner brackets."""
    kept, depth = [], 0
    for sign in schema:
        depth += (sign in "<(") - (sign in ">)")
        if depth == 0:
            kept.append(sign)
        if depth < 0:
            break
    return "".join(kept)


def _share(rows: Sequence[int]) -> float:
    return max(rows) / max(1.0, statistics.median(rows))


def _store() -> Store | None:
    """What the session of this process tells; None where there is none."""
    sql = sys.modules.get("pyspark.sql")
    session = sql.SparkSession._instantiatedSession if sql else None
    return Store(session) if session is not None else None


class Store:
    """The session's own record of executions and stages, newest last."""

    def __init__(self, session: Any) -> None:
        self._jvm = session._jvm
        self._context = session._jsc.sc()
        self._sql = session._jsparkSession.sharedState().statusStore()
        self._context.listenerBus().waitUntilEmpty()

    def last(self) -> tuple[int, int]:
        """The numbers of the newest execution and the newest stage; -1 where there is none."""
        newest = next(self._executions(), None)
        stage = next(self._stages(), None)
        return (int(newest.executionId()) if newest else -1, int(stage.stageId()) if stage else -1)

    def since(self, execution: int, stage: int, returned: int | None) -> Any:
        """What came after these, up to now."""
        plans = list[Any]()
        for each in self._executions():
            if each.executionId() <= execution or len(plans) == MOST:
                break
            plans.append(
                [_method(each.description()), returned is None or each.executionId() <= returned, self._plan(each)]
            )
        stages = list[Any]()
        for each in self._stages():
            if each.stageId() <= stage or len(stages) == MOST:
                break
            if each.status().toString() == "COMPLETE":
                stages.append(self._stage(each))
        return {"plans": plans[::-1], "stages": stages[::-1]}

    def _executions(self) -> Iterator[Any]:
        return _backwards(self._sql.executionsList())

    def _stages(self) -> Iterator[Any]:
        none, quantiles = self._jvm.java.util.ArrayList(), _doubles(self._jvm)
        return _forwards(self._context.statusStore().stageList(none, False, False, quantiles, none))

    def _plan(self, execution: Any) -> list[Any]:
        graph = self._sql.planGraph(execution.executionId())
        values = dict(_pairs(self._sql.executionMetrics(execution.executionId())))
        nodes = list(_forwards(graph.allNodes()))[:MOST]
        return [[node.name(), node.desc()[:LONGEST], self._metrics(node, values)] for node in nodes]

    def _metrics(self, node: Any, values: Mapping[str, str]) -> dict[str, str]:
        found = METRIC.findall(node.metrics().mkString("\n"))
        return {
            name: values[number] for name, number in found if name in (ROWS, FILES, PARTITIONS) and number in values
        }

    def _stage(self, stage: Any) -> list[Any]:
        graph = self._context.statusStore().operationGraphForStage(stage.stageId())
        rdds = graph.rootCluster().childNodes().mkString(" ")
        by_rdd = "PythonRDD" in rdds and "SQLExecutionRDD" in rdds
        written = [stage.shuffleWriteBytes(), stage.shuffleWriteRecords()]
        return [stage.inputBytes(), *written, self._task_rows(stage), by_rdd]

    def _task_rows(self, stage: Any) -> list[int]:
        if not stage.shuffleReadRecords():
            return []
        tasks = self._context.statusStore().taskList(stage.stageId(), stage.attemptId(), MOST)
        metrics = [task.taskMetrics() for task in _forwards(tasks)]
        return [each.get().shuffleReadMetrics().recordsRead() for each in metrics if each.isDefined()]


def _method(description: str) -> str:
    """The method in a description: `toArrow at <unknown>:0`."""
    return description.split(" ")[0][:60]


def _pairs(scala: Any) -> list[tuple[str, str]]:
    """A map of Spark's, whose values hold any text but this sign."""
    return [(key, value) for key, _, value in (each.partition(" -> ") for each in scala.mkString("\x00").split("\x00"))]


def _forwards(scala: Any) -> Iterator[Any]:
    return (scala.apply(place) for place in range(scala.size()))


def _backwards(scala: Any) -> Iterator[Any]:
    return (scala.apply(place) for place in range(scala.size() - 1, -1, -1))


def _doubles(jvm: Any) -> Any:
    """An empty array of Java's doubles."""
    return jvm.java.lang.reflect.Array.newInstance(jvm.java.lang.Double.TYPE, 0)
