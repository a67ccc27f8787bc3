"""The command `groundschool`, each command with what it is for and with bad input: one sentence, an exit code, no traceback."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from groundschool import cli
from groundschool.authoring import build
from groundschool.course import Course
from groundschool.grading.box import probe
from tiny_course import DOUBLE, RIGHT, as_text, hand_in, write_proven

SUBMISSION_KEYS = {"candidate", "name", "topic", "score", "max", "isolation", "flags", "questions"}
QUESTION_KEYS = {"question", "points", "max", "outcome", "signals", "checks"}
CHECK_KEYS = {"name", "passed", "hidden", "message"}


@dataclass(frozen=True)
class Done:
    """How a command ended: exit code, what it printed, and its errors on one line."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course as text, its notebook built; shared, and not to be changed."""
    course = write_proven(tmp_path_factory.mktemp("proven") / "tiny")
    as_text(course, "tiny", [DOUBLE])
    build.build(course.topic("tiny"), force=True)
    return course


@pytest.fixture
def course(proven: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of the course, which is the working folder."""
    shutil.copytree(proven.root, tmp_path / "tiny")
    monkeypatch.chdir(tmp_path / "tiny")
    return Course(tmp_path / "tiny")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`run("grade", folder)`: the command as its entry point runs it."""
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["groundschool", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Done(int(ended.value.code or 0), printed.out, " ".join(printed.err.split()))

    return command


def grade(run: Command, course: Course, folder: Path, *more: object) -> tuple[Done, list[dict[str, Any]]]:
    """Grades `folder`; returns how it ended and the submissions of the JSON file."""
    trust = [] if probe.probe() is None else ["--trust"]
    done = run("grade", folder, "--json", course.root / "out.json", *trust, *more)
    return done, json.loads((course.root / "out.json").read_text())["submissions"]


# -- for whoever writes questions


def test_build_says_whether_the_notebook_changed(course: Course, run: Command) -> None:
    assert run("build", "--check") == Done(0, "tiny: unchanged\n", "")
    text = course.topic("tiny").opening
    text.write_text(text.read_text().replace("# tiny", "# Tiny, revised"))
    done = run("build", "--check", "tiny")
    assert done.code == 1
    assert done.out == "tiny: changed\n"
    assert done.err == "Built files differed from the committed ones: tiny. Commit what `make build` wrote."


def test_build_refuses_to_drop_edits_and_adopt_keeps_them(course: Course, run: Command) -> None:
    path = course.topic("tiny").path
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = "# Edited in the notebook"
    nbformat.write(notebook, path)
    done = run("build")
    assert done.code == 2
    assert "holds edits that its text lacks" in done.err
    assert run("adopt") == Done(0, "tiny: changed\n", "")
    assert "# Edited in the notebook" in course.topic("tiny").opening.read_text()
    assert run("build").code == 0


def test_release_writes_the_notebook_for_candidates(course: Course, run: Command) -> None:
    assert run("release", "tiny").code == 0
    released = course.topic("tiny").released.read_text()
    assert DOUBLE.solution.splitlines()[1] not in released
    assert "abab" not in released
    assert "built_from" in course.topic("tiny").path.read_text()
    assert [path.name for path in course.topic("tiny").released.parent.iterdir()] == ["tiny.ipynb"]


def test_a_release_that_fails_leaves_the_one_before(course: Course, run: Command) -> None:
    config, released = course.root / "nbgrader_config.py", course.topic("tiny").released
    before = released.read_bytes()
    config.write_text(f"{config.read_text()}\nc.ClearSolutions.end_solution_delimeter = 'NOWHERE'\n")
    done = run("release", "tiny")
    assert (done.code, "nbgrader did not release 'tiny'" in done.err) == (2, True)
    assert released.read_bytes() == before


def test_prove_prints_which_check_kills_which_mistake(course: Course, run: Command) -> None:
    done = run("prove", "--json")
    (proof,) = json.loads(done.out)
    assert (done.code, proof["faults"], proof["answers"]) == (0, [], len(RIGHT))
    assert proof["killed"]["numbers_only"] == ["the double of a text"]
    assert proof["killed"]["copied_example"] == ["the double of seven", "the double of a text"]


def test_prove_of_one_question_says_which_there_are(course: Course, run: Command) -> None:
    assert [proof["question"] for proof in json.loads(run("prove", "tiny/double", "--json").out)] == ["double"]
    done = run("prove", "tiny/treble")
    assert (done.code, "tiny has no question 'treble'; it has: double." in done.err) == (2, True)


def test_prove_and_release_refuse_a_notebook_that_its_text_no_longer_gives(course: Course, run: Command) -> None:
    question = course.root / "source" / "tiny" / "questions" / "double" / "question.md"
    question.write_text(question.read_text().replace("Of 2 it is 4.", "Of 3 it is 6."))
    for command in ("prove", "release"):
        done = run(command, "tiny")
        assert (done.code, "`groundschool build tiny` makes it anew" in done.err) == (2, True)


def test_prove_fails_where_a_mistake_has_no_message(course: Course, run: Command) -> None:
    mistakes = course.root / "source" / "tiny" / "questions" / "double" / "mistakes"
    (mistakes / "silent.py").write_text("def double(number):\n    return None\n")
    done = run("prove", "tiny")
    assert (done.code, "mistakes/silent.py has no message" in done.out) == (1, True)


def test_prove_fails_when_a_mistake_survives_or_a_right_answer_is_rejected(course: Course, run: Command) -> None:
    folder = course.root / "source" / "tiny" / "questions" / "double"
    (folder / "mistakes" / "survivor.py").write_text(f"# It is right.\n{DOUBLE.solution}\n")
    (folder / "answers" / "rejected.py").write_text("def double(number):\n    return 3 * number\n")
    done = run("prove")
    assert done.code == 1
    assert "mistakes/survivor.py survives with 4 points" in done.out
    assert "answers/rejected.py earns 0 of 4" in done.out
    assert "1 questions, 7 mistakes" in done.out


TEXTS = "- **texts**: a text stands twice."


def _state_rules(course: Course, breaks: dict[str, str]) -> None:
    """Puts two rules into the prompt, and into some mistakes the rule they break."""
    text = course.topic("tiny").questions[0].path
    text.write_text(text.read_text().replace(TEXTS, f"- **numbers**: a number is added to itself.\n{TEXTS}"))
    build.build(course.topic("tiny"))
    for mistake, rule in breaks.items():
        file = course.root / "source" / "tiny" / "questions" / "double" / "mistakes" / f"{mistake}.py"
        plain = file.read_text().replace("# breaks: texts\n", "")
        file.write_text(plain.replace("\n", f"\n# breaks: {rule}\n", 1))


def test_prove_prints_each_rule_with_the_check_and_the_mistake_of_its_own(course: Course, run: Command) -> None:
    _state_rules(course, {"plus_two": "numbers", "numbers_only": "texts", "unchanged": "numbers, texts"})
    (proof,) = json.loads(run("prove", "--json").out)
    assert proof["rules"] == [
        {"rule": "numbers", "mistakes": ["plus_two"], "checks": ["the double of seven"]},
        {"rule": "texts", "mistakes": ["numbers_only"], "checks": ["the double of a text"]},
    ]
    assert proof["faults"] == []


def test_prove_fails_where_a_rule_has_no_check_or_no_mistake_of_its_own(course: Course, run: Command) -> None:
    _state_rules(course, {"square": "numbers", "as_text": "signs", "numbers_only": "numbers, texts"})
    done = run("prove")
    assert done.code == 1
    assert "no mistake breaks just the rule 'texts'" in done.out
    assert "mistakes/as_text breaks 'signs', which is no rule of the prompt" in done.out


def test_prove_fails_where_a_prompt_of_code_states_no_rule(course: Course, run: Command) -> None:
    text = course.topic("tiny").questions[0].path
    text.write_text(text.read_text().replace("- **texts**: a", "A"))
    build.build(course.topic("tiny"))
    done = run("prove")
    assert done.code == 1
    assert "the prompt states no rule" in done.out


def test_prove_reports_mutants_that_earn_all_points_unless_they_are_listed_with_a_reason(
    course: Course, run: Command
) -> None:
    answer = course.root / "source" / "tiny" / "questions" / "double" / "answers" / "guarded.py"
    answer.write_text("def double(number):\n    if number == -99:\n        return -198\n    return number * 2\n")
    (proof,) = json.loads(run("prove", "--json", "--mutants").out)
    survivors = [mutant["change"] for mutant in proof["survivors"]]
    assert {mutant["answer"] for mutant in proof["survivors"]} == {"guarded.py"}
    assert any("== -99" in change and "== -100" in change for change in survivors)
    assert proof["mutants"] > len(survivors) == len(proof["faults"])
    accepted = course.topic("tiny").list_of_mutants("double")
    accepted.parent.mkdir(parents=True, exist_ok=True)
    accepted.write_text(
        '["guarded.py"]\n"*" = "No number is so small."\n["*"]\n"*== 3*→*" = "Nobody asks for three."\n'
    )
    (proof,) = json.loads(run("prove", "--json", "--mutants").out)
    assert proof["survivors"] == []
    assert proof["faults"] == ["the list of mutants speaks of '*== 3*→*', but no such mutant survives"]


# -- for candidates


def test_lab_copies_the_notebooks_once(course: Course, run: Command) -> None:
    assert "1 notebooks copied" in run("lab", "--no-open").out
    mine = course.root / "work" / "tiny" / "tiny.ipynb"
    mine.write_text("my work")
    assert "0 notebooks copied" in run("lab", "--no-open").out
    assert mine.read_text() == "my work"


def test_lab_starts_jupyter_without_what_is_the_instructors_and_hands_its_options_on(
    course: Course, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = list[list[str]]()

    def started(command: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 7)

    monkeypatch.setattr(cli.subprocess, "run", started)
    assert run("lab", "--port", "8931", "--no-browser", "--IdentityProvider.token=abc").code == 7
    assert {"--port=8931", "--no-browser", "--IdentityProvider.token=abc", "--ServerApp.ip=127.0.0.1"} <= {*ran[0]}
    assert "--LabApp.default_url=/lab/tree/Start%20here.ipynb" in ran[0]
    (settings,) = (Path(each.partition("=")[2]) for each in ran[0] if each.startswith("--LabApp.app_settings_dir="))
    assert settings.is_relative_to(course.root / "work")
    tracker = json.loads((settings / "overrides.json").read_text())["@jupyterlab/notebook-extension:tracker"]
    assert tracker["codeCellConfig"]["lineWrap"] is True
    off = json.loads((settings / "page_config.json").read_text())["disabledExtensions"]
    assert {"@jupyter/nbgrader:formgrader", "@jupyterlab/extensionmanager-extension:plugin"} <= off.keys()
    assert "@jupyter/nbgrader:validate-assignment" not in off


def test_check_grades_ones_own_notebook_with_every_check(course: Course, run: Command) -> None:
    hand_in(course.root / "other", course, "tiny", "me", {"double": "def double(number):\n    return 4"})
    shutil.copytree(course.root / "other" / "me", course.root / "work")
    done = run("check", "tiny")
    assert done.code == 1
    assert "hidden ones included" in done.out
    assert "double: partial 0.8 of 4 points" in done.out
    assert "This is the example's result, whatever the number is." in done.out


def test_check_passes_for_a_right_answer(course: Course, run: Command) -> None:
    path = hand_in(course.root / "work", course, "tiny", "me", {"double": RIGHT["shift"]})
    done = run("check", path)
    assert done.code == 0
    assert "double: passed 4 of 4 points" in done.out


def test_check_says_when_only_visible_checks_are_at_hand(course: Course, run: Command, tmp_path: Path) -> None:
    path = hand_in(tmp_path / "alone", course, "tiny", "me", {"double": "def double(number):\n    return 4"})
    for part in ("release", "data"):
        shutil.copytree(course.root / part, tmp_path / "alone" / part)
    done = run("check", path)
    assert "visible checks only; hidden ones run when graded" in done.out
    assert "double: passed\n" in done.out
    assert done.code == 0


def test_pack_zips_what_grade_reads(course: Course, run: Command) -> None:
    path = hand_in(course.root / "other", course, "tiny", "me", {"double": RIGHT["sum"]})
    shutil.copytree(path.parent, course.root / "work" / "tiny")
    done = run("pack", "sam-7", "--to", course.root)
    assert (done.code, "untouched" in done.out, "replaced" in done.out) == (0, False, False)
    assert zipfile.ZipFile(course.root / "sam-7.zip").namelist() == ["tiny/tiny.ipynb"]
    _, (result,) = grade(run, course, course.root / "sam-7.zip")
    assert (result["candidate"], result["score"]) == ("sam-7", 4.0)


# -- for instructors


def test_init_writes_a_seed_once(course: Course, run: Command) -> None:
    assert run("init").out.startswith("Wrote ")
    seed = course.root / "private" / "seed"
    first = seed.read_text()
    assert seed.stat().st_mode & 0o777 == 0o600
    assert run("init").out.startswith("Kept ")
    assert seed.read_text() == first


def test_a_path_with_brackets_is_told_as_it_is(course: Course, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    root = course.root.with_name("course[x][red]")
    course.root.rename(root)
    monkeypatch.chdir(root)
    assert str(root) in "".join(run("init").out.split("\n"))


def test_grade_writes_scores_pages_a_gradebook_and_the_contract(course: Course, run: Command) -> None:
    hand_in(course.root / "in", course, "tiny", "right", {"double": RIGHT["lambda"]})
    hand_in(course.root / "in", course, "tiny", "blank", {})
    done, found = grade(run, course, course.root / "in")
    assert done.code == 0
    assert [(item["candidate"], item["score"], item["max"]) for item in found] == [("blank", 0, 4), ("right", 4, 4)]
    assert "double: not attempted" in done.out
    assert "practice seed: hidden data can be reproduced" in done.out
    for item in found:
        assert item.keys() == SUBMISSION_KEYS
        assert item["isolation"] == ("sandbox" if probe.probe() is None else "none")
        for question in item["questions"]:
            assert question.keys() >= QUESTION_KEYS
            assert all(check.keys() >= CHECK_KEYS for check in question["checks"])
    assert (course.root / "feedback" / "right" / "tiny" / "tiny.html").is_file()
    assert (course.root / "autograded" / "right" / "tiny" / "tiny.ipynb").is_file()
    again = run("report")
    assert again.code == 0
    assert "Summary: " in again.out


def give(course: Course, candidate: str, score: float | None) -> None:
    """What the formgrader does when a person enters a score, or lets the proposed one stand."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
        grade = book.find_grade("double_tests", "tiny", "tiny", candidate)
        grade.manual_score, grade.needs_manual_grade = score, False
        book.db.commit()


def shown(course: Course, candidate: str) -> list[str]:
    """What stands in the CSV file, and on which pages it stands as well."""
    points = [line.split(",")[7] for line in (course.root / "reports" / "scores.csv").read_text().splitlines()[1:]]
    pages = (f"reports/candidates/{candidate}/tiny.html", f"feedback/{candidate}/tiny/tiny.html")
    told = "Points set by a person; graded automatically: 0.8."
    return [*points, *(page.split("/")[0] for page in pages if told in (course.root / page).read_text())]


def test_report_writes_the_scores_that_a_person_gave(course: Course, run: Command) -> None:
    hand_in(course.root / "in", course, "tiny", "sam", {"double": "def double(number):\n    return 4"})
    grade(run, course, course.root / "in")
    assert shown(course, "sam") == ["0.8"]
    give(course, "sam", 3.0)
    done = run("report")
    assert done.code == 0
    assert "3 / 4" in done.out
    assert shown(course, "sam") == ["3.0", "reports", "feedback"]
    _, (result,) = grade(run, course, course.root / "in")
    assert (result["score"], result["questions"][0]["outcome"]) == (3.0, "partial")
    assert shown(course, "sam") == ["3.0", "reports", "feedback"]


def test_what_a_person_has_decided_needs_no_person_any_more(course: Course, run: Command) -> None:
    (course.root / "in" / "sam" / "tiny").mkdir(parents=True)
    (course.root / "in" / "sam" / "tiny" / "tiny.ipynb").write_text("{not json")
    done, _ = grade(run, course, course.root / "in")
    assert done.code == 3
    give(course, "sam", 2.0)
    done, (result,) = grade(run, course, course.root / "in")
    assert (done.code, result["score"]) == (0, 2.0)
    assert run("report").code == 0


def test_a_hand_in_after_hand_grading_goes_to_a_person_with_both_scores(course: Course, run: Command) -> None:
    for folder, answer in (("first", "def double(number):\n    return 4"), ("second", RIGHT["sum"])):
        hand_in(course.root / folder, course, "tiny", "sam", {"double": answer})
    grade(run, course, course.root / "first")
    give(course, "sam", 1.5)
    done, (result,) = grade(run, course, course.root / "second")
    told = "A person gave 1.5 of 4 to an earlier hand-in; this one earns 4 of 4 automatically."
    assert (done.code, result["score"]) == (3, 4.0)
    assert told in result["questions"][0]["reason"]
    assert run("report").code == 0
    for page in ("reports/candidates/sam/tiny.html", "feedback/sam/tiny/tiny.html", "reports/scores.csv"):
        assert told in (course.root / page).read_text()
    give(course, "sam", None)
    done, (result,) = grade(run, course, course.root / "second")
    assert (done.code, result["score"]) == (0, 4.0)


def test_a_target_that_cannot_be_written_is_one_sentence_before_grading(course: Course, run: Command) -> None:
    folder = hand_in(course.root / "in", course, "tiny", "sam", {}).parents[2]
    trust = [] if probe.probe() is None else ["--trust"]
    for option in (["--json", course.root], ["--db", "sqlite:////no/such/folder/book.db"]):
        done = run("grade", folder, *option, *trust)
        assert done.code == 2
        assert "cannot be" in done.err
        assert not (course.root / "reports" / "summary.html").exists()


def test_with_out_nothing_is_written_into_the_course(course: Course, run: Command, tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "in", course, "tiny", "a", {"double": RIGHT["sum"]}).parents[2]
    before, out = _files(course.root), tmp_path / "else where"
    trust = [] if probe.probe() is None else ["--trust"]
    done = run("grade", folder, "--out", out, *trust)
    assert done.code == 0
    assert f"Summary: {out / 'reports' / 'summary.html'}" in done.out
    assert run("report", "--out", out).code == 0
    assert _files(course.root) == before
    written = {path.relative_to(out).parts[0] for path in out.rglob("*")}
    assert written == {".groundschool", "autograded", "feedback", "reports", "gradebook.db"}


def _files(folder: Path) -> dict[str, float]:
    return {str(path): path.stat().st_mtime for path in folder.rglob("*")}


def test_what_could_not_be_written_is_told_and_ends_with_exit_code_2(course: Course, run: Command) -> None:
    folder = hand_in(course.root / "in", course, "tiny", "sam", {}).parents[2]
    trust = [] if probe.probe() is None else ["--trust"]
    done = run("grade", folder, "--json", "/dev/full", *trust)
    assert done.code == 2
    assert "Not written: /dev/full. No space left on device." in done.err
    assert "0 / 4" in done.out
    assert (course.root / "reports" / "candidates" / "sam" / "tiny.html").is_file()


def test_an_error_nobody_thought_of_is_one_sentence(
    course: Course, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli.course, "find", lambda start: 1 / 0)
    done = run("report")
    assert done.code == 2
    assert "Ground School stopped with ZeroDivisionError: division by zero" in done.err


def test_the_json_holds_nothing_that_only_the_instructor_may_see(course: Course, run: Command) -> None:
    answer = "def double(number):\n    return 4 if number == 2 else f'wrong {number}'"
    hand_in(course.root / "in", course, "tiny", "wrong", {"double": answer})
    _, (result,) = grade(run, course, course.root / "in")
    assert "wrong 7" not in json.dumps(result)
    assert "14" not in json.dumps(result["questions"])


@pytest.fixture
def bad(course: Course) -> Path:
    """Submissions that cannot be read or are odd, beside a right one."""
    folder = course.root / "in"
    hand_in(folder, course, "tiny", "right", {"double": RIGHT["shift"]})
    for name, content in (("broken", "{not json"), ("empty", ""), ("list", "[]")):
        (folder / name / "tiny").mkdir(parents=True)
        (folder / name / "tiny" / "tiny.ipynb").write_text(content)
    twice = hand_in(folder, course, "tiny", "twice", {"double": RIGHT["shift"]})
    shutil.copyfile(course.topic("tiny").released, twice.with_name("tiny-Copy1.ipynb"))
    (folder / "torn.zip").write_bytes(b"PK nothing")
    with zipfile.ZipFile(folder / "climber.zip", "w") as archive:
        archive.write(twice, "../../tiny/tiny.ipynb")
        archive.write(twice, "tiny/tiny.ipynb")
    return folder


def test_bad_submissions_are_told_once_each_and_stop_nobody(bad: Path, course: Course, run: Command) -> None:
    done, found = grade(run, course, bad)
    scores = {item["candidate"]: item["score"] for item in found}
    assert len(found) == len(scores) == 7
    assert scores == {"right": 4, "twice": 4, "climber": 4, "broken": 0, "empty": 0, "list": 0, "torn": 0}
    flags = {item["candidate"]: " ".join(item["flags"]) for item in found}
    assert all(flags[name] for name in ("broken", "empty", "list", "twice", "torn", "climber"))
    assert flags["right"] == ""
    assert done.code in (0, 3)
    assert not (course.root.parent / "tiny.ipynb").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["grade", "no-such-folder"], "is not there"),
        (["grade", "source", "--topic", "cobol"], "There is no topic 'cobol'. Topics of this course: tiny."),
        (["grade", "data"], "holds no submission. Expected: <candidate>/<topic>/<topic>.ipynb"),
        (["build", "cobol"], "There is no topic 'cobol'"),
        (["adopt", "cobol"], "There is no topic 'cobol'"),
        (["release", "cobol"], "There is no topic 'cobol'"),
        (["prove", "cobol"], "There is no topic 'cobol'"),
        (["check", "cobol"], "cobol is no notebook and no topic. Topics here: tiny."),
        (["pack", "sam", "cobol"], "No notebook of cobol was found in work/"),
        (["pack", "../sam"], "'../sam' cannot be used as a name"),
        (["report"], "holds no result of grading. Grade first"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_bad_input_gets_one_sentence_and_exit_code_2(
    course: Course, run: Command, arguments: list[str], told: str
) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert told in done.err


@pytest.mark.parametrize("command", ["init", "build", "grade", "lab", "report", "prove"])
def test_outside_a_course_the_reason_is_told(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(command, *(["."] if command == "grade" else []))
    assert done.code == 2
    assert "No course was found in" in done.err


def test_a_broken_source_notebook_is_told(course: Course, run: Command) -> None:
    course.topic("tiny").path.write_text("{not json")
    for command in (
        ("build",),
        ("adopt",),
        ("prove",),
        ("grade", hand_in(course.root / "in", course, "tiny", "a", {})),
    ):
        done = run(*command)
        assert done.code == 2, command
        assert "tiny.ipynb" in done.err


def test_a_private_seed_that_is_no_number_is_told(course: Course, run: Command) -> None:
    (course.root / "private").mkdir()
    (course.root / "private" / "seed").write_text("not a number")
    done = run("grade", hand_in(course.root / "in", course, "tiny", "a", {}).parents[2])
    assert done.code == 2
    assert "is not a seed: a whole number was expected" in done.err


def test_without_a_sandbox_grade_refuses_and_trust_is_written_into_the_result(
    course: Course, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "probe", lambda: "No box here.")
    folder = hand_in(course.root / "in", course, "tiny", "a", {"double": RIGHT["shift"]}).parents[2]
    done = run("grade", folder)
    assert done.code == 2
    assert "not graded without a sandbox: No box here." in done.err
    _, (result,) = grade(run, course, folder, "--trust")
    assert (result["isolation"], result["score"]) == ("none", 4.0)


def test_doctor_says_what_it_found_of_everything(run: Command) -> None:
    findings = json.loads(run("doctor", "--json").out)
    assert len(findings) >= 5
    assert all(finding["ok"] or finding["fix"] for finding in findings)


def test_an_unknown_command_or_option_gets_exit_code_2(run: Command) -> None:
    assert run("grde").code == 2
    assert run("grade", "--tpic").code == 2
