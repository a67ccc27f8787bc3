"""The page that opens a kit: how to install, answer, check and hand in, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence

from groundschool.authoring import text
from groundschool.authoring.readme import HEAD, row
from groundschool.course import Screen, Topic

PAGE = """\
# Start here

{topics}

## Install

Python 3.11, 3.12 or 3.13 is needed. In this folder:

```
python3 -m venv .venv
.venv/bin/pip install -r pins.txt {wheel}
```

On Windows the second line begins with `.venv\\Scripts\\pip`, and `.venv\\Scripts\\groundschool` is the command below.
With uv it is `uv venv` and `uv pip install -r pins.txt {wheel}`.

## Answer

```
.venv/bin/groundschool lab
```

copies the notebooks to `work/`, never over one that is there, and opens JupyterLab with a page that lists the questions
and leads to the notebooks. Write in the answer cell of a question and run the test cell below it: the visible checks
show at once, as often as needed. Hidden checks ask the same question of other data when the notebook is graded.

## Check

```
.venv/bin/groundschool check {first}
```

runs a notebook from top to bottom in a fresh process and shows the visible checks of each question.

## Hand in

```
.venv/bin/groundschool pack YOUR-NAME
```

writes `YOUR-NAME.zip` with the notebooks of `work/` and the files beside them. Send that file to whoever gave you this
folder. Save the notebooks in JupyterLab before.

## What is permitted

{permitted} The notebooks run without a network when they are graded.
"""
PERMITTED = "Any documentation, search and library that is installed here."


def page(topics: Sequence[Topic], wheel: str, of: Screen | None = None) -> str:
    """The page as Markdown, for these topics in this order; `wheel` is the package's file in the kit."""
    asked = {topic.name: of.questions[topic.name] if of else () for topic in topics}
    held = [text.held(topic, text.read(topic), asked[topic.name]) for topic in topics]
    rows = "".join(row(topic.manifest.title, topic, each) for topic, each in zip(topics, held, strict=True))
    time = _allowed(of, held) if of else f"About {sum(each.minutes for each in held)} minutes altogether."
    permitted = (of and of.permitted) or PERMITTED
    table = f"{HEAD.format('notebook')}{rows}\n{time}"
    return PAGE.format(topics=table, wheel=wheel, first=topics[0].name, permitted=permitted)


def _allowed(of: Screen, held: Sequence[text.Held]) -> str:
    points = sum(each.points for each in held)
    return f"**{of.title}**: {of.minutes} minutes are allowed, for {points:g} points."
