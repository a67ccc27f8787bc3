"""Prints every attack with what it achieves against stock nbgrader and here: `python tests/hostile/table.py [words]`.

Stock nbgrader's side takes long and changes only with nbgrader or an attack, so it is kept in `stock.json`; `--stock` measures
what is not there yet. Words choose the attacks whose name or class holds one of them. Exit code 1 when one wins here.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from judging import wins
from running import alone, grade
from stock import batches, verdicts
from submissions import Attack, attacks, by_kind

KEPT = Path(__file__).parent / "stock.json"


def main(arguments: Sequence[str]) -> int:
    """Prints the table; returns the exit code."""
    words = [word for word in arguments if not word.startswith("--")]
    chosen = [
        attack for attack in attacks() if not words or any(word in f"{attack.name} {attack.kind}" for word in words)
    ]
    stock = measured(chosen) if "--stock" in arguments else known()
    here = against_us(chosen)
    width = max(len(attack.name) for attack in chosen)
    for kind, group in by_kind(chosen).items():
        print(f"\n{kind}")
        for attack in group:
            there = "not run" if attack.name not in stock else "wins" if stock[attack.name] else "-"
            print(
                f"  {attack.name:<{width}}  {there:<8} {'WINS: ' + '; '.join(here[attack.name]) if here[attack.name] else '-'}"
            )
    ran = [attack for attack in chosen if attack.name in stock]
    print(
        f"\nstock nbgrader {version('nbgrader')}: {sum(bool(stock[attack.name]) for attack in ran)} of {len(ran)} win"
    )
    print(f"here: {sum(map(bool, here.values()))} of {len(chosen)} win")
    return int(any(here.values()))


def against_us(chosen: Sequence[Attack]) -> dict[str, list[str]]:
    """Why each attack wins here, if it does; one run a class."""
    found: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        honest = alone(Path(folder) / "alone")
        for number, group in enumerate(by_kind(chosen).values()):
            graded = grade(group, Path(folder) / str(number), honest)
            found |= {
                attack.name: wins(attack, graded.left[attack.name], graded.ended, graded.site) for attack in group
            }
    return found


def known() -> dict[str, list[str]]:
    """What was measured of stock nbgrader; nothing when it was another version."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    return dict(kept["wins"]) if kept.get("nbgrader") == version("nbgrader") else {}


def measured(chosen: Sequence[Attack]) -> dict[str, list[str]]:
    """What is known of stock nbgrader, with the chosen attacks not known yet measured; kept after each run."""
    for group in batches([attack for attack in chosen if attack.name not in known()]):
        found = verdicts(group)
        for name, why in found.items():
            print(f"stock: {name}: {'; '.join(why) or '-'}", file=sys.stderr, flush=True)
        kept = {"nbgrader": version("nbgrader"), "wins": dict(sorted((known() | found).items()))}
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return known()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
