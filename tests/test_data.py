"""The public fixtures are found from wherever a notebook runs."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from groundschool import data
from groundschool.errors import GroundSchoolError
from groundschool.fixtures import samples

CHECKOUT = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.delenv("GROUNDSCHOOL_DATA", raising=False)
    monkeypatch.setattr(data, "_left", [])
    monkeypatch.chdir(tmp_path)
    yield
    os.chdir(CHECKOUT)


def folder(place: Path, name: str = "mine.csv") -> Path:
    """Makes a data folder with one file in `place`; returns the file."""
    (place / "data").mkdir(parents=True)
    file = place / "data" / name
    file.write_text("a\n1\n")
    return file


def test_a_path_as_prompts_print_it_is_found_too(tmp_path: Path) -> None:
    file = folder(tmp_path)
    assert data.path("data/mine.csv") == data.path("mine.csv") == file
    assert data.table("data/mine.csv").to_pylist() == [{"a": 1}]


@pytest.mark.parametrize(
    "inside",
    ["source/sql", "release/sql", "work/sql", "submitted/example-full/sql", "autograded/example-full/sql", "."],
)
def test_data_is_found_from_every_folder_of_a_course(
    inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder(tmp_path)
    (tmp_path / inside).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path / inside)
    assert data.path("mine.csv") == file


@pytest.mark.parametrize("place", ["hand-out", "hand-out/sql"])
def test_data_is_found_beside_and_inside_a_topic_of_a_hand_out(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder(tmp_path / place)
    (tmp_path / "hand-out" / "sql").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "hand-out" / "sql")
    assert data.path("mine.csv") == file


def test_an_unrelated_data_folder_does_not_hide_the_right_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder(tmp_path)
    folder(tmp_path / "sql", "other.csv")
    monkeypatch.chdir(tmp_path / "sql")
    assert data.path("mine.csv") == file


def test_the_variable_names_the_folder_inside_a_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder(tmp_path / "elsewhere")
    monkeypatch.setenv("GROUNDSCHOOL_DATA", str(file.parent))
    assert data.path("mine.csv") == file


def test_a_checkout_serves_its_own_data() -> None:
    assert data.path("order_status.csv") == CHECKOUT / "order_status.csv"


def test_data_is_found_after_scratch_too(tmp_path: Path) -> None:
    file = folder(tmp_path)
    first = data.scratch()
    assert Path.cwd() == first
    assert not list(first.iterdir())
    second = data.scratch()
    assert second != first
    assert data.path("mine.csv") == file


def test_a_missing_file_says_where_was_looked(tmp_path: Path) -> None:
    file = folder(tmp_path)
    with pytest.raises(GroundSchoolError) as raised:
        data.path("nothing.csv")
    assert "`nothing.csv`" in str(raised.value)
    assert str(file.parent) in str(raised.value)
    assert "GROUNDSCHOOL_DATA" in str(raised.value)


def test_the_order_history_is_read_with_its_types() -> None:
    table = data.table("order_status.csv")
    assert table.schema == pa.schema(
        [
            ("order_id", pa.int64()),
            ("customer_id", pa.int64()),
            ("status", pa.string()),
            ("status_time", pa.timestamp("us")),
        ]
    )
    assert table.num_rows == 6
    assert table.to_pylist()[2] == {
        "order_id": 1, "customer_id": 101, "status": "Delivered", "status_time": dt.datetime(2024, 1, 3, 9)
    }  # fmt: skip


def test_the_log_is_one_column_of_lines() -> None:
    table = data.table("logs.txt")
    assert table.schema == pa.schema([("value", pa.string())])
    assert table["value"].to_pylist()[-1] == "2024-01-01 10:15:45 ERROR user=103 action=timeout"
    assert table.num_rows == 5


def test_the_samples_of_the_shop_are_what_the_generators_make() -> None:
    files = {file.stem: file.read_text("utf-8") for file in (CHECKOUT / "wrenfield").iterdir()}
    assert files == {name: samples.csv_of(table) for name, table in samples.public().items()}
    orders = data.table("wrenfield/orders.csv")
    assert orders.num_rows == samples.ORDERS
    assert orders.schema.field("order_ts").type == pa.timestamp("us")
    assert orders["customer_id"].null_count


def test_a_blank_line_within_a_text_is_a_row(tmp_path: Path) -> None:
    folder(tmp_path, "lines.txt").write_text("a\n\nb")
    assert data.table("lines.txt")["value"].to_pylist() == ["a", "", "b"]


def test_another_kind_of_file_is_no_table() -> None:
    with pytest.raises(GroundSchoolError, match=r"`README\.md`.*\.csv or \.txt"):
        data.table("README.md")
