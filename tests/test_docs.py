"""The documents say what is there: every command, option, target and link, and the counts of questions."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from groundschool import course
from groundschool.authoring import readme
from groundschool.cli import app

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "data").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
LARGEST_PICTURE = 150_000


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> dict[str, list[str]]:
    """Each command of the application with its options."""
    group = typer.main.get_command(app)
    return {
        name: [
            option
            for parameter in command.params
            if parameter.param_type_name == "option" and parameter.name != "help"
            for option in (*parameter.opts, *parameter.secondary_opts)
        ]
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }


def anchors(path: Path) -> set[str]:
    """The headings of a document as links name them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_and_its_options_are_described(name: str) -> None:
    found = re.search(rf"^### groundschool {name}\b(.*?)(?=^##)", text("docs/cli.md"), re.MULTILINE | re.DOTALL)
    assert found, f"docs/cli.md does not describe `groundschool {name}`"
    missing = [option for option in commands()[name] if f"`{option}" not in found.group(1)]
    assert not missing, f"docs/cli.md does not describe {missing} of `groundschool {name}`"


def test_no_command_is_described_that_does_not_exist() -> None:
    described = re.findall(r"^### groundschool ([\w-]+)", text("docs/cli.md"), re.MULTILINE)
    assert sorted(described) == sorted(commands())


def test_every_target_of_make_is_described() -> None:
    targets = re.findall(r"^([a-z-]+):.*##", text("Makefile"), re.MULTILINE)
    told = text("README.md") + text("CONTRIBUTING.md")
    missing = [target for target in targets if target != "help" and not re.search(rf"make {target}(?![\w-])", told)]
    assert targets
    assert not missing


def test_no_target_is_described_that_does_not_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", text("Makefile"), re.MULTILINE))
    told = {name for path in DOCUMENTS for name in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))}
    assert told - targets == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(path: Path) -> None:
    broken = []
    for link in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, heading = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        if not target.exists() or (heading and heading not in anchors(target)):
            broken.append(link)
    assert not broken


def test_the_table_of_topics_in_the_readme_is_the_one_that_the_build_writes(tmp_path: Path) -> None:
    here = course.find(ROOT)
    before = text("README.md")
    (tmp_path / "source").symlink_to(ROOT / "source")
    (tmp_path / "README.md").write_text(re.sub(r"^\| \[.*\n", "", before, flags=re.MULTILINE), encoding="utf-8")
    assert readme.update(course.Course(tmp_path)) is True
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == before
    assert re.findall(r"^\| \[(\w+)\]", before, re.MULTILINE) == [
        topic.name for topic in sorted(here.topics, key=lambda topic: topic.manifest.order)
    ]
    for topic in here.topics:
        tests = topic.notebook().tests
        assert (
            f"| {len(tests)} | {sum(test.points for test in tests):g} |"
            in before.split(f"| [{topic.name}](")[1].split("\n")[0]
        )


def test_the_limits_of_a_box_are_those_enforced() -> None:
    from groundschool.grading.box.limits import CANDIDATE, CANDIDATE_JVM, EXAMINER, GIB, MIB, SQL

    boxes = (CANDIDATE, CANDIDATE_JVM, SQL, EXAMINER)
    rows = {
        "wall time of a cell or call": [f"{box.wall_seconds:g} s" for box in boxes],
        "CPU time of a process": [f"{box.cpu_seconds} s" for box in boxes],
        "memory": [f"{box.memory_bytes / GIB:g} GiB" for box in boxes],
        "processes and threads": [str(box.tasks) for box in boxes],
        "disk, each writable folder": [f"{box.disk_bytes // MIB} MiB" for box in boxes],
        "one message out of the box": [f"{box.output_bytes // MIB} MiB" for box in boxes],
    }
    table = text("docs/how-grading-works.md")
    missing = [name for name, cells in rows.items() if f"| {name} | {' | '.join(cells)} |" not in table]
    assert not missing


def test_everything_a_test_cell_may_call_is_described() -> None:
    from groundschool.checks import Question

    told = text("docs/write-a-question.md")
    graders = {"verdict", "can_explain", "explain"}
    methods = {name for name in vars(Question) if not name.startswith("_")} - graders
    missing = [name for name in sorted(methods) if f"t.{name}" not in told]
    assert not missing


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    assert not [picture.name for picture in pictures if picture.stat().st_size > LARGEST_PICTURE]


def test_contributing_fits_on_a_page() -> None:
    assert len(text("CONTRIBUTING.md").splitlines()) <= 60


def test_the_bench_starts() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "run.py"), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "--cold" in done.stdout
