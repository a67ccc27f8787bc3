"""The table of topics in the course's README: written by the build, between two markers, so that nobody counts by
hand.
"""

from __future__ import annotations

import re

from groundschool.authoring import text
from groundschool.course import Course, Topic

BEGIN, END = "<!-- topics: written by `make build` -->", "<!-- end of topics -->"
HEAD = "| {} | questions | points | minutes | answered with |\n|---|---|---|---|---|\n"


def update(course: Course) -> bool:
    """Writes the table where README.md has the markers; returns whether it changed. Topics without a text are left
    out.
    """
    path = course.root / "README.md"
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    topics = [topic for topic in course.topics if topic.opening.is_file()]
    ordered = sorted(topics, key=lambda topic: topic.place)
    rows = "".join(row(_link(topic), topic, text.held(topic, text.read(topic))) for topic in ordered)
    block = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    after = block.sub(lambda _: f"{BEGIN}\n{HEAD.format('topic')}{rows}{END}", before)
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def row(shown: str, topic: Topic, held: text.Held) -> str:
    """A line of the table below `HEAD`; `shown` is what the topic is called in it."""
    return f"| {shown} | {held.questions} | {held.points:g} | {held.minutes} | {topic.manifest.answered} |\n"


def _link(topic: Topic) -> str:
    return f"[{topic.name}](source/{topic.name}/{text.OPENING})"
