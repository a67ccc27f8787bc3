"""The outputs of a candidate's cell, in nbformat's shape and nothing else: the message they come in is hostile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundschool.checks.answers import Stopped

MOST_SHOWN = 4 << 20  # characters of outputs that are kept of a notebook
Output = dict[str, Any]


def kept(given: Sequence[Any], room: int) -> tuple[list[Output], bool]:
    """The outputs that have their shape and fit into `room` characters, and whether one was dropped."""
    found, dropped = [], False
    for output in given:
        clean = _clean(output) if isinstance(output, dict) else None
        if clean and size(clean) <= room:
            found.append(clean)
            room -= size(clean)
        else:
            dropped = dropped or clean is not None
    return found, dropped


def size(output: Output) -> int:
    """How many characters an output holds, about."""
    texts = [
        output.get("text", ""),
        output.get("evalue", ""),
        *output.get("traceback", []),
        *output.get("data", {}).values(),
    ]
    return sum(map(len, texts))


def error_output(stopped: Stopped) -> Output:
    """What a cell shows that its process did not survive."""
    return {"output_type": "error", "ename": stopped.outcome, "evalue": str(stopped), "traceback": [str(stopped)]}


def _clean(output: dict[str, Any]) -> Output | None:
    kind = output.get("output_type")
    if kind == "stream":
        return {
            "output_type": "stream",
            "name": "stderr" if output.get("name") == "stderr" else "stdout",
            "text": str(output.get("text", "")),
        }
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": "error",
            "ename": str(output.get("ename", ""))[:200],
            "evalue": str(output.get("evalue", ""))[:2000],
            "traceback": [str(line)[:5000] for line in lines[:40]] if isinstance(lines, list) else [],
        }
    data = output.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, dict):
        return None
    bundle = {str(name): value for name, value in data.items() if isinstance(value, str)}
    counted = {"execution_count": None} if kind == "execute_result" else {}
    return {"output_type": kind, "data": bundle, "metadata": {}, **counted}
