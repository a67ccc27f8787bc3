"""The attacks and the course they are made on: builds the notebooks and hands them in with what lies beside them.

An attack is a page (`pages`) in the folder `attacks`, called like the attack and titled with its class. Its first fence says:

    honest      the points its honest part earns; more is a win
    topic       `trial` where nothing is said, `foreign`, `plain`, or `dags`, `goods` and `stored`, which are answered in the lab
    others      "blank": the answers that the page does not give are left as released, not the wrong ones of `wrong.md`
    times       how often the cell `last` stands at the end
    links, hardlinks   what lies beside the notebook: name to target; fifos: names; sparse: name to bytes
    renamed     another name for the notebook
    padding, extra_cells   characters or blank cells added

What is done to cells beyond their text is in `reshaped`. `@COURSE@`, `@MARKS@` and `@PORT@` in a page become the course's
folder, a folder of the attack's own outside it, and a listening port of the host: an attacker is assumed to know all three.
Running is left to `running`, deciding to `judging`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pages
from reshaped import RESHAPED

HERE = Path(__file__).parent
WRONG = pages.read(HERE / "wrong.md").cells
PREFIXES = ("no_gain_", "no_leak_", "no_escape_", "no_harm_", "no_script_")
TOPICS = ("dags", "foreign", "goods", "plain", "stored", "trial")
OF_THE_HONEST = ("foreign", "trial")  # no lab, so that a run of other attacks starts none
NEIGHBOUR = "the-neighbour"  # nbgrader grades by name: behind every attack
OF_THE_HOST = "ledger-of-the-host-9047"
OF_THE_NEIGHBOUR = "marginalia-of-the-neighbour-7731"
SEED = 6_170_233_941_187


@dataclass(frozen=True)
class Attack:
    """An attack: its file's name, the mechanism, the points its honest part earns, and what its page says of it."""

    name: str
    kind: str
    topic: str
    honest: float
    described: Mapping[str, Any] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What must not happen."""
        return next(prefix for prefix in PREFIXES if self.name.startswith(prefix))


@dataclass(frozen=True)
class Site:
    """A throwaway copy of the course in `root`, with secrets beside it, and a folder `marks` that no attack may reach."""

    root: Path
    port: int = 0

    @property
    def course(self) -> Path:
        """The course's folder."""
        return self.root / "course"

    def marks(self, attack: Attack) -> Path:
        """The folder in which the attack leaves a mark when it wins."""
        return self.root / "marks" / attack.name

    def submitted(self, candidate: str, topic: str) -> Path:
        """Where a candidate's work of a topic is handed in."""
        return self.course / "submitted" / candidate / topic


def attacks() -> tuple[Attack, ...]:
    """Every attack, by name."""
    told = [_described(path) for path in sorted((HERE / "attacks").glob("*.md"))]
    return tuple(sorted([*told, *(Attack(name, "malformed hand-ins", "trial", 0.0) for name in UNREADABLE)],
                        key=lambda attack: attack.name))  # fmt: skip


def by_kind(chosen: Sequence[Attack]) -> dict[str, list[Attack]]:
    """The attacks grouped by class, in the order in which the classes first occur."""
    groups: dict[str, list[Attack]] = {}
    for attack in chosen:
        groups.setdefault(attack.kind, []).append(attack)
    return groups


def build(root: Path, port: int = 0) -> Site:
    """Makes the course in `root`, which holds nothing yet, with the honest neighbour's work handed in."""
    site = Site(root, port)
    shutil.copytree(HERE / "course", site.course)
    for folder in (site.course / "data", site.course / "private", root / "marks"):
        folder.mkdir(parents=True)
    (site.course / "private" / "ledger.txt").write_text(f"{OF_THE_HOST}\n", encoding="utf-8")
    (site.course / "private" / "seed").write_text(f"{SEED}\n", encoding="ascii")
    for topic in OF_THE_HONEST:
        _write(site.submitted(NEIGHBOUR, topic) / f"{topic}.ipynb", json.dumps(_solved(topic)))
    return site


def hand_in(site: Site, attack: Attack) -> None:
    """Hands the attack in under its own name, with everything that lies beside it."""
    folder = site.submitted(attack.name, attack.topic)
    folder.mkdir(parents=True)
    site.marks(attack).mkdir(parents=True, exist_ok=True)
    if attack.name in UNREADABLE:
        UNREADABLE[attack.name](folder)
        return
    described, page = attack.described, pages.read(_path(attack.name))
    _write(
        folder / described.get("renamed", f"{attack.topic}.ipynb"), _filled(json.dumps(notebook(attack)), site, attack)
    )
    for name, text in page.files.items():
        _write(folder / name, _filled(text, site, attack))
    for name, target in described.get("links", {}).items():
        _fresh(folder / name).symlink_to(_filled(target, site, attack))
    for name, target in described.get("hardlinks", {}).items():
        os.link(_filled(target, site, attack), _fresh(folder / name))
    for name in described.get("fifos", ()):
        os.mkfifo(_fresh(folder / name))
    for name, size in described.get("sparse", {}).items():
        with open(folder / name, "wb") as file:
            file.truncate(size)


def notebook(attack: Attack) -> dict[str, Any]:
    """The attack's notebook, in which the course's folder and the like are not filled in yet."""
    page = pages.read(_path(attack.name))
    body = pages.notebook(_released(attack.topic), page, WRONG if attack.topic == "trial" else {})
    if attack.name in RESHAPED:
        RESHAPED[attack.name](body)
    for number in range(page.says.get("extra_cells", 0)):
        body["cells"].append(pages.code(f"blank-{number}", ""))
    if padding := page.says.get("padding", 0):
        body["cells"].append({"cell_type": "markdown", "id": "padding", "metadata": {}, "source": "x" * padding})
    return body


def _path(name: str) -> Path:
    return HERE / "attacks" / f"{name}.md"


def _described(path: Path) -> Attack:
    page = pages.read(path)
    return Attack(path.stem, page.title, page.says.get("topic", "trial"), float(page.says["honest"]), page.says)


def _released(topic: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((HERE / f"course/release/{topic}/{topic}.ipynb").read_text(encoding="utf-8"))
    return body


def _filled(text: str, site: Site, attack: Attack) -> str:
    known = {"@COURSE@": str(site.course), "@MARKS@": str(site.marks(attack)), "@PORT@": str(site.port)}
    for token, value in known.items():
        text = text.replace(token, value)
    return text


def _solved(topic: str) -> dict[str, Any]:
    """The released notebook with the instructor's answers, each with a comment that only the neighbour has."""
    body = _released(topic)
    source = json.loads((HERE / f"course/source/{topic}/{topic}.ipynb").read_text(encoding="utf-8"))
    answers = {cell["id"]: cell["source"] for cell in source["cells"]}
    for cell in body["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            lines = [line for line in answers[cell["id"]] if "### " not in line]
            cell["source"] = [*lines, f"\n# {OF_THE_NEIGHBOUR}\n"]
    return body


def _fresh(path: Path) -> Path:
    """The path, free of what stood there, in a folder that exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def _write(path: Path, text: str) -> None:
    _fresh(path).write_text(text, encoding="utf-8")


def _raw(content: bytes) -> Callable[[Path], None]:
    def made(folder: Path) -> None:
        (folder / "trial.ipynb").write_bytes(content)

    return made


def _twice(folder: Path) -> None:
    content = (HERE / "course/release/trial/trial.ipynb").read_bytes()
    for name in ("trial.ipynb", "Trial.ipynb", "trial (1).ipynb", "trial\n.ipynb"):
        (folder / name).write_bytes(content)


def _released_with(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def made(folder: Path) -> None:
        body = _released("trial")
        change(body)
        (folder / "trial.ipynb").write_text(json.dumps(body), encoding="utf-8")

    return made


# Hand-ins that are no notebook, or none that git or nbformat could hold.
UNREADABLE: dict[str, Callable[[Path], None]] = {
    "no_harm_not_json": _raw(b"\x00\xff\xfe not a notebook"),
    "no_harm_json_cut_off": _raw((HERE / "course/release/trial/trial.ipynb").read_bytes()[:700]),
    "no_harm_json_very_deep": _raw(b'{"cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
    "no_harm_json_of_empty_lists": _raw(b'{"nbformat": 4, "cells": [' + b"[]," * 3_000_000 + b"[]]}"),
    "no_harm_another_version": _raw(b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": 5}]}'),
    "no_harm_cells_of_the_wrong_types": _released_with(
        lambda body: body.update(cells=[5, None, [], {"cell_type": 7, "source": {"a": 1}}])
    ),
    "no_harm_metadata_of_a_list": _released_with(lambda body: body.update(metadata=[1], nbformat="4")),
    "no_harm_surrogates_in_the_text": _released_with(
        lambda body: body["cells"][3].update(source='town = "\udcff\ud800"', id="\ud800")
    ),
    "no_harm_nothing_handed_in": lambda folder: None,
    "no_harm_the_notebook_is_a_folder": lambda folder: (folder / "trial.ipynb").mkdir(),
    "no_harm_the_notebook_is_a_pipe": lambda folder: os.mkfifo(folder / "trial.ipynb"),
    "no_harm_the_notebook_is_a_device": lambda folder: (folder / "trial.ipynb").symlink_to("/dev/zero"),
    "no_harm_the_same_notebook_four_times": _twice,
    "no_harm_a_folder_linked_into_itself": lambda folder: (folder / "again").symlink_to(folder),
}  # fmt: skip
